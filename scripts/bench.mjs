#!/usr/bin/env node
// Measures this pack beside an empty pack, AwsGuard and idle policies, each in processes of its own, in rounds that take turns.
//
// Usage: npm run bench [-- --rounds 7]. A benchmark for people, not a test: times on a busy machine mean little.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import grpc from "@grpc/grpc-js";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/analyzer_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { rules } from "../dist/policies/rules/index.js";

const AWSGUARD = "0.3.1";
const RESOURCES = 2_000;
const PROJECTS = 200;
const STACKS = ["dev", "test", "stage", "prod-eu", "prod-us"];

/** How many times the empty pack's time or memory this pack may take. */
const TARGETS = { boot: 0.65, resource: 1.05, stack: 0.75, memory: 0.85 };

/** How long its installation without network may take, in seconds, and how large it may be, in megabytes. */
const INSTALLATION = { seconds: 2, megabytes: 3 };

/** @typedef {Parameters<typeof struct.Struct.fromJavaScript>[0]} Properties */
/** @typedef {{ type: string, props: Properties, name: string, urn: string }} Resource */

/**
 * A pack that runs: its process and a call of one of its methods, which takes and gives bytes.
 *
 * @typedef {(method: keyof typeof AnalyzerService, bytes: Uint8Array) => Promise<Uint8Array>} Call
 * @typedef {{ call: Call, pid: number | undefined, boot: number }} RunningPack
 */

/** @typedef {{ boot: number, resource: number, stack: number, memory: number, policies: number }} Round */
/** @typedef {{ boot: number, files: number, diagnostics: number }} RepositoryRound */

/** Nothing, as a request. */
const EMPTY = new Uint8Array();

/** Tags as real stacks carry them. */
const tags = { environment: "prod", owner: "platform", "cost-center": "1234" };

/** A policy of a few statements. */
const document = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
        { Effect: "Allow", Action: ["s3:GetObject", "s3:ListBucket"], Resource: "arn:aws:s3:::data/*" },
        { Effect: "Deny", Action: "*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    ],
});

const { values: options } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
const root = join(import.meta.dirname, "..");
const cache = join(root, ".cache/bench");

const resources = Array.from({ length: RESOURCES }, (_, index) => resource(index));
const requests = {
    resources: resources.map(each => analyzeRequest(each).serializeBinary()),
    stack: new proto.AnalyzeStackRequest().setResourcesList(resources.map(analyzerResource)).serializeBinary(),
};

const { folder: installed, ...installation } = install();
const packs = { "this pack": installed, "empty pack": emptyPack(), AwsGuard: awsGuard(), "idle policies": idlePack() };
/** @type {Map<string, Round[]>} */
const results = new Map(Object.keys(packs).map(name => [name, []]));
for (let round = 1; round <= Number(options.rounds); round++) {
    process.stderr.write(`Round ${round} of ${options.rounds}\n`);
    for (const [name, folder] of Object.entries(packs)) results.get(name)?.push(await measure(folder));
}
print(results);
console.log(
    `Installed from the tarball, without network and cache: ${installation.seconds.toFixed(1)} s ` +
        `(target ${INSTALLATION.seconds}), ${installation.megabytes.toFixed(1)} MB (target ${INSTALLATION.megabytes}).`,
);
printRepository(await measureAll(repository(), Number(options.rounds)));

/**
 * Boot and stack times in milliseconds, time per resource in milliseconds, memory in megabytes.
 *
 * @param {string} folder
 * @returns {Promise<Round>}
 */
async function measure(folder) {
    return withPack(folder, {}, async ({ call, pid, boot }) => {
        const info = proto.AnalyzerInfo.deserializeBinary(await call("getAnalyzerInfo", EMPTY));
        await call("configure", advisory(info).serializeBinary());

        const beforeResources = performance.now();
        // The engine sends each resource's inputs twice: to be remediated, whether a pack does or not, and to be judged.
        for (const bytes of requests.resources) {
            await call("remediate", bytes);
            await call("analyze", bytes);
        }
        const perResource = (performance.now() - beforeResources) / requests.resources.length;

        const beforeStack = performance.now();
        await call("analyzeStack", requests.stack);
        const stack = performance.now() - beforeStack;

        const memory = Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;
        return { boot, resource: perResource, stack, memory, policies: info.getPoliciesList().length };
    });
}

/**
 * Time in milliseconds that all rules take over the files of a repository, beside the boot of the same process.
 *
 * @param {string} folder
 * @returns {Promise<RepositoryRound>}
 */
