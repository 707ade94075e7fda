import { type PolicyResource, unknownCheckingProxy } from "@pulumi/policy";
import * as pulumi from "@pulumi/pulumi";
import {
    type ReadResourceRequest,
    ReadResourceResponse,
    type RegisterResourceRequest,
    RegisterResourceResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { disconnect, setMockOptions } from "@pulumi/pulumi/runtime/settings";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";
import { OPTIONS } from "./engine-args";

/** The SDK's own types leave this module's exports out. */
const { getStore } = require("@pulumi/pulumi/runtime/state") as { getStore(): { supportsSecrets: boolean } };

type Reply<Response> = (error: Error | null, response: Response | undefined) => void;

/**
 * Runs the text of a Pulumi program in TypeScript as a preview would, and gives the resources it registered, in order,
 * as the pack's rules see them, secrets marked. What a cloud would only tell after creation is unknown.
 */
export async function runProgram(source: string): Promise<PolicyResource[]> {
    const resources = new Map<string, PolicyResource>();
    const links: { resource: PolicyResource; dependencies: string[]; byProperty: [string, string[]][] }[] = [];

    const add = (
        request: RegisterResourceRequest | ReadResourceRequest,
        properties: Struct | undefined,
        options: Partial<PolicyResource["opts"]>,
    ): string => {
        const urn = `urn:pulumi:prod::project::${request.getType()}::${request.getName()}`;
        const resource: PolicyResource = {
            type: request.getType(),
            name: request.getName(),
            urn,
            props: unknownCheckingProxy(properties?.toJavaScript() ?? {}),
            opts: { ...OPTIONS, ...options },
            dependencies: [],
            propertyDependencies: {},
            isType: () => false,
            asType: () => undefined,
        };
        resources.set(urn, resource);
        return urn;
    };

    const monitor = {
        registerResource(request: RegisterResourceRequest, reply: Reply<RegisterResourceResponse>) {
            const urn = add(request, request.getObject(), { protect: request.getProtect() ?? false });
            const resource = resources.get(urn);
            if (resource !== undefined) {
                links.push({
                    resource,
                    dependencies: request.getDependenciesList(),
                    byProperty: [...request.getPropertydependenciesMap().entries()].map(([name, targets]) => [
                        name,
                        targets.getUrnsList(),
                    ]),
                });
            }
            const response = new RegisterResourceResponse();
            response.setUrn(urn);
            response.setObject(request.getObject());
            reply(null, response);
        },
        readResource(request: ReadResourceRequest, reply: Reply<ReadResourceResponse>) {
            const response = new ReadResourceResponse();
            response.setUrn(add(request, request.getProperties(), {}));
            response.setProperties(request.getProperties());
            reply(null, response);
        },
        registerResourceOutputs: (_request: unknown, reply: Reply<object>) => reply(null, {}),
        supportsFeature: (_request: unknown, reply: Reply<object>) => reply(null, { getHassupport: () => false }),
        invoke: (_request: unknown, reply: Reply<never>) =>
            reply(new Error("The example asks the provider for data, which a test cannot give."), undefined),
    };

    setMockOptions(monitor, "project", "prod", true);
    getStore().supportsSecrets = true;
    const { outputText } = transpileModule(source, {
        compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true },
    });
    const program = { exports: {} };
    const requireFromHere = (name: string) => (name === "@pulumi/pulumi" ? pulumi : require(name));
    const wrapper = new Function("require", "module", "exports", outputText);
    wrapper(requireFromHere, program, program.exports);
    await disconnect();

    const find = (urn: string) => resources.get(urn);
    const isFound = (resource: PolicyResource | undefined): resource is PolicyResource => resource !== undefined;
    for (const { resource, dependencies, byProperty } of links) {
        resource.dependencies = dependencies.map(find).filter(isFound);
        for (const [name, urns] of byProperty) resource.propertyDependencies[name] = urns.map(find).filter(isFound);
    }
    return [...resources.values()];
}
