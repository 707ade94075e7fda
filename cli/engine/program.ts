import { spawn } from "node:child_process";
import { resolve } from "node:path";
import type { FileValue } from "../../policies/kit/project/file-value";
import { plain } from "../../policies/kit/project/plain";
import type { Project, StackOfProject, Workspace } from "../../policies/kit/project/workspace";
import { tracked } from "./children";
import { Monitor } from "./monitor";
import type { NotJudged, Resource } from "./resources";

/** How long a program may run, in milliseconds. */
const RUN_TIMEOUT = 120_000;

/** Stands for the value of a secret setting, which cannot be decrypted without the stack's key. */
const SECRET_PLACEHOLDER = "[secret]";

/** Stands for the stack's name where the project has no stack yet. */
const UNNAMED_STACK = "dev";

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
): Promise<Evaluation> {
    const subject = project.dir || project.name || "program";
    const refuse = (reason: string): Evaluation => ({ resources: [], notJudged: [{ subject, reason }] });
    if (project.runtime !== "nodejs") {
        const language = project.runtime ?? "no runtime";
        return refuse(
            `The program (${language}) can only be run by the engine; use \`pulumi preview --policy-pack\`, or --state with an export.`,
        );
    }
    const folder = resolve(workspace.root, project.dir);
    const program = resolve(folder, project.file.content.get("main").string() ?? ".");
    const runner = runnerFor(folder);
    if (runner === undefined) {
        return refuse(
            "The program cannot be run: @pulumi/pulumi is not installed for it; run `npm ci` in its folder, or use --state with an export.",
        );
    }
    const config = configOf(project, stack);
    const stackName = stack?.name ?? UNNAMED_STACK;
    const monitor = new Monitor(
        project.name ?? "project",
        stackName,
        String(config.values["aws:region"] ?? "us-east-1"),
    );
    const address = await monitor.listen();
    const typescript = project.file.content.get("runtime").get("options").get("typescript").scalar();
    const child = tracked(
        spawn(
            process.execPath,
            [
                runner,
                `--monitor=${address}`,
                `--engine=${address}`,
                `--project=${project.name ?? "project"}`,
                `--stack=${stackName}`,
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
                    PULUMI_CONFIG: JSON.stringify(config.values),
                    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys),
                    // Types are the project's own affair; checking them would cost most of the time.
                    PULUMI_NODEJS_TRANSPILE_ONLY: process.env.PULUMI_NODEJS_TRANSPILE_ONLY ?? "true",
                    PULUMI_NODEJS_TYPESCRIPT: String(typescript ?? true),
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
    const end = await new Promise<string | undefined>(done => {
        const timer = setTimeout(() => {
            child.kill("SIGKILL");
            done(`The program did not end within ${RUN_TIMEOUT / 1000} s.`);
        }, RUN_TIMEOUT);
        child.on("error", error => done(error.message));
        child.on("close", code => {
            clearTimeout(timer);
            done(
                code === 0 ? undefined : `The program failed: ${firstLines([...monitor.errors, complaint].join("\n"))}`,
            );
        });
    });
    monitor.close();
    const notJudged = [...monitor.notJudged];
    if (end !== undefined) notJudged.push({ subject, reason: end });
    if (config.secretKeys.length > 0) {
        notJudged.push({
            subject,
            reason: `The values of secret settings (${config.secretKeys.join(", ")}) cannot be decrypted here; the program ran with placeholders.`,
        });
    }
    return { resources: monitor.resources, notJudged };
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
    /** By full key, such as `aws:region`; objects and lists as JSON. */
    readonly values: Readonly<Record<string, string>>;
    readonly secretKeys: readonly string[];
}

/** The settings of a stack, with the project's defaults, as the engine hands them to a program. */
function configOf(project: Project, stack: StackOfProject | undefined): Config {
    const values: Record<string, string> = {};
    const secretKeys: string[] = [];
    const fullKey = (key: string) => (key.includes(":") ? key : `${project.name}:${key}`);
    for (const [key, given] of project.file.content.get("config").entries()) {
        const value = given.isMap ? (given.get("value").isMissing ? given.get("default") : given.get("value")) : given;
        if (!value.isMissing) values[fullKey(key)] = textOf(value);
    }
    for (const [key, value] of stack?.file.content.get("config").entries() ?? []) {
        const isSecret = hasSecret(value);
        values[fullKey(key)] = isSecret ? SECRET_PLACEHOLDER : textOf(value);
        if (isSecret) secretKeys.push(fullKey(key));
    }
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

function firstLines(text: string): string {
    const lines = text
        .split("\n")
        .map(line => line.trim())
        .filter(line => line !== "" && !line.startsWith("at "));
    return lines.slice(0, 4).join(" ");
}
