import { rule } from "../../../../policies/rules/supply-chain/dependencies-pinned";
import { judgeProject } from "../../../support/test-rule";

const LOCKED = {
    "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
    ".npmrc": "ignore-scripts=true\n",
    "package.json": '{ "dependencies": { "@pulumi/pulumi": "3.100.0" } }',
    "package-lock.json": JSON.stringify({
        lockfileVersion: 3,
        packages: {
            "": { dependencies: { "@pulumi/pulumi": "3.100.0" } },
            "node_modules/typescript": { version: "5.0.0", bin: { tsc: "bin/tsc" } },
            "node_modules/@acme/lint": { version: "1.0.0", bin: { "acme-lint": "x.js" } },
        },
    }),
};

const judged = (command: string, job = "up", files: Record<string, string> = {}) =>
    judgeProject(rule, {
        files: {
            ...LOCKED,
            ...files,
            ".github/workflows/w.yml": `on: push\njobs:\n  ${job}:\n    steps:\n      - run: ${JSON.stringify(command)}\n${job === "up" ? "" : "  up:\n    steps:\n"}      - run: pulumi up\n`,
        },
    }).violations;

const AT = ".github/workflows/w.yml:5: jobs.up.steps[0].run:";

const DOWNLOADED = (address: string) => [
    `${AT} runs ${address} as it is downloaded, whatever it is by then; expected an action that is pinned, or a file whose checksum is checked first.`,
];

describe("a script that runs as it is downloaded", () => {
    test.each([
        "curl -fsSL https://get.pulumi.com | sh",
        "curl -fsSL https://get.pulumi.com | bash -s -- --version 3.210.0",
        "curl https://get.pulumi.com | sudo -E bash -",
        "wget -qO- https://get.pulumi.com | /bin/bash",
        "bash <(curl -s https://get.pulumi.com)",
        'sh -c "$(curl -fsSL https://get.pulumi.com)"',
        'eval "$(curl -fsSL https://get.pulumi.com)"',
        "curl https://get.pulumi.com | python3 -",
    ])("%s", command => expect(judged(command)).toEqual(DOWNLOADED("`https://get.pulumi.com`")));

    test("an address that a variable holds, and one with credentials", () => {
        expect(judged("curl $URL | sh")).toEqual(DOWNLOADED("a script"));
        expect(judged("curl https://me:hunter2@example.com/x.sh | sh")).toEqual(
            DOWNLOADED("`https://…@example.com/x.sh`"),
        );
    });

    test.each([
        "curl -fsSL https://example.com/x.tar.gz | tar xz",
        "curl -s https://example.com/x.json | jq .a",
        "curl -s https://example.com/x.json | python3 -m json.tool",
        "curl -s https://example.com/x.json | node parse.js",
        "curl -s https://example.com/list | bash -e import.sh",
        "curl https://raw.githubusercontent.com/acme/x/b4ffde65f46336ab88eb53be808477a3936bae11/install.sh | sh",
        "curl -o x.sh https://example.com/x.sh; sha256sum -c x.sum && sh x.sh",
        "cat install.sh | sh",
        "echo 'curl https://get.pulumi.com | sh'",
        "curl https://example.com || sh retry.sh",
    ])("is not %s", command => expect(judged(command)).toEqual([]));

    test("counts where a job runs Pulumi", () =>
        expect(judged("curl https://get.pulumi.com | sh", "build")).toEqual([]));
});

describe("a package that is fetched and run", () => {
    const fetched = (command: string, name: string) => [
        `${AT} \`${command}\` runs whatever version of \`${name}\` is new; expected it in the manifest and its lockfile, or an exact version.`,
    ];
    test.each([
        ["npx cowsay hi", "cowsay"],
        ["npx --yes cowsay@latest hi", "cowsay"],
        ["npx -y @acme/tool@^1.2.0", "@acme/tool"],
        ["npx -p typescript tsc", "typescript"],
        ["npm exec -- cowsay", "cowsay"],
        ["pnpm dlx cowsay", "cowsay"],
        ["yarn dlx cowsay", "cowsay"],
        ["bunx cowsay", "cowsay"],
        ["uvx ruff check", "ruff"],
        ["uv tool run ruff@latest", "ruff"],
        ["pipx run checkov", "checkov"],
        ["uvx --quiet checkov", "checkov"],
    ])("%s", (command, name) => expect(judged(command)).toEqual(fetched(command, name)));

    test.each([
        "npx tsc --noEmit",
        "npx acme-lint",
        "npx @acme/lint",
        "npx cowsay@1.5.0",
        "pnpm dlx cowsay@1.5.0",
        "uvx ruff@0.6.0 check",
        "pipx run checkov==3.2.0",
        "npx pulumi preview",
        "npx ./tools/run.js",
        "npx $TOOL",
        "npx --version",
        "npm run cowsay",
    ])("is not %s", command => expect(judged(command)).toEqual([]));

    test.each([
        [
            "pnpm-lock.yaml",
            "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      '@pulumi/pulumi': { specifier: 3.100.0, version: 3.100.0 }\npackages:\n  typescript@5.0.0: {}\n",
        ],
        ["yarn.lock", '"@pulumi/pulumi@3.100.0":\n  version "3.100.0"\n\ntypescript@^5.0.0:\n  version "5.0.0"\n'],
    ])("%s has the package of a command", (path, text) => {
        const files = { "package-lock.json": "{}", [path]: text };
        expect(judged("npx tsc", "up", files).filter(message => message.includes("npx"))).toEqual([]);
        expect(judged("npx cowsay", "up", files).filter(message => message.includes("npx"))).toHaveLength(1);
    });
});

