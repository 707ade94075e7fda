import { shortened } from "../../../kit/project/budget";
import type { Workspace } from "../../../kit/project/workspace";
import { type Pipeline, runsPulumi } from "../../../pipelines/pipeline";
import { downloadedScript, fetchedPackage } from "./fetched";
import type { Defect, Demands } from "./program";

interface Rule {
    /** `runtime` of the programs that it is about. */
    readonly runtime: string;
    /** The command, one space between words. */
    readonly command: RegExp;
    /** What makes it right. */
    readonly unless: RegExp;
    readonly message: string;
    /** Variables of the tool that make it right as well, set to anything but nothing and false. */
    readonly variables?: readonly string[];
}

/**
 * Commands that do not take the lockfile at its word.
 *
 * Source: npm Docs, "npm ci"; Yarn 1 documentation, "yarn install"; pnpm.io, "pnpm install"; Bun's, uv's, Poetry's and
 * Pipenv's documentation of `install` and `sync`; Go Modules Reference, "go get", "go mod tidy"; uv's "Environment variables"; NuGet, "Locking dependencies".
 */
const RULES: readonly Rule[] = [
    {
        runtime: "nodejs",
        command: /^npm (install|i|add|in)( -(?!-?g(lobal)?\b)\S+)*$/,
        unless: /(^| )(-g|--global)( |$)/,
        message: "may change the lockfile; expected `npm ci`.",
    },
    {
        runtime: "nodejs",
        command: /^(npm (install|i|in)|(npm|pnpm|yarn|bun) add)( -\S+)* (?!-|[./~$]|file:)/,
        unless: /(^| )(-g|--global|--location[= ]global)( |$)/,
        message: "adds packages that no lockfile pins; expected them in the manifest, and `npm ci` or its like.",
    },
    {
        runtime: "nodejs",
        command: /^npm (update|up|upgrade)\b/,
        unless: /(^| )(-g|--global)( |$)/,
        message: "installs other versions than the lockfile's; expected `npm ci`.",
    },
    {
        runtime: "nodejs",
        command: /^pnpm (install|i)\b.*--(no-frozen-lockfile|frozen-lockfile=false|fix-lockfile)/,
        unless: /^$/,
        message: "may change the lockfile; expected `pnpm install --frozen-lockfile`.",
    },
    {
        runtime: "nodejs",
        command: /^bun (install|i)( -\S+)*$/,
        unless: /--frozen-lockfile/,
        message: "may change the lockfile; expected `bun install --frozen-lockfile`.",
    },
    {
        runtime: "python",
        command: /^uv sync\b/,
        unless: /--(locked|frozen|check)\b/,
        variables: ["UV_LOCKED", "UV_FROZEN"],
        message: "may change the lockfile; expected `uv sync --locked`.",
    },
    {
        runtime: "python",
        command: /^poetry (update|lock)\b/,
        unless: /--check\b/,
        message: "changes the lockfile; expected `poetry install`, which takes it as it is.",
    },
    {
        runtime: "python",
        command: /^pipenv install( -\S+)*$/,
        unless: /--(deploy|ignore-pipfile)\b/,
        message: "may change the lockfile; expected `pipenv sync`.",
    },
    {
        runtime: "python",
        command: /^(uv )?(python3? -m )?pip3? install\b.* ['"]?pulumi[\w.-]*(\[[^\][]*\])?['"]?( |$)/,
        unless: /^$/,
        message: "installs whatever version is new; expected `pip install -r requirements.txt`.",
    },
    {
        runtime: "go",
        command: /^go get\b.* (-u\b|\S+@(latest|main|master)\b)/,
        unless: /^$/,
        message: "installs other versions than go.sum's; expected `go mod download`.",
    },
    {
        runtime: "go",
        command: /^go mod tidy\b/,
        unless: / -diff\b/,
        message: "may change go.mod and go.sum; expected `go mod download`.",
    },
    {
        runtime: "dotnet",
        variables: ["RestoreLockedMode"],
        command: /^dotnet restore\b/,
        unless: /--locked-mode\b|RestoreLockedMode=true/i,
        message: "may change the lockfile; expected `dotnet restore --locked-mode`.",
    },
];

/** Install commands in jobs that run Pulumi, for the languages of the programs, that do not hold to the lockfile. */
export function looseInstalls(
    pipeline: Pipeline,
    runtimes: ReadonlySet<string>,
    workspace: Workspace,
    demands: Demands,
): Defect[] {
    return pipeline.jobs.filter(runsPulumi).flatMap(job =>
        job.steps.flatMap(({ commands, script, uses, scope }) => {
            const place = script.isMissing ? uses : script;
            return commands.flatMap((command, index) => {
                const { words, offset } = command;
                const assignments = words.slice(
                    0,
                    words.findIndex(word => !/^\w+=/.test(word)),
                );
                const isSet = (name: string) => {
                    const inline = assignments.find(word => word.startsWith(`${name}=`))?.slice(name.length + 1);
                    const value = inline ?? (scope.env.get(name) ?? job.scope.env.get(name))?.scalar();
                    return value !== undefined && !/^(?:0|f|false|n|no|off|)$/i.test(String(value));
                };
                const text = shortened(words.slice(assignments.length).join(" "));
                const downloaded = downloadedScript(command, commands[index - 1]);
                if (downloaded !== undefined) return [{ at: place.lineAt(offset), message: downloaded }];
                const problem = problemOf(text, runtimes, workspace, demands, isSet) ?? fetchedPackage(text, workspace);
                return problem === undefined ? [] : [{ at: place.lineAt(offset), message: `\`${text}\` ${problem}` }];
            });
        }),
    );
}

function problemOf(
    text: string,
    runtimes: ReadonlySet<string>,
    workspace: Workspace,
    { requireHashes }: Demands,
    isSet: (variable: string) => boolean,
): string | undefined {
    const loose = RULES.find(
        ({ runtime, command, unless, variables = [] }) =>
            runtimes.has(runtime) && command.test(text) && !unless.test(text) && !variables.some(isSet),
    );
    if (loose !== undefined) return loose.message;
    // Later versions of Yarn refuse to change the lockfile in CI by themselves.
    const isYarn = runtimes.has("nodejs") && /^yarn( install)?( -\S+)*$/.test(text) && !/--(version|help)\b/.test(text);
    const isModern =
        (workspace.text("yarn.lock").text ?? "").includes("__metadata:") ||
        !workspace.yaml(".yarnrc.yml").content.isMissing;
    if (
        isYarn &&
        !isSet("YARN_ENABLE_IMMUTABLE_INSTALLS") &&
        (isModern ? /--no-immutable/.test(text) : !/--(frozen-lockfile|immutable)\b/.test(text))
    ) {
        return `may change the lockfile; expected \`yarn install ${isModern ? "--immutable" : "--frozen-lockfile"}\`.`;
    }
    const isPip = runtimes.has("python") && /\bpip3? install\b/.test(text) && / (-r|--requirement)\b/.test(text);
    if (isPip && requireHashes && !text.includes("--require-hashes")) {
        return "takes packages without a hash; expected `--require-hashes`.";
    }
    return undefined;
}
