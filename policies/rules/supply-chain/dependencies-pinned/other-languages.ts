import type { Workspace } from "../../../kit/project/workspace";
import { notCommitted } from "./gitignore";
import { below, type Defect, type Demands, isThere, lineOf, type Program, upward } from "./program";

/**
 * What is wrong with the dependencies of a program in Go: go.mod names exact versions, go.sum their hashes.
 * Source: Go Modules Reference, "go.mod files", "Authenticating modules".
 */
export function goDefects({ workspace, dir, project }: Program): Defect[] {
    const home = upward(dir).find(folder => isThere(workspace, below(folder, "go.mod")));
    if (home === undefined) {
        const message =
            "names a program in Go, but there is no go.mod in its folder or above; expected one, and go.sum.";
        return [{ at: project.file.content, message }];
    }
    const manifest = below(home, "go.mod");
    const lines = (workspace.text(manifest).text ?? "").split(/\r?\n/);
    const replaced = new Set(lines.flatMap(line => /^\s*(?:replace\s+)?(\S+)(?:\s+v\S+)?\s+=>/.exec(line)?.[1] ?? []));
    const required = lines.flatMap((line, index) => {
        const [, module = "", version = "", comment = ""] =
            /^\s*(?:require\s+)?([\w.~-]+(?:\/[\w.~-]+)*)\s+(v\d\S*)\s*(\/\/.*)?$/.exec(line) ?? [];
        const isDirect = module !== "" && !comment.includes("indirect") && !replaced.has(module);
        return isDirect && !/^\s*(exclude|retract)\b/.test(line) ? [{ module, version, line: index + 1 }] : [];
    });
    if (required.length === 0) return [];
    const lockfile = below(home, "go.sum");
    const sums = workspace.text(lockfile).text;
    if (sums === undefined) {
        return [
            {
                at: { file: manifest, line: 1 },
                message: "has no go.sum beside it; expected the one of `go mod tidy`, committed.",
            },
        ];
    }
    const known = new Set(sums.split(/\r?\n/).map(line => line.split(" ").slice(0, 2).join(" ")));
    const missing = required
        .filter(({ module, version }) => !known.has(`${module} ${version}`))
        .map(({ module, version, line }) => ({
            at: { file: manifest, line },
            message: `\`${module} ${version}\` has no hash in ${lockfile}; expected the go.sum of \`go mod tidy\`, committed together.`,
        }));
    return [...missing, ...notCommitted(workspace, lockfile)];
}

/**
 * What is wrong with the dependencies of a program in .NET.
 * Source: NuGet documentation, "Package references in project files", sections "Floating versions", "Locking dependencies".
 */
export function dotnetDefects({ workspace, dir, project }: Program, demands: Demands): Defect[] {
    const name = workspace.list(dir).find(file => /\.(cs|fs|vb)proj$/.test(file));
    if (name === undefined) {
        const message =
            "names a program in .NET, but there is no project file in its folder; expected one, and packages.lock.json.";
        return [{ at: project.file.content, message }];
    }
    const manifest = below(dir, name);
    const central = upward(dir)
        .map(folder => below(folder, "Directory.Packages.props"))
        .find(path => isThere(workspace, path));
    const references = [manifest, ...(central === undefined ? [] : [central])].flatMap(file =>
        packagesIn(workspace, file),
    );
    const inexact = references
        .filter(({ version }) => demands.requireExactVersions && version !== undefined && /[*,]/.test(version))
        .map(({ at, id, version }) => ({
            at,
            message: `\`${id}\` is \`${version}\`, which many versions fit; expected an exact version.`,
        }));
    const own = references.filter(({ at }) => at.file === manifest);
    if (own.length === 0) return inexact;
    const lockfile = below(dir, "packages.lock.json");
    const text = workspace.text(lockfile).text;
    if (text === undefined) {
        const message =
            "has no packages.lock.json beside it; expected `RestorePackagesWithLockFile` set to true, and the lockfile committed.";
        return [...inexact, { at: { file: manifest, line: 1 }, message }];
    }
    const known = text.toLowerCase();
    const missing = own
        .filter(({ id }) => !known.includes(`"${id.toLowerCase()}"`))
        .map(({ at, id }) => ({
            at,
            message: `\`${id}\` is not in ${lockfile}; expected the lockfile of \`dotnet restore\`, committed together.`,
        }));
    return [...inexact, ...missing, ...notCommitted(workspace, lockfile)];
}

function packagesIn(workspace: Workspace, file: string) {
    const text = workspace.text(file).text ?? "";
    return [
        ...text.matchAll(/<Package(?:Reference|Version)\s[^>]*?Include="([^"]+)"([^>]*)(?:\/>|>([\s\S]*?)<\/Package)/g),
    ].map(([, id = "", attributes = "", inner = ""]) => ({
        id,
        version: /Version="([^"]*)"/.exec(attributes)?.[1] ?? /<Version>([^<]*)</.exec(inner)?.[1],
        at: { file, line: lineOf(text, `"${id}"`) },
    }));
}

/**
 * What is wrong with the dependencies of a program in Java, Kotlin or Scala: Maven has no lockfile, so its versions must be
 * exact; Gradle has one once it is told to.
 * Source: Maven, "POM Reference", section "Dependency Version Requirement Specification"; Gradle User Manual, "Locking
 * Versions", "Verifying dependencies".
 */
export function javaDefects({ workspace, dir, project }: Program, demands: Demands): Defect[] {
    const [home, manifest] = upward(dir)
        .flatMap(folder => ["pom.xml", "build.gradle", "build.gradle.kts"].map(name => [folder, below(folder, name)]))
        .find(([, path = ""]) => isThere(workspace, path)) ?? ["", undefined];
    if (manifest === undefined) {
        const message =
            "names a program for the Java virtual machine, but there is no pom.xml or build.gradle in its folder or above.";
        return [{ at: project.file.content, message: `${message.slice(0, -1)}; expected one with exact versions.` }];
    }
    const text = workspace.text(manifest).text ?? "";
    const floating = manifest.endsWith("pom.xml")
        ? /<version>\s*((?:[[(][^<]*)|LATEST|RELEASE|[^<]*-SNAPSHOT)\s*<\/version>/g
        : /["'][\w.-]+:[\w.-]+:((?:[^"']*\+)|latest\.\w+|[[(][^"']*|[^"']*-SNAPSHOT)["']/g;
    const body = manifest.endsWith("pom.xml")
        ? text.replace(/^[\s\S]*?(?=<dependencies>|<dependencyManagement>|<properties>)/, head =>
              head.replace(/[^\n]/g, " "),
          )
        : text;
    const inexact = demands.requireExactVersions
        ? [...body.matchAll(floating)].map(match => ({
              at: { file: manifest, line: body.slice(0, match.index).split("\n").length },
              message: `is \`${match[1]}\`, which many versions fit; expected an exact version.`,
          }))
        : [];
    if (manifest.endsWith("pom.xml")) return inexact;
    const locks = [dir, home ?? ""].flatMap(folder => [
        below(folder, "gradle.lockfile"),
        below(folder, "gradle/verification-metadata.xml"),
    ]);
    const found = locks.find(path => isThere(workspace, path));
    if (found !== undefined) return [...inexact, ...notCommitted(workspace, found)];
    const message =
        "has no gradle.lockfile and no gradle/verification-metadata.xml; expected `dependencyLocking { lockAllConfigurations() }`, and the lockfile committed.";
    return [...inexact, { at: { file: manifest, line: 1 }, message }];
}
