import { rule } from "../../../../policies/rules/supply-chain/dependencies-pinned";
import { judgeProject } from "../../../support/test-rule";

/** A program in a language, whose own files are right. */
const PROGRAMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    nodejs: { "package.json": "{}" },
    bun: { "package.json": "{}" },
    python: { "requirements.txt": "" },
    go: { "go.mod": "module example.com/shop\n" },
    dotnet: { "shop.csproj": "<Project />" },
};

const judged = (runtime: string, commands: string, files: Record<string, string> = {}, settings: object = {}) =>
    judgeProject(rule, {
        files: {
            "Pulumi.yaml": `name: shop\nruntime: ${runtime}\n`,
            ...PROGRAMS[runtime],
            ".github/workflows/w.yml": `on: push\njobs:\n  up:\n    steps:\n      - run: ${JSON.stringify(commands)}\n      - run: pulumi up\n`,
            ...files,
        },
        settings: { requireScriptAllowList: false, ...settings },
    }).violations;

const at = (command: string, problem: string) => [
    `.github/workflows/w.yml:5: jobs.up.steps[0].run: \`${command}\` ${problem}`,
];

/** Each kind of command: the language, what is said, commands that are so, and those that only look so. */
const KINDS: readonly {
    readonly runtime: string;
    readonly problem: string;
    readonly loose: readonly string[];
    readonly right: readonly string[];
}[] = [
    {
        runtime: "nodejs",
        problem: "may change the lockfile; expected `npm ci`.",
        loose: ["npm install", "npm i", "npm in", "npm add", "npm install --no-fund --no-audit", "npm install -f"],
        right: [
            "npm ci",
            "npm install -g",
            "npm install --global",
            "npm install --no-fund -g",
            "npm --version",
            "npm run install",
            "npm init",
            "echo npm install",
            "cnpm install",
        ],
    },
    {
        runtime: "nodejs",
        problem: "adds packages that no lockfile pins; expected them in the manifest, and `npm ci` or its like.",
        loose: [
            "npm install left-pad",
            "npm i left-pad",
            "npm in left-pad",
            "npm add left-pad",
            "pnpm add left-pad",
            "yarn add left-pad",
            "bun add left-pad",
            "npm install -D left-pad",
            "npm install --save-dev --save-exact left-pad@1.0.0",
            "npm install @acme/left-pad",
        ],
        right: [
            "npm install left-pad -g",
            "npm install -g left-pad",
            "npm install left-pad --global",
            "npm install --global left-pad",
            "npm install left-pad --location=global",
            "npm install left-pad --location global",
            "npm install ./own",
            "npm install ../own",
            "npm install /opt/own",
            "npm install ~/own",
            "npm install $OWN",
            "npm install file:../own",
            "pnpm remove left-pad",
            "corepack npm install left-pad",
        ],
    },
    {
        runtime: "nodejs",
        problem: "installs other versions than the lockfile's; expected `npm ci`.",
        loose: ["npm update", "npm up", "npm upgrade", "npm update left-pad"],
        right: ["npm update -g", "npm update --global", "npm -g update", "npm updates", "echo npm update"],
    },
    {
        runtime: "nodejs",
        problem: "may change the lockfile; expected `pnpm install --frozen-lockfile`.",
        loose: [
            "pnpm install --no-frozen-lockfile",
            "pnpm i --no-frozen-lockfile",
            "pnpm install --frozen-lockfile=false",
            "pnpm install --fix-lockfile",
            "pnpm install --prod --fix-lockfile",
        ],
        right: [
            "pnpm install",
            "pnpm install --frozen-lockfile",
            "pnpm info --fix-lockfile",
            "x pnpm i --fix-lockfile",
        ],
    },
    {
        runtime: "nodejs",
        problem: "may change the lockfile; expected `bun install --frozen-lockfile`.",
        loose: ["bun install", "bun i", "bun install --production"],
        right: ["bun install --frozen-lockfile", "bun run install", "x bun install", "bun install-test"],
    },
    {
        runtime: "nodejs",
        problem: "may change the lockfile; expected `yarn install --frozen-lockfile`.",
        loose: ["yarn", "yarn install", "yarn --production", "yarn install --production"],
        right: [
            "yarn --frozen-lockfile",
            "yarn install --frozen-lockfile",
            "yarn install --immutable",
            "yarn --version",
            "yarn --help",
            "yarn build",
            "x yarn",
            "yarn install-peers",
        ],
    },
    {
        runtime: "python",
        problem: "may change the lockfile; expected `uv sync --locked`.",
        loose: ["uv sync", "uv sync --no-dev", "uv sync --lockedx"],
        right: [
            "uv sync --locked",
            "uv sync --frozen",
            "uv sync --check",
            "uv syncs",
            "uv pip list",
            "UV_LOCKED=1 uv sync",
            "UV_FROZEN=1 uv sync",
            "UV_FROZEN=yes uv sync",
            "x uv sync",
        ],
    },
    {
        runtime: "python",
        problem: "changes the lockfile; expected `poetry install`, which takes it as it is.",
        loose: ["poetry update", "poetry lock", "poetry lock --no-update", "poetry lock --checks"],
        right: ["poetry install", "poetry lock --check", "poetry locks", "x poetry lock"],
    },
    {
        runtime: "python",
        problem: "may change the lockfile; expected `pipenv sync`.",
        loose: ["pipenv install", "pipenv install --dev", "pipenv install --deployment"],
        right: ["pipenv sync", "pipenv install --deploy", "pipenv install --ignore-pipfile", "x pipenv install"],
    },
    {
        runtime: "python",
        problem: "installs whatever version is new; expected `pip install -r requirements.txt`.",
        loose: [
            "pip install pulumi",
            "pip3 install pulumi",
            "python -m pip install pulumi",
            "python3 -m pip install pulumi",
            "uv pip install pulumi",
            "pip install -U pulumi",
            "pip install pulumi-aws",
            "pip install pulumi_aws.x",
            "pip install other pulumi more",
            "pip install pulumi[extra]",
            "pip install pulumi[a,b] more",
        ],
        right: [
            "pip install pulumi==3.100.0",
            "pip install other",
            "pip download pulumi",
            "pip install notpulumi",
            "pip installs pulumi",
            "xpip install pulumi",
        ],
    },
    {
        runtime: "go",
        problem: "installs other versions than go.sum's; expected `go mod download`.",
        loose: [
            "go get -u",
            "go get -u ./...",
            "go get example.com/a@latest",
            "go get example.com/a@main",
            "go get example.com/a@master",
            "go get -t -u ./...",
        ],
        right: [
            "go get example.com/a@v1.2.3",
            "go get example.com/a@mainline",
            "go get -update",
            "go gets -u",
            "go mod download",
            "x go get -u",
        ],
    },
    {
        runtime: "go",
        problem: "may change go.mod and go.sum; expected `go mod download`.",
        loose: ["go mod tidy", "go mod tidy -v", "go mod tidy -different"],
        right: ["go mod tidy -diff", "go mod tidying", "go mod verify", "x go mod tidy"],
    },
    {
        runtime: "dotnet",
        problem: "may change the lockfile; expected `dotnet restore --locked-mode`.",
        loose: ["dotnet restore", "dotnet restore shop.csproj", "dotnet restore --locked-modes"],
        right: [
            "dotnet restore --locked-mode",
            "dotnet restore -p:RestoreLockedMode=true",
            "dotnet restore -p:restorelockedmode=TRUE",
            "RestoreLockedMode=true dotnet restore",
            "dotnet restores",
            "dotnet tool restore",
            "x dotnet restore",
        ],
    },
];

