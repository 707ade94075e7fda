import type { Problem } from "../../../kit/report";
import { plaintextSecret, senseOf } from "../../../kit/secret-patterns";
import { secretsIn } from "../../../pipelines/expression";
import { callsOf, type Pipeline } from "../../../pipelines/pipeline";
import type { PipelineAspect } from "./aspect";

/** Addresses that bring their password along. */
const ADDRESS = /(DATABASE|DB|REDIS|MONGO\w{0,20}|POSTGRES\w{0,20}|MYSQL|AMQP|RABBIT\w{0,20})_?(URL|URI|DSN)$/i;

/**
 * Secrets that a pipeline writes into the settings of a stack in plain text, from where they go into its state as well.
 * What the CI service keeps as a secret and is none by its name, such as a region, is left out. Values are never part of a
 * message.
 */
export const encryptedSettings: PipelineAspect = {
    id: "encrypted-settings",
    description: "Secrets that a pipeline writes into a stack's settings are encrypted.",
    severity: "high",
    judge: plainSecrets,
};

function plainSecrets(pipeline: Pipeline): Problem[] {
    return pipeline.jobs.flatMap(callsOf).flatMap(({ at, plainSettings }) =>
        plainSettings.flatMap(([name, value]) => {
            const reason = reasonOf(name, value);
            if (reason === undefined) return [];
            const message = `sets \`${name}\`, which ${reason}, in plain text; expected it encrypted (\`--secret\`).`;
            return [{ at, message }];
        }),
    );
}

function reasonOf(name: string, value: string): string | undefined {
    const secret = secretsIn(value).find(text =>
        [name, text].some(word => senseOf(word) !== "harmless" || ADDRESS.test(word)),
    );
    if (secret !== undefined) return `is the secret \`${secret}\``;
    // What a variable holds is not seen.
    if (value.includes("$")) return senseOf(name) === "secret" ? "is a secret by its name" : undefined;
    return plaintextSecret(name, value, { minEntropy: 3.5, isSecretName: () => false });
}
