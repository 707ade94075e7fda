import { describeEngine, type Outcome, PACK, Project, serveAws } from "./support/pulumi";

const PROJECT = "name: shop\nruntime:\n    name: nodejs\n    options:\n        typescript: false\n";

const RULE = "rds-deletion-protection-required";

/** Silences every other rule, so that a test speaks of one. */
const ALONE = { all: "disabled" };

const DATABASE = (args: string): string => `
const { Instance } = require("@pulumi/aws/rds");
const { Topic } = require("@pulumi/aws/sns");
const other = new Topic("other");
new Instance("orders", {
    instanceClass: "db.t4g.small", engine: "postgres", allocatedStorage: 20, skipFinalSnapshot: true, ${args}
});
`;
const UNPROTECTED = DATABASE("");
const PROTECTED = DATABASE("deletionProtection: true");
const VIOLATION = "Instance 'orders', deletionProtection: is not set; expected true.";

jest.setTimeout(180_000);

describeEngine("the pack in the real engine", () => {
    const aws = serveAws();
    let project: Project;
    afterEach(() => project.remove());

    async function projectWith(program: string): Promise<Project> {
        project = new Project(
            { "Pulumi.yaml": PROJECT, "package.json": '{ "private": true }', "index.js": program },
            aws(),
        );
        await project.succeed("stack", "init", "prod");
        return project;
    }

    /** Runs with the pack and the given `--policy-pack-config`. */
    function judged(command: string[], config: object): Promise<Outcome> {
        project.write("policy-config.json", JSON.stringify(config));
        return project.pulumi([...command, "--policy-pack", PACK, "--policy-pack-config", "policy-config.json"]);
    }

    /** The resources that the backend holds, by name. */
    async function created(): Promise<Map<string, Record<string, unknown>>> {
        const state = JSON.parse(await project.succeed("stack", "export")) as {
            deployment: { resources: { urn: string; inputs?: Record<string, unknown> }[] };
        };
        return new Map(
            state.deployment.resources.map(({ urn, inputs }) => [urn.split("::").at(-1) ?? "", inputs ?? {}]),
        );
    }

    it("blocks a preview and an update by a mandatory rule, before anything is created", async () => {
        await projectWith(UNPROTECTED);
        const preview = await project.pulumi(["preview", "--policy-pack", PACK]);
        expect(preview.output).toContain("[mandatory] [severity: high]  rds-deletion-protection-required");
        expect(preview.output).toContain(VIOLATION);
        expect(preview.code).not.toBe(0);

        const update = await project.pulumi(["up", "--yes", "--skip-preview", "--policy-pack", PACK]);
        expect(update.output).toContain(VIOLATION);
        expect(update.code).not.toBe(0);
        expect([...(await created()).keys()]).not.toContain("orders");
    });

    it("lets a violation pass as a note where the configuration says advisory", async () => {
        await projectWith(UNPROTECTED);
        const { code, output } = await judged(["up", "--yes"], { ...ALONE, [RULE]: "advisory" });
        expect(output).toContain(`[advisory] [severity: high]  ${RULE}`);
        expect(output).toContain(VIOLATION);
        expect(code).toBe(0);
        expect([...(await created()).keys()]).toContain("orders");
    });

    it("says nothing of a stack that satisfies the rule", async () => {
        await projectWith(PROTECTED);
        const { code, output } = await judged(["up", "--yes"], { ...ALONE, [RULE]: "mandatory" });
        expect(output).not.toContain(RULE);
        expect(output).toContain("\u2705 security-baseline@v");
        expect(code).toBe(0);
    });

    it("notes what a preview cannot know and judges it in the update", async () => {
        await projectWith(`${DATABASE("deletionProtection: other.arn.apply(() => false)")}`);
        const config = { ...ALONE, [RULE]: "mandatory" };
        const preview = await judged(["preview"], config);
        expect(preview.output).toContain("Cannot be judged yet");
        expect(preview.output).toContain("[advisory]");
        expect(preview.code).toBe(0);

        const update = await judged(["up", "--yes", "--skip-preview"], config);
        expect(update.output).toContain("Instance 'orders', deletionProtection: is false; expected true.");
        expect(update.code).not.toBe(0);
        expect([...(await created()).keys()]).not.toContain("orders");
    });

    it("keeps a public policy from being created that the preview could not know", async () => {
        await projectWith(`
const { Bucket, BucketPolicy } = require("@pulumi/aws/s3");
const bucket = new Bucket("site");
const statement = Resource => ({ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource });
new BucketPolicy("public", {
    bucket: bucket.id,
    policy: bucket.arn.apply(arn => JSON.stringify({ Version: "2012-10-17", Statement: [statement(arn + "/*")] })),
});
`);
        const config = { ...ALONE, "no-public-s3-buckets": "mandatory" };
        const preview = await judged(["preview"], config);
        expect(preview.output).toContain("the bucket policy is unknown until the update");
        expect(preview.code).toBe(0);

        const update = await judged(["up", "--yes", "--skip-preview"], config);
        expect(update.output).toContain('allows "s3:GetObject" to everyone');
        expect(update.code).not.toBe(0);
        const names = [...(await created()).keys()];
        expect(names).toContain("site");
        expect(names).not.toContain("public");
    });

    it("creates the mended resource where the configuration says remediate", async () => {
        await projectWith(UNPROTECTED);
        const { code, output } = await judged(["up", "--yes"], { ...ALONE, [RULE]: "remediate" });
        expect(output).toContain(`[remediate]  ${RULE}`);
        expect(code).toBe(0);
        expect((await created()).get("orders")).toMatchObject({ deletionProtection: true });
    });

    it("creates a private bucket where a rule about the whole stack mends public ones", async () => {
        await projectWith(`
const { Bucket } = require("@pulumi/aws/s3");
const byDefault = { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } };
new Bucket("uploads", { acl: "public-read", serverSideEncryptionConfiguration: { rule: byDefault } });
`);
        const encryption = { enforcementLevel: "remediate", requireBucketKey: true };
        const levels = { "no-public-s3-buckets": "remediate", "s3-bucket-encryption-required": encryption };
        const { code, output } = await judged(["up", "--yes"], { ...ALONE, ...levels });
        expect(output).toContain("[remediate]  no-public-s3-buckets");
        expect(output).toContain("[remediate]  s3-bucket-encryption-required");
        expect(output).not.toContain("[mandatory]");
        expect(code).toBe(0);
        expect((await created()).get("uploads")).toMatchObject({
            acl: "private",
            serverSideEncryptionConfiguration: { rule: { bucketKeyEnabled: true } },
        });
    });

    it("creates mended access blocks, keys and tables", async () => {
        await projectWith(`
const aws = require("@pulumi/aws");
const bucket = new aws.s3.Bucket("uploads");
new aws.s3.BucketPublicAccessBlock("uploads-block", { bucket: bucket.id, blockPublicAcls: true });
new aws.kms.Key("orders-key");
new aws.dynamodb.Table("orders-table", { hashKey: "id", attributes: [{ name: "id", type: "S" }] });
`);
        const rules = ["s3-public-access-blocked", "kms-key-rotation-enabled", "deletion-protection-required"];
        const levels = Object.fromEntries(rules.map(rule => [rule, "remediate"]));
        const { code, output } = await judged(["up", "--yes"], { ...ALONE, ...levels });
        for (const rule of rules) expect(output).toContain(`[remediate]  ${rule}`);
        expect(output).not.toContain("[mandatory]");
        expect(code).toBe(0);
        const inputs = await created();
        expect(inputs.get("uploads-block")).toMatchObject({
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
        });
        expect(inputs.get("orders-key")).toMatchObject({ enableKeyRotation: true });
        expect(inputs.get("orders-table")).toMatchObject({ deletionProtectionEnabled: true });
    });

    it("mends nothing that is written on purpose, and refuses it", async () => {
        await projectWith(`
const { BucketPublicAccessBlock } = require("@pulumi/aws/s3");
new BucketPublicAccessBlock("site-block", { bucket: "site", blockPublicAcls: true, blockPublicPolicy: false });
`);
        const config = { ...ALONE, "s3-public-access-blocked": "remediate" };
        const { code, output } = await judged(["up", "--yes", "--skip-preview"], config);
        expect(output).toContain("blockPublicPolicy: is false; expected true.");
        expect(code).not.toBe(0);
        expect([...(await created()).keys()]).not.toContain("site-block");
    });

    it("judges an exported state", async () => {
        await projectWith(UNPROTECTED);
        await project.succeed("up", "--yes");
        await project.succeed("stack", "export", "--file", "state.json");
        const { code, output } = await judged(["policy", "analyze", "--file", "state.json"], {
            ...ALONE,
            exemptions: "advisory",
            "dependencies-pinned": "mandatory",
            [RULE]: "mandatory",
        });
        expect(output).toContain(VIOLATION);
        expect(output).toContain("dependencies-pinned: not judged, since this run reads a state alone");
        expect(code).not.toBe(0);
    });

    it("refuses a misspelt setting, naming the rule and the key", async () => {
        await projectWith(PROTECTED);
        const { code, output } = await judged(["preview"], {
            ...ALONE,
            "sg-no-ingress-all": { enforcementLevel: "mandatory", allowedPort: [443] },
        });
        expect(output).toContain("sg-no-ingress-all");
        expect(output).toContain("allowedPort");
        expect(code).not.toBe(0);
    });
});
