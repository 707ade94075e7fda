import { readGitlab } from "../../policies/pipelines/gitlab";
import type { Job, Pipeline } from "../../policies/pipelines/pipeline";
import { inWorkspace } from "../support/in-workspace";

type Files = Readonly<Record<string, string>>;

const pipeline = (text: string, more: Files = {}): Pipeline =>
    inWorkspace({ ".gitlab-ci.yml": text, ...more }, workspace => readGitlab(workspace).pipeline);

const jobs = (text: string, more: Files = {}) => pipeline(text, more).jobs;

const names = (text: string, more: Files = {}) => jobs(text, more).map(({ name }) => name);

/** The job `up` of a pipeline. */
function up(text: string, more: Files = {}): Job {
    const found = jobs(text, more).find(({ name }) => name === "up");
    if (found === undefined) throw new Error("The pipeline has no job named up.");
    return found;
}

const lines = (text: string, more: Files = {}) => up(text, more).steps.map(({ script }) => script.string());

const calls = (text: string, more: Files = {}) =>
    up(text, more).steps.flatMap(step => step.calls.map(({ operation, stack, dir }) => [operation, stack, dir]));

const shown = (value: { string(): string | undefined } | undefined) => value?.string();

test("keys at the top that are no jobs", () => {
    const keys =
        "default include stages types variables workflow spec image services cache before_script after_script .hidden".split(
            " ",
        );
    expect(names(`${keys.map(key => `${key}: { script: [x] }\n`).join("")}up: { script: [x] }\n`)).toEqual(["up"]);
    expect(names("up: {}\nlist: [x]\ntext: x\npages: { script: [x] }\n")).toEqual(["up", "pages"]);
});

test("what a pipeline is", () =>
    expect(pipeline("up: {}\n")).toMatchObject({
        service: "gitlab",
        path: ".gitlab-ci.yml",
        schedule: undefined,
        uses: [],
        unread: [],
        includes: [],
    }));

describe("stages", () => {
    const stages = (text: string) => jobs(text).map(({ name, stage }) => [name, stage]);
    test("as they are without any, `test` where a job names none", () =>
        expect(
            stages(
                "p: { stage: .pre }\nb: { stage: build }\nt: {}\nu: { stage: test }\nd: { stage: deploy }\nz: { stage: .post }\nx: { stage: none }\n",
            ),
        ).toEqual([
            ["p", 0],
            ["b", 1],
            ["t", 2],
            ["u", 2],
            ["d", 3],
            ["z", 4],
            ["x", -1],
        ]));
    test("as they are listed", () =>
        expect(
            stages("stages: [one, test]\na: { stage: one }\nb: {}\np: { stage: .pre }\nz: { stage: .post }\n"),
        ).toEqual([
            ["a", 1],
            ["b", 2],
            ["p", 0],
            ["z", 3],
        ]));
    test("none listed are the usual ones", () =>
        expect(stages("stages: []\na: { stage: build }\n")).toEqual([["a", 1]]));
    test("of children lie within that of the job that triggers them", () => {
        const found = jobs("a: { stage: build, trigger: { include: c.yml } }\nb: { stage: deploy }\n", {
            "c.yml": "x: { stage: build }\ny: { stage: deploy }\n",
        });
        const at = new Map(found.map(({ name, stage }) => [name, stage ?? -1]));
        expect([...at.keys()]).toEqual(["a / x", "a / y", "a", "b"]);
        const order = ["a / x", "a / y", "a", "b"].map(name => at.get(name) ?? -1);
        expect(order).toEqual([...order].sort((one, other) => one - other));
        expect(new Set(order).size).toBe(4);
    });
});

