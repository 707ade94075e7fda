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

describe("a command that audits", () => {
    const NONE = (suggestion: string) => [
        `.github/workflows/w.yml:4: jobs.a: runs \`pulumi preview\` without an audit of the dependencies before it; expected ${suggestion} or \`osv-scanner\` first, in this job or one it needs.`,
    ];
    const of = (runtime: string, command: string) =>
        judged(`run: ${JSON.stringify(command)}`, { "Pulumi.yaml": `name: shop\nruntime: ${runtime}\n` });
    const KINDS: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
        [
            "nodejs",
            "`npm audit`",
            [
                "npm audit",
                "pnpm audit --prod",
                "bun audit",
                "npm --prefix x audit",
                "yarn audit",
                "yarn npm audit",
                "audit-ci --high",
                "npx better-npm-audit audit",
                "npx npm-audit-resolver",
                "npm audit fix && npm audit",
                "npm audit signatures; npm audit",
            ],
            [
                "npm ci",
                "npm audit fix",
                "npm audit signatures",
                "npm audits",
                "npm run-audit",
                "cnpm audit",
                "xyarn audit",
                "yarn run-audit",
                "xaudit-ci",
                "audit-cis",
                "echo npm audit",
                "printf npm audit",
                "npm install audit-ci",
                "npm i audit-ci",
                "npm add audit-ci",
                "pnpm add audit-ci",
                "yarn add audit-ci",
                "bun add audit-ci",
                "pip-audit",
                "govulncheck ./...",
            ],
        ],
        [
            "python",
            "`pip-audit`",
            [
                "pip-audit",
                "pip_audit",
                "python -m pip_audit -r requirements.txt",
                "safety check",
                "safety scan",
                "uv audit",
                "pipenv check",
                "pipenv audit",
            ],
            [
                "pip list",
                "xpip-audit",
                "pip-audits",
                "pipxaudit",
                "safety init",
                "safety checks",
                "xsafety check",
                "uv lock",
                "uv audits",
                "xuv audit",
                "pipenv checks",
                "xpipenv check",
                "pipenv install",
                "pip install pip-audit",
                "pip3 install pip-audit",
                "pipx install pip-audit",
                "brew install pip-audit",
                "uv tool install pip-audit",
                "npm audit",
            ],
        ],
        [
            "go",
            "`govulncheck ./...`",
            ["govulncheck ./...", "nancy sleuth", "go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 ./..."],
            [
                "go vet ./...",
                "xgovulncheck",
                "govulnchecks",
                "nancy sleuths",
                "xnancy sleuth",
                "nancy help",
                "go install golang.org/x/vuln/cmd/govulncheck@latest",
                "npm audit",
            ],
        ],
        [
            "dotnet",
            "`dotnet list package --vulnerable`",
            ["dotnet list package --vulnerable", "dotnet package list --vulnerable --include-transitive"],
            [
                "dotnet list package",
                "dotnet list package --vulnerables",
                "xdotnet list package --vulnerable",
                "dotnet lists --vulnerable",
                "dotnet build --vulnerable",
                "npm audit",
            ],
        ],
        [
            "java",
            "OWASP dependency-check",
            [
                "dependency-check --scan . --failOnCVSS 7",
                "./gradlew dependencyCheckAnalyze",
                "mvn ossindex:audit",
                "mvn OSSINDEX:audit",
            ],
            ["mvn verify", "./gradlew dependencies", "npm audit"],
        ],
    ];
    describe.each(KINDS)("for %s", (runtime, suggestion, audits, others) => {
        test.each(audits)("%s", command => expect(of(runtime, command)).toEqual([]));
        test.each(others)("is not %s", command => expect(of(runtime, command)).toEqual(NONE(suggestion)));
    });
    test.each([
        "osv-scanner .",
        "trivy fs --exit-code 1 .",
        "trivy filesystem --exit-code 1 .",
        "trivy repo --exit-code 1 .",
        "trivy rootfs --exit-code 1 .",
        "grype dir:. --fail-on high",
        "snyk test",
        "dependency-check.sh --failOnCVSS 7",
    ])("for all languages: %s", command => {
        for (const runtime of ["nodejs", "python", "go", "dotnet", "java"]) expect(of(runtime, command)).toEqual([]);
    });
    test.each([
        "xosv-scanner .",
        "osv-scanners .",
        "trivy image x",
        "trivy fss",
        "xtrivy fs",
        "xgrype .",
        "snyk monitor",
        "snyk tests",
    ])("for no language: %s", command => expect(of("go", command)).toEqual(NONE("`govulncheck ./...`")));
    test("a program in YAML has nothing to audit, whatever every object has by that name", () => {
        expect(of("yaml", "x")).toEqual([]);
        expect(of("constructor", "x")).toEqual([]);
    });
});

