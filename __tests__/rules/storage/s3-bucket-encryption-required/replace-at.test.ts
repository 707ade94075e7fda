import { replaceAt } from "../../../../policies/rules/storage/s3-bucket-encryption-required/replace-at";

test("replaces in maps and lists, and leaves what it was given as it is", () => {
    const props = { rules: [{ a: 1 }, { a: 2, b: { c: 3 } }], other: "kept" };
    const before = structuredClone(props);
    expect(replaceAt(props, "rules[1].b.c", true)).toEqual({
        rules: [{ a: 1 }, { a: 2, b: { c: true } }],
        other: "kept",
    });
    expect(props).toEqual(before);
});

test("adds what is not there yet", () => {
    expect(replaceAt({ rules: [{}] }, "rules[0].enabled", true)).toEqual({ rules: [{ enabled: true }] });
});

test.each([
    ["text", "secret text"],
    ["an object of a class, such as a secret", new Date(0)],
    ["nothing", undefined],
])("replaces nothing behind %s", (_, rules) => {
    expect(replaceAt({ rules }, "rules[0].enabled", true)).toEqual({ rules });
});
