import { rule } from "../../../policies/rules/resilience/deletion-protection-required";
import { UNKNOWN } from "../../support/engine-args";
import { remediated, testResourceRule } from "../../support/test-rule";

const kind = (type: string) => type.slice(type.lastIndexOf(":") + 1);
const EVERYTHING = { resourceTypes: ["aws:*"] };
const SNAPSHOT = "a name for the snapshot that is then taken on deletion";
const CONTENT = "false, so that it cannot be deleted with what is in it";
const HOLD = "false, so that a legal hold keeps the object";
const CHILDREN = "DELETE_CHILD_VOLUMES_AND_SNAPSHOTS";
const OVERRULED = "false, since it deletes the resource whatever protects it";

/** Type, property, a value that protects, what is expected; where nothing is said, these are unprotected. */
const MUST_BE_SAID: readonly (readonly [type: string, property: string, safe: unknown, expected: string])[] = [
    ["aws:alb/loadBalancer:LoadBalancer", "enableDeletionProtection", true, "true"],
    ["aws:cloudwatch/logGroup:LogGroup", "deletionProtectionEnabled", true, "true"],
    ["aws:cognito/userPool:UserPool", "deletionProtection", "ACTIVE", '"ACTIVE"'],
    ["aws:dsql/cluster:Cluster", "deletionProtectionEnabled", true, "true"],
    ["aws:dynamodb/table:Table", "deletionProtectionEnabled", true, "true"],
    ["aws:dynamodb/tableReplica:TableReplica", "deletionProtectionEnabled", true, "true"],
    ["aws:ebs/volume:Volume", "finalSnapshot", true, "true"],
    ["aws:ec2/instance:Instance", "disableApiTermination", true, "true"],
    ["aws:eks/cluster:Cluster", "deletionProtection", true, "true"],
    ["aws:elasticache/cluster:Cluster", "finalSnapshotIdentifier", "last", SNAPSHOT],
    ["aws:elasticache/replicationGroup:ReplicationGroup", "finalSnapshotIdentifier", "last", SNAPSHOT],
    ["aws:emr/cluster:Cluster", "terminationProtection", true, "true"],
    ["aws:lb/loadBalancer:LoadBalancer", "enableDeletionProtection", true, "true"],
    ["aws:memorydb/cluster:Cluster", "finalSnapshotName", "last", SNAPSHOT],
    ["aws:networkfirewall/firewall:Firewall", "deleteProtection", true, "true"],
    ["aws:paymentcryptography/key:Key", "deletionWindowInDays", 30, "at least 30 days"],
    ["aws:pinpoint/smsvoicev2PhoneNumber:Smsvoicev2PhoneNumber", "deletionProtectionEnabled", true, "true"],
    ["aws:pinpoint/smsvoicev2Pool:Smsvoicev2Pool", "deletionProtectionEnabled", true, "true"],
    ["aws:pinpoint/smsvoicev2SenderId:Smsvoicev2SenderId", "deletionProtectionEnabled", true, "true"],
    ["aws:verifiedpermissions/policyStore:PolicyStore", "deletionProtection", "ENABLED", '"ENABLED"'],
];

