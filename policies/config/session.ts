import { isDeepStrictEqual } from "node:util";
import type { EnforcementLevel, PolicyPackConfig } from "@pulumi/policy";
import type { Finding, Outcome } from "../kit/policy";
import type { Problem } from "../kit/report";
import type { Resource } from "../kit/resource";
import type { Rule } from "../kit/rule";
import { ConfigError, show, suggestion } from "./config-error";
import { EXEMPTIONS, type Exemption, ExemptionSettings, mistakesInExemption } from "./exemptions/exemption";
import { ENGINE_PLACE, ExemptionLedger } from "./exemptions/exemption-ledger";
import { unusedIn } from "./lint";
import { type Config, configFor, type SettingsFiles, toPackConfig } from "./load";
import type { StackIdentity } from "./stack-identity";
import { mistakesIn, placeAt } from "./validate";

/** Begins what is added to a message of a rule whose level is announced to become mandatory. */
const GRADUATION = " Advisory for now: mandatory from ";

/** A message without what was added to it because its rule becomes mandatory. */
export function withoutGraduation(message: string): string {
    const at = message.indexOf(GRADUATION);
    return at === -1
        ? message
        : `${message.slice(0, at)}${message.slice(at + GRADUATION.length).replace(/^[\d-]+, in \d+ days?\./, "")}`;
}

/** Said once of all rules about project files in a run that knows no project, such as `policy analyze`. */
const WITHOUT_PROJECT =
    "not judged, since this run reads a state alone and no project files; judge these in a preview or by `security-baseline check`.";

/** Levels and settings by policy, as the engine hands them over: defaults, initial config and its own configuration merged. */
export type EngineConfig = Readonly<
    Record<string, { readonly level: EnforcementLevel; readonly settings: Readonly<Record<string, unknown>> }>
>;

/**
 * The pack's settings during a run. They come in three steps: the environment names the stack when the pack starts, then
 * the engine tells the stack's tags, then it takes the initial config, puts its own configuration over it and hands the
 * result back. Whatever is wrong in any of them is a {@link ConfigError}, before anything is judged.
 */
export class Session {
    /** What the pack gives as its initial config. The engine asks for it after it told the tags. */
    readonly initialConfig: PolicyPackConfig = {};
    private config: Config;
    private ledger: ExemptionLedger;
    private levels: ReadonlyMap<string, EnforcementLevel> | undefined;
    private exemptions: ExemptionSettings;
    /** Rules whose settings name the project's folder. */
    private withFolder: ReadonlySet<string> = new Set();
    /** Settings of the stack that resources belong to, where the engine names none. */
    private ofResources: Config | undefined;
    /** What {@link settingsOf} gave for each rule: the engine gives a rule the same in the whole run. */
    private readonly adapted = new Map<Rule, object>();
    private readonly graduating = new Map<string, string>();

    constructor(
        private readonly files: SettingsFiles,
        private readonly rules: readonly Rule[],
        private identity: StackIdentity,
        private readonly now: Date,
    ) {
        this.config = configFor(files, rules, identity);
        this.exemptions = files.exemptions.settings;
        this.ledger = this.ledgerOf(this.exemptions);
        this.settle();
    }

    /** Chooses the profile anew, now that the engine has named the stack and its tags. */
    onStack(identity: StackIdentity): void {
        this.identity = identity;
        this.config = configFor(this.files, this.rules, identity);
        this.exemptions = this.files.exemptions.settings;
        this.ledger = this.ledgerOf(this.exemptions);
        this.settle();
    }

    /**
     * Hears of a resource that is about to be judged. Where the engine named no stack, as in `policy analyze`, the resource's URN
     * does, and that stack's profile takes the place of the one that was chosen without it.
     */
    onResource(urn: string): void {
        if (this.identity.stack !== undefined) return;
        const [, stack, project] = /^urn:pulumi:([^:]+)::([^:]+)::/.exec(urn) ?? [];
        if (stack === undefined || project === undefined) return;
        this.identity = { ...this.identity, stack, project };
        this.ofResources = configFor(this.files, this.rules, this.identity);
        this.ledger = this.ledgerOf(this.exemptions);
    }

    /**
     * A rule's settings for the stack that resources belong to, where the engine named none: what the engine gives, but for
     * what it took from the profile that was chosen without a stack.
     */
    settingsOf(rule: Rule, given: object): object {
        const { ofResources } = this;
        if (ofResources === undefined) return given;
        const known = this.adapted.get(rule);
        if (known !== undefined) return known;
        const [before, now] = [this.config, ofResources].map(config => rule.settings.parse(settingsIn(config, rule)));
        const adapted = Object.fromEntries(
            Object.entries({ ...now, ...given }).map(([key, value]) => [
                key,
                isDeepStrictEqual(value, before?.[key]) ? now?.[key] : value,
            ]),
        );
        this.adapted.set(rule, adapted);
        return adapted;
    }

    /** A rule's level for that stack; undefined where the engine's own holds. */
    levelOf(rule: Rule): EnforcementLevel | undefined {
        const { ofResources } = this;
        if (ofResources === undefined || this.levels?.get(rule.name) !== levelIn(this.config, rule)) return undefined;
        return levelIn(ofResources, rule);
    }

