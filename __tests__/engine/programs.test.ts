// Programs of many kinds, with real packages: what the desk check says of them is what the engine says when it makes them.
import { join } from "node:path";
import { describeEngine } from "./support/pulumi";
import { HEAD, type Kind, packagesMissing, RDS, succeed, Verdicts } from "./support/verdicts";

jest.setTimeout(240_000);

/** Kinds that do not meet in one program, since resources have names of their own. */
const KINDS: Readonly<Record<string, Kind>> = {
    "components within components": {
        program: `
            class Store extends pulumi.ComponentResource {
                constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
                    super("acme:data:Store", name, {}, opts);
                    new aws.rds.Instance(name + "-db", database, { parent: this });
                    this.registerOutputs({ name });
                }
            }
            class Shop extends pulumi.ComponentResource {
                constructor(name: string) {
                    super("acme:web:Shop", name);
                    new Store(name + "-store", { parent: this });
                }
            }
            new Shop("nested");`,
        found: [`${RDS} nested-store-db`],
    },
    "providers of several regions": {
        program: `
            const west = new aws.Provider("west", { region: "us-west-2", defaultTags: { tags: { team: "web" } } });
            const within = new pulumi.ComponentResource("acme:web:Region", "region", {}, { providers: { aws: west } });
            new aws.rds.Instance("west-db", database, { provider: west });
            new aws.ec2.SecurityGroup("west-group", { ingress: [open] }, { parent: within });`,
        found: [`${RDS} west-db`, "sg-no-ingress-all west-group"],
    },
    "a provider with keys": {
        program: `new aws.Provider("keyed", { region: "us-west-2", accessKey: "AKIAQ7WTRNXEG4DPKZ2B", secretKey: pulumi.secret("kept") });`,
        found: ["no-static-credentials keyed"],
    },
    "settings of every type": {
        program: `
            const config = new pulumi.Config();
            new aws.rds.Instance("set-db", { ...database, deletionProtection: config.requireBoolean("protect") });
            new aws.ec2.SecurityGroup("set-group", { ingress: [{ ...open, ...config.requireObject<object>("rule"), toPort: config.requireNumber("port") }] });
            new aws.rds.Instance("named-db", { ...database, password: config.requireSecret("password"), deletionProtection: new pulumi.Config("aws").require("region") !== "eu-west-1" });
            if (config.get("absent") !== undefined) throw new Error("absent");`,
        found: [`${RDS} set-db`, "sg-no-ingress-all set-group", `${RDS} named-db`],
    },
    "names of stack and project": {
        program: `
            const name = [pulumi.getProject(), pulumi.getStack(), pulumi.getOrganization()].join("-");
            new aws.rds.Instance("of-" + name, database);`,
        found: [`${RDS} of-kinds-prod-organization`],
    },
    "outputs in every form": {
        program: `
            const role = new aws.iam.Role("job-role", { assumeRolePolicy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [] }) });
            const policy = pulumi.all([role.name, role.arn]).apply(() => JSON.stringify(all));
            new aws.iam.RolePolicy("applied", { role: role.name, policy });
            new aws.iam.Policy("concatenated", { policy: pulumi.concat('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"', "*", '"}]}') });
            new aws.iam.Policy("stringified", { policy: pulumi.jsonStringify(pulumi.output(Promise.resolve(all))) });
            new aws.iam.Policy("parsed", { policy: pulumi.jsonParse(JSON.stringify(all)).apply(document => JSON.stringify(document)) });
            new aws.iam.Policy("secret", { policy: pulumi.secret(JSON.stringify(all)) });
            new aws.iam.Policy("unwrapped", { policy: pulumi.unsecret(pulumi.secret(JSON.stringify(all))) });`,
        found: ["applied", "concatenated", "stringified", "parsed", "secret", "unwrapped"].map(
            name => `iam-no-wildcard-actions ${name}`,
        ),
    },
    "resources made in an apply": {
        program: `
            const first = new aws.s3.Bucket("first");
            first.bucket.apply(() => new aws.rds.Instance("late-db", database));`,
        found: [`${RDS} late-db`],
    },
    "resources that others made": {
        program: `
            const site = aws.s3.Bucket.get("site", "acme-site");
            new aws.s3.BucketPolicy("site-policy", { bucket: site.id, policy: JSON.stringify({ Version: "2012-10-17",
                Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::acme-site/*" }] }) });
            aws.rds.Instance.get("theirs", "theirs-id");`,
        found: ["no-public-s3-buckets site-policy"],
    },
    "functions of the provider": {
        program: `
            const document = aws.iam.getPolicyDocumentOutput({ statements: [{ actions: ["*"], resources: ["*"] }] });
            new aws.iam.Policy("computed", { policy: document.json });
            const who = aws.getCallerIdentityOutput({});
            new aws.iam.Policy("of-account", { policy: who.accountId.apply(() => JSON.stringify(all)) });
            pulumi.output(aws.getRegion()).apply(() => new aws.rds.Instance("regional-db", database));`,
        found: ["iam-no-wildcard-actions computed", "iam-no-wildcard-actions of-account", `${RDS} regional-db`],
    },
    "options that the engine acts by": {
        program: `
            new aws.rds.Instance("ignored-db", { ...database, deletionProtection: true }, { ignoreChanges: ["tags"], replaceOnChanges: ["engine"] });
            new aws.rds.Instance("retained-db", database, { retainOnDelete: true, deleteBeforeReplace: true, customTimeouts: { create: "5m" } });
            const keeper = new aws.sns.Topic("keeper", {}, { protect: true, additionalSecretOutputs: ["arn"] });
            new aws.rds.Instance("depending-db", database, { dependsOn: [keeper], deletedWith: keeper });`,
        found: [`${RDS} retained-db`, `${RDS} depending-db`],
    },
    "aliases of every form": {
        program: `
            new aws.rds.Instance("renamed-db", database, { aliases: ["urn:pulumi:prod::kinds::aws:rds/instance:Instance::old", { name: "older" }, { parent: pulumi.rootStackResource }] });
            new pulumi.ComponentResource("acme:web:New", "moved", {}, { aliases: [{ type: "acme:web:Old" }] });`,
        found: [`${RDS} renamed-db`],
    },
    "transforms of resources": {
        program: `
            new aws.rds.Instance("older-db", database, { transformations: [({ props, opts }) => ({ props: { ...props, deletionProtection: true }, opts })] });
            const parent = new pulumi.ComponentResource("acme:web:Strict", "strict", {}, { transforms: [async ({ props, opts }) => ({ props: { ...props, deletionProtection: true }, opts })] });
            new aws.rds.Instance("strict-db", database, { parent });
            new aws.rds.Instance("undone-db", { ...database, deletionProtection: true }, { transforms: [({ props, opts }) => ({ props: { ...props, deletionProtection: false }, opts })] });`,
        found: [`${RDS} undone-db`],
    },
    "hooks around resources": {
        program: `
            const hook = new pulumi.ResourceHook("told", async () => {});
            new aws.rds.Instance("hooked-db", database, { hooks: { beforeCreate: [hook], afterUpdate: [hook] } });`,
        found: [`${RDS} hooked-db`],
    },
    "a provider in the program": {
        program: `
            class Made extends pulumi.dynamic.Resource {
                readonly open!: pulumi.Output<boolean>;
                constructor(name: string) {
                    super({ create: async () => ({ id: "made-1", outs: { open: true } }) }, name, { open: undefined });
                }
            }
            const made = new Made("made");
            new aws.rds.Instance("beside-made", { ...database, tags: { made: made.id } });`,
        found: [`${RDS} beside-made`],
    },
    "assets and archives": {
        program: `
            const code = new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset("exports.handler = () => {}"), "project.yaml": new pulumi.asset.FileAsset("Pulumi.yaml"), none: new pulumi.asset.AssetArchive({}) });
            const environment = { variables: { AWS_ACCESS_KEY_ID: "AKIAQ7WTRNXEG4DPKZ2B" } };
            new aws.lambda.Function("archived", { role: "arn:aws:iam::123456789012:role/job", runtime: "nodejs22.x", handler: "index.handler", code, environment });`,
        found: ["no-static-credentials archived"],
    },
    "functions as code": {
        program: `
            const greeting = "hello";
            const environment = { variables: { KEY: "AKIAQ7WTRNXEG4DPKZ2B" } };
            new aws.lambda.CallbackFunction("serialized", { callback: async () => greeting, environment });
            new aws.s3.Bucket("watched").onObjectCreated("created", async () => {});`,
        found: ["no-static-credentials serialized"],
    },
    "components of a package": {
        program: `
            const awsx = require("@pulumi/awsx");
            const vpc = new awsx.classic.ec2.Vpc("net", { cidrBlock: "10.0.0.0/16", numberOfAvailabilityZones: 2, numberOfNatGateways: 0 });
            const group = new awsx.classic.ec2.SecurityGroup("classic", { vpc });
            group.createIngressRule("ssh", { location: new awsx.classic.ec2.AnyIPv4Location(), ports: new awsx.classic.ec2.TcpPorts(22) });`,
        found: ["sg-no-ingress-all ssh"],
    },
    "another provider's resources": {
        program: `
            const random = require("@pulumi/random");
            const { password } = { password: new random.RandomPassword("generated", { length: 20 }).result };
            new aws.rds.Instance("random-db", { ...database, password });`,
        found: [`${RDS} random-db`],
    },
    "documents with the ARN of what they are for": {
        program: `
            const jobs = new aws.sqs.Queue("jobs");
            const policy = jobs.arn.apply(Resource => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource }] }));
            new aws.sqs.QueuePolicy("open-jobs", { queueUrl: jobs.id, policy });
            new aws.iam.Policy("of-jobs", { policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sqs:*", Resource: jobs.arn }] }) });
            const logs = new aws.s3.Bucket("logs");
            new aws.iam.Policy("of-logs", { policy: pulumi.interpolate\`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"\${logs.arn}/*"}]}\` });`,
        found: ["iam-no-wildcard-actions of-jobs", "resource-policies-not-public open-jobs"],
    },
    "definitions of containers": {
        program: `
            const environment = [{ name: "KEY", value: "AKIAQ7WTRNXEG4DPKZ2B" }];
            const containers = [{ name: "web", image: "acme/web", environment }];
            new aws.ecs.TaskDefinition("task", { family: "web", containerDefinitions: JSON.stringify(containers) });
            const image = new aws.ecr.Repository("image").repositoryUrl;
            new aws.ecs.TaskDefinition("made-task", { family: "web", containerDefinitions: pulumi.jsonStringify([{ name: "web", image, environment }]) });`,
        found: ["no-static-credentials task", "no-static-credentials made-task"],
    },
    "outputs and promises within lists and maps": {
        program: `
            const anywhere = pulumi.output("0.0.0.0/0");
            new aws.ec2.SecurityGroup("of-outputs", { ingress: [{ ...open, cidrBlocks: [anywhere] }], tags: { from: anywhere } });
            new aws.ec2.SecurityGroup("of-output", { ingress: pulumi.output([open]) });
            new aws.ec2.SecurityGroup("of-promise", { ingress: Promise.resolve([{ ...open, cidrBlocks: [Promise.resolve(anywhere)] }]) });
            new aws.ec2.SecurityGroup("of-parts", { ingress: [pulumi.all({ port: 22, block: anywhere }).apply(({ port, block }) => ({ ...open, fromPort: port, cidrBlocks: [block] }))] });`,
        found: ["of-outputs", "of-output", "of-promise", "of-parts"].map(name => `sg-no-ingress-all ${name}`),
    },
    "resources beneath resources": {
        program: `
            const above = new aws.sns.Topic("above");
            const east = new aws.Provider("east", { region: "us-east-1" });
            const beneath = new pulumi.ComponentResource("acme:web:Beneath", "beneath", {}, { parent: above, providers: [east] });
            new aws.rds.Instance("beneath-db", database, { parent: beneath });
            new aws.rds.Instance("versioned-db", database, { parent: above, version: "7.1.0" });`,
        found: [`${RDS} beneath-db`, `${RDS} versioned-db`],
    },
    "resources that are imported": {
        program: `
            new aws.rds.Instance("imported-db", { ...database, identifier: "elsewhere-db" }, { import: "elsewhere-db" });`,
        found: [`${RDS} imported-db`],
    },
    "secrets of every type": {
        program: `
            const config = new pulumi.Config();
            const { size, on } = { size: config.requireSecretNumber("size"), on: config.requireSecretBoolean("on") };
            new aws.rds.Instance("secret-db", { ...database, allocatedStorage: size, deletionProtection: on });
            const shape = config.requireSecretObject<{ block: string; port: number }>("shape");
            new aws.ec2.SecurityGroup("secret-group", { ingress: [{ ...open, cidrBlocks: [], ipv6CidrBlocks: [shape.block] }] });
            new aws.iam.Policy("secret-policy", { policy: config.requireSecret("password").apply(() => JSON.stringify(all)) });`,
        found: [`${RDS} secret-db`, "sg-no-ingress-all secret-group", "iam-no-wildcard-actions secret-policy"],
        notJudged: ["kinds", RDS, "sg-no-ingress-all"],
    },
    "functions that only the provider answers": {
        program: `
            const office = aws.ssm.getParameterOutput({ name: "office" });
            new aws.ec2.SecurityGroup("asking", { ingress: [{ ...open, cidrBlocks: office.value.apply(value => value.split(",")) }] });
            aws.ec2.getSubnets({}).then(({ ids }) => new aws.rds.Instance("subnet-db", { ...database, dbSubnetGroupName: ids[0]!.trim() }));`,
        found: ["sg-no-ingress-all asking", `${RDS} subnet-db`],
        notJudged: ["aws:ec2/getSubnets:getSubnets", "aws:ssm/getParameter:getParameter", "sg-no-ingress-all"],
    },
    "changes that are ignored": {
        program: `
            new aws.rds.Instance("unwatched-db", { ...database, deletionProtection: false }, { ignoreChanges: ["deletionProtection"] });
            new aws.ec2.SecurityGroup("unwatched-group", { ingress: [open] }, { ignoreChanges: ["ingress[0].description"] });`,
        found: [`${RDS} unwatched-db`, "sg-no-ingress-all unwatched-group"],
        notJudged: [RDS, "sg-no-ingress-all"],
    },
    "resources of Kubernetes": {
        program: `
            const k8s = require("@pulumi/kubernetes");
            const cluster = new k8s.Provider("cluster", { renderYamlToDirectory: "rendered" });
            const space = new k8s.core.v1.Namespace("shop", {}, { provider: cluster });
            new k8s.apps.v1.Deployment("web", { metadata: { namespace: space.metadata.name }, spec: { selector: {}, template: { spec: { containers: [{ name: "web", image: "acme/web" }] } } } }, { provider: cluster });
            new aws.rds.Instance("beside-kubernetes", database);`,
        found: [`${RDS} beside-kubernetes`],
    },
};

