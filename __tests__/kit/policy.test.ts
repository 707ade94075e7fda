import type { ResourceRemediation, ResourceValidation, StackValidation } from "@pulumi/policy";
import { z } from "zod";
import type { Operation } from "../../policies/kit/operation";
import { type Diagnostic, type Host, toPolicy } from "../../policies/kit/policy";
import { BUDGET } from "../../policies/kit/project/budget";
import { Workspace } from "../../policies/kit/project/workspace";
import type { Report } from "../../policies/kit/report";
import { type Resource, resourceOf } from "../../policies/kit/resource";
import { projectRule, resourceRule, stackRule } from "../../policies/kit/rule";
import { Stack } from "../../policies/kit/stack";
import { NotApplicable, resourceArgs, stackArgs, type TestResource, UNKNOWN } from "../support/engine-args";
import { judgeResource, judgeStack, remediated } from "../support/test-rule";

const metadata = {
    name: "subject-requirement",
    title: "Subjects meet the requirement",
    description: "Subjects must meet the requirement.",
    severity: "low",
    enforcementLevel: "mandatory",
    tags: ["test"],
    controls: [],
    remediationSteps: ["Meet the requirement.", "Say so."],
    url: "https://example.com/",
    settings: z.strictObject({ limit: z.int().default(3).describe("A limit.") }),
} as const;

const host = {
    workspace: () => {
        throw new Error("not asked");
    },
    filter: () => "report" as const,
};

const TYPE = "test:index/thing:Thing";

describe("a rule that fails", () => {
    test("breaks the resource it was asked about, at the rule's level", () => {
        const rule = resourceRule({
            ...metadata,
            types: [TYPE],
            judge() {
                throw new TypeError("x is not a function");
            },
        });
        expect(judgeResource(rule, { type: TYPE }).violations).toEqual([
            "Thing 'subject': the rule failed and could not judge this (x is not a function). " +
                "This is a defect of the policy pack; please report it.",
        ]);
    });

    test("breaks the stack, and keeps what it had reported before", () => {
        const rule = stackRule({
            ...metadata,
            judge(stack, _settings, report) {
                for (const resource of stack.resources) report.violation(resource, "is wrong.");
                throw new Error("out of order");
            },
        });
        expect(judgeStack(rule, [{ type: TYPE }]).violations).toEqual([
            "Thing 'subject': is wrong.",
            "policy pack: the rule failed and could not judge this (out of order). " +
                "This is a defect of the policy pack; please report it.",
        ]);
    });
});

