import {
    type Document,
    type ErrorCode,
    isAlias,
    isCollection,
    isMap,
    isNode,
    isScalar,
    isSeq,
    Lexer,
    LineCounter,
    type Node,
    parseAllDocuments,
    type YAMLMap,
} from "yaml";
import { BUDGET, shortened } from "./budget";
import type { TextFile } from "./text-file";

/** Something wrong with a file itself: it cannot be read, or is no well-formed YAML. */
export interface FileProblem {
    readonly file: string;
    readonly line?: number;
    /** Sentence part after the place, such as `does not exist` or `is not valid YAML: …`; no full stop. */
    readonly message: string;
}

/** A parsed YAML or JSON file: its content and what is wrong with it. Content is there as far as it could be parsed. */
export interface ParsedFile {
    readonly path: string;
    readonly content: FileValue;
    /** The document before the content, where the file may have such a header and has one. */
    readonly header?: FileValue;
    readonly problems: readonly FileProblem[];
}

/** More problems of one file than these are not listed. */
const MAX_PROBLEMS = 5;

/** A line that begins so deep that its blocks may be nested beyond what the parser's recursion bears. */
const DEEP_LINE = /^(?:[ \t]|[?:-](?= )){400}/m;

interface Source {
    readonly lines: LineCounter;
    /**
     * What each alias stands for: the nearest anchor of its name before it, as YAML 1.2.2 section 7.1 has it. Those that stand
     * for something around them, or for more than the budget, are left out, so that whatever reads the file comes to an end.
     */
    readonly targets: ReadonlyMap<Node, Node>;
    /** Offsets in a text at which its lines end, by the text's node. */
    readonly lineEnds: WeakMap<Node, readonly number[]>;
}

/** One place in a YAML or JSON file: what is there, the path of keys that leads to it, and its line. Reading is always safe. */
export class FileValue {
    private known: ReadonlyMap<string, FileValue> | undefined;
    private elements: readonly FileValue[] | undefined;

    private constructor(
        private readonly source: Source | undefined,
        private readonly node: unknown,
        /** Path of the file, relative to the repository. */
        readonly file: string,
        /** Keys and indexes that lead here: `jobs.up.steps[2].uses`. Empty for the whole file. */
        readonly path: string,
        /** Line of the value, counted from 1; for what is absent, that of the nearest thing around it. */
        readonly line: number,
        private readonly isAliased = false,
    ) {}

    /** The content of a file; nothing at all where it could not be read. A first document may be a header of the second. */
    static parse(file: TextFile, isHeader: (document: FileValue) => boolean = () => false): ParsedFile {
        const { path } = file;
        const nothing = (...messages: string[]): ParsedFile => ({
            path,
            content: new FileValue(undefined, undefined, path, "", 1),
            problems: messages.map(message => ({ file: path, message })),
        });
        if (file.text === undefined) return nothing(file.problem);
        if (isTooDeep(file.text))
            return nothing(`is nested too deep (more than ${BUDGET.depth} levels), so it is not read`);
        if (file.text.length > BUDGET.yamlBytes)
            return nothing(`is larger than ${BUDGET.yamlBytes / 1024 / 1024} MB, so it is not read as YAML`);
        const lines = new LineCounter();
        try {
            // Duplicate keys are looked for below: the library compares every key with every other.
            const documents = parseAllDocuments(file.text, {
                lineCounter: lines,
                merge: true,
                uniqueKeys: false,
                prettyErrors: false,
            });
            const all = Array.isArray(documents) ? documents : [];
            if (all[0] === undefined) return nothing();
            const problems: FileProblem[] = [];
            const add = (at: Node | undefined, message: string) => {
                const line = at?.range ? lines.linePos(at.range[0]).line : undefined;
                if (problems.length < MAX_PROBLEMS)
                    problems.push({ file: path, message, ...(line === undefined ? {} : { line }) });
            };
            const read = (document: Document.Parsed) => {
                for (const error of document.errors) {
                    const { line } = lines.linePos(error.pos[0]);
                    if (problems.length < MAX_PROBLEMS)
                        problems.push({ file: path, line, message: `is not valid YAML: ${complaintOf(error)}` });
                }
                const targets = survey(document.contents, lines, add);
                return new FileValue({ lines, targets, lineEnds: new WeakMap() }, document.contents, path, "", 1);
            };
            const first = read(all[0]);
            const hasHeader = all[1] !== undefined && isHeader(first);
            const content = hasHeader && all[1] !== undefined ? read(all[1]) : first;
            const others = all.slice(hasHeader ? 2 : 1);
            const another = others.find(({ contents }) => contents !== null && !isEmpty(contents));
            if (another !== undefined) {
                add(
                    another.contents ?? undefined,
                    "begins a second YAML document, which is not read; expected one document",
                );
            }
            return { path, content, problems, ...(hasHeader ? { header: first } : {}) };
        } catch (error) {
            // What the library throws can quote the file.
            return nothing(`cannot be parsed (${error instanceof Error ? error.name : typeof error})`);
        }
    }

