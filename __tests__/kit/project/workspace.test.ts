import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { BUDGET } from "../../../policies/kit/project/budget";
import { Workspace, type WorkspaceQuery } from "../../../policies/kit/project/workspace";

let root: string;
afterEach(() => {
    jest.restoreAllMocks();
    rmSync(root, { recursive: true, force: true });
});

function open(files: readonly string[], query: Partial<WorkspaceQuery>): Workspace {
    root = mkdtempSync(join(tmpdir(), "security-baseline-"));
    for (const path of [".git/HEAD", ...files]) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        const isProject = /(^|\/)Pulumi\.yaml$/.test(path);
        writeFileSync(join(root, path), isProject ? `name: ${dirname(path).split("/").pop()}\nruntime: go\n` : "");
    }
    return Workspace.open({ projectDir: undefined, stack: undefined, project: undefined, calledFrom: root, ...query });
}

const stacksOf = ({ projects }: Workspace) => projects.flatMap(({ stacks }) => stacks.map(({ path }) => path));

const MONOREPO = [
    "a/Pulumi.yaml",
    "a/Pulumi.prod.yaml",
    "b/c/Pulumi.yaml",
    "b/c/Pulumi.dev.yaml",
    "b/c/Pulumi.prod.yaml",
];

describe("a configured folder of many projects", () => {
    test("gives all their stacks where nothing is named", () => {
        expect(stacksOf(open(MONOREPO, { projectDir: "." }))).toEqual([
            "a/Pulumi.prod.yaml",
            "b/c/Pulumi.dev.yaml",
            "b/c/Pulumi.prod.yaml",
        ]);
    });

    test("gives the project that the engine runs and no other", () => {
        const query = { projectDir: ".", project: "c", stack: "prod" };
        expect(stacksOf(open(MONOREPO, query))).toEqual(["b/c/Pulumi.prod.yaml"]);
    });

    test("gives the projects that have the named stack, and all of them where none has it", () => {
        expect(stacksOf(open(MONOREPO, { projectDir: ".", stack: "dev" }))).toEqual(["b/c/Pulumi.dev.yaml"]);
        rmSync(root, { recursive: true });
        expect(stacksOf(open(MONOREPO, { projectDir: ".", stack: "qa" }))).toEqual([
            "a/Pulumi.qa.yaml",
            "b/c/Pulumi.qa.yaml",
        ]);
    });
});

describe("the repository's root", () => {
    const rootOf = (files: readonly string[], query: Partial<WorkspaceQuery>) => {
        open(files, query);
        rmSync(join(root, ".git"), { recursive: true });
        return relative(root, Workspace.open({ ...QUERY, calledFrom: root, ...query }).root);
    };
    const QUERY = { projectDir: undefined, stack: undefined, project: undefined };

    test.each([
        ["the project's folder without any mark", [], "apps/shop"],
        ["the folder of pnpm's workspace", ["pnpm-workspace.yaml"], ""],
        ["the farthest of two", ["apps/pnpm-workspace.yaml", "pnpm-workspace.yaml"], ""],
        ["not one beside it", ["other/pnpm-workspace.yaml"], "apps/shop"],
    ])("is %s, where there is no .git", (_, marks, expected) => {
        expect(rootOf(["apps/shop/Pulumi.yaml", ...marks], { projectDir: "apps/shop" })).toBe(expected);
    });

    test("is the folder of npm's and Yarn's workspaces, and not of any package", () => {
        open(["apps/shop/Pulumi.yaml"], {});
        rmSync(join(root, ".git"), { recursive: true });
        const again = () => Workspace.open({ ...QUERY, calledFrom: root, projectDir: "apps/shop" }).root;
        writeFileSync(join(root, "package.json"), '{ "name": "all" }');
        expect(again()).toBe(join(root, "apps/shop"));
        writeFileSync(join(root, "package.json"), '{ "workspaces": ["apps/*"] }');
        expect(again()).toBe(root);
    });

    test("is the one that the caller knows, if the project is in it", () => {
        const known = (path: string) => open(["apps/shop/Pulumi.yaml"], { projectDir: "apps/shop", root: path }).root;
        expect(known(tmpdir())).toBe(tmpdir());
        rmSync(root, { recursive: true });
        expect(known("/nowhere")).toBe(root);
    });
});

