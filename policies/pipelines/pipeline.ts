import { posix } from "node:path";
import type { FileValue } from "../kit/project/file-value";
import type { FileLocation, Problem } from "../kit/report";
import { eventFacts, type Facts } from "./events";
import { allOf, expand, normalized, type Operand, resultsOf, type Truth, truthOf } from "./expression";
import type { PlacedCommand } from "./folders";
import { PIPELINE_BUDGET } from "./pipeline-budget";
import { isApply, type PulumiCall } from "./pulumi-call";

/** A file that the CI service runs: a GitHub workflow, or a GitLab pipeline with all it includes. */
export interface Pipeline {
    readonly service: "github" | "gitlab";
    /** Path below the repository's root. */
    readonly path: string;
    /** Where its jobs begin. */
    readonly at: FileLocation;
    /** Events that start it, such as `pull_request`; empty for GitLab, whose jobs choose by rules. */
    readonly triggers: ReadonlySet<string>;
    /** Inputs that who starts it by hand may leave empty, by lower-case reference, such as `inputs.stack`. */
    readonly optionalInputs: ReadonlySet<string>;
    /** The schedules that start it, by their cron expressions; undefined where none does, or the service keeps them elsewhere. */
    readonly schedule: { readonly at: FileValue; readonly crons: readonly FileValue[] } | undefined;
    /** All jobs, those of called workflows in the place of their callers. */
    readonly jobs: readonly Job[];
    /** Paths of the files it is made of that lie in the repository, its own first. */
    readonly files: readonly string[];
    /** All single values of these files, in their order. */
    values(): readonly NamedValue[];
    /** What its files name as `uses` of steps and jobs, or as the image of an action: actions, workflows and images. */
    readonly uses: readonly FileValue[];
    /** What GitLab's files include, and start as child pipelines, from outside the repository. */
    readonly includes: readonly Include[];
    /** What goes past a budget and is not read. */
    readonly unread: readonly Problem[];
}

/** A pipeline as the reader of its service hands it over: with the files themselves, whose shape is still to be looked at. */
export interface ReadPipeline {
    readonly pipeline: Pipeline;
    readonly contents: readonly FileValue[];
}

/** A single value of a pipeline's files, with the key that it stands under; for `value` that is the key above. */
export interface NamedValue {
    readonly name: string;
    readonly at: FileValue;
}

/** All single values of some files. */
export function namedValues(files: readonly FileValue[]): NamedValue[] {
    const found: NamedValue[] = [];
    for (const file of files) {
        file.walk((at, keys) => {
            if (at.scalar() !== undefined) found.push({ name: keys.findLast(key => key !== "value") ?? "", at });
            return true;
        });
    }
    return found;
}

/** Something that a GitLab file takes in from elsewhere. */
export interface Include {
    /** What it is: an address, or a component or project of GitLab. */
    readonly from: "address" | "component" | "project";
    /** Where its name is written. */
    readonly at: FileLocation;
    /** The version of a component or project, as written; empty where none is. */
    readonly version: string;
    /** Whether `integrity` fixes what is there. */
    readonly hasIntegrity: boolean;
}

/** What the token of a job may do. */
export interface Permissions {
    readonly at: FileLocation;
    /** The one word that stands for all of them, such as `read-all`; undefined for a map. */
    readonly all: string | undefined;
    /** What is granted by name, such as `contents`, with its access as written. */
    readonly byName: ReadonlyMap<string, FileValue>;
}

