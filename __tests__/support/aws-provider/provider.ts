// Answers as a real AWS provider does, as functions of plain data: what it adds to inputs in its check, plans in a preview,
// reports of what it created, and reads again in a refresh.
import { ARCHIVE, ASSET, SIGNATURE } from "../../../policies/kit/wire";
import { UNKNOWN } from "../engine-args";
import { blockOf, declarationOf, elementOf, type Kind } from "./declarations";
import {
    CHECK_DEFAULTS,
    EXCLUDED_BY,
    FILLINGS,
    type Generation,
    MIRRORS,
    NAMED_BY,
    OLDER_DEFAULTS,
    type Properties,
    REGION,
    UNNAMED,
} from "./facts";
import { hash, type Identity, identityOf } from "./identities";

export type { Generation, Properties } from "./facts";

/** How a provider is configured. */
export interface Configuration {
    readonly generation: Generation;
    readonly defaultTags?: Readonly<Record<string, string>>;
}

/** A resource that was created. */
export interface Created {
    readonly type: string;
    readonly id: string;
    readonly outputs: Readonly<Properties>;
}

/** Inputs that no release of the provider would take; the message names property and kind. */
export class InputError extends Error {}

const DEFAULTS = "__defaults";

/**
 * What the provider makes of a program's inputs before anybody judges them: documents become texts, names are generated, and
 * defaults of its schema are filled in, each object listing those of its own keys under `__defaults`.
 *
 * Throws {@link InputError} for values of other kinds than the type declares.
 */
export function check(
    { type, name }: { readonly type: string; readonly name: string },
    inputs: Readonly<Properties>,
    { generation, defaultTags }: Configuration,
): Properties {
    const { required, optional, computed } = declarationOf(type);
    const kinds: Readonly<Record<string, Kind>> = { ...required, ...optional, ...computed };
    const checked: Properties = {};
    for (const [key, value] of Object.entries(inputs)) {
        if (value !== undefined && !key.startsWith("__")) checked[key] = accepted(value, kinds[key], key);
    }
    const filled: string[] = [];
    const fill = (key: string, value: unknown) => {
        if (Object.hasOwn(checked, key)) return;
        checked[key] = value;
        filled.push(key);
    };
    for (const [path, value] of Object.entries(defaultsOf(type, generation))) {
        const [key = "", inner] = path.split(".");
        const excluding = EXCLUDED_BY[key];
        if (inner !== undefined) for (const block of blocksIn(checked[key])) fillBlock(block, inner, value);
        else if (excluding === undefined || !Object.hasOwn(checked, excluding)) fill(key, value);
    }
    const named = NAMED_BY.get(type) ?? "name";
    const isNamed = computed[named] === "string" && !UNNAMED.has(type);
    if (isNamed && !Object.hasOwn(checked, `${named}Prefix`)) fill(named, `${name}-${hash(name, 7)}`);
    if (Object.hasOwn(kinds, "tags") && (checked.tags !== undefined || defaultTags !== undefined)) {
        const tags = withoutInternalKeys(checked.tags ?? {}) as Properties;
        checked.tagsAll = { ...defaultTags, ...tags };
    }
    checked[DEFAULTS] = filled.sort();
    return checked;
}

/**
 * What the provider says in a preview about a resource that it would create from checked inputs. Up to 6.50 these are the
 * inputs that hold nothing unknown, since then also what stays silent, and what only the creation can tell.
 */
export function plan(type: string, checked: Readonly<Properties>, generation: Generation): Properties {
    const inputs = withoutInternalKeys(checked) as Properties;
    if (generation === "6") {
        const known = Object.entries(inputs).filter(([, value]) => !holdsUnknown(value));
        return { ...Object.fromEntries(known), id: "" };
    }
    const { required, optional, computed, outputs } = declarationOf(type);
    const planned: Properties = {};
    for (const key of Object.keys(optional)) planned[key] = null;
    for (const key of Object.keys({ ...computed, ...outputs })) planned[key] = UNKNOWN;
    if (Object.hasOwn(planned, "region")) planned.region = REGION;
    if (Object.hasOwn(planned, "tagsAll")) planned.tagsAll = inputs.tagsAll ?? inputs.tags ?? {};
    Object.assign(planned, completed(inputs, { ...required, ...optional, ...computed }));
    return { ...planned, id: UNKNOWN };
}