/** Type, property, a value that does not protect, what is expected; where nothing is said, these are protected. */
const MUST_NOT_BE_WEAKENED: readonly (readonly [type: string, property: string, unsafe: unknown, expected: string])[] =
    [
        ["aws:acmpca/certificateAuthority:CertificateAuthority", "permanentDeletionTimeInDays", 7, "at least 30 days"],
        ["aws:athena/database:Database", "forceDestroy", true, CONTENT],
        ["aws:backup/vault:Vault", "forceDestroy", true, CONTENT],
        ["aws:cloudtrail/eventDataStore:EventDataStore", "terminationProtectionEnabled", false, "true"],
        ["aws:datazone/domain:Domain", "skipDeletionCheck", true, CONTENT],
        ["aws:datazone/project:Project", "skipDeletionCheck", true, CONTENT],
        ["aws:directconnect/linkAggregationGroup:LinkAggregationGroup", "forceDestroy", true, CONTENT],
        ["aws:ecr/repository:Repository", "forceDelete", true, CONTENT],
        ["aws:ecrpublic/repository:Repository", "forceDestroy", true, CONTENT],
        ["aws:fsx/ontapVolume:OntapVolume", "skipFinalBackup", true, "false"],
        ["aws:fsx/openZfsFileSystem:OpenZfsFileSystem", "skipFinalBackup", true, "false"],
        ["aws:fsx/openZfsVolume:OpenZfsVolume", "deleteVolumeOptions", CHILDREN, `no ${CHILDREN}`],
        ["aws:fsx/windowsFileSystem:WindowsFileSystem", "skipFinalBackup", true, "false"],
        ["aws:kms/externalKey:ExternalKey", "deletionWindowInDays", 29, "at least 30 days"],
        ["aws:kms/key:Key", "deletionWindowInDays", 7, "at least 30 days"],
        ["aws:kms/replicaExternalKey:ReplicaExternalKey", "deletionWindowInDays", 7, "at least 30 days"],
        ["aws:kms/replicaKey:ReplicaKey", "deletionWindowInDays", 7, "at least 30 days"],
        ["aws:lightsail/bucket:Bucket", "forceDelete", true, CONTENT],
        ["aws:lightsail/database:Database", "skipFinalSnapshot", true, "false"],
        ["aws:neptunegraph/graph:Graph", "deletionProtection", false, "true"],
        ["aws:odb/network:Network", "deleteAssociatedResources", true, CONTENT],
        [
            "aws:organizations/account:Account",
            "closeOnDeletion",
            true,
            "false, so that the account outlives its removal from the program",
        ],
        ["aws:qldb/ledger:Ledger", "deletionProtection", false, "true"],
        ["aws:quicksight/accountSettings:AccountSettings", "terminationProtectionEnabled", false, "true"],
        ["aws:quicksight/analysis:Analysis", "recoveryWindowInDays", 0, "at least 30 days"],
        ["aws:redshift/cluster:Cluster", "skipFinalSnapshot", true, "false"],
        ["aws:route53/zone:Zone", "forceDestroy", true, CONTENT],
        ["aws:s3/bucket:Bucket", "forceDestroy", true, CONTENT],
        ["aws:s3/bucketV2:BucketV2", "forceDestroy", true, CONTENT],
        ["aws:s3/bucketObject:BucketObject", "forceDestroy", true, HOLD],
        ["aws:s3/bucketObjectv2:BucketObjectv2", "forceDestroy", true, HOLD],
        ["aws:s3/directoryBucket:DirectoryBucket", "forceDestroy", true, CONTENT],
        ["aws:s3/objectCopy:ObjectCopy", "forceDestroy", true, HOLD],
        ["aws:s3/vectorsVectorBucket:VectorsVectorBucket", "forceDestroy", true, CONTENT],
        ["aws:s3tables/tableBucket:TableBucket", "forceDestroy", true, CONTENT],
        ["aws:secretsmanager/secret:Secret", "recoveryWindowInDays", 0, "at least 30 days"],
        ["aws:transfer/server:Server", "forceDestroy", true, CONTENT],
        [
            "aws:workmail/organization:Organization",
            "deleteDirectory",
            true,
            "false, so that the directory outlives the organization",
        ],
    ];

const LUSTRE = "aws:fsx/lustreFileSystem:LustreFileSystem";
const TABLE = "aws:dynamodb/table:Table";

/** What is judged only where settings ask for it, since it is often made to be thrown away. */
const NOT_BY_DEFAULT = [
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:ebs/volume:Volume",
    "aws:ec2/instance:Instance",
    "aws:ecr/repository:Repository",
    "aws:ecrpublic/repository:Repository",
    "aws:emr/cluster:Cluster",
    "aws:lightsail/database:Database",
];

/** All types, with what protects them least and what is said of it. */
const UNPROTECTED = [
    ...MUST_BE_SAID.map(([type, property, , expected]) => ({
        type,
        props: {},
        violation: `${kind(type)} 'subject', ${property}: is not set; expected ${expected}.`,
    })),
    ...MUST_NOT_BE_WEAKENED.map(([type, property, unsafe, expected]) => ({
        type,
        props: { [property]: unsafe },
        violation: `${kind(type)} 'subject', ${property}: is ${JSON.stringify(unsafe)}; expected ${expected}.`,
    })),
];
const isByDefault = ({ type }: { readonly type: string }) => !NOT_BY_DEFAULT.includes(type);

