import { z } from "zod";
import { withNativeStack } from "../../aws/native";
import { securityHub } from "../../kit/controls";
import type { Aspect } from "../../kit/report";
import { stackRule } from "../../kit/rule";
import { allOf } from "../../kit/truth";
import { azureStateStores, gcsStateStores, s3StateStores, stateStoreSettings } from "../../state/stores";
import { type Incident, isAlerted } from "./state-access-audited/alerts";
import { isRecorded } from "./state-access-audited/trails";

const Settings = z.strictObject({
    ...stateStoreSettings,
    trailElsewhere: z
        .boolean()
        .default(false)
        .describe("Whether a trail that is not in the stack of the bucket records its data events."),
    alertsElsewhere: z
        .boolean()
        .default(false)
        .describe("Whether the alerts are not in the stack of the bucket, such as in a security account."),
});

const DATA_EVENTS: Aspect = {
    id: "data-events",
    description: "CloudTrail records who reads and writes the state.",
    severity: "high",
};

const INCIDENTS: Readonly<
    Record<Incident, { readonly aspect: Aspect; readonly when: string; readonly expected: string }>
> = {
    deletion: {
        aspect: {
            id: "deletion-alert",
            description: "Somebody is told when an object of the state is deleted.",
            severity: "high",
        },
        when: "when an object is deleted",
        expected: "an alert on DeleteObject",
    },
    stranger: {
        aspect: {
            id: "other-principals-alert",
            description: "Somebody is told when another principal than CI and break-glass uses the state.",
            severity: "high",
        },
        when: "when another principal uses the state",
        expected: "an alert on access by all but the roles of CI and break-glass",
    },
};

/**
 * What happens to state behind Pulumi's back is seen only by who records it, and noticed only by who is told.
 *
 * Concerns stacks that create the bucket. Access logs, which state-bucket-hardened asks for, arrive hours later and tell
 * nobody.
 * Source: AWS CloudTrail User Guide, "Logging data events".
 */
const classic = stackRule({
    name: "state-access-audited",
    title: "Access to Pulumi state is recorded and alerted on",
    description:
        "Reading and writing Pulumi state must be recorded by CloudTrail data events, with alerts on deletion and on access by " +
        "other principals.",
    severity: "high",
    enforcementLevel: "advisory",
    tags: ["aws", "state", "audit"],
    controls: securityHub("S3.22", "S3.23"),
    remediationSteps: [
        "Add a CloudTrail trail whose event selectors record data events (`AWS::S3::Object`) of the bucket, reads and writes.",
        "Add an EventBridge rule with a target on `DeleteObject` in the bucket, and one on access by all but the roles of CI and break-glass (`anything-but`).",
        "Where trail or alerts are kept in another stack or account, set `trailElsewhere` or `alertsElsewhere`.",
    ],
    url: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html",
    settings: Settings,
    aspects: [DATA_EVENTS, ...Object.values(INCIDENTS).map(({ aspect }) => aspect)],
    judge(stack, settings, report) {
        if (!settings.trailElsewhere || !settings.alertsElsewhere) {
            for (const store of [...gcsStateStores(stack, settings), ...azureStateStores(stack, settings)]) {
                report.note(
                    store,
                    "holds Pulumi state, and only for S3 is it judged whether access is recorded and alerted on; see to audit logs of data access and alerts on them, and say so by trailElsewhere and alertsElsewhere.",
                );
            }
        }
        for (const bucket of s3StateStores(stack, settings)) {
            if (!settings.trailElsewhere) {
                const recorded = allOf([isRecorded(stack, bucket, "read"), isRecorded(stack, bucket, "write")]);
                const expected = "expected a trail with data events of all requests to its objects";
                if (recorded === "unknown") {
                    report
                        .of(DATA_EVENTS)
                        .undetermined(
                            bucket,
                            `which requests CloudTrail records is unknown until the update; ${expected}.`,
                        );
                } else if (recorded === "no") {
                    report
                        .of(DATA_EVENTS)
                        .violation(bucket, `has no trail that records who reads and writes its objects; ${expected}.`);
                }
            }
            if (settings.alertsElsewhere) continue;
            for (const incident of ["deletion", "stranger"] as const) {
                const alerted = isAlerted(stack, bucket, incident);
                const { aspect, when, expected: alert } = INCIDENTS[incident];
                const expected = `expected ${alert}, by an EventBridge rule with a target or a metric filter with an alarm`;
                if (alerted === "unknown") {
                    report
                        .of(aspect)
                        .undetermined(
                            bucket,
                            `whether anybody is told ${when} is unknown until the update; ${expected}.`,
                        );
                } else if (alerted === "no") {
                    report.of(aspect).violation(bucket, `nobody is told ${when}; ${expected}.`);
                }
            }
        }
    },
});

export const rule = withNativeStack(classic);
