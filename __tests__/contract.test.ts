import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { toPolicy } from "../policies/kit/policy";
import { configSchemaOf } from "../policies/kit/settings";
import { rules } from "../policies/rules";

const root = join(__dirname, "..");

/** Modules of rules below a folder, as `topic/name` without their ending. */
function modules(folder: string, ending: string): string[] {
    return readdirSync(join(root, folder), { withFileTypes: true })
        .filter(entry => entry.isDirectory())
        .flatMap(topic =>
            readdirSync(join(root, folder, topic.name))
                .filter(file => file.endsWith(ending))
                .map(file => `${topic.name}/${file.slice(0, -ending.length)}`),
        )
        .sort();
}

describe("the list of rules", () => {
    test("holds every rule module, alphabetically", () => {
        const names = rules.map(rule => rule.name);
        expect(names).toEqual([...names].sort());
        expect(
            modules("policies/rules", ".ts")
                .map(path => basename(path))
                .sort(),
        ).toEqual(names);
    });

    test("every rule has a test of the same place and name", () => {
        expect(modules("__tests__/rules", ".test.ts")).toEqual(modules("policies/rules", ".ts"));
    });

    test("every rule has a page, and every page a rule", () => {
        const pages = readdirSync(join(root, "docs/rules")).map(file => basename(file, ".md"));
        expect(pages.sort()).toEqual(rules.map(rule => rule.name));
    });
});

describe.each(rules.map(rule => [rule.name, rule] as const))("%s", (name, rule) => {
    test("has a name that the engine and people can use", () => {
        expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/);
    });

    test("says what it is in sentences", () => {
        expect(rule.title).toMatch(/^[A-Z].*[^.]$/);
        expect(rule.description).toMatch(/^[A-Z].*\.$/s);
        expect(rule.remediationSteps.length).toBeGreaterThan(0);
        for (const step of rule.remediationSteps) expect(step).toMatch(/^[A-Z].*\.$/s);
        expect(rule.url).toMatch(/^https:\/\//);
    });

    test("has tags in lower case, each once", () => {
        expect(rule.tags.length).toBeGreaterThan(0);
        expect([...new Set(rule.tags)]).toEqual([...rule.tags]);
        for (const tag of rule.tags) expect(tag).toMatch(/^[a-z0-9-]+$/);
    });

    test("has settings that may be left out, are described, and refuse a misspelt key", () => {
        expect(rule.settings.safeParse({}).success).toBe(true);
        expect(rule.settings.safeParse({ misspelt: true }).success).toBe(false);
        for (const [key, schema] of Object.entries(configSchemaOf(rule.settings).properties)) {
            expect(key).not.toBe("enforcementLevel");
            expect({ key, description: schema.description }).toEqual({
                key,
                description: expect.stringMatching(/\.$/),
            });
        }
    });

    test("becomes a policy of its kind, with everything the engine can show", () => {
        const policy = toPolicy(rule, {
            workspace: () => {
                throw new Error("not asked");
            },
            filter: () => "report",
        });
        const judges = rule.scope === "resource" ? expect.any(Function) : undefined;
        // One that only mends single resources judges none of them.
        const mends = rule.scope === "stack" && rule.remediate !== undefined ? [] : undefined;
        expect("validateResource" in policy ? policy.validateResource : undefined).toEqual(judges ?? mends);
        expect("validateStack" in policy).toBe(
            rule.scope !== "resource" || rule.judgesProviders === true || rule.judgeReferences !== undefined,
        );
        expect(policy).toMatchObject({
            name,
            severity: rule.severity,
            enforcementLevel: rule.enforcementLevel,
            url: rule.url,
        });
    });

    test("has a page with all its parts", () => {
        const path = join(root, "docs/rules", `${name}.md`);
        const page = existsSync(path) ? readFileSync(path, "utf8") : "";
        const headings = [...page.matchAll(/^## (.*)$/gm)].map(match => match[1]);
        // A rule of many parts says what it judges in a section of its own.
        expect(headings.filter(heading => heading !== "What is judged")).toEqual([
            "Settings",
            "Remediation",
            ...(rule.aspects === undefined ? [] : ["Aspects"]),
            "Why",
            "Fails",
            "Passes",
            "When an exemption is reasonable",
            "Limits",
        ]);
    });

    test("has aspects of distinct names, each with a section of the page", () => {
        const { aspects = [] } = rule;
        const ids = aspects.map(({ id }) => id);
        expect([...new Set(ids)]).toEqual(ids);
        for (const { id, description } of aspects) {
            expect(id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
            expect(description).toMatch(/^[A-Z].*\.$/);
        }
        const page = readFileSync(join(root, "docs/rules", `${name}.md`), "utf8");
        const judged = page.split(/^## /m).find(section => section.startsWith("What is judged\n")) ?? "";
        if (ids.length > 0) {
            expect([...judged.matchAll(/^### `(.*)`$/gm)].map(([, id]) => id)).toEqual(ids);
        }
    });

    test("cites each control with the document it was read in", () => {
        for (const control of rule.controls) {
            expect(control).toEqual({
                framework: expect.stringMatching(/\S/),
                version: expect.any(String),
                id: expect.stringMatching(/\S/),
                source: expect.stringMatching(/^https:\/\//),
            });
        }
    });
});
