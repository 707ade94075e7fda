import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { CallbacksService } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { Callback, type CallbackInvokeRequest, CallbackInvokeResponse } from "@pulumi/pulumi/proto/callback_pb";
import {
    RegisterResourceRequest,
    TransformRequest,
    TransformResourceOptions,
    TransformResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { Transforms } from "../../cli/engine/transforms";

/** What the program's transforms answer to what they are asked, by their tokens. */
const ANSWERS: Readonly<Record<string, (asked: TransformRequest) => TransformResponse>> = {
    nothing: () => new TransformResponse(),
    properties: () => new TransformResponse().setProperties(Struct.fromJavaScript({ size: 2 })),
    options: asked =>
        new TransformResponse().setOptions(
            new TransformResourceOptions()
                .setProtect(true)
                .setIgnoreChangesList([...(asked.getOptions()?.getIgnoreChangesList() ?? []), "tags"])
                .setDependsOnList([...(asked.getOptions()?.getDependsOnList() ?? []), "urn:b"])
                .setProvider("urn:other"),
        ),
    none: () => new TransformResponse().setOptions(new TransformResourceOptions()),
};

let target: string;
const program = new Server();
beforeAll(async () => {
    const invoke = (
        call: ServerUnaryCall<CallbackInvokeRequest, CallbackInvokeResponse>,
        done: sendUnaryData<CallbackInvokeResponse>,
    ) => {
        const answer = ANSWERS[call.request.getToken()]?.(
            TransformRequest.deserializeBinary(call.request.getRequest_asU8()),
        );
        done(null, new CallbackInvokeResponse().setResponse(answer?.serializeBinary() ?? ""));
    };
    program.addService(CallbacksService as never, { invoke });
    target = await new Promise((resolve, reject) => {
        program.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
            error === null ? resolve(`127.0.0.1:${port}`) : reject(error),
        );
    });
});
afterAll(() => program.forceShutdown());

async function after(...tokens: string[]) {
    const request = new RegisterResourceRequest()
        .setType("aws:s3/bucket:Bucket")
        .setName("data")
        .setObject(Struct.fromJavaScript({ size: 1 }))
        .setProtect(false)
        .setIgnorechangesList(["acl"])
        .setDependenciesList(["urn:a"])
        .setProvider("urn:own")
        .setTransformsList(tokens.map(token => new Callback().setTarget(target).setToken(token)));
    const transforms = new Transforms();
    await transforms.apply(request);
    transforms.close();
    return [
        request.getObject()?.toJavaScript(),
        request.getProtect(),
        request.getIgnorechangesList(),
        request.getDependenciesList(),
        request.getProvider(),
    ];
}

test.each([
    [["nothing"], [{ size: 1 }, false, ["acl"], ["urn:a"], "urn:own"]],
    [["properties"], [{ size: 2 }, false, ["acl"], ["urn:a"], "urn:own"]],
    [["options"], [{ size: 1 }, true, ["acl", "tags"], ["urn:a", "urn:b"], "urn:other"]],
    [["none"], [{ size: 1 }, false, [], [], ""]],
    [
        ["none", "options"],
        [{ size: 1 }, true, ["tags"], ["urn:b"], "urn:other"],
    ],
    [
        ["options", "none"],
        [{ size: 1 }, false, [], [], ""],
    ],
])("a resource is as the transforms that answer with %p have it", async (tokens, expected) =>
    expect(await after(...tokens)).toEqual(expected),
);
