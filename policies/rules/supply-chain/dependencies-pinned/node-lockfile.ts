import { posix } from "node:path";
import { FileValue } from "../../../kit/project/file-value";
import type { Workspace } from "../../../kit/project/workspace";
import { FromJson } from "./from-json";
import { isExact } from "./node-versions";
import { below, isThere, upward } from "./program";

/** Sections of package.json that an install brings in. Ranges of peers are right: the program's own versions fill them. */
export const SECTIONS = ["dependencies", "devDependencies", "optionalDependencies"];

interface Manager {
    readonly name: "npm" | "pnpm" | "yarn" | "bun";
    readonly lockfile: string;
    /** What brings a lockfile up to date. */
    readonly update: string;
}

/** Package managers by their lockfiles; of two in a folder the first counts, unless `packageManager` says otherwise. */
const MANAGERS: readonly Manager[] = [
    { name: "npm", lockfile: "npm-shrinkwrap.json", update: "npm install" },
    { name: "npm", lockfile: "package-lock.json", update: "npm install" },
    { name: "pnpm", lockfile: "pnpm-lock.yaml", update: "pnpm install" },
    { name: "yarn", lockfile: "yarn.lock", update: "yarn install" },
    { name: "bun", lockfile: "bun.lock", update: "bun install" },
    { name: "bun", lockfile: "bun.lockb", update: "bun install" },
];

/** What a lockfile says of a manifest: the specifications it was made from, or the reason why that cannot be seen. */
type Locked =
    | {
          readonly specs: ReadonlyMap<string, string>;
          readonly skipped?: ReadonlySet<string>;
          /** Packages that have scripts to run at install, where the lockfile tells. */
          readonly withScripts?: readonly string[];
      }
    | { readonly has: (name: string, spec: string) => boolean; readonly skipped?: ReadonlySet<string> }
    | { readonly unreadable: string };

/** A lockfile, and what it says of the manifest that it was looked up for. */
export interface Lockfile {
    readonly manager: Manager;
    readonly path: string;
    /** Folder of the lockfile. */
    readonly dir: string;
    readonly locked: Locked;
}

/** The lockfile that a package manager writes; undefined where it is none that is known. */
export function lockfileOf(manager: string): string | undefined {
    return MANAGERS.findLast(({ name, lockfile }) => name === manager && lockfile !== "bun.lockb")?.lockfile;
}

/**
 * The nearest lockfile that knows the manifest: its own, or that of the workspace it belongs to. Where Pulumi.yaml says which
 * package manager is `wanted`, the lockfiles of others are not used.
 *
 * Source: npm Docs, "package-lock.json"; pnpm.io, "pnpm install"; Yarn's and Bun's documentation of their lockfiles.
 */
export function lockfileFor(
    workspace: Workspace,
    home: string,
    manifest: FileValue,
    wanted: string | undefined,
): Lockfile | undefined {
    const known = MANAGERS.filter(({ name }) => name === wanted);
    const managers = known.length > 0 ? known : MANAGERS;
    for (const dir of upward(home)) {
        const declared = (dir === home ? manifest : workspace.yaml(below(dir, "package.json")).content)
            .get("packageManager")
            .string();
        const present = managers.filter(({ lockfile }) => isThere(workspace, below(dir, lockfile)));
        const manager = present.find(({ name }) => declared?.startsWith(`${name}@`)) ?? present[0];
        if (manager === undefined) continue;
        const path = below(dir, manager.lockfile);
        const locked = readLockfile(workspace, manager, path, dir, home);
        if (locked !== undefined) return { manager, path, dir, locked };
    }
    return undefined;
}

/** What a lockfile says of the manifest in `home`; undefined where it is another project's. */
function readLockfile(
    workspace: Workspace,
    manager: Manager,
    path: string,
    dir: string,
    home: string,
): Locked | undefined {
    const { text, problem } = workspace.text(path);
    if (text === undefined) return dir === home ? { unreadable: problem ?? "cannot be read" } : undefined;
    const key = dir === home ? "" : posix.relative(dir, home);
    switch (manager.name) {
        case "npm":
            return readNpm(text, key);
        case "pnpm":
            return readPnpm(text, path, key);
        case "yarn":
            return readYarn(text, workspace, dir, home);
        case "bun":
            return readBun(text, key);
    }
}

