import { z } from "zod";
import { byBucket, logTargetsOf, S3 } from "../aws/s3";
import { globs } from "../kit/pattern";
import { identity, type Resource } from "../kit/resource";
import type { Stack } from "../kit/stack";
import type { Value } from "../kit/value";

/** Settings of every rule about the stores of Pulumi state: which those are. */
export const stateStoreSettings = {
    stateStores: z
        .array(z.string().min(1))
        .default(["*pulumi-state*", "*pulumi-backend*", "*pulumistate*"])
        .describe(
            "Names of the buckets, storage accounts and blob containers that hold Pulumi state, as patterns. The name in " +
                "the cloud counts and the one in the program; `pulumiState` and `pulumi_state` are read as `pulumi-state`. " +
                "Buckets of logs about the state are left out, unless named without `*`.",
        ),
    stateTags: z
        .array(z.string().regex(/^[^=]+=.+$/))
        .default(["purpose=pulumi-state"])
        .describe("Tags or labels that mark such a store, as `name=value`, as patterns; case does not matter."),
};

/** Which resources hold Pulumi state. The store that the stack's own backend names is always among them. */
export interface StateStoreSettings {
    readonly stateStores: readonly string[];
    readonly stateTags: readonly string[];
}

/** Properties by which a store goes in the cloud. */
const NAMES = ["bucket", "name", "accountName", "containerName", "id"];

/** Properties with the tags or labels of a store; `tagsAll` has those that its provider gives to everything, too. */
const TAGS = ["tags", "tagsAll", "labels"];

/** What a name like that of a store goes on with when it is not: logs about the state, and state machines. */
const NO_STORE = /-(state|backend)-(.*-)?(logs?|logging|trails?|cloudtrail|audit|machines?)(-|$)/;

const GCS_BUCKET = "gcp:storage/bucket:Bucket";

/** Tokens of the provider azure-native carry the version of Azure's API where a program asks for one. */
const AZURE_ACCOUNT = /^(azure-native:storage(\/v\w+)?:StorageAccount|azure:storage\/account:Account)$/;
const AZURE_CONTAINER = /^(azure-native:storage(\/v\w+)?:BlobContainer|azure:storage\/container:Container)$/;

/** The S3 buckets of a stack that hold Pulumi state. A bucket that another of them writes its access logs to is none. */
export function s3StateStores(stack: Stack, settings: StateStoreSettings): Resource[] {
    const found = chosen(stack.ofType(...S3.bucket), stack, settings, "s3");
    const logging = byBucket(stack, S3.logging);
    const logs = new Set(
        found.flatMap(bucket =>
            logTargetsOf(bucket, logging)
                .flatMap(target => stack.referredBy(target, S3.bucket))
                .filter(({ urn }) => urn !== bucket.urn)
                .map(({ urn }) => urn),
        ),
    );
    return found.filter(({ urn }) => !logs.has(urn));
}

/** The Cloud Storage buckets of a stack that hold Pulumi state. */
export function gcsStateStores(stack: Stack, settings: StateStoreSettings): Resource[] {
    return chosen(stack.ofType(GCS_BUCKET), stack, settings, "gs");
}

/** The Azure storage accounts of a stack that hold Pulumi state, themselves or in a blob container. */
export function azureStateStores(stack: Stack, settings: StateStoreSettings): Resource[] {
    const accounts = stack.whereType(type => AZURE_ACCOUNT.test(type));
    const types = [...new Set(accounts.map(({ type }) => type))];
    const containers = stack.whereType(type => AZURE_CONTAINER.test(type));
    const ofContainers = chosen(containers, stack, settings, "azblob").flatMap(({ props }) =>
        stack.referredBy(props.get("accountName", "storageAccountName", "storageAccountId"), types),
    );
    return [...new Set([...chosen(accounts, stack, settings, undefined), ...ofContainers])];
}

/**
 * What is unknown, and might mark a store of state: names and tags of the buckets and accounts that are not among `stores`.
 * One that the provider makes from a prefix is known by that.
 */
export function unknownMarks(stack: Stack, settings: StateStoreSettings, stores: readonly Resource[]): Value[] {
    const known = new Set(stores);
    const isTagName = globs(settings.stateTags.map(tag => tag.replace(/=.*$/s, "").toLowerCase()));
    const candidates = stack.whereType(type => nameProperty(type) !== undefined);
    return candidates.flatMap(resource => {
        const name = nameProperty(resource.type);
        if (name === undefined || known.has(resource)) return [];
        const { props } = resource;
        const names = [props.get(name), props.get("bucketPrefix")];
        const isNamed = names.some(value => value.string() !== undefined);
        const tags = TAGS.map(property => props.get(property));
        const unknown = [
            ...[...(isNamed ? [] : names), ...tags].filter(({ isUnknown }) => isUnknown),
            ...tags
                .flatMap(tag => tag.entries())
                .filter(([tag, { isUnknown }]) => isUnknown && isTagName(tag.toLowerCase()))
                .map(([, value]) => value),
        ];
        return unknown.slice(0, 1);
    });
}

/** The input by which a store is named; undefined for types that are none. */
function nameProperty(type: string): string | undefined {
    if (S3.bucket.some(bucket => bucket === type)) return "bucket";
    if (type === GCS_BUCKET) return "name";
    if (type.startsWith("azure:")) return AZURE_ACCOUNT.test(type) || AZURE_CONTAINER.test(type) ? "name" : undefined;
    if (AZURE_ACCOUNT.test(type)) return "accountName";
    return AZURE_CONTAINER.test(type) ? "containerName" : undefined;
}

/** Those of some resources that a name, a tag or the stack's backend marks as stores of state. */
function chosen(
    resources: readonly Resource[],
    stack: Stack,
    { stateStores, stateTags }: StateStoreSettings,
    scheme: string | undefined,
): Resource[] {
    if (resources.length === 0) return [];
    const isName = globs(stateStores);
    const isTag = globs(stateTags.map(tag => tag.toLowerCase()));
    const backend = scheme === undefined ? undefined : hostOf(stack.backendUrl, scheme);
    return resources.filter(resource => {
        const { name, props } = resource;
        const own = [...NAMES.map(property => identity(resource, property)), props.get("bucketPrefix")].flatMap(
            value => value.string() ?? [],
        );
        if (backend !== undefined && own.includes(backend)) return true;
        const tags = TAGS.flatMap(property => props.get(property).entries());
        if (tags.some(([tag, value]) => isTag(`${tag}=${value.string() ?? ""}`.toLowerCase()))) return true;
        return [name, ...own].some(text => {
            if (stateStores.includes(text)) return true;
            const words = hyphenated(text);
            return (isName(text) || isName(words)) && !NO_STORE.test(words);
        });
    });
}

/** A name with its words told apart by hyphens, as clouds want it: `pulumi-state` for `pulumiState`. */
function hyphenated(name: string): string {
    if (/^[a-z\d-]*$/.test(name)) return name;
    return name
        .replace(/([a-z\d])([A-Z])/g, "$1-$2")
        .replace(/[_.\s]+/g, "-")
        .toLowerCase();
}

/** The bucket or container that a backend's URL names: `s3://bucket/folder?region=…`. */
function hostOf(url: string | undefined, scheme: string): string | undefined {
    const [, found, host] = /^([a-z0-9]+):\/\/([^/?#]+)/.exec(url ?? "") ?? [];
    return found === scheme ? host : undefined;
}
