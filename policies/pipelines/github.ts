import type { FileValue } from "../kit/project/file-value";
import type { Workspace } from "../kit/project/workspace";
import { inFolders, withoutEndingSlashes } from "./folders";
import { callsOfAction, callsOfCommand, dockerCommand, variantsOf } from "./github-calls";
import { dispatchInputs, envOf, inputValues, matrixOf, optionalInputs, textOf } from "./github-values";
import {
    environmentName,
    type Job,
    namedValues,
    type Permissions,
    type Pipeline,
    type ReadPipeline,
    Scope,
    type Step,
    withSelectedStacks,
} from "./pipeline";
import { Allowance } from "./pipeline-budget";
import { isLanguage } from "./programs";
import { withGivenArguments } from "./scripts";
import { commandsOf, type ShellOptions } from "./shell";

/** Where GitHub looks for workflows; folders inside it count for nothing. */
const FOLDER = ".github/workflows";

/** How deep workflows and composite actions may call one another; GitHub allows ten. */
const MAX_DEPTH = 10;

/** Paths of the workflows of a repository. */
export function workflowPaths(workspace: Workspace): string[] {
    return workspace
        .list(FOLDER)
        .filter(name => /\.ya?ml$/.test(name))
        .map(name => `${FOLDER}/${name}`);
}

/**
 * Inputs of actions that are scripts of a shell, as `run` is.
 * Source: READMEs of azure/cli, azure/powershell, nick-fields/retry, appleboy/ssh-action and addnab/docker-run-action.
 */
const SCRIPT_INPUTS: ReadonlyMap<string, string> = new Map([
    ["azure/cli", "inlinescript"],
    ["azure/powershell", "inlinescript"],
    ["nick-fields/retry", "command"],
    ["nick-invision/retry", "command"],
    ["appleboy/ssh-action", "script"],
    ["addnab/docker-run-action", "run"],
]);

/** What reading goes through: the files that lead here keep calls in circles from going on. */
interface Context {
    readonly workspace: Workspace;
    readonly trail: readonly string[];
    readonly files: Map<string, FileValue>;
    readonly allowance: Allowance;
    /** Folder that commands run in, where the job or workflow sets one. */
    readonly folder: string | undefined;
    /** Shell of the scripts, where the job or workflow names one. */
    readonly shell: string | undefined;
}

/**
 * The workflow in a file, with the local reusable workflows and composite actions it calls.
 *
 * Source: GitHub Docs, "Workflow syntax for GitHub Actions", "Reusing workflow configurations", "Metadata syntax".
 */
export function readWorkflow(workspace: Workspace, path: string): ReadPipeline {
    const { content } = workspace.yaml(path);
    const context: Context = {
        workspace,
        trail: [path],
        files: new Map([[path, content]]),
        allowance: new Allowance(),
        folder: undefined,
        shell: undefined,
    };
    const scope = new Scope(dispatchInputs(content), envOf(content.get("env")));
    const jobs = jobsOf(content, scope, context, undefined);
    const triggers = triggersOf(content.get("on"));
    const schedule = content.get("on").get("schedule");
    const contents = [...context.files.values()];
    const pipeline: Pipeline = {
        service: "github",
        path,
        at: content.get("jobs"),
        triggers,
        optionalInputs: optionalInputs(content),
        schedule: triggers.has("schedule")
            ? { at: schedule, crons: schedule.items().map(item => item.get("cron")) }
            : undefined,
        jobs,
        files: contents.map(({ file }) => file),
        values: () => namedValues(contents),
        uses: contents.flatMap(usesIn),
        includes: [],
        unread: context.allowance.unread,
    };
    return { pipeline, contents };
}

/** What a workflow or the metadata of an action names to be run. */
function usesIn(file: FileValue): FileValue[] {
    const steps = (owner: FileValue) =>
        owner
            .get("steps")
            .items()
            .map(step => step.get("uses"));
    const jobs = file.get("jobs").entries();
    return [
        ...jobs.flatMap(([, job]) => [job.get("uses"), ...steps(job)]),
        ...steps(file.get("runs")),
        ...dockerImage(file),
    ];
}

