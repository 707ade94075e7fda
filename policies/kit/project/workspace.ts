import type { ParsedFile } from "./file-value";
import type { TextFile } from "./text-file";

/** A Pulumi project: a folder with a `Pulumi.yaml`. */
export interface Project {
    /** Folder of the project file, relative to the workspace's root; empty for the root itself. */
    readonly dir: string;
    /** The parsed `Pulumi.yaml` (or `.yml`, `.json`). */
    readonly file: ParsedFile;
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
    /** The parsed file; its problems say when it does not exist or cannot be read. */
    readonly file: ParsedFile;
}

/** The repository around the program, as far as rules look at it. Files are read once and never executed. */
export interface Workspace {
    /** Absolute path of the repository's root, or of the project where there is no repository. */
    readonly root: string;
    /** The projects to judge: one in a run of the engine, all below the folder where a whole repository is judged. */
    readonly projects: readonly Project[];
    /** Why there is nothing to judge; undefined when there is. */
    readonly absence?:
        | {
              /** `no-stack`: the engine named no stack and no folder is configured. `not-found`: there is no such project. */
              readonly kind: "no-stack" | "not-found";
              /** A sentence that says what was looked for, where, and what to set. */
              readonly message: string;
          }
        | undefined;
    /** Text of a file below the root. */
    text(path: string): TextFile;
    /** A YAML or JSON file below the root, parsed. */
    yaml(path: string): ParsedFile;
    /** Names in a folder below the root, sorted; empty when there is no such folder. Folders end with `/`. */
    list(path: string): string[];
}
