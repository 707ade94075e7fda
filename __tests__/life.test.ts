// Judges every case of every rule's table over a resource's whole life, by the built pack: as a preview, in the update that
// creates it, afterwards, and as an exported state. What a provider fills in must change no verdict.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { readState } from "../cli/engine/state";
import type { ResourceRule, StackRule } from "../policies/kit/rule";
import { rules } from "../policies/rules";
import { blockOf, declarationOf, elementOf, type Kind } from "./support/aws-provider/declarations";
import {
    type Created,
    check,
    create,
    type Generation,
    InputError,
    type Properties,
    plan,
    refresh,
} from "./support/aws-provider/provider";
import { OPTIONS, Ref, type TestResource, UNKNOWN } from "./support/engine-args";
import { type Answer, EngineDouble, type Operation, type Told } from "./support/engine-double";
import { loadExamples } from "./support/load-examples";
import { settingsFolder } from "./support/settings-folder";
import { examples, type StackCase, withoutId } from "./support/test-rule";

loadExamples();
jest.setTimeout(240_000);

/** The times at which a case is judged. */
const TIMES = [
    "as written",
    "preview, provider 6",
    "preview, provider 7",
    "update, provider 6",
    "update, provider 7",
    "next preview",
    "preview after a refresh",
    "state at the desk",
    "policy analyze",
] as const;
type Time = (typeof TIMES)[number];

const OPERATIONS: Readonly<Record<Time, Operation>> = {
    "as written": "preview",
    "preview, provider 6": "preview",
    "preview, provider 7": "preview",
    "update, provider 6": "update",
    "update, provider 7": "update",
    "next preview": "preview",
    "preview after a refresh": "preview",
    "state at the desk": "preview",
    "policy analyze": "analysis",
};

/** A case of any rule: some resources and what is to be said of them. */
interface Life {
    readonly name: string;
    /** In the order of their creation. */
    readonly subjects: readonly Subject[];
    readonly times: readonly Time[];
    readonly settings: object;
    readonly backendUrl: string | undefined;
    readonly violations: readonly string[];
    readonly exceptions: Readonly<Record<string, string>>;
}

/** Properties that a provider reports besides, by type. */
type Addition = (type: string) => Properties;

type Subject = TestResource & { readonly name: string; readonly urn: string };

let settings: string;
let states: string;
const packs = new Map<string, Promise<EngineDouble>>();
beforeAll(() => {
    settings = settingsFolder({ "base.yaml": "all: mandatory" });
    states = mkdtempSync(join(tmpdir(), "life-"));
});
afterAll(async () => {
    for (const pack of packs.values()) (await pack).stop();
    rmSync(states, { recursive: true, force: true });
});

const judged = rules.filter((rule): rule is ResourceRule | StackRule => rule.scope !== "project");
describe.each(judged.map(rule => [rule.name, rule] as const))("%s", (_, rule) => {
    const lives = livesOf(rule);

    test("says the same of each case from the first preview to the last refresh", async () => {
        const byOperation = await Promise.all(
            (["preview", "update", "analysis"] as const).map(operation =>
                differencesIn(
                    rule,
                    lives,
                    TIMES.filter(time => OPERATIONS[time] === operation),
                ),
            ),
        );
        expect(byOperation.flat()).toEqual([]);
    });

    test.each([1, 2])("says the same whatever the provider fills in (%i)", async seed => {
        const types = new Set(lives.flatMap(({ subjects }) => subjects.map(({ type }) => type)));
        const filled = new Map([...types].map(type => [type, anyFilling(type, seed)]));
        const more = (type: string) => filled.get(type) ?? {};
        expect(await differencesIn(rule, lives, ["next preview"], more)).toEqual([]);
    });
});

/** By these a resource is known, so that another value would be another resource; `tagsAll` repeats what its provider declares. */
const IDENTITIES = new Set(["id", "arn", "name", "bucket", "accountName", "tagsAll"]);

