import { z } from "zod";
import {
    covers,
    Exemption,
    ExemptionSettings,
    expiryMistake,
    isExpired,
    isForStack,
    mistakesInExemption,
    type Subject,
    splitUrn,
    typeOf,
} from "../../../policies/config/exemptions/exemption";
import { parseStackName } from "../../../policies/config/stack-identity";
import { projectRule, resourceRule } from "../../../policies/kit/rule";

const NOW = new Date("2026-11-23T12:00:00Z");

const metadata = {
    title: "Things are right",
    description: "Things must be right.",
    severity: "low",
    enforcementLevel: "mandatory",
    controls: [],
    remediationSteps: ["Make it right."],
    url: "https://example.com/",
    settings: z.strictObject({}),
} as const;
const RULE = resourceRule({ ...metadata, name: "thing-right", tags: ["thing"], types: "all", judge: () => undefined });
const ASPECTS = ["kept-open", "kept-clean"].map(id => ({ id, description: "It is kept.", severity: "low" as const }));
const PARTED = resourceRule({ ...RULE, name: "thing-kept", aspects: ASPECTS, judge: () => undefined });
const FILES = projectRule({ ...metadata, name: "file-right", tags: ["file"], judge: () => undefined });
const RULES = [RULE, FILES, PARTED];

const URN = "urn:pulumi:prod::shop::my:index:Site$aws:s3/bucket:Bucket::assets-1";
const EXEMPTION: Exemption = {
    rule: "thing-right",
    resource: URN,
    reason: "Known and accepted.",
    owner: "web-team",
    expires: "2027-01-31",
};

function without(...keys: (keyof Exemption)[]): Exemption {
    return Object.fromEntries(
        Object.entries(EXEMPTION).filter(([key]) => !keys.includes(key as keyof Exemption)),
    ) as never;
}

describe("an exemption covers", () => {
    const at = (urn: string, path = ""): Subject => ({ rule: RULE, urn, file: undefined, path });
    const isCovered = (change: Partial<Exemption>, subject: Subject = at(URN), stack = "acme/shop/prod") =>
        covers({ ...without("resource"), ...change }, subject, parseStackName(stack));

    test("a resource by its URN, and no other", () => {
        expect(isCovered({ resource: URN })).toBe(true);
        expect(isCovered({ resource: URN }, at(`${URN}2`))).toBe(false);
        expect(isCovered({ resource: URN }, at(URN.replace("prod", "dev")))).toBe(false);
        expect(isCovered({ resource: URN }, { ...at(URN), rule: FILES })).toBe(false);
    });

    test("resources by a pattern for URNs, part by part", () => {
        const resource = "urn:pulumi:*::shop::*$aws:s3/bucket:Bucket::assets-*";
        expect(isCovered({ resource })).toBe(true);
        expect(isCovered({ resource }, at(URN.replace("prod", "dev")))).toBe(true);
        expect(isCovered({ resource }, at(URN.replace("shop", "other")))).toBe(false);
        expect(isCovered({ resource }, at(URN.replace("assets", "logs")))).toBe(false);
    });

    test("no resource whose name was made to look like the end of the pattern", () => {
        const resource = "urn:pulumi:*::shop::aws:s3/bucket:Bucket::assets-*";
        const urn = "urn:pulumi:dev::evil::aws:s3/bucket:Bucket::x::shop::aws:s3/bucket:Bucket::assets-1";
        expect(isCovered({ resource }, at(urn))).toBe(false);
    });

    test("a resource by type and name, below any parent", () => {
        expect(isCovered({ type: "aws:s3/bucket:Bucket", name: "assets-1" })).toBe(true);
        expect(isCovered({ type: "aws:s3/bucket:Bucket", name: "assets-*" })).toBe(true);
        expect(isCovered({ type: "aws:s3/bucket:Bucket", name: "assets" })).toBe(false);
        expect(isCovered({ type: "my:index:Site", name: "assets-1" })).toBe(false);
    });

    test("the project and stack that the URN names, whatever the run says of itself", () => {
        const place = { type: "aws:s3/bucket:Bucket", name: "assets-1" };
        expect(isCovered({ ...place, project: "shop", stack: "pr*" }, at(URN), "acme/other/dev")).toBe(true);
        expect(isCovered({ ...place, stack: "dev" })).toBe(false);
        expect(isCovered({ ...place, project: "other" })).toBe(false);
    });

    test("all rules with a tag", () => {
        const { rule: _, ...rest } = EXEMPTION;
        const tagged = (tag: string) => covers({ ...rest, tag }, at(URN), parseStackName("prod"));
        expect([tagged("thing"), tagged("file")]).toEqual([true, false]);
    });

    test("a rule with all its aspects, or one aspect and no other finding of the rule", () => {
        const [open, clean] = ASPECTS;
        const covered = (rule: string) =>
            [open, clean, undefined].map(aspect =>
                isCovered({ resource: URN, rule }, { ...at(URN), rule: PARTED, aspect }),
            );
        expect(covered("thing-kept")).toEqual([true, true, true]);
        expect(covered("thing-kept/kept-open")).toEqual([true, false, false]);
        expect(covered("thing-kept/kept")).toEqual([false, false, false]);
        expect(covered("thing-right")).toEqual([false, false, false]);
        expect(
            isCovered(
                { ...without("rule"), resource: URN, rule: undefined, tag: "thing" },
                { ...at(URN), rule: PARTED, aspect: open },
            ),
        ).toBe(true);
    });

    test("one property and what is inside it", () => {
        const one = (property: string, path: string) => isCovered({ resource: URN, property }, at(URN, path));
        expect(one("ingress[0]", "ingress[0]")).toBe(true);
        expect(one("ingress[0]", "ingress[0].cidrBlocks[1]")).toBe(true);
        expect(one("ingress", "ingress[0]")).toBe(true);
        expect(one("ingress[1]", "ingress[10]")).toBe(false);
        expect(one("ingress", "ingressRules")).toBe(false);
        expect(one("ingress[0]", "")).toBe(false);
    });

    test("a file, in the stacks it is for", () => {
        const subject: Subject = { rule: FILES, urn: undefined, file: "infra/Pulumi.prod.yaml", path: "" };
        const file = (change: Partial<Exemption>, stack = "shop/prod") =>
            covers({ ...without("resource"), rule: "file-right", ...change }, subject, parseStackName(stack));
        expect(file({ file: "infra/Pulumi.prod.yaml" })).toBe(true);
        expect(file({ file: "infra/*.yaml" })).toBe(true);
        expect(file({ file: "Pulumi.prod.yaml" })).toBe(false);
        expect(file({ file: "infra/Pulumi.prod.yaml", stack: "dev" })).toBe(false);
        expect(file({ resource: URN })).toBe(false);
    });
});

