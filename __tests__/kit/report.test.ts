import { type FileLocation, locate, parseLocation } from "../../policies/kit/report";

const message = "is a passphrase; expected a key: awskms, gcpkms.";

describe("a place in a file is read back from the message that it was put before", () => {
    test.each([
        ["file and line", { file: "infra/Pulumi.prod.yaml", line: 7 }, message],
        ["file alone", { file: ".npmrc" }, message],
        ["file, line and keys", { file: "Pulumi.yaml", line: 1, path: "config.key" }, `config.key: ${message}`],
        ["a message of several lines", { file: "a b.yaml", line: 2 }, "is this:\nthat: 3"],
    ])("%s", (_, place, rest) => {
        const given = "path" in place ? message : rest;
        expect(parseLocation(locate(place, given))).toEqual({
            file: place.file,
            line: undefined,
            ...lineOf(place),
            message: rest,
        });
    });

    test("nothing is read where a message begins with no place", () => {
        expect(parseLocation("The stack has no owner.")).toBeUndefined();
    });
});

function lineOf(place: FileLocation): { line?: number } {
    return place.line === undefined ? {} : { line: place.line };
}
