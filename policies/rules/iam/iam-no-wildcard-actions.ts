import { z } from "zod";
import { narrows } from "../../aws/conditions";
import { IDENTITY_POLICY_TYPES, identityPoliciesOf } from "../../aws/identity-policies";
import { withNativeResources } from "../../aws/native";
import { breadthOf, matchesPattern, type Statement, statementsOf } from "../../aws/policy-document";
import { securityHub } from "../../kit/controls";
import { globs } from "../../kit/pattern";
import type { Report } from "../../kit/report";
import type { Resource } from "../../kit/resource";
import { resourceRule } from "../../kit/rule";
import type { Value } from "../../kit/value";

/** Where each type keeps the ARNs of the managed policies that it attaches. */
const ATTACHMENTS: Readonly<Record<string, (props: Value) => Value[]>> = {
    "aws:iam/policyAttachment:PolicyAttachment": props => [props.get("policyArn")],
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": props => [props.get("policyArn")],
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": props => [props.get("policyArn")],
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": props => [props.get("policyArn")],
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": props => props.get("policyArns").items(),
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": props => props.get("policyArns").items(),
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": props => props.get("policyArns").items(),
    "aws:iam/role:Role": props => props.get("managedPolicyArns").items(),
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": props => [props.get("managedPolicyArn")],
    "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive": props =>
        props.get("managedPolicyArns").items(),
};

