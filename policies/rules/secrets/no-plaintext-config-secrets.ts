import { z } from "zod";
import { nist } from "../../kit/controls";
import { globs } from "../../kit/pattern";
import { ELSEWHERE, hasProject } from "../../kit/project/absence";
import { projectDir } from "../../kit/project/common-settings";
import type { FileValue, ParsedFile } from "../../kit/project/file-value";
import type { Project, StackOfProject } from "../../kit/project/workspace";
import type { Report } from "../../kit/report";
import { projectRule } from "../../kit/rule";
import {
    isPlaceholder,
    isReference,
    minEntropy,
    namedValue,
    plaintextSecret,
    secretIn,
} from "../../kit/secret-patterns";

/** What Pulumi writes under `secure`: `v1:` for keys and passphrases, plain base 64 for Pulumi Cloud's own key. */
const CIPHERTEXT = /^(?:v\d+:.+|[A-Za-z0-9+/]{20,}={0,2})$/s;

/** Keys of a stack's file that hold how it is encrypted. */
const ENCRYPTION = new Set(["secretsprovider", "encryptedkey", "encryptionsalt"]);

/** Keys that stand between a setting's name and its value in Pulumi.yaml and in functions. */
const NAMELESS = /^(?:default|value|secret|secure|items|properties|fn::.*)$/;

const Settings = z.strictObject({
    projectDir,
    allowedKeys: z
        .array(z.string().min(1))
        .default([])
        .describe(
            "Patterns (`*`, `{a,b}`) of keys whose values may be plain text, such as `shop:sentryToken`, or of paths below `config`, such as `shop:db.password`.",
        ),
    secretKeys: z
        .array(z.string().min(1))
        .default([])
        .describe("Patterns of further keys whose values must be encrypted, such as `shop:license*`."),
    minEntropy,
});

type Settings = z.output<typeof Settings>;

/**
 * A settings file is in the repository, in every clone of it and in its history; a secret in plain text there is a secret no
 * more.
 *
 * The value's format decides first, then the last word of the key's name. Program-level leaks are not seen: the policy SDK
 * unwraps secrets before it hands resources to a rule, so a secret input looks like any other.
 * Source: Pulumi documentation, "Configuration" and "Secrets"; Pulumi project file reference, "config options".
 */
export const rule = projectRule({
    name: "no-plaintext-config-secrets",
    title: "Settings files hold no secrets in plain text",
    description: "Secrets in Pulumi.yaml and Pulumi.<stack>.yaml must be encrypted, or be kept elsewhere.",
    severity: "critical",
    enforcementLevel: "mandatory",
    tags: ["pulumi", "secrets"],
    controls: nist("IA-5(7)"),
    remediationSteps: [
        "Replace the secret at its issuer: it is in the repository's history.",
        "Set the new one with `pulumi config set --secret <key>`, which encrypts it, or keep it in an ESC environment.",
        "Take a value that is no secret out of the rule by `allowedKeys`.",
    ],
    url: "https://www.pulumi.com/docs/iac/concepts/secrets/",
    settings: Settings,
    judge(workspace, settings, report) {
        if (!hasProject(workspace, report)) return;
        for (const project of workspace.projects) {
            judgeProject(project, settings, report);
            for (const stack of project.stacks) judgeStack(stack, settings, report);
        }
    },
});

function judgeProject({ file, problems }: Project, settings: Settings, report: Report): void {
    if (!isMap({ ...file, problems }, report)) return;
    const { content } = file;
    for (const [name, entry] of content.get("config").entries()) {
        const preset = entry.get("default").isMissing ? entry.get("value") : entry.get("default");
        const isText = typeof preset.scalar() === "string" && preset.scalar() !== "";
        if (entry.get("secret").scalar() === true && isText && !isAllowed(settings, name, preset)) {
            report.violation(preset, `is the plain text of a setting that is declared secret; ${inProject(name)}`);
        }
    }
    judgeValues(content, settings, report, (value, key) =>
        value.path.startsWith("config.") ? inProject(key) : "expected a reference to an encrypted setting.",
    );
}

