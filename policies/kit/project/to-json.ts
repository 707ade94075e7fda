import type { FileValue } from "./file-value";

/** A value of a file as plain JSON data, aliases followed. Aliases that `FileValue` does not follow are null. */
export function toJson(value: FileValue): unknown {
    if (value.isList) return value.items().map(toJson);
    if (value.isMap) return Object.fromEntries(value.entries().map(([key, item]) => [key, toJson(item)]));
    return value.scalar() ?? null;
}
