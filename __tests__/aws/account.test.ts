import { isSameAccount } from "../../policies/aws/account";
import { type Resource, resourceOf } from "../../policies/kit/resource";
import { UNKNOWN } from "../../policies/kit/wire";
import { resourceArgs } from "../support/engine-args";

function resource(name: string, props: Record<string, unknown> | undefined): Resource {
    const provider = props && { name, props };
    return resourceOf(resourceArgs({ type: "aws:s3/bucket:Bucket", name, ...(provider && { provider }) }, {}));
}

const role = (account: string, name = "deploy") => ({ roleArn: `arn:aws:iam::${account}:role/${name}` });
const [OURS, THEIRS] = ["111122223333", "444455556666"];

test.each([
    ["no providers at all", undefined, undefined, "yes"],
    ["the same credentials in two Regions", { region: "eu-west-1" }, { region: "us-east-1" }, "yes"],
    ["the same profile", { profile: "a" }, { profile: "a", region: "us-east-1" }, "yes"],
    ["two profiles", { profile: "a" }, { profile: "b" }, "unknown"],
    ["a profile and the default", {}, { profile: "b" }, "unknown"],
    ["a provider and none", {}, undefined, "unknown"],
    ["an unknown profile", { profile: UNKNOWN }, { profile: UNKNOWN }, "unknown"],
    ["roles of one account", { assumeRoles: [role(OURS)] }, { assumeRole: role(OURS, "audit") }, "yes"],
    ["roles of two accounts", { assumeRoles: [role(OURS)] }, { assumeRoles: [role(THEIRS)] }, "no"],
    ["the last of several roles", { assumeRoles: [role(THEIRS), role(OURS)] }, { assumeRoles: [role(OURS)] }, "yes"],
    [
        "roles as the engine writes them",
        { assumeRoles: JSON.stringify([role(OURS)]) },
        { assumeRoles: JSON.stringify([role(THEIRS)]) },
        "no",
    ],
    ["a role and the credentials that assume it", {}, { assumeRoles: [role(OURS)] }, "unknown"],
    [
        "an account by the only one allowed",
        { allowedAccountIds: [OURS] },
        { allowedAccountIds: JSON.stringify([THEIRS]) },
        "no",
    ],
    ["several allowed accounts", { allowedAccountIds: [OURS, THEIRS] }, { allowedAccountIds: [OURS] }, "yes"],
    ["settings that are no JSON", { assumeRoles: "[", profile: "a" }, { assumeRoles: "[", profile: "b" }, "unknown"],
    ["two endpoints", { endpoints: [{ s3: "a" }] }, { endpoints: [{ s3: "b" }] }, "unknown"],
])("%s", (_, ours, theirs, expected) => {
    expect(isSameAccount(resource("a", ours), resource("b", theirs))).toBe(expected);
});

test("one provider has one account, whatever it says", () => {
    const provider = { profile: UNKNOWN };
    expect(isSameAccount(resource("a", provider), resource("a", provider))).toBe("yes");
});
