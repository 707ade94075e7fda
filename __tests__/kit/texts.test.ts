import { unknownCheckingProxy } from "@pulumi/policy";
import { type Text, visitTexts } from "../../policies/kit/texts";
import { Value } from "../../policies/kit/value";
import { SECRET, SIGNATURE } from "../../policies/kit/wire";
import { UNKNOWN } from "../support/engine-args";

const secret = (value: unknown) => ({ [SIGNATURE]: SECRET, value });
const read = (root: Value) => {
    const texts: Text[] = [];
    const tooDeep: Value[] = [];
    visitTexts(
        root,
        text => texts.push(text),
        value => tooDeep.push(value),
    );
    return { texts, tooDeep };
};
const of = (props: unknown) => Value.of(unknownCheckingProxy(props));

describe("texts of a resource", () => {
    const named = (props: unknown) => read(of(props)).texts.map(({ text, name }) => [text, name]);
    const paths = (props: unknown) => read(of(props)).texts.map(text => text.place().value.path);

    test("come in the order in which they are written, with the key that they stand under", () => {
        const props = { b: "one", a: { c: ["two", "three", [{ d: "four" }]] }, e: "" };
        expect(named(props)).toEqual([
            ["one", "b"],
            ["two", "c"],
            ["three", "c"],
            ["four", "d"],
            ["", "e"],
        ]);
        expect(paths(props)).toEqual(["b", "a.c[0]", "a.c[1]", "a.c[2][0].d", "e"]);
    });

    test("are no numbers, truth values, nulls and what is unknown", () => {
        expect(named({ a: 1, b: true, c: null, d: UNKNOWN, e: [UNKNOWN, "one"] })).toEqual([["one", "e"]]);
    });

    test("are those in a secret too, and not the wire's signs", () => {
        expect(named({ a: secret("one"), b: secret({ c: "two" }), d: { [SIGNATURE]: "other", e: "three" } })).toEqual([
            ["one", "a"],
            ["two", "c"],
            ["three", "e"],
        ]);
    });

    test("are told once where the provider repeats tags, and only there", () => {
        expect(named({ tags: { a: "one" }, tagsAll: { a: "one" }, inner: { tagsAll: "two" } })).toEqual([
            ["one", "a"],
            ["two", "tagsAll"],
        ]);
    });

    test.each(["name", "Name", "key", "Key"])("have the name of a pair by %s", key => {
        for (const value of ["value", "Value"])
            expect(named({ list: [{ [key]: "DB", [value]: "one", other: "two" }] })).toEqual([
                ["DB", key],
                ["one", "DB"],
                ["two", "other"],
            ]);
    });

    test("have the key for a name where a pair's name is no text", () => {
        expect(named({ name: 7, key: "DB", value: "one" })).toEqual([
            ["DB", "key"],
            ["one", "DB"],
        ]);
        expect(named({ name: [], value: "one" })).toEqual([["one", "value"]]);
    });

    test.each([
        ["a map", '{"c": "one"}', ["one", "c"], "a.c"],
        ["a list behind white space", ' \n["one"]', ["one", "a"], "a[0]"],
        ["a text of JSON in a text of JSON", JSON.stringify({ c: '{"d": "one"}' }), ["one", "d"], "a.c.d"],
    ])("are in texts of JSON: %s", (_, text, expected, path) => {
        expect(named({ a: text })).toEqual([expected]);
        expect(paths({ a: text })).toEqual([path]);
    });

    test.each(['"one"', "7", "{not json}", '[1, "a"', 'x{"c": "one"}', ""])("are whole where no JSON is: %j", text => {
        expect(named({ a: text })).toEqual([[text, "a"]]);
    });

    test("nested deeper than forty levels are handed over as too deep", () => {
        const nested = (depth: number): unknown => {
            let value: unknown = "one";
            for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? { a: value } : [value];
            return value;
        };
        expect(read(of(nested(40)))).toMatchObject({ texts: [{ text: "one" }], tooDeep: [] });
        const { texts, tooDeep } = read(of(nested(41)));
        expect([texts, tooDeep.map(value => value.raw)]).toEqual([[], [{ a: "one" }]]);
        let json = "one";
        for (let level = 0; level < 8; level += 1) json = JSON.stringify({ a: json });
        expect(read(of({ json }))).toMatchObject({ texts: [{ text: "one" }], tooDeep: [] });
    });

    test("are those of the value that is asked for, and of no earlier one", () => {
        const [first, second] = [of({ a: "one" }), of({ a: "two" })];
        expect([first, first, second, first].map(root => read(root).texts.map(({ text }) => text))).toEqual([
            ["one"],
            ["one"],
            ["two"],
            ["one"],
        ]);
        expect(read(first).texts[0]).toBe(read(first).texts[0]);
    });

    test("do not hide what goes wrong in reading", () => {
        const broken = Object.defineProperty({}, "a", {
            enumerable: true,
            get() {
                throw new RangeError("broken");
            },
        });
        expect(() => read(Value.of(broken))).toThrow(new RangeError("broken"));
    });
});

