/**
 * A stand-in for `pulumi-language-nodejs`, for machines that built the engine from its Go module: that module has no
 * language hosts. The engine starts it with its own address as the argument and reads the port from stdout.
 *
 * Policy packs are run as the official host runs them. Source: `PolicyProxy` of github.com/pulumi/pulumi/sdk/v3.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
    AnalyzerHandshakeResponse,
    AnalyzerStackConfigureRequest,
    AnalyzerStackConfigureResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

type Unary<Request, Response> = (
    call: grpc.ServerUnaryCall<Request, Response>,
    callback: grpc.sendUnaryData<Response>,
) => void;

/** By this exit code the SDK says that it has told the user what went wrong. */
const EXIT_CODE_AFTER_MESSAGE = 32;

/** The engine's address; the last argument, behind the engine's own flags. */
const engine = process.argv.at(-1) ?? "";

const children = new Set<ChildProcess>();

/** A promise that others settle. (Node 20 has no Promise.withResolvers.) */
class Deferred<T> {
    resolve: (value: T | Promise<T>) => void = () => undefined;
    reject: (error: Error) => void = () => undefined;
    readonly promise = new Promise<T>((resolve, reject) => {
        this.resolve = resolve;
        this.reject = reject;
    });
}

/** Starts one of the SDK's programs, in the version that the folder's own dependencies give. */
function startNode(
    folder: string,
    sdkProgram: string,
    args: string[],
    env: NodeJS.ProcessEnv,
    nodeArgs: string[] = [],
): ChildProcess {
    const program = createRequire(join(folder, "package.json")).resolve(`@pulumi/pulumi/cmd/${sdkProgram}`);
    const child = spawn(process.execPath, [...nodeArgs, program, ...args], {
        cwd: folder,
        env,
        stdio: ["ignore", "pipe", "pipe"],
    });
    children.add(child);
    child.once("exit", () => children.delete(child));
    return child;
}

const run: Unary<proto.RunRequest, proto.RunResponse> = async (call, callback) => {
    const request = call.request;
    const flags = {
        monitor: request.getMonitorAddress(),
        engine,
        organization: request.getOrganization(),
        project: request.getProject(),
        stack: request.getStack(),
        pwd: request.getPwd(),
        parallel: String(request.getParallel()),
        ...(request.getDryrun() ? { "dry-run": "true" } : {}),
    };
    const options = request.getInfo()?.getOptions()?.toJavaScript() ?? {};
    const folder = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    const env = {
        ...process.env,
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
        ...(options.typescript === false ? {} : { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    };
    const nodeArgs = typeof options.nodeargs === "string" ? options.nodeargs.split(" ") : [];
    const child = startNode(folder, "run", [...args, request.getProgram() || "."], env, nodeArgs);
    child.stdout?.pipe(process.stdout);
    child.stderr?.pipe(process.stderr);
    const [code] = (await once(child, "exit")) as [number | null];
    const response = new proto.RunResponse();
    if (code === EXIT_CODE_AFTER_MESSAGE) response.setBail(true);
    else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
    callback(null, response);
};

const runPlugin: grpc.handleServerStreamingCall<proto.RunPluginRequest, proto.RunPluginResponse> = async call => {
    const env = Object.fromEntries(call.request.getEnvList().map(line => line.split(/=(.*)/s, 2) as [string, string]));
    const folder = call.request.getInfo()?.getRootDirectory() ?? call.request.getPwd();
    const say = (text: string) => call.write(new proto.RunPluginResponse().setStdout(Buffer.from(text)));
    const configuration = new Deferred<AnalyzerStackConfigureRequest | undefined>();
    const pack = new Deferred<grpc.Client>();
    // Nobody waits for the pack when its process ends after the engine went away.
    pack.promise.catch(() => undefined);
    const proxy = await serveProxy(configuration, pack.promise);
    call.once("cancelled", () => proxy.server.forceShutdown());
    say(`${proxy.port}\n`);

    const stack = await configuration.promise;
    if (call.cancelled) return;
    const args = [...call.request.getArgsList(), call.request.getInfo()?.getEntryPoint() || "."];
    const child = startNode(folder, "run-policy-pack", args, { ...env, ...packEnvironment(stack, call.request) });
    call.once("cancelled", () => child.kill());
    child.stderr?.on("data", (text: Buffer) => call.write(new proto.RunPluginResponse().setStderr(text)));
    if (child.stdout !== null) {
        createInterface(child.stdout).once("line", port => pack.resolve(connect(port, stack)));
    }
    child.once("exit", code => {
        pack.reject(new Error("policy pack not started: could not read policy pack port"));
        call.write(new proto.RunPluginResponse().setExitcode(code ?? 1));
        call.end();
        proxy.server.forceShutdown();
    });
};

/** The variables by which the pack's SDK learns of the stack; none where the engine told of no stack. */
function packEnvironment(
    stack: AnalyzerStackConfigureRequest | undefined,
    request: proto.RunPluginRequest,
): NodeJS.ProcessEnv {
    const { typescript } = request.getInfo()?.getOptions()?.toJavaScript() ?? {};
    const env: NodeJS.ProcessEnv = typescript === false ? {} : { PULUMI_NODEJS_TYPESCRIPT: "true" };
    if (stack === undefined) return env;
    const config = Object.fromEntries(stack.getConfigMap().entries());
    const values = {
        ORGANIZATION: stack.getOrganization(),
        PROJECT: stack.getProject(),
        STACK: stack.getStack(),
        DRY_RUN: String(stack.getDryRun()),
    };
    for (const [name, value] of Object.entries(values)) {
        env[`PULUMI_${name}`] = value;
        env[`PULUMI_NODEJS_${name}`] = value;
    }
    return { ...env, PULUMI_CONFIG: JSON.stringify(config) };
}

const asIs = (bytes: Buffer): Buffer => bytes;

/** The analyzer's methods with messages left as bytes: the proxy hands them on unread. */
const RAW_ANALYZER = Object.fromEntries(
    Object.entries(AnalyzerService as unknown as grpc.ServiceDefinition).map(([name, method]) => [
        name,
        {
            ...method,
            requestSerialize: asIs,
            requestDeserialize: asIs,
            responseSerialize: asIs,
            responseDeserialize: asIs,
        },
    ]),
);

/** Answers the engine in the pack's stead: a handshake and the stack's description itself, all else by the pack. */
async function serveProxy(
    configuration: Deferred<AnalyzerStackConfigureRequest | undefined>,
    pack: Promise<grpc.Client>,
): Promise<{ server: grpc.Server; port: number }> {
    const forward =
        (path: string): Unary<Buffer, Buffer> =>
        async (call, callback) => {
            // A call without a stack before it, as in `policy publish`: the pack starts without one.
            configuration.resolve(undefined);
            try {
                (await pack).makeUnaryRequest(path, asIs, asIs, call.request, (error, reply) => callback(error, reply));
            } catch (error) {
                callback(error as Error);
            }
        };
    const handlers: Record<string, Unary<Buffer, Buffer>> = Object.fromEntries(
        Object.entries(RAW_ANALYZER).map(([name, { path }]) => [name, forward(path)]),
    );
    handlers.handshake = (_call, callback) =>
        callback(null, Buffer.from(new AnalyzerHandshakeResponse().serializeBinary()));
    handlers.configureStack = (call, callback) => {
        configuration.resolve(AnalyzerStackConfigureRequest.deserializeBinary(call.request));
        callback(null, Buffer.from(new AnalyzerStackConfigureResponse().serializeBinary()));
    };
    return serve(RAW_ANALYZER, handlers);
}

async function connect(port: string, stack: AnalyzerStackConfigureRequest | undefined): Promise<grpc.Client> {
    const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
        "grpc.max_receive_message_length": -1,
        "grpc.max_send_message_length": -1,
    });
    const { configureStack } = RAW_ANALYZER;
    if (stack === undefined || configureStack === undefined) return client;
    const request = Buffer.from(stack.serializeBinary());
    await new Promise(resolve => client.makeUnaryRequest(configureStack.path, asIs, asIs, request, resolve));
    return client;
}

