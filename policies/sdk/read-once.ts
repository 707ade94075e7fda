import { BinaryReader } from "google-protobuf";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { SIGNATURE, UNKNOWN, UNREADABLE } from "../kit/wire";
import { isKnownSdk } from "./versions";

/**
 * Lets all policies of a pack share one reading of the properties that a request carries.
 *
 * The SDK reads properties into generated messages, and makes objects of these again for each policy; that is most of what
 * a pack with many policies costs. Here they go from the wire into plain objects when they are first asked for, which of most
 * resources of a stack they never are, and once for all policies, none of which can change them. Remediations still get
 * objects of their own, which they may change.
 *
 * Must be called before the pack is served. Does nothing with other releases of the SDK than it was written against.
 * Source: @pulumi/policy 1.21, server.js (makeAnalyzeRpcFun, makeAnalyzeStackRpcFun) and deserialize.js.
 */
export function readOnce(): void {
    if (!isKnownSdk) return;
    Struct.deserializeBinaryFromReader = (struct: ReadStruct, reader) => {
        struct[READ] = new Reading(skipped(reader));
        return struct;
    };
    const { toJavaScript } = Struct.prototype;
    Struct.prototype.toJavaScript = function (this: ReadStruct) {
        return this[READ]?.fields ?? toJavaScript.call(this);
    };

    // The SDK's modules call one another through their exports, so that what is put there serves them all.
    const sdk: Deserialize = require("@pulumi/policy/deserialize");
    const { deserializeProperties } = sdk;
    sdk.deserializeProperties = (struct, isRemediation) => {
        const known = struct[READ];
        if (known === undefined) return readable(() => deserializeProperties(struct, isRemediation));
        // What was cut off must not be given back.
        if (isRemediation)
            return known.isCut ? { [UNREADABLE]: true } : readable(() => deserializeProperties(struct, isRemediation));
        known.properties ??= readOnly(known.plain ?? readable(() => deserializeProperties(struct, isRemediation)));
        return known.properties;
    };
}

/**
 * What the SDK makes of properties, or nothing with a mark where it refuses them, such as for a signature of a newer engine: its
 * error would end the judging of all resources. The pack's own rules read the wire and judge what they can.
 */
function readable(deserialize: () => object): object {
    try {
        return deserialize();
    } catch {
        return { [UNREADABLE]: true };
    }
}

/**
 * What can be read and not changed, at any depth. Freezing would do the same, but the SDK hands on what is frozen as it is, and
 * so would no longer see what is unknown in it.
 */
function readOnly<Shared extends object>(shared: Shared): Shared {
    const refuse = (): never => {
        throw new TypeError("The properties of a resource cannot be changed: all policies share them.");
    };
    return new Proxy(shared, {
        get: (target, key) => {
            const value: unknown = Reflect.get(target, key);
            return Array.isArray(value) || isPlainObject(value) ? readOnly(value) : value;
        },
        set: refuse,
        defineProperty: refuse,
        deleteProperty: refuse,
        setPrototypeOf: refuse,
        preventExtensions: refuse,
    });
}

