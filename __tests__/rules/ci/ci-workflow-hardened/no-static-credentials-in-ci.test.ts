import { SHA, steps, violationsOf } from "../../../support/judge-aspect";

const inEnv = (name: string, value: string) =>
    violationsOf(
        "no-static-credentials",
        steps(["run: pulumi preview"], "push", `env: { ${name}: ${JSON.stringify(value)} }`),
    ).length;

describe("a variable's value", () => {
    test.each([
        ["AZURE_TOKEN_CREDENTIALS", "prod"],
        ["AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential"],
        ["AWS_SHARED_CREDENTIALS_FILE", "/dev/null"],
        ["AWS_SHARED_CREDENTIALS_FILE", "${{ runner.temp }}/aws"],
        ["AWS_CREDENTIALS_PATH", ".aws/credentials"],
        ["GOOGLE_APPLICATION_CREDENTIALS", "/tmp/gcp.json"],
        ["GOOGLE_APPLICATION_CREDENTIALS", "${{ github.workspace }}/gcp.json"],
        ["AWS_ACCESS_KEY_ID", "test"],
        ["AWS_SECRET_ACCESS_KEY", "localstack"],
        ["AWS_ACCESS_KEY_ID", "000000000000"],
        ["AWS_ACCESS_KEY_ID", "${{ env.ASSUMED_ID }}"],
        ["AWS_ACCESS_KEY_ID", "${{ steps.login.outputs.aws-access-key-id }}"],
    ])("%s: %s is no key", (name, value) => expect(inEnv(name, value)).toBe(0));

    test.each([
        ["AZURE_CREDENTIALS", "${{ secrets.AZURE_CREDENTIALS }}"],
        ["AZURE_CREDENTIALS", "prod-credentials"],
        ["AWS_CREDENTIALS", "${{ secrets.AWS_CREDENTIALS }}"],
        ["GOOGLE_APPLICATION_CREDENTIALS", "${{ secrets.GCP_KEY }}"],
        ["GOOGLE_CREDENTIALS", "${{ vars.GCP }}"],
        ["AWS_ACCESS_KEY_ID", "0123456789ABCDEF"],
        ["AWS_SECRET_ACCESS_KEY", "${{ secrets.DUMMY }}"],
        ["ARM_CLIENT_SECRET", "test"],
    ])("%s: %s is one, or stored", (name, value) => expect(inEnv(name, value)).toBe(1));
});

describe("what a script sets", () => {
    const inScript = (script: string) =>
        violationsOf("no-static-credentials", steps([`run: ${JSON.stringify(script)}`, "run: pulumi preview"])).length;

    test.each([
        "aws configure set aws_access_key_id ${{ env.AWS_ACCESS_KEY_ID }} --profile state",
        'aws configure set aws_secret_access_key "$AWS_SECRET_ACCESS_KEY" --profile state',
        "aws configure set aws_secret_access_key ${SECRET}",
        "aws configure set aws_access_key_id test",
        "aws configure set aws_access_key_id $(jq -r .id creds.json)",
    ])("%s", script => expect(inScript(script)).toBe(0));

    test.each([
        "aws configure set aws_access_key_id ${{ secrets.ID }}",
        "aws configure set aws_secret_access_key 0123456789abcdef0123456789abcdef01234567",
        'echo "AWS_ACCESS_KEY_ID=${{ vars.ID }}" >> $GITHUB_ENV',
    ])("%s, which is stored", script => expect(inScript(script)).toBe(1));
});

test("of GitLab, a path in a folder is no key, a stored variable is", () => {
    const judged = (value: string) =>
        violationsOf("no-static-credentials", "on: push\njobs: {}\n", {
            ".gitlab-ci.yml": `a:\n  variables: { GOOGLE_APPLICATION_CREDENTIALS: ${JSON.stringify(value)} }\n  script: pulumi preview\n`,
        }).length;
    expect(judged("$CI_PROJECT_DIR/.gcp.json")).toBe(0);
    expect(judged("${CI_BUILDS_DIR}/x/gcp.json")).toBe(0);
    expect(judged("./.gcp/$CI_JOB_ID.json")).toBe(0);
    expect(judged("$GCP_KEY_FILE")).toBe(1);
    expect(judged("$GCP_KEY")).toBe(1);
});

