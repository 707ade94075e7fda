import { resourceOf } from "../../../../policies/kit/resource";
import { Value } from "../../../../policies/kit/value";
import {
    deletionEvent,
    matchesEvent,
    requestEvent,
    unnamedRoles,
} from "../../../../policies/rules/state/state-access-audited/event-pattern";
import { filterMatches } from "../../../../policies/rules/state/state-access-audited/metric-filter";
import { stackArgs, UNKNOWN } from "../../../support/engine-args";

describe("an event pattern and a request that somebody nobody named made", () => {
    const stranger = requestEvent("GetObject", "acme-state", false);
    const passes = (pattern: object, event = stranger) => matchesEvent(Value.of(pattern), event);
    test.each([
        [{}, "yes"],
        [{ source: ["aws.s3"] }, "yes"],
        [{ source: ["aws.kms"] }, "no"],
        [{ source: ["aws.kms", "aws.s3"] }, "yes"],
        [{ source: [] }, "no"],
        [{ source: [{ exists: true }] }, "yes"],
        [{ source: [{ exists: false }] }, "no"],
        [{ nothing: ["x"] }, "no"],
        [{ nothing: [{ exists: false }] }, "yes"],
        [{ nothing: [{ exists: true }] }, "no"],
        [{ "detail-type": ["AWS API Call via CloudTrail"] }, "yes"],
        [{ "detail-type": ["Object Deleted"] }, "no"],
        [{ region: ["eu-west-1"], account: ["1"], time: ["x"], id: ["x"], version: ["0"], resources: ["x"] }, "yes"],
        [{ $or: [{ source: ["aws.kms"] }, { source: ["aws.s3"] }] }, "yes"],
        [{ $or: [{ source: ["aws.kms"] }, { source: ["aws.ec2"] }] }, "no"],
        [{ source: ["aws.s3"], $or: [{ region: ["x"] }] }, "yes"],
        [{ source: ["aws.kms"], $or: [{ region: ["x"] }] }, "no"],
        [{ detail: ["x"] }, "no"],
        [{ detail: [{ exists: true }] }, "no"],
        [{ detail: { exists: true } }, "no"],
        [{ detail: "x" }, "no"],
    ])("%j: %s", (pattern, expected) => expect(passes(pattern)).toBe(expected));
    test.each([
        [{ eventSource: ["s3.amazonaws.com"] }, "yes"],
        [{ eventSource: ["kms.amazonaws.com"] }, "no"],
        [{ eventName: ["GetObject"] }, "yes"],
        [{ eventName: ["PutObject"] }, "no"],
        [{ eventType: ["AwsApiCall"] }, "yes"],
        [{ eventType: ["AwsServiceEvent"] }, "no"],
        [{ eventCategory: ["Data"] }, "yes"],
        [{ eventCategory: ["Management"] }, "no"],
        [{ managementEvent: ["false"] }, "yes"],
        [{ managementEvent: [true] }, "no"],
        [{ readOnly: ["true"] }, "yes"],
        [{ readOnly: ["false"] }, "no"],
        [{ eventVersion: ["1"], eventTime: ["x"], awsRegion: ["x"] }, "yes"],
        [{ recipientAccountId: ["1"] }, "yes"],
        [{ recipientAccountId: [{ "anything-but": "1" }] }, "no"],
        [{ errorCode: [{ exists: false }] }, "yes"],
        [{ errorCode: ["AccessDenied"] }, "no"],
        [{ requestParameters: { bucketName: ["acme-state"] } }, "yes"],
        [{ requestParameters: { bucketName: ["acme"] } }, "no"],
        [{ requestParameters: { Host: ["x"] } }, "yes"],
        [{ requestParameters: { key: [{ prefix: ".pulumi/" }] } }, "yes"],
        [{ requestParameters: { key: [{ prefix: ".pulumi/stacks/" }] } }, "yes"],
        [{ requestParameters: { key: [{ prefix: ".pulumi/locks/" }] } }, "no"],
        [{ requestParameters: { key: [{ prefix: "team/.pulumi/stacks/" }] } }, "yes"],
        [{ requestParameters: { key: [{ wildcard: "team/.pulumi/stacks/*.json" }] } }, "yes"],
        [{ requestParameters: { key: [{ wildcard: "*/.pulumi/stacks/*" }] } }, "no"],
        [{ requestParameters: { key: [{ suffix: ".json" }] } }, "yes"],
        [{ requestParameters: { key: [{ suffix: ".bak" }] } }, "no"],
        [{ resources: { ARN: ["arn:aws:s3:::acme-state"] } }, "yes"],
        [{ resources: { ARN: ["arn:aws-cn:s3:::acme-state"] } }, "yes"],
        [{ resources: { ARN: ["arn:aws-us-gov:s3:::acme-state"] } }, "yes"],
        [{ resources: { ARN: ["arn:aws-iso:s3:::acme-state"] } }, "no"],
        [{ resources: { ARN: [{ prefix: "arn:aws:s3:::acme-state/.pulumi/" }] } }, "yes"],
        [{ resources: { ARN: ["arn:aws:s3:::acme"] } }, "no"],
        [{ resources: { type: ["AWS::S3::Object"] } }, "yes"],
        [{ resources: { type: ["AWS::S3::Bucket"] } }, "yes"],
        [{ resources: { type: ["AWS::S3::AccessPoint"] } }, "no"],
        [{ resources: { accountId: ["1"] } }, "yes"],
        [{ userIdentity: { type: ["AssumedRole"] } }, "yes"],
        [{ userIdentity: { type: ["Root"] } }, "no"],
        [{ userIdentity: { accountId: ["1"] } }, "yes"],
        [{ userIdentity: { accountId: [{ "anything-but": ["1"] }] } }, "no"],
        [{ userIdentity: { sessionContext: { sessionIssuer: { type: ["Role"] } } } }, "yes"],
        [{ userIdentity: { sessionContext: { sessionIssuer: { type: ["User"] } } } }, "no"],
    ])("in its detail %j: %s", (detail, expected) => expect(passes({ detail })).toBe(expected));
    test.each(["principalId", "arn", "userName"])("by the %s of who made it", name => {
        const by = (item: unknown, event = stranger) => [
            passes({ detail: { userIdentity: { [name]: [item] } } }, event),
            passes({ detail: { userIdentity: { sessionContext: { sessionIssuer: { [name]: [item] } } } } }, event),
        ];
        expect(by("ci")).toEqual(["no", "no"]);
        expect(by({ "anything-but": "ci" })).toEqual(["yes", "yes"]);
        expect(by({ "anything-but": ["ci", "dev"] })).toEqual(["yes", "yes"]);
        expect(by({ "anything-but": { wildcard: "*" } })).toEqual(["no", "no"]);
        expect(by({ "anything-but": { prefix: "arn:aws:iam::123456789012:" } })).toEqual(["no", "no"]);
        expect(by({ "anything-but": { prefix: ["ci", "arn:aws:sts::123456789012:"] } })).toEqual(["no", "no"]);
        expect(by({ "anything-but": { prefix: "arn:aws:iam::123456789012:role/ci" } })).toEqual(["yes", "yes"]);
        const expectedOne = requestEvent("GetObject", "acme-state", true);
        expect(by("ci", expectedOne)).toEqual(["yes", "yes"]);
        expect(by({ "anything-but": "ci" }, expectedOne)).toEqual(["no", "no"]);
    });
    test("a request that writes reads nothing", () => {
        const put = requestEvent("PutObject", "acme-state", false);
        expect(passes({ detail: { readOnly: ["false"] } }, put)).toBe("yes");
        expect(passes({ detail: { readOnly: ["true"] } }, put)).toBe("no");
    });
    test("a bucket whose name is unknown", () => {
        const later = requestEvent("GetObject", undefined, false);
        expect(passes({ detail: { requestParameters: { bucketName: ["x"] } } }, later)).toBe("unknown");
        expect(passes({ detail: { resources: { ARN: ["x"] } } }, later)).toBe("unknown");
        expect(passes({ detail: { resources: { ARN: ["x"] }, eventName: ["x"] } }, later)).toBe("no");
    });
    test.each([
        [{ suffix: "Object" }, "yes"],
        [{ suffix: "Get" }, "no"],
        [{ prefix: "Get" }, "yes"],
        [{ prefix: "Object" }, "no"],
        [{ prefix: ["Put", "Get"] }, "yes"],
        [{ wildcard: "G*t" }, "yes"],
        [{ wildcard: "P*" }, "no"],
        [{ "equals-ignore-case": "GETOBJECT" }, "yes"],
        [{ "equals-ignore-case": "getobjects" }, "no"],
        [{ "anything-but": "PutObject" }, "yes"],
        [{ "anything-but": "GetObject" }, "no"],
        [{ "anything-but": ["PutObject", "GetObject"] }, "no"],
        [{ "anything-but": { suffix: "Object" } }, "no"],
        [{ "anything-but": { prefix: "Put" } }, "yes"],
        [{ numeric: ["=", 1] }, "no"],
        [{ cidr: "10.0.0.0/8" }, "no"],
    ])("by the operator %j: %s", (item, expected) => expect(passes({ detail: { eventName: [item] } })).toBe(expected));
});

