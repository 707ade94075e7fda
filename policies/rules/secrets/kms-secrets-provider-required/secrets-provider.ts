import type { FileValue } from "../../../kit/project/file-value";

/** What encrypts a stack's secrets. */
export type SecretsProvider =
    /** A key of a cloud's key management or a vault; `scheme` such as `awskms`, `url` as it is written. */
    | { readonly kind: "key"; readonly scheme: string; readonly url: string; readonly at: FileValue }
    /** A key derived from a passphrase. */
    | { readonly kind: "passphrase"; readonly at: FileValue }
    /** Nothing is recorded: Pulumi Cloud's own key, or a passphrase on a self-managed backend. */
    | { readonly kind: "default"; readonly at: FileValue };

/**
 * The secrets provider that a stack's settings file records.
 *
 * Source: pulumi/pulumi, sdk/go/common/workspace/project.go (ProjectStack) and pkg/secrets: a `secretsprovider` other than
 * empty, `default` or `passphrase` is a key's URL even beside a salt; otherwise `encryptionsalt` means a passphrase.
 */
export function secretsProviderOf(stackFile: FileValue): SecretsProvider {
    const provider = stackFile.get("secretsprovider");
    const url = provider.string()?.trim() ?? "";
    if (url !== "" && url !== "default" && url !== "passphrase") {
        return { kind: "key", scheme: url.split("://", 1)[0]?.toLowerCase() ?? "", url, at: provider };
    }
    const salt = stackFile.get("encryptionsalt");
    if (!salt.isMissing) return { kind: "passphrase", at: salt };
    return url === "passphrase" ? { kind: "passphrase", at: provider } : { kind: "default", at: provider };
}

/** The forms of a key's URL by scheme, behind `scheme://` and before any options, each with an example for a region. */
const KEY_FORMS: ReadonlyMap<string, { readonly form: RegExp; readonly example: (region: string) => string }> = new Map(
    [
        // An id, an alias, or an ARN of either, in every partition; the slash before an ARN is optional.
        [
            "awskms",
            {
                form: /^\/?(alias\/[\w/-]+|(mrk-)?[0-9a-f-]{32,40}|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key\/[\w-]+|alias\/[\w/-]+))$/i,
                example: (region: string) => `awskms://alias/pulumi-secrets?region=${region}`,
            },
        ],
        [
            "gcpkms",
            {
                form: /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/,
                example: () => "gcpkms://projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k",
            },
        ],
        [
            "azurekeyvault",
            {
                form: /^[a-z0-9-]+\.(vault|managedhsm)(core)?\.[a-z0-9.-]+\/keys\/[\w-]+(\/\w+)?$/i,
                example: () => "azurekeyvault://my-vault.vault.azure.net/keys/pulumi-secrets",
            },
        ],
        ["hashivault", { form: /^[^/?]+$/, example: () => "hashivault://pulumi-secrets" }],
    ],
);

/** A URL of the right form for a scheme, in the stack's region where that is known. */
export function exampleOf(scheme: string, region: string | undefined): string {
    return KEY_FORMS.get(scheme)?.example(region ?? "<region>") ?? `${scheme}://<key>`;
}

/**
 * True when a provider's URL names a key in a form that its scheme has. Schemes that are not known here pass with anything
 * behind `://`.
 *
 * Source: Pulumi documentation, "Secrets", section "Configuring secrets encryption"; Go CDK, package secrets.
 */
export function namesKey(scheme: string, url: string): boolean {
    const [, rest = ""] = /^[a-z0-9+.-]+:\/\/([^?]*)/i.exec(url) ?? [];
    return KEY_FORMS.get(scheme)?.form.test(rest) ?? rest !== "";
}