testResourceRule(rule, {
    valid: [
        ...UNPROTECTED.filter(each => !isByDefault(each)).map(({ type, props }) => ({
            name: `an unprotected ${type}, which the settings do not ask for by themselves`,
            type,
            props,
        })),
        ...MUST_BE_SAID.map(([type, property, safe]) => ({
            name: `a protected ${type}`,
            type,
            props: { [property]: safe },
            settings: EVERYTHING,
        })),
        ...MUST_NOT_BE_WEAKENED.map(([type]) => ({
            name: `a ${type} that says nothing`,
            type,
            props: {},
            settings: EVERYTHING,
        })),
        { name: "a key with the longest window", type: "aws:kms/key:Key", props: { deletionWindowInDays: 30 } },
        {
            name: "a shorter window, as text, where settings allow it",
            type: "aws:kms/key:Key",
            props: { deletionWindowInDays: "14" },
            settings: { minRecoveryDays: 14 },
        },
        {
            name: "Memcached, which has no snapshots",
            type: "aws:elasticache/cluster:Cluster",
            props: { engine: "memcached", numCacheNodes: 2 },
        },
        {
            name: "a member of a replication group, whose name is unknown",
            type: "aws:elasticache/cluster:Cluster",
            props: { replicationGroupId: UNKNOWN },
        },
        { name: "a scratch file system, which has no backups", type: LUSTRE, props: { deploymentType: "SCRATCH_2" } },
        { name: "a file system that is scratch because nothing is said", type: LUSTRE, props: {} },
        {
            name: "a persistent file system with a final backup",
            type: LUSTRE,
            props: { deploymentType: "PERSISTENT_2", skipFinalBackup: false },
        },
        {
            name: "a warehouse whose final snapshot has no name yet, which AWS refuses to delete",
            type: "aws:redshift/cluster:Cluster",
            props: { skipFinalSnapshot: false },
        },
        {
            name: "protection that is unknown in a preview",
            type: TABLE,
            props: { deletionProtectionEnabled: UNKNOWN },
            notes: [
                "Cannot be judged yet: Table 'subject', deletionProtectionEnabled: is unknown until the update; expected true.",
            ],
        },
        { name: "a bucket that says so itself", type: "aws:s3/bucket:Bucket", props: { forceDestroy: false } },
        {
            name: "a file system whose child volumes keep it",
            type: "aws:fsx/openZfsFileSystem:OpenZfsFileSystem",
            props: { deleteOptions: [] },
        },
        {
            name: "a payment key with a week to recover it, which is the provider's default, where settings allow it",
            type: "aws:paymentcryptography/key:Key",
            props: {},
            settings: { minRecoveryDays: 7 },
        },
        {
            name: "a table, where settings ask for other types",
            type: TABLE,
            props: {},
            settings: { resourceTypes: ["aws:eks/*"] },
        },
        {
            name: "a file system of EFS, which offers no such property",
            type: "aws:efs/fileSystem:FileSystem",
            props: {},
        },
    ],
    invalid: [
        ...UNPROTECTED.filter(isByDefault).map(({ type, props, violation }) => ({
            name: `an unprotected ${type}, by the settings' defaults`,
            type,
            props,
            violations: [violation],
        })),
        ...MUST_BE_SAID.map(([type, property, , expected]) => ({
            name: `an unprotected ${type}`,
            type,
            props: {},
            settings: EVERYTHING,
            violations: [`${kind(type)} 'subject', ${property}: is not set; expected ${expected}.`],
        })),
        ...MUST_NOT_BE_WEAKENED.map(([type, property, unsafe, expected]) => ({
            name: `a weakened ${type}`,
            type,
            props: { [property]: unsafe },
            settings: EVERYTHING,
            violations: [`${kind(type)} 'subject', ${property}: is ${JSON.stringify(unsafe)}; expected ${expected}.`],
        })),
        ...["aws:dsql/cluster:Cluster", "aws:ec2/instance:Instance"].map(type => ({
            name: `a ${type} whose protection the provider turns off by itself`,
            type,
            props: { deletionProtectionEnabled: true, disableApiTermination: true, forceDestroy: true },
            settings: EVERYTHING,
            violations: [`${kind(type)} 'subject', forceDestroy: is true; expected ${OVERRULED}.`],
        })),
        {
            name: "a file system that takes its child volumes along, and leaves no backup",
            type: "aws:fsx/openZfsFileSystem:OpenZfsFileSystem",
            props: { skipFinalBackup: true, deleteOptions: [CHILDREN] },
            violations: [
                "OpenZfsFileSystem 'subject', skipFinalBackup: is true; expected false.",
                `OpenZfsFileSystem 'subject', deleteOptions: is ["${CHILDREN}"]; expected no ${CHILDREN}.`,
            ],
        },
        {
            name: "protection that is turned off, and null",
            type: TABLE,
            props: { deletionProtectionEnabled: false, replicas: [{ deletionProtectionEnabled: null }] },
            violations: [
                "Table 'subject', deletionProtectionEnabled: is false; expected true.",
                "Table 'subject', replicas[0].deletionProtectionEnabled: is not set; expected true.",
            ],
        },
        {
            name: "a user pool that is not active",
            type: "aws:cognito/userPool:UserPool",
            props: { deletionProtection: "INACTIVE" },
            violations: ['UserPool \'subject\', deletionProtection: is "INACTIVE"; expected "ACTIVE".'],
        },
        {
            name: "an empty name for a snapshot",
            type: "aws:memorydb/cluster:Cluster",
            props: { finalSnapshotName: "" },
            violations: [`Cluster 'subject', finalSnapshotName: is ""; expected ${SNAPSHOT}.`],
        },
        {
            name: "a persistent file system that says nothing",
            type: LUSTRE,
            props: { deploymentType: "PERSISTENT_2" },
            violations: [
                "LustreFileSystem 'subject', skipFinalBackup: is not set; expected false, since it is true by default.",
            ],
        },
        {
            name: "values of the wrong type",
            type: "aws:secretsmanager/secret:Secret",
            props: { recoveryWindowInDays: "a month" },
            violations: ["Secret 'subject', recoveryWindowInDays: is \"a month\"; expected at least 30 days."],
        },
        {
            name: "a list where truth is asked",
            type: "aws:redshift/cluster:Cluster",
            props: { skipFinalSnapshot: [] },
            violations: ["Cluster 'subject', skipFinalSnapshot: is []; expected false."],
        },
    ],
    badSettings: [
        { resourceTypes: ["aws:sfn/*"] },
        { resourceTypes: "aws:eks/*" },
        { minRecoveryDays: 6 },
        { minRecoveryDays: 31 },
        { minDays: 7 },
    ],
});

