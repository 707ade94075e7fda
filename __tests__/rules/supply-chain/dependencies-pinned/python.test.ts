import { rule } from "../../../../policies/rules/supply-chain/dependencies-pinned";
import { judgeProject } from "../../../support/test-rule";

const SHA = "b4ffde65f46336ab88eb53be808477a3936bae11";

const PROJECT = { "Pulumi.yaml": "name: shop\nruntime: python\n" };

const judged = (files: Record<string, string>, settings: object = {}) =>
    judgeProject(rule, { files: { ...PROJECT, ...files }, settings: { ...settings } });

const ofLines = (text: string, more: Record<string, string> = {}, settings: object = {}) =>
    judged({ "requirements.txt": text, ...more }, settings).violations;

describe("a requirement that fits one version", () => {
    test.each([
        ["two signs", "six==1.16.0"],
        ["three signs", "six===1.16.0"],
        ["blanks before and behind the signs", "six == 1.16.0"],
        ["a version of one digit", "six==1"],
        ["an exact version first of several", "six==1.16.0,<2"],
        ["an exact version first of several, with blanks", "six == 1.16.0 , <2"],
        ["an exact version last of several", "six>=1,==1.16.0"],
        ["brackets around it", "six (==1.16.0)"],
        ["brackets with a blank", "six (==1.16.0 )"],
        ["extras", "six[a,b]==1.16.0"],
        ["a marker", "six==1.16.0; python_version > '3'"],
        ["a marker that names another version", "six==1.16.0 ; python_version < '3.*'"],
        ["a hash", "six==1.16.0 --hash=sha256:00"],
        ["a hash behind a blank", "six==1.16.0 --hash sha256:00"],
        ["hashes on lines of their own", "six==1.16.0 \\\n  --hash=sha256:00 \\\n  --hash=sha256:11"],
        ["a setting of its build", "six==1.16.0 --config-settings=a=b"],
        ["a setting of its build with an address", "six==1.16.0 --global-option=https://example.com/x"],
        ["a comment behind a blank", "six==1.16.0 # a>=1"],
        ["a comment behind a tab", "six==1.16.0\t# a>=1"],
        ["blanks around it", "   six==1.16.0   "],
        ["a line end of Windows", "six==1.16.0\r\nattrs==23.1.0\r\n"],
        ["a commit", `own @ git+https://example.com/own.git@${SHA}`],
        ["a commit in capitals", `own @ git+https://example.com/own.git@${SHA.toUpperCase()}`],
        ["a commit and a name", `git+https://example.com/own.git@${SHA}#egg=own`],
        ["a commit, with no blank at the sign", `own@git+ssh://git@example.com/own.git@${SHA}`],
        ["a commit that can be edited", `-e git+https://example.com/own.git@${SHA}#egg=own`],
        ["a commit that can be edited, in the long form", `--editable git+https://example.com/own.git@${SHA}`],
        ["a commit and a marker", `own @ git+https://example.com/own.git@${SHA} ; python_version > '3'`],
        ["an address with SHA-256", "own @ https://example.com/own.tar.gz#sha256=00"],
        ["an address with SHA-384", "own @ https://example.com/own.tar.gz#sha384=00"],
        ["an address with SHA-512", "own @ https://example.com/own.tar.gz#sha512=00"],
        ["an address with a name and a hash", "https://example.com/own.tar.gz#egg=own&sha256=00"],
        ["an address with two signs before the hash", "https://example.com/own.tar.gz#egg=own#sha256=00"],
        ["a wheel", "own @ https://example.com/own-1.0-py3-none-any.whl"],
        ["a wheel, with no blank at the sign", "own@https://example.com/own-1.0-py3-none-any.whl"],
        ["a wheel with a query", "https://example.com/own-1.0-py3-none-any.whl?x=1"],
        ["a wheel with a fragment", "https://example.com/own-1.0-py3-none-any.whl#egg=own"],
        ["a folder", "./own"],
        ["a folder above", "../own"],
        ["a folder from the root", "/opt/own"],
        ["a file's address", "file:///opt/own"],
        ["a file's address behind a name", "own @ file:///opt/own"],
        ["a file's address behind a name, with no blank", "own @file:///opt/own"],
        ["a folder that can be edited", "-e ./own"],
        ["a folder that can be edited, in the long form", "--editable ./own"],
        ["a folder that can be edited, behind a sign", "--editable=own"],
        ["this folder", "."],
        ["this folder with extras behind a blank", ". [dev]"],
        ["this folder and a marker", ".; python_version > '3'"],
        ["an option of pip", "--no-binary :all:"],
        ["an index whose address holds a flag", "--extra-index-url https://pypi.example.com/-e"],
        ["an index, in the short form", "-i https://pypi.example.com/simple"],
        ["a comment", "# six"],
        ["nothing", "\n\n"],
    ])("%s", (_, line) => expect(ofLines(`${line}\n`)).toEqual([]));
});

