import { SEVERITIES } from "../policies/config/profile";
import { printable, UNPRINTABLE } from "../policies/kit/report";
import type { CheckResult, Finding, Scope } from "./check";
import { colors } from "./colors";
import { exemptionOf } from "./exempt";
import { explanationOf, isOwn } from "./rules";

/** The result as one JSON document, for programs. */
export function toJson({ judged, findings, notes, notJudged }: CheckResult): string {
    // JSON escapes some of these itself; what is left of its own are the ends of lines.
    return JSON.stringify({ judged, findings, notes, notJudged }, undefined, 2).replace(UNPRINTABLE, character =>
        character === "\n" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}

/** Said beneath findings, unless each says more. */
const HINT = "--verbose tells each finding's URN and the command that exempts it until a date.\n";

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
export function toSummary({ judged, findings, notJudged }: CheckResult): string {
    const count = (level: Finding["enforcementLevel"]) =>
        findings.filter(({ enforcementLevel }) => enforcementLevel === level).length;
    const counts = `${count("mandatory")} mandatory, ${count("advisory")} advisory, ${notJudged.length} not judged`;
    const passed =
        notJudged.length > 0 ? colors.cyan("? not blocked, but not all was judged") : colors.green("✔ not blocked");
    const verdict = count("mandatory") > 0 ? colors.red("✖ blocked") : passed;
    const resources = judged.reduce((sum, unit) => sum + unit.resources, 0);
    const stacks = judged.length > 1 ? ` in ${judged.length} stacks` : "";
    return `${verdict}: ${counts} (${resources} resources${stacks})`;
}

/**
 * The result for people: by stack where there are several, then by rule, the mandatory ones first, each with what to do about it,
 * and the summary line.
 */
export function toText(result: CheckResult, { isVerbose = false } = {}): string {
    const hint = result.findings.length === 0 || isVerbose ? [] : [colors.dim(HINT)];
    if (result.judged.length < 2) return [...linesOf(result, isVerbose), ...hint, toSummary(result)].join("\n");
    const headings = new Set([...result.findings, ...result.notes, ...result.notJudged].map(headingOf));
    const inOrder = [
        "",
        ...result.judged.flatMap(({ project, stack }) => [headingOf({ project }), headingOf({ project, stack })]),
    ];
    const lines = [...new Set(inOrder)]
        .filter(heading => headings.has(heading))
        .flatMap(heading => {
            const here = (item: Scope) => headingOf(item) === heading;
            const part = {
                ...result,
                findings: result.findings.filter(here),
                notes: result.notes.filter(here),
                notJudged: result.notJudged.filter(here),
            };
            return [colors.bold(`── ${heading || "the repository"} ──`), "", ...linesOf(part, isVerbose)];
        });
    return [...lines, ...hint, toSummary(result)].join("\n");
}

/** `shop/prod`; the project alone for what is about several of its stacks, and nothing for what is about several projects. */
function headingOf({ project, stack }: Scope): string {
    return printable([project, stack].filter(part => part !== undefined).join("/"));
}

function linesOf({ findings, notes, notJudged, remediationSteps }: CheckResult, isVerbose: boolean): string[] {
    const ofLevel = (level: Finding["enforcementLevel"]) =>
        findings.filter(({ enforcementLevel }) => enforcementLevel === level);
    const parts = [
        ...byRule(ofLevel("mandatory")).map(group =>
            section(group, colors.red("✖ mandatory"), remediationSteps, isVerbose),
        ),
        ...byRule(ofLevel("advisory")).map(group =>
            section(group, colors.yellow("⚠ advisory "), remediationSteps, isVerbose),
        ),
    ];
    if (notes.length > 0) parts.push([colors.cyan("i settings"), ...notes.map(({ message }) => indented(message))]);
    if (notJudged.length > 0) parts.push([colors.cyan("? not judged"), ...byReason(notJudged)]);
    for (const { output } of notJudged) {
        if (output === undefined) continue;
        const lines = output.split("\n").map(line => `        ${printable(line)}`);
        parts.push([colors.dim("    the program's output:"), ...lines]);
    }
    return parts.flatMap(part => [...part, ""]);
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
        subjects.set(reason, [
            ...(subjects.get(reason) ?? []),
            rule === undefined ? printable(subject) : colors.bold(rule),
        ]);
    }
    return [...subjects].map(([reason, names]) => `    ${names.join(", ")}: ${printable(reason)}`);
}

function section(
    group: readonly [Finding, ...Finding[]],
    label: string,
    remediationSteps: CheckResult["remediationSteps"],
    isVerbose: boolean,
): string[] {
    const [{ rule }] = group;
    // Those of its aspects may differ.
    const severity = SEVERITIES.findLast(one => group.some(finding => finding.severity === one)) ?? "";
    const steps = (remediationSteps[rule] ?? "").split("\n").filter(step => step !== "");
    return [
        `${label}  ${colors.bold(rule)}  ${colors.dim(severity)}`,
        ...group.flatMap(finding => [
            `${indented(finding.message)}${placeOf(finding)}`,
            ...(isVerbose ? detailsOf(finding) : []),
        ]),
        ...steps.map((step, index) => colors.dim(`      ${index === 0 ? "fix " : "    "}${step}`)),
        ...(isOwn(rule) ? [colors.dim(`      why ${explanationOf(rule)}`)] : []),
    ];
}

function indented(message: string): string {
    return `    ${message.replaceAll("\n", "\n    ")}`;
}

/** What names the finding exactly, and what exempts it. */
function detailsOf(finding: Finding): string[] {
    const details = [finding.urn, exemptionOf(finding)].filter(detail => detail !== undefined);
    return details.map(detail => colors.dim(`        ${printable(detail)}`));
}

/** Where the program makes the resource at fault, for a person to open. */
function placeOf({ source }: Finding): string {
    return source === undefined ? "" : `  ${colors.dim(printable(`${source.file}:${source.line}`))}`;
}
