import { readFileSync } from "node:fs";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { z } from "zod";
import { parseJson } from "../../policies/kit/parse-json";
import { printable } from "../../policies/kit/report";
import { isFields, SECRET, SIGNATURE, UNKNOWN } from "../../policies/kit/wire";
import type { NotJudged, Resource } from "./resources";
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

/**
 * Forms in which an export may be written. Versions 1 and 2 lack fields of 3; version 4 is 3 with a list of features.
 * Source: pulumi/pulumi, sdk/go/common/apitype/core.go and migrate.
 */
const MAX_VERSION = 4;

/** What a state of version 4 may use. Source: pulumi/pulumi 3.259, pkg/resource/stack/deployment.go. */
const FEATURES = [
    "byteString",
    "extensionParameterization",
    "hooks",
    "refreshBeforeUpdate",
    "replaceWith",
    "snippets-prototype",
    "taint",
    "views",
] as const;

/** Infinite numbers and NaN, as the 16 hexadecimal digits of their bits. Written in states alone, by the same file. */
const FLOAT = "8ad145fe-0d11-4827-bfd7-1abcbf086f5c";

/** Texts that are not valid UTF-8, in base64. Source: pulumi/pulumi, sdk/go/common/resource/sig/sig.go. */
const BYTE_STRING = "803fd3297a5875dc03ca845dda5d2a98";

/** What `pulumi stack export` writes, as far as it is used. Source: pulumi/pulumi, sdk/go/common/apitype/core.go. */
const Export = z.object({
    version: z.int().max(MAX_VERSION, `expected a version up to ${MAX_VERSION}; update this package`).nullish(),
    features: z.array(z.enum(FEATURES, "expected a feature that is known here; update this package")).nullish(),
    deployment: z.object({
        secrets_providers: z.object({ type: z.string(), state: z.record(z.string(), z.unknown()).nullish() }).nullish(),
        resources: z.array(StateResource).nullish(),
        pending_operations: z.array(z.object({ type: z.string(), resource: z.object({ urn: z.string() }) })).nullish(),
    }),
});

/** Operations that make a resource which a state does not hold yet. Source: pulumi/pulumi, sdk/go/common/apitype/core.go. */
const MAKING: readonly string[] = ["creating", "importing"];

/** A state export: its resources, and which provider encrypts its secrets. */
export interface State {
    readonly resources: readonly Resource[];
    /** Resources that an update was creating when it broke off: the cloud may have them, the state does not. */
    readonly notJudged: readonly NotJudged[];
    readonly project: string | undefined;
    readonly stack: string | undefined;
    /** `type` and the key's URL; ciphertext is left out. */
    readonly secretsProvider: { readonly type: string; readonly url: string | undefined } | undefined;
}

const INTERRUPTED =
    "An update broke off while it made this resource, so the state does not hold it; run `pulumi refresh`, which asks what became of it, and export the state again.";

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
        json = parseJson(readFileSync(path === "-" ? 0 : path, "utf8"));
    } catch (error) {
        throw new StateError(
            `${path}: cannot be read (${(error as Error).message}); expected what \`pulumi stack export\` writes.`,
        );
    }
    const result = Export.safeParse(json);
    if (!result.success) {
        const [issue] = result.error.issues;
        throw new StateError(
            `${path}: is no state export: ${printable(issue?.path.map(String).join(".") ?? "")}: ${issue?.message}.`,
        );
    }
    const { resources, secrets_providers: provider, pending_operations: pending } = result.data.deployment;
    const kept = (resources ?? []).filter(resource => resource.delete !== true);
    const [, stack, project] = /^urn:pulumi:([^:]*)::([^:]*)::/.exec(kept[0]?.urn ?? "") ?? [];
    const url = provider?.state?.url;
    return {
        resources: kept.map(toResource),
        notJudged: (pending ?? [])
            .filter(({ type }) => MAKING.includes(type))
            .map(({ resource }) => ({ subject: resource.urn, reason: INTERRUPTED })),
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

/**
 * State as the engine would hand it to a pack: secrets stay marked, ciphertext becomes unknown and plain text
 * (`--show-secrets`) a value; what JSON cannot hold becomes a number or a text again.
 */
function readable(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(readable);
    if (!isFields(value)) return value;
    switch (value[SIGNATURE]) {
        case SECRET:
            return { [SIGNATURE]: SECRET, value: plainTextOf(value.plaintext) };
        case FLOAT:
            return floatOf(String(value.value));
        case BYTE_STRING:
            return Buffer.from(String(value.value), "base64").toString();
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readable(item)]));
}

function floatOf(digits: string): number {
    return /^[0-9a-f]{16}$/.test(digits) ? Buffer.from(digits, "hex").readDoubleBE() : Number.NaN;
}

function plainTextOf(json: unknown): unknown {
    try {
        return typeof json === "string" ? readable(JSON.parse(json)) : UNKNOWN;
    } catch {
        return UNKNOWN;
    }
}
