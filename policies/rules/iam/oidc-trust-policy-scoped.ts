import { z } from "zod";
import { withNativeResources } from "../../aws/native";
import { type Condition, type Statement, statementsOf } from "../../aws/policy-document";
import { nist } from "../../kit/controls";
import { globs } from "../../kit/pattern";
import type { Report } from "../../kit/report";
import type { Resource } from "../../kit/resource";
import { resourceRule } from "../../kit/rule";
import type { Value } from "../../kit/value";
import {
    ISSUERS,
    type Issuer,
    NO_CI,
    namesRepository,
    narrower,
    type Place,
    placeOf,
    wider,
} from "./oidc-trust-policy-scoped/issuers";

const Settings = z.strictObject({
    readOnlyRoles: z
        .array(z.string().min(1))
        .default(["*readonly*", "*read-only*", "*preview*", "*plan*"])
        .describe(
            "Patterns (`*`, `?`) of roles that only read, by their name in the program or in AWS; pull requests may assume these. " +
                "Letter case does not matter.",
        ),
    allowedSubjects: z
        .array(z.string().min(1))
        .default([])
        .describe(
            "Subjects that may be trusted as they are written, although they are wide, such as `repo:acme/shop:*`.",
        ),
    gitlabHosts: z
        .array(z.string().min(1))
        .default([])
        .describe("Hosts of self-managed GitLab servers, such as `gitlab.acme.example`."),
});

type Settings = z.output<typeof Settings>;

/**
 * A role that trusts a CI's tokens without naming repository and environment or branch can be assumed by any workflow that
 * gets there: a fork's pull request, a scratch branch, another team's repository, or anyone's.
 *
 * Conditions that also pass when the claim is missing (`…IfExists`, `ForAllValues:`) or that are negated pin nothing.
 * All keys of a Condition hold together, so what the subject leaves open another claim may close, and the other way round.
 * Trust in clusters on EKS, whose tokens are no CI's, is not judged; of an issuer that is not known here a note says so.
 * Source: AWS IAM User Guide, "Create a role for OpenID Connect federation" and "Conditions with multiple context keys or
 * values", and the issuers' documents named beside their grammar.
 */
const classic = resourceRule({
    name: "oidc-trust-policy-scoped",
    title: "Roles trust CI tokens of one repository and environment",
    description:
        "A role that trusts a CI's OIDC provider must pin the audience and scope the subject to one repository and an environment or branch.",
    severity: "critical",
    enforcementLevel: "mandatory",
    tags: ["aws", "iam", "oidc", "ci"],
    controls: nist("AC-6", "IA-9"),
    remediationSteps: [
        "Pin the audience by `StringEquals` on the provider's `aud`, usually `sts.amazonaws.com`.",
        "Name repository and environment in the subject, such as `repo:acme/shop:environment:production`.",
        "Give pull requests a role of their own that only reads.",
    ],
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
    settings: Settings,
    types: ["aws:iam/role:Role"],
    judge(resource, settings, report) {
        const trust = resource.props.get("assumeRolePolicy");
        const statements = statementsOf(trust, report, {
            unknown: "whom the role trusts is unknown until the update.",
            malformed: "; expected a trust policy.",
        });
        for (const statement of statements) judgeStatement(statement, resource, settings, report);
    },
});

export const rule = withNativeResources(classic);

function judgeStatement(statement: Statement, role: Resource, settings: Settings, report: Report): void {
    if (!statement.isAllow) return;
    for (const url of trustedUrls(statement)) {
        const issuer = issuerOf(url, settings);
        if (issuer !== undefined) {
            judgeAudience(statement, issuer, url, report);
            judgeSubject(statement, issuer, url, isReadOnly(role, settings), settings, report);
        } else if (!NO_CI.test(url)) {
            report.note(
                statement.at,
                `trusts tokens of ${url}, whose subjects this rule does not know; see to it that \`aud\` is pinned and \`sub\` names who may come.`,
            );
        }
    }
}

