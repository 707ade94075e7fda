import { z } from "zod";
import type { FileValue } from "./project/file-value";

/**
 * Recognises secrets that are written where anybody can read them: by the format of the value, and by the name under which
 * it stands. No function here returns any part of a value.
 */

/** Texts up to this length are looked at, in characters; what is longer is looked at in its beginning. */
const MAX_TEXT = 100_000;

interface Format {
    /** Completes `looks like …`. */
    readonly what: string;
    /** Expression source; it must not begin or end inside a word. */
    readonly form: string;
}

/**
 * Formats of tokens that their issuers mark so that they can be recognised. Each is read in the issuer's own words where
 * there are such: the documentation named beside it, or GitHub's "Supported secret scanning patterns" for the prefix alone.
 */
const FORMATS: readonly Format[] = [
    // AWS IAM User Guide, "IAM identifiers", section "Unique IDs": 20 characters. AWS's documentation writes `…EXAMPLE`.
    { what: "an AWS access key", form: "A(?:KIA|SIA|BIA|CCA)(?![A-Z0-9]*EXAMPLE)[A-Z0-9]{16}" },
    // Pulumi documentation, "Pulumi access tokens".
    { what: "a Pulumi access token", form: "pul-[0-9a-f]{40}" },
    // GitHub documentation, "About authentication to GitHub", section "GitHub's token formats".
    { what: "a GitHub token", form: "gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{40,255}" },
    // GitLab documentation, "GitLab token overview", section "Token prefixes".
    {
        what: "a GitLab token",
        form: "gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|wt|soat|ffct)-[A-Za-z0-9_.-]{20,300}",
    },
    // Slack documentation, "Tokens" and "Sending messages using incoming webhooks".
    {
        what: "a Slack token",
        form: "xox[abceoprs]-[A-Za-z0-9-]{10,}|xapp-\\d-[A-Za-z0-9-]{10,}|xwfp-[A-Za-z0-9-]{10,}",
    },
    {
        what: "a Slack webhook",
        form: "hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Za-z0-9]{8,}/[A-Za-z0-9]{8,}/[A-Za-z0-9/]{16,}",
    },
    // Stripe documentation, "API keys".
    { what: "a Stripe key", form: "[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{24,}" },
    // Google Cloud documentation, "Manage API keys"; the OAuth prefix by GitHub's list.
    { what: "a Google API key", form: "AIza[0-9A-Za-z_-]{35}" },
    { what: "a Google OAuth client secret", form: "GOCSPX-[0-9A-Za-z_-]{28}" },
    { what: "a Google access token", form: "ya29\\.[0-9A-Za-z_-]{30,}" },
    // npm documentation, "About access tokens"; PyPI documentation, "API tokens" (a macaroon for pypi.org or test.pypi.org).
    { what: "an npm token", form: "npm_[A-Za-z0-9]{36}" },
    { what: "a PyPI token", form: "pypi-AgE[A-Za-z0-9_-]{50,}" },
    { what: "a RubyGems key", form: "rubygems_[0-9a-f]{48}" },
    // Twilio SendGrid documentation, "API Keys"; Twilio documentation, "What is a String Identifier (SID)?".
    { what: "a SendGrid key", form: "SG\\.[A-Za-z0-9_-]{16,32}\\.[A-Za-z0-9_-]{32,64}" },
    { what: "a Twilio key", form: "SK[0-9a-f]{32}" },
    // Mailgun, Mailchimp and the others below: GitHub's list.
    { what: "a Mailchimp key", form: "[0-9a-f]{32}-us\\d{1,2}" },
    {
        what: "an OpenAI key",
        form: "sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}",
    },
    { what: "an Anthropic key", form: "sk-ant-[a-z]+\\d\\d-[A-Za-z0-9_-]{80,}" },
    { what: "a Hugging Face token", form: "hf_[A-Za-z]{34}" },
    { what: "a DigitalOcean token", form: "do[opr]_v1_[0-9a-f]{64}" },
    { what: "a Docker token", form: "dckr_(?:pat|oat)_[A-Za-z0-9_-]{27,}" },
    { what: "a Databricks token", form: "dapi[0-9a-f]{32}(?:-\\d)?" },
    { what: "a Grafana token", form: "glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[A-Za-z0-9+/]{32,}={0,2}" },
    { what: "a New Relic key", form: "NRAK-[A-Z0-9]{27}" },
    { what: "a Shopify token", form: "shp(?:at|ca|pa|ss|tka)_[0-9a-fA-F]{32}" },
    { what: "a Linear key", form: "lin_api_[A-Za-z0-9]{40}" },
    { what: "a Postman key", form: "PMAK-[0-9a-f]{24}-[0-9a-f]{34}" },
    { what: "a PlanetScale token", form: "pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}" },
    { what: "a Doppler token", form: "dp\\.(?:pt|st|sa|ct|scim|audit)\\.(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,44}" },
    { what: "an Atlassian token", form: "ATATT3xFfGF0[A-Za-z0-9_=-]{150,}" },
    { what: "a 1Password service account token", form: "ops_eyJ[A-Za-z0-9+/=_-]{200,}" },
    { what: "a Sentry token", form: "sntry[su]_[A-Za-z0-9+/=_-]{60,}" },
    // Telegram Bot API, "Authorizing your bot".
    { what: "a Telegram bot token", form: "\\d{8,10}:AA[A-Za-z0-9_-]{33}" },
    // Vault documentation, "Tokens", section "Token prefixes"; HCP Terraform documentation, "API tokens".
    { what: "a Vault token", form: "hv[sbr]\\.[A-Za-z0-9_-]{24,}" },
    { what: "an HCP Terraform token", form: "[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_-]{60,}" },
    // Microsoft Purview, sensitive information types "Azure AD client secret", "Azure storage account key", "SAS".
    { what: "an Azure client secret", form: "[A-Za-z0-9_~.-]{3}\\dQ~[A-Za-z0-9_~.-]{31,34}" },
    {
        what: "an Azure account key",
        form: "(?:AccountKey|SharedAccessKey|SharedSecretIssuerValue)=[A-Za-z0-9+/]{32,}={0,2}",
    },
    {
        what: "an Azure shared access signature",
        form: "sv=\\d{4}-\\d\\d-\\d\\d&(?:[^\\s#]{0,1000}&)?sig=[A-Za-z0-9%+/]{40,}(?:%3D|=)?",
    },
    // RFC 7519, section 3: three parts, of which header and claims are JSON objects in base 64.
    { what: "a JSON web token", form: "eyJ[A-Za-z0-9_-]{10,5000}\\.eyJ[A-Za-z0-9_-]{10,5000}\\.[A-Za-z0-9_-]{10,}" },
    // age, "Format"; the other key formats are blocks of their own below.
    { what: "an age key", form: "AGE-SECRET-KEY-1[0-9A-Z]{58}" },
];

