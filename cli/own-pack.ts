import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { defineOnly, definition } from "../policies/definition";
import { parseJson } from "../policies/kit/parse-json";
import { FileValue } from "../policies/kit/project/file-value";
import { readTextFile } from "../policies/kit/project/text-file";
import { packageRoot } from "../policies/package-root";
import { UsageError } from "./units";

/** Name of the package that other packs build on. */
const PACKAGE = "pulumi-security-baseline";

const MANIFEST = "PulumiPolicy.yaml";

/** What was given as `--pack`, for commands that are printed. */
let option = "";

/** Another copy of this package has run the command; the exit code is what it ended with. */
export class Delegated extends Error {
    constructor(readonly exitCode: number) {
        super("Another copy of the package has run the command.");
    }
}

/** A command of this program, as a person types it. */
export function commandLine(args: string): string {
    return `npx security-baseline ${args}${option}`;
}

/**
 * Puts a policy pack that builds on this package in the place of the package's own: the one in the folder that is given, else the
 * one in the working directory, if there is one. Its rules and settings are then known to all commands.
 *
 * The pack's own copy of the package has to do that. Where it is not this one, its command runs instead, with the arguments of this
 * one, and {@link Delegated} is thrown.
 *
 * Throws {@link UsageError} for a folder without a pack that builds on this package, and for a pack that cannot be loaded.
 */
export function usePack(given: string | undefined, args: readonly string[]): void {
    const folder = resolve(given ?? ".");
    if (given === undefined && !isOwnPack(folder)) return;
    if (!existsSync(join(folder, MANIFEST))) {
        throw new UsageError(`--pack: there is no ${MANIFEST} in ${folder}; expected the folder of a policy pack.`);
    }
    if (realpathSync(folder) === packageRoot) return;
    const copy = copyFor(folder);
    if (copy !== packageRoot) throw new Delegated(delegate(copy, args));
    option = given === undefined ? "" : ` --pack ${given}`;
    load(folder);
}

/** Whether a folder holds a pack whose package.json names this package. */
function isOwnPack(folder: string): boolean {
    if (!existsSync(join(folder, MANIFEST))) return false;
    const { text } = readTextFile(folder, "package.json");
    if (text === undefined) return false;
    const { content } = FileValue.parse({ path: "package.json", text });
    return ["dependencies", "devDependencies"].some(kind => !content.get(kind).get(PACKAGE).isMissing);
}

/** The folder of the copy of this package that a pack uses. */
function copyFor(folder: string): string {
    try {
        return dirname(realpathSync(createRequire(join(folder, MANIFEST)).resolve(`${PACKAGE}/package.json`)));
    } catch {
        throw new UsageError(
            `The policy pack in ${folder} does not have the package ${PACKAGE}, which it builds on; run \`npm install\` there.`,
        );
    }
}

function load(folder: string): void {
    const main = FileValue.parse(readTextFile(folder, MANIFEST)).content.get("main").string() ?? ".";
    defineOnly(folder);
    try {
        createRequire(join(folder, MANIFEST))(resolve(folder, main));
    } catch (error) {
        throw new UsageError(`The policy pack in ${folder} cannot be loaded: ${(error as Error).message}`);
    }
    if (definition.folder !== folder) {
        throw new UsageError(`The policy pack in ${folder} does not call baseline(), so its rules are not known.`);
    }
}

function delegate(copy: string, args: readonly string[]): number {
    const { bin } = parseJson(readFileSync(join(copy, "package.json"), "utf8")) as { bin: Record<string, string> };
    const command = join(copy, bin["security-baseline"] ?? "");
    return spawnSync(process.execPath, [command, ...args], { stdio: "inherit" }).status ?? 1;
}
