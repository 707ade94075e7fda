import { SHA, steps, violationsOf } from "../../../support/judge-aspect";

const AT = ".github/workflows/w.yml";

const gitlab = (aspect: string, text: string) =>
    violationsOf(aspect, "on: push\njobs: {}\n", { ".gitlab-ci.yml": text });

describe("a login", () => {
    const login = (action: string, inputs: string) =>
        violationsOf("oidc-login", steps([`{ uses: ${action}@${SHA}, with: { ${inputs} } }`, "run: pulumi preview"]));
    const at = (message: string) => [`${AT}:6: jobs.a.steps[0].uses: ${message}`];
    const AWS = "aws-actions/configure-aws-credentials";
    const GOOGLE = "google-github-actions/auth";
    const AZURE = "azure/login";
    const ROLE = at("assumes no role by OIDC; expected `role-to-assume`.");
    const POOL = at("logs in without workload identity; expected `workload_identity_provider`.");
    const CREDS = at("logs in with `creds`; expected `client-id`, `tenant-id` and `subscription-id`.");
    const FEDERATED = at("logs in without a federated credential; expected `client-id` and `tenant-id`.");
    test.each([
        [AWS, "role-to-assume: r", []],
        [AWS, "aws-region: r", ROLE],
        [AWS, "role-to-assume: ''", ROLE],
        [AWS, "role-to-assume: '  '", ROLE],
        [AWS, "aws-access-key-id: test", []],
        [AWS, "aws-access-key-id: ' test '", []],
        [AWS, "aws-access-key-id: abcdefghijklmno", []],
        [AWS, "aws-access-key-id: abcdefghijklmnop", ROLE],
        [AWS, "aws-access-key-id: a-b", ROLE],
        [GOOGLE, "workload_identity_provider: p", []],
        [GOOGLE, "credentials_json: x", POOL],
        [AZURE, "client-id: c, tenant-id: t", []],
        [AZURE, "client-id: c", FEDERATED],
        [AZURE, "tenant-id: t", FEDERATED],
        [AZURE, "creds: x", CREDS],
        [AZURE, "creds: x, client-id: c, tenant-id: t", CREDS],
        [AZURE, "auth-type: identity", []],
        [AZURE, "auth-type: IDENTITY", []],
        [AZURE, 'auth-type: "${{ inputs.x }}"', []],
        [AZURE, "auth-type: SERVICE_PRINCIPAL", FEDERATED],
        [AZURE, "auth-type: IDENTITYX", FEDERATED],
        ["acme/login", "creds: x", []],
    ])("%s with %s", (action, inputs, found) => expect(login(action, inputs)).toEqual(found));
    test("of a job that does not run Pulumi", () =>
        expect(
            violationsOf(
                "oidc-login",
                `on: push\njobs:\n  b: { steps: [{ uses: ${AWS}@${SHA} }] }\n  a: { steps: [{ run: pulumi up }] }\n`,
            ),
        ).toEqual([]));
    test("of GitLab", () => {
        expect(gitlab("oidc-login", "a: { script: pulumi preview }\n")).toEqual([
            ".gitlab-ci.yml:1: a: has no `id_tokens`, so it logs in with keys that GitLab stores; expected a login by OIDC.",
        ]);
        expect(gitlab("oidc-login", "a: { script: pulumi preview, id_tokens: { X: { aud: y } } }\n")).toEqual([]);
    });
});

describe("a login by OIDC, which needs `id-token: write`", () => {
    const needs = (action: string, inputs: string) =>
        violationsOf(
            "least-permissions",
            `permissions: { contents: read }\n${steps([`{ uses: ${action}@${SHA}, with: { ${inputs} } }`, "run: pulumi preview"])}`,
        ).length;
    test.each([
        ["azure/login", "client-id: c, creds: x", 0],
        ["azure/login", "tenant-id: c", 0],
        ["azure/login", "client-id: c, auth-type: identity", 0],
        ["google-github-actions/auth", "credentials_json: p", 0],
        ["aws-actions/configure-aws-credentials", "role-to-assume: r, role-chaining: ''", 1],
        ["aws-actions/configure-aws-credentials", "role-to-assume: r, role-chaining: FALSE", 1],
        ["aws-actions/configure-aws-credentials", "role-to-assume: r, role-chaining: falsey", 0],
        ["acme/login", "role-to-assume: r", 0],
    ])("%s with %s: %d", (action, inputs, count) => expect(needs(action, inputs)).toBe(count));
});

