import { PIPELINE_BUDGET } from "./pipeline-budget";

/**
 * `${{ … }}` in workflow texts: where they stand, what text they can become, and whether they hold.
 *
 * Source: GitHub Docs, "Evaluate expressions in workflows and actions".
 */

/** Whether a condition holds: in every run, in none, or as what no file tells decides. */
export type Truth = "always" | "never" | "unknown";

/** A value of an expression. */
export type Operand = string | number | boolean | null | typeof STRANGE | readonly Operand[];

/** Some text that nothing written in a file or kept with the repository equals, such as the name of a stranger's repository. */
export const STRANGE = Symbol("strange");

/** Every `${{ … }}` of a text, with the place where it begins. */
export function placesOf(text: string): [offset: number, expression: string][] {
    const places: [number, string][] = [];
    for (let start = text.indexOf("${{"); start !== -1; ) {
        const end = text.indexOf("}}", start + 3);
        if (end === -1) break;
        places.push([start, text.slice(start, end + 2)]);
        start = text.indexOf("${{", end + 2);
    }
    return places;
}

/** The inside of every `${{ … }}` of a text. */
export function expressionsIn(text: string): string[] {
    return placesOf(text).map(([, place]) => place.slice(3, -2).trim());
}

/** Names in `secrets.NAME` and `secrets['NAME']`; the inside of the brackets where it is put together. */
export function secretsIn(text: string): string[] {
    return expressionsIn(text).flatMap(expression =>
        [...expression.matchAll(/\bsecrets\s*(?:\.\s*([\w-]+)|\[([^\]]{0,200})\])/gi)].map(([, plain, bracketed]) =>
            (plain ?? bracketed ?? "").replace(/^\s*'|'\s*$/g, ""),
        ),
    );
}

/** The inside of a text that is one `${{ … }}` and nothing else. */
export function soleExpression(text: string): string | undefined {
    const trimmed = text.trim();
    if (!trimmed.startsWith("${{") || trimmed.indexOf("}}") !== trimmed.length - 2) return undefined;
    return trimmed.slice(3, -2).trim();
}

/** The text of a quoted literal, or undefined. */
export function literalOf(part: string): string | undefined {
    if (part.length < 2 || !part.startsWith("'") || !part.endsWith("'")) return undefined;
    const inside = part.slice(1, -1).replaceAll("''", "\u0000");
    return inside.includes("'") ? undefined : inside.replaceAll("\u0000", "'");
}

/** A reference as it is compared: dotted and lower-case, `secrets['A']` as `secrets.a`. */
export function normalized(reference: string): string {
    return reference
        .replace(/\[\s*'([^']*)'\s*\]/g, ".$1")
        .replace(/\s+/g, "")
        .toLowerCase()
        .replace(/^github\.event\.inputs\./, "inputs.");
}

/** Functions whose result is true or false, whatever they are given. */
const BOOLEAN_FUNCTIONS = new Set(["contains", "startswith", "endswith", "success", "failure", "always", "cancelled"]);

/**
 * The parts of an expression that can become its text: of `a == 'b' && 'c' || d` these are `'c'` and `d`. Comparisons and
 * other truth values are left out, since nobody's text comes through them. What is no expression stands for itself.
 */
export function resultsOf(expression: string): string[] {
    const tree = parse(expression);
    if (tree === undefined) return expression.trim() === "" ? [] : [expression.trim()];
    const results: string[] = [];
    const visit = (node: Tree): void => {
        switch (node.kind) {
            case "either":
                for (const part of node.parts) visit(part);
                break;
            case "both": {
                // `a && b` is b, or an a that counts as false, which is no text worth looking at.
                const last = node.parts.at(-1);
                if (last !== undefined) visit(last);
                break;
            }
            case "not":
            case "comparison":
                break;
            case "call":
                if (!BOOLEAN_FUNCTIONS.has(node.name)) results.push(node.text);
                break;
            default:
                results.push(node.text);
        }
    };
    visit(tree);
    return results;
}

/**
 * Whether a condition holds, by what is known of its references (`lookUp` is asked with normalized names). Steps and jobs
 * before it are taken to succeed. `if` may leave out the `${{ }}`; a text of several parts is not known.
 */
export function truthOf(condition: string, lookUp: (reference: string) => Operand | undefined): Truth {
    const inside = condition.includes("${{") ? soleExpression(condition) : condition;
    const tree = inside === undefined ? undefined : parse(inside);
    if (tree === undefined) return "unknown";
    const holds = holdsOf(tree, lookUp);
    return holds === undefined ? "unknown" : holds ? "always" : "never";
}

/** Whether all of some conditions hold. */
export function allOf(truths: readonly Truth[]): Truth {
    if (truths.includes("never")) return "never";
    return truths.includes("unknown") ? "unknown" : "always";
}

