// What only saves time changes no answer: the built pack is asked the same with it and without it.
import { join } from "node:path";
import type { ResourceRule } from "../../policies/kit/rule";
import { rules } from "../../policies/rules";
import { UNKNOWN } from "../support/engine-args";
import { EngineDouble, type Told } from "../support/engine-double";
import { loadExamples } from "../support/load-examples";
import { settingsFolder } from "../support/settings-folder";
import { examples } from "../support/test-rule";

loadExamples();
jest.setTimeout(120_000);

/** Loaded before the pack: its start without what the module `patch` of policies/sdk does, in the plain way of the SDK. */
const WITHOUT = join(__dirname, "../support/without-patch.cjs");

const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** What is special on the wire, in the places that rules read. */
const SPECIAL = [
    { acl: { [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value: "public-read" }, tags: { team: "web" } },
    { code: { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", text: "exports.handler = 1" }, policy: UNKNOWN },
    {
        ingress: [{ cidrBlocks: [UNKNOWN, "0.0.0.0/0"], fromPort: 22, toPort: 22 }],
        broken: { [SIGNATURE]: "unheard of" },
    },
];

const judged = rules.filter((rule): rule is ResourceRule => rule.scope === "resource");

test.each(["read-once", "defer-packages"])("%s changes no answer", async patch => {
    const env = { SECURITY_BASELINE_CONFIG: settingsFolder({ "base.yaml": "all: mandatory" }) };
    const packs = await Promise.all([
        EngineDouble.start("preview", env),
        EngineDouble.start("preview", { ...env, NODE_OPTIONS: `--require=${WITHOUT}`, WITHOUT_PATCH: patch }),
    ]);
    try {
        for (const pack of packs) for (const rule of judged) await pack.judgeEach(rule.name, {}, resourcesOf(rule));
        const [withPatch = [], without = []] = packs.map(({ answers }) => answers);
        expect(withPatch.length).toBeGreaterThan(500);
        expect(withPatch).toEqual(without);
    } finally {
        for (const pack of packs) pack.stop();
    }
});

function resourcesOf(rule: ResourceRule): Told[] {
    const [firstType = "any:type:Any"] = rule.types === "all" ? [] : rule.types;
    const given = (examples.resource.get(rule) ?? []).map(({ type = firstType, props }) => ({ type, props }));
    return [...given, ...SPECIAL.map(props => ({ type: firstType, props }))].map(({ type, props }, index) => {
        const inputs = JSON.parse(JSON.stringify(props)) as Told["inputs"];
        const urn = `urn:pulumi:test::project::${type}::case-${index}`;
        return {
            urn,
            type,
            name: `case-${index}`,
            inputs,
            outputs: inputs,
            dependencies: [],
            propertyDependencies: {},
        };
    });
}
