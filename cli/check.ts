import { resolve } from "node:path";
import { parseStackName } from "../policies/config/stack-identity";
import { type Project, type StackOfProject, Workspace } from "../policies/kit/project/workspace";
import { parseLocation, UNDETERMINED } from "../policies/kit/report";
import { packageRoot } from "../policies/package-root";
import { type Diagnostic, RunningPack } from "./engine/pack";
import { type Evaluation, evaluate } from "./engine/program";
import type { NotJudged, Resource } from "./engine/resources";
import type { SourcePosition } from "./engine/source-position";
import { readState, type State } from "./engine/state";

/** A violation or an advisory note. It is about a resource (`urn`), a file (`file`, `line`), or the stack as a whole. */
export interface Finding {
    readonly rule: string;
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
    readonly notJudged: readonly (NotJudged & { readonly rule?: string })[];
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
}

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
 * Throws `PackError` when the pack refuses its settings and `StateError` for a file that is no state export.
 */
export async function check(options: CheckOptions): Promise<CheckResult> {
    const folder = resolve(options.project);
    const state =
        options.state === undefined ? undefined : readState(options.state === "-" ? "-" : resolve(options.state));
    const stack = options.stack ?? state?.stack;
    const workspace = Workspace.open({ projectDir: folder, stack, project: undefined, calledFrom: folder });
    const [project, ...others] = workspace.projects;
    const units: Unit[] =
        project === undefined || others.length > 0
            ? [{ project: undefined, stack: undefined }]
            : project.stacks.length === 0
              ? [{ project, stack: undefined }]
              : project.stacks.map(stackOfProject => ({ project, stack: stackOfProject }));
    const results: CheckResult[] = [];
    for (const unit of units) results.push(await judge(workspace, folder, unit, state, options));
    return merge(results);
}

async function judge(
    workspace: Workspace,
    folder: string,
    { project, stack }: Unit,
    state: State | undefined,
    options: CheckOptions,
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
        resourcesOf(workspace, project, stack, state),
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
): Promise<Evaluation> {
    if (state !== undefined) return { resources: state.resources, notJudged: [] };
    if (project === undefined) {
        const subjects = workspace.projects.map(({ dir, name }) => dir || name || "program");
        const reason = "Programs of a whole repository are not run; check the project's own folder for its resources.";
        return { resources: [], notJudged: subjects.map(subject => ({ subject, reason })) };
    }
    return evaluate(workspace, project, stack);
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
    const base = { rule, severity, enforcementLevel, message };
    if (urn !== undefined) {
        const source = sourceOf(urn);
        return { ...base, urn, ...(source === undefined ? {} : { source }) };
    }
    const place = parseLocation(message);
    if (place === undefined) return base;
    return { ...base, file: place.file, ...(place.line === undefined ? {} : { line: place.line }) };
}

function toNotJudged({ rule, message, urn }: Diagnostic): NotJudged & { rule: string } {
    const text = message.startsWith(UNDETERMINED) ? message.slice(UNDETERMINED.length) : message;
    return { rule, subject: urn ?? parseLocation(text)?.file ?? "stack", reason: text };
}

/** Several stacks of one project share its files; what is said of them is said once. */
function merge(results: readonly CheckResult[]): CheckResult {
    const once = <T>(items: readonly T[]) => [...new Map(items.map(item => [JSON.stringify(item), item])).values()];
    return {
        findings: once(results.flatMap(result => result.findings)),
        notJudged: once(results.flatMap(result => result.notJudged)),
        remediationSteps: Object.assign({}, ...results.map(result => result.remediationSteps)),
        resourceCount: results.reduce((sum, result) => sum + result.resourceCount, 0),
    };
}
