import { createHash } from "node:crypto";

/** The type token in a URN, which is `urn:pulumi:<stack>::<project>::<parent types$type>::<name>`. */
export function typeOf(urn: string): string {
    return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** The name that the program gives a resource. */
export function nameOf(urn: string): string {
    return urn.split("::").slice(3).join("::");
}

/** Hexadecimal digits that are the same in every run, and others for every resource. */
export function digitsOf(urn: string, length: number): string {
    return createHash("sha256").update(urn).digest("hex").slice(0, length);
}
