import { pipelinesOf } from "../../policies/pipelines/read-pipelines";
import { inWorkspace } from "../support/in-workspace";

type Files = Readonly<Record<string, string>>;

const W = ".github/workflows/w.yml";
const UP = "jobs: { a: { steps: [{ run: pulumi up }] } }\n";

/** What is read of some files: paths of pipelines, and problems and notes as `place: message`. */
function read(files: Files) {
    return inWorkspace(files, workspace => {
        const { pipelines, problems, notes, unread } = pipelinesOf(workspace);
        const said = (list: typeof problems) =>
            list.map(({ at, message }) => `${"file" in at ? `${at.file}:${at.line ?? ""}` : ""}: ${message}`);
        return {
            pipelines: pipelines.map(({ path }) => path),
            problems: said(problems),
            notes: said(notes),
            unread: said(unread),
        };
    });
}

const workflow = (text: string, more: Files = {}) => read({ [W]: text, ...more });

describe("the pipelines that count", () => {
    test.each([
        ["a call of Pulumi", { [W]: `on: push\n${UP}` }, [W]],
        ["a call in GitLab", { ".gitlab-ci.yml": "up: { script: [pulumi up] }\n" }, [".gitlab-ci.yml"]],
        ["a workflow elsewhere", { [W]: "on: push\njobs: { a: { uses: acme/pulumi/w.yml@v1 } }\n" }, [W]],
        [
            "a script that calls it",
            { [W]: "on: push\njobs: { a: { steps: [{ run: ./up.sh }] } }\n", "up.sh": "pulumi up\n" },
            [W],
        ],
        ["nothing of Pulumi", { [W]: "on: push\njobs: { a: { steps: [{ run: make }] } }\n" }, []],
        ["a file of another folder", { "ci/.gitlab-ci.yml": "up: { script: [pulumi up] }\n" }, []],
        ["a workflow that only others call, and nobody does", { [W]: `on: workflow_call\n${UP}` }, [W]],
        [
            "a workflow that one calls",
            {
                [W]: `on: workflow_call\n${UP}`,
                ".github/workflows/c.yml": "on: push\njobs: { b: { uses: ./.github/workflows/w.yml } }\n",
            },
            [".github/workflows/c.yml"],
        ],
        [
            "one that also starts itself",
            {
                [W]: `on: [workflow_call, push]\n${UP}`,
                ".github/workflows/c.yml": "on: push\njobs: { b: { uses: ./.github/workflows/w.yml } }\n",
            },
            [".github/workflows/c.yml", W],
        ],
    ])("%s", (_, files, expected) => {
        const found = read(files as Files);
        expect(found.pipelines).toEqual(expected);
        expect(found.problems).toEqual([]);
    });
});

describe("a file that cannot be judged is named, where it speaks of Pulumi", () => {
    test.each([
        ["a list", "- pulumi\n", ":1: is no map of keys; expected a pipeline."],
        ["no jobs", "on: push # pulumi\n", ":1: is no map; expected jobs by their ids."],
        ["jobs in a list", "jobs: [pulumi]\n", ":1: is no map; expected jobs by their ids."],
        ["a job that is none", "jobs:\n  a: pulumi\n", ":2: is no map; expected a job."],
        [
            "a job that calls a number",
            "jobs:\n  pulumi: { uses: 5 }\n",
            ":2: is no text; expected the name of a workflow.",
        ],
        ["steps in a map", "jobs:\n  a:\n    steps: { pulumi: up }\n", ":3: is no list; expected steps."],
        [
            "a step that is none",
            "jobs:\n  a:\n    steps: [pulumi]\n",
            ":3: is no map; expected a step with `uses` or `run`.",
        ],
        [
            "an action in a map",
            "jobs:\n  a:\n    steps: [{ uses: { pulumi: 1 } }]\n",
            ":3: is no text; expected the name of an action.",
        ],
        ["a script in a list", "jobs:\n  a:\n    steps: [{ run: [pulumi] }]\n", ":3: is no text; expected a script."],
        [
            "a merge key",
            "x: &x { a: b }\njobs:\n  pulumi:\n    <<: *x\n",
            ":4: uses the merge key `<<`, which GitHub rejects; expected the keys themselves.",
        ],
        [
            "a merge key in a list",
            "jobs:\n  pulumi:\n    steps:\n    - <<: { run: x }\n",
            ":4: uses the merge key `<<`, which GitHub rejects; expected the keys themselves.",
        ],
    ])("%s", (_, text, problem) => {
        expect(workflow(text)).toMatchObject({ pipelines: [], problems: [W + problem] });
        expect(workflow(text.replaceAll("pulumi", "other"))).toMatchObject({ pipelines: [], problems: [] });
    });

    test("a merge key in GitLab is none", () =>
        expect(read({ ".gitlab-ci.yml": ".x: &x { script: [pulumi up] }\nup:\n  <<: *x\n" })).toMatchObject({
            pipelines: [".gitlab-ci.yml"],
            problems: [],
        }));

    test("`<<` in a script is no merge key", () =>
        expect(workflow("on: push\njobs:\n  a:\n    steps:\n    - run: pulumi up <<:x\n").problems).toEqual([]));

    test("an action that is called counts with its workflow", () =>
        expect(
            workflow("on: push\njobs: { a: { steps: [{ uses: ./act }, { run: pulumi up }] } }\n", {
                "act/action.yml": "runs: { using: composite, steps: [5] }\n",
            }).problems,
        ).toEqual(["act/action.yml:1: is no map; expected a step with `uses` or `run`."]));
});

