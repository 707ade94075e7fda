import { posix } from "node:path";
import type { Workspace } from "../../../kit/project/workspace";
import { notCommitted } from "./gitignore";
import { below, type Defect, type Demands, isThere, lineOf, type Program, upward } from "./program";

type Table = Readonly<Record<string, unknown>>;

// Its CommonJS build has no types of its own, so that an import of it does not compile.
const { parse }: { parse(text: string): Table } = require("smol-toml");

/** How deep requirement files may include one another. */
const MAX_DEPTH = 10;

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
    for (const lock of LOCKFILES) {
        const home = isThere(workspace, below(dir, lock.manifest)) ? dir : undefined;
        // uv keeps one lockfile at the root of a workspace.
        const places = lock.lockfile === "uv.lock" ? upward(dir) : [dir];
        const found = places.map(folder => below(folder, lock.lockfile)).find(path => isThere(workspace, path));
        if (home === undefined || found === undefined) continue;
        return [
            ...lockedDefects(below(home, lock.manifest), found, lock.update, program, demands),
            ...notCommitted(workspace, found),
        ];
    }
    const requirements = below(dir, "requirements.txt");
    if (isThere(workspace, requirements)) {
        const lines = readRequirements(workspace, requirements, []);
        return [...requirementDefects(lines, demands), ...notCommitted(workspace, requirements)];
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

/** A line of a requirements file, or a file that could not be read. */
interface Requirement {
    readonly file: string;
    readonly line: number;
    readonly text: string;
    readonly isConstraint: boolean;
    readonly problem?: string;
}

function readRequirements(
    workspace: Workspace,
    path: string,
    trail: readonly string[],
    isConstraint = false,
): Requirement[] {
    const { text, problem } = workspace.text(path);
    if (trail.includes(path) || trail.length > MAX_DEPTH) return [];
    if (text === undefined)
        return [{ file: path, line: 1, text: "", isConstraint, problem: problem ?? "cannot be read" }];
    const found: Requirement[] = [];
    let start = 0;
    let joined = "";
    for (const [index, line] of text.split(/\r?\n/).entries()) {
        if (joined === "") start = index + 1;
        joined += line.replace(/(^|\s)#.*$/, "");
        if (joined.endsWith("\\")) {
            joined = `${joined.slice(0, -1)} `;
            continue;
        }
        const requirement = joined.trim();
        joined = "";
        const [, flag, included = ""] = /^(-r|--requirement|-c|--constraint)[\s=]+(\S+)/.exec(requirement) ?? [];
        if (flag !== undefined) {
            const next = posix.join(posix.dirname(path), included);
            found.push(...readRequirements(workspace, next, [...trail, path], isConstraint || /^-(c|-c)/.test(flag)));
        } else if (requirement !== "" && (!requirement.startsWith("-") || /^(-e|--editable)\b/.test(requirement))) {
            found.push({ file: path, line: start, text: requirement, isConstraint });
        }
    }
    return found;
}

function requirementDefects(lines: readonly Requirement[], demands: Demands): Defect[] {
    const constrained = new Set(
        lines.filter(({ isConstraint, text }) => isConstraint && isPinned(text)).map(({ text }) => nameOf(text)),
    );
    return lines
        .filter(({ isConstraint }) => !isConstraint)
        .flatMap(({ file, line, text, problem }): Defect[] => {
            const at = { file, line };
            if (problem !== undefined) return [{ at, message: `${problem}; expected requirements.` }];
            if (isLocal(text)) return [];
            const shown = text.replace(/\s*--hash[=\s]\S+/g, "").replace(/\/\/[^/@\s]*@/, "//…@");
            if (demands.requireExactVersions && !isPinned(text) && !constrained.has(nameOf(text))) {
                const expected = text.includes("://")
                    ? "a full commit behind `@`, or a hash behind `#`"
                    : `an exact version, \`${nameOf(text)}==<version>\``;
                return [{ at, message: `\`${shown}\` fits many versions; expected ${expected}.` }];
            }
            if (!demands.requireHashes || /--hash[=\s]|#sha256=/.test(text)) return [];
            return [
                {
                    at,
                    message: `\`${shown}\` has no hash; expected \`--hash=sha256:…\`, as \`pip-compile --generate-hashes\` writes.`,
                },
            ];
        });
}

/** Whether a requirement fits one version, or names content that its address fixes. Source: PEP 440, "Version matching". */
function isPinned(requirement: string): boolean {
    const text = requirement
        .replace(/\s*--hash[=\s]\S+/g, "")
        .replace(/;.*$/, "")
        .trim();
    if (/@\s*\w+(\+\w+)?:\/\//.test(text) || /^\w+(\+\w+)?:\/\//.test(text)) {
        return /@[0-9a-f]{40}(#|$)/i.test(text) || /#.*sha(256|384|512)=/.test(text) || /\.whl([#?]|$)/.test(text);
    }
    return /(^|[^<>!~=])={2,3}\s*[^*,\s]+(\s*,|\s*\)?$)/.test(text);
}

function isLocal(text: string): boolean {
    return (
        /^(-e|--editable)[\s=]+(?!\w+\+|https?:)/.test(text) ||
        /^(\.{0,2}\/|file:)/.test(text) ||
        /^\.+$/.test(text) ||
        /@\s*file:/.test(text)
    );
}

/** The package's name in the form that all spellings share. Source: PEP 503. */
function nameOf(requirement: string): string {
    return normal(/^[A-Za-z0-9._-]+/.exec(requirement.trim())?.[0] ?? requirement);
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
    const at = ({ name }: Direct) => {
        const spelled = name.replaceAll("-", "[-_.]+");
        return { file: manifest, line: lineOf(source, new RegExp(`^\\s*["']?${spelled}\\b`, "i")) };
    };
    const inexact = direct
        .filter(({ isExact, isLocal: local }) => demands.requireExactVersions && !isExact && !local)
        .map(one => ({
            at: at(one),
            message: `\`${one.name}\` is \`${one.shown}\`, which many versions fit; expected an exact version.`,
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
            const other = known === undefined ? "does not have" : `has as \`${[...known].join("`, `")}\``;
            return [
                {
                    at: at(one),
                    message: `\`${one.name}\` is \`${one.shown}\`, which ${lockfile} ${other}; expected the lockfile of \`${update}\`, committed together.`,
                },
            ];
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

/** Dependencies as Poetry and Pipenv write them: `name = "1.2.3"` or `name = { version = "1.2.3" }`. */
function mapped(table: unknown): Direct[] {
    return Object.entries(asTable(table))
        .filter(([name]) => name !== "python")
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
        });
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
