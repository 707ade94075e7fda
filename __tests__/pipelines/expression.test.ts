import {
    expand,
    expressionsIn,
    type Operand,
    placesOf,
    resultsOf,
    soleExpression,
    truthOf,
} from "../../policies/pipelines/expression";

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
