import { rule } from "../../../policies/rules/ci/ci-workflow-hardened";
import { testProjectRule } from "../../support/test-rule";

const SHA = "b4ffde65f46336ab88eb53be808477a3936bae11";
const DIGEST = `sha256:${"0a".repeat(32)}`;

const PROJECT = { "Pulumi.yaml": "name: shop\nruntime: nodejs\n" };

/** A repository whose only workflow is `text`. */
const github = (text: string) => ({ ...PROJECT, ".github/workflows/pulumi.yml": text });

const gitlab = (text: string) => ({ ...PROJECT, ".gitlab-ci.yml": text });

const only = (...aspects: string[]) => ({ require: aspects });

const AT = ".github/workflows/pulumi.yml";

/** A workflow with one job of the given steps and more job settings, each in flow style on a line of its own from line 7. */
const steps = (lines: readonly string[], job = "{}", on = "push") =>
    github(
        `on: ${on}\njobs:\n  deploy:\n    env: ${job}\n    runs-on: ubuntu-latest\n    steps:\n${lines.map(line => `      - ${line}\n`).join("")}`,
    );

const PREVIEW = "run: pulumi preview";
const UP = "run: pulumi up --yes";

const moved = (use: string, at: string) => {
    const [name, version] = use.split("@");
    return `${at}: is \`${use}\`: \`${version}\` is a tag or branch, which can be moved; expected \`${name}@<commit>\` with all 40 digits of the commit and the version in a comment.`;
};

const OIDC = {
    aws: "expected a login by OIDC: `aws-actions/configure-aws-credentials` with `role-to-assume`.",
    google: "expected a login by OIDC: `google-github-actions/auth` with `workload_identity_provider`.",
    azure: "expected a login by OIDC: `azure/login` with `client-id`, `tenant-id` and `subscription-id`.",
    pulumi: "expected a login by OIDC: `pulumi/auth-actions`.",
};

const NO_ENVIRONMENT = (operation: string, at: string) =>
    `${at}: runs \`pulumi ${operation}\` without an \`environment\`, so nobody has to approve it; expected an environment with required reviewers.`;

const NO_AUDIT = (observed: string, audit = "`npm audit` or `osv-scanner`") =>
    `${AT}:4: jobs.deploy: runs \`pulumi preview\` ${observed}; expected ${audit} first, in this job or one it needs.`;

const WITHOUT = "without an audit of the dependencies before it";

const NO_PACK = (operation: string, at: string) =>
    `${at}: runs \`pulumi ${operation}\` without a policy pack; expected \`--policy-pack\`, or \`policyPacks\` of pulumi/actions, unless the organization enforces the pack (setting \`hasOrganizationPolicies\`).`;

const INJECTED = (reference: string, at: string) =>
    `${at}: puts \`\${{ ${reference} }}\` into the script, where its author can write commands; expected it in \`env\` and used as a variable.`;

const PASSPHRASE =
    "so that whoever has the stack's state or settings can decrypt its secrets; expected a secrets provider with a key of a cloud, which needs no passphrase.";

const CHECKOUT = (event: string, at: string) =>
    `${at}: checks out the proposed code under \`${event}\`, so anyone who opens a pull request runs code with this workflow's credentials; expected \`pull_request\`, or no checkout of the head.`;

const aws = (role: string) =>
    `{ uses: aws-actions/configure-aws-credentials@${SHA}, with: { role-to-assume: ${role} } }`;

const READER = "arn:aws:iam::123456789012:role/pulumi-preview";
const WRITER = "arn:aws:iam::123456789012:role/pulumi-apply";

const HARDENED = `
name: Pulumi
on:
  push:
    branches: [main]
  pull_request:
permissions:
  id-token: write
  contents: read
jobs:
  preview:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@${SHA} # v4.1.1
      - run: npm ci && npm audit --audit-level=moderate
      - id: pulumi
        uses: pulumi/auth-actions@${SHA}
        with:
          organization: shop
          requested-token-type: urn:pulumi:token-type:access_token:organization
      - ${aws(READER)}
      - uses: pulumi/actions@${SHA}
        with:
          command: preview
          stack-name: shop/prod
          policyPacks: policy
          comment-on-pr: true
        env:
          PULUMI_ACCESS_TOKEN: \${{ steps.pulumi.outputs.pulumi-access-token }}
          TITLE: \${{ github.event.pull_request.title }}
  up:
    needs: preview
    if: github.ref == 'refs/heads/main'
    environment: production
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@${SHA}
      - ${aws(WRITER)}
      - run: |
          pulumi -C infra \\
            up --yes --stack shop/prod
`;

const PLAIN = (name: string, reason: string, at = `${AT}:7: jobs.deploy.steps[0].run`) =>
    `${at}: sets \`${name}\`, which ${reason}, in plain text; expected it encrypted (\`--secret\`).`;

const configMap = (entries: string) =>
    `{ uses: pulumi/actions@${SHA}, with: { command: preview, config-map: '${entries}' } }`;

