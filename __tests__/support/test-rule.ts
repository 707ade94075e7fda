import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { ReportViolation, ResourceRemediation, ResourceValidation, StackValidation } from "@pulumi/policy";
import { toPolicy } from "../../policies/kit/policy";
import { type ExportedState, Workspace } from "../../policies/kit/project/workspace";
import { aspectOf, identified } from "../../policies/kit/report";
import { idOf, type ProjectRule, type ResourceRule, type Rule, type StackRule } from "../../policies/kit/rule";
import { type Form, NotApplicable, resourceArgs, stackArgs, type TestResource, UNKNOWN } from "./engine-args";

interface Case {
    /** Says what is special about the case. Unique. */
    readonly name: string;
    readonly settings?: Record<string, unknown>;
    /** All notes the rule gives, in order; advisory whatever the rule's level. None unless given. */
    readonly notes?: readonly string[];
    /** The aspects of the violations, in order; not compared unless given. */
    readonly aspects?: readonly (string | undefined)[];
    /** Why the violations are others at some times of a resource's life, by the time; see life.test.ts. */
    readonly life?: Readonly<Record<string, string>>;
    /** Whether another order of the resources, which is that of their registration, is another case. False unless given. */
    readonly isOrdered?: boolean;
    /** Whether the rule finds nothing where all values are marked as secret. False unless given. */
    readonly isOnlyPlain?: boolean;
}

interface Invalid {
    /** All violations the rule reports, in order, as whole messages but for the id of an aspect at their end. At least one. */
    readonly violations: readonly string[];
}

interface Cases<Valid extends Case> {
    readonly valid: readonly Valid[];
    readonly invalid: readonly (Valid & Invalid)[];
    /** Settings that must be refused. */
    readonly badSettings: readonly Record<string, unknown>[];
}

/** A resource case gives the properties of one resource, of the rule's first type unless `type` says otherwise. */
export type ResourceCase = Case & Partial<Omit<TestResource, "name">> & { readonly props: Record<string, unknown> };

/**
 * A stack case gives the resources of a stack and is run in preview and in update form. `form` limits it to one of them, for
 * what can only be so; a case that holds UNKNOWN is run in preview form only.
 */
export type StackCase = Case & {
    readonly resources: readonly TestResource[];
    readonly form?: Form;
    /** URL of the backend that keeps the stack's own state; not known unless given. */
    readonly backendUrl?: string;
};

/** A project case gives the files of a repository by path, and the stack that the engine names. */
export type ProjectCase = Case & {
    readonly files: Readonly<Record<string, string | Uint8Array>>;
    /** Folder of the project in the repository; the repository's root unless given. */
    readonly project?: string;
    /** The stack that the engine names; `prod` unless given, null for none. */
    readonly stack?: string | null;
    /** The secrets provider that an export of the stack's state records, where one is judged. */
    readonly state?: ExportedState["secretsProvider"];
    /** Reason by which the rule says that it is not applicable. */
    readonly notApplicable?: string;
};

/** Every case given to the testers below since this module was loaded, by rule: examples for tests of all rules. */
export const examples = {
    resource: new Map<Rule, readonly ResourceCase[]>(),
    stack: new Map<Rule, readonly StackCase[]>(),
    project: new Map<Rule, readonly ProjectCase[]>(),
};

/** Tests a resource rule by its table of cases, and what every resource rule owes. */
export function testResourceRule(rule: ResourceRule, cases: Cases<ResourceCase>): void {
    examples.resource.set(rule, [...cases.valid, ...cases.invalid]);
    describe(rule.name, () => {
        checkTable(rule, cases);
        const [firstType = "any:type:Any"] = rule.types === "all" ? [] : rule.types;
        const run = ({ name: _, settings, ...resource }: ResourceCase) =>
            judgeResource(rule, { type: firstType, ...resource }, settings);
        table(
            rule,
            cases,
            testCase => run(testCase),
            testCase => testCase.name,
        );
        if (rule.types !== "all") {
            test("does not judge a resource of another type", () => {
                const [invalid] = cases.invalid;
                expect(judgeResource(rule, { type: "test:other/type:Type", props: invalid?.props ?? {} }, {})).toEqual(
                    NOTHING,
                );
            });
        }
    });
}

