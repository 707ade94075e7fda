import { type ChildProcess, spawn } from "node:child_process";
import { credentials } from "@grpc/grpc-js";
import type { PolicyConfigSchema } from "@pulumi/policy";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
    type AnalyzeDiagnostic,
    AnalyzeRequest,
    type AnalyzeResponse,
    type AnalyzerInfo,
    AnalyzerPropertyDependencies,
    AnalyzerProviderResource,
    AnalyzerResource,
    AnalyzerResourceOptions,
    AnalyzerStackConfigureRequest,
    AnalyzeStackRequest,
    ConfigureAnalyzerRequest,
    EnforcementLevel,
    PolicyConfig,
    PolicySeverity,
    type RemediateResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { tracked } from "./children";
import { MESSAGE_LIMITS, NoPortError, portOf } from "./port";
import type { Resource } from "./resources";

/** How long a pack may take for one answer, in milliseconds. */
const ANSWER_TIMEOUT = 120_000;

/** The stack that is judged; all parts are undefined where none is named, as in `policy analyze`. */
export interface StackIdentity {
    readonly organization?: string | undefined;
    readonly project?: string | undefined;
    readonly stack?: string | undefined;
    readonly tags?: Readonly<Record<string, string>>;
}

/** One violation or note, as a pack reports it. */
export interface Diagnostic {
    readonly rule: string;
    readonly severity: string;
    readonly enforcementLevel: "advisory" | "mandatory";
    readonly message: string;
    /** The resource at fault; undefined for files and the stack as a whole. */
    readonly urn: string | undefined;
}

/** A pack could not be started or broke off; the message is what it said. */
export class PackError extends Error {}

/** A policy pack that runs in a process of its own, started and asked as the engine does. */
export class RunningPack {
    private readonly providers = new Map<string, Resource>();

    private constructor(
        private readonly child: ChildProcess,
        private readonly client: AnalyzerClient,
        private readonly info: AnalyzerInfo,
    ) {}

    /**
     * Starts the pack in a folder by the SDK's own program and configures it as the engine does without further settings:
     * the stack and its tags, then defaults of the settings' schemas and over them the pack's initial config.
     *
     * Throws {@link PackError} with what the pack printed when it does not start.
     */
    static async start(
        folder: string,
        stack: StackIdentity,
        environment: Readonly<Record<string, string>>,
    ): Promise<RunningPack> {
        const program = require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [folder] });
        const named = {
            PULUMI_NODEJS_ORGANIZATION: stack.organization,
            PULUMI_NODEJS_PROJECT: stack.project,
            PULUMI_NODEJS_STACK: stack.stack,
            PULUMI_NODEJS_DRY_RUN: stack.stack === undefined ? undefined : "true",
        };
        const child = tracked(
            spawn(process.execPath, [program, "127.0.0.1:0", folder], {
                cwd: folder,
                env: { ...process.env, ...withoutUndefined(named), ...environment },
                stdio: ["ignore", "pipe", "pipe"],
            }),
        );
        try {
            const port = await portOf(child);
            const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure(), MESSAGE_LIMITS);
            if (stack.stack !== undefined) await call(done => client.configureStack(stackConfiguration(stack), done));
            const info = await call<AnalyzerInfo>(done => client.getAnalyzerInfo(new Empty(), done));
            const pack = new RunningPack(child, client, info);
            await call(done => client.configure(pack.configuration(), done));
            return pack;
        } catch (error) {
            child.kill();
            if (!(error instanceof NoPortError)) throw error;
            throw new PackError(error.said || `The pack does not start: ${error.message}.`);
        }
    }

    /** Judges one resource before its creation, remediations first where their level asks for it. */
    async analyze(resource: Resource): Promise<Diagnostic[]> {
        const request = new AnalyzeRequest();
        request.setType(resource.type);
        request.setUrn(resource.urn);
        request.setName(resource.name);
        request.setOptions(optionsOf(resource));
        request.setProperties(resource.inputs);
        request.setProvider(this.providerOf(resource));
        const remedies = await call<RemediateResponse>(done => this.client.remediate(request, done));
        const remediated = remedies.getRemediationsList().flatMap(remedy => remedy.getProperties() ?? []);
        // As the engine does, which tells only of remediations what the provider filled in.
        request.setProperties(withoutInternalKeys(remediated.at(-1) ?? resource.inputs));
        const response = await call<AnalyzeResponse>(done => this.client.analyze(request, done));
        return response.getDiagnosticsList().map(diagnostic => toDiagnostic(diagnostic, resource.urn));
    }

    /** Tells which resources are providers, so that each resource goes with its own. Call it before they are judged. */
    knowProviders(resources: readonly Resource[]): void {
        for (const resource of resources) {
            if (resource.type.startsWith("pulumi:providers:")) this.providers.set(resource.urn, resource);
        }
    }

    private providerOf({ provider: urn }: Resource): AnalyzerProviderResource | undefined {
        const provider = this.providers.get(urn);
        if (provider === undefined) return undefined;
        return new AnalyzerProviderResource()
            .setUrn(urn)
            .setType(provider.type)
            .setName(provider.name)
            .setProperties(withoutInternalKeys(provider.inputs));
    }

    /** Judges all resources together. */
    async analyzeStack(resources: readonly Resource[]): Promise<Diagnostic[]> {
        const request = new AnalyzeStackRequest();
        request.setResourcesList(
            resources.map(resource => toAnalyzerResource(resource).setProvider(this.providerOf(resource))),
        );
        const response = await call<AnalyzeResponse>(done => this.client.analyzeStack(request, done));
        return response.getDiagnosticsList().map(diagnostic => toDiagnostic(diagnostic, diagnostic.getUrn()));
    }

    /** What a person does about a violation of a rule; empty for a name that is no rule of the pack. */
    remediationSteps(rule: string): string {
        return (
            this.info
                .getPoliciesList()
                .find(policy => policy.getName() === rule)
                ?.getRemediationSteps() ?? ""
        );
    }

    stop(): void {
        this.client.close();
        this.child.kill();
    }

    private configuration(): ConfigureAnalyzerRequest {
        const request = new ConfigureAnalyzerRequest();
        const initial = this.info.getInitialconfigMap();
        const ofAll = initial.get("all")?.getEnforcementlevel();
        for (const policy of this.info.getPoliciesList()) {
            const given = initial.get(policy.getName());
            const schema = policy.getConfigschema()?.getProperties()?.toJavaScript() as
                | PolicyConfigSchema["properties"]
                | undefined;
            const defaults = Object.entries(schema ?? {}).flatMap(([key, { default: value }]) =>
                value === undefined ? [] : [[key, value] as const],
            );
            const config = new PolicyConfig();
            config.setEnforcementlevel(given?.getEnforcementlevel() ?? ofAll ?? policy.getEnforcementlevel());
            config.setProperties(
                Struct.fromJavaScript({
                    ...Object.fromEntries(defaults),
                    ...(given?.getProperties()?.toJavaScript() ?? {}),
                } as Parameters<typeof Struct.fromJavaScript>[0]),
            );
            request.getPolicyconfigMap().set(policy.getName(), config);
        }
        return request;
    }
}