describe("findings about one file", () => {
    const aspects = ["first-aspect", "second-aspect"].map(id => ({
        id,
        description: "One.",
        severity: "high" as const,
    }));
    const told = (judge: (report: Report) => void, filter: Host["filter"] = host.filter) => {
        jest.replaceProperty(BUDGET as { findings: number }, "findings", 2);
        try {
            const workspace = () =>
                Workspace.open({
                    projectDir: "/nowhere",
                    stack: undefined,
                    project: undefined,
                    calledFrom: "/nowhere",
                });
            const rule = projectRule({ ...metadata, aspects, judge: (_workspace, _settings, report) => judge(report) });
            const { validateStack } = toPolicy(rule, { ...host, workspace, filter }) as {
                validateStack: StackValidation;
            };
            const diagnostics: Diagnostic[] = [];
            validateStack(stackArgs([], {}, "preview"), (one: unknown) => diagnostics.push(one as Diagnostic));
            return diagnostics.map(({ message, enforcementLevel }) => [message, enforcementLevel]);
        } finally {
            jest.restoreAllMocks();
        }
    };
    const several = (report: Report, count: number, file = "a.yml") => {
        for (let line = 1; line <= count; line += 1) report.violation({ file, line }, "is wrong.");
    };

    test("are counted where there are too many, at the rule's level", () => {
        expect(told(report => several(report, 2))).toHaveLength(2);
        expect(told(report => several(report, 3))).toEqual([
            ["a.yml:1: is wrong.", undefined],
            ["a.yml:2: is wrong.", undefined],
            ["a.yml: has 1 more of this kind, which is not listed.", undefined],
        ]);
        expect(told(report => several(report, 9)).at(-1)).toEqual([
            "a.yml: has 7 more of this kind, which are not listed.",
            undefined,
        ]);
    });

    test("are counted for each file, kind and aspect of its own", () => {
        const [first, second] = aspects;
        if (first === undefined || second === undefined) throw new Error("two aspects are needed");
        const messages = told(report => {
            several(report, 2, "a.yml");
            several(report, 2, "b.yml");
            for (const aspect of [first, second, second, second]) {
                report
                    .of(aspect)
                    .violation({ file: "a.yml", line: aspect === second ? Math.random() : 1 }, "is wrong.");
            }
            for (const line of [1, 2, 3]) report.undetermined({ file: "a.yml", line }, "is unknown.");
            for (const line of [1, 2]) report.note({ file: "a.yml", line }, "is odd.");
        });
        expect(messages).toHaveLength(2 + 2 + 1 + 2 + 2 + 2 + 2);
        expect(messages.slice(-2)).toEqual([
            ["a.yml: has 1 more of this kind, which is not listed. [subject-requirement/second-aspect]", undefined],
            ["Cannot be judged yet: a.yml: has 1 more of this kind, which is not listed.", "advisory"],
        ]);
    });

    test("that are exempted or repeated do not count", () => {
        const exempted: Host["filter"] = ({ message }) =>
            /:[123]:/.test(message) ? { drop: "It is exempted." } : "report";
        expect(told(report => several(report, 5), exempted)).toEqual([
            ["a.yml:4: is wrong.", undefined],
            ["a.yml:5: is wrong.", undefined],
        ]);
        expect(
            told(report => {
                several(report, 2);
                several(report, 2);
            }),
        ).toHaveLength(2);
    });

    test("of resources are all told", () =>
        expect(
            told(report => {
                for (const name of ["a", "b", "c"]) {
                    const resource = resourceOf(resourceArgs({ type: TYPE, name }, {}));
                    report.violation(resource, "is wrong.");
                }
            }),
        ).toHaveLength(3));
});

describe("what is reported", () => {
    const aspects = [
        { id: "first-aspect", description: "The first.", severity: "critical" },
        { id: "second-aspect", description: "The second.", severity: "medium" },
    ] as const;
    const sent = (judge: (resource: Resource, report: Report) => void) => {
        const rule = resourceRule({
            ...metadata,
            aspects,
            types: [TYPE],
            judge: (resource, _, report) => judge(resource, report),
        });
        const { validateResource } = toPolicy(rule, host) as { validateResource: ResourceValidation };
        const diagnostics: object[] = [];
        validateResource(resourceArgs({ type: TYPE }, {}), ((diagnostic: object) =>
            diagnostics.push(diagnostic)) as never);
        return diagnostics;
    };

    test("of an aspect has its severity, and its id behind the message", () => {
        const [first, second] = aspects;
        expect(
            sent((resource, report) => {
                report.of(first).violation(resource, "is wrong.");
                report.of(second).undetermined(resource, "is unknown.");
                report.of(first).of(second).note(resource, "is odd.");
                report.violation(resource, "is wrong.");
            }),
        ).toEqual([
            expect.objectContaining({
                message: "Thing 'subject': is wrong. [subject-requirement/first-aspect]",
                severity: "critical",
            }),
            expect.objectContaining({
                message: "Cannot be judged yet: Thing 'subject': is unknown. [subject-requirement/second-aspect]",
                severity: "medium",
            }),
            expect.objectContaining({
                message: "Thing 'subject': is odd. [subject-requirement/second-aspect]",
                severity: "medium",
            }),
            { message: "Thing 'subject': is wrong.", urn: expect.any(String) },
        ]);
    });

    test("twice in one turn is said once, of each aspect and in each kind", () => {
        const messages = sent((resource, report) => {
            for (const one of [report, report, report.of(aspects[0]), report.of(aspects[1]), report.of(aspects[0])]) {
                one.violation(resource, "is wrong.");
            }
            report.note(resource, "is wrong.");
            report.violation(resource.props.get("limit"), "is wrong.");
        });
        expect(messages).toHaveLength(5);
    });
});

