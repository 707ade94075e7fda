import { unknownCheckingProxy } from "@pulumi/policy";
import { isOpenToEveryone, isOwnedArn, narrows } from "../../policies/aws/conditions";
import { readPolicyDocument } from "../../policies/aws/policy-document";
import { Value } from "../../policies/kit/value";
import { UNKNOWN } from "../support/engine-args";

function judge(statement: object, ...beside: object[]): string {
    const props = unknownCheckingProxy({
        policy: { Statement: [{ Effect: "Allow", Action: "s3:GetObject", ...statement }, ...beside] },
    });
    const document = readPolicyDocument(Value.of(props).get("policy"));
    if (document.state !== "read") throw new Error(`The document is ${document.state}.`);
    const [first] = document.statements;
    if (first === undefined) throw new Error("The document has no statement.");
    return isOpenToEveryone(first, document.statements);
}

const everyoneIf = (Condition: object) => judge({ Principal: "*", Condition });

test.each([
    ["everyone", { Principal: "*" }, "yes"],
    ["everyone as an AWS principal", { Principal: { AWS: "*" } }, "yes"],
    ["everyone in a list", { Principal: { AWS: ["arn:aws:iam::123456789012:root", "*"] } }, "yes"],
    ["everyone but some", { NotPrincipal: { AWS: "arn:aws:iam::123456789012:root" } }, "yes"],
    ["the identities of any account", { Principal: { AWS: ["arn:aws:iam::*:root"] } }, "yes"],
    ["one account", { Principal: { AWS: "123456789012" } }, "no"],
    ["one account's root", { Principal: { AWS: "arn:aws:iam::123456789012:root" } }, "no"],
    ["a service", { Principal: { Service: "cloudfront.amazonaws.com" } }, "no"],
    ["every service", { Principal: { Service: "*" } }, "yes"],
    ["an identity provider that is unknown", { Principal: { Federated: UNKNOWN } }, "no"],
    [
        "an identity provider that is unknown beside an unknown principal",
        { Principal: { Federated: UNKNOWN, AWS: UNKNOWN } },
        "unknown",
    ],
    ["nobody", {}, "no"],
    ["a Deny", { Effect: "Deny", Principal: "*" }, "no"],
    ["an unknown principal", { Principal: { AWS: UNKNOWN } }, "unknown"],
    ["an unknown principal beside everyone", { Principal: { AWS: [UNKNOWN, "*"] } }, "yes"],
])("%s", (_, statement, expected) => expect(judge(statement)).toBe(expected));

test.each([
    ["an organisation", { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }],
    ["an organisation, key in other letters", { stringequals: { "AWS:PRINCIPALORGID": "o-a1b2c3d4e5" } }],
    ["a VPC endpoint", { StringEquals: { "aws:SourceVpce": ["vpce-1a2b3c4d", "vpce-5e6f7a8b"] } }],
    ["any of the values", { "ForAnyValue:StringEquals": { "aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/r-ab12/*"] } }],
    ["a CloudFront distribution", { ArnLike: { "aws:SourceArn": "arn:aws:cloudfront::123456789012:distribution/*" } }],
    ["a bucket", { ArnEquals: { "aws:SourceArn": "arn:aws:s3:::acme-uploads" } }],
    ["the account of a key's caller", { StringEquals: { "kms:CallerAccount": "123456789012" } }],
    [
        "all of the values, and the key must be there",
        {
            "ForAllValues:StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" },
            Null: { "aws:PrincipalOrgID": "false" },
        },
    ],
    ["the objects of a bucket", { ArnLike: { "aws:SourceArn": "arn:aws:s3:::acme-uploads/*" } }],
    ["an office", { IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "198.51.100.7"] } }],
    ["the resource's own account", { StringEquals: { "aws:PrincipalAccount": "${aws:ResourceAccount}" } }],
    ["the resource's own organisation", { StringEquals: { "aws:SourceOrgID": "${aws:resourceOrgId}" } }],
    ["a bucket by a pattern for its ARN", { ArnLike: { "aws:SourceArn": "arn:aws:s3:*:*:acme-uploads" } }],
    ["a bucket in any partition", { ArnLike: { "aws:SourceArn": "arn:*:s3:::acme-uploads" } }],
    ["all that one account has", { ArnLike: { "aws:SourceArn": "arn:aws:*:*:123456789012:*" } }],
    ["the VPC endpoints of an account", { StringEquals: { "aws:VpceAccount": "123456789012" } }],
    ["the VPC endpoints of an organisation", { StringEquals: { "aws:VpceOrgID": "o-a1b2c3d4e5" } }],
    ["the VPC endpoints of its units", { StringLike: { "aws:VpceOrgPaths": "o-a1b2c3d4e5/r-ab12/*" } }],
    ["a VPC by its ARN", { ArnEquals: { "aws:SourceVpcArn": "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1a2b3c4d" } }],
    ["a file system's mount targets", { Bool: { "elasticfilesystem:AccessedViaMountTarget": true } }],
    [
        "a file system's access point",
        {
            StringEquals: {
                "elasticfilesystem:AccessPointArn":
                    "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-1a2b3c4d",
            },
        },
    ],
    ["a role's sessions", { StringLike: { "aws:userId": "AROAEXAMPLEEXAMPLE:*" } }],
    [
        "one condition of two",
        { Bool: { "aws:SecureTransport": "true" }, StringEquals: { "aws:SourceVpc": "vpc-1a2b3c4d" } },
    ],
])("%s restricts the caller", (_, condition) => expect(everyoneIf(condition)).toBe("no"));