describe.each(KINDS)("$runtime: $problem", ({ runtime, problem, loose, right }) => {
    test.each(loose)("%s", command => expect(judged(runtime, command)).toEqual(at(command, problem)));
    test.each(right)("is not %s", command => expect(judged(runtime, command)).toEqual([]));
    test("concerns programs in this language", () => {
        const other = runtime === "go" ? "python" : "go";
        expect(judged(other, loose[0] ?? "")).toEqual([]);
    });
});

describe("a program for Bun", () => {
    test("is judged as one for Node.js", () =>
        expect(judged("bun", "npm install")).toEqual(at("npm install", "may change the lockfile; expected `npm ci`.")));
});

describe("hashes for pip, where they are asked for", () => {
    const loose = (command: string) => judged("python", command, {}, { requireHashes: true });
    const problem = "takes packages without a hash; expected `--require-hashes`.";
    test.each(["pip install -r more.txt", "pip3 install --requirement more.txt", "python -m pip install -r more.txt"])(
        "%s",
        command => {
            expect(loose(command)).toEqual(at(command, problem));
            expect(judged("python", command)).toEqual([]);
            expect(judged("go", command, {}, { requireHashes: true })).toEqual([]);
        },
    );
    test.each([
        "pip install --require-hashes -r more.txt",
        "pip install more",
        "pip install -rx",
        "pip installs -r more.txt",
        "xpip install -r more.txt",
    ])("is not %s", command => expect(loose(command)).toEqual([]));
});

