import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
    AnalyzeRequest,
    type AnalyzeResponse,
    type AnalyzerInfo,
    AnalyzerResourceOptions,
    ConfigureAnalyzerRequest,
    EnforcementLevel,
    PolicyConfig,
    type RemediateResponse,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { configSchemaOf } from "../../policies/kit/settings";
import { rules } from "../../policies/rules";

const ROOT = join(__dirname, "../..");

/** The pack as a process of its own, asked over gRPC as the engine asks it. */
describe.each([
    ["compiled from the sources", ROOT],
    ["as it is published", join(ROOT, "artefact")],
])("the pack %s", (_, folder) => {
    let child: ChildProcess;
    let client: AnalyzerClient;

    beforeAll(async () => {
        const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [folder] });
        child = spawn(process.execPath, [runner, "127.0.0.1:0", folder], {
            cwd: folder,
            stdio: ["ignore", "pipe", "inherit"],
        });
        const port = await new Promise<string>(resolve =>
            child.stdout?.once("data", data => resolve(String(data).trim())),
        );
        client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
    }, 60_000);

    afterAll(() => {
        client.close();
        child.kill();
    });

    function call<T>(send: (done: (error: Error | null, response: T) => void) => unknown): Promise<T> {
        return new Promise((resolve, reject) =>
            send((error, response) => (error === null ? resolve(response) : reject(error))),
        );
    }

    const request = (type: string, properties: object) => {
        const result = new AnalyzeRequest();
        result.setType(type);
        result.setName("subject");
        result.setUrn(`urn:pulumi:prod::shop::${type}::subject`);
        result.setOptions(new AnalyzerResourceOptions());
        result.setProperties(Struct.fromJavaScript(properties as never));
        return result;
    };

    const configure = (levels: Readonly<Record<string, { level: EnforcementLevel; settings?: object }>>) => {
        const configuration = new ConfigureAnalyzerRequest();
        for (const [name, { level, settings = {} }] of Object.entries(levels)) {
            const config = new PolicyConfig();
            config.setEnforcementlevel(level);
            config.setProperties(Struct.fromJavaScript(settings as never));
            configuration.getPolicyconfigMap().set(name, config);
        }
        return call(done => client.configure(configuration, done));
    };

    test("offers every rule with the schema that its settings give", async () => {
        const info = await call<AnalyzerInfo>(done => client.getAnalyzerInfo(new Empty(), done));
        expect(info.getName()).toBe("security-baseline");
        const offered = new Map(info.getPoliciesList().map(policy => [policy.getName(), policy]));
        for (const rule of rules) {
            const schema = offered.get(rule.name)?.getConfigschema();
            expect({ rule: rule.name, properties: schema?.getProperties()?.toJavaScript() }).toEqual({
                rule: rule.name,
                properties: JSON.parse(JSON.stringify(configSchemaOf(rule.settings).properties)),
            });
        }
    });

    test("reports at the level that it is configured with, message and severity included", async () => {
        const database = request("aws:rds/instance:Instance", { engine: "postgres" });
        for (const level of [EnforcementLevel.MANDATORY, EnforcementLevel.ADVISORY]) {
            await configure({ "rds-deletion-protection-required": { level } });
            const response = await call<AnalyzeResponse>(done => client.analyze(database, done));
            const diagnostics = response
                .getDiagnosticsList()
                .filter(d => d.getPolicyname() === "rds-deletion-protection-required");
            expect(diagnostics.map(d => [d.getMessage(), d.getEnforcementlevel()])).toEqual([
                ["Instance 'subject', deletionProtection: is not set; expected true.", level],
            ]);
        }
    });

    test("remediates where the level asks for it, and nowhere else", async () => {
        const database = request("aws:rds/instance:Instance", { engine: "postgres" });
        const remedies = async (level: EnforcementLevel) => {
            await configure({ "rds-deletion-protection-required": { level } });
            const response = await call<RemediateResponse>(done => client.remediate(database, done));
            return response.getRemediationsList().map(remedy => remedy.getProperties()?.toJavaScript());
        };
        expect(await remedies(EnforcementLevel.MANDATORY)).toEqual([]);
        expect(await remedies(EnforcementLevel.REMEDIATE)).toEqual([{ engine: "postgres", deletionProtection: true }]);
    });

    test("refuses a misspelt setting with the rule and the key, before any resource", async () => {
        const configured = configure({
            "sg-no-ingress-all": { level: EnforcementLevel.ADVISORY, settings: { allowedPort: [443] } },
        });
        await expect(configured).rejects.toThrow(
            "sg-no-ingress-all.allowedPort: is no setting of sg-no-ingress-all; expected allowedPorts",
        );
    });
});
