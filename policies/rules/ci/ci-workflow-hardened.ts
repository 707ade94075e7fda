import picomatch from "picomatch";
import { z } from "zod";
import { nist } from "../../kit/controls";
import { hasProject } from "../../kit/project/absence";
import { projectDir } from "../../kit/project/settings";
import type { Workspace } from "../../kit/project/workspace";
import { locate } from "../../kit/report";
import { projectRule } from "../../kit/rule";
import { applies, callsOf, type Job, jobsAfter, type Pipeline, runsPulumi } from "../../pipelines/pipeline";
import type { Problem } from "../../pipelines/problem";
import { isApply, type PulumiCall, runsProgram } from "../../pipelines/pulumi-call";
import { openPipelines } from "../../pipelines/read-pipelines";
import { auditFor, auditsBefore, hasDependencies } from "./ci-workflow-hardened/audit";
import { identitiesOf, loginsWithoutOidc, staticCredentials } from "./ci-workflow-hardened/credentials";
import { excessPermissions } from "./ci-workflow-hardened/permissions";
import { unpinned } from "./ci-workflow-hardened/pins";
import { plainSecrets } from "./ci-workflow-hardened/plain-settings";
import { scriptInjections, untrustedCheckouts } from "./ci-workflow-hardened/untrusted";

const ASPECTS = [
    "pinned-actions",
    "least-permissions",
    "oidc-login",
    "no-static-credentials",
    "encrypted-settings",
    "protected-environment",
    "separate-roles",
    "no-untrusted-checkout",
    "no-script-injection",
    "dependency-audit",
    "policy-pack",
] as const;

type Aspect = (typeof ASPECTS)[number];

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
    require: z
        .array(z.enum(ASPECTS))
        .min(1)
        .default([...ASPECTS])
        .describe("What is required of pipelines that run Pulumi."),
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

type Settings = z.output<typeof Settings>;

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
    judge(workspace, settings, report) {
        if (!hasProject(workspace, report)) return;
        const { pipelines, problems, notes } = openPipelines(workspace);
        if (pipelines.length === 0 && problems.length === 0 && notes.length === 0) {
            report.notApplicable("No GitHub workflow or GitLab pipeline of the repository runs Pulumi.");
        }
        const required = new Set<Aspect>(settings.require);
        const found = pipelines.flatMap(pipeline =>
            ASPECTS.filter(aspect => required.has(aspect)).flatMap(aspect =>
                JUDGES[aspect](pipeline, settings, { workspace, pipelines }),
            ),
        );
        // A file that several pipelines call is judged in each, and reported once.
        const told = new Set<string>();
        for (const { at, message } of [...problems, ...found].sort(byPlace)) {
            const key = locate(at, message);
            if (!told.has(key)) report.violation(at, message);
            told.add(key);
        }
        for (const { at, message } of notes) report.undetermined(at, message);
    },
});

function byPlace({ at: a }: Problem, { at: b }: Problem): number {
    return a.file < b.file ? -1 : a.file > b.file ? 1 : (a.line ?? 0) - (b.line ?? 0);
}

interface Surroundings {
    readonly workspace: Workspace;
    /** All pipelines of the repository that run Pulumi. */
    readonly pipelines: readonly Pipeline[];
}

const JUDGES: Readonly<
    Record<Aspect, (pipeline: Pipeline, settings: Settings, surroundings: Surroundings) => readonly Problem[]>
> = {
    "pinned-actions": unpinned,
    "least-permissions": (pipeline, { allowedWrites }) =>
        pipeline.service === "github" ? excessPermissions(pipeline, allowedWrites) : [],
    "oidc-login": loginsWithoutOidc,
    "no-static-credentials": staticCredentials,
    "encrypted-settings": plainSecrets,
    "protected-environment": withoutEnvironment,
    "separate-roles": sharedRoles,
    "no-untrusted-checkout": untrustedCheckouts,
    "no-script-injection": scriptInjections,
    "dependency-audit": withoutAudit,
    "policy-pack": withoutPolicyPack,
};

function withoutEnvironment(pipeline: Pipeline, { stacksWithoutEnvironment }: Settings): Problem[] {
    const isFree = picomatch([...stacksWithoutEnvironment]);
    const needsOne = (call: PulumiCall) =>
        isApply(call) && (call.stack === undefined || !isFree(call.stack.split("/").at(-1) ?? ""));
    const gated = jobsAfter(pipeline, job => isApproved(job) && !runsPulumi(job));
    return pipeline.jobs.flatMap(job => {
        const call = callsOf(job).find(needsOne);
        if (call === undefined || isApproved(job) || gated.has(job)) return [];
        const message =
            `runs \`pulumi ${call.operation}\` without an \`environment\`, so nobody has to approve it; expected an ` +
            "environment with required reviewers.";
        return [{ at: job.at, message }];
    });
}

/** Whether somebody has to approve a job itself: its environment's reviewers, or who starts it. */
function isApproved(job: Job): boolean {
    return hasEnvironment(job) || job.isManual;
}

