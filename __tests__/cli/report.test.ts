import { stripVTControlCharacters } from "node:util";
import { exitCodeOf, type FailureConditions, toJson, toSummary, toText } from "../../cli/report";

/** Lines without the colours that a terminal or CI gets. */
const linesOf = (result: Parameters<typeof toText>[0]) => stripVTControlCharacters(toText(result)).split("\n");

const PLAIN = { judged: [{ resources: 2 }], findings: [], notes: [], notJudged: [], remediationSteps: {} };

const finding = (rule: string, enforcementLevel: "advisory" | "mandatory", message: string) => ({
    rule,
    severity: "high",
    enforcementLevel,
    message,
});

describe("the text of a result", () => {
    test("puts what blocks first, by rule, with the steps behind the last message of each", () => {
        const lines = linesOf({
            ...PLAIN,
            findings: [
                finding("rule-a", "advisory", "Queue 'jobs': may be better."),
                finding("rule-b", "mandatory", "Bucket 'one', acl: is public."),
                finding("rule-b", "mandatory", "Bucket 'two', acl: is public."),
            ],
            remediationSteps: { "rule-b": "1. Make it private.\n2. Look who read it." },
        });
        expect(lines).toEqual([
            "✖ mandatory  rule-b  high",
            "    Bucket 'one', acl: is public.",
            "    Bucket 'two', acl: is public.",
            "      fix 1. Make it private.",
            "          2. Look who read it.",
            "",
            "⚠ advisory   rule-a  high",
            "    Queue 'jobs': may be better.",
            "",
            "--verbose tells each finding's URN and the command that exempts it until a date.",
            "",
            "✖ blocked: 2 mandatory, 1 advisory, 0 not judged (2 resources)",
        ]);
    });

    test("names the highest severity of a rule whose aspects differ", () => {
        const ofAspect = (severity: string, message: string) => ({
            ...finding("rule-a", "advisory", message),
            severity,
        });
        const findings = [ofAspect("medium", "one"), ofAspect("critical", "two"), ofAspect("high", "three")];
        expect(linesOf({ ...PLAIN, findings })[0]).toBe("⚠ advisory   rule-a  critical");
    });

    test("says once why several rules could not judge the same place", () => {
        const reason = "Policy 'ci', policy: the policy document is unknown until the update.";
        const lines = linesOf({
            ...PLAIN,
            notJudged: [
                { rule: "rule-a", subject: "urn:1", reason },
                { rule: "rule-b", subject: "urn:2", reason: "Role 'ci', policy: is unknown." },
                { rule: "rule-c", subject: "urn:1", reason },
                { subject: "program", reason: "is written in Go." },
            ],
        });
        expect(lines).toEqual([
            "? not judged",
            `    rule-a, rule-c: ${reason}`,
            "    rule-b: Role 'ci', policy: is unknown.",
            "    program: is written in Go.",
            "",
            "? not blocked, but not all was judged: 0 mandatory, 0 advisory, 4 not judged (2 resources)",
        ]);
    });

    test("of a clean run is one line", () => {
        expect(linesOf(PLAIN)).toEqual(["✔ not blocked: 0 mandatory, 0 advisory, 0 not judged (2 resources)"]);
    });
});

test("what a failing program printed stands beneath, without what could move a terminal's cursor", () => {
    const failed = { subject: "shop", reason: "The program failed: boom", output: "one\n  two\u001b[2J" };
    expect(linesOf({ ...PLAIN, notJudged: [failed] }).slice(0, 6)).toEqual([
        "? not judged",
        "    shop: The program failed: boom",
        "",
        "    the program's output:",
        "        one",
        "          two\\u{1b}[2J",
    ]);
});

test("a finding names the line of the program", () => {
    const found = {
        ...finding("rule-a", "mandatory", "Queue 'jobs': is open."),
        source: { file: "index.ts", line: 7 },
    };
    expect(linesOf({ ...PLAIN, findings: [found] })[1]).toBe("    Queue 'jobs': is open.  index.ts:7");
});

test("a finding's rule has a page, and verbose text names the resource and the command that exempts the finding", () => {
    const urn = "urn:pulumi:dev::shop::aws:sqs/queue:Queue::jobs";
    const findings = [
        { ...finding("sg-no-ingress-all", "mandatory", "Queue 'jobs': is open."), urn },
        finding("sg-no-ingress-all", "mandatory", "The stack is open."),
    ];
    const [head, first, last] = [
        "✖ mandatory  sg-no-ingress-all  high",
        "    Queue 'jobs': is open.",
        "    The stack is open.",
    ];
    const why = "      why npx security-baseline rules explain sg-no-ingress-all";
    expect(linesOf({ ...PLAIN, findings }).slice(0, 4)).toEqual([head, first, last, why]);
    const verbose = stripVTControlCharacters(toText({ ...PLAIN, findings }, { isVerbose: true })).split("\n");
    expect(verbose).toEqual([
        head,
        first,
        `        ${urn}`,
        `        npx security-baseline exempt sg-no-ingress-all --resource ${urn} --reason … --owner … --expires …`,
        last,
        why,
        "",
        "✖ blocked: 2 mandatory, 0 advisory, 0 not judged (2 resources)",
    ]);
});

