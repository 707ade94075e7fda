import { posix } from "node:path";
import type { Workspace } from "../kit/project/workspace";
import { join } from "./folders";
import { nameOf, PACKAGE_MANAGERS } from "./launchers";

/** What a program does with Pulumi: it can have it do anything. */
export type ProgramUse = "uses Pulumi's Automation API" | "starts Pulumi" | "is named after Pulumi";

/** Imports of the Automation API. Source: Pulumi documentation, "Automation API". */
const AUTOMATION =
    /@pulumi\/pulumi\/automation|\bpulumi\s+import\s+automation\b|\bpulumi\.automation\b|sdk\/v\d+\/go\/auto\b|\bPulumi\.Automation\b/;

/** How programs start others, and texts by which Pulumi is told there what to do: `pulumi up`, or `pulumi` and `up` beside each other. */
const STARTS =
    /\b(subprocess|os\.(exec\w+|spawn\w+)|child_process|execa|zx|exec(File)?(Sync)?|spawn(Sync)?|getExecOutput|Deno\.Command|Process\.Start|ProcessStartInfo|system|popen|shell_exec)\b/i;
const CALLED =
    /["'`](?:[^\s"'`]{0,200}[/\\])?pulumi(?:\.exe)?(?:["'`]\s*,\s*\[?|\s)[\w\s"'`,./:=${}-]{0,100}?\b(?:up|update|preview|pre|destroy|down|refresh|import|watch)\b/;

/** What the text of a program does with Pulumi, as far as the text tells; undefined for nothing. */
export function useOf(text: string): ProgramUse | undefined {
    if (AUTOMATION.test(text)) return "uses Pulumi's Automation API";
    return STARTS.test(text) && CALLED.test(text) ? "starts Pulumi" : undefined;
}

/** What runs programs, with the endings of their files. */
const INTERPRETERS: ReadonlyMap<string, RegExp> = new Map([
    ...["node", "ts-node", "ts-node-esm", "tsx", "bun", "deno"].map(name => [name, /\.[cm]?[jt]sx?$/] as const),
    ...["python", "python3", "uv"].map(name => [name, /\.py$/] as const),
    ["go", /\.go$/],
    ["dotnet", /\.(cs|fs|vb)$/],
]);

/** What a program of the repository that a command runs does with Pulumi, as far as its first file tells. */
export function useOfProgram(words: readonly string[], folder: string, workspace: Workspace): ProgramUse | undefined {
    const index = words.findIndex(word => INTERPRETERS.has(nameOf(word)));
    const own = words[0] ?? "";
    const tool = index === -1 ? "" : nameOf(words[index] ?? "");
    const ending = INTERPRETERS.get(tool);
    const use = (path: string) => useOf(workspace.text(path).text ?? "");
    const named = own.includes("/") && isProgram(own, workspace, folder) ? use(join(folder, own)) : undefined;
    if (named !== undefined || ending === undefined) return named;
    const given = words.slice(index + 1).filter(word => !word.startsWith("-"));
    const file = given.find(word => ending.test(word));
    if (file !== undefined) return use(join(folder, file));
    if (tool !== "go" && tool !== "dotnet")
        return tool.startsWith("python") ? useOfModule(words, folder, use) : undefined;
    if (given[0] !== "run") return undefined;
    const flag = words.findIndex(word => word === "--project" || word === "-C");
    const target = flag === -1 ? (tool === "go" ? given[1] : undefined) : words[flag + 1];
    const home = join(folder, (target ?? ".").replace(/(?<![^/])[^/]*\.\w*proj$/, ""));
    return firstOf(
        workspace
            .list(home)
            .filter(name => ending.test(name))
            .map(name => posix.join(home, name)),
        use,
    );
}

/** Whether a file that is run by its path is a program, and not a script of a shell. */
function isProgram(path: string, workspace: Workspace, folder: string): boolean {
    return /\.(py|[cm]?[jt]s)$/.test(path) || startsWithLanguage(workspace.text(join(folder, path)).text ?? "");
}