/** What a string may be, of which some would be a violation or an answer to one if the program had said it. */
const TEXTS = [
    "",
    "*",
    "public-read",
    "private",
    "aws:kms",
    "AES256",
    "Enabled",
    "0.0.0.0/0",
    "acme-pulumi-state",
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
    "no document",
];

/** Any values of the properties that a provider always reports, and that the program cannot give or may leave out. */
function anyFilling(type: string, seed: number): Properties {
    const { computed, outputs } = declarationOf(type);
    const kinds = Object.entries({ ...computed, ...outputs }).filter(([key]) => !IDENTITIES.has(key));
    const fields = Object.fromEntries(kinds.map(([key, kind]) => [key, anyOf(kind)]));
    return fc.sample(fc.record(fields), { seed, numRuns: 1 })[0] ?? {};
}

function anyOf(kind: Kind, depth = 0): fc.Arbitrary<unknown> {
    const element = elementOf(kind);
    if (element !== undefined) return fc.array(anyOf(element, depth + 1), { maxLength: 2 });
    switch (kind) {
        case "string":
        case "document":
            return fc.constantFrom(...TEXTS);
        case "boolean":
            return fc.boolean();
        case "number":
            return fc.constantFrom(0, 1, 7, 22, 65_535);
        case "map":
            return fc.constantFrom({}, { purpose: "pulumi-state" });
    }
    if (depth > 3) return fc.constant(null);
    const fields = Object.entries(blockOf(kind) ?? {}).map(([key, inner]) => [key, anyOf(inner, depth + 1)] as const);
    return fc.option(fc.record(Object.fromEntries(fields)), { freq: 4 });
}

/** Where the pack says something else than the case, one entry for each time. */
async function differencesIn(
    rule: ResourceRule | StackRule,
    lives: readonly Life[],
    times: readonly Time[],
    more?: Addition,
): Promise<object[]> {
    const differences: object[] = [];
    for (const time of times) {
        for (const [life, { violations }] of await answersAt(time, rule, lives, more)) {
            const said = violations.map(withoutId(rule)).sort();
            const isSame = isDeepStrictEqual(said, [...life.violations].sort());
            if (isSame === (life.exceptions[time] === undefined)) continue;
            const unexpected = said.filter(message => !life.violations.includes(message));
            const missing = life.violations.filter(message => !said.includes(message));
            differences.push({ name: life.name, time, missing, unexpected, count: said.length });
        }
    }
    return differences;
}

/** What the pack says at a time of each case that can be then. */
async function answersAt(
    time: Time,
    rule: ResourceRule | StackRule,
    lives: readonly Life[],
    more?: Addition,
): Promise<(readonly [Life, Answer])[]> {
    const now = lives.filter(({ times }) => times.includes(time));
    const answers: (readonly [Life, Answer])[] = [];
    if (rule.scope === "stack") {
        for (const life of now) {
            const pack = await packFor(OPERATIONS[time], life.backendUrl);
            answers.push([life, await pack.judge(rule.name, life.settings, toldAt(time, life.subjects, more))]);
        }
        return answers;
    }
    // One resource does not matter to another; those with the same settings can be asked about together.
    const groups = new Map<string, Life[]>();
    for (const life of now) {
        const key = JSON.stringify(life.settings);
        groups.set(key, [...(groups.get(key) ?? []), life]);
    }
    const pack = await packFor(OPERATIONS[time], undefined);
    for (const group of groups.values()) {
        const told = group.flatMap(({ subjects }) => toldAt(time, subjects, more));
        const each = await pack.judgeEach(rule.name, group[0]?.settings ?? {}, told);
        for (const [index, life] of group.entries()) answers.push([life, each[index] ?? { violations: [], notes: [] }]);
    }
    return answers;
}

function packFor(operation: Operation, backendUrl: string | undefined): Promise<EngineDouble> {
    const key = `${operation} ${backendUrl}`;
    const started =
        packs.get(key) ??
        EngineDouble.start(operation, {
            SECURITY_BASELINE_CONFIG: settings,
            ...(backendUrl === undefined ? {} : { PULUMI_BACKEND_URL: backendUrl }),
        });
    packs.set(key, started);
    return started;
}

