import { rule } from "../../../policies/rules/supply-chain/dependencies-pinned";
import { testProjectRule } from "../../support/test-rule";

const SHA = "b4ffde65f46336ab88eb53be808477a3936bae11";

const runtime = (name: string) => ({ "Pulumi.yaml": `name: shop\nruntime: ${name}\n` });

const json = (value: unknown) => JSON.stringify(value, undefined, 2);

const NPMRC = { ".npmrc": "ignore-scripts=true\n" };

/** A program for Node.js with a manifest, and a package-lock.json made from `locked`. */
const npm = (manifest: object, locked: object = manifest) => ({
    ...runtime("nodejs"),
    ...NPMRC,
    "package.json": json(manifest),
    "package-lock.json": json({ lockfileVersion: 3, packages: { "": locked } }),
});

const PINNED = { dependencies: { "@pulumi/pulumi": "3.100.0" } };

const NO_LOCKFILE =
    "package.json:1: has no lockfile in its folder or at the root of its workspace; expected package-lock.json, pnpm-lock.yaml, yarn.lock or bun.lock, committed.";

const together = (update: string) => `expected the lockfile of \`${update}\`, committed together.`;

const python = (requirements: string, more: Record<string, string> = {}) => ({
    ...runtime("python"),
    "requirements.txt": requirements,
    ...more,
});

const LOOSE = (place: string, text: string, expected: string) =>
    `${place}: \`${text}\` fits many versions; expected ${expected}.`;

const GO_MOD = `module example.com/shop

go 1.22

require (
	github.com/pulumi/pulumi/sdk/v3 v3.100.0
	golang.org/x/net v0.20.0 // indirect
	example.com/own v0.0.0
)

replace example.com/own => ../own
`;

const CSPROJ = (version: string) =>
    `<Project Sdk="Microsoft.NET.Sdk">\n  <ItemGroup>\n    <PackageReference Include="Pulumi" Version="${version}" />\n  </ItemGroup>\n</Project>\n`;

/** A lockfile of Gradle with these modules. */
const LOCKED = (...modules: readonly string[]) =>
    `# This is a Gradle generated file for dependency locking.\n${modules.map(one => `${one}=compileClasspath,runtimeClasspath\n`).join("")}empty=annotationProcessor\n`;

const POM = (version: string) =>
    `<project>\n  <version>1.0-SNAPSHOT</version>\n  <dependencies>\n    <dependency>\n      <version>${version}</version>\n    </dependency>\n  </dependencies>\n</project>\n`;

/** A lockfile of npm for {@link PINNED} in which these packages have scripts. */
const withScripts = (...paths: readonly string[]) => ({
    lockfileVersion: 3,
    packages: {
        "": PINNED,
        ...Object.fromEntries(paths.map(path => [path, { version: "1.0.0", hasInstallScript: true }])),
    },
});

const INDEX = `expected \`--index-url https://packages.example.com/simple\` in requirements.txt, or an index in pyproject.toml or Pipfile.`;

const REGISTRY = "https://packages.example.com/simple";

const registries = (language: string) => ({ registries: { [language]: REGISTRY } });

const CSPROJ_LOCKED = {
    ...runtime("dotnet"),
    "shop.csproj": CSPROJ("3.60.0"),
    "packages.lock.json": json({ dependencies: { "net8.0": { Pulumi: { resolved: "3.60.0" } } } }),
};

const UV = (index: string) => ({
    ...runtime("python"),
    "pyproject.toml": `[project]\ndependencies = ["pulumi==3.100.0"]\n\n[[tool.uv.index]]\nurl = "${index}"\n`,
    "uv.lock": `[[package]]\nname = "pulumi"\nversion = "3.100.0"\n`,
});

const GO = { ...runtime("go"), "go.mod": "module example.com/shop\n\ngo 1.22\n" };

const goproxy = (value: string) => ({
    ...GO,
    ".github/workflows/up.yml": `on: push\nenv: { GOPROXY: "${value}" }\njobs: { up: { steps: [{ run: pulumi up }] } }\n`,
});

const MAVEN = (place: string) => ({
    ...runtime("java"),
    ...{ "pom.xml": POM("0.9.9").replace("</project>", `${place}</project>`) },
});

/** Programs whose packages come from {@link REGISTRY} alone, by language. */
const PRIVATE: Readonly<Record<string, Record<string, string>>> = {
    "python: requirements": python(`--index-url ${REGISTRY}/\npulumi==3.100.0\n`),
    "python: pip's own file, above the program": {
        "Pulumi.yaml": "name: shop\nruntime: python\nmain: infra\n",
        "infra/requirements.txt": "pulumi==3.100.0\n",
        "pip.conf": `[global]\n# index-url = https://pypi.example.org/simple\nindex-url = https://user:$TOKEN@packages.example.com/simple\n`,
    },
    "python: uv": UV(REGISTRY),
    "python: Pipenv, beside the address of a package": {
        ...runtime("python"),
        Pipfile: `[[source]]\nname = "own"\nurl = "${REGISTRY}"\n\n[packages.own]\nurl = "https://files.example.org/own-1.0.whl"\n`,
        "Pipfile.lock": json({ default: { own: {} } }),
    },
    "dotnet: nuget.config": {
        ...CSPROJ_LOCKED,
        "NuGet.Config": `<configuration><packageSources>\n<clear />\n<!-- <add key="x" value="https://api.nuget.example/v3" /> -->\n<add key="own" value="${REGISTRY}" />\n</packageSources></configuration>`,
    },
    "java: a repository in pom.xml, beside other addresses": MAVEN(
        `<url>https://shop.example.com</url><repositories><repository><url>${REGISTRY}</url></repository></repositories>\n`,
    ),
    "java: Maven's settings": {
        ...MAVEN(""),
        ".mvn/settings.xml": `<mirrors>\n<mirror><url>${REGISTRY}</url></mirror></mirrors>`,
    },
    "go: the workflow's environment": goproxy(`${REGISTRY},off`),
    "go: go.env": { ...GO, "go.env": `GOPROXY=${REGISTRY}\n` },
};

const workflow = (...commands: string[]) => ({
    ".github/workflows/up.yml": `on: push\njobs:\n  up:\n    steps:\n${commands.map(command => `      - run: ${command}\n`).join("")}      - run: pulumi up\n`,
});

const loose = (step: number, message: string) =>
    `.github/workflows/up.yml:${step + 5}: jobs.up.steps[${step}].run: ${message}`;

const PNPM_LOCK =
    "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      '@pulumi/pulumi':\n        specifier: 3.100.0\n        version: 3.100.0\n";

const UV_LOCK = '[[package]]\nname = "pulumi"\nversion = "3.100.0"\n';

const toolchain = (name: string) => `name: shop\nruntime:\n  name: python\n  options:\n    toolchain: ${name}\n`;

const NUGET = (requested: string) =>
    json({ dependencies: { "net8.0": { Pulumi: { type: "Direct", requested, resolved: "3.60.0" } } } });

/** A workflow that installs by a command, under a variable, and runs Pulumi. */
const job = (env: string, command: string) =>
    `on: push\nenv:\n  ${env}\njobs:\n  up:\n    runs-on: ubuntu-latest\n    steps:\n      # Installs.\n      - run: ${command}\n      - run: pulumi preview --stack prod\n`;

