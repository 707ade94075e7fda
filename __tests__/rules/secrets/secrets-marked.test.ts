import { SECRET, SIGNATURE } from "../../../policies/kit/wire";
import { rule } from "../../../policies/rules/secrets/secrets-marked";
import { UNKNOWN } from "../../support/engine-args";
import { type ResourceCase, testResourceRule } from "../../support/test-rule";

// Made up, and put together here so that no scanner takes this file for a leak.
const PASSWORD = `hunter${"2-Tr0ub4dor"}`;
const RANDOM = `${"q7Zp2LxV9b"}${"Kc4TnW8sJd"}`;
const TOKEN = `ghp_${"a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"}`;
const KEY_ID = `AKIA${"Q3EGRIT4ABCDWXYZ"}`;

const DATABASE = "aws:rds/instance:Instance";
const LAMBDA = "aws:lambda/function:Function";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const BUILD = "aws:codebuild/project:Project";
const SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion";
const PARAMETER = "aws:ssm/parameter:Parameter";

const STANDS =
    "stands readable in the state; expected a value that is marked as secret, or a reference to a secret store.";
const BY_PROVIDER = `is secret by its provider's word and ${STANDS}`;
const BY_NAME = `is a secret by its name and ${STANDS}`;

const secret = (value: unknown) => ({ [SIGNATURE]: SECRET, value });
const variables = (values: object) => ({ environment: { variables: values } });
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** Variables whose names or values only resemble those of secrets. */
const HARMLESS: Readonly<Record<string, string>> = {
    DB_SECRET: "prod/db",
    DB_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
    DB_PASSWORD_PARAMETER: "/prod/db/password",
    DB_PASSWORD: "/prod/db/password",
    PASSWORD: "$" + "{DB_PASSWORD}",
    API_KEY: "changeme",
    API_KEY_HEADER: "X-Api-Key",
    S3_KEY: "builds/2024/app-8f3a9c1d2e.zip",
    PARTITION_KEY: "customerId",
    TOKEN_TTL: "3600s",
    MAX_TOKENS: "4096",
    CLIENT_REQUEST_TOKEN: RANDOM,
    KMS_KEY: "1234abcd-12ab-34cd-56ef-1234567890ab",
    STRIPE_PUBLISHABLE_KEY: `pk_live_${RANDOM}`,
    COMMIT: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    GITHUB_TOKEN: "github-token",
};

/** Resources with an unmarked secret, where it is, and what is said. */
const FOUND: readonly (readonly [type: string, props: Record<string, unknown>, message: string])[] = [
    [DATABASE, { username: "app", password: PASSWORD }, `Instance 'subject', password: ${BY_PROVIDER}`],
    ["aws:elasticache/user:User", { passwords: [PASSWORD, RANDOM] }, `User 'subject', passwords: ${BY_PROVIDER}`],
    [PARAMETER, { name: "/db", type: "SecureString", value: PASSWORD }, `Parameter 'subject', value: ${BY_PROVIDER}`],
    [SECRET_VERSION, { secretId: "crm", secretString: TOKEN }, `SecretVersion 'subject', secretString: ${BY_PROVIDER}`],
    ["kubernetes:core/v1:Secret", { data: { token: base64(TOKEN) } }, `Secret 'subject', data: ${BY_PROVIDER}`],
    ["pulumi:providers:datadog", { apiKey: RANDOM }, `datadog 'subject', apiKey: ${BY_NAME}`],
    [LAMBDA, variables({ DB_PASSWORD: PASSWORD }), `Function 'subject', environment.variables.DB_PASSWORD: ${BY_NAME}`],
    [
        LAMBDA,
        variables({ JWT_SECRET: "open-sesame" }),
        `Function 'subject', environment.variables.JWT_SECRET: ${BY_NAME}`,
    ],
    [LAMBDA, variables({ API_KEY: RANDOM }), `Function 'subject', environment.variables.API_KEY: ${BY_NAME}`],
    [LAMBDA, { tags: { "acme:apiToken": RANDOM } }, `Function 'subject', tags["acme:apiToken"]: ${BY_NAME}`],
    [
        TASK,
        {
            containerDefinitions: JSON.stringify([
                { name: "web", environment: [{ name: "DB_PASSWORD", value: PASSWORD }] },
            ]),
        },
        `TaskDefinition 'subject', containerDefinitions[0].environment[0].value: variable DB_PASSWORD of container web ${BY_NAME}`,
    ],
    [
        BUILD,
        { environment: { environmentVariables: [{ name: "DB_PASSWORD", type: "PLAINTEXT", value: PASSWORD }] } },
        `Project 'subject', environment.environmentVariables[0].value: variable DB_PASSWORD ${BY_NAME}`,
    ],
    [
        "aws:cloudfront/distribution:Distribution",
        { origins: [{ customHeaders: [{ name: "X-Origin-Secret", value: RANDOM }] }] },
        `Distribution 'subject', origins[0].customHeaders[0].value: variable X-Origin-Secret ${BY_NAME}`,
    ],
    [
        "aws:ec2/instance:Instance",
        { userData: `#!/bin/sh\nexport DB_PASSWORD='${PASSWORD}'\n` },
        `Instance 'subject', userData: sets DB_PASSWORD, a secret by its name that ${STANDS}`,
    ],
    [
        "aws:ec2/launchTemplate:LaunchTemplate",
        { userData: base64(`#!/bin/sh\nAPI_TOKEN=${RANDOM} ./start\n`) },
        `LaunchTemplate 'subject', userData: sets API_TOKEN, a secret by its name that ${STANDS}`,
    ],
    [
        BUILD,
        { source: { buildspec: `env:\n  variables:\n    DB_PASSWORD: "${PASSWORD}"\n` } },
        `Project 'subject', source.buildspec: sets DB_PASSWORD, a secret by its name that ${STANDS}`,
    ],
    [
        "kubernetes:helm.sh/v3:Release",
        { values: { auth: { password: PASSWORD } } },
        `Release 'subject', values.auth.password: ${BY_NAME}`,
    ],
];