describe("a requirement that fits many versions", () => {
    test.each([
        ["no version", "six", "six"],
        ["the least version", "six>=1.16", "six"],
        ["the greatest version", "six<=1.16", "six"],
        ["a version that is left out", "six!=1.16", "six"],
        ["a compatible version", "six~=1.16", "six"],
        ["a wildcard", "six==1.*", "six"],
        ["one sign", "six=1.16", "six"],
        ["an exact version of something else", "six ; python_version == '3'", "six"],
        ["a name in other letters", "My_Own.Package>=1", "my-own-package"],
        ["a name with several signs in a row", "my-_own>=1", "my-own"],
        ["a marker with a path", "six>=1 ; x == './y'", "six"],
        ["a marker with a file's address", "six>=1 ; x == 'file:y'", "six"],
        ["an option of pip behind the name", "six>=1 -r more.txt", "six"],
        ["a flag of a folder behind the name", "six>=1 -e ./own", "six"],
        ["another line's end in a comment", "six>=1 # six==1.16.0", "six"],
    ])("%s", (_, line, name) =>
        expect(ofLines(`${line}\n`)).toEqual([
            `requirements.txt:1: \`${line.replace(/ #.*/, "")}\` fits many versions; expected an exact version, \`${name}==<version>\`.`,
        ]),
    );

    test("without its options, which the message leaves out", () =>
        expect(ofLines("six>=1 --hash=sha256:00\n")).toEqual([
            "requirements.txt:1: `six>=1` fits many versions; expected an exact version, `six==<version>`.",
        ]));

    test.each([
        ["a branch", "own @ git+https://example.com/own.git@main"],
        ["a branch that can be edited", "-e git+https://example.com/own.git@main#egg=own"],
        ["an archive that can be edited", "-e https://example.com/own.tar.gz"],
        ["an archive that can be edited, without TLS", "-e http://example.com/own.tar.gz"],
        ["no commit", "git+https://example.com/own.git"],
        ["a commit with one sign more", `own @ git+https://example.com/own.git@${SHA}0`],
        ["a commit with one sign less", `own @ git+https://example.com/own.git@${SHA.slice(1)}`],
        ["a commit in the path", `own @ https://example.com/${SHA}/own.tar.gz`],
        ["a commit before the path", `own @ https://example.com/@${SHA}/own.tar.gz`],
        ["an archive", "own @ https://example.com/own.tar.gz"],
        ["an archive with a weak hash", "own @ https://example.com/own.tar.gz#md5=00"],
        ["an archive with a hash of an unknown kind", "own @ https://example.com/own.tar.gz#sha1=00"],
        ["an archive with another key that ends like a hash", "own @ https://example.com/own.tar.gz#nosha256=00"],
        ["an archive with a hash in its query", "own @ https://example.com/own.tar.gz?sha256=00"],
        ["a wheel's signature", "own @ https://example.com/own.whl.asc"],
        ["an address with a version in it", "own @ https://example.com/own==1.0"],
    ])("%s", (_, line) =>
        expect(ofLines(`${line}\n`)).toEqual([
            `requirements.txt:1: \`${line}\` fits many versions; expected a full commit behind \`@\`, or a hash behind \`#\`.`,
        ]),
    );
});

