// What the documentation says of each rule, made from the rule itself: the head of each page in docs/rules/, the table in
// README.md, docs/modes.md, and the schemas of settings files.

const END_OF_HEAD = "<!-- Written by `npm run docs` down to here. -->";
const TABLE_BEGIN = "<!-- Rules, written by `npm run docs` -->";
const TABLE_END = "<!-- End of rules -->";

/**
 * What the pages say of a rule; see policies/kit/rule.ts.
 *
 * @typedef {{ id: string, severity: string, description: string }} Aspect
 * @typedef {{ framework: string, version: string, id: string, source: string }} Control
 * @typedef {object} Rule
 * @property {string} name
 * @property {string} title
 * @property {string} description
 * @property {string} severity
 * @property {string} enforcementLevel
 * @property {"resource" | "stack" | "project"} scope
 * @property {"all" | readonly string[]} [types]
 * @property {readonly string[]} tags
 * @property {readonly Control[]} controls
 * @property {readonly Aspect[]} [aspects]
 * @property {readonly string[]} remediationSteps
 * @property {string} url
 * @property {import("zod").ZodObject<import("zod").ZodRawShape, import("zod").core.$strict>} settings
 * @property {unknown} [remediate]
 */

/**
 * The JSON schema of one setting.
 *
 * @typedef {object} Setting
 * @property {unknown} [default]
 * @property {string} [description]
 * @property {readonly unknown[]} [enum]
 * @property {unknown} [items]
 * @property {number} [minimum]
 * @property {number} [maximum]
 */

/** @typedef {(settings: Rule["settings"]) => { properties: Record<string, Setting> }} ConfigSchemaOf */

/** Which runs ask a rule, by what it judges. */
const MODES = {
    resource: { preview: "yes", update: "yes", analyze: "yes", "stack audit": "yes", "account audit": "yes" },
    stack: { preview: "yes", update: "yes", analyze: "yes", "stack audit": "yes", "account audit": "no" },
    project: { preview: "yes", update: "yes", analyze: "no", "stack audit": "no", "account audit": "no" },
};

/**
 * The files by their path, as they should be. `read` gives the text of one as it is, empty where there is none.
 *
 * @template {Rule} R
 * @param {{ rules: readonly R[], configSchemaOf: ConfigSchemaOf, schemaFiles: (rules: readonly R[]) => Iterable<readonly [string, string]> }} pack
 * @param {(path: string) => string} read
 * @returns {Map<string, string>}
 */
function pages({ rules, configSchemaOf, schemaFiles }, read) {
    /** @type {(readonly [string, string])[]} */
    const ofRules = rules.map(rule => {
        const path = `docs/rules/${rule.name}.md`;
        return [path, `${head(rule, configSchemaOf)}\n${END_OF_HEAD}\n\n${bodyOf(read(path))}`];
    });
    return new Map([
        ["README.md", replaceTable("README.md", read("README.md"), rulesTable(rules, configSchemaOf))],
        ["docs/modes.md", replaceTable("docs/modes.md", read("docs/modes.md"), modesTable(rules))],
        ...schemaFiles(rules),
        ...ofRules,
    ]);
}

module.exports = { pages };

/**
 * @param {Rule} rule
 * @param {ConfigSchemaOf} configSchemaOf
 */
function head(rule, configSchemaOf) {
    /** @type {readonly [string, string][]} */
    const facts = [
        ["Severity", rule.severity],
        ["Enforcement level", `${rule.enforcementLevel} unless settings say otherwise`],
        ["Judges", judges(rule)],
        ["Tags", rule.tags.map(code).join(", ")],
        ["Controls", controls(rule)],
        ["More", `<${rule.url}>`],
    ];
    return [
        `# ${rule.title} (\`${rule.name}\`)`,
        "",
        rule.description,
        "",
        "| | |",
        "| --- | --- |",
        ...facts.map(([key, value]) => `| ${key} | ${cell(value)} |`),
        "",
        "## Settings",
        "",
        ...settingsTable(rule, configSchemaOf),
        "",
        "## Remediation",
        "",
        ...rule.remediationSteps.map((step, index) => `${index + 1}. ${step}`),
        ...(rule.remediate
            ? ["", "At level `remediate` the rule mends what is unambiguous before the resource is created."]
            : []),
        ...aspectsTable(rule),
        "",
    ].join("\n");
}

/** @param {Rule} rule */
function judges(rule) {
    switch (rule.scope) {
        case "resource":
            return `each resource before it is created or updated: ${rule.types === "all" ? "all types" : (rule.types ?? []).map(code).join(", ")}`;
        case "stack":
            return "the resources of the stack together, after a preview and after an update";
        case "project":
            return "the files of the project and its repository, once per run";
        default:
            throw new Error(`${rule.name} has scope ${rule.scope}, which the pages have no words for.`);
    }
}

