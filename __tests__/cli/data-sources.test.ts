import { DATA_SOURCES } from "../../cli/engine/data-sources";

describe("aws.iam.getPolicyDocument", () => {
    const statements = (args: Readonly<Record<string, unknown>>): unknown => {
        const { json } = DATA_SOURCES["aws:iam/getPolicyDocument:getPolicyDocument"]?.(args, "eu-west-1") ?? {};
        return JSON.parse(String(json)).Statement;
    };
    const document = (...items: object[]) => JSON.stringify({ Statement: items });
    const wide = { sid: "data", actions: ["*"], resources: ["*"] };
    const narrow = { Sid: "data", Effect: "Allow", Action: "s3:GetObject", Resource: "*" };

    test("an overriding document takes the place of the statement with its sid", () => {
        expect(statements({ statements: [wide], overridePolicyDocuments: [document(narrow)] })).toEqual([narrow]);
    });

    test("a statement takes the place of the one with its sid in a source document", () => {
        expect(statements({ statements: [wide], sourcePolicyDocuments: [document(narrow)] })).toEqual([
            { Sid: "data", Effect: "Allow", Action: "*", Resource: "*" },
        ]);
    });

    test.each([
        ["without a sid", { Effect: "Allow", Action: "s3:PutObject", Resource: "*" }],
        ["with an empty sid", { Sid: "", Effect: "Allow", Action: "s3:PutObject", Resource: "*" }],
    ])("statements %s replace none", (_, other) => {
        expect(
            statements({ sourcePolicyDocuments: [document(other, other)], overridePolicyDocuments: [document(other)] }),
        ).toEqual([other, other, other]);
    });

    test("a document whose statement is an object alone counts", () => {
        const source = JSON.stringify({ Statement: narrow });
        expect(statements({ sourcePolicyDocuments: [source] })).toEqual([narrow]);
    });

    test("principals, conditions and lists are written as the provider writes them", () => {
        const [written] = statements({
            statements: [
                {
                    effect: "Deny",
                    notActions: ["s3:Get*", "s3:List*"],
                    resources: ["*"],
                    principals: [{ type: "AWS", identifiers: ["*"] }],
                    conditions: [
                        { test: "Bool", variable: "aws:SecureTransport", values: ["false"] },
                        { test: "Bool", variable: "aws:MultiFactorAuthPresent", values: ["false"] },
                    ],
                },
            ],
        }) as object[];
        expect(written).toEqual({
            Effect: "Deny",
            NotAction: ["s3:Get*", "s3:List*"],
            Resource: "*",
            Principal: { AWS: "*" },
            Condition: { Bool: { "aws:SecureTransport": "false", "aws:MultiFactorAuthPresent": "false" } },
        });
    });
});

test.each([
    [
        "getCallerIdentity",
        {
            id: "123456789012",
            accountId: "123456789012",
            arn: "arn:aws:iam::123456789012:user/preview",
            userId: "123456789012",
        },
    ],
    ["getRegion", { id: "eu-west-1", name: "eu-west-1", region: "eu-west-1" }],
    ["getPartition", { id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" }],
    [
        "getAvailabilityZones",
        {
            id: "eu-west-1",
            names: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
            zoneIds: ["eu-west-1-az1", "eu-west-1-az2", "eu-west-1-az3"],
        },
    ],
])("aws.%s answers with placeholders of the region", (name, answer) => {
    expect(DATA_SOURCES[`aws:index/${name}:${name}`]?.({}, "eu-west-1")).toEqual(answer);
});
