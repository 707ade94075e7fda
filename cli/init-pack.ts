import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { packageRoot, packageVersion } from "../policies/package-root";
import { PackError } from "./engine/pack";

/** Files of the template whose names npm would not put into a package. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: ".gitignore" };

/**
 * Writes a policy pack that builds on this one into a folder: its manifest, settings, one own rule with a test, and what
 * publishes and guards it. Gives the folder's absolute path.
 *
 * Throws `PackError` for a folder that holds something, so that nothing is overwritten, and for a name that packs cannot have.
 */
export function initPack(folder: string, name = basename(resolve(folder))): string {
    const target = resolve(folder);
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
        throw new PackError(
            `${name} is no name for a pack; expected words of a-z and 0-9, joined by "-". Give one with --name.`,
        );
    }
    if (existsSync(target) && readdirSync(target).some(file => file !== ".git")) {
        throw new PackError(`${target} holds files; expected an empty folder or none.`);
    }
    const template = join(packageRoot, "templates/pack");
    const sdk = sdkVersion();
    const values: Readonly<Record<string, string>> = { name, version: packageVersion(), sdk };
    for (const file of filesOf(template)) {
        const path = join(target, dirname(file), RENAMED[basename(file)] ?? basename(file));
        mkdirSync(dirname(path), { recursive: true });
        const text = readFileSync(join(template, file), "utf8");
        writeFileSync(
            path,
            text.replace(/\{\{(\w+)\}\}/g, (whole, key: string) => values[key] ?? whole),
        );
    }
    cpSync(join(packageRoot, "rules-config"), join(target, "rules-config"), { recursive: true });
    return target;
}

/** The SDK that the pack was tested with, which its manifest pins. */
function sdkVersion(): string {
    const manifest = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
        dependencies: { "@pulumi/pulumi": string };
    };
    return manifest.dependencies["@pulumi/pulumi"];
}

/** All files below a folder, relative to it. */
function filesOf(folder: string): string[] {
    return readdirSync(folder, { withFileTypes: true }).flatMap(entry =>
        entry.isDirectory() ? filesOf(join(folder, entry.name)).map(file => join(entry.name, file)) : [entry.name],
    );
}
