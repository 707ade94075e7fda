import { rule } from "../../../../policies/rules/supply-chain/dependencies-pinned";
import { judgeProject } from "../../../support/test-rule";

const SHA = "b4ffde65f46336ab88eb53be808477a3936bae11";

const PROJECT = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n" };

const json = (value: unknown) => JSON.stringify(value, undefined, 2);

const judged = (files: Record<string, string>, settings: object = { requireScriptAllowList: false }) =>
    judgeProject(rule, { files: { ...PROJECT, ...files }, settings: { ...settings } });

const violations = (files: Record<string, string>, settings?: object) => judged(files, settings).violations;

/** A manifest with one package, and a lockfile of npm made from it. */
const one = (spec: string) => {
    const dependencies = { a: spec };
    return {
        "package.json": json({ dependencies }),
        "package-lock.json": json({ packages: { "": { dependencies } } }),
    };
};

describe("a specification that fits one version or content", () => {
    test.each([
        "1.2.3",
        " 1.2.3 ",
        "=1.2.3",
        "v1.2.3",
        "10.20.30",
        "1.2.3-rc.1",
        "1.2.3-x-y",
        "1.2.3+build.1",
        "1.2.3+a-b",
        "1.2.3-rc.1+build.1",
        "npm:other@1.2.3",
        "npm:@acme/other@1.2.3",
        "npm:1.2.3",
        "jsr:1.2.3",
        "jsr:@acme/other@1.2.3",
        "workspace:*",
        "file:../a",
        "link:../a",
        "portal:../a",
        "patch:a@npm:1.2.3#x",
        "exec:./make.js",
        "./a",
        "../a",
        "/opt/a",
        "https://example.com/a.tgz",
        "http://example.com/a.tgz",
        "https://example.com/a.tar.gz",
        "https://example.com/a.tgz?x=1",
        "https://example.com/a.tgz#x",
        `acme/a#${SHA}`,
        `acme/a#${SHA.toUpperCase()}`,
        `github:acme/a#${SHA}`,
        `gitlab:acme/a#${SHA}`,
        `bitbucket:acme/a#${SHA}`,
        `git:example.com/a.git#${SHA}`,
        `git+https://example.com/a.git#${SHA}`,
        `https://example.com/a.git#${SHA}`,
        `git+ssh://git@example.com/a.git#commit=${SHA}`,
        `git+ssh://git@example.com/a.git#workspace=x:${SHA}`,
        `git+ssh://git@example.com/a.git#x#${SHA}`,
    ])("%s", spec => expect(violations(one(spec))).toEqual([]));
});

