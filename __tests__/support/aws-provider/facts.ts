// What real AWS providers fill in, with the version in which it was seen. What is not here is derived from declarations.

export type Properties = Record<string, unknown>;

/**
 * Two ways of planning and answering: `6` as up to 6.50, and `7` as since then (PlanResourceChange for every resource,
 * pulumi/pulumi-aws#4419) with the schema of provider 7.
 */
export type Generation = "6" | "7";

export const ACCOUNT = "123456789012";
export const REGION = "eu-west-1";

/** Canonical user id of the account; made up, in the form that AWS gives. */
const OWNER = "0123456789abcdef".repeat(4);

/** What a filling may look at. */
interface Subject {
    readonly type: string;
    readonly inputs: Readonly<Properties>;
    readonly id: string;
    readonly arn: string;
    readonly generation: Generation;
}

/**
 * Defaults that Check fills in, for types of which it was seen with a real provider; `a.b` stands for `b` in each block `a`. For
 * other types the documented defaults hold.
 */
export const CHECK_DEFAULTS: ReadonlyMap<string, Readonly<Record<string, string | number | boolean>>> = new Map([
    // Seen with 5.35; `enableLogging` is documented.
    [
        "aws:cloudtrail/trail:Trail",
        {
            enableLogFileValidation: false,
            enableLogging: true,
            includeGlobalServiceEvents: true,
            isMultiRegionTrail: false,
            isOrganizationTrail: false,
        },
    ],
    // Seen with 5.42.
    ["aws:cloudwatch/eventRule:EventRule", { eventBusName: "default", isEnabled: true }],
    ["aws:cloudwatch/eventTarget:EventTarget", { eventBusName: "default" }],
    ["aws:cloudwatch/logGroup:LogGroup", { retentionInDays: 0, skipDestroy: false }],
    ["aws:dynamodb/table:Table", { tableClass: "STANDARD" }],
    ["aws:ec2/instance:Instance", { getPasswordData: false, sourceDestCheck: true, userDataReplaceOnChange: false }],
    // Seen with 5.42 to 6.45.
    ["aws:ec2/launchConfiguration:LaunchConfiguration", { enableMonitoring: true }],
    // Seen with 5.35 to 6.59: nothing but the name.
    ["aws:ec2/launchTemplate:LaunchTemplate", {}],
    [
        "aws:ec2/securityGroup:SecurityGroup",
        { revokeRulesOnDelete: false, "egress.self": false, "ingress.self": false },
    ],
    ["aws:ec2/securityGroupRule:SecurityGroupRule", {}],
    // Seen with 5.35.
    ["aws:ecr/repository:Repository", { imageTagMutability: "MUTABLE" }],
    // Seen with 6.45 and 6.59.
    [
        "aws:eks/cluster:Cluster",
        {
            bootstrapSelfManagedAddons: true,
            "vpcConfig.endpointPrivateAccess": false,
            "vpcConfig.endpointPublicAccess": true,
        },
    ],
    // Seen with 5.42 to 6.59.
    ["aws:iam/policy:Policy", { path: "/" }],
    ["aws:iam/role:Role", { forceDetachPolicies: false, maxSessionDuration: 3600, path: "/" }],
    ["aws:iam/rolePolicy:RolePolicy", {}],
    ["aws:iam/rolePolicyAttachment:RolePolicyAttachment", {}],
    // Seen with 5.42 to 6.56.
    [
        "aws:kms/key:Key",
        {
            bypassPolicyLockoutSafetyCheck: false,
            customerMasterKeySpec: "SYMMETRIC_DEFAULT",
            enableKeyRotation: false,
            isEnabled: true,
            keyUsage: "ENCRYPT_DECRYPT",
        },
    ],
    // Seen with 5.42.
    [
        "aws:lambda/function:Function",
        { memorySize: 128, packageType: "Zip", publish: false, reservedConcurrentExecutions: -1, skipDestroy: false },
    ],
    // Seen with 5.35.
    [
        "aws:lb/loadBalancer:LoadBalancer",
        {
            desyncMitigationMode: "defensive",
            dropInvalidHeaderFields: false,
            enableCrossZoneLoadBalancing: false,
            enableDeletionProtection: false,
            enableHttp2: true,
            enableTlsVersionAndCipherSuiteHeaders: false,
            enableWafFailOpen: false,
            enableXffClientPort: false,
            idleTimeout: 60,
            preserveHostHeader: false,
            xffHeaderProcessingMode: "append",
        },
    ],
    // Seen with 5.42: neither deletion protection nor encryption is among them.
    [
        "aws:rds/instance:Instance",
        {
            applyImmediately: false,
            autoMinorVersionUpgrade: true,
            copyTagsToSnapshot: false,
            deleteAutomatedBackups: true,
            monitoringInterval: 0,
            performanceInsightsEnabled: false,
            publiclyAccessible: false,
        },
    ],
    ["aws:route53/zone:Zone", { forceDestroy: false }],
    // Seen with 5.35 to 6.56, with `acl: "private"`, which provider 7 computes (declared by 7.48).
    ["aws:s3/bucket:Bucket", { forceDestroy: false }],
    // Seen with 5.42 and 6.38.
    ["aws:s3/bucketObject:BucketObject", { acl: "private", forceDestroy: false }],
    // Seen with 5.35 and 7.12: nothing.
    ["aws:s3/bucketPolicy:BucketPolicy", {}],
    // Seen with 5.42.
    ["aws:secretsmanager/secret:Secret", { forceOverwriteReplicaSecret: false, recoveryWindowInDays: 30 }],
    ["aws:sns/topic:Topic", { contentBasedDeduplication: false, fifoTopic: false }],
    [
        "aws:sqs/queue:Queue",
        {
            contentBasedDeduplication: false,
            delaySeconds: 0,
            fifoQueue: false,
            maxMessageSize: 262144,
            messageRetentionSeconds: 345600,
            receiveWaitTimeSeconds: 0,
        },
    ],
]);

