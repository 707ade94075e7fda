import { bucketNameOf } from "../../../aws/s3";
import type { Resource } from "../../../kit/resource";
import type { Truth } from "../../../kit/truth";
import { wildcard } from "../../../kit/wildcard";
import type { Request } from "./alerts";
import { STATE_KEY, unnamedRoles } from "./event-pattern";

/**
 * Whether the filter pattern of CloudTrail's log lets through a request that somebody nobody named made to a bucket.
 *
 * Reads what decides: comparisons of services, events, buckets, identities and errors, wherever they stand in the expression.
 * Source: Amazon CloudWatch Logs User Guide, "Filter pattern syntax for metric filters".
 */
export function filterMatches({ props }: Resource, { eventName, isExpected }: Request, bucket: Resource): Truth {
    const pattern = props.get("pattern");
    if (pattern.isUnknown) return "unknown";
    const text = pattern.string() ?? "";
    const comparisons = comparisonsIn(text);
    const of = (field: string) => comparisons.filter(({ path }) => path.at(-1) === field);
    const [services, events, buckets, keys] = [of("eventSource"), of("eventName"), of("bucketName"), of("key")];
    const identities = comparisons.filter(({ path }) => path.includes("userIdentity"));
    // Of other accounts alone, of every role but none, or of all but the expected principals, who may delete all the same.
    const leavesOut = ({ path, isNegated, text: other }: Comparison) =>
        isNegated &&
        (isExpected || path.at(-1) === "accountId" || unnamedRoles(other).some(role => wildcard([other])(role)));
    const isManagement = /\bmanagementEvent\s*(?:=\s*"?true|IS\s+TRUE)/i.test(text);
    const other = eventName === "GetObject" ? "false" : "true";
    const isOfOtherAccess = [...text.matchAll(/\breadOnly\s*(?:=\s*"?|IS\s+)(true|false)\b/gi)].some(
        ([, isReadOnly = ""]) => isReadOnly.toLowerCase() === other,
    );
    // A filter that speaks of none of these is about something else, such as errors of an application.
    const isOfStorage = services.length > 0 || events.length > 0 || buckets.length > 0 || identities.length > 0;
    const isOpen = identities.length === 0 || identities.some(({ isNegated }) => isNegated);
    if (identities.some(leavesOut) || isManagement || isOfOtherAccess || !accepts(keys, STATE_KEY)) return "no";
    // The request is granted, so that its record holds no error.
    if (!isOfStorage || !isOpen || /\berrorCode\s*=/.test(text)) return "no";
    if (!accepts(services, "s3.amazonaws.com") || !accepts(events, eventName)) return "no";
    if (buckets.length === 0) return "yes";
    const name = bucketNameOf(bucket);
    if (name === undefined) return "unknown";
    return accepts(buckets, name) ? "yes" : "no";
}

/** What a filter compares a field with: `$.requestParameters.bucketName = "acme-state"`. */
interface Comparison {
    /** The names that lead to the field. */
    readonly path: readonly string[];
    readonly isNegated: boolean;
    readonly text: string;
}

function comparisonsIn(pattern: string): Comparison[] {
    return [...pattern.matchAll(/(?<![\w.])([\w.]+)\s*(!?=)\s*(?:"([^"]*)"|([^\s()&|}]+))/g)].map(
        ([, path = "", operator, quoted, plain]) => ({
            path: path.split("."),
            isNegated: operator === "!=",
            text: quoted ?? plain ?? "",
        }),
    );
}

/** Those with `=` are alternatives of one another; those with `!=` stand all of them. */
function accepts(comparisons: readonly Comparison[], text: string): boolean {
    const fits = ({ text: given }: Comparison) => wildcard([given])(text);
    const wanted = comparisons.filter(({ isNegated }) => !isNegated);
    return (wanted.length === 0 || wanted.some(fits)) && !comparisons.some(each => each.isNegated && fits(each));
}
