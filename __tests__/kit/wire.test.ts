import fc from "fast-check";
import {
    ARCHIVE,
    ASSET,
    completedBy,
    declaredInputs,
    mayHoldUnknowns,
    OUTPUT_VALUE,
    RESOURCE_REFERENCE,
    SECRET,
    SIGNATURE,
    UNKNOWN,
    unwrap,
} from "../../policies/kit/wire";

const URN = "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::data";

describe("unwrap", () => {
    const known = (raw: unknown, isSecret = false) => ({ raw, isUnknown: false, isSecret });
    const unknown = (isSecret = false) => ({ raw: undefined, isUnknown: true, isSecret });
    const asset = { [SIGNATURE]: ASSET, text: "hello" };
    const ofNewerEngine = { [SIGNATURE]: "no such signature", value: 1 };
    test.each([
        ["a text", "a", known("a")],
        ["null", null, known(null)],
        ["a list", [1], known([1])],
        ["a map", { a: 1 }, known({ a: 1 })],
        ["an unknown text", UNKNOWN, unknown()],
        ["an unknown map", "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", unknown()],
        ["a secret", { [SIGNATURE]: SECRET, value: "a" }, known("a", true)],
        ["an unknown secret", { [SIGNATURE]: SECRET, value: UNKNOWN }, unknown(true)],
        ["an output", { [SIGNATURE]: OUTPUT_VALUE, value: "a" }, known("a")],
        ["a secret output", { [SIGNATURE]: OUTPUT_VALUE, value: "a", secret: true }, known("a", true)],
        ["an output that is not known", { [SIGNATURE]: OUTPUT_VALUE }, unknown()],
        ["a reference by id", { [SIGNATURE]: RESOURCE_REFERENCE, urn: URN, id: "data" }, known("data")],
        ["a reference to a component", { [SIGNATURE]: RESOURCE_REFERENCE, urn: URN, id: "" }, known(URN)],
        ["a reference to what is new", { [SIGNATURE]: RESOURCE_REFERENCE, urn: URN, id: UNKNOWN }, unknown()],
        ["an asset", asset, known(asset)],
        ["a signature that nobody knows", ofNewerEngine, known(ofNewerEngine)],
    ])("%s", (_, value, expected) => expect(unwrap(value)).toEqual(expected));
});

