import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import type { AnalyzeRequest, AnalyzeStackRequest } from "@pulumi/pulumi/proto/analyzer_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

/**
 * Lets the policies of a pack share the reading of a request's properties. The SDK reads them from their protocol buffers
 * again for each policy; that is most of what a pack with many policies costs. Each policy still gets a copy of its own,
 * which the SDK makes of what is read here.
 *
 * Must be called before the pack is served.
 * Source: @pulumi/policy 1.21, server.js (makeAnalyzeRpcFun, makeAnalyzeStackRpcFun) and deserialize.js.
 */
export function shareProperties(): void {
    share<AnalyzeRequest>(AnalyzerService.analyze, request => [request]);
    share<AnalyzeStackRequest>(AnalyzerService.analyzeStack, request => request.getResourcesList());
}

/** What the messages for one resource and for a whole stack have in common. */
interface WithProperties {
    getProperties(): Struct | undefined;
    getProvider(): { getProperties(): Struct | undefined } | undefined;
}

function share<Request>(
    method: { requestDeserialize(bytes: Buffer): Request },
    resourcesOf: (request: Request) => readonly WithProperties[],
): void {
    const { requestDeserialize } = method;
    method.requestDeserialize = bytes => {
        const request = requestDeserialize(bytes);
        for (const resource of resourcesOf(request)) {
            readOnce(resource.getProperties());
            readOnce(resource.getProvider()?.getProperties());
        }
        return request;
    };
}

function readOnce(properties: Struct | undefined): void {
    if (properties === undefined) return;
    const read = properties.toJavaScript.bind(properties);
    let result: ReturnType<Struct["toJavaScript"]> | undefined;
    properties.toJavaScript = () => {
        result ??= read();
        return result;
    };
}
