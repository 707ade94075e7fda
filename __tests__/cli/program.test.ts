import {
    chmodSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CheckResult } from "../../cli/check";
import { runInProcess } from "../support/run-command";

const REPOSITORY = join(__dirname, "../..");

jest.setTimeout(60_000);

const folders: string[] = [];
afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A project in a temporary folder, whose program finds the packages of this one. */
function projectWith(files: Readonly<Record<string, string>>): string {
    const folder = mkdtempSync(join(tmpdir(), "security-baseline-"));
    folders.push(folder);
    symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
    const project = {
        "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
        "Pulumi.prod.yaml": "config:\n  aws:region: eu-west-1\n",
    };
    for (const [path, text] of Object.entries({ ...project, ...files })) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
    }
    return folder;
}

interface Outcome {
    readonly code: number;
    readonly found: readonly string[];
    /** By subject, of what only the program's run could not tell. */
    readonly notJudged: Readonly<Record<string, string>>;
    readonly stderr: string;
}

async function check(
    folder: string,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
    const options = ["check", "--format", "json", "--project", folder, "--rule", RDS, "--rule", SG, ...args];
    const { code, stdout, stderr } = await runInProcess(options, env);
    const { findings, notJudged } = JSON.parse(stdout || '{ "findings": [], "notJudged": [] }') as CheckResult;
    return {
        code,
        found: findings.map(({ urn }) => urn?.split("::").at(-1) ?? "").sort(),
        notJudged: Object.fromEntries(notJudged.map(({ subject, reason }) => [subject, reason])),
        stderr,
    };
}

const RDS = "rds-deletion-protection-required";
const SG = "sg-no-ingress-all";

const HEAD = `
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
const database = { instanceClass: "db.t4g.small", engine: "postgres" };
`;

