import type { Workspace } from "../../../kit/project/workspace";
import { notCommitted } from "./gitignore";
import { type Lockfile, lockfileFor, SECTIONS } from "./node-lockfile";
import { scriptDefects } from "./node-scripts";
import { type Dependency, inexactDefect, isFromRegistry } from "./node-versions";
import { npmrcSetting } from "./npmrc";
import { below, type Defect, type Demands, isThere, type Program, upward } from "./program";

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
        /^\s*registry\s*=\s*["']([^"']+)["']/m.exec(workspace.text(below(folder, "bunfig.toml")).text ?? "")?.[1],
    ]);
    const isSame = (value: string | undefined) => value?.replace(/\/+$/, "") === registry.replace(/\/+$/, "");
    if (values.some(isSame)) return [];
    const file = below(dir, manager.name === "bun" ? "bunfig.toml" : ".npmrc");
    const used = values.find(value => value !== undefined) ?? "the public registry";
    return [{ at: { file }, message: `gets packages from ${used}; expected \`registry=${registry}\`.` }];
}