/** Defaults that only the older generation fills in. Seen with 5.35 to 6.56. */
export const OLDER_DEFAULTS: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map([
    ["aws:s3/bucket:Bucket", { acl: "private" }],
]);

/** An input that is not filled in where the program gives another one, which excludes it. Source: the provider's documentation. */
export const EXCLUDED_BY: Readonly<Record<string, string>> = {
    acl: "grants",
    isEnabled: "state",
    state: "isEnabled",
};

/** Inputs that hold the name which Check generates, for types whose own is not `name`. Seen with 5.35 to 6.59. */
export const NAMED_BY: ReadonlyMap<string, string> = new Map([
    ["aws:rds/cluster:Cluster", "clusterIdentifier"],
    ["aws:rds/instance:Instance", "identifier"],
    ["aws:docdb/cluster:Cluster", "clusterIdentifier"],
    ["aws:neptune/cluster:Cluster", "clusterIdentifier"],
    ["aws:s3/bucket:Bucket", "bucket"],
    ["aws:s3/bucketV2:BucketV2", "bucket"],
]);

/** Types that get no name, though they could have one. Seen with 5.42. */
export const UNNAMED: ReadonlySet<string> = new Set(["aws:secretsmanager/secret:Secret"]);

export const BUCKETS: readonly string[] = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];

const EVERYONE = "http://acs.amazonaws.com/groups/global/AllUsers";
const ANY_AWS_USER = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

/** What a canned ACL grants besides the owner's full control. Source: Amazon S3's documentation, "Canned ACL". */
const CANNED: Readonly<Record<string, readonly (readonly [uri: string, permission: string])[]>> = {
    "public-read": [[EVERYONE, "READ"]],
    "public-read-write": [
        [EVERYONE, "READ"],
        [EVERYONE, "WRITE"],
    ],
    "authenticated-read": [[ANY_AWS_USER, "READ"]],
    "log-delivery-write": [
        ["http://acs.amazonaws.com/groups/s3/LogDelivery", "WRITE"],
        ["http://acs.amazonaws.com/groups/s3/LogDelivery", "READ_ACP"],
    ],
};

