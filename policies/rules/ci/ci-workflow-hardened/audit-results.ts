import type { Workspace } from "../../../kit/project/workspace";
import type { Step } from "../../../pipelines/pipeline";

/** Words that a tool needs to fail by, its variable and its file for them, where it succeeds whatever it finds by default. */
interface Silent {
    readonly tool: RegExp;
    readonly fails: RegExp;
    readonly variable?: string;
    readonly file?: readonly [path: string, key: string];
}

/**
 * Source: Trivy documentation, "Exit Code" and "Configuration"; README of anchore/grype, "Gating on severity of
 * vulnerabilities"; OWASP dependency-check, "Command Line Arguments" (`failOnCVSS`); documentation of govulncheck ("Exit codes").
 */
const SILENT: readonly Silent[] = [
    {
        tool: /\btrivy\b/,
        fails: / --exit-code[ =]['"]?[1-9]/,
        variable: "TRIVY_EXIT_CODE",
        file: ["trivy.yaml", "exit-code"],
    },
    {
        tool: /\bgrype\b/,
        fails: / (-f|--fail-on)[ =]/,
        variable: "GRYPE_FAIL_ON_SEVERITY",
        file: [".grype.yaml", "fail-on-severity"],
    },
    { tool: /\bdependency-check(\.sh)?\b/, fails: / --failOnCVSS[ =]([0-9]|10)\b/ },
];

/** Flags by which a tool succeeds whatever it finds. Source: npm Docs, "npm audit"; documentation of Safety and govulncheck. */
const SILENCED =
    /\bnpm\b.* --audit-level[ =]none\b|\bsafety\b.* --(exit-zero|continue-on-error)\b|\bgovulncheck\b.* -(json\b|-?format[ =](json|sarif|openvex)\b)/;

/** Whether a command for an audit succeeds whatever it finds. */
export function isSilent(text: string, { scope }: Step, workspace: Workspace): boolean {
    if (SILENCED.test(text)) return true;
    const silent = SILENT.find(({ tool }) => tool.test(text));
    return silent !== undefined && !silent.fails.test(text) && !failsOtherwise(silent, scope, workspace);
}

function failsOtherwise({ variable, file }: Silent, scope: Step["scope"], workspace: Workspace): boolean {
    const set = variable === undefined ? undefined : scope.variable(variable)?.scalar();
    const written = file === undefined ? undefined : workspace.yaml(file[0]).content.get(file[1]).scalar();
    return [set, written].some(value => value !== undefined && !/^0?$/.test(String(value).trim()));
}

/** An input by which an action succeeds whatever it finds: with these values, or unless it is given otherwise. */
interface SilencingInput {
    readonly input: string;
    readonly silent: RegExp;
    readonly isByDefault?: boolean;
    /** Input that names a file of the repository which can say the same. */
    readonly file?: string;
}

const INPUTS: ReadonlyMap<string, readonly SilencingInput[]> = new Map([
    ["anchore/scan-action", [{ input: "fail-build", silent: /^false$/i }]],
    [
        "actions/dependency-review-action",
        [
            { input: "warn-only", silent: /^true$/i, file: "config-file" },
            // Then it looks at licences alone.
            { input: "vulnerability-check", silent: /^false$/i, file: "config-file" },
        ],
    ],
    ["pypa/gh-action-pip-audit", [{ input: "internal-be-careful-allow-failure", silent: /^(true|1)$/i }]],
    ["golang/govulncheck-action", [{ input: "output-format", silent: /^(json|sarif|openvex)$/i }]],
    [
        "dependency-check/dependency-check_action",
        [{ input: "args", silent: /^(?![\s\S]*--failOnCVSS[ =]([0-9]|10)\b)/, isByDefault: true }],
    ],
]);

/**
 * Whether an action for an audit succeeds whatever it finds.
 * Source: READMEs and action.yml of the actions.
 */
export function isSilentAction({ action, inputs, scope }: Step, workspace: Workspace): boolean {
    const given = (name: string) => String(inputs.get(name)?.scalar() ?? "").trim();
    if (action === "aquasecurity/trivy-action") {
        const [trivy] = SILENT;
        if (trivy === undefined || inputs.has("trivy-config")) return false;
        return /^0?$/.test(given("exit-code")) && !failsOtherwise(trivy, scope, workspace);
    }
    return (INPUTS.get(action) ?? []).some(({ input, silent, isByDefault = false, file }) => {
        const path = file === undefined ? "" : given(file).replace(/^\.\//, "");
        // What the file says counts where the workflow is silent.
        const written = path === "" || inputs.has(input) ? undefined : workspace.yaml(path).content.get(input).scalar();
        if (written !== undefined) return silent.test(String(written).trim());
        return (inputs.has(input) || isByDefault) && silent.test(given(input));
    });
}