describe("a job", () => {
    test.each([
        ["needs: [a, { job: b }, { pipeline: c }]", ["a", "b"], false],
        ["needs: []", [], false],
        ["stage: test", [], true],
    ])("%s", (keys, needs, waitsForStages) => expect(up(`up: { ${keys} }\n`)).toMatchObject({ needs, waitsForStages }));

    test.each([
        ["environment: prod", "prod"],
        ["environment: { name: prod }", "prod"],
        ["stage: test", undefined],
    ])("%s", (keys, name) => expect(shown(up(`up: { ${keys} }\n`).environment)).toBe(name));

    test.each([
        ["", "image: a, services: [b, { name: c }]", ["a", "b", "c"]],
        ["image: a\nservices: [b]\n", "stage: test", ["a", "b"]],
        ["default: { image: { name: a }, services: [b] }\n", "stage: test", ["a", "b"]],
        ["image: z\ndefault: { image: a }\n", "stage: test", ["a"]],
        ["image: z\n", "image: a", ["a"]],
        ["", "stage: test", []],
    ])("images by %j and %s", (top, keys, images) =>
        expect(up(`${top}up: { ${keys} }\n`).images.map(shown)).toEqual(images),
    );

    test.each([
        ["allow_failure: true", true],
        ["allow_failure: { exit_codes: 1 }", true],
        ["allow_failure: false", false],
        ["allow_failure: 'true'", false],
        ["stage: test", false],
    ])("%s: its failure is ignored: %s", (keys, expected) =>
        expect(up(`up: { ${keys} }\n`).isFailureIgnored).toBe(expected),
    );

    test.each([
        ["", "id_tokens: { A: { aud: x } }", true],
        ["default: { id_tokens: { A: { aud: x } } }\n", "stage: test", true],
        ["", "id_tokens: x", false],
        ["", "stage: test", false],
    ])("%j with %s has tokens: %s", (top, keys, expected) =>
        expect(up(`${top}up: { ${keys} }\n`).hasIdTokens).toBe(expected),
    );

    test.each([
        ["when: manual", true],
        ["when: always", false],
        ["stage: test", false],
        ["rules: [{ if: a, when: manual }]", true],
        ["rules: [{ if: a, when: manual }, { if: b }]", false],
        ["rules: [{ if: a, when: manual }, { when: never }]", true],
        ["rules: [{ when: never }]", false],
        ["when: manual, rules: [{ if: a }]", true],
        ["when: manual, rules: [{ if: a, when: on_success }]", false],
    ])("%s: a person starts it: %s", (keys, expected) => expect(up(`up: { ${keys} }\n`).isManual).toBe(expected));

    test.each([
        ["rules: [{ if: a }, { if: b, when: manual }, { changes: [c] }]", ["a || b"]],
        ["rules: [{ if: a, when: never }, { if: b }]", ["b"]],
        ["only: [main, tags]", ["main || tags"]],
        ["only: main", ["main"]],
        ["only: { refs: [main], changes: [x] }", ["main"]],
        ["only: { changes: [x] }", []],
        ["rules: [{ if: a }], only: [main]", ["a || main"]],
        ["stage: test", []],
    ])("%s: it runs by %j", (keys, conditions) => expect(up(`up: { ${keys} }\n`).conditions).toEqual(conditions));
});

describe("what a job runs", () => {
    test.each([
        ["up: { script: x }\n", ["x"]],
        ["up: { script: [x, [y, [z]]] }\n", ["x", "y", "z"]],
        ["up: { before_script: [b], script: [x], after_script: [a] }\n", ["b", "x", "a"]],
        ["before_script: [b]\nafter_script: [a]\nup: { script: [x] }\n", ["b", "x", "a"]],
        ["default: { before_script: [b], after_script: [a] }\nup: { script: [x] }\n", ["b", "x", "a"]],
        ["before_script: [t]\ndefault: { before_script: [b] }\nup: { script: [x] }\n", ["b", "x"]],
        ["before_script: [t]\nup: { before_script: [], script: [x] }\n", ["x"]],
        [".t: { script: [t], before_script: [b] }\nup: { extends: .t, script: [x] }\n", ["b", "x"]],
        [".a: { script: [a] }\n.b: { script: [b] }\nup: { extends: [.a, .b] }\n", ["b"]],
        [".a: { script: [a] }\n.b: { extends: .a }\nup: { extends: .b }\n", ["a"]],
        [".a: { extends: up, script: [a] }\nup: { extends: .a }\n", ["a"]],
        ["up: { extends: .none, script: [x] }\n", ["x"]],
        [".s: { script: [s, t] }\nup: { script: [!reference [.s, script], x] }\n", ["s", "t", "x"]],
        [".s: { extends: .r }\n.r: { script: [r] }\nup: { script: [!reference [.s, script]] }\n", ["r"]],
        [".s: { variables: { A: a } }\nup: { script: [!reference [.s, variables, A]] }\n", ["a"]],
        ["up: { script: [!reference [up, script], x] }\n", undefined],
    ])("%s", (text, expected) => {
        const found = lines(text);
        if (expected === undefined) expect(found.every(line => line === "x")).toBe(true);
        else expect(found).toEqual(expected);
    });

    test.each([
        [
            "a folder holds for the next line",
            "script: [cd a, pulumi up, cd b, pulumi -C c preview]",
            [
                ["up", undefined, "a"],
                ["preview", undefined, "a/b/c"],
            ],
        ],
        ["and not for what comes after", "script: [cd a], after_script: [pulumi up]", [["up", undefined, undefined]]],
        ["it holds from what comes before", "before_script: [cd a], script: [pulumi up]", [["up", undefined, "a"]]],
        [
            "a stack that is selected",
            "script: [pulumi stack select dev, pulumi up]",
            [
                ["other", "dev", undefined],
                ["up", "dev", undefined],
            ],
        ],
        ["none", "script: [make]", []],
    ])("%s", (_, keys, expected) => expect(calls(`up: { ${keys} }\n`)).toEqual(expected));

    test.each([
        [
            "the job's variable",
            "variables: { S: top }\nup: { variables: { S: own }, script: [pulumi up -s $S] }\n",
            "own",
        ],
        ["the pipeline's", "variables: { S: top }\nup: { script: [pulumi up -s $S] }\n", "top"],
        [
            "one with a description",
            "variables: { S: { value: top, description: x } }\nup: { script: [pulumi up -s $S] }\n",
            "top",
        ],
        [
            "that of what it extends",
            ".t: { variables: { S: t } }\nup: { extends: .t, script: [pulumi up -s $S] }\n",
            "t",
        ],
        [
            "its own before that",
            ".t: { variables: { S: t } }\nup: { extends: .t, variables: { S: own }, script: [pulumi up -s $S] }\n",
            "own",
        ],
        ["none", "up: { script: [pulumi up -s $S] }\n", "$S"],
    ])("%s names the stack", (_, text, stack) => expect(calls(text)).toEqual([["up", stack, undefined]]));
});

