import { BUDGET } from "../../policies/kit/project/budget";
import { PLACE_FLAGS, packageScripts } from "../../policies/pipelines/packages";
import { inWorkspace } from "../support/in-workspace";

type Files = Readonly<Record<string, string>>;

const manifest = (name: string, scripts: Readonly<Record<string, unknown>>) => JSON.stringify({ name, scripts });

const FILES: Files = {
    "package.json": manifest("root", { deploy: "at root", test: "t", start: "s", stop: "p", restart: "r", build: "b" }),
    "infra/package.json": manifest("@shop/infra", { deploy: "in infra", lint: "l" }),
    "infra/stacks/package.json": manifest("stacks", { deploy: "in stacks" }),
    "web/package.json": manifest("web", { deploy: "in web" }),
};

const ran = (command: string, folder = "", files = FILES) =>
    inWorkspace(files, workspace => packageScripts(command.split(" "), folder, workspace));

/** The scripts that a command runs, as `text`, or as `text (given words)`. */
const texts = (command: string, folder = "", files = FILES) =>
    ran(command, folder, files).map(({ text, given }) => (given.length === 0 ? text : `${text} (${given.join(" ")})`));

describe("the script that a manager runs", () => {
    test.each([
        ...["npm", "pnpm", "yarn", "bun"].map(manager => [`${manager} run deploy`, ["at root"]]),
        ...["pnpm", "yarn", "bun"].map(manager => [`${manager} deploy`, ["at root"]]),
        ...["run", "run-script", "rum", "urn"].map(verb => [`npm ${verb} deploy`, ["at root"]]),
        ...["test", "t", "tst"].map(verb => [`npm ${verb}`, ["t"]]),
        ["npm start", ["s"]],
        ["npm stop", ["p"]],
        ["npm restart", ["r"]],
        ["npm run test", ["t"]],
        ["npm --silent run deploy", ["at root"]],
        ["npm.cmd run deploy", ["at root"]],
        ["npx turbo run deploy", ["at root", "in infra", "in web", "in stacks"]],
        ["npx npm run deploy", ["at root"]],
        ["turbo run build lint", ["b", "l"]],
        ["turbo build", ["b"]],
        ["lerna run deploy", ["at root", "in infra", "in web", "in stacks"]],
        ["lerna run lint deploy", ["l (deploy)"]],
        // What is no script.
        ["npm deploy", []],
        ["npm build", []],
        ["npm ci", []],
        ["npm run", []],
        ["npm", []],
        ["npm run other", []],
        ["npm rerun deploy", []],
        ["npm runs deploy", []],
        ["npm tests", []],
        ["pnpm t", []],
        ["yarn tst", []],
        ["npx deploy", []],
        ["cargo run deploy", []],
        ["node run deploy", []],
    ] as [string, string[]][])("%s: %j", (command, expected) => expect(texts(command)).toEqual(expected));

    test("those before and after it run too, and are given nothing", () => {
        const scripts = { preup: "before", up: "it", postup: "after", prepreup: "no", upup: "no" };
        expect(ran("npm run up -- --yes", "", { "package.json": manifest("a", scripts) })).toEqual([
            { text: "before", folder: "", given: [] },
            { text: "it", folder: "", given: ["--yes"] },
            { text: "after", folder: "", given: [] },
        ]);
        expect(ran("npm run up", "", { "package.json": manifest("a", { up: 5, postup: "after" }) })).toEqual([
            { text: "after", folder: "", given: [] },
        ]);
    });
});

describe("what a command hands on", () => {
    test.each([
        ["npm run deploy -- up --yes", ["at root (up --yes)"]],
        ["npm run deploy up", ["at root (up)"]],
        ["npm run deploy up -- --yes", ["at root (up --yes)"]],
        ["npm run deploy --yes", ["at root"]],
        ["npm test -- up", ["t (up)"]],
        ["npm run -- deploy", []],
        ["pnpm run deploy up --yes", ["at root (up --yes)"]],
        ["pnpm deploy --yes", ["at root (--yes)"]],
        ["pnpm deploy -- --yes", ["at root (--yes)"]],
        ["yarn run deploy -s prod", ["at root (-s prod)"]],
        ["yarn deploy --cwd infra", ["at root (--cwd infra)"]],
        ["bun run deploy up", ["at root (up)"]],
        ["turbo run build -- --yes", ["b (--yes)"]],
        ["turbo run build lint -- -y", ["b (-y)", "l (-y)"]],
        ["lerna run build -- -y", ["b (-y)"]],
    ] as [string, string[]][])("%s: %j", (command, expected) => expect(texts(command)).toEqual(expected));
});

