import type { Exemption } from "../../../policies/config/exemptions/exemption";
import { ExemptionIndex } from "../../../policies/config/exemptions/exemption-index";
import { parseStackName } from "../../../policies/config/stack-identity";
import { rules } from "../../../policies/rules";

const TYPE = "aws:ec2/securityGroup:SecurityGroup";
const urnOf = (name: string) => `urn:pulumi:prod::shop::a:b:C$${TYPE}::${name}`;
const of = (owner: string, target: Partial<Exemption>): Exemption => ({
    ...{ rule: "sg-no-ingress-all", reason: "a", owner, expires: "2099-01-31" },
    ...target,
});

function ownerFor(list: readonly Exemption[], subject: { urn?: string; file?: string }): string | undefined {
    const [rule] = rules.filter(({ name }) => name === "sg-no-ingress-all");
    if (rule === undefined) throw new Error("The rule is gone.");
    const { urn, file } = subject;
    return new ExemptionIndex(list).find({ rule, urn, file, path: "" }, parseStackName("shop/prod"))?.owner;
}

test("the first of the list that covers a resource is found, whatever names it", () => {
    const list = [
        of("other", { resource: urnOf("api") }),
        of("stars", { resource: urnOf("web-*") }),
        of("type", { type: TYPE, name: "web-1" }),
        of("urn", { resource: urnOf("web-1") }),
        of("any", { type: TYPE, name: "*web-2*" }),
    ];
    expect(ownerFor(list, { urn: urnOf("web-1") })).toBe("stars");
    expect(ownerFor(list.slice(2), { urn: urnOf("web-1") })).toBe("type");
    expect(ownerFor(list.slice(3), { urn: urnOf("web-1") })).toBe("urn");
    expect(ownerFor(list.slice(2), { urn: urnOf("my-web-2") })).toBe("any");
    expect(ownerFor(list, { urn: urnOf("db") })).toBeUndefined();
    expect(ownerFor(list, { urn: "no URN" })).toBeUndefined();
});

test("a file is found among those for files", () => {
    const list = [of("urn", { resource: urnOf("web") }), of("file", { file: "ci*.yml" })];
    expect(ownerFor(list, { file: "ci-1.yml" })).toBe("file");
    expect(ownerFor(list, { file: "web" })).toBeUndefined();
});

test("6,000 exemptions cost little", () => {
    const index = new ExemptionIndex(
        Array.from({ length: 6_000 }, (_, at) => of("a", { resource: urnOf(`web-${at}`) })),
    );
    expect(index.candidates(urnOf("web-7"))).toHaveLength(1);
});
