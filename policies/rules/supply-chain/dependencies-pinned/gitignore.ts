import { pathGlobs } from "../../../kit/pattern";
import type { Workspace } from "../../../kit/project/workspace";
import { below, type Defect, upward } from "./program";

/**
 * What is wrong with a file that should be committed: a `.gitignore` in its folder or above leaves it out. What was added
 * in spite of that, and excludes outside of the repository, are not seen. Source: Git documentation, gitignore.
 */
export function notCommitted(workspace: Workspace, path: string): Defect[] {
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
    let defect: Defect | undefined;
    for (const dir of upward(folder).reverse()) {
        const file = below(dir, ".gitignore");
        const inside = dir === "" ? path : path.slice(dir.length + 1);
        const lines = workspace.text(file).text?.split(/\r?\n/) ?? [];
        for (const [index, line] of lines.entries()) {
            const pattern = line.trimEnd();
            if (pattern === "" || pattern.startsWith("#")) continue;
            const isNegated = pattern.startsWith("!");
            if (!covers(isNegated ? pattern.slice(1) : pattern, inside)) continue;
            const message = `keeps \`${path}\` out of the repository; expected the lockfile to be committed.`;
            defect = isNegated ? undefined : { at: { file, line: index + 1 }, message };
        }
    }
    return defect === undefined ? [] : [defect];
}

function covers(pattern: string, path: string): boolean {
    const isFolder = pattern.endsWith("/");
    // Braces mean nothing here, nor does a second exclamation mark.
    const bare = pattern.replace(/\/$/, "").replace(/[{},]|^!/g, "\\$&");
    const glob = bare.includes("/") ? bare.replace(/^\//, "") : `**/${bare}`;
    return pathGlobs(isFolder ? [`${glob}/**`] : [glob, `${glob}/**`])(path);
}
