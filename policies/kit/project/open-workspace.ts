import type { Workspace } from "./workspace";

/** Where to look for the project. */
export interface WorkspaceQuery {
    /** Folder of the project, or of a repository of projects, as settings name it; relative to `calledFrom`. */
    readonly projectDir: string | undefined;
    /** Name of the stack, with or without organisation and project; undefined when the engine names none. */
    readonly stack: string | undefined;
    /** Name of the project that the engine runs; a Pulumi.yaml of another name is not taken. */
    readonly project: string | undefined;
    /** Absolute path of the folder where `pulumi` was called. */
    readonly calledFrom: string;
}

/** Finds the project and the repository around it. Throws nothing; `absence` says what is missing. */
export function openWorkspace(_query: WorkspaceQuery): Workspace {
    throw new Error("not implemented");
}
