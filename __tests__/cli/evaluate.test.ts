// How programs end at the desk, and what they are told of their settings: each failure with its place and what to do.
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate, type RunOptions } from "../../cli/engine/program";
import { Workspace } from "../../policies/kit/project/workspace";
import { packageRoot } from "../../policies/package-root";

jest.setTimeout(120_000);

const folders: string[] = [];
afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const PROJECT = {
    "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
    "Pulumi.dev.yaml": "config:\n  aws:region: eu-west-1\n",
};

/** What is not judged of a project's program, its folder left out. */
async function run(files: Readonly<Record<string, string>>, options: RunOptions = {}) {
    const folder = mkdtempSync(join(tmpdir(), "security-baseline-"));
    folders.push(folder);
    symlinkSync(join(packageRoot, "node_modules"), join(folder, "node_modules"));
    for (const [path, text] of Object.entries({ ...PROJECT, ...files })) writeFileSync(join(folder, path), text);
    const workspace = Workspace.open({
        projectDir: folder,
        stack: undefined,
        project: undefined,
        calledFrom: folder,
    });
    const [project] = workspace.projects;
    if (project === undefined) throw new Error("The project was not found.");
    return (await evaluate(workspace, project, project.stacks[0], options)).notJudged;
}

const PULUMI = 'const pulumi = require("@pulumi/pulumi");\n';

test("leaves no server behind", async () => {
    expect(await run({ "index.js": "" })).toEqual([]);
    const servers = () => process.getActiveResourcesInfo().filter(kind => kind === "TCPServerWrap").length;
    // They close one after the other.
    for (let waits = 0; servers() > 0 && waits < 50; waits += 1) await new Promise(done => setTimeout(done, 100));
    expect(servers()).toBe(0);
});

describe("a program that runs", () => {
    const IMPORT = 'import * as aws from "@pulumi/aws";\n';

    test.each([
        [
            "in TypeScript with a type error, which is for the compiler to tell",
            { "index.ts": "const size: number = 'x';\nvoid size;\n" },
        ],
        [
            "as an ES module",
            {
                "package.json": '{ "type": "module" }',
                "index.js": `${IMPORT}await Promise.resolve();\nnew aws.s3.Bucket("b");\n`,
            },
        ],
        [
            "as a file with the ending of ES modules",
            {
                "Pulumi.yaml": "name: shop\nruntime: nodejs\nmain: index.mjs\n",
                "index.mjs": `${IMPORT}new aws.s3.Bucket("b");\n`,
            },
        ],
    ])("%s", async (_, files) => expect(await run(files)).toEqual([]));

    test("without a name of its project is told one", async () => {
        const index = 'throw new Error(require("@pulumi/pulumi").getProject());';
        expect(await run({ "Pulumi.yaml": "runtime: nodejs\n", "index.js": index })).toEqual([
            expect.objectContaining({ reason: "The program failed: Error: project (index.js:1:7)" }),
        ]);
    });
});