function livesOf(rule: ResourceRule | StackRule): Life[] {
    return casesOf(rule).map((testCase, index) => {
        const { name, settings: given = {}, backendUrl, life = {} } = testCase;
        const subjects = subjectsOf(testCase.resources, index);
        const violations = "violations" in testCase ? (testCase.violations as readonly string[]) : [];
        const times = timesOf(testCase, subjects);
        return { name, subjects, times, settings: given, backendUrl, violations, exceptions: life };
    });
}

function casesOf(rule: ResourceRule | StackRule): readonly StackCase[] {
    if (rule.scope === "stack") return examples.stack.get(rule) ?? [];
    const [firstType = "any:type:Any"] = rule.types === "all" ? [] : rule.types;
    return (examples.resource.get(rule) ?? []).map(({ type = firstType, props, options = {}, ...testCase }) => ({
        ...testCase,
        resources: [{ type, props, options }],
    }));
}

/** The resources in the order of their creation. Each case has URNs of its own, so that a pack takes none for another's. */
function subjectsOf(resources: readonly TestResource[], index: number): Subject[] {
    const all = resources.map(resource => {
        const { name = "subject", type } = resource;
        return { ...resource, name, urn: `urn:pulumi:test::project::test:life:Case${index}$${type}::${name}` };
    });
    const ordered = new Set<Subject>();
    const visited = new Set<Subject>();
    const visit = (subject: Subject) => {
        if (visited.has(subject)) return;
        visited.add(subject);
        for (const target of targetsOf(subject.props, all)) visit(target);
        ordered.add(subject);
    };
    for (const subject of all) visit(subject);
    return [...ordered];
}

/** When a case can be: what a provider would refuse is never more than written, and what is unknown never known. */
function timesOf({ form, resources }: StackCase, subjects: readonly Subject[]): readonly Time[] {
    if (resources.some(({ options = {} }) => !isWritable(options))) return [];
    try {
        for (const subject of subjects) checked(subject, "7");
    } catch (error) {
        if (error instanceof InputError) return ["as written"];
        throw error;
    }
    const isNeverKnown = form === "preview" || JSON.stringify(resources).includes(UNKNOWN);
    return TIMES.filter(time => {
        if (time === "as written") return false;
        return time.startsWith("preview, ") ? form !== "update" : !isNeverKnown;
    });
}

/** Whether options are such as can be sent at all. */
function isWritable(options: Partial<typeof OPTIONS>): boolean {
    return Object.entries(options).every(([key, value]) => typeof value === typeof Reflect.get(OPTIONS, key));
}

/** What the engine tells of a case's resources at a time. */
function toldAt(time: Time, subjects: readonly Subject[], more: Addition = () => ({})): Told[] {
    const generation: Generation = time.endsWith("6") ? "6" : "7";
    if (time === "as written" || time.startsWith("preview, ")) {
        return subjects.map(subject => {
            const isRaw = time === "as written";
            const written = substituted(subject.props ?? {}, () => UNKNOWN) as Properties;
            const inputs = isRaw ? { ...written, __defaults: [] } : checked(subject, generation);
            const outputs = isRaw ? written : { ...plan(subject.type, inputs, generation), ...partsOf(subject).known };
            return { ...told(subject, subjects), inputs, outputs };
        });
    }
    const made = createdOf(subjects, generation);
    const isRead = ["preview after a refresh", "state at the desk", "policy analyze"].includes(time);
    const reported = isRead ? refresh(made.map(({ created }) => created)) : made.map(({ created }) => created);
    const all = made.map(({ subject, inputs }, index) => {
        const outputs = { ...reported[index]?.outputs, ...more(subject.type) };
        const { propertyDependencies, ...rest } = told(subject, subjects);
        // The engine need not know any more which property a reference came by.
        return {
            ...rest,
            inputs,
            outputs,
            propertyDependencies: time === "policy analyze" ? propertyDependencies : {},
        };
    });
    return time === "state at the desk" ? throughExport(all) : all;
}

