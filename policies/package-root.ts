import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** Absolute path of the pack's folder, which holds PulumiPolicy.yaml. */
export const packageRoot = findRoot(__dirname);

function findRoot(folder: string): string {
    if (existsSync(join(folder, "PulumiPolicy.yaml"))) return folder;
    if (folder === dirname(folder)) throw new Error(`No PulumiPolicy.yaml in or above ${__dirname}.`);
    return findRoot(dirname(folder));
}