/** A kind whose doings touch the whole program, so that it is a program of its own. */
const ALONE: Readonly<Record<string, Kind>> = {
    "transforms of the whole stack": {
        program: `
            pulumi.runtime.registerResourceTransform(({ type, props, opts }) =>
                type === "aws:rds/instance:Instance" ? { props: { ...props, deletionProtection: true }, opts } : undefined);
            pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
                type === "aws:ec2/securityGroup:SecurityGroup" ? { props: { ...props, ingress: [open] }, opts } : undefined);
            new aws.rds.Instance("mended-db", database);
            new aws.ec2.SecurityGroup("opened-group", {});`,
        found: ["sg-no-ingress-all opened-group"],
    },
    "an async function that refers to another stack": {
        program: `
            export = async () => {
                const { region } = await aws.getRegion();
                new aws.rds.Instance("async-" + region, database);
                const network = new pulumi.StackReference("organization/alone/network");
                new aws.ec2.SecurityGroup("referring", { ingress: [{ ...open, cidrBlocks: [network.requireOutput("office")] }] });
                return { region, zone: network.getOutput("zone") };
            };`,
        found: [`${RDS} async-eu-west-1`, "sg-no-ingress-all referring"],
        notJudged: ["organization/alone/network", "sg-no-ingress-all"],
    },
};

