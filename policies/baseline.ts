import { resolve } from "node:path";
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { EXEMPTIONS } from "./config/exemptions/exemption";
import { define, lookedInto } from "./definition";
import type { Rule } from "./kit/rule";
import { configSchemaOf } from "./kit/settings";
import { rules } from "./rules";

export { z } from "zod";
export type { Control } from "./kit/controls";
export type { FileLocation, Place, Report } from "./kit/report";
export type { Resource } from "./kit/resource";
export {
    type ProjectRule,
    projectRule,
    type ResourceRule,
    type Rule,
    type RuleMetadata,
    resourceRule,
    type SettingsSchema,
    type StackRule,
    stackRule,
} from "./kit/rule";
export type { Stack } from "./kit/stack";
export { Value } from "./kit/value";

/** What an organisation adds to the rules of this package. */
export interface BaselineOptions {
    /** For people; the pack's name unless given. */
    readonly displayName?: string;
    /** Own rules. Settings files, exemptions and policy groups speak of them as of all others. */
    readonly rules?: readonly Rule[];
    /** Folder of settings, absolute or from the pack's folder; `rules-config` unless given. */
    readonly settingsFolder?: string;
    /** Policies as the SDK takes them, such as those of another package. Settings files and exemptions do not know them. */
    readonly policies?: readonly (ResourceValidationPolicy | StackValidationPolicy)[];
}

/** What Pulumi takes for the name of a pack. */
const PACK_NAME = /^[A-Za-z0-9_.-]+$/;

const RULE_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

let started: string | undefined;

/**
 * Starts a policy pack with all rules of this package and an organisation's own. Call it once, in the module that the pack's
 * package.json names as `main`. The version is that of the pack's package.json.
 *
 * Throws an error that lists what is wrong with the own rules: names that are taken, settings that cannot be used. Settings
 * files with mistakes stop the start as well.
 */
export function baseline(name: string, options: BaselineOptions = {}): void {
    const { rules: own = [], policies = [], displayName = name, settingsFolder = "rules-config" } = options;
    if (started !== undefined) endBeside(started, name);
    const mistakes = mistakesIn(name, own, policies);
    if (mistakes.length > 0) throw new Error(`The policy pack cannot start:\n  ${mistakes.join("\n  ")}`);
    started = name;
    const all = [...rules, ...own].sort((one, other) => (one.name < other.name ? -1 : 1));
    // The engine starts a pack in its folder.
    const folder = lookedInto ?? process.cwd();
    define({ folder, name, displayName, rules: all, policies, settingsFolder: resolve(folder, settingsFolder) });
    if (lookedInto !== undefined) return;
    refuseOtherPacks(name);
    require("./pack");
}

function mistakesIn(pack: string, own: readonly Rule[], policies: readonly { readonly name: string }[]): string[] {
    const mistakes: string[] = [];
    if (!PACK_NAME.test(pack))
        mistakes.push(`${pack}: is no name for a pack; expected letters, digits, "-", "_" and ".".`);
    const taken = new Map([
        [EXEMPTIONS, "the exemptions"],
        ...rules.map(rule => [rule.name, "a rule of the baseline"] as const),
    ]);
    for (const { name } of [...own, ...policies]) {
        const owner = taken.get(name);
        if (owner !== undefined) mistakes.push(`${name}: is the name of ${owner}; expected one that is not taken.`);
        taken.set(name, "another rule or policy of the pack");
    }
    for (const rule of own) {
        if (!RULE_NAME.test(rule.name)) {
            mistakes.push(`${rule.name}: is no name for a rule; expected words of a-z and 0-9, joined by "-".`);
        }
        mistakes.push(...mistakesInSettings(rule).map(mistake => `${rule.name}: ${mistake}`));
    }
    return mistakes;
}

function mistakesInSettings(rule: Rule): string[] {
    try {
        const mistakes: string[] = [];
        const { properties } = configSchemaOf(rule.settings);
        if (Object.hasOwn(properties, "enforcementLevel")) {
            mistakes.push("has a setting enforcementLevel; expected another name, since each policy has that one.");
        }
        if (!rule.settings.safeParse({}).success) {
            mistakes.push("has settings without a default; expected settings that may all be left out.");
        }
        if (rule.settings.safeParse({ "no such setting": true }).success) {
            mistakes.push("accepts settings that it does not have; expected z.strictObject.");
        }
        return mistakes;
    } catch (error) {
        return [`has settings that cannot be used: ${(error as Error).message}`];
    }
}

/**
 * Ends the process when another pack is served in it, such as one of the user's own SDK. The engine talks to the first that
 * prints its port, and would never know of the other's rules.
 */
function refuseOtherPacks(name: string): void {
    const write = process.stdout.write.bind(process.stdout) as (...args: unknown[]) => boolean;
    let ports = 0;
    process.stdout.write = (...args: unknown[]) => {
        if (!/^\d+\r?\n$/.test(String(args[0]))) return write(...args);
        ports += 1;
        if (ports > 1) endBeside(name, "Another pack");
        // The engine must not begin with one of two.
        setTimeout(() => write(...args), hasOtherSdk() ? OTHER_PACK_DELAY : 0);
        return true;
    };
}

/** How long another pack in the process may take to print its port after this one has, in milliseconds. */
const OTHER_PACK_DELAY = 200;

function hasOtherSdk(): boolean {
    return Object.keys(require.cache).some(file => /[\\/]@pulumi[\\/]policy[\\/]server\.js$/.test(file));
}

/** An error would not do: the pack that runs already would go on as if it were all. */
function endBeside(running: string, other: string): never {
    console.error(
        `${other} was started beside ${running} in one process, and the engine would see one only. Call baseline() once, and hand it the other's rules and policies.`,
    );
    process.exit(1);
}
