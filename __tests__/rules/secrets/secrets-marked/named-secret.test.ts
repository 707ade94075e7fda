import { assignedSecret, isNamedSecret } from "../../../../policies/rules/secrets/secrets-marked/named-secret";

const LEAST = 3.5;

/** Made up; of as many different signs as it is long, so that it looks as if it were drawn by chance. */
const RANDOM = `${"q7Zp2LxV9b"}${"Kc4TnW8sJd"}`;

describe("a variable whose text is the secret itself", () => {
    test.each(
        "CLIENT JWT APP API WEBHOOK SIGNING HMAC SESSION SHARED COOKIE AUTH".split(" ").flatMap(kind => [
            [`${kind}_SECRET`, true],
            [`${kind}SECRET`, true],
            [`MY_${kind}_SECRET`, true],
            [`${kind}_SECRET_NAME`, false],
            [`${kind}_SECRETS`, false],
        ]) as [string, boolean][],
    )("%s: %s", (name, expected) => expect(isNamedSecret(name, "abc", LEAST)).toBe(expected));
    test.each(["$" + "{X}", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x", "changeme"])(
        "unless it is %s",
        text => expect(isNamedSecret("JWT_SECRET", text, LEAST)).toBe(false),
    );
    test("of another kind it may be a name", () => expect(isNamedSecret("DB_SECRET", "db-main", LEAST)).toBe(false));
});

describe("a token that tells one request from another", () => {
    test.each(
        "client request idempotency creation lock next continuation csrf"
            .split(" ")
            .flatMap(kind => [`${kind}Token`, `${kind}-token`, `${kind.toUpperCase()}_TOKEN`, `my_${kind}_token`]),
    )("%s is no secret", name => expect(isNamedSecret(name, RANDOM, LEAST)).toBe(false));
    test.each(["API_TOKEN", "apiToken", "CLIENT_API_TOKEN", "nextAuthToken"])("%s is one", name =>
        expect(isNamedSecret(name, RANDOM, LEAST)).toBe(true),
    );
});

describe("what a variable for a token holds", () => {
    test.each([
        "github-token",
        "prod/db/token1",
        "/prod/db/token",
        "a1.b_c-d2/e",
        "tokenname",
        "GITHUB_TOKEN",
        "GITHUBTOKEN",
        "A1_B2_C3D4",
        "short1!",
        "two words here",
        "",
    ])("the name %j", text => expect(isNamedSecret("API_TOKEN", text, LEAST)).toBe(false));
    test.each([
        "Token-name",
        "token--name",
        "-token-name",
        "//token/name",
        "token-name-",
        "token-Name",
        "1token-name",
        "GITHUB__TOKEN",
        "_GITHUB_TOKEN",
        "GITHUB_TOKEN_",
        "GITHUB-TOKEN",
        "GITHUB_token",
        "token!name",
        RANDOM,
    ])("the token %j", text => expect(isNamedSecret("API_TOKEN", text, LEAST)).toBe(true));
});

describe("a name", () => {
    test("of a password, whatever the password looks like", () => {
        expect(isNamedSecret("DB_PASSWORD", "hunter2", LEAST)).toBe(true);
        expect(isNamedSecret("DB_PASSWORD", "open sesame", LEAST)).toBe(true);
        expect(isNamedSecret("DB_PASSWORD", "changeme", LEAST)).toBe(false);
    });
    test("of nothing secret", () => expect(isNamedSecret("REGION", RANDOM, LEAST)).toBe(false));
    test("of 200 characters, and of one more", () => {
        const name = (length: number) => `${"A".repeat(length - "_PASSWORD".length)}_PASSWORD`;
        expect(isNamedSecret(name(200), "hunter2", LEAST)).toBe(true);
        expect(isNamedSecret(name(201), "hunter2", LEAST)).toBe(false);
    });
});

describe("a script that sets a secret", () => {
    test.each([
        ["DB_PASSWORD=hunter2", "DB_PASSWORD"],
        ["export DB_PASSWORD='hunter2'\n", "DB_PASSWORD"],
        ['DB_PASSWORD: "hunter2"', "DB_PASSWORD"],
        ["DB_PASSWORD:\thunter2", "DB_PASSWORD"],
        ["DB_PASSWORD= hunter2", "DB_PASSWORD"],
        ["DB_PASSWORD=hunter2;", "DB_PASSWORD"],
        ["DB_PASSWORD=hunter2&", "DB_PASSWORD"],
        ["(DB_PASSWORD=hunter2)", "DB_PASSWORD"],
        ["DB_PASSWORD=hunter2|x", "DB_PASSWORD"],
        ["'DB_PASSWORD=hunter2'", "DB_PASSWORD"],
        ["X=1 DB_PWD=hunter2 x", "DB_PWD"],
        ["REGION=eu-west-1 DB_PASSWORD=hunter2", "DB_PASSWORD"],
        [`API_TOKEN=${RANDOM}`, "API_TOKEN"],
        [`API_KEY=${RANDOM}`, "API_KEY"],
        [`CLIENT_SECRET=${RANDOM}`, "CLIENT_SECRET"],
        [`DB_CREDENTIAL=${RANDOM}`, "DB_CREDENTIAL"],
        ["DB_PASSWORD=1234", "DB_PASSWORD"],
    ])("%j", (text, name) => expect(assignedSecret(text, LEAST)).toBe(name));
    test.each([
        "DB_PASSWORD=$X",
        'DB_PASSWORD="$X"',
        "DB_PASSWORD=$(x)",
        "DB_PASSWORD=`x`",
        "DB_PASSWORD=<x>",
        "DB_PASSWORD=",
        "DB_PASSWORD=123",
        "DB_PASSWORD:hunter2",
        "DB_PASSWORD hunter2",
        "xDB_PASSWORD=hunter2",
        "db_password=hunter2",
        "DB_PASSWORD='hunter2",
        "DB_PASSWORD=\"hunter2'",
        "DB_PASSWORD=hunter2<x",
        "CLIENT_SECRET=short-text",
        `REGION=${RANDOM}`,
        "API_TOKEN=github-token",
        "",
    ])("not %j", text => expect(assignedSecret(text, LEAST)).toBeUndefined());
});
