import { rule } from "../../../policies/rules/state/state-access-audited";
import { ref, type TestResource, UNKNOWN } from "../../support/engine-args";
import { testStackRule } from "../../support/test-rule";

const NAME = "acme-pulumi-state";
const ARN = `arn:aws:s3:::${NAME}`;
const CI = "arn:aws:iam::123456789012:role/pulumi-ci";
const BUCKET: TestResource = { type: "aws:s3/bucket:Bucket", name: "state", props: { bucket: NAME } };

const trail = (props: object): TestResource => ({
    type: "aws:cloudtrail/trail:Trail",
    name: "audit",
    props: { ...props },
});
const basic = (values: unknown, selector: object = {}, type = "AWS::S3::Object") =>
    trail({ eventSelectors: [{ dataResources: [{ type, values }], ...selector }] });
const advanced = (...fields: object[]) =>
    trail({ advancedEventSelectors: [{ fieldSelectors: [{ field: "eventCategory", equals: ["Data"] }, ...fields] }] });
const ofObjects = { field: "resources.type", equals: ["AWS::S3::Object"] };
const EVENT_DATA_STORE = "aws:cloudtrail/eventDataStore:EventDataStore";
const LOG = "arn:aws:logs:eu-west-1:123456789012:log-group:trail:*";
const TRAIL = trail({
    eventSelectors: [{ dataResources: [{ type: "AWS::S3::Object", values: [`${ARN}/`] }] }],
    cloudWatchLogsGroupArn: LOG,
});
const inAccount = (id: string) => ({ provider: { name: id, props: { allowedAccountIds: [id] } } });
const AUDIT_ROLE = "arn:aws:iam::444455556666:role/deploy";
const ELSEWHERE = inAccount("444455556666");
const NOTIFIES: TestResource = {
    type: "aws:s3/bucketNotification:BucketNotification",
    name: "events",
    props: { bucket: NAME, eventbridge: true },
};
const DELETED = { source: ["aws.s3"], "detail-type": ["Object Deleted"], detail: { bucket: { name: [NAME] } } };

const strangers = { sessionContext: { sessionIssuer: { arn: [{ "anything-but": [CI] }] } } };
const api = (detail: object, pattern: object = {}) => ({
    source: ["aws.s3"],
    "detail-type": ["AWS API Call via CloudTrail"],
    detail: { requestParameters: { bucketName: [NAME] }, ...detail },
    ...pattern,
});
const DELETION = api({ eventName: ["DeleteObject", "DeleteObjects"] });
const STRANGER = api({ userIdentity: strangers });
/** Tells of strangers, but not of deletions. */
const READER = api({ eventName: ["GetObject", "PutObject"], userIdentity: strangers });

function eventRule(name: string, eventPattern: unknown, props: object = {}): TestResource[] {
    const isObject = typeof eventPattern === "object";
    return [
        {
            type: "aws:cloudwatch/eventRule:EventRule",
            name,
            props: { eventPattern: isObject ? JSON.stringify(eventPattern) : eventPattern, ...props },
        },
        {
            type: "aws:cloudwatch/eventTarget:EventTarget",
            name: `${name}-target`,
            props: { rule: ref(name), arn: "arn:aws:sns:eu-west-1:123456789012:alerts" },
        },
    ];
}

function metricFilter(name: string, pattern: unknown, alarm: object = {}, filter: object = {}): TestResource[] {
    return [
        {
            type: "aws:cloudwatch/logMetricFilter:LogMetricFilter",
            name,
            props: {
                pattern,
                metricTransformation: { name, namespace: "State", value: "1" },
                logGroupName: "trail",
                ...filter,
            },
        },
        {
            type: "aws:cloudwatch/metricAlarm:MetricAlarm",
            name: `${name}-alarm`,
            props: {
                metricName: name,
                namespace: "State",
                alarmActions: ["arn:aws:sns:eu-west-1:123456789012:alerts"],
                ...alarm,
            },
        },
    ];
}

const ALERTS = [...eventRule("deletion", DELETION), ...eventRule("stranger", STRANGER)];

const NO_TRAIL =
    "Bucket 'state': has no trail that records who reads and writes its objects; expected a trail with data events of all requests to its objects.";
const how = "by an EventBridge rule with a target or a metric filter with an alarm.";
const NO_DELETION = `Bucket 'state': nobody is told when an object is deleted; expected an alert on DeleteObject, ${how}`;
const NO_STRANGER = `Bucket 'state': nobody is told when another principal uses the state; expected an alert on access by all but the roles of CI and break-glass, ${how}`;
const later = (text: string) =>
    `Cannot be judged yet: ${text.replace("nobody is told", "whether anybody is told").replace(";", " is unknown until the update;")}`;
const TRAIL_LATER =
    "Cannot be judged yet: Bucket 'state': which requests CloudTrail records is unknown until the update; expected a trail with data events of all requests to its objects.";

const ELSEWHERE_NOTE =
    "holds Pulumi state, and only for S3 is it judged whether access is recorded and alerted on; see to audit logs of data access and alerts on them, and say so by trailElsewhere and alertsElsewhere.";
const OTHER_CLOUDS: TestResource[] = [
    { type: "gcp:storage/bucket:Bucket", name: "acme-pulumi-state", props: { name: "acme-state" } },
    { type: "azure-native:storage:StorageAccount", name: "native", props: { accountName: "acmepulumistate" } },
    { type: "azure:storage/account:Account", name: "classic", props: { name: "acmepulumistate" } },
    { type: "azure:storage/account:Account", name: "data", props: { name: "acmedata" } },
];

/** A metric filter on all requests, with an alarm by these queries. */
const queried = (...metricQueries: object[]) =>
    metricFilter("all", "{ $.eventSource = s3.amazonaws.com }", { metricName: null, namespace: null, metricQueries });

