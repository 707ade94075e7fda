import { isSameAccount } from "../../../aws/account";
import { readPolicyDocument, type Statement } from "../../../aws/policy-document";
import {
    type ByBucket,
    bucketNameOf,
    byBucket,
    encryptionDefaultsOf,
    inlineEncryption,
    inlineEncryptionRules,
    isCustomerManaged,
    logTargetsOf,
    PUBLIC_ACCESS_FLAGS,
    S3,
} from "../../../aws/s3";
import { globs } from "../../../kit/pattern";
import type { Report } from "../../../kit/report";
import type { Resource } from "../../../kit/resource";
import type { Stack } from "../../../kit/stack";
import type { Value } from "../../../kit/value";
import { ASPECTS } from "./aspects";
import { deniesPlaintext, exceptedPrincipals, isNamedPrincipal } from "./denials";
import { expectSomewhere, isKeyOf, isOn } from "./requirement";

/** Judges an S3 bucket that holds state. `allowedPrincipals` are patterns of the ARNs that its policy may spare. */
export function s3StateJudge(stack: Stack, allowedPrincipals: readonly string[], report: Report) {
    const separate = {
        versioning: byBucket(stack, S3.versioning),
        objectLock: byBucket(stack, S3.objectLock),
        encryption: byBucket(stack, S3.encryption),
        publicAccessBlock: byBucket(stack, S3.publicAccessBlock),
        policy: byBucket(stack, S3.policy),
        logging: byBucket(stack, S3.logging),
    };
    const accountBlocks = stack.ofType(...S3.accountPublicAccessBlock);
    return (bucket: Resource): void => {
        judgeHistory(bucket, separate, report);
        judgeEncryption(stack, bucket, separate.encryption, report.of(ASPECTS.encryption));
        judgePublicAccess(bucket, separate.publicAccessBlock, accountBlocks, report.of(ASPECTS.noPublicAccess));
        judgePolicy(bucket, separate.policy, allowedPrincipals, report);
        judgeLogging(stack, bucket, separate.logging, report.of(ASPECTS.accessLogging));
    };
}

function judgeHistory(
    bucket: Resource,
    { versioning, objectLock }: Readonly<Record<"versioning" | "objectLock", ByBucket>>,
    report: Report,
): void {
    const { props } = bucket;
    const inline = props.get("versioning", "versionings").items();
    const separate = versioning.of(bucket).map(({ props: own }) => own.get("versioningConfiguration").get("status"));
    expectSomewhere(
        {
            // A separate resource is applied after the bucket, and so has the last word.
            places: separate.length > 0 ? separate : inline.map(block => block.get("enabled")),
            otherwise: props.get("versioning"),
            isMet: isOn,
            expected: "versioning, by a BucketVersioning with status Enabled",
            isUnresolved: versioning.unresolved.length > 0,
        },
        report.of(ASPECTS.versioning),
    );
    expectSomewhere(
        {
            places: [
                props.get("objectLockEnabled"),
                ...props
                    .get("objectLockConfiguration", "objectLockConfigurations")
                    .items()
                    .map(block => block.get("objectLockEnabled")),
                // The separate resource means nothing else when it is silent.
                ...objectLock.of(bucket).map(({ props: own }) => {
                    const enabled = own.get("objectLockEnabled");
                    return enabled.isMissing ? own : enabled;
                }),
            ],
            otherwise: props.get("objectLockEnabled"),
            isMet: value => isOn(value) || value.isObject,
            expected: "true, so that no version of the state can be destroyed",
            isUnresolved: objectLock.unresolved.length > 0,
        },
        report.of(ASPECTS.retention),
    );
}

function judgeEncryption(stack: Stack, bucket: Resource, separate: ByBucket, report: Report): void {
    const isOfStack = isKeyOf(stack);
    const rules = [
        ...inlineEncryptionRules(bucket.props),
        ...separate.of(bucket).flatMap(({ props }) => props.get("rules").items()),
    ];
    const defaults = rules.flatMap(encryptionDefaultsOf);
    expectSomewhere(
        {
            places: defaults.map(({ algorithm }) => algorithm),
            otherwise: inlineEncryption(bucket.props),
            isMet: algorithm => /^aws:kms(:dsse)?$/.test(algorithm.string() ?? ""),
            expected: "aws:kms with a key of your own, by a BucketServerSideEncryptionConfiguration",
            isUnresolved: separate.unresolved.length > 0,
        },
        report,
    );
    for (const { algorithm, key, bucketKey } of defaults) {
        const name = algorithm.string() ?? "";
        const expected = "expected the ARN of a KMS key of your own";
        if (/^aws:kms(:dsse)?$/.test(name)) {
            if (!isCustomerManaged(key)) {
                report.violation(key, `is ${key.show()} with ${name}; ${expected}.`);
            } else if (key.isUnknown && !isOfStack(key)) {
                report.undetermined(key, `is unknown until the update; ${expected}.`);
            }
        }
        // Bucket keys do not exist for aws:kms:dsse.
        if (name === "aws:kms") {
            expectSomewhere({ places: [bucketKey], otherwise: bucketKey, isMet: isOn, expected: "true" }, report);
        }
    }
}

