import { z } from "zod";
import type { Rule } from "../kit/rule";
import { configSchemaOf } from "../kit/settings";
import { ExemptionSettings } from "./exemptions/exemption";
import { LEVEL_PATTERN } from "./level";
import { GROUPS, groupNames } from "./profile";
import { PARTS } from "./selection";

const DRAFT = "http://json-schema.org/draft-07/schema#";

/** The kinds of settings files that have a schema. */
export const SCHEMAS = ["profile", "stacks", "exemptions"] as const;
export type SchemaName = (typeof SCHEMAS)[number];

const LEVEL = {
    type: "string",
    pattern: LEVEL_PATTERN,
    description: "disabled, advisory, mandatory, remediate, or `advisory until 2027-01-31`.",
    examples: ["disabled", "advisory", "mandatory", "remediate", "advisory until 2027-01-31"],
};

const map = (properties: object, description: string) => ({
    type: "object",
    additionalProperties: false,
    properties,
    description,
});

/** The JSON Schema (draft 07) of a kind of settings file, by which editors complete and check it. */
export function jsonSchema(kind: SchemaName, rules: readonly Rule[]): object {
    switch (kind) {
        case "profile":
            return profileSchema(rules);
        case "stacks":
            return stacksSchema();
        case "exemptions":
            return { title: "Exemptions", ...z.toJSONSchema(ExemptionSettings, { target: "draft-07", io: "input" }) };
    }
}

/** Text of every schema file by its path in the pack. */
export function schemaFiles(rules: readonly Rule[]): ReadonlyMap<string, string> {
    return new Map(
        SCHEMAS.map(kind => [
            `rules-config/schema/${kind}.json`,
            `${JSON.stringify(jsonSchema(kind, rules), undefined, 4)}\n`,
        ]),
    );
}

function profileSchema(rules: readonly Rule[]): object {
    const groups = (Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map(kind => {
        const levels = Object.fromEntries(groupNames(kind, rules).map(name => [name, LEVEL]));
        return [kind, map(levels, `Levels of rules by ${kind}.`)];
    });
    const settings = rules.map(rule => {
        const { properties, required } = configSchemaOf(rule.settings);
        const withLevel = { enforcementLevel: LEVEL, ...properties };
        const object = { ...map(withLevel, rule.description), ...(required === undefined ? {} : { required }) };
        return [rule.name, { description: rule.description, anyOf: [LEVEL, object] }];
    });
    return {
        $schema: DRAFT,
        title: "Profile",
        ...map(
            {
                extends: { type: "string", description: "Name of the profile to start from." },
                all: { ...LEVEL, description: `Level of every rule: ${LEVEL.description}` },
                ...Object.fromEntries(groups),
                rules: map(Object.fromEntries(settings), "Levels and settings by rule."),
            },
            "What holds for stacks with this profile.",
        ),
    };
}

function stacksSchema(): object {
    const pattern = (what: string) => ({ type: "string", description: `Glob pattern for the ${what}.` });
    const entry = map(
        {
            ...Object.fromEntries(PARTS.map(part => [part, pattern(part)])),
            tags: {
                type: "object",
                additionalProperties: pattern("tag's value"),
                description: "Stack tags that the stack must have.",
            },
            profile: { type: "string", description: "Name of the profile." },
        },
        "Stacks and their profile.",
    );
    return {
        $schema: DRAFT,
        title: "Stacks and their profiles",
        ...map(
            {
                default: { type: "string", description: "Profile of stacks that no entry is about." },
                stacks: { type: "array", items: { ...entry, required: ["profile"] }, description: "The entries." },
            },
            "Which stacks have which profile.",
        ),
        required: ["default"],
    };
}
