import { rule } from "../../../../policies/rules/ci/drift-detection-scheduled";
import { judgeProject } from "../../../support/test-rule";

const AT = ".github/workflows/drift.yml";

const PROJECT = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n", "Pulumi.prod.yaml": "config: {}\n" };

const judged = (workflow: string, more: Record<string, string> = {}, settings: object = {}) =>
    judgeProject(rule, { files: { ...PROJECT, [AT]: workflow, ...more }, settings: { ...settings } });

/** A workflow that runs every day, with a job of these steps from line 5 on. */
const daily = (...steps: string[]) =>
    `on: { schedule: [{ cron: 0 6 * * * }] }\njobs:\n  drift:\n    steps:\n${steps.map(step => `      - ${step}\n`).join("")}`;

const LOOK = "pulumi refresh --preview-only --expect-no-changes";

describe("who hears of drift that does not end the run", () => {
    const IGNORED = (id: string) => `{ id: ${id}, continue-on-error: true, run: ${LOOK} -s prod }`;
    const heard = (condition: string, id = "look") =>
        judged(daily(IGNORED(id), `{ if: ${JSON.stringify(condition)}, run: ./alert }`)).violations.length === 0;
    test.each([
        "steps.look.outcome == 'failure'",
        "steps.look.outcome=='failure'",
        "steps['look'].outcome == 'failure'",
        "steps.look.outcome != 'success'",
        "steps.look.outcome   !=   'success'",
        "${{ always() && steps.look.outcome == 'failure' }}",
        "steps.look.outputs.drift",
        "steps.look.outputs.drift == '1'",
    ])("a step with %s", condition => expect(heard(condition)).toBe(true));
    test.each([
        "steps.look.outcome == 'success'",
        "steps.look.outcome != 'failure'",
        "steps.look.outcome",
        "steps.look.conclusion == 'failure'",
        "steps.other.outcome == 'failure'",
        "xsteps.look.outcome == 'failure'",
        "steps.look2.outcome == 'failure'",
        "failure()",
        "always()",
    ])("not a step with %s", condition => expect(heard(condition)).toBe(false));
    test("a step before it, or itself", () => {
        const alert = "{ if: steps.look.outcome == 'failure', run: ./alert }";
        expect(judged(daily(alert, IGNORED("look"))).violations).toHaveLength(1);
        expect(judged(daily(IGNORED("look"), "run: x", alert)).violations).toEqual([]);
        expect(judged(daily(IGNORED("a-b_1"), alert.replace("look", "a-b_1"))).violations).toEqual([]);
    });
    test.each([
        ["if: needs.drift.outputs.found == '1', ", 0],
        ["if: needs.drift-x.outputs.found == '1', ", 0],
        ["if: needs.drift.result == 'failure', ", 1],
        ["if: xneeds_drift.outputs.found, ", 1],
        ["", 1],
    ])("a later job with %j", (condition, count) =>
        expect(
            judged(`${daily(IGNORED("look"))}  alert: { needs: drift, ${condition}steps: [{ run: ./alert }] }\n`)
                .violations,
        ).toHaveLength(count),
    );
    test("a job that it does not need", () =>
        expect(
            judged(`${daily(IGNORED("look"))}  alert: { if: needs.drift.outputs.x, steps: [{ run: ./alert }] }\n`)
                .violations,
        ).toHaveLength(1));
    test("nobody, where the whole job goes on", () =>
        expect(
            judged(daily(`run: ${LOOK} -s prod`).replace("    steps:", "    continue-on-error: true\n    steps:"))
                .violations,
        ).toHaveLength(1));
});

describe("which stack a detection is about", () => {
    const about = (command: string, more: Record<string, string> = {}) => {
        const { violations, notes } = judged(daily(`run: ${JSON.stringify(command)}`), more);
        return violations.length > 0 ? "no" : notes.length > 0 ? "unknown" : "yes";
    };
    const OTHER = { "other/Pulumi.yaml": "name: other\nruntime: go\n" };
    test.each([
        [`${LOOK} -s prod`, "yes"],
        [`${LOOK} -s acme/prod`, "yes"],
        [`${LOOK} -s acme/shop/prod`, "yes"],
        [`${LOOK} -s acme/other/prod`, "no"],
        [`${LOOK} -s prod/x`, "no"],
        [`${LOOK} -s dev`, "no"],
        [LOOK, "unknown"],
        [`${LOOK} -s $STACK`, "unknown"],
        [`${LOOK} -s "x$STACK"`, "unknown"],
        [`cd . && ${LOOK} -s prod`, "yes"],
        [`cd other && ${LOOK} -s prod`, "no"],
        [`cd other/ && ${LOOK} -s prod`, "no"],
        [`cd ./other && ${LOOK} -s prod`, "no"],
        [`cd nowhere && ${LOOK} -s prod`, "yes"],
        [`cd $DIR && ${LOOK} -s prod`, "yes"],
        [`cd ~/x && ${LOOK} -s prod`, "yes"],
        [`cd other && cd .. && ${LOOK} -s prod`, "yes"],
    ])("%s: %s", (command, expected) => expect(about(command, OTHER)).toBe(expected));
});

