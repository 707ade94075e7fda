import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { suggestion } from "../policies/config/config-error";
import { definition } from "../policies/definition";
import { printable } from "../policies/kit/report";
import { idsOf } from "../policies/kit/rule";
import { packageRoot } from "../policies/package-root";
import { colors } from "./colors";
import { commandLine } from "./own-pack";
import { pageHead } from "./rule-page";
import type { Run } from "./run";
import { UsageError } from "./units";

/** How a person gets at a rule's page, with the package installed or without. */
export function explanationOf(rule: string): string {
    return commandLine(`rules explain ${rule}`);
}

/** Whether a rule is one of the pack, which has a page for each. */
export function isOwn(rule: string): boolean {
    return definition.rules.some(({ name }) => name === rule);
}

/** Adds `rules` and `rules explain`, which tell of the rules and judge nothing. */
export function registerRules(program: Command, run: Run): void {
    const command = program
        .command("rules")
        .description("list the rules")
        .addOption(new Option("--format <format>", "how to print them").choices(["text", "json"]).default("text"))
        .action(({ format }: { format: string }) => run.print(format === "json" ? toJson() : toText()));
    command
        .command("explain")
        .description("print a rule's page: what it judges, its settings, how to mend a violation, its limits")
        .argument("<name>", "name of the rule, or rule/aspect")
        .action((name: string) => run.print(pageOf(name)));
}

/** Throws {@link UsageError} for what is neither the name of a rule nor the id of an aspect. */
export function checkRuleName(name: string): void {
    const known = idsOf(definition.rules);
    if (!known.includes(name))
        throw new UsageError(`${printable(name)}: there is no such rule.${suggestion(name, known)}`);
}

/** The page as Markdown, without the marks of its generated part; of an own rule without a page, what the rule says of itself. An aspect stands on its rule's page. */
function pageOf(id: string): string {
    checkRuleName(id);
    const [name] = id.split("/");
    const path = `docs/rules/${name}.md`;
    const written = [definition.folder, packageRoot].map(folder => join(folder, path)).find(existsSync);
    const rule = definition.rules.find(rule => rule.name === name);
    const page = written === undefined ? rule && pageHead(rule) : readFileSync(written, "utf8");
    return (page ?? "").replace(/^<!--.*-->\n\n?/gm, "").trimEnd();
}

function toText(): string {
    const { rules } = definition;
    const widest = Math.max(...rules.map(({ name }) => name.length));
    return rules
        .map(({ name, title, severity, enforcementLevel }) => {
            const cells = [colors.bold(name.padEnd(widest)), severity.padEnd(8), enforcementLevel.padEnd(9), title];
            return cells.join("  ");
        })
        .join("\n");
}

function toJson(): string {
    const listed = definition.rules.map(
        ({ name, title, description, severity, enforcementLevel, scope, tags, url }) => ({
            ...{ name, title, description, severity, enforcementLevel, scope, tags, url },
        }),
    );
    return JSON.stringify(listed, undefined, 2);
}
