import type { AddressInfo } from "node:net";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct, Value } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN } from "../../policies/kit/wire";
import { DATA_SOURCES, PLACEHOLDER_ACCOUNT } from "./data-sources";
import { completeName, giveName } from "./generated-names";
import { identityOf } from "./identities";
import { nameOf, typeOf } from "./urn";

/** A stand-in for the AWS provider that runs in this process. */
export interface StubProvider {
    /** Loopback port. The engine attaches when PULUMI_DEBUG_PROVIDERS is `aws:<port>`. */
    readonly port: number;
    close(): void;
}

const REGION = "eu-west-1";

/**
 * Serves a provider that accepts every resource and creates nothing, so that the real engine runs real AWS programs
 * without an account. Outputs are the inputs with `arn`; both `arn` and the id are unknown in a preview.
 */
export async function startStubProvider(): Promise<StubProvider> {
    const server = new Server();
    server.addService(ResourceProviderService as never, HANDLERS);
    const port = await new Promise<AddressInfo["port"]>((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
            error === null ? resolve(bound) : reject(error),
        );
    });
    return { port, close: () => server.forceShutdown() };
}

const HANDLERS = {
    // Newer than any the programs ask for.
    getPluginInfo: answer(() => new PluginInfo().setVersion("999.0.0")),
    attach: answer(() => new Empty()),
    cancel: answer(() => new Empty()),
    checkConfig: answer((request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews())),
    diffConfig: answer(() => new proto.DiffResponse().setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE)),
    configure: answer(() =>
        new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true).setAcceptresources(true),
    ),
    check: answer((request: proto.CheckRequest) => {
        const inputs = request.getNews() ?? new Struct();
        giveName(request.getUrn(), inputs);
        return new proto.CheckResponse().setInputs(inputs);
    }),
    diff: answer((request: proto.DiffRequest) => {
        const [before, after] = [request.getOldInputs(), request.getNews()].map(part =>
            JSON.stringify(part?.toArray()),
        );
        const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
        return new proto.DiffResponse().setChanges(before === after ? DIFF_NONE : DIFF_SOME);
    }),
    create: answer((request: proto.CreateRequest) => {
        const id = `${nameOf(request.getUrn())}-id`;
        const outputs = outputsOf(request.getUrn(), request.getProperties(), request.getPreview());
        return new proto.CreateResponse().setId(request.getPreview() ? "" : id).setProperties(outputs);
    }),
    update: answer((request: proto.UpdateRequest) =>
        new proto.UpdateResponse().setProperties(outputsOf(request.getUrn(), request.getNews(), request.getPreview())),
    ),
    delete: answer(() => new Empty()),
    read: answer((request: proto.ReadRequest) =>
        new proto.ReadResponse()
            .setId(request.getId())
            .setProperties(request.getProperties())
            .setInputs(request.getInputs()),
    ),
    invoke: answer((request: proto.InvokeRequest) => {
        const args = request.getArgs()?.toJavaScript() ?? {};
        // Any other answers with what it was asked.
        const dataSource = DATA_SOURCES[request.getTok()] ?? (() => ({ id: "stub", ...args }));
        const answer = dataSource(args, REGION) as Record<string, JavaScriptValue>;
        return new proto.InvokeResponse().setReturn(Struct.fromJavaScript(answer));
    }),
};

/** One gRPC method from a plain function. */
function answer<Request, Response>(reply: (request: Request) => Response) {
    return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void =>
        callback(null, reply(call.request));
}

function outputsOf(urn: string, inputs: Struct | undefined, isPreview: boolean): Struct {
    const outputs = inputs ?? new Struct();
    const fields = outputs.getFieldsMap();
    const arn = isPreview ? UNKNOWN : arnOf(urn, outputs);
    if (!fields.has("arn")) fields.set("arn", Value.fromJavaScript(arn));
    return outputs;
}

/** An ARN of the shape that AWS gives the resource where that is known, else of the general shape. */
function arnOf(urn: string, outputs: Struct): string {
    const name = completeName(urn, outputs);
    const [service = "aws"] = typeOf(urn).replace("aws:", "").split(/[/:]/);
    return identityOf(urn, outputs, REGION)?.arn ?? `arn:aws:${service}:${REGION}:${PLACEHOLDER_ACCOUNT}:${name}`;
}
