import { recipesOf } from "../../policies/pipelines/recipes";
import { inWorkspace } from "../support/in-workspace";

type Files = Readonly<Record<string, string>>;

const ran = (command: string, files: Files, folder = "") =>
    inWorkspace(files, workspace => recipesOf(command.split(" "), folder, workspace));

/** The lines that a command runs, and the folder, as `folder: line | line`. */
const lines = (command: string, files: Files, folder = "") =>
    ran(command, files, folder)
        .map(({ text, folder: home }) => `${home}: ${text.split("\n").join(" | ")}`)
        .join(" & ");

const MAKE = "up:\n\tpulumi up\ndown:\n\tpulumi destroy\n";
const JUST = "up:\n    pulumi up\ndown:\n    pulumi destroy\n";
const TASK = "tasks:\n  up: pulumi up\n  down: pulumi destroy\n";

describe("the tool that is called, and its file", () => {
    test.each([
        ["make up", { GNUmakefile: MAKE }],
        ["make up", { makefile: MAKE }],
        ["make up", { Makefile: MAKE }],
        ["gmake up", { Makefile: MAKE }],
        ["/usr/bin/make up", { Makefile: MAKE }],
        ["just up", { justfile: JUST }],
        ["just up", { Justfile: JUST }],
        ["just up", { ".justfile": JUST }],
        ["task up", { "Taskfile.yml": TASK }],
        ["task up", { "taskfile.yml": TASK }],
        ["task up", { "Taskfile.yaml": TASK }],
        ["task up", { "taskfile.yaml": TASK }],
        ["task up", { "Taskfile.dist.yml": TASK }],
        ["task up", { "Taskfile.dist.yaml": TASK }],
        ["go-task up", { "Taskfile.yml": TASK }],
    ] satisfies [string, Files][])("%s reads %j", (command, files) =>
        expect(ran(command, files)).toEqual([{ text: "pulumi up", folder: "" }]),
    );

    test.each([
        ["a tool of another name", "cmake up", { Makefile: MAKE }],
        ["a tool whose name begins alike", "gmakes up", { Makefile: MAKE }],
        ["a tool whose name ends alike", "egmake up", { Makefile: MAKE }],
        ["a task of another tool", "ago-task up", { "Taskfile.yml": TASK }],
        ["a task of one more tool", "go-tasks up", { "Taskfile.yml": TASK }],
        ["no command", "", { Makefile: MAKE }],
        ["the file of another tool", "just up", { Makefile: MAKE }],
        ["no file at all", "make up", {}],
        ["a target that is not there", "make other", { Makefile: MAKE }],
        ["no target where a file has none", "make", { Makefile: "# nothing\n" }],
        ["a named file that is not there", "make -f other.mk up", { Makefile: MAKE }],
    ] satisfies [string, string, Files][])("runs nothing: %s", (_, command, files) =>
        expect(ran(command, files)).toEqual([]),
    );

    test("the first of several files is read", () => {
        const other = MAKE.replaceAll("pulumi", "terraform");
        expect(lines("make up", { makefile: MAKE, Makefile: other })).toBe(": pulumi up");
        expect(lines("make up", { GNUmakefile: MAKE, makefile: other })).toBe(": pulumi up");
        expect(lines("just up", { justfile: JUST, ".justfile": other.replaceAll("\t", "  ") })).toBe(": pulumi up");
        expect(lines("task up", { "Taskfile.yml": TASK, "Taskfile.dist.yml": "tasks: { up: x }\n" })).toBe(
            ": pulumi up",
        );
    });
});

describe("folders and files by flags", () => {
    const IN = { "infra/Makefile": MAKE, "infra/justfile": JUST, "infra/Taskfile.yml": TASK };
    test.each([
        "make -C infra up",
        "make --directory infra up",
        "make --directory=infra up",
        "make up -C infra",
        "make -C infra -j 4 up STACK=prod",
        "just -d infra up",
        "just --working-directory infra up",
        "just --working-directory=infra up",
        "just -f infra/justfile up",
        "just --justfile infra/justfile up",
        "just --justfile=infra/justfile up",
        "task -d infra up",
        "task --dir infra up",
        "task --dir=infra up",
        "task -t infra/Taskfile.yml up",
        "task --taskfile infra/Taskfile.yml up",
        "task --taskfile=infra/Taskfile.yml up",
    ])("%s", command => expect(lines(command, IN)).toBe("infra: pulumi up"));

    test.each(["make -f infra/Makefile up", "make --file=infra/Makefile up", "make --makefile infra/Makefile up"])(
        "%s runs where it is called",
        command => expect(lines(command, IN)).toBe(": pulumi up"),
    );

    test.each([
        ["make up down", ": pulumi up | pulumi destroy"],
        ["make down up", ": pulumi destroy | pulumi up"],
        ["make -- up", ": pulumi up"],
        ["make down -- up", ": pulumi destroy"],
        ["make -s down", ": pulumi destroy"],
        ["make A=b", ": pulumi up"],
        ["make up up", ": pulumi up"],
        ["make -f", ": pulumi up"],
    ])("%s runs %s", (command, expected) => expect(lines(command, { Makefile: MAKE })).toBe(expected));

    test("a variable with a value that has `=` too names no target", () =>
        expect(lines("make -f=a=b.mk up", { "a=b.mk": MAKE })).toBe(": pulumi up"));

    test("just and task look in the folders above, up to the root, and make does not", () => {
        const above = { Makefile: MAKE, justfile: JUST, "Taskfile.yml": TASK };
        expect(lines("just up", above, "infra/prod")).toBe(": pulumi up");
        expect(lines("task up", above, "infra/prod")).toBe(": pulumi up");
        expect(lines("make up", above, "infra/prod")).toBe("");
        expect(lines("just up", { "infra/justfile": JUST }, "infra/prod")).toBe("infra: pulumi up");
        expect(lines("just up", {}, "infra/prod")).toBe("");
        expect(lines("just up", {}, "../other")).toBe("");
    });
});