describe("a role that previews and applies", () => {
    const shared = (preview: string, apply: string, more = "runs-on: x") =>
        violationsOf(
            "separate-roles",
            `on: push\njobs:\n  look:\n    ${more}\n    steps:\n      - ${preview}\n      - run: pulumi preview\n  up:\n    environment: prod\n    steps:\n      - ${apply}\n      - run: pulumi up\n`,
        );
    const uses = (action: string, inputs: string) => `{ uses: ${action}@${SHA}, with: { ${inputs} } }`;
    const same = (role: string) => [
        `${AT}:9: jobs.up: applies as \`${role}\`, as whom job \`look\` (${AT}:4) previews; expected another role for the preview, which can only read.`,
    ];
    const WAYS: readonly (readonly [string, (role: string) => string])[] = [
        ["AWS", role => uses("aws-actions/configure-aws-credentials", `role-to-assume: ${role}`)],
        ["Google by its account", role => uses("google-github-actions/auth", `service_account: ${role}`)],
        ["Google by its pool", role => uses("google-github-actions/auth", `workload_identity_provider: ${role}`)],
        ["Azure", role => uses("azure/login", `client-id: ${role}`)],
        ["AWS's command", role => `run: aws sts assume-role --role-arn ${role}`],
    ];
    test.each(WAYS)("of %s", (_, way) => {
        expect(shared(way("one"), way("one"))).toEqual(same("one"));
        expect(shared(way("one"), way("other"))).toEqual([]);
    });
    test("of Google, whose account counts before its pool", () => {
        const google = (account: string) =>
            uses("google-github-actions/auth", `workload_identity_provider: pool, service_account: ${account}`);
        expect(shared(google("a"), google("b"))).toEqual([]);
        expect(shared(google("a"), google("a"))).toEqual(same("a"));
    });
    test.each(["AWS_ROLE_ARN", "ROLE_ARN"])("by the variable %s", name => {
        const of = (a: string, b: string, variable = name) =>
            violationsOf(
                "separate-roles",
                `on: push\njobs:\n  look: { env: { ${variable}: ${a} }, steps: [{ run: pulumi preview }] }\n  up: { environment: prod, env: { ${variable}: ${b} }, steps: [{ run: pulumi up }] }\n`,
            ).length;
        expect(of("one", "one")).toBe(1);
        expect(of("one", "other")).toBe(0);
        expect(of("one", "one", `X${name}`)).toBe(0);
    });
    test("by a refresh", () =>
        expect(
            violationsOf(
                "separate-roles",
                "on: push\njobs:\n  look: { env: { ROLE_ARN: a }, steps: [{ run: pulumi refresh --preview-only }] }\n  up: { environment: prod, env: { ROLE_ARN: a }, steps: [{ run: pulumi up }] }\n",
            ),
        ).toHaveLength(1));
    test.each(["${{ secrets.ROLE }}", "${{ vars.ROLE }}", "${{ fromJSON(x).role }}"])(
        "by %s, which environments may set",
        role => {
            const way = (text: string) => uses("aws-actions/configure-aws-credentials", `role-to-assume: "${text}"`);
            expect(shared(way(role), way(role))).toEqual([]);
            expect(shared(way(role), way(role), "environment: prod")).toEqual(same(role));
        },
    );
    const both = (on: string, role = "a") =>
        violationsOf(
            "separate-roles",
            `on: ${on}\njobs:\n  up: { env: { ROLE_ARN: ${role} }, steps: [{ run: pulumi preview }, { run: pulumi up }] }\n`,
        );
    test.each(["pull_request", "pull_request_target", "merge_group"])("in one job under %s", on =>
        expect(both(`[push, ${on}]`)).toEqual([
            `${AT}:3: jobs.up: previews proposed changes with the role that it applies with; expected a job of its own for the preview, with a role that can only read.`,
        ]),
    );
    test.each(["push", "schedule", "workflow_dispatch"])("not in one job under %s", on => expect(both(on)).toEqual([]));
    test("not where it is nobody's that files tell", () =>
        expect(
            violationsOf(
                "separate-roles",
                "on: pull_request\njobs: { up: { steps: [{ run: pulumi preview }, { run: pulumi up }] } }\n",
            ),
        ).toEqual([]));
});

