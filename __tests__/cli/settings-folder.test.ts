import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { settingsFolder } from "../../cli/settings-folder";
import { definition } from "../../policies/definition";

let root: string;
let project: string;
const environment = process.env.SECURITY_BASELINE_CONFIG;

beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "security-baseline-"));
    project = join(root, "apps/shop");
    mkdirSync(project, { recursive: true });
    delete process.env.SECURITY_BASELINE_CONFIG;
});
afterEach(() => {
    rmSync(root, { recursive: true, force: true });
    if (environment === undefined) delete process.env.SECURITY_BASELINE_CONFIG;
    else process.env.SECURITY_BASELINE_CONFIG = environment;
});

const make = (path: string) => {
    mkdirSync(join(root, path), { recursive: true });
    return join(root, path);
};

test("is the package's own where nothing says otherwise", () => {
    expect(settingsFolder(undefined, project, root)).toBe(definition.settingsFolder);
});

test("is the nearest of its name in project and repository, and not one above it", () => {
    make("security-baseline");
    expect(settingsFolder(undefined, project, project)).toBe(definition.settingsFolder);
    expect(settingsFolder(undefined, project, root)).toBe(join(root, "security-baseline"));
    const nearest = make("apps/shop/security-baseline");
    expect(settingsFolder(undefined, project, root)).toBe(nearest);
});

test("is no folder that holds a policy pack, and no file", () => {
    writeFileSync(join(make("security-baseline"), "PulumiPolicy.yaml"), "");
    writeFileSync(join(project, "security-baseline"), "");
    expect(settingsFolder(undefined, project, root)).toBe(definition.settingsFolder);
});

test("is what the environment names, and before it what is given, from the working directory", () => {
    make("security-baseline");
    process.env.SECURITY_BASELINE_CONFIG = make("a");
    expect(settingsFolder(undefined, project, root)).toBe(join(root, "a"));
    expect(settingsFolder(make("b"), project, root)).toBe(join(root, "b"));
    expect(settingsFolder(relative(process.cwd(), make("b")), project, root)).toBe(join(root, "b"));
});

test("an empty name and a folder that is not there are refused, and not passed over", () => {
    expect(() => settingsFolder("", project, root)).toThrow("--config-dir: is empty");
    expect(() => settingsFolder(join(root, "gone"), project, root)).toThrow("--config-dir: there is no folder");
    process.env.SECURITY_BASELINE_CONFIG = "";
    expect(() => settingsFolder(undefined, project, root)).toThrow("SECURITY_BASELINE_CONFIG: is empty");
    process.env.SECURITY_BASELINE_CONFIG = join(root, "gone");
    expect(() => settingsFolder(undefined, project, root)).toThrow("SECURITY_BASELINE_CONFIG: there is no folder");
});
