/**
 * The least processor's time of some tries, since a machine does other things too; in milliseconds. Nothing is tried again after a
 * time below `enough`.
 */
export function leastTime(work: () => unknown, tries: number, enough = 0): number {
    let least = Number.POSITIVE_INFINITY;
    for (let count = 0; count < tries && least >= enough; count += 1) {
        const before = process.cpuUsage();
        work();
        const { user, system } = process.cpuUsage(before);
        least = Math.min(least, (user + system) / 1_000);
    }
    return least;
}
