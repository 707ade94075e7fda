import { rule } from "../../../../policies/rules/state/state-bucket-hardened";
import { ref, type TestResource } from "../../../support/engine-args";
import { HARDENED_GCS } from "../../../support/hardened-store";
import { judgeStack } from "../../../support/test-rule";

const violations = (resources: readonly TestResource[]) => judgeStack(rule, resources).violations;

const NAME = HARDENED_GCS.name;

describe("a bucket of Google", () => {
    const of = (props: object, ...others: TestResource[]) =>
        violations([{ ...HARDENED_GCS, props: { ...HARDENED_GCS.props, ...props } }, ...others]);
    test("that is right", () => expect(of({})).toEqual([]));
    test.each([
        ["publicAccessPrevention", "Enforced", 0],
        ["publicAccessPrevention", " enforced ", 0],
        ["publicAccessPrevention", "inherited", 1],
        ["uniformBucketLevelAccess", false, 1],
        ["versioning", { enabled: false }, 1],
        ["versioning", {}, 1],
        ["encryption", { defaultKmsKeyName: "" }, 1],
        ["logging", { logBucket: "acme-state" }, 1],
        ["logging", { logBucket: "" }, 1],
        ["softDeletePolicy", { retentionDurationSeconds: 0 }, 1],
        ["softDeletePolicy", { retentionDurationSeconds: 1 }, 0],
    ])("whose %s is %j: %d", (name, value, found) => expect(of({ [name]: value })).toHaveLength(found));
    const grant = (type: string, props: object) =>
        of({}, { type: `gcp:storage/${type}`, name: "grant", props: { bucket: ref(NAME, "name"), ...props } }).length;
    test.each(["allUsers", "allAuthenticatedUsers", "ALLUSERS", " allUsers "])("that %s may use", member => {
        expect(grant("bucketIAMMember:BucketIAMMember", { member })).toBe(1);
        expect(grant("bucketIAMBinding:BucketIAMBinding", { members: ["user:a@acme.example", member] })).toBe(1);
        expect(
            grant("bucketIAMPolicy:BucketIAMPolicy", {
                policyData: JSON.stringify({ bindings: [{ members: ["user:a@acme.example"] }, { members: [member] }] }),
            }),
        ).toBe(1);
        expect(grant("bucketAccessControl:BucketAccessControl", { entity: member })).toBe(1);
        expect(grant("bucketACL:BucketACL", { roleEntities: [`READER:${member.trim()}`] })).toBe(1);
    });
    test.each(["publicRead", "publicReadWrite", "authenticatedRead", "PUBLICREAD"])("with the list %s", list =>
        expect(grant("bucketACL:BucketACL", { predefinedAcl: list })).toBe(1),
    );
    test.each(["user:a@acme.example", "xallUsers", "allUsersX", "private", "xpublicRead", "projectPrivate"])(
        "that %s may use, who is not everyone",
        member => {
            expect(grant("bucketIAMMember:BucketIAMMember", { member })).toBe(0);
            expect(grant("bucketACL:BucketACL", { predefinedAcl: member })).toBe(0);
        },
    );
    test("with a policy that is no JSON", () =>
        expect(grant("bucketIAMPolicy:BucketIAMPolicy", { policyData: "allUsers" })).toBe(0));
});

