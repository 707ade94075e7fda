import { shortened } from "../../../kit/project/budget";
import type { Workspace } from "../../../kit/project/workspace";
import { notCommitted } from "./gitignore";
import { below, type Defect, type Demands, isThere, LineCount, notAsLocked, type Program, upward } from "./program";

const MAVEN_VERSION = /<version>([^<>]*)<\/version>/g;

/** `"group:artifact:version"`, behind which a classifier and a type may follow. Quotes and line breaks end a text, so that each character is looked at once. */
const GRADLE_VERSION = /["'][^"':\s]+:[^"':\s]+:([^"'\n:@]*)(?:[:@][^"'\n]*)?["']/g;

function isRangeOfMaven(version: string): boolean {
    return /^[[(]/.test(version) || version === "LATEST" || version === "RELEASE" || version.endsWith("-SNAPSHOT");
}

function isRangeOfGradle(version: string): boolean {
    return (
        /^[[(\]]/.test(version) ||
        version.endsWith("+") ||
        version.startsWith("latest.") ||
        version.endsWith("-SNAPSHOT")
    );
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
    const isMaven = manifest.endsWith("pom.xml");
    // What stands before is the project's own version and its parent's.
    const start = isMaven ? Math.max(0, text.search(/<(?:dependencies|dependencyManagement|properties)>/)) : 0;
    const lines = new LineCount(text);
    const inexact = demands.requireExactVersions
        ? [...text.matchAll(isMaven ? MAVEN_VERSION : GRADLE_VERSION)].flatMap((match): Defect[] => {
              const version = match[1]?.trim() ?? "";
              if (match.index < start || !(isMaven ? isRangeOfMaven(version) : isRangeOfGradle(version))) return [];
              const shown = shortened(version);
              return [
                  {
                      at: { file: manifest, line: lines.at(match.index) },
                      message: `is \`${shown}\`, which many versions fit; expected an exact version.`,
                      group: {
                          cause: "fit many versions",
                          item: `\`${shown}\` in line ${lines.at(match.index)}`,
                          expected: "expected exact versions",
                      },
                  },
              ];
          })
        : [];
    if (isMaven) return inexact;
    const locks = [dir, home ?? ""].flatMap(folder => [
        below(folder, "gradle.lockfile"),
        below(folder, "gradle/verification-metadata.xml"),
    ]);
    const found = locks.find(path => isThere(workspace, path));
    if (found !== undefined) {
        const stale = found.endsWith(".lockfile") ? staleInGradle(text, manifest, found, workspace) : [];
        return [...inexact, ...stale, ...notCommitted(workspace, found)];
    }
    const message =
        "has no gradle.lockfile and no gradle/verification-metadata.xml; expected `dependencyLocking { lockAllConfigurations() }`, and the lockfile committed.";
    return [...inexact, { at: { file: manifest, line: 1 }, message }];
}

/** A module that a configuration of a Gradle build asks for, with an exact version; those of the build itself are locked elsewhere. */
const GRADLE_MODULE =
    /\b(?:api|implementation|compileOnly|runtimeOnly|testImplementation|testRuntimeOnly)[ \t(]{1,20}["']([^"':\s]+:[^"':\s]+):(\d[^"':@\s$]*)["']/g;

/**
 * Modules that a Gradle lockfile does not have, or has in a version below the one that is asked for. It may have a higher one,
 * since of several that are asked for the highest is taken.
 * Source: Gradle User Manual, "Locking Versions", "Understanding the lock state format" (`group:module:version=configurations`).
 */
function staleInGradle(text: string, manifest: string, lockfile: string, workspace: Workspace): Defect[] {
    const locked = new Map<string, string[]>();
    const lockedOnes = (workspace.text(lockfile).text ?? "").matchAll(/^([^:#\s]+:[^:\s]+):([^=\s]+)=/gm);
    for (const [, module = "", version = ""] of lockedOnes) {
        locked.set(module, [...(locked.get(module) ?? []), version]);
    }
    const lines = new LineCount(text);
    return [...text.matchAll(GRADLE_MODULE)].flatMap(({ index, 1: module = "", 2: version = "" }): Defect[] => {
        const known = locked.get(module);
        if (known?.some(other => other.localeCompare(version, "en", { numeric: true }) >= 0)) return [];
        const one = { name: shortened(module), shown: shortened(version), known };
        const at = { file: manifest, line: lines.at(index) };
        return [notAsLocked(at, one, lockfile, "gradle dependencies --write-locks")];
    });
}