describe("Yarn from version 2 on, which does not change the lockfile in CI by itself", () => {
    const problem = "may change the lockfile; expected `yarn install --immutable`.";
    test.each([{ "yarn.lock": "__metadata:\n  version: 8\n" }, { ".yarnrc.yml": "enableScripts: false\n" }])(
        "known by %j",
        (files: Record<string, string>) => {
            expect(judged("nodejs", "yarn install", files)).toEqual([]);
            expect(judged("nodejs", "yarn install --no-immutable", files)).toEqual(
                at("yarn install --no-immutable", problem),
            );
            expect(judged("nodejs", "YARN_ENABLE_IMMUTABLE_INSTALLS=1 yarn install --no-immutable", files)).toEqual([]);
        },
    );
    test("not known by a lockfile of version 1", () =>
        expect(judged("nodejs", "yarn", { "yarn.lock": "# yarn lockfile v1\n" })).toEqual(
            at("yarn", "may change the lockfile; expected `yarn install --frozen-lockfile`."),
        ));
});

describe("variables in the place of a flag", () => {
    const problem = "may change the lockfile; expected `uv sync --locked`.";
    test.each(["0", "f", "false", "FALSE", "n", "no", "off", ""])("off by `%s`", value =>
        expect(judged("python", `UV_LOCKED=${value} uv sync`)).toEqual(at("uv sync", problem)),
    );
    test.each(["1", "true", "yes", "on", "x0", "0x", "node"])("on by `%s`", value =>
        expect(judged("python", `UV_LOCKED=${value} uv sync`)).toEqual([]),
    );
    test("what the command says counts, then the step, then the job", () => {
        const set = (job: string, step: string, command: string) =>
            judgeProject(rule, {
                files: {
                    "Pulumi.yaml": "name: shop\nruntime: python\n",
                    "requirements.txt": "",
                    ".github/workflows/w.yml": `on: push\njobs:\n  up:\n    env: { UV_LOCKED: ${job} }\n    steps:\n      - run: ${command}uv sync\n        env: { ${step} }\n      - run: pulumi up\n`,
                },
            }).violations.length;
        expect(set("1", "X: 1", "")).toBe(0);
        expect(set("0", "X: 1", "")).toBe(1);
        expect(set("0", "UV_LOCKED: 1", "")).toBe(0);
        expect(set("1", "UV_LOCKED: 0", "")).toBe(1);
        expect(set("1", "UV_LOCKED: 1", "UV_LOCKED=0 ")).toBe(1);
        expect(set("0", "UV_LOCKED: 0", "UV_LOCKED=1 ")).toBe(0);
    });
});

test("a job that does not run Pulumi is not judged", () =>
    expect(
        judgeProject(rule, {
            files: {
                "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
                "package.json": "{}",
                ".github/workflows/w.yml":
                    "on: push\njobs:\n  web:\n    steps:\n      - run: npm install\n  up:\n    steps:\n      - run: pulumi up\n",
            },
        }).violations,
    ).toEqual([]));

test("each command of a step is judged, at its line", () =>
    expect(judged("nodejs", "npm ci\nnpm install\necho\nA=1 B=2 npm update\n")).toEqual([
        ".github/workflows/w.yml:5: jobs.up.steps[0].run: `npm install` may change the lockfile; expected `npm ci`.",
        ".github/workflows/w.yml:5: jobs.up.steps[0].run: `npm update` installs other versions than the lockfile's; expected `npm ci`.",
    ]));
