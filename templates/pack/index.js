// @ts-check
// The policy pack of {{name}}: every rule of the security baseline, and our own. Settings are in rules-config/.
const { baseline } = require("pulumi-security-baseline");
const { rule: functionsSupportedRuntime } = require("./rules/functions-supported-runtime");

baseline("{{name}}", { rules: [functionsSupportedRuntime] });
