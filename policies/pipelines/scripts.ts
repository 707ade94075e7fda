import { posix } from "node:path";
import type { FileValue } from "../kit/project/file-value";
import type { Workspace } from "../kit/project/workspace";
import { inFolders, join, type PlacedCommand } from "./folders";
import { nameOf } from "./launchers";
import { type PackageScript, PLACE_FLAGS, packageScripts, type ScriptText } from "./packages";
import type { Job } from "./pipeline";
import { callsIn, type Operation } from "./pulumi-call";
import { recipesOf } from "./recipes";
import { type Command, commandsOf } from "./shell";

/** A script of the repository that a job runs and that calls Pulumi, or a program that does by the Automation API. */
export interface Script {
    /** Where the job runs it. */
    readonly at: FileValue;
    /** The command as written, such as `make deploy`. */
    readonly command: string;
    /** What it has Pulumi do, in order, each once. */
    readonly operations: readonly Operation[];
    /** True where a program of it uses the Automation API, which can do anything. */
    readonly isProgram: boolean;
}

/** How deep scripts that run scripts are followed. */
const MAX_DEPTH = 5;

/**
 * The scripts, package scripts, recipes and programs that a job runs and that have to do with Pulumi: which of their commands
 * are reached in the job is not known. They are looked for in the command's folder and at the root.
 */
export function scriptsOf({ steps }: Job, workspace: Workspace): Script[] {
    return steps.flatMap(({ commands, script }) =>
        commands.flatMap(command => {
            const { operations, isProgram } = behind(command, script, workspace);
            if (operations.size === 0 && !isProgram) return [];
            const at = script.lineAt(command.offset);
            return [{ at, command: shown(command), operations: [...operations], isProgram }];
        }),
    );
}

const known = new WeakMap<Workspace, Map<string, Found>>();

/** What is behind a command, which many steps may run; looked up once for each folder. */
function behind(command: PlacedCommand, script: FileValue, workspace: Workspace): Found {
    const commands = known.get(workspace) ?? new Map<string, Found>();
    known.set(workspace, commands);
    const key = JSON.stringify([command.folder, command.words]);
    const before = commands.get(key);
    if (before !== undefined) return before;
    const found = new Found(script, workspace);
    for (const folder of new Set([command.folder ?? "", ""])) {
        found.follow({ ...command, folder }, 0);
        if (!found.isNothing) break;
    }
    commands.set(key, found);
    return found;
}

/** What is found behind one command. */
class Found {
    readonly operations = new Set<Operation>();
    isProgram = false;
    /** True as long as the command led to no script at all. */
    isNothing = true;
    private readonly seen = new Set<string>();

    constructor(
        private readonly script: FileValue,
        private readonly workspace: Workspace,
    ) {}

    follow(command: PlacedCommand, depth: number): void {
        const words = withoutAssignments(command.words);
        const folder = command.folder ?? "";
        if (programOf(words, folder, this.workspace)) {
            this.isProgram = true;
            this.isNothing = false;
        }
        for (const text of textsBehind(words, folder, this.workspace)) {
            this.isNothing = false;
            const key = `${text.folder} ${text.text}`;
            if (depth >= MAX_DEPTH || this.seen.has(key)) continue;
            this.seen.add(key);
            for (const inner of inFolders(commandsOf(text.text), text.folder)) {
                for (const { operation } of callsIn(inner, this.script))
                    if (operation !== "other") this.operations.add(operation);
                this.follow(inner, depth + 1);
            }
        }
    }
}

/**
 * The commands themselves, and in the place of one that gives a package script its arguments (`npm run pulumi -- up`), those
 * of the script where they come to a call of Pulumi only so.
 */
export function withGivenArguments(
    commands: readonly PlacedCommand[],
    script: FileValue,
    workspace: Workspace,
): PlacedCommand[] {
    return commands.flatMap(command => {
        const given = packageScripts(withoutAssignments(command.words), command.folder ?? "", workspace).flatMap(one =>
            completed(one, command, script),
        );
        return given.length > 0 ? given : [command];
    });
}

function completed({ text, folder, given }: PackageScript, command: Command, script: FileValue): PlacedCommand[] {
    const inner = inFolders(commandsOf(text), folder);
    const last = inner.at(-1);
    if (last === undefined || given.length === 0 || callsIn(last, script).length > 0) return [];
    const whole = { ...last, words: [...last.words, ...given] };
    if (callsIn(whole, script).length === 0) return [];
    const { offset, isFailureIgnored } = command;
    return [...inner.slice(0, -1), whole].map(one => ({ ...one, offset, isFailureIgnored }));
}