/** Tests a stack rule by its table of cases, each in preview and in update form. */
export function testStackRule(rule: StackRule, cases: Cases<StackCase>): void {
    examples.stack.set(rule, [...cases.valid, ...cases.invalid]);
    describe(rule.name, () => {
        checkTable(rule, cases);
        const inForms = <C extends StackCase>(all: readonly C[]) =>
            all.flatMap(testCase =>
                formsOf(testCase).map(form => ({ ...testCase, form, name: `${testCase.name} (${form})` })),
            );
        table(
            rule,
            { ...cases, valid: inForms(cases.valid), invalid: inForms(cases.invalid) },
            testCase => judgeStack(rule, testCase.resources, testCase.settings, testCase.form, testCase.backendUrl),
            testCase => testCase.name,
        );
    });
}

/** Tests a project rule by its table of cases, each in a repository folder of its own. */
export function testProjectRule(rule: ProjectRule, cases: Cases<ProjectCase>): void {
    examples.project.set(rule, [...cases.valid, ...cases.invalid]);
    describe(rule.name, () => {
        checkTable(rule, cases);
        table(
            rule,
            cases,
            testCase => judgeProject(rule, testCase),
            testCase => testCase.name,
            testCase => testCase.notApplicable,
        );
    });
}

/** What a rule reported. */
export interface Verdict {
    readonly violations: string[];
    readonly notes: string[];
    readonly notApplicable?: string;
}

const NOTHING: Verdict = { violations: [], notes: [] };

/** Runs a resource rule on one resource, as the SDK does. */
export function judgeResource(rule: ResourceRule, resource: TestResource, settings: object = {}): Verdict {
    const { validateResource, validateStack } = policyOf(rule) as {
        validateResource: ResourceValidation;
        validateStack?: StackValidation;
    };
    return collect(report => {
        validateResource(resourceArgs(resource, settings), report);
        validateStack?.(stackArgs([resource], settings, "preview"), report);
    });
}

/** What a rule's remediation makes of a resource's properties, secrets included; undefined when it leaves them. */
export function remediated(
    rule: ResourceRule | StackRule,
    resource: Partial<TestResource>,
    settings: object = {},
): Record<string, unknown> | undefined {
    const types = rule.scope === "stack" ? (rule.remediableTypes ?? []) : rule.types;
    const [firstType = "any:type:Any"] = types === "all" ? [] : types;
    const { remediateResource } = policyOf(rule) as { remediateResource: ResourceRemediation };
    const result = remediateResource(resourceArgs({ type: firstType, ...resource }, settings));
    // Without the SDK's proxy, which throws where something is unknown.
    if (!result) return undefined;
    return Object.defineProperties({}, Object.getOwnPropertyDescriptors(result)) as Record<string, unknown>;
}

/** Runs a stack rule on some resources, as the SDK does. */
export function judgeStack(
    rule: StackRule,
    resources: readonly TestResource[],
    settings: object = {},
    form: Form = "preview",
    backendUrl?: string,
): Verdict {
    const host = { workspace: withoutFiles, filter: () => "report" as const, backendUrl: () => backendUrl };
    const policy = backendUrl === undefined ? policyOf(rule) : toPolicy(rule, host);
    const { validateStack } = policy as { validateStack: StackValidation };
    return collect(report => validateStack(stackArgs(resources, settings, form), report));
}

/** Runs a project rule on files that are written to a temporary repository, as the engine would from its project folder. */
export function judgeProject(rule: ProjectRule, testCase: Omit<ProjectCase, "name">): Verdict {
    const root = mkdtempSync(join(tmpdir(), "security-baseline-"));
    try {
        mkdirSync(join(root, ".git"));
        for (const [path, content] of Object.entries(testCase.files)) {
            mkdirSync(dirname(join(root, path)), { recursive: true });
            writeFileSync(join(root, path), content);
        }
        const stack = testCase.stack === undefined ? "prod" : (testCase.stack ?? undefined);
        const { validateStack } = toPolicy(rule, {
            workspace: projectDir =>
                Workspace.open({
                    projectDir,
                    stack,
                    project: undefined,
                    calledFrom: join(root, testCase.project ?? ""),
                    state: testCase.state && { file: "state.json", secretsProvider: testCase.state },
                }),
            filter: () => "report",
        }) as { validateStack: StackValidation };
        const verdict = collect(report => validateStack(stackArgs([], testCase.settings ?? {}, "preview"), report));
        const withoutRoot = (text: string) => text.replaceAll(root, "<root>");
        return {
            ...verdict,
            violations: verdict.violations.map(withoutRoot),
            notes: verdict.notes.map(withoutRoot),
            ...(verdict.notApplicable === undefined ? {} : { notApplicable: withoutRoot(verdict.notApplicable) }),
        };
    } finally {
        rmSync(root, { recursive: true, force: true });
    }
}

