#!/usr/bin/env node
import { statSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { ConfigError } from "../policies/config/problem";
import { packageRoot, packageVersion } from "../policies/package-root";
import { type CheckOptions, check } from "./check";
import { registerConfig } from "./config";
import { demo } from "./demo";
import { stopChildren, stopChildrenOnExit } from "./engine/children";
import { PackError } from "./engine/pack";
import { StateError } from "./engine/state";
import { initPack } from "./init-pack";
import { exitCodeOf, toJson, toText } from "./report";
import { tagOption } from "./tag-option";

/** Exit code for wrong use and broken configuration. */
const WRONG_USE = 2;

const program = new Command("security-baseline")
    .description("Judges Pulumi projects by the security baseline, without engine or cloud account.")
    .version(packageVersion())
    .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : WRONG_USE));

program
    .command("check")
    .description("judge a project: its program, its stacks' settings and the files around it")
    .option("--project <dir>", "folder of the project, or of a repository of projects", existingFolder, ".")
    .option(
        "--stack <name>",
        "stack to judge, with its organisation where settings depend on it: organization/project/stack (default: every stack that has a file)",
    )
    .addOption(tagOption())
    .option(
        "--state <file>",
        "judge the resources that `pulumi stack export` wrote to a file instead of running the program",
    )
    .addOption(new Option("--format <format>", "how to print the result").choices(["text", "json"]).default("text"))
    .addHelpText(
        "after",
        "\nExit code: 0 clean, 1 violations at mandatory level, 2 wrong use, 3 something could not be judged.",
    )
    .action(async (options: CheckOptions & { format: string }) => {
        const result = await check(options);
        console.log(options.format === "json" ? toJson(result) : toText(result));
        process.exitCode = exitCodeOf(result);
    });

registerConfig(program);

program
    .command("path")
    .description("print the pack's folder, for `pulumi preview --policy-pack`")
    .action(() => console.log(packageRoot));

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
    const isExpected = error instanceof PackError || error instanceof StateError || error instanceof ConfigError;
    console.error(isExpected ? error.message : error);
    process.exitCode = WRONG_USE;
});

function existingFolder(path: string): string {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
        throw new InvalidArgumentError("There is no such folder.");
    }
    return path;
}
