import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Workspace, type WorkspaceQuery } from "../../../policies/kit/project/workspace";

let root: string;
afterEach(() => rmSync(root, { recursive: true, force: true }));

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

test("settings of Pulumi Deployments are no stack's", () => {
    const files = ["a/Pulumi.yaml", "a/Pulumi.prod.yaml", "a/Pulumi.prod.deploy.yaml"];
    expect(stacksOf(open(files, { projectDir: "a" }))).toEqual(["a/Pulumi.prod.yaml"]);
});

test("folders outside the repository are not listed", () => {
    const workspace = open(["a/Pulumi.yaml"], { projectDir: "a" });
    expect([workspace.list("a"), workspace.list(".."), workspace.list("a/../..")]).toEqual([["Pulumi.yaml"], [], []]);
});

describe("projects of one name below the folder of the call", () => {
    const ACCOUNTS = [
        "eu/shop/Pulumi.yaml",
        "eu/shop/Pulumi.prod-eu.yaml",
        "us/shop/Pulumi.yaml",
        "us/shop/Pulumi.prod-us.yaml",
    ];

    test("are told apart by the file of the stack", () => {
        const workspace = open(ACCOUNTS, { project: "shop", stack: "prod-us" });
        expect(stacksOf(workspace)).toEqual(["us/shop/Pulumi.prod-us.yaml"]);
    });

    test.each([
        ["none has it", "qa", ACCOUNTS],
        ["both have it", "prod", ACCOUNTS.map(path => path.replace(/-\w\w\./, "."))],
    ])("are not guessed at where %s", (_, stack, files) => {
        const { absence, projects } = open(files, { project: "shop", stack });
        expect(projects).toEqual([]);
        expect(absence?.message).toBe(
            "several projects have the name shop (eu/shop/Pulumi.yaml, us/shop/Pulumi.yaml), and which of them is run " +
                "cannot be told; set `projectDir` to the project's folder.",
        );
    });
});

describe("settings that come from another place", () => {
    const isElsewhere = (files: Readonly<Record<string, string>>, config: Record<string, unknown> | undefined) => {
        const workspace = open(["shop/Pulumi.yaml"], {});
        for (const [path, text] of Object.entries(files)) writeFileSync(join(root, "shop", path), text);
        return Workspace.open({
            projectDir: "shop",
            stack: "prod",
            project: "shop",
            calledFrom: workspace.root,
            config,
        }).projects[0]?.stacks[0]?.isElsewhere;
    };
    const FILE = "config:\n  size: 3\n  aws:region: eu-west-1\n";
    const PRESETS = "name: shop\nruntime: go\nconfig:\n  size: 3\n";
    test.each([
        ["no file, and the engine has settings", {}, { "shop:size": "3" }, true],
        [
            "no file, and the project's presets are all there is",
            { "Pulumi.yaml": PRESETS },
            { "shop:size": "3" },
            false,
        ],
        ["no file, and more than the presets", { "Pulumi.yaml": PRESETS }, { "shop:size": "3", "shop:b": "" }, true],
        ["no file, and no settings", {}, {}, false],
        ["no file, and the engine says nothing of settings", {}, undefined, false],
        ["a file that is used", { "Pulumi.prod.yaml": FILE }, { "shop:size": "3", "aws:region": "" }, false],
        [
            "a file beside --config",
            { "Pulumi.prod.yaml": FILE },
            { "shop:size": "3", "aws:region": "", "shop:b": "" },
            false,
        ],
        ["a file that is not used", { "Pulumi.prod.yaml": FILE }, { "shop:size": "3" }, true],
    ])("%s", (_, files, config, expected) => expect(isElsewhere(files, config)).toBe(expected));
});
