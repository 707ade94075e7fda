import { type Job, jobsAfter, type Pipeline, runsPulumi } from "../../../pipelines/pipeline";

/** Tells whether somebody has to approve a job: its environment's reviewers, who starts it, or a job that it needs. */
export function approvalIn(pipeline: Pipeline): (job: Job) => boolean {
    const gated = jobsAfter(pipeline, job => isApproved(job) && !runsPulumi(job));
    return job => isApproved(job) || gated.has(job);
}

function isApproved(job: Job): boolean {
    return job.isManual || hasEnvironment(job);
}

/** Whether a job has an environment in every run, by what the file tells of the environment's name. */
function hasEnvironment({ environment, scope }: Job): boolean {
    const text = String((environment.isMap ? environment.get("name") : environment).scalar() ?? "").trim();
    const names = scope.expandWord(text).map(name => name.trim());
    // What operators choose from is not chosen in every run.
    const isChosen = /&&|\|\|/.test(text);
    return isChosen ? names.some(name => name !== "") : names.every(name => name !== "");
}
