/** `${{ … }}` in workflow texts. Source: GitHub Docs, "Evaluate expressions in workflows and actions". */
const EXPRESSION = /\$\{\{([\s\S]*?)\}\}/g;

/** Functions whose result is true or false, whatever they are given. */
const BOOLEAN_FUNCTION = /^(contains|startsWith|endsWith|success|failure|always|cancelled)\s*\(/i;

/** The inside of every `${{ … }}` of a text. */
export function expressionsIn(text: string): string[] {
    return [...text.matchAll(EXPRESSION)].map(([, inside = ""]) => inside.trim());
}

/** Every `${{ … }}` of a text, with the place where it begins. */
export function placesOf(text: string): [offset: number, expression: string][] {
    return [...text.matchAll(EXPRESSION)].map(match => [match.index, match[0]]);
}

/** The inside of a text that is one `${{ … }}` and nothing else. */
export function soleExpression(text: string): string | undefined {
    const match = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(text);
    return match === null || match[1]?.includes("}}") ? undefined : match[1]?.trim();
}

/**
 * The parts of an expression that can become its text: of `a == 'b' && 'c' || d` these are `'c'` and `d`. Comparisons and
 * other truth values are left out, since nobody's text comes through them.
 */
export function resultsOf(expression: string): string[] {
    return split(expression, "||").flatMap(alternative => {
        // `a && b` is b, or an a that counts as false, which is no text worth looking at.
        const last = split(alternative, "&&").at(-1)?.trim() ?? "";
        if (last.startsWith("(") && last.endsWith(")")) return resultsOf(last.slice(1, -1));
        if (last.startsWith("!") || BOOLEAN_FUNCTION.test(last) || isComparison(last)) return [];
        return last === "" ? [] : [last];
    });
}

/** The text of a quoted literal, or undefined. */
export function literalOf(part: string): string | undefined {
    const match = /^'((?:[^']|'')*)'$/.exec(part);
    return match?.[1]?.replaceAll("''", "'");
}

/** Replaces each `${{ context.name }}` that `valueOf` knows; leaves the others as they are. All values, at most `MAX_VALUES`. */
export function expand(text: string, valuesOf: (reference: string) => readonly string[] | undefined): string[] {
    let texts = [""];
    let from = 0;
    const append = (pieces: readonly string[]) => {
        texts = texts.flatMap(start => pieces.map(piece => start + piece)).slice(0, MAX_VALUES);
    };
    for (const match of text.matchAll(EXPRESSION)) {
        append([text.slice(from, match.index)]);
        const values = resultsOf(match[1]?.trim() ?? "").flatMap(part => {
            const literal = literalOf(part);
            return literal === undefined ? (valuesOf(part) ?? [`\${{ ${part} }}`]) : [literal];
        });
        append(values.length === 0 ? [match[0]] : [...new Set(values)]);
        from = match.index + match[0].length;
    }
    append([text.slice(from)]);
    return [...new Set(texts)];
}

/** More values of one text than this are not told apart. */
const MAX_VALUES = 200;

function isComparison(part: string): boolean {
    return ["==", "!=", "<", ">"].some(operator => split(part, operator).length > 1);
}

/** Splits at an operator outside of quotes, parentheses and brackets. */
function split(expression: string, operator: string): string[] {
    const parts: string[] = [];
    let depth = 0;
    let isQuoted = false;
    let from = 0;
    for (let at = 0; at < expression.length; at += 1) {
        const char = expression.charAt(at);
        if (char === "'") isQuoted = !isQuoted;
        if (isQuoted) continue;
        if (char === "(" || char === "[") depth += 1;
        if (char === ")" || char === "]") depth -= 1;
        if (depth === 0 && expression.startsWith(operator, at)) {
            parts.push(expression.slice(from, at));
            from = at + operator.length;
            at = from - 1;
        }
    }
    return [...parts, expression.slice(from)];
}
