import type { FileValue } from "../../../kit/project/file-value";
import { expressionsIn, placesOf } from "../../../pipelines/expression";
import { type Pipeline, referencesIn, runsPulumi, type Step } from "../../../pipelines/pipeline";
import type { Problem } from "../../../pipelines/problem";

/** Events that run with the repository's secrets although a stranger can cause them. */
const PRIVILEGED = ["pull_request_target", "workflow_run", "issue_comment"];

/** References to what a stranger proposed. */
const HEAD =
    /github\.event\.pull_request\.(head\.|merge_commit_sha)|github\.head_ref|github\.event\.workflow_run\.(head_|pull_requests)|refs\/pull\/|github\.event\.(number|issue\.number|pull_request\.number)/i;

/** Commands that fetch what a stranger proposed; those of Git do where a pull request's reference follows. */
const FETCH = /\bgh\s+pr\s+checkout\b|\bgit\s+(fetch|pull|checkout|merge)\b/;

/**
 * Texts of an event that whoever causes it chooses freely, as patterns on dotted lower-case references.
 *
 * Source: GitHub Docs, "Understanding the risk of script injections"; GitHub Security Lab, "Keeping your GitHub Actions
 * and workflows secure, part 2: untrusted input".
 */
const FREE_TEXT = [
    /^github\.head_ref$/,
    /^github\.event\.(issue|pull_request|discussion|comment|review|review_comment|release|milestone)\.(title|body|description|name)$/,
    /^github\.event\.pull_request\.head\.(ref|label|repo\.(default_branch|description|homepage))$/,
    /^github\.event\.workflow_run\.(head_branch|display_title|head_commit\..*|pull_requests.*)$/,
    /^github\.event\.(head_commit|commits[^.]*|commits\.[^.]*)\.(message|(author|committer)\.(email|name))$/,
    /^github\.event\.pages.*\.page_name$/,
    // The whole event, or the part of it that holds such texts.
    /^github(\.event(\.(issue|pull_request|discussion|comment|review|release|workflow_run|head_commit|commits))?)?$/,
];

/** Checkouts of proposed code in jobs that hold the repository's secrets. */
export function untrustedCheckouts(pipeline: Pipeline): Problem[] {
    const event = PRIVILEGED.find(name => pipeline.triggers.has(name));
    if (event === undefined) return [];
    return pipeline.jobs.flatMap(job =>
        job.steps.flatMap(step => {
            const at = headOf(step);
            const message =
                `checks out the proposed code under \`${event}\`, so anyone who opens a pull request runs code with this ` +
                "workflow's credentials; expected `pull_request`, or no checkout of the head.";
            return at === undefined ? [] : [{ at, message }];
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

/** Places where text of an event becomes part of a script in a job that runs Pulumi. */
export function scriptInjections(pipeline: Pipeline): Problem[] {
    return pipeline.jobs.filter(runsPulumi).flatMap(job =>
        job.steps.flatMap(({ script, inputs, action, scope }) => {
            const code = action === "actions/github-script" ? inputs.get("script") : script;
            const text = code?.string();
            if (code === undefined || text === undefined) return [];
            return placesOf(text).flatMap(([offset, place]) => {
                const references = [place, ...scope.expand(place)].flatMap(expressionsIn).flatMap(referencesIn);
                const found = references.flatMap(argumentsOf).find(isFreeText);
                if (found === undefined) return [];
                const message =
                    `puts \`\${{ ${found} }}\` into the script, where its author can write commands; expected it in \`env\` ` +
                    "and used as a variable.";
                return [{ at: code.lineAt(offset), message }];
            });
        }),
    );
}

function isFreeText(reference: string): boolean {
    return FREE_TEXT.some(pattern => pattern.test(reference));
}

/** A reference itself, or what a function such as `format` or `toJSON` is given. */
function argumentsOf(reference: string): string[] {
    return reference.split(/[(),]/).filter(part => part !== "");
}
