import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { PolicyPackConfig } from "@pulumi/policy";
import { FileValue, type ParsedFile } from "../kit/project/file-value";
import { readTextFile } from "../kit/project/text-file";
import type { FileLocation } from "../kit/report";
import type { Rule } from "../kit/rule";
import type { Level } from "./level";
import { ConfigError, type Problem, suggestion } from "./problem";
import { type Profile, readProfile } from "./profile";
import { profileFor, readSelection, type StackIdentity } from "./selection";

/** The file that says which stacks have which profile; every other YAML file of the folder is a profile. */
const SELECTION = "stacks.yaml";

/** Where something comes from; undefined for a rule's own default. */
export type Source = FileLocation | undefined;

/** What holds for one rule on one stack. */
export interface EffectiveRule {
    readonly rule: Rule;
    readonly level: Level & { readonly source: Source };
    /** Settings that files give, by key; a rule's own defaults fill the rest. */
    readonly settings: Readonly<Record<string, { readonly value: unknown; readonly source: Source }>>;
}

/** The settings of the pack for one stack. */
export interface Config {
    readonly profile: string;
    readonly rules: readonly EffectiveRule[];
}

/**
 * Reads the settings files in a folder for a stack. All files are validated, not only those in use.
 *
 * Throws {@link ConfigError} with every mistake in them.
 */
export function loadConfig(folder: string, rules: readonly Rule[], identity: StackIdentity, now: Date): Config {
    const problems: Problem[] = [];
    const profiles = new Map<string, Profile>();
    for (const file of profileFiles(folder, problems)) {
        const name = file.slice(0, -".yaml".length);
        profiles.set(name, readProfile(name, parse(folder, file), rules, now, problems));
    }
    const selection = readSelection(parse(folder, SELECTION), [...profiles.keys()], problems);
    for (const profile of profiles.values()) checkParents(profile, profiles, problems);
    if (problems.length > 0) throw new ConfigError(problems);
    const profile = profileFor(identity, selection, problems);
    if (problems.length > 0) throw new ConfigError(problems);
    const layers = lineage(profile, profiles);
    return { profile, rules: rules.map(rule => effective(rule, layers)) };
}

/** The pack's initial config: levels and settings by rule. The engine puts what it is given itself over it. */
export function toInitialConfig({ rules }: Config): PolicyPackConfig {
    return Object.fromEntries(
        rules.map(({ rule, level, settings }) => {
            const values = Object.entries(settings).map(([key, { value }]) => [key, value]);
            return [rule.name, { enforcementLevel: level.level, ...Object.fromEntries(values) }];
        }),
    );
}

/** What is added to messages of rules that are advisory for a time: ` (mandatory from 2027-02-01, in 12 days)`. */
export function graduationNotes({ rules }: Config): ReadonlyMap<string, string> {
    return new Map(
        rules.flatMap(({ rule, level: { mandatoryFrom, daysLeft } }) =>
            mandatoryFrom === undefined
                ? []
                : [[rule.name, ` (mandatory from ${mandatoryFrom}, in ${daysLeft} days)`] as const],
        ),
    );
}

function profileFiles(folder: string, problems: Problem[]): string[] {
    try {
        return readdirSync(folder)
            .filter(file => file.endsWith(".yaml") && file !== SELECTION)
            .sort();
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        problems.push({ at: { file: folder }, message: `cannot be read as the folder of settings (${code}).` });
        return [];
    }
}

/** A file of the folder, which messages name with the folder before it: `rules-config/base.yaml`. */
function parse(folder: string, file: string): ParsedFile {
    return FileValue.parse(readTextFile(dirname(folder), `${basename(folder)}/${file}`));
}

function checkParents(profile: Profile, profiles: ReadonlyMap<string, Profile>, problems: Problem[]): void {
    const { extends: parent } = profile;
    if (parent === undefined) return;
    if (!profiles.has(parent.name)) {
        const expected = `expected a profile: ${[...profiles.keys()].join(", ")}.${suggestion(parent.name, [...profiles.keys()])}`;
        problems.push({ at: parent.at, message: `is ${JSON.stringify(parent.name)}; ${expected}` });
        return;
    }
    const seen = [profile.name];
    for (let next = profiles.get(parent.name); next !== undefined; next = profiles.get(next.extends?.name ?? "")) {
        if (next.name === profile.name) {
            problems.push({ at: parent.at, message: `extends itself: ${[...seen, profile.name].join(" → ")}.` });
            return;
        }
        if (seen.includes(next.name)) return;
        seen.push(next.name);
    }
}

/** A profile and those it extends, the farthest first. */
function lineage(name: string, profiles: ReadonlyMap<string, Profile>): Profile[] {
    const profile = profiles.get(name);
    if (profile === undefined) return [];
    return [...(profile.extends === undefined ? [] : lineage(profile.extends.name, profiles)), profile];
}

function effective(rule: Rule, layers: readonly Profile[]): EffectiveRule {
    let level: EffectiveRule["level"] = { level: rule.enforcementLevel, source: undefined };
    const settings: Record<string, { value: unknown; source: Source }> = {};
    for (const entry of layers.flatMap(layer => layer.entries)) {
        if (!entry.rules.includes(rule.name)) continue;
        if (entry.level !== undefined) {
            const { at, ...rest } = entry.level;
            level = { ...rest, source: at };
        }
        for (const [key, { value, at }] of Object.entries(entry.settings)) settings[key] = { value, source: at };
    }
    return { rule, level, settings };
}
