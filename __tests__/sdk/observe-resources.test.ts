import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
    AnalyzeRequest,
    AnalyzerProviderResource,
    AnalyzerResource,
    AnalyzerResourceOptions,
    AnalyzeStackRequest,
    ConfigureAnalyzerRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Resource } from "../../policies/kit/resource";
import { SECRET, SIGNATURE, UNKNOWN } from "../../policies/kit/wire";
import { observeResources } from "../../policies/sdk/observe-resources";

const STACK = "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod";
const PROVIDER = "urn:pulumi:prod::shop::pulumi:providers:aws::default";
const BUCKET = "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::data";
const POLICY = "urn:pulumi:prod::shop::aws:s3/bucketPolicy:BucketPolicy::data";

type Props = Record<string, JavaScriptValue>;

const operation = observeResources(() => "s3://acme-state");

const typeOf = (urn: string) => urn.split("::")[2] ?? "";
const providerOf = (urn: string) =>
    urn === BUCKET || urn === POLICY ? new AnalyzerProviderResource().setUrn(PROVIDER) : undefined;

function inputs(urn: string, properties: Props): Buffer {
    const request = new AnalyzeRequest()
        .setUrn(urn)
        .setType(typeOf(urn))
        .setName("data")
        .setProvider(providerOf(urn))
        .setOptions(new AnalyzerResourceOptions().setProtect(true))
        .setProperties(Struct.fromJavaScript(properties));
    return Buffer.from(request.serializeBinary());
}

/** The engine asks about a resource: with the provider's defaults, then without its own keys. */
function ask(urn: string, checked: Props, final: Props = checked): void {
    AnalyzerService.remediate.requestDeserialize(inputs(urn, checked));
    const { __defaults: _, ...shown } = final;
    AnalyzerService.analyze.requestDeserialize(inputs(urn, shown));
}

function askStack(resources: Readonly<Record<string, Props>>): AnalyzeStackRequest {
    const list = Object.entries(resources).map(([urn, outputs]) =>
        new AnalyzerResource()
            .setUrn(urn)
            .setType(typeOf(urn))
            .setName("data")
            .setProvider(providerOf(urn))
            .setDependenciesList(urn === POLICY ? [BUCKET] : [])
            .setProperties(Struct.fromJavaScript(outputs)),
    );
    const bytes = new AnalyzeStackRequest().setResourcesList(list).serializeBinary();
    return AnalyzerService.analyzeStack.requestDeserialize(Buffer.from(bytes));
}

const stackProps = (urn: string) => operation.stack.byUrn(urn)?.props;

beforeEach(() => {
    AnalyzerService.configure.requestDeserialize(Buffer.from(new ConfigureAnalyzerRequest().serializeBinary()));
});

test("a resource's properties are what its program declares, whatever the provider fills in and reports", () => {
    ask(BUCKET, { __defaults: ["acl", "bucket"], acl: "private", bucket: "data-1a2b", tags: { a: "b" } });
    expect(operation.resource(BUCKET)?.props.raw).toEqual({ tags: { a: "b" } });

    askStack({ [BUCKET]: { acl: "private", bucket: "data-1a2b", policy: "", tags: { a: "b" } } });
    expect(stackProps(BUCKET)?.raw).toEqual({ tags: { a: "b" } });
    expect(operation.stack.byUrn(BUCKET)?.outputs.get("bucket").string()).toBe("data-1a2b");
});

test("a default that a remediation changed counts as declared, also below the top", () => {
    const rule = { __defaults: ["bucketKeyEnabled", "priority"], bucketKeyEnabled: false, priority: 1 };
    ask(
        BUCKET,
        { __defaults: ["forceDestroy"], forceDestroy: false, rules: [rule] },
        { forceDestroy: true, rules: [{ bucketKeyEnabled: true, priority: 1 }] },
    );
    expect(operation.resource(BUCKET)?.props.raw).toEqual({ forceDestroy: true, rules: [{ bucketKeyEnabled: true }] });
});

test("an engine that never remediates shows all inputs as declared", () => {
    AnalyzerService.analyze.requestDeserialize(inputs(BUCKET, { acl: "private" }));
    expect(operation.resource(BUCKET)?.props.raw).toEqual({ acl: "private" });
});

test("an unknown input becomes known from the output of the same property, and from nothing else", () => {
    ask(POLICY, { bucket: UNKNOWN, policy: { [SIGNATURE]: SECRET, value: UNKNOWN }, note: UNKNOWN });
    askStack({ [BUCKET]: {}, [POLICY]: { bucket: "data-1a2b", policy: "{}" } });
    expect(stackProps(POLICY)?.get("bucket").string()).toBe("data-1a2b");
    expect(stackProps(POLICY)?.get("policy").string()).toBe("{}");
    expect(stackProps(POLICY)?.get("note").isUnknown).toBe(true);
});