/** Resources as the desk check reads them from an exported state. */
function throughExport(all: readonly Told[]): Told[] {
    const file = join(states, "state.json");
    const resources = all.map(({ urn, type, inputs, outputs, protect, dependencies, propertyDependencies }) => ({
        urn,
        custom: true,
        type,
        inputs,
        outputs,
        protect,
        dependencies,
        propertyDependencies,
    }));
    writeFileSync(file, JSON.stringify({ version: 3, deployment: { resources } }));
    return readState(file).resources.map((resource, index) => ({
        ...resource,
        provider: all[index]?.provider,
        inputs: resource.inputs.toJavaScript(),
        outputs: resource.outputs.toJavaScript(),
    }));
}

function told(subject: Subject, subjects: readonly Subject[]): Omit<Told, "inputs" | "outputs"> {
    const { urn, type, name, options = {}, dependsOn = [], provider = { name: "default", props: {} } } = subject;
    const propertyDependencies = Object.fromEntries(
        Object.entries(subject.props ?? {})
            .map(([property, value]) => [property, targetsOf(value, subjects).map(target => target.urn)] as const)
            .filter(([, urns]) => urns.length > 0),
    );
    const named = dependsOn.map(target => find(subjects, target).urn);
    const [module] = type.split(":");
    return {
        urn,
        type,
        name,
        ...options,
        provider: {
            urn: `urn:pulumi:test::project::pulumi:providers:${module}::${provider.name}`,
            inputs: provider.props,
        },
        dependencies: [...new Set([...named, ...Object.values(propertyDependencies).flat()])],
        propertyDependencies,
    };
}

/** A case's properties, which are inputs and, where it says so, parts of what the provider reports. */
function partsOf({ type, props = {} }: Subject): { readonly inputs: Properties; readonly known: Properties } {
    const { required, optional, computed, outputs } = declarationOf(type);
    const isInput = (key: string) =>
        Object.hasOwn({ ...required, ...optional, ...computed }, key) ||
        (key === "tagsAll" ? true : key !== "id" && !Object.hasOwn(outputs, key));
    const pick = (wanted: boolean) =>
        Object.fromEntries(Object.entries(props).filter(([key]) => isInput(key) === wanted));
    return { inputs: pick(true), known: pick(false) };
}

/** Inputs after the provider's check; references are unknown unless their values are given. */
function checked(
    subject: Subject,
    generation: Generation,
    resolve: (reference: Ref) => unknown = () => UNKNOWN,
): Properties {
    const inputs = substituted(partsOf(subject).inputs, resolve) as Properties;
    const { tagsAll, ...own } = inputs;
    const result = check(subject, own, { generation });
    return tagsAll === undefined ? result : { ...result, tagsAll };
}

interface Made {
    readonly subject: Subject;
    readonly inputs: Properties;
    readonly created: Created;
}

function createdOf(subjects: readonly Subject[], generation: Generation): Made[] {
    const made: Made[] = [];
    const resolve = ({ target, property, format }: Ref) => {
        const { created } = made.find(({ subject }) => subject.name === target) ?? {};
        const value = created?.outputs[property];
        return format(typeof value === "string" && value !== "" ? value : `${target}-${property}`);
    };
    for (const subject of subjects) {
        const inputs = checked(subject, generation, resolve);
        const known = substituted(partsOf(subject).known, resolve) as Properties;
        made.push({ subject, inputs, created: create(subject, inputs, generation, known) });
    }
    return made;
}

function find(subjects: readonly Subject[], name: string): Subject {
    const subject = subjects.find(each => each.name === name);
    if (subject === undefined) throw new Error(`The case has no resource named ${name}.`);
    return subject;
}

function targetsOf(value: unknown, subjects: readonly Subject[]): Subject[] {
    const targets: Subject[] = [];
    substituted(value, ({ target }) => targets.push(find(subjects, target)));
    return targets;
}

function substituted(value: unknown, resolve: (reference: Ref) => unknown): unknown {
    if (value instanceof Ref) return resolve(value);
    if (Array.isArray(value)) return value.map(item => substituted(item, resolve));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substituted(item, resolve)]));
}
