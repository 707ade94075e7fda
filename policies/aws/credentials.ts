import { gunzipSync } from "node:zlib";
import { isPlaceholder, secretIn } from "../kit/secret-patterns";

/** A secret access key has no form of its own, so its name must say what it is. Source: AWS CLI User Guide. */
const SECRET_KEY_NAME = /aws_?secret_?(access_?)?key/i;
const SECRET_KEY_VALUE = /^[A-Za-z0-9/+]{40}$/;
const SECRET_KEY_ASSIGNED =
    /aws_?secret_?(?:access_?)?key\\?["']?\s{0,20}[:=]\s{0,20}\\?["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])/i;

/** A pair of name and value in text that is not JSON as a whole, such as YAML, in either order. */
const SECRET_KEY_IN_PAIR = (() => {
    const between = `\\s{0,200},?\\s{0,200}`;
    const name = `\\bname["']?\\s{0,20}:\\s{0,20}["']?\\w{0,40}?aws_?secret_?(?:access_?)?key\\w{0,40}["']?`;
    const value = `\\bvalue["']?\\s{0,20}:\\s{0,20}["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])["']?`;
    return new RegExp(`${name}${between}["']?${value}|${value}${between}["']?${name}`, "i");
})();

/** How long a text is that is looked through at once, and how much of it again with the next part; in characters. */
const PART = 100_000;
const OVERLAP = 10_000;

/** How large what a compressed text holds may be, in bytes. User data has at most 16 kilobytes. */
const MAX_UNPACKED = 1_000_000;

/** What the kinds of AWS keys begin with, among those that {@link credentialIn} tells. */
export const AWS_KEY = "an AWS ";

/**
 * What credential a text holds by its form, such as `an AWS access key`; undefined where it holds none. `name` is what the
 * text is called. Texts in base 64, compressed ones too, are looked into.
 */
export function credentialIn(name: string, text: string): string | undefined {
    const direct = inPlain(name, text);
    if (direct !== undefined) return direct;
    const inside = decoded(text);
    return inside === undefined ? undefined : inPlain(name, inside);
}

function inPlain(name: string, text: string): string | undefined {
    for (let start = 0; start === 0 || start + OVERLAP < text.length; start += PART - OVERLAP) {
        const part = start === 0 && text.length <= PART ? text : text.slice(start, start + PART);
        const secret = secretIn(part) ?? secretKeyIn(name, part);
        if (secret !== undefined) return secret;
    }
    return undefined;
}

function secretKeyIn(name: string, text: string): string | undefined {
    const key =
        SECRET_KEY_NAME.test(name) && SECRET_KEY_VALUE.test(text.trim())
            ? text
            : SECRET_KEY_NAME.test(text)
              ? (SECRET_KEY_ASSIGNED.exec(text)?.[1] ?? SECRET_KEY_IN_PAIR.exec(text)?.slice(1).find(Boolean))
              : undefined;
    return key !== undefined && !isPlaceholder(key) ? `${AWS_KEY}secret access key` : undefined;
}

/** What a text in base 64 holds, as user data and scripts of notebooks are given. Undefined where it is none. */
export function decoded(text: string): string | undefined {
    if (text.length < 24 || !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text)) return undefined;
    const bytes = Buffer.from(text, "base64");
    if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString("latin1");
    try {
        return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED }).toString("latin1");
    } catch {
        return undefined;
    }
}
