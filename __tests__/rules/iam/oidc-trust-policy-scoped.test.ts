import { rule } from "../../../policies/rules/iam/oidc-trust-policy-scoped";
import { ISSUERS } from "../../../policies/rules/iam/oidc-trust-policy-scoped/issuers";
import { UNKNOWN } from "../../support/engine-args";
import { testResourceRule } from "../../support/test-rule";

const GITHUB = "token.actions.githubusercontent.com";

/** The trust policy of a role for a provider, with these conditions. */
function trust(provider: string, Condition?: object, more: object = {}) {
    return {
        assumeRolePolicy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Action: "sts:AssumeRoleWithWebIdentity",
                    Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${provider}` },
                    ...(Condition === undefined ? {} : { Condition }),
                    ...more,
                },
            ],
        }),
    };
}

/** Trust in GitHub with the usual audience and this subject. */
const github = (sub: unknown, operator = "StringEquals") =>
    trust(GITHUB, {
        StringEquals: {
            [`${GITHUB}:aud`]: "sts.amazonaws.com",
            ...(operator === "StringEquals" ? { [`${GITHUB}:sub`]: sub } : {}),
        },
        ...(operator === "StringEquals" ? {} : { [operator]: { [`${GITHUB}:sub`]: sub } }),
    });

const scoped = (provider: string, aud: string, sub: string, operator = "StringEquals") =>
    trust(provider, {
        StringEquals: {
            [`${provider}:aud`]: aud,
            ...(operator === "StringEquals" ? { [`${provider}:sub`]: sub } : {}),
        },
        ...(operator === "StringEquals" ? {} : { [operator]: { [`${provider}:sub`]: sub } }),
    });

/** Trust in GitHub with the usual audience and claims by keys of their own; all but those of `like` are compared exactly. */
const claims = (equals: Record<string, unknown>, like: Record<string, unknown> = {}) => {
    const keys = (of: Record<string, unknown>) =>
        Object.fromEntries(Object.entries(of).map(([name, value]) => [`${GITHUB}:${name}`, value]));
    return trust(GITHUB, { StringEquals: keys({ aud: "sts.amazonaws.com", ...equals }), StringLike: keys(like) });
};

/** The same trust in a role of Cloud Control, whose document is an object. */
const native = ({ assumeRolePolicy }: ReturnType<typeof trust>) => ({
    assumeRolePolicyDocument: JSON.parse(assumeRolePolicy),
});

/** URLs of the issuers, each with the grammar that has the name. */
const URLS: Record<string, string> = {
    "GitHub Actions": GITHUB,
    GitLab: "gitlab.com",
    "Pulumi Cloud": "api.pulumi.com/oidc",
    "Bitbucket Pipelines": "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
    CircleCI: "oidc.circleci.com/org/1f2e-3d",
    Buildkite: "agent.buildkite.com",
    "HCP Terraform": "app.terraform.io",
    Vercel: "oidc.vercel.com/acme",
    Spacelift: "acme.app.spacelift.io",
};

const UUID = "1f2e3d4c-0000-4000-8000-000000000000";

/** The example of each issuer with ids in the place of words in angle brackets. */
const example = (text: string) => text.replace(/\{[a-z]+-uuid\}/g, `{${UUID}}`).replace(/<[a-z]+-id>/g, "1f2e-3d");

const EXPECTED = "expected a subject such as repo:acme/shop:environment:production.";
const AT = "Role 'subject', assumeRolePolicy.Statement[0]";

/** The subject that is expected of the issuer with this URL. */
const exampleFor = (provider: string) => ISSUERS.find(({ url }) => url.test(provider))?.example;

const like = (provider: string, subject: string) => scoped(provider, "https://acme.example", subject, "StringLike");

const sees = (provider: string, subject: string, what: string) =>
    `${AT}.Condition.StringLike["${provider}:sub"]: is "${subject}": ${what}; expected a subject such as ${exampleFor(provider)}.`;

const EVERYWHERE = "every branch and pull request of the repository may assume the role";
const NOT_ONE = "it does not name one repository";
const PULL_REQUEST = "any pull request may assume the role, which is not named as a read-only one";
const ESC = "api.pulumi.com/oidc";
const BITBUCKET = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc";

/** A trust policy as an object, which may hold what is unknown. */
const unknownTrust = (Federated: unknown, Condition: object) => ({
    assumeRolePolicy: { Statement: { Effect: "Allow", Principal: { Federated }, Condition } },
});

testResourceRule(rule, {
    valid: [
        {
            name: "a role of Cloud Control that trusts one environment of one repository",
            type: "aws-native:iam:Role",
            props: native(github("repo:acme/shop:environment:production")),
        },
        ...[
            [ESC, "pulumi:deploy:org:acme:project:web:stack:live"],
            [ESC, "pulumi:environments:pulumi.organization.login:acme:env:web/live"],
            [ESC, "pulumi:environments:org:acme:user:octocat:env:live"],
            [BITBUCKET, `{${UUID.toUpperCase()}}:{${UUID.toUpperCase()}}:*`],
            ["acme.app.spacelift.io", "module:vpc:scope:write"],
            ["acme.app.spacelift.io", "stack:web:scope:write"],
            ["acme.app.spacelift.io", "stack:web:run_type:TRACKED"],
            ["gitlab.com", "project_path:acme/web:ref_type:tag:ref:v*"],
        ].map(([provider = "", subject = ""]) => ({
            name: `a place of ${provider}: ${subject}`,
            props: like(provider, subject),
        })),
        {
            name: "a proposed run of Spacelift for a role that only reads",
            props: { ...like("acme.app.spacelift.io", "stack:web:run_type:PROPOSED"), name: "web-plan" },
        },
        {
            name: "a subject that is compared without regard to letter case",
            props: github("repo:Acme/Web:environment:Live", "StringEqualsIgnoreCase"),
        },
        {
            name: "a read-only role by a pattern in capitals",
            props: { ...github("repo:acme/web:pull_request"), name: "web-viewer" },
            settings: { readOnlyRoles: ["*-VIEWER"] },
        },
        {
            name: "a GitLab server that settings name in capitals",
            props: scoped("gitlab.acme.example", "x", "project_path:acme/web:ref_type:branch:ref:main"),
            settings: { gitlabHosts: ["GitLab.Acme.Example"] },
        },
        {
            name: "a cluster on EKS in China",
            props: trust("oidc.eks.cn-north-1.amazonaws.com.cn/id/0A1B"),
        },
        ...[
            ...Object.values(URLS).flatMap(url => [`x/${url}`, `${url}/x/y`]),
            "x/oidc.eks.eu-west-1.amazonaws.com/id/0A1B",
            "oidc.eks.eu-west-1.amazonaws.com/0A1B",
        ].map(url => ({
            name: `the issuer ${url}, whose URL only holds a known one`,
            props: trust(url),
            notes: [
                `${AT}: trusts tokens of ${url.toLowerCase()}, whose subjects this rule does not know; see to it that \`aud\` is pinned and \`sub\` names who may come.`,
            ],
        })),
        {
            name: "an audience that is unknown in a preview",
            props: unknownTrust(`arn:aws:iam::123456789012:oidc-provider/${GITHUB}`, {
                StringEquals: { [`${GITHUB}:aud`]: UNKNOWN, [`${GITHUB}:sub`]: "repo:acme/web:environment:live" },
            }),
            notes: [
                "Cannot be judged yet: Role 'subject', assumeRolePolicy.Statement.Condition.StringEquals[\"token.actions.githubusercontent.com:aud\"]: the trusted audience is unknown until the update.",
            ],
        },
        {
            name: "an unknown provider and conditions on keys of AWS alone",
            props: unknownTrust(UNKNOWN, { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }),
        },
        {
            name: "a claim of two that is unknown in a preview and decides",
            props: unknownTrust(`arn:aws:iam::123456789012:oidc-provider/${GITHUB}`, {
                StringEquals: { [`${GITHUB}:aud`]: "a", [`${GITHUB}:environment`]: ["live", UNKNOWN] },
                StringLike: { [`${GITHUB}:sub`]: "repo:acme/web:*" },
            }),
            notes: [
                "Cannot be judged yet: Role 'subject', assumeRolePolicy.Statement.Condition.StringEquals[\"token.actions.githubusercontent.com:environment\"]: the trusted claim is unknown until the update.",
            ],
        },
        {
            name: "a service",
            props: {
                assumeRolePolicy: JSON.stringify({
                    Statement: {
                        Effect: "Allow",
                        Principal: { Service: "ec2.amazonaws.com" },
                        Action: "sts:AssumeRole",
                    },
                }),
            },
        },
        { name: "no trust policy", props: {} },
        ...[
            "repo:acme/shop:environment:production",
            "repo:acme/shop:ref:refs/heads/main",
            "repo:acme/shop:ref:refs/tags/v1.2.3",
            "repo:acme@12345/shop@67890:environment:production",
            "repo:acme/shop:job_workflow_ref:acme/ci/.github/workflows/deploy.yml@refs/heads/main",
        ].map(subject => ({ name: `the subject ${subject}`, props: github(subject) })),
        { name: "StringLike without wildcards", props: github("repo:acme/shop:environment:production", "StringLike") },
        { name: "a family of tags", props: github("repo:acme/shop:ref:refs/tags/v*", "StringLike") },
        {
            name: "a family of tags on GitLab",
            props: trust("gitlab.com", {
                StringEquals: { "gitlab.com:aud": "https://gitlab.com" },
                StringLike: { "gitlab.com:sub": "project_path:acme/shop:ref_type:tag:ref:v*" },
            }),
        },
        { name: "a family of branches", props: github("repo:acme/shop:ref:refs/heads/release/*", "StringLike") },
        {
            name: "several scoped subjects",
            props: github(["repo:acme/shop:environment:a1", "repo:acme/web:environment:b2"]),
        },
        { name: "a star that StringEquals takes as a star", props: github("repo:acme/shop:*") },
        {
            name: "any of the values of a multivalued claim",
            props: github("repo:acme/shop:environment:production", "ForAnyValue:StringLike"),
        },
        {
            name: "pull requests for a role that only reads",
            props: { ...github("repo:acme/shop:pull_request"), name: "shop-ReadOnly" },
        },
        {
            name: "a wide subject that settings allow",
            props: github("repo:acme/shop:*", "StringLike"),
            settings: { allowedSubjects: ["repo:acme/shop:*"] },
        },
        {
            name: "repository and environment by claims of their own",
            props: trust(GITHUB, {
                StringEquals: {
                    [`${GITHUB}:aud`]: "sts.amazonaws.com",
                    [`${GITHUB}:repository_id`]: "67890",
                    [`${GITHUB}:environment`]: "production",
                },
            }),
        },
        {
            name: "condition keys and the provider's host in other letter case",
            props: trust("Token.Actions.GitHubUserContent.com", {
                StringEquals: {
                    "Token.Actions.GitHubUserContent.com:AUD": "sts.amazonaws.com",
                    "TOKEN.actions.githubusercontent.com:sub": "repo:acme/shop:environment:production",
                },
            }),
        },
        {
            name: "an enterprise's own issuer",
            props: scoped(`${GITHUB}/acme`, "sts.amazonaws.com", "repo:acme/shop:environment:production"),
        },
        {
            name: "a GitHub Enterprise server",
            props: scoped(
                "github.acme.example/_services/token",
                "sts.amazonaws.com",
                "repo:acme/shop:ref:refs/heads/main",
            ),
        },
        {
            name: "GitLab",
            props: scoped("gitlab.com", "https://gitlab.com", "project_path:acme/infra/shop:ref_type:branch:ref:main"),
        },
        {
            name: "Pulumi Cloud",
            props: scoped(
                "api.pulumi.com/oidc",
                "aws:acme",
                "pulumi:deploy:org:acme:project:shop:stack:prod:operation:update:scope:write",
            ),
        },
        {
            name: "Bitbucket",
            props: scoped(
                "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
                "ari:cloud:bitbucket::workspace/1f2e",
                "{1f2e3d4c-0000-4000-8000-000000000000}:{5a6b7c8d-0000-4000-8000-000000000000}:*",
                "StringLike",
            ),
        },
        {
            name: "CircleCI",
            props: scoped(
                "oidc.circleci.com/org/1f2e-3d",
                "1f2e-3d",
                "org/1f2e-3d/project/5a6b-7c/user/*",
                "StringLike",
            ),
        },
        {
            name: "Buildkite",
            props: scoped(
                "agent.buildkite.com",
                "sts.amazonaws.com",
                "organization:acme:pipeline:shop:ref:refs/heads/main:*",
                "StringLike",
            ),
        },
        {
            name: "a Kubernetes cluster's provider, which is no CI's",
            props: trust("oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E"),
        },
        ...ISSUERS.map(issuer => ({
            name: `the subject that is expected of ${issuer.name}`,
            props: scoped(URLS[issuer.name] ?? "", "https://acme.example", example(issuer.example), "StringLike"),
        })),
        ...[
            ["ref first", "ref:refs/heads/main:repo:acme/web"],
            ["the repository by its id", "repository_owner_id:7:repository_id:4711:environment:live"],
            ["a further claim behind the context", "repo:acme/web:environment:live:actor:octocat"],
            ["a workflow at a tag", "repo:acme/web:job_workflow_ref:acme/ci/.github/workflows/up.yml@refs/tags/v3"],
        ].map(([name, subject]) => ({ name: `a customised subject: ${name}`, props: github(subject) })),
        {
            name: "a pull request's customised subject for a role that only reads",
            props: { ...github("repo:acme/web:pull_request:workflow:Plan"), name: "web-plan" },
        },
        ...[
            ["environment", "live"],
            ["ref", "refs/heads/trunk"],
            ["ref", "refs/tags/v1.0.0"],
            ["job_workflow_ref", "acme/ci/.github/workflows/up.yml@refs/heads/trunk"],
            ["job_workflow_ref", `acme/ci/.github/workflows/up.yml@${"0123456789".repeat(4)}`],
        ].flatMap(([claim = "", value]) => [
            {
                name: `the claim ${claim} (${value}) beside a subject that names the repository only`,
                props: claims({ [claim]: value }, { sub: "repo:acme/web:*" }),
            },
            {
                name: `the claim ${claim} (${value}) beside the one of the repository`,
                props: claims({ [claim]: value, repository: "acme/web" }),
            },
        ]),
        {
            name: "the repository's claim beside a subject that names the place only",
            props: claims({ repository: "acme/web" }, { sub: "repo:*:environment:live" }),
        },
        {
            name: "pull requests by a claim for a role that only reads",
            props: { ...claims({ repository: "acme/web" }, { ref: "refs/pull/*" }), name: "web-plan" },
        },
        {
            name: "a claim with a star that StringEquals takes as a star",
            props: claims({ repository: "acme/*", environment: "live" }),
        },
        {
            name: "a claim that is unknown in a preview and decides",
            props: {
                assumeRolePolicy: {
                    Statement: {
                        Effect: "Allow",
                        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${GITHUB}` },
                        Condition: {
                            StringEquals: {
                                [`${GITHUB}:aud`]: "sts.amazonaws.com",
                                [`${GITHUB}:environment`]: UNKNOWN,
                            },
                            StringLike: { [`${GITHUB}:sub`]: "repo:acme/web:*" },
                        },
                    },
                },
            },
            notes: [
                `Cannot be judged yet: Role 'subject', assumeRolePolicy.Statement.Condition.StringEquals["${GITHUB}:environment"]: the trusted claim is unknown until the update.`,
            ],
        },
        {
            name: "a claim that is unknown in a preview beside a subject that scopes already",
            props: {
                assumeRolePolicy: {
                    Statement: {
                        Effect: "Allow",
                        Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${GITHUB}` },
                        Condition: {
                            StringEquals: {
                                [`${GITHUB}:aud`]: "sts.amazonaws.com",
                                [`${GITHUB}:environment`]: UNKNOWN,
                                [`${GITHUB}:sub`]: "repo:acme/web:ref:refs/heads/trunk",
                            },
                        },
                    },
                },
            },
        },
        ...["ref:trunk:ref_type:branch", "ref_type:branch:ref:trunk", "ref:v1:ref_type:tag"].map(place => ({
            name: `GitLab's order ${place}`,
            props: scoped("gitlab.com", "https://gitlab.com", `project_path:acme/web:${place}`),
        })),
        {
            name: "one environment of Pulumi ESC",
            props: scoped("api.pulumi.com/oidc", "aws:acme", "pulumi:environments:org:acme:env:web/live"),
        },
        {
            name: "Buildkite's session tags for what the subject leaves open",
            props: trust("agent.buildkite.com", {
                StringEquals: {
                    "agent.buildkite.com:aud": "sts.amazonaws.com",
                    "aws:RequestTag/organization_slug": "acme",
                    "aws:RequestTag/pipeline_slug": "web",
                    "aws:RequestTag/build_branch": "trunk",
                },
            }),
        },
        {
            name: "an issuer that the rule does not know",
            props: trust("idp.acme.example/tokens", { StringEquals: { "idp.acme.example/tokens:sub": "web" } }),
            notes: [
                `${AT}: trusts tokens of idp.acme.example/tokens, whose subjects this rule does not know; see to it that \`aud\` is pinned and \`sub\` names who may come.`,
            ],
        },
        { name: "a Deny", props: trust(GITHUB, undefined, { Effect: "Deny" }) },
        {
            name: "a trust policy that is unknown in a preview",
            props: { assumeRolePolicy: UNKNOWN },
            notes: [
                "Cannot be judged yet: Role 'subject', assumeRolePolicy: whom the role trusts is unknown until the update.",
            ],
        },
        {
            name: "a subject that is unknown in a preview, for a provider that this stack makes",
            props: {
                assumeRolePolicy: {
                    Statement: {
                        Effect: "Allow",
                        Principal: { Federated: UNKNOWN },
                        Condition: {
                            StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com", [`${GITHUB}:sub`]: UNKNOWN },
                        },
                    },
                },
            },
            notes: [
                `Cannot be judged yet: Role 'subject', assumeRolePolicy.Statement.Condition.StringEquals["${GITHUB}:sub"]: the trusted subject is unknown until the update.`,
            ],
        },
    ],
    invalid: [
        {
            name: "a role of Cloud Control that trusts every repository",
            type: "aws-native:iam:Role",
            props: native(claims({})),
            violations: [
                "Role 'subject', assumeRolePolicyDocument.Statement[0]: trusts GitHub Actions without scoping the subject; expected a subject such as repo:acme/shop:environment:production.",
            ],
        },
        ...[
            "repository",
            "repository_id",
            "repository_owner",
            "repository_owner_id",
            "repository_visibility",
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
        ].map(claim => ({
            name: `the claim ${claim} in a subject, whose value is named like another claim`,
            props: like(GITHUB, `repo:acme/web:${claim}:environment:live`),
            violations: [sees(GITHUB, `repo:acme/web:${claim}:environment:live`, EVERYWHERE)],
        })),
        ...[
            [
                "agent.buildkite.com",
                "organization:acme:pipeline:web:commit:ref:refs/heads/main",
                "every branch of the repository may assume the role",
            ],
            [
                "agent.buildkite.com",
                "organization:acme:pipeline:web:step:ref:refs/heads/main",
                "every branch of the repository may assume the role",
            ],
            ["app.terraform.io", "organization:acme:project:workspace:live", EVERYWHERE],
            ["app.terraform.io", "organization:acme:run_phase:workspace:live", EVERYWHERE],
            ["acme.app.spacelift.io", "stack:web:space:scope:write", EVERYWHERE],
            ["acme.app.spacelift.io", "stack:web:module:scope:write", EVERYWHERE],
            ["acme.app.spacelift.io", "stack:web:scope:read", EVERYWHERE],
            ["acme.app.spacelift.io", "module:vpc:scope:*", EVERYWHERE],
            ["acme.app.spacelift.io", "stack:web:run_type:PROPOSED", PULL_REQUEST],
            ["gitlab.com", "project_path:acme/web:ref:main", EVERYWHERE],
            [
                "gitlab.com",
                "project_path:acme/web:ref_type:tag:ref:*1",
                "every tag of the repository may assume the role",
            ],
            ["gitlab.com", "project_path:*/web:ref_type:branch:ref:main", NOT_ONE],
            [ESC, "pulumi:deploy:org:acme:project:*:stack:live:operation:update:scope:write", EVERYWHERE],
            [ESC, "pulumi:deploy:org:acme:project:web:stack:li*", EVERYWHERE],
            [ESC, "pulumi:environments:org:acme:env:*live", EVERYWHERE],
            [ESC, "pulumi:environments:org:acme:env:live*", EVERYWHERE],
            [ESC, "x:pulumi:environments:org:acme:env:live", NOT_ONE],
            [ESC, "x:pulumi:deploy:org:acme:project:web:stack:live", NOT_ONE],
            [ESC, "x:pulumi:environments:pulumi.organization.login:acme:env:live", NOT_ONE],
            [ESC, "pulumi:environments:pulumi.organization.login:*:env:live", NOT_ONE],
            [BITBUCKET, "x{1f2e-3d}:{5a6b-7c}:*", NOT_ONE],
            [BITBUCKET, "{1f2e-3d}:x{5a6b-7c}:*", EVERYWHERE],
            [BITBUCKET, "{1f2e-3d}:*", EVERYWHERE],
            ["oidc.circleci.com/org/1f2e", "org/1f2e/project/5a6b/*", EVERYWHERE],
            ["oidc.circleci.com/org/1f2e", "x/org/1f2e/project/5a6b/user/u", NOT_ONE],
            ["oidc.vercel.com/acme", "owner:acme:project:*:environment:live", NOT_ONE],
            ["oidc.vercel.com/acme", "owner:*:project:web:environment:live", NOT_ONE],
            ["agent.buildkite.com", "organization:acme:pipeline:*:ref:refs/heads/main", NOT_ONE],
            [GITHUB, "repo:*acme/web:environment:live", NOT_ONE],
            [GITHUB, "repo:acme/web*:environment:live", NOT_ONE],
            [GITHUB, "repo:acme/web:environment:*live", EVERYWHERE],
            [GITHUB, "repo:acme/web:environment:l*", EVERYWHERE],
            [GITHUB, "repo:acme/web:ref:*/refs/heads/main", "every branch of the repository may assume the role"],
            [GITHUB, "repo:acme/web:ref:refs/heads/m*", "every branch of the repository may assume the role"],
            [GITHUB, "repo:acme/web:ref:refs/pull/7/merge", PULL_REQUEST],
            [GITHUB, `repo:acme/web:job_workflow_ref:a/b/u@${"0123456789".repeat(4)}0`, EVERYWHERE],
            [GITHUB, `repo:acme/web:job_workflow_ref:a/b/u@x${"0123456789".repeat(4)}`, EVERYWHERE],
            [
                GITHUB,
                "repo:acme/web:workflow_ref:*@refs/heads/main",
                "every branch of the repository may assume the role",
            ],
        ].map(([provider = "", subject = "", what = ""]) => ({
            name: `more than one place: ${subject}`,
            props: like(provider, subject),
            violations: [sees(provider, subject, what)],
        })),
        ...[
            [{ environment: "live" }, { repository: "*acme/web" }],
            [{ environment: "live" }, { repository: "acme/web*" }],
            [{ environment: "live" }, { repository_id: "*4711" }],
        ].map(([equals = {}, wide = {}]) => ({
            name: `a claim with a wildcard at one end: ${JSON.stringify(wide)}`,
            props: claims(equals, wide),
            violations: [`${AT}: trusts GitHub Actions without scoping the subject; ${EXPECTED}`],
        })),
        {
            name: "one audience of two that is any",
            props: trust(GITHUB, {
                StringEquals: { [`${GITHUB}:sub`]: "repo:acme/web:environment:live" },
                StringLike: { [`${GITHUB}:aud`]: ["sts.amazonaws.com", "*"] },
            }),
            violations: [
                "Role 'subject', assumeRolePolicy.Statement[0].Condition.StringLike[\"token.actions.githubusercontent.com:aud\"]: trusts GitHub Actions without pinning the audience; expected `StringEquals` on `token.actions.githubusercontent.com:aud`.",
            ],
        },
        {
            name: "no audience in the list, and no subject",
            props: trust(GITHUB, { StringEquals: { [`${GITHUB}:aud`]: [], [`${GITHUB}:sub`]: [] } }),
            violations: [
                "Role 'subject', assumeRolePolicy.Statement[0].Condition.StringEquals[\"token.actions.githubusercontent.com:aud\"]: trusts GitHub Actions without pinning the audience; expected `StringEquals` on `token.actions.githubusercontent.com:aud`.",
                "Role 'subject', assumeRolePolicy.Statement[0].Condition.StringEquals[\"token.actions.githubusercontent.com:sub\"]: trusts GitHub Actions without scoping the subject; expected a subject such as repo:acme/shop:environment:production.",
            ],
        },
        {
            name: "two audiences that also pass where the claim is missing, in either order",
            props: trust(GITHUB, {
                "ForAllValues:StringEquals": { [`${GITHUB}:aud`]: "sts.amazonaws.com" },
                StringEqualsIfExists: { [`${GITHUB}:aud`]: "sts.amazonaws.com" },
                StringEquals: { [`${GITHUB}:sub`]: "repo:acme/web:environment:live" },
            }),
            violations: [
                "Role 'subject', assumeRolePolicy.Statement[0].Condition.StringEqualsIfExists[\"token.actions.githubusercontent.com:aud\"]: trusts GitHub Actions without pinning the audience; expected `StringEquals` on `token.actions.githubusercontent.com:aud`.",
            ],
        },
        {
            name: "an unknown provider beside a known one of another issuer",
            props: unknownTrust([UNKNOWN, "arn:aws:iam::123456789012:oidc-provider/gitlab.com"], {
                StringEquals: { [`${GITHUB}:aud`]: "a", "gitlab.com:aud": "b" },
            }),
            violations: [
                "Role 'subject', assumeRolePolicy.Statement: trusts GitLab without scoping the subject; expected a subject such as project_path:acme/shop:ref_type:branch:ref:main.",
                "Role 'subject', assumeRolePolicy.Statement: trusts GitHub Actions without scoping the subject; expected a subject such as repo:acme/shop:environment:production.",
            ],
        },
        {
            name: "no conditions at all",
            props: trust(GITHUB),
            violations: [
                `${AT}: trusts GitHub Actions without pinning the audience; expected \`StringEquals\` on \`${GITHUB}:aud\`.`,
                `${AT}: trusts GitHub Actions without scoping the subject; ${EXPECTED}`,
            ],
        },
        {
            name: "the audience alone",
            props: trust(GITHUB, { StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" } }),
            violations: [`${AT}: trusts GitHub Actions without scoping the subject; ${EXPECTED}`],
        },
        {
            name: "the subject alone, and a wildcard for the audience",
            props: trust(GITHUB, {
                StringEquals: { [`${GITHUB}:sub`]: "repo:acme/shop:environment:production" },
                StringLike: { [`${GITHUB}:aud`]: "*" },
            }),
            violations: [
                `${AT}.Condition.StringLike["${GITHUB}:aud"]: trusts GitHub Actions without pinning the audience; expected \`StringEquals\` on \`${GITHUB}:aud\`.`,
            ],
        },
        ...[
            "repo:acme/*",
            "repo:acme/shop*",
            "repo:*",
            "*",
            "repo:acme/*:ref:refs/heads/main",
            "repo:ac*/shop:environment:production",
        ].map(subject => ({
            name: `the subject ${subject}, which reaches other repositories`,
            props: github(subject, "StringLike"),
            violations: [
                `${AT}.Condition.StringLike["${GITHUB}:sub"]: is "${subject}": it does not name one repository; ${EXPECTED}`,
            ],
        })),
        ...[
            ["repo:acme/shop:*", "branch and pull request"],
            ["repo:acme/shop:environment:*", "branch and pull request"],
            ["repo:acme/shop:ref:*", "branch and pull request"],
            ["repo:acme/shop:ref:refs/heads/*", "branch"],
            ["repo:acme/shop:ref:refs/tags/*", "tag"],
        ].map(([subject = "", which]) => ({
            name: `the subject ${subject}, which reaches every ${which}`,
            props: github(subject, "StringLike"),
            violations: [
                `${AT}.Condition.StringLike["${GITHUB}:sub"]: is "${subject}": every ${which} of the repository may assume the role; ${EXPECTED}`,
            ],
        })),
        ...["project_path:acme/shop:ref_type:tag:ref:*", "project_path:acme/shop:ref_type:branch:ref:*"].map(
            subject => ({
                name: `the subject ${subject}, which reaches all of a kind`,
                props: trust("gitlab.com", {
                    StringEquals: { "gitlab.com:aud": "https://gitlab.com" },
                    StringLike: { "gitlab.com:sub": subject },
                }),
                violations: [
                    `${AT}.Condition.StringLike["gitlab.com:sub"]: is "${subject}": every ${subject.includes("tag") ? "tag" : "branch"} of the repository may assume the role; expected a subject such as project_path:acme/shop:ref_type:branch:ref:main.`,
                ],
            }),
        ),
        {
            name: "pull requests for a role that applies",
            props: { ...github("repo:acme/shop:pull_request"), name: "shop-apply" },
            violations: [
                `${AT}.Condition.StringEquals["${GITHUB}:sub"]: is "repo:acme/shop:pull_request": any pull request may assume the role, which is not named as a read-only one; ${EXPECTED}`,
            ],
        },
        {
            name: "a wide subject beside a scoped one",
            props: github(["repo:acme/shop:environment:production", "repo:acme/*"], "StringLike"),
            violations: [
                `${AT}.Condition.StringLike["${GITHUB}:sub"][1]: is "repo:acme/*": it does not name one repository; ${EXPECTED}`,
            ],
        },
        ...["ForAllValues:StringLike", "StringEqualsIfExists", "ForAllValues:StringEquals"].map(operator => ({
            name: `${operator}, which also passes when the claim is missing`,
            props: github("repo:acme/shop:environment:production", operator),
            violations: [
                `${AT}.Condition${operator.includes(":") ? `["${operator}"]` : `.${operator}`}["${GITHUB}:sub"]: trusts GitHub Actions without scoping the subject (a condition that also passes when the claim is missing scopes nothing); ${EXPECTED}`,
            ],
        })),
        {
            name: "a negated condition",
            props: github("repo:acme/shop:pull_request", "StringNotLike"),
            violations: [
                `${AT}.Condition.StringNotLike["${GITHUB}:sub"]: trusts GitHub Actions without scoping the subject; ${EXPECTED}`,
            ],
        },
        {
            name: "the actor instead of the subject",
            props: trust(GITHUB, {
                StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com", [`${GITHUB}:actor`]: "octocat" },
            }),
            violations: [`${AT}: trusts GitHub Actions without scoping the subject; ${EXPECTED}`],
        },
        {
            name: "the repository's claim without environment or branch",
            props: trust(GITHUB, {
                StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com", [`${GITHUB}:repository`]: "acme/shop" },
            }),
            violations: [`${AT}: trusts GitHub Actions without scoping the subject; ${EXPECTED}`],
        },
        {
            name: "every project of a GitLab group, on a server of one's own",
            props: scoped(
                "gitlab.acme.example",
                "https://gitlab.acme.example",
                "project_path:acme/*:ref_type:branch:ref:main",
                "StringLike",
            ),
            settings: { gitlabHosts: ["gitlab.acme.example"] },
            violations: [
                `${AT}.Condition.StringLike["gitlab.acme.example:sub"]: is "project_path:acme/*:ref_type:branch:ref:main": it does not name one repository; expected a subject such as project_path:acme/shop:ref_type:branch:ref:main.`,
            ],
        },
        {
            name: "every stack of a Pulumi organisation",
            props: scoped("api.pulumi.com/oidc", "aws:acme", "pulumi:deploy:org:acme:*", "StringLike"),
            violations: [
                `${AT}.Condition.StringLike["api.pulumi.com/oidc:sub"]: is "pulumi:deploy:org:acme:*": every branch and pull request of the repository may assume the role; expected a subject such as pulumi:deploy:org:acme:project:shop:stack:production:operation:update:scope:write.`,
            ],
        },
        {
            name: "every project of a CircleCI organisation",
            props: scoped("oidc.circleci.com/org/1f2e", "1f2e", "org/1f2e/project/*", "StringLike"),
            violations: [
                `${AT}.Condition.StringLike["oidc.circleci.com/org/1f2e:sub"]: is "org/1f2e/project/*": it does not name one repository; expected a subject such as org/<organisation-id>/project/<project-id>/user/*.`,
            ],
        },
        {
            name: "every branch of a Buildkite pipeline",
            props: scoped(
                "agent.buildkite.com",
                "sts.amazonaws.com",
                "organization:acme:pipeline:shop:*",
                "StringLike",
            ),
            violations: [
                `${AT}.Condition.StringLike["agent.buildkite.com:sub"]: is "organization:acme:pipeline:shop:*": every branch and pull request of the repository may assume the role; expected a subject such as organization:acme:pipeline:shop:ref:refs/heads/main:*.`,
            ],
        },
        ...[
            [{ environment: "live" }, { repository: "ac*" }],
            [{ environment: "live" }, { repository: "acme/*" }],
            [{ environment: "live" }, { repository_id: "47*" }],
            [{ environment: "live", repository: ["acme/web", 5] }, {}],
            [{ repository: "acme/web" }, { ref: "refs/*" }],
            [{ repository: "acme/web" }, { ref: "refs/heads/*" }],
            [{ repository: "acme/web" }, { ref: "refs/pull/*" }],
            [{ repository: "acme/web" }, { ref: ["refs/heads/trunk", "refs/heads/*"] }],
            [{ repository: "acme/web" }, { environment: "*" }],
            [{ repository: "acme/web" }, { job_workflow_ref: "acme/ci/.github/workflows/up.yml@*" }],
            [{ repository: "acme/web" }, { job_workflow_ref: "acme/ci/*@refs/heads/trunk" }],
        ].map(([equals = {}, like = {}]) => ({
            name: `loose claims: ${JSON.stringify({ ...equals, ...like })}`,
            props: claims(equals, like),
            violations: [`${AT}: trusts GitHub Actions without scoping the subject; ${EXPECTED}`],
        })),
        {
            name: "a narrow place by a claim beside a subject of every repository of the owner",
            props: claims({ environment: "live" }, { sub: "repo:acme/*" }),
            violations: [
                `${AT}.Condition.StringLike["${GITHUB}:sub"]: is "repo:acme/*": it does not name one repository; ${EXPECTED}`,
            ],
        },
        {
            name: "session tags that GitHub does not sign",
            props: trust(GITHUB, {
                StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com", "aws:RequestTag/pipeline_slug": "web" },
                StringLike: { [`${GITHUB}:sub`]: "repo:acme/web:*" },
            }),
            violations: [
                `${AT}.Condition.StringLike["${GITHUB}:sub"]: is "repo:acme/web:*": every branch and pull request of the repository may assume the role; ${EXPECTED}`,
            ],
        },
        ...ISSUERS.map(issuer => ({
            name: `any subject of ${issuer.name}`,
            props: scoped(URLS[issuer.name] ?? "", "https://acme.example", "*", "StringLike"),
            violations: [
                `${AT}.Condition.StringLike["${URLS[issuer.name]}:sub"]: is "*": it does not name one repository; expected a subject such as ${issuer.example}.`,
            ],
        })),
        ...[
            ["api.pulumi.com/oidc", "pulumi:environments:org:acme:env:*"],
            ["app.terraform.io", "organization:acme:project:web:workspace:*:run_phase:apply"],
            ["oidc.vercel.com/acme", "owner:acme:project:web:environment:*"],
            ["acme.app.spacelift.io", "space:live:stack:web:run_type:*"],
            ["acme.app.spacelift.io", "space:live:stack:web:run_type:*:scope:read"],
        ].map(([provider = "", subject = ""]) => ({
            name: `every place of one project: ${subject}`,
            props: scoped(provider, "sts.amazonaws.com", subject, "StringLike"),
            violations: [
                `${AT}.Condition.StringLike["${provider}:sub"]: is "${subject}": every branch and pull request of the repository may assume the role; expected a subject such as ${ISSUERS.find(({ url }) => url.test(provider))?.example}.`,
            ],
        })),
        {
            name: "a number for a subject",
            props: github(5),
            violations: [`${AT}.Condition.StringEquals["${GITHUB}:sub"]: is 5, which is no text; ${EXPECTED}`],
        },
        {
            name: "text that is no JSON",
            props: { assumeRolePolicy: "trust me" },
            violations: ["Role 'subject', assumeRolePolicy: is not valid JSON; expected a trust policy."],
        },
    ],
    badSettings: [{ readOnlyRole: ["x"] }, { allowedSubjects: [""] }, { gitlabHosts: "x" }],
});
