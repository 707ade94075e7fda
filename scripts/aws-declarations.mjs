// Writes what @pulumi/aws declares of every resource type that a rule names, for the tests' stand-in of its provider:
// __tests__/support/aws-provider/fixtures/declarations.json. With --check it writes nothing and fails when the file differs.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const aws = join(root, "node_modules/@pulumi/aws");
const target = join(root, "__tests__/support/aws-provider/fixtures/declarations.json");

const shapes = namespacesOf(join(aws, "types/output.d.ts"));
/** @type {Map<string, Record<string, string>>} */
const reached = new Map();
const { version } = JSON.parse(readFileSync(join(aws, "package.json"), "utf8"));
const types = Object.fromEntries(tokensIn(join(root, "policies")).flatMap(declarationOf));
const text = print({ source: `declared by @pulumi/aws ${version}`, types, blocks: sorted(reached) });
if (!process.argv.includes("--check")) {
    writeFileSync(target, text);
    console.log(`${Object.keys(types).length} types and ${reached.size} blocks written.`);
} else if (readFileSync(target, "utf8") !== text) {
    console.error("What @pulumi/aws declares is not what the tests know; run `node scripts/aws-declarations.mjs`.");
    process.exitCode = 1;
}

/** @param {string} folder */
function tokensIn(folder) {
    const texts = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => readFileSync(join(entry.parentPath, entry.name), "utf8"));
    const tokens = texts.flatMap(source => source.match(/\baws:[a-zA-Z0-9]+\/[a-zA-Z0-9]+:[A-Za-z0-9]+/g) ?? []);
    return [...new Set(tokens)].sort();
}

/**
 * `required` and `optional` inputs, those of the latter that the provider always answers as `computed` too, `outputs` that are
 * no inputs, and `defaults` that the documentation names for inputs which the provider does not compute.
 *
 * @param {string} token
 */
function declarationOf(token) {
    const [, module = "", file = "", className = ""] = /^aws:([^/]+)\/([^:]+):(.+)$/.exec(token) ?? [];
    let source;
    try {
        source = parse(join(aws, module, `${file}.d.ts`));
    } catch {
        return []; // of an older version
    }
    const args = source.statements
        .filter(ts.isInterfaceDeclaration)
        .find(({ name }) => name.text === `${className}Args`);
    const resource = source.statements.filter(ts.isClassDeclaration).find(({ name }) => name?.text === className);
    if (resource === undefined) throw new Error(`${file}.d.ts declares no class ${className}.`);
    const inputs = new Map(propertiesOf(args).map(member => [nameOf(member), member]));
    /** @type {Record<"required" | "optional" | "computed" | "outputs", Record<string, string>> & { defaults: Record<string, unknown> }} */
    const declaration = { required: {}, optional: {}, computed: {}, outputs: {}, defaults: {} };
    for (const member of resource.members.filter(ts.isPropertyDeclaration)) {
        const [type] =
            (member.type !== undefined && ts.isTypeReferenceNode(member.type) && member.type.typeArguments) || [];
        if (type === undefined) continue;
        const name = nameOf(member);
        const input = inputs.get(name);
        const kind = input?.type?.getText().includes("PolicyDocument") ? "document" : kindOf(type);
        const isAlways = !(ts.isUnionTypeNode(type) && type.types.some(isUndefined));
        if (input === undefined) declaration.outputs[name] = kind;
        else if (!input.questionToken) declaration.required[name] = kind;
        else if (isAlways) declaration.computed[name] = kind;
        else {
            declaration.optional[name] = kind;
            const value = defaultIn(input, kind);
            if (value !== undefined) declaration.defaults[name] = value;
        }
    }
    return [[token, declaration]];
}

/**
 * `string`, `document` (a policy as a text or an object), `number`, `boolean`, `list<…>`, `map`, or a block such as `s3.BucketVersioning`.
 *
 * @param {ts.TypeNode} type
 * @returns {string}
 */