/** Scripts and configurations that hold a password by another name than that of a variable, with that name. */
const SCRIPTS: readonly (readonly [name: string, userData: string])[] = [
    ["--password", `#!/bin/sh\nmysql -u root --password='${PASSWORD}' < /tmp/setup.sql\n`],
    ["--admin-password", `#!/bin/sh\n./install --admin-password=${PASSWORD} --yes\n`],
    ["--password", `#!/bin/sh\ndocker login --username app --password "${PASSWORD}"\n`],
    ["password", `#!/bin/sh\nmysqladmin -u root password '${PASSWORD}'\n`],
    ["password", `#!/bin/sh\nmysql -e "CREATE USER app IDENTIFIED BY '${PASSWORD}'"\n`],
    ["password", `#!/bin/sh\nmysql -e "ALTER USER app IDENTIFIED WITH sha256_password BY '${PASSWORD}'"\n`],
    ["password", `#!/bin/sh\npsql -c "CREATE ROLE app LOGIN PASSWORD '${PASSWORD}'"\n`],
    ["password", `#cloud-config\nssh_pwauth: true\npassword: ${PASSWORD}\n`],
    ["plain_text_passwd", `#cloud-config\nusers:\n  - name: app\n    plain_text_passwd: "${PASSWORD}"\n`],
];

const lineOf = (script: string) => script.split("\n").slice(1).join(" ").replace(PASSWORD, "…").trim();

const nameOf = (message: string) => message.slice(0, message.indexOf(";"));

/** Properties in which each text is marked as secret. */
function allMarked(value: unknown): unknown {
    if (typeof value === "string") return secret(value);
    if (Array.isArray(value)) return value.map(allMarked);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, allMarked(item)]));
}

