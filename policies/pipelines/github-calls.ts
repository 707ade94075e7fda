import { parse } from "yaml";
import type { FileValue } from "../kit/project/file-value";
import { placesOf, soleExpression } from "./expression";
import { join, type PlacedCommand } from "./folders";
import { textOf } from "./github-values";
import type { Scope, Step } from "./pipeline";
import { callsIn, type Operation, operationOf, type PulumiCall } from "./pulumi-call";
import type { Command } from "./shell";

/** More variants of one command than these are not told apart. */
const MAX_VARIANTS = 200;

/** What `pulumi/actions` runs, and what other actions for Pulumi are told to run. Source: action.yml of github.com/pulumi/actions. */
export function callsOfAction(step: Omit<Step, "calls" | "commands">): PulumiCall[] {
    if (!step.action.includes("pulumi") || step.action === "pulumi/auth-actions") return [];
    const values = (name: string) => step.scope.expand(textOf(step.inputs.get(name)));
    const isTrue = (name: string) => values(name).some(value => value.trim().toLowerCase() === "true");
    const at = step.inputs.get("command") ?? step.uses;
    const stacks = values("stack-name");
    const isOfficial = step.action === "pulumi/actions";
    const command = isOfficial ? values("command") : ["command", "pulumi-command", "args"].flatMap(values);
    const named = [...new Set(command.flatMap(words => operationOf(words.trim().split(/\s+/)[0] ?? "") ?? []))];
    // Without a command the action installs the CLI, for commands that may hide behind a makefile.
    const operations: Operation[] = named.length > 0 ? named : ["other"];
    const plainSettings = settingsOf(textOf(step.inputs.get("config-map")));
    const dir = values("work-dir")[0] || undefined;
    return operations.flatMap(operation =>
        stacks.map(stack => ({
            operation,
            at,
            stack: stack === "" ? variable(step.scope, "PULUMI_STACK") : stack,
            dir,
            // Its calls of the CLI leave the stack selected.
            selects: true,
            // What an action of somebody else adds to the command is not seen.
            hasPolicyPack:
                !isOfficial || textOf(step.inputs.get("policypacks")).trim() !== "" || hasPolicyPackOption(step.scope),
            expectsNoChanges: isTrue("expect-no-changes"),
            isPreviewOnly: isTrue("preview-only"),
            refreshes: isTrue("refresh"),
            // The action has no input for such flags.
            unprotects: ignoresProtect(operation, step.scope),
            plainSettings,
            isFailureIgnored: step.isFailureIgnored || isTrue("continue-on-error"),
        })),
    );
}

/** The settings of a `config-map` that are not marked secret. Source: README of github.com/pulumi/actions. */
function settingsOf(configMap: string): (readonly [string, string])[] {
    // Unquoted, the braces of `${{ … }}` would be taken for YAML's own.
    const places = placesOf(configMap);
    const expressions = places.map(([, expression]) => expression);
    let [text, from] = ["", 0];
    for (const [index, [offset, expression]] of places.entries()) {
        text += `${configMap.slice(from, offset)}_${index}_`;
        from = offset + expression.length;
    }
    text += configMap.slice(from);
    let entries: [string, unknown][];
    try {
        entries = Object.entries(parse(text) ?? {});
    } catch {
        return [];
    }
    return entries.flatMap(([name, entry]) => {
        const { value, secret } = typeof entry === "object" && entry !== null ? (entry as Setting) : { value: entry };
        const written = writtenAs(value).replace(/_(\d+)_/g, (word, index) => expressions[Number(index)] ?? word);
        return secret === true ? [] : [[name, written] as const];
    });
}

/** A value of YAML as text. A map or list of it can be one that has no text of its own, or that holds itself. */
function writtenAs(value: unknown): string {
    if (typeof value !== "object" || value === null) return String(value);
    try {
        return JSON.stringify(value);
    } catch {
        return "";
    }
}

interface Setting {
    readonly value?: unknown;
    readonly secret?: unknown;
}

/** The calls of Pulumi in a command of a step. */
export function callsOfCommand(command: PlacedCommand, step: Omit<Step, "calls" | "commands">): PulumiCall[] {
    return callsIn(command, step.script.isMissing ? step.uses : step.script).map(call => ({
        ...call,
        stack: call.stack ?? variable(step.scope, "PULUMI_STACK"),
        dir: call.dir === undefined ? command.folder : join(command.folder, call.dir),
        hasPolicyPack: call.hasPolicyPack || hasPolicyPackOption(step.scope),
        unprotects: call.unprotects ?? ignoresProtect(call.operation, step.scope),
        isFailureIgnored: call.isFailureIgnored || step.isFailureIgnored,
    }));
}

/** `PULUMI_OPTION_IGNORE_PROTECT` sets the default of the flag. */
function ignoresProtect(operation: Operation, scope: Scope): string | undefined {
    const isOn = /^(true|1)$/i.test(textOf(scope.variable("PULUMI_OPTION_IGNORE_PROTECT")));
    return isOn && /^(up|preview|destroy)$/.test(operation) ? `pulumi ${operation} --ignore-protect` : undefined;
}

/** What `uses: docker://pulumi/pulumi` runs. */
export function dockerCommand(uses: string, inputs: ReadonlyMap<string, FileValue>): string | undefined {
    if (!/^docker:\/\/(\S+\/)?pulumi\/(actions|pulumi)/.test(uses)) return undefined;
    return `pulumi ${textOf(inputs.get("args")).replace(/^\s*pulumi\b/, "")}`;
}

/** A command with all that its `${{ … }}` and variables can become, where it may have to do with Pulumi. */
export function variantsOf(command: Command, scope: Scope): Command[] {
    const { words } = command;
    if (!words.some(word => /pulumi/i.test(word) || soleExpression(word) !== undefined)) return [command];
    let variants: string[][] = [[]];
    // Each round that copies at least doubles the variants, so there are few of them, however long the command is.
    for (const word of words) {
        const values = scope.expandWord(word).map(value =>
            // Not quoted in the script, a value becomes as many words as it holds.
            soleExpression(word) !== undefined && !value.includes("${{") ? value.split(/\s+/).filter(Boolean) : [value],
        );
        const [first = [], ...others] = variants.length < MAX_VARIANTS ? values : values.slice(0, 1);
        const fitting = others.slice(0, Math.ceil(MAX_VARIANTS / variants.length));
        const copies = variants.flatMap(start => fitting.map(value => [...start, ...value]));
        for (const variant of variants) for (const part of first) variant.push(part);
        variants = [...variants, ...copies];
    }
    return variants.map(variant => ({ ...command, words: variant }));
}

function variable(scope: Scope, name: string): string | undefined {
    const text = textOf(scope.variable(name));
    return text === "" ? undefined : scope.expand(text)[0];
}

/** `PULUMI_OPTION_POLICY_PACK` sets the default of the flag. */
function hasPolicyPackOption(scope: Scope): boolean {
    return textOf(scope.variable("PULUMI_OPTION_POLICY_PACK")) !== "";
}