test("an exemption holds through its last day in UTC", () => {
    expect(isExpired(EXEMPTION, new Date("2027-01-31T23:59:59Z"))).toBe(false);
    expect(isExpired(EXEMPTION, new Date("2027-02-01T00:00:00Z"))).toBe(true);
});

describe("what can never match is a mistake:", () => {
    const TYPED = resourceRule({
        ...metadata,
        name: "bucket-right",
        tags: ["bucket"],
        types: ["aws:s3/bucket:Bucket"],
        judge: () => undefined,
    });
    const told = (exemption: Partial<Exemption>) =>
        mistakesInExemption({ ...without("resource"), ...exemption }, 365, [...RULES, TYPED], NOW).map(
            ({ path, message }) => `${path.join(".")} ${message}`,
        );

    test.each([
        [
            "a file of a rule about resources",
            { file: "ci.yml" },
            "file is set, but thing-right judges resources and no files; expected `resource`, or `type` with `name`.",
        ],
        [
            "a URN of a rule about files",
            { rule: "file-right", resource: URN },
            "resource is set, but file-right judges files and no resources; expected `file`.",
        ],
        [
            "a type of a rule about files",
            { rule: "file-right", type: "a:b:C", name: "web" },
            "type is set, but file-right judges files and no resources; expected `file`.",
        ],
        [
            "a tag that only rules about files have",
            { rule: undefined, tag: "file", resource: URN },
            "resource is set, but each rule with tag file judges files and no resources; expected `file`.",
        ],
        [
            "a type that the rule does not judge",
            { rule: "bucket-right", type: "aws:s3/bucket:Buckt", name: "web" },
            'type has type "aws:s3/bucket:Buckt", which bucket-right does not judge. Did you mean aws:s3/bucket:Bucket?',
        ],
        [
            "a URN with such a type",
            { rule: "bucket-right", resource: "urn:pulumi:a::b::x:y:Z$a:b:C::web" },
            'resource has type "a:b:C", which bucket-right does not judge.',
        ],
        [
            "what is no type at all",
            { type: "Bucket", name: "web" },
            'type has type "Bucket"; expected one such as aws:s3/bucket:Bucket.',
        ],
    ])("%s", (_, exemption, expected) => expect(told(exemption)).toEqual([expected]));

    test.each([
        ["a place where another rule with the tag reports", { rule: undefined, tag: "thing", resource: URN }],
        [
            "a type that only a wildcard could tell",
            { rule: "bucket-right", resource: "urn:pulumi:a::b::*$aws:s3/bucket:Bucket::web" },
        ],
        ["a type that the rule judges", { rule: "bucket-right", resource: URN }],
        ["any type of a rule about all", { type: "a::C", name: "web" }],
        ["a file of a rule about files", { rule: "file-right", file: "ci.yml" }],
    ])("and not %s", (_, exemption) => expect(told(exemption)).toEqual([]));
});

