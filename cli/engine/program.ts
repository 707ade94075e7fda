import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { FileValue } from "../../policies/kit/project/file-value";
import { plain } from "../../policies/kit/project/plain";
import type { Project, StackOfProject, Workspace } from "../../policies/kit/project/workspace";
import type { Answers } from "./answers";
import { tracked } from "./children";
import type { Environment } from "./environment";
import { Monitor } from "./monitor";
import { PLACEHOLDERS } from "./placeholders";
import type { NotJudged, Resource } from "./resources";

/** How long a program may run unless told otherwise, in milliseconds. */
const RUN_TIMEOUT = 120_000;

/** How many lines of what a failing program printed are shown. */
const SUMMARY_LINES = 4;

/** The line with which the SDK heads an error: it names the program, which is known. Source: @pulumi/pulumi, cmd/run/run.ts. */
const SDK_HEADING = /^Running program '.*' failed with an unhandled exception:$/;

/** Stands for the stack's name where the project has no stack yet. */
const UNNAMED_STACK = "dev";

/** What backends without organisations tell a program that asks for its own. Source: pulumi/pulumi, pkg/backend/diy. */
const UNNAMED_ORGANIZATION = "organization";

/** How a program is run. */
export interface RunOptions {
    readonly organization?: string | undefined;
    /** Settings that win over those of the stack, by key, with or without the project's name. */
    readonly config?: Readonly<Record<string, string>> | undefined;
    /** How long it may run, in milliseconds. */
    readonly timeout?: number | undefined;
    /** What providers' functions and other stacks answer. */
    readonly answers?: Answers | undefined;
    /** What the stack's ESC environments give. */
    readonly environment?: Environment | undefined;
}

/** What a program registered, as far as it ran. */
export interface Evaluation {
    readonly resources: readonly Resource[];
    readonly notJudged: readonly NotJudged[];
}

/**
 * Runs a project's Node.js program for a stack by the SDK's own program runner, against a {@link Monitor}. Nothing is
 * created and no account is used. Throws nothing: a program in another language, or one that fails, is not judged.
 */
export async function evaluate(
    workspace: Workspace,
    project: Project,
    stack: StackOfProject | undefined,
    options: RunOptions = {},
): Promise<Evaluation> {
    const subject = project.dir || project.name || "program";
    const [problem] = project.file.problems;
    if (problem !== undefined) {
        const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`;
        return {
            resources: [],
            notJudged: [{ subject, reason: `The program was not run: ${place}: ${problem.message}.` }],
        };
    }
    if (project.runtime !== "nodejs") {
        const language = project.runtime ?? "no runtime";
        const reason = `The program (${language}) can only be run by the engine; use \`pulumi preview --policy-pack\`, or --state with an export.`;
        return { resources: [], notJudged: [{ subject, reason }] };
    }
    const folder = resolve(workspace.root, project.dir);
    const runner = runnerFor(folder);
    if (runner === undefined) {
        const reason =
            "The program cannot be run: @pulumi/pulumi is not installed for it; run `npm ci` in its folder, or use --state with an export.";
        return { resources: [], notJudged: [{ subject, reason }] };
    }
    const config = configOf(project, stack, options);
    // What type a program wants of a secret is known only when it refuses the placeholder.
    for (let tries = config.secretKeys.length; ; tries -= 1) {
        const { monitor, failure } = await run(runner, folder, project, stack?.name ?? UNNAMED_STACK, config, options);
        const [, key = "", type = ""] =
            /Configuration '([^']+)' value '[^']*' is not a valid (.+?)(?=\s|$)/.exec(failure ?? "") ?? [];
        const wanted = WANTED.find(known => known.startsWith(type) && type !== "");
        if (tries > 0 && wanted !== undefined && config.secretKeys.includes(key)) {
            config.values[key] = PLACEHOLDERS[wanted];
            continue;
        }
        const notJudged = [...monitor.notJudged];
        if (failure !== undefined) notJudged.push({ subject, reason: failure });
        const environments = stack?.file.content.get("environment");
        if (environments !== undefined && !environments.isMissing && options.environment === undefined) {
            const reason =
                "ESC environments, which are not opened here, give the stack settings; the program ran without them. --env-file gives them, as `pulumi env open --format json` prints them.";
            notJudged.push({ subject: stack?.file.path ?? subject, reason });
        }
        const untraced = config.secretKeys.filter(key => config.values[key] !== PLACEHOLDERS.string);
        if (untraced.length > 0) {
            notJudged.push({
                subject,
                reason: `The values of secret settings (${untraced.join(", ")}) cannot be decrypted here and are no texts; the program ran with placeholders, and what it decides or computes by them may be otherwise.`,
            });
        }
        return { resources: monitor.resources, notJudged };
    }
}

/** Types, as the SDK names them, that a program can want of a setting besides text. */
const WANTED = ["number", "boolean", "JSON object"] as const;

