import { allOf, anyOf, type Truth } from "../../../kit/truth";
import type { Value } from "../../../kit/value";
import { wildcard } from "../../../kit/wildcard";

/** A text that every element of a pattern lets pass, such as the region of the event: it is the one of the stack. */
const ANY = Symbol("any text");

/** A text that nobody named: a list of texts stops it, and `anything-but` lets it pass. */
const UNNAMED = Symbol("a text that nobody named");

/** A text by which one of the expected principals goes: a list of texts may hold it, and `anything-but` does not let it pass. */
const NAMED = Symbol("a text that a pattern names");

/** The account of the bucket: `anything-but` it are others. */
const OWN_ACCOUNT = Symbol("the account of the bucket");

/** The key of a stack's state, of which nobody knows project and stack. */
export const STATE_KEY = ".pulumi/stacks/q7zk4f/q7zk4f.json";

/** A text that is unknown until the update. */
const LATER = Symbol("a text that is unknown until the update");

/** An event as far as it is known; names that are not there are absent from the event. */
interface Event {
    readonly [name: string]: Text | Event;
}

type Text = string | readonly string[] | typeof ANY | typeof UNNAMED | typeof NAMED | typeof OWN_ACCOUNT | typeof LATER;

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
function identity(who: typeof UNNAMED | typeof NAMED): Event {
    const named: Event = { principalId: who, arn: who, accountId: OWN_ACCOUNT, userName: who };
    return { ...named, type: "AssumedRole", sessionContext: { sessionIssuer: { ...named, type: "Role" } } };
}

/** The ARNs of a bucket and of the state in it, in each partition. */
const arnsOf = (bucket: string | undefined, path = "") =>
    bucket === undefined
        ? LATER
        : ["aws", "aws-cn", "aws-us-gov"].map(partition => `arn:${partition}:s3:::${bucket}${path}`);

/**
 * The event by which CloudTrail tells EventBridge of a request that one of the expected principals or somebody nobody named made
 * to a bucket, and that S3 granted.
 *
 * Source: AWS CloudTrail User Guide, "CloudTrail record contents"; Amazon EventBridge User Guide, "AWS service events
 * delivered via AWS CloudTrail".
 */
export function requestEvent(eventName: string, bucket: string | undefined, isExpected: boolean): Event {
    const objects = arnsOf(bucket, `/${STATE_KEY}`);
    const buckets = arnsOf(bucket);
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
            managementEvent: "false",
            readOnly: String(eventName === "GetObject"),
            awsRegion: ANY,
            recipientAccountId: OWN_ACCOUNT,
            resources: {
                ARN: objects === LATER || buckets === LATER ? LATER : [...objects, ...buckets],
                type: ["AWS::S3::Object", "AWS::S3::Bucket"],
                accountId: OWN_ACCOUNT,
            },
            requestParameters: { bucketName: bucket ?? LATER, key: STATE_KEY, Host: ANY },
            userIdentity: identity(isExpected ? NAMED : UNNAMED),
        },
    };
}

/** The event by which S3 itself tells EventBridge that an object was deleted. Source: Amazon S3 User Guide, "EventBridge event message structure". */
export function deletionEvent(bucket: string | undefined): Event {
    return {
        ...ENVELOPE,
        "detail-type": "Object Deleted",
        resources: arnsOf(bucket),
        detail: {
            version: ANY,
            bucket: { name: bucket ?? LATER },
            object: { key: STATE_KEY, etag: ANY, size: ANY, "version-id": ANY, sequencer: ANY },
            requester: ANY,
            reason: "DeleteObject",
            "deletion-type": ANY,
        },
    };
}

/** Whether an event pattern lets an event pass. Source: Amazon EventBridge User Guide, "Comparison operators in event patterns". */
export function matchesEvent(pattern: Value, event: Event): Truth {
    return allOf(
        pattern.entries().map(([name, element]) => {
            if (name === "$or") return anyOf(element.items().map(item => matchesEvent(item, event)));
            const own = event[name];
            if (!isEvent(own)) return anyOf(element.items().map(item => fits(item, own)));
            return element.isObject && element.entries().every(([operator]) => operator !== "exists")
                ? matchesEvent(element, own)
                : "no";
        }),
    );
}

function isEvent(own: Text | Event | undefined): own is Event {
    return typeof own === "object" && !Array.isArray(own);
}

function fits(item: Value, own: Text | undefined): Truth {
    const exists = item.get("exists").boolean();
    if (exists !== undefined) return exists === (own !== undefined) ? "yes" : "no";
    if (own === undefined) return "no";
    const others = item.get("anything-but");
    switch (own) {
        case ANY:
            return "yes";
        case LATER:
            return "unknown";
        case OWN_ACCOUNT:
        case NAMED:
            return others.isMissing ? "yes" : "no";
        case UNNAMED:
            return !others.isMissing && !others.items().some(excludesEveryone) ? "yes" : "no";
        default: {
            const texts = typeof own === "string" ? [own, ...inFolder(item, own)] : own;
            return texts.some(text => matches(item, text)) ? "yes" : "no";
        }
    }
}

/** The state's key under the folder of the bucket that a pattern names before Pulumi's own. */
function inFolder(item: Value, own: string): string[] {
    if (own !== STATE_KEY) return [];
    return item.entries().flatMap(([, value]) => {
        const [, folder] = /^([^*]+\/)\.pulumi\//.exec(value.string() ?? "") ?? [];
        return folder === undefined ? [] : [`${folder}${STATE_KEY}`];
    });
}

/** Whether what a pattern leaves out is no principal, or some of one name, but every role of an account. */
function excludesEveryone(other: Value): boolean {
    return other
        .entries()
        .some(([, value]) =>
            value.items().some(each => unnamedRoles(each.string() ?? "").some(text => matches(other, text))),
        );
}

/** What roles that nobody named are called, in the partition and account of the text that is compared with them. */
export function unnamedRoles(text: string): string[] {
    const [, partition = "aws"] = /^arn:(aws[a-z-]*):/.exec(text) ?? [];
    const [account = "123456789012"] = /\d{12}/.exec(text) ?? [];
    const name = "q7Zk4f";
    return [
        name,
        `arn:${partition}:iam::${account}:role/${name}`,
        `arn:${partition}:sts::${account}:assumed-role/${name}/${name}`,
    ];
}

function matches(item: Value, text: string): boolean {
    if (item.text() === text) return true;
    return item.entries().some(([operator, value]) => {
        // An operator takes one text, or in `anything-but` a list of them.
        if (operator !== "anything-but" && Array.isArray(value.raw)) {
            return value.items().some(each => matches(item.reread({ [operator]: each }), text));
        }
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