describe("remediation", () => {
    test.each([
        [TABLE, { deletionProtectionEnabled: true }],
        ["aws:cognito/userPool:UserPool", { deletionProtection: "ACTIVE" }],
        ["aws:lb/loadBalancer:LoadBalancer", { enableDeletionProtection: true }],
    ])("protects a %s that says nothing", (type, expected) => {
        expect(remediated(rule, { type, props: { name: "orders" } })).toEqual({ name: "orders", ...expected });
    });

    test("keeps the final backup of a persistent file system", () => {
        const props = { deploymentType: "PERSISTENT_1" };
        expect(remediated(rule, { type: LUSTRE, props })).toEqual({ ...props, skipFinalBackup: false });
        expect(remediated(rule, { type: LUSTRE, props: {} })).toBeUndefined();
    });

    test("adds what protects, and not what overrules it", () => {
        const type = "aws:dsql/cluster:Cluster";
        expect(remediated(rule, { type, props: {} })).toEqual({ deletionProtectionEnabled: true });
        const props = { deletionProtectionEnabled: true, forceDestroy: true };
        expect(remediated(rule, { type, props })).toBeUndefined();
    });

    test.each([false, true, UNKNOWN])("leaves what says %j", deletionProtectionEnabled => {
        expect(remediated(rule, { type: TABLE, props: { deletionProtectionEnabled } })).toBeUndefined();
    });

    test.each([
        "aws:kms/key:Key",
        "aws:qldb/ledger:Ledger",
        "aws:memorydb/cluster:Cluster",
        "aws:ec2/instance:Instance",
    ])("leaves a %s, which is safe, needs a choice or is not judged", type =>
        expect(remediated(rule, { type, props: {} })).toBeUndefined(),
    );
});
