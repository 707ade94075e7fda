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
        const result = ts.visitEachChild(node, visit, context);
        if (!hasBody(node)) return result;
        const { body } = result;
        if (!ts.isBlock(body))
            return withBody(result, factory.createComma(call(node), factory.createParenthesizedExpression(body)));
        // Directives and a call of the parent's constructor may come later: the counter needs neither.
        return withBody(
            result,
            factory.updateBlock(body, [factory.createExpressionStatement(call(node)), ...body.statements]),
        );
    };
    const withBody = (node, body) => {
        if (ts.isArrowFunction(node)) {
            return factory.updateArrowFunction(
                node,
                node.modifiers,
                node.typeParameters,
                node.parameters,
                node.type,
                node.equalsGreaterThanToken,
                body,
            );
        }
        if (ts.isFunctionDeclaration(node)) {
            return factory.updateFunctionDeclaration(
                node,
                node.modifiers,
                node.asteriskToken,
                node.name,
                node.typeParameters,
                node.parameters,
                node.type,
                body,
            );
        }
        if (ts.isFunctionExpression(node)) {
            return factory.updateFunctionExpression(
                node,
                node.modifiers,
                node.asteriskToken,
                node.name,
                node.typeParameters,
                node.parameters,
                node.type,
                body,
            );
        }
        if (ts.isMethodDeclaration(node)) {
            return factory.updateMethodDeclaration(
                node,
                node.modifiers,
                node.asteriskToken,
                node.name,
                node.questionToken,
                node.typeParameters,
                node.parameters,
                node.type,
                body,
            );
        }
        if (ts.isConstructorDeclaration(node)) {
            return factory.updateConstructorDeclaration(node, node.modifiers, node.parameters, body);
        }
        if (ts.isGetAccessorDeclaration(node)) {
            return factory.updateGetAccessorDeclaration(
                node,
                node.modifiers,
                node.name,
                node.parameters,
                node.type,
                body,
            );
        }
        return factory.updateSetAccessorDeclaration(node, node.modifiers, node.name, node.parameters, body);
    };
    return ts.visitNode(source, visit);
}

module.exports = { functionAt, translate };
