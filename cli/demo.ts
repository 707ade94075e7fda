import { existsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../policies/package-root";
import { check } from "./check";
import { colors } from "./colors";
import { PackError } from "./engine/pack";
import { preview, pulumiVersion } from "./engine/preview";
import { exitCodeOf, toText } from "./report";
import type { Run } from "./run";

const EXAMPLES = [
    { folder: "insecure", title: "a web shop with the usual mistakes", isBlocked: true },
    { folder: "hardened", title: "the same web shop, hardened", isBlocked: false },
] as const;

/**
 * Judges the insecure example and its hardened twin and prints what comes of it: by the real engine where `pulumi` is on
 * PATH, else by the embedded one. Gives false when a verdict is not the one that the example stands for.
 */
export async function demo(run: Run): Promise<boolean> {
    if (!existsSync(join(packageRoot, "examples"))) {
        throw new PackError(
            "The examples are part of the source tree, and not of the published package; run the demo in a clone, or `security-baseline check` on a project of yours.",
        );
    }
    const version = pulumiVersion();
    run.print(
        version === undefined
            ? "No `pulumi` on PATH: the embedded engine runs (the SDK's own runtime and policy runner, over gRPC)."
            : `Pulumi ${version} is on PATH: the real engine runs, with a stub in place of AWS.`,
    );
    let isAsExpected = true;
    for (const { folder, title, isBlocked } of EXAMPLES) {
        run.print(`\n${colors.bold(`examples/${folder}`)}: ${title}\n`);
        const { text, blocked } = await judge(join(packageRoot, "examples", folder), version !== undefined);
        run.print(text);
        isAsExpected &&= blocked === isBlocked;
    }
    const ending = isAsExpected
        ? "\nThe insecure program is blocked and its hardened twin is not."
        : colors.red("\nThis is not what the examples stand for; please report it.");
    run.print(ending);
    return isAsExpected;
}

async function judge(project: string, hasEngine: boolean): Promise<{ text: string; blocked: boolean }> {
    if (hasEngine) {
        const { exitCode, output } = await preview(project, packageRoot, "staging");
        return { text: output, blocked: exitCode !== 0 };
    }
    const result = await check({ project, stack: ["staging"] });
    return { text: toText(result), blocked: exitCodeOf(result, { failOn: "mandatory", allowNotJudged: false }) === 1 };
}
