import type { ResourceRemediation, ResourceValidation, StackValidation } from "@pulumi/policy";
import { z } from "zod";
import type { Exemption } from "../../policies/config/exemptions/exemption";
import { exemptionsPolicy } from "../../policies/config/exemptions/exemptions-policy";
import { readSettings } from "../../policies/config/load";
import { type EngineConfig, Session, withoutGraduation } from "../../policies/config/session";
import { parseStackName } from "../../policies/config/stack-identity";
import { toPolicy } from "../../policies/kit/policy";
import { projectRule, type Rule, resourceRule, stackRule } from "../../policies/kit/rule";
import { NotApplicable, resourceArgs, stackArgs, type TestResource, UNKNOWN } from "../support/engine-args";
import { settingsFolder } from "../support/settings-folder";

const NOW = new Date("2026-11-23T12:00:00Z");
const TYPE = "test:index/thing:Thing";

const metadata = {
    title: "Things are right",
    description: "Things must be right.",
    severity: "low",
    enforcementLevel: "mandatory",
    tags: ["thing"],
    controls: [],
    remediationSteps: ["Make it right."],
    url: "https://example.com/",
    settings: z.strictObject({ limit: z.int().default(3).describe("A limit.") }),
} as const;

/** Wants each of the listed flags to be true, so that one resource can have several violations. */
const FLAGGED = resourceRule({
    ...metadata,
    name: "thing-flagged",
    types: [TYPE],
    judge(resource, _settings, report) {
        for (const flag of resource.props.get("flags").items()) {
            if (flag.isUnknown) report.undetermined(flag, "is unknown.");
            else if (flag.boolean() !== true) report.violation(flag, "is off; expected true.");
        }
        if (resource.props.get("odd").boolean() === true) report.note(resource.props.get("odd"), "is odd.");
    },
    remediate: (_resource, props) => ({ ...props, flags: [true] }),
});

const COUNTED = stackRule({
    ...metadata,
    name: "thing-counted",
    judge(stack, _settings, report) {
        for (const resource of stack.ofType(TYPE)) report.violation(resource, "counts; expected none.");
    },
});

const [ON, NAMED] = ["turned-on", "named"].map(id => ({ id, description: "It is so.", severity: "low" as const }));

/** Wants two things of a resource, of which each may be exempted alone. */
const PARTED = resourceRule({
    ...metadata,
    name: "thing-parted",
    types: [TYPE],
    aspects: [ON, NAMED].flatMap(aspect => aspect ?? []),
    judge(resource, _settings, report) {
        if (ON === undefined || NAMED === undefined) return;
        report.of(ON).violation(resource.props.get("on"), "is off; expected true.");
        report.of(NAMED).violation(resource.props.get("label"), "is not set; expected a name.");
    },
    remediate: (_resource, props) => ({ ...props, on: true }),
});

const RULES: readonly Rule[] = [FLAGGED, COUNTED, PARTED];

const EXEMPTION = {
    rule: "thing-flagged",
    type: TYPE,
    name: "subject",
    reason: "Known and accepted.",
    owner: "web-team",
    expires: "2027-01-31",
    ticket: "SEC-1",
} satisfies Exemption;

