import { PolicyPack } from "@pulumi/policy";
import { toPolicy } from "./kit/policy";
import { Workspace } from "./kit/project/workspace";
import { rules } from "./rules";

// The engine's Node host hands the stack to a pack in these variables; `policy analyze` and `policy publish` set none.
const { PULUMI_NODEJS_PROJECT: project, PULUMI_NODEJS_STACK: stack, PWD: pwd } = process.env;

new PolicyPack("security-baseline", {
    displayName: "Security baseline",
    policies: rules.map(rule =>
        toPolicy(rule, {
            workspace: (projectDir = process.env.SECURITY_BASELINE_PROJECT_DIR) =>
                Workspace.open({ projectDir, stack, project, calledFrom: pwd ?? process.cwd() }),
            filter: () => "report",
        }),
    ),
});
