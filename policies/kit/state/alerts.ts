import type { Truth } from "../conditions";
import type { Resource } from "../resource";
import { bucketNameOf } from "../s3";
import type { Stack } from "../stack";
import { Value } from "../value";
import { wildcard } from "../wildcard";
import { allOf, anyOf, refersTo } from "./trails";

const EVENT_RULE = "aws:cloudwatch/eventRule:EventRule";
const EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const METRIC_FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter";
const METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

/** What an alert is about: that an object was deleted, or that somebody else than the expected principals used the bucket. */
export type Incident = "deletion" | "stranger";

/** The requests that an alert must not leave out. */
const REQUESTS: Readonly<Record<Incident, string>> = { deletion: "DeleteObject", stranger: "GetObject" };

/**
 * Whether somebody is told of an incident in a bucket: by an enabled EventBridge rule with a target, or by a metric filter
 * with an alarm that acts.
 *
 * Source: Amazon EventBridge User Guide, "Events from AWS services" (API calls by way of CloudTrail) and "Event pattern
 * operators"; Amazon S3 User Guide, "EventBridge event message structure"; Amazon CloudWatch Logs User Guide, "Filter pattern
 * syntax for JSON".
 */
export function isAlerted(stack: Stack, bucket: Resource, incident: Incident): Truth {
    const rules = stack.ofType(EVENT_RULE).filter(isEnabled);
    const targets = stack.ofType(EVENT_TARGET);
    const filters = stack.ofType(METRIC_FILTER);
    const alarms = stack.ofType(METRIC_ALARM).filter(acts);
    return anyOf([
        ...rules.map(rule =>
            allOf([
                anyOf(targets.map(({ props }) => refersTo(stack, props.get("rule"), rule))),
                ruleTells(rule.props.get("eventPattern"), bucket, incident),
            ]),
        ),
        ...filters.map(filter =>
            allOf([
                anyOf(alarms.map(alarm => isAbout(stack, alarm, filter))),
                filterTells(filter.props.get("pattern"), bucket, incident),
            ]),
        ),
    ]);
}

function isEnabled({ props }: Resource): boolean {
    return props.get("isEnabled").boolean() !== false && props.get("state").string()?.toUpperCase() !== "DISABLED";
}

function acts({ props }: Resource): boolean {
    const actions = props.get("alarmActions").items();
    return props.get("actionsEnabled").boolean() !== false && actions.length > 0;
}

function isAbout(stack: Stack, alarm: Resource, filter: Resource): Truth {
    const [transformation = filter.props] = filter.props.get("metricTransformation").items();
    const same = (property: string, name: string): Truth => {
        const [given, own] = [alarm.props.get(property), transformation.get(name)];
        if (given.isUnknown) return refersTo(stack, given, filter);
        if (own.isUnknown) return "unknown";
        return given.string() !== undefined && given.string() === own.string() ? "yes" : "no";
    };
    return allOf([same("metricName", "name"), same("namespace", "namespace")]);
}

function ruleTells(eventPattern: Value, bucket: Resource, incident: Incident): Truth {
    if (eventPattern.isUnknown) return "unknown";
    const pattern = parse(eventPattern);
    if (pattern === undefined) return "no";
    const detail = pattern.get("detail");
    const byCloudTrail = lets(pattern.get("detail-type"), "AWS API Call via CloudTrail");
    const fromCloudTrail = [
        byCloudTrail,
        lets(detail.get("eventName"), REQUESTS[incident]),
        isOfBucket(detail.get("requestParameters").get("bucketName"), bucket),
        // A list of expected principals would tell of them and of nobody else.
        incident === "deletion" || isOpenToStrangers(detail.get("userIdentity")),
    ];
    const fromNotification = [
        incident === "deletion" && lets(pattern.get("detail-type"), "Object Deleted"),
        isOfBucket(detail.get("bucket").get("name"), bucket),
    ];
    const source = lets(pattern.get("source"), "aws.s3");
    if (!source || pattern.get("source").isMissing) return "no";
    return fromCloudTrail.every(Boolean) || fromNotification.every(Boolean) ? "yes" : "no";
}

function parse(property: Value): Value | undefined {
    try {
        const text = property.string();
        const value = Value.of(text === undefined ? property.raw : JSON.parse(text));
        return value.isObject ? value : undefined;
    } catch {
        return undefined;
    }
}

/** Whether an element of an event pattern lets a text pass; an element that is not there lets everything pass. */
function lets(element: Value, text: string): boolean {
    return element.isMissing || element.items().some(item => item.string() === text || matches(item, text));
}

function matches(operator: Value, text: string): boolean {
    return operator.entries().some(([name, value]) => {
        const given = value.string() ?? "";
        switch (name) {
            case "prefix":
                return text.startsWith(given);
            case "suffix":
                return text.endsWith(given);
            case "wildcard":
                return wildcard([given])(text);
            case "equals-ignore-case":
                return text.toLowerCase() === given.toLowerCase();
            case "anything-but":
                return !value.items().some(item => item.string() === text || matches(item, text));
            default:
                return false;
        }
    });
}

function isOfBucket(element: Value, bucket: Resource): boolean {
    const name = bucketNameOf(bucket);
    return name === undefined || lets(element, name);
}

/** Whether a pattern lets through identities that nobody named: where it says anything of identities, by `anything-but`. */
function isOpenToStrangers(element: Value): boolean {
    if (element.isMissing) return true;
    if (!element.isObject) return element.items().some(item => item.isObject && isOpenToStrangers(item));
    return element.entries().every(([name, value]) => name === "anything-but" || isOpenToStrangers(value));
}

/** Reads the few things in a filter's text that decide: names of events, of buckets, and comparisons of identities. */
function filterTells(pattern: Value, bucket: Resource, incident: Incident): Truth {
    if (pattern.isUnknown) return "unknown";
    const text = pattern.string() ?? "";
    const name = bucketNameOf(bucket);
    const events = [...text.matchAll(/\beventName\s*=\s*"?([\w*]+)/g)].map(([, event = ""]) => event);
    const isOfEvent = !/\beventName\b/.test(text) || wildcard(events)(REQUESTS[incident]);
    const isOfAny = !/\bbucketName\b/.test(text) || name === undefined || text.includes(name);
    const isOpen = incident === "deletion" || !/\buserIdentity\b/.test(text) || /\buserIdentity[\w.]*\s*!=/.test(text);
    // A filter that speaks of none of these is about something else, such as errors of an application.
    const isOfStorage = /\beventName\b|\bbucketName\s*=|\bs3\.amazonaws\.com\b|\buserIdentity[\w.]*\s*!=/.test(text);
    return isOfStorage && isOfEvent && isOfAny && isOpen ? "yes" : "no";
}
