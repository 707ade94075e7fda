// Writes what the documentation says of each rule from the rule itself; see pages.cjs. With --check it writes nothing and fails
// when something written differs. Needs `npm run build`.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pageHead } from "../dist/cli/rule-page.js";
import { schemaFiles } from "../dist/policies/config/json-schema.js";
import { rules } from "../dist/policies/rules/index.js";
import { pages } from "./pages.cjs";

const root = join(import.meta.dirname, "..");
/** @param {string} path */
const read = path => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "");
const files = pages({ rules, pageHead, schemaFiles }, read);

const strays = readdirSync(join(root, "docs/rules")).filter(file => !files.has(`docs/rules/${file}`));
const stale = [...files].filter(([path, text]) => read(path) !== text);
if (process.argv.includes("--check")) {
    for (const [path] of stale) console.error(`${path} is not what its rules say; run \`npm run docs\`.`);
    for (const file of strays) console.error(`docs/rules/${file} belongs to no rule; delete it.`);
    process.exitCode = stale.length + strays.length > 0 ? 1 : 0;
} else {
    for (const [path, text] of stale) writeFileSync(join(root, path), text);
    console.log(`${stale.length} of ${files.size} files written.`);
}
