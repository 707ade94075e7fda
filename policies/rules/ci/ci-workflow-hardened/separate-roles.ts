import type { Problem } from "../../../kit/report";
import { proposalFacts } from "../../../pipelines/events";
import { applies, callsOf, type Job, type Pipeline, runsWhen, skippedJobs } from "../../../pipelines/pipeline";
import { isPreview } from "../../../pipelines/pulumi-call";
import type { PipelineAspect, Repository } from "./aspect";
import { identitiesOf } from "./logins";

/** A preview runs code that nobody has reviewed; as whom it runs decides what that code can do. */
export const separateRoles: PipelineAspect = {
    id: "separate-roles",
    description: "Jobs that preview do not have the role with which others apply.",
    severity: "high",
    judge: (pipeline, _settings, repository) => sharedRoles(pipeline, repository),
};

/** Jobs that apply as somebody whom jobs that only look can be too. */
function sharedRoles(pipeline: Pipeline, { pipelines }: Repository): Problem[] {
    const previewsProposal = proposalPreviews(pipeline);
    const viewerWith = viewers.get(pipelines) ?? viewersIn(pipelines);
    viewers.set(pipelines, viewerWith);
    return pipeline.jobs.filter(applies).flatMap(job => {
        const roles = new Set(identitiesOf(job));
        if (roles.size === 0) return [];
        if (roles.size === 1 && previewsProposal(job)) {
            const message =
                "previews proposed changes with the role that it applies with; expected a job of its own for the preview, " +
                "with a role that can only read.";
            return [{ at: job.at, message }];
        }
        const viewer = viewerWith(roles, job);
        if (viewer === undefined) return [];
        const { role, job: other } = viewer;
        const message =
            `applies as \`${role}\`, as whom job \`${other.name}\` (${other.at.file}:${other.at.line}) previews; ` +
            "expected another role for the preview, which can only read.";
        return [{ at: job.at, message }];
    });
}

/** A job that only looks, as somebody. */
interface Viewer {
    readonly role: string;
    readonly job: Job;
    /** Its place among all that look. */
    readonly order: number;
}

const viewers = new WeakMap<readonly Pipeline[], ReturnType<typeof viewersIn>>();

/** Finds the first job that only looks, and has one of some roles as surely as a job that applies has. */
function viewersIn(pipelines: readonly Pipeline[]): (roles: ReadonlySet<string>, job: Job) => Viewer | undefined {
    const first = new Map<string, Viewer>();
    const keyOf = (role: string, job: Job) => JSON.stringify([role, canDiffer(role) ? environmentOf(job) : ""]);
    const looking = pipelines
        .flatMap(({ jobs }) => jobs)
        .filter(job => !applies(job) && callsOf(job).some(call => isPreview(call) || call.operation === "refresh"));
    let order = 0;
    for (const job of looking) {
        for (const role of identitiesOf(job)) {
            const key = keyOf(role, job);
            if (!first.has(key)) first.set(key, { role, job, order });
            order += 1;
        }
    }
    return (roles, job) =>
        [...roles].flatMap(role => first.get(keyOf(role, job)) ?? []).sort((a, b) => a.order - b.order)[0];
}

/** Whether an expression or variable can have different values where jobs belong to different environments. */
function canDiffer(role: string): boolean {
    return /\$[A-Z{]/.test(role);
}

function environmentOf({ environment }: Job): string {
    return String(environment.scalar() ?? "");
}

/** Events that bring code which is not merged yet. */
const PROPOSALS = ["pull_request", "pull_request_target", "merge_group"];

/** Tells the jobs that preview in runs which somebody's proposal starts. */
function proposalPreviews(pipeline: Pipeline): (job: Job) => boolean {
    if (pipeline.service === "gitlab")
        return job => /merge_request/.test(job.conditions.join(" && ")) && callsOf(job).some(isPreview);
    const runs = PROPOSALS.filter(event => pipeline.triggers.has(event)).map(event => {
        const facts = proposalFacts(event);
        return { facts, skipped: skippedJobs(pipeline, facts) };
    });
    return job =>
        runs.some(
            ({ facts, skipped }) =>
                !skipped.has(job) &&
                job.steps.some(step => step.calls.some(isPreview) && runsWhen(step, facts) !== "never"),
        );
}