test("what is said of several stacks and projects stands under them, what is about all of them first", () => {
    const of = (message: string, scope: object) => ({ ...finding("rule-a", "mandatory", message), ...scope });
    const [dev, prod] = [
        { project: "shop", stack: "dev" },
        { project: "shop", stack: "prod" },
    ];
    const lines = linesOf({
        ...PLAIN,
        judged: [
            { ...dev, resources: 1 },
            { ...prod, resources: 2 },
            { project: "depot", resources: 0 },
        ],
        findings: [
            of("ci.yml: is open.", {}),
            of("Pulumi.yaml: is old.", { project: "shop" }),
            of("Queue 'jobs': is open.", dev),
            of("Queue 'jobs': is open.", prod),
        ],
        notes: [{ message: "1 violation is exempted.", ...prod }],
        notJudged: [{ subject: "depot", reason: "is written in Go.", project: "depot" }],
    });
    expect(lines.filter(line => line !== "" && !line.startsWith("✖ mandatory"))).toEqual([
        "── the repository ──",
        "    ci.yml: is open.",
        "── shop ──",
        "    Pulumi.yaml: is old.",
        "── shop/dev ──",
        "    Queue 'jobs': is open.",
        "── shop/prod ──",
        "    Queue 'jobs': is open.",
        "i settings",
        "    1 violation is exempted.",
        "── depot ──",
        "? not judged",
        "    depot: is written in Go.",
        "--verbose tells each finding's URN and the command that exempts it until a date.",
        "✖ blocked: 4 mandatory, 0 advisory, 1 not judged (3 resources in 3 stacks)",
    ]);
});

test("the summary is the last line", () => {
    const result = { ...PLAIN, findings: [finding("rule-a", "advisory", "Queue 'jobs': may be better.")] };
    expect(stripVTControlCharacters(toSummary(result))).toBe(linesOf(result).at(-1));
});

test("a message of several lines stands indented as a whole, as do the notes about settings", () => {
    const [found, note] = ["Pulumi.yaml: is old.\nSee there.", "1 violation is exempted.\nUntil 2099-01-31."];
    const result = { ...PLAIN, findings: [finding("rule-a", "advisory", found)], notes: [{ message: note }] };
    expect(linesOf(result).slice(0, 7)).toEqual([
        "⚠ advisory   rule-a  high",
        "    Pulumi.yaml: is old.",
        "    See there.",
        "",
        "i settings",
        "    1 violation is exempted.",
        "    Until 2099-01-31.",
    ]);
});

test("an own rule of another pack, which has no page here, names none, and of an unknown severity nothing is said", () => {
    const found = { ...finding("of-another-pack", "mandatory", "Queue 'jobs': is open."), severity: "odd" };
    expect(linesOf({ ...PLAIN, findings: [found] })).toEqual([
        "✖ mandatory  of-another-pack  ",
        "    Queue 'jobs': is open.",
        "",
        "--verbose tells each finding's URN and the command that exempts it until a date.",
        "",
        "✖ blocked: 1 mandatory, 0 advisory, 0 not judged (2 resources)",
    ]);
});

test("a finding about a file is exempted by the file, one about an aspect by its id, with what a shell would read quoted", () => {
    const found = {
        ...finding("ci-workflow-hardened", "advisory", ".github/a b's.yml: is open."),
        aspect: "pinned",
        file: ".github/a b's.yml",
    };
    const lines = stripVTControlCharacters(toText({ ...PLAIN, findings: [found] }, { isVerbose: true })).split("\n");
    expect(lines[2]).toBe(
        "        npx security-baseline exempt ci-workflow-hardened/pinned --file '.github/a b'\\''s.yml' --reason … --owner … --expires …",
    );
    expect(lines).not.toContainEqual(expect.stringContaining("--verbose"));
});

test("stacks are told in the order in which they were judged, and only those of which something is said", () => {
    const judged = ["prod", "dev", "test"].map(stack => ({ project: "shop", stack, resources: 1 }));
    const of = (stack: string) => ({ ...finding("rule-a", "advisory", `${stack}.`), project: "shop", stack });
    const headings = linesOf({ ...PLAIN, judged, findings: [of("test"), of("prod")] }).filter(line =>
        line.startsWith("──"),
    );
    expect(headings).toEqual(["── shop/prod ──", "── shop/test ──"]);
});

test("JSON holds what was judged, findings, notes and what was not judged, and neither steps nor control characters", () => {
    const result = {
        ...PLAIN,
        findings: [finding("rule-a", "advisory", "a\u2028b")],
        notes: [{ message: "n." }],
        notJudged: [{ subject: "shop", reason: "r." }],
        remediationSteps: { "rule-a": "1. Do." },
    };
    const text = toJson(result);
    expect(text).toContain('"message": "a\\u2028b"');
    const { remediationSteps: _, ...told } = result;
    expect(JSON.parse(text)).toEqual(told);
    expect(text.split("\n")[1]).toBe('  "judged": [');
});

describe("the exit code", () => {
    const advisory = [finding("rule-a", "advisory", "a")];
    const mandatory = [...advisory, finding("rule-b", "mandatory", "b")];
    const open = [{ subject: "shop", reason: "c" }];
    const code = (result: object, conditions: Partial<FailureConditions> = {}) =>
        exitCodeOf({ ...PLAIN, ...result }, { failOn: "mandatory", allowNotJudged: false, ...conditions });

    test.each([
        ["nothing found", {}, {}, 0],
        ["advisory findings", { findings: advisory }, {}, 0],
        ["mandatory findings", { findings: mandatory }, {}, 1],
        ["advisory findings that fail", { findings: advisory }, { failOn: "advisory" as const }, 1],
        ["mandatory findings that do not", { findings: mandatory }, { failOn: "none" as const }, 0],
        ["something not judged", { notJudged: open }, {}, 3],
        ["something not judged that is let through", { notJudged: open }, { allowNotJudged: true }, 0],
        ["findings besides", { findings: mandatory, notJudged: open }, { allowNotJudged: true }, 1],
        [
            "no finding fails, but not all was judged",
            { findings: mandatory, notJudged: open },
            { failOn: "none" as const },
            3,
        ],
    ])("with %s", (_, result, conditions, expected) => expect(code(result, conditions)).toBe(expected));
});
