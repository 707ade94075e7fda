import { rule } from "../../policies/rules/ci/ci-workflow-hardened";
import { judgeProject } from "../support/test-rule";

const FILES = {
    "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
    "package.json": '{ "name": "root", "workspaces": ["infra"], "scripts": { "pulumi": "pulumi", "test": "vitest" } }',
    "infra/package.json":
        '{ "name": "@shop/infra", "scripts": { "deploy": "pulumi up --yes", "postship": "pulumi up", "ship": "tsc", "chain": "npm run deploy", "pulumi": "cd stacks && pulumi --non-interactive", "lint": "eslint ." } }',
    "web/package.json": '{ "name": "web", "scripts": { "deploy": "vercel deploy" } }',
    "infra/Makefile":
        "PULUMI := pulumi\n.PHONY: deploy\n\nall: deploy\ndeploy: build\n\t@$(PULUMI) up --yes\nbuild:\n\ttsc\nremote:\n\t$(MAKE) -C infra deploy\ninclude more.mk\n",
    "infra/more.mk": "preview:\n\tpulumi preview\n",
    justfile:
        "set shell := ['bash', '-c']\nalias d := deploy\n\n# Ships it.\n@deploy stack='dev': build\n    cd infra && pulumi up --stack {{stack}}\n\nbuild:\n    npm ci\n",
    "Taskfile.yml":
        "version: '3'\ntasks:\n  build: npm ci\n  ship:\n    deps: [build]\n    cmds:\n      - task: up\n  up:\n    dir: infra\n    cmds:\n      - cmd: pulumi up\n",
    "bin/deploy": "#!/usr/bin/env bash\npulumi up\n",
    "bin/outer.sh": "./bin/deploy\n",
    "bin/report": "#!/usr/bin/env python3\n# pulumi up\n",
    "bin/ship": '#!/usr/bin/env -S python3 -u\nimport subprocess\nsubprocess.run(["pulumi", "up"])\n',
    "bin/pulumi-deploy": "#!/bin/sh\necho nothing\n",
    "infra/auto.ts": 'import { LocalWorkspace } from "@pulumi/pulumi/automation";\n',
    "infra/plain.ts": 'import * as pulumi from "@pulumi/pulumi";\n',
    "deploy.py": "from pulumi import automation as auto\nimport pulumi.automation\n",
    "tools/ship/__main__.py": "import pulumi.automation as auto\n",
    "cmd/ship/main.go": 'package main\nimport "github.com/pulumi/pulumi/sdk/v3/go/auto"\n',
    "Deploy/Program.cs": "using Pulumi.Automation;\n",
    "tools/up.py": 'import subprocess\nsubprocess.run(["pulumi", "up", "--yes"], check=True)\n',
    "tools/up.mjs": 'import { execSync } from "node:child_process";\nexecSync("pulumi up --yes");\n',
    "tools/tags.py": 'import subprocess\ntags = {"managed-by": "pulumi-team"}\n# pulumi up\n',
    "tools/names.py": 'TOOLS = ["pulumi", "terraform"]\n',
};

const AT = ".github/workflows/w.yml:6: jobs.up.steps[0].run:";

const judged = (command: string, aspect = "protected-environment") =>
    judgeProject(rule, {
        files: {
            ...FILES,
            ".github/workflows/w.yml": `on: push\njobs:\n  up:\n    runs-on: x\n    steps:\n      - run: ${JSON.stringify(command)}\n`,
        },
        settings: { require: [aspect] },
    });

const notesOf = (command: string) => judged(command).notes;

