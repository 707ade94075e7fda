import { z } from "zod";
import { nist } from "../../kit/controls";
import { globs } from "../../kit/pattern";
import { ELSEWHERE } from "../../kit/project/absence";
import { projectDir } from "../../kit/project/common-settings";
import type { FileValue } from "../../kit/project/file-value";
import type { Project, StackOfProject } from "../../kit/project/workspace";
import type { Report } from "../../kit/report";
import { projectRule } from "../../kit/rule";
import { exampleOf, namesKey, secretsProviderOf } from "./kms-secrets-provider-required/secrets-provider";

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** What values look like that Pulumi Cloud's own key encrypted; keys and passphrases write `v1:…`. */
const SERVICE_CIPHERTEXT = /^AAABA/;

/** Providers that are no key of the team's own, which settings can accept on purpose, as messages name them. */
const ON_PURPOSE = { service: "Pulumi Cloud's own key", passphrase: "a passphrase" } as const;

const REGION = /^[a-z]{2,4}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/;

const Settings = z.strictObject({
    allowedProviders: z
        .array(z.string().regex(/^[a-z0-9]+$/, "expected the scheme of a provider, such as awskms"))
        .min(1)
        .default(["awskms", "gcpkms", "azurekeyvault"])
        .describe(
            "Schemes of the secrets providers that stacks may use. `service` accepts Pulumi Cloud's own key and `passphrase` a passphrase, neither of which a team can withdraw.",
        ),
    allowedKeys: z
        .array(z.string().min(1))
        .default([])
        .describe(
            "Patterns (`*`, `?`, `{a,b}`) of the key URLs that stacks may use, with or without their options, such as " +
                "`awskms://alias/pulumi-*`; any key when empty.",
        ),
    projectDir,
});

type Settings = z.output<typeof Settings>;

/**
 * A passphrase protects a stack's secrets only as well as it was chosen and kept, and nobody sees who uses it; a cloud key
 * can be withdrawn, rotated and audited.
 *
 * Pulumi removes the salt when it moves a stack to a key, so a salt beside a key is a leftover that was put there by hand.
 * Stacks whose settings live in Pulumi Cloud have no file here and are reported as such.
 * Source: Pulumi documentation, "Secrets", section "Configuring secrets encryption".
 */
export const rule = projectRule({
    name: "kms-secrets-provider-required",
    title: "Stacks encrypt secrets with a cloud key",
    description:
        "A stack's secrets provider must be a cloud key management service, not a passphrase or the backend's default.",
    severity: "critical",
    enforcementLevel: "mandatory",
    tags: ["pulumi", "secrets", "encryption"],
    controls: nist("SC-28(1)"),
    remediationSteps: [
        "Create a key that only the CI role and the break-glass role may use for decryption.",
        'Run `pulumi stack change-secrets-provider "awskms://alias/<key>?region=<region>"`, or the form for your cloud, on the stack.',
        "Commit the stack's settings file, which now records the key.",
    ],
    url: "https://www.pulumi.com/docs/iac/concepts/secrets/",
    settings: Settings,
    judge(workspace, settings, report) {
        const { absence, state, unseen } = workspace;
        if (state !== undefined) judgeState(state, settings, report);
        if (absence?.kind === "no-stack") report.notApplicable(absence.message);
        if (absence !== undefined && state === undefined) {
            report.violation(
                { file: "Pulumi.yaml" },
                `the stack's secrets provider cannot be seen: ${absence.message}`,
            );
        }
        if (unseen !== undefined) report.violation({ file: "Pulumi.yaml" }, unseen);
        for (const project of workspace.projects) {
            for (const problem of project.problems) {
                const consequence =
                    "so where its stacks' settings are cannot be trusted; expected a valid project file.";
                report.violation(problem, `${problem.message}, ${consequence}`);
            }
            for (const stack of project.stacks) judgeStack(stack, project, state !== undefined, settings, report);
        }
    },
});

function judgeStack(
    stack: StackOfProject,
    project: Project,
    hasState: boolean,
    settings: Settings,
    report: Report,
): void {
    const { path, file, text, name } = stack;
    const region = regionOf(stack, project);
    const advice = adviceFor(settings, region, name);
    if (text.text === undefined && text.isAbsent && hasState) {
        // What the state records is what holds; a file that does not exist says nothing against it.
        return;
    }
    if (stack.isElsewhere) {
        report.violation({ file: path }, `${ELSEWHERE}, so its secrets provider cannot be seen; ${advice}`);
        return;
    }
    if (text.text === undefined) {
        if (text.isAbsent) {
            const observed =
                "does not exist, so no secrets provider is recorded yet: the stack has its backend's default, or its file is not committed";
            report.undetermined({ file: path }, `${observed}; ${advice}`);
        } else {
            report.violation({ file: path }, `${text.problem}; ${advice}`);
        }
        return;
    }
    for (const problem of file.problems) {
        report.violation(
            problem,
            `${problem.message}, so the secrets provider cannot be trusted; expected a valid file.`,
        );
    }
    const { content } = file;
    // Of a file that could not be parsed at all nothing else is known.
    if (file.problems.length > 0 && content.isMissing) return;
    if (!content.isMap && !content.isMissing) {
        report.violation({ file: path, line: 1 }, `is no map of settings; ${advice}`);
        return;
    }
    const provider = secretsProviderOf(content);
    switch (provider.kind) {
        case "passphrase":
            if (!settings.allowedProviders.includes("passphrase"))
                report.violation(provider.at, `the stack's secrets are encrypted with a passphrase; ${advice}`);
            break;
        case "default":
            judgeDefault(content, path, settings, advice, report);
            break;
        case "key":
            judgeKey(provider.scheme, provider.url, provider.at, settings, advice, region, report);
            judgeRest(content, report);
    }
}

