import { z } from "zod";
import { pathGlobs } from "../../kit/pattern";
import { remembering } from "../../kit/remember";
import type { Aspect } from "../../kit/report";
import { idOf, idsOf, isWithin, type Rule } from "../../kit/rule";
import { wildcard } from "../../kit/wildcard";
import { suggestion } from "../config-error";
import { daysUntil, isDate, today } from "../date";
import { mistakeInGlob } from "../glob";
import { isMatch } from "../selection";
import type { StackIdentity } from "../stack-identity";
import type { Mistake } from "../validate";

/** Name of the policy whose settings hold the exemptions, and of their file in the folder of settings. */
export const EXEMPTIONS = "exemptions";

/** A pattern that stands for more than a few things of one kind has fewer literal characters than this. */
const MIN_LITERAL = 3;

const text = z.string().regex(/\S/, "expected a text");

/** One exemption, as people write it. {@link mistakesInExemption} says what a schema cannot. */
export const Exemption = z.strictObject({
    rule: text
        .optional()
        .describe(
            "Name of the rule whose violations are exempted, or id of one of its aspects, `rule/aspect`; this or `tag`.",
        ),
    tag: text.optional().describe("Tag of the rules whose violations are exempted; this or `rule`."),
    resource: text
        .optional()
        .describe("URN of the resource, in which `*` stands for any text; this, `type` with `name`, or `file`."),
    type: text.optional().describe("Type token of the resource, such as aws:s3/bucket:Bucket; goes with `name`."),
    name: text
        .optional()
        .describe("Name of the resource in the program, in which `*` stands for any text; goes with `type`."),
    file: text.optional().describe("Path of the file as violations name it, or a glob pattern for such paths."),
    property: text
        .optional()
        .describe("Path of the property, such as ingress[0], when only violations there are exempted."),
    project: text.optional().describe("Glob pattern for the project; every project unless given."),
    stack: text.optional().describe("Glob pattern for the stack; every stack unless given."),
    reason: text.describe("Why the violation is accepted."),
    owner: text.describe("Who answers for it: a person or a team."),
    expires: z.string().describe("Last day of the exemption in UTC, as 2027-01-31."),
    ticket: text.optional().describe("Where it was decided."),
});
export type Exemption = z.output<typeof Exemption>;

/** Settings of the policy `exemptions`, and content of exemptions.yaml. */
export const ExemptionSettings = z.strictObject({
    list: z.array(Exemption).default([]).describe("The exemptions."),
    maxDays: z.int().min(1).max(3650).default(365).describe("How many days from today an exemption may last at most."),
    allowInProgram: z
        .boolean()
        .default(false)
        .describe(
            "Whether resources may exempt themselves by a tag or annotation named security-baseline/<rule> or security-baseline/<rule>/<aspect>.",
        ),
});
export type ExemptionSettings = z.output<typeof ExemptionSettings>;

/** What a violation is about, for finding its exemption. */
export interface Subject {
    readonly rule: Rule;
    /** The rule's aspect that it belongs to, where it belongs to one. */
    readonly aspect?: Aspect | undefined;
    /** URN of the resource; undefined for a file. */
    readonly urn: string | undefined;
    /** Path of the file; undefined for a resource. */
    readonly file: string | undefined;
    /** Path of the property in the resource or file; empty for all of it. */
    readonly path: string;
}

/**
 * What is wrong with an exemption whose shape is right. That it has expired is no mistake here: time does that, and
 * {@link isExpired} tells.
 */
