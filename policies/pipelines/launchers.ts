/**
 * What a command really runs: tools such as `sudo`, `npx`, `docker run` and `aws-vault exec … --` run the command that follows.
 *
 * Source: documentation of `docker run`, `docker compose`, `kubectl`, npm, pnpm, Yarn and Bun; POSIX.1-2017, `env`; sudo(8).
 */

/** Commands whose words are texts, names, files, packages or targets, not commands to run. */
const NOT_RUNNING = new Set(
    (
        "echo printf cd pushd popd export unset set read test [ [[ which type where grep egrep rg sed awk jq yq mkdir rmdir rm ls cat head " +
        "tail tee cp mv ln touch chmod chown tar zip unzip diff curl wget brew apt apt-get apk yum dnf choco winget asdf pip pip3 pipx " +
        "conda git gh glab hub terraform tofu terragrunt helm kustomize argocd flux aws az gcloud gsutil make gmake just task " +
        "turbo nx lerna systemctl service journalctl pkill killall kill pgrep dotnet cargo trivy grype osv-scanner snyk"
    ).split(" "),
);

/** Words of the shell that stand before a command. */
const KEYWORDS = new Set([
    "if",
    "then",
    "else",
    "elif",
    "while",
    "until",
    "do",
    "!",
    "{",
    "exec",
    "command",
    "builtin",
    "nohup",
]);

const CONTAINERS = new Set(["docker", "podman", "nerdctl", "docker-compose", "podman-compose"]);

/** Flags of `docker run`, `exec`, `create` and of `docker compose` that take no value; all others take one. */
const CONTAINER_SWITCHES = new Set(
    (
        "--detach --interactive --tty --init --privileged --publish-all --quiet --read-only --rm --sig-proxy --no-healthcheck " +
        "--oom-kill-disable --disable-content-trust --replace --no-deps --build --service-ports --use-aliases --no-TTY --no-tty " +
        "--remove-orphans --quiet-pull --quiet-build --all-resources --compatibility --dry-run --debug --help --tls --tlsverify"
    ).split(" "),
);

/** Such flags of one letter, which may be joined: `-it`. */
const CONTAINER_LETTERS = /-[ditPqTD]*/;