/** What the provider reports of a resource that it created from checked inputs; `known` are parts of it that are decided already. */
export function create(
    { type, name }: { readonly type: string; readonly name: string },
    checked: Readonly<Properties>,
    generation: Generation,
    known: Readonly<Properties> = {},
): Created {
    const inputs = withoutInternalKeys(checked) as Properties;
    const cloudName = nameIn(type, inputs) ?? name;
    const identity: Identity = { ...identityOf(type, cloudName, inputs), ...texts(known, ["id", "arn"]) };
    const { required, optional, computed, outputs } = declarationOf(type);
    const reported: Properties = {};
    for (const [key, kind] of Object.entries(optional)) reported[key] = generation === "7" ? null : silence(kind);
    for (const [key, kind] of Object.entries({ ...computed, ...outputs })) reported[key] = silence(kind);
    if (Object.hasOwn(outputs, "arn")) reported.arn = identity.arn;
    if (Object.hasOwn(reported, "name")) reported.name = cloudName;
    if (generation === "7" && Object.hasOwn(reported, "region")) reported.region = REGION;
    if (generation === "6") delete reported.region;
    if (Object.hasOwn(reported, "tagsAll")) reported.tagsAll = inputs.tagsAll ?? inputs.tags ?? {};
    for (const { types, outputs: fillings } of FILLINGS) {
        if (!types.includes(type)) continue;
        for (const [key, value] of Object.entries(fillings({ type, inputs, generation, ...identity }))) {
            if (value === undefined) delete reported[key];
            else reported[key] = value;
        }
    }
    Object.assign(reported, completed(inputs, { ...required, ...optional, ...computed }), known);
    return { type, id: identity.id, outputs: { ...reported, id: identity.id, __meta: '{"schema_version":"1"}' } };
}

/** What the provider reports after an update: as of a new resource, but for what it learnt since and the program leaves open. */
export function update(
    { type, name }: { readonly type: string; readonly name: string },
    before: Created,
    checked: Readonly<Properties>,
    generation: Generation,
): Created {
    const { computed, outputs } = declarationOf(type);
    const open = Object.keys({ ...computed, ...outputs }).filter(key => !Object.hasOwn(checked, key));
    const kept = open.filter(key => Object.hasOwn(before.outputs, key)).map(key => [key, before.outputs[key]]);
    return create({ type, name }, checked, generation, { ...Object.fromEntries(kept), id: before.id });
}

/**
 * All resources of an account as a refresh reads them: silence is empty, and resources repeat what their companions say, such
 * as a bucket its policy.
 */
export function refresh(resources: readonly Created[]): Created[] {
    const read = new Map(resources.map(resource => [resource, { ...resource.outputs }]));
    for (const [{ type }, outputs] of read) {
        for (const [key, kind] of Object.entries(declarationOf(type).optional)) outputs[key] ??= silence(kind);
    }
    for (const companion of resources) {
        for (const { companions, by, targets, outputs } of MIRRORS) {
            if (!companions.includes(companion.type)) continue;
            const name = companion.outputs[by];
            for (const [target, known] of read) {
                if (!targets.includes(target.type) || !namesOf(target).includes(name)) continue;
                Object.assign(known, outputs(companion.outputs, known, companion.type));
            }
        }
    }
    return resources.map(resource => ({ ...resource, outputs: read.get(resource) ?? resource.outputs }));
}

/** A copy without the keys that only engine and provider use, at every depth. */
export function withoutInternalKeys(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(withoutInternalKeys);
    if (!isObject(value)) return value;
    const entries = Object.entries(value).filter(([key]) => !key.startsWith("__"));
    return Object.fromEntries(entries.map(([key, item]) => [key, withoutInternalKeys(item)]));
}

/** What silence looks like in outputs. Seen with 5.35 to 7.23. */
function silence(kind: Kind): unknown {
    if (kind === "string" || kind === "document") return "";
    if (kind === "number") return 0;
    if (kind === "boolean") return false;
    if (kind === "map") return {};
    return elementOf(kind) === undefined ? null : [];
}

function defaultsOf(type: string, generation: Generation): Readonly<Record<string, string | number | boolean>> {
    const usual = CHECK_DEFAULTS.get(type) ?? declarationOf(type).defaults;
    return generation === "6" ? { ...usual, ...OLDER_DEFAULTS.get(type) } : usual;
}

