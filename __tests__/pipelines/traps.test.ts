import { rule } from "../../policies/rules/ci/ci-workflow-hardened";
import { judgeProject } from "../support/test-rule";

const PROJECT = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n" };

const UNREAD =
    "and what follows it is not judged, since the pipeline has more than 5000 jobs, steps and lines of scripts, those of the files it calls or includes among them; split it.";

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
    expect(verdict.violations).toHaveLength(2_500);
    expect(verdict.notes).toEqual([`Cannot be judged yet: .gitlab-ci.yml:2501: j2500: ${UNREAD}`]);
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
    expect(notesOf(files, "no-static-credentials")).toEqual([]);
    expect(notesOf(files, "no-untrusted-checkout")).toEqual([]);
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
