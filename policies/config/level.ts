import type { EnforcementLevel } from "@pulumi/policy";
import { z } from "zod";
import { suggestion } from "./config-error";
import { dayAfter, daysUntil, isDate, today } from "./date";

const LEVELS = ["disabled", "advisory", "mandatory", "remediate"] as const satisfies readonly EnforcementLevel[];

/** Parameters of a schema that say that a level was expected, and which one was meant. */
export const notLevel = {
    error: ({ input }: { readonly input?: unknown }): string =>
        `expected ${LEVELS.join(", ")} or \`advisory until YYYY-MM-DD\`.${suggestion(String(input), LEVELS)}`,
};

/** What people may write as a level; {@link parseLevel} says what it means on a day. */
export const LevelText = z
    .string(notLevel)
    .regex(/^(disabled|advisory|mandatory|remediate|advisory until \d{4}-\d{2}-\d{2})$/, { ...notLevel, abort: true })
    .refine(text => parseLevel(text, new Date(0)) !== undefined, notLevel)
    .meta({
        id: "level",
        description: "disabled, advisory, mandatory, remediate, or `advisory until 2027-01-31`.",
        examples: [...LEVELS, "advisory until 2027-01-31"],
    });

/** A level that may change on a date. */
export interface Level {
    /** The level that holds now. */
    readonly level: EnforcementLevel;
    /** The day on which an advisory rule becomes mandatory, as an ISO date in UTC; undefined for a level that stays. */
    readonly mandatoryFrom?: string;
    /** Days from today until then; at least 1. */
    readonly daysLeft?: number;
}

/**
 * Reads `mandatory` or `advisory until 2027-01-31`: advisory up to and including that day (UTC), mandatory from the next.
 * Undefined for anything else.
 */
export function parseLevel(text: string, now: Date): Level | undefined {
    const level = LEVELS.find(known => known === text);
    if (level !== undefined) return { level };
    const [, lastDay] = /^advisory until (\S+)$/.exec(text) ?? [];
    if (lastDay === undefined || !isDate(lastDay)) return undefined;
    if (today(now) > lastDay) return { level: "mandatory" };
    const mandatoryFrom = dayAfter(lastDay);
    return { level: "advisory", mandatoryFrom, daysLeft: daysUntil(mandatoryFrom, now) };
}
