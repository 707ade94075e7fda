import { join } from "node:path";
import { JsonError, parseJson } from "../policies/kit/parse-json";
import type { Project, Workspace } from "../policies/kit/project/workspace";

/**
 * What is wrong with a Node.js program's package.json, with its line: `package.json:3: is not valid JSON: …`. Undefined where it
 * is right or missing: a program needs none.
 */
export function problemInManifest(workspace: Workspace, { dir }: Project): string | undefined {
    const file = workspace.text(join(dir, "package.json"));
    if (file.text === undefined) return file.isAbsent ? undefined : `${file.path}: ${file.problem}`;
    try {
        parseJson(file.text);
        return undefined;
    } catch (error) {
        if (!(error instanceof JsonError)) throw error;
        return `${file.path}:${error.line}: is not valid JSON: ${error.message}`;
    }
}
