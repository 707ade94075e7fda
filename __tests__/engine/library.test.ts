import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunningPack } from "../../cli/engine/pack";
import { rules } from "../../policies/rules";
import { describeEngine, PACK, Project, REPOSITORY, serveAws } from "./support/pulumi";

const OWN_RULE = "functions-supported-runtime";
const VIOLATION = "Function 'mailer', runtime: is nodejs16.x; expected one of nodejs22.x, python3.13.";

const PROGRAM = {
    "Pulumi.yaml": "name: shop\nruntime:\n    name: nodejs\n    options:\n        typescript: false\n",
    "package.json": '{ "private": true }',
    "index.js": `
                    const { Function } = require("@pulumi/aws/lambda");
                    new Function("mailer", { role: "arn:aws:iam::123456789012:role/mailer", runtime: "nodejs16.x", handler: "index.handler" });
                `,
};

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

    describe("at the desk", () => {
        let shop: string;
        beforeAll(() => {
            shop = join(pack, "../shop");
            cpSync(join(pack, "node_modules/@pulumi"), join(shop, "node_modules/@pulumi"), {
                verbatimSymlinks: true,
                recursive: true,
            });
            const files = { ...PROGRAM, "Pulumi.prod.yaml": "config: {}\n" };
            for (const [name, text] of Object.entries(files)) writeFileSync(join(shop, name), text);
        });

        /** Runs a command of the pack's copy of the package, or of the one that wrote the pack. */
        function command(
            args: readonly string[],
            { cwd = pack, copy = pack } = {},
        ): { stdout: string; stderr: string; status: number | null } {
            const file = join(copy, "node_modules/pulumi-security-baseline/lib/command.js");
            return spawnSync(process.execPath, [file, ...args], { cwd, encoding: "utf8" });
        }

        it("is checked with, in its folder or from elsewhere, by whatever copy of the package", () => {
            const runs = [
                command(["check", "--project", shop]),
                command(["check", "--pack", pack], { cwd: shop }),
                command(["check", "--pack", pack], { cwd: shop, copy: join(pack, "../tool") }),
            ];
            for (const { stdout } of runs) {
                expect(stdout).toContain(VIOLATION);
                expect(stdout).toContain("index.js:3");
            }
            expect(runs[0]?.stdout).toContain(`why npx security-baseline rules explain ${OWN_RULE}\n`);
            expect(runs[1]?.stdout).toContain(`why npx security-baseline rules explain ${OWN_RULE} --pack ${pack}\n`);
            expect(command(["check"], { cwd: shop }).stdout).not.toContain(VIOLATION);
        });

        it("tells of its own rules and settings like of all others", () => {
            expect(command(["rules"]).stdout).toContain(OWN_RULE);
            const page = command(["rules", "explain", OWN_RULE]).stdout;
            expect(page).toContain(`# Functions run on supported runtimes (\`${OWN_RULE}\`)`);
            expect(page).toContain('| `runtimes` | `["nodejs22.x","python3.13"]` | The supported runtimes. |');
            expect(command(["rules", "explain", "sg-no-ingress-all"]).stdout).toContain("## Limits");
            expect(command(["config", "explain", "--stack", "prod"]).stdout).toMatch(
                new RegExp(`^${OWN_RULE} +advisory +default$`, "m"),
            );
            const schema = JSON.parse(command(["config", "schema"]).stdout);
            expect(schema.properties.rules.properties[OWN_RULE].anyOf[1].properties.runtimes.type).toBe("array");
            expect(command(["path"]).stdout).toBe(`${pack}\n`);
            expect(command(["doctor", "--project", shop]).stdout).toContain(`with those of acme in ${pack}`);
        });

        it("has levels, settings and exemptions for its own rules", () => {
            const settings = join(pack, "rules-config/base.yaml");
            const exemptions = join(pack, "rules-config/exemptions.yaml");
            const before = [settings, exemptions].map(file => [file, readFileSync(file, "utf8")] as const);
            writeFileSync(settings, `rules:\n  ${OWN_RULE}: { enforcementLevel: mandatory, runtime: [] }\n`);
            expect(command(["config", "validate"]).stderr).toContain(`is no setting of ${OWN_RULE}`);
            writeFileSync(settings, `rules:\n  ${OWN_RULE}: mandatory\n`);
            expect(command(["check", "--project", shop, "--rule", OWN_RULE]).status).toBe(1);

            const expires = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
            const urn = "urn:pulumi:prod::shop::aws:lambda/function:Function::mailer";
            const who = [
                "--resource",
                urn,
                "--reason",
                "Moves next month.",
                "--owner",
                "web-team",
                "--expires",
                expires,
            ];
            const exempted = command(["exempt", OWN_RULE, ...who]);
            expect([exempted.stdout, exempted.stderr]).toEqual([
                `rules-config/exemptions.yaml: ${OWN_RULE} is exempted until ${expires}, by web-team.\n`,
                "",
            ]);
            const after = command(["check", "--project", shop, "--rule", OWN_RULE]);
            expect(after.stdout).toContain(`${VIOLATION} (by web-team until ${expires}: Moves next month.)`);
            expect(after.stdout).toContain("0 mandatory, 0 advisory");
            for (const [file, text] of before) writeFileSync(file, text);
        });

        it.each([
            ["a folder without a pack", "../shop", "--pack: there is no PulumiPolicy.yaml in "],
            [
                "a pack without its packages",
                "../bare",
                "does not have the package pulumi-security-baseline, which it builds on; run `npm install` there.",
            ],
            ["a pack that fails", "../failing", "cannot be loaded: no luck"],
            ["a pack of another kind", "../other", "does not call baseline(), so its rules are not known."],
        ])("refuses %s", (_, folder, message) => {
            const programs = { bare: "", failing: 'throw new Error("no luck");', other: "" };
            for (const [name, program] of Object.entries(programs)) {
                const target = join(pack, "..", name);
                mkdirSync(target, { recursive: true });
                writeFileSync(join(target, "PulumiPolicy.yaml"), "runtime: nodejs\n");
                writeFileSync(join(target, "index.js"), program);
                const modules = join(target, "node_modules");
                if (name !== "bare" && !existsSync(modules)) symlinkSync(join(pack, "node_modules"), modules);
            }
            const { stderr, status } = command(["rules", "--pack", join(pack, folder)]);
            expect(stderr).toContain(message);
            expect(status).toBe(2);
        });
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
        project = new Project(PROGRAM, stubAws());
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
