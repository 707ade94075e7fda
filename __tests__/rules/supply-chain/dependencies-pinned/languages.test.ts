import { rule } from "../../../../policies/rules/supply-chain/dependencies-pinned";
import { judgeProject } from "../../../support/test-rule";

const judged = (runtime: string, files: Record<string, string>, settings: object = {}, project = "") =>
    judgeProject(rule, {
        project,
        files: { [`${project === "" ? "" : `${project}/`}Pulumi.yaml`]: `name: shop\nruntime: ${runtime}\n`, ...files },
        settings: { ...settings },
    });

const json = (value: unknown) => JSON.stringify(value, undefined, 2);

describe(".NET", () => {
    const lock = (requested: string | undefined, id = "Pulumi") =>
        json({ dependencies: { "net8.0": { [id]: { requested } } } });
    const project = (reference: string) => `<Project>\n${reference}\n</Project>\n`;
    const of = (reference: string, more: Record<string, string> = { "packages.lock.json": lock(undefined) }) =>
        judged("dotnet", { "shop.csproj": project(reference), ...more }).violations;
    const reference = (version: string) => `<PackageReference Include="Pulumi" Version="${version}" />`;

    test.each(["shop.csproj", "shop.fsproj", "shop.vbproj"])("the project file %s", file => {
        const files = { [file]: project(reference("3.*")), "packages.lock.json": lock(undefined) };
        expect(judged("dotnet", files).violations).toEqual([
            `${file}:2: \`Pulumi\` is \`3.*\`, which many versions fit; expected an exact version.`,
        ]);
    });
    test.each(["shop.csproj.bak", "shop.xproj", "csproj", "shop.sqlproj"])("no project file: %s", file =>
        expect(judged("dotnet", { [file]: "" }).violations).toEqual([
            "Pulumi.yaml:1: names a program in .NET, but there is no project file in its folder; expected one, and packages.lock.json.",
        ]),
    );
    test.each(["3.*", "[3.0,4.0)", "*", "[3.60.0,]", "3.60.*-*"])("a version that many fit: %s", version =>
        expect(of(reference(version))).toEqual([
            `shop.csproj:2: \`Pulumi\` is \`${version}\`, which many versions fit; expected an exact version.`,
        ]),
    );
    test("several versions that many fit", () =>
        expect(
            of('<PackageReference Include="A" Version="1.*" />\n<PackageReference Include="B" Version="*" />', {
                "packages.lock.json": json({ dependencies: { net8: { A: {}, B: {} } } }),
            }),
        ).toEqual(["shop.csproj:2: 2 packages fit many versions: `A` (`1.*`), `B` (`*`); expected exact versions."]));
    test("versions need not be exact where the settings say so", () =>
        expect(
            judged(
                "dotnet",
                { "shop.csproj": project(reference("3.*")), "packages.lock.json": lock(undefined) },
                { requireExactVersions: false },
            ).violations,
        ).toEqual([]));
    test.each([
        ["[3.60.0, )", "3.60.0"],
        ["[3.60.0, )", "3.60.0.0"],
        ["[3.60.0, )", "3.60"],
        ["[3.60.0]", "3.60.0"],
        ["(3.60.0, 4.0.0]", "3.60.0"],
        ["3.60.0", "3.60.0"],
        ["[ 3.60.0 , )", "3.60.0"],
        ["[3.60.0-RC.1, )", "3.60.0-rc.1"],
        ["[3.60.0, )", "3.60.0+build"],
        ["[3.60.0.1, )", "3.60.0.1"],
        ["[3.0.0, )", "3"],
        [undefined, "3.60.0"],
        ["[9.9.9, )", "$(Version)"],
    ])("a lockfile for %s, of %s", (requested, version) =>
        expect(of(reference(version), { "packages.lock.json": lock(requested) })).toEqual([]),
    );
    test.each([
        ["[3.60.0, )", "3.60.1"],
        ["[3.60.0, )", "3.60.0.1"],
        ["[3.60.0-rc.1, )", "3.60.0"],
        ["[3.60.0-rc.1, )", "3.60.0-rc.2"],
        ["[3.60.0-rc-1, )", "3.60.0-rc-2"],
        ["(, 3.60.0]", "3.60.0"],
    ])("a lockfile for %s, of another version %s", (requested, version) =>
        expect(of(reference(version), { "packages.lock.json": lock(requested) })).toEqual([
            `shop.csproj:2: \`Pulumi\` is \`${version}\`, for which packages.lock.json was made as \`${requested}\`; expected the lockfile of \`dotnet restore\`, committed together.`,
        ]),
    );
    test("several of another version", () =>
        expect(
            of('<PackageReference Include="A" Version="1.0" />\n<PackageReference Include="B" Version="2.0" />', {
                "packages.lock.json": json({
                    dependencies: {
                        a: { A: { requested: "[9.0, )" }, B: { requested: "[2.0, )" } },
                        b: { b: { requested: "[3.0, )" } },
                    },
                }),
            }),
        ).toEqual([
            "shop.csproj:2: 2 packages are another version in packages.lock.json: `A` (`1.0`, not `[9.0, )`), `B` (`2.0`, not `[3.0, )`); expected the lockfile of `dotnet restore`, committed together.",
        ]));
    test("packages that the lockfile does not have", () => {
        const empty = { "packages.lock.json": json({ dependencies: { net8: {} } }) };
        const expected = "expected the lockfile of `dotnet restore`, committed together.";
        expect(of(reference("3.60.0"), empty)).toEqual([
            `shop.csproj:2: \`Pulumi\` is not in packages.lock.json; ${expected}`,
        ]);
        expect(of(`${reference("3.60.0")}\n<PackageReference Include="B" Version="1.0" />`, empty)).toEqual([
            `shop.csproj:2: 2 packages are not in packages.lock.json: \`Pulumi\`, \`B\`; ${expected}`,
        ]);
        expect(of(reference("3.60.0"), { "packages.lock.json": lock(undefined, "pulumi") })).toEqual([]);
    });
    test.each([
        ["an element", '<PackageReference Include="Pulumi"><Version>3.*</Version></PackageReference>', "3.*"],
        [
            "an element on lines of its own",
            '<PackageReference Include="Pulumi">\n<Version>3.*</Version>\n</PackageReference>',
            "3.*",
        ],
        ["an attribute before the name", '<PackageReference Version="3.*" Include="Pulumi"></PackageReference>', "3.*"],
        [
            "an attribute, whatever the element says",
            '<PackageReference Include="Pulumi" Version="3.*"><Version>4.*</Version></PackageReference>',
            "3.*",
        ],
    ])("a version as %s", (_, text, version) =>
        expect(of(text)).toEqual([
            `shop.csproj:2: \`Pulumi\` is \`${version}\`, which many versions fit; expected an exact version.`,
        ]),
    );
    test.each([
        ["of what follows", '<PackageReference Include="Pulumi" />\n<Version>3.*</Version>'],
        ["behind its end", '<PackageReference Include="Pulumi"></PackageReference><Version>3.*</Version>'],
        ["of something else", '<PackageReference Include="Pulumi" OtherVersion="3.*" />'],
        [
            "of a package that is taken out",
            '<PackageReference Include="Pulumi" /><PackageReference Remove="X" Version="3.*" />',
        ],
        ["of another element", '<PackageReference Include="Pulumi" /><PackageReferences Include="X" Version="3.*" />'],
    ])("a version %s", (_, text) => expect(of(text)).toEqual([]));
    test("no packages and no lockfile", () => expect(of("", {})).toEqual([]));
    test("no lockfile", () =>
        expect(of(reference("3.60.0"), {})).toEqual([
            "shop.csproj:1: has no packages.lock.json beside it; expected `RestorePackagesWithLockFile` set to true, and the lockfile committed.",
        ]));
    test("a lockfile that .gitignore leaves out", () =>
        expect(
            of(reference("3.60.0"), { "packages.lock.json": lock(undefined), ".gitignore": "packages.lock.json" }),
        ).toEqual([
            ".gitignore:1: keeps `packages.lock.json` out of the repository; expected the lockfile to be committed.",
        ]));
    test.each([
        ["packages.my_own_shop.lock.json", "my own shop.csproj", ""],
        ["packages.shop.v2.lock.json", "shop.v2.fsproj", ""],
        ["locks/own.json", "shop.csproj", "<NuGetLockFilePath> locks\\own.json </NuGetLockFilePath>"],
        ["a/b/own.json", "shop.csproj", "<NuGetLockFilePath>a\\b\\own.json</NuGetLockFilePath>"],
    ])("the lockfile %s of %s", (lockfile, file, named) => {
        const files = (requested: string) => ({
            [file]: project(`${named}${reference("3.60.0")}`),
            [lockfile]: lock(requested),
            "packages.lock.json": lock("[9.9.9, )"),
        });
        expect(judged("dotnet", files("[3.60.0, )")).violations).toEqual([]);
        expect(judged("dotnet", files("[3.60.1, )")).violations).toEqual([
            `${file}:2: \`Pulumi\` is \`3.60.0\`, for which ${lockfile} was made as \`[3.60.1, )\`; expected the lockfile of \`dotnet restore\`, committed together.`,
        ]);
    });
    test("a lockfile that a variable names is not known", () =>
        expect(
            of(`<NuGetLockFilePath>$(X).json</NuGetLockFilePath>${reference("3.60.0")}`, {
                "packages.lock.json": lock("[3.60.0, )"),
            }),
        ).toEqual([]));
    test("central versions, in a folder above", () => {
        const files = (version: string, requested: string) => ({
            "a/b/shop.csproj": project('<PackageReference Include="Pulumi" />'),
            "a/b/packages.lock.json": lock(requested),
            "a/Directory.Packages.props": project(`<PackageVersion Include="Pulumi" Version="${version}" />`),
        });
        const of = (version: string, requested: string) =>
            judged("dotnet", files(version, requested), {}, "a/b").violations;
        expect(of("3.60.0", "[3.60.0, )")).toEqual([]);
        expect(of("3.*", "[3.*, )")).toEqual([
            "a/Directory.Packages.props:2: `Pulumi` is `3.*`, which many versions fit; expected an exact version.",
        ]);
        expect(of("3.60.0", "[3.60.1, )")).toEqual([
            "a/b/shop.csproj:2: `Pulumi` is `3.60.0`, for which a/b/packages.lock.json was made as `[3.60.1, )`; expected the lockfile of `dotnet restore`, committed together.",
        ]);
    });
    describe("every restore is a locked one", () => {
        const restore = (files: Record<string, string>) =>
            judged(
                "dotnet",
                {
                    "a/shop.csproj": "<Project />",
                    ".github/workflows/w.yml":
                        "on: push\njobs:\n  up:\n    steps:\n      - run: dotnet restore\n      - run: pulumi up\n",
                    ...files,
                },
                {},
                "a",
            ).violations.length;
        test.each([
            ["a/shop.csproj", "<RestoreLockedMode>true</RestoreLockedMode>"],
            ["a/shop.fsproj", "<RestoreLockedMode>true</RestoreLockedMode>"],
            ["a/Directory.Build.props", "<RestoreLockedMode>\n true\n</RestoreLockedMode>"],
            ["Directory.Build.props", "<restorelockedmode>TRUE</restorelockedmode>"],
            ["Directory.Build.props", "<RestoreLockedMode Condition=\"'$(CI)' != ''\">true</RestoreLockedMode>"],
        ])("by %s with %s", (file, text) => expect(restore({ [file]: text })).toBe(0));
        test.each([
            ["a/shop.csproj", "<RestoreLockedMode>false</RestoreLockedMode>"],
            ["a/shop.csproj", "<RestoreLockedModes>true</RestoreLockedModes>"],
            ["a/shop.csproj", "<RestoreLockedMode>truely</RestoreLockedMode>"],
            ["a/other.props", "<RestoreLockedMode>true</RestoreLockedMode>"],
        ])("not by %s with %s", (file, text) => expect(restore({ [file]: text })).toBe(1));
    });
    test("a restore that one program of two does not lock", () => {
        const files = {
            "a/Pulumi.yaml": "name: a\nruntime: dotnet\n",
            "b/Pulumi.yaml": "name: b\nruntime: dotnet\n",
            "a/a.csproj": "<RestoreLockedMode>true</RestoreLockedMode>",
            "b/b.csproj": "<Project />",
            ".github/workflows/w.yml":
                "on: push\njobs:\n  up:\n    steps:\n      - run: dotnet restore\n      - run: pulumi up\n",
        };
        const count = (more: object) =>
            judgeProject(rule, { files: { ...files, ...more }, settings: { projectDir: "." }, stack: null }).violations
                .length;
        expect(count({})).toBe(1);
        expect(count({ "b/b.csproj": "<RestoreLockedMode>true</RestoreLockedMode>" })).toBe(0);
    });
});

