#!/usr/bin/env node
// First of all: what follows may be more than an old release can load.
import "../policies/node-version";
import { execute } from "./command";
import { stopChildrenOnExit } from "./engine/children";

stopChildrenOnExit();
void execute(process.argv.slice(2), process.stdout, process.stderr).then(exitCode => {
    process.exitCode = exitCode;
});
