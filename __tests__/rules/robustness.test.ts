import fc from "fast-check";
import type { ResourceRule, StackRule } from "../../policies/kit/rule";
import { rules } from "../../policies/rules";
import { UNKNOWN } from "../support/engine-args";
import { isMap, mapDeep, replaceNode, wordsOf } from "../support/json";
import { loadExamples } from "../support/load-examples";
import { respellAction, respellCidr, reverseKeys, reverseLists, unwrapList } from "../support/rewritings";
import {
    examples,
    judgeProject,
    judgeResource,
    judgeStack,
    type ResourceCase,
    remediated,
    type Verdict,
} from "../support/test-rule";

type Props = Record<string, unknown>;

/** A case of a rule's own table whose properties can be changed: a list of one for resource rules. */
interface Example {
    readonly name: string;
    readonly props: readonly Props[];
    judge(props: readonly Props[]): Verdict;
}

/** What the pack reports when a rule throws. */
const FAILURE = "the rule failed and could not judge this";

/** The same inputs on every run, and few enough for all rules to take seconds. */
const BOUNDS = { seed: 20_261_123, numRuns: 100, interruptAfterTimeLimit: 400, markInterruptAsFailure: false };

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

loadExamples();

test("every rule gives examples", () => {
    const named = [...examples.resource.keys(), ...examples.stack.keys(), ...examples.project.keys()];
    expect(named.map(rule => rule.name).sort()).toEqual(rules.map(rule => rule.name));
});

describe.each(rules.filter(rule => rule.scope !== "project").map(rule => [rule.name, rule] as const))(
    "%s",
    (_, rule) => {
        const cases = rule.scope === "stack" ? stackExamples(rule) : resourceExamples(rule);
        const example = fc.constantFrom(...cases);
        const changes = changesFrom(cases.map(({ props }) => props));

        test("survives any properties", () => {
            verify(
                fc.property(example, changes, ({ props, judge }, change) =>
                    expectNoFailure(judge(changed(props, change))),
                ),
            );
        });

        test.each([
            ["names of properties", reverseKeys],
            ["elements of lists", reverseLists],
        ])("judges alike whatever the order of %s", (_name, rewrite) => {
            verify(
                fc.property(example, changes, ({ props, judge }, change) => {
                    const before = changed(props, change);
                    expect(placesOf(judge(mapProps(before, rewrite)))).toEqual(placesOf(judge(before)));
                }),
            );
        });

        test.each([
            ["lists of one element are that element", unwrapList],
            ["actions are spelt in other letters", respellAction],
            ["blocks of addresses are spelt differently", respellCidr],
        ])("judges alike when %s", (_name, rewrite) => {
            for (const { name, props, judge } of cases) {
                const verdict = placesOf(judge(mapProps(props, rewrite)));
                expect({ name, verdict }).toEqual({ name, verdict: placesOf(judge(props)) });
            }
        });
    },
);

describe.each(rules.filter(rule => rule.scope === "stack").map(rule => [rule.name, rule] as const))("%s", (_, rule) => {
    test("judges alike whatever the order of resources", () => {
        for (const { name, resources, settings, form } of examples.stack.get(rule) ?? []) {
            const verdict = placesOf(judgeStack(rule, [...resources].reverse(), settings, form));
            expect({ name, verdict }).toEqual({ name, verdict: placesOf(judgeStack(rule, resources, settings, form)) });
        }
    });
});

describe.each(rules.filter(rule => rule.scope === "project").map(rule => [rule.name, rule] as const))(
    "%s",
    (_, rule) => {
        test("survives any files", () => {
            const damages = fc.array(fc.tuple(fc.nat(), fc.nat(40), fc.constantFrom(...DEBRIS)), { maxLength: 3 });
            const project = fc.constantFrom(...(examples.project.get(rule) ?? []));
            verify(
                fc.property(project, damages, (testCase, places) => {
                    const files = Object.entries(testCase.files).map(([path, content]) => {
                        const text = places.reduce((sum, [at, length, debris]) => {
                            const from = at % (sum.length + 1);
                            return sum.slice(0, from) + debris + sum.slice(from + length);
                        }, content.toString());
                        return [path, text] as const;
                    });
                    expectNoFailure(judgeProject(rule, { ...testCase, files: Object.fromEntries(files) }));
                }),
            );
        });
    },
);

