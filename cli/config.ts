import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { ConfigError, show } from "../policies/config/config-error";
import { isForStack } from "../policies/config/exemptions/exemption";
import { jsonSchema, SCHEMAS, type SchemaName } from "../policies/config/json-schema";
import { unusedIn } from "../policies/config/lint";
import {
    type Config,
    configFor,
    readSettings,
    type SettingsFiles,
    type Source,
    toPackConfig,
} from "../policies/config/load";
import { parseStackName, type StackIdentity, stackName } from "../policies/config/stack-identity";
import { shown } from "../policies/config/validate";
import { definition } from "../policies/definition";
import { Workspace } from "../policies/kit/project/workspace";
import type { Run } from "./run";
import { configDirOption, settingsFolder } from "./settings-folder";
import { tagOption } from "./tag-option";

/** Exit code of `config validate`: settings are usable, but say something without effect. */
const UNUSED = 1;

interface FolderOption {
    readonly configDir?: string;
    readonly project?: string;
}

interface StackOptions extends FolderOption {
    readonly stack: string;
    readonly tag: Readonly<Record<string, string>>;
}

/** Adds `config` and its commands, which read the pack's settings files and judge nothing. */
export function registerConfig(program: Command, run: Run): void {
    const config = program.command("config").description("explain, check and export the pack's settings");
    const add = (name: string, description: string) =>
        config.command(name).description(description).addOption(configDirOption());
    const addForStack = (name: string, description: string) =>
        add(name, description)
            .requiredOption("--stack <name>", "the stack: organization/project/stack")
            .addOption(tagOption())
            .option("--project <dir>", "folder of the project whose settings are meant", ".");

    addForStack("explain", "show each rule's level and settings for a stack, and where they come from")
        .addOption(new Option("--format <format>", "how to print it").choices(["text", "json"]).default("text"))
        .action((options: StackOptions & { format: string }) => {
            const { identity, config: settings } = load(options);
            const explanation = explain(settings, identity);
            run.print(options.format === "json" ? JSON.stringify(explanation, undefined, 4) : toText(explanation));
        });

    addForStack("export", "print a stack's settings as JSON for --policy-pack-config or a policy group").action(
        (options: StackOptions) => run.print(JSON.stringify(toPackConfig(load(options).config), undefined, 4)),
    );

    add("validate", "check all settings files")
        .option("--project <dir>", "folder of a project or of a repository, whose stacks the patterns should match")
        .option("--stack <name...>", "stacks that the patterns should match: organization/project/stack")
        .addHelpText(
            "after",
            "\nExit code: 0 right, 1 something has no effect (shadowed or unused), 2 there are mistakes.",
        )
        .action((options: FolderOption & { stack?: string[] }) => validate(run, options, options.stack ?? []));

    config
        .command("schema")
        .description("print the JSON Schema of settings files, for editors")
        .addOption(new Option("--of <kind>", "kind of file").choices(SCHEMAS).default("profile"))
        .action(({ of }: { of: SchemaName }) =>
            run.print(JSON.stringify(jsonSchema(of, definition.rules), undefined, 4)),
        );
}

function load({ stack, tag, ...options }: StackOptions): { identity: StackIdentity; config: Config } {
    const identity = parseStackName(stack, tag);
    const { rules } = definition;
    return { identity, config: configFor(readSettings(folderOf(options), rules, new Date()), rules, identity) };
}

function folderOf({ configDir, project = "." }: FolderOption): string {
    return settingsFolder(configDir, project, openProjects(project).root);
}

function openProjects(folder: string): Workspace {
    const projectDir = resolve(folder);
    return Workspace.open({ projectDir, stack: undefined, project: undefined, calledFrom: projectDir });
}

function validate(run: Run, options: FolderOption, names: readonly string[]): void {
    const { project } = options;
    const { rules } = definition;
    const files = readSettings(folderOf(options), rules, new Date(), { isEdited: true });
    const stacks = [...names.map(name => parseStackName(name)), ...(project === undefined ? [] : stacksOf(project))];
    for (const stack of stacks) configFor(files, rules, stack);
    const unused = unusedIn(files, stacks);
    for (const problem of unused) run.print(show(problem));
    if (unused.length > 0) run.exitCode = UNUSED;
    else run.print(`The settings are right: ${countsOf(files)}.`);
}

