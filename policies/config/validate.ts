import type { z } from "zod";
import type { FileValue } from "../kit/project/file-value";
import { toJson } from "../kit/project/to-json";
import type { Problem } from "../kit/report";
import type { SettingsSchema } from "../kit/rule";
import { suggestion } from "./config-error";

/** How many characters of a value a message shows. */
const SHOWN_LENGTH = 80;

/** A mistake in plain data: the keys that lead to it, and a sentence part that says what is there and what was expected. */
export interface Mistake {
    readonly path: readonly PropertyKey[];
    readonly message: string;
}

/** What a message says of a key that a map at a path does not have; `known` are the keys that it has. */
type UnknownKey = (path: readonly PropertyKey[], known: readonly string[]) => string;

/** Checks settings by their schema; `owner` is whose settings they are. */
export function mistakesIn(schema: SettingsSchema, settings: unknown, owner: string): Mistake[] {
    return parse(schema, settings, unknownSetting(owner)).mistakes;
}

/** What a message says of a key in the settings of `owner` that it does not have. */
export function unknownSetting(owner: string): UnknownKey {
    return (_, known) => `is no setting of ${owner}; ${expectedKeys(known)}.`;
}

/**
 * Reads a file's content, or a part of it, by its schema. Undefined where it has mistakes, which are noted in `problems`, each
 * with its line. A file without content is read as an empty map.
 */
export function parseContent<Schema extends z.ZodType>(
    schema: Schema,
    content: FileValue,
    unknownKey: UnknownKey,
    problems: Problem[],
): z.output<Schema> | undefined {
    const { data, mistakes } = parse(schema, content.isMissing ? {} : toJson(content), unknownKey);
    for (const { path, message } of mistakes) problems.push({ at: placeAt(content, path), message });
    return data;
}

function parse<Schema extends z.ZodType>(
    schema: Schema,
    given: unknown,
    unknownKey: UnknownKey,
): { readonly data: z.output<Schema> | undefined; readonly mistakes: Mistake[] } {
    // Files are read once: to compile the schema first would take longer.
    const { data, error } = schema.safeParse(given, { jitless: true });
    const mistakes = (error?.issues ?? []).flatMap(narrowed).flatMap((issue): Mistake[] => {
        const { path } = issue;
        if (issue.code !== "unrecognized_keys") return [{ path, message: describe(issue, valueAt(given, path)) }];
        const known = keysAt(schema, path);
        return issue.keys.map(key => ({
            path: [...path, key],
            message: `${unknownKey(path, known)}${suggestion(key, known)}`,
        }));
    });
    return { data, mistakes };
}

/** What is wrong with a value of several forms: what is wrong by the one that it seems to be meant for, where it has its type. */
function narrowed(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
    if (issue.code !== "invalid_union") return [issue];
    const isOfType = (issues: readonly z.core.$ZodIssue[]) =>
        issues.every(({ code, path }) => code !== "invalid_type" || path.length > 0);
    const meant = issue.errors.find(isOfType);
    if (meant === undefined) return [issue];
    return meant.flatMap(inner => narrowed({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** The place in a file to which keys lead, or the nearest place around it. */
export function placeAt(value: FileValue, path: readonly PropertyKey[]): FileValue {
    return path.reduce<FileValue>(
        (place, step) => (typeof step === "number" ? (place.items()[step] ?? place) : place.get(String(step))),
        value,
    );
}

/** A value as a message shows it. */
export function shown(value: unknown): string {
    if (value === undefined) return "not set";
    const text = JSON.stringify(value);
    return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}

/** What a message says of the keys that there are. */
export function expectedKeys(known: readonly string[]): string {
    return known.length === 0 ? "there are none" : `expected ${known.join(", ")}`;
}

/** A sentence part about a value. What a schema says of it itself is one already, unless it only says what was expected. */
function describe(issue: z.core.$ZodIssue, value: unknown): string {
    if (issue.code === "custom" && /^(?!expected)[a-z]/.test(issue.message)) return issue.message;
    const expected = (issue.message.split(", received ", 1)[0] ?? "").replace(/^Invalid (?:input|option): /, "");
    const end = /[.?]$/.test(expected) ? "" : ".";
    return `is ${shown(value)}; ${expected.charAt(0).toLowerCase()}${expected.slice(1)}${end}`;
}

function valueAt(settings: unknown, path: readonly PropertyKey[]): unknown {
    return path.reduce<unknown>(
        (value, step) =>
            typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
        settings,
    );
}

/** Names of the keys that an object of the schema takes at a path; none where the schema there is no object. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
    let part: z.core.$ZodType | undefined = unwrap(schema);
    for (const step of path) {
        const { def } = part._zod as unknown as {
            def: {
                shape?: Record<PropertyKey, z.core.$ZodType>;
                element?: z.core.$ZodType;
                valueType?: z.core.$ZodType;
            };
        };
        const next: z.core.$ZodType | undefined = def.shape?.[step] ?? def.element ?? def.valueType;
        if (next === undefined) return [];
        part = unwrap(next);
    }
    const { shape } = (part._zod as unknown as { def: { shape?: object } }).def;
    return Object.keys(shape ?? {});
}

/** Takes defaults and optionality off a schema, and what is done to a value before; of several forms it is the one of a map. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
    const { def } = schema._zod as unknown as {
        def: {
            innerType?: z.core.$ZodType;
            getter?: () => z.core.$ZodType;
            out?: z.core.$ZodType;
            options?: readonly z.core.$ZodType[];
        };
    };
    const inner =
        def.innerType ?? def.getter?.() ?? def.out ?? def.options?.find(option => "shape" in unwrap(option)._zod.def);
    return inner === undefined ? schema : unwrap(inner);
}
