import type { ResourceRule, StackRule } from "../../policies/kit/rule";
import { rules } from "../../policies/rules";
import { Ref, UNKNOWN } from "../support/engine-args";
import { isMap } from "../support/json";
import { loadExamples } from "../support/load-examples";
import { examples, judgeResource, judgeStack, type Verdict } from "../support/test-rule";

loadExamples();

type Props = Record<string, unknown>;

/** Values of which a rule says nothing while they are unknown, by their place, and why that hides nothing. */
const SILENT: Readonly<Record<string, readonly (readonly [place: RegExp, why: string])[]>> = {
    "iam-no-wildcard-actions": [
        [/^name$/, "a policy whose name is unknown goes by the program's name for it"],
        [
            /^(policyArns?|managedPolicyArns?)\b/,
            "an unknown ARN is of a policy that the program makes, which is judged itself",
        ],
    ],
    "kms-decrypt-scoped": [[/\.Resource$/, "an unknown ARN is of a key that the program makes, and so names it"]],
    "no-static-credentials": [
        [
            /^(?!(environment(\.variables)?|environmentVariables|containerDefinitions|userData(Base64)?|buildSpec|source|stages|variables|stageVariables)$)/,
            "references fill single variables; what they hold is judged in the update",
        ],
    ],
    "oidc-trust-policy-scoped": [
        [
            /^assumeRolePolicy(Document)?\.Statement(\[0\])?\.Principal$/,
            "conditions name the issuers while the provider is unknown",
        ],
    ],
    "secrets-marked": [[/./, "an unknown value comes from a provider, which marks its secrets itself"]],
    "resource-policies-not-public": [
        [/^vpcOptions/, "subnets are subnets, whichever they are"],
        [/^sourceArn$/, "an unknown ARN is of a resource that the program makes, and so names it"],
    ],
    "s3-bucket-encryption-required": [[/kmsMasterKeyId$/, "an unknown ARN is of a key that the program makes"]],
    "sg-no-ingress-all": [
        [/^shop: /, "whose group it is, is found by what the program refers to"],
        [/\.(protocol|fromPort|toPort)$/, "parts of the internet count together for equal ports only"],
    ],
    "state-access-audited": [
        [
            /^[^:]+: (bucket|bucketName|tags|tagsAll|name)\b/,
            "state-bucket-hardened says what may mark a store of state",
        ],
    ],
    "state-bucket-hardened": [
        [/: (members?|entity|roleEntities|predefinedAcl)/, "an unknown member is an identity that the program makes"],
        [/: (logging|name$)/, "an unknown target of logs is another bucket that the program makes"],
        [/: (accountName|storageAccount(Name|Id)|id)$/, "a container's account is found by what the program refers to"],
    ],
};

/** A case with one value of a resource unknown, by the place of that value. */
interface Variant {
    readonly name: string;
    readonly place: string;
    readonly known: Verdict;
    judge(): Verdict;
}

/** Each value at any depth, with the properties in which it alone is unknown. */
function unknownsIn(props: Props): { readonly place: string; readonly props: Props }[] {
    const found: { place: string; props: Props }[] = [];
    const visit = (value: unknown, place: string, rebuild: (value: unknown) => Props) => {
        if (value === UNKNOWN || value instanceof Ref) return;
        found.push({ place, props: rebuild(UNKNOWN) });
        if (Array.isArray(value)) {
            for (const [index, item] of value.entries())
                visit(item, `${place}[${index}]`, changed => rebuild(value.with(index, changed)));
        } else if (isMap(value)) {
            for (const [key, item] of Object.entries(value))
                visit(item, `${place}.${key}`, changed => rebuild({ ...value, [key]: changed }));
        }
    };
    for (const [key, item] of Object.entries(props)) visit(item, key, changed => ({ ...props, [key]: changed }));
    return found;
}

function ofResource(rule: ResourceRule): Variant[] {
    const type = rule.types === "all" ? "any:type:Any" : (rule.types[0] ?? "");
    return (examples.resource.get(rule) ?? []).flatMap(({ name, settings = {}, props, ...resource }) => {
        const judge = (given: Props) => judgeResource(rule, { type, ...resource, props: given }, settings);
        const known = judge(props);
        return unknownsIn(props).map(({ place, props: given }) => ({ name, place, known, judge: () => judge(given) }));
    });
}

function ofStack(rule: StackRule): Variant[] {
    const cases = (examples.stack.get(rule) ?? []).filter(({ form }) => form !== "update");
    return cases.flatMap(({ name, settings = {}, resources, backendUrl }) => {
        const known = judgeStack(rule, resources, settings, "preview", backendUrl);
        return resources.flatMap((resource, index) =>
            unknownsIn(resource.props ?? {}).map(({ place, props }) => ({
                name,
                place: `${resource.name ?? "subject"}: ${place}`,
                known,
                judge: () =>
                    judgeStack(rule, resources.with(index, { ...resource, props }), settings, "preview", backendUrl),
            })),
        );
    });
}

const judged = rules.filter((rule): rule is ResourceRule | StackRule => rule.scope !== "project");

test.each(judged.map(rule => [rule.name, rule] as const))(
    "%s says of each value that it needs that it is unknown",
    (_, rule) => {
        const variants = rule.scope === "stack" ? ofStack(rule) : ofResource(rule);
        const silent = variants.filter(({ known, judge }) => {
            const { violations, notes } = judge();
            return violations.length < known.violations.length && notes.length === 0;
        });
        const unexplained = silent.filter(
            ({ place }) => !(SILENT[rule.name] ?? []).some(([known]) => known.test(place)),
        );
        expect(unexplained.map(({ name, place }) => `${name}: ${place}`)).toEqual([]);
    },
);
