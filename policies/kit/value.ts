import { UnknownValueError } from "@pulumi/policy";
import type { Resource } from "./resource";
import { SIGNATURE, unwrap } from "./wire";

/** How many characters of an observed value a message shows. */
const SHOWN_LENGTH = 80;

/** A secret shorter than this is not looked for in texts: it would be found in ordinary words. */
const MIN_SECRET_LENGTH = 4;

/** What a message shows in the place of a secret. */
export const SECRET_SHOWN = "[secret]";

/**
 * One place in a resource's properties: what is there, and the path that leads to it.
 *
 * Reading is always safe. In a preview the SDK throws when an unknown value is read, which would silence a whole rule; a
 * `Value` says `isUnknown` instead, so that a rule looks at all that can be seen first. What the program marked as secret, or
 * lies in something so marked, is judged like any other value and never shown.
 */
export class Value {
    private constructor(
        /**
         * Where the value is, as a Pulumi program writes it: `ingress[0].cidrBlocks[1]`, `tags["acme:owner"]`. Empty for the
         * properties themselves.
         */
        readonly path: string,
        /** The value as it is, of any type; `undefined` when it is absent or unknown. */
        readonly raw: unknown,
        /** True when the engine will know the value only during the update. */
        readonly isUnknown: boolean,
        /** The resource that the value belongs to, where there is one. */
        readonly resource: Resource | undefined,
        /** Whether the value, or something that it lies in, is marked as secret. */
        readonly isSecret: boolean,
    ) {}

    /** Wraps `value`, which may be anything: as it comes from the wire, or the SDK's checking proxies. */
    static of(value: unknown, resource?: Resource, path = "", isInSecret = false): Value {
        const { raw, isUnknown, isSecret } = unwrap(value, isInSecret);
        return new Value(path, raw, isUnknown, resource, isSecret);
    }

    /**
     * A map of properties that are found elsewhere in the same resource, each with the path that it has there: what one
     * provider calls by one name, in the shape in which rules read another's. `place` is where the map itself is said to be.
     */
    static shaped(properties: Readonly<Record<string, Value | readonly Value[]>>, place: Value): Value {
        return new Value(place.path, properties, false, place.resource, place.isSecret);
    }

