import type { FileValue } from "../../../kit/project/file-value";
import type { Problem } from "../../../kit/report";
import { expressionsIn, placesOf, secretsIn } from "../../../pipelines/expression";
import { type Job, type Pipeline, referencesIn, type Scope } from "../../../pipelines/pipeline";
import { PIPELINE_BUDGET } from "../../../pipelines/pipeline-budget";
import type { PipelineAspect } from "./aspect";

interface Kind {
    readonly what: string;
    /** Names of variables, inputs and secrets, upper-case with `_` between words. */
    readonly name: RegExp;
    /** A value that gives itself away, wherever it stands. */
    readonly value: RegExp;
    /** What to use instead on GitHub. */
    readonly instead: string;
}

/**
 * Credentials that stay valid until somebody revokes them.
 *
 * Source: READMEs of aws-actions/configure-aws-credentials, google-github-actions/auth, azure/login and
 * pulumi/auth-actions; environment variables as the Pulumi providers' documentation names them.
 */
const KINDS: readonly Kind[] = [
    {
        what: "a static AWS access key",
        name: /^(?!.*(ROLE|ARN|_FILE$|_PATH$))(.*AWS.*(ACCESS_KEY|SECRET_KEY|CREDENTIALS)|(.*_)?AWS_(KEY|SECRET)(_ID)?$|ACCESS_KEY_ID$|SECRET_ACCESS_KEY$)/,
        value: /\bAKIA[0-9A-Z]{16}\b/,
        instead: "`aws-actions/configure-aws-credentials` with `role-to-assume`",
    },
    {
        what: "a static Google service account key",
        name: /^(?!.*WORKLOAD)(.*(GCP|GOOGLE|GCLOUD|GKE).*(CREDENTIALS|SA_KEY|SA_JSON|KEYFILE|ACCOUNT_KEY|ACCOUNT_JSON|JSON_KEY|KEY_JSON)|CREDENTIALS_JSON$|SERVICE_ACCOUNT_KEY$)/,
        value: /"private_key"\s*:\s*"-----BEGIN/,
        instead: "`google-github-actions/auth` with `workload_identity_provider`",
    },
    {
        what: "a static Azure secret",
        name: /^(?!.*(SECRET_NAME|AZURE_TOKEN_CREDENTIALS$))(.*_)?(AZURE|ARM)_(.*_)?(CLIENT_SECRET|SP_SECRET|SECRET|CREDENTIALS|CREDS|PASSWORD|ACCESS_KEY|STORAGE_KEY|SAS_TOKEN)(_.*)?$/,
        value: /"clientSecret"\s*:\s*"[^"$]{8,}/,
        instead: "`azure/login` with `client-id`, `tenant-id` and `subscription-id`",
    },
    {
        what: "a static Pulumi access token",
        name: /^(?!.*(GITHUB|GH_|NPM|BOT))(.*_)?(PULUMI_(.*_)?ACCESS_TOKEN|PULUMI_((API|CLOUD|SERVICE)_)?(TOKEN|PAT|KEY)|(PAT|TOKEN)_PULUMI)(_.*)?$/,
        value: /\bpul-[0-9a-f]{40}\b/,
        instead: "`pulumi/auth-actions`",
    },
];

/** Secrets for stores that speak S3's protocol and take keys under AWS's names, but know no login by OIDC. */
const OTHER_STORES =
    /^(.*_)?(R2|SPACES|DIGITALOCEAN|MINIO|B2|BACKBLAZE|WASABI|TIGRIS|SCW|SCALEWAY|HETZNER|LINODE|OVH)_/;

/** A stored key works for whoever reads it once, until somebody revokes it. Values are never part of a message. */
export const noStaticCredentials: PipelineAspect = {
    id: "no-static-credentials",
    description: "No stored key or token of a cloud or of Pulumi stands in a pipeline's files, or comes from a secret.",
    severity: "high",
    judge: staticCredentials,
};

function staticCredentials(pipeline: Pipeline): Problem[] {
    const values = pipeline.values();
    const written = values.flatMap(({ name, at }) => problemOf(name, at, String(at.scalar()), pipeline.service));
    const passed = scopesOf(pipeline).flatMap(scope =>
        [...scope.ownEnv].flatMap(([name, at]) =>
            expandsOnward(at, scope).flatMap(text => problemOf(name, at, text, pipeline.service)),
        ),
    );
    const scripts = pipeline.jobs.flatMap(({ steps }) => steps.map(({ script }) => script)).flatMap(passphraseIn);
    const variables = values.flatMap(({ name, at }) =>
        name === PASSPHRASE ? passphraseProblem(at, String(at.scalar())) : [],
    );
    return [...written, ...passed, ...variables, ...scripts, ...pipeline.jobs.flatMap(inheritedSecrets)];
}

/** The variable that holds the passphrase of a stack's secrets. Source: Pulumi CLI, "Environment variables". */
const PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE";

/** A passphrase that is written down, or none: both leave a stack's secrets open to whoever reads the file. */
function passphraseProblem(at: FileValue, text: string): Problem[] {
    if (/[$%]/.test(text)) return [];
    const observed = text.trim() === "" ? "is empty" : "is written in plain text";
    const message =
        `${observed}, so that whoever has the stack's state or settings can decrypt its secrets; expected a secrets ` +
        "provider with a key of a cloud, which needs no passphrase.";
    return [{ at, message }];
}