test("the keys of an emulator need no login by OIDC, real ones do", () => {
    const login = (id: string) =>
        violationsOf(
            "oidc-login",
            steps([
                `{ uses: aws-actions/configure-aws-credentials@${SHA}, with: { aws-access-key-id: ${id}, aws-secret-access-key: x } }`,
                "run: pulumi up",
            ]),
        ).length;
    expect(login("test")).toBe(0);
    expect(login('"${{ secrets.ID }}"')).toBe(1);
    expect(login("AKIAIOSFODNN7EXAMPLE")).toBe(1);
});

describe("the name of a credential", () => {
    const STORED = "${{ vars.X }}";

    test.each([
        ..."AWS_ACCESS_KEY AWS_ACCESS_KEY_ID MY_AWS_DEV_ACCESS_KEY_1 AWS_SECRET_KEY AWS_CREDENTIALS AWS_KEY AWS_SECRET AWS_KEY_ID AWS_SECRET_ID DEV_AWS_KEY DEV_AWS_SECRET ACCESS_KEY_ID SECRET_ACCESS_KEY".split(
            " ",
        ),
        ..."GCP_CREDENTIALS GOOGLE_CREDENTIALS GCLOUD_CREDENTIALS GKE_CREDENTIALS DEV_GCP_SA_KEY GCP_SA_JSON GCP_KEYFILE GCP_SERVICE_ACCOUNT_KEY GCP_ACCOUNT_JSON GCP_JSON_KEY GCP_KEY_JSON GCP_SA_KEY_1 CREDENTIALS_JSON SERVICE_ACCOUNT_KEY".split(
            " ",
        ),
        ..."AZURE_CLIENT_SECRET ARM_CLIENT_SECRET DEV_ARM_CLIENT_SECRET AZURE_DEV_CLIENT_SECRET AZURE_SP_SECRET AZURE_SECRET AZURE_CREDENTIALS AZURE_CREDS AZURE_PASSWORD AZURE_ACCESS_KEY AZURE_STORAGE_KEY AZURE_SAS_TOKEN AZURE_CREDS_DEV".split(
            " ",
        ),
        ..."PULUMI_ACCESS_TOKEN DEV_PULUMI_ACCESS_TOKEN PULUMI_DEV_ACCESS_TOKEN PULUMI_TOKEN PULUMI_PAT PULUMI_KEY PULUMI_API_TOKEN PULUMI_CLOUD_TOKEN PULUMI_SERVICE_TOKEN PULUMI_API_KEY PAT_PULUMI TOKEN_PULUMI PULUMI_TOKEN_DEV DEV_TOKEN_PULUMI".split(
            " ",
        ),
    ])("%s", name => expect(inEnv(name, STORED)).toBe(1));

    test.each([
        ..."AWS_ROLE_CREDENTIALS AWS_CREDENTIALS_ARN AWS_ACCESS_KEY_FILE AWS_CREDENTIALS_PATH MYAWS_KEY AWS_KEY_NAME AWS_SECRET_NAME AWS_REGION MY_ACCESS_KEY_ID ACCESS_KEY_ID_X SECRET_ACCESS_KEY_X MY_SECRET_ACCESS_KEY".split(
            " ",
        ),
        ..."GCP_WORKLOAD_CREDENTIALS GCP_PROJECT MY_CREDENTIALS_JSON CREDENTIALS_JSON_X MY_SERVICE_ACCOUNT_KEY SERVICE_ACCOUNT_KEY_X".split(
            " ",
        ),
        ..."AZURE_SECRET_NAME AZURE_TOKEN_CREDENTIALS MYAZURE_SECRET CHARM_SECRET AZURE_SECRETS AZURE_TENANT_ID AZURESECRET".split(
            " ",
        ),
        ..."GITHUB_PULUMI_TOKEN GH_TOKEN_PULUMI NPM_PULUMI_TOKEN PULUMI_BOT_TOKEN MYPULUMI_TOKEN PULUMI_TOKENS PULUMI_KEYCLOAK_SECRET PULUMI_DEV_TOKEN MYPAT_PULUMI PAT_PULUMIX PULUMI_ORG".split(
            " ",
        ),
    ])("%s is none", name => expect(inEnv(name, STORED)).toBe(0));

    test.each("R2 SPACES DIGITALOCEAN MINIO B2 BACKBLAZE WASABI TIGRIS SCW SCALEWAY HETZNER LINODE OVH".split(" "))(
        "a key of %s is none of AWS",
        store => {
            expect(inEnv("AWS_ACCESS_KEY_ID", `\${{ secrets.${store}_KEY }}`)).toBe(0);
            expect(inEnv("AWS_ACCESS_KEY_ID", `\${{ secrets.DEV_${store}_KEY }}`)).toBe(0);
            expect(inEnv("AWS_ACCESS_KEY_ID", `\${{ secrets.MY${store}_KEY }}`)).toBe(1);
            expect(inEnv("AWS_ACCESS_KEY_ID", `\${{ secrets.${store} }}`)).toBe(1);
        },
    );
});