describe("an install that adds packages", () => {
    test.each([
        "npm install cowsay",
        "npm i --save-dev cowsay",
        "npm install cowsay@1.5.0",
        "pnpm add cowsay",
        "yarn add -D cowsay",
        "bun add cowsay",
    ])("%s", command =>
        expect(judged(command)).toEqual([
            `${AT} \`${command}\` adds packages that no lockfile pins; expected them in the manifest, and \`npm ci\` or its like.`,
        ]),
    );
    test.each([
        "npm install -g cowsay",
        "npm install --location=global cowsay",
        "npm install ./local",
        "npm ci",
        "pnpm install --frozen-lockfile",
    ])("is not %s", command => expect(judged(command)).toEqual([]));
});

describe("each way to run what was downloaded", () => {
    const URL = "https://example.com/x";
    test.each([
        ...["curl", "wget", "iwr", "irm", "invoke-webrequest", "Invoke-RestMethod", "IWR"].map(
            name => `${name} ${URL} | sh`,
        ),
        ...[
            "sh",
            "bash",
            "dash",
            "zsh",
            "ksh",
            "fish",
            "python",
            "python3",
            "node",
            "perl",
            "ruby",
            "pwsh",
            "iex",
            "Invoke-Expression",
            "/bin/sh",
            "/usr/local/bin/python3",
            "sudo sh",
            "env sh",
            "sudo -E env A=1 sh",
            "A=1 sh",
            "sh -",
            "bash -s x",
            "bash -e",
            ". ",
            "source /dev/stdin".slice(0, 6),
        ].map(name => `curl ${URL} | ${name}`),
        ...["eval", "source", ".", "bash", "sh -c", "sudo bash -c"].map(name => `${name} "$(curl ${URL})"`),
        `bash <(wget -qO- ${URL})`,
        `bash <( curl ${URL})`,
        `sh -c "$( wget ${URL})"`,
    ])("%s", command => expect(judged(command)).toEqual(DOWNLOADED(`\`${URL}\``)));
    test.each([
        ...["xcurl", "curls", "cat", "httpie"].map(name => `${name} ${URL} | sh`),
        ...["xsh", "shx", "bashful", "python4", "nodes", "tee", "evals x", "xeval x", "sources x"].map(
            name => `curl ${URL} | ${name}`,
        ),
        `curl ${URL} && sh`,
        `curl ${URL} ; sh`,
        `bash <(curlx ${URL})`,
        `bash <(cat ${URL})`,
        `echo "$(curl ${URL})"`,
        `curl ${URL}/${"0a".repeat(20)}/x | sh`,
        `curl ${URL}/${"0A".repeat(20)}/x | sh`,
        `bash <(curl ${URL}/${"0a".repeat(20)})`,
    ])("is not %s", command => expect(judged(command)).toEqual([]));
    test.each([`curl ${URL}/${"0a".repeat(20)}0 | sh`, `curl ${URL}/x${"0a".repeat(20)} | sh`])(
        "what is no commit fixes nothing: %s",
        command => expect(judged(command)).toHaveLength(1),
    );
    test.each([
        ["curl http://example.com/x | sh", "`http://example.com/x`"],
        ["curl -x 'https://example.com/x' | sh", "`https://example.com/x`"],
        ["sh -c \"$(curl 'https://example.com/x')\"", "`https://example.com/x`"],
        ["curl ftp://example.com/x | sh", "a script"],
    ])("the address in %s", (command, shown) => expect(judged(command)).toEqual(DOWNLOADED(shown)));
});

