import { resourceOf } from "../../policies/kit/resource";
import { Stack, stackOf as stackOfList } from "../../policies/kit/stack";
import { type Form, ref, stackArgs, type TestResource, UNKNOWN } from "../support/engine-args";

const BUCKET = "aws:s3/bucket:Bucket";
const ACL = "aws:s3/bucketAcl:BucketAcl";
const TOPIC = "aws:sns/topic:Topic";

function stackOf(resources: readonly TestResource[], form: Form): Stack {
    return new Stack(stackArgs(resources, {}, form).resources.map(resourceOf));
}

function bucketsOf(stack: Stack): string[] {
    return stack
        .ofType(ACL)
        .flatMap(acl => stack.referredBy(acl.props.get("bucket"), [BUCKET]).map(bucket => bucket.name));
}

describe.each(["preview", "update"] as const)("Stack in %s form", form => {
    test("finds the resource that a reference means, among several", () => {
        const stack = stackOf(
            [
                { type: BUCKET, name: "data" },
                { type: BUCKET, name: "logs" },
                { type: ACL, name: "acl", props: { bucket: ref("logs") } },
            ],
            form,
        );
        expect(bucketsOf(stack)).toEqual(["logs"]);
    });

    test("finds a resource by a name given as text", () => {
        const stack = stackOf(
            [
                { type: BUCKET, name: "data", props: { bucket: "acme-data" } },
                { type: ACL, name: "acl", props: { bucket: "acme-data" } },
            ],
            form,
        );
        expect(bucketsOf(stack)).toEqual(["data"]);
    });

    test("finds nothing for a name outside the stack, nor for no name at all", () => {
        const stack = stackOf(
            [
                { type: BUCKET, name: "data" },
                { type: ACL, name: "outside", props: { bucket: "somewhere-else" } },
                { type: ACL, name: "none", props: {} },
                { type: ACL, name: "wrong", props: { bucket: 5 } },
            ],
            form,
        );
        expect(bucketsOf(stack)).toEqual([]);
    });

    test("finds nothing of another type", () => {
        const stack = stackOf(
            [
                { type: TOPIC, name: "topic" },
                { type: ACL, name: "acl", props: { bucket: ref("topic") } },
            ],
            form,
        );
        expect(bucketsOf(stack)).toEqual([]);
    });
});

test("an unknown reference without recorded property falls back on what the resource depends on", () => {
    const [bucket, acl] = stackArgs(
        [
            { type: BUCKET, name: "data" },
            { type: ACL, name: "acl", props: { bucket: ref("data") } },
        ],
        {},
        "preview",
    ).resources;
    if (bucket === undefined || acl === undefined) throw new Error("two resources were built");
    acl.propertyDependencies = {};
    expect(bucketsOf(new Stack([bucket, acl].map(resourceOf)))).toEqual(["data"]);
});

test("a dependency alone does not bind what refers elsewhere by name", () => {
    const stack = stackOf(
        [
            { type: BUCKET, name: "data" },
            { type: ACL, name: "acl", props: { bucket: "somewhere-else" }, dependsOn: ["data"] },
        ],
        "update",
    );
    expect(bucketsOf(stack)).toEqual([]);
});

test("knows the order of registration, and takes in what comes after all others", () => {
    const [data, logs, acl] = stackArgs(
        [
            { type: BUCKET, name: "data" },
            { type: BUCKET, name: "logs", props: { bucket: "acme-logs" } },
            { type: ACL, name: "acl", props: { bucket: "acme-logs" } },
        ],
        {},
        "update",
    ).resources.map(resourceOf);
    if (data === undefined || logs === undefined || acl === undefined) throw new Error("a resource is missing");
    const whole = new Stack([data, logs, acl]);
    const grown = new Stack([data]);
    // All indexes are there before the others come.
    expect(grown.referredBy(acl.props.get("bucket"), [BUCKET])).toEqual([]);
    expect([grown.ofType(ACL), grown.byUrn(acl.urn), grown.isBefore(data, data)]).toEqual([[], undefined, false]);
    expect(grown.resources).toEqual([data]);
    grown.add(logs);
    grown.add(acl);
    for (const stack of [whole, grown]) {
        expect(stack.referredBy(acl.props.get("bucket"), [BUCKET])).toEqual([logs]);
        expect(stack.ofType(ACL, BUCKET)).toEqual([acl, data, logs]);
        expect(stack.byUrn(acl.urn)).toBe(acl);
        expect(stack.resources).toEqual([data, logs, acl]);
        expect([stack.isBefore(data, logs), stack.isBefore(acl, logs)]).toEqual([true, false]);
    }
});

test("finds resources by what their types have in common, in the order of registration", () => {
    const [acl, topic, data, late] = stackArgs(
        [
            { type: ACL, name: "acl" },
            { type: TOPIC, name: "topic" },
            { type: BUCKET, name: "data" },
            { type: ACL, name: "late" },
        ],
        {},
        "update",
    ).resources.map(resourceOf);
    if (acl === undefined || topic === undefined || data === undefined || late === undefined) {
        throw new Error("a resource is missing");
    }
    const isOfS3 = jest.fn((type: string) => type.startsWith("aws:s3/"));
    const undeclared = { ...data, isDeclared: false, urn: `${data.urn}2` } as typeof data;
    const stack = new Stack([acl, topic, data, undeclared]);
    expect(stack.whereType(isOfS3)).toEqual([acl, data]);
    expect(isOfS3).toHaveBeenCalledTimes(3);
    stack.add(late);
    stack.add(undeclared);
    expect(stack.whereType(isOfS3)).toEqual([acl, data, late]);
    expect(stack.whereType(() => false)).toEqual([]);
});