/** The images whose program is Pulumi, by any registry. Source: pulumi/pulumi-docker-containers, docker/pulumi/Dockerfile. */
const PULUMI_IMAGE = /^(?:[\w.-]+(?::\d+)?\/)*pulumi\/pulumi(?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?$/;

/** Package managers, whose `run` hands on what follows `--`. */
export const PACKAGE_MANAGERS: ReadonlySet<string> = new Set(["npm", "pnpm", "yarn", "bun"]);

/** Flags that take the next word as their value for most tools: names, folders, files and addresses. */
const WITH_VALUE =
    /^(-[CnpwtufgebmFoRsPdDIkLlaU]|--(profile|project|project-name|namespace|name|dir|directory|chdir|cwd|prefix|path|filter|workspace|with|package|extra|group|only-group|service|context|label|tag|repo|branch|ref|file|env-file|message|title|body|user|scope|target|role|account|cluster|region|environment|env|config|bucket|image|network|volume|workdir|hostname|host|python|index|app|job|workflow|team|org|organization|module|kind|vault|stack-name))$/;

/** Flags of single letters that take no value, by tool, where most tools give them one. */
const SWITCHES: ReadonlyMap<string, ReadonlySet<string>> = new Map([
    ["sudo", new Set(["-n", "-s", "-b", "-k"])],
    ["doas", new Set(["-n", "-s"])],
    ["time", new Set(["-p"])],
    ["xargs", new Set(["-p", "-t", "-o"])],
    ["npx", new Set(["-n"])],
]);

/** How deep tools that run tools are followed. */
const MAX_DEPTH = 10;

/** The words after `pulumi`, where a command runs Pulumi's CLI, itself or by other tools; undefined where it does not. */
export function pulumiArguments(words: readonly string[], depth = 0): readonly string[] | undefined {
    const start = words.findIndex(word => !/^\w+=/.test(word) && !KEYWORDS.has(word));
    const [first, ...rest] = words.slice(start);
    if (start === -1 || first === undefined || depth > MAX_DEPTH) return undefined;
    if (isPulumi(first)) return rest;
    const tool = nameOf(first);
    if (NOT_RUNNING.has(tool)) return undefined;
    if (CONTAINERS.has(tool)) return inContainer(tool, rest, depth + 1);
    const dashes = rest.indexOf("--");
    if (/^(kubectl|oc)$/.test(tool))
        return dashes === -1 ? undefined : pulumiArguments(rest.slice(dashes + 1), depth + 1);
    const place = rest.findIndex((word, index) => isPulumi(word) && !isValue(tool, rest[index - 1]));
    if (place === -1) return undefined;
    const after = rest.slice(place + 1);
    const isScript = PACKAGE_MANAGERS.has(tool) && rest.slice(0, place).some(word => /^run(-script)?$/.test(word));
    return isScript ? after.filter((word, index) => word !== "--" || after.indexOf("--") !== index) : after;
}

/** A command's own name: the last part of its path. */
export function nameOf(command: string): string {
    return (command.split(/[/\\]/).at(-1) ?? "").replace(/\.(exe|cmd)$/i, "").toLowerCase();
}

function isPulumi(word: string): boolean {
    return /^(?:[^\s]*[/\\])?pulumi(?:\.exe)?$/i.test(word);
}

/** Whether a word is the value of the flag before it. */
function isValue(tool: string, before: string | undefined): boolean {
    return before !== undefined && WITH_VALUE.test(before) && SWITCHES.get(tool)?.has(before) !== true;
}

/** What `docker run`, `docker exec` and `docker compose run` run. */
function inContainer(tool: string, words: readonly string[], depth: number): readonly string[] | undefined {
    let rest = positionals(words);
    const isCompose = tool.endsWith("-compose") || rest[0] === "compose";
    if (rest[0] === "compose" || rest[0] === "container") rest = positionals(rest.slice(1));
    const [verb = "", ...given] = rest;
    if (!/^(run|exec|create)$/.test(verb)) return undefined;
    const [subject = "", ...command] = positionals(given);
    const entrypoint = flagValue(given.slice(0, given.length - command.length), "--entrypoint");
    if (entrypoint !== undefined) return pulumiArguments([entrypoint, ...command], depth);
    const hasEntrypoint = verb !== "exec" && (isCompose ? isPulumi(subject) : PULUMI_IMAGE.test(subject));
    // What is given to an entrypoint may repeat its name where an image of one's own has none.
    return pulumiArguments(command, depth) ?? (hasEntrypoint ? command : undefined);
}

/** The words from the first on that is neither a flag nor its value. */
function positionals(words: readonly string[]): readonly string[] {
    for (let index = 0; index < words.length; index += 1) {
        const word = words[index] ?? "";
        if (word === "--") return words.slice(index + 1);
        if (!word.startsWith("-")) return words.slice(index);
        if (takesNext(word)) index += 1;
    }
    return [];
}

/** Whether a flag of a container tool has its value in the next word, unlike `-it`, `--user=root` and `-v/src:/src`. */
function takesNext(flag: string): boolean {
    if (flag.startsWith("--")) return !flag.includes("=") && !CONTAINER_SWITCHES.has(flag);
    return flag.replace(CONTAINER_LETTERS, "").length === 1;
}

function flagValue(words: readonly string[], flag: string): string | undefined {
    const joined = words.find(word => word.startsWith(`${flag}=`));
    const index = words.indexOf(flag);
    return joined?.slice(flag.length + 1) ?? (index === -1 ? undefined : words[index + 1]);
}
