import { z } from "zod";
import { hasRestrictedCaller, isOpenToEveryone, isOwnedArn, narrows, reportIfOpen } from "../../aws/conditions";
import { type Statement, statementsOf } from "../../aws/policy-document";
import { securityHub } from "../../kit/controls";
import type { Report } from "../../kit/report";
import { resourceRule } from "../../kit/rule";
import type { Value } from "../../kit/value";

/** The property that holds each type's resource policy. Source: API documentation of @pulumi/aws 7.48. */
const POLICIES: Readonly<Record<string, string>> = {
    "aws:acmpca/policy:Policy": "policy",
    "aws:amp/resourcePolicy:ResourcePolicy": "policyDocument",
    "aws:backup/vaultPolicy:VaultPolicy": "policy",
    "aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy": "policy",
    "aws:cloudsearch/domainServiceAccessPolicy:DomainServiceAccessPolicy": "accessPolicy",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
    "aws:cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy": "deliveryDestinationPolicy",
    "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy": "accessPolicy",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
    "aws:codeartifact/domainPermissions:DomainPermissions": "policyDocument",
    "aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy": "policyDocument",
    "aws:codebuild/resourcePolicy:ResourcePolicy": "policy",
    "aws:dsql/clusterPolicy:ClusterPolicy": "policy",
    "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
    "aws:ecr/registryPolicy:RegistryPolicy": "policy",
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": "repositoryPolicy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:efs/fileSystemPolicy:FileSystemPolicy": "policy",
    "aws:elasticsearch/domain:Domain": "accessPolicies",
    "aws:elasticsearch/domainPolicy:DomainPolicy": "accessPolicies",
    "aws:glacier/vault:Vault": "accessPolicy",
    "aws:glacier/vaultLock:VaultLock": "policy",
    "aws:glue/resourcePolicy:ResourcePolicy": "policy",
    "aws:iam/role:Role": "assumeRolePolicy",
    "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
    "aws:lambda/resourcePolicy:ResourcePolicy": "policy",
    "aws:mediastore/containerPolicy:ContainerPolicy": "policy",
    "aws:msk/clusterPolicy:ClusterPolicy": "policy",
    "aws:networkfirewall/resourcePolicy:ResourcePolicy": "policy",
    "aws:oam/sinkPolicy:SinkPolicy": "policy",
    "aws:opensearch/domain:Domain": "accessPolicies",
    "aws:opensearch/domainPolicy:DomainPolicy": "accessPolicies",
    "aws:opensearchingest/resourcePolicy:ResourcePolicy": "policy",
    "aws:pinpoint/smsvoicev2ResourcePolicy:Smsvoicev2ResourcePolicy": "policy",
    "aws:redshift/resourcePolicy:ResourcePolicy": "policy",
    "aws:redshiftserverless/resourcePolicy:ResourcePolicy": "policy",
    "aws:s3/filesFileSystemPolicy:FilesFileSystemPolicy": "policy",
    "aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy": "policy",
    "aws:s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy": "policy",
    "aws:s3tables/tableBucketPolicy:TableBucketPolicy": "resourcePolicy",
    "aws:s3tables/tablePolicy:TablePolicy": "resourcePolicy",
    "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy": "resourcePolicy",
    "aws:schemas/registryPolicy:RegistryPolicy": "policy",
    "aws:secretsmanager/secret:Secret": "policy",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
    "aws:ses/identityPolicy:IdentityPolicy": "policy",
    "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy": "policy",
    "aws:sns/topic:Topic": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:sqs/queue:Queue": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
    "aws:vpclattice/resourcePolicy:ResourcePolicy": "policy",
    "aws:xray/resourcePolicy:ResourcePolicy": "policyDocument",
};

const isFixed = (text: string) => text !== "" && !/[*?]/.test(text);