/** The OIDC issuers that a statement trusts: by the provider's ARN, or by the condition keys where the ARN is unknown yet. */
function trustedUrls(statement: Statement): string[] {
    const federated = statement.principals.filter(({ kind }) => kind === "Federated");
    const urls = federated.flatMap(
        ({ value }) => /^[^/]*:oidc-provider\/(.+)$/.exec(value.string()?.trim() ?? "")?.[1] ?? [],
    );
    const fromKeys = federated.some(({ value }) => value.isUnknown)
        ? statement.conditions.map(({ key }) => key.slice(0, key.lastIndexOf(":"))).filter(url => url.includes("."))
        : [];
    return [...new Set([...urls, ...fromKeys].map(url => url.toLowerCase()))];
}

function issuerOf(url: string, { gitlabHosts }: Settings): Issuer | undefined {
    const isOwnGitlab = gitlabHosts.some(host => host.toLowerCase() === url);
    return ISSUERS.find(({ name, url: pattern }) => pattern.test(url) || (isOwnGitlab && name === "GitLab"));
}

/** In an order of their own, so that a violation stands at the same place however the program orders them. */
function conditionsOn({ conditions }: Statement, key: string): Condition[] {
    return conditions.filter(condition => condition.key === key).sort((a, b) => (a.at.path < b.at.path ? -1 : 1));
}

function judgeAudience(statement: Statement, issuer: Issuer, url: string, report: Report): void {
    const conditions = conditionsOn(statement, `${url}:aud`);
    const pinning = conditions.filter(isPinning);
    const unknown = pinning.flatMap(({ values }) => values).find(value => value.isUnknown);
    if (unknown !== undefined) {
        report.undetermined(unknown, "the trusted audience is unknown until the update.");
    } else if (
        !pinning.some(
            condition => condition.values.length > 0 && condition.values.every(value => isFixed(value, condition)),
        )
    ) {
        const at = conditions[0]?.at ?? statement.at;
        report.violation(
            at,
            `trusts ${issuer.name} without pinning the audience; expected \`StringEquals\` on \`${url}:aud\`.`,
        );
    }
}

function judgeSubject(
    statement: Statement,
    issuer: Issuer,
    url: string,
    isReadOnlyRole: boolean,
    { allowedSubjects }: Settings,
    report: Report,
): void {
    const subjects = conditionsOn(statement, `${url}:sub`);
    const pinning = subjects.filter(isPinning);
    const reachOf = (subject: string, claims: Claims): Reach => {
        const parts = issuer.read(subject);
        if (!namesRepository(issuer, parts, part => claims.pinned.has(part))) return "other-repositories";
        return narrower(claims.place, placeOf(issuer, parts));
    };
    const isEnough = (reach: Reach) => reach === "scoped" || (reach === "pull-request" && isReadOnlyRole);
    const isScoped = (value: Value, { operator }: Condition, claims: Claims): boolean => {
        const subject = value.string()?.trim();
        if (subject === undefined) return false;
        if (allowedSubjects.includes(subject)) return true;
        // For StringEquals a star is a star, and no token has one.
        if (operator.startsWith("stringequals") && /[*?]/.test(subject)) return true;
        return isEnough(reachOf(subject, claims));
    };
    // All conditions must hold, so one that scopes is enough; within it any value may match, so each must be scoped.
    const isScopedBy = (claims: Claims) =>
        isEnough(reachOf("", claims)) ||
        pinning.some(each => each.values.length > 0 && each.values.every(value => isScoped(value, each, claims)));

    const conditions = statement.conditions.filter(isPinning);
    const isKnown = ({ values }: Condition) => values.every(value => !value.isUnknown);
    const claims = readClaims(conditions.filter(isKnown), issuer, url);
    if (isScopedBy(claims)) return;
    if (isScopedBy(readClaims(conditions, issuer, url))) {
        const claim = conditions.find(each => !isKnown(each) && partOf(each.key, issuer, url) !== undefined);
        report.undetermined(claim?.at ?? statement.at, "the trusted claim is unknown until the update.");
        return;
    }
    const expected = `expected a subject such as ${issuer.example}`;
    const [condition] = pinning;
    if (condition === undefined || condition.values.length === 0) {
        const trap = subjects.find(({ qualifier, isIfExists }) => qualifier === "all" || isIfExists);
        const why =
            trap === undefined ? "" : " (a condition that also passes when the claim is missing scopes nothing)";
        const at = subjects[0]?.at ?? statement.at;
        report.violation(at, `trusts ${issuer.name} without scoping the subject${why}; ${expected}.`);
        return;
    }
    for (const value of condition.values.filter(each => !isScoped(each, condition, claims))) {
        if (value.isUnknown) report.undetermined(value, "the trusted subject is unknown until the update.");
        else report.violation(value, `${describe(value, subject => reachOf(subject, claims))}; ${expected}.`);
    }
}

