import { identity, type Resource } from "../kit/resource";
import type { Stack } from "../kit/stack";
import type { Value } from "../kit/value";

/** The key that AWS manages for S3; every principal of the account may use it. */
const AWS_MANAGED_KEY = /(^|:)alias\/aws\/s3$/;

/**
 * Type tokens of S3 resources. Releases of the provider moved names between generations: a token with V2 and its twin
 * without are the same kind of resource, and state files hold either.
 */
export const S3 = {
    bucket: ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"],
    directoryBucket: ["aws:s3/directoryBucket:DirectoryBucket"],
    accessPoint: ["aws:s3/accessPoint:AccessPoint"],
    accessPointPolicy: ["aws:s3control/accessPointPolicy:AccessPointPolicy"],
    multiRegionAccessPoint: ["aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint"],
    multiRegionAccessPointPolicy: ["aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy"],
    objectLambdaAccessPointPolicy: ["aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy"],
    encryption: [
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
    ],
    acl: ["aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketAclV2:BucketAclV2"],
    policy: ["aws:s3/bucketPolicy:BucketPolicy"],
    publicAccessBlock: ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"],
    accountPublicAccessBlock: ["aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"],
    ownership: ["aws:s3/bucketOwnershipControls:BucketOwnershipControls"],
    versioning: ["aws:s3/bucketVersioning:BucketVersioning", "aws:s3/bucketVersioningV2:BucketVersioningV2"],
    logging: ["aws:s3/bucketLogging:BucketLogging", "aws:s3/bucketLoggingV2:BucketLoggingV2"],
    objectLock: [
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2",
    ],
} as const satisfies Record<string, readonly string[]>;

/**
 * Whether a resource configures a directory bucket. Those are always encrypted, use bucket keys and block public access, none
 * of which can be turned off.
 *
 * Source: Amazon S3 User Guide, "Security for directory buckets" and "Directory bucket naming rules".
 */
export function isForDirectoryBucket(stack: Stack, { props }: Resource): boolean {
    const reference = props.get("bucket");
    if (reference.string()?.trim().endsWith("--x-s3")) return true;
    return stack.referredBy(reference, S3.directoryBucket).length > 0;
}

/** The four ways in which a public access block closes a bucket or an account. */
export const PUBLIC_ACCESS_FLAGS = [
    "blockPublicAcls",
    "blockPublicPolicy",
    "ignorePublicAcls",
    "restrictPublicBuckets",
] as const;

/** The name of a bucket in the cloud, where it is known. */
export function bucketNameOf(bucket: Resource): string | undefined {
    return identity(bucket, "bucket").string() ?? identity(bucket, "id").string();
}

/** Separate resources of one kind, sorted by the bucket they configure. */
export interface ByBucket {
    /** The resources that configure the bucket. */
    of(bucket: Resource): readonly Resource[];
    /**
     * Those that point at a bucket nobody can tell yet: an unknown reference with no recorded dependency, or a resource of whose
     * inputs nothing is told.
     */
    readonly unresolved: readonly Resource[];
}

/** Finds for each bucket the separate resources of `types` whose `bucket` property refers to it. Linear in their number. */
export function byBucket(stack: Stack, types: readonly string[]): ByBucket {
    const found = new Map<string, Resource[]>();
    const unresolved = stack.undeclaredOfType(...types);
    for (const resource of stack.ofType(...types)) {
        const reference = resource.props.get("bucket");
        const buckets = stack.referredBy(reference, S3.bucket);
        if (buckets.length === 0 && reference.isUnknown && !isForDirectoryBucket(stack, resource)) {
            unresolved.push(resource);
        }
        for (const { urn } of buckets) found.set(urn, [...(found.get(urn) ?? []), resource]);
    }
    return { of: bucket => found.get(bucket.urn) ?? [], unresolved };
}

/** What a bucket's own property says of encryption, in either generation's spelling. */
export function inlineEncryption(bucket: Value): Value {
    return bucket.get("serverSideEncryptionConfiguration", "serverSideEncryptionConfigurations");
}

/** The rules in a bucket's own property. */
export function inlineEncryptionRules(bucket: Value): Value[] {
    return inlineEncryption(bucket)
        .items()
        .flatMap(block => block.get("rule", "rules").items());
}

/** What one encryption rule encrypts by default; an unknown rule is one unknown default. */
export function encryptionDefaultsOf(entry: Value): { algorithm: Value; key: Value; bucketKey: Value }[] {
    return entry
        .get("applyServerSideEncryptionByDefault", "applyServerSideEncryptionByDefaults")
        .items()
        .map(byDefault => ({
            algorithm: byDefault.get("sseAlgorithm"),
            key: byDefault.get("kmsMasterKeyId"),
            bucketKey: entry.get("bucketKeyEnabled"),
        }));
}

/** Whether an encryption rule names a key of one's own. An unknown key is one that this stack creates, and so one's own. */
export function isCustomerManaged(key: Value): boolean {
    if (key.isUnknown) return true;
    const text = key.string()?.trim() ?? "";
    return text !== "" && !AWS_MANAGED_KEY.test(text);
}

/** The buckets that a bucket writes its access logs to, as its own property and separate resources say. */
export function logTargetsOf(bucket: Resource, separate: ByBucket): Value[] {
    const inline = bucket.props.get("logging", "loggings").items();
    const others = separate.of(bucket).map(({ props }) => props);
    return [...inline, ...others].map(logging => logging.get("targetBucket")).filter(target => !target.isMissing);
}
