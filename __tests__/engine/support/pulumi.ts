import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";
import type { Generation } from "../../support/aws-provider/facts";
import { type ServedProvider, serveAwsProvider } from "../../support/aws-provider/serve";

/** The repository. Its folder is a pack too, which runs from the compiled sources. */
export const REPOSITORY = join(__dirname, "../../..");

/** The pack's folder: the package as it is published. */
export const PACK = join(REPOSITORY, "artefact");

/** Executables that the engine looks up on PATH. */
const BIN = join(REPOSITORY, ".cache/engine/bin");

/** The engine's command, or the reason why there is none. */
type Engine = { readonly command: string } | { readonly missing: string };

let engine: Engine | undefined;

/** Looks for the engine and builds it if need be, which can take minutes the first time. */
function findEngine(): Engine {
    if (engine !== undefined) return engine;
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(REPOSITORY, "scripts/build-pulumi.mjs")], {
        encoding: "utf8",
    });
    if (status !== 0) {
        engine = { missing: stderr.trim().split("\n").at(-1) ?? "the engine could not be built" };
    } else {
        engine = { command: stdout.trim() };
        installStandIns(engine.command);
    }
    return engine;
}

/** Groups tests that need the real engine: reported as skipped with the reason where there is none, failing in CI. */
export function describeEngine(title: string, tests: () => void, alsoMissing?: string): void {
    const found = findEngine();
    const missing = "missing" in found ? found.missing : alsoMissing;
    if (missing === undefined) {
        describe(title, tests);
    } else if (process.env.CI === "true") {
        test(title, () => {
            throw new Error(`These tests must run in CI, but ${missing}.`);
        });
    } else {
        process.stderr.write(`Skipped: ${title}, because ${missing}.\n`);
        describe.skip(`${title} (skipped: ${missing})`, tests);
    }
}

/** A PATH on which the engine's command and what it looks up lie. */
export function pathOfEngine(): string {
    const found = findEngine();
    if ("missing" in found) throw new Error(found.missing);
    return found.command === "pulumi" ? BIN : [dirname(found.command), BIN].join(delimiter);
}

/** Packages whose providers the tests' stand-in takes the place of. */
const STOOD_IN = ["aws", "kubernetes", "random"] as const;

/**
 * An official CLI brings its language host along; ours is built without. Files named like the providers keep
 * an official CLI from downloading those: the engine attaches to the tests' stand-in instead and never starts them.
 */
function installStandIns(command: string): void {
    mkdirSync(BIN, { recursive: true });
    for (const name of STOOD_IN) writeExecutable(`pulumi-resource-${name}`, "exit 1");
    if (command === "pulumi") {
        for (const name of ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]) {
            rmSync(join(BIN, name), { force: true });
        }
        return;
    }
    const { outputText } = transpileModule(readFileSync(join(__dirname, "language-host.ts"), "utf8"), {
        compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true },
    });
    const script = join(dirname(BIN), "language-host.js");
    writeFileSync(script, outputText);
    // Runs the providers that programs hold themselves; it starts in the program's folder.
    const dynamic = `exec "${process.execPath}" node_modules/@pulumi/pulumi/cmd/dynamic-provider "$@"`;
    writeExecutable("pulumi-resource-pulumi-nodejs", dynamic);
    writeExecutable("pulumi-language-nodejs", `exec "${process.execPath}" "${script}" "$@"`);
}

function writeExecutable(name: string, body: string): void {
    const file = join(BIN, name);
    writeFileSync(file, `#!/bin/sh\n${body}\n`);
    chmodSync(file, 0o755);
}

/**
 * Serves a stand-in for the AWS provider while a group of tests runs, which answers as the real one of this generation; gives
 * the environment by which the engine attaches to it. Of other packages it takes down what a program says.
 */
export function serveAws(generation: Generation = "7"): () => NodeJS.ProcessEnv {
    let aws: ServedProvider;
    beforeAll(async () => {
        aws = await serveAwsProvider(generation);
    });
    afterAll(() => aws.close());
    return () => ({ PULUMI_DEBUG_PROVIDERS: STOOD_IN.map(name => `${name}:${aws.port}`).join(",") });
}

