import { unknownCheckingProxy } from "@pulumi/policy";
import {
    breadthOf,
    isEveryone,
    matchesPattern,
    readPolicyDocument,
    type Statement,
} from "../../policies/aws/policy-document";
import { Value } from "../../policies/kit/value";
import { UNKNOWN } from "../support/engine-args";

function read(policy: unknown) {
    return readPolicyDocument(Value.of(unknownCheckingProxy({ policy })).get("policy"));
}

function statementsOf(policy: unknown): readonly Statement[] {
    const document = read(policy);
    if (document.state !== "read") throw new Error(`The document is ${document.state}.`);
    return document.statements;
}

const texts = (values: readonly Value[]) => values.map(value => value.string());

describe("readPolicyDocument", () => {
    test.each([
        ["absent", undefined, { state: "absent" }],
        ["null", null, { state: "absent" }],
        ["unknown", UNKNOWN, { state: "unknown" }],
        ["no JSON", "{ not json", { state: "malformed", problem: "is not valid JSON" }],
        ["empty text", "", { state: "absent" }],
        ["blank text", " \n", { state: "absent" }],
        ["a JSON list", "[]", { state: "malformed", problem: "is not a policy document (no JSON object)" }],
        ["a number", 7, { state: "malformed", problem: "is not a policy document (no JSON object)" }],
        ["no statements", "{}", { state: "read", statements: [] }],
        ["an empty object", {}, { state: "read", statements: [] }],
        ["an empty list of statements", '{"Statement": []}', { state: "read", statements: [] }],
        ["statements that are null", { Statement: null }, { state: "read", statements: [] }],
        [
            "a statement that is text",
            { Statement: ["Allow"] },
            { state: "malformed", problem: "has a statement that is no JSON object" },
        ],
        ["unknown statements", { Statement: UNKNOWN }, { state: "unknown" }],
        ["only unknown statements", { Statement: [UNKNOWN] }, { state: "unknown" }],
    ])("of %s", (_, policy, expected) => {
        expect(read(policy)).toEqual(expected);
    });

    const document = {
        Version: "2012-10-17",
        Statement: [
            { Effect: "Deny", Action: "s3:*", Resource: "*" },
            { Sid: "Read", Effect: "Allow", Action: ["s3:GetObject", "s3:ListBucket"], Resource: ["a", "b"] },
        ],
    };

    test.each([
        ["text", JSON.stringify(document)],
        ["an object", document],
    ])("gives statements with places, from %s", (_, policy) => {
        const [deny, allow] = statementsOf(policy);
        expect(deny?.isAllow).toBe(false);
        expect(texts(deny?.actions ?? [])).toEqual(["s3:*"]);
        expect(allow?.isAllow).toBe(true);
        expect(allow?.sid).toBe("Read");
        expect(texts(allow?.actions ?? [])).toEqual(["s3:GetObject", "s3:ListBucket"]);
        expect(allow?.actions[1]?.path).toBe("policy.Statement[1].Action[1]");
        expect(texts(allow?.resources ?? [])).toEqual(["a", "b"]);
    });

    test("takes a single statement, and names in any letter case", () => {
        const [statement] = statementsOf({ statement: { effect: "ALLOW", action: "iam:PassRole", RESOURCE: "*" } });
        expect(statement?.isAllow).toBe(true);
        expect(texts(statement?.actions ?? [])).toEqual(["iam:PassRole"]);
        expect(texts(statement?.resources ?? [])).toEqual(["*"]);
    });

    test.each([
        ["Deny", false],
        ["deny", false],
        [" DENY ", false],
        ["Allow", true],
        ["Permit", true],
        [undefined, true],
        [5, true],
    ])("Effect %j allows: %j", (Effect, isAllow) => {
        expect(statementsOf({ Statement: { Effect, Action: "*" } })[0]?.isAllow).toBe(isAllow);
    });

    test("keeps a known statement beside an unknown one", () => {
        const [first, second] = statementsOf({ Statement: [UNKNOWN, { Effect: "Allow", Action: "*" }] });
        expect(first?.at.isUnknown).toBe(true);
        expect(texts(second?.actions ?? [])).toEqual(["*"]);
    });

    test("gives principals by kind", () => {
        const kinds = (Principal: unknown) =>
            statementsOf({ Statement: { Principal } })[0]?.principals.map(({ kind, value }) => [kind, value.string()]);
        expect(kinds("*")).toEqual([["*", "*"]]);
        expect(kinds({ aws: ["111122223333", "*"], Service: "ec2.amazonaws.com" })).toEqual([
            ["AWS", "111122223333"],
            ["AWS", "*"],
            ["Service", "ec2.amazonaws.com"],
        ]);
        expect(kinds(undefined)).toEqual([]);
    });

    test("tells NotPrincipal from Principal", () => {
        const [statement] = statementsOf({ Statement: { Effect: "Allow", NotPrincipal: { AWS: "111122223333" } } });
        expect(statement?.principals).toEqual([]);
        expect(statement?.hasNotPrincipal).toBe(true);
        expect(statement?.notPrincipals).toHaveLength(1);
    });

    test("takes conditions apart", () => {
        const [statement] = statementsOf({
            Statement: {
                Condition: {
                    "ForAllValues:StringLikeIfExists": { "AWS:PrincipalArn": ["a", "b"] },
                    "foranyvalue:stringEquals": { "aws:SourceVpce": "vpce-1" },
                    Bool: { "aws:SecureTransport": "false" },
                },
            },
        });
        const shown = statement?.conditions.map(({ values, at: _, ...rest }) => ({ ...rest, values: texts(values) }));
        expect(shown).toEqual([
            { operator: "stringlike", qualifier: "all", isIfExists: true, key: "aws:principalarn", values: ["a", "b"] },
            {
                operator: "stringequals",
                qualifier: "any",
                isIfExists: false,
                key: "aws:sourcevpce",
                values: ["vpce-1"],
            },
            { operator: "bool", qualifier: "none", isIfExists: false, key: "aws:securetransport", values: ["false"] },
        ]);
    });
});

