import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { UNANSWERED } from "./placeholders";

/**
 * What a provider's function may answer, as far as its declaration in the project's own packages tells: a placeholder of
 * each property's type, so that a program which waits for the answer goes on. Arguments come back under their names. Only
 * the arguments where the function or its package is not to be found.
 *
 * @param token Such as `aws:ec2/getSubnets:getSubnets`.
 * @param folder Absolute path of the project.
 */
export function placeholderAnswer(
    token: string,
    args: Readonly<Record<string, JavaScriptValue>>,
    folder: string,
): Record<string, JavaScriptValue> {
    const answer: Record<string, JavaScriptValue> = {};
    for (const [, name = "", type = ""] of declarationOf(token, folder).matchAll(/^ +readonly (\w+)\??: (.+);$/gm)) {
        answer[name] = placeholderOf(type);
    }
    return { ...answer, ...args };
}

/** The text between the braces of the interface that a function's result has; empty where there is none. */
function declarationOf(token: string, folder: string): string {
    const [, provider, module, name] = /^([\w-]+):([\w/-]+):(\w+)$/.exec(token) ?? [];
    if (provider === undefined || module === undefined || name === undefined) return "";
    try {
        const root = dirname(require.resolve(`@pulumi/${provider}/package.json`, { paths: [folder] }));
        const text = readFileSync(join(root, `${module.replace(/^index\//, "")}.d.ts`), "utf8");
        const start = text.indexOf(`export interface ${name.charAt(0).toUpperCase()}${name.slice(1)}Result {`);
        return start === -1 ? "" : text.slice(start, text.indexOf("\n}", start));
    } catch {
        // A package that is not installed, or of another layout.
        return "";
    }
}

function placeholderOf(type: string): JavaScriptValue {
    if (type.endsWith("[]")) return [placeholderOf(type.slice(0, -2))];
    switch (type) {
        case "string":
            return UNANSWERED;
        case "number":
            return 0;
        case "boolean":
            return false;
        default:
            return {};
    }
}
