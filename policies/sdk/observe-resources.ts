import type { PolicyResourceOptions } from "@pulumi/policy";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import type { AnalyzeRequest, AnalyzerResource, AnalyzeStackRequest } from "@pulumi/pulumi/proto/analyzer_pb";
import type { Operation } from "../kit/operation";
import type { Resource } from "../kit/resource";
import { Stack } from "../kit/stack";
import { Value } from "../kit/value";
import { completedBy, declaredInputs, type Fields, mayHoldUnknowns } from "../kit/wire";
import { observe } from "./observe";
import { fieldsOf } from "./read-once";
import { requireKnownSdk } from "./versions";

const STACK_TYPE = "pulumi:pulumi:Stack";
const PROVIDER_TYPE = "pulumi:providers:";

/**
 * Remembers what the engine tells of each resource, so that the whole stack is judged by what its program declares and not
 * by what a provider reports.
 *
 * The engine sends each resource's inputs twice: to be remediated, with the names of those that the provider filled in, and to
 * be analysed. Later it sends all resources with their outputs. The SDK shows the latter alone to stack policies, and builds
 * and links all resources again for each of them; here the resources are built once, as they are asked for, and the SDK is
 * given none.
 *
 * Must be called before the pack is served. Throws with other releases of the SDK than it was written against. `findBackendUrl` gives the URL of the backend that keeps the stack's state.
 * Source: pulumi/pulumi 3.259, pkg/resource/deploy/step_generator.go and analyze_snapshot.go (order and content of the
 * requests); @pulumi/policy 1.21, server.js (makeAnalyzeStackRpcFun).
 */
export function observeResources(findBackendUrl: () => string | undefined): Operation {
    requireKnownSdk();
    const operation = new EngineOperation(findBackendUrl);
    observe(AnalyzerService.configure, () => operation.begin());
    observe(AnalyzerService.remediate, request => operation.onCheckedInputs(request));
    observe(AnalyzerService.analyze, request => operation.onInputs(request));
    observe(AnalyzerService.analyzeStack, request => operation.onStack(request));
    return operation;
}

/** What the engine told of one resource before it asked about the stack. */
class Registration {
    private known: Fields | undefined;

    constructor(
        readonly message: AnalyzeRequest,
        /** How many resources the engine told of before this one, which is the order of their registration. */
        readonly position: number,
        /** Inputs after the provider's check, with the names of the defaults in them. Undefined for an engine that never remediates. */
        readonly checked: Fields | undefined,
        /** Inputs after all remediations; undefined until they are analysed. */
        readonly final: Fields | undefined,
    ) {}

    /** The last inputs that are known, with what the provider filled in. */
    get inputs(): Fields {
        return this.final ?? this.checked ?? {};
    }

    /** The inputs that the program declares: asked for with the resource, and again with the stack. */
    get declared(): Fields {
        this.known ??= declaredInputs(this.inputs, this.checked);
        return this.known;
    }

    /** Of a new resource that is not targeted the engine asks no provider, which would fill something in. */
    get isDeclared(): boolean {
        return !this.message.hasProvider() || Object.keys(this.checked ?? this.inputs).length > 0;
    }
}

class EngineOperation implements Operation {
    private registrations = new Map<string, Registration>();
    private current: Stack | undefined;
    private last: EngineResource | undefined;
    isWithoutProgram = false;

    constructor(private readonly findBackendUrl: () => string | undefined) {}

    /** An operation begins with the pack's configuration. */
    begin(): void {
        this.registrations = new Map();
        this.current = undefined;
        this.last = undefined;
        this.isWithoutProgram = false;
    }

    onCheckedInputs(message: AnalyzeRequest): void {
        const urn = message.getUrn();
        this.forget(urn);
        this.registrations.set(
            urn,
            new Registration(message, this.positionOf(urn), fieldsOf(message.getProperties()), undefined),
        );
    }

    onInputs(message: AnalyzeRequest): void {
        const urn = message.getUrn();
        this.forget(urn);
        const checked = this.registrations.get(urn)?.checked;
        const registration = new Registration(
            message,
            this.positionOf(urn),
            checked,
            fieldsOf(message.getProperties()),
        );
        this.registrations.set(urn, registration);
        this.current?.add(new EngineResource(message, registration));
    }

    private positionOf(urn: string): number {
        return this.registrations.get(urn)?.position ?? this.registrations.size;
    }

