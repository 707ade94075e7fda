import { z } from "zod";
import { ConfigError } from "../../policies/config/config-error";
import { configFor, readSettings, toPackConfig } from "../../policies/config/load";
import { parseStackName } from "../../policies/config/stack-identity";
import { type Rule, resourceRule, stackRule } from "../../policies/kit/rule";
import { settingsFolder } from "../support/settings-folder";

const NOW = new Date("2026-11-23T12:00:00Z");

const metadata = {
    title: "Things are right",
    description: "Things must be right.",
    enforcementLevel: "advisory",
    controls: [],
    remediationSteps: ["Make it right."],
    url: "https://example.com/",
} as const;

const RULES: readonly Rule[] = [
    resourceRule({
        ...metadata,
        name: "thing-limited",
        severity: "high",
        tags: ["thing", "limit"],
        controls: [{ framework: "Some Benchmark", version: "1", id: "1.1", source: "https://example.com/" }],
        settings: z
            .strictObject({
                limit: z.int().min(1).default(3).describe("A limit."),
                floor: z.int().default(1).describe("A floor."),
                names: z.array(z.string()).default([]).describe("Names."),
            })
            .refine(({ limit, floor }) => floor <= limit, { path: ["floor"], message: "expected at most the limit" }),
        types: "all",
        judge: () => undefined,
        remediate: () => undefined,
    }),
    stackRule({
        ...metadata,
        name: "thing-counted",
        severity: "low",
        tags: ["thing"],
        settings: z.strictObject({}),
        judge: () => undefined,
    }),
];

function read(files: Record<string, string>) {
    return readSettings(settingsFolder(files), RULES, NOW);
}

function levels(files: Record<string, string>, stack = "acme/shop/prod", tags: Record<string, string> = {}) {
    const { rules } = configFor(read(files), RULES, parseStackName(stack, tags));
    return Object.fromEntries(rules.map(({ rule, level }) => [rule.name, level.level]));
}

function mistakes(files: Record<string, string>): string[] {
    try {
        read(files);
    } catch (error) {
        if (error instanceof ConfigError) return error.message.split("\n").slice(1);
        throw error;
    }
    return [];
}

describe("levels", () => {
    test("are the rules' own where no file says anything", () => {
        expect(levels({})).toEqual({ "thing-limited": "advisory", "thing-counted": "advisory" });
    });

    test("go from wide to narrow in one file, whatever its order", () => {
        const narrowFirst = (lines: string) => levels({ "base.yaml": lines })["thing-limited"];
        expect(narrowFirst("all: disabled\n")).toBe("disabled");
        expect(narrowFirst("severities: { high: mandatory }\nall: disabled\n")).toBe("mandatory");
        expect(narrowFirst("tags: { limit: disabled }\nseverities: { high: mandatory }\n")).toBe("disabled");
        expect(narrowFirst("frameworks: { Some Benchmark: mandatory }\ntags: { limit: disabled }\n")).toBe("mandatory");
        expect(narrowFirst("rules: { thing-limited: disabled }\nframeworks: { Some Benchmark: mandatory }\n")).toBe(
            "disabled",
        );
    });

    test("of two tags of one rule are the stricter", () => {
        for (const base of [
            "tags: { thing: mandatory, limit: advisory }",
            "tags: { limit: advisory, thing: mandatory }",
        ]) {
            expect(levels({ "base.yaml": base })["thing-limited"]).toBe("mandatory");
        }
    });

    test("of a profile win over all that it extends, even when they are wider", () => {
        const files = {
            "base.yaml": "rules: { thing-limited: mandatory, thing-counted: mandatory }",
            "middle.yaml": "extends: base\nrules: { thing-counted: disabled }",
            "top.yaml": "extends: middle\nseverities: { high: advisory }",
            "stacks.yaml": "default: top",
        };
        expect(levels(files)).toEqual({ "thing-limited": "advisory", "thing-counted": "disabled" });
    });

    test("remediate for many rules is mandatory for those that mend nothing", () => {
        expect(levels({ "base.yaml": "all: remediate" })).toEqual({
            "thing-limited": "remediate",
            "thing-counted": "mandatory",
        });
    });

    test("with a date are what they are today", () => {
        const base = "rules: { thing-limited: advisory until 2026-11-23, thing-counted: advisory until 2026-11-22 }";
        expect(levels({ "base.yaml": base })).toEqual({ "thing-limited": "advisory", "thing-counted": "mandatory" });
    });
});

