import { BUDGET } from "../../../policies/kit/project/budget";
import { FileValue } from "../../../policies/kit/project/file-value";

const parse = (text: string) => FileValue.parse({ path: "file.yaml", text });

/** What `walk` meets, as `keys=value` for scalars. */
function scalars(text: string): string[] {
    const met: string[] = [];
    parse(text).content.walk((value, keys) => {
        const scalar = value.scalar();
        if (scalar !== undefined) met.push(`${value.line}:${keys.join("/")}=${scalar}`);
        return true;
    });
    return met;
}

describe("reading", () => {
    const { content, problems } = parse("name: shop\nconfig:\n  app:port: 5432\n  list:\n    - a\n    - b: c\n");

    test("gives values with path and line", () => {
        expect(problems).toEqual([]);
        const inner = content.get("config").get("list").items()[1]?.get("b");
        expect(inner?.string()).toBe("c");
        expect(inner?.path).toBe("config.list[1].b");
        expect(inner?.line).toBe(6);
        expect(content.get("config").get("app:port").scalar()).toBe(5432);
    });

    test("gives the line of what is around an absent value", () => {
        const absent = content.get("config").get("nothing").get("deeper");
        expect([absent.isMissing, absent.line, absent.path]).toEqual([true, 3, "config.nothing.deeper"]);
        expect(absent.items()).toEqual([]);
    });

    test("says what kind of value it met", () => {
        const { content } = parse("[{}, [], a, 1, true, null]");
        expect(content.items().map(item => item.kind)).toEqual([
            "a map",
            "a list",
            "a text",
            "a number",
            "true or false",
            "nothing",
        ]);
    });
});

test("keys that are no texts are read without their content", () => {
    const { content } = parse("? {<<: text}\n: a\n? [1, 2]\n: b\n? &k key\n: c\n? *k\n: d\n? {}\n: [{? {<<: text}}]\n");
    expect(content.entries().map(([key, value]) => [key, value.scalar()])).toEqual([
        ["{…}", undefined],
        ["[…]", "b"],
        ["key", "c"],
        ["*k", "d"],
    ]);
});

describe("merge keys and aliases", () => {
    test("merge without replacing what the map sets itself, whichever comes first", () => {
        const { content } = parse("base: &base {a: 1, b: 2}\nlate: {a: own, <<: *base}\nearly: {<<: *base, a: own}\n");
        for (const name of ["late", "early"]) {
            const map = content.get(name);
            expect([map.get("a").scalar(), map.get("b").scalar()]).toEqual(["own", 2]);
        }
    });

    test("merge lists of maps, the first of which wins", () => {
        const { content } = parse("x: &x {a: 1}\ny: &y {a: 2, b: 3}\nz: {<<: [*x, *y]}\n");
        expect(
            content
                .get("z")
                .entries()
                .map(([key, value]) => [key, value.scalar()]),
        ).toEqual([
            ["a", 1],
            ["b", 3],
        ]);
    });

    test("leave a quoted `<<` an ordinary key", () => {
        expect(parse('"<<": {a: 1}').content.get("<<").get("a").scalar()).toBe(1);
    });

    test("mean the nearest anchor before the alias", () => {
        expect(scalars("a: &x 1\nb: *x\nc: &x 2\nd: *x\n")).toEqual(["1:a=1", "2:b=1", "3:c=2", "4:d=2"]);
    });

    test("that stand for nothing are a problem", () => {
        expect(parse("a: *x\nb: &x 1\n").problems).toEqual([
            { file: "file.yaml", line: 1, message: "refers to `*x`, which no anchor before it defines" },
        ]);
    });

    test("that lead to themselves end", () => {
        expect(scalars("a: &a [1, *a]\nb: &b {<<: *b, c: 2}\n")).toEqual(["1:a=1", "2:b/c=2"]);
    });

    test.each([
        ["lists", (name: string, of: string) => `${name}: &${name} [${Array(9).fill(`*${of}`).join(", ")}]\n`],
        ["merges", (name: string, of: string) => `${name}: &${name} {<<: [${Array(9).fill(`*${of}`).join(", ")}]}\n`],
    ])("that make a bomb of %s cost no more than the file is long", (_, level) => {
        const names = "abcdefghijklmnopqrst".split("");
        const text = `a: &a {x: 1}\n${names
            .slice(1)
            .map((name, index) => level(name, names[index] ?? "a"))
            .join("")}`;
        const started = performance.now();
        expect(scalars(text)[0]).toBe("1:a/x=1");
        expect(parse(text).content.get("t").get("x").path).toBe("t.x");
        expect(performance.now() - started).toBeLessThan(1_000);
    });
});