async function measureRepository(folder) {
    return withPack(installed, { SECURITY_BASELINE_PROJECT_DIR: folder }, async ({ call, boot }) => {
        const info = proto.AnalyzerInfo.deserializeBinary(await call("getAnalyzerInfo", EMPTY));
        await call("configure", advisory(info).serializeBinary());
        const started = performance.now();
        const response = proto.AnalyzeResponse.deserializeBinary(await call("analyzeStack", EMPTY));
        return { boot, files: performance.now() - started, diagnostics: response.getDiagnosticsList().length };
    });
}

/**
 * Runs `work` on a pack that has just been started the way the engine starts it.
 *
 * @template T
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @param {(pack: RunningPack) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withPack(folder, env, work) {
    const sdk = createRequire(join(folder, "package.json"));
    const program = sdk.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const started = performance.now();
    const child = spawn(process.execPath, [program, "127.0.0.1:0", "."], {
        cwd: folder,
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "inherit"],
    });
    try {
        const port = await new Promise((resolve, reject) => {
            createInterface(child.stdout).once("line", resolve);
            child.once("exit", code => reject(new Error(`The pack in ${folder} ended with ${code}.`)));
        });
        const boot = performance.now() - started;
        const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
            "grpc.max_send_message_length": -1,
            "grpc.max_receive_message_length": -1,
        });
        // Requests are sent as bytes made beforehand and answers stay bytes: only the pack's work is to be measured.
        /** @type {Call} */
        const call = (method, bytes) =>
            new Promise((resolve, reject) => {
                client.makeUnaryRequest(
                    AnalyzerService[method]?.path ?? "",
                    Buffer.from,
                    Buffer.from,
                    bytes,
                    (error, response) => (response === undefined ? reject(error) : resolve(response)),
                );
            });
        try {
            return await work({ call, pid: child.pid, boot });
        } finally {
            client.close();
        }
    } finally {
        child.kill("SIGKILL");
    }
}

/**
 * What the engine sends when every policy is advisory: the defaults of its settings and the level.
 *
 * @param {import("@pulumi/pulumi/proto/analyzer_pb.js").AnalyzerInfo} info
 */
function advisory(info) {
    const request = new proto.ConfigureAnalyzerRequest();
    for (const policy of info.getPoliciesList()) {
        const properties = /** @type {Record<string, Properties>} */ (
            policy.getConfigschema()?.getProperties()?.toJavaScript() ?? {}
        );
        const defaults = Object.entries(properties).flatMap(([key, { default: value }]) =>
            value === undefined ? [] : [[key, value]],
        );
        const config = new proto.PolicyConfig()
            .setEnforcementlevel(proto.EnforcementLevel.ADVISORY)
            .setProperties(struct.Struct.fromJavaScript(Object.fromEntries(defaults)));
        request.getPolicyconfigMap().set(policy.getName(), config);
    }
    return request;
}

/**
 * A mixture such as a real stack has: a few types that rules look at, many that they pass by.
 *
 * @param {number} index
 * @returns {Resource}
 */