describe("recorded answers", () => {
    const ASKING = `${HEAD}
        const subnets = aws.ec2.getSubnetsOutput({ tags: { tier: "private" } });
        subnets.ids.apply(ids => ids.map(id => new aws.rds.Instance("db-" + id, database)));
        const network = new pulumi.StackReference("acme/network/prod");
        network.requireOutput("cidrs").apply(cidrs => (cidrs as string[]).map((cidr, index) =>
            new aws.ec2.SecurityGroup("group-" + index, { ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: [cidr] }] })));`;

    const ANSWERS = `version: 1
answers:
  - { stack: prod, function: "aws:ec2/getSubnets:getSubnets", arguments: { tags: { tier: private } }, result: { ids: [a, b] } }
  - { stack: prod, function: "pulumi:pulumi:StackReference", arguments: { name: acme/network/prod }, result: { outputs: { cidrs: [0.0.0.0/0] } } }
`;

    test("take the place of what only providers and other stacks know", async () => {
        const folder = projectWith({ "index.ts": ASKING, "answers.yaml": ANSWERS });
        const { code, found, notJudged } = await check(folder, ["--answers", join(folder, "answers.yaml")]);
        expect({ code, found, notJudged }).toEqual({ code: 1, found: ["db-a", "db-b", "group-0"], notJudged: {} });
    });

    test("that are missing are said, and so is what was not seen without them", async () => {
        const { code, notJudged } = await check(projectWith({ "index.ts": ASKING }), ["--fail-on", "none"]);
        expect(code).toBe(3);
        expect(notJudged).toMatchObject({
            "aws:ec2/getSubnets:getSubnets": expect.stringContaining("Only the provider could answer this function"),
            "acme/network/prod": expect.stringContaining("The outputs of this other stack are unknown here"),
        });
    });

    test("are asked of the installed provider with the stack's settings, and kept but for secrets", async () => {
        const plugin = `#!${process.execPath}
            module.paths.push(${JSON.stringify(join(REPOSITORY, "node_modules"))});
            const { main } = require("@pulumi/pulumi/provider");
            const { ResourceProviderService } = require("@pulumi/pulumi/proto/provider_grpc_pb");
            const { InvokeResponse, ConfigureResponse } = require("@pulumi/pulumi/proto/provider_pb");
            const { Struct } = require("google-protobuf/google/protobuf/struct_pb");
            const grpc = require("@grpc/grpc-js");
            let region;
            const server = new grpc.Server();
            server.addService(ResourceProviderService, {
                configure: (call, done) => { region = call.request.getArgs().toJavaScript().region; done(null, new ConfigureResponse()); },
                invoke: (call, done) => {
                    const isSecret = call.request.getTok().includes("getSecret");
                    const result = isSecret ? { secretString: "made-up" } : { ids: [region + "-a"] };
                    done(null, new InvokeResponse().setReturn(Struct.fromJavaScript(result)));
                },
            });
            server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => console.log(port));
        `;
        const folder = projectWith({
            "index.ts": `${HEAD}
                const { ids } = aws.ec2.getSubnetsOutput({ tags: { tier: "private" } });
                ids.apply(ids => ids.map(id => new aws.rds.Instance("db-" + id, database)));
                const { secretString } = aws.secretsmanager.getSecretVersionOutput({ secretId: "a" });
                aws.ec2.getRouteTableOutput({ routeTableId: secretString });
                aws.ec2.getVpcOutput({ id: new aws.ec2.Vpc("net", {}).mainRouteTableId });`,
            "bin/pulumi-resource-aws": plugin,
        });
        chmodSync(join(folder, "bin/pulumi-resource-aws"), 0o755);
        const answers = join(folder, "answers.yaml");
        const env = { PATH: `${join(folder, "bin")}:${process.env.PATH}` };
        const recorded = await check(folder, ["--answers", answers, "--record"], env);
        expect(recorded.found).toEqual(["db-eu-west-1-a"]);
        expect(recorded.notJudged).toEqual({
            "aws:secretsmanager/getSecretVersion:getSecretVersion": expect.stringContaining(
                "No answer was recorded, since an answer that holds a secret is not recorded;",
            ),
            "aws:ec2/getRouteTable:getRouteTable": expect.stringContaining(
                "No answer was recorded, since what the program asks for is not known here;",
            ),
        });
        expect(readFileSync(answers, "utf8")).not.toContain("made-up");
        // Without the provider the file answers.
        expect((await check(folder, ["--answers", answers])).found).toEqual(["db-eu-west-1-a"]);
    });

    test("cannot be asked for without a file, nor without the provider's plugin", async () => {
        const folder = projectWith({ "index.ts": `${HEAD} aws.ec2.getSubnetsOutput({});` });
        expect(await check(folder, ["--record"])).toMatchObject({
            code: 2,
            stderr: expect.stringContaining("--answers"),
        });
        const answers = join(folder, "answers.yaml");
        const { notJudged } = await check(folder, ["--answers", answers, "--record"], { PULUMI_HOME: folder });
        expect(notJudged["aws:ec2/getSubnets:getSubnets"]).toMatch(
            /^No answer was recorded, since that plugin is not installed here; `pulumi plugin install resource aws [\d.]+` installs it;/,
        );
        expect(existsSync(answers)).toBe(false);
    });
});

describe("ESC environments", () => {
    const files = {
        "Pulumi.prod.yaml": "environment:\n  - acme/prod\nconfig:\n  aws:region: eu-west-1\n  shop:own: stack\n",
        "index.ts": `${HEAD}
            const config = new pulumi.Config();
            const name = [config.get("own"), config.get("given"), process.env.GIVEN].join("-");
            new aws.rds.Instance(name, { ...database, deletionProtection: config.getBoolean("protect") });`,
    };

    test("are said not to be opened", async () => {
        const { code, found, notJudged } = await check(projectWith(files), ["--fail-on", "none"]);
        expect({ code, found }).toEqual({ code: 3, found: ["stack--"] });
        expect(notJudged["Pulumi.prod.yaml"]).toContain("ESC environments, which are not opened here");
    });

    test("give what a file says, and the stack's own settings win", async () => {
        const opened = {
            pulumiConfig: { own: "esc", given: "esc", protect: true },
            environmentVariables: { GIVEN: "env" },
        };
        const folder = projectWith({ ...files, "opened.json": JSON.stringify(opened) });
        const { found, notJudged } = await check(folder, ["--env-file", join(folder, "opened.json")]);
        expect({ found, notJudged }).toEqual({ found: [], notJudged: {} });
        writeFileSync(
            join(folder, "opened.json"),
            JSON.stringify({ ...opened, pulumiConfig: { own: "esc", given: "esc" } }),
        );
        expect((await check(folder, ["--env-file", join(folder, "opened.json")])).found).toEqual(["stack-esc-env"]);
    });
});
