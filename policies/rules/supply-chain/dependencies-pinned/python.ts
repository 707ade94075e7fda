import { posix } from "node:path";
import { BUDGET, shortened } from "../../../kit/project/budget";
import type { Workspace } from "../../../kit/project/workspace";
import { notCommitted } from "./gitignore";
import {
    below,
    type Defect,
    type Demands,
    isThere,
    notAsLocked,
    type Program,
    runtimeOption,
    shownSpec,
    upward,
} from "./program";

type Table = Readonly<Record<string, unknown>>;

// Its CommonJS build has no types of its own, so that an import of it does not compile.
const { parse }: { parse(text: string): Table } = require("smol-toml");

/** Lockfiles of tools that keep their manifest in pyproject.toml or Pipfile. */
const LOCKFILES = [
    { lockfile: "uv.lock", manifest: "pyproject.toml", update: "uv lock" },
    { lockfile: "poetry.lock", manifest: "pyproject.toml", update: "poetry lock" },
    { lockfile: "pdm.lock", manifest: "pyproject.toml", update: "pdm lock" },
    { lockfile: "Pipfile.lock", manifest: "Pipfile", update: "pipenv lock" },
];

/**
 * What is wrong with the dependencies of a program in Python.
 *
 * Source: pip documentation, "Requirements File Format", "Secure installs"; PEP 440, PEP 503, PEP 508 and PEP 621; uv's,
 * Poetry's and Pipenv's documentation of their files.
 */
export function pythonDefects(program: Program, demands: Demands): Defect[] {
    const { workspace, dir, project } = program;
    const toolchain = runtimeOption(program, "toolchain");
    const requirements = below(dir, "requirements.txt");
    const isPip = toolchain === "pip" && isThere(workspace, requirements);
    for (const { lockfile, manifest, update } of isPip ? [] : LOCKFILES) {
        const tool = update.split(" ", 1)[0] ?? "";
        // Pulumi's own tools other than pip are uv and Poetry; what another one wrote is not used.
        if ((toolchain === "uv" || toolchain === "poetry") && tool !== toolchain) continue;
        // uv keeps one lockfile at the root of a workspace, and Pulumi looks upward for what its toolchains need.
        const isUpward = tool === toolchain;
        const home = nearest(workspace, dir, manifest, isUpward);
        const found = nearest(workspace, dir, lockfile, isUpward || tool === "uv");
        if (home === undefined || found === undefined) continue;
        return [...lockedDefects(home, found, update, program, demands), ...notCommitted(workspace, found)];
    }
    if (isThere(workspace, requirements)) {
        return [
            ...requirementDefects(new Requirements(workspace, requirements), demands),
            ...notCommitted(workspace, requirements),
        ];
    }
    const manifest = ["pyproject.toml", "Pipfile"].map(name => below(dir, name)).find(path => isThere(workspace, path));
    const expected =
        "expected requirements.txt with exact versions, or uv.lock, poetry.lock or Pipfile.lock, committed.";
    if (manifest !== undefined)
        return [{ at: { file: manifest, line: 1 }, message: `has no lockfile beside it; ${expected}` }];
    return [
        {
            at: project.file.content,
            message: `names a program in Python, but its folder names no dependencies; ${expected}`,
        },
    ];
}

/** A file of the program's folder, or of those above it. */
function nearest(workspace: Workspace, dir: string, name: string, isUpward: boolean): string | undefined {
    const folders = isUpward ? upward(dir) : [dir];
    return folders.map(folder => below(folder, name)).find(path => isThere(workspace, path));
}

/** A line of a requirements file, or a file that could not be read. */
interface Requirement {
    readonly file: string;
    readonly line: number;
    readonly text: string;
    readonly isConstraint: boolean;
    readonly problem?: string;
}

/** A requirements file with those that it includes, each read once; there may be a limited number of them. */
class Requirements {
    readonly lines: Requirement[] = [];
    /** Where a file is included that is one too many. */
    unread: { readonly file: string; readonly line: number } | undefined;
    private readonly seen = new Set<string>();

