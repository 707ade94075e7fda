import { SHA, steps, violationsOf } from "../../../support/judge-aspect";

const judged = (step: string, job?: string) => violationsOf("kept-protection", steps([step], "push", job));

const TAKES = (command: string, at = "jobs.a.steps[0].run") =>
    `.github/workflows/w.yml:6: ${at}: runs \`${command}\`, which takes a protection away, without an \`environment\`, so nobody has to approve it; expected the protection to stay, or an environment with required reviewers.`;

test.each([
    ["run: pulumi up --yes --ignore-protect", "pulumi up --ignore-protect"],
    ["run: pulumi destroy --ignore-protect=true", "pulumi destroy --ignore-protect"],
    ["run: pulumi preview --ignore-protect", "pulumi preview --ignore-protect"],
    ["run: PULUMI_OPTION_IGNORE_PROTECT=true pulumi up", "pulumi up --ignore-protect"],
    ["{ run: pulumi up, env: { PULUMI_OPTION_IGNORE_PROTECT: true } }", "pulumi up --ignore-protect"],
    ["run: pulumi state unprotect --all --yes", "pulumi state unprotect"],
    ["run: pulumi -C infra state unprotect 'urn:x'", "pulumi state unprotect"],
    ["run: pulumi policy disable acme/baseline", "pulumi policy disable"],
    ["run: pulumi policy rm acme/baseline 1", "pulumi policy rm"],
])("%s", (step, command) => expect(judged(step)).toEqual([TAKES(command)]));

test("the action runs with the flag's default of the environment", () =>
    expect(
        judged(`{ uses: pulumi/actions@${SHA}, with: { command: up }, env: { PULUMI_OPTION_IGNORE_PROTECT: 1 } }`),
    ).toEqual([TAKES("pulumi up --ignore-protect", "jobs.a.steps[0].with.command")]));

test.each([
    "run: pulumi up --ignore-protect=false",
    "run: pulumi up",
    "run: pulumi destroy --exclude-protected",
    "run: pulumi state protect --all",
    "run: pulumi policy enable acme/baseline latest",
    "run: pulumi refresh --ignore-protect",
    "run: echo pulumi state unprotect",
    "{ run: pulumi refresh, env: { PULUMI_OPTION_IGNORE_PROTECT: true } }",
])("%s takes nothing away", step => expect(judged(step)).toEqual([]));

test("somebody who approves the job answers for it", () =>
    expect(judged("run: pulumi state unprotect --all", "environment: production")).toEqual([]));
