import { pathGlobs } from "../kit/pattern";
import { BUDGET } from "../kit/project/budget";
import { FileValue, type ParsedFile } from "../kit/project/file-value";
import { isOwnFolder, type Workspace } from "../kit/project/workspace";
import type { Problem } from "../kit/report";
import { folderAfter, inFolders, join } from "./folders";
import {
    environmentName,
    type Include,
    type Job,
    namedValues,
    type Pipeline,
    type ReadPipeline,
    Scope,
    type Step,
    withSelectedStacks,
} from "./pipeline";
import { Allowance } from "./pipeline-budget";
import { callsIn } from "./pulumi-call";
import { withGivenArguments } from "./scripts";
import { commandsOf } from "./shell";

/** The file that GitLab runs. */
export const GITLAB_FILE = ".gitlab-ci.yml";

/** Keys at the top that are no jobs. Source: GitLab Docs, "CI/CD YAML syntax reference", "Global keywords". */
const GLOBAL = new Set(
    "default include stages types variables workflow spec image services cache before_script after_script".split(" "),
);

const STAGES = [".pre", "build", "test", "deploy", ".post"];

/** How deep `extends`, `!reference` and includes are followed. */
const MAX_DEPTH = 10;

/** A GitLab file: its header with `spec`, where it has one, and its content. */
export function gitlabFile(workspace: Workspace, path: string): ParsedFile {
    return workspace.yaml(path, document => document.entries().every(([name]) => name === "spec") && document.isMap);
}

/** What reading goes through. */
interface Reading {
    readonly workspace: Workspace;
    readonly allowance: Allowance;
    /** All files that are read, by path. */
    readonly files: Map<string, FileValue>;
    readonly unread: Problem[];
}

/**
 * The pipeline of `.gitlab-ci.yml`, with the local files it includes and the child pipelines of local files, whose jobs stand in
 * the place of those that trigger them.
 *
 * Source: GitLab Docs, "CI/CD YAML syntax reference", "Downstream pipelines", "CI/CD inputs".
 */
export function readGitlab(workspace: Workspace): ReadPipeline {
    const { content } = gitlabFile(workspace, GITLAB_FILE);
    const reading: Reading = {
        workspace,
        allowance: new Allowance(),
        files: new Map([[GITLAB_FILE, content]]),
        unread: [],
    };
    const jobs = jobsIn([{ path: GITLAB_FILE, given: NOTHING }], reading, undefined, [GITLAB_FILE]);
    const contents = [...reading.files.values()];
    const pipeline: Pipeline = {
        service: "gitlab",
        path: GITLAB_FILE,
        at: content,
        triggers: new Set(),
        optionalInputs: new Set(),
        schedule: undefined,
        jobs,
        files: contents.map(({ file }) => file),
        values: () => namedValues(contents),
        uses: [],
        includes: contents
            .flatMap(file => [file, ...file.entries().map(([, job]) => job.get("trigger"))])
            .flatMap(owner => owner.get("include").items())
            .flatMap(includesOf),
        unread: [...reading.unread, ...reading.allowance.unread],
    };
    return { pipeline, contents };
}

/** What an entry of `include` takes from elsewhere. Source: GitLab Docs, "CI/CD YAML syntax reference", section "include". */
function includesOf(entry: FileValue): Include[] {
    const address = entry.string()?.startsWith("http") ? entry : entry.get("remote");
    const component = entry.get("component");
    const project = entry.get("project");
    const hasIntegrity = !entry.get("integrity").isMissing;
    const version = component.string()?.split("@")[1] ?? entry.get("ref").string() ?? "";
    return [
        ...(address.isMissing ? [] : [{ from: "address", at: address, version: "", hasIntegrity } as const]),
        ...(component.isMissing ? [] : [{ from: "component", at: component, version, hasIntegrity } as const]),
        ...(project.isMissing ? [] : [{ from: "project", at: project, version, hasIntegrity } as const]),
    ];
}

/** A file that is to be read, with the inputs that it is given. */
interface Entry {
    readonly path: string;
    readonly given: FileValue;
}

/** No inputs at all. */
const NOTHING = FileValue.parse({ path: GITLAB_FILE, text: "" }).content;