/** Runs a program once; `failure` says how it ended, unless it ended well. */
async function run(
    runner: string,
    folder: string,
    project: Project,
    stackName: string,
    { values, secretKeys }: Config,
    { organization, timeout = RUN_TIMEOUT, answers, environment }: RunOptions,
): Promise<{ monitor: Monitor; failure: string | undefined }> {
    const main = project.file.content.get("main").string() ?? ".";
    const program = resolve(folder, main);
    const deployment = {
        project: project.name ?? "project",
        stack: stackName,
        organization: organization ?? UNNAMED_ORGANIZATION,
        settings: values,
        secretKeys,
    };
    const monitor = new Monitor(deployment, folder, answers);
    const address = await monitor.listen();
    const options = project.file.content.get("runtime").get("options");
    const files = mkdtempSync(join(tmpdir(), "security-baseline-"));
    const settings = join(files, "settings.json");
    writeFileSync(settings, JSON.stringify(values), { mode: 0o600 });
    const child = tracked(
        spawn(
            process.execPath,
            [
                ...argumentsIn(options.get("nodeargs").string() ?? ""),
                // By its long name the SDK takes it for a loader, and leaves ES modules in TypeScript to it.
                "-r",
                join(__dirname, "program-preload.js"),
                runner,
                `--monitor=${address}`,
                `--engine=${address}`,
                `--organization=${deployment.organization}`,
                `--project=${deployment.project}`,
                `--stack=${deployment.stack}`,
                `--pwd=${folder}`,
                `--root-directory=${folder}`,
                "--dry-run",
                "--parallel=16",
                program,
            ],
            {
                cwd: folder,
                env: {
                    ...process.env,
                    ...environment?.variables,
                    PROGRAM_SETTINGS: settings,
                    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
                    // Types are the project's own affair; checking them would cost most of the time.
                    PULUMI_NODEJS_TRANSPILE_ONLY: process.env.PULUMI_NODEJS_TRANSPILE_ONLY ?? "true",
                    PULUMI_NODEJS_TYPESCRIPT: String(options.get("typescript").scalar() ?? true),
                },
                stdio: ["ignore", "pipe", "pipe"],
            },
        ),
    );
    let complaint = "";
    child.stdout.resume();
    child.stderr.on("data", chunk => {
        complaint += String(chunk);
    });
    const failure = await new Promise<string | undefined>(done => {
        const timer = setTimeout(() => {
            child.kill("SIGKILL");
            done(`The program did not end within ${timeout / 1000} s; --timeout gives it another time.`);
        }, timeout);
        child.on("error", error => {
            clearTimeout(timer);
            done(`The program could not be started: ${error.message}.`);
        });
        child.on("close", code => {
            clearTimeout(timer);
            if (code === 0) return done(undefined);
            const said = [...monitor.errors, complaint].join("\n");
            const summary = existsSync(program)
                ? summaryOf(said, folder)
                : `${project.file.path} says \`main: ${main}\`, and there is no such file or folder.`;
            done(`The program failed: ${summary}`);
        });
    });
    monitor.close();
    rmSync(files, { recursive: true, force: true });
    return { monitor, failure };
}

/** Splits `nodeargs` at spaces, but for those in quotes. */
function argumentsIn(text: string): string[] {
    return [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([argument]) => argument.replace(/["']/g, ""));
}

/**
 * The SDK's program runner: the project's own, or the pack's where the project has none installed. Undefined where the pack has
 * none either, because it is the published package.
 */
function runnerFor(folder: string): string | undefined {
    for (const paths of [[folder], [__dirname]]) {
        try {
            return require.resolve("@pulumi/pulumi/cmd/run", { paths });
        } catch {
            // The next place may have it.
        }
    }
    return undefined;
}

interface Config {
    /** By full key, such as `aws:region`; objects and lists as JSON, placeholders for secrets. */
    readonly values: Record<string, string>;
    readonly secretKeys: readonly string[];
}

/** The settings of a stack, with the project's defaults, as the engine hands them to a program. */
function configOf(
    project: Project,
    stack: StackOfProject | undefined,
    { config: given = {}, environment }: RunOptions,
): Config {
    const values: Record<string, string> = {};
    const secretKeys: string[] = [];
    const fullKey = (key: string) => (key.includes(":") ? key : `${project.name}:${key}`);
    const isGiven = new Set(Object.keys(given).map(fullKey));
    for (const [key, setting] of project.file.content.get("config").entries()) {
        const own = setting.get("value").isMissing ? setting.get("default") : setting.get("value");
        const value = setting.isMap ? own : setting;
        if (!value.isMissing) values[fullKey(key)] = textOf(value);
    }
    for (const [key, value] of Object.entries(environment?.config ?? {})) values[fullKey(key)] = value;
    for (const [key, value] of stack?.file.content.get("config").entries() ?? []) {
        const isSecret = hasSecret(value);
        values[fullKey(key)] = isSecret ? PLACEHOLDERS.string : textOf(value);
        if (isSecret && !isGiven.has(fullKey(key))) secretKeys.push(fullKey(key));
    }
    for (const [key, value] of Object.entries(given)) values[fullKey(key)] = value;
    return { values, secretKeys };
}

function textOf(value: FileValue): string {
    const scalar = value.scalar();
    return scalar === undefined ? JSON.stringify(plain(value)) : String(scalar);
}

function hasSecret(value: FileValue): boolean {
    if (value.isList) return value.items().some(hasSecret);
    if (!value.isMap) return false;
    const entries = value.entries();
    const [first] = entries;
    return (entries.length === 1 && first?.[0] === "secure") || entries.some(([, item]) => hasSecret(item));
}

/** The first lines that a failing program printed, without the stack but for its first place in the project's own files. */
function summaryOf(printed: string, folder: string): string {
    const lines = stripVTControlCharacters(printed)
        .split("\n")
        .map(line => line.trim())
        .filter(line => line !== "");
    const message = lines.filter(line => !line.startsWith("at ") && !SDK_HEADING.test(line)).slice(0, SUMMARY_LINES);
    const own = lines.find(
        line => line.startsWith("at ") && line.includes(`${folder}/`) && !line.includes("node_modules"),
    );
    const [, place] = /([^()\s]+:\d+:\d+)\)?$/.exec(own ?? "") ?? [];
    return `${message.join(" ")}${place === undefined ? "" : ` (${place.replace("file://", "").replace(`${folder}/`, "")})`}`;
}