function stackConfiguration({ organization, project, stack, tags }: StackIdentity): AnalyzerStackConfigureRequest {
    const request = new AnalyzerStackConfigureRequest()
        .setOrganization(organization ?? "")
        .setProject(project ?? "")
        .setStack(stack ?? "")
        .setDryRun(true);
    for (const [name, value] of Object.entries(tags ?? {})) request.getTagsMap().set(name, value);
    return request;
}

function call<Response>(send: (done: (error: Error | null, response: Response) => void) => unknown): Promise<Response> {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(
            () => reject(new PackError(`The pack did not answer within ${ANSWER_TIMEOUT / 1000} s.`)),
            ANSWER_TIMEOUT,
        );
        send((error, response) => {
            clearTimeout(timer);
            if (error === null) resolve(response);
            else reject(new PackError((error as { details?: string }).details ?? error.message));
        });
    });
}

/** Properties without the keys that only engine and provider use, at every depth, as the engine hands them to policies. */
function withoutInternalKeys(properties: Struct): Struct {
    const strip = (value: JavaScriptValue): JavaScriptValue => {
        if (Array.isArray(value)) return value.map(strip);
        if (typeof value !== "object" || value === null) return value;
        const kept = Object.entries(value).filter(([key]) => !key.startsWith("__"));
        return Object.fromEntries(kept.map(([key, item]) => [key, strip(item)]));
    };
    return Struct.fromJavaScript(strip(properties.toJavaScript()) as Record<string, JavaScriptValue>);
}

function optionsOf(resource: Resource): AnalyzerResourceOptions {
    const options = new AnalyzerResourceOptions();
    options.setProtect(resource.protect);
    options.setIgnorechangesList([...resource.ignoreChanges]);
    options.setParent(resource.parent);
    return options;
}

function toAnalyzerResource(resource: Resource): AnalyzerResource {
    const result = new AnalyzerResource();
    result.setType(resource.type);
    result.setUrn(resource.urn);
    result.setName(resource.name);
    result.setProperties(withoutInternalKeys(resource.outputs));
    result.setOptions(optionsOf(resource));
    result.setParent(resource.parent);
    result.setDependenciesList([...resource.dependencies]);
    for (const [property, urns] of Object.entries(resource.propertyDependencies)) {
        const dependencies = new AnalyzerPropertyDependencies();
        dependencies.setUrnsList([...urns]);
        result.getPropertydependenciesMap().set(property, dependencies);
    }
    return result;
}

function toDiagnostic(diagnostic: AnalyzeDiagnostic, urn: string): Diagnostic {
    const severity = Object.entries(PolicySeverity).find(([, value]) => value === diagnostic.getSeverity())?.[0] ?? "";
    return {
        rule: diagnostic.getPolicyname(),
        severity: severity.replace("POLICY_SEVERITY_", "").toLowerCase(),
        enforcementLevel: diagnostic.getEnforcementlevel() === EnforcementLevel.ADVISORY ? "advisory" : "mandatory",
        message: diagnostic.getMessage(),
        urn: urn === "" ? undefined : urn,
    };
}

function withoutUndefined(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
    return Object.fromEntries(
        Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
}
