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

/** Functions with a body; what stands outside all of them runs when the file is loaded. */
function hasBody(node) {
    return ts.isFunctionLike(node) && node.body !== undefined;
}

/** The place of the innermost function around a position, by which its counter is known; -1 for none. */
function functionAt(source, position) {
    let found = -1;
    const visit = node => {
        if (position < node.pos || position >= node.end) return;
        if (hasBody(node)) found = node.getStart(source);
        ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
}

/** The JavaScript of a source. With `file`, each function tells `__ran` of itself. */
function translate(text, name, file) {
    const transformers = file === undefined ? {} : { before: [context => source => counted(source, context, file)] };
    return ts.transpileModule(text, { fileName: name, compilerOptions: OPTIONS, transformers }).outputText;
}

function counted(source, context, file) {
    const { factory } = context;
    const call = node =>
        factory.createCallExpression(factory.createIdentifier(COUNTER), undefined, [
            factory.createStringLiteral(file),
            factory.createNumericLiteral(node.getStart(source)),
        ]);
    const visit = node => {
        if (!hasBody(node)) return ts.visitEachChild(node, visit, context);
        const visitPart = part => (part === node.body ? withCall(visit(part), call(node)) : visit(part));
        return ts.visitEachChild(node, visitPart, context);
    };
    const withCall = (body, counting) => {
        if (!ts.isBlock(body)) return factory.createComma(counting, factory.createParenthesizedExpression(body));
        // Directives and a call of the parent's constructor may come later: the counter needs neither.
        return factory.updateBlock(body, [factory.createExpressionStatement(counting), ...body.statements]);
    };
    return ts.visitNode(source, visit);
}

module.exports = { functionAt, translate };
