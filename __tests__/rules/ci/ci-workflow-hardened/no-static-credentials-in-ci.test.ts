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
