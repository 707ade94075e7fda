import { resolve } from "node:path";
import { EXEMPTIONS } from "../policies/config/exemptions/exemption";
import { configFor, readSettings } from "../policies/config/load";
import { withoutGraduation } from "../policies/config/session";
import { definition } from "../policies/definition";
import type { Workspace } from "../policies/kit/project/workspace";
import { aspectOf, parseLocation, UNDETERMINED } from "../policies/kit/report";
import { idOf, isWithin } from "../policies/kit/rule";
import { Answers } from "./engine/answers";
import { readEnvironment } from "./engine/environment";
import { type Diagnostic, RunningPack } from "./engine/pack";
import { type Evaluation, evaluate, type RunOptions } from "./engine/program";
import type { NotJudged, Resource } from "./engine/resources";
import type { SourcePosition } from "./engine/source-position";
import { readState, type State } from "./engine/state";
import { problemInManifest } from "./manifest";
import { settingsFolder } from "./settings-folder";
import { folderOf, ownerOf, projectLabel, selectUnits, type Unit, type UnitQuery } from "./units";

/** Which project and stack something is about. Both are left out for what is said of several projects, the stack for several stacks. */
export interface Scope {
    readonly project?: string | undefined;
    readonly stack?: string | undefined;
}

/** A violation or a rule's note. It is about a resource (`urn`), a file (`file`, `line`), or the stack as a whole. */
export interface Finding extends Scope {
    readonly rule: string;
    /** The aspect of the rule, where it has several; with the rule, as `rule/aspect`, what an exemption names. */
    readonly aspect?: string;
    readonly severity: string;
    readonly enforcementLevel: "advisory" | "mandatory";
    readonly message: string;
    readonly urn?: string;
    readonly file?: string;
    readonly line?: number;
    /** Where the program makes the resource, or the component that it is part of; `file` is relative to the project. */
    readonly source?: SourcePosition;
}

/** Something to know that is no finding: what became of exemptions, and what settings say without effect. */
interface Note extends Scope {
    readonly message: string;
}

interface OpenQuestion extends NotJudged, Scope {
    readonly rule?: string;
    readonly aspect?: string;
}

/** What one check came to. Everything is in the order of the units that it is about, what is about several first. */
export interface CheckResult {
    /** What was judged, and how many resources in it. */
    readonly judged: readonly (Scope & { readonly resources: number })[];
    readonly findings: readonly Finding[];
    readonly notes: readonly Note[];
    readonly notJudged: readonly OpenQuestion[];
    /** What a person does about a violation, by rule. */
    readonly remediationSteps: Readonly<Record<string, string>>;
}

export interface CheckOptions extends UnitQuery {
    /** File with what `pulumi stack export` wrote; judged instead of the program. */
    readonly state?: string | undefined;
    /** File with what `pulumi stack export` wrote of the stack whose program is judged: what the program leaves as it is there. */
    readonly deployed?: string | undefined;
    /** Settings for the program that win over those of the stack, by key. */
    readonly config?: Readonly<Record<string, string>>;
    /** How long the program may run, in milliseconds. */
    readonly timeout?: number | undefined;
    /** File of recorded answers of providers' functions and other stacks. */
    readonly answers?: string | undefined;
    /** Whether providers are asked, with the user's credentials, what the file of answers does not hold yet. */
    readonly record?: boolean;
    /** File with what the stack's ESC environments give, as opened. */
    readonly envFile?: string | undefined;
    /** Folder of settings; found in the project or the environment unless given. */
    readonly configDir?: string | undefined;
    /** Ids of the rules or aspects whose findings and notes are told; all unless given. */
    readonly rule?: readonly string[] | undefined;
    /** Ids of the rules or aspects of which nothing is told. */
    readonly skip?: readonly string[] | undefined;
}

/** The SDK's own words for a policy that read an unknown value. */
const SDK_UNDETERMINED = "can't run policy ";

