import type { Aspect } from "../../../kit/report";

/** What is asked of every store of state, by whatever means its cloud has. */
export const ASPECTS = {
    versioning: {
        id: "versioning",
        description: "Earlier versions of the state are kept.",
        severity: "critical",
    },
    retention: {
        id: "retention",
        description: "What was deleted is kept for a time: by object lock in S3, by soft delete elsewhere.",
        severity: "high",
    },
    encryption: {
        id: "encryption",
        description: "The state is encrypted with a key of one's own.",
        severity: "high",
    },
    noPublicAccess: {
        id: "no-public-access",
        description: "Neither the public nor, in Azure, every network reaches the state.",
        severity: "critical",
    },
    tlsOnly: {
        id: "tls-only",
        description: "The state is sent by TLS only.",
        severity: "high",
    },
    namedPrincipals: {
        id: "named-principals",
        description: "Only named principals use the state, and none by a shared key or a list of its own.",
        severity: "critical",
    },
    accessLogging: {
        id: "access-logging",
        description: "Access to the state is logged, in another bucket.",
        severity: "medium",
    },
} as const satisfies Record<string, Aspect>;
