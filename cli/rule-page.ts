import type { Rule } from "../policies/kit/rule";
import { configSchemaOf } from "../policies/kit/settings";

/** What an own rule without a page says of itself, as Markdown in the form of the pages. */
export function pageOfOwn(rule: Rule): string {
    const settings = Object.entries(
        configSchemaOf(rule.settings).properties as Record<string, { default?: unknown; description?: string }>,
    ).map(
        ([key, { default: value, description = "" }]) =>
            `- \`${key}\`: ${description} Default: ${JSON.stringify(value)}.`,
    );
    const aspects = (rule.aspects ?? []).map(
        ({ id, severity, description }) => `- \`${id}\` (${severity}): ${description}`,
    );
    return [
        `# ${rule.title} (\`${rule.name}\`)`,
        rule.description,
        `Severity: ${rule.severity}. Enforcement level: ${rule.enforcementLevel} unless settings say otherwise. More: <${rule.url}>`,
        "## Settings",
        settings.join("\n") || "None.",
        "## Remediation",
        rule.remediationSteps.map((step, index) => `${index + 1}. ${step}`).join("\n"),
        ...(aspects.length === 0 ? [] : ["## Aspects", aspects.join("\n")]),
    ].join("\n\n");
}