/** Replaces each `${{ context.name }}` that `valuesOf` knows; leaves the others as they are. All values within the budget. */
export function expand(text: string, valuesOf: (reference: string) => readonly string[] | undefined): string[] {
    const places = placesOf(text);
    if (places.length === 0) return [text];
    let texts = [""];
    let from = 0;
    const append = (pieces: readonly string[]) => {
        // Beyond the budget the first value stands for all.
        const fitting = texts.length * pieces.length <= PIPELINE_BUDGET.values ? pieces : pieces.slice(0, 1);
        texts = texts.flatMap(start =>
            start.length > PIPELINE_BUDGET.expandedCharacters ? [start] : fitting.map(piece => start + piece),
        );
    };
    for (const [offset, place] of places) {
        append([text.slice(from, offset)]);
        const values = resultsOf(place.slice(3, -2).trim()).flatMap(part => {
            const literal = literalOf(part);
            return literal === undefined ? (valuesOf(part) ?? [`\${{ ${part} }}`]) : [literal];
        });
        append(values.length === 0 ? [place] : [...new Set(values)]);
        from = offset + place.length;
    }
    append([text.slice(from)]);
    return [...new Set(texts)];
}

type Tree =
    | { readonly kind: "literal"; readonly value: Operand; readonly text: string }
    | { readonly kind: "reference"; readonly text: string }
    | { readonly kind: "call"; readonly name: string; readonly parts: readonly Tree[]; readonly text: string }
    | { readonly kind: "not"; readonly part: Tree }
    | { readonly kind: "comparison"; readonly operator: string; readonly left: Tree; readonly right: Tree }
    | { readonly kind: "both" | "either"; readonly parts: readonly Tree[] };

interface Token {
    readonly text: string;
    readonly start: number;
}

const TOKEN = /'(?:[^']|'')*'|&&|\|\||[=!<>]=|[<>!()[\],.*]|[A-Za-z_][\w-]*|-?(?:0x[\da-fA-F]+|\d+(?:\.\d+)?)|\s+/y;

/** The tokens of an expression without its blanks; undefined where something is none. */
function tokensOf(expression: string): Token[] | undefined {
    const tokens: Token[] = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < expression.length) {
        const start = TOKEN.lastIndex;
        const [text] = TOKEN.exec(expression) ?? [];
        if (text === undefined) return undefined;
        if (text.trim() !== "") tokens.push({ text, start });
    }
    return tokens;
}

/** The tree of an expression; undefined for what is none or goes past the budget. */
function parse(expression: string): Tree | undefined {
    if (expression.length > PIPELINE_BUDGET.expressionCharacters) return undefined;
    const tokens = tokensOf(expression);
    if (tokens === undefined) return undefined;
    let at = 0;
    let depth = 0;
    const peek = () => tokens[at]?.text;
    const take = (text: string) => {
        if (peek() !== text) return false;
        at += 1;
        return true;
    };
    const textFrom = (start: number) => {
        const last = tokens[at - 1];
        return expression.slice(start, last === undefined ? start : last.start + last.text.length);
    };
    const joined = (operator: "&&" | "||", next: () => Tree | undefined) => (): Tree | undefined => {
        const parts: Tree[] = [];
        do {
            const part = next();
            if (part === undefined) return undefined;
            parts.push(part);
        } while (take(operator));
        const [only] = parts;
        return parts.length === 1 ? only : { kind: operator === "&&" ? "both" : "either", parts };
    };
    const comparison = (): Tree | undefined => {
        let left = operand();
        while (left !== undefined && /^([=!<>]=|[<>])$/.test(peek() ?? "")) {
            const operator = peek() ?? "";
            at += 1;
            const right = operand();
            if (right === undefined) return undefined;
            left = { kind: "comparison", operator, left, right };
        }
        return left;
    };
    const any = joined("||", joined("&&", comparison));
    const operand = (): Tree | undefined => {
        depth += 1;
        const found = depth > PIPELINE_BUDGET.expressionDepth ? undefined : single();
        depth -= 1;
        return found;
    };
    const single = (): Tree | undefined => {
        const token = tokens[at];
        if (token === undefined) return undefined;
        at += 1;
        const { text, start } = token;
        if (text === "!") {
            const part = operand();
            return part === undefined ? undefined : { kind: "not", part };
        }
        if (text === "(") {
            const inner = any();
            return inner !== undefined && take(")") ? inner : undefined;
        }
        if (text.startsWith("'")) return { kind: "literal", value: literalOf(text) ?? "", text };
        if (/^-?\d/.test(text)) return { kind: "literal", value: Number(text), text };
        if (!/^[A-Za-z_]/.test(text)) return undefined;
        const name = text.toLowerCase();
        if (name === "true" || name === "false") return { kind: "literal", value: name === "true", text };
        if (name === "null") return { kind: "literal", value: null, text };
        const parts: Tree[] = [];
        const isCall = take("(");
        if (isCall && !take(")")) {
            do {
                const part = any();
                if (part === undefined) return undefined;
                parts.push(part);
            } while (take(","));
            if (!take(")")) return undefined;
        }
        let isDereferenced = false;
        for (; peek() === "." || peek() === "["; isDereferenced = true) {
            if (take(".")) at += 1;
            else if (!take("[") || !(take("*") || any() !== undefined) || !take("]")) return undefined;
        }
        const whole = textFrom(start);
        return isCall && !isDereferenced
            ? { kind: "call", name, parts, text: whole }
            : { kind: "reference", text: whole };
    };
    const tree = any();
    return tree !== undefined && at === tokens.length ? tree : undefined;
}

