import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import type { AnalyzeStackRequest } from "@pulumi/pulumi/proto/analyzer_pb";

/**
 * Lets all stack policies of a pack share the resources of a stack.
 *
 * The SDK builds all resources and links them to one another again for each stack policy. Here it does so once, and is then
 * given none, so that a policy must take the resources from the function that is returned. That one gives undefined where
 * the policy's own arguments hold them: outside a request, and when they could not be built, which is left to the SDK
 * to report.
 *
 * Must be called before the pack is served.
 * Source: @pulumi/policy 1.21, server.js (makeAnalyzeStackRpcFun).
 */
export function linkOnce(): () => readonly PolicyResource[] | undefined {
    let resources: readonly PolicyResource[] | undefined;
    const link = makeAnalyzeStackRpcFun("", "", "mandatory", [
        {
            name: "link",
            description: "",
            validateStack: args => {
                resources = args.resources;
            },
        },
    ]);
    const method = AnalyzerService.analyzeStack;
    const { requestDeserialize } = method;
    method.requestDeserialize = bytes => {
        const request = requestDeserialize(bytes);
        resources = undefined;
        // Runs to its end at once: what it awaits comes after the one policy there is.
        link({ request }, () => {});
        if (resources !== undefined) request.setResourcesList([]);
        return request;
    };
    return () => resources;
}

/** Left out of the SDK's types. */
const { makeAnalyzeStackRpcFun }: { makeAnalyzeStackRpcFun: MakeHandler } = require("@pulumi/policy/server");

type MakeHandler = (
    packName: string,
    packVersion: string,
    enforcementLevel: "mandatory",
    policies: StackValidationPolicy[],
) => (call: { request: AnalyzeStackRequest }, callback: () => void) => void;
