import { BUDGET } from "../../../policies/kit/project/budget";
import { rule } from "../../../policies/rules/secrets/esc-environment-hardened";
import { judgeProject, testProjectRule } from "../../support/test-rule";

const PROJECT = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n" };

const environment = (...lines: string[]) => ({ ...PROJECT, "esc/prod.yaml": lines.map(line => `${line}\n`).join("") });

const stack = (...names: string[]) => ({
    ...PROJECT,
    "Pulumi.dev.yaml": `environment:\n${names.map(name => `  - ${name}\n`).join("")}`,
});

/** Made-up text of a token's form; put together here so that no scanner takes this file for a leak. */
const GITHUB_TOKEN = `ghp_${"a1B2c3".repeat(6)}`;

const PLAIN =
    "is a secret by its name and is written in plain text; expected `fn::secret`, or `fn::open::…` of where it is kept.";

testProjectRule(rule, {
    valid: [
        {
            name: "a login of Infisical by OIDC",
            files: environment("values:", "  a:", "    fn::open::infisical-login: { oidc: { identityId: a } }"),
        },
        ...["<token>", "***", "REDACTED", "[secret]"].map(text => ({
            name: `the placeholder ${text} in the place of a secret`,
            files: environment("values:", "  a:", `    fn::secret: "${text}"`),
        })),
        ...["x<token>", "<token>x", "***x", "redacted later"].map(text => ({
            name: `the text ${text}, which only holds a placeholder, in the place of a secret`,
            files: environment("values:", "  a:", `    fn::secret: "${text}"`),
            notes: [
                "esc/prod.yaml:3: values.a.fn::secret: is plain text in this file, since ESC encrypts it only when it saves the environment; a file that is kept should hold the ciphertext.",
            ],
        })),
        {
            name: "five imports, and files that are no environments by their name",
            files: {
                ...PROJECT,
                "esc/prod.yaml": `imports: [a, b, c, d, e]\n`,
                "esc/prod.yaml.bak": `values:\n  password: hunter2-hunter2\n`,
                "myesc/prod.yaml": `values:\n  password: hunter2-hunter2\n`,
            },
        },
        {
            name: "a place of a secret in infisical-secrets",
            files: {
                "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
                "esc/prod.yaml":
                    "values:\n  a:\n    fn::open::infisical-secrets:\n      get:\n        b:\n          secretKey: STRIPE_KEY\n",
            },
        },
        {
            name: "a provider by a name that every object has",
            files: {
                "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
                "esc/prod.yaml": "values:\n  a:\n    fn::open::constructor: {}\n  b:\n    fn::open::__proto__: {}\n",
            },
        },
        {
            name: "a list, and logins whose provider is no name",
            files: {
                "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
                "esc/list.yaml": "- values: {}\n",
                "esc/prod.yaml": "values:\n  a:\n    fn::open: { provider: [x] }\n  b:\n    fn::open: x\n",
            },
            notes: [
                "Cannot be judged yet: esc/list.yaml:1: holds a list; expected an environment, which is a map.",
                "Cannot be judged yet: esc/prod.yaml:3: values.a.fn::open: names no provider, so whether it logs in by OIDC cannot be seen; expected the name of one.",
                "Cannot be judged yet: esc/prod.yaml:5: values.b.fn::open: names no provider, so whether it logs in by OIDC cannot be seen; expected the name of one.",
            ],
        },
        {
            name: "a production environment in a production stack, by alternatives",
            files: {
                "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
                "Pulumi.live.yaml": "environment: [shop/prod]\n",
            },
            stack: "live",
            settings: { productionStacks: ["{prod,live}"], productionEnvironments: ["*prod"] },
        },
        {
            name: "one import where one is the most",
            files: {
                "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
                "Pulumi.prod.yaml": "environment: [shop/prod]\n",
            },
            settings: { maxEnvironments: 1, productionStacks: ["*"] },
        },
        {
            name: "logins by OIDC, in the long form and in the short one",
            files: environment(
                "values:",
                "  aws:",
                "    fn::open::aws-login: { oidc: { roleArn: 'arn:aws:iam::123456789012:role/esc', sessionName: esc } }",
                "  azure:",
                "    fn::open: { provider: azure-login, inputs: { clientId: a, tenantId: b, oidc: true } }",
                "  gcp:",
                "    fn::open::gcp-login: { project: 1, oidc: { workloadPoolId: a, providerId: b } }",
                "  vault:",
                "    fn::open::vault-login: { address: 'https://vault.example.com', jwt: { role: esc } }",
                "  github:",
                "    fn::open::gh-login: { appId: 1, privateKey: { fn::secret: { ciphertext: ZXNjeAAA } } }",
            ),
        },
        {
            name: "secrets that are encrypted, read from elsewhere or put together",
            files: environment(
                "values:",
                "  password: { fn::secret: { ciphertext: ZXNjeAAAAAEAAAEA } }",
                "  token: { fn::secret: { fn::fromBase64: '${aws.token}' } }",
                "  db:",
                "    fn::open::aws-secrets: { region: eu-west-1, get: { password: { secretId: prod/db/password } } }",
                "  environmentVariables:",
                "    DB_PASSWORD: ${db.password}",
                "    AWS_SECRET_ACCESS_KEY: ${aws.secretAccessKey}",
            ),
        },
        {
            name: "a file beside the environments that is none",
            files: { ...PROJECT, "environments/chart.yaml": "values:\n  password: hunter2\nreplicas: 2\n" },
        },
        {
            name: "an environment elsewhere",
            files: { ...PROJECT, "docs/prod.yaml": "values:\n  password: hunter2\n" },
        },
        { name: "few environments of a stack", files: stack("base", "shop/dev@3"), stack: "dev" },
        {
            name: "a production environment in a production stack",
            files: { ...PROJECT, "Pulumi.eu-prod.yaml": "environment: [shop/prod]\n" },
            stack: "eu-prod",
            settings: { productionEnvironments: ["prod"] },
        },
        { name: "no stack file", files: PROJECT },
        {
            name: "plain text that ESC is to encrypt",
            files: environment("values:", "  password:", "    fn::secret: hunter2"),
            notes: [
                "esc/prod.yaml:3: values.password.fn::secret: is plain text in this file, since ESC encrypts it only when it saves the environment; a file that is kept should hold the ciphertext.",
            ],
        },
        {
            name: "inputs of a login that are elsewhere",
            files: environment("values:", "  aws:", "    fn::open::aws-login: ${logins.aws}"),
            notes: [
                "Cannot be judged yet: esc/prod.yaml:3: values.aws.fn::open::aws-login: takes the inputs of aws-login from elsewhere; expected `oidc` in them.",
            ],
        },
        {
            name: "a broken file among the environments",
            files: { ...PROJECT, "esc/prod.yaml": Buffer.from([1, 0, 2]) },
            notes: ["Cannot be judged yet: esc/prod.yaml: is a binary file or not encoded as UTF-8."],
        },
    ],
    invalid: [
        ...[
            ["aws-login", "static", "oidc"],
            ["azure-login", "clientSecret", "oidc"],
            ["azure-login", "clientCertificate", "oidc"],
            ["gcp-login", "static", "oidc"],
            ["gcp-login", "accessToken", "oidc"],
            ["vault-login", "token", "jwt"],
            ["infisical-login", "static", "oidc"],
        ].flatMap(([provider = "", input = "", oidc = ""]) => [
            {
                name: `${provider} by ${input}`,
                files: environment("values:", "  a:", `    fn::open::${provider}:`, `      ${input}: "\${b}"`),
                violations: [
                    `esc/prod.yaml:4: values.a.fn::open::${provider}.${input}: logs in by a static credential; expected \`${oidc}\` of ${provider}.`,
                ],
            },
            {
                name: `${provider} with an input like ${input} and without ${oidc}`,
                files: environment("values:", "  a:", `    fn::open::${provider}: { x${input}: "\${b}" }`),
                violations: [
                    `esc/prod.yaml:3: values.a.fn::open::${provider}: has no \`${oidc}\`; expected ${provider} to log in by OIDC.`,
                ],
            },
        ]),
        {
            name: "six imports, which are one more than the most",
            files: { ...PROJECT, "esc/prod.yaml": "imports: [a, b, c, d, e, f]\n" },
            violations: [
                "esc/prod.yaml:1: imports: imports 6 environments; expected at most 5, those that are needed here.",
            ],
        },
        ...["esc/a.yaml", "infra/esc/a.yml", "environments/a.yaml", "infra/environments/a.yml"].map(path => ({
            name: `a secret in ${path}`,
            files: { ...PROJECT, [path]: "values:\n  password: hunter2-hunter2\n" },
            violations: [`${path}:2: values.password: ${PLAIN}`],
        })),
        {
            name: "a list of names and values with a secret",
            files: {
                "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
                "esc/prod.yaml": "values:\n  env:\n    - name: DB_PASSWORD\n      value: hunter2\n",
            },
            violations: [
                "esc/prod.yaml:4: values.env[0].value: is a secret by its name and is written in plain text; expected `fn::secret`, or `fn::open::…` of where it is kept.",
            ],
        },
        {
            name: "logins by static credentials",
            files: environment(
                "values:",
                "  aws:",
                "    fn::open::aws-login:",
                "      static: { accessKeyId: a, secretAccessKey: { fn::secret: { ciphertext: ZXNj } } }",
                "  azure:",
                "    fn::open: { provider: azure-login, inputs: { clientSecret: { fn::secret: { ciphertext: ZXNj } }, oidc: true } }",
                "  gcp:",
                "    fn::open::gcp-login: { project: 1, accessToken: { accessToken: '${gcp.token}' } }",
                "  vault:",
                "    fn::open::vault-login: { token: { token: '${vault.token}' } }",
            ),
            violations: [
                "esc/prod.yaml:4: values.aws.fn::open::aws-login.static: logs in by a static credential; expected `oidc` of aws-login.",
                "esc/prod.yaml:6: values.azure.fn::open.inputs.clientSecret: logs in by a static credential; expected `oidc` of azure-login.",
                "esc/prod.yaml:8: values.gcp.fn::open::gcp-login.accessToken: logs in by a static credential; expected `oidc` of gcp-login.",
                "esc/prod.yaml:10: values.vault.fn::open::vault-login.token: logs in by a static credential; expected `jwt` of vault-login.",
            ],
        },
        {
            name: "logins that say nothing of OIDC, or switch it off",
            files: environment(
                "values:",
                "  a:",
                "    fn::open::azure-login: { clientId: a, oidc: false }",
                "  b:",
                "    fn::open::aws-login: {}",
            ),
            violations: [
                "esc/prod.yaml:3: values.a.fn::open::azure-login: has no `oidc`; expected azure-login to log in by OIDC.",
                "esc/prod.yaml:5: values.b.fn::open::aws-login: has no `oidc`; expected aws-login to log in by OIDC.",
            ],
        },
        {
            name: "secrets in plain text, by name and by form, also as configuration of Pulumi and in a stack's file",
            files: {
                ...environment(
                    "values:",
                    "  pulumiConfig:",
                    "    shop:dbPassword: hunter2",
                    "  list:",
                    `    - ${GITHUB_TOKEN}`,
                ),
                "Pulumi.prod.yaml": "environment:\n  values:\n    apiKey: abc\n",
            },
            violations: [
                `esc/prod.yaml:3: values.pulumiConfig.shop:dbPassword: ${PLAIN}`,
                "esc/prod.yaml:5: values.list[0]: looks like a GitHub token and is written in plain text; expected `fn::secret`, or `fn::open::…` of where it is kept.",
                `Pulumi.prod.yaml:3: environment.values.apiKey: ${PLAIN}`,
            ],
        },
        {
            name: "a token that ESC is to encrypt but the repository holds",
            files: environment("values:", `  a: { fn::secret: ${GITHUB_TOKEN} }`),
            violations: [
                "esc/prod.yaml:2: values.a.fn::secret: looks like a GitHub token and is plain text in this file, whatever ESC makes of it; expected its ciphertext, or `fn::open::…` of where it is kept.",
            ],
        },
        {
            name: "more environments than settings allow, in a stack and in an environment, with and without options",
            files: {
                ...environment("imports: [a, b: { merge: false }, c]", "values: {}"),
                "Pulumi.prod.yaml": "environment:\n  imports: [a, b, c]\n",
            },
            settings: { maxEnvironments: 2 },
            violations: [
                "esc/prod.yaml:1: imports: imports 3 environments; expected at most 2, those that are needed here.",
                "Pulumi.prod.yaml:2: environment.imports: imports 3 environments; expected at most 2, those that are needed here.",
            ],
        },
        {
            name: "production environments in a development stack, with a project and a version",
            files: stack("base", "shop/prod@stable", "payments-production"),
            stack: "dev",
            settings: { productionEnvironments: ["prod", "*-production"] },
            violations: [
                "Pulumi.dev.yaml:3: environment[1]: imports the production environment `shop/prod` into the stack dev, which is none of production; expected an environment of its own.",
                "Pulumi.dev.yaml:4: environment[2]: imports the production environment `payments-production` into the stack dev, which is none of production; expected an environment of its own.",
            ],
        },
        {
            name: "an environment where settings say, in the folder of a project",
            files: { ...PROJECT, "deploy/pulumi/env.yml": "values:\n  password: hunter2\n" },
            settings: { environmentFiles: ["deploy/*"] },
            violations: [`deploy/pulumi/env.yml:2: values.password: ${PLAIN}`],
        },
        {
            name: "a list for the values, and a key that is set twice",
            files: environment("values:", "  - password: hunter2", "imports: []", "imports: []"),
            violations: [
                "esc/prod.yaml:4: repeats the key `imports`, which is set in line 3 already; expected each key once; expected a valid environment.",
                "esc/prod.yaml:2: values: is a list; expected a map of values.",
                `esc/prod.yaml:2: values[0].password: ${PLAIN}`,
            ],
        },
    ],
    badSettings: [
        { maxEnvironments: 0 },
        { environmentFiles: "esc" },
        { minEntropy: 9 },
        { productionEnvironment: [] },
    ],
});

