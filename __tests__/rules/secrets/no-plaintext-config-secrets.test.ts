import { rule } from "../../../policies/rules/secrets/no-plaintext-config-secrets";
import { testProjectRule } from "../../support/test-rule";

const PROJECT = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n" };

/** A project whose stack `prod` has this config. */
const config = (...lines: string[]) => ({
    ...PROJECT,
    "Pulumi.prod.yaml": `config:\n${lines.map(line => `  ${line}\n`).join("")}`,
});

const project = (text: string) => ({ "Pulumi.yaml": `name: shop\nruntime: yaml\n${text}` });

/** Made-up text of a token's form; put together here so that no scanner takes this file for a leak. */
const GITHUB_TOKEN = `ghp_${"a1B2c3".repeat(6)}`;
const SECURE = "secure: v1:AbCdEfGh:AbCdEfGhIjKlMnOp==";

const BY_NAME = "is a secret by its name and is written in plain text";

const encrypt = (path: string, flag = "") => `expected \`pulumi config set --secret ${flag}'${path}' --stack prod\`.`;

testProjectRule(rule, {
    valid: [
        {
            name: "keys that every visitor may see",
            files: config(
                `shop:stripePublishableKey: pk_live_${"a1B2c3D4".repeat(3)}`,
                `shop:stripeKey: pk_test_${"a1B2c3D4".repeat(3)}`,
                `shop:captchaSiteKey: 6L${"a1B2c3D4".repeat(4)}`,
            ),
        },
        {
            name: "the place of a secret under `secretKey`, inside an object",
            files: project(
                "resources:\n  a:\n    properties:\n      data:\n        - secretKey: password\n        - secretKey: DB_PASSWORD\n        - secretKey: db-password\n",
            ),
        },
        {
            name: "a list of names and values without a secret",
            files: config(
                "shop:env:",
                "  - name: STAGE",
                "    value: prod-1",
                "  - name: PASSWORD",
                "    value: ${db.password}",
            ),
        },
        {
            name: "keys that settings allow by alternatives",
            files: config("shop:password: hunter2", "shop:token: abcdef"),
            settings: { allowedKeys: ["shop:{password,token}"] },
        },
        {
            name: "gaps under `secure` that are still to be filled in",
            files: {
                "Pulumi.yaml": "name: shop\nruntime: yaml\n",
                "Pulumi.prod.yaml":
                    "config:\n  a:\n    secure:\n  b:\n    secure: ''\n  c:\n    secure: PLACEHOLDER_TO_SET\n  d:\n    secure: <secret>\n",
            },
        },
        {
            name: "encrypted values, also inside objects and lists",
            files: config(
                "shop:password:",
                `  ${SECURE}`,
                "shop:db:",
                "  users:",
                "    - name: a",
                "      password:",
                `        ${SECURE}`,
            ),
        },
        {
            name: "a value that Pulumi Cloud's key encrypted",
            files: config("shop:apiKey:", "  secure: AAABAKpQ1xAbCdEfGhIjKlMnOpQrStUv"),
        },
        {
            name: "names that speak about secrets",
            files: config(
                "shop:passwordPolicy: strict",
                "shop:secretName: shop-db",
                "shop:secretArn: arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
                "shop:tokenTtl: 3600",
                "shop:maxTokens: 4096",
                "shop:publicKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me",
                "shop:keyId: 1234abcd-12ab-34cd-56ef-1234567890ab",
                "shop:requirePassword: true",
                "shop:author: me",
            ),
        },
        {
            name: "references and places of secrets under names of secrets",
            files: config(
                "shop:password: ${db.password}",
                "shop:token: arn:aws:ssm:eu-west-1:123456789012:parameter/token",
                "shop:apiKey: op://vault/shop/key",
                "shop:clientSecret: ''",
                "shop:privateKey: ./keys/id.pem",
                "shop:imagePullSecret: regcred",
            ),
        },
        {
            name: "random texts under names that have nothing to do with secrets",
            files: config(
                `shop:commit: ${"0123456789abcdef".repeat(3).slice(0, 40)}`,
                `shop:image: shop@sha256:${"0123456789abcdef".repeat(4)}`,
                "shop:vpc: vpc-0123456789abcdef0",
                "azure:tenantId: 123e4567-e89b-12d3-a456-426614174000",
            ),
        },
        {
            name: "the keys of the encryption itself",
            files: {
                ...PROJECT,
                "Pulumi.prod.yaml": `secretsprovider: awskms://alias/p\nencryptedkey: ${GITHUB_TOKEN}\nencryptionsalt: v1:a\n`,
            },
        },
        { name: "no stack file", files: PROJECT },
        { name: "an empty stack file", files: { ...PROJECT, "Pulumi.prod.yaml": "" } },
        {
            name: "settings that are declared secret and have no preset value",
            files: project(
                "config:\n  dbPassword:\n    type: string\n    secret: true\n    description: Of the database.\n",
            ),
        },
        {
            name: "references in a program that is written in YAML",
            files: project(
                "resources:\n  db:\n    type: aws:rds:Instance\n    properties:\n      password: ${dbPassword}\n      passwordLength: 16\n",
            ),
        },
        {
            name: "keys that settings allow, by name, without the project's and by path",
            files: config("shop:password: hunter2", "shop:token: abcdef", "shop:db:", "  password: hunter2"),
            settings: { allowedKeys: ["shop:pass*", "token", "shop:db.password"] },
        },
        {
            name: "less random texts than settings ask for",
            files: config("shop:authBlob: abcd1234abcd1234abcd1234"),
            settings: { minEntropy: 5 },
        },
        {
            name: "only the named stack is looked at",
            files: { ...config("aws:region: eu-west-1"), "Pulumi.dev.yaml": "config:\n  shop:password: hunter2\n" },
        },
        {
            name: "no stack and no folder, as in policy publish",
            stack: null,
            files: PROJECT,
            notApplicable:
                "the engine names no stack here, as in `policy analyze` and `policy publish`, and the setting `projectDir` is not set",
        },
        {
            name: "no project at all",
            files: { "readme.md": "" },
            notes: [
                "Cannot be judged yet: Pulumi.yaml: the project's files cannot be seen: A Pulumi.yaml was not found in <root>, above or below it; set `projectDir` to the project's folder.",
            ],
        },
    ],
    invalid: [
        {
            name: "a list of names and values with secrets",
            files: config(
                "shop:env:",
                "  - name: DB_PASSWORD",
                "    value: hunter2",
                "  - { key: API_TOKEN, value: abc-def }",
            ),
            violations: [
                `Pulumi.prod.yaml:4: config.shop:env[0].value: ${BY_NAME}; ${encrypt("shop:env[0].value", "--path ")}`,
                `Pulumi.prod.yaml:5: config.shop:env[1].value: ${BY_NAME}; ${encrypt("shop:env[1].value", "--path ")}`,
            ],
        },
        {
            name: "`secretKey` as a setting, and a random one inside an object",
            files: config("shop:secretKey: hunter2", "shop:db:", `  secretKey: ${"a1B2c3D4".repeat(4)}`),
            violations: [
                `Pulumi.prod.yaml:2: config.shop:secretKey: ${BY_NAME}; ${encrypt("shop:secretKey")}`,
                `Pulumi.prod.yaml:4: config.shop:db.secretKey: ${BY_NAME}; ${encrypt("shop:db.secretKey", "--path ")}`,
            ],
        },
        {
            name: "a secret key of a shop that is called site",
            files: config("shop:siteSecretKey: hunter2"),
            violations: [`Pulumi.prod.yaml:2: config.shop:siteSecretKey: ${BY_NAME}; ${encrypt("shop:siteSecretKey")}`],
        },
        {
            name: "aliases without an end",
            files: config("shop:a: &a", "  x: *a"),
            violations: [
                "Pulumi.prod.yaml:3: refers to `*a`, which holds this place, so that it has no end, so its settings cannot be trusted to hold no secrets.",
            ],
        },
        {
            name: "a value under `secure` that begins like a placeholder",
            files: config("shop:a:", '  secure: "*abcdefgh"'),
            violations: [
                "Pulumi.prod.yaml:3: config.shop:a.secure: is no ciphertext although it stands under `secure`, which does not encrypt; expected what `pulumi config set --secret` writes.",
            ],
        },
        {
            name: "secrets by their names, in any spelling and with the namespace of a provider",
            files: config(
                "shop:dbPassword: hunter2",
                "shop:API_KEY: abc123",
                "cloudflare:apiToken: abcdef",
                "shop:pin-code-password: 12345678",
            ),
            violations: [
                `Pulumi.prod.yaml:2: config.shop:dbPassword: ${BY_NAME}; ${encrypt("shop:dbPassword")}`,
                `Pulumi.prod.yaml:3: config.shop:API_KEY: ${BY_NAME}; ${encrypt("shop:API_KEY")}`,
                `Pulumi.prod.yaml:4: config.cloudflare:apiToken: ${BY_NAME}; ${encrypt("cloudflare:apiToken")}`,
                `Pulumi.prod.yaml:5: config.shop:pin-code-password: ${BY_NAME}; ${encrypt("shop:pin-code-password")}`,
            ],
        },
        {
            name: "secrets by their format, under names that say nothing",
            files: config(
                `shop:misc: ${GITHUB_TOKEN}`,
                "aws:accessKey: AKIAIOSFODNN7EXAMPLE",
                "shop:url: redis://:hunter2@cache.example.com",
            ),
            violations: [
                `Pulumi.prod.yaml:2: config.shop:misc: looks like a GitHub token and is written in plain text; ${encrypt("shop:misc")}`,
                `Pulumi.prod.yaml:3: config.aws:accessKey: ${BY_NAME}; ${encrypt("aws:accessKey")}`,
                `Pulumi.prod.yaml:4: config.shop:url: looks like a URL with a password and is written in plain text; ${encrypt("shop:url")}`,
            ],
        },
        {
            name: "a random text under a name that speaks of secrets",
            files: config("shop:authBlob: q7Zx2Lm9Tk4Vb8Nc3Rd6"),
            violations: [
                `Pulumi.prod.yaml:2: config.shop:authBlob: looks random under a name that speaks of secrets and is written in plain text; ${encrypt("shop:authBlob")}`,
            ],
        },
        {
            name: "objects and lists, and passwords by the name of the list",
            files: config(
                "shop:db:",
                "  users:",
                "    - name: a",
                "      password: hunter2",
                "shop:apiKeys:",
                "  - abc",
                "  - def",
            ),
            violations: [
                `Pulumi.prod.yaml:5: config.shop:db.users[0].password: ${BY_NAME}; ${encrypt("shop:db.users[0].password", "--path ")}`,
                `Pulumi.prod.yaml:7: config.shop:apiKeys[0]: ${BY_NAME}; ${encrypt("shop:apiKeys[0]", "--path ")}`,
                `Pulumi.prod.yaml:8: config.shop:apiKeys[1]: ${BY_NAME}; ${encrypt("shop:apiKeys[1]", "--path ")}`,
            ],
        },
        {
            name: "JSON and a private key inside a text",
            files: config(
                `shop:account: '{"token": "${GITHUB_TOKEN}"}'`,
                "shop:tls: |",
                "  -----BEGIN PRIVATE KEY-----",
                "  MIIB",
                "  -----END PRIVATE KEY-----",
            ),
            violations: [
                `Pulumi.prod.yaml:2: config.shop:account: looks like a GitHub token and is written in plain text; ${encrypt("shop:account")}`,
                `Pulumi.prod.yaml:3: config.shop:tls: looks like a private key and is written in plain text; ${encrypt("shop:tls")}`,
            ],
        },
        {
            name: "a secret behind an alias, under a name that says nothing and under one that does",
            files: config("shop:a: &x hunter2", "shop:password: *x"),
            violations: [`Pulumi.prod.yaml:3: config.shop:password: ${BY_NAME}; ${encrypt("shop:password")}`],
        },
        {
            name: "plain text under `secure`, and `secure` beside other keys, which does not encrypt",
            files: config("shop:password:", "  secure: hunter2", "shop:token:", "  secure: abcdef", "  note: x"),
            violations: [
                "Pulumi.prod.yaml:3: config.shop:password.secure: is no ciphertext although it stands under `secure`, which does not encrypt; expected what `pulumi config set --secret` writes.",
                `Pulumi.prod.yaml:5: config.shop:token.secure: ${BY_NAME}; ${encrypt("shop:token.secure", "--path ")}`,
            ],
        },
        {
            name: "a token under `secure`",
            files: config("shop:a:", `  secure: ${GITHUB_TOKEN.replace("_", "_")}`),
            violations: [
                "Pulumi.prod.yaml:3: config.shop:a.secure: is no ciphertext although it stands under `secure`, which does not encrypt; expected what `pulumi config set --secret` writes.",
            ],
        },
        {
            name: "an ESC environment that is written into the stack's file",
            files: { ...PROJECT, "Pulumi.prod.yaml": "environment:\n  values:\n    password: hunter2\n" },
            violations: [
                `Pulumi.prod.yaml:3: environment.values.password: ${BY_NAME}; expected a reference to a secret that is kept encrypted.`,
            ],
        },
        {
            name: "preset values of the project, in all forms",
            files: project(
                "config:\n  dbPassword:\n    default: hunter2\n  aws:secretKey:\n    value: abc\n  token: abcdef\n  other:\n    type: string\n    secret: true\n    default: visible\n",
            ),
            violations: [
                "Pulumi.yaml:12: config.other.default: is the plain text of a setting that is declared secret; expected no value here, but `pulumi config set --secret other` for each stack.",
                `Pulumi.yaml:5: config.dbPassword.default: ${BY_NAME}; expected no value here, but \`pulumi config set --secret dbPassword\` for each stack.`,
                `Pulumi.yaml:7: config.aws:secretKey.value: ${BY_NAME}; expected no value here, but \`pulumi config set --secret aws:secretKey\` for each stack.`,
                `Pulumi.yaml:8: config.token: ${BY_NAME}; expected no value here, but \`pulumi config set --secret token\` for each stack.`,
            ],
        },
        {
            name: "a program that is written in YAML, where a function makes the text secret too late",
            files: project(
                "resources:\n  db:\n    type: aws:rds:Instance\n    properties:\n      password:\n        fn::secret: hunter2\n",
            ),
            violations: [
                `Pulumi.yaml:8: resources.db.properties.password.fn::secret: ${BY_NAME}; expected a reference to an encrypted setting.`,
            ],
        },
        {
            name: "further keys that settings name",
            files: config("shop:licenseFile: ABC-1", "shop:pin: 1234"),
            settings: { secretKeys: ["shop:license*", "pin"] },
            violations: [
                `Pulumi.prod.yaml:2: config.shop:licenseFile: ${BY_NAME}; ${encrypt("shop:licenseFile")}`,
                `Pulumi.prod.yaml:3: config.shop:pin: ${BY_NAME}; ${encrypt("shop:pin")}`,
            ],
        },
        {
            name: "a less random text where settings ask for less",
            files: config("shop:authBlob: abcd1234abcd1234abcd1234"),
            settings: { minEntropy: 2.5 },
            violations: [
                `Pulumi.prod.yaml:2: config.shop:authBlob: looks random under a name that speaks of secrets and is written in plain text; ${encrypt("shop:authBlob")}`,
            ],
        },
        {
            name: "a file in JSON with CRLF and a byte order mark",
            files: {
                "Pulumi.json": '{ "name": "shop", "runtime": "nodejs" }',
                "Pulumi.prod.json": '\uFEFF{\r\n\t"config": {\r\n\t\t"shop:password": "hunter2"\r\n\t}\r\n}',
            },
            violations: [`Pulumi.prod.json:3: config.shop:password: ${BY_NAME}; ${encrypt("shop:password")}`],
        },
        {
            name: "a key that is set twice, the first of which would be overlooked",
            files: config("shop:a: 1", "shop:a: 2"),
            violations: [
                "Pulumi.prod.yaml:3: repeats the key `shop:a`, which is set in line 2 already; expected each key once, so its settings cannot be trusted to hold no secrets.",
            ],
        },
        {
            name: "files that cannot be read or are no maps",
            stack: null,
            settings: { projectDir: "." },
            files: {
                ...PROJECT,
                "Pulumi.binary.yaml": Buffer.from([1, 0, 2]),
                "Pulumi.list.yaml": "- shop:password: hunter2\n",
                "Pulumi.config.yaml": "config:\n  - shop:password: hunter2\n",
            },
            violations: [
                "Pulumi.binary.yaml: is a binary file or not encoded as UTF-8, so its settings cannot be trusted to hold no secrets.",
                "Pulumi.config.yaml:2: config: is a list; expected a map of settings.",
                `Pulumi.config.yaml:2: config[0].shop:password: ${BY_NAME}; expected a reference to a secret that is kept encrypted.`,
                "Pulumi.list.yaml:1: holds a list; expected a map of settings.",
            ],
        },
    ],
    badSettings: [{ allowedKeys: "x" }, { minEntropy: 0 }, { minEntropy: 9 }, { secretKey: [] }, { projectDir: "" }],
});
