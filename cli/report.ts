import colors from "picocolors";
import { SEVERITIES } from "../policies/config/profile";
import type { CheckResult, Finding } from "./check";

/** The result as one JSON document, for programs. */
export function toJson({ findings, notJudged }: CheckResult): string {
    return JSON.stringify({ findings, notJudged }, undefined, 2);
}

/** What ends a check with another code than 0. */
export interface FailureConditions {
    /** The lowest level of findings that fail; `none` for no finding at all. */
    readonly failOn: "advisory" | "mandatory" | "none";
    /** Whether what could not be judged is let through. */
    readonly allowNotJudged: boolean;
}

/** 0 clean, 1 violations at a level that fails, 3 something could not be judged. */
export function exitCodeOf(
    { findings, notJudged }: CheckResult,
    { failOn, allowNotJudged }: FailureConditions,
): 0 | 1 | 3 {
    const isFailure = ({ enforcementLevel }: Finding) =>
        failOn === "advisory" || (failOn === "mandatory" && enforcementLevel === "mandatory");
    if (findings.some(isFailure)) return 1;
    return notJudged.length > 0 && !allowNotJudged ? 3 : 0;
}

/** The summary line alone. */
export function toSummary({ findings, notJudged, resourceCount }: CheckResult): string {
    const count = (level: Finding["enforcementLevel"]) =>
        findings.filter(({ enforcementLevel }) => enforcementLevel === level).length;
    const counts = `${count("mandatory")} mandatory, ${count("advisory")} advisory, ${notJudged.length} not judged`;
    const passed =
        notJudged.length > 0 ? colors.cyan("? not blocked, but not all was judged") : colors.green("✔ not blocked");
    const verdict = count("mandatory") > 0 ? colors.red("✖ blocked") : passed;
    return `${verdict}: ${counts} (${resourceCount} resources)`;
}

/** The result for people: by rule, the mandatory ones first, each with what to do about it, and the summary line. */
export function toText(result: CheckResult): string {
    const { findings, notJudged, remediationSteps } = result;
    const ofLevel = (level: Finding["enforcementLevel"]) =>
        findings.filter(({ enforcementLevel }) => enforcementLevel === level);
    const placeOf = placesIn(findings);
    const mandatory = ofLevel("mandatory");
    const advisory = ofLevel("advisory");
    const lines = [
        ...byRule(mandatory).flatMap(group => section(group, colors.red("✖ mandatory"), remediationSteps, placeOf)),
        ...byRule(advisory).flatMap(group => section(group, colors.yellow("⚠ advisory "), remediationSteps, placeOf)),
    ];
    if (notJudged.length > 0) {
        lines.push(colors.cyan("? not judged"));
        lines.push(...byReason(notJudged), "");
    }
    lines.push(toSummary(result));
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
    placeOf: (finding: Finding) => string,
): string[] {
    const [{ rule }] = group;
    // Those of its aspects may differ.
    const severity = SEVERITIES.findLast(one => group.some(finding => finding.severity === one)) ?? "";
    const steps = (remediationSteps[rule] ?? "").split("\n").filter(step => step !== "");
    return [
        `${label}  ${colors.bold(rule)}  ${colors.dim(severity)}`,
        ...group.map(finding => `    ${finding.message.replaceAll("\n", "\n    ")}${placeOf(finding)}`),
        ...steps.map((step, index) => colors.dim(`      ${index === 0 ? "fix " : "    "}${step}`)),
        "",
    ];
}

/** Where the program makes the resource at fault, for a person to open, and its stack where there are several. */
function placesIn(findings: readonly Finding[]): (finding: Finding) => string {
    const stackOf = ({ urn }: Finding) => urn?.split("::")[0]?.replace("urn:pulumi:", "");
    const stacks = new Set(findings.map(stackOf).filter(stack => stack !== undefined));
    return finding => {
        const { source } = finding;
        const line = source === undefined ? [] : [`${source.file}:${source.line}`];
        const stack = stackOf(finding);
        const places = [...line, ...(stack === undefined || stacks.size < 2 ? [] : [`stack ${stack}`])];
        return places.length === 0 ? "" : `  ${colors.dim(places.join(", "))}`;
    };
}
