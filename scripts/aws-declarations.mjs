// Writes what @pulumi/aws declares of every resource type that a rule names, for the tests' stand-in of its provider:
// __tests__/support/aws-provider/fixtures/declarations.json. With --check it writes nothing and fails when the file differs.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const ts = createRequire(import.meta.url)("typescript");
const aws = join(root, "node_modules/@pulumi/aws");
const target = join(root, "__tests__/support/aws-provider/fixtures/declarations.json");

const shapes = namespacesOf(join(aws, "types/output.d.ts"));
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
 */
function declarationOf(token) {
    const [, module, file, className] = /^aws:([^/]+)\/([^:]+):(.+)$/.exec(token);
    let source;
    try {
        source = parse(join(aws, module, `${file}.d.ts`));
    } catch {
        return []; // of an older version
    }
    const find = (is, name) => source.statements.find(node => is(node) && node.name?.text === name);
    const members = find(ts.isInterfaceDeclaration, `${className}Args`)?.members ?? [];
    const inputs = new Map(members.map(member => [member.name.text, member]));
    const declaration = { required: {}, optional: {}, computed: {}, outputs: {}, defaults: {} };
    for (const member of find(ts.isClassDeclaration, className).members) {
        const [type] = (ts.isPropertyDeclaration(member) && member.type?.typeArguments) || [];
        if (type === undefined) continue;
        const name = member.name.text;
        const input = inputs.get(name);
        const kind = input?.type.getText().includes("PolicyDocument") ? "document" : kindOf(type);
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

/** `string`, `document` (a policy as a text or an object), `number`, `boolean`, `list<…>`, `map`, or a block such as `s3.BucketVersioning`. */
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
        const members = shapes.get(block)?.members ?? [];
        reached.set(block, Object.fromEntries(members.map(member => [member.name.text, kindOf(member.type)])));
    }
    return block;
}

function isUndefined(type) {
    return type.kind === ts.SyntaxKind.UndefinedKeyword;
}

/** A default that the documentation of an input gives; some of them are AWS's and not the provider's. */
function defaultIn(member, kind) {
    const prose = (member.jsDoc ?? [])
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

function namespacesOf(path) {
    const found = new Map();
    const visit = (nodes, prefix) => {
        for (const node of nodes) {
            if (ts.isModuleDeclaration(node)) visit(node.body.statements, `${prefix}${node.name.text}.`);
            else if (ts.isInterfaceDeclaration(node)) found.set(`${prefix}${node.name.text}`, node);
        }
    };
    visit(parse(path).statements, "");
    return found;
}

function parse(path) {
    return ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
}

function sorted(map) {
    return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** One type or block a line, so that a change of one is one line's. */
function print({ source, types: declared, blocks }) {
    const lines = entries =>
        Object.entries(entries)
            .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
            .join(",\n");
    return `{\n"source": ${JSON.stringify(source)},\n"types": {\n${lines(declared)}\n},\n"blocks": {\n${lines(blocks)}\n}\n}\n`;
}
