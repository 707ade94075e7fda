import { z } from "zod";
import { resourceRule } from "../../kit/rule";

/**
 * A database without deletion protection is one mistaken `destroy` or console click away from being gone; the setting makes
 * the cloud itself refuse.
 *
 * `deletionProtection` defaults to false on all of these types; instances of a cluster have no such property and are
 * protected by their cluster.
 * Source: Amazon RDS API Reference, CreateDBInstance, CreateDBCluster and CreateGlobalCluster; Amazon DocumentDB and Neptune
 * likewise.
 */
export const rule = resourceRule({
    name: "rds-deletion-protection-required",
    title: "Databases have deletion protection",
    description: "RDS, Aurora, DocumentDB and Neptune databases must have deletion protection enabled.",
    severity: "high",
    enforcementLevel: "mandatory",
    tags: ["aws", "rds", "availability"],
    controls: [],
    remediationSteps: ["Set `deletionProtection: true` on the database."],
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
        const protection = resource.props.get("deletionProtection");
        if (protection.isUnknown) {
            report.undetermined(protection, "is unknown until the update; expected true.");
        } else if (protection.boolean() !== true) {
            report.violation(protection, `is ${protection.show()}; expected true.`);
        }
    },
});
