import { join } from "node:path";
import type { Project, Workspace } from "../policies/kit/project/workspace";

/**
 * What is wrong with a Node.js program's package.json, with its line: `package.json:3: is not valid JSON: …`. Undefined where it
 * is right or missing: a program needs none.
 */
export function problemInManifest(workspace: Workspace, { dir }: Project): string | undefined {
    const file = workspace.text(join(dir, "package.json"));
    if (file.text === undefined) return file.isAbsent ? undefined : `${file.path}: ${file.problem}`;
    try {
        JSON.parse(file.text);
        return undefined;
    } catch (error) {
        const { message } = error as Error;
        // Newer releases of Node tell the line beside the position.
        const [what = message] = message.split(/ in JSON| at position| \(line /);
        return `${file.path}:${lineOf(message, file.text)}: is not valid JSON: ${what}`;
    }
}

/** The line of the position that the parser names; the last line where it names none, since then the text ends too early. */
function lineOf(message: string, text: string): number {
    const [, position] = /at position (\d+)/.exec(message) ?? [];
    const before = position === undefined ? text.trimEnd() : text.slice(0, Number(position));
    return before.split("\n").length;
}
