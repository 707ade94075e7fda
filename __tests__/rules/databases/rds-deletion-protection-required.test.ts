import { rule } from "../../../policies/rules/databases/rds-deletion-protection-required";
import { UNKNOWN } from "../../support/engine-args";
import { testResourceRule } from "../../support/test-rule";

testResourceRule(rule, {
    valid: [
        { name: "protected instance", props: { deletionProtection: true } },
        {
            name: "protection that is unknown in a preview",
            props: { deletionProtection: UNKNOWN },
            notes: [
                "Cannot be judged yet: Instance 'subject', deletionProtection: is unknown until the update; expected true.",
            ],
        },
    ],
    invalid: [
        {
            name: "omitted protection, which the cloud takes as false",
            props: {},
            violations: ["Instance 'subject', deletionProtection: is not set; expected true."],
        },
        {
            name: "a global cluster of DocumentDB without protection",
            type: "aws:docdb/globalCluster:GlobalCluster",
            props: { deletionProtection: false },
            violations: ["GlobalCluster 'subject', deletionProtection: is false; expected true."],
        },
    ],
    badSettings: [{ enabled: true }],
});
