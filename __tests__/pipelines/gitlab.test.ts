import { rule } from "../../policies/rules/ci/ci-workflow-hardened";
import { rule as drift } from "../../policies/rules/ci/drift-detection-scheduled";
import { judgeProject } from "../support/test-rule";

const PROJECT = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n", "Pulumi.prod.yaml": "config: {}\n" };

const judged = (files: Record<string, string>, aspect = "protected-environment", settings = {}) =>
    judgeProject(rule, { files: { ...PROJECT, ...files }, settings: { require: [aspect], ...settings } });

const WITHOUT = (at: string) =>
    `${at}: runs \`pulumi up\` without an \`environment\`, so nobody has to approve it; expected an environment with required reviewers. [ci-workflow-hardened/protected-environment]`;

const UP = "up:\n  script: [pulumi up]\n";

describe("child pipelines of local files are judged in the place of the job that triggers them", () => {
    test.each([
        ["a file", "infra: { trigger: { include: ci/infra.yml } }\n"],
        ["a list of files", "infra: { trigger: { include: [{ local: /ci/infra.yml }], strategy: depend } }\n"],
        [
            "a job that extends the one that triggers",
            ".t: { trigger: { include: ci/infra.yml } }\ninfra: { extends: .t }\n",
        ],
    ])("%s", (_, text) =>
        expect(judged({ ".gitlab-ci.yml": text, "ci/infra.yml": UP })).toEqual({
            violations: [WITHOUT("ci/infra.yml:2: up")],
            notes: [],
        }),
    );

    test("a grandchild, and a circle of files, which ends", () => {
        const files = {
            ".gitlab-ci.yml": "a: { trigger: { include: a.yml } }\n",
            "a.yml": "b: { trigger: { include: b.yml } }\n",
            "b.yml": `a: { trigger: { include: a.yml } }\n${UP}`,
        };
        expect(judged(files).violations).toEqual([WITHOUT("b.yml:3: up")]);
    });

    test("of one that is included twice, the later inputs count", () => {
        const include = (first: string, second: string) => ({
            ".gitlab-ci.yml": `infra:\n  trigger:\n    include:\n${[first, second].map(stack => `      - { local: ci.yml, inputs: { stack: ${stack} } }\n`).join("")}`,
            "ci.yml": 'spec: { inputs: { stack: {} } }\n---\nup: { script: ["pulumi up -s $[[ inputs.stack ]]"] }\n',
        });
        const settings = { stacksWithoutEnvironment: ["dev"] };
        const aspect = "protected-environment";
        expect(judged(include("prod", "dev"), aspect, settings).violations).toEqual([]);
        expect(judged(include("dev", "prod"), aspect, settings).violations).toEqual([WITHOUT("ci.yml:3: up")]);
    });

    test("a person who starts the job that triggers them approves them", () =>
        expect(
            judged({ ".gitlab-ci.yml": "infra: { trigger: { include: ci.yml }, when: manual }\n", "ci.yml": UP }),
        ).toMatchObject({ violations: [] }));

    const preview = "preview: { script: [pulumi preview] }\n";
    test.each([
        [
            "before it",
            `audit: { stage: build, script: [npm audit] }\ninfra: { trigger: { include: ci.yml } }\n`,
            preview,
            0,
        ],
        [
            "in it",
            "infra: { trigger: { include: ci.yml } }\n",
            `audit: { stage: build, script: [npm audit] }\n${preview}`,
            0,
        ],
        ["beside it", `audit: { script: [npm audit] }\ninfra: { trigger: { include: ci.yml } }\n`, preview, 1],
        [
            "after it",
            `audit: { stage: deploy, script: [npm audit] }\ninfra: { trigger: { include: ci.yml } }\n`,
            preview,
            1,
        ],
        [
            "needed by it",
            `audit: { script: [npm audit] }\ninfra: { needs: [audit], trigger: { include: ci.yml } }\n`,
            preview,
            0,
        ],
        [
            "after its preview",
            "infra: { trigger: { include: ci.yml } }\n",
            `audit: { stage: deploy, script: [npm audit] }\n${preview}`,
            1,
        ],
    ])("an audit %s", (_, parent, child, count) =>
        expect(judged({ ".gitlab-ci.yml": parent, "ci.yml": child }, "dependency-audit").violations).toHaveLength(
            count,
        ),
    );

    test.each([
        ["{ include: [{ artifact: out.yml, job: make }] }", "trigger.include[0]: starts a pipeline that a job makes"],
        [
            "{ include: [{ project: acme/ci, file: pulumi.yml }] }",
            "trigger.include[0]: starts a pipeline of another place",
        ],
        ...["https", "http"].map(scheme => [
            `{ include: ["${scheme}://acme.example/ci.yml"] }`,
            "trigger.include[0]: starts a pipeline of another place",
        ]),
        ["acme/pulumi", "trigger: starts a pipeline of another project"],
        ["{ project: acme/pulumi }", "trigger.project: starts a pipeline of another project"],
    ])("what is not in the repository is said: %s", (trigger, said) => {
        const text = `make: { script: [pulumi preview] }\ninfra: { trigger: ${trigger} }\n`;
        expect(judged({ ".gitlab-ci.yml": text }).notes).toEqual([
            `Cannot be judged yet: .gitlab-ci.yml:2: infra.${said}, which is not read.`,
        ]);
    });

    test("a pipeline that has nothing to do with Pulumi by its words is none of ours", () =>
        expect(judged({ ".gitlab-ci.yml": "docs: { trigger: acme/docs }\n" })).toMatchObject({
            violations: [],
            notes: [],
        }));
});