describe("each command that fetches a package", () => {
    const fetched = (command: string, name = "cowsay") => [
        `${AT} \`${command}\` runs whatever version of \`${name}\` is new; expected it in the manifest and its lockfile, or an exact version.`,
    ];
    const RUNNERS = "npx|npm exec|npm x|pnpm dlx|pnpx|yarn dlx|bunx|bun x|uvx|uv tool run|pipx run".split("|");
    test.each(RUNNERS)("%s", runner => {
        expect(judged(`${runner} cowsay`)).toEqual(fetched(`${runner} cowsay`));
        expect(judged(`${runner} --quiet cowsay hi`)).toEqual(fetched(`${runner} --quiet cowsay hi`));
        expect(judged(`${runner} -y -q -- cowsay`)).toEqual(fetched(`${runner} -y -q -- cowsay`));
        expect(judged(`${runner} cowsay@latest`)).toEqual(fetched(`${runner} cowsay@latest`));
        expect(judged(`${runner} cowsay@1.5.0`)).toEqual([]);
        expect(judged(`${runner} pulumi preview`)).toEqual([]);
        expect(judged(`${runner} $TOOL`)).toEqual([]);
        expect(judged(`${runner} x$TOOL`)).toEqual([]);
        expect(judged(`x${runner} cowsay`)).toEqual([]);
        expect(judged(runner)).toEqual([]);
    });
    test.each(["./x", "/x", "~/x", "git:x", "http://example.com/x", "https://example.com/x", "file:x"])(
        "is not one that runs %s",
        spec => expect(judged(`npx ${spec}`)).toEqual([]),
    );
    test.each(["gitx", "xhttps://example.com"])("is one that runs %s", spec =>
        expect(judged(`npx ${spec}`)).toHaveLength(1),
    );
    test.each([
        ["npx cowsay@v1.5.0", []],
        ["npx cowsay@1.5.0-rc.1", []],
        ["npx @acme/x@1.5.0", []],
        ["npx cowsay@1.5", fetched("npx cowsay@1.5")],
        ["npx cowsay@^1.5.0", fetched("npx cowsay@^1.5.0")],
        ["npx @acme/x", fetched("npx @acme/x", "@acme/x")],
        ["uvx ruff==0.6.0", []],
        ["uvx ruff==0.6", fetched("uvx ruff==0.6", "ruff")],
        ["pipx run checkov@3.2.0", []],
        ["pipx run check.ov_x-y==3.2", fetched("pipx run check.ov_x-y==3.2", "check.ov_x-y")],
    ] as const)("%s", (command, found) => expect(judged(command)).toEqual(found));
    test.each(["npx", "npm exec", "npm x", "bunx", "bun x"])("%s takes what the lockfile has", runner => {
        expect(judged(`${runner} tsc`)).toEqual([]);
        expect(judged(`${runner} typescript`)).toEqual([]);
        expect(judged(`${runner} acme-lint`)).toEqual([]);
        expect(judged(`${runner} script`)).toHaveLength(1);
        expect(judged(`${runner} tsc@latest`)).toHaveLength(1);
        expect(judged(`${runner} -p typescript`)).toHaveLength(1);
        expect(judged(`${runner} --package typescript`)).toHaveLength(1);
        expect(judged(`${runner} --parseable typescript`)).toEqual([]);
    });
    test.each(["pnpm dlx", "pnpx", "yarn dlx", "uvx", "pipx run"])("%s takes no lockfile", runner =>
        expect(judged(`${runner} typescript`)).toHaveLength(1),
    );

    const about = (files: Record<string, string>) =>
        judged("npx cowsay", "up", files).filter(message => message.includes("npx")).length;
    test.each([
        ["pnpm-lock.yaml", "packages:\n  cowsay@1.0.0: {}\n"],
        ["pnpm-lock.yaml", "packages:\n  /cowsay/1.0.0: {}\n"],
        ["yarn.lock", 'cowsay@^1.0.0:\n  version "1.0.0"\n'],
        ["bun.lock", '{ "packages": { "cowsay": ["cowsay@1.0.0"] } }'],
        ["bun.lock", '{ "packages": { "cowsay": [] } }'],
        ["package.json", '{ "dependencies": { "cowsay": "1.0.0" } }'],
        ["package.json", '{ "devDependencies": { "cowsay": "1.0.0" } }'],
        ["package.json", '{ "optionalDependencies": { "cowsay": "1.0.0" } }'],
    ])("a package in %s: %s", (file, text) => expect(about({ "package-lock.json": "{}", [file]: text })).toBe(0));
    test.each([
        ["pnpm-lock.yaml", "packages:\n  cowsays: {}\n"],
        ["pnpm-lock.yaml", "packages:\n  a/cowsay: {}\n"],
        ["yarn.lock", "cowsays:\n"],
        ["bun.lock", '{ "packages": { "cowsays": [] } }'],
        ["package.json", '{ "peerDependencies": { "cowsay": "1.0.0" } }'],
        ["Pipfile.lock", '{ "cowsay@1": {} }'],
    ])("no package in %s: %s", (file, text) => expect(about({ "package-lock.json": "{}", [file]: text })).toBe(1));
    test("the lockfile of a project's own folder", () => {
        const of = (path: string) =>
            judgeProject(rule, {
                project: "infra",
                files: {
                    "infra/Pulumi.yaml": "name: shop\nruntime: go\n",
                    "other/Pulumi.yaml": "name: other\nruntime: nodejs\n",
                    "infra/go.mod": "module x\n",
                    [path]: JSON.stringify({ packages: { "node_modules/cowsay": {} } }),
                    ".github/workflows/w.yml":
                        "on: push\njobs:\n  up:\n    steps:\n      - run: npx cowsay\n      - run: pulumi up\n",
                },
            }).violations.filter(message => message.includes("npx")).length;
        expect(of("infra/package-lock.json")).toBe(0);
        expect(of("package-lock.json")).toBe(0);
        expect(of("elsewhere/package-lock.json")).toBe(1);
    });
});
