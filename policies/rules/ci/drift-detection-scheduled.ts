import { posix } from "node:path";
import { z } from "zod";
import { nist } from "../../kit/controls";
import { globs } from "../../kit/pattern";
import { hasProject } from "../../kit/project/absence";
import { PRODUCTION_STACKS, projectDir } from "../../kit/project/common-settings";
import type { FileValue } from "../../kit/project/file-value";
import type { Project, Workspace } from "../../kit/project/workspace";
import type { Problem, Report } from "../../kit/report";
import { projectRule } from "../../kit/rule";
import { scheduleFacts } from "../../pipelines/events";
import { type Job, type Pipeline, runsWhen, type Step, skippedJobs } from "../../pipelines/pipeline";
import { PIPELINE_BUDGET } from "../../pipelines/pipeline-budget";
import type { PulumiCall } from "../../pipelines/pulumi-call";
import { pipelinesOf } from "../../pipelines/read-pipelines";
import { isCron, longestGapHours } from "./drift-detection-scheduled/cron";

const Settings = z.strictObject({
    projectDir,
    productionStacks: z
        .array(z.string().min(1))
        .min(1)
        .default([...PRODUCTION_STACKS])
        .describe("Names of the stacks whose drift must be detected, as patterns."),
    maxIntervalHours: z
        .number()
        .positive()
        .default(24)
        .describe("Longest time between two runs of the detection, in hours."),
    managedBy: z
        .enum(["workflow", "pulumi-cloud"])
        .default("workflow")
        .describe(
            "What detects drift: a scheduled workflow in the repository, or the drift schedules of Pulumi Cloud, which no file shows.",
        ),
});

type Settings = z.output<typeof Settings>;

/**
 * What was changed by hand stays until something looks: an opened firewall, a disabled log. A scheduled refresh that
 * expects no changes finds it within a day.
 *
 * Detection is a `refresh`, or a `preview` that refreshes, which expects no changes, and whose failure is seen: it fails
 * the run, of which GitHub tells by mail, or a later step looks at its outcome. After `continue-on-error` a step counts
 * as succeeded for `failure()` and `conclusion`; only `outcome` tells.
 * Source: Pulumi CLI reference, `pulumi refresh`; GitHub Docs, "Events that trigger workflows" (schedule), "Contexts
 * reference" (steps).
 */
export const rule = projectRule({
    name: "drift-detection-scheduled",
    title: "Drift of production is detected daily",
    description:
        "A scheduled workflow must refresh each production stack, expect no changes and raise an alert when there are some.",
    severity: "medium",
    enforcementLevel: "advisory",
    tags: ["ci", "github", "gitlab", "drift"],
    controls: nist("CM-6(1)"),
    remediationSteps: [
        "Add a workflow with `on: schedule` that runs `pulumi refresh --preview-only --expect-no-changes` on the stack.",
        "Let the run fail on drift, or add a step that alerts when the outcome of that step is failure.",
    ],
    url: "https://www.pulumi.com/docs/iac/cli/commands/pulumi_refresh/",
    settings: Settings,
    judge(workspace, settings, report) {
        if (!hasProject(workspace, report)) return;
        if (settings.managedBy === "pulumi-cloud") {
            report.notApplicable("Pulumi Cloud detects the drift, as the setting `managedBy` says.");
        }
        const isProduction = globs(settings.productionStacks);
        const stacks = workspace.projects.flatMap(project =>
            project.stacks.filter(({ name }) => isProduction(name)).map(stack => ({ project, stack })),
        );
        if (stacks.length === 0)
            report.notApplicable("No stack is one for production by the setting `productionStacks`.");
        const { pipelines, problems, unread } = pipelinesOf(workspace);
        for (const { at, message } of problems) report.undetermined(at, message);
        const checks = pipelines.flatMap(pipeline => driftChecksIn(pipeline, settings, report));
        for (const { project, stack } of stacks) {
            const own = checks.flatMap(check => {
                const match = matches(check, stack.name, project, workspace);
                return match === "no" ? [] : [{ ...check, match }];
            });
            judgeStack({ file: stack.path }, stack.name, own, unread.length > 0, settings, report);
        }
        for (const { at, message } of unread) report.undetermined(at, message);
    },
});

/** A call that looks for drift, or could. */
interface DriftCheck {
    readonly call: PulumiCall;
    readonly job: Job;
    readonly pipeline: Pipeline;
    readonly isScheduled: boolean;
    /** What keeps it from being a detection. */
    readonly problems: readonly Problem[];
}

