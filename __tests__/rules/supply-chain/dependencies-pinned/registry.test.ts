import { rule } from "../../../../policies/rules/supply-chain/dependencies-pinned";
import { judgeProject } from "../../../support/test-rule";

const OWN = "https://packages.example.com/simple";
const OTHER = "https://other.example.org/all";

/** Programs whose own files are right, by language. */
const PROGRAMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    python: { "requirements.txt": "" },
    dotnet: { "shop.csproj": "<Project />" },
    java: { "pom.xml": "<project />" },
    go: { "go.mod": "module example.com/shop\n" },
};

const EXPECTED: Readonly<Record<string, string>> = {
    python: `expected \`--index-url ${OWN}\` in requirements.txt, or an index in pyproject.toml or Pipfile.`,
    dotnet: `expected nuget.config with \`<clear />\` and \`${OWN}\` as its only source.`,
    java: `expected a mirror or repository with \`${OWN}\`, and no other.`,
    go: `expected \`GOPROXY: ${OWN}\` in the workflow that runs the program.`,
};

const judged = (language: string, files: Record<string, string>, registry = OWN) =>
    judgeProject(rule, {
        project: "a",
        files: {
            "a/Pulumi.yaml": `name: shop\nruntime: ${language}\n`,
            ...Object.fromEntries(Object.entries(PROGRAMS[language] ?? {}).map(([name, text]) => [`a/${name}`, text])),
            ...files,
        },
        settings: { registries: { [language]: registry } },
    }).violations.filter(message => message.includes("registr") || message.includes("gets packages"));

const from = (language: string, place: string, url: string) => [
    `${place}: gets packages from \`${url}\`; ${EXPECTED[language]}`,
];

const none = (language: string) => [
    `a/Pulumi.yaml:1: names no registry for this program, so that its packages come from the public one; ${EXPECTED[language]}`,
];

/** A line of each kind of file that names a registry. */
const PLACES: readonly (readonly [string, string, (url: string) => string])[] = [
    ["python", "requirements.txt", url => `--index-url ${url}`],
    ["python", "requirements.txt", url => `  --index-url=${url}`],
    ["python", "requirements.txt", url => `-i ${url}`],
    ["python", "requirements.txt", url => `-i   ${url}`],
    ["python", "requirements.txt", url => `--extra-index-url ${url}`],
    ["python", "requirements-dev.txt", url => `-i ${url}`],
    ["python", "requirements.in.txt", url => `-i ${url}`],
    ["python", "pip.conf", url => `index-url = ${url}`],
    ["python", "pip.conf", url => `index-url=${url}`],
    ["python", "pip.ini", url => `  extra-index-url = ${url}`],
    ["python", "uv.toml", url => `index-url = "${url}"`],
    ["python", "uv.toml", url => `extra-index-url = '${url}'`],
    ["python", "uv.toml", url => `[[index]]\nurl = "${url}"`],
    ["python", "pyproject.toml", url => `[[tool.uv.index]]\nurl = "${url}"`],
    ["python", "pyproject.toml", url => `  [[tool.poetry.source]]\n  name = "x"\n  url="${url}"`],
    ["python", "Pipfile", url => `[[source]]\nurl = '${url}'`],
    ["dotnet", "nuget.config", url => `<add key="x" value="${url}" />`],
    ["dotnet", "NuGet.Config", url => `<ADD key="x" VALUE="${url}" />`],
    ["java", "pom.xml", url => `<repositories><repository>\n<url>${url}</url></repository></repositories>`],
    ["java", "pom.xml", url => `<pluginRepositories><x>\n<url> ${url} </url></x></pluginRepositories>`],
    ["java", "settings.xml", url => `<url>${url}</url>`],
    ["java", ".mvn/settings.xml", url => `<url>\t${url}\t</url>`],
    ["java", "build.gradle", url => `maven { url "${url}" }`],
    ["java", "build.gradle", url => `maven { url '${url}' }`],
    ["java", "build.gradle", url => `maven { url = '${url}' }`],
    ["java", "build.gradle", url => `maven { url='${url}' }`],
    ["java", "build.gradle", url => `maven { url = uri( '${url}' ) }`],
    ["java", "build.gradle.kts", url => `maven { url = uri("${url}") }`],
    ["java", "settings.gradle", url => `maven { url uri("${url}") }`],
    ["java", "settings.gradle.kts", url => `maven { url = uri("${url}") }`],
    ["go", "go.env", url => `GOPROXY=${url}`],
    ["go", "go.env", url => `  GOPROXY = ${url}`],
];

