import type { FileValue } from "../../../kit/project/file-value";
import type { Workspace } from "../../../kit/project/workspace";
import type { Problem } from "../../../kit/report";
import { withoutEndingSlashes } from "../../../pipelines/folders";
import { callsOf, type Job, jobsAfter, type Pipeline, type Step } from "../../../pipelines/pipeline";
import { callsIn, type PulumiCall, runsProgram } from "../../../pipelines/pulumi-call";
import type { Command } from "../../../pipelines/shell";
import type { PipelineAspect } from "./aspect";
import { isSilent, isSilentAction } from "./audit-results";

/** Languages of programs, as `runtime` in Pulumi.yaml names them, with what audits their dependencies. */
const COMMANDS: Readonly<Record<string, readonly Audit[]>> = {
    nodejs: [
        { tool: /\b(npm|pnpm|bun) /g, audit: /(^| )audit\b/, other: /\b(fix|signatures)\b/g },
        { tool: /\byarn /g, audit: /(^| )audit\b/ },
        { tool: /\b(audit-ci|better-npm-audit|npm-audit-resolver)\b/g },
    ],
    python: [
        { tool: /\bpip[-_]audit\b/g },
        { tool: /\bsafety (check|scan)\b/g },
        { tool: /\buv /g, audit: /(^| )audit\b/ },
        { tool: /\bpipenv (check|audit)\b/g },
    ],
    go: [{ tool: /\bgovulncheck\b/g }, { tool: /\bnancy sleuth\b/g }],
    dotnet: [{ tool: /\bdotnet (list|package)\b/g, audit: /--vulnerable\b/ }],
    java: [{ tool: /dependency-check/g }, { tool: /dependencyCheck/g }, { tool: /ossindex/gi }],
};

/** How a command that audits looks: one long pattern for it would take time in the square of the command's length. */
interface Audit {
    readonly tool: RegExp;
    /** What the tool must be told to do; nothing where it does nothing else. */
    readonly audit?: RegExp;
    /** Words behind the tool with which it does something else. */
    readonly other?: RegExp;
}

function isAuditBy({ tool, audit, other }: Audit, text: string): boolean {
    const lastOther = other === undefined ? 0 : ([...text.matchAll(other)].at(-1)?.index ?? 0);
    for (const { index, 0: found } of text.matchAll(tool)) {
        const end = index + found.length;
        // The first tool behind all other words has most behind it.
        if (end > lastOther) return audit?.test(text.slice(end)) ?? true;
    }
    return false;
}

const FOR_ALL = /\b(osv-scanner|trivy (fs|filesystem|repo|rootfs)|grype|snyk test|dependency-check(\.sh)?)\b/;

const ACTIONS: Readonly<Record<string, readonly string[]>> = {
    nodejs: [],
    python: ["pypa/gh-action-pip-audit"],
    go: ["golang/govulncheck-action"],
    dotnet: [],
    java: ["dependency-check/dependency-check_action"],
};

const ACTIONS_FOR_ALL =
    /^(actions\/dependency-review-action|google\/osv-scanner(-action)?(\/.*)?|aquasecurity\/trivy-action|snyk\/actions(\/.*)?|anchore\/scan-action)$/;

/** What to run, by language. */
const SUGGESTIONS: Readonly<Record<string, string>> = {
    nodejs: "`npm audit`",
    python: "`pip-audit`",
    go: "`govulncheck ./...`",
    dotnet: "`dotnet list package --vulnerable`",
    java: "OWASP dependency-check",
};

/** A program runs with its dependencies, in a job that holds the credentials of the cloud. */
export const dependencyAudit: PipelineAspect = {
    id: "dependency-audit",
    description: "Dependencies are audited for known vulnerabilities before a program runs.",
    severity: "medium",
    judge: (pipeline, _settings, { workspace }) => withoutAudit(pipeline, workspace),
};

function withoutAudit(pipeline: Pipeline, workspace: Workspace): Problem[] {
    const afterProgram = jobsAfter(pipeline, job => callsOf(job).some(runsProgram));
    const auditBefore = auditsBefore(pipeline, workspace);
    return pipeline.jobs.flatMap(job => {
        const call = callsOf(job).find(runsProgram);
        // A job it needs that runs the program too is judged itself.
        if (call === undefined || afterProgram.has(job)) return [];
        const runtimes = runtimesOf(call, workspace).filter(hasDependencies);
        if (runtimes.length === 0) return [];
        const verdict = auditBefore(job, runtimes);
        if (verdict === "yes") return [];
        const observed =
            verdict === "no"
                ? "without an audit of the dependencies before it"
                : "after an audit of the dependencies whose failure is ignored";
        const message = `runs \`pulumi ${call.operation}\` ${observed}; expected ${auditFor(runtimes)} first, in this job or one it needs.`;
        return [{ at: job.at, message }];
    });
}