describe("requirements files", () => {
    const loose = (place: string, name: string) =>
        `${place}: \`${name}\` fits many versions; expected an exact version, \`${name}==<version>\`.`;

    test.each(["-r more.txt", "-r  more.txt", "-r=more.txt", "--requirement more.txt", "--requirement=more.txt"])(
        "includes by `%s`",
        flag => expect(ofLines(`${flag}\n`, { "more.txt": "six\n" })).toEqual([loose("more.txt:1", "six")]),
    );

    test.each(["-c more.txt", "--constraint more.txt", "--constraint=more.txt"])("constrains by `%s`", flag => {
        expect(ofLines(`six\n${flag}\n`, { "more.txt": "SIX==1.16.0\n" })).toEqual([]);
        expect(ofLines(`six\n${flag}\n`, { "more.txt": "six>=1\n" })).toEqual([loose("requirements.txt:1", "six")]);
        expect(ofLines(`six==1.0\n${flag}\n`, { "more.txt": "other\n" })).toEqual([]);
    });

    test("what a constraint includes constrains as well", () =>
        expect(ofLines("six\n-c a.txt\n", { "a.txt": "-r b.txt\n", "b.txt": "six==1.16.0\nother\n" })).toEqual([]));

    test("a file is both a constraint and a list of requirements", () =>
        expect(ofLines("-c a.txt\n-r a.txt\n", { "a.txt": "six\n" })).toEqual([loose("a.txt:1", "six")]));

    test("the path is that from the including file's folder", () =>
        expect(ofLines("-r a/b.txt\n", { "a/b.txt": "-r c.txt\n", "a/c.txt": "\nsix\n" })).toEqual([
            loose("a/c.txt:2", "six"),
        ]));

    test("lines are counted from the first of those that are joined", () =>
        expect(ofLines("# own\n\nattrs==23.1.0 \\\n  --hash=sha256:00\nsix \\\n  >=1\n")).toEqual([
            "requirements.txt:5: `six >=1` fits many versions; expected an exact version, `six==<version>`.".replace(
                "six >=1",
                "six    >=1",
            ),
        ]));

    test("a sign for comments inside of a word begins none", () => expect(ofLines("six#==1.0\n")).toEqual([]));

    test.each([
        ["a hash", "six==1.16.0 --hash=sha256:00", []],
        ["a hash behind a blank", "six==1.16.0 --hash sha256:00", []],
        ["a hash in the address", "own @ https://example.com/own.tar.gz#sha256=00", []],
        ["a folder", "./own", []],
        ["no hash", "six==1.16.0", ["six==1.16.0"]],
        ["an option like a hash", "six==1.16.0 --hashes", ["six==1.16.0"]],
    ])("hashes, where they are asked for: %s", (_, line, missing) =>
        expect(ofLines(`${line}\n`, {}, { requireHashes: true })).toEqual(
            missing.map(
                shown =>
                    `requirements.txt:1: \`${shown}\` has no hash; expected \`--hash=sha256:…\`, as \`pip-compile --generate-hashes\` writes.`,
            ),
        ),
    );

    test("several without a hash are one finding", () =>
        expect(ofLines("six==1.0\n./own\nattrs==2.0\n", {}, { requireHashes: true })).toEqual([
            "requirements.txt:1: 2 packages have no hash: `six==1.0`, `attrs==2.0`; expected `--hash=sha256:…`, as `pip-compile --generate-hashes` writes.",
        ]));

    test("neither versions nor hashes are asked for", () =>
        expect(ofLines("six\n", {}, { requireExactVersions: false })).toEqual([]));
});

