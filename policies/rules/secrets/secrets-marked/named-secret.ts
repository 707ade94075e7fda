import {
    isPlaceholder,
    isReference,
    looksRandom,
    namesPassword,
    plaintextSecret,
    senseOf,
} from "../../../kit/secret-patterns";

/** Longer than names of variables are. */
const MAX_NAME = 200;

/** Names as stores and clusters give them to secrets, and as variables have them. */
const NAME = /^\/?[a-z][a-z0-9]*(?:[-._/][a-z0-9]+)*$|^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;

/** Variables whose secret is handed over itself, where a `DB_SECRET` may as well say which one it is. */
const OWN_SECRET = /(?:CLIENT|JWT|APP|API|WEBHOOK|SIGNING|HMAC|SESSION|SHARED|COOKIE|AUTH)_?SECRET$/;

/** Tokens by which services tell one request from another, which open nothing. */
const REQUEST_TOKEN = /(?:client|request|idempotency|creation|lock|next|continuation|csrf)[-_]?token$/i;

/**
 * Whether a text is a secret by the name that a program gave it, such as that of a variable.
 *
 * More careful than the rules about settings: names of properties come from services, and a text may be the name of a secret.
 */
export function isNamedSecret(name: string, text: string, minEntropy: number): boolean {
    if (name.length > MAX_NAME || isPlaceholder(text)) return false;
    if (OWN_SECRET.test(name)) return !isReference(text);
    if (senseOf(name) !== "secret" || REQUEST_TOKEN.test(name)) return false;
    const isVariable = /^[A-Z0-9_]+$/.test(name);
    const recognition = { minEntropy, isSecretName: () => false, isProperty: !isVariable };
    if (plaintextSecret(name, text, recognition) === undefined) return false;
    if (namesPassword(name) || looksRandom(text, minEntropy)) return true;
    return text.length >= 8 && !/\s/.test(text) && !NAME.test(text);
}

/** A variable that a script or a specification sets to a plain text: `export DB_PASSWORD=…`, `DB_PASSWORD: "…"`. */
const ASSIGNMENT = /\b([A-Z][A-Z0-9_]{2,80})(?:=|:[ \t])[ \t]?(["']?)([^\s"'`$<>|;&(){}]{4,200})\2(?=[\s"';&|)]|$)/g;

/**
 * Passwords that commands in scripts hold by other names than those of variables. Sources: MySQL Reference Manual, "End-User
 * Guidelines for Password Security" and "CREATE USER Statement"; PostgreSQL documentation, "CREATE ROLE".
 */
const PASSWORDS: readonly RegExp[] = [
    // `--password=…`, `--db-password "…"`. After a blank only in quotes, since mysql's option takes no separate value.
    /(?<![\w-])(?<name>--[a-z][a-z0-9-]{2,60})(?:=["']?|[ \t]["'])(?<value>[^\s"'`$<>|;&(){}-][^\s"'`$<>|;&(){}]{3,199})(?=[\s"';&|)]|$)/g,
    /\bidentified[ \t]+(?:with[ \t]+\w{1,40}[ \t]+)?by[ \t]+'(?<value>[^'\s$<>{}]{4,200})'/gi,
    /\b(?:(?:create|alter)[ \t]+(?:role|user)|mysqladmin)\b[^\n;']{0,200}\bpassword[ \t]+'(?<value>[^'\s$<>{}]{4,200})'/gi,
];

/** Keys of YAML, which cloud-init's own are. Source: cloud-init documentation, "Set Passwords". */
const CLOUD_CONFIG =
    /^[ \t]*(?:- )?(?<name>[a-z][a-z0-9_-]{2,60}):[ \t]+["']?(?<value>[^\s"'`$<>|;&(){}-][^\s"'`$<>|;&(){}]{3,199})["']?[ \t]*$/gm;

/**
 * The name of a variable, an option or a key that a text sets to a secret, such as a script of user data; undefined where it
 * sets none.
 */
export function assignedSecret(text: string, minEntropy: number): string | undefined {
    if (/PASS|PWD|SECRET|TOKEN|KEY|CREDENTIAL|JWT/.test(text)) {
        for (const [, name = "", , value = ""] of text.matchAll(ASSIGNMENT)) {
            const isSure = namesPassword(name) || looksRandom(value, minEntropy);
            if (isSure && isNamedSecret(name, value, minEntropy)) return name;
        }
    }
    if (!/passw|identified/i.test(text)) return undefined;
    for (const form of text.startsWith("#cloud-config") ? [...PASSWORDS, CLOUD_CONFIG] : PASSWORDS) {
        for (const { groups } of text.matchAll(form)) {
            const { name = "password", value = "" } = groups ?? {};
            if (namesPassword(name) && isNamedSecret(name, value, minEntropy)) return name;
        }
    }
    return undefined;
}
