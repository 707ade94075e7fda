import { SECRET, SIGNATURE, UNKNOWN } from "../../policies/kit/wire";
import { rules } from "../../policies/rules";
import { Ref, type TestResource } from "../support/engine-args";
import { isMap } from "../support/json";
import { loadExamples } from "../support/load-examples";
import { examples, judgeResource, judgeStack, type Verdict } from "../support/test-rule";

loadExamples();

const MARK = (value: unknown) => ({ [SIGNATURE]: SECRET, value });

/** Texts of this length or longer are not found in a message by chance. */
const MIN_LENGTH = 9;

/** Properties in which each value is marked as secret, and the texts that are. References and unknown values stay. */
function marked(props: Record<string, unknown>, texts: Set<string>): Record<string, unknown> {
    const visit = (value: unknown): unknown => {
        if (value instanceof Ref || value === UNKNOWN || value === null || value === undefined) return value;
        if (Array.isArray(value)) return value.map(visit);
        if (isMap(value) && Object.hasOwn(value, SIGNATURE)) return value;
        if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item)]));
        if (typeof value === "string" && value.length >= MIN_LENGTH) texts.add(value);
        return MARK(value);
    };
    return visit(props) as Record<string, unknown>;
}

/** What of the secret texts, or of the parts of JSON among them, messages show; what the rule always says does not count. */
function shown(verdict: Verdict, texts: ReadonlySet<string>, always: string): string[] {
    const messages = [...verdict.violations, ...verdict.notes].join("\n");
    const parts = [...texts].flatMap(text => [
        text,
        ...[...text.matchAll(/"((?:[^"\\]|\\.){9,})"(?!\s*:)/g)].map(match => match[1] ?? ""),
    ]);
    return [...new Set(parts)].filter(text => messages.includes(text) && !always.includes(text));
}

const judged = rules.filter(rule => rule.scope !== "project");

/** Words that a rule may always say: its own names, settings and advice, but nothing from the case. */
const wordsOf = (rule: (typeof judged)[number], settings: object) =>
    JSON.stringify([rule.description, rule.remediationSteps, settings, rule.settings.parse({})]);

describe.each(judged.map(rule => [rule.name, rule] as const))("%s", (_, rule) => {
    const cases =
        rule.scope === "resource"
            ? (examples.resource.get(rule) ?? []).map(testCase => {
                  const { name, settings = {}, isOnlyPlain = false, props, ...resource } = testCase;
                  const type = rule.types === "all" ? "any:type:Any" : (rule.types[0] ?? "");
                  const judge = (given: Record<string, unknown>) =>
                      judgeResource(rule, { type, ...resource, props: given }, settings);
                  const texts = new Set<string>();
                  const secret = marked(props, texts);
                  return { name, settings, isOnlyPlain, texts, plain: () => judge(props), secret: () => judge(secret) };
              })
            : (examples.stack.get(rule) ?? []).map(
                  ({ name, settings = {}, isOnlyPlain = false, resources, form, backendUrl }) => {
                      const judge = (given: readonly TestResource[]) =>
                          judgeStack(rule, given, settings, form, backendUrl);
                      const texts = new Set<string>();
                      const secret = resources.map(resource => ({
                          ...resource,
                          props: marked(resource.props ?? {}, texts),
                      }));
                      return {
                          name,
                          settings,
                          isOnlyPlain,
                          texts,
                          plain: () => judge(resources),
                          secret: () => judge(secret),
                      };
                  },
              );

    test("judges secrets as it judges other values, unless a case says that it finds plain text only", () => {
        const count = ({ violations, notes }: Verdict) => [violations.length, notes.length];
        const expected = ({ isOnlyPlain, plain }: (typeof cases)[number]) => (isOnlyPlain ? [0, 0] : count(plain()));
        const differing = cases.filter(testCase => String(expected(testCase)) !== String(count(testCase.secret())));
        expect(differing.map(({ name }) => name)).toEqual([]);
    });

    test("shows none of them", () => {
        const leaks = cases.flatMap(({ name, settings, texts, secret }) =>
            shown(secret(), texts, wordsOf(rule, settings)).map(text => `${name}: ${text}`),
        );
        expect(leaks).toEqual([]);
    });
});
