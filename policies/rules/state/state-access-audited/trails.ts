import { isInNamedAccountAlone, isSameAccount } from "../../../aws/account";
import { bucketNameOf } from "../../../aws/s3";
import type { Resource } from "../../../kit/resource";
import type { Stack } from "../../../kit/stack";
import { allOf, anyOf, not, type Truth } from "../../../kit/truth";
import type { Value } from "../../../kit/value";

const TRAIL = "aws:cloudtrail/trail:Trail";

/** What CloudTrail records into: a trail, or an event data store of CloudTrail Lake. */
const RECORDERS = [TRAIL, "aws:cloudtrail/eventDataStore:EventDataStore"];

/** A kind of request, and the actions that stand for it where a trail lists names. */
const REQUESTS = { read: ["GetObject"], write: ["PutObject", "DeleteObject"] } as const;

export type Request = keyof typeof REQUESTS;

/**
 * Whether a trail of the stack records requests of a kind for the objects of a bucket, as far as can be seen.
 *
 * Source: AWS CloudTrail API Reference, DataResource, EventSelector (`ReadWriteType` is All unless set) and AdvancedFieldSelector.
 */
export function isRecorded(stack: Stack, bucket: Resource, request: Request): Truth {
    return anyOf(stack.ofType(...RECORDERS).map(trail => records(stack, trail, bucket, request)));
}

/**
 * The trails of the stack that record requests for the objects of a bucket, or may do so. None where only an event data store
 * does, which tells nobody; undefined where the stack records nothing, and so leaves that to another one.
 */
export function trailsOf(stack: Stack, bucket: Resource): Resource[] | undefined {
    const recorders = stack
        .ofType(...RECORDERS)
        .filter(trail => (["read", "write"] as const).some(request => records(stack, trail, bucket, request) !== "no"));
    return recorders.length === 0 ? undefined : recorders.filter(({ type }) => type === TRAIL);
}

function records(stack: Stack, trail: Resource, bucket: Resource, request: Request): Truth {
    const { props } = trail;
    const [logs, rests] = [props.get("enableLogging"), props.get("suspend")];
    if (logs.boolean() === false || rests.boolean() === true) return "no";
    const basic = props
        .get("eventSelectors")
        .items()
        .map(selector => allOf([isOfKind(selector.get("readWriteType"), request), ofBasic(selector)]));
    const advanced = props
        .get("advancedEventSelectors")
        .items()
        .map(selector => ofAdvanced(selector.get("fieldSelectors").items()));
    const sees = props.get("isOrganizationTrail", "organizationEnabled").boolean() === true ? "yes" : isOfAccount();
    const isOn = logs.isUnknown || rests.isUnknown ? "unknown" : "yes";
    return allOf([isOn, sees, anyOf([...basic, ...advanced])]);

    /** A trail sees the requests of its own account. A provider that names one is there to work in another than the rest. */
    function isOfAccount(): Truth {
        const isSame = isSameAccount(trail, bucket);
        return isSame === "unknown" && isInNamedAccountAlone(trail, bucket) ? "no" : isSame;
    }

    function ofBasic(selector: Value): Truth {
        return anyOf(
            selector
                .get("dataResources")
                .items()
                .map(resource =>
                    allOf([
                        equals(resource.get("type"), ["AWS::S3::Object"]),
                        anyOf(resource.get("values").items().map(isPrefix)),
                    ]),
                ),
        );
    }

    function ofAdvanced(fields: readonly Value[]): Truth {
        if (fields.some(field => field.isUnknown || field.get("field").isUnknown)) return "unknown";
        const of = (name: string) => fields.filter(field => field.get("field").string() === name);
        const selects = (field: Value, texts: readonly string[]) => allOf(texts.map(text => passes(field, text)));
        return allOf([
            anyOf(of("eventCategory").map(field => selects(field, ["Data"]))),
            anyOf(of("resources.type").map(field => selects(field, ["AWS::S3::Object"]))),
            ...of("readOnly").map(field => selects(field, [String(request === "read")])),
            ...of("eventName").map(field => selects(field, REQUESTS[request])),
            ...of("resources.ARN").map(ofObjects),
        ]);
    }

    /** Whether a selector by ARN takes all objects of the bucket. One that asks for whole ARNs takes single objects. */
    function ofObjects(field: Value): Truth {
        const prefixes = field.get("startsWiths").items();
        const isForSome = ["equals", "endsWiths"].some(name => field.get(name).items().length > 0);
        if (isForSome) return "no";
        return allOf([
            prefixes.length === 0 ? "yes" : anyOf(prefixes.map(isPrefix)),
            not(anyOf(field.get("notStartsWiths").items().map(isPrefix))),
        ]);
    }

    /** Whether an ARN is a prefix of the bucket's objects. An unknown one is that of the bucket that it comes from. */
    function isPrefix(arn: Value): Truth {
        if (arn.isUnknown) return stack.refersTo(arn, bucket);
        const text = arn.string()?.trim() ?? "";
        if (/^arn:aws[a-z-]*:s3(:::)?$/.test(text)) return "yes";
        const name = bucketNameOf(bucket);
        if (name === undefined) return "unknown";
        return /^arn:aws[a-z-]*:s3:::/.test(text) && `${name}/`.startsWith(text.replace(/^arn:aws[a-z-]*:s3:::/, ""))
            ? "yes"
            : "no";
    }
}

function isOfKind(readWriteType: Value, request: Request): Truth {
    return readWriteType.isMissing
        ? "yes"
        : equals(readWriteType, ["All", request === "read" ? "ReadOnly" : "WriteOnly"]);
}

function equals(value: Value, texts: readonly string[]): Truth {
    if (value.isUnknown) return "unknown";
    return texts.includes(value.string()?.trim() ?? "") ? "yes" : "no";
}

/** Whether a text passes an advanced field selector. */
function passes(field: Value, text: string): Truth {
    const compare = (name: string, fits: (given: string) => boolean): Truth[] =>
        field
            .get(name)
            .items()
            .map(given => (given.isUnknown ? "unknown" : fits(given.string() ?? "") ? "yes" : "no"));
    const wanted = [
        ...compare("equals", given => given === text),
        ...compare("startsWiths", given => text.startsWith(given)),
        ...compare("endsWiths", given => text.endsWith(given)),
    ];
    const unwanted = [
        ...compare("notEquals", given => given === text),
        ...compare("notStartsWiths", given => text.startsWith(given)),
        ...compare("notEndsWiths", given => text.endsWith(given)),
    ];
    return allOf([wanted.length === 0 ? "yes" : anyOf(wanted), not(anyOf(unwanted))]);
}
