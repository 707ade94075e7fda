import {
    type PolicyResource,
    type PolicyResourceOptions,
    type ResourceValidationArgs,
    type StackValidationArgs,
    unknownCheckingProxy,
} from "@pulumi/policy";

/** What the engine sends for a string that is known only during the update. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A reference to another resource of a case: unknown in preview form, the target's own value in update form. */
export class Ref {
    constructor(
        readonly target: string,
        readonly property: string,
        readonly format: (value: string) => string,
    ) {}
}

/**
 * `ref("data")` stands for the id of the resource named `data`, `ref("data", "arn")` for its ARN; `format` builds a larger
 * text around it, as `pulumi.interpolate` does.
 */
export function ref(target: string, property = "id", format: (value: string) => string = value => value): Ref {
    return new Ref(target, property, format);
}

/** A resource of a test case. */
export interface TestResource {
    readonly type: string;
    /** Unique within the case; `subject` unless given. */
    readonly name?: string;
    readonly props?: Record<string, unknown>;
    readonly options?: Partial<PolicyResourceOptions>;
    /** Name and settings of the provider that manages it; all resources without one have the same. */
    readonly provider?: { readonly name: string; readonly props: Record<string, unknown> };
    /** Names of resources it depends on besides those its properties refer to. */
    readonly dependsOn?: readonly string[];
}

/** `preview`: references are unknown and dependencies tell where they point; `update`: plain values, no property dependencies. */
export type Form = "preview" | "update";

/** Resource options as the engine gives them when a program sets none. */
export const OPTIONS: PolicyResourceOptions = {
    protect: false,
    ignoreChanges: [],
    aliases: [],
    customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    additionalSecretOutputs: [],
};

function urnOf(type: string, name: string): string {
    return `urn:pulumi:test::project::${type}::${name}`;
}

/** The SDK's error for "not applicable", whose class it keeps to itself. */
export class NotApplicable extends Error {}

const notApplicable = (reason?: string): never => {
    throw new NotApplicable(reason);
};

/** The argument of a resource policy as the SDK builds it, checking proxies included. */
export function resourceArgs(resource: TestResource, config: object): ResourceValidationArgs {
    const { type, name = "subject", props = {}, options = {} } = resource;
    return {
        ...providerOf(resource),
        type,
        name,
        urn: urnOf(type, name),
        props: unknownCheckingProxy({ ...props }),
        opts: { ...OPTIONS, ...options },
        stackTags: new Map(),
        isType: () => false,
        asType: () => undefined,
        getConfig: <T extends object>() => config as T,
        notApplicable,
    };
}

/** The part of an argument that tells a resource's provider. */
function providerOf({ provider }: TestResource): Pick<PolicyResource, "provider"> {
    if (provider === undefined) return {};
    const type = "pulumi:providers:aws";
    const { name, props } = provider;
    return { provider: { type, name, urn: urnOf(type, name), props: unknownCheckingProxy(props) } };
}

/** The argument of a stack policy as the SDK builds it. */
export function stackArgs(resources: readonly TestResource[], config: object, form: Form): StackValidationArgs {
    const named = resources.map(resource => ({ name: "subject", ...resource }));
    const built = new Map<string, PolicyResource>();
    const outputOf = (name: string, property: string): string => {
        const target = named.find(resource => resource.name === name);
        if (target === undefined) throw new Error(`The case has no resource named ${name}.`);
        const given = target.props?.[property];
        return typeof given === "string" ? given : `${name}-${property}`;
    };
    for (const resource of named) {
        const targets: Record<string, string[]> = {};
        const props: Record<string, unknown> = {};
        for (const [property, value] of Object.entries(resource.props ?? {})) {
            props[property] = substitute(value, reference => {
                targets[property] = [...(targets[property] ?? []), reference.target];
                return form === "preview" ? UNKNOWN : reference.format(outputOf(reference.target, reference.property));
            });
        }
        if (form === "update") props.id ??= `${resource.name}-id`;
        built.set(resource.name, {
            ...providerOf(resource),
            type: resource.type,
            name: resource.name,
            urn: urnOf(resource.type, resource.name),
            props: unknownCheckingProxy(props),
            opts: { ...OPTIONS, ...resource.options },
            dependencies: [...(resource.dependsOn ?? []), ...Object.values(targets).flat()] as never,
            propertyDependencies: (form === "preview" ? targets : {}) as never,
            isType: () => false,
            asType: () => undefined,
        });
    }
    const find = (name: string): PolicyResource => {
        const resource = built.get(name);
        if (resource === undefined) throw new Error(`The case has no resource named ${name}.`);
        return resource;
    };
    const linked = [...built.values()];
    for (const resource of linked) {
        resource.dependencies = (resource.dependencies as unknown as string[]).map(find);
        for (const [property, names] of Object.entries(resource.propertyDependencies)) {
            resource.propertyDependencies[property] = (names as unknown as string[]).map(find);
        }
    }
    return {
        resources: linked,
        stackTags: new Map(),
        getConfig: <T extends object>() => config as T,
        notApplicable,
    };
}

function substitute(value: unknown, replace: (reference: Ref) => unknown): unknown {
    if (value instanceof Ref) return replace(value);
    if (Array.isArray(value)) return value.map(item => substitute(item, replace));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, replace)]));
}
