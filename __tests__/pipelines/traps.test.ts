import { Workspace } from "../../policies/kit/project/workspace";
import { rule } from "../../policies/rules/ci/ci-workflow-hardened";
import { rule as driftRule } from "../../policies/rules/ci/drift-detection-scheduled";
import { rule as dependenciesRule } from "../../policies/rules/supply-chain/dependencies-pinned";
import { leastTime } from "../support/least-time";
import { judgeProject } from "../support/test-rule";

const PROJECT = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n" };

const UNREAD =
    "and what follows it is not judged, since the pipeline has more than 5000 jobs, steps and lines of scripts, those of the files it calls or includes among them; split it.";

const CUT = "has more than 1000 words, of which the rest is not judged; split the command.";

/** Texts for the numbers from 0 on, joined. */
const repeated = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => text(index)).join("");

const chain = (length: number, file: (index: number) => [path: string, text: string]) =>
    Object.fromEntries(Array.from({ length }, (_, index) => file(index)));

const notesOf = (files: Record<string, string>, aspect = "pinned-actions") =>
    judgeProject(rule, { files: { ...PROJECT, ...files }, settings: { require: [aspect] } }).notes;

const UP = "{ runs-on: x, steps: [{ run: pulumi up }] }";

/** Of each trap, that it ends, and that what is not read is said. Without a budget each would take longer than any test may. */
describe("pipelines that call or include files in a fan-out", () => {
    test("workflows, each of which calls the next one four times", () => {
        const files = chain(9, index => [
            `.github/workflows/w${index}.yml`,
            `on: ${index === 0 ? "push" : "workflow_call"}\njobs:\n` +
                (index === 8
                    ? `  up: ${UP}\n`
                    : repeated(4, job => `  j${job}: { uses: ./.github/workflows/w${index + 1}.yml }\n`)),
        ]);
        expect(notesOf(files)).toEqual([
            expect.stringMatching(/^Cannot be judged yet: \.github\/workflows\/w\d\.yml:\d+: jobs\.\w+: and what/),
        ]);
    });

    test("composite actions, each of which uses the next one four times", () => {
        const files = {
            ".github/workflows/w.yml": "on: push\njobs:\n  up: { runs-on: x, steps: [{ uses: ./a0 }] }\n",
            ...chain(9, index => [
                `a${index}/action.yml`,
                "runs:\n  using: composite\n  steps:\n" +
                    (index === 8 ? "    - run: pulumi up\n" : `    - uses: ./a${index + 1}\n`.repeat(4)),
            ]),
        };
        expect(notesOf(files)).toEqual([expect.stringContaining(UNREAD)]);
    });

    test("GitLab scripts, each of which refers to the next one ten times", () => {
        const text = `${repeated(
            9,
            index => `.s${index}:\n  script:\n${`    - !reference [.s${index + 1}, script]\n`.repeat(10)}`,
        )}.s9: { script: [] }\nup:\n  script:\n    - pulumi up\n    - !reference [.s0, script]\n`;
        expect(notesOf({ ".gitlab-ci.yml": text })).toEqual([expect.stringContaining(UNREAD)]);
    });

    test("GitLab files, each of which includes the next one four times, are read once each", () => {
        const files = chain(20, index => [
            index === 0 ? ".gitlab-ci.yml" : `f${index}.yml`,
            (index === 19 ? "" : `include: [${`f${index + 1}.yml, `.repeat(4)}]\n`) +
                `j${index}: { script: pulumi up }\n`,
        ]);
        expect(notesOf(files)).toEqual([]);
    });

    test("a workflow or action that uses itself four times, and a child pipeline that starts itself", () => {
        const self = repeated(4, () => "    - uses: ./act\n");
        const used = {
            ".github/workflows/w.yml": "on: push\njobs: { up: { steps: [{ uses: ./act }] } }\n",
            "act/action.yml": `runs:\n  using: composite\n  steps:\n    - run: pulumi up\n${self}`,
        };
        expect(notesOf(used)).toEqual([]);
        const called = repeated(4, index => `  j${index}: { uses: ./.github/workflows/w.yml }\n`);
        expect(notesOf({ ".github/workflows/w.yml": `on: push\njobs:\n  up: ${UP}\n${called}` })).toEqual([]);
        const started = repeated(4, index => `j${index}: { trigger: { include: ci.yml } }\n`);
        const child = { ".gitlab-ci.yml": started, "ci.yml": `up: { script: pulumi up }\n${started}` };
        expect(notesOf(child)).toEqual([]);
    });

    test("GitLab jobs, each of which extends the next one ten times", () => {
        const text = repeated(9, index => `.j${index}: { extends: [${`.j${index + 1}, `.repeat(10)}] }\n`);
        const last = ".j9: { when: manual }\nup: { extends: .j0, script: pulumi up }\n";
        const files = { ...PROJECT, ".gitlab-ci.yml": text + last };
        expect(judgeProject(rule, { files, settings: { require: ["protected-environment"] } })).toEqual({
            violations: [],
            notes: [],
        });
    });

    test("patterns of included GitLab files that begin in one folder, which is listed once", () => {
        const list = jest.spyOn(Workspace.prototype, "list");
        const lists = (patterns: number) => {
            list.mockClear();
            notesOf({
                ".gitlab-ci.yml": `include: [${repeated(patterns, index => `"ci/*${index}.yml", `)}]\nup: { script: pulumi up }\n`,
                "ci/a/b0.yml": "x: { script: pulumi up }\n",
            });
            return list.mock.calls.filter(([folder]) => folder === "ci/").length;
        };
        const once = lists(1);
        expect(once).toBeGreaterThan(0);
        expect(lists(50)).toBe(once);
        list.mockRestore();
    });

    test("as many included GitLab files as are read, each of which includes all", () => {
        const files = chain(100, index => [
            `ci/f${index}.yml`,
            `include: ["ci/*.yml"]\nj${index}: { script: pulumi up }\n`,
        ]);
        expect(notesOf({ ".gitlab-ci.yml": 'include: ["ci/*.yml"]\n', ...files })).toEqual([]);
    });

    test("more included GitLab files than are read", () => {
        const files = {
            ".gitlab-ci.yml": 'include: ["ci/*.yml"]\nup: { script: pulumi up }\n',
            ...chain(150, index => [`ci/f${index}.yml`, `include: ["ci/*.yml"]\nj${index}: { script: pulumi up }\n`]),
        };
        expect(notesOf(files)).toEqual([
            "Cannot be judged yet: ci/f143.yml:1: include[0]: includes files that are not read, since the pipeline includes more than 100; split it.",
        ]);
    });
});