/** How many units are judged at the same time; each takes two processes. */
const POOL = 2;

/** Hears what happens for a stack or project; undefined when it is done. */
type Tell = (subject: string, what: string | undefined) => void;

/** What the pack said of one unit. */
interface Verdict {
    readonly scope: Scope;
    readonly findings: readonly Finding[];
    readonly notes: readonly Note[];
    readonly notJudged: readonly OpenQuestion[];
    readonly remediationSteps: Readonly<Record<string, string>>;
    readonly resources: number;
}

/**
 * Judges the stacks of a project, or of all projects of a repository, the way a preview would, without engine, cloud account
 * or Pulumi CLI: programs are evaluated by the SDK's own runtime and the pack is asked over gRPC, for each stack by its profile.
 *
 * Throws `UsageError` where there is no project or no such stack, `ConfigError` for mistakes in settings, `PackError` when the pack
 * does not start, `StateError` for a file that is no state export, and `FileError` for another file that cannot be used.
 */
export async function check(options: CheckOptions, tell: Tell = () => {}): Promise<CheckResult> {
    const [state, deployed] = [options.state, options.deployed].map(file =>
        file === undefined ? undefined : readState(file === "-" ? file : resolve(file)),
    );
    const { workspace, units } = selectUnits(options, state);
    const owner = deployed && ownerOf(deployed, units);
    const settings = settingsOf(options, workspace, units);
    const run = {
        answers:
            options.answers === undefined ? undefined : Answers.read(resolve(options.answers), options.record ?? false),
        environment: options.envFile === undefined ? undefined : readEnvironment(resolve(options.envFile)),
    };
    const verdicts = await inPool(units, POOL, unit =>
        judge(workspace, unit, settings(unit), state, options, unit === owner ? { ...run, deployed } : run, tell),
    );
    run.answers?.write();
    const result = merge(verdicts);
    const { unseen } = workspace;
    const unsearched = unseen === undefined ? [] : [{ subject: options.project, reason: unseen }];
    return only({ ...result, notJudged: [...unsearched, ...result.notJudged] }, options);
}

/**
 * The folder of settings of each unit. Throws `ConfigError` where one of them has mistakes: that is known before anything runs, and
 * said without what the SDK puts around it.
 */
function settingsOf(
    { configDir, project }: CheckOptions,
    workspace: Workspace,
    units: readonly Unit[],
): (unit: Unit) => string {
    const folders = new Map(
        units.map(unit => [unit, settingsFolder(configDir, folderOf(unit, workspace, project), workspace.root)]),
    );
    const now = new Date();
    const files = new Map(
        [...new Set(folders.values())].map(folder => [folder, readSettings(folder, definition.rules, now)]),
    );
    for (const [unit, folder] of folders) {
        const read = files.get(folder);
        if (read !== undefined) configFor(read, definition.rules, unit.identity);
    }
    return unit => folders.get(unit) ?? definition.settingsFolder;
}

/** Runs a task for each item, so many at the same time. Gives their results in the order of the items. */
async function inPool<Item, Result>(
    items: readonly Item[],
    size: number,
    run: (item: Item) => Promise<Result>,
): Promise<Result[]> {
    const results: Result[] = [];
    const waiting = [...items.entries()];
    const work = async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
            results[next[0]] = await run(next[1]);
        }
    };
    await Promise.all(Array.from({ length: size }, work));
    return results;
}

function only(result: CheckResult, { rule, skip = [] }: CheckOptions): CheckResult {
    const isWanted = (name: string, aspect: string | undefined) => {
        const id = idOf({ name }, aspect === undefined ? undefined : { id: aspect });
        // What is said of a rule as a whole, such as a file that it cannot read, is said of each of its aspects.
        const isAsked = rule === undefined || rule.some(wide => isWithin(wide, id) || isWithin(id, wide));
        return isAsked && !skip.some(wide => isWithin(wide, id));
    };
    return {
        ...result,
        findings: result.findings.filter(finding => isWanted(finding.rule, finding.aspect)),
        notJudged: result.notJudged.filter(item => item.rule === undefined || isWanted(item.rule, item.aspect)),
    };
}

