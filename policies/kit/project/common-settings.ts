import { z } from "zod";

/** The setting that every project rule has; `toPolicy` opens the workspace by it. */
export const projectDir = z
    .string()
    .min(1)
    .optional()
    .describe("Folder of the project, where it is not found from the folder that `pulumi` is called in.");

/** Names that production stacks commonly have, as patterns; the default of settings that say which stacks those are. */
export const PRODUCTION_STACKS: readonly string[] = [
    "prod",
    "prod-*",
    "*-prod",
    "production",
    "production-*",
    "*-production",
];
