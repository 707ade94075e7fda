/** The name of the function that is told of each function that runs, in translated code that counts. */
module.exports = { COUNTER: "__ran" };