function kindOf(type) {
    if (ts.isUnionTypeNode(type)) {
        const kinds = [...new Set(type.types.filter(each => !isUndefined(each)).map(kindOf))];
        return kinds.find(kind => kind !== "string") ?? "string";
    }
    if (ts.isParenthesizedTypeNode(type)) return kindOf(type.type);
    if (ts.isArrayTypeNode(type)) return `list<${kindOf(type.elementType)}>`;
    if (ts.isTypeLiteralNode(type)) return "map";
    if (type.kind === ts.SyntaxKind.BooleanKeyword) return "boolean";
    if (type.kind === ts.SyntaxKind.NumberKeyword) return "number";
    const block = /^outputs\.(.+)$/.exec(type.getText())?.[1];
    if (block === undefined) return "string"; // enums of texts, names of resources
    if (!reached.has(block)) {
        reached.set(block, {});
        const kinds = propertiesOf(shapes.get(block)).flatMap(member =>
            member.type === undefined ? [] : [[nameOf(member), kindOf(member.type)]],
        );
        reached.set(block, Object.fromEntries(kinds));
    }
    return block;
}

/** @param {ts.InterfaceDeclaration | undefined} shape */
function propertiesOf(shape) {
    return shape?.members.filter(ts.isPropertySignature) ?? [];
}

/** @param {ts.PropertySignature | ts.PropertyDeclaration} member */
function nameOf({ name }) {
    return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : name.getText();
}

/** @param {ts.TypeNode} type */
function isUndefined(type) {
    return type.kind === ts.SyntaxKind.UndefinedKeyword;
}

/**
 * A default that the documentation of an input gives; some of them are AWS's and not the provider's.
 *
 * @param {ts.PropertySignature} member
 * @param {string} kind
 */
function defaultIn(member, kind) {
    const prose = ts
        .getJSDocCommentsAndTags(member)
        .filter(ts.isJSDoc)
        .map(doc => ts.getTextOfJSDocComment(doc.comment) ?? "")
        .join(" ")
        .replace(/\s+/g, " ");
    const found =
        /\b(?:defaults? (?:value )?(?:is |to )|default:? )(?:`([\w./-]+)`|"([\w./-]+)"|(true|false|\d+)\b)/i.exec(
            prose,
        );
    const value = found?.slice(1).find(part => part !== undefined);
    if (value === undefined) return undefined;
    if (kind === "string") return value;
    if (kind === "boolean") return value === "true" ? true : value === "false" ? false : undefined;
    if (kind === "number") return /^\d+$/.test(value) ? Number(value) : undefined;
    return undefined;
}

/** @param {string} path */
function namespacesOf(path) {
    /** @type {Map<string, ts.InterfaceDeclaration>} */
    const found = new Map();
    /** @type {(nodes: readonly ts.Statement[], prefix: string) => void} */
    const visit = (nodes, prefix) => {
        for (const node of nodes) {
            if (ts.isModuleDeclaration(node) && node.body !== undefined && ts.isModuleBlock(node.body)) {
                visit(node.body.statements, `${prefix}${node.name.text}.`);
            }
            if (ts.isInterfaceDeclaration(node)) found.set(`${prefix}${node.name.text}`, node);
        }
    };
    visit(parse(path).statements, "");
    return found;
}

/** @param {string} path */
function parse(path) {
    return ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
}

/** @param {ReadonlyMap<string, object>} map */
function sorted(map) {
    return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * One type or block a line, so that a change of one is one line's.
 *
 * @param {{ source: string, types: object, blocks: object }} declared
 */
function print({ source, types: declared, blocks }) {
    /** @param {object} entries */
    const lines = entries =>
        Object.entries(entries)
            .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
            .join(",\n");
    return `{\n"source": ${JSON.stringify(source)},\n"types": {\n${lines(declared)}\n},\n"blocks": {\n${lines(blocks)}\n}\n}\n`;
}