function isPlainObject(value: unknown): value is object {
    return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** The properties that a message carries, as they come from the wire: secrets and other special values are marked. */
export function fieldsOf(struct: ReadStruct | undefined): Fields {
    return struct?.[READ]?.fields ?? struct?.toJavaScript() ?? {};
}

/** What its types leave out. */
interface Deserialize {
    deserializeProperties(struct: ReadStruct, isRemediation: boolean): object;
}

/** How many maps and lists are read within one another; no program nests a tenth of it. */
const MAX_DEPTH = 200;

const READ = Symbol("what was read");
type ReadStruct = Struct & { [READ]?: Reading };
type Fields = Record<string, JavaScriptValue>;

/** What a `Struct` holds, which is read when it is first asked for. */
class Reading {
    /** What the SDK makes of the fields for policies. */
    properties: object | undefined;
    private known: { readonly fields: Fields; readonly isPlain: boolean; readonly isCut: boolean } | undefined;

    constructor(private bytes: Uint8Array) {}

    get fields(): Fields {
        return this.read().fields;
    }

    /** The fields as they are where there is no secret and no asset in them, which the SDK unwraps. */
    get plain(): Fields | undefined {
        const { fields, isPlain } = this.read();
        return isPlain ? fields : undefined;
    }

    /** Whether something in it is nested so deep that it is not read, and stands there as unknown. */
    get isCut(): boolean {
        return this.read().isCut;
    }

    private read() {
        if (this.known === undefined) {
            const wire = new WireReader(new BinaryReader(this.bytes));
            const fields: Fields = {};
            wire.readFields(fields);
            this.known = { fields, isPlain: wire.isPlain, isCut: wire.isCut };
            this.bytes = NOTHING;
        }
        return this.known;
    }
}

/** What is left of the wire when it was read, so that the memory of a whole request is not kept. */
const NOTHING = new Uint8Array();

/** The bytes of the message that a reader has come to, which it passes over. */
function skipped(reader: BinaryReader): Uint8Array {
    const start = reader.getCursor();
    while (reader.nextField()) reader.skipField();
    return reader.getBuffer().subarray(start, reader.getCursor());
}

/** Reads the messages of google/protobuf/struct.proto, which hold one another, into what each method is given. */
class WireReader {
    isPlain = true;
    isCut = false;
    private depth = 0;

    constructor(private readonly reader: BinaryReader) {}

    readonly readFields = (fields: Fields): void => {
        while (this.next()) {
            if (this.reader.getFieldNumber() === 1) this.message(fields, this.readField);
            else this.reader.skipField();
        }
    };

    private readonly readField = (fields: Fields): void => {
        let name = "";
        const holder: Holder = { value: null };
        while (this.next()) {
            const number = this.reader.getFieldNumber();
            if (number === 1) name = this.reader.readString();
            else if (number === 2) this.message(holder, this.readValue);
            else this.reader.skipField();
        }
        if (name === SIGNATURE) this.isPlain = false;
        fields[name] = holder.value;
    };

    private readonly readValue = (holder: Holder): void => {
        while (this.next()) {
            switch (this.reader.getFieldNumber()) {
                case 1:
                    this.reader.readEnum();
                    holder.value = null;
                    break;
                case 2:
                    holder.value = this.reader.readDouble();
                    break;
                case 3:
                    holder.value = this.reader.readString();
                    break;
                case 4:
                    holder.value = this.reader.readBool();
                    break;
                case 5: {
                    const fields: Fields = {};
                    holder.value = this.nested(fields, this.readFields);
                    break;
                }
                case 6: {
                    const list: JavaScriptValue[] = [];
                    holder.value = this.nested(list, this.readList);
                    break;
                }
                default:
                    this.reader.skipField();
            }
        }
    };

    private readonly readList = (list: JavaScriptValue[]): void => {
        while (this.next()) {
            if (this.reader.getFieldNumber() === 1) {
                const holder: Holder = { value: null };
                this.message(holder, this.readValue);
                list.push(holder.value);
            } else this.reader.skipField();
        }
    };

    /** A map or list, or what stands for the unknown where that lies too deep for the stack. */
    private nested<Target extends JavaScriptValue>(
        target: Target,
        readTarget: (target: Target) => void,
    ): JavaScriptValue {
        if (this.depth === MAX_DEPTH) {
            this.isCut = true;
            this.reader.skipField();
            return UNKNOWN;
        }
        this.depth += 1;
        this.message(target, readTarget);
        this.depth -= 1;
        return target;
    }

    private next(): boolean {
        return this.reader.nextField() && !this.reader.isEndGroup();
    }

    private message<Target>(target: Target, readTarget: (target: Target) => void): void {
        // The library's types ask for generated messages; its code hands any object on.
        const reader = this.reader as unknown as { readMessage(target: Target, read: typeof readTarget): void };
        reader.readMessage(target, readTarget);
    }
}

interface Holder {
    value: JavaScriptValue;
}
