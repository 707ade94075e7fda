import { readWorkflow, workflowPaths } from "../../policies/pipelines/github";
import type { Job, Pipeline, Step } from "../../policies/pipelines/pipeline";
import { inWorkspace } from "../support/in-workspace";

const W = ".github/workflows/w.yml";

const pipeline = (text: string, more: Readonly<Record<string, string>> = {}): Pipeline =>
    inWorkspace({ [W]: text, ...more }, workspace => readWorkflow(workspace, W).pipeline);

const jobs = (text: string, more: Readonly<Record<string, string>> = {}) => pipeline(text, more).jobs;

/** The only job of a workflow with these keys. */
function job(keys: string, top = "", more: Readonly<Record<string, string>> = {}): Job {
    const [only] = jobs(`on: push\n${top}jobs: { a: { ${keys} } }\n`, more);
    if (only === undefined) throw new Error("The workflow has no job.");
    return only;
}

/** The only step of a job with these keys. */
function step(keys: string, inJob = "", top = "", more: Readonly<Record<string, string>> = {}): Step {
    const [only] = job(`${inJob} steps: [{ ${keys} }]`, top, more).steps;
    if (only === undefined) throw new Error("The job has no step.");
    return only;
}

const words = ({ commands }: Step) => commands.map(command => command.words.join(" "));

const calls = (keys: string, top = "") =>
    step(keys, "", top).calls.map(({ operation, stack, dir }) => [operation, stack, dir]);

const texts = (values: readonly { readonly raw?: unknown; string(): string | undefined }[]) =>
    values.map(value => value.string());

test("workflows are the YAML files of one folder", () => {
    const files = ["a.yml", "b.yaml", "c.yml.bak", "d.json", "sub/e.yml", "yml"];
    const written = Object.fromEntries(files.map(name => [`.github/workflows/${name}`, "on: push\n"]));
    expect(inWorkspace(written, workflowPaths)).toEqual([".github/workflows/a.yml", ".github/workflows/b.yaml"]);
    expect(inWorkspace({}, workflowPaths)).toEqual([]);
});

describe("triggers", () => {
    test.each([
        ["push", ["push"], undefined],
        ["[push, pull_request]", ["push", "pull_request"], undefined],
        ["{ push: ~, workflow_dispatch: {} }", ["push", "workflow_dispatch"], undefined],
        ["{ schedule: [{ cron: 0 5 * * * }, { cron: 0 6 * * 1 }] }", ["schedule"], ["0 5 * * *", "0 6 * * 1"]],
        ["schedule", ["schedule"], []],
    ])("%s", (on, triggers, crons) => {
        const read = pipeline(`on: ${on}\njobs: {}\n`);
        expect([...read.triggers]).toEqual(triggers);
        expect(read.schedule && texts(read.schedule.crons)).toEqual(crons);
    });

    test("inputs that may be left empty", () => {
        const inputs =
            "{ stack: {}, Other: { default: '' }, given: { default: dev }, needed: { required: true }, one: { options: [a] } }";
        expect([...pipeline(`on: { workflow_dispatch: { inputs: ${inputs} } }\njobs: {}\n`).optionalInputs]).toEqual([
            "inputs.stack",
            "github.event.inputs.stack",
            "inputs.other",
            "github.event.inputs.other",
        ]);
    });

    test("what a person chooses is told, and what is typed freely is not", () => {
        const text = (input: string) =>
            `on: { workflow_dispatch: { inputs: { Stack: ${input} } } }\njobs: { a: { steps: [{ run: "pulumi up -s \${{ inputs.stack }}" }] } }\n`;
        const stacks = (input: string) => jobs(text(input))[0]?.steps[0]?.calls.map(({ stack }) => stack);
        expect(stacks("{ options: [dev, prod] }")).toEqual(["dev", "prod"]);
        expect(stacks("{ options: [] }")).toEqual(["${{ inputs.stack }}"]);
        expect(stacks("{ default: dev }")).toEqual(["${{ inputs.stack }}"]);
    });
});

