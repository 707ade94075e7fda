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
const DAYS = Array.from({ length: 731 }, (_, day) => {
    const date = new Date(Date.UTC(2027, 0, 1 + day));
    return { month: date.getUTCMonth() + 1, day: date.getUTCDate(), weekday: date.getUTCDay() };
});

type Day = (typeof DAYS)[number];

/** Whether a text is a cron expression of five fields. */
export function isCron(text: string): boolean {
    return parse(text) !== undefined;
}

/**
 * The longest time between two runs of a workflow with these schedules together, in hours; Infinity for less than one run a
 * year, undefined where one of them is no cron expression of five fields.
 *
 * Source: POSIX.1-2017, crontab; GitHub Docs, "Events that trigger workflows", section "schedule".
 */
export function longestGapHours(schedules: readonly string[]): number | undefined {
    const parsed = [...new Set(schedules)].map(parse);
    if (parsed.includes(undefined)) return undefined;
    let last: number | undefined;
    let longest = 0;
    let runs = 0;
    for (const [index, day] of DAYS.entries()) {
        const minutes = new Minutes();
        for (const schedule of parsed) if (schedule?.isDay(day) === true) minutes.add(schedule.minutes);
        for (const minute of minutes) {
            const now = index * MINUTES_A_DAY + minute;
            if (last !== undefined) longest = Math.max(longest, now - last);
            last = now;
            runs += 1;
        }
    }
    return runs < 2 ? Number.POSITIVE_INFINITY : longest / 60;
}

/** Minutes of a day, a bit each: a workflow may have hundreds of schedules that fire every minute. */
class Minutes {
    private readonly words = new Uint32Array(MINUTES_A_DAY / 32);

    set(minute: number): void {
        this.words[minute >> 5] = this.word(minute >> 5) | (1 << (minute & 31));
    }

    add(others: Minutes): void {
        for (let index = 0; index < this.words.length; index += 1) {
            this.words[index] = this.word(index) | others.word(index);
        }
    }

    /** The minutes, the earliest first. */
    *[Symbol.iterator](): Generator<number> {
        for (let minute = 0; minute < MINUTES_A_DAY; minute += 1) {
            if ((this.word(minute >> 5) & (1 << (minute & 31))) !== 0) yield minute;
        }
    }

    private word(index: number): number {
        return this.words[index] ?? 0;
    }
}

interface Schedule {
    isDay(day: Day): boolean;
    /** Minutes of a day at which it fires. */
    readonly minutes: Minutes;
}

function parse(text: string): Schedule | undefined {
    const parts = text.trim().toLowerCase().split(/\s+/);
    if (parts.length !== FIELDS.length) return undefined;
    const [minute, hour, day, month, weekday] = FIELDS.map((field, index) => valuesOf(parts[index] ?? "", field));
    if (!minute || !hour || !day || !month || !weekday) return undefined;
    const isAnyDay = parts[2]?.startsWith("*") === true;
    const isAnyWeekday = parts[4]?.startsWith("*") === true;
    const minutes = new Minutes();
    for (const h of hour) for (const m of minute) minutes.set(h * 60 + m);
    return {
        minutes,
        isDay: date => {
            const fitsDay = day.has(date.day);
            const fitsWeekday = weekday.has(date.weekday) || (date.weekday === 0 && weekday.has(7));
            // Where both days are restricted, either is enough.
            const fits = isAnyDay || isAnyWeekday ? fitsDay && fitsWeekday : fitsDay || fitsWeekday;
            return fits && month.has(date.month);
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