/** Whether the first line of a file names a language that reads it, as in `#!/usr/bin/env python3`. */
export function startsWithLanguage(text: string): boolean {
    const [, interpreter] = /^#!(.{0,200})/.exec(text) ?? [];
    return isLanguage(interpreter);
}

/** `python -m deploy.prod` */
function useOfModule(
    words: readonly string[],
    folder: string,
    use: (path: string) => ProgramUse | undefined,
): ProgramUse | undefined {
    const name = words[words.indexOf("-m") + 1];
    if (!words.includes("-m") || name === undefined) return undefined;
    const path = join(folder, name.replaceAll(".", "/"));
    return firstOf([`${path}.py`, `${path}/__main__.py`], use);
}

function firstOf(paths: readonly string[], use: (path: string) => ProgramUse | undefined): ProgramUse | undefined {
    for (const path of paths) {
        const found = use(path);
        if (found !== undefined) return found;
    }
    return undefined;
}

/** Programs that read a script as a program of their language, and shells, which may be named beside them. */
const LANGUAGES = /^(python[\d.]*|node|ts-node|tsx|deno|bun|ruby|perl|php|rscript)$/;
const SHELLS = /^(ba|da|z|k|fi)?sh$|^(pwsh|powershell|cmd|nu)$/;

/**
 * Whether a step's `shell`, such as `python` or `uv run python {0}`, reads its script as a program and not as commands.
 * Source: GitHub Docs, "Workflow syntax for GitHub Actions", "Custom shell".
 */
export function isLanguage(shell: string | undefined): boolean {
    const names = (shell ?? "").trim().split(/\s+/).map(nameOf);
    return names.some(name => LANGUAGES.test(name)) && !names.some(name => SHELLS.test(name));
}

/** What runs tasks by their names. */
const TASK_RUNNERS = new Set(
    (
        "make gmake just task go-task rake thor mise gradle gradlew mvn mvnw ant sbt bazel bazelisk buck2 pants invoke inv fab doit poe " +
        "tox nox hatch pixi turbo lerna nx rush moon grunt gulp earthly dagger nix devbox mage"
    ).split(" "),
);

/** What does so only where it is told to run something; else its words are names of packages: `pnpm up @pulumi/aws`. */
const NEED_RUN = new Set([...PACKAGE_MANAGERS, "pdm"]);

/** What may stand before a runner: `bundle exec rake`, `npx nx`, `uv run invoke`. */
const BEFORE_RUNNERS = /^(npx|bunx|npm|pnpm|yarn|bundle|uv|poetry|pipenv|rye|exec|dlx|x|run|sudo|time|sh|bash|-.*)$/;

const TASKS = new Set(["up", "update", "deploy", "apply", "preview", "destroy", "down", "refresh", "import"]);

/**
 * What a task or script does whose commands were not found, by its name: `rake pulumi:deploy`, `./gradlew pulumiUp`,
 * `ci/pulumi-up.sh`. Undefined for names that do not say so.
 */
export function useOfName(words: readonly string[]): ProgramUse | undefined {
    const index = words.findIndex(
        (word, at) =>
            startsTask(word, words.slice(at + 1)) && words.slice(0, at).every(one => BEFORE_RUNNERS.test(one)),
    );
    if (index === -1) return undefined;
    const said = words.slice(index).filter(word => !word.startsWith("-"));
    const parts = said.flatMap(word =>
        word
            .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
            .toLowerCase()
            .split(/[^a-z]+/),
    );
    return parts.includes("pulumi") && parts.some(part => TASKS.has(part)) ? "is named after Pulumi" : undefined;
}

/** Whether a word is a runner of tasks or the path of a script. */
function startsTask(word: string, rest: readonly string[]): boolean {
    const name = nameOf(word);
    if (NEED_RUN.has(name)) return rest.some(one => /^run(-script)?$/.test(one));
    return TASK_RUNNERS.has(name) || /^[\w./-]+\.sh$|^\.{0,2}\/[\w./-]+$/.test(word);
}