    /** The value under a key; keys are compared as text. Absent when there is none or this is no map. */
    get(name: string): FileValue {
        return (
            this.children.get(name) ??
            this.child(undefined, this.path === "" ? name : `${this.path}.${name}`, this.line)
        );
    }

    /** The elements of a list. A value that is no list counts as its only element; nothing at all has none. */
    items(): readonly FileValue[] {
        if (this.isMissing) return [];
        const { node } = this;
        if (!isSeq(node)) return [this];
        // Places in a long list are asked for one by one.
        this.elements ??= node.items.map((item, index) => this.child(item, `${this.path}[${index}]`, this.line));
        return this.elements;
    }

    /** The entries of a map in the order of the file, merge keys applied; none when this is no map. */
    entries(): readonly [name: string, value: FileValue][] {
        return [...this.children];
    }

    private get children(): ReadonlyMap<string, FileValue> {
        this.known ??= this.collect(new Map(), new Set());
        return this.known;
    }

    /**
     * Visits this value and everything in it, each place once and in the order of the file, with the keys that lead to it
     * from here (indexes of lists left out). What stands behind an alias is visited where the alias is, unless it is a map
     * or list that was visited before; so the time is bounded by the size of the file, whatever its aliases do.
     * `visit` returns false to keep out of a value.
     */
    walk(visit: (value: FileValue, keys: readonly string[]) => boolean): void {
        const seen = new Set<unknown>();
        const waiting: { value: FileValue; keys: readonly string[] }[] = [{ value: this, keys: [] }];
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
            const { value, keys } = next;
            const { node } = value;
            if (isNode(node)) {
                if (seen.has(node) && !(value.isAliased && isScalar(node))) continue;
                seen.add(node);
            }
            if (!visit(value, keys)) continue;
            const inside = value.isList
                ? value.items().map(item => ({ value: item, keys }))
                : value.entries().map(([key, item]) => ({ value: item, keys: [...keys, key] }));
            // One by one: a file's list may be longer than the arguments of a call can be.
            for (const part of inside.toReversed()) waiting.push(part);
        }
    }

    /** True for what is absent and for an explicit null. */
    get isMissing(): boolean {
        return this.node === undefined || this.node === null || (isScalar(this.node) && this.node.value === null);
    }

    get isMap(): boolean {
        return isMap(this.node);
    }

    get isList(): boolean {
        return isSeq(this.node);
    }

    /** What kind of value this is, for messages: `a map`, `a list`, `a text`, `a number`, `true or false`, `nothing`. */
    get kind(): string {
        if (this.isMap) return "a map";
        if (this.isList) return "a list";
        switch (typeof this.scalar()) {
            case "string":
                return "a text";
            case "number":
                return "a number";
            case "boolean":
                return "true or false";
            default:
                return "nothing";
        }
    }

    /** The scalar as YAML 1.2 types it: text, number, truth value; undefined for maps, lists and what is absent. */
    scalar(): string | number | boolean | undefined {
        if (!isScalar(this.node)) return undefined;
        const { value } = this.node;
        return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
    }

    /** The text, or undefined for anything but a string. */
    string(): string | undefined {
        const value = this.scalar();
        return typeof value === "string" ? value : undefined;
    }

    /**
     * This text at the line of one of its characters, for messages. Exact for literal blocks (`|`), whose lines are those of
     * the file; other forms of YAML fold and escape lines, so there it is the line that the text begins in.
     */
    lineAt(offset: number): FileValue {
        const { node } = this;
        if (this.isAliased || !isScalar(node) || node.type !== "BLOCK_LITERAL" || typeof node.value !== "string")
            return this;
        let ends = this.source?.lineEnds.get(node);
        if (ends === undefined) {
            ends = [...node.value.matchAll(/\n/g)].map(({ index }) => index);
            this.source?.lineEnds.set(node, ends);
        }
        const line = this.line + 1 + countBelow(ends, offset);
        return new FileValue(this.source, node, this.file, this.path, line, this.isAliased);
    }

    /**
     * Adds the entries of this map, and of the maps it merges, to `entries`; a key that is there already stays. Each map is
     * merged once, whatever its aliases do.
     */
    private collect(entries: Map<string, FileValue>, merged: Set<unknown>, path = this.path): Map<string, FileValue> {
        const { node } = this;
        if (!isMap(node) || merged.has(node)) return entries;
        merged.add(node);
        const own = new Map<string, FileValue>();
        const merges: FileValue[] = [];
        for (const pair of node.items) {
            const key = keyOf(pair.key);
            const line = this.lineOf(pair.key) ?? this.line;
            const value = this.child(pair.value, path === "" ? key : `${path}.${key}`, line);
            if (isMergeKey(pair.key)) for (const part of value.items()) merges.push(part);
            else own.set(key, value);
        }
        for (const [key, value] of own) if (!entries.has(key)) entries.set(key, value);
        for (const part of merges) part.collect(entries, merged, path);
        return entries;
    }

    private child(node: unknown, path: string, line: number): FileValue {
        const isAliased = isAlias(node);
        const resolved = isAliased ? this.source?.targets.get(node) : node;
        return new FileValue(this.source, resolved, this.file, path, this.lineOf(node) ?? line, isAliased);
    }

    private lineOf(node: unknown): number | undefined {
        const range = isNode(node) ? node.range : undefined;
        return range === undefined || range === null ? undefined : this.source?.lines.linePos(range[0]).line;
    }
}

