import type { FileValue } from "./file-value";

/** A value of a file as plain JSON data, aliases followed. Aliases that `FileValue` does not follow are null. */
export function plain(value: FileValue): unknown {
    if (value.isList) return value.items().map(plain);
    if (value.isMap) return Object.fromEntries(value.entries().map(([key, item]) => [key, plain(item)]));
    return value.scalar() ?? null;
}