/** A job of a pipeline. */
export interface Job {
    /** Its id; behind those of its callers where it belongs to a called workflow: `deploy / up`. */
    readonly name: string;
    readonly at: FileLocation;
    readonly steps: readonly Step[];
    /** Ids of the jobs that must succeed before it. */
    readonly needs: readonly string[];
    /** Place of its stage, where the service runs stages in turn; undefined where only `needs` orders jobs. */
    readonly stage: number | undefined;
    /** True when all jobs of earlier stages must succeed before it. */
    readonly waitsForStages: boolean;
    /** The workflow that it calls, absent where it has steps of its own. */
    readonly uses: FileValue;
    /** Inputs of the called workflow by lower-case name, as written. */
    readonly inputs: ReadonlyMap<string, FileValue>;
    /** The secrets that the called workflow is given by name, as written. */
    readonly secrets: ReadonlyMap<string, FileValue>;
    /** Where the called workflow is given all secrets (`inherit`); undefined where it is not. */
    readonly inheritsSecrets: FileLocation | undefined;
    /** Name of the deployment environment, absent or not. */
    readonly environment: FileValue;
    /** The `permissions` that hold: the job's own, else its workflow's, else its caller's; undefined for the default token. */
    readonly permissions: Permissions | undefined;
    /** The job that calls its workflow, whose permissions it cannot go beyond; undefined where none does. */
    readonly caller: Pick<Job, "name" | "at" | "permissions"> | undefined;
    /** Images of containers and services that it runs in. */
    readonly images: readonly FileValue[];
    /** When it runs, as written, its callers' conditions included: all must hold. */
    readonly conditions: readonly string[];
    /** True when a person has to start it. */
    readonly isManual: boolean;
    /** True when a GitLab job asks for tokens by OIDC; GitHub's steps do that themselves. */
    readonly hasIdTokens: boolean;
    /** True when what needs it goes on whatever its result. */
    readonly isFailureIgnored: boolean;
    readonly scope: Scope;
}

/** One step of a job; steps of local composite actions stand in the place of their callers. */
export interface Step {
    readonly at: FileLocation;
    /** Name that other steps refer to it by. */
    readonly id: string | undefined;
    /** What it runs: an action, or else commands. */
    readonly uses: FileValue;
    /** The action without its version, lower-case: `pulumi/actions`. Empty where it runs commands. */
    readonly action: string;
    /** Inputs of the action by lower-case name, as written. */
    readonly inputs: ReadonlyMap<string, FileValue>;
    /** The script, also where an action runs it that is given one; absent for other actions. */
    readonly script: FileValue;
    /** The program that runs in the place of commands, in a language such as Python, and what runs it. */
    readonly program?: { readonly text: FileValue; readonly runner: string };
    readonly commands: readonly PlacedCommand[];
    readonly calls: readonly PulumiCall[];
    /** When it runs within its job, as written, the conditions of a calling step included: all must hold. */
    readonly conditions: readonly string[];
    /** True when the job goes on whatever the result. */
    readonly isFailureIgnored: boolean;
    readonly scope: Scope;
}

/** The name of an environment, which may be a map with an address beside it. */
export function environmentName(environment: FileValue): FileValue {
    return environment.isMap ? environment.get("name") : environment;
}

/** Source: GitLab Docs, "CI/CD inputs". */
const INPUT = /\$\[\[\s*inputs\.([\w-]+)[^\]]*\]\]/g;

/** What names stand for in a job or step: values of `inputs`, `matrix` and `env`, as far as files tell. */
export class Scope {
    private merged: ReadonlyMap<string, FileValue> | undefined;
    private byLowerName: ReadonlyMap<string, FileValue> | undefined;

    constructor(
        /** Possible values by lower-case reference, such as `inputs.stack`. */
        private readonly values: ReadonlyMap<string, readonly string[]>,
        /** Environment variables that are set here, by name, as written. */
        readonly ownEnv: ReadonlyMap<string, FileValue>,
        /** What holds where this says nothing: for variables only, where a called workflow or action has values of its own. */
        readonly outer?: Scope,
        private readonly inheritsValues = true,
    ) {}

    /** The scope of something within this one. */
    with(values: ReadonlyMap<string, readonly string[]>, env: ReadonlyMap<string, FileValue> = new Map()): Scope {
        return values.size === 0 && env.size === 0 ? this : new Scope(values, env, this);
    }

    /** An environment variable as written. */
    variable(name: string): FileValue | undefined {
        return this.ownEnv.get(name) ?? this.outer?.variable(name);
    }

    /** All environment variables by name, as written. */
    get env(): ReadonlyMap<string, FileValue> {
        this.merged ??= this.outer === undefined ? this.ownEnv : new Map([...this.outer.env, ...this.ownEnv]);
        return this.merged;
    }

    /** What a text can become; `${{ … }}` that files do not tell stay in it. */
    expand(text: string, depth = 0): string[] {
        return expand(text, reference => {
            const name = normalized(reference);
            const known = this.valuesOf(name);
            if (known !== undefined) return known;
            const variable = name.startsWith("env.") ? this.variableBy(name.slice("env.".length)) : undefined;
            const value = variable?.scalar();
            return value === undefined || depth > 3 ? undefined : this.expand(String(value), depth + 1);
        });
    }