describe("a specification that fits many versions", () => {
    test.each([
        ["^1.2.3", "1.2.3"],
        ["~1.2.3-rc.1", "1.2.3-rc.1"],
        ["~10.20.30", "10.20.30"],
        [">=1.2.3 <2", "1.2.3"],
        ["1.2.x", undefined],
        ["1.2", undefined],
        ["*", undefined],
        ["latest", undefined],
        ["x1.2.3", "1.2.3"],
        ["1.2.3 || 2.0.0", "1.2.3"],
        ["1.2.3-", "1.2.3"],
        ["1.2.3.4", "1.2.3"],
        ["npm:other@^1.2.3", "1.2.3"],
        ["npm:other", undefined],
        ["npm:1.2.x", undefined],
        ["jsr:@acme/other@~1.2.3", "1.2.3"],
    ])("%s", (spec, first) =>
        expect(violations(one(spec))).toEqual([
            `package.json:3: dependencies.a: is \`${spec}\`, which many versions fit; expected an exact version${first === undefined ? "" : `, such as \`${first}\``}.`,
        ]),
    );

    test("none at all", () =>
        expect(violations(one(""))).toEqual([
            "package.json:3: dependencies.a: is no version; expected an exact version.",
        ]));

    test("a version that is no text", () =>
        expect(
            violations({
                "package.json": '{ "dependencies": { "a": null } }',
                "package-lock.json": json({ packages: { "": { dependencies: { a: "" } } } }),
            }),
        ).toEqual(["package.json:1: dependencies.a: is no version; expected an exact version."]));

    test.each([
        "acme/a",
        "acme/a#main",
        "acme.x/a-b.c",
        `acme/a#${SHA}0`,
        `acme/a#${SHA.slice(1)}`,
        "github:acme/a",
        "gitlab:acme/a#main",
        "bitbucket:acme/a#v1.2.3",
        "git:example.com/a.git",
        "git+ssh://git@example.com/a.git#semver:^1.2.3",
        "https://example.com/a.git",
        "http://example.com/a.tgz.html",
        "https://example.com/a.tar.gz.html",
        "https://example.com/a.zip",
    ])("a branch or tag: %s", spec =>
        expect(violations(one(spec))).toEqual([
            `package.json:3: dependencies.a: is \`${spec}\`, a branch or tag that can be moved; expected a full commit behind \`#\`.`,
        ]),
    );

    test.each(["dependencies", "devDependencies", "optionalDependencies"])("in %s", section => {
        const sections = { [section]: { a: "^1.0.0" } };
        const files = { "package.json": json(sections), "package-lock.json": json({ packages: { "": sections } }) };
        expect(violations(files)).toEqual([
            `package.json:3: ${section}.a: is \`^1.0.0\`, which many versions fit; expected an exact version, such as \`1.0.0\`.`,
        ]);
        expect(violations(files, { requireScriptAllowList: false, requireExactVersions: false })).toEqual([]);
        expect(violations({ ...files, "package-lock.json": json({ packages: { "": {} } }) })).toContain(
            "package.json:3: dependencies.a: is `^1.0.0`, which package-lock.json does not have; expected the lockfile of `npm install`, committed together.".replace(
                "dependencies.a",
                `${section}.a`,
            ),
        );
    });

    test("the version that is installed in a folder above, with a name in a scope", () =>
        expect(
            judgeProject(rule, {
                project: "a/b",
                files: {
                    "a/b/Pulumi.yaml": "name: shop\nruntime: nodejs\n",
                    "a/b/package.json": json({ dependencies: { "@acme/a": "^1.0.0" } }),
                    "a/b/package-lock.json": json({ packages: { "": { dependencies: { "@acme/a": "^1.0.0" } } } }),
                    "node_modules/@acme/a/package.json": json({ version: "1.7.0" }),
                },
                settings: { requireScriptAllowList: false },
            }).violations,
        ).toEqual([
            "a/b/package.json:3: dependencies.@acme/a: is `^1.0.0`, which many versions fit; expected an exact version, such as `1.7.0`.",
        ]));
});

