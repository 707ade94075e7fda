import type { PolicyConfigSchema } from "@pulumi/policy";
import { z } from "zod";
import type { SettingsSchema } from "./rule";

/**
 * The JSON schema by which the engine checks a rule's settings and fills in their defaults.
 *
 * The engine ignores `additionalProperties`, so misspelt names are refused by {@link settingsParser} instead.
 */
export function configSchemaOf(schema: SettingsSchema): PolicyConfigSchema {
    const { properties = {}, required } = z.toJSONSchema(schema, { target: "draft-07", io: "input" });
    return {
        properties: properties as PolicyConfigSchema["properties"],
        ...(required === undefined ? {} : { required }),
    };
}

/** Settings that a rule cannot work with; the message names the rule, each key and what was expected, without a stack. */
export class SettingsError extends Error {
    constructor(rule: string, problems: readonly string[]) {
        super(`Settings of rule ${rule} are wrong: ${problems.join("; ")}.`);
        this.name = "SettingsError";
        // The SDK hands an error's stack to the engine; a person needs the message only.
        this.stack = this.message;
    }
}

/** One sentence part for each issue that zod found: the key, what is wrong with it and what was expected. */
function describeIssues(error: z.ZodError): string[] {
    return error.issues.map(issue => {
        const key = issue.path.map(String).join(".");
        return key === "" ? issue.message : `${key}: ${issue.message}`;
    });
}

/**
 * A function that turns what the engine gives as a rule's config into its settings, defaults filled in.
 *
 * The engine hands over the same config for each resource, in an object of its own; it is parsed once. Throws
 * {@link SettingsError}.
 */
export function settingsParser<Schema extends SettingsSchema>(
    rule: string,
    schema: Schema,
): (config: object | undefined) => z.output<Schema> {
    let last: { config: object; settings: z.output<Schema> } | undefined;
    return (config = {}) => {
        if (last === undefined || !haveSameValues(last.config, config)) {
            const result = schema.safeParse(config);
            if (!result.success) throw new SettingsError(rule, describeIssues(result.error));
            last = { config, settings: result.data };
        }
        return last.settings;
    };
}

/** Compares values by identity, which is enough: the SDK keeps them and only makes a new object around them. */
function haveSameValues(a: object, b: object): boolean {
    const entries = Object.entries(a);
    return entries.length === Object.keys(b).length && entries.every(([key, value]) => Reflect.get(b, key) === value);
}
