import Module, { createRequire } from "node:module";

/**
 * Packages that the libraries of a pack load at their start but that judging never needs, by the package that asks for
 * them: npm's installer, by which Pulumi finds what a serialised function imports, and zod's messages in all languages
 * but English. Together they are a fifth of the time that a pack takes to start.
 */
const UNUSED = [
    { name: "@npmcli/arborist", from: "@pulumi/pulumi" },
    { name: "zod/v4/locales", from: "zod" },
] as const;

/** Puts the loading of {@link UNUSED} packages off until one is used, if ever. Must be called before they are asked for. */
export function deferPackages(): void {
    for (const { name, from } of UNUSED) defer(createRequire(require.resolve(from)), name);
}

function defer(requireFrom: NodeJS.Require, name: string): void {
    const path = resolve(requireFrom, name);
    if (path === undefined || require.cache[path] !== undefined) return;
    const load = () => {
        if (require.cache[path] === deferred) delete require.cache[path];
        return requireFrom(path);
    };
    const deferred = new Module(path);
    deferred.loaded = true;
    // Compiled modules ask for `__esModule` at once; the answer keeps them from copying everything there is.
    deferred.exports = new Proxy(
        { __esModule: true },
        { get: (_, key) => (key === "__esModule" ? true : load()[key]) },
    );
    require.cache[path] = deferred;
}

/** Undefined for a package that another release of the library no longer has: then there is nothing to put off. */
function resolve(requireFrom: NodeJS.Require, name: string): string | undefined {
    try {
        return requireFrom.resolve(name);
    } catch {
        return undefined;
    }
}