describe("the profile of a stack", () => {
    const PROFILES = { "one.yaml": "all: mandatory", "two.yaml": "all: disabled" };
    const chosen = (stacks: string, stack?: string, tags?: Record<string, string>) => {
        const level = levels({ ...PROFILES, "stacks.yaml": `default: base\nstacks:\n${stacks}` }, stack, tags)[
            "thing-counted"
        ];
        const profiles: Record<string, string> = { mandatory: "one", disabled: "two", advisory: "base" };
        return profiles[level ?? ""];
    };

    test("is the default where no entry is about it, as where the engine names no stack", () => {
        expect(chosen("- { stack: prod, profile: one }", "acme/shop/dev")).toBe("base");
        const { rules } = configFor(
            read({ ...PROFILES, "stacks.yaml": "default: one\nstacks: [{ stack: '*', profile: two }]" }),
            RULES,
            {
                organization: undefined,
                project: undefined,
                stack: undefined,
                tags: {},
            },
        );
        expect(rules[0]?.level.level).toBe("mandatory");
    });

    test("needs all that an entry names", () => {
        const entry = "- { organization: acme, project: shop, stack: prod, profile: one }";
        expect(chosen(entry, "acme/shop/prod")).toBe("one");
        expect(chosen(entry, "other/shop/prod")).toBe("base");
        expect(chosen(entry, "shop/prod")).toBe("base");
    });

    test("is that of the most specific entry, wherever it stands", () => {
        expect(chosen("- { stack: 'p*', profile: one }\n- { stack: 'pro*', profile: two }")).toBe("two");
        expect(chosen("- { stack: prod, profile: two }\n- { stack: 'prod*', project: 'sho*', profile: one }")).toBe(
            "two",
        );
        expect(chosen("- { stack: prod, profile: one }\n- { project: shop, stack: prod, profile: two }")).toBe("two");
        expect(chosen("- { stack: '*', project: '*', profile: two }\n- { stack: '*', profile: one }")).toBe("two");
    });

    test("can depend on stack tags, which count as much as names", () => {
        const entries = "- { stack: prod, profile: one }\n- { stack: prod, tags: { tier: 'gold*' }, profile: two }";
        expect(chosen(entries)).toBe("one");
        expect(chosen(entries, "prod", { tier: "golden" })).toBe("two");
        expect(chosen(entries, "prod", { tier: "silver" })).toBe("one");
    });

    test("is that of the entry with more letters beside wildcards, whatever the wildcards", () => {
        for (const wide of ["*p*", "{p,q}*", "[p]*", "!x*", "p????????", "??????????"]) {
            const entries = [`{ stack: '${wide}', profile: one }`, "{ stack: 'produc*', profile: two }"];
            expect(chosen(`- ${entries.join("\n- ")}`, "acme/shop/production")).toBe("two");
            expect(chosen(`- ${entries.reverse().join("\n- ")}`, "acme/shop/production")).toBe("two");
        }
    });

    test("is a mistake where two equally specific entries differ, and only there", () => {
        const entries = "- { project: shop, profile: one }\n- { stack: production, profile: two }";
        expect(() => chosen(entries, "acme/shop/production")).toThrow(
            "settings/stacks.yaml:4: stacks[1]: is about acme/shop/production exactly as specifically as line 3, for another profile; make one of them more specific.",
        );
        expect(chosen(entries, "acme/shop/dev")).toBe("one");
        expect(chosen("- { project: shop, profile: one }\n- { stack: prod, profile: one }")).toBe("one");
    });
});

