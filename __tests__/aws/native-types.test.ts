import { withNativeResources, withNativeStack } from "../../policies/aws/native";
import type { Resource } from "../../policies/kit/resource";
import { Stack } from "../../policies/kit/stack";
import { Value } from "../../policies/kit/value";
import { rule as rotation } from "../../policies/rules/iam/kms-key-rotation-enabled";
import { rule as encryption } from "../../policies/rules/storage/s3-bucket-encryption-required";
import { OPTIONS, UNKNOWN } from "../support/engine-args";

function resource(type: string, props: object, outputs: object): Resource {
    const made: Resource = {
        type,
        name: "subject",
        urn: `urn:pulumi:test::project::${type}::subject`,
        get props() {
            return Value.of(props, made);
        },
        get outputs() {
            return Value.of(outputs, made);
        },
        isDeclared: true,
        options: OPTIONS,
        provider: undefined,
        references: { some: ["urn:pulumi:test::project::a:b/c:C::other"] },
        dependencies: [],
    };
    return made;
}

/** A value as it is written, with `unknown` for what is unknown, and without what is missing. */
function written(value: Value): unknown {
    if (value.isUnknown) return "unknown";
    if (Array.isArray(value.raw)) return value.items().map(written);
    if (!value.isObject) return value.raw;
    const there = value.entries().filter(([, item]) => !item.isMissing);
    return Object.fromEntries(there.map(([name, item]) => [name, written(item)]));
}

function readings(type: string, props: object, outputs: object = {}): Resource[] {
    const found: Resource[] = [];
    withNativeStack({
        ...encryption,
        scope: "stack",
        judge: (stack: Stack) => found.push(...stack.resources),
    } as never).judge(new Stack([resource(type, props, outputs)]), {}, {} as never);
    return found;
}

const read = (type: string, props: object) => readings(type, props).map(one => [one.type, written(one.props)]);

/** Selectors of events as Cloud Control writes them, and as the AWS provider does. */
const SELECTORS = [
    {
        fieldSelectors: [
            {
                field: "eventCategory",
                equals: ["a"],
                notEquals: ["b"],
                startsWith: ["c"],
                notStartsWith: ["d"],
                endsWith: ["e"],
                notEndsWith: ["f"],
            },
        ],
    },
];
const SELECTORS_READ = [
    {
        fieldSelectors: [
            {
                field: "eventCategory",
                equals: ["a"],
                notEquals: ["b"],
                startsWiths: ["c"],
                notStartsWiths: ["d"],
                endsWiths: ["e"],
                notEndsWiths: ["f"],
            },
        ],
    },
];

const PROTECTED = { deletionProtection: true, engine: "e" };

