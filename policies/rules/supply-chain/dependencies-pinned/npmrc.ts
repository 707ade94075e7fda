import type { Workspace } from "../../../kit/project/workspace";

/** A value of an .npmrc; of several the last counts. Source: npm Docs, "npmrc". */
export function npmrcSetting(workspace: Workspace, path: string, name: string): string | undefined {
    const lines = workspace.text(path).text?.split(/\r?\n/) ?? [];
    const values = lines.flatMap(line => {
        const [, key, value] = /^\s*([^#;=\s][^=]*)=(.*)$/.exec(line) ?? [];
        return key?.trim() === name && value !== undefined ? [value.trim().replace(/^"|"$/g, "")] : [];
    });
    return values.at(-1);
}
