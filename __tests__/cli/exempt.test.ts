import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { exemptionOf, registerExempt } from "../../cli/exempt";
import { runCommand } from "../support/run-command";
import { settingsFolder } from "../support/settings-folder";

const URN = "urn:pulumi:prod::shop::aws:ec2/securityGroup:SecurityGroup::web";
const NEXT_YEAR = `${new Date().getUTCFullYear() + 1}-01-01`;

function exempt(folder: string, ...args: string[]) {
    const given = (name: string, value: string) => (args.includes(name) ? [] : [name, value]);
    const rest = [
        ...given("--reason", "Public site."),
        ...given("--owner", "web-team"),
        ...given("--expires", NEXT_YEAR),
    ];
    return runCommand(registerExempt, "exempt", ...args, ...rest, "--config-dir", folder);
}

const EMPTY = "# Ours.\nlist: [] # none yet\n";

test("writes the exemption and keeps what is there", () => {
    const folder = settingsFolder({ "exemptions.yaml": EMPTY });
    const { stdout, error } = exempt(folder, "sg-no-ingress-all", "--resource", URN, "--ticket", "SEC-1");
    expect(error).toBeUndefined();
    expect(stdout).toMatch(/exemptions\.yaml: sg-no-ingress-all is exempted until \d{4}-01-01, by web-team\.\n$/);
    expect(readFileSync(join(folder, "exemptions.yaml"), "utf8")).toBe(
        `# Ours.\nlist: # none yet\n    - rule: sg-no-ingress-all\n      resource: ${URN}\n      reason: Public site.\n      owner: web-team\n      expires: ${NEXT_YEAR}\n      ticket: SEC-1\n`,
    );
});

test("makes the file where there is none, and adds to it", () => {
    const folder = settingsFolder({});
    expect(exempt(folder, "ci-workflow-hardened", "--file", ".github/workflows/ci.yml").error).toBeUndefined();
    expect(
        exempt(folder, "sg-no-ingress-all", "--type", "aws:ec2/securityGroup:SecurityGroup", "--name", "web").error,
    ).toBeUndefined();
    expect(readFileSync(join(folder, "exemptions.yaml"), "utf8").match(/- rule: .*/g)).toEqual([
        "- rule: ci-workflow-hardened",
        "- rule: sg-no-ingress-all",
    ]);
});

describe("refuses and leaves the file as it was", () => {
    test.each([
        ["a rule that does not exist", ["sg-no-ingress-al", "--resource", URN], "Did you mean sg-no-ingress-all?"],
        ["no place", ["sg-no-ingress-all"], "list[0].resource: is not set; expected one of"],
        ["two places", ["sg-no-ingress-all", "--resource", URN, "--file", "a.yml"], "is set beside another place"],
        ["a text that is no URN", ["sg-no-ingress-all", "--resource", "web"], "expected a URN"],
        [
            "a date that is past",
            ["sg-no-ingress-all", "--resource", URN, "--expires", "2020-01-31"],
            "is 2020-01-31, which is past",
        ],
        [
            "a date too far ahead",
            ["sg-no-ingress-all", "--resource", URN, "--expires", "2999-01-31"],
            "expected at most 365 days",
        ],
        [
            "a day that does not exist",
            ["sg-no-ingress-all", "--resource", URN, "--expires", "2031-02-30"],
            "expected a date such as",
        ],
        ["an empty reason", ["sg-no-ingress-all", "--resource", URN, "--reason", " "], "expected a text"],
    ])("%s", (_, args, message) => {
        const folder = settingsFolder({ "exemptions.yaml": EMPTY });
        expect(exempt(folder, ...args).error).toContain(message);
        expect(readFileSync(join(folder, "exemptions.yaml"), "utf8")).toBe(EMPTY);
    });

    test("one that is there already", () => {
        const folder = settingsFolder({});
        exempt(folder, "sg-no-ingress-all", "--resource", URN);
        const before = readFileSync(join(folder, "exemptions.yaml"), "utf8");
        expect(exempt(folder, "sg-no-ingress-all", "--resource", URN).error).toContain("list[1]: is shadowed");
        expect(readFileSync(join(folder, "exemptions.yaml"), "utf8")).toBe(before);
    });

    test("settings that have mistakes already", () => {
        const folder = settingsFolder({ "base.yaml": "al: advisory\n" });
        expect(exempt(folder, "sg-no-ingress-all", "--resource", URN).error).toContain(
            "base.yaml:1: al: is no key here",
        );
        expect(existsSync(join(folder, "exemptions.yaml"))).toBe(false);
    });

    test("a folder that is not there", () => {
        const folder = settingsFolder({});
        rmSync(folder, { recursive: true });
        expect(exempt(folder, "sg-no-ingress-all", "--resource", URN).error).toContain("there is no folder");
    });
});

test("the command that exempts a finding is told in a form for shells", () => {
    const finding = { rule: "a-rule", severity: "high", enforcementLevel: "mandatory" as const, message: "a" };
    expect(exemptionOf({ ...finding, urn: URN })).toBe(
        `npx security-baseline exempt a-rule --resource ${URN} --reason … --owner … --expires …`,
    );
    expect(exemptionOf({ ...finding, urn: "urn:pulumi:a::b::c:d:E$f:g:H::it's" })).toContain(
        "--resource 'urn:pulumi:a::b::c:d:E$f:g:H::it'\\''s' --reason",
    );
    expect(exemptionOf({ ...finding, file: "a b.yml" })).toContain("--file 'a b.yml'");
    expect(exemptionOf({ ...finding, aspect: "one", file: "ci.yml" })).toContain("exempt a-rule/one --file ci.yml");
    expect(exemptionOf(finding)).toBeUndefined();
});
