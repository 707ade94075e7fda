import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** Keys and marks by which the engine writes special values. Source: pulumi/pulumi, sdk/go/common/resource/properties.go. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/** What stands on the wire for a value that is known only after the update. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A resource that a program registered or a state holds, as far as a policy pack is told of it. */
export interface Resource {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** What a resource policy judges. */
    readonly inputs: Struct;
    /** What a stack policy judges. */
    readonly outputs: Struct;
    /** URN of the parent; empty for the root. */
    readonly parent: string;
    readonly protect: boolean;
    readonly ignoreChanges: readonly string[];
    readonly dependencies: readonly string[];
    /** URNs that each property refers to. */
    readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
    /** True for what was only looked up (`Bucket.get`), which resource policies are not asked about. */
    readonly isRead: boolean;
}

/** Something that was not judged, with the reason. */
export interface NotJudged {
    /** What it is: a URN, a file, a rule, or a program. */
    readonly subject: string;
    readonly reason: string;
}
