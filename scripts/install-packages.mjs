#!/usr/bin/env node
// Prints the folder of the packages that programs of the tests use (@pulumi/awsx, @pulumi/eks, @pulumi/kubernetes …), and
// installs them once into .cache/packages, without their scripts. They are no part of the product.
//
// Exit code 3, with the reason on stderr, where the installation fails.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const source = join(root, "scripts/packages");
const folder = join(root, ".cache/packages");
/** Holds the lockfile of what was installed, written last: an installation that broke off counts as none. */
const stamp = join(folder, "installed.json");

const wanted = readFileSync(join(source, "package-lock.json"), "utf8");
if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) {
    console.log(folder);
} else if (install()) {
    writeFileSync(stamp, wanted);
    console.log(folder);
} else {
    console.error("the packages of the tests' programs could not be installed with npm");
    process.exitCode = 3;
}

function install() {
    console.error("Installing the packages of the tests' programs once …");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const file of ["package.json", "package-lock.json"]) cpSync(join(source, file), join(folder, file));
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    // stdout carries the path alone.
    return spawnSync("npm", args, { cwd: folder, stdio: ["ignore", 2, 2] }).status === 0;
}
