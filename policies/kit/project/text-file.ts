import { lstatSync, readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { BUDGET } from "./budget";

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
        const named = join(root, path);
        if (!isInside(root, named)) return refuse("lies outside the repository, so it is not read");
        const file = realpathSync.native(named);
        if (!isInside(realpathSync.native(root), file)) {
            return refuse("is a symbolic link that leads out of the repository, so it is not read");
        }
        const status = statSync(file);
        if (!status.isFile()) return refuse("is not a regular file");
        if (status.size > BUDGET.fileBytes)
            return refuse(`is larger than ${BUDGET.fileBytes / 1024 / 1024} MB, so it is not read`);
        const bytes = readFileSync(file);
        if (isUtf16(bytes)) return refuse("is encoded as UTF-16; expected UTF-8");
        if (bytes.includes(0)) return refuse("is a binary file or not encoded as UTF-8");
        return { path, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
    } catch (error) {
        const { code = "" } = error as NodeJS.ErrnoException;
        if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return refuse("is not encoded as UTF-8");
        if (code === "ERR_INVALID_ARG_VALUE") return refuse("is no path, since it holds a NUL character");
        if (code === "ENAMETOOLONG") return refuse("is a path that is longer than the file system allows");
        if (code === "ENOENT" || code === "ENOTDIR") return refuse("does not exist", true);
        if (code === "ELOOP") return refuse("is a symbolic link that leads to itself");
        return refuse(`cannot be read (${code === "" ? String(error) : code})`);
    }
}

/** Whether there is a file, folder or link at an absolute path, readable or not. Throws nothing. */
export function exists(path: string): boolean {
    try {
        return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    } catch {
        // A file in the place of a folder, a link that leads to itself, a name that no file can have.
        return false;
    }
}

/** Whether `path` is `folder` or lies below it. Both absolute; symbolic links are not followed. */
export function isInside(folder: string, path: string): boolean {
    const way = relative(folder, path);
    return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function isUtf16(bytes: Uint8Array): boolean {
    const [first, second] = bytes;
    return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}
