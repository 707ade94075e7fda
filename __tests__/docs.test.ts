// What is written of rules by `npm run docs` is what the rules say.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pageHead } from "../cli/rule-page";
import { schemaFiles } from "../policies/config/json-schema";
import { rules } from "../policies/rules";

const { pages } = require("../scripts/pages.cjs");

const root = join(__dirname, "..");
const read = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "");
const files: [string, string][] = [...pages({ rules, pageHead, schemaFiles }, read)];

test("there is a page for each rule, beside the tables and schemas", () =>
    expect(files.length).toBeGreaterThan(rules.length + 4));

test.each(files)("%s is what the rules say", (path, text) => expect(read(path)).toBe(text));
