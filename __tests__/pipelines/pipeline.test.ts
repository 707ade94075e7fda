import { FileValue } from "../../policies/kit/project/file-value";
import { readWorkflow } from "../../policies/pipelines/github";
import {
    callsElsewhere,
    type Job,
    jobsAfter,
    type Pipeline,
    referencesIn,
    runsWhen,
    Scope,
    skippedJobs,
} from "../../policies/pipelines/pipeline";
import { inWorkspace } from "../support/in-workspace";

const W = ".github/workflows/w.yml";

const pipeline = (jobs: string): Pipeline =>
    inWorkspace({ [W]: `on: push\njobs:\n${jobs}` }, workspace => readWorkflow(workspace, W).pipeline);

const env = (values: Readonly<Record<string, unknown>>) =>
    new Map(FileValue.parse({ path: W, text: JSON.stringify(values) }).content.entries());

describe("what names stand for", () => {
    const outer = new Scope(
        new Map([
            ["inputs.stack", ["dev", "prod"]],
            ["inputs.one", ["x"]],
        ]),
        env({ A: "a", B: "b", N: 5, X: "${{ inputs.one }}", LOOP: "${{ env.LOOP }}", Empty: null }),
    );
    const inner = outer.with(new Map([["matrix.s", ["m"]]]), env({ B: "inner" }));
    const called = new Scope(new Map(), new Map(), outer, false);

    test("nothing new is no scope of its own", () => {
        expect(outer.with(new Map())).toBe(outer);
        expect(outer.with(new Map(), env({ B: 1 }))).not.toBe(outer);
        expect(outer.with(new Map([["a", ["b"]]]))).not.toBe(outer);
    });

    test("variables are the nearest ones", () => {
        const value = (scope: Scope, name: string) => scope.variable(name)?.scalar();
        expect([value(inner, "A"), value(inner, "B"), value(outer, "B"), value(inner, "a")]).toEqual([
            "a",
            "inner",
            "b",
            undefined,
        ]);
        expect([...inner.env].map(([name, one]) => [name, one.scalar()]).slice(0, 3)).toEqual([
            ["A", "a"],
            ["B", "inner"],
            ["N", 5],
        ]);
        expect(outer.env).toBe(outer.ownEnv);
        expect(inner.env).toBe(inner.env);
    });

    test.each([
        ["plain", ["plain"]],
        ["${{ inputs.stack }}", ["dev", "prod"]],
        ["${{ inputs.STACK }}", ["dev", "prod"]],
        ["${{ matrix.s }}", ["m"]],
        ["${{ env.b }}", ["inner"]],
        ["${{ env.N }}", ["5"]],
        ["${{ env.X }}", ["x"]],
        ["${{ env.LOOP }}", ["${{ env.LOOP }}"]],
        ["${{ env.Empty }}", ["${{ env.Empty }}"]],
        ["${{ env.none }}", ["${{ env.none }}"]],
        ["${{ xenv.b }}", ["${{ xenv.b }}"]],
        ["${{ inputs.none }}", ["${{ inputs.none }}"]],
    ])("%s can become %j", (text, expected) => expect(inner.expand(text)).toEqual(expected));

    test.each([
        ["plain", ["plain"]],
        ["$A-${B}", ["a-inner"]],
        ["$X", ["x"]],
        ["$A_", ["$A_"]],
        ["$none", ["$none"]],
        ["$Empty", ["$Empty"]],
        ["$[[ inputs.one ]]", ["x"]],
        ["$[[inputs.stack]]-$A", ["dev-a", "prod-a"]],
        ["$[[ inputs.ONE | expand_vars ]]", ["x"]],
        ["$[[ inputs.one ]]$[[ inputs.stack ]]", ["xdev", "xprod"]],
        ["$[[ inputs.one ]]$[[ inputs.none ]]$A", ["x$[[ inputs.none ]]$A"]],
        ["$[[ other.one ]]", ["$[[ other.one ]]"]],
        ["$[ inputs.one ]", ["$[ inputs.one ]"]],
    ])("the word %s can become %j", (word, expected) => expect(inner.expandWord(word)).toEqual(expected));

    test("as many values as the budget has, and no more", () => {
        const many = (count: number) =>
            new Scope(new Map([["inputs.a", Array.from({ length: count }, (_, at) => `v${at}`)]]), new Map());
        expect(many(200).interpolate("$[[ inputs.a ]]")).toHaveLength(200);
        expect(many(201).interpolate("$[[ inputs.a ]]")).toEqual(["$[[ inputs.a ]]"]);
    });

    test.each([
        [["main"], "main"],
        [["a", "b"], undefined],
        [[], undefined],
        [["true"], undefined],
        [["false"], undefined],
        [["truely"], "truely"],
        [["untrue"], "untrue"],
        [["x ${{ y }}"], undefined],
        [[""], ""],
    ])("in a condition %j is %j", (values, expected) =>
        expect(new Scope(new Map([["inputs.a", values]]), new Map()).operandOf("inputs.a")).toBe(expected),
    );

    test("what is called sees variables, and no inputs, of who calls it", () => {
        expect(called.expand("${{ inputs.one }}")).toEqual(["${{ inputs.one }}"]);
        expect(called.expand("${{ env.A }}")).toEqual(["a"]);
        expect(called.operandOf("inputs.one")).toBeUndefined();
        expect(inner.operandOf("inputs.one")).toBe("x");
        expect(inner.operandOf("inputs.none")).toBeUndefined();
    });
});

