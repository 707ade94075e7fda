import { wildcard } from "../../policies/kit/wildcard";

test.each([
    ["aws:rds/instance:Instance", "aws:rds/instance:Instance"],
    ["aws:rds/*", "aws:rds/cluster:Cluster"],
    ["aws:*:Key", "aws:kms/key:Key"],
    ["azure-native:storage*:StorageAccount", "azure-native:storage:StorageAccount"],
    ["azure-native:storage*:StorageAccount", "azure-native:storage/v20230101:StorageAccount"],
    ["*", ""],
    ["**", "a/b"],
    ["a*", "a\nb"],
    ["assets-*", "assets-"],
    ["*assets", "my-assets"],
    ["a*b*c", "a-b-c"],
    ["ab*ba", "abba"],
    ["a(b)*", "a(b)[c]"],
])("%j matches %j", (pattern, text) => expect(wildcard(["none", pattern])(text)).toBe(true));

test.each([
    ["aws:rds/instance:Instance", "aws:rds/instance:Instances"],
    ["aws:rds/instance:Instance", "AWS:rds/instance:Instance"],
    ["aws:*:Key", "aws:kms/key:KeyPolicy"],
    ["a.c", "abc"],
    ["a|b", "a"],
    ["", "a"],
    ["a*b*c", "a-c"],
    ["ab*ba", "aba"],
    ["*b*b*", "abc"],
    ["a?b", "a.b"],
    [`${"a*".repeat(20)}c`, `${"a".repeat(20_000)}b`],
])("%.40j does not match %.40j", (pattern, text) => expect(wildcard([pattern])(text)).toBe(false));

test("no patterns match nothing", () => expect(wildcard([])("")).toBe(false));

test("the same patterns are compiled once", () => {
    const patterns = ["a*"];
    expect(wildcard(patterns)).toBe(wildcard(patterns));
});

test("many stars cost no more than pattern and text are long", () => {
    const started = performance.now();
    expect(wildcard([`${"a*".repeat(500)}b`])("a".repeat(5_000))).toBe(false);
    expect(wildcard([`${"a*".repeat(500)}b`])(`${"a".repeat(5_000)}b`)).toBe(true);
    expect(performance.now() - started).toBeLessThan(1_000);
});
