import type { Resource } from "../kit/resource";
import type { ResourceRule, StackRule } from "../kit/rule";
import { Stack } from "../kit/stack";
import { Value } from "../kit/value";
import { UNKNOWN } from "../kit/wire";
import { PUBLIC_ACCESS_FLAGS } from "./s3";

/** The properties of one resource as another type has them, by name. */
type Shape = Readonly<Record<string, Value>>;

/** A type of the AWS provider as which a resource of Cloud Control is read: one resource for each shape. */
interface Reading {
    readonly type: string;
    readonly shapes: (props: Value) => readonly Shape[];
    /** The property that refers to the resource itself, of what it holds and the other provider keeps apart. */
    readonly owner?: string;
}

const as = (type: string, shape: (props: Value) => Shape): Reading => ({ type, shapes: props => [shape(props)] });

/** A resource that the other provider keeps apart, for each block of a list. */
const apart = (type: string, owner: string, shapes: (props: Value) => readonly Shape[]): Reading => ({
    type,
    owner,
    shapes,
});

const selectors = (props: Value): Value =>
    each(props.get("advancedEventSelectors"), selector => ({
        fieldSelectors: each(selector.get("fieldSelectors"), field => ({
            field: field.get("field"),
            equals: field.get("equals"),
            notEquals: field.get("notEquals"),
            startsWiths: field.get("startsWith"),
            notStartsWiths: field.get("notStartsWith"),
            endsWiths: field.get("endsWith"),
            notEndsWiths: field.get("notEndsWith"),
        })),
    }));

const document = (type: string): Reading[] => [as(type, props => ({ policy: props.get("policyDocument") }))];

const protection = (type: string): Reading[] => [
    as(type, props => ({ deletionProtection: props.get("deletionProtection"), engine: props.get("engine") })),
];

/** Inline and attached policies of users and groups, which the AWS provider keeps apart. */
const identity = (kind: "User" | "Group"): Reading[] => {
    const module = kind.toLowerCase();
    return [
        {
            type: `aws:iam/${module}Policy:${kind}Policy`,
            shapes: props =>
                props
                    .get("policies")
                    .items()
                    .map(policy => ({ policy: policy.get("policyDocument") })),
        },
        as(`aws:iam/${module}PolicyAttachmentsExclusive:${kind}PolicyAttachmentsExclusive`, props => ({
            policyArns: props.get("managedPolicyArns"),
        })),
    ];
};

/**
 * What resources of the provider aws-native are for rules that know the AWS provider. The last one stands for the resource
 * where others refer to it.
 *
 * Source: API documentation of @pulumi/aws-native 1.79, whose properties are those of CloudFormation's resource types.
 */
