import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Where a program makes a resource. */
export interface SourcePosition {
    /** Relative to the project's folder, with forward slashes. */
    readonly file: string;
    readonly line: number;
}

/** Folders in which package managers of Node.js, Python and Go keep what they installed. */
const OF_PACKAGES = /(^|\/)(node_modules|site-packages|dist-packages|pkg\/mod)\//;

/**
 * Reads a position as the SDK sends it (`file:///home/me/shop/index.ts`, and the line) or as states hold it
 * (`project:///index.ts#6,1`). Undefined for what is neither, and for a position inside of a package, which nobody can mend.
 *
 * @param folder Absolute path of the project.
 * Source: pulumi/pulumi, pkg/resource/deploy/source_eval.go (requestFromSourcePosition) and the JSON schema of deployments.
 */
export function parseSourcePosition(uri: string, line: number | undefined, folder: string): SourcePosition | undefined {
    const [address = "", fragment = ""] = uri.split("#");
    const number = line ?? Number(fragment.split(",")[0]);
    const file = fileOf(address, folder);
    const isUsable = Number.isSafeInteger(number) && number > 0 && file !== undefined && file !== "";
    return isUsable && !OF_PACKAGES.test(file) ? { file, line: number } : undefined;
}

function fileOf(address: string, folder: string): string | undefined {
    try {
        if (address.startsWith("project:///")) return decodeURIComponent(address.slice("project:///".length));
        return address.startsWith("file://")
            ? relative(folder, fileURLToPath(address)).split(sep).join("/")
            : undefined;
    } catch {
        // An address that is not well-formed.
        return undefined;
    }
}
