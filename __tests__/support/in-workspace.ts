import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Workspace } from "../../policies/kit/project/workspace";

/** Writes files to a temporary repository and looks into its workspace, while it is there. */
export function inWorkspace<T>(files: Readonly<Record<string, string>>, look: (workspace: Workspace) => T): T {
    const root = mkdtempSync(join(tmpdir(), "security-baseline-"));
    try {
        mkdirSync(join(root, ".git"));
        for (const [path, content] of Object.entries({ "Pulumi.yaml": "name: shop\nruntime: nodejs\n", ...files })) {
            mkdirSync(dirname(join(root, path)), { recursive: true });
            writeFileSync(join(root, path), content);
        }
        return look(Workspace.open({ projectDir: undefined, stack: "prod", project: undefined, calledFrom: root }));
    } finally {
        rmSync(root, { recursive: true, force: true });
    }
}