    constructor(
        private readonly workspace: Workspace,
        path: string,
    ) {
        this.read(path, false, { file: path, line: 1 });
    }

    private read(path: string, isConstraint: boolean, from: { readonly file: string; readonly line: number }): void {
        // What is a constraint here may be a requirement there.
        const key = `${isConstraint} ${path}`;
        if (this.seen.has(key)) return;
        if (this.seen.size >= BUDGET.includes) {
            this.unread ??= from;
            return;
        }
        this.seen.add(key);
        const { text, problem } = this.workspace.text(path);
        if (text === undefined) {
            this.lines.push({ file: path, line: 1, text: "", isConstraint, problem: problem ?? "cannot be read" });
            return;
        }
        for (const { line, requirement } of logicalLines(text)) {
            const [, flag, included = ""] = /^(-r|--requirement|-c|--constraint)[\s=]+(\S+)/.exec(requirement) ?? [];
            if (flag !== undefined) {
                const next = posix.join(posix.dirname(path), included);
                const constrains = flag === "-c" || flag === "--constraint";
                this.read(next, isConstraint || constrains, { file: path, line });
            } else if (!requirement.startsWith("-") || /^(-e|--editable)/.test(requirement)) {
                this.lines.push({ file: path, line, text: requirement, isConstraint });
            }
        }
    }
}

/** The lines of a requirements file without comments and blank ones, those joined that end with a backslash. */
function logicalLines(text: string): { readonly line: number; readonly requirement: string }[] {
    const found: { line: number; requirement: string }[] = [];
    let parts: string[] = [];
    let start = 0;
    for (const [index, raw] of text.split(/\r?\n/).entries()) {
        if (parts.length === 0) start = index + 1;
        const line = withoutComment(raw);
        if (line.endsWith("\\")) {
            parts.push(line.slice(0, -1));
            continue;
        }
        const requirement = [...parts, line].join(" ").trim();
        parts = [];
        if (requirement !== "") found.push({ line: start, requirement });
    }
    return found;
}

/** A `#` begins a comment at the start of a line and behind a blank. */
function withoutComment(line: string): string {
    if (line.startsWith("#")) return "";
    const at = line.search(/\s#/);
    return at === -1 ? line : line.slice(0, at);
}

/** A requirement without its own options, such as hashes. */
function withoutOptions(requirement: string): string {
    const at = requirement.search(/\s--/);
    return at === -1 ? requirement : requirement.slice(0, at).trim();
}

function requirementDefects({ lines, unread }: Requirements, demands: Demands): Defect[] {
    const constrained = new Set(
        lines.filter(({ isConstraint, text }) => isConstraint && isPinned(text)).map(({ text }) => nameOf(text)),
    );
    const defects = lines
        .filter(({ isConstraint }) => !isConstraint)
        .flatMap(({ file, line, text, problem }): Defect[] => {
            const at = { file, line };
            if (problem !== undefined) return [{ at, message: `${problem}; expected requirements.` }];
            if (isLocal(text)) return [];
            const shown = shownSpec(withoutOptions(text));
            const item = `\`${shown}\``;
            if (demands.requireExactVersions && !isPinned(text) && !constrained.has(nameOf(text))) {
                const expected = text.includes("://")
                    ? "a full commit behind `@`, or a hash behind `#`"
                    : `an exact version, \`${shortened(nameOf(text))}==<version>\``;
                const group = { cause: "fit many versions", item, expected: "expected exact versions" };
                return [{ at, message: `${item} fits many versions; expected ${expected}.`, group }];
            }
            if (!demands.requireHashes || /--hash[=\s]|#sha256=/.test(text)) return [];
            const expected = "expected `--hash=sha256:…`, as `pip-compile --generate-hashes` writes";
            return [
                { at, message: `${item} has no hash; ${expected}.`, group: { cause: "have no hash", item, expected } },
            ];
        });
    if (unread === undefined) return defects;
    const message = `includes one file more than the ${BUDGET.includes} that are read, so what it requires is not judged.`;
    return [...defects, { at: unread, message, isNote: true }];
}

/** Whether a requirement fits one version, or names content that its address fixes. Source: PEP 440, "Version matching". */
function isPinned(requirement: string): boolean {
    const text = (withoutOptions(requirement).split(/;/, 1)[0] ?? "").trim();
    if (text.includes("://")) {
        const [address = "", ...fragment] = text.split("#");
        return (
            /@[0-9a-f]{40}$/i.test(address) ||
            /\.whl(\?|$)/.test(address) ||
            fragment
                .join("&")
                .split("&")
                .some(part => /^sha(256|384|512)=/.test(part))
        );
    }
    return /[^<>!~=]={2,3}\s*[^*,\s=]+(\s*,|\s*\)?$)/.test(text);
}

function isLocal(text: string): boolean {
    return (
        /^(-e|--editable)[\s=]+(?!\w+\+|https?:)/.test(text) ||
        /^(\.{0,2}\/|file:)/.test(text) ||
        // The project in this folder, with extras or without.
        /^\.{1,2}(?:\s*\[[^\]]*\])?\s*(?:;.*)?$/.test(text) ||
        /@\s*file:/.test(text)
    );
}

