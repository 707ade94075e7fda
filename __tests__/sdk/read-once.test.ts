import { asset } from "@pulumi/pulumi";
import { AnalyzeRequest } from "@pulumi/pulumi/proto/analyzer_pb";
import fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN, UNREADABLE } from "../../policies/kit/wire";
import { fieldsOf, readOnce } from "../../policies/sdk/read-once";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";

const sdk: { deserializeProperties(struct: Struct, isRemediation: boolean): Record<string, unknown> } =
    require("@pulumi/policy/deserialize");
const bySdk = sdk.deserializeProperties;
const readBySdk = Struct.deserializeBinary;
const plainReader = Struct.deserializeBinaryFromReader;

/** What the SDK makes of the properties without any of ours. */
function expected(bytes: Uint8Array): Record<string, unknown> {
    const ours = Struct.deserializeBinaryFromReader;
    Struct.deserializeBinaryFromReader = plainReader;
    try {
        return bySdk(readBySdk(bytes), false);
    } finally {
        Struct.deserializeBinaryFromReader = ours;
    }
}

function wire(properties: Record<string, never>): Uint8Array {
    return Struct.fromJavaScript(properties).serializeBinary();
}

beforeAll(readOnce);

test("reads any properties as the SDK reads them", () => {
    const key = fc.string().filter(name => name !== "__proto__");
    const { tree } = fc.letrec(tie => ({
        tree: fc.oneof(
            { maxDepth: 4 },
            fc.constant(null),
            fc.boolean(),
            fc.double({ noNaN: true }),
            fc.string({ unit: "binary" }),
            fc.array(tie("tree"), { maxLength: 4 }),
            fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
            fc.record({ [SIGNATURE]: fc.constant(SECRET), value: tie("tree") }),
        ),
    }));
    fc.assert(
        fc.property(fc.dictionary(key, tree as fc.Arbitrary<never>), properties => {
            const bytes = wire(properties);
            expect(sdk.deserializeProperties(Struct.deserializeBinary(bytes), false)).toEqual(expected(bytes));
        }),
        { seed: 20261123, numRuns: 500 },
    );
});

test("reads properties that stand between other fields of a request, when they are asked for", () => {
    const properties = { tags: { team: "web" }, ports: [443, 8443], acl: "", nothing: null };
    const bytes = new AnalyzeRequest()
        .setType("aws:s3/bucket:Bucket")
        .setProperties(Struct.fromJavaScript(properties))
        .setUrn("urn:pulumi:prod::shop::aws:s3/bucket:Bucket::logs")
        .setName("logs")
        .serializeBinary();
    const request = AnalyzeRequest.deserializeBinary(bytes);
    expect([request.getType(), request.getName(), request.getUrn()]).toEqual([
        "aws:s3/bucket:Bucket",
        "logs",
        "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::logs",
    ]);
    expect(fieldsOf(request.getProperties())).toEqual(properties);
    expect(fieldsOf(request.getProperties())).toBe(fieldsOf(request.getProperties()));
});

/** Properties with maps and lists in turn, so many within one another. */
const nested = (depth: number): unknown => {
    let value: unknown = "end";
    for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? { a: value } : [value];
    return value;
};

test("reads what is nested two hundred times, and takes what is deeper for unknown", () => {
    const read = (depth: number) => Struct.deserializeBinary(wire({ a: nested(depth), b: "kept" } as never));
    expect(fieldsOf(read(200))).toEqual({ a: nested(200), b: "kept" });
    expect(JSON.stringify(fieldsOf(read(201)))).toBe(
        JSON.stringify({ a: nested(201), b: "kept" }).replace('{"a":"end"}', `"${UNKNOWN}"`),
    );
    // A remediation would give back what was cut off.
    expect(Reflect.get(sdk.deserializeProperties(read(201), true), UNREADABLE)).toBe(true);
    expect(sdk.deserializeProperties(read(200), true)).toEqual({ a: nested(200), b: "kept" });
});

test("ends for what no stack holds", () => {
    const length = (size: number): number[] => (size < 128 ? [size] : [(size & 127) | 128, ...length(size >>> 7)]);
    const message = (field: number, bytes: Buffer) =>
        Buffer.concat([Buffer.from([(field << 3) | 2, ...length(bytes.length)]), bytes]);
    let value = message(3, Buffer.from("end"));
    const entry = () => message(1, Buffer.concat([message(1, Buffer.from("a")), message(2, value)]));
    for (let level = 0; level < 3_000; level += 1) value = message(5, entry());
    const request = AnalyzeRequest.deserializeBinary(message(2, entry()));
    expect(JSON.stringify(fieldsOf(request.getProperties()))).toContain(UNKNOWN);
});

test("unwraps secrets and assets wherever they are", async () => {
    const bytes = wire({
        list: [{ password: { [SIGNATURE]: SECRET, value: "open sesame" } }],
        code: { [SIGNATURE]: ASSET, text: "exports.handler = 1" },
    } as never);
    const properties = sdk.deserializeProperties(Struct.deserializeBinary(bytes), false);
    expect(properties.list).toEqual([{ password: "open sesame" }]);
    expect(properties.code).toBeInstanceOf(asset.StringAsset);
    expect(await (properties.code as asset.StringAsset).text).toBe("exports.handler = 1");
});

test.each([
    ["plain ones", { acl: "private" }],
    ["ones with a secret", { acl: { [SIGNATURE]: SECRET, value: "private" } }],
])("gives the same properties to all policies, %s", (_, properties) => {
    const struct = Struct.deserializeBinary(wire(properties as never));
    expect(sdk.deserializeProperties(struct, false)).toEqual({ acl: "private" });
    expect(sdk.deserializeProperties(struct, false)).toBe(sdk.deserializeProperties(struct, false));
});

test("gives all policies properties that none can change, whatever it tries", () => {
    const struct = Struct.deserializeBinary(wire({ tags: { team: "web" }, ports: [443] } as never));
    const shared = sdk.deserializeProperties(struct, false) as { tags: Record<string, string>; ports: number[] };
    for (const tries of [
        () => Object.assign(shared, { acl: "private" }),
        () => Object.assign(shared.tags, { team: "changed" }),
        () => delete shared.tags.team,
        () => shared.ports.push(22),
        () => Object.defineProperty(shared.tags, "team", { value: "changed" }),
        () => Object.setPrototypeOf(shared.tags, { owner: "changed" }),
        () => Object.freeze(shared),
    ]) {
        expect(tries).toThrow("cannot be changed");
    }
    expect(sdk.deserializeProperties(struct, false)).toEqual({ tags: { team: "web" }, ports: [443] });
});

test("gives each remediation properties of its own, which it may change", () => {
    const struct = Struct.deserializeBinary(wire({ tags: { team: "web" } } as never));
    const mended = sdk.deserializeProperties(struct, true) as { tags: Record<string, string> };
    mended.tags.team = "changed";
    expect(sdk.deserializeProperties(struct, true)).toEqual({ tags: { team: "web" } });
    expect(sdk.deserializeProperties(struct, false)).toEqual({ tags: { team: "web" } });
});

test("leaves messages that were not read from the wire as they are", () => {
    expect(Struct.fromJavaScript({ level: "advisory" }).toJavaScript()).toEqual({ level: "advisory" });
});
