import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { environmentOf, type Launcher } from "./language";

/** Builds and runs a Go program with the module's own toolchain, or runs the executable of `runtime.options.binary`. */
export const go: Launcher = program => {
    const { folder, cwd, options, settingsFile } = program;
    const env = environmentOf(program);
    const binary = options.get("binary").string();
    if (binary !== undefined) {
        const command = resolve(folder, binary);
        if (!existsSync(command))
            return { missing: `\`runtime.options.binary\` names ${binary}, which is not there; build it` };
        return { command, args: [], folder: cwd, env };
    }
    if (spawnSync("go", ["version"], { stdio: "ignore" }).status !== 0) {
        return { missing: "there is no `go` on PATH; install Go" };
    }
    // Not `go run`, whose own end would leave the program behind.
    const executable = join(dirname(settingsFile), "program");
    return {
        command: executable,
        args: [],
        folder: cwd,
        env,
        build: { command: "go", args: ["build", "-o", executable, "."] },
    };
};
