import { FileValue } from "../../policies/kit/project/file-value";
import { callsIn, isApply } from "../../policies/pipelines/pulumi-call";
import { commandsOf } from "../../policies/pipelines/shell";
import { rule } from "../../policies/rules/ci/ci-workflow-hardened";
import { judgeProject } from "../support/test-rule";

const script = FileValue.parse({ path: "w.yml", text: "x" }).content;

const callsOf = (text: string) => commandsOf(text).flatMap(command => callsIn(command, script));

/** Source: `pulumi <command> --help` of version 3.259. */
describe("callsIn", () => {
    test.each([
        ["pulumi stack select -c dev", "dev", true],
        ["pulumi stack select --create org/shop/dev", "org/shop/dev", true],
        ["pulumi stack -C infra select -s dev", "dev", true],
        ["pulumi stack init dev", "dev", true],
        ["pulumi stack new dev --secrets-provider awskms://x", "dev", true],
        ["pulumi stack init dev --no-select", "dev", false],
        ["pulumi stack output url", undefined, false],
        ["pulumi config --stack dev set a b", "dev", false],
        ["pulumi up -f --stack dev", "dev", false],
        ["pulumi up -f -s dev", "dev", false],
        ["pulumi up -c a=b -s dev", "dev", false],
        ["pulumi import -f up.json -s dev", "dev", false],
    ])("tells the stack of %s", (text, stack, selects) => expect(callsOf(text)).toMatchObject([{ stack, selects }]));

    test.each([
        ["pulumi up", true],
        ["pulumi destroy --yes", true],
        ["pulumi destroy --preview-only", false],
        ["pulumi refresh --preview-only", false],
        ["pulumi refresh --yes", true],
        ["pulumi stack select dev", false],
    ])("tells whether %s applies", (text, applies) => expect(callsOf(text).map(isApply)).toEqual([applies]));

    test("finds what `pulumi env run` runs, and both calls", () =>
        expect(callsOf("pulumi env run acme/prod -- pulumi up -s dev")).toMatchObject([
            { operation: "other", stack: undefined },
            { operation: "up", stack: "dev" },
        ]));

    test("takes no name that every object has for a command", () => expect(callsOf("pulumi constructor")).toEqual([]));
});

describe("the stack that an earlier command selected", () => {
    const violations = (lines: readonly string[], more: { job?: string; files?: Record<string, string> } = {}) =>
        judgeProject(rule, {
            files: {
                "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
                ".github/workflows/w.yml": `on: push\njobs:\n  up:\n    ${more.job ?? "runs-on: x"}\n    steps:\n${lines.map(line => `      - ${line}\n`).join("")}`,
                ...more.files,
            },
            settings: { require: ["protected-environment"], stacksWithoutEnvironment: ["pr-*"] },
        }).violations.length;

    test.each([
        ["a selection", ["run: pulumi stack select pr-7", "run: pulumi up"], 0],
        ["a selection that makes the stack", ["run: pulumi stack select -c pr-7 && pulumi up"], 0],
        [
            "a selection by the action",
            ["{ uses: pulumi/actions@v6, with: { command: preview, stack-name: acme/pr-7 } }", "run: pulumi up"],
            0,
        ],
        ["another stack's selection", ["run: pulumi stack select prod", "run: pulumi up"], 1],
        ["a selection that comes later", ["run: pulumi up", "run: pulumi stack select pr-7"], 1],
        [
            "the last of two selections, each used",
            ["run: pulumi stack select prod && pulumi preview", "run: pulumi stack select pr-7 && pulumi up"],
            0,
        ],
        [
            "a selection that a command's own flag goes past",
            ["run: pulumi stack select pr-7", "run: pulumi up -s prod"],
            1,
        ],
        [
            "the settings of a stack, which select nothing",
            ["run: pulumi config --stack pr-7 set a b", "run: pulumi up"],
            1,
        ],
        ["a stack that was made, but not selected", ["run: pulumi stack init --no-select pr-7", "run: pulumi up"], 1],
        ["another folder's selection", ["run: pulumi -C network stack select pr-7", "run: pulumi up"], 1],
        [
            "the same folder's selection, reached in other ways",
            ["run: pulumi -C infra stack select pr-7", "run: cd ./infra && pulumi up"],
            0,
        ],
        [
            "one of two branches",
            ["run: if [ $A ]; then pulumi stack select prod; else pulumi stack select pr-7; fi", "run: pulumi up"],
            1,
        ],
        [
            "one of two conditional steps",
            [
                "{ if: github.ref == 'x', run: pulumi stack select prod }",
                "{ if: github.ref != 'x', run: pulumi stack select pr-7 }",
                "run: pulumi up",
            ],
            1,
        ],
        ["a name that only the run knows", ["run: pulumi stack select $STACK", "run: pulumi up"], 1],
    ] as const)("%s", (_, lines, count) => expect(violations(lines)).toBe(count));

    test.each([
        ["[pr-1, pr-2]", 0],
        ["[pr-1, prod]", 1],
        ["[prod, pr-1]", 1],
    ])("each of a matrix: %s", (stacks, count) =>
        expect(
            violations(["run: pulumi stack select ${{ matrix.stack }}", "run: pulumi up"], {
                job: `strategy: { matrix: { stack: ${stacks} } }`,
            }),
        ).toBe(count),
    );

    test("in GitLab a selection holds for the lines after it, as does `cd`", () => {
        const up = (lines: string) =>
            violations(["run: echo"], {
                files: { ".gitlab-ci.yml": `up:\n  script:\n${lines}` },
            });
        expect(up("    - cd infra\n    - pulumi stack select pr-7\n    - pulumi up\n")).toBe(0);
        expect(up("    - pulumi -C infra stack select pr-7\n    - cd infra\n    - pulumi up\n")).toBe(0);
        expect(up("    - pulumi stack select pr-7\n    - cd infra\n    - pulumi up\n")).toBe(1);
        expect(up("    - pulumi stack select pr-7\n  after_script:\n    - pulumi up\n")).toBe(0);
    });
});