describe("settings", () => {
    const rule = resourceRule({
        ...metadata,
        types: [TYPE],
        judge: (resource, { limit }, report) => report.violation(resource, `limit ${limit}.`),
    });

    test("come with their defaults", () => {
        expect(judgeResource(rule, { type: TYPE }).violations).toEqual(["Thing 'subject': limit 3."]);
        expect(judgeResource(rule, { type: TYPE }, { limit: 5 }).violations).toEqual(["Thing 'subject': limit 5."]);
    });

    test("that are wrong end the run even when no resource is concerned, naming all mistakes and showing no stack", () => {
        const { validateResource } = toPolicy(rule, host) as { validateResource: ResourceValidation };
        let thrown: unknown;
        try {
            validateResource(resourceArgs({ type: "test:other:Other" }, { limit: "many", limmit: 1 }), () => {});
        } catch (error) {
            thrown = error;
        }
        const { message, stack } = thrown as Error;
        expect(message).toMatch(
            /^Settings of rule subject-requirement are wrong: limit: .*expected number.*; .*limmit/,
        );
        expect(stack).toBe(message);
    });

    test("that change between calls are read anew", () => {
        const { validateResource } = toPolicy(rule, host) as { validateResource: ResourceValidation };
        const messages: string[] = [];
        const report = ({ message }: { message: string }) => messages.push(message);
        for (const limit of [1, 2, 2]) validateResource(resourceArgs({ type: TYPE }, { limit }), report as never);
        expect(messages).toEqual([1, 2, 2].map(limit => `Thing 'subject': limit ${limit}.`));
    });
});

test("`not applicable` reaches the SDK with its reason", () => {
    const rule = stackRule({
        ...metadata,
        judge: (_stack, _settings, report) => report.notApplicable("no things here"),
    });
    expect(judgeStack(rule, []).notApplicable).toBe("no things here");
});

test("an exemption drops a violation and nothing else", () => {
    const rule = stackRule({
        ...metadata,
        judge(stack, _settings, report) {
            for (const resource of stack.resources) report.violation(resource, "is wrong.");
        },
    });
    const names: (string | undefined)[] = [];
    const { validateStack } = toPolicy(rule, {
        ...host,
        filter: ({ urn }) => (urn?.endsWith("::waived") ? { drop: "Exempted" } : "report"),
    }) as { validateStack: StackValidation };
    const resources = ["kept", "waived"].map(name => ({ type: TYPE, name }));
    const report = ({ urn }: { urn: string }) => names.push(urn.split("::").pop());
    validateStack(stackArgs(resources, {}, "preview"), report as never);
    expect(names).toEqual(["kept"]);
});

describe("remediation", () => {
    const rule = resourceRule({
        ...metadata,
        types: [TYPE],
        judge() {},
        remediate: (resource, { draft: _, ...props }) =>
            resource.props.get("limit").isMissing ? { ...props, limit: 3 } : undefined,
    });

    test("mends beside what is unknown in a preview, and takes away what the rule leaves out", () => {
        const props = { size: UNKNOWN, nested: { deep: [UNKNOWN] }, draft: true };
        expect(remediated(rule, { props })).toEqual({ size: UNKNOWN, nested: { deep: [UNKNOWN] }, limit: 3 });
    });

    test("hands back the SDK's own object, by which the next rule knows what is unknown", () => {
        const { remediateResource } = toPolicy(rule, host) as { remediateResource: ResourceRemediation };
        const args = resourceArgs({ type: TYPE, props: { size: UNKNOWN } }, {});
        expect(remediateResource(args)).toBe(args.props);
        expect(() => args.props.size).toThrow("can't be known");
    });

    test("is also a stack rule's, beside its judgement of the stack, for the types it names", () => {
        const stacked = stackRule({
            ...metadata,
            judge(stack, _settings, report) {
                for (const resource of stack.resources) report.violation(resource, "is wrong.");
            },
            remediableTypes: [TYPE],
            remediate: (_resource, props, { limit }) => ({ ...props, limit }),
        });
        expect(remediated(stacked, { props: {} }, { limit: 5 })).toEqual({ limit: 5 });
        expect(remediated(stacked, { type: "test:index/other:Other" })).toBeUndefined();
        expect(judgeStack(stacked, [{ type: TYPE }]).violations).toEqual(["Thing 'subject': is wrong."]);
    });

    test("leaves what the rule leaves, and other types", () => {
        expect(remediated(rule, { props: { limit: UNKNOWN } })).toBeUndefined();
        expect(remediated(rule, { type: "test:index/other:Other" })).toBeUndefined();
    });
});