test("settings of Pulumi Deployments are no stack's", () => {
    const files = ["a/Pulumi.yaml", "a/Pulumi.prod.yaml", "a/Pulumi.prod.deploy.yaml"];
    expect(stacksOf(open(files, { projectDir: "a" }))).toEqual(["a/Pulumi.prod.yaml"]);
});

test.each([
    ["node_modules", "a package"],
    ["vendor", "a copy of others' sources"],
    ["venv", "a Python environment"],
    ["dist", "what was built"],
    ["bin", "what was built"],
    ["obj", "what was built"],
    ["target", "what was built"],
    ["__pycache__", "a cache"],
    [".terraform", "a tool's own folder"],
])("a project in %s, %s, is not the repository's own", folder => {
    const files = [`${folder}/x/Pulumi.yaml`, `own-${folder}/Pulumi.yaml`];
    expect(open(files, { projectDir: "." }).projects.map(({ dir }) => dir)).toEqual([`own-${folder}`]);
});

describe("a project", () => {
    const project = (files: Record<string, string>, query: Partial<WorkspaceQuery> = {}) => {
        open([], {});
        for (const [path, text] of Object.entries(files)) {
            mkdirSync(dirname(join(root, path)), { recursive: true });
            writeFileSync(join(root, path), text);
        }
        const found = Workspace.open({
            projectDir: ".",
            stack: undefined,
            project: undefined,
            calledFrom: root,
            ...query,
        }).projects;
        expect(found).toHaveLength(1);
        return found[0];
    };
    const stacks = (files: Record<string, string>) => project(files)?.stacks.map(({ name, path }) => [name, path]);

    test.each([
        ["Pulumi.yaml", "yaml"],
        ["Pulumi.yml", "yml"],
        ["Pulumi.json", "json"],
    ])("may have the file %s, and its stacks theirs with the same ending", (file, ending) => {
        const files = { [file]: '{"name": "shop", "runtime": {"name": "nodejs"}}', [`Pulumi.prod.${ending}`]: "" };
        expect(
            stacks({ ...files, "Pulumi.qa.toml": "", [`Pulumi..${ending}`]: "", [`Other.x.${ending}`]: "" }),
        ).toEqual([["prod", `Pulumi.prod.${ending}`]]);
        expect(project(files)).toMatchObject({ dir: "", name: "shop", runtime: "nodejs", problems: [] });
    });

    test("may name its runtime by a text, and lies in a folder", () => {
        expect(project({ "a/b/Pulumi.yaml": "name: shop\nruntime: go\n" })).toMatchObject({
            dir: "a/b",
            name: "shop",
            runtime: "go",
        });
    });

    test.each([
        ["stackConfigDir: stacks", "a/stacks/"],
        ["stackConfigDir: ./stacks/", "a/stacks/"],
        ["stackConfigDir: .", "a/"],
        ["stackConfigDir: ..", ""],
        ["config: stacks", "a/stacks/"],
        ["config:\n  aws:region: eu-west-1", "a/"],
        ["# neither", "a/"],
    ])("has its stacks' files where it says: %s", (line, folder) => {
        const files = { "a/Pulumi.yaml": `name: shop\nruntime: go\n${line}\n`, [`${folder}Pulumi.prod.yaml`]: "" };
        expect(stacks(files)).toEqual([["prod", `${folder}Pulumi.prod.yaml`]]);
    });

    test("names the folder of its stacks once", () => {
        const text = "name: shop\nruntime: go\nconfig: old\nstackConfigDir: new\n";
        expect(project({ "Pulumi.yaml": text })?.problems).toEqual([
            {
                file: "Pulumi.yaml",
                line: 3,
                message:
                    "names a folder for stack files under `config` beside `stackConfigDir` in line 4, which Pulumi refuses; expected `stackConfigDir` alone",
            },
        ]);
        expect(project({ "Pulumi.yaml": text.replace("config: old", "config: {}") })?.problems).toEqual([]);
    });
});

describe("where there is nothing to judge", () => {
    test("for the engine names no stack", () => {
        expect(open(["Pulumi.yaml"], {}).absence).toEqual({
            kind: "no-stack",
            message:
                "the engine names no stack here, as in `policy analyze` and `policy publish`, and the setting `projectDir` is not set",
        });
    });

    test.each<[string, Partial<WorkspaceQuery>, (folder: string) => string]>([
        [
            "in the configured folder",
            { projectDir: ".", project: "shop" },
            folder => `A Pulumi.yaml was not found in ${folder} or below it`,
        ],
        [
            "for a stack alone",
            { stack: "prod" },
            folder => `A Pulumi.yaml was not found in ${folder}, above or below it`,
        ],
        [
            "with the name of the run's project",
            { stack: "prod", project: "shop" },
            folder => `A Pulumi.yaml with the name shop was not found in ${folder}, above or below it`,
        ],
    ])("for there is no project %s", (_, query, message) => {
        expect(open([], query).absence).toEqual({
            kind: "not-found",
            message: `${message(root)}; set \`projectDir\` to the project's folder.`,
        });
    });
});