test("an unknown input stays unknown where the provider leaves it out or reports null", () => {
    ask(POLICY, { bucket: UNKNOWN, policy: UNKNOWN });
    askStack({ [POLICY]: { policy: null } });
    expect(stackProps(POLICY)?.get("bucket").isUnknown).toBe(true);
    expect(stackProps(POLICY)?.get("policy").isUnknown).toBe(true);
});

test("a new resource of which the engine tells nothing is not declared, and is no part of what is judged", () => {
    ask(BUCKET, {});
    askStack({ [BUCKET]: {}, [POLICY]: { bucket: "data" } });
    const { stack } = operation;
    expect(stack.resources).toEqual([]);
    expect(stack.undeclaredOfType(typeOf(BUCKET), typeOf(POLICY)).map(({ urn }) => urn)).toEqual([BUCKET, POLICY]);
    expect(operation.resource(POLICY)).toBeUndefined();
});

test("the stack is in the order of registration, whatever the engine's, and what was not asked about comes last", () => {
    const [other, last] = ["other", "last"].map(name => BUCKET.replace(/data$/, name));
    if (other === undefined || last === undefined) throw new Error("two more buckets are needed");
    for (const urn of [STACK, POLICY, BUCKET, other]) ask(urn, { a: 1 });
    // A replacement is asked about again, and keeps its place.
    ask(POLICY, { a: 2 });
    askStack(Object.fromEntries([last, other, BUCKET, PROVIDER, POLICY, STACK].map(urn => [urn, {}])));
    const { stack } = operation;
    expect(stack.resources.map(({ urn }) => urn)).toEqual([STACK, POLICY, BUCKET, other]);
    expect(stack.undeclaredOfType(typeOf(BUCKET), typeOf(PROVIDER)).map(({ urn }) => urn)).toEqual([last, PROVIDER]);
    expect(stack.isBefore(stack.resources[3] as Resource, stack.undeclaredOfType(typeOf(BUCKET))[0] as Resource)).toBe(
        true,
    );
});

test("a component declares nothing and is there all the same", () => {
    ask("urn:pulumi:prod::shop::acme:web:Shop::data", {});
    expect(operation.resource("urn:pulumi:prod::shop::acme:web:Shop::data")?.isDeclared).toBe(true);
});

test.each([
    ["asked about one resource of the program", [STACK, PROVIDER, BUCKET], [BUCKET], false],
    ["asked about stack and provider alone", [STACK, PROVIDER], [BUCKET], true],
    ["asked about nothing", [], [BUCKET, POLICY], true],
    ["the program has no resources", [STACK, PROVIDER], [], false],
])("tells a destroy or refresh from an update: %s", (_, asked, more, isWithoutProgram) => {
    for (const urn of asked) ask(urn, { a: 1 });
    askStack(Object.fromEntries([STACK, PROVIDER, ...more].map(urn => [urn, {}])));
    expect(operation.isWithoutProgram).toBe(isWithoutProgram);
});

test("before the stack is judged, the stack is what was asked about so far, with the names that the provider generated", () => {
    ask(BUCKET, { __defaults: ["bucket"], bucket: "data-1a2b" });
    ask(POLICY, { bucket: "data-1a2b" });
    const policy = operation.stack.byUrn(POLICY);
    expect(operation.stack.resources.map(({ urn }) => urn)).toEqual([BUCKET, POLICY]);
    expect(policy && operation.stack.referredBy(policy.props.get("bucket"), [typeOf(BUCKET)])[0]?.urn).toBe(BUCKET);
});

test("each configuration begins a new operation", () => {
    ask(BUCKET, { a: 1 });
    AnalyzerService.configure.requestDeserialize(Buffer.from(new ConfigureAnalyzerRequest().serializeBinary()));
    expect(operation.resource(BUCKET)).toBeUndefined();
    expect(operation.stack.resources).toEqual([]);
});

test("leaves the SDK nothing to link, and hands on options, provider, dependencies and backend", () => {
    ask(POLICY, { a: 1 });
    expect(askStack({ [POLICY]: {} }).getResourcesList()).toEqual([]);
    const policy = operation.stack.byUrn(POLICY);
    expect(policy?.dependencies).toEqual([BUCKET]);
    expect(policy?.provider?.urn).toBe(PROVIDER);
    expect(operation.resource(POLICY)?.options.protect).toBe(true);
    expect(operation.stack.backendUrl).toBe("s3://acme-state");
});
