import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readState, type State, StateError } from "../../cli/engine/state";
import {
    ARCHIVE,
    ASSET,
    OUTPUT_VALUE,
    RESOURCE_REFERENCE,
    SECRET,
    SIGNATURE,
    UNKNOWN,
    unwrap,
} from "../../policies/kit/wire";

const folder = mkdtempSync(join(tmpdir(), "security-baseline-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const STACK = "urn:pulumi:live::depot::pulumi:pulumi:Stack::depot-live";
const TABLE = "urn:pulumi:live::depot::aws:dynamodb/table:Table::parcels";

function stateOf(resources: readonly object[], version: unknown = 3, rest: object = {}): State {
    return exportOf({ version, ...rest, deployment: { resources } });
}

function exportOf(content: object): State {
    const path = join(folder, "state.json");
    writeFileSync(path, JSON.stringify(content));
    return readState(path);
}

const table = (fields: object) =>
    stateOf([{ urn: TABLE, type: "aws:dynamodb/table:Table", custom: true, ...fields }]).resources[0];

const inputsOf = (inputs: object) => table({ inputs })?.inputs.toJavaScript();

describe("values of a state", () => {
    test.each([
        ["a text", "a"],
        ["null", null],
        ["nested lists", [[1, [true, null]]]],
        ["an unknown text", UNKNOWN],
        ["names of defaults at any depth", { ttl: { __defaults: ["enabled"], enabled: false }, __defaults: [] }],
        ["an output value", { [SIGNATURE]: OUTPUT_VALUE, value: "a", secret: true }],
        ["a resource reference", { [SIGNATURE]: RESOURCE_REFERENCE, urn: STACK, id: "x-1" }],
        ["an asset", { [SIGNATURE]: ASSET, hash: "ab", text: "hello" }],
        ["an archive of assets", { [SIGNATURE]: ARCHIVE, assets: { a: { [SIGNATURE]: ASSET, path: "./a" } } }],
    ])("%s goes on the wire as it stands", (_, value) => expect(inputsOf({ value })).toEqual({ value }));

    test.each([
        ["ciphertext", { ciphertext: "v1:abc:def" }, UNKNOWN],
        ["neither ciphertext nor plain text", {}, UNKNOWN],
        ["plain text that is no JSON", { plaintext: "{" }, UNKNOWN],
        ["plain text", { plaintext: '"open"' }, "open"],
        ["a plain list", { plaintext: '["a",{"b":null}]' }, ["a", { b: null }]],
    ])("a secret with %s stays a secret", (_, content, value) => {
        expect(inputsOf({ nested: [{ [SIGNATURE]: SECRET, ...content }] })).toEqual({
            nested: [{ [SIGNATURE]: SECRET, value }],
        });
    });

    test.each([
        ["an infinite number", "8ad145fe-0d11-4827-bfd7-1abcbf086f5c", "fff0000000000000", Number.NEGATIVE_INFINITY],
        ["no number", "8ad145fe-0d11-4827-bfd7-1abcbf086f5c", "7ff8000000000001", Number.NaN],
        ["digits behind sixteen", "8ad145fe-0d11-4827-bfd7-1abcbf086f5c", "3ff00000000000000", Number.NaN],
        ["a sign before sixteen digits", "8ad145fe-0d11-4827-bfd7-1abcbf086f5c", "-3ff0000000000000", Number.NaN],
        ["digits that are none", "8ad145fe-0d11-4827-bfd7-1abcbf086f5c", "7ff", Number.NaN],
        ["a text that is not valid UTF-8", "803fd3297a5875dc03ca845dda5d2a98", "YWL/", "ab\uFFFD"],
    ])("%s is read from the form that JSON needs", (_, signature, written, value) =>
        expect(inputsOf({ list: [{ [SIGNATURE]: signature, value: written }] })).toEqual({ list: [value] }),
    );

    test("ciphertext is nowhere in what is read", () => {
        const secret = { [SIGNATURE]: SECRET, ciphertext: "v1:CIPHER" };
        const resource = table({ inputs: { secret }, outputs: { deep: { list: [secret] } } });
        expect(JSON.stringify([resource?.inputs.toJavaScript(), resource?.outputs.toJavaScript()])).not.toContain(
            "CIPHER",
        );
        expect(unwrap(resource?.inputs.toJavaScript().secret)).toEqual({
            raw: undefined,
            isUnknown: true,
            isSecret: true,
        });
    });

    test("outputs are the inputs where a state holds none", () => {
        expect(table({ inputs: { hashKey: "id" } })?.outputs.toJavaScript()).toEqual({ hashKey: "id" });
        expect(table({ inputs: { hashKey: "id" }, outputs: {} })?.outputs.toJavaScript()).toEqual({});
        expect(table({ inputs: null, outputs: null })?.outputs.toJavaScript()).toEqual({});
    });
});

describe("resources of a state", () => {
    test("are told by name, provider, options and position", () => {
        expect(
            table({
                provider: "urn:pulumi:live::depot::pulumi:providers:aws::west::0b6f-11",
                parent: STACK,
                protect: true,
                ignoreChanges: ["ttl"],
                dependencies: [STACK],
                propertyDependencies: { hashKey: [STACK], name: null },
                sourcePosition: "project:///src/a%20b.ts#12,7",
            }),
        ).toMatchObject({
            name: "parcels",
            provider: "urn:pulumi:live::depot::pulumi:providers:aws::west",
            parent: STACK,
            protect: true,
            ignoreChanges: ["ttl"],
            dependencies: [STACK],
            propertyDependencies: { hashKey: [STACK], name: [] },
            isRead: false,
            source: { file: "src/a b.ts", line: 12 },
        });
    });

    test.each([
        ["inside of a package", "project:///node_modules/@pulumi/runtime/stack.ts#36,23"],
        ["without a line", "project:///index.ts"],
        ["of another scheme", "https://example.com/index.ts#1,1"],
        ["that is not well-formed", "project:///%E0%A4%A#1,1"],
    ])("have no position where it is %s", (_, sourcePosition) =>
        expect(table({ sourcePosition })?.source).toBeUndefined(),
    );

    test("that wait for their deletion are left out, and those of others are marked", () => {
        const { resources, project, stack } = stateOf([
            { urn: STACK, type: "pulumi:pulumi:Stack" },
            { urn: TABLE, type: "aws:dynamodb/table:Table", delete: true },
            { urn: `${TABLE}-2`, type: "aws:dynamodb/table:Table", external: true },
        ]);
        expect(resources.map(({ urn, isRead }) => [urn, isRead])).toEqual([
            [STACK, false],
            [`${TABLE}-2`, true],
        ]);
        expect({ project, stack }).toEqual({ project: "depot", stack: "live" });
    });

    test("with `::` in the name keep it whole", () =>
        expect(stateOf([{ urn: `${TABLE}::eu::1`, type: "t" }]).resources[0]?.name).toBe("parcels::eu::1"));
});

describe("an export", () => {
    test.each([undefined, null, 1, 2, 3, 4])("of version %p is read", version =>
        expect(stateOf([{ urn: STACK, type: "pulumi:pulumi:Stack" }], version).resources).toHaveLength(1),
    );

    test("of version 4 may use features that are known, and no others", () => {
        const root = { urn: STACK, type: "pulumi:pulumi:Stack" };
        expect(stateOf([root], 4, { features: ["views", "hooks", "taint"] }).resources).toHaveLength(1);
        expect(() => stateOf([root], 4, { features: ["views", "teleport"] })).toThrow(
            /is no state export: features\.1: expected a feature that is known here/,
        );
    });

    test.each([
        "byteString",
        "extensionParameterization",
        "hooks",
        "refreshBeforeUpdate",
        "replaceWith",
        "snippets-prototype",
        "taint",
        "views",
    ])("of version 4 may use %s", feature =>
        expect(
            stateOf([{ urn: STACK, type: "pulumi:pulumi:Stack" }], 4, { features: [feature] }).resources,
        ).toHaveLength(1),
    );

    test.each([
        [
            "of a later version",
            { version: 5, deployment: {} },
            "version: expected a version up to 4; update this package.",
        ],
        [
            "with an unknown feature",
            { version: 4, features: ["teleport"], deployment: {} },
            "features.0: expected a feature that is known here; update this package.",
        ],
        [
            "with a resource without a URN",
            { deployment: { resources: [{ urn: "shop", type: "t" }] } },
            "deployment.resources.0.urn: expected a URN.",
        ],
        [
            "with something before a URN",
            { deployment: { resources: [{ urn: `x${STACK}`, type: "t" }] } },
            "deployment.resources.0.urn: expected a URN.",
        ],
    ])("%s is refused in full words", (_, content, message) =>
        expect(() => exportOf(content)).toThrow(
            new StateError(`${join(folder, "state.json")}: is no state export: ${message}`),
        ),
    );

    test.each([
        ["no deployment", {}],
        ["resources that are no list", { deployment: { resources: {} } }],
        ["a resource without a type", { deployment: { resources: [{ urn: STACK }] } }],
        ["inputs that are a list", { deployment: { resources: [{ urn: STACK, type: "t", inputs: [] }] } }],
        ["outputs that are a text", { deployment: { resources: [{ urn: STACK, type: "t", outputs: "a" }] } }],
        ["a parent that is a number", { deployment: { resources: [{ urn: STACK, type: "t", parent: 1 }] } }],
        ["protection that is a text", { deployment: { resources: [{ urn: STACK, type: "t", protect: "no" }] } }],
        ["`external` that is a text", { deployment: { resources: [{ urn: STACK, type: "t", external: "no" }] } }],
        ["`delete` that is a text", { deployment: { resources: [{ urn: STACK, type: "t", delete: "no" }] } }],
        ["a provider that is a map", { deployment: { resources: [{ urn: STACK, type: "t", provider: {} }] } }],
        [
            "ignored changes that are a text",
            { deployment: { resources: [{ urn: STACK, type: "t", ignoreChanges: "a" }] } },
        ],
        [
            "dependencies that are numbers",
            { deployment: { resources: [{ urn: STACK, type: "t", dependencies: [1] }] } },
        ],
        [
            "dependencies of a property that are a text",
            { deployment: { resources: [{ urn: STACK, type: "t", propertyDependencies: { a: "b" } }] } },
        ],
        ["a secrets provider without a type", { deployment: { secrets_providers: {} } }],
        ["a secrets provider's state that is a text", { deployment: { secrets_providers: { type: "a", state: "b" } } }],
        ["pending operations without a resource", { deployment: { pending_operations: [{ type: "creating" }] } }],
        ["features that are a text", { features: "views", deployment: {} }],
    ])("with %s is refused", (_, content) => expect(() => exportOf(content)).toThrow(StateError));

    test("may have null in the place of all that may be left out", () => {
        const nothing = {
            inputs: null,
            outputs: null,
            parent: null,
            protect: null,
            external: null,
            delete: null,
            provider: null,
            ignoreChanges: null,
            dependencies: null,
            propertyDependencies: null,
            sourcePosition: null,
        };
        const bare = { urn: TABLE, type: "t" };
        const deployment = { secrets_providers: null, pending_operations: null };
        const read = exportOf({ features: null, deployment: { ...deployment, resources: [{ ...bare, ...nothing }] } });
        expect(read).toEqual(exportOf({ deployment: { resources: [bare] } }));
        const { inputs, outputs, ...rest } = read.resources[0] ?? {};
        expect([inputs?.toJavaScript(), outputs?.toJavaScript()]).toEqual([{}, {}]);
        expect(rest).toEqual({
            urn: TABLE,
            type: "t",
            name: "parcels",
            parent: "",
            protect: false,
            ignoreChanges: [],
            dependencies: [],
            propertyDependencies: {},
            isRead: false,
            provider: "",
            source: undefined,
        });
        expect(read.secretsProvider).toBeUndefined();
    });

    test.each([
        ["a key's URL", { type: "cloud", state: { url: "awskms://alias/a", encryptedkey: "b" } }, "awskms://alias/a"],
        ["no URL", { type: "passphrase", state: { salt: "v1:a" } }, undefined],
        ["no state", { type: "service", state: null }, undefined],
        ["a URL that is a number", { type: "cloud", state: { url: 1 } }, undefined],
    ])("tells of a secrets provider with %s no more than that", (_, secrets_providers, url) =>
        expect(exportOf({ deployment: { secrets_providers } }).secretsProvider).toEqual({
            type: secrets_providers.type,
            url,
        }),
    );

    test("of which a position cannot be read is read all the same", () =>
        expect(table({ sourcePosition: 7 })?.source).toBeUndefined());

    test("that is no JSON is refused with the place, and nothing of it is shown", () => {
        const path = join(folder, "broken.json");
        writeFileSync(path, '{"deployment": {\n  "password": hunter2\n}}');
        expect(() => readState(path)).toThrow(
            new StateError(
                `${path}: cannot be read (no JSON from line 2, column 15 on); expected what \`pulumi stack export\` writes.`,
            ),
        );
        expect(() => readState(join(folder, "none.json"))).toThrow(/none\.json: cannot be read \(ENOENT: /);
    });

    test("of an update that broke off says what it was creating", () => {
        const operation = (type: string, name: string) => ({ type, resource: { urn: `${TABLE}-${name}` } });
        const pending_operations = ["creating", "importing", "updating", "deleting", "reading"].map(type =>
            operation(type, type),
        );
        const { notJudged } = exportOf({ version: 3, deployment: { resources: [], pending_operations } });
        const reason =
            "An update broke off while it made this resource, so the state does not hold it; run `pulumi refresh`, which asks what became of it, and export the state again.";
        expect(notJudged).toEqual([
            { subject: `${TABLE}-creating`, reason },
            { subject: `${TABLE}-importing`, reason },
        ]);
        expect(() => exportOf({ version: 3, deployment: { pending_operations: [null] } })).toThrow(StateError);
    });

    test.each([[5], ["3"], [3.5]])("of version %p is refused", version => {
        expect(() => stateOf([], version)).toThrow(StateError);
        expect(() => stateOf([], version)).toThrow(/is no state export: version: /);
    });

    test("of a stack without resources is read", () => {
        const path = join(folder, "empty.json");
        writeFileSync(path, JSON.stringify({ version: 3, deployment: { resources: null } }));
        expect(readState(path)).toEqual({
            resources: [],
            notJudged: [],
            project: undefined,
            stack: undefined,
            secretsProvider: undefined,
        });
    });
});
