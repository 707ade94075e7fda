#!/usr/bin/env node
// Prints the path of a `pulumi` to test with: the one on PATH, else one built from the engine's Go module.
//
// The build takes some four minutes once; it is kept in .cache/pulumi/<version>/. It has no language hosts, see
// __tests__/engine/support/language-host.ts. Exit code 3, with the reason on stderr, where neither is to be had.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

const root = join(import.meta.dirname, "..");
const module = join(root, "scripts/pulumi-cli");
const [, version] =
    /github\.com\/pulumi\/pulumi\/pkg\/v3 (v\S+)/.exec(readFileSync(join(module, "go.mod"), "utf8")) ?? [];
if (version === undefined) throw new Error("scripts/pulumi-cli/go.mod names no version of the engine.");
const folder = join(root, ".cache/pulumi", version.slice(1));
const binary = join(folder, "pulumi");

/** How long another process may take to build before its lock counts as left over, in milliseconds. */
const LOCK_EXPIRY = 20 * 60_000;

if (runs("pulumi", "version")) {
    console.log("pulumi");
} else if (existsSync(binary)) {
    console.log(binary);
} else if (!runs("go", "version")) {
    refuse("there is neither a `pulumi` on PATH nor Go to build one");
} else if (await build()) {
    console.log(binary);
} else {
    refuse(`pulumi ${version} could not be built with Go`);
}

/** Builds beside the final name and renames, so that nobody meets half a file. Several processes may ask at once. */
async function build() {
    mkdirSync(folder, { recursive: true });
    const lock = join(folder, "lock");
    while (!acquire(lock)) await setTimeout(1_000);
    try {
        if (existsSync(binary)) return true;
        console.error(`Building pulumi ${version} once, which takes some minutes …`);
        const flag = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
        const unfinished = `${binary}.unfinished`;
        const args = ["build", "-mod=readonly", "-trimpath", "-ldflags", `-s -w ${flag}`, "-o", unfinished];
        const { status } = spawnSync("go", [...args, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"], {
            cwd: module,
            env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false" },
            // Whatever Go says belongs to stderr: stdout carries the path alone.
            stdio: ["ignore", 2, 2],
        });
        if (status === 0) renameSync(unfinished, binary);
        return status === 0;
    } finally {
        rmSync(lock, { recursive: true, force: true });
    }
}

/** @param {string} reason */
function refuse(reason) {
    console.error(reason);
    process.exitCode = 3;
}

/** @param {string} lock */
function acquire(lock) {
    try {
        mkdirSync(lock);
        return true;
    } catch {
        const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
        if (age > LOCK_EXPIRY) rmSync(lock, { recursive: true, force: true });
        return false;
    }
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function runs(command, ...args) {
    return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}
