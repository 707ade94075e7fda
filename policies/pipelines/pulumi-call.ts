import type { FileValue } from "../kit/project/file-value";
import { pulumiArguments } from "./launchers";
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
    /** True where later calls of the job that name no stack are about this call's. */
    readonly selects: boolean;
    /** Folder of the project as written, where the call names one. */
    readonly dir: string | undefined;
    readonly hasPolicyPack: boolean;
    readonly expectsNoChanges: boolean;
    /** A refresh or destruction that only shows what it would do. */
    readonly isPreviewOnly: boolean;
    /** Refreshes the state before it does anything else. */
    readonly refreshes: boolean;
    /** What it undoes of a stack's or organisation's protection, as it is written: `--ignore-protect`, `pulumi state unprotect`. */
    readonly unprotects: string | undefined;
    /** What it writes into the settings of a stack or environment without encrypting it. */
    readonly plainSettings: readonly (readonly [name: string, value: string])[];
    /** True when the pipeline goes on whatever the result. */
    readonly isFailureIgnored: boolean;
}

/** Commands and aliases. Source: Pulumi CLI reference; aliases as `pulumi <command> --help` names them. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
    Object.entries<Operation>({
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
        policy: "other",
    }),
);

/** Flags before or after the command that take the next word as their value. Source: Pulumi CLI reference. */
const FLAGS_WITH_VALUE = new Set(
    (
        "-C --cwd --color --tracing --otel-traces --profiling --memprofilerate -v --verbose -s --stack -c --config --config-file -m " +
        "--message -p --parallel --policy-pack --policy-pack-config -t --target --target-replace --replace --plan --save-plan " +
        "--secrets-provider -x --exclude -f --file -o --out --env --override-env --import-file --copy-config-from --teams"
    ).split(" "),
);

/** Flags that some commands give another meaning, without a value: `select --create`, `up --skip-preview`. */
const SWITCHES: ReadonlyMap<string, string> = new Map([
    ["stack", "-c"],
    ["up", "-f"],
    ["update", "-f"],
    ["destroy", "-f"],
    ["down", "-f"],
    ["refresh", "-f"],
    ["watch", "-f"],
]);

/** The calls of the Pulumi CLI in a command, also behind `npx`, `sudo`, `docker run`, `pulumi env run … --` and their kin. */
export function callsIn({ words, isFailureIgnored, offset }: Command, script: FileValue): PulumiCall[] {
    const calls: PulumiCall[] = [];
    let given = pulumiArguments(words);
    while (given !== undefined) {
        const { positional, flags, rest } = parse(given);
        const [command = "", subcommand = "", third] = positional;
        const isDeployment = command === "deployment" && subcommand === "run";
        const operation = operationOf(isDeployment ? (third ?? "") : command);
        const isOn = (name: string) => flags.has(name) && flags.get(name) !== "false";
        const isNamed = command === "stack" && ["select", "init", "new"].includes(subcommand);
        if (operation !== undefined) {
            calls.push({
                operation,
                at: script.lineAt(offset),
                stack: flags.get("--stack") ?? flags.get("-s") ?? (isNamed ? third : undefined),
                selects: isNamed && !isOn("--no-select"),
                dir: flags.get("-C") ?? flags.get("--cwd"),
                // PULUMI_OPTION_<FLAG> sets a flag's default.
                hasPolicyPack: isOn("--policy-pack") || words.some(part => /^PULUMI_OPTION_POLICY_PACK=./.test(part)),
                expectsNoChanges: isOn("--expect-no-changes"),
                isPreviewOnly: isOn("--preview-only"),
                refreshes: isOn("--refresh") || isOn("-r"),
                unprotects: unprotectedBy(command, subcommand, isOn("--ignore-protect"), words),
                plainSettings: [
                    ...(isOn("--secret") ? [] : settingIn(positional)),
                    ...assignmentsIn(given, command === "config" ? ["--plaintext"] : ["-c", "--config"]),
                ],
                isFailureIgnored,
            });
        }
        // `pulumi env run <environment> -- <command>`
        given = rest === undefined ? undefined : pulumiArguments(rest);
    }
    return calls;
}

/** Commands that take a protection away. Source: Pulumi CLI reference; release notes of Pulumi 3.256.0, `--ignore-protect`. */
const UNPROTECTING: ReadonlyMap<string, ReadonlySet<string>> = new Map([
    ["state", new Set(["unprotect"])],
    ["policy", new Set(["disable", "remove", "rm"])],
]);

/** Commands with the flag `--ignore-protect`. */
const KNOWING_PROTECTION = new Set(["up", "update", "preview", "pre", "destroy", "down"]);

function unprotectedBy(
    command: string,
    subcommand: string,
    ignoresProtect: boolean,
    words: readonly string[],
): string | undefined {
    if (UNPROTECTING.get(command)?.has(subcommand)) return `pulumi ${command} ${subcommand}`;
    if (!KNOWING_PROTECTION.has(command)) return undefined;
    const isDefault = words.some(word => /^PULUMI_OPTION_IGNORE_PROTECT=(true|1)$/i.test(word));
    return ignoresProtect || isDefault ? `pulumi ${command} --ignore-protect` : undefined;
}

/** Whether a call writes to the cloud or to the stack's state. A refresh that expects no changes looks for drift. */
export function isApply({ operation, isPreviewOnly, expectsNoChanges }: PulumiCall): boolean {
    switch (operation) {
        case "up":
        case "import":
        case "watch":
            return true;
        case "destroy":
            return !isPreviewOnly;
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

/** What a command of the CLI does; undefined for an unknown one. */
export function operationOf(command: string): Operation | undefined {
    return OPERATIONS.get(command.trim().toLowerCase());
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
        const [, name, value] = /^([^=]+)=([\s\S]+)/.exec(given) ?? [];
        return name === undefined || value === undefined ? [] : [[name, value] as const];
    });
}

interface Parsed {
    readonly positional: readonly string[];
    readonly flags: ReadonlyMap<string, string>;
    /** What follows `--`; undefined where there is none. */
    readonly rest: readonly string[] | undefined;
}

function parse(words: readonly string[]): Parsed {
    const positional: string[] = [];
    const flags = new Map<string, string>();
    for (let index = 0; index < words.length; index += 1) {
        const word = words[index] ?? "";
        if (word === "--") return { positional, flags, rest: words.slice(index + 1) };
        if (!word.startsWith("-")) {
            positional.push(word);
            continue;
        }
        const [, name = word, value] = /^(--?[^=]+)=([\s\S]*)/.exec(word) ?? [];
        const takesNext = FLAGS_WITH_VALUE.has(name) && SWITCHES.get(positional[0] ?? "") !== name;
        if (value === undefined && takesNext) {
            index += 1;
            flags.set(name, words[index] ?? "");
        } else {
            flags.set(name, value ?? "true");
        }
    }
    return { positional, flags, rest: undefined };
}
