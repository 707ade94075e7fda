// Whatever strangers call their stacks, resources and files, terminals and CI logs show it and obey nothing of it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { registerDoctor } from "../../cli/doctor";
import { registerExempt } from "../../cli/exempt";
import { toJson, toText } from "../../cli/report";
import { registerRules } from "../../cli/rules";
import { runCommand } from "../support/run-command";
import { settingsFolder } from "../support/settings-folder";

/** Ends a line, begins a command of a runner, moves a cursor, and turns the direction of writing. */
const ODD = "shop\n::error::x\r\u001b]8;;x\u0007\u009b2J\u0085\u2028\u202egpj\u2066";

/** All of it but line breaks that the layout needs, and any that begins a command of a runner. */
const OBEYED = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|^\s*::/mu;

const finding = {
    rule: "sg-no-ingress-all",
    severity: "high",
    enforcementLevel: "mandatory",
    message: "SecurityGroup 'web': is open.",
    urn: `urn:pulumi:prod::shop::aws:ec2/securityGroup:SecurityGroup::${ODD}`,
    source: { file: ODD, line: 1 },
    project: ODD,
    stack: ODD,
} as const;

const RESULT = {
    judged: [
        { project: ODD, stack: ODD, resources: 1 },
        { project: "shop", stack: "dev", resources: 1 },
    ],
    findings: [finding, { ...finding, urn: undefined, file: ODD }],
    notes: [],
    notJudged: [
        { subject: ODD, reason: ODD, output: ODD, project: ODD, stack: ODD },
        { rule: "sg-no-ingress-all", subject: ODD, reason: ODD, project: "shop", stack: "dev" },
    ],
    remediationSteps: {},
} as unknown as Parameters<typeof toText>[0];

test("the expression tells each of them", () => {
    for (const odd of ["\r", "\u001b", "\u0007", "\u009b", "\u0085", "\u2028", "\u202e", "\u2066", "a\n::error::x"]) {
        expect(odd).toMatch(OBEYED);
    }
});

test.each([true, false])("check, as text, with what tells more: %s", isVerbose => {
    const text = stripVTControlCharacters(toText(RESULT, { isVerbose }));
    expect(text).toContain("shop\\u{a}::error::x");
    expect(text).not.toMatch(OBEYED);
});

test("check, as JSON, which says the same", () => {
    const text = toJson(RESULT);
    expect(text).not.toMatch(OBEYED);
    expect(JSON.parse(text).findings[0].stack).toBe(ODD);
});

test("doctor", () => {
    const folder = mkdtempSync(join(tmpdir(), "security-baseline-"));
    try {
        writeFileSync(join(folder, "Pulumi.yaml"), `name: ${JSON.stringify(ODD)}\nruntime: ${JSON.stringify(ODD)}\n`);
        writeFileSync(join(folder, "Pulumi.a\u001b\n::error::.yaml"), "");
        const text = stripVTControlCharacters(runCommand(registerDoctor, "doctor", "--project", folder).stdout);
        expect(text).toContain("::error::");
        expect(text).not.toMatch(OBEYED);
    } finally {
        rmSync(folder, { recursive: true });
    }
});

test("exempt", () => {
    const folder = settingsFolder({ "exemptions.yaml": "list: []\n" });
    const expires = `${new Date().getUTCFullYear() + 1}-01-01`;
    const options = ["--reason", ODD, "--owner", ODD, "--expires", expires, "--config-dir", folder];
    const { stdout, error } = runCommand(
        registerExempt,
        ...[
            "exempt",
            "sg-no-ingress-all",
            "--resource",
            `urn:pulumi:prod::shop::aws:ec2/securityGroup:SecurityGroup::${ODD}`,
            ...options,
        ],
    );
    expect(`${stdout}${error ?? ""}`).toContain("::error::");
    expect(`${stdout}${error ?? ""}`).not.toMatch(OBEYED);
});

test("rules", () => {
    const { stdout, error } = runCommand(registerRules, "rules", "explain", ODD);
    expect(stdout).toBe("");
    expect(error).toContain("there is no such rule");
    expect(error).not.toMatch(OBEYED);
});
