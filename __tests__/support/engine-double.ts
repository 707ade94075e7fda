import { type ChildProcess, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
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
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { portOf } from "../../cli/engine/port";
import { type Properties, withoutInternalKeys } from "./aws-provider/provider";

const PACK = join(__dirname, "../..");

/** What runs: an update, its preview, or the analysis of a finished state, for which no stack is named. */
export type Operation = "preview" | "update" | "analysis";

/** A resource as the engine tells a pack of it. */
export interface Told {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    readonly protect?: boolean;
    readonly ignoreChanges?: readonly string[];
    readonly provider?: { readonly urn: string; readonly inputs: Properties } | undefined;
    /** After the provider's check, with the names of the defaults in them. */
    readonly inputs: Properties;
    readonly outputs: Properties;
    readonly dependencies: readonly string[];
    readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

/** The messages of what a pack answers. */
export interface Answer {
    readonly violations: readonly string[];
    readonly notes: readonly string[];
}

/** The built pack in a process of its own, asked as the engine asks it in one kind of operation. */
export class EngineDouble {
    private constructor(
        private readonly operation: Operation,
        private readonly child: ChildProcess,
        private readonly client: AnalyzerClient,
        private readonly defaults: ReadonlyMap<string, Properties>,
    ) {}

    /** All that the pack answered about resources and stacks, as it came over the wire. */
    readonly answers: string[] = [];

    /** `environment` holds besides what the engine sets. */
    static async start(operation: Operation, environment: NodeJS.ProcessEnv): Promise<EngineDouble> {
        const isDryRun = operation === "preview";
        const stack = {
            PULUMI_NODEJS_PROJECT: "project",
            PULUMI_NODEJS_STACK: "test",
            PULUMI_NODEJS_DRY_RUN: String(isDryRun),
        };
        const child = spawn(
            process.execPath,
            [require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [PACK] }), "127.0.0.1:0", PACK],
            {
                cwd: PACK,
                env: { ...process.env, PWD: tmpdir(), ...(operation === "analysis" ? {} : stack), ...environment },
                stdio: ["ignore", "pipe", "pipe"],
            },
        );
        const client = new AnalyzerClient(`127.0.0.1:${await portOf(child)}`, credentials.createInsecure());
        if (operation !== "analysis") {
            const named = new AnalyzerStackConfigureRequest().setProject("project").setStack("test");
            await call(done => client.configureStack(named.setDryRun(isDryRun), done));
        }
        const info = await call<AnalyzerInfo>(done => client.getAnalyzerInfo(new Empty(), done));
        return new EngineDouble(operation, child, client, defaultsOf(info));
    }

    /**
     * Runs one operation with only this rule enabled: each resource is asked about with its inputs, in the given order, and
     * then all together with their outputs.
     */
    async judge(rule: string, settings: object, resources: readonly Told[]): Promise<Answer> {
        await this.configure(rule, settings);
        const ofResources: Said[] = [];
        // In an update one resource may wait for another; a rule may see only those before it.
        if (this.operation === "update") {
            for (const resource of resources) ofResources.push(...(await this.askAbout(resource)));
        } else {
            ofResources.push(...(await Promise.all(resources.map(resource => this.askAbout(resource)))).flat());
        }
        const all = new AnalyzeStackRequest().setResourcesList(resources.map(toStackResource));
        const response = await this.answer(done => this.client.analyzeStack(all, done));
        const answers = [...ofResources, ...response.getDiagnosticsList().map(said)];
        return answerOf(answers);
    }

    /** Runs one operation with only this rule enabled on resources that have nothing to do with one another. */
    async judgeEach(rule: string, settings: object, resources: readonly Told[]): Promise<Answer[]> {
        await this.configure(rule, settings);
        const answers = await Promise.all(resources.map(resource => this.askAbout(resource)));
        const all = new AnalyzeStackRequest().setResourcesList(resources.map(toStackResource));
        const response = await this.answer(done => this.client.analyzeStack(all, done));
        // What is said of the stack as a whole is heard at the first of them.
        const late = response.getDiagnosticsList().map(diagnostic => ({
            at: Math.max(
                0,
                resources.findIndex(({ urn }) => urn === diagnostic.getUrn()),
            ),
            ...said(diagnostic),
        }));
        return answers.map((said, index) => answerOf([...said, ...late.filter(({ at }) => at === index)]));
    }

    private async configure(rule: string, settings: object): Promise<void> {
        await call(done => this.client.configure(this.configuration(rule, settings), done));
    }

    private async askAbout(resource: Told): Promise<Said[]> {
        const request = requestOf(resource);
        await call(done => this.client.remediate(request, done));
        request.setProperties(toStruct(withoutInternalKeys(resource.inputs)));
        const response = await this.answer(done => this.client.analyze(request, done));
        return response.getDiagnosticsList().map(said);
    }

    private async answer(ask: Parameters<typeof call<AnalyzeResponse>>[0]): Promise<AnalyzeResponse> {
        const response = await call<AnalyzeResponse>(ask);
        this.answers.push(Buffer.from(response.serializeBinary()).toString("base64"));
        return response;
    }

    stop(): void {
        this.client.close();
        this.child.kill();
    }

    private configuration(rule: string, settings: object): ConfigureAnalyzerRequest {
        const request = new ConfigureAnalyzerRequest();
        for (const [name, defaults] of this.defaults) {
            const isRule = name === rule;
            const config = new PolicyConfig()
                .setEnforcementlevel(isRule ? EnforcementLevel.MANDATORY : EnforcementLevel.DISABLED)
                .setProperties(toStruct({ ...defaults, ...(isRule ? settings : {}) }));
            request.getPolicyconfigMap().set(name, config);
        }
        return request;
    }
}

