// Prints how the tests ended as one line; exit code 1 unless all of them ran and passed.
import { existsSync, readFileSync } from "node:fs";

const [file] = process.argv.slice(2);
if (!existsSync(file)) {
    console.log("0 passed, 1 failed, 0 skipped");
    process.exit(1);
}
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults, success } = JSON.parse(
    readFileSync(file, "utf8"),
);
// A file that does not even load has no tests of its own to count.
const broken = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
);
const failed = numFailedTests + broken.length;
const skipped = numPendingTests + numTodoTests;
console.log(`${numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = success && failed === 0 && skipped === 0 ? 0 : 1;
