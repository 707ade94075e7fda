import { matches, starTokens } from "../kit/pattern";
import type { Report } from "../kit/report";
import type { Value } from "../kit/value";

/** What became of reading a policy document. */
export type PolicyDocument =
    /** Nothing is set, or text without a letter, which providers send on as no policy. */
    | { readonly state: "absent" }
    /** The engine will know the document only during the update. */
    | { readonly state: "unknown" }
    /** It is no policy document; `problem` says why, as the end of a sentence that begins with the property. */
    | { readonly state: "malformed"; readonly problem: string }
    /** Without statements it grants nothing and lets nobody in. */
    | { readonly state: "read"; readonly statements: readonly Statement[] };

/** One statement of a policy document. Lists hold what was written, a single value as its only element. */
export interface Statement {
    /** Where the statement is, for messages: `policy.Statement[1]`. */
    readonly at: Value;
    /** Text of `Sid`, where there is one. */
    readonly sid: string | undefined;
    /** Anything that is not plainly `Deny` counts as an Allow, so that nothing dangerous hides behind a misspelling. */
    readonly isAllow: boolean;
    readonly actions: readonly Value[];
    readonly notActions: readonly Value[];
    readonly resources: readonly Value[];
    readonly notResources: readonly Value[];
    readonly principals: readonly Principal[];
    /** True when the statement names whom it does not concern, and so concerns everyone else. */
    readonly hasNotPrincipal: boolean;
    readonly notPrincipals: readonly Principal[];
    readonly conditions: readonly Condition[];
}

/** One principal: `{ "AWS": "arn:…" }` is of kind `AWS`; a bare `"*"` is of kind `*`. */
export interface Principal {
    /** `AWS`, `Service`, `Federated`, `CanonicalUser`, in the letter case of the AWS documentation where it is known, or `*`. */
    readonly kind: string;
    readonly value: Value;
}

/** One key of one operator: `"StringLike": { "aws:PrincipalArn": ["a", "b"] }` is one condition with two values. */
export interface Condition {
    readonly at: Value;
    /** The operator in lower case without qualifier and suffix: `stringlike`. */
    readonly operator: string;
    /** `ForAllValues` passes when the key is missing from the request; `ForAnyValue` needs one value to match. */
    readonly qualifier: "none" | "any" | "all";
    /** True for an operator that ends in `IfExists`, which passes when the key is missing from the request. */
    readonly isIfExists: boolean;
    /** The condition key in lower case, as AWS compares it: `aws:principalarn`. */
    readonly key: string;
    readonly values: readonly Value[];
}

const KINDS = ["AWS", "Service", "Federated", "CanonicalUser"];

/**
 * Reads an IAM policy document given as JSON text or as an object. Element names are taken in any letter case and a single
 * value for a list, as AWS takes them. Throws nothing.
 *
 * Source: AWS IAM User Guide, "Grammar of the IAM JSON policy language"; Pulumi Registry, aws.secretsmanager.Secret (`{}`
 * deletes a secret's policy).
 */
export function readPolicyDocument(property: Value): PolicyDocument {
    if (property.isUnknown) return { state: "unknown" };
    if (property.isMissing || property.string()?.trim() === "") return { state: "absent" };
    const document = parse(property);
    if (document === undefined) return { state: "malformed", problem: "is not valid JSON" };
    if (!document.isObject) return { state: "malformed", problem: "is not a policy document (no JSON object)" };
    const list = element(document, "Statement");
    const statements = list.items();
    if (statements.some(statement => !statement.isUnknown && !statement.isObject)) {
        return { state: "malformed", problem: "has a statement that is no JSON object" };
    }
    if (statements.length > 0 && statements.every(statement => statement.isUnknown)) return { state: "unknown" };
    return { state: "read", statements: statements.map(readStatement) };
}

/** What a rule says of a policy document that it cannot judge. */
export interface Unreadable {
    /** The whole message about a document that is unknown in a preview. */
    readonly unknown: string;
    /** What follows the problem of a malformed document in its message; undefined where another rule reports it. */
    readonly malformed: string | undefined;
}