describe("a stack with resources that the program does not declare", () => {
    const resources = () => {
        const [data, logs, topic, acl] = stackArgs(
            [
                { type: BUCKET, name: "data" },
                { type: BUCKET, name: "logs" },
                { type: TOPIC, name: "topic" },
                { type: ACL, name: "acl" },
            ],
            {},
            "update",
        ).resources.map(resourceOf);
        if (data === undefined || logs === undefined || topic === undefined || acl === undefined)
            throw new Error("a resource is missing");
        const undeclared = (resource: typeof data) =>
            Object.create(resource, { isDeclared: { value: false } }) as typeof data;
        return { data, logs: undeclared(logs), topic: undeclared(topic), acl };
    };
    const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name);

    test("judges those that it declares, and knows the others", () => {
        const { data, logs, topic, acl } = resources();
        const stack = new Stack([data, logs, topic, acl]);
        expect(names(stack.resources)).toEqual(["data", "acl"]);
        expect(names(stack.ofType(BUCKET, TOPIC))).toEqual(["data"]);
        expect(names(stack.undeclaredOfType(BUCKET, TOPIC))).toEqual(["logs", "topic"]);
        expect(names(stack.whereType(type => type !== ACL))).toEqual(["data"]);
        expect(names(stack.whereType(() => false))).toEqual([]);
        expect(names(stack.since(0))).toEqual(["data", "logs", "topic", "acl"]);
        expect(names(stack.since(2))).toEqual(["topic", "acl"]);
        expect([
            stack.hasType([TOPIC]),
            stack.hasType(["a:b:C", ACL]),
            stack.hasType(["a:b:C"]),
            stack.hasType([]),
        ]).toEqual([true, true, false, false]);
    });

    test("tells once which of them a rule asked for in vain", () => {
        const { data, logs, topic, acl } = resources();
        const stack = new Stack([data, logs, topic, acl]);
        expect(stack.takeMissed()).toEqual([]);
        stack.ofType(BUCKET);
        stack.ofType(ACL);
        expect(names(stack.takeMissed())).toEqual(["logs"]);
        expect(stack.takeMissed()).toEqual([]);
    });

    test("takes in what comes later, declared or not", () => {
        const { data, logs, acl } = resources();
        const stack = new Stack([data]);
        expect(names(stack.resources)).toEqual(["data"]);
        stack.add(logs);
        stack.add(acl);
        expect(names(stack.resources)).toEqual(["data", "acl"]);
        expect(stack.isBefore(logs, acl)).toBe(true);
        expect(stack.isBefore(acl, logs)).toBe(false);
        expect(stack.isBefore(data, logs)).toBe(true);
    });
});

describe("a reference", () => {
    test.each(["id", "arn", "name", "bucket", "accountName"])("may be to the %s of a resource", property => {
        const stack = stackOf(
            [
                { type: BUCKET, name: "data", props: { [property]: "acme-data" } },
                { type: BUCKET, name: "empty", props: { [property]: "" } },
                { type: ACL, name: "acl", props: { bucket: "acme-data" } },
                { type: ACL, name: "blank", props: { bucket: "" } },
            ],
            "update",
        );
        expect(bucketsOf(stack)).toEqual(["data"]);
        expect(bucketsOf(stack)).toEqual(["data"]);
    });

    test("is to a resource, to another one, or cannot be told", () => {
        const stack = stackOf(
            [
                { type: BUCKET, name: "data", props: { bucket: "acme-data" } },
                { type: BUCKET, name: "logs" },
                { type: ACL, name: "known", props: { bucket: "acme-data" } },
                { type: ACL, name: "foreign", props: { bucket: "elsewhere" } },
                { type: ACL, name: "unknown", props: { bucket: UNKNOWN } },
                { type: ACL, name: "new", props: { bucket: ref("logs") } },
            ],
            "preview",
        );
        const [data, logs] = stack.ofType(BUCKET);
        if (data === undefined || logs === undefined) throw new Error("a bucket is missing");
        const answers = stack
            .ofType(ACL)
            .map(({ props }) => [data, logs].map(one => stack.refersTo(props.get("bucket"), one)));
        expect(answers).toEqual([
            ["yes", "no"],
            ["no", "no"],
            ["unknown", "unknown"],
            ["no", "yes"],
        ]);
    });
});

test("the same list of resources gives the same stack, with the backend that was found", () => {
    const { resources } = stackArgs([{ type: BUCKET, name: "data" }], {}, "update");
    const stack = stackOfList(resources, () => "s3://acme-state");
    expect(stackOfList(resources)).toBe(stack);
    expect(stackOfList([...resources])).not.toBe(stack);
    expect([stack.backendUrl, stackOfList([...resources]).backendUrl]).toEqual(["s3://acme-state", undefined]);
    expect(stack.resources.map(({ name }) => name)).toEqual(["data"]);
});