test("a pipeline with as many jobs and steps as are read has no note, one with more has", () => {
    const jobs = (count: number) => ({
        ".github/workflows/w.yml": `on: push\njobs:\n${repeated(count, index => `  j${index}: ${UP}\n`)}`,
    });
    expect(notesOf(jobs(2_500))).toEqual([]);
    expect(notesOf(jobs(2_501))).toEqual([`Cannot be judged yet: .github/workflows/w.yml:2503: jobs.j2500: ${UNREAD}`]);
});

test("of more GitLab jobs than are read, the first are judged", () => {
    const text = repeated(2_600, index => `j${index}: { script: pulumi up }\n`);
    const settings = { require: ["protected-environment"] };
    const verdict = judgeProject(rule, { files: { ...PROJECT, ".gitlab-ci.yml": text }, settings });
    expect(verdict.violations).toHaveLength(1_001);
    expect(verdict.violations.at(-1)).toBe(
        ".gitlab-ci.yml: has 1500 more of this kind, which are not listed. [ci-workflow-hardened/protected-environment]",
    );
    expect(verdict.notes).toEqual([`Cannot be judged yet: .gitlab-ci.yml:2501: j2500: ${UNREAD}`]);
});

/** Of each, that it ends, and in no error: each is deeper than the stack bears, or wider than a call takes arguments. */
describe("what leads on and on", () => {
    const DEEP = 20_000;
    const ran = (command: string, files: Record<string, string>) =>
        notesOf({ ".github/workflows/w.yml": `on: push\njobs: { up: { steps: [{ run: ${command} }] } }\n`, ...files });
    const said = (command: string) => [
        `Cannot be judged yet: .github/workflows/w.yml:2: jobs.up.steps[0].run: runs \`${command}\`, a script with \`pulumi up\`, which is not judged.`,
    ];
    const last = (index: number) => index === DEEP - 1;

    test.each([
        [
            "targets of a makefile",
            "make t0",
            { Makefile: repeated(DEEP, index => `t${index}: t${index + 1}\n${last(index) ? "\tpulumi up\n" : ""}`) },
        ],
        [
            "makefiles",
            "make up",
            chain(5_000, index => [
                index === 0 ? "Makefile" : `m${index}.mk`,
                index === 4_999 ? "up:\n\tpulumi up\n" : `include m${index + 1}.mk\n`,
            ]),
        ],
        [
            "recipes of just",
            "just t0",
            { justfile: repeated(DEEP, index => `t${index}: t${index + 1}\n${last(index) ? "  pulumi up\n" : ""}`) },
        ],
        [
            "tasks",
            "task t0",
            {
                "Taskfile.yml": `tasks:\n${repeated(9_000, index => `  t${index}: { deps: [t${index + 1}] }\n`)}  t9000: pulumi up\n`,
            },
        ],
        [
            "a target with many before it",
            "make all",
            { Makefile: `all: ${"x ".repeat(300_000)}up\nup:\n\tpulumi up\n` },
        ],
        ["a target with many commands", "make all", { Makefile: `all:\n${"\tx\n".repeat(300_000)}\tpulumi up\n` }],
        [
            "many targets with many commands",
            "make up",
            { Makefile: `${repeated(50_000, index => `t${index} `)}up:\n${"\tx\n".repeat(50_000)}\tpulumi up\n` },
        ],
        [
            "many targets after many others",
            "make all",
            {
                Makefile: `all: ${repeated(50_000, index => `t${index} `)}\n${repeated(50_000, index => `t${index} `)}: ${"x ".repeat(50_000)}up\nup:\n\tpulumi up\n`,
            },
        ],
        [
            "variables of variables",
            "make up",
            {
                Makefile: `A0=xxxxxxxxxx\n${repeated(100, index => `A${index + 1}=$(A${index})$(A${index})\n`)}up:\n\tpulumi up $(A100)\n`,
            },
        ],
    ] satisfies [string, string, Record<string, string>][])("%s", (_, command, files) =>
        expect(ran(command, files)).toEqual(said(command)),
    );

    test("a makefile whose targets all make the same, again and again", () => {
        const Makefile = `a:\n${"\tmake b\n".repeat(1_000)}b:\n${"\tmake c\n".repeat(1_000)}c:\n${"\tmake a\n".repeat(1_000)}\tpulumi up\n`;
        expect(ran("make a", { Makefile })).toEqual(said("make a"));
    });

    test("scripts of more characters than are followed", () => {
        const files = {
            ".github/workflows/w.yml": `on: push\njobs:\n  up:\n    steps:\n${repeated(5, index => `      - run: ./s${index}.sh\n`)}`,
            ...chain(5, index => [`s${index}.sh`, `${"x\n".repeat(index === 4 ? 0 : 150_000)}pulumi up\n`]),
        };
        expect(notesOf(files)).toEqual([
            ...[0, 1, 2].map(index =>
                expect.stringMatching(
                    `steps\\[${index}\\].run: runs \`./s${index}.sh\`, a script with \`pulumi up\`, which`,
                ),
            ),
            "Cannot be judged yet: .github/workflows/w.yml:8: jobs.up.steps[3].run: runs `./s3.sh`, with which the scripts that pipelines run have more than 1000000 characters; this one and those after it are not looked into.",
        ]);
    });

    test("steps that are none", () => {
        const count = 150_000;
        const text = `on: push\njobs: { up: { name: pulumi, steps: [${"1,".repeat(count)}] } }\n`;
        const { violations } = judgeProject(rule, { files: { ...PROJECT, ".github/workflows/w.yml": text } });
        expect(violations).toHaveLength(1_001);
        expect(violations.at(-1)).toBe(
            `.github/workflows/w.yml: has ${count - 1_000} more of this kind, which are not listed.`,
        );
    });

    test("a job that needs the same one many times", () => {
        const text = `on: push\njobs:\n  look: { steps: [{ run: npm audit }] }\n  up: { needs: [${"look,".repeat(150_000)}], steps: [{ run: pulumi up }] }\n`;
        const files = { ...PROJECT, ".github/workflows/w.yml": text };
        expect(judgeProject(rule, { files, settings: { require: ["dependency-audit"] } }).violations).toEqual([]);
    });

    test.each([
        [
            // One that is not reached is judged on its own.
            "workflows, of which GitHub runs ten",
            11,
            1,
            (index: number, next: string): [string, string] => [
                `.github/workflows/w${index}.yml`,
                `on: ${index === 0 ? "push" : "workflow_call"}\njobs:\n  up: ${next === "" ? UP : `{ uses: ./.github/workflows/w${index + 1}.yml }`}\n`,
            ],
        ],
        [
            "actions, of which GitHub runs ten",
            11,
            0,
            (index: number, next: string): [string, string] => [
                index === 0 ? ".github/workflows/w.yml" : `a${index}/action.yml`,
                index === 0
                    ? "on: push\njobs: { up: { steps: [{ uses: ./a1 }] } }\n"
                    : `runs: { using: composite, steps: [${next === "" ? "{ run: pulumi up }" : `{ uses: ./a${index + 1} }`}] }\n`,
            ],
        ],
        [
            // Of the deeper ones it is said that they are not looked into.
            "scripts",
            6,
            1,
            (index: number, next: string): [string, string] => [
                index === 0 ? ".github/workflows/w.yml" : `s${index}.sh`,
                index === 0
                    ? "on: push\njobs: { up: { steps: [{ run: ./s1.sh }] } }\n"
                    : next === ""
                      ? "pulumi up\n"
                      : `./s${index + 1}.sh\n`,
            ],
        ],
    ])("a chain of %s", (_, most, beyond, file) => {
        const found = (length: number) => {
            const files = chain(length, index => file(index, index === length - 1 ? "" : "next"));
            const { violations, notes } = judgeProject(rule, {
                files: { ...PROJECT, ...files },
                settings: { require: ["protected-environment"] },
            });
            return violations.length + notes.length;
        };
        expect(found(most)).toBe(1);
        expect(found(most + 1)).toBe(beyond);
        expect(found(300)).toBe(beyond);
    });

    test("a command each word of which can be many things", () => {
        const names = ["a", "b", "c", "d", "e"];
        const matrix = names
            .map(name => `          ${name}: [${repeated(100, index => `${name}${index}, `)}]\n`)
            .join("");
        const words = names.map(name => `\${{ matrix.${name} }}`).join(" ");
        const text = `on: push\njobs:\n  up:\n    strategy:\n      matrix:\n${matrix}    steps:\n      - run: pulumi up ${words}\n`;
        expect(notesOf({ ".github/workflows/w.yml": text })).toEqual([]);
    });
});

