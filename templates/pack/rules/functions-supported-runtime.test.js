// @ts-check
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { judgeResource } = require("pulumi-security-baseline/testing");
const { rule } = require("./functions-supported-runtime");

const type = "aws:lambda/function:Function";
const NOTHING = { violations: [], notes: [] };

test("passes a supported runtime, and a function without one", () => {
    assert.deepEqual(judgeResource(rule, { type, props: { runtime: "nodejs22.x" } }), NOTHING);
    assert.deepEqual(judgeResource(rule, { type, props: { packageType: "Image" } }), NOTHING);
});

test("reports another runtime, with what was expected", () => {
    assert.deepEqual(judgeResource(rule, { type, props: { runtime: "nodejs16.x" } }), {
        violations: ["Function 'subject', runtime: is nodejs16.x; expected one of nodejs22.x, python3.13."],
        notes: [],
    });
});

test("takes the runtimes from its settings", () => {
    assert.deepEqual(judgeResource(rule, { type, props: { runtime: "java21" } }, { runtimes: ["java21"] }), NOTHING);
});
