import { posix } from "node:path";
import type { Workspace } from "../kit/project/workspace";
import { foldersUpward, join } from "./folders";
import { nameOf } from "./launchers";
import type { ScriptText } from "./packages";

/** A target or recipe: what goes before it, and its commands. */
interface Recipe {
    readonly before: readonly string[];
    readonly lines: readonly string[];
}

interface Tool {
    /** Names of its file, in the order that it looks for them. */
    readonly files: readonly string[];
    /** Flags with the folder to run in, and with the file. */
    readonly folderFlags: readonly string[];
    readonly fileFlags: readonly string[];
    readonly looksUpward: boolean;
    readonly read: (path: string, workspace: Workspace) => ReadonlyMap<string, Recipe>;
}

/**
 * Source: GNU make manual, "Introduction to Makefiles", "Summary of Options"; just manual, "Quick Start"; Task
 * documentation, "Running tasks", "Schema".
 */
const TOOLS: ReadonlyMap<string, Tool> = new Map([
    [
        "make",
        {
            files: ["GNUmakefile", "makefile", "Makefile"],
            folderFlags: ["-C", "--directory"],
            fileFlags: ["-f", "--file", "--makefile"],
            looksUpward: false,
            read: readMakefile,
        },
    ],
    [
        "just",
        {
            files: ["justfile", "Justfile", ".justfile"],
            folderFlags: ["-d", "--working-directory"],
            fileFlags: ["-f", "--justfile"],
            looksUpward: true,
            read: readJustfile,
        },
    ],
    [
        "task",
        {
            files: [
                "Taskfile.yml",
                "taskfile.yml",
                "Taskfile.yaml",
                "taskfile.yaml",
                "Taskfile.dist.yml",
                "Taskfile.dist.yaml",
            ],
            folderFlags: ["-d", "--dir"],
            fileFlags: ["-t", "--taskfile"],
            looksUpward: true,
            read: readTaskfile,
        },
    ],
]);

/** The recipes of the files that were read. */
const known = new WeakMap<Workspace, Map<string, ReadonlyMap<string, Recipe>>>();

/** What the targets, recipes or tasks run that a command of `make`, `just` or `task` names, those before them included. */
export function recipesOf(words: readonly string[], folder: string, workspace: Workspace): ScriptText[] {
    const [first = "", ...rest] = words;
    const name = nameOf(first)
        .replace(/^gmake$/, "make")
        .replace(/^go-task$/, "task");
    const tool = TOOLS.get(name);
    if (tool === undefined) return [];
    let dir = folder;
    let file: string | undefined;
    const wanted: string[] = [];
    let index = 0;
    const next = () => {
        index += 1;
        return rest[index];
    };
    for (; index < rest.length && rest[index] !== "--"; index += 1) {
        const [flag = "", value] = (rest[index] ?? "").split(/=(.*)/s);
        if (tool.folderFlags.includes(flag)) dir = join(dir, value ?? next() ?? "");
        else if (tool.fileFlags.includes(flag)) file = value ?? next();
        else if (!flag.startsWith("-") && value === undefined) wanted.push(flag);
    }
    const path = file === undefined ? find(tool, dir, workspace) : join(dir, file);
    if (path === undefined) return [];
    const files = known.get(workspace) ?? new Map<string, ReadonlyMap<string, Recipe>>();
    known.set(workspace, files);
    const recipes = files.get(path) ?? tool.read(path, workspace);
    files.set(path, recipes);
    const home = name === "make" ? dir : posix.dirname(path).replace(/^\.$/, "");
    const lines = linesOf(wanted.length > 0 ? wanted : standardOf(name, recipes), recipes);
    return lines.length === 0 ? [] : [{ text: lines.join("\n"), folder: home }];
}

function find({ files, looksUpward }: Tool, dir: string, workspace: Workspace): string | undefined {
    const folders = foldersUpward(`./${dir}`).slice(0, looksUpward ? undefined : 1);
    return folders
        .flatMap(folder => files.map(name => posix.join(folder, name)))
        .find(path => workspace.text(path).text !== undefined);
}

/** What a tool runs that is told no target. */
function standardOf(tool: string, recipes: ReadonlyMap<string, Recipe>): string[] {
    if (tool === "task" && recipes.has("default")) return ["default"];
    return [...recipes.keys()].filter(one => !one.startsWith(".")).slice(0, 1);
}

