import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jsonSchema } from "../../policies/config/json-schema";
import { configFor, readSettings, toPackConfig } from "../../policies/config/load";
import { parseStackName } from "../../policies/config/stack-identity";
import { configSchemaOf } from "../../policies/kit/settings";
import { rules } from "../../policies/rules";
import { runInProcess } from "../support/run-command";
import { settingsFolder } from "../support/settings-folder";

/** Runs `config` without settings that the environment names. */
async function config(...args: string[]) {
    const { SECURITY_BASELINE_CONFIG: named } = process.env;
    delete process.env.SECURITY_BASELINE_CONFIG;
    try {
        const { code, stdout, stderr } = await runInProcess(["config", ...args]);
        return { status: code, stdout, stderr };
    } finally {
        if (named !== undefined) process.env.SECURITY_BASELINE_CONFIG = named;
    }
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

test("explain shows each rule's level and settings and which file and line each came from", async () => {
    const folder = settingsFolder(SETTINGS);
    const args = ["--stack", "acme/shop/prod", "--tag", "tier=gold", "--config-dir", folder];
    const { status, stdout } = await config("explain", ...args, "--format", "json");
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
    const text = (await config("explain", ...args)).stdout;
    expect(text).toContain("acme/shop/prod has profile strict (settings/stacks.yaml:3), which extends base.");
    expect(text).toMatch(/^sg-no-ingress-all +mandatory +settings\/strict\.yaml:3$/m);
    expect(text).toMatch(/^ {2}allowedPorts +\[80\] +settings\/base\.yaml:3$/m);
    expect(text).toMatch(
        /^no-public-s3-buckets +advisory \(mandatory from 2100-01-01, in \d+ days\) +settings\/strict\.yaml:4$/m,
    );
    expect(text).toMatch(/^iam-no-wildcard-actions +disabled +settings\/base\.yaml:1$/m);
});

test("export prints what --policy-pack-config and policy groups take, the settings of the pack for that stack", async () => {
    const folder = settingsFolder(SETTINGS);
    const { status, stdout } = await config(
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
    test("finds the pack's own settings right", async () => {
        expect(await config("validate")).toMatchObject({
            status: 0,
            stdout: expect.stringMatching(/^The settings are right/),
        });
    });

    test("lists mistakes and ends with 2", async () => {
        const { status, stderr } = await config(
            "validate",
            "--config-dir",
            settingsFolder({ "base.yaml": "al: advisory\nrule: {}\n" }),
        );
        expect(status).toBe(2);
        expect(stderr).toContain("have 2 mistakes:\n  settings/base.yaml:1: al: is no key here;");
    });

    test("lists what has no effect on the stacks of a project and ends with 1", async () => {
        const project = mkdtempSync(join(tmpdir(), "security-baseline-"));
        try {
            writeFileSync(join(project, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
            writeFileSync(join(project, "Pulumi.prod.yaml"), "config: {}\n");
            const stacks =
                "default: base\nstacks:\n    - { stack: prod, profile: base }\n    - { stack: live, profile: base }\n";
            const folder = settingsFolder({ "stacks.yaml": stacks });
            expect(await config("validate", "--config-dir", folder, "--project", project)).toEqual({
                status: 1,
                stdout: "settings/stacks.yaml:4: stacks[1]: is unused: no stack matches.\n",
                stderr: "",
            });
        } finally {
            rmSync(project, { recursive: true, force: true });
        }
    });

    test("refuses an exemption that is past", async () => {
        const exemption = {
            rule: "sg-no-ingress-all",
            type: "aws:ec2/securityGroup:SecurityGroup",
            name: "web",
            reason: "Public site.",
            owner: "web-team",
            expires: "2020-01-31",
        };
        const folder = settingsFolder({ "exemptions.yaml": JSON.stringify({ list: [exemption] }) });
        const { status, stderr } = await config("validate", "--config-dir", folder);
        expect(status).toBe(2);
        expect(stderr).toContain("list[0].expires: is 2020-01-31, which is past");
    });
});

test("wrong use ends with 2", async () => {
    expect((await config("explain")).status).toBe(2);
    expect((await config("explain", "--stack", "prod", "--tag", "tier")).status).toBe(2);
    expect((await config("explain", "--stack", "prod", "--config-dir", "/nonexistent")).status).toBe(2);
});

test("schema prints the JSON Schema of each kind of file, with every rule and setting", async () => {
    const schema = JSON.parse((await config("schema")).stdout);
    expect(schema).toEqual(JSON.parse(JSON.stringify(jsonSchema("profile", rules))));
    expect(Object.keys(schema.properties)).toEqual(["extends", "all", "severities", "tags", "frameworks", "rules"]);
    const { type, pattern } = schema.definitions.level;
    expect(type).toBe("string");
    expect(new RegExp(pattern).test("advisory until 2027-01-31")).toBe(true);
    expect(new RegExp(pattern).test("advisory until soon")).toBe(false);
    for (const rule of rules) {
        const [level, object] = schema.properties.rules.properties[rule.name].anyOf;
        expect(JSON.stringify(level)).toContain('{"$ref":"#/definitions/level"}');
        const settings = Object.keys(configSchemaOf(rule.settings).properties);
        expect(Object.keys(object.properties)).toEqual([...settings, "enforcementLevel"]);
        expect(object.additionalProperties).toBe(false);
    }
    const stacks = jsonSchema("stacks", rules);
    expect(stacks).toMatchObject({
        required: ["default"],
        properties: {
            default: { type: "string" },
            stacks: { type: "array", items: { required: ["profile"], additionalProperties: false } },
        },
    });
    const { properties } = (stacks as { properties: { stacks: { items: { properties: object } } } }).properties.stacks
        .items;
    expect(Object.keys(properties)).toEqual(["organization", "project", "stack", "tags", "profile"]);
    expect(Object.keys(JSON.parse((await config("schema", "--of", "exemptions")).stdout).properties)).toEqual([
        "list",
        "maxDays",
        "allowInProgram",
    ]);
});

test("schema of stacks says what each key means, for editors", async () => {
    const { properties } = JSON.parse((await config("schema", "--of", "stacks")).stdout);
    const { properties: entry } = properties.stacks.items;
    expect(
        Object.entries(entry).map(([key, value]) => [key, (value as { type: string; description: string }).type]),
    ).toEqual([
        ["organization", "string"],
        ["project", "string"],
        ["stack", "string"],
        ["tags", "object"],
        ["profile", "string"],
    ]);
    expect(entry.organization.description).toBe("Glob pattern for the organization.");
    expect(entry.project.description).toBe("Glob pattern for the project.");
    expect(entry.stack.description).toBe("Glob pattern for the stack.");
    expect(entry.tags.additionalProperties).toEqual({
        type: "string",
        minLength: 1,
        description: "Glob pattern for the tag's value.",
    });
});

describe("for named stacks", () => {
    const exemption = {
        rule: "sg-no-ingress-all",
        type: "aws:ec2/securityGroup:SecurityGroup",
        name: "web",
        stack: "prod",
        reason: "Public site.",
        owner: "web-team",
        expires: `${new Date().getUTCFullYear() + 1}-01-01`,
    };

    test("explain tells the exemptions for the stack, and of no other", async () => {
        const files = { ...SETTINGS, "exemptions.yaml": JSON.stringify({ list: [exemption], maxDays: 800 }) };
        const folder = settingsFolder(files);
        const explain = async (stack: string, ...args: string[]) =>
            (await config("explain", "--stack", stack, "--config-dir", folder, ...args)).stdout;
        expect(JSON.parse(await explain("acme/shop/prod", "--format", "json")).exemptions).toEqual([
            expect.objectContaining({ rule: "sg-no-ingress-all", stack: "prod", owner: "web-team" }),
        ]);
        expect(JSON.parse(await explain("acme/shop/dev", "--format", "json")).exemptions).toEqual([]);
        expect(await explain("acme/shop/prod")).toContain("\nExemptions for it: 1.\n");
        expect(await explain("acme/shop/dev")).toContain("\nExemptions for it: 0.\n");
    });

    test("validate says which entries are about none of them, and counts what there is where all are used", async () => {
        const stacks =
            "default: base\nstacks:\n    - { stack: prod, profile: base }\n    - { stack: live, profile: base }\n";
        const folder = settingsFolder({ "stacks.yaml": stacks });
        const validate = (...names: string[]) => config("validate", "--config-dir", folder, "--stack", ...names);
        expect(await validate("acme/shop/prod")).toEqual({
            status: 1,
            stdout: "settings/stacks.yaml:4: stacks[1]: is unused: no stack matches.\n",
            stderr: "",
        });
        expect(await validate("acme/shop/prod", "acme/shop/live")).toEqual({
            status: 0,
            stdout: "The settings are right: 1 profile, 2 entries for stacks, 0 exemptions.\n",
            stderr: "",
        });
    });
});
