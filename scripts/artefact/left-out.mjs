// What the bundle does not hold, and why a pack and its command never run it. Each is replaced by a module that may be loaded
// but throws as soon as something of it is used.
import { dirname, join } from "node:path";

/** Packages, and modules of the package `from`, by the path under which code asks for them. */
const LEFT_OUT = [
    { path: /^(typescript|ts-node)$/, why: "the pack is compiled; nothing is translated when it runs" },
    { path: /^@npmcli\/arborist$/, why: "it finds what serialised functions import; a pack serialises none" },
    { path: /^@opentelemetry\//, why: "it traces programs for the engine; a pack's runner sends no traces" },
    { path: /^@grpc\/proto-loader$/, why: "it reads .proto files for debugging services that are not served" },
    { path: /^semver$/, why: "it compares versions of providers' SDKs and of the compiler; a pack loads neither" },
    { path: /^js-yaml$/, why: "it reads a package.yaml; a pack has a package.json" },
    { path: /^\.\.?\/locales\/index\.js$/, from: "zod", why: "messages are English" },
    {
        path: /^\.\/from-json-schema\.js$/,
        from: "zod",
        why: "schemas are written with zod, and not read from JSON Schema",
    },
];

/** Modules of the SDK of which only a part is used, with the code of that part; the rest of each is left out. */
const REDUCED = [
    {
        // The closure's hooks keep the inspector informed of each script, for serialised functions.
        file: /@pulumi\/pulumi\/runtime\/closure\/v8Hooks\.js$/,
        why: "a pack serialises no functions",
        code: "exports.isInitializedAsync = () => Promise.resolve();",
    },
    {
        // The policy SDK uses these two of it.
        file: /@pulumi\/pulumi\/index\.js$/,
        why: "a policy pack declares no resources",
        code: 'exports.asset = require("./asset"); exports.Output = require("./output").Output;',
    },
];

/** Changes in the text of the SDK's modules. Each must apply exactly once. */
const CHANGED = [
    {
        file: /@pulumi\/pulumi\/cmd\/run-policy-pack\/index\.js$/,
        from: "typeScript: !process.versions.bun",
        to: "typeScript: false",
        why: "the pack is compiled; ts-node is not loaded",
    },
];

/**
 * An esbuild plugin that applies the lists above and collects what it did into `changes`, sentences for the notices.
 *
 * @param {Set<string>} changes
 * @returns {import("esbuild").Plugin}
 */
export function leaveOut(changes) {
    return {
        name: "leave-out",
        setup(build) {
            /** @param {string} text */
            const note = text => changes.add(text);
            for (const { path, from, why } of LEFT_OUT) {
                // A namespace of its own: there a module is CommonJS, whatever the package is that it stands for.
                build.onResolve({ filter: path }, ({ path: asked, importer }) => {
                    if (from === undefined) return { path: asked, namespace: "left-out", pluginData: why };
                    const name = nameOf(join(dirname(importer), asked));
                    return name.startsWith(`${from}/`)
                        ? { path: name, namespace: "left-out", pluginData: why }
                        : undefined;
                });
            }
            build.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path, pluginData: why }) => {
                note(`${path} is left out: ${why}.`);
                return { contents: leftOut(path, why), loader: "js" };
            });
            for (const { file, why, code } of REDUCED) {
                build.onLoad({ filter: file }, args => {
                    const name = nameOf(args.path);
                    note(`${name} is reduced: ${why}.`);
                    return { contents: `${leftOut(name, why)}\n${code}`, loader: "js" };
                });
            }
        },
    };
}

/**
 * Applies the changes for a file of a package to its text, which is given back.
 *
 * @param {string} path
 * @param {string} text
 * @param {Set<string>} changes
 */
export function changed(path, text, changes) {
    for (const { from, to, why } of CHANGED.filter(({ file }) => file.test(path))) {
        if (text.split(from).length !== 2) {
            throw new Error(
                `${nameOf(path)} does not hold \`${from}\` once: scripts/artefact/left-out.mjs is outdated.`,
            );
        }
        changes.add(`${nameOf(path)} is changed from \`${from}\` to \`${to}\`: ${why}.`);
        return text.replace(from, to);
    }
    return text;
}

/**
 * A CommonJS module whose exports throw when they are read. The trap is their prototype, so that it also holds for the copies
 * that interop helpers make of a module's exports.
 *
 * @param {string} name
 * @param {string} why
 */
function leftOut(name, why) {
    const message = `${name} is not part of this package (${why}). Please report how you came here.`;
    return `
const isAskedByLoaders = key => typeof key === "symbol" || key === "__esModule" || key === "default" || key === "then";
const trap = new Proxy({}, {
    get(_, key) {
        if (isAskedByLoaders(key)) return undefined;
        throw new Error(${JSON.stringify(message)} + " It was asked for " + key + ".");
    },
});
module.exports = Object.create(trap);`.replace("module.exports = ", "exports = module.exports = ");
}

/**
 * The path of a file below the last node_modules.
 *
 * @param {string} path
 */
function nameOf(path) {
    return path.replaceAll("\\", "/").split("node_modules/").at(-1) ?? path;
}
