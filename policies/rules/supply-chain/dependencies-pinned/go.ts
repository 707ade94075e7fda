import { posix } from "node:path";
import type { Workspace } from "../../../kit/project/workspace";
import { notCommitted } from "./gitignore";
import { below, type Defect, isThere, type Program, upward } from "./program";

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
    const replaced = new Set(
        lines.flatMap(line => /^\s*(?:replace\s+)?([^\s=]+)(?:\s+v\S+)?\s+=>/.exec(line)?.[1] ?? []),
    );
    const required = lines.flatMap((line, index) => {
        const [, module = "", version = "", comment = ""] =
            /^\s*(?:require\s+)?([\w.~-]+(?:\/[\w.~-]+)*)\s+(v\d\S*)\s*(\/\/[\s\S]*)?$/.exec(line) ?? [];
        const isDirect = module !== "" && !comment.includes("indirect") && !replaced.has(module);
        return isDirect && !/^\s*(exclude|retract)\b/.test(line) ? [{ module, version, line: index + 1 }] : [];
    });
    if (required.length === 0) return [];
    const lockfile = below(home, "go.sum");
    const sums = workspace.text(lockfile).text;
    const shared = goWorkspace(workspace, home);
    if (sums === undefined && required.every(({ module }) => shared.modules.has(module))) return [];
    if (sums === undefined && shared.sums === "") {
        return [
            {
                at: { file: manifest, line: 1 },
                message: "has no go.sum beside it; expected the one of `go mod tidy`, committed.",
            },
        ];
    }
    const known = new Set(
        `${sums ?? ""}\n${shared.sums}`.split(/\r?\n/).map(line => line.split(" ").slice(0, 2).join(" ")),
    );
    const missing = required
        .filter(({ module, version }) => !shared.modules.has(module) && !known.has(`${module} ${version}`))
        .map(({ module, version, line }) => ({
            at: { file: manifest, line },
            group: {
                cause: `have no hash in ${lockfile}`,
                item: `\`${module} ${version}\``,
                expected: "expected the go.sum of `go mod tidy`, committed together",
            },
            message: `\`${module} ${version}\` has no hash in ${lockfile}; expected the go.sum of \`go mod tidy\`, committed together.`,
        }));
    return [...missing, ...notCommitted(workspace, lockfile)];
}

/**
 * The modules that a go.work above a module uses, which need no hash, and the hashes that are kept for all of them.
 * Source: Go Modules Reference, "Workspaces".
 */
function goWorkspace(workspace: Workspace, home: string): { modules: ReadonlySet<string>; sums: string } {
    const dir = upward(home).find(folder => isThere(workspace, below(folder, "go.work")));
    if (dir === undefined) return { modules: new Set(), sums: "" };
    const folders = usesOf(workspace.text(below(dir, "go.work")).text ?? "").map(use => posix.join(dir, use));
    // A go.work that does not use the module has no say over it.
    if (!folders.some(folder => posix.relative(folder, home) === "")) return { modules: new Set(), sums: "" };
    const modules = folders.flatMap(
        folder => /^module[ \t]+"?([^\s"]+)/m.exec(workspace.text(below(folder, "go.mod")).text ?? "")?.[1] ?? [],
    );
    const sums = [below(dir, "go.work.sum"), ...folders.map(folder => below(folder, "go.sum"))];
    return {
        modules: new Set(modules),
        sums: sums.flatMap(path => workspace.text(path).text ?? []).join("\n"),
    };
}

/** The folders in the `use` directives of a go.work. */
function usesOf(text: string): string[] {
    let isInside = false;
    return text.split(/\r?\n/).flatMap(line => {
        const bare = line.replace(/\/\/.*/, "").trim();
        if (/^use\s*\($/.test(bare)) isInside = true;
        else if (bare === ")") isInside = false;
        else if (isInside && bare !== "") return [bare.replaceAll('"', "")];
        else if (/^use\s/.test(bare)) return [bare.slice(3).trim().replaceAll('"', "")];
        return [];
    });
}
