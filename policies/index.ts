import { join } from "node:path";
import { PolicyPack } from "@pulumi/policy";
import { graduationNotes, loadConfig, toInitialConfig } from "./config/load";
import { toPolicy } from "./kit/policy";
import { Workspace } from "./kit/project/workspace";
import { packageRoot } from "./package-root";
import { rules } from "./rules";

// The engine's Node host names the stack in these variables; `policy analyze` and `policy publish` name none.
const {
    PULUMI_NODEJS_ORGANIZATION: organization,
    PULUMI_NODEJS_PROJECT: project,
    PULUMI_NODEJS_STACK: stack,
    PWD: calledFrom = process.cwd(),
    SECURITY_BASELINE_CONFIG: configFolder = join(packageRoot, "rules-config"),
    SECURITY_BASELINE_PROJECT_DIR: defaultProjectDir,
} = process.env;

const config = loadConfig(configFolder, rules, { organization, project, stack }, new Date());
const notes = graduationNotes(config);

new PolicyPack(
    "security-baseline",
    {
        displayName: "Security baseline",
        policies: rules.map(rule =>
            toPolicy(rule, {
                workspace: (projectDir = defaultProjectDir) =>
                    Workspace.open({ projectDir, stack, project, calledFrom }),
                filter: () => "report",
                suffix: ({ name }) => notes.get(name) ?? "",
            }),
        ),
    },
    toInitialConfig(config),
);
