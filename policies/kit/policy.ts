import type {
    EnforcementLevel,
    ReportViolation,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
} from "@pulumi/policy";
import type { Operation } from "./operation";
import { BUDGET } from "./project/budget";
import type { Workspace } from "./project/workspace";
import {
    type Aspect,
    identified,
    locate,
    type Place,
    printable,
    type Report,
    resourceAt,
    UNDETERMINED,
    urnOf,
} from "./report";
import { type Resource, resourceOf } from "./resource";
import { idOf, type ProjectRule, type ResourceRule, type Rule, type StackRule } from "./rule";
import { configSchemaOf, SettingsError, settingsParser } from "./settings";
import { Stack, stackOf } from "./stack";
import { SECRET_SHOWN } from "./value";
import { DEFAULTS, UNREADABLE } from "./wire";

/** One thing a rule found, before it reaches the engine. */
export interface Finding {
    readonly rule: Rule;
    /** The aspect of the rule that it belongs to, where the rule says one. */
    readonly aspect: Aspect | undefined;
    /** Only a breach of the rule has the rule's level; the others are advisory whatever it is. */
    readonly kind: "violation" | "undetermined" | "note";
    /** What it is about. */
    readonly at: Place;
    /** The resource at fault; undefined for a file or the stack as a whole. */
    readonly urn: string | undefined;
    /** The whole message, place included. */
    readonly message: string;
}

/** What becomes of a finding: it is reported, reported with a text behind its message, or dropped for a reason. */
export type Outcome = "report" | { readonly add: string } | { readonly drop: string };

/** What a rule needs from the pack that runs it. */
export interface Host {
    /** The project that the settings or the engine's environment point at. Throws nothing. */
    readonly workspace: (projectDir: string | undefined) => Workspace;
    readonly filter: (finding: Finding) => Outcome;
    /** Whether a rule must leave a resource as it is written, because the resource is exempted from it. */
    readonly isExempt?: (rule: Rule, resource: Resource) => boolean;
    /** Whether resources are created after they are judged: in an update, and neither in a preview nor of a finished state. */
    readonly isUpdate?: boolean;
    /** URL of the backend that keeps the state of the stack that is judged, where it is known. */
    readonly backendUrl?: () => string | undefined;
    /** What the engine tells of the operation that runs; without it a policy's arguments hold the resources. */
    readonly operation?: Operation;
    /** Settings that hold for a stack which is known only from its resources, in place of those that the engine gave. */
    readonly settingsOf?: (rule: Rule, given: object) => object;
    /** The level that holds for such a stack, in place of the engine's; undefined where that holds. */
    readonly levelOf?: (rule: Rule) => EnforcementLevel | undefined;
}

/** Said of a resource of whose inputs the engine told nothing. */
const UNDECLARED =
    "its inputs are not known in this run, which does not create or update it (it is not targeted, or is imported or left over); it is judged when it is part of one.";

/** Said for all that is not about single resources when a destroy or refresh runs. */
const WITHOUT_PROGRAM =
    "Resources are only deleted or read again, and nothing that the program declares is put in place.";

/** What the SDK's `reportViolation` takes besides text; it keeps the message as it is and sets the level. */
export interface Diagnostic {
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
            // The SDK takes a policy for both kinds: it judges the stack, and judges and mends resources one by one before that.
            return { ...metadata, ...remediation(rule, host), ...stackPolicy(rule, host) };
        case "project":
            return { ...metadata, validateStack: projectValidation(rule, host) };
    }
}