describe("an event pattern and an object that was deleted", () => {
    const passes = (pattern: object, bucket: string | undefined = "acme-state") =>
        matchesEvent(Value.of(pattern), deletionEvent(bucket));
    test.each([
        [{ source: ["aws.s3"], "detail-type": ["Object Deleted"] }, "yes"],
        [{ "detail-type": ["Object Created"] }, "no"],
        [{ resources: ["arn:aws:s3:::acme-state"] }, "yes"],
        [{ resources: ["arn:aws:s3:::acme"] }, "no"],
        [{ detail: { bucket: { name: ["acme-state"] } } }, "yes"],
        [{ detail: { bucket: { name: ["acme"] } } }, "no"],
        [{ detail: { object: { key: [{ prefix: ".pulumi/" }] } } }, "yes"],
        [{ detail: { object: { key: ["x"] } } }, "no"],
        [{ detail: { object: { etag: ["x"], size: [1], "version-id": ["x"], sequencer: ["x"] } } }, "yes"],
        [{ detail: { reason: ["DeleteObject"], requester: ["x"], version: ["0"], "deletion-type": ["x"] } }, "yes"],
        [{ detail: { reason: ["Lifecycle Expiration"] } }, "no"],
    ])("%j: %s", (pattern, expected) => expect(passes(pattern)).toBe(expected));
    test("a bucket whose name is unknown", () => {
        const later = (pattern: object) => matchesEvent(Value.of(pattern), deletionEvent(undefined));
        expect(later({ detail: { bucket: { name: ["x"] } } })).toBe("unknown");
        expect(later({ resources: ["x"] })).toBe("unknown");
    });
});

