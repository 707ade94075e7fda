import { readdirSync } from "node:fs";
import { join } from "node:path";

const RULES = join(__dirname, "../rules");

/** Loads the tests of all rules for their cases alone: `examples` of test-rule.ts holds them afterwards. */
export function loadExamples(): void {
    const { describe: realDescribe, test: realTest } = globalThis;
    const ignore = Object.assign(() => undefined, { each: () => () => undefined });
    Object.assign(globalThis, { describe: ignore, test: ignore });
    for (const topic of readdirSync(RULES, { withFileTypes: true })) {
        if (!topic.isDirectory()) continue;
        // Folders hold tests of a rule's private parts, which give no examples.
        const tests = readdirSync(join(RULES, topic.name)).filter(file => file.endsWith(".test.ts"));
        for (const file of tests) require(join(RULES, topic.name, file));
    }
    Object.assign(globalThis, { describe: realDescribe, test: realTest });
}
