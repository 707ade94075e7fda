// The declarations of what the package exports, with all that they refer to, so that they hold without any other package.
import { readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import ts from "typescript";

/** What declarations import from the policy SDK stands in this file: the package's own declarations need the whole SDK. */
const SDK = "policy-sdk";

/**
 * Gives the declarations of the `entries` (paths from `root`, without ending) and of all they refer to, by path.
 *
 * @param {string} root
 * @param {readonly string[]} entries
 * @returns {Map<string, string>}
 */
export function declarations(root, entries) {
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
    const compilerOptions = { ...config.compilerOptions, incremental: false, tsBuildInfoFile: null };
    const { options } = ts.parseJsonConfigFileContent({ ...config, compilerOptions, include: [] }, ts.sys, root);
    /** @type {Map<string, string>} */
    const emitted = new Map();
    const host = ts.createCompilerHost(options);
    host.writeFile = (path, text) => emitted.set(relative(root, path).replaceAll("\\", "/"), text);
    const program = ts.createProgram(
        entries.map(entry => join(root, `${entry}.ts`)),
        {
            ...options,
            ...{ noEmit: false, rootDir: root, outDir: root },
            ...{ declaration: true, emitDeclarationOnly: true },
        },
        host,
    );
    const { emitSkipped, diagnostics } = program.emit();
    if (emitSkipped) throw new Error(ts.formatDiagnostics(diagnostics, host));

    const result = new Map([[`${SDK}.d.ts`, readFileSync(join(import.meta.dirname, `${SDK}.d.ts`), "utf8")]]);
    const queue = entries.map(entry => `${entry}.d.ts`);
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
        const text = emitted.get(path);
        if (text === undefined) throw new Error(`There is no declaration ${path}.`);
        if (result.has(path)) continue;
        const toSdk = posix.relative(dirname(path), SDK);
        result.set(path, text.replaceAll('"@pulumi/policy"', `"${toSdk.startsWith(".") ? toSdk : `./${toSdk}`}"`));
        for (const [, target = ""] of text.matchAll(/(?:from|import\()\s*"(\.[^"]*)"/g)) {
            queue.push(`${posix.join(dirname(path), target)}.d.ts`);
        }
    }
    return result;
}

/**
 * A declaration file's text without its documentation. What speaks to the compiler stays.
 *
 * @param {string} text
 */
export function withoutDocumentation(text) {
    return text.replace(/^[ \t]*\/\*\*(?:(?!\*\/)(?!@ts-)[\s\S])*\*\/[ \t]*\n/gm, "");
}
