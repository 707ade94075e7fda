// Builds what the tests start as a process when a source is newer than the last build: the pack and the command from the
// source tree, and the package as it is published.
const { spawnSync } = require("node:child_process");
const { existsSync, readdirSync, statSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "../..");

const SOURCES = ["package.json", "tsconfig.json", "tsconfig.build.json", "policies", "cli"];

const PUBLISHED = [...SOURCES, "scripts", "rules-config", "docs", "README.md", "CHANGELOG.md", "PulumiPolicy.yaml"];

module.exports = () => {
    build("scripts/prepare.cjs", "dist/policies/index.js", SOURCES);
    build("scripts/artefact.mjs", "artefact/package.json", PUBLISHED);
};

/**
 * @param {string} script
 * @param {string} result
 * @param {readonly string[]} sources
 */
function build(script, result, sources) {
    const newest = Math.max(
        ...sources
            .map(name => join(root, name))
            .filter(existsSync)
            .map(newestChange),
    );
    const built = statSync(join(root, result), { throwIfNoEntry: false });
    if (built !== undefined && built.mtimeMs > newest) return;
    const { status } = spawnSync(process.execPath, [join(root, script)], { stdio: "inherit" });
    if (status !== 0) throw new Error(`${script} fails; the tests of what it builds cannot run.`);
}

/**
 * @param {string} path
 * @returns {number}
 */
function newestChange(path) {
    const stat = statSync(path);
    if (!stat.isDirectory()) return stat.mtimeMs;
    return Math.max(stat.mtimeMs, ...readdirSync(path).map(name => newestChange(join(path, name))));
}
