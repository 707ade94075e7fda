import { rule } from "../../../policies/rules/iam/resource-policies-not-public";
import { UNKNOWN } from "../../support/engine-args";
import { testResourceRule } from "../../support/test-rule";

const QUEUE = "aws:sqs/queuePolicy:QueuePolicy";
const REPOSITORY = "aws:ecr/repositoryPolicy:RepositoryPolicy";
const ROLE = "aws:iam/role:Role";
const PERMISSION = "aws:lambda/permission:Permission";

const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: unknown, more: object = {}) => ({ Effect: "Allow", Principal: "*", Action, ...more });
const from = (key: string, value: unknown, operator = "StringEquals") => ({
    Condition: { [operator]: { [key]: value } },
});
const open = (action: string) =>
    `allows "${action}" to everyone without a condition that restricts the caller; expected named principals.`;

testResourceRule(rule, {
    valid: [
        {
            name: "a role for a service",
            type: ROLE,
            props: {
                assumeRolePolicy: document(allow("sts:AssumeRole", { Principal: { Service: "ec2.amazonaws.com" } })),
            },
        },
        { name: "a malformed trust policy, which another rule reports", type: ROLE, props: { assumeRolePolicy: "{" } },
        {
            name: "a role for every principal of an organisation",
            type: ROLE,
            props: { assumeRolePolicy: document(allow("sts:AssumeRole", from("aws:PrincipalOrgID", "o-a1b2c3d4e5"))) },
        },
        {
            name: "a queue that a bucket sends to, as AWS documents it",
            type: QUEUE,
            props: {
                policy: document(
                    allow("sqs:SendMessage", from("aws:SourceArn", "arn:aws:s3:::acme-uploads", "ArnEquals")),
                ),
            },
        },
        {
            name: "a topic's default policy, tied to its owner",
            type: "aws:sns/topicPolicy:TopicPolicy",
            props: {
                policy: document(
                    allow("SNS:Publish", { Principal: { AWS: "*" }, ...from("AWS:SourceOwner", "123456789012") }),
                ),
            },
        },
        {
            name: "a topic that everyone may subscribe one queue to",
            type: "aws:sns/topic:Topic",
            props: {
                policy: document(
                    allow(
                        "SNS:Subscribe",
                        from("SNS:Endpoint", "arn:aws:sqs:eu-west-1:123456789012:orders", "StringLike"),
                    ),
                ),
            },
        },
        {
            name: "a Deny for everyone",
            type: "aws:secretsmanager/secretPolicy:SecretPolicy",
            props: { policy: document(allow("secretsmanager:*", { Effect: "Deny" })) },
        },
        { name: "a queue that has no policy of its own", type: "aws:sqs/queue:Queue", props: {} },
        {
            name: "a policy that is unknown in a preview",
            type: QUEUE,
            props: { policy: UNKNOWN },
            notes: [
                "Cannot be judged yet: QueuePolicy 'subject', policy: whom the policy lets in is unknown until the update.",
            ],
        },
        {
            name: "a condition that is unknown in a preview",
            type: QUEUE,
            props: { policy: { Statement: [allow("sqs:SendMessage", from("aws:SourceArn", UNKNOWN))] } },
            notes: [
                "Cannot be judged yet: QueuePolicy 'subject', policy.Statement[0]: whom the statement lets in is unknown until the update.",
            ],
        },
        {
            name: "a function for a service, and for everyone of an organisation",
            type: PERMISSION,
            props: { principal: "*", principalOrgId: "o-a1b2c3d4e5", action: "lambda:InvokeFunction" },
        },
        {
            name: "a function for a service",
            type: PERMISSION,
            props: { principal: "apigateway.amazonaws.com", action: "lambda:InvokeFunction" },
        },
        {
            name: "a function for everyone from a source that is unknown in a preview",
            type: PERMISSION,
            props: { principal: "*", sourceArn: UNKNOWN, action: "lambda:InvokeFunction" },
        },
        {
            name: "a principal that is unknown in a preview",
            type: PERMISSION,
            props: { principal: UNKNOWN, action: "lambda:InvokeFunction" },
            notes: [
                "Cannot be judged yet: Permission 'subject', principal: whom the permission is for is unknown until the update.",
            ],
        },
    ],
    invalid: [
        {
            name: "a role that every AWS account may assume",
            type: ROLE,
            props: { assumeRolePolicy: document(allow("sts:AssumeRole", { Principal: { AWS: ["*"] } })) },
            violations: [`Role 'subject', assumeRolePolicy.Statement[0]: ${open("sts:AssumeRole")}`],
        },
        {
            name: "a role for everyone who knows an external id",
            type: ROLE,
            props: { assumeRolePolicy: document(allow("sts:AssumeRole", from("sts:ExternalId", "acme"))) },
            violations: [`Role 'subject', assumeRolePolicy.Statement[0]: ${open("sts:AssumeRole")}`],
        },
        {
            name: "a topic that everyone may subscribe any address of a domain to",
            type: "aws:sns/topic:Topic",
            props: { policy: document(allow("SNS:Subscribe", from("SNS:Endpoint", "*@example.com", "StringLike"))) },
            violations: [`Topic 'subject', policy.Statement[0]: ${open("SNS:Subscribe")}`],
        },
        {
            name: "an image repository, the second statement of two",
            type: REPOSITORY,
            props: {
                policy: document(
                    allow("ecr:PutImage", { Principal: { AWS: "123456789012" } }),
                    allow("ecr:BatchGetImage"),
                ),
            },
            violations: [`RepositoryPolicy 'subject', policy.Statement[1]: ${open("ecr:BatchGetImage")}`],
        },
        {
            name: "a log group's policy, which has a property of its own name",
            type: "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
            props: { policyDocument: document(allow("logs:PutLogEvents")) },
            violations: [`LogResourcePolicy 'subject', policyDocument.Statement[0]: ${open("logs:PutLogEvents")}`],
        },
        {
            name: "everyone but some",
            type: QUEUE,
            props: {
                policy: {
                    Statement: { Effect: "Allow", NotPrincipal: { AWS: "123456789012" }, NotAction: "sqs:Delete*" },
                },
            },
            violations: [
                "QueuePolicy 'subject', policy.Statement: allows all actions except \"sqs:Delete*\" to everyone but some without a condition that restricts the caller; expected named principals.",
            ],
        },
        {
            name: "text that is no JSON",
            type: QUEUE,
            props: { policy: "everyone" },
            violations: [
                "QueuePolicy 'subject', policy: is not valid JSON, so whom it lets in cannot be seen; expected a policy document.",
            ],
        },
        ...["*", "arn:aws:s3:::*"].map(sourceArn => ({
            name: `a function for everyone, with any source (${sourceArn})`,
            type: PERMISSION,
            props: { principal: "*", sourceArn, action: "lambda:InvokeFunction" },
            violations: [
                'Permission \'subject\', principal: is "*", which allows "lambda:InvokeFunction" to everyone; expected a named principal, or a source account or ARN.',
            ],
        })),
        {
            name: "a function for everyone, with an empty source",
            type: PERMISSION,
            props: { principal: "*", sourceArn: "", action: "lambda:InvokeFunction" },
            violations: [
                'Permission \'subject\', principal: is "*", which allows "lambda:InvokeFunction" to everyone; expected a named principal, or a source account or ARN.',
            ],
        },
    ],
    badSettings: [{ allowedPrincipals: ["*"] }],
});
