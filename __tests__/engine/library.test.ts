import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunningPack } from "../../cli/engine/pack";
import { rules } from "../../policies/rules";
import { describeEngine, PACK, Project, REPOSITORY, serveAws } from "./support/pulumi";

const OWN_RULE = "functions-supported-runtime";
const VIOLATION = "Function 'mailer', runtime: is nodejs16.x; expected one of nodejs22.x, python3.13.";

jest.setTimeout(240_000);

/** A pack as `init-pack` of the published package writes it, with that package and the SDK installed. */
function newPack(): string {
    const folder = mkdtempSync(join(tmpdir(), "own-pack-"));
    const modules = join(folder, "tool/node_modules");
    mkdirSync(modules, { recursive: true });
    cpSync(PACK, join(modules, "pulumi-security-baseline"), { recursive: true });
    const command = join(modules, "pulumi-security-baseline/lib/command.js");
    execFileSync(process.execPath, [command, "init-pack", join(folder, "acme")]);
    const pack = join(folder, "acme");
    mkdirSync(join(pack, "node_modules"));
    cpSync(PACK, join(pack, "node_modules/pulumi-security-baseline"), { recursive: true });
    symlinkSync(join(REPOSITORY, "node_modules/@pulumi"), join(pack, "node_modules/@pulumi"));
    return pack;
}