describe("problems", () => {
    test.each([
        [
            "a key set twice",
            "a: 1\nb: 2\na: 3\n",
            3,
            "repeats the key `a`, which is set in line 1 already; expected each key once",
        ],
        ["a tab as indentation", "a:\n\tb: 1\n", 2, "is not valid YAML: tabs are not allowed as indentation"],
        [
            "a second document",
            "a: 1\n---\nb: 2\n",
            3,
            "begins a second YAML document, which is not read; expected one document",
        ],
    ])("%s", (_, text, line, message) => {
        expect(parse(text).problems).toEqual([{ file: "file.yaml", line, message }]);
    });

    test("a key set twice in JSON, deep inside", () => {
        expect(parse('{"a": [{"b": 1,\n"b": 2}]}').problems).toHaveLength(1);
    });

    test.each([
        ["an empty file", ""],
        ["comments alone", "# nothing\n"],
        ["an end marker and an empty second document", "a: 1\n...\n---\n# nothing\n"],
        ["CRLF", "a: 1\r\nb:\r\n  c: 2\r\n"],
        ["JSON indented by tabs", '{\n\t"a": {\n\t\t"b": 1\n\t}\n}'],
        ["many brackets in a text", `a: |\n  ${"[{(".repeat(500)}\n`],
    ])("not: %s", (_, text) => {
        expect(parse(text).problems).toEqual([]);
    });

    test.each([
        ["behind a sign for a block", "a: |hunter2\n", "block scalar header includes extra characters"],
        ["that begins like a tag", "a: !hunter2! x\n", "a tag that there is not"],
        ["with a backslash", 'a: "\\hunter2"\n', "an escape sequence that there is not"],
        ["behind a directive", "%YAML hunter2\n---\na: 1\n", "a directive that there is not"],
        ["at the end of a text", 'a: "x" hunter2\n', "unexpected scalar at node end"],
        ["that begins like an anchor", "a: &x &hunter2 y\n", "a node can have at most one anchor"],
    ])("show nothing of a secret %s", (_, text, message) => {
        const [problem] = parse(text).problems;
        expect(problem?.message).toBe(`is not valid YAML: ${message}`);
    });

    test("no more than five are listed", () => {
        expect(parse("a: ]\n".repeat(50)).problems).toHaveLength(5);
    });

    test.each([
        ["closed brackets", `${"[".repeat(3_000)}${"]".repeat(3_000)}`],
        ["open brackets up to the size limit", "[".repeat(5 * 1024 * 1024)],
        ["braces", "{a: ".repeat(100_000)],
        ["dashes in a line", `${"- ".repeat(5_000)}x`],
        ["indentation", Array.from({ length: 1_000 }, (_, depth) => `${" ".repeat(depth)}k:`).join("\n")],
    ])("nesting that would exhaust the parser: %s", (_, text) => {
        expect(parse(text).problems).toEqual([
            { file: "file.yaml", message: "is nested too deep (more than 200 levels), so it is not read" },
        ]);
    });

    test.each([
        ["a literal block", "a: 1\nrun: |\n  one\n\n  three\n", 2, [3, 3, 4, 5]],
        [
            "a literal block with a comment, an anchor and a mark",
            "run: &x |2- # note\n   one\n  two\n",
            1,
            [2, 2, 2, 3],
        ],
        ["a literal block with other ends of lines", "run: |\r\n  one\r\n  two\r\n", 1, [2, 2, 3, 3]],
        ["a folded block", "run: >\n  one\n  two\n", 1, [1, 1, 1, 1]],
        ["quotes over several lines", 'run: "one\n\n  two"\n', 1, [1, 1, 1, 1]],
    ])("lines of %s", (_, text, own, lines) => {
        const value = parse(text).content.get("run");
        expect(value.line).toBe(own);
        expect([0, 1, 4, 5].map(offset => value.lineAt(offset).line)).toEqual(lines);
        expect(value.lineAt(5).path).toBe("run");
    });

    test("lines of a literal block behind an alias are the alias's", () => {
        expect(parse("a: &x |\n  one\n  two\nrun: *x\n").content.get("run").lineAt(5).line).toBe(4);
    });

    test("a map of ten times the keys takes about ten times the time", () => {
        const timeOf = (length: number) => {
            const text = Array.from({ length }, (_, index) => `key${index}: value`).join("\n");
            const started = performance.now();
            expect(parse(text).content.entries()).toHaveLength(length);
            return performance.now() - started;
        };
        timeOf(5_000);
        // Far from the hundred times that comparing each key with each other one would take.
        expect(timeOf(50_000) / timeOf(5_000)).toBeLessThan(40);
    });
});

