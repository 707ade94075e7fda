import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import type { CheckResult, Finding } from "../../../cli/check";
import { settingsFolder } from "../../support/settings-folder";
import { PACK, Project, REPOSITORY, serveAws } from "./pulumi";

/** What is said of a program. */
interface Expected {
    /** What the watched rules find: a rule, and the resource's name. */
    readonly found: readonly string[];
    /** What the desk says that it could not judge, by rule or subject. */
    readonly notJudged?: readonly string[];
}

/** A way in which programs are written, in TypeScript, with what is said of it. */
export interface Kind extends Expected {
    readonly program: string;
}

export const RDS = "rds-deletion-protection-required";

const WATCHED = [
    "iam-no-wildcard-actions",
    "no-static-credentials",
    "no-public-s3-buckets",
    RDS,
    "resource-policies-not-public",
    "sg-no-ingress-all",
] as const;

/** What programs in TypeScript begin with. */
export const HEAD = `
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
const database = { instanceClass: "db.t4g.small", engine: "postgres", allocatedStorage: 20, skipFinalSnapshot: true };
const open = { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] };
const all = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
`;

/** Of the stack; all are read by path, so that numbers are numbers. */
const SETTINGS = ["protect=false", "port=22", "rule.fromPort=22", "aws:region=eu-west-1"];
const SECRETS = ["password=made-up-but-long", "size=30", "on=false", "shape.block=::/0", "shape.port=22"];

/** What the desk said of resources: a rule, a URN and the message. */
interface Said {
    readonly code: number | null;
    readonly findings: readonly string[];
    readonly notJudged: CheckResult["notJudged"];
    /** File and line by the resource's name. */
    readonly sources: Readonly<Record<string, string>>;
}

const install = spawnSync(process.execPath, [join(REPOSITORY, "scripts/install-packages.mjs")], { encoding: "utf8" });

/** Why there are no packages for the programs to use; undefined where there are. */
export const packagesMissing = install.status === 0 ? undefined : install.stderr.trim().split("\n").at(-1);

/** How one stack is made and judged, beyond what is usual. */
interface Options {
    /** Folder of the program within the project's. */
    readonly cwd?: string;
    readonly stack?: string;
    /** What both commands are given. */
    readonly args?: readonly string[];
    /** What the desk alone is given. */
    readonly deskArgs?: readonly string[];
}

/** Compares what the desk and the engine say of programs, in projects that live as long as the group of tests around it. */
export class Verdicts {
    private readonly aws = serveAws();
    private readonly settings = settingsFolder({ "base.yaml": "all: advisory" });
    private readonly projects: Project[] = [];

    constructor() {
        afterAll(() => {
            for (const project of this.projects) project.remove();
        });
    }

    /** Makes a project with a stack and its settings. */
    async projectWith(name: string, files: Readonly<Record<string, string>>): Promise<Project> {
        const project = this.emptyProject({
            "Pulumi.yaml": `name: ${name}\nruntime: nodejs\n`,
            "package.json": '{ "private": true, "main": "index.ts" }',
            ...files,
        });
        await succeed(project, ["stack", "init", "prod"]);
        const plain = SETTINGS.flatMap(setting => ["--plaintext", setting]);
        const secret = SECRETS.flatMap(setting => ["--secret", setting]);
        await succeed(project, ["config", "set-all", "--path", ...plain, ...secret]);
        return project;
    }

    /** A project of these files alone, without a stack. */
    emptyProject(files: Readonly<Record<string, string>>): Project {
        const env = { ...this.aws(), SECURITY_BASELINE_CONFIG: this.settings, PULUMI_NODEJS_TRANSPILE_ONLY: "true" };
        const project = new Project(files, env, install.stdout.trim());
        this.projects.push(project);
        return project;
    }

