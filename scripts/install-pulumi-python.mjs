#!/usr/bin/env node
// Prints the folder of a virtual environment with Pulumi's SDK for Python, and makes it once in .cache/python. It is for
// programs of the tests, and no part of the product.
//
// Exit code 3, with the reason on stderr, where there is no Python or the installation fails.
import { join } from "node:path";
import { installed } from "./python-venv.mjs";

const root = join(import.meta.dirname, "..");
const venv = join(root, ".cache/python");
const reason = installed("Pulumi's SDK for Python", join(root, "scripts/python/requirements.txt"), venv);
if (reason === undefined) {
    console.log(venv);
} else {
    console.error(reason);
    process.exitCode = 3;
}
