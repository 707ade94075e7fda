import picomatch from "picomatch";
import { callsOf, type Job, jobsAfter, type Pipeline, runsPulumi } from "../../../pipelines/pipeline";
import type { Problem } from "../../../pipelines/problem";
import { isApply, type PulumiCall } from "../../../pipelines/pulumi-call";
import type { AspectSettings, PipelineAspect } from "./aspect";

/** Whether the environment has reviewers stands in no file. */
export const protectedEnvironment: PipelineAspect = {
    id: "protected-environment",
    description: "Jobs that change a stack belong to an environment, or come after somebody's approval.",
    severity: "high",
    judge: withoutEnvironment,
};

function withoutEnvironment(pipeline: Pipeline, { stacksWithoutEnvironment }: AspectSettings): Problem[] {
    const isFree = picomatch([...stacksWithoutEnvironment]);
    const needsOne = (call: PulumiCall) =>
        isApply(call) && (call.stack === undefined || !isFree(call.stack.split("/").at(-1) ?? ""));
    const gated = jobsAfter(pipeline, job => isApproved(job) && !runsPulumi(job));
    return pipeline.jobs.flatMap(job => {
        const call = callsOf(job).find(needsOne);
        if (call === undefined || isApproved(job) || gated.has(job)) return [];
        const message =
            `runs \`pulumi ${call.operation}\` without an \`environment\`, so nobody has to approve it; expected an ` +
            "environment with required reviewers.";
        return [{ at: job.at, message }];
    });
}

/** Whether somebody has to approve a job itself: its environment's reviewers, or who starts it. */
function isApproved(job: Job): boolean {
    return hasEnvironment(job) || job.isManual;
}

function hasEnvironment({ environment }: Job): boolean {
    const name = environment.isMap ? environment.get("name") : environment;
    return String(name.scalar() ?? "").trim() !== "";
}
