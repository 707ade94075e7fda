import { settingsFolder } from "../support/settings-folder";
import { describeEngine, type Outcome, PACK, Project, serveAws } from "./support/pulumi";

const PROJECT = "name: shop\nruntime:\n    name: nodejs\n    options:\n        typescript: false\n";

/** The last day of an exemption that is granted today. */
const SOON = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);

const PUBLIC_POLICY = (bucket: string) =>
    JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${bucket}/*` }],
    });

/** What breaks no rule, whatever the provider adds to what the program says. */
const CLEAN = `
const aws = require("@pulumi/aws");
const key = "arn:aws:kms:eu-west-1:123456789012:key/1f0c9a4e-7d2b-4c68-9e13-5a8b7c6d2e0f";
function encrypted(name) {
    const bucket = new aws.s3.Bucket(name, { bucket: "acme-" + name });
    new aws.s3.BucketServerSideEncryptionConfiguration(name, { bucket: bucket.id, rules: [
        { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key }, bucketKeyEnabled: true },
    ] });
    return bucket;
}

// The empty policy and AES256 that the provider reports for each new bucket.
encrypted("plain");

// The grants for which a canned ACL stands, which the provider reports beside it.
const pictures = encrypted("pictures");
new aws.s3.BucketAcl("pictures", { bucket: pictures.id, acl: "public-read" });

// What a refresh repeats on the bucket of what its exempted companion says.
const site = encrypted("site");
new aws.s3.BucketPolicy("site", { bucket: site.id, policy: '${PUBLIC_POLICY("acme-site")}' });

// A known policy that an access block takes the effect of, which an update judges before it is created.
const closed = encrypted("closed");
const block = new aws.s3.BucketPublicAccessBlock("closed", {
    bucket: closed.id, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true,
});
new aws.s3.BucketPolicy("closed", { bucket: closed.id, policy: '${PUBLIC_POLICY("acme-closed")}' }, { dependsOn: block });
`;

const CLEAN_CONFIG = {
    all: "disabled",
    "no-public-s3-buckets": { enforcementLevel: "mandatory", allowedAcls: ["public-read"] },
    "s3-bucket-encryption-required": { enforcementLevel: "mandatory", requireCustomerManagedKey: true },
    exemptions: {
        enforcementLevel: "advisory",
        list: [
            {
                rule: "no-public-s3-buckets",
                resource: "urn:pulumi:prod::shop::aws:s3/bucketPolicy:BucketPolicy::site",
                reason: "Serves the public website.",
                owner: "web-team",
                expires: SOON,
            },
        ],
    },
};

jest.setTimeout(240_000);

