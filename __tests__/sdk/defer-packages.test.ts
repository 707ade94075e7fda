import { execFileSync } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "../..");

/** What a fresh process prints in which the compiled module has put the packages off. */
function run(code: string): string {
    const deferred = 'require("./dist/policies/sdk/defer-packages").deferPackages();';
    return execFileSync(process.execPath, ["-e", deferred + code], { cwd: root, encoding: "utf8" }).trim();
}

const LOADED = (part: string) => `Object.keys(require.cache).some(path => path.includes(${JSON.stringify(part)}))`;

test("Pulumi starts without npm's installer, and still finds it when a function is serialised", () => {
    const serialise = "pulumi.runtime.computeCodePaths().then(paths => console.log(paths.size > 0, loaded()))";
    const output = run(`
        const loaded = () => ${LOADED("arborist/lib/arborist/load-actual")};
        const pulumi = require("@pulumi/pulumi");
        console.log(loaded());
        ${serialise};`);
    expect(output).toBe("false\ntrue true");
});

test("zod starts with its English messages, and still has the others", () => {
    const output = run(`
        const loaded = () => ${LOADED("locales/de.cjs")};
        const { z } = require("zod");
        console.log(loaded(), z.string().safeParse(5).error.issues[0].message);
        z.config(z.locales.de());
        console.log(loaded(), z.string().safeParse(5).error.issues[0].message);`);
    const [english, german] = output.split("\n");
    expect(english).toMatch(/^false Invalid input/);
    expect(german).toMatch(/^true Ungültige Eingabe/);
});
