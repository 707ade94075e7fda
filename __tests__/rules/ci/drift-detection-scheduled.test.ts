import { rule } from "../../../policies/rules/ci/drift-detection-scheduled";
import { testProjectRule } from "../../support/test-rule";

const PROJECT = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n", "Pulumi.prod.yaml": "config: {}\n" };

const AT = ".github/workflows/drift.yml";

const DAILY = "{ schedule: [{ cron: 0 6 * * * }] }";

const LOOK = "run: pulumi refresh --preview-only --expect-no-changes --stack shop/prod";

/** A project with a workflow whose one job has these steps, from line 5 on. */
const drift = (steps: readonly string[], on = DAILY, more = "") => ({
    ...PROJECT,
    [AT]: `on: ${on}\njobs:\n  drift:\n    steps:\n${steps.map(step => `      - ${step}\n`).join("")}${more}`,
});

const missing = (stack: string, file = `Pulumi.${stack}.yaml`, other = "") =>
    `${file}: drift of stack \`${stack}\` is looked for by no scheduled workflow${other}; expected one at least every 24 hours that runs \`pulumi refresh --preview-only --expect-no-changes\` on it.`;

const elsewhere = (line: number) => `; job \`drift\` (${AT}:${line}) looks for it, but on no schedule`;

const WRITES =
    "writes the drift into the state before it fails, so the next run finds none; `--preview-only` leaves it to be found.";

const SILENT =
    "goes on when it finds drift, and no later step looks at its `outcome`, so nobody is told; expected the run to fail, or a step with `if: steps.<id>.outcome == 'failure'` that alerts.";

const SUCCEEDS =
    "looks for drift but succeeds when there is some; expected it to expect no changes (`--expect-no-changes`).";

const IGNORED = "{ id: look, continue-on-error: true, run: pulumi refresh --preview-only --expect-no-changes -s prod }";

const PREVIEWING =
    "{ uses: pulumi/actions@v6, with: { command: preview, refresh: true, expect-no-changes: true, stack-name: shop/prod } }";

