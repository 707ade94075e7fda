import { posix } from "node:path";
import { FileValue } from "../project/file-value";
import type { Workspace } from "../project/workspace";
import { notCommitted } from "./gitignore";
import { below, type Defect, type Demands, isThere, type Program, upward } from "./program";

/** Sections of package.json that an install brings in. Ranges of peers are right: the program's own versions fill them. */
const SECTIONS = ["dependencies", "devDependencies", "optionalDependencies"];

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

interface Dependency {
    readonly name: string;
    readonly at: FileValue;
    readonly spec: string;
}

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

/**
 * What is wrong with the dependencies of a program for Node.js or Bun.
 *
 * Source: npm Docs, "package.json", "package-lock.json", "config"; pnpm.io, "pnpm-workspace.yaml", "pnpm install"; Yarn's
 * and Bun's documentation of their lockfiles.
 */
export function nodeDefects(program: Program, demands: Demands): Defect[] {
    const { workspace, dir, project } = program;
    const home = upward(dir).find(folder => isThere(workspace, below(folder, "package.json")));
    if (home === undefined) {
        const message =
            "names a program for Node.js, but there is no package.json in its folder or above; expected one with exact versions, and its lockfile.";
        return [{ at: project.file.content, message }];
    }
    const path = below(home, "package.json");
    const { content, problems } = workspace.yaml(path);
    const [problem] = problems;
    if (problem !== undefined || !content.isMap) {
        const message = `${problem?.message ?? "is no map"}; expected the program's dependencies.`;
        return [{ at: { file: path, line: problem?.line }, message }];
    }
    const dependencies = SECTIONS.flatMap(section =>
        content
            .get(section)
            .entries()
            .map(([name, at]) => ({ name, at, spec: String(at.scalar() ?? "") })),
    );
    const inexact = demands.requireExactVersions
        ? dependencies.flatMap(dependency => inexactDefect(dependency, workspace, home))
        : [];
    const found = lockfileFor(workspace, home, content);
    if (found === undefined) {
        if (dependencies.length === 0) return inexact;
        const message =
            "has no lockfile in its folder or at the root of its workspace; expected package-lock.json, pnpm-lock.yaml, yarn.lock or bun.lock, committed.";
        return [...inexact, { at: { file: path, line: 1 }, message }];
    }
    return [
        ...inexact,
        ...disagreements(found, dependencies, workspace, path),
        ...notCommitted(workspace, found.path),
        ...(demands.requireScriptAllowList ? scriptDefects(found, workspace, home, content, demands) : []),
        ...registryDefects(found, workspace, home, demands.registry),
    ];
}

interface Lockfile {
    readonly manager: Manager;
    readonly path: string;
    /** Folder of the lockfile. */
    readonly dir: string;
    readonly locked: Locked;
}

/** The nearest lockfile that knows the manifest: its own, or that of the workspace it belongs to. */
function lockfileFor(workspace: Workspace, home: string, manifest: FileValue): Lockfile | undefined {
    for (const dir of upward(home)) {
        const declared = (dir === home ? manifest : workspace.yaml(below(dir, "package.json")).content)
            .get("packageManager")
            .string();
        const present = MANAGERS.filter(({ lockfile }) => isThere(workspace, below(dir, lockfile)));
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
    if (problems.length > 0) return { unreadable: "is not valid YAML" };
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
    const lock = FromJson.parse(text.replace(/,(\s*[}\]])/g, "$1"));
    if (lock === undefined)
        return { unreadable: "cannot be read; `bun install --save-text-lockfile` writes one as text" };
    const own = lock.get("workspaces").get(key);
    if (!own.isMap) return key === "" ? { specs: new Map() } : undefined;
    return { specs: specsIn(SECTIONS.map(section => own.get(section))) };
}

function specsIn(sections: readonly FromJson[]): Map<string, string> {
    return new Map(sections.flatMap(section => section.entries().map(([name, spec]) => [name, spec.text() ?? ""])));
}

function disagreements(
    { locked, path, manager }: Lockfile,
    dependencies: readonly Dependency[],
    workspace: Workspace,
    manifest: string,
): Defect[] {
    if ("unreadable" in locked) {
        return [
            {
                at: { file: path },
                message: `${locked.unreadable}, so whether it agrees with ${manifest} is not known.`,
                isNote: true,
            },
        ];
    }
    const expected = `expected the lockfile of \`${manager.update}\`, committed together.`;
    const judged = dependencies.filter(({ name }) => locked.skipped?.has(name) !== true);
    if ("has" in locked) {
        return judged
            .filter(({ spec, name }) => isFromRegistry(spec) && !locked.has(name, spec))
            .map(({ at, spec }) => ({ at, message: `is \`${spec}\`, which ${path} does not have; ${expected}` }));
    }
    const { specs } = locked;
    const changed = judged
        .filter(({ name, spec }) => specs.get(name) !== spec)
        .map(({ at, name, spec }) => {
            const known = specs.get(name);
            const other = known === undefined ? "does not have" : `has as \`${known}\``;
            return { at, message: `is \`${spec}\`, which ${path} ${other}; ${expected}` };
        });
    const names = new Set(dependencies.map(({ name }) => name));
    const text = workspace.text(path).text ?? "";
    const gone = [...specs.keys()]
        .filter(name => !names.has(name))
        .map(name => ({
            at: { file: path, line: text.slice(0, Math.max(0, text.indexOf(`"${name}"`))).split("\n").length },
            message: `has \`${name}\`, which ${manifest} does not; ${expected}`,
        }));
    return [...changed, ...gone];
}

