import type { Resource } from "../kit/resource";
import type { Truth } from "../kit/truth";
import type { Value } from "../kit/value";

/** Settings of a provider that decide by whose credentials it works, and so in which account. */
const CREDENTIALS = [
    "accessKey",
    "secretKey",
    "token",
    "profile",
    "sharedConfigFiles",
    "sharedCredentialsFiles",
    "assumeRole",
    "assumeRoles",
    "assumeRoleWithWebIdentity",
    "endpoints",
] as const;

/**
 * Whether two resources are in one AWS account, as far as their providers tell: those of one provider are; those of providers
 * that name the account, by the role they assume or by the only one that they allow, are or are not; those of providers
 * with the same credentials (whatever their Region) are. Anything else is unknown.
 *
 * Source: API documentation of @pulumi/aws 7.48, Provider (`assumeRoles`, `allowedAccountIds`, `profile` …).
 */
export function isSameAccount(a: Resource, b: Resource): Truth {
    const [left, right] = [a.provider, b.provider];
    if (left?.urn === right?.urn) return "yes";
    if (left === undefined || right === undefined) return "unknown";
    const [ours, theirs] = [accountOf(left.props), accountOf(right.props)];
    if (ours !== undefined && theirs !== undefined) return ours === theirs ? "yes" : "no";
    return CREDENTIALS.every(name => isSame(setting(left.props, name), setting(right.props, name))) ? "yes" : "unknown";
}

/** Whether a resource's provider names the account that it is in, and the other's does not. */
export function isInNamedAccountAlone(a: Resource, b: Resource): boolean {
    const named = ({ provider }: Resource) => provider !== undefined && accountOf(provider.props) !== undefined;
    return named(a) && !named(b);
}

/** The account that a provider names; undefined where it works in whatever account its credentials belong to. */
function accountOf(props: Value): string | undefined {
    const roles = ["assumeRole", "assumeRoles", "assumeRoleWithWebIdentity"].flatMap(name =>
        setting(props, name).items(),
    );
    const role = roles.at(-1);
    if (role !== undefined) return /^arn:aws[a-z-]*:iam::(\d{12}):role\//.exec(role.get("roleArn").string() ?? "")?.[1];
    const [only, ...others] = setting(props, "allowedAccountIds").items();
    return others.length === 0 ? only?.text() : undefined;
}

/** A provider's setting. The engine writes those that are no plain text as JSON. */
function setting(props: Value, name: string): Value {
    const value = props.get(name);
    const text = value.string();
    if (text === undefined || !/^[[{"]/.test(text)) return value;
    try {
        return value.reread(JSON.parse(text));
    } catch {
        return value;
    }
}

function isSame(a: Value, b: Value): boolean {
    if (a.isUnknown || b.isUnknown) return false;
    return (a.isMissing && b.isMissing) || JSON.stringify(a.raw) === JSON.stringify(b.raw);
}