function resourcePolicy(
    rule: ResourceRule,
    host: Host,
): Pick<ResourceValidationPolicy, "validateResource" | "remediateResource"> & Partial<StackValidationPolicy> {
    const settingsOf = settingsParser(rule.name, rule.settings);
    const types = rule.types === "all" ? undefined : new Set(rule.types);
    let isConfigured = false;
    const validateResource: ResourceValidationPolicy["validateResource"] = (args, reportViolation) => {
        const isConcerned = (types === undefined || types.has(args.type)) && !isProviderType(args.type);
        // Wrong settings end the run whatever it is about. They come anew with each resource, and always the same.
        if (!isConcerned && isConfigured) return;
        const settings = settingsOf(configOf(rule, host, args));
        isConfigured = true;
        if (!isConcerned) return;
        const resource = host.operation?.resource(args.urn) ?? resourceOf(args);
        const reporting = reporter(rule, host, reportViolation, args.notApplicable);
        guard(reporting, resource, report => {
            if (resource.isDeclared || rule.judgesOptionsOnly === true) rule.judge(resource, settings, report);
            else report.undetermined(resource, UNDECLARED);
        });
    };
    const isAskedLate = rule.judgesProviders === true || rule.judgeReferences !== undefined;
    const later = isAskedLate ? { validateStack: laterValidation(rule, host, types) } : {};
    return { ...remediation(rule, host), validateResource, ...later };
}

/** What a rule about resources judges with the stack: its providers, and what can be told by references. */
function laterValidation(
    rule: ResourceRule,
    host: Host,
    types: ReadonlySet<string> | undefined,
): StackValidationPolicy["validateStack"] {
    return validation(rule, host, (settings, reporting, args) => {
        const stack = stackIn(args, host);
        if (rule.judgesProviders === true) {
            for (const provider of stack.whereType(isProviderType))
                guard(reporting, provider, report => rule.judge(provider, settings, report));
        }
        if (rule.judgeReferences === undefined) return;
        const isConcerned = (type: string) => (types === undefined || types.has(type)) && !isProviderType(type);
        for (const resource of stack.whereType(isConcerned)) {
            // Of the others it was said that they are not judged.
            if (!resource.isDeclared) continue;
            guard(reporting, resource, report => rule.judgeReferences?.(resource, settings, report));
        }
    });
}

/** Judges what is there once, after all resources were asked about: unless the operation only takes away or reads again. */
function validation(
    rule: Rule,
    host: Host,
    judge: (settings: Record<string, unknown>, reporting: Reporter, args: StackValidationArgs) => void,
): StackValidationPolicy["validateStack"] {
    const settingsOf = settingsParser(rule.name, rule.settings);
    return (args, reportViolation) => {
        const settings = settingsOf(configOf(rule, host, args));
        if (host.operation?.isWithoutProgram === true) args.notApplicable(WITHOUT_PROGRAM);
        judge(settings, reporter(rule, host, reportViolation, args.notApplicable), args);
    };
}

function stackIn(args: StackValidationArgs, { operation, backendUrl }: Host): Stack {
    return operation?.stack ?? stackOf(args.resources, backendUrl);
}

function isProviderType(type: string): boolean {
    return type.startsWith("pulumi:providers:");
}

/** The part of a policy that mends resources, for a rule that does. */
function remediation(
    rule: ResourceRule | StackRule,
    host: Host,
): Pick<ResourceValidationPolicy, "validateResource" | "remediateResource"> | undefined {
    const { remediate } = rule;
    if (remediate === undefined) return undefined;
    const settingsOf = settingsParser(rule.name, rule.settings);
    const remediable = rule.scope === "resource" ? rule.types : (rule.remediableTypes ?? []);
    const types = remediable === "all" ? undefined : new Set(remediable);
    return {
        // Of a policy that mends alone the SDK tells the engine, with each resource, that it does not apply.
        validateResource: [],
        remediateResource: args => {
            if (types !== undefined && !types.has(args.type)) return undefined;
            const resource = host.operation?.resource(args.urn) ?? resourceOf(args);
            if (Reflect.get(args.props, UNREADABLE) === true || !resource.isDeclared) return undefined;
            if (host.isExempt?.(rule, resource) === true) return undefined;
            const given = withoutProxy(args.props);
            const props = remediate.call(rule, resource, given, settingsOf(configOf(rule, host, args)));
            if (props === undefined) return undefined;
            // The SDK's own object is changed and handed back, so that the next rule still sees what is unknown.
            for (const name of Object.keys(args.props)) if (!Object.hasOwn(props, name)) delete args.props[name];
            return Object.assign(args.props, declaring(props, given));
        },
    };
}

