import { z } from "zod";
import type { Rule } from "../kit/rule";
import { ExemptionSettings } from "./exemptions/exemption";
import { profileSchema } from "./profile";
import { selectionSchema } from "./selection";

/** The kinds of settings files that have a schema. Which profiles there are an editor does not know. */
const SHAPES = {
    profile: { title: "Profile", schema: (rules: readonly Rule[]) => profileSchema(rules, []) },
    stacks: { title: "Stacks and their profiles", schema: () => selectionSchema([]) },
    exemptions: { title: "Exemptions", schema: () => ExemptionSettings },
} satisfies Record<string, { readonly title: string; readonly schema: (rules: readonly Rule[]) => z.ZodType }>;

export type SchemaName = keyof typeof SHAPES;
export const SCHEMAS = Object.keys(SHAPES) as readonly SchemaName[];

/** The JSON Schema (draft 07) of a kind of settings file, by which editors complete and check it. */
export function jsonSchema(kind: SchemaName, rules: readonly Rule[]): object {
    const { title, schema } = SHAPES[kind];
    return { title, ...z.toJSONSchema(schema(rules), { target: "draft-07", io: "input" }) };
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
