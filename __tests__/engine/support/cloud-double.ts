import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** The organisation that the double knows. */
export const ORGANIZATION = "acme";

/** What a policy pack says of one policy when it is published. Source: pulumi/pulumi, sdk/go/common/apitype/policy.go. */
interface PublishedPolicy {
    readonly name: string;
    readonly enforcementLevel: string;
    readonly configSchema?: { readonly properties?: Readonly<Record<string, unknown>>; readonly required?: string[] };
}

interface PublishRequest {
    readonly name: string;
    readonly displayName: string;
    readonly versionTag: string;
    readonly policies: readonly PublishedPolicy[];
}

interface PublishedPack extends PublishRequest {
    /** Counts from 1 for each name. */
    readonly version: number;
    tarball: Buffer;
    isComplete: boolean;
}

/** What a policy group holds of a pack. */
interface EnabledPack {
    readonly name: string;
    readonly versionTag: string;
    readonly config?: Readonly<Record<string, unknown>>;
    readonly environments?: readonly string[];
}

interface Request {
    readonly body: Buffer;
    json<T>(): T;
}

/** Status and JSON body. */
type Answer = readonly [status: number, body?: unknown];

/** The path of a started preview, update, refresh or destroy; the stack is captured. */
const OPERATION = "/api/stacks/([^/]+/[^/]+/[^/]+)/(?:update|refresh|destroy)/1";

type Handler = (request: Request, ...parameters: string[]) => Answer | Buffer;

/**
 * A stand-in for the Pulumi Cloud API on loopback, as far as the CLI calls it to publish and enable a policy pack and to
 * enforce it on all that is done with a stack. Paths and bodies: pulumi/pulumi, pkg/backend/httpstate/client.
 */
export class CloudDouble {
    readonly packs: PublishedPack[] = [];
    /** ESC environments: the values of each, by name. */
    readonly environments = new Map<string, Readonly<Record<string, unknown>>>();
    /** Calls that the double has no answer to, such as `GET /api/…`; a test can show them when it fails. */
    readonly unanswered: string[] = [];
    /** The last checkpoint of each stack, by organisation, project and name. */
    private readonly stacks = new Map<string, object>();
    private enabled: EnabledPack[] = [];
    private openEnvironments: readonly string[] = [];

    private constructor(
        private readonly server: Server,
        readonly url: string,
    ) {}

