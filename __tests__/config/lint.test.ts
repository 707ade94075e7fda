import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { show } from "../../policies/config/config-error";
import { unusedIn } from "../../policies/config/lint";
import { readSettings } from "../../policies/config/load";
import { parseStackName } from "../../policies/config/stack-identity";
import { rules } from "../../policies/rules";
import { settingsFolder } from "../support/settings-folder";

const NOW = new Date("2026-11-23T12:00:00Z");

function unused(files: Record<string, string>, ...stacks: string[]): string[] {
    const settings = readSettings(settingsFolder(files), rules, NOW);
    return unusedIn(
        settings,
        stacks.map(stack => parseStackName(stack)),
    ).map(show);
}

const PROFILES = { "one.yaml": "all: mandatory", "two.yaml": "all: advisory" };

describe("levels", () => {
    test("that narrower ones of the same file replace for each of their rules are shadowed", () => {
        const base = ["severities:", "    high: advisory", "    low: advisory", "tags:", "    aws: mandatory"];
        const names = rules.filter(rule => rule.severity === "high").map(({ name }) => `    ${name}: advisory`);
        expect(unused({ "base.yaml": [...base, "rules:", ...names].join("\n") })).toEqual([
            "settings/base.yaml:2: severities.high: has no effect: narrower statements of this file set the level of each of its rules.",
        ]);
    });

    test("that keep one rule are not, nor are those that another profile replaces", () => {
        expect(unused({ "base.yaml": "all: advisory\nrules: { sg-no-ingress-all: mandatory }" })).toEqual([]);
        expect(unused({ "base.yaml": "all: advisory", "top.yaml": "extends: base\nall: mandatory" })).toEqual([]);
        expect(unused({ "base.yaml": "all: advisory\nrules: { sg-no-ingress-all: { allowedPorts: [443] } }" })).toEqual(
            [],
        );
    });
});

describe("entries for stacks", () => {
    const entries = (lines: string, ...stacks: string[]) =>
        unused({ ...PROFILES, "stacks.yaml": `default: base\nstacks:\n${lines}` }, ...stacks);

    test("that say the same as an earlier one are shadowed", () => {
        expect(entries("- { stack: prod, profile: one }\n- { profile: one, stack: prod }")).toEqual([
            "settings/stacks.yaml:4: stacks[1]: is about the same stacks as line 3; remove one of them.",
        ]);
    });

    test("that no stack matches are unused, as far as the stacks' names tell", () => {
        const lines = [
            "- { stack: prod, profile: one }",
            "- { stack: live, profile: one }",
            "- { organization: acme, stack: dev, profile: two }",
            "- { tags: { tier: gold }, profile: two }",
        ].join("\n");
        expect(entries(lines, "shop/prod", "shop/dev")).toEqual([
            "settings/stacks.yaml:4: stacks[1]: is unused: no stack matches.",
        ]);
        expect(entries(lines, "acme/shop/prod", "other/shop/dev")).toEqual([
            "settings/stacks.yaml:4: stacks[1]: is unused: no stack matches.",
            "settings/stacks.yaml:5: stacks[2]: is unused: no stack matches.",
        ]);
        expect(entries(lines)).toEqual([]);
    });

    test("that always give way to more specific ones are shadowed", () => {
        expect(entries("- { stack: prod, profile: one }\n- { stack: 'pro*', profile: two }", "shop/prod")).toEqual([
            "settings/stacks.yaml:4: stacks[1]: is shadowed: for each stack that it matches another entry is more specific.",
        ]);
    });
});