/** The image of a local action that runs in a container; a Dockerfile of the repository is none. */
function dockerImage(action: FileValue): FileValue[] {
    const image = action.get("runs").get("image");
    return image.string()?.trim().startsWith("docker://") ? [image] : [];
}

function triggersOf(on: FileValue): ReadonlySet<string> {
    if (on.isMap) return new Set(on.entries().map(([name]) => name));
    return new Set(on.items().map(item => String(item.scalar())));
}

function jobsOf(workflow: FileValue, scope: Scope, context: Context, caller: Job | undefined): Job[] {
    return workflow
        .get("jobs")
        .entries()
        .flatMap(([id, at]) => {
            if (!context.allowance.take(at)) return [];
            const matrix = matrixOf(at.get("strategy").get("matrix"), scope);
            const own = scope.with(matrix, envOf(at.get("env")));
            const name = caller === undefined ? id : `${caller.name} / ${id}`;
            const prefix = caller === undefined ? "" : `${caller.name} / `;
            const permissions = [at.get("permissions"), workflow.get("permissions")].find(isSet);
            const secrets = at.get("secrets");
            const needs = at
                .get("needs")
                .items()
                .flatMap(item => item.string() ?? [])
                .map(need => prefix + need);
            const standard = (name: string) =>
                [at, workflow]
                    .map(owner => owner.get("defaults").get("run").get(name).string())
                    .find(value => value !== undefined);
            const defaults = { folder: standard("working-directory"), shell: standard("shell") };
            const job: Job = {
                name,
                at,
                steps: withSelectedStacks(
                    at
                        .get("steps")
                        .items()
                        .flatMap(step => stepsOf(step, own, { ...context, ...defaults })),
                ),
                needs: [...needs, ...(caller?.needs ?? [])],
                uses: at.get("uses"),
                inputs: inputsOf(at),
                secrets: new Map(secrets.entries()),
                inheritsSecrets: secrets.string() === "inherit" ? secrets : undefined,
                environment: environmentName(at.get("environment")),
                permissions: permissions === undefined ? caller?.permissions : permissionsOf(permissions),
                caller,
                images: [
                    at.get("container"),
                    ...at
                        .get("services")
                        .entries()
                        .map(([, service]) => service),
                ]
                    .map(container => (container.isMap ? container.get("image") : container))
                    .filter(image => image.scalar() !== undefined),
                stage: undefined,
                waitsForStages: false,
                conditions: conditionsOf(at, caller?.conditions),
                isManual: false,
                hasIdTokens: false,
                isFailureIgnored: isOn(at.get("continue-on-error")) || caller?.isFailureIgnored === true,
                scope: own,
            };
            const called = at.get("uses").string();
            if (called?.startsWith("./") !== true) return [job];
            return [...calledJobs(called.slice(2), job, context)];
        });
}

/** The jobs of a local reusable workflow, in the place of the job that calls it. */
function calledJobs(path: string, caller: Job, context: Context): Job[] {
    const { content } = context.workspace.yaml(path);
    if (context.trail.includes(path) || context.trail.length > MAX_DEPTH || !content.isMap) return [caller];
    context.files.set(path, content);
    const declared = content.get("on").get("workflow_call").get("inputs");
    const scope = new Scope(inputValues(declared, caller.inputs, caller.scope), envOf(content.get("env")));
    const jobs = jobsOf(content, scope, { ...context, trail: [...context.trail, path] }, caller);
    return jobs.length === 0 ? [caller] : jobs;
}

