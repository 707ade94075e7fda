import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
    AnalyzerPropertyDependencies,
    AnalyzerResource,
    AnalyzerResourceOptions,
    AnalyzeStackRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { linkOnce } from "../../policies/sdk/link-once";

const BUCKET = "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::data";
const POLICY = "urn:pulumi:prod::shop::aws:s3/bucketPolicy:BucketPolicy::data";

const resources = linkOnce();

function resource(urn: string, properties: Record<string, never>, dependencies: string[]): AnalyzerResource {
    const message = new AnalyzerResource()
        .setUrn(urn)
        .setType(urn.split("::")[2] ?? "")
        .setName("data")
        .setOptions(new AnalyzerResourceOptions())
        .setProperties(Struct.fromJavaScript(properties))
        .setDependenciesList(dependencies);
    message.getPropertydependenciesMap().set("bucket", new AnalyzerPropertyDependencies().setUrnsList(dependencies));
    return message;
}

function receive(...list: AnalyzerResource[]): AnalyzeStackRequest {
    const bytes = new AnalyzeStackRequest().setResourcesList(list).serializeBinary();
    return AnalyzerService.analyzeStack.requestDeserialize(Buffer.from(bytes));
}

test("links a stack when it arrives, and leaves the SDK nothing to link", () => {
    const request = receive(resource(BUCKET, {}, []), resource(POLICY, { bucket: "data" } as never, [BUCKET]));
    expect(request.getResourcesList()).toEqual([]);
    const [bucket, policy] = resources() ?? [];
    expect(policy?.props.bucket).toBe("data");
    expect(policy?.dependencies).toEqual([bucket]);
    expect(policy?.propertyDependencies.bucket?.[0]).toBe(bucket);
});

test("gives the same list to whoever asks, and another one for the next request", () => {
    receive(resource(BUCKET, {}, []));
    const first = resources();
    expect(resources()).toBe(first);
    receive(resource(BUCKET, {}, []));
    expect(resources()).not.toBe(first);
});

test("knows an empty stack from one that could not be linked", () => {
    receive();
    expect(resources()).toEqual([]);
});

test("leaves to the SDK what cannot be linked, which then says why", () => {
    receive(resource(BUCKET, {}, []));
    const unreadable = { value: { "4dabf18193072939515e22adb298388d": "no such signature" } } as never;
    const request = receive(resource(BUCKET, unreadable, []));
    expect(resources()).toBeUndefined();
    expect(request.getResourcesList()).toHaveLength(1);
});