describe("a setting in plain text", () => {
    const set = (name: string, value: string, more = "") =>
        violationsOf(
            "encrypted-settings",
            steps([`run: ${JSON.stringify(`pulumi config set ${more}${name} ${value}`)}`, "run: pulumi preview"]),
        );
    const at = (name: string, reason: string) => [
        `${AT}:6: jobs.a.steps[0].run: sets \`${name}\`, which ${reason}, in plain text; expected it encrypted (\`--secret\`).`,
    ];
    test("from a secret, by its name or the setting's", () => {
        expect(set("dbPassword", "${{ secrets.X }}")).toEqual(at("dbPassword", "is the secret `X`"));
        expect(set("x", "${{ secrets.DB_PASSWORD }}")).toEqual(at("x", "is the secret `DB_PASSWORD`"));
        expect(set("aws:region", "${{ secrets.AWS_REGION }}")).toEqual([]);
        expect(set("dbPassword", "${{ secrets.X }}", "--secret ")).toEqual([]);
    });
    const ADDRESSES = "DATABASE DB REDIS MONGO MONGODB POSTGRES POSTGRESQL MYSQL AMQP RABBIT RABBITMQ".split(" ");
    test.each(ADDRESSES.flatMap(service => ["URL", "_URL", "_URI", "_DSN"].map(end => service + end)))(
        "%s, which brings a password along",
        name => {
            expect(set("x", `\${{ secrets.${name} }}`)).toEqual(at("x", `is the secret \`${name}\``));
            expect(set("x", `\${{ secrets.MY_${name.toLowerCase()} }}`)).toHaveLength(1);
        },
    );
    test("by a name that is one for secrets", () => {
        expect(set("dbPassword", "$PW")).toEqual(at("dbPassword", "is a secret by its name"));
        expect(set("region", "$REGION")).toEqual([]);
        expect(set("dbPassword", "hunter2-hunter2")).toEqual(at("dbPassword", "is a secret by its name"));
        expect(set("region", "eu-west-1")).toEqual([]);
    });
});

describe("somebody's approval", () => {
    const needed = (job: string, more = "", on = "push") =>
        violationsOf(
            "protected-environment",
            `on: ${on}\njobs:\n  up: { ${job}steps: [{ run: pulumi up --stack prod }] }\n${more}`,
        );
    const NONE = [
        `${AT}:3: jobs.up: runs \`pulumi up\` without an \`environment\`, so nobody has to approve it; expected an environment with required reviewers.`,
    ];
    test.each([
        ["environment: prod, ", []],
        ["environment: { name: prod }, ", []],
        ['environment: "${{ vars.X }}", ', []],
        ["", NONE],
        ["environment: '', ", NONE],
        ["environment: '  ', ", NONE],
        ["environment: { url: x }, ", NONE],
    ])("of a job with %j", (job, found) => expect(needed(job)).toEqual(found));
    test("of a job that it needs", () => {
        const gate = (body: string) => `  gate: { ${body} }\n`;
        expect(needed("needs: gate, ", gate("environment: prod, steps: [{ run: echo }]"))).toEqual([]);
        expect(needed("needs: gate, ", gate("steps: [{ run: echo }]"))).toEqual(NONE);
        expect(needed("", gate("environment: prod, steps: [{ run: echo }]"))).toEqual(NONE);
        expect(needed("needs: gate, ", gate("environment: prod, steps: [{ run: pulumi preview }]"))).toEqual(NONE);
    });
    test("of an input that may be left out", () => {
        const on = (input: string) => `{ workflow_dispatch: { inputs: { target: { ${input} } } } }`;
        const job = 'environment: "${{ inputs.target }}", ';
        expect(needed(job, "", on("required: true"))).toEqual([]);
        expect(needed(job, "", on("required: false"))).toEqual(NONE);
        expect(needed('environment: "x${{ inputs.target }}", ', "", on("required: false"))).toEqual([]);
    });
    test("of GitLab: a manual job", () => {
        const of = (job: string) => gitlab("protected-environment", `up: { ${job}script: pulumi up }\n`).length;
        expect(of("")).toBe(1);
        expect(of("when: manual, ")).toBe(0);
        expect(of("environment: prod, ")).toBe(0);
    });
    test("to take a protection away", () => {
        const of = (job: string) =>
            violationsOf(
                "kept-protection",
                `on: push\njobs:\n  up: { ${job}steps: [{ run: pulumi state unprotect --all }, { run: pulumi up }] }\n`,
            );
        expect(of("environment: prod, ")).toEqual([]);
        expect(of("")).toEqual([
            `${AT}:3: jobs.up.steps[0].run: runs \`pulumi state unprotect\`, which takes a protection away, without an \`environment\`, so nobody has to approve it; expected the protection to stay, or an environment with required reviewers.`,
        ]);
    });
});

describe("a policy pack", () => {
    const of = (...lines: string[]) => violationsOf("policy-pack", steps(lines));
    const without = (line: number, operation: string) => [
        `${AT}:${line + 6}: jobs.a.steps[${line}].run: runs \`pulumi ${operation}\` without a policy pack; expected \`--policy-pack\`, or \`policyPacks\` of pulumi/actions, unless the organization enforces the pack (setting \`hasOrganizationPolicies\`).`,
    ];
    test("is there at a preview, or an update without one", () => {
        expect(of("run: pulumi preview")).toEqual(without(0, "preview"));
        expect(of("run: pulumi up")).toEqual(without(0, "up"));
        expect(of("run: pulumi preview --policy-pack x", "run: pulumi up")).toEqual([]);
        expect(of("run: pulumi up --policy-pack x")).toEqual([]);
        expect(of("run: pulumi destroy")).toEqual([]);
        expect(of("run: pulumi preview", "run: pulumi up")).toEqual(without(0, "preview"));
    });
});
