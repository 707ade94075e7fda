import { z } from "zod";
import { suggestion } from "./config-error";

/** A map in a settings file, of which a key without a value is as good as none. */
export function settingsMap<Shape extends z.ZodRawShape>(shape: Shape) {
    const expected = `expected a map with ${Object.keys(shape).join(", ")}`;
    return z.preprocess(withoutNulls, z.strictObject(shape, ofType(expected)));
}

/** Parameters of a schema that say what was expected instead of a value of another type, or of none. */
export function ofType(expected: string): { readonly error: z.core.$ZodErrorMap } {
    return { error: ({ code }) => (code === "invalid_type" ? expected : undefined) };
}

/** The name of one of the profiles that there are. */
export function profileName(profiles: readonly string[]) {
    const expected = `expected a profile: ${profiles.join(", ")}.`;
    return z.string(expected).refine(name => profiles.includes(name), {
        error: ({ input }) => `${expected}${suggestion(String(input), profiles)}`,
    });
}

function withoutNulls(value: unknown): unknown {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null));
}
