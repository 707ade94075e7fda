import type { Problem } from "../../../kit/report";
import { type Pipeline, runsPulumi, type Step } from "../../../pipelines/pipeline";
import type { PipelineAspect } from "./aspect";
import { isManagedIdentity } from "./logins";

/** A login by OIDC lasts as long as the job, and no longer. GitLab's stored keys need no mention in the file. */
export const oidcLogin: PipelineAspect = {
    id: "oidc-login",
    description: "Jobs that run Pulumi log in to the cloud by OIDC.",
    severity: "high",
    judge: loginsWithoutOidc,
};

function loginsWithoutOidc(pipeline: Pipeline): Problem[] {
    return pipeline.jobs.filter(runsPulumi).flatMap(job => {
        if (pipeline.service === "github") return job.steps.flatMap(loginProblem);
        if (job.hasIdTokens) return [];
        const message = "has no `id_tokens`, so it logs in with keys that GitLab stores; expected a login by OIDC.";
        return [{ at: job.at, message }];
    });
}

/** Whether the keys that a login is given are too short for any, as those for an emulator. Source: IAM API Reference, "AccessKey". */
function isForEmulator(inputs: Step["inputs"]): boolean {
    return /^\w{1,15}$/.test(String(inputs.get("aws-access-key-id")?.scalar() ?? "").trim());
}

function loginProblem({ action, inputs, uses }: Step): Problem[] {
    const has = (name: string) => String(inputs.get(name)?.scalar() ?? "").trim() !== "";
    const missing = (message: string): Problem[] => [{ at: uses, message }];
    switch (action) {
        case "aws-actions/configure-aws-credentials":
            return has("role-to-assume") || isForEmulator(inputs)
                ? []
                : missing("assumes no role by OIDC; expected `role-to-assume`.");
        case "google-github-actions/auth":
            return has("workload_identity_provider")
                ? []
                : missing("logs in without workload identity; expected `workload_identity_provider`.");
        case "azure/login":
            if (has("creds"))
                return missing("logs in with `creds`; expected `client-id`, `tenant-id` and `subscription-id`.");
            if (isManagedIdentity(inputs)) return [];
            return has("client-id") && has("tenant-id")
                ? []
                : missing("logs in without a federated credential; expected `client-id` and `tenant-id`.");
        default:
            return [];
    }
}
