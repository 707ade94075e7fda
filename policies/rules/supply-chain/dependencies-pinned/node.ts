import { shortened } from "../../../kit/project/budget";
import type { Workspace } from "../../../kit/project/workspace";
import { notCommitted } from "./gitignore";
import { type Lockfile, lockfileFor, lockfileOf, SECTIONS } from "./node-lockfile";
import { scriptDefects } from "./node-scripts";
import { type Dependency, inexactDefect, isFromRegistry } from "./node-versions";
import { npmrcSetting } from "./npmrc";
import {
    below,
    type Defect,
    type Demands,
    isThere,
    LineCount,
    type Program,
    runtimeOption,
    shownSpec,
    upward,
} from "./program";

/**
 * What is wrong with the dependencies of a program for Node.js or Bun.
 *
 * Source: npm Docs, "package.json", "package-lock.json", "config"; pnpm.io, "pnpm-workspace.yaml", "pnpm install"; Yarn's
 * and Bun's documentation of their lockfiles.
 */
export function nodeDefects(program: Program, demands: Demands): Defect[] {
    const { workspace, dir, project } = program;
    const home = upward(dir).find(folder => manifestIn(workspace, folder) !== undefined);
    const path = home === undefined ? undefined : manifestIn(workspace, home);
    if (home === undefined || path === undefined) {
        const message =
            "names a program for Node.js, but there is no package.json in its folder or above; expected one with exact versions, and its lockfile.";
        return [{ at: project.file.content, message }];
    }
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
    const wanted = runtimeOption(program, "packagemanager");
    const found = lockfileFor(workspace, home, content, wanted);
    if (found === undefined) {
        if (dependencies.length === 0) return inexact;
        const lockfile = wanted === undefined ? undefined : lockfileOf(wanted);
        if (lockfile !== undefined) {
            const message = `has no lockfile of ${wanted}, which the project file names as its package manager; expected ${lockfile}, committed.`;
            return [...inexact, { at: { file: path, line: 1 }, message }];
        }
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
    const group = (cause: string, item: string) => ({ cause, item: shortened(item), expected: expected.slice(0, -1) });
    const judged = dependencies.filter(({ name }) => locked.skipped?.has(name) !== true);
    if ("has" in locked) {
        return judged
            .filter(({ spec, name }) => isFromRegistry(spec) && !locked.has(name, spec))
            .map(({ at, name, spec }) => ({
                at,
                message: `is \`${shownSpec(spec)}\`, which ${path} does not have; ${expected}`,
                group: group(`are not as ${path} has them`, `\`${name}\` (\`${shownSpec(spec)}\`)`),
            }));
    }
    const { specs } = locked;
    const changed = judged
        .filter(({ name, spec }) => specs.get(name) !== spec)
        .map(({ at, name, spec }) => {
            const known = specs.get(name);
            const other = known === undefined ? "does not have" : `has as \`${shownSpec(known)}\``;
            return {
                at,
                message: `is \`${shownSpec(spec)}\`, which ${path} ${other}; ${expected}`,
                group: group(
                    `are not as ${path} has them`,
                    `\`${name}\` (\`${shownSpec(spec)}\`, ${known === undefined ? "not there" : `not \`${shownSpec(known)}\``})`,
                ),
            };
        });
    const names = new Set(dependencies.map(({ name }) => name));
    const text = workspace.text(path).text ?? "";
    const lines = new LineCount(text);
    const places = placesOf(text);
    const gone = [...specs.keys()]
        .filter(name => !names.has(name))
        .map(name => ({
            at: { file: path, line: lines.at(places.get(name) ?? 0) },
            message: `has \`${shortened(name)}\`, which ${manifest} does not; ${expected}`,
            group: group(`are not in ${manifest}`, `\`${name}\``),
        }));
    return [...changed, ...gone];
}

/** The manifest in a folder: pnpm takes package.yaml where there is no package.json. Source: pnpm.io, "package.json". */
function manifestIn(workspace: Workspace, folder: string): string | undefined {
    return ["package.json", "package.yaml"].map(name => below(folder, name)).find(path => isThere(workspace, path));
}

/** Where each quoted text stands first in a text. */
function placesOf(text: string): ReadonlyMap<string, number> {
    const places = new Map<string, number>();
    for (const { 1: name = "", index } of text.matchAll(/"([^"\n]*)"/g)) if (!places.has(name)) places.set(name, index);
    return places;
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
        npmrcSetting(workspace, below(folder, ".npmrc"), "registry"),
        workspace.yaml(below(folder, ".yarnrc.yml")).content.get("npmRegistryServer").string(),
        /^[ \t]*registry[ \t]*=[ \t]*["']([^"']+)["']/m.exec(
            workspace.text(below(folder, "bunfig.toml")).text ?? "",
        )?.[1],
    ]);
    const isSame = (value: string | undefined) =>
        value?.replace(/(?<!\/)\/+$/, "") === registry.replace(/(?<!\/)\/+$/, "");
    if (values.some(isSame)) return [];
    const file = below(dir, manager.name === "bun" ? "bunfig.toml" : ".npmrc");
    const used = values.find(value => value !== undefined) ?? "the public registry";
    return [{ at: { file }, message: `gets packages from ${used}; expected \`registry=${registry}\`.` }];
}
