/** A form that secrets have, and what has it. */
interface SecretPattern {
    /** What a message calls it, with its article: `an AWS access key`. */
    readonly name: string;
    readonly pattern: RegExp;
}

/**
 * Secrets that are known by their form alone.
 *
 * Sources: AWS IAM User Guide, "IAM identifiers" (prefixes); GitHub blog, "Behind GitHub's new authentication token formats";
 * GitLab documentation, "Token prefixes"; Slack, Stripe, Google, npm, PyPI, SendGrid, DigitalOcean and Pulumi documentation
 * of their tokens; RFC 7468 (PEM); RFC 7519 (JWT); RFC 3986, section 3.2.1 (passwords in URLs); Azure Storage documentation,
 * "Configure connection strings".
 */
const PATTERNS: readonly SecretPattern[] = [
    { name: "a private key", pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/ },
    { name: "an AWS access key", pattern: /(?<![A-Za-z0-9/+])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9/+])/ },
    { name: "a GitHub token", pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})/ },
    { name: "a GitLab token", pattern: /\bgl(?:pat|dt|ptt|rt|cbt|oas|ft|soat|agent)-[\w-]{20,}/ },
    { name: "a Slack token", pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/ },
    { name: "a Slack webhook", pattern: /\bhooks\.slack\.com\/services\/T\w{6,}\/B\w{6,}\/\w{16,}/ },
    { name: "a Stripe key", pattern: /\b[sr]k_live_[A-Za-z0-9]{16,}/ },
    { name: "a Google API key", pattern: /\bAIza[\w-]{35}(?![\w-])/ },
    { name: "an npm token", pattern: /\bnpm_[A-Za-z0-9]{36}\b/ },
    { name: "a PyPI token", pattern: /\bpypi-AgEIcHlwaS5vcmc[\w-]{50,}/ },
    { name: "a SendGrid key", pattern: /\bSG\.[\w-]{22}\.[\w-]{43}(?![\w-])/ },
    { name: "a DigitalOcean token", pattern: /\bdo[opr]_v1_[a-f0-9]{64}\b/ },
    { name: "a Pulumi access token", pattern: /\bpul-[a-f0-9]{40}\b/ },
    { name: "an Azure storage key", pattern: /\bAccountKey=[A-Za-z0-9+/]{60,}={0,2}/ },
    { name: "a JSON web token", pattern: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/ },
    {
        name: "a URL with a password",
        pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'$<{]*:(?!\*+@|x+@)[^\s/@"'$<{[]{3,}@[\w.[-]/i,
    },
];

/** What documentation and tests write in place of a secret. */
const PLACEHOLDER = /EXAMPLE|^<.*>$|^\*+$|^x+$|change[-_ ]?me|placeholder|your[-_ ]/i;

/** What kind of secret a text holds, with its article, by its form alone; undefined for none. The text itself is not given. */
export function secretIn(text: string): string | undefined {
    for (const { name, pattern } of PATTERNS) {
        const match = pattern.exec(text);
        if (match !== null && !PLACEHOLDER.test(match[0])) return name;
    }
    return undefined;
}

/** True for a text that stands for a secret, as in documentation: `<password>`, `changeme`, `AKIA…EXAMPLE`. */
export function isPlaceholder(text: string): boolean {
    return PLACEHOLDER.test(text.trim());
}
