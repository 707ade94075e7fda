import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jsonSchema } from "../../policies/config/json-schema";
import { configFor, readSettings, toPackConfig } from "../../policies/config/load";
import { parseStackName } from "../../policies/config/stack-identity";
import { configSchemaOf } from "../../policies/kit/settings";
import { packageRoot } from "../../policies/package-root";
import { rules } from "../../policies/rules";
import { settingsFolder } from "../support/settings-folder";

jest.setTimeout(30_000);

function config(...args: string[]) {
    const { SECURITY_BASELINE_CONFIG: _, ...env } = process.env;
    const command = [join(packageRoot, "dist/cli/index.js"), "config", ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8", env });
    return { status, stdout, stderr };
}

const SETTINGS = {
    "base.yaml": "all: disabled\nrules:\n    sg-no-ingress-all: { allowedPorts: [80] }\n",
    "strict.yaml": [
        "extends: base",
        "rules:",
        "    sg-no-ingress-all: { enforcementLevel: mandatory }",
        "    no-public-s3-buckets: advisory until 2099-12-31",
    ].join("\n"),
    "stacks.yaml": "default: base\nstacks:\n    - { organization: acme, tags: { tier: gold }, profile: strict }\n",
};

test("explain shows each rule's level and settings and which file and line each came from", () => {
    const folder = settingsFolder(SETTINGS);
    const args = ["--stack", "acme/shop/prod", "--tag", "tier=gold", "--config-dir", folder];
    const { status, stdout } = config("explain", ...args, "--format", "json");
    expect(status).toBe(0);
    const explained = JSON.parse(stdout) as { rules: { rule: string }[] };
    expect(explained).toMatchObject({
        stack: "acme/shop/prod",
        profiles: ["strict", "base"],
        chosenAt: { file: "settings/stacks.yaml", line: 3 },
    });
    expect(explained.rules.map(({ rule }) => rule)).toEqual(rules.map(({ name }) => name));
    expect(explained.rules.find(({ rule }) => rule === "sg-no-ingress-all")).toMatchObject({
        level: "mandatory",
        source: { file: "settings/strict.yaml", line: 3 },
        settings: {
            allowedPorts: { value: [80], source: { file: "settings/base.yaml", line: 3 } },
            allowIcmp: { value: false, source: null },
        },
    });
    expect(explained.rules.find(({ rule }) => rule === "no-public-s3-buckets")).toMatchObject({
        level: "advisory",
        mandatoryFrom: "2100-01-01",
        source: { file: "settings/strict.yaml", line: 4 },
    });
    const text = config("explain", ...args).stdout;
    expect(text).toContain("acme/shop/prod has profile strict (settings/stacks.yaml:3), which extends base.");
    expect(text).toMatch(/^sg-no-ingress-all +mandatory +settings\/strict\.yaml:3$/m);
    expect(text).toMatch(/^ {2}allowedPorts +\[80\] +settings\/base\.yaml:3$/m);
    expect(text).toMatch(
        /^no-public-s3-buckets +advisory \(mandatory from 2100-01-01, in \d+ days\) +settings\/strict\.yaml:4$/m,
    );
    expect(text).toMatch(/^iam-no-wildcard-actions +disabled +settings\/base\.yaml:1$/m);
});

test("export prints what --policy-pack-config and policy groups take, the settings of the pack for that stack", () => {
    const folder = settingsFolder(SETTINGS);
    const { status, stdout } = config(
        "export",
        "--stack",
        "acme/shop/prod",
        "--tag",
        "tier=gold",
        "--config-dir",
        folder,
    );
    expect(status).toBe(0);
    const files = readSettings(folder, rules, new Date());
    const identity = parseStackName("acme/shop/prod", { tier: "gold" });
    expect(JSON.parse(stdout)).toEqual(toPackConfig(configFor(files, rules, identity)));
    expect(JSON.parse(stdout)["sg-no-ingress-all"]).toEqual({ enforcementLevel: "mandatory", allowedPorts: [80] });
});

describe("validate", () => {
    test("finds the pack's own settings right", () => {
        expect(config("validate")).toMatchObject({
            status: 0,
            stdout: expect.stringMatching(/^The settings are right/),
        });
    });

    test("lists mistakes and ends with 2", () => {
        const { status, stderr } = config(
            "validate",
            "--config-dir",
            settingsFolder({ "base.yaml": "al: advisory\nrule: {}\n" }),
        );
        expect(status).toBe(2);
        expect(stderr).toContain("have 2 mistakes:\n  settings/base.yaml:1: al: is no key here;");
    });

    test("lists what has no effect on the stacks of a project and ends with 1", () => {
        const project = mkdtempSync(join(tmpdir(), "security-baseline-"));
        try {
            writeFileSync(join(project, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
            writeFileSync(join(project, "Pulumi.prod.yaml"), "config: {}\n");
            const stacks =
                "default: base\nstacks:\n    - { stack: prod, profile: base }\n    - { stack: live, profile: base }\n";
            const folder = settingsFolder({ "stacks.yaml": stacks });
            expect(config("validate", "--config-dir", folder, "--project", project)).toEqual({
                status: 1,
                stdout: "settings/stacks.yaml:4: stacks[1]: is unused: no stack matches.\n",
                stderr: "",
            });
        } finally {
            rmSync(project, { recursive: true, force: true });
        }
    });

    test("refuses an exemption that is past", () => {
        const exemption = {
            rule: "sg-no-ingress-all",
            type: "aws:ec2/securityGroup:SecurityGroup",
            name: "web",
            reason: "Public site.",
            owner: "web-team",
            expires: "2020-01-31",
        };
        const folder = settingsFolder({ "exemptions.yaml": JSON.stringify({ list: [exemption] }) });
        const { status, stderr } = config("validate", "--config-dir", folder);
        expect(status).toBe(2);
        expect(stderr).toContain("list[0].expires: is 2020-01-31, which is past");
    });
});

test("wrong use ends with 2", () => {
    expect(config("explain").status).toBe(2);
    expect(config("explain", "--stack", "prod", "--tag", "tier").status).toBe(2);
    expect(config("explain", "--stack", "prod", "--config-dir", "/nonexistent").status).toBe(2);
});

test("schema prints the JSON Schema of each kind of file, with every rule and setting", () => {
    const schema = JSON.parse(config("schema").stdout);
    expect(schema).toEqual(JSON.parse(JSON.stringify(jsonSchema("profile", rules))));
    expect(Object.keys(schema.properties)).toEqual(["extends", "all", "severities", "tags", "frameworks", "rules"]);
    for (const rule of rules) {
        const [level, object] = schema.properties.rules.properties[rule.name].anyOf;
        expect(new RegExp(level.pattern).test("advisory until 2027-01-31")).toBe(true);
        expect(new RegExp(level.pattern).test("advisory until soon")).toBe(false);
        const settings = Object.keys(configSchemaOf(rule.settings).properties);
        expect(Object.keys(object.properties)).toEqual(["enforcementLevel", ...settings]);
        expect(object.additionalProperties).toBe(false);
    }
    expect(Object.keys(JSON.parse(config("schema", "--of", "exemptions").stdout).properties)).toEqual([
        "list",
        "maxDays",
        "allowInProgram",
    ]);
});
