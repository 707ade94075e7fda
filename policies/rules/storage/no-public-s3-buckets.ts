import { z } from "zod";
import { isSameAccount } from "../../aws/account";
import { reportIfOpen } from "../../aws/conditions";
import { withNativeStack } from "../../aws/native";
import { matchesPattern, type Statement, statementsOf } from "../../aws/policy-document";
import { isForDirectoryBucket, S3 } from "../../aws/s3";
import { securityHub } from "../../kit/controls";
import { listed } from "../../kit/project/budget";
import type { Report } from "../../kit/report";
import type { Resource } from "../../kit/resource";
import { stackRule } from "../../kit/rule";
import type { Stack } from "../../kit/stack";
import type { Value } from "../../kit/value";

/** Canned ACLs that let strangers in, with whom. Source: Amazon S3 User Guide, "Canned ACL". */
const PUBLIC_ACLS: Readonly<Record<string, string>> = {
    "public-read": "lets anyone list and read",
    "public-read-write": "lets anyone list, read and write",
    "authenticated-read": "lets every AWS account list and read",
};

/** The groups of the same table, by their URI. */
const PUBLIC_GROUP = /^https?:\/\/acs\.amazonaws\.com\/groups\/global\/(AllUsers|AuthenticatedUsers)$/i;

const GROUPS: Readonly<Record<string, string>> = { allusers: "anyone", authenticatedusers: "every AWS account" };

/** Types with a canned ACL: buckets, their ACL resources, and objects, which have ACLs of their own. */
const WITH_ACL: readonly string[] = [
    ...S3.bucket,
    ...S3.acl,
    "aws:s3/bucketObject:BucketObject",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/objectCopy:ObjectCopy",
];

const Settings = z.strictObject({
    allowedAcls: z
        .array(z.enum(["public-read", "public-read-write", "authenticated-read"]))
        .default([])
        .describe("Public canned ACLs that may be used."),
    allowedPublicActions: z
        .array(z.string().min(1))
        .default([])
        .describe(
            "Actions that a bucket policy may allow to everyone, such as `s3:GetObject` for public websites. Patterns in " +
                "this list cover narrower ones; letter case does not matter.",
        ),
});

type Settings = z.output<typeof Settings>;

/** How many resources a note names. */
const SHOWN_NAMES = 3;

/**
 * A public bucket is the most common way in which whole data sets leak.
 *
 * A policy is not reported where a public access block with `restrictPublicBuckets` on the same bucket (or on the account,
 * in the same stack), created before it, takes its effect away; one on another bucket does not. A public ACL is reported all the same: it says
 * what its author wanted, and AWS refuses it under `blockPublicAcls`. A condition counts as restricting where AWS itself
 * would no longer call the policy public.
 *
 * Access points carry policies too, behind a block of their own which is on unless they turn it off. Directory buckets and
 * buckets on Outposts cannot be made public.
 *
 * Judged as a stack rule, since the access block is a resource of its own. A policy that is unknown in a preview, because
 * it holds the ARN of a new bucket, is judged in the update before it is created. A policy in the bucket itself has no block
 * before it, and is judged with the stack.
 * Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage" and "Performing block public access
 * operations on an access point".
 */
