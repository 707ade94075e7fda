import { isLanguage, useOf, useOfName, useOfProgram } from "../../policies/pipelines/programs";
import { inWorkspace } from "../support/in-workspace";

const API = "uses Pulumi's Automation API";
const STARTS = "starts Pulumi";

const each = (names: string, line: (name: string) => string) => names.split(" ").map(line);

describe("what the text of a program does with Pulumi", () => {
    test.each([
        'import { LocalWorkspace } from "@pulumi/pulumi/automation";',
        "from pulumi import automation as auto",
        "from  pulumi  import  automation",
        "import pulumi.automation",
        'import "github.com/pulumi/pulumi/sdk/v3/go/auto"',
        'import "github.com/pulumi/pulumi/sdk/v12/go/auto/optup"',
        "using Pulumi.Automation;",
        "import com.pulumi.automation.LocalWorkspace;",
    ])("%s: the Automation API", text => expect(useOf(text)).toBe(API));

    test.each([
        "from mypulumi import automation",
        "from pulumi import automations",
        "import mypulumi.automation",
        "import pulumi.automations",
        "import pulumi2automation",
        'import "github.com/pulumi/pulumi/sdk/v3/go/autos"',
        'import "github.com/pulumi/pulumi/sdk/v/go/auto"',
        "using MyPulumi.Automation;",
        "using Pulumi.Automations;",
        "using PulumixAutomation;",
        "import com.pulumi.automations.A;",
        'import * as pulumi from "@pulumi/pulumi";',
        "",
    ])("%s: nothing", text => expect(useOf(text)).toBeUndefined());

    test.each([
        ...each(
            "subprocess os.system os.popen os.execvp os.spawnlp child_process execa zx exec execFile execSync execFileSync spawn spawnSync getExecOutput Deno.Command exec.Command exec.CommandContext Process.Start ProcessStartInfo system popen shell_exec Subprocess",
            name => `${name}("pulumi", "up")`,
        ),
        ...each("\" ' `", quote => `exec(${quote}pulumi${quote}, [${quote}up${quote}])`),
        ...each("up update preview pre destroy down refresh import watch", word => `exec("pulumi ${word}")`),
        'exec("pulumi   up --yes")',
        'exec("pulumi --non-interactive -C infra up")',
        'exec("pulumi", ["--stack", stack, "up"])',
        "exec(`pulumi -s ${stack} up`)",
        'subprocess.run(["pulumi", "up", "--yes"])',
        'subprocess.run([\n    "pulumi",\n    "up",\n])',
        'exec("pulumi.exe up")',
        'exec("/usr/local/bin/pulumi", "up")',
        'exec("./pulumi up")',
        String.raw`exec("C:\pulumi\pulumi.exe up")`,
        `exec("${"x".repeat(200)}/pulumi up")`,
        `exec("pulumi ${"-".repeat(99)} up")`,
    ])("%s: it starts Pulumi", text => expect(useOf(text)).toBe(STARTS));

    test.each([
        ...each(
            "subprocesses mysubprocess osxsystem executor myexec execFiles spawner systems mysystem popens DenoxCommand zxy",
            name => `${name}("pulumi", "up")`,
        ),
        ...each(
            "upper updates previews presto destroyed downs refreshed imports watches version about",
            word => `exec("pulumi ${word}")`,
        ),
        'exec("pulumi-lint up")',
        'exec("mypulumi up")',
        'exec("pulumixexe up")',
        'exec("terraform"); // pulumi up',
        'exec("a b/pulumi up")',
        `exec("${"x".repeat(201)}/pulumi up")`,
        `exec("pulumi ${"-".repeat(101)} up")`,
        'exec("pulumi")',
        'const names = ["pulumi"]; exec("make", "up")',
        "exec(pulumi, up)",
        'log("pulumi up")',
        "exec('make')",
    ])("%s: it starts none", text => expect(useOf(text)).toBeUndefined());
});

