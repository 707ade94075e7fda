import type { FileLocation, Problem } from "../kit/report";

/**
 * How much of a pipeline is read, so that its time is bounded whatever files hold. What goes past a number of an expression is
 * not known; parts that go past theirs are reported as not judged.
 */
export const PIPELINE_BUDGET = {
    /** Jobs, steps and lines of scripts in one pipeline, those of called workflows, actions and included files among them. */
    parts: 5_000,
    /** Words of one command; the rest is left out, and that is reported. */
    words: 1_000,
    /** Characters of the scripts and recipes that the commands of all pipelines lead to, each as often as one leads to it. */
    scriptCharacters: 1_000_000,
    /** How deep scripts that run scripts are followed. */
    scriptDepth: 5,
    /** Conditions that are evaluated in all for the schedules of one workflow, each once for each schedule. */
    conditions: 20_000,
    /** Characters of a name of a variable, input or secret by which it is told; the rest of a longer one is not looked at. */
    nameCharacters: 200,
    /** Values that one text can have by matrices, inputs and variables; beyond them the first stands for all. */
    values: 200,
    /** Characters that a text may grow to when its expressions are replaced. */
    expandedCharacters: 100_000,
    /** Characters of an expression, and its parentheses within one another. */
    expressionCharacters: 21_000,
    expressionDepth: 50,
} as const;

/** Counts the parts of one pipeline that are read, and remembers where a budget ended. */
export class Allowance {
    private left: number = PIPELINE_BUDGET.parts;
    private end: FileLocation | undefined;
    private cutCommand: FileLocation | undefined;

    /** Hears of a command that has more words than are read. */
    cut(at: FileLocation): void {
        this.cutCommand ??= at;
    }

    /** Whether one more job, step or line may be read. */
    take(at: FileLocation): boolean {
        if (this.left === 0) {
            this.end ??= at;
            return false;
        }
        this.left -= 1;
        return true;
    }

    /** What is not read, with its place; nothing where all is. */
    get unread(): readonly Problem[] {
        const parts =
            `and what follows it is not judged, since the pipeline has more than ${PIPELINE_BUDGET.parts} jobs, steps and lines of ` +
            "scripts, those of the files it calls or includes among them; split it.";
        const words = `has more than ${PIPELINE_BUDGET.words} words, of which the rest is not judged; split the command.`;
        return [
            ...(this.cutCommand === undefined ? [] : [{ at: this.cutCommand, message: words }]),
            ...(this.end === undefined ? [] : [{ at: this.end, message: parts }]),
        ];
    }
}
