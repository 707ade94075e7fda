import { gzipSync } from "node:zlib";
import type { StackValidation, StackValidationPolicy } from "@pulumi/policy";
import { toPolicy } from "../../../policies/kit/policy";
import { ARCHIVE, ASSET, SECRET, SIGNATURE } from "../../../policies/kit/wire";
import { rule } from "../../../policies/rules/iam/no-static-credentials";
import { ref, stackArgs, UNKNOWN } from "../../support/engine-args";
import { testResourceRule } from "../../support/test-rule";

// Made up, and put together here so that no scanner takes this file for a leak.
const KEY_ID = `AKIA${"Q3EGRIT4ABCDWXYZ"}`;
const SECRET_KEY = `${"aB3dE6gH9jK2"}${"mN5pQ8sT1vW4"}${"yZ7+cF0/iL3oR6uX"}`;
const PRIVATE_KEY = `-----BEGIN RSA ${"PRIVATE KEY"}-----\nMIIEow==\n-----END RSA PRIVATE KEY-----`;
const TOKEN = `ghp_${"a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"}`;

const ACCESS_KEY = "aws:iam/accessKey:AccessKey";
const LAMBDA = "aws:lambda/function:Function";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const INSTANCE = "aws:ec2/instance:Instance";

const REFERENCE = "expected a role, or a reference to Secrets Manager or a SecureString parameter.";

const MARKED = "expected a role, a reference to a secret store, or a value that is marked as secret.";
/** Why an exported state tells nothing of what is marked as secret. */
const ENCRYPTED = { "state at the desk": "The export holds it encrypted." };

const OF_CLUSTER = "expected a role of the workload, or a reference to a secret of the cluster.";

/** A value that the program marked as secret. */
const secret = (value: unknown) => ({ [SIGNATURE]: SECRET, value });

const variables = (values: object) => ({ environment: { variables: values } });
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** Places apart from environments in which a key was found in programs: type, properties around a text, and its path. */
const PLACES: readonly (readonly [type: string, around: (text: string) => Record<string, unknown>, path: string])[] = [
    [
        "aws:batch/jobDefinition:JobDefinition",
        A => ({ eksProperties: { podProperties: { A } } }),
        "eksProperties.podProperties.A",
    ],
    ["aws:batch/jobDefinition:JobDefinition", nodeProperties => ({ nodeProperties }), "nodeProperties"],
    ["aws:codebuild/project:Project", buildspec => ({ source: { buildspec } }), "source.buildspec"],
    [
        "aws:codebuild/project:Project",
        buildspec => ({ secondarySources: [{ buildspec }] }),
        "secondarySources[0].buildspec",
    ],
    [
        "aws:codepipeline/pipeline:Pipeline",
        A => ({ stages: [{ actions: [{ configuration: { A } }] }] }),
        "stages[0].actions[0].configuration.A",
    ],
    [
        "aws:sagemaker/notebookInstanceLifecycleConfiguration:NotebookInstanceLifecycleConfiguration",
        text => ({ onStart: Buffer.from(`#!/bin/sh\nexport A=${text}\n`).toString("base64") }),
        "onStart",
    ],
    [
        "aws:sagemaker/notebookInstanceLifecycleConfiguration:NotebookInstanceLifecycleConfiguration",
        text => ({ onCreate: Buffer.from(`#!/bin/sh\nexport A=${text}\n`).toString("base64") }),
        "onCreate",
    ],
    ["pulumi:providers:aws", accessKey => ({ accessKey }), "accessKey"],
    ["pulumi:providers:aws-native", accessKey => ({ accessKey }), "accessKey"],
    ["aws:amplify/app:App", text => ({ buildSpec: `commands:\n  - export A=${text}\n` }), "buildSpec"],
    ["aws:apigateway/stage:Stage", A => ({ variables: { A } }), "variables.A"],
    ["aws:apigatewayv2/stage:Stage", A => ({ stageVariables: { A } }), "stageVariables.A"],
    [
        "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion",
        A => ({ containers: [{ environment: { A } }] }),
        "containers[0].environment.A",
    ],
    ["aws:lightsail/instance:Instance", userData => ({ userData }), "userData"],
    [
        "aws:synthetics/canary:Canary",
        A => ({ runConfig: { environmentVariables: { A } } }),
        "runConfig.environmentVariables.A",
    ],
    ["aws:sagemaker/model:Model", A => ({ containers: [{ environment: { A } }] }), "containers[0].environment.A"],
    ["aws:glue/job:Job", text => ({ nonOverridableArguments: { "--a": text } }), "nonOverridableArguments.--a"],
    [
        "aws:ssm/document:Document",
        text => ({ content: JSON.stringify({ mainSteps: [{ inputs: { runCommand: [`export A=${text}`] } }] }) }),
        "content.mainSteps[0].inputs.runCommand[0]",
    ],
];

