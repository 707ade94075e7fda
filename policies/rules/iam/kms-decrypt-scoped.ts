import { z } from "zod";
import { isOpenToEveryone, narrows } from "../../aws/conditions";
import { IDENTITY_POLICY_TYPES, identityPoliciesOf } from "../../aws/identity-policies";
import { withNativeResources } from "../../aws/native";
import { matchesPattern, type Statement, statementsOf } from "../../aws/policy-document";
import { securityHub } from "../../kit/controls";
import type { Report } from "../../kit/report";
import { resourceRule } from "../../kit/rule";
import type { Value } from "../../kit/value";

/** Actions whose answer is plaintext, or the same data under a key of the caller's choice, in lower case. */
const DECRYPTING = ["kms:decrypt", "kms:reencryptfrom", "kms:generatedatakey", "kms:generatedatakeypair"];

/** Types with a key policy, in which resource `*` is the key itself. */
const KEY_POLICY_TYPES = [
    "aws:kms/key:Key",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
];

const Settings = z.strictObject({
    narrowingConditionKeys: z
        .array(z.string().min(1))
        .default([
            "aws:ResourceTag/*",
            "kms:EncryptionContext:*",
            "kms:RequestAlias",
            "kms:ResourceAliases",
            "kms:ViaService",
        ])
        .describe(
            "Condition keys that may stand in for named keys, as patterns, where the condition asks for fixed values. " +
                "Letter case does not matter.",
        ),
});

type Settings = z.output<typeof Settings>;

/**
 * Whoever may decrypt with every key of an account can read every secret in it, Pulumi's state included.
 *
 * An identity policy names its keys when no resource of an Allow reaches keys that nobody named. In a key policy `*` means
 * the key itself, and the statement that gives the account's root all actions is AWS's own default; what counts there is
 * that nobody but known accounts is let in.
 * Source: AWS KMS Developer Guide, "Best practices for IAM policies", "Default key policy"; AWS Security Hub User Guide,
 * KMS.1 (whose check does not look at conditions).
 */
const classic = resourceRule({
    name: "kms-decrypt-scoped",
    title: "Only named principals decrypt with named keys",
    description:
        "Identity policies must allow decryption with named KMS keys only, and key policies must not let everyone in.",
    severity: "high",
    enforcementLevel: "advisory",
    tags: ["aws", "kms", "iam", "least-privilege"],
    controls: securityHub("KMS.1", "KMS.2", "KMS.5"),
    remediationSteps: [
        "Name the ARNs of the keys in `Resource` instead of `*`; aliases do not work there.",
        "Where keys are many, tie the statement to them with a condition on `kms:ResourceAliases` or `aws:ResourceTag/…`.",
        "In a key policy, name the accounts or roles as principals.",
    ],
    url: "https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html",
    settings: Settings,
    types: [...IDENTITY_POLICY_TYPES, ...KEY_POLICY_TYPES],
    judge(resource, settings, report) {
        for (const document of identityPoliciesOf(resource)) {
            eachStatement(document, report, statement => judgeGrant(statement, settings, report));
        }
        if (!KEY_POLICY_TYPES.includes(resource.type)) return;
        eachStatement(resource.props.get("policy"), report, (statement, all) =>
            judgeKeyStatement(statement, all, report),
        );
    },
});

export const rule = withNativeResources(classic);

function eachStatement(
    property: Value,
    report: Report,
    judge: (statement: Statement, all: readonly Statement[]) => void,
): void {
    const statements = statementsOf(property, report);
    for (const statement of statements) {
        if (statement.at.isUnknown) report.undetermined(statement.at, "the statement is unknown until the update.");
        else judge(statement, statements);
    }
}

function judgeGrant(statement: Statement, { narrowingConditionKeys }: Settings, report: Report): void {
    if (!statement.isAllow) return;
    if (!decrypts(statement)) {
        for (const action of statement.actions.filter(({ isUnknown }) => isUnknown)) {
            report.undetermined(action, "whether the action decrypts is unknown until the update.");
        }
        return;
    }
    if (statement.conditions.some(condition => narrows(condition, narrowingConditionKeys))) return;
    const granted =
        statement.notActions.length > 0 ? "by `NotAction`" : `by ${shown(statement.actions.filter(decryptsByItself))}`;
    const [except] = statement.notResources;
    if (except !== undefined) {
        report.violation(
            except,
            `allows decryption (${granted}) with all KMS keys but some; expected \`Resource\` with the ARNs of the keys.`,
        );
    }
    for (const resource of statement.resources) {
        // An unknown ARN is that of something that this stack creates, which is one thing.
        if (resource.isUnknown) continue;
        const text = resource.string();
        if (text === undefined || reachesUnnamedKeys(text.trim())) {
            report.violation(
                resource,
                `is ${resource.show()}, which allows decryption (${granted}) with keys that nobody named; expected the ARNs of the keys.`,
            );
        }
    }
}

const shown = (values: readonly Value[]) => values.map(value => value.show()).join(", ");

function decrypts({ actions, notActions }: Statement): boolean {
    if (notActions.length === 0) return actions.some(decryptsByItself);
    return DECRYPTING.some(action => !notActions.some(pattern => covers(pattern, action)));
}

const decryptsByItself = (action: Value): boolean => DECRYPTING.some(decrypting => covers(action, decrypting));

function covers(pattern: Value, action: string): boolean {
    return matchesPattern(pattern.string()?.trim().toLowerCase() ?? "", action);
}

/** Ids that no two keys have in common but by a wildcard: plain ones and those of multi-Region keys. */
const ARBITRARY_KEYS = [
    ["1f0c9a4e-7d2b-4c68-9e13-5a8b7c6d2e0f", "e83d5b71-0a9f-4d26-8c47-b2f1906e7a3c"],
    ["mrk-1f0c9a4e7d2b4c689e135a8b7c6d2e0f", "mrk-e83d5b710a9f4d268c47b2f1906e7a3c"],
];

/** Whether a resource pattern matches keys whatever their id is, in the partition, Region and account that it names. */
function reachesUnnamedKeys(pattern: string): boolean {
    const named = pattern.split(":");
    const part = (index: number, otherwise: string) => {
        const text = named[index] ?? "";
        return text === "" || /[*?]/.test(text) ? otherwise : text;
    };
    const prefix = `arn:${part(1, "aws")}:kms:${part(3, "eu-west-1")}:${part(4, "123456789012")}:key/`;
    return ARBITRARY_KEYS.some(ids => ids.every(id => matchesPattern(pattern, `${prefix}${id}`)));
}

function judgeKeyStatement(statement: Statement, all: readonly Statement[], report: Report): void {
    const verdict = isOpenToEveryone(statement, all);
    if (verdict === "unknown") {
        report.undetermined(statement.at, "whom the statement lets in is unknown until the update.");
    } else if (verdict === "yes") {
        const who = statement.hasNotPrincipal ? "everyone but some" : "everyone";
        const what = statement.notActions.length > 0 ? "all actions but some" : shown(statement.actions);
        report.violation(
            statement.at,
            `lets ${who} use the key (${what}) without a condition that restricts the caller; expected named principals.`,
        );
    }
}
