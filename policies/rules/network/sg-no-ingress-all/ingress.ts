import type { Value } from "../../../kit/value";

/** One ingress rule: who may come (`sources`), by which protocol, to which ports. */
export interface IngressRule {
    /** What the rule is written as: an entry of a list, or all properties of a resource. */
    readonly entry: Value;
    readonly sources: readonly Value[];
    readonly protocol: Value;
    readonly fromPort: Value;
    readonly toPort: Value;
}

const inline = (props: Value): IngressRule[] => props.get("ingress").items().map(groupEntry);

/** An unknown entry stands for its sources, so that it is reported once. */
const groupEntry = (entry: Value): IngressRule => ({
    entry,
    sources: entry.isUnknown ? [entry] : [...entry.get("cidrBlocks").items(), ...entry.get("ipv6CidrBlocks").items()],
    protocol: entry.get("protocol"),
    fromPort: entry.get("fromPort"),
    toPort: entry.get("toPort"),
});

const aclEntry = (entry: Value): IngressRule => ({
    entry,
    sources: entry.isUnknown ? [entry] : [entry.get("cidrBlock"), entry.get("ipv6CidrBlock")],
    protocol: entry.get("protocol"),
    fromPort: entry.get("fromPort"),
    toPort: entry.get("toPort"),
});

const isAllow = (entry: Value, ...names: [string, ...string[]]) =>
    entry
        .get(...names)
        .string()
        ?.toLowerCase() !== "deny";

const inlineAcl = (props: Value): IngressRule[] =>
    props
        .get("ingress")
        .items()
        .filter(entry => isAllow(entry, "action"))
        .map(aclEntry);

/** What lets traffic into security groups, by type. Source: API documentation of @pulumi/aws 7.48. */
export const GROUPS: Readonly<Record<string, (props: Value) => IngressRule[]>> = {
    "aws:ec2/securityGroup:SecurityGroup": inline,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": inline,
    "aws:ec2/securityGroupRule:SecurityGroupRule": props =>
        props.get("type").string()?.toLowerCase() === "egress" ? [] : [groupEntry(props)],
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": props => [
        {
            entry: props,
            sources: [props.get("cidrIpv4"), props.get("cidrIpv6")],
            protocol: props.get("ipProtocol"),
            fromPort: props.get("fromPort"),
            toPort: props.get("toPort"),
        },
    ],
};

/** What lets traffic into subnets, by type. */
export const NETWORK_ACLS: Readonly<Record<string, (props: Value) => IngressRule[]>> = {
    "aws:ec2/networkAcl:NetworkAcl": inlineAcl,
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": inlineAcl,
    "aws:ec2/networkAclRule:NetworkAclRule": props =>
        props.get("egress").boolean() === true || !isAllow(props, "ruleAction") ? [] : [aclEntry(props)],
};

/** Where prefix lists keep their blocks. */
export const PREFIX_LISTS: Readonly<Record<string, (props: Value) => Value[]>> = {
    "aws:ec2/managedPrefixList:ManagedPrefixList": props =>
        props
            .get("entries")
            .items()
            .map(entry => (entry.isUnknown ? entry : entry.get("cidr"))),
    "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry": props => [props.get("cidr")],
};