function driftChecksIn(pipeline: Pipeline, settings: Settings, report: Report): DriftCheck[] {
    const { schedule } = pipeline;
    const reaching = schedulesReaching(pipeline, report);
    const alerts = alertsIn(pipeline);
    const problemsOf = new Map<readonly FileValue[], Problem[]>();
    const intervalProblems = (starting: readonly FileValue[]) => {
        if (schedule === undefined) return [];
        const known = problemsOf.get(starting) ?? scheduleProblems(schedule.at, starting, settings);
        problemsOf.set(starting, known);
        return known;
    };
    return pipeline.jobs.flatMap(job =>
        job.steps.flatMap((step, index) =>
            step.calls.flatMap((call): DriftCheck[] => {
                const isRefresh = call.operation === "refresh" || (call.operation === "preview" && call.refreshes);
                if (!isRefresh) return [];
                const starting = reaching(job, step);
                const isStarted = schedule !== undefined && (starting.length > 0 || schedule.crons.length === 0);
                const problems = [
                    ...(isStarted ? intervalProblems(starting) : []),
                    ...alertProblems(call, job, () => alerts(job, index)),
                ];
                return [{ call, job, pipeline, isScheduled: isStarted, problems }];
            }),
        ),
    );
}

/** Tells the schedules whose runs reach a step: for the same ones the same array. */
function schedulesReaching(pipeline: Pipeline, report: Report): (job: Job, step: Step) => readonly FileValue[] {
    const { schedule } = pipeline;
    const crons = schedule?.crons ?? [];
    const conditions = pipeline.jobs.flatMap(job => [job, ...job.steps].flatMap(one => one.conditions));
    const isTooMuch = crons.length * conditions.length > PIPELINE_BUDGET.conditions;
    if (schedule !== undefined && isTooMuch) {
        const message =
            `has ${crons.length} schedules for a workflow with ${conditions.length} conditions; which schedule reaches which ` +
            `step is not judged beyond ${PIPELINE_BUDGET.conditions} of both together, and each is taken to reach all that one can; split it.`;
        report.undetermined(schedule.at, message);
    }
    const groups = isTooMuch ? [crons] : crons.map(cron => [cron]);
    const runs = groups.map(group => {
        const facts = scheduleFacts(group.length === 1 ? group[0]?.string() : undefined);
        return { group, facts, skipped: skippedJobs(pipeline, facts) };
    });
    const known = new Map<string, readonly FileValue[]>();
    return (job, step) => {
        const reached = [...runs.entries()].filter(
            ([, { facts, skipped }]) => !skipped.has(job) && runsWhen(step, facts) !== "never",
        );
        const key = reached.map(([index]) => index).join();
        const starting = known.get(key) ?? reached.flatMap(([, { group }]) => group);
        known.set(key, starting);
        return starting;
    };
}

/** What is wrong with how often some schedules of a workflow start it together. */
function scheduleProblems(schedule: FileValue, crons: readonly FileValue[], { maxIntervalHours }: Settings): Problem[] {
    const [first = schedule] = crons;
    if (crons.every(({ isMissing }) => isMissing))
        return [{ at: schedule, message: "has no `cron`, so it never starts; expected one a day." }];
    const invalid = crons.find(cron => !isCron(cron.string() ?? ""));
    if (invalid !== undefined) {
        const shown = invalid.isMap || invalid.isList ? "no text" : `\`${String(invalid.scalar())}\``;
        return [{ at: invalid, message: `is ${shown}, which is no cron expression of five fields.` }];
    }
    const texts = crons.flatMap(cron => cron.string() ?? []);
    const hours = longestGapHours(texts) ?? Number.POSITIVE_INFINITY;
    if (hours <= maxIntervalHours) return [];
    const gap = Number.isFinite(hours) ? `${Number(hours.toFixed(1))} hours` : "more than a year";
    const message = `is \`${texts.join("`, `")}\`, which leaves up to ${gap} between two runs; expected at most ${maxIntervalHours} hours.`;
    return [{ at: first, message }];
}

/** Why nobody hears of the drift that a call finds. */
function alertProblems(call: PulumiCall, job: Job, isWatched: () => boolean): Problem[] {
    if (!call.expectsNoChanges) {
        const message =
            "looks for drift but succeeds when there is some; expected it to expect no changes (`--expect-no-changes`).";
        return [{ at: call.at, message }];
    }
    const isIgnored = call.isFailureIgnored || job.isFailureIgnored;
    if (!isIgnored || isWatched()) return [];
    const message =
        "goes on when it finds drift, and no later step looks at its `outcome`, so nobody is told; expected the run to " +
        "fail, or a step with `if: steps.<id>.outcome == 'failure'` that alerts.";
    return [{ at: call.at, message }];
}