/** The jobs of some files together, in the place of the job that triggers them, where one does. */
function jobsIn(entries: readonly Entry[], reading: Reading, caller: Job | undefined, trail: readonly string[]): Job[] {
    const { allowance } = reading;
    const files = filesFrom(entries, reading);
    const top = new Map(files.toReversed().flatMap(({ content }) => content.entries()));
    const inputs = new Map(files.map(({ content, values }) => [content.file, values]));
    const shared = new Scope(new Map(), variablesOf([top.get("variables")]), caller?.scope);
    const listed = top
        .get("stages")
        ?.items()
        .flatMap(stage => stage.string() ?? []);
    const stages = listed === undefined || listed.length === 0 ? STAGES : [".pre", ...listed, ".post"];
    const places = new Map(stages.map((stage, place) => [stage, place]));
    const found = [...top].filter(([name, at]) => !GLOBAL.has(name) && !name.startsWith(".") && at.isMap);
    const prefix = caller === undefined ? "" : `${caller.name} / `;
    const read = found.flatMap(([name, at]): { job: Job; children: readonly Job[] }[] => {
        if (!allowance.take(at)) return [];
        const extended = chain(at, top).toReversed();
        const scope = shared.with(
            inputs.get(at.file) ?? new Map(),
            variablesOf(extended.map(part => part.get("variables"))),
        );
        const stage = scope.interpolate(property(at, "stage", top)?.string() ?? "test")[0] ?? "test";
        const needs = property(at, "needs", top);
        const allowFailure = property(at, "allow_failure", top);
        const container = property(at, "image", top) ?? standard("image", top);
        const services = property(at, "services", top) ?? standard("services", top);
        const needed = needs?.items().flatMap(need => need.string() ?? need.get("job").string() ?? []) ?? [];
        const job: Job = {
            name: prefix + name,
            at,
            steps: withSelectedStacks(
                // What comes after runs in a shell of its own.
                [["before_script", "script"], ["after_script"]].flatMap(keys => {
                    const lines = keys.flatMap(key =>
                        linesOf(property(at, key, top) ?? standard(key, top), top, allowance, 0),
                    );
                    return stepsOf(lines, scope, reading);
                }),
            ),
            needs: [...needed.map(need => prefix + need), ...(caller?.needs ?? [])],
            stage: places.get(stage) ?? -1,
            waitsForStages: needs === undefined,
            uses: at.get("uses"),
            inputs: new Map(),
            secrets: new Map(),
            inheritsSecrets: undefined,
            environment: environmentName(property(at, "environment", top) ?? at.get("environment")),
            permissions: undefined,
            caller: undefined,
            images: [container, ...(services?.items() ?? [])]
                .flatMap(image => image ?? [])
                .map(image => (image.isMap ? image.get("name") : image)),
            conditions: [...(caller?.conditions ?? []), conditionOf(at, top)].filter(condition => condition !== ""),
            isManual: isManual(at, top) || caller?.isManual === true,
            hasIdTokens: (property(at, "id_tokens", top) ?? standard("id_tokens", top))?.isMap === true,
            isFailureIgnored:
                allowFailure?.isMap === true || allowFailure?.scalar() === true || caller?.isFailureIgnored === true,
            scope,
        };
        const trigger = property(at, "trigger", top);
        return [{ job, children: trigger === undefined ? [] : childrenOf(trigger, job, reading, trail) }];
    });
    // The stages of a child pipeline come one after another within the stage of the job that triggers it.
    const width = 1 + Math.max(0, ...read.flatMap(({ children }) => children.map(({ stage = 0 }) => stage + 1)));
    return read.flatMap(({ job, children }) => {
        const { stage = -1 } = job;
        return [
            ...children.map(child => ({ ...child, stage: stage * width + (child.stage ?? 0) })),
            { ...job, stage: stage * width + width - 1 },
        ];
    });
}

/** The jobs of the child pipeline that a job triggers. What lies elsewhere and may run Pulumi, by the file's words, is said. */
function childrenOf(trigger: FileValue, job: Job, reading: Reading, trail: readonly string[]): Job[] {
    const entries: Entry[] = [];
    const mayRunPulumi = /pulumi/i.test(reading.workspace.text(trigger.file).text ?? "");
    const elsewhere = (at: FileValue, what: string) => {
        if (mayRunPulumi) reading.unread.push({ at, message: `starts a pipeline ${what}, which is not read.` });
    };
    const project = trigger.isMap ? trigger.get("project") : trigger;
    if (project.string() !== undefined) elsewhere(project, "of another project");
    for (const entry of trigger.get("include").items()) {
        const local = (entry.string() ?? entry.get("local").string() ?? "").replace(/^\/+/, "");
        const given = entry.get("inputs").isMap ? entry.get("inputs") : trigger.get("inputs");
        if (local !== "" && !/^https?:|\$/.test(local)) entries.push({ path: local, given });
        else elsewhere(entry, entry.get("artifact").isMissing ? "of another place" : "that a job makes");
    }
    const isCircle = entries.some(({ path }) => trail.includes(path)) || trail.length > MAX_DEPTH;
    return isCircle ? [] : jobsIn(entries, reading, job, [...trail, ...entries.map(({ path }) => path)]);
}

