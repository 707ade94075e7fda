import { stackOf } from "../../policies/kit/stack";
import {
    azureStateStores,
    gcsStateStores,
    type StateStoreSettings,
    s3StateStores,
    stateStoreSettings,
    unknownMarks,
} from "../../policies/state/stores";
import { ref, stackArgs, type TestResource, UNKNOWN } from "../support/engine-args";

const SETTINGS: StateStoreSettings = {
    stateStores: ["*pulumi-state*", "*pulumi-backend*", "*pulumistate*"],
    stateTags: ["purpose=pulumi-state"],
};

const S3 = "aws:s3/bucket:Bucket";
const GCS = "gcp:storage/bucket:Bucket";
const AZURE = "azure-native:storage:StorageAccount";
const CONTAINER = "azure-native:storage:BlobContainer";

const stack = (resources: readonly TestResource[], backend?: string) =>
    stackOf(stackArgs(resources, {}, "preview").resources, () => backend);

type Finder = typeof s3StateStores;

const names = (find: Finder, resources: readonly TestResource[], backend?: string, settings = SETTINGS) =>
    find(stack(resources, backend), settings).map(({ name }) => name);

const isStore = (props: Record<string, unknown>, name = "data", settings = SETTINGS) =>
    names(s3StateStores, [{ type: S3, name, props }], undefined, settings).length === 1;

test("the settings have these defaults", () => {
    expect(stateStoreSettings.stateStores.parse(undefined)).toEqual(SETTINGS.stateStores);
    expect(stateStoreSettings.stateTags.parse(undefined)).toEqual(SETTINGS.stateTags);
    expect(stateStoreSettings.stateStores.description).toBe(
        "Names of the buckets, storage accounts and blob containers that hold Pulumi state, as patterns. The name in the cloud counts and the one in the program; `pulumiState` and `pulumi_state` are read as `pulumi-state`. Buckets of logs about the state are left out, unless named without `*`.",
    );
    expect(stateStoreSettings.stateTags.description).toBe(
        "Tags or labels that mark such a store, as `name=value`, as patterns; case does not matter.",
    );
});

test.each([
    ["a=b", true],
    ["a=b=c", true],
    ["a=", false],
    ["=b", false],
    ["a", false],
    ["", false],
])("a tag is given as name and value: %j: %s", (tag, isValid) =>
    expect(stateStoreSettings.stateTags.safeParse([tag]).success).toBe(isValid),
);

test("a name has at least one letter", () => {
    expect(stateStoreSettings.stateStores.safeParse(["a"]).success).toBe(true);
    expect(stateStoreSettings.stateStores.safeParse([""]).success).toBe(false);
});

describe("a store by its name", () => {
    test.each([
        ["acme-pulumi-state", true],
        ["pulumi-state-prod", true],
        ["pulumi-backend", true],
        ["acmepulumistate1", true],
        ["pulumi_state", true],
        ["pulumi.state", true],
        ["pulumi state", true],
        ["pulumi _.state", true],
        ["pulumiState", true],
        ["PulumiState", true],
        ["stage2PulumiState", true],
        ["PULUMI_STATE", true],
        ["acme-data", false],
        ["pulumi-plans", false],
        ["state", false],
        // Logs and state machines.
        ...["log", "logs", "logging", "trail", "trails", "cloudtrail", "audit", "machine", "machines"].flatMap(
            (word): [string, boolean][] => [
                [`pulumi-state-${word}`, false],
                [`pulumi-state-access-${word}`, false],
                [`pulumi-backend-${word}-eu`, false],
                [`pulumi-state-${word}x`, true],
            ],
        ),
        ["pulumiStateLogs", false],
        ["logs-pulumi-state", true],
        ["pulumistate-logs", true],
        ["pulumi-state-catalogs", true],
    ])("%s: %s", (name, expected) => {
        expect(isStore({ bucket: name })).toBe(expected);
        expect(isStore({}, name)).toBe(expected);
    });

    test.each([
        ["bucket", true],
        ["bucketPrefix", true],
        ["name", true],
        ["accountName", true],
        ["containerName", true],
        ["id", true],
        ["arn", false],
        ["description", false],
    ])("in the property %s: %s", (property, expected) =>
        expect(isStore({ [property]: "acme-pulumi-state" })).toBe(expected),
    );

    test("one that is given without `*` is a store, whatever it goes on with", () => {
        const settings = { stateStores: ["pulumi-state-logs", "Other"], stateTags: [] };
        expect(isStore({ bucket: "pulumi-state-logs" }, "data", settings)).toBe(true);
        expect(isStore({ bucket: "Other" }, "data", settings)).toBe(true);
        expect(isStore({ bucket: "pulumi-state" }, "data", settings)).toBe(false);
    });

    test.each([{ bucket: UNKNOWN }, { bucket: 5 }, { bucket: null }, {}])("%j tells none", props =>
        expect(isStore(props)).toBe(false),
    );
});