const ANY_FORMAT = expressionFor(FORMATS.map(({ form }) => form).join("|"));
const EACH_FORMAT = FORMATS.map(({ what, form }) => ({ what, form: expressionFor(form) }));

/** RFC 7468 section 10 and 11, RFC 4880 section 6.2, and the form of OpenSSH and PuTTY; public keys and certificates are none. */
const PRIVATE_KEY = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|^PuTTY-User-Key-File-\d:/m;

/** What `-----BEGIN ` begins with in base 64. */
const PEM_IN_BASE64 = /(?:^|["'\s])(LS0tLS1CRUdJTi[A-Za-z0-9+/=\s]+)/;

/** RFC 3986 section 3.2: user information with a password, and the host, an IPv6 address in brackets. */
const URL_WITH_PASSWORD = /[\w+.-]:\/\/[^\s/?#:@"'`]*:([^\s/?#"'`]+)@(\[[^\s\]]*\]|[^\s/?#:"'`]*)/g;

/** `Server=…;Password=…` of ADO.NET and ODBC, `host=… password=…` of libpq, `?password=…` of JDBC. */
const KEYWORD_WITH_PASSWORD = /(?:^|[;&?\s])(?:password|pwd)\s*=\s*(?:"([^"]+)"|'([^']+)'|([^;&\s"']+))/gi;

/** Something in the same text that shows it for a connection string, without which `password=` may be prose or a command. */
const CONNECTION =
    /(?:^|[;&?\s])(?:server|data source|host|hostname|addr|address|user id|uid|user|username|database|initial catalog|accountendpoint|endpoint)\s*=|^jdbc:/i;

const LOCAL_HOST = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0|host\.docker\.internal)$/i;

/**
 * What secret a text holds by the format of its value, such as `a GitHub token`; undefined where it holds none that can be
 * recognised. Looks at the whole text, so also into scripts and JSON. Passwords that are references or placeholders, and
 * those of databases on the same machine, are no secrets.
 */
export function secretIn(whole: string): string | undefined {
    const text = whole.slice(0, MAX_TEXT);
    if (ANY_FORMAT.test(text)) return EACH_FORMAT.find(({ form }) => form.test(text))?.what;
    if (PRIVATE_KEY.test(text)) return "a private key";
    // Here and below a plain search goes before an expression: this is asked about each text of each resource.
    const encoded = text.includes("LS0tLS1CRUdJTi") ? PEM_IN_BASE64.exec(text)?.[1] : undefined;
    if (encoded !== undefined && PRIVATE_KEY.test(Buffer.from(encoded, "base64").toString())) return "a private key";
    if (text.includes("://")) {
        for (const [, password = "", host = ""] of text.matchAll(URL_WITH_PASSWORD)) {
            if (!isReference(password) && !LOCAL_HOST.test(host)) return "a URL with a password";
        }
    }
    if (text.includes("=") && CONNECTION.test(text)) {
        for (const [, ...forms] of text.matchAll(KEYWORD_WITH_PASSWORD)) {
            // One of the three is there: in double quotes, in single ones, or bare.
            if (!isReference(forms.join(""))) return "a connection string with a password";
        }
    }
    return undefined;
}

/** Words that stand for a secret when a name ends with them, in the singular and lower case. */
const SECRET_WORDS = new Set(
    "password passwd passwort pwd passphrase passcode secret token credential apikey secretkey privatekey accesskey apitoken clientsecret jwt pat".split(
        " ",
    ),
);

/** What makes a key a secret one. A `publicKey`, `partitionKey` or `kmsKey` is none. */
const SECRET_KEYS = new Set(
    "api access secret private signing encryption master account storage shared session auth license licence integration ingest application app deploy host hmac webhook subscription sas".split(
        " ",
    ),
);

/** Passwords stand for nothing but themselves; the other words may also name where the secret is kept. */
const PASSWORD_WORDS = new Set("password passwd passwort pwd passphrase passcode".split(" "));

/** Words behind the secret's own that leave it a secret: `passwordBase64`, `tokenProd`, `secretValue`. */
const QUALIFIERS = new Set(
    "value plain plaintext text string raw data base64 b64 encoded pem json prod production dev development test staging qa primary secondary new old current previous default".split(
        " ",
    ),
);

/** Words before `secret` or `credential` by which it is one that Kubernetes or a vault keeps and the value its name. */
const KEEPERS = new Set(
    "pull existing tls image kubernetes k8s registry docker vault manager external sealed".split(" "),
);

/**
 * Words that make a key one that every visitor may see, such as Stripe's `publishableKey` and reCAPTCHA's `siteKey`.
 * Source: Stripe documentation, "API keys"; Google reCAPTCHA documentation, "site key and secret key".
 */
const PUBLIC_WORDS = new Set("public publishable site sitekey".split(" "));

/** What the last word says when the name speaks of something about a secret and not of the secret. */
const ABOUT =
    /^(?:id|ids|arn|arns|name|names|url|uri|urls|path|paths|file|filename|ref|reference|version|ttl|length|size|count|policy|type|provider|manager|store|engine|enabled|required|rotation|expiry|expiration|expires|age|days|hours|minutes|seconds|alias|hash|digest|sha|checksum|fingerprint|thumbprint|cert|certificate|ca|endpoint|issuer|audience|scope|region|environment|env|header|field|prefix|suffix|description|title|label|format|algorithm|usage|spec|strategy|mode|kind|location|project|zone|role|group|owner|namespace)$/;

/** What a name says of its value. */
export type NameSense =
    /** The value is the secret, such as under `dbPassword`. */
    | "secret"
    /** The value may be the secret, or name where it is kept, such as under `pullSecret`. */
    | "secret-or-name"
    /** The name has to do with secrets, such as `authBlob`. */
    | "suspicious"
    | "harmless";

/**
 * What a name says of its value by its words, in any spelling (`dbPassword`, `DB_PASSWORD`, `db-password`). The last word
 * decides: `passwordPolicy`, `secretArn` and `tokenTtl` are about a secret and hold none.
 */
export function senseOf(name: string): NameSense {
    const known = senses.get(name);
    if (known !== undefined) return known;
    const sense = senseOfWords(wordsOf(name));
    if (senses.size > 10_000) senses.clear();
    senses.set(name, sense);
    return sense;
}

const senses = new Map<string, NameSense>();

function senseOfWords(all: readonly string[]): NameSense {
    const words = [...all];
    const isConnection = () => words.at(-1) === "string" && /^conn(ection)?$/.test(words.at(-2) ?? "");
    while (QUALIFIERS.has(words.at(-1) ?? "") && !isConnection()) words.pop();
    if (isConnection()) return "secret";
    const last = words.at(-1) ?? "";
    const before = words.at(-2) ?? "";
    if (SECRET_WORDS.has(last)) {
        const isKept = (last === "secret" || last === "credential") && before !== "client";
        const isName = isKept && words.slice(0, -1).some(word => KEEPERS.has(word) || isSecretWord(word));
        return isName ? "secret-or-name" : "secret";
    }
    if (last === "key" && SECRET_KEYS.has(before)) return "secret";
    if (last === "connectionstring") return "secret";
    if (ABOUT.test(last) || words.some(word => PUBLIC_WORDS.has(word))) return "harmless";
    return words.some(word => isSecretWord(word) || /^(?:auth|key|hmac|signature|sas|bearer)$/.test(word))
        ? "suspicious"
        : "harmless";
}

/** Whether a name is that of a password, for which anything can stand, be it a number or a single word. */
export function namesPassword(name: string): boolean {
    const words = wordsOf(name).filter(word => !QUALIFIERS.has(word));
    return PASSWORD_WORDS.has(words.at(-1) ?? "");
}

function isSecretWord(word: string): boolean {
    return SECRET_WORDS.has(word);
}

/** The words of a name in lower case and the singular, digits at their ends left out. */
function wordsOf(name: string): string[] {
    return name
        .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
        .replace(/([A-Z])(?=[A-Z][a-z])/g, "$1 ")
        .toLowerCase()
        .split(/[^a-z0-9]/)
        .map(word => (word === "base64" || word === "b64" ? word : word.replace(/(?<!\d)\d+$/, "")))
        .map(word => (/(?:password|secret|token|credential|key|passphrase)s$/.test(word) ? word.slice(0, -1) : word))
        .filter(word => word !== "");
}

/** Texts that stand for a value that is elsewhere, or for none. */
const REFERENCES: readonly RegExp[] = [
    // Interpolations and variables of Pulumi YAML, ESC, shells, templates and CI services.
    /\$\{[^}]+\}|^\$\(.*\)$|^\$[A-Za-z_]\w*$|^%\w+%$|^\{\{.*\}\}$|^@@?\w+@@?$|^#\{.*\}#?$/s,
    // Gaps to be filled in, and values that were taken out.
    /^<[^<>]*>$|^\[[\w -]*\]$|^[*xX•.]{3,}$|^(?:redacted|todo|tbd|n\/?a|null|nil|none|undefined|unset|replace[-_ ]?me|fill[-_ ]?me)$/i,
    /^(?:YOUR|REPLACE|INSERT|CHANGE|ENTER)[-_ ][A-Z_ -]+$|^your[-_][a-z_-]+$/,
    // Choices.
    /^(?:true|false|yes|no|on|off|enabled|disabled|required|optional|auto|automatic|random|generated?|default|always|never|bearer|basic|oidc|iam|jwt|sha\d+|rsa|ed25519)$/i,
    // Places in vaults: ARNs, Azure and Google resource names, references of vals, 1Password and the like.
    /^arn:[a-z-]*:/,
    /^(?:projects\/[^/]+\/(?:secrets|locations)\/|alias\/|\/subscriptions\/)/i,
    /^@Microsoft\.KeyVault\(/,
    /^(?:ref\+[a-z]+|op|vault|awssm|awsssm|ssm|secretsmanager|aws-secretsmanager|gcp-?secrets?|gcpsm|azurekeyvault|akv|keyvault|k8s|doppler|env|file|sops|bao|infisical|esc|secret):./i,
    // Files and parameters: what begins like a path, or ends like a file.
    /^(?:\.{0,2}|~|[A-Za-z]:)[/\\](?:[\w.@-]+[/\\])*[\w.@-]+$/,
    /^[\w./\\-]+\.(?:pem|key|crt|cer|p12|pfx|jks|json|ya?ml|txt|env|ini|toml|cfg|conf|properties)$/i,
];

/** Whether a text stands for a value that is elsewhere (`${db.password}`, an ARN, a path) or is none (`<password>`, `true`). */
export function isReference(text: string): boolean {
    const trimmed = text.trim();
    return trimmed === "" || REFERENCES.some(form => form.test(trimmed));
}

/** True for what documentation writes in place of a secret: `<password>`, `changeme`, `AKIA…EXAMPLE`. */
export function isPlaceholder(text: string): boolean {
    return /EXAMPLE|^<.*>$|^\*+$|^x+$|change[-_ ]?me|placeholder|your[-_ ]/i.test(text.trim());
}

/** Names of Kubernetes and vaults: words in lower case with something between them. */
const NAME = /^[a-z][a-z0-9]*(?:[-._/][a-z0-9]+)*$/;

/** Names of variables, as vaults keep them too. */
const VARIABLE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;

/** UUIDs and resource ids, which look random and are no secrets unless their name says so. */
const IDENTIFIER = /^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|mrk-[0-9a-f]{32}|[a-z]{2,10}-[0-9a-f]{8,17})$/i;

