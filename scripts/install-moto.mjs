#!/usr/bin/env node
// Prints the path of `moto_server`, a loopback AWS for tests, and installs it once into .cache/venv.
//
// Exit code 3, with the reason on stderr, where there is no Python or the installation fails.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const requirements = join(root, "scripts/moto/requirements.txt");
const venv = join(root, ".cache/venv");
const server = join(venv, "bin/moto_server");
/** Holds the requirements that were installed, written last: an installation that broke off counts as none. */
const stamp = join(venv, "installed.txt");

const wanted = readFileSync(requirements, "utf8");
if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) {
    console.log(server);
} else if (!runs("python3", "-c", "import sys, venv; sys.exit(sys.version_info < (3, 10))")) {
    refuse("there is no Python 3.10 or newer with its venv module");
} else if (!install()) {
    refuse("moto could not be installed with pip");
} else {
    writeFileSync(stamp, wanted);
    console.log(server);
}

function install() {
    console.error("Installing moto once …");
    rmSync(venv, { recursive: true, force: true });
    mkdirSync(join(root, ".cache"), { recursive: true });
    const pip = join(venv, "bin/pip");
    return (
        runs("python3", "-m", "venv", venv) &&
        runs(pip, "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements)
    );
}

function runs(command, ...args) {
    // stdout carries the path alone.
    return spawnSync(command, args, { stdio: ["ignore", 2, 2] }).status === 0;
}

function refuse(reason) {
    console.error(reason);
    process.exitCode = 3;
}
