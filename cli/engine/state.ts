import { readFileSync } from "node:fs";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { z } from "zod";
import { isFields, SECRET, SIGNATURE, UNKNOWN } from "../../policies/kit/wire";
import type { Resource } from "./resources";
import { parseSourcePosition } from "./source-position";

const Properties = z.record(z.string(), z.unknown()).nullish();

const StateResource = z.object({
    urn: z.string().regex(/^urn:pulumi:[^:]*::[^:]*::.+::/, "expected a URN"),
    type: z.string(),
    inputs: Properties,
    outputs: Properties,
    parent: z.string().nullish(),
    protect: z.boolean().nullish(),
    external: z.boolean().nullish(),
    delete: z.boolean().nullish(),
    provider: z.string().nullish(),
    ignoreChanges: z.array(z.string()).nullish(),
    dependencies: z.array(z.string()).nullish(),
    propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
    sourcePosition: z.string().nullish().catch(undefined),
});

/** Forms in which an export may be written. Source: pulumi/pulumi, sdk/go/common/apitype/migrate (from 1 and 2 to 3). */
const MAX_VERSION = 3;

/** What `pulumi stack export` writes, as far as it is used. Source: pulumi/pulumi, sdk/go/common/apitype/core.go. */
const Export = z.object({
    version: z.int().max(MAX_VERSION, `expected a version up to ${MAX_VERSION}; update this package`).nullish(),
    deployment: z.object({
        secrets_providers: z.object({ type: z.string(), state: z.record(z.string(), z.unknown()).nullish() }).nullish(),
        resources: z.array(StateResource).nullish(),
    }),
});

/** A state export: its resources, and which provider encrypts its secrets. */
export interface State {
    readonly resources: readonly Resource[];
    readonly project: string | undefined;
    readonly stack: string | undefined;
    /** `type` and the key's URL; ciphertext is left out. */
    readonly secretsProvider: { readonly type: string; readonly url: string | undefined } | undefined;
}

/** A file that is no state export; the message names it and says what is wrong. */
export class StateError extends Error {}

/**
 * Reads what `pulumi stack export` writes. Encrypted values are unknown to whoever judges them. Resources that wait for
 * their deletion are left out. `-` stands for standard input.
 *
 * Throws {@link StateError} for a file that cannot be read or is no export.
 */
export function readState(path: string): State {
    let json: unknown;
    try {
        json = JSON.parse(readFileSync(path === "-" ? 0 : path, "utf8"));
    } catch (error) {
        throw new StateError(`${path}: cannot be read as JSON (${(error as Error).message}).`);
    }
    const result = Export.safeParse(json);
    if (!result.success) {
        const [issue] = result.error.issues;
        throw new StateError(`${path}: is no state export: ${issue?.path.map(String).join(".")}: ${issue?.message}.`);
    }
    const { resources, secrets_providers: provider } = result.data.deployment;
    const kept = (resources ?? []).filter(resource => resource.delete !== true);
    const [, stack, project] = /^urn:pulumi:([^:]*)::([^:]*)::/.exec(kept[0]?.urn ?? "") ?? [];
    const url = provider?.state?.url;
    return {
        resources: kept.map(toResource),
        project,
        stack,
        secretsProvider: provider ? { type: provider.type, url: typeof url === "string" ? url : undefined } : undefined,
    };
}

function toResource(resource: z.output<typeof StateResource>): Resource {
    const dependencies = Object.entries(resource.propertyDependencies ?? {}).map(([name, urns]) => [name, urns ?? []]);
    return {
        urn: resource.urn,
        type: resource.type,
        name: resource.urn.split("::").slice(3).join("::"),
        inputs: toStruct(resource.inputs),
        outputs: toStruct(resource.outputs ?? resource.inputs),
        parent: resource.parent ?? "",
        protect: resource.protect ?? false,
        ignoreChanges: resource.ignoreChanges ?? [],
        dependencies: resource.dependencies ?? [],
        propertyDependencies: Object.fromEntries(dependencies),
        isRead: resource.external ?? false,
        // `urn:pulumi:…::pulumi:providers:aws::default::<id>`
        provider: resource.provider?.replace(/::[^:]*$/, "") ?? "",
        source: parseSourcePosition(resource.sourcePosition ?? "", undefined, ""),
    };
}

function toStruct(properties: z.output<typeof Properties>): Struct {
    return Struct.fromJavaScript(readable(properties ?? {}) as Parameters<typeof Struct.fromJavaScript>[0]);
}

/** State as the engine would hand it to a pack: secrets stay marked, ciphertext becomes unknown and plain text (`--show-secrets`) a value. */
function readable(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(readable);
    if (!isFields(value)) return value;
    if (value[SIGNATURE] === SECRET) return { [SIGNATURE]: SECRET, value: plainTextOf(value.plaintext) };
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readable(item)]));
}

function plainTextOf(json: unknown): unknown {
    try {
        return typeof json === "string" ? readable(JSON.parse(json)) : UNKNOWN;
    } catch {
        return UNKNOWN;
    }
}
