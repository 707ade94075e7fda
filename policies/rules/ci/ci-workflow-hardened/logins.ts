import type { Job, Step } from "../../../pipelines/pipeline";

/** Whether a step asks GitHub for an OIDC token. */
export function usesOidc({ action, inputs }: Step): boolean {
    switch (action) {
        case "pulumi/auth-actions":
            return true;
        case "aws-actions/configure-aws-credentials":
            return inputs.has("role-to-assume") && !inputs.has("aws-access-key-id");
        case "google-github-actions/auth":
            return inputs.has("workload_identity_provider");
        case "azure/login":
            return inputs.has("client-id") && !inputs.has("creds");
        default:
            return false;
    }
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