describe("settings", () => {
    test("become the pack's initial config with levels, by policy", () => {
        const files = read({
            "base.yaml": "rules: { thing-limited: { limit: 5, names: [a] } }",
            "top.yaml": "extends: base\nrules: { thing-limited: { enforcementLevel: mandatory, names: [b] } }",
            "stacks.yaml": "default: top",
        });
        expect(toPackConfig(configFor(files, RULES, parseStackName("prod")))).toEqual({
            exemptions: { enforcementLevel: "advisory", list: [], maxDays: 365, allowInProgram: false },
            "thing-limited": { enforcementLevel: "mandatory", limit: 5, names: ["b"] },
            "thing-counted": { enforcementLevel: "advisory" },
        });
    });

    test("remember where they were written", () => {
        const files = read({ "base.yaml": "# comment\nrules:\n    thing-limited:\n        limit: 5\n" });
        const [limited] = configFor(files, RULES, parseStackName("prod")).rules;
        expect(limited?.settings.limit).toMatchObject({ value: 5, source: { file: "settings/base.yaml", line: 4 } });
    });
});

describe("mistakes", () => {
    test("are all told at once, with file, line, keys, what was expected, and what was meant", () => {
        const files = {
            "base.yaml": [
                "al: advisory",
                "severities: { hihg: mandatory }",
                "tags:",
                "    limits: advisory",
                "rules:",
                "    thing-limitd: mandatory",
                "    thing-counted: mandatry",
                "    thing-limited:",
                "        enforcementLevel: advisory until 2027-02-30",
                "        limt: 5",
                "        limit: many",
                "        names: [1]",
            ].join("\n"),
            "broken.yaml": "rules: [",
            "stacks.yaml": "default: bas\nstacks:\n    - { stck: prod, profile: base }\n",
        };
        expect(mistakes(files)).toEqual([
            "  settings/base.yaml:1: al: is no key here; expected extends, all, severities, tags, frameworks, rules. Did you mean all?",
            "  settings/base.yaml:2: severities.hihg: is none of the severities of this pack's rules; expected low, medium, high, critical. Did you mean high?",
            "  settings/base.yaml:4: tags.limits: is none of the tags of this pack's rules; expected limit, thing. Did you mean limit?",
            "  settings/base.yaml:6: rules.thing-limitd: is no rule of this pack. Did you mean thing-limited?",
            '  settings/base.yaml:7: rules.thing-counted: is "mandatry"; expected disabled, advisory, mandatory, remediate or `advisory until YYYY-MM-DD`. Did you mean mandatory?',
            '  settings/base.yaml:9: rules.thing-limited.enforcementLevel: is "advisory until 2027-02-30"; expected disabled, advisory, mandatory, remediate or `advisory until YYYY-MM-DD`.',
            "  settings/base.yaml:10: rules.thing-limited.limt: is no setting of thing-limited; expected limit, floor, names, enforcementLevel. Did you mean limit?",
            '  settings/base.yaml:11: rules.thing-limited.limit: is "many"; expected number.',
            "  settings/base.yaml:12: rules.thing-limited.names[0]: is 1; expected string.",
            expect.stringMatching(/^ {2}settings\/broken\.yaml:1: is not valid YAML: .*\.$/),
            '  settings/stacks.yaml:1: default: is "bas"; expected a profile: base, broken. Did you mean base?',
            "  settings/stacks.yaml:3: stacks[0].stck: is no key here; expected organization, project, stack, tags, profile. Did you mean stack?",
            "  settings/stacks.yaml:3: stacks[0]: says of no stack that it is about it; expected at least one of organization, project, stack and tags; `default` names the profile of all others.",
        ]);
    });

    test("of wrong types are told as such", () => {
        expect(mistakes({ "base.yaml": "- a\n", "stacks.yaml": "default: [base]\nstacks: prod\n" })).toEqual([
            '  settings/base.yaml:1: is ["a"]; expected a map with extends, all, severities, tags, frameworks, rules.',
            '  settings/stacks.yaml:1: default: is ["base"]; expected a profile: base.',
            '  settings/stacks.yaml:2: stacks: is "prod"; expected a list of stacks and profiles.',
        ]);
        expect(mistakes({ "base.yaml": "extends: 1\nall: 2\nrules: none\n" })).toEqual([
            "  settings/base.yaml:1: extends: is 1; expected a profile: base.",
            "  settings/base.yaml:2: all: is 2; expected disabled, advisory, mandatory, remediate or `advisory until YYYY-MM-DD`.",
            '  settings/base.yaml:3: rules: is "none"; expected a map of names with levels or settings.',
        ]);
    });

    test("of entries about stacks are told as such", () => {
        const entries = [
            "- { stack: [a], profile: base }",
            "- { stack: prod, tags: gold, profile: base }",
            "- { tags: { tier: {} }, profile: base }",
            "- { stack: '', profile: base }",
            "- { stack: prod }",
            "- { stack: 7, tags: { on: true }, profile: base }",
            "-",
            "- { stack: null, tags: {}, profile: base }",
            "- { stack: prod, tags: { tier: null }, profile: base }",
        ];
        expect(mistakes({ "stacks.yaml": `stacks:\n${entries.join("\n")}\n` })).toEqual([
            "  settings/stacks.yaml:1: default: is not set; expected a profile: base.",
            '  settings/stacks.yaml:2: stacks[0].stack: is ["a"]; expected a pattern such as `prod*`.',
            '  settings/stacks.yaml:3: stacks[1].tags: is "gold"; expected a map of tags with patterns.',
            "  settings/stacks.yaml:4: stacks[2].tags.tier: is {}; expected a pattern such as `prod*`.",
            '  settings/stacks.yaml:5: stacks[3].stack: is ""; expected a pattern such as `prod*`.',
            "  settings/stacks.yaml:6: stacks[4].profile: is not set; expected a profile: base.",
            "  settings/stacks.yaml:8: stacks[6]: is null; expected a map with organization, project, stack, tags, profile.",
            "  settings/stacks.yaml:9: stacks[7]: says of no stack that it is about it; expected at least one of organization, project, stack and tags; `default` names the profile of all others.",
            "  settings/stacks.yaml:10: stacks[8].tags.tier: is null; expected a pattern such as `prod*`.",
        ]);
    });

    test("of a profile's values are told with what may stand there; a key without a value is as good as none", () => {
        const base = [
            "extends:",
            "all:",
            "tags: { limit: null }",
            "severities: { high: mandatry }",
            "frameworks:",
            "rules:",
            "    thing-counted:",
            "    thing-limited: [mandatory]",
        ];
        const expected = "expected disabled, advisory, mandatory, remediate or `advisory until YYYY-MM-DD`.";
        expect(mistakes({ "base.yaml": base.join("\n"), "stacks.yaml": "default: base\nstacks:\n" })).toEqual([
            `  settings/base.yaml:3: tags.limit: is null; ${expected}`,
            `  settings/base.yaml:4: severities.high: is "mandatry"; ${expected} Did you mean mandatory?`,
            `  settings/base.yaml:7: rules.thing-counted: is null; ${expected}`,
            `  settings/base.yaml:8: rules.thing-limited: is ["mandatory"]; ${expected} Did you mean mandatory?`,
        ]);
        expect(mistakes({ "base.yaml": "extends:\nall:\ntags:\nrules:\n" })).toEqual([]);
    });

    test("of a setting of several forms are told for the one that is meant", () => {
        const ports = z.array(z.union([z.int().max(9), z.string().regex(/^\d-\d$/, "expected a range")])).default([]);
        const rule = stackRule({
            ...metadata,
            name: "thing-ported",
            severity: "low",
            tags: [],
            settings: z.strictObject({ ports }),
            judge: () => undefined,
        });
        const folder = settingsFolder({
            "base.yaml": 'rules: { thing-ported: { ports: [1, "1-2", 10, "1-", true] } }',
        });
        const at = "settings/base.yaml:1: rules.thing-ported.ports";
        expect(() => readSettings(folder, [rule], NOW)).toThrow(
            [
                "have 3 mistakes:",
                `  ${at}[2]: is 10; too big: expected number to be <=9.`,
                `  ${at}[3]: is "1-"; expected a range.`,
                `  ${at}[4]: is true; invalid input.`,
            ].join("\n"),
        );
    });

    test("of profiles that extend in a circle, or nothing there is, are told", () => {
        const files = {
            "one.yaml": "extends: two",
            "two.yaml": "extends: one",
            "self.yaml": "extends: self",
            "lost.yaml": "extends: bsae",
        };
        expect(mistakes(files)).toEqual([
            '  settings/lost.yaml:1: extends: is "bsae"; expected a profile: base, lost, one, self, two. Did you mean base?',
            "  settings/one.yaml:1: extends: makes a circle: one → two → one.",
            "  settings/self.yaml:1: extends: makes a circle: self → self.",
            "  settings/two.yaml:1: extends: makes a circle: two → one → two.",
        ]);
    });

    test("that come about only where a profile meets what it extends are told", () => {
        expect(
            mistakes({
                "base.yaml": "rules: { thing-limited: { floor: 3 } }",
                "top.yaml": "extends: base\nrules:\n    thing-limited: { limit: 2 }\n",
            }),
        ).toEqual([
            "  settings/base.yaml:1: rules.thing-limited.floor: is 3; expected at most the limit. (In profile top, with what it extends.)",
        ]);
    });

    test("remediate on a rule that mends nothing is one", () => {
        expect(mistakes({ "base.yaml": "rules: { thing-counted: remediate, thing-limited: remediate }" })).toEqual([
            '  settings/base.yaml:1: rules.thing-counted: is "remediate", but thing-counted mends nothing; expected mandatory.',
        ]);
    });

    test("that would silently leave settings unread are told: a second document, another ending, a key twice", () => {
        expect(mistakes({ "base.yaml": "---\n# base\nall: advisory\n---\nall: mandatory\n" })).toEqual([
            "  settings/base.yaml:5: begins a second YAML document, which is not read; expected one document.",
        ]);
        expect(mistakes({ "extra.yml": "all: advisory" })).toEqual([
            "  settings/extra.yml: is not read; expected the ending .yaml.",
        ]);
        expect(mistakes({ "base.yaml": "all: advisory\nall: mandatory\n" })).toEqual([
            "  settings/base.yaml:2: repeats the key `all`, which is set in line 1 already; expected each key once.",
        ]);
    });

    test("of the folder itself are told", () => {
        const [first] = (() => {
            try {
                readSettings("/nonexistent/settings", RULES, NOW);
            } catch (error) {
                return (error as Error).message.split("\n").slice(1);
            }
            return [];
        })();
        expect(first).toBe("  /nonexistent/settings: cannot be read as the folder of settings (ENOENT).");
    });

    test("show no stack", () => {
        try {
            read({ "base.yaml": "al: advisory" });
        } catch (error) {
            const { message, stack } = error as Error;
            expect(stack).toBe(message);
        }
        expect.assertions(1);
    });
});