describe("a program that fails", () => {
    test.each<readonly [string, Readonly<Record<string, string>>, RunOptions, string]>([
        [
            "for a setting that its stack lacks says which, and how to give it",
            { "index.js": `${PULUMI}new pulumi.Config().require("office");` },
            {},
            "The program failed: Missing required configuration variable 'shop:office' please set a value using the command `pulumi config set shop:office <value>` (index.js:2:21)",
        ],
        [
            "to be where the project says is told by the project's file",
            { "Pulumi.yaml": "name: shop\nruntime: nodejs\nmain: src/none\n" },
            {},
            "The program failed: Pulumi.yaml says `main: src/none`, and there is no such file or folder.",
        ],
        [
            "by an error of its own is told by its file and line in TypeScript",
            { "index.ts": 'const size: number = 1;\nthrow new Error("boom");\n' },
            {},
            "The program failed: Error: boom (index.ts:2:7)",
        ],
        [
            "for a property that a resource must have is told by the resource's line",
            { "index.ts": 'import * as aws from "@pulumi/aws";\n\nnew aws.ec2.Subnet("a", {} as never);\n' },
            {},
            "The program failed: Error: Missing required property 'vpcId' (index.ts:3:1)",
        ],
        [
            "to end is stopped, and told how it gets more time",
            { "index.js": "setInterval(() => {}, 1000);" },
            { timeout: 1_500 },
            "The program did not end within 1.5 s; --timeout gives it another time.",
        ],
        [
            "with settings longer than an argument may be has got them all",
            {
                "Pulumi.dev.yaml": `config:\n  shop:long: ${"x".repeat(200_000)}\n`,
                "index.js": `${PULUMI}throw new Error(String(new pulumi.Config().require("long").length));`,
            },
            {},
            "The program failed: Error: 200000 (index.js:2:7)",
        ],
        [
            "to start, for a variable longer than the system allows, says so and what to do",
            { "index.js": "" },
            { environment: { config: {}, variables: { LONG: "x".repeat(200_000) } } },
            "The program could not be started: a variable of its environment is longer than the system allows; shorten what the environment or --env-file gives, or let the program read it from a file.",
        ],
    ])("%s", async (_, files, options, reason) => {
        expect(await run(files, options)).toEqual([{ subject: "shop", reason }]);
    });

    test("is told by the first four lines of what it said, and the last 2,000 characters that it printed", async () => {
        const program = `console.error("one\\n\\n  two\\nthree\\nfour\\nfive");
            console.log("first" + "x".repeat(1996) + "end");
            process.exit(3);`;
        expect(await run({ "index.js": program })).toEqual([
            { subject: "shop", reason: "The program failed: one two three four", output: `${"x".repeat(1996)}end` },
        ]);
    });
});

test.each([
    ["a language that only the engine runs", "name: shop\nruntime: yaml\n", "yaml"],
    ["no language", "name: shop\n", "no runtime"],
])("a project with %s is not run", async (_, project, language) => {
    expect(await run({ "Pulumi.yaml": project })).toEqual([
        {
            subject: "shop",
            reason: `The program (${language}) can only be run by the engine, since a check runs those in Node.js, Python, Go and Java; run \`pulumi preview --policy-pack "$(npx security-baseline path)"\` in its folder, or judge an export with --state.`,
        },
    ]);
});

test("settings are those of the project, over them those of ESC, of the stack and of the command, each as text", async () => {
    const [told] = await run(
        {
            "Pulumi.yaml": [
                "name: shop",
                "runtime: nodejs",
                "config:",
                "  plain: 1",
                "  own: { value: a }",
                "  preset: { default: 2, type: integer }",
                "  both: { value: 3, default: 4 }",
                "  none: { type: string }",
                "  list: { default: [1, 2] }",
            ].join("\n"),
            "Pulumi.dev.yaml": [
                "config:",
                "  aws:region: eu-west-1",
                "  shop:flag: true",
                "  shop:map: { a: [1], b: null }",
                "  shop:hidden: { secure: v1:a }",
                "  shop:part: { a: [{ secure: v1:a }], b: x }",
                "  shop:spoken: { secure: v1:a, b: x }",
                "  shop:own: stack",
            ].join("\n"),
            "index.js": `${PULUMI}throw new Error(JSON.stringify(pulumi.runtime.allConfig()));`,
        },
        {
            config: { given: "g", "shop:hidden": "open", "aws:profile": "p" },
            environment: { config: { esc: "e", "shop:plain": "esc", own: "esc" }, variables: {} },
        },
    );
    const [, text = "{}"] = /Error: (\{.*\}) \(/.exec(told?.reason ?? "") ?? [];
    expect(JSON.parse(text)).toEqual({
        "aws:profile": "p",
        "aws:region": "eu-west-1",
        "shop:both": "3",
        "shop:esc": "e",
        "shop:flag": "true",
        "shop:given": "g",
        "shop:hidden": "open",
        "shop:list": "[1,2]",
        "shop:map": '{"a":[1],"b":null}',
        "shop:own": "stack",
        "shop:part": '{"a":["[secret]"],"b":"x"}',
        "shop:plain": "esc",
        "shop:preset": "2",
        "shop:spoken": '{"secure":"v1:a","b":"x"}',
    });
});
