import { rule } from "../../../policies/rules/state/state-bucket-hardened";
import { ref, type TestResource, UNKNOWN } from "../../support/engine-args";
import { HARDENED_GCS } from "../../support/hardened-store";
import { testStackRule } from "../../support/test-rule";

const NAME = "acme-pulumi-state";
const ARN = `arn:aws:s3:::${NAME}`;
const CI = "arn:aws:iam::123456789012:role/pulumi-ci";
const BREAK_GLASS = "arn:aws:iam::123456789012:role/break-glass";

const ALL = [ARN, `${ARN}/*`];
const denyPlaintext = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: ALL,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const denyOthers = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: ALL,
    Condition: { StringNotEquals: { "aws:PrincipalArn": [CI, BREAK_GLASS] } },
};
const policy = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** A policy that is right for a bucket of any name. */
const ANY_BUCKET = policy({ ...denyPlaintext, Resource: "*" }, { ...denyOthers, Resource: "*" });

const FLAGS = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };

/** The parts of a hardened bucket; null takes one away. */
interface Parts {
    /** Name of the bucket in the program. */
    readonly name?: string;
    readonly bucket?: Record<string, unknown>;
    readonly versioning?: object | null;
    readonly encryption?: object | null;
    readonly block?: object | null;
    readonly policy?: unknown;
    readonly logging?: object | null;
}

const byDefault = (key: unknown = ref("key", "arn"), sseAlgorithm = "aws:kms") => ({
    applyServerSideEncryptionByDefault: { sseAlgorithm, ...(key === undefined ? {} : { kmsMasterKeyId: key }) },
});

function store(parts: Parts = {}): TestResource[] {
    const {
        name: own = "state",
        bucket = {},
        versioning = { versioningConfiguration: { status: "Enabled" } },
        encryption = { rules: [{ ...byDefault(), bucketKeyEnabled: true }] },
        block = FLAGS,
        logging = { targetBucket: ref("logs") },
    } = parts;
    const document = parts.policy === undefined ? policy(denyPlaintext, denyOthers) : parts.policy;
    const separate = (type: string, name: string, props: object | null): TestResource[] =>
        props === null ? [] : [{ type: `aws:s3/${type}`, name, props: { bucket: ref(own), ...props } }];
    return [
        { type: "aws:kms/key:Key", name: "key", props: { arn: "arn:aws:kms:eu-west-1:123456789012:key/1" } },
        { type: "aws:s3/bucket:Bucket", name: "logs", props: { bucket: "acme-access-logs" } },
        {
            type: "aws:s3/bucket:Bucket",
            name: own,
            props: { bucket: NAME, objectLockEnabled: true, ...bucket },
        },
        ...separate("bucketVersioning:BucketVersioning", "versioning", versioning),
        ...separate(
            "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            "encryption",
            encryption,
        ),
        ...separate("bucketPublicAccessBlock:BucketPublicAccessBlock", "block", block),
        ...separate("bucketPolicy:BucketPolicy", "policy", document === null ? null : { policy: document }),
        ...separate("bucketLogging:BucketLogging", "logging", logging),
    ];
}

const without = (value: unknown) => ({ bucket: { objectLockEnabled: value } });
const inPolicy = "BucketPolicy 'policy', policy";
const NO_TLS = `${inPolicy}: does not do so; expected a Deny of s3:* to everyone, on the bucket and its objects, where aws:SecureTransport is false.`;
const NO_DENY = `${inPolicy}: does not do so; expected a Deny of s3:* to everyone, on the bucket and its objects, but the roles of CI and break-glass (StringNotEquals on aws:PrincipalArn).`;
const spare = (value: unknown, extra: object = {}) =>
    policy(denyPlaintext, { ...denyOthers, Condition: { StringNotLike: { "aws:PrincipalArn": value }, ...extra } });
const lets = (value: unknown, expected = "the ARN of one role") =>
    `BucketPolicy 'policy', policy.Statement[1].Condition.StringNotLike["aws:PrincipalArn"]: lets ${JSON.stringify(value)} use the state; expected ${expected}.`;

const gcs = (props: object, ...others: TestResource[]): TestResource[] => [
    { ...HARDENED_GCS, props: { ...HARDENED_GCS.props, ...props } },
    ...others,
];

const ACCOUNT: TestResource = {
    type: "azure-native:storage:StorageAccount",
    name: "states",
    props: {
        accountName: "acmestates",
        allowBlobPublicAccess: false,
        allowSharedKeyAccess: false,
        minimumTlsVersion: "TLS1_2",
        encryption: { keySource: "Microsoft.Keyvault" },
        networkRuleSet: { defaultAction: "Deny" },
        tags: { purpose: "pulumi-state" },
    },
};
const SERVICE: TestResource = {
    type: "azure-native:storage/v20230101:BlobServiceProperties",
    name: "blobs",
    props: {
        accountName: ref("states", "accountName"),
        isVersioningEnabled: true,
        deleteRetentionPolicy: { enabled: true, days: 30 },
    },
};
const azure = (props: object, ...others: TestResource[]): TestResource[] => [
    { ...ACCOUNT, props: { ...ACCOUNT.props, ...props } },
    ...others,
];

const CLASSIC: TestResource = {
    type: "azure:storage/account:Account",
    name: "states",
    props: {
        name: "acmestates",
        allowNestedItemsToBePublic: false,
        sharedAccessKeyEnabled: false,
        customerManagedKey: { keyVaultKeyId: "https://acme.vault.azure.net/keys/state", userAssignedIdentityId: "me" },
        networkRules: { defaultAction: "Deny", ipRules: ["203.0.113.7"] },
        blobProperties: { versioningEnabled: true, deleteRetentionPolicy: { days: 30 } },
        tags: { purpose: "pulumi-state" },
    },
};
const classic = (props: object, ...others: TestResource[]): TestResource[] => [
    { ...CLASSIC, props: { ...CLASSIC.props, ...props } },
    ...others,
];
const CLASSIC_NETWORK: TestResource = {
    type: "azure:storage/accountNetworkRules:AccountNetworkRules",
    name: "network",
    props: { storageAccountId: ref("states"), defaultAction: "Deny" },
};
const CLASSIC_KEY: TestResource = {
    type: "azure:storage/customerManagedKey:CustomerManagedKey",
    name: "key",
    props: { storageAccountId: ref("states"), keyVaultKeyId: "https://acme.vault.azure.net/keys/state" },
};
const VAULT_KEY: TestResource = { type: "azure:keyvault/key:Key", name: "vault-key", props: {} };
const NO_CLASSIC_KEY = "expected a key of your own, by customerManagedKey or a CustomerManagedKey.";
const NO_CLASSIC_RULES = 'expected "Deny", by networkRules or an AccountNetworkRules.';

