import {
    ISSUERS,
    NO_CI,
    namesRepository,
    narrower,
    placeOf,
    wider,
} from "../../../../policies/rules/iam/oidc-trust-policy-scoped/issuers";

const issuerOf = (url: string) => ISSUERS.find(issuer => issuer.url.test(url));

const BITBUCKET = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc";
const UUID = "{0a0a0a0a-0b0b}";

test.each([
    ["token.actions.githubusercontent.com", "GitHub Actions"],
    ["token.actions.githubusercontent.com/acme-1", "GitHub Actions"],
    ["ghe.acme.com/_services/token", "GitHub Actions"],
    ["gitlab.com", "GitLab"],
    ["api.pulumi.com/oidc", "Pulumi Cloud"],
    [BITBUCKET, "Bitbucket Pipelines"],
    ["oidc.circleci.com/org/0a-0b", "CircleCI"],
    ["agent.buildkite.com", "Buildkite"],
    ["app.terraform.io", "HCP Terraform"],
    ["oidc.vercel.com", "Vercel"],
    ["oidc.vercel.com/acme-1", "Vercel"],
    ["acme-1.app.spacelift.io", "Spacelift"],
])("%s is the issuer %s, and no other text around it is", (url, name) => {
    expect(issuerOf(url)?.name).toBe(name);
    expect(issuerOf(`x/${url}`)).toBeUndefined();
    expect(issuerOf(`${url}/x/y`)).toBeUndefined();
});

test.each([
    ["oidc.eks.eu-west-1.amazonaws.com/id/0A", true],
    ["oidc.eks.cn-north-1.amazonaws.com.cn/id/0A", true],
    ["x.oidc.eks.eu-west-1.amazonaws.com/id/0A", false],
    ["oidc.eks.eu-west-1.amazonaws.com/0A", false],
    ["oidc.eks.eu.west.amazonaws.com/id/0A", false],
    ["oidc.eks.eu-west-1.amazonaws.com.de/id/0A", false],
])("%s is a cluster: %s", (url, expected) => expect(NO_CI.test(url)).toBe(expected));

test.each(
    "repo repository repository_id repository_owner repository_owner_id repository_visibility environment ref ref_type job_workflow_ref workflow_ref workflow actor actor_id event_name base_ref head_ref runner_environment enterprise enterprise_id".split(
        " ",
    ),
)("GitHub's subjects may name %s", name =>
    // A name that is not known would leave its value to be read as a name.
    expect([...(issuerOf("token.actions.githubusercontent.com")?.read(`${name}:pull_request:repo:a/b`) ?? [])]).toEqual(
        [[name, name === "repo" ? "a/b" : "pull_request"], ...(name === "repo" ? [] : [["repo", "a/b"]])],
    ),
);

const SHA = "0a".repeat(20);

