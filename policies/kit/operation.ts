import type { Resource } from "./resource";
import type { Stack } from "./stack";

/**
 * What the engine told of the operation that runs, an update or its preview or the analysis of a state: it asks about each
 * resource with its inputs, and then about the whole stack with the outputs.
 */
export interface Operation {
    /** The resource that the engine asked about last under this URN; undefined where it asked about none. */
    resource(urn: string): Resource | undefined;
    /** While the whole stack is judged all its resources, before that those that were asked about so far. */
    readonly stack: Stack;
    /**
     * Whether the program declares nothing: a destroy or refresh that runs it all the same asks about none of the resources
     * that it lists in the end.
     */
    readonly isWithoutProgram: boolean;
}