function countsOf({ profiles, selection, exemptions }: SettingsFiles): string {
    const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;
    return [
        count(profiles.size, "profile", "profiles"),
        count(selection.selectors.length, "entry for stacks", "entries for stacks"),
        count(exemptions.settings.list.length, "exemption", "exemptions"),
    ].join(", ");
}

/** The stacks that have a file in a project or in the projects of a repository. */
function stacksOf(folder: string): StackIdentity[] {
    const workspace = openProjects(folder);
    const stacks = workspace.projects.flatMap(({ name, stacks: found }) =>
        found.map(stack => ({ organization: undefined, project: name, stack: stack.name, tags: {} })),
    );
    if (stacks.length > 0) return stacks;
    const message = workspace.absence?.message ?? "has no stack with a file; expected Pulumi.<stack>.yaml.";
    throw new ConfigError([{ at: { file: folder }, message }]);
}

interface Origin {
    readonly file: string;
    readonly line: number | undefined;
}

interface Explanation {
    readonly stack: string;
    /** The stack's profile and those it extends, the farthest last. */
    readonly profiles: readonly string[];
    readonly chosenAt: Origin;
    readonly rules: readonly {
        readonly rule: string;
        readonly level: string;
        /** For an announced level the first day of the mandatory one, and the days until then. */
        readonly mandatoryFrom?: string | undefined;
        readonly daysLeft?: number | undefined;
        /** Null for the rule's own level. */
        readonly source: Origin | null;
        /** Every setting of the rule; the source is null for the rule's own default. */
        readonly settings: Readonly<Record<string, { readonly value: unknown; readonly source: Origin | null }>>;
    }[];
    /** The exemptions for this stack. */
    readonly exemptions: readonly object[];
}

function explain(config: Config, identity: StackIdentity): Explanation {
    return {
        stack: stackName(identity),
        profiles: config.profiles,
        chosenAt: { file: config.chosenAt.file, line: config.chosenAt.line },
        rules: config.rules.map(({ rule, level, settings }) => {
            const given = Object.fromEntries(Object.entries(settings).map(([key, { value }]) => [key, value]));
            return {
                rule: rule.name,
                level: level.level,
                mandatoryFrom: level.mandatoryFrom,
                daysLeft: level.daysLeft,
                source: originOf(level.source),
                settings: Object.fromEntries(
                    Object.entries(rule.settings.parse(given)).map(([key, value]) => [
                        key,
                        { value, source: originOf(settings[key]?.source) },
                    ]),
                ),
            };
        }),
        exemptions: config.exemptions.settings.list.filter(exemption => isForStack(exemption, identity)),
    };
}

function originOf(source: Source): Origin | null {
    return source === undefined ? null : { file: source.file, line: source.line };
}

function toText({ stack, profiles, chosenAt, rules: explained, exemptions }: Explanation): string {
    const [profile, ...parents] = profiles;
    const from = (origin: Origin | null) => (origin === null ? "default" : `${origin.file}:${origin.line}`);
    const rows = explained.flatMap(({ rule, level, mandatoryFrom, daysLeft, source, settings }) => {
        const date = mandatoryFrom === undefined ? "" : ` (mandatory from ${mandatoryFrom}, in ${daysLeft} days)`;
        return [
            [rule, `${level}${date}`, from(source)],
            ...Object.entries(settings).map(([key, setting]) => [
                `  ${key}`,
                shown(setting.value),
                from(setting.source),
            ]),
        ];
    });
    const width = (column: number, most: number) =>
        Math.min(most, Math.max(...rows.map(row => row[column]?.length ?? 0)));
    const widths = [width(0, 50), width(1, 44)];
    const table = rows.map(row =>
        row
            .map((cell, index) => cell.padEnd(widths[index] ?? 0))
            .join("  ")
            .trimEnd(),
    );
    return [
        `${stack} has profile ${profile} (${from(chosenAt)})${parents.length === 0 ? "" : `, which extends ${parents.join(", then ")}`}.`,
        `Exemptions for it: ${exemptions.length}.`,
        "The engine's own configuration, where there is any, comes on top.",
        "",
        ...table,
    ].join("\n");
}
