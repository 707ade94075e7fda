import type { FileValue } from "../kit/project/file-value";
import type { Workspace } from "../kit/project/workspace";
import { inFolders, join, type PlacedCommand } from "./folders";
import { nameOf } from "./launchers";
import { type PackageScript, PLACE_FLAGS, packageScripts, type ScriptText } from "./packages";
import type { Job } from "./pipeline";
import { PIPELINE_BUDGET } from "./pipeline-budget";
import { type ProgramUse, startsWithLanguage, useOf, useOfName, useOfProgram } from "./programs";
import { callsIn, type Operation } from "./pulumi-call";
import { recipesOf } from "./recipes";
import { type Command, commandsOf } from "./shell";

/** A script of the repository that a job runs and that calls Pulumi, or a program that does, there or in the pipeline itself. */
export interface Script {
    /** Where the job runs it. */
    readonly at: FileValue;
    /** The command as written, such as `make deploy`. */
    readonly command: string;
    /** What it has Pulumi do, in order, each once. */
    readonly operations: readonly Operation[];
    /** What a program of it does with Pulumi; undefined where none does anything. */
    readonly program: ProgramUse | undefined;
    /** What kept some of it from being read: it is the first that is more than the budget, or lies too deep. */
    readonly unread: "characters" | "depth" | undefined;
}

/**
 * The scripts, package scripts, recipes and programs that a job runs and that have to do with Pulumi: which of their commands
 * are reached in the job is not known. They are looked for in the command's folder and at the root.
 */
export function scriptsOf({ steps }: Job, workspace: Workspace): Script[] {
    return steps.flatMap(({ commands, script, program }) => {
        if (program !== undefined) {
            const use = useOf(program.text.string() ?? "");
            return use === undefined
                ? []
                : [{ at: program.text, command: program.runner, operations: [], program: use, unread: undefined }];
        }
        return commands.flatMap(command => {
            const { operations, program: found, unread } = behind(command, script, workspace);
            if (operations.size === 0 && found === undefined && unread === undefined) return [];
            const at = script.lineAt(command.offset);
            return [{ at, command: shown(command), operations: [...operations], program: found, unread }];
        });
    });
}

/** What was found behind the commands of a workspace, and how many characters of scripts may still be read. */
interface Followed {
    readonly commands: Map<string, Found>;
    left: number;
}

const known = new WeakMap<Workspace, Followed>();

/** What is behind a command, which many steps may run; looked up once for each folder. */
function behind(command: PlacedCommand, script: FileValue, workspace: Workspace): Found {
    const followed = known.get(workspace) ?? { commands: new Map(), left: PIPELINE_BUDGET.scriptCharacters };
    known.set(workspace, followed);
    const { commands } = followed;
    const key = JSON.stringify([command.folder, command.words]);
    const before = commands.get(key);
    if (before !== undefined) return before;
    const found = new Found(script, workspace, followed);
    for (const folder of new Set([command.folder ?? "", ""])) {
        found.follow({ ...command, folder }, 0);
        if (!found.isNothing) break;
    }
    if (found.isNothing) {
        const use = useOfName(withoutAssignments(command.words));
        if (use !== undefined && callsIn(command, script).length === 0) found.program ??= use;
    }
    commands.set(key, found);
    return found;
}

/** What is found behind one command. */
class Found {
    readonly operations = new Set<Operation>();
    program: ProgramUse | undefined;
    unread: Script["unread"];
    private readonly seen = new Set<string>();

    constructor(
        private readonly script: FileValue,
        private readonly workspace: Workspace,
        private readonly followed: Followed,
    ) {}

    /** True as long as the command led to no script. */
    get isNothing(): boolean {
        return this.seen.size === 0;
    }

    follow(command: PlacedCommand, depth: number): void {
        const words = withoutAssignments(command.words);
        const folder = command.folder ?? "";
        this.program ??= useOfProgram(words, folder, this.workspace);
        const { followed } = this;
        for (const text of followed.left < 0 ? [] : textsBehind(words, folder, this.workspace)) {
            const key = `${text.folder} ${text.text}`;
            if (this.seen.has(key)) continue;
            if (depth >= PIPELINE_BUDGET.scriptDepth) {
                this.unread ??= "depth";
                continue;
            }
            this.seen.add(key);
            followed.left -= text.text.length;
            if (followed.left < 0) {
                this.unread = "characters";
                break;
            }
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
        const isPlace = PLACE_FLAGS.has(word.replace(/=.*/s, ""));
        if (isPlace && word.includes("=")) {
            parts.push(word);
        } else if (isPlace) {
            index += 1;
            parts.push(word, rest[index] ?? "");
        } else if (!word.startsWith("-") && !word.includes("=")) {
            parts.push(word);
            if (!/^(run|run-script|exec|workspaces?|foreach)$/.test(word) && rest[index - 1] !== "workspace") break;
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
    if (text === undefined || startsWithLanguage(text)) return [];
    return [{ text, folder }];
}
