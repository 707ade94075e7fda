import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CheckResult, Finding } from "../../cli/check";
import { runInProcess } from "../support/run-command";

const PACK = join(__dirname, "../..");

jest.setTimeout(60_000);

interface Run {
    readonly code: number;
    readonly judged: CheckResult["judged"];
    readonly findings: readonly Finding[];
    readonly notJudged: CheckResult["notJudged"];
    readonly stderr: string;
}

async function check(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
    const { code, stdout, stderr } = await runInProcess(["check", "--format", "json", ...args], env);
    const { judged = [], findings = [], notJudged = [] } = stdout.startsWith("{") ? JSON.parse(stdout) : {};
    return { code, judged, findings, notJudged, stderr };
}

const folders: string[] = [];

/** Writes files to a temporary folder in which programs find the packages of this one. */
function folderWith(files: Readonly<Record<string, string>>): string {
    const folder = mkdtempSync(join(tmpdir(), "security-baseline-"));
    folders.push(folder);
    symlinkSync(join(PACK, "node_modules"), join(folder, "node_modules"));
    mkdirSync(join(folder, ".git"));
    for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
    }
    return folder;
}

afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const KEY = "secretsprovider: awskms://alias/pulumi?region=eu-west-1\nencryptedkey: QUJD\n";
const PROJECT = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n", "Pulumi.staging.yaml": KEY };

/** What the stack of the project above is told by. */
const STAGING = { project: "shop", stack: "staging" };

const CARD = [
    "iam-no-wildcard-actions",
    "kms-secrets-provider-required",
    "no-public-s3-buckets",
    "rds-deletion-protection-required",
    "s3-bucket-encryption-required",
    "sg-no-ingress-all",
];

describe("the examples", () => {
    test("the insecure one breaks the six rules, each with its resource or file", async () => {
        const { code, findings } = await check(["--project", join(PACK, "examples/insecure")]);
        expect(code).toBe(1);
        const mandatory = findings.filter(({ enforcementLevel }) => enforcementLevel === "mandatory");
        expect([...new Set(mandatory.map(({ rule }) => rule))]).toEqual(expect.arrayContaining(CARD));
        for (const finding of findings) {
            expect(finding).toMatchObject({
                severity: expect.stringMatching(/^(low|medium|high|critical)$/),
                message: expect.stringMatching(/\S/),
            });
            expect(finding.urn === undefined).toBe(finding.file !== undefined);
        }
        expect(findings.find(({ rule }) => rule === "kms-secrets-provider-required")).toMatchObject({
            file: "examples/insecure/Pulumi.staging.yaml",
            line: 1,
        });
        expect(findings.find(({ rule }) => rule === "rds-deletion-protection-required")?.urn).toBe(
            "urn:pulumi:staging::shop::aws:rds/cluster:Cluster::customers",
        );
    });

    test("the hardened one is clean", async () => {
        const { code, findings, notJudged } = await check(["--project", join(PACK, "examples/hardened")]);
        expect({ code, findings, notJudged }).toEqual({ code: 0, findings: [], notJudged: [] });
    });
});