test("scripts that never close what they open are read in linear time", () => {
    const script = [
        "AAAAAA=${{ ".repeat(20_000),
        "pulumi ${{ matrix.a }} ".repeat(500),
        "git fetch ".repeat(20_000),
        "secrets[".repeat(5_000),
    ];
    const files = {
        ".github/workflows/w.yml": `on: pull_request_target\njobs:\n  up:\n    steps:\n${script.map(line => `      - run: |\n          ${line}\n`).join("")}`,
    };
    const cut = `Cannot be judged yet: .github/workflows/w.yml:10: jobs.up.steps[2].run: ${CUT}`;
    expect(notesOf(files, "no-static-credentials")).toEqual([cut]);
    expect(notesOf(files, "no-untrusted-checkout")).toEqual([cut]);
}, 10_000);

/** Source: GitLab Docs, "Use CI/CD configuration from other files": the later include wins, and the including file over both. */
test("of a GitLab job in several files, that of the including file is judged", () => {
    const manual = "up: { script: pulumi up, when: manual }\n";
    const free = "up: { script: pulumi up }\n";
    const violations = (outer: string, inner: string, later = "") =>
        judgeProject(rule, {
            files: {
                ...PROJECT,
                ".gitlab-ci.yml": "include: [a.yml, later.yml]\n",
                "a.yml": `include: inner.yml\n${outer}`,
                "inner.yml": inner,
                "later.yml": `${later}x: { script: echo }\n`,
            },
            settings: { require: ["protected-environment"] },
        }).violations.length;
    expect(violations(manual, free)).toBe(0);
    expect(violations(free, manual)).toBe(1);
    expect(violations(free, free, manual)).toBe(0);
    expect(violations(manual, manual, free)).toBe(1);
});