describe("Go", () => {
    const SUM = "example.com/a v1.2.3 h1:x=\n";
    const of = (mod: string, sum: string | undefined = SUM, more: Record<string, string> = {}) =>
        judged("go", { "go.mod": mod, ...(sum === undefined ? {} : { "go.sum": sum }), ...more }).violations;
    const missing = (line: number, what: string) => [
        `go.mod:${line}: \`${what}\` has no hash in go.sum; expected the go.sum of \`go mod tidy\`, committed together.`,
    ];
    test("no go.mod", () =>
        expect(judged("go", {}).violations).toEqual([
            "Pulumi.yaml:1: names a program in Go, but there is no go.mod in its folder or above; expected one, and go.sum.",
        ]));
    test.each([
        ["on a line", "require example.com/b v1.0.0\n", 1],
        ["in a block", "require (\n\texample.com/b v1.0.0\n)\n", 2],
        ["with a comment", "require example.com/b v1.0.0 // own\n", 1],
        ["with a comment that follows at once", "require example.com/b v1.0.0// own\n", 1],
        ["with blanks behind", "require example.com/b v1.0.0  \r\n", 1],
        ["with several blanks", "require   example.com/b   v1.0.0\n", 1],
    ])("a module without a hash, %s", (_, mod, line) => expect(of(mod)).toEqual(missing(line, "example.com/b v1.0.0")));
    test.each([
        ["with its hash", "require example.com/a v1.2.3\n"],
        ["that another brings in", "require example.com/b v1.0.0 // indirect\n"],
        ["that is replaced", "require example.com/b v1.0.0\nreplace example.com/b => ../b\n"],
        ["that is replaced in one version", "require example.com/b v1.0.0\nreplace example.com/b v1.0.0 => ../b\n"],
        ["that is replaced in a block", "require example.com/b v1.0.0\nreplace (\n\texample.com/b => ../b\n)\n"],
        ["that is left out", "exclude example.com/b v1.0.0\nrequire example.com/a v1.2.3\n"],
        ["of no name", "retract v1.0.0\nrequire example.com/a v1.2.3\n"],
        ["in a comment", "// example.com/b v1.0.0\n"],
        ["of the language", "go 1.22\ntoolchain go1.22.1\n"],
    ])("a module %s", (_, mod) => expect(of(mod)).toEqual([]));
    test("another version, and a name that only begins so", () => {
        expect(of("require example.com/a v1.2.4\n")).toEqual(missing(1, "example.com/a v1.2.4"));
        expect(of("require example.com/a/b v1.2.3\n")).toEqual(missing(1, "example.com/a/b v1.2.3"));
        expect(of("require a v1.0.0\n")).toEqual(missing(1, "a v1.0.0"));
        expect(of("require example.com/a v1.2.4\n", "\r\nexample.com/a v1.2.4 h1:x=\r\n")).toEqual([]);
    });
    test("several", () =>
        expect(of("require (\n\tb v1.0.0\n\tc v1.0.0\n)\n")).toEqual([
            "go.mod:2: 2 packages have no hash in go.sum: `b v1.0.0`, `c v1.0.0`; expected the go.sum of `go mod tidy`, committed together.",
        ]));
    test("no go.sum", () =>
        expect(judged("go", { "go.mod": "require a v1.0.0\n" }).violations).toEqual([
            "go.mod:1: has no go.sum beside it; expected the one of `go mod tidy`, committed.",
        ]));
    test("a go.sum that .gitignore leaves out", () =>
        expect(of("require example.com/a v1.2.3\n", SUM, { ".gitignore": "go.sum\n" })).toEqual([
            ".gitignore:1: keeps `go.sum` out of the repository; expected the lockfile to be committed.",
        ]));
    test("the go.mod of a folder above", () =>
        expect(judged("go", { "go.mod": "require a v1.0.0\n", "go.sum": "" }, {}, "infra/app").violations).toEqual(
            missing(1, "a v1.0.0"),
        ));
    describe("a workspace", () => {
        const inside = (work: string, more: Record<string, string> = {}) =>
            judged(
                "go",
                {
                    "app/go.mod": "module example.com/app\nrequire example.com/lib v0.0.0\n",
                    "lib/go.mod": "module example.com/lib // own\n",
                    "go.work": work,
                    ...more,
                },
                {},
                "app",
            ).violations;
        const none = ["app/go.mod:1: has no go.sum beside it; expected the one of `go mod tidy`, committed."];
        test.each([
            "use ./app\nuse ./lib\n",
            "use (\n\t./app\n\t./lib\n)\n",
            "use(\n\n./app // own\n./lib\n)\n",
            'use "./app"\nuse "./lib"\n',
            'use (\n"./app"\n"./lib"\n)\n',
            "go 1.22\nuse\t./app\r\nuse   ./lib\r\n",
            "use (\n./app\n)\nuse (\n./lib\n)\n",
        ])("that uses both: %j", work => expect(inside(work)).toEqual([]));
        test.each([
            "use ./app\n",
            "use ./lib\n",
            "// use ./lib\nuse ./app\n",
            "used ./lib\nuse ./app\n",
            "use ./app\nreplace (\n./lib\n)\n",
            "use (\n./app\n)\n./lib\n",
            "reuse (\n./app\n./lib\n)\n",
            "",
        ])("that does not use both: %j", work => expect(inside(work)).toEqual(none));
        test("a module whose name is quoted, and one without a name", () => {
            const work = "use ./app\nuse ./lib\n";
            expect(inside(work, { "lib/go.mod": 'go 1.22\nmodule\t"example.com/lib"\n' })).toEqual([]);
            expect(inside(work, { "lib/go.mod": "// module example.com/lib\n" })).toEqual(none);
            expect(inside(work, { "lib/go.mod": "xmodule example.com/lib\n" })).toEqual(none);
        });
        test("hashes of the workspace and of its other modules", () => {
            const work = "use ./app\nuse ./other\n";
            const hash = "example.com/lib v0.0.0 h1:x=\n";
            expect(inside(work, { "go.work.sum": hash })).toEqual([]);
            expect(inside(work, { "other/go.sum": hash })).toEqual([]);
            expect(inside("use ./other\n", { "other/go.sum": hash })).toEqual(none);
            expect(inside(work, { "go.work.sum": "a v1.0.0 h1:x=\n" })).toEqual([
                "app/go.mod:2: `example.com/lib v0.0.0` has no hash in app/go.sum; expected the go.sum of `go mod tidy`, committed together.",
            ]);
        });
    });
});

