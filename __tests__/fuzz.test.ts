// What strangers write never makes the pack crash, hang, or say a secret or a control character. Runs on a few inputs that
// are always the same; `npm run fuzz` takes others, for as long as it is told.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { readState, StateError } from "../cli/engine/state";
import { ConfigError } from "../policies/config/config-error";
import { configFor, readSettings } from "../policies/config/load";
import { printable } from "../policies/kit/report";
import { SECRET, SIGNATURE, UNKNOWN } from "../policies/kit/wire";
import { rules } from "../policies/rules";
import { Ref } from "./support/engine-args";
import { type Answer, EngineDouble, type Told } from "./support/engine-double";
import {
    changed,
    changesFrom,
    damaged,
    damages,
    type Example,
    examplesOf,
    FAILURE,
    type Props,
} from "./support/fuzzing";
import { mapDeep, replaceNode } from "./support/json";
import { loadExamples } from "./support/load-examples";
import { settingsFolder } from "./support/settings-folder";
import { examples, judgeProject } from "./support/test-rule";

const { FUZZ_MINUTES: minutes, FUZZ_SEED: seed = "20261125" } = process.env;

/** Inputs of each kind in the ordinary tests. */
const FEW = 60;

/** Kinds of input, each of which gets its share of the time. */
const KINDS = 4;

/** No input of these sizes may take longer, on a machine that does other things too; in milliseconds. */
const BUDGET = 5_000;

/** Stands where a secret is; no case has it. */
const CANARY = "canary4f1c9e7b2d8a6035";

/** What takes over a terminal or a log, or hides what is said. */
const ODD_TEXTS = [
    "\u001b[31m",
    "\r",
    "\u202e",
    "\u0085",
    "\u0007",
    "::error::x",
    "constructor",
    "toString",
    "x".repeat(5_000),
];

/** Line breaks and tabs are left: the pack's own layout of messages has them. */
const CONTROL = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

loadExamples();
jest.setTimeout(60_000 + (minutes === undefined ? 0 : Number(minutes) * 60_000 * 2));

/** Fails with the smallest input that shows the failure, and with the seed by which it comes again. */
async function verify<T>(property: fc.IProperty<T> | fc.IAsyncProperty<T>): Promise<void> {
    const length =
        minutes === undefined
            ? { numRuns: FEW }
            : {
                  numRuns: Number.MAX_SAFE_INTEGER,
                  interruptAfterTimeLimit: (Number(minutes) * 60_000) / KINDS,
                  markInterruptAsFailure: false,
              };
    const details = await fc.check(property, { seed: Number(seed), ...length });
    if (minutes !== undefined)
        process.stderr.write(`${expect.getState().currentTestName}: ${details.numRuns} inputs\n`);
    if (details.failed) throw new Error(`${fc.defaultReportMessage(details)}\n${details.errorInstance}`);
}

function expectDecent(messages: readonly string[]): void {
    for (const message of messages) {
        expect(message).not.toContain(FAILURE);
        expect(message).not.toContain(CANARY);
        expect(message).not.toMatch(CONTROL);
    }
}

function timed<T>(judge: () => T): T {
    const started = performance.now();
    const result = judge();
    expect(performance.now() - started).toBeLessThan(BUDGET);
    return result;
}

describe("the built pack, asked by gRPC", () => {
    let pack: EngineDouble;
    beforeAll(async () => {
        const settings = settingsFolder({ "base.yaml": "all: mandatory" });
        pack = await EngineDouble.start("preview", { SECURITY_BASELINE_CONFIG: settings });
    });
    afterAll(() => pack?.stop());

    const candidates = rules.flatMap(rule => {
        if (rule.scope === "project") return [];
        const cases = examplesOf(rule);
        return cases.length === 0
            ? []
            : [
                  {
                      rule,
                      cases,
                      changes: changesFrom(
                          cases.map(({ props }) => props),
                          ODD_TEXTS,
                      ),
                  },
              ];
    });

    test("resources with any properties, secret ones among them", async () => {
        const input = fc.constantFrom(...candidates).chain(({ rule, cases, changes }) =>
            fc.record({
                rule: fc.constant(rule.name),
                example: fc.constantFrom(...cases),
                changes,
                secret: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
            }),
        );
        await verify(
            fc.asyncProperty(input, async ({ rule, example, changes, secret }) => {
                const props = withSecret(changed(example.props, changes), secret);
                const started = performance.now();
                const answer: Answer = await pack.judge(rule, example.settings, toldOf(example, props));
                expect(performance.now() - started).toBeLessThan(BUDGET);
                expectDecent([...answer.violations, ...answer.notes]);
            }),
        );
    });
});

/** Resources of which one property is secret as a whole and holds the canary somewhere. */
function withSecret(props: readonly Props[], [resource, property, node]: readonly number[]): Props[] {
    const result = [...props];
    const at = (resource ?? 0) % Math.max(result.length, 1);
    const names = Object.keys(result[at] ?? {});
    const name = names[(property ?? 0) % Math.max(names.length, 1)];
    if (name !== undefined) {
        const value = replaceNode(result[at]?.[name], node ?? 0, CANARY);
        result[at] = { ...result[at], [name]: { [SIGNATURE]: SECRET, value } };
    }
    return result;
}