describe("a job", () => {
    test("in itself", () => {
        const read = job(
            "needs: [b, c], environment: prod, permissions: { id-token: write }, if: github.ref == 'x', container: node:22, services: { db: { image: postgres }, q: redis, none: {} }, steps: [{ run: echo }]",
        );
        expect(read).toMatchObject({
            name: "a",
            needs: ["b", "c"],
            conditions: ["github.ref == 'x'"],
            stage: undefined,
            waitsForStages: false,
            isManual: false,
            hasIdTokens: false,
            isFailureIgnored: false,
            caller: undefined,
        });
        expect(read.environment.string()).toBe("prod");
        expect(read.permissions?.byName.get("id-token")?.string()).toBe("write");
        expect(texts(read.images)).toEqual(["node:22", "postgres", "redis"]);
        expect(read.steps).toHaveLength(1);
    });

    test.each([
        ["needs: b", ["b"]],
        ["needs: [b, 5]", ["b"]],
        ["runs-on: x", []],
    ])("%s", (keys, needs) => expect(job(keys).needs).toEqual(needs));

    test.each([
        ["environment: prod", "prod"],
        ["environment: { name: prod, url: x }", "prod"],
        ["runs-on: x", undefined],
    ])("%s", (keys, name) => expect(job(keys).environment.string()).toBe(name));

    test.each([
        ["container: { image: node }", ["node"]],
        ["container: { credentials: {} }", []],
        ["runs-on: x", []],
    ])("%s", (keys, images) => expect(texts(job(keys).images)).toEqual(images));

    test.each([
        ["continue-on-error: true", true],
        ["continue-on-error: ${{ matrix.x }}", true],
        ["continue-on-error: 'true'", true],
        ["continue-on-error: false", false],
        ["continue-on-error: 'false'", false],
        ["continue-on-error: ~", false],
        ["runs-on: x", false],
    ])("%s: its failure is ignored: %s", (key, expected) => {
        expect(job(key).isFailureIgnored).toBe(expected);
        expect(step(`run: pulumi up, ${key}`).isFailureIgnored).toBe(expected);
        expect(step(`run: pulumi up, ${key}`).calls[0]?.isFailureIgnored).toBe(expected);
    });

    test("has the workflow's permissions where it has none of its own", () => {
        const top = "permissions: { contents: read }\n";
        expect(job("runs-on: x", top).permissions?.byName.get("contents")?.string()).toBe("read");
        expect(job("permissions: read-all", top).permissions?.all).toBe("read-all");
        expect(job("permissions: {}", top).permissions?.byName.size).toBe(0);
        expect(job("permissions: ~", top).permissions?.byName.get("contents")?.string()).toBe("read");
        expect(job("runs-on: x").permissions).toBeUndefined();
    });
});