/** How many of some numbers, in ascending order, are below a limit. */
export function countBelow(ascending: readonly number[], limit: number): number {
    let [low, high] = [0, ascending.length];
    while (low < high) {
        const middle = (low + high) >> 1;
        if ((ascending[middle] ?? limit) < limit) low = middle + 1;
        else high = middle;
    }
    return low;
}

/**
 * Looks through a document once: reports duplicate keys and aliases that cannot be followed, and returns what each of the
 * others stands for. Go's reader of YAML, which Pulumi uses, refuses aliases within their anchors and excessive ones too.
 */
function survey(
    root: Node | null,
    lines: LineCounter,
    report: (at: Node | undefined, message: string) => void,
): ReadonlyMap<Node, Node> {
    const anchors = new Map<string, Node>();
    const targets = new Map<Node, Node>();
    /** How many values a node stands for, aliases followed; those around the current node have none yet. */
    const sizes = new Map<unknown, number>();
    let expansions = 0;
    const follow = (alias: Node & { readonly source: string }): number => {
        const target = anchors.get(alias.source);
        if (target === undefined) {
            report(alias, `refers to \`*${shortened(alias.source)}\`, which no anchor before it defines`);
            return 1;
        }
        const size = sizes.get(target);
        if (size === undefined) {
            report(alias, `refers to \`*${shortened(alias.source)}\`, which holds this place, so that it has no end`);
            return 1;
        }
        const isWithin = expansions + size <= BUDGET.expansions;
        if (isWithin) {
            expansions += size;
            targets.set(alias, target);
            return size;
        }
        report(alias, `stands with the aliases before it for more than ${BUDGET.expansions} values, so it is not read`);
        return 1;
    };
    /** Nodes to visit; a collection comes back, with its children, to be measured when these are. */
    const waiting: { readonly node: unknown; readonly children?: readonly unknown[] }[] = [{ node: root }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const { node, children } = next;
        if (children !== undefined) {
            sizes.set(node, 1 + children.reduce<number>((sum, child) => sum + (sizes.get(child) ?? 0), 0));
            continue;
        }
        if (isAlias(node)) {
            sizes.set(node, follow(node));
            continue;
        }
        if (isNode(node) && "anchor" in node && typeof node.anchor === "string") anchors.set(node.anchor, node);
        if (isMap(node)) reportRepeatedKeys(node, lines, report);
        const inside = isMap(node)
            ? node.items.flatMap(({ key, value }) => [key, value])
            : isSeq(node)
              ? node.items
              : undefined;
        if (inside === undefined) {
            sizes.set(node, 1);
            continue;
        }
        waiting.push({ node, children: inside });
        for (let index = inside.length - 1; index >= 0; index -= 1) waiting.push({ node: inside[index] });
    }
    return targets;
}

