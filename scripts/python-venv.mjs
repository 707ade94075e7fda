// Installs pinned Python packages into a virtual environment of their own, once.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Gives the reason why the packages cannot be had; undefined where they are there.
 *
 * @param {string} what
 * @param {string} requirements
 * @param {string} venv
 */
export function installed(what, requirements, venv) {
    /** Holds the requirements that were installed, written last: an installation that broke off counts as none. */
    const stamp = join(venv, "installed.txt");
    const wanted = readFileSync(requirements, "utf8");
    if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return undefined;
    if (!runs("python3", "-c", "import sys, venv; sys.exit(sys.version_info < (3, 10))")) {
        return "there is no Python 3.10 or newer with its venv module";
    }
    console.error(`Installing ${what} once …`);
    rmSync(venv, { recursive: true, force: true });
    mkdirSync(dirname(venv), { recursive: true });
    const pip = join(venv, "bin/pip");
    const isInstalled =
        runs("python3", "-m", "venv", venv) &&
        runs(pip, "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements);
    if (!isInstalled) return `${what} could not be installed with pip`;
    writeFileSync(stamp, wanted);
    return undefined;
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function runs(command, ...args) {
    // stdout carries the path alone.
    return spawnSync(command, args, { stdio: ["ignore", 2, 2] }).status === 0;
}
