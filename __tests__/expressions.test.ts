// Every regular expression of the pack and the command is tried on texts that make one slow that goes back: long runs of what
// it looks for, behind what it begins with, and not followed by what it ends with.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import ts from "typescript";
import { PIPELINE_BUDGET } from "../policies/pipelines/pipeline-budget";

const ROOT = join(__dirname, "..");

/** Characters of a text; an expression whose time grows with their square takes over a tenth of a second. */
const LENGTH = 20_000;

/** What no text may take, and what all texts of an expression may; in milliseconds. */
const LIMIT = { text: 60, expression: 3_000 };

/** Expressions that are tried on nothing, by the reason. */
const GIVEN_WHAT_ENDS: Readonly<Record<string, string>> = {
    "/<!--[\\s\\S]*?-->/g": "the text is cut behind the last end of a comment",
};

/** How long a name is of a variable or secret, which is cut before it is looked at. */
const NAME_LENGTH = PIPELINE_BUDGET.nameCharacters;

/** Characters of an expression that is written as one; what is longer is many alternatives. */
const LONGEST = 1_000;

/** Modules that put expressions together when they are loaded, of constants of their own. No other does. */
const BUILDERS = ["policies/aws/credentials.ts", "policies/kit/secret-patterns.ts"];

interface Found {
    readonly place: string;
    /** Whether it is tried on names alone. */
    readonly isOfNames: boolean;
    readonly source: string;
    readonly flags: string;
}

const sources = ["policies", "cli"].flatMap(folder =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
        .filter(file => file.endsWith(".ts"))
        .sort()
        .map(path => {
            const file = join(folder, path);
            return ts.createSourceFile(file, readFileSync(join(ROOT, file), "utf8"), ts.ScriptTarget.ES2022, true);
        }),
);

const found = [...sources.flatMap(expressionsIn), ...BUILDERS.flatMap(expressionsBuiltBy)];

function expressionsIn(source: ts.SourceFile): Found[] {
    const file = source.fileName;
    const expressions: Found[] = [];
    const visit = (node: ts.Node): void => {
        const place = () => `${file}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`;
        if (ts.isRegularExpressionLiteral(node)) {
            const end = node.text.lastIndexOf("/");
            const { parent } = node;
            expressions.push({
                place: place(),
                isOfNames: ts.isPropertyAssignment(parent) && parent.name.getText(source) === "name",
                source: node.text.slice(1, end),
                flags: node.text.slice(end + 1),
            });
        }
        ts.forEachChild(node, visit);
    };
    visit(source);
    return expressions;
}

/** What a module builds while it is loaded. One of all forms together is left out: each of them is built alone, too. */
function expressionsBuiltBy(file: string): Found[] {
    const expressions: Found[] = [];
    const original = globalThis.RegExp;
    globalThis.RegExp = new Proxy(original, {
        construct(target, [source, flags]: [string, string?]) {
            if (source.length < LONGEST)
                expressions.push({ place: file, isOfNames: false, source, flags: flags ?? "" });
            return new target(source, flags);
        },
    });
    try {
        jest.isolateModules(() => require(join(ROOT, file)));
    } finally {
        globalThis.RegExp = original;
    }
    return expressions;
}

/** Files that say `new RegExp`. */
function builders(): string[] {
    const says = (node: ts.Node): boolean =>
        (ts.isNewExpression(node) && node.expression.getText() === "RegExp") || ts.forEachChild(node, says) === true;
    return sources.filter(says).map(({ fileName }) => fileName);
}

/** Texts that an expression may be slow on: each is a beginning, and then one piece again and again, and an end. */
function trials({ source }: Found): { before: string; piece: string }[] {
    // What the expression says letter by letter, and one of each class that it names.
    const plain = source.replace(/\\([bBdDsSwW])/g, (_, sign: string) => ({ d: "0", s: " ", w: "a" })[sign] ?? "");
    const words = plain
        .replace(/\(\?(?:[:=!]|<[=!]|<\w+>)/g, "(")
        .replace(/\[(\^?)((?:\\.|[^\]\\])*)\]/g, (_, not: string, inside: string) =>
            not === "" ? inside.charAt(0) : "",
        )
        .replace(/\{\d+(?:,\d*)?\}/g, "")
        .split(/[()|^$*+?]|(?<!\\)\./)
        .map(word => word.replace(/\\(.)/g, (_, sign: string) => ({ n: "\n", t: "\t", r: "\r" })[sign] ?? sign));
    const pieces = new Set([
        "a",
        "A",
        "0",
        " ",
        "\n",
        "\t",
        "-",
        ".",
        "/",
        "a ",
        " a",
        "a.",
        "-a ",
        " --a",
        "a/",
        "0.",
        ...words,
        ...words.flatMap(word => [...word]),
    ]);
    const run = words.join("");
    pieces.add(run);
    const befores = new Set(["", ...words.filter(word => word.length > 1), run]);
    pieces.delete("");
    return [...befores].flatMap(before => [...pieces].map(piece => ({ before, piece })));
}

/** The slowest text of an expression and its time; the least of some, since a machine does other things too. */
function slowest(expression: Found): string | undefined {
    const code = `
        const expression = new RegExp(source, flags.replace(/[gy]/g, ""));
        const time = text => {
            const started = now();
            expression.test(text);
            return now() - started;
        };
        let found;
        for (const { before, piece } of trials) {
            at.trial = JSON.stringify([before, piece]);
            // An expression that doubles its time with each piece would not come back from a long text.
            for (const length of [30, 60, LENGTH]) {
                const text = before + piece.repeat(Math.ceil(length / piece.length)) + "\\u0000\\n";
                let least = time(text);
                for (let again = 0; again < 3 && least > LIMIT; again += 1) least = Math.min(least, time(text));
                if (least > LIMIT) { found = at.trial + " takes " + Math.round(least) + " ms"; break; }
            }
            if (found !== undefined) break;
        }
        found;`;
    const at = { trial: "" };
    const context = {
        ...expression,
        trials: trials(expression),
        at,
        now: () => performance.now(),
        LENGTH: expression.isOfNames ? NAME_LENGTH : LENGTH,
        LIMIT: LIMIT.text,
    };
    try {
        return new Script(code).runInNewContext(context, { timeout: LIMIT.expression }) as string | undefined;
    } catch {
        return `${at.trial} does not end`;
    }
}

test("expressions are found", () => expect(found.length).toBeGreaterThan(400));

test("expressions are built of constants alone", () => expect(builders()).toEqual(BUILDERS));

test("the trials tell those that go back", () => {
    const told = ["\\/+$", "^(a+)+$", "^bun( --?\\S+)*$", "^\\s*(.*?)\\s*$"].map(source =>
        slowest({ place: "", isOfNames: false, source, flags: "" }),
    );
    expect(told.filter(one => one === undefined)).toEqual([]);
    expect(slowest({ place: "", isOfNames: false, source: "^[^/]*\\/\\w+$", flags: "" })).toBeUndefined();
});

test("all take time in proportion to the text", () => {
    const slow = found.flatMap(expression => {
        if (Object.hasOwn(GIVEN_WHAT_ENDS, `/${expression.source}/${expression.flags}`)) return [];
        const trial = slowest(expression);
        return trial === undefined ? [] : [`${expression.place} /${expression.source}/${expression.flags}: ${trial}`];
    });
    expect(slow).toEqual([]);
}, 300_000);
