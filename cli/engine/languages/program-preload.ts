// Loaded into the process of a program before the SDK. The SDK prints errors with colours, for which Node.js before 22.24 can
// take half a minute and more (nodejs/node#64011), and which belong in no report.
import fs = require("node:fs");
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
