import { Server, ServerCredentials, type ServiceError, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import {
    GetRootResourceResponse,
    type LogRequest,
    LogSeverity,
    RequirePulumiVersionResponse,
    type SetRootResourceRequest,
    SetRootResourceResponse,
} from "@pulumi/pulumi/proto/engine_pb";
import { CallResponse, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
    type ReadResourceRequest,
    ReadResourceResponse,
    type RegisterPackageRequest,
    RegisterPackageResponse,
    type RegisterResourceRequest,
    RegisterResourceResponse,
    type ResourceCallRequest,
    type ResourceInvokeRequest,
    type SupportsFeatureRequest,
    SupportsFeatureResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct, Value } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN } from "../../policies/kit/wire";
import { type Answers, STACK_REFERENCE } from "./answers";
import { DATA_SOURCES } from "./data-sources";
import { completeName, giveName } from "./generated-names";
import { type Identity, identityOf } from "./identities";
import { withOldValues, withoutValues } from "./ignored-changes";
import { withUnknowns } from "./placeholders";
import { PluginError } from "./plugins";
import { MESSAGE_LIMITS } from "./port";
import { type Deployment, Providers } from "./providers";
import type { NotJudged, Resource } from "./resources";
import { placeholderAnswer } from "./result-types";
import { parseSourcePosition, type SourcePosition } from "./source-position";
import { Transforms } from "./transforms";

/** What the SDK may do towards this monitor. Without `outputValues` unknown values come as plain marks. */
const FEATURES = new Set([
    "secrets",
    "aliasSpecs",
    "deletedWith",
    "replaceWith",
    "transforms",
    "invokeTransforms",
    "parameterization",
    "resourceHooks",
    "errorHooks",
]);

const ROOT_TYPE = "pulumi:pulumi:Stack";

type Fields = Readonly<Record<string, JavaScriptValue>>;

type Unary<Request> = (
    call: { request: Request },
    done: (error: Partial<ServiceError> | null, response?: unknown) => void,
) => void;

/**
 * The part of the engine that a program talks to: it takes down what the program registers and answers as a preview of a
 * new stack does, since nothing is created and no provider is asked: outputs are unknown, but for names, and for ids and ARNs
 * of the types whose form is known, which are stand-ins. Components are made by the plugin of their provider where it is
 * installed.
 */
export class Monitor {
    /** Registered so far, in the order of registration. */
    readonly resources: Resource[] = [];
    /** What could not be answered, and so makes parts of the program unseen. */
    readonly notJudged: NotJudged[] = [];
    /** Errors that the program logged. */
    readonly errors: string[] = [];

    /** For the program. */
    private readonly server = new Server(MESSAGE_LIMITS);
    /** For plugins that make components: where they make a resource is no place in the program. */
    private readonly pluginServer = new Server(MESSAGE_LIMITS);
    private readonly transforms = new Transforms();
    /** Of explicit providers, by URN. */
    private readonly regions = new Map<string, string>();
    /** URNs of resources that may have had others, by an alias of their own or of a parent. */
    private readonly renamed = new Set<string>();
    private root = "";

    private readonly providers: Providers;
    private pluginAddress = "";
    /** Region for functions that ask for it, such as `eu-west-1`. */
    private readonly region: string;

    constructor(
        private readonly deployment: Deployment,
        /** Absolute path of the project, which the positions of resources are told from. */
        private readonly folder: string,
        private readonly answers?: Answers,
        /** Inputs of the stack's resources as of its last update, by URN. */
        private readonly deployed?: ReadonlyMap<string, Struct>,
    ) {
        this.region = deployment.settings["aws:region"] ?? "us-east-1";
        this.providers = new Providers(deployment, () => this.pluginAddress);
        this.server.addService(
            ResourceMonitorService,
            this.monitorService(request => this.positionOf(request)),
        );
        this.pluginServer.addService(
            ResourceMonitorService,
            this.monitorService(() => undefined),
        );
        for (const server of [this.server, this.pluginServer]) server.addService(EngineService, this.engineService());
    }

    /** Listens on free ports of the loopback interface and gives the address for the program. */
    async listen(): Promise<string> {
        this.pluginAddress = await bound(this.pluginServer);
        return bound(this.server);
    }

