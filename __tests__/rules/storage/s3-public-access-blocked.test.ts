import { rule } from "../../../policies/rules/storage/s3-public-access-blocked";
import { UNKNOWN } from "../../support/engine-args";
import { remediated, testResourceRule } from "../../support/test-rule";

const ACCOUNT = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock";
const ALL = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
const at = "BucketPublicAccessBlock 'subject'";

testResourceRule(rule, {
    valid: [
        { name: "a bucket of Cloud Control without a block", type: "aws-native:s3:Bucket", props: {} },
        {
            name: "a bucket of Cloud Control with a whole block",
            type: "aws-native:s3:Bucket",
            props: {
                publicAccessBlockConfiguration: {
                    blockPublicAcls: true,
                    blockPublicPolicy: true,
                    ignorePublicAcls: true,
                    restrictPublicBuckets: true,
                },
            },
        },
        { name: "all four flags", props: { bucket: "acme-data", ...ALL } },
        { name: "all four flags for an account", type: ACCOUNT, props: ALL },
        { name: "a flag as text, which the provider accepts", props: { ...ALL, ignorePublicAcls: "true" } },
        {
            name: "no more than the flags that settings require",
            props: { blockPublicAcls: true, ignorePublicAcls: true },
            settings: { requiredFlags: ["blockPublicAcls", "ignorePublicAcls"] },
        },
        {
            name: "a flag that is unknown in a preview",
            props: { ...ALL, blockPublicPolicy: UNKNOWN },
            notes: [`Cannot be judged yet: ${at}, blockPublicPolicy: is unknown until the update; expected true.`],
        },
        {
            name: "an access point's block, which is on unless it says otherwise",
            type: "aws:s3/accessPoint:AccessPoint",
            props: {},
        },
    ],
    invalid: [
        {
            name: "a bucket of Cloud Control with half a block",
            type: "aws-native:s3:Bucket",
            props: {
                publicAccessBlockConfiguration: {
                    blockPublicAcls: true,
                    blockPublicPolicy: false,
                    ignorePublicAcls: true,
                },
            },
            violations: [
                "Bucket 'subject', publicAccessBlockConfiguration.blockPublicPolicy: is false; expected true.",
                "Bucket 'subject', publicAccessBlockConfiguration.restrictPublicBuckets: is not set; expected true.",
            ],
        },
        {
            name: "one flag alone, which leaves the others off",
            props: { bucket: "acme-data", blockPublicAcls: true },
            violations: ["blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map(
                flag => `${at}, ${flag}: is not set; expected true.`,
            ),
        },
        {
            name: "a flag that is off",
            props: { ...ALL, restrictPublicBuckets: false },
            violations: [`${at}, restrictPublicBuckets: is false; expected true.`],
        },
        {
            name: "null, and a value of another type",
            props: { ...ALL, blockPublicAcls: null, ignorePublicAcls: 1 },
            violations: [
                `${at}, blockPublicAcls: is not set; expected true.`,
                `${at}, ignorePublicAcls: is 1; expected true.`,
            ],
        },
        {
            name: "an account's block that is off",
            type: ACCOUNT,
            props: { ...ALL, blockPublicPolicy: false },
            violations: ["AccountPublicAccessBlock 'subject', blockPublicPolicy: is false; expected true."],
        },
    ],
    badSettings: [{ requiredFlags: [] }, { requiredFlags: ["blockAll"] }, { flags: [] }],
});

describe("remediation", () => {
    test("sets the flags that are left out, and keeps the rest", () => {
        expect(remediated(rule, { props: { bucket: UNKNOWN, blockPublicAcls: true } })).toEqual({
            bucket: UNKNOWN,
            ...ALL,
        });
        expect(remediated(rule, { type: ACCOUNT, props: {} })).toEqual(ALL);
    });

    test("leaves explicit values, and what is unknown", () => {
        expect(remediated(rule, { props: { ...ALL, blockPublicPolicy: false } })).toBeUndefined();
        expect(remediated(rule, { props: { ...ALL, blockPublicPolicy: UNKNOWN } })).toBeUndefined();
        expect(remediated(rule, { props: { blockPublicPolicy: false } })).toEqual({ ...ALL, blockPublicPolicy: false });
    });

    test("sets no flag that settings do not require", () => {
        const settings = { requiredFlags: ["blockPublicAcls"] };
        expect(remediated(rule, { props: {} }, settings)).toEqual({ blockPublicAcls: true });
    });
});
