// How projects are laid out and given settings: what the desk check says of them is what the engine says when it makes them.
import { join } from "node:path";
import { describeEngine, PACK, type Project } from "./support/pulumi";
import { expectAlike, HEAD, packagesMissing, RDS, succeed, Verdicts } from "./support/verdicts";

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
    /** What both commands are given. */
    readonly args?: readonly string[];
}

/** What a project has where a shape does not say otherwise. */
const PLAIN = {
    "Pulumi.yaml": "name: shapes\nruntime: nodejs\n",
    "package.json": '{ "private": true, "main": "index.js" }',
};

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
    "compiled, without TypeScript, that is given a setting": {
        files: {
            "Pulumi.yaml": "name: shapes\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
            "package.json": '{ "main": "bin/index.js" }',
            "index.ts": "this is not TypeScript",
            "bin/index.js": `"use strict";
                ${SCRIPT}
                const deletionProtection = new pulumi.Config().requireBoolean("given");
                new aws.rds.Instance("compiled-db", { ...database, deletionProtection });
                exports.made = true;`,
        },
        args: ["--config", "given=false", "--config", "aws:region=eu-west-1"],
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

/** Programs that end before their end: what both say of it. Errors that are thrown can take Node.js half a minute to print there. */
const FAILURES: Readonly<Record<string, Shape & { readonly said: string }>> = {
    "ends itself with an error": {
        files: {
            "index.js": `${SCRIPT} new aws.rds.Instance("before-db", database); setTimeout(() => { console.error("no such office"); process.exit(1); }, 1000);`,
        },
        found: [`${RDS} before-db`],
        said: "no such office",
    },
    "has no main file": {
        files: { "Pulumi.yaml": "name: shapes\nruntime: nodejs\nmain: src/gone.js\n" },
        found: [],
        said: "src/gone.js",
    },
    "asks for a package that is not there": {
        files: { "Pulumi.yaml": "name: shapes\nruntime: nodejs\n", "index.js": 'require("not-installed");' },
        found: [],
        said: "Cannot find module 'not-installed'",
    },
};

/** A repository of two projects, with a component that both use. */
const REPOSITORY_OF_TWO = {
    "parts/index.ts": `${HEAD}
        export class Store extends pulumi.ComponentResource {
            constructor(name: string, deletionProtection: boolean) {
                super("acme:data:Store", name);
                new aws.rds.Instance(name + "-db", { ...database, deletionProtection }, { parent: this });
            }
        }`,
    "shop/Pulumi.yaml": "name: shop\nruntime: nodejs\nconfig:\n  size: { type: integer, default: 20 }\n",
    "shop/package.json": '{ "main": "index.ts" }',
    "shop/Pulumi.dev.yaml": "config:\n  shop:protect: false\n",
    "shop/Pulumi.prod.yaml": "config:\n  shop:protect: true\n  shop:more: [a, b]\n",
    "shop/index.ts": `import * as pulumi from "@pulumi/pulumi";
        import { Store } from "../parts";
        const config = new pulumi.Config();
        new Store("shop-" + config.requireNumber("size"), config.requireBoolean("protect"));
        for (const name of config.getObject<string[]>("more") ?? []) new Store(name, false);`,
    "depot/Pulumi.yaml": "name: depot\nruntime: nodejs\nmain: program\n",
    "depot/program/package.json": '{ "main": "index.ts" }',
    "depot/Pulumi.prod.yaml": "config: {}\n",
    "depot/program/index.ts": 'import { Store } from "../../parts"; new Store("depot", false);',
};

/** A program whose resources were changed by hand or by an earlier form of it, and are left so. */
const left = (deletionProtection: boolean, more: string) => `${HEAD}
    const opts = { ignoreChanges: ["deletionProtection", "tags.owner", "ingress[*].cidrBlocks"] };
    for (const [name, isProtected] of [["left", ${deletionProtection}], ["kept", ${!deletionProtection}]] as const)
        new aws.rds.Instance(name + "-db", { ...database, deletionProtection: isProtected, tags: { owner: "x" } }, opts);
    new aws.ec2.SecurityGroup("left-group", { ingress: [{ ...open, cidrBlocks: ["${deletionProtection ? "10.0.0.0/8" : "0.0.0.0/0"}"] }] }, opts);
    ${more}`;

describeEngine(
    "projects of every shape, at the desk and in the real engine",
    () => {
        const verdicts = new Verdicts();
        let project: Project;
        beforeAll(async () => {
            project = await verdicts.projectWith("shapes", {});
        });

        /** One stack sees all of the programs, each in the place of the one before. */
        function put({ files }: Shape): void {
            for (const [path, text] of Object.entries({ ...PLAIN, ...files })) project.write(path, text);
        }

        test.each(Object.entries(SHAPES))("a program %s", async (_, shape) => {
            put(shape);
            await verdicts.compare(project, [shape], { args: shape.args ?? [] });
        });

        test.each(Object.entries(FAILURES))("a program that %s", async (_, shape) => {
            put(shape);
            const { output, code } = await project.pulumi(["preview", "--policy-pack", PACK, "--stack", "prod"]);
            expect({ output, code }).toEqual({ output: expect.stringContaining(shape.said), code: expect.any(Number) });
            expect(code).not.toBe(0);
            const desk = await verdicts.deskSays(project);
            expect(desk.notJudged.map(({ reason }) => reason)).toEqual([expect.stringContaining(shape.said)]);
            const found = desk.findings.map(line => line.split("\t")).filter(([rule]) => rule === RDS);
            expect(found.map(([rule, urn]) => `${rule} ${urn?.split("::").at(-1)}`)).toEqual(shape.found);
        });

        test("a program that leaves changes alone, by the export of its stack", async () => {
            const export_ = join(project.folder, "state.json");
            put({ files: { "package.json": '{ "main": "index.ts" }', "index.ts": left(false, "") }, found: [] });
            await verdicts.engineSays(project);
            await succeed(project, ["stack", "export", "--stack", "prod", "--file", export_]);
            const added = 'new aws.rds.Instance("new-db", { ...database, deletionProtection: false }, opts);';
            project.write("index.ts", left(true, added));
            const found = [`${RDS} left-db`, `${RDS} new-db`, "sg-no-ingress-all left-group"];
            await verdicts.compare(project, [{ found }], { deskArgs: ["--deployed", export_] });
        });

        test("the stacks of two projects of a repository", async () => {
            const repository = verdicts.emptyProject(REPOSITORY_OF_TWO);
            const said: string[] = [];
            for (const [cwd, stack] of [
                ["shop", "dev"],
                ["shop", "prod"],
                ["depot", "prod"],
            ] as const) {
                await succeed(repository, ["stack", "init", stack, "--cwd", join(repository.folder, cwd)]);
                said.push(...(await verdicts.engineSays(repository, { cwd, stack })));
            }
            const found = ["shop-20-db", "a-db", "b-db", "depot-db"].map(name => `${RDS} ${name}`);
            expectAlike(await verdicts.deskSays(repository, { stack: "" }), said, [{ found }]);
        });
    },
    packagesMissing,
);