describe("the program that a command runs", () => {
    const AUTO = 'import "@pulumi/pulumi/automation"; using Pulumi.Automation; from pulumi import automation';
    const GO = 'import "github.com/pulumi/pulumi/sdk/v3/go/auto"';
    const PROJECTS = ["csproj", "fsproj", "vbproj"];
    const FILES = {
        ...Object.fromEntries(
            "ts js mts mjs cts cjs tsx jsx py go cs fs vb sh"
                .split(" ")
                .map(ending => [`auto.${ending}`, ending === "go" ? GO : AUTO]),
        ),
        "infra/auto.ts": AUTO,
        "infra/auto.py": AUTO,
        "plain.ts": "export {};",
        "deploy/prod.py": AUTO,
        "deploy/all/__main__.py": AUTO,
        "cmd/ship/main.go": GO,
        "cmd/other/main.go": "package main",
        "cmd/two/a.go": "package main",
        "cmd/two/b.go": GO,
        "App/Program.cs": AUTO,
        ...Object.fromEntries(PROJECTS.map(ending => [`App/App.${ending}`, "<Project/>"])),
        "notes/readme.md": AUTO,
    };
    const uses = (commands: readonly string[], folder = "") =>
        inWorkspace(FILES, workspace =>
            commands.filter(command => useOfProgram(command.split(" "), folder, workspace) !== undefined),
        );

    const FOUND = [
        ...each("node ts-node ts-node-esm tsx bun deno", tool => `${tool} auto.ts`),
        ...each("ts js mts mjs cts cjs tsx jsx", ending => `node auto.${ending}`),
        ...each("python python3 uv", tool => `${tool} auto.py`),
        ...each("python python3", tool => `${tool} -m deploy.prod`),
        "python -m deploy.all",
        "python3 -u -m deploy.prod --yes",
        "/usr/bin/python3 auto.py",
        "npx tsx auto.ts",
        "node --import tsx auto.ts",
        "deno run -A auto.ts",
        "uv run auto.py",
        "go run auto.go",
        "go run ./cmd/ship",
        "go run cmd/two",
        "go run -C cmd/ship",
        "dotnet auto.cs",
        "dotnet auto.fs",
        "dotnet auto.vb",
        "dotnet run --project App",
        ...PROJECTS.map(ending => `dotnet run --project App/App.${ending}`),
        "./auto.ts",
        "./auto.py",
        "infra/auto.py",
        "./auto.mjs --yes",
        "./auto.cts",
    ];
    test("is found", () => expect(uses(FOUND)).toEqual(FOUND));

    const NOT_FOUND = [
        "node plain.ts",
        "node missing.ts",
        "node auto.py",
        "python auto.ts",
        "go auto.ts",
        "go run auto.cs",
        "dotnet auto.go",
        "ruby auto.ts",
        "node",
        "node --import=auto.ts",
        "python -m deploy",
        "python -m",
        "python deploy.prod",
        "node -m deploy.prod",
        "go run ./cmd/other",
        "go build ./cmd/ship",
        "go test ./cmd/ship",
        "dotnet build --project App",
        "dotnet run --project notes",
        "auto.py",
        "./auto.sh",
        "./auto.go",
        "./auto.pyc",
        "cat auto.ts",
        "",
    ];
    test("and no other", () => expect(uses(NOT_FOUND)).toEqual([]));

    test("lies in the command's folder", () => {
        const inside = ["node auto.ts", "./auto.py", "node ./auto.ts", "../auto.ts", "python ../auto.py"];
        expect(uses(inside, "infra")).toEqual(inside);
        const outside = ["node auto.js", "./auto.js", "python -m deploy.prod"];
        expect(uses(outside, "infra")).toEqual([]);
        // What is given to the program is no project.
        expect(uses(["go run", "dotnet run", "dotnet run ../App", "dotnet run --projects ../App"], "infra")).toEqual(
            [],
        );
        expect(uses(["go run .", "go run"], "cmd/ship")).toEqual(["go run .", "go run"]);
        expect(uses(["dotnet run"], "App")).toEqual(["dotnet run"]);
    });

    test("is said by what it does", () =>
        inWorkspace({ "a.ts": AUTO, "b.ts": 'exec("pulumi up")' }, workspace => {
            expect(useOfProgram(["node", "a.ts"], "", workspace)).toBe(API);
            expect(useOfProgram(["node", "b.ts"], "", workspace)).toBe(STARTS);
        }));
});

describe("the shell of a step", () => {
    test.each([
        ...each("python python3 python3.12 node ts-node tsx deno bun ruby perl php rscript Rscript", name => name),
        "python {0}",
        "uv run python {0}",
        "/usr/bin/python3 {0}",
        "  node   {0} ",
        "python.exe {0}",
    ])("%s reads a program", shell => expect(isLanguage(shell)).toBe(true));

    test.each([
        ...each("sh bash dash zsh ksh fish pwsh powershell cmd nu", name => name),
        ...each("sh bash dash zsh ksh fish pwsh powershell cmd nu", name => `python ${name} {0}`),
        "pythonic {0}",
        "mypython {0}",
        "python-env {0}",
        "nodes {0}",
        "xnode {0}",
        "ts-nodes",
        "nix develop -c",
        "",
        undefined,
    ])("%s reads commands", shell => expect(isLanguage(shell)).toBe(false));

    test.each(each("shx xsh pwshell xpwsh powershells cmdx xcmd nus xnu fishy", name => name))(
        "%s beside python is no shell",
        name => expect(isLanguage(`python ${name}`)).toBe(true),
    );
});

describe("a task that is known by its name alone", () => {
    const runners =
        "make gmake just task go-task rake thor mise gradle gradlew mvn mvnw ant sbt bazel bazelisk buck2 pants invoke inv fab doit poe " +
        "tox nox hatch pixi turbo lerna nx rush moon grunt gulp earthly dagger nix devbox mage";
    test.each(runners.split(" "))("of %s", runner =>
        expect(useOfName([runner, "pulumi-up"])).toBe("is named after Pulumi"),
    );

    test.each(["npm", "pnpm", "yarn", "bun", "pdm"])("of %s, which is told to run it", manager => {
        expect(useOfName([manager, "run", "pulumi-up"])).toBe("is named after Pulumi");
        expect(useOfName([manager, "run-script", "pulumi-up"])).toBe("is named after Pulumi");
        expect(useOfName([manager, "pulumi-up"])).toBeUndefined();
    });

    const before = "npx bunx npm pnpm yarn bundle uv poetry pipenv rye exec dlx x run sudo time sh bash --quiet";
    test.each(before.split(" "))("behind %s", word =>
        expect(useOfName([word, "task", "pulumi-up"])).toBe("is named after Pulumi"),
    );

    test.each(["my-run make pulumi-up", "runner make pulumi-up", "echo ./pulumi/up", "a.sh/pulumi-up", "pulumi-up"])(
        "not %s",
        line => expect(useOfName(line.split(" "))).toBeUndefined(),
    );

    test.each(["./pulumi/up", "../pulumi/up", "/opt/pulumi/up", "ci/pulumi-up.sh"])("of the script %s", path =>
        expect(useOfName([path])).toBe("is named after Pulumi"),
    );

    test.each(["up", "update", "deploy", "apply", "preview", "destroy", "down", "refresh", "import"])(
        "and of %s",
        task => expect(useOfName(["rake", `pulumi:${task}`])).toBe("is named after Pulumi"),
    );
});
