import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { State } from "../../cli/engine/state";
import { folderOf, ownerOf, projectLabel, selectUnits, UsageError } from "../../cli/units";

let folder: string;

beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "security-baseline-"));
    const files = {
        "shop/Pulumi.yaml": "name: shop\nruntime: nodejs\n",
        "shop/Pulumi.dev.yaml": "",
        "shop/Pulumi.prod.yaml": "",
        "depot/Pulumi.yaml": "name: depot\nruntime: go\n",
        "depot/Pulumi.dev.yaml": "",
        "bare/Pulumi.yaml": "name: bare\nruntime: go\n",
        "twin/Pulumi.yaml": "name: bare\nruntime: go\n",
        "docs/notes.md": "",
    };
    for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
    }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NO_STATE: State = {
    resources: [],
    notJudged: [],
    project: undefined,
    stack: undefined,
    secretsProvider: undefined,
};

function unitsIn(below: string, stack?: readonly string[], state?: Partial<State>): string[] {
    const selected = selectUnits(
        { project: join(folder, below), stack },
        state === undefined ? undefined : { ...NO_STATE, ...state },
    );
    return selected.units.map(({ project, stack: of, identity }) => {
        const label = project === undefined ? "none" : projectLabel(selected.workspace, project);
        return `${label} ${of?.name} ${identity.organization}/${identity.project}/${identity.stack}`;
    });
}

test("every stack that has a file, and each project without one", () => {
    expect(unitsIn("")).toEqual([
        "bare (bare) undefined undefined/bare/undefined",
        "depot dev undefined/depot/dev",
        "shop dev undefined/shop/dev",
        "shop prod undefined/shop/prod",
        "bare (twin) undefined undefined/bare/undefined",
    ]);
    expect(unitsIn("shop")).toEqual(["shop dev undefined/shop/dev", "shop prod undefined/shop/prod"]);
});

describe("stacks that are named", () => {
    test.each([
        ["in every project that has it", "", ["dev"], ["depot dev undefined/depot/dev", "shop dev undefined/shop/dev"]],
        ["in the project that is named", "", ["acme/shop/dev"], ["shop dev acme/shop/dev"]],
        [
            "each once",
            "",
            ["shop/dev", "shop/prod", "shop/dev"],
            ["shop dev undefined/shop/dev", "shop prod undefined/shop/prod"],
        ],
        ["without a file where the project has none at all", "bare", ["acme/bare/new"], ["bare new acme/bare/new"]],
    ])("%s", (_, below, stacks, expected) => expect(unitsIn(below, stacks)).toEqual(expected));

    test.each([
        ["another project's", "shop", ["depot/dev"], '--stack depot/dev: the project here is "shop", not "depot".'],
        [
            "no project's",
            "",
            ["web/dev"],
            '--stack web/dev: the projects here are "bare", "depot", "shop", "bare", not "web".',
        ],
        ["a misspelt one", "shop", ["dev", "prood"], "there are dev, prod. Did you mean prod?"],
    ])("are refused: %s", (_, below, stacks, message) => {
        expect(() => unitsIn(below, stacks)).toThrow(UsageError);
        expect(() => unitsIn(below, stacks)).toThrow(message);
    });
});

describe("a state", () => {
    test.each([
        [
            "is of the stack and project that it says",
            "",
            undefined,
            { project: "shop", stack: "prod" },
            "shop prod undefined/shop/prod",
        ],
        [
            "may be of a stack without a file",
            "shop",
            undefined,
            { project: "shop", stack: "new" },
            "shop new undefined/shop/new",
        ],
        [
            "may have no project here",
            "docs",
            undefined,
            { project: "shop", stack: "new" },
            "none undefined undefined/shop/new",
        ],
        [
            "gets the organisation that is given",
            "shop",
            ["acme/shop/prod"],
            { project: "shop", stack: "prod" },
            "shop prod acme/shop/prod",
        ],
        ["without resources is of what is given", "shop", ["dev"], {}, "shop dev undefined/shop/dev"],
    ])("%s", (_, below, stacks, state, expected) => expect(unitsIn(below, stacks, state)).toEqual([expected]));

    test.each([
        ["of another stack", "shop", ["dev"], { project: "shop", stack: "prod" }, 'the export is of stack "prod".'],
        [
            "of another project than is named",
            "shop",
            ["depot/prod"],
            { project: "shop", stack: "prod" },
            'the export is of project "shop".',
        ],
        [
            "of another project than is here",
            "depot",
            undefined,
            { project: "shop", stack: "prod" },
            'the project here is "depot", not "shop".',
        ],
        ["of one of several stacks", "shop", ["dev", "prod"], {}, "give --stack at most once."],
        ["of one of several projects", "", undefined, {}, "does not say its project"],
    ])("is refused: %s", (_, below, stacks, state, message) => {
        expect(() => unitsIn(below, stacks, state)).toThrow(UsageError);
        expect(() => unitsIn(below, stacks, state)).toThrow(message);
    });
});

describe("the stack that is deployed", () => {
    const ownerIn = (below: string, stack: readonly string[], state: Partial<State>) => {
        const { units } = selectUnits({ project: join(folder, below), stack }, undefined);
        const { project, stack: named } = ownerOf({ ...NO_STATE, ...state }, units).identity;
        return `${project}/${named}`;
    };

    test.each([
        ["by its project and name", "", [], { project: "shop", stack: "dev" }, "shop/dev"],
        ["as the only one, where its export is empty", "shop", ["prod"], {}, "shop/prod"],
    ])("is told %s", (_, below, stack, state, owner) => expect(ownerIn(below, stack, state)).toBe(owner));

    test.each([
        [
            "of another stack",
            ["prod"],
            { project: "shop", stack: "dev" },
            'is the export of stack "dev" of project "shop", which is not judged here.',
        ],
        [
            "of another project",
            ["prod"],
            { project: "depot", stack: "prod" },
            'is the export of stack "prod" of project "depot", which is not judged here.',
        ],
        [
            "of any stack",
            ["dev", "prod"],
            {},
            "holds no resources, and so does not say its stack; name one by --stack.",
        ],
    ])("is refused where it may be one %s", (_, stack, state, message) =>
        expect(() => ownerIn("shop", stack, state)).toThrow(new UsageError(`--deployed: ${message}`)),
    );
});

test("without a project there is nothing to judge", () =>
    expect(() => unitsIn("docs")).toThrow(/no Pulumi\.yaml in or under/));

test("a unit's folder is its project's, or the one that was asked for", () => {
    const { workspace, units } = selectUnits({ project: folder }, undefined);
    expect(units.map(unit => folderOf(unit, workspace, folder))[1]).toBe(join(folder, "depot"));
    const alone = selectUnits({ project: join(folder, "docs") }, NO_STATE);
    expect(alone.units.map(unit => folderOf(unit, alone.workspace, join(folder, "docs")))).toEqual([
        join(folder, "docs"),
    ]);
});