const classic = stackRule({
    name: "no-public-s3-buckets",
    title: "S3 buckets are not public",
    description: "S3 buckets and objects must not be open to everyone by a canned ACL, a grant or a bucket policy.",
    severity: "critical",
    enforcementLevel: "mandatory",
    tags: ["aws", "s3", "public-access"],
    controls: securityHub("S3.2", "S3.3", "S3.8"),
    remediationSteps: [
        "Remove the public ACL or grant, or name the account that needs access.",
        "Name the principals in the bucket policy, or tie it to your organisation with `aws:PrincipalOrgID`.",
        "Serve public files through CloudFront with origin access control.",
        "Add a `BucketPublicAccessBlock` with all four flags for the bucket, on which its policy depends (`dependsOn`).",
    ],
    url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    settings: Settings,
    judge(stack, settings, report) {
        for (const { props } of stack.ofType(...WITH_ACL)) {
            judgeAcl(props.get("acl"), settings, report);
            judgeGrants(props.get("grants").items(), report);
            judgeGrants(
                props
                    .get("accessControlPolicy")
                    .get("grants")
                    .items()
                    .map(grant => grant.get("grantee")),
                report,
            );
        }
        const isClosedTo = closedByBlocks(stack);
        for (const holder of stack.ofType(...S3.bucket, ...S3.policy)) {
            if (!isClosedTo(holder)) judgePolicy(holder.props.get("policy"), settings, report);
        }
        const isInClosedAccount = closedByAccount(stack);
        for (const policy of accessPointPolicies(stack)) {
            if (!isInClosedAccount(policy.resource)) judgePolicy(policy, settings, report);
        }
        reportOtherAccounts(stack, report);
    },
    beforeCreation: {
        types: S3.policy,
        judge(holder, settings, report, stack) {
            if (!closedByBlocks(stack)(holder)) judgePolicy(holder.props.get("policy"), settings, report);
        },
    },
    remediableTypes: WITH_ACL,
    remediate({ props: given }, props, { allowedAcls }) {
        const acl = given.get("acl").string()?.trim().toLowerCase() ?? "";
        const isPublic = PUBLIC_ACLS[acl] !== undefined && !allowedAcls.some(allowed => allowed === acl);
        return isPublic ? { ...props, acl: "private" } : undefined;
    },
});

export const rule = withNativeStack(classic);

function judgeAcl(acl: Value, { allowedAcls }: Settings, report: Report): void {
    if (acl.isMissing) return;
    const name = acl.string()?.trim().toLowerCase();
    if (acl.isUnknown) report.undetermined(acl, "is unknown until the update; expected private.");
    else if (name === undefined)
        report.violation(acl, `is ${acl.show()}; expected the name of a canned ACL such as private.`);
    else if (PUBLIC_ACLS[name] !== undefined && !allowedAcls.some(allowed => allowed === name)) {
        report.violation(acl, `is ${acl.shown(name)}, which ${PUBLIC_ACLS[name]}; expected private.`);
    }
}

function judgeGrants(grantees: readonly Value[], report: Report): void {
    for (const grantee of grantees) {
        const uri = grantee.get("uri");
        const [, group = ""] = PUBLIC_GROUP.exec(uri.string()?.trim() ?? "") ?? [];
        if (uri.isUnknown) report.undetermined(uri, "the grantee is unknown until the update.");
        else if (group !== "") {
            report.violation(
                uri,
                `grants to ${GROUPS[group.toLowerCase()]} (group ${group}); expected a named account.`,
            );
        }
    }
}

function judgePolicy(property: Value, settings: Settings, report: Report): void {
    const statements = statementsOf(property, report, {
        unknown: "the bucket policy is unknown until the update.",
        malformed: ", so whom it lets in cannot be seen; expected a bucket policy.",
    });
    for (const statement of statements) {
        if (!areAllowed(statement, settings)) reportIfOpen(statement, report, statements);
    }
}

function areAllowed({ actions, notActions }: Statement, { allowedPublicActions }: Settings): boolean {
    const allowed = allowedPublicActions.map(action => action.toLowerCase());
    return (
        notActions.length === 0 &&
        actions.length > 0 &&
        actions.every(action =>
            allowed.some(pattern => matchesPattern(pattern, action.string()?.trim().toLowerCase() ?? "")),
        )
    );
}

const restricts = ({ props }: Resource) => props.get("restrictPublicBuckets").boolean() === true;

/** A test for buckets and bucket policies on which a public policy would have no effect. */
function closedByBlocks(stack: Stack): (holder: Resource) => boolean {
    const isInClosedAccount = closedByAccount(stack);
    /** The first restricting block of each bucket. */
    const blocks = new Map<string, Resource>();
    for (const block of stack.ofType(...S3.publicAccessBlock).filter(restricts)) {
        for (const bucket of bucketsOf(stack, block)) {
            const other = blocks.get(bucket);
            if (other === undefined || stack.isBefore(block, other)) blocks.set(bucket, block);
        }
    }
    return holder => {
        if (isForDirectoryBucket(stack, holder) || isInClosedAccount(holder)) return true;
        const buckets = isBucket(holder) ? [holder.urn] : bucketsOf(stack, holder);
        return (
            buckets.length > 0 &&
            buckets.every(bucket => {
                const block = blocks.get(bucket);
                return block !== undefined && isInTime(stack, block, holder);
            })
        );
    };
}

