import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Option } from "commander";
import { definition } from "../policies/definition";
import { packageRoot } from "../policies/package-root";
import { UsageError } from "./units";

/** Name of the folder in a project or repository that holds its settings. */
export const OWN_FOLDER = "security-baseline";

const VARIABLE = "SECURITY_BASELINE_CONFIG";

/** `--config-dir`, which every command that reads settings has. */
export function configDirOption(): Option {
    return new Option(
        "--config-dir <dir>",
        `folder of settings (default: ${VARIABLE}, else ${OWN_FOLDER}/ in the project or repository, else the package's own)`,
    );
}

/**
 * Absolute path of the folder of settings: what is given, else what the environment names, both from the working directory,
 * else that of an own pack, else the nearest one named `security-baseline` from a project's folder up to the repository's root, else
 * the package's own.
 * A folder of that name that holds a policy pack is none. Whether the settings are right is not looked at.
 *
 * Throws {@link UsageError} for an empty name and for a folder that is not there.
 */
export function settingsFolder(given: string | undefined, project: string, root: string): string {
    const named = given ?? process.env[VARIABLE];
    // A pack of one's own brings its settings, as for the engine.
    if (named === undefined && definition.folder !== packageRoot) return definition.settingsFolder;
    if (named === undefined) return ownFolder(resolve(project), root) ?? definition.settingsFolder;
    const option = given === undefined ? VARIABLE : "--config-dir";
    if (named === "") throw new UsageError(`${option}: is empty; expected a folder of settings.`);
    const folder = resolve(named);
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
        throw new UsageError(`${option}: there is no folder ${folder}; expected a folder of settings.`);
    }
    return folder;
}

function ownFolder(project: string, root: string): string | undefined {
    for (let folder = project; ; folder = dirname(folder)) {
        const candidate = join(folder, OWN_FOLDER);
        const isFolder = statSync(candidate, { throwIfNoEntry: false })?.isDirectory() === true;
        if (isFolder && !existsSync(join(candidate, "PulumiPolicy.yaml"))) return candidate;
        if (folder === root || folder === dirname(folder)) return undefined;
    }
}
