import type { ResourceValidationPolicy } from "@pulumi/policy";
import type * as Service from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import type { Message } from "google-protobuf";
import { UNKNOWN } from "../../policies/kit/wire";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const URN = "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::data";

/** What a program's properties can hold, in the form in which the engine sends them. */
const PROPERTIES: readonly (readonly [what: string, properties: object])[] = [
    ["nothing", {}],
    ["single values", { acl: "", days: 7.5, isOn: false, owner: null }],
    [
        "maps and lists in one another",
        { rules: [{ id: "a", days: [1, 2, [3]] }, {}, []], tags: { "acme:owner": "web" } },
    ],
    ["a secret", { password: { [SIGNATURE]: SECRET, value: "open sesame" }, name: "data" }],
    [
        "a secret map with a secret in it",
        { all: { [SIGNATURE]: SECRET, value: { key: { [SIGNATURE]: SECRET, value: 1 } } } },
    ],
    ["an unknown value", { bucket: UNKNOWN, acl: "private" }],
    ["an unknown value in a list", { rules: [{ id: UNKNOWN }, "b"] }],
    ["an asset", { code: { [SIGNATURE]: ASSET, text: "exports.handler = 1" } }],
];

/** Policies that show whatever they see: one that reads all, one that stops at what is unknown, one that changes things. */
const POLICIES: readonly ResourceValidationPolicy[] = [
    {
        name: "shows-all",
        description: "Shows all properties.",
        enforcementLevel: "advisory",
        validateResource: ({ props, urn, name, type, opts }, report) =>
            report(JSON.stringify([urn, name, type, opts, props])),
    },
    {
        name: "shows-each",
        description: "Shows each property by itself, again after another policy.",
        enforcementLevel: "mandatory",
        validateResource: ({ props }, report) => {
            for (const key of Object.keys(props))
                report(`${key} in ${Object.keys(props).length}: ${String(props[key])}`);
        },
    },
    {
        name: "changes",
        description: "Adds, changes and removes properties.",
        enforcementLevel: "remediate",
        validateResource: ({ notApplicable }) => notApplicable("it only changes"),
        remediateResource: ({ props }) => {
            const { acl: _, ...rest } = props;
            return { ...rest, added: { list: [1, "two"] }, days: 30 };
        },
    },
];

type Ask = (bytes: Buffer) => Promise<string>;

/** The SDK with modules of its own, answering requests as in a pack's process. `change` is what the pack changes in it. */
function sdk(change: () => void): { request(properties: object): Buffer; analyze: Ask; remediate: Ask } {
    let found: ReturnType<typeof sdk> | undefined;
    jest.isolateModules(() => {
        const { Struct } = require("google-protobuf/google/protobuf/struct_pb");
        const { AnalyzeRequest, AnalyzerResourceOptions } = require("@pulumi/pulumi/proto/analyzer_pb");
        const { AnalyzerService }: typeof Service = require("@pulumi/pulumi/proto/analyzer_grpc_pb");
        const server = require("@pulumi/policy/server");
        change();
        const ask =
            (method: "analyze" | "remediate", handler: Handler): Ask =>
            bytes =>
                new Promise((resolve, reject) => {
                    const request = AnalyzerService[method].requestDeserialize(bytes);
                    handler({ request }, (error, answer) => {
                        if (answer === undefined) reject(error);
                        else resolve(Buffer.from(answer.serializeBinary()).toString("hex"));
                    });
                });
        found = {
            request: properties =>
                Buffer.from(
                    new AnalyzeRequest()
                        .setUrn(URN)
                        .setType("aws:s3/bucket:Bucket")
                        .setName("data")
                        .setOptions(new AnalyzerResourceOptions().setProtect(true))
                        .setProperties(Struct.fromJavaScript(properties))
                        .serializeBinary(),
                ),
            analyze: ask("analyze", server.makeAnalyzeRpcFun("pack", "1.0.0", "advisory", POLICIES)),
            remediate: ask("remediate", server.makeRemediateRpcFun("pack", "1.0.0", "advisory", POLICIES)),
        };
    });
    if (found === undefined) throw new Error("the SDK was not loaded");
    return found;
}

type Handler = (call: { request: unknown }, answer: (error: unknown, response: Message | undefined) => void) => void;

const plain = sdk(() => {});

/**
 * What the pack changes in the SDK for requests about one resource. The request about the whole stack is left out: there the
 * pack keeps the resources for its own rules and gives the SDK none, so the SDK alone has no answer to compare; what is read
 * of that request is judged in observe-resources.test.ts. What `deferPackages` does needs a process without this test runner's
 * own modules, and has it in defer-packages.test.ts.
 */
const CHANGES: readonly (readonly [what: string, change: () => void])[] = [
    ["one reading of the properties for all policies", () => require("../../policies/sdk/read-once").readOnce()],
    [
        "observers of each resource",
        () => require("../../policies/sdk/observe-resources").observeResources(() => "s3://acme-state"),
    ],
    [
        "both, as in the pack",
        () => {
            require("../../policies/sdk/read-once").readOnce();
            require("../../policies/sdk/observe-resources").observeResources(() => "s3://acme-state");
        },
    ],
];

describe.each(CHANGES)("%s", (_, change) => {
    const changed = sdk(change);

    test.each(PROPERTIES)("changes no byte of the answer about %s", async (_, properties) => {
        const bytes = plain.request(properties);
        const expected = [await plain.remediate(bytes), await plain.analyze(bytes)];
        expect(Buffer.from(expected.join(""), "hex").toString()).toContain("changes");
        expect([await changed.remediate(bytes), await changed.analyze(bytes)]).toEqual(expected);
        // Asked again, the SDK's and the pack's answers are the same as well.
        expect([await changed.remediate(bytes), await changed.analyze(bytes)]).toEqual(expected);
    });
});
