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
