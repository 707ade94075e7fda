import { createHash } from "node:crypto";
import { ACCOUNT, BUCKETS, type Properties, REGION } from "./facts";

/** How AWS names a resource. */
export interface Identity {
    readonly id: string;
    readonly arn: string;
}

/** Services whose name in an ARN is another than the module's. Source: AWS Service Authorization Reference. */
const SERVICES: Readonly<Record<string, string>> = {
    alb: "elasticloadbalancing",
    cfg: "config",
    dms: "dms",
    docdb: "rds",
    efs: "elasticfilesystem",
    elasticsearch: "es",
    lb: "elasticloadbalancing",
    msk: "kafka",
    neptune: "rds",
    opensearch: "es",
    vpc: "ec2",
};

const GLOBAL: ReadonlySet<string> = new Set(["cloudfront", "iam", "route53", "globalaccelerator"]);

type Shape = (name: string, inputs: Readonly<Properties>) => { readonly arn: string; readonly id?: string };

/** Types whose ARN or id differ from `service:region:account:kind/name`. Ids as in the provider's documentation of imports. */
const SHAPES: ReadonlyMap<string, Shape> = new Map<string, Shape>([
    ["aws:cloudwatch/eventRule:EventRule", name => ({ arn: regional("events", `rule/${name}`), id: name })],
    ["aws:cloudwatch/logGroup:LogGroup", name => ({ arn: regional("logs", `log-group:${name}`), id: name })],
    ["aws:cloudtrail/trail:Trail", name => ({ arn: regional("cloudtrail", `trail/${name}`), id: name })],
    ["aws:dynamodb/table:Table", name => ({ arn: regional("dynamodb", `table/${name}`), id: name })],
    ["aws:iam/policy:Policy", name => byArn(global("iam", `policy/${name}`))],
    ["aws:iam/role:Role", name => ({ arn: global("iam", `role/${name}`), id: name })],
    ["aws:iam/user:User", name => ({ arn: global("iam", `user/${name}`), id: name })],
    ["aws:iam/group:Group", name => ({ arn: global("iam", `group/${name}`), id: name })],
    [
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        (_name, { url }) => byArn(global("iam", `oidc-provider/${String(url).replace(/^https:\/\//, "")}`)),
    ],
    ["aws:kms/key:Key", name => ({ arn: regional("kms", `key/${uuid(name)}`), id: uuid(name) })],
    ["aws:kms/alias:Alias", name => ({ arn: regional("kms", name), id: name })],
    ["aws:lambda/function:Function", name => ({ arn: regional("lambda", `function:${name}`), id: name })],
    ["aws:rds/cluster:Cluster", name => ({ arn: regional("rds", `cluster:${name}`), id: name })],
    ["aws:rds/instance:Instance", name => ({ arn: regional("rds", `db:${name}`), id: name })],
    ["aws:secretsmanager/secret:Secret", name => byArn(regional("secretsmanager", `secret:${name}-${hash(name, 6)}`))],
    ["aws:sns/topic:Topic", name => byArn(regional("sns", name))],
    [
        "aws:sqs/queue:Queue",
        name => ({ arn: regional("sqs", name), id: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}` }),
    ],
    ["aws:ec2/securityGroup:SecurityGroup", name => numbered("ec2", "security-group", "sg", name)],
    ["aws:ec2/vpc:Vpc", name => numbered("ec2", "vpc", "vpc", name)],
    ["aws:ec2/instance:Instance", name => numbered("ec2", "instance", "i", name)],
    ["aws:ec2/managedPrefixList:ManagedPrefixList", name => numbered("ec2", "prefix-list", "pl", name)],
    [
        "aws:s3/directoryBucket:DirectoryBucket",
        (name, { bucket = name }) => ({ arn: regional("s3express", `bucket/${bucket}`), id: String(bucket) }),
    ],
    ...BUCKETS.map((type): [string, Shape] => [type, name => ({ arn: `arn:aws:s3:::${name}`, id: name })]),
]);

/** The id and ARN that AWS gives to a resource of this name. A companion of a bucket goes by the bucket's. */
export function identityOf(type: string, name: string, inputs: Readonly<Properties>): Identity {
    const shape = SHAPES.get(type);
    const [, module = "", kind = ""] = /^[^:]*:([^/:]*)[/:]([^:]*)/.exec(type) ?? [];
    if (shape !== undefined) return { id: name, ...shape(name, inputs) };
    const service = SERVICES[module] ?? module;
    const path = `${kind.toLowerCase()}/${name}`;
    const { bucket } = inputs;
    const id =
        /^bucket/.test(kind) && module === "s3" && typeof bucket === "string" ? bucket : `${kind}-${hash(name, 8)}`;
    return { id, arn: GLOBAL.has(service) ? global(service, path) : regional(service, path) };
}

const regional = (service: string, path: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${path}`;
const global = (service: string, path: string) => `arn:aws:${service}::${ACCOUNT}:${path}`;
const byArn = (arn: string) => ({ arn, id: arn });

function numbered(service: string, path: string, prefix: string, name: string) {
    const id = `${prefix}-${hash(name, 17)}`;
    return { arn: regional(service, `${path}/${id}`), id };
}

function uuid(name: string): string {
    return hash(name, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** The same for the same name, so that a run can be repeated. */
export function hash(name: string, length: number): string {
    return createHash("sha256").update(name).digest("hex").slice(0, length);
}
