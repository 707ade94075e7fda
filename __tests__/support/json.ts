/** True for a plain map of properties; instances of classes are none. */
export function isMap(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/**
 * JSON-like data with each node replaced by what `change` makes of it, from the leaves up, also inside of texts that hold
 * JSON, as policy documents do. `key` is the name of the nearest property above the node.
 */
export function mapDeep(value: unknown, change: (node: unknown, key: string) => unknown, key = ""): unknown {
    const document = parseDocument(value);
    if (document !== undefined) return JSON.stringify(mapDeep(document, change, key));
    if (Array.isArray(value)) {
        const items = value.map(item => mapDeep(item, change, key));
        return change(items, key);
    }
    if (!isMap(value)) return change(value, key);
    const entries = Object.entries(value).map(([name, item]) => [name, mapDeep(item, change, name)] as const);
    return change(Object.fromEntries(entries), key);
}

/** Data whose node number `index`, counted from the leaves up and around again, is `replacement`. */
export function replaceNode(value: unknown, index: number, replacement: unknown): unknown {
    let count = 0;
    mapDeep(value, node => {
        count++;
        return node;
    });
    let next = index % Math.max(count, 1);
    return mapDeep(value, node => (next-- === 0 ? replacement : node));
}

/** All property names in data, and all its leaves. */
export function wordsOf(values: readonly unknown[]): { names: string[]; leaves: unknown[] } {
    const names = new Set<string>(["name"]);
    const leaves = new Set<unknown>();
    for (const value of values) {
        mapDeep(value, (node, key) => {
            if (key !== "") names.add(key);
            if (typeof node !== "object") leaves.add(node);
            return node;
        });
    }
    return { names: [...names], leaves: [...leaves] };
}

function parseDocument(value: unknown): object | undefined {
    if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return undefined;
    try {
        const parsed: unknown = JSON.parse(value);
        return typeof parsed === "object" && parsed !== null ? parsed : undefined;
    } catch {
        return undefined;
    }
}
