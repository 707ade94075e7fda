import { proposalFacts } from "../../../pipelines/events";
import { applies, callsOf, type Job, type Pipeline, runsWhen, skippedJobs } from "../../../pipelines/pipeline";
import type { Problem } from "../../../pipelines/problem";
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
    return pipeline.jobs.filter(applies).flatMap(job => {
        const roles = new Set(identitiesOf(job));
        if (roles.size === 0) return [];
        if (roles.size === 1 && previewsProposal(job)) {
            const message =
                "previews proposed changes with the role that it applies with; expected a job of its own for the preview, " +
                "with a role that can only read.";
            return [{ at: job.at, message }];
        }
        for (const other of pipelines.flatMap(({ jobs }) => jobs)) {
            if (applies(other) || !callsOf(other).some(call => isPreview(call) || call.operation === "refresh"))
                continue;
            const shared = identitiesOf(other).find(role => roles.has(role) && !canDiffer(role, job, other));
            if (shared === undefined) continue;
            const message =
                `applies as \`${shared}\`, as whom job \`${other.name}\` (${other.at.file}:${other.at.line}) previews; ` +
                "expected another role for the preview, which can only read.";
            return [{ at: job.at, message }];
        }
        return [];
    });
}

/** Whether a secret or variable can have different values because the jobs belong to different environments. */
function canDiffer(role: string, job: Job, other: Job): boolean {
    const nameOf = ({ environment }: Job) =>
        String((environment.isMap ? environment.get("name") : environment).scalar() ?? "");
    return /\b(secrets|vars)\b|\$[A-Z{]/.test(role) && nameOf(job) !== nameOf(other);
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