    /** The resource's own property that the value is, or lies in; empty for the properties themselves. */
    get property(): string {
        return this.path.split(/[.[]/, 1)[0] ?? "";
    }

    /** Another reading of the same place, such as what the JSON in its text says; as secret as the text. */
    reread(value: unknown): Value {
        return Value.of(value, this.resource, this.path, this.isSecret);
    }

    /**
     * The property of the first of `names` that is there; several names serve resource generations that spell it
     * differently. Absent, under the first name, when there is none or this is no object.
     */
    get(...names: [string, ...string[]]): Value {
        let path = join(this.path, names[0]);
        for (const name of names) {
            const child = this.child(name, join(this.path, name));
            if (child.isUnknown || !child.isMissing) return child;
            // A property that is kept elsewhere is missing there.
            if (name === names[0]) path = child.path;
        }
        return new Value(path, undefined, this.isUnknown, this.resource, this.isSecret);
    }

    /**
     * The elements of a list. A value that is no list counts as its only element, as providers and policy documents
     * take it; nothing at all (absent, null) has none. An unknown list is one unknown element.
     */
    items(): Value[] {
        if (this.isUnknown) return [this];
        if (this.isMissing) return [];
        if (!Array.isArray(this.raw)) return [this];
        return Array.from({ length: this.raw.length }, (_, index) => this.child(index, `${this.path}[${index}]`));
    }

    /** The properties of an object in the order they were written; none when this is no object. */
    entries(): [name: string, value: Value][] {
        if (!this.isObject) return [];
        return Object.keys(this.raw as object)
            .filter(name => name !== SIGNATURE)
            .map(name => [name, this.child(name, join(this.path, name))]);
    }

    /** True for an absent property and for null, which providers treat alike. Never true for an unknown value. */
    get isMissing(): boolean {
        return !this.isUnknown && (this.raw === undefined || this.raw === null);
    }

    /** True for a map of properties; lists are none. */
    get isObject(): boolean {
        return typeof this.raw === "object" && this.raw !== null && !Array.isArray(this.raw);
    }

    /** The text, or undefined for anything but a string. */
    string(): string | undefined {
        return typeof this.raw === "string" ? this.raw : undefined;
    }

    /** The text of a single value, as policy documents and providers take numbers and truth values; otherwise undefined. */
    text(): string | undefined {
        return /^(string|number|boolean)$/.test(typeof this.raw) ? String(this.raw) : undefined;
    }

    /** The truth value, also when written as the text `true` or `false`, which providers accept; otherwise undefined. */
    boolean(): boolean | undefined {
        if (typeof this.raw === "boolean") return this.raw;
        const text = this.string()?.trim().toLowerCase();
        return text === "true" ? true : text === "false" ? false : undefined;
    }

    /** The number, also when written as text, which providers accept; otherwise undefined. */
    number(): number | undefined {
        if (typeof this.raw === "number") return this.raw;
        const text = this.string()?.trim();
        if (text === undefined || text === "") return undefined;
        const number = Number(text);
        return Number.isNaN(number) ? undefined : number;
    }

    /** What a message says of an observed value: JSON, cut after 80 characters, with `[secret]` for what is secret. */
    show(): string {
        if (this.isUnknown) return "unknown until the update";
        if (this.isMissing) return "not set";
        if (this.isSecret) return SECRET_SHOWN;
        let text: string;
        try {
            text = JSON.stringify(this.raw, showSecret) ?? String(this.raw);
        } catch {
            text = "a value that is partly unknown until the update";
        }
        return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
    }

    /** What a message says of a text that was made from the value; `[secret]` where that is secret. */
    shown(text: string): string {
        return this.isSecret ? SECRET_SHOWN : text;
    }

    /** All texts and numbers in here that are secret and long enough to be told from ordinary words, the longest first. */
    secretTexts(): string[] {
        if (!this.isSecret && !holdsMarks(this.raw)) return [];
        const found = new Set<string>();
        const visit = (value: Value): void => {
            if (Array.isArray(value.raw)) value.items().forEach(visit);
            else if (value.isObject) for (const [, item] of value.entries()) visit(item);
            else if (value.isSecret && (value.text()?.length ?? 0) >= MIN_SECRET_LENGTH) found.add(String(value.raw));
        };
        visit(this);
        return [...found].sort((a, b) => b.length - a.length);
    }

    private child(key: string | number, path: string): Value {
        const { raw, resource, isSecret } = this;
        if (typeof raw !== "object" || raw === null || !Object.hasOwn(raw, key)) {
            return new Value(path, undefined, false, resource, isSecret);
        }
        try {
            const item = (raw as Record<string | number, unknown>)[key];
            return item instanceof Value ? item : Value.of(item, resource, path, isSecret);
        } catch (error) {
            if (error instanceof UnknownValueError) return new Value(path, undefined, true, resource, isSecret);
            throw error;
        }
    }
}

/** Whether anything in a value may be marked as secret: nearly nothing is, which is told here without a `Value` for each part. */
function holdsMarks(raw: unknown): boolean {
    if (raw instanceof Value) return raw.isSecret || holdsMarks(raw.raw);
    if (typeof raw !== "object" || raw === null) return false;
    if (Object.hasOwn(raw, SIGNATURE)) return true;
    try {
        return Object.values(raw).some(holdsMarks);
    } catch (error) {
        if (error instanceof UnknownValueError) return true;
        throw error;
    }
}

/** Replaces secrets, and takes away the wire's wrapping, when a value is written as JSON. Throws for what is unknown. */
function showSecret(_key: string, value: unknown): unknown {
    const { raw, isUnknown, isSecret } = value instanceof Value ? value : unwrap(value);
    if (isUnknown) throw new Error("unknown");
    return isSecret ? SECRET_SHOWN : raw;
}

/** Names with dots, colons and the like are put in quotes, as Pulumi's own property paths do, so that a path says where a name ends. */
function join(path: string, name: string): string {
    if (!/^[\w$-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
    return path === "" ? name : `${path}.${name}`;
}
