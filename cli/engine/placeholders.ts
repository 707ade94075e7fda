import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isFields, SECRET, SIGNATURE, UNKNOWN } from "../../policies/kit/wire";

/** What a program is given for a secret setting, which cannot be decrypted without the stack's key, by the type it asks for. */
export const PLACEHOLDERS = {
    string: "[secret]",
    number: "7305800001",
    boolean: "true",
    "JSON object": "{}",
} as const;

/** What a program is given for a text that only a provider could answer. */
export const UNANSWERED = "[unknown]";

/** Texts that stand for what nobody knows, whatever was made of them. */
const TEXTS: readonly string[] = [PLACEHOLDERS.string, UNANSWERED];

/** Values that stand for secrets of other types than text, where they are marked as secret. */
const TYPED: readonly string[] = [PLACEHOLDERS.number, PLACEHOLDERS.boolean, PLACEHOLDERS["JSON object"]];

/** Properties in which a placeholder, or what was made of it, is a value that nobody knows. */
export function withUnknowns(properties: Struct): Struct {
    return Struct.fromJavaScript(hide(properties.toJavaScript(), false) as Record<string, JavaScriptValue>);
}

function hide(value: JavaScriptValue, isSecret: boolean): JavaScriptValue {
    if (typeof value === "string") return TEXTS.some(text => value.includes(text)) ? UNKNOWN : value;
    if (isSecret && TYPED.includes(JSON.stringify(value))) return UNKNOWN;
    if (Array.isArray(value)) return value.map(item => hide(item, isSecret));
    if (!isFields(value)) return value;
    const isMarked = isSecret || value[SIGNATURE] === SECRET;
    return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, hide(item as JavaScriptValue, isMarked)]),
    );
}