test.each([
    [10, ["x"]],
    [11, []],
])("a script %i steps of `extends` away", (steps, expected) => {
    const chain = Array.from({ length: steps - 1 }, (_, at) => `.t${at + 1}: { extends: .t${at + 2} }\n`).join("");
    expect(lines(`up: { extends: .t1 }\n${chain}.t${steps}: { script: [x] }\n`)).toEqual(expected);
});

describe("files that are included", () => {
    const file = (name: string) => `up: { script: [${name}] }\n`;
    const MORE = {
        "a.yml": file("a"),
        "b.yml": file("b"),
        "ci/one.yml": file("one"),
        "ci/two.yaml": "two: { script: [two] }\n",
        "ci/three.json": "three: { script: [three] }\n",
        "ci/deep/four.yml": "four: { script: [four] }\n",
        "nest.yml": "include: a.yml\n",
        "list.yml": "- x\n",
    };
    test.each([
        ["include: a.yml\n", ["a"]],
        ["include: /a.yml\n", ["a"]],
        ["include: //a.yml\n", ["a"]],
        ["include: [{ local: a.yml }]\n", ["a"]],
        ["include: { local: //a.yml }\n", ["a"]],
        ["include: [a.yml, b.yml]\n", ["b"]],
        ["include: [b.yml, a.yml]\n", ["a"]],
        ["include: nest.yml\n", ["a"]],
        ["include: a.yml\nup: { script: [own] }\n", ["own"]],
        ["include: ci/*.yml\n", ["one"]],
    ])("%s", (text, expected) => expect(lines(text, MORE)).toEqual(expected));

    test.each([
        ["ci/*", ["two", "up"]],
        ["ci/*.yml", ["up"]],
        ["ci/**", ["four", "two", "up"]],
        ["ci/**.yml", ["four", "up"]],
        ["ci/t*.yaml", ["two"]],
        ["ci/[t]*.yaml", []],
        ["none.yml", []],
        ["list.yml", []],
        ["https://example.com/a.yml", []],
        ["http:a.yml", []],
        ["$DIR/a.yml", []],
    ])("%s brings %j", (include, expected) => expect(names(`include: '${include}'\n`, MORE).sort()).toEqual(expected));

    test("all are known, and what is included is listed", () => {
        const read = pipeline("include: [nest.yml, { remote: x }]\nt: { trigger: { include: b.yml } }\n", MORE);
        expect([...read.files].sort()).toEqual([".gitlab-ci.yml", "a.yml", "b.yml", "nest.yml"]);
        expect(read.includes.map(({ from, at }) => [from, at.line])).toEqual([["address", 1]]);
    });
});

describe("jobs of child pipelines", () => {
    test("carry what holds for the job that triggers them", () => {
        const [child] = jobs(
            "a: { needs: [z], when: manual, allow_failure: true, rules: [{ if: x, when: manual }], variables: { S: s }, trigger: { include: c.yml } }\n",
            { "c.yml": "up: { needs: [b], rules: [{ if: y }], script: [pulumi up -s $S] }\n" },
        );
        expect(child).toMatchObject({
            name: "a / up",
            needs: ["a / b", "z"],
            conditions: ["x", "y"],
            isManual: true,
            isFailureIgnored: true,
        });
        expect(child?.steps[0]?.calls[0]?.stack).toBe("s");
    });

    test("eleven deep, and no deeper", () => {
        const chain = Object.fromEntries(
            Array.from({ length: 15 }, (_, at) => [`c${at}.yml`, `j${at}: { trigger: { include: c${at + 1}.yml } }\n`]),
        );
        const deepest = Math.max(
            ...names("a: { trigger: { include: c0.yml } }\n", chain).map(name => name.split(" / ").length),
        );
        expect(deepest).toBe(11);
    });
});
