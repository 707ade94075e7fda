import { type Job, jobsAfter, type Pipeline, runsPulumi } from "../../../pipelines/pipeline";

/** Tells whether somebody has to approve a job: its environment's reviewers, who starts it, or a job that it needs. */
export function approvalIn(pipeline: Pipeline): (job: Job) => boolean {
    const isApproved = (job: Job) => job.isManual || hasEnvironment(job, pipeline);
    const gated = jobsAfter(pipeline, job => isApproved(job) && !runsPulumi(job));
    return job => isApproved(job) || gated.has(job);
}

/** Whether a job has an environment in every run, by what the file tells of the environment's name. */
function hasEnvironment({ environment, scope }: Job, { optionalInputs }: Pipeline): boolean {
    const text = String(environment.scalar() ?? "").trim();
    const input = /^\$\{\{\s*([\w.-]+)\s*\}\}$/.exec(text)?.[1];
    // A called workflow has inputs of its own, whose values the scope knows.
    const isLeftEmpty =
        input !== undefined && optionalInputs.has(input.toLowerCase()) && scope.expandWord(text).includes(text);
    if (isLeftEmpty) return false;
    const names = scope.expandWord(text).map(name => name.trim());
    // What operators choose from is not chosen in every run.
    const isChosen = /&&|\|\|/.test(text);
    return isChosen ? names.some(name => name !== "") : names.every(name => name !== "");
}
