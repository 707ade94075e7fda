import { rule } from "../../../policies/rules/iam/kms-key-rotation-enabled";
import { UNKNOWN } from "../../support/engine-args";
import { remediated, testResourceRule } from "../../support/test-rule";

const undetermined =
    "Cannot be judged yet: Key 'subject', enableKeyRotation: whether AWS rotates such a key is unknown until the update; expected true.";

testResourceRule(rule, {
    valid: [
        ...[
            { enableKeyRotation: true },
            { keySpec: "RSA_4096" },
            { keyUsage: "SIGN_VERIFY" },
            { origin: "EXTERNAL" },
            { enabled: false },
        ].map(props => ({
            name: `a key of Cloud Control with ${JSON.stringify(props)}`,
            type: "aws-native:kms:Key",
            props,
        })),
        { name: "a key that rotates", props: { enableKeyRotation: true, deletionWindowInDays: 30 } },
        { name: "rotation as text", props: { enableKeyRotation: "true" } },
        { name: "an asymmetric key", props: { customerMasterKeySpec: "RSA_4096", keyUsage: "SIGN_VERIFY" } },
        { name: "an asymmetric key that encrypts", props: { customerMasterKeySpec: "RSA_2048" } },
        { name: "a key for message codes", props: { keyUsage: "GENERATE_VERIFY_MAC" } },
        { name: "a key in a CloudHSM", props: { customKeyStoreId: "cks-1234567890abcdef0" } },
        { name: "a key outside of AWS", props: { xksKeyId: "external" } },
        { name: "a disabled key", props: { isEnabled: false } },
        {
            name: "a replica, which follows its primary key",
            type: "aws:kms/replicaKey:ReplicaKey",
            props: { primaryKeyArn: UNKNOWN },
        },
        { name: "a key with imported material", type: "aws:kms/externalKey:ExternalKey", props: {} },
        {
            name: "unknown rotation",
            props: { enableKeyRotation: UNKNOWN },
            notes: [
                "Cannot be judged yet: Key 'subject', enableKeyRotation: is unknown until the update; expected true.",
            ],
        },
        {
            name: "rotation of a key of an unknown kind",
            props: { enableKeyRotation: true, keyUsage: UNKNOWN },
        },
        ...["customerMasterKeySpec", "keyUsage", "customKeyStoreId", "xksKeyId"].map(property => ({
            name: `an unknown ${property}`,
            props: { [property]: UNKNOWN },
            notes: [undetermined],
        })),
        {
            name: "an unknown store of a key that signs",
            props: { customKeyStoreId: UNKNOWN, keyUsage: "SIGN_VERIFY" },
        },
        {
            name: "an unknown spec of a key that rotates",
            props: { customerMasterKeySpec: UNKNOWN, enableKeyRotation: true },
        },
    ],
    invalid: [
        ...[{}, { enableKeyRotation: false }, { origin: "AWS_KMS", keySpec: "SYMMETRIC_DEFAULT" }].map(props => ({
            name: `a key of Cloud Control that does not rotate, with ${JSON.stringify(props)}`,
            type: "aws-native:kms:Key",
            props,
            violations: [
                `Key 'subject', enableKeyRotation: is ${"enableKeyRotation" in props ? "false" : "not set"}; expected true.`,
            ],
        })),
        {
            name: "a key without rotation",
            props: { deletionWindowInDays: 30 },
            violations: ["Key 'subject', enableKeyRotation: is not set; expected true."],
        },
        {
            name: "rotation turned off on a key whose kind is spelt out",
            props: {
                enableKeyRotation: false,
                customerMasterKeySpec: "SYMMETRIC_DEFAULT",
                keyUsage: "ENCRYPT_DECRYPT",
                customKeyStoreId: "",
                xksKeyId: "",
                isEnabled: true,
            },
            violations: ["Key 'subject', enableKeyRotation: is false; expected true."],
        },
        {
            name: "a rotation period without rotation",
            props: { rotationPeriodInDays: 365, isEnabled: null },
            violations: ["Key 'subject', enableKeyRotation: is not set; expected true."],
        },
        {
            name: "rotation of a wrong type",
            props: { enableKeyRotation: 1 },
            violations: ["Key 'subject', enableKeyRotation: is 1; expected true."],
        },
    ],
    badSettings: [{ requireKeyRotation: true }],
});

test.each([
    ["is turned on where nothing is said", {}, { enableKeyRotation: true }],
    ["is left where somebody turned it off", { enableKeyRotation: false }, undefined],
    ["is left where AWS has none", { keyUsage: "SIGN_VERIFY" }, undefined],
    ["is left while the kind of key is unknown", { keyUsage: UNKNOWN }, undefined],
])("rotation %s", (_, props, expected) => {
    expect(remediated(rule, { props })).toEqual(expected);
});