describe("an action that audits", () => {
    const of = (runtime: string, name: string, inputs = "x: y") =>
        judged(action(name, inputs), { "Pulumi.yaml": `name: shop\nruntime: ${runtime}\n` }).length;
    test.each([
        "actions/dependency-review-action",
        "google/osv-scanner",
        "google/osv-scanner-action",
        "google/osv-scanner-action/osv-scanner-action",
        "google/osv-scanner/action",
        "snyk/actions",
        "snyk/actions/node",
        "anchore/scan-action",
    ])("for all languages: %s", name => {
        expect(of("nodejs", name)).toBe(0);
        expect(of("go", name)).toBe(0);
    });
    test("trivy, where it fails", () => expect(of("go", "aquasecurity/trivy-action", "exit-code: 1")).toBe(0));
    test.each([
        ["python", "pypa/gh-action-pip-audit"],
        ["go", "golang/govulncheck-action"],
    ])("for %s alone: %s", (runtime, name) => {
        expect(of(runtime, name)).toBe(0);
        expect(of("dotnet", name)).toBe(1);
    });
    test.each([
        "x/actions/dependency-review-action",
        "actions/dependency-review-action/x",
        "google/osv-scanner-actions",
        "anchore/scan-action/x",
        "snyk/actionsx",
        "actions/checkout",
    ])("is not %s", name => expect(of("nodejs", name)).toBe(1));
});

