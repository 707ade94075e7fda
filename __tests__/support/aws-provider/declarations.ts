import declared from "./fixtures/declarations.json";

/** `string`, `document` (a policy as a text or an object), `number`, `boolean`, `list<…>`, `map`, or a block such as `s3.BucketVersioning`. */
export type Kind = string;

type Kinds = Readonly<Record<string, Kind>>;

/** What @pulumi/aws declares of a resource type. */
export interface Declaration {
    readonly required: Kinds;
    /** Inputs that stay silent where the program is. */
    readonly optional: Kinds;
    /** Inputs that the provider answers whatever the program says. */
    readonly computed: Kinds;
    /** Properties that are no inputs. */
    readonly outputs: Kinds;
    /** Defaults of inputs by their documentation. Some are AWS's and not the provider's. */
    readonly defaults: Readonly<Record<string, string | number | boolean>>;
}

const types: ReadonlyMap<string, Declaration> = new Map(
    Object.entries(declared.types as unknown as Record<string, Declaration>),
);
const blocks: ReadonlyMap<string, Kinds> = new Map(Object.entries(declared.blocks as unknown as Record<string, Kinds>));

const NOTHING: Declaration = { required: {}, optional: {}, computed: {}, outputs: { arn: "string" }, defaults: {} };

/** All types that a rule names and @pulumi/aws declares. */
export const declaredTypes: readonly string[] = [...types.keys()];

/** What is declared of a type; of one that no rule names, that it has an ARN. */
export function declarationOf(type: string): Declaration {
    return types.get(type) ?? NOTHING;
}

/** Properties of a block by name; undefined for a kind that is none. */
export function blockOf(kind: Kind): Kinds | undefined {
    return blocks.get(kind);
}

/** Kind of a list's elements; undefined for a kind that is no list. */
export function elementOf(kind: Kind): Kind | undefined {
    return kind.startsWith("list<") ? kind.slice("list<".length, -1) : undefined;
}
