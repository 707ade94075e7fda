import { z } from "zod";
import { matchesPattern } from "../../aws/policy-document";
import { nist, securityHub } from "../../kit/controls";
import type { Report } from "../../kit/report";
import { resourceRule } from "../../kit/rule";
import { isPlaceholder, secretIn } from "../../kit/secret-patterns";
import type { Value } from "../../kit/value";

/** Resources that are a long-lived credential, with what to use instead. */
const CREDENTIALS: Readonly<Record<string, string>> = {
    "aws:iam/accessKey:AccessKey": "a long-lived access key; expected a role that is assumed, by OIDC from CI",
    "aws:iam/userLoginProfile:UserLoginProfile":
        "a console password; expected single sign-on through IAM Identity Center",
    "aws:iam/serviceSpecificCredential:ServiceSpecificCredential":
        "a long-lived credential of one service; expected a role that is assumed",
};

/** Places in which resources hand text to programs, where credentials end up. */
const PLACES: Readonly<Record<string, (props: Value) => Value[]>> = {
    "aws:lambda/function:Function": props => [props.get("environment")],
    "aws:ecs/taskDefinition:TaskDefinition": props => [props.get("containerDefinitions")],
    "aws:batch/jobDefinition:JobDefinition": props => [
        props.get("containerProperties"),
        props.get("ecsProperties"),
        props.get("eksProperties"),
        props.get("nodeProperties"),
    ],
    "aws:ec2/instance:Instance": props => [props.get("userData"), props.get("userDataBase64")],
    "aws:ec2/launchTemplate:LaunchTemplate": props => [props.get("userData")],
    "aws:ec2/launchConfiguration:LaunchConfiguration": props => [props.get("userData"), props.get("userDataBase64")],
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest": props => [props.get("userData"), props.get("userDataBase64")],
    "aws:codebuild/project:Project": props => [
        props.get("environment").get("environmentVariables"),
        props.get("source"),
        props.get("secondarySources"),
    ],
    "aws:codepipeline/pipeline:Pipeline": props => [props.get("stages")],
    "aws:sagemaker/notebookInstanceLifecycleConfiguration:NotebookInstanceLifecycleConfiguration": props => [
        props.get("onCreate"),
        props.get("onStart"),
    ],
    "pulumi:providers:aws": props => [props.get("accessKey"), props.get("token")],
    "aws:apprunner/service:Service": props => [props.get("sourceConfiguration")],
    "aws:amplify/app:App": props => [props.get("environmentVariables")],
    "aws:amplify/branch:Branch": props => [props.get("environmentVariables")],
    "aws:elasticbeanstalk/environment:Environment": props => [props.get("settings")],
    "aws:glue/job:Job": props => [props.get("defaultArguments")],
    "aws:ssm/parameter:Parameter": props =>
        props.get("type").string() === "SecureString" ? [] : [props.get("value"), props.get("insecureValue")],
};

/** A secret access key has no form of its own, so its name must say what it is. Source: AWS CLI User Guide. */
const SECRET_KEY_NAME = /aws_?secret_?(access_?)?key/i;
const SECRET_KEY_VALUE = /^[A-Za-z0-9/+]{40}$/;
const SECRET_KEY_ASSIGNED =
    /aws_?secret_?(?:access_?)?key\\?["']?\s*[:=]\s*\\?["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])/i;

/** Deeper than any real definition nests. */
const MAX_DEPTH = 20;

const settings = z.strictObject({
    allowedUsers: z
        .array(z.string().min(1))
        .default([])
        .describe(
            "Patterns (`*`, `?`) of IAM users who may have credentials as resources, such as one for a vendor that knows no roles.",
        ),
});

/**
 * A static credential works for whoever has it until somebody notices. As a resource its secret also stands in the state;
 * in an environment it stands in the console, in logs and in crash reports.
 *
 * Judges AWS keys, private keys and tokens of known forms; the value is never shown. References to Secrets Manager and
 * Parameter Store hold no secret. AWS's documented example keys are placeholders. Unknown values are judged in the update.
 */
export const rule = resourceRule({
    name: "no-static-credentials",
    title: "No static credentials in resources",
    description:
        "Access keys, login profiles and service credentials must not be resources, and environments must not hold keys or tokens.",
    severity: "critical",
    enforcementLevel: "mandatory",
    tags: ["aws", "iam", "secrets"],
    controls: [...securityHub("ECS.8"), ...nist("IA-5(7)")],
    remediationSteps: [
        "Give the workload a role, and CI one that it assumes by OIDC.",
        "Keep other secrets in Secrets Manager or as SecureString parameters, and refer to them by ARN.",
        "Withdraw a credential that was written down: it stands in state and history.",
    ],
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    settings,
    types: [...Object.keys(CREDENTIALS), ...Object.keys(PLACES)],
    judge(resource, { allowedUsers }, report) {
        const credential = CREDENTIALS[resource.type];
        if (credential !== undefined) {
            const user = resource.props.get("user", "userName");
            const name = user.string();
            const isAllowed = name !== undefined && allowedUsers.some(pattern => matchesPattern(pattern, name));
            if (isAllowed) return;
            if (user.isUnknown && allowedUsers.length > 0)
                report.undetermined(user, "the user is unknown until the update.");
            else report.violation(resource, `is ${credential}.`);
        }
        for (const place of PLACES[resource.type]?.(resource.props) ?? []) search(place, "", report, 0);
    },
});

/** Looks for secrets in all text at and below a value; `name` is what the value is called. */
function search(value: Value, name: string, report: Report, depth: number): void {
    if (depth > MAX_DEPTH) return;
    const text = value.string();
    if (text !== undefined) {
        const found = [text, decoded(text)].map(each => credentialIn(name, each)).find(kind => kind !== undefined);
        if (found !== undefined) {
            report.violation(
                value,
                `holds ${found}; expected a role, or a reference to Secrets Manager or a SecureString parameter.`,
            );
        }
        return;
    }
    if (value.isObject) {
        // CodeBuild, ECS and Batch give variables as pairs of name and value.
        const called = value.get("name").string();
        for (const [key, item] of value.entries())
            search(item, key === "value" && called !== undefined ? called : key, report, depth + 1);
    } else if (Array.isArray(value.raw)) {
        for (const item of value.items()) search(item, name, report, depth + 1);
    }
}

function credentialIn(name: string, text: string): string | undefined {
    const secret = secretIn(text);
    if (secret !== undefined) return secret;
    const assigned = SECRET_KEY_ASSIGNED.exec(text)?.[1] ?? assignedInPairs(text);
    const key = SECRET_KEY_NAME.test(name) && SECRET_KEY_VALUE.test(text.trim()) ? text : assigned;
    return key !== undefined && !isPlaceholder(key) ? "an AWS secret access key" : undefined;
}

/** A secret key in JSON text that gives variables as pairs of name and value, in either order. */
function assignedInPairs(text: string): string | undefined {
    const name = `"name"\\s*:\\s*"[^"]*aws_?secret_?(?:access_?)?key[^"]*"`;
    const value = `"value"\\s*:\\s*"([A-Za-z0-9/+]{40})"`;
    const [, first, second] = new RegExp(`${name}\\s*,\\s*${value}|${value}\\s*,\\s*${name}`, "i").exec(text) ?? [];
    return first ?? second;
}

/** User data is often given in base64. The text itself where it is none. */
function decoded(text: string): string {
    const compact = text.replace(/\s/g, "");
    return compact.length >= 24 && /^[A-Za-z0-9+/]+={0,2}$/.test(compact)
        ? Buffer.from(compact, "base64").toString("latin1")
        : text;
}