/** Whether a specification names one version of one package, or something whose content its name fixes. */
export function isExact(spec: string): boolean {
    return /^[=v]?\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/.test(spec.trim());
}

function isFromRegistry(spec: string): boolean {
    return (
        !/^(workspace|file|link|portal|patch|catalog|git|git\+\w+|github|gitlab|bitbucket|https?|exec):/.test(spec) &&
        !/^[\w.-]+\/[\w.-]+(#|$)/.test(spec)
    );
}

function inexactDefect({ name, at, spec }: Dependency, workspace: Workspace, home: string): Defect[] {
    const text = spec.trim();
    if (/^(workspace|file|link|portal|patch|exec):/.test(text) || /^\.{0,2}\//.test(text)) return [];
    if (text.startsWith("catalog:")) return catalogDefect(name, at, text.slice("catalog:".length), workspace, home);
    if (/^(npm|jsr):/.test(text)) {
        const version = text.slice(text.lastIndexOf("@") + 1);
        return isExact(version) || isExact(text.replace(/^\w+:/, "")) ? [] : [range(at, text)];
    }
    if (/^https?:.*\.(tgz|tar\.gz)([?#]|$)/.test(text)) return [];
    if (!isFromRegistry(text)) {
        if (/#(.*[:=])?[0-9a-f]{40}$/i.test(text)) return [];
        return [
            { at, message: `is \`${text}\`, a branch or tag that can be moved; expected a full commit behind \`#\`.` },
        ];
    }
    return isExact(text) ? [] : [range(at, text)];
}

function range(at: FileValue, spec: string): Defect {
    const first = /\d+\.\d+\.\d+(-[\w.]+)?/.exec(spec)?.[0];
    const observed = spec === "" ? "is no version" : `is \`${spec}\`, which many versions fit`;
    return {
        at,
        message: `${observed}; expected an exact version${first === undefined ? "" : `, such as \`${first}\``}.`,
    };
}

/** A version that a catalog of the workspace gives. Source: pnpm.io, "Catalogs". */
function catalogDefect(name: string, at: FileValue, catalog: string, workspace: Workspace, home: string): Defect[] {
    for (const dir of upward(home)) {
        const file = workspace.yaml(below(dir, "pnpm-workspace.yaml")).content;
        const manifest = workspace.yaml(below(dir, "package.json")).content;
        const owners = [file, manifest, manifest.get("workspaces"), workspace.yaml(below(dir, ".yarnrc.yml")).content];
        for (const owner of owners) {
            const isDefault = catalog === "" || catalog === "default";
            const entry = [
                owner.get("catalogs").get(isDefault ? "default" : catalog),
                ...(isDefault ? [owner.get("catalog")] : []),
            ]
                .map(entries => entries.get(name))
                .find(value => !value.isMissing);
            const spec = entry === undefined ? "" : String(entry.scalar());
            if (entry !== undefined) return isExact(spec) ? [] : [range(entry, spec)];
        }
    }
    return [{ at, message: "names a catalog that was not found, so its version is not known.", isNote: true }];
}

/** Whether packages can run scripts when they are installed, other than those on a list. */
function scriptDefects(
    { manager, dir, locked, path }: Lockfile,
    workspace: Workspace,
    home: string,
    manifest: FileValue,
    { allowedInstallScripts }: Demands,
): Defect[] {
    const folders = [...new Set([home, dir])];
    const npmrc = folders.some(folder => setting(workspace, below(folder, ".npmrc"), "ignore-scripts") === "true");
    const at = (name: string) => ({ file: below(dir, name) });
    const danger = "so that every package can run scripts when it is installed";
    switch (manager.name) {
        case "npm":
            if (npmrc) return [];
            if ("withScripts" in locked && locked.withScripts !== undefined) {
                const names = [...new Set(locked.withScripts)].filter(name => !allowedInstallScripts.includes(name));
                if (names.length === 0) return [];
                const which = names.map(name => `\`${name}\``).join(", ");
                const message =
                    `has packages that run scripts when they are installed: ${which}; expected \`ignore-scripts=true\` in .npmrc ` +
                    "and `npm rebuild` for those that need theirs, or the names in the setting `allowedInstallScripts`.";
                return [
                    {
                        at: { file: path, line: lineOfScript(workspace.text(path).text ?? "", names[0] ?? "") },
                        message,
                    },
                ];
            }
            return [
                {
                    at: at(".npmrc"),
                    message: `does not set \`ignore-scripts=true\`, ${danger}; expected it, and \`npm rebuild\` for the packages that need theirs.`,
                },
            ];
        case "pnpm":
            return pnpmScripts(workspace, folders, manifest, npmrc, at("pnpm-workspace.yaml"), danger);
        case "yarn": {
            const modern = folders
                .map(folder => workspace.yaml(below(folder, ".yarnrc.yml")).content)
                .find(file => file.isMap);
            if (npmrc && modern === undefined) return [];
            if (modern !== undefined) {
                if (modern.get("enableScripts").scalar() === false) return [];
                return [
                    {
                        at: at(".yarnrc.yml"),
                        message: `does not set \`enableScripts: false\`, ${danger}; expected it, and \`dependenciesMeta\` for the packages that need theirs.`,
                    },
                ];
            }
            if (
                folders.some(folder =>
                    /^(--install\.)?ignore-scripts\s+true/m.test(workspace.text(below(folder, ".yarnrc")).text ?? ""),
                )
            )
                return [];
            return [{ at: at(".yarnrc"), message: `does not set \`ignore-scripts true\`, ${danger}; expected it.` }];
        }
        case "bun":
            // Bun runs the scripts of trusted packages only.
            return [];
    }
}

/** Line of a package in a lockfile of npm. */
function lineOfScript(text: string, name: string): number {
    return text.slice(0, Math.max(0, text.indexOf(`node_modules/${name}"`))).split("\n").length;
}

/** From version 10 on, pnpm runs scripts of listed packages only. Source: pnpm.io, "Settings", section "Build settings". */
function pnpmScripts(
    workspace: Workspace,
    folders: readonly string[],
    manifest: FileValue,
    isOff: boolean,
    at: { file: string },
    danger: string,
): Defect[] {
    const files = folders.flatMap(folder => [
        workspace.yaml(below(folder, "pnpm-workspace.yaml")).content,
        workspace.yaml(below(folder, "package.json")).content.get("pnpm"),
    ]);
    const all = files.map(file => file.get("dangerouslyAllowAllBuilds")).find(value => value.scalar() === true);
    if (all !== undefined) {
        return [
            { at: all, message: `is true, ${danger}; expected \`onlyBuiltDependencies\` with those that need it.` },
        ];
    }
    const roots = [manifest, ...folders.map(folder => workspace.yaml(below(folder, "package.json")).content)];
    const version = roots.flatMap(file => /^pnpm@(\d+)/.exec(file.get("packageManager").string() ?? "")?.[1] ?? [])[0];
    const isListed = files.some(file => !file.get("onlyBuiltDependencies").isMissing || file.get("allowBuilds").isMap);
    if (isOff || isListed || version === undefined || Number(version) >= 10) return [];
    return [
        {
            at,
            message: `does not set \`onlyBuiltDependencies\`, ${danger} by pnpm ${version}; expected a list, or pnpm 10.`,
        },
    ];
}

function registryDefects(
    { manager, dir }: Lockfile,
    workspace: Workspace,
    home: string,
    registry: string | undefined,
): Defect[] {
    if (registry === undefined) return [];
    const folders = [...new Set([home, dir])];
    const values = folders.flatMap(folder => [
        setting(workspace, below(folder, ".npmrc"), "registry"),
        workspace.yaml(below(folder, ".yarnrc.yml")).content.get("npmRegistryServer").string(),
        /^\s*registry\s*=\s*["']([^"']+)["']/m.exec(workspace.text(below(folder, "bunfig.toml")).text ?? "")?.[1],
    ]);
    const isSame = (value: string | undefined) => value?.replace(/\/+$/, "") === registry.replace(/\/+$/, "");
    if (values.some(isSame)) return [];
    const file = below(dir, manager.name === "bun" ? "bunfig.toml" : ".npmrc");
    const used = values.find(value => value !== undefined) ?? "the public registry";
    return [{ at: { file }, message: `gets packages from ${used}; expected \`registry=${registry}\`.` }];
}

/** A value of an ini file such as .npmrc. */
function setting(workspace: Workspace, path: string, name: string): string | undefined {
    const lines = workspace.text(path).text?.split(/\r?\n/) ?? [];
    const values = lines.flatMap(line => {
        const [, key, value] = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
        return key === name && value !== undefined ? [value.replace(/^"|"$/g, "")] : [];
    });
    return values.at(-1);
}

/** A place in parsed JSON; reading is always safe. Lockfiles are too large for the reader that knows lines. */
class FromJson {
    private constructor(private readonly raw: unknown) {}

    static parse(text: string): FromJson | undefined {
        try {
            return new FromJson(JSON.parse(text));
        } catch {
            return undefined;
        }
    }

    get isMap(): boolean {
        return typeof this.raw === "object" && this.raw !== null && !Array.isArray(this.raw);
    }

    get(name: string): FromJson {
        const isOwn = this.isMap && Object.hasOwn(this.raw as object, name);
        return new FromJson(isOwn ? (this.raw as Record<string, unknown>)[name] : undefined);
    }

    entries(): [string, FromJson][] {
        return this.isMap ? Object.entries(this.raw as object).map(([name, value]) => [name, new FromJson(value)]) : [];
    }

    text(): string | undefined {
        return typeof this.raw === "string" ? this.raw : undefined;
    }

    get isTrue(): boolean {
        return this.raw === true;
    }
}