const DRIFT = "pulumi refresh --preview-only --expect-no-changes --stack prod";
const judgeDrift = (files: Record<string, string>) =>
    judgeProject(driftRule, { files: { ...PROJECT, "Pulumi.prod.yaml": "config: {}\n", ...files } });

/** A workflow of one job with one script. */
const script = (text: string) => ({
    ".github/workflows/w.yml": `on: push\njobs:\n  up:\n    runs-on: x\n    steps:\n      - run: |\n          pulumi up\n          ${text}\n`,
});

describe("what goes past a budget is said with file and line:", () => {
    test("the words of a command, of which the first are judged", () => {
        const preview = (words: number) => script(`pulumi preview ${"x ".repeat(words - 3)}--policy-pack=policy`);
        const judge = (words: number) =>
            judgeProject(rule, { files: { ...PROJECT, ...preview(words) }, settings: { require: ["policy-pack"] } });
        expect(judge(1_000)).toEqual({ violations: [], notes: [] });
        expect(judge(1_001)).toEqual({
            violations: [expect.stringContaining("runs `pulumi preview` without a policy pack")],
            notes: [`Cannot be judged yet: .github/workflows/w.yml:8: jobs.up.steps[0].run: ${CUT}`],
        });
        const line = `up: { script: ["pulumi up ${"x ".repeat(1_000)}"] }\n`;
        expect(notesOf({ ".gitlab-ci.yml": line })).toEqual([
            `Cannot be judged yet: .gitlab-ci.yml:1: up.script[0]: ${CUT}`,
        ]);
    });

    test("by the rule about drift too, which does not take for missing what it did not read", () => {
        const files = (count: number) => ({
            ".github/workflows/w.yml":
                `on: { schedule: [{ cron: "0 5 * * *" }] }\njobs:\n${repeated(count, index => `  j${index}: ${UP}\n`)}` +
                `  look: { runs-on: x, steps: [{ run: ${DRIFT} }] }\n`,
        });
        expect(judgeDrift(files(2_499))).toEqual({ violations: [], notes: [] });
        expect(judgeDrift(files(2_500))).toEqual({
            violations: [],
            notes: [
                "Cannot be judged yet: Pulumi.prod.yaml: whether drift of stack `prod` is looked for is not known, since not all of the pipelines is read.",
                `Cannot be judged yet: .github/workflows/w.yml:2503: jobs.look: ${UNREAD}`,
            ],
        });
    });

    test("schedules with conditions, each of which is then taken to reach what any can", () => {
        const files = (crons: number) => ({
            ".github/workflows/w.yml":
                `on:\n  schedule:\n${repeated(crons, index => `    - cron: "0 ${index % 24} * * 1"\n`)}jobs:\n  look:\n    steps:\n` +
                `      - run: ${DRIFT}\n        if: github.event.schedule == '0 1 * * 1'\n` +
                repeated(199, () => "      - { run: echo, if: github.ref == 'x' }\n"),
        });
        const slow = expect.stringContaining("which leaves up to");
        expect(judgeDrift(files(100))).toEqual({ violations: [slow], notes: [] });
        expect(judgeDrift(files(101))).toEqual({
            violations: [slow],
            notes: [
                "Cannot be judged yet: .github/workflows/w.yml:3: on.schedule: has 101 schedules for a workflow with 200 conditions; " +
                    "which schedule reaches which step is not judged beyond 20000 of both together, and each is taken to reach all that one can; split it.",
            ],
        });
    });
});