describe("a store by a tag", () => {
    test.each([
        [{ tags: { purpose: "pulumi-state" } }, true],
        [{ tagsAll: { purpose: "pulumi-state" } }, true],
        [{ labels: { purpose: "pulumi-state" } }, true],
        [{ tags: { Purpose: "Pulumi-State" } }, true],
        [{ tags: { purpose: "pulumi-states" } }, false],
        [{ tags: { purpose: "data", other: "pulumi-state" } }, false],
        [{ tags: { purpose: UNKNOWN } }, false],
        [{ tags: "purpose=pulumi-state" }, false],
        [{ marks: { purpose: "pulumi-state" } }, false],
    ])("%j: %s", (props, expected) => expect(isStore(props)).toBe(expected));

    test("patterns of tags, in any case", () => {
        const settings = { stateStores: [], stateTags: ["Team=State-*"] };
        expect(isStore({ tags: { team: "state-eu" } }, "data", settings)).toBe(true);
        expect(isStore({ tags: { team: "other" } }, "data", settings)).toBe(false);
        expect(isStore({ tags: { "team=state-eu": 5 } }, "data", { ...settings, stateTags: ["team=state-eu="] })).toBe(
            true,
        );
    });
});

describe("a store by the stack's backend", () => {
    const bucket = { type: S3, name: "data", props: { bucket: "acme" } };
    test.each([
        ["s3://acme", true],
        ["s3://acme/folder", true],
        ["s3://acme?region=eu-west-1", true],
        ["s3://acme#x", true],
        ["s3://acme-other", false],
        ["gs://acme", false],
        ["azblob://acme", false],
        ["xs3://acme", false],
        ["s3:acme", false],
        ["s3://", false],
        ["https://s3://acme", false],
        ["file:///acme", false],
        [undefined, false],
    ])("%s: %s", (url, expected) => expect(names(s3StateStores, [bucket], url).length === 1).toBe(expected));

    test("each service by its own scheme", () => {
        expect(names(gcsStateStores, [{ type: GCS, name: "g", props: { name: "acme" } }], "gs://acme")).toEqual(["g"]);
        expect(names(gcsStateStores, [{ type: GCS, name: "g", props: { name: "acme" } }], "s3://acme")).toEqual([]);
        const account = { type: AZURE, name: "a", props: { accountName: "acme" } };
        const container = {
            type: CONTAINER,
            name: "c",
            props: { accountName: ref("a"), containerName: "acme-container" },
        };
        const both = [account, container];
        expect(names(azureStateStores, both, "azblob://acme-container")).toEqual(["a"]);
        expect(names(azureStateStores, both, "azblob://acme")).toEqual([]);
        expect(names(azureStateStores, both, "s3://acme-container")).toEqual([]);
    });
});