describe("Java", () => {
    const fits = (place: string, version: string) => [
        `${place}: is \`${version}\`, which many versions fit; expected an exact version.`,
    ];
    const pom = (version: string) =>
        `<project>\n<version>1-SNAPSHOT</version>\n<dependencies>\n<version>${version}</version>\n</dependencies>\n</project>\n`;
    test("no build file", () =>
        expect(judged("java", {}).violations).toEqual([
            "Pulumi.yaml:1: names a program for the Java virtual machine, but there is no pom.xml or build.gradle in its folder or above; expected one with exact versions.",
        ]));
    test.each(["[1.0]", "[1.0,2.0)", "(,1.0]", "LATEST", "RELEASE", "1.0-SNAPSHOT"])("Maven: %s", version => {
        expect(judged("java", { "pom.xml": pom(version) }).violations).toEqual(fits("pom.xml:4", version));
        expect(judged("java", { "pom.xml": pom(` ${version}\n`) }).violations).toEqual(fits("pom.xml:4", version));
        expect(judged("java", { "pom.xml": pom(version) }, { requireExactVersions: false }).violations).toEqual([]);
    });
    test.each(["1.0", "1.0-RELEASE", "LATEST-1", "1.[0]", "SNAPSHOT", "1.0-SNAPSHOT-2", "${own}", ""])(
        "Maven: exact %s",
        version => expect(judged("java", { "pom.xml": pom(version) }).violations).toEqual([]),
    );
    test.each(["dependencies", "dependencyManagement", "properties"])("Maven: versions count from %s on", element =>
        expect(
            judged("java", {
                "pom.xml": `<version>LATEST</version>\n<${element}>\n<version>LATEST</version>\n</${element}>\n`,
            }).violations,
        ).toEqual(fits("pom.xml:3", "LATEST")),
    );
    test("Maven: several, in a folder above", () =>
        expect(
            judged(
                "java",
                { "pom.xml": "<dependencies>\n<version>[1,)</version>\n<version>LATEST</version>\n" },
                {},
                "a",
            ).violations,
        ).toEqual([
            "pom.xml:2: 2 packages fit many versions: `[1,)` in line 2, `LATEST` in line 3; expected exact versions.",
        ]));

    const META = { "gradle/verification-metadata.xml": "" };
    describe.each(["build.gradle", "build.gradle.kts"])("%s", file => {
        test.each([
            "[1.0,2.0)",
            "(1.0,2.0)",
            "]1.0,2.0[",
            "1.+",
            "+",
            "latest.release",
            "latest.integration",
            "1.0-SNAPSHOT",
        ])("%s", version => {
            for (const quote of ["'", '"']) {
                const text = `\napi(${quote}a.b:c:${version}${quote})\n`;
                expect(judged("java", { [file]: text, ...META }).violations).toEqual(fits(`${file}:2`, version));
            }
        });
        test.each(["1.0", "1.+.0", "1.latest.0", "1.[0", "1.0-SNAPSHOT-2", "latest"])("exact %s", version =>
            expect(judged("java", { [file]: `api('a.b:c:${version}')\n`, ...META }).violations).toEqual([]),
        );
        test.each(["a:b:1.+:sources", "a:b:1.+@jar", "a:b:1.+:sources@jar"])("with what follows: %s", module =>
            expect(judged("java", { [file]: `api('${module}')\n`, ...META }).violations).toEqual(
                fits(`${file}:1`, "1.+"),
            ),
        );
        test("has no lockfile", () =>
            expect(judged("java", { [file]: "" }).violations).toEqual([
                `${file}:1: has no gradle.lockfile and no gradle/verification-metadata.xml; expected \`dependencyLocking { lockAllConfigurations() }\`, and the lockfile committed.`,
            ]));
    });
    test("what looks like a module and is none", () =>
        expect(
            judged("java", {
                "build.gradle": "x('a b:c:+')\nx('a:b:\n+')\nx(a:b:+)\nx('b:+')\n",
                ...META,
            }).violations,
        ).toEqual([]));
    test("the lockfile lies in the program's folder or beside the build file", () => {
        const of = (lockfile: string) =>
            judged("java", { "build.gradle": "", [lockfile]: "" }, {}, "a").violations.length;
        expect(of("gradle.lockfile")).toBe(0);
        expect(of("a/gradle.lockfile")).toBe(0);
        expect(of("gradle/verification-metadata.xml")).toBe(0);
        expect(of("a/gradle/verification-metadata.xml")).toBe(0);
        expect(of("b/gradle.lockfile")).toBe(1);
    });
    test.each(["gradle.lockfile", "gradle/verification-metadata.xml"])("%s that .gitignore leaves out", lockfile =>
        expect(
            judged("java", { "build.gradle": "", [lockfile]: "", ".gitignore": `${lockfile}\n` }).violations,
        ).toEqual([
            `.gitignore:1: keeps \`${lockfile}\` out of the repository; expected the lockfile to be committed.`,
        ]),
    );
    const locked = (text: string, lock: string) =>
        judged("java", { "build.gradle": `\n${text}\n`, "gradle.lockfile": lock }).violations;
    const stale = (module: string, version: string, known: string) => [
        `build.gradle:2: \`${module}\` is \`${version}\`, which gradle.lockfile ${known}; expected the lockfile of \`gradle dependencies --write-locks\`, committed together.`,
    ];
    test.each(["api", "implementation", "compileOnly", "runtimeOnly", "testImplementation", "testRuntimeOnly"])(
        "Gradle: a module for %s",
        configuration => {
            for (const text of [
                `${configuration} 'a.b:c:1.2'`,
                `${configuration}("a.b:c:1.2")`,
                `${configuration}( "a.b:c:1.2" )`,
            ]) {
                expect(locked(text, "")).toEqual(stale("a.b:c", "1.2", "does not have"));
                expect(locked(text, "a.b:c:1.1=x\n")).toEqual(stale("a.b:c", "1.2", "has as `1.1`"));
                expect(locked(text, "a.b:c:1.2=x\n")).toEqual([]);
                expect(locked(text, "a.b:c:1.10=x\n")).toEqual([]);
                expect(locked(text, "x:y:1=x\r\na.b:c:1.0=x\r\na.b:c:2=x\r\n")).toEqual([]);
            }
        },
    );
    test.each(["#a.b:c:1.2=x", "a.b:c:1.2", " a.b:c:1.2=x", "a.b:c=x"])("Gradle: no line of a lockfile: %s", line =>
        expect(locked("api 'a.b:c:1.2'", `${line}\n`)).toEqual(stale("a.b:c", "1.2", "does not have")),
    );
    test.each(["xapi 'a:b:1'", "apix 'a:b:1'", "api 'a:b:$v'", "api 'a:b'", "api ''", "api a:b:1", "api 'a:b:v1'"])(
        "Gradle: not judged: %s",
        text => expect(locked(text, "")).toEqual([]),
    );
    test("Gradle: what follows a version", () => expect(locked("api 'a:b:1:sources@jar'", "a:b:1=x\n")).toEqual([]));
});

