import { rule } from "../../../policies/rules/iam/resource-policies-not-public";
import { UNKNOWN } from "../../support/engine-args";
import { testResourceRule } from "../../support/test-rule";

const QUEUE = "aws:sqs/queuePolicy:QueuePolicy";
const REPOSITORY = "aws:ecr/repositoryPolicy:RepositoryPolicy";
const ROLE = "aws:iam/role:Role";
const PERMISSION = "aws:lambda/permission:Permission";
const FUNCTION_URL = "aws:lambda/functionUrl:FunctionUrl";
const SEARCH = "aws:opensearch/domain:Domain";
const FILES = "aws:efs/fileSystemPolicy:FileSystemPolicy";

/** Types whose policy stands in a property, one of a service. */
const POLICIES = {
    policy: [
        "aws:acmpca/policy:Policy",
        "aws:backup/vaultPolicy:VaultPolicy",
        "aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy",
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
        "aws:codebuild/resourcePolicy:ResourcePolicy",
        "aws:dsql/clusterPolicy:ClusterPolicy",
        "aws:dynamodb/resourcePolicy:ResourcePolicy",
        "aws:ecr/registryPolicy:RegistryPolicy",
        FILES,
        "aws:glacier/vaultLock:VaultLock",
        "aws:glue/resourcePolicy:ResourcePolicy",
        "aws:kinesis/resourcePolicy:ResourcePolicy",
        "aws:lambda/resourcePolicy:ResourcePolicy",
        "aws:mediastore/containerPolicy:ContainerPolicy",
        "aws:msk/clusterPolicy:ClusterPolicy",
        "aws:networkfirewall/resourcePolicy:ResourcePolicy",
        "aws:pinpoint/smsvoicev2ResourcePolicy:Smsvoicev2ResourcePolicy",
        "aws:s3/filesFileSystemPolicy:FilesFileSystemPolicy",
        "aws:s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy",
        "aws:oam/sinkPolicy:SinkPolicy",
        "aws:opensearchingest/resourcePolicy:ResourcePolicy",
        "aws:redshift/resourcePolicy:ResourcePolicy",
        "aws:redshiftserverless/resourcePolicy:ResourcePolicy",
        "aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy",
        "aws:schemas/registryPolicy:RegistryPolicy",
        "aws:secretsmanager/secret:Secret",
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "aws:ses/identityPolicy:IdentityPolicy",
        "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sqs/queue:Queue",
        "aws:vpclattice/resourcePolicy:ResourcePolicy",
    ],
    repositoryPolicy: ["aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"],
    policyDocument: [
        "aws:xray/resourcePolicy:ResourcePolicy",
        "aws:amp/resourcePolicy:ResourcePolicy",
        "aws:codeartifact/domainPermissions:DomainPermissions",
        "aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy",
    ],
    accessPolicy: [
        "aws:cloudsearch/domainServiceAccessPolicy:DomainServiceAccessPolicy",
        "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy",
        "aws:glacier/vault:Vault",
    ],
    accessPolicies: [SEARCH, "aws:elasticsearch/domain:Domain"],
    deliveryDestinationPolicy: ["aws:cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy"],
    resourcePolicy: [
        "aws:s3tables/tableBucketPolicy:TableBucketPolicy",
        "aws:s3tables/tablePolicy:TablePolicy",
        "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy",
    ],
};

const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: unknown, more: object = {}) => ({ Effect: "Allow", Principal: "*", Action, ...more });
const from = (key: string, value: unknown, operator = "StringEquals") => ({
    Condition: { [operator]: { [key]: value } },
});
const open = (action: string) =>
    `allows "${action}" to everyone without a condition that restricts the caller; expected named principals.`;

const openFunction = (action: string) =>
    `is "*", which allows "${action}" to everyone; expected a named principal, or a fixed \`principalOrgId\` or \`sourceAccount\` or \`sourceArn\`.`;
const UNLESS_GUARDED =
    "lets everyone in, unless the domain is in a VPC or has fine-grained access control, which cannot be seen here; expected named principals.";