test("patterns of included GitLab files", () => {
    const included = (pattern: string, path: string) => {
        const files = { ".gitlab-ci.yml": `include: "${pattern}"\n`, [path]: "up: { script: pulumi up }\n" };
        const { violations } = judgeProject(rule, {
            files: { ...PROJECT, ...files },
            settings: { require: ["protected-environment"] },
        });
        return violations.length === 1;
    };
    expect(included("ci/*.yml", "ci/a.yml")).toBe(true);
    expect(included("ci/*.yml", "ci/.hidden.yml")).toBe(true);
    expect(included("ci/*.yml", "ci/b/a.yml")).toBe(false);
    expect(included("ci/*/*.yml", "ci/b/a.yml")).toBe(true);
    expect(included("ci/*/*.yml", "ci/a.yml")).toBe(false);
    expect(included("ci/**/*.yml", "ci/a.yml")).toBe(true);
    expect(included("ci/**/*.yml", "ci/b/c/a.yml")).toBe(true);
    expect(included("ci/**/b.yml", "ci/ab.yml")).toBe(false);
    expect(included("ci/**.yml", "ci/b/a.yml")).toBe(true);
    expect(included("/ci/a*z*.yml", "ci/abzc.yml")).toBe(true);
    expect(included("ci/a*z*.yml", "ci/abc.yml")).toBe(false);
    expect(included(".gitlab/*.yml", ".gitlab/a.yml")).toBe(true);
    expect(included("ci/*.txt", "ci/a.txt")).toBe(false);
});