describe("packages and plugins of Pulumi", () => {
    const of = (text: string) => judgeProject(rule, { files: { "Pulumi.yaml": `name: shop\nruntime: yaml\n${text}` } });
    const unversioned = (source: string, shown = source) => [
        `Pulumi.yaml:4: packages.a: names no version of the package \`a\` (\`${shown}\`), so that each run may install another; expected \`${shown}@<version>\`.`,
    ];
    test.each(["aws", "github.com/acme/a", ".hidden", "a/./b", "ab:/x", "file", "xfile:/a", "...", "..x", "@pulumi"])(
        "a package without a version: %s",
        source => {
            expect(of(`packages:\n  a: '${source}'\n`).violations).toEqual(unversioned(source));
            expect(of(`packages:\n  a: { source: '${source}' }\n`).violations).toEqual(unversioned(source));
        },
    );
    test.each(["./a", "../a", "/a", "C:\\a", "c:/a", "file:///a", ".", "..", "aws@1.2.3", "x@"])(
        "a package that is fixed or the repository's own: %s",
        source => {
            expect(of(`packages:\n  a: '${source}'\n`).violations).toEqual([]);
            expect(of(`packages:\n  a: { source: '${source}' }\n`).violations).toEqual([]);
        },
    );
    test("a package's version beside its source", () => {
        expect(of("packages:\n  a: { source: aws, version: 1.2.3 }\n").violations).toEqual([]);
        expect(of("packages:\n  a: { source: aws, version: 7 }\n").violations).toEqual([]);
        expect(of("packages:\n  a: { source: aws, version: '' }\n").violations).toEqual(unversioned("aws"));
        expect(of("packages:\n  a: { version: 1.2.3 }\n").violations).toEqual([]);
        expect(of("packages:\n  a: 7\n").violations).toEqual([]);
    });
    test.each(["providers", "analyzers", "languages"])("a plugin among %s", kind => {
        const plugin = (text: string) => of(`plugins:\n  ${kind}:\n    - ${text}\n`).violations;
        expect(plugin("{ name: a }")).toEqual([
            `Pulumi.yaml:5: plugins.${kind}[0]: names no version of the plugin \`a\`, so that each run may install another; expected \`version\`.`,
        ]);
        expect(plugin("{ name: a, version: 1.2.3 }")).toEqual([]);
        expect(plugin("{ name: a, path: ./a }")).toEqual([]);
        expect(plugin("{ version: '' }")).toEqual([]);
        expect(plugin("{ name: a, version: '' }")).toHaveLength(1);
    });
    test("a program in YAML with none of them", () =>
        expect(of("")).toEqual({
            violations: [],
            notes: [],
            notApplicable: "No program has dependencies in a language that is known.",
        }));
});

