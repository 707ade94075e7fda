#!/usr/bin/env node
// First of all: what follows may be more than an old release can load.
import "../policies/node-version";
import { statSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { ConfigError } from "../policies/config/config-error";
import { definition } from "../policies/definition";
import { packageVersion } from "../policies/package-root";
import { type CheckOptions, type CheckResult, check } from "./check";
import { registerConfig } from "./config";
import { demo } from "./demo";
import { registerDoctor } from "./doctor";
import { stopChildren, stopChildrenOnExit } from "./engine/children";
import { FileError } from "./engine/file-error";
import { PackError } from "./engine/pack";
import { StateError } from "./engine/state";
import { registerExempt } from "./exempt";
import { initPack } from "./init-pack";
import { usePack } from "./own-pack";
import { Progress } from "./progress";
import { exitCodeOf, type FailureConditions, toJson, toSummary, toText } from "./report";
import { checkRuleName, registerRules } from "./rules";
import { configDirOption } from "./settings-folder";
import { pairsOption, tagOption } from "./tag-option";
import { UsageError } from "./units";

/** Exit code for wrong use and broken configuration. */
const WRONG_USE = 2;

/** Seconds that a program may be given: a day. */
const LONGEST = 86_400;

const program = new Command("security-baseline")
    .description("Judges Pulumi projects by the security baseline, without engine or cloud account.")
    .version(packageVersion())
    .option(
        "--pack <dir>",
        "folder of a policy pack that builds on this one (default: the current folder, if it holds one)",
    )
    .configureHelp({ showGlobalOptions: true })
    .hook("preSubcommand", (_, command) => {
        // These two are about no pack.
        if (["init-pack", "demo"].includes(command.name())) return;
        const code = usePack(program.opts<{ pack?: string }>().pack);
        if (code !== undefined) process.exit(code);
    })
    .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : WRONG_USE));

program
    .command("check")
    .description("judge a project: its program, its stacks' settings and the files around it")
    .option("--project <dir>", "folder of the project, or of a repository of projects", existingFolder, ".")
    .option(
        "--stack <name>",
        "stack to judge, with its organisation where settings depend on it: organization/project/stack; may be repeated (default: every stack that has a file)",
        stackNames,
    )
    .addOption(tagOption())
    .option(
        "--state <file>",
        "judge the resources that `pulumi stack export` wrote to a file instead of running the program",
    )
    .addOption(
        pairsOption("--config <key=value>", "a setting for the program that wins over the stack's; may be repeated"),
    )
    .addOption(configDirOption())
    .option("--timeout <seconds>", "how long the program may run (default: 120)", milliseconds)
    .option("--answers <file>", "what providers' functions and other stacks answer, as --record wrote it")
    .option(
        "--record",
        "ask the installed providers with your credentials, and write what they answer to --answers",
        false,
    )
    .option("--env-file <file>", "what the stack's ESC environments give, as `pulumi env open --format json` prints it")
    .option("--rule <name>", "tell only of this rule, or of rule/aspect; may be repeated", ruleNames)
    .option("--skip <name>", "tell nothing of this rule, or of rule/aspect; may be repeated", ruleNames)
    .addOption(
        new Option("--fail-on <level>", "lowest level of violations that ends with 1")
            .choices(["advisory", "mandatory", "none"])
            .default("mandatory"),
    )
    .option("--allow-not-judged", "end with 0 although something could not be judged", false)
    .option("--quiet", "print the summary line only", false)
    .option("--verbose", "print each finding's URN and how to exempt it", false)
    .addOption(new Option("--format <format>", "how to print the result").choices(["text", "json"]).default("text"))
    .addHelpText(
        "after",
        "\nExit code: 0 nothing that fails, 1 violations at the level of --fail-on, 2 wrong use, 3 something could not be judged.",
    )
    .action(async (options: CheckOptions & FailureConditions & Presentation) => {
        if (options.record && options.answers === undefined)
            throw new UsageError("--record needs --answers, the file to write.");
        const progress = new Progress(process.stderr);
        const result = await check(options, (subject, what) => progress.tell(subject, what)).finally(() =>
            progress.stop(),
        );
        console.log(present(result, options));
        process.exitCode = exitCodeOf(result, options);
    });

registerRules(program);
registerExempt(program);
registerDoctor(program);
registerConfig(program);

program
    .command("path")
    .description("print the pack's folder, for `pulumi preview --policy-pack`")
    .action(() => console.log(definition.folder));

program
    .command("init-pack")
    .description("write a policy pack with these rules and your own")
    .argument("<folder>", "folder to write it to; empty, or not there yet")
    .option("--name <name>", "name of the pack (default: the folder's name)")
    .action((folder: string, { name }: { name?: string }) => {
        console.log(`${initPack(folder, name)} holds a policy pack. Next, there: npm install && npm test`);
    });

program
    .command("demo", { hidden: true })
    .description("judge the insecure example and its hardened twin")
    .action(async () => {
        process.exitCode = (await demo()) ? 0 : 1;
    });

stopChildrenOnExit();
program.parseAsync().catch((error: unknown) => {
    // A program may still run while the pack has refused its settings.
    stopChildren();
    const isExpected =
        error instanceof UsageError ||
        error instanceof PackError ||
        error instanceof StateError ||
        error instanceof FileError ||
        error instanceof ConfigError;
    console.error(isExpected ? error.message : error);
    process.exitCode = WRONG_USE;
});

/** How a result is printed. */
interface Presentation {
    readonly format: string;
    readonly quiet: boolean;
    readonly verbose: boolean;
}

function present(result: CheckResult, { format, quiet, verbose }: Presentation): string {
    if (format === "json") return toJson(result);
    return quiet ? toSummary(result) : toText(result, { isVerbose: verbose });
}

function stackNames(text: string, names: readonly string[] = []): string[] {
    const parts = text.split("/");
    if (parts.length > 3 || parts.includes("")) {
        throw new InvalidArgumentError("Expected stack, project/stack or organization/project/stack.");
    }
    return [...names, text];
}

function ruleNames(name: string, names: readonly string[] = []): string[] {
    checkRuleName(name);
    return [...names, name];
}

function milliseconds(seconds: string): number {
    const given = Number(seconds);
    if (!(given > 0 && given <= LONGEST)) throw new InvalidArgumentError(`Expected seconds, up to ${LONGEST}.`);
    return given * 1000;
}

function existingFolder(path: string): string {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
        throw new InvalidArgumentError("There is no such folder.");
    }
    return path;
}
