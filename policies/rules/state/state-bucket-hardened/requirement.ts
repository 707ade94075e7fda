import type { Report } from "../../../kit/report";
import type { Value } from "../../../kit/value";

/** Something that must be declared in one of several places. */
export interface Need {
    /** The places where it may be declared. */
    readonly places: readonly Value[];
    /** Where a message points when it is declared nowhere. */
    readonly otherwise: Value;
    readonly isMet: (value: Value) => boolean;
    /** What a message says it expects. */
    readonly expected: string;
    /** Whether a resource that may declare it belongs to nobody knows what, in a preview. */
    readonly isUnresolved?: boolean;
}

/** Reports a need that no place meets. */
export function ask({ places, otherwise, isMet, expected, isUnresolved = false }: Need, report: Report): void {
    const declared = places.filter(place => !place.isMissing);
    if (declared.some(place => !place.isUnknown && isMet(place))) return;
    const unknown = declared.find(place => place.isUnknown);
    const [at = otherwise] = declared;
    if (unknown !== undefined) report.undetermined(unknown, `is unknown until the update; expected ${expected}.`);
    else if (isUnresolved) {
        report.undetermined(
            at,
            `which store a separate resource is for is unknown until the update; expected ${expected}.`,
        );
    } else report.violation(at, `is ${at.show()}; expected ${expected}.`);
}

/** `true`, or the word that cloud APIs use for it. */
export function isOn(value: Value): boolean {
    return value.boolean() === true || /^enabled$/i.test(value.string()?.trim() ?? "");
}