describe.each(PLACES)("%s: %s with %s", (language, file, line) => {
    const count = (text: string) => text.split("\n").findIndex(part => part.includes("http")) + 1;
    test("names the registry that is asked for", () => {
        for (const url of [OWN, `${OWN}/`]) expect(judged(language, { [`a/${file}`]: `\n${line(url)}\n` })).toEqual([]);
    });
    test("names another one", () => {
        const text = `\n${line(OTHER)}\n`;
        expect(judged(language, { [`a/${file}`]: text })).toEqual(from(language, `a/${file}:${count(text)}`, OTHER));
    });
    test("counts above the program as well", () => {
        const text = `\n${line(OTHER)}\n`;
        expect(judged(language, { [file]: text })).toEqual(from(language, `${file}:${count(text)}`, OTHER));
    });
    test("does not show credentials", () => {
        const url = OTHER.replace("//", "//me:hunter2@");
        const text = `\n${line(url)}\n`;
        expect(judged(language, { [`a/${file}`]: text })).toEqual(
            from(language, `a/${file}:${count(text)}`, OTHER.replace("//", "//…@")),
        );
    });
    test("leaves a variable to whoever sets it", () =>
        expect(judged(language, { [`a/${file}`]: `\n${line("https://$HOST/simple")}\n` })).toEqual([]));
});

describe("what names no registry", () => {
    test.each(Object.keys(PROGRAMS))("%s: nothing", language => expect(judged(language, {})).toEqual(none(language)));

    test.each([
        ["python", "requirements.txt", `# --index-url ${OTHER}`],
        ["python", "requirements.txt", `six --index-url ${OTHER}`],
        ["python", "requirements.txt", `-x ${OTHER}`],
        ["python", "pip.conf", `# index-url = ${OTHER}`],
        ["python", "pip.conf", `no-index-url = ${OTHER}`],
        ["python", "pip.conf", `index-url ${OTHER}`],
        ["python", "xrequirements.txt", `-i ${OTHER}`],
        ["python", "requirements.txt.bak", `-i ${OTHER}`],
        ["python", "requirements", `-i ${OTHER}`],
        ["python", "xpip.conf", `index-url = ${OTHER}`],
        ["python", "pip.conf.bak", `index-url = ${OTHER}`],
        ["python", "pipxconf", `index-url = ${OTHER}`],
        ["python", "Pipfiles", `index-url = ${OTHER}`],
        ["python", "pyproject.toml", `[project.urls]\nurl = "${OTHER}"`],
        ["python", "pyproject.toml", `[[tool.uv.index]]\nx = 1\n[other]\nurl = "${OTHER}"`],
        ["python", "pyproject.toml", `[[tool.uv.indexes]]\nurl = "${OTHER}"`],
        ["python", "pyproject.toml", `[[tool.uv.noindex]]\nurl = "${OTHER}"`],
        ["python", "pyproject.toml", `[[tool.uv.index]]\nmyurl = "${OTHER}"`],
        ["python", "pyproject.toml", `[[tool.uv.index]]\nurl = "ftp://x"`],
        ["dotnet", "nuget.config", `<!-- <add key="x" value="${OTHER}" /> -->`],
        ["dotnet", "nuget.config", `<!--\n<add key="x" value="${OTHER}" />\n-->`],
        ["dotnet", "nuget.config", `<addx value="${OTHER}" />`],
        ["dotnet", "nuget.config", `<add xvalue="${OTHER}" />`],
        ["dotnet", "nuget.config", `<add key="x" value="folder" />`],
        ["dotnet", "nuget.config.bak", `<add key="x" value="${OTHER}" />`],
        ["dotnet", "xnuget.config", `<add key="x" value="${OTHER}" />`],
        ["java", "pom.xml", `<url>${OTHER}</url>`],
        ["java", "pom.xml", `<repositories></repositories>\n<url>${OTHER}</url>`],
        ["java", "pom.xml", `<url>${OTHER}</url>\n<repositories></repositories>`],
        ["java", "pom.xml", `<repositories><!-- <url>${OTHER}</url> --></repositories>`],
        ["java", "build.gradle", `// maven { url "${OTHER}" }`],
        ["java", "build.gradle", `maven { xurl "${OTHER}" }`],
        ["java", "build.gradle", `maven { url "file:///x" }`],
        ["java", "build.gradle", "xmavenCentral()"],
        ["java", "build.gradle", "mavenCentral"],
        ["java", "settings.xml", "<url>file:///x</url>"],
        ["java", "build.gradle.bak", "mavenCentral()"],
        ["java", "xsettings.gradle", "mavenCentral()"],
        ["go", "go.env", `# GOPROXY=${OTHER}`],
        ["go", "go.env", `XGOPROXY=${OTHER}`],
        ["go", "xgo.env", `GOPROXY=${OTHER}`],
        ["go", "go.env.bak", `GOPROXY=${OTHER}`],
    ])("%s: %s with %j", (language, file, text) =>
        expect(judged(language, { [`a/${file}`]: `${text}\n` })).toEqual(none(language)),
    );
});

