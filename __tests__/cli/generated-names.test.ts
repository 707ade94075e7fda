import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { completeName, giveName, isNamed } from "../../cli/engine/generated-names";
import { UNKNOWN } from "../../policies/kit/wire";

const urnOf = (type: string) => `urn:pulumi:dev::shop::${type}::data`;

/** What a resource's inputs are once it has been given a name. */
function named(type: string, inputs: Record<string, string> = {}) {
    const struct = Struct.fromJavaScript(inputs);
    giveName(urnOf(type), struct);
    return struct.toJavaScript();
}

test.each([
    ["aws:cloudwatch/logGroup:LogGroup", "name"],
    ["aws:dynamodb/table:Table", "name"],
    ["aws:ec2/securityGroup:SecurityGroup", "name"],
    ["aws:ecr/repository:Repository", "name"],
    ["aws:iam/group:Group", "name"],
    ["aws:iam/policy:Policy", "name"],
    ["aws:iam/role:Role", "name"],
    ["aws:iam/user:User", "name"],
    ["aws:lambda/function:Function", "name"],
    ["aws:rds/cluster:Cluster", "clusterIdentifier"],
    ["aws:rds/instance:Instance", "identifier"],
    ["aws:s3/bucket:Bucket", "bucket"],
    ["aws:s3/bucketV2:BucketV2", "bucket"],
    ["aws:secretsmanager/secret:Secret", "name"],
    ["aws:sns/topic:Topic", "name"],
    ["aws:sqs/queue:Queue", "name"],
])("a %s without a name gets one as its %s, of its own and seven digits", (type, property) => {
    expect(named(type)).toEqual({ [property]: expect.stringMatching(/^data-[0-9a-f]{7}$/) });
    expect(named(type, { [property]: "mine" })).toEqual({ [property]: "mine" });
    expect(named(type, { [`${property}Prefix`]: "ours-" })).toEqual({ [`${property}Prefix`]: "ours-" });
});

test("a resource whose provider makes no name gets none", () => {
    expect(named("aws:kms/key:Key")).toEqual({});
});

test.each([
    [{}, true],
    [{ bucket: "mine" }, true],
    [{ bucketPrefix: "ours-" }, true],
    [{ name: UNKNOWN }, true],
    [{ bucket: UNKNOWN }, false],
    [{ bucketPrefix: UNKNOWN }, false],
    [{ bucket: { secret: true } }, false],
])("whether the name of a bucket with %j can be told: %s", (inputs, expected) => {
    expect(isNamed(urnOf("aws:s3/bucket:Bucket"), Struct.fromJavaScript(inputs))).toBe(expected);
});

test("other resources are named by `name`", () => {
    expect(isNamed(urnOf("aws:kms/alias:Alias"), Struct.fromJavaScript({ name: UNKNOWN }))).toBe(false);
    expect(completeName(urnOf("aws:kms/alias:Alias"), Struct.fromJavaScript({ name: "alias/a" }))).toBe("alias/a");
});

test.each([
    [{ bucket: "mine" }, "mine", { bucket: "mine" }],
    [{}, "data", {}],
    [
        { bucketPrefix: "ours-" },
        expect.stringMatching(/^ours-[0-9a-f]{7}$/),
        { bucketPrefix: "ours-", bucket: expect.stringMatching(/^ours-[0-9a-f]{7}$/) },
    ],
])("outputs of a bucket with %j are completed", (given, name, outputs) => {
    const struct = Struct.fromJavaScript(given as Record<string, string>);
    expect(completeName(urnOf("aws:s3/bucket:Bucket"), struct)).toEqual(name);
    expect(struct.toJavaScript()).toEqual(outputs);
});
