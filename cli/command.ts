import { statSync } from "node:fs";
import { inspect } from "node:util";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { ConfigError } from "../policies/config/config-error";
import { definition } from "../policies/definition";
import { packageVersion } from "../policies/package-root";
import { type CheckOptions, type CheckResult, check } from "./check";
import { registerConfig } from "./config";
import { demo } from "./demo";
import { registerDoctor } from "./doctor";
import { stopChildren } from "./engine/children";
import { FileError } from "./engine/data-file";
import { PackError } from "./engine/pack";
import { StateError } from "./engine/state";
import { registerExempt } from "./exempt";
import { initPack } from "./init-pack";
import { Delegated, usePack } from "./own-pack";
import { Progress } from "./progress";
import { exitCodeOf, type FailureConditions, toJson, toSummary, toText } from "./report";
import { checkRuleName, registerRules } from "./rules";
import { type Output, Run } from "./run";
import { configDirOption } from "./settings-folder";
import { pairsOption, tagOption } from "./tag-option";
import { UsageError } from "./units";

/** Exit code for wrong use and broken configuration. */
const WRONG_USE = 2;

/** Seconds that a program may be given: a day. */
const LONGEST = 86_400;

/**
 * Runs the command with its arguments. Gives the exit code; throws nothing. A process knows one pack: the first that `--pack` names,
 * or the working directory holds, stays for the runs that follow.
 */
export async function execute(args: readonly string[], stdout: Output, stderr: Output): Promise<number> {
    const run = new Run(stdout, stderr);
    try {
        await programOf(run, args).parseAsync(args, { from: "user" });
        return run.exitCode;
    } catch (error) {
        // A program may still run while the pack has refused its settings.
        stopChildren();
        // What there is to say of it is written.
        if (error instanceof Delegated) return error.exitCode;
        if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USE;
        const isExpected =
            error instanceof UsageError ||
            error instanceof PackError ||
            error instanceof StateError ||
            error instanceof FileError ||
            error instanceof ConfigError;
        run.complain(isExpected ? error.message : inspect(error));
        return WRONG_USE;
    }
}

function programOf(run: Run, args: readonly string[]): Command {
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
            if (!["init-pack", "demo"].includes(command.name())) usePack(program.opts<{ pack?: string }>().pack, args);
        })
        .exitOverride()
        .configureOutput({ writeOut: text => run.write(text), writeErr: text => run.stderr.write(text) });

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
            new Option(
                "--deployed <file>",
                "what `pulumi stack export` wrote of the stack: properties whose changes the program ignores have its values",
            ).conflicts("state"),
        )
        .addOption(
            pairsOption(
                "--config <key=value>",
                "a setting for the program that wins over the stack's; may be repeated",
            ),
        )
        .addOption(configDirOption())
        .option("--timeout <seconds>", "how long the program may run (default: 120)", milliseconds)
        .option("--answers <file>", "what providers' functions and other stacks answer, as --record wrote it")
        .option(
            "--record",
            "ask the installed providers with your credentials, and write what they answer to --answers",
            false,
        )
        .option(
            "--env-file <file>",
            "what the stack's ESC environments give, as `pulumi env open --format json` prints it",
        )
        .option(
            "--rule <name>",
            "tell only of this rule, or of rule/aspect; may be repeated, or a list with commas",
            ruleNames,
        )
        .option(
            "--skip <name>",
            "tell nothing of this rule, or of rule/aspect; may be repeated, or a list with commas",
            ruleNames,
        )
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
            const progress = new Progress(run.stderr);
            const result = await check(options, (subject, what) => progress.tell(subject, what)).finally(() =>
                progress.stop(),
            );
            run.print(present(result, options));
            run.exitCode = exitCodeOf(result, options);
        });

    registerRules(program, run);
    registerExempt(program, run);
    registerDoctor(program, run);
    registerConfig(program, run);

    program
        .command("path")
        .description("print the pack's folder, for `pulumi preview --policy-pack`")
        .action(() => run.print(definition.folder));

    program
        .command("init-pack")
        .description("write a policy pack with these rules and your own")
        .argument("<folder>", "folder to write it to; empty, or not there yet")
        .option("--name <name>", "name of the pack (default: the folder's name)")
        .action((folder: string, { name }: { name?: string }) => {
            run.print(`${initPack(folder, name)} holds a policy pack. Next, there: npm install && npm test`);
        });

    program
        .command("demo", { hidden: true })
        .description("judge the insecure example and its hardened twin")
        .action(async () => {
            run.exitCode = (await demo(run)) ? 0 : 1;
        });
    return program;
}

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

function ruleNames(list: string, names: readonly string[] = []): string[] {
    const given = list.split(",").map(name => name.trim());
    given.forEach(checkRuleName);
    return [...names, ...given];
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
