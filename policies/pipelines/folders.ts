import { posix } from "node:path";
import type { Command } from "./shell";

/** A command with the folder that it runs in, as written; undefined for the root of the checkout. */
export interface PlacedCommand extends Command {
    readonly folder: string | undefined;
}

/** The root of the checkout by the variables and expressions that name it. Source: GitHub Docs, "Variables reference"; GitLab Docs, "Predefined CI/CD variables reference". */
const ROOT = /^(?:\$\{?(?:GITHUB_WORKSPACE|CI_PROJECT_DIR)\}?|\$\{\{\s*github\.workspace\s*\}\})(?:\/|$)/;

/** A folder seen from another; absolute ones and those of variables stay as they are. */
export function join(folder: string | undefined, path: string): string {
    if (ROOT.test(path)) return posix.normalize(`./${path.replace(ROOT, "")}`);
    return folder === undefined || /^[/$~]/.test(path) ? path : posix.join(folder, path);
}

/** A path without the slashes at its end. */
export function withoutEndingSlashes(path: string): string {
    let end = path.length;
    while (path.charAt(end - 1) === "/") end -= 1;
    return path.slice(0, end);
}

/** The commands of a script that begins in `start`, each in the folder where `cd` and `pushd` before it lead. */
export function inFolders(commands: readonly Command[], start: string | undefined): PlacedCommand[] {
    let folder = start;
    return commands.map(command => {
        const placed = { ...command, folder };
        folder = folderAfter(command, folder, start);
        return placed;
    });
}

/** The folder after a command. */
export function folderAfter(
    { words }: Command,
    folder: string | undefined,
    start: string | undefined,
): string | undefined {
    const [verb, ...rest] = words;
    if (verb === "popd") return start;
    if (verb !== "cd" && verb !== "pushd") return folder;
    const target = rest.find(word => word === "-" || !word.startsWith("-"));
    return target === undefined || target === "-" ? start : join(folder, target);
}

/** A folder of the checkout and those above it, nearest first; the root is empty. None where it lies outside. */
export function foldersUpward(folder: string): string[] {
    const found: string[] = [];
    for (let one = posix.normalize(folder === "" ? "." : folder); ; one = posix.dirname(one)) {
        if (one.startsWith("..")) return found;
        found.push(one === "." ? "" : one);
        if (one === "." || one === "/") return found;
    }
}
