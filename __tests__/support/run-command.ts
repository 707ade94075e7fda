import { Command } from "commander";

/**
 * Runs a command of the CLI in this process. Gives what it printed to standard output, and the error that it ended with, if any;
 * `code` is the exit code that it set.
 */
export function runCommand(
    register: (program: Command) => void,
    ...args: string[]
): { stdout: string; error: string | undefined; code: number } {
    const program = new Command("security-baseline").exitOverride().configureOutput({ writeErr: () => {} });
    register(program);
    for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => {} });
    const log = jest.spyOn(console, "log").mockImplementation(() => {});
    let error: string | undefined;
    try {
        program.parse(args, { from: "user" });
    } catch (thrown) {
        error = (thrown as Error).message;
    }
    const stdout = log.mock.calls.map(([text]) => `${text}\n`).join("");
    log.mockRestore();
    const code = Number(process.exitCode ?? 0);
    process.exitCode = undefined;
    return { stdout, error, code };
}
