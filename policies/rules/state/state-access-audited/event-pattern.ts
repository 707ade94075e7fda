import { allOf, anyOf, type Truth } from "../../../kit/truth";
import type { Value } from "../../../kit/value";
import { wildcard } from "../../../kit/wildcard";

/** A text that every element of a pattern lets pass, such as the region of the event: it is the one of the stack. */
const ANY = Symbol("any text");

/** A text that nobody named: a list of texts stops it, and `anything-but` lets it pass. */
const UNNAMED = Symbol("a text that nobody named");

/** A text that is unknown until the update. */
const LATER = Symbol("a text that is unknown until the update");

/** An event as far as it is known; names that are not there are absent from the event. */
interface Event {
    readonly [name: string]: string | typeof ANY | typeof UNNAMED | typeof LATER | Event;
}

/** What every event has around its `detail`. */
const ENVELOPE: Event = {
    version: ANY,
    id: ANY,
    account: ANY,
    time: ANY,
    region: ANY,
    resources: ANY,
    source: "aws.s3",
};

/** A role, which is what people and workloads sign in as. */
const IDENTITY: Event = {
    type: "AssumedRole",
    principalId: UNNAMED,
    arn: UNNAMED,
    accountId: ANY,
    userName: UNNAMED,
    sessionContext: {
        sessionIssuer: { type: "Role", principalId: UNNAMED, arn: UNNAMED, accountId: ANY, userName: UNNAMED },
    },
};

/**
 * The event by which CloudTrail tells EventBridge of a request that somebody nobody named made to a bucket, and that S3 granted.
 *
 * Source: AWS CloudTrail User Guide, "CloudTrail record contents"; Amazon EventBridge User Guide, "AWS service events
 * delivered via AWS CloudTrail".
 */
export function requestEvent(eventName: string, bucket: string | undefined): Event {
    return {
        ...ENVELOPE,
        "detail-type": "AWS API Call via CloudTrail",
        detail: {
            eventVersion: ANY,
            eventTime: ANY,
            eventSource: "s3.amazonaws.com",
            eventName,
            eventType: "AwsApiCall",
            eventCategory: "Data",
            managementEvent: ANY,
            readOnly: ANY,
            awsRegion: ANY,
            recipientAccountId: ANY,
            resources: ANY,
            requestParameters: { bucketName: bucket ?? LATER, key: ANY, Host: ANY },
            userIdentity: IDENTITY,
        },
    };
}

/** The event by which S3 itself tells EventBridge that an object was deleted. Source: Amazon S3 User Guide, "EventBridge event message structure". */
export function deletionEvent(bucket: string | undefined): Event {
    return {
        ...ENVELOPE,
        "detail-type": "Object Deleted",
        detail: {
            version: ANY,
            bucket: { name: bucket ?? LATER },
            object: { key: ANY, etag: ANY, size: ANY, "version-id": ANY, sequencer: ANY },
            requester: ANY,
            reason: "DeleteObject",
            "deletion-type": ANY,
        },
    };
}

/** Whether an event pattern lets an event pass. Source: Amazon EventBridge User Guide, "Comparison operators in event patterns". */
export function letsPass(pattern: Value, event: Event): Truth {
    return allOf(
        pattern.entries().map(([name, element]) => {
            if (name === "$or") return anyOf(element.items().map(item => letsPass(item, event)));
            const own = event[name];
            if (typeof own !== "object") return anyOf(element.items().map(item => fits(item, own)));
            return element.isObject && element.entries().every(([operator]) => operator !== "exists")
                ? letsPass(element, own)
                : "no";
        }),
    );
}

function fits(item: Value, own: Exclude<Event[string], Event> | undefined): Truth {
    const exists = item.get("exists").boolean();
    if (exists !== undefined) return exists === (own !== undefined) ? "yes" : "no";
    if (own === undefined) return "no";
    if (own === ANY) return "yes";
    if (own === LATER) return "unknown";
    const isOpen = own === UNNAMED ? !item.get("anything-but").isMissing : matches(item, own);
    return isOpen ? "yes" : "no";
}

function matches(item: Value, text: string): boolean {
    if (item.string() === text) return true;
    return item.entries().some(([operator, value]) => {
        const given = value.string() ?? "";
        switch (operator) {
            case "prefix":
                return text.startsWith(given);
            case "suffix":
                return text.endsWith(given);
            case "wildcard":
                return wildcard([given])(text);
            case "equals-ignore-case":
                return text.toLowerCase() === given.toLowerCase();
            case "anything-but":
                return !value.items().some(other => matches(other, text));
            default:
                return false;
        }
    });
}
