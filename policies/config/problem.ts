import type { FileLocation } from "../kit/report";

/** A mistake in a settings file: where it is, and a sentence that says what is there and what was expected. */
export interface Problem {
    readonly at: FileLocation;
    readonly message: string;
}

/** Settings files that cannot be used. The message lists every mistake, each with file and line; there is no stack to show. */
export class ConfigError extends Error {
    constructor(readonly problems: readonly Problem[]) {
        const lines = problems.map(({ at, message }) => {
            const line = at.line === undefined ? "" : `:${at.line}`;
            return `  ${at.file}${line}: ${at.path ? `${at.path}: ` : ""}${message}`;
        });
        const count = problems.length === 1 ? "a mistake" : `${problems.length} mistakes`;
        super(`The settings of the policy pack have ${count}:\n${lines.join("\n")}`);
        this.name = "ConfigError";
        this.stack = this.message;
    }
}

/** ` Did you mean x?` for the candidate most like a misspelt name; empty when none is near. */
export function suggestion(name: string, candidates: readonly string[]): string {
    const [best] = candidates
        .map(candidate => ({ candidate, distance: distanceBetween(name.toLowerCase(), candidate.toLowerCase()) }))
        .filter(({ candidate, distance }) => distance <= Math.max(2, candidate.length / 3))
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