describe("pyproject.toml", () => {
    const lock = (...packages: readonly string[]) =>
        packages
            .map(one => one.split(" "))
            .map(([name = "", version = ""]) => `[[package]]\nname = "${name}"\nversion = "${version}"\n`)
            .join("");
    const uv = (manifest: string, ...packages: readonly string[]) =>
        judged({ "pyproject.toml": manifest, "uv.lock": lock(...packages) });
    const poetry = (manifest: string, ...packages: readonly string[]) =>
        judged({ "pyproject.toml": manifest, "poetry.lock": lock(...packages) });

    test.each([
        ["project.dependencies", '[project]\ndependencies = [\n"six>=1"]\n'],
        ["project.optional-dependencies", '[project.optional-dependencies]\ndev = [\n"six>=1"]\n'],
        ["dependency-groups", '[dependency-groups]\ndev = [{ include-group = "x" },\n"six>=1"]\n'],
    ])("names packages in %s", (_, manifest) =>
        expect(uv(manifest, "six 1.16.0").violations).toEqual([
            "pyproject.toml:3: `six` is `six>=1`, which many versions fit; expected an exact version.",
        ]),
    );

    test.each([
        ["dependencies", "[tool.poetry.dependencies]"],
        ["dev-dependencies", "[tool.poetry.dev-dependencies]"],
        ["a group", "[tool.poetry.group.docs.dependencies]"],
    ])("names packages of Poetry in %s", (_, table) =>
        expect(poetry(`${table}\nsix = "^1"\n`, "six 1.16.0").violations).toEqual([
            "pyproject.toml:2: `six` is `^1`, which many versions fit; expected an exact version.",
        ]),
    );

    test.each(["packages", "dev-packages"])("names packages of Pipenv in %s", section => {
        const files = (spec: string, locked: string) => ({
            Pipfile: `[${section}]\n"six" = "${spec}"\n`,
            "Pipfile.lock": JSON.stringify({
                [section === "packages" ? "default" : "develop"]: { six: { version: locked } },
            }),
        });
        expect(judged(files("==1.16.0", "==1.16.0"))).toEqual({ violations: [], notes: [] });
        expect(judged(files("*", "==1.16.0")).violations).toEqual([
            "Pipfile:2: `six` is `*`, which many versions fit; expected an exact version.",
        ]);
        expect(judged(files("==1.16.0", "==1.15.0")).violations).toEqual([
            "Pipfile:2: `six` is `==1.16.0`, which Pipfile.lock has as `1.15.0`; expected the lockfile of `pipenv lock`, committed together.",
        ]);
    });

    test.each([
        ["PDM", "pdm.lock", "pdm lock"],
        ["uv", "uv.lock", "uv lock"],
    ])("%s has a lockfile of its own", (_, lockfile, update) =>
        expect(
            judged({
                "pyproject.toml": '[project]\ndependencies = [\n"six==1.16.0"]\n',
                [lockfile]: lock("six 1.15.0"),
            }).violations,
        ).toEqual([
            `pyproject.toml:3: \`six\` is \`six==1.16.0\`, which ${lockfile} has as \`1.15.0\`; expected the lockfile of \`${update}\`, committed together.`,
        ]),
    );

    test("Poetry has a lockfile of its own", () =>
        expect(poetry('[tool.poetry.dependencies]\nsix = "1.16.0"\n').violations).toEqual([
            "pyproject.toml:2: `six` is `1.16.0`, which poetry.lock does not have; expected the lockfile of `poetry lock`, committed together.",
        ]));

    test.each(['path = "../six"', "workspace = true", 'git = "https://example.com/six.git"', 'url = "https://x"'])(
        "a source of uv that no version names: %s",
        source =>
            expect(uv(`[project]\ndependencies = ["My.Six"]\n[tool.uv.sources]\nmy_six = { ${source} }\n`)).toEqual({
                violations: [],
                notes: [],
            }),
    );

    test("a source of uv that is an index", () =>
        expect(
            uv('[project]\ndependencies = ["six"]\n[tool.uv.sources]\nsix = { index = "own" }\n', "six 1.0").violations,
        ).toEqual(["pyproject.toml:4: `six` is `six`, which many versions fit; expected an exact version."]));

    test.each([
        ["no sign", '"1.16.0"'],
        ["one sign", '"=1.16.0"'],
        ["two signs", '"==1.16.0"'],
        ["three signs", '"===1.16.0"'],
        ["blanks", '" == 1.16.0 "'],
        ["a table", '{ version = "1.16.0", extras = ["a"] }'],
    ])("an exact version as Poetry takes it: %s", (_, spec) => {
        expect(poetry(`[tool.poetry.dependencies]\nsix = ${spec}\n`, "six 1.16.0")).toEqual({
            violations: [],
            notes: [],
        });
        expect(poetry(`[tool.poetry.dependencies]\nsix = ${spec}\n`, "six 1.15.0").violations).toHaveLength(1);
    });

    test.each([
        ["no table of the kind", "1", "*"],
        ["the least", '">=1.16.0"', ">=1.16.0"],
        ["a wildcard", '"1.*"', "1.*"],
        ["a letter", '"v1.16.0"', "v1.16.0"],
        ["a table without a version", '{ extras = ["a"] }', "*"],
        ["a branch", '{ git = "https://example.com/six.git", branch = "main" }', "a branch of git"],
        ["a commit that is cut", `{ git = "https://example.com/six.git", rev = "${SHA.slice(1)}" }`, "a branch of git"],
        ["a commit and more", `{ git = "https://example.com/six.git", rev = "${SHA}0" }`, "a branch of git"],
        ["more and a commit", `{ git = "https://example.com/six.git", rev = "0${SHA}" }`, "a branch of git"],
    ])("no exact version as Poetry takes it: %s", (_, spec, shown) =>
        expect(poetry(`[tool.poetry.dependencies]\nsix = ${spec}\n`, "six 1.16.0").violations).toEqual([
            `pyproject.toml:2: \`six\` is \`${shown}\`, which many versions fit; expected an exact version.`,
        ]),
    );

    test.each([
        `{ git = "https://example.com/six.git", rev = "${SHA}" }`,
        `{ git = "https://example.com/six.git", ref = "${SHA}" }`,
        `{ git = "https://example.com/six.git", rev = "${SHA.toUpperCase()}" }`,
    ])("a commit, which the lockfile has whatever its version: %s", spec => {
        expect(poetry(`[tool.poetry.dependencies]\nsix = ${spec}\n`, "six 9.9.9").violations).toEqual([]);
        expect(poetry(`[tool.poetry.dependencies]\nsix = ${spec}\n`).violations).toEqual([
            "pyproject.toml:2: `six` is `a branch of git`, which poetry.lock does not have; expected the lockfile of `poetry lock`, committed together.",
        ]);
    });

    test.each(['path = "../six"', 'file = "six.whl"', 'url = "https://example.com/six.whl"'])(
        "what Poetry and Pipenv take from elsewhere: %s",
        source => expect(poetry(`[tool.poetry.dependencies]\nsix = { ${source} }\n`).violations).toEqual([]),
    );

    test("the line is the first that begins with the name, in any spelling", () =>
        expect(
            poetry(
                '# my\n[tool.poetry.dependencies]\n  "My_Six" = "^1"\nother = "2.0"\nmy-six2 = "1"\n',
                "other 2.0",
                "my-six2 1",
                "my-six 1",
            ).violations,
        ).toEqual(["pyproject.toml:3: `my-six` is `^1`, which many versions fit; expected an exact version."]));

    test("versions by any spelling of the name, and what is none", () => {
        const manifest = '[project]\ndependencies = [\n"my.six == 1.16.0", 7]\n';
        const files = (text: string) => ({ "pyproject.toml": manifest, "uv.lock": text });
        expect(judged(files('[[package]]\nname = "My_Six"\nversion = "1.16.0"\n[[package]]\nname = 7\n'))).toEqual({
            violations: [],
            notes: [],
        });
        expect(judged(files('package = "x"\n')).violations).toEqual([
            "pyproject.toml:3: `my-six` is `my.six == 1.16.0`, which uv.lock does not have; expected the lockfile of `uv lock`, committed together.",
        ]);
    });

    test.each([
        ["uv.lock", "pyproject.toml", "[project]\n", "[[package\n"],
        ["Pipfile.lock", "Pipfile", "[packages]\n", "{"],
    ])("a lockfile that cannot be read: %s", (lockfile, manifest, text, broken) =>
        expect(judged({ [manifest]: text, [lockfile]: broken })).toEqual({
            violations: [],
            notes: [
                `Cannot be judged yet: ${lockfile}: cannot be read, so whether it agrees with ${manifest} is not known.`,
            ],
        }),
    );

    test("ranges, where they are not asked for", () =>
        expect(
            judgeProject(rule, {
                files: {
                    ...PROJECT,
                    "pyproject.toml": '[project]\ndependencies = ["six>=1"]\n',
                    "uv.lock": lock("six 1.0"),
                },
                settings: { requireExactVersions: false },
            }).violations,
        ).toEqual([]));

    test.each(["poetry", "uv"])("%s by Pulumi.yaml: the other's lockfile does not count", toolchain => {
        const other = toolchain === "uv" ? "poetry.lock" : "uv.lock";
        const files = {
            "Pulumi.yaml": `name: shop\nruntime:\n  name: python\n  options: { toolchain: ${toolchain} }\n`,
            "pyproject.toml": "[project]\n",
        };
        const missing =
            "pyproject.toml:1: has no lockfile beside it; expected requirements.txt with exact versions, or uv.lock, poetry.lock or Pipfile.lock, committed.";
        expect(judgeProject(rule, { files: { ...files, [other]: "" } }).violations).toEqual([missing]);
        expect(judgeProject(rule, { files: { ...files, "pdm.lock": "" } }).violations).toEqual([missing]);
        expect(judgeProject(rule, { files: { ...files, [`${toolchain}.lock`]: "" } }).violations).toEqual([]);
    });

    test("a lockfile above the program counts for uv, and for Poetry where Pulumi.yaml names it", () => {
        const files = (toolchain: string, lockfile: string) => ({
            "a/Pulumi.yaml": `name: shop\nruntime:\n  name: python\n  options: { toolchain: ${toolchain} }\n`,
            "a/pyproject.toml": "[project]\n",
            [lockfile]: "",
        });
        const count = (toolchain: string, lockfile: string) =>
            judgeProject(rule, { files: files(toolchain, lockfile), project: "a" }).violations.length;
        expect(count("uv", "uv.lock")).toBe(0);
        expect(count("poetry", "poetry.lock")).toBe(0);
        expect(count("''", "uv.lock")).toBe(0);
        expect(count("''", "poetry.lock")).toBe(1);
    });

    test.each(["pyproject.toml", "Pipfile"])("%s without a lockfile", manifest =>
        expect(judged({ [manifest]: "" }).violations).toEqual([
            `${manifest}:1: has no lockfile beside it; expected requirements.txt with exact versions, or uv.lock, poetry.lock or Pipfile.lock, committed.`,
        ]),
    );

    test.each([
        ["uv.lock", "pyproject.toml"],
        ["poetry.lock", "pyproject.toml"],
        ["pdm.lock", "pyproject.toml"],
    ])("%s that .gitignore leaves out", (lockfile, manifest) =>
        expect(judged({ [manifest]: "", [lockfile]: "", ".gitignore": `${lockfile}\n` }).violations).toEqual([
            `.gitignore:1: keeps \`${lockfile}\` out of the repository; expected the lockfile to be committed.`,
        ]),
    );

    test("requirements.txt that .gitignore leaves out", () =>
        expect(judged({ "requirements.txt": "", ".gitignore": "requirements.txt\n" }).violations).toEqual([
            ".gitignore:1: keeps `requirements.txt` out of the repository; expected the lockfile to be committed.",
        ]));
});
