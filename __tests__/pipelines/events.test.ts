import { proposalFacts, scheduleFacts, strangersFacts } from "../../policies/pipelines/events";
import { truthOf } from "../../policies/pipelines/expression";

const inSchedule = (condition: string, cron?: string) => truthOf(condition, scheduleFacts(cron));

describe("a run that a schedule starts", () => {
    test.each([
        ["github.event.schedule == '0 4 * * *'", "always"],
        ["github.event.schedule == '0 5 * * *'", "never"],
        ["github.event.pull_request.merged == true", "never"],
        ["!github.event.issue", "always"],
        ["github.event.repository.fork", "unknown"],
        ["github.head_ref == ''", "always"],
        ["github.ref == 'refs/heads/main'", "unknown"],
    ])("%s holds: %s", (condition, expected) => expect(inSchedule(condition, "0 4 * * *")).toBe(expected));

    test("does not know which schedule a value is that is no text", () =>
        expect(inSchedule("github.event.schedule == 'x'")).toBe("unknown"));
});

describe("runs that a stranger can cause", () => {
    const inStrangers = (condition: string) =>
        new Set(strangersFacts("pull_request_target").map(facts => truthOf(condition, facts)));

    test.each([
        "github.event.pull_request.merged",
        "github.event.pull_request.merged == true",
        "github.event.pull_request.merged_at != null",
        "github.event.pull_request.head.repo.full_name == github.repository",
        "github.repository == github.event.pull_request.head.repo.full_name",
        "github.event.pull_request.head.repo.full_name == 'acme/shop'",
        "!(github.event.pull_request.head.repo.full_name != github.repository)",
        "!(github.event.pull_request.head.repo.fork)",
        "github.event.pull_request.head.repo.fork == false",
        "github.event.pull_request.head.repo.id == github.repository_id",
        "github.event.pull_request.head.repo.owner.login == github.repository_owner",
        "github.event.pull_request.user.login == 'dependabot[bot]'",
        'contains(fromJSON(\'["octocat", "hubot"]\'), github.event.comment.user.login)',
        'contains(fromJSON(\'["OWNER", "MEMBER"]\'), github.event.comment.author_association)',
        "github.event.review.author_association == 'COLLABORATOR'",
        "github.event.workflow_run.event == 'push'",
        "github.event.workflow_run.head_repository.full_name == github.repository",
        "github.event_name == 'push'",
    ])("%s keeps strangers out", condition => expect(inStrangers(condition)).toEqual(new Set(["never"])));

    test.each([
        "github.event.pull_request.merged == false",
        "github.event.pull_request.head.repo.full_name != github.repository",
        "github.event.pull_request.head.ref == 'main'",
        "github.event.workflow_run.head_branch == 'main'",
        "github.event.workflow_run.conclusion == 'success'",
        "contains(github.event.pull_request.labels.*.name, 'safe to test')",
        "startsWith(github.event.comment.body, '/deploy')",
        "github.event.pull_request.head.repo.full_name == github.repository || github.event.label.name == 'x'",
        'contains(fromJSON(\'["MEMBER", "CONTRIBUTOR"]\'), github.event.comment.author_association)',
        "github.actor == 'dependabot[bot]'",
        "startsWith(github.event.pull_request.user.login, 'acme-')",
        "contains('octocat hubot', github.event.comment.user.login)",
        "github.event.pull_request.user.login > 'a'",
    ])("%s does not", condition => expect(inStrangers(condition)).not.toEqual(new Set(["never"])));
});

describe("runs of a proposal", () => {
    test.each([
        ["pull_request", "github.ref == 'refs/heads/main'", "never"],
        ["pull_request", "github.event_name != 'pull_request'", "never"],
        ["pull_request", "startsWith(github.ref, 'refs/pull/')", "always"],
        ["pull_request", "github.event.pull_request.merged", "never"],
        ["pull_request_target", "github.ref == 'refs/heads/main'", "unknown"],
        ["pull_request", "github.ref_protected", "never"],
        ["pull_request", "github.ref_type == 'tag'", "never"],
        ["merge_group", "github.ref_protected", "never"],
        ["merge_group", "github.ref_name == 'main'", "never"],
        ["merge_group", "github.base_ref == 'main'", "unknown"],
    ])("under %s %s holds: %s", (event, condition, expected) =>
        expect(truthOf(condition, proposalFacts(event))).toBe(expected),
    );
});
