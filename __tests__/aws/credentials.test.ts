import { gzipSync } from "node:zlib";
import { AWS_KEY, credentialIn, decoded } from "../../policies/aws/credentials";
import { IDENTITY_POLICY_TYPES, identityPoliciesOf } from "../../policies/aws/identity-policies";
import { isVault } from "../../policies/aws/vaults";
import { resourceOf } from "../../policies/kit/resource";
import { Value } from "../../policies/kit/value";
import { resourceArgs, UNKNOWN } from "../support/engine-args";

/** A made-up secret access key: 40 signs, and no form of its own. */
const KEY = "q7Rz/Tn4LpWx2Vb+8KsYd1Hc6Mf0JgUaE9oNi5tX";
const SECRET = "an AWS secret access key";

const base64 = (text: string | Buffer) => Buffer.from(text).toString("base64");

describe("a secret access key is told by its name", () => {
    test.each([
        ["aws_secret_access_key", true],
        ["AWS_SECRET_ACCESS_KEY", true],
        ["awsSecretAccessKey", true],
        ["aws_secret_key", true],
        ["awsSecretKey", true],
        ["aws_secretkey", true],
        ["PROD_AWS_SECRET_ACCESS_KEY_1", true],
        ["aws_secret", false],
        ["secret_access_key", false],
        ["aws_access_key", false],
        ["digest", false],
    ])("%s: %s", (name, isSecret) => {
        expect(credentialIn(name, KEY)).toBe(isSecret ? SECRET : undefined);
        expect(credentialIn(name, ` ${KEY}\n`)).toBe(isSecret ? SECRET : undefined);
    });

    test.each([
        ["one sign less", KEY.slice(1)],
        ["one sign more", `${KEY}a`],
        ["another sign", `${KEY.slice(1)}!`],
        ["a placeholder", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
        ["a reference", "$SECRET"],
        ["nothing", ""],
    ])("and is none with %s", (_, text) => expect(credentialIn("aws_secret_access_key", text)).toBeUndefined());
});

describe("a secret access key in a text", () => {
    test.each([
        `aws_secret_access_key=${KEY}`,
        `aws_secret_access_key = ${KEY}`,
        `aws_secret_access_key: ${KEY}`,
        `aws_secret_access_key: "${KEY}"`,
        `{"aws_secret_access_key": "${KEY}"}`,
        `{\\"aws_secret_access_key\\": \\"${KEY}\\"}`,
        `'awsSecretKey': '${KEY}'`,
        `export AWS_SECRET_ACCESS_KEY=${KEY}\n`,
        `aws_secret_access_key${" ".repeat(20)}=${" ".repeat(20)}${KEY}`,
        `- name: AWS_SECRET_ACCESS_KEY\n  value: ${KEY}\n`,
        `- name: "AWS_SECRET_ACCESS_KEY"\n  value: "${KEY}"\n`,
        `- value: ${KEY}\n  name: AWS_SECRET_ACCESS_KEY\n`,
        `{ "name": "MY_AWS_SECRET_KEY_1", "value": "${KEY}" },`,
        `{ "value": "${KEY}", "name": "AWS_SECRET_KEY" },`,
        `name: aws_secret_key,${" ".repeat(200)}value: ${KEY}`,
    ])("%s", text => expect(credentialIn("userData", text)).toBe(SECRET));

    test.each([
        ["a value of 39 signs", `aws_secret_access_key=${KEY.slice(1)}`],
        ["a value of 41 signs", `aws_secret_access_key=${KEY}a`],
        ["a pair of 41 signs", `name: aws_secret_key\nvalue: ${KEY}a`],
        ["no assignment", `aws_secret_access_key ${KEY}`],
        ["a name of something else", `aws_other_key=${KEY}`],
        ["a placeholder", "aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
        ["blanks without end", `aws_secret_access_key${" ".repeat(21)}=${KEY}`],
        ["blanks without end behind the sign", `aws_secret_access_key=${" ".repeat(21)}${KEY}`],
        ["a name that only ends alike", `filename: aws_secret_key\nvalue: ${KEY}`],
        ["a value that only ends alike", `name: aws_secret_key\noldvalue: ${KEY}`],
        ["the pair of something else", `name: digest\nvalue: ${KEY}\naws_secret_key`],
    ])("is none with %s", (_, text) => expect(credentialIn("userData", text)).toBeUndefined());

    test("is found in a long text, wherever it stands", () => {
        const filler = (length: number) => "lorem ipsum\n".repeat(length / 12);
        const line = `\naws_secret_access_key=${KEY}\n`;
        for (const before of [99_960, 90_000, 120_000, 180_000])
            expect(credentialIn("userData", filler(before) + line + filler(24_000))).toBe(SECRET);
        expect(credentialIn("userData", filler(240_000))).toBeUndefined();
    });
});

describe("text in base 64", () => {
    const LINE = `aws_secret_access_key=${KEY}`;

    test("is looked into, compressed or not", () => {
        expect(credentialIn("userDataBase64", base64(LINE))).toBe(SECRET);
        expect(credentialIn("userDataBase64", base64(gzipSync(LINE)))).toBe(SECRET);
        expect(credentialIn("userDataBase64", base64("#!/bin/sh\necho nothing of the kind"))).toBeUndefined();
    });

    test.each([
        ["a text", base64("a text of some length"), "a text of some length"],
        ["a text in lines", base64("a text of some length").replace(/(.{8})/g, "$1\n"), "a text of some length"],
        ["one sign at the end", base64("a text of some length."), "a text of some length."],
        ["two signs and a line at the end", `${base64("a text of some length")}\n`, "a text of some length"],
        ["24 signs, the fewest", base64("eighteen signs ...").slice(0, 24), "eighteen signs ..."],
        ["23 signs", base64("eighteen signs ...").slice(0, 23), undefined],
        ["another sign", `${base64("a text of some length")}!`, undefined],
        ["another sign before", `!${base64("a text of some length")}`, undefined],
        ["three signs at the end", `${"a".repeat(24)}===`, undefined],
        ["what begins as if compressed", base64(Buffer.from([0x1f, 0x8b, ...Array(30).fill(1)])), undefined],
        ["what only begins a bit so", base64(Buffer.from([0x1f, ...Array(20).fill(0x41)])), `\x1f${"A".repeat(20)}`],
        [
            "what is alike in its second byte",
            base64(Buffer.from([0x41, 0x8b, ...Array(20).fill(0x41)])),
            `A\x8b${"A".repeat(20)}`,
        ],
        ["a compressed text", base64(gzipSync("inside")), "inside"],
        ["a compressed text of a million bytes", base64(gzipSync("a".repeat(1_000_000))), "a".repeat(1_000_000)],
        ["a compressed text of more", base64(gzipSync("a".repeat(1_000_001))), undefined],
    ])("decodes %s", (_, text, expected) => expect(decoded(text)).toBe(expected));
});

test("kinds of AWS keys are told by how they begin", () => {
    expect(AWS_KEY).toBe("an AWS ");
    expect(credentialIn("x", "AKIAQ7RZTN4LPWX2VBKS")?.startsWith(AWS_KEY)).toBe(true);
    expect(credentialIn("x", "nothing")).toBeUndefined();
});

describe("vaults", () => {
    const PARAMETER = "aws:ssm/parameter:Parameter";
    test.each([
        ["aws:secretsmanager/secretVersion:SecretVersion", "secretString", {}, "yes"],
        ["aws:secretsmanager/secretVersion:SecretVersion", "secretBinary", {}, "yes"],
        ["aws:secretsmanager/secretVersion:SecretVersion", "secretStringWo", {}, "yes"],
        ["aws:secretsmanager/secretVersion:SecretVersion", "secretId", {}, "no"],
        ["aws:secretsmanager/secret:Secret", "secretString", {}, "no"],
        ["kubernetes:core/v1:Secret", "data", {}, "yes"],
        ["kubernetes:core/v1:Secret", "stringData", {}, "yes"],
        ["kubernetes:core/v1:Secret", "metadata", {}, "no"],
        ["kubernetes:core/v1:ConfigMap", "data", {}, "no"],
        [PARAMETER, "value", { type: "SecureString" }, "yes"],
        [PARAMETER, "valueWo", { type: "SecureString" }, "yes"],
        [PARAMETER, "description", { type: "SecureString" }, "no"],
        [PARAMETER, "value", { type: "String" }, "no"],
        [PARAMETER, "value", {}, "no"],
        [PARAMETER, "value", { type: UNKNOWN }, "unknown"],
        [PARAMETER, "insecureValue", { type: UNKNOWN }, "no"],
    ] as const)("%s.%s with %j: %s", (type, property, props, expected) =>
        expect(isVault(type, property, Value.of(props))).toBe(expected),
    );
});

describe("policies of identities", () => {
    const policies = (type: string, props: Record<string, unknown>) =>
        identityPoliciesOf(resourceOf(resourceArgs({ type, props }, {}))).map(({ path }) => path);
    const ALL = {
        policy: "{}",
        inlinePolicy: "{}",
        inlinePolicies: [{ name: "a", policy: "{}" }, { policy: "{}" }],
        assumeRolePolicy: "{}",
    };

    test.each([
        ["aws:iam/policy:Policy", ["policy"]],
        ["aws:iam/rolePolicy:RolePolicy", ["policy"]],
        ["aws:iam/userPolicy:UserPolicy", ["policy"]],
        ["aws:iam/groupPolicy:GroupPolicy", ["policy"]],
        ["aws:iam/role:Role", ["inlinePolicies[0].policy", "inlinePolicies[1].policy"]],
        ["aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy", ["inlinePolicy"]],
    ])("%s has %j", (type, expected) => {
        expect(policies(type, ALL)).toEqual(expected);
        expect(IDENTITY_POLICY_TYPES).toContain(type);
    });

    test("no other type has one", () => {
        expect(IDENTITY_POLICY_TYPES).toHaveLength(6);
        expect(policies("aws:s3/bucketPolicy:BucketPolicy", ALL)).toEqual([]);
    });
});
