import { type Struct, Value } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN } from "../../policies/kit/wire";
import { digitsOf, nameOf, typeOf } from "./urn";

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
    "aws:secretsmanager/secret:Secret": "name",
    "aws:sns/topic:Topic": "name",
    "aws:sqs/queue:Queue": "name",
};

/** How many digits the provider adds to make a name of its own. */
const SUFFIX = 7;

/** Adds the name that the provider would generate to a resource's inputs, unless the program gives one or a prefix. */
export function giveName(urn: string, inputs: Struct): void {
    const property = NAME_PROPERTIES[typeOf(urn)];
    const fields = inputs.getFieldsMap();
    if (property === undefined || fields.has(property) || fields.has(`${property}Prefix`)) return;
    fields.set(property, Value.fromJavaScript(`${nameOf(urn)}-${digitsOf(urn, SUFFIX)}`));
}

/** Whether the name of a resource can be told: its inputs have neither an unknown nor a secret one. */
export function isNamed(urn: string, inputs: Struct): boolean {
    const property = NAME_PROPERTIES[typeOf(urn)] ?? "name";
    const fields = inputs.getFieldsMap();
    const given = [property, `${property}Prefix`].flatMap(key => fields.get(key) ?? []);
    return given.every(value => value.hasStringValue() && value.getStringValue() !== UNKNOWN);
}

/** The name that AWS gives a resource on its creation, as its outputs tell it: its own, or one that begins with its prefix. */
export function completeName(urn: string, outputs: Struct): string {
    const property = NAME_PROPERTIES[typeOf(urn)] ?? "name";
    const fields = outputs.getFieldsMap();
    const given = fields.get(property)?.getStringValue() ?? "";
    if (given !== "") return given;
    const prefix = fields.get(`${property}Prefix`)?.getStringValue() ?? "";
    if (prefix === "") return nameOf(urn);
    const name = `${prefix}${digitsOf(urn, SUFFIX)}`;
    fields.set(property, Value.fromJavaScript(name));
    return name;
}
