import { globs, pathGlobs } from "../../policies/kit/pattern";

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
    [["n[!1-3]"], ["n4", "na"], ["n1", "n3", "n", "n[!1-3]"]],
    [["[a-c0-2x]z"], ["az", "cz", "1z", "xz"], ["dz", "3z", "-z"]],
    [
        ["a\\*b", "a\\?", "\\[ab]"],
        ["a*b", "a?", "[ab]"],
        ["axb", "ab", "a", "a\\*b"],
    ],
    [
        ["\\{a,b\\}", "{c\\,d,e}"],
        ["{a,b}", "c,d", "e"],
        ["a", "c", "d"],
    ],
    [["!{dev,test}"], ["prod"], ["dev", "test"]],
    [["a**/b"], ["a/b", "axx/b"], ["ab"]],
    [["a?b"], ["a/b", "axb"], ["ab", "a//b"]],
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

const files = (patterns: readonly string[], paths: readonly string[]) => paths.filter(pathGlobs(patterns));

test.each([
    [
        ["Pulumi.*.yaml"],
        ["Pulumi.prod.yaml", "Pulumi..yaml"],
        ["infra/Pulumi.prod.yaml", "Pulumi.a/b.yaml", "Pulumi.yaml"],
    ],
    [["*/Pulumi.?.yaml"], ["a/Pulumi.x.yaml"], ["Pulumi.x.yaml", "a/b/Pulumi.x.yaml", "a/Pulumi.xy.yaml"]],
    [["a?b"], ["axb"], ["a/b", "ab"]],
    [["**/x"], ["x", "a/x", "a/b/x"], ["ax", "a/bx", "x/y"]],
    [["a/**"], ["a/b", "a/b/c", "a/"], ["a", "ab/c"]],
    [["a/**/z"], ["a/z", "a/b/z", "a/b/c/z"], ["az", "a/bz"]],
    [["a**b"], ["ab", "a/x/b"], ["a/x"]],
    [["*"], ["a", ".hidden", ""], ["a/b"]],
    [["{a,b}/[cd].yml"], ["a/c.yml", "b/d.yml"], ["a/e.yml", "c/c.yml"]],
    [["!**/*.md"], ["a/b.ts"], ["a/b.md", "b.md"]],
    [["a\\*/b"], ["a*/b"], ["ax/b"]],
    [[], [], ["", "a"]],
])("the patterns of files %j", (patterns, matching, others) => {
    expect(files(patterns, [...matching, ...others])).toEqual(matching);
});

test("stars and folders of a pattern take no exponential time", () => {
    expect(pathGlobs([`${"**/*a".repeat(30)}b`])("a/".repeat(1_000))).toBe(false);
    expect(pathGlobs([`${"*a".repeat(30)}b`])("a".repeat(2_000))).toBe(false);
});
