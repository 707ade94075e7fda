// npm run mutate: changes the code in small ways, one at a time, and lists the changes that no test notices.
import { execFileSync, fork, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import ts from "typescript";

const require = createRequire(import.meta.url);
const { apply, changesOf } = require("./mutate/changes.cjs");
const { functionAt } = require("./mutate/translate.cjs");

const USAGE = `npm run mutate -- [--changed [--base COMMIT]] [--sample N --seed S] [--minutes M] [--only REGEX] [--quick] [--list]

  --changed   the lines that differ from COMMIT, by default from where the branch left main, or from HEAD on main
  --sample    so many changes of all of policies/ and cli/, drawn by the seed; 300 by default
  --minutes   stop after so long; what was drawn first is judged first
  --only      places, as path:line, that match
  --quick     without the test files that start processes themselves, and, where no change of cli/ is asked for, those that run
              the command in their own
  --list      print the changes and run nothing`;

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const kept = join(root, ".cache/mutate");

/** Tests of the engine itself take minutes for each change, and those of the packed file do not see the sources. */
const LEFT_OUT = ["__tests__/engine/", "__tests__/life.test.ts", "__tests__/tarball.test.ts", "__tests__/fuzz.test.ts"];

/** What counts, on which all counts rest. */
const WORKER = "scripts/mutate/worker.cjs";

/** A change that makes tests this much slower than they were, and then some, is noticed: it hangs. */
const SLOWER = { times: 10, milliseconds: 20_000 };

/** A test file that takes longer than this when it is counted is not used; in milliseconds. */
const LONGEST_COUNT = 40 * 60_000;

/** Changes that one process tries, since what it loads anew is never all given back. */
const TRIES_OF_A_PROCESS = 150;

/**
 * @typedef {import("./mutate/changes.cjs").Change & { file: string, line: number }} Change
 * @typedef {import("./mutate/worker.cjs").Task} Task
 * @typedef {import("./mutate/worker.cjs").FileRun} FileRun
 * @typedef {import("./mutate/worker.cjs").TestRun} TestRun
 */

/**
 * What is kept of a test file: what its tests ran, and of which sources that holds.
 *
 * @typedef {Omit<FileRun, "failures"> & { hash: string, isWhole: boolean }} KeptRun
 */

/**
 * What the tests of a file run, by places.
 *
 * @typedef {{ ran: ReadonlySet<string>, elsewhere: ReadonlySet<string>, milliseconds: number }} TestPlaces
 * @typedef {{ onLoad: ReadonlySet<string>, tests: readonly TestPlaces[] }} FilePlaces
 */

/** @typedef {{ change: Change, isNoticed: boolean, tests: number }} Result */

const { values: options } = parseArgs({
    options: {
        changed: { type: "boolean", default: false },
        base: { type: "string" },
        sample: { type: "string" },
        seed: { type: "string", default: "1" },
        minutes: { type: "string" },
        only: { type: "string" },
        quick: { type: "boolean", default: false },
        list: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
    },
});
if (options.help) {
    console.log(USAGE);
    process.exit();
}

const sources = ["policies", "cli"].flatMap(filesOf).filter(file => file.endsWith(".ts"));
/** @type {ReadonlyMap<string, string>} */
const texts = new Map(sources.map(file => [file, readFileSync(join(root, file), "utf8")]));
const drawn = draw();
if (options.list) {
    for (const change of drawn) console.log(describe(change));
    process.exit();
}
const compiler = startCompiler();
build();
const exchange = mkdtempSync(join(tmpdir(), "mutate-"));
process.once("exit", () => rmSync(exchange, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
let worker = startWorker();
process.once("exit", stopWorker);
const map = await coverage();
await judge();
process.exit();

/** The changes to judge, in their order: those of changed lines as they stand, a sample as the seed has it. */
function draw() {
    const lines = options.changed ? changedLines() : undefined;
    const only = options.only === undefined ? undefined : new RegExp(options.only);
    const all = sources.flatMap(file => {
        const text = textOf(file);
        return changesOf(text, file)
            .map(change => ({ ...change, file, line: text.slice(0, change.from).split("\n").length }))
            .filter(({ line }) => lines === undefined || lines.get(file)?.has(line) === true)
            .filter(({ line }) => only === undefined || only.test(`${file}:${line}`));
    });
    if (options.changed && options.sample === undefined) return all;
    const random = randomNumbers(Number(options.seed));
    for (let at = all.length - 1; at > 0; at -= 1) {
        const other = Math.floor(random() * (at + 1));
        const [one, another] = [all[at], all[other]];
        if (one !== undefined && another !== undefined) [all[at], all[other]] = [another, one];
    }
    return all;
}

/** @param {string} file */
function textOf(file) {
    const text = texts.get(file);
    if (text === undefined) throw new Error(`${file} is no source.`);
    return text;
}

/** The lines of each file that a commit does not have, by number. */
function changedLines() {
    /** @param {string[]} args */
    const git = (...args) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
    const base = options.base ?? git("merge-base", "HEAD", "main");
    /** @type {Map<string, Set<number>>} */
    const lines = new Map();
    let file = "";
    for (const line of git("diff", "--unified=0", "--no-color", base, "--", "policies", "cli").split("\n")) {
        if (line.startsWith("+++ b/")) file = line.slice("+++ b/".length);
        const [, from, count = "1"] = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
        if (from === undefined) continue;
        const set = lines.get(file) ?? new Set();
        for (let at = 0; at < Number(count); at += 1) set.add(Number(from) + at);
        lines.set(file, set);
    }
    // Files that git does not know yet are new as a whole.
    for (const path of git("ls-files", "--others", "--exclude-standard", "policies", "cli").split("\n")) {
        const text = texts.get(path);
        if (text !== undefined) lines.set(path, new Set(text.split("\n").map((_, index) => index + 1)));
    }
    return lines;
}

async function judge() {
    const started = Date.now();
    const wanted = options.changed && options.sample === undefined ? Infinity : Number(options.sample ?? 300);
    const until = options.minutes === undefined ? Infinity : started + Number(options.minutes) * 60_000;
    /** @type {Result[]} */
    const results = [];
    let uncompiled = 0;
    for (const change of drawn) {
        if (results.length >= wanted || Date.now() > until) break;
        if (!compiler.accepts(change)) {
            uncompiled += 1;
            continue;
        }
        const result = await judgeOne(change);
        results.push({ change, ...result });
        const seconds = Math.round((Date.now() - started) / 1000);
        console.log(
            `${results.length} ${seconds} s  ${result.isNoticed ? "noticed" : "SURVIVED"}  ${describe(change)}`,
        );
        if (!result.isNoticed) console.log(`      ${result.tests} tests run this.`);
    }
    summarize(results, uncompiled);
}

/** @param {Change} change */
async function judgeOne(change) {
    const files = testsOf(change);
    const tests = files.reduce((sum, { wanted }) => sum + wanted.length, 0);
    if (tests === 0) return { isNoticed: false, tests };
    const usual = files.reduce((sum, file) => sum + file.milliseconds, 0);
    const text = apply(textOf(change.file), change);
    const changed = { path: join(root, change.file), text };
    const { failures } = await ask({ files, counts: false, changed }, usual * SLOWER.times + SLOWER.milliseconds);
    return { isNoticed: failures.length > 0, tests };
}

/**
 * The tests that run the changed function, by file: the file named like the source first, and then the fastest. Tests that
 * start processes take seconds each: about the rules only those that start none are asked, where there are such, and those that
 * run the function only in a process that they start are asked about what no test runs itself.
 *
 * @param {Change} change
 */
function testsOf(change) {
    const source = ts.createSourceFile(change.file, textOf(change.file), ts.ScriptTarget.ES2022, true);
    const place = `${change.file}:${functionAt(source, change.from)}`;
    /** @param {{ file: string }} tests */
    const rank = ({ file }) => (basename(file, ".test.ts") === basename(change.file, ".ts") ? 0 : 1);
    /** @param {(test: TestPlaces, onLoad: ReadonlySet<string>) => boolean} runs */
    const asked = runs =>
        [...map]
            .flatMap(([file, { onLoad, tests }]) => {
                const running = [...tests.entries()].filter(([, test]) => runs(test, onLoad));
                const wanted = running.map(([index]) => index);
                const milliseconds = running.reduce((sum, [, test]) => sum + test.milliseconds, 0);
                return wanted.length === 0 ? [] : [{ file, wanted, milliseconds }];
            })
            .sort((one, other) => rank(one) - rank(other) || one.milliseconds - other.milliseconds);
    /** @type {(test: TestPlaces, onLoad: ReadonlySet<string>) => boolean} */
    const runsHere = ({ ran }, onLoad) => onLoad.has(place) || ran.has(place);
    const alone = isOfCommand(change)
        ? []
        : asked((test, onLoad) => test.elsewhere.size === 0 && runsHere(test, onLoad));
    if (alone.length > 0) return alone;
    const here = asked(runsHere);
    return here.length > 0 ? here : asked(({ elsewhere }) => elsewhere.has(place));
}

/**
 * @param {readonly Result[]} results
 * @param {number} uncompiled
 */
function summarize(results, uncompiled) {
    const survivors = results.filter(({ isNoticed }) => !isNoticed);
    const noticed = results.length - survivors.length;
    console.log("\nSurvivors:");
    for (const { change, tests } of survivors) console.log(`  ${describe(change)} (run by ${tests} tests)`);
    console.log("\nBy kind:");
    for (const kind of [...new Set(results.map(({ change }) => change.kind))].sort()) {
        const ofKind = results.filter(({ change }) => change.kind === kind);
        console.log(`  ${kind}: ${ofKind.filter(({ isNoticed }) => isNoticed).length} of ${ofKind.length}`);
    }
    const percent = results.length === 0 ? "none" : `${((100 * noticed) / results.length).toFixed(1)} %`;
    console.log(
        `\n${noticed} of ${results.length} changes were noticed: ${percent}. ${uncompiled} more do not compile.`,
    );
}

/**
 * What each test runs, by test file: counted once, and again when a source that the file loads has changed. A file that
 * fails unchanged, or when it is run a second time in the same process, tells nothing and is named.
 *
 * @returns {Promise<ReadonlyMap<string, FilePlaces>>}
 */
async function coverage() {
    const path = join(kept, "coverage.json");
    /** @type {Record<string, KeptRun>} */
    const known = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
    /** @type {Record<string, KeptRun>} */
    const result = {};
    const asksCommand = drawn.some(isOfCommand);
    // What a test starts is built from all sources, and what it reads besides is not known.
    const all = hashOf([...sources, ...["__tests__", "rules-config", "docs"].flatMap(filesOf), WORKER]);
    for (const file of filesOf("__tests__").filter(name => name.endsWith(".test.ts"))) {
        const before = known[file];
        const isSlow = startsProcesses(file) || (!asksCommand && before?.tests.some(startedProcesses) === true);
        if (LEFT_OUT.some(name => file.startsWith(name)) || (options.quick && isSlow)) continue;
        if (before !== undefined && before.hash === (before.isWhole ? all : hashOf([...before.loaded, WORKER]))) {
            result[file] = before;
            continue;
        }
        console.log(`Counting what ${file} runs …`);
        const { failures, loaded, onLoad, tests } = await ask({ files: [{ file }], counts: true }, LONGEST_COUNT);
        // Tests of processes leave nothing behind in this one, and take minutes.
        const isOfProcesses = startsProcesses(file) || tests.some(startedProcesses);
        const again =
            failures.length > 0 || isOfProcesses
                ? { failures }
                : await ask({ files: [{ file }], counts: false }, LONGEST_COUNT);
        for (const failure of again.failures) console.log(`  not used: ${failure}`);
        const isUsed = again.failures.length === 0;
        const isWhole = !isUsed || isOfProcesses;
        result[file] = {
            hash: isWhole ? all : hashOf([...loaded, WORKER]),
            isWhole,
            loaded,
            onLoad: isUsed ? onLoad : [],
            tests: isUsed ? tests : [],
        };
        mkdirSync(kept, { recursive: true });
        writeFileSync(path, JSON.stringify({ ...known, ...result }));
    }
    return new Map(
        Object.entries(result).map(([file, { onLoad, tests }]) => [
            file,
            {
                onLoad: new Set(onLoad),
                tests: tests.map(({ ran, elsewhere, milliseconds }) => ({
                    ran: new Set(ran),
                    elsewhere: new Set(elsewhere),
                    milliseconds,
                })),
            },
        ]),
    );
}

/** @param {string} file */
function startsProcesses(file) {
    return readFileSync(join(root, file), "utf8").includes('"node:child_process"');
}

/** @param {{ elsewhere?: readonly string[] }} test */
function startedProcesses({ elsewhere = [] }) {
    return elsewhere.length > 0;
}

/** @param {Change} change */
function isOfCommand({ file }) {
    return file.startsWith("cli/");
}

/**
 * Has the worker do a task. One that ends or takes longer than it may is replaced, and that is a failure.
 *
 * @param {Task} task
 * @param {number} milliseconds
 * @returns {Promise<FileRun>}
 */
function ask(task, milliseconds) {
    if (worker.tries >= TRIES_OF_A_PROCESS) restartWorker();
    worker.tries += 1;
    const { process: child } = worker;
    return new Promise(resolve => {
        /** @param {string} failure */
        const end = failure => {
            restartWorker();
            resolve({ failures: [failure], loaded: [], onLoad: [], tests: [] });
        };
        const timer = setTimeout(() => finish(() => end("no end")), milliseconds);
        /** @param {unknown} message */
        const answer = message => finish(() => resolve(/** @type {FileRun} */ (message)));
        const gone = () => finish(() => end("the process ended"));
        /** @param {() => void} then */
        const finish = then => {
            clearTimeout(timer);
            child.off("message", answer).off("exit", gone);
            then();
        };
        child.once("message", answer).once("exit", gone);
        child.send(task);
    });
}

function startWorker() {
    rmSync(join(exchange, "change"), { force: true });
    const child = fork(join(root, "scripts/mutate/worker.cjs"), {
        cwd: root,
        // In a group of its own, so that what a test left running ends with it.
        detached: true,
        stdio: ["ignore", "ignore", "ignore", "ipc"],
        env: {
            ...process.env,
            MUTATE_EXCHANGE: exchange,
            NODE_OPTIONS: `--require ${join(root, "scripts/mutate/preload.cjs")}`,
        },
    });
    return { process: child, tries: 0 };
}

function restartWorker() {
    stopWorker();
    worker = startWorker();
}

function stopWorker() {
    const { pid } = worker.process;
    if (pid === undefined) return;
    try {
        process.kill(-pid, "SIGKILL");
    } catch {
        // It has ended.
    }
}

function build() {
    const { status } = spawnSync(process.execPath, [join(root, "scripts/prepare.cjs")], { stdio: "inherit" });
    if (status !== 0) process.exit(status ?? 1);
    mkdirSync(kept, { recursive: true });
}

/** A compiler that keeps what it knows of the sources that a change leaves as they are. */
function startCompiler() {
    const { config } = ts.readConfigFile(join(root, "tsconfig.build.json"), ts.sys.readFile);
    const { options: settings } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    // What a change leaves unused is no error of it.
    const compilerOptions = { ...settings, noUnusedLocals: false, noUnusedParameters: false, noEmit: true };
    /** @type {Map<string, { text: string, version: number }>} */
    const overlay = new Map();
    const paths = sources.map(file => join(root, file));
    /** @type {ts.LanguageServiceHost} */
    const host = {
        fileExists: ts.sys.fileExists,
        readFile: ts.sys.readFile,
        directoryExists: ts.sys.directoryExists,
        getDirectories: ts.sys.getDirectories,
        getCompilationSettings: () => compilerOptions,
        getScriptFileNames: () => paths,
        getScriptVersion: path => String(overlay.get(path)?.version ?? 0),
        getScriptSnapshot: path => {
            const text = overlay.get(path)?.text ?? ts.sys.readFile(path);
            return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
        },
        getCurrentDirectory: () => root,
        getDefaultLibFileName: ts.getDefaultLibFilePath,
    };
    const service = ts.createLanguageService(host, ts.createDocumentRegistry());
    let version = 0;
    /** @type {(path: string, text: string) => void} */
    const set = (path, text) => {
        version += 1;
        overlay.set(path, { text, version });
    };
    return {
        /** @param {Change} change */
        accepts(change) {
            const path = join(root, change.file);
            set(path, apply(textOf(change.file), change));
            try {
                return [...service.getSyntacticDiagnostics(path), ...service.getSemanticDiagnostics(path)].length === 0;
            } finally {
                set(path, textOf(change.file));
            }
        },
    };
}

/** @param {Change} change */
function describe({ file, line, kind, from, to, replacement }) {
    /** @param {string} text */
    const short = text => (text.length > 80 ? `${text.slice(0, 80)}…` : text).replaceAll(/\s+/g, " ");
    return `${file}:${line} ${kind}: ${short(textOf(file).slice(from, to))} → ${short(replacement) || "(nothing)"}`;
}

/**
 * The files below a folder, in the order of their names.
 *
 * @param {string} folder
 */
function filesOf(folder) {
    return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => relative(root, join(entry.parentPath, entry.name)))
        .sort();
}

/** @param {readonly string[]} files */
function hashOf(files) {
    const hash = createHash("sha256");
    for (const file of files)
        if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
    return hash.digest("hex");
}

/**
 * Numbers from 0 up to 1 that depend on nothing but the seed (mulberry32).
 *
 * @param {number} seed
 */
function randomNumbers(seed) {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}
