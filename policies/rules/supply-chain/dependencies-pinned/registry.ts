import type { Workspace } from "../../../kit/project/workspace";
import type { Pipeline } from "../../../pipelines/pipeline";
import { runsPulumi } from "../../../pipelines/pipeline";
import { below, type Defect, isThere, type Program, upward } from "./program";

/** A registry that a file names. */
interface Source {
    readonly file: string;
    readonly line: number;
    readonly url: string;
}

/** Where a language's tools are told which registry to use. */
interface Language {
    /** Files that may name registries, in the program's folder or above, by a pattern on their names. */
    readonly files: RegExp;
    /** What names a registry in them; the first group that matched is its address. */
    readonly places: readonly RegExp[];
    /** Variables that name one in CI. */
    readonly variables: readonly string[];
    /** Where it is best set. */
    readonly expected: (registry: string) => string;
}

/**
 * Source: pip documentation, "Configuration"; uv, "Package indexes"; Poetry, "Repositories"; Pipenv, "Specifying package
 * indexes"; NuGet, "nuget.config reference"; Maven, "Settings Reference" and "POM Reference"; Gradle User Manual, "Declaring
 * repositories"; Go Modules Reference, "Environment variables".
 */
const LANGUAGES: ReadonlyMap<string, Language> = new Map(
    Object.entries<Language>({
        python: {
            files: /^(requirements[\w.-]*\.txt|pip\.conf|pip\.ini|pyproject\.toml|uv\.toml|Pipfile)$/,
            places: [
                /^\s*(?:-i|--index-url|--extra-index-url)[\s=]+(\S+)/,
                /^\s*(?:extra-)?index-url\s*=\s*["']?([^"'\s]+)/,
                /^\s*url\s*=\s*["'](https?:[^"']+)["']/,
            ],
            variables: [
                "PIP_INDEX_URL",
                "PIP_EXTRA_INDEX_URL",
                "UV_INDEX_URL",
                "UV_DEFAULT_INDEX",
                "UV_EXTRA_INDEX_URL",
            ],
            expected: registry =>
                `\`--index-url ${registry}\` in requirements.txt, or an index in pyproject.toml or Pipfile`,
        },
        dotnet: {
            files: /^nuget\.config$/i,
            places: [/<add\s[^<>]*\bvalue="(https?:[^"]+)"/i],
            variables: [],
            expected: registry => `nuget.config with \`<clear />\` and \`${registry}\` as its only source`,
        },
        java: {
            files: /^(pom\.xml|settings\.xml|(build|settings)\.gradle(\.kts)?)$/,
            places: [
                /<url>\s*(https?:[^<\s]+)\s*<\/url>/,
                /\burl\s*(?:=\s*)?(?:uri\(\s*)?["'](https?:[^"']+)["']/,
                /\b(mavenCentral|gradlePluginPortal|google)\(\)/,
            ],
            variables: [],
            expected: registry => `a mirror or repository with \`${registry}\`, and no other`,
        },
        go: {
            files: /^go\.env$/,
            places: [/^\s*GOPROXY\s*=\s*(\S+)/],
            variables: ["GOPROXY"],
            expected: registry => `\`GOPROXY: ${registry}\` in the workflow that runs the program`,
        },
    }),
);

/**
 * Where a program's packages come from another registry than the one that is asked for, or none is named. Node.js and Bun
 * have files of their own and are judged with their lockfiles. What a developer's or runner's own settings say is not seen.
 */
export function registryDefects(
    { workspace, dir, project }: Program,
    registry: string,
    pipelines: readonly Pipeline[],
): Defect[] {
    const language = LANGUAGES.get(project.runtime ?? "");
    if (language === undefined) return [];
    const written = [...upward(dir), ...upward(dir).map(folder => below(folder, ".mvn"))].flatMap(folder =>
        workspace
            .list(folder)
            .filter(name => language.files.test(name))
            .flatMap(name => sourcesIn(workspace, below(folder, name), language)),
    );
    const set = pipelines
        .flatMap(pipeline => pipeline.jobs.filter(runsPulumi))
        .flatMap(job =>
            [job.scope, ...job.steps.map(({ scope }) => scope)].flatMap(({ env }) =>
                language.variables.flatMap(name => {
                    const at = env.get(name);
                    return at === undefined ? [] : [{ file: at.file, line: at.line, url: String(at.scalar() ?? "") }];
                }),
            ),
        );
    const sources = [...written, ...set].flatMap(source =>
        // GOPROXY is a list; after `,` or `|` comes what is used in the first one's place.
        project.runtime === "go" ? source.url.split(/[,|]/).map(url => ({ ...source, url })) : [source],
    );
    const expected = `expected ${language.expected(registry)}.`;
    if (sources.length === 0) {
        const message = `names no registry for this program, so that its packages come from the public one; ${expected}`;
        return [{ at: project.file.content, message }];
    }
    return sources
        .filter(({ url }) => !isSame(url, registry) && url !== "off" && !url.includes("$"))
        .map(({ file, line, url }) => ({
            at: { file, line },
            message: `gets packages from \`${url.replace(/\/\/[^/@]*@/, "//…@")}\`; ${expected}`,
        }));
}

function sourcesIn(workspace: Workspace, file: string, { places }: Language): Source[] {
    if (!isThere(workspace, file)) return [];
    const text = blankComments(workspace.text(file).text ?? "");
    const inside = file.endsWith("pom.xml")
        ? onlyRepositories(text)
        : /Pipfile$|\.toml$/.test(file)
          ? onlyIndexes(text)
          : text;
    return inside.split(/\r?\n/).flatMap((line, index) => {
        const match = places.map(place => place.exec(line)).find(found => found !== null);
        const url = match?.slice(1).find(group => group !== undefined);
        return url === undefined ? [] : [{ file, line: index + 1, url }];
    });
}

function isSame(url: string, registry: string): boolean {
    const normalized = (text: string) => text.replace(/\/\/[^/@]*@/, "//").replace(/(?<!\/)\/+$/, "");
    return normalized(url) === normalized(registry);
}

function blankComments(text: string): string {
    // Behind the last end of a comment none has one, and looking for it from each would take long.
    const end = text.lastIndexOf("-->") + "-->".length;
    const bare = text.slice(0, end).replace(/<!--[\s\S]*?-->/g, blank) + text.slice(end);
    return bare.replace(/^[^\S\n]*(#|\/\/).*/gm, blank);
}

/** A pom.xml without other addresses than those of repositories, such as the project's home page. */
function onlyRepositories(text: string): string {
    const end = Math.max(
        ...["</repositories>", "</pluginRepositories>"].map(tag => text.lastIndexOf(tag) + tag.length),
    );
    const parts = text
        .slice(0, end)
        .split(/(<(?:repositories|pluginRepositories)>[\s\S]*?<\/(?:repositories|pluginRepositories)>)/);
    const seen = parts.map((part, index) => (index % 2 === 1 ? part : blank(part)));
    return seen.join("") + blank(text.slice(end));
}

/** TOML without other addresses than those of package indexes, such as those of single packages. */
function onlyIndexes(text: string): string {
    let isIndex = false;
    const lines = text.split("\n").map(line => {
        if (/^\s*\[/.test(line)) isIndex = /^\s*\[\[[^\]]*\b(index|source)\]\]/.test(line);
        return /^\s*url\s*=/.test(line) && !isIndex ? "" : line;
    });
    return lines.join("\n");
}

/** The same lines without their text. */
function blank(text: string): string {
    return text.replace(/[^\n]/g, " ");
}