testProjectRule(rule, {
    valid: [
        ...["effective-pom.xml", "pom.xml.bak", "my-settings.gradle", "build.gradle.kts.orig"].map(name => ({
            name: `java: the file ${name}, which Maven and Gradle do not read`,
            files: {
                ...MAVEN(`<repositories><repository><url>${REGISTRY}</url></repository></repositories>\n`),
                [name]: `<url>https://repo.example.org/maven2</url>\nmavenCentral()\n`,
            },
            settings: registries("java"),
        })),
        ...["my-requirements.txt", "requirements.txt.bak", "xpip.conf", "uv.toml.bak", "go.env.bak"].map(name => ({
            name: `python: the file ${name}, which no tool reads`,
            files: {
                ...python(`--index-url ${REGISTRY}\npulumi==3.100.0\n`),
                [name]: 'index-url = "https://pypi.example.org/simple"\n',
            },
            settings: registries("python"),
        })),
        {
            name: "Pulumi.yaml says pnpm: the lockfile of npm beside its own is not used",
            files: {
                "Pulumi.yaml": "name: shop\nruntime:\n  name: nodejs\n  options:\n    packagemanager: pnpm\n",
                "package.json": json(PINNED),
                "package-lock.json": json({ lockfileVersion: 3, packages: { "": { dependencies: {} } } }),
                "pnpm-lock.yaml": PNPM_LOCK,
            },
        },
        {
            name: "pnpm: package.yaml in the place of package.json",
            files: {
                ...runtime("nodejs"),
                "package.yaml": 'dependencies:\n  "@pulumi/pulumi": 3.100.0\n',
                "pnpm-lock.yaml": PNPM_LOCK,
            },
        },
        {
            name: "npm: a patch number of two digits, and more",
            files: npm({ dependencies: { a: "1.4.27", b: "10.20.300" } }),
        },
        {
            name: "uv: the project above the program's folder, which its toolchain finds",
            project: "infra/deep",
            files: {
                "infra/deep/Pulumi.yaml": toolchain("uv"),
                "infra/pyproject.toml": '[project]\ndependencies = ["pulumi==3.100.0"]\n',
                "infra/uv.lock": UV_LOCK,
                "infra/deep/poetry.lock": "",
                "infra/deep/pyproject.toml.bak": "",
            },
        },
        {
            name: "pip by Pulumi.yaml: requirements.txt counts, and no uv.lock beside it",
            files: {
                "Pulumi.yaml": toolchain("pip"),
                "requirements.txt": "pulumi==3.100.0\n",
                "pyproject.toml": '[project]\ndependencies = ["pulumi"]\n',
                "uv.lock": "",
            },
        },
        {
            name: "Poetry: a list of exact versions for several versions of Python",
            files: {
                ...runtime("python"),
                "pyproject.toml":
                    '[[tool.poetry.dependencies.numpy]]\nversion = "1.26.4"\npython = "<3.12"\n[[tool.poetry.dependencies.numpy]]\nversion = "2.0.1"\npython = ">=3.12"\n',
                "poetry.lock":
                    '[[package]]\nname = "numpy"\nversion = "1.26.4"\n[[package]]\nname = "numpy"\nversion = "2.0.1"\n',
            },
        },
        {
            name: "Python: the project of this folder, also with extras, and files that include each other",
            files: {
                ...runtime("python"),
                "requirements.txt": ".\n.[dev]\n.[dev,test] ; python_version > '3'\n..\n-e .[dev]\n-r a.txt\n",
                "a.txt": "-r requirements.txt\n-r a.txt\npulumi==3.100.0\n",
            },
        },
        {
            name: "uv: a variable in the place of `--locked`, of the workflow, the step and the command",
            files: {
                "Pulumi.yaml": toolchain("uv"),
                "pyproject.toml": '[project]\ndependencies = ["pulumi==3.100.0"]\n',
                "uv.lock": UV_LOCK,
                ".github/workflows/a.yml": job("UV_LOCKED: 1", "uv sync"),
                ".github/workflows/b.yml": job("X: 1", "UV_FROZEN=true uv sync"),
            },
        },
        {
            name: "Go: a module of the same workspace, and hashes that the workspace keeps",
            project: "infra",
            files: {
                "infra/Pulumi.yaml": "name: shop\nruntime: go\n",
                "infra/go.mod":
                    "module example.com/infra\nrequire example.com/shared v0.0.0\nrequire golang.org/x/net v0.20.0\nrequire golang.org/x/mod v0.20.0\n",
                "infra/go.sum": "golang.org/x/mod v0.20.0 h1:a\n",
                "shared/go.mod": 'module "example.com/shared"\n',
                "go.work": "use ./infra // own\nuse (\n\t./shared\n)\n",
                "go.work.sum": "golang.org/x/net v0.20.0 h1:b\n",
            },
        },
        ...["packages.shop.lock.json", "packages.lock.json", "locks/shop.json"].map(lockfile => ({
            name: `NuGet: the lockfile ${lockfile}`,
            files: {
                ...runtime("dotnet"),
                "shop.csproj": CSPROJ("3.60").replace(
                    "<ItemGroup>",
                    lockfile.startsWith("locks")
                        ? "<PropertyGroup><NuGetLockFilePath>locks\\shop.json</NuGetLockFilePath></PropertyGroup><ItemGroup>"
                        : "<ItemGroup>",
                ),
                [lockfile]: NUGET("[3.60.0, )"),
            },
        })),
        ...["shop.csproj", "Directory.Build.props"].map(file => ({
            name: `NuGet: every restore is a locked one by ${file}`,
            files: {
                ...CSPROJ_LOCKED,
                [file]: `${file === "shop.csproj" ? CSPROJ("3.60.0") : ""}<RestoreLockedMode Condition="'$(CI)' == 'true'">true</RestoreLockedMode>\n`,
                ".github/workflows/a.yml": job("X: 1", "dotnet restore"),
            },
        })),
        {
            name: "packages and plugins of Pulumi with a version, or of the repository's own",
            files: {
                "Pulumi.yaml":
                    "name: shop\nruntime: yaml\npackages:\n  a: terraform-provider@0.8.1\n  b: ./components\n  c: { source: x, version: 1.2.3 }\n  d: { source: github.com/acme/d@v1.0.0 }\n  e: ../e\nplugins:\n  providers:\n    - { name: aws, version: 7.0.0 }\n    - { name: own, path: ../own }\n",
            },
            notApplicable: "No program has dependencies in a language that is known.",
        },
        { name: "npm: exact versions and a lockfile made from them", files: npm(PINNED) },
        {
            name: "a program in YAML",
            files: runtime("yaml"),
            notApplicable: "No program has dependencies in a language that is known.",
        },
        { name: "npm: no dependencies and no lockfile", files: { ...runtime("nodejs"), "package.json": "{}" } },
        {
            name: "npm: what looks like no version but is one, and ranges of peers",
            files: npm({
                dependencies: {
                    a: "=1.2.3",
                    b: "v1.2.3-beta.1+5",
                    c: "npm:other@1.2.3",
                    d: "file:../d",
                    e: "workspace:^",
                    f: `git+https://example.com/f.git#${SHA}`,
                    g: `shop/g#${SHA}`,
                    h: "https://example.com/h-1.0.0.tgz",
                    i: "link:../i",
                },
                peerDependencies: { j: "^1.0.0" },
            }),
        },
        {
            name: "npm: ranges, where the settings leave them to the lockfile",
            files: npm({ dependencies: { a: "^1.0.0" } }),
            settings: { requireExactVersions: false },
        },
        {
            name: "npm: a workspace whose lockfile lies at the root",
            files: {
                ...NPMRC,
                "package.json": json({ workspaces: ["infra/*"] }),
                "package-lock.json": json({ packages: { "": {}, "infra/shop": PINNED } }),
                "infra/shop/Pulumi.yaml": "name: shop\nruntime: nodejs\n",
                "infra/shop/package.json": json(PINNED),
            },
            project: "infra/shop",
        },
        {
            name: "npm: `main` names the program's folder, and tabs indent",
            files: {
                "Pulumi.yaml": "name: shop\nruntime: { name: nodejs }\nmain: src/index.ts\n",
                "src/package.json": '{\n\t"dependencies": {\n\t\t"a": "1.0.0"\n\t}\n}\n',
                "src/package-lock.json": json({ packages: { "": { dependencies: { a: "1.0.0" } } } }),
                "src/.npmrc": "; comment\nignore-scripts = true\n",
                "src/index.ts": "",
            },
        },
        {
            name: "npm: a lockfile of version 1",
            files: {
                ...npm(PINNED),
                "package-lock.json": json({
                    lockfileVersion: 1,
                    dependencies: { "@pulumi/pulumi": { version: "3.100.0" } },
                }),
            },
        },
        {
            name: "npm: a lockfile that .gitignore takes back in",
            files: { ...npm(PINNED), ".gitignore": "*.json\n!package-lock.json\n/other/package-lock.json\n" },
        },
        {
            name: "npm: a lockfile too large to be read",
            files: { ...npm(PINNED), "package-lock.json": " ".repeat(5 * 1024 * 1024 + 1) },
            notes: [
                "Cannot be judged yet: package-lock.json: is larger than 5 MB, so it is not read, so whether it agrees with package.json is not known.",
            ],
        },
        {
            name: "Python: `main` names a file, whose folder holds the program",
            files: {
                "Pulumi.yaml": "name: shop\nruntime: python\nmain: src/main.py\n",
                "src/main.py": "",
                "src/requirements.txt": "pulumi==3.100.0\n",
            },
        },
        {
            name: "Yarn: scripts switched off in its own file of the first version",
            files: {
                ...runtime("nodejs"),
                ".yarnrc": "# own\n--install.ignore-scripts true\n",
                "package.json": json(PINNED),
                "yarn.lock": '"@pulumi/pulumi@3.100.0":\n  version "3.100.0"\n',
            },
        },
        {
            name: "npm: packages with scripts that are switched off",
            files: { ...npm(PINNED), "package-lock.json": json(withScripts("node_modules/esbuild")) },
        },
        {
            name: "npm: only packages with scripts that the settings list",
            files: {
                ...npm(PINNED),
                ".npmrc": "",
                "package-lock.json": json(withScripts("node_modules/protobufjs", "node_modules/esbuild")),
            },
            settings: { allowedInstallScripts: ["protobufjs", "esbuild"] },
        },
        {
            name: "npm: no package with scripts but the one that comes with Pulumi",
            files: { ...npm(PINNED), ".npmrc": "", "package-lock.json": json(withScripts("node_modules/protobufjs")) },
        },
        ...Object.entries(PRIVATE).flatMap(([name, files]) => {
            const language = name.split(":")[0] ?? "";
            return [{ name: `${name} from the private registry`, files, settings: registries(language) }];
        }),
        {
            name: "registries: none is asked for in this language",
            files: python("pulumi==3.100.0\n"),
            settings: { registries: { nodejs: REGISTRY } },
        },
        {
            name: "npm: the private registry",
            files: { ...npm(PINNED), ".npmrc": "ignore-scripts=true\nregistry=https://npm.example.com/\n" },
            settings: { registries: { nodejs: "https://npm.example.com" } },
        },
        {
            name: "pnpm: importers, a catalog and its own default for scripts",
            files: {
                ...runtime("nodejs"),
                "package.json": json({
                    dependencies: { a: "1.0.0", b: "catalog:", c: "2.0.0" },
                    packageManager: "pnpm@10.1.0",
                }),
                "pnpm-workspace.yaml": "catalog:\n  b: 3.0.0\n",
                "pnpm-lock.yaml":
                    "lockfileVersion: '9.0'\noverrides:\n  c: 2.1.0\nimporters:\n  .:\n    dependencies:\n      a: { specifier: 1.0.0, version: 1.0.0 }\n      b: { specifier: 'catalog:', version: 3.0.0 }\n      c: { specifier: 2.1.0, version: 2.1.0 }\npackages:\n  broken: [\n",
            },
        },
        {
            name: "Yarn: classic and later lockfiles",
            files: {
                ...runtime("nodejs"),
                "package.json": json({
                    dependencies: { a: "1.0.0", "@b/b": "2.0.0", c: "3.0.0" },
                    resolutions: { c: "3.1.0" },
                }),
                "yarn.lock":
                    '__metadata:\n  version: 8\n\n"@b/b@npm:2.0.0":\n  version: 2.0.0\n\n"a@npm:1.0.0, a@npm:^1.0.0":\n  version: 1.0.0\n',
                ".yarnrc.yml": "enableScripts: false\n",
            },
        },
        {
            name: "Bun: a lockfile as text, with commas at the end",
            files: {
                ...runtime("bun"),
                "package.json": json({ dependencies: { a: "1.0.0" } }),
                "bun.lock": '{\n  "workspaces": { "": { "dependencies": { "a": "1.0.0", }, }, },\n}\n',
            },
        },
        {
            name: "Bun: a lockfile as bytes",
            files: {
                ...runtime("nodejs"),
                "package.json": json({ dependencies: { a: "1.0.0" } }),
                "bun.lockb": Buffer.from([0, 1, 2]),
            },
            notes: [
                "Cannot be judged yet: bun.lockb: is a binary file or not encoded as UTF-8, so whether it agrees with package.json is not known.",
            ],
        },
        {
            name: "Python: exact pins in every spelling",
            files: python(
                [
                    "# pulumi>=3",
                    "pulumi==3.100.0",
                    "pulumi-aws[extra] == 6.0.0 ; python_version > '3.8'",
                    "six===1.16.0",
                    "boto3>=1,==1.34.0",
                    "attrs==23.2.0 \\",
                    "    --hash=sha256:00",
                    `own @ git+https://example.com/own.git@${SHA}`,
                    "-e .",
                    "./local",
                    "--index-url https://pypi.example.com/simple",
                    "requests",
                    "-r more/dev.txt",
                    "-c constraints.txt",
                ].join("\n"),
                {
                    "more/dev.txt": "pytest==8.0.0\n-r ../requirements.txt\n",
                    "constraints.txt": "Requests==2.31.0\nunused>=1\n",
                },
            ),
        },
        {
            name: "Python: hashes of everything",
            files: python("a==1.0 --hash=sha256:00\n"),
            settings: { requireHashes: true },
        },
        {
            name: "uv: the lockfile of a workspace",
            files: {
                "Pulumi.yaml": "name: shop\nruntime: python\nmain: infra\n",
                "infra/pyproject.toml":
                    '[project]\ndependencies = [\n  "pulumi==3.100.0", # comment\n  "own",\n]\n[tool.uv.sources]\nown = { workspace = true }\n',
                "uv.lock": '[[package]]\nname = "pulumi"\nversion = "3.100.0"\n',
            },
            project: "infra",
        },
        {
            name: "Poetry: groups, tables and the version of Python",
            files: {
                ...runtime("python"),
                "pyproject.toml": `[tool.poetry.dependencies]\npython = "^3.11"\npulumi = "3.100.0"\npulumi_aws = { version = "==6.0.0", extras = ["x"] }\nown = { path = "../own" }\nfork = { git = "https://example.com/f.git", rev = "${SHA}" }\n[tool.poetry.group.dev.dependencies]\npytest = "8.0.0"\n`,
                "poetry.lock": ["pulumi 3.100.0", "pulumi-aws 6.0.0", "pytest 8.0.0", "fork 1.0"]
                    .map(entry => entry.split(" "))
                    .map(([name, version]) => `[[package]]\nname = "${name}"\nversion = "${version}"\n`)
                    .join("\n"),
            },
        },
        {
            name: "Pipenv",
            files: {
                ...runtime("python"),
                Pipfile: '[packages]\npulumi = "==3.100.0"\n',
                "Pipfile.lock": json({ default: { pulumi: { version: "==3.100.0" } } }),
            },
        },
        {
            name: "Go: hashes of what go.mod names directly",
            files: { ...runtime("go"), "go.mod": GO_MOD, "go.sum": "github.com/pulumi/pulumi/sdk/v3 v3.100.0 h1:x=\n" },
        },
        {
            name: "Go: a version that the module takes back, and one that it does not want",
            files: {
                ...runtime("go"),
                "go.mod": `${GO_MOD}retract v0.9.1 // Published by mistake.\nexclude v1.2.3\n`,
                "go.sum": "github.com/pulumi/pulumi/sdk/v3 v3.100.0 h1:x=\n",
            },
        },
        { name: "Go: no dependencies", files: { ...runtime("go"), "go.mod": "module example.com/shop\n\ngo 1.22\n" } },
        {
            name: ".NET: a lockfile beside the project",
            files: {
                ...runtime("dotnet"),
                "shop.csproj": CSPROJ("3.60.0"),
                "packages.lock.json": json({
                    dependencies: { net8: { Pulumi: { type: "Direct", resolved: "3.60.0" } } },
                }),
            },
        },
        { name: "Maven: exact versions", files: { ...runtime("java"), "pom.xml": POM("0.9.9") } },
        {
            name: "Gradle: a lockfile",
            files: {
                ...runtime("java"),
                "build.gradle": "implementation 'com.pulumi:pulumi:0.9.9'\n",
                "gradle.lockfile": LOCKED("com.pulumi:pulumi:0.9.9"),
            },
        },
        {
            name: "Gradle: a lockfile with higher versions than asked for, of which the highest is taken",
            files: {
                ...runtime("java"),
                "build.gradle": "implementation 'com.pulumi:pulumi:0.9.9'\napi(\"com.pulumi:aws:6.5.0\")\n",
                "gradle.lockfile": LOCKED("com.pulumi:pulumi:0.10.0", "com.pulumi:aws:6.5.0", "com.pulumi:aws:7.0.0"),
            },
        },
        {
            name: "Gradle: what a lockfile cannot tell: versions of variables, platforms, what builds the build, other notations",
            files: {
                ...runtime("java"),
                "build.gradle":
                    "classpath 'a.b:c:1.0'\nimplementation \"d.e:f:$version\"\nimplementation platform('g.h:i:1.0')\n" +
                    "implementation 'j.k:l'\nimplementation project(':m')\n// said of n:o:1.0\n",
                "gradle.lockfile": LOCKED(),
            },
        },
        {
            name: "CI: commands that hold to the lockfile, tools, and other languages",
            files: {
                ...npm(PINNED),
                ...workflow(
                    "npm ci && npm install -g npm-check && npm run install",
                    "pnpm install",
                    "yarn install --frozen-lockfile",
                    "bun install --frozen-lockfile",
                    "uv sync",
                    "pip install pip-audit",
                ),
            },
        },
        {
            name: "CI: `npm install` in a job that does not run Pulumi",
            files: {
                ...npm(PINNED),
                ".github/workflows/web.yml":
                    "on: push\njobs:\n  web:\n    steps:\n      - run: npm install\n  up:\n    steps:\n      - run: pulumi up\n",
            },
        },
    ],
    invalid: [
        ...["requirements-dev.txt", "pip.conf", "pip.ini", "uv.toml", "pyproject.toml", "Pipfile"].map(name => ({
            name: `python: another index in ${name}`,
            files: {
                ...python(`--index-url ${REGISTRY}\npulumi==3.100.0\n`),
                [name]: `${name.endsWith("toml") || name === "Pipfile" ? "[tool.pip]\n" : "\n"}extra-index-url = "http://pypi.example.org/simple"\n`,
            },
            settings: registries("python"),
            violations: [`${name}:2: gets packages from \`http://pypi.example.org/simple\`; ${INDEX}`],
        })),
        {
            name: "python: Pipenv from an index without TLS",
            files: {
                ...runtime("python"),
                Pipfile: '[[source]]\nname = "own"\nurl = "http://pypi.example.org/simple"\n',
                "Pipfile.lock": json({ default: {} }),
            },
            settings: registries("python"),
            violations: [`Pipfile:3: gets packages from \`http://pypi.example.org/simple\`; ${INDEX}`],
        },
        ...["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL"].map(
            variable => ({
                name: `python: another index by the variable ${variable} of the workflow`,
                files: {
                    ...python(`--index-url ${REGISTRY}\npulumi==3.100.0\n`),
                    ".github/workflows/a.yml": job(`${variable}: https://pypi.example.org/simple`, "pip --version"),
                },
                settings: registries("python"),
                violations: [
                    `.github/workflows/a.yml:3: gets packages from \`https://pypi.example.org/simple\`; ${INDEX}`,
                ],
            }),
        ),
        ...[
            ["settings.gradle", "    mavenCentral()", "mavenCentral"],
            ["settings.gradle.kts", "    gradlePluginPortal()", "gradlePluginPortal"],
            ["build.gradle.kts", "    google()", "google"],
            ["build.gradle", "    maven { url 'http://repo.example.org/maven2' }", "http://repo.example.org/maven2"],
            ["settings.xml", "    <url>http://repo.example.org/maven2</url>", "http://repo.example.org/maven2"],
        ].map(([name = "", line = "", from = ""]) => ({
            name: `java: another repository in ${name}`,
            files: {
                ...MAVEN(`<repositories><repository><url>${REGISTRY}</url></repository></repositories>\n`),
                [name]: `\n${line}\n`,
            },
            settings: registries("java"),
            violations: [
                `${name}:2: gets packages from \`${from}\`; expected a mirror or repository with \`${REGISTRY}\`, and no other.`,
            ],
        })),
        {
            name: "npm: the address of an archive with something behind its ending, and none at all",
            files: npm({ dependencies: { a: "https://example.com/a.tgz.asc", b: "https://example.com/b.tgz?x=1" } }),
            violations: [
                "package.json:3: dependencies.a: is `https://example.com/a.tgz.asc`, a branch or tag that can be moved; expected a full commit behind `#`.",
            ],
        },
        {
            name: "packages and plugins of Pulumi without a version",
            files: {
                "Pulumi.yaml":
                    "name: shop\nruntime: yaml\npackages:\n  a: terraform-provider\n  b: { source: github.com/acme/b, version: '' }\n  '@x': '@pulumi'\nplugins:\n  providers:\n    - { name: aws }\n  languages:\n    - { name: own }\n  analyzers:\n    - { name: rules, version: null }\n",
            },
            violations: [
                "Pulumi.yaml:4: packages.a: names no version of the package `a` (`terraform-provider`), so that each run may install another; expected `terraform-provider@<version>`.",
                "Pulumi.yaml:5: packages.b: names no version of the package `b` (`github.com/acme/b`), so that each run may install another; expected `github.com/acme/b@<version>`.",
                "Pulumi.yaml:6: packages.@x: names no version of the package `@x` (`@pulumi`), so that each run may install another; expected `@pulumi@<version>`.",
                "Pulumi.yaml:9: plugins.providers[0]: names no version of the plugin `aws`, so that each run may install another; expected `version`.",
                "Pulumi.yaml:13: plugins.analyzers[0]: names no version of the plugin `rules`, so that each run may install another; expected `version`.",
                "Pulumi.yaml:11: plugins.languages[0]: names no version of the plugin `own`, so that each run may install another; expected `version`.",
            ],
        },
        {
            name: "a runtime by a name that every object has, beside a program",
            settings: { projectDir: "." },
            stack: null,
            files: {
                "a/Pulumi.yaml": "name: a\nruntime: constructor\n",
                "b/Pulumi.yaml": "name: b\nruntime: nodejs\n",
            },
            violations: [
                "b/Pulumi.yaml:1: names a program for Node.js, but there is no package.json in its folder or above; expected one with exact versions, and its lockfile.",
            ],
        },
        {
            name: "Pulumi.yaml says pnpm: its lockfile counts and not the one of npm",
            files: {
                "Pulumi.yaml": "name: shop\nruntime:\n  name: nodejs\n  options:\n    packagemanager: pnpm\n",
                "package.json": json({ dependencies: { "@pulumi/pulumi": "3.101.0" } }),
                "package-lock.json": json({
                    lockfileVersion: 3,
                    packages: { "": { dependencies: { "@pulumi/pulumi": "3.101.0" } } },
                }),
                "pnpm-lock.yaml": PNPM_LOCK,
            },
            violations: [
                `package.json:3: dependencies.@pulumi/pulumi: is \`3.101.0\`, which pnpm-lock.yaml has as \`3.100.0\`; ${together("pnpm install")}`,
            ],
        },
        ...[
            ["pnpm", "pnpm-lock.yaml"],
            ["bun", "bun.lock"],
            ["yarn", "yarn.lock"],
        ].map(([name = "", lockfile = ""]) => ({
            name: `Pulumi.yaml says ${name}, which has no lockfile`,
            files: {
                ...npm(PINNED),
                "Pulumi.yaml": `name: shop\nruntime:\n  name: nodejs\n  options:\n    packagemanager: ${name}\n`,
            },
            violations: [
                `package.json:1: has no lockfile of ${name}, which the project file names as its package manager; expected ${lockfile}, committed.`,
            ],
        })),
        {
            name: "more packages of one cause than a message lists",
            files: npm({ dependencies: Object.fromEntries([..."abcdefghijkl"].map(name => [name, "*"])) }),
            violations: [
                "package.json:3: 12 packages fit many versions: `a` (`*`), `b` (`*`), `c` (`*`), `d` (`*`), `e` (`*`), `f` (`*`), `g` (`*`), `h` (`*`), `i` (`*`), `j` (`*`) and 2 more; expected exact versions.",
            ],
        },
        {
            name: "pip by Pulumi.yaml: a range in requirements.txt, whatever uv.lock says",
            files: {
                "Pulumi.yaml": toolchain("pip"),
                "requirements.txt": "pulumi>=3\n",
                "pyproject.toml": '[project]\ndependencies = ["pulumi==3.100.0"]\n',
                "uv.lock": UV_LOCK,
            },
            violations: [LOOSE("requirements.txt:1", "pulumi>=3", "an exact version, `pulumi==<version>`")],
        },
        {
            name: "Poetry: a list with a range among its versions",
            files: {
                ...runtime("python"),
                "pyproject.toml":
                    '[tool.poetry.dependencies]\nnumpy = [{ version = "1.26.4", python = "<3.12" }, { version = "^2.0", python = ">=3.12" }]\n',
                "poetry.lock": '[[package]]\nname = "numpy"\nversion = "1.26.4"\n',
            },
            violations: ["pyproject.toml:2: `numpy` is `^2.0`, which many versions fit; expected an exact version."],
        },
        {
            name: "Python: what is not the project of this folder",
            files: python("...[dev]\n.x[dev]\n"),
            violations: [
                "requirements.txt:1: 2 packages fit many versions: `...[dev]`, `.x[dev]`; expected exact versions.",
            ],
        },
        {
            name: "Python: files that include each other in a fan-out are read once, and a limited number of them",
            files: {
                ...runtime("python"),
                "requirements.txt": "-r r0.txt\n",
                ...Object.fromEntries(
                    Array.from({ length: 150 }, (_, index) => [
                        `r${index}.txt`,
                        `-r r${index + 1}.txt\n-r r${index + 1}.txt\n${index === 98 || index === 99 ? "six\n" : ""}`,
                    ]),
                ),
            },
            violations: [LOOSE("r98.txt:3", "six", "an exact version, `six==<version>`")],
            notes: [
                "Cannot be judged yet: r98.txt:1: includes one file more than the 100 that are read, so what it requires is not judged.",
            ],
        },
        {
            name: "Python: a long requirement is cut",
            files: python(`${"a".repeat(300)}>=1\n`),
            violations: [
                `requirements.txt:1: \`${"a".repeat(200)}… (303 characters)\` fits many versions; expected an exact version, \`${"a".repeat(200)}… (300 characters)==<version>\`.`,
            ],
        },
        {
            name: "uv: a variable that is off, and one of another tool",
            files: {
                "Pulumi.yaml": toolchain("uv"),
                "pyproject.toml": '[project]\ndependencies = ["pulumi==3.100.0"]\n',
                "uv.lock": UV_LOCK,
                ".github/workflows/a.yml": job("UV_LOCKED: 0", "uv sync"),
                ".github/workflows/b.yml": job("RestoreLockedMode: true", "uv sync"),
            },
            violations: ["a", "b"].map(
                name =>
                    `.github/workflows/${name}.yml:9: jobs.up.steps[0].run: \`uv sync\` may change the lockfile; expected \`uv sync --locked\`.`,
            ),
        },
        {
            name: "Go: `go mod tidy` in a pipeline, and a workspace that does not use the module",
            project: "infra",
            files: {
                "infra/Pulumi.yaml": "name: shop\nruntime: go\n",
                "infra/go.mod": "module example.com/infra\nrequire example.com/shared v0.0.0\n",
                "infra/go.sum": "",
                "shared/go.mod": "module example.com/shared\n",
                "go.work": "use ./shared\n",
                ".github/workflows/a.yml": job("X: 1", "go mod tidy"),
                ".github/workflows/b.yml": job("X: 1", "go mod tidy -diff"),
            },
            violations: [
                `infra/go.mod:2: \`example.com/shared v0.0.0\` has no hash in infra/go.sum; expected the go.sum of \`go mod tidy\`, committed together.`,
                ".github/workflows/a.yml:9: jobs.up.steps[0].run: `go mod tidy` may change go.mod and go.sum; expected `go mod download`.",
            ],
        },
        {
            name: "NuGet: a lockfile that was made for another version",
            files: { ...runtime("dotnet"), "shop.csproj": CSPROJ("3.60.1"), "packages.lock.json": NUGET("[3.60.0, )") },
            violations: [
                "shop.csproj:3: `Pulumi` is `3.60.1`, for which packages.lock.json was made as `[3.60.0, )`; expected the lockfile of `dotnet restore`, committed together.",
            ],
        },
        {
            name: "NuGet: a lockfile that is no JSON, and a restore that is not locked",
            files: {
                ...CSPROJ_LOCKED,
                "packages.lock.json": "{",
                "Directory.Build.props": "<RestoreLockedMode>false</RestoreLockedMode>",
                ".github/workflows/a.yml": job("X: 1", "dotnet restore"),
            },
            violations: [
                ".github/workflows/a.yml:9: jobs.up.steps[0].run: `dotnet restore` may change the lockfile; expected `dotnet restore --locked-mode`.",
            ],
            notes: [
                "Cannot be judged yet: packages.lock.json: is not valid JSON, so whether it agrees with shop.csproj is not known.",
            ],
        },
        {
            name: "pnpm: all packages may run scripts",
            files: {
                ...runtime("nodejs"),
                "package.json": json(PINNED),
                "pnpm-lock.yaml": PNPM_LOCK,
                "pnpm-workspace.yaml": "dangerouslyAllowAllBuilds: true\n",
            },
            violations: [
                "pnpm-workspace.yaml:1: dangerouslyAllowAllBuilds: is true, so that every package can run scripts when it is installed; expected `onlyBuiltDependencies` with those that need it.",
            ],
        },
        {
            name: "npm: an address with the ending of an archive in its middle",
            files: npm({ dependencies: { a: "https://example.com/a.tgz.html" } }),
            violations: [
                "package.json:3: dependencies.a: is `https://example.com/a.tgz.html`, a branch or tag that can be moved; expected a full commit behind `#`.",
            ],
        },
        ...[["a", 'url = "http://packages.example.org/simple"', "Pipfile:3", "http://packages.example.org/simple"]].map(
            ([name, line, place, url]) => ({
                name: `Pipfile: an index by ${name} plain http`,
                files: {
                    ...runtime("python"),
                    Pipfile: `[packages]\n[[source]]\n${line}\n`,
                    "Pipfile.lock": json({ default: {} }),
                },
                settings: registries("python"),
                violations: [`${place}: gets packages from \`${url}\`; ${INDEX}`],
            }),
        ),
        {
            name: "npm: no manifest",
            files: runtime("nodejs"),
            violations: [
                "Pulumi.yaml:1: names a program for Node.js, but there is no package.json in its folder or above; expected one with exact versions, and its lockfile.",
            ],
        },
        {
            name: "npm: no lockfile",
            files: { ...runtime("nodejs"), "package.json": json(PINNED) },
            violations: [NO_LOCKFILE],
        },
        {
            name: "npm: a manifest that is no JSON",
            files: { ...runtime("nodejs"), "package.json": "[1]" },
            violations: ["package.json: is no map; expected the program's dependencies."],
        },
        {
            name: "npm: ranges, tags, branches and nothing",
            files: npm({
                dependencies: {
                    a: "^1.2.3",
                    b: "*",
                    c: "latest",
                    d: "1.2",
                    e: "npm:x@~1.0.0",
                    f: "shop/f#main",
                    g: "git+ssh://git@example.com/g.git",
                },
                devDependencies: { h: ">=1.0.0 <2", i: "" },
                optionalDependencies: { j: "1.x" },
            }),
            violations: [
                "package.json:3: 8 packages fit many versions: `a` (`^1.2.3`), `b` (`*`), `c` (`latest`), `d` (`1.2`), `e` (`npm:x@~1.0.0`), `h` (`>=1.0.0 <2`), `i` (no version), `j` (`1.x`); expected exact versions.",
                "package.json:8: 2 packages are not fixed to one version or commit: `f` (`shop/f#main`), `g` (`git+ssh://git@example.com/g.git`); expected exact versions, or full commits behind `#`.",
            ],
        },
        {
            name: "npm: a lockfile made from another manifest",
            files: npm(
                { dependencies: { a: "1.0.0", b: "1.0.0" } },
                { dependencies: { a: "1.0.1" }, devDependencies: { c: "1.0.0" } },
            ),
            violations: [
                `package.json:3: 2 packages are not as package-lock.json has them: \`a\` (\`1.0.0\`, not \`1.0.1\`), \`b\` (\`1.0.0\`, not there); ${together("npm install")}`,
                `package-lock.json:9: has \`c\`, which package.json does not; ${together("npm install")}`,
            ],
        },
        {
            name: "npm: a lockfile above that is another project's",
            files: {
                "package-lock.json": json({ packages: { "": {} } }),
                "infra/Pulumi.yaml": "name: shop\nruntime: nodejs\n",
                "infra/package.json": json(PINNED),
            },
            project: "infra",
            violations: [`infra/${NO_LOCKFILE}`],
        },
        {
            name: "npm: a lockfile that .gitignore leaves out",
            files: { ...npm(PINNED), ".gitignore": "node_modules/\npackage-lock.json\n" },
            violations: [
                ".gitignore:2: keeps `package-lock.json` out of the repository; expected the lockfile to be committed.",
            ],
        },
        {
            name: "npm: packages with scripts, one of them twice, nested and in a scope",
            files: {
                ...npm(PINNED),
                ".npmrc": "# ignore-scripts=true\n",
                "package-lock.json": json(
                    withScripts(
                        "node_modules/protobufjs",
                        "node_modules/esbuild",
                        "node_modules/a/node_modules/esbuild",
                        "node_modules/@b/c",
                    ),
                ),
            },
            violations: [
                "package-lock.json:13: has packages that run scripts when they are installed: `esbuild`, `@b/c`; expected `ignore-scripts=true` in .npmrc and `npm rebuild` for those that need theirs, or the names in the setting `allowedInstallScripts`.",
            ],
        },
        {
            name: "npm: Pulumi's own package with scripts, where the settings list none",
            files: {
                ...npm(PINNED),
                ".npmrc": "",
                "package-lock.json": json(withScripts("node_modules/protobufjs")),
            },
            settings: { allowedInstallScripts: [] },
            violations: [
                "package-lock.json:9: has packages that run scripts when they are installed: `protobufjs`; expected `ignore-scripts=true` in .npmrc and `npm rebuild` for those that need theirs, or the names in the setting `allowedInstallScripts`.",
            ],
        },
        {
            name: "npm: scripts for all, where a lockfile of version 1 does not tell which there are",
            files: {
                ...npm(PINNED),
                ".npmrc": "# ignore-scripts=true\n",
                "package-lock.json": json({ dependencies: { "@pulumi/pulumi": { version: "3.100.0" } } }),
            },
            violations: [
                ".npmrc: does not set `ignore-scripts=true`, so that every package can run scripts when it is installed; expected it, and `npm rebuild` for the packages that need theirs.",
            ],
        },
        {
            name: "Python: no registry",
            files: python("pulumi==3.100.0\n"),
            settings: registries("python"),
            violations: [
                `Pulumi.yaml:1: names no registry for this program, so that its packages come from the public one; ${INDEX}`,
            ],
        },
        {
            name: "Python: a second registry, which can answer in the private one's place, and one with a password",
            files: python(
                `--index-url ${REGISTRY}\n--extra-index-url https://pypi.example.org/simple\n-i https://u:${"x".repeat(9)}@a.example.org/simple\npulumi==3.100.0\n`,
            ),
            settings: registries("python"),
            violations: [
                `requirements.txt:2: gets packages from \`https://pypi.example.org/simple\`; ${INDEX}`,
                `requirements.txt:3: gets packages from \`https://…@a.example.org/simple\`; ${INDEX}`,
            ],
        },
        {
            name: "uv: another registry",
            files: UV("https://pypi.example.org/simple"),
            settings: registries("python"),
            violations: [`pyproject.toml:5: gets packages from \`https://pypi.example.org/simple\`; ${INDEX}`],
        },
        {
            name: "Poetry: another registry that does not look like one",
            files: {
                ...runtime("python"),
                "pyproject.toml": `[tool.poetry.dependencies]\npulumi = "3.100.0"\n\n[[tool.poetry.source]]\nname = "x"\nurl = "https://mirror.example.org/api/pypi/all"\n`,
                "poetry.lock": `[[package]]\nname = "pulumi"\nversion = "3.100.0"\n`,
            },
            settings: registries("python"),
            violations: [`pyproject.toml:6: gets packages from \`https://mirror.example.org/api/pypi/all\`; ${INDEX}`],
        },
        {
            name: ".NET: a public source beside the private one",
            files: {
                ...CSPROJ_LOCKED,
                "nuget.config": `<packageSources>\n<add key="own" value="${REGISTRY}" />\n<add key="n" value="https://api.nuget.example/v3" />\n</packageSources>`,
            },
            settings: registries("dotnet"),
            violations: [
                `nuget.config:3: gets packages from \`https://api.nuget.example/v3\`; expected nuget.config with \`<clear />\` and \`${REGISTRY}\` as its only source.`,
            ],
        },
        {
            name: "Gradle: the central repository beside the private one",
            files: {
                ...runtime("java"),
                "build.gradle": `repositories {\n    maven { url = uri("${REGISTRY}") }\n    mavenCentral()\n}\n`,
                "gradle.lockfile": "empty=\n",
            },
            settings: registries("java"),
            violations: [
                `build.gradle:3: gets packages from \`mavenCentral\`; expected a mirror or repository with \`${REGISTRY}\`, and no other.`,
            ],
        },
        {
            name: "Go: the source itself where the private registry has nothing",
            files: goproxy(`${REGISTRY},direct`),
            settings: registries("go"),
            violations: [
                `.github/workflows/up.yml:2: gets packages from \`direct\`; expected \`GOPROXY: ${REGISTRY}\` in the workflow that runs the program.`,
            ],
        },
        {
            name: "CI: the line of an install in a block of commands",
            files: {
                ...npm(PINNED),
                ".github/workflows/up.yml":
                    "on: push\njobs:\n  up:\n    steps:\n      - run: |\n          set -eu\n\n          npm install\n          pulumi up\n",
            },
            violations: [
                ".github/workflows/up.yml:8: jobs.up.steps[0].run: `npm install` may change the lockfile; expected `npm ci`.",
            ],
        },
        {
            name: "npm: the public registry",
            files: npm(PINNED),
            settings: { registries: { nodejs: "https://npm.example.com" } },
            violations: [
                ".npmrc: gets packages from the public registry; expected `registry=https://npm.example.com`.",
            ],
        },
        {
            name: "npm: a range, of which the version that is installed is the one to pin",
            files: {
                ...npm({ dependencies: { a: "^1.2.0" } }),
                "node_modules/a/package.json": '{ "version": "1.9.3" }',
            },
            violations: [
                "package.json:3: dependencies.a: is `^1.2.0`, which many versions fit; expected an exact version, such as `1.9.3`.",
            ],
        },
        {
            name: "npm: a range, and what is installed says no version",
            files: {
                ...npm({ dependencies: { a: "^1.2.0" } }),
                "node_modules/a/package.json": '{ "version": "^1.9" }',
            },
            violations: [
                "package.json:3: dependencies.a: is `^1.2.0`, which many versions fit; expected an exact version, such as `1.2.0`.",
            ],
        },
        {
            name: "pnpm: a stale lockfile, a range in a catalog, and scripts for all",
            files: {
                ...runtime("nodejs"),
                "package.json": json({ dependencies: { a: "1.0.0", b: "catalog:" }, packageManager: "pnpm@9.1.0" }),
                "pnpm-workspace.yaml": "catalog:\n  b: ^3.0.0\n",
                "pnpm-lock.yaml": "importers:\n  .:\n    dependencies:\n      b: { specifier: 'catalog:' }\n",
            },
            violations: [
                "pnpm-workspace.yaml:2: catalog.b: is `^3.0.0`, which many versions fit; expected an exact version, such as `3.0.0`.",
                `package.json:3: dependencies.a: is \`1.0.0\`, which pnpm-lock.yaml does not have; ${together("pnpm install")}`,
                "pnpm-workspace.yaml: does not set `onlyBuiltDependencies`, so that every package can run scripts when it is installed by pnpm 9; expected a list, or pnpm 10.",
            ],
        },
        {
            name: "Yarn: a stale lockfile and scripts for all",
            files: {
                ...runtime("nodejs"),
                "package.json": json(PINNED),
                "yarn.lock": '"@pulumi/pulumi@^3.0.0":\n  version "3.100.0"\n',
            },
            violations: [
                `package.json:3: dependencies.@pulumi/pulumi: is \`3.100.0\`, which yarn.lock does not have; ${together("yarn install")}`,
                ".yarnrc: does not set `ignore-scripts true`, so that every package can run scripts when it is installed; expected it.",
            ],
        },
        {
            name: "Python: no requirements at all, and a manifest without lockfile",
            files: runtime("python"),
            violations: [
                "Pulumi.yaml:1: names a program in Python, but its folder names no dependencies; expected requirements.txt with exact versions, or uv.lock, poetry.lock or Pipfile.lock, committed.",
            ],
        },
        {
            name: "Python: a manifest without lockfile",
            files: { ...runtime("python"), "pyproject.toml": "[project]\n" },
            violations: [
                "pyproject.toml:1: has no lockfile beside it; expected requirements.txt with exact versions, or uv.lock, poetry.lock or Pipfile.lock, committed.",
            ],
        },
        {
            name: "Python: ranges, wildcards, branches, a constraint that is none, and a missing file",
            files: python(
                [
                    "pulumi>=3.0.0,<4.0.0",
                    "pulumi-aws~=6.0",
                    "six==1.*",
                    "requests",
                    "own @ git+https://token@example.com/own.git@main",
                    "-r sub/missing.txt",
                    "a!=1.0",
                    "-c constraints.txt",
                ].join("\n"),
                { "constraints.txt": "requests>=2\n" },
            ),
            violations: [
                "requirements.txt:1: 6 packages fit many versions: `pulumi>=3.0.0,<4.0.0`, `pulumi-aws~=6.0`, `six==1.*`, `requests`, `own @ git+https://…@example.com/own.git@main`, `a!=1.0`; expected exact versions.",
                "sub/missing.txt:1: does not exist; expected requirements.",
            ],
        },
        {
            name: "Python: no hashes where they are asked for",
            files: { ...python("a==1.0\n"), ...workflow("pip install -r requirements.txt") },
            settings: { requireHashes: true },
            violations: [
                "requirements.txt:1: `a==1.0` has no hash; expected `--hash=sha256:…`, as `pip-compile --generate-hashes` writes.",
                loose(
                    0,
                    "`pip install -r requirements.txt` takes packages without a hash; expected `--require-hashes`.",
                ),
            ],
        },
        {
            name: "uv: a range, and a lockfile without it",
            files: {
                ...runtime("python"),
                "pyproject.toml": '[project]\ndependencies = [\n  "pulumi>=3",\n  "six==1.0",\n]\n',
                "uv.lock": '[[package]]\nname = "six"\nversion = "1.1"\n',
            },
            violations: [
                "pyproject.toml:3: `pulumi` is `pulumi>=3`, which many versions fit; expected an exact version.",
                `pyproject.toml:3: 2 packages are not as uv.lock has them: \`pulumi\` (\`pulumi>=3\`, not there), \`six\` (\`six==1.0\`, not \`1.1\`); ${together("uv lock")}`,
            ],
        },
        {
            name: "Poetry: a caret and a branch",
            files: {
                ...runtime("python"),
                "pyproject.toml":
                    '[tool.poetry.dependencies]\npulumi = "^3.0"\nfork = { git = "https://example.com/f.git" }\n',
                "poetry.lock":
                    '[[package]]\nname = "pulumi"\nversion = "3.1"\n[[package]]\nname = "fork"\nversion = "1"\n',
            },
            violations: [
                "pyproject.toml:2: 2 packages fit many versions: `pulumi` (`^3.0`), `fork` (`a branch of git`); expected exact versions.",
            ],
        },
        {
            name: "a manifest that is no TOML",
            files: { ...runtime("python"), "pyproject.toml": "[project\n", "uv.lock": "" },
            violations: ["pyproject.toml:1: is not valid TOML; expected the program's dependencies."],
        },
        {
            name: "Go: no go.sum",
            files: { ...runtime("go"), "go.mod": GO_MOD },
            violations: ["go.mod:1: has no go.sum beside it; expected the one of `go mod tidy`, committed."],
        },
        {
            name: "Go: a go.sum of another version",
            files: { ...runtime("go"), "go.mod": GO_MOD, "go.sum": "github.com/pulumi/pulumi/sdk/v3 v3.99.0 h1:x=\n" },
            violations: [
                "go.mod:6: `github.com/pulumi/pulumi/sdk/v3 v3.100.0` has no hash in go.sum; expected the go.sum of `go mod tidy`, committed together.",
            ],
        },
        {
            name: ".NET: a floating version and no lockfile",
            files: { ...runtime("dotnet"), "shop.csproj": CSPROJ("3.*") },
            violations: [
                "shop.csproj:3: `Pulumi` is `3.*`, which many versions fit; expected an exact version.",
                "shop.csproj:1: has no packages.lock.json beside it; expected `RestorePackagesWithLockFile` set to true, and the lockfile committed.",
            ],
        },
        {
            name: "Maven: a range",
            files: { ...runtime("java"), "pom.xml": POM("[0.9,)") },
            violations: ["pom.xml:5: is `[0.9,)`, which many versions fit; expected an exact version."],
        },
        {
            name: "Gradle: a dynamic version and no lockfile",
            files: { ...runtime("java"), "build.gradle": "implementation 'com.pulumi:pulumi:0.9.+'\n" },
            violations: [
                "build.gradle:1: is `0.9.+`, which many versions fit; expected an exact version.",
                "build.gradle:1: has no gradle.lockfile and no gradle/verification-metadata.xml; expected `dependencyLocking { lockAllConfigurations() }`, and the lockfile committed.",
            ],
        },
        {
            name: "Gradle: a lockfile without a module, and with a lower version",
            files: {
                ...runtime("java"),
                "build.gradle":
                    "implementation 'com.pulumi:pulumi:0.9.10'\nruntimeOnly( 'com.pulumi:aws:6.5.0' )\ntestImplementation('j:u:5')\n",
                "gradle.lockfile": LOCKED("com.pulumi:pulumi:0.9.9", "j:u:5"),
            },
            violations: [
                "build.gradle:1: 2 packages are not as gradle.lockfile has them: `com.pulumi:pulumi` (`0.9.10`, not `0.9.9`), `com.pulumi:aws` (`6.5.0`, not there); expected the lockfile of `gradle dependencies --write-locks`, committed together.",
            ],
        },
        {
            name: "Gradle: an empty lockfile",
            files: {
                ...runtime("java"),
                "build.gradle.kts": 'dependencies {\n    implementation("com.pulumi:pulumi:0.9.9")\n}\n',
                "gradle.lockfile": "",
            },
            violations: [
                "build.gradle.kts:2: `com.pulumi:pulumi` is `0.9.9`, which gradle.lockfile does not have; expected the lockfile of `gradle dependencies --write-locks`, committed together.",
            ],
        },
        {
            name: "CI: installs that may change the lockfile",
            files: {
                ...npm(PINNED),
                ...workflow(
                    "cd infra && npm install --no-fund",
                    "npm i",
                    "yarn",
                    "CI=1 bun install",
                    "pnpm i --no-frozen-lockfile",
                    "npm update",
                ),
            },
            violations: [
                loose(0, "`npm install --no-fund` may change the lockfile; expected `npm ci`."),
                loose(1, "`npm i` may change the lockfile; expected `npm ci`."),
                loose(2, "`yarn` may change the lockfile; expected `yarn install --frozen-lockfile`."),
                loose(3, "`bun install` may change the lockfile; expected `bun install --frozen-lockfile`."),
                loose(
                    4,
                    "`pnpm i --no-frozen-lockfile` may change the lockfile; expected `pnpm install --frozen-lockfile`.",
                ),
                loose(5, "`npm update` installs other versions than the lockfile's; expected `npm ci`."),
            ],
        },
        {
            name: "CI: installs of programs in Python",
            files: {
                ...python("pulumi==3.100.0\n"),
                ...workflow(
                    "pip install pulumi pulumi-aws",
                    "uv sync",
                    "poetry update",
                    "pipenv install",
                    "pip install pulumi==3.100.0",
                ),
            },
            violations: [
                loose(
                    0,
                    "`pip install pulumi pulumi-aws` installs whatever version is new; expected `pip install -r requirements.txt`.",
                ),
                loose(1, "`uv sync` may change the lockfile; expected `uv sync --locked`."),
                loose(2, "`poetry update` changes the lockfile; expected `poetry install`, which takes it as it is."),
                loose(3, "`pipenv install` may change the lockfile; expected `pipenv sync`."),
            ],
        },
    ],
    badSettings: [
        { registries: { nodejs: "npm" } },
        { registries: { rust: "https://x.example.com" } },
        { requireHashes: "yes" },
        { exact: true },
    ],
});
