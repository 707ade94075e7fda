import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeEngine, type Outcome, PACK, Project, serveAws } from "./support/pulumi";

/** The rules of the pack that the insecure example breaks at mandatory level. */
const BROKEN = [
    "iam-no-wildcard-actions",
    "kms-secrets-provider-required",
    "no-public-s3-buckets",
    "rds-deletion-protection-required",
    "s3-bucket-encryption-required",
    "sg-no-ingress-all",
];

/** The life of a stack: deployed, looked at again, read again from the cloud, and destroyed. */
const LIFE: readonly (readonly string[])[] = [
    ["preview"],
    ["up", "--yes", "--skip-preview"],
    ["preview"],
    ["refresh", "--yes", "--skip-preview"],
    ["preview"],
    ["refresh", "--run-program", "--yes", "--skip-preview"],
    ["policy", "analyze", "--file", "state.json"],
    ["destroy", "--run-program", "--yes", "--skip-preview"],
];

jest.setTimeout(360_000);

describe.each(["6", "7"] as const)("with a provider that answers as version %s", generation => {
    const aws = serveAws(generation);
    describeEngine("the examples in the real engine", () => {
        let project: Project;
        afterEach(() => project.remove());

        /** A copy of an example, with a stack of its own; rules that read files read the example's. */
        async function example(name: string): Promise<void> {
            const folder = join(PACK, "examples", name);
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
            const { code, output } = await project.pulumi(["stack", "init", "staging"]);
            if (code !== 0) throw new Error(output);
        }

        /** Runs a command with the pack, over the state as it is where the command judges one. */
        async function judged(command: readonly string[], ...more: string[]): Promise<Outcome> {
            if (command[0] === "policy") {
                project.write("state.json", (await project.pulumi(["stack", "export"])).stdout);
            }
            return project.pulumi([...command, "--policy-pack", PACK, ...more]);
        }

        test("the insecure one is blocked by each of its rules, whatever the provider reports", async () => {
            await example("insecure");
            const first = await judged(["preview"]);
            expect(first.code).not.toBe(0);
            for (const rule of BROKEN) expect(first.output).toMatch(new RegExp(`\\[mandatory\\].*${rule}`));

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
            await project.pulumi(["refresh", "--yes", "--skip-preview"]);
            expect(violationsIn((await judged(["preview"])).output)).toEqual(expected);

            const analysis = await judged(["policy", "analyze", "--file", "state.json"]);
            expect(analysis.code).not.toBe(0);
            // What files say is not judged there.
            const ofResources = expected.filter(line => /'[^']+'/.test(line));
            expect(violationsIn(analysis.output)).toEqual(ofResources);
        });

        test.each(["insecure", "hardened"])("the %s one can be destroyed, its program run along", async name => {
            await example(name);
            expect((await project.pulumi(["up", "--yes", "--skip-preview"])).code).toBe(0);
            for (const command of ["refresh", "destroy"]) {
                const { code, output } = await judged([command, "--run-program", "--yes", "--skip-preview"]);
                expect(output).not.toContain("[mandatory]");
                expect(code).toBe(0);
            }
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
