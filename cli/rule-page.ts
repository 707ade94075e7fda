import type { Rule } from "../policies/kit/rule";
import { configSchemaOf } from "../policies/kit/settings";

/** The JSON schema of a setting, as far as a page tells of it. */
interface Setting {
    readonly default?: unknown;
    readonly description?: string;
    readonly enum?: readonly unknown[];
    readonly items?: Setting;
    readonly minimum?: number;
    readonly maximum?: number;
}

/**
 * What a rule says of itself, as Markdown: the head of its page in docs/rules/, and all that there is of an own rule without a
 * page.
 */
export function pageHead(rule: Rule): string {
    const facts = [
        ["Severity", rule.severity],
        ["Enforcement level", `${rule.enforcementLevel} unless settings say otherwise`],
        ["Judges", subjectOf(rule)],
        ["Tags", rule.tags.map(code).join(", ") || "none"],
        ["Controls", controlsOf(rule)],
        ["More", `<${rule.url}>`],
    ];
    const canRemediate = rule.scope !== "project" && rule.remediate !== undefined;
    return [
        `# ${rule.title} (${code(rule.name)})`,
        "",
        rule.description,
        "",
        ...table(["", ""], facts),
        "",
        "## Settings",
        "",
        ...settingsOf(rule),
        "",
        "## Remediation",
        "",
        ...rule.remediationSteps.map((step, index) => `${index + 1}. ${step}`),
        ...(canRemediate
            ? ["", "At level `remediate` the rule mends what is unambiguous before the resource is created."]
            : []),
        ...aspectsOf(rule),
        "",
    ].join("\n");
}

function subjectOf(rule: Rule): string {
    switch (rule.scope) {
        case "resource":
            return `each resource before it is created or updated: ${rule.types === "all" ? "all types" : rule.types.map(code).join(", ")}`;
        case "stack":
            return "the resources of the stack together, after a preview and after an update";
        case "project":
            return "the files of the project and its repository, once per run";
    }
}

/** A line for each framework and version, in the order in which the rule names them. */
function controlsOf({ controls }: Rule): string {
    const lines = new Map<string, string[]>();
    for (const { framework, version, id, source } of controls) {
        const name = `${framework} ${version}`.trim();
        lines.set(name, [...(lines.get(name) ?? []), `[${id}](${source})`]);
    }
    return [...lines].map(([name, ids]) => `${name}: ${ids.join(", ")}`).join("<br>") || "none verified";
}

function settingsOf({ settings }: Rule): string[] {
    const rows = Object.entries(configSchemaOf(settings).properties as Record<string, Setting>).map(
        ([name, setting]) => [
            code(name),
            defaultOf(setting),
            `${setting.description ?? ""} ${rangeOf(setting)}`.trim(),
        ],
    );
    return rows.length === 0 ? ["None."] : table(["Setting", "Default", "Meaning"], rows);
}

/** A default value; a long list as its elements, which unlike one piece of code can be broken into lines. */
function defaultOf({ default: value }: Setting): string {
    if (value === undefined) return "none";
    if (!Array.isArray(value) || value.length < 6) return code(JSON.stringify(value));
    return value.map(element => code(String(element))).join(", ");
}

function rangeOf({ enum: own, items, minimum, maximum = Number.MAX_SAFE_INTEGER }: Setting): string {
    const values = own ?? items?.enum;
    if (values !== undefined) return `One of ${values.map(value => code(String(value))).join(", ")}.`;
    if (minimum === undefined) return "";
    return maximum === Number.MAX_SAFE_INTEGER ? `At least ${minimum}.` : `${minimum} to ${maximum}.`;
}

/** The requirements that a rule is made of, of which each may be exempted alone. */
function aspectsOf({ name, aspects = [] }: Rule): string[] {
    const [first] = aspects;
    if (first === undefined) return [];
    return [
        "",
        "## Aspects",
        "",
        `A finding ends with the id of its aspect, such as \`[${name}/${first.id}]\`, which an exemption can name as its \`rule\`; the rule's name alone stands for all of them.`,
        "",
        ...table(
            ["Aspect", "Severity", "Requires"],
            aspects.map(({ id, severity, description }) => [code(id), severity, description]),
        ),
    ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
    const line = (cells: readonly string[]) => `|${cells.map(text => (text === "" ? " " : ` ${text} `)).join("|")}|`;
    const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
    return [line(head), line(head.map(() => "---")), ...rows.map(row => line(row.map(cell)))];
}

function code(text: string): string {
    return `\`${text}\``;
}
