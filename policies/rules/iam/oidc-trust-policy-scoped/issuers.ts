/** Where in a repository, or project, tokens may come from that match a value: one place, any pull request, or any place. */
export type Place = "scoped" | "pull-request" | "anywhere";

/** The parts of a subject by name. The value may hold wildcards; a part that stands alone has an empty one. */
export type Parts = ReadonlyMap<string, string>;

/** A service whose identity tokens AWS roles can trust, and what its tokens say of who may come. */
export interface Issuer {
    readonly name: string;
    /** Recognises the issuer's URL without `https://`, as the provider's ARN and the condition keys have it. */
    readonly url: RegExp;
    /** A well-scoped subject, for messages. */
    readonly example: string;
    /** Reads a subject, or a pattern of one, into its parts. */
    readonly read: (subject: string) => Parts;
    /** Parts that together name one repository or project; each list is enough by itself. */
    readonly repository: readonly (readonly string[])[];
    /** What a part that belongs to a repository must look like to be one only. */
    readonly names: Readonly<Record<string, RegExp>>;
    /** Parts that name a place in the repository, and which one a value names. Given all parts, since some qualify others. */
    readonly places: Readonly<Record<string, (value: string, parts: Parts) => Place>>;
    /** Session tags that the issuer puts into its tokens (`aws:RequestTag/…`), with the part that each is. */
    readonly tags?: Readonly<Record<string, string>>;
}

/** Some text before any wildcard, so that `release/*` is one set of branches and `*` is every one. */
const STARTED = /^[^*?]{2}/;

/** Text without wildcards. */
const FIXED = /^[^*?:]+$/;

const started = (value: string): Place => (STARTED.test(value) ? "scoped" : "anywhere");
const fixed = (value: string): Place => (FIXED.test(value) ? "scoped" : "anywhere");

