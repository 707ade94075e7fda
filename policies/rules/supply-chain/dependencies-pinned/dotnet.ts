import type { Workspace } from "../../../kit/project/workspace";
import { FromJson } from "./from-json";
import { notCommitted } from "./gitignore";
import { below, type Defect, type Demands, isThere, LineCount, type Program, upward } from "./program";

const PROJECT_FILE = /\.(cs|fs|vb)proj$/;

/**
 * What is wrong with the dependencies of a program in .NET.
 * Source: NuGet documentation, "Package references in project files", sections "Floating versions", "Locking dependencies".
 */
export function dotnetDefects({ workspace, dir, project }: Program, demands: Demands): Defect[] {
    const name = workspace.list(dir).find(file => PROJECT_FILE.test(file));
    if (name === undefined) {
        const message =
            "names a program in .NET, but there is no project file in its folder; expected one, and packages.lock.json.";
        return [{ at: project.file.content, message }];
    }
    const manifest = below(dir, name);
    const central = upward(dir)
        .map(folder => below(folder, "Directory.Packages.props"))
        .find(path => isThere(workspace, path));
    const references = [manifest, ...(central === undefined ? [] : [central])].flatMap(file =>
        packagesIn(workspace, file),
    );
    const inexact = references
        .filter(({ version }) => demands.requireExactVersions && version !== undefined && /[*,]/.test(version))
        .map(({ at, id, version }) => ({
            at,
            message: `\`${id}\` is \`${version}\`, which many versions fit; expected an exact version.`,
            group: {
                cause: "fit many versions",
                item: `\`${id}\` (\`${version}\`)`,
                expected: "expected exact versions",
            },
        }));
    const own = references.filter(({ at }) => at.file === manifest);
    if (own.length === 0) return inexact;
    const lockfile = lockfileOf(workspace, dir, name);
    const { text, problem } = workspace.text(lockfile);
    if (text === undefined && !isThere(workspace, lockfile)) {
        const message =
            "has no packages.lock.json beside it; expected `RestorePackagesWithLockFile` set to true, and the lockfile committed.";
        return [...inexact, { at: { file: manifest, line: 1 }, message }];
    }
    const locked = text === undefined ? undefined : FromJson.parse(text)?.get("dependencies");
    if (locked === undefined) {
        const message = `${problem ?? "is not valid JSON"}, so whether it agrees with ${manifest} is not known.`;
        return [...inexact, { at: { file: lockfile }, message, isNote: true }];
    }
    const requested = requestedIn(locked);
    const versions = new Map(
        references.filter(({ at }) => at.file === central).map(({ id, version }) => [id, version]),
    );
    const expected = "expected the lockfile of `dotnet restore`, committed together";
    const stale = own.flatMap(({ at, id, version = versions.get(id) }): Defect[] => {
        const known = requested.get(id.toLowerCase());
        if (known === undefined) {
            const group = { cause: `are not in ${lockfile}`, item: `\`${id}\``, expected };
            return [{ at, message: `\`${id}\` is not in ${lockfile}; ${expected}.`, group }];
        }
        if (version === undefined || !/^\d/.test(version)) return [];
        const other = [...known].find(range => !isSameVersion(lowest(range), version));
        if (other === undefined) return [];
        const message = `\`${id}\` is \`${version}\`, for which ${lockfile} was made as \`${other}\`; ${expected}.`;
        const item = `\`${id}\` (\`${version}\`, not \`${other}\`)`;
        return [{ at, message, group: { cause: `are another version in ${lockfile}`, item, expected } }];
    });
    return [...inexact, ...stale, ...notCommitted(workspace, lockfile)];
}

/** The lockfile that NuGet takes: the one that the project file names, the project's own, or the folder's. */
function lockfileOf(workspace: Workspace, dir: string, projectFile: string): string {
    const named = /<NuGetLockFilePath>([^<$]+)</.exec(workspace.text(below(dir, projectFile)).text ?? "")?.[1];
    if (named !== undefined) return below(dir, named.trim().replaceAll("\\", "/"));
    const own = below(dir, `packages.${projectFile.replace(/\.\w+$/, "").replaceAll(" ", "_")}.lock.json`);
    return isThere(workspace, own) ? own : below(dir, "packages.lock.json");
}

/** Whether the project's own files make every restore a locked one. */
export function restoresLocked({ workspace, dir }: Program): boolean {
    const names = workspace.list(dir).filter(name => PROJECT_FILE.test(name));
    const files = [
        ...names.map(name => below(dir, name)),
        ...upward(dir).map(folder => below(folder, "Directory.Build.props")),
    ];
    return files.some(file => /<RestoreLockedMode(?:\s[^<>]*)?>\s*true\s*</i.test(workspace.text(file).text ?? ""));
}

/** The ranges that a lockfile was made for, by package in lower case, over all target frameworks. */
function requestedIn(frameworks: FromJson): ReadonlyMap<string, ReadonlySet<string>> {
    const ranges = new Map<string, Set<string>>();
    for (const [, packages] of frameworks.entries()) {
        for (const [id, entry] of packages.entries()) {
            const known = ranges.get(id.toLowerCase()) ?? new Set();
            ranges.set(id.toLowerCase(), known);
            const requested = entry.get("requested").text();
            if (requested !== undefined) known.add(requested);
        }
    }
    return ranges;
}

/** The lowest version of a range as NuGet writes it: `[3.60.0, )`. */
function lowest(range: string): string {
    return (
        range
            .replace(/^[[(]/, "")
            .split(/[,\])]/)[0]
            ?.trim() ?? ""
    );
}

/** NuGet leaves out a fourth zero and fills up to three parts. Source: NuGet documentation, "Package versioning". */
function isSameVersion(a: string, b: string): boolean {
    const clean = (version: string) => {
        const [numbers = "", label = ""] = version.toLowerCase().split("+")[0]?.split(/-(.*)/s) ?? [];
        const parts = numbers.split(".").map(Number);
        while (parts.length > 3 && parts.at(-1) === 0) parts.pop();
        while (parts.length < 3) parts.push(0);
        return `${parts.join(".")}-${label}`;
    };
    return clean(a) === clean(b);
}

const PACKAGE = /<Package(?:Reference|Version)\s([^<>]*)>/g;

/** The packages of a project file, in linear time: an element ends where the next one of its kind begins at the latest. */
function packagesIn(workspace: Workspace, file: string) {
    const text = workspace.text(file).text ?? "";
    const lines = new LineCount(text);
    const packages = [...text.matchAll(PACKAGE)];
    return packages.flatMap((match, index) => {
        const [whole, attributes = ""] = match;
        const id = /\bInclude="([^"]+)"/.exec(attributes)?.[1];
        if (id === undefined) return [];
        const end = packages[index + 1]?.index ?? text.length;
        const inner = attributes.endsWith("/") ? "" : text.slice(match.index + whole.length, end);
        const version =
            /\bVersion="([^"]*)"/.exec(attributes)?.[1] ??
            /<Version>([^<]*)</.exec(inner.split("</Package", 1)[0] ?? "")?.[1];
        return [{ id, version, at: { file, line: lines.at(match.index) } }];
    });
}
