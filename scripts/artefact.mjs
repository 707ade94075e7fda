#!/usr/bin/env node
// Makes artefact/: the package as it is published. It holds all code that it runs, so that nothing is installed with it.
//
// Usage: npm run artefact. Then `npm publish ./artefact`, or `pulumi policy publish` in that folder. Two runs on the same sources
// make the same files.
import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { transformSync } from "esbuild";
import { bundle } from "./artefact/bundle.mjs";
import { billOfMaterials, inventory, notices } from "./artefact/inventory.mjs";
import { declarations, withoutDocumentation } from "./artefact/types.mjs";

const root = join(import.meta.dirname, "..");
const { values: options } = parseArgs({ options: { out: { type: "string", default: join(root, "artefact") } } });
const source = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** What people read, and settings: taken as they are. */
const COPIED = ["CHANGELOG.md", "LICENSE", "README.md", "docs", "rules-config", "templates"];

/** The engine's Node host looks for this file in the pack's folder. */
const RUNNER = "node_modules/@pulumi/pulumi";

/** The modules that a program imports, by the bundle's name for them: their sources declare them. */
const TYPES = { library: "policies/baseline", testing: "__tests__/support/test-rule" };

rmSync(options.out, { recursive: true, force: true });
for (const path of COPIED) cpSync(join(root, path), join(options.out, path), { recursive: true });

// Only editors read the schemas.
for (const file of readdirSync(join(options.out, "rules-config/schema"))) {
    const path = join(options.out, "rules-config/schema", file);
    writeFileSync(path, JSON.stringify(JSON.parse(readFileSync(path, "utf8"))));
}

const { code, map, inputs, changed } = await bundle(root);
const packages = inventory(root, inputs);
writePolicyProject();
write("lib/bundle.js", code);
write("lib/bundle.js.map", map);
write("lib/load.js", loader(code));
write("lib/pack.js", 'require("./load.js").pack();\n');
write("lib/command.js", '#!/usr/bin/env node\nrequire("./load.js").command();\n');
chmodSync(join(options.out, "lib/command.js"), 0o755);
// Loaded into the process of the program that the command runs, where the bundle is not.
const preload = readFileSync(join(root, "cli/engine/languages/program-preload.ts"), "utf8");
write("lib/program-preload.js", transformSync(preload, { loader: "ts", format: "cjs", target: "node20" }).code);
write("lib/index.js", exportsOf("library"));
write("lib/testing.js", exportsOf("testing"));
for (const [path, text] of declarations(root, Object.values(TYPES))) write(`lib/types/${path}`, text);
writeZodTypes();
write("THIRD-PARTY-NOTICES.md", notices(packages, changed));
write("sbom.cdx.json", billOfMaterials(source, packages, changed));
writeRunner();
write("package.json", `${JSON.stringify(manifest(), undefined, 4)}\n`);

/**
 * @param {string} path
 * @param {string} text
 */
function write(path, text) {
    mkdirSync(dirname(join(options.out, path)), { recursive: true });
    writeFileSync(join(options.out, path), text);
}

/** The engine's file about the pack, with the version that stands in package.json alone. */
function writePolicyProject() {
    const text = readFileSync(join(root, "PulumiPolicy.yaml"), "utf8");
    write("PulumiPolicy.yaml", `version: ${source.version}\n${text}`);
}

/**
 * Loads the bundle if Node can, and if it is the one that was built. What a broken download or copy lost could be rules.
 *
 * @param {string} text
 */
function loader(text) {
    const guard = readFileSync(join(root, "policies/node-version.ts"), "utf8");
    return `"use strict";
${transformSync(guard, { loader: "ts", format: "cjs", target: "es2015" }).code.replace(/^"use strict";\n/, "")}
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const file = join(__dirname, "bundle.js");
const expected = ${JSON.stringify(createHash("sha256").update(text).digest("hex"))};
if (createHash("sha256").update(readFileSync(file)).digest("hex") !== expected) {
    throw new Error(file + " is not the file that ${source.name} ${source.version} was published with. Install it again.");
}
module.exports = require(file);
`;
}

