import {
    entropyOf,
    isPlaceholder,
    isReference,
    looksRandom,
    plaintextSecret,
    secretIn,
    senseOf,
} from "../../policies/kit/secret-patterns";

/** Made-up text of the right form; put together here so that no scanner takes this file for a leak. */
const filled = (length: number, alphabet = "abcdefghij0123456789") =>
    Array.from({ length }, (_, index) => alphabet[(index * 7) % alphabet.length]).join("");
const base64 = (text: string) => Buffer.from(text).toString("base64");

const AWS_KEY = `AKIA${filled(16, "QRSTUVWXYZ234567")}`;
const hex = (length: number) => filled(length, "0123456789abcdef");
const pem = (kind: string) => `-----BEGIN ${kind}-----\nMIIB\n-----END ${kind}-----\n`;
const jwt = `${base64('{"alg":"none","typ":"JWT"}')}.${base64('{"sub":"nobody","iat":1}')}.${filled(20)}`.replaceAll(
    "=",
    "",
);

describe("a value shows itself for", () => {
    test.each([
        ["an AWS access key", AWS_KEY],
        ["an AWS access key", `{"id": "${AWS_KEY.replace("AK", "AS")}", "other": 1}`],
        ["a Pulumi access token", `pul-${hex(40)}`],
        ["a GitHub token", `ghp_${filled(36)}`],
        ["a GitHub token", `github_pat_${filled(22)}_${filled(59)}`],
        ["a GitLab token", `glpat-${filled(20)}`],
        ["a Slack token", `xoxb-${filled(24)}`],
        ["a Slack webhook", `https://hooks.slack.com/services/${filled(9)}/${filled(9)}/${filled(24)}`],
        ["a Stripe key", `sk_live_${filled(24)}`],
        ["a Google API key", `AIza${filled(35)}`],
        ["an npm token", `//registry.example.com/:_authToken=npm_${filled(36)}`],
        ["a PyPI token", `pypi-AgEI${filled(60)}`],
        ["a SendGrid key", `SG.${filled(22)}.${filled(43)}`],
        ["a Twilio key", `SK${hex(32)}`],
        ["a Vault token", `hvs.${filled(24)}`],
        ["an Azure client secret", `${filled(3)}8Q~${filled(34)}`],
        ["an Azure account key", `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${filled(86)}==;`],
        ["a JSON web token", `Bearer ${jwt}`],
        ["a private key", pem("RSA PRIVATE KEY")],
        ["a private key", `{"private_key": ${JSON.stringify(pem("PRIVATE KEY"))}}`],
        ["a private key", pem("ENCRYPTED PRIVATE KEY")],
        ["a private key", base64(pem("EC PRIVATE KEY"))],
        ["a URL with a password", "postgres://shop:hunter2@db.example.com:5432/shop?sslmode=require"],
        ["a URL with a password", "redis://:hunter2@cache.example.com"],
        ["a URL with a password", "curl https://me:hunter2@example.com/x | sh"],
        ["a connection string with a password", "Server=tcp:db.example.com;User ID=shop;Password=hunter2;"],
        ["a connection string with a password", "host=db.example.com user=shop password='hunter 2'"],
        ["a connection string with a password", "jdbc:postgresql://db.example.com/shop?user=shop&password=hunter2"],
    ])("%s: %#", (what, text) => {
        expect(secretIn(text)).toBe(what);
    });
});

