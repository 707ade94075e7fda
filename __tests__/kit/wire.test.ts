import fc from "fast-check";
import {
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
