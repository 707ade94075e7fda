#!/usr/bin/env node
// Measures this pack beside an empty pack and AwsGuard, each in processes of its own, in rounds that take turns.
//
// Usage: npm run bench [-- --rounds 7]. A benchmark for people, not a test: times on a busy machine mean little.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/analyzer_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";

const AWSGUARD = "0.3.1";
const RESOURCES = 300;
const STACK_RESOURCES = 2_000;

/** How many times the empty pack's time this pack may take. */
const TARGETS = { boot: 1.15, resource: 1.2 };

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

const packs = { "this pack": root, "empty pack": emptyPack(), AwsGuard: awsGuard() };
const results = Object.fromEntries(Object.keys(packs).map(name => [name, []]));
for (let round = 1; round <= Number(options.rounds); round++) {
    process.stderr.write(`Round ${round} of ${options.rounds}\n`);
    for (const [name, folder] of Object.entries(packs)) results[name].push(await measure(folder));
}
print(results);

/** Boot and stack times in milliseconds, time per resource in milliseconds, memory in megabytes. */
async function measure(folder) {
    const sdk = createRequire(join(folder, "package.json"));
    const program = sdk.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const started = performance.now();
    const child = spawn(process.execPath, [program, "127.0.0.1:0", "."], {
        cwd: folder,
        stdio: ["ignore", "pipe", "inherit"],
    });
    try {
        const port = await new Promise((resolve, reject) => {
            createInterface(child.stdout).once("line", resolve);
            child.once("exit", code => reject(new Error(`The pack in ${folder} ended with ${code}.`)));
        });
        const boot = performance.now() - started;
        const client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
            "grpc.max_send_message_length": -1,
            "grpc.max_receive_message_length": -1,
        });
        const call = (method, request) =>
            new Promise((resolve, reject) => {
                client[method](request, (error, response) => (error === null ? resolve(response) : reject(error)));
            });
        const info = await call("getAnalyzerInfo", new empty.Empty());
        await call("configure", advisory(info));

        const resources = Array.from({ length: STACK_RESOURCES }, (_, index) => resource(index));
        const beforeResources = performance.now();
        for (const each of resources.slice(0, RESOURCES)) await call("analyze", analyzeRequest(each));
        const perResource = (performance.now() - beforeResources) / RESOURCES;

        const request = new proto.AnalyzeStackRequest().setResourcesList(resources.map(analyzerResource));
        const beforeStack = performance.now();
        await call("analyzeStack", request);
        const stack = performance.now() - beforeStack;

        const memory = Number(execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)], { encoding: "utf8" })) / 1024;
        client.close();
        return { boot, resource: perResource, stack, memory, policies: info.getPoliciesList().length };
    } finally {
        child.kill("SIGKILL");
    }
}

/** What the engine sends when every policy is advisory: the defaults of its settings and the level. */
function advisory(info) {
    const request = new proto.ConfigureAnalyzerRequest();
    for (const policy of info.getPoliciesList()) {
        const properties = policy.getConfigschema()?.getProperties()?.toJavaScript() ?? {};
        const defaults = Object.entries(properties).filter(([, schema]) => schema.default !== undefined);
        const config = new proto.PolicyConfig()
            .setEnforcementlevel(proto.EnforcementLevel.ADVISORY)
            .setProperties(
                struct.Struct.fromJavaScript(Object.fromEntries(defaults.map(([key, s]) => [key, s.default]))),
            );
        request.getPolicyconfigMap().set(policy.getName(), config);
    }
    return request;
}

/** A mixture such as a real stack has: a few types that rules look at, many that they pass by. */
function resource(index) {
    const samples = [
        ["aws:s3/bucket:Bucket", { bucket: `data-${index}`, acl: "private", forceDestroy: false, tags }],
        [
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            {
                bucket: `data-${index - 1}`,
                rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }],
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
    const [type, props] = samples[index % samples.length];
    return { type, props, name: `resource-${index}`, urn: `urn:pulumi:prod::shop::${type}::resource-${index}` };
}

function analyzeRequest({ type, props, name, urn }) {
    return new proto.AnalyzeRequest()
        .setType(type)
        .setName(name)
        .setUrn(urn)
        .setOptions(new proto.AnalyzerResourceOptions())
        .setProperties(struct.Struct.fromJavaScript(props));
}

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

function emptyPack() {
    const folder = join(cache, "empty");
    return pack(folder, 'new (require("@pulumi/policy").PolicyPack)("empty", { policies: [] });', {});
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

function pack(folder, code, manifest) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ version: "1.0.0", private: true, ...manifest }));
    writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime:\n  name: nodejs\n  options: { typescript: false }\n");
    writeFileSync(join(folder, "index.js"), `${code}\n`);
    return folder;
}

function print(all) {
    const medians = Object.fromEntries(
        Object.entries(all).map(([name, rounds]) => [
            name,
            Object.fromEntries(Object.keys(rounds[0]).map(key => [key, median(rounds.map(round => round[key]))])),
        ]),
    );
    const rows = [
        ["boot", "ms", 0],
        ["resource", "ms", 2],
        ["stack", "ms", 0],
        ["memory", "MB", 0],
    ].map(([key, unit, digits]) => {
        const [own, none, guard] = Object.values(medians).map(values => values[key]);
        const limit = TARGETS[key];
        return {
            measured: {
                boot: "boot",
                resource: "per resource",
                stack: `stack of ${STACK_RESOURCES}`,
                memory: "memory",
            }[key],
            unit,
            "this pack": own.toFixed(digits),
            "empty pack": none.toFixed(digits),
            AwsGuard: guard.toFixed(digits),
            "to empty": `${(own / none).toFixed(2)}${limit === undefined ? "" : ` (target ${limit})`}`,
            "to AwsGuard": `${(own / guard).toFixed(2)} (target 1)`,
            reached: (limit === undefined || own / none <= limit) && own <= guard ? "yes" : "no",
        };
    });
    console.table(rows);
    const counts = Object.entries(medians).map(([name, { policies }]) => `${name} ${policies}`);
    console.log(`Medians of ${options.rounds} rounds, Node ${process.versions.node}. Policies: ${counts.join(", ")}.`);
}

function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = Math.floor(sorted.length / 2);
    return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
