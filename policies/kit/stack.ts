import type { PolicyResource } from "@pulumi/policy";
import { identity, type Resource, resourceOf } from "./resource";
import type { Truth } from "./truth";
import type { Value } from "./value";

/** Properties that hold the ids, names and ARNs by which resources refer to one another. */
const IDENTITIES = ["id", "arn", "name", "bucket", "accountName"] as const;

/**
 * All resources of a stack with the indexes that stack rules need, so that each rule stays linear in their number.
 *
 * Indexes are built when first asked for.
 */
export class Stack {
    private readonly all: Resource[];
    private types: Map<string, Resource[]> | undefined;
    private urns: Map<string, Resource> | undefined;
    private positions: Map<string, number> | undefined;
    private readonly identities = new Map<string, Map<string, Resource[]>>();

    /** Types whose undeclared resources a rule would have looked at; see {@link takeMissed}. */
    private missed = new Set<string>();

    /**
     * The resources come in the order of their registration. `findBackendUrl` gives the URL of the backend that keeps this
     * stack's own state, where that can be known. References may mean any of the resources; judged are those that the program
     * declares.
     */
    constructor(
        resources: readonly Resource[],
        private readonly findBackendUrl: () => string | undefined = () => undefined,
    ) {
        this.all = [...resources];
    }

    /** Takes a resource in that was registered after all others. */
    add(resource: Resource): void {
        this.all.push(resource);
        if (this.types !== undefined) addTo(this.types, resource.type, resource);
        this.urns?.set(resource.urn, resource);
        this.positions?.set(resource.urn, this.all.length - 1);
        const index = this.identities.get(resource.type);
        if (index !== undefined) for (const text of identitiesOf(resource)) addTo(index, text, resource);
    }

    /** All resources from the given number on, those included that the program does not declare. */
    since(count: number): readonly Resource[] {
        return this.all.slice(count);
    }

    /** Whether any resource, declared or not, is of one of these types. */
    hasType(types: Iterable<string>): boolean {
        const index = this.byType();
        return [...types].some(type => index.has(type));
    }

    /** The resources that the program declares. */
    get resources(): readonly Resource[] {
        return this.all.filter(({ isDeclared }) => isDeclared);
    }

    /** URL of the backend that keeps this stack's own state, such as `s3://acme-state`; undefined where it is not known. */
    get backendUrl(): string | undefined {
        return this.findBackendUrl();
    }

    /** The resources of these types that the program declares, in the order of the types. */
    ofType(...types: readonly string[]): Resource[] {
        for (const type of types) this.missed.add(type);
        return this.allOfType(types).filter(({ isDeclared }) => isDeclared);
    }

    /** The resources of these types of whose inputs the engine told nothing. */
    undeclaredOfType(...types: readonly string[]): Resource[] {
        return this.allOfType(types).filter(({ isDeclared }) => !isDeclared);
    }

    /** The undeclared resources of all types that were asked for since the last call. */
    takeMissed(): Resource[] {
        const types = [...this.missed];
        this.missed = new Set();
        return this.undeclaredOfType(...types);
    }

    private allOfType(types: readonly string[]): Resource[] {
        const index = this.byType();
        return types.flatMap(type => index.get(type) ?? []);
    }

    private byType(): ReadonlyMap<string, Resource[]> {
        this.types ??= group(this.all, resource => [resource.type]);
        return this.types;
    }

    byUrn(urn: string): Resource | undefined {
        this.urns ??= new Map(this.all.map(resource => [resource.urn, resource]));
        return this.urns.get(urn);
    }

    /** Whether one resource of the stack is registered, and so created, before another. */
    isBefore(first: Resource, second: Resource): boolean {
        this.positions ??= new Map(this.all.map(({ urn }, position) => [urn, position]));
        return (this.positions.get(first.urn) ?? 0) < (this.positions.get(second.urn) ?? 0);
    }

    /**
     * The resources of type `targets` that `property` of a resource refers to.
     *
     * A known reference is compared with the ids, names and ARNs of the stack's resources. One that is unknown, as
     * references to new resources are in a preview, is found by the dependencies that the engine records for the
     * property or, where it records none, for the whole resource.
     */
    referredBy(property: Value, targets: readonly string[]): Resource[] {
        const text = property.string();
        if (text !== undefined) {
            const found = targets.flatMap(type => this.identitiesIn(type).get(text) ?? []);
            if (found.length > 0) return found;
        } else if (!property.isUnknown) {
            return [];
        }
        const owner = property.resource;
        if (owner === undefined) return [];
        const recorded = owner.references[property.property] ?? [];
        const wanted = new Set(targets);
        const urns = recorded.length > 0 || !property.isUnknown ? recorded : owner.dependencies;
        return [...new Set(urns)]
            .map(urn => this.byUrn(urn))
            .filter((resource): resource is Resource => resource !== undefined && wanted.has(resource.type));
    }

    /** Whether a reference is to this resource, among those of its type. */
    refersTo(reference: Value, target: Resource): Truth {
        const found = this.referredBy(reference, [target.type]);
        if (found.length === 0) return reference.isUnknown ? "unknown" : "no";
        return found.some(({ urn }) => urn === target.urn) ? "yes" : "no";
    }

    private identitiesIn(type: string): Map<string, Resource[]> {
        const index = this.identities.get(type) ?? group(this.allOfType([type]), identitiesOf);
        this.identities.set(type, index);
        return index;
    }
}

const stacks = new WeakMap<readonly PolicyResource[], Stack>();

/** The stack of these resources; the same stack, with its indexes, for the same list. */
export function stackOf(resources: readonly PolicyResource[], findBackendUrl?: () => string | undefined): Stack {
    const stack = stacks.get(resources) ?? new Stack(resources.map(resourceOf), findBackendUrl);
    stacks.set(resources, stack);
    return stack;
}

function identitiesOf(resource: Resource): string[] {
    const identities = IDENTITIES.map(name => identity(resource, name).string());
    return [...new Set(identities.filter((text): text is string => text !== undefined && text !== ""))];
}

function group(
    resources: readonly Resource[],
    keysOf: (resource: Resource) => readonly string[],
): Map<string, Resource[]> {
    const groups = new Map<string, Resource[]>();
    for (const resource of resources) {
        for (const key of keysOf(resource)) addTo(groups, key, resource);
    }
    return groups;
}

function addTo(groups: Map<string, Resource[]>, key: string, resource: Resource): void {
    const members = groups.get(key);
    if (members) members.push(resource);
    else groups.set(key, [resource]);
}
