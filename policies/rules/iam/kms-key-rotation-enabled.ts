import { z } from "zod";
import { withNativeResources } from "../../aws/native";
import { securityHub } from "../../kit/controls";
import { expectTrue } from "../../kit/expect";
import { resourceRule } from "../../kit/rule";
import type { Truth } from "../../kit/truth";
import type { Value } from "../../kit/value";

/**
 * The longer one key encrypts everything, the more is lost with it. AWS rotates a key without a change for those who use it.
 *
 * Judges symmetric encryption keys whose material AWS made, in its own key store: AWS has automatic rotation for no others.
 * A replica follows its primary key, and of a disabled key the rotation cannot be changed.
 * Source: AWS KMS Developer Guide, "Rotate AWS KMS keys"; AWS Security Hub User Guide, KMS.4.
 */
const classic = resourceRule({
    name: "kms-key-rotation-enabled",
    title: "KMS keys rotate",
    description: "KMS keys must have automatic rotation, where AWS has it for that kind of key.",
    severity: "medium",
    enforcementLevel: "advisory",
    tags: ["aws", "kms", "encryption"],
    controls: securityHub("KMS.4"),
    remediationSteps: ["Set `enableKeyRotation: true` on the key."],
    url: "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
    settings: z.strictObject({}),
    types: ["aws:kms/key:Key"],
    judge({ props }, _settings, report) {
        const rotation = props.get("enableKeyRotation");
        const possible = canRotate(props);
        if (possible === "yes") expectTrue(rotation, report);
        else if (possible === "unknown" && rotation.boolean() !== true)
            report.undetermined(rotation, "whether AWS rotates such a key is unknown until the update; expected true.");
    },
    remediate(resource, props) {
        const isLeftOut = resource.props.get("enableKeyRotation").isMissing;
        return isLeftOut && canRotate(resource.props) === "yes" ? { ...props, enableKeyRotation: true } : undefined;
    },
});

export const rule = withNativeResources(classic);

/** Whether AWS rotates a key of this kind. */
function canRotate(props: Value): Truth {
    if (props.get("isEnabled").boolean() === false) return "no";
    const otherStore = [props.get("customKeyStoreId"), props.get("xksKeyId")];
    const kinds: [Value, string][] = [
        [props.get("customerMasterKeySpec"), "SYMMETRIC_DEFAULT"],
        [props.get("keyUsage"), "ENCRYPT_DECRYPT"],
    ];
    if (kinds.some(([kind, usual]) => !kind.isUnknown && !kind.isMissing && kind.string() !== usual)) return "no";
    if (otherStore.some(value => !value.isUnknown && !value.isMissing && value.string() !== "")) return "no";
    return [...otherStore, ...kinds.map(([kind]) => kind)].some(value => value.isUnknown) ? "unknown" : "yes";
}
