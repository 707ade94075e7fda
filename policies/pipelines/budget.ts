/** How much of an expression is read, so that its time is bounded whatever a file holds. What goes past it is not known. */
export const BUDGET = {
    /** Values that one text can have by matrices, inputs and variables; beyond them the first stands for all. */
    values: 200,
    /** Characters that a text may grow to when its expressions are replaced. */
    expandedCharacters: 100_000,
    /** Characters of an expression, and its parentheses within one another. */
    expressionCharacters: 21_000,
    expressionDepth: 50,
} as const;