/** Tells whether a step or job after one looks at its result, so that it can alert. */
function alertsIn(pipeline: Pipeline): (job: Job, index: number) => boolean {
    /** Jobs that another needs which looks at some output. */
    const watched = new Set(
        pipeline.jobs
            .filter(({ conditions }) => conditions.some(condition => /needs\.[\w-]+\.outputs\./.test(condition)))
            .flatMap(({ needs }) => needs),
    );
    const readers = new Map<Job, ReadonlyMap<string, number>>();
    return (job, index) => {
        const last = readers.get(job) ?? lastReadersOfResults(job);
        readers.set(job, last);
        return (last.get(job.steps[index]?.id ?? "") ?? -1) > index || watched.has(job.name);
    };
}

/** The last step that looks at the outcome or an output of a step, by that step's id. */
function lastReadersOfResults({ steps }: Job): ReadonlyMap<string, number> {
    const last = new Map<string, number>();
    for (const [index, { conditions }] of steps.entries()) {
        const condition = conditions.join(" && ");
        for (const match of condition.matchAll(/\bsteps(?:\.|\[')([\w-]+)(?:'\])?\.(outcome|outputs)/g)) {
            const [whole, id = "", kind] = match;
            const rest = condition.slice(match.index + whole.length, match.index + whole.length + 50);
            if (kind === "outputs" || /^\s*(==\s*'failure'|!=\s*'success')/.test(rest)) last.set(id, index);
        }
    }
    return last;
}

/** Whether a call is about a stack; `unknown` where the stack or folder is known only at run time. */
function matches({ call }: DriftCheck, name: string, project: Project, workspace: Workspace): "yes" | "no" | "unknown" {
    const folder = posix.normalize(call.dir ?? ".").replace(/^\.$|\/$/g, "");
    // A folder without a project, or one that a variable names, tells nothing about which project it is.
    if (!/[$~]/.test(folder) && folder !== project.dir && isProjectFolder(folder, workspace)) return "no";
    const { stack } = call;
    if (stack === undefined || stack === "" || /\$/.test(stack)) return "unknown";
    const parts = stack.split("/");
    if (parts.at(-1) !== name) return "no";
    return parts.length === 3 && project.name !== undefined && parts[1] !== project.name ? "no" : "yes";
}

function isProjectFolder(folder: string, workspace: Workspace): boolean {
    return ["yaml", "yml", "json"].some(
        ending => workspace.text(posix.join(folder, `Pulumi.${ending}`)).text !== undefined,
    );
}

interface StackDriftCheck extends DriftCheck {
    readonly match: "yes" | "unknown";
}

function judgeStack(
    at: { file: string },
    name: string,
    checks: readonly StackDriftCheck[],
    isUnreadLeft: boolean,
    { maxIntervalHours }: Settings,
    report: Report,
): void {
    const scheduled = checks.filter(({ isScheduled }) => isScheduled);
    const sure = scheduled.filter(({ match }) => match === "yes");
    const good = sure.find(({ problems }) => problems.length === 0);
    if (good !== undefined) {
        if (good.call.operation !== "refresh" || good.call.isPreviewOnly) return;
        const message =
            "writes the drift into the state before it fails, so the next run finds none; `--preview-only` leaves it to be found.";
        report.note(good.call.at, message);
        return;
    }
    const maybe = scheduled.find(({ match, problems }) => match === "unknown" && problems.length === 0);
    if (maybe !== undefined) {
        const message = `looks for drift on stacks that are known only when it runs; whether \`${name}\` is one of them is not known.`;
        report.undetermined(maybe.call.at, message);
        return;
    }
    const [best] = [...(sure.length > 0 ? sure : scheduled)].sort((a, b) => a.problems.length - b.problems.length);
    if (best !== undefined) {
        for (const problem of best.problems) report.violation(problem.at, problem.message);
        return;
    }
    const inGitlab = checks.find(({ pipeline, problems }) => pipeline.service === "gitlab" && problems.length === 0);
    if (inGitlab !== undefined) {
        report.undetermined(
            inGitlab.call.at,
            "looks for drift; GitLab keeps its schedule in its settings, not in a file.",
        );
        return;
    }
    if (isUnreadLeft) {
        report.undetermined(
            at,
            `whether drift of stack \`${name}\` is looked for is not known, since not all of the pipelines is read.`,
        );
        return;
    }
    const [unscheduled] = checks;
    const other =
        unscheduled === undefined
            ? ""
            : `; job \`${unscheduled.job.name}\` (${unscheduled.call.at.file}:${unscheduled.call.at.line}) looks for it, but on no schedule`;
    const message =
        `drift of stack \`${name}\` is looked for by no scheduled workflow${other}; expected one at least every ` +
        `${maxIntervalHours} hours that runs \`pulumi refresh --preview-only --expect-no-changes\` on it.`;
    report.violation(at, message);
}
