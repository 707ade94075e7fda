import { SHA, steps, violationsOf } from "../../../support/judge-aspect";

const judged = (step: string, files: Record<string, string> = {}, job?: string) =>
    violationsOf("dependency-audit", steps([step, "run: pulumi preview"], "push", job), files);

const IGNORED = [
    ".github/workflows/w.yml:4: jobs.a: runs `pulumi preview` after an audit of the dependencies whose failure is ignored; expected `npm audit` or `osv-scanner` first, in this job or one it needs.",
];

const action = (name: string, inputs = "x: y") => `{ uses: ${name}@${SHA}, with: { ${inputs} } }`;

describe("an audit that fails when it finds something", () => {
    test.each([
        action("aquasecurity/trivy-action", "scan-type: fs, exit-code: 1"),
        action("aquasecurity/trivy-action", 'scan-type: fs, exit-code: "1"'),
        action("aquasecurity/trivy-action", "trivy-config: ci/trivy.yaml"),
        action("anchore/scan-action", "path: ."),
        action("actions/dependency-review-action"),
        action("actions/dependency-review-action", "vulnerability-check: true, license-check: false"),
        action("dependency-check/Dependency-Check_Action", "args: --failOnCVSS 7"),
        action("golang/govulncheck-action", "output-format: text"),
        action("pypa/gh-action-pip-audit"),
        action("pypa/gh-action-pip-audit", "internal-be-careful-allow-failure: false"),
        "run: trivy fs --exit-code 1 .",
        "run: trivy fs . --exit-code=2",
        "run: TRIVY_EXIT_CODE=1 osv-scanner .",
        "{ run: trivy fs ., env: { TRIVY_EXIT_CODE: 1 } }",
        "run: grype dir:. --fail-on high",
        "run: grype dir:. -f critical",
        "run: npm audit --audit-level=high",
        "run: snyk test",
    ])("%s", step => {
        const runtime = /pip/.test(step)
            ? "python"
            : /govulncheck/.test(step)
              ? "go"
              : /ependency-[Cc]heck/.test(step)
                ? "java"
                : "nodejs";
        expect(judged(step, { "Pulumi.yaml": `name: shop\nruntime: ${runtime}\n` })).toEqual([]);
    });

    test.each([
        ["trivy fs .", "trivy.yaml", "exit-code: 1\n"],
        ["grype dir:.", ".grype.yaml", "fail-on-severity: high\n"],
    ])("%s with its file", (command, path, text) => expect(judged(`run: "${command}"`, { [path]: text })).toEqual([]));
});

describe("an audit that succeeds whatever it finds", () => {
    test.each([
        action("aquasecurity/trivy-action", "scan-type: fs"),
        action("aquasecurity/trivy-action", 'scan-type: fs, exit-code: "0"'),
        action("anchore/scan-action", "path: ., fail-build: false"),
        action("actions/dependency-review-action", "warn-only: true"),
        action("actions/dependency-review-action", "vulnerability-check: false"),
        "run: trivy fs .",
        "run: trivy fs --exit-code 0 .",
        "{ run: trivy repo ., env: { TRIVY_EXIT_CODE: 0 } }",
        "run: grype dir:.",
        "run: dependency-check.sh --scan .",
        "run: dependency-check --scan . --failOnCVSS 11",
        "run: npm audit --audit-level=none",
    ])("%s", step => expect(judged(step)).toEqual(IGNORED));

    test.each([
        action("pypa/gh-action-pip-audit", "internal-be-careful-allow-failure: true"),
        action("golang/govulncheck-action", "output-format: sarif"),
        action("dependency-check/Dependency-Check_Action", "args: --enableRetired"),
        action("dependency-check/Dependency-Check_Action"),
    ])("%s, for its own language", step => {
        const runtime = /pip/.test(step) ? "python" : /govuln/.test(step) ? "go" : "java";
        expect(judged(step, { "Pulumi.yaml": `name: shop\nruntime: ${runtime}\n` })).toHaveLength(1);
    });

    test("dependency-review-action with its file, where the workflow does not say otherwise", () => {
        const path = ".github/dependency-review-config.yml";
        const step = (more = "") => action("actions/dependency-review-action", `config-file: ./${path}${more}`);
        for (const text of ["warn-only: true\n", "vulnerability-check: false\n"]) {
            expect(judged(step(), { [path]: text })).toEqual(IGNORED);
            expect(judged(step(", warn-only: false, vulnerability-check: true"), { [path]: text })).toEqual([]);
        }
        expect(judged(step(), { [path]: "fail-on-severity: high\n" })).toEqual([]);
        expect(judged(step())).toEqual([]);
    });

    test("a called workflow that does not fail", () => {
        const workflow = (inputs: string) =>
            `on: push\njobs:\n  scan: { uses: "google/osv-scanner-action/.github/workflows/osv-scanner-reusable.yml@${SHA}"${inputs} }\n  a:\n    needs: scan\n    steps: [{ run: pulumi preview }]\n`;
        expect(violationsOf("dependency-audit", workflow(""))).toEqual([]);
        expect(violationsOf("dependency-audit", workflow(", with: { fail-on-vuln: false }"))).toHaveLength(1);
    });
});

test("an audit that no run comes to is none", () => {
    for (const condition of ["false", "failure()", "${{ cancelled() }}"])
        expect(judged(`{ if: ${JSON.stringify(condition)}, run: npm audit }`)).toEqual([
            expect.stringContaining("without an audit of the dependencies before it"),
        ]);
    expect(judged("{ if: vars.AUDIT != 'false', run: npm audit }")).toEqual([]);
});
