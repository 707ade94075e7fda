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

/** Rooms of which each file must serve several rules, or something beside the rules. */
const SHARED_ROOMS = ["kit", "aws", "pipelines", "state"];

const cli = join(__dirname, "../cli");

/** Paths below this folder, without the ending, that files of the command import. */
const imported = readdirSync(cli, { recursive: true, encoding: "utf8" })
    .filter(path => path.endsWith(".ts"))
    .flatMap(path =>
        [...readFileSync(join(cli, path), "utf8").matchAll(/\bfrom "(\.[^"]*)"/g)].flatMap(([, to = ""]) => {
            const target = posix.join("cli", posix.dirname(path.replaceAll("\\", "/")), to);
            return target.startsWith("policies/") ? target.slice("policies/".length) : [];
        }),
    );

/** What each file imports, by its path. */
const importsOf = new Map(
    files.map(file => [file, imports.filter(({ from }) => from === file).flatMap(({ to }) => fileAt(to) ?? [])]),
);

function fileAt(path: string): string | undefined {
    return [`${path}.ts`, `${path}/index.ts`].find(file => files.includes(file));
}

/** The files of shared rooms that some files reach, directly or through one another. */
function sharedFrom(starts: readonly string[]): ReadonlySet<string> {
    const reached = new Set(starts.flatMap(start => importsOf.get(start) ?? []).filter(isShared));
    // What is added while it is walked is walked as well.
    for (const file of reached) for (const next of importsOf.get(file) ?? []) if (isShared(next)) reached.add(next);
    return reached;
}

function isShared(path: string): boolean {
    return SHARED_ROOMS.includes(roomOf(path));
}

test("each file of a shared room serves several rules, or settings, SDK, pack or command", () => {
    const rules = [...new Set(files.flatMap(file => ruleOf(file) ?? []))];
    const others = files.filter(file => !isShared(file) && roomOf(file) !== "rules");
    const direct = imported.flatMap(path => fileAt(path) ?? []).filter(isShared);
    const beside = new Set([...sharedFrom(others), ...direct, ...sharedFrom(direct)]);
    const users = new Map(files.filter(isShared).map(file => [file, new Set<string>()]));
    for (const rule of rules) {
        for (const file of sharedFrom(files.filter(one => ruleOf(one) === rule))) users.get(file)?.add(rule);
    }

    expect(rules.length).toBeGreaterThan(20);
    expect(direct.length).toBeGreaterThan(0);
    const ownParts = [...users].filter(([file, by]) => by.size < 2 && !beside.has(file));
    expect(ownParts.map(([file, by]) => `${file} serves only ${[...by].join() || "nothing"}`)).toEqual([]);
});

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

/** The readers of one service's files; rules see what they read as a `Pipeline`. */
const SERVICE_READER = /^pipelines\/(github|gitlab)/;

test("rules ask the model of pipelines, and neither read one service's files nor walk their YAML", () => {
    const rules = files.filter(file => ruleOf(file) !== undefined);
    const aboutPipelines = rules.filter(file => importsOf.get(file)?.some(to => roomOf(to) === "pipelines"));
    expect(aboutPipelines.length).toBeGreaterThan(10);
    expect(importsOf.get("pipelines/read-pipelines.ts")?.some(to => SERVICE_READER.test(to))).toBe(true);

    const readers = rules.filter(file => importsOf.get(file)?.some(to => SERVICE_READER.test(to)));
    expect(readers).toEqual([]);
    // Of a place in a file the model tells single values; what leads further down belongs to the readers.
    const walking = aboutPipelines.filter(file =>
        /\.walk\(|\.(at|uses|script|environment)\.(get|items|entries)\(|"\.github|\.gitlab-ci/.test(
            readFileSync(join(root, file), "utf8").replace(/^ *(\/\/|\/?\*).*$/gm, ""),
        ),
    );
    expect(walking).toEqual([]);
});
