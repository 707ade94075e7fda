import { credentials } from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { type Callback, CallbackInvokeRequest, type CallbackInvokeResponse } from "@pulumi/pulumi/proto/callback_pb";
import {
    type RegisterResourceRequest,
    type ResourceInvokeRequest,
    TransformInvokeOptions,
    TransformInvokeRequest,
    TransformInvokeResponse,
    TransformRequest,
    TransformResourceOptions,
    TransformResponse,
} from "@pulumi/pulumi/proto/resource_pb";

/**
 * The transforms that a program registers, for single resources with their children, for the whole stack and for the calls of
 * providers' functions. They run in the
 * program's process, which is called back for each resource.
 *
 * Source: pulumi/pulumi, pkg/resource/deploy/source_eval.go (RegisterResource: those of the resource first, then its
 * parents', then the stack's).
 */
export class Transforms {
    private readonly ofStack: Callback[] = [];
    private readonly ofInvokes: Callback[] = [];
    private readonly byUrn = new Map<string, { readonly parent: string; readonly own: readonly Callback[] }>();
    /** Of components that a plugin makes, which registers them later by the same parent, type and name. */
    private readonly pending = new Map<string, readonly Callback[]>();
    private readonly clients = new Map<string, CallbacksClient>();

    addToStack(transform: Callback): void {
        this.ofStack.push(transform);
    }

    addToInvokes(transform: Callback): void {
        this.ofInvokes.push(transform);
    }

    /** Remembers a resource's own transforms, which hold for its children too. */
    remember(urn: string, request: RegisterResourceRequest): void {
        this.byUrn.set(urn, { parent: request.getParent(), own: request.getTransformsList() });
    }

    /** Changes a request as the program's transforms want it. Rejects with the program's error where one fails. */
    async apply(request: RegisterResourceRequest): Promise<void> {
        const key = [request.getParent(), request.getType(), request.getName()].join("::");
        const pending = this.pending.get(key);
        if (pending !== undefined) request.setTransformsList([...pending]);
        this.pending.delete(key);
        if (request.getRemote()) this.pending.set(key, request.getTransformsList());
        const inherited: Callback[] = [];
        for (
            let above = this.byUrn.get(request.getParent());
            above !== undefined;
            above = this.byUrn.get(above.parent)
        ) {
            inherited.push(...above.own);
        }
        for (const transform of [...request.getTransformsList(), ...inherited, ...this.ofStack]) {
            await this.call(transform, request);
        }
    }

    /** Changes the arguments of a function's call in the same way. */
    async applyToInvoke(invoke: ResourceInvokeRequest): Promise<void> {
        for (const transform of this.ofInvokes) {
            const request = new TransformInvokeRequest()
                .setToken(invoke.getTok())
                .setArgs(invoke.getArgs())
                .setOptions(new TransformInvokeOptions());
            const response = TransformInvokeResponse.deserializeBinary(await this.ask(transform, request));
            const args = response.getArgs();
            if (args !== undefined) invoke.setArgs(args);
        }
    }

    close(): void {
        for (const client of this.clients.values()) client.close();
    }

    private async call(transform: Callback, resource: RegisterResourceRequest): Promise<void> {
        const options = new TransformResourceOptions()
            .setProtect(resource.getProtect() ?? false)
            .setIgnoreChangesList(resource.getIgnorechangesList())
            .setDependsOnList(resource.getDependenciesList())
            .setProvider(resource.getProvider());
        const request = new TransformRequest()
            .setType(resource.getType())
            .setName(resource.getName())
            .setCustom(resource.getCustom())
            .setParent(resource.getParent())
            .setProperties(resource.getObject())
            .setOptions(options);
        const response = TransformResponse.deserializeBinary(await this.ask(transform, request));
        const [properties, changed] = [response.getProperties(), response.getOptions()];
        if (properties !== undefined) resource.setObject(properties);
        if (changed === undefined) return;
        resource.setProtect(changed.getProtect() ?? false);
        resource.setIgnorechangesList(changed.getIgnoreChangesList());
        resource.setDependenciesList(changed.getDependsOnList());
        resource.setProvider(changed.getProvider());
    }

    /** Calls the program back and gives the answer's bytes. */
    private async ask(transform: Callback, request: { serializeBinary(): Uint8Array }): Promise<Uint8Array> {
        const message = new CallbackInvokeRequest()
            .setToken(transform.getToken())
            .setRequest(request.serializeBinary());
        const client = this.clientOf(transform.getTarget());
        const answer = await new Promise<CallbackInvokeResponse>((resolve, reject) => {
            client.invoke(message, (error, response) => (error === null ? resolve(response) : reject(error)));
        });
        return answer.getResponse_asU8();
    }

    private clientOf(target: string): CallbacksClient {
        const client = this.clients.get(target) ?? new CallbacksClient(target, credentials.createInsecure());
        this.clients.set(target, client);
        return client;
    }
}
