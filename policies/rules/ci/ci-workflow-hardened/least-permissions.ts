import { listed } from "../../../kit/project/budget";
import type { Problem } from "../../../kit/report";
import { type Job, type Pipeline, runsPulumi } from "../../../pipelines/pipeline";
import type { PipelineAspect } from "./aspect";
import { usesOidc } from "./logins";

/** A job whose `GITHUB_TOKEN` can do more than it needs hands that to whoever gets into it. GitLab's tokens cannot be limited so. */
export const leastPermissions: PipelineAspect = {
    id: "least-permissions",
    description: "The token of a job is limited by `permissions` to what the job needs.",
    severity: "medium",
    judge: (pipeline, { allowedWrites }) =>
        pipeline.service === "github"
            ? [
                  ...defaultTokens(pipeline),
                  ...pipeline.jobs.flatMap(job => [...problemsOf(job, allowedWrites), ...beyondCaller(job)]),
              ]
            : [],
};

/** Jobs with the default token, which an organisation may have left able to write everything. */
function defaultTokens({ at, jobs, triggers }: Pipeline): Problem[] {
    // Callers of a workflow that is only called decide what its token can do.
    if ([...triggers].every(trigger => trigger === "workflow_call")) return [];
    const names = jobs.filter(({ permissions }) => permissions === undefined).map(({ name }) => `\`${name}\``);
    if (names.length === 0) return [];
    const which = names.length === 1 ? `job ${names[0]}, which then gets` : `jobs ${listed(names)}, which then get`;
    const message =
        `sets no \`permissions\` for ${which} the repository's default; ` +
        "expected `contents: read`, and `id-token: write` for a login by OIDC.";
    return [{ at: { file: at.file, line: at.line }, message }];
}

function problemsOf(job: Job, allowedWrites: readonly string[]): Problem[] {
    const { permissions } = job;
    if (permissions === undefined) return [];
    const { at, all, byName } = permissions;
    if (all === "write-all") {
        return [{ at, message: "is `write-all`; expected only what the jobs need, such as `contents: read`." }];
    }
    if (!runsPulumi(job)) return [];
    if (all !== undefined && all !== "read-all") {
        return [{ at, message: "is neither a map of permissions nor `read-all`; expected `contents: read`." }];
    }
    const writes = [...byName]
        .filter(([name, access]) => access.scalar() === "write" && !allowedWrites.includes(name))
        .map(([, access]) => ({
            at: access,
            message: "is `write` for a job that runs Pulumi; expected `read` or nothing.",
        }));
    const hasToken = byName.get("id-token")?.scalar() === "write";
    if (hasToken || !job.steps.some(usesOidc)) return writes;
    const message = `does not grant \`id-token: write\`, without which the login by OIDC in job \`${job.name}\` fails.`;
    return [...writes, { at, message }];
}

const LEVELS = ["none", "read", "write"];

/**
 * What a called workflow asks for and its caller does not have: GitHub refuses to start the whole workflow.
 * Source: GitHub Docs, "Reusing workflow configurations", "Supported keywords and permissions for nested workflows".
 */
function beyondCaller({ permissions, caller }: Job): Problem[] {
    const granted = caller?.permissions;
    if (caller === undefined || granted === undefined || permissions === undefined || permissions === granted)
        return [];
    const { all } = granted;
    if (all === "write-all") return [];
    return [...permissions.byName].flatMap(([name, access]) => {
        const asked = String(access.scalar());
        const given = all === "read-all" ? "read" : String(granted.byName.get(name)?.scalar() ?? "none");
        if (LEVELS.indexOf(asked) <= LEVELS.indexOf(given)) return [];
        const message =
            `is \`${asked}\`, which job \`${caller.name}\` (${caller.at.file}:${caller.at.line}) that calls this workflow does not ` +
            `have, so GitHub does not start it; expected \`${name}: ${asked}\` there as well, or less here.`;
        return [{ at: access, message }];
    });
}
