// Builds dist/, with declarations for the scripts that import it. Runs after `npm install` and `npm ci` of the source tree; the
// published package is made from the sources.
const { spawnSync } = require("node:child_process");
const { chmodSync, existsSync, rmSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
let compiler;
try {
    compiler = require.resolve("typescript/bin/tsc");
} catch {
    console.error("The pack is not built: development dependencies are missing. Run `npm ci` without --omit=dev.");
    process.exit(existsSync(join(root, "dist/policies/index.js")) ? 0 : 1);
}
// What a deleted source left behind must not be run.
rmSync(join(root, "dist"), { recursive: true, force: true });
const result = spawnSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json")], { stdio: "inherit" });
// The compiler writes plain files; npm makes a command of them only when it installs a package.
if (result.status === 0) chmodSync(join(root, "dist/cli/index.js"), 0o755);
process.exit(result.status ?? 1);
