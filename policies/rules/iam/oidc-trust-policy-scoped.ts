import { z } from "zod";
import { type Condition, matchesPattern, readPolicyDocument, type Statement } from "../../aws/policy-document";
import { nist } from "../../kit/controls";
import type { Report } from "../../kit/report";
import type { Resource } from "../../kit/resource";
import { resourceRule } from "../../kit/rule";
import type { Value } from "../../kit/value";

/** What a subject pattern lets in: one place of one repository, or more than that. */
type Reach = "scoped" | "pull-request" | "anywhere" | "other-repositories";

/** A CI whose identity tokens AWS roles can trust. */
interface Issuer {
    readonly name: string;
    /** Recognises the issuer's URL without `https://`, as the provider's ARN and the condition keys have it. */
    readonly url: RegExp;
    /** How far a subject reaches that may hold wildcards. */
    readonly reach: (subject: string) => Reach;
    /** A well-scoped subject, for messages. */
    readonly example: string;
    /** Claims besides `sub` that name the repository, and the environment or branch in it. */
    readonly claims?: { readonly repository: readonly string[]; readonly place: readonly string[] };
}

/** Some text before any wildcard, so that `release/*` is one set of branches and `*` is every one. */
const STARTED = "[^*?]{2}.*";

/** Branches or tags with some text before any wildcard; of tags, one letter tells releases (`v*`) from others. */
const REF = `(heads/${STARTED}|tags/[^*?].*)`;

const within =
    (repository: RegExp, place: RegExp) =>
    (subject: string): Reach =>
        place.test(subject) ? "scoped" : repository.test(subject) ? "anywhere" : "other-repositories";

const gitlab = within(
    /^project_path:[^*?:]+:/,
    new RegExp(`^project_path:[^*?:]+:ref_type:(branch:ref:${STARTED}|tag:ref:[^*?].*)$`),
);

/**
 * Subjects by issuer. Sources: GitHub documentation, "OpenID Connect reference" (subjects, ids in them, enterprise
 * issuers); GitLab documentation, "OpenID Connect in AWS"; Pulumi documentation, "OIDC token claims"; Bitbucket support,
 * "Deploy on AWS using OpenID Connect"; CircleCI documentation, "Using OpenID Connect tokens in jobs"; Buildkite
 * documentation, "OIDC in Buildkite Pipelines".
 */
