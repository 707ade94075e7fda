import { rule } from "../../../policies/rules/secrets/kms-secrets-provider-required";
import { testProjectRule } from "../../support/test-rule";

const PROJECT = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n" };

/** A project whose stack `prod` has these settings. */
const prod = (text: string) => ({ ...PROJECT, "Pulumi.prod.yaml": text });

const folder = (dir: string) => ({ "Pulumi.yaml": `name: shop\nruntime: go\nstackConfigDir: "${dir}"\n` });

const key = (url: string) =>
    prod(`secretsprovider: ${url}\nencryptedkey: AQICAHhBase64Key==\nconfig:\n  aws:region: eu-west-1\n`);

const advice = (stack: string, region = "<region>") =>
    "expected a key of awskms, gcpkms, azurekeyvault; run `pulumi stack change-secrets-provider " +
    `"awskms://alias/pulumi-secrets?region=${region}" --stack ${stack}\`.`;

const ADVICE = advice("prod");

const CLOUD = "no secrets provider and no salt is recorded, so the stack has Pulumi Cloud's own key";

const NOT_YET =
    "does not exist, so no secrets provider is recorded yet: the stack has its backend's default, or its file is not committed";

testProjectRule(rule, {
    valid: [
        ...[
            "AWSKMS://alias/pulumi-secrets?region=eu-west-1",
            "awskms://ARN:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "azurekeyvault://acme.managedhsm.azure.net/keys/pulumi-secrets",
            "azurekeyvault://Acme-Vault.vault.azure.net/keys/pulumi-secrets",
        ].map(url => ({ name: `the key ${url}`, files: key(url) })),
        {
            name: "a provider whose URLs are not known here, with something behind its scheme",
            files: key("doppler://x"),
            settings: { allowedProviders: ["doppler"] },
        },
        {
            name: "a key that settings allow by a pattern of its options",
            files: key("awskms://alias/p?region=eu-west-1"),
            settings: { allowedKeys: ["*?region=eu-*"] },
        },
        {
            name: "an encrypted key over several lines",
            files: prod("secretsprovider: ' awskms://alias/p '\nencryptedkey: |\n  QUJD\n  QUI=\n"),
        },
        {
            name: "a value of the key that only holds the beginning of Pulumi Cloud's",
            files: prod(
                "secretsprovider: awskms://alias/p\nencryptedkey: QUJD\nconfig:\n  shop:password:\n    secure: v1:AAABA:def\n",
            ),
        },
        {
            name: "Pulumi Cloud's own key beside names that only hold that of the provider, which settings accept",
            files: prod("mysecretsprovider: x\nsecretsproviders: y\n"),
            settings: { allowedProviders: ["service"] },
        },
        {
            name: "a key in a state export, of a stack whose file is not there",
            files: PROJECT,
            state: { type: "cloud", url: "awskms://alias/p?region=eu-west-1" },
        },
        {
            name: "Pulumi Cloud's own key in a state export, which settings accept on purpose",
            files: PROJECT,
            state: { type: "service" },
            settings: { allowedProviders: ["service"] },
        },
        {
            name: "a key in a state export without any project",
            project: "elsewhere",
            files: { "elsewhere/readme.md": "" },
            state: { type: "cloud", url: "GCPKMS://projects/p/locations/l/keyRings/r/cryptoKeys/k" },
        },
        ...["aws:region: eu-west-1", "aws-native:region: eu-west-1"].map(region => ({
            name: `no stack file yet, with a default in the project's settings: ${region}`,
            files: {
                "Pulumi.yaml": `name: shop\nruntime: go\nconfig:\n  ${region.replace(": ", ":\n    default: ")}\n`,
            },
            notes: [`Cannot be judged yet: Pulumi.prod.yaml: ${NOT_YET}; ${advice("prod", "eu-west-1")}`],
        })),
        ...[
            "awskms://alias/pulumi-secrets?region=eu-west-1",
            "awskms://1234abcd-12ab-34cd-56ef-1234567890ab?region=eu-west-1&profile=prod&context_team=shop",
            "awskms://mrk-1234abcd12ab34cd56ef1234567890ab?region=eu-west-1",
            "awskms:///arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab?region=eu-west-1",
            "awskms:///arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/pulumi?region=us-gov-west-1",
            "gcpkms://projects/acme/locations/europe-west1/keyRings/pulumi/cryptoKeys/secrets",
            "azurekeyvault://acme-vault.vault.azure.net/keys/pulumi-secrets",
            "azurekeyvault://acme.vault.usgovcloudapi.net/keys/pulumi/0123456789abcdef",
        ].map(url => ({ name: `the key ${url}`, files: key(url) })),
        {
            name: "another provider that settings allow",
            files: key("hashivault://pulumi"),
            settings: { allowedProviders: ["hashivault"] },
        },
        {
            name: "a key that settings allow by a pattern, with options",
            files: key("awskms://alias/pulumi-prod?region=eu-west-1"),
            settings: { allowedKeys: ["awskms://alias/pulumi-*"] },
        },
        {
            name: "encrypted values that the key wrote",
            files: prod(
                "secretsprovider: awskms://alias/p\nencryptedkey: QUJD\nconfig:\n  shop:password:\n    secure: v1:abc:def\n",
            ),
        },
        {
            name: "a stack with organisation, project and a dot in its name",
            stack: "acme/shop/eu.prod",
            files: { ...PROJECT, "Pulumi.eu.prod.yaml": "secretsprovider: awskms://alias/p\nencryptedkey: QUJD\n" },
        },
        {
            name: "stack files in a folder of their own",
            files: {
                "Pulumi.yaml": "name: shop\nruntime: nodejs\nstackConfigDir: stacks\n",
                "stacks/Pulumi.prod.yaml": "secretsprovider: awskms://alias/p\nencryptedkey: QUJD\n",
            },
        },
        {
            name: "stack files in a folder of their own, by the older spelling",
            files: {
                "Pulumi.yaml": "name: shop\nruntime: nodejs\nconfig: stacks\n",
                "stacks/Pulumi.prod.yaml": "secretsprovider: awskms://alias/p\nencryptedkey: QUJD\n",
            },
        },
        {
            name: "a project in JSON, in a folder below the one of the call",
            project: "infra/src",
            files: {
                "infra/Pulumi.json": '{ "name": "shop", "runtime": "nodejs" }',
                "infra/Pulumi.prod.json": '{ "secretsprovider": "awskms://alias/p", "encryptedkey": "QUJD" }',
                "infra/src/index.ts": "",
            },
        },
        {
            name: "CRLF and a byte order mark",
            files: prod("\uFEFFsecretsprovider: awskms://alias/p\r\nencryptedkey: QUJD\r\n"),
        },
        {
            name: "no stack file yet",
            files: PROJECT,
            notes: [`Cannot be judged yet: Pulumi.prod.yaml: ${NOT_YET}; ${ADVICE}`],
        },
        {
            name: "a folder of stack files that is a file",
            files: folder("Pulumi.yaml"),
            notes: [`Cannot be judged yet: Pulumi.yaml/Pulumi.prod.yaml: ${NOT_YET}; ${ADVICE}`],
        },
        {
            name: "no stack file yet, with the region in the project's settings",
            files: { "Pulumi.yaml": "name: shop\nruntime: go\nconfig:\n  aws:region:\n    value: us-gov-west-1\n" },
            notes: [`Cannot be judged yet: Pulumi.prod.yaml: ${NOT_YET}; ${advice("prod", "us-gov-west-1")}`],
        },
        {
            name: "Pulumi Cloud's own key, which settings accept on purpose",
            files: prod("config:\n  shop:password:\n    secure: AAABAKpQ1x\n"),
            settings: { allowedProviders: ["awskms", "service"] },
        },
        ...["secretsprovider: passphrase\n", "encryptionsalt: v1:8J2k:v1:abc\n"].map(text => ({
            name: `a passphrase that settings accept on purpose: ${text}`,
            files: prod(text),
            settings: { allowedProviders: ["passphrase"] },
        })),
        {
            name: "no stack and no folder, as in policy publish",
            stack: null,
            files: PROJECT,
            notApplicable:
                "the engine names no stack here, as in `policy analyze` and `policy publish`, and the setting `projectDir` is not set",
        },
        {
            name: "only the named stack is looked at",
            files: { ...key("awskms://alias/p"), "Pulumi.dev.yaml": "encryptionsalt: v1:a\n" },
        },
    ],
    invalid: [
        ...["x eu-west-1", "eu-west-1 x", "eu-west-123", "west-1x"].map(region => ({
            name: `the region '${region}', which is none`,
            files: prod(`config:\n  aws:region: ${region}\n`),
            violations: [`Pulumi.prod.yaml:1: ${CLOUD}; ${ADVICE}`],
        })),
        ...[
            "x/alias/p",
            "alias/p#x",
            "1234abcd-12ab-34cd-56ef-1234567890ab/x",
            "arn:aws:kms:eu-west-1:123456789012:key/a:b",
            "arn:aws:kms:eu-west-1:1234:key/a",
        ].map(url => ({
            name: `the key '${url}', which only holds one of AWS`,
            files: key(`awskms://${url}`),
            violations: [
                "Pulumi.prod.yaml:1: secretsprovider: names no key of awskms; expected a URL such as awskms://alias/pulumi-secrets?region=eu-west-1.",
            ],
        })),
        ...[
            "x/projects/p/locations/l/keyRings/r/cryptoKeys/k",
            "projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1",
        ].map(url => ({
            name: `the key '${url}', which only holds one of Google`,
            files: key(`gcpkms://${url}`),
            violations: [
                "Pulumi.prod.yaml:1: secretsprovider: names no key of gcpkms; expected a URL such as gcpkms://projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k.",
            ],
        })),
        ...[
            "x/acme.vault.azure.net/keys/k",
            "acme.vault.azure.net/keys/k/1/2",
            "acme.blob.core.windows.net/keys/k",
        ].map(url => ({
            name: `the key '${url}', which only holds one of Azure`,
            files: key(`azurekeyvault://${url}`),
            violations: [
                "Pulumi.prod.yaml:1: secretsprovider: names no key of azurekeyvault; expected a URL such as azurekeyvault://my-vault.vault.azure.net/keys/pulumi-secrets.",
            ],
        })),
        ...["a/b", "/a", ""].map(url => ({
            name: `the key '${url}', which is none of Vault`,
            files: key(`hashivault://${url}`),
            settings: { allowedProviders: ["hashivault"] },
            violations: [
                "Pulumi.prod.yaml:1: secretsprovider: names no key of hashivault; expected a URL such as hashivault://pulumi-secrets.",
            ],
        })),
        {
            name: "a provider whose URLs are not known here, with nothing behind its scheme",
            files: key("doppler://"),
            settings: { allowedProviders: ["doppler"] },
            violations: [
                "Pulumi.prod.yaml:1: secretsprovider: names no key of doppler; expected a URL such as doppler://<key>.",
            ],
        },
        {
            name: "an encrypted key with something before its base64 text",
            files: prod("secretsprovider: awskms://alias/p\nencryptedkey: '*QUJD'\n"),
            violations: [
                "Pulumi.prod.yaml:2: encryptedkey: is no base64 text; expected what `pulumi stack change-secrets-provider` writes.",
            ],
        },
        {
            name: "a key that settings do not allow by either of two patterns",
            files: key("awskms://alias/other"),
            settings: { allowedKeys: ["awskms://alias/a", "awskms://alias/b"] },
            violations: [
                "Pulumi.prod.yaml:1: secretsprovider: the key awskms://alias/other is not among `allowedKeys`; expected awskms://alias/a, awskms://alias/b.",
            ],
        },
        ...[
            { state: { type: "passphrase" }, by: "a passphrase" },
            { state: { type: "service" }, by: "Pulumi Cloud's own key" },
            { state: { type: "cloud" }, by: "cloud" },
            { state: { type: "b64" }, by: "b64" },
            { state: { type: "constructor" }, by: "constructor" },
        ].map(({ state, by }) => ({
            name: `a state export whose secrets are encrypted with ${by}`,
            files: PROJECT,
            state,
            violations: [
                `state.json: deployment.secrets_providers: the state's secrets are encrypted with ${by}; ${advice("prod").replace(" --stack prod", "")}`,
            ],
        })),
        {
            name: "a state export with a key of a provider that is not allowed, beside a file with a passphrase",
            files: prod("encryptionsalt: v1:a\n"),
            state: { type: "cloud", url: "hashivault://pulumi" },
            violations: [
                'state.json: deployment.secrets_providers: the secrets provider is hashivault; expected a key of awskms, gcpkms, azurekeyvault; run `pulumi stack change-secrets-provider "awskms://alias/pulumi-secrets?region=<region>"`.',
                'Pulumi.prod.yaml:1: encryptionsalt: the stack\'s secrets are encrypted with a passphrase; expected a key of awskms, gcpkms, azurekeyvault; run `pulumi stack change-secrets-provider "awskms://alias/pulumi-secrets?region=<region>" --stack prod`.',
            ],
        },
        {
            name: "a state export whose key names none",
            files: PROJECT,
            state: { type: "cloud", url: "awskms://?region=eu-west-1" },
            violations: [
                "state.json: deployment.secrets_providers: names no key of awskms; expected a URL such as awskms://alias/pulumi-secrets?region=<region>.",
            ],
        },
        {
            name: "a state export whose provider is named by a URL without being one of a cloud",
            files: PROJECT,
            state: { type: "passphrase", url: "awskms://alias/p" },
            violations: [
                `state.json: deployment.secrets_providers: the state's secrets are encrypted with a passphrase; ${advice("prod").replace(" --stack prod", "")}`,
            ],
        },
        {
            name: "a passphrase",
            files: prod("config: {}\nencryptionsalt: v1:8J2k:v1:abc\n"),
            violations: [
                `Pulumi.prod.yaml:2: encryptionsalt: the stack's secrets are encrypted with a passphrase; ${ADVICE}`,
            ],
        },
        {
            name: "a passphrase by its name",
            files: prod("secretsprovider: passphrase\n"),
            violations: [
                `Pulumi.prod.yaml:1: secretsprovider: the stack's secrets are encrypted with a passphrase; ${ADVICE}`,
            ],
        },
        {
            name: "nothing recorded",
            files: prod("config:\n  aws:region: eu-north-1\n"),
            violations: [`Pulumi.prod.yaml:1: ${CLOUD}; ${advice("prod", "eu-north-1")}`],
        },
        {
            name: "the default by its name, in an otherwise empty file",
            files: prod("secretsprovider: default\n"),
            violations: [`Pulumi.prod.yaml:1: ${CLOUD}; ${ADVICE}`],
        },
        {
            name: "a key under a name that Pulumi does not read",
            files: prod("config: {}\nsecretsProvider: awskms://alias/p\n"),
            violations: [
                "Pulumi.prod.yaml:2: no secrets provider and no salt is recorded, so the stack has Pulumi Cloud's own key (`secretsProvider` in line 2 is not read: " +
                    `Pulumi knows \`secretsprovider\` only); ${ADVICE}`,
            ],
        },
        {
            name: "a map for the provider",
            files: prod("secretsprovider:\n  awskms: alias/p\n"),
            violations: [`Pulumi.prod.yaml:2: secretsprovider: is no text; ${ADVICE}`],
        },
        {
            name: "Pulumi Cloud's own key where settings accept a passphrase, and the other way round",
            files: { ...PROJECT, "Pulumi.a.yaml": "config: {}\n", "Pulumi.b.yaml": "encryptionsalt: v1:a\n" },
            settings: { allowedProviders: ["passphrase"], projectDir: "." },
            stack: "a",
            violations: [
                `Pulumi.a.yaml:1: ${CLOUD}; expected a passphrase; run \`pulumi stack change-secrets-provider "passphrase" --stack a\`.`,
            ],
        },
        {
            name: "a passphrase where settings accept Pulumi Cloud's own key",
            files: prod("encryptionsalt: v1:a\n"),
            settings: { allowedProviders: ["service"] },
            violations: [
                "Pulumi.prod.yaml:1: encryptionsalt: the stack's secrets are encrypted with a passphrase; " +
                    'expected Pulumi Cloud\'s own key; run `pulumi stack change-secrets-provider "default" --stack prod`.',
            ],
        },
        {
            name: "a misspelt name where settings accept Pulumi Cloud's own key",
            files: prod("secretProvider: awskms://alias/p\n"),
            settings: { allowedProviders: ["gcpkms", "service"] },
            violations: [
                `Pulumi.prod.yaml:1: ${CLOUD} (\`secretProvider\` in line 1 is not read: Pulumi knows \`secretsprovider\` only); ` +
                    "expected a key of gcpkms or Pulumi Cloud's own key; run `pulumi stack change-secrets-provider " +
                    '"gcpkms://projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k" --stack prod`.',
            ],
        },
        {
            name: "a region that is none",
            files: prod('config:\n  aws:region: "x`y"\n'),
            violations: [`Pulumi.prod.yaml:1: ${CLOUD}; ${ADVICE}`],
        },
        {
            name: "a project file that is no well-formed YAML",
            files: { ...key("awskms://alias/p"), "Pulumi.yaml": "name: shop\nruntime: [nodejs\n" },
            violations: [
                "Pulumi.yaml:3: is not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ], so where its stacks' settings are cannot be trusted; expected a valid project file.",
            ],
        },
        {
            name: "a project file with both spellings of the folder of stack files",
            files: {
                "Pulumi.yaml": "name: shop\nruntime: nodejs\nconfig: a\nstackConfigDir: b\n",
                "b/Pulumi.prod.yaml": "secretsprovider: awskms://alias/p\nencryptedkey: QUJD\n",
            },
            violations: [
                "Pulumi.yaml:3: names a folder for stack files under `config` beside `stackConfigDir` in line 4, which Pulumi refuses; expected `stackConfigDir` alone, so where its stacks' settings are cannot be trusted; expected a valid project file.",
            ],
        },
        {
            name: "a key of a scheme that every object has",
            files: key("constructor://x"),
            violations: [
                `Pulumi.prod.yaml:1: secretsprovider: the secrets provider is constructor; ${advice("prod", "eu-west-1")}`,
            ],
        },
        ...["self: &a [*a]\n", `a: &a [${"1,".repeat(999)}]\nb: [${"*a,".repeat(101)}]\n`].map(text => ({
            name: `aliases without an end: ${text.slice(0, 20)}`,
            files: prod(`${key("awskms://alias/p")["Pulumi.prod.yaml"]}${text}`),
            violations: [
                text.startsWith("self")
                    ? "Pulumi.prod.yaml:5: refers to `*a`, which holds this place, so that it has no end, so the secrets provider cannot be trusted; expected a valid file."
                    : "Pulumi.prod.yaml:6: stands with the aliases before it for more than 100000 values, so it is not read, so the secrets provider cannot be trusted; expected a valid file.",
            ],
        })),
        {
            name: "a stack file of more than a megabyte",
            files: prod(`config:\n  shop:a: ${"x".repeat(1024 * 1024)}\n`),
            violations: [
                "Pulumi.prod.yaml: is larger than 1 MB, so it is not read as YAML, so the secrets provider cannot be trusted; expected a valid file.",
            ],
        },
        ...[
            { dir: "a\\0b", shown: "a\\u{0}b", message: "is no path, since it holds a NUL character" },
            {
                dir: "x".repeat(300),
                shown: "x".repeat(300),
                message: "is a path that is longer than the file system allows",
            },
        ].map(({ dir, shown, message }) => ({
            name: `a folder of stack files that can be none: ${message}`,
            files: folder(dir),
            violations: [`${shown}/Pulumi.prod.yaml: ${message}; ${ADVICE}`],
        })),
        {
            name: "an empty stack file",
            files: prod(""),
            violations: [`Pulumi.prod.yaml:1: ${CLOUD}; ${ADVICE}`],
        },
        {
            name: "a list for the stack file",
            files: prod("- secretsprovider: awskms://alias/p\n"),
            violations: [`Pulumi.prod.yaml:1: is no map of settings; ${ADVICE}`],
        },
        {
            name: "a stack file in UTF-16",
            files: { ...PROJECT, "Pulumi.prod.yaml": Buffer.from([0xff, 0xfe, 0x73, 0x00]) },
            violations: [`Pulumi.prod.yaml: is encoded as UTF-16; expected UTF-8; ${ADVICE}`],
        },
        {
            name: "a provider that settings do not allow",
            files: key("hashivault://pulumi"),
            violations: [
                `Pulumi.prod.yaml:1: secretsprovider: the secrets provider is hashivault; ${advice("prod", "eu-west-1")}`,
            ],
        },
        ...["awskms://", "awskms://?region=eu-west-1", "awskms://alias/", "awskms://some key"].map(url => ({
            name: `the URL ${url}, which names no key`,
            files: key(url),
            violations: [
                "Pulumi.prod.yaml:1: secretsprovider: names no key of awskms; expected a URL such as awskms://alias/pulumi-secrets?region=eu-west-1.",
            ],
        })),
        {
            name: "a Google key without its key ring",
            files: key("gcpkms://projects/acme/cryptoKeys/secrets"),
            violations: [
                "Pulumi.prod.yaml:1: secretsprovider: names no key of gcpkms; expected a URL such as gcpkms://projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k.",
            ],
        },
        {
            name: "a key that settings do not allow",
            files: key("awskms://alias/other?region=eu-west-1"),
            settings: { allowedKeys: ["awskms://alias/pulumi-*"] },
            violations: [
                "Pulumi.prod.yaml:1: secretsprovider: the key awskms://alias/other is not among `allowedKeys`; expected awskms://alias/pulumi-*.",
            ],
        },
        {
            name: "no encrypted key beside the provider",
            files: prod("secretsprovider: awskms://alias/p\n"),
            violations: [
                "Pulumi.prod.yaml:1: encryptedkey: is missing beside the secrets provider, so values cannot be decrypted; run `pulumi stack change-secrets-provider` again.",
            ],
        },
        {
            name: "an encrypted key that is no base64 text",
            files: prod("secretsprovider: awskms://alias/p\nencryptedkey: not base64!\n"),
            violations: [
                "Pulumi.prod.yaml:2: encryptedkey: is no base64 text; expected what `pulumi stack change-secrets-provider` writes.",
            ],
        },
        {
            name: "a salt left beside a key",
            files: prod("secretsprovider: awskms://alias/p\nencryptedkey: QUJD\nencryptionsalt: v1:a\n"),
            violations: [
                "Pulumi.prod.yaml:3: encryptionsalt: contradicts the secrets provider: it belongs to a passphrase; expected it to be removed.",
            ],
        },
        {
            name: "a value that Pulumi Cloud encrypted, deep in an object",
            files: prod(
                "secretsprovider: awskms://alias/p\nencryptedkey: QUJD\nconfig:\n  shop:db:\n    - user: a\n    - password:\n        secure: AAABAKpQ1x\n",
            ),
            violations: [
                "Pulumi.prod.yaml:7: config.shop:db[1].password.secure: was encrypted by Pulumi Cloud's key, not by the stack's; set the value again.",
            ],
        },
        {
            name: "no project at all",
            project: "elsewhere",
            files: { "elsewhere/readme.md": "" },
            violations: [
                "Pulumi.yaml: the stack's secrets provider cannot be seen: A Pulumi.yaml was not found in <root>/elsewhere, above or below it; set `projectDir` to the project's folder.",
            ],
        },
        {
            name: "every stack of a repository, where settings name its folder and the engine names no stack",
            stack: null,
            settings: { projectDir: "." },
            files: {
                "a/Pulumi.yaml": "name: a\nruntime: go\n",
                "a/Pulumi.dev.yaml": "encryptionsalt: v1:a\n",
                "a/Pulumi.prod.yaml": "secretsprovider: awskms://alias/p\nencryptedkey: QUJD\n",
                "b/c/Pulumi.yml": "name: c\nruntime: python\n",
                "b/c/Pulumi.test.yml": "encryptionsalt: v1:b\n",
                "node_modules/x/Pulumi.yaml": "name: x\nruntime: nodejs\n",
                "node_modules/x/Pulumi.dev.yaml": "encryptionsalt: v1:c\n",
            },
            violations: [
                `a/Pulumi.dev.yaml:1: encryptionsalt: the stack's secrets are encrypted with a passphrase; ${advice("dev")}`,
                `b/c/Pulumi.test.yml:1: encryptionsalt: the stack's secrets are encrypted with a passphrase; ${advice("test")}`,
            ],
        },
    ],
    badSettings: [
        { allowedProviders: [] },
        { allowedProviders: ["AWS KMS"] },
        { allowedProvider: ["awskms"] },
        { allowedKeys: "x" },
        { allowedKeys: [""] },
        { projectDir: "" },
    ],
});