test.each([
    ["x", "aws", "123456789012"],
    ["arn:aws-cn:iam::210987654321:role/*", "aws-cn", "210987654321"],
    ["xarn:aws-cn:iam::210987654321:role/*", "aws", "210987654321"],
    ["arn:aws:iam::*:role/*", "aws", "123456789012"],
])("what is compared with %s may be a role of %s in %s", (text, partition, account) =>
    expect(unnamedRoles(text)).toEqual([
        "q7Zk4f",
        `arn:${partition}:iam::${account}:role/q7Zk4f`,
        `arn:${partition}:sts::${account}:assumed-role/q7Zk4f/q7Zk4f`,
    ]),
);

describe("a filter of CloudTrail's log", () => {
    const tells = (pattern: unknown, eventName = "GetObject", isExpected = false, name: unknown = "acme-state") => {
        const [filter, bucket] = stackArgs(
            [
                { type: "aws:cloudwatch/logMetricFilter:LogMetricFilter", name: "filter", props: { pattern } },
                { type: "aws:s3/bucket:Bucket", name: "state", props: { bucket: name } },
            ],
            {},
            "preview",
        ).resources.map(resourceOf);
        if (filter === undefined || bucket === undefined) throw new Error("Both are there.");
        return filterMatches(filter, { eventName, isExpected }, bucket);
    };
    test.each([
        ["{ $.eventSource = s3.amazonaws.com }", "yes"],
        ['{ $.eventSource = "s3.amazonaws.com" }', "yes"],
        ["{$.eventSource=s3.*}", "yes"],
        ["{ $.eventSource = kms.amazonaws.com }", "no"],
        ["{ $.eventSource != s3.amazonaws.com }", "no"],
        ["{ $.eventSource != kms.amazonaws.com }", "yes"],
        ["{ ($.eventName = PutObject) || ($.eventName = GetObject) }", "yes"],
        ["{ $.eventName = GetObject && $.eventName != Get* }", "no"],
        ["{ $.eventName = PutObject }", "no"],
        ["{ $.eventNames = GetObject }", "no"],
        ["{ $.requestParameters.bucketName = acme-state }", "yes"],
        ["{ $.requestParameters.bucketName = acme }", "no"],
        ["{ $.requestParameters.bucketName != acme-state }", "no"],
        ["{ $.eventName = GetObject && $.requestParameters.key = .pulumi/* }", "yes"],
        ["{ $.eventName = GetObject && $.requestParameters.key = x }", "no"],
        ["{ $.requestParameters.key = .pulumi/* }", "no"],
        ["{ $.userIdentity.arn != x }", "yes"],
        ["{ $.userIdentity.arn = x }", "no"],
        ["{ $.userIdentity.arn = x || $.userIdentity.arn != y }", "yes"],
        ["{ $.userIdentity.arn != * }", "no"],
        ['{ $.userIdentity.arn != "arn:aws:iam::123456789012:role/*" }', "no"],
        ['{ $.userIdentity.arn != "arn:aws:iam::123456789012:role/ci" }', "yes"],
        ["{ $.userIdentity.accountId != 123456789012 }", "no"],
        ["{ $.userIdentity.accountId = 123456789012 }", "no"],
        ["{ $.eventSource = s3.* && $.managementEvent IS TRUE }", "no"],
        ["{ $.eventSource = s3.* && $.managementEvent is true }", "no"],
        ["{ $.eventSource = s3.* && $.managementEvent = true }", "no"],
        ['{ $.eventSource = s3.* && $.managementEvent="true" }', "no"],
        ["{ $.eventSource = s3.* && $.managementEvent IS FALSE }", "yes"],
        ["{ $.eventSource = s3.* && $.mymanagementEvent IS TRUE }", "yes"],
        ["{ $.eventSource = s3.* && $.readOnly IS TRUE }", "yes"],
        ["{ $.eventSource = s3.* && $.readOnly IS FALSE }", "no"],
        ["{ $.eventSource = s3.* && $.readOnly is false }", "no"],
        ["{ $.eventSource = s3.* && $.readOnly = false }", "no"],
        ['{ $.eventSource = s3.* && $.readOnly="false" }', "no"],
        ["{ $.eventSource = s3.* && $.myreadOnly IS FALSE }", "yes"],
        ["{ $.eventSource = s3.* && $.readOnly IS FALSEHOOD }", "yes"],
        ["{ $.eventSource = s3.* && $.errorCode = AccessDenied }", "no"],
        ["{ $.eventSource = s3.* && $.errorCode=AccessDenied }", "no"],
        ["{ $.eventSource = s3.* && $.errorCode != AccessDenied }", "yes"],
        ["{ $.eventSource = s3.* && $.myerrorCode = x }", "yes"],
        ["{ $.level = error }", "no"],
        ["", "no"],
        [UNKNOWN, "unknown"],
        [null, "no"],
    ])("%s: %s", (pattern, expected) => expect(tells(pattern)).toBe(expected));
    test("a request that writes", () => {
        expect(tells("{ $.eventSource = s3.* && $.readOnly IS TRUE }", "PutObject")).toBe("no");
        expect(tells("{ $.eventSource = s3.* && $.readOnly IS FALSE }", "PutObject")).toBe("yes");
    });
    test("a request of an expected principal", () => {
        expect(tells("{ $.eventName = DeleteObject }", "DeleteObject", true)).toBe("yes");
        expect(tells("{ $.eventName = DeleteObject && $.userIdentity.arn != ci }", "DeleteObject", true)).toBe("no");
        expect(tells("{ $.eventName = DeleteObject && $.userIdentity.arn != ci }", "DeleteObject")).toBe("yes");
    });
    test("a bucket whose name is unknown", () => {
        const later = (pattern: string) => tells(pattern, "GetObject", false, UNKNOWN);
        expect(later("{ $.requestParameters.bucketName = acme-state }")).toBe("unknown");
        expect(later("{ $.eventName = GetObject }")).toBe("yes");
        expect(later("{ $.eventName = PutObject && $.requestParameters.bucketName = acme-state }")).toBe("no");
    });
});
