/** What may stand next. */
type Expected = "value" | "value or ]" | "key" | "key or }" | ":" | ", or ]" | ", or }" | "end";

/** What follows a sign where it may stand; after one that closes something it depends on what is around that. */
const AFTER_SIGN: ReadonlyMap<string, Expected | "what is around"> = new Map([
    ["value {", "key or }"],
    ["value [", "value or ]"],
    ["value or ] {", "key or }"],
    ["value or ] [", "value or ]"],
    ["value or ] ]", "what is around"],
    ["key or } }", "what is around"],
    [": :", "value"],
    [", or ] ,", "value"],
    [", or ] ]", "what is around"],
    [", or } ,", "key"],
    [", or } }", "what is around"],
]);

const SPACE = /[ \t\n\r]*/y;

const NUMBER_OR_NAME = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Says where a text ends being JSON, and shows nothing of it. */
export class JsonError extends SyntaxError {
    /** Both count from 1. */
    constructor(
        readonly line: number,
        column: number,
    ) {
        super(`no JSON from line ${line}, column ${column} on`);
    }
}

/** The value of a JSON text. Throws {@link JsonError}: what `JSON.parse` throws quotes the text, which can hold secrets. */
export function parseJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        const before = text.slice(0, endOfJson(text)).split("\n");
        throw new JsonError(before.length, (before.at(-1) ?? "").length + 1);
    }
}

/** The place of the first token that cannot stand where it does; RFC 8259. */
function endOfJson(text: string): number {
    const around: Expected[] = ["end"];
    let expected: Expected = "value";
    let at = 0;
    for (;;) {
        at = endOf(SPACE, text, at) ?? at;
        const sign = text.charAt(at);
        const next = AFTER_SIGN.get(`${expected} ${sign}`);
        if (next !== undefined) {
            if (sign === "{") around.push(", or }");
            if (sign === "[") around.push(", or ]");
            if (next === "what is around") around.pop();
            expected = next === "what is around" ? (around.at(-1) ?? "end") : next;
            at += 1;
            continue;
        }
        const end = sign === '"' ? endOfString(text, at) : endOf(NUMBER_OR_NAME, text, at);
        if (end === undefined) return at;
        if (expected === "value" || expected === "value or ]") expected = around.at(-1) ?? "end";
        else if (sign === '"' && (expected === "key" || expected === "key or }")) expected = ":";
        else return at;
        at = end;
    }
}

/** The end of a string that begins here; undefined where it is none. Goes by steps, since a string can have megabytes. */
function endOfString(text: string, start: number): number | undefined {
    let at = start + 1;
    while (at < text.length && text.charAt(at) >= " ") {
        if (text.charAt(at) === '"') return at + 1;
        const next = text.charAt(at) === "\\" ? endOf(ESCAPE, text, at) : at + 1;
        if (next === undefined) return undefined;
        at = next;
    }
    return undefined;
}

function endOf(token: RegExp, text: string, at: number): number | undefined {
    token.lastIndex = at;
    const found = token.exec(text);
    return found === null ? undefined : at + found[0].length;
}