function nativeStore(bucket: object = {}): TestResource[] {
    return [
        { type: "aws-native:kms:Key", name: "key", props: {} },
        {
            type: "aws-native:s3:Bucket",
            name: "state",
            props: {
                bucketName: NAME,
                objectLockEnabled: true,
                versioningConfiguration: { status: "Enabled" },
                bucketEncryption: {
                    serverSideEncryptionConfiguration: [
                        {
                            serverSideEncryptionByDefault: {
                                sseAlgorithm: "aws:kms",
                                kmsMasterKeyId: ref("key", "arn"),
                            },
                            bucketKeyEnabled: true,
                        },
                    ],
                },
                publicAccessBlockConfiguration: FLAGS,
                loggingConfiguration: { destinationBucketName: "acme-access-logs" },
                ...bucket,
            },
        },
        {
            type: "aws-native:s3:BucketPolicy",
            name: "policy",
            props: { bucket: ref("state"), policyDocument: JSON.parse(policy(denyPlaintext, denyOthers)) },
        },
    ];
}

const inBucket = (bucket: Record<string, unknown>, document: string) =>
    store({ name: "pulumi-state", bucket: { bucket: UNKNOWN, ...bucket }, policy: document });
const member = (type: string, props: object): TestResource => ({
    type: `gcp:storage/${type}`,
    name: "grant",
    props: { bucket: ref("acme-pulumi-state", "name"), ...props },
});
/** What only looks like the ARN or id of a principal. */
const NOBODY = [
    "x:arn:aws:iam::123456789012:role/pulumi-ci",
    "arn:aws:iam::123456789012:group/pulumi-ci",
    "arn:aws:iam::123456789012:rooted",
    "arn:aws:iam::123456789012:role/",
    "xAROAEXAMPLEEXAMPLE12",
    "AROAEXAMPLEEXAMPLE12*",
    "AGPAEXAMPLEEXAMPLE12",
    "AROAEXAMPLE",
    "1234567890123",
    "x123456789012",
];
const IMMUTABILITY = "azure-native:storage:BlobContainerImmutabilityPolicy";

