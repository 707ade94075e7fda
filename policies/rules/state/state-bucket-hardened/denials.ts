import { isEveryone, matchesPattern, type Statement } from "../../../aws/policy-document";
import type { Value } from "../../../kit/value";

/**
 * What reading, writing or deleting state needs, its old versions included, and what undoes its protection; in lower case.
 * Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".
 */
const STATE_ACTIONS = [
    "s3:getobject",
    "s3:getobjectversion",
    "s3:putobject",
    "s3:deleteobject",
    "s3:deleteobjectversion",
    "s3:listbucket",
    "s3:listbucketversions",
    "s3:putbucketpolicy",
    "s3:deletebucketpolicy",
    "s3:putbucketversioning",
    "s3:putlifecycleconfiguration",
];

/** Conditions on principals that a Deny may carry beside the list of those it spares: AWS services act for a principal. */
const SERVICE_KEYS = ["aws:principalisawsservice", "aws:viaawsservice"];

/** An identity of one account: its root user, or the name of a role or user. */
const IDENTITY = /^arn:aws[a-z-]*:(?:iam|sts)::\d{12}:(?:root|(?:role|user|assumed-role)\/(.+))$/;

/** A role's or user's unique id, with or without a session's name; an account's id, which `aws:userId` has for its root user. */
const UNIQUE_ID = /^(?:A(?:RO|ID)A[A-Z0-9]{12,}(?::|$)|\d{12}$)/;

/** What the names of all roles of Identity Center have in common. */
const IDENTITY_CENTER =
    /^aws-reserved\/(?:sso\.amazonaws\.com\/)?(?:[a-z]{2}(?:-[a-z]+)+-\d\/|\*\/)?(?:AWSReservedSSO_)?/;

/** Whether a value of a Deny's exceptions names somebody: a pattern may stand for some identities, not for an account's all. */
export function isNamedPrincipal(text: string): boolean {
    if (UNIQUE_ID.test(text)) return true;
    const identity = IDENTITY.exec(text);
    if (identity === null) return false;
    if (identity[1] === undefined) return true;
    const name = identity[1].replace(IDENTITY_CENTER, "");
    return name !== "" && !name.includes("${") && (!/[*?]/.test(name) || /[^*?/]{3}/.test(name));
}

/** Whether a statement refuses every request without TLS, to the bucket and to its objects. */
export function deniesPlaintext(statement: Statement, bucket: string | undefined): boolean {
    const [condition, ...others] = statement.conditions;
    return (
        deniesEveryone(statement, bucket) &&
        !statement.hasNotPrincipal &&
        others.length === 0 &&
        condition?.key === "aws:securetransport" &&
        condition.operator === "bool" &&
        condition.values.length > 0 &&
        condition.values.every(value => value.boolean() === false)
    );
}

/**
 * The principals that a Deny excepts when it refuses everyone else to use the state; undefined for any other statement.
 *
 * A negated condition refuses requests without its key as well. Of several conditions all must hold for a Deny to work, so
 * that any other one would weaken it.
 */
export function exceptedPrincipals(statement: Statement, bucket: string | undefined): readonly Value[] | undefined {
    if (!deniesEveryone(statement, bucket)) return undefined;
    const excepted = statement.notPrincipals.map(({ value }) => value);
    for (const { key, operator, qualifier, values } of statement.conditions) {
        const isList = key === "aws:principalarn" || key === "aws:userid";
        const isNegated = /^(stringnot(equals|equalsignorecase|like)|arnnot(equals|like))$/.test(operator);
        if (isList && isNegated && qualifier === "none") excepted.push(...values);
        else if (
            !SERVICE_KEYS.includes(key) ||
            operator !== "bool" ||
            values.some(value => value.boolean() !== false)
        ) {
            return undefined;
        }
    }
    return excepted.length === 0 ? undefined : excepted;
}

/** Whether a Deny is about everyone (or everyone but some), and about all that state is used by. */
function deniesEveryone(statement: Statement, bucket: string | undefined): boolean {
    if (statement.isAllow || !(statement.hasNotPrincipal || statement.principals.some(isEveryone))) return false;
    return coversActions(statement) && coversBucket(statement, bucket);
}

function coversActions({ actions, notActions }: Statement): boolean {
    const matches = (values: readonly Value[], action: string) =>
        values.some(value => matchesPattern(value.string()?.trim().toLowerCase() ?? "", action));
    if (notActions.length > 0) return STATE_ACTIONS.every(action => !matches(notActions, action));
    return STATE_ACTIONS.every(action => matches(actions, action));
}

/** Where the bucket's name is not known, both kinds of ARN must be there all the same. */
function coversBucket({ resources }: Statement, bucket: string | undefined): boolean {
    const patterns = resources.map(resource => resource.string()?.trim() ?? "");
    const covers = (path: string) =>
        patterns.some(pattern => {
            if (bucket === undefined) return path === "" ? !pattern.endsWith("/*") : pattern.endsWith("*");
            const [, partition = "aws"] = /^arn:(aws[a-z-]*):/.exec(pattern) ?? [];
            return matchesPattern(pattern, `arn:${partition}:s3:::${bucket}${path}`);
        });
    return covers("") && covers("/.pulumi/stacks/shop/prod.json");
}
