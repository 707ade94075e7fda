import { rule } from "../../../policies/rules/iam/iam-no-wildcard-actions";
import { UNKNOWN } from "../../support/engine-args";
import { testResourceRule } from "../../support/test-rule";

const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";

/** A policy document with these statements, as a program serialises it. */
function policy(...statements: object[]) {
    return { policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }) };
}

const allow = (Action: unknown, Resource: unknown = "*") => ({ Effect: "Allow", Action, Resource });

const boundaryDocument = (...actions: string[]) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] });

const NATIVE_NARROW = { Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }] };
const NATIVE_WIDE = { Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] };

testResourceRule(rule, {
    valid: [
        ...[
            ["Role", { policies: [{ policyName: "read", policyDocument: NATIVE_NARROW }] }],
            ["User", { policies: [{ policyDocument: NATIVE_NARROW }], managedPolicyArns: [] }],
            ["ManagedPolicy", { policyDocument: JSON.stringify(NATIVE_NARROW) }],
            ["RolePolicy", { roleName: "ci" }],
        ].map(([type, props]) => ({
            name: `a narrow ${String(type)} of Cloud Control`,
            type: `aws-native:iam:${String(type)}`,
            props: props as Record<string, unknown>,
        })),
        {
            name: "a boundary of Cloud Control",
            type: "aws-native:iam:ManagedPolicy",
            props: { managedPolicyName: "boundary", policyDocument: NATIVE_WIDE },
            settings: { boundaryPolicies: ["boundary"] },
        },
        {
            name: "policies of Cloud Control that are unknown in a preview",
            type: "aws-native:iam:Group",
            props: { policies: UNKNOWN, managedPolicyArns: UNKNOWN },
            notes: [
                "Cannot be judged yet: Group 'subject', policies.policyDocument: the policy document is unknown until the update.",
                "Cannot be judged yet: Group 'subject', managedPolicyArns: the list of policies is unknown until the update.",
            ],
        },
        {
            name: "a boundary by its name in the program that allows whole services",
            type: "aws:iam/policy:Policy",
            props: { policy: boundaryDocument("s3:*", "ec2:*") },
            settings: { boundaryPolicies: ["sub*"] },
        },
        {
            name: "a boundary by its name in the cloud that allows everything",
            type: "aws:iam/policy:Policy",
            props: { name: "ci-boundary", policy: boundaryDocument("*") },
            settings: { boundaryPolicies: ["*-boundary"] },
            notes: [
                "Policy 'subject', policy.Statement[0].Action[0]: allows all actions, so that this permissions boundary limits nothing by itself.",
            ],
        },
        {
            name: "an unknown policy's attachment, where settings name boundaries",
            type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            props: { role: "app", policyArn: UNKNOWN },
            settings: { boundaryPolicies: ["*-boundary"] },
            notes: [
                "Cannot be judged yet: RolePolicyAttachment 'subject', policyArn: whether the policy is a permissions boundary is unknown until the update.",
            ],
        },
        {
            name: "an attachment of a policy that is no boundary",
            type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            props: { role: "app", policyArn: "arn:aws:iam::123456789012:policy/app-reader" },
            settings: { boundaryPolicies: ["*-boundary"] },
        },
        { name: "named actions on all resources", props: policy(allow(["s3:GetObject", "s3:ListBucket"])) },
        { name: "a prefix, which is no service wildcard", props: policy(allow(["ec2:Describe*", "s3:*Object"])) },
        { name: "Deny of everything", props: policy({ Effect: "Deny", Action: "*", Resource: "*" }) },
        { name: "Deny in small letters", props: policy({ Effect: "deny", Action: "s3:*", Resource: "*" }) },
        { name: "Deny by NotAction", props: policy({ Effect: "Deny", NotAction: ["iam:*"], Resource: "*" }) },
        { name: "no document", props: {} },
        { name: "null for a document", props: { policy: null } },
        { name: "a wildcard resource with named actions", props: policy(allow("kms:DescribeKey")) },
        {
            name: "a service wildcard that settings allow, in other letter case",
            props: policy(allow("Logs:*")),
            settings: { allowedActions: ["logs:*"] },
        },
        {
            name: "a disguise of a service wildcard that settings allow",
            props: policy(allow("logs:**")),
            settings: { allowedActions: ["logs:*"] },
        },
        {
            name: "a document that is unknown in a preview",
            props: { policy: UNKNOWN },
            notes: ["Cannot be judged yet: Policy 'subject', policy: the policy document is unknown until the update."],
        },
        {
            name: "an unknown action beside a named one",
            props: { policy: { Statement: [{ Effect: "Allow", Action: ["s3:GetObject", UNKNOWN], Resource: "*" }] } },
            notes: [
                "Cannot be judged yet: Policy 'subject', policy.Statement[0].Action[1]: the action is unknown until the update.",
            ],
        },
        {
            name: "a managed policy of one's own",
            type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            props: { role: "app", policyArn: "arn:aws:iam::123456789012:policy/AdministratorAccess" },
        },
        {
            name: "an AWS managed policy whose name only begins like the administrator's",
            type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            props: { role: "app", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess-Amplify" },
        },
        {
            name: "an AWS managed policy with the administrator's name inside its own",
            type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            props: { role: "app", policyArn: "arn:aws:iam::aws:policy/AWSAuditManagerAdministratorAccess" },
        },
        {
            name: "a narrow AWS managed policy",
            type: "aws:iam/userPolicyAttachment:UserPolicyAttachment",
            props: { user: "app", policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" },
        },
        {
            name: "an attachment whose ARN is unknown, since this stack makes the policy",
            type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            props: { role: "app", policyArn: UNKNOWN },
        },
        {
            name: "a role whose list of policies is unknown",
            type: "aws:iam/role:Role",
            props: { managedPolicyArns: UNKNOWN },
            notes: [
                "Cannot be judged yet: Role 'subject', managedPolicyArns: the list of policies is unknown until the update.",
            ],
        },
        {
            name: "a role with an administrator policy as its boundary, which grants nothing",
            type: "aws:iam/role:Role",
            props: {
                permissionsBoundary: ADMIN,
                assumeRolePolicy: JSON.stringify({ Statement: allow("sts:AssumeRole") }),
            },
        },
        {
            name: "an administrator policy that settings allow",
            type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            props: { policyArn: ADMIN },
            settings: { forbiddenManagedPolicies: ["IAMFullAccess"] },
        },
        { name: "reading what identities may do", props: policy(allow("iam:GetPolicyVersion"), allow("iam:List*")) },
        {
            name: "attaching one policy only",
            props: policy({
                ...allow("iam:AttachRolePolicy"),
                Condition: { ArnEquals: { "iam:PolicyARN": "arn:aws:iam::123456789012:policy/app" } },
            }),
        },
        {
            name: "writing policies of identities with one boundary",
            props: policy({
                ...allow("iam:PutRolePolicy"),
                Condition: { StringEquals: { "iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/limit" } },
            }),
        },
        {
            name: "an escalating action on a named resource",
            props: policy(allow("iam:PassRole", "arn:aws:iam::123456789012:role/app")),
        },
        {
            name: "an escalating action on the roles of a path",
            props: policy(allow("iam:PassRole", "arn:aws:iam::123456789012:role/app/*")),
        },
        {
            name: "an escalating action on everything, where settings name none",
            props: policy(allow("iam:PassRole")),
            settings: { escalationActions: [] },
        },
        ...[
            { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
            { StringLike: { "iam:PassedToService": ["lambda.amazonaws.com", "states.amazonaws.com"] } },
            { ArnLike: { "iam:AssociatedResourceARN": "arn:aws:ec2:*:123456789012:instance/*" } },
            { StringEquals: { "aws:ResourceTag/team": "shop" } },
            { StringEquals: { "aws:ResourceAccount": "123456789012" } },
        ].map(condition => ({
            name: `an escalating action under ${JSON.stringify(condition)}`,
            props: policy({ ...allow("iam:PassRole"), Condition: condition }),
        })),
    ],
    invalid: [
        ...[
            ["Role", { policies: [{ policyDocument: NATIVE_WIDE }] }, "policies[0].policyDocument"],
            [
                "User",
                { policies: [{ policyDocument: NATIVE_NARROW }, { policyDocument: NATIVE_WIDE }] },
                "policies[1].policyDocument",
            ],
            ["Group", { policies: [{ policyDocument: JSON.stringify(NATIVE_WIDE) }] }, "policies[0].policyDocument"],
            ...["ManagedPolicy", "RolePolicy", "UserPolicy", "GroupPolicy"].map(type => [
                type,
                { policyDocument: NATIVE_WIDE },
                "policyDocument",
            ]),
        ].map(([type, props, path]) => ({
            name: `a wide ${String(type)} of Cloud Control`,
            type: `aws-native:iam:${String(type)}`,
            props: props as Record<string, unknown>,
            violations: [
                `${String(type)} 'subject', ${String(path)}.Statement[0].Action: allows all actions of a service ("s3:*"); expected the actions that are needed.`,
            ],
        })),
        ...["Role", "User", "Group"].map(type => ({
            name: `a ${type} of Cloud Control that administers everything`,
            type: `aws-native:iam:${type}`,
            props: { managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
            violations: [
                `${type} 'subject', managedPolicyArns[0]: attaches the AWS managed policy AdministratorAccess; expected a policy with the actions that are needed.`,
            ],
        })),
        {
            name: "a policy beside the boundaries that settings name",
            type: "aws:iam/policy:Policy",
            props: { name: "app", policy: boundaryDocument("s3:*") },
            settings: { boundaryPolicies: ["*-boundary", "subject"] },
            violations: [
                `Policy 'subject', policy.Statement[0].Action[0]: allows all actions of a service ("s3:*"); expected the actions that are needed.`,
            ],
        },
        {
            name: "an inline policy by the name of a boundary",
            type: "aws:iam/rolePolicy:RolePolicy",
            props: { name: "ci-boundary", role: "ci", policy: boundaryDocument("s3:*") },
            settings: { boundaryPolicies: ["ci-boundary"] },
            violations: [
                `RolePolicy 'subject', policy.Statement[0].Action[0]: allows all actions of a service ("s3:*"); expected the actions that are needed.`,
            ],
        },
        ...["ci-boundary", "teams/ci-boundary", "ci-boundary-1a2b3c4"].map(path => ({
            name: `a boundary ${path} that is attached`,
            type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            props: { role: "ci", policyArn: `arn:aws:iam::123456789012:policy/${path}` },
            settings: { boundaryPolicies: ["*-boundary"] },
            violations: [
                `RolePolicyAttachment 'subject', policyArn: attaches ${path.replace("teams/", "")}, a permissions boundary, as if it were to grant; expected a policy with the actions that are needed.`,
            ],
        })),
        {
            name: "all actions",
            props: policy(allow("*")),
            violations: [
                "Policy 'subject', policy.Statement[0].Action: allows all actions of all services (\"*\"); expected the actions that are needed.",
            ],
        },
        {
            name: "all actions on one resource only",
            props: policy(allow("*", "arn:aws:s3:::data")),
            violations: [
                "Policy 'subject', policy.Statement[0].Action: allows all actions of all services (\"*\"); expected the actions that are needed.",
            ],
        },
        {
            name: "wildcards of services in several spellings, in the second statement, beside a Deny",
            props: policy(
                { Effect: "Deny", Action: "*", Resource: "*" },
                allow(["s3:GetObject", "S3:*", "iam:?*", "*:*"]),
            ),
            violations: [
                "Policy 'subject', policy.Statement[1].Action[1]: allows all actions of a service (\"S3:*\"); expected the actions that are needed.",
                "Policy 'subject', policy.Statement[1].Action[2]: allows all actions of a service (\"iam:?*\"); expected the actions that are needed.",
                "Policy 'subject', policy.Statement[1].Action[3]: allows all actions of all services (\"*:*\"); expected the actions that are needed.",
            ],
        },
        {
            name: "a statement that is no list, with small letters throughout",
            props: { policy: { statement: { effect: "allow", action: "ec2:*", resource: "*" } } },
            violations: [
                "Policy 'subject', policy.statement.action: allows all actions of a service (\"ec2:*\"); expected the actions that are needed.",
            ],
        },
        {
            name: "everything but some actions",
            props: policy({ Effect: "Allow", NotAction: ["iam:*", "organizations:*"], Resource: "*" }),
            violations: [
                'Policy \'subject\', policy.Statement[0].NotAction[0]: allows every action except "iam:*", "organizations:*"; ' +
                    "expected `Action` with the actions that are needed.",
            ],
        },
        {
            name: "a wildcard wider than the one that settings allow",
            props: policy(allow(["logs:*", "*"])),
            settings: { allowedActions: ["logs:*"] },
            violations: [
                "Policy 'subject', policy.Statement[0].Action[1]: allows all actions of all services (\"*\"); expected the actions that are needed.",
            ],
        },
        {
            name: "a wildcard where only a prefix is allowed",
            props: policy(allow("s3:*")),
            settings: { allowedActions: ["s3:Get*"] },
            violations: [
                "Policy 'subject', policy.Statement[0].Action: allows all actions of a service (\"s3:*\"); expected the actions that are needed.",
            ],
        },
        {
            name: "a known wildcard beside an unknown statement",
            props: { policy: { Statement: [UNKNOWN, allow("sqs:*")] } },
            violations: [
                "Policy 'subject', policy.Statement[1].Action: allows all actions of a service (\"sqs:*\"); expected the actions that are needed.",
            ],
            notes: [
                "Cannot be judged yet: Policy 'subject', policy.Statement[0]: the statement is unknown until the update.",
            ],
        },
        {
            name: "text that is no JSON",
            props: { policy: "{ Statement: [" },
            violations: [
                "Policy 'subject', policy: is not valid JSON, so what it grants cannot be seen; expected a policy document.",
            ],
        },
        {
            name: "a number for an action",
            props: policy(allow([5])),
            violations: ["Policy 'subject', policy.Statement[0].Action[0]: is 5; expected the name of an action."],
        },
        {
            name: "an inline policy of a role, the second of two",
            type: "aws:iam/role:Role",
            props: {
                inlinePolicies: [
                    { name: "read", ...policy(allow("s3:Get*")) },
                    { name: "all", ...policy(allow("dynamodb:*")) },
                ],
            },
            violations: [
                "Role 'subject', inlinePolicies[1].policy.Statement[0].Action: allows all actions of a service (\"dynamodb:*\"); " +
                    "expected the actions that are needed.",
            ],
        },
        ...["aws:iam/rolePolicy:RolePolicy", "aws:iam/userPolicy:UserPolicy", "aws:iam/groupPolicy:GroupPolicy"].map(
            type => ({
                name: `the inline policy ${type}`,
                type,
                props: policy(allow("*")),
                violations: [
                    `${type.split(":").pop()} 'subject', policy.Statement[0].Action: allows all actions of all services ("*"); expected the actions that are needed.`,
                ],
            }),
        ),
        {
            name: "the inline policy of a permission set",
            type: "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
            props: { inlinePolicy: policy(allow("*")).policy },
            violations: [
                "PermissionSetInlinePolicy 'subject', inlinePolicy.Statement[0].Action: allows all actions of all services (\"*\"); " +
                    "expected the actions that are needed.",
            ],
        },
        ...[
            "aws:iam/policyAttachment:PolicyAttachment",
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            "aws:iam/userPolicyAttachment:UserPolicyAttachment",
            "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
        ].map(type => ({
            name: `an administrator policy through ${type}`,
            type,
            props: { policyArn: ADMIN },
            violations: [
                `${type.split(":").pop()} 'subject', policyArn: attaches the AWS managed policy AdministratorAccess; ` +
                    "expected a policy with the actions that are needed.",
            ],
        })),
        ...[
            "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
            "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
            "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
        ].map(type => ({
            name: `an administrator policy in the list of ${type}`,
            type,
            props: { policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess", ADMIN] },
            violations: [
                `${type.split(":").pop()} 'subject', policyArns[1]: attaches the AWS managed policy AdministratorAccess; ` +
                    "expected a policy with the actions that are needed.",
            ],
        })),
        {
            name: "administrator policies in a role's own list, in other partitions",
            type: "aws:iam/role:Role",
            props: {
                managedPolicyArns: [
                    "arn:aws-us-gov:iam::aws:policy/AdministratorAccess",
                    UNKNOWN,
                    "arn:aws-cn:iam::aws:policy/IAMFullAccess",
                ],
            },
            violations: [
                "Role 'subject', managedPolicyArns[0]: attaches the AWS managed policy AdministratorAccess; expected a policy with the actions that are needed.",
                "Role 'subject', managedPolicyArns[2]: attaches the AWS managed policy IAMFullAccess; expected a policy with the actions that are needed.",
            ],
        },
        {
            name: "an administrator policy for a permission set",
            type: "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
            props: { managedPolicyArn: ADMIN },
            violations: [
                "ManagedPolicyAttachment 'subject', managedPolicyArn: attaches the AWS managed policy AdministratorAccess; " +
                    "expected a policy with the actions that are needed.",
            ],
        },
        {
            name: "a list of policies for one ARN of a wrong type",
            type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            props: { policyArn: { arn: ADMIN } },
            violations: [
                `RolePolicyAttachment 'subject', policyArn: is {"arn":"${ADMIN}"}; expected the ARN of a policy.`,
            ],
        },
        {
            name: "a policy below a path that settings forbid",
            type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            props: { policyArn: "arn:aws:iam::aws:policy/job-function/DatabaseAdministrator" },
            settings: { forbiddenManagedPolicies: ["job-function/DatabaseAdministrator"] },
            violations: [
                "RolePolicyAttachment 'subject', policyArn: attaches the AWS managed policy DatabaseAdministrator; " +
                    "expected a policy with the actions that are needed.",
            ],
        },
        {
            name: "an escalating action on everything, hidden in a prefix, where settings name it",
            props: policy(allow("IAM:Pass*")),
            violations: [
                "Policy 'subject', policy.Statement[0].Action: allows \"IAM:Pass*\" on resource `*`; expected the ARNs that are needed.",
            ],
        },
        ...[
            "iam:AddUserToGroup",
            "iam:AttachGroupPolicy",
            "iam:AttachRolePolicy",
            "iam:AttachUserPolicy",
            "iam:CreateAccessKey",
            "iam:CreateLoginProfile",
            "iam:CreatePolicyVersion",
            "iam:PassRole",
            "iam:PutGroupPolicy",
            "iam:PutRolePolicy",
            "iam:PutUserPolicy",
            "iam:SetDefaultPolicyVersion",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateLoginProfile",
            "sts:AssumeRole",
            "iam:Attach*",
            "iam:Update*",
        ].map(action => ({
            name: `${action} on everything`,
            props: policy(allow(action)),
            violations: [
                `Policy 'subject', policy.Statement[0].Action: allows "${action}" on resource \`*\`; expected the ARNs that are needed.`,
            ],
        })),
        {
            name: "an escalating action on every role, of any account or of one",
            props: policy(
                allow("iam:PassRole", "arn:aws:iam::*:role/*"),
                allow("iam:PassRole", ["arn:aws:iam::123456789012:*"]),
            ),
            violations: [
                "Policy 'subject', policy.Statement[0].Action: allows \"iam:PassRole\" on resource `arn:aws:iam::*:role/*`; expected the ARNs that are needed.",
                "Policy 'subject', policy.Statement[1].Action: allows \"iam:PassRole\" on resource `arn:aws:iam::123456789012:*`; expected the ARNs that are needed.",
            ],
        },
        ...[
            { StringEqualsIfExists: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
            { StringNotEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
            { StringLike: { "iam:PassedToService": "*" } },
            { Bool: { "aws:MultiFactorAuthPresent": "true" } },
        ].map(condition => ({
            name: `an escalating action on everything under ${JSON.stringify(condition)}`,
            props: policy({ ...allow("iam:PassRole"), Condition: condition }),
            violations: [
                "Policy 'subject', policy.Statement[0].Action: allows \"iam:PassRole\" on resource `*`; expected the ARNs that are needed.",
            ],
        })),
        {
            name: "an escalating action on all resources but some",
            props: policy({
                Effect: "Allow",
                Action: "sts:AssumeRole",
                NotResource: "arn:aws:iam::123456789012:role/admin",
            }),
            violations: [
                "Policy 'subject', policy.Statement[0].Action: allows \"sts:AssumeRole\" on all resources but some; expected the ARNs that are needed.",
            ],
        },
    ],
    badSettings: [
        { boundaryPolicies: [""] },
        { escalationActions: "iam:PassRole" },
        { allowedAction: ["s3:*"] },
        { allowedActions: "s3:*" },
        { allowedActions: [""] },
        { forbiddenManagedPolicies: [1] },
    ],
});
