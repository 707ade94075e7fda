// Loaded first by each process that a test starts: what is built counts its functions too, or holds the change.
const { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { createHash } = require("node:crypto");
const { join, relative } = require("node:path");
const { compile, onRun } = require("./counter.cjs");

const root = join(__dirname, "../..");
const built = join(root, "dist/");
const exchange = process.env.MUTATE_EXCHANGE;
const { counts = false, changed } =
    exchange && existsSync(join(exchange, "change")) ? JSON.parse(readFileSync(join(exchange, "change"), "utf8")) : {};

if (exchange && (counts || changed !== undefined)) {
    const plain = require.extensions[".js"];
    require.extensions[".js"] = (module, path) => {
        const source = path.startsWith(built) ? join(root, relative(built, path).replace(/\.js$/, ".ts")) : undefined;
        if (source === undefined || !existsSync(source) || !(counts || changed.path === source))
            return plain(module, path);
        if (changed?.path === source) compile(module, translated(changed.text, source), path);
        else compile(module, translated(readFileSync(source, "utf8"), source, relative(root, source)), path);
    };
    const written = new Set();
    onRun((file, position) => {
        const line = `${file}:${position}`;
        // A process can be ended at any time.
        if (written.has(line)) return;
        written.add(line);
        appendFileSync(join(exchange, "ran"), `${line}\n`);
    });
}

/**
 * As translated before, since loading the compiler takes longer than what most tests start.
 *
 * @param {string} text
 * @param {string} path
 * @param {string} [file]
 */
function translated(text, path, file) {
    const name = createHash("sha256")
        .update(JSON.stringify([text, path, file]))
        .digest("hex");
    const kept = join(root, ".cache/mutate/translated", `${name}.js`);
    if (existsSync(kept)) return readFileSync(kept, "utf8");
    const code = require("./translate.cjs").translate(text, path, file);
    mkdirSync(join(kept, ".."), { recursive: true });
    writeFileSync(kept, code);
    return code;
}