/**
 * Inputs of a size by their number, for which ten times the size must take at most twelve times the work. Processor time is
 * measured, as other processes do not change it much, and what takes less than 30 ms counts as that: it is noise.
 */
const GROWING: Readonly<
    Record<string, { readonly size: number; readonly files: (size: number) => Record<string, string> }>
> = {
    "schedules of one workflow that start it every minute": {
        size: 10,
        files: size => ({
            ".github/workflows/w.yml": `on:\n  schedule:\n${repeated(size, () => '    - cron: "*/1 * * * *"\n')}jobs: { look: { steps: [{ run: ${DRIFT} }] } }\n`,
        }),
    },
    "the word `pulumi` in one command": { size: 2_000, files: size => script(`x ${"pulumi ".repeat(size)}`) },
    "calls of Pulumi that run a call of Pulumi": {
        size: 600,
        files: size => script("pulumi env run e -- ".repeat(size)),
    },
    "the word `yarn`": { size: 5_000, files: size => script("yarn ".repeat(size)) },
    "the word `npm`": { size: 5_000, files: size => script("npm ".repeat(size)) },
    "one word with `npm` again and again": { size: 5_000, files: size => script(`sh -c '"${"npm ".repeat(size)}"'`) },
    steps: {
        size: 200,
        files: size => ({
            ".github/workflows/w.yml": `on: push\njobs:\n  up:\n    steps:\n${repeated(size, () => "      - run: pulumi up\n")}`,
        }),
    },
    "jobs of which each needs the one before it": {
        size: 80,
        files: size => ({
            ".github/workflows/w.yml": `on: push\njobs:\n${repeated(size, index => `  j${index}: { ${index === 0 ? "" : `needs: j${index - 1}, `}steps: [{ run: pulumi up }] }\n`)}`,
        }),
    },
    "workflows, with roles of their own": {
        size: 15,
        files: size =>
            chain(size, index => [
                `.github/workflows/w${index}.yml`,
                `on: push\njobs:\n${["up", "preview"].map(call => `  ${call}:\n    steps:\n      - { uses: aws-actions/configure-aws-credentials@v4, with: { role-to-assume: "${call}-${index}" } }\n      - run: pulumi ${call}\n`).join("")}`,
            ]),
    },
    "workflows, each of which calls the next one": {
        size: 25,
        files: size =>
            chain(size, index => [
                `.github/workflows/w${index}.yml`,
                `on: ${index === 0 ? "push" : "workflow_call"}\njobs:\n  up: ${index === size - 1 ? UP : `{ uses: ./.github/workflows/w${index + 1}.yml }`}\n`,
            ]),
    },
    "entries of a matrix": {
        size: 200,
        files: size => ({
            ".github/workflows/w.yml": `on: push\njobs:\n  up:\n    strategy:\n      matrix:\n        include:\n${repeated(size, index => `          - { stack: s${index} }\n`)}    steps:\n      - run: pulumi up --stack \${{ matrix.stack }}\n`,
        }),
    },
    "calls in one script": { size: 400, files: size => script("pulumi up; ".repeat(size)) },
    backticks: { size: 2_000, files: size => script("`".repeat(size)) },
    "substitutions that never end": { size: 1_000, files: size => script("echo `a ".repeat(size)) },
    "assignments of expressions that never end": { size: 2_000, files: size => script("AAAAAA=${{ ".repeat(size)) },
    "settings of the AWS CLI": { size: 1_000, files: size => script("aws configure set aws_x ".repeat(size)) },
    "shells that run shells": { size: 2_000, files: size => script("bash -c ".repeat(size)) },
    "targets of a makefile": {
        size: 100,
        files: size => ({
            ...script(repeated(size, index => `make t${index}\n          `)),
            Makefile: repeated(size, index => `t${index}:\n\tpulumi up\n`),
        }),
    },
    "calls of one long script": {
        size: 50,
        files: size => ({ ...script("./all.sh\n          ".repeat(size)), "all.sh": "pulumi up\n".repeat(size) }),
    },
    "slashes in a path": {
        size: 3_000,
        files: size => ({
            ".github/workflows/w.yml": `on: push\njobs: { up: { steps: [{ uses: "./${"/".repeat(size)}x" }, { run: pulumi up, working-directory: "${"/".repeat(size)}x" }] } }\n`,
        }),
    },
    "stars in the pattern of an included file": {
        size: 4,
        files: size => ({
            ".gitlab-ci.yml": `include: "ci/${"*a".repeat(size)}.yml"\nup: { script: pulumi up }\n`,
            [`ci/${"a".repeat(200)}b.yml`]: "x: { script: pulumi up }\n",
        }),
    },
    "steps of which each looks at a failure": {
        size: 50,
        files: size => ({
            ".github/workflows/w.yml": `on: { schedule: [{ cron: "0 5 * * *" }] }\njobs:\n  look:\n    steps:\n${repeated(size, index => `      - { id: s${index}, run: ${DRIFT}, continue-on-error: true }\n`)}`,
        }),
    },
};

describe("ten times the input takes at most twelve times the work:", () => {
    const NOISE = 30;
    const rules = [rule, driftRule, dependenciesRule];
    const work = (files: Record<string, string>) => () => {
        for (const one of rules)
            judgeProject(one, { files: { ...PROJECT, "Pulumi.prod.yaml": "config: {}\n", ...files } });
    };

    test.each(Object.entries(GROWING))("%s", (_, { size, files }) => {
        const [small, large] = [work(files(size)), work(files(10 * size))];
        // What is compiled on the way counts for neither.
        small();
        const allowed = 12 * Math.max(leastTime(small, 1), NOISE);
        expect(leastTime(large, 3, allowed)).toBeLessThan(allowed);
    });
});