/** Grants as a bucket's own `grants` repeat them: the owner's (seen with 7.12) and those of a canned ACL. */
function grantsOf(acl: unknown): Properties[] {
    const canned = (typeof acl === "string" ? CANNED[acl] : undefined) ?? [];
    return [
        { id: OWNER, permissions: ["FULL_CONTROL"], type: "CanonicalUser", uri: "" },
        ...canned.map(([uri, permission]) => ({ id: "", permissions: [permission], type: "Group", uri })),
    ];
}

function accessControlPolicyOf(acl: unknown): Properties {
    const grants = grantsOf(acl).map(({ permissions, ...grantee }) => ({
        grantee: { displayName: "", emailAddress: "", ...grantee },
        permission: String(permissions),
    }));
    return { grants, owner: { displayName: "", id: OWNER } };
}

const document = (version: string, id: string, statement: Properties) =>
    JSON.stringify({ Id: id, Statement: [statement], Version: version });

const SOURCES = {
    bucket: "seen with 5.35 to 6.56 and 7.12",
    key: "seen with 5.42 to 6.56",
    topic: "seen with 5.42",
};

interface Filling {
    readonly types: readonly string[];
    readonly source: string;
    outputs(subject: Subject): Properties;
}

/** What stands in the outputs of a new resource, where silence is not simply empty. Inputs win over it. */
export const FILLINGS: readonly Filling[] = [
    {
        types: BUCKETS,
        source: SOURCES.bucket,
        outputs: ({ inputs, id, generation }) => ({
            acl: null,
            bucket: id,
            bucketDomainName: `${id}.s3.amazonaws.com`,
            bucketRegion: REGION,
            bucketRegionalDomainName: `${id}.s3.${REGION}.amazonaws.com`,
            hostedZoneId: "Z1BKCTXD74EZPE",
            region: REGION,
            requestPayer: "BucketOwner",
            serverSideEncryptionConfiguration: {
                rule: {
                    applyServerSideEncryptionByDefault: { kmsMasterKeyId: "", sseAlgorithm: "AES256" },
                    bucketKeyEnabled: false,
                },
            },
            versioning: { enabled: false, mfaDelete: false },
            grants: generation === "7" || CANNED[String(inputs.acl)] !== undefined ? grantsOf(inputs.acl) : [],
            // Absent in 5 and early 6, empty in 7.
            policy: generation === "7" ? "" : undefined,
        }),
    },
    {
        types: ["aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketAclV2:BucketAclV2"],
        source: "declared by 7.48; as AWS answers",
        outputs: ({ inputs }) => ({ accessControlPolicy: accessControlPolicyOf(inputs.acl) }),
    },
    {
        types: ["aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey", "aws:kms/externalKey:ExternalKey"],
        source: SOURCES.key,
        outputs: ({ id }) => ({
            keyId: id,
            policy: document("2012-10-17", "key-default-1", {
                Action: "kms:*",
                Effect: "Allow",
                Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
                Resource: "*",
                Sid: "Enable IAM User Permissions",
            }),
        }),
    },
    {
        types: ["aws:sns/topic:Topic"],
        source: SOURCES.topic,
        outputs: ({ arn }) => ({
            owner: ACCOUNT,
            policy: document("2008-10-17", "__default_policy_ID", {
                Action: ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:Subscribe", "SNS:Publish"],
                Condition: { StringEquals: { "AWS:SourceOwner": ACCOUNT } },
                Effect: "Allow",
                Principal: { AWS: "*" },
                Resource: arn,
                Sid: "__default_statement_ID",
            }),
        }),
    },
    {
        types: ["aws:sqs/queue:Queue"],
        source: "seen with 5.42 and 7.12",
        outputs: ({ inputs, id }) => ({
            kmsDataKeyReusePeriodSeconds: 300,
            sqsManagedSseEnabled: inputs.kmsMasterKeyId === undefined,
            url: id,
            visibilityTimeoutSeconds: 30,
        }),
    },
    {
        types: ["aws:dynamodb/table:Table"],
        source: "seen with 5.42 and 7.12",
        outputs: () => ({
            deletionProtectionEnabled: false,
            pointInTimeRecovery: { enabled: false },
            ttl: { attributeName: "", enabled: false },
        }),
    },
    {
        types: ["aws:rds/instance:Instance"],
        source: "seen with 5.42",
        outputs: () => ({ deletionProtection: false, storageEncrypted: false, backupRetentionPeriod: 0 }),
    },
    {
        types: ["aws:ecr/repository:Repository"],
        source: "seen with 5.35",
        outputs: () => ({
            encryptionConfigurations: [{ encryptionType: "AES256", kmsKey: "" }],
            imageScanningConfiguration: { scanOnPush: false },
        }),
    },
    {
        types: ["aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"],
        source: "seen with 5.35",
        outputs: () => ({
            accessLogs: { bucket: "", enabled: false, prefix: "" },
            ipAddressType: "ipv4",
            loadBalancerType: "application",
        }),
    },
    {
        types: ["aws:cloudtrail/trail:Trail"],
        source: "seen with 5.35",
        outputs: () => ({ homeRegion: REGION }),
    },
    {
        types: ["aws:cloudtrail/eventDataStore:EventDataStore"],
        source: "declared by 7.48; CloudTrail's documentation: management events unless selectors say otherwise",
        outputs: () => ({
            advancedEventSelectors: [
                {
                    name: "Default management events",
                    fieldSelectors: [
                        {
                            field: "eventCategory",
                            equals: ["Management"],
                            endsWiths: [],
                            notEndsWiths: [],
                            notEquals: [],
                            notStartsWiths: [],
                            startsWiths: [],
                        },
                    ],
                },
            ],
            terminationProtectionEnabled: true,
        }),
    },
    {
        types: ["aws:ec2/vpcEndpoint:VpcEndpoint"],
        source: "declared by 7.48; Amazon VPC's documentation: full access unless a policy says otherwise",
        outputs: () => ({
            policy: JSON.stringify({
                Statement: [{ Action: "*", Effect: "Allow", Principal: "*", Resource: "*" }],
                Version: "2008-10-17",
            }),
        }),
    },
];