    /** What a word of a command can become, variables of the environment included. */
    expandWord(word: string): string[] {
        if (!word.includes("$")) return [word];
        if (word.includes("$[["))
            return this.interpolate(word).flatMap(text => (text.includes("$[[") ? [text] : this.expandWord(text)));
        const withVariables = word.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, plain?: string) => {
            const value = this.variable(braced ?? plain ?? "")?.scalar();
            return value === undefined ? whole : String(value);
        });
        return this.expand(withVariables);
    }

    /** What a text can become that holds GitLab's `$[[ inputs.name ]]`; those that files do not tell stay in it. */
    interpolate(text: string): string[] {
        let texts = [text];
        for (const [place, name = ""] of text.matchAll(INPUT)) {
            const values = this.valuesOf(`inputs.${name.toLowerCase()}`);
            if (values === undefined || texts.length * values.length > PIPELINE_BUDGET.values) continue;
            texts = values.flatMap(value => texts.map(one => one.replaceAll(place, value)));
        }
        return texts;
    }

    /** The value of a reference in a condition, where files give it one; a text such as `true` may be a truth value there. */
    operandOf(reference: string): Operand | undefined {
        const values = this.valuesOf(reference);
        const [only] = values ?? [];
        return values?.length !== 1 || only === undefined || /^(true|false)$|\$\{\{/.test(only) ? undefined : only;
    }

    private valuesOf(reference: string): readonly string[] | undefined {
        return this.values.get(reference) ?? (this.inheritsValues ? this.outer?.valuesOf(reference) : undefined);
    }

    private variableBy(lowerName: string): FileValue | undefined {
        this.byLowerName ??= new Map([...this.ownEnv].map(([name, value]) => [name.toLowerCase(), value]));
        return this.byLowerName.get(lowerName) ?? this.outer?.variableBy(lowerName);
    }
}

/**
 * Whether a job or step of a GitHub workflow runs, by what is known of the run. Steps and jobs before it are taken to succeed.
 */
export function runsWhen({ conditions, scope }: Pick<Job, "conditions" | "scope">, facts: Facts): Truth {
    const lookUp = (name: string) => {
        const fact = facts(name);
        return fact === undefined ? scope.operandOf(name) : fact;
    };
    return allOf(conditions.map(condition => truthOf(condition, lookUp)));
}

/** References that an expression's text can come from, dotted and lower-case: `secrets['A']` as `secrets.a`. */
export function referencesIn(expression: string): string[] {
    return resultsOf(expression).map(normalized);
}

/**
 * Steps in which calls that name no stack are about those that calls before them selected for the same folder. Several of which
 * a condition may choose are all taken: the selection ends when another is made after it was used.
 *
 * Source: Pulumi CLI reference, `pulumi stack select`: the selection is kept in the workspace, for each project.
 */
export function withSelectedStacks(steps: readonly Step[]): Step[] {
    const selections = new Map<string, { readonly stacks: Set<string>; isUsed: boolean }>();
    return steps.map(step => {
        const calls = step.calls.flatMap(call => {
            const folder = posix.normalize(call.dir ?? ".");
            const known = selections.get(folder);
            if (call.selects && call.stack !== undefined) {
                if (known === undefined || (known.isUsed && step.conditions.length === 0))
                    selections.set(folder, { stacks: new Set([call.stack]), isUsed: false });
                else known.stacks.add(call.stack);
                return [call];
            }
            if (call.stack !== undefined || known === undefined) return [call];
            known.isUsed = true;
            return [...known.stacks].map(stack => ({ ...call, stack }));
        });
        return { ...step, calls };
    });
}

/** All calls of Pulumi in a job, in order. */
export function callsOf(job: Job): PulumiCall[] {
    return job.steps.flatMap(({ calls }) => calls);
}

export function runsPulumi(job: Job): boolean {
    return job.steps.some(({ calls }) => calls.length > 0);
}

/** Whether a job calls a workflow of another repository that has to do with Pulumi by its name, inputs or secrets. */
export function callsElsewhere({ uses: called, inputs, secrets }: Job): boolean {
    const uses = called.string() ?? "";
    if (uses === "" || uses.startsWith("./")) return false;
    const given = [...inputs, ...secrets];
    return /pulumi/i.test([uses, ...given.flatMap(([name, value]) => [name, String(value.scalar())])].join(" "));
}

export function applies(job: Job): boolean {
    return callsOf(job).some(isApply);
}

/**
 * The jobs that begin only after one for which `is` holds, however far back. Looks at each job and each `needs` once, so its
 * time grows with the size of the pipeline.
 */
export function jobsAfter({ jobs }: Pipeline, is: (job: Job) => boolean): ReadonlySet<Job> {
    const dependents = new Map<string, Job[]>();
    const waiting = new Map<number, Job[]>();
    let lastStage = 0;
    for (const job of jobs) {
        for (const need of job.needs) append(dependents, need, job);
        if (!job.waitsForStages || job.stage === undefined) continue;
        append(waiting, job.stage, job);
        lastStage = Math.max(lastStage, job.stage);
    }
    const found = new Set<Job>();
    const ways = jobs.filter(is);
    // All jobs that wait for a stage as late as this are found.
    let foundFrom = lastStage;
    for (let job = ways.pop(); job !== undefined; job = ways.pop()) {
        const after: Job[][] = [];
        // A needed job that calls a workflow stands for all jobs of that workflow.
        for (const name of namesOf(job)) {
            after.push(dependents.get(name) ?? []);
            dependents.delete(name);
        }
        const { stage = lastStage } = job;
        for (; foundFrom > stage; foundFrom -= 1) after.push(waiting.get(foundFrom) ?? []);
        for (const next of after.flat()) {
            if (found.has(next)) continue;
            found.add(next);
            ways.push(next);
        }
    }
    return found;
}

/**
 * The jobs that no run of some kind comes to: by their own condition, or because it skips a job they need, unless their condition
 * asks for a run whatever the result (`always()`). Looks at each job and each `needs` once.
 *
 * Source: GitHub Docs, "Workflow syntax for GitHub Actions", `jobs.<job_id>.needs`.
 */
export function skippedJobs({ jobs }: Pipeline, facts: Facts): ReadonlySet<Job> {
    /** How many jobs of a name, those of a called workflow among them, may still run. */
    const running = new Map<string, number>();
    const dependents = new Map<string, Job[]>();
    for (const job of jobs) {
        for (const name of namesOf(job)) running.set(name, (running.get(name) ?? 0) + 1);
        for (const need of job.needs) append(dependents, need, job);
    }
    const skipped = new Set(jobs.filter(job => runsWhen(job, facts) === "never"));
    for (const job of skipped) {
        for (const name of namesOf(job)) {
            const left = (running.get(name) ?? 0) - 1;
            running.set(name, left);
            if (left > 0) continue;
            // Jobs that are added to the set are visited as well.
            for (const next of dependents.get(name) ?? []) if (!runsAnyway(next)) skipped.add(next);
        }
    }
    return skipped;
}

/**
 * A GitHub pipeline without the jobs and steps that no run comes to, whatever started it: those with `if: false`, or for a push in a
 * workflow that only pull requests start. Of one that other repositories may call, the events are not known.
 */
export function withoutUnreachable(pipeline: Pipeline): Pipeline {
    const { triggers } = pipeline;
    const areKnown = triggers.size > 0 && !triggers.has("workflow_call");
    const runs: readonly Facts[] = areKnown ? [...triggers].map(eventFacts) : [() => undefined];
    const skipped = runs.map(facts => skippedJobs(pipeline, facts));
    const jobs = pipeline.jobs
        .filter(job => skipped.some(some => !some.has(job)))
        .map(job => ({
            ...job,
            steps: job.steps.filter(step => runs.some(facts => runsWhen(step, facts) !== "never")),
        }));
    return { ...pipeline, jobs };
}

/** Whether a job also runs where jobs that it needs were skipped. */
function runsAnyway({ conditions }: Job): boolean {
    return conditions.some(condition => /\b(always|failure|cancelled)\s*\(/.test(condition));
}

function append<K>(map: Map<K, Job[]>, key: K, job: Job): void {
    const known = map.get(key);
    if (known === undefined) map.set(key, [job]);
    else known.push(job);
}

/** The name of a job, and those of the jobs that call it: `a / b` and `a`. */
function namesOf({ name }: Job): string[] {
    const names: string[] = [];
    for (let end = name.length; end !== -1; end = name.lastIndexOf(" / ", end - 1)) names.push(name.slice(0, end));
    return names;
}
