import { shortened } from "../../../kit/project/budget";
import type { FileValue } from "../../../kit/project/file-value";
import type { Defect } from "./program";

/** A folder of the repository, whose content is reviewed with it. */
const LOCAL = /^(?:\.{0,2}\/|[A-Za-z]:[\\/]|file:)|^\.{1,2}$/;

/**
 * Packages and plugins in Pulumi.yaml that are not fixed to one version, so that each run may install another.
 *
 * Source: Pulumi documentation, "Project file", `packages` and `plugins`; "Local packages".
 */
export function pluginDefects(project: FileValue): Defect[] {
    const packages = project
        .get("packages")
        .entries()
        .flatMap(([name, at]): Defect[] => {
            const source = (at.isMap ? at.get("source") : at).string();
            if (source === undefined || LOCAL.test(source)) return [];
            if (source.lastIndexOf("@") > 0 || isVersion(at.get("version"))) return [];
            const message = `names no version of the package \`${shortened(name)}\` (\`${shortened(source)}\`), so that each run may install another; expected \`${shortened(source)}@<version>\`.`;
            return [{ at, message }];
        });
    const plugins = ["providers", "analyzers", "languages"].flatMap(kind =>
        project
            .get("plugins")
            .get(kind)
            .items()
            .flatMap((at): Defect[] => {
                const name = at.get("name").string();
                if (name === undefined || !at.get("path").isMissing || isVersion(at.get("version"))) return [];
                const message = `names no version of the plugin \`${shortened(name)}\`, so that each run may install another; expected \`version\`.`;
                return [{ at, message }];
            }),
    );
    return [...packages, ...plugins];
}

function isVersion(value: FileValue): boolean {
    return value.scalar() !== undefined && value.scalar() !== "";
}
