import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configSchemaOf } from "../../policies/kit/settings";
import { rules } from "../../policies/rules";
import { CloudDouble, ORGANIZATION } from "./support/cloud-double";
import { describeEngine, type Outcome, PACK, Project, serveAws } from "./support/pulumi";

const NAME = "security-baseline";
const { version: VERSION } = JSON.parse(readFileSync(join(PACK, "package.json"), "utf8")) as { version: string };
const RULE = "rds-deletion-protection-required";
const VIOLATION = "Instance 'orders', deletionProtection: is not set; expected true.";
const SILENT = { all: "disabled" };

jest.setTimeout(300_000);

describeEngine("the pack in an organisation", () => {
    const aws = serveAws();
    let cloud: CloudDouble;
    let project: Project;
    /** The folder to publish from, outside of the clone, so that nothing of the clone can serve the pack. */
    let packFolder: string;

    beforeAll(async () => {
        packFolder = mkdtempSync(join(tmpdir(), "publish-"));
        cpSync(PACK, packFolder, { recursive: true });

        cloud = await CloudDouble.start();
        const runtime = "runtime:\n    name: nodejs\n    options:\n        typescript: false\n";
        project = new Project(
            {
                "Pulumi.yaml": `name: shop\n${runtime}`,
                "package.json": '{ "private": true }',
                "index.js": `
                    const { Instance } = require("@pulumi/aws/rds");
                    const { Bucket } = require("@pulumi/aws/s3");
                    new Instance("orders", {
                        instanceClass: "db.t4g.small", engine: "postgres", allocatedStorage: 20, skipFinalSnapshot: true,
                    });
                    new Bucket("site", { acl: "public-read" });
                `,
            },
            { ...cloud.env, ...aws(), npm_config_offline: "true" },
        );
        await succeed("login", cloud.url);
        await succeed("stack", "init", `${ORGANIZATION}/prod`);
    });
    afterAll(() => {
        project.remove();
        cloud.close();
        rmSync(packFolder, { recursive: true, force: true });
    });

    async function succeed(...args: string[]): Promise<string> {
        const { code, output } = await project.pulumi(args);
        if (code !== 0) throw new Error(`${output}\nUnanswered: ${cloud.unanswered.join(", ")}`);
        return output;
    }

    function publish(): Promise<Outcome> {
        return project.pulumi(["-C", packFolder, "policy", "publish", ORGANIZATION]);
    }

    function enable(config: object): Promise<string> {
        project.write("group-config.json", JSON.stringify(config));
        return succeed("policy", "enable", `${ORGANIZATION}/${NAME}`, VERSION, "--config", "group-config.json");
    }

    function validate(config: object): Promise<Outcome> {
        project.write("checked-config.json", JSON.stringify(config));
        const pack = `${ORGANIZATION}/${NAME}`;
        return project.pulumi(["policy", "validate-config", pack, VERSION, "--config", "checked-config.json"]);
    }

    it("is published once a version, with the settings' schemas that the rules have", async () => {
        const first = await publish();
        expect(first.output).toContain(`Publishing "${NAME}" - version ${VERSION} to "${ORGANIZATION}"`);
        expect(first.code).toBe(0);
        const [published] = cloud.packs;
        expect(published).toMatchObject({ name: NAME, versionTag: VERSION, isComplete: true });
        expect(published?.policies.map(({ name }) => name)).toEqual(
            expect.arrayContaining(rules.map(({ name }) => name)),
        );
        for (const rule of rules) {
            const schema = published?.policies.find(({ name }) => name === rule.name)?.configSchema;
            // The engine gives each policy this setting.
            const { enforcementLevel, ...own } = schema?.properties ?? {};
            expect(enforcementLevel).toBeDefined();
            expect(own).toEqual(JSON.parse(JSON.stringify(configSchemaOf(rule.settings).properties)));
        }

        const second = await publish();
        expect(second.output).toContain(`${VERSION} already exists`);
        expect(second.code).not.toBe(0);
        expect(cloud.packs).toHaveLength(1);
    });

    it("lets the service check a group's configuration before it is used", async () => {
        expect(await validate({ "sg-no-ingress-all": { allowedPorts: [443] } })).toMatchObject({ code: 0 });
        const wrong = await validate({ "sg-no-ingress-all": { allowedPorts: "443" } });
        expect(wrong.output).toContain("Expected: array, given: string");
        expect(wrong.code).not.toBe(0);
    });

    it("is downloaded, installed and enforced on a preview that names no pack", async () => {
        await enable({ ...SILENT, [RULE]: "mandatory" });
        const { code, output } = await project.pulumi(["preview"]);
        expect(output).toContain(`\u274c ${NAME}@v${VERSION}\n`);
        expect(output).toContain(`[mandatory] [severity: high]  ${RULE}`);
        expect(output).toContain(VIOLATION);
        expect(code).not.toBe(0);
    });

    it("passes with notes where the group says advisory", async () => {
        await enable({ ...SILENT, [RULE]: { enforcementLevel: "advisory" } });
        const { code, output } = await project.pulumi(["preview"]);
        expect(output).toContain(`[advisory] [severity: high]  ${RULE}`);
        expect(output).toContain(VIOLATION);
        expect(code).toBe(0);
    });

    it("stops no refresh and no destroy, with or without the program", async () => {
        await enable(SILENT);
        await succeed("up", "--yes", "--skip-preview");
        const kinds = { resource: RULE, stack: "no-public-s3-buckets", project: "no-plaintext-config-secrets" };
        project.write("Pulumi.prod.yaml", "config: { shop:dbPassword: correct-horse-battery-1 }\n");
        await enable({ ...SILENT, ...Object.fromEntries(Object.values(kinds).map(rule => [rule, "mandatory"])) });

        const blocked = await project.pulumi(["preview"]);
        for (const rule of Object.values(kinds)) expect(blocked.output).toMatch(new RegExp(`\\[mandatory\\].*${rule}`));
        expect(blocked.code).not.toBe(0);
        for (const more of [[], ["--run-program"]]) {
            expect(await succeed("refresh", "--yes", ...more)).not.toContain("[mandatory]");
        }
        const destroyed = await succeed("destroy", "--run-program", "--yes");
        expect(destroyed).not.toContain("[mandatory]");
        expect(destroyed).toContain("- 3 deleted");
    });

    it("exempts what the group's configuration exempts, and says so", async () => {
        const exemption = {
            rule: RULE,
            type: "aws:rds/instance:Instance",
            name: "orders",
            reason: "Moves to another account this week.",
            owner: "shop-team@example.com",
            expires: new Date(Date.now() + 7 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10),
        };
        await enable({
            ...SILENT,
            [RULE]: "mandatory",
            exemptions: { enforcementLevel: "advisory", list: [exemption] },
        });
        const { code, output } = await project.pulumi(["preview"]);
        expect(output).toContain("1 violation is exempted.");
        expect(output).toContain(`by shop-team@example.com until ${exemption.expires}`);
        expect(output).not.toContain("[mandatory]");
        expect(code).toBe(0);
    });

    it("fails a preview clearly where the group misspells a setting", async () => {
        await enable({ ...SILENT, "sg-no-ingress-all": { enforcementLevel: "mandatory", allowedPort: [443] } });
        const { code, output } = await project.pulumi(["preview"]);
        expect(output).toContain("sg-no-ingress-all.allowedPort: is no setting of sg-no-ingress-all");
        expect(code).not.toBe(0);
    });

    it("takes settings from an ESC environment that the group names", async () => {
        await enable({ ...SILENT });
        cloud.environments.set("policies/prod", { policyConfig: { [RULE]: { enforcementLevel: "mandatory" } } });
        cloud.attachEnvironments(NAME, ["policies/prod"]);
        const blocked = await project.pulumi(["preview"]);
        expect(blocked.output).toContain(VIOLATION);
        expect(blocked.code).not.toBe(0);

        cloud.attachEnvironments(NAME, ["policies/missing"]);
        const broken = await project.pulumi(["preview"]);
        expect(broken.output).toContain("unknown environment policies/missing");
        expect(broken.code).not.toBe(0);
    });

    it("calls nothing that the double does not know", () => {
        expect(cloud.unanswered).toEqual([]);
    });
});