describe("flags by which an audit fails or not", () => {
    const of = (runtime: string, step: string, files: Record<string, string> = {}) =>
        judged(step, { "Pulumi.yaml": `name: shop\nruntime: ${runtime}\n`, ...files }).length;
    const run = (command: string) => `run: ${JSON.stringify(command)}`;
    test.each([
        ["nodejs", "npm audit --audit-level none"],
        ["nodejs", "npm audit --audit-level=none"],
        ["python", "safety check --exit-zero"],
        ["python", "safety scan --continue-on-error"],
        ["go", "govulncheck -json ./..."],
        ["go", "govulncheck -format json ./..."],
        ["go", "govulncheck -format=sarif ./..."],
        ["go", "govulncheck --format openvex ./..."],
        ["go", "trivy fs . --exit-code '0'"],
        ["go", "trivy fs . --exit-codes 1"],
        ["go", "grype . --fail-only-fixed"],
        ["go", "dependency-check.sh --failOnCVSS=11"],
        ["go", "dependency-check.sh --failOnCVSS 70"],
    ])("%s: it never fails by %s", (runtime, command) => expect(of(runtime, run(command))).toBe(1));
    test.each([
        ["nodejs", "npm audit --audit-level=low"],
        ["nodejs", "npm audit --audit-level=nonesuch"],
        ["python", "safety check --exit-zeros"],
        ["python", "safety check --no-continue-on-errors"],
        ["go", "govulncheck -jsonx ./..."],
        ["go", "govulncheck -format text ./..."],
        ["go", "govulncheck -format jsonx ./..."],
        ["go", "trivy fs . --exit-code '9'"],
        ["go", 'trivy fs . --exit-code "1"'],
        ["go", "grype . -f=low"],
        ["go", "grype . --fail-on=low"],
        ["go", "dependency-check.sh --failOnCVSS=0"],
        ["go", "dependency-check.sh --failOnCVSS 10"],
        ["go", "dependency-check --failOnCVSS 9"],
    ])("%s: it fails by %s", (runtime, command) => expect(of(runtime, run(command))).toBe(0));
    test.each([
        ["{ run: trivy fs ., env: { TRIVY_EXIT_CODE: ' 0 ' } }", 1],
        ["{ run: trivy fs ., env: { TRIVY_EXIT_CODE: '' } }", 1],
        ["{ run: trivy fs ., env: { TRIVY_EXIT_CODE: 10 } }", 0],
        ["{ run: trivy fs ., env: { GRYPE_FAIL_ON_SEVERITY: low } }", 1],
        ["{ run: grype ., env: { GRYPE_FAIL_ON_SEVERITY: low } }", 0],
        ["{ run: grype ., env: { TRIVY_EXIT_CODE: 1 } }", 1],
        ["{ run: dependency-check .sh, env: { TRIVY_EXIT_CODE: 1 } }", 1],
    ])("by a variable: %s", (step, count) => expect(of("go", step)).toBe(count));
    test.each([
        ["trivy fs .", "trivy.yaml", "exit-code: 0\n"],
        ["trivy fs .", ".grype.yaml", "exit-code: 1\n"],
        ["grype .", ".grype.yaml", "fail-on: low\n"],
        ["grype .", "grype.yaml", "fail-on-severity: low\n"],
    ])("%s never fails by %s with %j", (command, file, text) =>
        expect(of("go", run(command), { [file]: text })).toBe(1),
    );
    const scan = (name: string, inputs: string) => action(name, inputs);
    test.each([
        ["go", scan("anchore/scan-action", "fail-build: FALSE"), 1],
        ["go", scan("anchore/scan-action", "fail-build: falsely"), 0],
        ["go", scan("anchore/scan-action", "fail-build: xfalse"), 0],
        ["go", scan("anchore/scan-action", "fail-build: true"), 0],
        ["go", scan("actions/dependency-review-action", "warn-only: TRUE"), 1],
        ["go", scan("actions/dependency-review-action", "warn-only: untrue"), 0],
        ["go", scan("actions/dependency-review-action", "warn-only: truely"), 0],
        ["python", scan("pypa/gh-action-pip-audit", "internal-be-careful-allow-failure: True"), 1],
        ["python", scan("pypa/gh-action-pip-audit", "internal-be-careful-allow-failure: 1"), 1],
        ["python", scan("pypa/gh-action-pip-audit", "internal-be-careful-allow-failure: 11"), 0],
        ["python", scan("pypa/gh-action-pip-audit", "internal-be-careful-allow-failure: false"), 0],
        ["go", scan("golang/govulncheck-action", "output-format: json"), 1],
        ["go", scan("golang/govulncheck-action", "output-format: SARIF"), 1],
        ["go", scan("golang/govulncheck-action", "output-format: openvex"), 1],
        ["go", scan("golang/govulncheck-action", "output-format: jsonl"), 0],
        ["go", scan("golang/govulncheck-action", "output-format: xjson"), 0],
        ["java", scan("dependency-check/dependency-check_action", "x: y"), 1],
        ["java", scan("dependency-check/dependency-check_action", "args: --failOnCVSS 11"), 1],
        ["java", scan("dependency-check/dependency-check_action", "args: --failOnCVSS=10"), 0],
        ["java", scan("dependency-check/dependency-check_action", 'args: "x\\n --failOnCVSS 0"'), 0],
        ["go", scan("aquasecurity/trivy-action", "exit-code: ''"), 1],
        ["go", scan("aquasecurity/trivy-action", "exit-code: 10"), 0],
    ])("%s: %s", (runtime, step, count) => expect(of(runtime, step)).toBe(count));
    test("trivy's action by a variable and a file", () => {
        const trivy = `uses: aquasecurity/trivy-action@${SHA}`;
        expect(of("go", `{ ${trivy}, env: { TRIVY_EXIT_CODE: 1 } }`)).toBe(0);
        expect(of("go", trivy, { "trivy.yaml": "exit-code: 1\n" })).toBe(0);
        expect(of("go", trivy, { "trivy.yaml": "exit-code: 0\n" })).toBe(1);
    });
});

