import type { Severity } from "@pulumi/policy";
import type { Resource } from "./resource";
import { Value } from "./value";

/**
 * A place in a file, such as a `FileValue`. The file's path is relative to the repository or project that is judged;
 * lines count from 1; `path` is the keys that lead to the place.
 */
export interface FileLocation {
    readonly file: string;
    readonly line?: number | undefined;
    readonly path?: string | undefined;
}

/** Something that is wrong at a place in a file. `message` is what a report puts behind the place. */
export interface Problem {
    readonly at: FileLocation;
    readonly message: string;
}

/** What a violation is about: a property, a whole resource, or a place in a file. */
export type Place = Value | Resource | FileLocation;

/** One of the requirements that a rule is made of, which findings and exemptions name. */
export interface Aspect {
    /** Kebab-case, unique in its rule, and public: findings have the id `rule/aspect`. Says what is required. */
    readonly id: string;
    /** One or two sentences that say what is required. */
    readonly description: string;
    /** How harmful a violation is, in the author's view. */
    readonly severity: Severity;
}

/** How a rule says what it found. Messages are sentences that give the observed and the expected value. */
export interface Report {
    /** A breach of the rule; reported at the rule's enforcement level. */
    violation(at: Place, message: string): void;
    /** Something that cannot be judged (yet), such as a value that is unknown in a preview; reported as advisory. */
    undetermined(at: Place, message: string): void;
    /** Something worth knowing that breaks no rule; reported as advisory. */
    note(at: Place, message: string): void;
    /** Ends the rule for this resource or stack: it does not concern it, for `reason`. */
    notApplicable(reason: string): never;
    /** The same for one of the rule's aspects: what is reported there belongs to it. */
    of(aspect: Aspect): Report;
}

/** What the whole message of an undetermined finding begins with, before the place it is about. */
export const UNDETERMINED = "Cannot be judged yet: ";

/** The URN that a place belongs to, where it belongs to a resource. */
export function urnOf(at: Place): string | undefined {
    return resourceAt(at)?.urn;
}

/** The resource that a place is or belongs to, where there is one. */
export function resourceAt(at: Place): Resource | undefined {
    if (at instanceof Value) return at.resource;
    return "urn" in at ? at : undefined;
}

/** A message with the place it is about in front: `bucket 'logs', acl: …` or `Pulumi.prod.yaml:7: …`. */
export function locate(at: Place, message: string): string {
    if (at instanceof Value) {
        const owner = at.resource === undefined ? "" : describe(at.resource);
        const place = [owner, at.path].filter(part => part !== "").join(", ");
        return place === "" ? message : `${place}: ${message}`;
    }
    if ("urn" in at) return `${describe(at)}: ${message}`;
    const line = at.line === undefined ? at.file : `${at.file}:${at.line}`;
    return at.path ? `${line}: ${at.path}: ${message}` : `${line}: ${message}`;
}

/** How many characters a message has at most; what is longer is cut, and the rest counted. */
export const MAX_MESSAGE_LENGTH = 2_000;

/** Control characters, marks that change the direction of text, and separators of lines and paragraphs. */
export const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A message that terminals and CI logs show as it is, whatever strangers named their files and resources: on one line,
 * without control characters, not taken for a command of GitHub's runner (`::error::`), and of limited length.
 */
export function printable(message: string): string {
    const text = message
        .replace(UNPRINTABLE, character => `\\u{${character.codePointAt(0)?.toString(16)}}`)
        .replace(/^(\s*)::/, "$1\\u{3a}:");
    if (text.length <= MAX_MESSAGE_LENGTH) return text;
    return `${text.slice(0, MAX_MESSAGE_LENGTH)}… (and ${text.length - MAX_MESSAGE_LENGTH} more characters)`;
}

/** A message behind which the id of its finding stands, `rule/aspect`, by which an exemption can name it. */
export function identified(message: string, id: string): string {
    return `${message} [${id}]`;
}

/** The aspect of a rule whose id stands behind a message; undefined where none does. */
export function aspectOf(message: string, rule: string): string | undefined {
    const [, name, aspect] = / \[([\w-]{1,100})\/([\w-]{1,100})\]$/.exec(message) ?? [];
    return name === rule ? aspect : undefined;
}

/** The place in a file that a located message begins with, and the rest of it; undefined where it begins with none. */
export function parseLocation(
    located: string,
): { file: string; line: number | undefined; message: string } | undefined {
    const [, file, line, message] = /^([^:\n]+?)(?::(\d+))?: (.*)$/s.exec(located) ?? [];
    if (file === undefined || message === undefined) return undefined;
    return { file, line: line === undefined ? undefined : Number(line), message };
}

function describe(resource: Resource): string {
    return `${resource.type.slice(resource.type.lastIndexOf(":") + 1)} '${resource.name}'`;
}
