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

/** Checks settings by their schema; `owner` is whose settings they are, and `alsoKnown` are keys of other meaning beside them. */
export function mistakesIn(
    schema: SettingsSchema,
    settings: unknown,
    owner: string,
    alsoKnown: readonly string[] = [],
): Mistake[] {
    const { error } = schema.safeParse(settings);
    return (error?.issues ?? []).flatMap(issue => {
        if (issue.code !== "unrecognized_keys") {
            return [{ path: issue.path, message: describe(issue, valueAt(settings, issue.path)) }];
        }
        const known = [...keysAt(schema, issue.path), ...alsoKnown];
        return issue.keys.map(key => ({
            path: [...issue.path, key],
            message: `is no setting of ${owner}; ${expectedKeys(known)}.${suggestion(key, known)}`,
        }));
    });
}

/** Checks a map of settings in a file and notes the mistakes in `problems`, each with its line. */
export function checkFileSettings(
    schema: SettingsSchema,
    value: FileValue,
    settings: unknown,
    owner: string,
    problems: Problem[],
    alsoKnown?: readonly string[],
): void {
    for (const { path, message } of mistakesIn(schema, settings, owner, alsoKnown)) {
        problems.push({ at: placeAt(value, path), message });
    }
}

/** The place in a file to which keys lead, or the nearest place around it. */
export function placeAt(value: FileValue, path: readonly PropertyKey[]): FileValue {
    return path.reduce<FileValue>(
        (place, step) => (typeof step === "number" ? (place.items()[step] ?? place) : place.get(String(step))),
        value,
    );
}

/** Notes keys of a map that are not among those known. Anything but a map is a mistake of its own. */
export function checkKeys(value: FileValue, known: readonly string[], problems: Problem[]): void {
    if (!value.isMap && !value.isMissing) {
        problems.push({ at: value, message: `is ${shown(toJson(value))}; expected a map with ${known.join(", ")}.` });
    }
    for (const [key, item] of value.entries()) {
        if (known.includes(key)) continue;
        problems.push({ at: item, message: `is no key here; ${expectedKeys(known)}.${suggestion(key, known)}` });
    }
}

/** A value as a message shows it. */
export function shown(value: unknown): string {
    if (value === undefined) return "not set";
    const text = JSON.stringify(value);
    return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}

function expectedKeys(known: readonly string[]): string {
    return known.length === 0 ? "there are none" : `expected ${known.join(", ")}`;
}

function describe(issue: z.core.$ZodIssue, value: unknown): string {
    const expected = (issue.message.split(", received ", 1)[0] ?? "").replace(/^Invalid (?:input|option): /, "");
    return `is ${shown(value)}; ${expected.charAt(0).toLowerCase()}${expected.slice(1)}.`;
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

/** Takes defaults and optionality off a schema. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
    const { innerType } = (schema._zod as unknown as { def: { innerType?: z.core.$ZodType } }).def;
    return innerType === undefined ? schema : unwrap(innerType);
}
