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
    SECURITY_BASELINE_STATE: state,
} = process.env;

const query = { stack, project, calledFrom, state: state === undefined ? undefined : JSON.parse(state) };
const workspaces = new Map<string | undefined, Workspace>();

/** Several rules look at the same files, which are read and parsed once. */
function workspace(projectDir = defaultProjectDir): Workspace {
    const opened = workspaces.get(projectDir) ?? Workspace.open({ projectDir, ...query });
    workspaces.set(projectDir, opened);
    return opened;
}

const config = loadConfig(configFolder, rules, { organization, project, stack }, new Date());
const notes = graduationNotes(config);

new PolicyPack(
    "security-baseline",
    {
        displayName: "Security baseline",
        policies: rules.map(rule =>
            toPolicy(rule, {
                workspace,
                filter: () => "report",
                suffix: ({ name }) => notes.get(name) ?? "",
            }),
        ),
    },
    toInitialConfig(config),
);
