import type { Problem } from "../../../kit/report";
import { callsOf, type Pipeline } from "../../../pipelines/pipeline";
import { approvalIn } from "./approval";
import type { PipelineAspect } from "./aspect";

/** `protect: true` and enforced policies hold against whoever gets a change into the pipeline, unless the pipeline undoes them. */
export const keptProtection: PipelineAspect = {
    id: "kept-protection",
    description: "Protection from deletion and enforced policies are not switched off without somebody's approval.",
    severity: "high",
    judge: unprotected,
};

function unprotected(pipeline: Pipeline): Problem[] {
    const isApproved = approvalIn(pipeline);
    return pipeline.jobs
        .filter(job => !isApproved(job))
        .flatMap(callsOf)
        .flatMap(({ at, unprotects }) => {
            if (unprotects === undefined) return [];
            const message =
                `runs \`${unprotects}\`, which takes a protection away, without an \`environment\`, so nobody has to approve it; ` +
                "expected the protection to stay, or an environment with required reviewers.";
            return [{ at, message }];
        });
}