const READINGS: Readonly<Record<string, readonly Reading[]>> = {
    "aws-native:cloudtrail:EventDataStore": [
        as("aws:cloudtrail/eventDataStore:EventDataStore", props => ({
            suspend:
                props.get("ingestionEnabled").boolean() === false
                    ? props.get("ingestionEnabled").reread(true)
                    : props.get("ingestionEnabled").reread(null),
            organizationEnabled: props.get("organizationEnabled"),
            advancedEventSelectors: selectors(props),
        })),
    ],
    "aws-native:cloudtrail:Trail": [
        as("aws:cloudtrail/trail:Trail", props => ({
            enableLogging: props.get("isLogging"),
            isOrganizationTrail: props.get("isOrganizationTrail"),
            cloudWatchLogsGroupArn: props.get("cloudWatchLogsLogGroupArn"),
            eventSelectors: props.get("eventSelectors"),
            advancedEventSelectors: selectors(props),
        })),
    ],
    "aws-native:cloudwatch:Alarm": [
        as("aws:cloudwatch/metricAlarm:MetricAlarm", props => ({
            actionsEnabled: props.get("actionsEnabled"),
            alarmActions: props.get("alarmActions"),
            metricName: props.get("metricName"),
            namespace: props.get("namespace"),
            metricQueries: each(props.get("metrics"), query => ({
                metric: query.get("metricStat").get("metric"),
                expression: query.get("expression"),
            })),
        })),
    ],
    "aws-native:docdb:DbCluster": protection("aws:docdb/cluster:Cluster"),
    "aws-native:docdb:GlobalCluster": protection("aws:docdb/globalCluster:GlobalCluster"),
    "aws-native:ec2:SecurityGroup": [
        as("aws:ec2/securityGroup:SecurityGroup", props => ({
            name: props.get("groupName"),
            ingress: each(props.get("securityGroupIngress"), entry => ({
                protocol: entry.get("ipProtocol"),
                fromPort: entry.get("fromPort"),
                toPort: entry.get("toPort"),
                cidrBlocks: entry.get("cidrIp"),
                ipv6CidrBlocks: entry.get("cidrIpv6"),
            })),
        })),
    ],
    "aws-native:ec2:SecurityGroupIngress": [
        as("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", props => ({
            securityGroupId: props.get("groupId", "groupName"),
            ipProtocol: props.get("ipProtocol"),
            fromPort: props.get("fromPort"),
            toPort: props.get("toPort"),
            cidrIpv4: props.get("cidrIp"),
            cidrIpv6: props.get("cidrIpv6"),
        })),
    ],
    "aws-native:events:Rule": [
        apart("aws:cloudwatch/eventTarget:EventTarget", "rule", props =>
            props
                .get("targets")
                .items()
                .map(target => ({ arn: target.get("arn") })),
        ),
        as("aws:cloudwatch/eventRule:EventRule", props => ({
            name: props.get("name"),
            eventBusName: props.get("eventBusName"),
            eventPattern: props.get("eventPattern"),
            state: props.get("state"),
        })),
    ],
    "aws-native:iam:Group": identity("Group"),
    "aws-native:iam:GroupPolicy": document("aws:iam/groupPolicy:GroupPolicy"),
    "aws-native:iam:ManagedPolicy": [
        as("aws:iam/policy:Policy", props => ({
            policy: props.get("policyDocument"),
            name: props.get("managedPolicyName"),
        })),
    ],
    "aws-native:iam:Role": [
        as("aws:iam/role:Role", props => ({
            name: props.get("roleName"),
            assumeRolePolicy: props.get("assumeRolePolicyDocument"),
            managedPolicyArns: props.get("managedPolicyArns"),
            inlinePolicies: each(props.get("policies"), policy => ({ policy: policy.get("policyDocument") })),
        })),
    ],
    "aws-native:iam:RolePolicy": document("aws:iam/rolePolicy:RolePolicy"),
    "aws-native:iam:User": identity("User"),
    "aws-native:iam:UserPolicy": document("aws:iam/userPolicy:UserPolicy"),
    "aws-native:kms:Alias": [as("aws:kms/alias:Alias", props => ({ name: props.get("aliasName") }))],
    "aws-native:kms:Key": [
        as("aws:kms/key:Key", props => ({
            policy: props.get("keyPolicy"),
            enableKeyRotation: props.get("enableKeyRotation"),
            isEnabled: props.get("enabled"),
            customerMasterKeySpec: props.get("keySpec"),
            keyUsage: props.get("keyUsage"),
            // Imported key material, which AWS does not rotate.
            xksKeyId:
                props.get("origin").string() === "AWS_KMS" ? props.get("origin").reread(null) : props.get("origin"),
        })),
    ],
    "aws-native:kms:ReplicaKey": [as("aws:kms/replicaKey:ReplicaKey", props => ({ policy: props.get("keyPolicy") }))],
    "aws-native:logs:LogGroup": [
        as("aws:cloudwatch/logGroup:LogGroup", props => ({ name: props.get("logGroupName") })),
    ],
    "aws-native:logs:MetricFilter": [
        as("aws:cloudwatch/logMetricFilter:LogMetricFilter", props => ({
            logGroupName: props.get("logGroupName"),
            pattern: props.get("filterPattern"),
            metricTransformation: each(props.get("metricTransformations"), transformation => ({
                name: transformation.get("metricName"),
                namespace: transformation.get("metricNamespace"),
            })),
        })),
    ],
    "aws-native:neptune:DbCluster": protection("aws:neptune/cluster:Cluster"),
    "aws-native:neptune:GlobalCluster": protection("aws:neptune/globalCluster:GlobalCluster"),
    "aws-native:rds:DbCluster": protection("aws:rds/cluster:Cluster"),
    "aws-native:rds:DbInstance": protection("aws:rds/instance:Instance"),
    "aws-native:rds:GlobalCluster": protection("aws:rds/globalCluster:GlobalCluster"),
    "aws-native:s3:Bucket": [
        apart("aws:s3/bucketNotification:BucketNotification", "bucket", props => [
            {
                eventbridge: props
                    .get("notificationConfiguration")
                    .get("eventBridgeConfiguration")
                    .get("eventBridgeEnabled"),
            },
        ]),
        apart("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "bucket", props => {
            const block = props.get("publicAccessBlockConfiguration");
            if (block.isMissing) return [];
            return [Object.fromEntries(PUBLIC_ACCESS_FLAGS.map(flag => [flag, block.get(flag)]))];
        }),
        as("aws:s3/bucket:Bucket", props => {
            const acl = props.get("accessControl");
            return {
                bucket: props.get("bucketName"),
                bucketPrefix: props.get("bucketNamePrefix"),
                // `PublicRead` is what the canned ACL `public-read` is called here.
                acl:
                    acl.string() === undefined
                        ? acl
                        : acl.reread(
                              acl
                                  .string()
                                  ?.replace(/\B[A-Z]/g, "-$&")
                                  .toLowerCase(),
                          ),
                objectLockEnabled: props.get("objectLockEnabled"),
                logging: one(props.get("loggingConfiguration"), logging => ({
                    targetBucket: logging.get("destinationBucketName"),
                })),
                serverSideEncryptionConfiguration: one(props.get("bucketEncryption"), encryption => ({
                    rules: each(encryption.get("serverSideEncryptionConfiguration"), entry => ({
                        applyServerSideEncryptionByDefault: entry.get("serverSideEncryptionByDefault"),
                        bucketKeyEnabled: entry.get("bucketKeyEnabled"),
                    })),
                })),
                tags: tagsOf(props.get("tags")),
                versioning: one(props.get("versioningConfiguration"), versioning => ({
                    enabled: versioning.get("status"),
                })),
            };
        }),
    ],
    "aws-native:s3:BucketPolicy": [
        as("aws:s3/bucketPolicy:BucketPolicy", props => ({
            bucket: props.get("bucket"),
            policy: props.get("policyDocument"),
        })),
    ],
};