/** How a run of `pulumi` ended. */
export interface Outcome {
    readonly code: number | null;
    /** Both streams, in the order they came, without colours. */
    readonly output: string;
    readonly stdout: string;
}

/** How long one run of `pulumi` may take, in milliseconds. */
const RUN_TIMEOUT = 120_000;

/** A Pulumi project in a temporary folder with its own home and its own backend, so that runs never meet. */
export class Project {
    readonly folder: string;
    readonly home = mkdtempSync(join(tmpdir(), "pulumi-home-"));

    /** `files` are the project's, by path; `env` holds for each run in it; `packages` is the folder of its `node_modules`. */
    constructor(
        files: Readonly<Record<string, string>>,
        private readonly env: NodeJS.ProcessEnv = {},
        packages = REPOSITORY,
    ) {
        this.folder = mkdtempSync(join(tmpdir(), "pulumi-project-"));
        mkdirSync(join(this.home, "state"));
        symlinkSync(join(packages, "node_modules"), join(this.folder, "node_modules"));
        for (const [path, text] of Object.entries(files)) this.write(path, text);
    }

    write(path: string, text: string): void {
        const file = join(this.folder, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
    }

    /** Installs a provider's plugin, a script, as `pulumi plugin install` does. */
    installPlugin(name: string, version: string, script: string): void {
        const folder = join(this.home, "plugins", `resource-${name}-v${version}`);
        mkdirSync(folder, { recursive: true });
        const file = join(folder, `pulumi-resource-${name}`);
        writeFileSync(file, script);
        chmodSync(file, 0o755);
    }

    read(path: string): string {
        return readFileSync(join(this.folder, path), "utf8");
    }

    /** Runs `pulumi` with the given arguments in the project's folder. Rejects when it takes too long. */
    async pulumi(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
        const found = findEngine();
        if ("missing" in found) throw new Error(found.missing);
        const child = spawn(found.command, [...args, "--non-interactive", "--color=never"], {
            cwd: this.folder,
            stdio: ["ignore", "pipe", "pipe"],
            // In a group of its own, so that a run that hangs goes with all it started.
            detached: true,
            env: {
                ...process.env,
                PWD: this.folder,
                PATH: `${BIN}${delimiter}${process.env.PATH}`,
                PULUMI_HOME: this.home,
                PULUMI_BACKEND_URL: `file://${join(this.home, "state")}`,
                PULUMI_CONFIG_PASSPHRASE: "only for tests",
                PULUMI_SKIP_UPDATE_CHECK: "true",
                PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
                AWS_REGION: "eu-west-1",
                ...this.env,
                ...env,
            },
        });
        let output = "";
        let stdout = "";
        child.stdout.on("data", (text: Buffer) => {
            output += text;
            stdout += text;
        });
        child.stderr.on("data", (text: Buffer) => {
            output += text;
        });
        return new Promise((resolve, reject) => {
            const timer = setTimeout(() => {
                killGroup(child.pid);
                reject(new Error(`pulumi ${args.join(" ")} took too long. It printed:\n${output}`));
            }, RUN_TIMEOUT);
            child.once("error", reject);
            child.once("close", code => {
                clearTimeout(timer);
                killGroup(child.pid);
                resolve({ code, output: stripVTControlCharacters(output), stdout });
            });
        });
    }

    /** Runs `pulumi` and gives its standard output. Rejects with all that it printed when it fails. */
    async succeed(...args: string[]): Promise<string> {
        const { code, output, stdout } = await this.pulumi(args);
        if (code !== 0) throw new Error(output);
        return stdout;
    }

    /** Removes the project, its home and its state. */
    remove(): void {
        rmSync(this.folder, { recursive: true, force: true });
        rmSync(this.home, { recursive: true, force: true });
    }
}

function killGroup(pid: number | undefined): void {
    try {
        if (pid !== undefined) process.kill(-pid, "SIGKILL");
    } catch {
        // Nothing of the group was left.
    }
}