describe("a pack that builds on the package", () => {
    let pack: string;
    beforeAll(() => {
        pack = newPack();
    });
    afterAll(() => rmSync(join(pack, ".."), { recursive: true, force: true }));

    /** Starts the pack with another program than the template's, in a copy of its own. */
    async function start(program: string): Promise<void> {
        const copy = mkdtempSync(join(pack, "../copy-"));
        cpSync(pack, copy, { recursive: true, verbatimSymlinks: true });
        writeFileSync(join(copy, "index.js"), program);
        (await RunningPack.start(copy, {}, { PWD: copy })).stop();
    }

    it("pins the package and the SDK, and holds no placeholder", () => {
        const { dependencies } = JSON.parse(readFileSync(join(pack, "package.json"), "utf8"));
        const source = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8"));
        expect(dependencies).toEqual({
            "@pulumi/pulumi": source.dependencies["@pulumi/pulumi"],
            "pulumi-security-baseline": source.version,
        });
        const files = ["README.md", "index.js", ".github/CODEOWNERS", ".github/workflows/publish.yml", ".gitignore"];
        for (const file of files) expect(readFileSync(join(pack, file), "utf8")).not.toMatch(/(?<!\$)\{\{/);
    });

    it("passes its own tests", () => {
        const { status, stdout } = spawnSync("npm", ["test"], { cwd: pack, encoding: "utf8" });
        expect(stdout).toContain("# pass 3");
        expect(status).toBe(0);
    });

    it("is not written over files", () => {
        const command = join(pack, "node_modules/pulumi-security-baseline/lib/command.js");
        const { status, stderr } = spawnSync(process.execPath, [command, "init-pack", pack], { encoding: "utf8" });
        expect(stderr).toContain("holds files; expected an empty folder or none.");
        expect(status).toBe(2);
    });

    it("holds all rules of the package and its own", async () => {
        const running = await RunningPack.start(pack, {}, { PWD: pack });
        try {
            for (const name of [...rules.map(rule => rule.name), OWN_RULE]) {
                expect([name, running.remediationSteps(name)]).not.toEqual([name, ""]);
            }
        } finally {
            running.stop();
        }
    });

    const OWN = `const { rule } = require("./rules/${OWN_RULE}"); const { baseline, z } = require("pulumi-security-baseline");`;
    it.each([
        [
            "an own rule with a taken name",
            `${OWN} baseline("acme", { rules: [{ ...rule, name: "sg-no-ingress-all" }] });`,
            "sg-no-ingress-all: is the name of a rule of the baseline; expected one that is not taken.",
        ],
        [
            "two own rules of one name",
            `${OWN} baseline("acme", { rules: [rule, rule] });`,
            `${OWN_RULE}: is the name of another rule or policy of the pack; expected one that is not taken.`,
        ],
        [
            "a policy with the name of the exemptions",
            `${OWN} baseline("acme", { policies: [{ name: "exemptions", description: "", validateStack() {} }] });`,
            "exemptions: is the name of the exemptions; expected one that is not taken.",
        ],
        [
            "a setting that every policy has",
            `${OWN} baseline("acme", { rules: [{ ...rule, settings: z.strictObject({ enforcementLevel: z.string().default("") }) }] });`,
            `${OWN_RULE}: has a setting enforcementLevel; expected another name, since each policy has that one.`,
        ],
        [
            "a setting without a default",
            `${OWN} baseline("acme", { rules: [{ ...rule, settings: z.strictObject({ runtimes: z.array(z.string()) }) }] });`,
            `${OWN_RULE}: has settings without a default; expected settings that may all be left out.`,
        ],
        [
            "settings that take any key",
            `${OWN} baseline("acme", { rules: [{ ...rule, settings: z.looseObject({}) }] });`,
            `${OWN_RULE}: accepts settings that it does not have; expected z.strictObject.`,
        ],
        [
            "a second pack of the package",
            `${OWN} baseline("acme"); baseline("other");`,
            "other was started beside acme in one process, and the engine would see one only.",
        ],
        [
            "a pack of the user's own SDK beside it",
            `${OWN} baseline("acme"); new (require("@pulumi/policy").PolicyPack)("other", { policies: [] });`,
            "Another pack was started beside acme in one process, and the engine would see one only.",
        ],
        [
            "a settings folder that is missing",
            `${OWN} baseline("acme", { settingsFolder: "no-such-folder" });`,
            "no-such-folder: cannot be read as the folder of settings (ENOENT).",
        ],
    ])("does not start with %s", async (_, program, message) => {
        await expect(start(program)).rejects.toThrow(message);
    });

    it("exports what its documentation names, typed, and starts nothing on import", () => {
        const program = join(pack, "typed.ts");
        writeFileSync(
            program,
            `import { baseline, projectRule, resourceRule, stackRule, Value, z, type BaselineOptions, type Report, type Resource, type Rule, type Stack } from "pulumi-security-baseline";
            import { judgeResource, testResourceRule } from "pulumi-security-baseline/testing";
            const rule: Rule = resourceRule({
                name: "own-rule", title: "T", description: "D.", severity: "low", enforcementLevel: "advisory",
                tags: [], controls: [], remediationSteps: [], url: "https://example.com",
                settings: z.strictObject({ most: z.number().default(1) }), types: "all",
                judge(resource: Resource, { most }, report: Report) {
                    const value: Value = resource.props.get("count");
                    // @ts-expect-error the setting is a number
                    const wrong: string = most;
                    report.violation(value, wrong);
                },
            });
            const options: BaselineOptions = { rules: [rule] };
            // @ts-expect-error a pack has a name
            baseline(options);
            export { judgeResource, testResourceRule, projectRule, stackRule, type Stack };`,
        );
        const compiler = require.resolve("typescript/bin/tsc");
        const args = ["--noEmit", "--strict", "--module", "node16", "--target", "es2022", program];
        const { stdout, status } = spawnSync(process.execPath, [compiler, ...args], { cwd: pack, encoding: "utf8" });
        expect(stdout).toBe("");
        expect(status).toBe(0);
        const script = `import * as library from "pulumi-security-baseline"; console.log(Object.keys(library).sort().join());`;
        const run = spawnSync(process.execPath, ["--input-type=module", "-e", script], { cwd: pack, encoding: "utf8" });
        expect(run.stdout).toBe("Value,baseline,default,projectRule,resourceRule,stackRule,z\n");
        expect(run.status).toBe(0);
    });
});

describeEngine("a pack that builds on the package, in the real engine", () => {
    const stubAws = serveAws();
    let pack: string;
    let project: Project;
    beforeAll(async () => {
        pack = newPack();
        project = new Project(
            {
                "Pulumi.yaml": "name: shop\nruntime:\n    name: nodejs\n    options:\n        typescript: false\n",
                "package.json": '{ "private": true }',
                "index.js": `
                    const { Function } = require("@pulumi/aws/lambda");
                    new Function("mailer", { role: "arn:aws:iam::123456789012:role/mailer", runtime: "nodejs16.x", handler: "index.handler" });
                `,
            },
            stubAws(),
        );
        await project.pulumi(["stack", "init", "prod"]);
    });
    afterAll(() => {
        project.remove();
        rmSync(join(pack, ".."), { recursive: true, force: true });
    });

    async function preview(profile: string): Promise<{ code: number | null; output: string }> {
        writeFileSync(join(pack, "rules-config/base.yaml"), profile);
        project.write("policy-config.json", JSON.stringify({ "kms-secrets-provider-required": "disabled" }));
        return project.pulumi(["preview", "--policy-pack", pack, "--policy-pack-config", "policy-config.json"]);
    }

    it("reports by an own rule, whose level and settings come from the settings folder", async () => {
        const own = readFileSync(join(pack, "rules-config/base.yaml"), "utf8");
        const asWritten = await preview(own);
        expect(asWritten.output).toContain(`[advisory] [severity: medium]  ${OWN_RULE}`);
        expect(asWritten.output).toContain(VIOLATION);

        const mandatory = await preview(`rules:\n  ${OWN_RULE}: mandatory\n`);
        expect(mandatory.output).toContain(`[mandatory] [severity: medium]  ${OWN_RULE}`);
        expect(mandatory.code).not.toBe(0);

        const allowed = await preview(`rules:\n  ${OWN_RULE}:\n    runtimes: [nodejs16.x]\n`);
        expect(allowed.output).not.toContain(OWN_RULE);

        const misspelt = await preview(`rules:\n  ${OWN_RULE}:\n    runtime: [nodejs16.x]\n`);
        expect(misspelt.output).toContain(`is no setting of ${OWN_RULE}`);
        expect(misspelt.code).not.toBe(0);
    });
});
