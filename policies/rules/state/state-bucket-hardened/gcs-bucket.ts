import type { Aspect, Report } from "../../../kit/report";
import type { Resource } from "../../../kit/resource";
import type { Stack } from "../../../kit/stack";
import type { Value } from "../../../kit/value";
import { ASPECTS } from "./aspects";
import { expectSomewhere, isKeyOf, isOn, isText } from "./requirement";

/** Types that let principals use a bucket, with where they name them. Source: API documentation of @pulumi/gcp. */
const GRANTS: Readonly<Record<string, (props: Value) => Value[]>> = {
    "gcp:storage/bucketIAMMember:BucketIAMMember": props => [props.get("member")],
    "gcp:storage/bucketIAMBinding:BucketIAMBinding": props => props.get("members").items(),
    "gcp:storage/bucketIAMPolicy:BucketIAMPolicy": props =>
        readJson(props.get("policyData"))
            .get("bindings")
            .items()
            .flatMap(binding => binding.get("members").items()),
    "gcp:storage/bucketAccessControl:BucketAccessControl": props => [props.get("entity")],
    "gcp:storage/bucketACL:BucketACL": props => [...props.get("roleEntities").items(), props.get("predefinedAcl")],
};

/** Everyone, signed in to Google or not, as members, entities and predefined lists name them. */
const EVERYONE = /(^|:)(allUsers|allAuthenticatedUsers)$|^(publicRead|publicReadWrite|authenticatedRead)$/i;

/** Judges a Cloud Storage bucket that holds state. */
export function gcsStateJudge(stack: Stack, report: Report) {
    const grants = Object.keys(GRANTS).flatMap(type => stack.ofType(type));
    return (bucket: Resource): void => {
        const { props } = bucket;
        const one = (aspect: Aspect, place: Value, expected: string, isMet: (value: Value) => boolean = isOn) =>
            expectSomewhere({ places: [place], otherwise: place, isMet, expected }, report.of(aspect));
        one(ASPECTS.versioning, props.get("versioning").get("enabled"), "true");
        one(ASPECTS.namedPrincipals, props.get("uniformBucketLevelAccess"), "true");
        one(
            ASPECTS.noPublicAccess,
            props.get("publicAccessPrevention"),
            '"enforced"',
            value => value.string()?.trim().toLowerCase() === "enforced",
        );
        const key = props.get("encryption").get("defaultKmsKeyName");
        expectSomewhere(
            {
                places: [key],
                otherwise: key,
                isMet: isText,
                isMetBy: isKeyOf(stack),
                expected: "a KMS key of your own",
            },
            report.of(ASPECTS.encryption),
        );
        const retention = props.get("softDeletePolicy").get("retentionDurationSeconds");
        if (retention.isUnknown)
            report
                .of(ASPECTS.retention)
                .undetermined(
                    retention,
                    "is unknown until the update; expected deleted objects to be kept for a time.",
                );
        if (retention.number() === 0)
            report.of(ASPECTS.retention).violation(retention, "is 0; expected deleted objects to be kept for a time.");
        const log = props.get("logging").get("logBucket");
        one(
            ASPECTS.accessLogging,
            log,
            "another bucket for access logs",
            value => isText(value) && value.string() !== props.get("name").string(),
        );
        for (const grant of grants) {
            if (stack.refersTo(grant.props.get("bucket"), bucket) !== "yes") continue;
            const whole = grant.props.get("policyData");
            if (whole.isUnknown)
                report
                    .of(ASPECTS.noPublicAccess)
                    .undetermined(whole, "whom the policy lets use the state is unknown until the update.");
            for (const member of GRANTS[grant.type]?.(grant.props) ?? []) {
                if (EVERYONE.test(member.string()?.trim() ?? "")) {
                    report
                        .of(ASPECTS.noPublicAccess)
                        .violation(
                            member,
                            `is ${member.show()}, which lets everyone use the state; expected a named member.`,
                        );
                }
            }
        }
    };
}

/** What a property holds as JSON; nothing where it is unknown or no JSON, which Google refuses. */
function readJson(property: Value): Value {
    try {
        return property.reread(JSON.parse(property.string() ?? "null"));
    } catch {
        return property.reread(undefined);
    }
}
