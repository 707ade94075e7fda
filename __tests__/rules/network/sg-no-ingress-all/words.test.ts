import { rule } from "../../../../policies/rules/network/sg-no-ingress-all";
import { ref, type TestResource } from "../../../support/engine-args";
import { judgeStack } from "../../../support/test-rule";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";

const open = (protocol: string, port: number): TestResource => ({
    type: GROUP,
    name: "web",
    props: { ingress: [{ protocol, fromPort: port, toPort: port, cidrBlocks: ["0.0.0.0/0"] }] },
});

const count = (resources: readonly TestResource[], settings: object = {}) =>
    judgeStack(rule, resources, settings).violations.length;

describe("what a load balancer's listener listens on", () => {
    const behind = (transport: string, protocol: string) => [
        count([
            open(transport, 443),
            { type: "aws:lb/loadBalancer:LoadBalancer", name: "lb", props: { securityGroups: [ref("web")] } },
            {
                type: "aws:lb/listener:Listener",
                name: "listener",
                props: { loadBalancerArn: ref("lb", "arn"), protocol, port: 443 },
            },
        ]),
        count([
            open(transport, 443),
            {
                type: "aws:elb/loadBalancer:LoadBalancer",
                name: "lb",
                props: { securityGroups: [ref("web")], listeners: [{ lbPort: 443, lbProtocol: protocol }] },
            },
        ]),
    ];
    test.each(["HTTP", "HTTPS", "https", "TCP", "TLS", "SSL", "TCP_UDP", "TCP_QUIC"])("%s listens on TCP", protocol =>
        expect(behind("tcp", protocol)).toEqual([0, 0]),
    );
    test.each(["UDP", "udp", "TCP_UDP", "QUIC", "TCP_QUIC"])("%s listens on UDP", protocol =>
        expect(behind("udp", protocol)).toEqual([0, 0]),
    );
    test.each(["UDP", "QUIC", "GENEVE", "HTTP2", "XTCP", "TCPS", "XHTTP"])("%s does not listen on TCP", protocol =>
        expect(behind("tcp", protocol)).toEqual([1, 1]),
    );
    test.each(["HTTPS", "TCP", "TLS", "GENEVE", "UDP2", "XUDP", "XQUIC"])("%s does not listen on UDP", protocol =>
        expect(behind("udp", protocol)).toEqual([1, 1]),
    );
});

describe("what else stands behind a load balancer's group", () => {
    const shared = (type: string, props: object) =>
        count([
            open("tcp", 443),
            { type: "aws:lb/loadBalancer:LoadBalancer", name: "lb", props: { securityGroups: [ref("web")] } },
            {
                type: "aws:lb/listener:Listener",
                name: "listener",
                props: { loadBalancerArn: ref("lb", "arn"), protocol: "HTTPS", port: 443 },
            },
            { type, name: "other", props: { ...props } },
        ]);
    const group = [ref("web")];
    test.each([
        ["aws:ec2/instance:Instance", { vpcSecurityGroupIds: group }],
        ["aws:ec2/instance:Instance", { securityGroups: group }],
        ["aws:ec2/networkInterface:NetworkInterface", { securityGroups: group }],
        ["aws:elasticache/cluster:Cluster", { securityGroupIds: group }],
        ["aws:ecs/service:Service", { networkConfiguration: { securityGroups: group } }],
        ["aws:ec2/launchTemplate:LaunchTemplate", { networkInterfaces: [{ securityGroups: group }] }],
        ["aws:lambda/function:Function", { vpcConfig: { securityGroupIds: group } }],
    ])("%s by %j", (type, props) => expect(shared(type, props)).toBe(1));
    test.each([
        ["aws:ec2/instance:Instance", { otherIds: group }],
        ["aws:lambda/function:Function", { vpcConfig: { subnetIds: group } }],
        ["azure:compute/virtualMachine:VirtualMachine", { securityGroupIds: group }],
        ["aws:lb/loadBalancer:LoadBalancer", { securityGroups: group }],
        ["aws:alb/loadBalancer:LoadBalancer", { securityGroups: group }],
    ])("not %s by %j", (type, props) => expect(shared(type, props)).toBe(0));
});

describe("a protocol by its number or name", () => {
    test.each(["icmp", "1", "icmpv6", "58", "ICMP"])("%s is ICMP", protocol => {
        expect(count([open(protocol, 8)], { allowIcmp: true })).toBe(0);
        expect(count([open(protocol, 8)])).toBe(1);
        expect(count([open(protocol, 8)], { allowedPorts: [8] })).toBe(1);
    });
    test.each(["tcp", "6", "TCP", "udp", "17"])("%s has ports", protocol => {
        expect(count([open(protocol, 8)], { allowIcmp: true })).toBe(1);
        expect(count([open(protocol, 8)], { allowedPorts: [8] })).toBe(0);
        expect(count([open(protocol, 8)], { allowedPorts: ["7-9"] })).toBe(0);
        expect(count([open(protocol, 8)], { allowedPorts: ["8"] })).toBe(0);
        expect(count([open(protocol, 8)], { allowedPorts: [7, 9, "9-10", "1-7"] })).toBe(1);
    });
    test.each(["-1", "all", "50", "esp"])("%s has none", protocol => {
        expect(count([open(protocol, 8)], { allowIcmp: true })).toBe(1);
        expect(count([open(protocol, 8)], { allowedPorts: [8] })).toBe(1);
    });
});
