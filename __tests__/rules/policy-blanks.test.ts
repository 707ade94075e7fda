import type { ResourceRule } from "../../policies/kit/rule";
import { rule as noWildcards } from "../../policies/rules/iam/iam-no-wildcard-actions";
import { rule as decryptScoped } from "../../policies/rules/iam/kms-decrypt-scoped";
import { rule as trustScoped } from "../../policies/rules/iam/oidc-trust-policy-scoped";
import { rule as notPublic } from "../../policies/rules/iam/resource-policies-not-public";
import { judgeResource } from "../support/test-rule";

// A blank that a program's template left around a text hides nothing.

const GITHUB = "token.actions.githubusercontent.com";

const statement = (more: object) => JSON.stringify({ Statement: [{ Effect: "Allow", ...more }] });

const count = (rule: ResourceRule, type: string, props: object, settings: object = {}) =>
    judgeResource(rule, { type, props: { ...props } }, settings).violations.length;

describe("an identity policy", () => {
    const wide = (Action: unknown, Resource: unknown = "*", settings: object = {}) =>
        count(noWildcards, "aws:iam/policy:Policy", { policy: statement({ Action, Resource }) }, settings);
    test.each(["*", "s3:*"])("with %s", action => {
        expect(wide(action)).toBe(1);
        expect(wide(` ${action} `)).toBe(1);
        expect(wide(action, "*", { allowedActions: [` ${action.toUpperCase()} `] })).toBe(0);
    });
    test("with an action that leads to other identities' rights", () => {
        expect(wide(" iam:PassRole ", " * ")).toBe(1);
        expect(wide("iam:PassRole", " arn:aws:iam::*:role/* ")).toBe(1);
        expect(wide("iam:PassRole", "*", { escalationActions: [" IAM:CreateUser "] })).toBe(0);
        expect(wide("iam:CreateUser", "*", { escalationActions: [" IAM:CreateUser "] })).toBe(1);
    });
    test("that is attached", () => {
        const arn = "arn:aws:iam::aws:policy/AdministratorAccess";
        const type = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
        expect(count(noWildcards, type, { policyArn: ` ${arn} ` })).toBe(1);
        expect(count(noWildcards, type, { policyArn: `x${arn}` })).toBe(0);
        expect(count(noWildcards, type, { policyArn: `${arn}/x` })).toBe(0);
    });
    test("that decrypts", () => {
        const decrypts = (Action: string, Resource: string) =>
            count(decryptScoped, "aws:iam/policy:Policy", { policy: statement({ Action, Resource }) });
        expect(decrypts(" kms:Decrypt ", "*")).toBe(1);
        expect(decrypts("kms:Decrypt", " * ")).toBe(1);
        expect(decrypts(" KMS:DECRYPT ", " arn:aws:kms:*:*:key/* ")).toBe(1);
        expect(decrypts("kms:Encrypt", "*")).toBe(0);
    });
    test.each(["kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey", "kms:GenerateDataKeyPair"])(
        "that gives the plaintext by %s",
        Action => {
            expect(
                count(decryptScoped, "aws:iam/policy:Policy", { policy: statement({ Action, Resource: "*" }) }),
            ).toBe(1);
            expect(
                count(decryptScoped, "aws:iam/policy:Policy", {
                    policy: statement({ Action: `${Action}s`, Resource: "*" }),
                }),
            ).toBe(0);
        },
    );
});

describe("a trust policy", () => {
    const trust = (Federated: string, sub: string, aud = "sts.amazonaws.com", operator = "StringEquals") =>
        count(trustScoped, "aws:iam/role:Role", {
            assumeRolePolicy: statement({
                Action: "sts:AssumeRoleWithWebIdentity",
                Principal: { Federated },
                Condition: { [operator]: { [`${GITHUB}:aud`]: aud, [`${GITHUB}:sub`]: sub } },
            }),
        });
    const ARN = `arn:aws:iam::123456789012:oidc-provider/${GITHUB}`;
    test("whose provider, subject or audience has blanks around it", () => {
        expect(trust(ARN, "repo:acme/shop:environment:live")).toBe(0);
        expect(trust(` ${ARN} `, "repo:acme/shop:*", "sts.amazonaws.com", "StringLike")).toBe(1);
        expect(trust(ARN, " repo:acme/shop:environment:live ")).toBe(0);
        expect(trust(ARN, " repo:acme/shop:* ", "sts.amazonaws.com", "StringLike")).toBe(1);
        expect(trust(ARN, "repo:acme/shop:environment:live", "  ")).toBe(1);
        expect(trust(ARN, "repo:acme/shop:environment:live", "sts.*", "StringLike")).toBe(1);
    });
    test("that trusts a provider built into AWS", () => {
        const federated = (provider: string) =>
            count(notPublic, "aws:iam/role:Role", {
                assumeRolePolicy: statement({
                    Action: "sts:AssumeRoleWithWebIdentity",
                    Principal: { Federated: provider },
                }),
            });
        expect(federated(" accounts.google.com ")).toBe(1);
        expect(federated("Accounts.Google.com")).toBe(1);
        expect(federated("accounts.example.com")).toBe(0);
    });
});

describe("something shared with everyone", () => {
    test.each([" all ", "ALL", " All"])("%j", group => {
        const type = "aws:ec2/amiLaunchPermission:AmiLaunchPermission";
        expect(count(notPublic, type, { group })).toBe(1);
    });
    test.each(["small", "all-x", "**", "a*"])("not %j", group =>
        expect(count(notPublic, "aws:ec2/amiLaunchPermission:AmiLaunchPermission", { group })).toBe(0),
    );
});
