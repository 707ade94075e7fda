import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Absolute path of the pack's folder, which holds PulumiPolicy.yaml. */
export const packageRoot = findRoot(__dirname);

/** Version of the pack, which stands in package.json alone. */
export function packageVersion(): string {
    return (JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string }).version;
}

function findRoot(folder: string): string {
    if (existsSync(join(folder, "PulumiPolicy.yaml"))) return folder;
    if (folder === dirname(folder)) throw new Error(`No PulumiPolicy.yaml in or above ${__dirname}.`);
    return findRoot(dirname(folder));
}
