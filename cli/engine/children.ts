import type { ChildProcess } from "node:child_process";

const running = new Set<ChildProcess>();

/** Exit codes of a shell for the signals that end a command: 128 and the signal's number. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Keeps a process in mind until it ends, so that it never outlives this one. Gives the same process. */
export function tracked<Child extends ChildProcess>(child: Child): Child {
    running.add(child);
    child.once("close", () => running.delete(child));
    return child;
}

/** Ends every process that still runs, programs that ignore a polite request included. */
export function stopChildren(): void {
    for (const child of running) child.kill("SIGKILL");
}

/** Ends the children with this process, however it ends, short of SIGKILL. Call once, in the executable. */
export function stopChildrenOnExit(): void {
    process.on("exit", stopChildren);
    for (const [signal, code] of Object.entries(SIGNALS)) process.on(signal, () => process.exit(code));
}
