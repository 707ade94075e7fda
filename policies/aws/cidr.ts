import ipaddr from "ipaddr.js";
import { remembering } from "../kit/remember";

/** A block of addresses, as the first and last address in numbers. */
export interface Cidr {
    readonly family: 4 | 6;
    readonly first: bigint;
    readonly last: bigint;
}

/** The addresses that a stranger can come from: all of IPv4, and IPv6 global unicast (RFC 4291, section 2.4). */
const INTERNET: Readonly<Record<Cidr["family"], Cidr>> = {
    4: { family: 4, first: 0n, last: (1n << 32n) - 1n },
    6: { family: 6, first: 0x2n << 124n, last: (0x4n << 124n) - 1n },
};

/**
 * Reads a block in CIDR notation in any spelling (`::/0`, `0::0/00`, host bits set); undefined for anything else. IPv4
 * addresses written as IPv6 (`::ffff:0:0/96`) are IPv4.
 */
export const parseCidr = remembering((text): Cidr | undefined => {
    const [, address = "", mask = ""] = /^([^/]+)\/(\d{1,3})$/.exec(text.trim()) ?? [];
    if (!ipaddr.isValid(address)) return undefined;
    const parsed = ipaddr.parse(address);
    const width = parsed.kind() === "ipv4" ? 32 : 128;
    const length = Number(mask);
    if (length > width) return undefined;
    const number = parsed.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const size = 1n << BigInt(width - length);
    const first = number - (number % size);
    const block = { first, last: first + size - 1n };
    const mapped = 0xffffn << 32n;
    if (width === 128 && length >= 96 && first >> 32n === mapped >> 32n) {
        return { family: 4, first: block.first - mapped, last: block.last - mapped };
    }
    return { family: width === 32 ? 4 : 6, ...block };
});

/** What share of the internet of their family the blocks cover together, from 0 to 1. Overlaps count once. */
export function shareOfInternet(blocks: readonly Cidr[], family: Cidr["family"]): number {
    const internet = INTERNET[family];
    const sorted = blocks
        .filter(block => block.family === family)
        .map(block => ({
            first: block.first > internet.first ? block.first : internet.first,
            last: block.last < internet.last ? block.last : internet.last,
        }))
        .filter(({ first, last }) => first <= last)
        .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
    let covered = 0n;
    let next = internet.first;
    for (const { first, last } of sorted) {
        const from = first > next ? first : next;
        if (last < from) continue;
        covered += last - from + 1n;
        next = last + 1n;
    }
    return Number(covered) / Number(internet.last - internet.first + 1n);
}
