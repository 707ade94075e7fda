import type { FileValue } from "../../../kit/project/file-value";
import type { Problem } from "../../../kit/report";
import { strangersFacts } from "../../../pipelines/events";
import { type Pipeline, runsWhen, type Step, skippedJobs } from "../../../pipelines/pipeline";
import type { PipelineAspect } from "./aspect";

/** Events that run with the repository's secrets although a stranger can cause them. */
const PRIVILEGED = ["pull_request_target", "workflow_run", "issue_comment"];

/** References to what a stranger proposed. */
const HEAD =
    /github\.event\.pull_request\.(head\.|merge_commit_sha)|github\.head_ref|github\.event\.workflow_run\.(head_|pull_requests)|refs\/pull\/|github\.event\.(number|issue\.number|pull_request\.number)/i;

/** Commands that fetch what a stranger proposed; those of Git do where a pull request's reference follows. */
const FETCH = /\bgh\s+pr\s+checkout\b|\bgit\s+(fetch|pull|checkout|merge)\b/;

/** Checkouts of proposed code in jobs that hold the repository's secrets. */
export const noUntrustedCheckout: PipelineAspect = {
    id: "no-untrusted-checkout",
    description: "Proposed code is not checked out in jobs that run with the repository's secrets.",
    severity: "critical",
    judge: untrustedCheckouts,
};

function untrustedCheckouts(pipeline: Pipeline): Problem[] {
    const runs = PRIVILEGED.filter(name => pipeline.triggers.has(name)).flatMap(event =>
        strangersFacts(event).map(facts => ({ event, facts, skipped: skippedJobs(pipeline, facts) })),
    );
    if (runs.length === 0) return [];
    return pipeline.jobs.flatMap(job =>
        job.steps.flatMap(step => {
            const at = headOf(step);
            if (at === undefined) return [];
            const run = runs.find(({ facts, skipped }) => !skipped.has(job) && runsWhen(step, facts) !== "never");
            if (run === undefined) return [];
            const message =
                `checks out the proposed code under \`${run.event}\`, so anyone who opens a pull request runs code with this ` +
                "workflow's credentials; expected `pull_request`, or no checkout of the head.";
            return [{ at, message }];
        }),
    );
}

function headOf({ action, inputs, script, scope }: Step): FileValue | undefined {
    const refersToHead = (at: FileValue | undefined) =>
        at !== undefined && scope.expand(String(at.scalar() ?? "")).some(text => HEAD.test(text));
    if (action === "actions/checkout") {
        return [inputs.get("ref"), inputs.get("repository")].find(refersToHead);
    }
    const text = script.string();
    if (text === undefined) return undefined;
    const offset =
        fetchIn(text) ?? (refersToHead(script) ? /\bgit\s+(fetch|pull|checkout|clone)\b/.exec(text)?.index : undefined);
    return offset === undefined ? undefined : script.lineAt(offset);
}

/** Where a script fetches what a stranger proposed, whatever `ref` it was given. */
function fetchIn(text: string): number | undefined {
    let start = 0;
    for (const line of text.split("\n")) {
        const { index } = FETCH.exec(line) ?? {};
        if (index !== undefined && (line.startsWith("gh", index) || /(pull|pr)\//.test(line.slice(index))))
            return start + index;
        start += line.length + 1;
    }
    return undefined;
}
