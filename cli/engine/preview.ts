import { spawn, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parse, stringify } from "yaml";
import { startStubProvider } from "./stub-provider";

/** How a run of the engine ended. */
export interface Preview {
    readonly exitCode: number;
    /** What it printed, both streams in the order they came. */
    readonly output: string;
}

/** Version of the Pulumi CLI on PATH, such as `v3.259.0`; undefined when there is none. */
export function pulumiVersion(): string | undefined {
    const { status, stdout } = spawnSync("pulumi", ["version"], { encoding: "utf8" });
    return status === 0 ? stdout.trim() : undefined;
}

/**
 * Previews a copy of a project in the real engine with a policy pack, in a backend of its own in a temporary folder. A stub
 * stands in for AWS, so no account is used and nothing is created. Project rules look at the project itself.
 *
 * @param projectFolder Absolute path of a Node.js project with a file of the stack's settings, none of them secret.
 * @param packFolder Absolute path of the policy pack, whose `node_modules` serve the project too.
 */
export async function preview(projectFolder: string, packFolder: string, stack: string): Promise<Preview> {
    const folder = mkdtempSync(join(tmpdir(), "security-baseline-"));
    const provider = await startStubProvider();
    try {
        const program = join(folder, "program");
        const bin = join(folder, "bin");
        cpSync(projectFolder, program, { recursive: true });
        // The copy's stack is encrypted by a passphrase: a preview without account cannot ask a cloud key. Its settings stay.
        const stackFile = join(program, `Pulumi.${stack}.yaml`);
        const { config = {} } = parse(readFileSync(stackFile, "utf8"));
        writeFileSync(stackFile, stringify({ config }));
        symlinkSync(join(packFolder, "node_modules"), join(program, "node_modules"));
        for (const name of ["state", "home", "bin"]) mkdirSync(join(folder, name));
        // Its presence keeps the engine from downloading the provider; it attaches to the stub and never starts this.
        writeFileSync(join(bin, "pulumi-resource-aws"), "#!/bin/sh\nexit 1\n");
        chmodSync(join(bin, "pulumi-resource-aws"), 0o755);
        const env = {
            ...process.env,
            PWD: program,
            PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`,
            PULUMI_HOME: join(folder, "home"),
            PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
            PULUMI_CONFIG_PASSPHRASE: "demonstration",
            PULUMI_SKIP_UPDATE_CHECK: "true",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
            PULUMI_NODEJS_TRANSPILE_ONLY: "true",
            PULUMI_DEBUG_PROVIDERS: `aws:${provider.port}`,
            SECURITY_BASELINE_PROJECT_DIR: projectFolder,
        };
        const init = await pulumi(["stack", "init", stack, "--non-interactive"], program, env);
        if (init.exitCode !== 0) return init;
        const color = process.stdout.isTTY ? "always" : "never";
        return await pulumi(
            [
                "preview",
                "--stack",
                stack,
                "--policy-pack",
                packFolder,
                "--non-interactive",
                "--suppress-progress",
                "--color",
                color,
            ],
            program,
            env,
        );
    } finally {
        provider.close();
        rmSync(folder, { recursive: true, force: true });
    }
}

function pulumi(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Preview> {
    return new Promise((resolve, reject) => {
        const child = spawn("pulumi", args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
        let output = "";
        child.stdout.on("data", chunk => {
            output += String(chunk);
        });
        child.stderr.on("data", chunk => {
            output += String(chunk);
        });
        child.on("error", reject);
        child.on("close", code => resolve({ exitCode: code ?? 1, output }));
    });
}
