import { resolve } from "node:path";
import { PolicyPack } from "@pulumi/policy";
import { ConfigError } from "./config/config-error";
import { exemptionsPolicy } from "./config/exemptions/exemptions-policy";
import { readSettings } from "./config/load";
import { Session } from "./config/session";
import { definition } from "./definition";
import { parseJson } from "./kit/parse-json";
import { toPolicy } from "./kit/policy";
import { Workspace, type WorkspaceQuery } from "./kit/project/workspace";
import { observeEngine } from "./sdk/observe-engine";
import { observeResources } from "./sdk/observe-resources";
import { readOnce } from "./sdk/read-once";

// The engine's Node host names the stack in these variables; `policy analyze` and `policy publish` name none.
const {
    PULUMI_NODEJS_ORGANIZATION: organization,
    PULUMI_NODEJS_PROJECT: project,
    PULUMI_NODEJS_STACK: stack,
    PULUMI_NODEJS_DRY_RUN: isPreview,
    PULUMI_BACKEND_URL: backendUrl,
    PULUMI_CONFIG: config,
    PWD: calledFrom = process.cwd(),
    SECURITY_BASELINE_CONFIG: settingsFolder = definition.settingsFolder,
    SECURITY_BASELINE_PROJECT_DIR: defaultProjectDir,
    SECURITY_BASELINE_ROOT: root,
    SECURITY_BASELINE_STATE: state,
} = process.env;

const { rules } = definition;
const query = {
    stack,
    project,
    calledFrom,
    root,
    state: parse(state) as WorkspaceQuery["state"],
    config: parse(config) as WorkspaceQuery["config"],
};
function parse(json: string | undefined): unknown {
    return json === undefined ? undefined : parseJson(json);
}

const workspaces = new Map<string | undefined, Workspace>();

/** Several rules look at the same files, which are read and parsed once. */
function workspace(projectDir = defaultProjectDir): Workspace {
    const opened = workspaces.get(projectDir) ?? Workspace.open({ projectDir, ...query });
    workspaces.set(projectDir, opened);
    return opened;
}

const identity = { organization, project, stack, tags: {} };
const now = new Date();
if (settingsFolder === "") {
    throw new ConfigError([
        { at: { file: "SECURITY_BASELINE_CONFIG" }, message: "is empty; expected a folder of settings." },
    ]);
}
const files = readSettings(resolve(calledFrom, settingsFolder), rules, now);
const session = new Session(files, rules, identity, now);
observeEngine(session, identity);
readOnce();

// The variable comes before the project file, as in the CLI; where neither says it, the login of the machine does.
const findBackendUrl = () => backendUrl ?? workspace().projects[0]?.file.content.get("backend").get("url").string();

const host = {
    workspace,
    filter: session.outcome.bind(session),
    isExempt: session.isExempt.bind(session),
    settingsOf: session.settingsOf.bind(session),
    levelOf: session.levelOf.bind(session),
    operation: observeResources(findBackendUrl),
    isUpdate: isPreview === "false",
    backendUrl: findBackendUrl,
};

new PolicyPack(
    definition.name,
    {
        displayName: definition.displayName,
        policies: [
            ...rules.map(rule => toPolicy(rule, host)),
            ...definition.policies,
            exemptionsPolicy(() => session.summary({ hasProject: workspace().absence?.kind !== "no-stack" })),
        ],
    },
    session.initialConfig,
);
