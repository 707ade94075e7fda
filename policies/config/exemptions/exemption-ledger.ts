import type { Finding, Outcome } from "../../kit/policy";
import { resourceAt } from "../../kit/report";
import type { Resource } from "../../kit/resource";
import { idOf, type Rule } from "../../kit/rule";
import type { StackIdentity } from "../stack-identity";
import {
    covers,
    EXEMPTIONS,
    type Exemption,
    type ExemptionSettings,
    isExpired,
    isForRule,
    isForStack,
} from "./exemption";
import { ExemptionIndex } from "./exemption-index";
import { annotationsOf, readAnnotation } from "./in-program";

/** What became of one exemption during a run. */
interface Use {
    readonly exemption: Exemption;
    /** Places of the violations that it covered. */
    readonly places: string[];
    /** True also when it covered something that cannot be judged yet, which may be a violation in the end. */
    isUsed: boolean;
}

/** Applies the exemptions to what rules find and keeps account of it, to be read once at the end of a run. */
export class ExemptionLedger {
    /** By the exemption's text: one that a program writes is read anew for each violation. */
    private uses = new Map<string, Use>();
    private readonly current: readonly Exemption[];
    private readonly index: ExemptionIndex;
    private readonly expired: readonly Exemption[];

    constructor(
        private readonly settings: ExemptionSettings,
        private readonly identity: StackIdentity,
        private readonly now: Date,
        /** Where an exemption is written, for messages. */
        private readonly placeOf: (exemption: Exemption) => string,
    ) {
        this.expired = settings.list.filter(exemption => isExpired(exemption, now));
        this.current = settings.list.filter(exemption => !isExpired(exemption, now));
        this.index = new ExemptionIndex(this.current);
    }

    /** Drops violations that an exemption covers; adds to others why an exemption written in the program has no effect. */
    judge(finding: Finding): Outcome {
        const { rule, aspect, kind, urn, at } = finding;
        if (kind === "note") return "report";
        const file = "file" in at ? at.file : undefined;
        const subject = { rule, aspect, urn, file, path: "path" in at ? (at.path ?? "") : "" };
        const exemption = this.index.find(subject, this.identity);
        if (exemption !== undefined) return this.drop(exemption, finding);
        const resource = resourceAt(at);
        if (resource === undefined || kind !== "violation") return "report";
        let refused: string | undefined;
        for (const annotation of annotationsOf(resource, rule, aspect === undefined ? [] : [aspect])) {
            const result = readAnnotation(annotation, rule, resource, this.settings, this.now);
            if ("exemption" in result) return this.drop(result.exemption, finding);
            refused ??= result.refused;
        }
        return refused === undefined ? "report" : { add: refused };
    }

    /**
     * Whether a resource, or a part of it, is exempted from a rule, or from one of its aspects: then the rule must not mend
     * it, and reports what is left.
     */
    covers(rule: Rule, resource: Resource): boolean {
        const { aspects = [] } = rule;
        const isCovered = this.index.candidates(resource.urn).some(exemption => {
            const subject = { rule, urn: resource.urn, file: undefined, path: exemption.property ?? "" };
            return [undefined, ...aspects].some(aspect => covers(exemption, { ...subject, aspect }, this.identity));
        });
        return (
            isCovered ||
            annotationsOf(resource, rule, aspects).some(
                annotation => "exemption" in readAnnotation(annotation, rule, resource, this.settings, this.now),
            )
        );
    }

    /**
     * What a person should know of the exemptions at the end of a run: how many violations are exempted, by whom and until
     * when, then those that expired and those that cover nothing. Begins a new account. `isJudged` tells whether a rule
     * was asked; an exemption from rules that were not is left out.
     */
    summary(rules: readonly Rule[], isJudged: (rule: Rule) => boolean): string[] {
        const { uses } = this;
        this.uses = new Map();
        const here = (exemption: Exemption) =>
            isForStack(exemption, this.identity) && rules.some(rule => isForRule(exemption, rule) && isJudged(rule));
        const covering = [...uses.values()].filter(use => use.places.length > 0);
        const count = covering.reduce((sum, use) => sum + use.places.length, 0);
        const lines = covering.map(({ exemption, places }) => `  - ${places.join("; ")} (${reasonOf(exemption)})`);
        return [
            ...(count === 0
                ? []
                : [`${count} ${count === 1 ? "violation is" : "violations are"} exempted.\n${lines.join("\n")}`]),
            ...this.expired
                .filter(here)
                .map(
                    exemption =>
                        `${this.placeOf(exemption)}: the exemption ${nameOf(exemption)} expired on ${exemption.expires} and has no effect any more; renew or remove it.`,
                ),
            ...this.current
                .filter(exemption => here(exemption) && uses.get(textOf(exemption))?.isUsed !== true)
                .map(
                    exemption =>
                        `${this.placeOf(exemption)}: the exemption ${nameOf(exemption)} matches no violation of this run; correct or remove it.`,
                ),
        ];
    }

    private drop(exemption: Exemption, { kind, rule, aspect, message }: Finding): Outcome {
        const key = textOf(exemption);
        const use = this.uses.get(key) ?? { exemption, places: [], isUsed: false };
        use.isUsed = true;
        if (kind === "violation") use.places.push(`${idOf(rule, aspect)}: ${message}`);
        this.uses.set(key, use);
        return { drop: `Exempted: ${reasonOf(exemption)}` };
    }
}

/** `by web-team until 2027-01-31, SEC-12: Serves the public site.` */
function reasonOf({ owner, expires, ticket, reason }: Exemption): string {
    return `by ${owner} until ${expires}${ticket === undefined ? "" : `, ${ticket}`}: ${reason}`;
}

function nameOf({ rule, tag, resource, type, name, file, owner }: Exemption): string {
    const what = rule ?? `rules with tag ${tag}`;
    return `by ${owner} from ${what} for ${resource ?? file ?? `${type} '${name}'`}`;
}

function textOf(exemption: Exemption): string {
    return JSON.stringify(exemption);
}

/** What the account calls exemptions that came from the engine's configuration. */
export const ENGINE_PLACE = `configuration of policy ${EXEMPTIONS}`;