    /** What was said of a resource before no longer holds. A replacement, for one, is asked about twice. */
    private forget(urn: string): void {
        this.last = undefined;
        if (this.registrations.get(urn)?.final !== undefined) this.current = undefined;
    }

    onStack(request: AnalyzeStackRequest): void {
        // The engine keeps no order here, but asked about the resources in that of their registration.
        const resources = request
            .getResourcesList()
            .map(message => new EngineResource(message, this.registrations.get(message.getUrn())))
            .sort((one, other) => one.position - other.position);
        this.current = new Stack(resources, this.findBackendUrl);
        const ofProgram = resources.filter(({ type }) => type !== STACK_TYPE && !type.startsWith(PROVIDER_TYPE));
        this.isWithoutProgram = ofProgram.length > 0 && !ofProgram.some(({ urn }) => this.registrations.has(urn));
        request.setResourcesList([]);
    }

    resource(urn: string): Resource | undefined {
        const registration = this.registrations.get(urn);
        if (registration === undefined) return undefined;
        // All policies are asked about one resource after the other.
        if (this.last?.urn !== urn) this.last = new EngineResource(registration.message, registration);
        return this.last;
    }

    get stack(): Stack {
        if (this.current === undefined) {
            const analyzed = [...this.registrations.values()].filter(({ final }) => final !== undefined);
            const resources = analyzed.map(registration => new EngineResource(registration.message, registration));
            this.current = new Stack(resources, this.findBackendUrl);
        }
        return this.current;
    }
}

/** Reads what is asked for and no more: most resources of a stack are looked at by their type only. */
class EngineResource implements Resource {
    readonly type: string;
    readonly name: string;
    readonly urn: string;
    readonly isDeclared: boolean;
    /** Where it stands in the order of registration. What was never told of comes last. */
    readonly position: number;
    private declared: Value | undefined;
    private identifying: Value | undefined;

    /** `message` is what the engine asks about now: the resource with its inputs, or as one of the stack, with its outputs. */
    constructor(
        private readonly message: AnalyzeRequest | AnalyzerResource,
        private readonly registration: Registration | undefined,
    ) {
        this.type = message.getType();
        this.name = message.getName();
        this.urn = message.getUrn();
        this.isDeclared = registration?.isDeclared === true;
        this.position = registration?.position ?? Number.MAX_SAFE_INTEGER;
    }

    get props(): Value {
        this.declared ??= Value.of(this.inputs(), this);
        return this.declared;
    }

    private inputs(): Fields {
        const inputs = this.registration?.declared ?? {};
        if (!this.isOfStack || !mayHoldUnknowns(inputs)) return inputs;
        return completedBy(inputs, this.reported) as Fields;
    }

    get outputs(): Value {
        this.identifying ??= Value.of(this.reported, this);
        return this.identifying;
    }

    /** Before the resource is there, the names that the provider generated are among its inputs. */
    private get reported(): Fields {
        return this.isOfStack ? fieldsOf(this.message.getProperties()) : (this.registration?.inputs ?? {});
    }

    private get isOfStack(): boolean {
        return "getDependenciesList" in this.message;
    }

    get options(): PolicyResourceOptions {
        const options = this.message.getOptions();
        const timeouts = options?.getCustomtimeouts();
        return {
            protect: options?.getProtect() ?? false,
            ignoreChanges: options?.getIgnorechangesList() ?? [],
            aliases: options?.getAliasesList() ?? [],
            additionalSecretOutputs: options?.getAdditionalsecretoutputsList() ?? [],
            customTimeouts: {
                createSeconds: timeouts?.getCreate() ?? 0,
                updateSeconds: timeouts?.getUpdate() ?? 0,
                deleteSeconds: timeouts?.getDelete() ?? 0,
            },
        };
    }

    get provider(): Resource["provider"] {
        const provider = this.message.getProvider();
        if (provider === undefined) return undefined;
        return { urn: provider.getUrn(), props: Value.of(fieldsOf(provider.getProperties()), this) };
    }

    get references(): Resource["references"] {
        if (!("getPropertydependenciesMap" in this.message)) return {};
        const byProperty = [...this.message.getPropertydependenciesMap().entries()];
        return Object.fromEntries(byProperty.map(([property, urns]) => [property, urns.getUrnsList()]));
    }

    get dependencies(): Resource["dependencies"] {
        return "getDependenciesList" in this.message ? this.message.getDependenciesList() : [];
    }
}