const policies = new WeakMap<Rule, ReturnType<typeof toPolicy>>();

function policyOf(rule: Rule): ReturnType<typeof toPolicy> {
    const known = policies.get(rule);
    if (known !== undefined) return known;
    const policy = toPolicy(rule, { workspace: withoutFiles, filter: () => "report" });
    policies.set(rule, policy);
    return policy;
}

function withoutFiles(): never {
    throw new Error("Only project rules look at files.");
}

function collect(run: (report: ReportViolation) => void | Promise<void>): Verdict {
    const verdict: Verdict = { violations: [], notes: [] };
    const report = (diagnostic: { message: string; enforcementLevel?: string }) => {
        (diagnostic.enforcementLevel === "advisory" ? verdict.notes : verdict.violations).push(diagnostic.message);
    };
    try {
        run(report as unknown as ReportViolation);
    } catch (error) {
        if (!(error instanceof NotApplicable)) throw error;
        return { ...verdict, notApplicable: error.message };
    }
    return verdict;
}

/** Takes off a message the id of one of the rule's aspects that ends it: tables of cases give the rest. */
export function withoutId(rule: Rule): (message: string) => string {
    const ends = (rule.aspects ?? []).map(aspect => identified("", idOf(rule, aspect)));
    return message => {
        const end = ends.find(one => message.endsWith(one));
        return end === undefined ? message : message.slice(0, -end.length);
    };
}

function table<C extends Case>(
    rule: Rule,
    cases: Cases<C>,
    judge: (testCase: C) => Verdict,
    nameOf: (testCase: C) => string,
    notApplicable: (testCase: C) => string | undefined = () => undefined,
): void {
    const expected = (testCase: C, violations: readonly string[]) => {
        const reason = notApplicable(testCase);
        return { violations, notes: testCase.notes ?? [], ...(reason === undefined ? {} : { notApplicable: reason }) };
    };
    const known = new Set((rule.aspects ?? []).map(({ id }) => id));
    const shown = new Set<string>();
    const expectVerdict = (testCase: C, violations: readonly string[]) => {
        const verdict = judge(testCase);
        const { violations: found, notes } = verdict;
        expect({ ...verdict, violations: found.map(withoutId(rule)), notes: notes.map(withoutId(rule)) }).toEqual(
            expected(testCase, violations),
        );
        const aspects = found.map(message => aspectOf(message, rule.name));
        if (testCase.aspects !== undefined) expect(aspects).toEqual(testCase.aspects);
        for (const id of aspects) if (id !== undefined) shown.add(id);
    };
    describe("valid", () => {
        for (const testCase of cases.valid) {
            test(nameOf(testCase), () => expectVerdict(testCase, []));
        }
    });
    describe("invalid", () => {
        for (const testCase of cases.invalid) {
            test(nameOf(testCase), () => expectVerdict(testCase, testCase.violations));
        }
    });
    if (known.size === 0) return;
    test("the table has a violation of each aspect", () => {
        expect([...shown].sort()).toEqual([...known].sort());
    });
}

function checkTable(rule: Rule, cases: Cases<Case>): void {
    test("the table has both halves, distinct names and distinct cases", () => {
        expect(cases.valid.length).toBeGreaterThan(0);
        expect(cases.invalid.length).toBeGreaterThan(0);
        for (const { name, violations } of cases.invalid)
            expect({ name, count: violations.length }).not.toEqual({ name, count: 0 });
        const all: readonly Case[] = [...cases.valid, ...cases.invalid];
        const names = all.map(({ name }) => name);
        expect(names).toEqual([...new Set(names)]);
        const bodies = all.map(
            ({
                name: _,
                notes: __,
                violations: ___,
                life: ____,
                aspects: _____,
                isOnlyPlain: ______,
                isOrdered: _______,
                ...body
            }: Case & Partial<Invalid>) => body,
        );
        bodies.forEach((body, index) => {
            const twin = bodies.findIndex(other => isDeepStrictEqual(other, body));
            expect({ case: names[index], sameAs: names[twin] }).toEqual({ case: names[index], sameAs: names[index] });
        });
    });
    test.each(cases.badSettings.map(settings => [JSON.stringify(settings), settings]))(
        "refuses settings %s",
        (_, settings) => {
            expect(rule.settings.safeParse(settings).success).toBe(false);
        },
    );
}

function formsOf({ form, resources }: StackCase): Form[] {
    if (form !== undefined) return [form];
    return JSON.stringify(resources).includes(UNKNOWN) ? ["preview"] : ["preview", "update"];
}