/** Types of Cloud Control that some rule reads. */
const NATIVE_TYPES: readonly string[] = Object.keys(READINGS);

/** Types of the AWS provider, and those of Cloud Control that are read as one of them. */
function withNative(types: readonly string[]): string[] {
    const isReadAs = (native: string) => READINGS[native]?.some(({ type }) => types.includes(type)) === true;
    return [...types, ...NATIVE_TYPES.filter(isReadAs)];
}

/** A rule about resources of the AWS provider that judges those of Cloud Control as well. It mends none of them. */
export function withNativeResources(rule: ResourceRule): ResourceRule {
    const { types, remediate } = rule;
    if (types === "all") return rule;
    return {
        ...rule,
        types: withNative(types),
        judge(resource, settings, report) {
            for (const read of readingsOf(resource)) if (types.includes(read.type)) rule.judge(read, settings, report);
        },
        ...(remediate === undefined
            ? {}
            : {
                  remediate: (resource, props, settings) =>
                      isNative(resource) ? undefined : remediate(resource, props, settings),
              }),
    };
}

/** The same for a rule about a stack. */
export function withNativeStack(rule: StackRule): StackRule {
    const { beforeCreation } = rule;
    return {
        ...rule,
        judge(stack, settings, report) {
            const read = readingOf(stack);
            rule.judge(read, settings, report);
            // What was asked for, and is not told, is missed in the stack itself.
            if (read !== stack) stack.ofType(...read.takeMissed().map(({ urn }) => stack.byUrn(urn)?.type ?? ""));
        },
        ...(beforeCreation === undefined
            ? {}
            : {
                  beforeCreation: {
                      types: withNative(beforeCreation.types),
                      judge(resource, settings, report, stack) {
                          for (const read of readingsOf(resource)) {
                              if (beforeCreation.types.includes(read.type))
                                  beforeCreation.judge(read, settings, report, readingOf(stack));
                          }
                      },
                  },
              }),
    };
}