const UNREADABLE: Unreadable = {
    unknown: "the policy document is unknown until the update.",
    malformed: ", so what it grants cannot be seen; expected a policy document.",
};

/**
 * The statements of a policy document, single ones of which can be unknown in a preview; none where there is no document.
 * Reports a document that is unknown as undetermined, and a malformed one as a violation.
 */
export function statementsOf(property: Value, report: Report, words: Unreadable = UNREADABLE): readonly Statement[] {
    const document = readPolicyDocument(property);
    if (document.state === "unknown") report.undetermined(property, words.unknown);
    if (document.state === "malformed" && words.malformed !== undefined)
        report.violation(property, document.problem + words.malformed);
    return document.state === "read" ? document.statements : [];
}

function parse(property: Value): Value | undefined {
    const text = property.string();
    if (text === undefined) return property;
    try {
        return property.reread(JSON.parse(text));
    } catch {
        return undefined;
    }
}

function readStatement(at: Value): Statement {
    const conditions = element(at, "Condition")
        .entries()
        .flatMap(([operator, keys]) => keys.entries().map(([key, values]) => readCondition(operator, key, values)));
    const notPrincipal = element(at, "NotPrincipal");
    return {
        at,
        sid: element(at, "Sid").string(),
        isAllow: element(at, "Effect").string()?.trim().toLowerCase() !== "deny",
        actions: element(at, "Action").items(),
        notActions: element(at, "NotAction").items(),
        resources: element(at, "Resource").items(),
        notResources: element(at, "NotResource").items(),
        principals: readPrincipals(element(at, "Principal")),
        hasNotPrincipal: !notPrincipal.isMissing,
        notPrincipals: readPrincipals(notPrincipal),
        conditions,
    };
}

function readPrincipals(at: Value): Principal[] {
    if (!at.isObject) return at.items().map(value => ({ kind: value.string() === "*" ? "*" : "AWS", value }));
    return at.entries().flatMap(([name, values]) => {
        const kind = KINDS.find(known => known.toLowerCase() === name.toLowerCase()) ?? name;
        return values.items().map(value => ({ kind, value }));
    });
}

function readCondition(operator: string, key: string, values: Value): Condition {
    const [, qualifier, name = "", suffix] =
        /^(?:for(any|all)values?:)?(.*?)(ifexists)?$/.exec(operator.trim().toLowerCase()) ?? [];
    return {
        at: values,
        operator: name,
        qualifier: qualifier === "any" || qualifier === "all" ? qualifier : "none",
        isIfExists: suffix !== undefined,
        key: key.trim().toLowerCase(),
        values: values.items(),
    };
}

/** The element of a document or statement with this name in any letter case; absent under the name itself. */
function element(of: Value, name: string): Value {
    const exact = of.get(name);
    if (exact.isUnknown || !exact.isMissing) return exact;
    const wanted = name.toLowerCase();
    return of.entries().find(([key]) => key.toLowerCase() === wanted)?.[1] ?? exact;
}

/** True for a principal that means everyone, signed in to AWS or not: `"*"` bare or as an AWS principal. */
export function isEveryone({ kind, value }: Principal): boolean {
    return (kind === "*" || kind === "AWS") && /^\*+$/.test(value.string()?.trim() ?? "");
}

/**
 * True when an IAM pattern (`*` any text, `?` one character) matches a text. IAM compares actions without regard to letter
 * case and ARNs with it; give both in lower case for the former.
 */
export function matchesPattern(pattern: string, text: string): boolean {
    if (!/[*?]/.test(pattern)) return pattern === text;
    return matches(starTokens(pattern, "?"), text);
}

/**
 * How much an action pattern grants: `everything` for `*` and its disguises, `service` for all actions of a service
 * (`s3:*`, `S3:**`, `iam:?*`), `some` for anything narrower, such as `s3:Get*`.
 */
export function breadthOf(action: string): "everything" | "service" | "some" {
    const [service = "", name = service] = action.trim().split(":", 2);
    const isAnyName = /^[*?]*\*[*?]*$/.test(name);
    if (!isAnyName) return "some";
    return /[*?]/.test(service) ? "everything" : "service";
}
