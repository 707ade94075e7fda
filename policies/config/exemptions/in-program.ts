import type { Resource } from "../../kit/resource";
import type { Rule } from "../../kit/rule";
import { type Exemption, type ExemptionSettings, isExpired, mistakesInExemption, splitUrn } from "./exemption";

/** Where resources of the usual providers carry labels of their own. */
const PLACES: readonly (readonly [string, ...string[]])[] = [["tags"], ["metadata", "annotations"]];

const FORM = "`until 2027-01-31 by OWNER: REASON`";

/** A tag's or annotation's text by which a resource exempts itself from a rule; undefined where it has none. */
export function annotationOf(resource: Resource, rule: Rule): string | undefined {
    for (const path of PLACES) {
        const labels = path.reduce((value, key) => value.get(key), resource.props);
        const text = labels.get(keyFor(rule)).string();
        if (text !== undefined) return text;
    }
    return undefined;
}

function keyFor({ name }: Rule): string {
    return `security-baseline/${name}`;
}

/** The exemption that a resource's own label makes, or why it makes none, as a sentence behind the violation's message. */
export function readAnnotation(
    text: string,
    rule: Rule,
    resource: Resource,
    { allowInProgram, maxDays }: ExemptionSettings,
    now: Date,
): { readonly exemption: Exemption } | { readonly refused: string } {
    const refuse = (why: string) => ({ refused: ` Its label \`${keyFor(rule)}\` does not exempt it: ${why}` });
    if (!allowInProgram) return refuse("exemptions belong in the organisation's list; programs may not make them.");
    const [, expires, owner, reason] = /^until (\S+) by ([^:]*[^:\s]): *(\S.*)$/s.exec(text.trim()) ?? [];
    if (expires === undefined || owner === undefined || reason === undefined) {
        return refuse(`it is ${JSON.stringify(text)}; expected ${FORM}.`);
    }
    const type = splitUrn(resource.urn)?.type.split("$").pop() ?? resource.type;
    const exemption: Exemption = { rule: rule.name, type, name: resource.name, reason, owner, expires };
    const [mistake] = mistakesInExemption(exemption, maxDays, [rule], now).filter(({ path }) => path[0] === "expires");
    if (mistake !== undefined) return refuse(`the date ${mistake.message}`);
    if (isExpired(exemption, now)) return refuse(`it expired on ${expires}.`);
    return { exemption };
}
