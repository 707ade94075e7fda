import { expectThat, expectTrue } from "../../policies/kit/expect";
import type { Place, Report } from "../../policies/kit/report";
import { Value } from "../../policies/kit/value";
import { UNKNOWN } from "../support/engine-args";

/** Notes what is reported, as `kind path message`. */
function said(judge: (report: Report) => void): string[] {
    const lines: string[] = [];
    const note = (kind: string) => (at: Place, message: string) => {
        lines.push(`${kind} ${"path" in at ? at.path : ""} ${message}`);
    };
    const report: Report = {
        violation: note("violation"),
        undetermined: note("undetermined"),
        note: note("note"),
        notApplicable: reason => {
            throw new Error(reason);
        },
        of: () => report,
    };
    judge(report);
    return lines;
}

const flag = (props: unknown) => Value.of(props).get("flag");

test.each([
    ["true", { flag: true }, []],
    ["the text true", { flag: "True" }, []],
    ["false", { flag: false }, ["violation flag is false; expected true."]],
    ["not set", {}, ["violation flag is not set; expected true."]],
    ["null", { flag: null }, ["violation flag is not set; expected true."]],
    ["a number", { flag: 1 }, ["violation flag is 1; expected true."]],
    ["a list with true in it", { flag: [true] }, ["violation flag is [true]; expected true."]],
    ["unknown", { flag: UNKNOWN }, ["undetermined flag is unknown until the update; expected true."]],
])("a flag that is %s", (_, props, expected) => {
    expect(said(report => expectTrue(flag(props), report))).toEqual(expected);
});

test.each([
    ["as expected", ["a"], true, []],
    ["another", ["a"], false, ['violation flag is ["a"]; expected b.']],
    [
        "unknown in part, though the rest is as expected",
        ["a", UNKNOWN],
        true,
        ["undetermined flag[1] is unknown until the update; expected b."],
    ],
    ["unknown in part", ["a", UNKNOWN], false, ["undetermined flag[1] is unknown until the update; expected b."]],
])("a value that is %s", (_, value, isMet, expected) => {
    expect(said(report => expectThat(flag({ flag: value }), isMet, "b", report))).toEqual(expected);
});
