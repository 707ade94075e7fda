import type { Problem } from "../kit/report";
import { EXEMPTIONS, type Exemption, isForStack } from "./exemptions/exemption";
import type { SettingsFiles } from "./load";
import type { Entry, Profile } from "./profile";
import { isAbout, PARTS, type Selector, selectorFor } from "./selection";
import type { StackIdentity } from "./stack-identity";
import { placeAt } from "./validate";

/**
 * What the files say without effect: entries that others shadow, and patterns that no stack matches. Patterns are judged
 * by `stacks`, which are all there are; where none is given they are not.
 */
export function unusedIn(files: SettingsFiles, stacks: readonly StackIdentity[]): Problem[] {
    const profiles = [...files.profiles.values()];
    return [
        ...files.unread.map(at => ({ at, message: UNREAD })),
        ...profiles.flatMap(emptyProfile),
        ...profiles.flatMap(pastLevels),
        ...profiles.flatMap(shadowedLevels),
        ...shadowedSelectors(files.selection.selectors),
        ...(stacks.length === 0 ? [] : unusedSelectors(files, stacks)),
        ...unusedExemptions(files, stacks),
    ];
}

const UNREAD = "is not read; expected settings in files that end with .yaml, in the folder itself.";

function emptyProfile({ at }: Profile): Problem[] {
    if (!at.isMissing) return [];
    const message =
        "is empty, so that rules have their own levels and settings; write `rules: {}` where that is meant.";
    return [{ at, message }];
}

/** Announced levels whose date has come: time made them mandatory, and whoever reads the file may not see it. */
function pastLevels({ entries }: Profile): Problem[] {
    const places = new Map(entries.flatMap(({ level }) => (level === undefined ? [] : [[level.at, level] as const])));
    return [...places.values()].flatMap(({ at, level }) => {
        const text = at.string() ?? "";
        if (level !== "mandatory" || !text.startsWith("advisory until ")) return [];
        return [{ at, message: `is \`${text}\`, which is past, so that it is mandatory; write mandatory.` }];
    });
}

/** Levels for many rules, each of which has another level from a narrower statement of the same file. */
function shadowedLevels({ entries }: Profile): Problem[] {
    const hasLater = (entry: Entry, rule: string) =>
        entries.some(
            (other, index) => index > entries.indexOf(entry) && other.level !== undefined && other.rules.includes(rule),
        );
    const places = [...new Set(entries.map(({ at }) => at))];
    return places.flatMap(at => {
        const parts = entries.filter(entry => entry.at === at);
        const isShadowed = parts.every(entry => entry.rules.every(rule => hasLater(entry, rule)));
        if (!isShadowed || parts.every(entry => entry.rules.length === 0)) return [];
        const message = "has no effect: narrower statements of this file set the level of each of its rules.";
        return [{ at, message }];
    });
}

function shadowedSelectors(selectors: readonly Selector[]): Problem[] {
    const textOf = ({ patterns, tags }: Selector) =>
        JSON.stringify([...PARTS.map(part => patterns[part]), Object.entries(tags).sort()]);
    return selectors.flatMap((selector, index) => {
        const earlier = selectors.slice(0, index).find(other => textOf(other) === textOf(selector));
        if (earlier === undefined) return [];
        return [
            { at: selector.at, message: `is about the same stacks as line ${earlier.at.line}; remove one of them.` },
        ];
    });
}

function unusedSelectors({ selection }: SettingsFiles, stacks: readonly StackIdentity[]): Problem[] {
    return selection.selectors.flatMap((selector): Problem[] => {
        // Files do not tell a stack's organisation and tags.
        const knowable = { ...selector, tags: {}, patterns: withoutUnknown(selector.patterns, stacks) };
        const about = stacks.filter(stack => isAbout(knowable, stack));
        if (about.length === 0) return [{ at: selector.at, message: "is unused: no stack matches." }];
        if (Object.keys(selector.tags).length > 0 || knowable.patterns !== selector.patterns) return [];
        if (about.some(stack => selectorFor(stack, selection, []) === selector)) return [];
        return [
            { at: selector.at, message: "is shadowed: for each stack that it matches another entry is more specific." },
        ];
    });
}

function withoutUnknown(patterns: Selector["patterns"], stacks: readonly StackIdentity[]): Selector["patterns"] {
    if (patterns.organization === undefined || stacks.every(stack => stack.organization !== undefined)) return patterns;
    const { organization: _, ...known } = patterns;
    return known;
}

function unusedExemptions({ exemptions }: SettingsFiles, stacks: readonly StackIdentity[]): Problem[] {
    /** Of the exemptions so far with the same target and parts the one that lasts longest, by these. */
    const longest = new Map<string, { readonly index: number; readonly expires: string }>();
    return exemptions.settings.list.flatMap((exemption, index): Problem[] => {
        const at = placeAt(exemptions.at, ["list", index]);
        // An exemption from a rule covers what one from its aspect does.
        const rules = new Set([exemption.rule, exemption.rule?.split("/")[0]]);
        const wider = [...rules]
            .flatMap(rule => WIDER.map(parts => longest.get(keyOf({ ...exemption, rule }, parts))))
            .find(other => other !== undefined && other.expires >= exemption.expires);
        const key = keyOf(exemption, PARTS_OF_EXEMPTIONS);
        const before = longest.get(key);
        if (before === undefined || before.expires < exemption.expires) {
            longest.set(key, { index, expires: exemption.expires });
        }
        if (wider !== undefined) {
            const { line } = placeAt(exemptions.at, ["list", wider.index]);
            return [
                { at, message: `is shadowed: the one of ${EXEMPTIONS} in line ${line} covers all that it covers.` },
            ];
        }
        if (stacks.length === 0 || stacks.some(stack => isForStack(exemption, stack))) return [];
        return [{ at, message: "is unused: no stack matches." }];
    });
}

/** What narrows an exemption; one that lacks a part covers all that one with it does. */
const PARTS_OF_EXEMPTIONS = ["property", "project", "stack"] as const;

/** All choices of these parts. */
const WIDER = PARTS_OF_EXEMPTIONS.reduce<readonly (readonly (keyof Exemption)[])[]>(
    (choices, part) => choices.flatMap(choice => [choice, [...choice, part]]),
    [[]],
);

/** Same for exemptions with the same target and the same of these parts, as far as plain comparison tells. */
function keyOf(exemption: Exemption, parts: readonly (keyof Exemption)[]): string {
    const { rule, tag, resource, type, name, file } = exemption;
    const narrowed = PARTS_OF_EXEMPTIONS.map(part => (parts.includes(part) ? exemption[part] : undefined));
    return JSON.stringify([rule, tag, resource, type, name, file, ...narrowed]);
}