/** Grants to one principal: what ties a grant for everyone (`*`) to a caller, by property, and when it does. */
const GRANTS: Readonly<Record<string, Readonly<Record<string, (text: string) => boolean>>>> = {
    "aws:cloudwatch/eventPermission:EventPermission": { "condition.value": isFixed },
    "aws:lambda/layerVersionPermission:LayerVersionPermission": { organizationId: isFixed },
    "aws:lambda/permission:Permission": {
        principalOrgId: isFixed,
        sourceAccount: isFixed,
        sourceArn: isOwnedArn,
    },
};

const ENDPOINT_SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService";

/**
 * Where resources without a policy say with which accounts they are shared. Source: API documentation of @pulumi/aws 7.48;
 * AWS Security Hub User Guide, RDS.1, EC2.1 and SSM.4; AWS PrivateLink Guide, "Configure an endpoint service".
 */
const SHARES: Readonly<Record<string, (props: Value) => Value[]>> = {
    "aws:ec2/amiLaunchPermission:AmiLaunchPermission": props => [props.get("group")],
    "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission": props => [props.get("accountId")],
    [ENDPOINT_SERVICE]: props => props.get("allowedPrincipals").items(),
    "aws:rds/clusterSnapshot:ClusterSnapshot": props => props.get("sharedAccounts").items(),
    "aws:rds/snapshot:Snapshot": props => props.get("sharedAccounts").items(),
    "aws:rds/snapshotCopy:SnapshotCopy": props => props.get("sharedAccounts").items(),
    "aws:ssm/document:Document": props => [props.get("permissions").get("accountIds")],
};

/**
 * Identity providers that are built into AWS, and the condition keys that say whose application or user a token is for.
 * Source: AWS IAM User Guide, "Create a role for OpenID Connect federation" and "IAM and AWS STS condition context keys".
 */
const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
    "accounts.google.com": ["aud", "oaud", "sub", "email"],
    "cognito-identity.amazonaws.com": ["aud", "sub"],
    "graph.facebook.com": ["app_id", "id"],
    "www.amazon.com": ["app_id", "user_id"],
};

const FUNCTION_URL = "aws:lambda/functionUrl:FunctionUrl";

const Settings = z.strictObject({
    allowPublicFunctionUrls: z
        .boolean()
        .default(false)
        .describe("Whether functions may have URLs that everyone can call without signing in, such as for webhooks."),
    requireSourceOfServices: z
        .boolean()
        .default(false)
        .describe(
            "Whether what is granted to an AWS service must be tied to whom it acts for, such as by `aws:SourceAccount`, so that " +
                "nobody else gets in by way of the service. Trust policies of roles are left out: few services say it there.",
        ),
});

type Settings = z.output<typeof Settings>;

/**
 * A policy that lets everyone in lets in every AWS account, often without signing in: whoever finds the name assumes the role,
 * pulls and pushes the image, reads the secret.
 *
 * A condition counts that ties the caller to an account, an organisation, a network or a resource. A search domain in a VPC
 * is guarded by its network, and one with fine-grained access control by its own users. Not judged are policies of buckets and
 * keys, which have rules of their own; of REST APIs, VPC endpoints and services of VPC Lattice, where the network decides too; and of
 * public image repositories, which are meant for everyone.
 * Source: AWS IAM User Guide, "AWS JSON policy elements: Principal" and "The confused deputy problem"; Amazon OpenSearch
 * Service Developer Guide, "About access policies on VPC domains" and "Fine-grained access control"; AWS Lambda Developer
 * Guide, "Control access to Lambda function URLs".
 */