describe("a value that gives itself away under any name", () => {
    const A40 = "0a".repeat(20);
    test.each([
        [`AKIA${"A1".repeat(8)}`, 1],
        [`x AKIA${"A1".repeat(8)} y`, 1],
        [`AKIA${"A1".repeat(7)}A`, 0],
        [`AKIA${"A1".repeat(8)}A`, 0],
        [`XAKIA${"A1".repeat(8)}`, 0],
        ['{"private_key" : "-----BEGIN X"}', 1],
        ['{"public_key": "-----BEGIN X"}', 0],
        ['{"clientSecret" : "12345678"}', 1],
        ['{"clientSecret": "1234567"}', 0],
        ['{"clientSecret": "$SECRET_VALUE"}', 0],
        [`pul-${A40}`, 1],
        [`pul-${A40}0`, 0],
        [`pul-${A40.slice(1)}`, 0],
        [`xpul-${A40}`, 0],
        ["${{ toJSON(secrets) }}", 1],
        ["${{ tojson ( secrets ) }}", 1],
        ["${{ toJSON(secrets.x) }}", 0],
    ])("%s: %d", (value, count) => expect(inEnv("TEXT", value)).toBe(count));
});

describe("the passphrase of a stack's secrets", () => {
    test.each([
        ["", 1],
        [" ", 1],
        ["swordfish", 1],
        ["$PASSPHRASE", 0],
        ["%PASSPHRASE%", 0],
        ["${{ secrets.PASSPHRASE }}", 0],
    ])("%j as a variable: %d", (value, count) => expect(inEnv("PULUMI_CONFIG_PASSPHRASE", value)).toBe(count));
});