    static async start(): Promise<CloudDouble> {
        const server = createServer();
        await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
        const double = new CloudDouble(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
        server.on("request", (request, response) => void double.answer(request, response));
        return double;
    }

    /** What makes `pulumi` talk to the double, logged in. */
    get env(): NodeJS.ProcessEnv {
        return { PULUMI_BACKEND_URL: this.url, PULUMI_ACCESS_TOKEN: "made-up" };
    }

    /** Names ESC environments for a pack that is enabled, as the console's dialog does; the CLI has no command for it. */
    attachEnvironments(pack: string, environments: readonly string[]): void {
        this.enabled = this.enabled.map(each => (each.name === pack ? { ...each, environments } : each));
    }

    close(): void {
        this.server.closeAllConnections();
        this.server.close();
    }

    private readonly routes: readonly (readonly [call: RegExp, handler: Handler])[] = [
        [/^GET \/api\/capabilities$/, () => [200, { capabilities: [] }]],
        [
            /^GET \/api\/user$/,
            () => [200, { ...SOMEBODY, organizations: [{ githubLogin: ORGANIZATION, name: "Acme" }] }],
        ],
        [/^GET \/api\/user\/organizations\/default$/, () => [200, { gitHubLogin: ORGANIZATION }]],

        [/^HEAD \/api\/stacks\/([^/]+)\/([^/]+)$/, () => [404]],
        [
            /^POST \/api\/stacks\/([^/]+)\/([^/]+)$/,
            (request, organization, project) => {
                const { stackName } = request.json<{ stackName: string }>();
                this.stacks.set(`${organization}/${project}/${stackName}`, {});
                return [200, {}];
            },
        ],
        [
            /^GET \/api\/stacks\/([^/]+)\/([^/]+)\/([^/]+)$/,
            (_request, orgName, projectName, stackName) =>
                this.stacks.has(`${orgName}/${projectName}/${stackName}`)
                    ? [200, { orgName, projectName, stackName, id: "1", activeUpdate: "", tags: {}, version: 0 }]
                    : notFound("Stack not found"),
        ],
        // Nobody else reads what a test encrypts, so the text itself serves as its ciphertext.
        [
            /^POST \/api\/stacks\/[^/]+\/[^/]+\/[^/]+\/encrypt$/,
            request => [200, { ciphertext: request.json<{ plaintext: string }>().plaintext }],
        ],
        [
            /^POST \/api\/stacks\/[^/]+\/[^/]+\/[^/]+\/batch-decrypt$/,
            request => {
                const { ciphertexts } = request.json<{ ciphertexts: string[] }>();
                return [200, { plaintexts: Object.fromEntries(ciphertexts.map(text => [text, text])) }];
            },
        ],
        [
            /^GET \/api\/stacks\/([^/]+\/[^/]+\/[^/]+)\/export$/,
            (_request, stack = "") => [200, { version: 3, deployment: this.stacks.get(stack) }],
        ],
        [
            /^POST \/api\/stacks\/[^/]+\/[^/]+\/[^/]+\/(?:preview|update|refresh|destroy)$/,
            () => [200, { updateID: "1", requiredPolicies: this.requiredPolicies() }],
        ],
        [new RegExp(`^POST ${OPERATION}$`), () => [200, { version: 0, token: "lease" }]],
        [
            new RegExp(`^PATCH ${OPERATION}/checkpoint$`),
            (request, stack = "") => {
                this.stacks.set(stack, request.json<{ deployment: object }>().deployment);
                return [200, {}];
            },
        ],
        [new RegExp(`^POST ${OPERATION}/events/batch$`), () => [200, {}]],
        [new RegExp(`^POST ${OPERATION}/renew_lease$`), () => [200, { token: "lease" }]],
        [new RegExp(`^POST ${OPERATION}/complete$`), () => [200, {}]],

        [/^POST \/api\/orgs\/[^/]+\/policypacks$/, request => this.publish(request.json<PublishRequest>())],
        [
            /^PUT \/upload\/([^/]+)\/([^/]+)$/,
            (request, name, version) => {
                const pack = this.find(name, version);
                if (pack === undefined) return notFound("Policy pack not found");
                pack.tarball = request.body;
                return [200, {}];
            },
        ],
        [
            /^POST \/api\/orgs\/[^/]+\/policypacks\/([^/]+)\/versions\/([^/]+)\/complete$/,
            (_request, name, version) => {
                const pack = this.find(name, version);
                if (pack === undefined) return notFound("Policy pack not found");
                pack.isComplete = true;
                return [200, {}];
            },
        ],
        [
            /^GET \/api\/orgs\/[^/]+\/policypacks\/([^/]+)\/versions\/([^/]+)\/schema$/,
            (_request, name, version) => {
                const pack = this.find(name, version);
                if (pack === undefined) return notFound("Policy pack not found");
                return [
                    200,
                    { configSchema: Object.fromEntries(pack.policies.map(each => [each.name, each.configSchema])) },
                ];
            },
        ],
        [
            /^PATCH \/api\/orgs\/[^/]+\/policygroups\/default-policy-group$/,
            request => {
                const { addPolicyPack } = request.json<{ addPolicyPack?: EnabledPack }>();
                if (addPolicyPack === undefined)
                    return [400, { code: 400, message: "Only addPolicyPack is known here" }];
                if (!this.find(addPolicyPack.name, addPolicyPack.versionTag)?.isComplete)
                    return notFound("No such version");
                this.enabled = [...this.enabled.filter(({ name }) => name !== addPolicyPack.name), addPolicyPack];
                return [200, {}];
            },
        ],
        [
            /^GET \/packs\/([^/]+)\/([^/]+)$/,
            (_request, name, version) => this.find(name, version)?.tarball ?? notFound("Policy pack not found"),
        ],

        [
            /^POST \/api\/esc\/environments\/[^/]+\/yaml\/open$/,
            request => {
                const { imports = [] } = request.json<{ imports?: string[] }>();
                this.openEnvironments = imports;
                const missing = imports.filter(name => !this.environments.has(name));
                if (missing.length === 0) return [200, { id: "open" }];
                const diagnostics = missing.map(name => ({ summary: `unknown environment ${name}` }));
                return [400, { code: 400, message: "Bad Request", diagnostics }];
            },
        ],
        [/^GET \/api\/esc\/environments\/[^/]+\/yaml\/open\/open$/, () => [200, { properties: this.openProperties() }]],
    ];

    private publish(pack: PublishRequest): Answer {
        if (this.find(pack.name, pack.versionTag)?.isComplete) {
            return [409, { code: 409, message: `Policy pack ${pack.name} version ${pack.versionTag} already exists` }];
        }
        const version = this.packs.filter(({ name }) => name === pack.name).length + 1;
        this.packs.push({ ...pack, version, tarball: Buffer.alloc(0), isComplete: false });
        return [200, { version, uploadURI: `${this.url}/upload/${pack.name}/${pack.versionTag}` }];
    }

    private requiredPolicies() {
        return this.enabled.map(({ name, versionTag, config, environments }) => ({
            name,
            versionTag,
            displayName: name,
            version: this.find(name, versionTag)?.version,
            packLocation: `${this.url}/packs/${name}/${versionTag}`,
            config,
            environments,
        }));
    }

    private openProperties(): Record<string, unknown> {
        const values = this.openEnvironments.map(name => this.environments.get(name) ?? {});
        return Object.fromEntries(Object.entries(Object.assign({}, ...values)).map(([key, v]) => [key, escValue(v)]));
    }

    private find(name: string | undefined, versionTag: string | undefined): PublishedPack | undefined {
        return this.packs.find(pack => pack.name === name && pack.versionTag === versionTag);
    }

    private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const raw = Buffer.concat(chunks);
        const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
        const call = `${request.method} ${request.url?.split("?")[0]}`;
        const result = this.route(call, { body, json: () => JSON.parse(body.toString("utf8")) });
        if (Buffer.isBuffer(result)) {
            response.writeHead(200, { "content-length": result.length }).end(result);
        } else {
            const [status, json] = result;
            response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json ?? {}));
        }
    }

    private route(call: string, request: Request): Answer | Buffer {
        for (const [pattern, handler] of this.routes) {
            const match = pattern.exec(call);
            if (match !== null) return handler(request, ...match.slice(1).map(decodeURIComponent));
        }
        this.unanswered.push(call);
        return notFound("Not Found");
    }
}

const SOMEBODY = { id: "1", githubLogin: "somebody", name: "Somebody", email: "somebody@example.com", identities: [] };

function notFound(message: string): Answer {
    return [404, { code: 404, message }];
}

/** A value as ESC writes it: each with its own `value`, maps and lists of such. Source: pulumi/esc, value.go. */
function escValue(value: unknown): unknown {
    if (Array.isArray(value)) return { value: value.map(escValue) };
    if (typeof value !== "object" || value === null) return { value };
    return { value: Object.fromEntries(Object.entries(value).map(([key, part]) => [key, escValue(part)])) };
}