const UNSEEN =
    "is unknown as a whole until the update and refers to no resource of the stack, so nobody has seen whether it holds credentials.";

/** Environments and definitions of which nothing is known: type, properties, and the path that is told. */
const WHOLES: readonly (readonly [type: string, props: Record<string, unknown>, path: string])[] = [
    [LAMBDA, { environment: UNKNOWN }, "environment"],
    [LAMBDA, variables(UNKNOWN as never), "environment.variables"],
    [TASK, { containerDefinitions: UNKNOWN }, "containerDefinitions"],
    [INSTANCE, { userData: UNKNOWN }, "userData"],
    [INSTANCE, { userDataBase64: UNKNOWN }, "userDataBase64"],
    ["aws:amplify/app:App", { environmentVariables: UNKNOWN }, "environmentVariables"],
    [
        "aws:codebuild/project:Project",
        { environment: { environmentVariables: UNKNOWN } },
        "environment.environmentVariables",
    ],
    [
        "aws:synthetics/canary:Canary",
        { runConfig: { environmentVariables: UNKNOWN } },
        "runConfig.environmentVariables",
    ],
];

/** A text in a number of maps in one another. */
function nested(depth: number, text: string): unknown {
    return depth === 0 ? text : { a: nested(depth - 1, text) };
}

