import { z } from "zod";
import { withNativeStack } from "../../aws/native";
import { securityHub } from "../../kit/controls";
import { stackRule } from "../../kit/rule";
import { azureStateStores, gcsStateStores, s3StateStores, stateStoreSettings, unknownMarks } from "../../state/stores";
import { ASPECTS } from "./state-bucket-hardened/aspects";
import { azureStateJudge } from "./state-bucket-hardened/azure-account";
import { gcsStateJudge } from "./state-bucket-hardened/gcs-bucket";
import { s3StateJudge } from "./state-bucket-hardened/s3-bucket";

const Settings = z.strictObject({
    ...stateStoreSettings,
    allowedPrincipals: z
        .array(z.string().min(1))
        .default([])
        .describe(
            "ARNs of the principals that may use the state, such as the roles of CI and break-glass, as patterns. Any named " +
                "role or user unless given.",
        ),
});

/**
 * Whoever reads the state knows the whole infrastructure, and whoever writes it decides what the next update does.
 *
 * A bucket is judged when a name, a tag or the stack's own backend says that it holds state; a stack without one is not
 * concerned. A retention policy is not asked of Cloud Storage, where it would keep Pulumi from overwriting its state.
 * Source: Amazon S3 User Guide, "Security best practices for Amazon S3"; Google Cloud, "Best practices for Cloud Storage";
 * Microsoft Learn, "Security recommendations for Blob storage".
 */
const classic = stackRule({
    name: "state-bucket-hardened",
    title: "Buckets with Pulumi state are hardened",
    description:
        "The bucket that holds Pulumi state must keep its history, be encrypted with a key of one's own, be closed to all but " +
        "named principals, and log access.",
    severity: "critical",
    enforcementLevel: "advisory",
    tags: ["aws", "gcp", "azure", "state"],
    controls: securityHub("S3.5", "S3.8", "S3.9", "S3.14", "S3.15", "S3.17"),
    remediationSteps: [
        "Turn on versioning and object lock, so that no version of the state can be destroyed.",
        "Encrypt with a KMS key of your own and a bucket key.",
        "Block public access, and add a bucket policy that denies requests without TLS and everyone but the roles of CI and break-glass.",
        "Write access logs to another bucket.",
        "Where a bucket holds no state, say so by the rule's `stateStores` and `stateTags`.",
    ],
    url: "https://www.pulumi.com/docs/iac/concepts/state-and-backends/",
    settings: Settings,
    aspects: Object.values(ASPECTS),
    judge(stack, settings, report) {
        const s3 = s3StateStores(stack, settings);
        const gcs = gcsStateStores(stack, settings);
        const azure = azureStateStores(stack, settings);
        s3.forEach(s3StateJudge(stack, settings.allowedPrincipals, report));
        gcs.forEach(gcsStateJudge(stack, report));
        azure.forEach(azureStateJudge(stack, report));
        for (const mark of unknownMarks(stack, settings, [...s3, ...gcs, ...azure])) {
            report.undetermined(
                mark,
                "is unknown until the update, so whether it marks a store of Pulumi state cannot be told.",
            );
        }
    },
});

export const rule = withNativeStack(classic);