describe("S3", () => {
    test.each([S3, "aws:s3/bucketV2:BucketV2"])("%s may be one", type =>
        expect(names(s3StateStores, [{ type, name: "pulumi-state" }])).toEqual(["pulumi-state"]),
    );

    test.each(["aws:s3/directoryBucket:DirectoryBucket", GCS, "aws:s3/bucketObject:BucketObject"])("%s is none", type =>
        expect(names(s3StateStores, [{ type, name: "pulumi-state" }])).toEqual([]),
    );

    const state = { type: S3, name: "pulumi-state", props: { bucket: "one" } };
    const target = { type: S3, name: "pulumi-state-2", props: { bucket: "two" } };
    test("a bucket that another store writes its access logs to is none", () => {
        const inline = { ...state, props: { ...state.props, logging: { targetBucket: ref("pulumi-state-2") } } };
        expect(names(s3StateStores, [inline, target])).toEqual(["pulumi-state"]);
        const older = { ...state, props: { ...state.props, loggings: [{ targetBucket: ref("pulumi-state-2") }] } };
        expect(names(s3StateStores, [older, target])).toEqual(["pulumi-state"]);
        for (const type of ["aws:s3/bucketLogging:BucketLogging", "aws:s3/bucketLoggingV2:BucketLoggingV2"]) {
            const logging = { type, name: "l", props: { bucket: ref("pulumi-state"), targetBucket: "two" } };
            expect(names(s3StateStores, [state, target, logging])).toEqual(["pulumi-state"]);
        }
    });

    test("one that writes them to itself, or to one that is not here, is one", () => {
        const itself = { ...state, props: { ...state.props, logging: { targetBucket: "one" } } };
        expect(names(s3StateStores, [itself, target])).toEqual(["pulumi-state", "pulumi-state-2"]);
        const elsewhere = { ...state, props: { ...state.props, logging: { targetBucket: "three" } } };
        expect(names(s3StateStores, [elsewhere, target])).toEqual(["pulumi-state", "pulumi-state-2"]);
    });

    test("what a bucket of data writes its logs to does not matter", () => {
        const data = { type: S3, name: "data", props: { logging: { targetBucket: "two" } } };
        expect(names(s3StateStores, [data, target])).toEqual(["pulumi-state-2"]);
    });
});

describe("Azure", () => {
    test.each([
        AZURE,
        "azure-native:storage/v20230101:StorageAccount",
        "azure-native:storage/v20230101preview:StorageAccount",
        "azure:storage/account:Account",
    ])("%s may be one", type =>
        expect(names(azureStateStores, [{ type, name: "pulumi-state" }])).toEqual(["pulumi-state"]),
    );

    test.each([
        "azure-native:storage:StorageAccounts",
        "xazure-native:storage:StorageAccount",
        "azure-native:storage/x1:StorageAccount",
        "azure-native:storage/v:StorageAccount",
        "azure:storage/account:Accounts",
        "xazure:storage/account:Account",
        CONTAINER,
    ])("%s is none", type => expect(names(azureStateStores, [{ type, name: "pulumi-state" }])).toEqual([]));

    const account = { type: AZURE, name: "a", props: { accountName: "acme" } };
    test.each([
        [CONTAINER, "accountName"],
        ["azure-native:storage/v20230101:BlobContainer", "accountName"],
        ["azure:storage/container:Container", "storageAccountName"],
        ["azure:storage/container:Container", "storageAccountId"],
    ])("the account of the container %s, by %s", (type, property) => {
        const container = { type, name: "pulumi-state", props: { [property]: ref("a") } };
        expect(names(azureStateStores, [account, container])).toEqual(["a"]);
    });

    test.each([
        ["a container of data", CONTAINER, { accountName: ref("a"), containerName: "data" }],
        ["a container of nobody", CONTAINER, { containerName: "pulumi-state" }],
        [
            "what is no container",
            "azure-native:storage:BlobContainers",
            { accountName: ref("a"), name: "pulumi-state" },
        ],
        [
            "what only ends alike",
            "xazure-native:storage:BlobContainer",
            { accountName: ref("a"), name: "pulumi-state" },
        ],
        ["another's container", "azure:storage/container:Containers", { accountName: ref("a"), name: "pulumi-state" }],
        ["a container's kin", "xazure:storage/container:Container", { accountName: ref("a"), name: "pulumi-state" }],
    ])("%s makes no account one", (_, type, props) =>
        expect(names(azureStateStores, [account, { type, name: "c", props }])).toEqual([]),
    );

    test("an account is found once", () => {
        const store = { type: AZURE, name: "pulumi-state" };
        const container = { type: CONTAINER, name: "pulumi-state-c", props: { accountName: ref("pulumi-state") } };
        expect(names(azureStateStores, [store, container, { ...container, name: "pulumi-state-d" }])).toEqual([
            "pulumi-state",
        ]);
    });
});