describe("the folder of a script", () => {
    test.each([
        ...["--prefix", "-C", "--dir", "--cwd"].map(flag => [`npm ${flag} infra run deploy`, "in infra"]),
        ...["--prefix", "--dir", "--cwd"].map(flag => [`npm ${flag}=infra run deploy`, "in infra"]),
        ["npm run deploy --prefix infra", "in infra"],
        ["npm run deploy --prefix ./infra/stacks", "in stacks"],
        ["npm run deploy --prefix infra/other", "in infra"],
        ["npm run deploy --prefix other", "at root"],
        ["npm run deploy --prefix ../infra", ""],
        // A flag of one letter has no value behind `=`.
        ["npm -C=infra run deploy", "at root"],
    ])("%s: %s", (command, expected) => expect(texts(command).join()).toBe(expected));

    test.each([
        ["", "at root", ""],
        [".", "at root", ""],
        ["infra", "in infra", "infra"],
        ["./infra", "in infra", "infra"],
        ["infra/src/deep", "in infra", "infra"],
        ["infra/stacks", "in stacks", "infra/stacks"],
        ["other/deep", "at root", ""],
    ])("from %j: %s", (from, text, folder) =>
        expect(ran("npm run deploy", from)).toEqual([{ text, folder, given: [] }]),
    );

    test("a flag counts from the command's folder", () => {
        expect(texts("npm run deploy --prefix stacks", "infra")).toEqual(["in stacks"]);
        expect(texts("npm run deploy --prefix ../web", "infra")).toEqual(["in web"]);
    });

    test.each(["..", "../other"])("none is looked for in %s, outside of the repository", from =>
        expect(texts("npm run deploy", from)).toEqual([]),
    );

    test.each(["", "infra/deep", "/srv/app"])("no manifest at %j or above, no script", from =>
        expect(texts("npm run deploy", from, {})).toEqual([]),
    );
});

describe("packages by flags", () => {
    test.each([
        ...["-w", "--workspace", "--filter", "-F", "--scope"].map(flag => [
            `npm run deploy ${flag} @shop/infra`,
            "in infra",
        ]),
        ...["--workspace", "--filter", "--scope"].map(flag => [`npm run deploy ${flag}=web`, "in web"]),
        ...["-ws", "--workspaces", "-r", "--recursive", "-A", "--all"].map(flag => [
            `npm run deploy ${flag}`,
            "at root,in infra,in web,in stacks",
        ]),
        ["npm run deploy --others", "at root"],
        ["npm run deploy -w web -w stacks", "in web,in stacks"],
        ["npm run deploy -w none", ""],
        ["npm run deploy -w", ""],
        // To pnpm `-w` is the workspace's root, without a name behind it.
        ["pnpm -w deploy", "at root"],
        ["pnpm -F web deploy", "in web"],
        ["yarn workspace web deploy", "in web"],
        ["yarn workspace web run deploy", "in web"],
        ["yarn workspaces run deploy", "at root,in infra,in web,in stacks"],
        ["yarn workspaces foreach run deploy", "at root,in infra,in web,in stacks"],
        ["yarn foreach run deploy", "at root,in infra,in web,in stacks"],
        ["npm workspace web run deploy", ""],
        ["npm workspaces run deploy", ""],
        ["yarn myworkspaces run deploy", ""],
        ["yarn workspaces2 run deploy", ""],
        ["turbo deploy --filter=web", "in web"],
        ["lerna run deploy --scope web", "in web"],
    ])("%s: %s", (command, expected) =>
        expect(
            ran(command)
                .map(({ text }) => text)
                .join(),
        ).toBe(expected),
    );

    test.each([
        ["infra", "in infra"],
        ["@shop/infra", "in infra"],
        ["@shop/*", "in infra"],
        ["stacks", "in stacks"],
        ["st*", "in stacks"],
        ["fra", ""],
        ["./infra", "in infra"],
        ["./infra/", "in infra"],
        ["infra/stacks", "in stacks"],
        ["./infra/**", "in infra,in stacks"],
        ["./infra/*", "in stacks"],
        ["./**", "at root,in infra,in web,in stacks"],
        ["...web", "in web"],
        ["...^web", "in web"],
        ["web...", "in web"],
        ["web^...", "in web"],
        ["{infra}", "in infra"],
        ["{./infra}", "in infra"],
        ["web[main]", "in web"],
        ["[main]", ""],
        ["!web", ""],
        ["...", ""],
    ])("%s: %s", (wanted, expected) => expect(texts(`pnpm --filter ${wanted} deploy`).join()).toBe(expected));

    test("paths of packages count from the command's folder", () => {
        expect(texts("pnpm --filter ./stacks deploy", "infra")).toEqual(["in stacks"]);
        expect(texts("pnpm --filter ../web deploy", "infra")).toEqual(["in web"]);
        expect(texts("pnpm --filter ./web deploy", "infra")).toEqual([]);
    });

    test("packages of others and hidden ones are none, nor are those without a name", () => {
        const files = {
            "node_modules/a/package.json": manifest("a", { deploy: "foreign" }),
            ".hidden/package.json": manifest("b", { deploy: "hidden" }),
            "c/package.json": '{ "scripts": { "deploy": "nameless" } }',
            "c/package.json.d/x": "",
        };
        expect(texts("npm run deploy -ws", "", files)).toEqual(["nameless"]);
        expect(texts("npm run deploy -w a", "", files)).toEqual([]);
        expect(texts("npm run deploy -w c", "", files)).toEqual(["nameless"]);
    });
});

test("flags that say where a script lies", () =>
    expect([...PLACE_FLAGS].sort()).toEqual([
        "--cwd",
        "--dir",
        "--directory",
        "--filter",
        "--prefix",
        "--scope",
        "--workspace",
        "-C",
        "-F",
        "-w",
    ]));

test("packages are looked for in a limited number of folders, those that lie higher first", () => {
    jest.replaceProperty(BUDGET as { folders: number }, "folders", 3);
    expect(texts("lerna run deploy")).toEqual(["at root", "in infra", "in web"]);
    jest.replaceProperty(BUDGET as { folders: number }, "folders", 2);
    expect(texts("lerna run deploy")).toEqual(["at root", "in infra"]);
    jest.restoreAllMocks();
});