export const rule = resourceRule({
    name: "resource-policies-not-public",
    title: "Policies of resources and roles do not let everyone in",
    description:
        "Roles, queues, topics, repositories, secrets, functions and the like must not be open to every AWS account by their policy.",
    severity: "high",
    enforcementLevel: "advisory",
    tags: ["aws", "iam", "public-access"],
    controls: securityHub("Lambda.1", "SNS.4", "SQS.3"),
    remediationSteps: [
        "Name the accounts, roles or services that need access as principals.",
        "Where the principal must be `*`, tie it to a caller, by `aws:SourceArn`, `aws:SourceAccount` or `aws:PrincipalOrgID`.",
        "Let callers of a function's URL sign their requests (`AWS_IAM`), such as by a CloudFront origin access control.",
    ],
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    settings: Settings,
    types: [...Object.keys(POLICIES), ...Object.keys(GRANTS), ...Object.keys(SHARES), FUNCTION_URL],
    judge({ type, props }, settings, report) {
        const property = POLICIES[type];
        const conditions = GRANTS[type];
        if (property !== undefined) judgePolicy(props.get(property), guardOf(type, props), settings, report);
        else if (conditions !== undefined) judgeGrant(props, conditions, settings, report);
        else if (SHARES[type] !== undefined) judgeShares(type, props, SHARES[type](props), report);
        else if (!settings.allowPublicFunctionUrls) judgeUrl(props.get("authorizationType"), report);
    },
});

/** Whether something besides its policy keeps strangers from a resource. */
type Guard = "none" | "unseen" | "guarded";

function guardOf(type: string, props: Value): Guard {
    if (/^aws:(?:opensearch|elasticsearch)\/domainPolicy:/.test(type)) return "unseen";
    if (!/^aws:(?:opensearch|elasticsearch)\/domain:/.test(type)) return "none";
    const access = props.get("advancedSecurityOptions");
    const [enabled, anonymous] = [access.get("enabled"), access.get("anonymousAuthEnabled")];
    const hasOwnUsers = enabled.boolean() && !anonymous.isUnknown && !anonymous.boolean();
    if (hasOwnUsers || props.get("vpcOptions").get("subnetIds").items().length > 0) return "guarded";
    return enabled.isUnknown || (enabled.boolean() && anonymous.isUnknown) ? "unseen" : "none";
}

function judgePolicy(property: Value, guard: Guard, settings: Settings, report: Report): void {
    const isTrustPolicy = property.path === "assumeRolePolicy";
    const statements = statementsOf(property, report, {
        unknown: "whom the policy lets in is unknown until the update.",
        // A malformed trust policy is what oidc-trust-policy-scoped reports.
        malformed: isTrustPolicy ? undefined : ", so whom it lets in cannot be seen; expected a policy document.",
    });
    if (guard === "guarded") return;
    for (const statement of statements) {
        if (settings.allowPublicFunctionUrls && isForFunctionUrl(statement)) continue;
        if (guard === "unseen" && isOpenToEveryone(statement, statements) === "yes") {
            report.note(
                statement.at,
                "lets everyone in, unless the domain is in a VPC or has fine-grained access control, which cannot be seen here; expected named principals.",
            );
        } else {
            reportIfOpen(statement, report, statements);
        }
        if (isTrustPolicy) judgeBuiltInProviders(statement, report);
        else if (settings.requireSourceOfServices) judgeService(statement, report);
    }
}

/**
 * Whether a statement is one of those by which a function's URL is public: calls of the URL without sign-in, and calls of the
 * function by way of a URL. Source: AWS Lambda Developer Guide, "Control access to Lambda function URLs".
 */
function isForFunctionUrl({ actions, conditions }: Statement): boolean {
    const requires = (wanted: string, by: string, text: string) =>
        conditions.some(
            ({ operator, qualifier, isIfExists, key, values }) =>
                key === wanted &&
                operator === by &&
                qualifier === "none" &&
                !isIfExists &&
                values.length > 0 &&
                values.every(value => value.text()?.trim().toLowerCase() === text),
        );
    const isOf = (action: Value) => {
        const name = action.string()?.trim().toLowerCase();
        if (name === "lambda:invokefunctionurl") return requires("lambda:functionurlauthtype", "stringequals", "none");
        return name === "lambda:invokefunction" && requires("lambda:invokedviafunctionurl", "bool", "true");
    };
    return actions.length > 0 && actions.every(isOf);
}

