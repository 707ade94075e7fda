import type { Resource } from "../kit/resource";
import type { Value } from "../kit/value";

/** Where each type keeps the policy documents that grant to an identity. */
const DOCUMENTS: Readonly<Record<string, (props: Value) => Value[]>> = {
    "aws:iam/policy:Policy": props => [props.get("policy")],
    "aws:iam/rolePolicy:RolePolicy": props => [props.get("policy")],
    "aws:iam/userPolicy:UserPolicy": props => [props.get("policy")],
    "aws:iam/groupPolicy:GroupPolicy": props => [props.get("policy")],
    "aws:iam/role:Role": props =>
        props
            .get("inlinePolicies")
            .items()
            .map(item => item.get("policy")),
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": props => [props.get("inlinePolicy")],
};

/** Type tokens of the resources that grant to identities by policy documents of their own. */
export const IDENTITY_POLICY_TYPES: readonly string[] = Object.keys(DOCUMENTS);

/** The policy documents by which a resource grants to an identity; none for any other type. Trust policies are not among them. */
export function identityPoliciesOf({ type, props }: Resource): Value[] {
    return DOCUMENTS[type]?.(props) ?? [];
}