function readNpm(text: string, key: string): Locked | undefined {
    const lock = FromJson.parse(text);
    if (lock === undefined) return { unreadable: "is not valid JSON" };
    const packages = lock.get("packages");
    if (packages.isMap) {
        const own = packages.get(key);
        const withScripts = packages
            .entries()
            .filter(([path, entry]) => path.includes("node_modules/") && entry.get("hasInstallScript").isTrue)
            .map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
        if (!own.isMap) return key === "" ? { specs: new Map(), withScripts } : undefined;
        return { specs: specsIn(SECTIONS.map(section => own.get(section))), withScripts };
    }
    if (key !== "") return undefined;
    // Version 1 of the format records what was resolved only.
    const resolved = lock.get("dependencies");
    return {
        has: (name, spec) => {
            const version = resolved.get(name).get("version").text();
            return version !== undefined && (!isExact(spec) || version === spec.replace(/^[=v]+/, ""));
        },
    };
}

function readPnpm(text: string, path: string, key: string): Locked | undefined {
    // Packages follow the importers and are the bulk of the file.
    const end = text.search(/^packages:/m);
    const { content, problems } = FileValue.parse({ path, text: end === -1 ? text : text.slice(0, end) });
    const [problem] = problems;
    if (problem !== undefined) return { unreadable: problem.message };
    const importers = content.get("importers");
    const own = importers.isMap ? importers.get(key === "" ? "." : key) : content;
    if (!own.isMap || (!importers.isMap && key !== "")) return key === "" ? { specs: new Map() } : undefined;
    const specs = new Map<string, string>();
    for (const [name, spec] of own.get("specifiers").entries()) specs.set(name, String(spec.scalar()));
    for (const section of SECTIONS) {
        for (const [name, entry] of own.get(section).entries()) {
            const spec = entry.get("specifier").scalar();
            if (spec !== undefined) specs.set(name, String(spec));
        }
    }
    return {
        specs,
        skipped: new Set(
            content
                .get("overrides")
                .entries()
                .map(([name]) => name),
        ),
    };
}

function readYarn(text: string, workspace: Workspace, dir: string, home: string): Locked | undefined {
    const manifest = workspace.yaml(below(dir, "package.json")).content;
    if (dir !== home && manifest.get("workspaces").isMissing) return undefined;
    const headers = new Set(
        text
            .split(/\r?\n/)
            .filter(line => /^["\w@].*:$/.test(line))
            .flatMap(line => line.slice(0, -1).replaceAll('"', "").split(/,\s*/)),
    );
    return {
        has: (name, spec) => headers.has(`${name}@${spec}`) || headers.has(`${name}@npm:${spec}`),
        skipped: new Set(
            manifest
                .get("resolutions")
                .entries()
                .map(([name]) => name),
        ),
    };
}

function readBun(text: string, key: string): Locked | undefined {
    const lock = FromJson.parse(withoutTrailingCommas(text));
    if (lock === undefined)
        return { unreadable: "cannot be read; `bun install --save-text-lockfile` writes one as text" };
    const own = lock.get("workspaces").get(key);
    if (!own.isMap) return key === "" ? { specs: new Map() } : undefined;
    return { specs: specsIn(SECTIONS.map(section => own.get(section))) };
}

/** The text of a bun.lock as JSON: commas before a closing bracket are left out, those in texts are not. */
function withoutTrailingCommas(text: string): string {
    return text.replace(/"(?:[^"\\]|\\.)*"|,(?=[ \t\r\n]{0,200}[}\]])/g, part => (part === "," ? "" : part));
}

function specsIn(sections: readonly FromJson[]): Map<string, string> {
    return new Map(sections.flatMap(section => section.entries().map(([name, spec]) => [name, spec.text() ?? ""])));
}
