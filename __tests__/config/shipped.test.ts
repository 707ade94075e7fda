import { join } from "node:path";
import { configFor, readSettings } from "../../policies/config/load";
import { parseStackName } from "../../policies/config/stack-identity";
import { rules } from "../../policies/rules";

const files = readSettings(join(__dirname, "../../rules-config"), rules, new Date("2026-11-23T12:00:00Z"));

function levels(profile: string): Map<string, string> {
    const at = { ...files.selection.defaultProfile, name: profile };
    const chosen = { ...files, selection: { defaultProfile: at, selectors: [] } };
    const { rules: effective } = configFor(chosen, rules, parseStackName("any"));
    return new Map(effective.map(({ rule, level }) => [rule.name, level.level]));
}

/** Rules that are mandatory from the start. */
const MANDATORY = [
    "iam-no-wildcard-actions",
    "kms-secrets-provider-required",
    "no-plaintext-config-secrets",
    "no-public-s3-buckets",
    "rds-deletion-protection-required",
    "s3-bucket-encryption-required",
    "sg-no-ingress-all",
].filter(name => rules.some(rule => rule.name === name));

test.each(["base", "production"])("in profile %s what leaks data or loses it is mandatory", profile => {
    const found = levels(profile);
    expect(MANDATORY.map(name => [name, found.get(name)])).toEqual(MANDATORY.map(name => [name, "mandatory"]));
});

test("rules about the project's files are advisory in profile base and mandatory in production, but for the secrets", () => {
    const others = rules.filter(({ scope, name }) => scope === "project" && !MANDATORY.includes(name));
    const [base, production] = [levels("base"), levels("production")];
    expect(others.map(({ name }) => [name, base.get(name), production.get(name)])).toEqual(
        others.map(({ name }) => [name, "advisory", "mandatory"]),
    );
});

test("in profile advisory everything is advisory", () => {
    expect([...new Set(levels("advisory").values())]).toEqual(["advisory"]);
});

test.each([
    ["acme/shop/prod", "production"],
    ["acme/shop/eu-production", "production"],
    ["acme/shop/dev", "development"],
    ["acme/shop/pr-17", "development"],
    ["acme/shop/staging", "base"],
    ["acme/shop/product", "base"],
])("%s has profile %s", (stack, profile) => {
    expect(configFor(files, rules, parseStackName(stack)).profiles[0]).toBe(profile);
});
