import {
    aspectOf,
    type FileLocation,
    identified,
    locate,
    MAX_MESSAGE_LENGTH,
    parseLocation,
    printable,
} from "../../policies/kit/report";

const message = "is a passphrase; expected a key: awskms, gcpkms.";

describe("a place in a file is read back from the message that it was put before", () => {
    test.each([
        ["file and line", { file: "infra/Pulumi.prod.yaml", line: 7 }, message],
        ["file alone", { file: ".npmrc" }, message],
        ["file, line and keys", { file: "Pulumi.yaml", line: 1, path: "config.key" }, `config.key: ${message}`],
        ["a message of several lines", { file: "a b.yaml", line: 2 }, "is this:\nthat: 3"],
    ])("%s", (_, place, rest) => {
        const given = "path" in place ? message : rest;
        expect(parseLocation(locate(place, given))).toEqual({
            file: place.file,
            line: undefined,
            ...lineOf(place),
            message: rest,
        });
    });

    test("nothing is read where a message begins with no place", () => {
        expect(parseLocation("The stack has no owner.")).toBeUndefined();
    });
});

function lineOf(place: FileLocation): { line?: number } {
    return place.line === undefined ? {} : { line: place.line };
}

test("an aspect is read back from the end of its message, of the rule alone that reports it", () => {
    const text = identified(message, "rule-one/aspect-a");
    expect(text).toBe(`${message} [rule-one/aspect-a]`);
    expect(aspectOf(text, "rule-one")).toBe("aspect-a");
    expect(aspectOf(text, "rule-two")).toBeUndefined();
    expect(aspectOf(`${text} And more.`, "rule-one")).toBeUndefined();
    expect(aspectOf(message, "rule-one")).toBeUndefined();
});

describe("printable", () => {
    test.each([
        [
            "plain text, with letters of any language",
            "Bucket 'größe', 日本: is wrong.",
            "Bucket 'größe', 日本: is wrong.",
        ],
        ["line breaks", "a\n::error::b\r\u2028c", "a\\u{a}::error::b\\u{d}\\u{2028}c"],
        ["escape sequences", "a\u001b[31mb\u009bc", "a\\u{1b}[31mb\\u{9b}c"],
        ["marks of direction", "a\u202egpj.exe\u2066", "a\\u{202e}gpj.exe\\u{2066}"],
        ["what a runner takes for a command", "  ::error::b", "  \\u{3a}:error::b"],
        ["a message of the greatest length", "x".repeat(MAX_MESSAGE_LENGTH), "x".repeat(MAX_MESSAGE_LENGTH)],
        [
            "one character more",
            "x".repeat(MAX_MESSAGE_LENGTH + 1),
            `${"x".repeat(MAX_MESSAGE_LENGTH)}… (and 1 more characters)`,
        ],
    ])("%s", (_, text, expected) => expect(printable(text)).toBe(expected));
});
