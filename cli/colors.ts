import { createColors } from "picocolors";

/** What decides whether a text is coloured. */
interface Surroundings {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly isTTY: boolean | undefined;
}

/**
 * Whether the result is coloured: on a terminal that can, unless NO_COLOR is set, and wherever FORCE_COLOR is. That a CI system runs
 * the command says nothing: there its output often goes to a file. Source: no-color.org and force-color.org.
 */
export function isColored({ env, isTTY }: Surroundings): boolean {
    const { NO_COLOR: none = "", FORCE_COLOR: forced = "", TERM: terminal } = env;
    if (none !== "") return false;
    return forced === "" ? isTTY === true && terminal !== "dumb" : forced !== "0";
}

/** Colours for what is printed to standard output. */
export const colors = createColors(isColored({ env: process.env, isTTY: process.stdout.isTTY }));
