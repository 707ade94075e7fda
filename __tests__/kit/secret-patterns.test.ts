import { FileValue } from "../../policies/kit/project/file-value";
import {
    entropyOf,
    isPlaceholder,
    isReference,
    looksRandom,
    minEntropy,
    namedValue,
    namesPassword,
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
        ["an AWS access key", AWS_KEY.replace("AKI", "ABI")],
        ["an AWS access key", AWS_KEY.replace("AKI", "ACC").replace("I", "A")],
        ["a Pulumi access token", `pul-${hex(40)}`],
        ["a GitHub token", `ghp_${filled(36)}`],
        ["a GitHub token", `github_pat_${filled(22)}_${filled(59)}`],
        ..."ghp gho ghu ghs ghr".split(" ").map(prefix => ["a GitHub token", `${prefix}_${filled(36)}`]),
        ..."pat oas dt rt rtr cbt ptt ft imt agent wt soat ffct"
            .split(" ")
            .map(kind => ["a GitLab token", `gl${kind}-${filled(20)}`]),
        ..."abceoprs".split("").map(kind => ["a Slack token", `xox${kind}-${filled(24)}`]),
        ["a Slack token", `xoxb-${filled(10)}`],
        ["a Slack token", `xapp-1-${filled(24)}`],
        ["a Slack token", `xwfp-${filled(24)}`],
        ["a Slack webhook", `https://hooks.slack.com/services/${filled(9)}/${filled(9)}/${filled(24)}`],
        ["a Slack webhook", `https://hooks.slack.com/workflows/${filled(9)}/${filled(9)}/${filled(24)}`],
        ["a Slack webhook", `https://hooks.slack.com/triggers/${filled(9)}/${filled(9)}/${filled(24)}`],
        ["a Stripe key", `sk_live_${filled(24)}`],
        ["a Stripe key", `rk_test_${filled(24)}`],
        ["a Stripe key", `whsec_${filled(32)}`],
        ["a Google API key", `AIza${filled(35)}`],
        ["a Google OAuth client secret", `GOCSPX-${filled(28)}`],
        ["a Google access token", `ya29.${filled(40)}`],
        ["an npm token", `//registry.example.com/:_authToken=npm_${filled(36)}`],
        ["a PyPI token", `pypi-AgEI${filled(60)}`],
        ["a RubyGems key", `rubygems_${hex(48)}`],
        ["a SendGrid key", `SG.${filled(22)}.${filled(43)}`],
        ["a Twilio key", `SK${hex(32)}`],
        ["a Mailchimp key", `${hex(32)}-us14`],
        ["an OpenAI key", `sk-proj-${filled(48)}`],
        ["an OpenAI key", `sk-svcacct-${filled(48)}`],
        ["an OpenAI key", `sk-admin-${filled(48)}`],
        ["an OpenAI key", `sk-${filled(20)}T3BlbkFJ${filled(20)}`],
        ["an Anthropic key", `sk-ant-api03-${filled(95)}`],
        ["a Hugging Face token", `hf_${filled(34, "abcdefghijKLM")}`],
        ["a DigitalOcean token", `dop_v1_${hex(64)}`],
        ["a DigitalOcean token", `doo_v1_${hex(64)}`],
        ["a DigitalOcean token", `dor_v1_${hex(64)}`],
        ["a Docker token", `dckr_pat_${filled(27)}`],
        ["a Docker token", `dckr_oat_${filled(32)}`],
        ["a Databricks token", `dapi${hex(32)}`],
        ["a Databricks token", `dapi${hex(32)}-2`],
        ["a Grafana token", `glsa_${filled(32)}_${hex(8)}`],
        ["a Grafana token", `glc_${filled(40)}==`],
        ["a New Relic key", `NRAK-${filled(27, "ABCDEFG012345")}`],
        ..."at ca pa ss tka".split(" ").map(kind => ["a Shopify token", `shp${kind}_${hex(32)}`]),
        ["a Linear key", `lin_api_${filled(40)}`],
        ["a Postman key", `PMAK-${hex(24)}-${hex(34)}`],
        ..."tkn pw oauth".split(" ").map(kind => ["a PlanetScale token", `pscale_${kind}_${filled(43)}`]),
        ..."pt st sa ct scim audit".split(" ").map(kind => ["a Doppler token", `dp.${kind}.${filled(43)}`]),
        ["a Doppler token", `dp.st.prod_eu.${filled(43)}`],
        ["an Atlassian token", `ATATT3xFfGF0${filled(170)}`],
        ["a 1Password service account token", `ops_eyJ${filled(240)}`],
        ["a Sentry token", `sntrys_${filled(80)}`],
        ["a Sentry token", `sntryu_${filled(64)}`],
        ["a Telegram bot token", `123456789:AA${filled(33)}`],
        ["a Vault token", `hvs.${filled(24)}`],
        ["a Vault token", `hvb.${filled(24)}`],
        ["a Vault token", `hvr.${filled(24)}`],
        ["an HCP Terraform token", `${filled(14)}.atlasv1.${filled(67)}`],
        ["an Azure client secret", `${filled(3)}8Q~${filled(34)}`],
        ["an Azure account key", `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${filled(86)}==;`],
        ["an Azure account key", `Endpoint=sb://a.example.com/;SharedAccessKey=${filled(43)}=`],
        ["an Azure account key", `SharedSecretIssuerValue=${filled(43)}=`],
        ["an Azure shared access signature", `https://a.example.com/b?sv=2024-11-04&sig=${filled(43)}%3D`],
        ["an Azure shared access signature", `sv=2024-11-04&ss=b&srt=sco&sp=r&sig=${filled(43)}=`],
        ["an age key", `AGE-SECRET-KEY-1${filled(58, "QPZRY9X8GF2TVDW0")}`],
        ["a JSON web token", `Bearer ${jwt}`],
        ["a private key", pem("RSA PRIVATE KEY")],
        ["a private key", `{"private_key": ${JSON.stringify(pem("PRIVATE KEY"))}}`],
        ["a private key", pem("ENCRYPTED PRIVATE KEY")],
        ["a private key", pem("OPENSSH PRIVATE KEY")],
        ["a private key", pem("PGP PRIVATE KEY BLOCK")],
        ["a private key", "# of the bastion\nPuTTY-User-Key-File-3: ssh-ed25519\n"],
        ["a private key", base64(pem("EC PRIVATE KEY"))],
        ["a private key", `{"key":"${base64(pem("PRIVATE KEY"))}"}`],
        ["a private key", `the key ${base64(pem("PRIVATE KEY"))}`],
        ["a URL with a password", "postgres://shop:hunter2@db.example.com:5432/shop?sslmode=require"],
        ["a URL with a password", "redis://:hunter2@cache.example.com"],
        ["a URL with a password", "curl https://me:hunter2@example.com/x | sh"],
        ["a URL with a password", "Postgres+SSL://shop:hunter2@db.example.com"],
        ["a URL with a password", "https://shop:hunter2@localhost.example.com"],
        ["a URL with a password", "https://shop:hunter2@notlocalhost"],
        ["a URL with a password", "https://shop:hunter2@128.0.0.1"],
        ["a URL with a password", "https://shop:hunter2@[2001:db8::1]:8443/"],
        ["a URL with a password", "https://a:b@localhost and https://shop:hunter2@db.example.com"],
        ["a connection string with a password", "Server=tcp:db.example.com;User ID=shop;Password=hunter2;"],
        ["a connection string with a password", "Password=hunter2;Server=db.example.com"],
        ["a connection string with a password", "Server=db.example.com;Pwd=hunter2"],
        ["a connection string with a password", "Server = db.example.com; Password = hunter2"],
        ["a connection string with a password", 'Server=db.example.com;Password="hunter 2"'],
        ["a connection string with a password", "Server=a.example.com;Password=${later};Server=b;Password=hunter2"],
        ...[
            "server",
            "data source",
            "host",
            "hostname",
            "addr",
            "address",
            "user id",
            "uid",
            "user",
            "username",
            "database",
            "initial catalog",
            "accountendpoint",
            "endpoint",
        ].flatMap(part => [
            ["a connection string with a password", `${part}=a;password=hunter2`],
            ["a connection string with a password", `password=hunter2;${part}=a`],
        ]),
        ["a connection string with a password", "Password=hunter2&Host=a"],
        ["a connection string with a password", "mysql?host=a&password=hunter2"],
        ["a connection string with a password", "mysql?password=hunter2&host=a"],
        ["a connection string with a password", "jdbc:derby:shop;password=hunter2"],
        ["a connection string with a password", "JDBC:derby:shop;password=hunter2"],
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
        ["the same machine in capitals", "postgres://postgres:postgres@LOCALHOST/test"],
        ["the same machine by its address", "postgres://postgres:postgres@127.0.0.1:5432/test"],
        ["the same machine by another of its addresses", "postgres://postgres:postgres@127.10.20.30/test"],
        ["the same machine by its IPv6 address", "postgres://postgres:postgres@[::1]:5432/test"],
        ["any address of the same machine", "postgres://postgres:postgres@0.0.0.0:5432/test"],
        ["the machine around a container", "postgres://postgres:postgres@host.docker.internal:5432/test"],
        [
            "a connection string with a managed identity",
            "Server=tcp:db.example.com;Authentication=Active Directory Default;",
        ],
        ["a connection string whose password is put in later", "Server=db.example.com;Password=${password};"],
        ["a connection string whose password is a gap, in quotes", "Server=db.example.com;Password='<password>'"],
        [
            "a connection string whose password is a gap, in double quotes",
            'Server=db.example.com;Password="<password>"',
        ],
        ["a part whose name only ends with password", "Server=db.example.com;ForgotPassword=allowed"],
        ["a password beside what only ends like a part of a connection string", "observer=1;password=hunter2"],
        ["a password beside what only ends like a JDBC URL", "xjdbc:derby:shop;password=hunter2"],
        ["prose about passwords", "Use password=… only where the host has no other way."],
        ["a PuTTY key's first line inside another line", "see PuTTY-User-Key-File-3: ssh-ed25519"],
        ["the beginning of a key in base 64 inside a longer word", `x${base64(pem("EC PRIVATE KEY"))}`],
        ["a GitHub token with a letter too many before it", `xghp_${filled(36)}`],
        ["an npm token with a letter too many", `npm_${filled(37)}`],
    ])("%s", (_, text) => {
        expect(secretIn(text)).toBeUndefined();
    });
});