describe("a catalog", () => {
    const pnpm = (spec: string, more: Record<string, string>) => ({
        "package.json": json({ dependencies: { a: spec } }),
        "pnpm-lock.yaml": `importers:\n  .:\n    dependencies:\n      a: { specifier: '${spec}' }\n`,
        ...more,
    });
    const range = (place: string, shown = "^1.0.0") => [
        `${place}: is \`${shown}\`, which many versions fit; expected an exact version, such as \`1.0.0\`.`,
    ];
    const places: readonly (readonly [string, string, string, (version: string) => Record<string, string>])[] = [
        ["catalog:", "pnpm-workspace.yaml", "2: catalog.a", v => ({ "pnpm-workspace.yaml": `catalog:\n  a: ${v}\n` })],
        [
            "catalog:default",
            "pnpm-workspace.yaml",
            "2: catalog.a",
            v => ({ "pnpm-workspace.yaml": `catalog:\n  a: ${v}\n` }),
        ],
        [
            "catalog:",
            "pnpm-workspace.yaml",
            "3: catalogs.default.a",
            v => ({ "pnpm-workspace.yaml": `catalogs:\n  default:\n    a: ${v}\n` }),
        ],
        [
            "catalog:web",
            "pnpm-workspace.yaml",
            "3: catalogs.web.a",
            v => ({ "pnpm-workspace.yaml": `catalogs:\n  web:\n    a: ${v}\n` }),
        ],
        ["catalog:", ".yarnrc.yml", "2: catalog.a", v => ({ ".yarnrc.yml": `catalog:\n  a: ${v}\n` })],
    ];
    test.each(places)("%s in %s", (spec, file, place, files) => {
        expect(judged(pnpm(spec, files("1.0.0")))).toEqual({ violations: [], notes: [] });
        expect(violations(pnpm(spec, files("^1.0.0")))).toEqual(range(`${file}:${place}`));
    });
    test.each([
        ["catalog", { catalog: { a: "^1.0.0" } }, "catalog.a"],
        ["workspaces.catalog", { workspaces: { catalog: { a: "^1.0.0" } } }, "workspaces.catalog.a"],
    ])("in package.json, %s", (_, more, place) => {
        const files = pnpm("catalog:", {});
        const text = json({ dependencies: { a: "catalog:" }, ...more });
        const line = text.split("\n").findIndex(part => part.includes("^1")) + 1;
        expect(violations({ ...files, "package.json": text })).toEqual(range(`package.json:${line}: ${place}`));
    });
    test.each(["catalog:", "catalog:web"])("%s that is nowhere", spec =>
        expect(judged(pnpm(spec, { "pnpm-workspace.yaml": "catalogs:\n  other:\n    a: 1.0.0\n" }))).toEqual({
            violations: [],
            notes: [
                "Cannot be judged yet: package.json:3: dependencies.a: names a catalog that was not found, so its version is not known.",
            ],
        }),
    );
    test("a named catalog is not the default one", () =>
        expect(judged(pnpm("catalog:web", { "pnpm-workspace.yaml": "catalog:\n  a: 1.0.0\n" })).notes).toHaveLength(1));
});