test.each([
    ["token.actions.githubusercontent.com", "repo:acme/shop:environment:prod", true, "scoped"],
    ["token.actions.githubusercontent.com", "repo:acme/shop:environment:pr*", true, "scoped"],
    ["token.actions.githubusercontent.com", "repo:acme/shop:environment:p*", true, "anywhere"],
    ["token.actions.githubusercontent.com", "repo:acme/shop:ref:refs/heads/main", true, "scoped"],
    ["token.actions.githubusercontent.com", "repo:acme/shop:ref:refs/heads/m*", true, "anywhere"],
    ["token.actions.githubusercontent.com", "repo:acme/shop:ref:xrefs/heads/main", true, "anywhere"],
    ["token.actions.githubusercontent.com", "repo:acme/shop:ref:refs/tags/v*", true, "scoped"],
    ["token.actions.githubusercontent.com", "repo:acme/shop:ref:refs/tags/*", true, "anywhere"],
    ["token.actions.githubusercontent.com", "repo:acme/shop:ref:refs/pull/*", true, "pull-request"],
    ["token.actions.githubusercontent.com", "repo:acme/shop:ref:xrefs/pull/1", true, "anywhere"],
    ["token.actions.githubusercontent.com", "repo:acme/shop:pull_request", true, "pull-request"],
    ["token.actions.githubusercontent.com", `repo:acme/shop:job_workflow_ref:a/b.yml@${SHA}`, true, "scoped"],
    ["token.actions.githubusercontent.com", `repo:acme/shop:workflow_ref:a/b.yml@${SHA}`, true, "scoped"],
    ["token.actions.githubusercontent.com", `repo:acme/shop:workflow_ref:a/b.yml@${SHA}0`, true, "anywhere"],
    ["token.actions.githubusercontent.com", `repo:acme/shop:workflow_ref:a/b.yml@x${SHA}`, true, "anywhere"],
    ["token.actions.githubusercontent.com", `repo:acme/shop:workflow_ref:a*@${SHA}`, true, "anywhere"],
    ["token.actions.githubusercontent.com", `repo:acme/shop:workflow_ref:a@${SHA}`, true, "anywhere"],
    ["token.actions.githubusercontent.com", "repo:acme/shop:workflow_ref:a/b.yml@refs/heads/main", true, "scoped"],
    ["token.actions.githubusercontent.com", "repo:acme/*:ref:refs/heads/main", false, "scoped"],
    ["token.actions.githubusercontent.com", "repo:acme:*", false, "anywhere"],
    ["token.actions.githubusercontent.com", "repo:acme/shop/x:*", false, "anywhere"],
    ["token.actions.githubusercontent.com", "repository:acme/shop", true, "anywhere"],
    ["token.actions.githubusercontent.com", "repository:*/shop", false, "anywhere"],
    ["token.actions.githubusercontent.com", "repository:acme/shop/x", false, "anywhere"],
    ["token.actions.githubusercontent.com", "repository_id:12", true, "anywhere"],
    ["token.actions.githubusercontent.com", "repository_id:12*", false, "anywhere"],
    ["token.actions.githubusercontent.com", "repository_id:*12", false, "anywhere"],
    ["gitlab.com", "project_path:acme/shop:ref_type:branch:ref:main", true, "scoped"],
    ["gitlab.com", "project_path:acme/shop:ref_type:branch:ref:m*", true, "anywhere"],
    ["gitlab.com", "project_path:acme/shop:ref_type:tag:ref:v*", true, "scoped"],
    ["gitlab.com", "project_path:acme/shop:ref_type:tag:ref:*", true, "anywhere"],
    ["gitlab.com", "project_path:acme/shop:ref_type:*:ref:main", true, "anywhere"],
    ["gitlab.com", "project_path:acme/*:ref_type:branch:ref:main", false, "scoped"],
    ["api.pulumi.com/oidc", "pulumi:deploy:org:acme:project:shop:stack:prod:operation:update", true, "scoped"],
    ["api.pulumi.com/oidc", "pulumi:deploy:org:acme:project:shop:stack:prod", true, "scoped"],
    ["api.pulumi.com/oidc", "pulumi:deploy:org:acme:project:shop:stack:pr*", true, "anywhere"],
    ["api.pulumi.com/oidc", "pulumi:deploy:org:acme:project:*:stack:prod", true, "anywhere"],
    ["api.pulumi.com/oidc", "pulumi:deploy:org:*:project:shop:stack:prod", false, "scoped"],
    ["api.pulumi.com/oidc", "xpulumi:deploy:org:acme:project:shop:stack:prod", false, "anywhere"],
    ["api.pulumi.com/oidc", "pulumi:environments:org:acme:env:shop/prod", true, "scoped"],
    ["api.pulumi.com/oidc", "pulumi:environments:org:acme:x:y:env:shop/prod", true, "scoped"],
    ["api.pulumi.com/oidc", "pulumi:environments:org:acme:env:*", true, "anywhere"],
    ["api.pulumi.com/oidc", "pulumi:environments:org:acme:env:prod*", true, "anywhere"],
    ["api.pulumi.com/oidc", "pulumi:environments:org:acme:env:*prod", true, "anywhere"],
    ["api.pulumi.com/oidc", "pulumi:environments:org:a*:env:prod", false, "anywhere"],
    ["api.pulumi.com/oidc", "pulumi:environments:pulumi.organization.login:acme:env:prod", true, "scoped"],
    ["api.pulumi.com/oidc", "xpulumi:environments:pulumi.organization.login:acme:env:prod", false, "anywhere"],
    [BITBUCKET, `${UUID}:${UUID}:*`, true, "scoped"],
    [BITBUCKET, `${UUID.toUpperCase()}:${UUID.toUpperCase()}:*`, true, "scoped"],
    [BITBUCKET, `${UUID}:*`, true, "anywhere"],
    [BITBUCKET, `x${UUID}:${UUID}`, false, "anywhere"],
    ["oidc.circleci.com/org/0a", "org/0a/project/0b/user/*", true, "scoped"],
    ["oidc.circleci.com/org/0a", "org/0a/project/0b/*", true, "anywhere"],
    ["oidc.circleci.com/org/0a", "org/0a/project/*", false, "anywhere"],
    ["oidc.circleci.com/org/0a", "x/org/0a/project/0b/user/0c", false, "anywhere"],
    ["agent.buildkite.com", "organization:acme:pipeline:shop:ref:refs/heads/main:*", true, "scoped"],
    ["agent.buildkite.com", "organization:acme:pipeline:shop:commit:ref:step:ref:*", true, "anywhere"],
    ["agent.buildkite.com", "organization:acme:pipeline:*", false, "anywhere"],
    ["agent.buildkite.com", "organization:*:pipeline:shop:*", false, "anywhere"],
    ["app.terraform.io", "organization:acme:project:shop:workspace:prod:run_phase:apply", true, "scoped"],
    ["app.terraform.io", "organization:acme:project:workspace:workspace:prod:*", true, "scoped"],
    ["app.terraform.io", "organization:acme:project:shop:workspace:*:run_phase:workspace", true, "anywhere"],
    ["app.terraform.io", "organization:*:project:shop:workspace:prod:*", false, "scoped"],
    ["oidc.vercel.com", "owner:acme:project:shop:environment:production", true, "scoped"],
    ["oidc.vercel.com", "owner:acme:project:shop:environment:*", true, "anywhere"],
    ["oidc.vercel.com", "owner:acme:project:*:environment:production", false, "scoped"],
    ["oidc.vercel.com", "owner:*:project:shop:environment:production", false, "scoped"],
    ["a.app.spacelift.io", "space:prod:stack:shop:run_type:TRACKED:scope:read", true, "scoped"],
    ["a.app.spacelift.io", "space:prod:stack:shop:run_type:PROPOSED:scope:read", true, "pull-request"],
    ["a.app.spacelift.io", "space:prod:stack:shop:run_type:*:scope:write", true, "scoped"],
    ["a.app.spacelift.io", "space:prod:stack:shop:run_type:*:scope:*", true, "anywhere"],
    ["a.app.spacelift.io", "space:stack:module:shop:run_type:*", true, "anywhere"],
    ["a.app.spacelift.io", "space:prod:stack:*:run_type:TRACKED:*", false, "scoped"],
    ["a.app.spacelift.io", "space:prod:module:*:run_type:TRACKED:*", false, "scoped"],
] as const)("%s: %s names one repository: %s, and its place is %s", (url, subject, isOne, place) => {
    const issuer = issuerOf(url);
    if (issuer === undefined) throw new Error("There is no such issuer.");
    const parts = issuer.read(subject);
    expect([namesRepository(issuer, parts, () => false), placeOf(issuer, parts)]).toEqual([isOne, place]);
    expect(namesRepository(issuer, parts, () => true)).toBe(true);
});

test("each issuer's own example is scoped well", () => {
    for (const issuer of ISSUERS.filter(({ name }) => !/Bitbucket|CircleCI/.test(name))) {
        const parts = issuer.read(issuer.example);
        expect([issuer.name, namesRepository(issuer, parts, () => false), placeOf(issuer, parts)]).toEqual([
            issuer.name,
            true,
            "scoped",
        ]);
    }
});

test("Buildkite's session tags are parts", () =>
    expect(issuerOf("agent.buildkite.com")?.tags).toEqual({
        organization_slug: "organization",
        pipeline_slug: "pipeline",
        build_branch: "branch",
    }));

test.each([
    ["scoped", "pull-request"],
    ["pull-request", "anywhere"],
    ["scoped", "anywhere"],
    ["scoped", "scoped"],
] as const)("%s is no wider than %s", (narrow, wide) => {
    expect([wider(narrow, wide), wider(wide, narrow)]).toEqual([wide, wide]);
    expect([narrower(narrow, wide), narrower(wide, narrow)]).toEqual([narrow, narrow]);
});
