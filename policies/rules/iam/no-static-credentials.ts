import { z } from "zod";
import { AWS_KEY, credentialIn } from "../../aws/credentials";
import { isVault } from "../../aws/vaults";
import { nist, securityHub } from "../../kit/controls";
import { globs } from "../../kit/pattern";
import type { Report } from "../../kit/report";
import type { Resource } from "../../kit/resource";
import { resourceRule } from "../../kit/rule";
import { type Text, type TextPlace, visitTexts } from "../../kit/texts";
import type { Value } from "../../kit/value";

/** Resources that are a long-lived credential, with what to use instead. */
const CREDENTIALS: ReadonlyMap<string, string> = new Map([
    ["aws:iam/accessKey:AccessKey", "a long-lived access key; expected a role that is assumed, by OIDC from CI"],
    [
        "aws:iam/userLoginProfile:UserLoginProfile",
        "a console password; expected single sign-on through IAM Identity Center",
    ],
    [
        "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
        "a long-lived credential of one service; expected a role that is assumed",
    ],
]);

/** Its value is a single one: what another resource reports, as a rule, and judged in the update. */
const PARAMETER = "aws:ssm/parameter:Parameter";

/**
 * Properties that whoever may look at the resource reads, and that are handed to programs: a credential there is one too many
 * even where the state keeps it encrypted.
 */
const OPEN_PLACES: ReadonlyMap<string, readonly string[]> = new Map([
    ["aws:amplify/app:App", ["environmentVariables", "buildSpec"]],
    ["aws:amplify/branch:Branch", ["environmentVariables"]],
    ["aws:apigateway/stage:Stage", ["variables"]],
    ["aws:apigatewayv2/stage:Stage", ["stageVariables"]],
    ["aws:apprunner/service:Service", ["sourceConfiguration"]],
    [
        "aws:batch/jobDefinition:JobDefinition",
        ["containerProperties", "ecsProperties", "eksProperties", "nodeProperties"],
    ],
    ["aws:codebuild/project:Project", ["environment", "source", "secondarySources"]],
    ["aws:codepipeline/pipeline:Pipeline", ["stages"]],
    ["aws:ec2/instance:Instance", ["userData", "userDataBase64"]],
    ["aws:ec2/launchConfiguration:LaunchConfiguration", ["userData", "userDataBase64"]],
    ["aws:ec2/launchTemplate:LaunchTemplate", ["userData"]],
    ["aws:ec2/spotInstanceRequest:SpotInstanceRequest", ["userData", "userDataBase64"]],
    ["aws:ecs/taskDefinition:TaskDefinition", ["containerDefinitions"]],
    ["aws:elasticbeanstalk/environment:Environment", ["settings"]],
    ["aws:glue/job:Job", ["defaultArguments", "nonOverridableArguments"]],
    ["aws:lambda/function:Function", ["environment"]],
    ["aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion", ["containers"]],
    ["aws:lightsail/instance:Instance", ["userData"]],
    ["aws:sagemaker/model:Model", ["containers", "primaryContainer"]],
    [
        "aws:sagemaker/notebookInstanceLifecycleConfiguration:NotebookInstanceLifecycleConfiguration",
        ["onCreate", "onStart"],
    ],
    ["aws:ssm/document:Document", ["content"]],
    [PARAMETER, ["value", "insecureValue"]],
    ["aws:synthetics/canary:Canary", ["runConfig"]],
    ["pulumi:providers:aws", ["accessKey", "secretKey", "token"]],
    ["pulumi:providers:aws-native", ["accessKey", "secretKey", "token"]],
]);

const AWS_PROVIDER = /^pulumi:providers:aws(?:-native)?$/;

const Settings = z.strictObject({
    allowedUsers: z
        .array(z.string().min(1))
        .default([])
        .describe(
            "Patterns of IAM users who may have credentials as resources, such as one for a vendor that knows no roles.",
        ),
});

type Settings = z.output<typeof Settings>;

/**
 * A static credential works for whoever has it until somebody notices. As a resource its secret also stands in the state;
 * in an environment it stands in the console, in logs and in crash reports.
 *
 * Judges AWS keys, private keys and tokens of known forms in all texts of all resources; the value is never shown. References
 * to Secrets Manager and Parameter Store hold no secret. AWS's documented example keys are placeholders. Unknown values are
 * judged in the update; of a whole environment or definition that no resource of the stack explains it is said before.
 */
