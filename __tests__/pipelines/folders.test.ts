import { foldersUpward } from "../../policies/pipelines/folders";

test.each([
    ["the root", "", [""]],
    ["the root as a dot", ".", [""]],
    ["a folder", "infra", ["infra", ""]],
    ["a folder in a folder", "./apps/web", ["apps/web", "apps", ""]],
    ["a way down and up again", "apps/../infra", ["infra", ""]],
    ["a folder beside the checkout", "../other", []],
    ["a way out of the checkout", "apps/../../other", []],
    ["an absolute folder", "/srv/app", ["/srv/app", "/srv", "/"]],
])("the folders from %s upward", (_, folder, expected) => {
    expect(foldersUpward(folder)).toEqual(expected);
});
