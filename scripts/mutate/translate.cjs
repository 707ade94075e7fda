// Translates a source as the tests do, with a counter in each function or with one change.
const ts = require("typescript");
const { COUNTER } = require("./counter.cjs");

/** What tests are translated to; see jest.config.js. */
const OPTIONS = {
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    target: ts.ScriptTarget.ES2022,
    esModuleInterop: true,
    isolatedModules: true,
    ignoreDeprecations: "5.0",
    inlineSourceMap: false,
};

/**
 * Functions with a body; what stands outside all of them runs when the file is loaded.
 *
 * @param {import("typescript").Node} node
 * @returns {node is import("typescript").FunctionLikeDeclaration}
 */
function hasBody(node) {
    return ts.isFunctionLike(node) && "body" in node && node.body !== undefined;
}

/**
 * The place of the innermost function around a position, by which its counter is known; -1 for none.
 *
 * @param {import("typescript").SourceFile} source
 * @param {number} position
 */
function functionAt(source, position) {
    let found = -1;
    /** @type {(node: import("typescript").Node) => void} */
    const visit = node => {
        if (position < node.pos || position >= node.end) return;
        if (hasBody(node)) found = node.getStart(source);
        ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
}

/**
 * The JavaScript of a source. With `file`, each function tells `__ran` of itself.
 *
 * @param {string} text
 * @param {string} name
 * @param {string} [file]
 */
function translate(text, name, file) {
    /** @type {import("typescript").TransformerFactory<import("typescript").SourceFile>[]} */
    const before = file === undefined ? [] : [context => source => counted(source, context, file)];
    return ts.transpileModule(text, { fileName: name, compilerOptions: OPTIONS, transformers: { before } }).outputText;
}

/**
 * @param {import("typescript").SourceFile} source
 * @param {import("typescript").TransformationContext} context
 * @param {string} file
 * @returns {import("typescript").SourceFile}
 */
function counted(source, context, file) {
    const { factory } = context;
    /** @param {import("typescript").Node} node */
    const call = node =>
        factory.createCallExpression(factory.createIdentifier(COUNTER), undefined, [
            factory.createStringLiteral(file),
            factory.createNumericLiteral(node.getStart(source)),
        ]);
    /** @type {(node: import("typescript").Node) => import("typescript").Node} */
    const visit = node => {
        if (!hasBody(node)) return ts.visitEachChild(node, visit, context);
        /** @type {(part: import("typescript").Node) => import("typescript").Node} */
        const visitPart = part =>
            part === node.body
                ? withCall(/** @type {import("typescript").ConciseBody} */ (visit(part)), call(node))
                : visit(part);
        return ts.visitEachChild(node, visitPart, context);
    };
    /** @type {(body: import("typescript").ConciseBody, counting: import("typescript").Expression) => import("typescript").Node} */
    const withCall = (body, counting) => {
        if (!ts.isBlock(body)) return factory.createComma(counting, factory.createParenthesizedExpression(body));
        // Directives and a call of the parent's constructor may come later: the counter needs neither.
        return factory.updateBlock(body, [factory.createExpressionStatement(counting), ...body.statements]);
    };
    return ts.visitNode(source, visit, ts.isSourceFile);
}

module.exports = { functionAt, translate };
