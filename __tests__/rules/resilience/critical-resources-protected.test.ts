import { rule } from "../../../policies/rules/resilience/critical-resources-protected";
import { UNKNOWN } from "../../support/engine-args";
import { testResourceRule } from "../../support/test-rule";

const kind = (type: string) => type.slice(type.lastIndexOf(":") + 1);
const unprotected = (type: string, name = "subject") => [
    `${kind(type)} '${name}': can be deleted by any update; expected the resource option \`protect: true\`.`,
];

const CRITICAL = [
    "aws:rds/instance:Instance",
    "aws:rds/cluster:Cluster",
    "aws:rds/globalCluster:GlobalCluster",
    "aws:docdb/cluster:Cluster",
    "aws:neptune/cluster:Cluster",
    "aws:dynamodb/table:Table",
    "aws:efs/fileSystem:FileSystem",
    "aws:fsx/windowsFileSystem:WindowsFileSystem",
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:route53/zone:Zone",
    "aws:cognito/userPool:UserPool",
    "aws:secretsmanager/secret:Secret",
    "aws-native:dynamodb:Table",
    "azure:storage/account:Account",
    "azure-native:storage:StorageAccount",
    "azure-native:storage/v20230101:StorageAccount",
    "azure-native:keyvault:Vault",
    "gcp:sql/databaseInstance:DatabaseInstance",
    "gcp:storage/bucket:Bucket",
    "gcp:kms/cryptoKey:CryptoKey",
    "gcp:dns/managedZone:ManagedZone",
];

/** Neighbours of critical types, by name only. */
const NOT_CRITICAL = [
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup",
    "aws:rds/instanceDesiredState:InstanceDesiredState",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:kms/alias:Alias",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketObject:BucketObject",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:dynamodb/tableItem:TableItem",
    "aws:route53/record:Record",
    "aws:cognito/userPoolClient:UserPoolClient",
    "gcp:storage/bucketObject:BucketObject",
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
    "azure-native:network:PrivateEndpoint",
    "random:index/randomPet:RandomPet",
];

const TABLE = "aws:dynamodb/table:Table";

testResourceRule(rule, {
    valid: [
        ...CRITICAL.map(type => ({ name: `a protected ${type}`, type, props: {}, options: { protect: true } })),
        ...NOT_CRITICAL.map(type => ({ name: `a ${type}`, type, props: {} })),
        ...["pulumi:pulumi:Stack", "pulumi:pulumi:StackReference", "pulumi:providers:aws"].map(type => ({
            name: `a ${type}, whatever settings say`,
            type,
            props: {},
            settings: { resourceTypes: ["*"] },
        })),
        {
            name: "a bucket, where settings name other types",
            type: "aws:s3/bucket:Bucket",
            props: {},
            settings: { resourceTypes: ["aws:rds/*"] },
        },
        {
            name: "deletion protection of the cloud, where settings accept it",
            type: TABLE,
            props: { deletionProtectionEnabled: true },
            settings: { acceptDeletionProtection: true },
        },
        {
            name: "deletion protection in words, where settings accept it",
            type: "aws:cognito/userPool:UserPool",
            props: { deletionProtection: "ACTIVE" },
            settings: { acceptDeletionProtection: true },
        },
        {
            name: "deletion protection that is unknown in a preview, where settings accept it",
            type: TABLE,
            props: { deletionProtectionEnabled: UNKNOWN },
            settings: { acceptDeletionProtection: true },
            notes: [
                "Cannot be judged yet: Table 'subject', deletionProtectionEnabled: is unknown until the update; expected true, or `protect: true`.",
            ],
        },
        {
            name: "a resource that settings name as retained",
            type: TABLE,
            props: { name: "orders-1a2b" },
            settings: { retainedNames: ["sub*"] },
        },
    ],
    invalid: [
        ...CRITICAL.map(type => ({ name: `a ${type}`, type, props: {}, violations: unprotected(type) })),
        {
            name: "a type that settings add",
            type: "aws:sqs/queue:Queue",
            props: {},
            settings: { additionalResourceTypes: ["aws:sqs/*:Queue"] },
            violations: unprotected("aws:sqs/queue:Queue"),
        },
        {
            name: "a component that settings add, whose children would inherit the option",
            type: "acme:index:Database",
            props: {},
            settings: { resourceTypes: ["acme:*"] },
            violations: unprotected("acme:index:Database"),
        },
        {
            name: "deletion protection of the cloud, unless settings accept it",
            type: TABLE,
            props: { deletionProtectionEnabled: true },
            violations: unprotected(TABLE),
        },
        {
            name: "deletion protection that is off, where settings would accept it",
            type: TABLE,
            props: { deletionProtectionEnabled: false },
            settings: { acceptDeletionProtection: true },
            violations: unprotected(TABLE),
        },
        {
            name: "no deletion protection, where settings would accept it",
            type: "aws:s3/bucket:Bucket",
            props: {},
            settings: { acceptDeletionProtection: true },
            violations: unprotected("aws:s3/bucket:Bucket"),
        },
        {
            name: "a name that settings do not retain",
            type: TABLE,
            props: {},
            settings: { retainedNames: ["subject-2", "su"] },
            violations: unprotected(TABLE),
        },
        {
            name: "an option of the wrong type",
            type: TABLE,
            props: {},
            options: { protect: "true" as unknown as boolean },
            violations: unprotected(TABLE),
        },
    ],
    badSettings: [
        { resourceTypes: "aws:rds/*" },
        { resourceTypes: [""] },
        { retainOnDelete: true },
        { acceptDeletionProtection: "yes" },
    ],
});