function stepsOf(at: FileValue, scope: Scope, context: Context, outer?: Step): Step[] {
    if (!at.isMap || !context.allowance.take(at)) return [];
    const own = scope.with(new Map(), envOf(at.get("env")));
    const uses = at.get("uses");
    const inputs = inputsOf(at);
    const action = (uses.string() ?? "")
        .trim()
        .replace(/@[^@]*$/, "")
        .toLowerCase();
    const script = inputs.get(SCRIPT_INPUTS.get(action) ?? "") ?? at.get("run");
    const step: Omit<Step, "calls" | "commands"> = {
        at,
        id: at.get("id").string(),
        uses,
        action,
        inputs,
        script,
        conditions: conditionsOf(at, outer?.conditions),
        isFailureIgnored: isOn(at.get("continue-on-error")) || outer?.isFailureIgnored === true,
        scope: own,
    };
    const path = uses.string()?.trim();
    if (path?.startsWith("./")) {
        const inner = compositeSteps(
            withoutEndingSlashes(path.slice(2)),
            { ...step, calls: [], commands: [] },
            context,
        );
        if (inner !== undefined) return inner;
    }
    const shell = at.get("shell").string() ?? context.shell;
    const program = programOf(at.get("run"), step, shell);
    if (program !== undefined) return [{ ...step, program, commands: [], calls: [] }];
    const text = script.string() ?? dockerCommand(uses.string() ?? "", inputs);
    const written = commandsOf(text ?? "", shellOptions(shell));
    for (const { isCut, offset } of written) if (isCut === true) context.allowance.cut(script.lineAt(offset));
    const commands = written.flatMap(command => variantsOf(command, own));
    const folder = at.get("working-directory").string() ?? context.folder;
    const placed = withGivenArguments(inFolders(commands, folder), script, context.workspace);
    const calls = placed.flatMap(command => callsOfCommand(command, step));
    // What an image of Pulumi is given is a command; the action of that name adds nothing to it.
    return [{ ...step, commands: placed, calls: calls.length > 0 ? calls : callsOfAction(step) }];
}

/** Source: README of actions/github-script. */
function programOf(
    run: FileValue,
    { action, inputs }: Omit<Step, "calls" | "commands">,
    shell: string | undefined,
): Step["program"] {
    const [text, runner = ""] = isLanguage(shell)
        ? [run, shell]
        : action === "actions/github-script"
          ? [inputs.get("script"), action]
          : [];
    return text?.string() === undefined ? undefined : { text, runner };
}

/** The steps of a local composite action; undefined for one of another kind, or one that is not there. */
function compositeSteps(folder: string, outer: Step, context: Context): Step[] | undefined {
    const prefix = folder === "" ? "" : `${folder}/`;
    const path = ["action.yml", "action.yaml"].map(name => prefix + name).find(isThere(context.workspace));
    if (path === undefined || context.trail.includes(path) || context.trail.length > MAX_DEPTH) return undefined;
    const { content } = context.workspace.yaml(path);
    const steps = content.get("runs").get("steps");
    context.files.set(path, content);
    if (!steps.isList) return undefined;
    const given = inputValues(content.get("inputs"), outer.inputs, outer.scope);
    const inner = { ...context, trail: [...context.trail, path] };
    const scope = new Scope(given, new Map(), outer.scope, false);
    return steps.items().flatMap(step => stepsOf(step, scope, inner, outer));
}

/** What a job or step gives to what it uses, by lower-case name. */
function inputsOf(owner: FileValue): ReadonlyMap<string, FileValue> {
    return new Map(
        owner
            .get("with")
            .entries()
            .map(([name, value]) => [name.toLowerCase(), value]),
    );
}

function permissionsOf(at: FileValue): Permissions {
    const all = at.scalar();
    return { at, all: all === undefined ? undefined : String(all), byName: new Map(at.entries()) };
}

function isThere(workspace: Workspace): (path: string) => boolean {
    return path => workspace.text(path).text !== undefined;
}

function conditionsOf(at: FileValue, outer: readonly string[] = []): string[] {
    return [...outer, textOf(at.get("if"))].filter(condition => condition !== "");
}

/**
 * How GitHub runs a script. Without `shell` that is `bash -e`, with `bash` also `pipefail`; of others nothing is taken to be
 * lost. Source: GitHub Docs, "Workflow syntax for GitHub Actions", `jobs.<job_id>.steps[*].shell`.
 */
function shellOptions(shell: string | undefined): ShellOptions {
    return { errexit: true, pipefail: shell !== undefined && shell !== "sh" };
}

/** True for `true` and for an expression, which can become it. */
function isOn(value: FileValue): boolean {
    const scalar = value.scalar();
    return scalar !== undefined && scalar !== false && scalar !== "false";
}

function isSet(value: FileValue): boolean {
    return value.isMap || value.scalar() !== undefined;
}