describe("lockfiles", () => {
    const manifest = { "package.json": json({ dependencies: { a: "1.0.0" } }) };
    const stale = (lockfile: string, known: string | undefined, update: string) => [
        `package.json:3: dependencies.a: is \`1.0.0\`, which ${lockfile} ${known === undefined ? "does not have" : `has as \`${known}\``}; expected the lockfile of \`${update}\`, committed together.`,
    ];
    const npmLock = (version: string) => json({ packages: { "": { dependencies: { a: version } } } });
    const bunLock = (version: string) => `{ "workspaces": { "": { "dependencies": { "a": "${version}", }, }, }, }`;
    const pnpmLock = (version: string) => `importers:\n  .:\n    dependencies:\n      a: { specifier: ${version} }\n`;
    test.each([
        ["npm-shrinkwrap.json", npmLock, "npm install"],
        ["package-lock.json", npmLock, "npm install"],
        ["pnpm-lock.yaml", pnpmLock, "pnpm install"],
        ["bun.lock", bunLock, "bun install"],
    ])("%s", (lockfile, text, update) => {
        expect(violations({ ...manifest, [lockfile]: text("1.0.0") })).toEqual([]);
        expect(violations({ ...manifest, [lockfile]: text("1.0.1") })).toEqual(stale(lockfile, "1.0.1", update));
        expect(violations({ ...manifest, [lockfile]: "{}" })).toEqual(stale(lockfile, undefined, update));
    });

    test.each([
        ["a@1.0.0:\n  version 1.0.0\n", true],
        ['"a@1.0.0":\n  version 1.0.0\n', true],
        ['"a@npm:1.0.0":\n  version: 1.0.0\n', true],
        ["b@2.0.0, a@1.0.0:\r\n  version 1.0.0\r\n", true],
        ["b@2.0.0,a@1.0.0:\n", true],
        ["a@^1.0.0:\n  version 1.0.0\n", false],
        ["  a@1.0.0:\n", false],
        ["a@1.0.0\n", false],
        ["# a@1.0.0:\n", false],
        ['"a@npm:1.0.0x":\n', false],
        ["a@1.0.0: x\n", false],
    ])("yarn.lock: %j", (text, isThere) =>
        expect(violations({ ...manifest, "yarn.lock": text })).toEqual(
            isThere ? [] : stale("yarn.lock", undefined, "yarn install"),
        ),
    );

    test("yarn.lock: a scope's package, and one that a resolution replaces", () =>
        expect(
            violations({
                "package.json": json({ dependencies: { "@x/a": "1.0.0", b: "1.0.0" }, resolutions: { b: "2.0.0" } }),
                "yarn.lock": "@x/a@1.0.0:\n  version 1.0.0\n",
            }),
        ).toEqual([]));

    test("npm's lockfile of version 1: what was resolved", () => {
        const lock = (version: string) => json({ lockfileVersion: 1, dependencies: { a: { version } } });
        const files = (spec: string) => ({ "package.json": json({ dependencies: { a: spec } }) });
        const loose = { requireScriptAllowList: false, requireExactVersions: false };
        expect(violations({ ...manifest, "package-lock.json": lock("1.0.0") })).toEqual([]);
        expect(violations({ ...manifest, "package-lock.json": lock("1.0.1") })).toEqual(
            stale("package-lock.json", undefined, "npm install"),
        );
        for (const spec of ["=1.0.0", "v1.0.0", "^1.0.0"])
            expect(violations({ ...files(spec), "package-lock.json": lock("1.0.0") }, loose)).toEqual([]);
        expect(violations({ ...files("^1.0.0"), "package-lock.json": "{}" }, loose)).toHaveLength(1);
    });

    test.each([
        ["package-lock.json", "{", "is not valid JSON"],
        ["bun.lock", "{", "cannot be read; `bun install --save-text-lockfile` writes one as text"],
    ])("%s that cannot be read", (lockfile, text, problem) =>
        expect(judged({ ...manifest, [lockfile]: text })).toEqual({
            violations: [],
            notes: [
                `Cannot be judged yet: ${lockfile}: ${problem}, so whether it agrees with package.json is not known.`,
            ],
        }),
    );

    test("pnpm-lock.yaml that cannot be read", () => {
        const { violations: found, notes } = judged({ ...manifest, "pnpm-lock.yaml": "importers: [\npackages:\n" });
        expect(found).toEqual([]);
        expect(notes).toEqual([
            expect.stringMatching(
                /^Cannot be judged yet: pnpm-lock\.yaml: .+, so whether it agrees with package\.json is not known\.$/,
            ),
        ]);
    });

    test("pnpm-lock.yaml of one package, in the form of its early versions", () => {
        const early = (text: string) => violations({ ...manifest, "pnpm-lock.yaml": text });
        expect(early("lockfileVersion: 5.4\nspecifiers:\n  a: 1.0.0\n")).toEqual([]);
        expect(early("lockfileVersion: 5.4\nspecifiers:\n  a: 1.0.1\n")).toEqual(
            stale("pnpm-lock.yaml", "1.0.1", "pnpm install"),
        );
        expect(early("lockfileVersion: '6.0'\ndependencies:\n  a: { specifier: 1.0.0, version: 1.0.0 }\n")).toEqual([]);
    });

    test.each(["devDependencies", "optionalDependencies"])("pnpm-lock.yaml: %s", section =>
        expect(
            violations({
                "package.json": json({ [section]: { a: "1.0.0" } }),
                "pnpm-lock.yaml": `importers:\n  .:\n    ${section}:\n      a: { specifier: 1.0.0 }\n`,
            }),
        ).toEqual([]),
    );

    test("pnpm-lock.yaml: what an override replaces", () =>
        expect(violations({ ...manifest, "pnpm-lock.yaml": "overrides:\n  a: 2.0.0\nimporters:\n  .: {}\n" })).toEqual(
            [],
        ));

    test("bun.lock: commas before brackets go, those in texts stay", () => {
        const files = (spec: string) => ({
            "package.json": json({ dependencies: { a: spec } }),
            "bun.lock": `{ "workspaces": { "": { "dependencies": { "a": ${JSON.stringify(spec)},\n\t}, } }, "x": [1,2,], "y": "\\",}" }`,
        });
        const loose = { requireScriptAllowList: false, requireExactVersions: false };
        expect(violations(files(">=1,}"), loose)).toEqual([]);
        expect(violations(files("1.0.0"), loose)).toEqual([]);
    });

    test("of two lockfiles the one of `packageManager` counts, else the first", () => {
        const files = (packageManager: string | undefined) => ({
            "package.json": json({ dependencies: { a: "1.0.0" }, packageManager }),
            "package-lock.json": npmLock("1.0.0"),
            "bun.lock": bunLock("2.0.0"),
        });
        expect(violations(files(undefined))).toEqual([]);
        expect(violations(files("npm@10.0.0"))).toEqual([]);
        expect(violations(files("bun@1.0.0"))).toEqual(stale("bun.lock", "2.0.0", "bun install"));
        expect(violations(files("bunny@1.0.0"))).toEqual([]);
        expect(violations(files("pnpm@1.0.0"))).toEqual([]);
    });

    test("what the lockfile has and the manifest does not", () =>
        expect(
            violations({
                "package.json": "{}",
                "package-lock.json": json({ packages: { "": { devDependencies: { b: "1.0.0" } } } }),
            }),
        ).toEqual([
            "package-lock.json:5: has `b`, which package.json does not; expected the lockfile of `npm install`, committed together.",
        ]));

    test("several that the manifest does not have", () =>
        expect(
            violations({
                "package.json": "{}",
                "package-lock.json": json({ packages: { "": { dependencies: { b: "1.0.0", c: "1.0.0" } } } }),
            }),
        ).toEqual([
            "package-lock.json:5: 2 packages are not in package.json: `b`, `c`; expected the lockfile of `npm install`, committed together.",
        ]));

    describe("of a workspace", () => {
        const inside = (root: Record<string, string>, spec = "1.0.0") =>
            judgeProject(rule, {
                project: "infra/app",
                files: {
                    "infra/app/Pulumi.yaml": "name: shop\nruntime: nodejs\n",
                    "infra/app/package.json": json({ dependencies: { a: spec } }),
                    ...root,
                },
                settings: { requireScriptAllowList: false },
            }).violations;
        const none = [
            "infra/app/package.json:1: has no lockfile in its folder or at the root of its workspace; expected package-lock.json, pnpm-lock.yaml, yarn.lock or bun.lock, committed.",
        ];
        const other = (lockfile: string, known: string | undefined, update: string) => [
            `infra/app/package.json:3: dependencies.a: is \`1.0.0\`, which ${lockfile} ${known === undefined ? "does not have" : `has as \`${known}\``}; expected the lockfile of \`${update}\`, committed together.`,
        ];
        test("npm", () => {
            const root = (path: string, version: string) => ({
                "package-lock.json": json({ packages: { "": {}, [path]: { dependencies: { a: version } } } }),
            });
            expect(inside(root("infra/app", "1.0.0"))).toEqual([]);
            expect(inside(root("infra/app", "2.0.0"))).toEqual(other("package-lock.json", "2.0.0", "npm install"));
            expect(inside(root("infra/other", "1.0.0"))).toEqual(none);
            expect(inside({ "package-lock.json": json({ dependencies: { a: { version: "1.0.0" } } }) })).toEqual(none);
        });
        test("pnpm", () => {
            const root = (path: string, version: string) => ({
                "pnpm-lock.yaml": `importers:\n  ${path}:\n    dependencies:\n      a: { specifier: ${version} }\n`,
            });
            expect(inside(root("infra/app", "1.0.0"))).toEqual([]);
            expect(inside(root("infra/app", "2.0.0"))).toEqual(other("pnpm-lock.yaml", "2.0.0", "pnpm install"));
            expect(inside(root("infra/other", "1.0.0"))).toEqual(none);
            expect(inside({ "pnpm-lock.yaml": "specifiers:\n  a: 1.0.0\n" })).toEqual(none);
        });
        test("Yarn", () => {
            const root = (manifest: object, version: string) => ({
                "package.json": json(manifest),
                "yarn.lock": `a@${version}:\n  version ${version}\n`,
            });
            expect(inside(root({ workspaces: ["infra/*"] }, "1.0.0"))).toEqual([]);
            expect(inside(root({ workspaces: ["infra/*"] }, "2.0.0"))).toEqual(
                other("yarn.lock", undefined, "yarn install"),
            );
            expect(inside(root({}, "1.0.0"))).toEqual(none);
        });
        test("Bun", () => {
            const root = (path: string, version: string) => ({
                "bun.lock": json({ workspaces: { "": {}, [path]: { dependencies: { a: version } } } }),
            });
            expect(inside(root("infra/app", "1.0.0"))).toEqual([]);
            expect(inside(root("infra/app", "2.0.0"))).toEqual(other("bun.lock", "2.0.0", "bun install"));
            expect(inside(root("infra/other", "1.0.0"))).toEqual(none);
        });
        test("a binary one above is another project's", () => expect(inside({ "bun.lockb": "\u0000" })).toEqual(none));
    });
});

