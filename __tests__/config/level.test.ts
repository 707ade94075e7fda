import { parseLevel } from "../../policies/config/level";

const on = (time: string) => parseLevel("advisory until 2027-01-31", new Date(time));

test("an announced level is advisory up to the last second of its day in UTC, and mandatory from the next", () => {
    expect(on("2026-11-23T12:00:00Z")).toEqual({ level: "advisory", mandatoryFrom: "2027-02-01", daysLeft: 70 });
    expect(on("2027-01-31T23:59:59Z")).toEqual({ level: "advisory", mandatoryFrom: "2027-02-01", daysLeft: 1 });
    expect(on("2027-02-01T00:00:00Z")).toEqual({ level: "mandatory" });
    expect(on("2027-01-31T23:30:00-05:00")).toEqual({ level: "mandatory" });
});

test.each(["disabled", "advisory", "mandatory", "remediate"])("%s stays", level => {
    expect(parseLevel(level, new Date(0))).toEqual({ level });
});

test.each([
    "Mandatory",
    "error",
    "",
    "advisory until",
    "advisory until 2027-02-29",
    "advisory until 2027-1-31",
    "advisory until 31.01.2027",
    "mandatory until 2027-01-31",
    "advisory until 2027-01-31 or so",
])("%j is no level", text => {
    expect(parseLevel(text, new Date(0))).toBeUndefined();
});
