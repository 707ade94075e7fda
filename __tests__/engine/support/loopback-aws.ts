import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { REPOSITORY } from "./pulumi";

const REGION = "eu-west-1";

/** How long the server may take to answer, in milliseconds. */
const START_TIMEOUT = 60_000;

/** Why there is no loopback AWS on this machine; undefined where there is. Installs it the first time. */
export function loopbackAwsMissing(): string | undefined {
    const { status, stderr } = locate();
    return status === 0 ? undefined : (stderr.trim().split("\n").at(-1) ?? "moto could not be installed");
}

function locate() {
    return spawnSync(process.execPath, [join(REPOSITORY, "scripts/install-moto.mjs")], { encoding: "utf8" });
}

/** KMS and S3 on loopback, kept in memory. */
export class LoopbackAws {
    private constructor(
        private readonly server: ChildProcess,
        private readonly port: number,
    ) {}

    /** Rejects when the server does not answer in time. */
    static async start(): Promise<LoopbackAws> {
        const port = await freePort();
        const server = spawn(locate().stdout.trim(), ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
        const aws = new LoopbackAws(server, port);
        const deadline = Date.now() + START_TIMEOUT;
        while (!(await aws.answers())) {
            if (Date.now() > deadline || server.exitCode !== null) {
                aws.close();
                throw new Error("The loopback AWS does not answer.");
            }
            await setTimeout(200);
        }
        return aws;
    }

    /** What makes the AWS SDKs of any process talk to this server. */
    get env(): NodeJS.ProcessEnv {
        return {
            AWS_ENDPOINT_URL: `http://127.0.0.1:${this.port}`,
            AWS_REGION: REGION,
            AWS_ACCESS_KEY_ID: "test",
            AWS_SECRET_ACCESS_KEY: "test",
        };
    }

    /** Creates a symmetric key under `alias/<name>`; gives the address that `--secrets-provider` takes. */
    async createKey(name: string): Promise<string> {
        const { KeyMetadata } = (await this.kms("CreateKey", {})) as { KeyMetadata: { KeyId: string } };
        await this.kms("CreateAlias", { AliasName: `alias/${name}`, TargetKeyId: KeyMetadata.KeyId });
        return `awskms://alias/${name}?region=${REGION}`;
    }

    /** Creates a bucket; gives the address that `pulumi login` takes. */
    async createBucket(name: string): Promise<string> {
        const location = `<LocationConstraint>${REGION}</LocationConstraint>`;
        const body = `<CreateBucketConfiguration>${location}</CreateBucketConfiguration>`;
        await this.request("s3", `/${name}`, { method: "PUT", body });
        return `s3://${name}?endpoint=127.0.0.1:${this.port}&disableSSL=true&s3ForcePathStyle=true&region=${REGION}`;
    }

    close(): void {
        this.server.kill("SIGKILL");
    }

    private async kms(action: string, body: object): Promise<unknown> {
        const response = await this.request("kms", "/", {
            method: "POST",
            headers: { "x-amz-target": `TrentService.${action}`, "content-type": "application/x-amz-json-1.1" },
            body: JSON.stringify(body),
        });
        const text = await response.text();
        return text === "" ? undefined : JSON.parse(text);
    }

    private async request(service: string, path: string, init: RequestInit): Promise<Response> {
        // The server tells its services apart by the scope of the credential.
        const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/${service}/aws4_request`;
        const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
            ...init,
            headers: { ...init.headers, authorization },
        });
        if (!response.ok) throw new Error(`${service} ${path}: ${response.status} ${await response.text()}`);
        return response;
    }

    private async answers(): Promise<boolean> {
        try {
            return (await fetch(`http://127.0.0.1:${this.port}/moto-api/`)).ok;
        } catch {
            return false;
        }
    }
}

async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    server.close();
    await once(server, "close");
    if (address === null || typeof address === "string") throw new Error("There is no free port.");
    return address.port;
}
