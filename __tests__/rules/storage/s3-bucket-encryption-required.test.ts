import { rule } from "../../../policies/rules/storage/s3-bucket-encryption-required";
import { ref, type TestResource, UNKNOWN } from "../../support/engine-args";
import { remediated, testStackRule } from "../../support/test-rule";

const BUCKET = "aws:s3/bucket:Bucket";
const BUCKET_V2 = "aws:s3/bucketV2:BucketV2";
const CONFIGURATION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const CONFIGURATION_V2 = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2";

const KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const MISSING = "expected AES256, aws:kms or aws:kms:dsse, here or by a BucketServerSideEncryptionConfiguration.";

const byDefault = (sseAlgorithm: unknown, kmsMasterKeyId?: unknown) => ({
    applyServerSideEncryptionByDefault: { sseAlgorithm, ...(kmsMasterKeyId === undefined ? {} : { kmsMasterKeyId }) },
});

const inline = (rule: unknown) => ({ serverSideEncryptionConfiguration: { rule } });

const nativeBucket = (bucketEncryption: unknown): TestResource => ({
    type: "aws-native:s3:Bucket",
    name: "data",
    props: { bucketName: "acme-data", bucketEncryption },
});

testStackRule(rule, {
    valid: [
        ...[{ sseAlgorithm: "AES256" }, { sseAlgorithm: "aws:kms", kmsMasterKeyId: "alias/state" }].map(byDefault => ({
            name: `a bucket of Cloud Control with ${JSON.stringify(byDefault)}`,
            resources: [
                nativeBucket({ serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: byDefault }] }),
            ],
        })),
        {
            name: "a bucket of Cloud Control whose algorithm is unknown in a preview",
            resources: [
                nativeBucket({
                    serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: UNKNOWN } }],
                }),
            ],
            notes: [
                "Cannot be judged yet: Bucket 'data', bucketEncryption.serverSideEncryptionConfiguration[0].serverSideEncryptionByDefault.sseAlgorithm: is unknown until the update.",
            ],
        },
        { name: "no buckets", resources: [] },
        { name: "inline AES256", resources: [{ type: BUCKET, props: inline(byDefault("AES256")) }] },
        { name: "inline dsse", resources: [{ type: BUCKET, props: inline(byDefault("aws:kms:dsse", KEY)) }] },
        {
            name: "inline in the plural spelling of BucketV2",
            resources: [
                {
                    type: BUCKET_V2,
                    props: {
                        serverSideEncryptionConfigurations: [
                            { rules: [{ applyServerSideEncryptionByDefaults: [{ sseAlgorithm: "aws:kms" }] }] },
                        ],
                    },
                },
            ],
        },
        {
            name: "a separate configuration that refers to the bucket",
            resources: [
                { type: BUCKET, name: "data" },
                {
                    type: CONFIGURATION,
                    name: "encryption",
                    props: { bucket: ref("data"), rules: [byDefault("AES256")] },
                },
            ],
        },
        {
            name: "a separate configuration of the other generation, by the bucket's name",
            resources: [
                { type: BUCKET, name: "data", props: { bucket: "acme-data" } },
                {
                    type: CONFIGURATION_V2,
                    name: "encryption",
                    props: { bucket: "acme-data", rules: [byDefault("AES256")] },
                },
            ],
        },
        {
            name: "a separate configuration for a BucketV2, registered before it",
            resources: [
                {
                    type: CONFIGURATION,
                    name: "encryption",
                    props: { bucket: ref("data"), rules: [byDefault("aws:kms")] },
                },
                { type: BUCKET_V2, name: "data" },
            ],
        },
        {
            name: "a rule that only turns the bucket key on, beside one with an algorithm",
            resources: [
                { type: BUCKET, name: "data" },
                {
                    type: CONFIGURATION,
                    name: "encryption",
                    props: { bucket: ref("data"), rules: [{ bucketKeyEnabled: true }, byDefault("aws:kms")] },
                },
            ],
        },
        {
            name: "an algorithm that is unknown in a preview",
            resources: [{ type: BUCKET, props: inline(byDefault(UNKNOWN)) }],
            notes: [
                "Cannot be judged yet: Bucket 'subject', serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.sseAlgorithm: is unknown until the update.",
            ],
        },
        {
            name: "an inline block that is unknown in a preview",
            resources: [{ type: BUCKET, props: { serverSideEncryptionConfiguration: UNKNOWN } }],
            notes: [
                "Cannot be judged yet: Bucket 'subject', serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.sseAlgorithm: is unknown until the update.",
            ],
        },
        {
            name: "a configuration for a bucket that nobody can tell yet",
            resources: [
                { type: BUCKET, name: "data" },
                { type: CONFIGURATION, name: "encryption", props: { bucket: UNKNOWN, rules: [byDefault("AES256")] } },
            ],
            notes: [
                "Cannot be judged yet: Bucket 'data', serverSideEncryptionConfiguration: which bucket a configuration resource is for is unknown until the update.",
            ],
        },
        {
            name: "a key of one's own, where settings require one",
            resources: [{ type: BUCKET, props: inline(byDefault("aws:kms", KEY)) }],
            settings: { requireCustomerManagedKey: true },
        },
        {
            name: "a key that this stack creates, where settings require one of one's own",
            resources: [
                { type: "aws:kms/key:Key", name: "key" },
                { type: BUCKET, name: "data" },
                {
                    type: CONFIGURATION,
                    name: "encryption",
                    props: { bucket: ref("data"), rules: [byDefault("aws:kms", ref("key", "arn"))] },
                },
            ],
            settings: { requireCustomerManagedKey: true },
        },
        {
            name: "a bucket key, where settings require one",
            resources: [{ type: BUCKET, props: inline({ ...byDefault("aws:kms"), bucketKeyEnabled: true }) }],
            settings: { requireBucketKey: true },
        },
        {
            name: "dsse and AES256, which have no bucket keys, where settings require one",
            resources: [
                { type: BUCKET, name: "a", props: inline(byDefault("aws:kms:dsse")) },
                { type: BUCKET, name: "b", props: inline(byDefault("AES256")) },
            ],
            settings: { requireBucketKey: true },
        },
        {
            name: "directory buckets and buckets on Outposts, which are always encrypted",
            resources: [
                { type: "aws:s3/directoryBucket:DirectoryBucket", name: "zone" },
                { type: "aws:s3control/bucket:Bucket", name: "outpost" },
            ],
        },
        {
            name: "a directory bucket, which always uses a bucket key, where settings require one",
            resources: [
                { type: "aws:s3/directoryBucket:DirectoryBucket", name: "fast", props: {} },
                {
                    type: CONFIGURATION,
                    name: "encryption",
                    props: { bucket: ref("fast"), rules: [byDefault("aws:kms", KEY)] },
                },
            ],
            settings: { requireBucketKey: true },
        },
    ],
    invalid: [
        ...[undefined, null].map(encryption => ({
            name: `a bucket of Cloud Control with ${JSON.stringify(encryption)} in the place of encryption`,
            resources: [nativeBucket(encryption)],
            violations: [
                "Bucket 'data', bucketEncryption: is not set; expected AES256, aws:kms or aws:kms:dsse, here or by a BucketServerSideEncryptionConfiguration.",
            ],
        })),
        {
            name: "a bucket of Cloud Control with a bucket key alone",
            resources: [nativeBucket({ serverSideEncryptionConfiguration: [{ bucketKeyEnabled: true }] })],
            violations: [
                "Bucket 'data', bucketEncryption: declares no algorithm; expected AES256, aws:kms or aws:kms:dsse, here or by a BucketServerSideEncryptionConfiguration.",
            ],
        },
        {
            name: "a bucket of Cloud Control with the key of AWS where one's own is asked for",
            resources: [
                nativeBucket({
                    serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }],
                }),
            ],
            settings: { requireCustomerManagedKey: true, requireBucketKey: true },
            violations: [
                "Bucket 'data', bucketEncryption.serverSideEncryptionConfiguration[0].serverSideEncryptionByDefault.kmsMasterKeyId: is not set with aws:kms; expected the ARN of a KMS key of your own.",
                "Bucket 'data', bucketEncryption.serverSideEncryptionConfiguration[0].bucketKeyEnabled: is not set; expected true.",
            ],
        },
        {
            name: "a bucket beside a directory bucket, whose configuration is not its own",
            resources: [
                { type: BUCKET, name: "data" },
                { type: "aws:s3/directoryBucket:DirectoryBucket", name: "fast", props: {} },
                {
                    type: CONFIGURATION,
                    name: "encryption",
                    props: { bucket: ref("fast"), rules: [byDefault("aws:kms", KEY)] },
                },
            ],
            violations: [`Bucket 'data', serverSideEncryptionConfiguration: is not set; ${MISSING}`],
        },
        {
            name: "nothing declared",
            resources: [{ type: BUCKET }],
            violations: [`Bucket 'subject', serverSideEncryptionConfiguration: is not set; ${MISSING}`],
        },
        {
            name: "null",
            resources: [{ type: BUCKET_V2, props: { serverSideEncryptionConfigurations: null } }],
            violations: [`BucketV2 'subject', serverSideEncryptionConfiguration: is not set; ${MISSING}`],
        },
        {
            name: "a configuration for another bucket of the stack",
            resources: [
                { type: BUCKET, name: "data" },
                { type: BUCKET, name: "logs" },
                {
                    type: CONFIGURATION,
                    name: "encryption",
                    props: { bucket: ref("logs"), rules: [byDefault("AES256")] },
                },
            ],
            violations: [`Bucket 'data', serverSideEncryptionConfiguration: is not set; ${MISSING}`],
        },
        {
            name: "a configuration for a bucket outside the stack",
            resources: [
                { type: BUCKET, name: "data" },
                {
                    type: CONFIGURATION,
                    name: "encryption",
                    props: { bucket: "other-bucket", rules: [byDefault("AES256")] },
                },
            ],
            violations: [`Bucket 'data', serverSideEncryptionConfiguration: is not set; ${MISSING}`],
        },
        {
            name: "a configuration without rules",
            resources: [
                { type: BUCKET, name: "data" },
                { type: CONFIGURATION, name: "encryption", props: { bucket: ref("data"), rules: [] } },
            ],
            violations: [`Bucket 'data', serverSideEncryptionConfiguration: is not set; ${MISSING}`],
        },
        {
            name: "a rule that only turns the bucket key on",
            resources: [{ type: BUCKET, props: inline({ bucketKeyEnabled: true }) }],
            violations: [`Bucket 'subject', serverSideEncryptionConfiguration: declares no algorithm; ${MISSING}`],
        },
        {
            name: "text for the block",
            resources: [{ type: BUCKET, props: { serverSideEncryptionConfiguration: "AES256" } }],
            violations: [`Bucket 'subject', serverSideEncryptionConfiguration: declares no algorithm; ${MISSING}`],
        },
        {
            name: "an algorithm that does not exist",
            resources: [{ type: BUCKET, props: inline(byDefault("none")) }],
            violations: [
                "Bucket 'subject', serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.sseAlgorithm: is \"none\"; expected AES256, aws:kms or aws:kms:dsse.",
            ],
        },
        {
            name: "an algorithm that settings do not allow, in a separate configuration",
            resources: [
                { type: BUCKET, name: "data" },
                {
                    type: CONFIGURATION,
                    name: "encryption",
                    props: { bucket: ref("data"), rules: [byDefault("AES256")] },
                },
            ],
            settings: { allowedAlgorithms: ["aws:kms"] },
            violations: [
                "BucketServerSideEncryptionConfiguration 'encryption', rules[0].applyServerSideEncryptionByDefault.sseAlgorithm: is \"AES256\"; expected aws:kms.",
            ],
        },
        {
            name: "no key, and the key that AWS manages, where settings require one of one's own",
            resources: [
                { type: BUCKET, name: "a", props: inline(byDefault("aws:kms")) },
                { type: BUCKET, name: "b", props: inline(byDefault("aws:kms", "alias/aws/s3")) },
                { type: BUCKET, name: "c", props: inline(byDefault("AES256")) },
            ],
            settings: { requireCustomerManagedKey: true },
            violations: [
                "Bucket 'a', serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.kmsMasterKeyId: is not set with aws:kms; expected the ARN of a KMS key of your own.",
                "Bucket 'b', serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.kmsMasterKeyId: is \"alias/aws/s3\" with aws:kms; expected the ARN of a KMS key of your own.",
                "Bucket 'c', serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.kmsMasterKeyId: is not set with AES256; expected the ARN of a KMS key of your own.",
            ],
        },
        {
            name: "no bucket key, where settings require one",
            resources: [{ type: BUCKET, props: inline(byDefault("aws:kms", KEY)) }],
            settings: { requireBucketKey: true },
            violations: [
                "Bucket 'subject', serverSideEncryptionConfiguration.rule.bucketKeyEnabled: is not set; expected true.",
            ],
        },
    ],
    badSettings: [
        { allowedAlgorithms: ["DES"] },
        { allowedAlgorithms: [] },
        { requireKey: true },
        { requireBucketKey: "yes" },
    ],
});

