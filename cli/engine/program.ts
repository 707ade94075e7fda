import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import type { FileValue } from "../../policies/kit/project/file-value";
import { toJson } from "../../policies/kit/project/to-json";
import type { Project, StackOfProject, Workspace } from "../../policies/kit/project/workspace";
import type { Answers } from "./answers";
import { tracked } from "./children";
import { guardEngine, STARTS_ENGINE, startedEngine } from "./engine-guard";
import type { Environment } from "./environment";
import { LANGUAGES } from "./languages";
import type { Launch, Launcher } from "./languages/language";
import { Monitor } from "./monitor";
import { PLACEHOLDERS } from "./placeholders";
import type { NotJudged, Resource } from "./resources";
import type { State } from "./state";

/** How long a program may run unless told otherwise, in milliseconds. */
const RUN_TIMEOUT = 120_000;

/** How many lines of what a failing program printed are shown. */
const SUMMARY_LINES = 4;

/** How many of the last characters that a failing program printed to its standard output are shown. */
const OUTPUT_LENGTH = 2_000;

/** Said where the system refuses to start a process with so much, as Linux does from 128 KB a variable on. */
const TOO_LONG =
    "a variable of its environment is longer than the system allows; shorten what the environment or --env-file gives, or let the program read it from a file";

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
    /** The stack as it is deployed, for what the program leaves as it is there. */
    readonly deployed?: State | undefined;
}

/** What a program registered, as far as it ran. */
export interface Evaluation {
    readonly resources: readonly Resource[];
    readonly notJudged: readonly NotJudged[];
}

/**
 * Runs a project's program for a stack by the SDK of its language, against a {@link Monitor}. Nothing is created and no account
 * is used. Throws nothing: a program in a language that is not run here, or one that fails, is not judged.
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
    const launcher = LANGUAGES.get(project.runtime ?? "");
    const language = project.runtime ?? "no runtime";
    const otherwise = "use `pulumi preview --policy-pack`, or --state with an export";
    if (launcher === undefined) {
        const reason = `The program (${language}) can only be run by the engine; ${otherwise}.`;
        return { resources: [], notJudged: [{ subject, reason }] };
    }
    const folder = resolve(workspace.root, project.dir);
    const config = configOf(project, stack, options);
    /** Keys whose placeholders do not show where they come to. */
    const untraced: string[] = [];
    // What type a program wants of a secret is known only when it refuses the placeholder.
    for (let tries = config.secretKeys.length; ; tries -= 1) {
        const stackName = stack?.name ?? UNNAMED_STACK;
        const { monitor, failure, output, missing } = await run(launcher, folder, project, stackName, config, options);
        if (missing !== undefined) {
            const reason = `The program (${language}) can only be run by the engine here: ${missing}, or ${otherwise}.`;
            return { resources: [], notJudged: [{ subject, reason }] };
        }
        const [, key = "", type = ""] =
            /Configuration '([^']+)' value '[^']*' is not a valid '?(\w+)/.exec(failure ?? "") ?? [];
        const wanted = WANTED.get(type);
        if (tries > 0 && wanted !== undefined && config.secretKeys.includes(key)) {
            config.values[key] = PLACEHOLDERS[wanted];
            untraced.push(key);
            continue;
        }
        const notJudged = [...monitor.notJudged];
        if (failure !== undefined) {
            notJudged.push({ subject, reason: failure, ...(output ? { output } : {}) });
        }
        const environments = stack?.file.content.get("environment");
        if (environments !== undefined && !environments.isMissing && options.environment === undefined) {
            const reason =
                "ESC environments, which are not opened here, give the stack settings; the program ran without them. --env-file gives them, as `pulumi env open --format json` prints them.";
            notJudged.push({ subject: stack?.file.path ?? subject, reason });
        }
        if (untraced.length > 0) {
            notJudged.push({
                subject,
                reason: `The values of secret settings (${untraced.join(", ")}) cannot be decrypted here and are no texts; the program ran with placeholders, and what it decides or computes by them may be otherwise.`,
            });
        }
        return { resources: monitor.resources, notJudged };
    }
}

/** Types, as the SDKs of Node.js and Python name them, that a program can want of a setting besides text. */
const WANTED: ReadonlyMap<string, keyof typeof PLACEHOLDERS> = new Map([
    ["number", "number"],
    ["int", "number"],
    ["float", "number"],
    ["boolean", "boolean"],
    ["bool", "boolean"],
    ["JSON", "JSON object"],
]);

/**
 * Runs a program once; `failure` says how it ended, unless it ended well, `output` what it printed at last, and `missing` why it
 * could not even be started.
 */
