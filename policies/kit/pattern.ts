const matchers = new WeakMap<readonly string[], (text: string) => boolean>();

/** Alternatives that the braces of one pattern may stand for; with more, braces stand for themselves. */
const MAX_ALTERNATIVES = 1_000;

/**
 * Tells whether a name, a key or a path matches one of the patterns of a setting as a whole, letter by letter. The language
 * of patterns in settings: `*` stands for any characters, none and `/` included, `?` for one, `[ab]` and `[a-c]` for one of
 * these, `{prod,live}` for one of these texts, and `!` in front of a pattern for everything that it does not match.
 *
 * Takes time in proportion to the length of text and pattern multiplied. The same array gives the same function, so that a
 * rule may ask for each resource anew.
 */
export function globs(patterns: readonly string[]): (text: string) => boolean {
    const known = matchers.get(patterns);
    if (known !== undefined) return known;
    const parts = patterns.map(pattern => {
        const isNegated = pattern.startsWith("!");
        const alternatives = expandBraces(isNegated ? pattern.slice(1) : pattern).map(tokensOf);
        return (text: string) => alternatives.some(tokens => matches(tokens, text)) !== isNegated;
    });
    const matcher = (text: string) => parts.some(part => part(text));
    matchers.set(patterns, matcher);
    return matcher;
}

/** `*`, or what one character must be. */
type Token = "*" | ((character: string) => boolean);

function tokensOf(pattern: string): Token[] {
    return [...pattern.matchAll(/\*+|\[(?:\w-\w|[A-Za-z]+)\]|[\s\S]/g)].map(([part]): Token => {
        if (part.startsWith("*")) return "*";
        if (part === "?") return () => true;
        // The index in `db.users[0]` is no set.
        if (part.length === 1) return character => character === part;
        const set = part.slice(1, -1);
        const [from = "", to] = set.split("-");
        return to === undefined
            ? character => set.includes(character)
            : character => character >= from && character <= to;
    });
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

/** The texts that a pattern's braces stand for; braces without a comma, or without an end, stand for themselves. */
function expandBraces(pattern: string): string[] {
    let open = [pattern];
    const done: string[] = [];
    while (open.length > 0) {
        if (open.length + done.length > MAX_ALTERNATIVES) return [pattern];
        open = open.flatMap(text => {
            // The innermost ones first.
            const found = /\{([^{},]*(?:,[^{},]*)+)\}/.exec(text);
            if (found === null) {
                done.push(text);
                return [];
            }
            const [whole, inside = ""] = found;
            const [before, after] = [text.slice(0, found.index), text.slice(found.index + whole.length)];
            return inside.split(",").map(one => `${before}${one}${after}`);
        });
    }
    return done;
}
