const DAY_MS = 86_400_000;

/** Whether a text is a day of the calendar, written as `2027-01-31`. */
export function isDate(text: string): boolean {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
    const time = startOf(text);
    // JavaScript takes 31 February for a day in March.
    return !Number.isNaN(time) && isoDate(time) === text;
}

/** The current day in UTC as an ISO date. ISO dates compare as text. */
export function today(now: Date): string {
    return isoDate(now.getTime());
}

/** The day after a day. */
export function dayAfter(date: string): string {
    return isoDate(startOf(date) + DAY_MS);
}

/** Days from today to a day, both in UTC; negative when it is past. */
export function daysUntil(date: string, now: Date): number {
    return Math.round((startOf(date) - startOf(today(now))) / DAY_MS);
}

function startOf(date: string): number {
    return Date.parse(`${date}T00:00:00Z`);
}

function isoDate(time: number): string {
    return new Date(time).toISOString().slice(0, 10);
}
