import type { TestResource } from "./engine-args";

/** A bucket of Google for state, in which no rule finds anything. */
export const HARDENED_GCS = {
    type: "gcp:storage/bucket:Bucket",
    name: "acme-pulumi-state",
    props: {
        name: "acme-state",
        versioning: { enabled: true },
        uniformBucketLevelAccess: true,
        publicAccessPrevention: "enforced",
        encryption: { defaultKmsKeyName: "projects/acme/locations/eu/keyRings/a/cryptoKeys/state" },
        logging: { logBucket: "acme-logs" },
    },
} satisfies TestResource;