/** A command for messages: its folder or package and the script's name, no other arguments, which may be secret. */
function shown({ words }: Command): string {
    const [first = "", ...rest] = withoutAssignments(words);
    if (first.includes("/")) return first;
    const parts = [first];
    for (let index = 0; index < rest.length; index += 1) {
        const word = rest[index] ?? "";
        const isPlace = PLACE_FLAGS.has(word.split("=", 1)[0] ?? "");
        if (isPlace && word.includes("=")) {
            parts.push(word);
        } else if (isPlace) {
            index += 1;
            parts.push(word, rest[index] ?? "");
        } else if (!word.startsWith("-") && !word.includes("=")) {
            parts.push(word);
            if (!/^(run|run-script|workspaces?|foreach)$/.test(word) && rest[index - 1] !== "workspace") break;
        }
    }
    return parts.join(" ");
}

/** Words without variables before the command. */
function withoutAssignments(words: readonly string[]): readonly string[] {
    return words.slice(words.findIndex(word => !/^\w+=/.test(word)));
}

function textsBehind(words: readonly string[], folder: string, workspace: Workspace): readonly ScriptText[] {
    const scripts = packageScripts(words, folder, workspace);
    const texts = scripts.length > 0 ? scripts : recipesOf(words, folder, workspace);
    if (texts.length > 0) return texts;
    const [first = "", ...rest] = words;
    const isShell = /^(ba|da|z|k)?sh$|^(source|\.)$/.test(nameOf(first)) || first === ".";
    const path = isShell ? rest.find(word => !word.startsWith("-")) : first;
    if (path === undefined || (!isShell && !path.includes("/"))) return [];
    const { text } = workspace.text(join(folder, path));
    if (text === undefined || /^#!.*\b(python|node|ruby|perl|deno|bun)/.test(text)) return [];
    return [{ text, folder }];
}

/** Imports of the Automation API. Source: Pulumi documentation, "Automation API". */
const AUTOMATION =
    /@pulumi\/pulumi\/automation|\bpulumi\s+import\s+automation\b|\bpulumi\.automation\b|sdk\/v\d+\/go\/auto\b|\bPulumi\.Automation\b|\bcom\.pulumi\.automation\b/;

/** What runs programs, with the endings of their files. */
const INTERPRETERS: ReadonlyMap<string, RegExp> = new Map([
    ...["node", "ts-node", "ts-node-esm", "tsx", "bun", "deno"].map(name => [name, /\.[cm]?[jt]sx?$/] as const),
    ...["python", "python3", "uv"].map(name => [name, /\.py$/] as const),
    ["go", /\.go$/],
    ["dotnet", /\.(cs|fs|vb)$/],
]);

/** Whether a command runs a program of the repository that uses the Automation API, as far as its first file tells. */
function programOf(words: readonly string[], folder: string, workspace: Workspace): boolean {
    const index = words.findIndex(word => INTERPRETERS.has(nameOf(word)));
    const own = words[0] ?? "";
    const tool = index === -1 ? "" : nameOf(words[index] ?? "");
    const ending = INTERPRETERS.get(tool);
    const isNamed = /^\.{1,2}\/|\//.test(own) && /\.(py|[cm]?[jt]s)$/.test(own);
    const uses = (path: string) => AUTOMATION.test(workspace.text(path).text ?? "");
    if (isNamed && uses(join(folder, own))) return true;
    if (ending === undefined) return false;
    const given = words.slice(index + 1).filter(word => !word.startsWith("-"));
    const file = given.find(word => ending.test(word));
    if (file !== undefined) return uses(join(folder, file));
    if (tool !== "go" && tool !== "dotnet") return tool.startsWith("python") && isModule(words, folder, uses);
    if (given[0] !== "run") return false;
    const flag = words.findIndex(word => word === "--project" || word === "-C");
    const target = flag === -1 ? (tool === "go" ? given[1] : undefined) : words[flag + 1];
    const home = join(folder, (target ?? ".").replace(/(?<![^/])[^/]*\.\w*proj$/, ""));
    return workspace.list(home).some(name => ending.test(name) && uses(posix.join(home, name)));
}

/** `python -m deploy.prod` */
function isModule(words: readonly string[], folder: string, uses: (path: string) => boolean): boolean {
    const name = words[words.indexOf("-m") + 1];
    if (!words.includes("-m") || name === undefined) return false;
    const path = join(folder, name.replaceAll(".", "/"));
    return [`${path}.py`, `${path}/__main__.py`].some(uses);
}
