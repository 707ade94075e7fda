import { globs } from "../../../kit/pattern";
import type { Problem } from "../../../kit/report";
import { callsOf, type Pipeline } from "../../../pipelines/pipeline";
import { isApply, type PulumiCall } from "../../../pipelines/pulumi-call";
import { approvalIn } from "./approval";
import type { AspectSettings, PipelineAspect } from "./aspect";

/** Whether the environment has reviewers stands in no file. */
export const protectedEnvironment: PipelineAspect = {
    id: "protected-environment",
    description: "Jobs that change a stack belong to an environment, or come after somebody's approval.",
    severity: "high",
    judge: withoutEnvironment,
};

function withoutEnvironment(pipeline: Pipeline, { stacksWithoutEnvironment }: AspectSettings): Problem[] {
    const isFree = globs(stacksWithoutEnvironment);
    const needsOne = (call: PulumiCall) =>
        isApply(call) && (call.stack === undefined || !isFree(call.stack.replace(/^.*\//s, "")));
    const isApproved = approvalIn(pipeline);
    return pipeline.jobs.flatMap(job => {
        const call = callsOf(job).find(needsOne);
        if (call === undefined || isApproved(job)) return [];
        const message =
            `runs \`pulumi ${call.operation}\` without an \`environment\`, so nobody has to approve it; expected an ` +
            "environment with required reviewers.";
        return [{ at: job.at, message }];
    });
}
