import type { FileValue } from "./file-value";

/** How many values one file may expand to; aliases of aliases can expand to more than any machine holds. */
const MAX_VALUES = 100_000;

/**
 * A value of a file as plain JSON data. What lies beyond 100,000 values, or inside itself by a cyclic alias, is left out.
 */
export function plain(value: FileValue): unknown {
    let budget = MAX_VALUES;
    const visit = (part: FileValue, depth: number): unknown => {
        budget -= 1;
        if (budget < 0 || depth > 100) return undefined;
        if (part.isList) return part.items().map(item => visit(item, depth + 1));
        if (part.isMap) return Object.fromEntries(part.entries().map(([key, item]) => [key, visit(item, depth + 1)]));
        return part.scalar() ?? null;
    };
    return visit(value, 0);
}