describe("a program", () => {
    const program = (text: string) => folderWith({ ...PROJECT, "index.ts": text });

    test("whose values are unknown before the update is not judged there, with the reason", async () => {
        const folder = program(`
            import * as aws from "@pulumi/aws";
            const bucket = new aws.s3.Bucket("data", { serverSideEncryptionConfiguration: { rule: {
                applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } } } });
            new aws.s3.BucketPolicy("data", { bucket: bucket.id, policy: bucket.hostedZoneId.apply(zone => JSON.stringify({ zone })) });
        `);
        const { code, notJudged } = await check(["--project", folder]);
        expect(code).toBe(3);
        expect(notJudged).toContainEqual({
            ...STAGING,
            rule: "no-public-s3-buckets",
            subject: "urn:pulumi:staging::shop::aws:s3/bucketPolicy:BucketPolicy::data",
            reason: "BucketPolicy 'data', policy: the bucket policy is unknown until the update.",
        });
    });

    test("knows names, ids and ARNs of what it makes, and rules link resources by them", async () => {
        const folder = folderWith({
            ...PROJECT,
            "index.ts": `
                import * as aws from "@pulumi/aws";
                import * as pulumi from "@pulumi/pulumi";
                const policy = (action: string, Resource: pulumi.Input<string>) =>
                    pulumi.jsonStringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: action, Resource }] });
                class Site extends pulumi.ComponentResource {
                    constructor(type: string) {
                        super(type, "site");
                        const bucket = new aws.s3.Bucket("files", {}, { parent: this });
                        new aws.s3.BucketServerSideEncryptionConfiguration("files", { bucket: bucket.id, rules: [
                            { applyServerSideEncryptionByDefault: { sseAlgorithm: type === "a:b:Bare" ? undefined : "AES256" } }] }, { parent: this });
                    }
                }
                new Site("a:b:Bare");
                new Site("a:b:Full");
                const prefixed = new aws.s3.Bucket("prefixed", { bucketPrefix: "data-" });
                new aws.s3.BucketPolicy("prefixed", { bucket: prefixed.id, policy: policy("s3:GetObject", pulumi.interpolate\`\${prefixed.arn}/*\`) });
                const queue = new aws.sqs.Queue("jobs", {});
                new aws.sqs.QueuePolicy("jobs", { queueUrl: queue.id, policy: policy("sqs:SendMessage", queue.arn) });
                const database = new aws.rds.Instance("db", { instanceClass: "a" });
                for (const output of [database.endpoint, database.address, queue.url, new aws.sqs.Queue("later", { name: database.endpoint }).arn]) {
                    output.apply(value => { throw new Error("known: " + value); });
                }
            `,
        });
        const { findings, notJudged } = await check(["--project", folder]);
        const of = (rule: string) => findings.filter(finding => finding.rule === rule);
        expect(notJudged).toEqual([]);
        expect(of("no-public-s3-buckets").map(({ message }) => message)).toEqual([
            "BucketPolicy 'prefixed', policy.Statement[0]: allows \"s3:GetObject\" to everyone without a condition that restricts the caller; expected named principals.",
        ]);
        expect(of("resource-policies-not-public").map(({ message }) => message)).toEqual([
            "QueuePolicy 'jobs', policy.Statement[0]: allows \"sqs:SendMessage\" to everyone without a condition that restricts the caller; expected named principals.",
        ]);
        expect(JSON.stringify(of("s3-bucket-encryption-required"))).not.toContain("a:b:Full");
        expect(JSON.stringify(of("s3-bucket-encryption-required"))).toContain("a:b:Bare");
    });

    test("that fails is not judged, and its project files are", async () => {
        const folder = folderWith({
            ...PROJECT,
            "Pulumi.staging.yaml": "encryptionsalt: v1:a\n",
            "index.ts": 'throw new Error("boom");',
        });
        const { code, findings, notJudged } = await check(["--project", folder]);
        expect(code).toBe(1);
        expect(findings.map(({ rule }) => rule)).toContain("kms-secrets-provider-required");
        expect(notJudged).toContainEqual({
            ...STAGING,
            subject: "shop",
            reason: expect.stringMatching(/^The program failed: .*boom/),
        });
    });

    test.each([
        [
            "whose main file does not exist",
            "name: shop\nruntime: nodejs\nmain: src/gone.ts\n",
            "The program failed: Pulumi.yaml says `main: src/gone.ts`, and there is no such file or folder.",
        ],
        [
            "whose project file is broken",
            "name: shop\nruntime: nodejs\nconfig: [a\n",
            expect.stringMatching(/^The program was not run: Pulumi\.yaml:\d+: is not valid YAML: [^\n]+\.$/),
        ],
    ])("%s is told by that file", async (_, projectFile, reason) => {
        const { notJudged } = await check(["--project", folderWith({ ...PROJECT, "Pulumi.yaml": projectFile })]);
        expect(notJudged.map(item => item.reason)).toContainEqual(reason);
    });

    test("in another language is not judged", async () => {
        const folder = folderWith({ ...PROJECT, "Pulumi.yaml": "name: shop\nruntime: python\n" });
        const { code, notJudged } = await check(["--project", folder]);
        expect(code).toBe(3);
        expect(notJudged[0]).toEqual({
            ...STAGING,
            subject: "shop",
            reason: expect.stringMatching(/^The program \(python\) can only be run by the engine/),
        });
    });

    test("reads its stack's settings, and of secret ones that no rule asks for nothing is said", async () => {
        const folder = folderWith({
            ...PROJECT,
            "Pulumi.staging.yaml": `${KEY}config:\n  shop:cidr: 0.0.0.0/0\n  shop:password:\n    secure: v1:abc\n`,
            "index.ts": `
                import * as aws from "@pulumi/aws";
                import * as pulumi from "@pulumi/pulumi";
                const config = new pulumi.Config();
                config.requireSecret("password");
                new aws.ec2.SecurityGroup("web", { ingress: [
                    { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: [config.require("cidr")] }] });
                new aws.rds.Instance("db", { instanceClass: "a", password: config.requireSecret("password") });
            `,
        });
        const { findings, notJudged } = await check(["--project", folder]);
        expect(findings.map(({ rule }) => rule)).toContain("sg-no-ingress-all");
        expect(notJudged).toEqual([]);
    });

    test("that asks for a function's answer gets the documents that the provider would build", async () => {
        const folder = program(`
            import * as aws from "@pulumi/aws";
            const document = aws.iam.getPolicyDocumentOutput({ statements: [{ actions: ["sqs:*"], resources: ["*"] }] });
            new aws.iam.Policy("all", { policy: document.json });
        `);
        const { findings } = await check(["--project", folder]);
        expect(findings.map(({ rule }) => rule)).toContain("iam-no-wildcard-actions");
    });
});