describe("a storage account of Azure", () => {
    const account =
        (type: string, right: object) =>
        (props: object, ...others: TestResource[]) =>
            violations([
                { type, name: "states", props: { ...right, tags: { purpose: "pulumi-state" }, ...props } },
                ...others,
            ]).length;
    const SERVICE = {
        type: "azure-native:storage:BlobServiceProperties",
        name: "blobs",
        props: {
            accountName: ref("states", "accountName"),
            isVersioningEnabled: true,
            deleteRetentionPolicy: { enabled: true },
        },
    };
    const native = account("azure-native:storage:StorageAccount", {
        accountName: "acmestates",
        allowBlobPublicAccess: false,
        allowSharedKeyAccess: false,
        minimumTlsVersion: "TLS1_2",
        encryption: { keySource: "Microsoft.Keyvault" },
        networkRuleSet: { defaultAction: "Deny" },
    });
    test.each([
        [{}, 0],
        [{ allowBlobPublicAccess: true }, 1],
        [{ allowBlobPublicAccess: null }, 1],
        [{ allowSharedKeyAccess: true }, 1],
        [{ allowSharedKeyAccess: null }, 1],
        [{ minimumTlsVersion: "tls1_2" }, 0],
        [{ minimumTlsVersion: "TLS1_3" }, 0],
        [{ minimumTlsVersion: "TLS1_1" }, 1],
        [{ minimumTlsVersion: null }, 1],
        [{ enableHttpsTrafficOnly: true }, 0],
        [{ enableHttpsTrafficOnly: false }, 1],
        [{ encryption: { keySource: "MICROSOFT.KEYVAULT" } }, 0],
        [{ encryption: { keySource: "Microsoft.Storage" } }, 1],
        [{ encryption: null }, 1],
        [{ networkRuleSet: { defaultAction: "deny" } }, 0],
        [{ networkRuleSet: { defaultAction: "Allow" } }, 1],
        [{ networkRuleSet: null }, 1],
        [{ networkRuleSet: null, publicNetworkAccess: "Disabled" }, 0],
        [{ networkRuleSet: null, publicNetworkAccess: "Enabled" }, 1],
    ])("by the native provider with %j: %d", (props, found) => expect(native(props, SERVICE)).toBe(found));
    test("by the native provider, with its blob service", () => {
        const service = (type: string, props: object) =>
            native({}, { ...SERVICE, type, props: { ...SERVICE.props, ...props } });
        expect(service("azure-native:storage/v20230101:BlobServiceProperties", {})).toBe(0);
        expect(service("azure-native:storage/v20230101preview:BlobServiceProperties", {})).toBe(0);
        expect(service("azure-native:storagemover:BlobServiceProperties", {})).toBe(2);
        expect(service("azure-native:storage:BlobServicePropertiesOther", {})).toBe(2);
        expect(service(SERVICE.type, { isVersioningEnabled: false })).toBe(1);
        expect(service(SERVICE.type, { deleteRetentionPolicy: { enabled: false } })).toBe(1);
        expect(native({})).toBe(2);
    });
    const classic = account("azure:storage/account:Account", {
        name: "acmestates",
        allowNestedItemsToBePublic: false,
        sharedAccessKeyEnabled: false,
        customerManagedKey: { keyVaultKeyId: "https://acme.vault.azure.net/keys/state" },
        networkRules: { defaultAction: "Deny" },
        blobProperties: { versioningEnabled: true, deleteRetentionPolicy: {} },
    });
    test.each([
        [{}, 0],
        [{ allowNestedItemsToBePublic: true }, 1],
        [{ allowNestedItemsToBePublic: null }, 1],
        [{ sharedAccessKeyEnabled: true }, 1],
        [{ sharedAccessKeyEnabled: null }, 1],
        [{ httpsTrafficOnlyEnabled: true }, 0],
        [{ httpsTrafficOnlyEnabled: false }, 1],
        [{ enableHttpsTrafficOnly: false }, 1],
        [{ minTlsVersion: "TLS1_2" }, 0],
        [{ minTlsVersion: "TLS1_0" }, 1],
        [{ customerManagedKey: { managedHsmKeyId: "https://acme.managedhsm.azure.net/keys/state" } }, 0],
        [{ customerManagedKey: {} }, 1],
        [{ customerManagedKey: null }, 1],
        [{ networkRules: { defaultAction: "Allow" } }, 1],
        [{ networkRules: null }, 1],
        [{ networkRules: null, publicNetworkAccessEnabled: false }, 0],
        [{ networkRules: null, publicNetworkAccessEnabled: true }, 1],
        [{ blobProperties: { deleteRetentionPolicy: {} } }, 1],
        [{ blobProperties: { versioningEnabled: true } }, 1],
        [{ blobProperties: null }, 2],
    ])("by the classic provider with %j: %d", (props, found) => expect(classic(props)).toBe(found));
    test("by the classic provider, with separate resources", () => {
        const separate = (type: string, props: object): TestResource => ({
            type,
            name: "separate",
            props: { storageAccountId: ref("states"), ...props },
        });
        const rules = "azure:storage/accountNetworkRules:AccountNetworkRules";
        const key = "azure:storage/customerManagedKey:CustomerManagedKey";
        const open = { networkRules: null };
        const unkeyed = { customerManagedKey: null };
        expect(classic(open, separate(rules, { defaultAction: "Deny" }))).toBe(0);
        expect(classic(open, separate(rules, { defaultAction: "Allow" }))).toBe(1);
        expect(classic(open, separate(`x${rules}`, { defaultAction: "Deny" }))).toBe(1);
        expect(classic(open, separate(`${rules}X`, { defaultAction: "Deny" }))).toBe(1);
        for (const name of ["keyVaultKeyId", "keyName", "managedHsmKeyId"])
            expect(classic(unkeyed, separate(key, { [name]: "state" }))).toBe(0);
        expect(classic(unkeyed, separate(key, {}))).toBe(1);
        expect(classic(unkeyed, separate(`${key}X`, { keyName: "state" }))).toBe(1);
        expect(classic(unkeyed, separate(`x${key}`, { keyName: "state" }))).toBe(1);
    });
});
