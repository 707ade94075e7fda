import { type Problem, printable } from "../kit/report";

/** Settings that cannot be used. The message lists every mistake, one a line; there is no stack to show. */
export class ConfigError extends Error {
    // Private and without a name of its own: the SDK prints what it can see of an error beside the message.
    readonly #problems: readonly Problem[];

    constructor(problems: readonly Problem[]) {
        const count = problems.length === 1 ? "a mistake" : `${problems.length} mistakes`;
        super(`The settings of the policy pack have ${count}:\n${problems.map(line => `  ${show(line)}`).join("\n")}`);
        this.#problems = problems;
        // The SDK prints an error's stack; a person needs the message only.
        this.stack = this.message;
    }

    /**
     * Makes the SDK print the message alone, and not what it says of a program that crashed.
     * Source: @pulumi/pulumi, errors.ts (RunError) and cmd/run-policy-pack/run.ts.
     */
    get __pulumiRunError(): true {
        return true;
    }

    get problems(): readonly Problem[] {
        return this.#problems;
    }
}

/** `rules-config/base.yaml:7: rules.some-rule.someSetting: is 0; expected a number from 1.` */
export function show({ at, message }: Problem): string {
    const place = at.line === undefined ? at.file : `${at.file}:${at.line}`;
    return printable(at.path ? `${place}: ${at.path}: ${message}` : `${place}: ${message}`);
}

/** ` Did you mean x?` for the candidate most like a misspelt name; empty when none is near. */
export function suggestion(name: string, candidates: readonly string[]): string {
    const [best] = candidates
        .map(candidate => ({ candidate, distance: distanceBetween(name.toLowerCase(), candidate.toLowerCase()) }))
        .filter(({ candidate, distance }) => distance <= Math.min(Math.max(2, candidate.length / 3), name.length - 1))
        .sort((a, b) => a.distance - b.distance);
    return best === undefined ? "" : ` Did you mean ${best.candidate}?`;
}

/** Levenshtein distance. */
function distanceBetween(a: string, b: string): number {
    let row = Array.from({ length: b.length + 1 }, (_, index) => index);
    for (let i = 1; i <= a.length; i++) {
        const next = [i];
        for (let j = 1; j <= b.length; j++) {
            const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
            next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
        }
        row = next;
    }
    return row[b.length] ?? 0;
}
