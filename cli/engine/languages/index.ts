import { go } from "./go";
import { java } from "./java";
import type { Launcher } from "./language";
import { nodejs } from "./nodejs";
import { python } from "./python";

/** The languages whose programs can be run, by what a project calls its runtime. */
export const LANGUAGES: ReadonlyMap<string, Launcher> = new Map([
    ["nodejs", nodejs],
    ["python", python],
    ["go", go],
    ["java", java],
]);

/** What judges a program that is not run here. */
export const PREVIEW = '`pulumi preview --policy-pack "$(npx security-baseline path)"` in its folder';

/** What runs the programs of a language besides Node.js, and how it tells its version. */
export const TOOLS: ReadonlyMap<string, readonly [command: string, ...args: string[]]> = new Map([
    ["python", ["python3", "--version"]],
    ["go", ["go", "version"]],
    ["java", ["java", "-version"]],
]);
