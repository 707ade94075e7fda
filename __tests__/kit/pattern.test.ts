import { globs } from "../../policies/kit/pattern";

const all = (patterns: readonly string[], texts: readonly string[]) => texts.filter(globs(patterns));

test.each([
    [["prod"], ["prod"], ["prod-eu", "a-prod", "Prod", ""]],
    [["*"], ["", "a", "a/b.c"], []],
    [["prod-*"], ["prod-", "prod-a/b"], ["prod", "a-prod-b"]],
    [["*-prod*"], ["a-prod", "-prod-x"], ["prod"]],
    [["{prod,live}"], ["prod", "live"], ["{prod,live}", "prodlive"]],
    [["{prod,live}-{eu,us}*"], ["prod-eu", "live-us-1"], ["prod-", "eu"]],
    [["{a,{b,c}d}"], ["a", "bd", "cd"], ["b", "d"]],
    [["{a,}b"], ["ab", "b"], ["a"]],
    [
        ["{prod}", "{a"],
        ["{prod}", "{a"],
        ["prod", "a"],
    ],
    [["pr-?"], ["pr-1", "pr-x"], ["pr-", "pr-12"]],
    [
        ["r[abc]", "n[1-3]"],
        ["ra", "rc", "n2", "n3"],
        ["rd", "n4", "r[abc]", "n"],
    ],
    [["db.users[0]"], ["db.users[0]"], ["db.users0"]],
    [["!pr-*"], ["prod", ""], ["pr-1"]],
    [["a.b+(c)|d$^"], ["a.b+(c)|d$^"], ["axb+(c)|d$^"]],
    [["*a*b*c"], ["abc", "xaybzc", "abcabc"], ["abcx", "acb"]],
    [[], [], ["", "a"]],
])("the patterns %j", (patterns, matching, others) => {
    expect(all(patterns, [...matching, ...others])).toEqual(matching);
});

test("the same array gives the same function", () => {
    const patterns = ["a"];
    expect(globs(patterns)).toBe(globs(patterns));
});

test("stars and braces take no exponential time", () => {
    expect(globs([`${"*a".repeat(30)}b`])("a".repeat(2_000))).toBe(false);
    expect(globs(["{a,b}".repeat(30)])("a".repeat(30))).toBe(false);
});
