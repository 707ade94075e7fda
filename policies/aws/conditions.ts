import type { Report } from "../kit/report";
import { allOf, anyOf, not, type Truth } from "../kit/truth";
import type { Value } from "../kit/value";
import { parseCidr, shareOfInternet } from "./cidr";
import { type Condition, isEveryone, matchesPattern, type Principal, type Statement } from "./policy-document";

/** Operators that let a request pass only for the listed values. Negated ones let everything else pass. */
const POSITIVE = new Set([
    "stringequals",
    "stringequalsignorecase",
    "stringlike",
    "arnequals",
    "arnlike",
    "ipaddress",
    "binaryequals",
    "bool",
]);

/** Operators that match all requests but those with the listed values, and those without the key. */
const NEGATED = new Set([
    "stringnotequals",
    "stringnotequalsignorecase",
    "stringnotlike",
    "arnnotequals",
    "arnnotlike",
    "notipaddress",
]);

/**
 * An ARN whose account is named, or of a bucket, whose ARN has none (patterns give its Region and account as `*` at times);
 * wildcards in other places narrow enough, since accounts and buckets are unique in all partitions. A bucket is named when its
 * whole name is: anyone can make one whose name begins alike.
 */
const OWNED_ARN = /^arn:(?:aws[a-z-]*|\*):(?:[^:?$]*:[^:]*:\d{12}:|s3:\*?:\*?:[^*?$:/]{3,}(?:\/|$))/;

/** The policy variables for the account and the organisation that own the resource: as fixed as if they were written out. */
const OWNER = /^\$\{aws:Resource(?:Account|OrgID)\}$/i;

