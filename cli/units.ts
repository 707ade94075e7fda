import { resolve } from "node:path";
import { suggestion } from "../policies/config/config-error";
import { parseStackName, type StackIdentity } from "../policies/config/stack-identity";
import { type Project, type StackOfProject, Workspace } from "../policies/kit/project/workspace";
import type { State } from "./engine/state";

/** What was asked for is not there; the message says what. */
export class UsageError extends Error {}

/** What one run of the pack is about: a stack of a project, or a project without stacks, or a state without a project. */
export interface Unit {
    readonly project: Project | undefined;
    readonly stack: StackOfProject | undefined;
    /** Whose settings hold. */
    readonly identity: StackIdentity;
}

/** What the units are chosen by. */
export interface UnitQuery {
    /** Folder of a project, or of a repository of projects, as the user wrote it. */
    readonly project: string;
    /** Names of stacks, with or without organisation and project; every stack with a file unless given. */
    readonly stack?: readonly string[] | undefined;
    /** Tags that the stacks have, by name. */
    readonly tag?: Readonly<Record<string, string>> | undefined;
}

/** The repository and what of it is judged. */
export interface Selection {
    readonly workspace: Workspace;
    readonly units: readonly Unit[];
}

/**
 * Every stack of every project in and under a folder, or those that are named, or the one that a state is of.
 *
 * Throws {@link UsageError} where there is no project, for a stack that no project here has, and for a state of another stack
 * or project.
 */
export function selectUnits(query: UnitQuery, state: State | undefined): Selection {
    const folder = resolve(query.project);
    const workspace = openWithStack(folder, undefined);
    const names = query.stack ?? [];
    if (state !== undefined) return { workspace, units: [unitOfState(workspace, query, state)] };
    if (workspace.projects.length === 0) {
        throw new UsageError(
            `${query.project}: there is no Pulumi.yaml in or under this folder; --project names the folder of a project. Inline programs of the Automation API have none: give their stacks the option \`policyPacks\`.`,
        );
    }
    if (names.length === 0) return { workspace, units: workspace.projects.flatMap(project => unitsOf(project, query)) };
    const units = names.flatMap(name => unitsNamed(workspace, name, query));
    const byStack = new Map(units.map(unit => [JSON.stringify([unit.project?.file.path, unit.stack?.name]), unit]));
    return { workspace, units: [...byStack.values()] };
}

function openWithStack(folder: string, stack: string | undefined): Workspace {
    return Workspace.open({ projectDir: folder, stack, project: undefined, calledFrom: folder });
}

function unitsOf(project: Project, { tag = {} }: UnitQuery): Unit[] {
    const stacks = project.stacks.length === 0 ? [undefined] : project.stacks;
    return stacks.map(stack => ({
        project,
        stack,
        identity: { organization: undefined, project: project.name, stack: stack?.name, tags: tag },
    }));
}

function unitsNamed(workspace: Workspace, name: string, { tag }: UnitQuery): Unit[] {
    const named = parseStackName(name, tag);
    const projects = workspace.projects.filter(isNamed(workspace, name, named.project));
    const having = projects.filter(({ stacks }) => stacks.some(stack => stack.name === named.stack));
    // A stack that has no settings of its own needs no file; where no stack has one, any name may be right.
    const candidates = having.length > 0 ? having : projects.filter(({ stacks }) => stacks.length === 0);
    if (candidates.length === 0) throw new UsageError(unknownStack(name, named.stack ?? "", projects));
    return candidates.map(project => ({
        project,
        stack: stackOf(workspace, project, named.stack ?? ""),
        identity: { ...named, project: project.name ?? named.project },
    }));
}

/** Refuses a project that is not here. One whose name cannot be read may be the one that is meant. */
function isNamed(workspace: Workspace, option: string, wanted: string | undefined): (project: Project) => boolean {
    const isWanted = ({ name }: Project) => wanted === undefined || name === undefined || name === wanted;
    if (!workspace.projects.some(isWanted)) throw new UsageError(`--stack ${option}: ${isHere(workspace, wanted)}`);
    return isWanted;
}