describe("a step", () => {
    test.each([
        ["uses: pulumi/actions@v6", "pulumi/actions"],
        ["uses: Pulumi/Actions@V6", "pulumi/actions"],
        ["uses: ' acme/a/b@c@d '", "acme/a/b@c"],
        ["uses: acme/a", "acme/a"],
        ["run: echo", ""],
    ])("%s is the action %j", (keys, action) => expect(step(keys).action).toBe(action));

    test("has inputs by lower-case name, an id and conditions", () => {
        const read = step("id: up, if: always(), uses: a/b@v1, with: { Work-Dir: x, n: 5 }");
        expect([...read.inputs].map(([name, value]) => [name, value.scalar()])).toEqual([
            ["work-dir", "x"],
            ["n", 5],
        ]);
        expect(read.id).toBe("up");
        expect(read.conditions).toEqual(["always()"]);
        expect(step("run: echo").conditions).toEqual([]);
    });

    test.each([
        ["azure/cli", "inlineScript"],
        ["azure/powershell", "inlineScript"],
        ["nick-fields/retry", "command"],
        ["nick-invision/retry", "command"],
        ["appleboy/ssh-action", "script"],
        ["addnab/docker-run-action", "run"],
    ])("%s runs the commands of its input %s", (action, input) => {
        expect(calls(`uses: ${action}@v1, with: { ${input}: pulumi up -s prod }`)).toEqual([["up", "prod", undefined]]);
        expect(calls(`uses: ${action}s@v1, with: { ${input}: pulumi up -s prod }`)).toEqual([]);
        expect(calls(`uses: ${action}@v1, with: { other: pulumi up -s prod }`)).toEqual([]);
    });

    test.each([
        ["its own", "run: pulumi up, working-directory: x", "", "", "x"],
        ["the job's", "run: pulumi up", "defaults: { run: { working-directory: y } },", "", "y"],
        ["the workflow's", "run: pulumi up", "", "defaults: { run: { working-directory: z } }\n", "z"],
        [
            "the nearest",
            "run: pulumi up, working-directory: x",
            "defaults: { run: { working-directory: y } },",
            "defaults: { run: { working-directory: z } }\n",
            "x",
        ],
        [
            "the job's before the workflow's",
            "run: pulumi up",
            "defaults: { run: { working-directory: y } },",
            "defaults: { run: { working-directory: z } }\n",
            "y",
        ],
        ["none", "run: pulumi up", "", "", undefined],
        ["that of `cd` in it", "run: cd b && pulumi up, working-directory: x", "", "", "x/b"],
        ["that of `--cwd` in it", "run: pulumi -C b up, working-directory: x", "", "", "x/b"],
    ])("runs in a folder: %s", (_, keys, inJob, top, dir) =>
        expect(step(keys, inJob, top).calls.map(one => one.dir)).toEqual([dir]),
    );

    test.each([
        ["", "npm audit | tee x", true],
        ["shell: sh,", "npm audit | tee x", true],
        ["shell: bash,", "npm audit | tee x", false],
        ["shell: pwsh,", "npm audit | tee x", false],
        ["", "npm audit; true", false],
    ])("with %j the result of %s is lost: %s", (shell, script, isLost) =>
        expect(step(`${shell} run: "${script}"`).commands[0]?.isFailureIgnored).toBe(isLost),
    );

    test.each([
        ["shell: python", "", "", "python"],
        ["", "defaults: { run: { shell: node } },", "", "node"],
        ["", "", "defaults: { run: { shell: ruby {0} } }\n".replace("ruby {0}", "'ruby {0}'"), "ruby {0}"],
    ])("is a program with %j %j %j", (own, inJob, top, runner) => {
        const read = step(["run: os.system", own].filter(Boolean).join(", "), inJob, top);
        expect([read.program?.runner, read.program?.text.string()]).toEqual([runner, "os.system"]);
        expect([read.commands, read.calls]).toEqual([[], []]);
    });

    test("github-script is a program, and other actions with a script are none", () => {
        const read = step("uses: actions/github-script@v7, with: { script: await x() }");
        expect([read.program?.runner, read.program?.text.string()]).toEqual(["actions/github-script", "await x()"]);
        expect(step("uses: actions/github-script@v7").program).toBeUndefined();
        expect(step("uses: acme/github-script@v7, with: { script: x }").program).toBeUndefined();
        expect(step("run: echo, shell: bash").program).toBeUndefined();
    });

    test("what is no map is none", () => expect(job("steps: [5, [a], ~]").steps).toEqual([]));
});

describe("values that files tell", () => {
    const matrix = (written: string, reference: string) =>
        step(`run: "pulumi up -s \${{ ${reference} }}"`, `strategy: { matrix: ${written} },`).calls.map(
            ({ stack }) => stack,
        );

    test.each([
        ["{ stack: [dev, prod] }", "matrix.stack", ["dev", "prod"]],
        ["{ Stack: [dev] }", "matrix.STACK", ["dev"]],
        ["{ n: [1, true] }", "matrix.n", ["1", "true"]],
        ["{ at: [{ Stack: dev }, { Stack: prod }] }", "matrix.at.stack", ["dev", "prod"]],
        ["{ include: [{ stack: dev }, { Stack: prod }] }", "matrix.stack", ["dev", "prod"]],
        ["{ stack: [dev], include: [{ stack: prod }] }", "matrix.stack", ["dev", "prod"]],
        ["{ stack: [dev], exclude: [{ stack: prod }] }", "matrix.stack", ["dev"]],
        ["{ exclude: [prod] }", "matrix.exclude", ["${{ matrix.exclude }}"]],
        [`{ stack: "\${{ fromJSON('[\\"dev\\", \\"prod\\"]') }}" }`, "matrix.stack", ["dev", "prod"]],
        [`{ stack: "\${{ fromjson( '[1]' ) }}" }`, "matrix.stack", ["1"]],
        [`{ stack: "\${{ fromJSON('{}') }}" }`, "matrix.stack", ["${{ matrix.stack }}"]],
        [`{ stack: "\${{ fromJSON('[') }}" }`, "matrix.stack", ["${{ matrix.stack }}"]],
        [`{ stack: "\${{ fromJSON(needs.a.outputs.b) }}" }`, "matrix.stack", ["${{ matrix.stack }}"]],
        [`{ stack: "\${{ xfromJSON('[1]') }}" }`, "matrix.stack", ["${{ matrix.stack }}"]],
        [`{ stack: "\${{ fromJSON('[1]')[0] }}" }`, "matrix.stack", ["${{ matrix.stack }}"]],
        ["{ stack: dev }", "matrix.stack", ["${{ matrix.stack }}"]],
    ])("a matrix %s: %s", (written, reference, stacks) => expect(matrix(written, reference)).toEqual(stacks));

    test.each([
        ["the step's", "env: { S: one },", "env: { S: two },", "env: { S: three }\n", "one"],
        ["the job's", "", "env: { S: two },", "env: { S: three }\n", "two"],
        ["the workflow's", "", "", "env: { S: three }\n", "three"],
        ["nobody's", "", "", "", undefined],
    ])("a variable is %s", (_, own, inJob, top, value) => {
        const stackOf = (script: string) => step(`${own} run: "${script}"`, inJob, top).calls[0]?.stack;
        expect(stackOf("pulumi up -s $S")).toBe(value ?? "$S");
        expect(stackOf("pulumi up -s ${S}")).toBe(value ?? "${S}");
        expect(stackOf("pulumi up -s ${{ env.S }}")).toBe(value ?? "${{ env.S }}");
        expect(stackOf("pulumi up -s ${{ env.s }}")).toBe(value ?? "${{ env.s }}");
    });

    test("the stack may come from the variable that Pulumi reads", () => {
        const top = "env: { PULUMI_STACK: prod }\n";
        expect(calls("run: pulumi up", top)).toEqual([["up", "prod", undefined]]);
        expect(calls("run: pulumi up -s dev", top)).toEqual([["up", "dev", undefined]]);
        expect(calls("uses: pulumi/actions@v6, with: { command: up }", top)).toEqual([["up", "prod", undefined]]);
        expect(calls("run: pulumi up", "env: { PULUMI_STACKS: prod }\n")).toEqual([["up", undefined, undefined]]);
    });
});

