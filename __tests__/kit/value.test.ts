import { unknownCheckingProxy } from "@pulumi/policy";
import { Value } from "../../policies/kit/value";
import { SECRET, SIGNATURE } from "../../policies/kit/wire";
import { UNKNOWN } from "../support/engine-args";

const of = (props: unknown) => Value.of(unknownCheckingProxy(props));

describe("Value", () => {
    test("follows names and indexes and says where it is", () => {
        const cidr = of({ ingress: [{ cidrBlocks: ["10.0.0.0/8"] }] })
            .get("ingress")
            .items()[0]
            ?.get("cidrBlocks")
            .items()[0];
        expect(cidr?.path).toBe("ingress[0].cidrBlocks[0]");
        expect(cidr?.string()).toBe("10.0.0.0/8");
    });

    test("puts names in quotes that would make a path hard to read", () => {
        const props = of({ "acme:tags": { 'a"b': [1], $ref: 1, "sub-net_1": 1, "": 1 } }).get("acme:tags");
        expect(props.path).toBe('["acme:tags"]');
        expect(props.entries().map(([, value]) => value.path)).toEqual([
            '["acme:tags"]["a\\"b"]',
            '["acme:tags"].$ref',
            '["acme:tags"].sub-net_1',
            '["acme:tags"][""]',
        ]);
        expect(
            of({ tags: { "a.b": { c: 1 } } })
                .get("tags")
                .get("a.b")
                .get("c").path,
        ).toBe('tags["a.b"].c');
    });

    test("takes the first name that is there, and the first of all when none is", () => {
        const props = of({ rules: [], empty: null });
        expect(props.get("rule", "rules").path).toBe("rules");
        expect(props.get("empty", "rules").path).toBe("rules");
        expect(props.get("rule", "other").path).toBe("rule");
        expect(props.get("rule", "other").isMissing).toBe(true);
    });

    test("an unknown property is unknown and not missing, and so is all below it", () => {
        const policy = of({ policy: UNKNOWN }).get("policy");
        expect(policy.isUnknown).toBe(true);
        expect(policy.isMissing).toBe(false);
        expect(policy.string()).toBeUndefined();
        expect(policy.items().map(item => item.isUnknown)).toEqual([true]);
        expect(policy.get("Statement").isUnknown).toBe(true);
    });

    test("an unknown element leaves its neighbours readable", () => {
        const [first, second] = of({ cidrBlocks: [UNKNOWN, "::/0"] })
            .get("cidrBlocks")
            .items();
        expect(first?.isUnknown).toBe(true);
        expect(second?.string()).toBe("::/0");
    });

    test("names that objects inherit are not properties", () => {
        expect(of({}).get("constructor").isMissing).toBe(true);
        expect(of({}).get("__proto__").isMissing).toBe(true);
    });

    test.each([
        ["absent", undefined, 0],
        ["null", null, 0],
        ["an empty list", [], 0],
        ["one value for a list", "a", 1],
        ["an object for a list", { a: 1 }, 1],
        ["a list", ["a", null], 2],
    ])("items of %s", (_, list, count) => {
        expect(of({ list }).get("list").items()).toHaveLength(count);
    });

    test.each([
        [true, true],
        [false, false],
        ["true", true],
        [" False ", false],
        ["yes", undefined],
        [1, undefined],
        [null, undefined],
        [[true], undefined],
    ])("boolean of %j is %j", (raw, expected) => {
        expect(of({ raw }).get("raw").boolean()).toBe(expected);
    });

    test.each([
        ["a", "a"],
        ["", ""],
        [undefined, undefined],
        [443, "443"],
        [false, "false"],
        [null, undefined],
        [["a"], undefined],
        [{ toString: null }, undefined],
    ])("text of %j is %j", (raw, expected) => {
        expect(of({ raw }).get("raw").text()).toBe(expected);
    });

    test.each([
        [443, 443],
        ["443", 443],
        [" 0 ", 0],
        ["", undefined],
        ["https", undefined],
        [true, undefined],
        [null, undefined],
    ])("number of %j is %j", (raw, expected) => {
        expect(of({ raw }).get("raw").number()).toBe(expected);
    });

    test("entries keep their order and know what is unknown; lists and text have none", () => {
        const entries = of({ env: { b: "1", a: UNKNOWN } })
            .get("env")
            .entries();
        expect(entries.map(([name, value]) => [name, value.path, value.isUnknown])).toEqual([
            ["b", "env.b", false],
            ["a", "env.a", true],
        ]);
        expect(
            of({ env: ["a"] })
                .get("env")
                .entries(),
        ).toEqual([]);
        expect(of({ env: "a" }).get("env").entries()).toEqual([]);
    });

    test.each([
        ["ingress[0].cidrBlocks", "ingress"],
        ["tags.owner", "tags"],
        ["acl", "acl"],
        ["", ""],
    ])("the place %j lies in the property %j", (path, property) => {
        expect(Value.of(1, undefined, path).property).toBe(property);
    });

    test("shows 80 characters whole, and no more", () => {
        expect(
            of({ text: "x".repeat(78) })
                .get("text")
                .show(),
        ).toBe(`"${"x".repeat(78)}"`);
        expect(
            of({ text: "x".repeat(79) })
                .get("text")
                .show(),
        ).toBe(`"${"x".repeat(79)}…`);
    });

    test("does not hide what goes wrong in reading", () => {
        const broken = {
            get name() {
                throw new RangeError("broken");
            },
        };
        expect(() => Value.of(broken).get("name")).toThrow(new RangeError("broken"));
        expect(() => Value.of({ inner: broken }).secretTexts()).toThrow(new RangeError("broken"));
    });

    test("shows short values whole, long ones cut, and what is not there in words", () => {
        const props = of({ acl: "private", long: "x".repeat(200), part: [UNKNOWN], none: null });
        expect(props.get("acl").show()).toBe('"private"');
        expect(props.get("long").show()).toBe(`"${"x".repeat(79)}…`);
        expect(props.get("part").show()).toBe("a value that is partly unknown until the update");
        expect(props.get("part").items()[0]?.show()).toBe("unknown until the update");
        expect(props.get("none").show()).toBe("not set");
    });
});

