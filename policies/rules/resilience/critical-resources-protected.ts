import { z } from "zod";
import { nist } from "../../kit/controls";
import { globs } from "../../kit/pattern";
import type { Resource } from "../../kit/resource";
import { resourceRule } from "../../kit/rule";
import type { Value } from "../../kit/value";

/** What holds data or keys that no redeployment brings back, or names that the world relies on, by provider. */
const CRITICAL_TYPES = [
    "aws:acmpca/*:CertificateAuthority",
    "aws:backup/*:Vault",
    "aws:cognito/*:UserPool",
    "aws:docdb/*:Cluster",
    "aws:docdb/*:ElasticCluster",
    "aws:docdb/*:GlobalCluster",
    "aws:dsql/*:Cluster",
    "aws:dynamodb/*:GlobalTable",
    "aws:dynamodb/*:Table",
    "aws:efs/*:FileSystem",
    "aws:elasticsearch/*:Domain",
    "aws:fsx/*FileSystem",
    "aws:keyspaces/*:Table",
    "aws:kms/*Key",
    "aws:memorydb/*:Cluster",
    "aws:neptune/*:Cluster",
    "aws:neptune/*:GlobalCluster",
    "aws:opensearch/*:Domain",
    "aws:qldb/*:Ledger",
    "aws:rds/*:Cluster",
    "aws:rds/*:GlobalCluster",
    "aws:rds/*:Instance",
    "aws:redshift/*:Cluster",
    "aws:redshiftserverless/*:Namespace",
    "aws:route53/*:Zone",
    "aws:s3/*:Bucket",
    "aws:s3/*:BucketV2",
    "aws:secretsmanager/*:Secret",
    "aws-native:cognito:UserPool",
    "aws-native:dynamodb:*Table",
    "aws-native:efs:FileSystem",
    "aws-native:kms:*Key",
    "aws-native:rds:DbCluster",
    "aws-native:rds:DbInstance",
    "aws-native:rds:GlobalCluster",
    "aws-native:route53:HostedZone",
    "aws-native:s3:Bucket",
    "aws-native:secretsmanager:Secret",
    "azure:cosmosdb/*:Account",
    "azure:dns/*:Zone",
    "azure:keyvault/*:Key",
    "azure:keyvault/*:KeyVault",
    "azure:mssql/*:Database",
    "azure:mssql/*:Server",
    "azure:mysql/*:FlexibleServer",
    "azure:postgresql/*:FlexibleServer",
    "azure:storage/*:Account",
    "azure-native:cosmosdb*:DatabaseAccount",
    "azure-native:dbformysql*:Server",
    "azure-native:dbforpostgresql*:Server",
    "azure-native:dns*:Zone",
    "azure-native:documentdb*:DatabaseAccount",
    "azure-native:keyvault*:Key",
    "azure-native:keyvault*:Vault",
    "azure-native:network*:Zone",
    "azure-native:sql*:Database",
    "azure-native:sql*:Server",
    "azure-native:storage*:StorageAccount",
    "gcp:alloydb/*:Cluster",
    "gcp:bigquery/*:Dataset",
    "gcp:bigtable/*:Instance",
    "gcp:dns/*:ManagedZone",
    "gcp:filestore/*:Instance",
    "gcp:firestore/*:Database",
    "gcp:kms/*:CryptoKey",
    "gcp:kms/*:KeyRing",
    "gcp:secretmanager/*:Secret",
    "gcp:spanner/*:Database",
    "gcp:spanner/*:Instance",
    "gcp:sql/*:DatabaseInstance",
    "gcp:storage/*:Bucket",
];

/** Properties by which clouds refuse a deletion, and the words that say so where it is no truth value. */
const CLOUD_PROTECTION = ["deletionProtection", "deletionProtectionEnabled", "enableDeletionProtection"] as const;
const IS_ON = /^(active|enabled)$/i;

const patterns = z.array(z.string().min(1));

const Settings = z.strictObject({
    resourceTypes: patterns
        .default(CRITICAL_TYPES)
        .describe("Type tokens of critical resources of any provider, as patterns."),
    additionalResourceTypes: patterns
        .default([])
        .describe("Type tokens that are critical besides `resourceTypes`, such as `aws:sqs/*:Queue`."),
    acceptDeletionProtection: z
        .boolean()
        .default(false)
        .describe(
            "Whether deletion protection of the cloud's own, where a resource has it, may stand in for `protect`.",
        ),
    retainedNames: patterns
        .default([])
        .describe(
            "Names, in the program, of resources that have `retainOnDelete: true`, which may stand in for `protect`, as patterns. They are listed because the engine does not show that option to policies.",
        ),
});

/**
 * A renamed resource, a refactored component or a `destroy` on the wrong stack deletes without a question. With `protect`
 * the engine itself refuses, also where the cloud knows no deletion protection.
 *
 * Sees the option as the engine resolved it, inherited from a parent or set by a transformation included. Not seen is
 * `retainOnDelete`: pulumi.analyzer's AnalyzerResourceOptions (analyzer.proto) does not carry it.
 */
export const rule = resourceRule({
    name: "critical-resources-protected",
    title: "Critical resources are protected from deletion by Pulumi",
    description:
        "Databases, buckets, encryption keys, hosted zones and other critical resources must have the resource option `protect: true`.",
    severity: "medium",
    enforcementLevel: "advisory",
    tags: ["resilience"],
    controls: nist("CM-5"),
    remediationSteps: [
        "Set the resource option `protect: true` on the resource, or on the component it belongs to.",
        "To delete such a resource on purpose, follow your unprotect runbook: have the change approved, take the resource out of the program, run `pulumi state unprotect <urn>`, record it in change management, then run `pulumi up`.",
    ],
    url: "https://www.pulumi.com/docs/iac/concepts/resources/options/protect/",
    settings: Settings,
    types: "all",
    judgesOptionsOnly: true,
    judge(resource, settings, report) {
        const { resourceTypes, additionalResourceTypes, acceptDeletionProtection, retainedNames } = settings;
        const { type, name, options } = resource;
        // Stacks, stack references and providers hold nothing that a deletion would lose.
        if (type.startsWith("pulumi:")) return;
        if (!globs(resourceTypes)(type) && !globs(additionalResourceTypes)(type)) return;
        if (options.protect === true || globs(retainedNames)(name)) return;
        if (acceptDeletionProtection) {
            const protection = cloudProtection(resource);
            if (protection.isUnknown || !resource.isDeclared) {
                report.undetermined(protection, "is unknown until the update; expected true, or `protect: true`.");
                return;
            }
            if (protection.boolean() === true || IS_ON.test(protection.string() ?? "")) return;
        }
        report.violation(resource, "can be deleted by any update; expected the resource option `protect: true`.");
    },
});

const cloudProtection = ({ props }: Resource): Value => props.get(...CLOUD_PROTECTION);
