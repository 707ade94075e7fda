import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isFields, SECRET, SIGNATURE, UNKNOWN } from "../../policies/kit/wire";

/** Names of properties and numbers of items; `*` stands for each of them. */
type Path = readonly (string | number)[];

/**
 * Properties of a resource in which those whose changes the program ignores have the values that they had in the last update,
 * or are left out where they had none. What a path leads through has to be there, now and then; another path changes nothing.
 *
 * @param ignored Paths, such as `tags`, `tags.owner`, `ingress[0].cidrBlocks`, `ingress[*].cidrBlocks` or `tags["a.b"]`.
 * Source: pulumi/pulumi, sdk/go/common/resource/properties_path.go (Reset).
 */
export function withOldValues(
    properties: Readonly<Record<string, unknown>>,
    old: Readonly<Record<string, unknown>>,
    ignored: readonly string[],
): Record<string, unknown> {
    const result = structuredClone(properties);
    for (const text of ignored) {
        const path = parsePath(text);
        if (path !== undefined) reset(path, old, result, false);
    }
    return result;
}

/** Properties of a resource of which it is not known what they had in the last update: those that the program ignores are unknown. */
export function withoutValues(inputs: Struct, ignored: readonly string[]): Struct {
    const fields = inputs.toJavaScript();
    for (const path of ignored) {
        const [name = ""] = path.split(/[.[]/, 1);
        for (const key of name === "*" ? Object.keys(fields) : [name]) fields[key] = UNKNOWN;
    }
    return Struct.fromJavaScript(fields);
}

/** Undefined for a path that the engine cannot read, which it passes over. */
function parsePath(text: string): Path | undefined {
    const path: (string | number)[] = [];
    let rest = text;
    while (rest !== "") {
        const [part = "", , quoted, index, name] = /^\.?(\["((?:\\"|[^"])*)"\]|\[(\*|\d+)\]|([^.[]+))/.exec(rest) ?? [];
        if (part === "" || (path.length === 0 && part.startsWith("."))) return undefined;
        if (quoted !== undefined) path.push(quoted.replaceAll('\\"', '"'));
        else if (index !== undefined) path.push(index === "*" ? index : Number(index));
        else path.push(name ?? "");
        rest = rest.slice(part.length);
    }
    return path;
}

/** Gives false where the path leads to nothing that could be reset; `isHidden` says that what it came through was secret. */
function reset([key, ...rest]: Path, wrappedOld: unknown, wrapped: unknown, isHidden: boolean): boolean {
    const [old, current] = [withoutSecret(wrappedOld), withoutSecret(wrapped)];
    if (!isHolder(current)) return false;
    // What is secret in the state cannot be read there, and so is not known.
    const isUnknown = old === UNKNOWN;
    const before = isHolder(old) && Array.isArray(old) === Array.isArray(current) ? old : {};
    if (!isUnknown && before !== old && (key === "*" || Array.isArray(current))) return false;
    if (key !== "*" && Array.isArray(current) !== (typeof key === "number")) return false;
    const isSecret = (isHidden || old !== wrappedOld) && current === wrapped;
    const names = key === "*" ? [...new Set([...Object.keys(before), ...Object.keys(current)])] : [String(key)];
    return names.every(name => {
        const [had, has] = [Object.hasOwn(before, name), Object.hasOwn(current, name)];
        if (isUnknown) current[name] = UNKNOWN;
        else if (had !== has && Array.isArray(current)) return false;
        else if (rest.length > 0) return has ? reset(rest, before[name], current[name], isSecret) : !had;
        else if (!had) delete current[name];
        else current[name] = isSecret ? { [SIGNATURE]: SECRET, value: before[name] } : before[name];
        return true;
    });
}

function isHolder(value: unknown): value is Record<string, unknown> {
    return Array.isArray(value) || isFields(value);
}

function withoutSecret(value: unknown): unknown {
    return isFields(value) && value[SIGNATURE] === SECRET ? withoutSecret(value.value) : value;
}
