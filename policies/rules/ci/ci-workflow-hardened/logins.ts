import type { Job, Step } from "../../../pipelines/pipeline";

/**
 * Whether a step asks GitHub for an OIDC token.
 * Source: READMEs of aws-actions/configure-aws-credentials (`role-chaining`, `web-identity-token-file`) and azure/login (`auth-type`).
 */
export function usesOidc({ action, inputs }: Step): boolean {
    const isOff = (name: string) => /^(false|)$/i.test(String(inputs.get(name)?.scalar() ?? "").trim());
    switch (action) {
        case "pulumi/auth-actions":
            return true;
        case "aws-actions/configure-aws-credentials":
            // The others take credentials that the runner has, or a token from a file.
            return (
                inputs.has("role-to-assume") &&
                !inputs.has("aws-access-key-id") &&
                !inputs.has("web-identity-token-file") &&
                isOff("role-chaining")
            );
        case "google-github-actions/auth":
            return inputs.has("workload_identity_provider");
        case "azure/login":
            return inputs.has("client-id") && !inputs.has("creds") && !isManagedIdentity(inputs);
        default:
            return false;
    }
}

/** Whether `azure/login` takes the runner's managed identity, which needs no token; also where an expression may say so. */
export function isManagedIdentity(inputs: Step["inputs"]): boolean {
    const type = String(inputs.get("auth-type")?.scalar() ?? "").trim();
    return type.includes("${{") || type.toUpperCase() === "IDENTITY";
}

/** The cloud identities that a job logs in as, such as role ARNs. */
export function identitiesOf(job: Job): string[] {
    const assumed = job.steps.flatMap(({ commands }) =>
        commands.flatMap(({ words }) => words.filter((_, index) => words[index - 1] === "--role-arn")),
    );
    const variables = ["AWS_ROLE_ARN", "ROLE_ARN"].flatMap(name => {
        const value = job.scope.variable(name)?.string();
        return value === undefined ? [] : job.scope.expand(value);
    });
    const logins = job.steps.flatMap(({ action, inputs, scope }) => {
        const values = (...names: string[]) => {
            const input = names.map(name => inputs.get(name)).find(value => value !== undefined);
            return input === undefined ? [] : scope.expand(String(input.scalar() ?? ""));
        };
        switch (action) {
            case "aws-actions/configure-aws-credentials":
                return values("role-to-assume");
            case "google-github-actions/auth":
                return values("service_account", "workload_identity_provider");
            case "azure/login":
                return values("client-id");
            default:
                return [];
        }
    });
    return [...new Set([...logins, ...assumed, ...variables])];
}
