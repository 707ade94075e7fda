import { readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";

/** Files above this size are not read: no project file that people write comes near it. */
export const MAX_BYTES = 5 * 1024 * 1024;

/** A file's text, or why there is none. `path` is relative to the root, with `/` between its parts. */
export type TextFile =
    | { readonly path: string; readonly text: string; readonly problem?: undefined }
    | { readonly path: string; readonly text?: undefined; readonly problem: string; readonly isAbsent: boolean };

/**
 * Reads a UTF-8 file below `root`, never outside it: symbolic links that lead out are refused. A byte order mark is
 * taken off. Throws nothing; what cannot be read is a problem that says why.
 */
export function readTextFile(root: string, path: string): TextFile {
    const refuse = (problem: string, isAbsent = false): TextFile => ({ path, problem, isAbsent });
    try {
        const file = realpathSync(join(root, path));
        const inside = relative(realpathSync(root), file);
        if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
            return refuse("is a symbolic link that leads out of the repository, so it is not read");
        }
        const { size } = statSync(file);
        if (!statSync(file).isFile()) return refuse("is not a regular file");
        if (size > MAX_BYTES) return refuse(`is larger than ${MAX_BYTES / 1024 / 1024} MB, so it is not read`);
        const bytes = readFileSync(file);
        if (bytes.includes(0)) return refuse("is a binary file or not encoded as UTF-8");
        return { path, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
    } catch (error) {
        if (error instanceof TypeError) return refuse("is not encoded as UTF-8");
        const { code = "" } = error as NodeJS.ErrnoException;
        if (code === "ENOENT" || code === "ENOTDIR") return refuse("does not exist", true);
        return refuse(`cannot be read (${code === "" ? String(error) : code})`);
    }
}