function hasEnvironment({ environment }: Job): boolean {
    const name = environment.isMap ? environment.get("name") : environment;
    return String(name.scalar() ?? "").trim() !== "";
}

/** Jobs that apply as somebody whom jobs that only look can be too. */
function sharedRoles(pipeline: Pipeline, _settings: Settings, { pipelines }: Surroundings): Problem[] {
    return pipeline.jobs.filter(applies).flatMap(job => {
        const roles = new Set(identitiesOf(job));
        if (roles.size === 0) return [];
        if (roles.size === 1 && canRunOnProposal(job, pipeline) && callsOf(job).some(isPreview)) {
            const message =
                "previews proposed changes with the role that it applies with; expected a job of its own for the preview, " +
                "with a role that can only read.";
            return [{ at: job.at, message }];
        }
        for (const other of pipelines.flatMap(({ jobs }) => jobs)) {
            if (applies(other) || !callsOf(other).some(call => isPreview(call) || call.operation === "refresh"))
                continue;
            const shared = identitiesOf(other).find(role => roles.has(role) && !canDiffer(role, job, other));
            if (shared === undefined) continue;
            const message =
                `applies as \`${shared}\`, as whom job \`${other.name}\` (${other.at.file}:${other.at.line}) previews; ` +
                "expected another role for the preview, which can only read.";
            return [{ at: job.at, message }];
        }
        return [];
    });
}

/** Whether a secret or variable can have different values because the jobs belong to different environments. */
function canDiffer(role: string, job: Job, other: Job): boolean {
    const nameOf = ({ environment }: Job) =>
        String((environment.isMap ? environment.get("name") : environment).scalar() ?? "");
    return /\b(secrets|vars)\b|\$[A-Z{]/.test(role) && nameOf(job) !== nameOf(other);
}

function isPreview({ operation }: PulumiCall): boolean {
    return operation === "preview";
}

function canRunOnProposal({ conditions }: Job, { triggers, service }: Pipeline): boolean {
    const condition = conditions.join(" && ");
    if (service === "gitlab") return /merge_request/.test(condition);
    if (!["pull_request", "pull_request_target", "merge_group"].some(trigger => triggers.has(trigger))) return false;
    return !/github\.ref(_name)?\s*==|event_name\s*==\s*'(push|workflow_dispatch|schedule|release)'|event_name\s*!=\s*'pull_request'/.test(
        condition,
    );
}

function withoutAudit(pipeline: Pipeline, _settings: Settings, { workspace }: Surroundings): Problem[] {
    const afterProgram = jobsAfter(pipeline, job => callsOf(job).some(runsProgram));
    const auditBefore = auditsBefore(pipeline);
    return pipeline.jobs.flatMap(job => {
        const call = callsOf(job).find(runsProgram);
        // A job it needs that runs the program too is judged itself.
        if (call === undefined || afterProgram.has(job)) return [];
        const runtimes = runtimesOf(call, workspace).filter(hasDependencies);
        if (runtimes.length === 0) return [];
        const verdict = auditBefore(job, runtimes);
        if (verdict === "yes") return [];
        const observed =
            verdict === "no"
                ? "without an audit of the dependencies before it"
                : "after an audit of the dependencies whose failure is ignored";
        const message = `runs \`pulumi ${call.operation}\` ${observed}; expected ${auditFor(runtimes)} first, in this job or one it needs.`;
        return [{ at: job.at, message }];
    });
}

/** Languages of the program that a call runs; where its folder tells nothing, those of all projects that are judged. */
function runtimesOf({ dir = "" }: PulumiCall, workspace: Workspace): string[] {
    const folder = dir.replace(/^\.\/?/, "").replace(/\/+$/, "");
    const runtime = workspace.yaml(folder === "" ? "Pulumi.yaml" : `${folder}/Pulumi.yaml`).content.get("runtime");
    const named = runtime.string() ?? runtime.get("name").string();
    if (named !== undefined) return [named];
    return [...new Set(workspace.projects.flatMap(project => project.runtime ?? []))];
}

function withoutPolicyPack(pipeline: Pipeline, { hasOrganizationPolicies }: Settings): Problem[] {
    if (hasOrganizationPolicies) return [];
    const previews = (job: Job) => callsOf(job).some(isPreview);
    const afterPreview = jobsAfter(pipeline, previews);
    return pipeline.jobs.flatMap(job => {
        // An update after a preview is judged by that preview.
        const hasPreview = previews(job) || afterPreview.has(job);
        return callsOf(job)
            .filter(call => isPreview(call) || (call.operation === "up" && !hasPreview))
            .filter(call => !call.hasPolicyPack)
            .map(({ at, operation }) => ({
                at,
                message:
                    `runs \`pulumi ${operation}\` without a policy pack; expected \`--policy-pack\`, or \`policyPacks\` of ` +
                    "pulumi/actions, unless the organization enforces the pack (setting `hasOrganizationPolicies`).",
            }));
    });
}