testResourceRule(rule, {
    valid: [
        ...PLACES.map(([type, around, path]) => ({
            name: `a documented example in ${path} of ${type}`,
            type,
            props: around("AKIAIOSFODNN7EXAMPLE"),
        })),
        {
            name: "a token that another service is given, marked as secret",
            type: "github:index/actionsSecret:ActionsSecret",
            props: { plaintextValue: secret(TOKEN) },
        },
        {
            name: "settings of another provider, marked as secret",
            type: "pulumi:providers:github",
            props: { token: secret(TOKEN), owner: "acme" },
        },
        {
            name: "a token in Secrets Manager",
            type: "aws:secretsmanager/secretVersion:SecretVersion",
            props: { secretId: "crm", secretString: JSON.stringify({ token: TOKEN }) },
        },
        {
            name: "the key of a user that settings allow, in Secrets Manager",
            type: "aws:secretsmanager/secretVersion:SecretVersion",
            props: { secretId: "vendor", secretString: JSON.stringify({ id: KEY_ID }) },
            settings: { allowedUsers: ["vendor-*"] },
        },
        {
            name: "a token in a secret of the cluster",
            type: "kubernetes:core/v1:Secret",
            props: { data: { token: base64(TOKEN) } },
        },
        {
            name: "a container of the cluster that refers to a secret",
            type: "kubernetes:core/v1:Pod",
            props: {
                spec: {
                    containers: [
                        {
                            name: "web",
                            env: [{ name: "TOKEN", valueFrom: { secretKeyRef: { name: "api", key: "token" } } }],
                        },
                    ],
                },
            },
        },
        {
            name: "a parameter whose type is unknown",
            type: "aws:ssm/parameter:Parameter",
            props: { type: UNKNOWN, value: TOKEN },
            notes: [
                "Cannot be judged yet: Parameter 'subject', value: holds a GitHub token, and whether it is kept encrypted is unknown until the update.",
            ],
        },
        {
            name: "a provider by role and profile",
            type: "pulumi:providers:aws",
            props: { profile: "prod", assumeRoles: JSON.stringify([{ roleArn: "arn:aws:iam::123456789012:role/ci" }]) },
        },
        {
            name: "text that only begins like JSON",
            type: LAMBDA,
            props: variables({ A: "{not json", B: "[" }),
        },
        {
            name: "what nests deeper than anything that is looked into",
            type: "test:any/thing:Thing",
            props: { deep: nested(60, TOKEN) },
            notes: [
                `Cannot be judged yet: Thing 'subject', deep${".a".repeat(39)}: is nested too deep to be looked into for credentials.`,
            ],
        },
        {
            name: "an environment without secrets",
            type: LAMBDA,
            props: variables({ REGION: "eu-west-1", TABLE: "orders" }),
        },
        { name: "no environment", type: LAMBDA, props: {} },
        {
            name: "AWS's documented example keys",
            type: LAMBDA,
            props: variables({
                AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
                AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            }),
        },
        {
            name: "the ARN of a secret",
            type: LAMBDA,
            props: variables({ DB_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf" }),
        },
        {
            name: "forty letters that are no secret key",
            type: LAMBDA,
            props: variables({ GIT_COMMIT: "da39a3ee5e6b4b0d3255bfef95601890afd80709" }),
        },
        {
            name: "a URL without password",
            type: LAMBDA,
            props: variables({ DB: "postgres://app@db.example.com:5432/orders" }),
        },
        {
            name: "a URL with a variable for the password",
            type: LAMBDA,
            props: variables({ DB: "postgres://app:${PASSWORD}@db.example.com/orders" }),
        },
        { name: "a value that is unknown in a preview", type: LAMBDA, props: variables({ TOKEN: UNKNOWN }) },
        ...WHOLES.map(([type, props, path]) => ({
            name: `${path} of ${type} that is unknown as a whole`,
            type,
            props,
            notes: [`Cannot be judged yet: ${type.split(":").pop()} 'subject', ${path}: ${UNSEEN}`],
        })),
        {
            name: "a parameter whose value another resource reports",
            type: "aws:ssm/parameter:Parameter",
            props: { type: "String", value: UNKNOWN },
        },
        { name: "a property besides the environment that is unknown", type: LAMBDA, props: { role: UNKNOWN } },
        { name: "an environment without a map of variables", type: LAMBDA, props: { environment: null } },
        { name: "null and a number", type: LAMBDA, props: variables({ A: null, B: 5 }) },
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
            name: "user data that installs packages",
            type: INSTANCE,
            props: { userDataBase64: base64("#!/bin/sh\napt-get install -y nginx\n") },
        },
        {
            name: "a SecureString parameter",
            type: "aws:ssm/parameter:Parameter",
            props: { type: "SecureString", value: TOKEN },
        },
        {
            name: "an access key of a user that settings allow",
            type: ACCESS_KEY,
            props: { user: "vendor-acme" },
            settings: { allowedUsers: ["vendor-*"] },
        },
        {
            name: "an access key of a user that is unknown, where settings allow some",
            type: ACCESS_KEY,
            props: { user: UNKNOWN },
            settings: { allowedUsers: ["vendor-*"] },
            notes: ["Cannot be judged yet: AccessKey 'subject', user: the user is unknown until the update."],
        },
    ],
    invalid: [
        ...PLACES.map(([type, around, path]) => ({
            name: `a key in ${path} of ${type}`,
            type,
            props: around(KEY_ID),
            violations: [`${type.split(":").pop()} 'subject', ${path}: holds an AWS access key; ${REFERENCE}`],
        })),
        {
            name: "a key in a resource of any type, in plain text",
            isOnlyPlain: true,
            type: "test:any/thing:Thing",
            props: { settings: [{ notes: `use ${KEY_ID}` }] },
            violations: [`Thing 'subject', settings[0].notes: holds an AWS access key; ${MARKED}`],
        },
        {
            name: "a token that another service is given, in plain text",
            isOnlyPlain: true,
            type: "github:index/actionsSecret:ActionsSecret",
            props: { plaintextValue: TOKEN },
            violations: [`ActionsSecret 'subject', plaintextValue: holds a GitHub token; ${MARKED}`],
        },
        {
            name: "settings of another provider, in plain text",
            isOnlyPlain: true,
            type: "pulumi:providers:github",
            props: { token: TOKEN },
            violations: [`github 'subject', token: holds a GitHub token; ${MARKED}`],
        },
        {
            name: "a secret key of a provider without its access key",
            life: ENCRYPTED,
            type: "pulumi:providers:aws",
            props: { secretKey: secret(SECRET_KEY) },
            violations: [`aws 'subject', secretKey: holds an AWS secret access key; ${REFERENCE}`],
        },
        {
            name: "a key in an environment, marked as secret",
            life: ENCRYPTED,
            type: LAMBDA,
            props: { environment: secret({ variables: { A: KEY_ID } }) },
            violations: [`Function 'subject', environment.variables.A: holds an AWS access key; ${REFERENCE}`],
        },
        {
            name: "an AWS key in Secrets Manager",
            type: "aws:secretsmanager/secretVersion:SecretVersion",
            props: { secretId: "deploy", secretString: secret(JSON.stringify({ id: KEY_ID, token: TOKEN })) },
            violations: [
                "SecretVersion 'subject', secretString.id: holds an AWS access key; expected a role, which needs no key.",
            ],
        },
        {
            name: "an AWS key in a secret of the cluster",
            type: "kubernetes:core/v1:Secret",
            props: { stringData: { AWS_SECRET_ACCESS_KEY: SECRET_KEY } },
            violations: [
                "Secret 'subject', stringData.AWS_SECRET_ACCESS_KEY: holds an AWS secret access key; expected a role, which needs no key.",
            ],
        },
        {
            name: "a token in the environment of a container of the cluster, marked as secret",
            life: ENCRYPTED,
            type: "kubernetes:apps/v1:Deployment",
            props: {
                spec: {
                    template: {
                        spec: { containers: [{ name: "web", env: [{ name: "GH", value: secret(TOKEN) }] }] },
                    },
                },
            },
            violations: [
                `Deployment 'subject', spec.template.spec.containers[0].env[0].value: holds a GitHub token in variable GH of container web; ${OF_CLUSTER}`,
            ],
        },
        {
            name: "a pair of name and value in YAML",
            type: "aws:ssm/document:Document",
            props: { content: `env:\n  - name: AWS_SECRET_ACCESS_KEY\n    value: ${SECRET_KEY}\n` },
            violations: [`Document 'subject', content: holds an AWS secret access key; ${REFERENCE}`],
        },
        {
            name: "a variable of an action that is JSON inside JSON",
            type: "aws:codepipeline/pipeline:Pipeline",
            props: {
                stages: [
                    {
                        actions: [
                            {
                                configuration: {
                                    EnvironmentVariables: JSON.stringify([
                                        { name: "GH", type: "PLAINTEXT", value: TOKEN },
                                    ]),
                                },
                            },
                        ],
                    },
                ],
            },
            violations: [
                `Pipeline 'subject', stages[0].actions[0].configuration.EnvironmentVariables[0].value: holds a GitHub token in variable GH; ${REFERENCE}`,
            ],
        },
        {
            name: "compressed user data",
            type: INSTANCE,
            props: { userDataBase64: gzipSync(`#!/bin/sh\nexport A=${KEY_ID}\n`).toString("base64") },
            violations: [`Instance 'subject', userDataBase64: holds an AWS access key; ${REFERENCE}`],
        },
        {
            name: "a key behind a hundred thousand other characters",
            isOnlyPlain: true,
            type: "aws:s3/bucketObject:BucketObject",
            props: { content: `${"lorem ipsum ".repeat(20_000)} ${KEY_ID}` },
            violations: [`BucketObject 'subject', content: holds an AWS access key; ${MARKED}`],
        },
        {
            name: "a key in code that is given as text",
            type: LAMBDA,
            props: {
                code: {
                    [SIGNATURE]: ARCHIVE,
                    assets: { "index.js": { [SIGNATURE]: ASSET, text: `const id = "${KEY_ID}";` } },
                },
            },
            violations: [`Function 'subject', code.assets["index.js"].text: holds an AWS access key; ${MARKED}`],
        },
        {
            name: "an access key",
            type: ACCESS_KEY,
            props: { user: "ci" },
            violations: [
                "AccessKey 'subject': is a long-lived access key; expected a role that is assumed, by OIDC from CI.",
            ],
        },
        {
            name: "an access key of a user that settings do not allow",
            type: ACCESS_KEY,
            props: { user: "ci" },
            settings: { allowedUsers: ["vendor-*"] },
            violations: [
                "AccessKey 'subject': is a long-lived access key; expected a role that is assumed, by OIDC from CI.",
            ],
        },
        {
            name: "a login profile",
            type: "aws:iam/userLoginProfile:UserLoginProfile",
            props: { user: "anna" },
            violations: [
                "UserLoginProfile 'subject': is a console password; expected single sign-on through IAM Identity Center.",
            ],
        },
        {
            name: "a service-specific credential of an unknown user",
            type: "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
            props: { userName: UNKNOWN, serviceName: "codecommit.amazonaws.com" },
            violations: [
                "ServiceSpecificCredential 'subject': is a long-lived credential of one service; expected a role that is assumed.",
            ],
        },
        {
            name: "an AWS key pair in an environment",
            type: LAMBDA,
            props: variables({ AWS_ACCESS_KEY_ID: KEY_ID, AWS_SECRET_ACCESS_KEY: SECRET_KEY }),
            violations: [
                `Function 'subject', environment.variables.AWS_ACCESS_KEY_ID: holds an AWS access key; ${REFERENCE}`,
                `Function 'subject', environment.variables.AWS_SECRET_ACCESS_KEY: holds an AWS secret access key; ${REFERENCE}`,
            ],
        },
        {
            name: "a private key and a token among harmless and unknown variables",
            type: LAMBDA,
            props: variables({ A: "b", C: UNKNOWN, TLS_KEY: PRIVATE_KEY, GH: TOKEN }),
            violations: [
                `Function 'subject', environment.variables.TLS_KEY: holds a private key; ${REFERENCE}`,
                `Function 'subject', environment.variables.GH: holds a GitHub token; ${REFERENCE}`,
            ],
        },
        {
            name: "a connection string with a password",
            type: LAMBDA,
            props: variables({ DB: "postgres://app:s3cr3t-pass@db.example.com/orders" }),
            violations: [`Function 'subject', environment.variables.DB: holds a URL with a password; ${REFERENCE}`],
        },
        {
            name: "a key in a container's JSON",
            type: TASK,
            props: {
                containerDefinitions: JSON.stringify([
                    { name: "web", environment: [{ name: "AWS_SECRET_ACCESS_KEY", value: SECRET_KEY }] },
                ]),
            },
            violations: [
                `TaskDefinition 'subject', containerDefinitions[0].environment[0].value: holds an AWS secret access key in variable AWS_SECRET_ACCESS_KEY of container web; ${REFERENCE}`,
            ],
        },
        {
            name: "a key in a container's definition given as an object",
            type: TASK,
            props: {
                containerDefinitions: [
                    { name: "web", environment: [{ name: "AWS_SECRET_ACCESS_KEY", value: SECRET_KEY }] },
                ],
            },
            violations: [
                `TaskDefinition 'subject', containerDefinitions[0].environment[0].value: holds an AWS secret access key in variable AWS_SECRET_ACCESS_KEY of container web; ${REFERENCE}`,
            ],
        },
        {
            name: "a key in user data, as text and in base64",
            type: INSTANCE,
            props: {
                userData: `#!/bin/sh\nexport AWS_SECRET_ACCESS_KEY=${SECRET_KEY}\n`,
                userDataBase64: base64(`#!/bin/sh\nexport AWS_ACCESS_KEY_ID=${KEY_ID}\n`),
            },
            violations: [
                `Instance 'subject', userData: holds an AWS secret access key; ${REFERENCE}`,
                `Instance 'subject', userDataBase64: holds an AWS access key; ${REFERENCE}`,
            ],
        },
        {
            name: "a key in a launch template, which takes base64",
            type: "aws:ec2/launchTemplate:LaunchTemplate",
            props: { userData: base64(PRIVATE_KEY) },
            violations: [`LaunchTemplate 'subject', userData: holds a private key; ${REFERENCE}`],
        },
        {
            name: "a plain variable of a build",
            type: "aws:codebuild/project:Project",
            props: { environment: { environmentVariables: [{ name: "TOKEN", value: TOKEN, type: "PLAINTEXT" }] } },
            violations: [
                `Project 'subject', environment.environmentVariables[0].value: holds a GitHub token in variable TOKEN; ${REFERENCE}`,
            ],
        },
        {
            name: "a plain parameter",
            type: "aws:ssm/parameter:Parameter",
            props: { type: "String", value: TOKEN },
            violations: [`Parameter 'subject', value: holds a GitHub token; ${REFERENCE}`],
        },
    ],
    badSettings: [{ allowedUser: [] }, { allowedUsers: [""] }],
});

describe("with the stack, an environment that is unknown as a whole", () => {
    const TOPIC = { type: "aws:sns/topic:Topic", name: "orders" };

    test.each([
        ["refers to a resource of the stack", { environment: ref("orders") }, []],
        ["refers to it by another property", { environment: UNKNOWN, role: ref("orders") }, ["environment"]],
    ])("%s", (_, props, places) => {
        const { validateStack } = toPolicy(rule, {
            workspace: () => {
                throw new Error("not asked");
            },
            filter: () => "report",
        }) as StackValidationPolicy;
        const messages: unknown[] = [];
        const stack = stackArgs([TOPIC, { type: LAMBDA, name: "shop", props }], {}, "preview");
        (validateStack as StackValidation)(stack, message => messages.push(message));
        expect(messages).toEqual(
            places.map(place =>
                expect.objectContaining({ message: `Cannot be judged yet: Function 'shop', ${place}: ${UNSEEN}` }),
            ),
        );
    });
});