/** Types that are shared with accounts by a property, and how everyone is written there. */
const SHARES: readonly (readonly [
    type: string,
    shared: (account: unknown) => Record<string, unknown>,
    path: string,
    everyone: string,
])[] = [
    ["aws:rds/snapshot:Snapshot", account => ({ sharedAccounts: [account] }), "sharedAccounts[0]", "all"],
    ["aws:rds/snapshotCopy:SnapshotCopy", account => ({ sharedAccounts: [account] }), "sharedAccounts[0]", "all"],
    ["aws:rds/clusterSnapshot:ClusterSnapshot", account => ({ sharedAccounts: [account] }), "sharedAccounts[0]", "all"],
    ["aws:ec2/amiLaunchPermission:AmiLaunchPermission", group => ({ group }), "group", "all"],
    [
        "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission",
        accountId => ({ accountId }),
        "accountId",
        "all",
    ],
    [
        "aws:ssm/document:Document",
        accountIds => ({ permissions: { type: "Share", accountIds } }),
        "permissions.accountIds",
        "All",
    ],
];
const ENDPOINT = "aws:ec2/vpcEndpointService:VpcEndpointService";

/** Providers that are built into AWS, and the key that says whose application a token is for. */
const BUILT_IN = [
    ["accounts.google.com", "aud"],
    ["cognito-identity.amazonaws.com", "aud"],
    ["graph.facebook.com", "app_id"],
    ["www.amazon.com", "app_id"],
] as const;

const federated = (Federated: unknown, Condition: object = {}) => ({
    assumeRolePolicy: document(allow("sts:AssumeRoleWithWebIdentity", { Principal: { Federated }, Condition })),
});

const FUNCTION = "aws:lambda/resourcePolicy:ResourcePolicy";

/** The statements by which a function's URL is public. */
const URL_STATEMENTS = [
    {
        ...allow("lambda:InvokeFunctionUrl", from("lambda:FunctionUrlAuthType", "NONE")),
        Action: "lambda:InvokeFunctionUrl",
    },
    {
        ...allow("lambda:InvokeFunction", from("lambda:InvokedViaFunctionUrl", "true", "Bool")),
        Action: "lambda:InvokeFunction",
    },
];

/** Statements for everyone that are more than a URL. */
const NO_URL_STATEMENTS: readonly (readonly [string, string, object])[] = [
    ["calls of a URL of any kind", "lambda:InvokeFunctionUrl", {}],
    ["calls of a URL with sign-in", "lambda:InvokeFunctionUrl", from("lambda:FunctionUrlAuthType", "AWS_IAM")],
    [
        "calls of a URL that may have a kind",
        "lambda:InvokeFunctionUrl",
        from("lambda:FunctionUrlAuthType", "NONE", "StringEqualsIfExists"),
    ],
    ["calls by whatever way", "lambda:InvokeFunction", {}],
    ["calls by any way but a URL", "lambda:InvokeFunction", from("lambda:InvokedViaFunctionUrl", "false", "Bool")],
    ["all actions by a URL", "lambda:*", from("lambda:InvokedViaFunctionUrl", "true", "Bool")],
];