describe("a rule about the stack that also judges single resources", () => {
    const rule = stackRule({
        ...metadata,
        judge(stack, _settings, report) {
            for (const resource of stack.resources) report.violation(resource, "is wrong.");
        },
        beforeCreation: {
            types: [TYPE],
            judge: (resource, _settings, report) => report.violation(resource, "is wrong."),
        },
    });
    const resources = [
        { type: TYPE, name: "a" },
        { type: "test:other/type:Type", name: "b" },
    ];

    function run(isUpdate: boolean | undefined): { early: string[]; late: string[] } {
        const policy = toPolicy(rule, isUpdate === undefined ? host : { ...host, isUpdate }) as {
            validateResource?: ResourceValidation;
            validateStack: StackValidation;
        };
        const [early, late]: string[][] = [[], []];
        const to = (messages: string[] | undefined) => (diagnostic: unknown) => {
            messages?.push((diagnostic as { message: string }).message);
        };
        for (const resource of resources) policy.validateResource?.(resourceArgs(resource, {}), to(early));
        policy.validateStack(stackArgs(resources, {}, "update"), to(late));
        return { early: early ?? [], late: late ?? [] };
    }

    test("does so before the creation, and reports once what it found there", () => {
        expect(run(true)).toEqual({ early: ["Thing 'a': is wrong."], late: ["Type 'b': is wrong."] });
    });

    test.each([false, undefined])("does not do so outside of an update (%s)", isUpdate => {
        expect(run(isUpdate)).toEqual({ early: [], late: ["Thing 'a': is wrong.", "Type 'b': is wrong."] });
    });
});