describe("the folder of a program", () => {
    const of = (main: string, files: Record<string, string>) =>
        judgeProject(rule, {
            project: "p",
            files: { "p/Pulumi.yaml": `name: shop\nruntime: python\nmain: ${main}\n`, ...files },
        }).violations;
    const loose = (file: string) => [
        `${file}:1: \`six\` fits many versions; expected an exact version, \`six==<version>\`.`,
    ];
    test.each([
        ["src", "p/src/requirements.txt"],
        ["src/", "p/src/requirements.txt"],
        ["./src", "p/src/requirements.txt"],
        ["src/a/../b", "p/src/b/requirements.txt"],
        [".", "p/requirements.txt"],
        ["..", "requirements.txt"],
        ["../q", "q/requirements.txt"],
        ["../..q", "..q/requirements.txt"],
        ["../..", "requirements.txt"],
        ["../../q", "requirements.txt"],
        ["../../../q", "requirements.txt"],
    ])("%s", (main, file) => expect(of(main, { [file]: "six\n" })).toEqual(loose(file)));
    test.each([
        ["src/main.py", "p/src/requirements.txt"],
        ["main.py", "p/requirements.txt"],
    ])("of the file %s", (main, file) => expect(of(main, { [`p/${main}`]: "", [file]: "six\n" })).toEqual(loose(file)));
});

