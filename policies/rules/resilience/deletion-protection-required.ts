import { z } from "zod";
import { securityHub } from "../../kit/controls";
import { expectThat } from "../../kit/expect";
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
        description:
            "What a resource holds, or belongs to it, is not deleted along with it: objects, images, records, accounts.",
        severity: "medium",
    },
    recoveryTime: {
        id: "recovery-time",
        description: "A deleted key or secret can be recovered for the configured number of days.",
        severity: "medium",
    },
} as const satisfies Record<string, Aspect>;

/** What FSx is told in order to delete child volumes and snapshots too. */
const DELETE_CHILDREN = "DELETE_CHILD_VOLUMES_AND_SNAPSHOTS";

const LEGAL_HOLD = "a legal hold keeps the object";

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

/** A flag by which the provider turns the protection off by itself when the resource is to go. */
const overruling = (property: string): Protection => ({
    aspect: ASPECTS.deletionProtection,
    property,
    protects: isOff,
    expected: () => "false, since it deletes the resource whatever protects it",
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
    protects: isOff,
    expected: () => "false",
});

/** A bucket or zone that has something in it cannot be deleted, unless the provider is told to empty it before. */
const content = (property: string, reason = "it cannot be deleted with what is in it"): Protection => ({
    aspect: ASPECTS.keptContent,
    property,
    protects: isOff,
    expected: () => `false, so that ${reason}`,
});

/** The same of a file system or volume with others in it, which takes a list or a text of options. */
const childVolumes = (property: string): Protection => ({
    aspect: ASPECTS.keptContent,
    property,
    protects: value => [value, ...value.items()].every(option => option.string() !== DELETE_CHILDREN),
    expected: () => `no ${DELETE_CHILDREN}`,
});

const waiting = (property: string, unset = LONGEST_WINDOW): Protection => ({
    aspect: ASPECTS.recoveryTime,
    property,
    protects: (value, minRecoveryDays) => (value.isMissing ? unset : (value.number() ?? 0)) >= minRecoveryDays,
    expected: minRecoveryDays => `at least ${minRecoveryDays} days`,
});

/**
 * One entry for each type. Source: API documentation of @pulumi/aws 7.48, input properties of each resource. A test goes through
 * all types of the provider. Defaults that it does not name: of graphs, the documentation of CloudFormation's
 * AWS::NeptuneGraph::Graph; of QuickSight's account settings and of payment keys, the schemas of terraform-provider-aws.
 */
