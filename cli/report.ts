import colors from "picocolors";
import type { CheckResult, Finding } from "./check";

/** The result as one JSON document, for programs. */
export function toJson({ findings, notJudged }: CheckResult): string {
    return JSON.stringify({ findings, notJudged }, undefined, 2);
}

/** 0 clean, 1 violations at mandatory level, 3 something could not be judged. Advisory findings do not fail. */
export function exitCodeOf({ findings, notJudged }: CheckResult): 0 | 1 | 3 {
    if (findings.some(({ enforcementLevel }) => enforcementLevel === "mandatory")) return 1;
    return notJudged.length > 0 ? 3 : 0;
}

/** The result for people: by rule, the mandatory ones first, each with what to do about it, and a summary line. */
export function toText(result: CheckResult): string {
    const { findings, notJudged, remediationSteps, resourceCount } = result;
    const ofLevel = (level: Finding["enforcementLevel"]) =>
        findings.filter(({ enforcementLevel }) => enforcementLevel === level);
    const mandatory = ofLevel("mandatory");
    const advisory = ofLevel("advisory");
    const lines = [
        ...byRule(mandatory).flatMap(group => section(group, colors.red("✖ mandatory"), remediationSteps)),
        ...byRule(advisory).flatMap(group => section(group, colors.yellow("⚠ advisory "), remediationSteps)),
    ];
    if (notJudged.length > 0) {
        lines.push(colors.cyan("? not judged"));
        lines.push(...byReason(notJudged), "");
    }
    const counts = `${mandatory.length} mandatory, ${advisory.length} advisory, ${notJudged.length} not judged`;
    const passed =
        notJudged.length > 0 ? colors.cyan("? not blocked, but not all was judged") : colors.green("✔ not blocked");
    const verdict = mandatory.length > 0 ? colors.red("✖ blocked") : passed;
    lines.push(`${verdict}: ${counts} (${resourceCount} resources)`);
    return lines.join("\n");
}

function byRule(findings: readonly Finding[]): (readonly [Finding, ...Finding[]])[] {
    const groups = new Map<string, [Finding, ...Finding[]]>();
    for (const finding of findings) {
        const group = groups.get(finding.rule);
        if (group === undefined) groups.set(finding.rule, [finding]);
        else group.push(finding);
    }
    return [...groups.values()];
}

/** A line for each reason, with all that it keeps from being judged: one unknown document stops every rule that reads it. */
function byReason(notJudged: CheckResult["notJudged"]): string[] {
    const subjects = new Map<string, string[]>();
    for (const { rule, subject, reason } of notJudged) {
        subjects.set(reason, [...(subjects.get(reason) ?? []), rule === undefined ? subject : colors.bold(rule)]);
    }
    return [...subjects].map(([reason, names]) => `    ${names.join(", ")}: ${reason}`);
}

function section(
    group: readonly [Finding, ...Finding[]],
    label: string,
    remediationSteps: CheckResult["remediationSteps"],
): string[] {
    const [{ rule, severity }] = group;
    const steps = (remediationSteps[rule] ?? "").split("\n").filter(step => step !== "");
    return [
        `${label}  ${colors.bold(rule)}  ${colors.dim(severity)}`,
        ...group.map(finding => `    ${finding.message.replaceAll("\n", "\n    ")}${placeOf(finding)}`),
        ...steps.map((step, index) => colors.dim(`      ${index === 0 ? "fix " : "    "}${step}`)),
        "",
    ];
}

/** Where the program makes the resource at fault, for a person to open. */
function placeOf({ source }: Finding): string {
    return source === undefined ? "" : `  ${colors.dim(`${source.file}:${source.line}`)}`;
}
