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
        action("dependency-check/Dependency-Check_Action", "args: --failOnCVSS 7").replace(
            "dependency-check/D",
            "dependency-check/D",
        ),
        action("golang/govulncheck-action", "output-format: text"),
        "run: trivy fs --exit-code 1 .",
        "run: trivy fs . --exit-code=2",
        "run: TRIVY_EXIT_CODE=1 osv-scanner .",
        "{ run: trivy fs ., env: { TRIVY_EXIT_CODE: 1 } }",
        "run: grype dir:. --fail-on high",
        "run: grype dir:. -f critical",
        "run: npm audit --audit-level=high",
        "run: snyk test",
    ])("%s", step => {
        const runtime = /govulncheck/.test(step) ? "go" : /ependency-[Cc]heck/.test(step) ? "java" : "nodejs";
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
        "run: trivy fs .",
        "run: trivy fs --exit-code 0 .",
        "{ run: trivy repo ., env: { TRIVY_EXIT_CODE: 0 } }",
        "run: grype dir:.",
        "run: dependency-check.sh --scan .",
        "run: dependency-check --scan . --failOnCVSS 11",
        "run: npm audit --audit-level=none",
    ])("%s", step => expect(judged(step)).toEqual(IGNORED));

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
