import { bucketNameOf, byBucket } from "../../../aws/s3";
import type { Resource } from "../../../kit/resource";
import type { Stack } from "../../../kit/stack";
import { allOf, anyOf, type Truth } from "../../../kit/truth";
import type { Value } from "../../../kit/value";
import { deletionEvent, matchesEvent, requestEvent } from "./event-pattern";
import { filterMatches } from "./metric-filter";
import { trailsOf } from "./trails";

const EVENT_RULE = "aws:cloudwatch/eventRule:EventRule";
const EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const METRIC_FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter";
const METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const NOTIFICATION = "aws:s3/bucketNotification:BucketNotification";

/** What an alert is about: that an object was deleted, or that somebody else than the expected principals used the bucket. */
export type Incident = "deletion" | "stranger";

/** A request that an alert must not leave out, by one of the expected principals or by somebody else. */
export interface Request {
    readonly eventName: string;
    readonly isExpected: boolean;
}

/** A stolen token of CI deletes as CI does; reading and writing is what CI is for. */
const REQUESTS: Readonly<Record<Incident, readonly Request[]>> = {
    deletion: [true, false].map(isExpected => ({ eventName: "DeleteObject", isExpected })),
    stranger: ["GetObject", "PutObject"].map(eventName => ({ eventName, isExpected: false })),
};

/**
 * Whether somebody is told of an incident in a bucket: by an enabled EventBridge rule with a target, or by a metric filter of
 * the trail's log with an alarm that acts.
 */
export function isAlerted(stack: Stack, bucket: Resource, incident: Incident): Truth {
    const rules = stack.ofType(EVENT_RULE);
    const filters = stack.ofType(METRIC_FILTER);
    const hasTarget = targeted(stack);
    const hasAlarm = alarmed(stack);
    const trails = trailsOf(stack, bucket);
    const isMatched = (request: Request) =>
        anyOf([
            ...rules.map(rule =>
                allOf([
                    isEnabled(rule),
                    hasTarget(rule),
                    isOnDefaultBus(rule),
                    ruleMatches(stack, rule, bucket, request, trails),
                ]),
            ),
            ...filters.map(filter =>
                allOf([hasAlarm(filter), filterMatches(filter, request, bucket), readsLogOf(stack, trails, filter)]),
            ),
        ]);
    return allOf(REQUESTS[incident].map(isMatched));
}

/** A test for event rules that have a target. */
function targeted(stack: Stack): (rule: Resource) => Truth {
    const references = stack.ofType(EVENT_TARGET).map(({ props }) => props.get("rule"));
    const found = references.map(reference => stack.referredBy(reference, [EVENT_RULE]));
    const urns = new Set(found.flat().map(({ urn }) => urn));
    const isOneUnknown = references.some((reference, index) => reference.isUnknown && found[index]?.length === 0);
    return ({ urn }) => (urns.has(urn) ? "yes" : isOneUnknown ? "unknown" : "no");
}

/** A test for metric filters whose metric has an alarm that acts. */
function alarmed(stack: Stack): (filter: Resource) => Truth {
    const metricOf = (value: Value, name: string) => [value.get("namespace"), value.get(name)] as const;
    const keyOf = (metric: readonly Value[]) => JSON.stringify(metric.map(part => part.string() ?? null));
    const isKnown = (metric: readonly Value[]) => metric.every(part => !part.isUnknown);
    const metricsOf = ({ props }: Resource) => [
        props,
        ...props
            .get("metricQueries")
            .items()
            .map(query => (query.isUnknown ? query : query.get("metric")))
            .filter(({ isMissing }) => !isMissing),
    ];
    const alarms = stack
        .ofType(METRIC_ALARM)
        .flatMap(alarm => metricsOf(alarm).map(at => ({ metric: metricOf(at, "metricName"), acts: acts(alarm) })))
        .filter(alarm => alarm.acts !== "no");
    const isSure = (alarm: (typeof alarms)[number]) => isKnown(alarm.metric) && alarm.acts === "yes";
    const known = new Set(alarms.filter(isSure).map(({ metric }) => keyOf(metric)));
    const later = alarms.filter(alarm => !isSure(alarm));
    return filter => {
        const [transformation = filter.props] = filter.props.get("metricTransformation").items();
        const own = metricOf(transformation, "name");
        if (own.some(part => part.isMissing) || alarms.length === 0) return "no";
        if (!isKnown(own)) return "unknown";
        if (known.has(keyOf(own))) return "yes";
        const isOfFilter = (part: Value, index: number): Truth =>
            part.isUnknown ? stack.refersTo(part, filter) : part.string() === own[index]?.string() ? "yes" : "no";
        return anyOf(later.map(alarm => allOf([alarm.acts, ...alarm.metric.map(isOfFilter)])));
    };
}