/** Languages of the program that a call runs; where its folder tells nothing, those of all projects that are judged. */
function runtimesOf({ dir = "" }: PulumiCall, workspace: Workspace): string[] {
    const folder = withoutEndingSlashes(dir.replace(/^\.\/?/, ""));
    const runtime = workspace.yaml(folder === "" ? "Pulumi.yaml" : `${folder}/Pulumi.yaml`).content.get("runtime");
    const named = runtime.string() ?? runtime.get("name").string();
    if (named !== undefined) return [named];
    return [...new Set(workspace.projects.flatMap(project => project.runtime ?? []))];
}

/** Languages whose programs have dependencies to audit. YAML programs have none. */
function hasDependencies(runtime: string): boolean {
    return Object.hasOwn(COMMANDS, runtime);
}

/** A suggestion for the languages: `` `npm audit` or `osv-scanner` ``. */
function auditFor(runtimes: readonly string[]): string {
    return [...runtimes.flatMap(runtime => SUGGESTIONS[runtime] ?? []), "`osv-scanner`"].join(" or ");
}

type Verdict = "yes" | "no" | "ignored";

/**
 * Tells of the jobs of a pipeline whether their dependencies are audited before they first run a program; `ignored` when the
 * audit cannot fail.
 */
function auditsBefore(pipeline: Pipeline, workspace: Workspace): (job: Job, runtimes: readonly string[]) => Verdict {
    const known = new Map<string, Readonly<Record<"audited" | "ignored", ReadonlySet<Job>>>>();
    return (job, runtimes) => {
        const key = runtimes.join(" ");
        const after = known.get(key) ?? {
            audited: jobsAfter(pipeline, before => verdictOf(before, runtimes, workspace) === "yes"),
            ignored: jobsAfter(pipeline, before => verdictOf(before, runtimes, workspace) === "ignored"),
        };
        known.set(key, after);
        if (after.audited.has(job)) return "yes";
        const own = verdictWithin(job, runtimes, workspace);
        return own === "no" && after.ignored.has(job) ? "ignored" : own;
    };
}

/** Whether a job audits the dependencies for those that need it. */
function verdictOf(job: Job, runtimes: readonly string[], workspace: Workspace): Verdict {
    const uses = job.uses.string() ?? "";
    if (ACTIONS_FOR_ALL.test((uses.split("@")[0] ?? "").toLowerCase()))
        return isOff(job.inputs.get("fail-on-vuln")) ? "ignored" : "yes";
    const audits = job.steps.flatMap(step => auditsOf(step, runtimes, workspace));
    if (audits.some(audit => !audit.isFailureIgnored && !job.isFailureIgnored)) return "yes";
    return audits.length > 0 ? "ignored" : "no";
}

/** Whether a job audits the dependencies before it first runs a program itself. */
function verdictWithin({ steps }: Job, runtimes: readonly string[], workspace: Workspace): Verdict {
    let verdict: Verdict = "no";
    for (const step of steps) {
        for (const audit of auditsOf(step, runtimes, workspace)) {
            if (!audit.isFailureIgnored) return "yes";
            verdict = "ignored";
        }
        if (step.calls.some(runsProgram)) return verdict;
    }
    return verdict;
}

/** The audits of a step that come before it runs a program. */
function auditsOf(
    step: Step,
    runtimes: readonly string[],
    workspace: Workspace,
): { readonly isFailureIgnored: boolean }[] {
    const { action, commands, isFailureIgnored } = step;
    if (ACTIONS_FOR_ALL.test(action) || runtimes.some(runtime => ACTIONS[runtime]?.includes(action))) {
        return [{ isFailureIgnored: isFailureIgnored || isSilentAction(step, workspace) }];
    }
    const program = commands.findIndex(command => callsIn(command, step.script).some(runsProgram));
    const lastEnd = commands.findLastIndex(({ words }) => words.some(word => /^(exit|return|false)$/.test(word)));
    // What an `if` does about a failure is not followed; where nothing behind it ends the script, that goes on.
    const withoutEnd = new Set(commands.slice(Math.max(lastEnd, 0)));
    const isOnlyAsked = (command: Step["commands"][number]) =>
        /^(if|elif|while|until)$/.test(command.words[0] ?? "") && withoutEnd.has(command);
    return commands
        .slice(0, program === -1 ? undefined : program)
        .filter(command => isAudit(command, runtimes))
        .map(command => ({
            isFailureIgnored:
                isFailureIgnored ||
                command.isFailureIgnored ||
                isOnlyAsked(command) ||
                isSilent(command.words.join(" "), step, workspace),
        }));
}

function isOff(value: FileValue | undefined): boolean {
    return String(value?.scalar()) === "false";
}

function isAudit({ words }: Command, runtimes: readonly string[]): boolean {
    const text = words.join(" ");
    if (/^(echo|printf|(npm|pnpm|yarn|bun|pip3?|pipx|brew|uv tool|go|cargo) (install|i|add)\b)/.test(text))
        return false;
    return FOR_ALL.test(text) || runtimes.some(runtime => COMMANDS[runtime]?.some(audit => isAuditBy(audit, text)));
}