test("a file is read once", () => {
    const workspace = open(["a/Pulumi.yaml", "file.yaml"], { projectDir: "a" });
    expect(workspace.text("file.yaml")).toBe(workspace.text("file.yaml"));
    expect(workspace.yaml("file.yaml")).toBe(workspace.yaml("file.yaml"));
    const isHeader = () => true;
    expect(workspace.yaml("file.yaml", isHeader)).toBe(workspace.yaml("file.yaml", isHeader));
    expect(workspace.yaml("file.yaml", isHeader)).not.toBe(workspace.yaml("file.yaml"));
});

test("a folder is listed in order, folders in it with a sign of their own", () => {
    const workspace = open(["a/Pulumi.yaml", "b/z", "b/m/file", "b/a", "..b/file"], { projectDir: "a" });
    expect(workspace.list("b")).toEqual(["a", "m/", "z"]);
    expect(workspace.list("..b")).toEqual(["file"]);
    expect(workspace.list("nowhere")).toEqual([]);
});

test("folders outside the repository are not listed", () => {
    const workspace = open(["a/Pulumi.yaml"], { projectDir: "a" });
    expect([workspace.list("a"), workspace.list(".."), workspace.list("a/../..")]).toEqual([["Pulumi.yaml"], [], []]);
});

describe("the project that is run", () => {
    const write = (path: string, text: string) => {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
    };
    const again = (query: Partial<WorkspaceQuery>) =>
        Workspace.open({ projectDir: undefined, stack: undefined, project: undefined, calledFrom: root, ...query });

    test("is the one below the folder of the call, where `-C` leads there", () => {
        const query = { project: "infra", stack: "prod" };
        expect(stacksOf(open(["infra/Pulumi.yaml"], query))).toEqual(["infra/Pulumi.prod.yaml"]);
    });

    test.each([
        ["one has a file for the stack", ["us"], ["accounts/us/Pulumi.prod.yaml"]],
        ["both have one", ["eu", "us"], undefined],
        ["none has one", [], undefined],
    ])("of two with one name, where %s", (_, having, expected) => {
        open([], {});
        for (const dir of ["eu", "us"]) write(`accounts/${dir}/Pulumi.yaml`, "name: shop\nruntime: go\n");
        for (const dir of having) write(`accounts/${dir}/Pulumi.prod.yaml`, "");
        const workspace = again({ project: "shop", stack: "acme/shop/prod" });
        expect(expected === undefined ? workspace.absence?.message : stacksOf(workspace)).toEqual(
            expected ??
                "several projects have the name shop (accounts/eu/Pulumi.yaml, accounts/us/Pulumi.yaml), and which of them is run cannot be told; set `projectDir` to the project's folder.",
        );
    });

    test("has a `.git` above it that is a link to itself", () => {
        root = mkdtempSync(join(tmpdir(), "security-baseline-"));
        symlinkSync(".git", join(root, ".git"));
        write("a/Pulumi.yaml", "name: a\nruntime: go\n");
        expect(again({ projectDir: "a" }).root).toBe(root);
    });

    test.each(["file", "loop/x", "a\\0b", "x".repeat(300)])("has the folder of stack files %#, which is none", dir => {
        open(["file"], {});
        symlinkSync("loop", join(root, "loop"));
        for (const name of ["a", "b"]) write(`${name}/Pulumi.yaml`, `name: c\nruntime: go\nstackConfigDir: "${dir}"\n`);
        expect(again({ project: "c", stack: "prod" }).absence?.kind).toBe("not-found");
        expect(again({ project: "c", stack: "prod", projectDir: "a" }).projects[0]?.stacks[0]?.text.text).toBe(
            undefined,
        );
    });

    test("is looked for in a limited number of folders, which is said where not all projects are judged", () => {
        jest.replaceProperty(BUDGET as { folders: number }, "folders", 5);
        open(["a/Pulumi.yaml", ...["v", "w", "x", "y", "z0", "z1"].map(name => `${name}/file`)], {});
        const said = `more than 5 folders lie in ${root}, and projects in the others are not seen; set \`projectDir\` to the project's folder.`;
        expect(again({ projectDir: "." })).toMatchObject({ unseen: said, absence: undefined });
        expect(again({ projectDir: ".", project: "a" })).toMatchObject({ unseen: undefined, absence: undefined });
        expect(again({ project: "b" }).absence?.message).toBe(
            `A Pulumi.yaml with the name b was not found in ${root}, above or below it; ${said}`,
        );
        for (const name of ["x", "y", "z0"]) rmSync(join(root, name), { recursive: true });
        expect(again({ projectDir: "." }).unseen).toBe(undefined);
    });

    test("is not looked for in further folders than the limit", () => {
        jest.replaceProperty(BUDGET as { folders: number }, "folders", 2);
        open(["a/Pulumi.yaml", "b/Pulumi.yaml", "c/Pulumi.yaml"], {});
        expect(again({ projectDir: "." }).projects.map(({ dir }) => dir)).toEqual(["a"]);
    });
});

