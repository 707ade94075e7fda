import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
    appendFileSync,
    cpSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    statSync,
    symlinkSync,
    truncateSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { RunningPack } from "../cli/engine/pack";
import { rules } from "../policies/rules";

const ROOT = join(__dirname, "..");

/** What the service and a machine that enforces the pack have to take, in bytes. */
const BUDGET = { tarball: 700_000, installed: 3_000_000 };

jest.setTimeout(300_000);

describe("the published package", () => {
    let folder: string;
    let tarball: string;
    /** The package unpacked and installed, outside of the clone, so that nothing of the clone can serve it. */
    let installed: string;

    beforeAll(() => {
        folder = mkdtempSync(join(tmpdir(), "tarball-"));
        npm(join(ROOT, "artefact"), "pack", "--pack-destination", folder);
        tarball = join(folder, readdirSync(folder).find(name => name.endsWith(".tgz")) ?? "");
        execFileSync("tar", ["-xzf", tarball, "-C", folder]);
        installed = join(folder, "package");
        const started = performance.now();
        npm(installed, "install", "--omit=dev", "--offline", "--cache", join(folder, "empty-cache"));
        const seconds = (performance.now() - started) / 1000;
        const sizes = `tarball ${statSync(tarball).size}, installed ${sizeOf(installed)}`;
        process.stdout.write(`Size in bytes: ${sizes}. Installed without network in ${seconds.toFixed(1)} s.\n`);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    /** A copy of the installed package to spoil. */
    function copy(name: string): string {
        const target = join(folder, name);
        cpSync(installed, target, { recursive: true });
        return target;
    }

    const read = (path: string) => readFileSync(join(installed, path), "utf8");

    it("installs without network and with an empty cache, and fits the budget", () => {
        expect(readdirSync(join(installed, "node_modules")).filter(name => !name.startsWith("."))).toEqual([
            "@pulumi",
            "zod",
        ]);
        expect(readdirSync(join(installed, "node_modules/@pulumi"))).toEqual(["pulumi"]);
        expect(statSync(tarball).size).toBeLessThan(BUDGET.tarball);
        expect(sizeOf(installed)).toBeLessThan(BUDGET.installed);
    });

    it("runs no script on its installation and asks for no dependency that it does not hold", () => {
        const { scripts, dependencies, devDependencies, bundleDependencies } = JSON.parse(read("package.json"));
        expect(scripts).toBeUndefined();
        expect(devDependencies).toBeUndefined();
        expect(Object.keys(dependencies)).toEqual(bundleDependencies);
    });

    it("holds code of every rule, the settings, every page, and no test or source", () => {
        const { sources } = JSON.parse(read("lib/bundle.js.map")) as { sources: string[] };
        for (const source of sources) expect(existsSync(join(ROOT, "lib", source))).toBe(true);
        for (const rule of rules)
            expect(
                sources.filter(source => /\/rules\/[^/]+\/[^/]+$/.test(source) && source.endsWith(`/${rule.name}.ts`)),
            ).toHaveLength(1);
        for (const part of ["docs", "rules-config", "templates"]) {
            expect(filesOf(join(installed, part))).toEqual(filesOf(join(ROOT, part)));
        }
        // The pack that a template makes has tests of its own.
        const ours = filesOf(installed).filter(file => !file.startsWith("templates/"));
        expect(ours.filter(file => /\.test\.|(?<!\.d)\.ts$/.test(file))).toEqual([]);
    });

    it("names each package that it holds code of, with the licence, and what was changed", () => {
        const { bundled } = JSON.parse(read("package.json")) as { bundled: Record<string, string> };
        const { packages: locked } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
        const bill = JSON.parse(read("sbom.cdx.json"));
        const notices = read("THIRD-PARTY-NOTICES.md");
        expect(Object.keys(bundled)).toEqual(expect.arrayContaining(["@pulumi/policy", "@pulumi/pulumi", "zod"]));
        for (const [name, version] of Object.entries(bundled)) {
            expect({ name, version }).toEqual({ name, version: locked[`node_modules/${name}`].version });
            expect(notices).toContain(`${name} ${version} (`);
        }
        expect(bill).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6" });
        const listed = bill.components.map(({ group, name, version }: Record<string, string>) => [
            group === undefined ? name : `${group}/${name}`,
            version,
        ]);
        expect(Object.fromEntries(listed)).toEqual(bundled);
        for (const { licenses, hashes } of bill.components) {
            expect(licenses).toHaveLength(1);
            expect(hashes).toEqual([{ alg: "SHA-512", content: expect.stringMatching(/^[0-9a-f]{128}$/) }]);
        }
        expect(notices).toContain("typescript is left out: the pack is compiled");
        expect(notices).toContain("cmd/run-policy-pack/index.js is changed from");
    });

    it("is the same, byte by byte, when it is built again", () => {
        const again = join(folder, "again");
        execFileSync(process.execPath, [join(ROOT, "scripts/artefact.mjs"), "--out", again], { stdio: "ignore" });
        expect(hashesOf(again)).toEqual(hashesOf(join(ROOT, "artefact")));
    });

    it("boots with every rule", async () => {
        const pack = await RunningPack.start(installed, {}, {});
        try {
            for (const { name } of rules) expect([name, pack.remediationSteps(name)]).not.toEqual([name, ""]);
        } finally {
            pack.stop();
        }
    });

    it.each(["insecure", "hardened"])("judges the %s example as the source tree does", example => {
        const project = join(folder, example);
        cpSync(join(ROOT, "examples", example), project, { recursive: true });
        mkdirSync(join(project, ".git"));
        symlinkSync(join(ROOT, "node_modules"), join(project, "node_modules"));
        const [published, source] = [join(installed, "lib/command.js"), join(ROOT, "dist/cli/index.js")].map(
            command => {
                const args = [command, "check", "--project", project, "--stack", "staging", "--format", "json"];
                const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
                return { status, result: JSON.parse(stdout) };
            },
        );
        expect(published?.status).toBe(example === "insecure" ? 1 : 0);
        expect(published).toEqual(source);
    });

    it("explains a rule by its page, which comes along", () => {
        const args = [join(installed, "lib/command.js"), "rules", "explain", "sg-no-ingress-all"];
        const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
        expect(status).toBe(0);
        expect(stdout).toMatch(/^# .*\(`sg-no-ingress-all`\)\n/);
    });

    it("names our files and lines in the stack trace of an error", async () => {
        const broken = join(folder, "broken.cjs");
        writeFileSync(broken, "require('node:fs').readdirSync = () => { throw null; };");
        const started = RunningPack.start(installed, {}, { NODE_OPTIONS: `--require ${broken}` });
        const error = await started.then(
            () => "",
            reason => String(reason),
        );
        const line = Number(/policies\/config\/load\.ts:(\d+)/.exec(error)?.[1]);
        const lines = readFileSync(join(ROOT, "policies/config/load.ts"), "utf8").split("\n");
        expect(lines[line - 1]).toContain("as NodeJS.ErrnoException");
    });

    it("says what is not part of it when that is asked for", () => {
        const { status, stderr } = run("require('@pulumi/pulumi')");
        expect(status).not.toBe(0);
        expect(stderr).toContain("Of @pulumi/pulumi only the policy runner is part of pulumi-security-baseline.");
    });

    it("says that a program cannot be run without its own SDK, and judges the rest", () => {
        const project = join(folder, "without-sdk");
        cpSync(join(ROOT, "examples/insecure"), project, { recursive: true });
        const args = ["check", "--project", project, "--stack", "staging", "--format", "json"];
        const { stdout } = spawnSync(process.execPath, [join(installed, "lib/command.js"), ...args], {
            encoding: "utf8",
        });
        const { notJudged, findings } = JSON.parse(stdout);
        expect(notJudged).toEqual([
            {
                project: "shop",
                stack: "staging",
                subject: expect.any(String),
                reason: expect.stringContaining("@pulumi/pulumi is not installed for it"),
            },
        ]);
        expect(findings.map(({ rule }: { rule: string }) => rule)).toContain("kms-secrets-provider-required");
    });

    it.each([
        ["truncated", (file: string) => truncateSync(file, statSync(file).size - 1)],
        ["tampered with", (file: string) => appendFileSync(file, "\n")],
    ])("does not start when its code was %s", async (kind, spoil) => {
        const spoiled = copy(kind);
        spoil(join(spoiled, "lib/bundle.js"));
        await expect(RunningPack.start(spoiled, {}, {})).rejects.toThrow("Install it again.");
    });

    it("does not start without its settings", async () => {
        const spoiled = copy("without-settings");
        rmSync(join(spoiled, "rules-config"), { recursive: true });
        await expect(RunningPack.start(spoiled, {}, {})).rejects.toThrow("cannot be read as the folder of settings");
    });

    it("takes its settings from the folder that the environment names", async () => {
        const none = { SECURITY_BASELINE_CONFIG: join(folder, "no-such-folder") };
        await expect(RunningPack.start(installed, {}, none)).rejects.toThrow("no-such-folder");
        const own = { SECURITY_BASELINE_CONFIG: join(ROOT, "rules-config") };
        (await RunningPack.start(installed, {}, own)).stop();
    });

    function run(code: string) {
        return spawnSync(process.execPath, ["-e", code], { cwd: installed, encoding: "utf8" });
    }
});

function npm(cwd: string, ...args: string[]): void {
    execFileSync("npm", [...args, "--no-audit", "--no-fund"], { cwd, stdio: ["ignore", "ignore", "pipe"] });
}

/** All files below a folder, as paths relative to it, in order. */
function filesOf(folder: string): string[] {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter(entry => entry.isFile())
        .map(entry => relative(folder, join(entry.parentPath, entry.name)))
        .sort();
}

function hashesOf(folder: string): Record<string, string> {
    const hash = (file: string) =>
        createHash("sha256")
            .update(readFileSync(join(folder, file)))
            .digest("hex");
    return Object.fromEntries(filesOf(folder).map(file => [file, hash(file)]));
}

function sizeOf(folder: string): number {
    return filesOf(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}