test("the beginning of a long text is looked at, up to a hundred thousand characters", () => {
    const token = `ghp_${filled(36)}`;
    const before = (length: number) => "= ".repeat(length / 2) + token;
    expect(secretIn(before(100_000 - token.length))).toBe("a GitHub token");
    expect(secretIn(` ${before(100_000 - token.length)}`)).toBeUndefined();
    expect(secretIn(` ${before(100_000 - token.length)} `)).toBeUndefined();
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
        "password dbPassword DB_PASSWORD db-password password1 dbPasswordProd passwordBase64 passwd adminPwd passphrase secret clientSecret apiToken token tokens accessToken apiKey APIKey api_key apikey secretKey privateKey accessKey signingKey credentials connectionString dbConnString secretValue jwt passwort passcode credential secretkey privatekey accesskey apitoken clientsecret githubPat passwords secrets passphrases apiKeys DBPassword password_b64 password12 connectionstring dbConnectionString registryToken dbSecret existingClientSecret".split(
            " ",
        ),
    )("%s stands for a secret", name => {
        expect(senseOf(name)).toBe("secret");
    });

    test.each(
        "api access secret private signing encryption master account storage shared session auth license licence integration ingest application app deploy host hmac webhook subscription sas".split(
            " ",
        ),
    )("the key of kind %s is a secret one", kind => {
        expect(senseOf(`${kind}Key`)).toBe("secret");
    });

    test.each(
        "value plain plaintext text string raw data base64 b64 encoded pem json prod production dev development test staging qa primary secondary new old current previous default".split(
            " ",
        ),
    )("%s behind a secret's name leaves it one", word => {
        expect(senseOf(`token_${word}`)).toBe("secret");
        expect(namesPassword(`password_${word}`)).toBe(true);
    });

    test.each(
        "id ids arn arns name names url uri urls path paths file filename ref reference version ttl length size count policy type provider manager store engine enabled required rotation expiry expiration expires age days hours minutes seconds alias hash digest sha sha1 sha256 checksum fingerprint thumbprint cert certificate ca public endpoint issuer audience scope region environment env header field prefix suffix description title label format algorithm usage spec strategy mode kind location project zone role group owner namespace publishable site sitekey".split(
            " ",
        ),
    )("%s behind a secret's name says something about it", word => {
        expect(senseOf(`token_${word}`)).toBe("harmless");
    });

    test.each("public publishable site".split(" "))("the key of kind %s is for everybody", kind => {
        expect(senseOf(`${kind}Key`)).toBe("harmless");
        expect(senseOf(`${kind}KeyBlob`)).toBe("harmless");
    });

    test.each("password passwd passwort pwd passphrase passcode".split(" "))("%s is the name of a password", word => {
        expect(namesPassword(word)).toBe(true);
        expect(namesPassword(`db_${word}`)).toBe(true);
        expect(namesPassword(`${word}Policy`)).toBe(false);
    });

    test.each(
        "passwordPolicy secretName secretArn secretId tokenTtl publicKey sshPublicKey passwordLength keyId accessKeyId secretsManagerArn passwordRotationDays tokenUrl tokenEndpoint secretsPath authMode apiKeyName kmsKeyArn tokenType jwtIssuer credentialsFile region authorName monkey primary keyboard secretary value connectionPool connectorString interconnectionString dbString pass1word".split(
            " ",
        ),
    )("%s stands for none", name => {
        expect(senseOf(name)).toBe("harmless");
    });

    test.each(
        "imagePullSecret existingSecret dbPasswordSecret registryCredentials tlsSecret imageSecret kubernetesSecret k8sSecret dockerSecret vaultSecret managerSecret externalSecret sealedSecret pullCredential".split(
            " ",
        ),
    )("%s may name where one is kept", name => {
        expect(senseOf(name)).toBe("secret-or-name");
    });

    test.each(
        "authBlob partitionKey tokenPayload keyBlob hmacBlob signatureBlob sasBlob bearerBlob tokenGrid tokenIdle".split(
            " ",
        ),
    )("%s is suspicious", name => {
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
    // What shells, CI services, templates and deployment tools put in.
    "$(cat /run/password)",
    "%DB_PASSWORD%",
    "{{\n  password\n}}",
    "@password@",
    "@@password@@",
    "#{Password}",
    "#{Password}#",
    "  on  ",
    // Gaps and what was taken out.
    "XXXX",
    "••••••",
    "...",
    "redacted",
    "todo",
    "tbd",
    "n/a",
    "na",
    "null",
    "nil",
    "none",
    "undefined",
    "unset",
    "Replace Me",
    "replaceme",
    "fillme",
    "fill_me",
    "REPLACE_WITH_KEY",
    "INSERT KEY HERE",
    "CHANGE-THIS_KEY",
    "ENTER_TOKEN",
    // Choices.
    ..."false yes no on off enabled disabled required optional auto automatic random generate generated default always never bearer basic oidc iam jwt sha256 rsa ed25519 True".split(
        " ",
    ),
    // Places in vaults.
    "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/db",
    "projects/acme/locations/eu/secrets/db (v1)",
    "Alias/shop",
    "/subscriptions/0a/resourceGroups/shop(eu)",
    ..."ref+awsssm vault awssm awsssm ssm secretsmanager aws-secretsmanager gcpsecret gcpsecrets gcp-secret gcp-secrets gcpsm azurekeyvault akv keyvault k8s doppler env file sops bao infisical esc secret OP"
        .split(" ")
        .map(scheme => `${scheme}://shop#db`),
    // Files.
    "~/keys/id",
    "C:\\keys\\id",
    ".\\id",
    "../id",
    ..."pem key crt cer p12 pfx jks json yaml yml txt env ini toml cfg conf properties PEM"
        .split(" ")
        .map(end => `id.${end}`),
])("%j refers to a value elsewhere or is none", text => {
    expect(isReference(text)).toBe(true);
});

test.each([
    "hunter2",
    "changeme",
    "correct horse battery staple",
    "a$b",
    "pa$$word",
    "Passw0rd!",
    // What begins or ends like a reference and goes on.
    "a$(b)",
    "$(b)c",
    "$PASSWORD!",
    "a%B%",
    "%B%c",
    "a{{b}}",
    "{{b}}c",
    "a@b@",
    "@b@c",
    "a#{b}",
    "#{b}c",
    "a<b>",
    "<b>c",
    "a[b]",
    "[b]c",
    "abc***",
    "***abc",
    "**",
    "isnull",
    "none1",
    "MYYOUR_KEY",
    "YOUR_KEY1",
    "myyour-key",
    "your-key1",
    "untrue",
    "truest",
    "my arn:aws:ssm",
    "my projects/acme/secrets/db",
    "my@Microsoft.KeyVault(a)",
    "stop:now",
    "env:",
    "hunter/two",
    "/run/secrets!",
    "p@ss.pem",
    "id.pem!",
])("%j is a value itself", text => {
    expect(isReference(text)).toBe(false);
});

test.each([
    "<password>",
    " <password> ",
    "changeme",
    "change me",
    "CHANGE_ME",
    "AKIAIOSFODNN7EXAMPLE",
    "your-token",
    "your token",
    "****",
    " ** ",
    "xxxx",
    "XXX",
    "SomePlaceholder",
])("%j is a placeholder", text => {
    expect(isPlaceholder(text)).toBe(true);
});

test.each(["a<b>", "<b>a", "a**", "**a", "axx", "xxa", "hunter2", "exchange"])("%j is no placeholder", text => {
    expect(isPlaceholder(text)).toBe(false);
});

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
    expect(looksRandom("01234567890123456", 3)).toBe(false);
    expect(looksRandom("the-quick-brown-fox-jumps", 3)).toBe(false);
    expect(looksRandom("123e4567-e89b-12d3-a456-426614174000", 3)).toBe(false);
});