describe("a header with inputs", () => {
    const HEADER = "spec:\n  inputs:\n    stack:\n      default: dev\n---\n";
    const free = { stacksWithoutEnvironment: ["dev"] };

    test("is no second document, and lines count on", () =>
        expect(judged({ ".gitlab-ci.yml": `${HEADER}${UP}` })).toEqual({
            violations: [WITHOUT(".gitlab-ci.yml:7: up")],
            notes: [],
        }));

    test.each([
        ["by its default", `${HEADER}up: { script: ["pulumi up -s $[[ inputs.stack ]]"] }\n`, 0],
        [
            "by what may be chosen",
            `${HEADER.replace("default: dev", "options: [dev, prod]")}up: { script: ["pulumi up -s $[[inputs.stack]]"] }\n`,
            0,
        ],
        [
            "that must be given",
            `${HEADER.replace("default: dev", "type: string")}up: { script: ["pulumi up -s $[[ inputs.stack ]]"] }\n`,
            1,
        ],
        ["in a longer text", `${HEADER}up: { script: ['pulumi up -s "x-$[[ inputs.stack | expand_vars ]]"'] }\n`, 1],
    ])("tells the stack %s", (_, text, count) =>
        expect(judged({ ".gitlab-ci.yml": text }, undefined, free).violations).toHaveLength(count),
    );

    test.each([
        ["prod", 1],
        ["dev", 0],
    ])("is filled by the file that includes or triggers it: %s", (stack, count) => {
        const shared = { "ci.yml": `${HEADER}up: { script: ["pulumi up -s $[[ inputs.stack ]]"] }\n` };
        const include = `include: [{ local: ci.yml, inputs: { stack: ${stack} } }]\nx: { script: [echo] }\n`;
        const trigger = `x: { trigger: { include: [{ local: ci.yml, inputs: { stack: ${stack} } }] } }\n`;
        for (const text of [include, trigger])
            expect(judged({ ...shared, ".gitlab-ci.yml": text }, undefined, free).violations).toHaveLength(count);
    });

    test.each([
        ["a third document", `${HEADER}a: { script: [pulumi up] }\n---\nb: {}\n`, 8],
        ["a first document with jobs", "spec: {}\na: { script: [pulumi up] }\n---\nb: {}\n", 4],
    ])("is none: %s", (_, text, line) =>
        expect(judged({ ".gitlab-ci.yml": text }).violations).toEqual([
            `.gitlab-ci.yml:${line}: begins a second YAML document, which is not read; expected one document; expected a pipeline that can be read.`,
        ]),
    );

    test("is none of a workflow of GitHub", () =>
        expect(
            judged({
                ".github/workflows/w.yml": "spec: {}\n---\non: push\njobs: { up: { steps: [{ run: pulumi up }] } }\n",
            }).violations,
        ).toHaveLength(1));
});

test("the folder of a line counts for drift", () => {
    const files = {
        ...PROJECT,
        "infra/Pulumi.yaml": "name: other\nruntime: go\n",
        ".gitlab-ci.yml":
            "drift:\n  script:\n    - cd infra\n    - pulumi refresh --preview-only --expect-no-changes -s prod\n",
    };
    expect(judgeProject(drift, { files }).violations).toHaveLength(1);
});