    close(): void {
        this.transforms.close();
        this.providers.stop();
        for (const server of [this.server, this.pluginServer]) server.forceShutdown();
    }

    private monitorService(
        positionOf: (request: RegisterResourceRequest | ReadResourceRequest) => SourcePosition | undefined,
    ): UntypedServiceImplementation {
        const registerResource: Unary<RegisterResourceRequest> = ({ request }, done) => {
            this.transforms.apply(request).then(
                async () => {
                    const source = positionOf(request);
                    done(
                        null,
                        request.getRemote() ? await this.construct(request, source) : this.register(request, source),
                    );
                },
                (error: ServiceError) => done({ code: status.INVALID_ARGUMENT, details: error.details }),
            );
        };
        const readResource: Unary<ReadResourceRequest> = ({ request }, done) => {
            const inputs = request.getProperties() ?? new Struct();
            const response = new ReadResourceResponse();
            const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
            const outputs = inputs.clone();
            if (type === STACK_REFERENCE) {
                outputs.getFieldsMap().set("outputs", Value.fromJavaScript(this.outputsOf(inputs)));
            }
            const urn = this.urnOf(type, name, parent);
            this.resources.push({
                urn,
                type,
                name,
                parent,
                provider: providerUrn(request.getProvider()),
                inputs,
                outputs,
                protect: false,
                ignoreChanges: [],
                dependencies: request.getDependenciesList(),
                propertyDependencies: {},
                isRead: true,
                source: positionOf(request),
            });
            response.setUrn(urn);
            response.setProperties(outputs);
            done(null, response);
        };
        const answer = async (request: ResourceInvokeRequest): Promise<InvokeResponse> => {
            await this.transforms.applyToInvoke(request);
            const token = request.getTok();
            const args = request.getArgs()?.toJavaScript() ?? {};
            const recorded = this.answers?.find(this.deployment.stack, token, args);
            const computed = DATA_SOURCES[token]?.(args, this.region) as Fields | undefined;
            const known = recorded ?? computed ?? (await this.recorded(request, token, args));
            if (known !== undefined) return new InvokeResponse().setReturn(Struct.fromJavaScript(known));
            const placeholders = placeholderAnswer(token, args, this.folder);
            return new InvokeResponse().setReturn(Struct.fromJavaScript(placeholders));
        };
        const invoke: Unary<ResourceInvokeRequest> = ({ request }, done) => {
            answer(request).then(
                response => done(null, response),
                (error: Error) =>
                    done({ code: status.INVALID_ARGUMENT, details: `${request.getTok()}: ${error.message}` }),
            );
        };
        const call: Unary<ResourceCallRequest> = ({ request }, done) => {
            this.providers.call(request).then(
                response => done(null, response),
                (error: Error) => {
                    const reason = `Only the plugin of the component's provider answers this method, and ${error.message}; it was taken as empty.`;
                    this.notJudged.push({ subject: request.getTok(), reason });
                    done(null, new CallResponse().setReturn(new Struct()));
                },
            );
        };
        const supportsFeature: Unary<SupportsFeatureRequest> = ({ request }, done) => {
            const response = new SupportsFeatureResponse();
            response.setHassupport(FEATURES.has(request.getId()));
            done(null, response);
        };
        const accept: Unary<unknown> = (_call, done) => done(null, new Empty());
        const refuse: Unary<unknown> = (_call, done) =>
            done({ code: status.UNIMPLEMENTED, details: "not part of a preview without an engine" });
        const registerPackage: Unary<RegisterPackageRequest> = ({ request }, done) =>
            done(null, new RegisterPackageResponse().setRef(this.providers.register(request)));
        const registerStackTransform: Unary<Callback> = ({ request }, done) => {
            this.transforms.addToStack(request);
            done(null, new Empty());
        };
        const registerStackInvokeTransform: Unary<Callback> = ({ request }, done) => {
            this.transforms.addToInvokes(request);
            done(null, new Empty());
        };
        return {
            registerResource,
            readResource,
            invoke,
            call,
            supportsFeature,
            registerPackage,
            registerResourceOutputs: accept,
            registerStackTransform,
            registerStackInvokeTransform,
            registerResourceHook: accept,
            registerErrorHook: accept,
            signalAndWaitForShutdown: accept,
            getDeploymentInfo: refuse,
        } as unknown as UntypedServiceImplementation;
    }

