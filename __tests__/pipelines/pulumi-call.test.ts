import { FileValue } from "../../policies/kit/project/file-value";
import { callsIn, isApply, isPreview, operationOf, runsProgram } from "../../policies/pipelines/pulumi-call";
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
        ["pulumi refresh --expect-no-changes", false],
        ["pulumi up --preview-only", true],
        ["pulumi destroy --expect-no-changes", true],
        ["pulumi stack select dev", false],
    ])("tells whether %s applies", (text, applies) => expect(callsOf(text).map(isApply)).toEqual([applies]));

    test("finds what `pulumi env run` runs, and both calls", () =>
        expect(callsOf("pulumi env run acme/prod -- pulumi up -s dev")).toMatchObject([
            { operation: "other", stack: undefined },
            { operation: "up", stack: "dev" },
        ]));

    test.each([
        ["preview", "preview"],
        ["pre", "preview"],
        ["up", "up"],
        ["update", "up"],
        ["refresh", "refresh"],
        ["destroy", "destroy"],
        ["down", "destroy"],
        ["import", "import"],
        ["watch", "watch"],
        ["stack", "other"],
        ["login", "other"],
        ["config", "other"],
        ["state", "other"],
        ["cancel", "other"],
        ["logs", "other"],
        ["env", "other"],
        ["policy", "other"],
    ] as const)("pulumi %s: %s", (command, operation) => {
        expect(callsOf(`pulumi ${command}`)).toMatchObject([{ operation }]);
        expect(operationOf(` ${command.toUpperCase()}\n`)).toBe(operation);
        const call = callsOf(`pulumi ${command}`).map(one => [isApply(one), isPreview(one), runsProgram(one)]);
        const applies = ["up", "refresh", "destroy", "import", "watch"].includes(operation);
        expect(call).toEqual([[applies, operation === "preview", ["preview", "up", "watch"].includes(operation)]]);
    });

    test.each(["version", "about", "deployment settings pull", "deployment up", "run up", "ups"])(
        "pulumi %s is no call",
        command => expect(callsOf(`pulumi ${command}`)).toEqual([]),
    );

    test.each(
        "-C --cwd --color --tracing --otel-traces --profiling --memprofilerate -v --verbose -s --stack -c --config --config-file -m --message -p --parallel --policy-pack --policy-pack-config -t --target --target-replace --replace --plan --save-plan --secrets-provider -x --exclude -f --file -o --out --env --override-env --import-file --copy-config-from --teams".split(
            " ",
        ),
    )("%s takes the next word as its value", flag => {
        expect(callsOf(`pulumi ${flag} 4 preview`)).toMatchObject([{ operation: "preview" }]);
        expect(callsOf(`pulumi ${flag}=4 preview`)).toMatchObject([{ operation: "preview" }]);
    });

    test.each(["-y", "--yes", "--json", "--non-interactive", "-d", "--diff", "--debug"])("%s takes none", flag =>
        expect(callsOf(`pulumi ${flag} up preview`)).toMatchObject([{ operation: "up" }]),
    );

    test.each([
        ["stack -c select dev", "dev"],
        ["up -f --stack dev", "dev"],
        ["update -f --stack dev", "dev"],
        ["destroy -f --stack dev", "dev"],
        ["down -f --stack dev", "dev"],
        ["refresh -f --stack dev", "dev"],
        ["watch -f --stack dev", "dev"],
        ["import -f --stack dev", undefined],
        ["preview -c --stack dev", undefined],
    ])("tells the switch from the flag with a value in pulumi %s", (text, stack) =>
        expect(callsOf(`pulumi ${text}`)).toMatchObject([{ stack }]),
    );

    const plain = {
        stack: undefined,
        selects: false,
        dir: undefined,
        hasPolicyPack: false,
        expectsNoChanges: false,
        isPreviewOnly: false,
        refreshes: false,
        unprotects: undefined,
        plainSettings: [],
        isFailureIgnored: false,
    };
    test.each([
        ["pulumi up --yes", {}],
        ["pulumi up --yes || true", { isFailureIgnored: true }],
        ["pulumi -C infra up", { dir: "infra" }],
        ["pulumi up --cwd infra", { dir: "infra" }],
        ["pulumi up --cwd=infra=x", { dir: "infra=x" }],
        ["pulumi up --stack=dev", { stack: "dev" }],
        ["pulumi up -s=dev", { stack: "dev" }],
        ["pulumi up x dev", {}],
        ["pulumi up --policy-pack policies", { hasPolicyPack: true }],
        ["pulumi up --policy-pack=false", {}],
        ["PULUMI_OPTION_POLICY_PACK=policies pulumi up", { hasPolicyPack: true }],
        ["PULUMI_OPTION_POLICY_PACK= pulumi up", {}],
        ["MY_PULUMI_OPTION_POLICY_PACK=policies pulumi up", {}],
        ["pulumi up --expect-no-changes", { expectsNoChanges: true }],
        ["pulumi up --expect-no-changes=false", {}],
        ["pulumi up --preview-only", { isPreviewOnly: true }],
        ["pulumi up --preview-only=false", {}],
        ["pulumi up --refresh", { refreshes: true }],
        ["pulumi up -r", { refreshes: true }],
        ["pulumi up --refresh=false", {}],
        ["pulumi up --ignore-protect", { unprotects: "pulumi up --ignore-protect" }],
        ["pulumi up --ignore-protect=false", {}],
        ["PULUMI_OPTION_IGNORE_PROTECT=true pulumi up", { unprotects: "pulumi up --ignore-protect" }],
        ["PULUMI_OPTION_IGNORE_PROTECT=TRUE pulumi up", { unprotects: "pulumi up --ignore-protect" }],
        ["PULUMI_OPTION_IGNORE_PROTECT=1 pulumi up", { unprotects: "pulumi up --ignore-protect" }],
        ["PULUMI_OPTION_IGNORE_PROTECT=false pulumi up", {}],
        ["PULUMI_OPTION_IGNORE_PROTECT=10 pulumi up", {}],
        ["MY_PULUMI_OPTION_IGNORE_PROTECT=1 pulumi up", {}],
        [
            "pulumi up -c a=b --config c=d --config=e=f",
            {
                plainSettings: [
                    ["a", "b"],
                    ["c", "d"],
                    ["e", "f"],
                ],
            },
        ],
        ["pulumi up --plaintext a=b set c d", {}],
        ["pulumi up --config a", {}],
        ["pulumi up --config =a=b", {}],
        ["pulumi up --config name=a=value", { plainSettings: [["name", "a=value"]] }],
    ])("reads %s", (text, expected) =>
        expect(callsOf(text)).toEqual([{ ...plain, operation: "up", at: expect.anything(), ...expected }]),
    );

    test.each([
        ["config set name value", [["name", "value"]]],
        ["config set --path name value", [["name", "value"]]],
        ["config set name value --plaintext", [["name", "value"]]],
        ["config set name value --secret", []],
        ["config set name value --secret=false", [["name", "value"]]],
        ["config set name", []],
        ["config set", []],
        ["config get name value", []],
        [
            "config set-all --plaintext a=b --plaintext=c=d --secret e=f",
            [
                ["a", "b"],
                ["c", "d"],
            ],
        ],
        ["config -c a=b", []],
        ["env set acme/prod name value", [["name", "value"]]],
        ["env set acme/prod name", []],
        ["env set acme/prod name value --secret", []],
        ["stack set name value more", []],
    ])("tells the plain settings of pulumi %s", (text, plainSettings) =>
        expect(callsOf(`pulumi ${text}`)).toMatchObject([{ plainSettings }]),
    );

    test.each([
        ["state unprotect", "pulumi state unprotect"],
        ["policy disable", "pulumi policy disable"],
        ["policy remove", "pulumi policy remove"],
        ["policy rm", "pulumi policy rm"],
        ["policy enable", undefined],
        ["state rm", undefined],
        ["stack rm", undefined],
        ["up --ignore-protect", "pulumi up --ignore-protect"],
        ["update --ignore-protect", "pulumi update --ignore-protect"],
        ["preview --ignore-protect", "pulumi preview --ignore-protect"],
        ["pre --ignore-protect", "pulumi pre --ignore-protect"],
        ["destroy --ignore-protect", "pulumi destroy --ignore-protect"],
        ["down --ignore-protect", "pulumi down --ignore-protect"],
        ["refresh --ignore-protect", undefined],
        ["stack --ignore-protect", undefined],
    ])("pulumi %s unprotects by %s", (text, unprotects) =>
        expect(callsOf(`pulumi ${text}`)).toMatchObject([{ unprotects }]),
    );

    test.each([
        ["pulumi deployment run up --stack dev", [{ operation: "up", stack: "dev" }]],
        ["pulumi deployment run preview", [{ operation: "preview" }]],
        ["pulumi deployment run", []],
        ["pulumi env run acme/prod -- echo pulumi up", [{ operation: "other" }]],
        [
            "pulumi env run a -- pulumi env run b -- pulumi up",
            [{ operation: "other" }, { operation: "other" }, { operation: "up" }],
        ],
    ])("%s", (text, calls) => expect(callsOf(text)).toMatchObject(calls));

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