/** Passphrases that a script sets: `PULUMI_CONFIG_PASSPHRASE="" pulumi up`, `export PULUMI_CONFIG_PASSPHRASE=…`. */
function passphraseIn(script: FileValue): Problem[] {
    const text = script.string() ?? "";
    return [...text.matchAll(/\bPULUMI_CONFIG_PASSPHRASE=("[^"]*"|'[^']*'|[^\s;&|]*)/g)].flatMap(
        ({ index, 1: given = "" }) =>
            passphraseProblem(script.lineAt(index), given.replace(/^["']|["']$/g, "")).map(({ at, message }) => ({
                at,
                message: `sets \`${PASSPHRASE}\`, which ${message}`,
            })),
    );
}

function problemOf(name: string, at: FileValue, text: string, service: Pipeline["service"]): Problem[] {
    const expected = (kind: Kind) =>
        service === "github"
            ? `expected a login by OIDC: ${kind.instead}.`
            : "expected a login by OIDC with `id_tokens`.";
    const secrets = secretsIn(text);
    const isForeign = secrets.some(reference => OTHER_STORES.test(upper(reference)));
    const assigned = assignmentsIn(text);
    for (const kind of KINDS) {
        if (kind.value.test(text)) {
            return [{ at, message: `holds ${kind.what} in plain text; revoke it; ${expected(kind)}` }];
        }
        const secret = secrets.find(reference => kind.name.test(upper(reference)));
        if (secret !== undefined) {
            return [{ at, message: `uses the secret \`${secret}\`, ${kind.what}; ${expected(kind)}` }];
        }
        const isGiven = kind.name.test(upper(name)) && !isForeign && isStatic(text, upper(name), service);
        // A script may set a credential, also for later steps: `echo "NAME=${{ secrets.X }}" >> $GITHUB_ENV`.
        if (isGiven || assigned.some(([key, value]) => kind.name.test(key) && isStatic(value, key, service))) {
            return [{ at, message: `sets ${kind.what} from a stored value; ${expected(kind)}` }];
        }
    }
    if (/toJSON\s*\(\s*secrets\s*\)/i.test(text)) {
        return [{ at, message: "hands over all secrets of the repository; expected only those needed, by name." }];
    }
    return [];
}

/** A path without a secret in it: no variable at all, or one with more of the path around it. */
const PATH = /^[^$]*$|^(?!.*\$\{\{[^}]*\b(?:secrets|vars)\b)(?:\.|\/|\$\{?\w+\}?\/).*$/;

/**
 * Whether a value is kept somewhere until it is used: a literal, a secret or a variable of the CI service.
 *
 * Source: IAM API Reference, "AccessKey" (at least 16 characters); Google Cloud, "Application Default Credentials"; GitHub Docs,
 * "Store information in variables" (variables of a shell come from `env` or an earlier step, and are judged there).
 */
function isStatic(text: string, name: string, service: Pipeline["service"]): boolean {
    if (service === "github" && /^\$\{?\w+\}?$/.test(text.trim())) return false;
    if (text.trim() === "" || text === "null") return false;
    // A path to a file, which a login by OIDC writes too.
    if (name === "GOOGLE_APPLICATION_CREDENTIALS" && PATH.test(text)) return false;
    // What stands for a key where no service checks it, such as `test` for an emulator, is shorter than any key.
    if (/^AWS_|ACCESS_KEY/.test(name) && /^\w{1,15}$/.test(text.trim())) return false;
    const expressions = expressionsIn(text);
    if (expressions.length > 0) {
        return expressions.flatMap(referencesIn).some(reference => /\b(secrets|vars)\b/.test(reference));
    }
    return true;
}

/** What a text assigns, by upper-case names: `NAME=value`, `aws configure set name value`. */
function assignmentsIn(text: string): (readonly [name: string, value: string])[] {
    const expressions = new Map(placesOf(text));
    const valueAt = (start: number): string | undefined => {
        const expression = expressions.get(start);
        if (expression !== undefined) return expression;
        VALUE.lastIndex = start;
        return VALUE.exec(text)?.[0];
    };
    return [...text.matchAll(TARGET)].flatMap(({ index, 0: whole, 1: variable, 2: key = "" }) => {
        const value = valueAt(index + whole.length);
        if (value === undefined || (variable === undefined && value.startsWith("$("))) return [];
        if (variable !== undefined && !/^(\$\{\{[\s\S]*|[\w+/-]{16,})$/.test(value)) return [];
        return [[upper(variable ?? key), value] as const];
    });
}

const TARGET = /\b(?:([A-Z][A-Z0-9_]{5,})\s*=\s*|aws configure set (aws_\w+)\s+)["']?/g;

const VALUE = /[^\s"']+/y;

/** The scopes of all steps and those around them, each once. */
function scopesOf({ jobs }: Pipeline): Scope[] {
    const scopes = new Set<Scope>();
    for (const { scope } of jobs.flatMap(({ steps }) => steps)) {
        for (let one: Scope | undefined = scope; one !== undefined && !scopes.has(one); one = one.outer)
            scopes.add(one);
    }
    return [...scopes];
}

/** What a value becomes through inputs of a caller, where that is more than is written. */
function expandsOnward(at: FileValue, scope: Scope): string[] {
    const text = String(at.scalar() ?? "");
    return scope.expand(text).filter(expanded => expanded !== text);
}

/** `secrets: inherit` hands all secrets to a workflow that may be changed elsewhere. */
function inheritedSecrets({ inheritsSecrets: at, uses: called }: Job): Problem[] {
    const uses = called.string() ?? "";
    if (at === undefined || uses === "" || uses.startsWith("./")) return [];
    const message = `is \`inherit\`, which hands all secrets to \`${uses}\`; expected only those it needs, by name.`;
    return [{ at, message }];
}

function upper(name: string): string {
    return name
        .slice(0, PIPELINE_BUDGET.nameCharacters)
        .toUpperCase()
        .replace(/[^A-Z0-9]+/g, "_");
}
