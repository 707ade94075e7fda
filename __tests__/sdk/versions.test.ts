import { Struct } from "google-protobuf/google/protobuf/struct_pb";

const { dependencies }: { dependencies: Record<string, string> } = require("../../package.json");

afterEach(() => jest.resetModules());

test("the releases that are known are those that are installed", () => {
    const { isKnownSdk, requireKnownSdk } = require("../../policies/sdk/versions");
    expect(isKnownSdk).toBe(true);
    expect(requireKnownSdk).not.toThrow();
});

test.each([
    ["@pulumi/policy", "v1.22.0", "1.22.0"],
    ["@pulumi/pulumi", "3.999.0", "3.999.0"],
])(
    "with another release of %s nothing is changed, and what verdicts depend on ends the start",
    (name, version, shown) => {
        jest.doMock(`${name}/package.json`, () => ({ version }));
        const plainReader = Struct.deserializeBinaryFromReader;
        const { readOnce } = require("../../policies/sdk/read-once");
        readOnce();
        expect(Struct.deserializeBinaryFromReader).toBe(plainReader);
        const { observeResources } = require("../../policies/sdk/observe-resources");
        const { observeEngine } = require("../../policies/sdk/observe-engine");
        for (const start of [() => observeResources(() => undefined), () => observeEngine({}, {})]) {
            expect(start).toThrow(`${name} is ${shown}; expected ${dependencies[name]}. The pack knows`);
        }
    },
);
