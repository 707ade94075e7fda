import type { FileValue } from "../kit/project/file-value";
import type { Workspace } from "../kit/project/workspace";
import type { Problem } from "../kit/report";
import { withoutEndingSlashes } from "./folders";
import { readWorkflow, workflowPaths } from "./github";
import { GITLAB_FILE, gitlabFile, readGitlab } from "./gitlab";
import { callsElsewhere, type Job, type Pipeline, runsPulumi, withoutUnreachable } from "./pipeline";
import { PIPELINE_BUDGET } from "./pipeline-budget";
import { scriptsOf } from "./scripts";

/** The pipelines of a repository, and what kept some from being read. */
export interface Pipelines {
    /** The pipelines that run Pulumi. */
    readonly pipelines: readonly Pipeline[];
    /** Defects of files that name Pulumi, which keep them from being judged. */
    readonly problems: readonly Problem[];
    /** What cannot be seen from the files. */
    readonly notes: readonly Problem[];
    /** Those of the notes that say what goes past a budget. */
    readonly unread: readonly Problem[];
}

const read = new WeakMap<Workspace, Pipelines>();

/** The GitHub workflows and the GitLab pipeline of a repository, which are read once, however many rules ask. Throws nothing. */
export function pipelinesOf(workspace: Workspace): Pipelines {
    const known = read.get(workspace) ?? readPipelines(workspace);
    read.set(workspace, known);
    return known;
}

function readPipelines(workspace: Workspace): Pipelines {
    const pipelines: Pipeline[] = [];
    const problems: Problem[] = [];
    const notes: Problem[] = [];
    const unread: Problem[] = [];
    const paths = [...workflowPaths(workspace), ...(workspace.list("").includes(GITLAB_FILE) ? [GITLAB_FILE] : [])];
    for (const path of paths) {
        const { text } = workspace.text(path);
        if (text === undefined) {
            const { problem = "cannot be read" } = workspace.text(path);
            notes.push({ at: { file: path }, message: `${problem}, so whether it runs Pulumi is not known.` });
            continue;
        }
        const { pipeline: whole, contents } =
            path === GITLAB_FILE ? readGitlab(workspace) : readWorkflow(workspace, path);
        const pipeline = whole.service === "github" ? withoutUnreachable(whole) : whole;
        const defects = contents.flatMap(file => defectsOf(file, pipeline, workspace));
        if (defects.length === 0) {
            const hasToDo = (job: Job) =>
                runsPulumi(job) || callsElsewhere(job) || scriptsOf(job, workspace).length > 0;
            unread.push(...pipeline.unread);
            if (!pipeline.jobs.some(hasToDo)) {
                notes.push(...pipeline.unread);
                continue;
            }
            pipelines.push(pipeline);
        } else if (pipeline.files.some(file => /pulumi/i.test(workspace.text(file).text ?? ""))) {
            // One by one: there may be more than a call takes arguments.
            for (const defect of defects) problems.push(defect);
        }
    }
    // A workflow that others here call is judged in their place, with what they give it.
    const called = new Set(pipelines.filter(startsItself).flatMap(({ files }) => files));
    const judged = pipelines.filter(pipeline => startsItself(pipeline) || !called.has(pipeline.path));
    return { pipelines: judged, problems, unread, notes: [...notes, ...judged.flatMap(one => unseen(one, workspace))] };
}

function startsItself({ triggers, service }: Pipeline): boolean {
    return service === "gitlab" || [...triggers].some(trigger => trigger !== "workflow_call");
}

/** Why a file of a pipeline cannot be judged. */
function defectsOf(file: FileValue, { service }: Pipeline, workspace: Workspace): Problem[] {
    const { problems } = service === "gitlab" ? gitlabFile(workspace, file.file) : workspace.yaml(file.file);
    const [problem] = problems;
    if (problem !== undefined) {
        return [
            {
                at: { file: problem.file, line: problem.line },
                message: `${problem.message}; expected a pipeline that can be read.`,
            },
        ];
    }
    if (!file.isMap) return [{ at: file, message: "is no map of keys; expected a pipeline." }];
    if (service === "gitlab") return [];
    const merge = (workspace.text(file.file).text ?? "").split("\n").findIndex(line => /^\s*(- )?<<\s*:/.test(line));
    if (merge !== -1) {
        const message = "uses the merge key `<<`, which GitHub rejects; expected the keys themselves.";
        return [{ at: { file: file.file, line: merge + 1 }, message }];
    }
    return shapeDefects(file);
}