/** Components that are made elsewhere, and functions that are answered there. */
const REMOTE = `
    const [awsx, eks, k8s] = ["awsx", "eks", "kubernetes"].map(name => require("@pulumi/" + name));
    const vpc = new awsx.ec2.Vpc("vpc", {});
    const environment = [{ name: "KEY", value: "AKIAQ7WTRNXEG4DPKZ2B" }];
    new awsx.lb.ApplicationLoadBalancer("lb", {});
    new awsx.ecr.Repository("images");
    new awsx.ecs.FargateService("service", { networkConfiguration: { subnets: vpc.privateSubnetIds },
        taskDefinitionArgs: { container: { name: "web", image: "acme/web", environment } } });
    const cluster = new eks.Cluster("cluster", { vpcId: vpc.vpcId });
    cluster.getKubeconfig({});
    const provider = new k8s.Provider("kubernetes", { kubeconfig: cluster.kubeconfigJson });
    new k8s.yaml.v2.ConfigGroup("manifests", { yaml: "kind: Secret" }, { provider });
    new k8s.yaml.ConfigGroup("older", { yaml: "kind: Secret" }, { provider });
    new k8s.helm.v4.Chart("chart", { chart: "web" }, { provider });
    new aws.rds.Instance("beside-remote", database);
`;

