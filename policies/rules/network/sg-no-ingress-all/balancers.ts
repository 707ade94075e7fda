import type { Resource } from "../../../kit/resource";
import type { Stack } from "../../../kit/stack";
import { allOf, anyOf, not, type Truth } from "../../../kit/truth";
import type { Value } from "../../../kit/value";

/** Groups by their own resource. */
export const GROUP_TYPES = [
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
] as const;

const CLASSIC = "aws:elb/loadBalancer:LoadBalancer";
const BALANCERS = ["aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer", CLASSIC];
const LISTENERS = ["aws:lb/listener:Listener", "aws:alb/listener:Listener"];

/** Where other resources name the groups that they stand behind. Source: API documentation of @pulumi/aws 7.48. */
const MEMBERSHIPS: readonly (readonly [string, ...string[]])[] = [
    ["vpcSecurityGroupIds"],
    ["securityGroups"],
    ["securityGroupIds"],
    ["networkConfiguration", "securityGroups"],
    ["networkInterfaces", "securityGroups"],
    ["vpcConfig", "securityGroupIds"],
];

/** What listens on a transport protocol, by the protocol of a listener. HTTP/3 and QUIC come over UDP. */
const TRANSPORTS: Readonly<Record<"tcp" | "udp", RegExp>> = {
    tcp: /^(?:HTTPS?|TCP|TLS|SSL|TCP_UDP|TCP_QUIC)$/i,
    udp: /^(?:UDP|TCP_UDP|QUIC|TCP_QUIC)$/i,
};

/**
 * Whether a group is that of an internet-facing load balancer of the stack that listens on a port, and of nothing else: what
 * stands behind the balancer's own group could be reached past it.
 *
 * Source: Elastic Load Balancing User Guides, "Security groups for your Application Load Balancer" and "… Network Load Balancer".
 */
export function isOfBalancer(stack: Stack, group: Resource, transport: "tcp" | "udp", port: number): Truth {
    const balancers = stack.ofType(...BALANCERS);
    if (balancers.length === 0) return "no";
    const listens = anyOf(
        balancers.map(balancer =>
            allOf([
                isInternetFacing(balancer),
                anyOf(balancer.props.get("securityGroups").items().map(refersToGroup)),
                isListening(stack, balancer, transport, port),
            ]),
        ),
    );
    return listens === "no" ? "no" : allOf([listens, not(isSharedWithOthers())]);

    function refersToGroup(reference: Value): Truth {
        return stack.refersTo(reference, group);
    }

    function isSharedWithOthers(): Truth {
        const others = stack.whereType(type => type.startsWith("aws:") && !BALANCERS.includes(type));
        // A reference that cannot be resolved is no sign of a share.
        const isShared = others.some(({ props }) =>
            MEMBERSHIPS.some(path => membersAt(props, path).some(member => refersToGroup(member) === "yes")),
        );
        return isShared ? "yes" : "no";
    }
}

function membersAt(props: Value, path: readonly string[]): Value[] {
    return path.reduce<Value[]>((values, name) => values.flatMap(value => value.get(name).items()), [props]);
}

function isInternetFacing({ props }: Resource): Truth {
    const internal = props.get("internal");
    if (internal.isUnknown) return "unknown";
    return internal.boolean() === true ? "no" : "yes";
}

function isListening(stack: Stack, balancer: Resource, transport: "tcp" | "udp", port: number): Truth {
    if (balancer.type === CLASSIC) {
        const listeners = balancer.props.get("listeners").items();
        return anyOf(
            listeners.map(one => (one.isUnknown ? "unknown" : fits(one.get("lbProtocol"), one.get("lbPort")))),
        );
    }
    return anyOf(
        stack
            .ofType(...LISTENERS)
            .map(({ props }) =>
                allOf([
                    fits(props.get("protocol"), props.get("port")),
                    stack.refersTo(props.get("loadBalancerArn"), balancer),
                ]),
            ),
    );

    function fits(protocol: Value, given: Value): Truth {
        // An Application Load Balancer knows its listener's protocol by the port where none is given.
        const isProtocol = protocol.isMissing ? transport === "tcp" : TRANSPORTS[transport].test(protocol.text() ?? "");
        return allOf([
            protocol.isUnknown ? "unknown" : isProtocol ? "yes" : "no",
            given.isUnknown ? "unknown" : given.number() === port ? "yes" : "no",
        ]);
    }
}
