import { z } from "zod";
import { type Cidr, parseCidr, shareOfInternet } from "../../aws/cidr";
import { withNativeStack } from "../../aws/native";
import { securityHub } from "../../kit/controls";
import { globs } from "../../kit/pattern";
import type { Report } from "../../kit/report";
import { identity, type Resource } from "../../kit/resource";
import { stackRule } from "../../kit/rule";
import type { Stack } from "../../kit/stack";
import { anyOf, type Truth } from "../../kit/truth";
import type { Value } from "../../kit/value";
import { GROUP_TYPES, isOfBalancer } from "./sg-no-ingress-all/balancers";
import { GROUPS, type IngressRule, NETWORK_ACLS, PREFIX_LISTS } from "./sg-no-ingress-all/ingress";

const MAX_PORT = 65_535;

/** From this share of the internet on, a source counts as everyone; two halves of the world are a common disguise. */
const WORLD = 0.5;

/** One name for the spellings of a protocol: "all" as the provider takes it, and IANA protocol numbers. */
const PROTOCOL_NAMES: Readonly<Record<string, string>> = {
    "-1": "all",
    "1": "icmp",
    "6": "tcp",
    "17": "udp",
    "58": "icmpv6",
};

const PORT_RANGE = /^(\d{1,5})(?:-(\d{1,5}))?$/;

const ports = z.array(
    z.union([
        z.int().min(0).max(MAX_PORT),
        z.string().regex(PORT_RANGE, "expected a port or a range such as 8000-8100"),
    ]),
);

const Settings = z.strictObject({
    allowedPorts: ports
        .default([])
        .describe("Ports that may be open to the internet, as numbers or ranges such as `8000-8100`."),
    allowedPortsOfGroups: z
        .array(z.strictObject({ groups: z.array(z.string().min(1)).min(1), ports }))
        .default([])
        .describe(
            "Ports that may be open to the internet in groups of certain names only: `groups` are patterns (`*`, `{a,b}`) of their names in the program or in the cloud, `ports` as in `allowedPorts`.",
        ),
    allowBalancerListeners: z
        .boolean()
        .default(true)
        .describe(
            "Whether the group of an internet-facing load balancer of the stack may be open to the internet on the ports of that balancer's listeners.",
        ),
    allowIcmp: z.boolean().default(false).describe("Whether ICMP, such as ping, may come from the internet."),
    judgeNetworkAcls: z
        .boolean()
        .default(false)
        .describe("Whether entries of network ACLs are judged like rules of security groups."),
    requireEmptyDefaultGroups: z
        .boolean()
        .default(false)
        .describe("Whether a VPC's default security group must have no rules at all."),
});

type Settings = z.output<typeof Settings>;

const TYPES = [...Object.keys(GROUPS), ...Object.keys(NETWORK_ACLS), ...Object.keys(PREFIX_LISTS)];

/**
 * What the whole internet can reach is found by scanners within minutes of its creation.
 *
 * The group of a load balancer that serves the public is what lets it do so, and the balancer is created after its group:
 * so groups are judged with the stack. In an update what no balancer excuses is judged before it is created.
 *
 * Judges the ingress rules of each resource by themselves: a world cut into pieces of less than half over several rule resources is not seen, nor
 * is the content of prefix lists outside the stack; those in it are judged themselves. Another source in the same rule
 * excuses nothing, since sources add up. ICMP has types where TCP and UDP have ports, so a setting of its own opens it.
 * Source: Amazon EC2 API Reference, IpPermission ("-1 or a protocol number other than tcp, udp, icmp, or icmpv6 allows
 * traffic on all ports, regardless of any port range you specify").
 */
const classic = stackRule({
    name: "sg-no-ingress-all",
    title: "Security groups let nobody in from the whole internet",
    description:
        "Security groups must not allow ingress from 0.0.0.0/0 or ::/0, in whatever spelling, except to ports that settings open or a public load balancer listens on.",
    severity: "high",
    enforcementLevel: "mandatory",
    tags: ["aws", "ec2", "network"],
    controls: securityHub("EC2.53", "EC2.54", "EC2.13", "EC2.14", "EC2.18", "EC2.19"),
    remediationSteps: [
        "Name the addresses, prefix list or security group that need access.",
        "Put what serves the public behind a load balancer with a group of its own.",
        "Where the balancer is not in the stack, add its port, such as 443, to `allowedPortsOfGroups` with the group's name.",
    ],
    url: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    settings: Settings,
    judge(stack, settings, report) {
        for (const resource of stack.ofType(...TYPES)) judge(resource, stack, settings, report, "all");
    },
    beforeCreation: {
        types: TYPES,
        judge(resource, settings, report, stack) {
            judge(resource, stack, settings, report, "without excuse");
        },
    },
});

export const rule = withNativeStack(classic);

/** Which ingress rules are judged: all, or those only that nothing in the stack could excuse. */
type Part = "all" | "without excuse";