describe("what looks for drift", () => {
    const SUCCEEDS =
        "looks for drift but succeeds when there is some; expected it to expect no changes (`--expect-no-changes`).";
    const MISSING = [
        "Pulumi.prod.yaml: drift of stack `prod` is looked for by no scheduled workflow; expected one at least every 24 hours that runs `pulumi refresh --preview-only --expect-no-changes` on it.",
    ];
    test.each([
        ["pulumi refresh --preview-only --expect-no-changes -s prod", []],
        ["pulumi preview --refresh --expect-no-changes -s prod", []],
        ["pulumi refresh --preview-only -s prod", [`${AT}:5: jobs.drift.steps[0].run: ${SUCCEEDS}`]],
        ["pulumi preview --refresh -s prod", [`${AT}:5: jobs.drift.steps[0].run: ${SUCCEEDS}`]],
        ["pulumi preview --expect-no-changes -s prod", MISSING],
        ["pulumi up --refresh --expect-no-changes -s prod", MISSING],
    ])("%s", (command, found) => expect(judged(daily(`run: ${command}`))).toEqual({ violations: found, notes: [] }));
    test("a refresh that writes the state", () =>
        expect(judged(daily("run: pulumi refresh --yes --expect-no-changes -s prod"))).toEqual({
            violations: [],
            notes: [
                `${AT}:5: jobs.drift.steps[0].run: writes the drift into the state before it fails, so the next run finds none; \`--preview-only\` leaves it to be found.`,
            ],
        }));
    test("the best of several", () => {
        const bad = "run: pulumi refresh --preview-only -s prod";
        const good = `run: ${LOOK} -s prod`;
        expect(judged(daily(bad, good))).toEqual({ violations: [], notes: [] });
        expect(judged(daily(good, bad))).toEqual({ violations: [], notes: [] });
        expect(judged(daily(bad, "run: pulumi refresh --preview-only")).violations).toEqual([
            `${AT}:5: jobs.drift.steps[0].run: ${SUCCEEDS}`,
        ]);
    });
    test("on no schedule", () =>
        expect(judged(daily(`run: ${LOOK} -s prod`).replace(/^.*\n/, "on: push\n")).violations).toEqual([
            `Pulumi.prod.yaml: drift of stack \`prod\` is looked for by no scheduled workflow; job \`drift\` (${AT}:5) looks for it, but on no schedule; expected one at least every 24 hours that runs \`pulumi refresh --preview-only --expect-no-changes\` on it.`,
        ]));
    test("for another time than the usual one", () => {
        const weekly = daily(`run: ${LOOK} -s prod`).replace("0 6 * * *", "30 6 1 * *");
        expect(judged(weekly).violations).toEqual([
            `${AT}:1: on.schedule[0].cron: is \`30 6 1 * *\`, which leaves up to 744 hours between two runs; expected at most 24 hours.`,
        ]);
        expect(judged(weekly, {}, { maxIntervalHours: 744 }).violations).toEqual([]);
        expect(judged(weekly, {}, { maxIntervalHours: 743 }).violations).toHaveLength(1);
        const often = daily(`run: ${LOOK} -s prod`).replace("0 6 * * *", "'7,20 6,9 * * *'");
        expect(judged(often, {}, { maxIntervalHours: 20 }).violations).toEqual([
            `${AT}:1: on.schedule[0].cron: is \`7,20 6,9 * * *\`, which leaves up to 20.8 hours between two runs; expected at most 20 hours.`,
        ]);
    });
});

test("more schedules and conditions together than are judged", () => {
    const crons = Array.from({ length: 400 }, (_, index) => `{ cron: ${index % 60} ${index % 24} * * * }`).join(", ");
    const steps = Array.from({ length: 500 }, () => "{ if: github.event_name == 'schedule', run: x }");
    const workflow = daily(`run: ${LOOK} -s prod`, ...steps).replace("{ cron: 0 6 * * * }", crons);
    const { violations, notes } = judged(workflow);
    expect(violations).toEqual([]);
    expect(notes).toEqual([
        expect.stringMatching(
            /^Cannot be judged yet: \.github\/workflows\/drift\.yml:1: on\.schedule: has 400 schedules for a workflow with 500 conditions; which schedule reaches which step is not judged beyond \d+ of both together, and each is taken to reach all that one can; split it\.$/,
        ),
    ]);
});