describe("settings from another place", () => {
    const isElsewhere = (text: string | undefined, config: Record<string, string>, project = "") => {
        root = mkdtempSync(join(tmpdir(), "security-baseline-"));
        writeFileSync(join(root, "Pulumi.yaml"), `name: shop\nruntime: go\n${project}`);
        if (text !== undefined) writeFileSync(join(root, "Pulumi.prod.yaml"), text);
        const query = { projectDir: root, stack: "prod", project: "shop", calledFrom: root, config };
        return Workspace.open(query).projects[0]?.stacks[0]?.isElsewhere;
    };

    test.each([
        ["none at all", undefined, {}, "", false],
        ["given, and no file", undefined, { "shop:a": "1" }, "", true],
        ["given by the project, and no file", undefined, { "shop:a": "1" }, "config:\n  a: 1\n", false],
        [
            "as in the file",
            "config:\n  a: 1\n  aws:region: eu-west-1\n",
            { "shop:a": "1", "aws:region": "eu-west-1" },
            "",
            false,
        ],
        ["more than in the file", "config:\n  a: 1\n", { "shop:a": "1", "shop:b": "2" }, "", false],
        ["without one of the file", "config:\n  a: 1\n", { "shop:b": "1" }, "", true],
        ["with another text", "config:\n  a: staging\n", { "shop:a": "production" }, "", true],
        [
            "with a text that readers of YAML type apart",
            "config:\n  a: yes\n  b: 2020-01-01\n",
            { "shop:a": "true", "shop:b": "2020-01-01T00:00:00Z" },
            "",
            false,
        ],
        ["with another text of six letters", "config:\n  a: stage1\n", { "shop:a": "stage2" }, "", true],
        ["with another text of five letters", "config:\n  a: stage\n", { "shop:a": "prods" }, "", false],
        ["with a text that begins with a digit", "config:\n  a: 1staging\n", { "shop:a": "production" }, "", false],
        ["with a text of more than one word", "config:\n  a: one staging\n", { "shop:a": "production" }, "", false],
        ["of a provider, another text", "config:\n  aws:a: staging\n", { "aws:a": "production" }, "", true],
        [
            "more than the project gives, and no file",
            undefined,
            { "shop:a": "1", "shop:b": "1" },
            "config:\n  a: 1\n",
            true,
        ],
        ["with a secret", "config:\n  a:\n    secure: abcdefg\n", { "shop:a": "letmein" }, "", false],
    ])("%s", (_, text, config, project, expected) => {
        expect(isElsewhere(text, config as Record<string, string>, project)).toBe(expected);
    });

    test("are not told where a file is there that cannot be read", () => {
        open(["Pulumi.yaml", "Pulumi.prod.yaml/file"], {});
        const query = { projectDir: root, stack: "prod", project: undefined, calledFrom: root, config: { "a:b": "c" } };
        expect(Workspace.open(query).projects[0]?.stacks[0]?.isElsewhere).toBe(false);
    });

    test("are not told where the engine gave none", () => {
        open(["Pulumi.yaml"], {});
        writeFileSync(join(root, "Pulumi.prod.yaml"), "config:\n  a: 1\n");
        const query = { projectDir: root, stack: "prod", project: undefined, calledFrom: root };
        expect(Workspace.open(query).projects[0]?.stacks[0]?.isElsewhere).toBe(false);
    });
});