describe("an exemption is for a stack", () => {
    const at = (change: Partial<Exemption>, project?: string, stack?: string) =>
        isForStack({ ...without("resource"), ...change }, { project, stack });

    test.each<[string, Partial<Exemption>, string | undefined, string | undefined, boolean]>([
        ["any, where it names none", {}, undefined, undefined, true],
        ["of the project that it names", { project: "sho*" }, "shop", undefined, true],
        ["and not of another", { project: "sho*" }, "other", "prod", false],
        ["and not of an unknown one", { project: "*" }, undefined, "prod", false],
        ["that it names", { stack: "{prod,live}" }, undefined, "live", true],
        ["and not another", { stack: "{prod,live}" }, "shop", "dev", false],
        ["and not an unknown one", { stack: "*" }, "shop", undefined, false],
        ["that its URN names", { resource: URN }, "shop", "prod", true],
        ["and not another than in the URN", { resource: URN }, "shop", "dev", false],
        ["and not of another project than in the URN", { resource: URN }, "other", "prod", false],
        ["and not an unknown one, with a URN", { resource: URN }, "shop", undefined, false],
        ["and not of an unknown project, with a URN", { resource: URN }, undefined, "prod", false],
    ])("%s", (_, change, project, stack, expected) => {
        expect(at(change, project, stack)).toBe(expected);
    });
});

test("that an exemption is past is a mistake of whoever edits it", () => {
    const told = (expires: string) => expiryMistake({ ...EXEMPTION, expires }, NOW);
    expect(told("2026-11-22")).toEqual([
        { path: ["expires"], message: "is 2026-11-22, which is past; expected a date from today on." },
    ]);
    expect([told("2026-11-23"), told("soon"), told("2026-02-30")]).toEqual([[], [], []]);
});

test("a URN has its parts, and names may hold anything", () => {
    expect(splitUrn("urn:pulumi:prod::shop::a:b:C$d:e:F::x::y\nz")).toEqual({
        stack: "prod",
        project: "shop",
        type: "a:b:C$d:e:F",
        name: "x::y\nz",
    });
    for (const text of ["", "x urn:pulumi:a::b::c::d", "urn:pulumi:a::b::c::", "urn:pulumi:a::b::c"])
        expect(splitUrn(text)).toBeUndefined();
    expect([typeOf("a:b:C$d:e:F$g:h:I"), typeOf("a:b:C")]).toEqual(["g:h:I", "a:b:C"]);
});