testResourceRule(rule, {
    valid: [
        ...FOUND.map(
            ([type, props, message]): ResourceCase => ({
                name: `marked: ${nameOf(message)}`,
                type,
                props: allMarked(props) as Record<string, unknown>,
            }),
        ),
        ...SCRIPTS.map(
            ([, userData]): ResourceCase => ({
                name: `marked: ${lineOf(userData)}`,
                type: "aws:ec2/instance:Instance",
                props: { userData: secret(userData) },
            }),
        ),
        ...Object.entries(HARMLESS).map(([name, value]) => ({
            name: `a variable ${name} that holds no secret`,
            type: LAMBDA,
            props: variables({ [name]: value }),
        })),
        {
            name: "a whole environment that is marked",
            type: LAMBDA,
            props: { environment: secret({ variables: { DB_PASSWORD: PASSWORD } }) },
        },
        { name: "a password that is unknown in a preview", type: DATABASE, props: { password: UNKNOWN } },
        { name: "a password that is null", type: DATABASE, props: { password: null } },
        { name: "an empty password", type: DATABASE, props: { password: "" } },
        { name: "a password of another type", type: DATABASE, props: { password: 5 } },
        { name: "no properties", type: DATABASE, props: {} },
        {
            name: "a property of the provider's own that it does not keep secret",
            type: "aws:efs/fileSystem:FileSystem",
            props: { creationToken: RANDOM, sessionToken: RANDOM },
        },
        {
            name: "a variable of a build that refers to a parameter",
            type: BUILD,
            props: {
                environment: {
                    environmentVariables: [{ name: "DB_PASSWORD", type: "PARAMETER_STORE", value: "prod-Db.Password" }],
                },
            },
        },
        {
            name: "secrets of a container by reference",
            type: TASK,
            props: {
                containerDefinitions: JSON.stringify([
                    {
                        name: "web",
                        secrets: [
                            { name: "DB_PASSWORD", valueFrom: "arn:aws:ssm:eu-west-1:123456789012:parameter/db" },
                        ],
                    },
                ]),
            },
        },
        {
            name: "what no-static-credentials reports: a token in an environment",
            type: LAMBDA,
            props: variables({ GITHUB_TOKEN: TOKEN }),
        },
        {
            name: "what no-static-credentials reports: an AWS key in Secrets Manager",
            type: SECRET_VERSION,
            props: { secretString: JSON.stringify({ id: KEY_ID }) },
        },
        {
            name: "conditions of a trust policy that speak of tokens",
            type: "aws:iam/role:Role",
            props: {
                assumeRolePolicy: JSON.stringify({
                    Statement: [
                        {
                            Condition: {
                                StringEquals: {
                                    "token.actions.githubusercontent.com:sub":
                                        "repo:acme2/shop1:environment:production",
                                },
                            },
                        },
                    ],
                }),
            },
        },
        {
            name: "a script that reads a password, and one that sets it to a reference",
            type: "aws:ec2/instance:Instance",
            props: {
                userData:
                    "#!/bin/sh\nexport DB_PASSWORD=$(aws ssm get-parameter --name db)\nAPI_TOKEN=$TOKEN ./start\n",
            },
        },
        ...[
            "aws ecr get-login-password | docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            "mysql -u root --password orders < /tmp/setup.sql",
            `mysql -u root --password="$DB_PASSWORD"`,
            "mysql --password=$(aws ssm get-parameter --name db) --host=db",
            "./install --password-file=/run/secrets/db --password --yes",
            "./install --password=/run/secrets/db --password-policy=strict1",
            `mysql -e "CREATE USER app IDENTIFIED BY '$DB_PASSWORD'"`,
            `psql -c "CREATE ROLE app LOGIN PASSWORD '\${DB_PASSWORD}'"`,
            `echo "The password 'required1' is in the vault"; resource identified by 12345`,
            "./install --password=<password> --admin-password=changeme",
        ].map(
            (line): ResourceCase => ({
                name: `a script that holds no password: ${line}`,
                type: "aws:ec2/instance:Instance",
                props: { userData: `#!/bin/sh\n${line}\n` },
            }),
        ),
        {
            name: "a configuration of cloud-init that names no password",
            type: "aws:ec2/instance:Instance",
            props: { userData: "#cloud-config\nssh_pwauth: true\nlock_passwd: false\npassword: $DB_PASSWORD\n" },
        },
        {
            name: "a schema in which a password is a field",
            type: "aws:appsync/graphQLApi:GraphQLApi",
            props: { schema: "type User {\n  name: String!\n  password: String!\n}\n" },
        },
        {
            name: "a secret that a chart names",
            type: "kubernetes:helm.sh/v3:Release",
            props: {
                values: {
                    auth: { existingSecret: "db-credentials", secretKey: "password", passwordSecretKey: "db-password" },
                },
            },
        },
        {
            name: "a variable that settings allow",
            type: LAMBDA,
            props: variables({ DEMO_PASSWORD: PASSWORD }),
            settings: { allowedNames: ["DEMO_*"] },
        },
        {
            name: "a property that settings allow by its path",
            type: DATABASE,
            props: { password: PASSWORD },
            settings: { allowedNames: ["password"] },
        },
        {
            name: "a value of too little entropy for the settings",
            type: LAMBDA,
            props: variables({ SESSION_TOKEN: "abcabcabc123abcabcabc" }),
            settings: { minEntropy: 5 },
        },
    ],
    invalid: [
        ...FOUND.map(([type, props, message]) => ({
            name: nameOf(message),
            isOnlyPlain: true,
            type,
            props,
            violations: [message],
        })),
        ...SCRIPTS.map(([name, userData]) => ({
            name: lineOf(userData),
            isOnlyPlain: true,
            type: "aws:ec2/instance:Instance",
            props: { userData },
            violations: [`Instance 'subject', userData: sets ${name}, a secret by its name that ${STANDS}`],
        })),
        {
            name: "a variable beside the one that settings allow",
            isOnlyPlain: true,
            type: LAMBDA,
            props: variables({ DEMO_PASSWORD: PASSWORD, DB_PASSWORD: PASSWORD }),
            settings: { allowedNames: ["DEMO_*"] },
            violations: [`Function 'subject', environment.variables.DB_PASSWORD: ${BY_NAME}`],
        },
        {
            name: "one secret among unknown and marked ones",
            type: LAMBDA,
            isOnlyPlain: true,
            props: variables({ A_PASSWORD: UNKNOWN, B_PASSWORD: secret(PASSWORD), C_PASSWORD: PASSWORD }),
            violations: [`Function 'subject', environment.variables.C_PASSWORD: ${BY_NAME}`],
        },
    ],
    badSettings: [{ allowedName: [] }, { allowedNames: [""] }, { minEntropy: 9 }],
});
