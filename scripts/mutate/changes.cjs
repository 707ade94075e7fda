// Every small change of a source that a test should notice.
const ts = require("typescript");

/** Operators and what takes their place. */
const OPERATORS = new Map([
    [ts.SyntaxKind.EqualsEqualsEqualsToken, "!=="],
    [ts.SyntaxKind.ExclamationEqualsEqualsToken, "==="],
    [ts.SyntaxKind.LessThanToken, "<="],
    [ts.SyntaxKind.LessThanEqualsToken, "<"],
    [ts.SyntaxKind.GreaterThanToken, ">="],
    [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
    [ts.SyntaxKind.AmpersandAmpersandToken, "||"],
    [ts.SyntaxKind.BarBarToken, "&&"],
    [ts.SyntaxKind.PlusToken, "-"],
    [ts.SyntaxKind.MinusToken, "+"],
    [ts.SyntaxKind.AsteriskToken, "/"],
]);

const COMPARISONS = new Set(["<", "<=", ">", ">="]);

/** Methods and what takes their place. */
const METHODS = new Map([
    ["some", "every"],
    ["every", "some"],
    ["startsWith", "endsWith"],
    ["endsWith", "startsWith"],
]);

/** @typedef {{ kind: string, from: number, to: number, replacement: string }} Change */

/**
 * The changes of a source in the order of the text: the range that is replaced, the new text, and of what kind it is. They
 * are independent of one another, and not all of them compile.
 *
 * @param {string} text
 * @param {string} name
 */
function changesOf(text, name) {
    const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
    /** @type {Change[]} */
    const changes = [];
    /** @type {(kind: string, from: number, to: number, replacement: string) => unknown} */
    const add = (kind, from, to, replacement) => changes.push({ kind, from, to, replacement });
    /** @type {(kind: string, node: import("typescript").Node, replacement: string) => unknown} */
    const replace = (kind, node, replacement) => add(kind, node.getStart(source), node.end, replacement);
    /** @param {import("typescript").Expression} condition */
    const negate = condition => replace("condition", condition, `!(${condition.getText(source)})`);

    /** @type {(node: import("typescript").Node) => void} */
    const visit = node => {
        // Types are gone when the code runs.
        if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
        if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
        if (ts.isBinaryExpression(node)) {
            const operator = OPERATORS.get(node.operatorToken.kind);
            if (operator !== undefined) {
                const before = node.operatorToken.getText(source);
                const kind = COMPARISONS.has(before) ? "comparison" : /^[!=]==$/.test(before) ? "equality" : "operator";
                replace(kind, node.operatorToken, operator);
            }
        } else if (ts.isIfStatement(node) || ts.isWhileStatement(node)) {
            negate(node.expression);
        } else if (ts.isConditionalExpression(node)) {
            negate(node.condition);
        } else if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
            replace("condition", node, node.operand.getText(source));
        } else if (node.kind === ts.SyntaxKind.TrueKeyword) {
            replace("constant", node, "false");
        } else if (node.kind === ts.SyntaxKind.FalseKeyword) {
            replace("constant", node, "true");
        } else if (ts.isNumericLiteral(node)) {
            replace("number", node, String(Number(node.text.replaceAll("_", "")) + 1));
        } else if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
            replace("text", node, node.text === "" ? '"changed"' : '""');
        } else if (ts.isTemplateExpression(node)) {
            // From the sign that opens a part of text to the one that closes it.
            for (const { node: part, end } of [node.head, ...node.templateSpans.map(span => span.literal)].map(
                part => ({
                    node: part,
                    end: part.end - (ts.isTemplateTail(part) ? 1 : 2),
                }),
            )) {
                if (part.text !== "") add("text", part.getStart(source) + 1, end, "");
            }
        } else if (ts.isRegularExpressionLiteral(node)) {
            for (const change of expressionChanges(node.text)) replace("expression", node, change);
        } else if (ts.isExpressionStatement(node) && ts.isCallExpression(node.expression)) {
            replace("call", node, ";");
        } else if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
            const { expression: subject, name: method } = node.expression;
            const other = METHODS.get(method.text);
            if (other === undefined) replace("call", node, subject.getText(source));
            else replace("call", method, other);
        }
        ts.forEachChild(node, visit);
    };
    visit(source);
    return changes.sort((one, other) => one.from - other.from || one.to - other.to);
}

/**
 * The literal without one anchor, without one alternative, with one repetition less, or without a flag.
 *
 * @param {string} literal
 */
function expressionChanges(literal) {
    const end = literal.lastIndexOf("/");
    const [body, flags] = [literal.slice(1, end), literal.slice(end + 1)];
    /** @type {Set<string>} */
    const found = new Set();
    /** @type {(from: number, to: number) => unknown} */
    const without = (from, to) => found.add(`/${body.slice(0, from) + body.slice(to) || "(?:)"}/${flags}`);
    // Groups that are open, each with the places where its alternatives begin.
    const groups = [{ inside: 0, alternatives: [0] }];
    /** @param {number} at */
    const close = at => {
        const { alternatives } = groups.pop() ?? { alternatives: [] };
        if (alternatives.length < 2) return;
        for (const [index, from] of alternatives.entries()) {
            const next = alternatives[index + 1];
            // With the line that divides it from the next one, or the last one with the line in front of it.
            if (next === undefined) without(from - 1, at);
            else without(from, next);
        }
    };
    for (let at = 0; at < body.length; at += 1) {
        const sign = body.charAt(at);
        if (sign === "\\") {
            if (/[bB]/.test(body[at + 1] ?? "")) without(at, at + 2);
            at += 1;
        } else if (sign === "[") {
            for (at += 1; at < body.length && body[at] !== "]"; at += 1) if (body[at] === "\\") at += 1;
        } else if (sign === "^" || sign === "$") {
            without(at, at + 1);
        } else if (sign === "(") {
            const [opening] = /^\((?:\?(?:[:=!]|<[=!]|<\w+>))?/.exec(body.slice(at)) ?? ["("];
            at += opening.length - 1;
            groups.push({ inside: at + 1, alternatives: [at + 1] });
        } else if (sign === ")") {
            close(at);
        } else if (sign === "|") {
            groups.at(-1)?.alternatives.push(at + 1);
        } else if (at > 0 && /[*+?]/.test(sign)) {
            without(at, at + 1);
        }
    }
    close(body.length);
    for (const flag of ["i", "m", "s"]) if (flags.includes(flag)) found.add(`/${body}/${flags.replace(flag, "")}`);
    return [...found];
}

/**
 * The source with one of its changes.
 *
 * @param {string} text
 * @param {Pick<Change, "from" | "to" | "replacement">} change
 */
function apply(text, { from, to, replacement }) {
    return text.slice(0, from) + replacement + text.slice(to);
}

module.exports = { apply, changesOf };
