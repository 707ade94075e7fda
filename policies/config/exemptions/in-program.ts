import type { Aspect } from "../../kit/report";
import type { Resource } from "../../kit/resource";
import { idOf, type Rule } from "../../kit/rule";
import { type Exemption, type ExemptionSettings, isExpired, mistakesInExemption, splitUrn, typeOf } from "./exemption";

/** Where resources of the usual providers carry labels of their own. */
const PLACES: readonly (readonly [string, ...string[]])[] = [["tags"], ["metadata", "annotations"]];

const FORM = "`until 2027-01-31 by OWNER: REASON`";

/** A tag or annotation by which a resource exempts itself from a rule, or from one of its aspects. */
export interface Annotation {
    readonly key: string;
    /** Id of the rule or aspect. */
    readonly id: string;
    readonly text: string;
}

/** By what a resource exempts itself from a rule as a whole, then from those of its aspects that are given. */
export function annotationsOf(resource: Resource, rule: Rule, aspects: readonly Aspect[]): Annotation[] {
    const ids = [idOf(rule, undefined), ...aspects.map(aspect => idOf(rule, aspect))];
    return PLACES.flatMap(path => {
        const labels = path.reduce((value, key) => value.get(key), resource.props);
        return ids.flatMap(id => {
            const key = `security-baseline/${id}`;
            const text = labels.get(key).string();
            return text === undefined ? [] : [{ key, id, text }];
        });
    });
}

/** The exemption that a resource's own label makes, or why it makes none, as a sentence behind the violation's message. */
export function readAnnotation(
    { key, id, text }: Annotation,
    rule: Rule,
    resource: Resource,
    { allowInProgram, maxDays }: ExemptionSettings,
    now: Date,
): { readonly exemption: Exemption } | { readonly refused: string } {
    const refuse = (why: string) => ({ refused: ` Its label \`${key}\` does not exempt it: ${why}` });
    if (!allowInProgram) return refuse("exemptions belong in the organisation's list; programs may not make them.");
    const [, expires, owner, reason] = /^until (\S+) by ([^:]*[^:\s]): *(\S.*)$/s.exec(text.trim()) ?? [];
    if (expires === undefined || owner === undefined || reason === undefined) {
        return refuse(`it is ${JSON.stringify(text)}; expected ${FORM}.`);
    }
    const type = typeOf(splitUrn(resource.urn)?.type ?? resource.type);
    const exemption: Exemption = { rule: id, type, name: resource.name, reason, owner, expires };
    const [mistake] = mistakesInExemption(exemption, maxDays, [rule], now).filter(({ path }) => path[0] === "expires");
    if (mistake !== undefined) return refuse(`the date ${mistake.message}`);
    if (isExpired(exemption, now)) return refuse(`it expired on ${expires}.`);
    return { exemption };
}
