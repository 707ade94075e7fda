import { resolve } from "node:path";
import { parseStackName } from "../policies/config/stack-identity";
import { type Project, type StackOfProject, Workspace } from "../policies/kit/project/workspace";
import { aspectOf, parseLocation, UNDETERMINED } from "../policies/kit/report";
import { idOf, isWithin } from "../policies/kit/rule";
import { packageRoot } from "../policies/package-root";
import { Answers } from "./engine/answers";
import { readEnvironment } from "./engine/environment";
import { type Diagnostic, RunningPack } from "./engine/pack";
import { type Evaluation, evaluate, type RunOptions } from "./engine/program";
import type { NotJudged, Resource } from "./engine/resources";
import type { SourcePosition } from "./engine/source-position";
import { readState, type State } from "./engine/state";

/** A violation or an advisory note. It is about a resource (`urn`), a file (`file`, `line`), or the stack as a whole. */
export interface Finding {
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

/** What one check came to. */
export interface CheckResult {
    readonly findings: readonly Finding[];
    readonly notJudged: readonly (NotJudged & { readonly rule?: string; readonly aspect?: string })[];
    /** What a person does about a violation, by rule. */
    readonly remediationSteps: Readonly<Record<string, string>>;
    /** How many resources were judged. */
    readonly resourceCount: number;
}

export interface CheckOptions {
    /** Folder of a project, or of a repository of projects. */
    readonly project: string;
    /** Stack to judge; all that have a file unless given. */
    readonly stack?: string | undefined;
    /** Tags that the stack has, by name; settings may depend on them. */
    readonly tag?: Readonly<Record<string, string>>;
    /** File with what `pulumi stack export` wrote; judged instead of the program. */
    readonly state?: string | undefined;
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
    /** Ids of the rules or aspects whose findings and notes are told; all unless given. */
    readonly rule?: readonly string[] | undefined;
    /** Ids of the rules or aspects of which nothing is told. */
    readonly skip?: readonly string[] | undefined;
}

/** What was asked for is not there; the message says what. */
export class UsageError extends Error {}

/** The SDK's own words for a policy that read an unknown value. */
const SDK_UNDETERMINED = "can't run policy ";

/** One run of the pack: a project and stack, or a whole repository without programs. */
interface Unit {
    readonly project: Project | undefined;
    readonly stack: StackOfProject | undefined;
}

/**
 * Judges a project the way a preview would, without engine, cloud account or Pulumi CLI: its program is evaluated by the
 * SDK's own runtime and the pack is asked over gRPC. Of a repository of several projects only the files are judged.
 *
 * Throws {@link UsageError} where there is no project or the stack is another project's, `PackError` when the pack refuses its settings `StateError` for a file that is no
 * state export, and `FileError` for another file that cannot be used.
 */
export async function check(options: CheckOptions): Promise<CheckResult> {
    const folder = resolve(options.project);
    const state =
        options.state === undefined ? undefined : readState(options.state === "-" ? "-" : resolve(options.state));
    const stack = options.stack ?? state?.stack;
    const workspace = Workspace.open({ projectDir: folder, stack, project: undefined, calledFrom: folder });
    const [project, ...others] = workspace.projects;
    if (project === undefined && state === undefined) {
        throw new UsageError(
            `${options.project}: there is no Pulumi.yaml in or under this folder; --project names the folder of a project.`,
        );
    }
    const { project: named } = parseStackName(options.stack ?? "");
    if (named !== undefined && others.length === 0 && project?.name !== undefined && named !== project.name) {
        throw new UsageError(`--stack ${options.stack}: the project here is "${project.name}", not "${named}".`);
    }
    const units: Unit[] =
        project === undefined || others.length > 0
            ? [{ project: undefined, stack: undefined }]
            : project.stacks.length === 0
              ? [{ project, stack: undefined }]
              : project.stacks.map(stackOfProject => ({ project, stack: stackOfProject }));
    const results: CheckResult[] = [];
    const answers =
        options.answers === undefined ? undefined : Answers.read(resolve(options.answers), options.record ?? false);
    const environment = options.envFile === undefined ? undefined : readEnvironment(resolve(options.envFile));
    for (const unit of units) {
        results.push(await judge(workspace, folder, unit, state, options, { answers, environment }));
    }
    answers?.write();
    return only(merge(results), options);
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
    folder: string,
    { project, stack }: Unit,
    state: State | undefined,
    options: CheckOptions,
    run: RunOptions,
): Promise<CheckResult> {
    const projectFolder = project === undefined ? folder : resolve(workspace.root, project.dir);
    const named = parseStackName(options.stack ?? state?.stack ?? "", options.tag);
    const identity = {
        ...named,
        project: project?.name ?? named.project ?? state?.project,
        stack: stack?.name ?? (named.stack || undefined),
    };
    const [pack, evaluation] = await Promise.all([
        RunningPack.start(packageRoot, identity, {
            PWD: projectFolder,
            ...(project === undefined ? { SECURITY_BASELINE_PROJECT_DIR: folder } : {}),
            ...(state?.secretsProvider === undefined
                ? {}
                : {
                      SECURITY_BASELINE_STATE: JSON.stringify({
                          file: options.state,
                          secretsProvider: state.secretsProvider,
                      }),
                  }),
        }),
        resourcesOf(workspace, project, stack, state, {
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
        pack.knowProviders(evaluation.resources);
        for (const resource of judged) diagnostics.push(...(await pack.analyze(resource)));
        diagnostics.push(...(await pack.analyzeStack(judged)));
        const rules = [...new Set(diagnostics.map(({ rule }) => rule))];
        return {
            findings: diagnostics
                .filter(diagnostic => !isUndetermined(diagnostic))
                .map(diagnostic => toFinding(diagnostic, sourceOf)),
            notJudged: [...evaluation.notJudged, ...diagnostics.filter(isUndetermined).map(toNotJudged)],
            remediationSteps: Object.fromEntries(rules.map(rule => [rule, pack.remediationSteps(rule)])),
            resourceCount: judged.length,
        };
    } finally {
        pack.stop();
    }
}

async function resourcesOf(
    workspace: Workspace,
    project: Project | undefined,
    stack: StackOfProject | undefined,
    state: State | undefined,
    options: RunOptions,
): Promise<Evaluation> {
    if (state !== undefined) return state;
    if (project === undefined) {
        const subjects = workspace.projects.map(({ dir, name }) => dir || name || "program");
        const reason = "Programs of a whole repository are not run; check the project's own folder for its resources.";
        return { resources: [], notJudged: subjects.map(subject => ({ subject, reason })) };
    }
    return evaluate(workspace, project, stack, options);
}

function isUndetermined({ message }: Diagnostic): boolean {
    return message.startsWith(UNDETERMINED) || message.startsWith(SDK_UNDETERMINED);
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

/** Several stacks of one project share its files; what is said of them is said once, at the strictest level. */
function merge(results: readonly CheckResult[]): CheckResult {
    const once = <T>(items: readonly T[], key: (item: T) => unknown) => [
        ...new Map(items.map(item => [JSON.stringify(key(item)), item])).values(),
    ];
    const findings = results.flatMap(result => result.findings);
    const byLevel = (level: Finding["enforcementLevel"]) =>
        findings.filter(({ enforcementLevel }) => enforcementLevel === level);
    return {
        findings: once([...byLevel("advisory"), ...byLevel("mandatory")], ({ rule, message, urn }) => [
            rule,
            message,
            urn,
        ]),
        notJudged: once(
            results.flatMap(result => result.notJudged),
            item => item,
        ),
        remediationSteps: Object.assign({}, ...results.map(result => result.remediationSteps)),
        resourceCount: results.reduce((sum, result) => sum + result.resourceCount, 0),
    };
}