describe("what a pipeline does that its files do not show", () => {
    const step = (keys: string) => `on: push\njobs:\n  a:\n    steps: [{ ${keys} }, { run: pulumi preview }]\n`;
    test.each([
        [
            "a workflow of another repository",
            "on: push\njobs:\n  a: { uses: acme/pulumi/w.yml@v1 }\n",
            [":3: calls `acme/pulumi/w.yml@v1`, a workflow of another repository, which is not read."],
        ],
        [
            "a command of an expression",
            step("uses: pulumi/actions@v6, with: { command: '${{ inputs.x }}' }"),
            [":4: is `${{ inputs.x }}`, so whether it applies changes is not known."],
        ],
        ["a command as written", step("uses: pulumi/actions@v6, with: { command: version }"), []],
        ["no command", step("uses: pulumi/actions@v6"), []],
        ["a command of another action", step("uses: acme/run@v6, with: { command: '${{ inputs.x }}' }"), []],
        [
            "an action that is not there",
            step("uses: ./act"),
            [":4: is `./act`, which is not in the repository and not read."],
        ],
        ["an action of another repository", step("uses: acme/act@v1"), []],
        [
            "a script",
            step("run: ./up.sh"),
            [":4: runs `./up.sh`, a script with `pulumi up` and `pulumi preview`, which is not judged."],
        ],
        [
            "a program",
            step("run: node auto.js"),
            [":4: runs `node auto.js`, a program that uses Pulumi's Automation API, which is not judged."],
        ],
    ])("%s", (_, text, notes) =>
        expect(
            workflow(text, {
                "up.sh": "pulumi up\npulumi preview\n",
                "auto.js": 'require("@pulumi/pulumi/automation")\n',
            }),
        ).toEqual({ pipelines: [W], problems: [], unread: [], notes: notes.map(note => W + note) }),
    );

    test.each([
        ["./act", "act/action.yml"],
        ["./act", "act/action.yaml"],
        ["./act", "act/Dockerfile"],
        ["./act/", "act/action.yml"],
        ["./", "action.yml"],
        ["./", "Dockerfile"],
    ])("%s is there by %s", (uses, file) =>
        expect(workflow(step(`uses: ${uses}`), { [file]: "runs: { using: docker }\n" }).notes).toEqual([]),
    );
});

test.each([
    ["runs Pulumi", "pulumi up", [W]],
    ["does not", "make", []],
])("a command of too many words is said where the pipeline %s", (_, command, pipelines) => {
    const long = `${command}${" x".repeat(1_000)}`;
    const said = [`${W}:3: has more than 1000 words, of which the rest is not judged; split the command.`];
    expect(workflow(`on: push\njobs:\n  a: { steps: [{ run: ${long} }] }\n`)).toEqual({
        pipelines,
        problems: [],
        notes: said,
        unread: said,
    });
});

test("pipelines are read once", () =>
    inWorkspace({ [W]: `on: push\n${UP}` }, workspace => expect(pipelinesOf(workspace)).toBe(pipelinesOf(workspace))));

describe("what no run comes to is left out", () => {
    /** The commands that are left, each as `job: command`. */
    const left = (on: string, jobs: string) =>
        inWorkspace({ [W]: `on: ${on}\njobs:\n  always: { steps: [{ run: pulumi preview }] }\n${jobs}` }, workspace =>
            pipelinesOf(workspace).pipelines.flatMap(({ jobs }) =>
                jobs
                    .filter(({ name }) => name !== "always")
                    .flatMap(({ name, steps }) => steps.map(({ script }) => `${name}: ${script.string()}`)),
            ),
        );
    const step = (condition: string) => `  a: { steps: [{ run: pulumi up, if: "${condition}" }, { run: make }] }\n`;
    const job = (condition: string, more = "") => `  a: { if: "${condition}", steps: [{ run: pulumi up }] }\n${more}`;

    test.each<[what: string, on: string, jobs: string, expected: readonly string[]]>([
        ["a step that is off", "push", step("false"), ["a: make"]],
        ["a job that is off", "push", job("false"), []],
        ["a step of another event", "pull_request", step("github.event_name == 'push'"), ["a: make"]],
        ["a job of another event", "[pull_request, schedule]", job("github.event_name == 'push'"), []],
        [
            "what needs a job of another event",
            "pull_request",
            job("github.event_name == 'push'", "  b: { needs: a, steps: [{ run: pulumi refresh }] }\n"),
            [],
        ],
    ])("%s", (_, on, jobs, expected) => expect(left(on, jobs)).toEqual(expected));

    test.each<[what: string, on: string, jobs: string, expected: readonly string[]]>([
        ["one of its events", "[pull_request, push]", step("github.event_name == 'push'"), ["a: pulumi up", "a: make"]],
        ["a branch", "pull_request", job("github.ref == 'refs/heads/main'"), ["a: pulumi up"]],
        [
            "an event, where others may call it",
            "[pull_request, workflow_call]",
            job("github.event_name == 'push'"),
            ["a: pulumi up"],
        ],
        ["an event, where none is readable", "{}", job("github.event_name == 'push'"), ["a: pulumi up"]],
        ["a variable", "push", step("vars.DEPLOY == 'true'"), ["a: pulumi up", "a: make"]],
        [
            "a failure of what it needs",
            "pull_request",
            job("false", "  b: { needs: a, if: always(), steps: [{ run: pulumi refresh }] }\n"),
            ["b: pulumi refresh"],
        ],
    ])("not what depends on %s", (_, on, jobs, expected) => expect(left(on, jobs)).toEqual(expected));

    test("and a workflow of which nothing is left does not count", () =>
        expect(workflow("on: push\njobs: { a: { if: false, steps: [{ run: pulumi up }] } }\n").pipelines).toEqual([]));
});
