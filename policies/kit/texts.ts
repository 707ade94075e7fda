import { UnknownValueError } from "@pulumi/policy";
import type { Value } from "./value";
import { SIGNATURE, unwrap } from "./wire";

/** Deeper than any real definition nests, texts of JSON in texts of JSON included. */
const MAX_DEPTH = 40;

/** Tags of a resource together with those that its provider sets for all, each of which stands where the program wrote it. */
const REPEATED = "tagsAll";

/** A text somewhere in a resource's properties. */
export interface Text {
    readonly text: string;
    /** What it is called: the key that it stands under or, in a pair of name and value, the name. May be secret. */
    readonly name: string;
    /** Where it stands. Made when asked for, since few texts are ever spoken of. */
    place(): TextPlace;
}

/** Where a text stands, as messages tell it. */
export interface TextPlace {
    readonly value: Value;
    /** The map or list that it stands in; the place itself at the root. */
    readonly holder: Value;
    /** The name that a pair of name and value gives it, as variables of builds and containers have it. */
    readonly variable: string | undefined;
    /** The name of the container whose definition it stands in. */
    readonly container: string | undefined;
}

/** What a text of JSON holds, as a step on the way to a place. */
const PARSED = Symbol("the JSON in a text");

/** The way to a place from its end. */
interface Step {
    readonly before: Step | undefined;
    readonly key: string | number | typeof PARSED;
}

/** All texts of a resource's properties. */
interface Texts {
    readonly texts: readonly Text[];
    readonly tooDeep: readonly Value[];
}

/** Several rules look at the same texts, one after the other. */
let last: { readonly root: Value; readonly texts: Texts } | undefined;

/**
 * Visits all texts at and below a value, in the order in which they were written, those in texts of JSON included. What is
 * nested too deep to be visited is handed to `onTooDeep`; what is unknown is passed over.
 *
 * Made for rules that look at every property of every resource: it reads what came from the wire as it is, and each value once.
 */
export function visitTexts(root: Value, visit: (text: Text) => void, onTooDeep: (value: Value) => void): void {
    if (last?.root !== root) last = { root, texts: textsIn(root) };
    const { texts, tooDeep } = last.texts;
    texts.forEach(visit);
    tooDeep.forEach(onTooDeep);
}

function textsIn(root: Value): Texts {
    const texts: Text[] = [];
    const tooDeep: Value[] = [];
    descend(root.raw, "", undefined, 0);
    return { texts, tooDeep };

    function descend(raw: unknown, name: string, step: Step | undefined, depth: number): void {
        if (typeof raw === "string") {
            const parsed = parsedJson(raw);
            if (parsed === undefined) texts.push({ text: raw, name, place: () => placeOf(root, step) });
            else descend(parsed, name, { before: step, key: PARSED }, depth + 1);
        } else if (typeof raw !== "object" || raw === null) {
            return;
        } else if (depth >= MAX_DEPTH) {
            tooDeep.push(placeOf(root, step).value);
        } else if (Array.isArray(raw)) {
            for (let key = 0; key < raw.length; key += 1) {
                descend(read(raw, key), name, { before: step, key }, depth + 1);
            }
        } else {
            const called = nameIn(raw);
            for (const key of Object.keys(raw)) {
                if (key === SIGNATURE || (depth === 0 && key === REPEATED)) continue;
                const itemName = called !== undefined && isValueKey(key) ? called : key;
                descend(read(raw, key), itemName, { before: step, key }, depth + 1);
            }
        }
    }
}

/** What is under a key, without marks; nothing where that is unknown, of which the SDK's checking proxies throw. */
function read(holder: object, key: string | number): unknown {
    try {
        return unwrap(Reflect.get(holder, key)).raw;
    } catch (error) {
        if (error instanceof UnknownValueError) return undefined;
        throw error;
    }
}

function placeOf(root: Value, end: Step | undefined): TextPlace {
    const steps: Step[] = [];
    for (let step = end; step !== undefined; step = step.before) steps.push(step);
    let value = root;
    let holder = root;
    let variable: string | undefined;
    let container: string | undefined;
    for (const { key } of steps.reverse()) {
        if (key === PARSED) {
            value = value.reread(parsedJson(value.string() ?? ""));
        } else if (typeof key === "number") {
            holder = value;
            value = value.items()[key] ?? value;
        } else {
            container = containerIn(value) ?? container;
            variable = isValueKey(key) ? textIn(value, NAME_KEYS) : undefined;
            holder = value;
            value = value.get(key);
        }
    }
    return { value, holder, variable, container };
}

/** The list or map that a text of JSON holds; undefined for any other text. */
function parsedJson(text: string): object | undefined {
    if (!/^\s*[[{]/.test(text)) return undefined;
    try {
        return JSON.parse(text) as object;
    } catch {
        return undefined;
    }
}

const NAME_KEYS = ["name", "Name", "key", "Key"] as const;

function nameIn(map: object): string | undefined {
    for (const key of NAME_KEYS) {
        if (!Object.hasOwn(map, key)) continue;
        const name = read(map, key);
        if (typeof name === "string") return name;
    }
    return undefined;
}

function isValueKey(key: string): boolean {
    return key === "value" || key === "Value";
}

/** The name of the container that a map defines, as definitions of ECS, Batch, Lightsail and Kubernetes do. */
function containerIn(map: Value): string | undefined {
    const hasVariables = ["environment", "env", "envs"].some(key => Array.isArray(map.get(key).raw));
    const isContainer = hasVariables || map.get("image").string() !== undefined;
    return isContainer ? textIn(map, ["containerName", "name"]) : undefined;
}

function textIn(map: Value, keys: readonly string[]): string | undefined {
    for (const key of keys) {
        const value = map.get(key);
        const text = value.string();
        if (text !== undefined) return value.shown(text);
    }
    return undefined;
}
