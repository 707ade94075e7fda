import { Command } from "commander";
import { execute } from "../../cli/command";
import { Run } from "../../cli/run";

/** What a run of the command comes to. */
export interface Execution {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

/** Something to write to that keeps the text. */
class Kept {
    text = "";

    write(text: string): void {
        this.text += text;
    }
}

/** Runs the whole command in this process, with variables of the environment on top of those that are there. */
export async function runInProcess(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
): Promise<Execution> {
    const [stdout, stderr] = [new Kept(), new Kept()];
    const before = { ...process.env };
    Object.assign(process.env, env);
    try {
        const code = await execute(args, stdout, stderr);
        return { code, stdout: stdout.text, stderr: stderr.text };
    } finally {
        for (const name of Object.keys(env)) {
            if (before[name] === undefined) delete process.env[name];
            else process.env[name] = before[name];
        }
    }
}

/**
 * Runs one of the CLI's commands in this process. Gives what it printed to standard output, and the error that it ended with, if
 * any; `code` is the exit code that it set.
 */
export function runCommand(
    register: (program: Command, run: Run) => void,
    ...args: string[]
): { stdout: string; error: string | undefined; code: number } {
    const [stdout, stderr] = [new Kept(), new Kept()];
    const run = new Run(stdout, stderr);
    const program = new Command("security-baseline").exitOverride().configureOutput({ writeErr: () => {} });
    register(program, run);
    let error: string | undefined;
    try {
        program.parse(args, { from: "user" });
    } catch (thrown) {
        error = (thrown as Error).message;
    }
    return { stdout: stdout.text, error, code: run.exitCode };
}