test.each([
    ["*", true],
    [{ AWS: "*" }, true],
    [{ AWS: ["arn:aws:iam::111122223333:root", "*"] }, true],
    [{ AWS: "arn:aws:iam::111122223333:root" }, false],
    [{ Service: "*" }, false],
    [{ AWS: "arn:aws:iam::*:root" }, false],
])("everyone is among %j: %j", (Principal, expected) => {
    expect(statementsOf({ Statement: { Principal } })[0]?.principals.some(isEveryone)).toBe(expected);
});

test.each([
    ["*", "everything"],
    ["**", "everything"],
    ["*:*", "everything"],
    ["s*:*", "everything"],
    ["s3:*", "service"],
    ["S3:**", "service"],
    ["iam:?*", "service"],
    ["iam:*?", "service"],
    [" s3:* ", "service"],
    ["s3:Get*", "some"],
    ["s3:*Object", "some"],
    ["s3:GetObject", "some"],
    ["s3:?", "some"],
    ["s3:", "some"],
    ["", "some"],
])("breadth of %j is %s", (action, expected) => {
    expect(breadthOf(action)).toBe(expected);
});

test.each([
    ["s3:Get*", "s3:GetObject", true],
    ["s3:Get*", "s3:PutObject", false],
    ["s3:Ge?Object", "s3:GetObject", true],
    ["arn:aws:s3:::a.b/*", "arn:aws:s3:::a.b/c/d", true],
    ["arn:aws:s3:::a.b/*", "arn:aws:s3:::axb/c", false],
    ["a**b", "ab", true],
    ["", "a", false],
])("pattern %j matches %j: %j", (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
});

test("IAM patterns of many stars cost no more than pattern and text are long", () => {
    const started = performance.now();
    expect(matchesPattern(`${"a*?".repeat(500)}b`, "a".repeat(5_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
});