testResourceRule(rule, {
    valid: [
        {
            name: "everyone, of whom a Deny spares the organisation only",
            type: QUEUE,
            props: {
                policy: document(
                    allow("sqs:SendMessage", { Resource: "*" }),
                    allow("sqs:*", {
                        Effect: "Deny",
                        Resource: "*",
                        ...from("aws:PrincipalOrgID", "o-a1b2c3d4e5", "StringNotEquals"),
                    }),
                ),
            },
        },
        {
            name: "public URLs by a function's policy, where settings allow them",
            type: FUNCTION,
            props: { policy: document(...URL_STATEMENTS) },
            settings: { allowPublicFunctionUrls: true },
        },
        ...SHARES.map(([type, shared]) => ({ name: `${type} for one account`, type, props: shared("123456789012") })),
        ...SHARES.map(([type, shared, path]) => ({
            name: `${type} for an account that is unknown in a preview`,
            type,
            props: shared(UNKNOWN),
            notes: [
                `Cannot be judged yet: ${type.split(":").pop()} 'subject', ${path}: with whom it is shared is unknown until the update.`,
            ],
        })),
        {
            name: "an image for nobody in particular",
            type: "aws:ec2/amiLaunchPermission:AmiLaunchPermission",
            props: {},
        },
        {
            name: "an endpoint service for everyone that must be accepted",
            type: ENDPOINT,
            props: { acceptanceRequired: true, allowedPrincipals: ["*"] },
        },
        {
            name: "an endpoint service without acceptance for one account",
            type: ENDPOINT,
            props: { acceptanceRequired: false, allowedPrincipals: ["arn:aws:iam::123456789012:root"] },
        },
        {
            name: "an endpoint service for everyone whose acceptance is unknown",
            type: ENDPOINT,
            props: { acceptanceRequired: UNKNOWN, allowedPrincipals: ["*"] },
            notes: [
                "Cannot be judged yet: VpcEndpointService 'subject', acceptanceRequired: whether connections of everyone must be accepted is unknown until the update.",
            ],
        },
        ...BUILT_IN.map(([provider, key]) => ({
            name: `one application of ${provider}`,
            type: ROLE,
            props: federated(provider, { StringEquals: { [`${provider}:${key}`]: "app-1" } }),
        })),
        {
            name: "an identity provider of the stack that is unknown in a preview",
            type: ROLE,
            props: {
                assumeRolePolicy: {
                    Statement: [
                        { Effect: "Allow", Principal: { Federated: UNKNOWN }, Action: "sts:AssumeRoleWithWebIdentity" },
                    ],
                },
            },
        },
        ...["{}", '{"Statement":[]}', ""].map(policy => ({
            name: `the policy ${JSON.stringify(policy)}, which lets nobody in`,
            type: "aws:secretsmanager/secret:Secret",
            props: { policy },
        })),
        {
            name: "a role for a service",
            type: ROLE,
            props: {
                assumeRolePolicy: document(allow("sts:AssumeRole", { Principal: { Service: "ec2.amazonaws.com" } })),
            },
        },
        { name: "a malformed trust policy, which another rule reports", type: ROLE, props: { assumeRolePolicy: "{" } },
        {
            name: "a role for every principal of an organisation",
            type: ROLE,
            props: { assumeRolePolicy: document(allow("sts:AssumeRole", from("aws:PrincipalOrgID", "o-a1b2c3d4e5"))) },
        },
        {
            name: "a queue that a bucket sends to, as AWS documents it",
            type: QUEUE,
            props: {
                policy: document(
                    allow("sqs:SendMessage", from("aws:SourceArn", "arn:aws:s3:::acme-uploads", "ArnEquals")),
                ),
            },
        },
        {
            name: "a topic's default policy, tied to its owner",
            type: "aws:sns/topicPolicy:TopicPolicy",
            props: {
                policy: document(
                    allow("SNS:Publish", { Principal: { AWS: "*" }, ...from("AWS:SourceOwner", "123456789012") }),
                ),
            },
        },
        {
            name: "a topic that everyone may subscribe one queue to",
            type: "aws:sns/topic:Topic",
            props: {
                policy: document(
                    allow(
                        "SNS:Subscribe",
                        from("SNS:Endpoint", "arn:aws:sqs:eu-west-1:123456789012:orders", "StringLike"),
                    ),
                ),
            },
        },
        {
            name: "a Deny for everyone",
            type: "aws:secretsmanager/secretPolicy:SecretPolicy",
            props: { policy: document(allow("secretsmanager:*", { Effect: "Deny" })) },
        },
        { name: "a queue that has no policy of its own", type: "aws:sqs/queue:Queue", props: {} },
        {
            name: "a policy that is unknown in a preview",
            type: QUEUE,
            props: { policy: UNKNOWN },
            notes: [
                "Cannot be judged yet: QueuePolicy 'subject', policy: whom the policy lets in is unknown until the update.",
            ],
        },
        {
            name: "a condition that is unknown in a preview",
            type: QUEUE,
            props: { policy: { Statement: [allow("sqs:SendMessage", from("aws:SourceArn", UNKNOWN))] } },
            notes: [
                "Cannot be judged yet: QueuePolicy 'subject', policy.Statement[0]: whom the statement lets in is unknown until the update.",
            ],
        },
        {
            name: "a function for a service, and for everyone of an organisation",
            type: PERMISSION,
            props: { principal: "*", principalOrgId: "o-a1b2c3d4e5", action: "lambda:InvokeFunction" },
        },
        {
            name: "a function for a service",
            type: PERMISSION,
            props: { principal: "apigateway.amazonaws.com", action: "lambda:InvokeFunction" },
        },
        {
            name: "a function for everyone from a source that is unknown in a preview",
            type: PERMISSION,
            props: { principal: "*", sourceArn: UNKNOWN, action: "lambda:InvokeFunction" },
        },
        {
            name: "a file system for whoever reaches its mount targets, as the console writes it",
            type: FILES,
            props: {
                policy: document(
                    allow(["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"], {
                        Principal: { AWS: "*" },
                        ...from("elasticfilesystem:AccessedViaMountTarget", "true", "Bool"),
                    }),
                ),
            },
        },
        {
            name: "a search domain in a VPC, whose subnets are unknown",
            type: SEARCH,
            props: { accessPolicies: document(allow("es:*")), vpcOptions: { subnetIds: [UNKNOWN] } },
        },
        {
            name: "a search domain in a VPC that is unknown",
            type: "aws:elasticsearch/domain:Domain",
            props: { accessPolicies: document(allow("es:*")), vpcOptions: UNKNOWN },
        },
        {
            name: "a search domain with users of its own",
            type: SEARCH,
            props: { accessPolicies: document(allow("es:ESHttp*")), advancedSecurityOptions: { enabled: true } },
        },
        {
            name: "a search domain that may have users of its own",
            type: SEARCH,
            props: { accessPolicies: document(allow("es:ESHttp*")), advancedSecurityOptions: { enabled: UNKNOWN } },
            notes: [`Domain 'subject', accessPolicies.Statement[0]: ${UNLESS_GUARDED}`],
        },
        {
            name: "a search domain with users of its own that may let in everyone besides",
            type: SEARCH,
            props: {
                accessPolicies: document(allow("es:ESHttp*")),
                advancedSecurityOptions: { enabled: true, anonymousAuthEnabled: UNKNOWN },
            },
            notes: [`Domain 'subject', accessPolicies.Statement[0]: ${UNLESS_GUARDED}`],
        },
        ...["aws:opensearch/domainPolicy:DomainPolicy", "aws:elasticsearch/domainPolicy:DomainPolicy"].map(type => ({
            name: `${type}, whose domain cannot be seen`,
            type,
            props: { accessPolicies: document(allow("es:*")) },
            notes: [`DomainPolicy 'subject', accessPolicies.Statement[0]: ${UNLESS_GUARDED}`],
        })),
        {
            name: "a search domain's policy for one office",
            type: "aws:opensearch/domainPolicy:DomainPolicy",
            props: { accessPolicies: document(allow("es:*", from("aws:SourceIp", "203.0.113.0/24", "IpAddress"))) },
        },
        {
            name: "an event bus for everyone of an organisation",
            type: "aws:cloudwatch/eventPermission:EventPermission",
            props: {
                principal: "*",
                condition: { key: "aws:PrincipalOrgID", type: "StringEquals", value: "o-a1b2c3d4e5" },
            },
        },
        {
            name: "an event bus for one account",
            type: "aws:cloudwatch/eventPermission:EventPermission",
            props: { principal: "123456789012" },
        },
        {
            name: "a layer for everyone of an organisation",
            type: "aws:lambda/layerVersionPermission:LayerVersionPermission",
            props: { principal: "*", organizationId: "o-a1b2c3d4e5", action: "lambda:GetLayerVersion" },
        },
        { name: "a function's URL for signed requests", type: FUNCTION_URL, props: { authorizationType: "AWS_IAM" } },
        {
            name: "a function's URL for everyone, where settings allow it",
            type: FUNCTION_URL,
            props: { authorizationType: "NONE" },
            settings: { allowPublicFunctionUrls: true },
        },
        {
            name: "a function's URL that may be for everyone",
            type: FUNCTION_URL,
            props: { authorizationType: UNKNOWN },
            notes: [
                "Cannot be judged yet: FunctionUrl 'subject', authorizationType: who may call the URL is unknown until the update.",
            ],
        },
        ...[{ functionUrlAuthType: "NONE" }, { invokedViaFunctionUrl: true }].map(more => ({
            name: `the permission for a public URL, where settings allow it (${Object.keys(more)})`,
            type: PERMISSION,
            props: { principal: "*", action: "lambda:InvokeFunctionUrl", ...more },
            settings: { allowPublicFunctionUrls: true },
        })),
        {
            name: "a service that says whom it acts for, where settings ask for it",
            type: QUEUE,
            props: {
                policy: document(
                    allow("sqs:SendMessage", {
                        Principal: { Service: "sns.amazonaws.com" },
                        ...from("aws:SourceAccount", "123456789012"),
                    }),
                    allow("sqs:*", { Principal: { Service: "sns.amazonaws.com" }, Effect: "Deny" }),
                    allow("sqs:SendMessage", { Principal: { AWS: "123456789012" } }),
                ),
            },
            settings: { requireSourceOfServices: true },
        },
        {
            name: "a role for a service, where settings ask for sources",
            type: ROLE,
            props: {
                assumeRolePolicy: document(allow("sts:AssumeRole", { Principal: { Service: "lambda.amazonaws.com" } })),
            },
            settings: { requireSourceOfServices: true },
        },
        {
            name: "a function for a service with a source, and for an account, where settings ask for sources",
            type: PERMISSION,
            props: {
                principal: "s3.amazonaws.com",
                sourceArn: "arn:aws:s3:::acme-uploads",
                action: "lambda:InvokeFunction",
            },
            settings: { requireSourceOfServices: true },
        },
        {
            name: "a function for an account, where settings ask for the sources of services",
            type: PERMISSION,
            props: { principal: "123456789012", action: "lambda:InvokeFunction" },
            settings: { requireSourceOfServices: true },
        },
        {
            name: "a principal that is unknown in a preview",
            type: PERMISSION,
            props: { principal: UNKNOWN, action: "lambda:InvokeFunction" },
            notes: [
                "Cannot be judged yet: Permission 'subject', principal: whom the permission is for is unknown until the update.",
            ],
        },
    ],
    invalid: [
        {
            name: "a Deny of some actions beside everyone",
            type: QUEUE,
            props: {
                policy: document(allow("sqs:SendMessage"), allow("sqs:DeleteMessage", { Effect: "Deny" })),
            },
            violations: [`QueuePolicy 'subject', policy.Statement[0]: ${open("sqs:SendMessage")}`],
        },
        ...NO_URL_STATEMENTS.map(([name, action, more]) => ({
            name: `${name}, where settings allow public URLs`,
            type: FUNCTION,
            props: { policy: document(allow(action, more)) },
            settings: { allowPublicFunctionUrls: true },
            violations: [`ResourcePolicy 'subject', policy.Statement[0]: ${open(action)}`],
        })),
        ...URL_STATEMENTS.map(statement => ({
            name: `a public URL by a function's policy (${statement.Action})`,
            type: FUNCTION,
            props: { policy: document(statement) },
            violations: [`ResourcePolicy 'subject', policy.Statement[0]: ${open(statement.Action)}`],
        })),
        ...SHARES.map(([type, shared, path, everyone]) => ({
            name: `${type} for every account`,
            type,
            props: shared(everyone),
            violations: [
                `${type.split(":").pop()} 'subject', ${path}: is "${everyone}", which shares it with every AWS account; expected named accounts.`,
            ],
        })),
        {
            name: "an endpoint service for everyone without acceptance",
            type: ENDPOINT,
            props: { acceptanceRequired: false, allowedPrincipals: ["*"] },
            violations: [
                "VpcEndpointService 'subject', allowedPrincipals[0]: is \"*\", which lets everyone connect without acceptance; expected named principals, or `acceptanceRequired`.",
            ],
        },
        ...BUILT_IN.flatMap(([provider, key]) =>
            [
                {},
                { StringLike: { [`${provider}:${key}`]: "*" } },
                { StringEqualsIfExists: { [`${provider}:${key}`]: "app-1" } },
            ].map(condition => ({
                name: `every application of ${provider} by ${JSON.stringify(condition)}`,
                type: ROLE,
                props: federated(provider, condition),
                violations: [
                    `Role 'subject', assumeRolePolicy.Statement[0]: trusts tokens that ${provider} signs for any application; expected a condition on \`${provider}:${key}\`.`,
                ],
            })),
        ),
        ...Object.entries(POLICIES).flatMap(([property, types]) =>
            types.map(type => ({
                name: `everyone in ${type}`,
                type,
                props: { [property]: document(allow("example:Read", { Principal: { AWS: "*" } })) },
                violations: [`${type.split(":").pop()} 'subject', ${property}.Statement[0]: ${open("example:Read")}`],
            })),
        ),
        {
            name: "every AWS service, whoever it acts for",
            type: QUEUE,
            props: { policy: document(allow("sqs:SendMessage", from("aws:PrincipalIsAWSService", "true", "Bool"))) },
            violations: [
                "QueuePolicy 'subject', policy.Statement[0]: allows \"sqs:SendMessage\" to every AWS service, whoever it acts for, without a condition that restricts the caller; expected named principals.",
            ],
        },
        {
            name: "everyone who is no AWS service",
            type: QUEUE,
            props: { policy: document(allow("sqs:SendMessage", from("aws:PrincipalIsAWSService", "false", "Bool"))) },
            violations: [`QueuePolicy 'subject', policy.Statement[0]: ${open("sqs:SendMessage")}`],
        },
        {
            name: "a file system for everyone with TLS",
            type: FILES,
            props: {
                policy: document(allow("elasticfilesystem:ClientMount", from("aws:SecureTransport", true, "Bool"))),
            },
            violations: [`FileSystemPolicy 'subject', policy.Statement[0]: ${open("elasticfilesystem:ClientMount")}`],
        },
        ...[
            { vpcOptions: { subnetIds: [] } },
            { advancedSecurityOptions: { enabled: true, anonymousAuthEnabled: true } },
            { advancedSecurityOptions: { enabled: false } },
        ].map(options => ({
            name: `a search domain that nothing guards (${JSON.stringify(options)})`,
            type: SEARCH,
            props: { accessPolicies: document(allow("es:*")), ...options },
            violations: [`Domain 'subject', accessPolicies.Statement[0]: ${open("es:*")}`],
        })),
        {
            name: "an event bus for everyone",
            type: "aws:cloudwatch/eventPermission:EventPermission",
            props: { principal: "*" },
            violations: [
                'EventPermission \'subject\', principal: is "*", which allows "events:PutEvents" to everyone; expected a named principal, or a fixed `condition.value`.',
            ],
        },
        {
            name: "a layer for everyone",
            type: "aws:lambda/layerVersionPermission:LayerVersionPermission",
            props: { principal: "*", action: "lambda:GetLayerVersion" },
            violations: [
                'LayerVersionPermission \'subject\', principal: is "*", which allows "lambda:GetLayerVersion" to everyone; expected a named principal, or a fixed `organizationId`.',
            ],
        },
        {
            name: "a function's URL for everyone",
            type: FUNCTION_URL,
            props: { authorizationType: "NONE" },
            violations: [
                "FunctionUrl 'subject', authorizationType: is \"NONE\", which lets everyone call the function without signing in; expected AWS_IAM.",
            ],
        },
        {
            name: "the permission for a public URL",
            type: PERMISSION,
            props: { principal: "*", action: "lambda:InvokeFunctionUrl", functionUrlAuthType: "NONE" },
            violations: [`Permission 'subject', principal: ${openFunction("lambda:InvokeFunctionUrl")}`],
        },
        {
            name: "a permission for every account, where settings allow public URLs",
            type: PERMISSION,
            props: { principal: "*", action: "lambda:InvokeFunctionUrl", functionUrlAuthType: "AWS_IAM" },
            settings: { allowPublicFunctionUrls: true },
            violations: [`Permission 'subject', principal: ${openFunction("lambda:InvokeFunctionUrl")}`],
        },
        {
            name: "a service, whoever it acts for, where settings ask for a source",
            type: QUEUE,
            props: {
                policy: document(allow("sqs:SendMessage", { Principal: { Service: "sns.amazonaws.com" } })),
            },
            settings: { requireSourceOfServices: true },
            violations: [
                "QueuePolicy 'subject', policy.Statement[0]: lets in \"sns.amazonaws.com\", whoever it acts for; expected a condition on `aws:SourceArn`, `aws:SourceAccount` or `aws:SourceOrgID`.",
            ],
        },
        ...["s3.amazonaws.com", "ec2.amazonaws.com.cn"].map(principal => ({
            name: `a function for ${principal}, whoever it acts for, where settings ask for a source`,
            type: PERMISSION,
            props: { principal, action: "lambda:InvokeFunction" },
            settings: { requireSourceOfServices: true },
            violations: [
                `Permission 'subject', principal: is "${principal}", whoever the service acts for; expected a fixed \`principalOrgId\` or \`sourceAccount\` or \`sourceArn\`.`,
            ],
        })),
        {
            name: "a role that every AWS account may assume",
            type: ROLE,
            props: { assumeRolePolicy: document(allow("sts:AssumeRole", { Principal: { AWS: ["*"] } })) },
            violations: [`Role 'subject', assumeRolePolicy.Statement[0]: ${open("sts:AssumeRole")}`],
        },
        {
            name: "a role for everyone who knows an external id",
            type: ROLE,
            props: { assumeRolePolicy: document(allow("sts:AssumeRole", from("sts:ExternalId", "acme"))) },
            violations: [`Role 'subject', assumeRolePolicy.Statement[0]: ${open("sts:AssumeRole")}`],
        },
        {
            name: "a topic that everyone may subscribe any address of a domain to",
            type: "aws:sns/topic:Topic",
            props: { policy: document(allow("SNS:Subscribe", from("SNS:Endpoint", "*@example.com", "StringLike"))) },
            violations: [`Topic 'subject', policy.Statement[0]: ${open("SNS:Subscribe")}`],
        },
        {
            name: "an image repository, the second statement of two",
            type: REPOSITORY,
            props: {
                policy: document(
                    allow("ecr:PutImage", { Principal: { AWS: "123456789012" } }),
                    allow("ecr:BatchGetImage"),
                ),
            },
            violations: [`RepositoryPolicy 'subject', policy.Statement[1]: ${open("ecr:BatchGetImage")}`],
        },
        {
            name: "a log group's policy, which has a property of its own name",
            type: "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
            props: { policyDocument: document(allow("logs:PutLogEvents")) },
            violations: [`LogResourcePolicy 'subject', policyDocument.Statement[0]: ${open("logs:PutLogEvents")}`],
        },
        {
            name: "everyone but some",
            type: QUEUE,
            props: {
                policy: {
                    Statement: { Effect: "Allow", NotPrincipal: { AWS: "123456789012" }, NotAction: "sqs:Delete*" },
                },
            },
            violations: [
                "QueuePolicy 'subject', policy.Statement: allows all actions except \"sqs:Delete*\" to everyone but some without a condition that restricts the caller; expected named principals.",
            ],
        },
        {
            name: "text that is no JSON",
            type: QUEUE,
            props: { policy: "everyone" },
            violations: [
                "QueuePolicy 'subject', policy: is not valid JSON, so whom it lets in cannot be seen; expected a policy document.",
            ],
        },
        ...["*", "arn:aws:s3:::*"].map(sourceArn => ({
            name: `a function for everyone, with any source (${sourceArn})`,
            type: PERMISSION,
            props: { principal: "*", sourceArn, action: "lambda:InvokeFunction" },
            violations: [`Permission 'subject', principal: ${openFunction("lambda:InvokeFunction")}`],
        })),
        {
            name: "a function for everyone, with an empty source",
            type: PERMISSION,
            props: { principal: "*", sourceArn: "", action: "lambda:InvokeFunction" },
            violations: [`Permission 'subject', principal: ${openFunction("lambda:InvokeFunction")}`],
        },
    ],
    badSettings: [{ allowedPrincipals: ["*"] }, { allowPublicFunctionUrls: "yes" }, { requireSourceOfServices: 1 }],
});