/** The package's name in the form that all spellings share. Source: PEP 503. */
function nameOf(requirement: string): string {
    return normal(/^[A-Za-z0-9._-]+/.exec(requirement)?.[0] ?? requirement);
}

function normal(name: string): string {
    return name.toLowerCase().replace(/[-_.]+/g, "-");
}

interface Direct {
    readonly name: string;
    /** What the manifest says of the version, for messages. */
    readonly shown: string;
    readonly isExact: boolean;
    /** The exact version, where the manifest names one. */
    readonly version: string | undefined;
    readonly isLocal: boolean;
}

function lockedDefects(
    manifest: string,
    lockfile: string,
    update: string,
    { workspace }: Program,
    demands: Demands,
): Defect[] {
    const source = workspace.text(manifest).text ?? "";
    const table = readToml(source);
    if (table === undefined)
        return [
            { at: { file: manifest, line: 1 }, message: "is not valid TOML; expected the program's dependencies." },
        ];
    const direct = directOf(table, manifest.endsWith("Pipfile"));
    const lines = linesOfNames(source);
    const at = ({ name }: Direct) => ({ file: manifest, line: lines.get(name) ?? 1 });
    const inexact = direct
        .filter(({ isExact, isLocal: local }) => demands.requireExactVersions && !isExact && !local)
        .map(one => ({
            at: at(one),
            message: `\`${one.name}\` is \`${shownSpec(one.shown)}\`, which many versions fit; expected an exact version.`,
            group: {
                cause: "fit many versions",
                item: shortened(`\`${one.name}\` (\`${shownSpec(one.shown)}\`)`),
                expected: "expected exact versions",
            },
        }));
    const versions = lockedVersions(workspace, lockfile);
    if (versions === undefined) {
        return [
            ...inexact,
            {
                at: { file: lockfile },
                message: `cannot be read, so whether it agrees with ${manifest} is not known.`,
                isNote: true,
            },
        ];
    }
    const stale = direct
        .filter(({ isLocal: local }) => !local)
        .flatMap((one): Defect[] => {
            const known = versions.get(one.name);
            if (known !== undefined && (one.version === undefined || known.has(one.version))) return [];
            const { name } = one;
            return [notAsLocked(at(one), { name, shown: shownSpec(one.shown), known }, lockfile, update)];
        });
    return [...inexact, ...stale];
}

