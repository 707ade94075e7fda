import { parse } from "yaml";
import { withExemption } from "../../../policies/config/exemptions/write";

const EXEMPTION = { rule: "a-rule", file: "ci.yml", reason: "It is: known.", owner: "web", expires: "2030-01-31" };

/** The exemption as an element of a list, at a column. */
const element = (column: number) =>
    ["- rule: a-rule", "  file: ci.yml", '  reason: "It is: known."', "  owner: web", "  expires: 2030-01-31"]
        .map(line => `${" ".repeat(column)}${line}\n`)
        .join("");

test.each([
    ["behind the last one, at its column", "list:\n  - rule: b # why\n    reason: |\n      x\n", 2, ""],
    ["before what follows the list", "list:\n- rule: b\n", 0, "# tail\nmaxDays: 3\n"],
    ["in place of an empty list, of which the comments stay", "# head\nlist: # none\n", 4, "#  - rule: example\n"],
    ["in a file without a list", "maxDays: 30\n", 4, ""],
])("an exemption is written %s", (_, before, column, after) => {
    const list = before.includes("list:") ? "" : "list:\n";
    expect(withExemption(`${before}${after}`, EXEMPTION)).toBe(`${before}${list}${element(column)}${after}`);
});

test.each([
    ["[]", "maxDays: 30\nlist: [] # none\n# tail\n", `maxDays: 30\nlist: # none\n${element(4)}# tail\n`],
    ["[ ] at the end of the file", "list: [ ]", `list:\n${element(4)}`],
    ["null", "list: null\n", `list:\n${element(4)}`],
    ["~", "list: ~\n", `list:\n${element(4)}`],
    ["nothing", "list:\nmaxDays: 3\n", `list:\n${element(4)}maxDays: 3\n`],
    ["[] before another key", "list: []\nmaxDays: 3\n", `list:\n${element(4)}maxDays: 3\n`],
    ["behind a key in quotes", '"list": []\n', `"list":\n${element(4)}`],
    ["[] behind a comment with a colon", "# a: b\nlist: []\n", `# a: b\nlist:\n${element(4)}`],
    ["without one, and no newline at the end", "maxDays: 3", `maxDays: 3\nlist:\n${element(4)}`],
    ["no newline at the end", "list:\n    - rule: b", `list:\n    - rule: b\n${element(4)}`],
])("the list may be %s", (_, text, expected) => expect(withExemption(text, EXEMPTION)).toBe(expected));

test("a new file begins with what it is for", () => {
    expect(withExemption("", EXEMPTION)).toBe(
        `# Violations that are accepted for a stated reason until a date.\n\nlist:\n${element(4)}`,
    );
});

test.each([
    ["a list in flow style", "# head\nlist: [{ rule: b }] # why\nmaxDays: 3\n"],
    ["JSON", '{ "list": [], "maxDays": 3 }'],
])("%s is written anew with all that it says", (_, text) => {
    const changed = withExemption(text, EXEMPTION);
    const { list = [], ...rest } = parse(text);
    expect(parse(changed)).toEqual({ ...rest, list: [...list, EXEMPTION] });
    for (const comment of text.match(/#.*/g) ?? []) expect(changed).toContain(comment);
});

test("texts of an exemption are kept in one line", () => {
    const reason = `${"so it is, ".repeat(20)}and stays`;
    expect(withExemption("", { ...EXEMPTION, reason })).toContain(`      reason: ${reason}\n`);
});

test.each(["list: some text\n", "list: 7\n", "list: {}\n", "list: ''\n"])(
    "what cannot be written to is refused: %j",
    text => {
        expect(() => withExemption(text, EXEMPTION)).toThrow(
            new Error("the list of exemptions has a form in which it cannot be written to; add the exemption by hand."),
        );
    },
);
