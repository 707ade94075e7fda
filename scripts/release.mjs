// npm run release -- patch|minor|major: checks, builds and tests everything, the tarball included, then sets the version in
// package.json and dates the notes in CHANGELOG.md. Commit and tag what it wrote; CI publishes the tag.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [step = ""] = process.argv.slice(2);
const UNRELEASED = "## Unreleased\n";

if (!["patch", "minor", "major"].includes(step)) fail("usage: npm run release -- patch|minor|major");
if (run("git", ["status", "--porcelain"]) !== "") fail("There are uncommitted changes; commit or stash them first.");
const changes = readFileSync(join(root, "CHANGELOG.md"), "utf8");
const [, rest = ""] = changes.split(UNRELEASED);
const [notes = ""] = rest.split("\n## ");
if (notes.trim() === "") fail("CHANGELOG.md has no notes under `## Unreleased`; say what users will notice.");

execFileSync("npm", ["run", "check"], { cwd: root, stdio: "inherit" });
const version = run("npm", ["version", step, "--no-git-tag-version"]).split("\n").at(-1)?.replace(/^v/, "");
const day = new Date().toISOString().slice(0, 10);
writeFileSync(join(root, "CHANGELOG.md"), changes.replace(UNRELEASED, `${UNRELEASED}\n## ${version} (${day})\n`));
console.log(
    `Version ${version} is ready: git commit -am "Release ${version}" && git tag v${version} && git push --follow-tags`,
);

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function run(command, args) {
    return execFileSync(command, args, { cwd: root, encoding: "utf8" }).trim();
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
    console.error(message);
    process.exit(2);
}
