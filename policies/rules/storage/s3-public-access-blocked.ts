import { z } from "zod";
import { withNativeResources } from "../../aws/native";
import { PUBLIC_ACCESS_FLAGS, S3 } from "../../aws/s3";
import { securityHub } from "../../kit/controls";
import { expectTrue } from "../../kit/expect";
import { resourceRule } from "../../kit/rule";

const Settings = z.strictObject({
    requiredFlags: z
        .array(z.enum(PUBLIC_ACCESS_FLAGS))
        .min(1)
        .default([...PUBLIC_ACCESS_FLAGS])
        .describe("Flags that a public access block must set to true."),
});

/**
 * A public access block guards against the mistake that nobody has made yet. A flag that is left out is off, so a block with
 * one flag leaves three doors open.
 *
 * Buckets without a block of their own are not judged: AWS turns all four on for new buckets, and an account may block for
 * all. What a bucket's ACL and policy let in is the subject of no-public-s3-buckets.
 * Source: Amazon S3 API Reference, PublicAccessBlockConfiguration; Amazon S3 User Guide, "Blocking public access to your
 * Amazon S3 storage".
 */
const classic = resourceRule({
    name: "s3-public-access-blocked",
    title: "Public access blocks of S3 are complete",
    description: "A public access block of a bucket or an account must set all four flags.",
    severity: "medium",
    enforcementLevel: "advisory",
    tags: ["aws", "s3", "public-access"],
    controls: securityHub("S3.1", "S3.8"),
    remediationSteps: [
        "Set all four flags to true.",
        "Where a bucket serves the public on purpose, add an exemption, or serve it through CloudFront.",
    ],
    url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    settings: Settings,
    types: [...S3.publicAccessBlock, ...S3.accountPublicAccessBlock],
    judge({ props }, { requiredFlags }, report) {
        for (const name of requiredFlags) {
            expectTrue(props.get(name), report);
        }
    },
    remediate({ props: given }, props, { requiredFlags }) {
        // An explicit value is somebody's decision, which is reported and not overruled.
        const leftOut = requiredFlags.filter(name => given.get(name).isMissing);
        if (leftOut.length === 0) return undefined;
        return { ...props, ...Object.fromEntries(leftOut.map(name => [name, true])) };
    },
});

export const rule = withNativeResources(classic);
