import { globs } from "../kit/pattern";
import type { FileValue } from "../kit/project/file-value";
import { toJson } from "../kit/project/to-json";
import { remembering } from "../kit/remember";
import type { Problem } from "../kit/report";
import { suggestion } from "./config-error";
import { mistakeInGlob } from "./glob";
import { type StackIdentity, stackName } from "./stack-identity";
import { checkKeys, shown } from "./validate";

/** The parts of a stack's full name, in its order. */
export const PARTS = ["organization", "project", "stack"] as const;

/** An entry of `stacks.yaml`: the stacks that it is about, and their profile. */
export interface Selector {
    readonly at: FileValue;
    readonly profile: string;
    /** Glob patterns by part; a part that is left out matches everything. */
    readonly patterns: Readonly<Partial<Record<(typeof PARTS)[number], string>>>;
    /** Glob patterns by stack tag; the stack must have each of the tags. */
    readonly tags: Readonly<Record<string, string>>;
}

/** What `stacks.yaml` says: the profile of stacks that no entry is about, and the entries. */
export interface Selection {
    readonly defaultProfile: { readonly name: string; readonly at: FileValue };
    readonly selectors: readonly Selector[];
}

/** The matchers of the patterns in the settings: each is made once, and there are no more of them than are written. */
const matcherOf = remembering(pattern => globs([pattern]), Number.POSITIVE_INFINITY);

/** Whether a name matches a glob pattern (`prod*`, `{prod,live}`, `!pr-*`). An unknown name matches nothing. */
export function isMatch(name: string | undefined, pattern: string): boolean {
    return name !== undefined && matcherOf(pattern)(name);
}

/** Reads `stacks.yaml` and notes every mistake in `problems`; `profiles` are the names of those there are. */
export function readSelection(content: FileValue, profiles: readonly string[], problems: Problem[]): Selection {
    checkKeys(content, ["default", "stacks"], problems);
    const profileOf = (value: FileValue): string => {
        const name = value.string() ?? "";
        if (!profiles.includes(name)) {
            const expected = `expected a profile: ${profiles.join(", ")}.${suggestion(name, profiles)}`;
            problems.push({
                at: value,
                message: `is ${value.isMissing ? "not set" : shown(toJson(value))}; ${expected}`,
            });
        }
        return name;
    };
    const stacks = content.get("stacks");
    if (!stacks.isMissing && !stacks.isList) {
        problems.push({ at: stacks, message: `is ${shown(toJson(stacks))}; expected a list of stacks and profiles.` });
    }
    return {
        defaultProfile: { name: profileOf(content.get("default")), at: content.get("default") },
        selectors: (stacks.isList ? stacks.items() : []).map(at => readSelector(at, profileOf, problems)),
    };
}

function readSelector(at: FileValue, profileOf: (value: FileValue) => string, problems: Problem[]): Selector {
    checkKeys(at, [...PARTS, "tags", "profile"], problems);
    if (!at.isMap) return { at, profile: "", patterns: {}, tags: {} };
    const tagMap = at.get("tags");
    if (!tagMap.isMissing && !tagMap.isMap) {
        problems.push({ at: tagMap, message: `is ${shown(toJson(tagMap))}; expected a map of tags with patterns.` });
    }
    const patterns = patternsOf(
        PARTS.map(part => [part, at.get(part)]),
        problems,
    );
    const tags = patternsOf(tagMap.entries(), problems);
    if (at.isMap && Object.keys({ ...patterns, ...tags }).length === 0) {
        const expected = `expected at least one of ${PARTS.join(", ")} and tags; \`default\` names the profile of all others`;
        problems.push({ at, message: `says of no stack that it is about it; ${expected}.` });
    }
    return { at, profile: profileOf(at.get("profile")), patterns, tags };
}

function patternsOf(values: readonly (readonly [string, FileValue])[], problems: Problem[]): Record<string, string> {
    const patterns: Record<string, string> = {};
    for (const [key, value] of values) {
        const text = value.string() ?? value.scalar()?.toString();
        const mistake = mistakeInGlob(text ?? "");
        if (mistake !== undefined) problems.push({ at: value, message: mistake });
        if (text !== undefined && text !== "") patterns[key] = text;
        else if (!value.isMissing) {
            problems.push({ at: value, message: `is ${shown(toJson(value))}; expected a pattern such as \`prod*\`.` });
        }
    }
    return patterns;
}

/** Whether an entry is about a stack. */
export function isAbout({ patterns, tags }: Selector, identity: StackIdentity): boolean {
    return (
        PARTS.every(part => patterns[part] === undefined || isMatch(identity[part], patterns[part])) &&
        Object.entries(tags).every(([tag, pattern]) => isMatch(identity.tags[tag], pattern))
    );
}

/**
 * The most specific of the entries that are about a stack; undefined where none is. More parts and tags without wildcards
 * are more specific; among equals more parts and tags, then more literal characters in patterns. Two equally specific entries for
 * different profiles are a mistake, noted in `problems`.
 */
export function selectorFor(identity: StackIdentity, selection: Selection, problems: Problem[]): Selector | undefined {
    const matching = selection.selectors
        .filter(selector => isAbout(selector, identity))
        .sort((a, b) => compareSpecificity(b, a));
    const [best, ...others] = matching;
    if (best === undefined) return undefined;
    const rival = others.find(other => other.profile !== best.profile && compareSpecificity(other, best) === 0);
    if (rival !== undefined) {
        const message = `is about ${stackName(identity)} exactly as specifically as line ${best.at.line}, for another profile; make one of them more specific.`;
        problems.push({ at: rival.at, message });
    }
    return best;
}

const GLOB = /[*?[\]{}()!+@,|]/g;

function compareSpecificity(a: Selector, b: Selector): number {
    const measure = ({ patterns, tags }: Selector) => {
        const texts = [...Object.values(patterns), ...Object.values(tags)];
        const globs = texts.filter(text => text.search(GLOB) !== -1);
        const literal = globs.reduce((sum, text) => sum + text.replace(GLOB, "").length, 0);
        return [texts.length - globs.length, texts.length, literal];
    };
    const [left, right] = [measure(a), measure(b)];
    return left.map((value, index) => value - (right[index] ?? 0)).find(difference => difference !== 0) ?? 0;
}
