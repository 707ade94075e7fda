import type { PolicyResource, PolicyResourceOptions, ResourceValidationArgs } from "@pulumi/policy";
import { Value } from "./value";

/** A resource as rules see it, the same in resource rules and stack rules. */
export interface Resource {
    /** Type token, such as `aws:s3/bucket:Bucket`. */
    readonly type: string;
    /** Name in the program; not the name in the cloud. */
    readonly name: string;
    readonly urn: string;
    /** In a resource rule the inputs, in a stack rule the outputs. */
    readonly props: Value;
    /** Resource options. The engine hands over no `retainOnDelete`. */
    readonly options: PolicyResourceOptions;
    /** The resources that each property refers to, by property name. Filled in stack rules only. */
    readonly references: Readonly<Record<string, readonly string[]>>;
    /** URNs of all resources this one depends on. Filled in stack rules only. */
    readonly dependencies: readonly string[];
}

/** The resource that the engine asks a resource policy about. */
export function resourceOf(args: ResourceValidationArgs): Resource {
    return build(args, {}, []);
}

/** One resource of those that the engine asks a stack policy about. */
export function stackResourceOf(resource: PolicyResource): Resource {
    const references = Object.fromEntries(
        Object.entries(resource.propertyDependencies).map(([property, targets]) => [property, targets.map(t => t.urn)]),
    );
    return build(
        resource,
        references,
        resource.dependencies.map(target => target.urn),
    );
}

function build(
    source: Pick<ResourceValidationArgs, "type" | "name" | "urn" | "opts" | "props">,
    references: Resource["references"],
    dependencies: Resource["dependencies"],
): Resource {
    const resource: Resource = {
        type: source.type,
        name: source.name,
        urn: source.urn,
        options: source.opts,
        references,
        dependencies,
        get props() {
            return Value.of(source.props, resource);
        },
    };
    return resource;
}
