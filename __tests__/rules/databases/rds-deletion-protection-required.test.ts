import { rule } from "../../../policies/rules/databases/rds-deletion-protection-required";
import { UNKNOWN } from "../../support/engine-args";
import { remediated, testResourceRule } from "../../support/test-rule";

const kind = (type: string) => type.slice(type.lastIndexOf(":") + 1);
/** What has deletion protection among the databases, as AWS documents it. */
const types = [
    "aws:rds/instance:Instance",
    "aws:rds/cluster:Cluster",
    "aws:rds/globalCluster:GlobalCluster",
    "aws:docdb/cluster:Cluster",
    "aws:docdb/globalCluster:GlobalCluster",
    "aws:neptune/cluster:Cluster",
    "aws:neptune/globalCluster:GlobalCluster",
];

const NATIVE = ["rds:DbInstance", "rds:DbCluster", "rds:GlobalCluster", "docdb:DbCluster", "neptune:DbCluster"].map(
    type => `aws-native:${type}`,
);

testResourceRule(rule, {
    valid: [
        ...NATIVE.map(type => ({ name: `a protected ${type}`, type, props: { deletionProtection: true } })),
        {
            name: "an instance of Cloud Control in an Aurora cluster",
            type: "aws-native:rds:DbInstance",
            props: { engine: "aurora-postgresql" },
        },
        {
            name: "a database of Cloud Control whose protection is unknown in a preview",
            type: "aws-native:rds:DbInstance",
            props: { deletionProtection: UNKNOWN },
            notes: [
                "Cannot be judged yet: DbInstance 'subject', deletionProtection: is unknown until the update; expected true.",
            ],
        },
        ...["Aurora-MySQL", "aurora-postgresql-limitless", "docdb", "neptune"].map(engine => ({
            name: `a member of a cluster by its engine ${engine}`,
            props: { engine },
        })),
        ...types.map(type => ({ name: `a protected ${type}`, type, props: { deletionProtection: true } })),
        { name: "true as text, which the provider accepts", props: { deletionProtection: "true" } },
        {
            name: "protection that is unknown in a preview",
            props: { deletionProtection: UNKNOWN },
            notes: [
                "Cannot be judged yet: Instance 'subject', deletionProtection: is unknown until the update; expected true.",
            ],
        },
        { name: "a member of an Aurora cluster, made as an instance", props: { engine: "aurora-postgresql" } },
        {
            name: "a cluster instance, which has no such property",
            type: "aws:rds/clusterInstance:ClusterInstance",
            props: { engine: "aurora-mysql" },
        },
        {
            name: "an elastic cluster of DocumentDB, which has no such property",
            type: "aws:docdb/elasticCluster:ElasticCluster",
            props: {},
        },
        {
            name: "a resource of another service with a property of that name",
            type: "aws:cognito/userPool:UserPool",
            props: { deletionProtection: "INACTIVE" },
        },
    ],
    invalid: [
        ...NATIVE.flatMap(type =>
            [undefined, null, false, "yes"].map(deletionProtection => ({
                name: `a ${type} with ${JSON.stringify(deletionProtection)}`,
                type,
                props: { deletionProtection },
                violations: [
                    `${type.split(":")[2]} 'subject', deletionProtection: is ${JSON.stringify(deletionProtection ?? undefined) ?? "not set"}; expected true.`,
                ],
            })),
        ),
        {
            name: "an engine that only ends like one of clusters",
            props: { engine: "custom-aurora" },
            violations: ["Instance 'subject', deletionProtection: is not set; expected true."],
        },
        ...types.map(type => ({
            name: `an unprotected ${type}`,
            type,
            props: {},
            violations: [`${kind(type)} 'subject', deletionProtection: is not set; expected true.`],
        })),
        {
            name: "protection that is turned off",
            props: { deletionProtection: false },
            violations: ["Instance 'subject', deletionProtection: is false; expected true."],
        },
        {
            name: "null",
            props: { deletionProtection: null },
            violations: ["Instance 'subject', deletionProtection: is not set; expected true."],
        },
        {
            name: "a value that is no truth value",
            props: { deletionProtection: "yes" },
            violations: ["Instance 'subject', deletionProtection: is \"yes\"; expected true."],
        },
        {
            name: "a read replica",
            props: { engine: "postgres", replicateSourceDb: "primary" },
            violations: ["Instance 'subject', deletionProtection: is not set; expected true."],
        },
        {
            name: "a restored snapshot of an unknown engine",
            props: { engine: UNKNOWN, snapshotIdentifier: "backup-1" },
            violations: ["Instance 'subject', deletionProtection: is not set; expected true."],
        },
        {
            name: "a serverless Aurora cluster that is applied immediately",
            type: "aws:rds/cluster:Cluster",
            props: { engine: "aurora-postgresql", engineMode: "provisioned", applyImmediately: true },
            violations: ["Cluster 'subject', deletionProtection: is not set; expected true."],
        },
    ],
    badSettings: [{ enabled: true }],
});

describe("remediation", () => {
    test("protects what says nothing", () => {
        expect(remediated(rule, { props: { engine: "postgres" } })).toEqual({
            engine: "postgres",
            deletionProtection: true,
        });
    });

    test("protects a database whose network is unknown in a preview", () => {
        expect(remediated(rule, { props: { dbSubnetGroupName: UNKNOWN } })).toEqual({
            dbSubnetGroupName: UNKNOWN,
            deletionProtection: true,
        });
    });

    test.each([false, true, UNKNOWN])("leaves what says %j", deletionProtection => {
        expect(remediated(rule, { props: { deletionProtection } })).toBeUndefined();
    });

    test("leaves members of an Aurora cluster and other types", () => {
        expect(remediated(rule, { props: { engine: "aurora-mysql" } })).toBeUndefined();
        expect(remediated(rule, { type: "aws:s3/bucket:Bucket", props: {} })).toBeUndefined();
    });
});
