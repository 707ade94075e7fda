import { z } from "zod";
import { nist } from "../../kit/controls";
import { hasProject } from "../../kit/project/absence";
import { projectDir } from "../../kit/project/common-settings";
import { projectRule } from "../../kit/rule";
import { pipelinesOf } from "../../pipelines/read-pipelines";
import { dotnetDefects, restoresLocked } from "./dependencies-pinned/dotnet";
import { goDefects } from "./dependencies-pinned/go";
import { looseInstalls } from "./dependencies-pinned/install";
import { javaDefects } from "./dependencies-pinned/java";
import { nodeDefects } from "./dependencies-pinned/node";
import { pluginDefects } from "./dependencies-pinned/plugins";
import { type Defect, type Demands, grouped, type Program, programOf } from "./dependencies-pinned/program";
import { pythonDefects } from "./dependencies-pinned/python";
import { registryDefects } from "./dependencies-pinned/registry";

const Settings = z.strictObject({
    projectDir,
    requireExactVersions: z
        .boolean()
        .default(true)
        .describe("Whether the manifest must name exact versions, besides the lockfile."),
    requireHashes: z
        .boolean()
        .default(false)
        .describe("Whether requirements for Python must have hashes, and CI must ask pip for them."),
    requireScriptAllowList: z
        .boolean()
        .default(true)
        .describe("Whether packages for Node.js may run scripts at install only when they are on a list."),
    allowedInstallScripts: z
        .array(z.string().min(1))
        .default(["protobufjs"])
        .describe(
            "Names of packages for Node.js whose scripts may run at install, where npm's lockfile tells which have some; protobufjs comes with Pulumi's SDK.",
        ),
    registries: z
        .strictObject({
            nodejs: z.url().optional(),
            python: z.url().optional(),
            go: z.url().optional(),
            dotnet: z.url().optional(),
            java: z.url().optional(),
        })
        .default({})
        .describe(
            "Addresses of the private registries that packages must come from, by language (`nodejs`, `python`, `go`, `dotnet`, `java`); any registry for a language without one.",
        ),
});

/** Languages of programs, as `runtime` in Pulumi.yaml names them. YAML programs have no dependencies of their own. */
const LANGUAGES: ReadonlyMap<string, (program: Program, demands: Demands) => Defect[]> = new Map([
    ["nodejs", nodeDefects],
    ["bun", nodeDefects],
    ["python", pythonDefects],
    ["go", goDefects],
    ["dotnet", dotnetDefects],
    ["java", javaDefects],
]);

/**
 * A program's packages run with the credentials of the pipeline. What is installed should be what was reviewed: exact
 * versions, a lockfile with hashes, and nothing that runs at install.
 *
 * The lockfile may lie at the root of a workspace. Whether it is committed is told by `.gitignore` alone.
 */
export const rule = projectRule({
    name: "dependencies-pinned",
    title: "Dependencies of programs are pinned",
    description:
        "Programs must name exact versions and have a committed lockfile that agrees with them, which installs in CI hold to.",
    severity: "medium",
    enforcementLevel: "advisory",
    tags: ["supply-chain", "dependencies", "ci"],
    controls: nist("SR-4(3)"),
    remediationSteps: [
        "Replace ranges in the manifest by exact versions, for npm with `npm install --save-exact`.",
        "Commit the lockfile, and update both in one change.",
        "In CI, install with the command that refuses to change the lockfile, such as `npm ci`.",
    ],
    url: "https://docs.npmjs.com/cli/configuring-npm/package-lock-json",
    settings: Settings,
    judge(workspace, settings, report) {
        if (!hasProject(workspace, report)) return;
        const runtimes = new Set(workspace.projects.flatMap(({ runtime }) => runtime ?? []));
        const plugins = workspace.projects.flatMap(({ file }) => pluginDefects(file.content));
        if (plugins.length === 0 && ![...runtimes].some(runtime => LANGUAGES.has(runtime))) {
            report.notApplicable("No program has dependencies in a language that is known.");
        }
        const { pipelines } = pipelinesOf(workspace);
        const own = workspace.projects.flatMap(project => {
            const { runtime = "" } = project;
            const program = programOf(workspace, project);
            const registry = registryFor(runtime, settings);
            const defects = LANGUAGES.get(runtime)?.(program, { ...settings, registry }) ?? [];
            return [
                ...grouped(defects),
                ...(registry === undefined ? [] : registryDefects(program, registry, pipelines)),
            ];
        });
        const languages = new Set([...runtimes].map(runtime => (runtime === "bun" ? "nodejs" : runtime)));
        // A restore that the project files lock needs no flag.
        const programs = workspace.projects.filter(({ runtime }) => runtime === "dotnet");
        if (programs.length > 0 && programs.every(project => restoresLocked(programOf(workspace, project))))
            languages.delete("dotnet");
        const installs = pipelines.flatMap(pipeline => looseInstalls(pipeline, languages, workspace, settings));
        for (const { at, message, isNote } of [...plugins, ...own, ...installs]) {
            if (isNote) report.undetermined(at, message);
            else report.violation(at, message);
        }
    },
});

function registryFor(runtime: string, { registries }: z.output<typeof Settings>): string | undefined {
    return Object.entries(registries).find(([language]) => language === (runtime === "bun" ? "nodejs" : runtime))?.[1];
}