describe("all mistakes are told at once", () => {
    const RIGHT = "{ rule: thing-counted, type: a:b:C, name: web, reason: a, owner: b, expires: 2027-01-31 }";

    test("whatever else is in a list", () => {
        const exemptions = [
            "list:",
            "- text",
            `- ${RIGHT}`,
            "- { rule: thing-countd }",
            "- { rule: thing-countd, file: ci.yml, reason: a, owner: b, expires: soon }",
        ];
        const found = mistakes({
            "exemptions.yaml": exemptions.join("\n"),
            "stacks.yaml": "default: base\nstacks: [text, { stack: a, profile: bse }]",
        });
        expect(found).toEqual([
            '  settings/exemptions.yaml:2: list[0]: is "text"; expected object.',
            "  settings/exemptions.yaml:4: list[2].reason: is not set; expected string.",
            "  settings/exemptions.yaml:4: list[2].owner: is not set; expected string.",
            "  settings/exemptions.yaml:4: list[2].expires: is not set; expected string.",
            '  settings/exemptions.yaml:5: list[3].rule: is "thing-countd", which is no rule of this pack. Did you mean thing-counted?',
            '  settings/exemptions.yaml:5: list[3].expires: is "soon"; expected a date such as 2027-01-31.',
            '  settings/stacks.yaml:2: stacks[0]: is "text"; expected a map with organization, project, stack, tags, profile.',
            '  settings/stacks.yaml:2: stacks[1].profile: is "bse"; expected a profile: base. Did you mean base?',
        ]);
    });

    test("with what time made wrong, where somebody edits the files", () => {
        const past = RIGHT.replace("2027-01-31", "2026-01-31");
        const folder = settingsFolder({ "exemptions.yaml": `list:\n- ${past}\n- text\n` });
        expect(() => readSettings(folder, RULES, NOW, { isEdited: true })).toThrow(
            /2 mistakes:[\s\S]*list\[0\]\.expires: is 2026-01-31, which is past[\s\S]*list\[1\]: is "text"/,
        );
        expect(() => readSettings(folder, RULES, NOW)).toThrow(/have a mistake:/);
    });
});

