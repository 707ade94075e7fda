import { join } from "node:path";
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { Rule } from "./kit/rule";
import { packageRoot } from "./package-root";
import { rules } from "./rules";

/** What a pack is made of. */
export interface Definition {
    /** Absolute path of its folder, which holds PulumiPolicy.yaml. */
    readonly folder: string;
    /** Name of the pack, as policy groups know it. */
    readonly name: string;
    readonly displayName: string;
    readonly rules: readonly Rule[];
    /** Policies that are no rules: neither settings files nor exemptions speak of them. */
    readonly policies: readonly (ResourceValidationPolicy | StackValidationPolicy)[];
    /** Absolute path of the folder of settings, which SECURITY_BASELINE_CONFIG overrides. */
    readonly settingsFolder: string;
}

/** The pack that this process runs: this package's own, unless one that builds on it took its place before the start. */
export let definition: Definition = {
    folder: packageRoot,
    name: "security-baseline",
    displayName: "Security baseline",
    rules,
    policies: [],
    settingsFolder: join(packageRoot, "rules-config"),
};

/** Puts another pack in the place of this package's own. Call it before `pack` is loaded. */
export function define(pack: Definition): void {
    definition = pack;
}

/** The folder of a pack that this process only wants to know; undefined where it is to run one. */
export let lookedInto: string | undefined;

/** From now on a pack that builds on this one is defined, in the folder that is given, and not started. */
export function defineOnly(folder: string): void {
    lookedInto = folder;
}
