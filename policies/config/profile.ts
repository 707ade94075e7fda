import type { EnforcementLevel } from "@pulumi/policy";
import { z } from "zod";
import type { FileValue } from "../kit/project/file-value";
import { toJson } from "../kit/project/to-json";
import type { Problem } from "../kit/report";
import type { Rule } from "../kit/rule";
import { type Level, LevelText, notLevel, parseLevel } from "./level";
import { ofType, profileName, settingsMap } from "./settings-map";
import { expectedKeys, parseContent, unknownSetting } from "./validate";

/** One statement of a profile about some rules: a level, settings, or both. */
export interface Entry {
    readonly at: FileValue;
    /** Names of the rules that it is about. */
    readonly rules: readonly string[];
    readonly level: (Level & { readonly at: FileValue }) | undefined;
    /** Settings by key, as they were written. */
    readonly settings: Readonly<Record<string, { readonly value: unknown; readonly at: FileValue }>>;
}

/** A profile's file: what it says of rules, from the widest statement (`all`) to the narrowest (one rule). */
export interface Profile {
    readonly name: string;
    readonly at: FileValue;
    readonly extends: { readonly name: string; readonly at: FileValue } | undefined;
    readonly entries: readonly Entry[];
}

export const SEVERITIES = ["low", "medium", "high", "critical"] as const;

type Kind = "severities" | "tags" | "frameworks";

/** The groups by which a profile can set levels, from the widest to the narrowest, and the groups that a rule is in. */
const GROUPS: Readonly<Record<Kind, (rule: Rule) => readonly string[]>> = {
    severities: rule => [rule.severity],
    tags: rule => rule.tags,
    frameworks: rule => [...new Set(rule.controls.map(control => control.framework))],
};

const KINDS = Object.keys(GROUPS) as Kind[];

/** From lax to strict; where two groups of one kind say different things of a rule, the stricter holds. */
const STRICTNESS: readonly EnforcementLevel[] = ["disabled", "advisory", "mandatory", "remediate"];

/** The names that a kind of groups has: those of the pack's rules, and every severity. */
function groupNames(kind: Kind, rules: readonly Rule[]): string[] {
    return kind === "severities" ? [...SEVERITIES] : [...new Set(rules.flatMap(GROUPS[kind]))].sort();
}

/** The shape of a profile; `profiles` are the names of those there are. */
export function profileSchema(rules: readonly Rule[], profiles: readonly string[]) {
    const named = <Value extends z.ZodType>(values: readonly (readonly [string, Value])[]) =>
        z
            .strictObject(Object.fromEntries(values), ofType("expected a map of names with levels or settings"))
            .optional();
    const level = LevelText.optional();
    const groups = KINDS.map(kind => {
        const levels = groupNames(kind, rules).map(name => [name, level] as const);
        return [kind, named(levels).describe(`Levels of rules by ${kind}.`)] as const;
    });
    // Made when a profile speaks of the rule: of most it does not.
    const ofRules = rules.map(rule => [rule.name, z.lazy(() => ruleSchema(rule)).optional()] as const);
    const { description } = LevelText.meta() ?? {};
    return settingsMap({
        extends: profileName(profiles).optional().describe("Name of the profile to start from."),
        all: level.describe(`Level of every rule: ${description}`),
        ...(Object.fromEntries(groups) as Record<Kind, (typeof groups)[number][1]>),
        rules: named(ofRules).describe("Levels and settings by rule."),
    }).describe("What holds for stacks with this profile.");
}

/** What a profile may say of a rule. */
function ruleSchema(rule: Rule) {
    const { name, description, settings } = rule;
    const level = canRemediate(rule)
        ? LevelText
        : LevelText.refine(text => text !== "remediate", {
              error: `is "remediate", but ${name} mends nothing; expected mandatory.`,
          });
    const withLevel = () => settings.safeExtend({ enforcementLevel: level.optional() }).describe(description);
    return z.union([level, z.lazy(withLevel)], notLevel).describe(description);
}

const unknownKey: Parameters<typeof parseContent>[2] = ([kind, rule], known) => {
    if (kind === undefined) return `is no key here; ${expectedKeys(known)}.`;
    if (kind !== "rules") return `is none of the ${String(kind)} of this pack's rules; ${expectedKeys(known)}.`;
    // Of a pack's rules there are too many to list.
    return rule === undefined ? "is no rule of this pack." : unknownSetting(String(rule))([], known);
};

/** Reads a profile by its schema and notes every mistake in `problems`; then it has no entries. */
export function readProfile(
    name: string,
    content: FileValue,
    schema: ReturnType<typeof profileSchema>,
    rules: readonly Rule[],
    now: Date,
    problems: Problem[],
): Profile {
    const isRight = parseContent(schema, content, unknownKey, problems) !== undefined;
    const parent = content.get("extends");
    const parentName = parent.string();
    const all = content.get("all");
    return {
        name,
        at: content,
        extends: parentName === undefined ? undefined : { name: parentName, at: parent },
        entries: isRight
            ? [
                  ...(all.isMissing ? [] : levelEntries(all, rules, now)),
                  ...KINDS.flatMap(kind => groupEntries(kind, content.get(kind), rules, now)),
                  ...rules.flatMap(rule => ruleEntries(rule, content.get("rules"), now)),
              ]
            : [],
    };
}

/** Entries for groups of one kind, the laxest first, so that of two groups with the same rule the stricter holds. */
function groupEntries(kind: Kind, value: FileValue, rules: readonly Rule[], now: Date): Entry[] {
    return value
        .entries()
        .flatMap(([group, at]) => {
            const members = rules.filter(rule => GROUPS[kind](rule).includes(group));
            return levelEntries(at, members, now);
        })
        .sort((a, b) => strictness(a) - strictness(b));
}

function strictness({ level }: Entry): number {
    return level === undefined ? -1 : STRICTNESS.indexOf(level.level);
}

/** `remediate` for many rules means those that can mend resources; for the others it is mandatory, as for the engine. */
function levelEntries(at: FileValue, rules: readonly Rule[], now: Date): Entry[] {
    const level = levelAt(at, now);
    const names = (some: readonly Rule[]) => some.map(rule => rule.name);
    if (level?.level !== "remediate") return [{ at, rules: names(rules), level, settings: {} }];
    return [
        {
            at,
            rules: names(rules.filter(rule => !canRemediate(rule))),
            level: { level: "mandatory", at },
            settings: {},
        },
        { at, rules: names(rules.filter(canRemediate)), level, settings: {} },
    ];
}

function canRemediate(rule: Rule): boolean {
    return rule.scope !== "project" && rule.remediate !== undefined;
}

function ruleEntries({ name }: Rule, value: FileValue, now: Date): Entry[] {
    const at = value.get(name);
    if (at.isMissing) return [];
    const given = at.entries().filter(([key]) => key !== "enforcementLevel");
    const settings = given.map(([key, item]) => [key, { value: toJson(item), at: item }] as const);
    const level = levelAt(at.isMap ? at.get("enforcementLevel") : at, now);
    return [{ at, rules: [name], level, settings: Object.fromEntries(settings) }];
}

function levelAt(at: FileValue, now: Date): Entry["level"] {
    const level = parseLevel(at.string() ?? "", now);
    return level === undefined ? undefined : { ...level, at };
}