async function run(
    launcher: Launcher,
    folder: string,
    project: Project,
    stackName: string,
    { values, secretKeys }: Config,
    { organization, timeout = RUN_TIMEOUT, answers, environment, deployed }: RunOptions,
): Promise<{ monitor: Monitor; failure?: string | undefined; output?: string; missing?: string }> {
    const main = project.file.content.get("main").string() ?? ".";
    const program = resolve(folder, main);
    const deployment = {
        project: project.name ?? "project",
        stack: stackName,
        organization: organization ?? UNNAMED_ORGANIZATION,
        settings: values,
        secretKeys,
    };
    const old = deployed && new Map(deployed.resources.map(({ urn, inputs }) => [urn, inputs]));
    const monitor = new Monitor(deployment, folder, answers, old);
    const found = statSync(program, { throwIfNoEntry: false });
    if (found === undefined) {
        const reason = `${project.file.path} says \`main: ${main}\`, and there is no such file or folder.`;
        return { monitor, failure: `The program failed: ${reason}` };
    }
    // Source: pulumi/pulumi, pkg/engine/project.go (getPwdMain).
    const cwd = found.isFile() ? dirname(program) : program;
    const address = await monitor.listen();
    const files = mkdtempSync(join(tmpdir(), "security-baseline-"));
    const settingsFile = join(files, "settings.json");
    writeFileSync(settingsFile, JSON.stringify(values), { mode: 0o600 });
    const finish = () => {
        monitor.close();
        rmSync(files, { recursive: true, force: true });
    };
    const options = project.file.content.get("runtime").get("options");
    const launch = launcher({ folder, path: program, cwd, options, deployment, address, settingsFile });
    if ("missing" in launch) {
        finish();
        return { monitor, missing: launch.missing };
    }
    const problem = await problemOf(launch);
    if (problem !== undefined) {
        finish();
        return { monitor, failure: `The program could not be built: ${problem}` };
    }
    const env: NodeJS.ProcessEnv = { ...process.env, ...environment?.variables, ...launch.env };
    env.PATH = guardEngine(files, env.PATH);
    let child: ChildProcessByStdio<null, Readable, Readable>;
    try {
        child = tracked(
            spawn(launch.command, launch.args, { cwd: launch.folder, env, stdio: ["ignore", "pipe", "pipe"] }),
        );
    } catch (error) {
        finish();
        const { code, message } = error as NodeJS.ErrnoException;
        const reason = code === "E2BIG" ? TOO_LONG : message;
        return { monitor, failure: `The program could not be started: ${reason}.` };
    }
    let complaint = "";
    let output = "";
    child.stdout.on("data", chunk => {
        output = (output + String(chunk)).slice(-OUTPUT_LENGTH);
    });
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
            if (startedEngine(files)) return done(STARTS_ENGINE);
            if (code === 0) return done(undefined);
            // Maven tells of its errors on the standard output.
            const said = [...monitor.errors, complaint].join("\n").trim() || output;
            done(`The program failed: ${summaryOf(said, folder)}`);
        });
    });
    finish();
    return { monitor, failure, output: stripVTControlCharacters(output).trim() };
}

/** Builds a program where its language wants that; gives the first lines of what the compiler says where that fails. */
async function problemOf({ build, folder }: Launch): Promise<string | undefined> {
    if (build === undefined) return undefined;
    const child = tracked(spawn(build.command, build.args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] }));
    let complaint = "";
    child.stderr.on("data", chunk => {
        complaint += String(chunk);
    });
    const code = await new Promise<number | null>(done => {
        child.on("error", () => done(1));
        child.on("close", done);
    });
    return code === 0 ? undefined : summaryOf(complaint, folder);
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
        values[fullKey(key)] = textOf(value);
        if (hasSecret(value) && !isGiven.has(fullKey(key))) secretKeys.push(fullKey(key));
    }
    for (const [key, value] of Object.entries(given)) values[fullKey(key)] = value;
    return { values, secretKeys };
}

/** A setting as text, with placeholders for the secrets that it is or holds. */
function textOf(value: FileValue): string {
    if (isSecure(value)) return PLACEHOLDERS.string;
    const scalar = value.scalar();
    return scalar === undefined ? JSON.stringify(withoutSecrets(value)) : String(scalar);
}

function withoutSecrets(value: FileValue): unknown {
    if (isSecure(value)) return PLACEHOLDERS.string;
    if (value.isList) return value.items().map(withoutSecrets);
    if (!value.isMap) return toJson(value);
    return Object.fromEntries(value.entries().map(([key, item]) => [key, withoutSecrets(item)]));
}

function hasSecret(value: FileValue): boolean {
    if (value.isList) return value.items().some(hasSecret);
    return isSecure(value) || (value.isMap && value.entries().some(([, item]) => hasSecret(item)));
}

/** Whether a value stands in its file encrypted. */
function isSecure(value: FileValue): boolean {
    if (!value.isMap) return false;
    const [first, another] = value.entries();
    return another === undefined && first?.[0] === "secure";
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
    const [, place] = /(?<![^()\s])([^()\s]+:\d+:\d+)\)?$/.exec(own ?? "") ?? [];
    return `${message.join(" ")}${place === undefined ? "" : ` (${place.replace("file://", "").replace(`${folder}/`, "")})`}`;
}
