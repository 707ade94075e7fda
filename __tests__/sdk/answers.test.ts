import type { PolicyPackArgs, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type * as Service from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import type * as Messages from "@pulumi/pulumi/proto/analyzer_pb";
import type { Message } from "google-protobuf";
import type { Session } from "../../policies/config/session";
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

/** What a policy sees beside the resources. The pack gives the SDK no resources of a stack: it keeps them for its own rules. */
const OF_STACK: StackValidationPolicy = {
    name: "shows-configuration",
    description: "Shows its settings and the tags of the stack.",
    enforcementLevel: "mandatory",
    configSchema: { properties: { days: { type: "number" }, names: { type: "array" } } },
    validateStack: ({ getConfig, stackTags, notApplicable }, report) => {
        if (stackTags.size === 0) notApplicable("no tags");
        report(JSON.stringify([getConfig(), [...stackTags]]), URN);
    },
};

type Method = "getAnalyzerInfo" | "configureStack" | "configure" | "remediate" | "analyze" | "analyzeStack";

/** What the SDK answers to a request, both as they go over the wire. */
type Ask = (method: Method, bytes: Buffer) => Promise<string>;

/** The SDK with modules of its own, answering requests as in a pack's process. `change` is what the pack changes in it. */
function sdk(change: () => void): { requests: Requests; ask: Ask } {
    let found: ReturnType<typeof sdk> | undefined;
    jest.isolateModules(() => {
        const { AnalyzerService }: typeof Service = require("@pulumi/pulumi/proto/analyzer_grpc_pb");
        const { Server } = require("@grpc/grpc-js");
        const { serve } = require("@pulumi/policy/server");
        change();
        let handlers: Record<Method, Handler> | undefined;
        jest.spyOn(Server.prototype, "addService").mockImplementation((_, all) => {
            handlers = all as typeof handlers;
        });
        jest.spyOn(Server.prototype, "bindAsync").mockImplementation(() => {});
        const pack: PolicyPackArgs = { policies: [...POLICIES, OF_STACK] };
        serve("pack", "1.0.0", "advisory", pack);
        found = {
            requests: requestsOf(),
            ask: (method, bytes) =>
                new Promise((resolve, reject) => {
                    const request = AnalyzerService[method].requestDeserialize(bytes);
                    handlers?.[method]({ request }, (error, answer) => {
                        if (answer === undefined) reject(error);
                        else resolve(Buffer.from(answer.serializeBinary()).toString("hex"));
                    });
                }),
        };
    });
    if (found === undefined) throw new Error("the SDK was not loaded");
    return found;
}

type Handler = (call: { request: unknown }, answer: (error: unknown, response: Message | undefined) => void) => void;

/** Requests in the order in which the engine makes them, with the properties of the one resource that they are about. */
type Requests = (properties: object) => readonly (readonly [Method, Buffer])[];

function requestsOf(): Requests {
    const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
    const { Struct } = require("google-protobuf/google/protobuf/struct_pb");
    const proto: typeof Messages = require("@pulumi/pulumi/proto/analyzer_pb");
    const options = new proto.AnalyzerResourceOptions().setProtect(true);
    const stack = new proto.AnalyzerStackConfigureRequest()
        .setOrganization("acme")
        .setProject("shop")
        .setStack("prod")
        .setDryRun(true);
    stack.getTagsMap().set("owner", "web");
    const configuration = new proto.ConfigureAnalyzerRequest();
    for (const name of ["shows-all", "shows-configuration"]) {
        const settings = new proto.PolicyConfig()
            .setEnforcementlevel(proto.EnforcementLevel.MANDATORY)
            .setProperties(Struct.fromJavaScript({ days: 7, names: ["a", "b"] }));
        configuration.getPolicyconfigMap().set(name, settings);
    }
    const bytes = (message: Message) => Buffer.from(message.serializeBinary());
    return properties => {
        const values = Struct.fromJavaScript(properties);
        const one = new proto.AnalyzeRequest()
            .setUrn(URN)
            .setType("aws:s3/bucket:Bucket")
            .setName("data")
            .setOptions(options)
            .setProperties(values);
        const whole = new proto.AnalyzeStackRequest().setResourcesList([
            new proto.AnalyzerResource()
                .setUrn(URN)
                .setType("aws:s3/bucket:Bucket")
                .setName("data")
                .setOptions(options)
                .setProperties(values),
        ]);
        return [
            ["getAnalyzerInfo", bytes(new Empty())],
            ["configureStack", bytes(stack)],
            ["configure", bytes(configuration)],
            ["remediate", bytes(one)],
            ["analyze", bytes(one)],
            ["analyzeStack", bytes(whole)],
        ];
    };
}

const plain = sdk(() => {});

/** A session that hears of everything and changes nothing. */
const LISTENING = { onStack() {}, onConfiguration() {}, onResource() {} } as unknown as Session;

/**
 * What the pack changes in the SDK. What `deferPackages` does needs a process without this test runner's own modules, and has
 * it in defer-packages.test.ts; what is read of the stack's resources is judged in observe-resources.test.ts.
 */
const ONE_READING = () => require("../../policies/sdk/read-once").readOnce();
const RESOURCES = () => require("../../policies/sdk/observe-resources").observeResources(() => "s3://acme-state");
const ENGINE = () => require("../../policies/sdk/observe-engine").observeEngine(LISTENING, {});

describe.each<[what: string, changes: readonly (() => void)[]]>([
    ["one reading of the properties for all policies", [ONE_READING]],
    ["observers of each resource and of the stack", [RESOURCES]],
    ["observers of the pack's configuration", [ENGINE]],
    ["all, as in the pack", [ONE_READING, ENGINE, RESOURCES]],
])("%s", (_, changes) => {
    const changed = sdk(() => {
        for (const change of changes) change();
    });

    test.each(PROPERTIES)("changes no byte of the answers about %s", async (_, properties) => {
        // Asked again, the SDK's and the pack's answers are the same as well.
        const requests = [...plain.requests(properties), ...plain.requests(properties)];
        const texts: string[] = [];
        for (const [method, bytes] of requests) {
            const expected = await plain.ask(method, bytes);
            expect([method, await changed.ask(method, bytes)]).toEqual([method, expected]);
            texts.push(Buffer.from(expected, "hex").toString());
        }
        for (const shown of ["changes", URN, '["owner","web"]', '"days":7']) expect(texts.join("")).toContain(shown);
    });
});