/** A pack with these settings files, asked as the engine asks. */
function start(files: Record<string, string>, engine: Record<string, object | string> = {}) {
    const folder = settingsFolder(files);
    const session = new Session(readSettings(folder, RULES, NOW), RULES, parseStackName("acme/project/test"), NOW);
    const merged = () => {
        const result: Record<string, EngineConfig[string]> = {};
        for (const config of [session.initialConfig, engine] as Record<string, object | string>[]) {
            for (const [name, given] of Object.entries(config)) {
                const object = typeof given === "string" ? { enforcementLevel: given } : given;
                const { enforcementLevel: level, ...settings } = object as {
                    enforcementLevel?: EngineConfig[string]["level"];
                };
                result[name] = {
                    level: level ?? result[name]?.level ?? "mandatory",
                    settings: { ...result[name]?.settings, ...settings },
                };
            }
        }
        return result;
    };
    session.onConfiguration(merged());
    const host = {
        workspace: () => {
            throw new Error("not asked");
        },
        filter: session.outcome.bind(session),
        isExempt: session.isExempt.bind(session),
    };
    const run = (judge: (report: never) => unknown) => {
        const messages: string[] = [];
        let notApplicable: string | undefined;
        const report = ({ message, enforcementLevel }: { message: string; enforcementLevel?: string }) =>
            messages.push(enforcementLevel === undefined ? message : `${enforcementLevel}: ${message}`);
        try {
            judge(report as never);
        } catch (error) {
            if (!(error instanceof NotApplicable)) throw error;
            notApplicable = error.message;
        }
        return notApplicable === undefined ? messages : [...messages, `n/a: ${notApplicable}`];
    };
    const settingsOf = (name: string) => merged()[name]?.settings ?? {};
    return {
        session,
        resource(resource: Partial<TestResource>, rule = FLAGGED) {
            const { validateResource } = toPolicy(rule, host) as { validateResource: ResourceValidation };
            const args = resourceArgs({ type: TYPE, ...resource }, settingsOf(rule.name));
            return run(report => validateResource(args, report));
        },
        remediate(resource: Partial<TestResource>, rule = FLAGGED) {
            const { remediateResource } = toPolicy(rule, host) as { remediateResource: ResourceRemediation };
            return remediateResource(resourceArgs({ type: TYPE, ...resource }, settingsOf(rule.name)));
        },
        stack(resources: readonly Partial<TestResource>[]) {
            const { validateStack } = toPolicy(COUNTED, host) as { validateStack: StackValidation };
            const args = stackArgs(
                resources.map(resource => ({ type: TYPE, ...resource })),
                settingsOf(COUNTED.name),
                "preview",
            );
            return run(report => validateStack(args, report));
        },
        end() {
            const { validateStack } = exemptionsPolicy(() => session.summary({ hasProject: true }));
            return run(report => validateStack(stackArgs([], {}, "preview"), report));
        },
    };
}

const yaml = (settings: object) => ({ "exemptions.yaml": JSON.stringify(settings) });
const BROKEN = { props: { flags: [false] } };
const VIOLATION = "Thing 'subject', flags[0]: is off; expected true.";
const REASON = "by web-team until 2027-01-31, SEC-1: Known and accepted.";

