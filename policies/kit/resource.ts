import type { PolicyResource, PolicyResourceOptions, ResourceValidationArgs } from "@pulumi/policy";
import { Value } from "./value";

/** A resource as rules see it, the same in resource rules and stack rules. */
export interface Resource {
    /** Type token, such as `aws:s3/bucket:Bucket`. */
    readonly type: string;
    /** Name in the program; not the name in the cloud. */
    readonly name: string;
    readonly urn: string;
    /**
     * The inputs as the program declares them. This is what rules judge. What the provider filled in is left out; what was
     * unknown before the resource was there is taken from the same property of its outputs.
     */
    readonly props: Value;
    /**
     * What the provider reports. It only identifies the resource (id, ARN, name): the rest of it repeats what companions of
     * the resource say, what AWS does by itself, or what once was.
     */
    readonly outputs: Value;
    /**
     * False for a resource of which the engine told no inputs in this operation: one that is new and not targeted, is imported, or
     * was left from before. Rules are not asked about those.
     */
    readonly isDeclared: boolean;
    /** Resource options. The engine hands over no `retainOnDelete`. */
    readonly options: PolicyResourceOptions;
    /** The provider that manages the resource: its URN and its inputs. Undefined for components, and where none is known. */
    readonly provider: { readonly urn: string; readonly props: Value } | undefined;
    /** URNs of the resources that each property refers to, by property name. Filled in stack rules only. */
    readonly references: Readonly<Record<string, readonly string[]>>;
    /** URNs of all resources this one depends on. Filled in stack rules only. */
    readonly dependencies: readonly string[];
}

/** A resource by the arguments of the SDK alone, which have one side of it: the inputs in a resource policy, else the outputs. */
export function resourceOf(source: ResourceValidationArgs | PolicyResource): Resource {
    return new SdkResource(source);
}

/** An id, ARN or name by which a resource goes in the cloud: as the provider reports it, else as the program gives it. */
export function identity({ outputs, props }: Resource, name: string): Value {
    const reported = outputs.get(name);
    return reported.text() === undefined || reported.text() === "" ? props.get(name) : reported;
}

/** Reads what is asked for and no more: most resources of a stack are looked at by their type only. */
class SdkResource implements Resource {
    readonly type: string;
    readonly name: string;
    readonly urn: string;
    readonly isDeclared = true;

    constructor(private readonly source: ResourceValidationArgs | PolicyResource) {
        this.type = source.type;
        this.name = source.name;
        this.urn = source.urn;
    }

    get props(): Value {
        return Value.of(this.source.props, this);
    }

    get outputs(): Value {
        return this.props;
    }

    get options(): PolicyResourceOptions {
        return this.source.opts;
    }

    get provider(): Resource["provider"] {
        const { provider } = this.source;
        return provider === undefined ? undefined : { urn: provider.urn, props: Value.of(provider.props, this) };
    }

    get references(): Resource["references"] {
        if (!("propertyDependencies" in this.source)) return {};
        const targets = Object.entries(this.source.propertyDependencies);
        return Object.fromEntries(targets.map(([property, resources]) => [property, urnsOf(resources)]));
    }

    get dependencies(): Resource["dependencies"] {
        return "dependencies" in this.source ? urnsOf(this.source.dependencies) : [];
    }
}

function urnsOf(resources: readonly PolicyResource[]): string[] {
    return resources.map(({ urn }) => urn);
}
