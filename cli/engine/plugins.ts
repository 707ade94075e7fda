import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { ConfigureRequest, type ConfigureResponse } from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { tracked } from "./children";
import { MESSAGE_LIMITS, type NoPortError, portOf } from "./port";

/** A provider's plugin of a package, such as `awsx`; of any version where none is asked for. */
export interface PluginName {
    readonly name: string;
    readonly version: string;
}

/** A plugin is not there or cannot be used; the message says what to do. */
export class PluginError extends Error {}

/**
 * The plugins that this machine has installed for providers, started as the engine starts them, once each.
 *
 * Source: pulumi/pulumi 3.259, sdk/go/common/workspace/plugins.go (getPluginInfoAndPath) and pkg/resource/plugin/plugin.go.
 */
export class Plugins {
    private readonly started = new Map<string, Promise<ResourceProviderClient>>();
    private readonly children: ChildProcess[] = [];

    constructor(
        /** Of the stack, by full key; those of a plugin's own name configure it, as they do a default provider. */
        private readonly settings: Readonly<Record<string, string>> = {},
    ) {}

    /**
     * A provider that has been configured by the stack's settings. Rejects with {@link PluginError}.
     *
     * @param engine Address at which the engine's service listens.
     */
    provider(plugin: PluginName, engine: string): Promise<ResourceProviderClient> {
        const key = `${plugin.name} ${plugin.version}`;
        const provider = this.started.get(key) ?? this.start(plugin, engine);
        this.started.set(key, provider);
        return provider;
    }

    stop(): void {
        for (const child of this.children) child.kill("SIGKILL");
        for (const provider of this.started.values()) {
            provider.then(
                client => client.close(),
                () => undefined,
            );
        }
    }

    private async start(plugin: PluginName, engine: string): Promise<ResourceProviderClient> {
        const executable = executableOf(plugin);
        if (executable === undefined) {
            const install = ["pulumi plugin install resource", plugin.name, plugin.version].join(" ").trim();
            throw new PluginError(`that plugin is not installed here; \`${install}\` installs it`);
        }
        const child = tracked(spawn(executable, [engine], { stdio: ["ignore", "pipe", "pipe"] }));
        this.children.push(child);
        const port = await portOf(child).catch((error: NoPortError) => {
            throw new PluginError(`that plugin does not start: ${error.said.split("\n").at(-1) || error.message}`);
        });
        const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), MESSAGE_LIMITS);
        const own = Object.entries(this.settings).filter(([key]) => key.startsWith(`${plugin.name}:`));
        const args = Object.fromEntries(own.map(([key, value]) => [key.slice(plugin.name.length + 1), value]));
        const request = new ConfigureRequest()
            .setArgs(Struct.fromJavaScript(args))
            .setAcceptsecrets(true)
            .setAcceptresources(true);
        for (const [key, value] of own) request.getVariablesMap().set(key.replace(":", ":config:"), value);
        await new Promise<ConfigureResponse>((resolve, reject) =>
            client.configure(request, (error, response) =>
                error === null
                    ? resolve(response)
                    : reject(new PluginError(`that plugin cannot be configured: ${error.details}`)),
            ),
        );
        return client;
    }
}

/** The plugin on PATH, whatever its version, else the one that Pulumi installed; undefined where there is neither. */
function executableOf({ name, version }: PluginName): string | undefined {
    const file = `pulumi-resource-${name}`;
    const ambient = (process.env.PATH ?? "").split(delimiter).filter(folder => folder !== "");
    const home = process.env.PULUMI_HOME || join(homedir(), ".pulumi");
    const installed = join(home, "plugins");
    const versions = version === "" ? versionsIn(installed, name) : [version];
    return [...ambient, ...versions.map(each => join(installed, `resource-${name}-v${each}`))]
        .map(folder => join(folder, file))
        .find(isExecutable);
}

/** The installed versions of a plugin, the newest first. */
function versionsIn(folder: string, name: string): string[] {
    const prefix = `resource-${name}-v`;
    try {
        return readdirSync(folder)
            .filter(entry => entry.startsWith(prefix))
            .map(entry => entry.slice(prefix.length))
            .sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
    } catch {
        // Nothing was ever installed.
        return [];
    }
}

function isExecutable(file: string): boolean {
    try {
        accessSync(file, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}
