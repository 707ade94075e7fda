import {
    allOf,
    expand,
    expressionsIn,
    literalOf,
    normalized,
    type Operand,
    placesOf,
    resultsOf,
    STRANGE,
    secretsIn,
    soleExpression,
    truthOf,
} from "../../policies/pipelines/expression";
import { PIPELINE_BUDGET } from "../../policies/pipelines/pipeline-budget";

test.each([
    ["github.head_ref", ["github.head_ref"]],
    ["github.head_ref == 'main'", []],
    ["github.event_name == 'push' && 'up' || 'preview'", ["'up'", "'preview'"]],
    ["contains(github.event.pull_request.title, 'x') && inputs.a || ''", ["inputs.a", "''"]],
    ["(inputs.a || github.ref) && 'a || b'", ["'a || b'"]],
    ["(inputs.a || github.ref)", ["inputs.a", "github.ref"]],
    ["!github.head_ref", []],
    ["format('{0}', github.head_ref)", ["format('{0}', github.head_ref)"]],
    ["", []],
])("%s can become %j", (expression, expected) => expect(resultsOf(expression)).toEqual(expected));

test("finds each expression, and the sole one", () => {
    expect(expressionsIn("a ${{ b }} ${{c}}")).toEqual(["b", "c"]);
    expect(soleExpression(" ${{ b }} ")).toBe("b");
    expect(soleExpression("${{ b }} ${{ c }}")).toBeUndefined();
});

test("expands what is known and keeps the rest", () => {
    const values: Record<string, string[]> = { "matrix.stack": ["dev", "prod"] };
    const known = (name: string) => values[name];
    expect(expand("org/${{ matrix.stack }}-${{ inputs.x }}", known)).toEqual([
        "org/dev-${{ inputs.x }}",
        "org/prod-${{ inputs.x }}",
    ]);
    expect(expand("${{ github.ref == 'x' && 'up' || 'preview' }}", known)).toEqual(["up", "preview"]);
    expect(expand("${{ github.ref == 'x' }}", known)).toEqual(["${{ github.ref == 'x' }}"]);
});

test("finds the ends of many expressions in linear time", () => {
    const started = performance.now();
    expect(placesOf("${{ a ".repeat(200_000))).toEqual([]);
    expect(performance.now() - started).toBeLessThan(3_000);
});

test.each([
    ["false", "never"],
    ["github.event_name == 'schedule'", "always"],
    ["github.event_name != 'SCHEDULE'", "never"],
    ["${{ !(github.event_name == 'workflow_dispatch' && inputs.skip) }}", "always"],
    ["vars.DRIFT != 'false'", "unknown"],
    ["vars.DRIFT && github.event_name == 'push'", "never"],
    ["vars.DRIFT || github['event_name'] == 'schedule'", "always"],
    ['contains(fromJSON(\'["push", "schedule"]\'), github.event_name)', "always"],
    ["startsWith(github.event_name, 'pull_')", "never"],
    ["${{ github.event_name }} == 'push'", "unknown"],
    ["github.event_name == 'push", "unknown"],
])("%s holds: %s", (condition, expected) => {
    const known = new Map<string, Operand>([["github.event_name", "schedule"]]);
    expect(truthOf(condition, name => known.get(name))).toBe(expected);
});

test.each([
    ["contains(a, 'x')", []],
    ["startsWith(a, 'x')", []],
    ["endsWith(a, 'x')", []],
    ["success()", []],
    ["failure()", []],
    ["always()", []],
    ["cancelled()", []],
    ["join(a, ',')", ["join(a, ',')"]],
    ["fromJSON(a).contains", ["fromJSON(a).contains"]],
    ["fromJSON(a)[0].b", ["fromJSON(a)[0].b"]],
    ["a[*].b", ["a[*].b"]],
    ["a.*.b", ["a.*.b"]],
    ["a[b.c]", ["a[b.c]"]],
    ["a_1.b-2", ["a_1.b-2"]],
    ["a < b", []],
    ["a <= b", []],
    ["a > b", []],
    ["a >= b", []],
    ["a == b", []],
    ["a != b", []],
    ["a == b == c", []],
    ["1", ["1"]],
    ["-1.5", ["-1.5"]],
    ["0xff", ["0xff"]],
    ["true", ["true"]],
    ["null", ["null"]],
    // What is no expression stands for itself.
    ["a b", ["a b"]],
    ["a &&", ["a &&"]],
    ["a ==", ["a =="]],
    ["(a", ["(a"]],
    ["f(a", ["f(a"]],
    ["f(a,)", ["f(a,)"]],
    ["a[b", ["a[b"]],
    ["a[]", ["a[]"]],
    ["!", ["!"]],
    ["- 1", ["- 1"]],
    ["{{ x", ["{{ x"]],
    [" a + b ", ["a + b"]],
    [" a ; ", ["a ;"]],
])("%s can become %j, by each function, operator and kind of value", (expression, expected) =>
    expect(resultsOf(expression)).toEqual(expected),
);

