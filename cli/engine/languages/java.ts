import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { environmentOf, type Launch, type Launcher, type Missing } from "./language";

/**
 * Builds and runs a Java program by the build tool of the project, or runs the archive of `runtime.options.binary`.
 *
 * Source: pulumi/pulumi-java, pkg/internal/executors (maven.go, gradle.go, jar.go).
 */
export const java: Launcher = program => {
    const { folder, cwd, options } = program;
    const env = environmentOf(program);
    const binary = options.get("binary").string();
    const run = (command: string, ...args: string[]): Launch | Missing => {
        const isThere = spawnSync(command, ["-version"], { stdio: "ignore" }).error === undefined;
        return isThere
            ? { command, args, folder: cwd, env }
            : { missing: `there is no \`${command}\` on PATH; install it` };
    };
    const wrapped = (wrapper: string, command: string) =>
        existsSync(join(cwd, wrapper)) ? join(cwd, wrapper) : command;
    if (binary !== undefined) return run("java", "-jar", resolve(folder, binary));
    if (existsSync(join(cwd, "pom.xml"))) {
        const quiet = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "--no-transfer-progress"];
        return run(wrapped("mvnw", "mvn"), ...quiet, "compile", "exec:java");
    }
    if (["build.gradle", "build.gradle.kts"].some(file => existsSync(join(cwd, file)))) {
        return run(wrapped("gradlew", "gradle"), "run", "--console=plain", "--quiet");
    }
    return { missing: "its folder has neither a pom.xml nor a build.gradle; other build tools are not run" };
};