const isNative = ({ type }: Resource) => Object.hasOwn(READINGS, type);

/** Stacks as rules read them, with the number of resources read so far: a stack grows while its resources are judged. */
const readings = new WeakMap<Stack, { readonly read: Stack; count: number }>();

/** A stack in which resources of Cloud Control are such as rules know; the same stack where there are none. */
function readingOf(stack: Stack): Stack {
    if (!stack.hasType(NATIVE_TYPES)) return stack;
    const known = readings.get(stack) ?? { read: new Stack([], () => stack.backendUrl), count: 0 };
    readings.set(stack, known);
    const added = stack.since(known.count);
    known.count += added.length;
    for (const read of added.flatMap(readingsOf)) known.read.add(read);
    return known.read;
}

/** A resource as rules know it; the resource itself where it is none of Cloud Control. */
function readingsOf(resource: Resource): Resource[] {
    if (!isNative(resource)) return [resource];
    return (READINGS[resource.type] ?? []).flatMap(({ type, owner, shapes }) =>
        shapes(resource.props).map((shape, index) => {
            const read: Resource = {
                type,
                name: resource.name,
                urn: resource.urn,
                isDeclared: resource.isDeclared,
                options: resource.options,
                provider: resource.provider,
                references: owner === undefined ? resource.references : { [owner]: [resource.urn] },
                dependencies: resource.dependencies,
                get props() {
                    const itself = owner === undefined ? {} : { [owner]: Value.of(UNKNOWN, read, owner) };
                    return Value.shaped({ ...shape, ...itself }, resource.props);
                },
                get outputs() {
                    const { outputs } = resource;
                    if (owner !== undefined) return Value.shaped({}, outputs);
                    const own = { id: outputs.get("id"), arn: outputs.get("arn") };
                    return Value.shaped({ ...shapes(outputs)[index], ...own }, outputs);
                },
            };
            return read;
        }),
    );
}

/** A block in another shape; where it is missing, unknown or no block it stays what it is. */
function one(block: Value, shape: (block: Value) => Shape): Value {
    return block.isObject ? Value.shaped(shape(block), block) : block;
}

/** The same for each block of a list. */
function each(list: Value, shape: (block: Value) => Shape): Value {
    return list.isUnknown || list.isMissing ? list : list.reread(list.items().map(block => one(block, shape)));
}

/** Tags as a map, which are a list of keys and values here. A tag of unknown name makes all of them unknown. */
function tagsOf(list: Value): Value {
    const items = list.items();
    const unknown = items.map(tag => tag.get("key")).find(({ isUnknown }) => isUnknown);
    if (unknown !== undefined || items.length === 0) return unknown ?? list;
    const named = items.map(tag => [tag.get("key").text() ?? "", tag.get("value")] as const);
    return Value.shaped(Object.fromEntries(named), list);
}
