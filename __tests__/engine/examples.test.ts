import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeEngine, PACK, Project, REPOSITORY, serveStubAws } from "./support/pulumi";

/** The rules of the pack that the insecure example breaks at mandatory level. */
const BROKEN = [
    "iam-no-wildcard-actions",
    "kms-secrets-provider-required",
    "no-public-s3-buckets",
    "rds-deletion-protection-required",
    "s3-bucket-encryption-required",
    "sg-no-ingress-all",
];

jest.setTimeout(240_000);

describeEngine("the examples in the real engine", () => {
    const stubAws = serveStubAws();
    let project: Project;
    afterEach(() => project.remove());

    /** A copy of an example, with a stack of its own; rules that read files read the example's. */
    async function example(name: string): Promise<void> {
        const folder = join(REPOSITORY, "examples", name);
        const read = (file: string) => readFileSync(join(folder, file), "utf8");
        project = new Project(
            { "Pulumi.yaml": read("Pulumi.yaml"), "index.ts": read("index.ts"), "package.json": '{ "private": true }' },
            {
                ...stubAws(),
                PULUMI_NODEJS_TRANSPILE_ONLY: "true",
                SECURITY_BASELINE_PROJECT_DIR: folder,
            },
        );
        const { code, output } = await project.pulumi(["stack", "init", "staging"]);
        if (code !== 0) throw new Error(output);
    }

    test("the insecure one is blocked by each of its rules, and passes with notes where all are advisory", async () => {
        await example("insecure");
        const [published, clone] = [PACK, REPOSITORY].map(folder =>
            project.pulumi(["preview", "--policy-pack", folder]),
        );
        for (const preview of [await published, await clone]) {
            expect(preview?.code).not.toBe(0);
            for (const rule of BROKEN) expect(preview?.output).toMatch(new RegExp(`\\[mandatory\\].*${rule}`));
        }

        project.write("policy-config.json", JSON.stringify({ all: "advisory" }));
        const config = ["--policy-pack-config", "policy-config.json"];
        const update = await project.pulumi(["up", "--yes", "--skip-preview", "--policy-pack", PACK, ...config]);
        expect(update.code).toBe(0);
        expect(update.output).not.toContain("[mandatory]");
        for (const rule of BROKEN) expect(update.output).toMatch(new RegExp(`\\[advisory\\].*${rule}`));

        const { stdout: state } = await project.pulumi(["stack", "export"]);
        project.write("state.json", state);
        const analysis = await project.pulumi(["policy", "analyze", "--file", "state.json", "--policy-pack", PACK]);
        expect(analysis.code).not.toBe(0);
        expect(analysis.output).toContain("Cluster 'customers', deletionProtection: is not set; expected true.");
    });

    test("the hardened one is clean in the preview and in the update", async () => {
        await example("hardened");
        for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
            const { code, output } = await project.pulumi([...command, "--policy-pack", PACK]);
            expect(output).not.toMatch(/\[(mandatory|advisory)\]/);
            expect(code).toBe(0);
        }
    });
});
