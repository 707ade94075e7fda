// What only a process of its own shows: exit codes, standard input, no colours off a terminal, and what ends with it.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../policies/package-root";

jest.setTimeout(60_000);

const COMMAND = join(packageRoot, "dist/cli/index.js");

function command(args: readonly string[], input = "") {
    return spawnSync(process.execPath, [COMMAND, ...args], { input, encoding: "utf8" });
}

let folder: string;

beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "security-baseline-"));
    symlinkSync(join(packageRoot, "node_modules"), join(folder, "node_modules"));
    mkdirSync(join(folder, ".git"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
    writeFileSync(join(folder, "Pulumi.staging.yaml"), "encryptionsalt: v1:a\n");
    /** Notes its process id, and would outlast the test. */
    const slow = `require("node:fs").writeFileSync(__dirname + "/pid", String(process.pid)); setTimeout(() => {}, 90_000);`;
    writeFileSync(join(folder, "index.ts"), slow);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a state may come from standard input, and violations in it end the process with 1, told without colours", () => {
    const provider = { type: "passphrase", state: { salt: "v1:a" } };
    const state = JSON.stringify({ version: 3, deployment: { secrets_providers: provider } });
    const { status, stdout, stderr } = command(["check", "--project", folder, "--state", "-"], state);
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    expect(stdout).toMatch(/^✖ mandatory {2}kms-secrets-provider-required/m);
    expect(stdout).not.toContain("\u001b");
});

test("wrong use ends the process with 2, and help and version with 0", () => {
    expect(command(["check", "--stak", "prod"])).toMatchObject({
        status: 2,
        stdout: "",
        stderr: expect.stringContaining("unknown option '--stak'"),
    });
    expect(command(["--version"])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect(command(["check", "--help"])).toMatchObject({ status: 0, stdout: expect.stringContaining("Exit code: 0") });
});

test("a program that runs on ends with the command", async () => {
    const isRunning = (pid: number) => {
        try {
            return process.kill(pid, 0);
        } catch {
            return false;
        }
    };
    const until = async (isSo: () => boolean) => {
        while (!isSo()) await new Promise(done => setTimeout(done, 50));
    };
    const running = spawn(process.execPath, [COMMAND, "check", "--project", folder]);
    await until(() => existsSync(join(folder, "pid")) && readFileSync(join(folder, "pid"), "utf8") !== "");
    const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
    expect(isRunning(pid)).toBe(true);
    running.kill("SIGTERM");
    expect((await once(running, "close"))[0]).toBe(143);
    await until(() => !isRunning(pid));
});