testStackRule(rule, {
    valid: [
        ...[{ prefix: "arn:aws:iam::123456789012:role/pulumi-" }, { wildcard: "arn:aws:iam::*:role/pulumi-*" }].map(
            others => ({
                name: `an alert on all but ${JSON.stringify(others)}`,
                resources: [
                    BUCKET,
                    TRAIL,
                    ...eventRule("deletion", DELETION),
                    ...eventRule(
                        "stranger",
                        api({
                            userIdentity: { sessionContext: { sessionIssuer: { arn: [{ "anything-but": others }] } } },
                        }),
                    ),
                ],
            }),
        ),
        {
            name: "an alarm by a query, with an expression beside it",
            resources: [
                BUCKET,
                TRAIL,
                ...queried(
                    { id: "e", expression: "m * 2", returnData: true },
                    { id: "m", metric: { metricName: "all", namespace: "State", period: 60, stat: "Sum" } },
                ),
            ],
        },
        {
            name: "a bucket, a trail and alerts of Cloud Control",
            resources: [
                {
                    type: "aws-native:s3:Bucket",
                    name: "state",
                    props: {
                        bucketName: NAME,
                        notificationConfiguration: { eventBridgeConfiguration: { eventBridgeEnabled: true } },
                    },
                },
                {
                    type: "aws-native:cloudtrail:Trail",
                    name: "audit",
                    props: {
                        isLogging: true,
                        cloudWatchLogsLogGroupArn: LOG,
                        advancedEventSelectors: [
                            {
                                fieldSelectors: [
                                    { field: "eventCategory", equals: ["Data"] },
                                    ofObjects,
                                    { field: "resources.ARN", startsWith: [`${ARN}/`] },
                                ],
                            },
                        ],
                    },
                },
                {
                    type: "aws-native:events:Rule",
                    name: "deletion",
                    props: {
                        eventPattern: DELETED,
                        targets: [{ id: "t", arn: "arn:aws:sns:eu-west-1:123456789012:a" }],
                    },
                },
                {
                    type: "aws-native:logs:MetricFilter",
                    name: "stranger",
                    props: {
                        filterPattern: `{ $.userIdentity.arn != "${CI}" }`,
                        logGroupName: "trail",
                        metricTransformations: [{ metricName: "s", metricNamespace: "State", metricValue: "1" }],
                    },
                },
                {
                    type: "aws-native:cloudwatch:Alarm",
                    name: "alarm",
                    props: {
                        alarmActions: ["arn:aws:sns:eu-west-1:123456789012:a"],
                        metrics: [{ id: "m", metricStat: { metric: { metricName: "s", namespace: "State" } } }],
                    },
                },
            ],
        },
        ...[{}, { trailElsewhere: true }, { alertsElsewhere: true }].map(settings => ({
            name: `stores of other clouds with the settings ${JSON.stringify(settings)}`,
            resources: OTHER_CLOUDS,
            settings,
            notes: ["Bucket 'acme-pulumi-state'", "StorageAccount 'native'", "Account 'classic'"].map(
                store => `${store}: ${ELSEWHERE_NOTE}`,
            ),
        })),
        {
            name: "stores of other clouds that are watched elsewhere",
            resources: OTHER_CLOUDS,
            settings: { trailElsewhere: true, alertsElsewhere: true },
        },
        ...[
            { source: [{ prefix: "aws." }] },
            { detail: { eventSource: ["s3.amazonaws.com"], eventType: ["AwsApiCall"], eventCategory: ["Data"] } },
            { detail: { userIdentity: { sessionContext: { sessionIssuer: { type: ["Role"] } } } } },
            {
                detail: {
                    eventName: [
                        { "equals-ignore-case": "DELETEOBJECT" },
                        { "equals-ignore-case": "GETOBJECT" },
                        { wildcard: "Put*" },
                    ],
                },
            },
            { detail: { eventName: [{ suffix: "Object" }] } },
            { detail: { errorCode: [{ exists: false }] } },
        ].map(pattern => ({
            name: `one rule for ${JSON.stringify(pattern)}`,
            resources: [BUCKET, TRAIL, ...eventRule("all", pattern)],
        })),
        ...[
            { reason: ["DeleteObject"] },
            { reason: [{ prefix: "Delete" }] },
            { "deletion-type": ["Permanently Deleted"] },
            { object: { "version-id": [{ exists: true }], key: [{ prefix: ".pulumi" }] } },
        ].map(detail => ({
            name: `the bucket's own notifications of deletions with ${JSON.stringify(detail)}`,
            resources: [
                BUCKET,
                TRAIL,
                NOTIFIES,
                ...eventRule("deletion", { "detail-type": ["Object Deleted"], detail }),
                ...eventRule("stranger", READER),
            ],
        })),
        {
            name: "a trail with the ARN of its log group, and a filter by a reference to the group",
            resources: [
                BUCKET,
                TRAIL,
                { type: "aws:cloudwatch/logGroup:LogGroup", name: "group", props: { name: "trail" } },
                ...metricFilter(
                    "all",
                    "{ $.eventSource = s3.amazonaws.com }",
                    {},
                    { logGroupName: ref("group", "name") },
                ),
            ],
        },
        {
            name: "two targets, of which one is of nobody knows which rule",
            resources: [
                BUCKET,
                TRAIL,
                { type: "aws:cloudwatch/eventTarget:EventTarget", name: "target", props: { rule: UNKNOWN } },
                ...eventRule("other", { source: ["aws.ec2"] }),
                ...eventRule("deletion", DELETION).slice(0, 1),
                ...eventRule("stranger", READER),
            ],
            notes: [later(NO_DELETION)],
        },
        ...[
            "{ $.eventName=*Object }",
            `{ $.eventName != HeadObject && $.requestParameters.bucketName = ${NAME} }`,
            "{ $.eventSource = s3.amazonaws.com && $.managementEvent IS FALSE && $.requestParameters.key = *.json }",
        ].map(pattern => ({
            name: `one filter: ${pattern}`,
            resources: [BUCKET, TRAIL, ...metricFilter("all", pattern)],
        })),
        {
            name: "a trail with selectors of their own for reads and writes",
            resources: [
                BUCKET,
                trail({
                    advancedEventSelectors: [
                        ["true", ["GetObject"]],
                        ["false", ["PutObject", "DeleteObject"]],
                    ].map(([readOnly, names]) => ({
                        fieldSelectors: [
                            { field: "eventCategory", equals: ["Data"] },
                            ofObjects,
                            { field: "readOnly", equals: [readOnly] },
                            { field: "eventName", equals: names },
                        ],
                    })),
                }),
                ...ALERTS,
            ],
        },
        ...[
            ["of all but other categories", [{ field: "eventCategory", notEquals: ["Management"] }, ofObjects]],
            [
                "of types that begin alike",
                [
                    { field: "eventCategory", equals: ["Data"] },
                    { field: "resources.type", startsWiths: ["AWS::S3"] },
                ],
            ],
            [
                "of all but other names",
                [
                    { field: "eventCategory", equals: ["Data"] },
                    ofObjects,
                    { field: "eventName", notEquals: ["HeadObject"] },
                ],
            ],
            [
                "of all but what ends otherwise",
                [
                    { field: "eventCategory", equals: ["Data"] },
                    ofObjects,
                    { field: "eventName", notEndsWiths: ["Acl"] },
                ],
            ],
        ].map(([name, fieldSelectors]) => ({
            name: `a trail ${String(name)}, by advanced selectors`,
            resources: [BUCKET, trail({ advancedEventSelectors: [{ fieldSelectors }] }), ...ALERTS],
        })),
        {
            name: "a trail in another partition, of all kinds of requests",
            resources: [BUCKET, basic(["arn:aws-cn:s3:::"], { readWriteType: "All" }), ...ALERTS],
        },
        {
            name: "an event data store of an organisation, which another account has",
            resources: [
                { ...BUCKET, ...inAccount("111122223333") },
                {
                    ...advanced(ofObjects),
                    type: EVENT_DATA_STORE,
                    ...ELSEWHERE,
                    props: { ...advanced(ofObjects).props, organizationEnabled: true },
                },
            ],
            settings: { alertsElsewhere: true },
        },
        {
            name: "a selector of values that are unknown in a preview",
            resources: [BUCKET, advanced(ofObjects, { field: "eventName", equals: [UNKNOWN] }), ...ALERTS],
            notes: [TRAIL_LATER],
        },
        { name: "a trail and both alerts", resources: [BUCKET, TRAIL, ...ALERTS] },
        { name: "no bucket with state", resources: [{ ...BUCKET, props: { bucket: "data" }, name: "data" }] },
        {
            name: "trail and alerts elsewhere",
            resources: [BUCKET],
            settings: { trailElsewhere: true, alertsElsewhere: true },
        },
        ...[
            ["of all buckets", basic(["arn:aws:s3"])],
            ["of all buckets, in the older spelling", basic(["arn:aws:s3:::"])],
            ["of buckets with a prefix", basic(["arn:aws:s3:::acme-"])],
            [
                "of the organisation, by another account",
                { ...TRAIL, ...ELSEWHERE, props: { ...TRAIL.props, isOrganizationTrail: true } },
            ],
            [
                "with conditions that hold nothing",
                advanced(ofObjects, {
                    field: "resources.ARN",
                    startsWiths: [`${ARN}/`],
                    equals: [],
                    endsWiths: [],
                    notEquals: [],
                }),
            ],
            ["of the bucket, by reference", basic([ref("state", "arn", arn => `${arn}/`)])],
            [
                "of reads and writes apart",
                trail({
                    eventSelectors: ["ReadOnly", "WriteOnly"].map(readWriteType => ({
                        readWriteType,
                        dataResources: [{ type: "AWS::S3::Object", values: [`${ARN}/`] }],
                    })),
                }),
            ],
            ["by advanced selectors", advanced(ofObjects)],
            ["of names that end alike", advanced(ofObjects, { field: "eventName", endsWiths: ["Object"] })],
            [
                "by advanced selectors for the bucket",
                advanced(ofObjects, { field: "resources.ARN", startsWiths: [`${ARN}/`] }),
            ],
            [
                "by advanced selectors for all buckets but the logs",
                advanced(
                    ofObjects,
                    {
                        field: "resources.ARN",
                        startsWiths: ["arn:aws:s3:::"],
                        notStartsWiths: ["arn:aws:s3:::acme-logs/"],
                    },
                    { field: "eventName", startsWiths: ["Get", "Put", "Delete"] },
                ),
            ],
        ].map(([name, own]) => ({
            name: `a trail ${String(name)}`,
            resources: [{ ...BUCKET, props: { bucket: NAME, arn: ARN } }, own as TestResource, ...ALERTS],
        })),
        {
            name: "an event data store in the place of a trail",
            resources: [BUCKET, { ...advanced(ofObjects), type: EVENT_DATA_STORE }],
            settings: { alertsElsewhere: true },
        },
        {
            name: "advanced selectors for all but other buckets",
            resources: [
                BUCKET,
                advanced(ofObjects, { field: "resources.ARN", notStartsWiths: ["arn:aws:s3:::acme-logs/"] }),
                ...ALERTS,
            ],
        },
        {
            name: "one rule for all that happens",
            resources: [BUCKET, TRAIL, ...eventRule("all", api({}, { "detail-type": undefined }))],
        },
        {
            name: "the bucket's own notification of deletions",
            resources: [
                BUCKET,
                TRAIL,
                NOTIFIES,
                ...eventRule("deletion", { ...DELETED, detail: { bucket: { name: [{ prefix: "acme-" }] } } }),
                ...eventRule("stranger", READER, { state: "ENABLED" }),
            ],
        },
        ...[
            ["of any service", { detail: { eventName: ["DeleteObject"] } }],
            ["of this account and region", { ...DELETION, account: ["123456789012"], region: ["eu-west-1"] }],
            [
                "of what lies in Pulumi's folder",
                api({ requestParameters: { bucketName: [NAME], key: [{ prefix: ".pulumi/" }] } }),
            ],
            ["of granted requests", api({ eventName: ["DeleteObject"], errorCode: [{ exists: false }] })],
            ["by alternatives", api({ $or: [{ eventName: ["PutObject"] }, { eventName: ["DeleteObject"] }] })],
            [
                "of state in a folder of the bucket",
                api({ requestParameters: { bucketName: [NAME], key: [{ prefix: "infra/.pulumi/stacks/" }] } }),
            ],
            [
                "of all but locks, which CI deletes",
                api({
                    eventName: ["DeleteObject"],
                    requestParameters: { key: [{ "anything-but": { prefix: ".pulumi/locks/" } }] },
                }),
            ],
            [
                "of the bucket by its ARN, and of requests for data",
                api({ resources: { ARN: [ARN, "arn:aws:s3:::data"] }, managementEvent: [false], readOnly: [false] }),
            ],
        ].map(([name, pattern]) => ({
            name: `deletions ${String(name)}`,
            resources: [BUCKET, TRAIL, ...eventRule("deletion", pattern), ...eventRule("stranger", READER)],
        })),
        ...[
            ["by its ARN", "arn:aws:events:eu-west-1:123456789012:event-bus/default"],
            ["by its name", "default"],
        ].map(([name, eventBusName]) => ({
            name: `rules of the default bus, ${name}`,
            resources: [
                BUCKET,
                TRAIL,
                ...eventRule("deletion", DELETION, { eventBusName }),
                ...eventRule("stranger", READER, { eventBusName }),
            ],
        })),
        {
            name: "rules of a bus that is unknown in a preview",
            resources: [
                BUCKET,
                TRAIL,
                ...eventRule("deletion", DELETION, { eventBusName: UNKNOWN }),
                ...eventRule("stranger", READER, { eventBusName: UNKNOWN }),
            ],
            notes: [later(NO_DELETION), later(NO_STRANGER)],
        },
        ...[{ isEnabled: UNKNOWN }, { state: UNKNOWN }].map(switched => ({
            name: `rules of which it is unknown whether they are on (${Object.keys(switched)})`,
            resources: [
                BUCKET,
                TRAIL,
                ...eventRule("deletion", DELETION, switched),
                ...eventRule("stranger", STRANGER, switched),
            ],
            notes: [later(NO_DELETION), later(NO_STRANGER)],
        })),
        ...[{ actionsEnabled: UNKNOWN }, { alarmActions: UNKNOWN }].map(alarm => ({
            name: `an alarm of which it is unknown whether it acts (${Object.keys(alarm)})`,
            resources: [
                BUCKET,
                TRAIL,
                ...metricFilter("deletion", "{ $.eventName = DeleteObject }", alarm),
                ...eventRule("stranger", READER),
            ],
            notes: [later(NO_DELETION)],
        })),
        {
            name: "a trail that may be off",
            resources: [BUCKET, trail({ ...TRAIL.props, enableLogging: UNKNOWN }), ...ALERTS],
            notes: [TRAIL_LATER],
        },
        {
            name: "a trail of fields that are unknown in a preview",
            resources: [BUCKET, advanced({ ...ofObjects, field: UNKNOWN }), ...ALERTS],
            notes: [TRAIL_LATER],
        },
        {
            name: "notifications that are unknown in a preview",
            resources: [
                BUCKET,
                TRAIL,
                { ...NOTIFIES, props: { bucket: NAME, eventbridge: UNKNOWN } },
                ...eventRule("deletion", DELETED),
                ...eventRule("stranger", READER),
            ],
            notes: [later(NO_DELETION)],
        },
        {
            name: "notifications of nobody knows which bucket",
            resources: [
                BUCKET,
                TRAIL,
                { ...NOTIFIES, props: { bucket: UNKNOWN, eventbridge: true } },
                ...eventRule("deletion", DELETED),
                ...eventRule("stranger", READER),
            ],
            notes: [later(NO_DELETION)],
        },
        {
            name: "rules and a filter for a bucket whose name is unknown in a preview",
            resources: [
                { ...BUCKET, name: "pulumi-state", props: { bucket: UNKNOWN } },
                basic(["arn:aws:s3"]),
                ...eventRule("deletion", DELETION),
                ...eventRule("stranger", READER),
            ],
            notes: [later(NO_DELETION), later(NO_STRANGER)].map(note => note.replace("'state'", "'pulumi-state'")),
        },
        {
            name: "a filter of the group that the trail's reference leads to",
            resources: [
                BUCKET,
                { ...TRAIL, props: { ...TRAIL.props, cloudWatchLogsGroupArn: ref("group", "arn", arn => `${arn}:*`) } },
                {
                    type: "aws:cloudwatch/logGroup:LogGroup",
                    name: "group",
                    props: { name: "trail", arn: LOG.slice(0, -2) },
                },
                ...metricFilter(
                    "deletion",
                    "{ $.eventName = DeleteObject }",
                    {},
                    { logGroupName: ref("group", "name") },
                ),
                ...eventRule("stranger", READER),
            ],
        },
        {
            name: "strangers by the kinds of identities that people have",
            resources: [
                BUCKET,
                TRAIL,
                ...eventRule("all", api({ userIdentity: { type: ["AssumedRole", "IAMUser"], ...strangers } })),
                ...eventRule("deletion", DELETION),
            ],
        },
        {
            name: "strangers of this account",
            resources: [
                BUCKET,
                TRAIL,
                ...eventRule("all", api({ userIdentity: { accountId: ["123456789012"], ...strangers } })),
                ...eventRule("deletion", DELETION),
            ],
        },
        ...[`{ $.requestParameters.bucketName = ${NAME} }`].map(pattern => ({
            name: `the filter ${pattern}`,
            resources: [BUCKET, TRAIL, ...metricFilter("all", pattern)],
        })),
        {
            name: "a filter for a bucket whose name is unknown in a preview",
            resources: [
                { ...BUCKET, name: "pulumi-state", props: { bucket: UNKNOWN } },
                ...metricFilter("all", `{ $.requestParameters.bucketName = "${NAME}" }`),
            ],
            settings: { trailElsewhere: true },
            notes: [later(NO_DELETION), later(NO_STRANGER)].map(note => note.replace("'state'", "'pulumi-state'")),
        },
        {
            name: "a filter of nobody knows which group",
            resources: [
                BUCKET,
                TRAIL,
                ...metricFilter("deletion", "{ $.eventName = DeleteObject }", {}, { logGroupName: UNKNOWN }),
                ...eventRule("stranger", READER),
            ],
            notes: [later(NO_DELETION)],
        },
        {
            name: "a filter where the trail is elsewhere",
            resources: [
                BUCKET,
                ...metricFilter("deletion", "{ ($.eventName != GetObject) && ($.errorCode NOT EXISTS) }"),
                ...eventRule("stranger", READER),
            ],
            settings: { trailElsewhere: true },
        },
        ...[
            { prefix: "Delete" },
            { suffix: "Object" },
            { wildcard: "Del*Object" },
            { "equals-ignore-case": "deleteobject" },
            { "anything-but": ["GetObject"] },
            { "anything-but": { prefix: "Get" } },
        ].map(operator => ({
            name: `deletions by ${JSON.stringify(operator)}`,
            resources: [
                BUCKET,
                TRAIL,
                ...eventRule("deletion", api({ eventName: [operator] })),
                ...eventRule("stranger", READER),
            ],
        })),
        {
            name: "metric filters with alarms",
            resources: [
                BUCKET,
                TRAIL,
                ...metricFilter(
                    "deletion",
                    `{ ($.eventName = DeleteObject) && ($.requestParameters.bucketName = "${NAME}") }`,
                ),
                ...metricFilter(
                    "stranger",
                    `{ ($.eventSource = "s3.amazonaws.com") && ($.userIdentity.sessionContext.sessionIssuer.arn != "${CI}") }`,
                ),
            ],
        },
        {
            name: "a metric filter for names of events that begin alike, with an alarm on a metric of another resource",
            resources: [
                BUCKET,
                TRAIL,
                ...metricFilter("deletion", "{ $.eventName = Delete* }", { metricName: ref("deletion", "id") }).map(
                    each => (each.name === "deletion" ? { ...each, props: { ...each.props, id: "deletion" } } : each),
                ),
                ...eventRule("stranger", READER),
            ],
        },
        {
            name: "patterns that are unknown in a preview",
            resources: [BUCKET, TRAIL, ...eventRule("deletion", UNKNOWN), ...metricFilter("stranger", UNKNOWN)],
            notes: [later(NO_DELETION), later(NO_STRANGER)],
        },
        {
            name: "an organisation's trail, whose provider names an account",
            resources: [BUCKET, { ...TRAIL, props: { ...TRAIL.props, isOrganizationTrail: true }, ...ELSEWHERE }],
            settings: { alertsElsewhere: true },
        },
        {
            name: "a trail of an account that its provider names, beside the bucket's provider that names it too",
            resources: [
                { ...BUCKET, provider: { name: "state", props: { allowedAccountIds: ["444455556666"] } } },
                { ...TRAIL, ...ELSEWHERE },
            ],
            settings: { alertsElsewhere: true },
        },
        {
            name: "a trail of nobody knows which account",
            resources: [BUCKET, { ...TRAIL, provider: { name: "audit", props: { profile: "audit" } } }, ...ALERTS],
            notes: [TRAIL_LATER],
        },
        {
            name: "a trail of unknown buckets",
            resources: [BUCKET, basic([UNKNOWN]), ...ALERTS],
            notes: [TRAIL_LATER],
        },
        {
            name: "unknown selectors",
            resources: [BUCKET, trail({ advancedEventSelectors: [{ fieldSelectors: [UNKNOWN] }] }), ...ALERTS],
            notes: [TRAIL_LATER],
        },
        {
            name: "an unknown kind of requests",
            resources: [BUCKET, basic([`${ARN}/`], { readWriteType: UNKNOWN }), ...ALERTS],
            notes: [TRAIL_LATER],
        },
        {
            name: "a filter whose metric is unknown in a preview",
            resources: [
                BUCKET,
                TRAIL,
                ...metricFilter(
                    "all",
                    "{ $.eventSource = s3.amazonaws.com }",
                    {},
                    {
                        metricTransformation: { name: UNKNOWN, namespace: "State", value: "1" },
                    },
                ),
            ],
            notes: [later(NO_DELETION), later(NO_STRANGER)],
        },
        {
            name: "targets and alarms of nobody knows what",
            resources: [
                BUCKET,
                TRAIL,
                { ...eventRule("deletion", DELETION)[0], type: "aws:cloudwatch/eventRule:EventRule" },
                {
                    type: "aws:cloudwatch/eventTarget:EventTarget",
                    name: "target",
                    props: { rule: UNKNOWN },
                },
                ...metricFilter("stranger", '{ $.eventSource = "s3.amazonaws.com" }', { metricName: UNKNOWN }),
            ],
            notes: [later(NO_DELETION), later(NO_STRANGER)],
        },
    ],
    invalid: [
        ...[
            ["of strangers", api({ eventName: ["DeleteObject"], userIdentity: strangers })],
            ["of CI", api({ userIdentity: { sessionContext: { sessionIssuer: { arn: [CI] } } } })],
            ["of one object", api({ requestParameters: { key: [".pulumi/stacks/shop/prod.json"] } })],
            ["of one project", api({ requestParameters: { key: [{ prefix: ".pulumi/stacks/shop/" }] } })],
            ["of reads", api({ readOnly: [true] })],
            ["of management events", api({ managementEvent: [true] })],
            [
                "of another bucket's ARN",
                api({ resources: { ARN: ["arn:aws:s3:::data", { prefix: "arn:aws:s3:::data/" }] } }),
            ],
            ["of other accounts", api({ userIdentity: { accountId: [{ "anything-but": ["123456789012"] }] } })],
        ].map(([name, pattern]) => ({
            name: `an alert on deletions ${String(name)} alone`,
            resources: [BUCKET, TRAIL, ...eventRule("deletion", pattern), ...eventRule("stranger", READER)],
            violations: [NO_DELETION],
        })),
        ...[
            ["{ $.userIdentity.arn!=x && $.eventName=*Object }", NO_DELETION],
            ["{ $.userIdentity.sessionContext.sessionIssuer.userName != pulumi-ci }", NO_DELETION],
            [`{ $.userIdentity.arn != "${CI}" }`, NO_DELETION],
            [`{ $.eventName != PutObject && $.requestParameters.bucketName = ${NAME} }`, NO_STRANGER],
            [`{ $.eventName != GetObject && $.requestParameters.bucketName = ${NAME} }`, NO_STRANGER],
            ["{ $.eventSource = s3.amazonaws.com && $.readOnly IS FALSE }", NO_STRANGER],
        ].map(([pattern, violation]) => ({
            name: `one filter that tells of one of both: ${String(pattern)}`,
            resources: [BUCKET, TRAIL, ...metricFilter("all", pattern)],
            violations: [String(violation)],
        })),
        ...[
            "{ $.userIdentity.accountId != 123456789012 && $.eventName = *Object }",
            `{ $.userIdentity.arn != "arn:aws:iam::123456789012:role/*" }`,
            "{ $.eventName = *Object && $.requestParameters.key = .pulumi/stacks/shop/prod.json }",
            "{ $.eventSource = s3.amazonaws.com && $.managementEvent IS TRUE }",
        ].map(pattern => ({
            name: `one filter that tells of nothing: ${pattern}`,
            resources: [BUCKET, TRAIL, ...metricFilter("all", pattern)],
            violations: [NO_DELETION, NO_STRANGER],
        })),
        ...[
            ["reads", { eventName: ["GetObject"], userIdentity: strangers }],
            ["writes", { eventName: ["PutObject"], userIdentity: strangers }],
            ["one object", { requestParameters: { key: [".pulumi/stacks/a/b.json"] }, userIdentity: strangers }],
            ["management events", { managementEvent: [true], userIdentity: strangers }],
            ["other accounts", { userIdentity: { accountId: [{ "anything-but": "123456789012" }] } }],
            ...[
                { prefix: "arn:aws:iam::123456789012:role/" },
                { prefix: ["arn:aws:iam::123456789012:"] },
                { wildcard: "arn:aws:iam::123456789012:*" },
                { wildcard: "*" },
            ].map(others => [
                `those who are not ${JSON.stringify(others)}`,
                { userIdentity: { sessionContext: { sessionIssuer: { arn: [{ "anything-but": others }] } } } },
            ]),
        ].map(([name, detail]) => ({
            name: `an alert on strangers by ${String(name)} alone`,
            resources: [
                BUCKET,
                TRAIL,
                ...eventRule("deletion", DELETION),
                ...eventRule("stranger", api(detail as object)),
            ],
            violations: [NO_STRANGER],
        })),
        {
            name: "an alarm by a query of another metric",
            resources: [BUCKET, TRAIL, ...queried({ id: "m", metric: { metricName: "errors", namespace: "State" } })],
            violations: [NO_DELETION, NO_STRANGER],
        },
        {
            name: "a bucket of Cloud Control with nothing",
            resources: [{ type: "aws-native:s3:Bucket", name: "state", props: { bucketName: NAME } }],
            violations: [NO_TRAIL, NO_DELETION, NO_STRANGER],
        },
        ...[
            [
                "of all but requests for data",
                trail({
                    advancedEventSelectors: [
                        { fieldSelectors: [ofObjects, { field: "eventCategory", notEquals: ["Data"] }] },
                    ],
                }),
            ],
            ["of all but reads by name", advanced(ofObjects, { field: "eventName", notEquals: ["GetObject"] })],
            ["of an ARN that only holds one of S3", basic([`x${ARN}/`])],
            ["of an ARN that only begins like all of S3", basic(["arn:aws:s3:"])],
            ["of another partition's ARN that is none", basic(["x:arn:aws:s3:::"])],
        ].map(([name, own]) => ({
            name: `a trail that leaves something out: ${String(name)}`,
            resources: [BUCKET, own as TestResource, ...ALERTS],
            violations: [NO_TRAIL],
        })),
        ...[
            ["of a text that only ends alike", eventRule("deletion", api({ eventName: [{ prefix: "Object" }] }))],
            ["of a text that only begins alike", eventRule("deletion", api({ eventName: [{ suffix: "Delete" }] }))],
            ["of a name that is not there", eventRule("deletion", api({ shop: ["x"], eventName: ["DeleteObject"] }))],
            ["of an operator that is not known", eventRule("deletion", api({ eventName: [{ numeric: ["=", 1] }] }))],
            [
                "of another source in the detail",
                eventRule("deletion", api({ eventSource: ["ec2.amazonaws.com"], eventName: ["DeleteObject"] })),
            ],
            ["that is disabled, in small letters", eventRule("deletion", DELETION, { state: "disabled" })],
            ...["default-audit", "my/default", "arn:aws:events:eu-west-1:123456789012:event-bus/default-2"].map(
                eventBusName => [`of the bus ${eventBusName}`, eventRule("deletion", DELETION, { eventBusName })],
            ),
            [
                "by a filter of a group whose name only ends alike",
                metricFilter("deletion", "{ $.eventName = DeleteObject }", {}, { logGroupName: "rail" }),
            ],
            [
                "by a filter of a group whose name only begins alike",
                metricFilter("deletion", "{ $.eventName = DeleteObject }", {}, { logGroupName: "trai" }),
            ],
            [
                "by a filter of a field that only ends alike",
                metricFilter("deletion", "{ $.myeventName = DeleteObject }"),
            ],
            [
                "by a filter of an error",
                metricFilter("deletion", "{ $.eventName = DeleteObject && $.errorCode=AccessDenied }"),
            ],
        ].map(([name, own]) => ({
            name: `an alert on deletions that misses them: ${String(name)}`,
            resources: [BUCKET, TRAIL, ...(own as TestResource[]), ...eventRule("stranger", READER)],
            violations: [NO_DELETION],
        })),
        { name: "nothing at all", resources: [BUCKET], violations: [NO_TRAIL, NO_DELETION, NO_STRANGER] },
        {
            name: "a bucket that settings name",
            resources: [{ ...BUCKET, name: "state", props: { bucket: "iac" } }],
            settings: { stateStores: ["iac"], alertsElsewhere: true },
            violations: [NO_TRAIL],
        },
        {
            name: "alerts without a trail",
            resources: [BUCKET, ...ALERTS],
            violations: [NO_TRAIL],
        },
        {
            name: "a trail of another account",
            resources: [
                { ...BUCKET, ...inAccount("111122223333") },
                { ...TRAIL, ...ELSEWHERE },
            ],
            settings: { alertsElsewhere: true },
            violations: [NO_TRAIL],
        },
        {
            name: "a trail whose provider takes a role of a named account, and a bucket whose provider names none",
            resources: [
                { ...BUCKET, provider: { name: "own", props: { region: "eu-west-1" } } },
                { ...TRAIL, provider: { name: "audit", props: { assumeRoles: [{ roleArn: AUDIT_ROLE }] } } },
            ],
            settings: { alertsElsewhere: true },
            violations: [NO_TRAIL],
        },
        { name: "a trail without alerts", resources: [BUCKET, TRAIL], violations: [NO_DELETION, NO_STRANGER] },
        ...[
            ["that is off", { ...TRAIL, props: { ...TRAIL.props, enableLogging: false } }],
            [
                "in the shape of an event data store that is suspended",
                {
                    ...advanced(ofObjects),
                    type: EVENT_DATA_STORE,
                    props: { ...advanced(ofObjects).props, suspend: "true" },
                },
            ],
            [
                "of one object, by advanced selectors",
                advanced(ofObjects, { field: "resources.ARN", equals: [`${ARN}/.pulumi/stacks/shop/prod.json`] }),
            ],
            [
                "of a whole ARN that is a folder's, by advanced selectors",
                advanced(ofObjects, { field: "resources.ARN", equals: [`${ARN}/`] }),
            ],
            [
                "of some objects, by advanced selectors",
                advanced(ofObjects, { field: "resources.ARN", endsWiths: [".json"] }),
            ],
            ["without data events", trail({ s3BucketName: "logs" })],
            ["of management events", trail({ eventSelectors: [{ includeManagementEvents: true }] })],
            ["of functions", basic(["arn:aws:lambda"], {}, "AWS::Lambda::Function")],
            ["of tables", basic([`${ARN}/`], {}, "AWS::DynamoDB::Table")],
            ["of names that end otherwise", advanced(ofObjects, { field: "eventName", notEndsWiths: ["Object"] })],
            [
                "of management events of objects, by advanced selectors",
                trail({
                    advancedEventSelectors: [
                        { fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }, ofObjects] },
                    ],
                }),
            ],
            ["of another bucket", basic(["arn:aws:s3:::acme-data/"])],
            ["of one folder", basic([`${ARN}/.pulumi/stacks/`])],
            ["of a bucket whose name only begins alike", basic([`${ARN}-old/`])],
            ["of writes alone", basic([`${ARN}/`], { readWriteType: "WriteOnly" })],
            ["of reads alone", basic([`${ARN}/`], { readWriteType: "ReadOnly" })],
            [
                "of management events, by advanced selectors",
                trail({
                    advancedEventSelectors: [{ fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] }],
                }),
            ],
            [
                "of tables, by advanced selectors",
                advanced({ field: "resources.type", equals: ["AWS::DynamoDB::Table"] }),
            ],
            ["of writes alone, by advanced selectors", advanced(ofObjects, { field: "readOnly", equals: ["false"] })],
            [
                "of deletions alone, by advanced selectors",
                advanced(ofObjects, { field: "eventName", equals: ["DeleteObject"] }),
            ],
            [
                "of all names but reads, by advanced selectors",
                advanced(ofObjects, { field: "eventName", notStartsWiths: ["Get"] }),
            ],
            [
                "of all buckets but this one",
                advanced(ofObjects, {
                    field: "resources.ARN",
                    startsWiths: ["arn:aws:s3:::"],
                    notStartsWiths: [`${ARN}/`],
                }),
            ],
            ["of wrong types", basic(5)],
        ].map(([name, own]) => ({
            name: `a trail ${String(name)}`,
            resources: [BUCKET, own as TestResource, ...ALERTS],
            violations: [NO_TRAIL],
        })),
        ...[
            ["without a target", eventRule("deletion", DELETION).slice(0, 1)],
            [
                "with another rule's target",
                [...eventRule("deletion", DELETION).slice(0, 1), ...eventRule("other", { source: ["aws.ec2"] })],
            ],
            ["that is disabled", eventRule("deletion", DELETION, { state: "DISABLED" })],
            ["that is disabled, in the older spelling", eventRule("deletion", DELETION, { isEnabled: false })],
            [
                "of another bucket",
                eventRule("deletion", { ...DELETION, detail: { requestParameters: { bucketName: ["data"] } } }),
            ],
            ["of another request", eventRule("deletion", api({ eventName: ["PutObject"], userIdentity: strangers }))],
            [
                "of all requests but this",
                eventRule("deletion", api({ eventName: [{ "anything-but": ["DeleteObject", "GetObject"] }] })),
            ],
            ["of another service", eventRule("deletion", { ...DELETION, source: ["aws.ec2"] })],
            [
                "of failed requests",
                eventRule("deletion", api({ eventName: ["DeleteObject"], errorCode: ["AccessDenied"] })),
            ],
            ["of the expected principals", eventRule("deletion", api({ userIdentity: { arn: [CI] } }))],
            [
                "by alternatives that are other requests",
                eventRule("deletion", api({ $or: [{ eventName: ["PutObject"] }] })),
            ],
            ["whose detail is a list", eventRule("deletion", { ...DELETION, detail: [NAME] })],
            ["of requests that exist", eventRule("deletion", api({ requestParameters: { exists: true } }))],
            ["of a bus of its own", eventRule("deletion", DELETION, { eventBusName: "acme-audit" })],
            ["by notifications that nobody asked for", eventRule("deletion", DELETED)],
            [
                "by notifications that are off",
                [{ ...NOTIFIES, props: { bucket: NAME, eventbridge: false } }, ...eventRule("deletion", DELETED)],
            ],
            [
                "by notifications of another bucket",
                [{ ...NOTIFIES, props: { bucket: "data", eventbridge: true } }, ...eventRule("deletion", DELETED)],
            ],
            [
                "by a filter of another group",
                metricFilter("deletion", "{ $.eventName = DeleteObject }", {}, { logGroupName: "other-trail" }),
            ],
            [
                "by a filter of a bucket whose name only begins alike",
                metricFilter(
                    "deletion",
                    `{ ($.eventName = DeleteObject) && ($.requestParameters.bucketName = "${NAME}-old") }`,
                ),
            ],
            [
                "by a filter of another service",
                metricFilter("deletion", `{ ($.eventSource = kms.amazonaws.com) && ($.userIdentity.arn != "${CI}") }`),
            ],
            ["by a filter of all other events", metricFilter("deletion", '{ $.eventName != "Delete*" }')],
            [
                "by a filter of failed requests",
                metricFilter("deletion", '{ ($.eventName = DeleteObject) && ($.errorCode = "AccessDenied") }'),
            ],
            ["by a filter of the expected principals", metricFilter("deletion", `{ $.userIdentity.arn = "${CI}" }`)],
            ["of another kind of event", eventRule("deletion", { ...DELETION, "detail-type": ["Object Created"] })],
            ["of an operator that nobody knows", eventRule("deletion", api({ eventName: [{ exists: false }] }))],
            ["that is no JSON", eventRule("deletion", "DeleteObject")],
            ["that is a list", eventRule("deletion", "[]")],
            ["of a wrong type", eventRule("deletion", 5)],
            ["by a filter of another event", metricFilter("deletion", "{ $.eventName = PutObject }")],
            [
                "by a filter of another bucket",
                metricFilter(
                    "deletion",
                    '{ ($.eventName = DeleteObject) && ($.requestParameters.bucketName = "data") }',
                ),
            ],
            ["by a filter of something else", metricFilter("deletion", "ERROR")],
            [
                "by a filter of other buckets",
                metricFilter("deletion", `{ $.requestParameters.bucketName != "${NAME}" }`),
            ],
            ["by an empty filter", metricFilter("deletion", "")],
            [
                "by a filter whose alarm does nothing",
                metricFilter("deletion", "{ $.eventName = DeleteObject }", { alarmActions: [] }),
            ],
            [
                "by a filter whose alarm is off",
                metricFilter("deletion", "{ $.eventName = DeleteObject }", { actionsEnabled: false }),
            ],
            [
                "by a filter with another metric's alarm",
                metricFilter("deletion", "{ $.eventName = DeleteObject }", { metricName: "errors" }),
            ],
            [
                "by a filter with another namespace's alarm, whose metric is unknown",
                metricFilter("deletion", "{ $.eventName = DeleteObject }", { namespace: "Shop", metricName: UNKNOWN }),
            ],
            [
                "by a filter with another namespace's alarm",
                metricFilter("deletion", "{ $.eventName = DeleteObject }", { namespace: "Shop" }),
            ],
        ].map(([name, own]) => ({
            name: `an alert on deletions ${String(name)}`,
            resources: [BUCKET, TRAIL, ...(own as TestResource[]), ...eventRule("stranger", READER)],
            violations: [NO_DELETION],
        })),
        {
            name: "a filter of another group than the trail's, both by reference",
            resources: [
                BUCKET,
                { ...TRAIL, props: { ...TRAIL.props, cloudWatchLogsGroupArn: ref("trail-logs", "arn") } },
                { type: "aws:cloudwatch/logGroup:LogGroup", name: "trail-logs", props: {} },
                { type: "aws:cloudwatch/logGroup:LogGroup", name: "app-logs", props: {} },
                ...metricFilter(
                    "all",
                    "{ $.eventSource = s3.amazonaws.com }",
                    {},
                    { logGroupName: ref("app-logs", "name") },
                ),
            ],
            violations: [NO_DELETION, NO_STRANGER],
        },
        {
            name: "an event data store, of which EventBridge and the logs are not told",
            resources: [
                BUCKET,
                { ...advanced(ofObjects), type: EVENT_DATA_STORE },
                ...eventRule("all", api({})),
                ...metricFilter("logs", "{ $.eventSource = s3.amazonaws.com }"),
            ],
            violations: [NO_DELETION, NO_STRANGER],
        },
        {
            name: "a filter whose metric is unknown in a preview, without any alarm",
            resources: [
                BUCKET,
                TRAIL,
                ...metricFilter(
                    "all",
                    "{ $.eventSource = s3.amazonaws.com }",
                    {},
                    {
                        metricTransformation: { name: UNKNOWN, namespace: "State", value: "1" },
                    },
                ).slice(0, 1),
            ],
            violations: [NO_DELETION, NO_STRANGER],
        },
        {
            name: "a filter, where the trail writes no log",
            resources: [BUCKET, basic([`${ARN}/`]), ...metricFilter("all", "{ $.eventSource = s3.amazonaws.com }")],
            violations: [NO_DELETION, NO_STRANGER],
        },
        ...[
            ["of deletions alone", eventRule("stranger", DELETION)],
            [
                "by the bucket's own notifications of deletions",
                eventRule("stranger", { source: ["aws.s3"], "detail-type": ["Object Deleted"] }),
            ],
            [
                "by a filter without a metric",
                metricFilter("stranger", '{ $.eventSource = "s3.amazonaws.com" }', {
                    metricName: null,
                    namespace: null,
                }).map(each => ({ ...each, props: { ...each.props, metricTransformation: null } })),
            ],
            ["of the expected principals", eventRule("stranger", api({ userIdentity: { arn: [CI] } }))],
            ["of the root user", eventRule("stranger", api({ userIdentity: { type: ["Root"] } }))],
            [
                "by the bucket's own notifications",
                eventRule("stranger", { source: ["aws.s3"], "detail-type": ["Object Created"] }),
            ],
            ["by a filter of the expected principals", metricFilter("stranger", `{ $.userIdentity.arn = "${CI}" }`)],
        ].map(([name, own]) => ({
            name: `an alert on strangers ${String(name)}`,
            resources: [BUCKET, TRAIL, ...eventRule("deletion", DELETION), ...(own as TestResource[])],
            violations: [NO_STRANGER],
        })),
    ],
    badSettings: [{ trailElsewhere: "yes" }, { alertsElsewhere: 1 }, { stateTags: [""] }, { trailsElsewhere: true }],
});