describe("what is unknown and might mark a store", () => {
    const marks = (resources: readonly TestResource[], stores: readonly string[] = []) => {
        const all = stack(resources);
        const known = all.resources.filter(({ name }) => stores.includes(name));
        return unknownMarks(all, SETTINGS, known).map(({ resource, path }) => `${resource?.name}: ${path}`);
    };

    test.each([
        [S3, "bucket"],
        ["aws:s3/bucketV2:BucketV2", "bucket"],
        [GCS, "name"],
        [AZURE, "accountName"],
        ["azure-native:storage/v20230101:StorageAccount", "accountName"],
        [CONTAINER, "containerName"],
        ["azure:storage/account:Account", "name"],
        ["azure:storage/container:Container", "name"],
    ])("the name of %s is %s", (type, property) => {
        expect(marks([{ type, name: "a", props: { [property]: UNKNOWN } }])).toEqual([`a: ${property}`]);
        expect(marks([{ type, name: "a", props: { [property]: "data" } }])).toEqual([]);
        const other = property === "name" ? "accountName" : "name";
        expect(marks([{ type, name: "a", props: { [other]: UNKNOWN, arn: UNKNOWN } }])).toEqual([]);
    });

    test.each(["azure:storage/share:Share", "aws:s3/bucketPolicy:BucketPolicy", "azure-native:storage:Table"])(
        "%s is no store",
        type =>
            expect(marks([{ type, name: "a", props: { name: UNKNOWN, bucket: UNKNOWN, tags: UNKNOWN } }])).toEqual([]),
    );

    test.each([
        ["no name at all", {}, []],
        ["an unknown prefix", { bucketPrefix: UNKNOWN }, ["a: bucketPrefix"]],
        ["a known prefix", { bucket: UNKNOWN, bucketPrefix: "data-" }, []],
        ["all tags", { bucket: "data", tags: UNKNOWN }, ["a: tags"]],
        ["all tags, with the provider's", { tagsAll: UNKNOWN }, ["a: tagsAll"]],
        ["all labels", { labels: UNKNOWN }, ["a: labels"]],
        ["the tag that counts", { tags: { purpose: UNKNOWN } }, ["a: tags.purpose"]],
        ["the tag that counts, in another case", { tags: { Purpose: UNKNOWN } }, ["a: tags.Purpose"]],
        ["a known tag", { tags: { purpose: "data" } }, []],
        ["another tag", { tags: { owner: UNKNOWN } }, []],
        ["name and tags, said once", { bucket: UNKNOWN, tags: UNKNOWN }, ["a: bucket"]],
    ])("%s", (_, props, expected) => expect(marks([{ type: S3, name: "a", props }])).toEqual(expected));

    test("stores that are known are left out", () => {
        const two = ["a", "b"].map(name => ({ type: S3, name, props: { tags: UNKNOWN } }));
        expect(marks(two, ["a"])).toEqual(["b: tags"]);
    });
});