describe("what only the engine knows", () => {
    const RDS = "rds-deletion-protection-required";
    const run = (program: string, stack = KEY) =>
        check([
            "--project",
            folderWith({
                ...PROJECT,
                "Pulumi.staging.yaml": stack,
                "index.ts": `import * as pulumi from "@pulumi/pulumi";\nimport * as aws from "@pulumi/aws";\n${program}`,
            }),
        ]);
    const about = (rule: string, { findings, notJudged }: Run) => ({
        found: findings.filter(finding => finding.rule === rule).map(({ message }) => message),
        notJudged: notJudged.filter(item => item.rule === rule).map(({ reason }) => reason),
    });
    const DATABASE = 'instanceClass: "a", engine: "postgres"';

    test("a property whose changes are ignored has the state's value, which is not judged", async () => {
        const result =
            await run(`new aws.rds.Instance("db", { ${DATABASE}, deletionProtection: false }, { ignoreChanges: ["deletionProtection"] });
            new aws.rds.Instance("other", { ${DATABASE}, deletionProtection: false }, { ignoreChanges: ["tags"] });`);
        expect(about(RDS, result)).toEqual({
            found: ["Instance 'other', deletionProtection: is false; expected true."],
            notJudged: ["Instance 'db', deletionProtection: is unknown until the update; expected true."],
        });
    });

    test("a property whose changes are ignored has the value of the stack that is deployed, where its export is given", async () => {
        const urn = (name: string) => `urn:pulumi:staging::shop::aws:rds/instance:Instance::${name}`;
        const deployed = (name: string, deletionProtection: unknown) => ({
            urn: urn(name),
            type: "aws:rds/instance:Instance",
            custom: true,
            inputs: { engine: "postgres", deletionProtection },
            outputs: {},
        });
        const hidden = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:a" };
        const resources = [
            deployed("on", true),
            deployed("off", false),
            deployed("hidden", hidden),
            deployed("old", true),
        ];
        const folder = folderWith({
            ...PROJECT,
            "state.json": JSON.stringify({ version: 3, deployment: { resources } }),
            "index.ts": `import * as aws from "@pulumi/aws";
                import * as pulumi from "@pulumi/pulumi";
                const make = (name: string, deletionProtection: boolean, opts: object) =>
                    new aws.rds.Instance(name, { ${DATABASE}, deletionProtection }, { ignoreChanges: ["deletionProtection"], ...opts });
                make("on", false, {});
                make("off", true, {});
                make("hidden", true, {});
                make("new", false, {});
                make("renamed", false, { aliases: [{ name: "old" }] });
                const parent = new pulumi.ComponentResource("a:b:C", "c", {}, { aliases: [{ name: "older" }] });
                make("below", false, { parent });`,
        });
        const args = ["--project", folder, "--deployed", join(folder, "state.json")];
        const result = await check(args);
        expect(about(RDS, result)).toEqual({
            found: ["off", "new"].map(name => `Instance '${name}', deletionProtection: is false; expected true.`),
            notJudged: ["hidden", "renamed", "below"].map(
                name => `Instance '${name}', deletionProtection: is unknown until the update; expected true.`,
            ),
        });
        expect((await check([...args, "--state", join(folder, "state.json")])).stderr).toContain(
            "option '--deployed <file>' cannot be used with option '--state <file>'",
        );
    });

    test("secret settings of every type are unknown, and so is what a program makes of them", async () => {
        const secrets = ["on", "size", "office", "shape"]
            .map(key => `  shop:${key}:\n    secure: v1:YQ==:Yg==\n`)
            .join("");
        const result = await run(
            `const config = new pulumi.Config();
            new aws.rds.Instance("db", { ${DATABASE}, deletionProtection: config.requireSecretBoolean("on"), allocatedStorage: config.requireSecretNumber("size") });
            new aws.ec2.SecurityGroup("office", { ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: [pulumi.interpolate\`\${config.requireSecret("office")}/32\`] }] });
            config.requireSecretObject("shape");`,
            `${KEY}config:\n${secrets}`,
        );
        expect(about(RDS, result).notJudged).toHaveLength(1);
        expect(about("sg-no-ingress-all", result)).toEqual({
            found: [],
            notJudged: [expect.stringContaining("cidrBlocks[0]")],
        });
        expect(result.notJudged.map(({ reason }) => reason)).toContainEqual(
            expect.stringMatching(/^The values of secret settings \(shop:on, shop:size, shop:shape\)/),
        );
        expect(JSON.stringify(result)).not.toContain("The program failed");
    });

    test("of a setting that is secret in part the rest is known, and what comes of the secrets is unknown where it comes to", async () => {
        const result = await run(
            `const office = new pulumi.Config().requireObject<any>("office");
            for (const [index, block] of office.blocks.entries())
                new aws.ec2.SecurityGroup("s" + index, { ingress: [{ protocol: "tcp", fromPort: office.port, toPort: 22, cidrBlocks: [block] }] });`,
            `${KEY}config:\n  shop:office:\n    port: 22\n    blocks:\n      - 0.0.0.0/0\n      - secure: v1:YQ==:Yg==\n`,
        );
        expect(about("sg-no-ingress-all", result)).toEqual({
            found: [expect.stringContaining("'s0', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0)")],
            notJudged: [expect.stringContaining("'s1', ingress[0].cidrBlocks[0]")],
        });
        expect(result.notJudged).toHaveLength(1);
    });

    test("transforms of the stack, of a component and of a resource are applied, in the engine's order", async () => {
        const result = await run(`pulumi.runtime.registerResourceTransform(({ type, props, opts }) =>
                type === "aws:rds/instance:Instance" ? { props: { ...props, deletionProtection: true }, opts } : undefined);
            const protect = async ({ props, opts }: pulumi.ResourceTransformArgs) => ({ props, opts: { ...opts, protect: true } });
            const shop = new pulumi.ComponentResource("acme:web:Shop", "shop", {}, { transforms: [protect] });
            new aws.rds.Instance("db", { ${DATABASE} }, { parent: shop, hooks: { beforeCreate: [new pulumi.ResourceHook("h", async () => {})] } });
            new aws.rds.Instance("plain", { ${DATABASE} }, { transforms: [async ({ props, opts }) => ({ props: { ...props, deletionProtection: false }, opts })] });`);
        expect(about(RDS, result)).toEqual({ found: [], notJudged: [] });
        expect(about("critical-resources-protected", result).found).toEqual([expect.stringContaining("'plain'")]);
    });

    test("a transform that fails is the program's own failure", async () => {
        const { notJudged } =
            await run(`pulumi.runtime.registerResourceTransform(() => { throw new Error("no such policy"); });
            new aws.rds.Instance("db", { ${DATABASE} });`);
        expect(notJudged).toContainEqual(
            expect.objectContaining({ reason: expect.stringContaining("no such policy") }),
        );
    });

    test("functions that only a provider answers give placeholders of their types, and what comes of them is unknown", async () => {
        const result = await run(`
            const owner = aws.ssm.getParameterOutput({ name: "office" });
            new aws.ec2.SecurityGroup("office", { ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22,
                cidrBlocks: owner.value.apply(value => value.split(",")) }] });
            export = async () => {
                const { ids } = await aws.ec2.getSubnets({});
                new aws.rds.Instance("db", { ${DATABASE}, deletionProtection: false, dbSubnetGroupName: ids[0].trim() });
            };`);
        expect(JSON.stringify(result)).not.toContain("The program failed");
        expect(about("sg-no-ingress-all", result)).toEqual({
            found: [],
            notJudged: [expect.stringContaining("cidrBlocks[0]")],
        });
        expect(about(RDS, result).found).toEqual(["Instance 'db', deletionProtection: is false; expected true."]);
        for (const subject of ["aws:ssm/getParameter:getParameter", "aws:ec2/getSubnets:getSubnets"]) {
            expect(result.notJudged.filter(item => item.subject === subject)).toHaveLength(1);
        }
    });

    test("transforms of functions' calls are applied", async () => {
        const result = await run(`pulumi.runtime.registerInvokeTransform(({ token, args, opts }) =>
                token.includes("getPolicyDocument") ? { args: { ...args, statements: [{ actions: ["*"], resources: ["*"] }] }, opts } : undefined);
            new aws.iam.Policy("all", { policy: aws.iam.getPolicyDocumentOutput({ statements: [{ actions: ["s3:GetObject"], resources: ["*"] }] }).json });`);
        expect(about("iam-no-wildcard-actions", result).found).toEqual([expect.stringContaining("'all'")]);
    });

    test("a program hears of its organization, Node.js arguments and settings of any length", async () => {
        const result = await check(
            [
                "--project",
                folderWith({
                    "Pulumi.yaml":
                        "name: shop\nruntime:\n  name: nodejs\n  options:\n    nodeargs: --title='the shop' --no-warnings\n",
                    "Pulumi.staging.yaml": `${KEY}config:\n  shop:long: ${"x".repeat(200_000)}\n  shop:open: false\n`,
                    "index.ts": `import * as pulumi from "@pulumi/pulumi";
                        const config = new pulumi.Config();
                        const said = [pulumi.getOrganization(), process.title, config.require("long").length, config.require("open")];
                        if (process.env.PROGRAM_SETTINGS === undefined) throw new Error(said.join(" "));`,
                }),
                "--stack",
                "acme/shop/staging",
                "--config",
                "open=yes=1",
            ],
            {},
        );
        expect(result.notJudged[0]?.reason).toContain("Error: acme the shop 200000 yes=1");
    });

    const placesOf = ({ findings }: Run) =>
        findings
            .filter(({ rule }) => rule === RDS)
            .map(({ urn, source }) => `${urn?.split("::").at(-1)} ${source?.file}:${source?.line}`);

    test("a program of ES modules runs, and is told by its lines", async () => {
        const folder = folderWith({
            ...PROJECT,
            "package.json": '{ "type": "module", "main": "index.mjs" }',
            "index.mjs": `import * as aws from "@pulumi/aws";
                new aws.rds.Instance("top", { ${DATABASE} });
                const make = () => new aws.rds.Instance("made", { ${DATABASE} });
                make();`,
        });
        expect(placesOf(await check(["--project", folder]))).toEqual(["top index.mjs:2", "made index.mjs:3"]);
    });

    test("what a function without a name makes has the line in which it stands", async () => {
        const result = await run(`["a", "b"].map(
            name => new aws.rds.Instance(name, { ${DATABASE} }));
            pulumi.output("late").apply(
                async name => { await null; new aws.rds.Instance(name, { ${DATABASE} }); });`);
        expect(placesOf(result)).toEqual(["a index.ts:4", "b index.ts:4", "late index.ts:6"]);
    });

    test.each([
        ["program", "program/index.js"],
        ["program/app.js", "program/app.js"],
    ])("a program in another folder, main: %s, runs there", async (main, file) => {
        const folder = folderWith({
            ...PROJECT,
            "Pulumi.yaml": `name: shop\nmain: ${main}\nruntime: nodejs\n`,
            "program/name.txt": "named",
            [file]: `const aws = require("@pulumi/aws");
                new aws.rds.Instance(require("fs").readFileSync("name.txt", "utf8"), { ${DATABASE} });`,
        });
        expect(placesOf(await check(["--project", folder]))).toEqual([`named ${file}:2`]);
    });

    test.each([
        [
            "by the Automation API",
            `const { LocalWorkspace } = require("@pulumi/pulumi/automation");
            LocalWorkspace.createOrSelectStack({ projectName: "a", stackName: "b", program: async () => {} }).catch(() => {});`,
        ],
        ["after options", 'spawnSync("pulumi", ["--logtostderr", "up", "--yes"]);'],
        ["in a shell", 'require("node:child_process").execSync("pulumi destroy --yes");'],
    ])("a program that runs the engine itself, %s, is kept from it, and never clean", async (_, body) => {
        const folder = folderWith({
            ...PROJECT,
            // Tells what reaches it.
            "bin/pulumi": `#!/bin/sh\necho "$@" >> "$(dirname "$0")/asked"\ncase "$1" in version) echo v3.259.0 ;; *) exit 1 ;; esac\n`,
            "index.js": `const { spawnSync } = require("node:child_process"); spawnSync("pulumi", ["version"]); ${body}`,
        });
        chmodSync(join(folder, "bin/pulumi"), 0o755);
        const env = { PATH: `${join(folder, "bin")}:${process.env.PATH}` };
        const { code, notJudged } = await check(["--project", folder], env);
        expect(code).toBe(3);
        expect(notJudged.map(({ reason }) => reason)).toEqual([
            expect.stringMatching(/^The program runs `pulumi` itself, .* `npx security-baseline path` prints/),
        ]);
        const asked = readFileSync(join(folder, "bin/asked"), "utf8");
        expect(asked).toMatch(/^version/);
        expect(asked).not.toMatch(/\b(up|init|select|destroy)\b/);
        // Neither is it where there is no such command.
        expect((await check(["--project", folder], { PATH: "/usr/bin:/bin" })).notJudged).toEqual(notJudged);
    });

    test("a program that does not end is stopped after the time that is given", async () => {
        const folder = folderWith({ ...PROJECT, "index.ts": "setTimeout(() => {}, 60_000);" });
        expect((await check(["--project", folder, "--timeout", "4"])).notJudged).toContainEqual({
            ...STAGING,
            subject: "shop",
            reason: "The program did not end within 4 s; --timeout gives it another time.",
        });
    });

    test("a component that a plugin makes is said not to be looked into", async () => {
        const { code, notJudged } = await run(
            'new pulumi.ComponentResource("acme:index:Network", "net", {}, {}, true);',
        );
        expect(code).not.toBe(0);
        expect(notJudged).toContainEqual({
            ...STAGING,
            subject: "urn:pulumi:staging::shop::acme:index:Network::net",
            reason: expect.stringContaining("makes its resources in a plugin"),
        });
    });

    test("a failing program is told by its own message, file and line, without colours and within seconds", async () => {
        const start = Date.now();
        const { notJudged } = await run('function load(): never {\n    throw new Error("no such file");\n}\nload();');
        expect(notJudged).toContainEqual(
            expect.objectContaining({
                reason: expect.stringMatching(/^The program failed: Error: no such file \(index\.ts:4:\d+\)$/),
            }),
        );
        // Colours alone took half a minute.
        expect(Date.now() - start).toBeLessThan(25_000);
    });
});

