import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { RunningPack } from "../cli/engine/pack";
import { rules } from "../policies/rules";

const ROOT = join(__dirname, "..");

/** What the service and a machine that enforces the pack have to take, in bytes. */
const BUDGET = { tarball: 500_000, installed: 120_000_000 };

jest.setTimeout(300_000);

describe("the package", () => {
    let folder: string;
    let tarball: string;
    beforeAll(() => {
        folder = mkdtempSync(join(tmpdir(), "tarball-"));
        // Built by the global setup; building again would pull the code from under other tests.
        npm(ROOT, "pack", "--ignore-scripts", "--pack-destination", folder);
        tarball = join(folder, readdirSync(folder).find(name => name.endsWith(".tgz")) ?? "");
        execFileSync("tar", ["-xzf", tarball, "-C", folder]);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it("holds the compiled code of each source, the settings and nothing else", () => {
        const sources = ["policies", "cli"].flatMap(name => filesOf(join(ROOT, name)));
        const settings = filesOf(join(ROOT, "rules-config")).map(file => relative(ROOT, file));
        const expected = [
            "LICENSE",
            "PulumiPolicy.yaml",
            "README.md",
            "package.json",
            "scripts/prepare.cjs",
            ...settings,
            ...sources.map(file => join("dist", relative(ROOT, file).replace(/\.ts$/, ".js"))),
        ];
        const packed = filesOf(join(folder, "package")).map(file => relative(join(folder, "package"), file));
        expect(packed.sort()).toEqual(expected.sort());
    });

    it("installs without development dependencies, and boots", async () => {
        const installed = join(folder, "package");
        npm(installed, "install", "--omit=dev", "--prefer-offline", "--no-audit", "--no-fund");
        const sizes = { tarball: statSync(tarball).size, installed: sizeOf(installed) };
        process.stdout.write(`Size in bytes: tarball ${sizes.tarball}, installed ${sizes.installed}.\n`);
        expect(sizes.tarball).toBeLessThan(BUDGET.tarball);
        expect(sizes.installed).toBeLessThan(BUDGET.installed);
        const { devDependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
        // The SDK names the compiler as a peer, so it comes along; it is not used.
        const unwanted = Object.keys(devDependencies).filter(name => !/^(typescript$|@types\/)/.test(name));
        expect(unwanted.filter(name => existsSync(join(installed, "node_modules", name)))).toEqual([]);

        const pack = await RunningPack.start(installed, {}, {});
        try {
            const steps = rules.map(({ name }) => pack.remediationSteps(name));
            expect(steps).not.toContain("");
        } finally {
            pack.stop();
        }
    });

    it("names its dependencies by exact versions", () => {
        const { dependencies } = JSON.parse(readFileSync(join(folder, "package/package.json"), "utf8"));
        for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    });
});

function npm(cwd: string, ...args: string[]): void {
    execFileSync("npm", args, { cwd, stdio: ["ignore", "ignore", "pipe"] });
}

/** All files below a folder, as absolute paths; none where the folder does not exist. Links are left out. */
function filesOf(folder: string): string[] {
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? filesOf(path) : entry.isFile() ? [path] : [];
    });
}

function sizeOf(folder: string): number {
    return filesOf(folder).reduce((sum, file) => sum + statSync(file).size, 0);
}
