import { listed } from "../../../kit/project/budget";
import type { FileValue } from "../../../kit/project/file-value";
import type { Workspace } from "../../../kit/project/workspace";
import type { Lockfile } from "./node-lockfile";
import { npmrcSetting } from "./npmrc";
import { below, type Defect, type Demands } from "./program";

/** Whether packages can run scripts when they are installed, other than those on a list. */
export function scriptDefects(
    { manager, dir, locked, path }: Lockfile,
    workspace: Workspace,
    home: string,
    manifest: FileValue,
    { allowedInstallScripts }: Demands,
): Defect[] {
    const folders = [...new Set([home, dir])];
    const npmrc = folders.some(folder => npmrcSetting(workspace, below(folder, ".npmrc"), "ignore-scripts") === "true");
    const at = (name: string) => ({ file: below(dir, name) });
    const danger = "so that every package can run scripts when it is installed";
    switch (manager.name) {
        case "npm":
            if (npmrc) return [];
            if ("withScripts" in locked && locked.withScripts !== undefined) {
                const names = [...new Set(locked.withScripts)].filter(name => !allowedInstallScripts.includes(name));
                if (names.length === 0) return [];
                const which = listed(names.map(name => `\`${name}\``));
                const message =
                    `has packages that run scripts when they are installed: ${which}; expected \`ignore-scripts=true\` in .npmrc ` +
                    "and `npm rebuild` for those that need theirs, or the names in the setting `allowedInstallScripts`.";
                return [
                    {
                        at: { file: path, line: lineOfScript(workspace.text(path).text ?? "", names[0] ?? "") },
                        message,
                    },
                ];
            }
            return [
                {
                    at: at(".npmrc"),
                    message: `does not set \`ignore-scripts=true\`, ${danger}; expected it, and \`npm rebuild\` for the packages that need theirs.`,
                },
            ];
        case "pnpm":
            return pnpmScripts(workspace, folders, manifest, npmrc, at("pnpm-workspace.yaml"), danger);
        case "yarn": {
            const modern = folders
                .map(folder => workspace.yaml(below(folder, ".yarnrc.yml")).content)
                .find(file => file.isMap);
            if (npmrc && modern === undefined) return [];
            if (modern !== undefined) {
                if (modern.get("enableScripts").scalar() === false) return [];
                return [
                    {
                        at: at(".yarnrc.yml"),
                        message: `does not set \`enableScripts: false\`, ${danger}; expected it, and \`dependenciesMeta\` for the packages that need theirs.`,
                    },
                ];
            }
            if (
                folders.some(folder =>
                    /^(--install\.)?ignore-scripts\s+true/m.test(workspace.text(below(folder, ".yarnrc")).text ?? ""),
                )
            )
                return [];
            return [{ at: at(".yarnrc"), message: `does not set \`ignore-scripts true\`, ${danger}; expected it.` }];
        }
        case "bun":
            // Bun runs the scripts of trusted packages only.
            return [];
    }
}

/** Line of a package in a lockfile of npm. */
function lineOfScript(text: string, name: string): number {
    return text.slice(0, Math.max(0, text.indexOf(`node_modules/${name}"`))).split("\n").length;
}

/** From version 10 on, pnpm runs scripts of listed packages only. Source: pnpm.io, "Settings", section "Build settings". */
function pnpmScripts(
    workspace: Workspace,
    folders: readonly string[],
    manifest: FileValue,
    isOff: boolean,
    at: { file: string },
    danger: string,
): Defect[] {
    const files = folders.flatMap(folder => [
        workspace.yaml(below(folder, "pnpm-workspace.yaml")).content,
        workspace.yaml(below(folder, "package.json")).content.get("pnpm"),
    ]);
    const all = files.map(file => file.get("dangerouslyAllowAllBuilds")).find(value => value.scalar() === true);
    if (all !== undefined) {
        return [
            { at: all, message: `is true, ${danger}; expected \`onlyBuiltDependencies\` with those that need it.` },
        ];
    }
    const roots = [manifest, ...folders.map(folder => workspace.yaml(below(folder, "package.json")).content)];
    const version = roots.flatMap(file => /^pnpm@(\d+)/.exec(file.get("packageManager").string() ?? "")?.[1] ?? [])[0];
    const isListed = files.some(file => !file.get("onlyBuiltDependencies").isMissing || file.get("allowBuilds").isMap);
    if (isOff || isListed || version === undefined || Number(version) >= 10) return [];
    return [
        {
            at,
            message: `does not set \`onlyBuiltDependencies\`, ${danger} by pnpm ${version}; expected a list, or pnpm 10.`,
        },
    ];
}