test("the entropy that is asked for is between 1 and 8 bits a character, by default 3.5", () => {
    expect(minEntropy.parse(undefined)).toBe(3.5);
    expect([0.99, 1, 8, 8.01].map(bits => minEntropy.safeParse(bits).success)).toEqual([false, true, true, false]);
    expect(minEntropy.description).toBe(
        "Shannon entropy, in bits a character, from which a value under a name that speaks of secrets passes for random.",
    );
});

describe("a map of a name and a value", () => {
    const read = (yaml: string) => {
        const found = namedValue(FileValue.parse({ path: "file.yaml", text: yaml }).content);
        return found && [found.name, found.value.scalar() ?? found.value.kind];
    };

    test.each(["name", "Name", "key", "Key"])("has its name under %s", key => {
        expect(read(`${key}: DB\nvalue: a\n`)).toEqual(["DB", "a"]);
        expect(read(`${key}: DB\nValue: 7\n`)).toEqual(["DB", 7]);
    });

    test.each([
        ["a list", "- name: DB\n- value: a\n"],
        ["a text", "name"],
        ["a map without a value", "name: DB\n"],
        ["a map without a name", "value: a\n"],
        ["a map whose name is no text", "name: [DB]\nvalue: a\n"],
    ])("is not %s", (_, yaml) => {
        expect(read(yaml)).toBeUndefined();
    });

    test("may have its name under the second key where the first is no text", () => {
        expect(read("name: {a: b}\nkey: DB\nvalue: a\n")).toEqual(["DB", "a"]);
    });
});

