// Ends with a sentence where Node.js is too old, before anything is loaded that it cannot read. It must stay free of imports, and of
// what old releases cannot read: the published package runs this before its bundle.
const OLDEST = 20;

if (Number(process.versions.node.split(".")[0]) < OLDEST) {
    console.error(
        `The security baseline needs Node.js ${OLDEST} or newer; this is ${process.versions.node}, ${process.execPath}.`,
    );
    process.exit(2);
}