function judge(resource: Resource, stack: Stack, settings: Settings, report: Report, part: Part): void {
    const { type, props } = resource;
    if (type === "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup" && settings.requireEmptyDefaultGroups) {
        for (const entry of [...props.get("ingress").items(), ...props.get("egress").items()]) {
            if (entry.isUnknown) report.undetermined(entry, "is unknown until the update; expected no rules.");
            else report.violation(entry, "is a rule of the VPC's default security group; expected none.");
        }
    }
    const rulesOf = GROUPS[type] ?? (settings.judgeNetworkAcls ? NETWORK_ACLS[type] : undefined);
    const found = rulesOf?.(props) ?? [];
    for (const { entry } of found) {
        if (entry.isObject || entry.isUnknown || entry.isMissing) continue;
        report.violation(entry, `is ${entry.show()}; expected a rule with protocol, ports and sources.`);
    }
    const groups = GROUPS[type] === undefined ? [] : groupsOf(resource, stack);
    const allowedPorts = [...settings.allowedPorts, ...portsOfGroups(groups, settings)];
    const isListenerPort = (transport: "tcp" | "udp", port: number): Truth => {
        if (!settings.allowBalancerListeners || GROUPS[type] === undefined) return "no";
        // The balancer is created after its group, and so not known yet.
        if (part === "without excuse") return "yes";
        return anyOf(groups.map(group => isOfBalancer(stack, group, transport, port)));
    };
    for (const ingress of merged(found)) {
        judgeIngressRule(ingress, { ...settings, allowedPorts, isListenerPort }, report);
    }
    judgePrefixList(PREFIX_LISTS[type]?.(props) ?? [], settings, report);
}

/** The groups of the stack that a resource opens: itself, or those that it is a rule of. */
function groupsOf(resource: Resource, stack: Stack): Resource[] {
    const isGroup = GROUP_TYPES.some(type => type === resource.type);
    return isGroup ? [resource] : stack.referredBy(resource.props.get("securityGroupId"), GROUP_TYPES);
}

/** The ports that may be open in all of these groups by their names. */
function portsOfGroups(groups: readonly Resource[], { allowedPortsOfGroups }: Settings): Settings["allowedPorts"] {
    const isNamed = (patterns: readonly string[]) => (group: Resource) =>
        [group.name, identity(group, "name").string()].some(name => name !== undefined && globs(patterns)(name));
    return allowedPortsOfGroups
        .filter(({ groups: patterns }) => groups.length > 0 && groups.every(isNamed(patterns)))
        .flatMap(({ ports: allowed }) => allowed);
}

/** What may be open: the ports that settings allow, and those of which something in the stack says what they are for. */
interface Allowance extends Pick<Settings, "allowedPorts" | "allowIcmp"> {
    isListenerPort(transport: "tcp" | "udp", port: number): Truth;
}

/** Ingress rules to the same ports as one, so that their sources are judged together. */
function merged(rules: readonly IngressRule[]): IngressRule[] {
    const byPorts = new Map<string, IngressRule>();
    for (const ingress of rules) {
        const { protocol, fromPort, toPort } = ingress;
        const text = (value: Value) => (value.isUnknown ? value.path : (value.text() ?? value.show()));
        const key = [protocol.isUnknown ? protocol.path : nameOf(protocol), text(fromPort), text(toPort)].join("/");
        const same = byPorts.get(key);
        byPorts.set(key, same === undefined ? ingress : { ...same, sources: [...same.sources, ...ingress.sources] });
    }
    return [...byPorts.values()];
}

/**
 * A list of the whole internet is a way round the rule. Only where some ports may be open to it, this may be what the list is
 * for, which its own resource does not tell.
 */
function judgePrefixList(list: readonly Value[], { allowedPorts }: Settings, report: Report): void {
    const blocks = blocksOf(list, report);
    for (const family of [4, 6] as const) {
        const ofFamily = blocks.filter(({ cidr }) => cidr.family === family);
        const [first] = ofFamily;
        const together = ofFamily.map(({ cidr }) => cidr);
        if (first === undefined || shareOfInternet(together, family) < WORLD) continue;
        const widest = ofFamily.find(({ cidr }) => shareOfInternet([cidr], family) >= WORLD);
        const isWhole = widest !== undefined && shareOfInternet([widest.cidr], family) === 1;
        const shown = (isWhole ? [widest] : ofFamily).map(({ at }) => at.string()).join(", ");
        const who = `${shareName(together, family)} (${shown})`;
        const observed = `is ${who}, which every rule that names this prefix list lets in`;
        const { at } = widest ?? first;
        if (allowedPorts.length === 0) report.violation(at, `${observed}; expected narrower blocks.`);
        else report.note(at, `${observed}, whatever its ports.`);
    }
}

