// Runs test files in one process: what they are made of is loaded anew for each, what they only use is not.
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { join, relative } = require("node:path");
const { mock } = require("node:test");
const circus = require("jest-circus");
const { jestExpect } = require("@jest/expect");
const { ModuleMocker } = require("jest-mock");
const { COUNTER } = require("./counter.cjs");
const { translate } = require("./translate.cjs");

const root = join(__dirname, "../..");
const OURS = ["policies", "cli", "__tests__", "examples"].map(name => join(root, name, "/"));
const COUNTED = ["policies", "cli"].map(name => join(root, name, "/"));

/** The source that is changed: its path and its new text. */
let change;
/** Whether functions are counted. */
let isCounting = false;
/** The functions that ran since this was emptied, as `file:position`. */
let ran = new Set();

const translated = new Map();

/** Where processes that the tests start write what ran in them; their change is read from the other file. */
const exchange = { ran: join(process.env.MUTATE_EXCHANGE, "ran"), change: join(process.env.MUTATE_EXCHANGE, "change") };

globalThis[COUNTER] = (file, position) => ran.add(`${file}:${position}`);

require.extensions[".ts"] = (module, path) => {
    const isChanged = change?.path === path;
    const counts = isCounting && COUNTED.some(folder => path.startsWith(folder));
    const key = `${path}:${counts}`;
    let code = isChanged ? undefined : translated.get(key);
    if (code === undefined) {
        const text = isChanged ? change.text : readFileSync(path, "utf8");
        code = translate(text, path, counts ? relative(root, path) : undefined);
        if (!isChanged) translated.set(key, code);
    }
    if (counts) ran.add(`${relative(root, path)}:-1`);
    module._compile(code, path);
};

const isOurs = path => OURS.some(folder => path.startsWith(folder));

/**
 * Runs a test file, or those of its tests that `wanted` names by their place in it. Stops at the first failure with `bail`.
 * Answers with the failures, the sources loaded, and what each test ran in this process and elsewhere, in those that it started.
 */
async function runFile(file, { wanted, bail = false }) {
    for (const path of Object.keys(require.cache)) if (isOurs(path)) delete require.cache[path];
    circus.resetState();
    const names = ["describe", "test", "it", "beforeAll", "beforeEach", "afterAll", "afterEach"];
    for (const name of names) globalThis[name] = circus[name];
    globalThis.expect = jestExpect;
    const mocker = new ModuleMocker(globalThis);
    globalThis.jest = mocker;
    mocker.useFakeTimers = () => mock.timers.enable();
    mocker.advanceTimersByTime = milliseconds => mock.timers.tick(milliseconds);
    mocker.useRealTimers = () => mock.timers.reset();
    mocker.setTimeout = milliseconds => circus.setState({ ...circus.getState(), testTimeout: milliseconds });
    const failures = [];
    const tests = [];
    ran = new Set();
    const path = join(root, file);
    try {
        require(path);
    } catch (error) {
        failures.push(`${file} cannot be loaded: ${error?.message}`);
        return { failures, loaded: [], tests, onLoad: [...ran] };
    }
    const loaded = Object.keys(require.cache)
        .filter(isOurs)
        .map(one => relative(root, one));
    // What runs while the file is loaded counts for all its tests.
    // So do hooks that run once, which are not told apart.
    const onLoad = ran;
    let index = -1;
    const handler = ({ name, test, describeBlock, error }) => {
        if (name === "test_start") {
            index += 1;
            if (isCounting) {
                for (const line of takeLines(exchange.ran)) ran.add(line);
                // What ran between two tests are hooks.
                for (const place of ran) onLoad.add(place);
            }
            ran = new Set();
            if ((bail && failures.length > 0) || (wanted !== undefined && !wanted.has(index))) test.mode = "skip";
        } else if (name === "test_done") {
            if (isCounting) {
                const elsewhere = takeLines(exchange.ran);
                tests.push({ ran: [...ran], elsewhere, milliseconds: test.duration ?? 0 });
            }
            ran = new Set();
            if (test.errors.length > 0) failures.push(nameOf(test));
        } else if (name === "test_skip" && isCounting) {
            tests.push({ ran: [], elsewhere: [], milliseconds: 0 });
        } else if (name === "hook_failure" && test === undefined) {
            failures.push(`a hook of ${describeBlock?.name ?? file}`);
        } else if (name === "error") {
            failures.push(`an error outside of tests: ${error?.message}`);
        }
    };
    circus.addEventHandler(handler);
    await circus.run();
    circus.removeEventHandler(handler);
    return { failures, loaded, onLoad: [...onLoad], tests };
}

function nameOf(test) {
    const names = [];
    for (let at = test; at?.parent !== undefined; at = at.parent) names.unshift(at.name);
    return names.join(" › ");
}

function takeLines(path) {
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
    writeFileSync(path, "");
    return lines;
}

/**
 * `count` answers with all of what `runFile` does, of one file; else files are run with a change until one notices it, and
 * the answer is the failures.
 */
process.on("message", async ({ files, counts, changed }) => {
    isCounting = counts;
    change = changed;
    writeFileSync(exchange.change, JSON.stringify({ counts, changed }));
    let result;
    for (const { file, wanted } of files) {
        result = await runFile(file, { wanted: wanted && new Set(wanted), bail: !counts });
        if (result.failures.length > 0) break;
    }
    process.send(counts ? result : { failures: result?.failures ?? [] });
});