/**
 * @param {Rule} rule
 * @param {ConfigSchemaOf} configSchemaOf
 */
function settingsTable(rule, configSchemaOf) {
    const settings = Object.entries(configSchemaOf(rule.settings).properties);
    if (settings.length === 0) return ["None."];
    return [
        "| Setting | Default | Meaning |",
        "| --- | --- | --- |",
        ...settings.map(([name, schema]) => {
            return `| \`${name}\` | ${cell(shown(schema.default))} | ${cell(`${schema.description ?? ""} ${range(schema)}`.trim())} |`;
        }),
    ];
}

/**
 * The requirements that a rule is made of, of which each may be exempted alone.
 *
 * @param {Rule} rule
 */
function aspectsTable({ name, aspects = [] }) {
    const [first] = aspects;
    if (first === undefined) return [];
    return [
        "",
        "## Aspects",
        "",
        `A finding ends with the id of its aspect, such as \`[${name}/${first.id}]\`, which an exemption can name as its \`rule\`; the rule's name alone stands for all of them.`,
        "",
        "| Aspect | Severity | Requires |",
        "| --- | --- | --- |",
        ...aspects.map(({ id, severity, description }) => `| \`${id}\` | ${severity} | ${cell(description)} |`),
    ];
}

/**
 * A default value; a long list as its elements, which unlike one piece of code can be broken into lines.
 *
 * @param {unknown} value
 */
function shown(value) {
    if (value === undefined) return "none";
    if (!Array.isArray(value) || value.length < 6) return code(JSON.stringify(value));
    return value.map(element => code(String(element))).join(", ");
}

/** @param {Setting} schema */
function range(schema) {
    const items = /** @type {Setting | undefined} */ (schema.items);
    const values = schema.enum ?? items?.enum;
    if (values) return `One of ${values.map(value => code(String(value))).join(", ")}.`;
    const { minimum, maximum = Number.MAX_SAFE_INTEGER } = schema;
    if (minimum === undefined) return "";
    return maximum === Number.MAX_SAFE_INTEGER ? `At least ${minimum}.` : `${minimum} to ${maximum}.`;
}

/**
 * @param {readonly Rule[]} rules
 * @param {ConfigSchemaOf} configSchemaOf
 */
function rulesTable(rules, configSchemaOf) {
    return [
        "| Rule | Requires | Level | Severity | Settings |",
        "| --- | --- | --- | --- | --- |",
        ...rules.map(rule => {
            const settings = Object.keys(configSchemaOf(rule.settings).properties).map(code).join(", ");
            const link = `[\`${rule.name}\`](docs/rules/${rule.name}.md)`;
            return `| ${link} | ${cell(rule.title)} | ${rule.enforcementLevel} | ${rule.severity} | ${settings} |`;
        }),
    ].join("\n");
}

/** @param {readonly Rule[]} rules */
function modesTable(rules) {
    const modes = /** @type {(keyof typeof MODES.resource)[]} */ (Object.keys(MODES.resource));
    return [
        `| Rule | Judges | ${modes.join(" | ")} |`,
        `| --- | --- | ${modes.map(() => "---").join(" | ")} |`,
        ...rules.map(({ name, scope }) => {
            const subject = { resource: "single resources", stack: "the stack", project: "project files" }[scope];
            const answers = modes.map(mode => MODES[scope][mode]);
            return `| [\`${name}\`](rules/${name}.md) | ${subject} | ${answers.join(" | ")} |`;
        }),
    ].join("\n");
}

/**
 * The text of a page with its table in place.
 *
 * @param {string} path
 * @param {string} page
 * @param {string} table
 */
function replaceTable(path, page, table) {
    const begin = page.indexOf(TABLE_BEGIN);
    const end = page.indexOf(TABLE_END);
    if (begin === -1 || end === -1) throw new Error(`${path} lacks ${TABLE_BEGIN} or ${TABLE_END}.`);
    return `${page.slice(0, begin)}${TABLE_BEGIN}\n\n${table}\n\n${page.slice(end)}`;
}

/** @param {string} page */
function bodyOf(page) {
    const end = page.indexOf(END_OF_HEAD);
    return (end === -1 ? page : page.slice(end + END_OF_HEAD.length)).trim().concat("\n");
}

/**
 * A line for each framework and version, in the order in which the rule names them.
 *
 * @param {Rule} rule
 */
function controls(rule) {
    /** @type {Map<string, string[]>} */
    const lines = new Map();
    for (const { framework, version, id, source } of rule.controls) {
        const name = `${framework} ${version}`.trim();
        lines.set(name, [...(lines.get(name) ?? []), `[${id}](${source})`]);
    }
    return [...lines].map(([name, ids]) => `${name}: ${ids.join(", ")}`).join("<br>") || "none verified";
}

/** @param {string} text */
function code(text) {
    return `\`${text}\``;
}

/** @param {string} text */
function cell(text) {
    return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
