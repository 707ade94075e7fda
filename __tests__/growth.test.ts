// Ten times the input costs about ten times the work: what grows with a square would be a hundred times.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readState } from "../cli/engine/state";
import { ConfigError } from "../policies/config/config-error";
import { readSettings } from "../policies/config/load";
import type { ProjectRule, ResourceRule, StackRule } from "../policies/kit/rule";
import { rules } from "../policies/rules";
import { leastTime } from "./support/least-time";
import { judgeProject, judgeResource, judgeStack } from "./support/test-rule";

/** How often the work may be done for ten times the input, and what is not looked at, in milliseconds. */
const LIMIT = { times: 12, milliseconds: 150 };

const ruleNamed = (name: string) => {
    const rule = rules.find(one => one.name === name);
    if (rule === undefined) throw new Error(`no rule ${name}`);
    return rule;
};

const folder = mkdtempSync(join(tmpdir(), "growth-"));
afterAll(() => rmSync(folder, { recursive: true }));

const lines = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => line(index)).join("\n");

function project(name: string, filesOf: (size: number) => Record<string, string>) {
    return (size: number) => {
        const files = filesOf(size);
        return () => judgeProject(ruleNamed(name) as ProjectRule, { files });
    };
}

/** Files of one program that never end what they begin, or put all in one line. */
const FILES: Readonly<Record<string, { size: number; runtime: string; file: string; text: (size: number) => string }>> =
    {
        "a requirement of one line": {
            size: 40_000,
            runtime: "python",
            file: "requirements.txt",
            text: size => "a, >=".repeat(size),
        },
        "a requirement that goes on in the next line": {
            size: 5_000,
            runtime: "python",
            file: "requirements.txt",
            text: size => "a==1 \\\n".repeat(size),
        },
        "tables of tables of pyproject.toml": {
            size: 20_000,
            runtime: "python",
            file: "pyproject.toml",
            text: size => `[${"a.".repeat(size)}a]\n`,
        },
        "elements of a pom.xml that do not end": {
            size: 20_000,
            runtime: "java",
            file: "pom.xml",
            text: size => `<dependencies>${"<dependency><version>".repeat(size)}`,
        },
        "comments of a pom.xml that do not end": {
            size: 50_000,
            runtime: "java",
            file: "pom.xml",
            text: size => "<!--".repeat(size),
        },
        "one line of a build.gradle": {
            size: 2_000,
            runtime: "java",
            file: "build.gradle",
            text: size => "implementation 'a:b:1.+' ".repeat(size),
        },
        "quotes of a build.gradle that do not end": {
            size: 20_000,
            runtime: "java",
            file: "build.gradle",
            text: size => "implementation('a:".repeat(size),
        },
        "one line of a project file of .NET": {
            size: 2_000,
            runtime: "dotnet",
            file: "web.csproj",
            text: size => '<PackageReference Include="a" Version="1.*" />'.repeat(size),
        },
        "elements of a project file of .NET that do not end": {
            size: 10_000,
            runtime: "dotnet",
            file: "web.csproj",
            text: size => '<PackageReference Include="a '.repeat(size),
        },
        "references of a project file of .NET that hold no version": {
            size: 1_000,
            runtime: "dotnet",
            file: "web.csproj",
            text: size => '<PackageReference Include="a">'.repeat(size),
        },
        "spaces of a project file of .NET": {
            size: 100_000,
            runtime: "dotnet",
            file: "web.csproj",
            text: size => `<PackageReference${" ".repeat(size)}`,
        },
        "one line of a go.mod": {
            size: 50_000,
            runtime: "go",
            file: "go.mod",
            text: size => `require x ${"v1 ".repeat(size)}`,
        },
        "names of one entry of a yarn.lock": {
            size: 5_000,
            runtime: "nodejs",
            file: "yarn.lock",
            text: size => `${"a@^1, ".repeat(size)}:\n  version "1"\n`,
        },
        "entries of a pnpm-lock.yaml": {
            size: 200,
            runtime: "nodejs",
            file: "pnpm-lock.yaml",
            text: size =>
                `lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n${lines(size, index => `      p${index}: { specifier: ^1.0.0, version: 1.0.0 }`)}`,
        },
        "lines of a .gitignore": {
            size: 500,
            runtime: "nodejs",
            file: ".gitignore",
            text: size => lines(size, index => `a${index}/**`),
        },
    };