describe("a makefile", () => {
    const make = (text: string, command = "make", more: Files = {}) => lines(command, { Makefile: text, ...more });

    test.each([
        ["the first target", "a:\n\tx\nb:\n\ty\n", ": x"],
        ["the first target that is not hidden", ".PHONY: b\n.hidden:\n\tw\nb:\n\ty\n", ": y"],
        ["what a target needs, before it", "a: b c\n\tx\nc:\n\tz\nb:\n\ty\n", ": y | z | x"],
        ["what several targets need, once", "a: b c\nb: d\n\ty\nc: d\n\tz\nd:\n\tw\n", ": w | y | z"],
        ["targets that need one another", "a: b\n\tx\nb: a\n\ty\n", ": y | x"],
        ["needs that are not there", "a: file.txt\n\tx\n", ": x"],
        ["several targets of one rule", "b a:\n\tx\n", ": x"],
        ["a rule with two colons", "a::\n\tx\na::\n\ty\n", ": x | y"],
        ["needs that are told apart", "a: b\na: c\n\tx\nb:\n\ty\nc:\n\tz\n", ": y | z | x"],
        ["a comment behind the needs", "a: b # c\n\tx\nb:\n\ty\nc:\n\tz\n", ": y | x"],
        ["signs before a command", "a:\n\t@x\n\t-y\n\t+z\n\t @- w\n\t\tv\n", ": x | y | z | w | v"],
        ["signs within a command", "a:\n\tx @y -z\n", ": x @y -z"],
        ["a line that goes on", "a:\n\tx \\\n\ty\n", ": x  \ty"],
        ["a line that goes on, of Windows", "a:\r\n\tx \\\r\n\ty\r\n", ": x  \ty"],
        ["lines before any target", "\tw\na:\n\tx\n", ": x"],
        ["comments", "# b: c\na:\n\tx\n", ": x"],
        ["an indented rule, which is none", "  b:\n\tw\na:\n\tx\n", ": x"],
        ["an assignment, which is no rule", "A := b\nB ::= c\nC:=d\na:\n\tx\n", ": x"],
        ["a line without a target", ": b\na:\n\tx\n", ": x"],
    ])("reads %s", (_, text, expected) => expect(make(text)).toBe(expected));

    test.each([
        ["A = pulumi", "pulumi up"],
        ["A=pulumi", "pulumi up"],
        ["A := pulumi", "pulumi up"],
        ["A:=pulumi", "pulumi up"],
        ["A ?= pulumi", "pulumi up"],
        ["A ::= pulumi", "pulumi up"],
        ["A ?:= pulumi", "pulumi up"],
        ["export A = pulumi", "pulumi up"],
        ["A   =   pulumi  ", "pulumi up"],
        ["B = pulumi\nA = $(B)", "pulumi up"],
        ["B = pulumi\nA = ${B}", "pulumi up"],
        ["LONG_1 = pulumi\nA = $(LONG_1)", "pulumi up"],
        ["A = pul\nA = pulumi", "pulumi up"],
        ["override A = pulumi", "$(A) up"],
        ["# A = pulumi", "$(A) up"],
        ["A", "$(A) up"],
    ])("with %j puts in the variable: %s", (set, expected) => {
        expect(make(`${set}\na:\n\t$(A) up\n`)).toBe(`: ${expected}`);
        expect(make(`${set}\na:\n\t\${A} up\n`)).toBe(`: ${expected.replace("$(A)", "${A}")}`);
    });

    test("puts variables in targets and needs, and knows its own name", () => {
        expect(make("T = up\n$(T): $(N)\n\tx\n", "make up")).toBe(": x");
        expect(make("N = b\na: $(N)\n\tx\nb:\n\ty\n")).toBe(": y | x");
        expect(make("a:\n\t$(MAKE) -C b $(OTHER) $A\n")).toBe(": make -C b $(OTHER) $A");
    });

    test.each([
        ["include more.mk", ": y"],
        ["-include more.mk", ": y"],
        ["sinclude more.mk", ": y"],
        ["include  more.mk ", ": y"],
        ["include other.mk more.mk", ": y"],
        ["include sub/deep.mk", ": z"],
        ["include Makefile more.mk", ": y"],
        ["xinclude more.mk", ""],
        ["# include more.mk", ""],
        ["includes more.mk", ""],
    ])("%s", (include, expected) => {
        const more = { "more.mk": "b:\n\ty\n", "sub/deep.mk": "b:\n\tz\n" };
        expect(make(`a:\n\tx\n${include}\n`, "make b", more)).toBe(expected);
    });

    test("includes lie beside the first makefile", () => {
        const files = { "infra/Makefile": "include more.mk\n", "infra/more.mk": MAKE };
        expect(lines("make -C infra up", files)).toBe("infra: pulumi up");
    });
});