    private engineService(): UntypedServiceImplementation {
        const log: Unary<LogRequest> = ({ request }, done) => {
            if (request.getSeverity() === LogSeverity.ERROR) this.errors.push(request.getMessage());
            done(null, new Empty());
        };
        const getRootResource: Unary<unknown> = (_call, done) => {
            const response = new GetRootResourceResponse();
            response.setUrn(this.root);
            done(null, response);
        };
        const setRootResource: Unary<SetRootResourceRequest> = ({ request }, done) => {
            this.root = request.getUrn();
            done(null, new SetRootResourceResponse());
        };
        return {
            log,
            getRootResource,
            setRootResource,
            startDebugging: (_call: unknown, done: (error: null, response: Empty) => void) => done(null, new Empty()),
            requirePulumiVersion: (_call: unknown, done: (error: null, response: unknown) => void) =>
                done(null, new RequirePulumiVersionResponse()),
        } as unknown as UntypedServiceImplementation;
    }

    /** Has a component made by the plugin of its provider; where that cannot be, it is known by its name alone. */
    private async construct(
        request: RegisterResourceRequest,
        source: SourcePosition | undefined,
    ): Promise<RegisterResourceResponse> {
        const urn = this.urnOf(request.getType(), request.getName(), request.getParent());
        try {
            const made = await this.providers.construct(request);
            const response = new RegisterResourceResponse().setUrn(made.getUrn()).setObject(made.getState());
            for (const [property, urns] of made.getStatedependenciesMap().entries()) {
                const dependencies = new RegisterResourceResponse.PropertyDependencies().setUrnsList(
                    urns.getUrnsList(),
                );
                response.getPropertydependenciesMap().set(property, dependencies);
            }
            return response;
        } catch (error) {
            const reason = `The component makes its resources in a plugin of its provider, and ${(error as Error).message}. They are judged by \`pulumi preview --policy-pack\`, or by --state with an export.`;
            this.notJudged.push({ subject: urn, reason });
            const isRegistered = this.resources.some(resource => resource.urn === urn);
            if (!isRegistered) return this.register(request, source);
            return new RegisterResourceResponse().setUrn(urn).setObject(request.getObject());
        } finally {
            const index = this.resources.findIndex(resource => resource.urn === urn);
            const component = this.resources[index];
            if (component !== undefined) this.resources[index] = { ...component, source };
        }
    }

    private register(request: RegisterResourceRequest, source: SourcePosition | undefined): RegisterResourceResponse {
        const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
        const reported = request.getObject() ?? new Struct();
        const urn = this.urnOf(type, name, parent);
        giveName(urn, reported);
        const inputs = this.withIgnored(urn, request, withUnknowns(reported));
        const outputs = inputs.clone();
        const identity = identityOf(urn, outputs, this.regionOf(request));
        if (identity !== undefined) {
            completeName(urn, reported);
            for (const properties of [reported, outputs]) addTexts(properties, identity);
        }
        this.resources.push({
            urn,
            type,
            name,
            parent,
            provider: providerUrn(request.getProvider()),
            inputs,
            outputs,
            protect: request.getProtect() ?? false,
            ignoreChanges: request.getIgnorechangesList(),
            dependencies: request.getDependenciesList(),
            propertyDependencies: Object.fromEntries(
                [...request.getPropertydependenciesMap().entries()].map(([key, urns]) => [key, urns.getUrnsList()]),
            ),
            isRead: false,
            source,
        });
        this.transforms.remember(urn, request);
        if (type.startsWith("pulumi:providers:")) this.regions.set(urn, textIn(inputs, "region"));
        return new RegisterResourceResponse()
            .setUrn(urn)
            .setId(identity?.id ?? "")
            .setObject(reported);
    }

