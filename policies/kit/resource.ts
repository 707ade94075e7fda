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
    return new EngineResource(args, undefined);
}

/** One resource of those that the engine asks a stack policy about. */
export function stackResourceOf(resource: PolicyResource): Resource {
    return new EngineResource(resource, resource);
}

/** Reads what is asked for and no more: most resources of a stack are looked at by their type only. */
class EngineResource implements Resource {
    readonly type: string;
    readonly name: string;
    readonly urn: string;

    constructor(
        private readonly source: Pick<ResourceValidationArgs, "type" | "name" | "urn" | "opts" | "props">,
        private readonly graph: Pick<PolicyResource, "propertyDependencies" | "dependencies"> | undefined,
    ) {
        this.type = source.type;
        this.name = source.name;
        this.urn = source.urn;
    }

    get props(): Value {
        return Value.of(this.source.props, this);
    }

    get options(): PolicyResourceOptions {
        return this.source.opts;
    }

    get references(): Resource["references"] {
        const targets = Object.entries(this.graph?.propertyDependencies ?? {});
        return Object.fromEntries(targets.map(([property, resources]) => [property, urnsOf(resources)]));
    }

    get dependencies(): Resource["dependencies"] {
        return urnsOf(this.graph?.dependencies ?? []);
    }
}

function urnsOf(resources: readonly PolicyResource[]): string[] {
    return resources.map(({ urn }) => urn);
}
