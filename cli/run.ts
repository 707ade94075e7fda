/** Where a run of the command writes; the streams of a process are such. */
export interface Output {
    readonly isTTY?: boolean;
    readonly columns?: number;
    write(text: string): unknown;
}

/** One run of the command: where it writes, and the exit code that it comes to. */
export class Run {
    exitCode = 0;

    constructor(
        private readonly stdout: Output,
        /** For what is not the result: complaints, and how far it is. */
        readonly stderr: Output,
    ) {}

    /** Writes a part of the result. */
    write(text: string): void {
        this.stdout.write(text);
    }

    /** Writes a part of the result, and ends the line. */
    print(text: string): void {
        this.write(`${text}\n`);
    }

    /** Writes what is wrong, and ends the line. */
    complain(text: string): void {
        this.stderr.write(`${text}\n`);
    }
}