/** Branches or tags with some text before any wildcard; of tags, one letter tells releases (`v*`) from others. */
function ref(value: string): Place {
    if (/^refs\/pull\//.test(value)) return "pull-request";
    return /^refs\/(?:heads\/[^*?]{2}|tags\/[^*?])/.test(value) ? "scoped" : "anywhere";
}

/** A workflow's file at a branch, tag or commit. A wildcard before the `@` reaches branches with an `@` in their name, too. */
function workflow(value: string): Place {
    const [, at = ""] = /^[^*?@]{2,}@(.+)$/.exec(value) ?? [];
    return /^[0-9a-f]{40}$/.test(at) ? "scoped" : ref(at);
}

/**
 * Reads subjects that are names and values with colons between them, in any order. A wildcard where a name should be stands
 * for any parts, so that reading goes on at the next name that is known. Values hold no colons.
 */
function named(names: readonly string[], alone: readonly string[] = []): Issuer["read"] {
    return subject => {
        const parts = new Map<string, string>();
        const tokens = subject.split(":");
        for (let index = 0; index < tokens.length; index++) {
            const token = tokens[index] ?? "";
            if (alone.includes(token)) parts.set(token, "");
            else if (names.includes(token)) {
                index += 1;
                parts.set(token, tokens[index] ?? "");
            }
        }
        return parts;
    };
}

/** Reads subjects whose parts have no names: the groups of a regular expression are the parts. */
function positional(...patterns: readonly RegExp[]): Issuer["read"] {
    return subject => {
        const groups = patterns.flatMap(pattern => Object.entries(pattern.exec(subject)?.groups ?? {}));
        return new Map(groups.filter(([, value]) => value !== undefined));
    };
}

/**
 * Issuers and the grammar of their subjects, which decides what a wildcard reaches.
 *
 * Sources: GitHub documentation, "OpenID Connect reference" (subjects, ids in them, customised claims, enterprise issuers);
 * AWS IAM User Guide, "IAM and AWS STS condition context keys" (claims of GitHub); GitLab documentation, "OpenID Connect
 * (OIDC) Authentication Using ID Tokens" and "OpenID Connect in AWS"; Pulumi documentation, "OIDC token claims"; Bitbucket
 * support, "Deploy on AWS using OpenID Connect"; CircleCI documentation, "Using OpenID Connect tokens in jobs"; Buildkite
 * documentation, "OIDC in Buildkite Pipelines", and the README of its plugin aws-assume-role-with-web-identity (session
 * tags); HCP Terraform documentation, "Dynamic provider credentials"; Vercel documentation, "OIDC Federation";
 * Spacelift documentation, "OpenID Connect (OIDC)".
 */
export const ISSUERS: readonly Issuer[] = [
    {
        name: "GitHub Actions",
        url: /^token\.actions\.githubusercontent\.com(\/[\w-]+)?$|^[\w.-]+\/_services\/token$/,
        example: "repo:acme/shop:environment:production",
        read: named(
            [
                "repo",
                "repository",
                "repository_id",
                "repository_owner",
                "repository_owner_id",
                "repository_visibility",
                "environment",
                "ref",
                "ref_type",
                "job_workflow_ref",
                "workflow_ref",
                "workflow",
                "actor",
                "actor_id",
                "event_name",
                "base_ref",
                "head_ref",
                "runner_environment",
                "enterprise",
                "enterprise_id",
            ],
            ["pull_request"],
        ),
        repository: [["repo"], ["repository"], ["repository_id"]],
        names: { repo: /^[^*?:/]+\/[^*?:/]+$/, repository: /^[^*?:/]+\/[^*?:/]+$/, repository_id: /^\d+$/ },
        places: {
            environment: started,
            ref,
            job_workflow_ref: workflow,
            workflow_ref: workflow,
            pull_request: () => "pull-request",
        },
    },
    {
        name: "GitLab",
        url: /^gitlab\.com$/,
        example: "project_path:acme/shop:ref_type:branch:ref:main",
        read: named(["project_path", "ref_type", "ref"]),
        repository: [["project_path"]],
        names: { project_path: FIXED },
        places: {
            ref(value, parts) {
                const type = parts.get("ref_type");
                if (type === "tag") return /^[^*?]/.test(value) ? "scoped" : "anywhere";
                return type === "branch" ? started(value) : "anywhere";
            },
        },
    },
    {
        name: "Pulumi Cloud",
        url: /^api\.pulumi\.com\/oidc$/,
        example: "pulumi:deploy:org:acme:project:shop:stack:production:operation:update:scope:write",
        read: positional(
            /^pulumi:(?:deploy|environments):org:(?<organization>[^:]*):/,
            /^pulumi:deploy:org:[^:]*:project:(?<project>[^:]*):stack:(?<stack>[^:]*)(?::|$)/,
            /^pulumi:environments:pulumi\.organization\.login:(?<organization>[^:]*):/,
            /^pulumi:environments:(?:pulumi\.organization\.login|org):[^*?:]+:(?:.*:)?env:(?<environment>.+)$/,
        ),
        repository: [["organization"]],
        names: { organization: FIXED },
        places: {
            stack: (value, parts) => (FIXED.test(parts.get("project") ?? "") ? fixed(value) : "anywhere"),
            environment: value => (/^[^*?]+$/.test(value) ? "scoped" : "anywhere"),
        },
    },
    {
        name: "Bitbucket Pipelines",
        url: /^api\.bitbucket\.org\/2\.0\/workspaces\/[^/]+\/pipelines-config\/identity\/oidc$/,
        example: "{repository-uuid}:{environment-uuid}:*",
        read: positional(/^\{(?<repository>[0-9a-f-]+)\}/i, /^\{[0-9a-f-]+\}:\{(?<environment>[0-9a-f-]+)\}/i),
        repository: [["repository"]],
        names: { repository: FIXED },
        places: { environment: fixed },
    },
    {
        name: "CircleCI",
        // Its subject names no branch; the project is as narrow as it gets.
        url: /^oidc\.circleci\.com\/org\/[\w-]+$/,
        example: "org/<organisation-id>/project/<project-id>/user/*",
        read: positional(/^org\/[\w-]+\/project\/(?<project>[\w-]+)\/(?:user\/(?<user>.+))?/),
        repository: [["project"]],
        names: { project: FIXED },
        places: { user: () => "scoped" },
    },
    {
        name: "Buildkite",
        url: /^agent\.buildkite\.com$/,
        example: "organization:acme:pipeline:shop:ref:refs/heads/main:*",
        read: named(["organization", "pipeline", "ref", "commit", "step"]),
        repository: [["organization", "pipeline"]],
        names: { organization: FIXED, pipeline: FIXED },
        places: { ref, branch: started },
        tags: { organization_slug: "organization", pipeline_slug: "pipeline", build_branch: "branch" },
    },
    {
        name: "HCP Terraform",
        // Its subject names no branch; the workspace is the place, and the phase of a run says what is done there.
        url: /^app\.terraform\.io$/,
        example: "organization:acme:project:shop:workspace:production:run_phase:apply",
        read: named(["organization", "project", "workspace", "run_phase"]),
        repository: [["organization"]],
        names: { organization: FIXED },
        places: { workspace: fixed },
    },
    {
        name: "Vercel",
        url: /^oidc\.vercel\.com(\/[\w-]+)?$/,
        example: "owner:acme:project:shop:environment:production",
        read: named(["owner", "project", "environment"]),
        repository: [["owner", "project"]],
        names: { owner: FIXED, project: FIXED },
        places: { environment: fixed },
    },
    {
        name: "Spacelift",
        // A proposed run is that of a pull request. Only the others get the scope to write.
        url: /^[\w-]+\.app\.spacelift\.io$/,
        example: "space:production:stack:shop:run_type:TRACKED:scope:write",
        read: named(["space", "stack", "module", "run_type", "scope"]),
        repository: [["stack"], ["module"]],
        names: { stack: FIXED, module: FIXED },
        places: {
            run_type: value => (value === "PROPOSED" ? "pull-request" : fixed(value)),
            scope: value => (value === "write" ? "scoped" : "anywhere"),
        },
    },
];

/** Issuers whose tokens are no CI's, which this rule has nothing to say about: clusters that run on AWS. */
export const NO_CI = /^oidc\.eks\.[\w-]+\.amazonaws\.com(?:\.cn)?\/id\//;

const BREADTH: readonly Place[] = ["scoped", "pull-request", "anywhere"];

/** Whether these parts name one repository, by themselves or by what claims beside the subject pin already. */
export function namesRepository(issuer: Issuer, parts: Parts, isPinned: (part: string) => boolean): boolean {
    return issuer.repository.some(list =>
        list.every(part => isPinned(part) || issuer.names[part]?.test(parts.get(part) ?? "") === true),
    );
}

/** The narrowest place that these parts name: all parts of a token must match, so one that is narrow is enough. */
export function placeOf(issuer: Issuer, parts: Parts): Place {
    const places = Object.entries(issuer.places).flatMap(([part, judge]) => {
        const value = parts.get(part);
        return value === undefined ? [] : [judge(value, parts)];
    });
    return BREADTH.find(place => places.includes(place)) ?? "anywhere";
}

/** The wider of two places. */
export const wider = (a: Place, b: Place): Place => (BREADTH.indexOf(a) > BREADTH.indexOf(b) ? a : b);

/** The narrower of two places. */
export const narrower = (a: Place, b: Place): Place => (BREADTH.indexOf(a) < BREADTH.indexOf(b) ? a : b);
