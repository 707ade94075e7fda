import type { Output } from "./run";

/** How long nothing is said, in milliseconds: most checks have ended by then. */
const QUIET = 2_000;

const INTERVAL = 1_000;

/** Goes back to the line's start and clears it. Source: ECMA-48, EL. */
const CLEAR = "\r\u001b[2K";

/**
 * A line on a terminal that says what is being waited for and since when, so that nobody takes a long check for a stuck one.
 * Nothing is written where there is no terminal, and nothing in the first two seconds.
 */
export class Progress {
    private readonly doing = new Map<string, string>();
    private readonly began = Date.now();
    private readonly timer: NodeJS.Timeout | undefined;

    constructor(private readonly stream: Output) {
        if (stream.isTTY !== true) return;
        this.timer = setInterval(() => this.draw(), INTERVAL);
        this.timer.unref();
    }

    /** Says what happens for a subject, such as a stack; undefined when it is done. */
    tell(subject: string, what: string | undefined): void {
        if (what === undefined) this.doing.delete(subject);
        else this.doing.set(subject, what);
    }

    /** Takes the line away. */
    stop(): void {
        if (this.timer === undefined) return;
        clearInterval(this.timer);
        if (this.isDrawn) this.stream.write(CLEAR);
    }

    private isDrawn = false;

    private draw(): void {
        const elapsed = Date.now() - this.began;
        if (elapsed < QUIET || this.doing.size === 0) return;
        const parts = [...this.doing].map(([subject, what]) => `${subject}: ${what}`);
        const line = `${parts.join("; ")} (${Math.round(elapsed / 1000)} s)`;
        this.stream.write(`${CLEAR}${line.slice(0, (this.stream.columns ?? 80) - 1)}`);
        this.isDrawn = true;
    }
}