function shapeDefects(file: FileValue): Problem[] {
    const runs = file.get("runs");
    const owners = runs.isMissing
        ? file
              .get("jobs")
              .entries()
              .map(([, job]) => job)
        : [runs];
    if (runs.isMissing && !file.get("jobs").isMap) {
        return [{ at: file.get("jobs"), message: "is no map; expected jobs by their ids." }];
    }
    return owners.flatMap(owner => {
        if (!owner.isMap) return [{ at: owner, message: "is no map; expected a job." }];
        const called = textDefects(owner, "uses", "the name of a workflow");
        if (called.length > 0) return called;
        const steps = owner.get("steps");
        if (!steps.isMissing && !steps.isList) return [{ at: steps, message: "is no list; expected steps." }];
        return steps.items().flatMap(step => {
            if (!step.isMap) return [{ at: step, message: "is no map; expected a step with `uses` or `run`." }];
            return [...textDefects(step, "uses", "the name of an action"), ...textDefects(step, "run", "a script")];
        });
    });
}

/** What is wrong with a value that must be a text, where there is one. */
function textDefects(owner: FileValue, key: string, expected: string): Problem[] {
    const at = owner.get(key);
    return at.isMissing || at.string() !== undefined ? [] : [{ at, message: `is no text; expected ${expected}.` }];
}

const UNREAD = {
    characters:
        "with which the scripts that pipelines run have more than " +
        `${PIPELINE_BUDGET.scriptCharacters} characters; this one and those after it are not looked into.`,
    depth: `whose scripts run one another more than ${PIPELINE_BUDGET.scriptDepth} deep; those below are not looked into.`,
};

/** What a pipeline does that its files do not show. */
function unseen({ jobs, uses: used, unread }: Pipeline, workspace: Workspace): Problem[] {
    const elsewhere = jobs.filter(callsElsewhere).map(({ uses }) => ({
        at: uses,
        message: `calls \`${uses.string()}\`, a workflow of another repository, which is not read.`,
    }));
    const commands = jobs
        .flatMap(({ steps }) => steps)
        .flatMap(({ action, inputs, calls }) => {
            const at = inputs.get("command");
            const isUnknown = action === "pulumi/actions" && calls.every(({ operation }) => operation === "other");
            if (at === undefined || !isUnknown || !/\$\{\{/.test(at.string() ?? "")) return [];
            return [{ at, message: `is \`${at.string()}\`, so whether it applies changes is not known.` }];
        });
    const missing = used
        .filter(uses => {
            const path = uses.string()?.trim() ?? "";
            if (!path.startsWith("./")) return false;
            const folder = withoutEndingSlashes(path.slice(2));
            const prefix = folder === "" ? "" : `${folder}/`;
            const candidates = [`${prefix}action.yml`, `${prefix}action.yaml`, `${prefix}Dockerfile`, folder];
            return candidates.every(candidate => workspace.text(candidate).text === undefined);
        })
        .map(at => ({ at, message: `is \`${at.string()}\`, which is not in the repository and not read.` }));
    const scripts = jobs
        .flatMap(job => scriptsOf(job, workspace))
        .flatMap(({ at, command, operations, program, unread: why }) => {
            const unread = why === undefined ? [] : [{ at, message: `runs \`${command}\`, ${UNREAD[why]}` }];
            if (operations.length === 0 && program === undefined) return unread;
            const called = operations.map(operation => `\`pulumi ${operation}\``).join(" and ");
            const what = program === undefined ? `a script with ${called}` : `a program that ${program}`;
            return [...unread, { at, message: `runs \`${command}\`, ${what}, which is not judged.` }];
        });
    return [...unread, ...elsewhere, ...commands, ...scripts, ...missing];
}
