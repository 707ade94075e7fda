import picomatch from "picomatch";
import type { FileValue, ParsedFile } from "../kit/project/file-value";
import { type Problem, suggestion } from "./problem";

/** Which stack settings are for; parts are undefined where the engine names none, as in `policy analyze`. */
export interface StackIdentity {
    readonly organization: string | undefined;
    readonly project: string | undefined;
    readonly stack: string | undefined;
}

const PARTS = ["organization", "project", "stack"] as const;

/** A line of `stacks.yaml`: the stacks that it is about, and their profile. */
export interface Selector {
    readonly at: FileValue;
    readonly profile: string;
    /** Glob patterns by part; a part that is left out matches everything. */
    readonly patterns: Readonly<Partial<Record<(typeof PARTS)[number], string>>>;
}

/** What `stacks.yaml` says: the profile of stacks that no line is about, and the lines. */
export interface Selection {
    readonly defaultProfile: string;
    readonly selectors: readonly Selector[];
}

/** Reads `stacks.yaml` and notes every mistake in `problems`; `profiles` are the names of those there are. */
export function readSelection(
    { content, problems: fileProblems }: ParsedFile,
    profiles: readonly string[],
    problems: Problem[],
): Selection {
    for (const { file, line, message } of fileProblems) problems.push({ at: { file, line }, message: `${message}.` });
    checkKeys(content, ["default", "stacks"], problems);
    const profileOf = (value: FileValue): string => {
        const name = value.string() ?? "";
        if (!profiles.includes(name)) {
            const shown = value.isMissing ? "is not set" : `is ${JSON.stringify(name)}`;
            const expected = `expected a profile: ${profiles.join(", ")}.${suggestion(name, profiles)}`;
            problems.push({ at: value, message: `${shown}; ${expected}` });
        }
        return name;
    };
    return {
        defaultProfile: profileOf(content.get("default")),
        selectors: content
            .get("stacks")
            .items()
            .map(at => {
                checkKeys(at, [...PARTS, "profile"], problems);
                return { at, profile: profileOf(at.get("profile")), patterns: patternsOf(at, problems) };
            }),
    };
}

function patternsOf(at: FileValue, problems: Problem[]): Selector["patterns"] {
    const patterns: Record<string, string> = {};
    for (const part of PARTS) {
        const value = at.get(part);
        const text = value.string();
        if (text !== undefined) patterns[part] = text;
        else if (!value.isMissing) {
            problems.push({ at: value, message: "is no text; expected a pattern such as `prod*`." });
        }
    }
    return patterns;
}

/**
 * The profile of a stack: that of the line that matches it most specifically. A part without wildcards is more specific
 * than any with them, then more literal characters win. Two equally specific lines for different profiles are a mistake,
 * noted in `problems`.
 */
export function profileFor(
    identity: StackIdentity,
    { defaultProfile, selectors }: Selection,
    problems: Problem[],
): string {
    const matching = selectors
        .filter(({ patterns }) => PARTS.every(part => isMatch(patterns[part], identity[part])))
        .sort((a, b) => specificity(b) - specificity(a));
    const [best, second] = matching;
    if (best === undefined) return defaultProfile;
    if (second !== undefined && second.profile !== best.profile && specificity(second) === specificity(best)) {
        const name = PARTS.map(part => identity[part] ?? "?").join("/");
        const message = `matches ${name} exactly as specifically as line ${best.at.line}; make one of them more specific.`;
        problems.push({ at: second.at, message });
    }
    return best.profile;
}

function isMatch(pattern: string | undefined, name: string | undefined): boolean {
    return pattern === undefined || (name !== undefined && picomatch.isMatch(name, pattern, { dot: true }));
}

function specificity({ patterns }: Selector): number {
    const texts = Object.values(patterns);
    const exact = texts.filter(text => !/[*?[\]{}()!+@]/.test(text)).length;
    const literal = texts.reduce((sum, text) => sum + text.replace(/[*?[\]{}()!+@,|]/g, "").length, 0);
    return exact * 10_000 + literal;
}

function checkKeys(value: FileValue, known: readonly string[], problems: Problem[]): void {
    if (!value.isMap && !value.isMissing) {
        problems.push({ at: value, message: `is no map; expected the keys ${known.join(", ")}.` });
    }
    for (const [key, item] of value.entries()) {
        if (known.includes(key)) continue;
        problems.push({ at: item, message: `is no key here; expected ${known.join(", ")}.${suggestion(key, known)}` });
    }
}
