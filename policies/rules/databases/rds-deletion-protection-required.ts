import { z } from "zod";
import { withNativeResources } from "../../aws/native";
import { securityHub } from "../../kit/controls";
import { expectTrue } from "../../kit/expect";
import type { Resource } from "../../kit/resource";
import { resourceRule } from "../../kit/rule";

/** Engines whose instances are members of a cluster, which is what deletion protection is set on. */
const CLUSTER_ENGINE = /^(aurora|docdb|neptune)/;

/**
 * A database without deletion protection is one mistaken `destroy` or console click away from being gone; with it the cloud
 * itself refuses.
 *
 * The property is false unless set, also for read replicas and databases restored from a snapshot. Members of a cluster
 * are not judged: their data belongs to the cluster, which is. Cluster instances have no such property, and for an instance
 * of an Aurora engine, a member too, AWS does not take it.
 * Source: Amazon RDS API Reference, ModifyDBInstance ("doesn't apply to Amazon Aurora DB instances", "DB instances in a DB
 * cluster can be deleted even when deletion protection is enabled for the DB cluster"), CreateDBCluster, CreateGlobalCluster;
 * Amazon DocumentDB and Amazon Neptune API References, CreateDBCluster and CreateGlobalCluster.
 */
const classic = resourceRule({
    name: "rds-deletion-protection-required",
    title: "Databases have deletion protection",
    description: "RDS, Aurora, DocumentDB and Neptune databases must have deletion protection enabled.",
    severity: "high",
    enforcementLevel: "mandatory",
    tags: ["aws", "rds", "resilience"],
    controls: securityHub("RDS.7", "RDS.8", "DocumentDB.5", "Neptune.4"),
    remediationSteps: [
        "Set `deletionProtection: true` on the database.",
        "To delete such a database on purpose, turn the protection off in a change of its own first.",
    ],
    url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
    settings: z.strictObject({}),
    types: [
        "aws:rds/instance:Instance",
        "aws:rds/cluster:Cluster",
        "aws:rds/globalCluster:GlobalCluster",
        "aws:docdb/cluster:Cluster",
        "aws:docdb/globalCluster:GlobalCluster",
        "aws:neptune/cluster:Cluster",
        "aws:neptune/globalCluster:GlobalCluster",
    ],
    judge(resource, _settings, report) {
        if (!isMemberOfCluster(resource)) expectTrue(resource.props.get("deletionProtection"), report);
    },
    remediate(resource, props) {
        // An explicit value is somebody's decision, which is reported and not overruled.
        const isLeftOut = resource.props.get("deletionProtection").isMissing;
        return isLeftOut && !isMemberOfCluster(resource) ? { ...props, deletionProtection: true } : undefined;
    },
});

export const rule = withNativeResources(classic);

function isMemberOfCluster({ type, props }: Resource): boolean {
    return (
        type === "aws:rds/instance:Instance" && CLUSTER_ENGINE.test(props.get("engine").string()?.toLowerCase() ?? "")
    );
}