export const rule = resourceRule({
    name: "no-static-credentials",
    title: "No static credentials in resources",
    description:
        "Access keys, login profiles and service credentials must not be resources, and no property of a resource must hold keys or tokens.",
    severity: "critical",
    enforcementLevel: "mandatory",
    tags: ["aws", "iam", "secrets"],
    controls: [...securityHub("ECS.8"), ...nist("IA-5(7)")],
    remediationSteps: [
        "Give the workload a role, and CI one that it assumes by OIDC.",
        "Keep other secrets in Secrets Manager or as SecureString parameters, and refer to them by ARN.",
        "Mark what another service must be given as secret, by `config.requireSecret` or `pulumi.secret`.",
        "Withdraw a credential that was written down: it stands in state and history.",
    ],
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    settings: Settings,
    types: "all",
    judgesProviders: true,
    judge(resource, settings, report) {
        const { allowedUsers } = settings;
        const credential = CREDENTIALS.get(resource.type);
        if (credential !== undefined) {
            const user = resource.props.get("user", "userName");
            const name = user.string();
            const isAllowed = name !== undefined && globs(allowedUsers)(name);
            if (isAllowed) return;
            if (user.isUnknown && allowedUsers.length > 0)
                report.undetermined(user, "the user is unknown until the update.");
            else report.violation(resource, `is ${credential}.`);
        }
        visitTexts(
            resource.props,
            text => judgeText(text, resource, settings, report),
            value => report.undetermined(value, "is nested too deep to be looked into for credentials."),
        );
    },
    judgeReferences(resource, _settings, report) {
        const places = OPEN_PLACES.get(resource.type);
        if (places === undefined || resource.type === PARAMETER) return;
        const { props, references } = resource;
        for (const property of places) {
            const whole = wholeIn(props.get(property));
            // An address or ARN within it makes it unknown, and is ordinary.
            if (!whole.isUnknown || (references[property] ?? []).length > 0) continue;
            report.undetermined(
                whole,
                "is unknown as a whole until the update and refers to no resource of the stack, so nobody has seen whether it holds credentials.",
            );
        }
    },
});

/** The variables of an environment, and anything else itself. */
function wholeIn(value: Value): Value {
    const variables = value.get("variables", "environmentVariables");
    return value.isUnknown || !variables.isUnknown ? value : variables;
}

function judgeText(text: Text, { type, props }: Resource, { allowedUsers }: Settings, report: Report): void {
    const isSecretKey = text.name === "secretKey" && AWS_PROVIDER.test(type);
    const found = credentialIn(isSecretKey ? "AWS_SECRET_KEY" : text.name, text.text);
    if (found === undefined) return;
    const { value, ...around } = text.place();
    const { property } = value;
    const vault = isVault(type, property, props);
    if (vault === "unknown") {
        report.undetermined(value, `holds ${found}, and whether it is kept encrypted is unknown until the update.`);
    } else if (vault === "yes") {
        // An allowed user's key has to be kept somewhere.
        if (found.startsWith(AWS_KEY) && allowedUsers.length === 0)
            report.violation(value, `holds ${found}${whereabouts(around)}; expected a role, which needs no key.`);
    } else if (OPEN_PLACES.get(type)?.includes(property) === true) {
        report.violation(
            value,
            `holds ${found}${whereabouts(around)}; expected a role, or a reference to Secrets Manager or a SecureString parameter.`,
        );
    } else if (type.startsWith("kubernetes:")) {
        report.violation(
            value,
            `holds ${found}${whereabouts(around)}; expected a role of the workload, or a reference to a secret of the cluster.`,
        );
    } else if (!value.isSecret) {
        report.violation(
            value,
            `holds ${found}${whereabouts(around)}; expected a role, a reference to a secret store, or a value that is marked as secret.`,
        );
    }
}

/** The variable and the container that a text belongs to, where its path does not tell. */
function whereabouts({ variable, container }: Pick<TextPlace, "variable" | "container">): string {
    return `${variable === undefined ? "" : ` in variable ${variable}`}${container === undefined ? "" : ` of container ${container}`}`;
}
