import { writeFileSync } from "node:fs";
import { listed, shortened } from "../../../policies/kit/project/budget";
import { inWorkspace } from "../../support/in-workspace";

test("a list shows its first ten items and counts the others", () => {
    const items = (count: number) => Array.from({ length: count }, (_, index) => `i${index}`);
    expect(listed([])).toBe("");
    expect(listed(items(10))).toBe("i0, i1, i2, i3, i4, i5, i6, i7, i8, i9");
    expect(listed(items(12))).toBe("i0, i1, i2, i3, i4, i5, i6, i7, i8, i9 and 2 more");
    expect(listed(items(3), 2)).toBe("i0, i1 and 1 more");
});

test("a text shows its first two hundred characters and says how many it has", () => {
    expect(shortened("x".repeat(200))).toBe("x".repeat(200));
    expect(shortened("x".repeat(201))).toBe(`${"x".repeat(200)}… (201 characters)`);
});

test("a file of five megabytes is read, and a larger one is not", () => {
    const read = (bytes: number) =>
        inWorkspace({}, workspace => {
            writeFileSync(`${workspace.root}/large`, "x".repeat(bytes));
            const { text, problem } = workspace.text("large");
            return text === undefined ? problem : text.length;
        });
    const most = 5 * 1024 * 1024;
    expect(read(most)).toBe(most);
    expect(read(most + 1)).toBe("is larger than 5 MB, so it is not read");
});
