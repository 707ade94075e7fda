import { rule } from "../../../policies/rules/iam/kms-decrypt-scoped";
import { UNKNOWN } from "../../support/engine-args";
import { testResourceRule } from "../../support/test-rule";

const KEY = "aws:kms/key:Key";
const ARN = "arn:aws:kms:eu-west-1:123456789012:key/0f9d3b52-6c41-4e0a-9a57-2d4f8e1b7c60";

function policy(...statements: object[]) {
    return { policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }) };
}

const allow = (Action: unknown, Resource: unknown = "*", Condition?: object) => ({
    Effect: "Allow",
    Action,
    Resource,
    ...(Condition === undefined ? {} : { Condition }),
});

const to = (Principal: unknown, Condition?: object) => ({
    ...allow("kms:*", "*", Condition),
    Principal,
});

const grant = (by: string) =>
    `allows decryption (by ${by}) with keys that nobody named; expected the ARNs of the keys.`;
const at = "Policy 'subject', policy.Statement[0]";

testResourceRule(rule, {
    valid: [
        {
            name: "a role of Cloud Control that decrypts with a named key",
            type: "aws-native:iam:Role",
            props: {
                policies: [
                    {
                        policyDocument: {
                            Statement: [
                                {
                                    Effect: "Allow",
                                    Action: "kms:Decrypt",
                                    Resource:
                                        "arn:aws:kms:eu-west-1:123456789012:key/0f9d3b52-6c41-4e0a-9a57-2d4f8e1b7c60",
                                },
                            ],
                        },
                    },
                ],
            },
        },
        { name: "decryption with a named key", props: policy(allow(["kms:Decrypt", "kms:GenerateDataKey*"], ARN)) },
        { name: "all actions on a named key", props: policy(allow("kms:*", [ARN])) },
        {
            name: "a multi-Region key, named for all Regions",
            props: policy(allow("kms:Decrypt", "arn:aws:kms:*:123456789012:key/mrk-77aa0c3df1e54b7f9d21c0e4b8a5f613")),
        },
        {
            name: "keys whose ids begin alike",
            props: policy(allow("kms:Decrypt", "arn:aws:kms:eu-west-1:123456789012:key/1f*")),
        },
        { name: "actions that reveal nothing, on all keys", props: policy(allow(["kms:List*", "kms:DescribeKey"])) },
        { name: "encryption with all keys", props: policy(allow(["kms:Encrypt", "kms:ReEncryptTo"])) },
        { name: "another service's actions on everything", props: policy(allow("s3:GetObject")) },
        {
            name: "all actions on what is no key",
            props: policy(allow("*", ["arn:aws:s3:::data/*", "arn:aws:kms:eu-west-1:123456789012:alias/*"])),
        },
        { name: "a Deny of all keys", props: policy({ ...allow("kms:*"), Effect: "Deny" }) },
        {
            name: "all actions but decrypting ones",
            props: policy({ Effect: "Allow", NotAction: "KMS:*", Resource: "*" }),
        },
        {
            name: "all keys by way of one service",
            props: policy(
                allow("kms:Decrypt", "*", { StringEquals: { "kms:viaservice": "s3.eu-west-1.amazonaws.com" } }),
            ),
        },
        {
            name: "keys with a tag of the team's",
            props: policy(allow("kms:Decrypt", "*", { StringLike: { "aws:ResourceTag/team": ["shop-*"] } })),
        },
        {
            name: "keys with one of some aliases",
            props: policy(
                allow("kms:Decrypt", "*", { "ForAnyValue:StringEquals": { "kms:ResourceAliases": ["alias/shop"] } }),
            ),
        },
        {
            name: "a condition that settings take for narrow",
            props: policy(allow("kms:Decrypt", "*", { StringEquals: { "aws:ResourceAccount": "123456789012" } })),
            settings: { narrowingConditionKeys: ["AWS:resourceaccount"] },
        },
        ...[
            {
                ArnEquals: {
                    "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:123456789012:log-group:shop",
                },
            },
            { ArnLike: { "kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:123456789012:trail/*" } },
            { StringLike: { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::acme-*/*" } },
        ].map(condition => ({
            name: `all keys for ${JSON.stringify(condition)}`,
            props: policy(allow("kms:Decrypt", "*", condition)),
        })),
        {
            name: "a condition whose value is unknown",
            props: {
                policy: {
                    Statement: [
                        allow("kms:Decrypt", "*", { StringEquals: { "kms:EncryptionContext:stack": UNKNOWN } }),
                    ],
                },
            },
        },
        { name: "no document", props: { policy: null } },
        {
            name: "an unknown document",
            props: { policy: UNKNOWN },
            notes: ["Cannot be judged yet: Policy 'subject', policy: the policy document is unknown until the update."],
        },
        {
            name: "unknown parts of a document",
            props: {
                policy: {
                    Statement: [UNKNOWN, allow("kms:Decrypt", UNKNOWN), allow(["s3:GetObject", UNKNOWN], "*")],
                },
            },
            notes: [
                "Cannot be judged yet: Policy 'subject', policy.Statement[0]: the statement is unknown until the update.",
                "Cannot be judged yet: Policy 'subject', policy.Statement[2].Action[1]: whether the action decrypts is unknown until the update.",
            ],
        },
        { name: "a key without a policy, which AWS writes", type: KEY, props: {} },
        {
            name: "AWS's own statement for the account's root",
            type: KEY,
            props: policy(to({ AWS: "arn:aws:iam::123456789012:root" })),
        },
        {
            name: "everyone of one account by way of a service, as AWS writes it for its own keys",
            type: "aws:kms/keyPolicy:KeyPolicy",
            props: policy(
                to(
                    { AWS: "*" },
                    {
                        StringEquals: {
                            "kms:CallerAccount": "123456789012",
                            "kms:ViaService": "ssm.eu-west-1.amazonaws.com",
                        },
                    },
                ),
            ),
        },
        { name: "everyone refused", type: KEY, props: policy({ ...to("*"), Effect: "Deny" }) },
        {
            name: "everyone, and a Deny of all but the organisation",
            type: KEY,
            props: policy(to("*"), {
                ...to("*", { StringNotEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }),
                Effect: "Deny",
            }),
        },
        {
            name: "an unknown key policy",
            type: "aws:kms/keyPolicy:KeyPolicy",
            props: { keyId: "k", policy: UNKNOWN },
            notes: [
                "Cannot be judged yet: KeyPolicy 'subject', policy: the policy document is unknown until the update.",
            ],
        },
        {
            name: "an unknown principal",
            type: "aws:kms/keyPolicy:KeyPolicy",
            props: { policy: { Statement: [to({ AWS: UNKNOWN })] } },
            notes: [
                "Cannot be judged yet: KeyPolicy 'subject', policy.Statement[0]: whom the statement lets in is unknown until the update.",
            ],
        },
    ],
    invalid: [
        {
            name: "a role of Cloud Control that decrypts with every key",
            type: "aws-native:iam:Role",
            props: {
                policies: [
                    { policyDocument: { Statement: [{ Effect: "Allow", Action: "kms:Decrypt", Resource: "*" }] } },
                ],
            },
            violations: [
                'Role \'subject\', policies[0].policyDocument.Statement[0].Resource: is "*", which allows decryption (by "kms:Decrypt") with keys that nobody named; expected the ARNs of the keys.',
            ],
        },
        ...["Key", "ReplicaKey"].map(type => ({
            name: `a ${type} of Cloud Control that lets everyone in`,
            type: `aws-native:kms:${type}`,
            props: {
                keyPolicy: { Statement: [{ Effect: "Allow", Principal: "*", Action: "kms:*", Resource: "*" }] },
            },
            violations: [
                `${type} 'subject', keyPolicy.Statement[0]: lets everyone use the key ("kms:*") without a condition that restricts the caller; expected named principals.`,
            ],
        })),
        {
            name: "decryption with all keys",
            props: policy(allow("kms:Decrypt")),
            violations: [`${at}.Resource: is "*", which ${grant('"kms:Decrypt"')}`],
        },
        {
            name: "among actions that decrypt nothing, which are not named",
            props: policy(allow(["s3:PutObject", "kms:Decrypt", "kms:ListKeys"])),
            violations: [`${at}.Resource: is "*", which ${grant('"kms:Decrypt"')}`],
        },
        ...[
            "kms:*",
            "KMS:De*",
            "kms:?ecrypt",
            "*",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyPair",
            "kms:ReEncrypt*",
        ].map(action => ({
            name: `all keys by ${action}`,
            props: policy(allow(action)),
            violations: [`${at}.Resource: is "*", which ${grant(JSON.stringify(action))}`],
        })),
        ...[
            "arn:aws:kms:*:*:key/*",
            "arn:aws:kms:eu-west-1:123456789012:key/*",
            "arn:aws:kms:eu-west-1:123456789012:*",
            "arn:aws-cn:kms:cn-north-1:123456789012:key/?*",
            "arn:aws:kms:eu-west-1:123456789012:key/????????-*",
            "arn:aws:kms:*:123456789012:key/mrk-*",
            "arn:aws:kms:us-east-1:*",
            "arn:aws:*",
            "**",
        ].map(resource => ({
            name: `decryption with ${resource}`,
            props: policy(allow("kms:Decrypt", resource)),
            violations: [`${at}.Resource: is "${resource}", which ${grant('"kms:Decrypt"')}`],
        })),
        {
            name: "all keys beside a named one",
            props: policy(allow("kms:Decrypt", [ARN, "*"])),
            violations: [`${at}.Resource[1]: is "*", which ${grant('"kms:Decrypt"')}`],
        },
        {
            name: "all actions but others",
            props: policy({ Effect: "Allow", NotAction: ["iam:*", "kms:Decrypt"], Resource: "*" }),
            violations: [`${at}.Resource: is "*", which ${grant("`NotAction`")}`],
        },
        {
            name: "all keys but one",
            props: policy({ Effect: "Allow", Action: "kms:Decrypt", NotResource: ARN }),
            violations: [
                `${at}.NotResource: allows decryption (by "kms:Decrypt") with all KMS keys but some; expected \`Resource\` with the ARNs of the keys.`,
            ],
        },
        ...[
            [
                "that also passes without its key",
                { StringEqualsIfExists: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
            ],
            ["of all values", { "ForAllValues:StringEquals": { "kms:ResourceAliases": "alias/shop" } }],
            ["that is negated", { StringNotEquals: { "kms:ViaService": "ec2.eu-west-1.amazonaws.com" } }],
            ["for any value", { StringLike: { "aws:ResourceTag/team": "*" } }],
            ["for any alias", { "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/*" } }],
            ["for any service", { StringLike: { "kms:ViaService": "*.amazonaws.com" } }],
            ["for all buckets", { StringLike: { "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::*" } }],
            ["for all logs", { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:*:123456789012:*" } }],
            ["with no value", { StringLike: { "aws:ResourceTag/team": [] } }],
            ["on something else", { StringEquals: { "aws:RequestedRegion": "eu-west-1" } }],
        ].map(([name, condition]) => ({
            name: `all keys under a condition ${String(name)}`,
            props: policy(allow("kms:Decrypt", "*", condition as object)),
            violations: [`${at}.Resource: is "*", which ${grant('"kms:Decrypt"')}`],
        })),
        {
            name: "an inline policy of a role",
            type: "aws:iam/role:Role",
            props: { inlinePolicies: [{ name: "a", ...policy(allow("kms:Decrypt")) }] },
            violations: [
                `Role 'subject', inlinePolicies[0].policy.Statement[0].Resource: is "*", which ${grant('"kms:Decrypt"')}`,
            ],
        },
        {
            name: "a permission set's policy",
            type: "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
            props: { inlinePolicy: policy(allow("kms:Decrypt")).policy },
            violations: [
                `PermissionSetInlinePolicy 'subject', inlinePolicy.Statement[0].Resource: is "*", which ${grant('"kms:Decrypt"')}`,
            ],
        },
        {
            name: "a resource that is no text",
            props: { policy: { Statement: [allow("kms:Decrypt", 5)] } },
            violations: [`${at}.Resource: is 5, which ${grant('"kms:Decrypt"')}`],
        },
        {
            name: "text that is no JSON",
            props: { policy: "{" },
            violations: [
                "Policy 'subject', policy: is not valid JSON, so what it grants cannot be seen; expected a policy document.",
            ],
        },
        {
            name: "a key policy for everyone",
            type: KEY,
            props: policy(to({ AWS: "arn:aws:iam::123456789012:root" }), to("*")),
            violations: [
                "Key 'subject', policy.Statement[1]: lets everyone use the key (\"kms:*\") without a condition that restricts the caller; expected named principals.",
            ],
        },
        {
            name: "a key policy for everyone by way of a service",
            type: "aws:kms/keyPolicy:KeyPolicy",
            props: policy(to({ AWS: "*" }, { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } })),
            violations: [
                "KeyPolicy 'subject', policy.Statement[0]: lets everyone use the key (\"kms:*\") without a condition that restricts the caller; expected named principals.",
            ],
        },
        {
            name: "a replica's policy for everyone but one",
            type: "aws:kms/replicaKey:ReplicaKey",
            props: policy({ Effect: "Allow", NotAction: "kms:Delete*", NotPrincipal: { AWS: ARN }, Resource: "*" }),
            violations: [
                "ReplicaKey 'subject', policy.Statement[0]: lets everyone but some use the key (all actions but some) without a condition that restricts the caller; expected named principals.",
            ],
        },
        {
            name: "a key policy that is no JSON",
            type: "aws:kms/externalKey:ExternalKey",
            props: { policy: "root" },
            violations: [
                "ExternalKey 'subject', policy: is not valid JSON, so what it grants cannot be seen; expected a policy document.",
            ],
        },
    ],
    badSettings: [
        { narrowingConditionKeys: "kms:ViaService" },
        { narrowingConditionKeys: [""] },
        { requireKeyRotation: false },
    ],
});
