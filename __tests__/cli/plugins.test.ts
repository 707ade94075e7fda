import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os, { tmpdir } from "node:os";
import { join } from "node:path";
import { Plugins } from "../../cli/engine/plugins";

/** A plugin that tells its name when it is configured, in the refusal. */
const PLUGIN = (name: string) => `#!${process.execPath}
const grpc = require(${JSON.stringify(require.resolve("@grpc/grpc-js"))});
const { ResourceProviderService } = require(${JSON.stringify(require.resolve("@pulumi/pulumi/proto/provider_grpc_pb"))});
const server = new grpc.Server();
const configure = (call, done) => done({ code: grpc.status.INTERNAL, details: "${name} at " + process.argv[2] });
server.addService(ResourceProviderService, { configure });
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => console.log(port));
`;

describe("a provider's plugin", () => {
    let home: string;
    const before = { ...process.env };
    beforeEach(() => {
        home = mkdtempSync(join(tmpdir(), "plugins-"));
        process.env.PULUMI_HOME = home;
    });
    afterEach(() => {
        process.env = { ...before };
        rmSync(home, { recursive: true, force: true });
    });

    function install(folder: string, script: string): void {
        mkdirSync(join(home, folder), { recursive: true });
        const file = join(home, folder, "pulumi-resource-acme");
        writeFileSync(file, script);
        chmodSync(file, 0o755);
    }

    async function refusalOf(version: string): Promise<string> {
        const plugins = new Plugins();
        try {
            await plugins.provider({ name: "acme", version }, "127.0.0.1:7");
        } catch (error) {
            return (error as Error).message;
        } finally {
            plugins.stop();
        }
        throw new Error("It was configured.");
    }

    test.each([
        ["1.2.3", "that plugin is not installed here; `pulumi plugin install resource acme 1.2.3` installs it"],
        ["", "that plugin is not installed here; `pulumi plugin install resource acme` installs it"],
    ])("that is not installed (version %p) is told with the command that installs it", async (version, reason) => {
        install("plugins/resource-acme-v1.2.4", PLUGIN("another"));
        install("plugins/resource-acmeplus-v1.2.3", PLUGIN("another"));
        if (version === "") rmSync(join(home, "plugins/resource-acme-v1.2.4"), { recursive: true });
        expect(await refusalOf(version)).toBe(reason);
    });

    test.each([
        ["9.0.0", "old"],
        ["10.0.0", "new"],
        ["", "new"],
    ])("of version %p is the one of that version, or the newest", async (version, name) => {
        install("plugins/resource-acme-v9.0.0", PLUGIN("old"));
        install("plugins/resource-acme-v10.0.0", PLUGIN("new"));
        expect(await refusalOf(version)).toBe(`that plugin cannot be configured: ${name} at 127.0.0.1:7`);
    });

    test("lies below the home folder where no other is set", async () => {
        delete process.env.PULUMI_HOME;
        const spy = jest.spyOn(os, "homedir").mockReturnValue(home);
        install(".pulumi/plugins/resource-acme-v1.0.0", PLUGIN("at home"));
        expect(await refusalOf("1.0.0")).toBe("that plugin cannot be configured: at home at 127.0.0.1:7");
        spy.mockRestore();
    });

    test("on PATH wins, as in the engine", async () => {
        install("plugins/resource-acme-v1.0.0", PLUGIN("installed"));
        install("bin", PLUGIN("ambient"));
        process.env.PATH = `${join(home, "bin")}:${process.env.PATH}`;
        expect(await refusalOf("1.0.0")).toBe("that plugin cannot be configured: ambient at 127.0.0.1:7");
    });

    test.each([
        ["with what it said last", "#!/bin/sh\necho starting >&2\necho 'no licence' >&2\nexit 1\n", "no licence"],
        ["without a word", "#!/bin/sh\nexit 0\n", "it ended before it printed its port"],
        ["and cannot even be run", "#!/no/such/interpreter\n", expect.stringMatching(/ENOENT/)],
    ])("that ends at once is told %s", async (_, script, reason) => {
        install("plugins/resource-acme-v1.0.0", script);
        expect(await refusalOf("1.0.0")).toEqual(
            typeof reason === "string" ? `that plugin does not start: ${reason}` : reason,
        );
    });
});