/** Properties in which what was changed no longer counts as a default that the provider filled in. */
function declaring(props: Record<string, unknown>, given: Record<string, unknown>): Record<string, unknown> {
    const { [DEFAULTS]: filled } = props;
    if (!Array.isArray(filled)) return props;
    return { ...props, [DEFAULTS]: filled.filter(name => props[String(name)] === given[String(name)]) };
}

/** A rule's settings in the run, as far as the engine or the stack's profile give them. */
function configOf(rule: Rule, host: Host, args: { getConfig<T extends object>(): T }): object {
    const given = args.getConfig<object>();
    return host.settingsOf?.(rule, given) ?? given;
}

/** A copy of properties that can be read whole: in a preview, reading an unknown value of the SDK's object throws. */
function withoutProxy(props: Record<string, unknown>): Record<string, unknown> {
    return Object.defineProperties({}, Object.getOwnPropertyDescriptors(props)) as Record<string, unknown>;
}

function stackPolicy(
    rule: StackRule,
    host: Host,
): Pick<StackValidationPolicy & ResourceValidationPolicy, "validateStack"> & Partial<ResourceValidationPolicy> {
    const settingsOf = settingsParser(rule.name, rule.settings);
    const reported = new Set<string>();
    const keyOf = ({ aspect, urn, message }: Finding) => `${aspect?.id} ${urn} ${message}`;
    const early: Host = {
        ...host,
        filter: finding => {
            reported.add(keyOf(finding));
            return host.filter(finding);
        },
    };
    const late: Host = {
        ...host,
        filter: finding =>
            reported.has(keyOf(finding))
                ? { drop: "It was reported before the resource was created." }
                : host.filter(finding),
    };
    const validateStack = validation(rule, late, (settings, reporting, args) => {
        const stack = stackIn(args, host);
        stack.takeMissed();
        guard(reporting, undefined, report => {
            rule.judge(stack, settings, report);
            for (const resource of stack.takeMissed()) report.undetermined(resource, UNDECLARED);
        });
    });
    const { beforeCreation } = rule;
    if (beforeCreation === undefined || host.isUpdate !== true) return { validateStack };
    const types = new Set(beforeCreation.types);
    const validateResource: ResourceValidationPolicy["validateResource"] = (args, reportViolation) => {
        if (!types.has(args.type)) return;
        const settings = settingsOf(configOf(rule, host, args));
        const resource = host.operation?.resource(args.urn) ?? resourceOf(args);
        if (!resource.isDeclared) return;
        const stack = host.operation?.stack ?? new Stack([resource]);
        const reporting = reporter(rule, early, reportViolation, args.notApplicable);
        guard(reporting, resource, report => beforeCreation.judge(resource, settings, report, stack));
    };
    return { validateStack, validateResource };
}

function projectValidation(rule: ProjectRule, host: Host): StackValidationPolicy["validateStack"] {
    return validation(rule, host, (settings, reporting) => {
        const { projectDir } = settings as { projectDir?: string };
        guard(reporting, undefined, report => rule.judge(host.workspace(projectDir), settings, report));
    });
}

/** How a rule reports, and what ends its turn. */
interface Reporter {
    readonly report: Report;
    end(): void;
}

/** A finding's message as people see it. */
function worded(kind: Finding["kind"], at: Place, text: string): string {
    return printable(withoutSecrets(`${kind === "undetermined" ? UNDETERMINED : ""}${locate(at, text)}`, at));
}

