import { z } from "zod";
import { AWS_KEY, credentialIn, decoded } from "../../aws/credentials";
import { isVault } from "../../aws/vaults";
import { nist } from "../../kit/controls";
import { globs } from "../../kit/pattern";
import type { Report } from "../../kit/report";
import type { Resource } from "../../kit/resource";
import { resourceRule } from "../../kit/rule";
import { minEntropy } from "../../kit/secret-patterns";
import { type Text, visitTexts } from "../../kit/texts";
import { MARKED_BY_PROVIDER } from "./secrets-marked/marked-by-provider";
import { assignedSecret, isNamedSecret } from "./secrets-marked/named-secret";

const Settings = z.strictObject({
    allowedNames: z
        .array(z.string().min(1))
        .default([])
        .describe(
            "Patterns (`*`, `{a,b}`) of variables and properties whose values may be plain text, such as `DEMO_*`, or of their paths, such as `environment.variables.DEMO_PASSWORD`.",
        ),
    minEntropy,
});

type Settings = z.output<typeof Settings>;

/** Types of a build's variables whose value is the name of a secret. Source: AWS CodeBuild API Reference, EnvironmentVariable. */
const REFERENCES = new Set(["PARAMETER_STORE", "SECRETS_MANAGER"]);

const STANDS = "stands readable in the state";
const EXPECTED = "expected a value that is marked as secret, or a reference to a secret store.";

/**
 * The state holds every property of every resource. What is marked as secret is encrypted there; what is not is read by
 * whoever can read the state, its backups and its exports.
 *
 * The engine hands marks on, and so this rule sees what is not marked. What a credential's form gives away is left to
 * no-static-credentials, except where it is kept in a place that is made for it. Unknown values are judged in the update.
 * Source: Pulumi documentation, "Secrets", and pulumi/pulumi-terraform-bridge, unstable/propertyvalue and
 * pkg/tfbridge/schema_secrets.go (the provider marks what its schema calls sensitive).
 */
export const rule = resourceRule({
    name: "secrets-marked",
    title: "Secrets that reach resources are marked as secret",
    description:
        "Passwords, tokens and private keys that are given to resources must be marked as secret, so that the state holds them encrypted.",
    severity: "high",
    enforcementLevel: "advisory",
    tags: ["pulumi", "secrets", "state"],
    controls: nist("IA-5(7)"),
    remediationSteps: [
        "Read the value with `config.requireSecret`, or wrap it with `pulumi.secret`; what is made of it stays secret.",
        "Name outputs that hold a secret in the resource option `additionalSecretOutputs`.",
        "Better still, give the workload a reference to Secrets Manager or a SecureString parameter and no secret at all.",
        "Replace a secret that stood in the state unmarked: its history and backups still hold it.",
    ],
    url: "https://www.pulumi.com/docs/iac/concepts/secrets/",
    settings: Settings,
    types: "all",
    judgesProviders: true,
    judge(resource, settings, report) {
        const reported = new Set<string>();
        visitTexts(
            resource.props,
            text => judgeText(text, resource, settings, report, reported),
            value => report.undetermined(value, "is nested too deep to be looked into for secrets."),
        );
    },
});

/** `reported` holds the properties of which it was said that their provider keeps them secret. */
function judgeText(
    text: Text,
    { type, props }: Resource,
    settings: Settings,
    report: Report,
    reported: Set<string>,
): void {
    if (text.text.trim() === "") return;
    const kept = MARKED_BY_PROVIDER.get(type);
    const isNamed = isNamedSecret(text.name, text.text, settings.minEntropy);
    const assigned = isNamed ? undefined : assignedSecret(decoded(text.text) ?? text.text, settings.minEntropy);
    if (kept === undefined && !isNamed && assigned === undefined) return;
    const { value, holder, variable, container } = text.place();
    if (value.isSecret || REFERENCES.has(holder.get("type").string() ?? "")) return;
    const { property } = value;
    const found = credentialIn(text.name, text.text);
    const isLeft = found !== undefined && (isVault(type, property, props) !== "yes" || found.startsWith(AWS_KEY));
    if (isLeft || isAllowed(settings, variable ?? text.name, value.path)) return;
    if (kept?.includes(property) === true) {
        if (reported.has(property)) return;
        reported.add(property);
        report.violation(props.get(property), `is secret by its provider's word and ${STANDS}; ${EXPECTED}`);
    } else if (isNamed) {
        // The provider knows its own properties, and has left this one out.
        if (value.path === text.name && type.startsWith("aws:")) return;
        const of = container === undefined ? "" : ` of container ${container}`;
        const subject = variable === undefined ? "" : `variable ${variable}${of} `;
        report.violation(value, `${subject}is a secret by its name and ${STANDS}; ${EXPECTED}`);
    } else if (assigned !== undefined) {
        report.violation(value, `sets ${assigned}, a secret by its name that ${STANDS}; ${EXPECTED}`);
    }
}

function isAllowed({ allowedNames }: Settings, name: string, path: string): boolean {
    const matches = globs(allowedNames);
    return matches(name) || matches(path);
}