function directOf(table: Table, isPipfile: boolean): Direct[] {
    if (isPipfile) return [...mapped(at(table, "packages")), ...mapped(at(table, "dev-packages"))];
    const poetry = at(table, "tool", "poetry");
    const groups = Object.values(asTable(at(poetry, "group"))).map(group => at(group, "dependencies"));
    const listed = [
        at(table, "project", "dependencies"),
        ...Object.values(asTable(at(table, "project", "optional-dependencies"))),
        ...Object.values(asTable(at(table, "dependency-groups"))),
    ];
    const sources = asTable(at(table, "tool", "uv", "sources"));
    const localSources = new Set(
        Object.entries(sources)
            .filter(([, source]) => ["path", "workspace", "git", "url"].some(key => key in asTable(source)))
            .map(([name]) => normal(name)),
    );
    return [
        ...listed
            .flatMap(list => (Array.isArray(list) ? list : []))
            .flatMap((text): Direct[] => {
                if (typeof text !== "string") return [];
                const version = /={2,3}\s*([^*,;\s)]+)/.exec(text)?.[1];
                const name = nameOf(text);
                const isFixed = isPinned(text);
                return [
                    {
                        name,
                        shown: text,
                        isExact: isFixed,
                        version: isFixed ? version : undefined,
                        isLocal: isLocal(text) || localSources.has(name),
                    },
                ];
            }),
        ...[at(poetry, "dependencies"), at(poetry, "dev-dependencies"), ...groups].flatMap(mapped),
    ];
}

/** The first line that begins with each name, which one may write in several ways. */
function linesOfNames(source: string): ReadonlyMap<string, number> {
    const lines = new Map<string, number>();
    for (const [index, line] of source.split("\n").entries()) {
        const name = /^\s*["']?(\w[\w.-]*)/.exec(line)?.[1];
        if (name !== undefined && !lines.has(normal(name))) lines.set(normal(name), index + 1);
    }
    return lines;
}

/** Dependencies as Poetry and Pipenv write them: `name = "1.2.3"` or `name = { version = "1.2.3" }`. */
function mapped(table: unknown): Direct[] {
    return (
        Object.entries(asTable(table))
            .filter(([name]) => name !== "python")
            // Poetry takes a list: a version each for other versions of Python or platforms.
            .flatMap(([name, spec]) => (Array.isArray(spec) ? spec : [spec]).map(one => [name, one] as const))
            .map(([name, spec]) => {
                const entry = asTable(spec);
                const shown = typeof spec === "string" ? spec : typeof entry.version === "string" ? entry.version : "";
                const version = /^={0,3}\s*(\d[\w.+!-]*)$/.exec(shown.trim())?.[1];
                const commit = typeof entry.rev === "string" ? entry.rev : entry.ref;
                const isCommit = typeof commit === "string" && /^[0-9a-f]{40}$/i.test(commit);
                return {
                    name: normal(name),
                    shown: shown === "" ? (entry.git === undefined ? "*" : "a branch of git") : shown,
                    isExact: version !== undefined || isCommit,
                    version: isCommit ? undefined : version,
                    isLocal: entry.path !== undefined || entry.file !== undefined || entry.url !== undefined,
                };
            })
    );
}

/** Versions by name; undefined for a lockfile that cannot be read. */
function lockedVersions(workspace: Workspace, lockfile: string): ReadonlyMap<string, ReadonlySet<string>> | undefined {
    const { text } = workspace.text(lockfile);
    if (text === undefined) return undefined;
    const versions = new Map<string, Set<string>>();
    const add = (name: unknown, version: unknown) => {
        if (typeof name !== "string") return;
        const known = versions.get(normal(name)) ?? new Set();
        versions.set(normal(name), known.add(String(version ?? "").replace(/^==/, "")));
    };
    if (lockfile.endsWith("Pipfile.lock")) {
        const table = readJson(text);
        if (table === undefined) return undefined;
        for (const section of ["default", "develop"]) {
            for (const [name, entry] of Object.entries(asTable(table[section]))) add(name, asTable(entry).version);
        }
        return versions;
    }
    const table = readToml(text);
    if (table === undefined) return undefined;
    const packages = table.package;
    for (const entry of Array.isArray(packages) ? packages : []) add(asTable(entry).name, asTable(entry).version);
    return versions;
}

function readToml(text: string): Table | undefined {
    try {
        return parse(text);
    } catch {
        return undefined;
    }
}

function readJson(text: string): Table | undefined {
    try {
        return asTable(JSON.parse(text));
    } catch {
        return undefined;
    }
}

function at(value: unknown, ...keys: readonly string[]): unknown {
    return keys.reduce<unknown>((inner, key) => asTable(inner)[key], value);
}

function asTable(value: unknown): Table {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}