async function judge(
    workspace: Workspace,
    unit: Unit,
    settings: string,
    state: State | undefined,
    options: CheckOptions,
    run: RunOptions,
    tell: Tell,
): Promise<Verdict> {
    const { identity, project, stack } = unit;
    const scope = {
        ...(project === undefined ? {} : { project: projectLabel(workspace, project) }),
        ...(stack === undefined ? {} : { stack: stack.name }),
    };
    const name = [scope.project, scope.stack].filter(part => part !== undefined).join("/");
    tell(name, state === undefined ? "running the program" : "starting");
    const folder = folderOf(unit, workspace, options.project);
    const [pack, evaluation] = await Promise.all([
        RunningPack.start(definition.folder, identity, {
            PWD: folder,
            SECURITY_BASELINE_CONFIG: settings,
            SECURITY_BASELINE_ROOT: workspace.root,
            ...(project === undefined ? { SECURITY_BASELINE_PROJECT_DIR: resolve(options.project) } : {}),
            ...(state?.secretsProvider === undefined
                ? {}
                : {
                      SECURITY_BASELINE_STATE: JSON.stringify({
                          file: options.state,
                          secretsProvider: state.secretsProvider,
                      }),
                  }),
        }),
        resourcesOf(workspace, unit, state, {
            ...run,
            organization: identity.organization,
            config: options.config,
            timeout: options.timeout,
        }),
    ]);
    try {
        const diagnostics: Diagnostic[] = [];
        const sourceOf = sourcesOf(evaluation.resources);
        const judged = evaluation.resources.filter(resource => !resource.isRead);
        tell(name, `judging ${judged.length} resources`);
        pack.knowProviders(evaluation.resources);
        for (const resource of judged) diagnostics.push(...(await pack.analyze(resource)));
        diagnostics.push(...(await pack.analyzeStack(judged)));
        const names = [...new Set(diagnostics.map(({ rule }) => rule))];
        const of = (wanted: (diagnostic: Diagnostic) => boolean) => diagnostics.filter(wanted);
        return {
            scope,
            findings: of(isFinding).map(diagnostic => ({ ...toFinding(diagnostic, sourceOf), ...scope })),
            notes: of(isNote).map(({ message }) => ({ message, ...scope })),
            notJudged: [...evaluation.notJudged, ...of(isUndetermined).map(toNotJudged)].map(item => ({
                ...item,
                ...scope,
            })),
            remediationSteps: Object.fromEntries(names.map(rule => [rule, pack.remediationSteps(rule)])),
            resources: judged.length,
        };
    } finally {
        pack.stop();
        tell(name, undefined);
    }
}

async function resourcesOf(
    workspace: Workspace,
    { project, stack }: Unit,
    state: State | undefined,
    options: RunOptions,
): Promise<Evaluation> {
    if (state !== undefined) return state;
    if (project === undefined) return { resources: [], notJudged: [] };
    const problem = project.runtime === "nodejs" ? problemInManifest(workspace, project) : undefined;
    if (problem === undefined) return evaluate(workspace, project, stack, options);
    return {
        resources: [],
        notJudged: [{ subject: projectLabel(workspace, project), reason: `The program was not run: ${problem}.` }],
    };
}

function isUndetermined({ message }: Diagnostic): boolean {
    return message.startsWith(UNDETERMINED) || message.startsWith(SDK_UNDETERMINED);
}

function isNote({ rule }: Diagnostic): boolean {
    return rule === EXEMPTIONS;
}

function isFinding(diagnostic: Diagnostic): boolean {
    return !isNote(diagnostic) && !isUndetermined(diagnostic);
}

