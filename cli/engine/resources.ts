import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { SourcePosition } from "./source-position";

/** A resource that a program registered or a state holds, as far as a policy pack is told of it. */
export interface Resource {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** What the program declares, after the provider's check where there was one: with the names of the defaults it filled in. */
    readonly inputs: Struct;
    /** What the provider reports. */
    readonly outputs: Struct;
    /** URN of the provider that manages the resource; empty for components and where none is known. */
    readonly provider: string;
    /** URN of the parent; empty for the root. */
    readonly parent: string;
    readonly protect: boolean;
    readonly ignoreChanges: readonly string[];
    readonly dependencies: readonly string[];
    /** URNs that each property refers to. */
    readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
    /** True for what was only looked up (`Bucket.get`), which resource policies are not asked about. */
    readonly isRead: boolean;
    /** Where the program makes the resource; undefined where that is not known or inside of a package. */
    readonly source: SourcePosition | undefined;
}

/** Something that was not judged, with the reason. */
export interface NotJudged {
    /** What it is: a URN, a file, a rule, or a program. */
    readonly subject: string;
    readonly reason: string;
    /** The last lines that a failing program printed, besides those in the reason. */
    readonly output?: string;
}
