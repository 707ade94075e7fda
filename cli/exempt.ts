import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve, sep } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { ConfigError } from "../policies/config/config-error";
import { EXEMPTIONS, type Exemption, expiryMistake } from "../policies/config/exemptions/exemption";
import { withExemption } from "../policies/config/exemptions/write";
import { unusedIn } from "../policies/config/lint";
import { readSettings } from "../policies/config/load";
import { definition } from "../policies/definition";
import { Workspace } from "../policies/kit/project/workspace";
import { type Problem, printable } from "../policies/kit/report";
import { idOf } from "../policies/kit/rule";
import type { Finding } from "./check";
import { commandLine } from "./own-pack";
import { checkRuleName } from "./rules";
import type { Run } from "./run";
import { configDirOption, OWN_FOLDER, settingsFolder } from "./settings-folder";
import { UsageError } from "./units";

interface ExemptOptions {
    readonly resource?: string;
    readonly type?: string;
    readonly name?: string;
    readonly file?: string;
    readonly property?: string;
    readonly forProject?: string;
    readonly forStack?: string;
    readonly reason: string;
    readonly owner: string;
    readonly expires: string;
    readonly ticket?: string;
    readonly project: string;
    readonly configDir?: string;
}

/** The command that exempts a finding, to be completed; undefined for findings about the stack as a whole. */
export function exemptionOf({ rule, aspect, urn, file }: Finding): string | undefined {
    const target = urn === undefined ? file && `--file ${quoted(file)}` : `--resource ${quoted(urn)}`;
    if (target === undefined) return undefined;
    const id = idOf({ name: rule }, aspect === undefined ? undefined : { id: aspect });
    return commandLine(`exempt ${id} ${target} --reason … --owner … --expires …`);
}

/** A text as one word for a shell. */
function quoted(text: string): string {
    return /^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Adds `exempt`, which writes an exemption into the settings. */
export function registerExempt(program: Command, run: Run): void {
    program
        .command("exempt")
        .description("accept a violation until a date: write it into exemptions.yaml of the settings")
        .argument("<rule>", "name of the rule, or rule/aspect")
        .option("--resource <urn>", "URN of the resource, in which * stands for any text", text)
        .option("--type <token>", "type of the resource; goes with --name", text)
        .option("--name <name>", "name of the resource in the program; goes with --type", text)
        .option("--file <path>", "path of the file as violations name it, or a pattern for such paths", text)
        .option("--property <path>", "only for violations at this property, such as ingress[0]", text)
        .option("--for-project <pattern>", "only for these projects", text)
        .option("--for-stack <pattern>", "only for these stacks", text)
        .requiredOption("--reason <text>", "why the violation is accepted", text)
        .requiredOption("--owner <name>", "who answers for it: a person or a team", text)
        .requiredOption("--expires <date>", "last day of the exemption in UTC, as 2027-01-31", text)
        .option("--ticket <id>", "where it was decided", text)
        .option("--project <dir>", "folder of the project whose settings are meant", ".")
        .addOption(configDirOption())
        .action((rule: string, options: ExemptOptions) => run.print(exempt(rule, options)));
}

function text(value: string): string {
    if (value.trim() === "") throw new InvalidArgumentError("It is empty; expected a text.");
    return value;
}

/**
 * Writes an exemption into `exemptions.yaml` and gives what was done, for people. The file is left as it was where the settings
 * would have a mistake, or would say something without effect, because of it.
 *
 * Throws {@link UsageError} for what cannot be written, and `ConfigError` with the mistakes.
 */
function exempt(rule: string, options: ExemptOptions): string {
    checkRuleName(rule);
    const workspace = Workspace.open({
        projectDir: resolve(options.project),
        stack: undefined,
        project: undefined,
        calledFrom: resolve(options.project),
    });
    const folder = settingsFolder(options.configDir, options.project, workspace.root);
    if (folder === definition.settingsFolder && folder.split(sep).includes("node_modules")) {
        throw new UsageError(
            `The settings are those of the installed package, which its next installation overwrites. Keep your own: copy ${folder} to ${OWN_FOLDER}/ in the repository, and try again.`,
        );
    }
    const now = new Date();
    const path = join(folder, `${EXEMPTIONS}.yaml`);
    const before = existsSync(path) ? readFileSync(path, "utf8") : "";
    // Mistakes that are there already would be taken for the new one's.
    const { list } = readSettings(folder, definition.rules, now).exemptions.settings;
    const exemption = exemptionFrom(rule, options);
    const changed = edited(path, before, exemption);
    // Those that expired before are not in the way of a new one.
    const [expired] = expiryMistake(exemption, now);
    if (expired !== undefined) throw new UsageError(`--expires ${expired.message}`);
    checkSettings(folder, changed, list.length, now);
    writeFileSync(path, changed);
    return printable(
        `${relative(process.cwd(), path)}: ${rule} is exempted until ${options.expires}, by ${options.owner}.`,
    );
}

/** Throws `ConfigError` where a folder of settings would have mistakes with this list of exemptions, or its last element no effect. */
function checkSettings(folder: string, exemptions: string, index: number, now: Date): void {
    const temporary = mkdtempSync(join(tmpdir(), "security-baseline-"));
    try {
        const copy = join(temporary, basename(folder));
        cpSync(folder, copy, { recursive: true });
        writeFileSync(join(copy, `${EXEMPTIONS}.yaml`), exemptions);
        const isNew = ({ at }: Problem) => at.path === `list[${index}]`;
        const problems = unusedIn(readSettings(copy, definition.rules, now), []).filter(isNew);
        if (problems.length > 0) throw new ConfigError(problems);
    } finally {
        rmSync(temporary, { recursive: true, force: true });
    }
}

function exemptionFrom(rule: string, options: ExemptOptions): Exemption {
    const { resource, type, name, file, property, forProject, forStack, reason, owner, expires, ticket } = options;
    const given = {
        rule,
        resource,
        type,
        name,
        file,
        property,
        project: forProject,
        stack: forStack,
        reason,
        owner,
        expires,
        ticket,
    };
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Exemption;
}

function edited(path: string, before: string, exemption: Exemption): string {
    try {
        return withExemption(before, exemption);
    } catch (error) {
        throw new UsageError(`${path}: ${(error as Error).message}`);
    }
}