describe("an exempted violation", () => {
    test("is dropped, stays visible as a reason, and is summed up once", () => {
        const pack = start(yaml({ list: [EXEMPTION] }));
        expect(pack.resource(BROKEN)).toEqual([`n/a: Exempted: ${REASON}`]);
        expect(pack.end()).toEqual([`advisory: 1 violation is exempted.\n  - thing-flagged: ${VIOLATION} (${REASON})`]);
    });

    test("leaves other violations of the rule, the resource and other resources in force", () => {
        const pack = start(yaml({ list: [{ ...EXEMPTION, property: "flags[0]" }] }));
        expect(pack.resource({ props: { flags: [false, false] } })).toEqual([
            "Thing 'subject', flags[1]: is off; expected true.",
        ]);
        expect(pack.resource({ ...BROKEN, name: "other" })).toEqual([
            "Thing 'other', flags[0]: is off; expected true.",
        ]);
        expect(pack.stack([{}])).toEqual(["Thing 'subject': counts; expected none."]);
    });

    test("is told apart by its exemption, and those of one stand together", () => {
        const { ticket: _, ...other } = { ...EXEMPTION, name: "other", owner: "ops" };
        const pack = start(yaml({ list: [EXEMPTION, other] }));
        pack.resource({ props: { flags: [false, false] } });
        pack.resource({ ...BROKEN, name: "other" });
        const second = VIOLATION.replace("flags[0]", "flags[1]");
        expect(pack.end()).toEqual([
            [
                "advisory: 3 violations are exempted.",
                `  - thing-flagged: ${VIOLATION}; thing-flagged: ${second} (${REASON})`,
                `  - thing-flagged: ${VIOLATION.replace("subject", "other")} (by ops until 2027-01-31: Known and accepted.)`,
            ].join("\n"),
        ]);
    });

    test("of a stack rule is exempted alike", () => {
        const pack = start(yaml({ list: [{ ...EXEMPTION, rule: "thing-counted" }] }));
        expect(pack.stack([{}, { name: "other" }])).toEqual(["Thing 'other': counts; expected none."]);
        expect(pack.stack([{}])).toEqual([`n/a: Exempted: ${REASON}`]);
        expect(pack.end()[0]).toMatch(/^advisory: 2 violations are exempted\.\n/);
    });

    test("is not mended either", () => {
        const pack = start(yaml({ list: [{ ...EXEMPTION, property: "flags[1]" }] }));
        expect(pack.remediate(BROKEN)).toBeUndefined();
        expect(pack.remediate({ ...BROKEN, name: "other" })).toMatchObject({ flags: [true] });
        expect(pack.end()).toEqual([expect.stringContaining("matches no violation")]);
    });

    test("takes with it what cannot be judged yet, but no other note", () => {
        const pack = start(yaml({ list: [EXEMPTION] }));
        expect(pack.resource({ props: { flags: [UNKNOWN], odd: true } })).toEqual([
            "advisory: Thing 'subject', odd: is odd.",
        ]);
        expect(pack.end()).toEqual([]);
    });
});

describe("an exemption from one aspect", () => {
    const OFF = "Thing 'subject', on: is off; expected true.";
    const NAMELESS = "Thing 'subject', label: is not set; expected a name. [thing-parted/named]";
    const LABEL = "until 2027-01-31 by web-team: Is on where it counts.";

    test("leaves the others in force, and the account names it", () => {
        const pack = start(yaml({ list: [{ ...EXEMPTION, rule: "thing-parted/turned-on" }] }));
        expect(pack.resource({}, PARTED)).toEqual([NAMELESS]);
        expect(pack.end()).toEqual([
            `advisory: 1 violation is exempted.\n  - thing-parted/turned-on: ${OFF} (${REASON})`,
        ]);
    });

    test("keeps the resource from being mended, and another resource not", () => {
        const pack = start(yaml({ list: [{ ...EXEMPTION, rule: "thing-parted/turned-on" }] }));
        expect(pack.remediate({}, PARTED)).toBeUndefined();
        expect(pack.remediate({ name: "other" }, PARTED)).toMatchObject({ on: true });
    });

    test("that the program makes does the same", () => {
        const labelled = (id: string, text = LABEL) => ({ props: { tags: { [`security-baseline/${id}`]: text } } });
        const pack = start(yaml({ allowInProgram: true }));
        expect(pack.resource(labelled("thing-parted/turned-on"), PARTED)).toEqual([NAMELESS]);
        expect(pack.remediate(labelled("thing-parted/turned-on"), PARTED)).toBeUndefined();
        expect(pack.resource(labelled("thing-parted"), PARTED)).toEqual([
            "n/a: Exempted: by web-team until 2027-01-31: Is on where it counts.",
        ]);
        expect(pack.resource(labelled("thing-parted/turned-on", "yes"), PARTED)).toEqual([
            `${OFF} Its label \`security-baseline/thing-parted/turned-on\` does not exempt it: it is "yes"; expected \`until 2027-01-31 by OWNER: REASON\`. [thing-parted/turned-on]`,
            NAMELESS,
        ]);
    });

    test("that matches nothing is named in full", () => {
        const pack = start(yaml({ list: [{ ...EXEMPTION, rule: "thing-parted/named", name: "gone" }] }));
        pack.resource({}, PARTED);
        expect(pack.end()).toEqual([expect.stringContaining("from thing-parted/named for")]);
    });
});