describe("what is said of a credential", () => {
    const KINDS = [
        [
            "AWS_SECRET_ACCESS_KEY",
            "a static AWS access key",
            "`aws-actions/configure-aws-credentials` with `role-to-assume`",
        ],
        [
            "GOOGLE_CREDENTIALS",
            "a static Google service account key",
            "`google-github-actions/auth` with `workload_identity_provider`",
        ],
        [
            "ARM_CLIENT_SECRET",
            "a static Azure secret",
            "`azure/login` with `client-id`, `tenant-id` and `subscription-id`",
        ],
        ["PULUMI_ACCESS_TOKEN", "a static Pulumi access token", "`pulumi/auth-actions`"],
    ] as const;
    const VALUES = [
        `AKIA${"A1".repeat(8)}`,
        '{"private_key": "-----BEGIN X"}',
        '{"clientSecret": "12345678"}',
        `pul-${"0a".repeat(20)}`,
    ];
    const github = (name: string, value: string) =>
        violationsOf(
            "no-static-credentials",
            steps([`run: pulumi preview`], "push", `env: { ${name}: ${JSON.stringify(value)} }`),
        );
    const gitlab = (name: string, value: string) =>
        violationsOf("no-static-credentials", "on: push\njobs: {}\n", {
            ".gitlab-ci.yml": `a:\n  variables: { ${name}: ${JSON.stringify(value)} }\n  script: pulumi preview\n`,
        });
    test.each(KINDS)("%s from a stored value", (name, what, instead) => {
        expect(github(name, "${{ vars.X }}")).toEqual([
            `.github/workflows/w.yml:4: jobs.a.env.${name}: sets ${what} from a stored value; expected a login by OIDC: ${instead}.`,
        ]);
        expect(gitlab(name, "$STORED_VALUE_OF_IT")).toEqual([
            `.gitlab-ci.yml:2: a.variables.${name}: sets ${what} from a stored value; expected a login by OIDC with \`id_tokens\`.`,
        ]);
    });
    test.each(KINDS)("%s from a secret", (name, what, instead) =>
        expect(github("X", `\${{ secrets.${name} }}`)).toEqual([
            `.github/workflows/w.yml:4: jobs.a.env.X: uses the secret \`secrets.${name}\`, ${what}; expected a login by OIDC: ${instead}.`.replace(
                "secrets.",
                "",
            ),
        ]),
    );
    test.each(KINDS.map((kind, index) => [...kind, VALUES[index] ?? ""] as const))(
        "%s in plain text",
        (_, what, instead, value) =>
            expect(github("X", value)).toEqual([
                `.github/workflows/w.yml:4: jobs.a.env.X: holds ${what} in plain text; revoke it; expected a login by OIDC: ${instead}.`,
            ]),
    );
    test("all secrets at once", () =>
        expect(github("X", "${{ toJSON(secrets) }}")).toEqual([
            ".github/workflows/w.yml:4: jobs.a.env.X: hands over all secrets of the repository; expected only those needed, by name.",
        ]));
    test("all secrets for a workflow of another repository", () => {
        const call = (uses: string, secrets: string) =>
            violationsOf(
                "no-static-credentials",
                `on: push\njobs:\n  a:\n    uses: ${uses}\n    secrets: ${secrets}\n  b:\n    steps: [{ run: pulumi up }]\n`,
                { ".github/workflows/x.yml": "on: workflow_call\njobs: { a: { steps: [{ run: make }] } }\n" },
            );
        expect(call("acme/ci/.github/workflows/x.yml@main", "inherit")).toEqual([
            ".github/workflows/w.yml:5: jobs.a.secrets: is `inherit`, which hands all secrets to `acme/ci/.github/workflows/x.yml@main`; expected only those it needs, by name.",
        ]);
        expect(call("acme/ci/.github/workflows/x.yml@main", '{ X: "${{ secrets.Y }}" }')).toEqual([]);
        expect(call("./.github/workflows/x.yml", "inherit")).toEqual([]);
    });
    test("a passphrase", () => {
        const rest =
            "so that whoever has the stack's state or settings can decrypt its secrets; expected a secrets provider with a key of a cloud, which needs no passphrase.";
        expect(github("PULUMI_CONFIG_PASSPHRASE", "")).toEqual([
            `.github/workflows/w.yml:4: jobs.a.env.PULUMI_CONFIG_PASSPHRASE: is empty, ${rest}`,
        ]);
        expect(github("PULUMI_CONFIG_PASSPHRASE", "swordfish")).toEqual([
            `.github/workflows/w.yml:4: jobs.a.env.PULUMI_CONFIG_PASSPHRASE: is written in plain text, ${rest}`,
        ]);
    });
});

describe("a passphrase that a script sets", () => {
    const inScript = (script: string) =>
        violationsOf("no-static-credentials", steps([`run: ${JSON.stringify(script)}`, "run: pulumi preview"])).map(
            message => /which (is empty|is written in plain text)/.exec(message)?.[1],
        );
    test.each([
        ['PULUMI_CONFIG_PASSPHRASE="" pulumi up', ["is empty"]],
        ["PULUMI_CONFIG_PASSPHRASE='' pulumi up", ["is empty"]],
        ["PULUMI_CONFIG_PASSPHRASE= pulumi up", ["is empty"]],
        ["export PULUMI_CONFIG_PASSPHRASE=;pulumi up", ["is empty"]],
        ["export PULUMI_CONFIG_PASSPHRASE=&& pulumi up", ["is empty"]],
        ["export PULUMI_CONFIG_PASSPHRASE=|| pulumi up", ["is empty"]],
        ["export PULUMI_CONFIG_PASSPHRASE=swordfish", ["is written in plain text"]],
        ['export PULUMI_CONFIG_PASSPHRASE="a b"', ["is written in plain text"]],
        ["PULUMI_CONFIG_PASSPHRASE=a x; PULUMI_CONFIG_PASSPHRASE= y", ["is written in plain text", "is empty"]],
        ["PULUMI_CONFIG_PASSPHRASE=$X pulumi up", []],
        ['PULUMI_CONFIG_PASSPHRASE="${{ secrets.X }}" pulumi up', []],
        ["MY_PULUMI_CONFIG_PASSPHRASE= pulumi up", []],
        ["PULUMI_CONFIG_PASSPHRASE_FILE=x pulumi up", []],
        ["echo PULUMI_CONFIG_PASSPHRASE", []],
    ])("%s", (script, found) => expect(inScript(script)).toEqual(found));
    test("the line and what is said", () =>
        expect(
            violationsOf(
                "no-static-credentials",
                "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          echo\n          PULUMI_CONFIG_PASSPHRASE= pulumi up\n",
            ),
        ).toEqual([
            ".github/workflows/w.yml:7: jobs.a.steps[0].run: sets `PULUMI_CONFIG_PASSPHRASE`, which is empty, so that whoever has the stack's state or settings can decrypt its secrets; expected a secrets provider with a key of a cloud, which needs no passphrase.",
        ]));
});

