import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { ConfigError, show } from "../policies/config/config-error";
import { unusedIn } from "../policies/config/lint";
import { readSettings } from "../policies/config/load";
import { definition } from "../policies/definition";
import { type Project, Workspace } from "../policies/kit/project/workspace";
import { printable } from "../policies/kit/report";
import { packageRoot, packageVersion } from "../policies/package-root";
import { colors } from "./colors";
import { TOOLS } from "./engine/languages";
import { pulumiVersion } from "./engine/preview";
import { problemInManifest } from "./manifest";
import type { Run } from "./run";
import { configDirOption, settingsFolder } from "./settings-folder";
import { projectLabel, UsageError } from "./units";

/** One thing that was looked at: right, worth knowing, or a problem with what to do about it. */
interface Examination {
    readonly state: "right" | "note" | "problem";
    readonly subject: string;
    readonly message: string;
}

/** Adds `doctor`, which says whether a check can run here and what it would lack. */
export function registerDoctor(program: Command, run: Run): void {
    program
        .command("doctor")
        .description("look whether all is there that a check needs, and say what to do where it is not")
        .option("--project <dir>", "folder of the project, or of a repository of projects", ".")
        .addOption(configDirOption())
        .addHelpText("after", "\nExit code: 0 all is there, 1 there are problems.")
        .action(({ project, configDir }: { project: string; configDir?: string }) => {
            const examinations = examine(project, configDir);
            run.print(examinations.map(toLine).join("\n"));
            if (examinations.some(({ state }) => state === "problem")) run.exitCode = 1;
        });
}

function toLine({ state, subject, message }: Examination): string {
    const mark = { right: colors.green("✔"), note: colors.cyan("i"), problem: colors.red("✖") }[state];
    // Mistakes in settings stand on lines of their own.
    const lines = message.split("\n").map(printable).join("\n");
    return `${mark} ${printable(subject)}: ${lines}`;
}

/** Everything that a check of a folder depends on, in the order in which it is needed. Throws nothing. */
function examine(project: string, configDir: string | undefined): Examination[] {
    const projectDir = resolve(project);
    const workspace = Workspace.open({ projectDir, stack: undefined, project: undefined, calledFrom: projectDir });
    return [
        {
            state: "right",
            subject: "security-baseline",
            message: `${packageVersion()}, ${definition.rules.length} rules${definition.folder === packageRoot ? "" : `, with those of ${definition.name} in ${definition.folder}`}.`,
        },
        // An older one has not come this far.
        { state: "right", subject: "Node.js", message: `${process.versions.node}.` },
        examineSettings(project, configDir, workspace),
        ...examineProjects(workspace, project),
        examineEngine(),
    ];
}

function examineSettings(project: string, configDir: string | undefined, workspace: Workspace): Examination {
    const subject = "settings";
    try {
        const folder = settingsFolder(configDir, project, workspace.root);
        const unused = unusedIn(readSettings(folder, definition.rules, new Date(), { isEdited: true }), []);
        if (unused.length === 0) return { state: "right", subject, message: `${folder}.` };
        return { state: "problem", subject, message: listed(folder, unused.map(show)) };
    } catch (error) {
        if (error instanceof UsageError) return { state: "problem", subject, message: error.message };
        if (error instanceof ConfigError) return { state: "problem", subject, message: error.message };
        throw error;
    }
}

function examineProjects(workspace: Workspace, project: string): Examination[] {
    if (workspace.projects.length > 0) return workspace.projects.flatMap(each => examineProject(workspace, each));
    const message = `there is no Pulumi.yaml in or under ${resolve(project)}; give its folder with --project.`;
    return [{ state: "problem", subject: "project", message }];
}

function examineProject(workspace: Workspace, project: Project): Examination[] {
    const subject = projectLabel(workspace, project);
    const problems = project.problems.map(
        ({ file, line, message }) => `${line === undefined ? file : `${file}:${line}`}: ${message}.`,
    );
    if (problems.length > 0)
        return [{ state: "problem", subject, message: listed("Pulumi refuses its file", problems) }];
    const names = project.stacks.map(({ name }) => name);
    const stacks: Examination =
        names.length === 0
            ? {
                  state: "note",
                  subject,
                  message:
                      "no stack has a file, Pulumi.<stack>.yaml; the program is judged for a stack without settings.",
              }
            : { state: "right", subject, message: `stacks ${names.join(", ")}.` };
    return [stacks, examineLanguage(workspace, project, subject)];
}

function examineLanguage(workspace: Workspace, project: Project, subject: string): Examination {
    const { runtime } = project;
    if (runtime === undefined) {
        return {
            state: "problem",
            subject,
            message: `${project.file.path} names no runtime; expected one such as nodejs.`,
        };
    }
    if (runtime === "nodejs") return examineSdk(workspace, project, subject);
    const [command, ...args] = TOOLS.get(runtime) ?? [];
    if (command === undefined) {
        const message = `its language is ${runtime}, whose programs a check does not run; it judges the files, and with --state an export. \`pulumi preview --policy-pack\` judges the program.`;
        return { state: "note", subject, message };
    }
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
    const [version = ""] = `${stdout}${stderr}`.split("\n");
    if (status === 0) return { state: "right", subject, message: `its language is ${runtime}: ${version}.` };
    return {
        state: "problem",
        subject,
        message: `its language is ${runtime}, and there is no ${command} on PATH; install it.`,
    };
}

function examineSdk(workspace: Workspace, project: Project, subject: string): Examination {
    const problem = problemInManifest(workspace, project);
    if (problem !== undefined) return { state: "problem", subject, message: `${problem}.` };
    const folder = resolve(workspace.root, project.dir);
    try {
        const manifest = require.resolve("@pulumi/pulumi/package.json", { paths: [folder] });
        const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
        return { state: "right", subject, message: `its language is nodejs, with @pulumi/pulumi ${version}.` };
    } catch {
        const message = `@pulumi/pulumi is not installed for it; run \`npm ci\`, or what installs its packages, in ${folder}.`;
        return { state: "problem", subject, message };
    }
}

function examineEngine(): Examination {
    const subject = "Pulumi CLI";
    const version = pulumiVersion();
    if (version !== undefined) return { state: "right", subject, message: `${version}.` };
    const message = "not on PATH. A check needs none; `pulumi preview --policy-pack` does.";
    return { state: "note", subject, message };
}

function listed(head: string, lines: readonly string[]): string {
    return [`${head}:`, ...lines.map(line => `    ${line}`)].join("\n");
}