describe("settings of exemptions", () => {
    test("have defaults and borders", () => {
        expect(ExemptionSettings.parse({})).toEqual({ list: [], maxDays: 365, allowInProgram: false });
        const isRight = (maxDays: unknown) => ExemptionSettings.safeParse({ maxDays }).success;
        expect([0, 1, 3650, 3651, 1.5].map(isRight)).toEqual([false, true, true, false, false]);
    });

    test("need a text where one is expected, and what must be there", () => {
        const isRight = (change: object) => Exemption.safeParse({ ...EXEMPTION, ...change }).success;
        for (const key of [
            "rule",
            "tag",
            "resource",
            "type",
            "name",
            "file",
            "property",
            "project",
            "stack",
            "ticket",
        ]) {
            expect([isRight({ [key]: "a" }), isRight({ [key]: " " }), isRight({ [key]: undefined })]).toEqual([
                true,
                false,
                true,
            ]);
        }
        for (const key of ["reason", "owner", "expires"]) expect(isRight({ [key]: undefined })).toBe(false);
        for (const key of ["reason", "owner"]) expect(isRight({ [key]: "" })).toBe(false);
        expect(isRight({ other: "a" })).toBe(false);
    });

    test("are described for editors", () => {
        const described = (shape: Record<string, z.ZodType>) =>
            Object.fromEntries(Object.entries(shape).map(([key, { description }]) => [key, description]));
        expect(described(ExemptionSettings.shape)).toEqual({
            list: "The exemptions.",
            maxDays: "How many days from today an exemption may last at most.",
            allowInProgram:
                "Whether resources may exempt themselves by a tag or annotation named security-baseline/<rule> or security-baseline/<rule>/<aspect>.",
        });
        expect(described(Exemption.shape)).toEqual({
            rule: "Name of the rule whose violations are exempted, or id of one of its aspects, `rule/aspect`; this or `tag`.",
            tag: "Tag of the rules whose violations are exempted; this or `rule`.",
            resource: "URN of the resource, in which `*` stands for any text; this, `type` with `name`, or `file`.",
            type: "Type token of the resource, such as aws:s3/bucket:Bucket; goes with `name`.",
            name: "Name of the resource in the program, in which `*` stands for any text; goes with `type`.",
            file: "Path of the file as violations name it, or a glob pattern for such paths.",
            property: "Path of the property, such as ingress[0], when only violations there are exempted.",
            project: "Glob pattern for the project; every project unless given.",
            stack: "Glob pattern for the stack; every stack unless given.",
            reason: "Why the violation is accepted.",
            owner: "Who answers for it: a person or a team.",
            expires: "Last day of the exemption in UTC, as 2027-01-31.",
            ticket: "Where it was decided.",
        });
    });
});