test.each([
    ["${{ secrets.A }}", ["A"]],
    ["${{ secrets . A-b_1 }}", ["A-b_1"]],
    ["${{ SECRETS.a }} ${{ secrets.b && secrets.c }}", ["a", "b", "c"]],
    ["${{ secrets['A'] }} ${{ secrets [ 'B' ] }}", ["A", "B"]],
    ["${{ secrets[format('A_{0}', b)] }}", ["format('A_{0}', b)"]],
    ["${{ secrets[matrix.name] }}", ["matrix.name"]],
    ["${{ mysecrets.A }} secrets.B", []],
    [`\${{ secrets[${"x".repeat(200)}] }}`, ["x".repeat(200)]],
    [`\${{ secrets[${"x".repeat(201)}] }}`, []],
])("the secrets in %s", (text, expected) => expect(secretsIn(text)).toEqual(expected));

test.each([
    ["'a'", "a"],
    ["''", ""],
    ["'it''s'", "it's"],
    ["'", undefined],
    ["a", undefined],
    ["'a", undefined],
    ["a'", undefined],
    ["'a' 'b'", undefined],
])("the text of %s is %j", (part, expected) => expect(literalOf(part)).toBe(expected));

test.each([
    ["GitHub.Event_Name", "github.event_name"],
    ["secrets['A']", "secrets.a"],
    ["secrets[ 'A' ][ 'b c' ]", "secrets.a.bc"],
    ["github . event\n.inputs.x", "inputs.x"],
    ["github.event.inputsx", "github.event.inputsx"],
    ["githubxevent.inputs.x", "githubxevent.inputs.x"],
    ["my.github.event.inputs.x", "my.github.event.inputs.x"],
    ["a[*]", "a[*]"],
])("%s is compared as %s", (reference, expected) => expect(normalized(reference)).toBe(expected));

test.each([
    [["always", "always"], "always"],
    [["always", "unknown"], "unknown"],
    [["unknown", "never"], "never"],
    [[], "always"],
] as const)("all of %j: %s", (truths, expected) => expect(allOf(truths)).toBe(expected));

test.each([
    ["${{ a }}", "a"],
    ["x ${{ a }}", undefined],
    ["${{ a }} x", undefined],
    ["${{ a }", undefined],
    ["a }}", undefined],
])("the sole expression of %s is %j", (text, expected) => expect(soleExpression(text)).toBe(expected));

test("tells where each expression begins, and none that does not end", () => {
    expect(placesOf("a ${{ b }}${{c}} ${{ d")).toEqual([
        [2, "${{ b }}"],
        [10, "${{c}}"],
    ]);
    expect(placesOf("${{}}")).toEqual([[0, "${{}}"]]);
});

const KNOWN = new Map<string, Operand>([
    ["text", "Schedule"],
    ["empty", ""],
    ["none", null],
    ["one", 1],
    ["zero", 0],
    ["yes", true],
    ["no", false],
    ["ten", "10"],
    ["blank", " "],
    ["list", ["push", "Pull"]],
    ["strange", STRANGE],
]);

