import { posix } from "node:path";
import { BUDGET } from "../kit/project/budget";
import type { Workspace } from "../kit/project/workspace";
import { foldersUpward, join } from "./folders";
import { nameOf } from "./launchers";
import type { ScriptText } from "./packages";

/** What goes before a target or recipe, and its commands. */
interface Recipe {
    readonly before: readonly string[];
    readonly lines: readonly string[];
}

/** By the target's name; a makefile may say in several places what makes a target, and in one what makes many. */
type Recipes = ReadonlyMap<string, readonly Recipe[]>;

interface Tool {
    /** Names of its file, in the order that it looks for them. */
    readonly files: readonly string[];
    /** Flags with the folder to run in, and with the file. */
    readonly folderFlags: readonly string[];
    readonly fileFlags: readonly string[];
    readonly looksUpward: boolean;
    readonly read: (path: string, workspace: Workspace) => Recipes;
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
const known = new WeakMap<Workspace, Map<string, Recipes>>();

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
    const files = known.get(workspace) ?? new Map<string, Recipes>();
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
function standardOf(tool: string, recipes: Recipes): string[] {
    if (tool === "task" && recipes.has("default")) return ["default"];
    return [...recipes.keys()].filter(one => !one.startsWith(".")).slice(0, 1);
}

/** The commands of some targets, after those of what goes before them, each once. A file's chain may be longer than the stack bears. */
function linesOf(targets: readonly string[], recipes: Recipes): string[] {
    const lines: string[] = [];
    const seen = new Set<string | Recipe>();
    const begun = new Set<Recipe>();
    const waiting: (string | Recipe)[] = targets.toReversed();
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        if (seen.has(next)) continue;
        seen.add(next);
        if (typeof next !== "string") {
            for (const line of next.lines) lines.push(line);
            continue;
        }
        const own = recipes.get(next)?.toReversed() ?? [];
        for (const recipe of own) waiting.push(recipe);
        for (const recipe of own) {
            if (begun.has(recipe)) continue;
            begun.add(recipe);
            for (const before of recipe.before.toReversed()) waiting.push(before);
        }
    }
    return lines;
}

/**
 * Targets of a makefile and of those that it includes; variables that it sets to one text are put in, as long as they add no
 * more to the file than a file may have.
 */
function readMakefile(path: string, workspace: Workspace): Recipes {
    const recipes = new Map<string, Recipe[]>();
    const variables = new Map([["MAKE", "make"]]);
    let left: number = BUDGET.fileBytes;
    const expanded = (text: string) =>
        text.replace(/\$(?:\((\w+)\)|\{(\w+)\})/g, (whole, round?: string, curly?: string) => {
            const value = variables.get(round ?? curly ?? "");
            if (value === undefined || value.length > left) return whole;
            left -= value.length;
            return value;
        });
    const seen = new Set<string>();
    /** What is read, the including file before what it includes; what is not yet begun has no lines. */
    const open: { readonly file: string; lines?: Iterator<string>; commands?: string[] }[] = [{ file: path }];
    for (let at = open.at(-1); at !== undefined; at = open.at(-1)) {
        if (at.lines === undefined && seen.has(at.file)) {
            open.pop();
            continue;
        }
        seen.add(at.file);
        at.lines ??= linesIn(workspace.text(at.file).text ?? "").values();
        const { done, value: line } = at.lines.next();
        if (done === true) {
            open.pop();
            continue;
        }
        if (line.startsWith("\t")) {
            at.commands?.push(expanded(line).replace(/^\t[\t @+-]*/, ""));
            continue;
        }
        const [, name, value] = /^(?:export )?(\w+) *[:?]?:?= *(?! )(.*)$/.exec(line) ?? [];
        if (name !== undefined && value !== undefined) variables.set(name, expanded(value.trim()));
        const included = wordsOf(/^-?s?include (.+)$/.exec(line)?.[1] ?? "");
        for (const one of included.toReversed()) open.push({ file: posix.join(posix.dirname(at.file), one) });
        const colon = line.search(/:(?!=)/);
        if (name !== undefined || colon < 1 || /^[\s#]/.test(line)) continue;
        const before = wordsOf(expanded(line.slice(colon).replace(/^:+|#.*/g, "")));
        at.commands = [];
        const recipe = { before, lines: at.commands };
        for (const target of wordsOf(expanded(line.slice(0, colon)))) {
            const known = recipes.get(target);
            if (known === undefined) recipes.set(target, [recipe]);
            else known.push(recipe);
        }
    }
    return recipes;
}

/** The lines of a makefile, those that are continued as one. */
function linesIn(text: string): string[] {
    return text.replace(/\\\r?\n/g, " ").split(/\r?\n/);
}

function readJustfile(path: string, workspace: Workspace): Recipes {
    const recipes = new Map<string, readonly Recipe[]>();
    let commands: string[] | undefined;
    for (const line of (workspace.text(path).text ?? "").split(/\r?\n/)) {
        if (/^\s/.test(line)) {
            commands?.push(line.trim().replace(/^[@-]+/, ""));
            continue;
        }
        const [, alias, target] = /^alias (\S+) *:= *(\S+)$/.exec(line) ?? [];
        if (alias !== undefined && target !== undefined) recipes.set(alias, [{ before: [target], lines: [] }]);
        const colon = line.search(/:(?!=)/);
        if (colon < 1 || line.startsWith("#")) continue;
        const [name = ""] = wordsOf(line.slice(0, colon).replace(/^@/, ""));
        commands = [];
        recipes.set(name, [{ before: wordsOf(line.slice(colon + 1).replace(/[()]|&&|#.*/g, " ")), lines: commands }]);
    }
    return recipes;
}

/** Tasks of a Taskfile; what they call with `task:` counts as before them. */
function readTaskfile(path: string, workspace: Workspace): Recipes {
    const tasks = workspace.yaml(path).content.get("tasks").entries();
    return new Map(
        tasks.map(([name, task]): [string, readonly Recipe[]] => {
            const commands = (task.isMap ? [task.get("cmds"), task.get("cmd")] : [task]).flatMap(one => one.items());
            const called = [...commands.map(one => one.get("task")), ...task.get("deps").items()];
            const dir = task.get("dir").string();
            return [
                name,
                [
                    {
                        before: called.flatMap(one => one.string() ?? one.get("task").string() ?? []),
                        lines: [
                            ...(dir === undefined ? [] : [`cd ${dir}`]),
                            ...commands.flatMap(one => one.string() ?? one.get("cmd").string() ?? []),
                        ],
                    },
                ],
            ];
        }),
    );
}

function wordsOf(text: string): string[] {
    return text.split(/\s+/).filter(word => word !== "");
}
