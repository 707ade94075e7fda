import { z } from "zod";
import { isOwnedArn, reportIfOpen } from "../../kit/conditions";
import { securityHub } from "../../kit/controls";
import { readPolicyDocument } from "../../kit/policy-document";
import type { Report } from "../../kit/report";
import { resourceRule } from "../../kit/rule";
import type { Value } from "../../kit/value";

/** The property that holds each type's resource policy. Source: API documentation of @pulumi/aws 7.48. */
const POLICIES: Readonly<Record<string, string>> = {
    "aws:backup/vaultPolicy:VaultPolicy": "policy",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
    "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
    "aws:ecr/registryPolicy:RegistryPolicy": "policy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:iam/role:Role": "assumeRolePolicy",
    "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
    "aws:secretsmanager/secret:Secret": "policy",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
    "aws:sns/topic:Topic": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:sqs/queue:Queue": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
};

const PERMISSION = "aws:lambda/permission:Permission";

/** What ties a Lambda permission for everyone to a caller, and when it does. */
const TIES: Readonly<Record<string, (text: string) => boolean>> = {
    sourceAccount: text => text !== "",
    sourceArn: isOwnedArn,
    principalOrgId: text => text !== "",
};

/**
 * A policy that lets everyone in lets in every AWS account, often without signing in: whoever finds the name assumes the role,
 * pulls and pushes the image, reads the secret.
 *
 * A condition counts that ties the caller to an account, an organisation, a network or a resource. Not judged are policies
 * that are meant for everyone or guarded otherwise: of buckets and keys, which have rules of their own; of REST APIs, VPC
 * endpoints, file systems and search domains, where the network decides too.
 * Source: AWS IAM User Guide, "AWS JSON policy elements: Principal".
 */
export const rule = resourceRule({
    name: "resource-policies-not-public",
    title: "Policies of resources and roles do not let everyone in",
    description:
        "Roles, queues, topics, repositories, secrets, functions and the like must not be open to every AWS account by their policy.",
    severity: "high",
    enforcementLevel: "advisory",
    tags: ["aws", "iam", "public-access"],
    controls: securityHub("Lambda.1", "SNS.4", "SQS.3"),
    remediationSteps: [
        "Name the accounts, roles or services that need access as principals.",
        "Where the principal must be `*`, tie it to a caller, by `aws:SourceArn`, `aws:SourceAccount` or `aws:PrincipalOrgID`.",
    ],
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    settings: z.strictObject({}),
    types: [...Object.keys(POLICIES), PERMISSION],
    judge({ type, props }, _settings, report) {
        const property = POLICIES[type];
        if (property === undefined) judgePermission(props, report);
        else judgePolicy(props.get(property), report);
    },
});

function judgePolicy(property: Value, report: Report): void {
    const document = readPolicyDocument(property);
    if (document.state === "unknown")
        report.undetermined(property, "whom the policy lets in is unknown until the update.");
    // A malformed trust policy is what oidc-trust-policy-scoped reports.
    if (document.state === "malformed" && property.path !== "assumeRolePolicy") {
        report.violation(
            property,
            `${document.problem}, so whom it lets in cannot be seen; expected a policy document.`,
        );
    }
    if (document.state !== "read") return;
    for (const statement of document.statements) reportIfOpen(statement, report);
}

function judgePermission(props: Value, report: Report): void {
    const principal = props.get("principal");
    const isTied = Object.entries(TIES).some(([name, ties]) => {
        const value = props.get(name);
        return value.isUnknown || ties(value.string()?.trim() ?? "");
    });
    if (isTied) return;
    if (principal.isUnknown) report.undetermined(principal, "whom the permission is for is unknown until the update.");
    else if (principal.string()?.trim() === "*") {
        const action = props.get("action").show();
        report.violation(
            principal,
            `is "*", which allows ${action} to everyone; expected a named principal, or a source account or ARN.`,
        );
    }
}
