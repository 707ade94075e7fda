import type { StackValidationPolicy } from "@pulumi/policy";
import type { Diagnostic } from "../../kit/policy";
import { configSchemaOf } from "../../kit/settings";
import { EXEMPTIONS, ExemptionSettings } from "./exemption";

/**
 * The policy whose settings are the exemptions of all rules, and which reports on them once a run. It must be the last of
 * the pack's policies, so that the others have judged when it reports.
 */
export function exemptionsPolicy(summary: () => readonly string[]): StackValidationPolicy {
    return {
        name: EXEMPTIONS,
        displayName: "Exemptions",
        description:
            "Exempts named violations from rules for a stated reason until a date, and reports which. Disabled, it exempts nothing.",
        enforcementLevel: "advisory",
        severity: "low",
        tags: ["exemptions"],
        configSchema: configSchemaOf(ExemptionSettings),
        validateStack: (_args, reportViolation) => {
            // The SDK's types know text only; its code takes a diagnostic as well.
            const report = reportViolation as unknown as (diagnostic: Diagnostic) => void;
            for (const message of summary()) report({ message, enforcementLevel: "advisory" });
        },
    };
}
