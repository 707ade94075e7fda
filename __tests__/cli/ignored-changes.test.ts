import { withOldValues } from "../../cli/engine/ignored-changes";
import { SECRET, SIGNATURE, UNKNOWN } from "../../policies/kit/wire";

const secret = (value: unknown) => ({ [SIGNATURE]: SECRET, value });

test.each<readonly [string, path: string, now: object, old: object, result: object]>([
    ["a property", "a", { a: 1, b: 1 }, { a: 2, b: 2 }, { a: 2, b: 1 }],
    ["one that was not set", "a", { a: 1 }, { b: 2 }, {}],
    ["one that is not set any more", "a", {}, { a: 2 }, { a: 2 }],
    ["one within a map", "a.b", { a: { b: 1, c: 1 } }, { a: { b: 2, c: 2 } }, { a: { b: 2, c: 1 } }],
    ["one within a map that was not set", "a.b", { a: { b: 1, c: 1 } }, {}, { a: { c: 1 } }],
    ["one within what was no map", "a.b", { a: { b: 1 } }, { a: [2] }, { a: {} }],
    ["one within a map that is not set", "a.b", {}, { a: { b: 2 } }, {}],
    ["one within what is no map", "a.b", { a: 1 }, { a: { b: 2 } }, { a: 1 }],
    [
        "a name in quotes",
        'a["b.\\"c"].d',
        { a: { 'b."c': { d: 1 } } },
        { a: { 'b."c': { d: 2 } } },
        { a: { 'b."c': { d: 2 } } },
    ],
    ["a name in quotes at the beginning", '["a.b"]', { "a.b": 1 }, { "a.b": 2 }, { "a.b": 2 }],
    ["an item", "a[1]", { a: [1, 1] }, { a: [2, 2] }, { a: [1, 2] }],
    ["an item that was not there", "a[1]", { a: [1, 1] }, { a: [2] }, { a: [1, 1] }],
    ["an item that is not there any more", "a[1]", { a: [1] }, { a: [2, 2] }, { a: [1] }],
    ["an item of what is no list", "a[0]", { a: { 0: 1 } }, { a: { 0: 2 } }, { a: { 0: 1 } }],
    ["a name of what is no map", 'a["0"]', { a: [1] }, { a: [2] }, { a: [1] }],
    ["one within an item", "a[0].b", { a: [{ b: 1 }, { b: 1 }] }, { a: [{ b: 2 }] }, { a: [{ b: 2 }, { b: 1 }] }],
    ["one within an item that was not there", "a[1].b", { a: [{}, { b: 1 }] }, { a: [{}] }, { a: [{}, { b: 1 }] }],
    ["one within every item", "a[*].b", { a: [{ b: 1 }, { b: 1 }] }, { a: [{ b: 2 }, {}] }, { a: [{ b: 2 }, {}] }],
    ["every item that both have", "a[*]", { a: [1, 1, 1] }, { a: [2, 2] }, { a: [2, 2, 1] }],
    ["every item of what was no list", "a[*]", { a: [1] }, { a: { 0: 2 } }, { a: [1] }],
    ["every property", "*", { a: 1, b: 1 }, { a: 2, c: 2 }, { a: 2, c: 2 }],
    ["every property of a map that was not set", "a.*", { a: { b: 1 } }, {}, { a: { b: 1 } }],
    ["one within every property", "a.*.c", { a: { b: { c: 1 } } }, { a: { b: { c: 2 } } }, { a: { b: { c: 2 } } }],
    ["a secret", "a", { a: 1 }, { a: secret(2) }, { a: secret(2) }],
    ["one within a secret", "a.b", { a: { b: 1 } }, { a: secret({ b: 2 }) }, { a: { b: secret(2) } }],
    ["one within what is secret now", "a.b", { a: secret({ b: 1 }) }, { a: { b: 2 } }, { a: secret({ b: 2 }) }],
    [
        "one within a secret that cannot be read",
        "a.b",
        { a: { b: 1, c: 1 } },
        { a: secret(UNKNOWN) },
        { a: { b: UNKNOWN, c: 1 } },
    ],
    ["an item of a secret that cannot be read", "a[0]", { a: [1] }, { a: secret(UNKNOWN) }, { a: [UNKNOWN] }],
    ["all of a secret that cannot be read", "a.*", { a: { b: 1 } }, { a: secret(UNKNOWN) }, { a: { b: UNKNOWN } }],
    ["what only prototypes have", "constructor", { a: 1 }, { a: 2 }, { a: 1 }],
    ["a path with a dot first", ".a", { a: 1 }, { a: 2 }, { a: 1 }],
    ["a path with an open bracket", "a[b", { a: 1 }, { a: 2 }, { a: 1 }],
    ["a path with a name for a number", "a[b]", { a: [1] }, { a: [2] }, { a: [1] }],
    ["a path that ends with a dot", "a.", { a: 1 }, { a: 2 }, { a: 1 }],
    ["no path", "", { a: 1 }, { a: 2 }, { a: 1 }],
])("%s: %s", (_, path, now, old, result) => {
    const before = JSON.stringify(now);
    expect(withOldValues({ ...now }, { ...old }, [path])).toEqual(result);
    expect(JSON.stringify(now)).toBe(before);
});

test("several paths are followed in their order", () =>
    expect(withOldValues({ a: 1, b: { c: 1 } }, { a: 2, b: { c: 2 } }, ["a", "none", "[", "b.c"])).toEqual({
        a: 2,
        b: { c: 2 },
    }));