/** Texts of a resource in which each part may be a credential or part of one. */
const TEXTS: Readonly<Record<string, (size: number) => string>> = {
    "user data of one word": size => "aA1/".repeat(size),
    "user data of the beginnings of credentials": size => "AKIA aws_secret_access_key=".repeat(size / 4),
    "user data of URLs that do not end": size => "https://a:".repeat(size),
    "user data of lines": size => "export A=b\n".repeat(size),
};

type Work = readonly [what: string, size: number, prepare: (size: number) => () => unknown];

/** What is done, by what grows: the size of the smaller input, and the work on an input of a size. */
const WORKS: readonly Work[] = [
    [
        "requirements.txt",
        300,
        project("dependencies-pinned", size => ({
            "Pulumi.yaml": "name: web\nruntime: python\n",
            "requirements.txt": lines(size, index => `package-${index}>=1.${index}`),
        })),
    ],
    [
        "dependencies of package.json and their lockfile",
        300,
        project("dependencies-pinned", size => {
            const names = Array.from({ length: size }, (_, index) => `package-${index}`);
            const packages = Object.fromEntries(
                names.map(name => [`node_modules/${name}`, { version: "1.2.3", integrity: "sha512-x" }]),
            );
            return {
                "Pulumi.yaml": "name: web\nruntime: nodejs\n",
                "package.json": JSON.stringify({
                    dependencies: Object.fromEntries(names.map(name => [name, "1.2.3"])),
                }),
                "package-lock.json": JSON.stringify({ lockfileVersion: 3, packages }),
            };
        }),
    ],
    ...["{}", undefined].map(
        (packages): Work => [
            packages === undefined ? "packages without a lockfile" : "packages that the lockfile lacks",
            300,
            project("dependencies-pinned", size => ({
                "Pulumi.yaml": "name: web\nruntime: nodejs\n",
                "package.json": `{ "dependencies": { ${lines(size, index => `"package-${index}": "1.2.3",`)} "last": "1.2.3" } }`,
                ...(packages === undefined
                    ? {}
                    : { "package-lock.json": `{ "lockfileVersion": 3, "packages": ${packages} }` }),
            })),
        ],
    ),
    [
        "a pom.xml",
        300,
        project("dependencies-pinned", size => ({
            "Pulumi.yaml": "name: web\nruntime: java\n",
            "pom.xml": `<project><dependencies>${lines(size, index => `<dependency><groupId>org.x</groupId><artifactId>a${index}</artifactId><version>[1,${index})</version></dependency>`)}</dependencies></project>`,
        })),
    ],
    ...Object.entries(FILES).map(
        ([what, { size, runtime, file, text }]): Work => [
            what,
            size,
            project("dependencies-pinned", count => ({
                "Pulumi.yaml": `name: web\nruntime: ${runtime}\n`,
                "package.json": '{ "dependencies": { "a": "1.2.3" } }',
                [file]: text(count),
            })),
        ],
    ),
    [
        "files of requirements, each of which names the next one four times",
        9,
        project("dependencies-pinned", size => ({
            "Pulumi.yaml": "name: web\nruntime: python\n",
            ...Object.fromEntries(
                Array.from({ length: size }, (_, index) => [
                    index === 0 ? "requirements.txt" : `r${index}.txt`,
                    `-r r${index + 1}.txt\n`.repeat(4),
                ]),
            ),
        })),
    ],
    [
        "stacks of a project",
        30,
        project("kms-secrets-provider-required", size => ({
            "Pulumi.yaml": "name: web\nruntime: yaml\n",
            ...Object.fromEntries(
                Array.from({ length: size }, (_, index) => [`Pulumi.s${index}.yaml`, "encryptionsalt: v1:a\n"]),
            ),
        })),
    ],
    [
        "environment files",
        20,
        project("esc-environment-hardened", size => ({
            "Pulumi.yaml": "name: web\nruntime: yaml\n",
            ...Object.fromEntries(
                Array.from({ length: size }, (_, index) => [
                    `esc/e${index}.yaml`,
                    "values: { password: hunter2-Zq7 }\n",
                ]),
            ),
        })),
    ],
    ...Object.entries(TEXTS).map(
        ([what, text]): Work => [
            what,
            10_000,
            size => {
                const userData = text(size);
                return () =>
                    judgeResource(ruleNamed("no-static-credentials") as ResourceRule, {
                        type: "aws:ec2/instance:Instance",
                        props: { userData, tags: { Name: userData } },
                    });
            },
        ],
    ),
    [
        "settings of a stack",
        300,
        project("no-plaintext-config-secrets", size => ({
            "Pulumi.yaml": "name: web\nruntime: yaml\n",
            "Pulumi.prod.yaml": `config:\n${lines(size, index => `  web:password${index}: hunter${index}-Zq7`)}`,
        })),
    ],
    [
        "a setting of megabytes",
        20_000,
        project("no-plaintext-config-secrets", size => ({
            "Pulumi.yaml": "name: web\nruntime: yaml\n",
            "Pulumi.prod.yaml": `config:\n  web:text: ${"a=b;c://d:e ".repeat(size)}\n`,
        })),
    ],
    [
        "values of an environment",
        300,
        project("esc-environment-hardened", size => ({
            "Pulumi.yaml": "name: web\nruntime: yaml\n",
            "Pulumi.prod.yaml": `environment:\n  values:\n    pulumiConfig:\n${lines(size, index => `      web:password${index}: hunter${index}-Zq7`)}`,
            "esc/prod.yaml": `values:\n${lines(size, index => `  password${index}: hunter${index}-Zq7`)}`,
        })),
    ],
    [
        "statements of a policy",
        200,
        size => {
            const Statement = Array.from({ length: size }, (_, index) => ({
                Effect: "Allow",
                Action: ["s3:*", `ec2:Run${index}`],
                Resource: "*",
            }));
            const props = { policy: JSON.stringify({ Version: "2012-10-17", Statement }) };
            return () =>
                judgeResource(ruleNamed("iam-no-wildcard-actions") as ResourceRule, {
                    type: "aws:iam/policy:Policy",
                    props,
                });
        },
    ],
    [
        "buckets of a stack",
        100,
        size => {
            const resources = Array.from({ length: size }, (_, index) => ({
                type: "aws:s3/bucket:Bucket",
                name: `bucket-${index}`,
                props: { bucket: `bucket-${index}` },
            }));
            return () => judgeStack(ruleNamed("no-public-s3-buckets") as StackRule, resources);
        },
    ],
    [
        "exemptions",
        60,
        size => {
            const path = mkdtempSync(join(folder, "settings-"));
            writeFileSync(join(path, "base.yaml"), "rules: {}\n");
            writeFileSync(join(path, "stacks.yaml"), "default: base\n");
            writeFileSync(
                join(path, "exemptions.yaml"),
                `exemptions:\n${lines(size, index => `  - rule: no-such-rule\n    resource: bucket-${index}`)}`,
            );
            return () => {
                try {
                    readSettings(path, rules, new Date("2026-11-25"));
                } catch (error) {
                    if (!(error instanceof ConfigError)) throw error;
                }
            };
        },
    ],
    [
        "resources of a state",
        1_000,
        size => {
            const path = join(folder, `state-${size}.json`);
            const resources = Array.from({ length: size }, (_, index) => ({
                urn: `urn:pulumi:prod::web::aws:s3/bucket:Bucket::b${index}`,
                type: "aws:s3/bucket:Bucket",
                custom: true,
                inputs: { bucket: `b${index}`, tags: { a: "b" } },
                outputs: { bucket: `b${index}` },
                dependencies: index === 0 ? [] : [`urn:pulumi:prod::web::aws:s3/bucket:Bucket::b${index - 1}`],
            }));
            writeFileSync(path, JSON.stringify({ version: 3, deployment: { resources } }));
            return () => readState(path);
        },
    ],
];

test.each(WORKS)(
    "%s",
    (_, size, prepare) => {
        const [small, large] = [prepare(size), prepare(size * 10)];
        // The first run translates and fills what is kept.
        small();
        const allowed = LIMIT.times * leastTime(small, 3) + LIMIT.milliseconds;
        expect(leastTime(large, 5, allowed)).toBeLessThan(allowed);
    },
    120_000,
);