testProjectRule(rule, {
    valid: [
        ...["yaml", "yml", "json"].map(ending => ({
            name: `a refresh beside one of another project, with Pulumi.${ending}`,
            files: {
                ...drift([LOOK, "run: cd other && pulumi refresh -s prod"]),
                [`other/Pulumi.${ending}`]:
                    ending === "json" ? '{ "name": "other", "runtime": "go" }' : "name: other\nruntime: go\n",
            },
        })),
        { name: "a refresh every day that fails on drift", files: drift([LOOK]) },
        {
            name: "a condition that only a person's run can fail",
            files: drift([`{ if: "!(github.event_name == 'workflow_dispatch' && inputs.skip)", ${LOOK} }`]),
        },
        { name: "a switch that no file sets", files: drift([`{ if: "vars.DRIFT != 'false'", ${LOOK} }`]) },
        { name: "a pipe in a shell with pipefail", files: drift([`{ shell: bash, ${LOOK} | tee drift.log }`]) },
        { name: "a preview of the action that refreshes first", files: drift([PREVIEWING]) },
        {
            name: "a refresh that writes the state: it is detection, with a difference",
            files: drift([
                "{ uses: pulumi/actions@v6, with: { command: refresh, expect-no-changes: true, stack-name: shop/prod } }",
            ]),
            notes: [`${AT}:5: jobs.drift.steps[0].with.command: ${WRITES}`],
        },
        {
            name: "a failure that a later step looks at",
            files: drift([IGNORED, "{ if: steps.look.outcome == 'failure', run: ./alert }"]),
        },
        {
            name: "a failure that becomes an output",
            files: drift([
                '{ id: look, run: "pulumi refresh --preview-only --expect-no-changes -s prod || echo drift=1 >> $GITHUB_OUTPUT" }',
                "{ if: \"steps.look.outputs.drift == '1'\", run: ./alert }",
            ]),
        },
        {
            name: "a matrix of stacks, by the folder that the job sets",
            files: {
                "infra/Pulumi.yaml": "name: shop\nruntime: go\n",
                "infra/Pulumi.prod-eu.yaml": "config: {}\n",
                "infra/Pulumi.prod-us.yaml": "config: {}\n",
                "infra/Pulumi.dev.yaml": "config: {}\n",
                [AT]: `on: ${DAILY}\njobs:\n  drift:\n    strategy: { matrix: { stack: [prod-eu, prod-us] } }\n    defaults: { run: { working-directory: infra } }\n    steps:\n      - run: pulumi refresh --preview-only --expect-no-changes -s \${{ matrix.stack }}\n`,
            },
            project: "infra",
            stack: null,
            settings: { projectDir: "." },
        },
        {
            name: "a stack that was selected before",
            files: {
                ...drift([
                    "run: cd . && pulumi stack select shop/prod && pulumi preview --refresh --expect-no-changes",
                ]),
            },
        },
        {
            name: "a reusable workflow that is told the stack",
            files: {
                ...PROJECT,
                [AT]: `on: ${DAILY}\njobs:\n  drift:\n    uses: ./.github/workflows/look.yml\n    with: { stack: prod }\n`,
                ".github/workflows/look.yml":
                    "on: { workflow_call: { inputs: { stack: {} } } }\njobs:\n  look:\n    steps:\n      - run: pulumi refresh --preview-only --expect-no-changes --stack ${{ inputs.stack }}\n",
            },
        },
        {
            name: "two schedules, of which the daily one starts the detection",
            files: drift(
                [`{ if: github.event.schedule != '0 4 * * 0', ${LOOK} }`],
                "{ schedule: [{ cron: 0 2 * * * }, { cron: 0 4 * * 0 }] }",
            ),
        },
        {
            name: "two schedules that start the detection together",
            files: drift(
                [`{ if: "contains(github.event.schedule, '4 * * ')", ${LOOK} }`],
                "{ schedule: [{ cron: 0 2 1 * * }, { cron: 0 4 * * 1-5 }, { cron: 0 4 * * 0-6/6 }] }",
            ),
        },
        {
            name: "a detection that looks after a skipped job all the same",
            files: drift(
                [LOOK],
                "{ push: {}, schedule: [{ cron: 0 6 * * * }] }",
                "    needs: gate\n    if: always()\n  gate:\n    if: github.event_name == 'push'\n    steps: [{ run: echo }]\n",
            ),
        },
        {
            name: "a switch that is on unless somebody switches it off",
            files: drift([`{ if: vars.DRIFT != 'false', ${LOOK} }`]),
        },
        {
            name: "a selection that makes the stack, by its short flag",
            files: drift(["run: pulumi stack select -c prod && pulumi refresh --preview-only --expect-no-changes"]),
        },
        {
            name: "weekdays and weekends on schedules of their own",
            files: drift([LOOK], "{ schedule: [{ cron: 0 6 * * 1-5 }, { cron: '0 6 * * 0,6' }], push: {} }"),
        },
        {
            name: "a week between runs, where the settings allow it",
            files: drift([LOOK], "{ schedule: [{ cron: 0 6 * * 1 }] }"),
            settings: { maxIntervalHours: 168 },
        },
        {
            name: "stacks that the run finds out",
            files: drift(["run: 'for s in $STACKS; do pulumi refresh --preview-only --expect-no-changes -s $s; done'"]),
            notes: [
                `Cannot be judged yet: ${AT}:5: jobs.drift.steps[0].run: looks for drift on stacks that are known only when it runs; whether \`prod\` is one of them is not known.`,
            ],
        },
        {
            name: "GitLab, whose schedules stand in no file",
            files: {
                ...PROJECT,
                ".gitlab-ci.yml":
                    "drift:\n  script:\n    - pulumi refresh --preview-only --expect-no-changes --stack prod\n",
            },
            notes: [
                "Cannot be judged yet: .gitlab-ci.yml:3: drift.script[0]: looks for drift; GitLab keeps its schedule in its settings, not in a file.",
            ],
        },
        {
            name: "Pulumi Cloud detects drift",
            files: PROJECT,
            settings: { managedBy: "pulumi-cloud" },
            notApplicable: "Pulumi Cloud detects the drift, as the setting `managedBy` says.",
        },
        {
            name: "a stack for development",
            files: PROJECT,
            stack: "product",
            notApplicable: "No stack is one for production by the setting `productionStacks`.",
        },
        {
            name: "no project",
            files: {},
            notes: [
                "Cannot be judged yet: Pulumi.yaml: the project's files cannot be seen: A Pulumi.yaml was not found in <root>, above or below it; set `projectDir` to the project's folder.",
            ],
        },
    ],
    invalid: [
        {
            name: "an action that goes on after a failure",
            files: drift([PREVIEWING.replace("{ uses", "{ continue-on-error: true, uses")]),
            violations: [
                ".github/workflows/drift.yml:5: jobs.drift.steps[0].with.command: goes on when it finds drift, and no later step looks at its `outcome`, so nobody is told; expected the run to fail, or a step with `if: steps.<id>.outcome == 'failure'` that alerts.",
            ],
        },
        {
            name: "an action that is told to go on after a failure",
            files: drift([PREVIEWING.replace("with: {", "with: { continue-on-error: true,")]),
            violations: [
                ".github/workflows/drift.yml:5: jobs.drift.steps[0].with.command: goes on when it finds drift, and no later step looks at its `outcome`, so nobody is told; expected the run to fail, or a step with `if: steps.<id>.outcome == 'failure'` that alerts.",
            ],
        },
        {
            name: "a pipe that loses the result",
            files: drift([`${LOOK} | tee drift.log`]),
            violations: [`${AT}:5: jobs.drift.steps[0].run: ${SILENT}`],
        },
        { name: "no workflow", files: PROJECT, violations: [missing("prod")] },
        {
            name: "a stack that the settings name, and no file of it",
            files: { "Pulumi.yaml": "name: shop\nruntime: nodejs\n" },
            stack: "shop/shop/live",
            settings: { productionStacks: ["live"] },
            violations: [missing("live")],
        },
        {
            name: "a detection that starts by hand only",
            files: drift([LOOK], "workflow_dispatch"),
            violations: [missing("prod", undefined, elsewhere(5))],
        },
        {
            name: "a detection that leaves out scheduled runs",
            files: drift(
                [`{ if: github.event_name == 'push', ${LOOK} }`],
                "{ push: {}, schedule: [{ cron: 0 6 * * * }] }",
            ),
            violations: [missing("prod", undefined, elsewhere(5))],
        },
        {
            name: "two schedules, of which only the weekly one starts the detection",
            files: drift(
                [`{ if: github.event.schedule == '0 4 * * 0', ${LOOK} }`, "run: pulumi preview --stack dev"],
                "{ schedule: [{ cron: 0 2 * * * }, { cron: 0 4 * * 0 }] }",
            ),
            violations: [
                `${AT}:1: on.schedule[1].cron: is \`0 4 * * 0\`, which leaves up to 168 hours between two runs; expected at most 24 hours.`,
            ],
        },
        {
            name: "a condition on a schedule that the workflow does not have",
            files: drift([`{ if: github.event.schedule == '0 3 * * *', ${LOOK} }`]),
            violations: [missing("prod", undefined, elsewhere(5))],
        },
        {
            name: "a condition on what only other events bring along",
            files: drift([`{ if: github.event.pull_request.merged || github.head_ref != '', ${LOOK} }`]),
            violations: [missing("prod", undefined, elsewhere(5))],
        },
        {
            name: "a detection behind a job that scheduled runs skip",
            files: drift(
                [LOOK],
                "{ push: {}, schedule: [{ cron: 0 6 * * * }] }",
                "    needs: gate\n  gate:\n    if: github.event_name == 'push'\n    steps: [{ run: echo }]\n",
            ),
            violations: [missing("prod", undefined, elsewhere(5))],
        },
        {
            name: "the settings of the production stack, which select no stack",
            files: drift([
                "run: pulumi stack select dev && pulumi config --stack prod set a b && pulumi refresh --preview-only --expect-no-changes",
            ]),
            violations: [missing("prod")],
        },
        {
            name: "a detection of another stack, of another project, and an update",
            files: {
                ...drift([
                    "run: pulumi refresh --preview-only --expect-no-changes -s dev",
                    "run: pulumi refresh --preview-only --expect-no-changes -s org/other/prod",
                    "run: pulumi -C other refresh --preview-only --expect-no-changes -s prod",
                    "run: pulumi up --refresh --expect-no-changes -s prod",
                ]),
                "other/Pulumi.yaml": "name: other\nruntime: go\n",
            },
            violations: [missing("prod")],
        },
        {
            name: "a week between runs",
            files: drift([LOOK], "{ schedule: [{ cron: 0 6 * * 1 }] }"),
            violations: [
                `${AT}:1: on.schedule[0].cron: is \`0 6 * * 1\`, which leaves up to 168 hours between two runs; expected at most 24 hours.`,
            ],
        },
        {
            name: "a schedule that never comes",
            files: drift([LOOK], "{ schedule: [{ cron: 0 0 31 2 * }] }"),
            violations: [
                `${AT}:1: on.schedule[0].cron: is \`0 0 31 2 *\`, which leaves up to more than a year between two runs; expected at most 24 hours.`,
            ],
        },
        {
            name: "a schedule without cron",
            files: drift([LOOK], "{ schedule: {} }"),
            violations: [`${AT}:1: on.schedule: has no \`cron\`, so it never starts; expected one a day.`],
        },
        {
            name: "a schedule that is a map",
            files: drift([LOOK], "{ schedule: [{ cron: { at: noon } }] }"),
            violations: [`${AT}:1: on.schedule[0].cron: is no text, which is no cron expression of five fields.`],
        },
        {
            name: "a schedule with a list of times beside a daily one",
            files: drift([LOOK], "{ schedule: [{ cron: 0 5 * * * }, { cron: [0 6 * * *] }] }"),
            violations: [`${AT}:1: on.schedule[1].cron: is no text, which is no cron expression of five fields.`],
        },
        {
            name: "schedules of nothing",
            files: drift([LOOK], "{ schedule: [{ cron: }, {}] }"),
            violations: [`${AT}:1: on.schedule: has no \`cron\`, so it never starts; expected one a day.`],
        },
        {
            name: "a schedule of words",
            files: drift([LOOK], "{ schedule: [{ cron: daily }] }"),
            violations: [`${AT}:1: on.schedule[0].cron: is \`daily\`, which is no cron expression of five fields.`],
        },
        {
            name: "a refresh that accepts changes",
            files: drift(["run: pulumi refresh --preview-only -s prod"]),
            violations: [`${AT}:5: jobs.drift.steps[0].run: ${SUCCEEDS}`],
        },
        {
            name: "a failure that nobody sees",
            files: drift([IGNORED]),
            violations: [`${AT}:5: jobs.drift.steps[0].run: ${SILENT}`],
        },
        {
            name: "an alert that cannot fire: failure(), conclusion, success, another step, an earlier step",
            files: drift([
                "{ if: steps.look.outcome == 'failure', run: ./alert }",
                IGNORED,
                "{ if: failure(), run: ./alert }",
                "{ if: steps.look.conclusion == 'failure', run: ./alert }",
                "{ if: steps.look.outcome == 'success', run: ./alert }",
                "{ if: steps.other.outcome == 'failure', run: ./alert }",
            ]),
            violations: [`${AT}:6: jobs.drift.steps[1].run: ${SILENT}`],
        },
        {
            name: "a failure that the shell swallows",
            files: drift([`${LOOK} || true`]),
            violations: [`${AT}:5: jobs.drift.steps[0].run: ${SILENT}`],
        },
        {
            name: "one defect for two stacks, and one stack that is left out",
            files: {
                ...PROJECT,
                "Pulumi.prod-eu.yaml": "config: {}\n",
                "Pulumi.prod-us.yaml": "config: {}\n",
                [AT]: `on: ${DAILY}\njobs:\n  drift:\n    continue-on-error: true\n    strategy: { matrix: { stack: [prod, prod-eu] } }\n    steps:\n      - run: pulumi refresh --preview-only --expect-no-changes -s \${{ matrix.stack }}\n`,
            },
            stack: null,
            settings: { projectDir: "." },
            violations: [`${AT}:7: jobs.drift.steps[0].run: ${SILENT}`, missing("prod-us")],
        },
    ],
    badSettings: [{ maxIntervalHours: 0 }, { managedBy: "cron" }, { productionStacks: [] }, { stacks: ["prod"] }],
});
