import { shortened } from "../../../kit/project/budget";
import type { FileValue } from "../../../kit/project/file-value";
import type { Workspace } from "../../../kit/project/workspace";
import { FromJson } from "./from-json";
import { below, type Defect, shownSpec, upward } from "./program";

/** A dependency of a manifest, with the specification of its version. */
export interface Dependency {
    readonly name: string;
    readonly at: FileValue;
    readonly spec: string;
}

/** Whether a specification names one version of one package, or something whose content its name fixes. */
export function isExact(spec: string): boolean {
    return /^[=v]?\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/.test(spec.trim());
}

/** Whether a specification means a version in a registry, and not a folder, an address or a repository. */
export function isFromRegistry(spec: string): boolean {
    return (
        !/^(workspace|file|link|portal|patch|catalog|git|git\+\w+|github|gitlab|bitbucket|https?|exec):/.test(spec) &&
        !/^[\w.-]+\/[\w.-]+(#|$)/.test(spec)
    );
}

/** What is wrong with a dependency that does not name one version. Source: npm Docs, "package.json", section "dependencies". */
export function inexactDefect(dependency: Dependency, workspace: Workspace, home: string): Defect[] {
    return defectsIn(dependency, workspace, home).map(defect => {
        if (defect.isNote) return defect;
        const spec = dependency.spec === "" ? "no version" : `\`${shownSpec(dependency.spec)}\``;
        const item = `\`${shortened(dependency.name)}\` (${spec})`;
        const group = isFromRegistry(dependency.spec.trim())
            ? { cause: "fit many versions", item, expected: "expected exact versions" }
            : {
                  cause: "are not fixed to one version or commit",
                  item,
                  expected: "expected exact versions, or full commits behind `#`",
              };
        return { ...defect, group };
    });
}

function defectsIn({ name, at, spec }: Dependency, workspace: Workspace, home: string): Defect[] {
    const text = spec.trim();
    const installed = () => installedVersion(name, workspace, home);
    if (/^(workspace|file|link|portal|patch|exec):/.test(text) || /^\.{0,2}\//.test(text)) return [];
    if (text.startsWith("catalog:")) return catalogDefect(name, at, text.slice("catalog:".length), workspace, home);
    if (/^(npm|jsr):/.test(text)) {
        const version = text.slice(text.lastIndexOf("@") + 1);
        return isExact(version) || isExact(text.replace(/^\w+:/, "")) ? [] : [range(at, text, installed())];
    }
    if (/^https?:.*\.(tgz|tar\.gz)([?#]|$)/.test(text)) return [];
    if (!isFromRegistry(text)) {
        if (/^[^#]*#(.*[#:=])?[0-9a-f]{40}$/i.test(text)) return [];
        return [
            {
                at,
                message: `is \`${shownSpec(text)}\`, a branch or tag that can be moved; expected a full commit behind \`#\`.`,
            },
        ];
    }
    return isExact(text) ? [] : [range(at, text, installed())];
}

/** The version of a package that is installed for a manifest, in its folder or one above; undefined where none is. */
function installedVersion(name: string, workspace: Workspace, home: string): string | undefined {
    for (const dir of upward(home)) {
        const { text = "" } = workspace.text(below(dir, `node_modules/${name}/package.json`));
        const version = FromJson.parse(text)?.get("version").text();
        if (version !== undefined && isExact(version)) return version;
    }
    return undefined;
}

function range(at: FileValue, spec: string, installed: string | undefined): Defect {
    const first = installed ?? /(?<!\d)\d+\.\d+\.\d+(-[\w.]+)?/.exec(spec)?.[0];
    const observed = spec === "" ? "is no version" : `is \`${shownSpec(spec)}\`, which many versions fit`;
    return {
        at,
        message: `${observed}; expected an exact version${first === undefined ? "" : `, such as \`${first}\``}.`,
    };
}

/** A version that a catalog of the workspace gives. Source: pnpm.io, "Catalogs". */
function catalogDefect(name: string, at: FileValue, catalog: string, workspace: Workspace, home: string): Defect[] {
    for (const dir of upward(home)) {
        const file = workspace.yaml(below(dir, "pnpm-workspace.yaml")).content;
        const manifest = workspace.yaml(below(dir, "package.json")).content;
        const owners = [file, manifest, manifest.get("workspaces"), workspace.yaml(below(dir, ".yarnrc.yml")).content];
        for (const owner of owners) {
            const isDefault = catalog === "" || catalog === "default";
            const entry = [
                owner.get("catalogs").get(isDefault ? "default" : catalog),
                ...(isDefault ? [owner.get("catalog")] : []),
            ]
                .map(entries => entries.get(name))
                .find(value => !value.isMissing);
            const spec = entry === undefined ? "" : String(entry.scalar());
            if (entry !== undefined)
                return isExact(spec) ? [] : [range(entry, spec, installedVersion(name, workspace, home))];
        }
    }
    return [{ at, message: "names a catalog that was not found, so its version is not known.", isNote: true }];
}
