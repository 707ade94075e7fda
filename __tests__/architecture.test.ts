import { readdirSync, readFileSync } from "node:fs";
import { basename, join, posix } from "node:path";

const root = join(__dirname, "../policies");

const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .map(path => path.replaceAll("\\", "/"))
    .filter(path => path.endsWith(".ts"));

/** What each file imports of this folder, by its path without the ending. */
const imports = files.flatMap(from =>
    [...readFileSync(join(root, from), "utf8").matchAll(/\bfrom "(\.[^"]*)"/g)].map(([, path = ""]) => ({
        from,
        to: posix.join(posix.dirname(from), path),
    })),
);

/** Rooms that rules share, by how far down they are: what is in one may import what is below it. */
const HEIGHTS: ReadonlyMap<string, number> = new Map([
    ["kit", 0],
    ["aws", 1],
    ["pipelines", 1],
    ["state", 2],
    ["rules", 3],
]);

const roomOf = (path: string) => path.split("/")[0] ?? "";

/** The rule that a file is or belongs to: `ci/drift-detection-scheduled`. */
const ruleOf = (path: string) => /^rules\/([^/]+\/[^/]+?)(?:\.ts)?(?:\/.*)?$/.exec(path)?.[1];

test("no two files have one name", () => {
    const names = files.map(file => basename(file)).filter(name => name !== "index.ts");
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test("imports are found, and none runs upward", () => {
    expect(imports.length).toBeGreaterThan(files.length);
    const upward = imports.filter(({ from, to }) => {
        const height = HEIGHTS.get(roomOf(from));
        return height !== undefined && (HEIGHTS.get(roomOf(to)) ?? Number.POSITIVE_INFINITY) > height;
    });
    expect(upward).toEqual([]);
});

test("no rule imports another, or its parts", () => {
    const across = imports.filter(({ from, to }) => {
        const rule = ruleOf(from);
        return from !== "rules/index.ts" && rule !== undefined && ruleOf(to) !== undefined && ruleOf(to) !== rule;
    });
    expect(across).toEqual([]);
});