function isHere({ projects }: Workspace, wanted: string | undefined): string {
    const names = projects.map(({ name, dir }) => `"${name ?? dir}"`);
    const here = names.length === 1 ? `the project here is ${names[0]}` : `the projects here are ${names.join(", ")}`;
    return `${here}, not "${wanted}".`;
}

function unknownStack(option: string, stack: string, projects: readonly Project[]): string {
    const known = [...new Set(projects.flatMap(({ stacks }) => stacks.map(({ name }) => name)))];
    const path = projects[0]?.stacks[0]?.path.replace(/(?<![^/])Pulumi\.[^/]*(\.\w+)$/, `Pulumi.${stack}$1`);
    return `--stack ${option}: there is no stack of this name here; there are ${known.join(", ")}.${suggestion(stack, known)} A stack without settings is judged when it has an empty ${path}.`;
}

function stackOf(workspace: Workspace, project: Project, name: string): StackOfProject | undefined {
    const known = project.stacks.find(stack => stack.name === name);
    if (known !== undefined || name === "") return known;
    const [own] = openWithStack(resolve(workspace.root, project.dir), name).projects;
    return own?.stacks[0];
}

/**
 * The stack that an export is of, among those that are judged; of an export without resources, which does not say that, the only
 * one. Throws {@link UsageError} where there is none.
 */
export function ownerOf(state: State, units: readonly Unit[]): Unit {
    const owners = units.filter(
        ({ identity }) =>
            (state.stack ?? identity.stack) === identity.stack &&
            (state.project ?? identity.project) === identity.project,
    );
    const [owner, another] = owners;
    if (owner !== undefined && another === undefined) return owner;
    const whose =
        state.stack === undefined
            ? "holds no resources, and so does not say its stack; name one by --stack."
            : `is the export of stack "${state.stack}" of project "${state.project}", which is not judged here.`;
    throw new UsageError(`--deployed: ${whose}`);
}

function unitOfState(workspace: Workspace, { stack: names = [], tag }: UnitQuery, state: State): Unit {
    const [name, ...others] = names;
    if (others.length > 0) throw new UsageError("--state: is the export of one stack; give --stack at most once.");
    const named = parseStackName(name ?? state.stack ?? "", tag);
    if (name !== undefined && state.stack !== undefined && named.stack !== state.stack) {
        throw new UsageError(`--stack ${name}: the export is of stack "${state.stack}".`);
    }
    if (name !== undefined && named.project !== undefined && state.project !== undefined) {
        if (named.project !== state.project) {
            throw new UsageError(`--stack ${name}: the export is of project "${state.project}".`);
        }
    }
    const wanted = state.project ?? named.project;
    const identity = { ...named, stack: named.stack || undefined, project: wanted };
    if (workspace.projects.length === 0) return { project: undefined, stack: undefined, identity };
    const candidates = workspace.projects.filter(
        project => wanted === undefined || project.name === undefined || project.name === wanted,
    );
    const [project, another] = candidates.filter(({ name }) => name === wanted).concat(candidates);
    if (project === undefined) throw new UsageError(`--state: is of another project: ${isHere(workspace, wanted)}`);
    if (wanted === undefined && another !== project && another !== undefined) {
        throw new UsageError(
            "--state: does not say its project, and there are several here; --project names one's folder.",
        );
    }
    return {
        project,
        stack: stackOf(workspace, project, identity.stack ?? ""),
        identity: { ...identity, project: project.name ?? wanted },
    };
}

/** How messages and results name a project: by its name, or by its folder where it has none or shares it with another. */
export function projectLabel({ projects }: Workspace, project: Project): string {
    const folder = project.dir === "" ? "." : project.dir;
    if (project.name === undefined) return folder;
    const isAlone = projects.filter(({ name }) => name === project.name).length === 1;
    return isAlone ? project.name : `${project.name} (${folder})`;
}

/** Absolute path of a unit's project, or of the folder that was asked for where it has none. */
export function folderOf({ project }: Unit, workspace: Workspace, asked: string): string {
    return project === undefined ? resolve(asked) : resolve(workspace.root, project.dir);
}
