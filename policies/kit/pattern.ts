import { remembering } from "./remember";

/** Alternatives that the braces of one pattern may stand for; with more, braces stand for themselves. */
const MAX_ALTERNATIVES = 1_000;

type Matcher = (text: string) => boolean;

/**
 * Tells whether a name, a key or a type token matches one of the patterns of a setting as a whole, letter by letter. The
 * language of patterns in settings: `*` stands for any characters, none and `/` included, `?` for one, `[ab]`, `[a-c]` and
 * `[!a-c0-9]` for one of these or none of these, `{prod,live}` for one of these texts, `!` in front of a pattern for everything
 * that it does not match, and `\` takes its meaning from what follows.
 *
 * Takes time in proportion to the length of text and pattern multiplied. The same array gives the same function, so that a
 * rule may ask for each resource anew; of several patterns it answers at once what it was asked before.
 */
export const globs = matcherOf(pattern => {
    const tokens = (pattern.match(SIGN) ?? []).map(sign => (/^\*/.test(sign) ? "*" : oneOf(sign)));
    return text => matches(tokens, text);
});

/**
 * The same language for paths of files, in which `*` and `?` stay within one folder, `**` stands for any characters, and with a
 * slash behind it for any folders or none.
 */
export const pathGlobs = matcherOf(pattern => pathMatcher((pattern.match(PATH_SIGN) ?? []).map(pathToken)));

function matcherOf(matcherOfOne: (pattern: string) => Matcher): (patterns: readonly string[]) => Matcher {
    const known = new WeakMap<readonly string[], Matcher>();
    return patterns => {
        const before = known.get(patterns);
        if (before !== undefined) return before;
        const parts = patterns.map((pattern): Matcher => {
            const isNegated = pattern.startsWith("!");
            const alternatives = expandBraces(isNegated ? pattern.slice(1) : pattern).map(matcherOfOne);
            return text => alternatives.some(isMatch => isMatch(text)) !== isNegated;
        });
        const [first, ...others] = parts;
        // One pattern takes hardly longer than to look up what it was asked before, and settings may hold thousands.
        const matcher =
            first !== undefined && others.length === 0 ? first : remembering(text => parts.some(part => part(text)));
        known.set(patterns, matcher);
        return matcher;
    };
}

/** `*`, or what one character must be. */
type Token = "*" | ((character: string) => boolean);

/** A set of characters. The index in `db.users[0]` is none. */
export const SET = /^\[!?(?:\w-\w|[A-Za-z])+\]$/;

/** One sign of a pattern. */
const SIGN = /\\[\s\S]|\*+|\[!?(?:\w-\w|[A-Za-z])+\]|[\s\S]/g;
const PATH_SIGN = /\\[\s\S]|\*\*+\/?|\*|\[!?(?:\w-\w|[A-Za-z])+\]|[\s\S]/g;

function oneOf(sign: string): (character: string) => boolean {
    if (sign === "?") return () => true;
    if (sign.length === 1) return character => character === sign;
    if (sign.startsWith("\\")) return character => character === sign.slice(1);
    const isNegated = sign.startsWith("[!");
    const members = sign.slice(isNegated ? 2 : 1, -1).match(/\w-\w|\w/g) ?? [];
    const isMember = (character: string) =>
        members.some(member => character >= member.charAt(0) && character <= member.slice(-1));
    return character => isMember(character) !== isNegated;
}

/** A pattern in which `*` stands for any run of characters, `one` for any character, and every other sign for itself. */
export function starTokens(pattern: string, one?: string): Token[] {
    return pattern.split("").map((sign): Token => {
        if (sign === "*") return "*";
        return sign === one ? () => true : character => character === sign;
    });
}

/** Tells whether tokens stand for a text. The greedy way: of the stars passed only the last one ever has to take more. */
export function matches(tokens: readonly Token[], text: string): boolean {
    let [at, place] = [0, 0];
    let star: { readonly at: number; place: number } | undefined;
    while (place < text.length) {
        const token = tokens[at];
        if (token === "*") {
            star = { at, place };
            at += 1;
        } else if (token?.(text.charAt(place)) === true) {
            at += 1;
            place += 1;
        } else if (star !== undefined) {
            star.place += 1;
            place = star.place;
            at = star.at + 1;
        } else {
            return false;
        }
    }
    return tokens.slice(at).every(token => token === "*");
}

/** What stands for any characters, for those of one folder, or for folders; or what one character must be. */
type PathToken = "any" | "name" | "folders" | ((character: string) => boolean);

function pathToken(sign: string): PathToken {
    if (sign === "*") return "name";
    if (sign.startsWith("**")) return sign.endsWith("/") ? "folders" : "any";
    if (sign === "?") return character => character !== "/";
    return oneOf(sign);
}

/** Goes through a path with all places of the pattern where one may be, since each star may have to take more. */
function pathMatcher(tokens: readonly PathToken[]): Matcher {
    /** Adds the places where one may be who has come to `at`: a star may stand for nothing. */
    const reach = (at: number, places: Set<number>): void => {
        for (let next = at; ; next += 1) {
            places.add(next);
            if (typeof tokens[next] !== "string") return;
        }
    };
    return path => {
        let places = new Set<number>();
        reach(0, places);
        for (const character of path) {
            const after = new Set<number>();
            for (const at of places) {
                const token = tokens[at];
                if (token === "folders") {
                    after.add(at);
                    if (character === "/") reach(at + 1, after);
                } else if (token === "any" || (token === "name" && character !== "/")) reach(at, after);
                else if (typeof token === "function" && token(character)) reach(at + 1, after);
            }
            places = after;
        }
        return places.has(tokens.length);
    };
}

/** What escaped braces and commas are while braces are read. */
const HIDDEN: readonly (readonly [escaped: string, hidden: string])[] = [
    ["\\{", "\u0001"],
    ["\\}", "\u0002"],
    ["\\,", "\u0003"],
];

/** The texts that a pattern's braces stand for; braces without a comma, or without an end, stand for themselves. */
function expandBraces(pattern: string): string[] {
    let open = [HIDDEN.reduce((text, [escaped, hidden]) => text.replaceAll(escaped, hidden), pattern)];
    const done: string[] = [];
    while (open.length > 0) {
        if (open.length + done.length > MAX_ALTERNATIVES) return [pattern];
        open = open.flatMap(text => {
            // The innermost ones first.
            const found = /\{([^{},]*(?:,[^{},]*)+)\}/.exec(text);
            if (found === null) {
                done.push(HIDDEN.reduce((shown, [escaped, hidden]) => shown.replaceAll(hidden, escaped), text));
                return [];
            }
            const [whole, inside = ""] = found;
            const [before, after] = [text.slice(0, found.index), text.slice(found.index + whole.length)];
            return inside.split(",").map(one => `${before}${one}${after}`);
        });
    }
    return done;
}
