/**
 * A copy of properties in which the value at a path (`rules[0].bucketKeyEnabled`) is another one. What lies beside it is
 * kept as it is, unknown values and secrets included. Where the path leads through something that is no map or list, such as
 * a secret, nothing is replaced.
 */
export function replaceAt(props: Record<string, unknown>, path: string, value: unknown): Record<string, unknown> {
    const keys = path.split(/[.[\]]+/).filter(key => key !== "");
    return replaced(props, keys, value) as Record<string, unknown>;
}

function replaced(holder: unknown, [key = "", ...deeper]: readonly string[], value: unknown): unknown {
    const next = (item: unknown) => (deeper.length === 0 ? value : replaced(item, deeper, value));
    if (Array.isArray(holder)) return holder.map((item: unknown, index) => (String(index) === key ? next(item) : item));
    if (!isPlain(holder)) return holder;
    return { ...holder, [key]: next(holder[key]) };
}

function isPlain(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
