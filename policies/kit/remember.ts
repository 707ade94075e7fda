/** How many texts an answer is remembered for; the resources of a stack have far fewer types, blocks and the like. */
const MAX_REMEMBERED = 1_000;

/**
 * A function of a text that answers at once what it was asked before, of at most so many texts. What it gives must not be
 * changed.
 */
export function remembering<Answer>(
    answer: (text: string) => Answer,
    most: number = MAX_REMEMBERED,
): (text: string) => Answer {
    const known = new Map<string, Answer>();
    return text => {
        if (known.has(text)) return known.get(text) as Answer;
        const given = answer(text);
        if (known.size < most) known.set(text, given);
        return given;
    };
}