    /** What the engine's policies say of resources while it makes them. */
    async engineSays(project: Project, { cwd = ".", stack = "prod", args = [] }: Options = {}): Promise<string[]> {
        const log = join(project.folder, "events.json");
        const where = ["--cwd", join(project.folder, cwd), "--stack", stack];
        const command = ["up", "--yes", "--skip-preview", "--policy-pack", PACK, "--event-log", log];
        await succeed(project, [...command, ...where, ...args], { PULUMI_DEBUG_COMMANDS: "true" });
        const events = project
            .read("events.json")
            .split("\n")
            .filter(line => line !== "")
            .map(line => (JSON.parse(line) as { policyEvent?: Record<string, string> }).policyEvent ?? {});
        return ofResources(
            events.map(({ policyName = "", resourceUrn = "", message = "" }) => ({
                rule: policyName,
                urn: resourceUrn,
                message,
            })),
        );
    }

    async deskSays(
        project: Project,
        { cwd = ".", stack = "prod", args = [], deskArgs = [] }: Options = {},
    ): Promise<Said> {
        const command = join(REPOSITORY, "dist/cli/index.js");
        const where = ["--project", join(project.folder, cwd), ...(stack === "" ? [] : ["--stack", stack])];
        const child = spawn(process.execPath, [command, "check", "--format", "json", ...where, ...args, ...deskArgs], {
            env: { ...process.env, SECURITY_BASELINE_CONFIG: this.settings, PULUMI_HOME: project.home },
            stdio: ["ignore", "pipe", "inherit"],
        });
        let printed = "";
        child.stdout.on("data", (text: Buffer) => {
            printed += text;
        });
        const code = await new Promise<number | null>(done => child.once("close", done));
        const { findings, notJudged } = JSON.parse(printed) as Pick<CheckResult, "findings" | "notJudged">;
        if (notJudged.length > 0 && code !== 3) throw new Error(`${notJudged.length} not judged, exit code ${code}`);
        const sources = findings.map(({ urn = "", source }) => [
            urn.split("::").at(-1) ?? "",
            `${source?.file}:${source?.line}`,
        ]);
        return { code, findings: ofResources(findings), notJudged, sources: Object.fromEntries(sources) };
    }

    /** Compares what both say of a stack, and with what the kinds are written for. */
    async compare(project: Project, kinds: readonly Expected[], options: Options = {}): Promise<void> {
        const [desk, engine] = [await this.deskSays(project, options), await this.engineSays(project, options)];
        expectAlike(desk, engine, kinds);
    }
}

/** Expects that both say the same, what the desk says not to be judged aside, and what the kinds are written for. */
export function expectAlike(desk: Said, engine: readonly string[], kinds: readonly Expected[]): void {
    const watched = engine
        .map(line => line.split("\t"))
        .filter(([rule = ""]) => WATCHED.some(name => name === rule))
        .map(([rule, urn]) => `${rule} ${urn?.split("::").at(-1)}`);
    expect([...new Set(watched)].sort()).toEqual(kinds.flatMap(({ found }) => found).sort());
    const isSaid = (line: string) => {
        const [rule, urn] = line.split("\t");
        return desk.notJudged.some(item => item.rule === rule && item.subject === urn);
    };
    expect(engine.filter(line => !desk.findings.includes(line) && !isSaid(line))).toEqual([]);
    expect(desk.findings.filter(line => !engine.includes(line))).toEqual([]);
    const subjects = desk.notJudged.map(({ rule, subject }) => rule ?? subject);
    const expected = kinds.flatMap(({ notJudged = [] }) => notJudged);
    expect([...new Set(subjects)].sort()).toEqual([...new Set(expected)].sort());
}

/** Runs the engine's command; rejects with all that it printed when it fails. */
export async function succeed(project: Project, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<void> {
    const { code, output } = await project.pulumi(args, env);
    if (code !== 0) throw new Error(output);
}

/** Each finding once, as the engine tells each of them a last time at the end. */
function ofResources(findings: readonly Partial<Finding>[]): string[] {
    const said = findings
        .filter(({ urn = "" }) => urn !== "" && !urn.includes("pulumi:pulumi:Stack::"))
        .map(({ rule, urn, message }) => [rule, urn, message?.trim()].join("\t"));
    return [...new Set(said)].sort();
}