describe("mistakes", () => {
    const mistakes = (exemption: Exemption, maxDays = 365) =>
        mistakesInExemption(exemption, maxDays, RULES, NOW).map(({ path, message }) => `${path.join(".")} ${message}`);

    test.each<[string, Exemption, string[]]>([
        ["none", EXEMPTION, []],
        ["none, expired: time does that", { ...EXEMPTION, expires: "2026-11-22" }, []],
        ["no rule", without("rule"), ["rule is not set; expected either `rule` or `tag`."]],
        [
            "rule and tag",
            { ...EXEMPTION, tag: "thing" },
            ["rule is set beside `tag`; expected either `rule` or `tag`."],
        ],
        [
            "misspelt rule",
            { ...EXEMPTION, rule: "thing-rihgt" },
            ['rule is "thing-rihgt", which is no rule of this pack. Did you mean thing-right?'],
        ],
        ["a rule with aspects as a whole", { ...EXEMPTION, rule: "thing-kept" }, []],
        ["an aspect", { ...EXEMPTION, rule: "thing-kept/kept-open" }, []],
        [
            "misspelt aspect",
            { ...EXEMPTION, rule: "thing-kept/kept-opne" },
            [
                'rule is "thing-kept/kept-opne", which is no aspect of the rule thing-kept; expected one of kept-open, kept-clean behind the slash. Did you mean kept-open?',
            ],
        ],
        [
            "nothing behind the slash",
            { ...EXEMPTION, rule: "thing-kept/" },
            [
                'rule is "thing-kept/", which is no aspect of the rule thing-kept; expected one of kept-open, kept-clean behind the slash.',
            ],
        ],
        [
            "an aspect of an aspect",
            { ...EXEMPTION, rule: "thing-kept/kept-open/kept-clean" },
            [
                'rule is "thing-kept/kept-open/kept-clean", which is no aspect of the rule thing-kept; expected one of kept-open, kept-clean behind the slash.',
            ],
        ],
        [
            "an aspect of a rule that has none",
            { ...EXEMPTION, rule: "thing-right/kept-open" },
            ['rule is "thing-right/kept-open", and the rule thing-right has no aspects; expected "thing-right".'],
        ],
        [
            "an aspect of a misspelt rule",
            { ...EXEMPTION, rule: "thing-kpet/kept-open" },
            ['rule is "thing-kpet/kept-open", which is no rule of this pack. Did you mean thing-kept?'],
        ],
        [
            "misspelt tag",
            { ...without("rule"), tag: "thnig" },
            ['tag is "thnig", which no rule of this pack has. Did you mean thing?'],
        ],
        [
            "no place",
            without("resource"),
            ["resource is not set; expected one of `resource`, `type` with `name`, and `file`."],
        ],
        [
            "two places",
            { ...EXEMPTION, file: "Pulumi.yaml" },
            ["resource is set beside another place; expected one of `resource`, `type` with `name`, and `file`."],
        ],
        [
            "a type without a name",
            { ...without("resource"), type: "aws:s3/bucket:Bucket" },
            ["name is not set; expected the resource's name beside its type."],
        ],
        [
            "a name for everything",
            { ...without("resource"), type: "aws:s3/bucket:Bucket", name: "a*" },
            ['name is "a*", which is too wide; expected at least 3 characters beside wildcards.'],
        ],
        [
            "a URN for everything",
            { ...EXEMPTION, resource: "*" },
            ['resource is "*"; expected a URN: urn:pulumi:stack::project::type::name.'],
        ],
        [
            "a URN for every type",
            { ...EXEMPTION, resource: "urn:pulumi:prod::shop::*::assets" },
            ['resource is "urn:pulumi:prod::shop::*::assets", whose type has a wildcard; expected one type.'],
        ],
        [
            "a URN for every name",
            { ...EXEMPTION, resource: "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::*" },
            [
                'resource is "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::*", whose name is too wide; expected at least 3 characters beside wildcards in the name.',
            ],
        ],
        [
            "every file",
            { ...without("resource"), file: "**/*.yaml" },
            ['file is "**/*.yaml", which is too wide; expected at least 3 characters beside wildcards.'],
        ],
        [
            "a day that is none",
            { ...EXEMPTION, expires: "2027-02-29" },
            ['expires is "2027-02-29"; expected a date such as 2027-01-31.'],
        ],
        ["the last day that is allowed", { ...EXEMPTION, expires: "2027-11-23" }, []],
        ["a name of one letter", { ...without("resource"), type: "aws:s3/bucket:Bucket", name: "a" }, []],
        [
            "three letters beside wildcards",
            { ...without("resource"), type: "aws:s3/bucket:Bucket", name: "*a*bc*" },
            [],
        ],
        [
            "a name without a type",
            { ...without("resource"), name: "assets" },
            ["type is not set; expected the resource's type beside its name."],
        ],
        [
            "a type for several",
            { ...without("resource"), type: "aws:s3/*:Bucket", name: "assets" },
            ['type is "aws:s3/*:Bucket"; expected one type, without wildcards.'],
        ],
        [
            "a type and a file",
            { ...without("resource"), type: "aws:s3/bucket:Bucket", name: "assets", file: "Pulumi.yaml" },
            ["file is set beside another place; expected one of `resource`, `type` with `name`, and `file`."],
        ],
        [
            "a URN and a type",
            { ...EXEMPTION, type: "aws:s3/bucket:Bucket", name: "assets" },
            ["resource is set beside another place; expected one of `resource`, `type` with `name`, and `file`."],
        ],
        [
            "a project and a stack with a bracket alone",
            { ...EXEMPTION, project: "{shop", stack: "[prod" },
            [
                'project is "{shop", in which "{" has no partner; expected one, or "\\{" for the character itself.',
                'stack is "[prod", in which "[" has no partner; expected one, or "\\[" for the character itself.',
            ],
        ],
        ["a file of one letter", { ...without("resource"), rule: "file-right", file: "a" }, []],
        ["a file pattern with three letters", { ...without("resource"), rule: "file-right", file: "**/abc*.yaml" }, []],
        ...["a?", "[a]c", "{a,b}/*", "!ab", "*/a,b"].map((file): [string, Exemption, string[]] => [
            `the wide file pattern ${file}`,
            { ...without("resource"), rule: "file-right", file },
            [`file is "${file}", which is too wide; expected at least 3 characters beside wildcards.`],
        ]),
        [
            "a day too many",
            { ...EXEMPTION, expires: "2027-11-24" },
            ["expires is 2027-11-24, in 366 days; expected at most 365 days from today."],
        ],
    ])("%s", (_name, exemption, expected) => {
        expect(mistakes(exemption)).toEqual(expected);
    });
});