describe("an exemption without effect is reported:", () => {
    test("not one of another stack that expired", () => {
        const pack = start(yaml({ list: [{ ...EXEMPTION, stack: "acme/shop/dev", expires: "2026-11-22" }] }));
        expect(pack.resource(BROKEN)).toEqual([VIOLATION]);
        expect(pack.end()).toEqual([]);
    });

    test("one that expired, whose violation counts again", () => {
        const pack = start(yaml({ list: [{ ...EXEMPTION, expires: "2026-11-22" }] }));
        expect(pack.resource(BROKEN)).toEqual([VIOLATION]);
        expect(pack.end()).toEqual([
            "advisory: settings/exemptions.yaml:1: the exemption by web-team from thing-flagged for test:index/thing:Thing 'subject' expired on 2026-11-22 and has no effect any more; renew or remove it.",
        ]);
    });

    test("one that matches nothing, unless it is for another stack or a disabled rule", () => {
        const list = [
            { ...EXEMPTION, name: "gone" },
            { ...EXEMPTION, name: "elsewhere", stack: "prod" },
            { ...EXEMPTION, rule: "thing-counted", name: "disabled" },
        ];
        const pack = start(yaml({ list }), { "thing-counted": "disabled" });
        pack.resource(BROKEN);
        expect(pack.end()).toEqual([
            "advisory: settings/exemptions.yaml:1: the exemption by web-team from thing-flagged for test:index/thing:Thing 'gone' matches no violation of this run; correct or remove it.",
        ]);
    });

    test("those for a tag and for a file, by what they say", () => {
        const { rule: _rule, type: _type, name: _name, ...rest } = EXEMPTION;
        const list = [
            { ...rest, tag: "thing", resource: `urn:pulumi:test::project::${TYPE}::gone` },
            { ...rest, tag: "thing", type: TYPE, name: "gone-too" },
        ];
        const pack = start(yaml({ list }));
        pack.resource(BROKEN);
        expect(pack.end()).toEqual([
            `advisory: settings/exemptions.yaml:1: the exemption by web-team from rules with tag thing for urn:pulumi:test::project::${TYPE}::gone matches no violation of this run; correct or remove it.`,
            `advisory: settings/exemptions.yaml:1: the exemption by web-team from rules with tag thing for ${TYPE} 'gone-too' matches no violation of this run; correct or remove it.`,
        ]);
    });

    test("one from the engine's configuration, by its place", () => {
        const pack = start({}, { exemptions: { list: [{ ...EXEMPTION, name: "gone" }] } });
        expect(pack.end()).toEqual([
            `advisory: configuration of policy exemptions: the exemption by web-team from thing-flagged for ${TYPE} 'gone' matches no violation of this run; correct or remove it.`,
        ]);
    });

    test("and each run has its own account", () => {
        const pack = start(yaml({ list: [EXEMPTION] }));
        pack.resource(BROKEN);
        pack.end();
        expect(pack.end()).toEqual([expect.stringContaining("matches no violation")]);
    });
});

