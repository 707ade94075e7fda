import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];
afterAll(() => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A temporary folder of settings; `base.yaml` and `stacks.yaml` say nothing unless given. Removed after the tests. */
export function settingsFolder(files: Readonly<Record<string, string>>): string {
    const root = mkdtempSync(join(tmpdir(), "security-baseline-"));
    made.push(root);
    const folder = join(root, "settings");
    mkdirSync(folder);
    for (const [name, text] of Object.entries({ "base.yaml": "rules: {}\n", "stacks.yaml": "default: base\n", ...files })) {
        writeFileSync(join(folder, name), text);
    }
    return folder;
}
