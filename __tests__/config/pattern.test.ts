import { matches } from "../../policies/config/pattern";

test.each<[text: string, pattern: string, expected: boolean]>([
    ["assets", "assets", true],
    ["assets", "asset", false],
    ["assets-1", "assets-*", true],
    ["assets-", "assets-*", true],
    ["my-assets", "*assets", true],
    ["a-b-c", "a*b*c", true],
    ["a-c", "a*b*c", false],
    ["aba", "ab*ba", false],
    ["abba", "ab*ba", true],
    ["abc", "*b*b*", false],
    ["anything", "*", true],
    ["", "*", true],
    ["a.b", "a?b", false],
    ["a(b)[c]", "a(b)*", true],
    [`${"a".repeat(20_000)}b`, `${"a*".repeat(20)}c`, false],
])("%.20s, pattern %s: %s", (text, pattern, expected) => {
    expect(matches(text, pattern)).toBe(expected);
});