/** The commands of some targets, after those of what goes before them. */
function linesOf(targets: readonly string[], recipes: ReadonlyMap<string, Recipe>): string[] {
    const seen = new Set<string>();
    const lines: string[] = [];
    const visit = (target: string): void => {
        const recipe = recipes.get(target);
        if (recipe === undefined || seen.has(target)) return;
        seen.add(target);
        for (const before of recipe.before) visit(before);
        lines.push(...recipe.lines);
    };
    for (const target of targets) visit(target);
    return lines;
}

/** Targets of a makefile and of those that it includes; variables that it sets to one text are put in. */
function readMakefile(path: string, workspace: Workspace): ReadonlyMap<string, Recipe> {
    const recipes = new Map<string, { readonly before: string[]; readonly lines: string[] }>();
    const variables = new Map([["MAKE", "make"]]);
    const expanded = (text: string) =>
        text.replace(
            /\$(?:\((\w+)\)|\{(\w+)\})/g,
            (whole, round?: string, curly?: string) => variables.get(round ?? curly ?? "") ?? whole,
        );
    const seen = new Set<string>();
    const read = (file: string): void => {
        if (seen.has(file)) return;
        seen.add(file);
        let targets: string[] = [];
        for (const line of (workspace.text(file).text ?? "").replace(/\\\r?\n/g, " ").split(/\r?\n/)) {
            if (line.startsWith("\t")) {
                const command = expanded(line).replace(/^\t[\t @+-]*/, "");
                for (const target of targets) recipes.get(target)?.lines.push(command);
                continue;
            }
            const [, name, value] = /^(?:export )?(\w+) *[:?]?:?= *(?! )(.*)$/.exec(line) ?? [];
            if (name !== undefined && value !== undefined) variables.set(name, expanded(value.trim()));
            const included = /^-?s?include (.+)$/.exec(line)?.[1];
            for (const one of included?.trim().split(/\s+/) ?? []) read(posix.join(posix.dirname(path), one));
            const colon = line.search(/:(?!=)/);
            if (name !== undefined || colon < 1 || /^[\s#]/.test(line)) continue;
            const before = wordsOf(expanded(line.slice(colon).replace(/^:+|#.*/g, "")));
            targets = wordsOf(expanded(line.slice(0, colon)));
            for (const target of targets) {
                const recipe = recipes.get(target) ?? { before: [], lines: [] };
                recipe.before.push(...before);
                recipes.set(target, recipe);
            }
        }
    };
    read(path);
    return recipes;
}

function readJustfile(path: string, workspace: Workspace): ReadonlyMap<string, Recipe> {
    const recipes = new Map<string, { readonly before: readonly string[]; readonly lines: string[] }>();
    let recipe: { readonly before: readonly string[]; readonly lines: string[] } | undefined;
    for (const line of (workspace.text(path).text ?? "").split(/\r?\n/)) {
        if (/^\s/.test(line)) {
            recipe?.lines.push(line.trim().replace(/^[@-]+/, ""));
            continue;
        }
        const [, alias, target] = /^alias (\S+) *:= *(\S+)$/.exec(line) ?? [];
        if (alias !== undefined && target !== undefined) recipes.set(alias, { before: [target], lines: [] });
        const colon = line.search(/:(?!=)/);
        if (colon < 1 || line.startsWith("#")) continue;
        const [name = ""] = wordsOf(line.slice(0, colon).replace(/^@/, ""));
        recipe = { before: wordsOf(line.slice(colon + 1).replace(/[()]|&&|#.*/g, " ")), lines: [] };
        recipes.set(name, recipe);
    }
    return recipes;
}

/** Tasks of a Taskfile; what they call with `task:` counts as before them. */
function readTaskfile(path: string, workspace: Workspace): ReadonlyMap<string, Recipe> {
    const tasks = workspace.yaml(path).content.get("tasks").entries();
    return new Map(
        tasks.map(([name, task]): [string, Recipe] => {
            const commands = (task.isMap ? [task.get("cmds"), task.get("cmd")] : [task]).flatMap(one => one.items());
            const called = [...commands.map(one => one.get("task")), ...task.get("deps").items()];
            const dir = task.get("dir").string();
            return [
                name,
                {
                    before: called.flatMap(one => one.string() ?? one.get("task").string() ?? []),
                    lines: [
                        ...(dir === undefined ? [] : [`cd ${dir}`]),
                        ...commands.flatMap(one => one.string() ?? one.get("cmd").string() ?? []),
                    ],
                },
            ];
        }),
    );
}

function wordsOf(text: string): string[] {
    return text.split(/\s+/).filter(word => word !== "");
}