/** Condition keys that say for what a role may be used, or which one. Source: Service Authorization Reference, IAM and STS. */
const NARROWING_KEYS = [
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:ResourceTag/*",
    "iam:AssociatedResourceArn",
    "iam:PermissionsBoundary",
    "iam:PolicyARN",
    "iam:PassedToService",
    "iam:ResourceTag/*",
];

/**
 * Actions that lead to other identities' rights: by taking over one, or by writing what one may do. Source: Service
 * Authorization Reference, IAM, access level "Permissions management"; RhinoSecurityLabs, "AWS IAM Privilege Escalation
 * Methods" (users' credentials and group membership, too).
 */
const ESCALATION = [
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:PassRole",
    "iam:PutGroupPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
    "sts:AssumeRole",
];

const Settings = z.strictObject({
    allowedActions: z
        .array(z.string().min(1))
        .default([])
        .describe(
            "Action patterns that may be granted although they are wide, such as `logs:*`. Letter case does not matter.",
        ),
    boundaryPolicies: z
        .array(z.string().min(1))
        .default([])
        .describe(
            "Patterns (`*`, `{a,b}`) of the names of managed policies that serve as permissions boundaries only, in the program or in the cloud: they may hold wildcards, and must not be attached.",
        ),
    forbiddenManagedPolicies: z
        .array(z.string().min(1))
        .default(["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"])
        .describe("AWS managed policies that must not be attached, by their name or path and name behind `policy/`."),
    escalationActions: z
        .array(z.string().min(1))
        .default(ESCALATION)
        .describe(
            "Actions that must not be granted on resource `*`, or on every resource of a type such as `arn:aws:iam::*:role/*`, " +
                "since they lead to other identities' rights, unless a condition narrows the resources or the services " +
                "(`iam:PassedToService`). Letter case does not matter.",
        ),
});

type Settings = z.output<typeof Settings>;

/**
 * Whoever takes over an identity gets all it may do; a wildcard gives more than anyone decided on, and new actions join it
 * silently.
 *
 * Judges what is granted to identities. Policies of resources (buckets, queues, keys), where `*` means the resource itself,
 * and trust policies are other rules' subject. A permissions boundary grants nothing. A prefix such as `s3:Get*` is no
 * service wildcard, as in AWS Config's rule iam-policy-no-statements-with-full-access.
 * Source: AWS IAM User Guide, "IAM JSON policy elements: Action" and "NotAction".
 */
const classic = resourceRule({
    name: "iam-no-wildcard-actions",
    title: "IAM policies grant no wildcard actions",
    description:
        "IAM policies must not allow all actions, all actions of a service, or everything but some actions, and no " +
        "AWS managed administrator policy may be attached.",
    severity: "critical",
    enforcementLevel: "mandatory",
    tags: ["aws", "iam", "least-privilege"],
    controls: securityHub("IAM.1", "IAM.21"),
    remediationSteps: [
        "Name the actions that the workload calls, or a prefix such as `s3:Get*`; IAM Access Analyzer proposes them from CloudTrail.",
        "Replace an AWS managed administrator policy by a policy of your own with those actions.",
        "Where a wide grant is meant, add it to the rule's `allowedActions`.",
    ],
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    settings: Settings,
    types: [...new Set([...IDENTITY_POLICY_TYPES, ...Object.keys(ATTACHMENTS)])],
    judge(resource, settings, report) {
        const wanted = withLowerCaseActions(settings);
        const isLimit = isBoundary(resource, wanted);
        const judgeEach = isLimit ? noteBoundary : judgeStatement;
        for (const document of identityPoliciesOf(resource)) judgeDocument(document, judgeEach, wanted, report);
        for (const arn of ATTACHMENTS[resource.type]?.(resource.props) ?? []) judgeAttachment(arn, wanted, report);
    },
});

export const rule = withNativeResources(classic);

/** Whether settings name a policy as one that only limits what others grant. */
function isBoundary({ type, name, props }: Resource, { boundaryPolicies }: Settings): boolean {
    if (type !== "aws:iam/policy:Policy") return false;
    const named = props.get("name").string();
    return globs(boundaryPolicies)(named ?? name);
}

/** A boundary grants nothing. One that allows everything limits nothing either. */
function noteBoundary({ isAllow, actions }: Statement, _: Settings, report: Report): void {
    const everything = actions.find(action => breadthOf(action.string()?.trim().toLowerCase() ?? "") === "everything");
    if (isAllow && everything !== undefined)
        report.note(everything, "allows all actions, so that this permissions boundary limits nothing by itself.");
}

type Judge = (statement: Statement, wanted: Settings, report: Report) => void;

function judgeDocument(property: Value, judgeEach: Judge, wanted: Settings, report: Report): void {
    for (const statement of statementsOf(property, report)) judgeEach(statement, wanted, report);
}

function judgeStatement(statement: Statement, wanted: Settings, report: Report): void {
    if (statement.at.isUnknown) {
        report.undetermined(statement.at, "the statement is unknown until the update.");
        return;
    }
    if (!statement.isAllow) return;
    const [notAction] = statement.notActions;
    if (notAction !== undefined) {
        const excluded = statement.notActions.map(action => action.show()).join(", ");
        report.violation(
            notAction,
            `allows every action except ${excluded}; expected \`Action\` with the actions that are needed.`,
        );
    }
    for (const action of statement.actions) judgeAction(action, statement, wanted, report);
}

function judgeAction(action: Value, statement: Statement, wanted: Settings, report: Report): void {
    const text = action.string();
    if (action.isUnknown) {
        report.undetermined(action, "the action is unknown until the update.");
        return;
    }
    if (text === undefined) {
        report.violation(action, `is ${action.show()}; expected the name of an action.`);
        return;
    }
    const pattern = text.trim().toLowerCase();
    if (wanted.allowedActions.some(allowed => allowed === pattern || matchesPattern(allowed, pattern))) return;
    switch (breadthOf(pattern)) {
        case "everything":
            report.violation(
                action,
                `allows all actions of all services (${action.show()}); expected the actions that are needed.`,
            );
            return;
        case "service":
            report.violation(
                action,
                `allows all actions of a service (${action.show()}); expected the actions that are needed.`,
            );
            return;
        case "some":
            if (wanted.escalationActions.some(dangerous => matchesPattern(pattern, dangerous))) {
                judgeEscalation(action, statement, report);
            }
    }
}

function judgeEscalation(action: Value, { resources, notResources, conditions }: Statement, report: Report): void {
    const everywhere = resources.find(resource => coversEverything(resource.string()?.trim() ?? ""));
    if (everywhere === undefined && notResources.length === 0) return;
    if (conditions.some(condition => narrows(condition, NARROWING_KEYS))) return;
    const where =
        everywhere === undefined
            ? "all resources but some"
            : `resource \`${everywhere.shown(everywhere.string() ?? "")}\``;
    report.violation(action, `allows ${action.show()} on ${where}; expected the ARNs that are needed.`);
}

/** True for `*` and for ARNs that name no more than a type: `arn:aws:iam::*:role/*`, with any account. */
function coversEverything(resource: string): boolean {
    return /^\*+$/.test(resource) || /^arn:[^:]*:[^:]*:[^:]*:[^:]*:(?:[a-z-]+[/:])?[*?]*\*[*?]*$/i.test(resource);
}

function judgeAttachment(arn: Value, wanted: Settings, report: Report): void {
    if (arn.isMissing) return;
    if (arn.isUnknown) {
        // The ARN of a policy that this stack creates is unknown, and that policy is judged itself; an unknown list is not.
        if (/s$/.test(arn.path)) report.undetermined(arn, "the list of policies is unknown until the update.");
        else if (wanted.boundaryPolicies.length > 0)
            report.undetermined(arn, "whether the policy is a permissions boundary is unknown until the update.");
        return;
    }
    const text = arn.string()?.trim();
    if (text === undefined) {
        report.violation(arn, `is ${arn.show()}; expected the ARN of a policy.`);
        return;
    }
    const [, own = ""] = /^arn:aws[a-z-]*:iam::\d{12}:policy\/(?:.*\/)?([^/]+)$/.exec(text) ?? [];
    // Pulumi's own suffix stands behind the name in the program.
    const names = [own, own.replace(/-[0-9a-f]{7}$/, "")];
    if (own !== "" && names.some(globs(wanted.boundaryPolicies))) {
        report.violation(
            arn,
            `attaches ${arn.shown(own)}, a permissions boundary, as if it were to grant; expected a policy with the actions that are needed.`,
        );
    }
    // AWS managed policies have `aws` where others have an account, in every partition.
    const [, path = ""] = /^arn:aws[a-z-]*:iam::aws:policy\/(.+)$/.exec(text) ?? [];
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (path !== "" && wanted.forbiddenManagedPolicies.some(forbidden => forbidden === path || forbidden === name)) {
        report.violation(
            arn,
            `attaches the AWS managed policy ${name}; expected a policy with the actions that are needed.`,
        );
    }
}

function withLowerCaseActions(settings: Settings): Settings {
    const lower = (actions: readonly string[]) => actions.map(action => action.trim().toLowerCase());
    return {
        ...settings,
        allowedActions: lower(settings.allowedActions),
        escalationActions: lower(settings.escalationActions),
    };
}
