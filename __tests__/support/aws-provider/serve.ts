import type { AddressInfo } from "node:net";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { DATA_SOURCES } from "../../../cli/engine/data-sources";
import { type Generation, REGION } from "./facts";
import { type Created, check, create, InputError, type Properties, plan, refresh, update } from "./provider";

/** A stand-in for the AWS provider that runs in this process. */
export interface ServedProvider {
    /** Loopback port. The engine attaches when PULUMI_DEBUG_PROVIDERS is `aws:<port>`. */
    readonly port: number;
    close(): void;
}

/**
 * Serves a provider that answers as a real one of this generation does, and remembers what it created, so that a refresh
 * reads it with all that its companions add.
 */
export async function serveAwsProvider(generation: Generation): Promise<ServedProvider> {
    const server = new Server();
    server.addService(ResourceProviderService as never, handlers(generation));
    const port = await new Promise<AddressInfo["port"]>((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
            error === null ? resolve(bound) : reject(error),
        );
    });
    return { port, close: () => server.forceShutdown() };
}

function handlers(generation: Generation) {
    /** By URN. */
    const account = new Map<string, Created>();
    /** Of the last provider that was configured: requests about resources do not name theirs. */
    let defaultTags: Record<string, string> | undefined;
    const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
    return {
        // Newer than any the programs ask for.
        getPluginInfo: answer(() => new PluginInfo().setVersion("999.0.0")),
        attach: answer(() => new Empty()),
        cancel: answer(() => new Empty()),
        checkConfig: answer((request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews())),
        diffConfig: answer(() => new proto.DiffResponse().setChanges(DIFF_NONE)),
        // Secrets come plain and references as ids, as to the real one: it accepts neither.
        configure: answer((request: proto.ConfigureRequest) => {
            defaultTags = defaultTagsIn(plain(request.getArgs()));
            return new proto.ConfigureResponse().setSupportspreview(true);
        }),
        check: answer((request: proto.CheckRequest) => {
            const configuration = { generation, ...(defaultTags === undefined ? {} : { defaultTags }) };
            try {
                const inputs = check(subjectOf(request.getUrn()), plain(request.getNews()), configuration);
                return new proto.CheckResponse().setInputs(struct(inputs));
            } catch (error) {
                if (!(error instanceof InputError)) throw error;
                return new proto.CheckResponse().setFailuresList([new proto.CheckFailure().setReason(error.message)]);
            }
        }),
        diff: answer((request: proto.DiffRequest) => {
            const [before, after] = [request.getOldInputs(), request.getNews()].map(part =>
                JSON.stringify(plain(part)),
            );
            return new proto.DiffResponse().setChanges(before === after ? DIFF_NONE : DIFF_SOME);
        }),
        create: answer((request: proto.CreateRequest) => {
            const subject = subjectOf(request.getUrn());
            const inputs = plain(request.getProperties());
            if (request.getPreview()) {
                return new proto.CreateResponse().setProperties(struct(plan(subject.type, inputs, generation)));
            }
            const created = create(subject, inputs, generation);
            account.set(request.getUrn(), created);
            return new proto.CreateResponse().setId(created.id).setProperties(struct(created.outputs));
        }),
        update: answer((request: proto.UpdateRequest) => {
            const subject = subjectOf(request.getUrn());
            const before = { type: subject.type, id: request.getId(), outputs: plain(request.getOlds()) };
            const updated = update(subject, before, plain(request.getNews()), generation);
            if (!request.getPreview()) account.set(request.getUrn(), updated);
            return new proto.UpdateResponse().setProperties(struct(updated.outputs));
        }),
        delete: answer((request: proto.DeleteRequest) => {
            account.delete(request.getUrn());
            return new Empty();
        }),
        read: answer((request: proto.ReadRequest) => {
            const urns = [...account.keys()];
            const read = refresh([...account.values()])[urns.indexOf(request.getUrn())];
            const elsewhere = ELSEWHERE.get(request.getId());
            if (elsewhere !== undefined) {
                return new proto.ReadResponse()
                    .setId(request.getId())
                    .setProperties(struct(elsewhere))
                    .setInputs(struct(check(subjectOf(request.getUrn()), elsewhere, { generation })));
            }
            // What else was created elsewhere is as the program says.
            const outputs = read === undefined ? request.getProperties() : struct(read.outputs);
            return new proto.ReadResponse()
                .setId(request.getId())
                .setProperties(outputs)
                .setInputs(request.getInputs());
        }),
        invoke: answer((request: proto.InvokeRequest) => {
            const args = plain(request.getArgs());
            // Any other answers with what it was asked.
            const dataSource =
                DATA_SOURCES[request.getTok()] ?? (() => ({ id: "stub", ...args, ...ANSWERS.get(request.getTok()) }));
            return new proto.InvokeResponse().setReturn(struct(dataSource(args, REGION)));
        }),
    };
}

/** Databases that a program may import, by id. */
const ELSEWHERE: ReadonlyMap<string, Properties> = new Map([
    [
        "elsewhere-db",
        {
            identifier: "elsewhere-db",
            instanceClass: "db.t4g.small",
            engine: "postgres",
            allocatedStorage: 20,
            skipFinalSnapshot: true,
        },
    ],
]);

/** What functions answer that only an account knows. */
const ANSWERS: ReadonlyMap<string, Properties> = new Map<string, Properties>([
    ["aws:ssm/getParameter:getParameter", { value: "0.0.0.0/0,10.0.0.0/8" }],
    ["aws:ec2/getSubnets:getSubnets", { ids: ["subnet-1", "subnet-2"] }],
]);

/** One gRPC method from a plain function; what it throws is the answer. */
function answer<Request, Response>(reply: (request: Request) => Response) {
    return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
        try {
            callback(null, reply(call.request));
        } catch (error) {
            callback({ code: status.INTERNAL, details: error instanceof Error ? error.message : String(error) });
        }
    };
}

/** Default tags in a provider's configuration, where a text holds each value that is no text itself. */
function defaultTagsIn({ defaultTags }: Properties): Record<string, string> | undefined {
    const given: unknown = typeof defaultTags === "string" ? JSON.parse(defaultTags) : defaultTags;
    return typeof given === "object" && given !== null ? Reflect.get(given, "tags") : undefined;
}

/** A URN is `urn:pulumi:<stack>::<project>::<parent types$type>::<name>`. */
function subjectOf(urn: string): { readonly type: string; readonly name: string } {
    const [, , types = "", ...name] = urn.split("::");
    return { type: types.split("$").at(-1) ?? "", name: name.join("::") };
}

function plain(properties: Struct | undefined): Properties {
    return properties?.toJavaScript() ?? {};
}

function struct(properties: Readonly<Properties>): Struct {
    return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}
