// The borders of every setting: the least and the greatest value that it takes, and what lies just beyond.
import type { Rule } from "../../policies/kit/rule";
import { rules } from "../../policies/rules";

/** The shortest text that a pattern can be, and none. */
const SHORTEST: Border = { accepted: [["*"]], refused: [[""]] };
/** The same where there must be some pattern. */
const SOME: Border = { accepted: [["*"]], refused: [[""], []] };
const FOLDER: Border = { accepted: ["."], refused: [""] };
const ENTROPY: Border = { accepted: [1, 8], refused: [0.99, 8.01] };
const SWITCH: Border = { accepted: [true, false], refused: ["true", 1, null] };
const STATE_STORES: Readonly<Record<string, Border>> = {
    stateStores: SHORTEST,
    stateTags: { accepted: [["k=v"], ["purpose=a=b"]], refused: [["k="], ["=v"], ["k"]] },
};

interface Border {
    readonly accepted: readonly unknown[];
    readonly refused: readonly unknown[];
}

const BORDERS: Readonly<Record<string, Readonly<Record<string, Border>>>> = {
    "ci-workflow-hardened": {
        projectDir: FOLDER,
        require: {
            accepted: [
                ["pinned-actions"],
                ["least-permissions"],
                ["oidc-login"],
                ["no-static-credentials"],
                ["encrypted-settings"],
                ["protected-environment"],
                ["separate-roles"],
                ["no-untrusted-checkout"],
                ["no-script-injection"],
                ["dependency-audit"],
                ["kept-protection"],
                ["policy-pack"],
            ],
            refused: [[], ["all"], [""]],
        },
        allowedWrites: SHORTEST,
        stacksWithoutEnvironment: SHORTEST,
        hasOrganizationPolicies: SWITCH,
    },
    "critical-resources-protected": {
        resourceTypes: SHORTEST,
        additionalResourceTypes: SHORTEST,
        acceptDeletionProtection: SWITCH,
        retainedNames: SHORTEST,
    },
    "deletion-protection-required": {
        resourceTypes: { accepted: [["*"], ["aws:kms/key:Key"]], refused: [["aws:sfn/*"], [""]] },
        minRecoveryDays: { accepted: [7, 30], refused: [6, 31, 7.5] },
    },
    "dependencies-pinned": {
        projectDir: FOLDER,
        requireExactVersions: SWITCH,
        requireHashes: SWITCH,
        requireScriptAllowList: SWITCH,
        allowedInstallScripts: SHORTEST,
        registries: {
            accepted: ["nodejs", "python", "go", "dotnet", "java"].map(name => ({ [name]: "https://a.example" })),
            refused: [{ nodejs: "a.example" }, { rust: "https://a.example" }],
        },
    },
    "drift-detection-scheduled": {
        projectDir: FOLDER,
        productionStacks: SOME,
        maxIntervalHours: { accepted: [0.5], refused: [0, -1] },
        managedBy: { accepted: ["workflow", "pulumi-cloud"], refused: ["", "cron"] },
    },
    "esc-environment-hardened": {
        projectDir: FOLDER,
        environmentFiles: SHORTEST,
        maxEnvironments: { accepted: [1], refused: [0, 1.5] },
        productionEnvironments: SHORTEST,
        productionStacks: SHORTEST,
        minEntropy: ENTROPY,
    },
    "iam-no-wildcard-actions": {
        allowedActions: SHORTEST,
        boundaryPolicies: SHORTEST,
        forbiddenManagedPolicies: SHORTEST,
        escalationActions: SHORTEST,
    },
    "kms-decrypt-scoped": { narrowingConditionKeys: SHORTEST },
    "kms-secrets-provider-required": {
        allowedProviders: { accepted: [["a"], ["a9"]], refused: [[], [""], ["awskms:"], ["Awskms"], ["-a"]] },
        allowedKeys: SHORTEST,
        projectDir: FOLDER,
    },
    "no-plaintext-config-secrets": {
        projectDir: FOLDER,
        allowedKeys: SHORTEST,
        secretKeys: SHORTEST,
        minEntropy: ENTROPY,
    },
    "no-public-s3-buckets": {
        allowedAcls: {
            accepted: [["public-read"], ["public-read-write"], ["authenticated-read"]],
            refused: [["private"], [""]],
        },
        allowedPublicActions: SHORTEST,
    },
    "no-static-credentials": { allowedUsers: SHORTEST },
    "oidc-trust-policy-scoped": { readOnlyRoles: SHORTEST, allowedSubjects: SHORTEST, gitlabHosts: SHORTEST },
    "resource-policies-not-public": { allowPublicFunctionUrls: SWITCH, requireSourceOfServices: SWITCH },
    "s3-bucket-encryption-required": {
        allowedAlgorithms: {
            accepted: [["AES256"], ["aws:kms"], ["aws:kms:dsse"]],
            refused: [[], ["aes256"], ["none"]],
        },
        requireCustomerManagedKey: SWITCH,
        requireBucketKey: SWITCH,
    },
    "s3-public-access-blocked": {
        requiredFlags: {
            accepted: [["blockPublicAcls"], ["blockPublicPolicy"], ["ignorePublicAcls"], ["restrictPublicBuckets"]],
            refused: [[], ["blockAll"]],
        },
    },
    "secrets-marked": { allowedNames: SHORTEST, minEntropy: ENTROPY },
    "sg-no-ingress-all": {
        allowBalancerListeners: SWITCH,
        allowedPortsOfGroups: {
            accepted: [[], [{ groups: ["*"], ports: [0] }], [{ groups: ["web"], ports: ["8000-8100"] }]],
            refused: [
                [{ groups: [], ports: [443] }],
                [{ groups: [""], ports: [443] }],
                [{ groups: ["web"], ports: [65_536] }],
                [{ groups: ["web"] }],
            ],
        },
        allowedPorts: {
            accepted: [[0], [65_535], ["0"], ["65535"], ["0-65535"]],
            refused: [[-1], [65_536], ["-1"], ["100000"], ["1-"], ["a80"], ["80a"], ["1-2-3"], [""], [8.5]],
        },
        allowIcmp: SWITCH,
        judgeNetworkAcls: SWITCH,
        requireEmptyDefaultGroups: SWITCH,
    },
    "state-access-audited": { ...STATE_STORES, trailElsewhere: SWITCH, alertsElsewhere: SWITCH },
    "state-bucket-hardened": { ...STATE_STORES, allowedPrincipals: SHORTEST },
};

test("every setting of every rule has its borders here", () => {
    const settings = (rule: Rule) => Object.keys(rule.settings.shape).sort();
    const known = rules.map(rule => [rule.name, settings(rule)] as const).filter(([, names]) => names.length > 0);
    expect(Object.fromEntries(Object.entries(BORDERS).map(([name, each]) => [name, Object.keys(each).sort()]))).toEqual(
        Object.fromEntries(known),
    );
});

const withSettings = rules.filter(({ name }) => BORDERS[name] !== undefined);

describe.each(withSettings.map(rule => [rule.name, rule.settings] as const))("%s", (name, schema) => {
    test.each(Object.entries(BORDERS[name] ?? {}))("takes and refuses %s at its borders", (setting, border) => {
        const takes = (value: unknown) => schema.safeParse({ [setting]: value }).success;
        expect({
            accepted: border.accepted.filter(takes),
            refused: border.refused.filter(value => !takes(value)),
        }).toEqual(border);
    });
});
