import { credentials } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { CreateRequest, type CreateResponse, DiffRequest, DiffResponse } from "@pulumi/pulumi/proto/provider_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type StubProvider, startStubProvider } from "../../cli/engine/stub-provider";
import { UNKNOWN } from "../../policies/kit/wire";

let stub: StubProvider;
let client: ResourceProviderClient;
beforeAll(async () => {
    stub = await startStubProvider();
    client = new ResourceProviderClient(`127.0.0.1:${stub.port}`, credentials.createInsecure());
});
afterAll(() => {
    client.close();
    stub.close();
});

const urn = (type: string) => `urn:pulumi:dev::shop::${type}::main`;
const struct = (properties: Readonly<Record<string, JavaScriptValue>>) => Struct.fromJavaScript(properties);

const answered = <Response>(call: (done: (error: unknown, response: Response) => void) => unknown): Promise<Response> =>
    new Promise((resolve, reject) => {
        call((error, response) => (error === null ? resolve(response) : reject(error)));
    });

describe("the stand-in for the AWS provider", () => {
    const created = async (type: string, properties: Readonly<Record<string, JavaScriptValue>>, isPreview = false) => {
        const request = new CreateRequest().setUrn(urn(type)).setProperties(struct(properties)).setPreview(isPreview);
        const response = await answered<CreateResponse>(done => client.create(request, done));
        return [response.getId(), response.getProperties()?.toJavaScript()];
    };

    test("gives what it creates an id and an ARN of its service", async () => {
        expect(await created("aws:acme/thing:Thing", { size: 1 })).toEqual([
            "main-id",
            { size: 1, arn: expect.stringMatching(/^arn:aws:acme:eu-west-1:\d{12}:main/) },
        ]);
        expect(await created("aws:acme/thing:Thing", { arn: "own" })).toEqual(["main-id", { arn: "own" }]);
    });

    test("knows neither in a preview", async () =>
        expect(await created("aws:acme/thing:Thing", { size: 1 }, true)).toEqual(["", { size: 1, arn: UNKNOWN }]));

    test.each([
        [{ size: 1 }, { size: 1 }, DiffResponse.DiffChanges.DIFF_NONE],
        [{ size: 1 }, { size: 2 }, DiffResponse.DiffChanges.DIFF_SOME],
        [{ size: 1 }, { size: 1, name: "a" }, DiffResponse.DiffChanges.DIFF_SOME],
        [{}, {}, DiffResponse.DiffChanges.DIFF_NONE],
    ])("compares %p with %p", async (before, after, changes) => {
        const request = new DiffRequest().setUrn(urn("aws:acme/thing:Thing"));
        request.setOldInputs(struct(before)).setNews(struct(after));
        const response = await answered<DiffResponse>(done => client.diff(request, done));
        expect(response.getChanges()).toBe(changes);
    });
});