describe("exemptions in the engine's configuration", () => {
    test("take the place of those in the files", () => {
        const pack = start(yaml({ list: [EXEMPTION] }), { exemptions: { list: [{ ...EXEMPTION, name: "other" }] } });
        expect(pack.resource(BROKEN)).toEqual([VIOLATION]);
        expect(pack.resource({ ...BROKEN, name: "other" })).toEqual([`n/a: Exempted: ${REASON}`]);
    });

    test("are none when their policy is disabled", () => {
        const pack = start(yaml({ list: [EXEMPTION] }), { exemptions: "disabled" });
        expect(pack.resource(BROKEN)).toEqual([VIOLATION]);
    });

    test("stop the run when they are wrong, as does everything else there, all mistakes at once", () => {
        const { owner: _, ...ownerless } = EXEMPTION;
        const engine = {
            exemptions: { list: [ownerless, { ...EXEMPTION, expires: "soon" }] },
            "thing-flaged": "mandatory",
            "thing-counted": { limt: 5 },
        };
        expect(() => start({}, engine)).toThrow(
            [
                "The settings of the policy pack have 3 mistakes:",
                "  configuration given to the engine: exemptions.list.0.owner: is not set; expected string.",
                "  configuration given to the engine: thing-counted.limt: is no setting of thing-counted; expected limit. Did you mean limit?",
                "  configuration given to the engine: thing-flaged: is no rule of this pack. Did you mean thing-flagged?",
            ].join("\n"),
        );
        expect(() => start({}, { exemptions: { list: [{ ...EXEMPTION, expires: "2028-01-31" }] } })).toThrow(
            "exemptions.list.0.expires: is 2028-01-31, in 434 days; expected at most 365 days from today.",
        );
    });
});

describe("an exemption that a program makes", () => {
    const label = (text: string) => ({
        props: { flags: [false], tags: { "security-baseline/thing-flagged": text } },
    });
    const GOOD = "until 2027-01-31 by web-team: Serves the public site.";
    const PREFIX = `${VIOLATION} Its label \`security-baseline/thing-flagged\` does not exempt it: `;

    test("is refused, and the violation says so", () => {
        const pack = start({});
        expect(pack.resource(label(GOOD))).toEqual([
            `${PREFIX}exemptions belong in the organisation's list; programs may not make them.`,
        ]);
        expect(pack.remediate(label(GOOD))).toMatchObject({ flags: [true] });
    });

    test("holds where the setting allows it, by tag or annotation", () => {
        const pack = start(yaml({ allowInProgram: true }));
        expect(pack.resource(label(GOOD))).toEqual([
            "n/a: Exempted: by web-team until 2027-01-31: Serves the public site.",
        ]);
        expect(pack.remediate(label(GOOD))).toBeUndefined();
        const annotations = { "security-baseline/thing-flagged": GOOD };
        expect(pack.resource({ props: { flags: [false], metadata: { annotations } } })).toHaveLength(1);
        expect(pack.end()[0]).toMatch(/^advisory: 2 violations are exempted\.\n/);
    });

    test.each([
        ["until 2026-11-22 by web-team: Old.", "it expired on 2026-11-22."],
        [
            "until 2028-11-22 by web-team: Long.",
            "the date is 2028-11-22, in 730 days; expected at most 365 days from today.",
        ],
        ["until soon by web-team: Vague.", 'the date is "soon"; expected a date such as 2027-01-31.'],
        ["yes", 'it is "yes"; expected `until 2027-01-31 by OWNER: REASON`.'],
        [
            "until 2027-01-31 by web-team:",
            'it is "until 2027-01-31 by web-team:"; expected `until 2027-01-31 by OWNER: REASON`.',
        ],
    ])("is still refused when it is %j", (text, why) => {
        expect(start(yaml({ allowInProgram: true })).resource(label(text))).toEqual([`${PREFIX}${why}`]);
    });
});