testProjectRule(rule, {
    valid: [
        {
            name: "GitLab: a hidden job with the commands that another one extends, in stages of its own",
            files: gitlab(`
stages: [plan, apply]
.apply:
  script:
    - aws sts assume-role-with-web-identity --role-arn ${WRITER} > creds.json
    - pulumi up --yes
up:
  extends: .apply
  stage: apply
  image: { name: "pulumi/pulumi-nodejs@${DIGEST}" }
  id_tokens: { AWS: { aud: sts } }
  before_script: [npm ci, npm audit]
  environment: { name: production }
`),
            settings: { hasOrganizationPolicies: true },
        },
        ...[
            "pulumi config set --secret db:password ${{ secrets.DB_PASSWORD }}",
            "pulumi config set db:password ${{ secrets.DB_PASSWORD }} --secret=true",
            "pulumi config set aws:region ${{ secrets.AWS_REGION }}",
            "pulumi config set aws:region eu-west-1",
            "pulumi config set tokenTtl 3600",
            "pulumi config set tokenUrl $TOKEN_URL",
            "pulumi config set pullSecret $NAME_OF_SECRET",
            "pulumi config set dbPassword",
            "pulumi config get dbPassword",
            "pulumi config set-all --secret db:password=$PASSWORD --plaintext aws:region=eu-west-1",
            "pulumi env set acme/prod dbPassword ${{ secrets.DB_PASSWORD }} --secret",
            "pulumi up -c replicas=3 --config=aws:region=eu-west-1",
            "pulumi up -c dbPassword",
        ].map(command => ({
            name: `settings by \`${command}\``,
            files: steps([`run: ${command}`]),
            settings: only("encrypted-settings"),
        })),
        ...[
            "{ db:password: { value: ${{ secrets.DB_PASSWORD }}, secret: true } }",
            '{ "aws:region": "eu-west-1", "db:password": { "value": "${{ secrets.DB_PASSWORD }}", "secret": true } }',
            "not: [a map",
            "a text",
            "{ app:list: { value: { toString: none, valueOf: none } } }",
            "{ app:list: &list { value: &inner [*inner] } }",
            "{ app:none: null, app:on: true }",
        ].map(entries => ({
            name: `a config-map ${entries}`,
            files: steps([configMap(entries)]),
            settings: only("encrypted-settings"),
        })),
        { name: "a workflow that does all that is required", files: github(HARDENED) },
        {
            name: "a repository without pipelines",
            files: PROJECT,
            notApplicable: "No GitHub workflow or GitLab pipeline of the repository runs Pulumi.",
        },
        {
            name: "no project to judge",
            files: { ".github/workflows/pulumi.yml": HARDENED },
            notes: [
                "Cannot be judged yet: Pulumi.yaml: the project's files cannot be seen: A Pulumi.yaml was not found in <root>, above or below it; set `projectDir` to the project's folder.",
            ],
        },
        {
            name: "no stack that the engine names",
            files: github(HARDENED),
            stack: null,
            notApplicable:
                "the engine names no stack here, as in `policy analyze` and `policy publish`, and the setting `projectDir` is not set",
        },
        {
            name: "a workflow that only names Pulumi, or installs something of that name",
            files: steps([
                'run: echo "pulumi up"',
                "run: npm install pulumi && cd pulumi && ls",
                "run: pip install pulumi==3.1.0 && pulumi version",
                "uses: actions/checkout@v4",
            ]),
            notApplicable: "No GitHub workflow or GitLab pipeline of the repository runs Pulumi.",
        },
        {
            name: "a workflow in a folder where GitHub does not look",
            files: {
                ...PROJECT,
                ".github/workflows/old/pulumi.yml": `on: push\njobs:\n  a:\n    steps:\n      - ${UP}\n`,
            },
            notApplicable: "No GitHub workflow or GitLab pipeline of the repository runs Pulumi.",
        },
        {
            name: "an unreadable workflow that has nothing to do with Pulumi",
            files: { ...github(HARDENED), ".github/workflows/lint.yml": "jobs: [" },
        },

        {
            name: "pins: commits in capitals, local actions, images by digest",
            files: {
                ...steps([
                    `uses: actions/checkout@${SHA.toUpperCase()}`,
                    "uses: ./.github/actions/setup",
                    `uses: docker://pulumi/pulumi@${DIGEST}`,
                    UP,
                ]),
                ".github/actions/setup/action.yml": `runs:\n  using: composite\n  steps:\n    - uses: actions/setup-node@${SHA}\n`,
            },
            settings: only("pinned-actions"),
        },
        {
            name: "pins: an image that an expression names cannot be judged",
            files: github(`on: push\njobs:\n  a:\n    container: \${{ vars.IMAGE }}\n    steps:\n      - ${UP}\n`),
            settings: only("pinned-actions"),
        },

        {
            name: "permissions: each job has its own block",
            files: github(
                `on: push\njobs:\n  a:\n    permissions: { contents: read, pull-requests: write }\n    steps:\n      - ${UP}\n  b:\n    permissions: {}\n    steps:\n      - run: make\n`,
            ),
            settings: only("least-permissions"),
        },
        {
            name: "permissions: a job's block replaces the workflow's, which writes",
            files: github(
                `on: push\npermissions: { contents: write }\njobs:\n  a:\n    permissions: { contents: read }\n    steps:\n      - ${UP}\n`,
            ),
            settings: only("least-permissions"),
        },
        {
            name: "permissions: a called workflow is bound by its caller's",
            files: {
                ...github(
                    "on: push\npermissions: { contents: read }\njobs:\n  a:\n    uses: ./.github/workflows/deploy.yml\n",
                ),
                ".github/workflows/deploy.yml": `on: { workflow_call: {} }\njobs:\n  b:\n    steps:\n      - ${UP}\n`,
            },
            settings: only("least-permissions"),
        },
        {
            name: "permissions: a release job beside Pulumi writes contents",
            files: github(
                `on: push\npermissions: { contents: read }\njobs:\n  a:\n    steps:\n      - ${UP}\n  release:\n    permissions: { contents: write }\n    steps:\n      - run: make release\n`,
            ),
            settings: only("least-permissions"),
        },
        {
            name: "permissions: a write that the settings allow",
            files: github(`on: push\npermissions: { contents: write }\njobs:\n  a:\n    steps:\n      - ${UP}\n`),
            settings: { require: ["least-permissions"], allowedWrites: ["contents"] },
        },

        {
            name: "login: Google by workload identity, Azure by federation and by managed identity",
            files: steps([
                "{ uses: google-github-actions/auth@v2, with: { workload_identity_provider: p, service_account: a } }",
                "{ uses: azure/login@v2, with: { client-id: a, tenant-id: b, subscription-id: c } }",
                "{ uses: azure/login@v2, with: { auth-type: IDENTITY } }",
                UP,
            ]),
            settings: only("oidc-login", "no-static-credentials"),
        },

        {
            name: "credentials: names that only resemble those of keys, and values that steps make",
            files: steps([
                `{ ${UP}, env: { PULUMI_ACCESS_TOKEN: "\${{ steps.auth.outputs.token }}", AWS_ACCESS_KEY_ID: "" } }`,
                '{ run: pulumi preview, env: { ROLE: "${{ secrets.AWS_CREDENTIALS_ROLE_ARN }}", K: "${{ secrets.AWS_KMS_KEY_ID }}" } }',
                '{ run: pulumi preview, env: { A: "${{ secrets.GITHUB_TOKEN }}", B: "${{ secrets.PULUMI_GITHUB_ACCESS_TOKEN }}" } }',
                '{ run: pulumi preview, env: { WIP: "${{ secrets.GCP_WORKLOAD_IDENTITY_PROVIDER }}", S: "${{ secrets.ARM_SUBSCRIPTION_ID }}" } }',
                "{ run: pulumi preview, env: { GOOGLE_APPLICATION_CREDENTIALS: /tmp/gcp.json } }",
                'run: echo "AWS_ACCESS_KEY_ID=$(jq -r .id creds.json)" >> $GITHUB_ENV',
            ]),
            settings: only("no-static-credentials"),
        },
        {
            name: "credentials: a static key in a workflow that does not run Pulumi",
            files: {
                ...github(HARDENED),
                ".github/workflows/docs.yml":
                    'on: push\njobs:\n  a:\n    env: { AWS_ACCESS_KEY_ID: "${{ secrets.AWS_ACCESS_KEY_ID }}" }\n    steps:\n      - run: make docs\n',
            },
        },

        {
            name: "environment: a preview, a refresh that only looks for drift, and stacks that need none",
            files: steps([
                PREVIEW,
                "run: pulumi refresh --preview-only",
                "run: pulumi refresh --expect-no-changes --yes",
                "run: pulumi up --stack shop/pr-7",
                "run: pulumi stack output url",
            ]),
            settings: { require: ["protected-environment"], stacksWithoutEnvironment: ["pr-*"] },
        },
        {
            name: "environment: a command that the matrix excludes",
            files: github(
                "on: push\njobs:\n  a:\n    strategy: { matrix: { command: [preview], exclude: [{ command: up }] } }\n    steps:\n      - run: pulumi ${{ matrix.command }}\n",
            ),
            settings: only("protected-environment"),
        },
        {
            name: "environment: named in a map, and by an expression",
            files: github(
                `on: push\njobs:\n  a:\n    environment: { name: production, url: https://example.com }\n    steps:\n      - ${UP}\n  b:\n    environment: \${{ inputs.stack }}\n    steps:\n      - ${UP}\n`,
            ),
            settings: only("protected-environment"),
        },

        {
            name: "roles: the same secret in two environments can hold two roles",
            files: github(
                `on: push\njobs:\n  a:\n    environment: preview\n    steps:\n      - ${aws('"${{ secrets.ROLE }}"')}\n      - ${PREVIEW}\n  b:\n    environment: production\n    steps:\n      - ${aws('"${{ secrets.ROLE }}"')}\n      - ${UP}\n`,
            ),
            settings: only("separate-roles"),
        },
        {
            name: "roles: a called workflow gets another role in each place",
            files: {
                ...github(
                    `on: push\njobs:\n  a:\n    uses: ./.github/workflows/run.yml\n    with: { command: preview, role: ${READER} }\n  b:\n    uses: ./.github/workflows/run.yml\n    with: { command: up, role: ${WRITER} }\n`,
                ),
                ".github/workflows/run.yml": `on: { workflow_call: { inputs: { command: {}, role: {} } } }\njobs:\n  run:\n    steps:\n      - ${aws('"${{ inputs.role }}"')}\n      - uses: pulumi/actions@v6\n        with: { command: "\${{ inputs.command }}", stack-name: prod }\n`,
            },
            settings: only("separate-roles"),
        },
        {
            name: "roles: a job that previews just before it applies, on main only",
            files: github(
                `on: [push, pull_request]\njobs:\n  a:\n    if: github.event_name == 'push'\n    steps:\n      - ${aws(WRITER)}\n      - ${PREVIEW}\n      - ${UP}\n`,
            ),
            settings: only("separate-roles"),
        },

        {
            name: "checkout: the base under pull_request_target, the head under pull_request",
            files: {
                ...steps(["uses: actions/checkout@v4", PREVIEW], "{}", "pull_request_target"),
                ".github/workflows/pr.yml": `on: pull_request\njobs:\n  a:\n    steps:\n      - { uses: actions/checkout@v4, with: { ref: "\${{ github.event.pull_request.head.sha }}" } }\n      - ${PREVIEW}\n`,
            },
            settings: only("no-untrusted-checkout"),
        },

        {
            name: "injection: comparisons, choices, numbers, commits, and text that goes through env",
            files: steps([
                `run: "pulumi up \${{ contains(github.event.pull_request.title, 'x') && '--diff' || '' }}"`,
                `run: "echo \${{ github.head_ref == 'main' }} \${{ github.event.pull_request.number }} \${{ github.sha }}"`,
                `run: "echo \${{ github.event.pull_request.head.sha }} \${{ steps.x.outcome }} \${{ github.actor }}"`,
                '{ run: echo "$TITLE", env: { TITLE: "${{ github.event.pull_request.title }}" } }',
            ]),
            settings: only("no-script-injection"),
        },
        {
            name: "injection: in a job that does not run Pulumi",
            files: github(
                `on: push\njobs:\n  a:\n    steps:\n      - ${UP}\n  b:\n    steps:\n      - run: echo "\${{ github.head_ref }}"\n`,
            ),
            settings: only("no-script-injection"),
        },

        {
            name: "audit: in a job that is needed by way of another",
            files: github(
                `on: push\njobs:\n  audit:\n    steps:\n      - run: npx audit-ci --moderate\n  build:\n    needs: [audit]\n    steps:\n      - run: make\n  up:\n    needs: build\n    steps:\n      - ${UP}\n`,
            ),
            settings: only("dependency-audit"),
        },
        {
            name: "audit: in a job that the caller of a workflow needs",
            files: {
                ...github(
                    "on: push\njobs:\n  audit:\n    steps:\n      - run: npm audit\n  up:\n    needs: audit\n    uses: ./.github/workflows/deploy.yml\n",
                ),
                ".github/workflows/deploy.yml": `on: workflow_call\njobs:\n  b:\n    steps:\n      - ${UP}\n`,
            },
            settings: only("dependency-audit"),
        },
        {
            name: "audit: a called workflow of another repository",
            files: github(
                `on: push\njobs:\n  audit:\n    uses: google/osv-scanner-action/.github/workflows/osv-scanner-reusable.yml@${SHA}\n  up:\n    needs: audit\n    steps:\n      - ${UP}\n`,
            ),
            settings: only("dependency-audit"),
        },
        {
            name: "audit: by the language of the project that the command names",
            files: {
                ...steps(["run: govulncheck ./...", "run: pulumi -C services/api preview"]),
                "services/api/Pulumi.yaml": "name: api\nruntime: { name: go }\n",
            },
            settings: only("dependency-audit"),
        },
        {
            name: "audit: programs in YAML have no dependencies; a refresh and a destroy run no program",
            files: {
                ...steps([PREVIEW, "run: pulumi refresh", "run: pulumi destroy"]),
                "Pulumi.yaml": "name: shop\nruntime: yaml\n",
            },
            settings: only("dependency-audit"),
        },
        {
            name: "a program in a language that is named like what every object has",
            files: {
                ...steps([PREVIEW, "run: pulumi refresh", "run: pulumi destroy"]),
                "Pulumi.yaml": "name: shop\nruntime: constructor\n",
            },
            settings: only("dependency-audit"),
        },

        {
            name: "policy pack: by flag, by its environment variable, or enforced by the organization",
            files: steps([
                "run: pulumi preview --policy-pack=policy",
                "run: PULUMI_OPTION_POLICY_PACK=p pulumi preview",
            ]),
            settings: only("policy-pack"),
        },
        {
            name: "policy pack: enforced by the organization",
            files: steps([PREVIEW]),
            settings: { require: ["policy-pack"], hasOrganizationPolicies: true },
        },

        {
            name: "workflows that call one another in a circle",
            files: {
                ...github("on: workflow_call\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n"),
                ".github/workflows/b.yml": `on: workflow_call\njobs:\n  b:\n    uses: ./.github/workflows/pulumi.yml\n  c:\n    environment: production\n    steps:\n      - ${UP}\n`,
            },
            settings: only("protected-environment"),
        },
        {
            name: "a workflow of another repository that is given Pulumi's settings",
            files: github(
                `on: push\npermissions: { contents: read }\njobs:\n  a:\n    uses: shop/ci/.github/workflows/deploy.yml@${SHA}\n    with: { pulumi-stack: prod }\n`,
            ),
            notes: [
                `Cannot be judged yet: ${AT}:5: jobs.a.uses: calls \`shop/ci/.github/workflows/deploy.yml@${SHA}\`, a workflow of another repository, which is not read.`,
            ],
        },
        {
            name: "a command that a person types when the workflow is started",
            files: github(
                'on: { workflow_dispatch: { inputs: { command: { type: string } } } }\njobs:\n  a:\n    steps:\n      - uses: pulumi/actions@v6\n        with: { command: "${{ inputs.command }}", stack-name: prod }\n',
            ),
            settings: only("protected-environment"),
            notes: [
                `Cannot be judged yet: ${AT}:6: jobs.a.steps[0].with.command: is \`\${{ inputs.command }}\`, so whether it applies changes is not known.`,
            ],
        },
        {
            name: "scripts of the repository that call Pulumi",
            files: {
                ...github(
                    [
                        "on: push",
                        "permissions: {}",
                        "jobs:",
                        "  up:",
                        "    defaults: { run: { working-directory: infra } }",
                        "    steps:",
                        "      - run: |",
                        "          npm run lint",
                        "          MODE=x ./deploy.sh --now",
                        "          bash -eu ../tools/down.sh",
                        "          make up",
                        "          npm run preview",
                        "          yarn preview && make clean && make missing && ./missing.sh",
                    ].join("\n"),
                ),
                "infra/deploy.sh":
                    '#!/bin/sh\npulumi login\nif [ "$MODE" = x ]; then pulumi preview; else pulumi up --yes; fi\npulumi up\n',
                "tools/down.sh": "pulumi destroy --yes\n",
                Makefile:
                    "STACK = prod\nclean:\n\trm -rf dist\n\nup: clean\n\t@pulumi up --stack $(STACK)\n\nlast:\n\tpulumi destroy\n",
                "infra/package.json": '{ "scripts": { "lint": "eslint .", "preview": "pulumi preview" } }',
            },
            notes: [
                ...[
                    [9, "./deploy.sh", "`pulumi preview` and `pulumi up`"],
                    [10, "bash ../tools/down.sh", "`pulumi destroy`"],
                    [11, "make up", "`pulumi up`"],
                    [12, "npm run preview", "`pulumi preview`"],
                    [13, "yarn preview", "`pulumi preview`"],
                ].map(
                    ([line, command, called]) =>
                        `Cannot be judged yet: ${AT}:${line}: jobs.up.steps[0].run: runs \`${command}\`, a script with ${called}, which is not judged.`,
                ),
            ],
        },
        {
            name: "a local action that another step fetches",
            files: steps(["uses: ./shared/setup", PREVIEW]),
            settings: only("pinned-actions"),
            notes: [
                `Cannot be judged yet: ${AT}:7: jobs.deploy.steps[0].uses: is \`./shared/setup\`, which is not in the repository and not read.`,
            ],
        },
        {
            name: "environment: a job that only asks for approval goes before",
            files: github(
                "on: push\njobs:\n  approve: { environment: production, steps: [{ run: echo approved }] }\n  up: { needs: approve, steps: [{ run: pulumi up --yes }] }\n",
            ),
            settings: only("protected-environment"),
        },
        {
            name: "credentials: all secrets for a workflow of the repository itself, and some for another's",
            files: {
                ...github(
                    `on: push\njobs:\n  own: { uses: ./.github/workflows/up.yml, secrets: inherit }\n  other: { uses: "shop/ci/.github/workflows/lint.yml@${SHA}", secrets: { A: b } }\n`,
                ),
                ".github/workflows/up.yml":
                    "on: workflow_call\njobs: { up: { secrets: inherit, steps: [{ run: pulumi preview }] } }\n",
            },
            settings: only("no-static-credentials"),
        },
        {
            name: "credentials: keys of another provider's store under AWS's names",
            files: steps([
                "{ run: pulumi login, env: { AWS_ACCESS_KEY_ID: '${{ secrets.R2_ACCESS_KEY_ID }}' } }",
                "{ run: pulumi login, env: { AWS_SECRET_ACCESS_KEY: '${{ secrets.STATE_MINIO_SECRET }}' } }",
            ]),
            settings: only("no-static-credentials"),
        },
        {
            name: "credentials: a passphrase that is a secret, or made by a command",
            files: steps([
                "{ run: pulumi preview, env: { PULUMI_CONFIG_PASSPHRASE: '${{ secrets.PASSPHRASE }}' } }",
                'run: PULUMI_CONFIG_PASSPHRASE="$(vault read -field=value pulumi)" pulumi preview',
                "run: PULUMI_CONFIG_PASSPHRASE=$PASSPHRASE pulumi preview",
            ]),
            settings: only("no-static-credentials"),
        },
        {
            name: "GitLab: an update that a person starts, by `when`, by each rule, or by a job before it",
            files: gitlab(
                [
                    "up: { stage: deploy, when: manual, script: [pulumi up --yes] }",
                    "destroy:",
                    "  stage: .post",
                    "  rules: [{ if: $A, when: never }, { if: $B, when: manual }]",
                    "  script: [pulumi destroy --yes]",
                    "gate: { stage: build, when: manual, script: [echo go] }",
                    "import: { stage: test, needs: [gate], script: [pulumi import x y z] }",
                ].join("\n"),
            ),
            settings: only("protected-environment"),
        },
        {
            name: "GitLab: roles: one job for proposals and updates that never runs on a proposal",
            files: gitlab(
                `up:\n  rules: [{ if: "$CI_PIPELINE_SOURCE == 'merge_request_event'", when: never }, { if: $CI_COMMIT_BRANCH }]\n  script: [aws x --role-arn ${WRITER}, pulumi preview, pulumi up]\n`,
            ),
            settings: only("separate-roles"),
        },
        {
            name: "a workflow too large to be read",
            files: github(`# ${"x".repeat(5 * 1024 * 1024)}\n`),
            notes: [
                `Cannot be judged yet: ${AT}: is larger than 5 MB, so it is not read, so whether it runs Pulumi is not known.`,
            ],
        },

        {
            name: "GitLab: a pipeline that does all that is required",
            files: {
                ...gitlab(`
include:
  - local: /ci/base.yml
  - template: Jobs/SAST.gitlab-ci.yml
  - { project: shop/ci, ref: ${SHA}, file: /x.yml }
preview:
  extends: .pulumi
  script:
    - npm audit
    - aws sts assume-role-with-web-identity --role-arn ${READER} > creds.json
    - pulumi preview --policy-pack policy
up:
  extends: [.pulumi]
  stage: deploy
  environment: { name: production }
  script:
    - aws sts assume-role-with-web-identity --role-arn ${WRITER} > creds.json
    - pulumi up --yes
`),
                "ci/base.yml": `.pulumi:\n  image: { name: "pulumi/pulumi-nodejs@${DIGEST}" }\n  id_tokens: { AWS: { aud: sts } }\n  before_script: [npm ci]\n`,
            },
        },
    ],
    invalid: [
        {
            name: "a title in a function's text beside a function that gives a truth value",
            files: steps([
                "run: echo \"${{ format('{0} {1}', github.event.pull_request.title, contains(github.ref, 'x')) }}\" && pulumi preview",
            ]),
            settings: only("no-script-injection"),
            violations: [
                ".github/workflows/pulumi.yml:7: jobs.deploy.steps[0].run: puts `${{ github.event.pull_request.title }}` into the script, where its author can write commands; expected it in `env` and used as a variable.",
            ],
        },
        {
            name: "protection: a pipeline that deletes what is protected, and nobody approves it",
            files: steps(["run: pulumi destroy --yes --ignore-protect"]),
            settings: only("kept-protection"),
            violations: [
                `${AT}:7: jobs.deploy.steps[0].run: runs \`pulumi destroy --ignore-protect\`, which takes a protection away, without an \`environment\`, so nobody has to approve it; expected the protection to stay, or an environment with required reviewers.`,
            ],
        },
        ...[
            ["pulumi config set db:password ${{ secrets.DB_PASSWORD }}", "db:password", "is the secret `DB_PASSWORD`"],
            ["pulumi config set --secret=false shop:auth ${{ secrets.A }}", "shop:auth", "is the secret `A`"],
            ["pulumi config set --path shop:db ${{ secrets.DATABASE_URL }}", "shop:db", "is the secret `DATABASE_URL`"],
            ["pulumi config set db:password $FROM_ENV", "db:password", "is the secret `DB`"],
            ["pulumi config set db:password $OTHER", "db:password", "is a secret by its name"],
            ["pulumi config set db:password correct-horse", "db:password", "is a secret by its name"],
            [`pulumi config set shop:gh ghp_${"a1".repeat(18)}`, "shop:gh", "looks like a GitHub token"],
            [
                "pulumi config set-all --plaintext a=1 --plaintext dbPassword=$OTHER",
                "dbPassword",
                "is a secret by its name",
            ],
            ["pulumi env set acme/prod dbPassword ${{ secrets.DB }}", "dbPassword", "is the secret `DB`"],
            ["pulumi up --yes -c a=1 -c dbPassword=${{ secrets.DB }}", "dbPassword", "is the secret `DB`"],
            ["pulumi preview --config=dbPassword=${{ secrets.DB }}", "dbPassword", "is the secret `DB`"],
        ].map(([command = "", name = "", reason = ""]) => ({
            name: `a setting in plain text by \`${command}\``,
            files: steps([`run: ${command}`], "{ FROM_ENV: '${{ secrets.DB }}' }"),
            settings: only("encrypted-settings"),
            violations: [PLAIN(name, reason)],
        })),
        ...[
            "{ db:password: ${{ secrets.DB }} }",
            '{ "db:password": { "value": "${{ secrets.DB }}", "secret": false } }',
            "{ db:password: { value: { toString: ${{ secrets.DB }} } } }",
        ].map(entries => ({
            name: `a secret in the config-map ${entries}`,
            files: steps([configMap(entries)]),
            settings: only("encrypted-settings"),
            violations: [PLAIN("db:password", "is the secret `DB`", `${AT}:7: jobs.deploy.steps[0].with.command`)],
        })),
        {
            name: "a variable of GitLab in a setting that is a secret by its name",
            files: gitlab("up:\n  script:\n    - pulumi config set dbPassword $DB_PASSWORD\n    - pulumi up\n"),
            settings: only("encrypted-settings"),
            violations: [PLAIN("dbPassword", "is a secret by its name", ".gitlab-ci.yml:3: up.script[0]")],
        },
        {
            name: "pins: tags, branches, short commits, no version, images by tag, wherever they stand",
            files: {
                ...github(
                    [
                        "on: push",
                        "jobs:",
                        "  a:",
                        "    container: pulumi/pulumi:3",
                        "    services:",
                        "      vault: { image: vault }",
                        "    steps:",
                        "      - uses: actions/checkout@v4",
                        "      - uses: actions/setup-node@b4ffde6",
                        "      - uses: actions/cache",
                        "      - uses: docker://pulumi/actions",
                        "      - uses: ./ci",
                        `      - ${UP}`,
                        "  b:",
                        "    uses: shop/ci/.github/workflows/x.yml@main",
                    ].join("\n"),
                ),
                "ci/action.yaml": "runs:\n  using: composite\n  steps:\n    - uses: pulumi/actions@v6\n",
            },
            settings: only("pinned-actions"),
            violations: [
                `${AT}:4: jobs.a.container: is \`pulumi/pulumi:3\`, which is another image once its tag is moved; expected a digest, \`…@sha256:<64 digits>\`.`,
                `${AT}:6: jobs.a.services.vault.image: is \`vault\`, which is another image once its tag is moved; expected a digest, \`…@sha256:<64 digits>\`.`,
                moved("actions/checkout@v4", `${AT}:8: jobs.a.steps[0].uses`),
                `${AT}:9: jobs.a.steps[1].uses: is \`actions/setup-node@b4ffde6\`: \`b4ffde6\` is a shortened commit; expected \`actions/setup-node@<commit>\` with all 40 digits of the commit and the version in a comment.`,
                `${AT}:10: jobs.a.steps[2].uses: is \`actions/cache\`, which names no version; expected \`actions/cache@<commit>\` with all 40 digits of the commit and the version in a comment.`,
                `${AT}:11: jobs.a.steps[3].uses: is \`docker://pulumi/actions\`, which is another image once its tag is moved; expected a digest, \`…@sha256:<64 digits>\`.`,
                moved("shop/ci/.github/workflows/x.yml@main", `${AT}:15: jobs.b.uses`),
                moved("pulumi/actions@v6", "ci/action.yaml:4: runs.steps[0].uses"),
            ],
        },
        {
            name: "permissions: none at either level",
            files: github(`on: push\njobs:\n  a:\n    steps:\n      - ${UP}\n  b:\n    steps:\n      - run: make\n`),
            settings: only("least-permissions"),
            violations: [
                `${AT}:3: sets no \`permissions\` for jobs \`a\`, \`b\`, which then get the repository's default; expected \`contents: read\`, and \`id-token: write\` for a login by OIDC.`,
            ],
        },
        {
            name: "permissions: all, more than needed, of the wrong kind, and no token for the login",
            files: github(
                [
                    "on: push",
                    "permissions: write-all",
                    "jobs:",
                    "  a:",
                    "    steps:",
                    `      - ${UP}`,
                    "  b:",
                    "    permissions:",
                    "      contents: write",
                    "    steps:",
                    `      - ${UP}`,
                    "  c:",
                    "    permissions: all",
                    "    steps:",
                    `      - ${UP}`,
                    "  d:",
                    "    permissions: { contents: read }",
                    "    steps:",
                    `      - uses: pulumi/auth-actions@${SHA}`,
                    `      - ${UP}`,
                ].join("\n"),
            ),
            settings: only("least-permissions"),
            violations: [
                `${AT}:2: permissions: is \`write-all\`; expected only what the jobs need, such as \`contents: read\`.`,
                `${AT}:9: jobs.b.permissions.contents: is \`write\` for a job that runs Pulumi; expected \`read\` or nothing.`,
                `${AT}:13: jobs.c.permissions: is neither a map of permissions nor \`read-all\`; expected \`contents: read\`.`,
                `${AT}:17: jobs.d.permissions: does not grant \`id-token: write\`, without which the login by OIDC in job \`d\` fails.`,
            ],
        },
        {
            name: "login: actions that use no OIDC",
            files: steps([
                "{ uses: aws-actions/configure-aws-credentials@v4, with: { aws-region: eu-west-1 } }",
                "{ uses: google-github-actions/auth@v2, with: { credentials_json: x } }",
                "{ uses: Azure/login@v2, with: { creds: x } }",
                "{ uses: azure/login@v2, with: { client-id: a } }",
                UP,
            ]),
            settings: only("oidc-login"),
            violations: [
                `${AT}:7: jobs.deploy.steps[0].uses: assumes no role by OIDC; expected \`role-to-assume\`.`,
                `${AT}:8: jobs.deploy.steps[1].uses: logs in without workload identity; expected \`workload_identity_provider\`.`,
                `${AT}:9: jobs.deploy.steps[2].uses: logs in with \`creds\`; expected \`client-id\`, \`tenant-id\` and \`subscription-id\`.`,
                `${AT}:10: jobs.deploy.steps[3].uses: logs in without a federated credential; expected \`client-id\` and \`tenant-id\`.`,
            ],
        },
        {
            name: "credentials: in env of each level, a container, inputs, brackets, capitals and scripts",
            files: github(
                [
                    "on: push",
                    'env: { AWS_ACCESS_KEY_ID: "${{ secrets.A }}" }',
                    "jobs:",
                    "  a:",
                    "    env: { TOKEN: \"${{ secrets['pulumi_access_token'] }}\" }",
                    '    container: { image: x, env: { ARM_CLIENT_SECRET: "${{ vars.S }}" } }',
                    "    steps:",
                    "      - uses: pulumi/actions@v6",
                    '        with: { command: up, x: "${{ secrets.PROD_AWS_SECRET_ACCESS_KEY }}" }',
                    '        env: { pulumi_access_token: "made-up" }',
                    "      - uses: google-github-actions/auth@v2",
                    '        with: { credentials_json: "${{ secrets.X }}" }',
                    '      - run: echo "PULUMI_ACCESS_TOKEN=${{ secrets.X }}" >> $GITHUB_ENV',
                    "      - run: export AWS_SECRET_ACCESS_KEY=0123456789abcdefghij",
                    `      - run: aws configure set k ${"AKIA" + "IOSFODNN7EXAMPLE"}`,
                    '      - run: echo "${{ toJSON(secrets) }}"',
                    "      - run: echo \"${{ secrets[format('{0}_AZURE_CREDENTIALS', matrix.x)] }}\"",
                    "  b:",
                    `    uses: shop/ci/.github/workflows/x.yml@${SHA}`,
                    "    secrets: inherit",
                    "  c:",
                    `    uses: shop/ci/.github/workflows/x.yml@${SHA}`,
                    '    secrets: { token: "${{ secrets.PULUMI_ACCESS_TOKEN }}" }',
                ].join("\n"),
            ),
            settings: only("no-static-credentials"),
            notes: [
                `Cannot be judged yet: ${AT}:22: jobs.c.uses: calls \`shop/ci/.github/workflows/x.yml@${SHA}\`, a workflow of another repository, which is not read.`,
            ],
            violations: [
                `${AT}:2: env.AWS_ACCESS_KEY_ID: sets a static AWS access key from a stored value; ${OIDC.aws}`,
                `${AT}:5: jobs.a.env.TOKEN: uses the secret \`pulumi_access_token\`, a static Pulumi access token; ${OIDC.pulumi}`,
                `${AT}:6: jobs.a.container.env.ARM_CLIENT_SECRET: sets a static Azure secret from a stored value; ${OIDC.azure}`,
                `${AT}:9: jobs.a.steps[0].with.x: uses the secret \`PROD_AWS_SECRET_ACCESS_KEY\`, a static AWS access key; ${OIDC.aws}`,
                `${AT}:10: jobs.a.steps[0].env.pulumi_access_token: sets a static Pulumi access token from a stored value; ${OIDC.pulumi}`,
                `${AT}:12: jobs.a.steps[1].with.credentials_json: sets a static Google service account key from a stored value; ${OIDC.google}`,
                `${AT}:13: jobs.a.steps[2].run: sets a static Pulumi access token from a stored value; ${OIDC.pulumi}`,
                `${AT}:14: jobs.a.steps[3].run: sets a static AWS access key from a stored value; ${OIDC.aws}`,
                `${AT}:15: jobs.a.steps[4].run: holds a static AWS access key in plain text; revoke it; ${OIDC.aws}`,
                `${AT}:16: jobs.a.steps[5].run: hands over all secrets of the repository; expected only those needed, by name.`,
                `${AT}:17: jobs.a.steps[6].run: uses the secret \`format('{0}_AZURE_CREDENTIALS', matrix.x)\`, a static Azure secret; ${OIDC.azure}`,
                `${AT}:20: jobs.b.secrets: is \`inherit\`, which hands all secrets to \`shop/ci/.github/workflows/x.yml@${SHA}\`; expected only those it needs, by name.`,
                `${AT}:23: jobs.c.secrets.token: uses the secret \`PULUMI_ACCESS_TOKEN\`, a static Pulumi access token; ${OIDC.pulumi}`,
            ],
        },
        {
            name: "credentials: a secret of an innocent name that becomes a token inside a composite action",
            files: {
                ...steps(['{ uses: ./ci, with: { t: "${{ secrets.T }}" } }']),
                "ci/action.yml":
                    'inputs: { t: { required: true } }\nruns:\n  using: composite\n  steps:\n    - run: pulumi preview\n      env: { PULUMI_ACCESS_TOKEN: "${{ inputs.t }}" }\n',
            },
            settings: only("no-static-credentials"),
            violations: [
                `ci/action.yml:6: runs.steps[0].env.PULUMI_ACCESS_TOKEN: sets a static Pulumi access token from a stored value; ${OIDC.pulumi}`,
            ],
        },
        {
            name: "environment: an input that may be left empty, by two names; others have a value",
            files: github(
                "on:\n  workflow_dispatch:\n    inputs:\n      a: {}\n      b: { default: '', type: environment }\n      c: { default: production }\n      d: { required: true }\n      e: { type: choice, options: [x, y] }\n" +
                    "jobs:\n" +
                    [
                        "inputs.a",
                        "github.event.inputs.B",
                        "inputs.c",
                        "inputs.d",
                        "inputs.e",
                        "inputs.a || 'production'",
                    ]
                        .map(
                            (name, index) =>
                                `  j${index}:\n    environment: \${{ ${name} }}\n    steps:\n      - ${UP}\n`,
                        )
                        .join(""),
            ),
            settings: only("protected-environment"),
            violations: [NO_ENVIRONMENT("up", `${AT}:11: jobs.j0`), NO_ENVIRONMENT("up", `${AT}:15: jobs.j1`)],
        },
        {
            name: "environment: disguises of an update",
            files: github(
                [
                    "on: push",
                    "jobs:",
                    ...[
                        "pulumi -C dir --color never up -y",
                        "npx pulumi destroy --yes",
                        "pulumi env run shop/prod -- pulumi up",
                        "sudo -E /usr/local/bin/pulumi refresh --yes",
                        "bash -c 'pulumi up --yes'",
                        "STACK=prod pulumi import aws:s3/bucket:Bucket a b",
                        "pulumi refresh --preview-only=false",
                        "poetry run pulumi update",
                        "pulumi deployment run destroy",
                        "cd infra && \\\n\n          pulumi \\\n          up",
                        "if true; then pulumi up; fi",
                    ].flatMap((run, index) => [`  job-${index}:`, "    steps:", "      - run: |", `          ${run}`]),
                ].join("\n"),
            ),
            settings: only("protected-environment"),
            violations: [
                NO_ENVIRONMENT("up", `${AT}:4: jobs.job-0`),
                NO_ENVIRONMENT("destroy", `${AT}:8: jobs.job-1`),
                NO_ENVIRONMENT("up", `${AT}:12: jobs.job-2`),
                NO_ENVIRONMENT("refresh", `${AT}:16: jobs.job-3`),
                NO_ENVIRONMENT("up", `${AT}:20: jobs.job-4`),
                NO_ENVIRONMENT("import", `${AT}:24: jobs.job-5`),
                NO_ENVIRONMENT("refresh", `${AT}:28: jobs.job-6`),
                NO_ENVIRONMENT("up", `${AT}:32: jobs.job-7`),
                NO_ENVIRONMENT("destroy", `${AT}:36: jobs.job-8`),
                NO_ENVIRONMENT("up", `${AT}:40: jobs.job-9`),
                NO_ENVIRONMENT("up", `${AT}:47: jobs.job-10`),
            ],
        },
        {
            name: "environment: a folded script, and commands by matrix, choice, default, expression and env",
            files: github(
                [
                    "on: { workflow_dispatch: { inputs: { command: { type: choice, options: [preview, up] } } }, push: {} }",
                    "env: { CMD: up }",
                    "jobs:",
                    "  folded:",
                    "    steps:",
                    "      - run: >-",
                    "          pulumi",
                    "          up",
                    "  matrix:",
                    "    strategy: { matrix: { command: [preview, destroy] } }",
                    "    steps:",
                    '      - { uses: PULUMI/Actions@v6, with: { Command: "${{ matrix.command }}", stack-name: prod } }',
                    "  choice:",
                    "    steps:",
                    "      - run: pulumi ${{ github.event.inputs.command }} --stack prod",
                    "  expression:",
                    "    steps:",
                    "      - uses: pulumi/actions@v6",
                    "        with: { command: \"${{ github.event_name == 'push' && 'up' || 'preview' }}\" }",
                    "  variable:",
                    "    environment: { url: https://example.com }",
                    "    steps:",
                    "      - run: pulumi $CMD",
                ].join("\n"),
            ),
            settings: only("protected-environment"),
            violations: [
                NO_ENVIRONMENT("up", `${AT}:5: jobs.folded`),
                NO_ENVIRONMENT("destroy", `${AT}:10: jobs.matrix`),
                NO_ENVIRONMENT("up", `${AT}:14: jobs.choice`),
                NO_ENVIRONMENT("up", `${AT}:17: jobs.expression`),
                NO_ENVIRONMENT("up", `${AT}:21: jobs.variable`),
            ],
        },
        {
            name: "environment: in a reusable workflow and a composite action",
            files: {
                ...github(
                    "on: push\njobs:\n  a:\n    uses: ./.github/workflows/deploy.yml\n    with: { command: up }\n",
                ),
                ".github/workflows/deploy.yml":
                    'on: { workflow_call: { inputs: { command: { default: preview } } } }\njobs:\n  b:\n    steps:\n      - { uses: ./ci/, with: { verb: "${{ inputs.command }}" } }\n',
                "ci/action.yml":
                    "inputs: { verb: {} }\nruns:\n  using: composite\n  steps:\n    - run: pulumi ${{ inputs.verb }}\n",
            },
            settings: only("protected-environment"),
            violations: [NO_ENVIRONMENT("up", ".github/workflows/deploy.yml:4: jobs.b")],
        },
        {
            name: "lines: of each command, text and fetch in a block; the block's own where it is folded",
            files: github(
                [
                    "on: pull_request_target",
                    "jobs:",
                    "  up:",
                    "    steps:",
                    "      - run: |",
                    "          # pulumi up",
                    "          npm ci && \\",
                    "            pulumi preview",
                    "",
                    '          echo "${{ github.head_ref }}"',
                    "          if true; then",
                    "            git fetch origin ${{ github.event.pull_request.head.sha }}",
                    "            OUT=$(pulumi preview --json)",
                    "          fi",
                    "      - run: >",
                    "          npm ci;",
                    "          pulumi preview",
                    "      - run: |-",
                    "          bash -c '",
                    "            pulumi preview'",
                    '          PULUMI_CONFIG_PASSPHRASE="" pulumi preview --policy-pack policy',
                ].join("\n"),
            ),
            settings: only("policy-pack", "no-script-injection", "no-untrusted-checkout", "no-static-credentials"),
            violations: [
                NO_PACK("preview", `${AT}:8: jobs.up.steps[0].run`),
                INJECTED("github.head_ref", `${AT}:10: jobs.up.steps[0].run`),
                CHECKOUT("pull_request_target", `${AT}:12: jobs.up.steps[0].run`),
                NO_PACK("preview", `${AT}:13: jobs.up.steps[0].run`),
                NO_PACK("preview", `${AT}:15: jobs.up.steps[1].run`),
                NO_PACK("preview", `${AT}:19: jobs.up.steps[2].run`),
                `${AT}:21: jobs.up.steps[2].run: sets \`PULUMI_CONFIG_PASSPHRASE\`, which is empty, ${PASSPHRASE}`,
            ],
        },
        {
            name: "policy pack: missing in a preview by the image of the CLI",
            files: steps([`{ uses: "docker://pulumi/pulumi@${DIGEST}", with: { args: preview --stack prod } }`]),
            settings: only("policy-pack"),
            violations: [NO_PACK("preview", `${AT}:7: jobs.deploy.steps[0].uses`)],
        },
        {
            name: "credentials: a passphrase that is empty or written down",
            files: steps([
                '{ run: pulumi preview, env: { PULUMI_CONFIG_PASSPHRASE: "" } }',
                `{ run: pulumi preview, env: { PULUMI_CONFIG_PASSPHRASE: ${"pass".repeat(3)} } }`,
                "run: export PULUMI_CONFIG_PASSPHRASE=; pulumi preview",
            ]),
            settings: only("no-static-credentials"),
            violations: [
                `${AT}:7: jobs.deploy.steps[0].env.PULUMI_CONFIG_PASSPHRASE: is empty, ${PASSPHRASE}`,
                `${AT}:8: jobs.deploy.steps[1].env.PULUMI_CONFIG_PASSPHRASE: is written in plain text, ${PASSPHRASE}`,
                `${AT}:9: jobs.deploy.steps[2].run: sets \`PULUMI_CONFIG_PASSPHRASE\`, which is empty, ${PASSPHRASE}`,
            ],
        },
        {
            name: "environment: actions of others that are told to update, and a preview with an environment before",
            files: github(
                [
                    "on: push",
                    "jobs:",
                    "  preview: { environment: production, steps: [{ uses: shop/pulumi@v1, with: { command: preview } }] }",
                    "  up: { needs: preview, steps: [{ uses: shop/pulumi-action@v1, with: { command: up } }] }",
                    "  down: { steps: [{ uses: shop/pulumi@v1, with: { args: destroy --yes } }] }",
                ].join("\n"),
            ),
            settings: only("protected-environment", "policy-pack"),
            violations: [NO_ENVIRONMENT("up", `${AT}:4: jobs.up`), NO_ENVIRONMENT("destroy", `${AT}:5: jobs.down`)],
        },
        {
            name: "GitLab: environment: no person in one of the rules, or in any",
            files: gitlab(
                [
                    "up:",
                    "  rules: [{ if: $A, when: manual }, { if: $B }]",
                    "  script: [pulumi up --yes]",
                    "destroy: { only: [main], script: [pulumi destroy --yes] }",
                    "never: { rules: [{ when: never }], script: [pulumi up] }",
                ].join("\n"),
            ),
            settings: only("protected-environment"),
            violations: [
                NO_ENVIRONMENT("up", ".gitlab-ci.yml:2: up"),
                NO_ENVIRONMENT("destroy", ".gitlab-ci.yml:4: destroy"),
                NO_ENVIRONMENT("up", ".gitlab-ci.yml:5: never"),
            ],
        },
        {
            name: "GitLab: roles: one job for merge requests and updates, by rules and by `only`",
            files: gitlab(
                [
                    "up:",
                    "  rules: [{ if: \"$CI_PIPELINE_SOURCE == 'merge_request_event'\" }, { if: $CI_COMMIT_BRANCH }]",
                    `  script: [aws x --role-arn ${WRITER}, pulumi preview, pulumi up]`,
                    "old:",
                    "  only: { refs: [merge_requests, main] }",
                    `  script: [aws x --role-arn ${READER}, pulumi preview, pulumi up]`,
                ].join("\n"),
            ),
            settings: only("separate-roles"),
            violations: ["up", "old"].map(
                (job, index) =>
                    `.gitlab-ci.yml:${2 + 3 * index}: ${job}: previews proposed changes with the role that it applies with; expected a job of its own for the preview, with a role that can only read.`,
            ),
        },
        {
            name: "GitLab: files included by patterns",
            files: {
                ...gitlab("include: [{ local: /ci/*.yml }, 'ops/**.yaml', { local: '.gitlab/**/*.yml' }]\n"),
                "ci/up.yml": "up: { script: [pulumi up] }\n",
                "ci/deep/no.yml": "no: { script: [pulumi up] }\n",
                "ci/notes.txt": "no: { script: [pulumi up] }\n",
                ".gitlab/a/b/down.yml": "down: { script: [pulumi destroy] }\n",
            },
            settings: only("protected-environment"),
            violations: [
                NO_ENVIRONMENT("destroy", ".gitlab/a/b/down.yml:1: down"),
                NO_ENVIRONMENT("up", "ci/up.yml:1: up"),
            ],
        },
        {
            name: "roles: the same in two workflows, and one job for proposals and updates",
            files: {
                ...github(`on: push\njobs:\n  up:\n    steps:\n      - ${aws(WRITER)}\n      - ${UP}\n`),
                ".github/workflows/preview.yml": `on: pull_request\njobs:\n  look:\n    steps:\n      - ${aws(WRITER)}\n      - ${PREVIEW}\n`,
                ".github/workflows/z.yml": `on: [push, pull_request]\njobs:\n  both:\n    steps:\n      - ${aws("arn:aws:iam::123456789012:role/ci")}\n      - { if: "github.event_name == 'pull_request'", ${PREVIEW} }\n      - { if: "github.event_name == 'push'", ${UP} }\n`,
            },
            settings: only("separate-roles"),
            violations: [
                `${AT}:4: jobs.up: applies as \`${WRITER}\`, as whom job \`look\` (.github/workflows/preview.yml:4) previews; expected another role for the preview, which can only read.`,
                ".github/workflows/z.yml:4: jobs.both: previews proposed changes with the role that it applies with; expected a job of its own for the preview, with a role that can only read.",
            ],
        },
        {
            name: "checkout: the head under events with secrets, by the action and by git",
            files: {
                ...steps(
                    [
                        '{ uses: actions/checkout@v4, with: { ref: "${{ github.event.pull_request.head.sha }}" } }',
                        '{ uses: actions/checkout@v4, with: { ref: "refs/pull/${{ github.event.number }}/merge" } }',
                        '{ uses: actions/checkout@v4, with: { repository: "${{ github.event.pull_request.head.repo.full_name }}" } }',
                        "run: gh pr checkout $NUMBER",
                        PREVIEW,
                    ],
                    "{}",
                    "{ pull_request_target: { types: [labeled] } }",
                ),
                ".github/workflows/run.yml": `on: { workflow_run: { workflows: [x] } }\njobs:\n  a:\n    steps:\n      - run: git checkout \${{ github.event.workflow_run.head_sha }}\n      - ${PREVIEW}\n`,
            },
            settings: only("no-untrusted-checkout"),
            violations: [
                CHECKOUT("pull_request_target", `${AT}:7: jobs.deploy.steps[0].with.ref`),
                CHECKOUT("pull_request_target", `${AT}:8: jobs.deploy.steps[1].with.ref`),
                CHECKOUT("pull_request_target", `${AT}:9: jobs.deploy.steps[2].with.repository`),
                CHECKOUT("pull_request_target", `${AT}:10: jobs.deploy.steps[3].run`),
                CHECKOUT("workflow_run", ".github/workflows/run.yml:5: jobs.a.steps[0].run"),
            ],
        },
        {
            name: "injection: event text directly, by brackets, functions, env and inputs",
            files: {
                ...steps(
                    [
                        'run: pulumi up -m "${{ github.event.head_commit.message }}"',
                        "run: echo ${{ github.head_ref || github.ref_name }}",
                        "run: echo \"${{ github['event']['issue']['TITLE'] }}\"",
                        "run: echo '${{ toJSON(github.event) }}'",
                        "run: echo ${{ format('{0}', github.event.comment.body) }}",
                        "run: echo ${{ env.T }}",
                        "{ uses: actions/github-script@v7, with: { script: 'console.log(`${{ github.event.pull_request.body }}`)' } }",
                        '{ uses: ./ci, with: { t: "${{ github.event.review.body }}" } }',
                        "run: echo ${{ join(github.event.commits.*.message) }}",
                    ],
                    '{ T: "${{ github.event.pull_request.title }}" }',
                ),
                "ci/action.yml":
                    "inputs: { t: {} }\nruns:\n  using: composite\n  steps:\n    - run: echo ${{ inputs.t }}\n",
            },
            settings: only("no-script-injection"),
            violations: [
                INJECTED("github.event.head_commit.message", `${AT}:7: jobs.deploy.steps[0].run`),
                INJECTED("github.head_ref", `${AT}:8: jobs.deploy.steps[1].run`),
                INJECTED("github.event.issue.title", `${AT}:9: jobs.deploy.steps[2].run`),
                INJECTED("github.event", `${AT}:10: jobs.deploy.steps[3].run`),
                INJECTED("github.event.comment.body", `${AT}:11: jobs.deploy.steps[4].run`),
                INJECTED("github.event.pull_request.title", `${AT}:12: jobs.deploy.steps[5].run`),
                INJECTED("github.event.pull_request.body", `${AT}:13: jobs.deploy.steps[6].with.script`),
                INJECTED("github.event.commits.*.message", `${AT}:15: jobs.deploy.steps[8].run`),
                INJECTED("github.event.review.body", "ci/action.yml:5: runs.steps[0].run"),
            ],
        },
        {
            name: "audit: none",
            files: steps([PREVIEW]),
            settings: only("dependency-audit"),
            violations: [NO_AUDIT(WITHOUT)],
        },
        {
            name: "audit: after the preview",
            files: steps([PREVIEW, "run: npm audit"]),
            settings: only("dependency-audit"),
            violations: [NO_AUDIT(WITHOUT)],
        },
        {
            name: "audit: of another language, only mentioned, or only repaired",
            files: steps([
                "run: pip-audit",
                'run: echo "npm audit"',
                "run: npm audit fix",
                "run: npm i -g audit-ci",
                PREVIEW,
            ]),
            settings: only("dependency-audit"),
            violations: [NO_AUDIT(WITHOUT)],
        },
        {
            name: "audit: asked for, and its failure only told",
            files: steps(["run: if ! npm audit; then echo bad; fi", PREVIEW]),
            settings: only("dependency-audit"),
            violations: [NO_AUDIT("after an audit of the dependencies whose failure is ignored")],
        },
        {
            name: "audit: ignored by the shell and by the step",
            files: steps(["run: npm audit || true", "{ run: npm audit, continue-on-error: true }", PREVIEW]),
            settings: only("dependency-audit"),
            violations: [NO_AUDIT("after an audit of the dependencies whose failure is ignored")],
        },
        {
            name: "audit: in a job that nothing waits for",
            files: github(
                `on: push\njobs:\n  deploy:\n    steps:\n      - ${PREVIEW}\n  audit:\n    steps:\n      - run: npm audit\n`,
            ),
            settings: only("dependency-audit"),
            violations: [NO_AUDIT(WITHOUT)],
        },
        {
            name: "audit: of a program in Python whose folder the job sets",
            files: {
                ...github(
                    `on: push\njobs:\n  deploy:\n    defaults: { run: { working-directory: ./infra } }\n    steps:\n      - run: npm audit\n      - ${PREVIEW}\n`,
                ),
                "infra/Pulumi.yaml": "name: infra\nruntime: python\n",
            },
            settings: only("dependency-audit"),
            violations: [NO_AUDIT(WITHOUT, "`pip-audit` or `osv-scanner`")],
        },
        {
            name: "policy pack: missing in a preview, and in an update that no preview goes before",
            files: {
                ...steps([PREVIEW, UP]),
                ".github/workflows/up.yml": `on: push\njobs:\n  a:\n    steps:\n      - { uses: pulumi/actions@v6, with: { command: up, stack-name: a, policyPacks: "" } }\n`,
            },
            settings: only("policy-pack"),
            violations: [
                NO_PACK("preview", `${AT}:7: jobs.deploy.steps[0].run`),
                NO_PACK("up", ".github/workflows/up.yml:5: jobs.a.steps[0].with.command"),
            ],
        },
        {
            name: "a workflow that is no YAML",
            files: github("on: push\njobs:\n  a: [\n# pulumi up\n"),
            violations: [
                expect.stringMatching(
                    /^\.github\/workflows\/pulumi\.yml:\d+: is not valid YAML: .*; expected a pipeline that can be read\.$/,
                ),
            ],
        },
        {
            name: "merge keys, which GitHub rejects",
            files: github(`on: push\njobs:\n  a: &a\n    steps:\n      - ${UP}\n  b:\n    <<: *a\n`),
            violations: [`${AT}:7: uses the merge key \`<<\`, which GitHub rejects; expected the keys themselves.`],
        },
        {
            name: "a list of jobs",
            files: github(`on: push\njobs:\n  - steps:\n    - ${UP}\n`),
            violations: [`${AT}:3: jobs: is no map; expected jobs by their ids.`],
        },
        {
            name: "steps that are no list",
            files: github("on: push\njobs:\n  a:\n    steps: pulumi up\n"),
            violations: [`${AT}:4: jobs.a.steps: is no list; expected steps.`],
        },
        {
            name: "a step that is no map",
            files: github("on: push\njobs:\n  a:\n    steps:\n      - pulumi up\n"),
            violations: [`${AT}:5: jobs.a.steps[0]: is no map; expected a step with \`uses\` or \`run\`.`],
        },
        {
            name: "GitLab: images, includes, stored keys, no OIDC, no environment, no audit, no policy pack",
            files: gitlab(
                [
                    "include:",
                    "  - { project: shop/ci, ref: main, file: /x.yml }",
                    "  - component: gitlab.com/shop/pulumi@1.0",
                    "  - remote: https://example.com/ci.yml",
                    "default: { image: pulumi/pulumi:latest }",
                    "variables:",
                    "  AWS_SECRET_ACCESS_KEY: { value: $KEY, description: the key }",
                    "audit: { stage: build, script: [npm audit], allow_failure: true }",
                    "preview:",
                    "  script:",
                    "    - pulumi preview",
                    "up:",
                    "  stage: deploy",
                    "  id_tokens: { A: { aud: x } }",
                    "  script:",
                    "    - !reference [preview, script]",
                    "    - pulumi up",
                    "    - aws configure set aws_secret_access_key $OTHER",
                    "    - aws configure set aws_secret_access_key $(vault read key)",
                ].join("\n"),
            ),
            violations: [
                ".gitlab-ci.yml:2: include[0].project: is included at `main`, which can be moved; expected a full commit SHA.",
                ".gitlab-ci.yml:3: include[1].component: is included at `1.0`, which can be moved; expected a full commit SHA.",
                ".gitlab-ci.yml:4: include[2].remote: includes a file that can change; expected `integrity` with its SHA-256.",
                ".gitlab-ci.yml:5: default.image: is `pulumi/pulumi:latest`, which is another image once its tag is moved; expected a digest, `…@sha256:<64 digits>`.",
                ".gitlab-ci.yml:7: variables.AWS_SECRET_ACCESS_KEY.value: sets a static AWS access key from a stored value; expected a login by OIDC with `id_tokens`.",
                ".gitlab-ci.yml:10: preview: has no `id_tokens`, so it logs in with keys that GitLab stores; expected a login by OIDC.",
                ".gitlab-ci.yml:10: preview: runs `pulumi preview` after an audit of the dependencies whose failure is ignored; expected `npm audit` or `osv-scanner` first, in this job or one it needs.",
                NO_PACK("preview", ".gitlab-ci.yml:11: preview.script[0]"),
                NO_ENVIRONMENT("up", ".gitlab-ci.yml:13: up"),
                ".gitlab-ci.yml:18: up.script[2]: sets a static AWS access key from a stored value; expected a login by OIDC with `id_tokens`.",
            ],
        },
    ],
    badSettings: [
        { require: [] },
        { require: ["audit"] },
        { allowedWrites: "contents" },
        { requires: [] },
        { projectDir: "" },
    ],
});