/** A file that records neither a provider nor a salt: a passphrase leaves its salt, so the key is Pulumi Cloud's own. */
function judgeDefault(
    content: FileValue,
    path: string,
    { allowedProviders }: Settings,
    advice: string,
    report: Report,
): void {
    const written = content.get("secretsprovider");
    if (!written.isMissing && written.string() === undefined) {
        report.violation(written, `is no text; ${advice}`);
        return;
    }
    const near = content.entries().find(([key]) => key !== "secretsprovider" && /^secrets?[-_]?provider$/i.test(key));
    if (allowedProviders.includes("service") && near === undefined) return;
    const hint =
        near === undefined
            ? ""
            : ` (\`${near[0]}\` in line ${near[1].line} is not read: Pulumi knows \`secretsprovider\` only)`;
    const observed = "no secrets provider and no salt is recorded, so the stack has Pulumi Cloud's own key";
    report.violation({ file: path, line: near?.[1].line ?? 1 }, `${observed}${hint}; ${advice}`);
}

/** The region of the stack's AWS provider, as its settings or the project's say it. */
function regionOf(stack: StackOfProject, project: Project): string | undefined {
    const own = stack.file.content.get("config");
    const shared = project.file.content.get("config");
    for (const key of ["aws:region", "aws-native:region"]) {
        const preset = shared.get(key);
        const places = [own.get(key), preset, preset.get("value"), preset.get("default")];
        const region = places.map(place => place.string()).find(text => text !== undefined && REGION.test(text));
        if (region !== undefined) return region;
    }
    return undefined;
}

function judgeKey(
    scheme: string,
    url: string,
    at: FileValue | { readonly file: string },
    { allowedProviders, allowedKeys }: Settings,
    advice: string,
    region: string | undefined,
    report: Report,
): void {
    if (!allowedProviders.includes(scheme)) {
        report.violation(at, `the secrets provider is ${scheme}; ${advice}`);
        return;
    }
    if (!namesKey(scheme, url)) {
        report.violation(at, `names no key of ${scheme}; expected a URL such as ${exampleOf(scheme, region)}.`);
        return;
    }
    const [bare = ""] = url.split("?");
    const isOwn = globs(allowedKeys);
    const isAllowed = allowedKeys.length === 0 || isOwn(bare) || isOwn(url);
    if (!isAllowed)
        report.violation(at, `the key ${bare} is not among \`allowedKeys\`; expected ${allowedKeys.join(", ")}.`);
}

/** What must and must not stand beside a key. */
function judgeRest(content: FileValue, report: Report): void {
    const key = content.get("encryptedkey");
    if (key.isMissing) {
        report.violation(
            key,
            "is missing beside the secrets provider, so values cannot be decrypted; run `pulumi stack change-secrets-provider` again.",
        );
    } else if (!BASE64.test(key.string()?.replace(/\s/g, "") ?? "")) {
        report.violation(key, "is no base64 text; expected what `pulumi stack change-secrets-provider` writes.");
    }
    const salt = content.get("encryptionsalt");
    if (!salt.isMissing) {
        report.violation(
            salt,
            "contradicts the secrets provider: it belongs to a passphrase; expected it to be removed.",
        );
    }
    content.get("config").walk(value => {
        const entries = value.entries();
        const [first] = entries;
        if (entries.length !== 1 || first?.[0] !== "secure") return true;
        const [, secret] = first;
        if (SERVICE_CIPHERTEXT.test(secret.string() ?? "")) {
            report.violation(secret, "was encrypted by Pulumi Cloud's key, not by the stack's; set the value again.");
        }
        return false;
    });
}

/** The provider that a state export records; ciphertext is not among what is handed over. */
function judgeState(
    {
        file,
        secretsProvider,
    }: {
        readonly file: string;
        readonly secretsProvider: { readonly type: string; readonly url?: string | undefined };
    },
    settings: Settings,
    report: Report,
): void {
    const advice = adviceFor(settings, undefined, undefined);
    const { type, url } = secretsProvider;
    const at = { file, path: "deployment.secrets_providers" };
    if (type === "cloud" && url !== undefined) {
        judgeKey(url.split("://", 1)[0]?.toLowerCase() ?? "", url, at, settings, advice, undefined, report);
    } else if (!isOnPurpose(type) || !settings.allowedProviders.includes(type)) {
        const observed = isOnPurpose(type) ? ON_PURPOSE[type] : type;
        report.violation(at, `the state's secrets are encrypted with ${observed}; ${advice}`);
    }
}

function isOnPurpose(type: string): type is keyof typeof ON_PURPOSE {
    return Object.hasOwn(ON_PURPOSE, type);
}

/** What is expected of a stack, and the command that brings it about. */
function adviceFor({ allowedProviders }: Settings, region: string | undefined, stack: string | undefined): string {
    const schemes = allowedProviders.filter(provider => !isOnPurpose(provider));
    const accepted = [
        ...(schemes.length > 0 ? [`a key of ${schemes.join(", ")}`] : []),
        ...allowedProviders.filter(isOnPurpose).map(provider => ON_PURPOSE[provider]),
    ];
    const [scheme] = schemes;
    const provider =
        scheme !== undefined
            ? exampleOf(scheme, region)
            : allowedProviders.includes("service")
              ? "default"
              : "passphrase";
    const option = stack === undefined ? "" : ` --stack ${stack}`;
    return `expected ${accepted.join(" or ")}; run \`pulumi stack change-secrets-provider "${provider}"${option}\`.`;
}
