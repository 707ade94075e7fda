/**
 * How much of a project is looked at, in one place. No repository that people write comes near these numbers; what goes past
 * one is reported as not judged, with its file, and the rest is judged.
 */
export const BUDGET = {
    /** Bytes of a file that is read at all, such as a lockfile. */
    fileBytes: 5 * 1024 * 1024,
    /** Bytes of a YAML file that is parsed with the lines of its values, which takes about a second for each megabyte. */
    yamlBytes: 1024 * 1024,
    /** Levels of brackets or blocks within one another: the parser is recursive. */
    depth: 200,
    /** Values that the aliases of one file stand for together; aliases of aliases can stand for more than any machine holds. */
    expansions: 100_000,
    /** Files that a file includes, those that they include among them. */
    includes: 100,
    /** Folders that are looked through, such as for projects. */
    folders: 20_000,
    /** Files that are looked for by patterns, such as ESC environments. */
    files: 1_000,
    /** Findings of one kind about one file that are reported one by one; the others are counted. */
    findings: 1_000,
    /** Items that a message lists; the others are counted. */
    listed: 10,
    /** Characters that a message repeats of a text in a file. */
    shown: 200,
} as const;

/** The first items of a list, for messages, as `a, b and 3 more`; `most` of them at the most. */
export function listed(items: readonly string[], most: number = BUDGET.listed): string {
    const shown = items.slice(0, most);
    const rest = items.length - shown.length;
    return rest === 0 ? shown.join(", ") : `${shown.join(", ")} and ${rest} more`;
}

/** A text as messages repeat it: cut where it is long. */
export function shortened(text: string): string {
    return text.length <= BUDGET.shown ? text : `${text.slice(0, BUDGET.shown)}… (${text.length} characters)`;
}