function judgeStack(stack: StackOfProject, settings: Settings, report: Report): void {
    const { name, path, text, file } = stack;
    if (stack.isElsewhere) {
        report.violation(
            { file: path },
            `${ELSEWHERE}, so whether they hold secrets in plain text cannot be seen; expected them in this file.`,
        );
    }
    // A stack may have no settings at all.
    if (text.text === undefined && text.isAbsent) return;
    if (!isMap(file, report)) return;
    const config = file.content.get("config");
    if (!config.isMissing && !config.isMap) report.violation(config, `is ${config.kind}; expected a map of settings.`);
    judgeValues(file.content, settings, report, value => {
        if (!value.path.startsWith("config.")) return "expected a reference to a secret that is kept encrypted.";
        const path = value.path.slice("config.".length);
        const flag = /[.[]/.test(path) ? "--path " : "";
        return `expected \`pulumi config set --secret ${flag}'${path}' --stack ${name}\`.`;
    });
}

function judgeValues(
    content: FileValue,
    settings: Settings,
    report: Report,
    adviceFor: (value: FileValue, key: string) => string,
): void {
    const isSecretKey = globs(settings.secretKeys);
    /** Names that lists of `name` and `value` give, by the path of the value. */
    const given = new Map<string, string>();
    content.walk((value, keys) => {
        const pair = namedValue(value);
        if (pair !== undefined) given.set(pair.value.path, pair.name);
        const [top = ""] = keys;
        if (keys.length === 1 && ENCRYPTION.has(top)) return false;
        const secure = encryptedPart(value);
        if (secure !== undefined) {
            judgeEncrypted(secure, settings, report);
            return false;
        }
        const scalar = value.scalar();
        if (scalar === undefined) return true;
        const full = given.get(value.path) ?? nameOf(keys);
        const name = full.slice(full.indexOf(":") + 1);
        const reason = plaintextSecret(name, scalar, {
            minEntropy: settings.minEntropy,
            isSecretName: () => isSecretKey(full) || isSecretKey(name),
            isProperty: full !== keys[1] && !full.includes(":"),
        });
        if (reason === undefined || isAllowed(settings, full, value) || isDeclared(value, content)) return true;
        report.violation(value, `${reason} and is written in plain text; ${adviceFor(value, full)}`);
        return true;
    });
}

/** The value under `secure` where it is the only key of a map: only then Pulumi takes it for encrypted. */
function encryptedPart(value: FileValue): FileValue | undefined {
    if (!value.isMap) return undefined;
    const [only, another] = value.entries();
    return only?.[0] === "secure" && another === undefined ? only[1] : undefined;
}

function judgeEncrypted(secure: FileValue, settings: Settings, report: Report): void {
    const text = secure.string();
    // A gap that is still to be filled in tells nothing.
    if (secure.isMissing || text?.trim() === "" || (text !== undefined && (isPlaceholder(text) || isReference(text))))
        return;
    if (text !== undefined && CIPHERTEXT.test(text.trim()) && secretIn(text) === undefined) return;
    if (isAllowed(settings, secure.path, secure)) return;
    report.violation(
        secure,
        "is no ciphertext although it stands under `secure`, which does not encrypt; expected what `pulumi config set --secret` writes.",
    );
}

/** The nearest name above a value; lists and keys that every setting has give none. */
function nameOf(keys: readonly string[]): string {
    for (let index = keys.length - 1; index > 0; index -= 1) {
        const key = keys[index] ?? "";
        if (!NAMELESS.test(key)) return key;
    }
    return keys[0] ?? "";
}

/** Whether a value of Pulumi.yaml was judged already as the preset of a setting that is declared secret. */
function isDeclared(value: FileValue, content: FileValue): boolean {
    const [, name] = /^config\.(.+)\.(?:default|value)$/.exec(value.path) ?? [];
    return name !== undefined && content.get("config").get(name).get("secret").scalar() === true;
}

function isAllowed({ allowedKeys }: Settings, key: string, value: FileValue): boolean {
    const matches = globs(allowedKeys);
    return matches(key) || matches(key.slice(key.indexOf(":") + 1)) || matches(value.path.replace(/^config\./, ""));
}

function inProject(name: string): string {
    return `expected no value here, but \`pulumi config set --secret ${name}\` for each stack.`;
}

/** Whether a file holds a map, at least as far as it could be read; otherwise, and where it is broken, says so. */
function isMap({ path, content, problems }: ParsedFile, report: Report): boolean {
    for (const { message, ...place } of problems) {
        report.violation(place, `${message}, so its settings cannot be trusted to hold no secrets.`);
    }
    if (!content.isMap && !content.isMissing) {
        report.violation({ file: path, line: 1 }, `holds ${content.kind}; expected a map of settings.`);
    }
    return content.isMap;
}
