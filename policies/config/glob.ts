import { SET } from "../kit/pattern";

/** How many characters a pattern may have: no name or path that it could match is longer. */
const MAX_LENGTH = 1_000;

const PAIRS: ReadonlyMap<string, string> = new Map([
    ["{", "}"],
    ["[", "]"],
    ["(", ")"],
]);

/**
 * Why a glob pattern cannot mean what it says, as a sentence part: a bracket without its partner matches itself, and so next to
 * nothing. Undefined for a pattern that is right.
 */
export function mistakeInGlob(pattern: string): string | undefined {
    if (pattern.length > MAX_LENGTH) {
        return `has ${pattern.length} characters; expected a pattern of at most ${MAX_LENGTH}.`;
    }
    if (/[@+?*!]\(/.test(pattern)) {
        return `is ${JSON.stringify(pattern)}, and parentheses mean nothing in a pattern; expected braces, such as {prod,live}.`;
    }
    const open: string[] = [];
    for (let index = 0; index < pattern.length; index++) {
        const character = pattern.charAt(index);
        const set = open.at(-1) === "[";
        if (character === "\\") index += 1;
        else if (set ? character === "]" : PAIRS.get(open.at(-1) ?? "") === character) open.pop();
        // Brackets within a set stand for themselves.
        else if (!set && PAIRS.has(character)) open.push(character);
        else if (!set && [...PAIRS.values()].includes(character)) return unmatched(pattern, character);
    }
    const [first] = open;
    if (first !== undefined) return unmatched(pattern, first);
    const other = pattern.match(/\\[\s\S]|\[[^[\]]*\]/g)?.find(part => part.startsWith("[") && !SET.test(part));
    return other === undefined
        ? undefined
        : `is ${JSON.stringify(pattern)}, in which ${other} is no set of letters or ranges, such as [ab], [0-9] or [!a-c]; ` +
              'expected one, or "\\[" for the character itself.';
}

function unmatched(pattern: string, bracket: string): string {
    return `is ${JSON.stringify(pattern)}, in which "${bracket}" has no partner; expected one, or "\\${bracket}" for the character itself.`;
}
