import { readdirSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { BUDGET } from "./budget";
import { type FileProblem, FileValue, type ParsedFile } from "./file-value";
import { exists, isInside, readTextFile, type TextFile } from "./text-file";

/** Where to look for the project. */
export interface WorkspaceQuery {
    /** Folder of the project, or of a repository of projects, as settings name it; relative to `calledFrom`. */
    readonly projectDir: string | undefined;
    /** Name of the stack, with or without organisation and project; undefined when the engine names none. */
    readonly stack: string | undefined;
    /** Name of the project that the engine runs; a project file with another name is not taken. */
    readonly project: string | undefined;
    /** Absolute path of the folder where `pulumi` was called. */
    readonly calledFrom: string;
    /** Absolute path of the repository around the project, where the caller knows it; else it is looked for. */
    readonly root?: string | undefined;
    /** A state export that is judged, where the caller has one. */
    readonly state?: ExportedState | undefined;
    /** The stack's settings as the engine hands them over: values by full key, `project:name`. Undefined where it does not. */
    readonly config?: Readonly<Record<string, unknown>> | undefined;
}

/** What a state export records of its secrets provider. Ciphertext is left out. */
export interface ExportedState {
    /** The export's path, for messages. */
    readonly file: string;
    readonly secretsProvider: { readonly type: string; readonly url?: string | undefined };
}

/** A Pulumi project: a folder with a `Pulumi.yaml`. */
export interface Project {
    /** Folder of the project file, relative to the workspace's root; empty for the root itself. */
    readonly dir: string;
    /** The parsed `Pulumi.yaml` (or `.yml`, `.json`). */
    readonly file: ParsedFile;
    /** Why Pulumi refuses the project file: it is no well-formed YAML, or contradicts itself. */
    readonly problems: readonly FileProblem[];
    /** `name` in the project file. */
    readonly name: string | undefined;
    /** Language of the program, such as `nodejs`, `python`, `go`, `dotnet`, `java`, `yaml`. */
    readonly runtime: string | undefined;
    /** The stacks to judge: the one the engine or the caller named, else every stack that has a file. */
    readonly stacks: readonly StackOfProject[];
}

/** A stack and the place of its settings file, which may not exist. */
export interface StackOfProject {
    /** Name without organisation and project, such as `prod`. */
    readonly name: string;
    /** Path of `Pulumi.<stack>.yaml`, relative to the workspace's root. */
    readonly path: string;
    /** The file as read, with the problem when it does not exist or cannot be read. */
    readonly text: TextFile;
    /** The same file parsed. */
    readonly file: ParsedFile;
    /** Whether the engine took the stack's settings from another place, such as `--config-file` or Pulumi Cloud. */
    readonly isElsewhere: boolean;
}

/** Why there is nothing to judge. */
export interface Absence {
    /** `no-stack`: the engine named no stack and no folder is configured. `not-found`: there is no such project. */
    readonly kind: "no-stack" | "not-found";
    /** Sentences that say what was looked for, where, and what to set. */
    readonly message: string;
}

/** Project files by what Pulumi looks for; stack files have the same ending. */
const PROJECT_FILES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

/** Folders that hold other people's projects or none. */
const FOREIGN = new Set(["node_modules", "vendor", "venv", "dist", "bin", "obj", "target", "__pycache__"]);

/** The repository around the program, as far as rules look at it. Files are read at most once and never executed. */
export class Workspace {
    private readonly texts = new Map<string, TextFile>();
    private readonly files = new Map<string, ParsedFile>();

    private constructor(
        /** Absolute path of the repository's root, or of the project where there is no repository. */
        readonly root: string,
        /** Why there is nothing to judge; undefined when there is. */
        readonly absence: Absence | undefined,
        private readonly projectFiles: readonly string[],
        private readonly stack: string | undefined,
        /** A state export that is judged beside the files, where the caller has one. */
        readonly state: ExportedState | undefined,
        private readonly config?: WorkspaceQuery["config"],
        /** Says that not all projects were found, and why; undefined where they were. */
        readonly unseen?: string,
    ) {}

    /** Finds the project and the repository around it. Throws nothing; `absence` says what is missing. */
    static open(query: WorkspaceQuery): Workspace {
        const { projectDir, project, calledFrom } = query;
        const stack = query.stack?.split("/").pop();
        if (projectDir === undefined && query.stack === undefined && project === undefined) {
            const message =
                "the engine names no stack here, as in `policy analyze` and `policy publish`, and the setting `projectDir` is not set";
            return new Workspace(calledFrom, { kind: "no-stack", message }, [], undefined, query.state);
        }
        const start = projectDir === undefined ? calledFrom : resolve(calledFrom, projectDir);
        const search = new Search();
        const found =
            projectDir === undefined
                ? findAround(start, project, stack, search)
                : ofRun(findBelow(start, undefined, search), project, stack, search);
        if (project !== undefined && found.length > 1 && found.every(path => search.nameIn(path) === project)) {
            const paths = found.map(path => relative(start, path)).join(", ");
            const message = `several projects have the name ${project} (${paths}), and which of them is run cannot be told; set \`projectDir\` to the project's folder.`;
            return new Workspace(start, { kind: "not-found", message }, [], stack, query.state);
        }
        const limit = search.isCutShort
            ? `more than ${BUDGET.folders} folders lie in ${start}, and projects in the others are not seen; set \`projectDir\` to the project's folder.`
            : undefined;
        if (found.length > 0) {
            // The project that the engine runs was found; whether there are others does not matter.
            const unseen = project === undefined ? limit : undefined;
            return new Workspace(
                repositoryOf(found, start, query.root),
                undefined,
                found,
                stack,
                query.state,
                query.config,
                unseen,
            );
        }
        const wanted =
            project === undefined || projectDir !== undefined
                ? "A Pulumi.yaml"
                : `A Pulumi.yaml with the name ${project}`;
        const where = projectDir === undefined ? `in ${start}, above or below it` : `in ${start} or below it`;
        const reason = limit === undefined ? "set `projectDir` to the project's folder." : limit;
        const message = `${wanted} was not found ${where}; ${reason}`;
        return new Workspace(start, { kind: "not-found", message }, [], stack, query.state);
    }

    /** The projects to judge: one in a run of the engine, all below the folder where a whole repository is judged. */
    get projects(): readonly Project[] {
        this.opened ??= this.projectFiles.map(path => this.openProject(path));
        return this.opened;
    }

    private opened: readonly Project[] | undefined;

    /** Text of a file below the root. */
    text(path: string): TextFile {
        let file = this.texts.get(path);
        if (file === undefined) {
            file = readTextFile(this.root, path);
            this.texts.set(path, file);
        }
        return file;
    }

    /** A YAML or JSON file below the root, parsed; `isHeader` tells a first document that is a header of the second. */
    yaml(path: string, isHeader?: (document: FileValue) => boolean): ParsedFile {
        const key = isHeader === undefined ? path : `${path}\0with header`;
        let file = this.files.get(key);
        if (file === undefined) {
            file = FileValue.parse(this.text(path), isHeader);
            this.files.set(key, file);
        }
        return file;
    }

    /** Names in a folder below the root, sorted; empty when there is no such folder. Folders end with `/`. */
    list(path: string): string[] {
        const way = relative(this.root, join(this.root, path));
        return way === ".." || way.startsWith(`..${sep}`) ? [] : namesIn(join(this.root, path));
    }

    /**
     * Settings of the engine that a missing file cannot have given come from another place; so do all, where the engine lacks
     * one that the file has, or has it with another value. More than the file has may come from `--config` or an ESC
     * environment.
     */
    private isConfiguredElsewhere(project: FileValue, { text, file }: StackOfProject): boolean {
        if (this.config === undefined) return false;
        const name = project.get("name").string() ?? "";
        const given = new Map(Object.entries(this.config));
        if (text.text !== undefined || !text.isAbsent)
            return settingsIn(file.content.get("config"), name).some(
                ([key, value]) => !given.has(key) || isOther(value, given.get(key)),
            );
        for (const [key] of settingsIn(project.get("config"), name)) given.delete(key);
        return given.size > 0;
    }

    private openProject(absolute: string): Project {
        const path = relative(this.root, absolute).split(sep).join("/");
        const dir = dirname(path) === "." ? "" : dirname(path);
        const file = this.yaml(path);
        const { content } = file;
        const runtime = content.get("runtime");
        const folder = join(dir, configDirOf(content)).split(sep).join("/").replace(/^\.$/, "").replace(/\/$/, "");
        const ending = path.slice(path.lastIndexOf("."));
        const names = this.stack === undefined ? stackNames(this.list(folder), ending) : [this.stack];
        const stacks = names.map(name => {
            const stackPath = `${folder === "" ? "" : `${folder}/`}Pulumi.${name}${ending}`;
            const workspace = this;
            return {
                name,
                path: stackPath,
                get text() {
                    return workspace.text(stackPath);
                },
                get file() {
                    return workspace.yaml(stackPath);
                },
                get isElsewhere(): boolean {
                    return workspace.isConfiguredElsewhere(file.content, this);
                },
            };
        });
        return {
            dir,
            file,
            problems: [...file.problems, ...contradictionsIn(content)],
            name: content.get("name").string(),
            runtime: runtime.string() ?? runtime.get("name").string(),
            stacks,
        };
    }
}

/** The settings in a project's or stack's file, under the keys by which the engine hands them over. */
function settingsIn(config: FileValue, project: string): (readonly [key: string, value: FileValue])[] {
    return config.entries().map(([key, value]) => [key.includes(":") ? key : `${project}:${key}`, value]);
}

/** Texts that every reader of YAML takes for the same text, unlike dates, numbers and words such as `yes`. */
const PLAIN_TEXT = /^[A-Za-z][\w./@-]{5,}$/;

/** Whether the engine has surely another value than the one in the file. */
function isOther(written: FileValue, given: unknown): boolean {
    const text = written.string();
    return text !== undefined && PLAIN_TEXT.test(text) && typeof given === "string" && given !== text;
}

/** The folder of the stack files. A text under `config` is the older spelling of stackConfigDir; a map there holds settings. */
function configDirOf(project: FileValue): string {
    return project.get("stackConfigDir").string() ?? project.get("config").string() ?? "";
}

/** Source: pulumi/pulumi, sdk/go/common/workspace/project.go: the loader refuses a text under `config` beside stackConfigDir. */
function contradictionsIn(project: FileValue): FileProblem[] {
    const [older, newer] = [project.get("config"), project.get("stackConfigDir")];
    if (older.string() === undefined || newer.isMissing) return [];
    const message = `names a folder for stack files under \`config\` beside \`stackConfigDir\` in line ${newer.line}, which Pulumi refuses; expected \`stackConfigDir\` alone`;
    return [{ file: older.file, line: older.line, message }];
}

/** `Pulumi.<stack>.deploy.yaml` holds settings of Pulumi Deployments and belongs to no stack of that name. */
function stackNames(names: readonly string[], ending: string): string[] {
    return names
        .filter(
            name =>
                name.startsWith("Pulumi.") && name.endsWith(ending) && name.length > "Pulumi.".length + ending.length,
        )
        .filter(name => !name.endsWith(`.deploy${ending}`))
        .map(name => name.slice("Pulumi.".length, -ending.length));
}

/** A search for projects, which reads each project file once and looks through a limited number of folders. */
class Search {
    private readonly contents = new Map<string, FileValue>();
    private folders = 0;
    /** Whether there were more folders than are looked through. */
    isCutShort = false;

    /** Whether one more folder may be looked through. */
    mayEnter(): boolean {
        if (this.folders < BUDGET.folders) {
            this.folders += 1;
            return true;
        }
        this.isCutShort = true;
        return false;
    }

    nameIn(path: string): string | undefined {
        return this.contentOf(path).get("name").string();
    }

    hasStackFile(path: string, stack: string): boolean {
        const folder = join(dirname(path), configDirOf(this.contentOf(path)));
        return exists(join(folder, `Pulumi.${stack}${path.slice(path.lastIndexOf("."))}`));
    }

    /** The project file in a folder: with this name, where one is asked for. */
    projectFileIn(folder: string, project: string | undefined): string | undefined {
        return PROJECT_FILES.map(name => join(folder, name)).find(
            path => exists(path) && (project === undefined || this.nameIn(path) === project),
        );
    }

    private contentOf(path: string): FileValue {
        const content = this.contents.get(path) ?? FileValue.parse(readTextFile(dirname(path), basename(path))).content;
        this.contents.set(path, content);
        return content;
    }
}

/**
 * Of the projects in a configured folder, those that a run is about: the one that the engine names, else those that have
 * the stack; all of them where none is it, so that what is missing is reported.
 */
function ofRun(
    found: readonly string[],
    project: string | undefined,
    stack: string | undefined,
    search: Search,
): readonly string[] {
    if (found.length < 2) return found;
    const named = found.filter(path => project !== undefined && search.nameIn(path) === project);
    const candidates = named.length > 0 ? named : found;
    const having = candidates.filter(path => stack !== undefined && search.hasStackFile(path, stack));
    return having.length > 0 ? having : candidates;
}

/**
 * The project file with this name in a folder, in those above it or else in those below it: there may be several, of which
 * the one with a file for the stack is meant.
 */
function findAround(
    start: string,
    project: string | undefined,
    stack: string | undefined,
    search: Search,
): readonly string[] {
    for (let folder = start; ; folder = dirname(folder)) {
        const file = search.projectFileIn(folder, project);
        if (file !== undefined) return [file];
        if (folder === dirname(folder)) break;
    }
    // `pulumi -C infra up` leaves the folder of the call above the project.
    return project === undefined ? [] : ofRun(findBelow(start, project, search), project, stack, search);
}

/** Whether a name in a folder, as `Workspace.list` gives it, is a folder that may hold files of the repository's own. */
export function isOwnFolder(name: string): boolean {
    return name.endsWith("/") && !name.startsWith(".") && !FOREIGN.has(name.slice(0, -1));
}

/** The project files in a folder and below it. */
function findBelow(start: string, project: string | undefined, search: Search): string[] {
    const found: string[] = [];
    const visit = (folder: string) => {
        if (!search.mayEnter()) return;
        const file = search.projectFileIn(folder, project);
        if (file !== undefined) found.push(file);
        for (const name of namesIn(folder)) {
            if (isOwnFolder(name)) visit(join(folder, name.slice(0, -1)));
        }
    };
    visit(start);
    return found;
}

/**
 * The folder that the caller knows, if the first project is in it, or the one with `.git` in or above that project; where there
 * is none, the farthest one above it whose packages are installed together, the folder that the search began in or the project's.
 */
function repositoryOf(found: readonly string[], start: string, known: string | undefined): string {
    const first = dirname(found[0] ?? start);
    if (known !== undefined && isInside(known, first)) return known;
    const above = foldersFrom(first);
    // Manifests are read only where there is no repository to tell.
    const root = above.find(folder => exists(join(folder, ".git"))) ?? above.findLast(isPackageWorkspace);
    return root ?? (found.length > 1 || basename(start) === "" ? start : first);
}

/** A folder and all above it, the nearest first. */
function foldersFrom(folder: string): string[] {
    const folders = [folder];
    for (let last = folder; last !== dirname(last); last = dirname(last)) folders.push(dirname(last));
    return folders;
}

/**
 * Whether the packages below a folder have their lockfile there. Source: pnpm, Workspaces (pnpm-workspace.yaml is the root's
 * mark); npm and Yarn, package.json, `workspaces`.
 */
function isPackageWorkspace(folder: string): boolean {
    if (exists(join(folder, "pnpm-workspace.yaml"))) return true;
    const { text } = readTextFile(folder, "package.json");
    const { content } = FileValue.parse({ path: "package.json", text: text ?? "" });
    return !content.get("workspaces").isMissing;
}

/** Names in a folder, sorted, with `/` behind those of folders. Symbolic links to folders are not followed. */
function namesIn(folder: string): string[] {
    try {
        return readdirSync(folder, { withFileTypes: true })
            .map(entry => (entry.isDirectory() ? `${entry.name}/` : entry.name))
            .sort();
    } catch {
        return [];
    }
}