function resource(index) {
    /** @type {readonly (readonly [type: string, props: Properties])[]} */
    const samples = [
        ["aws:s3/bucket:Bucket", { bucket: `data-${index}`, acl: "private", forceDestroy: false, tags }],
        [
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            {
                bucket: `data-${index - 1}`,
                rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" }, bucketKeyEnabled: true }],
            },
        ],
        ["aws:iam/policy:Policy", { name: `read-${index}`, policy: document }],
        ["aws:iam/role:Role", { name: `role-${index}`, assumeRolePolicy: document, tags }],
        [
            "aws:ec2/securityGroup:SecurityGroup",
            { vpcId: "vpc-1", ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/8"] }] },
        ],
        ["aws:rds/instance:Instance", { engine: "postgres", deletionProtection: true, storageEncrypted: true, tags }],
        ["aws:ec2/subnet:Subnet", { vpcId: "vpc-1", cidrBlock: "10.0.1.0/24", tags }],
        ["aws:ec2/route:Route", { routeTableId: "rtb-1", destinationCidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }],
        ["aws:lambda/function:Function", { runtime: "nodejs22.x", handler: "index.handler", memorySize: 256, tags }],
        ["aws:cloudwatch/logGroup:LogGroup", { name: `/app/${index}`, retentionInDays: 365, tags }],
        ["aws:sqs/queue:Queue", { name: `queue-${index}`, messageRetentionSeconds: 345600, tags }],
        ["random:index/randomPet:RandomPet", { length: 2 }],
    ];
    const [type = "", props = {}] = samples[index % samples.length] ?? [];
    return { type, props, name: `resource-${index}`, urn: `urn:pulumi:prod::shop::${type}::resource-${index}` };
}

/** @param {Resource} resource */
function analyzeRequest({ type, props, name, urn }) {
    return new proto.AnalyzeRequest()
        .setType(type)
        .setName(name)
        .setUrn(urn)
        .setOptions(new proto.AnalyzerResourceOptions())
        .setProperties(struct.Struct.fromJavaScript(props));
}

/** @param {Resource} resource */
function analyzerResource({ type, props, name, urn }) {
    return new proto.AnalyzerResource()
        .setType(type)
        .setName(name)
        .setUrn(urn)
        .setOptions(new proto.AnalyzerResourceOptions())
        .setProperties(
            struct.Struct.fromJavaScript({ ...props, id: name, arn: `arn:aws:x:eu-west-1:123456789012:${name}` }),
        );
}

/** A repository of many projects as a platform team keeps it; made anew, so that it is what this file says. */
function repository() {
    const folder = join(cache, "repository");
    rmSync(folder, { recursive: true, force: true });
    /** @type {(path: string, text: string) => void} */
    const write = (path, text) => {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
    };
    mkdirSync(join(folder, ".git"), { recursive: true });
    for (const workflow of /** @type {const} */ (["preview", "deploy", "drift"]))
        write(`.github/workflows/${workflow}.yml`, pipeline(workflow));
    for (let index = 0; index < PROJECTS; index++) {
        const name = `service-${index}`;
        const dependencies = { "@pulumi/aws": "7.48.0", "@pulumi/pulumi": "3.248.0" };
        const packages = Object.entries(dependencies).map(([path, version]) => [
            `node_modules/${path}`,
            { version, integrity: `sha512-${"A".repeat(86)}==` },
        ]);
        write(`services/${name}/Pulumi.yaml`, `name: ${name}\nruntime: nodejs\ndescription: A service\n`);
        write(`services/${name}/package.json`, JSON.stringify({ name, private: true, dependencies }));
        write(
            `services/${name}/package-lock.json`,
            JSON.stringify({
                name,
                lockfileVersion: 3,
                packages: { "": { dependencies }, ...Object.fromEntries(packages) },
            }),
        );
        for (const stack of STACKS) write(`services/${name}/Pulumi.${stack}.yaml`, stackFile(name, stack));
    }
    return folder;
}

/**
 * @param {string} project
 * @param {string} stack
 */
function stackFile(project, stack) {
    return [
        `secretsprovider: awskms://alias/pulumi-${stack}?region=eu-west-1`,
        `encryptedkey: ${"QUJD".repeat(40)}`,
        "config:",
        "  aws:region: eu-west-1",
        `  ${project}:instanceType: t4g.small`,
        `  ${project}:replicas: "3"`,
        `  ${project}:domain: ${project}.${stack}.example.com`,
        `  ${project}:databasePassword:`,
        `    secure: v1:${"QUJD".repeat(4)}:${"QUJD".repeat(12)}`,
        "",
    ].join("\n");
}

/** @param {"preview" | "deploy" | "drift"} name */
function pipeline(name) {
    const trigger = { preview: "pull_request", deploy: "push", drift: '{ schedule: [{ cron: "0 5 * * *" }] }' }[name];
    const jobs = Array.from({ length: 20 }, (_, index) => [
        `  service-${index}:`,
        "    runs-on: ubuntu-24.04",
        "    environment: production",
        "    steps:",
        `      - uses: actions/checkout@${"0".repeat(40)}`,
        "      - run: npm ci",
        `      - run: pulumi ${name === "deploy" ? "up --yes" : "preview"} --stack prod-eu --policy-pack ../pack`,
        `        working-directory: services/service-${index}`,
    ]);
    return [`name: ${name}`, `on: ${trigger}`, "permissions: {}", "jobs:", ...jobs.flat(), ""].join("\n");
}

/** Installs the published package from its tarball, as an enforced pack is: that is the pack that is measured. */
function install() {
    const folder = join(cache, "published");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    /** @type {(cwd: string, ...args: string[]) => unknown} */
    const npm = (cwd, ...args) => execFileSync("npm", [...args, "--no-audit", "--no-fund", "--silent"], { cwd });
    npm(join(root, "artefact"), "pack", "--pack-destination", folder);
    const [tarball = ""] = readdirSync(folder);
    const started = performance.now();
    execFileSync("tar", ["-xzf", tarball], { cwd: folder });
    npm(join(folder, "package"), "install", "--omit=dev", "--offline", "--cache", join(folder, "empty-cache"));
    const seconds = (performance.now() - started) / 1000;
    const sizes = readdirSync(join(folder, "package"), { withFileTypes: true, recursive: true })
        .filter(entry => entry.isFile())
        .map(entry => statSync(join(entry.parentPath, entry.name)).size);
    const megabytes = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
    return { folder: join(folder, "package"), seconds, megabytes };
}

function emptyPack() {
    const folder = join(cache, "empty");
    return pack(folder, 'new (require("@pulumi/policy").PolicyPack)("empty", { policies: [] });', {});
}

/** As many resource policies as this pack has, which do nothing: what the SDK itself takes for asking them. */
function idlePack() {
    const count = rules.filter(({ scope }) => scope === "resource").length;
    const policy = '{ name: `idle-${index}`, description: "", enforcementLevel: "advisory", validateResource() {} }';
    const policies = `Array.from({ length: ${count} }, (_, index) => (${policy}))`;
    const code = `new (require("@pulumi/policy").PolicyPack)("idle", { policies: ${policies} });`;
    return pack(join(cache, "idle"), code, {});
}

/** Installed on demand into the cache: it brings a whole AWS SDK, which has no place among our dependencies. */
function awsGuard() {
    const folder = join(cache, "awsguard");
    const dependencies = { "@pulumi/awsguard": AWSGUARD };
    pack(folder, 'new (require("@pulumi/awsguard").AwsGuard)({ all: "advisory" });', { dependencies });
    if (!existsSync(join(folder, "node_modules/@pulumi/awsguard"))) {
        process.stderr.write(`Installing AwsGuard ${AWSGUARD} once …\n`);
        execFileSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder });
    }
    return folder;
}

