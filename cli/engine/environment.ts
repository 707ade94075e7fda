import { z } from "zod";
import { readDataFile } from "./data-file";

/** What ESC environments give a stack. */
export interface Environment {
    /** Settings by key; objects and lists as JSON. */
    readonly config: Readonly<Record<string, string>>;
    /** Environment variables of the program. */
    readonly variables: Readonly<Record<string, string>>;
}

/** Source: Pulumi ESC documentation, "Reserved properties": what an opened environment gives a stack. */
const Opened = z.object({
    pulumiConfig: z.record(z.string(), z.json()).default({}),
    environmentVariables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

/** Reads what `pulumi env open --format json` prints, or the same in YAML. Throws `FileError`. */
export function readEnvironment(file: string): Environment {
    const opened = readDataFile(file, Opened, "what `pulumi env open --format json` prints");
    const texts = (values: Readonly<Record<string, unknown>>) =>
        Object.fromEntries(
            Object.entries(values).map(([key, value]) => [
                key,
                typeof value === "string" ? value : JSON.stringify(value),
            ]),
        );
    return { config: texts(opened.pulumiConfig), variables: texts(opened.environmentVariables) };
}
