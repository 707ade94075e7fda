import fc from "fast-check";
import { rules } from "../../policies/rules";
import { changed, changesFrom, damaged, damages, examplesOf, FAILURE, type Props } from "../support/fuzzing";
import { mapDeep } from "../support/json";
import { loadExamples } from "../support/load-examples";
import { respellAction, respellCidr, reverseKeys, reverseLists, unwrapList } from "../support/rewritings";
import { examples, judgeProject, judgeStack, type Verdict } from "../support/test-rule";

/** The same inputs on every run, and few enough for all rules to take seconds. */
const BOUNDS = { seed: 20_261_123, numRuns: 100, interruptAfterTimeLimit: 400, markInterruptAsFailure: false };

loadExamples();

test("every rule gives examples", () => {
    const named = [...examples.resource.keys(), ...examples.stack.keys(), ...examples.project.keys()];
    expect(named.map(rule => rule.name).sort()).toEqual(rules.map(rule => rule.name));
});

describe.each(rules.filter(rule => rule.scope !== "project").map(rule => [rule.name, rule] as const))(
    "%s",
    (_, rule) => {
        const cases = examplesOf(rule);
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
        for (const { name, resources, settings, form, isOrdered = false } of examples.stack.get(rule) ?? []) {
            if (isOrdered) continue;
            const verdict = placesOf(judgeStack(rule, [...resources].reverse(), settings, form));
            expect({ name, verdict }).toEqual({ name, verdict: placesOf(judgeStack(rule, resources, settings, form)) });
        }
    });
});

describe.each(rules.filter(rule => rule.scope === "project").map(rule => [rule.name, rule] as const))(
    "%s",
    (_, rule) => {
        test("survives any files", () => {
            const project = fc.constantFrom(...(examples.project.get(rule) ?? []));
            verify(
                fc.property(project, damages(), (testCase, places) => {
                    const files = Object.entries(testCase.files).map(
                        ([path, content]) => [path, damaged(content.toString(), places)] as const,
                    );
                    expectNoFailure(judgeProject(rule, { ...testCase, files: Object.fromEntries(files) }));
                }),
            );
        });
    },
);

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