/** A plugin of a provider that makes components, and answers a method of theirs. */
const PLUGIN = `
const [aws, pulumi, provider] = ["aws", "pulumi", "pulumi/provider"].map(name => require("@pulumi/" + name));
class Network extends pulumi.ComponentResource {
    constructor(name, inputs, opts) {
        super("acme:index:Network", name, {}, opts);
        const ingress = [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: [inputs.source] }];
        this.group = new aws.ec2.SecurityGroup(name + "-group", { ingress }, { parent: this });
        new aws.rds.Instance(name + "-db", { instanceClass: "a", engine: "postgres" }, { parent: this });
    }
}
const methods = {
    version: "1.2.3",
    async construct(name, type, inputs, options) {
        if (type !== "acme:index:Network") throw new Error("there is no " + type);
        const { urn, group } = new Network(name, inputs, options);
        return { urn, state: { groupId: group.id, open: true } };
    },
    async call(token) {
        return { outputs: { statement: JSON.stringify({ Effect: "Allow", Action: "*", Resource: "*" }) } };
    },
};
provider.main(methods, process.argv.slice(2));
`;

/** A program that uses the plugin's components as a generated package does. */
const USER = `
class Network extends pulumi.ComponentResource {
    readonly groupId!: pulumi.Output<string>;
    readonly open!: pulumi.Output<boolean>;
    constructor(name: string, source: pulumi.Input<string>, opts: pulumi.ComponentResourceOptions & { version?: string } = {}) {
        super("acme:index:Network", name, { source, groupId: undefined, open: undefined }, { version: "1.2.3", ...opts }, true);
    }
}
const strict = [async ({ type, props, opts }: pulumi.ResourceTransformArgs) =>
    type === "aws:rds/instance:Instance" ? { props: { ...props, deletionProtection: true }, opts } : undefined];
const network = new Network("office", "0.0.0.0/0");
const hidden = new Network("hidden", "10.0.0.0/8", { transforms: strict });
network.open.apply(open => new aws.rds.Instance("open-" + open, database));
const { statement } = { statement: pulumi.runtime.call("acme:index:Network/statement", { __self__: network }, network) };
new aws.iam.Policy("called", { policy: pulumi.output(statement).apply(({ statement }: any) => '{"Version":"2012-10-17","Statement":[' + statement + ']}') });
new aws.rds.Instance("beneath", database, { parent: hidden });
`;

