import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN } from "../../policies/kit/wire";
import { PLACEHOLDER_ACCOUNT } from "./data-sources";
import { completeName, isNamed } from "./generated-names";
import { digitsOf, typeOf } from "./urn";

/** By what a resource goes in the cloud. */
export interface Identity {
    readonly id: string;
    readonly arn: string;
    /** Where images are pulled from, of what keeps some. */
    readonly repositoryUrl?: string;
}

/** Where ARNs are of. */
interface Place {
    readonly partition: string;
    readonly region: string;
}

type Shape = (name: string, place: Place, inputs: Struct, urn: string) => Identity;

/**
 * Ids and ARNs of the types whose form is documented, so that a stand-in has the form that rules read. Sources: AWS Service
 * Authorization Reference, resource types of each service; IAM User Guide, "IAM identifiers"; ids as the section "Import" of
 * each resource in the API documentation of @pulumi/aws 7.48 has them; Amazon ECR User Guide, "Private registry concepts".
 */
const SHAPES: ReadonlyMap<string, Shape> = new Map<string, Shape>([
    ["aws:s3/bucket:Bucket", bucket],
    ["aws:s3/bucketV2:BucketV2", bucket],
    ["aws:iam/group:Group", iam("group")],
    ["aws:iam/role:Role", iam("role")],
    ["aws:iam/user:User", iam("user")],
    ["aws:iam/policy:Policy", byArn(iam("policy"))],
    ["aws:iam/openIdConnectProvider:OpenIdConnectProvider", byArn(identityProvider)],
    ["aws:cloudwatch/logGroup:LogGroup", regional("logs", name => `log-group:${name}`)],
    ["aws:dynamodb/table:Table", regional("dynamodb", name => `table/${name}`)],
    ["aws:ecr/repository:Repository", repository],
    ["aws:lambda/function:Function", regional("lambda", name => `function:${name}`)],
    ["aws:rds/cluster:Cluster", regional("rds", name => `cluster:${name}`)],
    ["aws:rds/instance:Instance", regional("rds", name => `db:${name}`)],
    [
        "aws:secretsmanager/secret:Secret",
        byArn(regional("secretsmanager", (name, urn) => `secret:${name}-${digitsOf(urn, 6)}`)),
    ],
    ["aws:sns/topic:Topic", byArn(regional("sns", name => name))],
    ["aws:sqs/queue:Queue", queue],
    ["aws:kms/key:Key", numbered("kms", "key/", uuid)],
    ["aws:ec2/instance:Instance", numbered("ec2", "instance/", urn => `i-${digitsOf(urn, 17)}`)],
    ["aws:ec2/securityGroup:SecurityGroup", numbered("ec2", "security-group/", urn => `sg-${digitsOf(urn, 17)}`)],
    ["aws:ec2/subnet:Subnet", numbered("ec2", "subnet/", urn => `subnet-${digitsOf(urn, 17)}`)],
    ["aws:ec2/vpc:Vpc", numbered("ec2", "vpc/", urn => `vpc-${digitsOf(urn, 17)}`)],
    ["aws:ec2/vpcEndpoint:VpcEndpoint", numbered("ec2", "vpc-endpoint/", urn => `vpce-${digitsOf(urn, 17)}`)],
]);

/**
 * A stand-in for the id and ARN, and the address of images, of a resource that is not there yet, the same in every run: in the account of AWS's own
 * examples, with the name that the provider would generate. Undefined for types of which the form is not known, and where the
 * name is unknown.
 *
 * @param inputs With the generated name; a name that is made from a prefix is added to them.
 */
export function identityOf(urn: string, inputs: Struct, region: string): Identity | undefined {
    const shape = SHAPES.get(typeOf(urn));
    if (shape === undefined || !isNamed(urn, inputs)) return undefined;
    const identity = shape(completeName(urn, inputs), { partition: partitionOf(region), region }, inputs, urn);
    return identity.arn.includes(UNKNOWN) ? undefined : identity;
}

/** Source: AWS General Reference, "Amazon Resource Names", and the Regions' names. */
function partitionOf(region: string): string {
    if (region.startsWith("cn-")) return "aws-cn";
    return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

function bucket(name: string, { partition }: Place): Identity {
    return { id: name, arn: `arn:${partition}:s3:::${name}` };
}

function iam(kind: string): Shape {
    return (name, { partition }, inputs) => {
        const path = textOf(inputs, "path") || "/";
        return { id: name, arn: `arn:${partition}:iam::${PLACEHOLDER_ACCOUNT}:${kind}${path}${name}` };
    };
}

function identityProvider(name: string, { partition }: Place, inputs: Struct): Identity {
    const issuer = textOf(inputs, "url").replace(/^https:\/\//, "");
    return { id: name, arn: `arn:${partition}:iam::${PLACEHOLDER_ACCOUNT}:oidc-provider/${issuer}` };
}

function queue(name: string, place: Place, inputs: Struct, urn: string): Identity {
    const { arn } = regional("sqs", own => own)(name, place, inputs, urn);
    return { id: `https://sqs.${place.region}.${domainOf(place)}/${PLACEHOLDER_ACCOUNT}/${name}`, arn };
}

function repository(name: string, place: Place, inputs: Struct, urn: string): Identity {
    const { arn } = regional("ecr", own => `repository/${own}`)(name, place, inputs, urn);
    const repositoryUrl = `${PLACEHOLDER_ACCOUNT}.dkr.ecr.${place.region}.${domainOf(place)}/${name}`;
    return { id: name, arn, repositoryUrl };
}

function domainOf({ partition }: Place): string {
    return partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
}

function regional(service: string, path: (name: string, urn: string) => string): Shape {
    return (name, { partition, region }, _inputs, urn) => ({
        id: name,
        arn: `arn:${partition}:${service}:${region}:${PLACEHOLDER_ACCOUNT}:${path(name, urn)}`,
    });
}

/** Of what AWS gives a number: the id is the same as in the ARN. */
function numbered(service: string, path: string, idOf: (urn: string) => string): Shape {
    return (_name, place, inputs, urn) => {
        const id = idOf(urn);
        return { id, arn: regional(service, () => `${path}${id}`)(id, place, inputs, urn).arn };
    };
}

function byArn(shape: Shape): Shape {
    return (...given) => {
        const { arn } = shape(...given);
        return { id: arn, arn };
    };
}

function textOf(inputs: Struct, property: string): string {
    return inputs.getFieldsMap().get(property)?.getStringValue() ?? "";
}

function uuid(urn: string): string {
    return digitsOf(urn, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