describe("what the engine tells of an operation", () => {
    const THINGS = [
        { type: TYPE, name: "told" },
        { type: TYPE, name: "untold" },
        { type: "test:other/type:Type", name: "other" },
    ];
    const judgeAll = resourceRule({
        ...metadata,
        types: [TYPE],
        judge: (resource, _settings, report) => report.violation(resource, "is wrong."),
        remediate: (_resource, props) => ({ ...props, mended: true }),
    });
    const judgeStackOfThings = stackRule({
        ...metadata,
        judge(stack, _settings, report) {
            for (const resource of stack.ofType(TYPE)) report.violation(resource, "is wrong.");
        },
    });

    /** Every resource is declared but those named `untold` and `other`. */
    function operationOf(isWithoutProgram = false): Operation {
        const resources = THINGS.map((thing): Resource => {
            const resource = resourceOf(resourceArgs(thing, {}));
            Object.defineProperty(resource, "isDeclared", { value: thing.name === "told" });
            return resource;
        });
        return {
            isWithoutProgram,
            stack: new Stack(resources),
            resource: urn => resources.find(resource => resource.urn === urn),
        };
    }

    function run(policy: ReturnType<typeof toPolicy>, resource?: TestResource): string[] {
        const messages: string[] = [];
        const report = (({ message, enforcementLevel = "" }: { message: string; enforcementLevel?: string }) =>
            messages.push(`${enforcementLevel} ${message}`.trim())) as never;
        try {
            const { validateResource, validateStack } = policy as unknown as {
                validateResource: ResourceValidation;
                validateStack: StackValidation;
            };
            if (resource !== undefined) validateResource(resourceArgs(resource, {}), report);
            else validateStack(stackArgs(THINGS, {}, "preview"), report);
        } catch (error) {
            if (!(error instanceof NotApplicable)) throw error;
            return [`not applicable: ${error.message}`];
        }
        return messages;
    }

    const NOT_TOLD = expect.stringMatching(
        /^advisory Cannot be judged yet: Thing 'untold': its inputs are not known in/,
    );

    test("a resource of which it tells nothing is said and not judged, alone and in the stack", () => {
        const policy = toPolicy(judgeAll, { ...host, operation: operationOf() });
        expect(THINGS.slice(0, 2).map(thing => run(policy, thing))).toEqual([["Thing 'told': is wrong."], [NOT_TOLD]]);
        // The third is of a type that the rule did not look for.
        expect(run(toPolicy(judgeStackOfThings, { ...host, operation: operationOf() }))).toEqual([
            "Thing 'told': is wrong.",
            NOT_TOLD,
        ]);
    });

    test("a rule that reads options only judges it all the same", () => {
        const policy = toPolicy({ ...judgeAll, judgesOptionsOnly: true } as never, {
            ...host,
            operation: operationOf(),
        });
        expect(run(policy, THINGS[1])).toEqual(["Thing 'untold': is wrong."]);
    });

    test("nothing is mended in it", () => {
        const policy = toPolicy(judgeAll, { ...host, operation: operationOf() });
        const { remediateResource } = policy as { remediateResource: ResourceRemediation };
        expect(THINGS.slice(0, 2).map(thing => remediateResource(resourceArgs(thing, {})) === undefined)).toEqual([
            false,
            true,
        ]);
    });

    test("a rule that judges providers does so with the stack, unless that is destroyed or read again", () => {
        const rule = resourceRule({
            ...metadata,
            types: "all",
            judgesProviders: true,
            judge: (resource, _settings, report) => report.violation(resource, "is wrong."),
        });
        const provider = { type: "pulumi:providers:thing", name: "eu" };
        const operation = (isWithoutProgram: boolean): Operation => ({
            isWithoutProgram,
            stack: new Stack([provider, { type: TYPE, name: "told" }].map(one => resourceOf(resourceArgs(one, {})))),
            resource: () => undefined,
        });
        const policy = toPolicy(rule, { ...host, operation: operation(false) });
        expect(run(policy, provider)).toEqual([]);
        expect(run(policy, THINGS[0])).toEqual(["Thing 'told': is wrong."]);
        expect(run(policy)).toEqual(["thing 'eu': is wrong."]);
        expect(run(toPolicy(rule, { ...host, operation: operation(true) }))).toEqual([
            expect.stringMatching(/^not applicable: Resources are only deleted or read again/),
        ]);
    });

    test("a rule that judges references does so with the stack, of resources of its types that are declared", () => {
        const rule = resourceRule({
            ...metadata,
            types: [TYPE],
            judge: () => {},
            judgeReferences: (resource, _settings, report) => report.violation(resource, "is told late."),
        });
        const others = [
            { type: "pulumi:providers:thing", name: "eu" },
            { type: "test:other/thing:Other", name: "other" },
        ];
        const resources = [...others, { type: TYPE, name: "told" }].map(one => resourceOf(resourceArgs(one, {})));
        const undeclared = Object.assign(resourceOf(resourceArgs({ type: TYPE, name: "left" }, {})), {
            isDeclared: false,
        });
        const operation: Operation = {
            isWithoutProgram: false,
            stack: new Stack([...resources, undeclared]),
            resource: () => undefined,
        };
        const policy = toPolicy(rule, { ...host, operation });
        expect(run(policy, THINGS[0])).toEqual([]);
        expect(run(policy)).toEqual(["Thing 'told': is told late."]);
    });

    test("in a destroy or refresh neither the stack nor the project is judged", () => {
        const project = projectRule({
            ...metadata,
            judge: (_workspace, _settings, report) => report.violation({ file: "Pulumi.yaml" }, "is wrong."),
        });
        for (const rule of [judgeStackOfThings, project]) {
            expect(run(toPolicy(rule, { ...host, operation: operationOf(true) }))).toEqual([
                expect.stringMatching(/^not applicable: Resources are only deleted or read again/),
            ]);
        }
    });

    test.each([
        [undefined, ["Thing 'told': is wrong."]],
        ["advisory", ["advisory Thing 'told': is wrong."]],
        ["mandatory", ["mandatory Thing 'told': is wrong."]],
        ["remediate", ["mandatory Thing 'told': is wrong."]],
        ["disabled", []],
    ] as const)("violations get the level of the stack that resources belong to: %s", (level, expected) => {
        expect(run(toPolicy(judgeAll, { ...host, levelOf: () => level }), THINGS[0])).toEqual(expected);
    });

    test("what a remediation changed is no default of the provider any more", () => {
        const rule = resourceRule({
            ...metadata,
            types: [TYPE],
            judge() {},
            remediate: (_, props) => ({ ...props, a: true }),
        });
        const props = { __defaults: ["a", "b"], a: false, b: false };
        expect(remediated(rule, { type: TYPE, props })).toEqual({ __defaults: ["b"], a: true, b: false });
    });
});

