/**
 * Whether a text matches a pattern as a whole. `*` stands for any characters, none included; everything else for itself.
 * Takes time linear in the length of both, apart from the number of stars.
 */
export function matches(text: string, pattern: string): boolean {
    const [first = "", ...rest] = pattern.split("*");
    if (!text.startsWith(first)) return false;
    const last = rest.pop();
    if (last === undefined) return text === first;
    let from = first.length;
    for (const part of rest) {
        const at = text.indexOf(part, from);
        if (at === -1) return false;
        from = at + part.length;
    }
    return text.length - last.length >= from && text.endsWith(last);
}

export function hasWildcard(pattern: string): boolean {
    return pattern.includes("*");
}

/** How many characters of a pattern stand for themselves. */
export function literalLength(pattern: string): number {
    return pattern.replaceAll("*", "").length;
}
