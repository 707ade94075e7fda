// What the documentation says of each rule, made from the rule itself: the head of each page in docs/rules/ (cli/rule-page.ts),
// the tables in README.md and docs/modes.md, and the schemas of settings files.

const END_OF_HEAD = "<!-- Written by `npm run docs` down to here. -->";
const TABLE_BEGIN = "<!-- Rules, written by `npm run docs` -->";
const TABLE_END = "<!-- End of rules -->";

/**
 * What the tables say of a rule; see policies/kit/rule.ts.
 *
 * @typedef {object} Rule
 * @property {string} name
 * @property {string} title
 * @property {string} severity
 * @property {string} enforcementLevel
 * @property {"resource" | "stack" | "project"} scope
 * @property {{ readonly shape: object }} settings
 */

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
 * @param {{ rules: readonly R[], pageHead: (rule: R) => string, schemaFiles: (rules: readonly R[]) => Iterable<readonly [string, string]> }} pack
 * @param {(path: string) => string} read
 * @returns {Map<string, string>}
 */
function pages({ rules, pageHead, schemaFiles }, read) {
    /** @type {(readonly [string, string])[]} */
    const ofRules = rules.map(rule => {
        const path = `docs/rules/${rule.name}.md`;
        return [path, `${pageHead(rule)}\n${END_OF_HEAD}\n\n${bodyOf(read(path))}`];
    });
    return new Map([
        ["README.md", replaceTable("README.md", read("README.md"), rulesTable(rules))],
        ["docs/modes.md", replaceTable("docs/modes.md", read("docs/modes.md"), modesTable(rules))],
        ...schemaFiles(rules),
        ...ofRules,
    ]);
}

module.exports = { pages };

/** @param {readonly Rule[]} rules */
function rulesTable(rules) {
    return [
        "| Rule | Requires | Level | Severity | Settings |",
        "| --- | --- | --- | --- | --- |",
        ...rules.map(rule => {
            const settings = Object.keys(rule.settings.shape)
                .map(key => `\`${key}\``)
                .join(", ");
            const link = `[\`${rule.name}\`](docs/rules/${rule.name}.md)`;
            return `| ${link} | ${rule.title.replaceAll("|", "\\|")} | ${rule.enforcementLevel} | ${rule.severity} | ${settings} |`;
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
