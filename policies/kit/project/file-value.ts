import {
    type Document,
    isAlias,
    isMap,
    isNode,
    isScalar,
    isSeq,
    LineCounter,
    type ParsedNode,
    parseAllDocuments,
} from "yaml";
import type { TextFile } from "./text-file";

/** Something wrong with a file itself: it cannot be read, or is no well-formed YAML. */
export interface FileProblem {
    readonly file: string;
    readonly line?: number;
    readonly message: string;
}

/** A parsed YAML or JSON file: its content and what is wrong with it. Content is there as far as it could be parsed. */
export interface ParsedFile {
    readonly path: string;
    readonly content: FileValue;
    readonly problems: readonly FileProblem[];
}

interface Source {
    readonly file: string;
    readonly lines: LineCounter;
    readonly document: Document;
}

/** One place in a YAML or JSON file: what is there, the path of keys that leads to it, and its line. Reading is always safe. */
export class FileValue {
    private constructor(
        private readonly source: Source | undefined,
        private readonly node: unknown,
        /** Path of the file, relative to the repository. */
        readonly file: string,
        /** Keys and indexes that lead here: `jobs.up.steps[2].uses`. Empty for the whole file. */
        readonly path: string,
        /** Line of the value, counted from 1; for what is absent, that of the nearest thing around it. */
        readonly line: number,
    ) {}

    /** The content of a file; nothing at all where it could not be read. */
    static parse(file: TextFile): ParsedFile {
        const { path } = file;
        if (file.text === undefined) {
            return {
                path,
                content: new FileValue(undefined, undefined, path, "", 1),
                problems: [{ file: path, message: file.problem }],
            };
        }
        const lines = new LineCounter();
        const documents = parseAllDocuments(file.text, {
            lineCounter: lines,
            merge: true,
            uniqueKeys: true,
            strict: true,
        });
        const document = Array.isArray(documents) ? documents[0] : undefined;
        if (document === undefined) {
            return { path, content: new FileValue(undefined, undefined, path, "", 1), problems: [] };
        }
        const problems = document.errors.map(error => ({
            file: path,
            line: lines.linePos(error.pos[0]).line,
            message: `is not valid YAML: ${error.message.split("\n", 1)[0]?.replace(/ at line \d+.*$/, "")}`,
        }));
        const source: Source = { file: path, lines, document };
        return { path, content: new FileValue(source, document.contents, path, "", 1), problems };
    }

    /** The value under a key; keys are compared as text. Absent when there is none or this is no map. */
    get(name: string): FileValue {
        for (const [key, value] of this.entries()) if (key === name) return value;
        return this.child(undefined, this.path === "" ? name : `${this.path}.${name}`, this.line);
    }

    /** The elements of a list. A value that is no list counts as its only element; nothing at all has none. */
    items(): FileValue[] {
        if (this.isMissing) return [];
        const { node } = this;
        if (!isSeq(node)) return [this];
        return node.items.map((item, index) => this.child(item, `${this.path}[${index}]`, this.line));
    }

    /** The entries of a map in the order of the file, merge keys applied; none when this is no map. */
    entries(): [name: string, value: FileValue][] {
        const { node } = this;
        if (!isMap(node)) return [];
        const entries = new Map<string, FileValue>();
        for (const pair of node.items) {
            const key = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
            const line = this.lineOf(pair.key) ?? this.line;
            const value = this.child(pair.value, this.path === "" ? key : `${this.path}.${key}`, line);
            if (key === "<<") {
                for (const part of value.items())
                    for (const [name, merged] of part.entries()) if (!entries.has(name)) entries.set(name, merged);
            } else {
                entries.set(key, value);
            }
        }
        return [...entries];
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

    private child(node: unknown, path: string, line: number): FileValue {
        const resolved = isAlias(node) && this.source ? node.resolve(this.source.document) : node;
        return new FileValue(this.source, resolved, this.file, path, this.lineOf(node) ?? line);
    }

    private lineOf(node: unknown): number | undefined {
        const range = isNode(node) ? (node as ParsedNode).range : undefined;
        return range === undefined || range === null ? undefined : this.source?.lines.linePos(range[0]).line;
    }
}
