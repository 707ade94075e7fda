// Inputs made from the cases of all rules: each differs from one in a few places, by words of the others and odd values.
import fc from "fast-check";
import type { ResourceRule, StackRule } from "../../policies/kit/rule";
import { UNKNOWN } from "./engine-args";
import { isMap, replaceNode, wordsOf } from "./json";
import {
    examples,
    judgeResource,
    judgeStack,
    type ResourceCase,
    remediated,
    type StackCase,
    type Verdict,
} from "./test-rule";

export type Props = Record<string, unknown>;

/** A case of a rule's own table whose properties can be changed: a list of one for resource rules. */
export interface Example {
    readonly name: string;
    readonly resources: StackCase["resources"];
    readonly settings: Record<string, unknown>;
    readonly props: readonly Props[];
    judge(props: readonly Props[]): Verdict;
}

/** What the pack reports when a rule throws. */
export const FAILURE = "the rule failed and could not judge this";

/** What files are damaged with: what YAML and workflows give a meaning. */
const DEBRIS = [
    "",
    "\n",
    ": ",
    "- ",
    "\t",
    "&a *a",
    "<<: *b",
    "${{ ",
    "}}",
    "\u0000",
    "'",
    "[{",
    "!!binary x",
    "null",
    "on:",
    "~",
];

/** The cases of a rule on resources, and for a resource rule an empty resource of each type. Remediation is run along. */
export function examplesOf(rule: ResourceRule | StackRule): Example[] {
    return rule.scope === "stack" ? stackExamples(rule) : resourceExamples(rule);
}

function resourceExamples(rule: ResourceRule): Example[] {
    const types = rule.types === "all" ? [] : rule.types;
    const empty: ResourceCase[] = types.map(type => ({ name: `an empty ${type}`, type, props: {} }));
    return [...(examples.resource.get(rule) ?? []), ...empty].map(testCase => {
        const { name, type = types[0] ?? "", settings = {}, options = {} } = testCase;
        return {
            name,
            resources: [{ name: "resource", type, options }],
            settings,
            props: [testCase.props],
            judge: ([props = {}]) => {
                if (rule.remediate !== undefined) remediated(rule, { type, props, options }, settings);
                return judgeResource(rule, { type, props, options }, settings);
            },
        };
    });
}

function stackExamples(rule: StackRule): Example[] {
    return (examples.stack.get(rule) ?? []).map(({ name, resources, settings = {}, form }) => ({
        name,
        resources,
        settings,
        props: resources.map(({ props }) => props ?? {}),
        judge: changedProps => {
            const changed = resources.map((resource, index) => ({ ...resource, props: changedProps[index] ?? {} }));
            if (rule.remediate !== undefined) for (const resource of changed) remediated(rule, resource, settings);
            return judgeStack(rule, changed, settings, form);
        },
    }));
}

export type Change = readonly (readonly [resource: number, node: number, replacement: unknown])[];

/** Replacements of up to four nodes by data that is made of the words of the examples and of what else may turn up. */
export function changesFrom(values: readonly unknown[], odd: readonly unknown[] = []): fc.Arbitrary<Change> {
    const { names, leaves } = wordsOf(values);
    const always = [UNKNOWN, null, true, false, "true", "", "*", "{", "[]", 0, -1, 1.5, 1e21, "__proto__", "::/0"];
    const { data } = fc.letrec(tie => ({
        data: fc.oneof(
            { maxDepth: 3, withCrossShrink: true },
            { weight: 3, arbitrary: fc.constantFrom(...always, ...odd, ...leaves) },
            { weight: 1, arbitrary: fc.array(tie("data"), { maxLength: 3 }) },
            { weight: 2, arbitrary: fc.dictionary(fc.constantFrom(...names), tie("data"), { maxKeys: 4 }) },
        ),
    }));
    return fc.array(fc.tuple(fc.nat(), fc.nat(), data), { maxLength: 4 });
}

/** The properties of some resources with a change. */
export function changed(props: readonly Props[], change: Change): Props[] {
    const result = [...props];
    for (const [resource, node, replacement] of change) {
        const at = resource % result.length;
        const value = replaceNode(result[at], node, replacement);
        result[at] = isMap(value) ? value : { [Object.keys(props[at] ?? {})[0] ?? "name"]: value };
    }
    return result;
}

export type Damage = readonly (readonly [at: number, length: number, debris: string])[];

/** Up to three places of a text and what takes them. */
export function damages(odd: readonly string[] = []): fc.Arbitrary<Damage> {
    return fc.array(fc.tuple(fc.nat(), fc.nat(40), fc.constantFrom(...DEBRIS, ...odd)), { maxLength: 3 });
}

/** A text with a damage. */
export function damaged(text: string, places: Damage): string {
    return places.reduce((sum, [at, length, debris]) => {
        const from = at % (sum.length + 1);
        return sum.slice(0, from) + debris + sum.slice(from + length);
    }, text);
}