describe("the place of a text", () => {
    const placesOf = (props: unknown) =>
        read(of(props)).texts.map(text => {
            const { value, holder, variable, container } = text.place();
            return [text.text, value.path, holder.path, variable, container];
        });

    test("has what it stands in, and is its own at the root", () => {
        expect(placesOf({ a: { b: ["one"] } })).toEqual([["one", "a.b[0]", "a.b", undefined, undefined]]);
        expect(placesOf("one")).toEqual([["one", "", "", undefined, undefined]]);
        expect(placesOf({ a: '{"b": {"c": "one"}}' })).toEqual([["one", "a.b.c", "a.b", undefined, undefined]]);
    });

    test("has the name of the variable, which may be secret", () => {
        const at = (pair: object) => placesOf({ list: [pair] }).at(-1)?.[3];
        for (const key of ["name", "Name", "key", "Key"]) expect(at({ [key]: "DB", value: "one" })).toBe("DB");
        expect(at({ name: "DB", Value: "one" })).toBe("DB");
        expect(at({ name: secret("DB"), value: "one" })).toBe("[secret]");
        expect(at({ name: "DB", valueFrom: "one" })).toBeUndefined();
        expect(at({ name: "DB", value: { a: "one" } })).toBeUndefined();
    });

    test.each(["environment", "env", "envs"])("has the name of the container with variables under %s", key => {
        const containers = [{ name: "web", [key]: [{ name: "DB", value: "one" }] }];
        expect(placesOf({ definitions: JSON.stringify(containers) }).at(-1)).toEqual([
            "one",
            `definitions[0].${key}[0].value`,
            `definitions[0].${key}[0]`,
            "DB",
            "web",
        ]);
    });

    test("has the name of the container that an image tells, by its own key first", () => {
        expect(placesOf({ image: "shop", containerName: "web", name: "other", a: "one" }).at(-1)?.[4]).toBe("web");
        expect(placesOf({ image: "shop", name: "other", a: { b: "one" } }).at(-1)?.[4]).toBe("other");
        expect(placesOf({ image: "shop", a: "one" }).at(-1)?.[4]).toBeUndefined();
        expect(placesOf({ image: ["shop"], name: "other", a: "one" }).at(-1)?.[4]).toBeUndefined();
        expect(placesOf({ environment: { a: "one" }, name: "other" }).map(place => place[4])).toEqual([
            undefined,
            undefined,
        ]);
    });

    test("keeps the name of the container around it", () => {
        const props = {
            name: "outer",
            env: [],
            inner: { image: "x", b: "one" },
            last: { name: "in", env: [], c: "two" },
        };
        expect(placesOf(props).map(place => [place[0], place[4]])).toEqual([
            ["outer", "outer"],
            ["x", "outer"],
            ["one", "outer"],
            ["in", "in"],
            ["two", "in"],
        ]);
    });
});