test.each([
    ["TLS", { Bool: { "aws:SecureTransport": "true" } }],
    ["a referer, which anyone can send", { StringLike: { "aws:Referer": "https://www.example.com/*" } }],
    ["an organisation, if the key is there", { StringEqualsIfExists: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }],
    [
        "all of no values, where the key must be missing",
        {
            "ForAllValues:StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" },
            Null: { "aws:PrincipalOrgID": "true" },
        },
    ],
    [
        "all of no values, where another key must be there",
        {
            "ForAllValues:StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" },
            Null: { "aws:PrincipalArn": "false" },
        },
    ],
    ["buckets whose name begins alike, which anyone can make", { ArnLike: { "aws:SourceArn": "arn:aws:s3:::acme-*" } }],
    ["all of no values", { "ForAllValues:StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }],
    ["everything but a VPC", { StringNotEquals: { "aws:SourceVpc": "vpc-1a2b3c4d" } }],
    ["a wildcard for the organisation", { StringLike: { "aws:PrincipalOrgID": "o-*" } }],
    ["a wildcard for the account", { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/deploy" } }],
    ["a policy variable", { StringEquals: { "aws:SourceVpce": "${aws:SourceVpce}" } }],
    ["the whole internet", { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } }],
    ["one wide value beside a fixed one", { IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/1"] } }],
    ["no values", { StringEquals: { "aws:SourceVpc": [] } }],
    ["a map in the place of a text", { StringEquals: { "aws:SourceVpc": { toString: null } } }],
    ["any other variable", { StringEquals: { "aws:PrincipalAccount": "${aws:PrincipalAccount}" } }],
    ["any bucket by a pattern", { ArnLike: { "aws:SourceArn": "arn:aws:s3:*:*:*" } }],
    ["any account by a pattern", { ArnLike: { "aws:SourceArn": "arn:aws:sns:eu-west-1:*:orders" } }],
    ["all but a file system's mount targets", { Bool: { "elasticfilesystem:AccessedViaMountTarget": "false" } }],
    ["being an AWS service", { Bool: { "aws:PrincipalIsAWSService": "true" } }],
    ["a prefix of keys", { StringEquals: { "s3:prefix": "public/" } }],
])("%s restricts nobody", (_, condition) => expect(everyoneIf(condition)).toBe("yes"));

test("what is known to restrict the caller outweighs what is unknown", () => {
    const known = { StringEquals: { "aws:SourceVpc": UNKNOWN, "aws:PrincipalOrgID": "o-a1b2c3d4e5" } };
    expect(everyoneIf(known)).toBe("no");
});

test("a value that is unknown may restrict", () => {
    expect(everyoneIf({ StringEquals: { "aws:SourceVpce": UNKNOWN } })).toBe("unknown");
    expect(everyoneIf({ StringEquals: { "aws:SourceVpce": [UNKNOWN, "vpce-*"] } })).toBe("yes");
});

const ORGANIZATION = { StringNotEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } };
const deny = (more: object = {}) => ({ Effect: "Deny", Principal: "*", Action: "*", Resource: "*", ...more });
const OPEN = {
    Principal: "*",
    Action: ["sqs:SendMessage", "sqs:Get*"],
    Resource: "arn:aws:sqs:eu-west-1:123456789012:orders",
};

test.each([
    ["everything to everyone again", deny()],
    ["everything to all but the organisation", deny({ Condition: ORGANIZATION })],
    ["all but the organisation, as AWS principals", deny({ Principal: { AWS: "*" }, Condition: ORGANIZATION })],
    [
        "all but the organisation, with IfExists",
        deny({ Condition: { StringNotEqualsIfExists: ORGANIZATION.StringNotEquals } }),
    ],
    ["the same actions and resource", deny({ Action: ["SQS:GET*", "sqs:sendmessage"], Resource: OPEN.Resource })],
    ["all actions of the service on its queues", deny({ Action: "sqs:*", Resource: "arn:aws:sqs:*:123456789012:*" })],
    ["all but an office", deny({ Condition: { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } } })],
    [
        "all but a role",
        deny({ Condition: { ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/ci" } } }),
    ],
    [
        "all that are in neither place",
        deny({
            Condition: { ...ORGANIZATION, StringNotLike: { "aws:SourceVpce": ["vpce-1a2b3c4d", "vpce-5e6f7a8b"] } },
        }),
    ],
    [
        "all values but the organisation's",
        deny({ Condition: { "ForAllValues:StringNotLike": { "aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*" } } }),
    ],
])("a Deny of %s closes an Allow", (_, statement) => expect(judge(OPEN, statement)).toBe("no"));

test.each([
    ["that is an Allow", deny({ Effect: "Allow" })],
    ["for one account", deny({ Principal: { AWS: "123456789012" } })],
    ["for every service", deny({ Principal: { Service: "*" } })],
    ["for everyone but some", { Effect: "Deny", NotPrincipal: { AWS: "123456789012" }, Action: "*", Resource: "*" }],
    ["of some of the actions", deny({ Action: "sqs:SendMessage" })],
    ["of narrower actions", deny({ Action: ["sqs:SendMessage", "sqs:GetQueue*"] })],
    ["of actions by a pattern for one character", deny({ Action: ["sqs:SendMessage", "sqs:Get?"] })],
    ["of all actions but some", { Effect: "Deny", Principal: "*", NotAction: "sqs:Delete*", Resource: "*" }],
    ["of another resource", deny({ Resource: "arn:aws:sqs:eu-west-1:123456789012:Orders" })],
    ["of all resources but one", { Effect: "Deny", Principal: "*", Action: "*", NotResource: OPEN.Resource }],
    ["that asks for TLS", deny({ Condition: { Bool: { "aws:SecureTransport": "false" } } })],
    ["for the organisation", deny({ Condition: { StringEquals: ORGANIZATION.StringNotEquals } })],
    ["for all but any organisation", deny({ Condition: { StringNotLike: { "aws:PrincipalOrgID": "o-*" } } })],
    ["for all but a wide range", deny({ Condition: { NotIpAddress: { "aws:SourceIp": "0.0.0.0/1" } } })],
    ["for strangers without TLS", deny({ Condition: { ...ORGANIZATION, Bool: { "aws:SecureTransport": "false" } } })],
    [
        "for those who have a value",
        deny({ Condition: { "ForAnyValue:StringNotEquals": ORGANIZATION.StringNotEquals } }),
    ],
    ["with no values", deny({ Condition: { StringNotEquals: { "aws:PrincipalOrgID": [] } } })],
])("a Deny %s closes no Allow", (_, statement) => expect(judge(OPEN, statement)).toBe("yes"));

test.each([
    [
        "trust policies, which have no resource",
        { Principal: "*" },
        { Effect: "Deny", Principal: "*", Action: "s3:*" },
        "no",
    ],
    ["every action but some", { Principal: "*", Action: undefined, NotAction: "s3:Put*", Resource: "*" }, deny(), "no"],
    [
        "every action but some, of which some",
        { Principal: "*", NotAction: "s3:Put*", Resource: "*" },
        deny({ Action: "s3:*" }),
        "yes",
    ],
    ["every service", { Principal: { Service: "*" }, Resource: "*" }, deny(), "yes"],
    ["an unknown value", OPEN, deny({ Condition: { StringNotEquals: { "aws:PrincipalOrgID": UNKNOWN } } }), "unknown"],
    ["an unknown resource", OPEN, deny({ Resource: UNKNOWN }), "unknown"],
    ["an unknown resource of some actions", OPEN, deny({ Resource: UNKNOWN, Action: "sqs:Delete*" }), "yes"],
    ["an unknown action", { ...OPEN, Action: UNKNOWN }, deny({ Action: "sqs:*" }), "unknown"],
    ["an unknown statement", OPEN, UNKNOWN, "yes"],
])("a Deny and %s", (_, statement, beside, expected) => expect(judge(statement, beside as object)).toBe(expected));

const ACCOUNT_ID = "123456789012";
const QUEUE_ARN = `arn:aws:sqs:eu-west-1:${ACCOUNT_ID}:orders`;
const ORG_PATH = "o-a1b2c3d4e5/r-ab12/*";

/** Each key that says who or whence the caller is, with a value that is fixed and one that is not. */
const KEYS: readonly (readonly [key: string, fixed: string, wide: string])[] = [
    ["aws:PrincipalAccount", ACCOUNT_ID, "1*"],
    ["aws:PrincipalArn", QUEUE_ARN, "arn:aws:sqs:eu-west-1:*:orders"],
    ["aws:PrincipalOrgID", "o-a1b2c3d4e5", "o-?"],
    ["aws:PrincipalOrgPaths", ORG_PATH, "*/r-ab12/*"],
    ["aws:SourceAccount", ACCOUNT_ID, "*"],
    ["aws:SourceArn", QUEUE_ARN, "*"],
    ["aws:SourceIp", "203.0.113.7", "0.0.0.0/0"],
    ["aws:SourceOrgID", "o-a1b2c3d4e5", "*"],
    ["aws:SourceOrgPaths", ORG_PATH, "o-*"],
    ["aws:SourceOwner", ACCOUNT_ID, "*"],
    ["aws:SourceVpc", "vpc-1a2b3c4d", "vpc-*"],
    ["aws:SourceVpcArn", `arn:aws:ec2:eu-west-1:${ACCOUNT_ID}:vpc/vpc-1a2b3c4d`, "*"],
    ["aws:SourceVpce", "vpce-1a2b3c4d", "vpce-*"],
    ["aws:userid", ACCOUNT_ID, "*"],
    ["aws:VpceAccount", ACCOUNT_ID, "*"],
    ["aws:VpceOrgID", "o-a1b2c3d4e5", "o-*"],
    ["aws:VpceOrgPaths", ORG_PATH, "*"],
    ["elasticfilesystem:AccessedViaMountTarget", "True", "false"],
    ["elasticfilesystem:AccessPointArn", QUEUE_ARN, "*"],
    ["kms:CallerAccount", ACCOUNT_ID, "*"],
    ["s3:DataAccessPointAccount", ACCOUNT_ID, "*"],
    ["s3:DataAccessPointArn", QUEUE_ARN, "*"],
    ["s3:x-amz-server-side-encryption-aws-kms-key-id", QUEUE_ARN, "*"],
    ["sns:Endpoint", QUEUE_ARN, "*"],
];

test.each(KEYS)("%s ties the caller by a fixed value only", (key, fixed, wide) => {
    expect(everyoneIf({ StringLike: { [key]: fixed } })).toBe("no");
    expect(everyoneIf({ StringLike: { [key]: ` ${fixed} ` } })).toBe("no");
    expect(everyoneIf({ StringLike: { [key]: wide } })).toBe("yes");
    expect(everyoneIf({ StringLike: { [key]: "" } })).toBe("yes");
    expect(everyoneIf({ StringLike: { [`x${key}`]: fixed } })).toBe("yes");
});

test.each([
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "ArnEquals",
    "ArnLike",
    "IpAddress",
    "BinaryEquals",
    "Bool",
])("the operator %s ties the caller, with IfExists it does not", operator => {
    expect(everyoneIf({ [operator]: { "aws:SourceVpc": "vpc-1a2b3c4d" } })).toBe("no");
    expect(everyoneIf({ [`${operator}IfExists`]: { "aws:SourceVpc": "vpc-1a2b3c4d" } })).toBe("yes");
});

test.each([
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
    "ArnNotEquals",
    "ArnNotLike",
    "NotIpAddress",
])("a Deny by %s spares fixed callers, an Allow by it ties nobody", operator => {
    const Condition = { [operator]: { "aws:SourceVpc": "vpc-1a2b3c4d" } };
    expect(judge(OPEN, deny({ Condition }))).toBe("no");
    expect(everyoneIf(Condition)).toBe("yes");
});

test.each(["NumericEquals", "DateEquals", "Null", "NumericNotEquals", "DateNotEquals"])(
    "the operator %s says nothing of the caller",
    operator => {
        const Condition = { [operator]: { "aws:SourceVpc": "vpc-1a2b3c4d" } };
        expect(everyoneIf(Condition)).toBe("yes");
        expect(judge(OPEN, deny({ Condition }))).toBe("yes");
    },
);

test.each([
    [`arn:aws:sns:eu-west-1:${ACCOUNT_ID}:x`, true],
    [`arn:aws-us-gov:sns:eu-west-1:${ACCOUNT_ID}:x`, true],
    [`arn:*:sns:*:${ACCOUNT_ID}:*`, true],
    [`arn:acme:sns:eu-west-1:${ACCOUNT_ID}:x`, false],
    [`xarn:aws:sns:eu-west-1:${ACCOUNT_ID}:x`, false],
    [`arn:aws:sns:eu-west-1:${ACCOUNT_ID}`, false],
    [`arn:aws:sns:eu-west-1:${ACCOUNT_ID}0:x`, false],
    [`arn:aws:s?s:eu-west-1:${ACCOUNT_ID}:x`, false],
    ["arn:aws:sns:eu-west-1:12345678901:x", false],
    ["arn:aws:s3:::abc", true],
    ["arn:aws:s3:*::abc/*", true],
    ["arn:aws:s3::*:abc", true],
    ["arn:aws:s3:::ab", false],
    ["arn:aws:s3:::ab/cd", false],
    ["arn:aws:s3:::abc?", false],
    ["arn:aws:s3:::abc$", false],
    ["arn:aws:s3:eu-west-1::abc", false],
    ["arn:aws:s3::12:abc", false],
])("%s names the account or bucket: %s", (arn, expected) => expect(isOwnedArn(arn)).toBe(expected));

test.each([
    ["aws:PrincipalAccount", "${aws:ResourceAccount}", "no"],
    ["aws:PrincipalAccount", "${aws:ResourceOrgID}", "no"],
    ["aws:PrincipalAccount", "${AWS:RESOURCEACCOUNT}", "no"],
    ["aws:PrincipalAccount", "x${aws:ResourceAccount}", "yes"],
    ["aws:PrincipalAccount", "${aws:ResourceAccount}x", "yes"],
    ["aws:PrincipalAccount", "a?", "yes"],
    ["aws:PrincipalAccount", "a$", "no"],
    ["aws:PrincipalOrgPaths", "o-a1b2c3d4e/r", "yes"],
    ["aws:PrincipalOrgPaths", `o-${"a".repeat(32)}/r`, "no"],
    ["aws:PrincipalOrgPaths", `o-${"a".repeat(33)}/r`, "yes"],
    ["aws:PrincipalOrgPaths", "x/o-a1b2c3d4e5/r", "yes"],
    ["aws:PrincipalOrgPaths", "o-a1b2c3d4e5", "yes"],
    ["aws:SourceIp", "10.0.0.0/8", "no"],
    ["aws:SourceIp", "10.0.0.0/7", "yes"],
    ["aws:SourceIp", "2001:db8::1", "no"],
    ["aws:SourceIp", "2001:db8::/32", "no"],
    ["aws:SourceIp", "2000::/28", "yes"],
    ["aws:SourceIp", "office", "yes"],
    ["aws:userid", "123456789012:x", "no"],
    ["aws:userid", "12345678901", "yes"],
    ["aws:userid", "1234567890123", "yes"],
    ["aws:userid", "AIDAEXAMPLEEXAMP", "no"],
    ["aws:userid", "AIDAEXAMPLEEXAM", "yes"],
    ["aws:userid", "AIDAEXAMPLEEXAMPLE*", "yes"],
    ["aws:userid", "*AIDAEXAMPLEEXAMPLE", "yes"],
])("%s of %s lets everyone in: %s", (key, value, expected) =>
    expect(everyoneIf({ StringLike: { [key]: value } })).toBe(expected),
);

test.each([
    ["arn:aws:iam::*:root", "yes"],
    ["arn:aws:sts::*:assumed-role/x", "yes"],
    ["arn:aws:iam::**:root", "yes"],
    [" arn:aws:iam::*:root ", "yes"],
    ["arn:aws:sqs::*:root", "no"],
    ["xarn:aws:iam::*:root", "no"],
    ["arn:aws:iam::1*:root", "no"],
])("the principal %s is everyone: %s", (AWS, expected) => expect(judge({ Principal: { AWS } })).toBe(expected));

test.each([
    ["**", "yes"],
    [" * ", "yes"],
    ["s3*", "no"],
    ["*.amazonaws.com", "no"],
])("the service %s is every one: %s", (Service, expected) => expect(judge({ Principal: { Service } })).toBe(expected));

function narrowing(condition: object, keys = ["kms:ViaService", "kms:EncryptionContext:*"]): boolean {
    const props = unknownCheckingProxy({ policy: { Statement: { Effect: "Allow", Condition: condition } } });
    const document = readPolicyDocument(Value.of(props).get("policy"));
    const conditions = document.state === "read" ? (document.statements[0]?.conditions ?? []) : [];
    return conditions.some(one => narrows(one, keys));
}

test.each<[operator: string, expected: boolean]>([
    ["StringEquals", true],
    ["StringEqualsIgnoreCase", true],
    ["StringLike", true],
    ["ArnEquals", true],
    ["ArnLike", true],
    ["ForAnyValue:StringEquals", true],
    ["StringEqualsIfExists", false],
    ["ForAllValues:StringEquals", false],
    ["StringNotEquals", false],
    ["StringNotLike", false],
    ["ArnNotEquals", false],
    ["IpAddress", false],
    ["Bool", false],
    ["Null", false],
    ["BinaryEquals", false],
    ["NumericEquals", false],
])("%s narrows: %s", (operator, expected) =>
    expect(narrowing({ [operator]: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } })).toBe(expected),
);

test.each([
    ["kms:ViaService", "s3", true],
    ["KMS:VIASERVICE", "s3", true],
    ["kms:EncryptionContext:app", "shop", true],
    ["kms:ViaServices", "s3", false],
    ["aws:SourceVpc", "vpc-1", false],
    ["kms:ViaService", "*", false],
    ["kms:ViaService", "*?", false],
    ["kms:ViaService", "", false],
    ["kms:ViaService", "*.amazonaws.com", false],
    ["kms:ViaService", "*.amazonaws.com.cn", true],
    ["kms:ViaService", "*-amazonaws.com", true],
    ["kms:ViaService", "alias/*", false],
    ["kms:ViaService", "alias/a*", true],
    ["kms:ViaService", "*alias/", true],
    ["kms:ViaService", "arn:aws:kms:eu-west-1:123456789012:*", false],
    ["kms:ViaService", "arn:aws:kms:eu-west-1:123456789012:key/x", true],
    ["kms:ViaService", "*arn:aws:kms:eu-west-1:123456789012:*", true],
    ["kms:ViaService", ["s3", "*"], false],
    ["kms:ViaService", [], false],
    ["kms:ViaService", UNKNOWN, true],
])("%s of %j narrows: %s", (key, value, expected) =>
    expect(narrowing({ StringLike: { [key as string]: value } })).toBe(expected),
);

test("a condition asks that its key is there by a plain Null of false", () => {
    const all = { "ForAllValues:StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } };
    const key = { "aws:PrincipalOrgID": "false" };
    expect(everyoneIf({ ...all, Null: { "aws:PrincipalOrgID": false } })).toBe("no");
    expect(everyoneIf({ ...all, Null: { "aws:PrincipalOrgID": [] } })).toBe("yes");
    expect(everyoneIf({ ...all, Null: { "aws:PrincipalOrgID": ["false", "true"] } })).toBe("yes");
    expect(everyoneIf({ ...all, NullIfExists: key })).toBe("yes");
    expect(everyoneIf({ ...all, "ForAllValues:Null": key })).toBe("yes");
    expect(everyoneIf({ ...all, NumericEquals: key })).toBe("yes");
});
