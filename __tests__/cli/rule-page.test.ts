import { z } from "zod";
import { pageOfOwn } from "../../cli/rule-page";
import { projectRule } from "../../policies/kit/rule";

const own = projectRule({
    name: "acme-rule",
    title: "Acme's rule",
    description: "Things are as Acme has them.",
    severity: "low",
    enforcementLevel: "advisory",
    tags: [],
    controls: [],
    remediationSteps: ["Do this.", "Do that."],
    url: "https://acme.example/rule",
    settings: z.strictObject({
        most: z.int().default(3).describe("How many there may be."),
        names: z.array(z.string()).default([]),
    }),
    judge: () => undefined,
});

const HEAD =
    "# Acme's rule (`acme-rule`)\n\nThings are as Acme has them.\n\n" +
    "Severity: low. Enforcement level: advisory unless settings say otherwise. More: <https://acme.example/rule>\n\n";
const STEPS = "## Remediation\n\n1. Do this.\n2. Do that.";

test("the page of an own rule tells its settings, one a line", () =>
    expect(pageOfOwn(own)).toBe(
        `${HEAD}## Settings\n\n- \`most\`: How many there may be. Default: 3.\n- \`names\`:  Default: [].\n\n${STEPS}`,
    ));

test("one without settings says so, and aspects come last, one a line", () =>
    expect(
        pageOfOwn({
            ...own,
            settings: z.strictObject({}),
            aspects: ["one", "two"].map(id => ({ id, severity: "high", description: `Part ${id}.` })),
        }),
    ).toBe(
        `${HEAD}## Settings\n\nNone.\n\n${STEPS}\n\n## Aspects\n\n- \`one\` (high): Part one.\n- \`two\` (high): Part two.`,
    ));
