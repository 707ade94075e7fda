import type { FileValue, ParsedFile } from "../kit/project/file-value";
import { plain } from "../kit/project/plain";
import type { FileLocation } from "../kit/report";
import type { Rule } from "../kit/rule";
import { LEVELS, type Level, parseLevel } from "./level";
import { type Problem, suggestion } from "./problem";

/** One statement of a profile about some rules: a level, settings, or both. */
export interface Entry {
    readonly at: FileLocation;
    /** Names of the rules that it is about. */
    readonly rules: readonly string[];
    readonly level: (Level & { readonly at: FileLocation }) | undefined;
    /** Settings by key, as they were written. */
    readonly settings: Readonly<Record<string, { readonly value: unknown; readonly at: FileLocation }>>;
}

/** A settings file: what it says of rules, from the widest statement (`all`) to the narrowest (one rule). */
export interface Profile {
    readonly name: string;
    readonly extends: { readonly name: string; readonly at: FileLocation } | undefined;
    readonly entries: readonly Entry[];
}

const SEVERITIES = ["low", "medium", "high", "critical"];
const KEYS = ["extends", "all", "severities", "tags", "rules"];
const LEVEL_EXPECTED = `expected ${LEVELS.join(", ")}, or \`advisory until YYYY-MM-DD\``;

/** Reads a profile and notes every mistake in it in `problems`. */
export function readProfile(
    name: string,
    { content, problems: fileProblems }: ParsedFile,
    rules: readonly Rule[],
    now: Date,
    problems: Problem[],
): Profile {
    for (const { file, line, message } of fileProblems) problems.push({ at: { file, line }, message: `${message}.` });
    if (!content.isMap && !content.isMissing) {
        problems.push({ at: content, message: `is no map of settings; expected the keys ${KEYS.join(", ")}.` });
    }
    for (const [key, value] of content.entries()) {
        if (!KEYS.includes(key))
            problems.push({ at: value, message: `is no key of a profile.${suggestion(key, KEYS)}` });
    }
    const parent = content.get("extends");
    if (!parent.isMissing && parent.string() === undefined) {
        problems.push({ at: parent, message: "is no name of a profile; expected one such as `base`." });
    }
    const level = (value: FileValue) => levelOf(value, now, problems);
    const groups = (key: string, known: readonly string[], isMember: (rule: Rule, group: string) => boolean): Entry[] =>
        mapEntries(content.get(key), problems).map(([group, value]) => {
            if (!known.includes(group)) {
                const expected = `expected one of ${known.join(", ")}.${suggestion(group, known)}`;
                problems.push({ at: value, message: `is none of the ${key}; ${expected}` });
            }
            const members = rules.filter(rule => isMember(rule, group)).map(rule => rule.name);
            return { at: value, rules: members, level: level(value), settings: {} };
        });
    const tags = [...new Set(rules.flatMap(rule => rule.tags))].sort();
    const all = content.get("all");
    const names = rules.map(rule => rule.name);
    const entries: Entry[] = [
        ...(all.isMissing ? [] : [{ at: all, rules: names, level: level(all), settings: {} }]),
        ...groups("severities", SEVERITIES, (rule, severity) => rule.severity === severity),
        ...groups("tags", tags, (rule, tag) => rule.tags.includes(tag)),
        ...mapEntries(content.get("rules"), problems).flatMap(([ruleName, value]) => {
            const rule = rules.find(known => known.name === ruleName);
            if (rule !== undefined) return [ruleEntry(rule, value, now, problems)];
            problems.push({ at: value, message: `is no rule of this pack.${suggestion(ruleName, names)}` });
            return [];
        }),
    ];
    const parentName = parent.string();
    return { name, extends: parentName === undefined ? undefined : { name: parentName, at: parent }, entries };
}

function ruleEntry(rule: Rule, value: FileValue, now: Date, problems: Problem[]): Entry {
    const base = { at: value, rules: [rule.name] };
    if (!value.isMap) return { ...base, level: levelOf(value, now, problems), settings: {} };
    const levelValue = value.get("enforcementLevel");
    const level = levelValue.isMissing ? undefined : levelOf(levelValue, now, problems);
    const given = value.entries().filter(([key]) => key !== "enforcementLevel");
    const known = Object.keys(rule.settings.shape);
    const result = rule.settings.safeParse(Object.fromEntries(given.map(([key, item]) => [key, plain(item)])));
    for (const issue of result.error?.issues ?? []) {
        if (issue.code === "unrecognized_keys" && issue.path.length === 0) {
            for (const key of issue.keys) {
                const settings = known.length === 0 ? "it has none" : `it has ${known.join(", ")}`;
                const message = `is no setting of ${rule.name}; ${settings}.${suggestion(key, known)}`;
                problems.push({ at: value.get(key), message });
            }
        } else {
            const at = issue.path.reduce<FileValue>((place, step) => stepInto(place, step), value);
            problems.push({ at, message: `${issue.message}.` });
        }
    }
    const settings = given.map(([key, item]) => [key, { value: plain(item), at: item }] as const);
    return { ...base, level, settings: Object.fromEntries(settings) };
}

function stepInto(place: FileValue, step: PropertyKey): FileValue {
    if (typeof step === "number") return place.items()[step] ?? place;
    return place.get(String(step));
}

function levelOf(value: FileValue, now: Date, problems: Problem[]): Entry["level"] {
    const text = value.string();
    const level = text === undefined ? undefined : parseLevel(text, now);
    if (level !== undefined) return { ...level, at: value };
    const shown = text === undefined ? "is no level" : `is ${JSON.stringify(text)}`;
    problems.push({ at: value, message: `${shown}; ${LEVEL_EXPECTED}.${suggestion(text ?? "", LEVELS)}` });
    return undefined;
}

function mapEntries(value: FileValue, problems: Problem[]): readonly [string, FileValue][] {
    if (!value.isMissing && !value.isMap) {
        problems.push({ at: value, message: "is no map; expected names with levels or settings." });
    }
    return value.entries();
}