describe("what an action for Pulumi runs", () => {
    const action = (inputs: string, name = "pulumi/actions") => `uses: ${name}@v6, with: { ${inputs} }`;

    test.each([
        [action("command: up, stack-name: prod, work-dir: infra"), [["up", "prod", "infra"]]],
        [action("command: ' UP '"), [["up", undefined, undefined]]],
        [action("command: preview --diff"), [["preview", undefined, undefined]]],
        [action("command: '${{ inputs.x }}'"), [["other", undefined, undefined]]],
        [action("stack-name: prod"), [["other", "prod", undefined]]],
        ["uses: pulumi/actions@v6", [["other", undefined, undefined]]],
        [action("pulumi-command: up"), [["other", undefined, undefined]]],
        [action("command: up", "acme/pulumi"), [["up", undefined, undefined]]],
        [action("pulumi-command: up", "acme/pulumi"), [["up", undefined, undefined]]],
        [action("args: up --yes", "acme/run-pulumi"), [["up", undefined, undefined]]],
        [action("arguments: up", "acme/pulumi"), [["other", undefined, undefined]]],
        [action("command: up", "acme/deploy"), []],
        [action("command: up", "pulumi/auth-actions"), []],
        [action("command: up", "pulumi/auth-actions-x"), [["up", undefined, undefined]]],
        [action("args: up -s prod", "docker://pulumi/pulumi:3").replace("@v6", ""), [["up", "prod", undefined]]],
        ["uses: 'docker://pulumi/pulumi', with: { args: up }", [["up", undefined, undefined]]],
        ["uses: 'docker://pulumi/actions', with: { args: pulumi up }", [["up", undefined, undefined]]],
        ["uses: 'docker://ghcr.io/pulumi/pulumi:3', with: { args: up }", [["up", undefined, undefined]]],
        ["uses: 'docker://ghcr.io/pulumi/pulumi:3', with: { args: up -s prod }", [["up", "prod", undefined]]],
        ["uses: 'docker://acme/tools', with: { args: up }", []],
        ["uses: 'docker://acme/pulumi', with: { args: up }", [["up", undefined, undefined]]],
        ["uses: 'docker://pulumi/pulumi'", [["other", undefined, undefined]]],
    ])("%s", (keys, expected) => {
        expect(calls(keys)).toEqual(expected);
    });

    test.each([
        ["expectsNoChanges", "expect-no-changes"],
        ["isPreviewOnly", "preview-only"],
        ["refreshes", "refresh"],
        ["isFailureIgnored", "continue-on-error"],
    ] as const)("%s by %s", (property, input) => {
        const found = (value: string) => step(action(`command: up, ${input}: ${value}`)).calls[0]?.[property];
        expect(["true", "'true'", "' TRUE '", "false", "yes", "''"].map(found)).toEqual([
            true,
            true,
            true,
            false,
            false,
            false,
        ]);
    });

    test.each([
        ["a pack", action("command: up, policyPacks: ./policies"), "", true],
        ["a pack of blanks", action("command: up, policyPacks: ' '"), "", false],
        ["no pack", action("command: up"), "", false],
        ["a pack by the variable", action("command: up"), "env: { PULUMI_OPTION_POLICY_PACK: x }\n", true],
        ["what another's action adds", action("command: up", "acme/pulumi"), "", true],
        ["a pack of a command", "run: pulumi up --policy-pack x", "", true],
        ["a pack of a command by the variable", "run: pulumi up", "env: { PULUMI_OPTION_POLICY_PACK: x }\n", true],
        ["an empty variable", "run: pulumi up", "env: { PULUMI_OPTION_POLICY_PACK: '' }\n", false],
    ])("%s", (_, keys, top, expected) => expect(step(keys, "", top).calls[0]?.hasPolicyPack).toBe(expected));

    test.each([
        ["true", "up", "pulumi up --ignore-protect"],
        ["TRUE", "preview", "pulumi preview --ignore-protect"],
        ["'1'", "destroy", "pulumi destroy --ignore-protect"],
        ["true", "refresh", undefined],
        ["true", "import", undefined],
        ["false", "up", undefined],
        ["'11'", "up", undefined],
        ["xtrue", "up", undefined],
    ])("PULUMI_OPTION_IGNORE_PROTECT: %s at %s undoes %s", (value, operation, expected) => {
        const top = `env: { PULUMI_OPTION_IGNORE_PROTECT: ${value} }\n`;
        expect(step(action(`command: ${operation}`), "", top).calls[0]?.unprotects).toBe(expected);
        expect(step(`run: pulumi ${operation}`, "", top).calls[0]?.unprotects).toBe(expected);
    });

    test.each([
        ["{ a: { value: x } }", [["a", "x"]]],
        ["{ a: { value: x, secret: true }, b: { value: y, secret: false } }", [["b", "y"]]],
        ["{ a: x }", [["a", "x"]]],
        ["{ a: { value: 5 } }", [["a", "5"]]],
        ["{ a: { value: ${{ secrets.A }} } }", [["a", "${{ secrets.A }}"]]],
        ["{ a: { value: x-${{ b }}-${{ c }} } }", [["a", "x-${{ b }}-${{ c }}"]]],
        ["{ a: { value: _7_ } }", [["a", "_7_"]]],
        ["{ a: ~ }", [["a", "null"]]],
        ["{", []],
        ["''", []],
    ])("config-map %s sets %j", (map, expected) =>
        expect(step(action(`command: up, config-map: ${JSON.stringify(map)}`)).calls[0]?.plainSettings).toEqual(
            expected,
        ),
    );
});

