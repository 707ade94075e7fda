import type { Resource } from "../kit/resource";
import type { ResourceRule, StackRule } from "../kit/rule";
import { Stack } from "../kit/stack";
import { Value } from "../kit/value";
import { UNKNOWN } from "../kit/wire";

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

const document = (type: string): Reading[] => [as(type, props => ({ policy: props.get("policyDocument") }))];

const protection = (type: string): Reading[] => [
    as(type, props => ({ deletionProtection: props.get("deletionProtection"), engine: props.get("engine") })),
];

/** Inline and attached policies of users and groups, which the AWS provider keeps apart. */
const identity = (type: "user" | "group"): Reading[] => {
    const [Type] = type === "user" ? ["User"] : ["Group"];
    return [
        {
            type: `aws:iam/${type}Policy:${Type}Policy`,
            shapes: props =>
                props
                    .get("policies")
                    .items()
                    .map(policy => ({ policy: policy.get("policyDocument") })),
        },
        as(`aws:iam/${type}PolicyAttachmentsExclusive:${Type}PolicyAttachmentsExclusive`, props => ({
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
    "aws-native:iam:Group": identity("group"),
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
    "aws-native:iam:User": identity("user"),
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
    "aws-native:neptune:DbCluster": protection("aws:neptune/cluster:Cluster"),
    "aws-native:neptune:GlobalCluster": protection("aws:neptune/globalCluster:GlobalCluster"),
    "aws-native:rds:DbCluster": protection("aws:rds/cluster:Cluster"),
    "aws-native:rds:DbInstance": protection("aws:rds/instance:Instance"),
    "aws-native:rds:GlobalCluster": protection("aws:rds/globalCluster:GlobalCluster"),
    "aws-native:s3:Bucket": [
        {
            type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
            owner: "bucket",
            shapes: props => {
                const block = props.get("publicAccessBlockConfiguration");
                if (block.isMissing) return [];
                const flags = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];
                return [Object.fromEntries(flags.map(flag => [flag, block.get(flag)]))];
            },
        },
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

/** A rule about resources of the AWS provider that judges those of Cloud Control as well. It mends none of them. */
export function withNativeResources(rule: ResourceRule): ResourceRule {
    const { types, remediate } = rule;
    if (types === "all") return rule;
    const native = NATIVE_TYPES.filter(type => READINGS[type]?.some(reading => types.includes(reading.type)));
    return {
        ...rule,
        types: [...types, ...native],
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
                      types: [
                          ...beforeCreation.types,
                          ...NATIVE_TYPES.filter(type =>
                              READINGS[type]?.some(reading => beforeCreation.types.includes(reading.type)),
                          ),
                      ],
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