/** A companion of a resource: after a refresh that repeats what it says. */
interface Mirror {
    readonly companions: readonly string[];
    /** The companion's property that names the resource, by id, ARN or name. */
    readonly by: string;
    readonly targets: readonly string[];
    /** What is seen in the resource, given what it says so far. */
    outputs(companion: Readonly<Properties>, target: Readonly<Properties>, type: string): Properties;
}

const first = (list: unknown): unknown => (Array.isArray(list) ? list[0] : list);
const isEmpty = (value: unknown) =>
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const field = (value: unknown, name: string): unknown =>
    typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
const both = (name: string) => [`aws:s3/${name}`, `aws:s3/${name.replace(":", "V2:")}V2`];

/** One entry of `ingress` or `egress` as a security group repeats a rule that is a resource of its own. Seen with 7.23. */
function entryOf(rule: Readonly<Properties>): Properties {
    const one = (list: unknown, single: unknown) => (isEmpty(list) ? (isEmpty(single) ? [] : [single]) : list);
    return {
        cidrBlocks: one(rule.cidrBlocks, rule.cidrIpv4),
        description: rule.description ?? "",
        fromPort: rule.fromPort ?? 0,
        ipv6CidrBlocks: one(rule.ipv6CidrBlocks, rule.cidrIpv6),
        prefixListIds: one(rule.prefixListIds, rule.prefixListId),
        protocol: rule.protocol ?? rule.ipProtocol,
        securityGroups: one(rule.sourceSecurityGroupId, rule.referencedSecurityGroupId),
        self: rule.self ?? false,
        toPort: rule.toPort ?? 0,
    };
}

