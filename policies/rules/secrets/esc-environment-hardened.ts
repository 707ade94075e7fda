import { z } from "zod";
import { nist } from "../../kit/controls";
import { globs } from "../../kit/pattern";
import { hasProject } from "../../kit/project/absence";
import { BUDGET } from "../../kit/project/budget";
import { PRODUCTION_STACKS, projectDir } from "../../kit/project/common-settings";
import type { FileValue } from "../../kit/project/file-value";
import { isOwnFolder, type StackOfProject, type Workspace } from "../../kit/project/workspace";
import type { Report } from "../../kit/report";
import { projectRule } from "../../kit/rule";
import { minEntropy, namedValue, plaintextSecret, secretIn } from "../../kit/secret-patterns";

/** How a login provider logs in without a secret that is kept, and the inputs by which it would use one. */
const LOGINS: ReadonlyMap<string, { readonly oidc: string; readonly isStatic: readonly string[] }> = new Map([
    ["aws-login", { oidc: "oidc", isStatic: ["static"] }],
    ["azure-login", { oidc: "oidc", isStatic: ["clientSecret", "clientCertificate"] }],
    ["gcp-login", { oidc: "oidc", isStatic: ["static", "accessToken"] }],
    ["vault-login", { oidc: "jwt", isStatic: ["token"] }],
    ["infisical-login", { oidc: "oidc", isStatic: ["static"] }],
]);

const Settings = z.strictObject({
    projectDir,
    environmentFiles: z
        .array(z.string().min(1))
        .default(["esc/*", "*/esc/*", "environments/*", "*/environments/*"])
        .describe(
            "Patterns (`*`, `{prod,live}`) of the paths of ESC environment files in the repository; of what they match, files with `values` or `imports` and nothing else at the top are judged.",
        ),
    maxEnvironments: z
        .int()
        .min(1)
        .default(5)
        .describe("Most environments that a stack's settings, or an environment, may import."),
    productionEnvironments: z
        .array(z.string().min(1))
        .default([])
        .describe("Patterns of the names of environments that only production stacks may import."),
    productionStacks: z
        .array(z.string().min(1))
        .default([...PRODUCTION_STACKS])
        .describe("Patterns of the names of production stacks."),
    minEntropy,
});

type Settings = z.output<typeof Settings>;

/**
 * An environment hands its values to every stack that imports it, so a static key in it is a static key everywhere.
 *
 * Environments that are edited in Pulumi Cloud alone are not seen; nor is which identities may open one.
 * Source: Pulumi ESC documentation, "Syntax reference" (imports, values, fn::secret, fn::open) and "Login providers" with
 * the inputs of each.
 */
export const rule = projectRule({
    name: "esc-environment-hardened",
    title: "ESC environments hold no static credentials",
    description:
        "ESC environments must log in by OIDC, keep secrets encrypted or elsewhere, and be imported only where they are needed.",
    severity: "high",
    enforcementLevel: "advisory",
    tags: ["pulumi", "esc", "secrets", "oidc"],
    controls: nist("IA-5(7)"),
    remediationSteps: [
        "Let logins use OIDC: `oidc` of aws-login, azure-login and gcp-login, `jwt` of vault-login.",
        "Read secrets from where they are kept by `fn::open::…`, or let ESC encrypt them by `fn::secret`.",
        "Import into each stack only the environments that it needs, those of production into production alone.",
    ],
    url: "https://www.pulumi.com/docs/esc/reference/",
    settings: Settings,
    judge(workspace, settings, report) {
        if (!hasProject(workspace, report)) return;
        for (const path of environmentFiles(workspace, settings, report)) judgeFile(workspace, path, settings, report);
        for (const { stacks } of workspace.projects) {
            for (const stack of stacks) judgeStack(stack, settings, report);
        }
    },
});

/** Paths of YAML files that the setting matches, in order. */
function environmentFiles(workspace: Workspace, settings: Settings, report: Report): string[] {
    const isWanted = globs(settings.environmentFiles);
    const found: string[] = [];
    const folders = [""];
    for (let looked = 0; folders.length > 0 && looked < BUDGET.folders; looked += 1) {
        const folder = folders.pop() ?? "";
        for (const name of workspace.list(folder)) {
            const path = `${folder}${name}`;
            if (!name.endsWith("/")) {
                if (/\.ya?ml$/.test(name) && isWanted(path)) found.push(path);
            } else if (isOwnFolder(name)) {
                folders.push(path);
            }
        }
    }
    const [next] = folders;
    if (next !== undefined) {
        const message = `lies beyond the ${BUDGET.folders} folders that are looked through, so environment files in it and in others are not judged.`;
        report.undetermined({ file: next }, message);
    }
    const [unread] = found.sort().slice(BUDGET.files);
    if (unread !== undefined) {
        const message = `is one more than the ${BUDGET.files} files that are read by \`environmentFiles\`, of ${found.length}; the rest is not judged.`;
        report.undetermined({ file: unread }, message);
    }
    return found.slice(0, BUDGET.files);
}

function judgeFile(workspace: Workspace, path: string, settings: Settings, report: Report): void {
    const { content, problems } = workspace.yaml(path);
    const keys = content.entries().map(([key]) => key);
    const isEnvironment =
        keys.some(key => key === "values" || key === "imports") &&
        keys.every(key => key === "values" || key === "imports");
    if (!isEnvironment) {
        if (content.isList)
            report.undetermined({ file: path, line: 1 }, "holds a list; expected an environment, which is a map.");
        // Whether it is one cannot be told; the file is where environments are.
        for (const { message, ...place } of problems) report.undetermined(place, `${message}.`);
        return;
    }
    for (const { message, ...place } of problems) report.violation(place, `${message}; expected a valid environment.`);
    judgeImports(content.get("imports"), undefined, settings, report);
    judgeValues(content.get("values"), settings, report);
}