describe("scripts at install", () => {
    const NPM_LOCK = json({ dependencies: { a: { version: "1.0.0" } } });
    const base = { "package.json": json({ dependencies: { a: "1.0.0" } }) };
    const npm = (npmrc: string) => violations({ ...base, "package-lock.json": NPM_LOCK, ".npmrc": npmrc }, {});
    const danger = "so that every package can run scripts when it is installed";
    test.each([
        "ignore-scripts=true\n",
        "  ignore-scripts = true  \r\n",
        'ignore-scripts="true"\n',
        "ignore-scripts=false\nignore-scripts=true\n",
        "; x\nx=1\nignore-scripts=true",
    ])("npm: off by .npmrc %j", npmrc => expect(npm(npmrc)).toEqual([]));
    test.each([
        "ignore-scripts=false\n",
        "ignore-scripts=true\nignore-scripts=false\n",
        "#ignore-scripts=true\n",
        "; ignore-scripts=true\n",
        "ignore-scripts\n",
        "xignore-scripts=true\n",
        "ignore-scripts=\n",
        "x=ignore-scripts=true\n",
    ])("npm: on by .npmrc %j", npmrc =>
        expect(npm(npmrc)).toEqual([
            `.npmrc: does not set \`ignore-scripts=true\`, ${danger}; expected it, and \`npm rebuild\` for the packages that need theirs.`,
        ]),
    );
    test("npm: a package of a workspace is none that is installed", () =>
        expect(
            violations(
                {
                    ...base,
                    "package-lock.json": json({
                        packages: {
                            "": { dependencies: { a: "1.0.0" } },
                            tools: { hasInstallScript: true },
                            "node_modules/a": { hasInstallScript: false },
                            "node_modules/b": {},
                        },
                    }),
                },
                {},
            ),
        ).toEqual([]));
    test("npm: the settings do not ask for a list", () =>
        expect(violations({ ...base, "package-lock.json": NPM_LOCK })).toEqual([]));

    const YARN = { ...base, "yarn.lock": "a@1.0.0:\n  version 1.0.0\n" };
    test.each([
        { ".yarnrc": "ignore-scripts true\n" },
        { ".yarnrc": "x y\n--install.ignore-scripts   true\n" },
        { ".npmrc": "ignore-scripts=true\n" },
        { ".yarnrc.yml": "enableScripts: false\n" },
    ])("Yarn: off by %j", (files: object) => expect(violations({ ...YARN, ...files }, {})).toEqual([]));
    test.each([
        { ".yarnrc": "ignore-scripts false\n" },
        { ".yarnrc": "# ignore-scripts true\n" },
        { ".yarnrc": "--add.ignore-scripts true\n" },
        { ".yarnrc": "ignore-scriptstrue\n" },
    ])("Yarn of version 1: on by %j", (files: object) =>
        expect(violations({ ...YARN, ...files }, {})).toEqual([
            `.yarnrc: does not set \`ignore-scripts true\`, ${danger}; expected it.`,
        ]),
    );
    test.each([
        { ".yarnrc.yml": "enableScripts: true\n" },
        { ".yarnrc.yml": "nodeLinker: pnp\n" },
        { ".yarnrc.yml": "enableScripts: 'false'\n" },
        { ".yarnrc.yml": "nodeLinker: pnp\n", ".npmrc": "ignore-scripts=true\n" },
    ])("Yarn of later versions: on by %j", (files: object) =>
        expect(violations({ ...YARN, ...files }, {})).toEqual([
            `.yarnrc.yml: does not set \`enableScripts: false\`, ${danger}; expected it, and \`dependenciesMeta\` for the packages that need theirs.`,
        ]),
    );

    const pnpm = (packageManager: string | undefined, more: object, files: Record<string, string> = {}) =>
        violations(
            {
                "package.json": json({ packageManager, ...more }),
                "pnpm-lock.yaml": "importers:\n  .: {}\n",
                ...files,
            },
            {},
        );
    const every = (version: string) => [
        `pnpm-workspace.yaml: does not set \`onlyBuiltDependencies\`, ${danger} by pnpm ${version}; expected a list, or pnpm 10.`,
    ];
    test("pnpm: by its version", () => {
        expect(pnpm(undefined, {})).toEqual([]);
        expect(pnpm("pnpm@10.0.0", {})).toEqual([]);
        expect(pnpm("pnpm@11.0.0", {})).toEqual([]);
        expect(pnpm("pnpm@9.15.0", {})).toEqual(every("9"));
        expect(pnpm("pnpm@8", {})).toEqual(every("8"));
        expect(pnpm("xpnpm@8", {})).toEqual([]);
    });
    test("pnpm: a list, or none at all run", () => {
        expect(pnpm("pnpm@9.0.0", { pnpm: { onlyBuiltDependencies: [] } })).toEqual([]);
        expect(pnpm("pnpm@9.0.0", { pnpm: { allowBuilds: { a: true } } })).toEqual([]);
        expect(pnpm("pnpm@9.0.0", { pnpm: { allowBuilds: [] } })).toEqual(every("9"));
        expect(pnpm("pnpm@9.0.0", {}, { "pnpm-workspace.yaml": "onlyBuiltDependencies: [a]\n" })).toEqual([]);
        expect(pnpm("pnpm@9.0.0", {}, { "pnpm-workspace.yaml": "allowBuilds: { a: true }\n" })).toEqual([]);
        expect(pnpm("pnpm@9.0.0", {}, { ".npmrc": "ignore-scripts=true\n" })).toEqual([]);
    });
    test("pnpm: all", () => {
        expect(pnpm("pnpm@10.0.0", { pnpm: { dangerouslyAllowAllBuilds: true } })).toEqual([
            `package.json:4: pnpm.dangerouslyAllowAllBuilds: is true, ${danger}; expected \`onlyBuiltDependencies\` with those that need it.`,
        ]);
        expect(pnpm("pnpm@10.0.0", { pnpm: { dangerouslyAllowAllBuilds: false } })).toEqual([]);
    });
    test("Bun runs those of trusted packages only", () =>
        expect(violations({ "package.json": "{}", "bun.lock": "{}" }, {})).toEqual([]));
});

