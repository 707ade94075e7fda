import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { giveName } from "../../cli/engine/generated-names";
import { identityOf } from "../../cli/engine/identities";
import { UNKNOWN } from "../../policies/kit/wire";

function identify(type: string, props: Record<string, JavaScriptValue>, region = "eu-west-1", parent = "") {
    const urn = `urn:pulumi:dev::shop::${parent}${type}::orders`;
    const inputs = Struct.fromJavaScript(props);
    giveName(urn, inputs);
    return identityOf(urn, inputs, region);
}

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "orders" };

test.each<[string, string, Record<string, JavaScriptValue>, RegExp | string, RegExp | string]>([
    ["a named bucket", "aws:s3/bucket:Bucket", { bucket: "b" }, "b", "arn:aws:s3:::b"],
    [
        "a bucket with a prefix",
        "aws:s3/bucketV2:BucketV2",
        { bucketPrefix: "p-" },
        /^p-\w{7}$/,
        /^arn:aws:s3:::p-\w{7}$/,
    ],
    [
        "a role below a path",
        "aws:iam/role:Role",
        { name: "r", path: "/ci/" },
        "r",
        "arn:aws:iam::123456789012:role/ci/r",
    ],
    ["a policy", "aws:iam/policy:Policy", { name: "p" }, "arn:aws:iam::123456789012:policy/p", /policy\/p$/],
    [
        "an identity provider",
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        { url: "https://token.example.com/a" },
        "arn:aws:iam::123456789012:oidc-provider/token.example.com/a",
        /oidc-provider\/token\.example\.com\/a$/,
    ],
    [
        "a queue that the provider names",
        "aws:sqs/queue:Queue",
        {},
        /^https:\/\/sqs\.eu-west-1\.amazonaws\.com\/123456789012\/orders-[0-9a-f]{7}$/,
        /^arn:aws:sqs:eu-west-1:123456789012:orders-[0-9a-f]{7}$/,
    ],
    [
        "a secret",
        "aws:secretsmanager/secret:Secret",
        { name: "s" },
        /^arn:aws:secretsmanager:eu-west-1:123456789012:secret:s-\w{6}$/,
        /secret:s-\w{6}$/,
    ],
    [
        "a key",
        "aws:kms/key:Key",
        {},
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
        /^arn:aws:kms:eu-west-1:\d{12}:key\/[0-9a-f-]{36}$/,
    ],
    [
        "a VPC endpoint",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {},
        /^vpce-[0-9a-f]{17}$/,
        /:vpc-endpoint\/vpce-[0-9a-f]{17}$/,
    ],
])("%s has an id and an ARN of AWS's form", (_, type, props, id, arn) => {
    expect(identify(type, props)).toEqual({
        id: expect.stringMatching(exactly(id)),
        arn: expect.stringMatching(exactly(arn)),
    });
});

test.each<[string, string, Record<string, JavaScriptValue>]>([
    ["an unknown name", "aws:s3/bucket:Bucket", { bucket: UNKNOWN }],
    ["an unknown prefix", "aws:s3/bucket:Bucket", { bucketPrefix: UNKNOWN }],
    ["a secret name", "aws:sqs/queue:Queue", { name: SECRET }],
    ["a name that is no text", "aws:sqs/queue:Queue", { name: 5 }],
    ["an unknown path", "aws:iam/role:Role", { path: UNKNOWN }],
    ["an unknown issuer", "aws:iam/openIdConnectProvider:OpenIdConnectProvider", { url: UNKNOWN }],
    ["a type whose ARN has another form", "aws:lb/loadBalancer:LoadBalancer", { name: "lb" }],
    ["a resource of another provider", "random:index/randomPassword:RandomPassword", {}],
])("%s has none", (_, type, props) => expect(identify(type, props)).toBeUndefined());

test("ARNs and addresses are of the region's partition", () => {
    expect(identify("aws:sqs/queue:Queue", { name: "q" }, "us-gov-west-1")?.arn).toBe(
        "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:q",
    );
    expect(identify("aws:ecr/repository:Repository", { name: "r" })).toEqual({
        id: "r",
        arn: "arn:aws:ecr:eu-west-1:123456789012:repository/r",
        repositoryUrl: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/r",
    });
    expect(identify("aws:sqs/queue:Queue", { name: "q" }, "cn-north-1")).toEqual({
        id: "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/q",
        arn: "arn:aws-cn:sqs:cn-north-1:123456789012:q",
    });
});

test.each(["aws:s3/bucket:Bucket", "aws:kms/key:Key"])("%s of one name in two components are two", type => {
    const of = (parent: string) => identify(type, {}, "eu-west-1", `acme:web:${parent}$`)?.arn;
    expect(of("Shop")).toBe(of("Shop"));
    expect(of("Shop")).not.toBe(of("Site"));
});

function exactly(expected: RegExp | string): RegExp {
    return typeof expected === "string" ? new RegExp(`^${expected.replace(/[.?*/]/g, "\\$&")}$`) : expected;
}