/** The setting of rules that look for secrets in plain text: from which entropy a value passes for random. */
export const minEntropy = z
    .number()
    .min(1)
    .max(8)
    .default(3.5)
    .describe(
        "Shannon entropy, in bits a character, from which a value under a name that speaks of secrets passes for random.",
    );

/** Options of {@link plaintextSecret}. */
export interface Recognition {
    /** Shannon entropy, in bits a character, from which a value of 16 characters or more passes for random. */
    readonly minEntropy: number;
    /** Whether a name is one whose value is always a secret, beside those that are known. */
    readonly isSecretName: (name: string) => boolean;
    /**
     * Whether the name is that of a property inside an object and not of a setting. `secretKey` of an ExternalSecret or of
     * infisical-secrets names the place of a secret, while a setting of that name is one.
     */
    readonly isProperty?: boolean;
}

/**
 * The name that a map of the form `{ name: DB_PASSWORD, value: … }` gives its value, as lists of variables in containers
 * and functions have it; undefined for other maps.
 */
export function namedValue(map: FileValue): { readonly name: string; readonly value: FileValue } | undefined {
    if (!map.isMap) return undefined;
    const name = ["name", "Name", "key", "Key"].map(key => map.get(key).string()).find(text => text !== undefined);
    const value = ["value", "Value"].map(key => map.get(key)).find(one => !one.isMissing);
    return name === undefined || value === undefined ? undefined : { name, value };
}

