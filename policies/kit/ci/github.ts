import { posix } from "node:path";
import { parse } from "yaml";
import type { FileValue } from "../project/file-value";
import type { Workspace } from "../project/workspace";
import { literalOf, placesOf, soleExpression } from "./expression";
import { type Job, type Pipeline, Scope, type Step } from "./pipeline";
import { callsIn, type Operation, operationOf, type PulumiCall } from "./pulumi-call";
import { type Command, commandsOf } from "./shell";

/** Where GitHub looks for workflows; folders inside it count for nothing. */
const FOLDER = ".github/workflows";

/** How deep workflows and composite actions may call one another; GitHub allows ten. */
const MAX_DEPTH = 10;

/** More variants of one command than these are not told apart. */
const MAX_VARIANTS = 200;

/** Paths of the workflows of a repository. */
export function workflowPaths(workspace: Workspace): string[] {
    return workspace
        .list(FOLDER)
        .filter(name => /\.ya?ml$/.test(name))
        .map(name => `${FOLDER}/${name}`);
}

/** What reading goes through: the files that lead here keep calls in circles from going on. */
interface Context {
    readonly workspace: Workspace;
    readonly trail: readonly string[];
    readonly files: Map<string, FileValue>;
    /** Folder that commands run in, where the job or workflow sets one. */
    readonly folder: string | undefined;
}

/**
 * The workflow in a file, with the local reusable workflows and composite actions it calls.
 *
 * Source: GitHub Docs, "Workflow syntax for GitHub Actions", "Reusing workflow configurations", "Metadata syntax".
 */
