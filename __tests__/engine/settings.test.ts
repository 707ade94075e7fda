import { settingsFolder } from "../support/settings-folder";
import { describeEngine, type Outcome, PACK, Project, serveAws } from "./support/pulumi";

const RULE = "rds-deletion-protection-required";
const VIOLATION = "Instance 'orders', deletionProtection: is not set; expected true.";

const FILES = {
    "Pulumi.yaml": "name: shop\nruntime:\n    name: nodejs\n    options:\n        typescript: false\n",
    "package.json": '{ "private": true }',
    "index.js": `
const { Instance } = require("@pulumi/aws/rds");
new Instance("orders", { instanceClass: "db.t4g.small", engine: "postgres", allocatedStorage: 20, skipFinalSnapshot: true });
`,
};

/** The last day of an exemption that is granted today. */
const SOON = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);

const EXEMPTION = {
    rule: RULE,
    resource: "urn:pulumi:prod::shop::aws:rds/instance:Instance::orders",
    reason: "Holds test data only.",
    owner: "orders-team",
    expires: SOON,
};

/** Silences every other rule, so that a test speaks of one. */
const ALONE = { "base.yaml": `all: disabled\nrules: { ${RULE}: mandatory }` };

const SUMMARY = `1 violation is exempted.`;

jest.setTimeout(180_000);

describeEngine("settings in the real engine", () => {
    const aws = serveAws();
    let project: Project;
    afterEach(() => project.remove());

    /** A stack `prod` whose pack reads these settings. */
    async function stackWith(settings: Record<string, string>): Promise<void> {
        project = new Project(FILES, {
            ...aws(),
            SECURITY_BASELINE_CONFIG: settingsFolder(settings),
        });
        expect((await project.pulumi(["stack", "init", "prod"])).code).toBe(0);
    }

    function preview(config: object = {}): Promise<Outcome> {
        project.write("policy-config.json", JSON.stringify(config));
        return project.pulumi(["preview", "--policy-pack", PACK, "--policy-pack-config", "policy-config.json"]);
    }

    it("let an exempted violation pass and say who exempted it and until when", async () => {
        await stackWith({ ...ALONE, "exemptions.yaml": JSON.stringify({ list: [EXEMPTION] }) });
        const { code, output } = await preview();
        expect(output).toContain(SUMMARY);
        expect(output).toContain(`(by orders-team until ${SOON}: Holds test data only.)`);
        expect(code).toBe(0);
    });

    it("take exemptions from the engine's configuration as well", async () => {
        await stackWith(ALONE);
        expect((await preview()).output).toContain(VIOLATION);
        const { code, output } = await preview({ exemptions: { list: [EXEMPTION] } });
        expect(output).toContain(SUMMARY);
        expect(code).toBe(0);
    });

    it("refuse an exemption without an owner", async () => {
        await stackWith(ALONE);
        const { owner: _, ...ownerless } = EXEMPTION;
        const { code, output } = await preview({ exemptions: { list: [ownerless] } });
        expect(output).toMatch(/exemptions: list\.0: owner is required|exemptions\.list\.0\.owner/);
        expect(code).not.toBe(0);
    });

    it("refuse a level for a rule that does not exist", async () => {
        await stackWith(ALONE);
        const { code, output } = await preview({ [`${RULE}s`]: "advisory" });
        expect(output).toContain(`${RULE}s: is no rule of this pack. Did you mean ${RULE}?`);
        expect(code).not.toBe(0);
    });

    it("choose the profile by the stack's tags, and yield to the engine's configuration", async () => {
        await stackWith({
            "base.yaml": "all: disabled",
            "strict.yaml": `extends: base\nrules: { ${RULE}: mandatory }`,
            "stacks.yaml": "default: base\nstacks: [{ tags: { tier: gold }, profile: strict }]",
        });
        expect((await preview()).code).toBe(0);
        expect((await project.pulumi(["stack", "tag", "set", "tier", "gold"])).code).toBe(0);
        const strict = await preview();
        expect(strict.output).toContain(VIOLATION);
        expect(strict.code).not.toBe(0);
        const advised = await preview({ [RULE]: "advisory" });
        expect(advised.output).toContain(VIOLATION);
        expect(advised.code).toBe(0);
    });

    it("that are broken fail the preview before anything is judged, with every mistake", async () => {
        await stackWith({ "base.yaml": "al: advisory\nrules: { some-rule: mandatory }\n" });
        const { code, output } = await preview();
        expect(output).toContain("settings/base.yaml:1: al: is no key here");
        expect(output).toContain("settings/base.yaml:2: rules.some-rule: is no rule of this pack.");
        expect(output).not.toContain(VIOLATION);
        expect(code).not.toBe(0);
    });
});