/** The cases of a resource rule, and an empty resource of each type. Remediation is run along. */
function resourceExamples(rule: ResourceRule): Example[] {
    const types = rule.types === "all" ? [] : rule.types;
    const empty: ResourceCase[] = types.map(type => ({ name: `an empty ${type}`, type, props: {} }));
    return [...(examples.resource.get(rule) ?? []), ...empty].map(testCase => {
        const { name, type = types[0] ?? "", settings, options = {} } = testCase;
        return {
            name,
            props: [testCase.props],
            judge: ([props = {}]) => {
                if (rule.remediate !== undefined) remediated(rule, { type, props, options }, settings);
                return judgeResource(rule, { type, props, options }, settings);
            },
        };
    });
}

/** The cases of a stack rule. Remediation is run along. */
function stackExamples(rule: StackRule): Example[] {
    return (examples.stack.get(rule) ?? []).map(({ name, resources, settings, form }) => ({
        name,
        props: resources.map(({ props }) => props ?? {}),
        judge: changedProps => {
            const changed = resources.map((resource, index) => ({ ...resource, props: changedProps[index] ?? {} }));
            if (rule.remediate !== undefined) for (const resource of changed) remediated(rule, resource, settings);
            return judgeStack(rule, changed, settings, form);
        },
    }));
}

type Change = readonly (readonly [resource: number, node: number, replacement: unknown])[];

/** Replacements of up to four nodes by data that is made of the words of the examples and of what else may turn up. */
function changesFrom(values: readonly unknown[]): fc.Arbitrary<Change> {
    const { names, leaves } = wordsOf(values);
    const odd = [UNKNOWN, null, true, false, "true", "", "*", "{", "[]", 0, -1, 1.5, 1e21, "__proto__", "::/0"];
    const { data } = fc.letrec(tie => ({
        data: fc.oneof(
            { maxDepth: 3, withCrossShrink: true },
            { weight: 3, arbitrary: fc.constantFrom(...odd, ...leaves) },
            { weight: 1, arbitrary: fc.array(tie("data"), { maxLength: 3 }) },
            { weight: 2, arbitrary: fc.dictionary(fc.constantFrom(...names), tie("data"), { maxKeys: 4 }) },
        ),
    }));
    return fc.array(fc.tuple(fc.nat(), fc.nat(), data), { maxLength: 4 });
}

function changed(props: readonly Props[], change: Change): Props[] {
    const result = [...props];
    for (const [resource, node, replacement] of change) {
        const at = resource % result.length;
        const value = replaceNode(result[at], node, replacement);
        result[at] = isMap(value) ? value : { [Object.keys(props[at] ?? {})[0] ?? "name"]: value };
    }
    return result;
}

const mapProps = (props: readonly Props[], change: (node: unknown, key: string) => unknown): Props[] =>
    props.map(value =>
        Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapDeep(item, change, key)])),
    );

/** Where a verdict finds something, which does not tell the order of keys and elements, in the order of the alphabet. */
function placesOf({ violations, notes, notApplicable }: Verdict): object {
    const places = (messages: readonly string[]) =>
        messages
            .map(message => message.replace(/^(Cannot be judged yet: )?(.*?): .*$/s, "$1$2").replace(/\[\d+\]/g, ""))
            .sort();
    return { violations: places(violations), notes: places(notes), notApplicable };
}

function expectNoFailure({ violations, notes }: Verdict): void {
    for (const message of [...violations, ...notes]) expect(message).not.toContain(FAILURE);
}

function verify<T>(property: fc.IProperty<T>): void {
    fc.assert(property, BOUNDS);
}
