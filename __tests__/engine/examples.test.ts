import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { describeEngine, type Outcome, PACK, Project, REPOSITORY, serveAws } from "./support/pulumi";

/** The rules of the pack that the insecure example breaks at mandatory level. */
const BROKEN = [
    "iam-no-wildcard-actions",
    "kms-secrets-provider-required",
    "no-public-s3-buckets",
    "rds-deletion-protection-required",
    "s3-bucket-encryption-required",
    "sg-no-ingress-all",
];

/** The life of a stack: deployed, looked at again, and read again from the cloud. What is protected is not destroyed. */
const LIFE: readonly (readonly string[])[] = [
    ["preview"],
    ["up", "--yes", "--skip-preview"],
    ["preview"],
    ["refresh", "--yes", "--skip-preview"],
    ["preview"],
    ["refresh", "--run-program", "--yes", "--skip-preview"],
    ["policy", "analyze", "--file", "state.json"],
];

jest.setTimeout(360_000);

describe.each(["6", "7"] as const)("with a provider that answers as version %s", generation => {
    const aws = serveAws(generation);
    describeEngine("the examples in the real engine", () => {
        let project: Project;
        afterEach(() => project.remove());

        /** A copy of an example, with a stack of its own; rules that read files read the example's. */
        async function example(name: string): Promise<void> {
            const folder = join(REPOSITORY, "examples", name);
            const read = (file: string) => readFileSync(join(folder, file), "utf8");
            project = new Project(
                {
                    "Pulumi.yaml": read("Pulumi.yaml"),
                    "index.ts": read("index.ts"),
                    "package.json": '{ "private": true }',
                },
                {
                    ...aws(),
                    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
                    SECURITY_BASELINE_PROJECT_DIR: folder,
                },
            );
            await project.succeed("stack", "init", "staging");
            // What the example's own file says, so that the engine has the same settings.
            const { config } = parse(read("Pulumi.staging.yaml")) as { config: Record<string, string> };
            for (const [key, value] of Object.entries(config))
                await project.succeed("config", "set", "--plaintext", key, value);
        }

        /** Runs a command, with the pack where it takes one, over the state as it is where it judges one. */
        async function judged(command: readonly string[], ...more: string[]): Promise<Outcome> {
            const [verb = ""] = command;
            if (verb === "policy") project.write("state.json", await project.succeed("stack", "export"));
            const pack = ["refresh", "destroy"].includes(verb) ? [] : ["--policy-pack", PACK];
            return project.pulumi([...command, ...pack, ...more]);
        }

        test("the insecure one is blocked by each of its rules, whatever the provider reports", async () => {
            await example("insecure");
            const first = await judged(["preview"]);
            const byClone = await project.pulumi(["preview", "--policy-pack", REPOSITORY]);
            for (const { code, output } of [first, byClone]) {
                expect(code).not.toBe(0);
                for (const rule of BROKEN) expect(output).toMatch(new RegExp(`\\[mandatory\\].*${rule}`));
            }

            project.write("policy-config.json", JSON.stringify({ all: "advisory" }));
            const update = await judged(
                ["up", "--yes", "--skip-preview"],
                "--policy-pack-config",
                "policy-config.json",
            );
            expect(update.code).toBe(0);
            expect(update.output).not.toContain("[mandatory]");
            for (const rule of BROKEN) expect(update.output).toMatch(new RegExp(`\\[advisory\\].*${rule}`));

            const expected = violationsIn(first.output);
            expect(violationsIn((await judged(["preview"])).output)).toEqual(expected);
            await project.succeed("refresh", "--yes", "--skip-preview");
            expect(violationsIn((await judged(["preview"])).output)).toEqual(expected);

            const analysis = await judged(["policy", "analyze", "--file", "state.json"]);
            expect(analysis.code).not.toBe(0);
            expect(violationsIn(analysis.output)).toEqual(expected);

            expect((await judged(["destroy", "--run-program", "--yes", "--skip-preview"])).code).toBe(0);
        });

        test("the hardened one is clean all its life", async () => {
            await example("hardened");
            for (const command of LIFE) {
                const { code, output } = await judged(command);
                expect({ command, output }).toEqual({
                    command,
                    output: expect.not.stringMatching(/\[(mandatory|advisory)\]/),
                });
                expect({ command, code }).toEqual({ command, code: 0 });
            }
        });
    });
});

/** The violations that the engine printed, each once, in the order of the alphabet. */
function violationsIn(output: string): string[] {
    const found = output.matchAll(/\[mandatory\][^\n]*\n(?:[^\n]*\n)*?\s+(\S[^\n]*(?:expected|is not set)[^\n]*)/g);
    return [...new Set([...found].map(([, message = ""]) => message.trim()))].sort();
}
