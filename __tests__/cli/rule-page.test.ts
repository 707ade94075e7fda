import { z } from "zod";
import { pageHead } from "../../cli/rule-page";
import { projectRule, resourceRule, stackRule } from "../../policies/kit/rule";

const KINDS = ["a", "b", "c", "d", "e", "f"] as const;

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
        most: z.int().min(1).max(9).default(3).describe("How many there may be."),
        least: z.int().min(0).default(0),
        names: z.array(z.string()).default([]).describe("a|b"),
        kinds: z.array(z.enum(KINDS)).default([...KINDS]),
        folder: z.string().optional(),
    }),
    judge: () => undefined,
});

const facts = (judges: string, tags: string, controls: string) => `# Acme's rule (\`acme-rule\`)

Things are as Acme has them.

| | |
| --- | --- |
| Severity | low |
| Enforcement level | advisory unless settings say otherwise |
| Judges | ${judges} |
| Tags | ${tags} |
| Controls | ${controls} |
| More | <https://acme.example/rule> |
`;
const HEAD = facts("the files of the project and its repository, once per run", "none", "none verified");
const STEPS = "\n## Remediation\n\n1. Do this.\n2. Do that.\n";

test("tells a rule's settings with their defaults and what they may be", () =>
    expect(pageHead(own)).toBe(`${HEAD}
## Settings

| Setting | Default | Meaning |
| --- | --- | --- |
| \`most\` | \`3\` | How many there may be. 1 to 9. |
| \`least\` | \`0\` | At least 0. |
| \`names\` | \`[]\` | a\\|b |
| \`kinds\` | \`a\`, \`b\`, \`c\`, \`d\`, \`e\`, \`f\` | One of \`a\`, \`b\`, \`c\`, \`d\`, \`e\`, \`f\`. |
| \`folder\` | none | |
${STEPS}`));

test("says that there are no settings, names aspects last, and groups controls by framework", () => {
    const source = "https://example.com/";
    const rule = resourceRule({
        ...own,
        tags: ["aws", "s3"],
        controls: [
            { framework: "One", version: "2", id: "a", source },
            { framework: "Other", version: "", id: "b", source },
            { framework: "One", version: "2", id: "c", source },
        ],
        settings: z.strictObject({}),
        aspects: ["one", "two"].map(id => ({ id, severity: "high", description: `Part ${id}.` })),
        types: ["a:b:C", "a:b:D"],
        judge: () => undefined,
        remediate: () => undefined,
    });
    const judges = "each resource before it is created or updated: `a:b:C`, `a:b:D`";
    const controls = "One 2: [a](https://example.com/), [c](https://example.com/)<br>Other: [b](https://example.com/)";
    expect(pageHead(rule)).toBe(`${facts(judges, "`aws`, `s3`", controls)}
## Settings

None.
${STEPS}
At level \`remediate\` the rule mends what is unambiguous before the resource is created.

## Aspects

A finding ends with the id of its aspect, such as \`[acme-rule/one]\`, which an exemption can name as its \`rule\`; the rule's name alone stands for all of them.

| Aspect | Severity | Requires |
| --- | --- | --- |
| \`one\` | high | Part one. |
| \`two\` | high | Part two. |
`);
});

test("says what a rule about the stack, or about all resources, judges", () => {
    const judge = () => undefined;
    expect(pageHead(stackRule({ ...own, judge }))).toContain(
        "| Judges | the resources of the stack together, after a preview and after an update |",
    );
    expect(pageHead(resourceRule({ ...own, types: "all", judge }))).toContain("created or updated: all types |");
});
