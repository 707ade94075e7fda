import { posix } from "node:path";
import { pathGlobs } from "../kit/pattern";
import { BUDGET } from "../kit/project/budget";
import { isOwnFolder, type Workspace } from "../kit/project/workspace";
import { foldersUpward, join } from "./folders";
import { nameOf } from "./launchers";

/** The commands that a script, target or task stands for, and the folder that they run in. */
export interface ScriptText {
    readonly text: string;
    readonly folder: string;
}

/** A package script that a command runs. */
export interface PackageScript extends ScriptText {
    /** What the command hands on to the script. */
    readonly given: readonly string[];
}

const MANAGERS = new Set(["npm", "pnpm", "yarn", "bun", "turbo", "lerna"]);

/** Flags with the folder to run in, and with packages to run in. */
const FOLDER_FLAGS = new Set(["--prefix", "-C", "--dir", "--cwd"]);
const PACKAGE_FLAGS = new Set(["-w", "--workspace", "--filter", "-F", "--scope"]);

/** Flags that say where a script lies, for messages. */
export const PLACE_FLAGS: ReadonlySet<string> = new Set([...FOLDER_FLAGS, ...PACKAGE_FLAGS, "--directory"]);

const ALL_FLAGS = new Set(["-ws", "--workspaces", "-r", "--recursive", "-A", "--all"]);

/** npm's commands that are names of scripts. */
const NPM_SCRIPTS = new Set(["test", "start", "stop", "restart"]);

/**
 * The package scripts that a command such as `npm run deploy`, `yarn workspace infra deploy` or `pnpm --filter infra deploy`
 * runs, those before and after them (`predeploy`) included; none where no manifest has them.
 *
 * Source: npm Docs, "npm run", "config" (`prefix`, `workspace`); pnpm.io, "pnpm run", "Filtering"; Yarn's documentation of
 * `run`, `workspace` and `workspaces`; Bun's of `bun run`; Turborepo's of `turbo run`.
 */
export function packageScripts(words: readonly string[], folder: string, workspace: Workspace): PackageScript[] {
    const [tool = "", ...rest] = words[0] === "npx" ? words.slice(1) : words;
    const manager = nameOf(tool);
    if (!MANAGERS.has(manager)) return [];
    const { names, given, dir, packages, isForAll } = parse(manager, rest);
    const base = dir === undefined ? folder : join(folder, dir);
    const homes =
        packages.length > 0
            ? packageFolders(workspace).filter(home => packages.some(one => isNamed(one, home, base, workspace)))
            : isForAll
              ? packageFolders(workspace)
              : nearest(base, workspace);
    return homes.flatMap(home => {
        const scripts = workspace.yaml(posix.join(home, "package.json")).content.get("scripts");
        return names.flatMap(name =>
            [`pre${name}`, name, `post${name}`].flatMap(one => {
                const text = scripts.get(one).string();
                return text === undefined ? [] : [{ text, folder: home, given: one === name ? given : [] }];
            }),
        );
    });
}

interface Parsed {
    /** Names of scripts; several for turbo. */
    readonly names: readonly string[];
    readonly given: readonly string[];
    readonly dir: string | undefined;
    /** Names, folders or patterns of packages. */
    readonly packages: readonly string[];
    readonly isForAll: boolean;
}

function parse(manager: string, words: readonly string[]): Parsed {
    const positional: string[] = [];
    const packages: string[] = [];
    let dir: string | undefined;
    let isForAll = manager === "turbo" || manager === "lerna";
    let index = 0;
    const next = () => {
        index += 1;
        return words[index];
    };
    for (; index < words.length && words[index] !== "--"; index += 1) {
        const word = words[index] ?? "";
        const [flag = "", value] = word.startsWith("--") ? word.split(/=(.*)/s) : [word];
        const takes = (flags: ReadonlySet<string>) => flags.has(flag) && (manager !== "pnpm" || flag !== "-w");
        if (takes(FOLDER_FLAGS)) dir = value ?? next();
        else if (takes(PACKAGE_FLAGS)) packages.push(value ?? next() ?? "");
        else if (ALL_FLAGS.has(flag)) isForAll = true;
        else if (!word.startsWith("-")) {
            if (manager === "yarn" && positional.length === 0 && word === "workspace") packages.push(next() ?? "");
            else if (manager === "yarn" && positional.length === 0 && /^(workspaces|foreach)$/.test(word))
                isForAll = true;
            else positional.push(word);
        }
        // All but npm hand on what follows the script's name.
        if (/^(pnpm|yarn|bun)$/.test(manager) && namesIn(manager, positional).length > 0) {
            index += 1;
            break;
        }
    }
    const rest = words.slice(index);
    const [first, ...others] = namesIn(manager, positional);
    const names = first === undefined ? [] : manager === "turbo" ? [first, ...others] : [first];
    const given = [...(manager === "turbo" ? [] : others), ...(rest[0] === "--" ? rest.slice(1) : rest)];
    return { names, given, dir, packages, isForAll };
}

/** The script's name and what follows it, without the words before it. */
function namesIn(manager: string, positional: readonly string[]): readonly string[] {
    const [first = "", ...others] = positional;
    if (/^(run|run-script|rum|urn)$/.test(first)) return others;
    if (first === "t" || first === "tst") return manager === "npm" ? ["test", ...others] : positional;
    return manager !== "npm" || NPM_SCRIPTS.has(first) ? positional : [];
}

/** The nearest package at a folder or above it. */
function nearest(folder: string, workspace: Workspace): string[] {
    const isPackage = (dir: string) => workspace.text(posix.join(dir, "package.json")).text !== undefined;
    const home = foldersUpward(folder).find(isPackage);
    return home === undefined ? [] : [home];
}

function isNamed(wanted: string, home: string, base: string, workspace: Workspace): boolean {
    const selector = wanted.replace(/^\.\.\.\^?|\^?\.\.\.$|[{}]|\[[^\][]*\]/g, "");
    if (selector === "" || selector.startsWith("!")) return false;
    const place = posix.normalize(`./${home}`).replace(/\/$/, "");
    if (posix.normalize(join(base, selector)).replace(/\/$/, "") === place) return true;
    if (selector.startsWith(".")) {
        const folder = posix.join(base, selector);
        // What is below a folder is the folder itself, too.
        return pathGlobs([folder, folder.replace(/\/\*\*$/, "")])(home);
    }
    const name = workspace.yaml(posix.join(home, "package.json")).content.get("name").string() ?? "";
    return pathGlobs([selector])(name) || name.endsWith(`/${selector}`);
}

const known = new WeakMap<Workspace, readonly string[]>();

/** The folders of a repository that are packages. */
function packageFolders(workspace: Workspace): readonly string[] {
    const before = known.get(workspace);
    if (before !== undefined) return before;
    const found: string[] = [];
    const waiting = [""];
    for (let count = 0; count < BUDGET.folders; count += 1) {
        const folder = waiting.shift();
        if (folder === undefined) break;
        for (const name of workspace.list(folder)) {
            if (name === "package.json") found.push(folder);
            else if (isOwnFolder(name)) waiting.push(posix.join(folder, name.slice(0, -1)));
        }
    }
    known.set(workspace, found);
    return found;
}
