import { stripVTControlCharacters } from "node:util";
import { toText } from "../../cli/report";

/** Lines without the colours that a terminal or CI gets. */
const linesOf = (result: Parameters<typeof toText>[0]) => stripVTControlCharacters(toText(result)).split("\n");

const PLAIN = { findings: [], notJudged: [], remediationSteps: {}, resourceCount: 2 };

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
            "✖ blocked: 2 mandatory, 1 advisory, 0 not judged (2 resources)",
        ]);
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
