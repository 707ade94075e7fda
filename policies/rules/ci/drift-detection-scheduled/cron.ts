/** Fields of a schedule: their least and greatest value, and names for values from the least on. */
const FIELDS = [
    { least: 0, greatest: 59, names: [] },
    { least: 0, greatest: 23, names: [] },
    { least: 1, greatest: 31, names: [] },
    { least: 1, greatest: 12, names: "jan feb mar apr may jun jul aug sep oct nov dec".split(" ") },
    { least: 0, greatest: 7, names: "sun mon tue wed thu fri sat".split(" ") },
] as const;

type Field = (typeof FIELDS)[number];

const MINUTES_A_DAY = 24 * 60;

/** Two years from a Friday on: each gap of a schedule that fires at least once a year lies in them. */
const FIRST_DAY = Date.UTC(2027, 0, 1);
const DAYS = 731;

/**
 * The longest time between two runs of a workflow with these schedules together, in hours; Infinity for less than one run a
 * year, undefined where one of them is no cron expression of five fields.
 *
 * Source: POSIX.1-2017, crontab; GitHub Docs, "Events that trigger workflows", section "schedule".
 */
export function longestGapHours(schedules: readonly string[]): number | undefined {
    const parsed = schedules.map(parse);
    if (parsed.length === 0) return Number.POSITIVE_INFINITY;
    if (parsed.includes(undefined)) return undefined;
    let last: number | undefined;
    let longest = 0;
    let runs = 0;
    for (let day = 0; day < DAYS; day += 1) {
        const date = new Date(FIRST_DAY + day * MINUTES_A_DAY * 60_000);
        const minutes = new Set(parsed.flatMap(schedule => (schedule?.isDay(date) ? schedule.minutes : [])));
        for (const minute of [...minutes].sort((a, b) => a - b)) {
            const now = day * MINUTES_A_DAY + minute;
            if (last !== undefined) longest = Math.max(longest, now - last);
            last = now;
            runs += 1;
        }
    }
    return runs < 2 ? Number.POSITIVE_INFINITY : longest / 60;
}

interface Schedule {
    isDay(date: Date): boolean;
    /** Minutes of a day at which it fires. */
    readonly minutes: readonly number[];
}

function parse(text: string): Schedule | undefined {
    const parts = text.trim().toLowerCase().split(/\s+/);
    if (parts.length !== FIELDS.length) return undefined;
    const [minute, hour, day, month, weekday] = FIELDS.map((field, index) => valuesOf(parts[index] ?? "", field));
    if (!minute || !hour || !day || !month || !weekday) return undefined;
    const isAnyDay = parts[2]?.startsWith("*") === true;
    const isAnyWeekday = parts[4]?.startsWith("*") === true;
    return {
        minutes: [...hour].flatMap(h => [...minute].map(m => h * 60 + m)),
        isDay: date => {
            const fitsDay = day.has(date.getUTCDate());
            const fitsWeekday = weekday.has(date.getUTCDay()) || (date.getUTCDay() === 0 && weekday.has(7));
            // Where both days are restricted, either is enough.
            const fits = isAnyDay || isAnyWeekday ? fitsDay && fitsWeekday : fitsDay || fitsWeekday;
            return fits && month.has(date.getUTCMonth() + 1);
        },
    };
}

function valuesOf(text: string, { least, greatest, names }: Field): Set<number> | undefined {
    const values = new Set<number>();
    const numberOf = (part: string) => {
        const index = (names as readonly string[]).indexOf(part);
        return index === -1 ? (/^\d+$/.test(part) ? Number(part) : Number.NaN) : least + index;
    };
    for (const part of text.split(",")) {
        const [, range = "", from = "", to, step] = /^(\*|([a-z\d]+)(?:-([a-z\d]+))?)(?:\/(\d+))?$/.exec(part) ?? [];
        if (range === "") return undefined;
        const first = range === "*" ? least : numberOf(from);
        const last =
            range === "*" ? greatest : to === undefined ? (step === undefined ? first : greatest) : numberOf(to);
        const by = step === undefined ? 1 : Number(step);
        if (!(first >= least && last <= greatest && first <= last && by >= 1)) return undefined;
        for (let value = first; value <= last; value += by) values.add(value);
    }
    return values;
}