describe("the private registry", () => {
    const REGISTRY = "https://npm.example.com";
    const settings = { requireScriptAllowList: false, registries: { nodejs: `${REGISTRY}/` } };
    const npm = { "package.json": "{}", "package-lock.json": json({ packages: {} }) };
    test.each([
        { ".npmrc": `registry=${REGISTRY}\n` },
        { ".npmrc": `registry=${REGISTRY}//\n` },
        { ".yarnrc.yml": `npmRegistryServer: ${REGISTRY}\n` },
        { "bunfig.toml": `[install]\nregistry = "${REGISTRY}"\n` },
        { "bunfig.toml": `[install]\n  registry='${REGISTRY}/'\n` },
    ])("by %j", (files: object) => expect(violations({ ...npm, ...files }, settings)).toEqual([]));
    test.each([
        [{}, "the public registry"],
        [{ ".npmrc": "registry=https://other.example.com\n" }, "https://other.example.com"],
        [{ ".yarnrc.yml": "npmRegistryServer: https://other.example.com\n" }, "https://other.example.com"],
        [{ "bunfig.toml": `# registry = "${REGISTRY}"\n` }, "the public registry"],
        [{ "bunfig.toml": `xregistry = "${REGISTRY}"\n` }, "the public registry"],
    ])("not by %j", (files: object, used) =>
        expect(violations({ ...npm, ...files }, settings)).toEqual([
            `.npmrc: gets packages from ${used}; expected \`registry=${REGISTRY}/\`.`,
        ]),
    );
    test("Bun has a file of its own", () =>
        expect(violations({ "package.json": "{}", "bun.lock": "{}" }, settings)).toEqual([
            `bunfig.toml: gets packages from the public registry; expected \`registry=${REGISTRY}/\`.`,
        ]));
    test("a program for Bun is one for Node.js", () =>
        expect(violations({ ...npm, "Pulumi.yaml": "name: shop\nruntime: bun\n", "bun.lock": "{}" }, settings)).toEqual(
            [`.npmrc: gets packages from the public registry; expected \`registry=${REGISTRY}/\`.`],
        ));
});