const PROTECTIONS: Readonly<Record<string, Protection | readonly Protection[]>> = {
    "aws:acmpca/certificateAuthority:CertificateAuthority": waiting("permanentDeletionTimeInDays"),
    "aws:alb/loadBalancer:LoadBalancer": flag("enableDeletionProtection"),
    "aws:athena/database:Database": content("forceDestroy"),
    "aws:backup/vault:Vault": content("forceDestroy"),
    "aws:cloudtrail/eventDataStore:EventDataStore": flag("terminationProtectionEnabled", true),
    "aws:cloudwatch/logGroup:LogGroup": flag("deletionProtectionEnabled"),
    "aws:cognito/userPool:UserPool": choice("deletionProtection", "ACTIVE"),
    "aws:datazone/domain:Domain": content("skipDeletionCheck"),
    "aws:datazone/project:Project": content("skipDeletionCheck"),
    "aws:directconnect/linkAggregationGroup:LinkAggregationGroup": content("forceDestroy"),
    "aws:dsql/cluster:Cluster": [flag("deletionProtectionEnabled"), overruling("forceDestroy")],
    "aws:dynamodb/table:Table": { ...flag("deletionProtectionEnabled"), alsoIn: "replicas" },
    "aws:dynamodb/tableReplica:TableReplica": flag("deletionProtectionEnabled"),
    "aws:ebs/volume:Volume": {
        aspect: ASPECTS.finalSnapshot,
        property: "finalSnapshot",
        protects: value => value.boolean() === true,
        expected: () => "true",
        remediation: true,
    },
    "aws:ec2/instance:Instance": [flag("disableApiTermination"), overruling("forceDestroy")],
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
    "aws:fsx/openZfsFileSystem:OpenZfsFileSystem": [finalCopyUnless("skipFinalBackup"), childVolumes("deleteOptions")],
    "aws:fsx/openZfsVolume:OpenZfsVolume": childVolumes("deleteVolumeOptions"),
    "aws:fsx/windowsFileSystem:WindowsFileSystem": finalCopyUnless("skipFinalBackup"),
    "aws:kms/externalKey:ExternalKey": waiting("deletionWindowInDays"),
    "aws:kms/key:Key": waiting("deletionWindowInDays"),
    "aws:kms/replicaExternalKey:ReplicaExternalKey": waiting("deletionWindowInDays"),
    "aws:kms/replicaKey:ReplicaKey": waiting("deletionWindowInDays"),
    "aws:lb/loadBalancer:LoadBalancer": flag("enableDeletionProtection"),
    "aws:lightsail/bucket:Bucket": content("forceDelete"),
    "aws:lightsail/database:Database": finalCopyUnless("skipFinalSnapshot"),
    "aws:memorydb/cluster:Cluster": finalCopy("finalSnapshotName"),
    "aws:neptunegraph/graph:Graph": flag("deletionProtection", true),
    "aws:networkfirewall/firewall:Firewall": flag("deleteProtection"),
    "aws:odb/network:Network": content("deleteAssociatedResources"),
    "aws:organizations/account:Account": content(
        "closeOnDeletion",
        "the account outlives its removal from the program",
    ),
    "aws:paymentcryptography/key:Key": waiting("deletionWindowInDays", 7),
    "aws:pinpoint/smsvoicev2PhoneNumber:Smsvoicev2PhoneNumber": flag("deletionProtectionEnabled"),
    "aws:pinpoint/smsvoicev2Pool:Smsvoicev2Pool": flag("deletionProtectionEnabled"),
    "aws:pinpoint/smsvoicev2SenderId:Smsvoicev2SenderId": flag("deletionProtectionEnabled"),
    "aws:qldb/ledger:Ledger": flag("deletionProtection", true),
    "aws:quicksight/accountSettings:AccountSettings": flag("terminationProtectionEnabled", true),
    "aws:quicksight/analysis:Analysis": waiting("recoveryWindowInDays"),
    "aws:redshift/cluster:Cluster": finalCopyUnless("skipFinalSnapshot"),
    "aws:route53/zone:Zone": content("forceDestroy"),
    "aws:s3/bucket:Bucket": content("forceDestroy"),
    "aws:s3/bucketV2:BucketV2": content("forceDestroy"),
    "aws:s3/bucketObject:BucketObject": content("forceDestroy", LEGAL_HOLD),
    "aws:s3/bucketObjectv2:BucketObjectv2": content("forceDestroy", LEGAL_HOLD),
    "aws:s3/directoryBucket:DirectoryBucket": content("forceDestroy"),
    "aws:s3/objectCopy:ObjectCopy": content("forceDestroy", LEGAL_HOLD),
    "aws:s3/vectorsVectorBucket:VectorsVectorBucket": content("forceDestroy"),
    "aws:s3tables/tableBucket:TableBucket": content("forceDestroy"),
    "aws:secretsmanager/secret:Secret": waiting("recoveryWindowInDays"),
    "aws:transfer/server:Server": content("forceDestroy"),
    "aws:verifiedpermissions/policyStore:PolicyStore": choice("deletionProtection", "ENABLED"),
    "aws:workmail/organization:Organization": content("deleteDirectory", "the directory outlives the organization"),
};

const TYPES = Object.keys(PROTECTIONS);

function protectionsOf(type: string): readonly Protection[] {
    return [PROTECTIONS[type] ?? []].flat();
}

function isOff(flag: Value): boolean {
    return flag.isMissing || flag.boolean() === false;
}

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
            "aws:acmpca/*",
            "aws:alb/*",
            "aws:athena/*",
            "aws:backup/*",
            "aws:cloudtrail/*",
            "aws:cognito/*",
            "aws:datazone/*",
            "aws:directconnect/*",
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
            "aws:odb/*",
            "aws:organizations/*",
            "aws:paymentcryptography/*",
            "aws:pinpoint/*",
            "aws:qldb/*",
            "aws:quicksight/*",
            "aws:redshift/*",
            "aws:route53/*",
            "aws:s3/*",
            "aws:s3tables/*",
            "aws:secretsmanager/*",
            "aws:transfer/*",
            "aws:verifiedpermissions/*",
            "aws:workmail/*",
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
        if (!globs(resourceTypes)(type)) return;
        for (const protection of protectionsOf(type)) {
            if (protection.isAside?.(props)) continue;
            const { aspect, property, alsoIn } = protection;
            const entries = alsoIn === undefined ? [] : props.get(alsoIn).items();
            for (const holder of [props, ...entries]) {
                const value = holder.get(property);
                const expected = protection.expected(minRecoveryDays);
                expectThat(value, protection.protects(value, minRecoveryDays), expected, report.of(aspect));
            }
        }
    },
    remediate({ type, props: given }, props, { resourceTypes }) {
        if (!globs(resourceTypes)(type)) return undefined;
        // An explicit value is somebody's decision, which is reported and not overruled.
        const added = protectionsOf(type).filter(
            ({ property, remediation, isAside }) =>
                remediation !== undefined && !isAside?.(given) && given.get(property).isMissing,
        );
        if (added.length === 0) return undefined;
        return { ...props, ...Object.fromEntries(added.map(({ property, remediation }) => [property, remediation])) };
    },
});
