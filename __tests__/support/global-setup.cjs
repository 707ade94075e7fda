// Builds what the tests start as a process (the pack, the command) when a source is newer than the last build.
const { spawnSync } = require("node:child_process");
const { existsSync, readdirSync, statSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "../..");

module.exports = () => {
    const sources = ["tsconfig.json", "tsconfig.build.json", "policies", "cli"].map(name => join(root, name));
    const newest = Math.max(...sources.filter(existsSync).map(newestChange));
    const built = statSync(join(root, "dist/policies/index.js"), { throwIfNoEntry: false });
    if (built !== undefined && built.mtimeMs > newest) return;
    const { status } = spawnSync(process.execPath, [join(root, "scripts/prepare.cjs")], { stdio: "inherit" });
    if (status !== 0) throw new Error("The pack does not build; its tests cannot run.");
};

function newestChange(path) {
    const stat = statSync(path);
    if (!stat.isDirectory()) return stat.mtimeMs;
    return Math.max(stat.mtimeMs, ...readdirSync(path).map(name => newestChange(join(path, name))));
}
