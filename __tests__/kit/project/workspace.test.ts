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
