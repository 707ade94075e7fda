import type { Report } from "../../../kit/report";
import type { Stack } from "../../../kit/stack";
import type { Value } from "../../../kit/value";

/** Something that must be declared in one of several places. */
export interface Requirement {
    /** The places where it may be declared. */
    readonly places: readonly Value[];
    /** Where a message points when it is declared nowhere. */
    readonly otherwise: Value;
    readonly isMet: (value: Value) => boolean;
    /** Whether a value that is unknown in a preview meets it whatever it will be. None does unless given. */
    readonly isMetBy?: (unknown: Value) => boolean;
    /** What a message says it expects. */
    readonly expected: string;
    /** Whether a resource that may declare it belongs to nobody knows what, in a preview. */
    readonly isUnresolved?: boolean;
}

/** Reports a requirement that no place meets. */
export function expectSomewhere(requirement: Requirement, report: Report): void {
    const { places, otherwise, isMet, isMetBy = () => false, expected, isUnresolved = false } = requirement;
    const declared = places.filter(place => !place.isMissing);
    if (declared.some(place => (place.isUnknown ? isMetBy(place) : isMet(place)))) return;
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

/** A text that says something. */
export function isText(value: Value): boolean {
    return (value.string()?.trim() ?? "") !== "";
}

/** Keys that a program makes, and aliases of them; none of them is one that a cloud manages. */
const KEYS = [
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
    "aws:kms/alias:Alias",
    "gcp:kms/cryptoKey:CryptoKey",
    "azure:keyvault/key:Key",
];

/** A test for references to a key that is unknown in a preview because the stack creates it. */
export function isKeyOf(stack: Stack): (reference: Value) => boolean {
    return reference => stack.referredBy(reference, KEYS).length > 0;
}