describe("what is too much is said", () => {
    const limited = (limit: "files" | "folders", most: number, files: Record<string, string>) => {
        jest.replaceProperty(BUDGET as Record<typeof limit, number>, limit, most);
        try {
            return judgeProject(rule, { files: { ...PROJECT, ...files } });
        } finally {
            jest.restoreAllMocks();
        }
    };
    const plain = (...names: string[]) =>
        Object.fromEntries(names.map(name => [`esc/${name}.yaml`, "values:\n  password: hunter2\n"]));
    const judged = (...names: string[]) => names.map(name => `esc/${name}.yaml:2: values.password: ${PLAIN}`);

    test("one file more than are read, by their paths", () => {
        expect(limited("files", 2, plain("b", "a"))).toEqual({ violations: judged("a", "b"), notes: [] });
        expect(limited("files", 2, plain("d", "b", "a", "c"))).toEqual({
            violations: judged("a", "b"),
            notes: [
                "Cannot be judged yet: esc/c.yaml: is one more than the 2 files that are read by `environmentFiles`, of 4; the rest is not judged.",
            ],
        });
    });

    test("a folder beyond those that are looked through", () => {
        const folders = { "a/file": "", "b/file": "", ...plain("x") };
        expect(limited("folders", 4, folders)).toEqual({ violations: judged("x"), notes: [] });
        expect(limited("folders", 3, folders)).toEqual({
            violations: judged("x"),
            notes: [
                "Cannot be judged yet: a/: lies beyond the 3 folders that are looked through, so environment files in it and in others are not judged.",
            ],
        });
    });
});