function fillBlock(block: Properties, key: string, value: unknown): void {
    if (Object.hasOwn(block, key)) return;
    block[key] = value;
    block[DEFAULTS] = [...(Array.isArray(block[DEFAULTS]) ? block[DEFAULTS] : []), key].sort();
}

function blocksIn(value: unknown): Properties[] {
    return (Array.isArray(value) ? value : [value]).filter(isObject);
}

/** A value as the provider takes it. Blocks list their defaults; a document where a text belongs becomes one. */
function accepted(value: unknown, kind: Kind | undefined, path: string): unknown {
    if (value === null || value === UNKNOWN || kind === undefined) return value;
    const refuse = () => {
        throw new InputError(`${path}: is ${JSON.stringify(value)}; expected ${kind}.`);
    };
    // Files are declared as texts of their names, and come with their content.
    if (isObject(value) && (value[SIGNATURE] === ASSET || value[SIGNATURE] === ARCHIVE)) return value;
    const element = elementOf(kind);
    if (element !== undefined) {
        if (!Array.isArray(value)) return refuse();
        return value.map((item, index) => (item === null ? refuse() : accepted(item, element, `${path}[${index}]`)));
    }
    switch (kind) {
        case "document":
            return isObject(value) ? JSON.stringify(value) : typeof value === "string" ? value : refuse();
        case "string":
            return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
                ? value
                : refuse();
        case "boolean":
            return typeof value === "boolean" || value === "true" || value === "false" ? value : refuse();
        case "number":
            return typeof value === "number" || (typeof value === "string" && /^-?\d+$/.test(value)) ? value : refuse();
        case "map":
            return isObject(value) ? value : refuse();
    }
    if (!isObject(value)) return refuse();
    const kinds = blockOf(kind) ?? {};
    const entries = Object.entries(value).filter(([key, item]) => item !== undefined && !key.startsWith("__"));
    const block = entries.map(([key, item]) => [key, accepted(item, kinds[key], `${path}.${key}`)]);
    return { ...Object.fromEntries(block), [DEFAULTS]: [] };
}

/** Inputs as outputs repeat them: blocks say what was left out in them, documents are written anew. */
function completed(inputs: Readonly<Properties>, kinds: Readonly<Record<string, Kind>>): Properties {
    return Object.fromEntries(
        Object.entries(inputs)
            .filter(([, value]) => value !== null)
            .map(([key, value]) => [key, completedValue(value, kinds[key])]),
    );
}

function completedValue(value: unknown, kind: Kind | undefined): unknown {
    if (kind === undefined) return value;
    const element = elementOf(kind);
    if (element !== undefined) return Array.isArray(value) ? value.map(item => completedValue(item, element)) : value;
    if (kind === "string" || kind === "document") return rewritten(value);
    const kinds = blockOf(kind);
    if (kinds === undefined || !isObject(value)) return value;
    const silent = Object.entries(kinds).map(([key, inner]) => [key, silence(inner)]);
    return { ...Object.fromEntries(silent), ...completed(value, kinds) };
}

/** A policy document as it comes back: without blanks, keys in the order of the alphabet. Seen with 5.42. */
function rewritten(value: unknown): unknown {
    if (typeof value !== "string" || !value.includes('"Statement"')) return value;
    try {
        return JSON.stringify(sorted(JSON.parse(value)));
    } catch {
        return value;
    }
}

function sorted(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(sorted);
    if (!isObject(value)) return value;
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

/** Unknowns within blocks stay where they are. Seen with 5.35 to 6.9. */
function holdsUnknown(value: unknown): boolean {
    return value === UNKNOWN || (Array.isArray(value) && value.includes(UNKNOWN));
}

function nameIn(type: string, inputs: Readonly<Properties>): string | undefined {
    const property = NAMED_BY.get(type) ?? "name";
    const { [property]: given, [`${property}Prefix`]: prefix } = inputs;
    if (typeof given === "string" && given !== "") return given;
    return typeof prefix === "string" && prefix !== "" ? `${prefix}${hash(prefix, 7)}` : undefined;
}

function namesOf({ id, outputs: { arn, name } }: Created): unknown[] {
    return [id, arn, name].filter(text => typeof text === "string" && text !== "");
}

function texts(source: Readonly<Properties>, keys: readonly string[]): Properties {
    return Object.fromEntries(keys.filter(key => typeof source[key] === "string").map(key => [key, source[key]]));
}

function isObject(value: unknown): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
