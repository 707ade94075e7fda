/** Whether something holds, as far as can be seen before the update. */
export type Truth = "yes" | "no" | "unknown";

/** "yes" when one is, else "unknown" when one may be. */
export function anyOf(truths: readonly Truth[]): Truth {
    if (truths.includes("yes")) return "yes";
    return truths.includes("unknown") ? "unknown" : "no";
}

/** "no" when one is not, else "unknown" when one may not be. */
export function allOf(truths: readonly Truth[]): Truth {
    if (truths.includes("no")) return "no";
    return truths.includes("unknown") ? "unknown" : "yes";
}

export function not(truth: Truth): Truth {
    return truth === "unknown" ? "unknown" : truth === "yes" ? "no" : "yes";
}
