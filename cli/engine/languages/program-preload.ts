// Loaded into the process of a program before the SDK. The SDK prints errors with colours, for which Node.js before 22.24 can
// take half a minute and more (nodejs/node#64011), and which belong in no report.
import fs = require("node:fs");
import Module = require("node:module");
import url = require("node:url");
import util = require("node:util");

const { inspect } = util;
util.inspect = Object.assign((value: unknown, ...options: [unknown?]) => {
    const [given] = options;
    return inspect(value, typeof given === "object" && given !== null ? { ...given, colors: false } : {});
}, inspect) as typeof inspect;

// A stack's settings may be longer than a string of the environment can be when a process is started. Processes that the
// program forks load this too, and have them already.
const { PROGRAM_SETTINGS: settings } = process.env;
if (settings !== undefined) {
    delete process.env.PROGRAM_SETTINGS;
    process.env.PULUMI_CONFIG = fs.readFileSync(settings, "utf8");
}

/** Reads a line of a stack: file, line and column are its `groups`, as in the result of an expression. */
function positionIn(frame: string): { groups: Record<string, string> } | null {
    const place = frame.endsWith(")")
        ? frame.slice(frame.lastIndexOf(" (") + 2, -1)
        : frame.replace(/^ *at (async )?/, "");
    const [, file, line, column] = /^(.+):(\d+):(\d+)$/.exec(place) ?? [];
    if (file === undefined || line === undefined || column === undefined) return null;
    return { groups: { file: file.startsWith("file://") ? url.fileURLToPath(file) : file, line, column } };
}

// The SDK reads where a resource is made off a stack, but not in functions without a name, nor in ES modules.
// Source: @pulumi/pulumi, resource.ts (callsites).
const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
const { _load } = loader;
loader._load = function load(this: unknown, request, ...rest) {
    const loaded = _load.call(this, request, ...rest);
    if (/(^|\/)resource(\.js)?$/.test(request)) {
        const { Resource: base } = loaded as { Resource?: { framePositionRegExp?: unknown } };
        if (base?.framePositionRegExp instanceof RegExp) base.framePositionRegExp = { exec: positionIn };
    }
    return loaded;
};

/** The SDK hides the stack of some errors, such as a setting that is missing, and with it the program's line that asked for it. */
function tellPlace(error: unknown): void {
    if (!(error instanceof Error) || !("__pulumiRunError" in error)) return;
    const frames = (error.stack ?? "").split("\n").filter(line => line.startsWith("    at "));
    process.stderr.write(`${frames.join("\n")}\n`);
}

process.on("uncaughtExceptionMonitor", tellPlace);
process.on("unhandledRejection", error => {
    tellPlace(error);
    // Until the SDK listens too, nothing else would end the process.
    if (process.listenerCount("unhandledRejection") === 1) throw error;
});
