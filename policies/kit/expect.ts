import type { Report } from "./report";
import type { Value } from "./value";

/**
 * Reports a flag that is not true, also where it is not set; one that is unknown in a preview, or of which a part is, as
 * undetermined.
 */
export function expectTrue(value: Value, report: Report): void {
    expectThat(value, value.boolean() === true, "true", report);
}

/**
 * Reports a value that is not as expected; one that is unknown in a preview, or of which an element is, as undetermined,
 * whatever `isMet` says. `expected` is what a message says of the value that it should have.
 */
export function expectThat(value: Value, isMet: boolean, expected: string, report: Report): void {
    const unknown = [value, ...value.items()].find(({ isUnknown }) => isUnknown);
    if (unknown !== undefined) report.undetermined(unknown, `is unknown until the update; expected ${expected}.`);
    else if (!isMet) report.violation(value, `is ${value.show()}; expected ${expected}.`);
}