describe("workflows and actions of the repository", () => {
    const CALLED =
        "on: { workflow_call: { inputs: { Stack: { default: dev }, empty: {}, needed: { required: true } } } }\n";
    const called = (more: string) => ({ ".github/workflows/c.yml": CALLED + more });
    const UP = 'jobs: { up: { steps: [{ run: "pulumi up -s ${{ inputs.stack }}${{ inputs.empty }}" }] } }\n';
    const stacks = (keys: string, text = UP) =>
        jobs(
            `on: push\nenv: { E: e }\njobs: { a: { uses: ./.github/workflows/c.yml, ${keys} } }\n`,
            called(text),
        ).flatMap(one => one.steps.flatMap(each => each.calls.map(({ stack }) => stack)));

    test.each([
        ["with: {}", ["dev"]],
        ["with: { stack: prod }", ["prod"]],
        ["with: { STACK: prod }", ["prod"]],
        ["with: { stack: '${{ env.E }}' }", ["e"]],
        ["with: { stack: prod, empty: x }", ["prodx"]],
    ])("are given values by %s", (keys, expected) => expect(stacks(keys)).toEqual(expected));

    test("a value that must be given, and is not, stays open, as do variables of the caller", () => {
        const of = (text: string) => stacks("with: {}", `jobs: { up: { steps: [{ run: "pulumi up -s ${text}" }] } }\n`);
        expect(of("${{ inputs.needed }}")).toEqual(["${{ inputs.needed }}"]);
        expect(of("$E")).toEqual(["$E"]);
    });

    test("jobs stand in the place of their caller", () => {
        const read = jobs(
            "on: push\njobs: { a: { needs: z, if: x, uses: ./.github/workflows/c.yml, permissions: { contents: read }, continue-on-error: true } }\n",
            called("jobs: { one: { if: y, steps: [] }, two: { needs: one, permissions: {} } }\n"),
        );
        expect(
            read.map(({ name, needs, conditions, isFailureIgnored, caller }) => [
                name,
                needs,
                conditions,
                isFailureIgnored,
                caller?.name,
            ]),
        ).toEqual([
            ["a / one", ["z"], ["x", "y"], true, "a"],
            ["a / two", ["a / one", "z"], ["x"], true, "a"],
        ]);
        expect(read[0]?.permissions?.byName.get("contents")?.string()).toBe("read");
        expect(read[1]?.permissions?.byName.size).toBe(0);
    });

    test.each([
        ["one that is not there", "./.github/workflows/none.yml"],
        ["one without jobs", "./.github/workflows/empty.yml"],
        ["itself", "./.github/workflows/w.yml"],
        ["one of another repository", "acme/ci/.github/workflows/c.yml@v1"],
    ])("%s is the caller alone", (_, uses) => {
        const more = { ".github/workflows/empty.yml": "on: workflow_call\n" };
        expect(jobs(`on: push\njobs: { a: { uses: ${uses} } }\n`, more).map(({ name }) => name)).toEqual(["a"]);
    });

    const COMPOSITE =
        'inputs: { Stack: { default: dev } }\nruns: { using: composite, steps: [{ run: "pulumi up -s ${{ inputs.stack }}", if: y, shell: bash }] }\n';
    test.each([
        ["./act", "act/action.yml"],
        ["./act/", "act/action.yml"],
        ["./act", "act/action.yaml"],
        ["./", "action.yml"],
    ])("the steps of %s in %s", (uses, file) => {
        const read = step(`uses: ${uses}, if: x, continue-on-error: true`, "", "", { [file]: COMPOSITE });
        expect(read).toMatchObject({ conditions: ["x", "y"], isFailureIgnored: true });
        expect(read.calls.map(({ stack }) => stack)).toEqual(["dev"]);
    });

    test("actions are given values, of what is around them no inputs", () => {
        const more = { "act/action.yml": COMPOSITE };
        expect(step("uses: ./act, with: { stack: prod }", "", "", more).calls[0]?.stack).toBe("prod");
        const open = { "act/action.yml": COMPOSITE.replace("inputs: { Stack: { default: dev } }\n", "") };
        const matrix = "strategy: { matrix: { stack: [one] } },";
        const inner = { "act/action.yml": open["act/action.yml"]?.replace("inputs.stack", "matrix.stack") ?? "" };
        expect(step("uses: ./act", matrix, "", inner).calls[0]?.stack).toBe("${{ matrix.stack }}");
    });

    test("an action of another kind is a step, and its image is named", () => {
        const docker = { "act/action.yml": "runs: { using: docker, image: docker://acme/tools:1 }\n" };
        const read = pipeline("on: push\njobs: { a: { steps: [{ uses: ./act }] } }\n", docker);
        expect(read.jobs[0]?.steps.map(one => one.uses.string())).toEqual(["./act"]);
        expect(texts(read.uses)).toEqual([undefined, "./act", "docker://acme/tools:1"]);
        expect(read.files).toEqual([W, "act/action.yml"]);
        const own = { "act/action.yml": "runs: { using: docker, image: Dockerfile }\n" };
        expect(texts(pipeline("on: push\njobs: { a: { steps: [{ uses: ./act }] } }\n", own).uses)).toEqual([
            undefined,
            "./act",
        ]);
    });

    test("what is used in workflows and actions is listed", () => {
        const read = pipeline("on: push\njobs: { a: { steps: [{ uses: ./act }] }, b: { uses: acme/ci/c.yml@v1 } }\n", {
            "act/action.yml": "runs: { using: composite, steps: [{ uses: a/b@v1 }, { run: x }] }\n",
        });
        expect(texts(read.uses).filter(Boolean)).toEqual(["./act", "acme/ci/c.yml@v1", "a/b@v1"]);
    });
});

test("what a pipeline is", () =>
    expect(pipeline("on: push\njobs: {}\n")).toMatchObject({
        service: "github",
        path: W,
        jobs: [],
        includes: [],
        unread: [],
        schedule: undefined,
    }));

test("a command with a value of several words", () => {
    const read = step('run: "${{ inputs.x }} pulumi ${{ env.A }}"', "", "env: { A: up  -s prod }\n");
    expect(words(read)).toEqual(["${{ inputs.x }} pulumi up -s prod"]);
    expect(words(step("run: echo $HOME"))).toEqual(["echo $HOME"]);
});
