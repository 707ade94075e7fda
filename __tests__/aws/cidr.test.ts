import { parseCidr, shareOfInternet } from "../../policies/aws/cidr";

function share(...texts: string[]): number {
    const blocks = texts.map(text => {
        const block = parseCidr(text);
        if (block === undefined) throw new Error(`${text} is no block.`);
        return block;
    });
    return shareOfInternet(blocks, blocks[0]?.family ?? 4);
}

test.each([
    "0.0.0.0/0",
    "10.1.2.3/0",
    "0.0.0.0/00",
    "::/0",
    "0:0:0:0:0:0:0:0/0",
    "::0/0",
    "2001:db8::/0",
    "::ffff:0:0/96",
    "2000::/3",
    " ::/0 ",
])("%j is the whole internet", text => expect(share(text)).toBe(1));

test.each([
    ["0.0.0.0/1", 0.5],
    ["10.0.0.0/8", 1 / 256],
    ["203.0.113.7/32", 1 / 2 ** 32],
    ["fc00::/7", 0],
    ["::/1", 1],
    ["2001:db8::/32", 1 / 2 ** 29],
    ["::ffff:10.0.0.0/104", 1 / 256],
])("%s is %d of the internet", (text, expected) => expect(share(text)).toBeCloseTo(expected, 12));

test("blocks add up, and overlaps count once", () => {
    expect(share("0.0.0.0/1", "128.0.0.0/1")).toBe(1);
    expect(share("128.0.0.0/1", "0.0.0.0/2", "64.0.0.0/2")).toBe(1);
    expect(share("0.0.0.0/1", "10.0.0.0/8", "0.0.0.0/1")).toBe(0.5);
    expect(share("2000::/4", "3000::/4")).toBe(1);
});

test("blocks of the other family do not count", () => {
    const six = parseCidr("::/0");
    expect(six && shareOfInternet([six], 4)).toBe(0);
});

test.each(["", "0.0.0.0", "10.0.0/8/8", "10.0.0.0/33", "::/129", "example.com/0", "10.0.0.0/-1", "10.0.0.0/x", "/0"])(
    "%j is no block",
    text => expect(parseCidr(text)).toBeUndefined(),
);
