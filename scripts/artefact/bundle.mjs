// Bundles all code of the package and its dependencies into one module.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decode, encode } from "@jridgewell/sourcemap-codec";
import { build, transformSync } from "esbuild";
import { changed, leaveOut } from "./left-out.mjs";

/** What the package runs, by the name under which the bundle exports a function that loads it. */
const ENTRIES = {
    runner: ["@pulumi/pulumi/cmd/run-policy-pack"],
    pack: ["./policies/pack"],
    library: ["./policies/baseline"],
    testing: ["./__tests__/support/test-rule"],
    // Stack traces of the command name sources too; the runner sees to that for packs.
    command: ["source-map-support/register", "./cli/index"],
};

/**
 * Gives the bundle's `code`, its source `map`, the `inputs` (paths relative to `root`) and sentences on what was `changed` in
 * the dependencies. The same sources give the same result.
 *
 * @param {string} root
 */
export async function bundle(root) {
    /** @type {Set<string>} */
    const changes = new Set();
    const entries = Object.entries(ENTRIES).map(
        ([name, paths]) => `exports.${name} = () => (${paths.map(path => `require("${path}")`).join(", ")});`,
    );
    const { outputFiles, metafile } = await build({
        stdin: { contents: entries.join("\n"), resolveDir: root, sourcefile: "entries.js", loader: "js" },
        absWorkingDir: root,
        outfile: join(root, "lib/bundle.js"),
        bundle: true,
        platform: "node",
        format: "cjs",
        target: "node20",
        charset: "utf8",
        minifyWhitespace: true,
        minifySyntax: true,
        legalComments: "none",
        sourcemap: "external",
        sourcesContent: false,
        metafile: true,
        write: false,
        logLevel: "warning",
        plugins: [leaveOut(changes), dependencies(changes)],
    });
    /** @param {string} ending */
    const output = ending => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
    const inputs = Object.values(metafile.outputs).flatMap(({ inputs: held }) =>
        Object.entries(held)
            .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
            .map(([path]) => path),
    );
    return {
        code: `${output(".js")}//# sourceMappingURL=bundle.js.map\n`,
        map: ownPartOf(JSON.parse(output(".map"))),
        inputs: [...new Set(inputs)].sort(),
        changed: [...changes].sort(),
    };
}

/**
 * A source map, as text, that tells the file and line of our own code, and nothing else: it stays small.
 *
 * @param {{ sources: string[], mappings: string }} map
 */
function ownPartOf({ sources, mappings }) {
    const own = sources.filter(path => /^\.\.\/(policies|cli|__tests__)\//.test(path));
    const positions = sources.map(path => own.indexOf(path));
    const lines = decode(mappings).map(segments => {
        /** @type {import("@jridgewell/sourcemap-codec").SourceMapSegment[]} */
        const kept = [];
        for (const [column, from = -1, line = 0] of segments) {
            const source = positions[from] ?? -1;
            const before = kept.at(-1);
            // A segment holds up to the next. One without a source ends what the one before says of our code.
            if (source < 0) {
                if (before !== undefined && before.length > 1) kept.push([column]);
            } else if (before?.[1] !== source || before?.[2] !== line) kept.push([column, source, line, 0]);
        }
        return kept;
    });
    return JSON.stringify({ version: 3, file: "bundle.js", sources: own, names: [], mappings: encode(lines) });
}

/**
 * Takes dependencies' JavaScript as it is, apart from the changes that are listed, with short names for what is local to a
 * function. Our own code keeps its names: stack traces show them.
 *
 * @param {Set<string>} changes
 * @returns {import("esbuild").Plugin}
 */
function dependencies(changes) {
    /** @type {import("esbuild").TransformOptions} */
    const compact = { minify: true, loader: "js", target: "node20", charset: "utf8", legalComments: "none" };
    return {
        name: "dependencies",
        setup(build) {
            build.onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, ({ path }) => {
                const contents = changed(path, readFileSync(path, "utf8"), changes);
                // What is no ES module keeps the names of its functions and classes: they are no locals there.
                return {
                    contents: path.endsWith(".mjs") ? contents : transformSync(contents, compact).code,
                    loader: "js",
                };
            });
        },
    };
}