/** One diagnostic of a pack, advisory or not. */
interface Said {
    readonly isAdvisory: boolean;
    readonly message: string;
}

function said(diagnostic: AnalyzeDiagnostic): Said {
    const isAdvisory = diagnostic.getEnforcementlevel() === EnforcementLevel.ADVISORY;
    return { isAdvisory, message: diagnostic.getMessage() };
}

function answerOf(all: readonly Said[]): Answer {
    const messages = (wanted: boolean) =>
        all.filter(({ isAdvisory }) => isAdvisory === wanted).map(({ message }) => message);
    return { violations: messages(false), notes: messages(true) };
}

/** Defaults in the schemas of each policy's settings, which the engine fills in. */
function defaultsOf(info: AnalyzerInfo): ReadonlyMap<string, Properties> {
    const defaults = new Map<string, Properties>();
    for (const policy of info.getPoliciesList()) {
        const schema = policy.getConfigschema()?.getProperties()?.toJavaScript() ?? {};
        const entries = Object.entries(schema).flatMap(([key, property]) =>
            isProperties(property) && Object.hasOwn(property, "default") ? [[key, property.default]] : [],
        );
        defaults.set(policy.getName(), Object.fromEntries(entries));
    }
    return defaults;
}

function requestOf(resource: Told): AnalyzeRequest {
    return new AnalyzeRequest()
        .setUrn(resource.urn)
        .setType(resource.type)
        .setName(resource.name)
        .setOptions(optionsOf(resource))
        .setProvider(providerOf(resource))
        .setProperties(toStruct(resource.inputs));
}

function toStackResource(resource: Told): AnalyzerResource {
    const result = new AnalyzerResource()
        .setUrn(resource.urn)
        .setType(resource.type)
        .setName(resource.name)
        .setOptions(optionsOf(resource))
        .setProvider(providerOf(resource))
        .setProperties(toStruct(withoutInternalKeys(resource.outputs)))
        .setDependenciesList([...resource.dependencies]);
    for (const [property, urns] of Object.entries(resource.propertyDependencies)) {
        result.getPropertydependenciesMap().set(property, new AnalyzerPropertyDependencies().setUrnsList([...urns]));
    }
    return result;
}

function optionsOf({ protect = false, ignoreChanges = [] }: Told): AnalyzerResourceOptions {
    return new AnalyzerResourceOptions().setProtect(protect).setIgnorechangesList([...ignoreChanges]);
}

function providerOf({ provider }: Told): AnalyzerProviderResource | undefined {
    if (provider === undefined) return undefined;
    const type = provider.urn.split("::")[2] ?? "";
    return new AnalyzerProviderResource()
        .setUrn(provider.urn)
        .setType(type)
        .setName(provider.urn.split("::")[3] ?? "")
        .setProperties(toStruct(provider.inputs));
}

/** Plain data as it goes over the wire; what JSON cannot hold is left out. */
function toStruct(properties: unknown): Struct {
    return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as Record<string, JavaScriptValue>);
}

function call<Response>(send: (done: (error: Error | null, response: Response) => void) => unknown): Promise<Response> {
    return new Promise((resolve, reject) => {
        send((error, response) => (error === null ? resolve(response) : reject(error)));
    });
}

function isProperties(value: unknown): value is Properties {
    return typeof value === "object" && value !== null;
}