export function mistakesInExemption(
    exemption: Exemption,
    maxDays: number,
    rules: readonly Rule[],
    now: Date,
): Mistake[] {
    const mistakes: Mistake[] = [];
    const add = (key: keyof Exemption, message: string) => mistakes.push({ path: [key], message });
    const { rule, tag, resource, type, name, file, expires } = exemption;
    if ((rule === undefined) === (tag === undefined)) {
        add("rule", `is ${rule === undefined ? "not set" : "set beside `tag`"}; expected either \`rule\` or \`tag\`.`);
    }
    const problem = rule === undefined ? undefined : problemOfId(rule, rules);
    if (problem !== undefined) add("rule", `is ${JSON.stringify(rule)}, ${problem}`);
    const tags = [...new Set(rules.flatMap(known => known.tags))];
    if (tag !== undefined && !tags.includes(tag)) {
        add("tag", `is ${JSON.stringify(tag)}, which no rule of this pack has.${suggestion(tag, tags)}`);
    }
    const targets = [resource, type ?? name, file].filter(target => target !== undefined);
    if (targets.length !== 1) {
        const observed = targets.length === 0 ? "is not set" : "is set beside another place";
        const key = resource === undefined && targets.length > 0 ? (file === undefined ? "type" : "file") : "resource";
        add(key, `${observed}; expected one of \`resource\`, \`type\` with \`name\`, and \`file\`.`);
    }
    for (const key of ["project", "stack", "file"] as const) {
        const mistake = mistakeInGlob(exemption[key] ?? "");
        if (mistake !== undefined) add(key, mistake);
    }
    if (type !== undefined && name === undefined)
        add("name", "is not set; expected the resource's name beside its type.");
    if (name !== undefined && type === undefined)
        add("type", "is not set; expected the resource's type beside its name.");
    if (type !== undefined && hasWildcard(type)) add("type", `is "${type}"; expected one type, without wildcards.`);
    if (name !== undefined && isWide(name)) add("name", `is "${name}", which is too wide; ${NARROW}.`);
    if (resource !== undefined) mistakes.push(...mistakesInUrn(resource));
    if (file !== undefined && isWideGlob(file)) add("file", `is "${file}", which is too wide; ${NARROW}.`);
    // Of a place that is no right one it would mislead to say what does not report there.
    if (mistakes.length === 0) mistakes.push(...mistakesInTarget(exemption, rules));
    if (!isDate(expires)) {
        add("expires", `is ${JSON.stringify(expires)}; expected a date such as 2027-01-31.`);
    } else if (daysUntil(expires, now) > maxDays) {
        add(
            "expires",
            `is ${expires}, in ${daysUntil(expires, now)} days; expected at most ${maxDays} days from today.`,
        );
    }
    return mistakes;
}

/** What rules never report on: then the exemption could not match, whatever the stack. */
function mistakesInTarget(exemption: Exemption, rules: readonly Rule[]): Mistake[] {
    const { resource, type, file } = exemption;
    const concerned = rules.filter(rule => isForRule(exemption, rule));
    if (concerned.length === 0) return [];
    const who = exemption.rule ?? `each rule with tag ${exemption.tag}`;
    if (file !== undefined && concerned.every(({ scope }) => scope !== "project")) {
        const expected = "expected `resource`, or `type` with `name`";
        return [{ path: ["file"], message: `is set, but ${who} judges resources and no files; ${expected}.` }];
    }
    const urn = resource === undefined ? undefined : splitUrn(resource);
    const own = urn === undefined ? type : typeOf(urn.type);
    if (own === undefined || hasWildcard(own)) return [];
    const path = [resource === undefined ? "type" : "resource"];
    if (concerned.every(({ scope }) => scope === "project")) {
        return [{ path, message: `is set, but ${who} judges files and no resources; expected \`file\`.` }];
    }
    if (!TYPE_TOKEN.test(own)) {
        return [{ path, message: `has type "${own}"; expected one such as aws:s3/bucket:Bucket.` }];
    }
    const types = concerned.flatMap(typesOf);
    if (types.includes("all") || types.includes(own)) return [];
    return [{ path, message: `has type "${own}", which ${who} does not judge.${suggestion(own, types)}` }];
}

/** `package:module:Type`; the module may be empty. */
const TYPE_TOKEN = /^[^:\s]+:[^:\s]*:[^:\s]+$/;

/** Types of resources that a rule may report on; `all` where it does not say. */
function typesOf(rule: Rule): readonly string[] {
    if (rule.scope === "project") return [];
    return rule.scope === "stack" || rule.types === "all" ? ["all"] : rule.types;
}

/** What is wrong with a text that should be a rule's name or the id of an aspect; undefined for nothing. */
function problemOfId(id: string, rules: readonly Rule[]): string | undefined {
    if (idsOf(rules).includes(id)) return undefined;
    const [name = "", ...rest] = id.split("/");
    const rule = rules.find(known => known.name === name);
    if (rule === undefined) {
        const names = rules.map(known => known.name);
        return `which is no rule of this pack.${suggestion(name, names)}`;
    }
    const aspects = (rule.aspects ?? []).map(aspect => aspect.id);
    if (aspects.length === 0) return `and the rule ${name} has no aspects; expected "${name}".`;
    const hint = suggestion(rest.join("/"), aspects);
    return `which is no aspect of the rule ${name}; expected one of ${aspects.join(", ")} behind the slash.${hint}`;
}

const NARROW = `expected at least ${MIN_LITERAL} characters beside wildcards`;

function isWide(pattern: string): boolean {
    return hasWildcard(pattern) && pattern.replaceAll("*", "").length < MIN_LITERAL;
}

/** Folders and stem of a glob pattern must say something; an ending alone, as in `*.yaml`, does not. */
function isWideGlob(pattern: string): boolean {
    const glob = /[*?[\]{}()!+@|]/;
    return glob.test(pattern) && pattern.replace(/\.\w+$/, "").replace(/[*?[\]{}()!+@|,./]/g, "").length < MIN_LITERAL;
}