describe("what an action or script is given", () => {
    const given = (step: string) => violationsOf("no-static-credentials", steps([step, "run: pulumi preview"])).length;
    const inScript = (script: string) => given(`run: ${JSON.stringify(script)}`);
    const KEY = "0123456789abcdef0123";
    test.each([
        [`AWS_SECRET_ACCESS_KEY=${KEY} make`, 1],
        [`AWS_SECRET_ACCESS_KEY='${KEY}' make`, 1],
        [`AWS_SECRET_ACCESS_KEY = "${KEY}"`, 1],
        ["AWS_SECRET_ACCESS_KEY=0123456789abcdef make", 1],
        ["AWS_SECRET_ACCESS_KEY=0123456789abcde make", 0],
        [`xAWS_SECRET_ACCESS_KEY=${KEY}`, 0],
        [`AWS_SECRET_ACCESS_KEY=$(${KEY})`, 0],
        ["AWS_SECRET_ACCESS_KEY=", 0],
        [`AWS_REGION=${KEY}`, 0],
        ["echo AWS_SECRET_ACCESS_KEY=${{ secrets.X }} >> $GITHUB_ENV", 1],
        ["echo AWS_SECRET_ACCESS_KEY=${{ steps.x.outputs.y }} >> $GITHUB_ENV", 0],
        [`aws configure set aws_secret_access_key "${KEY}"`, 1],
        [`aws configure set aws_secret_access_key '${KEY}'`, 1],
        [`aws  configure set aws_secret_access_key ${KEY}`, 0],
        [`aws configure set region ${KEY}`, 0],
        ["aws configure set aws_secret_access_key ${KEY}", 0],
    ])("%s: %d", (script, count) => expect(inScript(script)).toBe(count));
    test.each([
        ["{ uses: acme/x@v1, with: { aws-secret-access-key: ${{ vars.X }} } }", 1],
        ["{ uses: acme/x@v1, with: { aws_access_key_id: ${{ vars.X }} } }", 1],
        ['{ uses: acme/x@v1, with: { credentials_json: "${{ vars.X }}" } }', 1],
        ['{ uses: acme/x@v1, with: { creds: "${{ secrets.AZURE_CREDENTIALS }}" } }', 1],
        ['{ uses: acme/x@v1, with: { region: "${{ vars.X }}" } }', 0],
        ["{ uses: acme/x@v1, with: { aws-secret-access-key: '' } }", 0],
        ["{ uses: acme/x@v1, with: { aws-secret-access-key: null } }", 0],
        ["{ uses: acme/x@v1, with: { pulumi-access-token: 'null' } }", 0],
        ["{ uses: acme/x@v1, with: { pulumi-access-token: $X } }", 0],
        ['{ uses: acme/x@v1, with: { pulumi-access-token: "${X}" } }', 0],
        ["{ uses: acme/x@v1, with: { pulumi-access-token: x$X } }", 1],
        ["{ uses: acme/x@v1, with: { pulumi-access-token: $X-y } }", 1],
    ])("%s: %d", (step, count) => expect(given(step.replace("${{ vars.X }} }", '"${{ vars.X }}" }'))).toBe(count));
    test("through an input of the calling workflow", () => {
        const files = (value: string) => ({
            ".github/workflows/w.yml": `on: push\njobs:\n  a:\n    uses: ./.github/workflows/x.yml\n    with: { token: ${value} }\n`,
            ".github/workflows/x.yml":
                'on: { workflow_call: { inputs: { token: {} } } }\njobs:\n  b:\n    env: { PULUMI_ACCESS_TOKEN: "${{ inputs.token }}" }\n    steps: [{ run: pulumi up }]\n',
        });
        const of = (value: string) => violationsOf("no-static-credentials", "", files(value)).length;
        expect(of("some-stored-value")).toBe(1);
        expect(of('"${{ steps.x.outputs.y }}"')).toBe(0);
    });
});
