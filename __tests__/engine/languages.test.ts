// Programs in other languages than JavaScript, with the real SDK of each, at the desk.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CheckResult } from "../../cli/check";
import { REPOSITORY } from "./support/pulumi";

// Compiling the SDK for Go takes minutes the first time.
jest.setTimeout(900_000);

const RDS = "rds-deletion-protection-required";
const WATCHED = [RDS, "iam-no-wildcard-actions", "no-public-s3-buckets"];

const folders: string[] = [];
afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function projectWith(runtime: string, files: Readonly<Record<string, string>>): string {
    const folder = mkdtempSync(join(tmpdir(), "languages-"));
    folders.push(folder);
    const project = {
        "Pulumi.yaml": `name: shop\nruntime: ${runtime}\n`,
        "Pulumi.prod.yaml":
            "config:\n  aws:region: eu-west-1\n  shop:protect: false\n  shop:size:\n    secure: v1:YQ==:Yg==\n",
    };
    for (const [path, text] of Object.entries({ ...project, ...files })) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
    }
    return folder;
}

interface Said {
    /** By rule and resource: file and line of the program. */
    readonly found: Readonly<Record<string, string>>;
    readonly reasons: readonly string[];
}

async function check(folder: string, env: NodeJS.ProcessEnv = {}): Promise<Said> {
    const rules = WATCHED.flatMap(rule => ["--rule", rule]);
    const command = join(REPOSITORY, "dist/cli/index.js");
    const args = [command, "check", "--format", "json", "--project", folder, "--stack", "prod", ...rules];
    const child = spawn(process.execPath, args, {
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    child.stdout.on("data", (text: Buffer) => {
        printed += text;
    });
    await new Promise(done => child.once("close", done));
    const { findings, notJudged } = JSON.parse(printed) as CheckResult;
    const found = findings.map(({ rule, urn, source }) => [
        `${rule} ${urn?.split("::").at(-1)}`,
        source === undefined ? "" : `${source.file}:${source.line}`,
    ]);
    return { found: Object.fromEntries(found), reasons: notJudged.map(({ reason }) => reason) };
}

describe("a program in Python", () => {
    const install = spawnSync(process.execPath, [join(REPOSITORY, "scripts/install-pulumi-python.mjs")], {
        encoding: "utf8",
    });

    function python(program: string): string {
        const folder = projectWith("{ name: python, options: { virtualenv: venv } }", { "__main__.py": program });
        symlinkSync(install.stdout.trim(), join(folder, "venv"));
        return folder;
    }

    test("is judged with components, settings, secrets, outputs and documents, each at its line", async () => {
        const { found, reasons } = await check(
            python(`import pulumi
import pulumi_aws as aws
config = pulumi.Config()
aws.rds.Instance("db", instance_class="a", deletion_protection=config.require_bool("protect"), allocated_storage=config.require_secret_int("size"))
bucket = aws.s3.Bucket("site")
statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": bucket.arn}
aws.s3.BucketPolicy("open", bucket=bucket.id, policy=pulumi.Output.json_dumps({"Statement": [statement]}))
document = aws.iam.get_policy_document_output(statements=[{"actions": ["*"], "resources": ["*"]}])
aws.iam.Policy("all", policy=document.json)
class Shop(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("acme:web:Shop", name)
        aws.rds.Instance(name + "-db", instance_class="a", opts=pulumi.ResourceOptions(parent=self))
Shop("shop")
pulumi.export("organization", pulumi.get_organization())
`),
        );
        expect(found).toEqual({
            [`${RDS} db`]: "__main__.py:4",
            "no-public-s3-buckets open": "__main__.py:7",
            "iam-no-wildcard-actions all": "__main__.py:9",
            [`${RDS} shop-db`]: "__main__.py:13",
        });
        expect(reasons).toEqual([expect.stringContaining("The values of secret settings (shop:size)")]);
    });

    test("that fails is told in one line, with its own place", async () => {
        const { reasons } = await check(
            python('import pulumi\ndef load():\n    raise ValueError("no such file")\npulumi.log.info("x")\nload()\n'),
        );
        expect(reasons).toEqual(["The program failed: ValueError: no such file (__main__.py:3)"]);
    });

    test("whose environment is not made is told what to do", async () => {
        const folder = projectWith("python", { "__main__.py": "" });
        spawnSync("python3", ["-m", "venv", "--without-pip", join(folder, ".venv")]);
        expect((await check(folder)).reasons).toEqual([
            expect.stringMatching(
                /^The program \(python\) can only be run by the engine here: the package pulumi is not installed for .*\.venv\/bin\/python; make the project's virtual environment/,
            ),
        ]);
    });
});

describe("a program in Go", () => {
    const go = (body: string) =>
        projectWith("go", {
            "go.mod": "module shop\n\ngo 1.24\n\nrequire github.com/pulumi/pulumi/sdk/v3 v3.259.0\n",
            "go.sum": readFileSync(join(REPOSITORY, "scripts/pulumi-cli/go.sum"), "utf8"),
            "main.go": `package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		var db pulumi.CustomResourceState
		${body}
	})
}
`,
        });
    const env = { GOFLAGS: "-mod=mod" };
    const REGISTER = `return ctx.RegisterResource("aws:rds/instance:Instance", "db", pulumi.Map{
			"deletionProtection": pulumi.Bool(config.RequireBool(ctx, "shop:protect")),
		}, &db)`;

    test("is judged", async () => {
        const { found, reasons } = await check(go(REGISTER), env);
        expect({ found: Object.keys(found), reasons }).toEqual({ found: [`${RDS} db`], reasons: [] });
    });

    test("that does not compile is told with its line", async () => {
        const { reasons } = await check(go("return nothing(config.New, db)"), env);
        expect(reasons).toEqual([
            expect.stringMatching(/^The program could not be built: .*main\.go:11:\d+: undefined: nothing/),
        ]);
    });

    test("that is not where the project says is told by the project's file", async () =>
        expect((await check(projectWith("go\nmain: gone", {}))).reasons).toEqual([
            "The program failed: Pulumi.yaml says `main: gone`, and there is no such file or folder.",
        ]));

    test("is told to need Go where there is none", async () => {
        const { reasons } = await check(go(REGISTER), { PATH: "/nowhere" });
        expect(reasons).toEqual([expect.stringContaining("there is no `go` on PATH; install Go")]);
    });
});

/** What runs these tests need not have Java. */
const hasMaven = spawnSync("mvn", ["-version"], { stdio: "ignore" }).status === 0;
if (hasMaven) {
    test("a program in Java is judged", async () => {
        const folder = projectWith("java", {
            "pom.xml": `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>shop</groupId><artifactId>shop</artifactId><version>1.0</version>
  <properties>
    <maven.compiler.source>11</maven.compiler.source>
    <maven.compiler.target>11</maven.compiler.target>
    <exec.mainClass>shop.App</exec.mainClass>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency><groupId>com.pulumi</groupId><artifactId>pulumi</artifactId><version>1.16.0</version></dependency>
  </dependencies>
  <build><plugins><plugin>
    <groupId>org.codehaus.mojo</groupId><artifactId>exec-maven-plugin</artifactId><version>3.5.0</version>
  </plugin></plugins></build>
</project>
`,
            "src/main/java/shop/App.java": `package shop;

import com.pulumi.Pulumi;
import com.pulumi.core.Output;
import com.pulumi.core.annotations.Import;
import com.pulumi.resources.*;

public class App {
    static class Args extends ResourceArgs {
        @Import(name = "deletionProtection") private final Output<Boolean> deletionProtection;
        Args(boolean isProtected) { deletionProtection = Output.of(isProtected); }
    }
    static class Database extends CustomResource {
        Database(String name, Args args) {
            super("aws:rds/instance:Instance", name, args, CustomResourceOptions.Empty);
        }
    }
    public static void main(String[] args) {
        Pulumi.run(ctx -> { new Database("db", new Args(Boolean.parseBoolean(ctx.config().require("protect")))); });
    }
}
`,
        });
        const { found, reasons } = await check(folder);
        expect({ found: Object.keys(found), reasons }).toEqual({ found: [`${RDS} db`], reasons: [] });
    });
}