    /**
     * What the last update gave a resource counts where the program ignores changes: known by the state where there is one, for a
     * resource that goes by the same URN, or that is new and had no other one.
     */
    private withIgnored(urn: string, request: RegisterResourceRequest, inputs: Struct): Struct {
        const ignored = request.getIgnorechangesList();
        const parent = request.getParent();
        const aliases = [...request.getAliasesList(), ...request.getAliasurnsList()];
        if (aliases.length > 0 || this.renamed.has(parent)) this.renamed.add(urn);
        if (ignored.length === 0) return inputs;
        const old = this.deployed?.get(urn);
        if (old !== undefined) {
            const fields = withOldValues(inputs.toJavaScript(), old.toJavaScript(), ignored);
            return Struct.fromJavaScript(fields as Record<string, JavaScriptValue>);
        }
        return this.deployed === undefined || this.renamed.has(urn) ? withoutValues(inputs, ignored) : inputs;
    }

    /** The region of a resource: its own, its provider's or that of the stack. */
    private regionOf(request: RegisterResourceRequest): string {
        const own = textIn(request.getObject() ?? new Struct(), "region");
        return own || this.regions.get(providerUrn(request.getProvider())) || this.region;
    }

    /** What the provider answers while answers are recorded; undefined, and said, where there is no answer to be had. */
    private async recorded(request: ResourceInvokeRequest, token: string, args: Fields): Promise<Fields | undefined> {
        const placeholders = "the program ran with placeholders, and the texts that come from them count as unknown";
        if (this.answers?.isRecording !== true) {
            this.noteOnce(token, `Only the provider could answer this function; ${placeholders}.`);
            return undefined;
        }
        try {
            if (holdsUnknown(args)) throw new PluginError("what the program asks for is not known here");
            const result = (await this.providers.invoke(request)).toJavaScript();
            if (this.answers.add(this.deployment.stack, token, args, result)) return result;
            throw new PluginError("an answer that holds a secret is not recorded");
        } catch (error) {
            this.noteOnce(token, `No answer was recorded, since ${(error as Error).message}; ${placeholders}.`);
            return undefined;
        }
    }

    /** Another stack's outputs: those that were recorded, else unknown, which is said. */
    private outputsOf(inputs: Struct): JavaScriptValue {
        const name = textIn(inputs, "name");
        const recorded = this.answers?.find(this.deployment.stack, STACK_REFERENCE, { name });
        if (recorded !== undefined) return recorded.outputs ?? {};
        this.noteOnce(
            name,
            "The outputs of this other stack are unknown here, and what the program makes by them was not seen; --answers gives them.",
        );
        return UNKNOWN;
    }

    private noteOnce(subject: string, reason: string): void {
        if (this.notJudged.some(item => item.subject === subject)) return;
        this.notJudged.push({ subject, reason });
    }

    private positionOf(request: RegisterResourceRequest | ReadResourceRequest): SourcePosition | undefined {
        const position = request.getSourceposition();
        return position && parseSourcePosition(position.getUri(), position.getLine(), this.folder);
    }

    private urnOf(type: string, name: string, parent: string): string {
        const [, , qualifiedParent = ""] = parent.split("::");
        const isTopLevel = qualifiedParent === "" || qualifiedParent === ROOT_TYPE;
        const qualified = isTopLevel ? type : `${qualifiedParent}$${type}`;
        return `urn:pulumi:${this.deployment.stack}::${this.deployment.project}::${qualified}::${name}`;
    }
}

/** Makes a server listen, and gives its address. */
function bound(server: Server): Promise<string> {
    return new Promise((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
            if (error === null) resolve(`127.0.0.1:${port}`);
            else reject(error);
        });
    });
}

function holdsUnknown(value: JavaScriptValue): boolean {
    return JSON.stringify(withUnknowns(Struct.fromJavaScript({ value })).toJavaScript()).includes(UNKNOWN);
}

function addTexts(properties: Struct, texts: Identity): void {
    for (const [name, text] of Object.entries(texts)) properties.getFieldsMap().set(name, Value.fromJavaScript(text));
}

/** A property that is a known text; empty for any other. */
function textIn(properties: Struct, name: string): string {
    const text = properties.getFieldsMap().get(name)?.getStringValue() ?? "";
    return text === UNKNOWN ? "" : text;
}

/** The URN in a reference to a provider, which ends with the provider's id: `urn:…::pulumi:providers:aws::west::<id>`. */
function providerUrn(reference: string): string {
    return reference.replace(/::[^:]*$/, "");
}
