import { type Struct, Value } from "google-protobuf/google/protobuf/struct_pb";

/**
 * The inputs that the AWS provider fills with a generated name where a program gives none, so that programs know them in a
 * preview. Source: Pulumi's documentation, "Resource names", section "Autonaming"; input properties in the API documentation
 * of @pulumi/aws 7.48.
 */
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
    "aws:cloudwatch/logGroup:LogGroup": "name",
    "aws:dynamodb/table:Table": "name",
    "aws:ec2/securityGroup:SecurityGroup": "name",
    "aws:ecr/repository:Repository": "name",
    "aws:iam/group:Group": "name",
    "aws:iam/policy:Policy": "name",
    "aws:iam/role:Role": "name",
    "aws:iam/user:User": "name",
    "aws:lambda/function:Function": "name",
    "aws:rds/cluster:Cluster": "clusterIdentifier",
    "aws:rds/instance:Instance": "identifier",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:s3/bucketV2:BucketV2": "bucket",
    "aws:sns/topic:Topic": "name",
    "aws:sqs/queue:Queue": "name",
};

/** Adds the name that the provider would generate to a resource's inputs, unless the program gives one or a prefix. */
export function giveName(type: string, logicalName: string, inputs: Struct): void {
    const property = NAME_PROPERTIES[type];
    const fields = inputs.getFieldsMap();
    if (property === undefined || fields.has(property) || fields.has(`${property}Prefix`)) return;
    fields.set(property, Value.fromJavaScript(`${logicalName}-1a2b3c4`));
}

/** The name that AWS gives a resource on its creation, as its outputs tell it: its own, or one that begins with its prefix. */
export function completeName(type: string, logicalName: string, outputs: Struct): string {
    const property = NAME_PROPERTIES[type] ?? "name";
    const fields = outputs.getFieldsMap();
    const given = fields.get(property)?.getStringValue() ?? "";
    if (given !== "") return given;
    const prefix = fields.get(`${property}Prefix`)?.getStringValue() ?? "";
    if (prefix !== "") fields.set(property, Value.fromJavaScript(`${prefix}1a2b3c4`));
    return prefix === "" ? logicalName : `${prefix}1a2b3c4`;
}
