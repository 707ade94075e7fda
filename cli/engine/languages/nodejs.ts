import { existsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../../policies/package-root";
import { type Launcher, PARALLEL } from "./language";

const BESIDE = join(__dirname, "program-preload.js");

/** What programs load first. Tests run this file as it is written, with nothing built beside it. */
const PRELOAD = existsSync(BESIDE) ? BESIDE : join(packageRoot, "dist/cli/engine/languages/program-preload.js");

/** Runs a Node.js program by the SDK's own program runner. */
export const nodejs: Launcher = ({ folder, path, cwd, options, deployment, address, settingsFile }) => {
    const runner = runnerFor(cwd);
    if (runner === undefined) return { missing: "@pulumi/pulumi is not installed for it; run `npm ci` in its folder" };
    return {
        command: process.execPath,
        args: [
            ...argumentsIn(options.get("nodeargs").string() ?? ""),
            // By its long name the SDK takes it for a loader, and leaves ES modules in TypeScript to it.
            "-r",
            PRELOAD,
            runner,
            `--monitor=${address}`,
            `--engine=${address}`,
            `--organization=${deployment.organization}`,
            `--project=${deployment.project}`,
            `--stack=${deployment.stack}`,
            `--pwd=${cwd}`,
            `--root-directory=${folder}`,
            "--dry-run",
            `--parallel=${PARALLEL}`,
            path,
        ],
        folder: cwd,
        env: {
            PROGRAM_SETTINGS: settingsFile,
            PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(deployment.secretKeys),
            // Types are the project's own affair; checking them would cost most of the time.
            PULUMI_NODEJS_TRANSPILE_ONLY: process.env.PULUMI_NODEJS_TRANSPILE_ONLY ?? "true",
            PULUMI_NODEJS_TYPESCRIPT: String(options.get("typescript").scalar() ?? true),
        },
    };
};

/** Splits `nodeargs` at spaces, but for those in quotes. */
function argumentsIn(text: string): string[] {
    return [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([argument]) => argument.replace(/["']/g, ""));
}

/**
 * The SDK's program runner: the project's own, or the pack's where the project has none installed. Undefined where the pack has
 * none either, because it is the published package.
 */
function runnerFor(folder: string): string | undefined {
    for (const paths of [[folder], [__dirname]]) {
        try {
            return require.resolve("@pulumi/pulumi/cmd/run", { paths });
        } catch {
            // The next place may have it.
        }
    }
    return undefined;
}
