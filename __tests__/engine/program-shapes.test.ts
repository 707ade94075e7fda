// How projects are laid out and given settings: what the desk check says of them is what the engine says when it makes them.
import { describeEngine } from "./support/pulumi";
import { HEAD, packagesMissing, RDS, Verdicts } from "./support/verdicts";

jest.setTimeout(240_000);

const SCRIPT = `
const aws = require("@pulumi/aws");
const pulumi = require("@pulumi/pulumi");
const database = { instanceClass: "db.t4g.small", engine: "postgres", skipFinalSnapshot: true };
`;

const MODULE = SCRIPT.replace(/const (\w+) = require\((.+)\)/g, "import * as $1 from $2");

/** A project's files, with what the watched rules find in it. */
interface Shape {
    readonly files: Readonly<Record<string, string>>;
    readonly found: readonly string[];
}

const SHAPES: Readonly<Record<string, Shape>> = {
    "an ES module with await at its top": {
        files: {
            "package.json": '{ "type": "module", "main": "index.js" }',
            "index.js": `${MODULE}
                const { region } = await aws.getRegion();
                new aws.rds.Instance("awaited-" + region, database);
                const name = await Promise.resolve("default-db");
                export default async () => ({ made: new aws.rds.Instance(name, database).id });`,
        },
        found: [`${RDS} awaited-eu-west-1`, `${RDS} default-db`],
    },
    "compiled, without TypeScript": {
        files: {
            "Pulumi.yaml": "name: shapes\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
            "package.json": '{ "main": "bin/index.js" }',
            "index.ts": "this is not TypeScript",
            "bin/index.js": `"use strict";
                ${SCRIPT}
                new aws.rds.Instance("compiled-db", database);
                exports.made = true;`,
        },
        found: [`${RDS} compiled-db`],
    },
    "in a folder that Pulumi.yaml names, with arguments for Node.js": {
        files: {
            "Pulumi.yaml":
                "name: shapes\nmain: program\nruntime: { name: nodejs, options: { nodeargs: --title=shop --no-warnings } }\n",
            "program/package.json": '{ "main": "src/app.js" }',
            "program/name.txt": "titled",
            "program/src/app.js": `${SCRIPT}
                const name = require("node:fs").readFileSync("name.txt", "utf8");
                new aws.rds.Instance(name + "-" + process.title, database);`,
        },
        found: [`${RDS} titled-shop`],
    },
    "in a file that Pulumi.yaml names": {
        files: {
            "Pulumi.yaml": "name: shapes\nmain: src/app.ts\nruntime: nodejs\n",
            "src/name.txt": "file",
            "src/app.ts": `${HEAD}
                import { readFileSync } from "node:fs";
                new aws.rds.Instance(readFileSync("name.txt", "utf8") + "-db", database);`,
        },
        found: [`${RDS} file-db`],
    },
};

describeEngine(
    "projects of every shape, at the desk and in the real engine",
    () => {
        const verdicts = new Verdicts();

        test.each(Object.entries(SHAPES))("a program %s", async (_, { files, found }) => {
            await verdicts.compare(await verdicts.projectWith("shapes", files), [{ found }]);
        });
    },
    packagesMissing,
);
