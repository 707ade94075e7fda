import type { Truth } from "../kit/truth";
import type { Value } from "../kit/value";

const PARAMETER = "aws:ssm/parameter:Parameter";

/** Properties in which a service keeps secrets encrypted and shows them to nobody but those whom it lets in, by type. */
const VAULTS: ReadonlyMap<string, readonly string[]> = new Map([
    ["aws:secretsmanager/secretVersion:SecretVersion", ["secretString", "secretBinary", "secretStringWo"]],
    [PARAMETER, ["value", "valueWo"]],
    ["kubernetes:core/v1:Secret", ["data", "stringData"]],
]);

/** Whether a property of a resource is one in which a service keeps secrets. A parameter is one where its type says so. */
export function isVault(type: string, property: string, props: Value): Truth {
    if (VAULTS.get(type)?.includes(property) !== true) return "no";
    if (type !== PARAMETER) return "yes";
    const kind = props.get("type");
    if (kind.isUnknown) return "unknown";
    return kind.string() === "SecureString" ? "yes" : "no";
}
