import type { EnforcementLevel } from "@pulumi/policy";

export const LEVELS = ["disabled", "advisory", "mandatory", "remediate"] as const satisfies readonly EnforcementLevel[];

/** A level that may change on a date. */
export interface Level {
    /** The level that holds now. */
    readonly level: EnforcementLevel;
    /** The day on which an advisory rule becomes mandatory, as an ISO date in UTC; undefined for a level that stays. */
    readonly mandatoryFrom?: string;
    /** Whole days until then; 0 on the last one. */
    readonly daysLeft?: number;
}

const DAY = 86_400_000;

/**
 * Reads `mandatory` or `advisory until 2027-01-31`: advisory up to and including that day (UTC), mandatory from the next.
 * Undefined for anything else.
 */
export function parseLevel(text: string, now: Date): Level | undefined {
    const level = LEVELS.find(known => known === text);
    if (level !== undefined) return { level };
    const [, date] = /^advisory until (\d{4}-\d{2}-\d{2})$/.exec(text) ?? [];
    const lastDay = date === undefined ? Number.NaN : Date.parse(`${date}T00:00:00Z`);
    // JavaScript takes 31 February for a day in March.
    if (Number.isNaN(lastDay) || new Date(lastDay).toISOString().slice(0, 10) !== date) return undefined;
    const firstMandatory = lastDay + DAY;
    if (now.getTime() >= firstMandatory) return { level: "mandatory" };
    return {
        level: "advisory",
        mandatoryFrom: new Date(firstMandatory).toISOString().slice(0, 10),
        daysLeft: Math.floor((firstMandatory - now.getTime()) / DAY),
    };
}
