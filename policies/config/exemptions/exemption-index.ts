import type { StackIdentity } from "../stack-identity";
import { covers, type Exemption, hasWildcard, type Subject, splitUrn, typeOf } from "./exemption";

/** Finds the exemption that covers something, among any number of them. */
export class ExemptionIndex {
    /** Places in the list of those that name one resource, by its URN or by type and name. */
    private readonly exact = new Map<string, number[]>();
    /** Places of all others, which have to be tried. */
    private readonly open: number[] = [];

    constructor(private readonly list: readonly Exemption[]) {
        for (const [place, { resource, type, name }] of list.entries()) {
            const target = resource ?? (type === undefined || name === undefined ? "*" : keyOf(type, name));
            const places = this.exact.get(target) ?? [];
            if (hasWildcard(target)) this.open.push(place);
            else this.exact.set(target, places);
            places.push(place);
        }
    }

    /** The first of the list that covers a subject; undefined where none does. */
    find(subject: Subject, identity: StackIdentity): Exemption | undefined {
        return this.candidates(subject.urn).find(exemption => covers(exemption, subject, identity));
    }

    /** In the list's order, all that may cover something about a resource, or about a file where there is no URN. */
    candidates(urn: string | undefined): readonly Exemption[] {
        const parts = urn === undefined ? undefined : splitUrn(urn);
        const exact =
            urn === undefined || parts === undefined
                ? []
                : [urn, keyOf(typeOf(parts.type), parts.name)].flatMap(key => this.exact.get(key) ?? []);
        const places = [...this.open, ...exact].sort((a, b) => a - b);
        return places.flatMap(place => this.list[place] ?? []);
    }
}

function keyOf(type: string, name: string): string {
    return `${type} ${name}`;
}
