// How the engine writes special values on the wire to a policy pack, and in exported states.
// Source: pulumi/pulumi, sdk/go/common/resource/properties.go and sig/sig.go.

/** The key of an object that stands for a special value; its value says which kind. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";

export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
export const OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
export const RESOURCE_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";
export const ASSET = "c44067f5952c0a294b673a41bacd8c17";
export const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

/** What stands for a text that is known only after the update. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What stands for a value of each type that is known only after the update: bool, number, text, list, asset, archive, map. */
const UNKNOWNS: ReadonlySet<string> = new Set([
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    UNKNOWN,
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Key of the list of those keys of an object that the program left out and the provider filled in. */
export const DEFAULTS = "__defaults";

/** Marks properties of which the SDK can read nothing, and which a remediation therefore must not give back. */
export const UNREADABLE = Symbol("the SDK cannot read these properties");

/** Properties as they come from the wire, special values included. */
export type Fields = Readonly<Record<string, unknown>>;

/** A value without its wrapping. */
export interface Unwrapped {
    /** `undefined` where the value is unknown. */
    readonly raw: unknown;
    readonly isUnknown: boolean;
    readonly isSecret: boolean;
}

/**
 * Takes a value out of what marks it as secret, as an output, or as a reference to a resource, which becomes its id (or its
 * URN, where it has none) as the engine writes it for policies. Anything else is given as it is, signatures nobody knows
 * included.
 */
export function unwrap(value: unknown, isSecret = false): Unwrapped {
    if (typeof value === "string") {
        return UNKNOWNS.has(value)
            ? { raw: undefined, isUnknown: true, isSecret }
            : { raw: value, isUnknown: false, isSecret };
    }
    if (!isFields(value) || !Object.hasOwn(value, SIGNATURE)) return { raw: value, isUnknown: false, isSecret };
    switch (value[SIGNATURE]) {
        case SECRET:
            return unwrap(value.value, true);
        case OUTPUT_VALUE: {
            const isMarked = isSecret || value.secret === true;
            return Object.hasOwn(value, "value")
                ? unwrap(value.value, isMarked)
                : { raw: undefined, isUnknown: true, isSecret: isMarked };
        }
        case RESOURCE_REFERENCE:
            return unwrap(typeof value.id === "string" && value.id !== "" ? value.id : value.urn, isSecret);
        default:
            return { raw: value, isUnknown: false, isSecret };
    }
}

/**
 * A resource's inputs as its program declares them: without the defaults that the provider filled in, and without the other
 * keys that only engine and provider use. A default that was changed since the provider's check (`checked`) counts as
 * declared.
 *
 * Source: pulumi/pulumi-terraform-bridge, pkg/tfbridge/schema.go (applyDefaults writes `__defaults` into every object).
 */
export function declaredInputs(inputs: Fields, checked: Fields = inputs): Fields {
    const filled = new Set(defaultsOf(checked));
    return mapFields(inputs, (value, name) => {
        if (name.startsWith("__") || (filled.has(name) && Object.is(value, checked[name]))) return LEFT_OUT;
        return declaredIn(value, checked[name]);
    });
}

function declaredIn(value: unknown, checked: unknown): unknown {
    if (Array.isArray(value)) {
        return mapItems(value, (item, index) => declaredIn(item, Array.isArray(checked) ? checked[index] : undefined));
    }
    return isFields(value) ? declaredInputs(value, isFields(checked) ? checked : value) : value;
}

function defaultsOf(checked: Fields): readonly string[] {
    const names = checked[DEFAULTS];
    return Array.isArray(names) ? names.filter(name => typeof name === "string") : [];
}

/**
 * Whether anything in inputs may be unknown. Of nearly no resource it is once it was created, which is told here without asking
 * for what the provider reports.
 */
export function mayHoldUnknowns(inputs: unknown): boolean {
    if (typeof inputs === "string") return UNKNOWNS.has(inputs);
    if (Array.isArray(inputs)) return inputs.some(mayHoldUnknowns);
    if (!isFields(inputs)) return false;
    return Object.hasOwn(inputs, SIGNATURE) || Object.keys(inputs).some(name => mayHoldUnknowns(inputs[name]));
}

/**
 * Inputs in which what is unknown is taken from what the provider reports under the same key, where that is known.
 * Everything else that the provider reports is left out.
 */
export function completedBy(inputs: unknown, outputs: unknown): unknown {
    const { isUnknown } = unwrap(inputs);
    if (isUnknown) return outputs === undefined || outputs === null ? inputs : outputs;
    if (Array.isArray(inputs)) {
        // Lists that the provider reports may have another order and length; then their elements are no answer.
        const isAligned = Array.isArray(outputs) && outputs.length === inputs.length;
        return isAligned ? mapItems(inputs, (item, index) => completedBy(item, outputs[index])) : inputs;
    }
    if (!isFields(inputs) || Object.hasOwn(inputs, SIGNATURE) || !isFields(outputs)) return inputs;
    return mapFields(inputs, (value, name) =>
        completedBy(value, Object.hasOwn(outputs, name) ? outputs[name] : undefined),
    );
}

/** What {@link mapFields} is given for a field that the result does not have. */
const LEFT_OUT = Symbol("left out");

/** Fields with other values; the same object where none changes, as for nearly all resources of a stack. */
function mapFields(fields: Fields, change: (value: unknown, name: string) => unknown): Fields {
    let changed: Map<string, unknown> | undefined;
    for (const name of Object.keys(fields)) {
        const value = change(fields[name], name);
        if (value === fields[name]) continue;
        changed ??= new Map(Object.entries(fields));
        if (value === LEFT_OUT) changed.delete(name);
        else changed.set(name, value);
    }
    return changed === undefined ? fields : Object.fromEntries(changed);
}

/** The same for a list. */
function mapItems(items: readonly unknown[], change: (item: unknown, index: number) => unknown): readonly unknown[] {
    const changed = items.map(change);
    return changed.some((item, index) => item !== items[index]) ? changed : items;
}

export function isFields(value: unknown): value is Fields {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
