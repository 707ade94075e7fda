import type { EnforcementLevel } from "@pulumi/policy";
import type { FileValue } from "../kit/project/file-value";
import { toJson } from "../kit/project/to-json";
import type { Problem } from "../kit/report";
import type { Rule } from "../kit/rule";
import { suggestion } from "./config-error";
import { LEVEL_EXPECTED, LEVELS, type Level, parseLevel } from "./level";
import { checkFileSettings, checkKeys, shown } from "./validate";

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

/** The groups by which a profile can set levels, from the widest to the narrowest, and the groups that a rule is in. */
export const GROUPS: Readonly<Record<"severities" | "tags" | "frameworks", (rule: Rule) => readonly string[]>> = {
    severities: rule => [rule.severity],
    tags: rule => rule.tags,
    frameworks: rule => [...new Set(rule.controls.map(control => control.framework))],
};

const KEYS = ["extends", "all", ...Object.keys(GROUPS), "rules"];

/** From lax to strict; where two groups of one kind say different things of a rule, the stricter holds. */
const STRICTNESS: readonly EnforcementLevel[] = ["disabled", "advisory", "mandatory", "remediate"];

/** The names that a kind of groups has: those of the pack's rules, and every severity. */
export function groupNames(kind: keyof typeof GROUPS, rules: readonly Rule[]): string[] {
    return kind === "severities" ? [...SEVERITIES] : [...new Set(rules.flatMap(GROUPS[kind]))].sort();
}

/** Reads a profile and notes every mistake in it in `problems`. */
export function readProfile(
    name: string,
    content: FileValue,
    rules: readonly Rule[],
    now: Date,
    problems: Problem[],
): Profile {
    checkKeys(content, KEYS, problems);
    const parent = content.get("extends");
    if (!parent.isMissing && parent.string() === undefined) {
        problems.push({
            at: parent,
            message: `is ${shown(toJson(parent))}; expected the name of a profile, such as base.`,
        });
    }
    const all = content.get("all");
    const parentName = parent.string();
    return {
        name,
        at: content,
        extends: parentName === undefined ? undefined : { name: parentName, at: parent },
        entries: [
            ...(all.isMissing ? [] : levelEntries(all, rules, now, problems)),
            ...(Object.keys(GROUPS) as (keyof typeof GROUPS)[]).flatMap(kind =>
                readGroups(kind, content.get(kind), rules, now, problems),
            ),
            ...readRules(content.get("rules"), rules, now, problems),
        ],
    };
}

/** Entries for groups of one kind, the laxest first, so that of two groups with the same rule the stricter holds. */
function readGroups(
    kind: keyof typeof GROUPS,
    value: FileValue,
    rules: readonly Rule[],
    now: Date,
    problems: Problem[],
): Entry[] {
    const known = groupNames(kind, rules);
    return mapEntries(value, problems)
        .flatMap(([group, at]) => {
            if (!known.includes(group)) {
                const expected = `expected ${known.join(", ")}.${suggestion(group, known)}`;
                problems.push({ at, message: `is none of the ${kind} of this pack's rules; ${expected}` });
            }
            const members = rules.filter(rule => GROUPS[kind](rule).includes(group));
            return levelEntries(at, members, now, problems);
        })
        .sort((a, b) => strictness(a) - strictness(b));
}

function strictness({ level }: Entry): number {
    return level === undefined ? -1 : STRICTNESS.indexOf(level.level);
}

/** `remediate` for many rules means those that can mend resources; for the others it is mandatory, as for the engine. */
function levelEntries(at: FileValue, rules: readonly Rule[], now: Date, problems: Problem[]): Entry[] {
    const level = levelOf(at, now, problems);
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

function readRules(value: FileValue, rules: readonly Rule[], now: Date, problems: Problem[]): Entry[] {
    const names = rules.map(rule => rule.name);
    return mapEntries(value, problems).flatMap(([name, item]) => {
        const rule = rules.find(known => known.name === name);
        if (rule !== undefined) return [readRule(rule, item, now, problems)];
        problems.push({ at: item, message: `is no rule of this pack.${suggestion(name, names)}` });
        return [];
    });
}

function readRule(rule: Rule, value: FileValue, now: Date, problems: Problem[]): Entry {
    const base = { at: value, rules: [rule.name] };
    const levelValue = value.isMap ? value.get("enforcementLevel") : value;
    const level = levelValue.isMissing && value.isMap ? undefined : levelOf(levelValue, now, problems);
    if (level?.level === "remediate" && !canRemediate(rule)) {
        problems.push({
            at: levelValue,
            message: `is "remediate", but ${rule.name} mends nothing; expected mandatory.`,
        });
    }
    if (!value.isMap) return { ...base, level, settings: {} };
    const given = value.entries().filter(([key]) => key !== "enforcementLevel");
    const settings = given.map(([key, item]) => [key, { value: toJson(item), at: item }] as const);
    const values = Object.fromEntries(settings.map(([key, setting]) => [key, setting.value]));
    checkFileSettings(rule.settings, value, values, rule.name, problems, ["enforcementLevel"]);
    return { ...base, level, settings: Object.fromEntries(settings) };
}

function levelOf(value: FileValue, now: Date, problems: Problem[]): Entry["level"] {
    const text = value.string();
    const level = text === undefined ? undefined : parseLevel(text, now);
    if (level !== undefined) return { ...level, at: value };
    const hint = suggestion(text ?? "", LEVELS);
    problems.push({ at: value, message: `is ${shown(toJson(value))}; ${LEVEL_EXPECTED}.${hint}` });
    return undefined;
}

function mapEntries(value: FileValue, problems: Problem[]): readonly (readonly [string, FileValue])[] {
    if (!value.isMissing && !value.isMap) {
        problems.push({
            at: value,
            message: `is ${shown(toJson(value))}; expected a map of names with levels or settings.`,
        });
    }
    return value.entries();
}
