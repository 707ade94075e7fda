import { type Dirent, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { PolicyPackConfig } from "@pulumi/policy";
import { FileValue } from "../kit/project/file-value";
import { readTextFile } from "../kit/project/text-file";
import { toJson } from "../kit/project/to-json";
import type { FileLocation, Problem } from "../kit/report";
import type { Rule } from "../kit/rule";
import { ConfigError } from "./config-error";
import { EXEMPTIONS, Exemption, ExemptionSettings, expiryMistake, mistakesInExemption } from "./exemptions/exemption";
import type { Level } from "./level";
import { type Profile, profileSchema, readProfile } from "./profile";
import { readSelection, type Selection, selectorFor } from "./selection";
import type { StackIdentity } from "./stack-identity";
import { mistakesIn, parseContent, placeAt, unknownSetting } from "./validate";

/** Which stacks have which profile. */
const SELECTION_FILE = "stacks.yaml";

const EXEMPTIONS_FILE = `${EXEMPTIONS}.yaml`;

/** A folder of settings: `stacks.yaml`, `exemptions.yaml`, and a profile in every other YAML file. */
export interface SettingsFiles {
    readonly profiles: ReadonlyMap<string, Profile>;
    readonly selection: Selection;
    readonly exemptions: FileExemptions;
    /** Files and folders beside them that look like settings and are not read. */
    readonly unread: readonly FileLocation[];
}

interface FileExemptions {
    readonly settings: ExemptionSettings;
    /** Where the settings are written. */
    readonly at: FileValue;
}

/** Where something comes from; undefined for a rule's own default. */
export type Source = FileLocation | undefined;

/** What holds for one rule on one stack. */
interface EffectiveRule {
    readonly rule: Rule;
    readonly level: Level & { readonly source: Source };
    /** Settings that files give, by key; a rule's own defaults fill the rest. */
    readonly settings: Readonly<Record<string, { readonly value: unknown; readonly source: Source }>>;
}

/** The settings of the pack for one stack. */
export interface Config {
    /** Names of the stack's profile and of those it extends, the farthest last. */
    readonly profiles: readonly string[];
    /** The entry that chose the profile, or the default. */
    readonly chosenAt: FileLocation;
    readonly rules: readonly EffectiveRule[];
    readonly exemptions: FileExemptions;
}

/**
 * Reads the settings files in a folder. All are validated, in use or not.
 *
 * @param isEdited Whether somebody looks at the files to mend them: then what time alone made wrong, expired exemptions, is a
 * mistake as well.
 *
 * Throws {@link ConfigError} with every mistake in them.
 */
export function readSettings(
    folder: string,
    rules: readonly Rule[],
    now: Date,
    { isEdited = false } = {},
): SettingsFiles {
    const problems: Problem[] = [];
    const { files, unread } = listFiles(folder, problems);
    const names = files
        .filter(file => file !== SELECTION_FILE && file !== EXEMPTIONS_FILE)
        .map(file => file.replace(/\.yaml$/, ""));
    const schema = profileSchema(rules, names);
    const profiles = new Map(
        names.map(name => {
            const readContent = (content: FileValue, own: Problem[]) =>
                readProfile(name, content, schema, rules, now, own);
            return [name, readFile(folder, `${name}.yaml`, problems, readContent)] as const;
        }),
    );
    for (const profile of profiles.values()) checkParents(profile, profiles, problems);
    const selection = readFile(folder, SELECTION_FILE, problems, (content, own) => readSelection(content, names, own));
    const exemptions = files.includes(EXEMPTIONS_FILE)
        ? readFile(folder, EXEMPTIONS_FILE, problems, (content, own) =>
              readExemptions(content, rules, now, isEdited, own),
          )
        : { settings: ExemptionSettings.parse({}), at: FileValue.parse({ path: EXEMPTIONS_FILE, text: "" }).content };
    if (problems.length === 0) checkCombinations(profiles, rules, problems);
    if (problems.length > 0) throw new ConfigError(sortByPlace(problems));
    return { profiles, selection, exemptions, unread };
}

/** The settings for one stack. Throws {@link ConfigError} when two entries choose its profile alike. */
export function configFor(files: SettingsFiles, rules: readonly Rule[], identity: StackIdentity): Config {
    const problems: Problem[] = [];
    const selector = selectorFor(identity, files.selection, problems);
    if (problems.length > 0) throw new ConfigError(problems);
    const layers = lineage(selector?.profile ?? files.selection.defaultProfile.name, files.profiles);
    return {
        profiles: layers.map(layer => layer.name).reverse(),
        chosenAt: selector?.at ?? files.selection.defaultProfile.at,
        rules: rules.map(rule => effective(rule, layers)),
        exemptions: files.exemptions,
    };
}

/**
 * Levels and settings by policy, as the pack's initial config, `--policy-pack-config` and policy groups take them. Dated
 * levels are what they are today.
 */
export function toPackConfig({ rules, exemptions }: Config): PolicyPackConfig {
    return {
        [EXEMPTIONS]: { enforcementLevel: "advisory", ...withoutUndefined(exemptions.settings) },
        ...Object.fromEntries(
            rules.map(({ rule, level, settings }) => {
                const values = Object.entries(settings).map(([key, { value }]) => [key, value]);
                return [rule.name, { enforcementLevel: level.level, ...Object.fromEntries(values) }];
            }),
        ),
    };
}

function withoutUndefined<T>(value: T): T {
    return JSON.parse(JSON.stringify(value)) as T;
}

function listFiles(folder: string, problems: Problem[]): { files: string[]; unread: FileLocation[] } {
    try {
        const entries = readdirSync(folder, { withFileTypes: true });
        const files = entries.map(({ name }) => name).sort();
        for (const file of files.filter(name => /\.yml$/i.test(name))) {
            const at = { file: `${basename(folder)}/${file}` };
            problems.push({ at, message: "is not read; expected the ending .yaml." });
        }
        const unread = entries.filter(entry => looksLikeSettings(folder, entry)).map(({ name }) => name);
        return {
            files: files.filter(file => file.endsWith(".yaml") && !unread.includes(file)),
            unread: unread.sort().map(name => ({ file: `${basename(folder)}/${name}` })),
        };
    } catch (error) {
        const { code = String(error) } = error as NodeJS.ErrnoException;
        problems.push({ at: { file: folder }, message: `cannot be read as the folder of settings (${code}).` });
        return { files: [], unread: [] };
    }
}

/** Whether something that is not read may have been meant to be: a copy of a file, another format, a folder with settings. */
function looksLikeSettings(folder: string, entry: Dirent): boolean {
    if (entry.isDirectory()) return readdirSync(join(folder, entry.name)).some(name => /\.ya?ml$/i.test(name));
    return !/\.ya?ml$/.test(entry.name) && !/^\.|\.yml$/i.test(entry.name) && /\.(ya?ml|json|toml)\b/i.test(entry.name);
}

/**
 * Reads a file of the folder, which messages name with the folder before it: `rules-config/base.yaml`. Of a file that is no
 * well-formed YAML only that is said: what could be parsed of it misleads.
 */
function readFile<T>(
    folder: string,
    name: string,
    problems: Problem[],
    readContent: (content: FileValue, problems: Problem[]) => T,
): T {
    const file = readTextFile(dirname(folder), `${basename(folder)}/${name}`);
    const { content, problems: broken } = FileValue.parse(file);
    const own: Problem[] = [];
    const result = readContent(content, own);
    const syntax = broken.map(({ file, line, message }) => ({ at: { file, line }, message: `${message}.` }));
    problems.push(...(syntax.length > 0 ? syntax : own));
    return result;
}

function sortByPlace(problems: readonly Problem[]): Problem[] {
    return [...problems].sort(
        (a, b) => a.at.file.localeCompare(b.at.file, "en") || (a.at.line ?? 0) - (b.at.line ?? 0),
    );
}

function readExemptions(
    at: FileValue,
    rules: readonly Rule[],
    now: Date,
    isEdited: boolean,
    problems: Problem[],
): FileExemptions {
    const data = parseContent(ExemptionSettings, at, unknownSetting(EXEMPTIONS), problems);
    const settings = data ?? ExemptionSettings.parse({});
    // An element whose shape is wrong hides nothing that is wrong with the others.
    const elements = data?.list ?? at.get("list").items().map(toJson);
    for (const [index, element] of elements.entries()) {
        const { data: exemption } = Exemption.safeParse(element);
        if (exemption === undefined) continue;
        const mistakes = mistakesInExemption(exemption, settings.maxDays, rules, now);
        if (isEdited) mistakes.push(...expiryMistake(exemption, now));
        for (const { path, message } of mistakes) {
            problems.push({ at: placeAt(at, ["list", index, ...path]), message });
        }
    }
    return { settings, at };
}

function checkParents(profile: Profile, profiles: ReadonlyMap<string, Profile>, problems: Problem[]): void {
    const { extends: parent } = profile;
    if (parent === undefined) return;
    const chain = [profile.name];
    for (let next = profiles.get(parent.name); next !== undefined; next = profiles.get(next.extends?.name ?? "")) {
        if (next.name === profile.name) {
            problems.push({ at: parent.at, message: `makes a circle: ${[...chain, profile.name].join(" → ")}.` });
            return;
        }
        // A circle farther up is a mistake of its members.
        if (chain.includes(next.name)) return;
        chain.push(next.name);
    }
}

/** Settings that are right in each profile can still contradict each other where one extends the other. */
function checkCombinations(profiles: ReadonlyMap<string, Profile>, rules: readonly Rule[], problems: Problem[]): void {
    for (const profile of profiles.values()) {
        const layers = lineage(profile.name, profiles);
        for (const { rule, settings } of rules.map(rule => effective(rule, layers))) {
            if (new Set(Object.values(settings).map(({ source }) => source?.file)).size < 2) continue;
            const values = Object.fromEntries(Object.entries(settings).map(([key, { value }]) => [key, value]));
            for (const { path, message } of mistakesIn(rule.settings, values, rule.name)) {
                const at = settings[String(path[0])]?.source ?? profile.at;
                const key = ["rules", rule.name, ...path].map(String).join(".");
                const place = { file: at.file, line: at.line, path: key };
                problems.push({ at: place, message: `${message} (In profile ${profile.name}, with what it extends.)` });
            }
        }
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