const ISSUERS: readonly Issuer[] = [
    {
        name: "GitHub Actions",
        url: /^token\.actions\.githubusercontent\.com(\/[\w-]+)?$|^[\w.-]+\/_services\/token$/,
        example: "repo:acme/shop:environment:production",
        claims: {
            repository: ["repository", "repository_id"],
            place: ["environment", "ref", "job_workflow_ref"],
        },
        reach: subject => {
            if (/^repo:[^*?:/]+\/[^*?:/]+:pull_request$/.test(subject)) return "pull-request";
            return within(
                /^repo:[^*?:/]+\/[^*?:/]+:/,
                new RegExp(
                    `^repo:[^*?:/]+/[^*?:/]+:(environment:${STARTED}|ref:refs/${REF}|job_workflow_ref:${STARTED})$`,
                ),
            )(subject);
        },
    },
    {
        name: "GitLab",
        url: /^gitlab\.com$/,
        example: "project_path:acme/shop:ref_type:branch:ref:main",
        reach: gitlab,
    },
    {
        name: "Pulumi Cloud",
        url: /^api\.pulumi\.com\/oidc$/,
        example: "pulumi:deploy:org:acme:project:shop:stack:production:operation:update:scope:write",
        reach: within(
            /^pulumi:(deploy|environments):org:[^*?:]+:/,
            /^pulumi:(deploy:org:[^*?:]+:project:[^*?:]+:stack:[^*?:]+(:.*)?|environments:(pulumi\.organization\.login|org):[^*?:]+:.*env:[^*?]+)$/,
        ),
    },
    {
        name: "Bitbucket Pipelines",
        url: /^api\.bitbucket\.org\/2\.0\/workspaces\/[^/]+\/pipelines-config\/identity\/oidc$/,
        example: "{repository-uuid}:{environment-uuid}:*",
        reach: within(/^\{[0-9a-f-]+\}/i, /^\{[0-9a-f-]+\}:\{[0-9a-f-]+\}/i),
    },
    {
        name: "CircleCI",
        // Its subject names no branch; the project is as narrow as it gets.
        url: /^oidc\.circleci\.com\/org\/[\w-]+$/,
        example: "org/<organisation-id>/project/<project-id>/user/*",
        reach: within(/^org\/[\w-]+\/project\/[\w-]+\//, /^org\/[\w-]+\/project\/[\w-]+\/user\/.+$/),
    },
    {
        name: "Buildkite",
        url: /^agent\.buildkite\.com$/,
        example: "organization:acme:pipeline:shop:ref:refs/heads/main:*",
        reach: within(
            /^organization:[^*?:]+:pipeline:[^*?:]+:/,
            new RegExp(`^organization:[^*?:]+:pipeline:[^*?:]+:ref:refs/${REF}$`),
        ),
    },
];

const settings = z.strictObject({
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

type Settings = z.output<typeof settings>;

/**
 * A role that trusts a CI's tokens without naming repository and environment or branch can be assumed by any workflow that
 * gets there: a fork's pull request, a scratch branch, another team's repository, or anyone's.
 *
 * Conditions that also pass when the claim is missing (`…IfExists`, `ForAllValues:`) or that are negated pin nothing.
 * Trust in providers that are no CI's, such as Kubernetes service accounts or Cognito, is not judged.
 * Source: AWS IAM User Guide, "Create a role for OpenID Connect federation", and the issuers' documents named above.
 */
export const rule = resourceRule({
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
    settings,
    types: ["aws:iam/role:Role"],
    judge(resource, ruleSettings, report) {
        const trust = resource.props.get("assumeRolePolicy");
        const document = readPolicyDocument(trust);
        if (document.state === "unknown")
            report.undetermined(trust, "whom the role trusts is unknown until the update.");
        if (document.state === "malformed") report.violation(trust, `${document.problem}; expected a trust policy.`);
        if (document.state !== "read") return;
        for (const statement of document.statements) judgeStatement(statement, resource, ruleSettings, report);
    },
});

function judgeStatement(statement: Statement, role: Resource, ruleSettings: Settings, report: Report): void {
    if (!statement.isAllow) return;
    for (const { issuer, url } of trustedIssuers(statement, ruleSettings)) {
        judgeAudience(statement, issuer, url, report);
        judgeSubject(statement, issuer, url, isReadOnly(role, ruleSettings), ruleSettings, report);
    }
}

/** The CIs that a statement trusts: by the provider's ARN, or by the condition keys where the ARN is unknown yet. */
function trustedIssuers(statement: Statement, { gitlabHosts }: Settings): { issuer: Issuer; url: string }[] {
    const federated = statement.principals.filter(({ kind }) => kind === "Federated");
    const urls = federated.flatMap(
        ({ value }) => /:oidc-provider\/(.+)$/.exec(value.string()?.trim() ?? "")?.[1] ?? [],
    );
    const fromKeys = federated.some(({ value }) => value.isUnknown)
        ? statement.conditions.map(({ key }) => key.slice(0, key.lastIndexOf(":")))
        : [];
    return [...new Set([...urls, ...fromKeys].map(url => url.toLowerCase()))].flatMap(url => {
        const isOwnGitlab = gitlabHosts.some(host => host.toLowerCase() === url);
        const issuer = ISSUERS.find(
            ({ name, url: pattern }) => pattern.test(url) || (isOwnGitlab && name === "GitLab"),
        );
        return issuer === undefined ? [] : [{ issuer, url }];
    });
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
    const expected = `expected a subject such as ${issuer.example}`;
    const claim = (names: readonly string[]) =>
        statement.conditions.some(
            condition =>
                names.some(name => condition.key === `${url}:${name}`) &&
                isPinning(condition) &&
                condition.values.length > 0 &&
                condition.values.every(
                    value => value.isUnknown || new RegExp(`^${STARTED}$`).test(value.string() ?? ""),
                ),
        );
    if (issuer.claims !== undefined && claim(issuer.claims.repository) && claim(issuer.claims.place)) return;
    const conditions = conditionsOn(statement, `${url}:sub`);
    const pinning = conditions.filter(isPinning);
    const [condition] = pinning;
    if (condition === undefined || condition.values.length === 0) {
        const trap = conditions.find(({ qualifier, isIfExists }) => qualifier === "all" || isIfExists);
        const why =
            trap === undefined ? "" : " (a condition that also passes when the claim is missing scopes nothing)";
        const at = conditions[0]?.at ?? statement.at;
        report.violation(at, `trusts ${issuer.name} without scoping the subject${why}; ${expected}.`);
        return;
    }
    // All conditions must hold, so one that scopes is enough; within it any value may match, so each must be scoped.
    const problems = pinning.map(each =>
        each.values.filter(value => !isScoped(value, each, issuer, isReadOnlyRole, allowedSubjects)),
    );
    if (problems.some(values => values.length === 0)) return;
    for (const value of problems[0] ?? []) {
        if (value.isUnknown) report.undetermined(value, "the trusted subject is unknown until the update.");
        else report.violation(value, `${describe(value, issuer)}; ${expected}.`);
    }
}

function isScoped(
    value: Value,
    condition: Condition,
    issuer: Issuer,
    isReadOnlyRole: boolean,
    allowedSubjects: readonly string[],
): boolean {
    const subject = value.string()?.trim();
    if (subject === undefined) return false;
    if (allowedSubjects.includes(subject)) return true;
    // For StringEquals a star is a star, and no token has one.
    if (condition.operator.startsWith("stringequals") && /[*?]/.test(subject)) return true;
    const reach = issuer.reach(subject);
    return reach === "scoped" || (reach === "pull-request" && isReadOnlyRole);
}

function describe(value: Value, issuer: Issuer): string {
    const subject = value.string()?.trim();
    if (subject === undefined) return `is ${value.show()}, which is no text`;
    switch (issuer.reach(subject)) {
        case "pull-request":
            return `is ${value.show()}: any pull request may assume the role, which is not named as a read-only one`;
        case "anywhere": {
            const [, ref] = /\b(refs\/heads|refs\/tags|ref_type:branch|ref_type:tag)\b/.exec(subject) ?? [];
            const which = ref === undefined ? "branch and pull request" : /tag/.test(ref) ? "tag" : "branch";
            return `is ${value.show()}: every ${which} of the repository may assume the role`;
        }
        default:
            return `is ${value.show()}: it does not name one repository`;
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
    const names = [name, props.get("name").string() ?? ""].map(text => text.toLowerCase());
    return readOnlyRoles.some(pattern => names.some(text => matchesPattern(pattern.toLowerCase(), text)));
}
