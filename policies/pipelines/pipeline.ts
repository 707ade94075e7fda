import type { FileValue } from "../kit/project/file-value";
import { expand, resultsOf } from "./expression";
import { isApply, type PulumiCall } from "./pulumi-call";
import type { Command } from "./shell";

/** A file that the CI service runs: a GitHub workflow, or a GitLab pipeline with all it includes. */
export interface Pipeline {
    readonly service: "github" | "gitlab";
    /** Path below the repository's root. */
    readonly path: string;
    readonly content: FileValue;
    /** Events that start it, such as `pull_request`; empty for GitLab, whose jobs choose by rules. */
    readonly triggers: ReadonlySet<string>;
    /** All jobs, those of called workflows in the place of their callers. */
    readonly jobs: readonly Job[];
    /** The files it is made of that lie in the repository, itself first. */
    readonly files: readonly FileValue[];
}

/** A job of a pipeline. */
export interface Job {
    /** Its id; behind those of its callers where it belongs to a called workflow: `deploy / up`. */
    readonly name: string;
    readonly at: FileValue;
    readonly steps: readonly Step[];
    /** Ids of the jobs that must succeed before it. */
    readonly needs: readonly string[];
    /** The deployment environment, absent or not. */
    readonly environment: FileValue;
    /** The `permissions` that hold: the job's own, else its workflow's, else its caller's; undefined for the default token. */
    readonly permissions: FileValue | undefined;
    /** Images of containers and services that it runs in. */
    readonly images: readonly FileValue[];
    /** When it runs, as written, its callers' conditions included; empty for always. */
    readonly condition: string;
    /** True when a person has to start it. */
    readonly isManual: boolean;
    /** True when what needs it goes on whatever its result. */
    readonly isFailureIgnored: boolean;
    readonly scope: Scope;
}

/** One step of a job; steps of local composite actions stand in the place of their callers. */
export interface Step {
    readonly at: FileValue;
    /** Name that other steps refer to it by. */
    readonly id: string | undefined;
    /** What it runs: an action, or else commands. */
    readonly uses: FileValue;
    /** The action without its version, lower-case: `pulumi/actions`. Empty where it runs commands. */
    readonly action: string;
    /** Inputs of the action by lower-case name, as written. */
    readonly inputs: ReadonlyMap<string, FileValue>;
    /** The script, absent where it runs an action. */
    readonly script: FileValue;
    readonly commands: readonly Command[];
    /** Folder that the commands begin in, where it is set. */
    readonly folder: string | undefined;
    readonly calls: readonly PulumiCall[];
    /** When it runs, as written; empty for always. */
    readonly condition: string;
    /** True when the job goes on whatever the result. */
    readonly isFailureIgnored: boolean;
    readonly scope: Scope;
}

/** What names stand for in a job or step: values of `inputs`, `matrix` and `env`, as far as files tell. */
export class Scope {
    constructor(
        /** Possible values by lower-case reference, such as `inputs.stack`. */
        private readonly values: ReadonlyMap<string, readonly string[]>,
        /** Environment variables by name, as written. */
        readonly env: ReadonlyMap<string, FileValue>,
    ) {}

    with(values: ReadonlyMap<string, readonly string[]>, env: ReadonlyMap<string, FileValue> = new Map()): Scope {
        return new Scope(new Map([...this.values, ...values]), new Map([...this.env, ...env]));
    }

    /** What a text can become; `${{ … }}` that files do not tell stay in it. */
    expand(text: string, depth = 0): string[] {
        return expand(text, reference => {
            const name = normal(reference);
            const known = this.values.get(name);
            if (known !== undefined) return known;
            const variable = name.startsWith("env.") ? this.variable(name.slice("env.".length)) : undefined;
            return variable === undefined || depth > 3 ? undefined : this.expand(variable, depth + 1);
        });
    }

    /** What a word of a command can become, variables of the environment included. */
    expandWord(word: string): string[] {
        const isKnown = (name: string) => this.env.get(name)?.scalar() !== undefined;
        const withVariables = word.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced?: string, plain?: string) => {
            const name = braced ?? plain ?? "";
            return isKnown(name) ? String(this.env.get(name)?.scalar()) : whole;
        });
        return this.expand(withVariables);
    }

    private variable(lowerName: string): string | undefined {
        for (const [name, value] of this.env) {
            if (name.toLowerCase() === lowerName)
                return value.scalar() === undefined ? undefined : String(value.scalar());
        }
        return undefined;
    }
}

/** References that an expression's text can come from, dotted and lower-case: `secrets['A']` as `secrets.a`. */
export function referencesIn(expression: string): string[] {
    return resultsOf(expression).map(normal);
}

/** All calls of Pulumi in a job, in order. */
export function callsOf(job: Job): PulumiCall[] {
    return job.steps.flatMap(({ calls }) => calls);
}

export function runsPulumi(job: Job): boolean {
    return job.steps.some(({ calls }) => calls.length > 0);
}

/** Whether a job calls a workflow of another repository that has to do with Pulumi by its name, inputs or secrets. */
export function callsElsewhere({ at }: Job): boolean {
    const uses = at.get("uses").string() ?? "";
    if (uses === "" || uses.startsWith("./")) return false;
    const given = [...at.get("with").entries(), ...at.get("secrets").entries()];
    return /pulumi/i.test([uses, ...given.flatMap(([name, value]) => [name, String(value.scalar())])].join(" "));
}

export function applies(job: Job): boolean {
    return callsOf(job).some(isApply);
}

/** The jobs that must succeed before a job begins, however far back. */
export function jobsBefore(job: Job, pipeline: Pipeline): Job[] {
    const found = new Set<Job>();
    const visit = (names: readonly string[]) => {
        for (const name of names) {
            for (const other of pipeline.jobs) {
                // A needed job that calls a workflow stands for all jobs of that workflow.
                if (other.name !== name && !other.name.startsWith(`${name} / `)) continue;
                if (other === job || found.has(other)) continue;
                found.add(other);
                visit(other.needs);
            }
        }
    };
    visit(job.needs);
    return [...found];
}

function normal(reference: string): string {
    return reference
        .replace(/\[\s*'([^']*)'\s*\]/g, ".$1")
        .replace(/\s+/g, "")
        .toLowerCase()
        .replace(/^github\.event\.inputs\./, "inputs.");
}
