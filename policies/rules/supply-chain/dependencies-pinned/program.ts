import { posix } from "node:path";
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

/** Line of the first line of a text that contains a part, counted from 1; 1 where none does. */
export function lineOf(text: string, part: string | RegExp): number {
    const lines = text.split("\n");
    const index = lines.findIndex(line => (typeof part === "string" ? line.includes(part) : part.test(line)));
    return index === -1 ? 1 : index + 1;
}

function normal(path: string): string {
    const clean = posix.normalize(path).replace(/\/+$/, "");
    return clean === "." || clean === "/" || clean.startsWith("..") ? "" : clean;
}
