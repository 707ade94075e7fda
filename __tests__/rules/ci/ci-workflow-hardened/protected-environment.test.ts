import { rule } from "../../../../policies/rules/ci/ci-workflow-hardened";
import { violationsOf } from "../../../support/judge-aspect";
import { judgeProject } from "../../../support/test-rule";

const job = (environment: string, more = "") =>
    `on: push\njobs:\n  up:\n    environment: ${environment}\n${more}    steps: [{ run: pulumi up }]\n`;

const judged = (workflow: string, files: Record<string, string> = {}) =>
    violationsOf("protected-environment", workflow, files).length;

describe("the environment's name", () => {
    const matrix = (values: string) => `    strategy: { matrix: { environment: ${values} } }\n`;
    test.each([
        ["production", "", 0],
        ['""', "", 1],
        ["{ url: x }", "", 1],
        ['{ name: "${{ vars.ENVIRONMENT }}" }', "", 0],
        ["${{ matrix.environment }}", matrix("[dev, prod]"), 0],
        ["${{ matrix.environment }}", matrix("['', prod]"), 1],
        ["${{ matrix.environment || 'production' }}", matrix("['']"), 0],
        ["${{ github.ref == 'refs/heads/main' && 'production' || '' }}", "", 0],
        ["${{ matrix.environment && '' || '' }}", matrix("[dev]"), 1],
        ["${{ env.TARGET }}", "    env: { TARGET: '' }\n", 1],
        ["${{ env.TARGET }}", "    env: { TARGET: production }\n", 0],
    ])("%s", (environment, more, count) => expect(judged(job(environment, more))).toBe(count));
});

describe("the environment's name as an input of a called workflow", () => {
    const called = (input: string) => ({
        ".github/workflows/run.yml": `on: { workflow_call: { inputs: { environment: ${input} } } }\njobs:\n  up:\n    environment: \${{ inputs.environment }}\n    steps: [{ run: pulumi up }]\n`,
    });
    const caller = (given: string) =>
        `on: push\njobs:\n  a: { uses: ./.github/workflows/run.yml${given === "" ? "" : `, with: { environment: ${given} }`} }\n`;
    test.each([
        ["{ type: string, default: '' }", "", 1],
        ["{ type: string }", "", 1],
        ["{ type: string, default: production }", "", 0],
        ["{ type: string, default: '' }", "production", 0],
        ["{ type: string, default: production }", "''", 1],
        ["{ type: string, default: '' }", '"${{ vars.TARGET }}"', 0],
    ])("%s given %s", (input, given, count) => expect(judged(caller(given), called(input))).toBe(count));
});

describe("a stack that needs no environment, by its name alone", () => {
    test.each([
        ["dev", 0],
        ["acme/dev", 0],
        ["acme/shop/dev", 0],
        ["dev/shop/prod", 1],
        ["prod", 1],
    ])("%s", (stack, count) => {
        const files = {
            "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
            ".github/workflows/w.yml": `on: push\njobs: { up: { steps: [{ run: pulumi up -s ${stack} }] } }\n`,
        };
        const settings = { require: ["protected-environment"], stacksWithoutEnvironment: ["dev"] };
        expect(judgeProject(rule, { files, settings }).violations).toHaveLength(count);
    });
});
