import type { Workspace } from "../../../kit/project/workspace";
import { callsElsewhere, type Pipeline, runsPulumi } from "../../../pipelines/pipeline";
import type { Defect, Demands } from "./program";

interface Rule {
    /** `runtime` of the programs that it is about. */
    readonly runtime: string;
    /** The command, one space between words. */
    readonly command: RegExp;
    /** What makes it right. */
    readonly unless: RegExp;
    readonly message: string;
}

/**
 * Commands that do not take the lockfile at its word.
 *
 * Source: npm Docs, "npm ci"; Yarn 1 documentation, "yarn install"; pnpm.io, "pnpm install"; Bun's, uv's, Poetry's and
 * Pipenv's documentation of `install` and `sync`; Go Modules Reference, "go get"; NuGet, "Locking dependencies".
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
        command: /^bun (install|i)( --?\S+)*$/,
        unless: /--frozen-lockfile/,
        message: "may change the lockfile; expected `bun install --frozen-lockfile`.",
    },
    {
        runtime: "python",
        command: /^uv sync\b/,
        unless: /--(locked|frozen)\b/,
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
        command: /^pipenv install( --?\S+)*$/,
        unless: /--(deploy|ignore-pipfile)\b/,
        message: "may change the lockfile; expected `pipenv sync`.",
    },
    {
        runtime: "python",
        command: /^(uv )?(python3? -m )?pip3? install\b.* ['"]?pulumi[\w.-]*(\[[^\]]*\])?['"]?( |$)/,
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
        runtime: "dotnet",
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
    const jobs = pipeline.jobs.filter(job => runsPulumi(job) || callsElsewhere(job));
    return jobs.flatMap(job =>
        job.steps.flatMap(({ commands, script, uses }) => {
            const place = script.isMissing ? uses : script;
            return commands.flatMap(({ words, offset }) => {
                const text = words.filter((word, index) => index > 0 || !/^\w+=/.test(word)).join(" ");
                const problem = problemOf(text, runtimes, workspace, demands);
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
): string | undefined {
    const loose = RULES.find(
        ({ runtime, command, unless }) => runtimes.has(runtime) && command.test(text) && !unless.test(text),
    );
    if (loose !== undefined) return loose.message;
    // Later versions of Yarn refuse to change the lockfile in CI by themselves.
    const isYarn =
        runtimes.has("nodejs") && /^yarn( install)?( --?\S+)*$/.test(text) && !/--(version|help)\b/.test(text);
    const isModern =
        (workspace.text("yarn.lock").text ?? "").includes("__metadata:") ||
        !workspace.yaml(".yarnrc.yml").content.isMissing;
    if (isYarn && (isModern ? /--no-immutable/.test(text) : !/--(frozen-lockfile|immutable)\b/.test(text))) {
        return `may change the lockfile; expected \`yarn install ${isModern ? "--immutable" : "--frozen-lockfile"}\`.`;
    }
    const isPip = runtimes.has("python") && /\bpip3? install\b.* (-r|--requirement)\b/.test(text);
    if (isPip && requireHashes && !text.includes("--require-hashes")) {
        return "takes packages without a hash; expected `--require-hashes`.";
    }
    return undefined;
}