describe("an announced level", () => {
    const files = { "base.yaml": "rules: { thing-flagged: advisory until 2027-01-31 }" };

    test("says in each message how many days are left", () => {
        const pack = start(files);
        expect(pack.session.initialConfig["thing-flagged"]).toEqual({ enforcementLevel: "advisory" });
        expect(pack.resource(BROKEN)).toEqual([
            `${VIOLATION} Advisory for now: mandatory from 2027-02-01, in 70 days.`,
        ]);
    });

    test("counts one day as one", () => {
        const tomorrow = { "base.yaml": "rules: { thing-flagged: advisory until 2026-11-23 }" };
        expect(start(tomorrow).resource(BROKEN)).toEqual([
            `${VIOLATION} Advisory for now: mandatory from 2026-11-24, in 1 day.`,
        ]);
    });

    test("is said behind why a label does not exempt, and of nothing that is exempted", () => {
        const labelled = { props: { flags: [false], tags: { "security-baseline/thing-flagged": "yes" } } };
        expect(start({ ...files, ...yaml({ allowInProgram: true }) }).resource(labelled)).toEqual([
            `${VIOLATION} Its label \`security-baseline/thing-flagged\` does not exempt it: it is "yes"; expected \`until 2027-01-31 by OWNER: REASON\`. Advisory for now: mandatory from 2027-02-01, in 70 days.`,
        ]);
        expect(start({ ...files, ...yaml({ list: [EXEMPTION] }) }).resource(BROKEN)).toEqual([
            `n/a: Exempted: ${REASON}`,
        ]);
    });

    test("is said of no note and of nothing that cannot be judged yet", () => {
        expect(start(files).resource({ props: { flags: [UNKNOWN], odd: true } })).toEqual([
            "advisory: Cannot be judged yet: Thing 'subject', flags[0]: is unknown.",
            "advisory: Thing 'subject', odd: is odd.",
        ]);
    });

    test("is forgotten with the profile that announced it", () => {
        const pack = start({
            ...files,
            "calm.yaml": "rules: { thing-flagged: advisory }",
            "stacks.yaml": "default: base\nstacks: [{ tags: { tier: gold }, profile: calm }]",
        });
        pack.session.onStack(parseStackName("acme/project/test", { tier: "gold" }));
        expect(pack.resource(BROKEN)).toEqual([VIOLATION]);
    });

    test.each([
        ["Is off. Advisory for now: mandatory from 2027-02-01, in 70 days.", "Is off."],
        ["Is off. Advisory for now: mandatory from 2026-11-24, in 1 day.", "Is off."],
        ["Is off. Advisory for now: mandatory from 2027-02-01, in 70 days. [thing-flagged]", "Is off. [thing-flagged]"],
        ["Is off, from 2027-02-01, in 70 days. And on.", "Is off, from 2027-02-01, in 70 days. And on."],
        ["Is off.", "Is off."],
    ])("is taken from a message again: %s", (message, plain) => {
        expect(withoutGraduation(message)).toBe(plain);
    });

    test("says nothing where the engine's configuration sets another level", () => {
        expect(start(files, { all: "mandatory", "thing-flagged": "mandatory" }).resource(BROKEN)).toEqual([VIOLATION]);
    });
});

test("stack tags choose the profile before the engine asks for the initial config", () => {
    const { session } = start({
        "strict.yaml": "extends: base\nrules: { thing-flagged: { limit: 1 } }",
        "base.yaml": "rules: { thing-flagged: advisory }",
        "stacks.yaml": "default: base\nstacks: [{ tags: { tier: gold }, profile: strict }]",
    });
    session.onStack(parseStackName("acme/project/test", { tier: "gold" }));
    expect(session.initialConfig["thing-flagged"]).toEqual({ enforcementLevel: "advisory", limit: 1 });
    session.onStack(parseStackName("acme/project/test", {}));
    expect(session.initialConfig["thing-flagged"]).toEqual({ enforcementLevel: "advisory" });
});

test("without the engine's configuration a run does not end well", () => {
    const session = new Session(readSettings(settingsFolder({}), RULES, NOW), RULES, parseStackName("test"), NOW);
    expect(() => session.summary({ hasProject: true })).toThrow("did not reach");
});

