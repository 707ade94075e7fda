import { z } from "zod";
import { nist } from "../../kit/controls";
import { hasProject } from "../../kit/project/absence";
import { projectDir } from "../../kit/project/common-settings";
import type { Problem } from "../../kit/report";
import { projectRule } from "../../kit/rule";
import { pipelinesOf } from "../../pipelines/read-pipelines";
import { dependencyAudit } from "./ci-workflow-hardened/dependency-audit";
import { encryptedSettings } from "./ci-workflow-hardened/encrypted-settings";
import { keptProtection } from "./ci-workflow-hardened/kept-protection";
import { leastPermissions } from "./ci-workflow-hardened/least-permissions";
import { noScriptInjection } from "./ci-workflow-hardened/no-script-injection";
import { noStaticCredentials } from "./ci-workflow-hardened/no-static-credentials-in-ci";
import { noUntrustedCheckout } from "./ci-workflow-hardened/no-untrusted-checkout";
import { oidcLogin } from "./ci-workflow-hardened/oidc-login";
import { pinnedActions } from "./ci-workflow-hardened/pinned-actions";
import { policyPack } from "./ci-workflow-hardened/policy-pack";
import { protectedEnvironment } from "./ci-workflow-hardened/protected-environment";
import { separateRoles } from "./ci-workflow-hardened/separate-roles";

/** In the order in which their findings about one place are reported. */
const ASPECTS = [
    pinnedActions,
    leastPermissions,
    oidcLogin,
    noStaticCredentials,
    encryptedSettings,
    protectedEnvironment,
    keptProtection,
    separateRoles,
    noUntrustedCheckout,
    noScriptInjection,
    dependencyAudit,
    policyPack,
];

const IDS = ASPECTS.map(({ id }) => id);

/** Permissions that change neither code nor what is released from it. */
const ALLOWED_WRITES = [
    "id-token",
    "attestations",
    "checks",
    "deployments",
    "discussions",
    "issues",
    "pull-requests",
    "security-events",
    "statuses",
];

const Settings = z.strictObject({
    projectDir,
    require: z.array(z.enum(IDS)).min(1).default(IDS).describe("What is required of pipelines that run Pulumi."),
    allowedWrites: z
        .array(z.string().min(1))
        .default(ALLOWED_WRITES)
        .describe("Permissions that the token of a job which runs Pulumi may have with `write`."),
    stacksWithoutEnvironment: z
        .array(z.string().min(1))
        .default([])
        .describe("Patterns of stack names, such as `pr-*`, that jobs may change without a protected environment."),
    hasOrganizationPolicies: z
        .boolean()
        .default(false)
        .describe("Whether Pulumi Cloud enforces the policy pack for the organization, so that no flag is needed."),
});

/**
 * The pipeline holds the keys to everything a program creates. What it runs, as whom, and who may start it decide whether
 * a pull request or a stolen token becomes a change in production.
 *
 * Read are GitHub workflows with the local reusable workflows and composite actions they call, and `.gitlab-ci.yml` with
 * its local includes. What hides behind makefiles, scripts and other repositories is not seen.
 * Source: GitHub Docs, "Security hardening for GitHub Actions", "Workflow syntax for GitHub Actions"; GitLab Docs, "CI/CD
 * YAML syntax reference"; README of github.com/pulumi/actions; Pulumi CLI reference.
 */
export const rule = projectRule({
    name: "ci-workflow-hardened",
    title: "Pipelines that run Pulumi are hardened",
    description:
        "Pipelines that run Pulumi must pin what they use, log in by OIDC with least permissions, keep applying behind an environment, and audit dependencies and policies before a preview.",
    severity: "high",
    enforcementLevel: "advisory",
    tags: ["ci", "github", "gitlab", "oidc", "supply-chain"],
    controls: nist("AC-6", "IA-5(7)"),
    remediationSteps: [
        "Pin every action and image by commit or digest, and set `permissions` to what the jobs need.",
        "Replace stored tokens and keys by a login by OIDC, with one role to preview and another to apply.",
        "Set secrets by `pulumi config set --secret`, or let an ESC environment provide them.",
        "Put jobs that apply behind an `environment` with required reviewers.",
        "Audit dependencies before the preview, and run the preview with the policy pack.",
    ],
    url: "https://docs.github.com/en/actions/security-for-github-actions/security-guides/security-hardening-for-github-actions",
    settings: Settings,
    aspects: ASPECTS,
    judge(workspace, settings, report) {
        if (!hasProject(workspace, report)) return;
        const { pipelines, problems, notes } = pipelinesOf(workspace);
        if (pipelines.length === 0 && problems.length === 0 && notes.length === 0) {
            report.notApplicable("No GitHub workflow or GitLab pipeline of the repository runs Pulumi.");
        }
        const required = ASPECTS.filter(({ id }) => settings.require.includes(id));
        const found = pipelines.flatMap(pipeline =>
            required.flatMap(aspect =>
                aspect
                    .judge(pipeline, settings, { workspace, pipelines })
                    .map(problem => ({ ...problem, to: report.of(aspect) })),
            ),
        );
        const all = [...problems.map(problem => ({ ...problem, to: report })), ...found].sort(byPlace);
        for (const { at, message, to } of all) to.violation(at, message);
        for (const { at, message } of notes) report.undetermined(at, message);
    },
});

function byPlace({ at: a }: Problem, { at: b }: Problem): number {
    return a.file < b.file ? -1 : a.file > b.file ? 1 : (a.line ?? 0) - (b.line ?? 0);
}
