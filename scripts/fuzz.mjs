// npm run fuzz: gives the pack inputs that nobody wrote, for as long as it is told; see __tests__/fuzz.test.ts.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({
    options: {
        minutes: { type: "string", default: "10" },
        seed: { type: "string", default: String(Date.now() % 2 ** 31) },
        only: { type: "string" },
    },
});
if (!(Number(values.minutes) > 0) || !Number.isInteger(Number(values.seed))) {
    console.error("usage: npm run fuzz -- [--minutes M] [--seed N] [--only resources|files|settings|states]");
    process.exit(2);
}
console.log(`seed ${values.seed}, ${values.minutes} minutes`);
const { status } = spawnSync(
    process.execPath,
    [
        join(root, "node_modules/jest/bin/jest.js"),
        join(root, "__tests__/fuzz.test.ts"),
        "--runInBand",
        ...(values.only === undefined ? [] : ["-t", values.only]),
    ],
    { cwd: root, stdio: "inherit", env: { ...process.env, FUZZ_MINUTES: values.minutes, FUZZ_SEED: values.seed } },
);
process.exitCode = status ?? 1;