/** A provider that is built into AWS signs tokens for everybody's applications. */
function judgeBuiltInProviders(statement: Statement, report: Report): void {
    if (!statement.isAllow) return;
    for (const { kind, value } of statement.principals) {
        const provider = value.string()?.trim().toLowerCase() ?? "";
        if (kind !== "Federated" || !Object.hasOwn(BUILT_IN, provider)) continue;
        const keys = (BUILT_IN[provider] ?? []).map(name => `${provider}:${name}`);
        const [first = ""] = keys;
        if (statement.conditions.some(condition => narrows(condition, keys))) continue;
        report.violation(
            statement.at,
            `trusts tokens that ${value.shown(provider)} signs for any application; expected a condition on \`${value.shown(first)}\`.`,
        );
    }
}

function judgeShares(type: string, props: Value, accounts: readonly Value[], report: Report): void {
    const acceptance = props.get("acceptanceRequired");
    if (type === ENDPOINT_SERVICE && acceptance.boolean() === true) return;
    for (const account of accounts) {
        if (account.isUnknown) {
            report.undetermined(account, "with whom it is shared is unknown until the update.");
        } else if (/^(?:all|\*)$/i.test(account.string()?.trim() ?? "")) {
            judgeShare(type, account, acceptance, report);
        }
    }
}

function judgeShare(type: string, account: Value, acceptance: Value, report: Report): void {
    if (type !== ENDPOINT_SERVICE) {
        report.violation(
            account,
            `is ${account.show()}, which shares it with every AWS account; expected named accounts.`,
        );
    } else if (acceptance.isUnknown) {
        report.undetermined(
            acceptance,
            "whether connections of everyone must be accepted is unknown until the update.",
        );
    } else {
        report.violation(
            account,
            `is ${account.show()}, which lets everyone connect without acceptance; expected named principals, or \`acceptanceRequired\`.`,
        );
    }
}

function judgeService(statement: Statement, report: Report): void {
    const service = statement.principals.find(({ kind }) => kind === "Service");
    if (service === undefined || !statement.isAllow || hasRestrictedCaller(statement) !== "no") return;
    report.violation(
        statement.at,
        `lets in ${service.value.show()}, whoever it acts for; expected a condition on \`aws:SourceArn\`, \`aws:SourceAccount\` or \`aws:SourceOrgID\`.`,
    );
}

function judgeGrant(
    props: Value,
    conditions: Readonly<Record<string, (text: string) => boolean>>,
    { allowPublicFunctionUrls, requireSourceOfServices }: Settings,
    report: Report,
): void {
    const principal = props.get("principal");
    const isForCaller = Object.entries(conditions).some(([path, isFixed]) => {
        const value = path.split(".").reduce((holder, name) => holder.get(name), props);
        return value.isUnknown || isFixed(value.string()?.trim() ?? "");
    });
    const isForUrl =
        props.get("functionUrlAuthType").string() === "NONE" || props.get("invokedViaFunctionUrl").boolean() === true;
    if (isForCaller || (isForUrl && allowPublicFunctionUrls)) return;
    const who = principal.string()?.trim() ?? "";
    const expected = `a fixed \`${Object.keys(conditions).join("` or `")}\``;
    if (principal.isUnknown) report.undetermined(principal, "whom the permission is for is unknown until the update.");
    else if (who === "*") {
        // The action can be left out of permissions for an event bus only.
        const action = props.get("action").string() ?? "events:PutEvents";
        report.violation(
            principal,
            `is "*", which allows "${action}" to everyone; expected a named principal, or ${expected}.`,
        );
    } else if (requireSourceOfServices && /\.amazonaws\.com(?:\.cn)?$/.test(who)) {
        report.violation(principal, `is "${who}", whoever the service acts for; expected ${expected}.`);
    }
}

function judgeUrl(type: Value, report: Report): void {
    if (type.isUnknown) report.undetermined(type, "who may call the URL is unknown until the update.");
    else if (type.string()?.trim().toUpperCase() === "NONE") {
        report.violation(
            type,
            `is ${type.show()}, which lets everyone call the function without signing in; expected AWS_IAM.`,
        );
    }
}
