import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { suggestion } from "../policies/config/problem";
import { printable } from "../policies/kit/report";
import { idsOf } from "../policies/kit/rule";
import { packageRoot } from "../policies/package-root";
import { rules } from "../policies/rules";
import { colors } from "./colors";
import { UsageError } from "./units";

/** How a person gets at a rule's page, with the package installed or without. */
export function explanationOf(rule: string): string {
    return `npx security-baseline rules explain ${rule}`;
}

/** Whether a rule is one of this package, which has a page for each. */
export function isOwn(rule: string): boolean {
    return rules.some(({ name }) => name === rule);
}

/** Adds `rules` and `rules explain`, which tell of the rules and judge nothing. */
export function registerRules(program: Command): void {
    const command = program
        .command("rules")
        .description("list the rules")
        .addOption(new Option("--format <format>", "how to print them").choices(["text", "json"]).default("text"))
        .action(({ format }: { format: string }) => console.log(format === "json" ? toJson() : toText()));
    command
        .command("explain")
        .description("print a rule's page: what it judges, its settings, how to mend a violation, its limits")
        .argument("<name>", "name of the rule, or rule/aspect")
        .action((name: string) => console.log(pageOf(name)));
}

/** Throws {@link UsageError} for what is neither the name of a rule nor the id of an aspect. */
export function checkRuleName(name: string): void {
    const known = idsOf(rules);
    if (!known.includes(name))
        throw new UsageError(`${printable(name)}: there is no such rule.${suggestion(name, known)}`);
}

/** The page as Markdown, without the marks of its generated part. An aspect stands on its rule's page. */
function pageOf(id: string): string {
    checkRuleName(id);
    const [name] = id.split("/");
    const page = readFileSync(join(packageRoot, "docs/rules", `${name}.md`), "utf8");
    return page.replace(/^<!--.*-->\n\n?/gm, "").trimEnd();
}

function toText(): string {
    const widest = Math.max(...rules.map(({ name }) => name.length));
    return rules
        .map(({ name, title, severity, enforcementLevel }) => {
            const cells = [colors.bold(name.padEnd(widest)), severity.padEnd(8), enforcementLevel.padEnd(9), title];
            return cells.join("  ");
        })
        .join("\n");
}

function toJson(): string {
    const told = rules.map(({ name, title, description, severity, enforcementLevel, scope, tags, url }) => ({
        ...{ name, title, description, severity, enforcementLevel, scope, tags, url },
    }));
    return JSON.stringify(told, undefined, 2);
}
