import { z } from "zod";
import { globs } from "../kit/pattern";
import type { FileValue } from "../kit/project/file-value";
import { remembering } from "../kit/remember";
import type { Problem } from "../kit/report";
import { mistakeInGlob } from "./glob";
import { ofType, profileName, settingsMap } from "./settings-map";
import { type StackIdentity, stackName } from "./stack-identity";
import { expectedKeys, parseContent } from "./validate";

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

/** A pattern as people write it: numbers and truth values are texts here. */
const patternFor = (what: string) =>
    z
        .preprocess(
            value => (typeof value === "number" || typeof value === "boolean" ? String(value) : value),
            z
                .string(PATTERN)
                .min(1, { abort: true, error: PATTERN })
                .superRefine((pattern, context) => {
                    const message = mistakeInGlob(pattern);
                    if (message !== undefined) context.addIssue({ code: "custom", message });
                }),
        )
        .describe(`Glob pattern for the ${what}.`);

const PATTERN = "expected a pattern such as `prod*`";

/** The shape of `stacks.yaml`; `profiles` are the names of the profiles that there are. */
export function selectionSchema(profiles: readonly string[]) {
    const profile = profileName(profiles);
    const parts = Object.fromEntries(PARTS.map(part => [part, patternFor(part).exactOptional()]));
    const entry = settingsMap({
        ...(parts as Record<(typeof PARTS)[number], (typeof parts)[string]>),
        tags: z
            .record(z.string(), patternFor("tag's value"), ofType("expected a map of tags with patterns"))
            .optional()
            .describe("Stack tags that the stack must have."),
        profile: profile.describe("Name of the profile."),
    })
        .refine(({ tags = {}, ...names }) => [...PARTS.map(part => names[part]), ...Object.keys(tags)].some(Boolean), {
            error: `says of no stack that it is about it; expected at least one of ${PARTS.join(", ")} and tags; \`default\` names the profile of all others.`,
        })
        .describe("Stacks and their profile.");
    return settingsMap({
        default: profile.describe("Profile of stacks that no entry is about."),
        stacks: z.array(entry, ofType("expected a list of stacks and profiles")).default([]).describe("The entries."),
    }).describe("Which stacks have which profile.");
}

/** Reads `stacks.yaml` and notes every mistake in `problems`; `profiles` are the names of those there are. */
export function readSelection(content: FileValue, profiles: readonly string[], problems: Problem[]): Selection {
    const data = parseContent(
        selectionSchema(profiles),
        content,
        (_, known) => `is no key here; ${expectedKeys(known)}.`,
        problems,
    );
    const items = content.get("stacks").items();
    return {
        defaultProfile: { name: data?.default ?? "", at: content.get("default") },
        selectors: (data?.stacks ?? []).map(({ tags = {}, profile, ...patterns }, index) => ({
            at: items[index] ?? content,
            profile,
            patterns,
            tags,
        })),
    };
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
