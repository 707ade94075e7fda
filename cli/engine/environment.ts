import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { FileError } from "./file-error";

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

/** Reads what `pulumi env open --format json` prints, or the same in YAML. Throws {@link FileError}. */
export function readEnvironment(file: string): Environment {
    let data: unknown;
    try {
        data = parse(readFileSync(file, "utf8"));
    } catch {
        // The parser's message may repeat a secret.
        throw new FileError(`${file}: cannot be read as JSON or YAML.`);
    }
    const result = Opened.safeParse(data);
    if (!result.success) {
        const [issue] = result.error.issues;
        throw new FileError(
            `${file}: is no opened environment: ${issue?.path.map(String).join(".")} is of another type.`,
        );
    }
    const texts = (values: Readonly<Record<string, unknown>>) =>
        Object.fromEntries(
            Object.entries(values).map(([key, value]) => [
                key,
                typeof value === "string" ? value : JSON.stringify(value),
            ]),
        );
    return { config: texts(result.data.pulumiConfig), variables: texts(result.data.environmentVariables) };
}
