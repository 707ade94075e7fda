import type { Problem } from "../../../kit/report";
import { callsOf, type Job, jobsAfter, type Pipeline } from "../../../pipelines/pipeline";
import { isPreview } from "../../../pipelines/pulumi-call";
import type { AspectSettings, PipelineAspect } from "./aspect";

/** What a policy pack does not see before it is applied is found afterwards, if at all. */
export const policyPack: PipelineAspect = {
    id: "policy-pack",
    description: "A preview, or an update without one, runs with a policy pack.",
    severity: "medium",
    judge: withoutPolicyPack,
};

function withoutPolicyPack(pipeline: Pipeline, { hasOrganizationPolicies }: AspectSettings): Problem[] {
    if (hasOrganizationPolicies) return [];
    const previews = (job: Job) => callsOf(job).some(isPreview);
    const afterPreview = jobsAfter(pipeline, previews);
    return pipeline.jobs.flatMap(job => {
        // An update after a preview is judged by that preview.
        const hasPreview = previews(job) || afterPreview.has(job);
        return callsOf(job)
            .filter(call => isPreview(call) || (call.operation === "up" && !hasPreview))
            .filter(call => !call.hasPolicyPack)
            .map(({ at, operation }) => ({
                at,
                message:
                    `runs \`pulumi ${operation}\` without a policy pack; expected \`--policy-pack\`, or \`policyPacks\` of ` +
                    "pulumi/actions, unless the organization enforces the pack (setting `hasOrganizationPolicies`).",
            }));
    });
}
