import {
    bucketNameOf,
    byBucket,
    encryptionDefaultsOf,
    inlineEncryptionRules,
    isCustomerManaged,
    isForDirectoryBucket,
    logTargetsOf,
    PUBLIC_ACCESS_FLAGS,
    S3,
} from "../../policies/aws/s3";
import { stackOf } from "../../policies/kit/stack";
import { Value } from "../../policies/kit/value";
import { ref, stackArgs, type TestResource, UNKNOWN } from "../support/engine-args";

const stack = (...resources: TestResource[]) => stackOf(stackArgs(resources, {}, "preview").resources);

test("the types of S3, in either generation", () =>
    expect(S3).toEqual({
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
    }));

test("the four ways in which public access is blocked", () =>
    expect([...PUBLIC_ACCESS_FLAGS].sort()).toEqual([
        "blockPublicAcls",
        "blockPublicPolicy",
        "ignorePublicAcls",
        "restrictPublicBuckets",
    ]));

const BUCKET = { type: "aws:s3/bucket:Bucket", name: "data", props: { bucket: "acme" } };
const DIRECTORY = {
    type: "aws:s3/directoryBucket:DirectoryBucket",
    name: "fast",
    props: { bucket: "acme--x1--x-s3" },
};
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";

test.each([
    ["the name of one", { bucket: "acme--euw1-az1--x-s3" }, true],
    ["such a name with blanks", { bucket: " acme--euw1-az1--x-s3 " }, true],
    ["a reference to one", { bucket: ref("fast") }, true],
    ["a reference to another bucket", { bucket: ref("data") }, false],
    ["another name", { bucket: "acme--x-s3-data" }, false],
    ["no name", {}, false],
    ["an unknown name", { bucket: UNKNOWN }, false],
])("a resource with %s is for a directory bucket: %s", (_, props, expected) => {
    const all = stack(BUCKET, DIRECTORY, { type: POLICY, name: "p", props });
    const [policy] = all.ofType(POLICY);
    expect(policy && isForDirectoryBucket(all, policy)).toBe(expected);
});

test.each([
    [{ bucket: "a", id: "b" }, "a"],
    [{ id: "b" }, "b"],
    [{ bucket: UNKNOWN, id: "b" }, "b"],
    [{ bucket: UNKNOWN }, undefined],
    [{}, undefined],
])("the name of a bucket with %j is %s", (props, expected) => {
    const [bucket] = stack({ ...BUCKET, props }).resources;
    expect(bucket && bucketNameOf(bucket)).toBe(expected);
});

test("separate resources are sorted by their bucket, and those of nobody are told", () => {
    const all = stack(
        BUCKET,
        { ...BUCKET, name: "other", props: { bucket: "other" } },
        DIRECTORY,
        { type: POLICY, name: "by-name", props: { bucket: "acme" } },
        { type: POLICY, name: "by-reference", props: { bucket: ref("data") } },
        { type: POLICY, name: "unknown", props: { bucket: UNKNOWN } },
        { type: POLICY, name: "elsewhere", props: { bucket: "elsewhere" } },
        { type: POLICY, name: "missing" },
        { type: POLICY, name: "of-fast", props: { bucket: ref("fast") } },
        { type: "aws:s3/bucketAcl:BucketAcl", name: "acl", props: { bucket: "acme" } },
    );
    const sorted = byBucket(all, [POLICY]);
    const [data, other] = all.ofType("aws:s3/bucket:Bucket");
    expect(data && sorted.of(data).map(({ name }) => name)).toEqual(["by-name", "by-reference"]);
    expect(other && sorted.of(other)).toEqual([]);
    expect(sorted.unresolved.map(({ name }) => name)).toEqual(["unknown"]);
});

describe("encryption", () => {
    const rule = (names: readonly [string, string]) => ({
        [names[0]]: { [names[1]]: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "k" }, bucketKeyEnabled: true },
    });
    test.each([
        ["serverSideEncryptionConfiguration", "rule", "applyServerSideEncryptionByDefault"],
        ["serverSideEncryptionConfigurations", "rules", "applyServerSideEncryptionByDefaults"],
    ])("of a bucket's own %s", (property, ...names) => {
        const [entry] = inlineEncryptionRules(Value.of({ [property]: rule(names as [string, string]) }));
        const [found, ...others] = entry === undefined ? [] : encryptionDefaultsOf(entry);
        expect(others).toEqual([]);
        expect([found?.algorithm.raw, found?.key.raw, found?.bucketKey.raw]).toEqual(["aws:kms", "k", true]);
    });

    test("that is not set, has no defaults or is unknown", () => {
        expect(inlineEncryptionRules(Value.of({}))).toEqual([]);
        expect(encryptionDefaultsOf(Value.of({ bucketKeyEnabled: true }))).toEqual([]);
        const [unknown] = encryptionDefaultsOf(Value.of(UNKNOWN));
        expect([unknown?.algorithm, unknown?.key, unknown?.bucketKey].map(one => one?.isUnknown)).toEqual([
            true,
            true,
            true,
        ]);
    });

    test.each([
        ["arn:aws:kms:eu-west-1:111122223333:key/1", true],
        ["alias/acme", true],
        ["alias/aws/s3", false],
        [" alias/aws/s3 ", false],
        ["arn:aws:kms:eu-west-1:111122223333:alias/aws/s3", false],
        ["alias/aws/s3-acme", true],
        ["my-alias/aws/s3", true],
        ["", false],
        ["  ", false],
        [null, false],
        [undefined, false],
        [5, false],
        [UNKNOWN, true],
    ])("the key %j is one's own: %s", (key, expected) => expect(isCustomerManaged(Value.of(key))).toBe(expected));
});

test("the targets of access logs, by the bucket's own property and by others", () => {
    const logging = "aws:s3/bucketLogging:BucketLogging";
    const targets = (props: object, ...others: TestResource[]) => {
        const all = stack({ ...BUCKET, props: { bucket: "acme", ...props } }, ...others);
        const [bucket] = all.ofType("aws:s3/bucket:Bucket");
        return bucket && logTargetsOf(bucket, byBucket(all, S3.logging)).map(one => one.raw ?? one.isUnknown);
    };
    expect(targets({ logging: { targetBucket: "a" } })).toEqual(["a"]);
    expect(targets({ loggings: [{ targetBucket: "a" }, { targetBucket: "b" }] })).toEqual(["a", "b"]);
    expect(targets({ logging: {} })).toEqual([]);
    expect(targets({ logging: UNKNOWN })).toEqual([true]);
    expect(targets({}, { type: logging, name: "l", props: { bucket: "acme", targetBucket: "c" } })).toEqual(["c"]);
    expect(targets({}, { type: logging, name: "l", props: { bucket: "x", targetBucket: "c" } })).toEqual([]);
});
