import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const PACKAGE = dirname(require.resolve("@pulumi/aws/package.json"));

/** A property that a resource type of @pulumi/aws takes: `{ type: "aws:s3/bucket:Bucket", property: "acl", isText: true }`. */
export interface Input {
    readonly type: string;
    readonly property: string;
    /** Whether it takes a text, or a policy document in its place. */
    readonly isText: boolean;
}

/** All inputs of all resource types of the installed @pulumi/aws. */
export function inputsOfAllTypes(): readonly Input[] {
    return foldersOf(PACKAGE).flatMap(folder =>
        readdirSync(folder)
            .filter(name => name.endsWith(".d.ts"))
            .flatMap(name => inputsOf(join(folder, name))),
    );
}

function inputsOf(path: string): readonly Input[] {
    const [, type] = /__pulumiType = '([^']+)'/.exec(readFileSync(path.replace(/\.d\.ts$/, ".js"), "utf8")) ?? [];
    if (type === undefined) return [];
    const [, args = ""] = /export interface \w+Args \{\n([\s\S]*?)\n\}/.exec(readFileSync(path, "utf8")) ?? [];
    return [...args.matchAll(/^ {4}(\w+)\??: (.*);$/gm)].map(([, property = "", kind = ""]) => ({
        type,
        property,
        isText: /^pulumi\.Input<string( \| (undefined|inputs\.\w+\.PolicyDocument))*>$/.test(kind),
    }));
}

function foldersOf(folder: string): readonly string[] {
    return readdirSync(folder, { withFileTypes: true })
        .filter(entry => entry.isDirectory() && !["node_modules", "types", "config", "scripts"].includes(entry.name))
        .map(entry => join(folder, entry.name));
}