describe("a run without a project", () => {
    const files = (name: string) =>
        projectRule({
            ...metadata,
            name,
            settings: z.strictObject({ projectDir: z.string().optional() }),
            judge: () => {},
        });
    const rules = [FLAGGED, files("files-kept"), files("files-read"), files("files-elsewhere"), files("files-off")];
    const config: EngineConfig = {
        "thing-flagged": { level: "advisory", settings: {} },
        "files-kept": { level: "mandatory", settings: {} },
        "files-read": { level: "advisory", settings: {} },
        "files-elsewhere": { level: "mandatory", settings: { projectDir: "../shop" } },
        "files-off": { level: "disabled", settings: {} },
    };
    const summary = (hasProject: boolean, given = config) => {
        const session = new Session(readSettings(settingsFolder({}), rules, NOW), rules, parseStackName("test"), NOW);
        session.onConfiguration(given);
        return session.summary({ hasProject });
    };

    test("says once which rules judged nothing", () => {
        expect(summary(false)).toEqual([
            "files-kept, files-read: not judged, since this run reads a state alone and no project files; judge these in a preview or by `security-baseline check`.",
        ]);
    });

    test("says nothing where there is one, or no such rule is on", () => {
        expect(summary(true)).toEqual([]);
        const off = Object.fromEntries(
            Object.entries(config).map(([name, one]) => [name, { ...one, level: "disabled" as const }]),
        );
        expect(summary(false, off)).toEqual([]);
    });
});

describe("a stack that the engine does not name", () => {
    const FILES = {
        "stacks.yaml": "default: base\nstacks:\n  - stack: prod\n    profile: strict\n",
        "base.yaml": "all: advisory\nrules:\n  thing-flagged:\n    limit: 5\n",
        "strict.yaml":
            "extends: base\nall: mandatory\nrules:\n  thing-counted: disabled\n  thing-flagged:\n    limit: 7\n",
        "exemptions.yaml": "list: []\n",
    };
    const URN = (stack: string) => `urn:pulumi:${stack}::project::${TYPE}::subject`;

    function unnamed(engine: Record<string, EngineConfig[string]> = {}): Session {
        const identity = { organization: undefined, project: undefined, stack: undefined, tags: {} };
        const session = new Session(readSettings(settingsFolder(FILES), RULES, NOW), RULES, identity, NOW);
        const given = Object.entries(session.initialConfig).map(([name, config]) => {
            const { enforcementLevel: level, ...settings } = config as { enforcementLevel: "advisory" };
            return [name, { level, settings }] as const;
        });
        session.onConfiguration({ ...Object.fromEntries(given), ...engine });
        return session;
    }

    test("is known from its resources, and has its own levels and settings", () => {
        const session = unnamed();
        expect([session.levelOf(FLAGGED), session.settingsOf(FLAGGED, { limit: 5 })]).toEqual([
            undefined,
            { limit: 5 },
        ]);
        session.onResource(URN("prod"));
        expect([session.levelOf(FLAGGED), session.levelOf(COUNTED)]).toEqual(["mandatory", "disabled"]);
        expect(session.settingsOf(FLAGGED, { limit: 5 })).toEqual({ limit: 7 });
    });

    test("keeps what the engine's own configuration says", () => {
        const session = unnamed({ "thing-flagged": { level: "mandatory", settings: { limit: 9 } } });
        session.onResource(URN("prod"));
        expect([session.levelOf(FLAGGED), session.settingsOf(FLAGGED, { limit: 9 })]).toEqual([
            undefined,
            { limit: 9 },
        ]);
    });

    test("has the profile that was chosen without it where no other is for it, and is decided by the first resource", () => {
        const session = unnamed();
        session.onResource("no URN");
        session.onResource(` ${URN("prod")}`);
        session.onResource(URN("dev"));
        session.onResource(URN("prod"));
        expect([session.levelOf(FLAGGED), session.settingsOf(FLAGGED, { limit: 5 })]).toEqual([
            "advisory",
            { limit: 5 },
        ]);
    });

    test("is not looked for where the engine names one", () => {
        const { session } = start(FILES);
        session.onResource(URN("prod"));
        expect(session.levelOf(FLAGGED)).toBeUndefined();
    });
});