/** State of the stack that another refers to. */
const NETWORK = {
    version: 3,
    deployment: {
        manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" },
        resources: [
            {
                urn: "urn:pulumi:network::alone::pulumi:pulumi:Stack::alone-network",
                custom: false,
                type: "pulumi:pulumi:Stack",
                outputs: { office: "0.0.0.0/0", zone: "a" },
            },
        ],
    },
};

describeEngine(
    "programs of every kind, at the desk and in the real engine",
    () => {
        const verdicts = new Verdicts();

        test("many kinds in one program", async () => {
            const imports = Object.keys(KINDS).map((_, index) => `import "./kind-${index}";`);
            const files = Object.values(KINDS).map(
                ({ program }, index) => [`kind-${index}.ts`, HEAD + program] as const,
            );
            const main = { "index.ts": imports.join("\n") };
            const project = await verdicts.projectWith("kinds", { ...Object.fromEntries(files), ...main });
            await verdicts.compare(project, Object.values(KINDS));
        });

        test("components of a plugin that is installed are made by it", async () => {
            const project = await verdicts.projectWith("plugins", {
                "index.ts": HEAD + USER,
                "plugin/index.js": PLUGIN,
            });
            const script = `#!/bin/sh\nexec "${process.execPath}" "${join(project.folder, "plugin/index.js")}" "$@"\n`;
            project.installPlugin("acme", "1.2.3", script);
            await verdicts.compare(project, [
                {
                    found: [
                        "iam-no-wildcard-actions called",
                        `${RDS} office-db`,
                        `${RDS} open-true`,
                        "sg-no-ingress-all office-group",
                    ],
                },
            ]);
            const { sources } = await verdicts.deskSays(project);
            const line = (text: string) => (HEAD + USER).split("\n").findIndex(each => each.includes(text)) + 1;
            expect(sources).toMatchObject({
                "office-db": `index.ts:${line('new Network("office"')}`,
                "office-group": `index.ts:${line('new Network("office"')}`,
                beneath: `index.ts:${line('"beneath"')}`,
            });
        });

        test("components that only a provider's plugin makes are said not to be judged, each of them", async () => {
            const project = await verdicts.projectWith("remote", { "index.ts": HEAD + REMOTE });
            const { findings, notJudged } = await verdicts.deskSays(project);
            expect(findings.filter(line => line.startsWith(RDS))).toHaveLength(1);
            const subjects = notJudged.map(({ subject }) => subject.split("::").slice(-2).join(" ")).sort();
            expect(subjects).toEqual([
                "awsx:ec2:Vpc vpc",
                "awsx:ecr:Repository images",
                "awsx:ecs:FargateService service",
                "awsx:lb:ApplicationLoadBalancer lb",
                "eks:index:Cluster cluster",
                "eks:index:Cluster/getKubeconfig",
                "kubernetes:helm.sh/v4:Chart chart",
                "kubernetes:yaml/v2:ConfigGroup manifests",
                "kubernetes:yaml:decode",
            ]);
        });

        test.each(Object.entries(ALONE))("%s", async (_, kind) => {
            const project = await verdicts.projectWith("alone", { "index.ts": HEAD + kind.program });
            if (kind.program.includes("StackReference")) {
                project.write("network.json", JSON.stringify(NETWORK));
                await succeed(project, ["stack", "init", "network", "--no-select"]);
                await succeed(project, ["stack", "import", "--stack", "network", "--file", "network.json"]);
            }
            await verdicts.compare(project, [kind]);
        });
    },
    packagesMissing,
);