const isPlain = (text: string) => text !== "" && (OWNER.test(text) || !/[*?]|\$\{/.test(text));

const isOrganizationPath = (text: string) => /^o-[a-z0-9]{10,32}\//.test(text);

/** Whether an ARN, or a pattern of one, names the account or the bucket that it belongs to. */
export const isOwnedArn = (text: string): boolean => OWNED_ARN.test(text);

/** The largest share of the internet that a source address may cover and still count as fixed: a /8, and a /32 of IPv6. */
const WIDEST = { 4: 1 / 2 ** 8, 6: 1 / 2 ** 29 } as const;

function isNarrow(text: string): boolean {
    const cidr = parseCidr(text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`);
    return cidr !== undefined && shareOfInternet([cidr], cidr.family) <= WIDEST[cidr.family];
}

/**
 * Condition keys that say who or whence the caller is, and when a value of theirs is fixed.
 *
 * Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", section "The meaning of public";
 * AWS KMS Developer Guide, "kms:CallerAccount"; AWS IAM User Guide, "AWS global condition context keys";
 * Amazon SNS Developer Guide, "Amazon SNS policy keys"; Amazon EFS User Guide, "Using IAM to control file system data access".
 */
const CALLER_KEYS: Readonly<Record<string, (text: string) => boolean>> = {
    "aws:principalaccount": isPlain,
    "aws:principalarn": isOwnedArn,
    "aws:principalorgid": isPlain,
    "aws:principalorgpaths": isOrganizationPath,
    "aws:sourceaccount": isPlain,
    "aws:sourcearn": isOwnedArn,
    "aws:sourceip": isNarrow,
    "aws:sourceorgid": isPlain,
    "aws:sourceorgpaths": isOrganizationPath,
    "aws:sourceowner": isPlain,
    "aws:sourcevpc": isPlain,
    "aws:sourcevpcarn": isOwnedArn,
    "aws:sourcevpce": isPlain,
    "aws:userid": text => /^(\d{12}|[A-Z0-9]{16,})(:|$)/.test(text),
    "aws:vpceaccount": isPlain,
    "aws:vpceorgid": isPlain,
    "aws:vpceorgpaths": isOrganizationPath,
    "elasticfilesystem:accessedviamounttarget": text => text.toLowerCase() === "true",
    "elasticfilesystem:accesspointarn": isOwnedArn,
    "kms:calleraccount": isPlain,
    "s3:dataaccesspointaccount": isPlain,
    "s3:dataaccesspointarn": isOwnedArn,
    "s3:x-amz-server-side-encryption-aws-kms-key-id": isPlain,
    // A topic that delivers to one queue or function only gives strangers nothing.
    "sns:endpoint": isOwnedArn,
};

/** An ARN of the identities of any account, which says everyone in a way that AWS refuses in most places. */
const ANY_ACCOUNT = /^arn:[^:]*:(?:iam|sts)::\*+:/;

/** Every service, which everyone can have act for them. As the principal of a Deny it is not everyone. */
const isEveryService = ({ kind, value }: Principal) => kind === "Service" && /^\*+$/.test(value.string()?.trim() ?? "");

/**
 * Whether a statement lets in everyone: it allows, names everyone as principal (or everyone but some), and no condition
 * ties the caller to a fixed account, organisation, network or resource. `document` holds the statements beside it, of which a
 * Deny may close what this one opens.
 *
 * A condition that also passes when its key is missing from the request (`…IfExists`, `ForAllValues:` alone), is negated, or
 * takes a wildcard where the owner is named, ties nobody. Nor does `aws:PrincipalIsAWSService`: everyone can have a service
 * act for them.
 */
export function isOpenToEveryone(statement: Statement, document: readonly Statement[] = []): Truth {
    if (!statement.isAllow) return "no";
    const isOpen =
        statement.hasNotPrincipal ||
        statement.principals.some(
            principal =>
                isEveryone(principal) ||
                isEveryService(principal) ||
                ANY_ACCOUNT.test(principal.value.string()?.trim() ?? ""),
        );
    // A federated principal is one identity provider, whichever it will be.
    const couldBeOpen =
        statement.at.isUnknown ||
        statement.principals.some(({ kind, value }) => value.isUnknown && kind !== "Federated");
    if (!isOpen) return couldBeOpen ? "unknown" : "no";
    return not(anyOf([hasRestrictedCaller(statement), ...document.map(other => deniesToStrangers(other, statement))]));
}

/**
 * Whether a Deny takes from strangers all that an Allow gives: it is for everyone, covers the actions and resources, and each
 * of its conditions spares fixed callers only. A negated operator matches when its key is missing, with `IfExists` or without.
 *
 * Source: AWS IAM User Guide, "IAM JSON policy elements: Condition operators" and "Policy evaluation logic".
 */
function deniesToStrangers(deny: Statement, allow: Statement): Truth {
    if (deny.isAllow || deny.at.isUnknown || !deny.principals.some(isEveryone)) return "no";
    if (allow.principals.some(isEveryService)) return "no";
    const isWithoutResources = [deny, allow].every(each => each.resources.length + each.notResources.length === 0);
    return allOf([
        covers(deny.actions, allow.actions, allow.notActions.length > 0, text => text.toLowerCase()),
        isWithoutResources ? "yes" : covers(deny.resources, allow.resources, allow.notResources.length > 0),
        ...deny.conditions.map(exemptsFixedCallersOnly),
    ]);
}

/** Whether each of some patterns is among others, or lies in one of them; where they are exceptions, only `*` covers the rest. */
function covers(
    outer: readonly Value[],
    inner: readonly Value[],
    areExceptions: boolean,
    fold = (text: string) => text,
): Truth {
    const texts = (values: readonly Value[]) => values.map(value => fold(value.string()?.trim() ?? ""));
    const patterns = texts(outer);
    if (patterns.some(pattern => /^\*+$/.test(pattern))) return "yes";
    if (areExceptions || inner.length === 0) return "no";
    if ([...outer, ...inner].some(value => value.isUnknown)) return "unknown";
    // A `?` would take the `*` of a wider pattern for one character.
    const covering = (text: string) =>
        patterns.some(pattern => pattern === text || (!pattern.includes("?") && matchesPattern(pattern, text)));
    return texts(inner).every(text => text !== "" && covering(text)) ? "yes" : "no";
}

function exemptsFixedCallersOnly({ operator, qualifier, key, values }: Condition): Truth {
    if (!NEGATED.has(operator) || qualifier === "any") return "no";
    return areFixed(key, values);
}

/** Whether a condition of a statement ties the caller to a fixed account, organisation, network or resource. */
export function hasRestrictedCaller({ conditions }: Statement): Truth {
    return anyOf(conditions.map(condition => restrictsCaller(condition, conditions)));
}

/** Reports a statement of a resource's policy that lets in everyone, unless a Deny of its document closes it. */
export function reportIfOpen(statement: Statement, report: Report, document: readonly Statement[] = []): void {
    const verdict = isOpenToEveryone(statement, document);
    if (verdict === "unknown") {
        report.undetermined(statement.at, "whom the statement lets in is unknown until the update.");
    } else if (verdict === "yes") {
        const isForServices = statement.conditions.some(
            ({ key, operator, values }) =>
                key === "aws:principalisawsservice" && operator === "bool" && values.every(value => value.boolean()),
        );
        const everyone = isForServices ? "every AWS service, whoever it acts for," : "everyone";
        const who = statement.hasNotPrincipal ? "everyone but some" : everyone;
        report.violation(
            statement.at,
            `allows ${actionsOf(statement)} to ${who} without a condition that restricts the caller; expected named principals.`,
        );
    }
}

function actionsOf({ actions, notActions }: Statement): string {
    const list = (values: readonly Value[]) => values.map(value => value.show()).join(", ");
    return notActions.length > 0 ? `all actions except ${list(notActions)}` : list(actions) || "actions";
}

/**
 * `ForAllValues:` passes when the key is missing, unless a condition beside it says that the key must be there, which is the
 * remedy that AWS gives (IAM User Guide, "Set operators for multivalued context keys").
 */
function restrictsCaller(
    { operator, qualifier, isIfExists, key, values }: Condition,
    all: readonly Condition[],
): Truth {
    if (!POSITIVE.has(operator) || isIfExists) return "no";
    if (qualifier === "all" && !all.some(other => other.key === key && isPresence(other))) return "no";
    return areFixed(key, values);
}

/** Whether a key says who the caller is, and all these values of it are fixed ones. */
function areFixed(key: string, values: readonly Value[]): Truth {
    const isFixed = Object.hasOwn(CALLER_KEYS, key) ? CALLER_KEYS[key] : undefined;
    if (isFixed === undefined || values.length === 0) return "no";
    return allOf(
        values.map(value => (value.isUnknown ? "unknown" : isFixed(value.text()?.trim() ?? "") ? "yes" : "no")),
    );
}

/** Whether a condition asks that its key is there: `"Null": { "aws:PrincipalOrgPaths": "false" }`. */
function isPresence({ operator, qualifier, isIfExists, values }: Condition): boolean {
    const isPlainNull = operator === "null" && qualifier === "none" && !isIfExists;
    return isPlainNull && values.length > 0 && values.every(value => value.boolean() === false);
}

/**
 * Whether a condition narrows a statement to what its author had in mind: it asks for fixed values of one of these keys, which
 * are patterns in any letter case. What every alias, every service and every ARN of an account has in common is not fixed.
 */
export function narrows(
    { operator, qualifier, isIfExists, key, values }: Condition,
    keyPatterns: readonly string[],
): boolean {
    if (!/^(stringequals(ignorecase)?|stringlike|arnequals|arnlike)$/.test(operator)) return false;
    if (qualifier === "all" || isIfExists || values.length === 0) return false;
    if (!keyPatterns.some(pattern => matchesPattern(pattern.toLowerCase(), key))) return false;
    const common = /^alias\/|^arn(:[^:]*){4}:|\.amazonaws\.com$/g;
    return values.every(value => value.isUnknown || /[^*?]/.test((value.text() ?? "").replace(common, "")));
}
