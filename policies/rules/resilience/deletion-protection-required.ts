import { z } from "zod";
import { securityHub } from "../../kit/controls";
import { globs } from "../../kit/pattern";
import type { Aspect } from "../../kit/report";
import { resourceRule } from "../../kit/rule";
import type { Value } from "../../kit/value";

/** The waiting period that AWS takes where none is said, and the longest it offers, in days. */
const LONGEST_WINDOW = 30;

const ASPECTS = {
    deletionProtection: {
        id: "deletion-protection",
        description: "The service refuses to delete the resource until its protection is turned off.",
        severity: "medium",
    },
    finalSnapshot: {
        id: "final-snapshot",
        description: "A last copy of the data is taken when the resource is deleted.",
        severity: "medium",
    },
    keptContent: {
        id: "kept-content",
        description: "A bucket, repository, zone or vault is not emptied in order to delete it.",
        severity: "medium",
    },
    recoveryTime: {
        id: "recovery-time",
        description: "A deleted key or secret can be recovered for the configured number of days.",
        severity: "medium",
    },
} as const satisfies Record<string, Aspect>;

/** How a service keeps a resource, or a last copy of its data, from going away by mistake. */
interface Protection {
    readonly aspect: Aspect;
    readonly property: string;
    protects(value: Value, minRecoveryDays: number): boolean;
    /** What a message says it expects. */
    expected(minRecoveryDays: number): string;
    /** The value that remediation adds where nothing is said and nothing protects; undefined where somebody must choose it. */
    readonly remediation?: boolean | string;
    /** List whose entries have the property too. */
    readonly alsoIn?: string;
    /** Resources of the type that the protection does not exist for. */
    readonly isAside?: (props: Value) => boolean;
}

const flag = (property: string, unset = false): Protection => ({
    aspect: ASPECTS.deletionProtection,
    property,
    protects: value => (value.isMissing ? unset : value.boolean() === true),
    expected: () => "true",
    ...(unset ? {} : { remediation: true }),
});

const choice = (property: string, wanted: string): Protection => ({
    aspect: ASPECTS.deletionProtection,
    property,
    protects: value => value.string()?.toUpperCase() === wanted,
    expected: () => JSON.stringify(wanted),
    remediation: wanted,
});

const finalCopy = (property: string): Protection => ({
    aspect: ASPECTS.finalSnapshot,
    property,
    protects: value => (value.string()?.trim() ?? "") !== "",
    expected: () => "a name for the snapshot that is then taken on deletion",
});

const finalCopyUnless = (property: string): Protection => ({
    aspect: ASPECTS.finalSnapshot,
    property,
    protects: value => value.isMissing || value.boolean() === false,
    expected: () => "false",
});

/** A bucket or zone that has something in it cannot be deleted, unless the provider is told to empty it before. */
const content = (property: string): Protection => ({
    ...finalCopyUnless(property),
    aspect: ASPECTS.keptContent,
    expected: () => "false, so that it cannot be deleted with what is in it",
});

const waiting = (property: string): Protection => ({
    aspect: ASPECTS.recoveryTime,
    property,
    protects: (value, minRecoveryDays) => value.isMissing || (value.number() ?? 0) >= minRecoveryDays,
    expected: minRecoveryDays => `at least ${minRecoveryDays} days`,
});