function judgePublicAccess(
    bucket: Resource,
    separate: ByBucket,
    accountBlocks: readonly Resource[],
    report: Report,
): void {
    const blocks = [...separate.of(bucket), ...accountBlocks.filter(block => isSameAccount(block, bucket) === "yes")];
    if (blocks.length === 0) {
        if (separate.unresolved.length > 0) {
            report.undetermined(bucket, "which bucket a public access block is for is unknown until the update.");
        } else if (accountBlocks.some(block => isSameAccount(block, bucket) === "unknown")) {
            report.undetermined(
                bucket,
                "has no public access block of its own, and whether the stack's block of an account is for this bucket's account cannot be told from their providers.",
            );
        } else
            report.violation(
                bucket,
                "has no public access block; expected a BucketPublicAccessBlock with all four flags.",
            );
        return;
    }
    for (const flag of PUBLIC_ACCESS_FLAGS) {
        const places = blocks.map(({ props }) => props.get(flag));
        const [first = bucket.props.get(flag)] = places;
        expectSomewhere({ places, otherwise: first, isMet: isOn, expected: "true" }, report);
    }
}

function judgePolicy(bucket: Resource, separate: ByBucket, allowedPrincipals: readonly string[], report: Report): void {
    const inline = bucket.props.get("policy");
    const properties = [inline, ...separate.of(bucket).map(({ props }) => props.get("policy"))];
    const documents = properties.map(readPolicyDocument);
    const unknown = properties.find(property => property.isUnknown);
    if (
        unknown !== undefined ||
        (separate.unresolved.length > 0 && documents.every(({ state }) => state === "absent"))
    ) {
        report.undetermined(unknown ?? inline, "the bucket policy is unknown until the update.");
        return;
    }
    const statements = documents.flatMap(document => (document.state === "read" ? document.statements : []));
    const at = properties.find(property => !property.isMissing) ?? inline;
    const malformed = documents.find(document => document.state === "malformed");
    const observed = malformed?.problem ?? (at.isMissing ? "is not set" : "does not do so");
    const name = bucketNameOf(bucket);
    if (!statements.some(statement => deniesPlaintext(statement, name))) {
        report
            .of(ASPECTS.tlsOnly)
            .violation(
                at,
                `${observed}; expected a Deny of s3:* to everyone, on the bucket and its objects, where aws:SecureTransport is false.`,
            );
    }
    judgeExceptedPrincipals(statements, name, at, observed, allowedPrincipals, report.of(ASPECTS.namedPrincipals));
}

function judgeExceptedPrincipals(
    statements: readonly Statement[],
    name: string | undefined,
    at: Value,
    observed: string,
    allowedPrincipals: readonly string[],
    report: Report,
): void {
    const lists = statements.flatMap(statement => {
        const excepted = exceptedPrincipals(statement, name);
        return excepted === undefined ? [] : [excepted];
    });
    if (lists.length === 0) {
        report.violation(
            at,
            `${observed}; expected a Deny of s3:* to everyone, on the bucket and its objects, but the roles of CI and break-glass (StringNotEquals on aws:PrincipalArn).`,
        );
        return;
    }
    // Each Deny works by itself, so that who is excepted by all of them has access.
    const wrongOf = (list: readonly Value[]) => list.filter(value => !isExpected(value, allowedPrincipals));
    const wrong = lists.map(wrongOf);
    if (wrong.some(list => list.length === 0)) return;
    // Of several Denies one is reported, and always the same one, however the program orders them.
    const placeOf = ([value]: readonly Value[]) => value?.path.replace(/\[\d+\]/g, "") ?? "";
    const [reported = []] = wrong.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
    for (const value of reported) {
        if (value.isUnknown) {
            report.undetermined(value, "which principal the policy lets in is unknown until the update.");
        } else if (isNamedPrincipal(value.text() ?? "")) {
            report.violation(
                value,
                `lets ${value.show()} use the state; expected one of ${allowedPrincipals.join(", ")}.`,
            );
        } else report.violation(value, `lets ${value.show()} use the state; expected the ARN of one role.`);
    }
}

function isExpected(value: Value, allowedPrincipals: readonly string[]): boolean {
    const text = value.string()?.trim() ?? "";
    return allowedPrincipals.length > 0 ? globs(allowedPrincipals)(text) : isNamedPrincipal(text);
}

function judgeLogging(stack: Stack, bucket: Resource, separate: ByBucket, report: Report): void {
    const own = bucketNameOf(bucket);
    const isItself = (target: Value) =>
        (own !== undefined && target.string() === own) ||
        stack.referredBy(target, S3.bucket).some(({ urn }) => urn === bucket.urn);
    const targets = logTargetsOf(bucket, separate);
    // An unknown target is a bucket that this stack creates.
    if (targets.some(target => !isItself(target))) return;
    const [target] = targets;
    if (target !== undefined) {
        report.violation(
            target,
            "is the bucket itself, where whoever can delete state can delete the logs; expected another bucket.",
        );
    } else if (separate.unresolved.length > 0) {
        report.undetermined(bucket, "which bucket a logging resource is for is unknown until the update.");
    } else report.violation(bucket, "has no access logging; expected a BucketLogging to another bucket.");
}
