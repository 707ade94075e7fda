import type { ChildProcess } from "node:child_process";

const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** Options of gRPC by which messages may be as large as the engine allows: 400 MB. */
export const MESSAGE_LIMITS = {
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
};

/** How long a pack or a plugin may take to start, in milliseconds. */
const START_TIMEOUT = 60_000;

/** A process that should serve does not; the message is a sentence part that says why. */
export class NoPortError extends Error {
    constructor(
        reason: string,
        /** What the process itself printed of it; empty for nothing. */
        readonly said: string,
    ) {
        super(reason);
    }
}

/**
 * Waits for the port that a policy pack or a plugin prints as a line of its own once it serves.
 *
 * Rejects with {@link NoPortError} when it ends before, cannot be run or takes too long. The process is left to the caller.
 */
export function portOf(child: ChildProcess): Promise<number> {
    return new Promise((resolve, reject) => {
        let [printed, complaint] = ["", ""];
        const refuse = (reason: string) => {
            clearTimeout(timer);
            reject(new NoPortError(reason, complaint.trim() || printed.trim()));
        };
        const timer = setTimeout(() => refuse(`it did not start within ${START_TIMEOUT / 1000} s`), START_TIMEOUT);
        child.stderr?.on("data", chunk => {
            complaint += String(chunk);
        });
        child.stdout?.on("data", chunk => {
            printed += String(chunk);
            const [, port] = /^(\d+)\r?\n/m.exec(printed) ?? [];
            if (port === undefined) return;
            clearTimeout(timer);
            resolve(Number(port));
        });
        child.on("error", error => refuse(error.message));
        child.on("close", () => refuse("it ended before it printed its port"));
    });
}
