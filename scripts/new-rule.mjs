// npm run new-rule <topic>/<name>: makes the module, the test and the page of a rule, and adds it to the list.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [, topic, name] = /^([a-z][a-z0-9-]*)\/([a-z][a-z0-9]*(?:-[a-z0-9]+)+)$/.exec(process.argv[2] ?? "") ?? [];
if (topic === undefined || name === undefined)
    fail("usage: npm run new-rule <topic>/<subject>-<requirement>, both in kebab-case");

const rulePath = `policies/rules/${topic}/${name}.ts`;
if (existsSync(join(root, rulePath))) fail(`${rulePath} exists already`);

write(
    rulePath,
    `import { z } from "zod";
import { resourceRule } from "../../kit/rule";

/**
 * TODO: why the rule exists, what it does not see, and the source of the facts it builds on.
 */
export const rule = resourceRule({
    name: "${name}",
    title: "TODO: a headline without full stop",
    description: "TODO: what the rule requires.",
    severity: "medium",
    enforcementLevel: "advisory",
    tags: ["${topic}"],
    controls: [],
    remediationSteps: ["TODO: what a person does about a violation."],
    url: "https://TODO",
    settings: z.strictObject({}),
    types: ["TODO:module/resource:Resource"],
    judge(resource, _settings, report) {
        const property = resource.props.get("TODO");
        if (property.isUnknown) report.undetermined(property, "is unknown until the update; expected TODO.");
        else if (property.boolean() !== true) report.violation(property, \`is \${property.show()}; expected TODO.\`);
    },
});
`,
);
write(
    `__tests__/rules/${topic}/${name}.test.ts`,
    `import { rule } from "../../../policies/rules/${topic}/${name}";
import { testResourceRule } from "../../support/test-rule";

testResourceRule(rule, {
    // What the rule passes: { name, props }, the border at which it just holds among them.
    valid: [],
    // What breaks it: { name, props, violations }, each violation as the whole message.
    invalid: [],
    // Settings that must be refused.
    badSettings: [],
});
`,
);
write(
    `docs/rules/${name}.md`,
    ["Why", "Fails", "Passes", "When an exemption is reasonable", "Limits"]
        .map(title => `## ${title}\n\nTODO\n`)
        .join("\n"),
);

const listPath = join(root, "policies/rules/index.ts");
const list = readFileSync(listPath, "utf8");
const rules = [...list.matchAll(/^import \{ rule as (\w+) \} from "\.\/(.+)";$/gm)].map(
    ([, variable = "", path = ""]) => [path, variable],
);
rules.push([`${topic}/${name}`, name.replace(/-./g, part => part.charAt(1).toUpperCase())]);
const imports = [...rules].sort().map(([path, variable]) => `import { rule as ${variable} } from "./${path}";`);
const names = [...rules].sort((a, b) => (baseName(a) < baseName(b) ? -1 : 1)).map(([, variable]) => `    ${variable},`);
writeFileSync(
    listPath,
    list
        .replace(/(?:^import \{ rule as .*\n)+/m, `${imports.join("\n")}\n`)
        .replace(/(readonly Rule\[\] = \[)[^\]]*\]/, `$1\n${names.join("\n")}\n]`),
);
console.log(
    `Wrote ${name}. Fill the table of cases, watch it fail, then write the rule; \`npm run docs\` and \`npm run check\` at the end.`,
);

/** @param {readonly string[]} entry */
function baseName([path = ""]) {
    return path.slice(path.indexOf("/") + 1);
}

/**
 * @param {string} path
 * @param {string} text
 */
function write(path, text) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
    console.error(message);
    process.exit(2);
}
