import type { FileValue } from "../kit/project/file-value";
import { literalOf, soleExpression } from "./expression";
import type { Scope } from "./pipeline";

/** Values of `inputs` as a caller gives them, else their defaults, by reference. */
export function inputValues(
    declared: FileValue,
    given: ReadonlyMap<string, FileValue>,
    scope: Scope,
): Map<string, readonly string[]> {
    const values = new Map<string, readonly string[]>();
    for (const [name, input] of declared.entries()) {
        const standard = input.get("default").scalar();
        if (standard !== undefined) values.set(`inputs.${name.toLowerCase()}`, [String(standard)]);
        else if (input.get("required").scalar() !== true) values.set(`inputs.${name.toLowerCase()}`, [""]);
    }
    for (const [name, value] of given) {
        values.set(`inputs.${name.toLowerCase()}`, scope.expand(textOf(value)));
    }
    return values;
}

/** Choices of `workflow_dispatch`; what a person types freely is not known. */
export function dispatchInputs(workflow: FileValue): Map<string, readonly string[]> {
    const values = new Map<string, readonly string[]>();
    for (const [name, input] of workflow.get("on").get("workflow_dispatch").get("inputs").entries()) {
        const options = input.get("options").items().map(textOf);
        if (options.length > 0) values.set(`inputs.${name.toLowerCase()}`, options);
    }
    return values;
}

/** Inputs of `workflow_dispatch` that who starts a run may leave empty, by reference. */
export function optionalInputs(workflow: FileValue): ReadonlySet<string> {
    const inputs = workflow.get("on").get("workflow_dispatch").get("inputs").entries();
    const optional = inputs.filter(
        ([, input]) =>
            textOf(input.get("default")) === "" &&
            input.get("required").scalar() !== true &&
            input.get("options").items().length === 0,
    );
    return new Set(
        optional.flatMap(([name]) => [`inputs.${name.toLowerCase()}`, `github.event.inputs.${name.toLowerCase()}`]),
    );
}

/** Values that a matrix gives, by reference; of combinations nothing is kept. */
export function matrixOf(matrix: FileValue, scope: Scope): Map<string, readonly string[]> {
    const values = new Map<string, string[]>();
    const add = (reference: string, value: FileValue) => {
        if (value.isMap) for (const [name, inner] of value.entries()) add(`${reference}.${name.toLowerCase()}`, inner);
        else if (value.scalar() !== undefined) {
            const known = values.get(reference);
            const more = scope.expand(textOf(value));
            if (known === undefined) values.set(reference, more);
            else known.push(...more);
        }
    };
    for (const [name, value] of matrix.entries()) {
        if (name === "exclude") continue;
        if (name === "include") {
            for (const item of value.items())
                for (const [key, one] of item.entries()) add(`matrix.${key.toLowerCase()}`, one);
        } else if (value.isList) {
            for (const item of value.items()) add(`matrix.${name.toLowerCase()}`, item);
        } else {
            const listed = literalList(textOf(value));
            if (listed !== undefined) values.set(`matrix.${name.toLowerCase()}`, listed);
        }
    }
    return values;
}

/** The list in `${{ fromJSON('["dev", "prod"]') }}`. */
function literalList(text: string): string[] | undefined {
    const [, argument = ""] = /^fromJSON\(\s*('[\s\S]*')\s*\)$/i.exec(soleExpression(text) ?? "") ?? [];
    try {
        const list: unknown = JSON.parse(literalOf(argument) ?? "");
        return Array.isArray(list) ? list.map(String) : undefined;
    } catch {
        return undefined;
    }
}

/** Environment variables by name, as written. */
export function envOf(env: FileValue): ReadonlyMap<string, FileValue> {
    return new Map(env.entries());
}

/** The text of a single value; empty where there is none. */
export function textOf(value: FileValue | undefined): string {
    const scalar = value?.scalar();
    return scalar === undefined ? "" : String(scalar);
}
