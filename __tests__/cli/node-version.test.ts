import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../policies/package-root";

/** Runs a module in a Node.js that says it were another release. */
function runAs(release: string, module: string) {
    const code = `Object.defineProperty(process.versions, "node", { value: "${release}" }); process.argv.splice(1, 0, "check", "--version"); require(process.env.MODULE);`;
    const env = { ...process.env, MODULE: join(packageRoot, module) };
    return spawnSync(process.execPath, ["-e", code], { encoding: "utf8", env });
}

test.each(["dist/policies/node-version.js", "dist/cli/index.js", "dist/policies/index.js", "artefact/lib/load.js"])(
    "%s tells an old release of Node.js that it is too old, and nothing else",
    module => {
        const { status, stdout, stderr } = runAs("18.20.8", module);
        expect({ status, stdout, stderr }).toEqual({
            status: 2,
            stdout: "",
            stderr: `The security baseline needs Node.js 20 or newer; this is 18.20.8, ${process.execPath}.\n`,
        });
    },
);

test.each(["20.0.0", "22.1.0", "100.0.0"])("release %s is let through", release => {
    expect(runAs(release, "dist/policies/node-version.js")).toMatchObject({ status: 0, stderr: "" });
});
