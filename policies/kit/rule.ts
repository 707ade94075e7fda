import type { EnforcementLevel, Severity } from "@pulumi/policy";
import type { z } from "zod";
import type { Control } from "./controls";
import type { Workspace } from "./project/workspace";
import type { Aspect, Report } from "./report";
import type { Resource } from "./resource";
import type { Stack } from "./stack";

/** A zod object that refuses unknown keys and accepts `{}`. */
export type SettingsSchema = z.ZodObject<z.ZodRawShape, z.core.$strict>;

/** What every rule says of itself. */
export interface RuleMetadata<Schema extends SettingsSchema = SettingsSchema> {
    /** Kebab-case, unique and public: settings and exemptions name it. The module's file has the same name. */
    readonly name: string;
    /** A short headline, such as `S3 buckets are encrypted`. */
    readonly title: string;
    /** One or two sentences that say what the rule requires. */
    readonly description: string;
    /** How harmful a violation is, in the author's view. */
    readonly severity: Severity;
    /** What happens on a violation unless settings say otherwise. */
    readonly enforcementLevel: EnforcementLevel;
    /** Subjects, such as `aws`, `s3`, `encryption`; lower case. */
    readonly tags: readonly string[];
    /** Controls of public frameworks that the rule serves; see controls.ts. Empty where none was verified. */
    readonly controls: readonly Control[];
    /** What a person does about a violation, one step an element. */
    readonly remediationSteps: readonly string[];
    /** The cloud's or Pulumi's own documentation of the subject. */
    readonly url: string;
    /** The tunable values. Every setting has a default, which is the hardened choice, and a description. */
    readonly settings: Schema;
    /** The requirements it is made of, where it has several that may be exempted one by one. */
    readonly aspects?: readonly Aspect[];
}

/** The id by which findings, exemptions and people name a rule, or one of its aspects: `rule/aspect`. */
export function idOf({ name }: Pick<RuleMetadata, "name">, aspect: Pick<Aspect, "id"> | undefined): string {
    return aspect === undefined ? name : `${name}/${aspect.id}`;
}

/** Whether the second of two ids is the first, or names an aspect of the rule that the first names. */
export function isWithin(wide: string, narrow: string): boolean {
    return narrow === wide || narrow.startsWith(`${wide}/`);
}

/** The ids of rules and of all their aspects. */
export function idsOf(rules: readonly Pick<RuleMetadata, "name" | "aspects">[]): string[] {
    return rules.flatMap(rule => [undefined, ...(rule.aspects ?? [])].map(aspect => idOf(rule, aspect)));
}

/**
 * Mends the inputs of one resource where the fix is unambiguous: returns the properties to use instead, or undefined to
 * leave them. Called only at level `remediate`. `props` is a copy that may be spread: secrets in it stay secret, and what
 * is unknown in a preview stays unknown. Decide by `resource.props`, which tells what is unknown.
 */
type Remediation<Schema extends SettingsSchema = SettingsSchema> = (
    resource: Resource,
    props: Record<string, unknown>,
    settings: z.output<Schema>,
) => Record<string, unknown> | undefined;

/** Judges one resource by its inputs, before it is created or updated. */
export interface ResourceRule<Schema extends SettingsSchema = SettingsSchema> extends RuleMetadata<Schema> {
    readonly scope: "resource";
    /** Type tokens that the rule is asked about, or "all". */
    readonly types: readonly string[] | "all";
    judge(resource: Resource, settings: z.output<Schema>, report: Report): void;
    /** Whether the rule reads no inputs, and so judges resources whose inputs are not told, too. False unless given. */
    readonly judgesOptionsOnly?: boolean;
    /**
     * Whether the rule judges providers too, which are resources of their own. They are judged with the stack: a destroy asks
     * about them as an update does, and must not be stopped by what it takes away. False unless given.
     */
    readonly judgesProviders?: boolean;
    /** Judges a resource once more with the stack: only then its references are known. Nothing unless given. */
    judgeReferences?(resource: Resource, settings: z.output<Schema>, report: Report): void;
    readonly remediate?: Remediation<Schema>;
}

/** Judges the resources of a whole stack together, after a preview and after an update. */
export interface StackRule<Schema extends SettingsSchema = SettingsSchema> extends RuleMetadata<Schema> {
    readonly scope: "stack";
    judge(stack: Stack, settings: z.output<Schema>, report: Report): void;
    /**
     * Judges single resources in an update, right before they are created, by what nobody knew in the preview: the stack
     * itself is judged when they are there already. What both find is reported once.
     */
    readonly beforeCreation?: {
        /** Type tokens that it is asked about. */
        readonly types: readonly string[];
        /** `stack` holds the resources that the engine asked about so far, this one among them. */
        judge(resource: Resource, settings: z.output<Schema>, report: Report, stack: Stack): void;
    };
    /** Type tokens of the resources that `remediate` is asked about, one by one, before their creation. */
    readonly remediableTypes?: readonly string[];
    readonly remediate?: Remediation<Schema>;
}

/** Judges the files around the program, once per run. Its settings have a `projectDir`. */
export interface ProjectRule<Schema extends SettingsSchema = SettingsSchema> extends RuleMetadata<Schema> {
    readonly scope: "project";
    judge(workspace: Workspace, settings: z.output<Schema>, report: Report): void;
}

export type Rule = ResourceRule | StackRule | ProjectRule;

/** Types a rule by its settings. Rules differ in their settings' type; the pack handles them all as `Rule`. */
export function resourceRule<Schema extends SettingsSchema>(rule: Omit<ResourceRule<Schema>, "scope">): ResourceRule {
    return { ...rule, scope: "resource" } as unknown as ResourceRule;
}

/** See {@link resourceRule}. */
export function stackRule<Schema extends SettingsSchema>(rule: Omit<StackRule<Schema>, "scope">): StackRule {
    return { ...rule, scope: "stack" } as unknown as StackRule;
}

/** See {@link resourceRule}. */
export function projectRule<Schema extends SettingsSchema>(rule: Omit<ProjectRule<Schema>, "scope">): ProjectRule {
    return { ...rule, scope: "project" } as unknown as ProjectRule;
}