/** What tokens that match may be: of one place of one repository, or of more than that. */
type Reach = Place | "other-repositories";

/** What the claims beside the subject say together of who may come. */
interface Claims {
    /** Parts that are one only, by all values of a condition. */
    readonly pinned: ReadonlySet<string>;
    readonly place: Place;
}

/**
 * Reads conditions on claims of the issuer by keys of their own, and on session tags that stand for one. Values that are not
 * known yet are taken for narrow.
 */
function readClaims(conditions: readonly Condition[], issuer: Issuer, url: string): Claims {
    const pinned = new Set<string>();
    let place: Place = "anywhere";
    for (const { key, operator, values } of conditions) {
        const part = partOf(key, issuer, url) ?? "";
        if (values.length === 0) continue;
        // For StringEquals a star is a star, and no token has one, so that such a value lets nobody in.
        const texts = values
            .filter(value => !value.isUnknown)
            .map(value => value.string()?.trim() ?? "")
            .filter(text => !(operator.startsWith("stringequals") && /[*?]/.test(text)));
        const name = Object.hasOwn(issuer.names, part) ? issuer.names[part] : undefined;
        if (name !== undefined && texts.every(text => name.test(text))) pinned.add(part);
        const judge = Object.hasOwn(issuer.places, part) ? issuer.places[part] : undefined;
        if (judge === undefined) continue;
        const widest = texts.map(text => judge(text, new Map([[part, text]]))).reduce<Place>(wider, "scoped");
        place = narrower(place, widest);
    }
    return { pinned, place };
}

/** The part that a condition key asks for: `<issuer>:<claim>`, or a session tag that the issuer signs. */
function partOf(key: string, issuer: Issuer, url: string): string | undefined {
    if (key.startsWith(`${url}:`)) return key.slice(url.length + 1);
    const [, tag = ""] = /^aws:requesttag\/(.+)$/.exec(key) ?? [];
    return issuer.tags !== undefined && Object.hasOwn(issuer.tags, tag) ? issuer.tags[tag] : undefined;
}

function describe(value: Value, reachOf: (subject: string) => Reach): string {
    const subject = value.string()?.trim();
    if (subject === undefined) return `is ${value.show()}, which is no text`;
    switch (reachOf(subject)) {
        case "pull-request":
            return `is ${value.show()}: any pull request may assume the role, which is not named as a read-only one`;
        case "other-repositories":
            return `is ${value.show()}: it does not name one repository`;
        default: {
            const [, ref] = /\b(refs\/heads|refs\/tags|ref_type:branch|ref_type:tag)\b/.exec(subject) ?? [];
            const which = ref === undefined ? "branch and pull request" : /tag/.test(ref) ? "tag" : "branch";
            return `is ${value.show()}: every ${which} of the repository may assume the role`;
        }
    }
}

/** True for a condition that lets a request pass only with one of its values. */
function isPinning({ operator, qualifier, isIfExists }: Condition): boolean {
    return (
        ["stringequals", "stringequalsignorecase", "stringlike"].includes(operator) &&
        qualifier !== "all" &&
        !isIfExists
    );
}

function isFixed(value: Value, { operator }: Condition): boolean {
    const text = value.string()?.trim() ?? "";
    return text !== "" && (operator.startsWith("stringequals") || !/[*?]/.test(text));
}

function isReadOnly({ name, props }: Resource, { readOnlyRoles }: Settings): boolean {
    const isNamed = globs(readOnlyRoles.map(pattern => pattern.toLowerCase()));
    return [name, props.get("name").string() ?? ""].some(text => isNamed(text.toLowerCase()));
}
