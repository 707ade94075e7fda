// Writes down which properties @pulumi/aws marks as secret by itself, for secrets-marked: `node scripts/secret-properties.mjs`.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const packageFile = createRequire(import.meta.url).resolve("@pulumi/aws/package.json");
const folder = dirname(packageFile);
const { version } = JSON.parse(readFileSync(packageFile, "utf8"));
const target = join(import.meta.dirname, "../policies/rules/secrets/secrets-marked/marked-by-provider.ts");

const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter(file => file.endsWith(".js") && !file.startsWith("node_modules"))
    .map(file => readFileSync(join(folder, file), "utf8"));
const lines = files.flatMap(text => {
    const properties = [...text.matchAll(/resourceInputs\["(\w+)"\] = .*pulumi\.secret\(/g)].map(match => match[1]);
    const [, type] = /static __pulumiType = ['"]([^'"]+)['"]/.exec(text) ?? [];
    // The provider's own class names its type otherwise.
    const token = type === "aws" ? "pulumi:providers:aws" : type;
    return properties.length === 0 || token === undefined ? [] : [`${token} ${properties.sort().join(" ")}`];
});

writeFileSync(
    target,
    `// Written by scripts/secret-properties.mjs from @pulumi/aws ${version}.

/** Properties that the provider's SDK marks as secret, a line for each type. */
const LINES = \`
${lines.sort().join("\n")}
kubernetes:core/v1:Secret data stringData
\`;

/** Properties that their provider keeps secret, by type. */
export const MARKED_BY_PROVIDER: ReadonlyMap<string, readonly string[]> = new Map(
    LINES.trim()
        .split("\\n")
        .map(line => line.split(" "))
        .map(([type = "", ...properties]) => [type, properties]),
);
`,
);
console.log(`${lines.length} types written.`);
