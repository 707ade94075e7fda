import { posix } from "node:path";
import type { FileValue } from "../kit/project/file-value";
import type { Workspace } from "../kit/project/workspace";
import type { Job } from "./pipeline";
import { callsIn, type Operation } from "./pulumi-call";
import { type Command, commandsOf } from "./shell";

/** A script of the repository that a job runs and that calls Pulumi. */
export interface Script {
    /** Where the job runs it. */
    readonly at: FileValue;
    /** The command as written, such as `make deploy`. */
    readonly command: string;
    /** What it has Pulumi do, in order, each once. */
    readonly operations: readonly Operation[];
}

/**
 * The scripts, package scripts and makefile targets that a job runs and in which Pulumi is called: which of their commands
 * are reached in the job is not known. They are looked for in the step's folder and at the root.
 */
export function scriptsOf({ steps }: Job, workspace: Workspace): Script[] {
    return steps.flatMap(({ commands, script, folder }) =>
        commands.flatMap(command => {
            const text = [folder ?? "", ""]
                .map(dir => scriptBehind(command, dir, workspace))
                .find(found => found !== undefined);
            const calls = commandsOf(text ?? "").flatMap(inner => callsIn(inner, script));
            const operations = [...new Set(calls.map(({ operation }) => operation))].filter(one => one !== "other");
            const at = script.lineAt(command.offset);
            return operations.length === 0 ? [] : [{ at, command: shown(command), operations }];
        }),
    );
}

function shown({ words }: Command): string {
    const [first = "", ...rest] = plain(words).filter((word, index) => index === 0 || !word.startsWith("-"));
    return first.includes("/") ? first : [first, ...rest.slice(0, rest[0] === "run" ? 2 : 1)].join(" ");
}

/** Words without variables before the command. */
function plain(words: readonly string[]): readonly string[] {
    return words.slice(words.findIndex(word => !/^\w+=/.test(word)));
}

function scriptBehind({ words }: Command, folder: string, workspace: Workspace): string | undefined {
    const [first = "", ...rest] = plain(words);
    const [second = "", third = ""] = rest.filter(word => !word.startsWith("-"));
    if (/^(npm|pnpm|yarn|bun)$/.test(first)) {
        const name = /^run(-script)?$/.test(second) ? third : second;
        const manifest = workspace.yaml(posix.join(folder, "package.json")).content;
        return manifest.get("scripts").get(name).string();
    }
    if (first === "make") return recipe(workspace.text(posix.join(folder, "Makefile")).text ?? "", second);
    const path = /^(ba|da|z|k)?sh$|^(source|\.)$/.test(first) ? second : first;
    return /\.(ba|z)?sh$|^\.{1,2}\//.test(path) ? workspace.text(posix.join(folder, path)).text : undefined;
}

/** The commands of a makefile's target. */
function recipe(makefile: string, target: string): string | undefined {
    const lines = makefile.split(/\r?\n/);
    const start = lines.findIndex(line => line.startsWith(`${target}:`));
    if (target === "" || start === -1) return undefined;
    const end = lines.findIndex((line, index) => index > start && /^[^\s#]/.test(line));
    const body = lines.slice(start + 1, end === -1 ? undefined : end);
    return body.map(line => line.replace(/^\t[@+-]*/, "")).join("\n");
}
