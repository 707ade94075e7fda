import { isWithin } from "../kit/rule";
import { EXEMPTIONS, type Exemption, isExpired, isForStack } from "./exemptions/exemption";
import type { SettingsFiles } from "./load";
import type { Problem } from "./problem";
import type { Entry, Profile } from "./profile";
import { isAbout, PARTS, type Selector, selectorFor } from "./selection";
import type { StackIdentity } from "./stack-identity";
import { placeAt } from "./validate";

/** Exemptions that have expired. The pack only reports them, since time alone makes them wrong; whoever edits must not. */
export function expiredExemptions({ exemptions }: SettingsFiles, now: Date): Problem[] {
    return exemptions.settings.list.flatMap((exemption, index) =>
        isExpired(exemption, now)
            ? [
                  {
                      at: placeAt(exemptions.at, ["list", index, "expires"]),
                      message: `is ${exemption.expires}, which is past; expected a date from today on.`,
                  },
              ]
            : [],
    );
}

/**
 * What the files say without effect: entries that others shadow, and patterns that no stack matches. Patterns are judged
 * by `stacks`, which are all there are; where none is given they are not.
 */
export function uselessIn(files: SettingsFiles, stacks: readonly StackIdentity[]): Problem[] {
    return [
        ...[...files.profiles.values()].flatMap(shadowedLevels),
        ...shadowedSelectors(files.selection.selectors),
        ...(stacks.length === 0 ? [] : unusedSelectors(files, stacks)),
        ...uselessExemptions(files, stacks),
    ];
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

function uselessExemptions({ exemptions }: SettingsFiles, stacks: readonly StackIdentity[]): Problem[] {
    const { list } = exemptions.settings;
    return list.flatMap((exemption, index): Problem[] => {
        const at = placeAt(exemptions.at, ["list", index]);
        const earlier = list.slice(0, index).findIndex(other => includes(other, exemption));
        if (earlier !== -1) {
            const { line } = placeAt(exemptions.at, ["list", earlier]);
            return [
                { at, message: `is shadowed: the one of ${EXEMPTIONS} in line ${line} covers all that it covers.` },
            ];
        }
        if (stacks.length === 0 || stacks.some(stack => isForStack(exemption, stack))) return [];
        return [{ at, message: "is unused: no stack matches." }];
    });
}

/** Whether one exemption covers all that another does, as far as plain comparison tells, and lasts as long. */
function includes(wide: Exemption, narrow: Exemption): boolean {
    const target = ({ tag, resource, type, name, file }: Exemption) =>
        JSON.stringify([tag, resource, type, name, file]);
    const parts = ["property", "project", "stack"] as const;
    return (
        target(wide) === target(narrow) &&
        isWithin(wide.rule ?? "", narrow.rule ?? "") &&
        parts.every(part => wide[part] === undefined || wide[part] === narrow[part]) &&
        wide.expires >= narrow.expires
    );
}
