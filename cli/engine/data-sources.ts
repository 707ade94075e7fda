/** Stands for the account that a program runs in; AWS's own documentation uses it. */
export const PLACEHOLDER_ACCOUNT = "123456789012";

type Answer = Readonly<Record<string, unknown>>;

/**
 * What the functions of a provider answer without a cloud, by token. Documents are built as the provider builds them;
 * what only an account could tell is a placeholder.
 */
export const DATA_SOURCES: Readonly<Record<string, (args: Answer, region: string) => Answer>> = {
    "aws:iam/getPolicyDocument:getPolicyDocument": args => {
        const json = JSON.stringify(policyDocument(args));
        return { id: "policy-document", json, minifiedJson: json };
    },
    "aws:index/getCallerIdentity:getCallerIdentity": () => ({
        id: PLACEHOLDER_ACCOUNT,
        accountId: PLACEHOLDER_ACCOUNT,
        arn: `arn:aws:iam::${PLACEHOLDER_ACCOUNT}:user/preview`,
        userId: PLACEHOLDER_ACCOUNT,
    }),
    "aws:index/getRegion:getRegion": (_args, region) => ({ id: region, name: region, region }),
    "aws:index/getPartition:getPartition": () => ({
        id: "aws",
        partition: "aws",
        dnsSuffix: "amazonaws.com",
        reverseDnsPrefix: "com.amazonaws",
    }),
    "aws:index/getAvailabilityZones:getAvailabilityZones": (_args, region) => ({
        id: region,
        names: ["a", "b", "c"].map(zone => `${region}${zone}`),
        zoneIds: ["az1", "az2", "az3"].map(zone => `${region}-${zone}`),
    }),
};

/**
 * A single value is written without a list, as the provider does. Throws SyntaxError for a given document that is no JSON.
 *
 * Source: Pulumi AWS provider, aws.iam.getPolicyDocument.
 */
function policyDocument(args: Answer): Answer {
    const own = list(args.statements).map(item => statement(item as Answer));
    const layers = [
        ...list(args.sourcePolicyDocuments).map(statementsOf),
        own,
        ...list(args.overridePolicyDocuments).map(statementsOf),
    ];
    return {
        Version: args.version ?? "2012-10-17",
        ...(args.policyId === undefined ? {} : { Id: args.policyId }),
        Statement: layers.reduce(merged, []),
    };
}

function statementsOf(document: unknown): readonly Answer[] {
    const { Statement } = JSON.parse(String(document)) as { Statement?: unknown };
    return list(Statement) as Answer[];
}

/** A later statement takes the place of an earlier one with the same `Sid`; those without one are added. */
function merged(earlier: readonly Answer[], later: readonly Answer[]): readonly Answer[] {
    const result = [...earlier];
    for (const item of later) {
        const index = item.Sid ? result.findIndex(({ Sid }) => Sid === item.Sid) : -1;
        if (index === -1) result.push(item);
        else result[index] = item;
    }
    return result;
}

function statement(source: Answer): Answer {
    const conditions: Record<string, Record<string, unknown>> = {};
    for (const condition of list(source.conditions) as Answer[]) {
        const operator = String(condition.test);
        conditions[operator] = { ...conditions[operator], [String(condition.variable)]: short(condition.values) };
    }
    return {
        ...optional("Sid", source.sid),
        Effect: source.effect ?? "Allow",
        ...optional("Action", short(source.actions)),
        ...optional("NotAction", short(source.notActions)),
        ...optional("Resource", short(source.resources)),
        ...optional("NotResource", short(source.notResources)),
        ...optional("Principal", principals(source.principals)),
        ...optional("NotPrincipal", principals(source.notPrincipals)),
        ...(Object.keys(conditions).length === 0 ? {} : { Condition: conditions }),
    };
}

function principals(given: unknown): unknown {
    const blocks = list(given) as Answer[];
    if (blocks.length === 0) return undefined;
    if (blocks.some(block => block.type === "*")) return "*";
    return Object.fromEntries(blocks.map(block => [String(block.type), short(block.identifiers)]));
}

function short(value: unknown): unknown {
    const values = list(value);
    return values.length === 0 ? undefined : values.length === 1 ? values[0] : values;
}

function list(value: unknown): unknown[] {
    return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

function optional(key: string, value: unknown): Answer {
    return value === undefined || value === "" ? {} : { [key]: value };
}