function mistakesInUrn(urn: string): Mistake[] {
    const parts = splitUrn(urn);
    const wrong = (message: string): Mistake[] => [{ path: ["resource"], message: `is "${urn}"${message}` }];
    if (parts === undefined) return wrong("; expected a URN: urn:pulumi:stack::project::type::name.");
    if (hasWildcard(typeOf(parts.type))) return wrong(", whose type has a wildcard; expected one type.");
    if (isWide(parts.name)) return wrong(`, whose name is too wide; ${NARROW} in the name.`);
    return [];
}

/** The parts of a URN or of a pattern for URNs; undefined for any other text. Names may hold `::`. */
export function splitUrn(urn: string): { stack: string; project: string; type: string; name: string } | undefined {
    const [, stack, project, type, name] = /^urn:pulumi:(.*?)::(.*?)::(.*?)::(.+)$/s.exec(urn) ?? [];
    if (stack === undefined || project === undefined || type === undefined || name === undefined) return undefined;
    return { stack, project, type, name };
}

/** The resource's own type behind the types of its parents. */
export function typeOf(qualified: string): string {
    return qualified.slice(qualified.lastIndexOf("$") + 1);
}

/** That an exemption is past, as a mistake of whoever edits the file. */
export function expiryMistake(exemption: Exemption, now: Date): Mistake[] {
    if (!isDate(exemption.expires) || !isExpired(exemption, now)) return [];
    return [{ path: ["expires"], message: `is ${exemption.expires}, which is past; expected a date from today on.` }];
}

export function isExpired({ expires }: Exemption, now: Date): boolean {
    return today(now) > expires;
}

/** Whether an exemption is for a stack. An exemption for certain projects or stacks is not for an unknown one. */
export function isForStack(
    exemption: Exemption,
    { project, stack }: Pick<StackIdentity, "project" | "stack">,
): boolean {
    const urn = exemption.resource === undefined ? undefined : splitUrn(exemption.resource);
    return (
        (exemption.project === undefined || isMatch(project, exemption.project)) &&
        (exemption.stack === undefined || isMatch(stack, exemption.stack)) &&
        (urn === undefined || (stack !== undefined && isPart(stack, urn.stack))) &&
        (urn === undefined || (project !== undefined && isPart(project, urn.project)))
    );
}

/** Whether an exemption is for a rule, or for one of its aspects at least. */
export function isForRule({ rule, tag }: Exemption, { name, tags }: Rule): boolean {
    return rule === undefined ? tags.includes(tag ?? "") : isWithin(name, rule);
}

/**
 * Whether an exemption covers what a violation is about. The URN says the stack; for a file `identity` does. Parts of a
 * URN are compared one by one, so that a wildcard in one does not reach into another.
 */
export function covers(exemption: Exemption, subject: Subject, identity: StackIdentity): boolean {
    const { rule, aspect } = subject;
    if (!isForRule(exemption, rule) || !isAtProperty(exemption.property, subject.path)) return false;
    if (exemption.rule !== undefined && !isWithin(exemption.rule, idOf(rule, aspect))) return false;
    if (subject.urn === undefined) {
        const { file } = exemption;
        return (
            file !== undefined &&
            isForStack(exemption, identity) &&
            subject.file !== undefined &&
            isFile(subject.file, file)
        );
    }
    const urn = splitUrn(subject.urn);
    if (urn === undefined || !isForStack(exemption, urn)) return false;
    const pattern = exemption.resource === undefined ? undefined : splitUrn(exemption.resource);
    if (pattern !== undefined) return isPart(urn.type, pattern.type) && isPart(urn.name, pattern.name);
    return typeOf(urn.type) === exemption.type && isPart(urn.name, exemption.name ?? "");
}

/** The matchers of what exemptions say, each made once: there are no more of them than are written. */
const filesOf = remembering(pattern => pathGlobs([pattern]), Number.POSITIVE_INFINITY);
const textsOf = remembering(pattern => wildcard([pattern]), Number.POSITIVE_INFINITY);

function isFile(path: string, pattern: string): boolean {
    return path === pattern || filesOf(pattern)(path);
}

/** Whether a part of a URN matches a pattern, in which `*` alone means something: names in programs hold any sign. */
function isPart(text: string, pattern: string): boolean {
    return textsOf(pattern)(text);
}

/** Whether a pattern for a part of a URN stands for more than one text. */
export function hasWildcard(pattern: string): boolean {
    return pattern.includes("*");
}

function isAtProperty(property: string | undefined, path: string): boolean {
    return (
        property === undefined ||
        path === property ||
        (path.startsWith(property) && /^[.[]/.test(path.slice(property.length)))
    );
}
