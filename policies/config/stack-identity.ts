/** Which stack settings are for; parts are undefined where the engine names none, as in `policy analyze`. */
export interface StackIdentity {
    readonly organization: string | undefined;
    readonly project: string | undefined;
    readonly stack: string | undefined;
    /** The stack's tags; empty for a stack without any, and as long as the engine has not told them. */
    readonly tags: Readonly<Record<string, string>>;
}

/** Reads `organization/project/stack`, `project/stack` or `stack`. */
export function parseStackName(text: string, tags: Readonly<Record<string, string>> = {}): StackIdentity {
    const parts = text.split("/").reverse();
    return { organization: parts[2], project: parts[1], stack: parts[0], tags };
}

/** `organization/project/stack`, with `?` for what is not known. */
export function stackName({ organization, project, stack }: StackIdentity): string {
    return [organization, project, stack].map(part => part ?? "?").join("/");
}