test.each(["{prod", "prod}", "[prod", "(prod", "{a,(b}", "pro\\\\(d{"])(
    "the pattern %s has a bracket without partner",
    pattern => {
        const [first, ...others] = mistakes({
            "stacks.yaml": `default: base\nstacks: [{ stack: '${pattern}', profile: base }]`,
        });
        expect(first).toMatch(
            /^ {2}settings\/stacks\.yaml:2: stacks\[0\]\.stack: is ".*", in which ".+" has no partner; expected one, or ".+" for the character itself\.$/,
        );
        expect(others).toEqual([]);
    },
);

test.each(["@(a|b)", "!(dev|test)", "pr[od(]", "[{]a", "db[0]", "[^a]", "[]"])(
    "the pattern %s means nothing",
    pattern => {
        const [first, ...others] = mistakes({
            "stacks.yaml": `default: base\nstacks: [{ stack: '${pattern}', profile: base }]`,
        });
        expect(first).toMatch(
            /^ {2}settings\/stacks\.yaml:2: stacks\[0\]\.stack: is ".*"(, and parentheses mean nothing in a pattern; expected braces, such as \{prod,live\}|, in which \[.*\] is no set of letters or ranges, such as \[ab\], \[0-9\] or \[!a-c\]; expected one, or "\\\[" for the character itself)\.$/,
        );
        expect(others).toEqual([]);
    },
);

test.each(["{prod,live}", "pr[od]", "[!a-c0-9]", "a\\{b", "a\\[0\\]", "{a,{b,c}}"])(
    "the pattern %s has none",
    pattern => {
        expect(
            mistakes({
                "stacks.yaml": `default: base\nstacks: [{ stack: '${pattern}', tags: { tier: '${pattern}' }, profile: base }]`,
            }),
        ).toEqual([]);
    },
);

test("a pattern that is too long is a mistake of its own", () => {
    const of = (length: number) =>
        mistakes({ "stacks.yaml": `default: base\nstacks: [{ project: ${"a".repeat(length)}, profile: base }]` });
    expect(of(1_000)).toEqual([]);
    expect(of(1_001)).toEqual([
        "  settings/stacks.yaml:2: stacks[0].project: has 1001 characters; expected a pattern of at most 1000.",
    ]);
});