/** As pulumi/pulumi has them in sdk/go/common/resource/properties.go and sig/sig.go. */
describe("the engine's own words", () => {
    const KEY = "4dabf18193072939515e22adb298388d";

    test.each([
        ["a secret", "1b47061264138c4ac30d75fd1eb44270", { raw: "a", isUnknown: false, isSecret: true }],
        ["an output", "d0e6a833031e9bbcd3f4e8bde6ca49a4", { raw: "a", isUnknown: false, isSecret: false }],
    ])("mark %s", (_, signature, expected) => {
        expect(unwrap({ [KEY]: signature, value: "a" })).toEqual(expected);
    });

    test("mark a reference to a resource", () => {
        const signature = "5cf8f73096256a8f31e491e813e4eb8e";
        expect(unwrap({ [KEY]: signature, urn: URN, id: "data" }).raw).toBe("data");
        expect(unwrap({ [KEY]: signature, urn: URN, id: 7 }).raw).toBe(URN);
        expect(unwrap({ [KEY]: signature, urn: URN }, true)).toEqual({ raw: URN, isUnknown: false, isSecret: true });
    });

    test("mark an asset and an archive", () => {
        expect([ASSET, ARCHIVE]).toEqual(["c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"]);
    });

    test.each([
        ["a truth value", "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7"],
        ["a number", "3eeb2bf0-c639-47a8-9e75-3b44932eb421"],
        ["a text", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"],
        ["a list", "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"],
        ["an asset", "030794c1-ac77-496b-92df-f27374a8bd58"],
        ["an archive", "e48ece36-62e2-4504-bad9-02848725956a"],
        ["a map", "dd056dcd-154b-4c76-9bd3-c8f88648b5ff"],
    ])("stand for %s that is not known yet", (_, text) => {
        expect(unwrap(text)).toEqual({ raw: undefined, isUnknown: true, isSecret: false });
        expect(unwrap(text, true)).toEqual({ raw: undefined, isUnknown: true, isSecret: true });
        expect([mayHoldUnknowns([{ a: text }]), mayHoldUnknowns([{ a: `${text}.` }])]).toEqual([true, false]);
    });
});

test("defaults in lists are left out by what was checked at the same place", () => {
    const inputs = { list: [{ a: 1, b: 2 }, { a: 1 }] };
    expect(declaredInputs(inputs, { list: [{ __defaults: ["a", 7], a: 1 }] })).toEqual({ list: [{ b: 2 }, { a: 1 }] });
    expect(declaredInputs(inputs, { list: "other" })).toEqual(inputs);
    expect(declaredInputs(inputs, { __defaults: "list", list: inputs.list })).toEqual(inputs);
});

describe("declaredInputs", () => {
    test("leaves out defaults and internal keys at every depth, in lists and secrets too", () => {
        const block = { __defaults: ["self"], self: false, port: 22 };
        const given = {
            __defaults: ["name"],
            __meta: "",
            name: "web-1a2b",
            ingress: [block],
            secret: { [SIGNATURE]: SECRET, value: block },
        };
        expect(declaredInputs(given)).toEqual({
            ingress: [{ port: 22 }],
            secret: { [SIGNATURE]: SECRET, value: { port: 22 } },
        });
    });

    test("keeps a key whose value was changed after the check", () => {
        expect(declaredInputs({ a: true, b: false }, { __defaults: ["a", "b"], a: false, b: false })).toEqual({
            a: true,
        });
    });

    test.each([[undefined], [null], ["acl"], [[5]]])("takes %p for no list of defaults", __defaults => {
        expect(declaredInputs({ __defaults, acl: "private" })).toEqual({ acl: "private" });
    });
});

describe("completedBy", () => {
    test.each([
        ["an unknown text", { a: UNKNOWN }, { a: "b" }, { a: "b" }],
        ["one deep inside", { a: { b: [UNKNOWN, 1] } }, { a: { b: ["c", 2] } }, { a: { b: ["c", 1] } }],
        ["nothing that is known", { a: "b" }, { a: "c", d: "e" }, { a: "b" }],
        ["nothing where the output is missing", { a: UNKNOWN }, {}, { a: UNKNOWN }],
        ["nothing in a list of another length", { a: [UNKNOWN] }, { a: ["b", "c"] }, { a: [UNKNOWN] }],
        ["nothing from another type", { a: { b: UNKNOWN } }, { a: "c" }, { a: { b: UNKNOWN } }],
        ["nothing that the map only inherits", { constructor: UNKNOWN }, {}, { constructor: UNKNOWN }],
    ])("fills in %s", (_, inputs, outputs, expected) => expect(completedBy(inputs, outputs)).toEqual(expected));
});

test.each([
    ["a text", { a: UNKNOWN }, true],
    ["a number", { a: "3eeb2bf0-c639-47a8-9e75-3b44932eb421" }, true],
    ["one deep inside", { a: [1, { b: [null, UNKNOWN] }] }, true],
    ["an output without a value", { a: { [SIGNATURE]: OUTPUT_VALUE } }, true],
    ["an unknown secret", { a: { [SIGNATURE]: SECRET, value: UNKNOWN } }, true],
    ["what is known", { a: "b", c: [1, true, null, { d: "" }], e: {} }, false],
    ["an unknown name", { [UNKNOWN]: "b" }, false],
    ["no inputs", {}, false],
])("looks for %s among what may be unknown", (_, inputs, expected) => expect(mayHoldUnknowns(inputs)).toBe(expected));

test("where nothing may be unknown, nothing is completed", () => {
    const leaf = fc.constantFrom<unknown>(UNKNOWN, "a", 1, true, null, undefined, {
        [SIGNATURE]: SECRET,
        value: "s",
    });
    const { value } = fc.letrec(tie => ({
        value: fc.oneof(
            { depthSize: "small" },
            leaf,
            fc.array(tie("value"), { maxLength: 3 }),
            fc.dictionary(fc.constantFrom("a", "b", SIGNATURE), tie("value")),
        ),
    }));
    fc.assert(
        fc.property(value, value, (inputs, outputs) => {
            if (!mayHoldUnknowns(inputs)) expect(completedBy(inputs, outputs)).toBe(inputs);
        }),
    );
});