    /** Takes over what the engine made of the initial config. Throws {@link ConfigError} with every mistake in it. */
    onConfiguration(config: EngineConfig): void {
        const problems = problemsIn(config, this.rules, this.now);
        if (problems.length > 0) throw new ConfigError(problems);
        this.adapted.clear();
        this.levels = new Map(Object.entries(config).map(([name, { level }]) => [name, level]));
        const isFolderNamed = ([, { settings }]: [string, EngineConfig[string]]) => settings.projectDir !== undefined;
        this.withFolder = new Set(
            Object.entries(config)
                .filter(isFolderNamed)
                .map(([name]) => name),
        );
        const settings = ExemptionSettings.parse(config[EXEMPTIONS]?.settings ?? {});
        // Whoever disables the policy that holds the exemptions wants none.
        this.exemptions = this.levels.get(EXEMPTIONS) === "disabled" ? { ...settings, list: [] } : settings;
        this.ledger = this.ledgerOf(this.exemptions);
    }

    /** What becomes of something that a rule found. */
    outcome(finding: Finding): Outcome {
        const outcome = this.ledger.judge(finding);
        const graduation = this.graduating.get(finding.rule.name);
        const isAdvisory = (this.levels?.get(finding.rule.name) ?? "advisory") === "advisory";
        if (finding.kind !== "violation" || graduation === undefined || !isAdvisory) return outcome;
        if (outcome === "report") return { add: graduation };
        return "add" in outcome ? { add: `${outcome.add}${graduation}` } : outcome;
    }

    /** Whether a rule must leave a resource as it is written. */
    isExempt(rule: Rule, resource: Resource): boolean {
        return this.ledger.covers(rule, resource);
    }

    /**
     * Notes on the run that ends: what became of exemptions, what the settings say without effect, and which rules judged
     * nothing since there is no project to look at, where `hasProject` says so.
     */
    summary({ hasProject }: { readonly hasProject: boolean }): string[] {
        const { levels } = this;
        if (levels === undefined) throw new Error("The engine's configuration did not reach the pack's exemptions.");
        const isJudged = (rule: Rule) => (levels.get(rule.name) ?? rule.enforcementLevel) !== "disabled";
        const ofProject = this.rules
            .filter(rule => rule.scope === "project" && isJudged(rule) && !this.withFolder.has(rule.name))
            .map(({ name }) => name);
        return [
            ...(hasProject || ofProject.length === 0 ? [] : [`${ofProject.join(", ")}: ${WITHOUT_PROJECT}`]),
            ...this.ledger.summary(this.rules, isJudged),
            ...unusedIn(this.files, []).map(show),
        ];
    }

    private settle(): void {
        Object.assign(this.initialConfig, toPackConfig(this.config));
        // A setting that only the earlier profile gave must not stay: each policy's config is replaced as a whole above.
        this.graduating.clear();
        for (const { rule, level } of this.config.rules) {
            const { mandatoryFrom, daysLeft } = level;
            if (mandatoryFrom === undefined) continue;
            const days = daysLeft === 1 ? "1 day" : `${daysLeft} days`;
            this.graduating.set(rule.name, `${GRADUATION}${mandatoryFrom}, in ${days}.`);
        }
    }

    private ledgerOf(settings: ExemptionSettings): ExemptionLedger {
        const { exemptions } = this.files;
        const lines = new Map(
            exemptions.settings.list.map((exemption, index) => {
                const { file, line } = placeAt(exemptions.at, ["list", index]);
                return [JSON.stringify(exemption), `${file}:${line}`];
            }),
        );
        const placeOf = (exemption: Exemption) => lines.get(JSON.stringify(exemption)) ?? ENGINE_PLACE;
        return new ExemptionLedger(settings, this.identity, this.now, placeOf);
    }
}

function settingsIn({ rules }: Config, { name }: Rule): Record<string, unknown> {
    const settings = rules.find(({ rule }) => rule.name === name)?.settings ?? {};
    return Object.fromEntries(Object.entries(settings).map(([key, { value }]) => [key, value]));
}

function levelIn({ rules }: Config, { name }: Rule): EnforcementLevel | undefined {
    return rules.find(({ rule }) => rule.name === name)?.level.level;
}

/** What is wrong in the engine's configuration: it accepts policies that do not exist and settings that no rule has. */
function problemsIn(config: EngineConfig, rules: readonly Rule[], now: Date): Problem[] {
    const at = { file: "configuration given to the engine" };
    const schemas = new Map([
        ...rules.map(rule => [rule.name, rule.settings] as const),
        [EXEMPTIONS, ExemptionSettings],
    ]);
    return Object.entries(config).flatMap(([name, { settings }]): Problem[] => {
        const schema = schemas.get(name);
        if (schema === undefined) {
            // The engine leaves the key of what is for all policies in the result.
            if (name === "all") return [];
            const hint = suggestion(name, ["all", ...schemas.keys()]);
            return [{ at: { ...at, path: name }, message: `is no rule of this pack.${hint}` }];
        }
        const mistakes = mistakesIn(schema, settings, name);
        if (name === EXEMPTIONS && mistakes.length === 0) {
            const { list, maxDays } = ExemptionSettings.parse(settings);
            for (const [index, exemption] of list.entries()) {
                for (const { path, message } of mistakesInExemption(exemption, maxDays, rules, now)) {
                    mistakes.push({ path: ["list", index, ...path], message });
                }
            }
        }
        return mistakes.map(({ path, message }) => ({
            at: { ...at, path: [name, ...path].map(String).join(".") },
            message,
        }));
    });
}
