import { rule } from "../../../policies/rules/network/sg-no-ingress-all";
import { ref, type TestResource, UNKNOWN } from "../../support/engine-args";
import { type StackCase, testStackRule } from "../../support/test-rule";

const SSH = { protocol: "tcp", fromPort: 22, toPort: 22 };
const HTTPS = { protocol: "tcp", fromPort: 443, toPort: 443 };
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const NARROWER = "expected a narrower source, or the port in `allowedPorts`.";

const ingress = (...entries: object[]) => ({ ingress: entries });

const BALANCER_TYPE = "aws:lb/loadBalancer:LoadBalancer";
const WORLD = { cidrBlocks: ["0.0.0.0/0"] };

const group = (...entries: object[]): TestResource => ({ type: GROUP, name: "web", props: ingress(...entries) });
const balancer = (props: Record<string, unknown> = {}, type = BALANCER_TYPE): TestResource => ({
    type,
    name: "balancer",
    props: {
        arn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/balancer/50dc6c495c0c9188",
        securityGroups: [ref("web")],
        ...props,
    },
});
const listener = (port: unknown, protocol?: string, name = `listener-${String(port)}`): TestResource => ({
    type: "aws:lb/listener:Listener",
    name,
    props: { loadBalancerArn: ref("balancer", "arn"), port, protocol, defaultActions: [{ type: "forward" }] },
});
const instance = (props: Record<string, unknown>): TestResource => ({
    type: "aws:ec2/instance:Instance",
    name: "shop",
    props,
});

/** Stacks in which something may say what an open port is for, with the port that stays a violation, if any. */
const STACKS: readonly {
    name: string;
    resources: readonly TestResource[];
    settings?: Record<string, unknown>;
    bad?: string;
}[] = [
    {
        name: "the port of a public load balancer's listener",
        resources: [group({ ...HTTPS, ...WORLD, ipv6CidrBlocks: ["::/0"] }), balancer(), listener(443, "HTTPS")],
    },
    {
        name: "a listener without protocol",
        resources: [group({ ...HTTPS, ...WORLD }), balancer({ internal: false }), listener(443)],
    },
    {
        name: "a listener of the type's other name, and ports as text",
        resources: [
            group({ protocol: "6", fromPort: "80", toPort: "80", ...WORLD }),
            balancer({}, "aws:alb/loadBalancer:LoadBalancer"),
            { ...listener("80", "HTTP"), type: "aws:alb/listener:Listener" },
        ],
    },
    {
        name: "a listener of a network load balancer on UDP",
        resources: [
            group({ protocol: "udp", fromPort: 53, toPort: 53, ...WORLD }),
            balancer({ loadBalancerType: "network" }),
            listener(53, "TCP_UDP"),
        ],
    },
    {
        name: "a classic load balancer",
        resources: [
            group({ ...HTTPS, ...WORLD }),
            balancer(
                { listeners: [{ lbPort: 443, lbProtocol: "ssl", instancePort: 80, instanceProtocol: "tcp" }] },
                "aws:elb/loadBalancer:LoadBalancer",
            ),
        ],
    },
    {
        name: "a separate rule of a load balancer's group",
        resources: [
            group(),
            {
                type: INGRESS_RULE,
                name: "https",
                props: {
                    securityGroupId: ref("web"),
                    ipProtocol: "tcp",
                    fromPort: 443,
                    toPort: 443,
                    cidrIpv4: "0.0.0.0/0",
                },
            },
            balancer(),
            listener(443, "HTTPS"),
        ],
    },
    {
        name: "a group beside that of an instance",
        resources: [
            group({ ...HTTPS, ...WORLD }),
            balancer(),
            listener(443, "HTTPS"),
            { type: GROUP, name: "app", props: {} },
            instance({ vpcSecurityGroupIds: [ref("app")] }),
        ],
    },
    {
        name: "a port that settings open for groups of this name",
        resources: [group({ protocol: "tcp", fromPort: 8000, toPort: 8010, ...WORLD })],
        settings: {
            allowedPortsOfGroups: [
                { groups: ["db-*"], ports: [5432] },
                { groups: ["we?"], ports: ["8000-8010"] },
            ],
        },
    },
    {
        name: "a port that settings open for groups of this name in the cloud, by a separate rule",
        resources: [
            { type: GROUP, name: "subject", props: { name: "edge-1" } },
            {
                type: RULE,
                name: "https",
                props: { type: "ingress", securityGroupId: ref("subject"), ...HTTPS, ...WORLD },
            },
        ],
        settings: { allowedPortsOfGroups: [{ groups: ["edge-*"], ports: [443] }] },
    },
    {
        name: "a port that settings open for groups of another name",
        resources: [group({ ...HTTPS, ...WORLD })],
        settings: { allowedPortsOfGroups: [{ groups: ["edge-*"], ports: [443] }] },
        bad: "tcp port 443",
    },
    {
        name: "another port than that of the listener",
        resources: [group({ ...SSH, ...WORLD }), balancer(), listener(443, "HTTPS")],
        bad: "tcp port 22",
    },
    {
        name: "a listener by another protocol",
        resources: [group({ ...HTTPS, ...WORLD }), balancer(), listener(443, "UDP")],
        bad: "tcp port 443",
    },
    {
        name: "an internal load balancer",
        resources: [group({ ...HTTPS, ...WORLD }), balancer({ internal: true }), listener(443, "HTTPS")],
        bad: "tcp port 443",
    },
    {
        name: "a load balancer with another group",
        resources: [
            group({ ...HTTPS, ...WORLD }),
            { type: GROUP, name: "edge", props: {} },
            balancer({ securityGroups: [ref("edge")] }),
            listener(443, "HTTPS"),
        ],
        bad: "tcp port 443",
    },
    {
        name: "a listener of another load balancer",
        resources: [
            group({ ...HTTPS, ...WORLD }),
            balancer(),
            {
                ...balancer({
                    securityGroups: [],
                    arn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/other/1",
                }),
                name: "other",
            },
            {
                ...listener(443, "HTTPS"),
                props: {
                    loadBalancerArn: ref("other", "arn"),
                    port: 443,
                    protocol: "HTTPS",
                    defaultActions: [{ type: "forward" }],
                },
            },
        ],
        bad: "tcp port 443",
    },
    {
        name: "a group that an instance shares with its load balancer",
        resources: [
            group({ ...HTTPS, ...WORLD }),
            balancer(),
            listener(443, "HTTPS"),
            instance({ vpcSecurityGroupIds: [ref("web")] }),
        ],
        bad: "tcp port 443",
    },
    {
        name: "a group that a service shares with its load balancer",
        resources: [
            group({ ...HTTPS, ...WORLD }),
            balancer(),
            listener(443, "HTTPS"),
            {
                type: "aws:ecs/service:Service",
                name: "shop",
                props: { networkConfiguration: { subnets: ["subnet-1"], securityGroups: [ref("web")] } },
            },
        ],
        bad: "tcp port 443",
    },
    {
        name: "a range of ports, though all have listeners",
        resources: [
            group({ protocol: "tcp", fromPort: 80, toPort: 81, ...WORLD }),
            balancer(),
            listener(80, "HTTP"),
            listener(81, "HTTP"),
        ],
        bad: "tcp ports 80-81",
    },
    {
        name: "a listener, where settings let it excuse nothing",
        resources: [group({ ...HTTPS, ...WORLD }), balancer(), listener(443, "HTTPS")],
        settings: { allowBalancerListeners: false },
        bad: "tcp port 443",
    },
];

