import { version as policySdk } from "@pulumi/policy/package.json";
import { version as pulumiSdk } from "@pulumi/pulumi/package.json";

/** The releases that this folder was written against: it changes what they export, and relies on what they do inside. */
const SDKS = [
    // This one writes its version with a letter in front.
    { name: "@pulumi/policy", expected: "1.21.0", found: policySdk.replace(/^v/, "") },
    { name: "@pulumi/pulumi", expected: "3.248.0", found: pulumiSdk },
];

const unsupported = SDKS.filter(({ expected, found }) => found !== expected);

/** Whether what only saves time may be done. With other releases the SDK's own way is taken. */
export const isKnownSdk = unsupported.length === 0;

/** Throws where verdicts would depend on a release that nobody has looked at. */
export function requireKnownSdk(): void {
    if (isKnownSdk) return;
    const found = unsupported
        .map(({ name, expected, found: it }) => `${name} is ${it}; expected ${expected}`)
        .join(", ");
    throw new Error(`${found}. The pack knows the requests of these releases only; install it as it was published.`);
}