describe("remediation, where settings require a bucket key", () => {
    const settings = { requireBucketKey: true };

    test("turns it on inline, in either spelling, and keeps the rest", () => {
        expect(remediated(rule, { type: BUCKET, props: inline(byDefault("aws:kms", UNKNOWN)) }, settings)).toEqual(
            inline({ ...byDefault("aws:kms", UNKNOWN), bucketKeyEnabled: true }),
        );
        const plural = (more: object) => ({
            serverSideEncryptionConfigurations: [
                { rules: [{ applyServerSideEncryptionByDefaults: [{ sseAlgorithm: "aws:kms" }], ...more }] },
            ],
        });
        expect(remediated(rule, { type: BUCKET_V2, props: plural({}) }, settings)).toEqual(
            plural({ bucketKeyEnabled: true }),
        );
    });

    test("turns it on in a separate configuration, where a rule for aws:kms leaves it out", () => {
        const rules = [byDefault("aws:kms"), { ...byDefault("aws:kms"), bucketKeyEnabled: false }, byDefault("AES256")];
        expect(remediated(rule, { type: CONFIGURATION, props: { bucket: UNKNOWN, rules } }, settings)).toEqual({
            bucket: UNKNOWN,
            rules: [{ ...rules[0], bucketKeyEnabled: true }, rules[1], rules[2]],
        });
    });

    test("leaves an explicit value, other algorithms and what is unknown", () => {
        for (const props of [
            {},
            inline({ ...byDefault("aws:kms"), bucketKeyEnabled: false }),
            inline({ ...byDefault("aws:kms"), bucketKeyEnabled: UNKNOWN }),
            inline(byDefault("AES256")),
            inline(byDefault(UNKNOWN)),
            inline(UNKNOWN),
        ]) {
            expect(remediated(rule, { type: BUCKET, props }, settings)).toBeUndefined();
        }
    });

    test("does nothing unless settings require it", () => {
        expect(remediated(rule, { type: BUCKET, props: inline(byDefault("aws:kms")) })).toBeUndefined();
    });
});