describe("a script that calls Pulumi is said, wherever it lies", () => {
    test.each([
        ["npm --prefix infra run deploy", "npm --prefix infra run deploy"],
        ["npm --prefix=infra run deploy", "npm --prefix=infra run deploy"],
        ["npm run deploy -w infra", "npm run deploy"],
        ["npm run deploy --workspace=@shop/infra", "npm run deploy"],
        ["npm run deploy --workspaces --if-present", "npm run deploy"],
        ["pnpm --filter infra run deploy", "pnpm --filter infra run deploy"],
        ["pnpm --filter ./infra deploy", "pnpm --filter ./infra deploy"],
        ["pnpm -F '@shop/*...' deploy", "pnpm -F @shop/*... deploy"],
        ["pnpm -C infra deploy", "pnpm -C infra deploy"],
        ["pnpm -r run deploy", "pnpm run deploy"],
        ["yarn --cwd infra deploy", "yarn --cwd infra deploy"],
        ["yarn workspace @shop/infra deploy", "yarn workspace @shop/infra deploy"],
        ["yarn workspaces foreach -A run deploy", "yarn workspaces foreach run deploy"],
        ["bun --cwd infra run deploy", "bun --cwd infra run deploy"],
        ["npx turbo run build deploy --filter=web", "npx turbo", false],
        ["npx turbo run build deploy", "npx turbo"],
        ["turbo deploy --filter=@shop/infra", "turbo deploy"],
        ["cd infra && npm run deploy", "npm run deploy"],
        ["cd infra && npm run ship", "npm run ship"],
        ["cd infra && npm run chain", "npm run chain"],
        ["cd infra && make", "make"],
        ["pushd infra; make deploy; popd", "make deploy"],
        ['cd "$GITHUB_WORKSPACE/infra" && make all', "make all"],
        ["make -C infra deploy", "make -C infra deploy"],
        ["make --directory=infra -j4 STACK=prod deploy", "make --directory=infra deploy"],
        ["make -f infra/Makefile remote", "make infra/Makefile"],
        ["cd infra && make preview deploy", "make preview", true, "`pulumi preview` and `pulumi up`"],
        ["just deploy prod", "just deploy"],
        ["just d", "just d"],
        ["cd web && just deploy", "just deploy"],
        ["task ship", "task ship"],
        ["sh -e bin/outer.sh", "sh bin/outer.sh"],
        ["bin/deploy", "bin/deploy"],
        ["source bin/deploy", "source bin/deploy"],
    ])("%s", (command, said, isReached = true, called = "`pulumi up`") =>
        expect(notesOf(command)).toEqual(
            isReached
                ? [`Cannot be judged yet: ${AT} runs \`${said}\`, a script with ${called}, which is not judged.`]
                : [],
        ),
    );

    test.each([
        ["npx ts-node infra/auto.ts up", "npx ts-node"],
        ["cd infra && node --import tsx auto.ts", "node tsx"],
        ["python deploy.py", "python deploy.py"],
        ["uv run deploy.py", "uv run deploy.py"],
        ["python3 -m tools.ship", "python3 tools.ship"],
        ["go run ./cmd/ship", "go run ./cmd/ship"],
        ["dotnet run --project Deploy/Deploy.csproj", "dotnet run Deploy/Deploy.csproj"],
    ])("%s uses the Automation API", (command, said) =>
        expect(notesOf(command)).toEqual([
            `Cannot be judged yet: ${AT} runs \`${said}\`, a program that uses Pulumi's Automation API, which is not judged.`,
        ]),
    );

    test.each([
        ["python tools/up.py", "python tools/up.py"],
        ["node tools/up.mjs", "node tools/up.mjs"],
        ["bin/ship", "bin/ship"],
    ])("%s starts it", (command, said) =>
        expect(notesOf(command)).toEqual([
            `Cannot be judged yet: ${AT} runs \`${said}\`, a program that starts Pulumi, which is not judged.`,
        ]),
    );

    test.each([
        ["bundle exec rake pulumi:deploy[staging]", "bundle exec rake"],
        ["mise run pulumi-up", "mise run pulumi-up"],
        ["task pulumi-up", "task pulumi-up"],
        ["./gradlew :infra:pulumiUp", "./gradlew"],
        ["invoke pulumi.preview", "invoke pulumi.preview"],
        ["uv run poe pulumi_destroy", "uv run poe"],
        ["npx nx run infra:pulumi-up", "npx nx"],
        ["nx run-many -t preview -p pulumi-infra", "nx run-many"],
        ["bazel run //infra:pulumi_up", "bazel run //infra:pulumi_up"],
        ["make pulumi-refresh", "make pulumi-refresh"],
        ["npm run pulumi:up", "npm run pulumi:up"],
        ["ci/pulumi-up.sh", "ci/pulumi-up.sh"],
        ["bash -e ci/pulumi-up.sh", "bash ci/pulumi-up.sh"],
        ["STACK=prod ./pulumi/deploy", "./pulumi/deploy"],
    ])("%s is named after it", (command, said) =>
        expect(notesOf(command)).toEqual([
            `Cannot be judged yet: ${AT} runs \`${said}\`, a program that is named after Pulumi, which is not judged.`,
        ]),
    );

    test.each([
        "python tools/tags.py",
        "bin/pulumi-deploy",
        "rake pulumi:lint",
        "rake infra:up",
        "pnpm up @pulumi/aws",
        "yarn upgrade @pulumi/pulumi",
        "npm update @pulumi/pulumi",
        "npm update runner pulumi",
        "runner task pulumi-up",
        "my-run make pulumi-up",
        "resource bin/deploy",
        "echo rake pulumi:up",
        "gh issue create --title task --body 'pulumi up'",
        "./gradlew update --project-dir=pulumi",
        "python tools/names.py",
        "npm run lint -w infra",
        "npm run deploy -w web",
        "npm run deploy",
        "npm ci --prefix infra",
        "pnpm --filter '!infra' deploy",
        "yarn workspace web deploy",
        "make -C web deploy",
        "make -C infra build",
        "just build",
        "task build",
        "bin/report",
        "npx ts-node infra/plain.ts",
        "go test ./cmd/ship",
    ])("%s calls none", command => expect(judged(command)).toMatchObject({ violations: [], notes: [] }));

    test("of two of the same path, that of the command's folder", () => {
        const files = {
            ...FILES,
            "infra/bin/up.py": '#!/usr/bin/env python3\nimport subprocess\nsubprocess.run(["pulumi", "up"])\n',
            "bin/up.py": "pulumi destroy\n",
            "infra/bin/up": "pulumi preview\n",
            "bin/up": "pulumi destroy\n",
            ".github/workflows/w.yml":
                "on: push\njobs: { up: { steps: [{ run: cd infra && bin/up.py }, { run: cd infra && bin/up }] } }\n",
        };
        const said = ["bin/up.py`, a program that starts Pulumi", "bin/up`, a script with `pulumi preview`"];
        expect(judgeProject(rule, { files, settings: { require: ["protected-environment"] } }).notes).toEqual(
            said.map(
                (text, index) =>
                    `Cannot be judged yet: .github/workflows/w.yml:2: jobs.up.steps[${index}].run: runs \`${text}, which is not judged.`,
            ),
        );
    });

    test("scripts that call one another in a circle end", () => {
        const files = {
            ...FILES,
            "package.json": '{ "scripts": { "a": "npm run b && pulumi preview", "b": "npm run a" } }',
            Makefile: "a: b\n\tmake b\nb: a\n\tmake a\n",
            ".github/workflows/w.yml": "on: push\njobs: { up: { steps: [{ run: npm run a }, { run: make a }] } }\n",
        };
        expect(judgeProject(rule, { files, settings: { require: ["protected-environment"] } }).notes).toEqual([
            "Cannot be judged yet: .github/workflows/w.yml:2: jobs.up.steps[0].run: runs `npm run a`, a script with `pulumi preview`, which is not judged.",
        ]);
    });
});