/** One line for each type. Source: API documentation of @pulumi/aws 7.48, input properties of each resource. */
const PROTECTIONS: Readonly<Record<string, Protection>> = {
    "aws:alb/loadBalancer:LoadBalancer": flag("enableDeletionProtection"),
    "aws:backup/vault:Vault": content("forceDestroy"),
    "aws:cloudwatch/logGroup:LogGroup": flag("deletionProtectionEnabled"),
    "aws:cognito/userPool:UserPool": choice("deletionProtection", "ACTIVE"),
    "aws:dsql/cluster:Cluster": flag("deletionProtectionEnabled"),
    "aws:dynamodb/table:Table": { ...flag("deletionProtectionEnabled"), alsoIn: "replicas" },
    "aws:dynamodb/tableReplica:TableReplica": flag("deletionProtectionEnabled"),
    "aws:ec2/instance:Instance": flag("disableApiTermination"),
    "aws:ecr/repository:Repository": content("forceDelete"),
    "aws:ecrpublic/repository:Repository": content("forceDestroy"),
    "aws:eks/cluster:Cluster": flag("deletionProtection"),
    "aws:elasticache/cluster:Cluster": {
        ...finalCopy("finalSnapshotIdentifier"),
        isAside: isWithoutSnapshots,
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": finalCopy("finalSnapshotIdentifier"),
    "aws:emr/cluster:Cluster": flag("terminationProtection"),
    "aws:fsx/lustreFileSystem:LustreFileSystem": {
        aspect: ASPECTS.finalSnapshot,
        property: "skipFinalBackup",
        protects: value => value.boolean() === false,
        expected: () => "false, since it is true by default",
        remediation: false,
        isAside: isScratch,
    },
    "aws:fsx/ontapVolume:OntapVolume": finalCopyUnless("skipFinalBackup"),
    "aws:fsx/openZfsFileSystem:OpenZfsFileSystem": finalCopyUnless("skipFinalBackup"),
    "aws:fsx/windowsFileSystem:WindowsFileSystem": finalCopyUnless("skipFinalBackup"),
    "aws:kms/externalKey:ExternalKey": waiting("deletionWindowInDays"),
    "aws:kms/key:Key": waiting("deletionWindowInDays"),
    "aws:kms/replicaExternalKey:ReplicaExternalKey": waiting("deletionWindowInDays"),
    "aws:kms/replicaKey:ReplicaKey": waiting("deletionWindowInDays"),
    "aws:lb/loadBalancer:LoadBalancer": flag("enableDeletionProtection"),
    "aws:lightsail/bucket:Bucket": content("forceDelete"),
    "aws:lightsail/database:Database": finalCopyUnless("skipFinalSnapshot"),
    "aws:memorydb/cluster:Cluster": finalCopy("finalSnapshotName"),
    "aws:neptunegraph/graph:Graph": flag("deletionProtection"),
    "aws:networkfirewall/firewall:Firewall": flag("deleteProtection"),
    "aws:qldb/ledger:Ledger": flag("deletionProtection", true),
    "aws:redshift/cluster:Cluster": finalCopyUnless("skipFinalSnapshot"),
    "aws:route53/zone:Zone": content("forceDestroy"),
    "aws:s3/bucket:Bucket": content("forceDestroy"),
    "aws:s3/bucketV2:BucketV2": content("forceDestroy"),
    "aws:s3/directoryBucket:DirectoryBucket": content("forceDestroy"),
    "aws:s3/vectorsVectorBucket:VectorsVectorBucket": content("forceDestroy"),
    "aws:s3tables/tableBucket:TableBucket": content("forceDestroy"),
    "aws:secretsmanager/secret:Secret": waiting("recoveryWindowInDays"),
    "aws:verifiedpermissions/policyStore:PolicyStore": choice("deletionProtection", "ENABLED"),
};

const TYPES = Object.keys(PROTECTIONS);

/** Memcached has no snapshots, and the members of a replication group leave theirs to the group. */
function isWithoutSnapshots(props: Value): boolean {
    const group = props.get("replicationGroupId");
    return props.get("engine").string()?.toLowerCase() === "memcached" || group.isUnknown || !group.isMissing;
}

/** Lustre's scratch deployments, the kind that is made where nothing is said, have no backups. */
function isScratch(props: Value): boolean {
    const kind = props.get("deploymentType");
    return kind.isMissing || /^scratch/i.test(kind.string() ?? "");
}

const Settings = z.strictObject({
    resourceTypes: z
        .array(
            z
                .string()
                .refine(
                    pattern => TYPES.some(globs([pattern])),
                    `expected one of ${TYPES.join(", ")}, or a pattern that matches some of them`,
                ),
        )
        .default([
            "aws:alb/*",
            "aws:backup/*",
            "aws:cognito/*",
            "aws:dsql/*",
            "aws:dynamodb/*",
            "aws:eks/*",
            "aws:elasticache/*",
            "aws:fsx/*",
            "aws:kms/*",
            "aws:lb/*",
            "aws:lightsail/bucket:Bucket",
            "aws:memorydb/*",
            "aws:neptunegraph/*",
            "aws:networkfirewall/*",
            "aws:qldb/*",
            "aws:redshift/*",
            "aws:route53/*",
            "aws:s3/*",
            "aws:s3tables/*",
            "aws:secretsmanager/*",
            "aws:verifiedpermissions/*",
        ])
        .describe("Types that are judged, as patterns."),
    minRecoveryDays: z
        .int()
        .min(7)
        .max(LONGEST_WINDOW)
        .default(LONGEST_WINDOW)
        .describe("Shortest time, in days, for which a deleted KMS key or secret can be recovered."),
});

/**
 * What the cloud itself refuses to delete, or keeps a last copy of, survives a mistaken `destroy`, a replacement nobody
 * noticed in the preview, and a click in the console.
 *
 * Databases of the RDS family have a rule of their own. EFS, OpenSearch and Redshift Serverless offer no such property.
 */
export const rule = resourceRule({
    name: "deletion-protection-required",
    title: "Resources that are hard to replace cannot be deleted by mistake",
    description:
        "DynamoDB tables, user pools, EKS clusters, load balancers and the like must have deletion protection, caches, warehouses and file systems a final snapshot, KMS keys and secrets the whole recovery time; buckets, hosted zones and backup vaults must not be emptied on deletion.",
    severity: "medium",
    enforcementLevel: "advisory",
    tags: ["aws", "resilience"],
    controls: securityHub("DynamoDB.6", "ELB.6"),
    remediationSteps: [
        "Set the property that the message names to the value it expects.",
        "To delete such a resource on purpose, turn the protection off in a change of its own first.",
    ],
    url: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html",
    settings: Settings,
    aspects: Object.values(ASPECTS),
    types: TYPES,
    judge({ type, props }, { resourceTypes, minRecoveryDays }, report) {
        const protection = PROTECTIONS[type];
        if (protection === undefined || !globs(resourceTypes)(type) || protection.isAside?.(props)) return;
        const { aspect, property, alsoIn } = protection;
        const entries = alsoIn === undefined ? [] : props.get(alsoIn).items();
        for (const holder of [props, ...entries]) {
            const value = holder.get(property);
            const expected = protection.expected(minRecoveryDays);
            if (value.isUnknown)
                report.of(aspect).undetermined(value, `is unknown until the update; expected ${expected}.`);
            else if (!protection.protects(value, minRecoveryDays)) {
                report.of(aspect).violation(value, `is ${value.show()}; expected ${expected}.`);
            }
        }
    },
    remediate({ type, props: given }, props, { resourceTypes }) {
        const protection = PROTECTIONS[type];
        if (protection?.remediation === undefined || !globs(resourceTypes)(type)) return undefined;
        if (protection.isAside?.(given)) return undefined;
        // An explicit value is somebody's decision, which is reported and not overruled.
        const { property, remediation } = protection;
        return given.get(property).isMissing ? { ...props, [property]: remediation } : undefined;
    },
});