describe("a justfile", () => {
    const just = (text: string, command = "just") => lines(command, { justfile: text });

    test.each([
        ["the first recipe", "a:\n    x\nb:\n    y\n", ": x"],
        ["what a recipe needs, before it", "a: b c\n    x\nb:\n    y\nc:\n    z\n", ": y | z | x"],
        ["a need with arguments", "a: (b 'c')\n    x\nb d:\n    y\n", ": y | x"],
        ["what runs after it", "a: b && c\n    x\nb:\n    y\nc:\n    z\n", ": y | z | x"],
        ["a comment behind the needs", "a: b # c\n    x\nb:\n    y\nc:\n    z\n", ": y | x"],
        ["a recipe with parameters", "a b='c':\n    x\n", ": x"],
        ["a quiet recipe", "@a:\n    x\n", ": x"],
        ["signs before a command", "a:\n    @x\n    -y\n    @-z\n", ": x | y | z"],
        ["tabs", "a:\n\tx\n", ": x"],
        ["lines of Windows", "a: b\r\n    x\r\nb:\r\n    y\r\n", ": y | x"],
        ["comments", "# b: c\na:\n    x\n", ": x"],
        ["assignments, which are no recipes", "b := 'c'\nset shell := ['bash']\na:\n    x\n", ": x"],
        ["lines before any recipe", "    w\na:\n    x\n", ": x"],
        ["a line without a recipe", ": b\na:\n    x\n", ": x"],
        ["a quiet recipe by its name", "@a:\n    x\n", ": x", "just a"],
        ["an alias", "alias b := a\na:\n    x\n", ": x", "just b"],
        ["an alias without blanks", "alias b:=a\na:\n    x\n", ": x", "just b"],
        ["an alias within a line, which is none", "x alias b := a\na:\n    x\n", "", "just b"],
        ["an alias with more words, which is none", "alias b := a c\na:\n    x\n", "", "just b"],
    ])("reads %s", (_, text, expected, command = "just") => expect(just(text, command)).toBe(expected));
});

describe("a Taskfile", () => {
    const task = (text: string, command = "task a") => lines(command, { "Taskfile.yml": text });

    test.each([
        ["one command", "tasks: { a: x }\n", ": x"],
        ["a list of commands", "tasks: { a: [x, y] }\n", ": x | y"],
        ["`cmds`", "tasks: { a: { cmds: [x, { cmd: y }] } }\n", ": x | y"],
        ["`cmd`", "tasks: { a: { cmd: x } }\n", ": x"],
        ["`deps`", "tasks: { a: { deps: [b, { task: c }], cmds: [x] }, b: y, c: z }\n", ": y | z | x"],
        ["tasks that it calls", "tasks: { a: { cmds: [x, { task: b }] }, b: y }\n", ": y | x"],
        ["its folder", "tasks: { a: { dir: infra, cmds: [x] } }\n", ": cd infra | x"],
        ["numbers, which are no commands", "tasks: { a: { deps: [1], cmds: [2, { cmd: 3 }], dir: 4 } }\n", ""],
        ["no tasks", "version: 3\n", ""],
        ["`default` where none is named", "tasks: { b: y, default: x }\n", ": x", "task"],
        ["the first one without a `default`", "tasks: { a: x, b: y }\n", ": x", "task"],
    ])("reads %s", (_, text, expected, command = "task a") => expect(task(text, command)).toBe(expected));

    test("`default` means nothing to make", () =>
        expect(lines("make", { Makefile: "a:\n\tx\ndefault:\n\ty\n" })).toBe(": x"));
});