export function readWorkflow(workspace: Workspace, path: string): Pipeline {
    const { content } = workspace.yaml(path);
    const context: Context = { workspace, trail: [path], files: new Map([[path, content]]), folder: undefined };
    const scope = new Scope(dispatchInputs(content), envOf(content.get("env")));
    const jobs = jobsOf(content, scope, context, undefined);
    return {
        service: "github",
        path,
        content,
        triggers: triggersOf(content.get("on")),
        jobs,
        files: [...context.files.values()],
    };
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
            const matrix = matrixOf(at.get("strategy").get("matrix"), scope);
            const own = scope.with(matrix, envOf(at.get("env")));
            const name = caller === undefined ? id : `${caller.name} / ${id}`;
            const prefix = caller === undefined ? "" : `${caller.name} / `;
            const permissions = [at.get("permissions"), workflow.get("permissions")].find(isSet) ?? caller?.permissions;
            const needs = at
                .get("needs")
                .items()
                .flatMap(item => item.string() ?? [])
                .map(need => prefix + need);
            const folder = [at, workflow]
                .map(owner => owner.get("defaults").get("run").get("working-directory").string())
                .find(path => path !== undefined);
            const job: Job = {
                name,
                at,
                steps: at
                    .get("steps")
                    .items()
                    .flatMap(step => stepsOf(step, own, { ...context, folder })),
                needs: [...needs, ...(caller?.needs ?? [])],
                environment: at.get("environment"),
                permissions,
                images: [
                    at.get("container"),
                    ...at
                        .get("services")
                        .entries()
                        .map(([, service]) => service),
                ]
                    .map(container => (container.isMap ? container.get("image") : container))
                    .filter(image => image.scalar() !== undefined),
                condition: conditionOf(at, caller?.condition),
                isManual: false,
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
    const scope = new Scope(inputValues(declared, caller.at.get("with"), caller.scope), envOf(content.get("env")));
    const jobs = jobsOf(content, scope, { ...context, trail: [...context.trail, path] }, caller);
    return jobs.length === 0 ? [caller] : jobs;
}

function stepsOf(at: FileValue, scope: Scope, context: Context, outer?: Step): Step[] {
    if (!at.isMap) return [];
    const own = scope.with(new Map(), envOf(at.get("env")));
    const uses = at.get("uses");
    const script = at.get("run");
    const inputs = new Map(
        at
            .get("with")
            .entries()
            .map(([name, value]) => [name.toLowerCase(), value]),
    );
    const action = (uses.string() ?? "")
        .trim()
        .replace(/@[^@]*$/, "")
        .toLowerCase();
    const step: Omit<Step, "calls" | "commands"> = {
        at,
        folder: at.get("working-directory").string() ?? context.folder,
        id: at.get("id").string(),
        uses,
        action,
        inputs,
        script,
        condition: conditionOf(at, outer?.condition),
        isFailureIgnored: isOn(at.get("continue-on-error")) || outer?.isFailureIgnored === true,
        scope: own,
    };
    const path = uses.string()?.trim();
    if (path?.startsWith("./")) {
        const inner = compositeSteps(path.slice(2).replace(/\/+$/, ""), { ...step, calls: [], commands: [] }, context);
        if (inner !== undefined) return inner;
    }
    const text = script.string() ?? dockerCommand(uses.string() ?? "", inputs);
    const commands = text === undefined ? [] : commandsOf(text).flatMap(command => variantsOf(command, own));
    let { folder } = step;
    const calls = commands.flatMap(command => {
        const [verb, target = ""] = command.words;
        if (verb === "cd" || verb === "pushd") folder = join(folder, target);
        return callsOfCommand(command, step, folder);
    });
    return [{ ...step, commands, calls: [...callsOfAction(step), ...calls] }];
}

/** The steps of a local composite action; undefined for one of another kind, or one that is not there. */
function compositeSteps(folder: string, outer: Step, context: Context): Step[] | undefined {
    const prefix = folder === "" ? "" : `${folder}/`;
    const path = ["action.yml", "action.yaml"].map(name => prefix + name).find(isThere(context.workspace));
    if (path === undefined || context.trail.includes(path) || context.trail.length > MAX_DEPTH) return undefined;
    const { content } = context.workspace.yaml(path);
    const steps = content.get("runs").get("steps");
    if (!steps.isList) return undefined;
    context.files.set(path, content);
    const given = inputValues(content.get("inputs"), outer.at.get("with"), outer.scope);
    const inner = { ...context, trail: [...context.trail, path] };
    const scope = new Scope(given, outer.scope.env);
    return steps.items().flatMap(step => stepsOf(step, scope, inner, outer));
}

function isThere(workspace: Workspace): (path: string) => boolean {
    return path => workspace.text(path).text !== undefined;
}

/** What `pulumi/actions` runs, and what other actions for Pulumi are told to run. Source: action.yml of github.com/pulumi/actions. */
function callsOfAction(step: Omit<Step, "calls" | "commands">): PulumiCall[] {
    if (!step.action.includes("pulumi") || step.action === "pulumi/auth-actions") return [];
    const values = (name: string) => step.scope.expand(textOf(step.inputs.get(name)));
    const isTrue = (name: string) => values(name).some(value => value.trim().toLowerCase() === "true");
    const at = step.inputs.get("command") ?? step.uses;
    const stacks = values("stack-name");
    const isOfficial = step.action === "pulumi/actions";
    const command = isOfficial ? values("command") : ["command", "pulumi-command", "args"].flatMap(values);
    const named = [...new Set(command.flatMap(words => operationOf(words.trim().split(/\s+/)[0] ?? "") ?? []))];
    // Without a command the action installs the CLI, for commands that may hide behind a makefile.
    const operations: Operation[] = named.length > 0 ? named : ["other"];
    return operations.flatMap(operation =>
        stacks.map(stack => ({
            operation,
            at,
            stack: stack === "" ? variable(step.scope, "PULUMI_STACK") : stack,
            dir: values("work-dir")[0] || undefined,
            // What an action of somebody else adds to the command is not seen.
            hasPolicyPack:
                !isOfficial || textOf(step.inputs.get("policypacks")).trim() !== "" || hasPolicyPackOption(step.scope),
            expectsNoChanges: isTrue("expect-no-changes"),
            isPreviewOnly: isTrue("preview-only"),
            refreshes: isTrue("refresh"),
            plainSettings: settingsOf(textOf(step.inputs.get("config-map"))),
            isFailureIgnored: step.isFailureIgnored || isTrue("continue-on-error"),
        })),
    );
}

/** The settings of a `config-map` that are not marked secret. Source: README of github.com/pulumi/actions. */
function settingsOf(configMap: string): (readonly [string, string])[] {
    // Unquoted, the braces of `${{ … }}` would be taken for YAML's own.
    const expressions = placesOf(configMap).map(([, expression]) => expression);
    const text = expressions.reduce((sum, expression, index) => sum.replace(expression, `_${index}_`), configMap);
    let map: unknown;
    try {
        map = parse(text);
    } catch {
        return [];
    }
    return Object.entries(map ?? {}).flatMap(([name, entry]: [string, unknown]) => {
        const { value, secret } = typeof entry === "object" && entry !== null ? (entry as Setting) : { value: entry };
        const written = String(value).replace(/_(\d+)_/g, (word, index) => expressions[Number(index)] ?? word);
        return secret === true ? [] : [[name, written] as const];
    });
}

interface Setting {
    readonly value?: unknown;
    readonly secret?: unknown;
}

function callsOfCommand(
    command: Command,
    step: Omit<Step, "calls" | "commands">,
    folder: string | undefined,
): PulumiCall[] {
    return callsIn(command, step.script.isMissing ? step.uses : step.script).map(call => ({
        ...call,
        stack: call.stack ?? variable(step.scope, "PULUMI_STACK"),
        dir: call.dir === undefined ? folder : join(folder, call.dir),
        hasPolicyPack: call.hasPolicyPack || hasPolicyPackOption(step.scope),
        isFailureIgnored: call.isFailureIgnored || step.isFailureIgnored,
    }));
}

/** What `uses: docker://pulumi/pulumi` runs. */
function dockerCommand(uses: string, inputs: ReadonlyMap<string, FileValue>): string | undefined {
    if (!/^docker:\/\/(\S+\/)?pulumi\/(actions|pulumi)/.test(uses)) return undefined;
    return `pulumi ${textOf(inputs.get("args")).replace(/^\s*pulumi\b/, "")}`;
}

/** A command with all that its `${{ … }}` and variables can become, where it may have to do with Pulumi. */
function variantsOf(command: Command, scope: Scope): Command[] {
    const { words } = command;
    if (!words.some(word => /pulumi/i.test(word) || soleExpression(word) !== undefined)) return [command];
    let variants: string[][] = [[]];
    for (const word of words) {
        const values = scope.expandWord(word).map(value =>
            // Not quoted in the script, a value becomes as many words as it holds.
            soleExpression(word) !== undefined && !value.includes("${{") ? value.split(/\s+/).filter(Boolean) : [value],
        );
        variants = variants.flatMap(start => values.map(value => [...start, ...value])).slice(0, MAX_VARIANTS);
    }
    return variants.map(variant => ({ ...command, words: variant }));
}

function inputValues(declared: FileValue, given: FileValue, scope: Scope): Map<string, readonly string[]> {
    const values = new Map<string, readonly string[]>();
    for (const [name, input] of declared.entries()) {
        const standard = input.get("default").scalar();
        if (standard !== undefined) values.set(`inputs.${name.toLowerCase()}`, [String(standard)]);
        else if (input.get("required").scalar() !== true) values.set(`inputs.${name.toLowerCase()}`, [""]);
    }
    for (const [name, value] of given.entries()) {
        values.set(`inputs.${name.toLowerCase()}`, scope.expand(textOf(value)));
    }
    return values;
}

/** Choices of `workflow_dispatch`; what a person types freely is not known. */
function dispatchInputs(workflow: FileValue): Map<string, readonly string[]> {
    const values = new Map<string, readonly string[]>();
    for (const [name, input] of workflow.get("on").get("workflow_dispatch").get("inputs").entries()) {
        const options = input.get("options").items().map(textOf);
        if (options.length > 0) values.set(`inputs.${name.toLowerCase()}`, options);
    }
    return values;
}

function matrixOf(matrix: FileValue, scope: Scope): Map<string, readonly string[]> {
    const values = new Map<string, string[]>();
    const add = (reference: string, value: FileValue) => {
        if (value.isMap) for (const [name, inner] of value.entries()) add(`${reference}.${name.toLowerCase()}`, inner);
        else if (value.scalar() !== undefined) {
            values.set(reference, [...(values.get(reference) ?? []), ...scope.expand(textOf(value))]);
        }
    };
    for (const [name, value] of matrix.entries()) {
        if (name === "exclude") continue;
        if (name === "include") {
            for (const item of value.items())
                for (const [key, one] of item.entries()) add(`matrix.${key.toLowerCase()}`, one);
        } else if (value.isList) {
            for (const item of value.items()) add(`matrix.${name.toLowerCase()}`, item);
        } else {
            const listed = literalList(textOf(value));
            if (listed !== undefined) values.set(`matrix.${name.toLowerCase()}`, listed);
        }
    }
    return values;
}

/** The list in `${{ fromJSON('["dev", "prod"]') }}`. */
function literalList(text: string): string[] | undefined {
    const [, argument = ""] = /^fromJSON\(\s*('[\s\S]*')\s*\)$/i.exec(soleExpression(text) ?? "") ?? [];
    try {
        const list: unknown = JSON.parse(literalOf(argument) ?? "");
        return Array.isArray(list) ? list.map(String) : undefined;
    } catch {
        return undefined;
    }
}

function envOf(env: FileValue): ReadonlyMap<string, FileValue> {
    return new Map(env.entries());
}

function variable(scope: Scope, name: string): string | undefined {
    const text = textOf(scope.env.get(name));
    return text === "" ? undefined : scope.expand(text)[0];
}

/** `PULUMI_OPTION_POLICY_PACK` sets the default of the flag. */
function hasPolicyPackOption(scope: Scope): boolean {
    return textOf(scope.env.get("PULUMI_OPTION_POLICY_PACK")) !== "";
}

/** A folder seen from another; absolute ones and those of variables stay as they are. */
function join(folder: string | undefined, path: string): string {
    return folder === undefined || /^[/$~]/.test(path) ? path : posix.join(folder, path);
}

function conditionOf(at: FileValue, outer: string | undefined): string {
    return [outer ?? "", textOf(at.get("if"))].filter(part => part !== "").join(" && ");
}

/** True for `true` and for an expression, which can become it. */
function isOn(value: FileValue): boolean {
    const scalar = value.scalar();
    return scalar !== undefined && scalar !== false && scalar !== "false";
}

function textOf(value: FileValue | undefined): string {
    const scalar = value?.scalar();
    return scalar === undefined ? "" : String(scalar);
}

function isSet(value: FileValue): boolean {
    return value.isMap || value.scalar() !== undefined;
}
