import { readFileSync } from "node:fs";
import { isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { show } from "../../policies/config/config-error";
import { complaintOf } from "../../policies/kit/project/file-value";
import type { Problem } from "../../policies/kit/report";

/** A file that the user named cannot be used; the message names it and says what is wrong, each mistake in a line. */
export class FileError extends Error {}

/**
 * Reads a YAML or JSON file that the user named, of the form that a schema describes; `expected` says in a message what it is.
 *
 * Throws {@link FileError} with every mistake at its line. What stands in the file is in no message: it may be a secret.
 */
export function readDataFile<Schema extends z.ZodType>(
    file: string,
    schema: Schema,
    expected: string,
): z.output<Schema> {
    const refuse = (problems: readonly Problem[]) =>
        new FileError([`${file} is not ${expected}:`, ...problems.map(problem => `  ${show(problem)}`)].join("\n"));
    const lines = new LineCounter();
    const document = parseDocument(textOf(file), { lineCounter: lines, prettyErrors: false });
    const lineOf = (offset: number | undefined) => (offset === undefined ? undefined : lines.linePos(offset).line);
    if (document.errors.length > 0) {
        throw refuse(
            document.errors.map(error => ({
                at: { file, line: lineOf(error.pos[0]) },
                message: `is no valid YAML: ${complaintOf(error)}.`,
            })),
        );
    }
    const result = schema.safeParse(contentOf(document));
    if (result.success) return result.data;
    throw refuse(
        result.error.issues.map(({ path, message }) => {
            const keys = path.filter(key => typeof key !== "symbol");
            const node = document.getIn(keys, true);
            const line = lineOf(isNode(node) ? node.range?.[0] : undefined);
            return { at: { file, line, path: keys.join(".") }, message: `${message}.` };
        }),
    );
}

function textOf(file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        throw new FileError(`${file}: cannot be read (${(error as Error).message}).`);
    }
}

function contentOf(document: ReturnType<typeof parseDocument>): unknown {
    try {
        return document.toJS();
    } catch {
        // Too many aliases, or one that stands for nothing: as if there were nothing.
        return undefined;
    }
}