describe("a state export", () => {
    const exported = (provider: object) =>
        JSON.stringify({
            version: 3,
            deployment: {
                secrets_providers: provider,
                resources: [
                    {
                        urn: "urn:pulumi:staging::shop::pulumi:pulumi:Stack::shop-prod",
                        type: "pulumi:pulumi:Stack",
                        custom: false,
                    },
                    {
                        urn: "urn:pulumi:staging::shop::aws:rds/instance:Instance::db",
                        type: "aws:rds/instance:Instance",
                        custom: true,
                        id: "db-1",
                        inputs: { engine: "postgres" },
                        outputs: { engine: "postgres", deletionProtection: false },
                        parent: "urn:pulumi:staging::shop::pulumi:pulumi:Stack::shop-prod",
                    },
                    {
                        urn: "urn:pulumi:staging::shop::aws:rds/instance:Instance::old",
                        type: "aws:rds/instance:Instance",
                        custom: true,
                        delete: true,
                        inputs: {},
                    },
                ],
            },
        });

    test("is judged instead of the program, its secrets provider included", async () => {
        const folder = folderWith({
            ...PROJECT,
            "index.ts": 'throw new Error("not run");',
            "state.json": exported({ type: "passphrase", state: { salt: "v1:a" } }),
        });
        const { code, findings } = await check(["--project", folder, "--state", join(folder, "state.json")]);
        expect(code).toBe(1);
        expect(findings.map(({ rule, urn }) => [rule, urn?.split("::").pop()])).toEqual(
            expect.arrayContaining([
                ["rds-deletion-protection-required", "db"],
                ["kms-secrets-provider-required", undefined],
            ]),
        );
        expect(JSON.stringify(findings)).not.toContain("::old");
    });

    const SIG = "4dabf18193072939515e22adb298388d";
    const SECRET = "1b47061264138c4ac30d75fd1eb44270";
    const resource = (type: string, name: string, inputs: object, outputs: object = inputs, more: object = {}) => ({
        urn: `urn:pulumi:staging::shop::${type}::${name}`,
        type,
        custom: true,
        inputs,
        outputs,
        ...more,
    });
    const BUCKET = "aws:s3/bucket:Bucket";
    const GROUP = "aws:ec2/securityGroup:SecurityGroup";

    function judged(...resources: object[]) {
        const folder = folderWith(PROJECT);
        writeFileSync(join(folder, "state.json"), JSON.stringify({ version: 3, deployment: { resources } }));
        return check(["--project", folder, "--state", join(folder, "state.json")]);
    }

    test("holds what only a real one does: references, defaults, secrets, assets, read resources, unset values", async () => {
        const reference = {
            [SIG]: "5cf8f73096256a8f31e491e813e4eb8e",
            urn: `urn:pulumi:staging::shop::${BUCKET}::data`,
            id: "data",
        };
        const asset = { [SIG]: "c44067f5952c0a294b673a41bacd8c17", hash: "ab", path: "code.zip" };
        const { code, findings, notJudged, stderr } = await judged(
            {
                ...resource("pulumi:pulumi:Stack", "shop-staging", {}, { bucket: reference, list: [reference] }),
                custom: false,
            },
            resource(
                BUCKET,
                "data",
                { __defaults: ["bucket", "forceDestroy"], bucket: "data-1a2b", forceDestroy: false },
                {
                    bucket: "data-1a2b",
                    policy: "",
                    serverSideEncryptionConfiguration: {
                        rule: { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
                    },
                    logging: null,
                },
            ),
            resource("aws:lambda/function:Function", "resize", { code: asset, odd: { [SIG]: "no such signature" } }),
            resource(BUCKET, "elsewhere", {}, { policy: "{" }, { external: true }),
            resource("aws:kms/key:Key", "key", { __defaults: ["enableKeyRotation"], enableKeyRotation: false }),
        );
        expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
        const about = (rule: string) => findings.filter(finding => finding.rule === rule).map(({ message }) => message);
        expect(about("no-public-s3-buckets")).toEqual([]);
        expect(about("s3-bucket-encryption-required")).toEqual([
            "Bucket 'data', serverSideEncryptionConfiguration: is not set; expected AES256, aws:kms or aws:kms:dsse, here or by a BucketServerSideEncryptionConfiguration.",
        ]);
        expect(about("kms-key-rotation-enabled")).toEqual(["Key 'key', enableKeyRotation: is not set; expected true."]);
        expect(notJudged.filter(({ subject }) => subject.startsWith("urn:"))).toEqual([]);
    });

    test("shows no secret, neither its ciphertext nor its plain text", async () => {
        const secret = (value: object) => ({
            ingress: [{ fromPort: 1, toPort: 1, protocol: "tcp", cidrBlocks: [{ [SIG]: SECRET, ...value }] }],
        });
        const { findings, notJudged } = await judged(
            resource(GROUP, "plain", secret({ plaintext: JSON.stringify("203.0.113.77/") })),
            resource(GROUP, "cipher", secret({ ciphertext: "v1:Y2lwaGVydGV4dA==" })),
        );
        const text = JSON.stringify([findings, notJudged]);
        expect(text).toContain("cidrBlocks[0]: is [secret]; expected a block such as 10.0.0.0/8.");
        expect(notJudged).toContainEqual(
            expect.objectContaining({ rule: "sg-no-ingress-all", subject: expect.stringMatching(/cipher$/) }),
        );
        expect(text).not.toMatch(/203\.0\.113|Y2lwaGVydGV4dA/);
    });

    test("goes with each resource's own provider", async () => {
        const role = (account: string) => ({
            assumeRoles: JSON.stringify([{ roleArn: `arn:aws:iam::${account}:role/a` }]),
        });
        const provider = (name: string, account: string) => resource("pulumi:providers:aws", name, role(account));
        const of = (name: string) => ({ provider: `urn:pulumi:staging::shop::pulumi:providers:aws::${name}::1a2b` });
        const policy = JSON.stringify({
            Statement: { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" },
        });
        const block = resource(
            "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
            "all",
            { restrictPublicBuckets: true },
            {},
            of("a"),
        );
        const { findings } = await judged(
            provider("a", "111122223333"),
            provider("b", "444455556666"),
            block,
            resource(BUCKET, "same", { policy }, {}, of("a")),
            resource(BUCKET, "other", { policy }, {}, of("b")),
        );
        const messages = findings.filter(({ rule }) => rule === "no-public-s3-buckets").map(({ message }) => message);
        expect(messages.sort()).toEqual([
            "AccountPublicAccessBlock 'all': does not count for 'other': the provider there has other credentials, which may be another account's.",
            expect.stringMatching(/^Bucket 'other', policy\.Statement: allows "s3:GetObject" to everyone/),
        ]);
    });

    test("of a newer form is refused", async () => {
        const folder = folderWith({ ...PROJECT, "state.json": '{ "version": 5, "deployment": {} }' });
        const { code, stderr } = await check(["--project", folder, "--state", join(folder, "state.json")]);
        expect([code, stderr]).toEqual([2, expect.stringContaining("version: expected a version up to 4")]);
    });

    test("of another shape is refused with what is wrong", async () => {
        const folder = folderWith({ ...PROJECT, "state.json": '{ "deployment": { "resources": [{}] } }' });
        const { code, stderr } = await check(["--project", folder, "--state", join(folder, "state.json")]);
        expect(code).toBe(2);
        expect(stderr).toMatch(/state\.json: is no state export: deployment\.resources\.0\.urn: /);
    });
});

describe("several stacks", () => {
    let env: Readonly<Record<string, string>>;
    let folder: string;
    beforeAll(() => {
        folder = folderWith({
            "Pulumi.yaml": "name: shop\nruntime: yaml\n",
            "Pulumi.dev.yaml": "encryptionsalt: v1:a\n",
            "Pulumi.prod.yaml": "encryptionsalt: v1:a\n",
            "settings/base.yaml": "all: advisory until 2099-12-31\n",
            "settings/strict.yaml": "all: mandatory\n",
            "settings/stacks.yaml": "default: base\nstacks:\n  - { stack: prod, profile: strict }\n",
            ".github/workflows/ci.yml":
                "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: pulumi up --yes\n",
        });
        env = { SECURITY_BASELINE_CONFIG: join(folder, "settings") };
    });
    const of = async (...args: string[]) => (await check(["--project", folder, ...args], env)).findings;

    test("share files, which are told of once at the strictest level, and have files of their own", async () => {
        const findings = await of("--rule", "ci-workflow-hardened, kms-secrets-provider-required");
        const workflow = findings.filter(({ rule }) => rule === "ci-workflow-hardened");
        expect(workflow.length).toBeGreaterThan(0);
        expect(new Set(workflow.map(({ message }) => message)).size).toBe(workflow.length);
        for (const { enforcementLevel, message, project, stack } of workflow) {
            expect({ enforcementLevel, project, stack }).toEqual({ enforcementLevel: "mandatory", project: "shop" });
            expect(message).not.toContain("Advisory for now");
        }
        const keys = findings.filter(({ rule }) => rule === "kms-secrets-provider-required");
        expect(keys.map(({ file, stack, enforcementLevel }) => [file, stack, enforcementLevel])).toEqual([
            ["Pulumi.dev.yaml", "dev", "advisory"],
            ["Pulumi.prod.yaml", "prod", "mandatory"],
        ]);
    });

    test("are chosen by name, and of rules only those that are asked for are told", async () => {
        const named = await check(
            ["--project", folder, "--stack", "dev", "--stack", "acme/shop/dev", "--skip", "ci-workflow-hardened"],
            env,
        );
        expect(named.judged).toEqual([{ project: "shop", stack: "dev", resources: 0 }]);
        expect(named.findings.length).toBeGreaterThan(0);
        expect(named.findings.map(({ rule }) => rule)).not.toContain("ci-workflow-hardened");
    });

    test("that are not there are refused with those that are", async () => {
        const { code, stderr } = await check(["--project", folder, "--stack", "prd"], env);
        expect(code).toBe(2);
        expect(stderr).toBe(
            "--stack prd: there is no stack of this name here; there are dev, prod. Did you mean prod? A stack without settings is judged when it has an empty Pulumi.prd.yaml.\n",
        );
    });

    test("and of a rule's aspects those that are asked for", async () => {
        const pins = await of("--stack", "prod", "--rule", "ci-workflow-hardened/pinned-actions");
        expect(pins).toEqual([
            expect.objectContaining({
                aspect: "pinned-actions",
                message: expect.stringMatching(/ \[ci-workflow-hardened\/pinned-actions\]$/),
                severity: "high",
            }),
        ]);
        const some = ["--stack", "prod", "--rule", "ci-workflow-hardened"];
        const aspects = (await of(...some)).map(({ aspect }) => aspect);
        expect(
            (await of(...some, "--skip", "ci-workflow-hardened/pinned-actions")).map(({ aspect }) => aspect),
        ).toEqual(aspects.filter(aspect => aspect !== "pinned-actions"));
    });
});

test("of a repository every project is judged, its files by its stacks' profiles, and its program run", async () => {
    const folder = folderWith({
        "a/Pulumi.yaml": "name: a\nruntime: nodejs\n",
        "a/Pulumi.dev.yaml": KEY,
        "a/Pulumi.prod.yaml": KEY,
        "a/index.ts":
            'import * as aws from "@pulumi/aws";\nnew aws.rds.Instance("db", { instanceClass: "a", engine: "postgres" });',
        "b/Pulumi.yaml": "name: b\nruntime: dotnet\n",
        "b/Pulumi.dev.yaml": "encryptionsalt: v1:a\n",
        "c/Pulumi.yaml": "name: c\nruntime: nodejs\n",
        "c/package.json": '{\n  "name": "c",\n}\n',
        "settings/base.yaml": "all: mandatory\n",
        "settings/lax.yaml": "all: advisory\n",
        "settings/stacks.yaml": "default: base\nstacks:\n  - { project: a, stack: dev, profile: lax }\n",
    });
    rmSync(join(folder, ".git"), { recursive: true });
    const rules = ["--rule", "kms-secrets-provider-required", "--rule", "rds-deletion-protection-required"];
    const { code, judged, findings, notJudged } = await check(["--project", folder, ...rules], {
        SECURITY_BASELINE_CONFIG: join(folder, "settings"),
    });
    expect(code).toBe(1);
    expect(judged).toEqual([
        { project: "a", stack: "dev", resources: 2 },
        { project: "a", stack: "prod", resources: 2 },
        { project: "b", stack: "dev", resources: 0 },
        { project: "c", resources: 0 },
    ]);
    const told = findings.map(({ project, stack, enforcementLevel, urn, file }) => [
        project,
        stack,
        enforcementLevel,
        urn ?? file,
    ]);
    expect(told).toEqual([
        ["a", "dev", "advisory", "urn:pulumi:dev::a::aws:rds/instance:Instance::db"],
        ["a", "prod", "mandatory", "urn:pulumi:prod::a::aws:rds/instance:Instance::db"],
        ["b", "dev", "mandatory", "b/Pulumi.dev.yaml"],
    ]);
    expect(notJudged).toEqual([
        { project: "b", stack: "dev", subject: "b", reason: expect.stringMatching(/^The program \(dotnet\)/) },
        {
            project: "c",
            subject: "c",
            reason: expect.stringMatching(/^The program was not run: c\/package\.json:3: is not valid JSON: [^\n]+\.$/),
        },
    ]);
});

describe("wrong use and broken settings", () => {
    test.each([
        ["an unknown option", ["--stak", "prod"]],
        ["an unknown format", ["--format", "xml"]],
        ["a folder that does not exist", ["--project", join(PACK, "no-such-folder")]],
        ["a folder without a project", ["--project", join(PACK, "docs")]],
        ["a stack's name of four parts", ["--stack", "a/b/c/d"]],
        ["an empty stack's name", ["--stack", ""]],
        ["a stack of another project", ["--project", join(PACK, "examples/hardened"), "--stack", "depot/prod"]],
        ["a rule that does not exist", ["--rule", "sg-no-ingress-al"]],
        ["a list with a rule that does not exist", ["--rule", "sg-no-ingress-all,no-such-rule"]],
        ["an aspect that the rule does not have", ["--rule", "sg-no-ingress-all/pinned-actions"]],
    ])("%s ends with 2", async (_, args) => {
        const { code, stderr } = await check(args);
        expect(code).toBe(2);
        expect(stderr).not.toMatch(/\n {4}at /);
    });

    test("an unknown rule is told with the one that is meant", async () =>
        expect((await check(["--skip", "sg-no-ingress-al"])).stderr).toContain("Did you mean sg-no-ingress-all?"));

    test("settings with mistakes end with 2 and all of the mistakes", async () => {
        const folder = folderWith({
            ...PROJECT,
            "settings/base.yaml":
                "rules:\n  sg-no-ingress-al: mandatory\n  sg-no-ingress-all:\n    allowedPort: [443]\n",
            "settings/stacks.yaml": "default: bas\n",
        });
        const { code, stderr } = await check(["--project", folder], {
            SECURITY_BASELINE_CONFIG: join(folder, "settings"),
        });
        expect(code).toBe(2);
        expect(stderr).toContain(
            "settings/base.yaml:2: rules.sg-no-ingress-al: is no rule of this pack. Did you mean sg-no-ingress-all?",
        );
        expect(stderr).toContain(
            "settings/base.yaml:4: rules.sg-no-ingress-all.allowedPort: is no setting of sg-no-ingress-all",
        );
        expect(stderr).toContain(
            'settings/stacks.yaml:1: default: is "bas"; expected a profile: base. Did you mean base?',
        );
    });

    test("advisory findings do not fail", async () => {
        const folder = folderWith({
            ...PROJECT,
            "index.ts":
                'import * as aws from "@pulumi/aws"; new aws.rds.Instance("db", { instanceClass: "db.t3.micro" });',
            "settings/base.yaml": "all: advisory\n",
            "settings/stacks.yaml": "default: base\n",
        });
        const { code, findings } = await check(["--project", folder], {
            SECURITY_BASELINE_CONFIG: join(folder, "settings"),
        });
        expect(findings.map(({ rule, enforcementLevel }) => [rule, enforcementLevel])).toContainEqual([
            "rds-deletion-protection-required",
            "advisory",
        ]);
        expect(code).not.toBe(1);
    });
});

test.each([
    ["its organisation and tags", ["--stack", "acme/shop/staging", "--tag", "tier=gold"], "mandatory"],
    ["its organisation without the tags", ["--stack", "acme/shop/staging"], "advisory"],
    ["another organisation", ["--stack", "other/shop/staging", "--tag", "tier=gold"], "advisory"],
    ["neither", [], "advisory"],
])("the settings are those of the stack, by %s", async (_, args, level) => {
    const folder = folderWith({
        ...PROJECT,
        "Pulumi.yaml": "name: shop\nruntime: yaml\n",
        "Pulumi.staging.yaml": "encryptionsalt: v1:a\n",
        "settings/base.yaml": "all: advisory\n",
        "settings/strict.yaml": "all: mandatory\n",
        "settings/stacks.yaml":
            "default: base\nstacks:\n  - { organization: acme, tags: { tier: gold }, profile: strict }\n",
    });
    const { findings } = await check(["--project", folder, ...args], {
        SECURITY_BASELINE_CONFIG: join(folder, "settings"),
    });
    expect(findings.filter(({ rule }) => rule === "kms-secrets-provider-required")).toEqual([
        expect.objectContaining({ enforcementLevel: level, file: "Pulumi.staging.yaml" }),
    ]);
});

test("a program that runs on is not waited for when the pack refuses its settings", async () => {
    const folder = folderWith({
        ...PROJECT,
        "index.ts": "setTimeout(() => {}, 90_000);",
        "settings/base.yaml": "alll: mandatory\n",
    });
    const begin = Date.now();
    const { code } = await check(["--project", folder], { SECURITY_BASELINE_CONFIG: join(folder, "settings") });
    expect(code).toBe(2);
    expect(Date.now() - begin).toBeLessThan(60_000);
});