describe("a secret of the resource", () => {
    const secret = (value: unknown) => ({
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        value,
    });
    const rule = resourceRule({
        ...metadata,
        types: [TYPE],
        judge(resource, _settings, report) {
            const text = resource.props.get("password").string() ?? "";
            if (resource.props.get("parse").boolean() === true) JSON.parse(text);
            report.violation(resource.props.get("password"), `is ${text}, also within x${text}y.`);
        },
    });

    test("is readable in no message, however the rule writes it", () => {
        expect(judgeResource(rule, { type: TYPE, props: { password: secret("hunter2!") } }).violations).toEqual([
            "Thing 'subject', password: is [secret], also within x[secret]y.",
        ]);
    });

    test("does not hide the resource's own name", () => {
        expect(
            judgeResource(rule, { type: TYPE, name: "hunter2!", props: { password: secret("hunter2!") } }).violations,
        ).toEqual(["Thing 'hunter2!', password: is [secret], also within x[secret]y."]);
    });

    test("is not quoted by the failure of a rule that parses it", () => {
        const props = { parse: true, password: secret("hunter2!") };
        const [message] = judgeResource(rule, { type: TYPE, props }).violations;
        expect(message).toContain("the rule failed and could not judge this (a text could not be parsed)");
    });
});

describe("a rule's policy", () => {
    const asked = (types: readonly [string, ...string[]] | "all") => {
        const rule = resourceRule({
            ...metadata,
            types,
            judge: (resource, _, report) => report.violation(resource, "is judged."),
        });
        const { validateResource } = toPolicy(rule, host) as { validateResource: ResourceValidation };
        return ["test:index/thing:Thing", "test:index/other:Other", "pulumi:providers:aws"].filter(type => {
            const messages: string[] = [];
            const report = ({ message }: { message: string }) => messages.push(message);
            for (let time = 0; time < 2; time += 1)
                validateResource(resourceArgs({ type }, { limit: 3 }), report as never);
            return messages.length > 0;
        });
    };

    test("judges the types that it names, or all but providers", () => {
        expect(asked([TYPE])).toEqual([TYPE]);
        expect(asked("all")).toEqual([TYPE, "test:index/other:Other"]);
    });

    test("has what the rule says of itself, and numbers the steps", () => {
        expect(toPolicy(projectRule({ ...metadata, judge: () => undefined }), host)).toMatchObject({
            name: "subject-requirement",
            displayName: "Subjects meet the requirement",
            description: "Subjects must meet the requirement.",
            severity: "low",
            enforcementLevel: "mandatory",
            tags: ["test"],
            remediationSteps: "1. Meet the requirement.\n2. Say so.",
            url: "https://example.com/",
        });
    });

    test("about files judges the project in the folder that its settings name", () => {
        const rule = projectRule({
            ...metadata,
            settings: z.strictObject({ projectDir: z.string().optional() }),
            judge: (_workspace, _settings, report) => report.violation({ file: "Pulumi.yaml" }, "is judged."),
        });
        const folders: (string | undefined)[] = [];
        const { validateStack } = toPolicy(rule, {
            ...host,
            workspace: folder => {
                folders.push(folder);
                return {} as never;
            },
        }) as { validateStack: StackValidation };
        const messages: string[] = [];
        const report = ({ message }: { message: string }) => messages.push(message);
        for (const settings of [{}, { projectDir: "infra" }])
            validateStack(stackArgs([], settings, "preview"), report as never);
        expect(folders).toEqual([undefined, "infra"]);
        expect(messages).toEqual(["Pulumi.yaml: is judged.", "Pulumi.yaml: is judged."]);
    });
});