describe("under a name", () => {
    const judge = (name: string, value: string | number | boolean) =>
        plaintextSecret(name, value, { minEntropy: 3.5, isSecretName: other => other === "license" });
    const UUID = "123e4567-e89b-12d3-a456-426614174000";

    test.each([
        ["password", "hunter2"],
        ["password", 12345678],
        ["license", "A1"],
        ["apiKey", "abc"],
        ["connectionString", "opaque"],
        ["encryptionKey", "YWJjZGVm"],
        ["password", 1234],
        ["passwordProd", 1234],
        ["license", 1234],
        ["password", "regcred"],
        ["secretKey", "db-password"],
        ["token", "abc -----BEGIN CERTIFICATE-----"],
        ["token", "at https://example.com"],
        ["token", "xpk_live_abc1"],
        ["token", "pk_live_abc1!"],
        ["imagePullSecret", "Regcred"],
        ["imagePullSecret", "regcred!"],
        ["token", "abc12"],
        ["token", "1.5!"],
        ["token", "1234567890"],
        ["token", "a15m"],
        ["token", "15m!"],
        ["token", "15abcdefgh"],
        ["token", "key=value"],
        ["connectionString", "hunter2"],
        ["apiKey", UUID],
        ["encryptionKeySecret", UUID],
        ["encryptionKey", `x${UUID}`],
        ["encryptionKey", "1ab-01234567"],
        ["encryptionKey", "ab-01234567!"],
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
        ["password", 123],
        ["license", 123],
        ["maxTokens", 4096],
        ["imagePullSecret", "my-registry.keys/one"],
        ["token", "HTTPS://example.com/oauth/token"],
        ["stripeToken", "pk_live_abc123"],
        ["stripeToken", "pk_test_abc123"],
        ["token", "1.25"],
        ["token", "15 minutes"],
        ["token", "15M"],
        ["connString", "host:5432"],
        ["db_connection_string", "host:5432"],
        ["db conn string", "host:5432"],
        ["MASTER_KEY", UUID.toUpperCase()],
        ["signingKey", UUID],
        ["EncryptionKey", `mrk-${hex(32)}`],
        ["encryptionKey", "key-0123456789abcdef0"],
        ["token", pem("CERTIFICATE")],
        ["token", `\n${pem("RSA PUBLIC KEY")}`],
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

    test("a token is one by its form, whatever the name", () => {
        expect(judge("region", `ghp_${filled(36)}`)).toBe("looks like a GitHub token");
    });

    const inside = (name: string, value: string) =>
        plaintextSecret(name, value, { minEntropy: 3.5, isSecretName: () => false, isProperty: true });

    test.each([
        ["secretKey", "db-password"],
        ["secretKeys", "db.password/one"],
        ["secret_key", "DB_PASSWORD"],
        ["secret-key", "TOKEN"],
        ["SecretKey", "A_B1_C22"],
    ])("inside an object, %s, %j names where the secret is", (name, value) => {
        expect(inside(name, value)).toBeUndefined();
    });

    test.each([
        ["mySecretKey", "db-password"],
        ["secretKeyToken", "db-password"],
        ["token", "db-password"],
        ["secretKey", "xDB_PASSWORD"],
        ["secretKey", "DB_PASSWORD!"],
        ["secretKey", "a1b2c3d4e5f6g7h8j9k0"],
    ])("inside an object, %s, %j is a secret", (name, value) => {
        expect(inside(name, value)).toBe("is a secret by its name");
    });
});
