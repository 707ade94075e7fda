import { matches, starTokens } from "./pattern";

const matchers = new WeakMap<readonly string[], (text: string) => boolean>();

/**
 * Tells whether a text matches one of `patterns` as a whole, letter by letter, where `*` stands for any run of characters,
 * none included. Fit for type tokens, whose slashes and colons mean nothing here.
 *
 * Takes time in proportion to the length of text and pattern multiplied. The same array gives the same function, so that a
 * rule may ask for each resource anew.
 */
export function wildcard(patterns: readonly string[]): (text: string) => boolean {
    const known = matchers.get(patterns);
    if (known !== undefined) return known;
    const all = patterns.map(pattern => starTokens(pattern));
    const matcher = (text: string) => all.some(tokens => matches(tokens, text));
    matchers.set(patterns, matcher);
    return matcher;
}