/** Seen with 7.12 and 7.23, or inferred from what 7.48 declares as always filled. */
export const MIRRORS: readonly Mirror[] = [
    {
        companions: ["aws:s3/bucketPolicy:BucketPolicy"],
        by: "bucket",
        targets: BUCKETS,
        outputs: ({ policy }) => ({ policy }),
    },
    {
        companions: both("bucketAcl:BucketAcl"),
        by: "bucket",
        targets: BUCKETS,
        outputs: ({ accessControlPolicy }) => ({
            grants: items(field(accessControlPolicy, "grants")).map(grant => {
                const grantee = field(grant, "grantee");
                return {
                    id: field(grantee, "id") ?? "",
                    permissions: [field(grant, "permission")],
                    type: field(grantee, "type"),
                    uri: field(grantee, "uri") ?? "",
                };
            }),
        }),
    },
    {
        companions: both("bucketVersioning:BucketVersioning"),
        by: "bucket",
        targets: BUCKETS,
        outputs: ({ versioningConfiguration: said }) => ({
            versioning: {
                enabled: field(said, "status") === "Enabled",
                mfaDelete: field(said, "mfaDelete") === "Enabled",
            },
        }),
    },
    {
        companions: both("bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"),
        by: "bucket",
        targets: BUCKETS,
        outputs: ({ rules }) => ({ serverSideEncryptionConfiguration: { rule: first(rules) ?? null } }),
    },
    {
        companions: both("bucketLogging:BucketLogging"),
        by: "bucket",
        targets: BUCKETS,
        outputs: ({ targetBucket, targetPrefix }) => ({ logging: { targetBucket, targetPrefix: targetPrefix ?? "" } }),
    },
    {
        companions: both("bucketObjectLockConfiguration:BucketObjectLockConfiguration"),
        by: "bucket",
        targets: BUCKETS,
        outputs: ({ rule }) => ({
            objectLockConfiguration: { objectLockEnabled: "Enabled", rule: rule ?? null },
            objectLockEnabled: true,
        }),
    },
    ...(["ingress", "egress"] as const).map(
        (direction): Mirror => ({
            companions: ["aws:ec2/securityGroupRule:SecurityGroupRule"],
            by: "securityGroupId",
            targets: ["aws:ec2/securityGroup:SecurityGroup"],
            outputs: (rule, group) =>
                rule.type === direction ? { [direction]: [...items(group[direction]), entryOf(rule)] } : {},
        }),
    ),
    {
        companions: [
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        ],
        by: "securityGroupId",
        targets: ["aws:ec2/securityGroup:SecurityGroup"],
        outputs: (rule, group, type) => {
            const direction = type.includes("Ingress") ? "ingress" : "egress";
            return { [direction]: [...items(group[direction]), entryOf(rule)] };
        },
    },
    {
        companions: ["aws:iam/rolePolicy:RolePolicy"],
        by: "role",
        targets: ["aws:iam/role:Role"],
        outputs: ({ name, policy }, { inlinePolicies }) => ({
            inlinePolicies: [...items(inlinePolicies), { name, policy }],
        }),
    },
    {
        companions: ["aws:iam/rolePolicyAttachment:RolePolicyAttachment"],
        by: "role",
        targets: ["aws:iam/role:Role"],
        outputs: ({ policyArn }, { managedPolicyArns }) => ({
            managedPolicyArns: [...items(managedPolicyArns), policyArn],
        }),
    },
    ...(
        [
            ["aws:sqs/queuePolicy:QueuePolicy", "queueUrl", "aws:sqs/queue:Queue"],
            ["aws:sns/topicPolicy:TopicPolicy", "arn", "aws:sns/topic:Topic"],
            ["aws:secretsmanager/secretPolicy:SecretPolicy", "secretArn", "aws:secretsmanager/secret:Secret"],
            ["aws:kms/keyPolicy:KeyPolicy", "keyId", "aws:kms/key:Key"],
        ] as const
    ).map(
        ([companion, by, target]): Mirror => ({
            companions: [companion],
            by,
            targets: [target],
            outputs: ({ policy }) => ({ policy }),
        }),
    ),
];