describe("a value shows itself for no secret", () => {
    test.each([
        ["a commit", hex(40)],
        ["an image digest", `registry.example.com/shop@sha256:${hex(64)}`],
        ["a lock file's hash", `sha512-${filled(86)}==`],
        ["a UUID", "123e4567-e89b-12d3-a456-426614174000"],
        ["a public key", pem("PUBLIC KEY")],
        ["a certificate", pem("CERTIFICATE")],
        ["a certificate in base 64", base64(pem("CERTIFICATE"))],
        ["an SSH public key", `ssh-ed25519 ${filled(68)} me@example.com`],
        ["an ARN", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf"],
        ["a role's unique id", "AROAIOSFODNN7EXAMPLE"],
        ["letters in a longer word", `X${AWS_KEY}`],
        ["the key of AWS's documentation", "AKIAIOSFODNN7EXAMPLE"],
        ["a URL with a port", "https://example.com:8443/a@b"],
        ["a URL with a user alone", "ssh://git@github.com/acme/shop.git"],
        ["a URL whose password is put in later", "postgres://shop:${dbPassword}@db.example.com/shop"],
        ["a URL whose password was taken out", "postgres://shop:****@db.example.com/shop"],
        ["the database of a test on the same machine", "postgres://postgres:postgres@localhost:5432/test"],
        [
            "a connection string with a managed identity",
            "Server=tcp:db.example.com;Authentication=Active Directory Default;",
        ],
        ["a connection string whose password is put in later", "Server=db.example.com;Password=${password};"],
        ["prose about passwords", "Use password=… only where the host has no other way."],
    ])("%s", (_, text) => {
        expect(secretIn(text)).toBeUndefined();
    });
});

test.each([
    ["postgres URLs", "a://a:".repeat(20_000)],
    ["schemes", `${"a.".repeat(50_000)}://`],
    ["token beginnings", "-eyJaaaaaaaaaaaaaaa".repeat(6_000)],
    ["signatures", "sv=2020-01-01&&".repeat(7_000)],
    ["key headers", "-----BEGIN A ".repeat(8_000)],
])("many %s take no long time", (_, text) => {
    const started = performance.now();
    secretIn(text);
    expect(performance.now() - started).toBeLessThan(2_000);
});

describe("names", () => {
    test.each(
        "password dbPassword DB_PASSWORD db-password password1 dbPasswordProd passwordBase64 passwd adminPwd passphrase secret clientSecret apiToken token tokens accessToken apiKey APIKey api_key apikey secretKey privateKey accessKey signingKey credentials connectionString dbConnString secretValue jwt".split(
            " ",
        ),
    )("%s stands for a secret", name => {
        expect(senseOf(name)).toBe("secret");
    });

    test.each(
        "passwordPolicy secretName secretArn secretId tokenTtl publicKey sshPublicKey passwordLength keyId accessKeyId secretsManagerArn passwordRotationDays tokenUrl tokenEndpoint secretsPath authMode apiKeyName kmsKeyArn tokenType jwtIssuer credentialsFile region authorName monkey primary keyboard secretary".split(
            " ",
        ),
    )("%s stands for none", name => {
        expect(senseOf(name)).toBe("harmless");
    });

    test.each("imagePullSecret existingSecret dbPasswordSecret registryCredentials".split(" "))(
        "%s may name where one is kept",
        name => {
            expect(senseOf(name)).toBe("secret-or-name");
        },
    );

    test.each("authBlob partitionKey tokenPayload".split(" "))("%s is suspicious", name => {
        expect(senseOf(name)).toBe("suspicious");
    });
});

test.each([
    "",
    "${db.password}",
    "shop-${suffix}",
    "$DB_PASSWORD",
    "{{ .Values.password }}",
    "<password>",
    "***",
    "[secret]",
    "YOUR_API_KEY",
    "your-token-here",
    "arn:aws:ssm:eu-west-1:123456789012:parameter/db",
    "projects/acme/secrets/db/versions/latest",
    "op://vault/item/field",
    "/run/secrets/db",
    "./keys/id.pem",
    "/prod/db/password",
    "@Microsoft.KeyVault(SecretUri=https://a.vault.azure.net/secrets/b)",
    "true",
])("%j refers to a value elsewhere or is none", text => {
    expect(isReference(text)).toBe(true);
});

test.each(["hunter2", "changeme", "correct horse battery staple", "a$b", "pa$$word", "Passw0rd!"])(
    "%j is a value itself",
    text => {
        expect(isReference(text)).toBe(false);
    },
);

test.each(["<password>", "changeme", "CHANGE_ME", "AKIAIOSFODNN7EXAMPLE", "your-token"])(
    "%j is a placeholder",
    text => {
        expect(isPlaceholder(text)).toBe(true);
    },
);

test("entropy is measured in bits a character", () => {
    expect(entropyOf("aaaa")).toBeCloseTo(0);
    expect(entropyOf("abcd")).toBe(2);
    expect(entropyOf("0123456789abcdef")).toBe(4);
});

test("a random text is long, mixed and without blanks", () => {
    expect(looksRandom("0123456789abcdef", 4)).toBe(true);
    expect(looksRandom("0123456789abcdef", 4.1)).toBe(false);
    expect(looksRandom("0123456789abcde", 3)).toBe(false);
    expect(looksRandom("0123456789 abcdef", 3)).toBe(false);
    expect(looksRandom("the-quick-brown-fox-jumps", 3)).toBe(false);
    expect(looksRandom("123e4567-e89b-12d3-a456-426614174000", 3)).toBe(false);
});

describe("under a name", () => {
    const judge = (name: string, value: string | number | boolean) =>
        plaintextSecret(name, value, { minEntropy: 3.5, isSecretName: other => other === "license" });

    test.each([
        ["password", "hunter2"],
        ["password", 12345678],
        ["license", "A1"],
        ["apiKey", "abc"],
        ["connectionString", "opaque"],
        ["encryptionKey", "YWJjZGVm"],
    ])("%s, %j is a secret", (name, value) => {
        expect(judge(name, value)).toBe("is a secret by its name");
    });

    test("that speaks of secrets, a random text is one", () => {
        expect(judge("authBlob", filled(40))).toBe("looks random under a name that speaks of secrets");
        expect(judge("imagePullSecret", filled(40))).toBe("is a secret by its name");
    });

    test.each([
        ["password", true],
        ["password", ""],
        ["maxTokens", 4096],
        ["tokens", "3600"],
        ["accessToken", "15m"],
        ["imagePullSecret", "regcred"],
        ["connectionString", "Endpoint=https://example.com/;Authentication=ManagedIdentity"],
        ["token", "https://example.com/oauth/token"],
        ["encryptionKey", "123e4567-e89b-12d3-a456-426614174000"],
        ["partitionKey", "customerId"],
        ["publicKey", filled(40)],
        ["signingKey", pem("PUBLIC KEY")],
    ])("%s, %j is none", (name, value) => {
        expect(judge(name, value)).toBeUndefined();
    });
});
