import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PolicyResource, ResourceValidation, StackValidation } from "@pulumi/policy";
import { toPolicy } from "../policies/kit/policy";
import type { ResourceRule, Rule, StackRule } from "../policies/kit/rule";
import { rules } from "../policies/rules";
import { runProgram } from "./support/run-program";
import { judgeProject, type Verdict } from "./support/test-rule";

/** A fenced block of a page: its language, the path it stands for (project rules), and its text. */
interface Block {
    readonly language: string;
    readonly path: string;
    readonly text: string;
}

describe.each(rules.map(rule => [rule.name, rule] as const))("the page of %s", (name, rule) => {
    const page = readFileSync(join(__dirname, "../docs/rules", `${name}.md`), "utf8");

    test("fails what it says fails", async () => {
        const { violations } = await judge(rule, blocksUnder(page, "Fails"));
        expect(violations).not.toEqual([]);
    });

    test("passes what it says passes, without a note", async () => {
        expect(await judge(rule, blocksUnder(page, "Passes"))).toEqual({ violations: [], notes: [] });
    });
});

function blocksUnder(page: string, heading: string): Block[] {
    const section = page.split(/^## /m).find(part => part.startsWith(`${heading}\n`)) ?? "";
    const blocks = [...section.matchAll(/^```(\w+)[ \t]*(\S*)\n(.*?)^```$/gms)];
    if (blocks.length === 0) throw new Error(`The page has no example under "${heading}".`);
    return blocks.map(([, language = "", path = "", text = ""]) => ({ language, path, text }));
}

async function judge(rule: Rule, blocks: readonly Block[]): Promise<Verdict> {
    if (rule.scope === "project") {
        return judgeProject(rule, { files: Object.fromEntries(blocks.map(({ path, text }) => [path, text])) });
    }
    const verdicts: Verdict[] = [];
    for (const { text } of blocks) verdicts.push(judgeProgram(rule, await runProgram(text)));
    return { violations: verdicts.flatMap(v => v.violations), notes: verdicts.flatMap(v => v.notes) };
}

function judgeProgram(rule: ResourceRule | StackRule, resources: readonly PolicyResource[]): Verdict {
    const verdict: Verdict = { violations: [], notes: [] };
    const report = (({ message, enforcementLevel }: { message: string; enforcementLevel?: string }) => {
        (enforcementLevel === "advisory" ? verdict.notes : verdict.violations).push(message);
    }) as never;
    const common = {
        stackTags: new Map<string, string>(),
        getConfig: <T extends object>() => ({}) as T,
        notApplicable: (reason?: string): never => {
            throw new Error(`The example is no subject of the rule: ${reason}`);
        },
    };
    const policy = toPolicy(rule, {
        workspace: () => {
            throw new Error("Only project rules look at files.");
        },
        filter: () => "report",
    });
    if (rule.scope === "stack") {
        const { validateStack } = policy as { validateStack: StackValidation };
        validateStack({ ...common, resources: [...resources] }, report);
    } else {
        const { validateResource } = policy as { validateResource: ResourceValidation };
        for (const resource of resources) {
            validateResource({ ...resource, ...common, isType: () => false, asType: () => undefined }, report);
        }
    }
    return verdict;
}
