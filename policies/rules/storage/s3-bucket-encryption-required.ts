import { z } from "zod";
import { withNativeStack } from "../../aws/native";
import {
    byBucket,
    encryptionDefaultsOf,
    inlineEncryption,
    inlineEncryptionRules,
    isCustomerManaged,
    isForDirectoryBucket,
    S3,
} from "../../aws/s3";
import { nist } from "../../kit/controls";
import { expectTrue } from "../../kit/expect";
import type { Report } from "../../kit/report";
import { stackRule } from "../../kit/rule";
import type { Value } from "../../kit/value";
import { replaceAt } from "./s3-bucket-encryption-required/replace-at";

const ALGORITHMS = ["AES256", "aws:kms", "aws:kms:dsse"] as const;

const Settings = z.strictObject({
    allowedAlgorithms: z
        .array(z.enum(ALGORITHMS))
        .min(1)
        .default([...ALGORITHMS])
        .describe("Server-side encryption algorithms that a bucket may use by default."),
    requireCustomerManagedKey: z
        .boolean()
        .default(false)
        .describe("Whether the default encryption must name a KMS key of one's own."),
    requireBucketKey: z
        .boolean()
        .default(false)
        .describe("Whether buckets encrypted by `aws:kms` must use a bucket key, which saves calls to KMS."),
});

type Settings = z.output<typeof Settings>;

/**
 * Declared encryption says which key guards the data and keeps that under review; what AWS does by itself since 2023
 * (AES256) leaves the choice unmade and uses a key that cannot be withheld from anybody in the account.
 *
 * Directory buckets and buckets on Outposts are always encrypted and not judged. A rule that only turns the bucket key on
 * declares no algorithm. Bucket keys do not exist for aws:kms:dsse.
 * Source: Amazon S3 API Reference, PutBucketEncryption and ServerSideEncryptionByDefault.
 */
const classic = stackRule({
    name: "s3-bucket-encryption-required",
    title: "S3 buckets declare server-side encryption",
    description:
        "Every S3 bucket must have server-side encryption declared, inline or by a separate configuration resource.",
    severity: "high",
    enforcementLevel: "mandatory",
    tags: ["aws", "s3", "encryption"],
    controls: nist("SC-28(1)"),
    remediationSteps: [
        "Add a `BucketServerSideEncryptionConfiguration` for the bucket with `sseAlgorithm` `aws:kms` and the ARN of your key.",
        "Set `bucketKeyEnabled: true` beside it, which saves calls to KMS.",
    ],
    url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html",
    settings: Settings,
    judge(stack, settings, report) {
        const configurations = byBucket(stack, S3.encryption);
        for (const bucket of stack.ofType(...S3.bucket)) {
            const inline = inlineEncryption(bucket.props);
            const separate = configurations.of(bucket).map(({ props }) => props.get("rules"));
            const rules = [...inlineEncryptionRules(bucket.props), ...separate.flatMap(list => list.items())];
            const defaults = rules.flatMap(encryptionDefaultsOf);
            if (defaults.some(({ algorithm }) => !algorithm.isMissing)) continue;
            if (configurations.unresolved.length > 0) {
                report.undetermined(
                    inline,
                    "which bucket a configuration resource is for is unknown until the update.",
                );
            } else {
                const expected = oneOf(settings.allowedAlgorithms);
                const observed = rules.length > 0 || !inline.isMissing ? "declares no algorithm" : "is not set";
                report.violation(
                    inline,
                    `${observed}; expected ${expected}, here or by a BucketServerSideEncryptionConfiguration.`,
                );
            }
        }
        for (const { props } of stack.ofType(...S3.bucket)) {
            for (const block of inlineEncryption(props).items())
                judgeRules(block.get("rule", "rules"), settings, report);
        }
        for (const configuration of stack.ofType(...S3.encryption)) {
            // Directory buckets always use bucket keys.
            const isAlwaysOn = isForDirectoryBucket(stack, configuration);
            const forBucket = isAlwaysOn ? { ...settings, requireBucketKey: false } : settings;
            judgeRules(configuration.props.get("rules"), forBucket, report);
        }
    },
    remediableTypes: [...S3.bucket, ...S3.encryption],
    remediate({ type, props: given }, props, { requireBucketKey }) {
        if (!requireBucketKey) return undefined;
        const isSeparate = S3.encryption.some(separate => separate === type);
        const rules = isSeparate ? given.get("rules").items() : inlineEncryptionRules(given);
        // An explicit value is somebody's decision, which is reported and not overruled.
        const toRemediate = rules
            .flatMap(encryptionDefaultsOf)
            .filter(({ algorithm, bucketKey }) => algorithm.string() === "aws:kms" && bucketKey.isMissing);
        if (toRemediate.length === 0) return undefined;
        return toRemediate.reduce((remediated, { bucketKey }) => replaceAt(remediated, bucketKey.path, true), props);
    },
});

export const rule = withNativeStack(classic);

/** `a, b or c` */
function oneOf(names: readonly string[]): string {
    return names.join(", ").replace(/, ([^,]*)$/, " or $1");
}

function judgeRules(rules: Value, settings: Settings, report: Report): void {
    const { allowedAlgorithms, requireCustomerManagedKey, requireBucketKey } = settings;
    for (const { algorithm, key, bucketKey } of rules.items().flatMap(encryptionDefaultsOf)) {
        if (algorithm.isUnknown) {
            report.undetermined(algorithm, "is unknown until the update.");
            continue;
        }
        if (algorithm.isMissing) continue;
        const name = allowedAlgorithms.find(allowed => allowed === algorithm.string());
        if (name === undefined) {
            report.violation(algorithm, `is ${algorithm.show()}; expected ${oneOf(allowedAlgorithms)}.`);
            continue;
        }
        if (requireCustomerManagedKey && !isCustomerManaged(key)) {
            report.violation(key, `is ${key.show()} with ${name}; expected the ARN of a KMS key of your own.`);
        }
        if (requireBucketKey && name === "aws:kms") expectTrue(bucketKey, report);
    }
}