/** A file that is read, with what its inputs stand for. */
interface InputFile {
    readonly content: FileValue;
    readonly values: ReadonlyMap<string, readonly string[]>;
}

/**
 * Some files and those they include from the repository, each once and those first whose keys win: the including file before
 * what it includes, of two included ones the later.
 */
function filesFrom(entries: readonly Entry[], { workspace, files: all, unread }: Reading): InputFile[] {
    const files = new Map<string, InputFile>();
    const walks = new Map<string, readonly string[]>();
    const visit = (path: string, given: FileValue): void => {
        const { content, header } = gitlabFile(workspace, path);
        if (files.has(path) || !content.isMap) return;
        files.set(path, { content, values: inputsOf(header, given) });
        all.set(path, content);
        for (const entry of content.get("include").items().toReversed()) {
            const local = (entry.string() ?? entry.get("local").string() ?? "").replace(/^\/+/, "");
            if (local === "" || /^https?:|\$/.test(local)) continue;
            const known = walks.get(local);
            const paths = known ?? (walks.size < BUDGET.includes ? matching(workspace, local) : undefined);
            if (paths !== undefined) walks.set(local, paths);
            for (const one of (paths ?? [local]).toReversed()) {
                if (files.has(one)) continue;
                if (paths === undefined || files.size > BUDGET.includes) {
                    const message = `includes files that are not read, since the pipeline includes more than ${BUDGET.includes}; split it.`;
                    if (unread.length === 0) unread.push({ at: entry, message });
                    return;
                }
                visit(one, entry.get("inputs"));
            }
        }
    };
    for (const { path, given } of entries.toReversed()) visit(path, given);
    return [...files.values()];
}

/** What a file's inputs stand for: what it is given, else their defaults. What may be chosen when it is started stays open. */
function inputsOf(header: FileValue | undefined, given: FileValue): ReadonlyMap<string, readonly string[]> {
    const values = new Map<string, readonly string[]>();
    const set = (name: string, value: FileValue) => {
        const scalar = value.scalar();
        if (scalar !== undefined) values.set(`inputs.${name.toLowerCase()}`, [String(scalar)]);
    };
    for (const [name, input] of header?.get("spec").get("inputs").entries() ?? []) {
        const options = input
            .get("options")
            .items()
            .flatMap(option => option.scalar() ?? []);
        if (options.length > 0) values.set(`inputs.${name.toLowerCase()}`, options.map(String));
        else set(name, input.get("default"));
    }
    for (const [name, value] of given.entries()) set(name, value);
    return values;
}

/** The files that a path with `*` or `**` stands for; GitLab takes those that end with `.yml` or `.yaml`. */
function matching(workspace: Workspace, local: string): string[] {
    if (!local.includes("*")) return [local];
    const start = local.slice(0, local.slice(0, local.indexOf("*")).lastIndexOf("/") + 1);
    // Stars are all that means something here.
    return filesBelow(start, workspace).filter(pathGlobs([local.replace(/[^*\w/.]/g, "\\$&")]));
}

/** Paths of the YAML files in a folder and below it, without hidden and foreign folders, as deep as includes are followed. */
function filesBelow(start: string, workspace: Workspace): readonly string[] {
    const folders = listings.get(workspace) ?? new Map<string, readonly string[]>();
    listings.set(workspace, folders);
    const visit = (folder: string, depth: number): string[] =>
        workspace.list(folder).flatMap(name => {
            if (!name.endsWith("/")) return /\.ya?ml$/.test(name) ? [folder + name] : [];
            return depth < MAX_DEPTH && isOwnFolder(name) ? visit(folder + name, depth + 1) : [];
        });
    const files = folders.get(start) ?? visit(start, 0);
    folders.set(start, files);
    return files;
}

/** What `filesBelow` found, by the folder: many patterns begin in the same one. */
const listings = new WeakMap<Workspace, Map<string, readonly string[]>>();

