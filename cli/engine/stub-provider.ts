import type { AddressInfo } from "node:net";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct, Value } from "google-protobuf/google/protobuf/struct_pb";

/** A stand-in for the AWS provider that runs in this process. */
export interface StubProvider {
    /** Loopback port. The engine attaches when PULUMI_DEBUG_PROVIDERS is `aws:<port>`. */
    readonly port: number;
    close(): void;
}

const ACCOUNT = "123456789012";
const REGION = "eu-west-1";

/** How a value that a cloud tells only after creation looks on the wire. Source: sdk/nodejs/runtime/rpc.ts, `unknownValue`. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The input that the real provider fills with a generated name where a program gives none. */
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
    "aws:s3/bucket:Bucket": "bucket",
    "aws:s3/bucketV2:BucketV2": "bucket",
    "aws:ec2/securityGroup:SecurityGroup": "name",
    "aws:iam/group:Group": "name",
    "aws:iam/policy:Policy": "name",
    "aws:iam/role:Role": "name",
    "aws:iam/user:User": "name",
    "aws:rds/instance:Instance": "identifier",
    "aws:rds/cluster:Cluster": "clusterIdentifier",
};

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
        new proto.ConfigureResponse()
            .setAcceptsecrets(true)
            .setSupportspreview(true)
            .setAcceptresources(true)
            .setAcceptoutputs(true),
    ),
    check: answer((request: proto.CheckRequest) => {
        const inputs = request.getNews() ?? new Struct();
        const nameProperty = NAME_PROPERTIES[typeOf(request.getUrn())];
        if (nameProperty !== undefined && !inputs.getFieldsMap().has(nameProperty)) {
            inputs.getFieldsMap().set(nameProperty, Value.fromJavaScript(`${nameOf(request.getUrn())}-1a2b3c4`));
        }
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
        return new proto.InvokeResponse().setReturn(Struct.fromJavaScript(invoke(request.getTok(), args)));
    }),
};

/** One gRPC method from a plain function. */
function answer<Request, Response>(reply: (request: Request) => Response) {
    return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void =>
        callback(null, reply(call.request));
}

function outputsOf(urn: string, inputs: Struct | undefined, isPreview: boolean): Struct {
    const outputs = inputs ?? new Struct();
    const [service = "aws"] = typeOf(urn).replace("aws:", "").split("/");
    const arn = isPreview ? UNKNOWN : `arn:aws:${service}:${REGION}:${ACCOUNT}:${nameOf(urn)}`;
    if (!outputs.getFieldsMap().has("arn")) outputs.getFieldsMap().set("arn", Value.fromJavaScript(arn));
    return outputs;
}

/** What the data sources that programs use most would answer; the arguments themselves for any other. */
function invoke(token: string, args: Record<string, JavaScriptValue>): Record<string, JavaScriptValue> {
    switch (token.split(":").at(-1)) {
        case "getCallerIdentity":
            return { id: ACCOUNT, accountId: ACCOUNT, userId: "AIDA", arn: `arn:aws:iam::${ACCOUNT}:user/somebody` };
        case "getRegion":
            return { id: REGION, name: REGION, region: REGION, description: "Europe (Ireland)" };
        case "getPartition":
            return { id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
        case "getAvailabilityZones":
            return { id: REGION, names: ["a", "b", "c"].map(zone => REGION + zone), zoneIds: [] };
        case "getPolicyDocument":
            return { ...args, id: "policy-document", json: policyDocument(args) };
        default:
            return { id: "stub", ...args };
    }
}

interface StatementArgs {
    sid?: string;
    effect?: string;
    actions?: string[];
    notActions?: string[];
    resources?: string[];
    notResources?: string[];
    principals?: { type: string; identifiers: string[] }[];
    conditions?: { test: string; variable: string; values: string[] }[];
}

/** The JSON that `aws.iam.getPolicyDocument` renders. */
function policyDocument({ statements }: { statements?: JavaScriptValue }): string {
    const Statement = ((statements ?? []) as StatementArgs[]).map(statement => ({
        Sid: statement.sid,
        Effect: statement.effect ?? "Allow",
        Action: statement.actions,
        NotAction: statement.notActions,
        Resource: statement.resources,
        NotResource: statement.notResources,
        Principal: principalOf(statement.principals),
        Condition: conditionOf(statement.conditions),
    }));
    return JSON.stringify({ Version: "2012-10-17", Statement });
}

function principalOf(principals: StatementArgs["principals"]): Record<string, string[]> | "*" | undefined {
    if (principals?.some(({ type }) => type === "*")) return "*";
    return principals && Object.fromEntries(principals.map(({ type, identifiers }) => [type, identifiers]));
}

function conditionOf(conditions: StatementArgs["conditions"]): Record<string, Record<string, string[]>> | undefined {
    if (conditions === undefined) return undefined;
    const byTest: Record<string, Record<string, string[]>> = {};
    for (const { test, variable, values } of conditions) byTest[test] = { ...byTest[test], [variable]: values };
    return byTest;
}

/** A URN is `urn:pulumi:<stack>::<project>::<parent types$type>::<name>`. */
function typeOf(urn: string): string {
    return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function nameOf(urn: string): string {
    return urn.split("::").slice(3).join("::");
}
