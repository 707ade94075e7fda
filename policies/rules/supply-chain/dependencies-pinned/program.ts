import { posix } from "node:path";
import { listed, shortened } from "../../../kit/project/budget";
import { countBelow } from "../../../kit/project/file-value";
import type { Project, Workspace } from "../../../kit/project/workspace";
import type { FileLocation } from "../../../kit/report";

/** A program whose dependencies are judged. */
export interface Program {
    readonly workspace: Workspace;
    readonly project: Project;
    /** Folder of the program below the repository's root, without `/` at the end; empty for the root. */
    readonly dir: string;
}

/** What is asked of a program's dependencies. */
export interface Demands {
    readonly requireExactVersions: boolean;
    readonly requireHashes: boolean;
    readonly requireScriptAllowList: boolean;
    /** Names of packages for Node.js whose scripts may run at install. */
    readonly allowedInstallScripts: readonly string[];
    /** Address of the private registry; undefined where none is asked for. */
    readonly registry?: string | undefined;
}

/** Something wrong with a program's dependencies; `isNote` for what cannot be judged. */
export interface Defect {
    readonly at: FileLocation;
    readonly message: string;
    readonly isNote?: boolean;
    /** What several packages of one file may have in common, so that they are reported together. */
    readonly group?: {
        /** Completes `12 packages …: a, b and 10 more`. */
        readonly cause: string;
        /** The package, with what is said of its version. */
        readonly item: string;
        /** What is expected of all of them; no full stop. */
        readonly expected: string;
    };
}

/** The same defects, those of one cause in one file as one: at the first of them, with the packages in it. */
export function grouped(defects: readonly Defect[]): Defect[] {
    const groups = new Map<string, Defect[]>();
    for (const [index, defect] of defects.entries()) {
        const { at, group } = defect;
        const key = group === undefined ? String(index) : `${at.file} ${group.cause} ${group.expected}`;
        const members = groups.get(key);
        if (members === undefined) groups.set(key, [defect]);
        else members.push(defect);
    }
    return [...groups.values()].flatMap(members => {
        const [first] = members;
        const items = [...new Set(members.flatMap(({ group }) => group?.item ?? []))];
        if (first?.group === undefined || items.length < 2) return members;
        const { cause, expected } = first.group;
        const at = { file: first.at.file, line: first.at.line };
        return [{ at, message: `${items.length} packages ${cause}: ${listed(items)}; ${expected}.` }];
    });
}

/** What is wrong with a package that the lockfile does not have, or has in other versions (`known`) than is asked for (`shown`). */
export function notAsLocked(
    at: FileLocation,
    one: { readonly name: string; readonly shown: string; readonly known: Iterable<string> | undefined },
    lockfile: string,
    update: string,
): Defect {
    const { name, shown } = one;
    const known = one.known === undefined ? undefined : `\`${[...one.known].join("`, `")}\``;
    const expected = `expected the lockfile of \`${update}\`, committed together`;
    return {
        at,
        message: `\`${name}\` is \`${shown}\`, which ${lockfile} ${known === undefined ? "does not have" : `has as ${known}`}; ${expected}.`,
        group: {
            cause: `are not as ${lockfile} has them`,
            item: shortened(`\`${name}\` (\`${shown}\`, ${known === undefined ? "not there" : `not ${known}`})`),
            expected,
        },
    };
}

/** What a manifest says of a version, for messages: cut where it is long, and without the credentials of an address. */
export function shownSpec(spec: string): string {
    return shortened(spec.replace(/\/\/(?!git@)[^/@\s]*@/g, "//…@"));
}

/** An option of the language's runtime in Pulumi.yaml. Source: Pulumi documentation, "Project file", `runtime.options`. */
export function runtimeOption({ project }: Program, name: string): string | undefined {
    return project.file.content.get("runtime").get("options").get(name).string();
}

/** The program of a project: `main` in Pulumi.yaml may name another folder, or a file in it. */
export function programOf(workspace: Workspace, project: Project): Program {
    const main = project.file.content.get("main").string() ?? "";
    const path = normal(posix.join(project.dir, main));
    const isFolder = main === "" || workspace.list(path).length > 0;
    return { workspace, project, dir: isFolder ? path : normal(posix.dirname(path)) };
}

/** A path below the repository's root. */
export function below(dir: string, name: string): string {
    return dir === "" ? name : posix.join(dir, name);
}

/** A folder and those above it, up to the repository's root. */
export function upward(dir: string): string[] {
    const folders = [dir];
    for (let folder = dir; folder !== ""; folders.push(folder)) folder = normal(posix.dirname(folder));
    return folders;
}

export function isThere(workspace: Workspace, path: string): boolean {
    const { text, isAbsent } = { isAbsent: false, ...workspace.text(path) };
    return text !== undefined || !isAbsent;
}

/** Tells the lines of places in a text, in any order, without counting anew for each. */
export class LineCount {
    private readonly ends: readonly number[];

    constructor(text: string) {
        this.ends = [...text.matchAll(/\n/g)].map(({ index }) => index);
    }

    /** Line of an offset, counted from 1. */
    at(offset: number): number {
        return 1 + countBelow(this.ends, offset);
    }
}

function normal(path: string): string {
    const clean = posix.normalize(path).replace(/(?<!\/)\/+$/, "");
    return clean === "." || /^\.\.(\/|$)/.test(clean) ? "" : clean;
}
