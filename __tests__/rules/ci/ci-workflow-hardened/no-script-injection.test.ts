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