describe("what is too much", () => {
    const problemsOf = (text: string) => parse(text).problems.map(({ message }) => message);

    test("is a file of more than the megabytes that are read", () => {
        jest.replaceProperty(BUDGET as { yamlBytes: number }, "yamlBytes", 2 * 1024 * 1024);
        const text = (length: number) => `a: ${"x".repeat(length - 3)}`;
        expect(problemsOf(text(2 * 1024 * 1024))).toEqual([]);
        expect(problemsOf(text(2 * 1024 * 1024 + 1))).toEqual(["is larger than 2 MB, so it is not read as YAML"]);
        jest.restoreAllMocks();
    });

    test.each([
        ["lists", "[", "]"],
        ["maps", "{a: ", "}"],
    ])("are %s in one another, and not beside one another", (_, open, close) => {
        jest.replaceProperty(BUDGET as { depth: number }, "depth", 10);
        const nested = (depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
        expect(problemsOf(nested(10))).toEqual([]);
        expect(problemsOf(nested(11))).toEqual(["is nested too deep (more than 10 levels), so it is not read"]);
        expect(problemsOf(`[${Array(50).fill(nested(5)).join(", ")}]`)).toEqual([]);
        expect(problemsOf(`a: "${open.repeat(20)}"`)).toEqual([]);
        jest.restoreAllMocks();
    });

    test("are aliases that stand for more values than are counted", () => {
        jest.replaceProperty(BUDGET as { expansions: number }, "expansions", 8);
        // The map is one value, and each of its three keys and values another: seven.
        const text = (more: string) => `a: &x {b: 1, c: 2, d: 3}\ne: *x\n${more}`;
        expect(problemsOf(text(""))).toEqual([]);
        expect(problemsOf(text("f: *x\n"))).toEqual([
            "stands with the aliases before it for more than 8 values, so it is not read",
        ]);
        jest.restoreAllMocks();
    });
});

test("what an alias means is visited where it stands first, and texts wherever they stand", () => {
    expect(scalars("a: &x {b: 1}\nc: *x\nd: &y 2\ne: *y\nf: [*x, *y]\n")).toEqual([
        "1:a/b=1",
        "3:d=2",
        "4:e=2",
        "5:f=2",
    ]);
});

test("a map may merge twice, and repeat no key", () => {
    const { content, problems } = parse("a: &x {b: 1}\nc: &y {d: 2}\ne:\n  <<: *x\n  <<: *y\n  f: 3\n");
    expect(problems).toEqual([]);
    expect(
        content
            .get("e")
            .entries()
            .map(([key, value]) => `${key}=${value.scalar()}`),
    ).toEqual(["f=3", "b=1", "d=2"]);
});
