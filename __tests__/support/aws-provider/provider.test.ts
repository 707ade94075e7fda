import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { UNKNOWN } from "../engine-args";
import { declarationOf, declaredTypes } from "./declarations";
import { type Created, check, create, InputError, plan, refresh, update } from "./provider";

const BUCKET = { type: "aws:s3/bucket:Bucket", name: "data" };
const KEY = { type: "aws:kms/key:Key", name: "data" };
const GROUP = { type: "aws:ec2/securityGroup:SecurityGroup", name: "web" };
const NEW = { generation: "7" } as const;
const OLD = { generation: "6" } as const;

test("the declarations are those of the installed @pulumi/aws", () => {
    const script = join(__dirname, "../../../scripts/aws-declarations.mjs");
    const { status, stderr } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

describe("check", () => {
    it("fills in defaults and a name, and says which", () => {
        expect(check(KEY, { description: "Data" }, NEW)).toEqual({
            description: "Data",
            bypassPolicyLockoutSafetyCheck: false,
            customerMasterKeySpec: "SYMMETRIC_DEFAULT",
            enableKeyRotation: false,
            isEnabled: true,
            keyUsage: "ENCRYPT_DECRYPT",
            __defaults: [
                "bypassPolicyLockoutSafetyCheck",
                "customerMasterKeySpec",
                "enableKeyRotation",
                "isEnabled",
                "keyUsage",
            ],
        });
        expect(check(BUCKET, {}, OLD)).toMatchObject({ acl: "private", __defaults: ["acl", "bucket", "forceDestroy"] });
        expect(check(BUCKET, {}, NEW)).toEqual({
            bucket: expect.stringMatching(/^data-[0-9a-f]{7}$/),
            forceDestroy: false,
            __defaults: ["bucket", "forceDestroy"],
        });
    });

    it("leaves what the program says, and fills in nothing that this excludes", () => {
        const inputs = { bucketPrefix: "data-", forceDestroy: true };
        expect(check(BUCKET, inputs, NEW)).toEqual({ ...inputs, __defaults: [] });
        const rule = { type: "aws:cloudwatch/eventRule:EventRule", name: "rule" };
        expect(check(rule, { state: "DISABLED" }, NEW)).not.toHaveProperty("isEnabled");
    });

    it("lists the defaults of each block in the block", () => {
        const ingress = [
            { protocol: "tcp", fromPort: 1, toPort: 2 },
            { protocol: "udp", self: true },
        ];
        expect(check(GROUP, { ingress }, NEW).ingress).toEqual([
            { ...ingress[0], self: false, __defaults: ["self"] },
            { ...ingress[1], __defaults: [] },
        ]);
    });

    it("adds the provider's default tags to all tags", () => {
        const configuration = { ...NEW, defaultTags: { team: "shop", stage: "test" } };
        expect(check(BUCKET, { tags: { stage: "prod" } }, configuration)).toMatchObject({
            tags: { stage: "prod" },
            tagsAll: { team: "shop", stage: "prod" },
        });
    });

    it("writes documents as texts and refuses other kinds of values", () => {
        expect(check(BUCKET, { policy: { Version: "2012-10-17" } }, NEW).policy).toBe('{"Version":"2012-10-17"}');
        expect(() => check(BUCKET, { versioning: [true] }, NEW)).toThrow(InputError);
        expect(() => check(GROUP, { ingress: [null] }, NEW)).toThrow("ingress: is [null]");
    });
});

describe("plan of a creation", () => {
    const policy = { type: "aws:s3/bucketPolicy:BucketPolicy", name: "data" };
    const inputs = { bucket: UNKNOWN, policy: "{}" };

    it("leaves out unknown inputs up to 6.50, and what is computed", () => {
        expect(plan(policy.type, check(policy, inputs, OLD), "6")).toEqual({ policy: "{}", id: "" });
        const blocks = { ingress: [{ securityGroups: [UNKNOWN] }], vpcId: UNKNOWN };
        const planned = plan(GROUP.type, check(GROUP, blocks, OLD), "6");
        expect(planned).toMatchObject({ ingress: [{ securityGroups: [UNKNOWN] }] });
        expect(planned).not.toHaveProperty("vpcId");
    });

    it("has since then nulls for silence and unknowns for what is computed", () => {
        expect(plan(policy.type, check(policy, inputs, NEW), "7")).toMatchObject({ ...inputs, id: UNKNOWN });
        expect(plan(BUCKET.type, check(BUCKET, {}, NEW), "7")).toMatchObject({
            arn: UNKNOWN,
            forceDestroy: false,
            grants: UNKNOWN,
            policy: UNKNOWN,
            serverSideEncryptionConfiguration: UNKNOWN,
            tags: null,
        });
    });
});

describe("create", () => {
    it("fills a silent bucket as AWS does", () => {
        const { id, outputs } = create(BUCKET, check(BUCKET, { bucket: "acme-data" }, NEW), "7");
        expect(id).toBe("acme-data");
        expect(outputs).toMatchObject({
            id: "acme-data",
            arn: "arn:aws:s3:::acme-data",
            acl: null,
            grants: [{ permissions: ["FULL_CONTROL"], type: "CanonicalUser", uri: "" }],
            lifecycleRules: [],
            policy: "",
            region: "eu-west-1",
            serverSideEncryptionConfiguration: {
                rule: {
                    applyServerSideEncryptionByDefault: { kmsMasterKeyId: "", sseAlgorithm: "AES256" },
                    bucketKeyEnabled: false,
                },
            },
            tagsAll: {},
            versioning: { enabled: false, mfaDelete: false },
        });
        expect(create(BUCKET, check(BUCKET, {}, OLD), "6").outputs).not.toHaveProperty("policy");
    });

    it("repeats inputs, with silence in their blocks and documents written anew", () => {
        const versioning = { enabled: true };
        const policy = '{ "Version": "2012-10-17", "Statement": [] }';
        const { outputs } = create(BUCKET, check(BUCKET, { versioning, policy }, NEW), "7");
        expect(outputs).toMatchObject({
            versioning: { enabled: true, mfaDelete: false },
            policy: '{"Statement":[],"Version":"2012-10-17"}',
        });
        const entry = { cidrBlocks: ["10.0.0.0/8"], protocol: "tcp", fromPort: 1, toPort: 2 };
        expect(create(GROUP, check(GROUP, { ingress: [entry] }, NEW), "7").outputs.ingress).toEqual([
            { ...entry, description: "", ipv6CidrBlocks: [], prefixListIds: [], securityGroups: [], self: false },
        ]);
    });

    it.each(["6", "7"] as const)(
        "answers every property that is declared as always there, generation %s",
        generation => {
            for (const type of declaredTypes) {
                const { computed, outputs } = declarationOf(type);
                const subject = { type, name: "any" };
                const created = create(subject, check(subject, {}, { generation }), generation);
                const isOlder = (key: string) => generation === "6" && (key === "region" || key === "policy");
                const missing = Object.keys({ ...computed, ...outputs }).filter(
                    key => !isOlder(key) && created.outputs[key] === undefined,
                );
                expect({ type, missing }).toEqual({ type, missing: [] });
            }
        },
    );
});

describe("refresh", () => {
    const made = (type: string, inputs: Record<string, unknown>): Created => {
        const subject = { type, name: "data" };
        return create(subject, check(subject, inputs, NEW), "7");
    };

    it("repeats companions in a bucket", () => {
        const policy = '{"Statement":[],"Version":"2012-10-17"}';
        const [bucket] = refresh([
            made("aws:s3/bucket:Bucket", { bucket: "acme" }),
            made("aws:s3/bucketPolicy:BucketPolicy", { bucket: "acme", policy }),
            made("aws:s3/bucketAcl:BucketAcl", { bucket: "acme", acl: "public-read" }),
            made("aws:s3/bucketVersioning:BucketVersioning", {
                bucket: "acme",
                versioningConfiguration: { status: "Enabled" },
            }),
            made("aws:s3/bucketPolicy:BucketPolicy", { bucket: "another", policy: "{}" }),
        ]);
        expect(bucket?.outputs).toMatchObject({
            policy,
            versioning: { enabled: true, mfaDelete: false },
            grants: [{ permissions: ["FULL_CONTROL"] }, { permissions: ["READ"], type: "Group" }],
        });
    });

    it("repeats rules in a security group and policies in a role", () => {
        const group = made(GROUP.type, {});
        const rule = { type: "ingress", protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["10.0.0.0/8"] };
        const role = made("aws:iam/role:Role", { name: "ci" });
        const [readGroup, , readRole] = refresh([
            group,
            made("aws:ec2/securityGroupRule:SecurityGroupRule", { securityGroupId: group.id, ...rule }),
            role,
            made("aws:iam/rolePolicy:RolePolicy", { role: role.id, policy: "{}", name: "own" }),
            made("aws:iam/rolePolicyAttachment:RolePolicyAttachment", { role: "ci", policyArn: "arn:x" }),
        ]);
        expect(readGroup?.outputs).toMatchObject({ ingress: [{ fromPort: 22, securityGroups: [] }], egress: [] });
        expect(readRole?.outputs).toMatchObject({
            inlinePolicies: [{ name: "own", policy: "{}" }],
            managedPolicyArns: ["arn:x"],
        });
    });

    it("keeps in an update what it repeated, unless the program says otherwise", () => {
        const [bucket] = refresh([
            made(BUCKET.type, { bucket: "acme" }),
            made("aws:s3/bucketPolicy:BucketPolicy", { bucket: "acme", policy: "{}" }),
        ]);
        if (bucket === undefined) throw new Error("The bucket is gone.");
        const inputs = check(BUCKET, { bucket: "acme", tags: { a: "b" } }, NEW);
        expect(update(BUCKET, bucket, inputs, "7")).toMatchObject({
            id: "acme",
            outputs: { policy: "{}", tags: { a: "b" } },
        });
        const said = check(BUCKET, { bucket: "acme", policy: '{"Id":"mine"}' }, NEW);
        expect(update(BUCKET, bucket, said, "7").outputs.policy).toBe('{"Id":"mine"}');
    });
});