/** A test for resources in an account whose access block lets no public policy take effect. */
function closedByAccount(stack: Stack): (resource: Resource | undefined) => boolean {
    const blocks = stack.ofType(...S3.accountPublicAccessBlock).filter(restricts);
    return resource =>
        resource !== undefined &&
        blocks.some(block => isSameAccount(block, resource) === "yes" && isInTime(stack, block, resource));
}

/**
 * Whether a block is there when a policy is attached to a bucket. One that comes later leaves the bucket open until then, and
 * AWS refuses the policy, since it blocks public policies of new buckets by itself until a block says otherwise.
 */
function isInTime(stack: Stack, block: Resource, holder: Resource): boolean {
    return !S3.policy.some(type => type === holder.type) || stack.isBefore(block, holder);
}

function isBucket({ type }: Resource): boolean {
    return S3.bucket.some(bucket => bucket === type);
}

/** Says which access blocks of accounts were left out of account, since the buckets of the stack may be in another one. */
function reportOtherAccounts(stack: Stack, report: Report): void {
    const buckets = stack.ofType(...S3.bucket, ...S3.policy, ...S3.accessPoint);
    for (const block of stack.ofType(...S3.accountPublicAccessBlock).filter(restricts)) {
        const others = buckets.filter(bucket => isSameAccount(block, bucket) !== "yes");
        if (others.length === 0) continue;
        const names = listed(
            others.map(({ name }) => `'${name}'`),
            SHOWN_NAMES,
        );
        report.note(
            block,
            `does not count for ${names}: the provider there has other credentials, which may be another account's.`,
        );
    }
}

/** The policies of access points, but for those whose access point is known to let no stranger in. */
function accessPointPolicies(stack: Stack): Value[] {
    const points = stack.ofType(...S3.accessPoint);
    const regional = stack.ofType(...S3.accessPointPolicy).filter(({ props }) => {
        const targets = stack.referredBy(props.get("accessPointArn"), S3.accessPoint);
        return targets.length === 0 || !targets.every(isClosed);
    });
    const multiRegional = stack.ofType(...S3.multiRegionAccessPointPolicy).filter(({ props }) => {
        const name = props.get("details").get("name");
        const text = name.string();
        const targets = stack
            .ofType(...S3.multiRegionAccessPoint)
            .filter(point => text !== undefined && point.props.get("details").get("name").string() === text);
        if (targets.length === 0) targets.push(...stack.referredBy(name, S3.multiRegionAccessPoint));
        return targets.length === 0 || !targets.every(isClosed);
    });
    const separate = [...regional, ...stack.ofType(...S3.objectLambdaAccessPointPolicy)];
    return [
        ...points.filter(point => !isClosed(point)).map(({ props }) => props.get("policy")),
        ...separate.map(({ props }) => props.get("policy")),
        ...multiRegional.map(({ props }) => props.get("details").get("policy")),
    ].filter(policy => policy.string()?.trim() !== "{}"); // This is how a program says that there is no policy.
}

/** Whether an access point lets no stranger in whatever its policy says: only a VPC reaches it, or its block is not off. */
function isClosed({ props }: Resource): boolean {
    const vpc = props.get("vpcConfiguration");
    if (vpc.isUnknown || !vpc.isMissing) return true;
    const block = props.get("publicAccessBlockConfiguration").isMissing
        ? props.get("details").get("publicAccessBlock")
        : props.get("publicAccessBlockConfiguration");
    const flag = block.get("restrictPublicBuckets");
    return flag.isMissing || flag.boolean() === true;
}

/** What a resource's `bucket` refers to: URNs of buckets of the stack, else the name as it was written. */
function bucketsOf(stack: Stack, { props }: Resource): string[] {
    const reference = props.get("bucket");
    const buckets = stack.referredBy(reference, S3.bucket).map(bucket => bucket.urn);
    const name = reference.string();
    return buckets.length > 0 || name === undefined ? buckets : [name];
}