test.each([
    [
        "aws-native:cloudtrail:EventDataStore",
        { ingestionEnabled: false, organizationEnabled: true, advancedEventSelectors: SELECTORS },
        [
            [
                "aws:cloudtrail/eventDataStore:EventDataStore",
                { suspend: true, organizationEnabled: true, advancedEventSelectors: SELECTORS_READ },
            ],
        ],
    ],
    [
        "aws-native:cloudtrail:EventDataStore",
        { ingestionEnabled: true },
        [["aws:cloudtrail/eventDataStore:EventDataStore", {}]],
    ],
    [
        "aws-native:cloudtrail:Trail",
        {
            isLogging: true,
            isOrganizationTrail: false,
            cloudWatchLogsLogGroupArn: "arn",
            eventSelectors: ["es"],
            advancedEventSelectors: SELECTORS,
        },
        [
            [
                "aws:cloudtrail/trail:Trail",
                {
                    enableLogging: true,
                    isOrganizationTrail: false,
                    cloudWatchLogsGroupArn: "arn",
                    eventSelectors: ["es"],
                    advancedEventSelectors: SELECTORS_READ,
                },
            ],
        ],
    ],
    [
        "aws-native:cloudwatch:Alarm",
        {
            actionsEnabled: false,
            alarmActions: ["topic"],
            metricName: "m",
            namespace: "n",
            metrics: [{ metricStat: { metric: { metricName: "q" } }, expression: "x" }],
        },
        [
            [
                "aws:cloudwatch/metricAlarm:MetricAlarm",
                {
                    actionsEnabled: false,
                    alarmActions: ["topic"],
                    metricName: "m",
                    namespace: "n",
                    metricQueries: [{ metric: { metricName: "q" }, expression: "x" }],
                },
            ],
        ],
    ],
    ["aws-native:docdb:DbCluster", PROTECTED, [["aws:docdb/cluster:Cluster", PROTECTED]]],
    ["aws-native:docdb:GlobalCluster", PROTECTED, [["aws:docdb/globalCluster:GlobalCluster", PROTECTED]]],
    ["aws-native:neptune:DbCluster", PROTECTED, [["aws:neptune/cluster:Cluster", PROTECTED]]],
    ["aws-native:neptune:GlobalCluster", PROTECTED, [["aws:neptune/globalCluster:GlobalCluster", PROTECTED]]],
    ["aws-native:rds:DbCluster", PROTECTED, [["aws:rds/cluster:Cluster", PROTECTED]]],
    ["aws-native:rds:DbInstance", PROTECTED, [["aws:rds/instance:Instance", PROTECTED]]],
    ["aws-native:rds:GlobalCluster", PROTECTED, [["aws:rds/globalCluster:GlobalCluster", PROTECTED]]],
    [
        "aws-native:ec2:SecurityGroup",
        {
            groupName: "web",
            securityGroupIngress: [
                { ipProtocol: "tcp", fromPort: 22, toPort: 23, cidrIp: "10.0.0.0/8" },
                { ipProtocol: "udp", cidrIpv6: "::/0" },
            ],
        },
        [
            [
                "aws:ec2/securityGroup:SecurityGroup",
                {
                    name: "web",
                    ingress: [
                        { protocol: "tcp", fromPort: 22, toPort: 23, cidrBlocks: "10.0.0.0/8" },
                        { protocol: "udp", ipv6CidrBlocks: "::/0" },
                    ],
                },
            ],
        ],
    ],
    [
        "aws-native:ec2:SecurityGroupIngress",
        {
            groupId: "sg-1",
            groupName: "web",
            ipProtocol: "tcp",
            fromPort: 1,
            toPort: 2,
            cidrIp: "10.0.0.0/8",
            cidrIpv6: "::/0",
        },
        [
            [
                "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
                {
                    securityGroupId: "sg-1",
                    ipProtocol: "tcp",
                    fromPort: 1,
                    toPort: 2,
                    cidrIpv4: "10.0.0.0/8",
                    cidrIpv6: "::/0",
                },
            ],
        ],
    ],
    [
        "aws-native:ec2:SecurityGroupIngress",
        { groupName: "web" },
        [["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", { securityGroupId: "web" }]],
    ],
    [
        "aws-native:events:Rule",
        {
            name: "r",
            eventBusName: "b",
            eventPattern: { source: ["s3"] },
            state: "ENABLED",
            targets: [{ arn: "one" }, { arn: "two" }],
        },
        [
            ["aws:cloudwatch/eventTarget:EventTarget", { arn: "one", rule: "unknown" }],
            ["aws:cloudwatch/eventTarget:EventTarget", { arn: "two", rule: "unknown" }],
            [
                "aws:cloudwatch/eventRule:EventRule",
                { name: "r", eventBusName: "b", eventPattern: { source: ["s3"] }, state: "ENABLED" },
            ],
        ],
    ],
    ...(["User", "Group"] as const).map((kind): [string, object, unknown[]] => [
        `aws-native:iam:${kind}`,
        { policies: [{ policyDocument: "one" }, { policyDocument: "two" }], managedPolicyArns: ["arn"] },
        [
            [`aws:iam/${kind.toLowerCase()}Policy:${kind}Policy`, { policy: "one" }],
            [`aws:iam/${kind.toLowerCase()}Policy:${kind}Policy`, { policy: "two" }],
            [
                `aws:iam/${kind.toLowerCase()}PolicyAttachmentsExclusive:${kind}PolicyAttachmentsExclusive`,
                { policyArns: ["arn"] },
            ],
        ],
    ]),
    ["aws-native:iam:GroupPolicy", { policyDocument: "d" }, [["aws:iam/groupPolicy:GroupPolicy", { policy: "d" }]]],
    ["aws-native:iam:RolePolicy", { policyDocument: "d" }, [["aws:iam/rolePolicy:RolePolicy", { policy: "d" }]]],
    ["aws-native:iam:UserPolicy", { policyDocument: "d" }, [["aws:iam/userPolicy:UserPolicy", { policy: "d" }]]],
    [
        "aws-native:iam:ManagedPolicy",
        { policyDocument: "d", managedPolicyName: "n" },
        [["aws:iam/policy:Policy", { policy: "d", name: "n" }]],
    ],
    [
        "aws-native:iam:Role",
        {
            roleName: "r",
            assumeRolePolicyDocument: "trust",
            managedPolicyArns: ["arn"],
            policies: [{ policyName: "p", policyDocument: "d" }],
        },
        [
            [
                "aws:iam/role:Role",
                {
                    name: "r",
                    assumeRolePolicy: "trust",
                    managedPolicyArns: ["arn"],
                    inlinePolicies: [{ policy: "d" }],
                },
            ],
        ],
    ],
    ["aws-native:kms:Alias", { aliasName: "alias/a" }, [["aws:kms/alias:Alias", { name: "alias/a" }]]],
    [
        "aws-native:kms:Key",
        { keyPolicy: "d", enableKeyRotation: true, enabled: false, keySpec: "s", keyUsage: "u", origin: "EXTERNAL" },
        [
            [
                "aws:kms/key:Key",
                {
                    policy: "d",
                    enableKeyRotation: true,
                    isEnabled: false,
                    customerMasterKeySpec: "s",
                    keyUsage: "u",
                    xksKeyId: "EXTERNAL",
                },
            ],
        ],
    ],
    ["aws-native:kms:Key", { origin: "AWS_KMS" }, [["aws:kms/key:Key", {}]]],
    ["aws-native:kms:ReplicaKey", { keyPolicy: "d" }, [["aws:kms/replicaKey:ReplicaKey", { policy: "d" }]]],
    ["aws-native:logs:LogGroup", { logGroupName: "g" }, [["aws:cloudwatch/logGroup:LogGroup", { name: "g" }]]],
    [
        "aws-native:logs:MetricFilter",
        {
            logGroupName: "g",
            filterPattern: "p",
            metricTransformations: [{ metricName: "m", metricNamespace: "n", metricValue: "1" }],
        },
        [
            [
                "aws:cloudwatch/logMetricFilter:LogMetricFilter",
                { logGroupName: "g", pattern: "p", metricTransformation: [{ name: "m", namespace: "n" }] },
            ],
        ],
    ],
    [
        "aws-native:s3:Bucket",
        {
            bucketName: "b",
            bucketNamePrefix: "pre",
            accessControl: "BucketOwnerFullControl",
            objectLockEnabled: true,
            loggingConfiguration: { destinationBucketName: "logs" },
            bucketEncryption: {
                serverSideEncryptionConfiguration: [
                    { serverSideEncryptionByDefault: { sseAlgorithm: "aws:kms" }, bucketKeyEnabled: true },
                ],
            },
            tags: [
                { key: "one", value: "1" },
                { key: 2, value: "2" },
            ],
            versioningConfiguration: { status: "Enabled" },
            notificationConfiguration: { eventBridgeConfiguration: { eventBridgeEnabled: true } },
            publicAccessBlockConfiguration: {
                blockPublicAcls: true,
                blockPublicPolicy: false,
                ignorePublicAcls: true,
                restrictPublicBuckets: false,
                other: true,
            },
        },
        [
            ["aws:s3/bucketNotification:BucketNotification", { eventbridge: true, bucket: "unknown" }],
            [
                "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
                {
                    blockPublicAcls: true,
                    blockPublicPolicy: false,
                    ignorePublicAcls: true,
                    restrictPublicBuckets: false,
                    bucket: "unknown",
                },
            ],
            [
                "aws:s3/bucket:Bucket",
                {
                    bucket: "b",
                    bucketPrefix: "pre",
                    acl: "bucket-owner-full-control",
                    objectLockEnabled: true,
                    logging: { targetBucket: "logs" },
                    serverSideEncryptionConfiguration: {
                        rules: [
                            { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" }, bucketKeyEnabled: true },
                        ],
                    },
                    tags: { one: "1", 2: "2" },
                    versioning: { enabled: "Enabled" },
                },
            ],
        ],
    ],
    [
        "aws-native:s3:Bucket",
        { accessControl: "Private", tags: [] },
        [
            ["aws:s3/bucketNotification:BucketNotification", { bucket: "unknown" }],
            ["aws:s3/bucket:Bucket", { acl: "private", tags: [] }],
        ],
    ],
    [
        "aws-native:s3:BucketPolicy",
        { bucket: "b", policyDocument: "d" },
        [["aws:s3/bucketPolicy:BucketPolicy", { bucket: "b", policy: "d" }]],
    ],
])("%s of Cloud Control with %j is read as the AWS provider has it", (type, props, expected) =>
    expect(read(type, props)).toEqual(expected),
);

test.each([
    ["a property", "aws-native:kms:Alias", { aliasName: UNKNOWN }, { name: "unknown" }],
    ["a list of blocks", "aws-native:ec2:SecurityGroup", { securityGroupIngress: UNKNOWN }, { ingress: "unknown" }],
    ["one of several blocks", "aws-native:iam:Role", { policies: [UNKNOWN] }, { inlinePolicies: ["unknown"] }],
    ["the origin of a key", "aws-native:kms:Key", { origin: UNKNOWN }, { xksKeyId: "unknown" }],
    [
        "a trail's selectors",
        "aws-native:cloudtrail:Trail",
        { advancedEventSelectors: UNKNOWN },
        { advancedEventSelectors: "unknown" },
    ],
])("what is unknown stays so: %s", (_, type, props, expected) =>
    expect(read(type, props).at(-1)?.[1]).toEqual(expected),
);

test.each([
    ["an ACL", { accessControl: UNKNOWN }, { acl: "unknown" }],
    ["an ACL of a wrong type", { accessControl: 5 }, { acl: 5 }],
    ["logging", { loggingConfiguration: UNKNOWN }, { logging: "unknown" }],
    ["encryption that is no block", { bucketEncryption: "on" }, { serverSideEncryptionConfiguration: "on" }],
    ["versioning that is null", { versioningConfiguration: null }, {}],
    ["tags", { tags: UNKNOWN }, { tags: "unknown" }],
    ["a tag's name", { tags: [{ key: "a", value: "b" }, { key: UNKNOWN }] }, { tags: "unknown" }],
    ["a tag's value", { tags: [{ key: "a", value: UNKNOWN }] }, { tags: { a: "unknown" } }],
    ["a tag without a name", { tags: [{ value: "b" }] }, { tags: { "": "b" } }],
])("a bucket of Cloud Control with %s", (_, props, expected) =>
    expect(read("aws-native:s3:Bucket", props).at(-1)?.[1]).toEqual(expected),
);

test("places are those of Cloud Control, by which a program is mended", () => {
    const [, , bucket] = readings("aws-native:s3:Bucket", {
        publicAccessBlockConfiguration: {},
        bucketEncryption: { serverSideEncryptionConfiguration: [{ bucketKeyEnabled: true }] },
    });
    const [entry] = bucket?.props.get("serverSideEncryptionConfiguration").get("rules").items() ?? [];
    expect(entry?.get("bucketKeyEnabled").path).toBe(
        "bucketEncryption.serverSideEncryptionConfiguration[0].bucketKeyEnabled",
    );
    expect(bucket?.props.get("versioning").path).toBe("versioningConfiguration");
});

test("outputs are read alike, with the id and ARN; what is kept apart has none", () => {
    const outputs = { id: "i", arn: "a", roleName: "made", other: 1 };
    const [role] = readings("aws-native:iam:Role", { roleName: "asked" }, outputs);
    expect(role && written(role.outputs)).toEqual({ id: "i", arn: "a", name: "made" });
    const [first, second, user] = readings(
        "aws-native:iam:User",
        { policies: [{ policyDocument: "one" }, { policyDocument: "two" }] },
        { id: "i", arn: "a", policies: [{ policyDocument: "uno" }, { policyDocument: "due" }] },
    );
    expect([first, second, user].map(one => one && written(one.outputs))).toEqual([
        { id: "i", arn: "a", policy: "uno" },
        { id: "i", arn: "a", policy: "due" },
        { id: "i", arn: "a" },
    ]);
    const [target] = readings("aws-native:events:Rule", { targets: [{ arn: "one" }] }, outputs);
    expect(target && written(target.outputs)).toEqual({});
});

test("what is kept apart refers to the resource, and other readings to what that refers to", () => {
    const type = "aws-native:events:Rule";
    const [target, rule] = readings(type, { targets: [{ arn: "one" }] });
    expect(target?.references).toEqual({ rule: [`urn:pulumi:test::project::${type}::subject`] });
    expect(rule?.references).toEqual({ some: ["urn:pulumi:test::project::a:b/c:C::other"] });
    expect(rule).toMatchObject({ name: "subject", urn: `urn:pulumi:test::project::${type}::subject` });
});

test("a type of the AWS provider is what it is", () => {
    const [bucket] = readings("aws:s3/bucket:Bucket", { bucketName: "x" });
    expect(bucket?.type).toBe("aws:s3/bucket:Bucket");
    expect(bucket && written(bucket.props)).toEqual({ bucketName: "x" });
});

describe("a rule of resources", () => {
    const judged: string[] = [];
    const rule = withNativeResources({
        ...rotation,
        types: ["aws:iam/userPolicy:UserPolicy"],
        judge: ({ props }: Resource) => judged.push(String(props.get("policy").string())),
    } as never);

    test("hears of each reading that it asks for, and of no other", () => {
        const user = { policies: [{ policyDocument: "one" }, { policyDocument: "two" }] };
        rule.judge(resource("aws-native:iam:User", user, {}), {}, {} as never);
        rule.judge(resource("aws:iam/userPolicy:UserPolicy", { policy: "own" }, {}), {}, {} as never);
        rule.judge(resource("aws-native:iam:Group", user, {}), {}, {} as never);
        expect(judged).toEqual(["one", "two", "own"]);
        expect(rule.types).toEqual([
            "aws:iam/userPolicy:UserPolicy",
            "aws-native:iam:User",
            "aws-native:iam:UserPolicy",
        ]);
    });

    test("that mends nothing has nothing to mend here", () => {
        const { remediate: _, ...without } = rotation;
        expect("remediate" in withNativeResources(without as typeof rotation)).toBe(false);
        expect("remediate" in withNativeResources(rotation)).toBe(rotation.remediate !== undefined);
    });
});

test("a rule that asks before creation is asked about the same readings", () => {
    const judged: string[] = [];
    const rule = withNativeStack({
        ...encryption,
        scope: "stack",
        judge: () => undefined,
        beforeCreation: {
            types: ["aws:iam/userPolicy:UserPolicy"],
            judge: ({ type }: Resource) => judged.push(type),
        },
    } as never);
    expect(rule.beforeCreation?.types).toEqual([
        "aws:iam/userPolicy:UserPolicy",
        "aws-native:iam:User",
        "aws-native:iam:UserPolicy",
    ]);
    const user = resource("aws-native:iam:User", { policies: [{ policyDocument: "one" }] }, {});
    rule.beforeCreation?.judge(user, {}, {} as never, new Stack([user]));
    expect(judged).toEqual(["aws:iam/userPolicy:UserPolicy"]);
    const without = { ...encryption, beforeCreation: undefined } as never;
    expect(withNativeStack(without).beforeCreation).toBeUndefined();
});