const installDependencies: grpc.handleServerStreamingCall<
    proto.InstallDependenciesRequest,
    proto.InstallDependenciesResponse
> = async call => {
    const production = call.request.getIsPlugin() ? ["--omit=dev"] : [];
    const child = spawn("npm", ["install", "--loglevel=error", ...production], {
        cwd: call.request.getDirectory(),
        stdio: ["ignore", "pipe", "pipe"],
    });
    children.add(child);
    child.stdout.on("data", (text: Buffer) => call.write(new proto.InstallDependenciesResponse().setStdout(text)));
    child.stderr.on("data", (text: Buffer) => call.write(new proto.InstallDependenciesResponse().setStderr(text)));
    const [code] = (await once(child, "close")) as [number | null];
    children.delete(child);
    if (code === 0) call.end();
    else call.destroy(new Error(`npm install failed with exit code ${code}`));
};

async function serve(
    service: grpc.ServiceDefinition,
    handlers: grpc.UntypedServiceImplementation,
): Promise<{ server: grpc.Server; port: number }> {
    const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
    server.addService(service, handlers);
    const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
            error === null ? resolve(bound) : reject(error),
        );
    });
    return { server, port };
}

function reply<Request, Response>(response: () => Response): Unary<Request, Response> {
    return (_call, callback) => callback(null, response());
}

process.once("exit", () => {
    for (const child of children) child.kill();
});
// Ends with the engine, even one that was killed.
const parent = process.ppid;
setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
}, 1_000).unref();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(0));

void serve(LanguageRuntimeService as unknown as grpc.ServiceDefinition, {
    handshake: reply(() => new proto.LanguageHandshakeResponse()),
    getPluginInfo: reply(() => new PluginInfo().setVersion("3.0.0")),
    getRequiredPlugins: reply(() => new proto.GetRequiredPluginsResponse()),
    getRequiredPackages: reply(() => new proto.GetRequiredPackagesResponse()),
    about: reply(() => new proto.AboutResponse()),
    runtimeOptionsPrompts: reply(() => new proto.RuntimeOptionsResponse()),
    cancel: reply(() => new Empty()),
    run: run as grpc.UntypedHandleCall,
    runPlugin: runPlugin as grpc.UntypedHandleCall,
    installDependencies: installDependencies as grpc.UntypedHandleCall,
}).then(({ port }) => process.stdout.write(`${port}\n`));