/**
 * Each export by its name: programs that are ES modules see only what is written so.
 *
 * @param {keyof typeof TYPES} part
 */
function exportsOf(part) {
    const names = Object.keys(createRequire(import.meta.url)(join(options.out, "lib/load.js"))[part]());
    return [
        '"use strict";',
        `const part = require("./load.js").${part}();`,
        ...names.sort().map(name => `exports.${name} = part.${name};`),
        "",
    ].join("\n");
}

/** The declarations of zod, which settings are made of. Its code is in the bundle. */
function writeZodTypes() {
    const { name, version, license } = JSON.parse(readFileSync(join(root, "node_modules/zod/package.json"), "utf8"));
    const description = `The declarations of ${name}; its code is in the bundle of ${source.name}.`;
    const target = "node_modules/zod";
    const manifest = { name, version, license, description, types: "index.d.cts" };
    write(`${target}/package.json`, `${JSON.stringify(manifest, undefined, 4)}\n`);
    cpSync(join(root, target, "LICENSE"), join(options.out, target, "LICENSE"));
    const files = new Set();
    const queue = ["index.d.cts"];
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
        if (files.has(file)) continue;
        files.add(file);
        const text = readFileSync(join(root, target, file), "utf8");
        write(`${target}/${file}`, withoutDocumentation(text));
        for (const [, path = ""] of text.matchAll(/(?:from|import\()\s*"(\.[^"]*)"/g)) {
            queue.push(join(dirname(file), path.replace(/\.cjs$/, ".d.cts")));
        }
    }
}

function writeRunner() {
    const sdk = JSON.parse(readFileSync(join(root, RUNNER, "package.json"), "utf8"));
    const { name, version, license } = sdk;
    const description = `The policy runner of ${name}, in the bundle of ${source.name}.`;
    write(`${RUNNER}/package.json`, `${JSON.stringify({ name, version, license, description }, undefined, 4)}\n`);
    cpSync(join(root, RUNNER, "LICENSE"), join(options.out, RUNNER, "LICENSE"));
    write(`${RUNNER}/cmd/run-policy-pack/index.js`, 'require("../../../../../lib/load.js").runner();\n');
    const message = `Of ${name} only the policy runner is part of ${source.name}. Install ${name} in your own project.`;
    write(`${RUNNER}/index.js`, `throw new Error(${JSON.stringify(message)});\n`);
}

/** The package's manifest. Its dependencies are in the package itself; `bundled` names all that the bundle holds. */
function manifest() {
    const { name, version, description, license, author, homepage, repository, bugs, keywords, type, engines } = source;
    const held = ["@pulumi/pulumi", "zod"];
    /** @param {keyof typeof TYPES} part */
    const types = part => `./lib/types/${TYPES[part]}.d.ts`;
    return {
        ...{ name, version, description, license, author, homepage, repository, bugs, keywords, type, engines },
        main: "lib/pack.js",
        types: types("library"),
        exports: {
            ".": { types: types("library"), default: "./lib/index.js" },
            "./testing": { types: types("testing"), default: "./lib/testing.js" },
            "./package.json": "./package.json",
        },
        bin: { "security-baseline": "lib/command.js" },
        files: [
            "lib",
            "docs",
            "rules-config",
            "templates",
            "PulumiPolicy.yaml",
            "CHANGELOG.md",
            "THIRD-PARTY-NOTICES.md",
            "sbom.cdx.json",
        ],
        dependencies: Object.fromEntries(held.map(sdk => [sdk, source.dependencies[sdk]])),
        bundleDependencies: held,
        bundled: Object.fromEntries(packages.map(({ name: of, version: at }) => [of, at])),
    };
}
