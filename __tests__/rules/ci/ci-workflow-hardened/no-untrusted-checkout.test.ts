import { steps, violationsOf } from "../../../support/judge-aspect";

const HEAD = "${{ github.event.pull_request.head.sha }}";
const CHECKOUT = `{ uses: actions/checkout@v4, with: { ref: "${HEAD}" } }`;

const judged = (workflow: string) => violationsOf("no-untrusted-checkout", workflow).length;

const withCondition = (condition: string, on = "pull_request_target") =>
    steps([CHECKOUT, "run: pulumi preview"], on, `if: ${JSON.stringify(condition)}`);

describe("a condition that strangers cannot meet", () => {
    test.each([
        "github.event.pull_request.merged == true",
        "${{ github.event.pull_request.merged }}",
        "github.event.pull_request.head.repo.full_name == github.repository",
        "github.event.pull_request.head.repo.full_name == 'acme/shop'",
        "!github.event.pull_request.head.repo.fork",
        "!(github.event.pull_request.head.repo.full_name != github.repository)",
        "github.event.pull_request.author_association == 'OWNER'",
        "github.event.pull_request.user.login == 'renovate[bot]'",
        "github.event_name == 'push' || github.event.pull_request.merged",
    ])("%s", condition => expect(judged(withCondition(condition))).toBe(0));

    test.each([
        "github.event.pull_request.merged == false",
        "github.event.pull_request.head.repo.full_name != github.repository",
        "github.event.pull_request.head.ref == 'main'",
        "github.event.action == 'closed'",
        "github.event.pull_request.merged || github.event.action == 'opened'",
        "contains(github.event.pull_request.labels.*.name, 'deploy')",
        "github.actor == 'dependabot[bot]'",
        "vars.ALLOW == 'true'",
    ])("is not %s", condition => expect(judged(withCondition(condition))).toBe(1));
});

test("of several events, one is enough", () => {
    const on = "[pull_request_target, issue_comment]";
    expect(judged(withCondition("github.event.pull_request.merged", on))).toBe(0);
    expect(judged(withCondition("github.event_name == 'issue_comment'", on))).toBe(1);
    expect(
        violationsOf("no-untrusted-checkout", withCondition("github.event_name == 'issue_comment'", on))[0],
    ).toContain("under `issue_comment`");
});

test("a guard of the step, of a job that is needed, and of one that does not wait for it", () => {
    const guarded = "if: github.event.pull_request.merged";
    expect(
        judged(
            steps(
                [`{ ${guarded}, uses: actions/checkout@v4, with: { ref: "${HEAD}" } }`, "run: pulumi up"],
                "pull_request_target",
            ),
        ),
    ).toBe(0);
    const behind = (job: string) =>
        `${steps([CHECKOUT, "run: pulumi up"], "pull_request_target", job)}  gate:\n    ${guarded}\n    steps: [{ run: echo }]\n`;
    expect(judged(behind("needs: gate"))).toBe(0);
    expect(judged(behind("{ needs: gate, if: always() }".slice(2, -2).replace(", ", "\n    ")))).toBe(1);
    expect(judged(behind("runs-on: x"))).toBe(1);
});

test("the head of a workflow that a stranger's pull request started", () => {
    const ref = '{ uses: actions/checkout@v4, with: { ref: "${{ github.event.workflow_run.head_sha }}" } }';
    const on = (condition: string) =>
        steps([ref, "run: pulumi up"], "{ workflow_run: { workflows: [x] } }", `if: ${condition}`);
    expect(judged(on("github.event.workflow_run.event == 'push'"))).toBe(0);
    expect(judged(on("github.event.workflow_run.head_repository.full_name == github.repository"))).toBe(0);
    expect(judged(on("github.event.workflow_run.conclusion == 'success'"))).toBe(1);
    expect(judged(on("github.event.workflow_run.head_branch == 'main'"))).toBe(1);
});
