import { withNativeResources, withNativeStack } from "../../policies/aws/native";
import type { Resource } from "../../policies/kit/resource";
import { Stack } from "../../policies/kit/stack";
import { Value } from "../../policies/kit/value";
import { rule as decryptScoped } from "../../policies/rules/iam/kms-decrypt-scoped";
import { rule as rotation } from "../../policies/rules/iam/kms-key-rotation-enabled";
import { rule as encryption } from "../../policies/rules/storage/s3-bucket-encryption-required";
import { OPTIONS } from "../support/engine-args";
import { remediated } from "../support/test-rule";

function resource(type: string, name: string, props: object = {}, isDeclared = true): Resource {
    const made: Resource = {
        type,
        name,
        urn: `urn:pulumi:test::project::${type}::${name}`,
        get props() {
            return Value.of(props, made);
        },
        get outputs() {
            return Value.of(props, made);
        },
        isDeclared,
        options: OPTIONS,
        provider: undefined,
        references: {},
        dependencies: [],
    };
    return made;
}

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hunter2-hunter2" };

/** What a stack rule sees of a stack. */
function seenOf(stack: Stack, look: (read: Stack) => void): void {
    withNativeStack({ ...encryption, scope: "stack", judge: look } as never).judge(stack, {}, {} as never);
}

test("a stack without resources of Cloud Control is the stack itself", () => {
    const stack = new Stack([resource("aws:s3/bucket:Bucket", "data")]);
    seenOf(stack, read => expect(read).toBe(stack));
});

test("a stack that grows is read on, each resource once", () => {
    const stack = new Stack([resource("aws-native:s3:Bucket", "a", { bucketName: "acme-a" })]);
    const names = (read: Stack) => read.ofType("aws:s3/bucket:Bucket").map(({ name }) => name);
    seenOf(stack, read => expect(names(read)).toEqual(["a"]));
    stack.add(resource("aws:s3/bucket:Bucket", "b"));
    stack.add(resource("aws-native:s3:Bucket", "c"));
    seenOf(stack, read => expect(names(read)).toEqual(["a", "b", "c"]));
});

test("a resource is found by the name that its own provider gives it", () => {
    const bucket = resource("aws-native:s3:Bucket", "a", { bucketName: "acme-a", publicAccessBlockConfiguration: {} });
    const other = resource("aws:s3/bucketPolicy:BucketPolicy", "p", { bucket: "acme-a" });
    seenOf(new Stack([bucket, other]), read => {
        const [policy] = read.ofType("aws:s3/bucketPolicy:BucketPolicy");
        const [block] = read.ofType("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
        for (const holder of [policy, block]) {
            const found = read.referredBy(holder?.props.get("bucket") ?? Value.of(undefined), ["aws:s3/bucket:Bucket"]);
            expect(found.map(({ urn }) => urn)).toEqual([bucket.urn]);
        }
    });
});

test("a resource that nothing is told of counts as missed in the stack itself, where a rule asked for its kind", () => {
    const bucket = resource("aws-native:s3:Bucket", "a", {}, false);
    const key = resource("aws-native:kms:Key", "k", {}, false);
    const stack = new Stack([bucket, key]);
    seenOf(stack, read => read.ofType("aws:s3/bucket:Bucket"));
    expect(stack.takeMissed().map(({ urn }) => urn)).toEqual([bucket.urn]);
});

test("secrets stay secret in another shape", () => {
    const bucket = resource("aws-native:s3:Bucket", "a", { tags: [{ key: "purpose", value: SECRET }] });
    seenOf(new Stack([bucket]), read => {
        const [seen] = read.ofType("aws:s3/bucket:Bucket");
        expect(seen?.props.get("tags").get("purpose").show()).toBe("[secret]");
        expect(seen?.props.get("tags").show()).not.toContain("hunter2");
        expect(seen?.props.secretTexts()).toEqual(["hunter2-hunter2"]);
    });
});

test("a rule about resources is asked about those of Cloud Control that hold what it judges", () => {
    expect(rotation.types).toEqual(["aws:kms/key:Key", "aws-native:kms:Key"]);
    expect(decryptScoped.types).toContain("aws-native:iam:Role");
    expect(decryptScoped.types).not.toContain("aws-native:s3:Bucket");
    const all = { ...rotation, types: "all" } as const;
    expect(withNativeResources(all)).toBe(all);
});

test("nothing of Cloud Control is mended, where names and shapes are others", () => {
    expect(remediated(rotation, { type: "aws:kms/key:Key", props: {} })).toEqual({ enableKeyRotation: true });
    expect(remediated(rotation, { type: "aws-native:kms:Key", props: {} })).toBeUndefined();
});
