import ipaddr from "ipaddr.js";
import { parseCidr } from "../../policies/aws/cidr";
import { UNKNOWN } from "./engine-args";
import { isMap } from "./json";

// Ways to write the same data, for `mapDeep`: each takes a node and gives it as it could be written as well.

/** The properties of an object in the opposite order. */
export const reverseKeys = (node: unknown): unknown =>
    isMap(node) ? Object.fromEntries(Object.entries(node).reverse()) : node;

/** The elements of a list in the opposite order. */
export const reverseLists = (node: unknown): unknown => (Array.isArray(node) ? [...node].reverse() : node);

/** A list of one text or one object as that text or object. */
export function unwrapList(node: unknown): unknown {
    if (!Array.isArray(node) || node.length !== 1) return node;
    const [only]: unknown[] = node;
    return isMap(only) || typeof only === "string" ? only : node;
}

/** The action of a policy in letters of the other case, which IAM takes alike. */
export const respellAction = (node: unknown, key: string): unknown =>
    /^(not)?actions?$/i.test(key) && typeof node === "string" && node !== UNKNOWN
        ? [...node].map((letter, index) => (index % 2 === 0 ? letter.toUpperCase() : letter.toLowerCase())).join("")
        : node;

/** A block of addresses with IPv6 in full and in capital letters, and a mask of zero with two digits. */
export function respellCidr(node: unknown): unknown {
    if (typeof node !== "string" || parseCidr(node) === undefined) return node;
    const [address = "", mask = ""] = node.split("/");
    const spelling = ipaddr.parse(address.trim()).toNormalizedString().toUpperCase();
    return `${spelling}/${mask.trim() === "0" ? "00" : mask.trim()}`;
}