function reportRepeatedKeys(
    map: YAMLMap,
    lines: LineCounter,
    report: (at: Node | undefined, message: string) => void,
): void {
    const first = new Map<string, Node>();
    for (const { key } of map.items) {
        if (!isScalar(key) || isMergeKey(key)) continue;
        const name = `${typeof key.value}:${String(key.value)}`;
        const known = first.get(name);
        if (known === undefined) {
            first.set(name, key);
        } else {
            const line = known.range ? ` in line ${lines.linePos(known.range[0]).line}` : "";
            report(
                key,
                `repeats the key \`${shortened(keyOf(key))}\`, which is set${line} already; expected each key once`,
            );
        }
    }
}

/** Whether a text may nest so deep that parsing it would exhaust the stack. Exact about brackets, which strings may hold. */
function isTooDeep(text: string): boolean {
    if (DEEP_LINE.test(text)) return true;
    if (bracketDepth(text) <= BUDGET.depth) return false;
    return bracketDepth(new Lexer().lex(text)) > BUDGET.depth;
}

function bracketDepth(tokens: Iterable<string>): number {
    let depth = 0;
    let deepest = 0;
    for (const token of tokens) {
        if (token === "[" || token === "{") {
            depth += 1;
            if (depth > deepest) deepest = depth;
            if (deepest > BUDGET.depth) break;
        } else if ((token === "]" || token === "}") && depth > 0) {
            depth -= 1;
        }
    }
    return deepest;
}

function isMergeKey(key: unknown): boolean {
    return isScalar(key) && typeof key.value === "symbol";
}

/** A key as text. Maps and lists as keys have no name by which anything is looked up; their own text can be broken YAML. */
function keyOf(key: unknown): string {
    if (isScalar(key)) return typeof key.value === "symbol" ? "<<" : String(key.value);
    if (isAlias(key)) return `*${key.source}`;
    return isSeq(key) ? "[…]" : "{…}";
}

function isEmpty(node: unknown): boolean {
    return isScalar(node) ? node.value === null : isCollection(node) && node.items.length === 0;
}

/** Mistakes whose description by the parser quotes the file in the middle of a sentence. */
const QUOTING: ReadonlyMap<string, string> = new Map<ErrorCode, string>([
    ["BAD_DIRECTIVE", "a directive that there is not"],
    ["BAD_DQ_ESCAPE", "an escape sequence that there is not"],
    ["TAG_RESOLVE_FAILED", "a tag that there is not"],
]);

/**
 * What the parser found wrong, without what it quotes of the file, which can be a secret: `|hunter2`, `!hunter2!`.
 *
 * @param error A `YAMLParseError`; the published types name none of another package.
 */
export function complaintOf({ code, message }: { readonly code: string; readonly message: string }): string {
    const [complaint = ""] = message.split(": ");
    return QUOTING.get(code) ?? complaint.charAt(0).toLowerCase() + complaint.slice(1);
}
