import { rule } from "../../../policies/rules/iam/no-static-credentials";
import { UNKNOWN } from "../../support/engine-args";
import { testResourceRule } from "../../support/test-rule";

// Made up, and put together here so that no scanner takes this file for a leak.
const KEY_ID = `AKIA${"Q3EGRIT4ABCDWXYZ"}`;
const SECRET_KEY = `${"aB3dE6gH9jK2"}${"mN5pQ8sT1vW4"}${"yZ7+cF0/iL3oR6uX"}`;
const PRIVATE_KEY = `-----BEGIN RSA ${"PRIVATE KEY"}-----\nMIIEow==\n-----END RSA PRIVATE KEY-----`;
const TOKEN = `ghp_${"a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"}`;

const LAMBDA = "aws:lambda/function:Function";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const INSTANCE = "aws:ec2/instance:Instance";

const REFERENCE = "expected a role, or a reference to Secrets Manager or a SecureString parameter.";

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
];

testResourceRule(rule, {
    valid: [
        ...PLACES.map(([type, around, path]) => ({
            name: `a documented example in ${path} of ${type}`,
            type,
            props: around("AKIAIOSFODNN7EXAMPLE"),
        })),
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
            props: { user: "vendor-acme" },
            settings: { allowedUsers: ["vendor-*"] },
        },
        {
            name: "an access key of a user that is unknown, where settings allow some",
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
            name: "an access key",
            props: { user: "ci" },
            violations: [
                "AccessKey 'subject': is a long-lived access key; expected a role that is assumed, by OIDC from CI.",
            ],
        },
        {
            name: "an access key of a user that settings do not allow",
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
                `TaskDefinition 'subject', containerDefinitions: holds an AWS secret access key; ${REFERENCE}`,
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
                `TaskDefinition 'subject', containerDefinitions[0].environment[0].value: holds an AWS secret access key; ${REFERENCE}`,
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
                `Project 'subject', environment.environmentVariables[0].value: holds a GitHub token; ${REFERENCE}`,
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
