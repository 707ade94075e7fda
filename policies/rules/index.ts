import type { Rule } from "../kit/rule";
import { rule as ciWorkflowHardened } from "./ci/ci-workflow-hardened";
import { rule as driftDetectionScheduled } from "./ci/drift-detection-scheduled";
import { rule as rdsDeletionProtectionRequired } from "./databases/rds-deletion-protection-required";
import { rule as iamNoWildcardActions } from "./iam/iam-no-wildcard-actions";
import { rule as kmsDecryptScoped } from "./iam/kms-decrypt-scoped";
import { rule as kmsKeyRotationEnabled } from "./iam/kms-key-rotation-enabled";
import { rule as noStaticCredentials } from "./iam/no-static-credentials";
import { rule as oidcTrustPolicyScoped } from "./iam/oidc-trust-policy-scoped";
import { rule as resourcePoliciesNotPublic } from "./iam/resource-policies-not-public";
import { rule as sgNoIngressAll } from "./network/sg-no-ingress-all";
import { rule as criticalResourcesProtected } from "./resilience/critical-resources-protected";
import { rule as deletionProtectionRequired } from "./resilience/deletion-protection-required";
import { rule as escEnvironmentHardened } from "./secrets/esc-environment-hardened";
import { rule as kmsSecretsProviderRequired } from "./secrets/kms-secrets-provider-required";
import { rule as noPlaintextConfigSecrets } from "./secrets/no-plaintext-config-secrets";
import { rule as secretsMarked } from "./secrets/secrets-marked";
import { rule as stateAccessAudited } from "./state/state-access-audited";
import { rule as stateBucketHardened } from "./state/state-bucket-hardened";
import { rule as noPublicS3Buckets } from "./storage/no-public-s3-buckets";
import { rule as s3BucketEncryptionRequired } from "./storage/s3-bucket-encryption-required";
import { rule as s3PublicAccessBlocked } from "./storage/s3-public-access-blocked";
import { rule as dependenciesPinned } from "./supply-chain/dependencies-pinned";

/** Every rule of the pack, alphabetically. Importing this starts nothing. */
export const rules: readonly Rule[] = [
    ciWorkflowHardened,
    criticalResourcesProtected,
    deletionProtectionRequired,
    dependenciesPinned,
    driftDetectionScheduled,
    escEnvironmentHardened,
    iamNoWildcardActions,
    kmsDecryptScoped,
    kmsKeyRotationEnabled,
    kmsSecretsProviderRequired,
    noPlaintextConfigSecrets,
    noPublicS3Buckets,
    noStaticCredentials,
    oidcTrustPolicyScoped,
    rdsDeletionProtectionRequired,
    resourcePoliciesNotPublic,
    s3BucketEncryptionRequired,
    s3PublicAccessBlocked,
    secretsMarked,
    sgNoIngressAll,
    stateAccessAudited,
    stateBucketHardened,
];