describe("an audit whose failure is ignored", () => {
    test.each([
        "{ continue-on-error: true, run: npm audit }",
        "run: npm audit || true",
        'run: "if npm audit; then echo; fi"',
        'run: "while npm audit; do echo; done"',
        'run: "until npm audit; do echo; done"',
        'run: "if true; then echo; elif npm audit; then echo; fi"',
        `{ continue-on-error: true, uses: anchore/scan-action@${SHA} }`,
    ])("%s", step => expect(judged(step)).toEqual(IGNORED));
    test.each([
        'run: "if ! npm audit; then exit 1; fi"',
        'run: "if npm audit; then echo; else return 1; fi"',
        'run: "if npm audit; then echo; else false; fi"',
    ])("is not %s", step => expect(judged(step)).toEqual([]));
    test("what ends the script before does not count", () =>
        expect(judged('run: "test -f x || exit 1; if npm audit; then echo; fi"')).toEqual(IGNORED));
    test("one that counts beside it is enough", () => {
        expect(judged('run: "npm audit || true; npm audit"')).toEqual([]);
        expect(judged('run: "npm audit; npm audit || true"')).toEqual([]);
    });
    test("that of a whole job", () => {
        const needs = (audit: string, own = "runs-on: x") =>
            violationsOf(
                "dependency-audit",
                `on: push\njobs:\n  b:\n    ${audit}\n    steps: [{ run: npm audit }]\n  a:\n    ${own}\n    needs: b\n    steps: [{ run: pulumi preview }]\n`,
            );
        expect(needs("runs-on: x")).toEqual([]);
        expect(needs("continue-on-error: true")).toEqual([
            ".github/workflows/w.yml:7: jobs.a: runs `pulumi preview` after an audit of the dependencies whose failure is ignored; expected `npm audit` or `osv-scanner` first, in this job or one it needs.",
        ]);
        // The job would be skipped with the one that it needs.
        expect(needs("if: false", "if: always()")).toEqual([
            ".github/workflows/w.yml:7: jobs.a: runs `pulumi preview` without an audit of the dependencies before it; expected `npm audit` or `osv-scanner` first, in this job or one it needs.",
        ]);
    });
});

describe("where an audit must be", () => {
    const job = (...lines: string[]) => violationsOf("dependency-audit", steps(lines)).length;
    test("before the program, in the same step or one before it", () => {
        expect(job("run: npm audit && pulumi up")).toBe(0);
        expect(job("run: pulumi up && npm audit")).toBe(1);
        expect(job("run: pulumi up", "run: npm audit")).toBe(1);
        expect(job("run: pulumi stack ls", "run: npm audit", "run: pulumi up")).toBe(0);
        expect(job("run: pulumi stack ls")).toBe(0);
    });
    test("the language is that of the program's folder", () => {
        const of = (dir: string, files: Record<string, string>) =>
            violationsOf(
                "dependency-audit",
                steps(["run: govulncheck ./...", `{ run: pulumi up, working-directory: ${dir} }`]),
                files,
            ).length;
        const go = "name: x\nruntime: { name: go }\n";
        expect(of(".", { "Pulumi.yaml": go })).toBe(0);
        expect(of("./", { "Pulumi.yaml": go })).toBe(0);
        expect(of("infra", { "infra/Pulumi.yaml": go })).toBe(0);
        expect(of("./infra/", { "infra/Pulumi.yaml": go })).toBe(0);
        expect(of("infra", { "other/Pulumi.yaml": go })).toBe(1);
    });
});