describe("a secret", () => {
    const secret = (value: unknown) => ({ [SIGNATURE]: SECRET, value });
    const props = of({
        plain: { a: ["b", secret("hidden")] },
        all: secret({ pin: 12345, short: "abc", deep: [secret("deepest")] }),
    });

    test("is judged like any other value, and marks all that lies in it", () => {
        const deep = props.get("all").get("deep").items()[0];
        expect([
            deep?.string(),
            deep?.isSecret,
            props.get("all").get("pin").number(),
            props.get("plain").isSecret,
        ]).toEqual(["deepest", true, 12345, false]);
        expect([props.get("all").get("no").isSecret, props.get("all").reread({ x: 1 }).get("x").isSecret]).toEqual([
            true,
            true,
        ]);
    });

    test("is a map without the wire's signs", () => {
        const marked = { [SIGNATURE]: "other", a: 1 };
        expect(
            Value.of({ marked })
                .get("marked")
                .entries()
                .map(([name]) => name),
        ).toEqual(["a"]);
    });

    test("of four characters is listed, of three not, once each, beside what is unknown", () => {
        const some = {
            a: secret("1234"),
            b: secret("123"),
            c: secret("1234"),
            d: secret(1234),
            e: "12345",
            f: UNKNOWN,
        };
        expect(of(some).secretTexts()).toEqual(["1234"]);
        expect(of({ e: "12345" }).secretTexts()).toEqual([]);
        expect(of({ e: UNKNOWN, a: { b: secret("hidden") } }).secretTexts()).toEqual(["hidden"]);
    });

    test("is shown nowhere, nor what was made from it", () => {
        expect([props.get("all"), props.get("all").get("pin"), props.get("plain")].map(value => value.show())).toEqual([
            "[secret]",
            "[secret]",
            '{"a":["b","[secret]"]}',
        ]);
        expect([props.get("all").shown("x"), props.get("plain").shown("x")]).toEqual(["[secret]", "x"]);
    });

    test("is listed with its texts and numbers, but for those that ordinary words hold", () => {
        expect(props.secretTexts()).toEqual(["deepest", "hidden", "12345"]);
    });
});
