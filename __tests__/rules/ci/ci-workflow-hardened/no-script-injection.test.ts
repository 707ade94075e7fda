import { SHA, steps, violationsOf } from "../../../support/judge-aspect";

const TITLE = "${{ github.event.pull_request.title }}";

const judged = (action: string, input: string, value: string) =>
    violationsOf(
        "no-script-injection",
        steps(
            [`{ uses: ${action}@${SHA}, with: { ${input}: ${JSON.stringify(value)} } }`, "run: pulumi preview"],
            "pull_request",
        ),
    );

test.each([
    ["azure/cli", "inlineScript"],
    ["Azure/CLI", "inlinescript"],
    ["azure/powershell", "inlineScript"],
    ["nick-fields/retry", "command"],
    ["appleboy/ssh-action", "script"],
    ["addnab/docker-run-action", "run"],
    ["actions/github-script", "script"],
])("%s runs its `%s`", (action, input) => {
    expect(judged(action, input, `echo "${TITLE}"`)).toEqual([
        `.github/workflows/w.yml:6: jobs.a.steps[0].with.${input}: puts \`\${{ github.event.pull_request.title }}\` into the script, where its author can write commands; expected it in \`env\` and used as a variable.`,
    ]);
    expect(judged(action, input, 'echo "${{ github.sha }}"')).toEqual([]);
});

test.each([
    ["azure/cli", "azcliversion"],
    ["acme/notify", "title"],
    ["appleboy/ssh-action", "host"],
])("%s does not run its `%s`", (action, input) => expect(judged(action, input, TITLE)).toEqual([]));

test("what such a script has Pulumi do is judged", () =>
    expect(
        violationsOf(
            "protected-environment",
            steps([`{ uses: azure/cli@${SHA}, with: { inlineScript: pulumi up --yes } }`]),
        ),
    ).toHaveLength(1));

describe("texts of an event", () => {
    const found = (reference: string) =>
        violationsOf(
            "no-script-injection",
            steps([`run: ${JSON.stringify(`pulumi preview -m "\${{ ${reference} }}"`)}`], "issues"),
        ).length;
    const EVENTS = "issue pull_request discussion comment review review_comment release milestone".split(" ");
    test.each([
        "github.head_ref",
        "GITHUB.HEAD_REF",
        ...EVENTS.flatMap(event => ["title", "body", "description", "name"].map(key => `github.event.${event}.${key}`)),
        ...["ref", "label", "repo.default_branch", "repo.description", "repo.homepage"].map(
            key => `github.event.pull_request.head.${key}`,
        ),
        ...["head_branch", "display_title", "head_commit.message", "pull_requests", "pull_requests[0].head.ref"].map(
            key => `github.event.workflow_run.${key}`,
        ),
        ...["head_commit", "commits[0]", "commits.*"].flatMap(commit =>
            ["message", "author.email", "author.name", "committer.email", "committer.name"].map(
                key => `github.event.${commit}.${key}`,
            ),
        ),
        "github.event.pages[0].page_name",
        "github.event.pages.*.page_name",
        "toJSON(github)",
        "toJSON(github.event)",
        ...[
            "issue",
            "pull_request",
            "discussion",
            "comment",
            "review",
            "release",
            "workflow_run",
            "head_commit",
            "commits",
        ].map(event => `toJSON(github.event.${event})`),
        "format('{0}', github.event.issue.title)",
    ])("%s", reference => expect(found(reference)).toBe(1));
    test.each([
        "github.ref",
        "github.head_refs",
        "xgithub.head_ref",
        "github.event.issue.number",
        "github.event.issue.titles",
        "github.event.issue.user.name",
        "xgithub.event.issue.title",
        "github.event.sender.name",
        "github.event.pull_request.head.sha",
        "github.event.pull_request.head.refs",
        "github.event.pull_request.head.repo.name",
        "github.event.pull_request.base.ref",
        "github.event.workflow_run.id",
        "github.event.workflow_run.head_sha",
        "github.event.workflow_run.head_branchx",
        "github.event.head_commit.id",
        "github.event.head_commit.messages",
        "github.event.head_commit.author.username",
        "github.event.page_name",
        "github.event.action",
        "github.event.repository",
        "github.sha",
        "toJSON(github.event.action)",
        "toJSON(xgithub)",
    ])("is not %s", reference => expect(found(reference)).toBe(0));
});
