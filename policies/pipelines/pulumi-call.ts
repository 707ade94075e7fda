import type { FileValue } from "../kit/project/file-value";
import type { Command } from "./shell";

/** What a call of Pulumi does to a stack. `other`: it uses Pulumi's or the cloud's credentials, but changes no resource. */
export type Operation = "preview" | "up" | "refresh" | "destroy" | "import" | "watch" | "other";

/** One call of Pulumi in a pipeline, by the CLI or by an action. */
export interface PulumiCall {
    readonly operation: Operation;
    /** Where it is written. */
    readonly at: FileValue;
    /** Name of the stack as written (`org/project/prod`), where the call names one. */
    readonly stack: string | undefined;
    /** Folder of the project as written, where the call names one. */
    readonly dir: string | undefined;
    readonly hasPolicyPack: boolean;
    readonly expectsNoChanges: boolean;
    /** A refresh that only shows what it would write. */
    readonly isPreviewOnly: boolean;
    /** Refreshes the state before it does anything else. */
    readonly refreshes: boolean;
    /** What it writes into the settings of a stack or environment without encrypting it. */
    readonly plainSettings: readonly (readonly [name: string, value: string])[];
    /** True when the pipeline goes on whatever the result. */
    readonly isFailureIgnored: boolean;
}

/** Commands and aliases. Source: Pulumi CLI reference; aliases as `pulumi <command> --help` names them. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
    preview: "preview",
    pre: "preview",
    up: "up",
    update: "up",
    refresh: "refresh",
    destroy: "destroy",
    down: "destroy",
    import: "import",
    watch: "watch",
    stack: "other",
    login: "other",
    config: "other",
    state: "other",
    cancel: "other",
    logs: "other",
    env: "other",
};

/** Flags before or after the command that take the next word as their value. Source: Pulumi CLI reference. */
const FLAGS_WITH_VALUE = new Set(
    (
        "-C --cwd --color --tracing --profiling --memprofilerate -v --verbose -s --stack -c --config --config-file -m " +
        "--message -p --parallel --policy-pack --policy-pack-config -t --target --target-replace --replace --plan " +
        "--save-plan --secrets-provider -x --exclude -f --file --out --env --import-file --attach-debugger"
    ).split(" "),
);

/** Commands whose words are texts, names or packages, not commands to run. */
const NOT_RUNNING =
    /^(echo|printf|cd|which|type|where|grep|mkdir|rm|ls|cat|cp|mv|curl|wget|brew|apt|apt-get|choco|pip3?)$/;

/** The calls of the Pulumi CLI in a command, also behind `npx`, `sudo`, `env`, `pulumi env run … --` and their kin. */
export function callsIn({ words, isFailureIgnored, offset }: Command, script: FileValue): PulumiCall[] {
    const [first = ""] = words.filter(word => !/^\w+=/.test(word));
    if (NOT_RUNNING.test(first)) return [];
    return words.flatMap((word, index) => {
        if (!/(^|[/\\])pulumi(\.exe)?$/i.test(word)) return [];
        const { positional, flags } = parse(words.slice(index + 1));
        const [command = "", subcommand = "", third] = positional;
        const isDeployment = command === "deployment" && subcommand === "run";
        const operation = OPERATIONS[isDeployment ? (third ?? "") : command];
        if (operation === undefined) return [];
        const at = script.lineAt(offset);
        const isOn = (name: string) => flags.has(name) && flags.get(name) !== "false";
        return [
            {
                operation,
                at,
                stack:
                    flags.get("--stack") ??
                    flags.get("-s") ??
                    (command === "stack" && ["select", "init"].includes(subcommand) ? third : undefined),
                dir: flags.get("-C") ?? flags.get("--cwd"),
                // PULUMI_OPTION_<FLAG> sets a flag's default.
                hasPolicyPack: isOn("--policy-pack") || words.some(part => /^PULUMI_OPTION_POLICY_PACK=./.test(part)),
                expectsNoChanges: isOn("--expect-no-changes"),
                isPreviewOnly: isOn("--preview-only"),
                refreshes: isOn("--refresh") || isOn("-r"),
                plainSettings: [
                    ...(isOn("--secret") ? [] : settingIn(positional)),
                    ...assignmentsIn(words, command === "config" ? ["--plaintext"] : ["-c", "--config"]),
                ],
                isFailureIgnored,
            },
        ];
    });
}

/** Whether a call writes to the cloud or to the stack's state. A refresh that expects no changes looks for drift. */
export function isApply({ operation, isPreviewOnly, expectsNoChanges }: PulumiCall): boolean {
    switch (operation) {
        case "up":
        case "destroy":
        case "import":
        case "watch":
            return true;
        case "refresh":
            return !isPreviewOnly && !expectsNoChanges;
        default:
            return false;
    }
}

export function isPreview({ operation }: PulumiCall): boolean {
    return operation === "preview";
}

/** Whether a call runs the program, and with it its dependencies. */
export function runsProgram({ operation }: PulumiCall): boolean {
    return operation === "preview" || operation === "up" || operation === "watch";
}

/** The operation of an action's `command` input; undefined for an unknown one. */
export function operationOf(command: string): Operation | undefined {
    const name = command.trim().toLowerCase();
    return name === "output" ? "other" : OPERATIONS[name];
}

/** What `config set <name> <value>` or `env set <environment> <name> <value>` sets. */
function settingIn([command, subcommand, ...rest]: readonly string[]): (readonly [string, string])[] {
    if (subcommand !== "set") return [];
    const [name, value] = command === "config" ? rest : command === "env" ? rest.slice(1) : [];
    return name === undefined || value === undefined ? [] : [[name, value]];
}

/** What flags such as `--config name=value` set, however often they are given. */
function assignmentsIn(words: readonly string[], flags: readonly string[]): (readonly [string, string])[] {
    return words.flatMap((word, index) => {
        const flag = flags.find(name => word === name || word.startsWith(`${name}=`));
        if (flag === undefined) return [];
        const given = word === flag ? (words[index + 1] ?? "") : word.slice(flag.length + 1);
        const [, name, value] = /^([^=]+)=([\s\S]+)$/.exec(given) ?? [];
        return name === undefined || value === undefined ? [] : [[name, value] as const];
    });
}

function parse(words: readonly string[]): { positional: string[]; flags: Map<string, string> } {
    const positional: string[] = [];
    const flags = new Map<string, string>();
    for (let index = 0; index < words.length; index += 1) {
        const word = words[index] ?? "";
        if (word === "--") break;
        if (!word.startsWith("-")) {
            positional.push(word);
            continue;
        }
        const [, name = word, value] = /^(--?[^=]+)=([\s\S]*)$/.exec(word) ?? [];
        if (value === undefined && FLAGS_WITH_VALUE.has(name)) {
            index += 1;
            flags.set(name, words[index] ?? "");
        } else {
            flags.set(name, value ?? "true");
        }
    }
    return { positional, flags };
}