/**
 * Why a value under a name is a secret in plain text, as the rest of a sentence about the value: `looks like a GitHub token`,
 * `is a secret by its name`; undefined where it is none.
 */
export function plaintextSecret(
    name: string,
    value: string | number | boolean,
    { minEntropy, isSecretName, isProperty = false }: Recognition,
): string | undefined {
    if (typeof value === "boolean") return undefined;
    if (typeof value === "number") {
        const isNamed = namesPassword(name) || isSecretName(name);
        return isNamed && String(value).length >= 4 ? BY_NAME : undefined;
    }
    const format = secretIn(value);
    if (format !== undefined) return `looks like ${format}`;
    if (isReference(value)) return undefined;
    if (isSecretName(name)) return BY_NAME;
    const sense = senseOf(name);
    if (sense === "harmless") return undefined;
    if (/^-----BEGIN (?:CERTIFICATE|[A-Z ]*PUBLIC KEY)/.test(value.trim())) return undefined;
    const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(value);
    if (isUrl) return undefined;
    const isRandom = looksRandom(value, minEntropy);
    if (/^pk_(?:live|test)_[A-Za-z0-9]+$/.test(value)) return undefined;
    if (sense === "suspicious") return isRandom ? `looks random under a name that speaks of secrets` : undefined;
    if (sense === "secret-or-name" && NAME.test(value) && !isRandom) return undefined;
    if (isProperty && /^secret[-_]?keys?$/i.test(name) && (NAME.test(value) || VARIABLE.test(value)) && !isRandom)
        return undefined;
    if (namesPassword(name)) return BY_NAME;
    // A connection string that shows its parts and no password among them; a number of tokens; the id of a KMS key.
    if (/conn(?:ection)?[-_ ]?str/i.test(name) && /[=:]/.test(value)) return undefined;
    if (/^\d{1,9}(?:\.\d+)?$/.test(value) || /^\d+\s?[a-z]{1,7}$/i.test(value)) return undefined;
    if (/key$/i.test(name) && /encryption|master|signing/i.test(name) && IDENTIFIER.test(value)) return undefined;
    return BY_NAME;
}

const BY_NAME = "is a secret by its name";

/** Whether a text looks generated: 16 characters or more without blanks, letters and digits mixed, and entropy enough. */
export function looksRandom(text: string, minEntropy: number): boolean {
    if (text.length < 16 || /\s/.test(text) || !/\d/.test(text) || !/[A-Za-z]/.test(text)) return false;
    return !IDENTIFIER.test(text) && entropyOf(text) >= minEntropy;
}

/** Shannon entropy of a text's characters, in bits a character. */
export function entropyOf(text: string): number {
    const counts = new Map<string, number>();
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
    let entropy = 0;
    for (const count of counts.values()) entropy -= (count / text.length) * Math.log2(count / text.length);
    return entropy;
}

function expressionFor(form: string): RegExp {
    return new RegExp(`(?<![A-Za-z0-9_])(?:${form})(?![A-Za-z0-9_])`);
}