describe("messages about a package", () => {
    const of = (line: string) => judged("python", { "requirements.txt": `${line}\n` }).violations[0];
    test.each([
        ["own @ https://me:hunter2@example.com/a", "own @ https://…@example.com/a"],
        ["own @ git+ssh://git@example.com/a", "own @ git+ssh://git@example.com/a"],
        ["own @ git+https://t@example.com/a@b", "own @ git+https://…@example.com/a@b"],
        ["own @ https://@example.com/a", "own @ https://…@example.com/a"],
    ])("leave out credentials: %s", (line, shown) =>
        expect(of(line)).toBe(
            `requirements.txt:1: \`${shown}\` fits many versions; expected a full commit behind \`@\`, or a hash behind \`#\`.`,
        ),
    );
    test("are one for those of one file and cause, at the first", () =>
        expect(
            judged(
                "python",
                { "requirements.txt": "a\nb --hash=sha256:00\nc==1\n-r more.txt\n", "more.txt": "d\n" },
                { requireHashes: true },
            ).violations,
        ).toEqual([
            "requirements.txt:1: 2 packages fit many versions: `a`, `b`; expected exact versions.",
            "requirements.txt:3: `c==1` has no hash; expected `--hash=sha256:…`, as `pip-compile --generate-hashes` writes.",
            "more.txt:1: `d` fits many versions; expected an exact version, `d==<version>`.",
        ]));
});
