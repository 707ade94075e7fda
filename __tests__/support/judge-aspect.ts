import { rule } from "../../policies/rules/ci/ci-workflow-hardened";
import { judgeProject } from "./test-rule";

export const SHA = "b4ffde65f46336ab88eb53be808477a3936bae11";

const PROJECT = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n" };

/** The violations of one aspect, without its id; the only workflow of the repository is `.github/workflows/w.yml`. */
export function violationsOf(aspect: string, workflow: string, more: Record<string, string> = {}): string[] {
    const files = { ...PROJECT, ".github/workflows/w.yml": workflow, ...more };
    return judgeProject(rule, { files, settings: { require: [aspect] } }).violations.map(violation =>
        violation.replace(` [ci-workflow-hardened/${aspect}]`, ""),
    );
}

/** A workflow with one job of these steps, each in flow style on a line of its own from line 6 on. */
export const steps = (lines: readonly string[], on = "push", job = "runs-on: x"): string =>
    `on: ${on}\njobs:\n  a:\n    ${job}\n    steps:\n${lines.map(line => `      - ${line}\n`).join("")}`;