describe("which address is another one", () => {
    const go = (value: string) => judged("go", { "a/go.env": `GOPROXY=${value}\n` });
    test("Go: each of a list", () => {
        expect(go(`${OWN},off`)).toEqual([]);
        expect(go(`${OWN}|off`)).toEqual([]);
        expect(go(`${OWN}|direct`)).toEqual(from("go", "a/go.env:1", "direct"));
        expect(go(`direct,${OTHER}`)).toEqual([
            ...from("go", "a/go.env:1", "direct"),
            ...from("go", "a/go.env:1", OTHER),
        ]);
    });
    test("other languages have no lists", () =>
        expect(judged("python", { "a/requirements.txt": `-i ${OTHER}/a,b|c\n` })).toEqual(
            from("python", "a/requirements.txt:1", `${OTHER}/a,b|c`),
        ));
    test("slashes at the end and credentials do not tell them apart, a path does", () => {
        const python = (url: string, registry?: string) =>
            judged("python", { "a/requirements.txt": `-i ${url}\n` }, registry);
        expect(python(`${OWN}///`)).toEqual([]);
        expect(python(OWN.replace("//", "//me:hunter2@"))).toEqual([]);
        expect(python(OWN, `${OWN}/`)).toEqual([]);
        expect(python(`${OWN}/x`)).toEqual(from("python", "a/requirements.txt:1", `${OWN}/x`));
        expect(python(OWN.replace("/simple", ""))).toHaveLength(1);
    });
    test.each(["mavenCentral", "gradlePluginPortal", "google"])("Gradle: %s", name =>
        expect(judged("java", { "a/build.gradle": `\n  ${name}()\n` })).toEqual(from("java", "a/build.gradle:2", name)),
    );
    test("a comment of XML among registries does not shift lines", () =>
        expect(
            judged("dotnet", {
                "a/nuget.config": `<!-- a\nb -->\n<add key="x" value="${OTHER}" />\n<!-- c -->\n`,
            }),
        ).toEqual(from("dotnet", "a/nuget.config:3", OTHER)));
});

describe("variables in CI", () => {
    const workflow = (body: string) => ({ ".github/workflows/w.yml": `on: push\n${body}` });
    const ci = (language: string, variable: string) => ({
        workflow: workflow(`env:\n  ${variable}: ${OTHER}\njobs:\n  up:\n    steps:\n      - run: pulumi up\n`),
        job: workflow(`jobs:\n  up:\n    env:\n      ${variable}: ${OTHER}\n    steps:\n      - run: pulumi up\n`),
        step: workflow(
            `jobs:\n  up:\n    steps:\n      - run: pulumi up\n        env:\n          ${variable}: ${OTHER}\n`,
        ),
        other: workflow(
            `jobs:\n  web:\n    env:\n      ${variable}: ${OTHER}\n    steps:\n      - run: make\n  up:\n    steps:\n      - run: pulumi up\n`,
        ),
        language,
    });
    test.each([
        ["python", "PIP_INDEX_URL"],
        ["python", "PIP_EXTRA_INDEX_URL"],
        ["python", "UV_INDEX_URL"],
        ["python", "UV_DEFAULT_INDEX"],
        ["python", "UV_EXTRA_INDEX_URL"],
        ["go", "GOPROXY"],
    ])("%s: %s", (language, variable) => {
        const at = ci(language, variable);
        expect(new Set(judged(language, at.workflow))).toEqual(
            new Set(from(language, ".github/workflows/w.yml:3", OTHER)),
        );
        expect(new Set(judged(language, at.job))).toEqual(new Set(from(language, ".github/workflows/w.yml:5", OTHER)));
        expect(judged(language, at.step)).toEqual(from(language, ".github/workflows/w.yml:7", OTHER));
        expect(judged(language, at.other)).toEqual(none(language));
    });
    test.each(["dotnet", "java"])("%s has none", language =>
        expect(judged(language, ci(language, "PIP_INDEX_URL").workflow)).toEqual(none(language)),
    );
});