function reporter(
    rule: Rule,
    host: Host,
    reportViolation: ReportViolation,
    notApplicable: (reason?: string) => never,
): Reporter {
    // The SDK's types know text only; its code takes a diagnostic as well, and keeps text from being put before it.
    const send = reportViolation as unknown as (diagnostic: Diagnostic) => void;
    let isReported = false;
    let dropped: string | undefined;
    /** What was found, so that a rule need not mind that it comes upon the same twice, as in a file that two others call. */
    const found = new Set<string>();
    /** How many findings there are of each kind about each file: a stranger's file can cause any number. */
    const ofFiles = new Map<
        string,
        Pick<Finding, "kind" | "aspect"> & { readonly file: string; readonly count: number }
    >();
    const add = (kind: Finding["kind"], at: Place, text: string, aspect: Aspect | undefined) => {
        const urn = urnOf(at);
        const message = worded(kind, at, text);
        const key = `${kind} ${aspect?.id} ${urn} ${message}`;
        if (found.has(key)) return;
        found.add(key);
        const outcome = host.filter({ rule, aspect, kind, at, urn, message });
        if (outcome !== "report" && "drop" in outcome) {
            dropped ??= outcome.drop;
            return;
        }
        isReported = true;
        if ("file" in at) {
            const group = `${kind} ${aspect?.id} ${at.file}`;
            const { count } = ofFiles.get(group) ?? { count: 0 };
            ofFiles.set(group, { count: count + 1, kind, aspect, file: at.file });
            if (count >= BUDGET.findings) return;
        }
        tell(kind, urn, outcome === "report" ? message : `${message}${outcome.add}`, aspect);
    };
    const tell = (kind: Finding["kind"], urn: string | undefined, message: string, aspect: Aspect | undefined) => {
        const level = kind === "violation" ? host.levelOf?.(rule) : "advisory";
        if (level === "disabled") return;
        // A violation that a remediation left is as good as mandatory, as for the SDK.
        const enforcementLevel = level === "remediate" ? "mandatory" : level;
        send({
            message: aspect === undefined ? message : identified(message, idOf(rule, aspect)),
            urn,
            ...(enforcementLevel === undefined ? {} : { enforcementLevel }),
            ...(aspect === undefined ? {} : { severity: aspect.severity }),
        });
    };
    const reportOf = (aspect: Aspect | undefined): Report => ({
        violation: (at, message) => add("violation", at, message, aspect),
        undetermined: (at, message) => add("undetermined", at, message, aspect),
        note: (at, message) => add("note", at, message, aspect),
        notApplicable: reason => {
            throw new NotApplicable(reason, notApplicable);
        },
        of: reportOf,
    });
    return {
        report: reportOf(undefined),
        end: () => {
            for (const { kind, aspect, file, count } of ofFiles.values()) {
                const rest = count - BUDGET.findings;
                const text = `has ${rest} more of this kind, which ${rest === 1 ? "is" : "are"} not listed.`;
                if (rest > 0) tell(kind, undefined, worded(kind, { file }, text), aspect);
            }
            ofFiles.clear();
            // Nothing is left to say but that it is exempted; the engine shows the reason beside the rule.
            if (dropped !== undefined && !isReported) notApplicable(dropped);
        },
    };
}

/** The secrets of resources that something was found about: a large one may have thousands of findings. */
const secretsOf = new WeakMap<Resource, readonly string[]>();

/** A message in which no secret of the resource that it is about is readable, however a rule came to write it. */
function withoutSecrets(message: string, at: Place): string {
    const resource = resourceAt(at);
    if (resource === undefined) return message;
    // The name in front is the program's own, and never secret.
    const front = message.indexOf(`'${resource.name}'`) + resource.name.length + 2;
    const secrets = secretsOf.get(resource) ?? resource.props.secretTexts();
    secretsOf.set(resource, secrets);
    return (
        message.slice(0, front) +
        secrets.reduce((text, secret) => text.replaceAll(secret, SECRET_SHOWN), message.slice(front))
    );
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
function guard({ report, end }: Reporter, at: Place | undefined, judge: (report: Report) => void): void {
    try {
        judge(report);
    } catch (error) {
        if (error instanceof NotApplicable) error.signal(error.reason);
        if (error instanceof SettingsError) throw error;
        // A parser's complaint quotes what it could not read.
        const reason =
            error instanceof SyntaxError
                ? "a text could not be parsed"
                : error instanceof Error
                  ? error.message
                  : String(error);
        const message = `the rule failed and could not judge this (${reason}). This is a defect of the policy pack; please report it.`;
        report.violation(at ?? { file: "policy pack" }, message);
    }
    end();
}