function toldOf({ resources }: Example, props: readonly Props[]): Told[] {
    return resources.map(({ type = "any:type:Any", name = "resource" }, index) => {
        const urn = `urn:pulumi:test::project::${type}::${name}-${index}`;
        const inputs = mapDeep(props[index] ?? {}, node => (node instanceof Ref ? UNKNOWN : node)) as Props;
        return { urn, type, name, inputs, outputs: inputs, dependencies: [], propertyDependencies: {} };
    });
}

test("files of projects with any damage", async () => {
    const cases = rules.flatMap(rule =>
        rule.scope === "project" ? (examples.project.get(rule) ?? []).map(testCase => ({ rule, testCase })) : [],
    );
    // Of one rule's files another one must bear to read too.
    const input = fc.record({
        judge: fc.constantFrom(...new Set(cases.map(({ rule }) => rule))),
        testCase: fc.constantFrom(...cases.map(({ testCase }) => testCase)),
        places: damages(ODD_TEXTS),
    });
    await verify(
        fc.property(input, ({ judge, testCase: { files, project, stack }, places }) => {
            const damagedFiles = Object.entries(files).map(([path, content]) => [
                path,
                damaged(content.toString(), places),
            ]);
            const { violations, notes } = timed(() =>
                judgeProject(judge, {
                    files: Object.fromEntries(damagedFiles),
                    ...(project === undefined ? {} : { project }),
                    ...(stack === undefined ? {} : { stack }),
                }),
            );
            expectDecent([...violations, ...notes]);
        }),
    );
});

test("folders of settings with any damage", async () => {
    const shipped = join(__dirname, "../rules-config");
    const texts = readdirSync(shipped)
        .filter(file => file.endsWith(".yaml"))
        .map(file => [file, readFileSync(join(shipped, file), "utf8")] as const);
    const folder = mkdtempSync(join(tmpdir(), "fuzz-"));
    try {
        const input = fc.tuple(fc.constantFrom(...texts.map(([file]) => file)), damages(ODD_TEXTS));
        await verify(
            fc.property(input, ([which, places]) => {
                for (const [file, text] of texts) {
                    writeFileSync(join(folder, file), file === which ? damaged(text, places) : text);
                }
                timed(() => {
                    try {
                        const files = readSettings(folder, rules, new Date("2026-11-25"));
                        configFor(files, rules, { organization: "shop", project: "web", stack: "prod", tags: {} });
                    } catch (error) {
                        if (!(error instanceof ConfigError)) throw error;
                        expectDecent([error.message]);
                    }
                });
            }),
        );
    } finally {
        rmSync(folder, { recursive: true });
    }
});

test("exported states with any damage", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "fuzz-")), "state.json");
    const secret = { [SIGNATURE]: SECRET, plaintext: JSON.stringify(CANARY), ciphertext: `v1:${CANARY}` };
    const urn = "urn:pulumi:prod::web::aws:s3/bucket:Bucket::logs";
    const bucket = {
        urn,
        type: "aws:s3/bucket:Bucket",
        custom: true,
        inputs: {
            bucket: "logs",
            secret,
            list: [secret, { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", path: "x" }],
        },
        outputs: { bucket: "logs", secret },
        dependencies: [urn],
        propertyDependencies: { bucket: [urn] },
        sourcePosition: "project:///index.ts#1,2",
    };
    const state = {
        version: 3,
        deployment: {
            secrets_providers: { type: "cloud", state: { url: "awskms://alias/x", encryptedkey: CANARY } },
            resources: [
                { urn: "urn:pulumi:prod::web::pulumi:pulumi:Stack::web-prod", type: "pulumi:pulumi:Stack" },
                bucket,
            ],
            pending_operations: [{ type: "creating", resource: bucket }],
        },
    };
    // Elsewhere than where secrets stand, the same text is none.
    const words: unknown = JSON.parse(JSON.stringify(state).replaceAll(CANARY, "text"));
    const input = fc.record({
        change: changesFrom([words], ODD_TEXTS),
        places: fc.oneof(fc.constant([]), damages(ODD_TEXTS)),
    });
    try {
        await verify(
            fc.property(input, ({ change, places }) => {
                writeFileSync(file, damaged(JSON.stringify(changed([state], change)[0]), places));
                timed(() => {
                    try {
                        const { resources, notJudged } = readState(file);
                        for (const { inputs, outputs } of resources) {
                            inputs.toJavaScript();
                            outputs.toJavaScript();
                        }
                        // Subjects are names, which are escaped where they are printed.
                        expectDecent(notJudged.map(({ subject, reason }) => `${printable(subject)} ${reason}`));
                    } catch (error) {
                        if (!(error instanceof StateError)) throw error;
                        expectDecent([error.message]);
                    }
                });
            }),
        );
    } finally {
        rmSync(file);
    }
});
