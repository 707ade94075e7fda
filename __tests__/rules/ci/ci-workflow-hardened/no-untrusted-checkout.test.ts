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

describe("what a stranger proposed", () => {
    const message = (at: string, event: string) => [
        `.github/workflows/w.yml:${at}: checks out the proposed code under \`${event}\`, so anyone who opens a pull request runs code with this workflow's credentials; expected \`pull_request\`, or no checkout of the head.`,
    ];
    const byRef = (ref: string, input = "ref", on = "pull_request_target") =>
        violationsOf(
            "no-untrusted-checkout",
            steps([`{ uses: actions/checkout@v4, with: { ${input}: ${JSON.stringify(ref)} } }`, "run: pulumi up"], on),
        );
    test.each([
        "${{ github.event.pull_request.head.sha }}",
        "${{ github.event.pull_request.head.ref }}",
        "${{ github.event.pull_request.merge_commit_sha }}",
        "${{ github.head_ref }}",
        "${{ GitHub.Head_Ref }}",
        "${{ github.event.workflow_run.head_sha }}",
        "${{ github.event.workflow_run.pull_requests[0].head.sha }}",
        "refs/pull/${{ github.event.number }}/merge",
        "refs/pull/1/head",
        "pull-${{ github.event.number }}",
        "pull-${{ github.event.issue.number }}",
        "pull-${{ github.event.pull_request.number }}",
    ])("%s", ref => expect(byRef(ref)).toEqual(message("6: jobs.a.steps[0].with.ref", "pull_request_target")));
    test.each([
        "main",
        "${{ github.sha }}",
        "${{ github.event.pull_request.base.sha }}",
        "${{ github.event.workflow_run.id }}",
        "${{ github.base_ref }}",
        "refs/heads/main",
    ])("is not %s", ref => expect(byRef(ref)).toEqual([]));
    test("by the repository", () =>
        expect(byRef("${{ github.event.pull_request.head.repo.full_name }}", "repository")).toEqual(
            message("6: jobs.a.steps[0].with.repository", "pull_request_target"),
        ));
    test.each(["pull_request_target", "workflow_run", "issue_comment"])("under %s", event =>
        expect(byRef("${{ github.head_ref }}", "ref", event)).toEqual(message("6: jobs.a.steps[0].with.ref", event)),
    );
    test.each(["pull_request", "push", "issues", "workflow_dispatch"])("not under %s", event =>
        expect(byRef("${{ github.head_ref }}", "ref", event)).toEqual([]),
    );
    const byScript = (script: string) =>
        violationsOf(
            "no-untrusted-checkout",
            steps([`run: ${JSON.stringify(script)}`, "run: pulumi up"], "issue_comment"),
        ).length;
    test.each([
        "gh pr checkout 1",
        "gh  pr  checkout $NUMBER",
        "git fetch origin pull/1/head",
        "git pull origin pull/$N/merge",
        "git checkout pr/1",
        "git merge origin/pr/1",
        "echo\ngit fetch origin refs/pull/1/head",
        "git checkout ${{ github.head_ref }}",
        "git clone -b ${{ github.head_ref }} x",
        "git fetch origin ${{ github.event.pull_request.head.sha }}",
        "git pull origin ${{ github.event.pull_request.head.ref }}",
    ])("by the script %j", script => expect(byScript(script)).toBe(1));
    test.each([
        "gh pr view 1",
        "xgh pr checkout 1",
        "gh pr checkouts",
        "git fetch origin main",
        "pull/1/head\ngit fetch",
        "git push origin pull/1/head",
        "xgit fetch pull/1",
        "git fetches pull/1",
        "echo ${{ github.head_ref }}",
        "git push origin ${{ github.head_ref }}",
        "xgit checkout ${{ github.head_ref }}",
        "git checkouts ${{ github.head_ref }}",
        "git checkout main",
    ])("not by the script %j", script => expect(byScript(script)).toBe(0));
    test("the line of a script", () =>
        expect(
            violationsOf(
                "no-untrusted-checkout",
                "on: issue_comment\njobs:\n  a:\n    steps:\n      - run: |\n          echo\n          git status\n          cd x && gh pr checkout 1\n      - run: pulumi up\n",
            ),
        ).toEqual(message("8: jobs.a.steps[0].run", "issue_comment")));
});
