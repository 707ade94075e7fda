import { parse } from "yaml";
import { LoopbackAws, loopbackAwsMissing } from "./support/loopback-aws";
import { describeEngine, type Outcome, PACK, Project } from "./support/pulumi";

const RULE = "kms-secrets-provider-required";

jest.setTimeout(240_000);

describeEngine(
    "a stack's secrets in the real engine, with a loopback KMS",
    () => {
        let aws: LoopbackAws;
        let project: Project;
        beforeAll(async () => {
            aws = await LoopbackAws.start();
        });
        afterAll(() => aws.close());
        afterEach(() => project.remove());

        function newProject(env: NodeJS.ProcessEnv): void {
            const runtime = "runtime:\n    name: nodejs\n    options:\n        typescript: false\n";
            project = new Project(
                {
                    "Pulumi.yaml": `name: shop\n${runtime}`,
                    "package.json": '{ "private": true }',
                    "index.js": 'new (require("@pulumi/pulumi").Config)().requireSecret("token");',
                    "policy-config.json": JSON.stringify({ all: "disabled", [RULE]: "mandatory" }),
                },
                { ...aws.env, ...env },
            );
        }

        function preview(): Promise<Outcome> {
            return project.pulumi(["preview", "--policy-pack", PACK, "--policy-pack-config", "policy-config.json"]);
        }

        it("flips the verdict when a stack moves from a passphrase to a key", async () => {
            newProject({});
            await project.succeed("stack", "init", "prod");
            await project.succeed("config", "set", "--secret", "token", "made-up");
            expect(Object.keys(stackFile())).toContain("encryptionsalt");
            const before = await preview();
            expect(before.output).toContain(`[mandatory] [severity: critical]  ${RULE}`);
            expect(before.output).toContain("the stack's secrets are encrypted with a passphrase");
            expect(before.code).not.toBe(0);

            const key = await aws.createKey("moved");
            await project.succeed("stack", "change-secrets-provider", key);
            expect(stackFile()).toMatchObject({ secretsprovider: key });
            const after = await preview();
            expect(after.output).not.toContain(RULE);
            expect(after.code).toBe(0);
        });

        it("passes a stack that was made with a key in a bucket of one's own", async () => {
            newProject({ PULUMI_BACKEND_URL: await aws.createBucket("states") });
            const key = await aws.createKey("made");
            await project.succeed("stack", "init", "prod", "--secrets-provider", key);
            await project.succeed("config", "set", "--secret", "token", "made-up");
            const { code, output } = await preview();
            expect(output).not.toContain(RULE);
            expect(code).toBe(0);
        });

        function stackFile(): Record<string, unknown> {
            return parse(project.read("Pulumi.prod.yaml"));
        }
    },
    loopbackAwsMissing(),
);
