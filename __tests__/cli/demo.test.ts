// `npm start`: both examples by the embedded engine, as where no `pulumi` is on PATH.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

jest.setTimeout(120_000);

const ROOT = join(__dirname, "../..");

test("the insecure example is blocked, its hardened twin is not, and the demo says so", () => {
    const { status, stdout } = spawnSync(process.execPath, [join(ROOT, "dist/cli/index.js"), "demo"], {
        cwd: ROOT,
        encoding: "utf8",
        env: { ...process.env, PATH: join(ROOT, "docs"), NO_COLOR: "1" },
    });
    expect({
        status,
        lines: stdout.split("\n").filter(line => /^(No `|examples\/\w+: |✖ b|✔|✓|The |This )/.test(line)),
    }).toEqual({
        status: 0,
        lines: [
            "No `pulumi` on PATH: the embedded engine runs (the SDK's own runtime and policy runner, over gRPC).",
            "examples/insecure: a web shop with the usual mistakes",
            expect.stringMatching(/^✖ blocked: \d+ mandatory/),
            "examples/hardened: the same web shop, hardened",
            expect.stringMatching(/not blocked/),
            "The insecure program is blocked and its hardened twin is not.",
        ],
    });
});