/** Finds where the program makes a resource; what a package makes is told by the component that the program made. */
function sourcesOf(resources: readonly Resource[]): (urn: string) => SourcePosition | undefined {
    const byUrn = new Map(resources.map(resource => [resource.urn, resource]));
    return urn => {
        const seen = new Set<string>();
        for (let at = byUrn.get(urn); at !== undefined && !seen.has(at.urn); at = byUrn.get(at.parent)) {
            if (at.source !== undefined) return at.source;
            seen.add(at.urn);
        }
        return undefined;
    };
}

function toFinding(
    { rule, severity, enforcementLevel, message, urn }: Diagnostic,
    sourceOf: (urn: string) => SourcePosition | undefined,
): Finding {
    const base = { rule, ...withAspect(rule, message), severity, enforcementLevel, message };
    if (urn !== undefined) {
        const source = sourceOf(urn);
        return { ...base, urn, ...(source === undefined ? {} : { source }) };
    }
    const place = parseLocation(message);
    if (place === undefined) return base;
    return { ...base, file: place.file, ...(place.line === undefined ? {} : { line: place.line }) };
}

function withAspect(rule: string, message: string): { aspect?: string } {
    const aspect = aspectOf(message, rule);
    return aspect === undefined ? {} : { aspect };
}

function toNotJudged({ rule, message, urn }: Diagnostic): NotJudged & { rule: string; aspect?: string } {
    const text = message.startsWith(UNDETERMINED) ? message.slice(UNDETERMINED.length) : message;
    return { rule, ...withAspect(rule, message), subject: urn ?? parseLocation(text)?.file ?? "stack", reason: text };
}

/** Stacks and projects share files; what several say of one is said once, at the strictest level. */
function merge(verdicts: readonly Verdict[]): CheckResult {
    const scopes = verdicts.map(({ scope }) => scope);
    const findings = verdicts.flatMap(verdict => verdict.findings);
    const ofLevel = (level: Finding["enforcementLevel"]) =>
        findings.filter(({ enforcementLevel }) => enforcementLevel === level);
    const strictestFirst = [...ofLevel("mandatory"), ...ofLevel("advisory")];
    return {
        judged: verdicts.map(({ scope, resources }) => ({ ...scope, resources })),
        findings: once(strictestFirst, scopes, ({ rule, urn, file, message, project, stack }) =>
            file === undefined ? [rule, urn, message, project, stack] : [rule, withoutGraduation(message)],
        ),
        notes: once(
            verdicts.flatMap(({ notes }) => notes),
            scopes,
            ({ message }) => message,
        ),
        notJudged: once(
            verdicts.flatMap(({ notJudged }) => notJudged),
            scopes,
            ({ rule, subject, reason }) => [rule, subject, reason],
        ),
        remediationSteps: Object.assign({}, ...verdicts.map(verdict => verdict.remediationSteps)),
    };
}

/**
 * Each item once, the first of those with the same key, about all that they are about. What is about several scopes comes
 * first, the rest in the order of the scopes.
 */
function once<Item extends Scope>(
    items: readonly Item[],
    scopes: readonly Scope[],
    keyOf: (item: Item) => unknown,
): Item[] {
    const byKey = new Map<string, Item>();
    for (const item of items) {
        const key = JSON.stringify(keyOf(item));
        const known = byKey.get(key);
        byKey.set(key, known === undefined ? item : { ...known, ...shared(known, item) });
    }
    const place = ({ project, stack }: Scope) =>
        scopes.findIndex(scope => scope.project === project && (stack === undefined || scope.stack === stack)) -
        (stack === undefined ? 0.5 : 0);
    return [...byKey.values()].sort((a, b) => place(a) - place(b));
}

/** What two scopes have in common; what they do not is undefined. */
function shared(a: Scope, b: Scope): Scope {
    const project = a.project === b.project ? a.project : undefined;
    return { project, stack: project !== undefined && a.stack === b.stack ? a.stack : undefined };
}
