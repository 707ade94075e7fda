/** The name of the function that is told of each function that runs, in translated code that counts. */
const COUNTER = "__ran";

/**
 * Has each function that runs tell `count` of itself.
 *
 * @param {(file: string, position: number) => void} count
 */
function onRun(count) {
    Object.assign(globalThis, { [COUNTER]: count });
}

/**
 * What Node's loaders do with the code of a module, which its declarations leave out.
 *
 * @param {NodeModule} module
 * @param {string} code
 * @param {string} path
 */
function compile(module, code, path) {
    /** @type {NodeModule & { _compile(code: string, path: string): void }} */ (module)._compile(code, path);
}

module.exports = { COUNTER, compile, onRun };