describe("what is not what it looks like", () => {
    test("a file or folder beside the settings that is not read", () => {
        const folder = settingsFolder({
            "base.yaml.bak": "",
            "prod.YAML": "",
            "old.json": "",
            "README.md": "",
            ".hidden.json": "",
        });
        for (const [path, text] of [
            ["teams/web.yaml", ""],
            ["schema/profile.json", "{}"],
        ] as const) {
            mkdirSync(dirname(join(folder, path)), { recursive: true });
            writeFileSync(join(folder, path), text);
        }
        expect(unusedIn(readSettings(folder, rules, NOW), []).map(show)).toEqual(
            ["base.yaml.bak", "old.json", "prod.YAML", "teams"].map(
                name =>
                    `settings/${name}: is not read; expected settings in files that end with .yaml, in the folder itself.`,
            ),
        );
    });

    test("a profile without content, but for one that says so", () => {
        const message =
            "is empty, so that rules have their own levels and settings; write `rules: {}` where that is meant.";
        expect(unused({ "base.yaml": "# all: mandatory\n", "other.yaml": "", "right.yaml": "rules: {}" })).toEqual([
            `settings/base.yaml:1: ${message}`,
            `settings/other.yaml:1: ${message}`,
        ]);
    });

    test("an announced level whose date has come", () => {
        const base = [
            "all: advisory until 2026-11-22",
            "rules:",
            "    sg-no-ingress-all: advisory until 2026-11-23",
            "    no-public-s3-buckets: mandatory",
        ];
        expect(unused({ "base.yaml": base.join("\n") })).toEqual([
            "settings/base.yaml:1: all: is `advisory until 2026-11-22`, which is past, so that it is mandatory; write mandatory.",
        ]);
    });
});

describe("exemptions", () => {
    const EXEMPTION = {
        rule: "sg-no-ingress-all",
        type: "aws:ec2/securityGroup:SecurityGroup",
        name: "web",
        reason: "Public site.",
        owner: "web-team",
        expires: "2027-01-31",
    };
    const list = (...changes: object[]) => ({
        "exemptions.yaml": ["list:", ...changes.map(change => `- ${JSON.stringify({ ...EXEMPTION, ...change })}`)].join(
            "\n",
        ),
    });

    test("that an earlier one covers for as long are shadowed", () => {
        expect(unused(list({}, { property: "ingress[0]", expires: "2027-01-30" }, { expires: "2027-02-01" }))).toEqual([
            "settings/exemptions.yaml:3: list[1]: is shadowed: the one of exemptions in line 2 covers all that it covers.",
        ]);
        expect(unused(list({ property: "ingress[0]" }, {}, { stack: "prod", name: "api" }))).toEqual([]);
    });

    test("that a later one covers are not, nor those of which none covers all", () => {
        expect(
            unused(list({ property: "ingress[0]", stack: "prod" }, { stack: "prod" }, { property: "ingress[0]" })),
        ).toEqual([]);
        const three = list(
            { stack: "prod" },
            { stack: "prod", project: "shop" },
            { stack: "prod", project: "shop", property: "a" },
        );
        expect(unused(three).map(line => line.slice(0, 38))).toEqual([
            "settings/exemptions.yaml:3: list[1]: i",
            "settings/exemptions.yaml:4: list[2]: i",
        ]);
    });

    test("of any number are compared at once", () => {
        const many = Array.from({ length: 6_000 }, (_, index) => ({ name: `web-${index}` }));
        const settings = readSettings(settingsFolder(list(...many, { name: "web-7" })), rules, NOW);
        const begin = performance.now();
        expect(unusedIn(settings, [])).toHaveLength(1);
        expect(performance.now() - begin).toBeLessThan(6_000);
    });

    test("of one aspect are covered by one of the whole rule, and the other way round not", () => {
        const [whole, part] = [{ rule: "state-bucket-hardened" }, { rule: "state-bucket-hardened/encryption" }];
        expect(unused(list(whole, part))).toEqual([
            "settings/exemptions.yaml:3: list[1]: is shadowed: the one of exemptions in line 2 covers all that it covers.",
        ]);
        expect(unused(list(part, whole, { rule: "state-bucket-hardened/versioning" }))).toEqual([
            "settings/exemptions.yaml:4: list[2]: is shadowed: the one of exemptions in line 3 covers all that it covers.",
        ]);
        expect(unused(list(part, { rule: "state-bucket-hardened/versioning" }))).toEqual([]);
    });

    test("for stacks that there are not are unused", () => {
        expect(unused(list({ stack: "prod" }, { stack: "live" }), "shop/prod")).toEqual([
            "settings/exemptions.yaml:3: list[1]: is unused: no stack matches.",
        ]);
    });

    test("that are past are mistakes of whoever edits the files", () => {
        const folder = settingsFolder(list({ expires: "2026-11-22" }, { expires: "2026-11-23" }));
        expect(() => readSettings(folder, rules, NOW)).not.toThrow();
        expect(() => readSettings(folder, rules, NOW, { isEdited: true })).toThrow(
            "have a mistake:\n  settings/exemptions.yaml:2: list[0].expires: is 2026-11-22, which is past; expected a date from today on.",
        );
    });
});
