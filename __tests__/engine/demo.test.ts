// `npm start` where `pulumi` is on PATH.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { describeEngine, pathOfEngine, REPOSITORY } from "./support/pulumi";

jest.setTimeout(300_000);

function demo(path: string) {
    const { status, stdout } = spawnSync(process.execPath, [join(REPOSITORY, "dist/cli/index.js"), "demo"], {
        cwd: REPOSITORY,
        encoding: "utf8",
        env: { ...process.env, PATH: `${path}${delimiter}${process.env.PATH}`, NO_COLOR: "1" },
    });
    return { status, stdout };
}

describeEngine("the demo with the real engine", () => {
    test("has it judge both examples", () => {
        const { status, stdout } = demo(pathOfEngine());
        expect({ status, stdout }).toEqual({
            status: 0,
            stdout: expect.stringMatching(
                /^Pulumi v?\d\S* is on PATH: the real engine runs, with a stub in place of AWS\.\n/,
            ),
        });
        const [, insecure = "", hardened = ""] = stdout.split(/^examples\/\w+: .*$/m);
        expect(insecure).toMatch(/\[mandatory\].*no-public-s3-buckets/);
        expect(hardened).not.toContain("[mandatory]");
        expect(stdout).toContain("The insecure program is blocked and its hardened twin is not.");
    });
});

test("the demo shows what a command on PATH complains of", () => {
    const folder = mkdtempSync(join(tmpdir(), "security-baseline-"));
    try {
        const command = join(folder, "pulumi");
        writeFileSync(
            command,
            '#!/bin/sh\n[ "$1" = version ] && echo v3.1.0 && exit 0\necho "error: no licence" >&2\nexit 3\n',
        );
        chmodSync(command, 0o755);
        const { status, stdout } = demo(dirname(command));
        expect(status).toBe(1);
        expect(stdout.match(/error: no licence/g)).toHaveLength(2);
        expect(stdout).toContain("This is not what the examples stand for; please report it.");
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
});