test.each([
    ...["text", "one", "yes", "ten", "blank", "list", "strange"].map(name => [name, "always"]),
    ...["empty", "none", "zero", "no"].map(name => [name, "never"]),
    ...["true", "1", "-1", "0x1", "'a'", "always()", "success()", "!false"].map(text => [text, "always"]),
    ...["false", "0", "0.0", "''", "null", "failure()", "cancelled()", "!true"].map(text => [text, "never"]),
    ["other", "unknown"],
    ["!other", "unknown"],
    ["FALSE", "never"],
    ["NULL", "never"],
    ["hashFiles('x')", "unknown"],
    ["format('a', 'b')", "unknown"],
    ["text && other", "unknown"],
    ["no && other", "never"],
    ["other && no", "never"],
    ["other || yes", "always"],
    ["other || no", "unknown"],
    ["no || empty", "never"],
    ["no || empty || text", "always"],
    ["(no || ten) == '10'", "always"],
    ["(yes && ten) == '10'", "always"],
    ["(other || ten) == '10'", "unknown"],
    ["(ten || other) == '10'", "always"],
    ["(ten && other) == '10'", "unknown"],
    ["(empty && other) == ''", "always"],
    ["(other && empty) == ''", "unknown"],
    ["!(other || ten)", "never"],
    ["!(other && no)", "always"],
    ["contains(text, 'CHED')", "always"],
    ["contains(text, 'x')", "never"],
    ["contains(list, 'PULL')", "always"],
    ["contains(list, 'pul')", "never"],
    ["contains(list, strange)", "never"],
    ["contains(strange, 'a')", "unknown"],
    ["contains(text, strange)", "unknown"],
    ["contains(text, other)", "unknown"],
    ["contains(other, 'x')", "unknown"],
    ["contains(none, '')", "always"],
    ["contains(none, 'null')", "never"],
    ["contains(fromJSON('[1, true, null]'), 1)", "always"],
    ["contains(fromJSON('[[1]]'), 1)", "unknown"],
    ["contains(fromJSON('[\"a\"'), 'a')", "unknown"],
    ["contains(fromJSON('{}'), 'a')", "unknown"],
    ["fromJSON('false')", "never"],
    ["fromJSON('null')", "never"],
    ["fromJSON('0')", "never"],
    ["fromJSON('\"a\"')", "always"],
    ["fromJSON(one)", "unknown"],
    ["startsWith(text, 'SCH')", "always"],
    ["startsWith(text, 'ule')", "never"],
    ["endsWith(text, 'ULE')", "always"],
    ["endsWith(text, 'sch')", "never"],
    ["strange == 'a'", "never"],
    ["'a' == strange", "never"],
    ["strange != 'a'", "always"],
    ["'a' != strange", "always"],
    ["strange < 'a'", "unknown"],
    ["strange == other", "never"],
    ["other == 'a'", "unknown"],
    ["'a' == other", "unknown"],
    ["text == 'schedule'", "always"],
    ["text != 'schedule'", "never"],
    ["ten == 10", "always"],
    ["ten != 10", "never"],
    ["ten == 11", "never"],
    ["ten != 11", "always"],
    ["one < 2", "always"],
    ["one < 1", "never"],
    ["one <= 1", "always"],
    ["one <= 0", "never"],
    ["one > 0", "always"],
    ["one > 1", "never"],
    ["one >= 1", "always"],
    ["one >= 2", "never"],
    ["'a' < 'B'", "always"],
    ["none == 0", "always"],
    ["blank == 0", "always"],
    ["yes == 1", "always"],
    ["no == 0", "always"],
    ["list == 0", "never"],
    ["list == list", "never"],
    ["text == 0", "never"],
])("%s holds by each operator and kind of value: %s", (condition, expected) =>
    expect(truthOf(condition, name => KNOWN.get(name))).toBe(expected),
);

test("reads expressions up to the budget and no further", () => {
    const long = (length: number) => `'${"x".repeat(length - 2)}'`;
    expect(truthOf(long(PIPELINE_BUDGET.expressionCharacters), () => undefined)).toBe("always");
    expect(truthOf(long(PIPELINE_BUDGET.expressionCharacters + 1), () => undefined)).toBe("unknown");
    const deep = (depth: number) => `${"(".repeat(depth - 1)}true${")".repeat(depth - 1)}`;
    expect(truthOf(deep(PIPELINE_BUDGET.expressionDepth), () => undefined)).toBe("always");
    expect(truthOf(deep(PIPELINE_BUDGET.expressionDepth + 1), () => undefined)).toBe("unknown");
    // What stands beside one another is not within one another.
    expect(truthOf(Array(100).fill("!false").join(" && "), () => undefined)).toBe("always");
});

test("expands up to the budget, beyond which the first value stands for all", () => {
    const values = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`);
    expect(expand("${{ a }}", () => values(PIPELINE_BUDGET.values))).toHaveLength(PIPELINE_BUDGET.values);
    expect(expand("${{ a }}", () => values(PIPELINE_BUDGET.values + 1))).toEqual(["v0"]);
    expect(expand("${{ a }}-${{ b }}", name => values(name === "a" ? 100 : 2))).toHaveLength(200);
    expect(expand("${{ a }}-${{ b }}", name => values(name === "a" ? 100 : 3))).toHaveLength(100);
    const long = "x".repeat(PIPELINE_BUDGET.expandedCharacters);
    expect(expand("${{ a }}${{ b }}", name => [name === "a" ? long : "y"])).toEqual([`${long}y`]);
    expect(expand("${{ a }}${{ b }}", name => [name === "a" ? `${long}x` : "y"])).toEqual([`${long}x`]);
    expect(expand("${{ a }}", () => ["x", "x"])).toEqual(["x"]);
    expect(expand("${{ a || 'b' }}", () => undefined)).toEqual(["${{ a }}", "b"]);
    expect(expand("plain", () => ["x"])).toEqual(["plain"]);
});