testStackRule(rule, {
    valid: [
        { name: "a hardened bucket of Cloud Control", resources: nativeStore() },
        {
            name: "a hardened bucket of Cloud Control, known by a tag, with a key that is created beside it",
            resources: nativeStore({
                bucketName: "acme",
                tags: [
                    { key: "team", value: "a" },
                    { key: "purpose", value: "pulumi-state" },
                ],
            }).map(each =>
                each.name === "policy" ? { ...each, props: { ...each.props, policyDocument: ANY_BUCKET } } : each,
            ),
        },
        {
            name: "a bucket of Cloud Control of which a tag is unknown in a preview",
            resources: [
                {
                    type: "aws-native:s3:Bucket",
                    name: "data",
                    props: { bucketName: "acme", tags: [{ key: "purpose", value: UNKNOWN }] },
                },
                {
                    type: "aws-native:s3:Bucket",
                    name: "other",
                    props: { bucketName: "acme-other", tags: [{ key: UNKNOWN, value: "x" }] },
                },
            ],
            notes: [
                "Cannot be judged yet: Bucket 'data', tags[0].value: is unknown until the update, so whether it marks a store of Pulumi state cannot be told.",
                "Cannot be judged yet: Bucket 'other', tags[0].key: is unknown until the update, so whether it marks a store of Pulumi state cannot be told.",
            ],
        },
        { name: "a hardened storage account of the classic provider", resources: classic({}) },
        {
            name: "the classic provider's settings spelt out, in both of its spellings",
            resources: [
                ...classic({ httpsTrafficOnlyEnabled: true, minTlsVersion: "TLS1_3" }),
                ...classic({ enableHttpsTrafficOnly: true, minTlsVersion: "TLS1_2" }).map(each => ({
                    ...each,
                    name: "older",
                })),
            ],
        },
        {
            name: "a classic storage account whose key and network rules are resources of their own",
            resources: classic({ customerManagedKey: null, networkRules: null }, CLASSIC_NETWORK, CLASSIC_KEY),
        },
        {
            name: "separate resources that name a classic storage account, as older releases do",
            resources: classic(
                { customerManagedKey: null, networkRules: null },
                { ...CLASSIC_NETWORK, props: { storageAccountName: "acmestates", defaultAction: "Deny" } },
                { ...CLASSIC_KEY, props: { storageAccountId: ref("states"), keyVaultId: "v", keyName: "state" } },
            ),
        },
        {
            name: "a classic storage account without a public endpoint, which keeps deleted blobs for the usual time",
            resources: classic({
                publicNetworkAccessEnabled: false,
                networkRules: null,
                blobProperties: { versioningEnabled: true, deleteRetentionPolicy: {} },
            }),
        },
        {
            name: "a classic storage account with a key that the stack creates",
            resources: classic({ customerManagedKey: { keyVaultKeyId: ref("vault-key") } }, VAULT_KEY),
        },
        {
            name: "a classic storage account with a key that is unknown in a preview",
            resources: classic({ customerManagedKey: { keyVaultKeyId: UNKNOWN } }),
            notes: [
                `Cannot be judged yet: Account 'states', customerManagedKey.keyVaultKeyId: is unknown until the update; ${NO_CLASSIC_KEY}`,
            ],
        },
        {
            name: "separate resources of nobody knows which classic storage account",
            resources: classic(
                { customerManagedKey: null, networkRules: null },
                { ...CLASSIC_NETWORK, props: { ...CLASSIC_NETWORK.props, storageAccountId: UNKNOWN } },
                { ...CLASSIC_KEY, props: { ...CLASSIC_KEY.props, storageAccountId: UNKNOWN } },
            ),
            notes: [
                `Cannot be judged yet: Account 'states', customerManagedKey: which store a separate resource is for is unknown until the update; ${NO_CLASSIC_KEY}`,
                `Cannot be judged yet: Account 'states', networkRules.defaultAction: which store a separate resource is for is unknown until the update; ${NO_CLASSIC_RULES}`,
            ],
        },
        {
            name: "a classic storage account and a container that hold something else",
            resources: [
                ...classic({ tags: {}, allowNestedItemsToBePublic: true }),
                {
                    type: "azure:storage/container:Container",
                    name: "data",
                    props: { name: "data", storageAccountId: ref("states") },
                },
                { type: "azure:storage/queue:Queue", name: "acme-pulumi-state", props: { name: UNKNOWN } },
            ],
        },
        {
            name: "a key of S3 that is unknown in a preview and of no resource of the stack",
            resources: store({ encryption: { rules: [{ ...byDefault(UNKNOWN), bucketKeyEnabled: true }] } }),
            notes: [
                "Cannot be judged yet: BucketServerSideEncryptionConfiguration 'encryption', rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId: is unknown until the update; expected the ARN of a KMS key of your own.",
            ],
        },
        {
            name: "a key of Cloud Storage that is unknown in a preview and of no resource of the stack",
            resources: gcs({ encryption: { defaultKmsKeyName: UNKNOWN } }),
            notes: [
                "Cannot be judged yet: Bucket 'acme-pulumi-state', encryption.defaultKmsKeyName: is unknown until the update; expected a KMS key of your own.",
            ],
        },
        {
            name: "a key of Cloud Storage that the stack creates",
            resources: gcs(
                { encryption: { defaultKmsKeyName: ref("crypto-key") } },
                { type: "gcp:kms/cryptoKey:CryptoKey", name: "crypto-key", props: {} },
            ),
        },
        {
            name: "a bucket whose name is unknown in a preview, with both of its ARNs",
            resources: inBucket({}, policy(denyPlaintext, denyOthers)),
        },
        {
            name: "a Deny in another partition, with a blank around what it names",
            resources: store({
                policy: policy(
                    {
                        ...denyPlaintext,
                        Action: " s3:* ",
                        Resource: [` ${ARN.replace("aws", "aws-cn")}`, `arn:aws-cn:s3:::${NAME}/*`],
                    },
                    { ...denyOthers, Resource: [`arn:aws-us-gov:s3:::${NAME}*`] },
                ),
            }),
        },
        ...["StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike", "ArnNotEquals", "ArnNotLike"].map(
            operator => ({
                name: `a Deny of others by ${operator}`,
                resources: store({
                    policy: policy(denyPlaintext, {
                        ...denyOthers,
                        Principal: { Service: "ec2.amazonaws.com", AWS: "*" },
                        Condition: { [operator]: { "aws:PrincipalArn": CI } },
                    }),
                }),
            }),
        ),
        ...["aws:PrincipalIsAWSService", "aws:ViaAWSService"].map(key => ({
            name: `a Deny of others but AWS services by ${key}`,
            resources: store({ policy: spare(CI, { Bool: { [key]: "false" } }) }),
        })),
        {
            name: "a Deny that spares each kind of principal",
            resources: store({
                policy: spare([
                    "arn:aws:sts::123456789012:assumed-role/pulumi-ci/session",
                    "arn:aws:iam::123456789012:user/break-glass",
                    "arn:aws-us-gov:iam::123456789012:role/ci",
                    "AROAEXAMPLEEXAMPLE12",
                    "AIDAEXAMPLEEXAMPLE12",
                    "AROAEXAMPLEEXAMPLE12:session",
                    "123456789012",
                    "arn:aws:iam::123456789012:role/x/aws-reserved/a*",
                ]),
            }),
        },
        {
            name: "a principal that is unknown in a preview",
            resources: store().map(each =>
                each.name === "policy"
                    ? {
                          ...each,
                          props: {
                              ...each.props,
                              policy: {
                                  Statement: [
                                      denyPlaintext,
                                      {
                                          ...denyOthers,
                                          Condition: { StringNotLike: { "aws:PrincipalArn": [CI, UNKNOWN] } },
                                      },
                                  ],
                              },
                          },
                      }
                    : each,
            ),
            notes: [
                "Cannot be judged yet: BucketPolicy 'policy', policy.Statement[1].Condition.StringNotLike[\"aws:PrincipalArn\"][1]: which principal the policy lets in is unknown until the update.",
            ],
        },
        {
            name: "buckets whose names go on as those of logs and machines do",
            resources: [
                "logs",
                "log",
                "logging",
                "trail",
                "trails",
                "cloudtrail",
                "audit",
                "machine",
                "machines",
                "old-logs",
            ]
                .flatMap(word => [`acme-pulumi-state-${word}`, `acme-pulumi-backend-${word}-eu`])
                .map((bucket, index) => ({ type: "aws:s3/bucket:Bucket", name: `any-${index}`, props: { bucket } })),
        },
        {
            name: "a backend of another cloud, whose bucket has the same name",
            resources: [
                { type: "gcp:storage/bucket:Bucket", name: "b", props: { name: "iac" } },
                { type: "aws:s3/bucket:Bucket", name: "a", props: { bucket: "iac" } },
            ],
            backendUrl: "azblob://iac",
        },
        {
            name: "a backend whose URL only holds the bucket's",
            resources: [{ type: "aws:s3/bucket:Bucket", name: "a", props: { bucket: "iac" } }],
            backendUrl: "https://acme.example/?from=s3://iac",
        },
        {
            name: "members of Cloud Storage whose names only hold those of everyone",
            resources: gcs(
                {},
                member("bucketIAMBinding:BucketIAMBinding", {
                    members: ["user:allUsers@acme.example", "group:not-allUsers"],
                }),
                { ...member("bucketACL:BucketACL", { predefinedAcl: "projectPublicRead" }), name: "a" },
                { ...member("bucketACL:BucketACL", { predefinedAcl: "publicReadLater" }), name: "b" },
            ),
        },
        { name: "a bucket of Cloud Storage in capitals", resources: gcs({ publicAccessPrevention: " Enforced " }) },
        {
            name: "blob services by the default version of the API",
            resources: azure({}, { ...SERVICE, type: "azure-native:storage:BlobServiceProperties" }),
        },
        {
            name: "resources of Azure whose types only begin like those of a store",
            resources: [
                { ...ACCOUNT, props: { accountName: "acmestates" } },
                { type: IMMUTABILITY, name: "pulumi-state", props: { accountName: ref("states", "accountName") } },
                {
                    type: "azure-native:storage:StorageAccountStaticWebsite",
                    name: "acme-pulumi-state",
                    props: { accountName: "other" },
                },
            ],
        },
        { name: "a hardened bucket", resources: store() },
        ...[
            { name: "state-machines", bucket: "data" },
            { name: "pulumi-state-machine", bucket: "acme-pulumi-state-machine-input" },
            { name: "stateLogs", bucket: "acme-pulumi-state-access-logs" },
            { name: "pulumiStateTrail", bucket: "acme-audit" },
            { name: "pulumi_backend_logs", bucket: "acme-pulumi-backend-prod-logs-eu-west-1" },
        ].map(({ name, bucket }) => ({
            name: `a bucket ${name} or ${bucket}, which holds no state`,
            resources: [{ type: "aws:s3/bucket:Bucket", name, props: { bucket } }],
        })),
        {
            name: "a storage account without a public endpoint",
            resources: azure({ publicNetworkAccess: "Disabled", networkRuleSet: null }, SERVICE),
        },
        { name: "no bucket", resources: [{ type: "aws:sqs/queue:Queue", name: "acme-pulumi-state" }] },
        {
            name: "a bucket that settings do not mean",
            resources: store({ versioning: null }),
            settings: { stateStores: [], stateTags: [] },
        },
        {
            name: "the logs of a state bucket, whose name is like its own",
            resources: [
                ...store({
                    bucket: { bucket: "acme-pulumi-state-prod" },
                    policy: ANY_BUCKET,
                    logging: { targetBucket: ref("state-logs") },
                }),
                { type: "aws:s3/bucket:Bucket", name: "state-logs", props: { bucket: "acme-pulumi-state-prod-logs" } },
            ],
            settings: { stateStores: ["*pulumi-state*"] },
        },
        {
            name: "everything inline, as older programs write it",
            resources: [
                {
                    type: "aws:s3/bucketV2:BucketV2",
                    name: "state",
                    props: {
                        bucket: NAME,
                        versionings: [{ enabled: true }],
                        objectLockConfiguration: { objectLockEnabled: "Enabled" },
                        serverSideEncryptionConfigurations: [
                            {
                                rules: [
                                    {
                                        applyServerSideEncryptionByDefaults: [
                                            { sseAlgorithm: "aws:kms:dsse", kmsMasterKeyId: "alias/state" },
                                        ],
                                    },
                                ],
                            },
                        ],
                        policy: policy(denyPlaintext, denyOthers),
                        loggings: [{ targetBucket: "acme-access-logs" }],
                    },
                },
                { type: "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", name: "account", props: FLAGS },
            ],
        },
        {
            name: "a separate object lock, which means enabled",
            resources: [
                ...store(without(undefined)),
                {
                    type: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
                    name: "lock",
                    props: { bucket: ref("state") },
                },
            ],
        },
        {
            name: "a Deny of every action on everything",
            resources: store({
                policy: policy(
                    { ...denyPlaintext, Action: "*", Resource: "*" },
                    { ...denyOthers, Action: ["S3:Get*", "s3:Put*", "s3:Delete*", "s3:List*"], Resource: "*" },
                ),
            }),
        },
        {
            name: "a Deny by NotPrincipal, and by NotAction",
            resources: store({
                policy: policy(denyPlaintext, {
                    Effect: "Deny",
                    NotPrincipal: { AWS: [CI, "arn:aws:iam::123456789012:root"] },
                    NotAction: "s3:GetBucketLocation",
                    Resource: ALL,
                }),
            }),
        },
        {
            name: "roles by a pattern, sessions by their id, and AWS services",
            resources: store({
                policy: spare(["arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/*BreakGlass*"], {
                    StringNotLike: { "aws:userid": "AROAEXAMPLEEXAMPLE12:*" },
                    BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
                }),
            }),
        },
        {
            name: "the root user by the account's id, as policies by user id have it",
            resources: store({
                policy: policy(denyPlaintext, {
                    Effect: "Deny",
                    Principal: "*",
                    Action: "s3:*",
                    Resource: ALL,
                    Condition: { StringNotLike: { "aws:userId": ["AROAEXAMPLEEXAMPLE12:*", "123456789012"] } },
                }),
            }),
        },
        ...["AWSReservedSSO_BreakGlass_*", "eu-west-1/AWSReservedSSO_BreakGlass_0123456789abcdef"].map(name => ({
            name: `the role ${name} of Identity Center`,
            resources: store({
                policy: spare([`arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/${name}`]),
            }),
        })),
        {
            name: "a role with a short name",
            resources: store({ policy: spare(["arn:aws:iam::123456789012:role/ci"]) }),
        },
        {
            name: "the principals that settings expect",
            resources: store(),
            settings: { allowedPrincipals: [CI, "arn:aws:iam::*:role/break-*"] },
        },
        {
            name: "of two Denies one that spares named roles only",
            resources: store({
                policy: policy(
                    denyPlaintext,
                    {
                        ...denyOthers,
                        Condition: { StringNotLike: { "aws:PrincipalArn": "arn:aws:iam::123456789012:*" } },
                    },
                    denyOthers,
                ),
            }),
        },
        {
            name: "a policy that is unknown in a preview",
            resources: store({ policy: ref("state", "arn", arn => policy({ ...denyPlaintext, Resource: arn })) }),
            form: "preview",
            notes: [`Cannot be judged yet: ${inPolicy}: the bucket policy is unknown until the update.`],
        },
        {
            name: "separate resources of nobody knows which bucket",
            resources: [
                { type: "aws:s3/bucket:Bucket", name: "state", props: { bucket: NAME } },
                ...[
                    "bucketVersioning:BucketVersioning",
                    "bucketObjectLockConfiguration:BucketObjectLockConfiguration",
                    "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
                    "bucketPublicAccessBlock:BucketPublicAccessBlock",
                    "bucketPolicy:BucketPolicy",
                    "bucketLogging:BucketLogging",
                ].map(type => ({ type: `aws:s3/${type}`, name: type, props: { bucket: UNKNOWN } })),
            ],
            notes: [
                "Cannot be judged yet: Bucket 'state', versioning: which store a separate resource is for is unknown until the update; expected versioning, by a BucketVersioning with status Enabled.",
                "Cannot be judged yet: Bucket 'state', objectLockEnabled: which store a separate resource is for is unknown until the update; expected true, so that no version of the state can be destroyed.",
                "Cannot be judged yet: Bucket 'state', serverSideEncryptionConfiguration: which store a separate resource is for is unknown until the update; expected aws:kms with a key of your own, by a BucketServerSideEncryptionConfiguration.",
                "Cannot be judged yet: Bucket 'state': which bucket a public access block is for is unknown until the update.",
                "Cannot be judged yet: Bucket 'state', policy: the bucket policy is unknown until the update.",
                "Cannot be judged yet: Bucket 'state': which bucket a logging resource is for is unknown until the update.",
            ],
        },
        {
            name: "unknown values",
            resources: store({
                bucket: { objectLockEnabled: UNKNOWN },
                versioning: { versioningConfiguration: UNKNOWN },
                encryption: { rules: [{ ...byDefault(UNKNOWN), bucketKeyEnabled: UNKNOWN }] },
                block: { ...FLAGS, blockPublicAcls: UNKNOWN },
            }),
            notes: [
                "Cannot be judged yet: BucketVersioning 'versioning', versioningConfiguration.status: is unknown until the update; expected versioning, by a BucketVersioning with status Enabled.",
                "Cannot be judged yet: Bucket 'state', objectLockEnabled: is unknown until the update; expected true, so that no version of the state can be destroyed.",
                "Cannot be judged yet: BucketServerSideEncryptionConfiguration 'encryption', rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId: is unknown until the update; expected the ARN of a KMS key of your own.",
                "Cannot be judged yet: BucketServerSideEncryptionConfiguration 'encryption', rules[0].bucketKeyEnabled: is unknown until the update; expected true.",
                "Cannot be judged yet: BucketPublicAccessBlock 'block', blockPublicAcls: is unknown until the update; expected true.",
            ],
        },
        ...(
            [
                ["a name", "aws:s3/bucket:Bucket", { bucket: UNKNOWN }, "bucket"],
                ["a name's start", "aws:s3/bucket:Bucket", { bucketPrefix: UNKNOWN }, "bucketPrefix"],
                ["tags", "aws:s3/bucket:Bucket", { bucket: "acme", tags: UNKNOWN }, "tags"],
                ["a tag", "aws:s3/bucket:Bucket", { bucket: "acme", tags: { Purpose: UNKNOWN } }, "tags.Purpose"],
                ["a name in Cloud Storage", "gcp:storage/bucket:Bucket", { name: UNKNOWN }, "name"],
                ["an account's name", "azure-native:storage:StorageAccount", { accountName: UNKNOWN }, "accountName"],
                ["a classic account's name", "azure:storage/account:Account", { name: UNKNOWN }, "name"],
                ["a classic container's name", "azure:storage/container:Container", { name: UNKNOWN }, "name"],
                [
                    "a container's name",
                    "azure-native:storage:BlobContainer",
                    { containerName: UNKNOWN },
                    "containerName",
                ],
            ] as const
        ).map(([what, type, props, path]) => ({
            name: `${what} that is unknown and may mark a store`,
            resources: [{ type, name: "any", props }],
            notes: [
                `Cannot be judged yet: ${type.split(":").at(-1)} 'any', ${path}: is unknown until the update, so whether it marks a store of Pulumi state cannot be told.`,
            ],
        })),
        {
            name: "buckets that unknown values do not mark",
            resources: [
                { type: "aws:s3/bucket:Bucket", name: "a", props: { bucket: "acme", tags: { team: UNKNOWN } } },
                { type: "aws:s3/bucket:Bucket", name: "b", props: { bucket: UNKNOWN, bucketPrefix: "acme-" } },
                { type: "aws:s3/bucket:Bucket", name: "c", props: { bucket: "acme", bucketPrefix: UNKNOWN } },
                { type: "aws:sqs/queue:Queue", name: "d", props: { name: UNKNOWN, tags: UNKNOWN } },
            ],
        },
        {
            name: "a bucket of Cloud Storage with unknown retention, and a policy that is unknown",
            resources: gcs(
                { softDeletePolicy: { retentionDurationSeconds: UNKNOWN } },
                {
                    type: "gcp:storage/bucketIAMPolicy:BucketIAMPolicy",
                    name: "all",
                    props: { bucket: ref("acme-pulumi-state", "name"), policyData: UNKNOWN },
                },
            ),
            notes: [
                "Cannot be judged yet: Bucket 'acme-pulumi-state', softDeletePolicy.retentionDurationSeconds: is unknown until the update; expected deleted objects to be kept for a time.",
                "Cannot be judged yet: BucketIAMPolicy 'all', policyData: whom the policy lets use the state is unknown until the update.",
            ],
        },
        { name: "a hardened bucket of Cloud Storage", resources: gcs({}) },
        {
            name: "a bucket of Cloud Storage with named members",
            resources: gcs(
                { softDeletePolicy: { retentionDurationSeconds: 604800 } },
                {
                    type: "gcp:storage/bucketIAMMember:BucketIAMMember",
                    name: "ci",
                    props: { bucket: ref("acme-pulumi-state", "name"), member: "serviceAccount:ci@acme.example" },
                },
                {
                    type: "gcp:storage/bucketIAMMember:BucketIAMMember",
                    name: "site",
                    props: { bucket: "acme-website", member: "allUsers" },
                },
            ),
        },
        { name: "a hardened storage account", resources: azure({}, SERVICE) },
        {
            name: "a storage account with HTTPS spelt out, and a newer TLS",
            resources: azure({ enableHttpsTrafficOnly: true, minimumTlsVersion: "TLS1_3" }, SERVICE),
        },
        {
            name: "a storage account without a tag and without a container of state",
            resources: azure({ tags: {}, allowBlobPublicAccess: true }),
        },
        {
            name: "blob services of nobody knows which account",
            resources: azure({}, { ...SERVICE, props: { ...SERVICE.props, accountName: UNKNOWN } }),
            notes: ["isVersioningEnabled", "a deleteRetentionPolicy"].map(
                what =>
                    `Cannot be judged yet: StorageAccount 'states', blobServiceProperties: which store a separate resource is for is unknown until the update; expected true, by BlobServiceProperties with ${what}.`,
            ),
        },
    ],
    invalid: [
        {
            name: "a bare bucket of Cloud Control",
            resources: [{ type: "aws-native:s3:Bucket", name: "state", props: { bucketName: NAME } }],
            violations: [
                "Bucket 'state', versioningConfiguration: is not set; expected versioning, by a BucketVersioning with status Enabled.",
                "Bucket 'state', objectLockEnabled: is not set; expected true, so that no version of the state can be destroyed.",
                "Bucket 'state', bucketEncryption: is not set; expected aws:kms with a key of your own, by a BucketServerSideEncryptionConfiguration.",
                "Bucket 'state': has no public access block; expected a BucketPublicAccessBlock with all four flags.",
                "Bucket 'state', policy: is not set; expected a Deny of s3:* to everyone, on the bucket and its objects, where aws:SecureTransport is false.",
                "Bucket 'state', policy: is not set; expected a Deny of s3:* to everyone, on the bucket and its objects, but the roles of CI and break-glass (StringNotEquals on aws:PrincipalArn).",
                "Bucket 'state': has no access logging; expected a BucketLogging to another bucket.",
            ],
        },
        {
            name: "a bucket of Cloud Control that keeps nothing and logs into itself",
            resources: nativeStore({
                versioningConfiguration: { status: "Suspended" },
                loggingConfiguration: { destinationBucketName: NAME },
                publicAccessBlockConfiguration: { ...FLAGS, ignorePublicAcls: false },
            }),
            violations: [
                "Bucket 'state', versioningConfiguration.status: is \"Suspended\"; expected versioning, by a BucketVersioning with status Enabled.",
                "Bucket 'state', publicAccessBlockConfiguration.ignorePublicAcls: is false; expected true.",
                "Bucket 'state', loggingConfiguration.destinationBucketName: is the bucket itself, where whoever can delete state can delete the logs; expected another bucket.",
            ],
        },
        {
            name: "an open storage account of the classic provider, known by its container",
            resources: [
                {
                    type: "azure:storage/account:Account",
                    name: "account",
                    props: {
                        name: "acme",
                        httpsTrafficOnlyEnabled: false,
                        minTlsVersion: "TLS1_1",
                        networkRules: { defaultAction: "Allow" },
                        publicNetworkAccessEnabled: true,
                    },
                },
                {
                    type: "azure:storage/container:Container",
                    name: "container",
                    props: { storageAccountName: "acme", name: "states" },
                },
            ],
            backendUrl: "azblob://states?storage_account=acme",
            violations: [
                "Account 'account', allowNestedItemsToBePublic: is not set; expected false.",
                "Account 'account', sharedAccessKeyEnabled: is not set; expected false, so that access is by named identities.",
                "Account 'account', httpsTrafficOnlyEnabled: is false; expected true.",
                'Account \'account\', minTlsVersion: is "TLS1_1"; expected "TLS1_2".',
                `Account 'account', customerManagedKey: is not set; ${NO_CLASSIC_KEY}`,
                `Account 'account', networkRules.defaultAction: is "Allow"; ${NO_CLASSIC_RULES}`,
                "Account 'account', blobProperties.versioningEnabled: is not set; expected true.",
                "Account 'account', blobProperties.deleteRetentionPolicy: is not set; expected a number of days.",
            ],
        },
        ...[{ storageAccountId: ref("states") }, { storageAccountName: ref("states", "name") }].map(account => ({
            name: `a classic storage account whose container has ${Object.keys(account)}`,
            resources: classic(
                { tags: null, sharedAccessKeyEnabled: true, enableHttpsTrafficOnly: false },
                {
                    type: "azure:storage/container:Container",
                    name: "container",
                    props: { name: "acme-pulumi-state", ...account },
                },
            ),
            violations: [
                "Account 'states', sharedAccessKeyEnabled: is true; expected false, so that access is by named identities.",
                "Account 'states', enableHttpsTrafficOnly: is false; expected true.",
            ],
        })),
        {
            name: "a classic storage account with separate resources that are of another one, or say otherwise",
            resources: classic(
                { customerManagedKey: null, networkRules: null },
                { ...CLASSIC_KEY, props: { ...CLASSIC_KEY.props, storageAccountId: ref("other") } },
                { ...CLASSIC_NETWORK, props: { ...CLASSIC_NETWORK.props, defaultAction: "Allow" } },
                { type: "azure:storage/account:Account", name: "other", props: { name: "other" } },
            ),
            violations: [
                `Account 'states', customerManagedKey: is not set; ${NO_CLASSIC_KEY}`,
                `AccountNetworkRules 'network', defaultAction: is "Allow"; ${NO_CLASSIC_RULES}`,
            ],
        },
        {
            name: "a Deny of plaintext to the objects alone of a bucket whose name is unknown in a preview",
            resources: inBucket({}, policy({ ...denyPlaintext, Resource: `${ARN}/*` }, denyOthers)),
            violations: [NO_TLS],
        },
        {
            name: "a Deny of plaintext to the bucket alone, whose name is unknown in a preview",
            resources: inBucket({}, policy({ ...denyPlaintext, Resource: ARN }, denyOthers)),
            violations: [NO_TLS],
        },
        {
            name: "a Deny of plaintext to one folder of a bucket whose name is unknown in a preview",
            resources: inBucket({}, policy({ ...denyPlaintext, Resource: [ARN, `${ARN}/*.json`] }, denyOthers)),
            violations: [NO_TLS],
        },
        {
            name: "a Deny of plaintext with and without TLS",
            resources: store({
                policy: policy(
                    { ...denyPlaintext, Condition: { Bool: { "aws:SecureTransport": ["false", "true"] } } },
                    denyOthers,
                ),
            }),
            violations: [NO_TLS],
        },
        {
            name: "a Deny of others of which services are spared and not",
            resources: store({
                policy: spare(CI, { Bool: { "aws:ViaAWSService": ["false", "true"] } }),
            }),
            violations: [NO_DENY],
        },
        {
            name: "a Deny of others but services by an operator for texts",
            resources: store({ policy: spare(CI, { StringEquals: { "aws:ViaAWSService": "false" } }) }),
            violations: [NO_DENY],
        },
        {
            name: "a Deny that spares what is nobody",
            resources: store({ policy: spare(NOBODY) }),
            violations: NOBODY.map((value, index) => lets(value).replace('"]: ', `"][${index}]: `)),
        },
        {
            name: "a Deny beside another, each of which spares too many, whatever their order",
            resources: store({
                policy: policy(
                    denyPlaintext,
                    {
                        ...denyOthers,
                        Condition: { StringNotLike: { "aws:PrincipalArn": "arn:aws:iam::123456789012:*" } },
                    },
                    { ...denyOthers, Condition: { ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/b" } } },
                ),
            }),
            violations: [
                'BucketPolicy \'policy\', policy.Statement[2].Condition.ArnNotLike["aws:PrincipalArn"]: lets "arn:aws:iam::*:role/b" use the state; expected the ARN of one role.',
            ],
        },
        {
            name: "a bucket with a policy of its own that says nothing, beside one of nobody knows which bucket",
            resources: [
                ...store({ bucket: { policy: policy(denyOthers) }, policy: null }),
                {
                    type: "aws:s3/bucketPolicy:BucketPolicy",
                    name: "other",
                    props: { bucket: UNKNOWN, policy: policy(denyPlaintext) },
                },
            ],
            violations: [NO_TLS.replace(inPolicy, "Bucket 'state', policy")],
        },
        ...[
            ["bucketIAMMember:BucketIAMMember", "member", { member: "allUsers" }],
            ["bucketIAMMember:BucketIAMMember", "member", { member: " AllAuthenticatedUsers" }],
            ["bucketAccessControl:BucketAccessControl", "entity", { entity: "allUsers" }],
            ["bucketACL:BucketACL", "predefinedAcl", { predefinedAcl: "publicReadWrite" }],
            ["bucketACL:BucketACL", "predefinedAcl", { predefinedAcl: "authenticatedRead" }],
        ].map(([type, at, props]) => ({
            name: `a grant to everyone by ${JSON.stringify(props)}`,
            resources: gcs({}, member(String(type), props as object)),
            violations: [
                `${String(type).split(":")[1]} 'grant', ${String(at)}: is ${JSON.stringify(Object.values(props as object)[0])}, which lets everyone use the state; expected a named member.`,
            ],
        })),
        ...["reenabled", "enabledlater"].map(status => ({
            name: `versioning that is ${status}`,
            resources: store({ versioning: { versioningConfiguration: { status } } }),
            violations: [
                `BucketVersioning 'versioning', versioningConfiguration.status: is "${status}"; expected versioning, by a BucketVersioning with status Enabled.`,
            ],
        })),
        ...[
            ["azure-native:storage:BlobContainer", { containerName: "acme-pulumi-state" }],
            ["azure-native:storage/v20230101:BlobContainer", { id: "acme-pulumi-state" }],
        ].map(([type, props]) => ({
            name: `a storage account that is known by a container with ${JSON.stringify(props)}`,
            resources: [
                { ...ACCOUNT, props: { ...ACCOUNT.props, tags: {}, allowBlobPublicAccess: true } },
                SERVICE,
                {
                    type: String(type),
                    name: "container",
                    props: { accountName: ref("states", "accountName"), ...(props as object) },
                },
            ],
            violations: ["StorageAccount 'states', allowBlobPublicAccess: is true; expected false."],
        })),
        {
            name: "a storage account that is known by its name",
            resources: azure({ accountName: "acmepulumistate", tags: {}, allowBlobPublicAccess: true }, SERVICE),
            violations: ["StorageAccount 'states', allowBlobPublicAccess: is true; expected false."],
        },
        {
            name: "a bucket of Cloud Storage that is known by its name in the cloud",
            resources: gcs({ name: "acme-pulumi-backend", versioning: { enabled: false } }).map(each => ({
                ...each,
                name: "b",
            })),
            violations: ["Bucket 'b', versioning.enabled: is false; expected true."],
        },
        {
            name: "a bare bucket",
            resources: [{ type: "aws:s3/bucket:Bucket", name: "state", props: { bucket: NAME } }],
            violations: [
                "Bucket 'state', versioning: is not set; expected versioning, by a BucketVersioning with status Enabled.",
                "Bucket 'state', objectLockEnabled: is not set; expected true, so that no version of the state can be destroyed.",
                "Bucket 'state', serverSideEncryptionConfiguration: is not set; expected aws:kms with a key of your own, by a BucketServerSideEncryptionConfiguration.",
                "Bucket 'state': has no public access block; expected a BucketPublicAccessBlock with all four flags.",
                "Bucket 'state', policy: is not set; expected a Deny of s3:* to everyone, on the bucket and its objects, where aws:SecureTransport is false.",
                "Bucket 'state', policy: is not set; expected a Deny of s3:* to everyone, on the bucket and its objects, but the roles of CI and break-glass (StringNotEquals on aws:PrincipalArn).",
                "Bucket 'state': has no access logging; expected a BucketLogging to another bucket.",
            ],
        },
        ...[
            { name: "its name in the program", props: {}, resource: "acme-pulumi-state" },
            { name: "its name in the program, in one word", props: {}, resource: "pulumiStateBucket" },
            { name: "its name in the program, with underscores", props: {}, resource: "pulumi_state" },
            { name: "the start of its name", props: { bucket: "audit-pulumi-state-eu-west-1" } },
            { name: "a name that hyphens do not part", props: { bucket: "acmepulumistate" } },
            {
                name: "a name that settings give in full",
                props: { bucket: "pulumi-state-logs" },
                settings: { stateStores: ["pulumi-state-logs"] },
            },
            { name: "a tag", props: { tags: { purpose: "pulumi-state" } } },
            { name: "a tag that its provider gives to everything", props: { tagsAll: { purpose: "pulumi-state" } } },
            { name: "a name that AWS completes", props: { bucket: null, bucketPrefix: "acme-pulumi-state-" } },
            { name: "a tag in other letters", props: { tags: { Purpose: "Pulumi-State" } } },
            {
                name: "a tag that settings give in other letters",
                props: { tags: { holds: "states" } },
                settings: { stateTags: ["Holds=States"] },
            },
            { name: "a name that settings give", props: { bucket: "iac-eu" }, settings: { stateStores: ["iac-*"] } },
            {
                name: "a tag that settings give",
                props: { tags: { holds: "states" } },
                settings: { stateTags: ["holds=*"] },
            },
            { name: "the stack's own backend", props: { bucket: "iac" }, backendUrl: "s3://iac/prod?region=eu-west-1" },
        ].map(({ name, props, resource = "any", ...rest }) => ({
            name: `a bucket that is known by ${name}`,
            resources: store({
                name: resource,
                bucket: { bucket: "iac", ...props },
                versioning: null,
                policy: ANY_BUCKET,
            }),
            ...rest,
            violations: [
                `Bucket '${resource}', versioning: is not set; expected versioning, by a BucketVersioning with status Enabled.`,
            ],
        })),
        {
            name: "suspended versioning",
            resources: store({ versioning: { versioningConfiguration: { status: "Suspended" } } }),
            violations: [
                "BucketVersioning 'versioning', versioningConfiguration.status: is \"Suspended\"; expected versioning, by a BucketVersioning with status Enabled.",
            ],
        },
        {
            name: "versioning that is suspended again by a resource of its own",
            resources: store({
                bucket: { versioning: { enabled: true } },
                versioning: { versioningConfiguration: { status: "Suspended" } },
            }),
            violations: [
                "BucketVersioning 'versioning', versioningConfiguration.status: is \"Suspended\"; expected versioning, by a BucketVersioning with status Enabled.",
            ],
        },
        ...[false, null, "no"].map(value => ({
            name: `object lock ${value}`,
            resources: store(without(value)),
            violations: [
                `Bucket 'state', objectLockEnabled: is ${value === null ? "not set" : JSON.stringify(value)}; expected true, so that no version of the state can be destroyed.`,
            ],
        })),
        {
            name: "AWS's own encryption",
            resources: store({ encryption: { rules: [byDefault(undefined, "AES256")] } }),
            violations: [
                "BucketServerSideEncryptionConfiguration 'encryption', rules[0].applyServerSideEncryptionByDefault.sseAlgorithm: is \"AES256\"; expected aws:kms with a key of your own, by a BucketServerSideEncryptionConfiguration.",
            ],
        },
        {
            name: "AWS's own key, and no bucket key",
            resources: store({ encryption: { rules: [byDefault("alias/aws/s3")] } }),
            violations: [
                "BucketServerSideEncryptionConfiguration 'encryption', rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId: is \"alias/aws/s3\" with aws:kms; expected the ARN of a KMS key of your own.",
                "BucketServerSideEncryptionConfiguration 'encryption', rules[0].bucketKeyEnabled: is not set; expected true.",
            ],
        },
        {
            name: "a public access block with three flags",
            resources: store({ block: { ...FLAGS, ignorePublicAcls: false } }),
            violations: ["BucketPublicAccessBlock 'block', ignorePublicAcls: is false; expected true."],
        },
        { name: "no Deny of plaintext", resources: store({ policy: policy(denyOthers) }), violations: [NO_TLS] },
        ...[
            ["of objects alone", { Resource: `${ARN}/*` }],
            ["of the bucket alone", { Resource: ARN }],
            ["of another bucket", { Resource: ["arn:aws:s3:::other", "arn:aws:s3:::other/*"] }],
            ["of reading alone", { Action: "s3:GetObject" }],
            [
                "of objects as they are now",
                { Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"] },
            ],
            ["that spares old versions", { NotAction: "s3:GetObjectVersion", Action: undefined }],
            ["to one account", { Principal: { AWS: "123456789012" } }],
            ["where TLS is used", { Condition: { Bool: { "aws:SecureTransport": "true" } } }],
            [
                "where another condition holds too",
                { Condition: { ...denyPlaintext.Condition, StringEquals: { "aws:PrincipalTag/a": "b" } } },
            ],
            ["without a condition on TLS", { Condition: { StringEquals: { "aws:PrincipalTag/a": "b" } } }],
            ["where TLS is not unused", { Condition: { StringNotEquals: { "aws:SecureTransport": "false" } } }],
            ["where nothing is said of TLS", { Condition: { Bool: { "aws:SecureTransport": [] } } }],
            ["to everyone but some", { Principal: undefined, NotPrincipal: { AWS: CI } }],
            ["that only allows", { Effect: "Allow" }],
        ].map(([name, change]) => ({
            name: `a Deny of plaintext ${String(name)}`,
            resources: store({ policy: policy({ ...denyPlaintext, ...(change as object) }, denyOthers) }),
            violations: [NO_TLS],
        })),
        { name: "no Deny of others", resources: store({ policy: policy(denyPlaintext) }), violations: [NO_DENY] },
        ...[
            ["of some actions", { NotAction: "s3:Get*", Action: undefined }],
            [
                "of objects as they are now",
                { Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"] },
            ],
            ["of all but the policy itself", { NotAction: ["s3:PutBucketPolicy"], Action: undefined }],
            [
                "of all but old versions",
                { Action: ["s3:Get*", "s3:Put*", "s3:DeleteObject", "s3:DeleteBucketPolicy", "s3:List*"] },
            ],
            ["for a list that is not negated", { Condition: { StringEquals: { "aws:PrincipalArn": [CI] } } }],
            [
                "that services alone meet",
                {
                    Condition: {
                        StringNotEquals: { "aws:PrincipalArn": [CI] },
                        Bool: { "aws:PrincipalIsAWSService": "true" },
                    },
                },
            ],
            ["for an empty list", { Condition: { StringNotEquals: { "aws:PrincipalArn": [] } } }],
            ["for any value", { Condition: { "ForAnyValue:StringNotEquals": { "aws:PrincipalArn": [CI] } } }],
            [
                "weakened by a network",
                {
                    Condition: { StringNotEquals: { "aws:PrincipalArn": [CI], "aws:SourceVpce": "vpce-1" } },
                },
            ],
        ].map(([name, change]) => ({
            name: `a Deny of others ${String(name)}`,
            resources: store({ policy: policy(denyPlaintext, { ...denyOthers, ...(change as object) }) }),
            violations: [NO_DENY],
        })),
        ...[
            "*",
            "arn:aws:iam::123456789012:*",
            "arn:aws:iam::123456789012:role/*",
            "arn:aws:iam::123456789012:role/aws-reserved/*",
            "arn:aws:iam::123456789012:role/aws-reserved/*/AWSReservedSSO_*",
            "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/eu-west-1/*",
            "arn:aws:iam::*:role/pulumi-ci",
            "arn:aws:iam::123456789012:role/ci*",
            "arn:aws:iam::123456789012:role/${aws:PrincipalTag/team}",
        ].map(value => ({
            name: `a Deny that spares ${value}`,
            resources: store({ policy: spare(value) }),
            violations: [lets(value)],
        })),
        {
            name: "a Deny that spares one role too many, principal by principal",
            resources: store({ policy: spare([CI, "arn:aws:iam::123456789012:role/developers"]) }),
            settings: { allowedPrincipals: [CI, BREAK_GLASS] },
            violations: [
                `BucketPolicy 'policy', policy.Statement[1].Condition.StringNotLike["aws:PrincipalArn"][1]: lets "arn:aws:iam::123456789012:role/developers" use the state; expected one of ${CI}, ${BREAK_GLASS}.`,
            ],
        },
        {
            name: "a policy that is no JSON",
            resources: store({ policy: "{" }),
            violations: [NO_TLS, NO_DENY].map(text => text.replace("does not do so", "is not valid JSON")),
        },
        {
            name: "logs in the bucket itself",
            resources: store({ logging: { targetBucket: ref("state") } }),
            violations: [
                "BucketLogging 'logging', targetBucket: is the bucket itself, where whoever can delete state can delete the logs; expected another bucket.",
            ],
        },
        {
            name: "logs in the bucket itself, by its name",
            resources: store({ bucket: { logging: { targetBucket: NAME } }, logging: null }),
            violations: [
                "Bucket 'state', logging.targetBucket: is the bucket itself, where whoever can delete state can delete the logs; expected another bucket.",
            ],
        },
        {
            name: "a bare bucket of Cloud Storage",
            resources: [{ type: "gcp:storage/bucket:Bucket", name: "b", props: { name: "iac" } }],
            backendUrl: "gs://iac",
            violations: [
                "Bucket 'b', versioning.enabled: is not set; expected true.",
                "Bucket 'b', uniformBucketLevelAccess: is not set; expected true.",
                "Bucket 'b', publicAccessPrevention: is not set; expected \"enforced\".",
                "Bucket 'b', encryption.defaultKmsKeyName: is not set; expected a KMS key of your own.",
                "Bucket 'b', logging.logBucket: is not set; expected another bucket for access logs.",
            ],
        },
        {
            name: "a bucket of Cloud Storage that is known by a label",
            resources: [
                {
                    ...HARDENED_GCS,
                    name: "b",
                    props: {
                        ...HARDENED_GCS.props,
                        labels: { purpose: "pulumi-state" },
                        versioning: { enabled: false },
                    },
                },
            ],
            violations: ["Bucket 'b', versioning.enabled: is false; expected true."],
        },
        {
            name: "a bucket of Cloud Storage that is open and forgets",
            resources: gcs(
                {
                    publicAccessPrevention: "inherited",
                    softDeletePolicy: { retentionDurationSeconds: 0 },
                    logging: { logBucket: "acme-state" },
                },
                {
                    type: "gcp:storage/bucketIAMBinding:BucketIAMBinding",
                    name: "readers",
                    props: {
                        bucket: ref("acme-pulumi-state", "name"),
                        members: ["user:a@acme.example", "allAuthenticatedUsers"],
                    },
                },
                {
                    type: "gcp:storage/bucketIAMPolicy:BucketIAMPolicy",
                    name: "all",
                    props: {
                        bucket: ref("acme-pulumi-state", "name"),
                        policyData: JSON.stringify({
                            bindings: [
                                { role: "roles/storage.admin", members: ["serviceAccount:ci@acme.example"] },
                                { role: "roles/storage.objectViewer", members: ["allUsers"] },
                            ],
                        }),
                    },
                },
                {
                    type: "gcp:storage/bucketIAMPolicy:BucketIAMPolicy",
                    name: "broken",
                    props: { bucket: ref("acme-pulumi-state", "name"), policyData: "{" },
                },
                {
                    type: "gcp:storage/bucketACL:BucketACL",
                    name: "acl",
                    props: {
                        bucket: ref("acme-pulumi-state", "name"),
                        roleEntities: ["READER:allUsers"],
                        predefinedAcl: "publicRead",
                    },
                },
            ),
            violations: [
                'Bucket \'acme-pulumi-state\', publicAccessPrevention: is "inherited"; expected "enforced".',
                "Bucket 'acme-pulumi-state', softDeletePolicy.retentionDurationSeconds: is 0; expected deleted objects to be kept for a time.",
                "Bucket 'acme-pulumi-state', logging.logBucket: is \"acme-state\"; expected another bucket for access logs.",
                "BucketIAMBinding 'readers', members[1]: is \"allAuthenticatedUsers\", which lets everyone use the state; expected a named member.",
                "BucketIAMPolicy 'all', policyData.bindings[1].members[0]: is \"allUsers\", which lets everyone use the state; expected a named member.",
                "BucketACL 'acl', roleEntities[0]: is \"READER:allUsers\", which lets everyone use the state; expected a named member.",
                "BucketACL 'acl', predefinedAcl: is \"publicRead\", which lets everyone use the state; expected a named member.",
            ],
        },
        {
            name: "an open storage account, known by its container",
            resources: [
                {
                    type: "azure-native:storage/v20230101:StorageAccount",
                    name: "account",
                    props: {
                        accountName: "acme",
                        enableHttpsTrafficOnly: false,
                        networkRuleSet: { defaultAction: "Allow" },
                    },
                },
                {
                    type: "azure-native:storage/v20230101:BlobContainer",
                    name: "container",
                    props: { accountName: "acme", containerName: "states" },
                },
            ],
            backendUrl: "azblob://states?storage_account=acme",
            violations: [
                "StorageAccount 'account', allowBlobPublicAccess: is not set; expected false.",
                "StorageAccount 'account', allowSharedKeyAccess: is not set; expected false, so that access is by named identities.",
                "StorageAccount 'account', enableHttpsTrafficOnly: is false; expected true.",
                "StorageAccount 'account', minimumTlsVersion: is not set; expected \"TLS1_2\".",
                "StorageAccount 'account', encryption.keySource: is not set; expected \"Microsoft.Keyvault\", a key of your own.",
                'StorageAccount \'account\', networkRuleSet.defaultAction: is "Allow"; expected "Deny".',
                "StorageAccount 'account', blobServiceProperties: is not set; expected true, by BlobServiceProperties with isVersioningEnabled.",
                "StorageAccount 'account', blobServiceProperties: is not set; expected true, by BlobServiceProperties with a deleteRetentionPolicy.",
            ],
        },
        {
            name: "a storage account whose public endpoint is on",
            resources: azure({ publicNetworkAccess: "Enabled", networkRuleSet: null }, SERVICE),
            violations: ["StorageAccount 'states', networkRuleSet.defaultAction: is not set; expected \"Deny\"."],
        },
        {
            name: "blob services that keep nothing",
            resources: azure(
                {},
                { ...SERVICE, props: { ...SERVICE.props, isVersioningEnabled: false, deleteRetentionPolicy: null } },
            ),
            violations: [
                "BlobServiceProperties 'blobs', isVersioningEnabled: is false; expected true, by BlobServiceProperties with isVersioningEnabled.",
                "StorageAccount 'states', blobServiceProperties: is not set; expected true, by BlobServiceProperties with a deleteRetentionPolicy.",
            ],
        },
    ],
    badSettings: [
        { stateStores: "state" },
        { stateStores: [""] },
        { stateTags: ["purpose"] },
        { allowedPrincipals: [1] },
        { allowedPrincipal: [] },
    ],
});