function isEnabled({ props }: Resource): Truth {
    const [flag, state] = [props.get("isEnabled"), props.get("state")];
    if (flag.boolean() === false || state.string()?.toUpperCase() === "DISABLED") return "no";
    return flag.isUnknown || state.isUnknown ? "unknown" : "yes";
}

function acts({ props }: Resource): Truth {
    const [enabled, actions] = [props.get("actionsEnabled"), props.get("alarmActions")];
    if (enabled.boolean() === false || (!actions.isUnknown && actions.items().length === 0)) return "no";
    return enabled.isUnknown || actions.isUnknown ? "unknown" : "yes";
}

function ruleMatches(
    stack: Stack,
    { props }: Resource,
    bucket: Resource,
    request: Request,
    trails: readonly Resource[] | undefined,
): Truth {
    const eventPattern = props.get("eventPattern");
    if (eventPattern.isUnknown) return "unknown";
    const pattern = parse(eventPattern);
    if (pattern === undefined) return "no";
    const name = bucketNameOf(bucket);
    // EventBridge is told of requests that a trail records.
    const byCloudTrail =
        trails?.length === 0 ? "no" : matchesEvent(pattern, requestEvent(request.eventName, name, request.isExpected));
    if (request.eventName !== "DeleteObject") return byCloudTrail;
    return anyOf([byCloudTrail, allOf([matchesEvent(pattern, deletionEvent(name)), notifies(stack, bucket)])]);
}

/** Whether the services of AWS send their events to the bus of a rule: only the default one, of which an ARN may be given. */
function isOnDefaultBus({ props }: Resource): Truth {
    const bus = props.get("eventBusName");
    if (bus.isUnknown) return "unknown";
    return bus.isMissing || /^(default|arn:.*:event-bus\/default)$/.test(bus.string()?.trim() ?? "") ? "yes" : "no";
}

/** Whether a bucket tells EventBridge what happens to its objects, which it does only when asked to. */
function notifies(stack: Stack, bucket: Resource): Truth {
    const notifications = byBucket(stack, [NOTIFICATION]);
    const asked = notifications.of(bucket).map(({ props }): Truth => {
        const eventbridge = props.get("eventbridge");
        return eventbridge.isUnknown ? "unknown" : eventbridge.boolean() === true ? "yes" : "no";
    });
    return anyOf([...asked, notifications.unresolved.length > 0 ? "unknown" : "no"]);
}

function parse(property: Value): Value | undefined {
    try {
        const text = property.string();
        const value = property.reread(text === undefined ? property.raw : JSON.parse(text));
        return value.isObject ? value : undefined;
    } catch {
        return undefined;
    }
}

/** Whether a filter reads the log that one of these trails writes; trails elsewhere write to nobody knows where. */
function readsLogOf(stack: Stack, trails: readonly Resource[] | undefined, filter: Resource): Truth {
    if (trails === undefined) return "yes";
    const group = filter.props.get("logGroupName");
    return anyOf(
        trails.map(trail => {
            const arn = trail.props.get("cloudWatchLogsGroupArn");
            if (arn.isMissing) return "no";
            const [written, read] = [arn, group].map(value => stack.referredBy(value, [LOG_GROUP])[0]);
            if (written !== undefined && read !== undefined) return written === read ? "yes" : "no";
            const [target, source] = [arn.string(), read?.props.get("name").string() ?? group.string()];
            if (target === undefined || source === undefined) return "unknown";
            return target.replace(/:\*$/, "").endsWith(`:log-group:${source}`) ? "yes" : "no";
        }),
    );
}