/** What a job's rules, `only` and `except` say of when it runs, as written; empty where they say nothing. */
function conditionOf(at: FileValue, top: ReadonlyMap<string, FileValue>): string {
    const rules = (property(at, "rules", top)?.items() ?? [])
        .filter(rule => rule.get("when").string() !== "never")
        .flatMap(rule => rule.get("if").string() ?? []);
    const only = property(at, "only", top);
    const refs =
        only === undefined ? [] : (only.isMap ? only.get("refs") : only).items().flatMap(ref => ref.string() ?? []);
    return [...rules, ...refs].join(" || ");
}

/** Whether a person has to start a job whenever it runs. Source: GitLab Docs, "CI/CD YAML syntax reference", `when`. */
function isManual(at: FileValue, top: ReadonlyMap<string, FileValue>): boolean {
    const standing = property(at, "when", top)?.string();
    const rules = (property(at, "rules", top)?.items() ?? []).map(rule => rule.get("when").string() ?? standing);
    const running = rules.filter(when => when !== "never");
    return rules.length === 0 ? standing === "manual" : running.length > 0 && running.every(when => when === "manual");
}

/** A job and what it extends, nearest first. */
function chain(at: FileValue, top: ReadonlyMap<string, FileValue>): readonly FileValue[] {
    const known = chains.get(at);
    if (known !== undefined) return known;
    const found = new Set<FileValue>();
    const visit = (part: FileValue, depth: number): void => {
        if (found.has(part) || depth > MAX_DEPTH) return;
        found.add(part);
        for (const parent of part.get("extends").items().toReversed()) {
            const base = top.get(parent.string() ?? "");
            if (base !== undefined) visit(base, depth + 1);
        }
    };
    visit(at, 0);
    chains.set(at, [...found]);
    return [...found];
}

/** What `chain` found: each job belongs to one reading of the files, so its chain never changes. */
const chains = new WeakMap<FileValue, readonly FileValue[]>();

function property(at: FileValue, key: string, top: ReadonlyMap<string, FileValue>): FileValue | undefined {
    return chain(at, top)
        .map(part => part.get(key))
        .find(value => value.isMap || value.isList || value.scalar() !== undefined);
}

function standard(key: string, top: ReadonlyMap<string, FileValue>): FileValue | undefined {
    const value = top.get("default")?.get(key);
    return value === undefined || value.isMissing ? top.get(key) : value;
}

/** Lines of a script; lists in lists are joined, and `!reference [.setup, script]` is followed. */
function linesOf(
    script: FileValue | undefined,
    top: ReadonlyMap<string, FileValue>,
    allowance: Allowance,
    depth: number,
): FileValue[] {
    if (script === undefined || depth > MAX_DEPTH) return [];
    return script.items().flatMap(line => {
        if (!allowance.take(line)) return [];
        if (!line.isList) return [line];
        const [first, ...keys] = line.items().map(item => item.string() ?? "");
        const base = top.get(first ?? "");
        if (base === undefined) return linesOf(line, top, allowance, depth + 1);
        const target = keys.reduce((value, key) => property(value, key, top) ?? value.get(key), base);
        return linesOf(target, top, allowance, depth + 1);
    });
}

/** The lines of one script as steps: they run in one shell, so `cd` in one holds for the next. */
function stepsOf(lines: readonly FileValue[], scope: Scope, { workspace, allowance }: Reading): Step[] {
    let folder: string | undefined;
    return lines.map(line => {
        const written = commandsOf(line.string() ?? "").map(command => ({
            ...command,
            words: command.words.flatMap(word => scope.expandWord(word).slice(0, 1)),
        }));
        if (written.some(({ isCut }) => isCut === true)) allowance.cut(line);
        const placed = inFolders(written, folder);
        for (const command of written) folder = folderAfter(command, folder, undefined);
        const commands = withGivenArguments(placed, line, workspace);
        return {
            at: line,
            id: undefined,
            uses: line.get("uses"),
            action: "",
            inputs: new Map(),
            script: line,
            commands,
            calls: commands.flatMap(command =>
                callsIn(command, line).map(call => ({
                    ...call,
                    dir: call.dir === undefined ? command.folder : join(command.folder, call.dir),
                })),
            ),
            conditions: [],
            isFailureIgnored: false,
            scope,
        };
    });
}

/** The variables of several maps, of which the later win. A variable may be a map with a description. */
function variablesOf(maps: readonly (FileValue | undefined)[]): ReadonlyMap<string, FileValue> {
    const entries = maps.flatMap(map => map?.entries() ?? []);
    return new Map(entries.map(([name, value]) => [name, value.isMap ? value.get("value") : value]));
}
