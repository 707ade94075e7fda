import { rule } from "../../policies/rules/ci/ci-workflow-hardened";
import { rule as drift } from "../../policies/rules/ci/drift-detection-scheduled";
import { judgeProject } from "../support/test-rule";

const PROJECT = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n", "Pulumi.prod.yaml": "config: {}\n" };
const W = ".github/workflows/w.yml";

const judged = (text: string, of = rule) =>
    judgeProject(of, {
        files: { ...PROJECT, [W]: text },
        settings: of === rule ? { require: ["pinned-actions"] } : {},
    });

/** A workflow with these lines for its only job, from line 3 on. */
const job = (lines: string) => `on: { schedule: [{ cron: 0 5 * * * }] }\njobs:\n${lines}`;

describe("a workflow that mentions Pulumi and cannot be read is named", () => {
    test.each([
        [
            "a step with a number",
            job("  a:\n    steps: [{ uses: 5 }, { run: echo pulumi }]\n"),
            4,
            "jobs.a.steps[0].uses: is no text; expected the name of an action.",
        ],
        [
            "a step with a map for a script",
            job("  a:\n    steps: [{ run: { pulumi: up } }]\n"),
            4,
            "jobs.a.steps[0].run: is no text; expected a script.",
        ],
        [
            "a job that calls a list",
            job("  a: { uses: [pulumi] }\n"),
            3,
            "jobs.a.uses: is no text; expected the name of a workflow.",
        ],
        ["a job in itself", job("  a: &a\n    steps: [{ run: pulumi up }]\n    needs: *a\n"), 5, undefined],
    ])("%s", (_, text, line, message) => {
        const { violations } = judged(text);
        expect(violations).toHaveLength(1);
        expect(violations[0]).toContain(`${W}:${line}: ${message ?? "refers to `*a`, which holds this place"}`);
        const { notes } = judged(text, drift);
        expect(notes).toEqual(violations.map(violation => `Cannot be judged yet: ${violation}`));
    });

    test.each([
        ["that does not mention it", job("  a: { steps: [{ uses: 5 }] }\n")],
        ["with null for a script", job("  a: { steps: [{ uses: ~, run: pulumi version }] }\n")],
    ])("is none %s", (_, text) => expect(judged(text)).toMatchObject({ violations: [], notes: [] }));
});
