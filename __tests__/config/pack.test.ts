/** The compiled pack as a process, told of its stack and configured as the engine does. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
    AnalyzeRequest,
    type AnalyzeResponse,
    type AnalyzerInfo,
    AnalyzerResource,
    AnalyzerResourceOptions,
    AnalyzerStackConfigureRequest,
    AnalyzeStackRequest,
    ConfigureAnalyzerRequest,
    EnforcementLevel,
    PolicyConfig,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { packageRoot } from "../../policies/package-root";
import { settingsFolder } from "../support/settings-folder";

const RULE = "sg-no-ingress-all";

jest.setTimeout(30_000);

const children: ChildProcess[] = [];
const clients: AnalyzerClient[] = [];
afterEach(() => {
    for (const client of clients.splice(0)) client.close();
    for (const child of children.splice(0)) child.kill();
});

function boot(folder: string, env: Record<string, string> = {}): ChildProcess {
    const program = require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [packageRoot] });
    const child = spawn(process.execPath, [program, "127.0.0.1:0", packageRoot], {
        cwd: packageRoot,
        env: { ...process.env, ...env, SECURITY_BASELINE_CONFIG: folder },
        stdio: ["ignore", "pipe", "pipe"],
    });
    children.push(child);
    return child;
}

async function connect(folder: string, env?: Record<string, string>): Promise<AnalyzerClient> {
    const { stdout } = boot(folder, env);
    if (stdout === null) throw new Error("The pack has no output.");
    const [port] = (await once(createInterface(stdout), "line")) as [string];
    const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
    clients.push(client);
    return client;
}

function call<Response>(send: (done: (error: Error | null, response: Response) => void) => unknown): Promise<Response> {
    return new Promise((resolve, reject) => {
        send((error, response) => (error === null ? resolve(response) : reject(error)));
    });
}

async function initialConfig(client: AnalyzerClient): Promise<Record<string, unknown>> {
    const info = await call<AnalyzerInfo>(done => client.getAnalyzerInfo(new Empty(), done));
    const result: Record<string, unknown> = {};
    info.getInitialconfigMap().forEach((config, name) => {
        result[name] = { level: config.getEnforcementlevel(), ...(config.getProperties()?.toJavaScript() ?? {}) };
    });
    return result;
}

function stackRequest(tags: Record<string, string>): AnalyzerStackConfigureRequest {
    const request = new AnalyzerStackConfigureRequest();
    request.setStack("prod");
    request.setProject("shop");
    for (const [tag, value] of Object.entries(tags)) request.getTagsMap().set(tag, value);
    return request;
}

function configuration(name: string, settings: Record<string, never[] | string>): ConfigureAnalyzerRequest {
    const config = new PolicyConfig();
    config.setEnforcementlevel(EnforcementLevel.MANDATORY);
    config.setProperties(Struct.fromJavaScript(settings as Parameters<typeof Struct.fromJavaScript>[0]));
    const request = new ConfigureAnalyzerRequest();
    request.getPolicyconfigMap().set(name, config);
    return request;
}

const TAGGED = {
    "base.yaml": `rules: { ${RULE}: advisory }`,
    "gold.yaml": `rules: { ${RULE}: { enforcementLevel: mandatory, allowedPorts: [443] } }`,
    "stacks.yaml": "default: base\nstacks:\n    - { tags: { tier: gold }, profile: gold }\n",
};

test("broken settings stop the pack before it listens, with every mistake and no stack trace", async () => {
    const child = boot(
        settingsFolder({ "base.yaml": "rules:\n    sg-no-ingress-al: mandatory\n", "bad.yaml": "a: [" }),
    );
    const read = async (stream: NodeJS.ReadableStream | null) => {
        let text = "";
        for await (const chunk of stream ?? []) text += String(chunk);
        return text;
    };
    const [output, complaint] = await Promise.all([read(child.stdout), read(child.stderr)]);
    expect(output).toBe("");
    expect(complaint).toContain(
        "  settings/base.yaml:2: rules.sg-no-ingress-al: is no rule of this pack. Did you mean sg-no-ingress-all?",
    );
    expect(complaint).toContain("  settings/bad.yaml:1: is not valid YAML");
    expect(complaint).not.toMatch(/^\s+at .*\.js:\d+/m);
    expect(child.exitCode ?? (await once(child, "exit"))[0]).not.toBe(0);
});

test("the stack's tags choose the profile whose settings become the initial config", async () => {
    const client = await connect(settingsFolder(TAGGED));
    await call(done => client.configureStack(stackRequest({ tier: "gold" }), done));
    expect((await initialConfig(client))[RULE]).toEqual({ level: EnforcementLevel.MANDATORY, allowedPorts: [443] });
});

test("without tags, and where no stack is named, the default profile holds", async () => {
    const client = await connect(settingsFolder(TAGGED));
    expect((await initialConfig(client))[RULE]).toEqual({ level: EnforcementLevel.ADVISORY });
    await call(done => client.configureStack(stackRequest({ tier: "silver" }), done));
    expect((await initialConfig(client))[RULE]).toEqual({ level: EnforcementLevel.ADVISORY });
});

test("the environment names the stack for hosts that tell of it no other way", async () => {
    const stacks = "default: base\nstacks:\n    - { stack: prod, profile: gold }\n";
    const client = await connect(settingsFolder({ ...TAGGED, "stacks.yaml": stacks }), { PULUMI_NODEJS_STACK: "prod" });
    expect((await initialConfig(client))[RULE]).toMatchObject({ level: EnforcementLevel.MANDATORY });
});

test("where the engine names no stack, that of the resources chooses the settings that they are judged by", async () => {
    const stacks = "default: base\nstacks:\n    - { stack: prod, profile: gold }\n";
    const found = async (stack: string) => {
        const client = await connect(settingsFolder({ ...TAGGED, "stacks.yaml": stacks }));
        await call(done => client.getAnalyzerInfo(new Empty(), done));
        await call(done => client.configure(configuration(RULE, {}), done));
        const type = "aws:ec2/securityGroup:SecurityGroup";
        const urn = `urn:pulumi:${stack}::shop::${type}::web`;
        const properties = Struct.fromJavaScript({
            ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }],
        });
        const options = new AnalyzerResourceOptions();
        const one = new AnalyzeRequest().setUrn(urn).setType(type).setName("web").setOptions(options);
        one.setProperties(properties);
        await call<AnalyzeResponse>(done => client.analyze(one, done));
        const resource = new AnalyzerResource().setUrn(urn).setType(type).setName("web").setOptions(options);
        resource.setProperties(properties);
        const all = new AnalyzeStackRequest().setResourcesList([resource]);
        const response = await call<AnalyzeResponse>(done => client.analyzeStack(all, done));
        return response.getDiagnosticsList().filter(item => item.getPolicyname() === RULE).length;
    };
    expect(await found("prod")).toBe(0);
    expect(await found("dev")).toBe(1);
});

test("a configuration that names no rule of the pack, or no setting of a rule, is refused before anything is judged", async () => {
    const client = await connect(settingsFolder({}));
    await expect(call(done => client.configure(configuration("sg-no-ingres-all", {}), done))).rejects.toThrow(
        "sg-no-ingres-all: is no rule of this pack. Did you mean sg-no-ingress-all?",
    );
    await expect(call(done => client.configure(configuration(RULE, { allowedPort: [] }), done))).rejects.toThrow(
        "sg-no-ingress-all.allowedPort: is no setting of sg-no-ingress-all; expected allowedPorts",
    );
    await expect(call(done => client.configure(configuration("exemptions", { list: "none" }), done))).rejects.toThrow(
        'exemptions.list: is "none"; expected array.',
    );
});

test("tags that two profiles claim alike are refused, before the engine asks for the initial config", async () => {
    const stacks = `${TAGGED["stacks.yaml"]}    - { tags: { team: web }, profile: base }\n`;
    const client = await connect(settingsFolder({ ...TAGGED, "stacks.yaml": stacks }));
    await expect(
        call(done => client.configureStack(stackRequest({ tier: "gold", team: "web" }), done)),
    ).rejects.toThrow("settings/stacks.yaml:4: stacks[1]: is about ?/shop/prod exactly as specifically as line 3");
});
