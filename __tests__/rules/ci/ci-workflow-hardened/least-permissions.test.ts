import { SHA, steps, violationsOf } from "../../../support/judge-aspect";

const judged = (workflow: string, files: Record<string, string> = {}) =>
    violationsOf("least-permissions", workflow, files);

describe("a login that asks GitHub for no token needs no `id-token: write`", () => {
    const login = (action: string, inputs: string) =>
        judged(
            `permissions: { contents: read }\n${steps([`{ uses: ${action}@${SHA}, with: { ${inputs} } }`, "run: pulumi preview"])}`,
        ).length;
    const aws = "aws-actions/configure-aws-credentials";
    test.each([
        [aws, "role-to-assume: r", 1],
        [aws, "role-to-assume: r, role-chaining: true", 0],
        [aws, 'role-to-assume: r, role-chaining: "true"', 0],
        [aws, "role-to-assume: r, role-chaining: false", 1],
        [aws, 'role-to-assume: r, role-chaining: "${{ inputs.chain }}"', 0],
        [aws, "role-to-assume: r, web-identity-token-file: /var/run/token", 0],
        [aws, 'role-to-assume: r, aws-access-key-id: "${{ steps.x.outputs.id }}"', 0],
        ["azure/login", "client-id: c, tenant-id: t", 1],
        ["azure/login", "client-id: c, auth-type: IDENTITY", 0],
        ["azure/login", "client-id: c, tenant-id: t, auth-type: SERVICE_PRINCIPAL", 1],
        ["google-github-actions/auth", "workload_identity_provider: p", 1],
        ["pulumi/auth-actions", "organization: acme", 1],
    ])("%s with %s", (action, inputs, count) => expect(login(action, inputs)).toBe(count));
});

describe("a called workflow cannot have more than its caller", () => {
    const caller = (permissions: string, job = "") =>
        `on: push\npermissions: ${permissions}\njobs:\n  deploy: { ${job}uses: ./.github/workflows/run.yml }\n`;
    const called = (permissions: string, job = "") => ({
        ".github/workflows/run.yml": `on: workflow_call\npermissions: ${permissions}\njobs:\n  up:\n    ${job}steps: [{ run: pulumi up }]\n`,
    });
    const refused = (name: string, access: string, line = 2, at = "permissions") =>
        `.github/workflows/run.yml:${line}: ${at}.${name}: is \`${access}\`, which job \`deploy\` (.github/workflows/w.yml:4) that calls this workflow does not have, so GitHub does not start it; expected \`${name}: ${access}\` there as well, or less here.`;

    test("by its workflow or its job", () => {
        expect(judged(caller("{ contents: read }"), called("{ contents: read, id-token: write }"))).toEqual([
            refused("id-token", "write"),
        ]);
        expect(
            judged(caller("{ contents: read }"), called("{ contents: read }", "permissions: { checks: read }\n    ")),
        ).toEqual([refused("checks", "read", 5, "jobs.up.permissions")]);
        expect(judged(caller("read-all"), called("{ id-token: write }"))).toEqual([refused("id-token", "write")]);
    });

    test.each([
        ["the same", "{ contents: read, id-token: write }", "{ contents: read, id-token: write }", ""],
        ["less", "{ contents: read, id-token: write }", "{ contents: none }", ""],
        [
            "what the calling job adds",
            "{ contents: read }",
            "{ id-token: write }",
            "permissions: { id-token: write }, ",
        ],
        ["nothing that a file tells of its caller", "{}", "{}", ""],
        ["reading, under one that reads everything", "read-all", "{ contents: read }", ""],
    ])("%s", (_, outer, inner, job) => expect(judged(caller(outer, job), called(inner))).toEqual([]));
});

describe("the token of a job", () => {
    const at = (permissions: string, login = "run: echo", on = "push") =>
        judged(`permissions: ${permissions}\n${steps([login, "run: pulumi preview"], on)}`);
    test("may not write everything, whatever the job does", () => {
        const all = [
            ".github/workflows/w.yml:1: permissions: is `write-all`; expected only what the jobs need, such as `contents: read`.",
        ];
        expect(at("write-all")).toEqual(all);
        expect(
            judged(
                `on: push\njobs:\n  a: { permissions: write-all, steps: [{ run: make }] }\n  b: { permissions: {}, steps: [{ run: pulumi up }] }\n`,
            ),
        ).toEqual([
            ".github/workflows/w.yml:3: jobs.a.permissions: is `write-all`; expected only what the jobs need, such as `contents: read`.",
        ]);
    });
    test("may read everything", () => expect(at("read-all")).toEqual([]));
    test("is given by a map", () =>
        expect(at("all")).toEqual([
            ".github/workflows/w.yml:1: permissions: is neither a map of permissions nor `read-all`; expected `contents: read`.",
        ]));
    test("may not write beside a program", () => {
        expect(at("{ contents: write, checks: read }")).toEqual([
            ".github/workflows/w.yml:1: permissions.contents: is `write` for a job that runs Pulumi; expected `read` or nothing.",
        ]);
        expect(
            judged(
                "on: push\njobs:\n  a: { permissions: { contents: write }, steps: [{ run: make }] }\n  b: { permissions: {}, steps: [{ run: pulumi up }] }\n",
            ),
        ).toEqual([]);
    });
    const LOGIN = `{ uses: aws-actions/configure-aws-credentials@${SHA}, with: { role-to-assume: r } }`;
    test("must be there for a login by OIDC", () => {
        expect(at("{ contents: read }", LOGIN)).toEqual([
            ".github/workflows/w.yml:1: permissions: does not grant `id-token: write`, without which the login by OIDC in job `a` fails.",
        ]);
        expect(at("{ contents: read, id-token: write }", LOGIN)).toEqual([]);
        expect(at("read-all", LOGIN)).toHaveLength(1);
    });
    test("is the repository's default where nothing is said", () => {
        const unset = (which: string) => [
            `.github/workflows/w.yml:4: sets no \`permissions\` for ${which} the repository's default; expected \`contents: read\`, and \`id-token: write\` for a login by OIDC.`,
        ];
        const jobs = (text: string, on = "push") => judged(`on: ${on}\n\njobs:\n${text}`);
        const job = (name: string, more = "") => `  ${name}: { ${more}steps: [{ run: pulumi preview }] }\n`;
        expect(jobs(job("a"))).toEqual(unset("job `a`, which then gets"));
        expect(jobs(job("a") + job("b"))).toEqual(unset("jobs `a`, `b`, which then get"));
        expect(jobs(job("a", "permissions: {}, ") + job("b"))).toEqual(unset("job `b`, which then gets"));
        expect(jobs(job("a"), "[push, workflow_call]")).toEqual(unset("job `a`, which then gets"));
        expect(jobs(job("a"), "workflow_call")).toEqual([]);
    });
    test("of GitLab is not limited so", () =>
        expect(
            judged(`permissions: {}\n${steps(["run: make"])}`, { ".gitlab-ci.yml": "a: { script: pulumi up }\n" }),
        ).toEqual([]));
});
