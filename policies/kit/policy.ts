import type {
    EnforcementLevel,
    ReportViolation,
    ResourceValidationPolicy,
    Severity,
    StackValidationPolicy,
} from "@pulumi/policy";
import type { Workspace } from "./project/workspace";
import { locate, type Place, type Report, UNDETERMINED, urnOf } from "./report";
import { resourceOf, stackResourceOf } from "./resource";
import type { ProjectRule, ResourceRule, Rule, StackRule } from "./rule";
import { configSchemaOf, SettingsError, settingsParser } from "./settings";
import { Stack } from "./stack";

/** One thing a rule found, before it reaches the engine. */
export interface Finding {
    readonly rule: Rule;
    /** True for a breach of the rule; false for a note, which is advisory whatever the rule's level. */
    readonly isViolation: boolean;
    /** The whole message, place included. */
    readonly message: string;
    /** The resource at fault; undefined for a file or the stack as a whole. */
    readonly urn: string | undefined;
}

/** Decides what becomes of a finding: `report` it, or `drop` it because an exemption covers it. */
export type FindingFilter = (finding: Finding) => "report" | "drop";

/** What a rule needs from the pack that runs it. */
export interface Host {
    /** The project that the settings or the engine's environment point at. Throws nothing. */
    readonly workspace: (projectDir: string | undefined) => Workspace;
    readonly filter: FindingFilter;
    /** Text to add to the messages of a rule's violations, such as when it becomes mandatory; empty for none. */
    readonly suffix: (rule: Rule) => string;
}

/** What the SDK's `reportViolation` takes besides text; it keeps the message as it is and may lower the level. */
interface Diagnostic {
    readonly message: string;
    readonly urn?: string | undefined;
    readonly enforcementLevel?: EnforcementLevel;
    readonly severity?: Severity;
}

/** The SDK's policy for a rule. All rules pass through here, so this is where the pack's promises to all of them live. */
export function toPolicy(rule: Rule, host: Host): ResourceValidationPolicy | StackValidationPolicy {
    const [control] = rule.controls;
    const metadata = {
        name: rule.name,
        displayName: rule.title,
        description: rule.description,
        severity: rule.severity,
        enforcementLevel: rule.enforcementLevel,
        tags: [...rule.tags],
        remediationSteps: rule.remediationSteps.map((step, index) => `${index + 1}. ${step}`).join("\n"),
        url: rule.url,
        configSchema: configSchemaOf(rule.settings),
        ...(control === undefined
            ? {}
            : {
                  framework: {
                      name: control.framework,
                      version: control.version,
                      reference: control.id,
                      specification: control.source,
                  },
              }),
    };
    switch (rule.scope) {
        case "resource":
            return { ...metadata, ...resourcePolicy(rule, host) };
        case "stack":
            return { ...metadata, validateStack: stackValidation(rule, host) };
        case "project":
            return { ...metadata, validateStack: projectValidation(rule, host) };
    }
}

function resourcePolicy(
    rule: ResourceRule,
    host: Host,
): Pick<ResourceValidationPolicy, "validateResource" | "remediateResource"> {
    const settingsOf = settingsParser(rule.name, rule.settings);
    const types = rule.types === "all" ? undefined : new Set(rule.types);
    const validateResource: ResourceValidationPolicy["validateResource"] = (args, reportViolation) => {
        const settings = settingsOf(args.getConfig());
        if (types !== undefined && !types.has(args.type)) return;
        const resource = resourceOf(args);
        const report = reporter(rule, host, reportViolation, args.notApplicable);
        guard(report, resource, () => rule.judge(resource, settings, report));
    };
    const { remediate } = rule;
    if (remediate === undefined) return { validateResource };
    return {
        validateResource,
        remediateResource: args => {
            if (types !== undefined && !types.has(args.type)) return undefined;
            return remediate.call(rule, resourceOf(args), args.props, settingsOf(args.getConfig()));
        },
    };
}

function stackValidation(rule: StackRule, host: Host): StackValidationPolicy["validateStack"] {
    const settingsOf = settingsParser(rule.name, rule.settings);
    return (args, reportViolation) => {
        const settings = settingsOf(args.getConfig());
        const report = reporter(rule, host, reportViolation, args.notApplicable);
        const stack = new Stack(args.resources.map(stackResourceOf));
        guard(report, undefined, () => rule.judge(stack, settings, report));
    };
}

function projectValidation(rule: ProjectRule, host: Host): StackValidationPolicy["validateStack"] {
    const settingsOf = settingsParser(rule.name, rule.settings);
    return (args, reportViolation) => {
        const settings = settingsOf(args.getConfig());
        const report = reporter(rule, host, reportViolation, args.notApplicable);
        const { projectDir } = settings as { projectDir?: string };
        guard(report, undefined, () => rule.judge(host.workspace(projectDir), settings, report));
    };
}

function reporter(
    rule: Rule,
    host: Host,
    reportViolation: ReportViolation,
    notApplicable: (reason?: string) => never,
): Report {
    // The SDK's types know text only; its code takes a diagnostic as well, and keeps text from being put before it.
    const send = reportViolation as unknown as (diagnostic: Diagnostic) => void;
    const add = (isViolation: boolean, at: Place, text: string, prefix = "") => {
        const urn = urnOf(at);
        const message = `${prefix}${locate(at, text)}${isViolation ? host.suffix(rule) : ""}`;
        if (host.filter({ rule, isViolation, message, urn }) === "drop") return;
        send({ message, urn, ...(isViolation ? {} : { enforcementLevel: "advisory" as const }) });
    };
    return {
        violation: (at, message) => add(true, at, message),
        undetermined: (at, message) => add(false, at, message, UNDETERMINED),
        note: (at, message) => add(false, at, message),
        notApplicable: reason => {
            throw new NotApplicable(reason, notApplicable);
        },
    };
}

/** Ends a rule early. Kept apart from the SDK's own error, which it does not export. */
class NotApplicable extends Error {
    constructor(
        readonly reason: string,
        readonly signal: (reason?: string) => never,
    ) {
        super(reason);
    }
}

/**
 * Runs a rule so that a defect in it cannot let a resource pass: an unexpected error becomes a violation at the rule's
 * own level. Settings errors and "not applicable" go on to the SDK.
 */
function guard(report: Report, at: Place | undefined, judge: () => void): void {
    try {
        judge();
    } catch (error) {
        if (error instanceof NotApplicable) error.signal(error.reason);
        if (error instanceof SettingsError) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        const message = `the rule failed and could not judge this (${reason}). This is a defect of the policy pack; please report it.`;
        report.violation(at ?? { file: "policy pack" }, message);
    }
}
