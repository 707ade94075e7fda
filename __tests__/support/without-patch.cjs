// Loaded into a pack's process before all else: the module of policies/sdk that WITHOUT_PATCH names then changes nothing.
const Module = require("node:module");
const { basename } = require("node:path");

const { _load } = Module;
Module._load = (request, parent, isMain) => {
    const loaded = _load(request, parent, isMain);
    if (basename(request) !== process.env.WITHOUT_PATCH) return loaded;
    const inert = {
        readOnce: () => undefined,
        deferPackages: () => undefined,
        fieldsOf: struct => struct?.toJavaScript() ?? {},
    };
    return { ...loaded, ...Object.fromEntries(Object.entries(inert).filter(([name]) => name in loaded)) };
};
