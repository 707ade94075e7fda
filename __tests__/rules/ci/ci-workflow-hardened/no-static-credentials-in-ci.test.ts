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
