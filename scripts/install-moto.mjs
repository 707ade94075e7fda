#!/usr/bin/env node
// Prints the path of `moto_server`, a loopback AWS for tests, and installs it once into .cache/venv.
//
// Exit code 3, with the reason on stderr, where there is no Python or the installation fails.
import { join } from "node:path";
import { installed } from "./python-venv.mjs";

const root = join(import.meta.dirname, "..");
const venv = join(root, ".cache/venv");
const reason = installed("moto", join(root, "scripts/moto/requirements.txt"), venv);
if (reason === undefined) {
    console.log(join(venv, "bin/moto_server"));
} else {
    console.error(reason);
    process.exitCode = 3;
}
