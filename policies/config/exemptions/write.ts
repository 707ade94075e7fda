import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, isSeq, parseDocument, stringify } from "yaml";
import type { Exemption } from "./exemption";

/** How far the elements of a list stand from the edge where the file has none yet. */
const INDENT = 4;

/** What a new file begins with. */
const HEAD = "# Violations that are accepted for a stated reason until a date.\n\n";

/**
 * The text of `exemptions.yaml` with one more exemption at the end of its list. Everything else stays as it is written, comments
 * and blank lines included, but for lists in flow style, which are written anew.
 *
 * Throws an `Error` for a text in which the list cannot be written; check the file before.
 */
export function withExemption(text: string, exemption: Exemption): string {
    const before = parseDocument(text).toJS() as { list?: unknown } | null;
    const list = before?.list ?? [];
    const expected = { ...before, list: Array.isArray(list) ? [...list, exemption] : undefined };
    for (const write of [inserted, rewritten]) {
        const changed = write(text, exemption);
        const document = parseDocument(changed);
        if (document.errors.length === 0 && isDeepStrictEqual(document.toJS(), expected)) return changed;
    }
    throw new Error("the list of exemptions has a form in which it cannot be written to; add the exemption by hand.");
}

/** Puts the exemption into the text at the place where it belongs. */
function inserted(text: string, exemption: Exemption): string {
    const document = parseDocument(text);
    const list = document.get("list", true);
    if (isSeq(list) && list.flow !== true && list.range && list.items.length > 0) {
        const [begin, end] = list.range;
        const column = begin - text.lastIndexOf("\n", begin) - 1;
        return joined(text.slice(0, end), element(exemption, column), text.slice(end));
    }
    if (!document.has("list")) return joined(text === "" ? HEAD : text, `list:\n${element(exemption, INDENT)}`, "");
    const isEmpty = isSeq(list) ? list.items.length === 0 : isScalar(list) && list.value === null;
    const pair = isMap(document.contents) ? document.contents.items.find(({ value }) => value === list) : undefined;
    if (!isEmpty || !isScalar(pair?.key) || !pair.key.range) return text;
    // What stands for the empty list goes; a comment behind it stays.
    const colon = text.indexOf(":", pair.key.range[1]) + 1;
    const value = /^[ \t]*(?:\[\s*\]|null|~)/.exec(text.slice(colon))?.[0] ?? "";
    const rest = text.slice(colon + value.length);
    const lineEnd = rest.indexOf("\n") === -1 ? rest.length : rest.indexOf("\n") + 1;
    return joined(text.slice(0, colon) + rest.slice(0, lineEnd), element(exemption, INDENT), rest.slice(lineEnd));
}

/** Writes the document anew: comments stay, but quotes, folds and indentation may change. */
function rewritten(text: string, exemption: Exemption): string {
    const document = parseDocument(text);
    if (!isSeq(document.get("list"))) return text;
    document.addIn(["list"], document.createNode(exemption));
    return document.toString({ lineWidth: 0, indent: INDENT });
}

function element(exemption: Exemption, column: number): string {
    const lines = stringify([exemption], { lineWidth: 0 }).trimEnd().split("\n");
    return lines.map(line => `${" ".repeat(column)}${line}\n`).join("");
}

function joined(before: string, part: string, after: string): string {
    return `${before}${before === "" || before.endsWith("\n") ? "" : "\n"}${part}${after}`;
}