describe("what .gitignore leaves out", () => {
    const out = (file: string, text: string) => judgedIn({ [file]: text });
    const judgedIn = (more: Record<string, string>) =>
        judgeProject(rule, {
            project: "a/b",
            files: {
                "a/b/Pulumi.yaml": "name: shop\nruntime: nodejs\n",
                "a/b/package.json": "{}",
                "a/b/package-lock.json": json({ packages: {} }),
                ...more,
            },
        }).violations;
    const left = (file: string, line: number) => [
        `${file}:${line}: keeps \`a/b/package-lock.json\` out of the repository; expected the lockfile to be committed.`,
    ];
    test.each([
        ["package-lock.json", 1],
        ["*.json", 1],
        ["package-lock.json   ", 1],
        ["# x\n\npackage-lock.json\r\n", 3],
        ["/a/b/package-lock.json", 1],
        ["a/b/package-lock.json", 1],
        ["a/", 1],
        ["b/", 1],
        ["b", 1],
        ["/a", 1],
        ["/a/", 1],
        ["a/b", 1],
        ["a/**", 1],
        ["!package-lock.json\npackage-lock.json", 2],
        ["package-lock.json\n!other.json", 1],
        ["package-loc?.json", 1],
    ])("by %j", (text, line) => expect(out(".gitignore", text)).toEqual(left(".gitignore", line)));
    test.each([
        "#package-lock.json",
        "package-lock.json\n!package-lock.json",
        "package-lock.json/",
        "/package-lock.json",
        "/b",
        "b/package-lock.json",
        "!!package-lock.json",
        "!package-lock.json",
        "package-lock",
        "{package-lock.json,x}",
        "package-lock.json.bak",
    ])("not by %j", text => expect(out(".gitignore", text)).toEqual([]));
    test("a file nearer counts more", () => {
        expect(judgedIn({ "a/.gitignore": "b/package-lock.json\n" })).toEqual(left("a/.gitignore", 1));
        expect(judgedIn({ "a/b/.gitignore": "/package-lock.json\n" })).toEqual(left("a/b/.gitignore", 1));
        expect(judgedIn({ ".gitignore": "*.json\n", "a/b/.gitignore": "!package-lock.json\n" })).toEqual([]);
        expect(judgedIn({ "a/b/.gitignore": "/a/b/package-lock.json\n" })).toEqual([]);
    });
});
