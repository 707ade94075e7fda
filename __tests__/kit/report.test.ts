import {
    aspectOf,
    type FileLocation,
    identified,
    locate,
    MAX_MESSAGE_LENGTH,
    type Place,
    parseLocation,
    printable,
    resourceAt,
    urnOf,
} from "../../policies/kit/report";
import { resourceOf } from "../../policies/kit/resource";
import { Value } from "../../policies/kit/value";
import { stackArgs } from "../support/engine-args";

const message = "is a passphrase; expected a key: awskms, gcpkms.";

describe("a place stands in front of what is said of it", () => {
    const [bucket] = stackArgs(
        [{ type: "aws:s3/bucket:Bucket", name: "logs", props: { acl: "private" } }],
        {},
        "update",
    ).resources.map(resourceOf);
    if (bucket === undefined) throw new Error("a resource was built");

    test.each<[string, Place, string]>([
        ["a resource", bucket, "Bucket 'logs': is wrong."],
        ["a property of a resource", bucket.props.get("acl"), "Bucket 'logs', acl: is wrong."],
        ["all properties of a resource", bucket.props, "Bucket 'logs': is wrong."],
        [
            "a value of no resource",
            Value.of({ a: [1] })
                .get("a")
                .get("b"),
            "a.b: is wrong.",
        ],
        ["a value of no resource and no place", Value.of(1), "is wrong."],
        ["a file", { file: ".npmrc" }, ".npmrc: is wrong."],
        ["a line of a file", { file: "Pulumi.yaml", line: 7 }, "Pulumi.yaml:7: is wrong."],
        ["keys in a file", { file: "Pulumi.yaml", path: "a.b" }, "Pulumi.yaml: a.b: is wrong."],
        ["no keys in a file", { file: "Pulumi.yaml", line: 1, path: "" }, "Pulumi.yaml:1: is wrong."],
    ])("%s", (_, place, expected) => {
        expect(locate(place, "is wrong.")).toBe(expected);
    });

    test("and belongs to a resource or to none", () => {
        const places: Place[] = [bucket, bucket.props.get("acl"), Value.of(1), { file: "a" }];
        expect(places.map(resourceAt)).toEqual([bucket, bucket, undefined, undefined]);
        expect(places.map(urnOf)).toEqual([bucket.urn, bucket.urn, undefined, undefined]);
    });
});

test.each([
    ["a/b.yaml:123: c: d: e", { file: "a/b.yaml", line: 123, message: "c: d: e" }],
    ["a: ", { file: "a", line: undefined, message: "" }],
    ["a:b: c", undefined],
    ["a\nb: c", undefined],
    [": c", undefined],
    ["a:c", undefined],
])("the place of %j is read", (text, expected) => {
    expect(parseLocation(text)).toEqual(expected);
});

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