describe.each(["6", "7"] as const)("with a provider that answers as version %s", generation => {
    const aws = serveAws(generation);
    describeEngine("a stack's verdicts", () => {
        let project: Project;
        afterEach(() => project.remove());

        async function stack(name: string, files: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}) {
            const all = { "Pulumi.yaml": PROJECT, "package.json": '{ "private": true }', ...files };
            project = new Project(all, { ...aws(), ...env });
            await project.succeed("stack", "init", name);
        }

        /** Runs with the pack, over the state as it is where the command judges one. */
        async function judged(args: readonly string[], config: object): Promise<Outcome> {
            project.write("policy-config.json", JSON.stringify(config));
            if (args[0] === "policy") project.write("state.json", await project.succeed("stack", "export"));
            return project.pulumi([
                ...args,
                ...["--policy-pack", PACK],
                ...["--policy-pack-config", "policy-config.json"],
            ]);
        }

        const UP = ["up", "--yes", "--skip-preview"];

        it("do not fall for what the provider adds, in any part of its life", async () => {
            await stack("prod", { "index.js": CLEAN });
            const life: (readonly string[])[] = [
                ["preview"],
                UP,
                ["preview"],
                [...UP, "--refresh"],
                ["preview", "--refresh"],
                ["policy", "analyze", "--file", "state.json"],
            ];
            for (const command of life) {
                const { code, output } = await judged(command, CLEAN_CONFIG);
                expect({ command, output }).toEqual({ command, output: expect.not.stringContaining("[mandatory]") });
                expect({ command, code }).toEqual({ command, code: 0 });
                expect(output).toContain("1 violation is exempted.");
            }
        });

        it("leave out what is new and not part of the update", async () => {
            const database =
                "{ instanceClass: 'db.t4g.small', engine: 'postgres', allocatedStorage: 20, skipFinalSnapshot: true }";
            await stack("prod", {
                "index.js": `const aws = require("@pulumi/aws");
                    new aws.sns.Topic("news");
                    new aws.rds.Instance("orders", ${database});
                    new aws.s3.Bucket("site", { acl: "public-read" });`,
            });
            const config = {
                all: "disabled",
                "rds-deletion-protection-required": "mandatory",
                "no-public-s3-buckets": "mandatory",
            };
            const topic = "urn:pulumi:prod::shop::aws:sns/topic:Topic::news";
            const whole = await judged(["preview"], config);
            for (const rule of Object.keys(config).slice(1)) expect(whole.output).toContain(rule);
            expect((await judged([...UP, "--target", topic], config)).code).toBe(0);
            expect(JSON.parse(await project.succeed("stack", "export")).deployment.resources).toHaveLength(3);
        });

        it("mend what the provider filled in and the program left out", async () => {
            await stack("prod", {
                "index.js": `const aws = require("@pulumi/aws");
                    new aws.s3.BucketPublicAccessBlock("uploads", { bucket: "uploads", blockPublicAcls: true });
                    new aws.kms.Key("orders");
                    new aws.lb.LoadBalancer("web", { subnets: ["subnet-1", "subnet-2"] });`,
            });
            const rules = ["s3-public-access-blocked", "kms-key-rotation-enabled", "deletion-protection-required"];
            const config = { all: "disabled", ...Object.fromEntries(rules.map(rule => [rule, "remediate"])) };
            const { code, output } = await judged(UP, config);
            for (const rule of rules) expect(output).toMatch(new RegExp(`\\[remediate\\]\\s+${rule}`));
            expect(code).toBe(0);
            const again = await judged(["preview"], {
                ...config,
                ...Object.fromEntries(rules.map(r => [r, "remediate"])),
            });
            expect(again.code).toBe(0);
        });

        it("know a state bucket by the provider's default tags, and keep secrets to themselves", async () => {
            await stack("prod", {
                "index.js": `const pulumi = require("@pulumi/pulumi");
                    const aws = require("@pulumi/aws");
                    const tags = { purpose: "pulumi-state" };
                    const provider = new aws.Provider("ops", { region: "eu-west-1", defaultTags: { tags } });
                    new aws.s3.Bucket("store", { bucket: "acme-infra-store" }, { provider });
                    const office = pulumi.secret("203.0.113.77/");
                    const ssh = { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: [office] };
                    new aws.ec2.SecurityGroup("admin", { ingress: [ssh] }, { provider });`,
            });
            const config = {
                all: "disabled",
                "state-bucket-hardened": "mandatory",
                "sg-no-ingress-all": "mandatory",
            };
            const { code, output } = await judged(["preview"], config);
            expect(output).toContain("Bucket 'store', versioning");
            expect(output).toContain("cidrBlocks[0]: is [secret]; expected a block such as 10.0.0.0/8");
            expect(output).not.toContain("203.0.113.77");
            expect(code).not.toBe(0);
        });

        it("have the level of the stack's own profile in each command", async () => {
            const env = {
                SECURITY_BASELINE_CONFIG: settingsFolder({
                    "base.yaml": "all: disabled\nrules: { sg-no-ingress-all: advisory }",
                    "strict.yaml": "extends: base\nrules: { sg-no-ingress-all: mandatory }",
                    "stacks.yaml": "default: base\nstacks: [{ stack: prod, profile: strict }]",
                }),
            };
            const program = `const aws = require("@pulumi/aws");
                new aws.ec2.SecurityGroup("web", { ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] }] });`;
            await stack("prod", { "index.js": program }, env);
            await project.succeed(...UP);
            for (const command of [
                ["preview"],
                ["policy", "analyze", "--file", "state.json"],
                ["policy", "analyze", "--stack", "prod"],
            ]) {
                const { code, output } = await judged(command, {});
                expect({ command, output }).toEqual({
                    command,
                    output: expect.stringMatching(/\[mandatory\].*sg-no-ingress-all/),
                });
                expect(code).not.toBe(0);
            }
        });
    });
});