/** The blocks of addresses among sources; says which cannot be told. */
function blocksOf(sources: readonly Value[], report: Report): { at: Value; cidr: Cidr }[] {
    return sources.flatMap(at => {
        if (at.isMissing || at.raw === "") return [];
        const cidr = parseCidr(at.string() ?? "");
        if (at.isUnknown) report.undetermined(at, "the source is unknown until the update.");
        else if (cidr === undefined) report.violation(at, `is ${at.show()}; expected a block such as 10.0.0.0/8.`);
        return cidr === undefined ? [] : [{ at, cidr }];
    });
}

function judgeIngressRule(ingress: IngressRule, allowance: Allowance, report: Report): void {
    const blocks = blocksOf(ingress.sources, report);
    for (const family of [4, 6] as const) {
        const ofFamily = blocks
            .filter(({ cidr }) => cidr.family === family)
            .sort((a, b) => (a.cidr.first < b.cidr.first ? -1 : 1));
        const alone = ofFamily.filter(({ cidr }) => shareOfInternet([cidr], family) >= WORLD);
        for (const { at, cidr } of alone)
            judgeWorld(at, `${shareName([cidr], family)} (${at.string()})`, ingress, allowance, report);
        const [first] = ofFamily;
        const together = ofFamily.map(({ cidr }) => cidr);
        if (alone.length === 0 && first !== undefined && shareOfInternet(together, family) >= WORLD) {
            const list = ofFamily.map(({ at }) => at.string()).join(", ");
            judgeWorld(first.at, `${shareName(together, family)} (${list})`, ingress, allowance, report);
        }
    }
}

const shareName = (blocks: readonly Cidr[], family: Cidr["family"]) =>
    shareOfInternet(blocks, family) === 1 ? "the whole internet" : "half of the internet or more";

/** A protocol's lower-case name, or its number where it has none here. One that is left out is every protocol. */
function nameOf(protocol: Value): string {
    const written = protocol.isMissing ? "all" : (protocol.text() ?? protocol.show()).trim().toLowerCase();
    return PROTOCOL_NAMES[written] ?? written;
}

function judgeWorld(at: Value, who: string, ingress: IngressRule, allowance: Allowance, report: Report): void {
    const { protocol, fromPort, toPort } = ingress;
    if (protocol.isUnknown && (allowance.allowIcmp || allowance.allowedPorts.length > 0)) {
        report.undetermined(at, `lets ${who} in by a protocol that is unknown until the update.`);
        return;
    }
    const name = nameOf(protocol);
    if (name === "icmp" || name === "icmpv6") {
        if (allowance.allowIcmp) return;
        report.violation(at, `lets ${who} send ICMP; expected a narrower source, or the setting \`allowIcmp\`.`);
        return;
    }
    if (name !== "tcp" && name !== "udp") {
        // AWS disregards the ports of any other protocol, so no allowed port excuses it.
        const which = name === "all" ? "every protocol" : `protocol ${name}`;
        report.violation(at, `lets ${who} reach every port by ${which}; expected a narrower source.`);
        return;
    }
    if ((fromPort.isUnknown || toPort.isUnknown) && allowance.allowedPorts.length > 0) {
        report.undetermined(at, `lets ${who} reach ports that are unknown until the update.`);
        return;
    }
    const [low, high] = portsOf(fromPort, toPort);
    if (isAllowed(low, high, allowance.allowedPorts)) return;
    const isForListener = low === high ? allowance.isListenerPort(name, low) : "no";
    if (isForListener === "yes") return;
    if (isForListener === "unknown") {
        const whose = "whether a load balancer that serves the public listens there is unknown until the update.";
        report.undetermined(at, `lets ${who} reach ${name} port ${low}, and ${whose}`);
        return;
    }
    const range = low === high ? `${name} port ${low}` : `${name} ports ${low}-${high}`;
    const ports = low === 0 && high === MAX_PORT ? `all ${name} ports` : range;
    report.violation(at, `lets ${who} reach ${ports}; expected a narrower source, or the port in \`allowedPorts\`.`);
}

/** First and last port; all of them where a port is left out, negative (which means all) or no number. */
function portsOf(fromPort: Value, toPort: Value): [low: number, high: number] {
    const from = fromPort.number() ?? 0;
    const to = toPort.number() ?? (fromPort.isMissing ? MAX_PORT : from);
    const isReadable = [fromPort, toPort].every(port => port.isMissing || port.number() !== undefined);
    return isReadable && from >= 0 && to >= 0 ? [from, Math.max(from, to)] : [0, MAX_PORT];
}

/** True when the allowed ports together hold every port from `low` to `high`. */
function isAllowed(low: number, high: number, allowedPorts: Settings["allowedPorts"]): boolean {
    const ranges = allowedPorts
        .map(port => {
            const [, first = "", last = first] = PORT_RANGE.exec(String(port)) ?? [];
            return { first: Number(first), last: Number(last) };
        })
        .sort((a, b) => a.first - b.first);
    let next = low;
    for (const { first, last } of ranges) if (first <= next && last >= next) next = last + 1;
    return next > high;
}
