import { shortened } from "../../../kit/project/budget";
import type { Workspace } from "../../../kit/project/workspace";
import type { Command } from "../../../pipelines/shell";
import { FromJson } from "./from-json";
import { shownSpec } from "./program";

/** What downloads, and what runs a script that it is given or reads. */
const DOWNLOADS = /^(curl|wget|iwr|irm|invoke-webrequest|invoke-restmethod)$/i;
const RUNS = /^(.*\/)?((ba|da|z|k|fi)?sh|python3?|node|perl|ruby|pwsh|iex|invoke-expression)$/i;

/** A full commit in an address fixes what it stands for. */
const COMMIT = /\b[0-9a-f]{40}\b/i;

/**
 * Where a command runs what it has just downloaded: `curl … | sh`, `bash <(curl …)`, `sh -c "$(curl …)"`. What lies under the
 * address tomorrow runs with the job's credentials; a checksum that is checked first, or a commit in the address, fixes it.
 */
export function downloadedScript(command: Command, before: Command | undefined): string | undefined {
    const start = command.words.findIndex(word => !/^(sudo|env|-.*)$|^\w+=/.test(word));
    const [name = "", ...rest] = command.words.slice(Math.max(0, start));
    if (!RUNS.test(name) && !/^(eval|source|\.)$/.test(name)) return undefined;
    // A script of one's own that reads what was downloaded runs nothing of it.
    const isOwn = !rest.includes("-s") && rest.some(word => !word.startsWith("-"));
    const inner = rest.find(word => /[$<]\(\s*(curl|wget)\b/.test(word));
    const source =
        inner ??
        (command.readsPipe && !isOwn && DOWNLOADS.test(before?.words[0] ?? "") ? before?.words.join(" ") : undefined);
    if (source === undefined || COMMIT.test(source)) return undefined;
    const address = /https?:\/\/[^\s"')]+/.exec(source)?.[0] ?? "";
    const shown = address === "" ? "a script" : `\`${shownSpec(address)}\``;
    return `runs ${shown} as it is downloaded, whatever it is by then; expected an action that is pinned, or a file whose checksum is checked first.`;
}

/** Commands that fetch a package and run it. Source: npm Docs, "npx"; pnpm.io, "pnpm dlx"; Yarn, "yarn dlx"; Bun, "bunx"; uv, "Using tools"; pipx. */
const FETCHES =
    /^(npx|npm exec|npm x|pnpm dlx|pnpx|yarn dlx|bunx|bun x|uvx|uv tool run|pipx run)((?: -[\w-]+)*)(?: --)? ([^\s-]\S*)/;

/** Packages by which a command is found that has another name. */
const BINARIES: ReadonlyMap<string, string> = new Map([["tsc", "typescript"]]);

/**
 * Why a command such as `npx …` runs a version that nobody has chosen; undefined where it names one, or a lockfile has the package.
 * With npm's lockfile of version 2 or later the names of commands are known, with others only those of packages.
 */
export function fetchedPackage(text: string, workspace: Workspace): string | undefined {
    const [, runner = "", flags = "", spec = ""] = FETCHES.exec(text) ?? [];
    // Pulumi's CLI is no package of npm.
    if (spec === "" || spec === "pulumi" || /^[./$~]|^(git|https?|file):/.test(spec) || spec.includes("$"))
        return undefined;
    const isPython = /^(uv|pipx)/.test(runner);
    const [, name = spec, version = ""] = (isPython ? /^([\w.-]+)(?:@|==)(.*)$/ : /^(@?[^@]+)@(.*)$/).exec(spec) ?? [];
    if (/^v?\d+\.\d+\.\d+/.test(version)) return undefined;
    const usesLockfile = /^(npx|npm (exec|x)|bunx|bun x)$/.test(runner) && !/ (-p|--package)\b/.test(flags);
    if (usesLockfile && version === "" && isLocked(name, workspace)) return undefined;
    return `runs whatever version of \`${shortened(name)}\` is new; expected it in the manifest and its lockfile, or an exact version.`;
}

/** Whether a package or command is in a lockfile at the root or in a project's folder, or may be. */
function isLocked(name: string, workspace: Workspace): boolean {
    const dirs = new Set(["", ...workspace.projects.map(({ dir }) => dir)]);
    for (const dir of dirs) {
        const prefix = dir === "" ? "" : `${dir}/`;
        const npm = FromJson.parse(workspace.text(`${prefix}package-lock.json`).text ?? "");
        const entries = npm?.get("packages").entries() ?? [];
        if (
            entries.some(
                ([path, entry]) =>
                    path.endsWith(`node_modules/${name}`) || entry.get("bin").get(name).text() !== undefined,
            )
        )
            return true;
        const others = ["pnpm-lock.yaml", "yarn.lock", "bun.lock"].map(
            file => workspace.text(prefix + file).text ?? "",
        );
        const known = BINARIES.get(name) ?? name;
        if (
            others.some(
                text => text.includes(`${known}@`) || text.includes(`/${known}/`) || text.includes(`"${known}"`),
            )
        )
            return true;
        const manifest = workspace.yaml(`${prefix}package.json`).content;
        const sections = ["dependencies", "devDependencies", "optionalDependencies"];
        if (sections.some(section => !manifest.get(section).get(known).isMissing)) return true;
    }
    return false;
}
