import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { registerDoctor } from "../../cli/doctor";
import { packageRoot } from "../../policies/package-root";
import { runCommand } from "../support/run-command";

const folders: string[] = [];
afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function doctor(
    files: Readonly<Record<string, string>>,
    { hasPackages = false } = {},
): { lines: string[]; code: number } {
    const folder = mkdtempSync(join(tmpdir(), "security-baseline-"));
    folders.push(folder);
    if (hasPackages) symlinkSync(join(packageRoot, "node_modules"), join(folder, "node_modules"));
    for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
    }
    const { stdout, code } = runCommand(registerDoctor, "doctor", "--project", folder);
    return { lines: stripVTControlCharacters(stdout).replaceAll(folder, "FOLDER").trimEnd().split("\n"), code };
}

const PROJECT = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n", "Pulumi.dev.yaml": "" };

test("says of everything that is there that it is right", () => {
    const { lines, code } = doctor(PROJECT, { hasPackages: true });
    expect(code).toBe(0);
    expect(lines).toEqual([
        expect.stringMatching(/^✔ security-baseline: \d+\.\d+\.\d+, \d+ rules\.$/),
        expect.stringMatching(/^✔ Node\.js: \d+\.\d+\.\d+\.$/),
        `✔ settings: ${join(packageRoot, "rules-config")}.`,
        "✔ shop: stacks dev.",
        expect.stringMatching(/^✔ shop: its language is nodejs, with @pulumi\/pulumi \d+\.\d+\.\d+\.$/),
        expect.stringMatching(/^[✔i] Pulumi CLI: /),
    ]);
});

test.each([
    [
        "there is no project",
        {},
        /^✖ project: there is no Pulumi\.yaml in or under FOLDER; give its folder with --project\.$/,
    ],
    ["the project file is broken", { "Pulumi.yaml": "name: [a\n" }, /^✖ \.: Pulumi refuses its file:$/],
    [
        "packages are not installed",
        PROJECT,
        /^✖ shop: @pulumi\/pulumi is not installed for it; run `npm ci`.* in FOLDER\.$/,
    ],
    [
        "package.json is broken",
        { ...PROJECT, "package.json": "{\n  a\n}" },
        /^✖ shop: package\.json:2: is not valid JSON: /,
    ],
    ["no language is named", { "Pulumi.yaml": "name: shop\n" }, /^✖ shop: Pulumi\.yaml names no runtime/],
    [
        "settings have mistakes",
        { ...PROJECT, "security-baseline/base.yaml": "al: advisory\n" },
        /^✖ settings: The settings of the policy pack have/,
    ],
    [
        "settings say something without effect",
        {
            ...PROJECT,
            "security-baseline/base.yaml": "all: advisory\n",
            "security-baseline/stacks.yaml":
                "default: base\nstacks:\n  - { stack: a, profile: base }\n  - { stack: a, profile: base }\n",
        },
        /^✖ settings: FOLDER\/security-baseline:$/,
    ],
])("says what to do where %s", (_, files, line) => {
    const { lines, code } = doctor(files);
    expect(lines).toContainEqual(expect.stringMatching(line));
    expect(code).toBe(1);
});

test("notes a project without stacks, which is no problem", () => {
    const { lines, code } = doctor({ "Pulumi.yaml": "name: shop\nruntime: yaml\n" });
    expect(lines).toContainEqual(expect.stringMatching(/^i shop: no stack has a file/));
    expect(code).toBe(0);
});

test.each(["dotnet", "yaml"])("notes that programs in %s are not run", runtime => {
    const { lines, code } = doctor({ "Pulumi.yaml": `name: shop\nruntime: ${runtime}\n` });
    expect(lines).toContainEqual(
        expect.stringMatching(new RegExp(`^i shop: its language is ${runtime}, whose programs a check does not run`)),
    );
    expect(lines).not.toContainEqual(expect.stringMatching(/^. shop: its language is .*PATH/));
    expect(lines.join("\n")).toContain('`pulumi preview --policy-pack "$(npx security-baseline path)"` in its folder.');
    expect(code).toBe(0);
});
