import { type BigIntStats, readFileSync, realpathSync, statSync } from "node:fs";
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
        const named = join(root, path);
        if (!isInside(root, named)) return refuse("lies outside the repository, so it is not read");
        const file = realpathSync.native(named);
        if (!isInside(realpathSync.native(root), file)) {
            return refuse("is a symbolic link that leads out of the repository, so it is not read");
        }
        const status = statSync(file);
        if (!status.isFile()) return refuse("is not a regular file");
        if (status.size > MAX_BYTES) return refuse(`is larger than ${MAX_BYTES / 1024 / 1024} MB, so it is not read`);
        const bytes = readFileSync(file);
        if (isUtf16(bytes)) return refuse("is encoded as UTF-16; expected UTF-8");
        if (bytes.includes(0)) return refuse("is a binary file or not encoded as UTF-8");
        return { path, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
    } catch (error) {
        if (error instanceof TypeError) return refuse("is not encoded as UTF-8");
        const { code = "" } = error as NodeJS.ErrnoException;
        if (code === "ENOENT" || code === "ENOTDIR") return refuse("does not exist", true);
        if (code === "ELOOP") return refuse("is a symbolic link that leads to itself");
        return refuse(`cannot be read (${code === "" ? String(error) : code})`);
    }
}

/** Whether `path` is `folder` or lies below it. Both absolute; symbolic links are not followed. */
export function isInside(folder: string, path: string): boolean {
    const way = relative(folder, path);
    return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Changes within this time, in milliseconds, may leave a file's times as they are: clocks of file systems are coarse. */
const CLOCK_GRAIN = 50n;

/** Entries beyond this number make a cache start anew. */
const MAX_ENTRIES = 50_000;

/**
 * Remembers what was read from files and folders for as long as they stay unchanged. What changed just before it was read
 * is read again the next time, since another change in the same tick of the clock could not be told.
 */
export class UnlessChanged<T> {
    private readonly entries = new Map<string, { readonly signature: string; readonly value: T }>();

    /** What `read` makes of the file or folder at an absolute path; `read` is always the same function of the path. */
    get(path: string, read: () => T): T {
        const status = statOf(path);
        if (status === undefined) return read();
        const signature = signatureOf(status);
        const known = this.entries.get(path);
        if (known?.signature === signature) return known.value;
        const value = read();
        if (BigInt(Date.now()) - status.ctimeMs > CLOCK_GRAIN) {
            if (this.entries.size >= MAX_ENTRIES) this.entries.clear();
            this.entries.set(path, { signature, value });
        }
        return value;
    }
}

function statOf(path: string): BigIntStats | undefined {
    try {
        return statSync(path, { bigint: true, throwIfNoEntry: false });
    } catch {
        return undefined;
    }
}

function signatureOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
    return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}

function isUtf16(bytes: Uint8Array): boolean {
    const [first, second] = bytes;
    return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}
