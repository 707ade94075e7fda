import { type Job, jobsBefore, type Pipeline, type Step } from "../../../pipelines/pipeline";
import { callsIn, runsProgram } from "../../../pipelines/pulumi-call";
import type { Command } from "../../../pipelines/shell";

/** Languages of programs, as `runtime` in Pulumi.yaml names them, with what audits their dependencies. */
const COMMANDS: Readonly<Record<string, readonly RegExp[]>> = {
    nodejs: [
        /\b(npm|pnpm|bun)\b (?!.*\b(fix|signatures)\b)(.* )?audit\b/,
        /\byarn\b (.* )?(npm )?audit\b/,
        /\b(audit-ci|better-npm-audit|npm-audit-resolver)\b/,
    ],
    python: [/\bpip[-_]audit\b/, /\bsafety (check|scan)\b/, /\buv (.* )?audit\b/, /\bpipenv (check|audit)\b/],
    go: [/\bgovulncheck\b/, /\bnancy sleuth\b/],
    dotnet: [/\bdotnet (list|package)\b.*--vulnerable\b/],
    java: [/dependency-check/, /dependencyCheck/, /ossindex/i],
};

const FOR_ALL = /\b(osv-scanner|trivy (fs|filesystem|repo|rootfs)|grype|snyk test|dependency-check(\.sh)?)\b/;

const ACTIONS: Readonly<Record<string, readonly string[]>> = {
    nodejs: [],
    python: ["pypa/gh-action-pip-audit"],
    go: ["golang/govulncheck-action"],
    dotnet: [],
    java: ["dependency-check/dependency-check_action"],
};

const ACTIONS_FOR_ALL =
    /^(actions\/dependency-review-action|google\/osv-scanner(-action)?(\/.*)?|aquasecurity\/trivy-action|snyk\/actions(\/.*)?|anchore\/scan-action)$/;

/** What to run, by language. */
const SUGGESTIONS: Readonly<Record<string, string>> = {
    nodejs: "`npm audit`",
    python: "`pip-audit`",
    go: "`govulncheck ./...`",
    dotnet: "`dotnet list package --vulnerable`",
    java: "OWASP dependency-check",
};

/** Languages whose programs have dependencies to audit. YAML programs have none. */
export function hasDependencies(runtime: string): boolean {
    return runtime in COMMANDS;
}

/** A suggestion for the languages: `` `npm audit` or `osv-scanner` ``. */
export function auditFor(runtimes: readonly string[]): string {
    return [...runtimes.flatMap(runtime => SUGGESTIONS[runtime] ?? []), "`osv-scanner`"].join(" or ");
}

/** Whether a job's dependencies are audited before it first runs a program; `ignored` when the audit cannot fail. */
export function auditBefore(job: Job, pipeline: Pipeline, runtimes: readonly string[]): "yes" | "no" | "ignored" {
    let verdict: "no" | "ignored" = "no";
    for (const before of jobsBefore(job, pipeline)) {
        const uses = before.at.get("uses").string() ?? "";
        if (ACTIONS_FOR_ALL.test(uses.replace(/@.*$/, "").toLowerCase())) return "yes";
        for (const step of before.steps) {
            for (const audit of auditsOf(step, runtimes)) {
                if (!audit.isFailureIgnored && !before.isFailureIgnored) return "yes";
                verdict = "ignored";
            }
        }
    }
    for (const step of job.steps) {
        for (const audit of auditsOf(step, runtimes)) {
            if (!audit.isFailureIgnored) return "yes";
            verdict = "ignored";
        }
        if (step.calls.some(runsProgram)) return verdict;
    }
    return verdict;
}

/** The audits of a step that come before it runs a program. */
function auditsOf(step: Step, runtimes: readonly string[]): { isFailureIgnored: boolean }[] {
    const { action, commands, isFailureIgnored } = step;
    if (ACTIONS_FOR_ALL.test(action) || runtimes.some(runtime => ACTIONS[runtime]?.includes(action))) {
        return [{ isFailureIgnored }];
    }
    const program = commands.findIndex(command => callsIn(command, step.at).some(runsProgram));
    return commands
        .slice(0, program === -1 ? undefined : program)
        .filter(command => isAudit(command, runtimes))
        .map(command => ({ isFailureIgnored: isFailureIgnored || command.isFailureIgnored }));
}

function isAudit({ words }: Command, runtimes: readonly string[]): boolean {
    const text = words.join(" ");
    if (/^(echo|printf|(npm|pnpm|yarn|bun|pip3?|pipx|brew|uv tool|go|cargo) (install|i|add)\b)/.test(text))
        return false;
    return FOR_ALL.test(text) || runtimes.some(runtime => COMMANDS[runtime]?.some(pattern => pattern.test(text)));
}