/** Whether a tree counts as true, which can be known where its value is not: `inputs.a || 'b'`. */
function holdsOf(tree: Tree, lookUp: (reference: string) => Operand | undefined): boolean | undefined {
    if (tree.kind === "both" || tree.kind === "either") {
        const decisive = tree.kind === "either";
        const parts = tree.parts.map(part => holdsOf(part, lookUp));
        if (parts.includes(decisive)) return decisive;
        return parts.includes(undefined) ? undefined : !decisive;
    }
    const value = evaluate(tree, lookUp);
    return value === undefined ? undefined : isTruthy(value);
}

/** What a tree comes to; undefined where that is not known. */
function evaluate(tree: Tree, lookUp: (reference: string) => Operand | undefined): Operand | undefined {
    const of = (part: Tree) => evaluate(part, lookUp);
    switch (tree.kind) {
        case "literal":
            return tree.value;
        case "reference":
            return lookUp(normalized(tree.text));
        case "not": {
            const holds = holdsOf(tree.part, lookUp);
            return holds === undefined ? undefined : !holds;
        }
        case "both":
        case "either": {
            // The first part that decides, or the last one.
            const values = tree.parts.map(of);
            const end = values.findIndex(value => value === undefined || isTruthy(value) === (tree.kind === "either"));
            return values.at(end);
        }
        case "comparison": {
            const left = of(tree.left);
            const right = of(tree.right);
            if (left === STRANGE || right === STRANGE) return unlike(tree.operator);
            return left === undefined || right === undefined ? undefined : compare(tree.operator, left, right);
        }
        case "call":
            return called(tree.name, tree.parts.map(of));
    }
}

function called(name: string, [first, second]: readonly (Operand | undefined)[]): Operand | undefined {
    if (name === "always" || name === "success") return true;
    if (name === "failure" || name === "cancelled") return false;
    if (name === "fromjson" && typeof first === "string") return fromJson(first);
    if (first === undefined || second === undefined) return undefined;
    if (name === "contains" && Array.isArray(first))
        return second === STRANGE ? false : first.some(item => compare("==", item, second));
    const [text, part] = [textOf(first), textOf(second)];
    if (text === undefined || part === undefined) return undefined;
    switch (name) {
        case "contains":
            return text.includes(part);
        case "startswith":
            return text.startsWith(part);
        case "endswith":
            return text.endsWith(part);
        default:
            return undefined;
    }
}

/** A value of JSON as far as conditions look into it: single values and lists of them. */
function fromJson(text: string): Operand | undefined {
    const isSingle = (value: unknown): value is string | number | boolean | null =>
        value === null || ["string", "number", "boolean"].includes(typeof value);
    try {
        const value: unknown = JSON.parse(text);
        if (isSingle(value)) return value;
        return Array.isArray(value) && value.every(isSingle) ? value : undefined;
    } catch {
        return undefined;
    }
}

function textOf(value: Operand): string | undefined {
    if (value === STRANGE) return undefined;
    return value === null ? "" : String(value).toLowerCase();
}

function isTruthy(value: Operand): boolean {
    return value !== null && value !== false && value !== "" && value !== 0;
}

/** What a comparison comes to of something that equals nothing else; undefined where its order matters. */
function unlike(operator: string): boolean | undefined {
    return operator === "==" ? false : operator === "!=" ? true : undefined;
}

/** Texts are compared without regard to case, values of different types as numbers. */
function compare(operator: string, left: Operand, right: Operand): boolean {
    const isText = typeof left === "string" && typeof right === "string";
    const [a, b] = isText ? [left.toLowerCase(), right.toLowerCase()] : [numberOf(left), numberOf(right)];
    switch (operator) {
        case "==":
            return a === b;
        case "!=":
            return a !== b;
        case "<":
            return a < b;
        case "<=":
            return a <= b;
        case ">":
            return a > b;
        default:
            return a >= b;
    }
}

function numberOf(value: Operand): number {
    if (value === null) return 0;
    if (typeof value === "string") return value.trim() === "" ? 0 : Number(value);
    return typeof value === "object" || value === STRANGE ? Number.NaN : Number(value);
}