type OneCase = Omit<StackCase, "resources"> & { readonly type?: string; readonly props: Record<string, unknown> };

/** Cases of one resource each, a group unless its type is given. */
function alone<C extends OneCase>(cases: readonly C[]) {
    return cases.map(({ type = GROUP, props, ...rest }) => ({ ...rest, resources: [{ type, props }] }));
}

testStackRule(rule, {
    valid: [
        {
            name: "a group of Cloud Control that lets in what settings allow, and its own network",
            resources: [
                {
                    type: "aws-native:ec2:SecurityGroup",
                    name: "web",
                    props: {
                        securityGroupIngress: [
                            { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIp: "0.0.0.0/0" },
                            { ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIp: "10.0.0.0/8" },
                            { ipProtocol: "tcp", fromPort: 5432, toPort: 5432, sourceSecurityGroupId: "sg-1" },
                        ],
                    },
                },
                {
                    type: "aws-native:ec2:SecurityGroupIngress",
                    name: "more",
                    props: { groupId: ref("web"), ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv6: "::/0" },
                },
            ],
            settings: { allowedPorts: [443] },
        },
        {
            name: "rules of a group of Cloud Control that are unknown in a preview",
            resources: [
                { type: "aws-native:ec2:SecurityGroup", name: "web", props: { securityGroupIngress: UNKNOWN } },
            ],
            notes: [
                "Cannot be judged yet: SecurityGroup 'web', securityGroupIngress: the source is unknown until the update.",
            ],
        },
        ...STACKS.filter(({ bad }) => bad === undefined),
        {
            name: "a load balancer of which it is unknown whether it is internal",
            resources: [group({ ...HTTPS, ...WORLD }), balancer({ internal: UNKNOWN }), listener(443, "HTTPS")],
            notes: [
                "Cannot be judged yet: SecurityGroup 'web', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach tcp port 443, and whether a load balancer that serves the public listens there is unknown until the update.",
            ],
        },
        ...alone<OneCase>([
            ...["1", "58", "icmpv6", "ICMP", " icmp "].map(protocol => ({
                name: `ping by the name '${protocol}', where settings allow it`,
                props: ingress({
                    protocol,
                    fromPort: -1,
                    toPort: -1,
                    cidrBlocks: ["0.0.0.0/0"],
                    ipv6CidrBlocks: ["::/0"],
                }),
                settings: { allowIcmp: true },
            })),
            {
                name: "UDP by its number, to a port that settings open",
                props: ingress({ protocol: "17", fromPort: 53, toPort: 53, cidrBlocks: ["0.0.0.0/0"] }),
                settings: { allowedPorts: [53] },
            },
            {
                name: "the first and the last port, which settings open",
                props: ingress(
                    { protocol: "udp", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] },
                    { protocol: "udp", fromPort: 65_535, toPort: 65_535, cidrBlocks: ["0.0.0.0/0"] },
                ),
                settings: { allowedPorts: [0, "65535"] },
            },
            ...[
                { fromPort: UNKNOWN, toPort: 443 },
                { fromPort: 443, toPort: UNKNOWN },
            ].map(ports => ({
                name: `one unknown port, where some may be allowed: ${JSON.stringify(ports)}`,
                props: ingress({ protocol: "tcp", ...ports, cidrBlocks: ["0.0.0.0/0"] }),
                settings: { allowedPorts: [443] },
                notes: [
                    "Cannot be judged yet: SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach ports that are unknown until the update.",
                ],
            })),
            {
                name: "an unknown protocol, where ping may be allowed",
                props: ingress({ protocol: UNKNOWN, fromPort: 8, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }),
                settings: { allowIcmp: true },
                notes: [
                    "Cannot be judged yet: SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) in by a protocol that is unknown until the update.",
                ],
            },
            {
                name: "a quarter of each family of addresses",
                props: ingress({ ...SSH, cidrBlocks: ["0.0.0.0/2"], ipv6CidrBlocks: ["2000::/5"] }),
            },
            {
                name: "an entry of a network ACL that denies in capitals",
                type: "aws:ec2/networkAclRule:NetworkAclRule",
                props: { ruleAction: "DENY", protocol: "-1", cidrBlock: "0.0.0.0/0" },
                settings: { judgeNetworkAcls: true },
            },
            { name: "no rules", props: {} },
            { name: "null for rules", props: { ingress: null } },
            {
                name: "a private block",
                props: ingress({ ...SSH, cidrBlocks: ["10.0.0.0/8"], ipv6CidrBlocks: ["fd00::/8"] }),
            },
            {
                name: "a small public block, which is not the world",
                props: ingress({ ...SSH, cidrBlocks: ["203.0.113.0/24"] }),
            },
            { name: "the group itself", props: ingress({ protocol: "-1", fromPort: 0, toPort: 0, self: true }) },
            { name: "another group", props: ingress({ ...SSH, securityGroups: ["sg-12345678"] }) },
            {
                name: "the world as egress",
                props: { egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }] },
            },
            {
                name: "a port that settings open",
                props: ingress({ ...HTTPS, cidrBlocks: ["0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] }),
                settings: { allowedPorts: [443] },
            },
            {
                name: "a range inside two allowed ranges that touch, ports as text",
                props: ingress({ protocol: "6", fromPort: "8000", toPort: "8100", cidrBlocks: ["0.0.0.0/0"] }),
                settings: { allowedPorts: ["8051-8200", "7000-8050"] },
            },
            {
                name: "ping, where settings allow it",
                props: ingress({ protocol: "icmp", fromPort: 8, toPort: -1, cidrBlocks: ["0.0.0.0/0"] }),
                settings: { allowIcmp: true },
            },
            {
                name: "an egress rule of its own",
                type: RULE,
                props: { type: "egress", ...SSH, cidrBlocks: ["0.0.0.0/0"] },
            },
            {
                name: "a separate rule for another group",
                type: RULE,
                props: { type: "ingress", ...SSH, sourceSecurityGroupId: "sg-1" },
            },
            {
                name: "a VPC rule for a prefix list",
                type: INGRESS_RULE,
                props: { ipProtocol: "tcp", fromPort: 443, toPort: 443, prefixListId: "pl-1" },
            },
            {
                name: "empty text for a source, which states use for none",
                type: INGRESS_RULE,
                props: { ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: "10.0.0.0/8", cidrIpv6: "" },
            },
            {
                name: "a quarter of the internet, which is not the world",
                props: ingress({ ...SSH, cidrBlocks: ["64.0.0.0/2"] }),
            },
            {
                name: "rules that are unknown in a preview",
                props: { ingress: UNKNOWN },
                notes: [
                    "Cannot be judged yet: SecurityGroup 'subject', ingress: the source is unknown until the update.",
                ],
            },
            {
                name: "unknown rules in a default group, where settings ask for none",
                type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
                props: { egress: UNKNOWN },
                settings: { requireEmptyDefaultGroups: true },
                notes: [
                    "Cannot be judged yet: DefaultSecurityGroup 'subject', egress: is unknown until the update; expected no rules.",
                ],
            },
            {
                name: "a source that is unknown in a preview",
                props: ingress({ ...SSH, cidrBlocks: [UNKNOWN] }),
                notes: [
                    "Cannot be judged yet: SecurityGroup 'subject', ingress[0].cidrBlocks[0]: the source is unknown until the update.",
                ],
            },
            {
                name: "unknown ports, where some may be allowed",
                props: ingress({ protocol: "tcp", fromPort: UNKNOWN, toPort: UNKNOWN, cidrBlocks: ["0.0.0.0/0"] }),
                settings: { allowedPorts: [443] },
                notes: [
                    "Cannot be judged yet: SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach ports that are unknown until the update.",
                ],
            },
            {
                name: "an unknown protocol, where some may be allowed",
                props: ingress({ protocol: UNKNOWN, fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }),
                settings: { allowedPorts: [443] },
                notes: [
                    "Cannot be judged yet: SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) in by a protocol that is unknown until the update.",
                ],
            },
            {
                name: "quarters of the world for different ports, each less than half",
                props: ingress({ ...SSH, cidrBlocks: ["0.0.0.0/2"] }, { ...HTTPS, cidrBlocks: ["64.0.0.0/2"] }),
            },
            {
                name: "an open network ACL, unless settings ask for it",
                type: "aws:ec2/networkAcl:NetworkAcl",
                props: ingress({ action: "allow", protocol: "tcp", fromPort: 22, toPort: 22, cidrBlock: "0.0.0.0/0" }),
            },
            {
                name: "a network ACL that denies the world",
                type: "aws:ec2/networkAclRule:NetworkAclRule",
                props: { ruleAction: "deny", protocol: "-1", cidrBlock: "0.0.0.0/0" },
                settings: { judgeNetworkAcls: true },
            },
            {
                name: "a network ACL's way out",
                type: "aws:ec2/networkAclRule:NetworkAclRule",
                props: { egress: true, ruleAction: "allow", protocol: "-1", cidrBlock: "0.0.0.0/0" },
                settings: { judgeNetworkAcls: true },
            },
            {
                name: "a default group without rules, where settings ask for that",
                type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
                props: { ingress: [], egress: [] },
                settings: { requireEmptyDefaultGroups: true },
            },
            ...["198.51.100.0/24", null].map(cidr => ({
                name: `an entry ${cidr} of a prefix list`,
                type: "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry",
                props: { cidr, prefixListId: "pl-0123456789abcdef0" },
            })),
            {
                name: "entries of a prefix list that are unknown in a preview",
                type: "aws:ec2/managedPrefixList:ManagedPrefixList",
                props: { entries: [{ cidr: UNKNOWN }, UNKNOWN] },
                notes: ["entries[0].cidr", "entries[1]"].map(
                    path =>
                        `Cannot be judged yet: ManagedPrefixList 'subject', ${path}: the source is unknown until the update.`,
                ),
            },
            {
                name: "a prefix list of offices",
                type: "aws:ec2/managedPrefixList:ManagedPrefixList",
                props: { entries: [{ cidr: "203.0.113.0/24" }, { cidr: "198.51.100.0/24" }] },
            },
            {
                name: "a prefix list that holds the world, where some ports may be open to it",
                type: "aws:ec2/managedPrefixList:ManagedPrefixList",
                props: { entries: [{ cidr: "0.0.0.0/0" }] },
                settings: { allowedPorts: [443] },
                notes: [
                    "ManagedPrefixList 'subject', entries[0].cidr: is the whole internet (0.0.0.0/0), which every rule that names this prefix list lets in, whatever its ports.",
                ],
            },
            {
                name: "a prefix list of a company's offices",
                type: "aws:ec2/managedPrefixList:ManagedPrefixList",
                props: { entries: [{ cidr: "203.0.113.0/24" }] },
            },
        ]),
    ],
    invalid: [
        {
            name: "a group of Cloud Control that is open, by its own rules and by a separate one",
            resources: [
                {
                    type: "aws-native:ec2:SecurityGroup",
                    name: "web",
                    props: {
                        securityGroupIngress: [
                            { ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIp: "10.0.0.0/8" },
                            { ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIp: "0.0.0.0/0" },
                        ],
                    },
                },
                {
                    type: "aws-native:ec2:SecurityGroupIngress",
                    name: "more",
                    props: { groupId: ref("web"), ipProtocol: "-1", cidrIpv6: "::/0" },
                },
            ],
            violations: [
                "SecurityGroup 'web', securityGroupIngress[1].cidrIp: lets the whole internet (0.0.0.0/0) reach tcp port 22; expected a narrower source, or the port in `allowedPorts`.",
                "SecurityGroupIngress 'more', cidrIpv6: lets the whole internet (::/0) reach every port by every protocol; expected a narrower source.",
            ],
        },
        ...STACKS.flatMap(({ bad, ...testCase }) =>
            bad === undefined
                ? []
                : [
                      {
                          ...testCase,
                          violations: [
                              `SecurityGroup 'web', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach ${bad}; ${NARROWER}`,
                          ],
                      },
                  ],
        ),
        ...alone<OneCase & { readonly violations: readonly string[] }>([
            {
                name: "an unknown protocol, where settings open nothing",
                props: ingress({ protocol: UNKNOWN, fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }),
                violations: [
                    "SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach every port by protocol unknown until the update; expected a narrower source.",
                ],
            },
            {
                name: "ports 1 to 65535, and 0 to 65534",
                props: ingress(
                    { protocol: "tcp", fromPort: 1, toPort: 65_535, cidrBlocks: ["0.0.0.0/0"] },
                    { protocol: "tcp", fromPort: 0, toPort: 65_534, cidrBlocks: ["0.0.0.0/0"] },
                ),
                violations: [
                    "SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach tcp ports 1-65535; expected a narrower source, or the port in `allowedPorts`.",
                    "SecurityGroup 'subject', ingress[1].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach tcp ports 0-65534; expected a narrower source, or the port in `allowedPorts`.",
                ],
            },
            {
                name: "a first port and a last one that is no number",
                props: ingress({ protocol: "tcp", fromPort: 443, toPort: "https", cidrBlocks: ["0.0.0.0/0"] }),
                settings: { allowedPorts: [443] },
                violations: [
                    "SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach all tcp ports; expected a narrower source, or the port in `allowedPorts`.",
                ],
            },
            {
                name: "a last port of -1, which is every port",
                props: ingress({ protocol: "tcp", fromPort: 443, toPort: -1, cidrBlocks: ["0.0.0.0/0"] }),
                settings: { allowedPorts: [443] },
                violations: [
                    "SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach all tcp ports; expected a narrower source, or the port in `allowedPorts`.",
                ],
            },
            {
                name: "a first port of 0",
                props: ingress({ protocol: "tcp", fromPort: 0, toPort: 22, cidrBlocks: ["0.0.0.0/0"] }),
                violations: [
                    "SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach tcp ports 0-22; expected a narrower source, or the port in `allowedPorts`.",
                ],
            },
            {
                name: "a range with a gap between the allowed ranges",
                props: ingress({ protocol: "tcp", fromPort: 80, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }),
                settings: { allowedPorts: ["1-80", "82-443"] },
                violations: [
                    "SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach tcp ports 80-443; expected a narrower source, or the port in `allowedPorts`.",
                ],
            },
            {
                name: "ports whose digits run together to the same text",
                props: ingress(
                    { protocol: "tcp", fromPort: 1, toPort: 11, cidrBlocks: ["0.0.0.0/2"] },
                    { protocol: "tcp", fromPort: 11, toPort: 1, cidrBlocks: ["64.0.0.0/2"] },
                    { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] },
                ),
                violations: [
                    "SecurityGroup 'subject', ingress[2].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach tcp port 22; expected a narrower source, or the port in `allowedPorts`.",
                ],
            },
            {
                name: "a range of ports by a rule of a group, to its last port",
                type: INGRESS_RULE,
                props: { ipProtocol: "tcp", fromPort: 443, toPort: 8443, cidrIpv4: "0.0.0.0/0" },
                settings: { allowedPorts: [443] },
                violations: [
                    "SecurityGroupIngressRule 'subject', cidrIpv4: lets the whole internet (0.0.0.0/0) reach tcp ports 443-8443; expected a narrower source, or the port in `allowedPorts`.",
                ],
            },
            ...["aws:ec2/networkAcl:NetworkAcl", "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"].map(type => ({
                name: `a range of ports by an entry of ${type}, to its last port`,
                type,
                props: ingress({
                    action: "ALLOW",
                    protocol: "tcp",
                    fromPort: 443,
                    toPort: 8443,
                    cidrBlock: "0.0.0.0/0",
                }),
                settings: { judgeNetworkAcls: true, allowedPorts: [443] },
                violations: [
                    `${type.slice(type.lastIndexOf(":") + 1)} 'subject', ingress[0].cidrBlock: lets the whole internet (0.0.0.0/0) reach tcp ports 443-8443; ${NARROWER}`,
                ],
            })),
            {
                name: "a prefix list of one half of the world and some of the other",
                type: "aws:ec2/managedPrefixList:ManagedPrefixList",
                props: { entries: [{ cidr: "10.0.0.0/8" }, { cidr: "128.0.0.0/1" }] },
                violations: [
                    "ManagedPrefixList 'subject', entries[1].cidr: is half of the internet or more (10.0.0.0/8, 128.0.0.0/1), which every rule that names this prefix list lets in; expected narrower blocks.",
                ],
            },
            {
                name: "half of IPv4 beside half of IPv6 in a prefix list",
                type: "aws:ec2/managedPrefixList:ManagedPrefixList",
                props: { entries: [{ cidr: "2000::/4" }, { cidr: "128.0.0.0/1" }] },
                violations: [
                    "ManagedPrefixList 'subject', entries[1].cidr: is half of the internet or more (128.0.0.0/1), which every rule that names this prefix list lets in; expected narrower blocks.",
                    "ManagedPrefixList 'subject', entries[0].cidr: is half of the internet or more (2000::/4), which every rule that names this prefix list lets in; expected narrower blocks.",
                ],
            },
            {
                name: "an entry of a prefix list that is no block",
                type: "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry",
                props: { cidr: 5 },
                violations: ["ManagedPrefixListEntry 'subject', cidr: is 5; expected a block such as 10.0.0.0/8."],
            },
            {
                name: "the world as an entry of a prefix list",
                type: "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry",
                props: { cidr: "0.0.0.0/0", prefixListId: UNKNOWN },
                violations: [
                    "ManagedPrefixListEntry 'subject', cidr: is the whole internet (0.0.0.0/0), which every rule that names this prefix list lets in; expected narrower blocks.",
                ],
            },
            ...[
                [[{ cidr: "10.0.0.0/8" }, { cidr: "0.0.0.0/0" }], 1, "the whole internet (0.0.0.0/0)"],
                [[{ cidr: "::/0" }], 0, "the whole internet (::/0)"],
                [
                    [{ cidr: "128.0.0.0/1" }, { cidr: "0.0.0.0/2" }, { cidr: "64.0.0.0/2" }],
                    0,
                    "the whole internet (128.0.0.0/1, 0.0.0.0/2, 64.0.0.0/2)",
                ],
                [
                    [{ cidr: "0.0.0.0/2" }, { cidr: "64.0.0.0/2" }],
                    0,
                    "half of the internet or more (0.0.0.0/2, 64.0.0.0/2)",
                ],
            ].map(([entries, index, who]) => ({
                name: `a prefix list of ${String(who)}`,
                type: "aws:ec2/managedPrefixList:ManagedPrefixList",
                props: { entries },
                violations: [
                    `ManagedPrefixList 'subject', entries[${String(index)}].cidr: is ${String(who)}, which every rule that names this prefix list lets in; expected narrower blocks.`,
                ],
            })),
            {
                name: "the world to one port, in IPv4 and IPv6",
                props: ingress({ ...SSH, cidrBlocks: ["0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] }),
                violations: [
                    `SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach tcp port 22; ${NARROWER}`,
                    `SecurityGroup 'subject', ingress[0].ipv6CidrBlocks[0]: lets the whole internet (::/0) reach tcp port 22; ${NARROWER}`,
                ],
            },
            {
                name: "other spellings of the world, beside a private block and another group",
                props: ingress({
                    ...SSH,
                    cidrBlocks: ["10.0.0.0/8", "10.1.2.3/0"],
                    ipv6CidrBlocks: ["0:0::0/0"],
                    securityGroups: ["sg-1"],
                }),
                violations: [
                    `SecurityGroup 'subject', ingress[0].cidrBlocks[1]: lets the whole internet (10.1.2.3/0) reach tcp port 22; ${NARROWER}`,
                    `SecurityGroup 'subject', ingress[0].ipv6CidrBlocks[0]: lets the whole internet (0:0::0/0) reach tcp port 22; ${NARROWER}`,
                ],
            },
            {
                name: "every protocol",
                props: ingress({ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }),
                violations: [
                    "SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach every port by every protocol; expected a narrower source.",
                ],
            },
            {
                name: "every protocol by another name, without ports, whatever ports settings open",
                props: ingress({ protocol: "All", cidrBlocks: ["0.0.0.0/0"] }),
                settings: { allowedPorts: ["0-65535"], allowIcmp: true },
                violations: [
                    "SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach every port by every protocol; expected a narrower source.",
                ],
            },
            {
                name: "a range that begins in an allowed port and ends beyond it",
                props: ingress({ protocol: "tcp", fromPort: 443, toPort: 444, cidrBlocks: ["0.0.0.0/0"] }),
                settings: { allowedPorts: [443] },
                violations: [
                    `SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach tcp ports 443-444; ${NARROWER}`,
                ],
            },
            {
                name: "ports that are left out, and ports by name, count as all",
                props: ingress(
                    { protocol: "tcp", cidrBlocks: ["0.0.0.0/0"] },
                    { protocol: "udp", fromPort: "https", toPort: "https", cidrBlocks: ["0.0.0.0/0"] },
                ),
                settings: { allowedPorts: [443] },
                violations: [
                    `SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach all tcp ports; ${NARROWER}`,
                    `SecurityGroup 'subject', ingress[1].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach all udp ports; ${NARROWER}`,
                ],
            },
            {
                name: "ping, whose type is no port",
                props: ingress({ protocol: "icmp", fromPort: 8, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }),
                settings: { allowedPorts: [8, 0] },
                violations: [
                    "SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) send ICMP; expected a narrower source, or the setting `allowIcmp`.",
                ],
            },
            {
                name: "a protocol without ports, dressed up with a port that settings open",
                props: ingress({ protocol: "50", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }),
                settings: { allowedPorts: [443] },
                violations: [
                    "SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach every port by protocol 50; expected a narrower source.",
                ],
            },
            {
                name: "a number that is -1 and no text",
                type: RULE,
                props: { type: "ingress", protocol: -1, fromPort: -1, toPort: -1, cidrBlocks: ["0.0.0.0/00"] },
                violations: [
                    "SecurityGroupRule 'subject', cidrBlocks[0]: lets the whole internet (0.0.0.0/00) reach every port by every protocol; expected a narrower source.",
                ],
            },
            {
                name: "IPv4 written as IPv6",
                type: INGRESS_RULE,
                props: { ipProtocol: "udp", fromPort: 53, toPort: 53, cidrIpv6: "::ffff:0.0.0.0/96" },
                violations: [
                    `SecurityGroupIngressRule 'subject', cidrIpv6: lets the whole internet (::ffff:0.0.0.0/96) reach udp port 53; ${NARROWER}`,
                ],
            },
            {
                name: "both halves of the world, under two spellings of a protocol",
                props: ingress(
                    { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/2", "192.0.0.0/2"] },
                    { protocol: "6", fromPort: "22", toPort: 22, cidrBlocks: ["64.0.0.0/2", "128.0.0.0/2"] },
                ),
                violations: [
                    `SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/2, 64.0.0.0/2, 128.0.0.0/2, 192.0.0.0/2) reach tcp port 22; ${NARROWER}`,
                ],
            },
            {
                name: "text for a rule",
                props: ingress("128.0.0.0/1" as unknown as object),
                violations: [
                    "SecurityGroup 'subject', ingress[0]: is \"128.0.0.0/1\"; expected a rule with protocol, ports and sources.",
                ],
            },
            {
                name: "pieces of the world in one rule",
                props: ingress({ ...SSH, cidrBlocks: ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2"] }),
                violations: [
                    `SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets half of the internet or more (0.0.0.0/2, 64.0.0.0/2, 128.0.0.0/2) reach tcp port 22; ${NARROWER}`,
                ],
            },
            {
                name: "pieces of the world in two rules for the same port",
                props: ingress({ ...SSH, cidrBlocks: ["0.0.0.0/2"] }, { ...SSH, cidrBlocks: ["64.0.0.0/2"] }),
                violations: [
                    `SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets half of the internet or more (0.0.0.0/2, 64.0.0.0/2) reach tcp port 22; ${NARROWER}`,
                ],
            },
            {
                name: "half of the world alone",
                type: INGRESS_RULE,
                props: { ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: "128.0.0.0/1" },
                violations: [
                    `SecurityGroupIngressRule 'subject', cidrIpv4: lets half of the internet or more (128.0.0.0/1) reach tcp port 22; ${NARROWER}`,
                ],
            },
            {
                name: "a known world beside an unknown source",
                props: ingress({ ...SSH, cidrBlocks: [UNKNOWN, "0.0.0.0/0"] }),
                violations: [
                    `SecurityGroup 'subject', ingress[0].cidrBlocks[1]: lets the whole internet (0.0.0.0/0) reach tcp port 22; ${NARROWER}`,
                ],
                notes: [
                    "Cannot be judged yet: SecurityGroup 'subject', ingress[0].cidrBlocks[0]: the source is unknown until the update.",
                ],
            },
            {
                name: "unknown ports, where none is allowed",
                props: ingress({ protocol: "tcp", fromPort: UNKNOWN, toPort: UNKNOWN, cidrBlocks: ["0.0.0.0/0"] }),
                violations: [
                    `SecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach all tcp ports; ${NARROWER}`,
                ],
            },
            {
                name: "a single object for the list of rules, and text for the list of blocks",
                props: { ingress: { ...SSH, cidrBlocks: "0.0.0.0/0" } },
                violations: [
                    `SecurityGroup 'subject', ingress.cidrBlocks: lets the whole internet (0.0.0.0/0) reach tcp port 22; ${NARROWER}`,
                ],
            },
            {
                name: "sources that are no blocks",
                props: ingress({ ...SSH, cidrBlocks: ["anywhere", 5] }),
                violations: [
                    "SecurityGroup 'subject', ingress[0].cidrBlocks[0]: is \"anywhere\"; expected a block such as 10.0.0.0/8.",
                    "SecurityGroup 'subject', ingress[0].cidrBlocks[1]: is 5; expected a block such as 10.0.0.0/8.",
                ],
            },
            {
                name: "a separate rule",
                type: RULE,
                props: { type: "ingress", ...SSH, cidrBlocks: ["0.0.0.0/0"] },
                violations: [
                    `SecurityGroupRule 'subject', cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach tcp port 22; ${NARROWER}`,
                ],
            },
            {
                name: "a separate rule whose direction is unknown",
                type: RULE,
                props: { type: UNKNOWN, ...SSH, ipv6CidrBlocks: ["::/0"] },
                violations: [
                    `SecurityGroupRule 'subject', ipv6CidrBlocks[0]: lets the whole internet (::/0) reach tcp port 22; ${NARROWER}`,
                ],
            },
            {
                name: "a VPC rule for all of IPv6 without ports",
                type: INGRESS_RULE,
                props: { ipProtocol: "-1", cidrIpv6: "::/0" },
                violations: [
                    "SecurityGroupIngressRule 'subject', cidrIpv6: lets the whole internet (::/0) reach every port by every protocol; expected a narrower source.",
                ],
            },
            {
                name: "a default group",
                type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
                props: ingress({ ...SSH, cidrBlocks: ["0.0.0.0/0"] }),
                violations: [
                    `DefaultSecurityGroup 'subject', ingress[0].cidrBlocks[0]: lets the whole internet (0.0.0.0/0) reach tcp port 22; ${NARROWER}`,
                ],
            },
            {
                name: "rules in a default group, where settings ask for none",
                type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
                props: {
                    ingress: [{ protocol: "-1", self: true }],
                    egress: [{ protocol: "-1", cidrBlocks: ["0.0.0.0/0"] }],
                },
                settings: { requireEmptyDefaultGroups: true },
                violations: [
                    "DefaultSecurityGroup 'subject', ingress[0]: is a rule of the VPC's default security group; expected none.",
                    "DefaultSecurityGroup 'subject', egress[0]: is a rule of the VPC's default security group; expected none.",
                ],
            },
            {
                name: "an open network ACL, where settings ask for it",
                type: "aws:ec2/networkAcl:NetworkAcl",
                props: ingress(
                    { action: "deny", protocol: "tcp", fromPort: 22, toPort: 22, cidrBlock: "0.0.0.0/0" },
                    { action: "allow", protocol: "tcp", fromPort: 3389, toPort: 3389, ipv6CidrBlock: "::/0" },
                ),
                settings: { judgeNetworkAcls: true },
                violations: [
                    `NetworkAcl 'subject', ingress[1].ipv6CidrBlock: lets the whole internet (::/0) reach tcp port 3389; ${NARROWER}`,
                ],
            },
            {
                name: "a rule of a network ACL, where settings ask for it",
                type: "aws:ec2/networkAclRule:NetworkAclRule",
                props: { ruleAction: "allow", protocol: "-1", cidrBlock: "0.0.0.0/0" },
                settings: { judgeNetworkAcls: true },
                violations: [
                    "NetworkAclRule 'subject', cidrBlock: lets the whole internet (0.0.0.0/0) reach every port by every protocol; expected a narrower source.",
                ],
            },
        ]),
    ],
    badSettings: [
        { allowedPortsOfGroups: [{ groups: [], ports: [443] }] },
        { allowedPortsOfGroups: [{ groups: ["web"] }] },
        { allowBalancerListeners: "yes" },
        { allowedPort: [443] },
        { allowedPorts: 443 },
        { allowedPorts: [65_536] },
        { allowedPorts: ["https"] },
        { allowedPorts: [-1] },
        { allowIcmp: "yes" },
    ],
});
