import { stripVTControlCharacters } from "node:util";
import { explanationOf, registerRules } from "../../cli/rules";
import { rules } from "../../policies/rules";
import { runCommand } from "../support/run-command";

const run = (...args: string[]) => runCommand(registerRules, "rules", ...args);

test("lists every rule with its severity and level", () => {
    const lines = stripVTControlCharacters(run().stdout).trimEnd().split("\n");
    expect(lines.map(line => line.split(/ {2,}/))).toEqual(
        rules.map(({ name, severity, enforcementLevel, title }) => [name, severity, enforcementLevel, title]),
    );
    const told = JSON.parse(run("--format", "json").stdout);
    expect(told.map(({ name }: { name: string }) => name)).toEqual(rules.map(({ name }) => name));
});

test.each(rules.map(({ name, title }) => [name, title]))("explains %s by its page, without marks", (name, title) => {
    const { stdout } = run("explain", name);
    const [aspect] = rules.find(rule => rule.name === name)?.aspects ?? [];
    if (aspect !== undefined) expect(run("explain", `${name}/${aspect.id}`).stdout).toBe(stdout);
    expect(stdout).toMatch(new RegExp(`^# .*\\(\`${name}\`\\)\n`));
    expect(stdout).toContain(title);
    expect(stdout).toContain("\n## Limits\n");
    expect(stdout).not.toContain("<!--");
});

test("refuses a rule that does not exist, with the one that is meant", () => {
    expect(run("explain", "sg-no-ingress-al").error).toBe(
        "sg-no-ingress-al: there is no such rule. Did you mean sg-no-ingress-all?",
    );
});

test("a finding's text names the command that prints its page", () =>
    expect(explanationOf("a-rule")).toBe("npx security-baseline rules explain a-rule"));
