const matchers = new WeakMap<readonly string[], (text: string) => boolean>();

/**
 * Tells whether a text matches one of `patterns` as a whole, letter by letter, where `*` stands for any run of characters,
 * none included. Fit for type tokens, whose slashes and colons mean nothing here.
 *
 * The same array gives the same function, so that a rule may ask for each resource anew.
 */
export function wildcard(patterns: readonly string[]): (text: string) => boolean {
    const known = matchers.get(patterns);
    if (known !== undefined) return known;
    const expression = new RegExp(`^(?:${patterns.map(toExpression).join("|")})$`, "s");
    const matcher = patterns.length === 0 ? () => false : (text: string) => expression.test(text);
    matchers.set(patterns, matcher);
    return matcher;
}

function toExpression(pattern: string): string {
    return pattern
        .split(/\*+/)
        .map(part => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
        .join(".*");
}
