// Runs test files in one process: what they are made of is loaded anew for each, what they only use is not.
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { join, relative } = require("node:path");
const { mock } = require("node:test");
const circus = require("jest-circus");
const { jestExpect } = require("@jest/expect");
const { ModuleMocker } = require("jest-mock");
const { compile, onRun } = require("./counter.cjs");
const { translate } = require("./translate.cjs");

const root = join(__dirname, "../..");
const OURS = ["policies", "cli", "__tests__", "examples"].map(name => join(root, name, "/"));
const COUNTED = ["policies", "cli"].map(name => join(root, name, "/"));

/**
 * The source that is changed: its path and its new text.
 *
 * @type {{ path: string, text: string } | undefined}
 */
let change;
/** Whether functions are counted. */
let isCounting = false;
/**
 * The functions that ran since this was emptied, as `file:position`.
 *
 * @type {Set<string>}
 */
let ran = new Set();

/** @type {Map<string, string>} */
const translated = new Map();

/** Where processes that the tests start write what ran in them; their change is read from the other file. */
const { MUTATE_EXCHANGE = "" } = process.env;
const exchange = { ran: join(MUTATE_EXCHANGE, "ran"), change: join(MUTATE_EXCHANGE, "change") };

onRun((file, position) => ran.add(`${file}:${position}`));

/**
 * @param {NodeModule} module
 * @param {string} path
 */
require.extensions[".ts"] = (module, path) => {
    const changed = change?.path === path ? change : undefined;
    const counts = isCounting && COUNTED.some(folder => path.startsWith(folder));
    const key = `${path}:${counts}`;
    let code = changed === undefined ? translated.get(key) : undefined;
    if (code === undefined) {
        const text = changed === undefined ? readFileSync(path, "utf8") : changed.text;
        code = translate(text, path, counts ? relative(root, path) : undefined);
        if (changed === undefined) translated.set(key, code);
    }
    if (counts) ran.add(`${relative(root, path)}:-1`);
    compile(module, code, path);
};

/** @param {string} path */
const isOurs = path => OURS.some(folder => path.startsWith(folder));

/**
 * What a test ran in this process and in those that it started.
 *
 * @typedef {{ ran: string[], elsewhere: string[], milliseconds: number }} TestRun
 * @typedef {{ failures: string[], loaded: string[], onLoad: string[], tests: TestRun[] }} FileRun
 */

/**
 * Runs a test file, or those of its tests that `wanted` names by their place in it. Stops at the first failure with `bail`.
 * Answers with the failures, the sources loaded, and what each test ran in this process and elsewhere, in those that it started.
 *
 * @param {string} file
 * @param {{ wanted?: ReadonlySet<number> | undefined, bail?: boolean }} options
 * @returns {Promise<FileRun>}
 */
async function runFile(file, { wanted, bail = false }) {
    for (const path of Object.keys(require.cache)) if (isOurs(path)) delete require.cache[path];
    circus.resetState();
    const { describe, test, it, beforeAll, beforeEach, afterAll, afterEach } = circus;
    const jest = Object.assign(new ModuleMocker(globalThis), {
        useFakeTimers: () => mock.timers.enable(),
        /** @param {number} milliseconds */
        advanceTimersByTime: milliseconds => mock.timers.tick(milliseconds),
        useRealTimers: () => mock.timers.reset(),
        /** @param {number} milliseconds */
        setTimeout: milliseconds => circus.setState({ ...circus.getState(), testTimeout: milliseconds }),
    });
    const globals = { describe, test, it, beforeAll, beforeEach, afterAll, afterEach, expect: jestExpect, jest };
    Object.assign(globalThis, globals);
    /** @type {string[]} */
    const failures = [];
    /** @type {TestRun[]} */
    const tests = [];
    ran = new Set();
    const path = join(root, file);
    try {
        require(path);
    } catch (error) {
        failures.push(`${file} cannot be loaded: ${messageOf(error)}`);
        return { failures, loaded: [], tests, onLoad: [...ran] };
    }
    const loaded = Object.keys(require.cache)
        .filter(isOurs)
        .map(one => relative(root, one));
    // What runs while the file is loaded counts for all its tests.
    // So do hooks that run once, which are not told apart.
    const onLoad = ran;
    let index = -1;
    /** @type {Parameters<typeof circus.addEventHandler>[0]} */
    const handler = event => {
        if (event.name === "test_start") {
            index += 1;
            if (isCounting) {
                for (const line of takeLines(exchange.ran)) ran.add(line);
                // What ran between two tests are hooks.
                for (const place of ran) onLoad.add(place);
            }
            ran = new Set();
            if ((bail && failures.length > 0) || (wanted !== undefined && !wanted.has(index))) {
                event.test.mode = "skip";
            }
        } else if (event.name === "test_done") {
            if (isCounting) {
                const elsewhere = takeLines(exchange.ran);
                tests.push({ ran: [...ran], elsewhere, milliseconds: event.test.duration ?? 0 });
            }
            ran = new Set();
            if (event.test.errors.length > 0) failures.push(nameOf(event.test));
        } else if (event.name === "test_skip" && isCounting) {
            tests.push({ ran: [], elsewhere: [], milliseconds: 0 });
        } else if (event.name === "hook_failure" && event.test === undefined) {
            failures.push(`a hook of ${event.describeBlock?.name ?? file}`);
        } else if (event.name === "error") {
            failures.push(`an error outside of tests: ${messageOf(event.error)}`);
        }
    };
    circus.addEventHandler(handler);
    await circus.run();
    circus.removeEventHandler(handler);
    return { failures, loaded, onLoad: [...onLoad], tests };
}

/** @param {unknown} error */
function messageOf(error) {
    return error instanceof Error ? error.message : String(error);
}

/**
 * @typedef {{ name: string, parent?: Named | undefined }} Named
 * @param {Named} test
 */
function nameOf(test) {
    /** @type {string[]} */
    const names = [];
    for (let at = test; at.parent !== undefined; at = at.parent) names.unshift(at.name);
    return names.join(" › ");
}

/** @param {string} path */
function takeLines(path) {
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
    writeFileSync(path, "");
    return lines;
}

/**
 * @typedef {{ file: string, wanted?: readonly number[] }} WantedFile
 * @typedef {{ files: readonly WantedFile[], counts: boolean, changed?: { path: string, text: string } }} Task
 */

/**
 * `count` answers with all of what `runFile` does, of one file; else files are run with a change until one notices it, and
 * the answer is the failures.
 */
process.on("message", async task => {
    const { files, counts, changed } = /** @type {Task} */ (task);
    isCounting = counts;
    change = changed;
    writeFileSync(exchange.change, JSON.stringify({ counts, changed }));
    let result;
    for (const { file, wanted } of files) {
        result = await runFile(file, { wanted: wanted && new Set(wanted), bail: !counts });
        if (result.failures.length > 0) break;
    }
    process.send?.(counts ? result : { failures: result?.failures ?? [] });
});