/**
 * @param {string} folder
 * @param {string} code
 * @param {object} manifest
 */
function pack(folder, code, manifest) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ version: "1.0.0", private: true, ...manifest }));
    writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime:\n  name: nodejs\n  options: { typescript: false }\n");
    writeFileSync(join(folder, "index.js"), `${code}\n`);
    return folder;
}

/** @param {ReadonlyMap<string, readonly Round[]>} all */
function print(all) {
    /** @type {(name: keyof typeof packs, key: keyof Round) => number} */
    const medianOf = (name, key) => median((all.get(name) ?? []).map(round => round[key]));
    /** @type {readonly (readonly [key: keyof typeof TARGETS, measured: string, unit: string, digits: number])[]} */
    const measures = [
        ["boot", "boot", "ms", 0],
        ["resource", "per resource", "ms", 2],
        ["stack", `stack of ${RESOURCES}`, "ms", 0],
        ["memory", "memory", "MB", 0],
    ];
    const rows = measures.map(([key, measured, unit, digits]) => {
        const [own, none] = [medianOf("this pack", key), medianOf("empty pack", key)];
        const [guard, idle] = [medianOf("AwsGuard", key), medianOf("idle policies", key)];
        const limit = TARGETS[key];
        return {
            measured,
            unit,
            "this pack": own.toFixed(digits),
            "empty pack": none.toFixed(digits),
            AwsGuard: guard.toFixed(digits),
            "idle policies": idle.toFixed(digits),
            "to empty": `${(own / none).toFixed(2)} (target ${limit})`,
            "to AwsGuard": `${(own / guard).toFixed(2)} (target 1)`,
            "to idle": (own / idle).toFixed(2),
            reached: own / none <= limit && own <= guard ? "yes" : "no",
        };
    });
    console.table(rows);
    const names = /** @type {(keyof typeof packs)[]} */ (Object.keys(packs));
    const counts = names.map(name => `${name} ${medianOf(name, "policies")}`);
    console.log(`Medians of ${options.rounds} rounds, Node ${process.versions.node}. Policies: ${counts.join(", ")}.`);
}

/**
 * @param {string} folder
 * @param {number} rounds
 */
async function measureAll(folder, rounds) {
    /** @type {RepositoryRound[]} */
    const measured = [];
    for (let round = 1; round <= rounds; round++) measured.push(await measureRepository(folder));
    return measured;
}

/** @param {readonly RepositoryRound[]} measured */
function printRepository(measured) {
    const boot = median(measured.map(round => round.boot));
    const files = median(measured.map(round => round.files));
    console.log(
        `All rules over a repository of ${PROJECTS} projects and ${PROJECTS * STACKS.length} stack files: ` +
            `${files.toFixed(0)} ms, ${(files / boot).toFixed(2)} of the boot before it (target 1), ` +
            `${measured[0]?.diagnostics} violations and notes.`,
    );
}

/** @param {readonly number[]} values */
function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = Math.floor(sorted.length / 2);
    const { [middle - 1]: below = Number.NaN, [middle]: at = Number.NaN } = sorted;
    return sorted.length % 2 === 1 ? at : (below + at) / 2;
}
