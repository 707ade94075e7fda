import type { Problem } from "../../../kit/report";
import { expressionsIn, placesOf } from "../../../pipelines/expression";
import { type Pipeline, referencesIn, runsPulumi } from "../../../pipelines/pipeline";
import type { PipelineAspect } from "./aspect";

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

/** Places where text of an event becomes part of a script in a job that runs Pulumi. */
export const noScriptInjection: PipelineAspect = {
    id: "no-script-injection",
    description: "No text that a stranger writes, such as a title, becomes part of a script.",
    severity: "critical",
    judge: scriptInjections,
};

function scriptInjections(pipeline: Pipeline): Problem[] {
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