describe("a script that is given its command for Pulumi is judged as that call", () => {
    const without = (operation: string) => [
        `.github/workflows/w.yml:4: jobs.up: runs \`pulumi ${operation}\` without an \`environment\`, so nobody has to approve it; expected an environment with required reviewers. [ci-workflow-hardened/protected-environment]`,
    ];
    test.each([
        ["npm run pulumi -- up --yes", "up"],
        ["npm run pulumi up", "up"],
        ["npm run --silent pulumi -- destroy", "destroy"],
        ["npm --prefix infra run pulumi -- up", "up"],
        ["pnpm pulumi up --yes", "up"],
        ["yarn run pulumi up --yes", "up"],
        ["pnpm --filter infra run pulumi up", "up"],
    ])("%s", (command, operation) => expect(judged(command)).toEqual({ violations: without(operation), notes: [] }));

    test.each(["npm run pulumi -- version", "npm run test -- up", "npm run pulumi"])("%s is none", command =>
        expect(judged(command)).toMatchObject({ violations: [], notes: [] }),
    );
});

describe("a step that is a program", () => {
    const notes = (step: string, top = "") =>
        judgeProject(rule, {
            files: {
                ...FILES,
                ".github/workflows/w.yml": `on: push\n${top}jobs:\n  up:\n    runs-on: x\n    steps:\n      - ${step}\n`,
            },
            settings: { require: ["protected-environment"] },
        });
    const PYTHON = "run: \"import os; os.system('pulumi up --yes')\"";

    test.each([
        ["in Python", `{ shell: python, ${PYTHON} }`, "run", "python"],
        ["in Python, by uv", `{ shell: "uv run python {0}", ${PYTHON} }`, "run", "uv run python {0}"],
        [
            "in JavaScript",
            `{ shell: "node {0}", run: "require('child_process').spawnSync('pulumi', ['up'])" }`,
            "run",
            "node {0}",
        ],
        [
            "of github-script",
            "{ uses: actions/github-script@v7, with: { script: \"await exec.getExecOutput('/opt/pulumi up')\" } }",
            "with.script",
            "actions/github-script",
        ],
    ])("%s is said where it starts Pulumi", (_, step, key, runner) =>
        expect(notes(step)).toEqual({
            violations: [],
            notes: [
                `Cannot be judged yet: .github/workflows/w.yml:6: jobs.up.steps[0].${key}: runs \`${runner}\`, a program that starts Pulumi, which is not judged.`,
            ],
        }),
    );

    test("is one by the defaults of the workflow too", () => {
        const defaults = "defaults: { run: { shell: python } }\n";
        expect(notes(`{ ${PYTHON} }`, defaults).notes).toEqual([expect.stringContaining("runs `python`, a program")]);
        expect(notes("{ shell: bash, run: pulumi up --yes }", defaults).violations).toHaveLength(1);
    });

    test.each([
        ["a program without Pulumi", "{ shell: python, run: \"import os; os.system('make')\" }"],
        ["a program that names Pulumi in a comment", '{ shell: python, run: "import os  # pulumi up" }'],
        ["a program's line that a shell would run", '{ shell: python, run: "pulumi up" }'],
    ])("%s has nothing to do with Pulumi", (_, step) =>
        expect(notes(step)).toEqual({
            violations: [],
            notes: [],
            notApplicable: "No GitHub workflow or GitLab pipeline of the repository runs Pulumi.",
        }),
    );

    test.each(["bash", "sh", "bash -l {0}", "pwsh", "nix develop -c bash {0}", "python-env bash {0}"])(
        "%s runs commands",
        shell => expect(notes(`{ shell: "${shell}", run: pulumi up --yes }`).violations).toHaveLength(1),
    );
});

test.each([
    ["five deep are followed", 5, "a script with `pulumi up`, which is not judged."],
    ["deeper are said", 6, "whose scripts run one another more than 5 deep; those below are not looked into."],
])("scripts that run one another %s", (_, depth, said) => {
    const chain = Array.from({ length: depth }, (_, index) => [
        `bin/s${index}`,
        index === depth - 1 ? "pulumi up\n" : `bin/s${index + 1}\n`,
    ]);
    const workflow = "on: push\njobs: { up: { steps: [{ run: pulumi preview }, { run: bin/s0 }] } }\n";
    const { notes } = judgeProject(rule, {
        files: { ...FILES, ...Object.fromEntries(chain), ".github/workflows/w.yml": workflow },
        settings: { require: ["protected-environment"] },
    });
    expect(notes).toEqual([
        `Cannot be judged yet: .github/workflows/w.yml:2: jobs.up.steps[1].run: runs \`bin/s0\`, ${said}`,
    ]);
});
