import type { ServiceError } from "@grpc/grpc-js";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
    CallRequest,
    type CallResponse,
    ConstructRequest,
    type ConstructResponse,
    InvokeRequest,
    type InvokeResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import type {
    RegisterPackageRequest,
    RegisterResourceRequest,
    ResourceCallRequest,
    ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { PluginError, type PluginName, Plugins } from "./plugins";

/** The run of a program, as plugins of providers are told of it. */
export interface Deployment {
    readonly project: string;
    readonly stack: string;
    readonly organization: string;
    /** By full key, as the program has it. */
    readonly settings: Readonly<Record<string, string>>;
    readonly secretKeys: readonly string[];
}

/**
 * What plugins of providers do for a program: the components that they make, with their methods, and answers of functions. A
 * plugin is run as in a preview, and makes a component's resources at the same monitor as the program.
 *
 * Source: pulumi/pulumi 3.259, pkg/resource/plugin/provider_plugin.go (Construct, Call).
 */
export class Providers {
    private readonly plugins: Plugins;
    /** What packages are called by that a program has registered; undefined for those made from parameters. */
    private readonly packages = new Map<string, PluginName | undefined>();

    constructor(
        private readonly deployment: Deployment,
        /** Address of monitor and engine. */
        private readonly address: () => string,
    ) {
        this.plugins = new Plugins(deployment.settings);
    }

    /** Remembers a package, and gives what requests call it by. */
    register(request: RegisterPackageRequest): string {
        const reference = `package-${this.packages.size}`;
        const isPlain = request.getParameterization() === undefined;
        const plugin = { name: request.getName(), version: request.getVersion() };
        this.packages.set(reference, isPlain ? plugin : undefined);
        return reference;
    }

    /** Makes a component with all its resources. Rejects with {@link PluginError}. */
    async construct(request: RegisterResourceRequest): Promise<ConstructResponse> {
        const construct = this.within(new ConstructRequest())
            .setType(request.getType())
            .setName(request.getName())
            .setParent(request.getParent())
            .setInputs(request.getObject())
            .setDependenciesList(request.getDependenciesList())
            .setAliasesList(request.getAliasesList())
            .setIgnorechangesList(request.getIgnorechangesList())
            .setReplaceonchangesList(request.getReplaceonchangesList())
            .setDeletedwith(request.getDeletedwith());
        if (request.hasProtect()) construct.setProtect(request.getProtect() ?? false);
        for (const [name, reference] of request.getProvidersMap().entries()) {
            construct.getProvidersMap().set(name, reference);
        }
        for (const [property, urns] of request.getPropertydependenciesMap().entries()) {
            const dependencies = new ConstructRequest.PropertyDependencies().setUrnsList(urns.getUrnsList());
            construct.getInputdependenciesMap().set(property, dependencies);
        }
        const provider = await this.providerOf(request.getType(), request);
        return asked(done => provider.construct(construct, done));
    }

    /** Calls a component's method. Rejects with {@link PluginError}. */
    async call(request: ResourceCallRequest): Promise<CallResponse> {
        const call = this.within(new CallRequest()).setTok(request.getTok()).setArgs(request.getArgs());
        for (const [argument, urns] of request.getArgdependenciesMap().entries()) {
            const dependencies = new CallRequest.ArgumentDependencies().setUrnsList(urns.getUrnsList());
            call.getArgdependenciesMap().set(argument, dependencies);
        }
        const provider = await this.providerOf(request.getTok(), request);
        return asked(done => provider.call(call, done));
    }

    /** Asks a function of a provider, with the credentials that the plugin finds. Rejects with {@link PluginError}. */
    async invoke(request: ResourceInvokeRequest): Promise<Struct> {
        const provider = await this.providerOf(request.getTok(), request);
        const invoke = new InvokeRequest().setTok(request.getTok()).setArgs(request.getArgs());
        const response = await asked<InvokeResponse>(done => provider.invoke(invoke, done));
        const [failure] = response.getFailuresList();
        if (failure !== undefined) throw new PluginError(`that plugin refused: ${failure.getReason()}`);
        return response.getReturn() ?? new Struct();
    }

    stop(): void {
        this.plugins.stop();
    }

    private within<Request extends ConstructRequest | CallRequest>(request: Request): Request {
        const { project, stack, organization, settings, secretKeys } = this.deployment;
        request.setProject(project);
        request.setStack(stack);
        request.setOrganization(organization);
        request.setDryrun(true);
        request.setParallel(16);
        request.setMonitorendpoint(this.address());
        request.setConfigsecretkeysList([...secretKeys]);
        for (const [key, value] of Object.entries(settings)) request.getConfigMap().set(key, value);
        return request;
    }

    /** The provider that a request is about: its package's, which type tokens begin with. Rejects with {@link PluginError}. */
    private async providerOf(token: string, request: Asking): Promise<ResourceProviderClient> {
        const reference = request.getPackageref();
        const named = { name: token.split(":", 1)[0] ?? "", version: request.getVersion() };
        const plugin = this.packages.has(reference) ? this.packages.get(reference) : named;
        if (plugin === undefined)
            throw new PluginError("its package is made from parameters, which only the engine does");
        return this.plugins.provider(plugin, this.address());
    }
}

/** A request that says its package, by what it was registered as or by a version. */
interface Asking {
    getPackageref(): string;
    getVersion(): string;
}

function asked<Response>(
    ask: (done: (error: ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
    return new Promise((resolve, reject) => {
        ask((error, response) => {
            if (error === null) resolve(response);
            else reject(new PluginError(`that plugin failed: ${error.details || error.message}`));
        });
    });
}