test("references that a text can come from", () =>
    expect(referencesIn("a == 'b' && secrets['A'] || inputs.B")).toEqual(["secrets.a", "inputs.b"]));

describe("whether a job runs", () => {
    const scope = new Scope(new Map([["inputs.a", ["x"]]]), new Map());
    const facts = (name: string) => (name === "github.event_name" ? "push" : name === "inputs.b" ? null : undefined);
    test.each([
        [[], "always"],
        [["github.event_name == 'push'"], "always"],
        [["github.event_name == 'push'", "inputs.a == 'y'"], "never"],
        [["inputs.a == 'x'"], "always"],
        [["inputs.b"], "never"],
        [["inputs.c"], "unknown"],
    ])("%j: %s", (conditions, expected) => expect(runsWhen({ conditions, scope }, facts)).toBe(expected));
});

describe("a workflow of another repository has to do with Pulumi", () => {
    test.each([
        ["uses: acme/pulumi/.github/workflows/up.yml@v1", true],
        ["uses: acme/ci/.github/workflows/Pulumi.yml@v1", true],
        ["uses: acme/ci/w.yml@v1, with: { pulumi-stack: x }", true],
        ["uses: acme/ci/w.yml@v1, with: { command: pulumi up }", true],
        ["uses: acme/ci/w.yml@v1, secrets: { PULUMI_ACCESS_TOKEN: x }", true],
        ["uses: acme/ci/w.yml@v1, secrets: inherit", false],
        ["uses: acme/ci/w.yml@v1, with: { stack: x }", false],
        ["uses: ./.github/workflows/pulumi.yml", false],
        ["steps: [], with: { a: pulumi }", false],
    ])("%s: %s", (keys, expected) => {
        const [job] = pipeline(`  a: { ${keys} }\n`).jobs;
        expect(job && callsElsewhere(job)).toBe(expected);
    });
});

describe("jobs that come after others, or are skipped with them", () => {
    const names = (jobs: ReadonlySet<Job>) => [...jobs].map(({ name }) => name).sort();
    const following = (jobs: string, ...first: string[]) =>
        names(jobsAfter(pipeline(jobs), ({ name }) => first.includes(name)));
    const skipped = (jobs: string) =>
        names(skippedJobs(pipeline(jobs), name => (name === "github.event_name" ? "push" : undefined)));
    const CHAIN = "  a: {}\n  b: { needs: a }\n  c: { needs: [b, x] }\n  d: {}\n  e: { needs: [d, a] }\n";

    test.each([
        [["a"], ["b", "c", "e"]],
        [["b"], ["c"]],
        [["d"], ["e"]],
        [["c"], []],
        [[], []],
        [
            ["b", "d"],
            ["c", "e"],
        ],
    ])("after %j: %j", (first, expected) => expect(following(CHAIN, ...first)).toEqual(expected));

    test("jobs that need one another end", () =>
        expect(following("  a: { needs: b }\n  b: { needs: a }\n", "a")).toEqual(["a", "b"]));

    test("stages of GitLab come one after another", () => {
        const staged = (stage: number, name: string, waitsForStages = true) => ({
            name,
            stage,
            waitsForStages,
            needs: [],
        });
        const jobs = [staged(0, "a"), staged(1, "b"), staged(1, "c", false), staged(2, "d"), staged(2, "e")];
        const found = (name: string) => names(jobsAfter({ jobs } as unknown as Pipeline, one => one.name === name));
        expect(found("a")).toEqual(["b", "d", "e"]);
        expect(found("b")).toEqual(["d", "e"]);
        expect(found("c")).toEqual(["d", "e"]);
        expect(found("d")).toEqual([]);
    });

    test.each([
        ["its own condition", "  a: { if: github.event_name == 'x' }\n  b: {}\n", ["a"]],
        [
            "the job that it needs",
            "  a: { if: github.event_name == 'x' }\n  b: { needs: a }\n  c: { needs: b }\n",
            ["a", "b", "c"],
        ],
        ["one of the jobs that it needs", "  a: { if: false }\n  d: {}\n  b: { needs: [a, d] }\n", ["a", "b"]],
        ["nothing that is known", "  a: { if: inputs.x }\n  b: { needs: a }\n", []],
        ["nothing that holds", "  a: { if: github.event_name == 'push' }\n", []],
        ...["always()", "failure() || x", "cancelled() || x", "!cancelled ()", "x && always()"].map(
            (asked): [string, string, string[]] => [
                `nothing, as it asks by ${asked}`,
                `  a: { if: false }\n  b: { needs: a, if: "${asked}" }\n`,
                ["a"],
            ],
        ),
        ["what it needs, as it asks for success", "  a: { if: false }\n  b: { needs: a, if: success() }\n", ["a", "b"]],
        [
            "what it needs, whatever a function is called",
            "  a: { if: false }\n  b: { needs: a, if: xalways() }\n",
            ["a", "b"],
        ],
    ])("skipped by %s", (_, jobs, expected) => expect(skipped(jobs)).toEqual(expected));
});
