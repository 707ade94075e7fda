import type { ResourceValidation } from "@pulumi/policy";
import { toPolicy } from "../../../policies/kit/policy";
import { rule } from "../../../policies/rules/storage/no-public-s3-buckets";
import { ref, resourceArgs, type TestResource, UNKNOWN } from "../../support/engine-args";
import { remediated, testStackRule } from "../../support/test-rule";

const BUCKET = "aws:s3/bucket:Bucket";
const ACL = "aws:s3/bucketAcl:BucketAcl";
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const POINT = "aws:s3/accessPoint:AccessPoint";
const POINT_POLICY = "aws:s3control/accessPointPolicy:AccessPointPolicy";
const MULTI_REGION = "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint";
const MULTI_REGION_POLICY = "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy";
const DIRECTORY_BUCKET = "aws:s3/directoryBucket:DirectoryBucket";
const POINT_ARN = "arn:aws:s3:eu-west-1:123456789012:accesspoint/reports";
const ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers";

const ALL_FLAGS = {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
};

const inAccount = (name: string, id: string) => ({ provider: { name, props: { allowedAccountIds: [id] } } });

const read = (statement: object = {}) => ({
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::acme-data/*",
    ...statement,
});

const document = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

const PUBLIC =
    'allows "s3:GetObject" to everyone without a condition that restricts the caller; expected named principals.';

/** A Deny of all that strangers could do by {@link read}, but for those of one organisation. */
const denyStrangers = (statement: object = {}) => ({
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: ["arn:aws:s3:::acme-data", "arn:aws:s3:::acme-data/*"],
    Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-abcde12345" } },
    ...statement,
});

const nativePolicy = (principal: unknown, bucket: unknown = ref("data")): TestResource => ({
    type: "aws-native:s3:BucketPolicy",
    name: "policy",
    props: {
        bucket,
        policyDocument: {
            Statement: [{ Effect: "Allow", Principal: principal, Action: "s3:GetObject", Resource: "*" }],
        },
    },
});

testStackRule(rule, {
    valid: [
        {
            name: "a closed bucket of Cloud Control",
            resources: [
                { type: "aws-native:s3:Bucket", name: "data", props: { accessControl: "LogDeliveryWrite" } },
                nativePolicy({ AWS: "arn:aws:iam::123456789012:root" }),
            ],
        },
        {
            name: "an open policy for a bucket of Cloud Control whose block takes its effect away",
            isOrdered: true,
            resources: [
                {
                    type: "aws-native:s3:Bucket",
                    name: "data",
                    props: {
                        bucketName: "acme-data",
                        publicAccessBlockConfiguration: { restrictPublicBuckets: true },
                    },
                },
                nativePolicy("*", "acme-data"),
            ],
        },
        {
            name: "an Allow for everyone that a Deny closes for all but the organisation",
            resources: [{ type: POLICY, props: { bucket: "acme-data", policy: document(read(), denyStrangers()) } }],
        },
        {
            name: "an Allow for everyone that a Deny takes back",
            resources: [
                {
                    type: POLICY,
                    props: {
                        bucket: "acme-data",
                        policy: document(denyStrangers({ Action: "s3:GetObject", Condition: undefined }), read()),
                    },
                },
            ],
        },
        ...["public-read", "public-read-write", "authenticated-read"].map(acl => ({
            name: `the canned ACL ${acl} beside a setting that allows it`,
            resources: [{ type: BUCKET, props: { acl } }],
            settings: { allowedAcls: ["public-read", "public-read-write", "authenticated-read"] },
        })),
        {
            name: "grantees whose address only holds that of a public group",
            resources: [
                {
                    type: BUCKET,
                    props: {
                        grants: [{ uri: `x-${ALL_USERS}` }, { uri: `${ALL_USERS}Else` }, { uri: `${ALL_USERS}/x` }],
                    },
                },
            ],
        },
        {
            name: "a public policy of an access point whose separate policy is for two closed ones",
            resources: [
                { type: POINT, name: "a", props: {} },
                { type: POINT, name: "b", props: {} },
                {
                    type: POINT_POLICY,
                    name: "c",
                    props: { accessPointArn: UNKNOWN, policy: document(read()) },
                    dependsOn: ["a", "b"],
                },
            ],
        },
        {
            name: "a public policy of a Multi-Region Access Point that is found by its dependency, with its block on",
            form: "preview",
            resources: [
                { type: MULTI_REGION, name: "a", props: { details: { name: UNKNOWN } } },
                {
                    type: MULTI_REGION_POLICY,
                    name: "b",
                    props: { details: { name: UNKNOWN, policy: document(read()) } },
                    dependsOn: ["a"],
                },
            ],
        },
        {
            name: "an access block of another account that restricts nothing",
            resources: [
                {
                    type: "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
                    name: "account",
                    props: { blockPublicAcls: true, restrictPublicBuckets: false },
                    ...inAccount("a", "111122223333"),
                },
                { type: BUCKET, name: "data", props: {}, ...inAccount("b", "444455556666") },
            ],
        },
        { name: "no buckets", resources: [] },
        { name: "a bucket that says nothing", resources: [{ type: BUCKET }] },
        {
            name: "private canned ACLs",
            resources: ["private", "log-delivery-write", "bucket-owner-full-control", "aws-exec-read"].map(acl => ({
                type: BUCKET,
                name: acl,
                props: { acl },
            })),
        },
        {
            name: "a public ACL that settings allow",
            resources: [{ type: BUCKET, props: { acl: "public-read" } }],
            settings: { allowedAcls: ["public-read"] },
        },
        {
            name: "grants to an account and to the group that delivers logs",
            resources: [
                {
                    type: BUCKET,
                    props: {
                        grants: [
                            { id: "1f2e3d", type: "CanonicalUser", permissions: ["FULL_CONTROL"] },
                            {
                                uri: "http://acs.amazonaws.com/groups/s3/LogDelivery",
                                type: "Group",
                                permissions: ["WRITE"],
                            },
                        ],
                    },
                },
            ],
        },
        {
            name: "an ACL that is unknown in a preview",
            resources: [{ type: BUCKET, props: { acl: UNKNOWN } }],
            notes: ["Cannot be judged yet: Bucket 'subject', acl: is unknown until the update; expected private."],
        },
        {
            name: "a grantee that is unknown in a preview",
            resources: [{ type: BUCKET, props: { grants: [{ uri: UNKNOWN }] } }],
            notes: ["Cannot be judged yet: Bucket 'subject', grants[0].uri: the grantee is unknown until the update."],
        },
        {
            name: "a policy that is unknown in a preview",
            resources: [{ type: POLICY, props: { bucket: "acme-data", policy: UNKNOWN } }],
            notes: [
                "Cannot be judged yet: BucketPolicy 'subject', policy: the bucket policy is unknown until the update.",
            ],
        },
        {
            name: "a policy for named principals",
            resources: [
                {
                    type: POLICY,
                    props: { bucket: "acme-data", policy: document(read({ Principal: { AWS: "123456789012" } })) },
                },
            ],
        },
        {
            name: "a policy for CloudFront with origin access control",
            resources: [
                {
                    type: POLICY,
                    props: {
                        bucket: "acme-data",
                        policy: document(
                            read({
                                Principal: { Service: "cloudfront.amazonaws.com" },
                                Condition: {
                                    StringEquals: {
                                        "AWS:SourceArn": "arn:aws:cloudfront::123456789012:distribution/E1",
                                    },
                                },
                            }),
                        ),
                    },
                },
            ],
        },
        {
            name: "everyone of an organisation",
            resources: [
                {
                    type: POLICY,
                    props: {
                        bucket: "acme-data",
                        policy: document(
                            read({ Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } } }),
                        ),
                    },
                },
            ],
        },
        {
            name: "a Deny for everyone without TLS",
            resources: [
                {
                    type: POLICY,
                    props: {
                        bucket: "acme-data",
                        policy: document(
                            read({
                                Effect: "Deny",
                                Action: "s3:*",
                                Condition: { Bool: { "aws:SecureTransport": "false" } },
                            }),
                        ),
                    },
                },
            ],
        },
        {
            name: "a public policy whose effect an access block on the same bucket takes away",
            isOrdered: true,
            resources: [
                { type: BUCKET, name: "data" },
                { type: BLOCK, name: "block", props: { bucket: ref("data"), ...ALL_FLAGS } },
                { type: POLICY, name: "policy", props: { bucket: ref("data"), policy: document(read()) } },
            ],
        },
        {
            name: "a public inline policy whose effect an access block takes away",
            resources: [
                { type: BUCKET, name: "data", props: { policy: document(read()) } },
                { type: BLOCK, name: "block", props: { bucket: ref("data"), restrictPublicBuckets: true } },
            ],
        },
        {
            name: "a public policy and an access block for a bucket outside the stack, by its name",
            isOrdered: true,
            resources: [
                { type: BLOCK, name: "block", props: { bucket: "acme-data", ...ALL_FLAGS } },
                { type: POLICY, name: "policy", props: { bucket: "acme-data", policy: document(read()) } },
            ],
        },
        {
            name: "a public policy under the account's access block",
            isOrdered: true,
            resources: [
                { type: "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", name: "account", props: ALL_FLAGS },
                { type: POLICY, name: "policy", props: { bucket: "acme-data", policy: document(read()) } },
            ],
        },
        {
            name: "public reading of objects that settings allow",
            resources: [
                { type: POLICY, props: { bucket: "acme-www", policy: document(read({ Action: ["S3:GetObject"] })) } },
            ],
            settings: { allowedPublicActions: ["s3:getobject"] },
        },
        {
            name: "a public policy on a directory bucket, whose access block cannot be turned off",
            resources: [
                { type: DIRECTORY_BUCKET, name: "fast", props: { bucket: "acme--use1-az4--x-s3" } },
                { type: POLICY, name: "policy", props: { bucket: ref("fast"), policy: document(read()) } },
            ],
        },
        {
            name: "a public policy on a directory bucket outside the stack, known by its name",
            resources: [{ type: POLICY, props: { bucket: "acme--use1-az4--x-s3", policy: document(read()) } }],
        },
        {
            name: "public policies of access points whose blocks are on, unless they say otherwise",
            resources: [
                {
                    type: POINT,
                    name: "a",
                    props: { bucket: "acme-data", policy: document(read()), arn: POINT_ARN },
                },
                {
                    type: POINT,
                    name: "b",
                    props: { policy: document(read()), publicAccessBlockConfiguration: { blockPublicPolicy: false } },
                },
                { type: POINT_POLICY, name: "c", props: { accessPointArn: ref("a", "arn"), policy: document(read()) } },
                { type: MULTI_REGION, name: "d", props: { details: { name: "world" } } },
                {
                    type: MULTI_REGION_POLICY,
                    name: "e",
                    props: { details: { name: "world", policy: document(read()) } },
                },
            ],
        },
        {
            name: "a public policy of an access point that only a VPC reaches",
            resources: [
                {
                    type: POINT,
                    props: {
                        policy: document(read()),
                        vpcConfiguration: { vpcId: "vpc-0a1b2c3d" },
                        publicAccessBlockConfiguration: { restrictPublicBuckets: false },
                    },
                },
            ],
        },
        {
            name: "a public policy of an open access point under the account's access block",
            resources: [
                { type: "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", name: "account", props: ALL_FLAGS },
                {
                    type: POINT,
                    name: "point",
                    props: {
                        policy: document(read()),
                        publicAccessBlockConfiguration: { restrictPublicBuckets: false },
                    },
                },
            ],
        },
        {
            name: "an open access point whose policy is taken away by an empty document",
            resources: [
                {
                    type: POINT,
                    props: { policy: "{}", publicAccessBlockConfiguration: { restrictPublicBuckets: false } },
                },
            ],
        },
        {
            name: "a condition that is unknown in a preview",
            resources: [
                {
                    type: POLICY,
                    props: {
                        bucket: "acme-data",
                        policy: { Statement: [read({ Condition: { StringEquals: { "aws:SourceVpce": UNKNOWN } } })] },
                    },
                },
            ],
            notes: [
                "Cannot be judged yet: BucketPolicy 'subject', policy.Statement[0]: whom the statement lets in is unknown until the update.",
            ],
        },
    ],
    invalid: [
        ...[
            ["PublicRead", "public-read", "lets anyone list and read"],
            ["PublicReadWrite", "public-read-write", "lets anyone list, read and write"],
            ["AuthenticatedRead", "authenticated-read", "lets every AWS account list and read"],
        ].map(([accessControl, acl, what]) => ({
            name: `a bucket of Cloud Control with ${accessControl}`,
            resources: [{ type: "aws-native:s3:Bucket", name: "data", props: { accessControl } }],
            violations: [`Bucket 'data', accessControl: is ${acl}, which ${what}; expected private.`],
        })),
        {
            name: "an open policy for a bucket of Cloud Control whose block leaves it, beside another's block",
            resources: [
                {
                    type: "aws-native:s3:Bucket",
                    name: "data",
                    props: { publicAccessBlockConfiguration: { restrictPublicBuckets: false } },
                },
                {
                    type: "aws-native:s3:Bucket",
                    name: "other",
                    props: { publicAccessBlockConfiguration: { restrictPublicBuckets: true } },
                },
                nativePolicy("*"),
            ],
            violations: [
                "BucketPolicy 'policy', policyDocument.Statement[0]: allows \"s3:GetObject\" to everyone without a condition that restricts the caller; expected named principals.",
            ],
        },
        ...(
            [
                ["of another action", { Action: "s3:PutObject" }],
                ["of another bucket", { Resource: "arn:aws:s3:::acme-other/*" }],
                ["of the bucket without its objects", { Resource: "arn:aws:s3:::acme-data" }],
                ["for one account", { Principal: { AWS: "123456789012" } }],
                [
                    "for the organisation itself",
                    { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-abcde12345" } } },
                ],
                ["for requests without TLS", { Condition: { Bool: { "aws:SecureTransport": "false" } } }],
            ] as const
        ).map(([what, change]) => ({
            name: `an Allow for everyone beside a Deny ${what}`,
            resources: [
                { type: POLICY, props: { bucket: "acme-data", policy: document(read(), denyStrangers(change)) } },
            ],
            violations: [`BucketPolicy 'subject', policy.Statement[0]: ${PUBLIC}`],
        })),
        {
            name: "public canned ACLs on each type of object",
            resources: [
                { type: "aws:s3/bucketObject:BucketObject", name: "a", props: { acl: "public-read" } },
                { type: "aws:s3/objectCopy:ObjectCopy", name: "b", props: { acl: " Public-Read " } },
            ],
            violations: [
                "BucketObject 'a', acl: is public-read, which lets anyone list and read; expected private.",
                "ObjectCopy 'b', acl: is public-read, which lets anyone list and read; expected private.",
            ],
        },
        {
            name: "grants to a public group in other letters, with a blank behind",
            resources: [
                { type: BUCKET, props: { grants: [{ uri: "http://acs.amazonaws.com/groups/global/ALLUSERS " }] } },
            ],
            violations: [
                "Bucket 'subject', grants[0].uri: grants to anyone (group ALLUSERS); expected a named account.",
            ],
        },
        {
            name: "a public policy of a bucket that is not known yet, whatever blocks there are",
            resources: [
                { type: BUCKET, name: "data" },
                { type: BLOCK, name: "block", props: { bucket: ref("data"), ...ALL_FLAGS } },
                { type: POLICY, name: "policy", props: { bucket: UNKNOWN, policy: document(read()) } },
            ],
            violations: [`BucketPolicy 'policy', policy.Statement[0]: ${PUBLIC}`],
        },
        {
            name: "a public policy of one of two buckets, of which only the first has a block",
            resources: [
                { type: BUCKET, name: "data" },
                { type: BUCKET, name: "logs" },
                { type: BLOCK, name: "block", props: { bucket: ref("data"), ...ALL_FLAGS } },
                {
                    type: POLICY,
                    name: "policy",
                    props: { bucket: UNKNOWN, policy: document(read()) },
                    dependsOn: ["data", "logs"],
                },
            ],
            violations: [`BucketPolicy 'policy', policy.Statement[0]: ${PUBLIC}`],
        },
        {
            name: "a public policy under an account's access block that does not restrict public buckets",
            resources: [
                {
                    type: "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
                    name: "account",
                    props: { ...ALL_FLAGS, restrictPublicBuckets: false },
                },
                { type: POLICY, name: "policy", props: { bucket: "acme-data", policy: document(read()) } },
            ],
            violations: [`BucketPolicy 'policy', policy.Statement[0]: ${PUBLIC}`],
        },
        {
            name: "a public policy of one of two access points, of which only the first is closed",
            resources: [
                { type: POINT, name: "a", props: {} },
                {
                    type: POINT,
                    name: "b",
                    props: { publicAccessBlockConfiguration: { restrictPublicBuckets: false } },
                },
                {
                    type: POINT_POLICY,
                    name: "c",
                    props: { accessPointArn: UNKNOWN, policy: document(read()) },
                    dependsOn: ["a", "b"],
                },
            ],
            violations: [`AccessPointPolicy 'c', policy.Statement[0]: ${PUBLIC}`],
        },
        {
            name: "a public policy of one of two Multi-Region Access Points, of which only the first is closed",
            resources: [
                { type: MULTI_REGION, name: "a", props: { details: { name: UNKNOWN } } },
                {
                    type: MULTI_REGION,
                    name: "b",
                    props: { details: { name: UNKNOWN, publicAccessBlock: { restrictPublicBuckets: false } } },
                },
                {
                    type: MULTI_REGION_POLICY,
                    name: "c",
                    props: { details: { name: UNKNOWN, policy: document(read()) } },
                    dependsOn: ["a", "b"],
                },
            ],
            violations: [`MultiRegionAccessPointPolicy 'c', details.policy.Statement[0]: ${PUBLIC}`],
        },
        {
            name: "a public policy beside a closed Multi-Region Access Point of another name",
            resources: [
                { type: MULTI_REGION, name: "a", props: { details: { name: "continent" } } },
                {
                    type: MULTI_REGION_POLICY,
                    name: "b",
                    props: { details: { name: "world", policy: document(read()) } },
                },
            ],
            violations: [`MultiRegionAccessPointPolicy 'b', details.policy.Statement[0]: ${PUBLIC}`],
        },
        {
            name: "everything but some, where settings allow every action",
            resources: [
                {
                    type: POLICY,
                    props: {
                        bucket: "acme-data",
                        policy: document({
                            Effect: "Allow",
                            Principal: "*",
                            NotAction: "s3:DeleteBucket",
                            Resource: "*",
                        }),
                    },
                },
            ],
            settings: { allowedPublicActions: ["*"] },
            violations: [
                "BucketPolicy 'subject', policy.Statement[0]: allows all actions except \"s3:DeleteBucket\" to everyone without a condition that restricts the caller; expected named principals.",
            ],
        },
        {
            name: "public policies whose access blocks come after them",
            isOrdered: true,
            resources: [
                { type: BUCKET, name: "data" },
                { type: POLICY, name: "early", props: { bucket: ref("data"), policy: document(read()) } },
                { type: BLOCK, name: "block", props: { bucket: ref("data"), ...ALL_FLAGS } },
                { type: BLOCK, name: "again", props: { bucket: ref("data"), ...ALL_FLAGS } },
                { type: POLICY, name: "late", props: { bucket: ref("data"), policy: document(read()) } },
                { type: POLICY, name: "other", props: { bucket: "acme-data", policy: document(read()) } },
                { type: "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", name: "account", props: ALL_FLAGS },
            ],
            violations: ["early", "other"].map(
                name =>
                    `BucketPolicy '${name}', policy.Statement[0]: allows "s3:GetObject" to everyone without a condition that restricts the caller; expected named principals.`,
            ),
        },
        {
            name: "public reading beside the access block of another account",
            resources: [
                {
                    type: "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
                    name: "account",
                    props: ALL_FLAGS,
                    ...inAccount("a", "111122223333"),
                },
                ...["one", "two", "three", "four"].map(name => ({
                    type: BUCKET,
                    name,
                    props: {},
                    ...inAccount("b", "444455556666"),
                })),
                {
                    type: POLICY,
                    name: "policy",
                    props: { bucket: "acme-data", policy: document(read()) },
                    ...inAccount("b", "444455556666"),
                },
            ],
            violations: [
                `BucketPolicy 'policy', policy.Statement[0]: allows "s3:GetObject" to everyone without a condition that restricts the caller; expected named principals.`,
            ],
            notes: [
                "AccountPublicAccessBlock 'account': does not count for 'one', 'two', 'three' and 2 more: the provider there has other credentials, which may be another account's.",
            ],
        },
        {
            name: "public canned ACLs, inline, in an ACL resource of either generation, on objects",
            resources: [
                { type: BUCKET, name: "a", props: { acl: "public-read" } },
                { type: "aws:s3/bucketV2:BucketV2", name: "b", props: { acl: "public-read-write" } },
                { type: ACL, name: "c", props: { bucket: "acme-data", acl: "authenticated-read" } },
                {
                    type: "aws:s3/bucketAclV2:BucketAclV2",
                    name: "d",
                    props: { bucket: "acme-data", acl: "Public-Read" },
                },
                { type: "aws:s3/bucketObjectv2:BucketObjectv2", name: "e", props: { acl: "public-read" } },
            ],
            violations: [
                "Bucket 'a', acl: is public-read, which lets anyone list and read; expected private.",
                "BucketV2 'b', acl: is public-read-write, which lets anyone list, read and write; expected private.",
                "BucketAcl 'c', acl: is authenticated-read, which lets every AWS account list and read; expected private.",
                "BucketAclV2 'd', acl: is public-read, which lets anyone list and read; expected private.",
                "BucketObjectv2 'e', acl: is public-read, which lets anyone list and read; expected private.",
            ],
        },
        {
            name: "a public ACL that says what its author wanted, although an access block is there",
            resources: [
                { type: BUCKET, name: "data", props: { acl: "public-read" } },
                { type: BLOCK, name: "block", props: { bucket: ref("data"), ...ALL_FLAGS } },
            ],
            violations: ["Bucket 'data', acl: is public-read, which lets anyone list and read; expected private."],
        },
        {
            name: "a public ACL other than the one that settings allow",
            resources: [{ type: BUCKET, props: { acl: "public-read-write" } }],
            settings: { allowedAcls: ["public-read"] },
            violations: [
                "Bucket 'subject', acl: is public-read-write, which lets anyone list, read and write; expected private.",
            ],
        },
        {
            name: "a list for an ACL",
            resources: [{ type: BUCKET, props: { acl: ["public-read"] } }],
            violations: [
                "Bucket 'subject', acl: is [\"public-read\"]; expected the name of a canned ACL such as private.",
            ],
        },
        {
            name: "grants to public groups, inline and in an ACL resource",
            resources: [
                {
                    type: BUCKET,
                    name: "a",
                    props: { grants: [{ type: "Group", uri: ALL_USERS, permissions: ["READ"] }] },
                },
                {
                    type: ACL,
                    name: "b",
                    props: {
                        bucket: "acme-data",
                        accessControlPolicy: {
                            owner: { id: "1f2e3d" },
                            grants: [
                                { permission: "READ", grantee: { type: "CanonicalUser", id: "1f2e3d" } },
                                {
                                    permission: "WRITE",
                                    grantee: {
                                        type: "Group",
                                        uri: "https://acs.amazonaws.com/groups/global/authenticatedUsers",
                                    },
                                },
                            ],
                        },
                    },
                },
            ],
            violations: [
                "Bucket 'a', grants[0].uri: grants to anyone (group AllUsers); expected a named account.",
                "BucketAcl 'b', accessControlPolicy.grants[1].grantee.uri: grants to every AWS account (group authenticatedUsers); expected a named account.",
            ],
        },
        {
            name: "a policy for everyone, the second statement of two",
            resources: [
                {
                    type: POLICY,
                    props: {
                        bucket: "acme-data",
                        policy: document(
                            read({ Principal: { AWS: "123456789012" } }),
                            read({ Principal: { AWS: ["*"] } }),
                        ),
                    },
                },
            ],
            violations: [`BucketPolicy 'subject', policy.Statement[1]: ${PUBLIC}`],
        },
        {
            name: "an inline policy given as an object",
            resources: [{ type: BUCKET, props: { policy: { Statement: read() } } }],
            violations: [`Bucket 'subject', policy.Statement: ${PUBLIC}`],
        },
        {
            name: "everyone but some",
            resources: [
                {
                    type: POLICY,
                    props: {
                        bucket: "acme-data",
                        policy: document({
                            Effect: "Allow",
                            NotPrincipal: { AWS: "123456789012" },
                            NotAction: "s3:Delete*",
                            Resource: "*",
                        }),
                    },
                },
            ],
            violations: [
                "BucketPolicy 'subject', policy.Statement[0]: allows all actions except \"s3:Delete*\" to everyone but some without a condition that restricts the caller; expected named principals.",
            ],
        },
        {
            name: "a condition that restricts nobody",
            resources: [
                {
                    type: POLICY,
                    props: {
                        bucket: "acme-data",
                        policy: document(
                            read({ Condition: { StringLike: { "aws:Referer": "https://www.example.com/*" } } }),
                        ),
                    },
                },
            ],
            violations: [`BucketPolicy 'subject', policy.Statement[0]: ${PUBLIC}`],
        },
        {
            name: "an access block on another bucket",
            resources: [
                { type: BUCKET, name: "data" },
                { type: BUCKET, name: "logs" },
                { type: BLOCK, name: "block", props: { bucket: ref("logs"), ...ALL_FLAGS } },
                { type: POLICY, name: "policy", props: { bucket: ref("data"), policy: document(read()) } },
            ],
            violations: [`BucketPolicy 'policy', policy.Statement[0]: ${PUBLIC}`],
        },
        {
            name: "an access block that does not restrict public buckets",
            resources: [
                { type: BUCKET, name: "data" },
                {
                    type: BLOCK,
                    name: "block",
                    props: {
                        bucket: ref("data"),
                        blockPublicAcls: true,
                        blockPublicPolicy: true,
                        ignorePublicAcls: true,
                    },
                },
                { type: POLICY, name: "policy", props: { bucket: ref("data"), policy: document(read()) } },
            ],
            violations: [`BucketPolicy 'policy', policy.Statement[0]: ${PUBLIC}`],
        },
        {
            name: "public policies of access points whose blocks are off",
            resources: [
                {
                    type: POINT,
                    name: "a",
                    props: {
                        policy: document(read()),
                        publicAccessBlockConfiguration: { restrictPublicBuckets: false },
                    },
                },
                { type: POINT_POLICY, name: "b", props: { accessPointArn: ref("a", "arn"), policy: document(read()) } },
                {
                    type: MULTI_REGION,
                    name: "c",
                    props: { details: { name: "world", publicAccessBlock: { restrictPublicBuckets: false } } },
                },
                {
                    type: MULTI_REGION_POLICY,
                    name: "d",
                    props: { details: { name: "world", policy: document(read()) } },
                },
            ],
            violations: [
                `AccessPoint 'a', policy.Statement[0]: ${PUBLIC}`,
                `AccessPointPolicy 'b', policy.Statement[0]: ${PUBLIC}`,
                `MultiRegionAccessPointPolicy 'd', details.policy.Statement[0]: ${PUBLIC}`,
            ],
        },
        {
            name: "public policies of access points outside the stack, and of an Object Lambda access point",
            resources: [
                {
                    type: POINT_POLICY,
                    name: "a",
                    props: {
                        accessPointArn: POINT_ARN,
                        policy: document(read()),
                    },
                },
                {
                    type: MULTI_REGION_POLICY,
                    name: "b",
                    props: { details: { name: "world", policy: document(read()) } },
                },
                {
                    type: "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy",
                    name: "c",
                    props: { policy: document(read()) },
                },
            ],
            violations: [
                `AccessPointPolicy 'a', policy.Statement[0]: ${PUBLIC}`,
                `ObjectLambdaAccessPointPolicy 'c', policy.Statement[0]: ${PUBLIC}`,
                `MultiRegionAccessPointPolicy 'b', details.policy.Statement[0]: ${PUBLIC}`,
            ],
        },
        {
            name: "text that is no JSON",
            resources: [{ type: POLICY, props: { bucket: "acme-data", policy: "Principal: *" } }],
            violations: [
                "BucketPolicy 'subject', policy: is not valid JSON, so whom it lets in cannot be seen; expected a bucket policy.",
            ],
        },
        {
            name: "more than the public reading that settings allow",
            resources: [
                {
                    type: POLICY,
                    props: { bucket: "acme-www", policy: document(read({ Action: ["s3:GetObject", "s3:PutObject"] })) },
                },
            ],
            settings: { allowedPublicActions: ["s3:GetObject"] },
            violations: [
                'BucketPolicy \'subject\', policy.Statement[0]: allows "s3:GetObject", "s3:PutObject" to everyone without a condition that restricts the caller; expected named principals.',
            ],
        },
    ],
    badSettings: [{ allowedAcls: ["private"] }, { allowedAcl: [] }, { allowedPublicActions: [""] }],
});

describe("remediation", () => {
    test.each([
        BUCKET,
        "aws:s3/bucketV2:BucketV2",
        ACL,
        "aws:s3/bucketAclV2:BucketAclV2",
        "aws:s3/bucketObject:BucketObject",
        "aws:s3/bucketObjectv2:BucketObjectv2",
        "aws:s3/objectCopy:ObjectCopy",
    ])("makes a public canned ACL of %s private, and keeps the rest", type => {
        expect(remediated(rule, { type, props: { acl: "public-read", bucket: UNKNOWN } })).toEqual({
            acl: "private",
            bucket: UNKNOWN,
        });
    });

    test("knows a public ACL in other letters", () => {
        expect(remediated(rule, { type: BUCKET, props: { acl: " Public-Read-Write " } })).toEqual({ acl: "private" });
    });

    test.each([{}, { acl: "private" }, { acl: "log-delivery-write" }, { acl: UNKNOWN }, { acl: ["public-read"] }])(
        "leaves %j",
        props => {
            expect(remediated(rule, { type: BUCKET, props })).toBeUndefined();
        },
    );

    test("leaves an ACL that settings allow", () => {
        const bucket = { type: BUCKET, props: { acl: "public-read" } };
        expect(remediated(rule, bucket, { allowedAcls: ["public-read"] })).toBeUndefined();
    });
});

describe("right before a policy is created", () => {
    /** What the policy is told of in an update, when the stack holds it and nothing beside. */
    function judge(props: Record<string, unknown>): string[] {
        const withoutFiles = (): never => {
            throw new Error("Only project rules look at files.");
        };
        const host = { workspace: withoutFiles, filter: () => "report" as const, isUpdate: true };
        const { validateResource } = toPolicy(rule, host) as { validateResource: ResourceValidation };
        const found: { message: string }[] = [];
        validateResource(resourceArgs({ type: POLICY, props }, {}), ((one: never) => found.push(one)) as never);
        return found.map(({ message }) => message);
    }

    test("a public policy is reported", () => {
        expect(judge({ bucket: "acme-data", policy: document(read()) })).toEqual([
            `BucketPolicy 'subject', policy.Statement[0]: ${PUBLIC}`,
        ]);
    });

    test("that of a directory bucket is not, nor one for named principals", () => {
        expect(judge({ bucket: "acme--use1-az4--x-s3", policy: document(read()) })).toEqual([]);
        expect(judge({ bucket: "acme-data", policy: document(read({ Principal: { AWS: "123456789012" } })) })).toEqual(
            [],
        );
    });
});
