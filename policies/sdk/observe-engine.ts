import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
    type AnalyzerStackConfigureRequest,
    type ConfigureAnalyzerRequest,
    EnforcementLevel,
} from "@pulumi/pulumi/proto/analyzer_pb";
import type { EngineConfig, Session } from "../config/session";
import type { StackIdentity } from "../config/stack-identity";
import { observe } from "./observe";
import { requireKnownSdk } from "./versions";

/**
 * Lets a session see the messages by which the engine configures a pack, and for which stack it asks, before the SDK acts on
 * them. The SDK shows a policy its own settings only, and the tags of the stack only while it judges.
 *
 * Must be called before the pack is served. Throws with other releases of the SDK than it was written against. An error that the session throws becomes the engine's answer, which ends the
 * run.
 * Source: Pulumi SDK for Go 3.259, NewPolicyAnalyzer and PolicyProxy.Attach (ConfigureStack is the first call), and
 * pkg/engine/update.go (then GetAnalyzerInfo, then Configure).
 */
export function observeEngine(session: Session, known: StackIdentity): void {
    requireKnownSdk();
    observe(AnalyzerService.configureStack, (request: AnalyzerStackConfigureRequest) =>
        session.onStack({
            organization: request.getOrganization() || known.organization,
            project: request.getProject() || known.project,
            stack: request.getStack() || known.stack,
            tags: Object.fromEntries(entriesOf(request.getTagsMap())),
        }),
    );
    observe(AnalyzerService.configure, (request: ConfigureAnalyzerRequest) =>
        session.onConfiguration(readConfiguration(request)),
    );
    for (const method of [AnalyzerService.remediate, AnalyzerService.analyze]) {
        observe(method, request => session.onResource(request.getUrn()));
    }
}

const LEVELS = {
    [EnforcementLevel.ADVISORY]: "advisory",
    [EnforcementLevel.MANDATORY]: "mandatory",
    [EnforcementLevel.REMEDIATE]: "remediate",
    [EnforcementLevel.DISABLED]: "disabled",
} as const;

function readConfiguration(request: ConfigureAnalyzerRequest): EngineConfig {
    return Object.fromEntries(
        entriesOf(request.getPolicyconfigMap()).map(([name, config]) => {
            const settings = config.getProperties()?.toJavaScript() ?? {};
            return [name, { level: LEVELS[config.getEnforcementlevel()], settings }];
        }),
    );
}

function entriesOf<T>(map: { forEach(visit: (value: T, name: string) => void): void }): [name: string, value: T][] {
    const entries: [string, T][] = [];
    map.forEach((value, name) => {
        entries.push([name, value]);
    });
    return entries;
}