function judgeStack({ name, text, file }: StackOfProject, settings: Settings, report: Report): void {
    if (text.text === undefined && text.isAbsent) return;
    for (const { message, ...place } of file.problems) {
        report.undetermined(place, `${message}, so the environments that the stack imports may not be seen.`);
    }
    const environment = file.content.get("environment");
    if (environment.isMap) judgeValues(environment.get("values"), settings, report);
    judgeImports(environment.isMap ? environment.get("imports") : environment, name, settings, report);
}

/** A list of names, or of maps from a name to how it is merged. `stack` is undefined for an environment's own imports. */
function judgeImports(imports: FileValue, stack: string | undefined, settings: Settings, report: Report): void {
    const { maxEnvironments, productionEnvironments, productionStacks } = settings;
    const named = imports.items().flatMap(item => {
        if (item.isMap) return item.entries().map(([name, at]) => ({ name, at }));
        return [{ name: item.string() ?? "", at: item }];
    });
    if (named.length > maxEnvironments) {
        report.violation(
            imports,
            `imports ${named.length} environments; expected at most ${maxEnvironments}, those that are needed here.`,
        );
    }
    if (stack === undefined || globs(productionStacks)(stack)) return;
    const isForProduction = globs(productionEnvironments);
    for (const { name, at } of named) {
        const [bare = ""] = name.split("@");
        if (isForProduction(bare) || isForProduction(bare.slice(bare.indexOf("/") + 1))) {
            report.violation(
                at,
                `imports the production environment \`${bare}\` into the stack ${stack}, which is none of production; expected an environment of its own.`,
            );
        }
    }
}

function judgeValues(values: FileValue, settings: Settings, report: Report): void {
    if (!values.isMissing && !values.isMap) report.violation(values, `is ${values.kind}; expected a map of values.`);
    const given = new Map<string, string>();
    values.walk((value, keys) => {
        const pair = namedValue(value);
        if (pair !== undefined) given.set(pair.value.path, pair.name);
        const key = keys.at(-1) ?? "";
        if (key === "fn::secret") {
            judgeSecret(value, report);
            return false;
        }
        const login = loginOf(key, value);
        if (login !== undefined) judgeLogin(value, login, report);
        const scalar = value.scalar();
        if (scalar === undefined) return true;
        const name = given.get(value.path) ?? keys.findLast(part => !part.startsWith("fn::")) ?? "";
        const reason = plaintextSecret(name.slice(name.indexOf(":") + 1), scalar, {
            minEntropy: settings.minEntropy,
            isSecretName: () => false,
            isProperty: keys.some(part => part.startsWith("fn::open")),
        });
        if (reason !== undefined) {
            report.violation(
                value,
                `${reason} and is written in plain text; expected \`fn::secret\`, or \`fn::open::…\` of where it is kept.`,
            );
        }
        return true;
    });
}

/** ESC encrypts what stands under `fn::secret` when it saves an environment; until then it is as plain as any other text. */
function judgeSecret(value: FileValue, report: Report): void {
    const text = value.string();
    if (text === undefined || text.includes("${")) return;
    const format = secretIn(text);
    if (format !== undefined) {
        report.violation(
            value,
            `looks like ${format} and is plain text in this file, whatever ESC makes of it; expected its ciphertext, or \`fn::open::…\` of where it is kept.`,
        );
    } else if (text !== "" && !/^(?:<.*>|\*+|redacted|\[secret\])$/i.test(text)) {
        report.note(
            value,
            "is plain text in this file, since ESC encrypts it only when it saves the environment; a file that is kept should hold the ciphertext.",
        );
    }
}

interface Login {
    readonly provider: string;
    readonly inputs: FileValue;
}

/** `fn::open::aws-login: {…}`, or `fn::open: { provider: aws-login, inputs: {…} }`. */
function loginOf(key: string, value: FileValue): Login | undefined {
    if (key === "fn::open") return { provider: value.get("provider").string() ?? "", inputs: value.get("inputs") };
    return key.startsWith("fn::open::") ? { provider: key.slice("fn::open::".length), inputs: value } : undefined;
}

function judgeLogin(at: FileValue, { provider, inputs }: Login, report: Report): void {
    if (provider === "") {
        report.undetermined(
            at,
            "names no provider, so whether it logs in by OIDC cannot be seen; expected the name of one.",
        );
        return;
    }
    const login = LOGINS.get(provider);
    if (login === undefined) return;
    if (inputs.string() !== undefined) {
        report.undetermined(
            inputs,
            `takes the inputs of ${provider} from elsewhere; expected \`${login.oidc}\` in them.`,
        );
        return;
    }
    const used = login.isStatic.map(name => inputs.get(name)).find(input => !input.isMissing);
    const oidc = inputs.get(login.oidc);
    if (used !== undefined) {
        report.violation(used, `logs in by a static credential; expected \`${login.oidc}\` of ${provider}.`);
    } else if (oidc.isMissing || oidc.scalar() === false) {
        report.violation(inputs, `has no \`${login.oidc}\`; expected ${provider} to log in by OIDC.`);
    }
}
